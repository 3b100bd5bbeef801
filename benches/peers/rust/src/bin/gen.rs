//! Deterministic facts: `gen ROWS [SEED [shuffled]]` writes NDJSON on stdout; shuffled are the
//! same facts with the groups, and the keys of each, in an order of their own in every line.
use peers::*;
use std::io::Write;

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn upto(&mut self, n: i64) -> i64 {
        (self.next() % n as u64) as i64
    }
    fn pct(&mut self, p: i64) -> bool {
        self.upto(100) < p
    }
    fn weighted<'a>(&mut self, list: &[(i64, &'a str)]) -> &'a str {
        let mut x = self.upto(list.iter().map(|l| l.0).sum());
        for (w, s) in list {
            if x < *w {
                return s;
            }
            x -= w;
        }
        unreachable!()
    }
    fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.upto(i as i64 + 1) as usize);
        }
    }
    fn between(&mut self, a: i64, b: i64) -> i64 {
        a + self.upto(b - a + 1)
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args.get(i).map(|a| a.parse::<u64>().unwrap());
    let mut r = Rng(number(1).unwrap_or(20_251_111));
    // An order of its own stream, so that the facts are the same.
    let mut order = args.get(2).map(|word| {
        assert_eq!(word, "shuffled");
        Rng(1)
    });
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let (from, to) = (days(2025, 11, 11), days(2026, 6, 30));
    for i in 0..number(0).unwrap() {
        let date = if r.pct(60) {
            if r.pct(4) { [from, to][r.upto(2) as usize] } else { r.between(from, to) }
        } else if r.pct(4) {
            [from - 1, to + 1][r.upto(2) as usize]
        } else if r.pct(50) {
            r.between(days(2025, 1, 1), from - 1)
        } else {
            r.between(to + 1, days(2026, 12, 31))
        };
        let d = ymd(date);
        let born = match r.upto(100) {
            0..=11 => {
                // within three days of the eighteenth birthday
                let (y, m) = ((d / 10_000) as i64 - 18, (d / 100 % 100) as i64);
                days(y, m, (d % 100) as i64) + r.between(-3, 3)
            }
            12..=13 => days(2008, 2, 29),
            14..=21 => r.between(days(2009, 1, 1), days(2024, 12, 31)),
            _ => r.between(days(1940, 1, 1), days(2006, 12, 31)),
        };
        let region = if r.pct(30) { 0 } else { r.between(1, 19) as usize };
        let kind = if r.pct(70) { 0 } else { 1 };
        let channel =
            r.weighted(&[(40, CHANNELS[0]), (30, CHANNELS[1]), (12, CHANNELS[2]), (18, CHANNELS[3])]);
        let kinship = r.weighted(&[
            (10, "null"), (33, "\"none\""), (10, "\"owner\""), (12, "\"spouse\""), (10, "\"parent\""),
            (12, "\"child\""), (6, "\"sibling\""), (3, "\"grandparent\""), (4, "\"grandchild\""),
        ]);
        let student = r.weighted(&[(10, "null"), (25, "true"), (65, "false")]);
        let persons = r.upto(8);
        let norm = 150 * (persons + 1);
        let area = match r.upto(100) {
            0..=4 => norm,
            5..=44 => norm + r.between(-20, 20),
            _ => r.between(80, 2000),
        };
        let applicant_birth = r.between(days(1945, 1, 1), days(2025, 1, 1));
        let (capable, consent, found) = (r.pct(95), r.pct(90), r.pct(95));
        let text = |s: &str| format!("\"{s}\"");
        let application = [
            ("id", format!("\"A-{i:08}\"")), ("date", text(&iso(d))), ("region", text(REGIONS[region])),
            ("kind", text(KINDS[kind])), ("channel", text(channel)),
        ];
        let applicant = [
            ("birth_date", text(&iso(ymd(applicant_birth)))), ("kinship", kinship.into()),
            ("full_time_student", student.into()),
        ];
        let owner = [
            ("birth_date", text(&iso(ymd(born)))), ("legally_capable", capable.to_string()),
            ("consent", consent.to_string()),
        ];
        let dwelling = [
            ("cadastre_found", found.to_string()), ("area_m2", format!("{}.{}", area / 10, area % 10)),
            ("registered_persons", persons.to_string()),
        ];
        let mut groups = [
            ("application", application.to_vec()), ("applicant", applicant.to_vec()),
            ("owner", owner.to_vec()), ("dwelling", dwelling.to_vec()),
        ];
        if let Some(order) = &mut order {
            order.shuffle(&mut groups);
            groups.iter_mut().for_each(|(_, fields)| order.shuffle(fields));
        }
        let object = |(name, fields): &(&str, Vec<(&str, String)>)| {
            let fields: Vec<_> = fields.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
            format!("\"{name}\":{{{}}}", fields.join(","))
        };
        writeln!(out, "{{{}}}", groups.iter().map(object).collect::<Vec<_>>().join(","))
        .unwrap();
    }
}
