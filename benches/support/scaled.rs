//! The comparison's policy with a norm for each of many regions and periods.
//!
//! Comes in: the two texts of `benches/residence` and the norms. Goes out: the same texts, in which a region is a
//! region of the policy, and `AREA_BELOW_NORM` is checked everywhere. It works on strings alone, since the peers use
//! it, too.

use std::fmt::Write;

/// A norm of a region for some days, both included, in tenths of a square metre.
pub(crate) struct Norm {
    pub(crate) region: &'static str,
    pub(crate) from: String,
    pub(crate) through: String,
    pub(crate) tenths: i32,
}

/// The value where no norm holds.
pub(crate) const OTHERWISE: i32 = 150;

/// A region's name in the language, in which names have no spaces.
pub(crate) fn name(region: &str) -> String {
    region.replace(' ', "_")
}

/// The policy and its amendment, with these regions and norms.
pub(crate) fn texts(
    policy: &str,
    pilot: &str,
    regions: &[&str],
    otherwise: i32,
    norms: &[Norm],
) -> [(&'static str, String); 2] {
    let mut policy = swapped(policy, "region: text", "region: region");
    policy = swapped(&policy, "as of application.date", "as of application.date in application.region");
    for region in regions {
        writeln!(policy, "\nregion {} en \"{region}\"", name(region)).unwrap();
    }
    let mut values = format!("norm area_norm: m2\n  = {} m2\n", metres(otherwise));
    for norm in norms {
        let (region, metres) = (name(norm.region), metres(norm.tenths));
        writeln!(values, "  = {metres} m2 in {region} from {} through {}", norm.from, norm.through).unwrap();
    }
    let mut pilot = swapped(pilot, "norm area_norm: m2 = 15 m2\n", &values);
    // The other two rules about Astana ask for the region itself; this one applies everywhere.
    pilot = swapped(&pilot, "when application.region = \"Astana\"\n    and dwelling", "when dwelling");
    pilot = pilot.replace("application.region = \"Astana\"", "application.region is Astana");
    [("policy.ereje", policy), ("pilot.ereje", pilot)]
}

fn metres(tenths: i32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn swapped(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in the policy");
    text.replace(from, to)
}
