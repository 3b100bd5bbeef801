//! Random periods: of facts, computed, and in lists.

use super::Draw;
use super::expr::{Ty, Vocabulary};

impl Vocabulary {
    /// A period: a fact, a variable, or one that is computed. Most computed ones have a day.
    fn period(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth.saturating_sub(1).min(1);
        let mut known = self.spans.clone();
        known.extend(self.periods.then(|| "stay".to_owned()));
        if !known.is_empty() && d.chance(60) {
            return d.pick(&known);
        }
        let from = self.expr(d, Ty::Date, below);
        match d.below(6) {
            0 => format!("period(from {from})"),
            1 => format!("period(through {from})"),
            2 => format!("period(from {from} through {})", self.expr(d, Ty::Date, below)),
            3 => format!("period(from {from} through ({from} + {}))", d.pick(&["0 days", "6 days", "3 months"])),
            _ => format!(
                "period(from {} through {})",
                d.pick(&["2004-02-29", "2024-01-01"]),
                d.pick(&["2025-06-30", "2026-01-01"])
            ),
        }
    }

    /// A list of periods.
    fn period_list(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth.saturating_sub(1);
        match d.below(5) {
            0 => format!("[{}, {}]", self.period(d, below), self.period(d, below)),
            1 if below > 0 => format!("gaps({}, {})", self.period_list(d, below), self.period(d, below)),
            2 => {
                let from = self.expr(d, Ty::Date, 0);
                format!("months_of(period(from {from} through ({from} + 40 days)))")
            }
            _ if self.periods => "stays".into(),
            _ => format!("[{}]", self.period(d, below)),
        }
    }

    /// Calls `f` with a fresh variable for the periods of a list, whose ends are dates.
    fn each_period<T>(&mut self, f: impl FnOnce(&mut Self, &str) -> T) -> T {
        self.next += 1;
        let var = format!("p{}", self.next);
        self.spans.push(var.clone());
        let result = f(self, &var);
        self.spans.pop();
        result
    }

    pub(super) fn period_condition(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth.saturating_sub(1).min(2);
        match d.below(7) {
            0 | 1 => format!("covers({}, {})", self.period(d, below), self.expr(d, Ty::Date, below)),
            2 => format!("covers({}, {})", self.period(d, below), self.period(d, below)),
            3 => format!("overlap({}, {})", self.period(d, below), self.period(d, below)),
            4 => format!("meets({}, {})", self.period(d, below), self.period(d, below)),
            _ => {
                let list = self.period_list(d, below);
                let what = d.pick(&["any", "all"]);
                self.each_period(|v, var| match d.below(3) {
                    0 => format!(
                        "{what}({var} in {list}: ({var}.through {}))",
                        d.pick(&["is absent", "is not absent", "is unavailable"])
                    ),
                    1 => format!(
                        "{what}({var} in {list}: ({var}.from {} {}))",
                        d.pick(&["<", ">="]),
                        v.literal(d, Ty::Date)
                    ),
                    _ => format!("{what}({var} in {list}: covers({var}, {}))", v.expr(d, Ty::Date, 1)),
                })
            }
        }
    }

    pub(super) fn period_days(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth.saturating_sub(1);
        match d.below(3) {
            0 => format!("days({})", self.period(d, below)),
            1 => format!("longest_run({}, {})", self.period_list(d, below), self.period(d, below)),
            _ => format!("days_covered({}, {})", self.period_list(d, below), self.period(d, below)),
        }
    }

    pub(super) fn period_months(&mut self, d: &mut Draw, depth: usize) -> String {
        format!("months({})", self.period(d, depth.saturating_sub(1)))
    }

    /// Whether two records are equal: computed ones, and those of facts.
    fn same_records(&mut self, d: &mut Draw, record: &str, depth: usize) -> String {
        let test = d.pick(&["=", "!="]);
        let has_flat = self.facts.iter().any(|(name, _)| name == "flat.big");
        if has_flat && d.chance(60) {
            return match self.people.last() {
                Some(person) => format!("({person}.home {test} flat)"),
                None => format!("any(h in people: (h.home {test} flat))"),
            };
        }
        let other = format!("Part {{ day: 2024-02-29, n: {}, on: true, term: 1 month }}", self.expr(d, Ty::Whole, 0));
        let below = depth.saturating_sub(1).min(1);
        if d.chance(30) {
            return format!("contains([{other}, {record}], {other})");
        }
        format!("(({record} when {} otherwise {other}) {test} {other})", self.expr(d, Ty::Bool, below))
    }

    /// A part of a record that is written out, or of the first of several.
    pub(super) fn part(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> String {
        let below = depth.saturating_sub(1).min(2);
        let field = match ty {
            Ty::Bool => "on",
            Ty::Whole => "n",
            Ty::Months => "term",
            _ => "day",
        };
        let part = |name: &str, of: Ty, v: &mut Self, d: &mut Draw| {
            format!("{name}: {}", v.expr(d, of, if of == ty { below } else { 0 }))
        };
        let parts = [("day", Ty::Date), ("n", Ty::Whole), ("on", Ty::Bool), ("term", Ty::Months)]
            .map(|(name, of)| part(name, of, self, d));
        let record = format!("Part {{ {} }}", parts.join(", "));
        if ty == Ty::Bool && d.chance(50) {
            return self.same_records(d, &record, depth);
        }
        match d.below(3) {
            0 => format!("first(q in [{record}]: q.{field})"),
            1 => format!("({record} when {} otherwise {record}).{field}", self.expr(d, Ty::Bool, 1)),
            _ => format!("{record}.{field}"),
        }
    }
}
