//! Applications for the comparison's policy, near each of its boundaries: 60% in the pilot, 30% in Astana, 10% of the
//! data of registries missing, owners around eighteen, areas around the norm.

use super::{REGIONS, scaled};
use chrono::{Datelike, Days, NaiveDate};

/// Numbers that are the same in every run (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// An item of a list, chosen with its weight.
    fn weighed<'a>(&mut self, list: &[(usize, &'a str)]) -> &'a str {
        let mut left = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in list {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        unreachable!("the weights are counted")
    }

    fn day(&mut self, first: &str, last: &str) -> NaiveDate {
        let (first, last) = (day(first), day(last));
        first + Days::new(self.below((last - first).num_days() as usize + 1) as u64)
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.below(index + 1));
        }
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn quoted(text: impl std::fmt::Display) -> String {
    format!("\"{text}\"")
}

/// Groups of keys and values, each value as JSON.
pub(crate) struct Application(Vec<(&'static str, Vec<(&'static str, String)>)>);

impl Application {
    pub(crate) fn new(random: &mut Random, index: usize) -> Self {
        let date = match random.below(100) {
            0..=1 => day("2025-11-11"),
            2 => day("2026-06-30"),
            3..=59 => random.day("2025-11-11", "2026-06-30"),
            60 => day("2025-11-10"),
            61 => day("2026-07-01"),
            62..=80 => random.day("2025-01-01", "2025-11-10"),
            _ => random.day("2026-07-01", "2026-12-31"),
        };
        let born = match random.below(100) {
            0..=11 => {
                let eighteen = date.with_year(date.year() - 18).unwrap_or(date - Days::new(6574));
                eighteen - Days::new(3) + Days::new(random.below(7) as u64)
            }
            12..=13 => day("2008-02-29"),
            14..=21 => random.day("2009-01-01", "2024-12-31"),
            _ => random.day("1940-01-01", "2006-12-31"),
        };
        let region = if random.percent(30) { REGIONS[0] } else { REGIONS[1 + random.below(19)] };
        let kind = random.weighed(&[(70, "residence"), (30, "temporary_stay")]);
        let channel =
            random.weighed(&[(40, "egov_portal"), (30, "egov_mobile"), (12, "digital_platform"), (18, "tson")]);
        let kinship = random.weighed(&[
            (10, "null"),
            (33, "\"none\""),
            (10, "\"owner\""),
            (12, "\"spouse\""),
            (10, "\"parent\""),
            (12, "\"child\""),
            (6, "\"sibling\""),
            (3, "\"grandparent\""),
            (4, "\"grandchild\""),
        ]);
        let student = random.weighed(&[(10, "null"), (25, "true"), (65, "false")]);
        let persons = random.below(8);
        let norm = 150 * (persons + 1);
        let tenths = match random.below(100) {
            0..=4 => norm,
            5..=44 => norm - 20 + random.below(41),
            _ => 80 + random.below(1921),
        };
        let applicant_born = random.day("1945-01-01", "2025-01-01");
        Self(vec![
            (
                "application",
                vec![
                    ("id", quoted(format_args!("A-{index:08}"))),
                    ("date", quoted(date)),
                    ("region", quoted(region)),
                    ("kind", quoted(kind)),
                    ("channel", quoted(channel)),
                ],
            ),
            (
                "applicant",
                vec![
                    ("birth_date", quoted(applicant_born)),
                    ("kinship", kinship.into()),
                    ("full_time_student", student.into()),
                ],
            ),
            (
                "owner",
                vec![
                    ("birth_date", quoted(born)),
                    ("legally_capable", random.percent(95).to_string()),
                    ("consent", random.percent(90).to_string()),
                ],
            ),
            (
                "dwelling",
                vec![
                    ("cadastre_found", random.percent(95).to_string()),
                    ("area_m2", format!("{}.{}", tenths / 10, tenths % 10)),
                    ("registered_persons", persons.to_string()),
                ],
            ),
        ])
    }

    /// The same with the region's name in the policy with many norms.
    pub(crate) fn in_the_language(mut self) -> Self {
        let region = &mut self.0[0].1[2].1;
        *region = scaled::name(region);
        self
    }

    /// The same with the groups, and the keys of each, in another order.
    pub(crate) fn shuffled(mut self, random: &mut Random) -> Self {
        random.shuffle(&mut self.0);
        self.0.iter_mut().for_each(|(_, fields)| random.shuffle(fields));
        self
    }

    /// A line of JSON without spaces.
    pub(crate) fn line(&self) -> String {
        let group = |(name, fields): &(&str, Vec<(&str, String)>)| {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            format!("\"{name}\":{{{}}}", fields.join(","))
        };
        format!("{{{}}}", self.0.iter().map(group).collect::<Vec<_>>().join(","))
    }
}
