//! The comparison's policy against an oracle that was written from the same specification, over generated applications.

use super::policies::Loaded;
use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

/// Numbers that are the same in every run (splitmix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    fn day(&mut self, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let days = u64::try_from((last - first).num_days()).unwrap() + 1;
        first + Days::new(self.below(days))
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An application near every boundary of the policy.
pub fn application(random: &mut Random) -> Value {
    let (first, last) = (day("2025-11-11"), day("2026-06-30"));
    let date = match random.below(10) {
        0 => first - Days::new(random.below(2)),
        1 => last + Days::new(random.below(2)),
        2..=7 => random.day(first, last),
        _ => random.day(day("2024-01-01"), day("2027-12-31")),
    };
    let born = match random.below(4) {
        0 => {
            let eighteen = date.with_year(date.year() - 18).unwrap_or(date - Days::new(6574));
            random.day(eighteen - Days::new(2), eighteen + Days::new(2))
        }
        1 => day("2008-02-29"),
        _ => random.day(day("1950-01-01"), day("2015-12-31")),
    };
    let kinships =
        ["null", "none", "none", "owner", "spouse", "parent", "child", "sibling", "grandparent", "grandchild"];
    let kinship = match random.pick(&kinships) {
        "null" => Value::Null,
        known => known.into(),
    };
    let student = [Value::Null, true.into(), false.into()][random.below(3) as usize].clone();
    let persons = random.below(8);
    let tenths = if random.percent(60) { 150 * (persons + 1) + random.below(5) - 2 } else { random.below(2000) };
    json!({
        "application": {
            "id": format!("A-{}", random.below(1_000_000)),
            "date": date.to_string(),
            "region": random.pick(&["Astana", "Astana", "Almaty Region", "Shymkent"]),
            "kind": random.pick(&["residence", "temporary_stay"]),
            "channel": random.pick(&["egov_portal", "egov_mobile", "digital_platform", "tson"]),
        },
        "applicant": { "birth_date": "1990-01-01", "kinship": kinship, "full_time_student": student },
        "owner": {
            "birth_date": born.to_string(),
            "legally_capable": random.percent(90),
            "consent": random.percent(80),
        },
        "dwelling": {
            "cadastre_found": random.percent(90),
            "area_m2": tenths as f64 / 10.0,
            "registered_persons": persons,
        },
    })
}

/// The policy as its page words it, evaluated directly on the JSON.
fn oracle(facts: &Value) -> (&'static str, Vec<&'static str>) {
    let date = day(facts["application"]["date"].as_str().unwrap());
    let born = day(facts["owner"]["birth_date"].as_str().unwrap());
    let consent = facts["owner"]["consent"] == true;
    let found = facts["dwelling"]["cadastre_found"] == true;
    let refuse_or_approve =
        |reasons: Vec<&'static str>| (if reasons.is_empty() { "approve" } else { "refuse" }, reasons);
    let mut reasons = Vec::new();
    if !found {
        reasons.push("NO_CADASTRE_RECORD");
    }
    if !(day("2025-11-11")..=day("2026-06-30")).contains(&date) {
        if !consent {
            reasons.push("NO_CONSENT");
        }
        return refuse_or_approve(reasons);
    }
    let birthday_came = (born.month(), born.day()) <= (date.month(), date.day());
    let guardian =
        date.year() - born.year() - i32::from(!birthday_came) < 18 || facts["owner"]["legally_capable"] == false;
    match (guardian, facts["application"]["channel"] == "tson") {
        (true, false) => return ("route_to_tson", vec!["OWNER_NEEDS_OPERATOR"]),
        (false, true) => return ("route_to_online", vec!["ONLINE_ONLY"]),
        (true, true) | (false, false) => {}
    }
    let kinship = facts["applicant"]["kinship"].as_str();
    let student = facts["applicant"]["full_time_student"].as_bool();
    if !consent && kinship != Some("owner") {
        reasons.push("NO_CONSENT");
    }
    if facts["application"]["region"] == "Astana" {
        if kinship.is_none() && student != Some(true) {
            reasons.push("KINSHIP_UNKNOWN");
        }
        let no_kin = matches!(kinship, None | Some("none"));
        if student.is_none() && no_kin {
            reasons.push("STUDY_UNKNOWN");
        }
        let tenths = (facts["dwelling"]["area_m2"].as_f64().unwrap() * 10.0).round() as u64;
        let persons = facts["dwelling"]["registered_persons"].as_u64().unwrap();
        let exempt = student == Some(true) && facts["application"]["kind"] == "temporary_stay";
        if found && tenths < 150 * (persons + 1) && no_kin && !exempt {
            reasons.push("AREA_BELOW_NORM");
        }
    }
    refuse_or_approve(reasons)
}

#[test]
fn the_comparisons_policy_answers_as_its_oracle() {
    let policy = Loaded::read("benches/residence");
    let mut random = Random(20_251_111);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20_000 {
        let facts = application(&mut random);
        let (outcome, reasons) = oracle(&facts);
        let (answer, codes) = policy.codes(&facts);
        assert_eq!(
            (answer.as_str(), codes.iter().map(String::as_str).collect::<Vec<_>>()),
            (outcome, reasons.clone()),
            "{facts}"
        );
        seen.insert((outcome, reasons));
    }
    // Every reason occurred, alone and together with others.
    assert!(seen.len() > 20, "{seen:?}");
}
