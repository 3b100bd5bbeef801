//! Additional expressions of wide policies: numbers at the limits of 64 bits and of four decimals, texts, durations,
//! lists of anything, and days at the ends of the calendar. An evaluator of fixed width would make mistakes there.

use super::expr::{Ty, Vocabulary};
use super::{DAYS, Draw};

/// Whole numbers around the limits of 63, 64 and 53 bits, their roots, and small ones to combine with them.
pub const WHOLES: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "5",
    "4611686018427387904",
    "4611686018427387905",
    "-4611686018427387904",
    "-4611686018427387905",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "3037000500",
    "2147483648",
    "1000000000000",
    "922337203685478",
    "461168601842739",
    "9007199254740993",
    "9999999999999999999999999999",
];
/// Decimals around a half, around four places, and around what fits into 64 bits with four places.
pub const DECIMALS: &[&str] = &[
    "0",
    "1",
    "0.5",
    "2.5",
    "-2.5",
    "-0.5",
    "1.5",
    "2.345",
    "-2.345",
    "0.0001",
    "-0.0001",
    "0.00005",
    "0.00001",
    "1.23456",
    "461168601842738.7904",
    "461168601842738.7905",
    "-461168601842738.7905",
    "922337203685477.5807",
    "99999999999999999999.9999",
    "0.3333",
    "0.0000000000000000000000000001",
    "30370.0050",
];
/// The first and the last day, leap days, and the ends of months.
pub const DATES: &[&str] = &[
    "2025-06-30",
    "2024-02-29",
    "2004-02-29",
    "2000-02-29",
    "2007-02-28",
    "2007-03-01",
    "1900-02-28",
    "2025-01-31",
    "2025-12-31",
    "2024-12-31",
    "0001-01-01",
    "0001-03-01",
    "9999-12-31",
    "9999-11-30",
];
/// Texts that policies name, and others. One is there in two spellings.
pub const TEXTS: &[&str] =
    &["alpha", "beta", "gamma", "delta", "", "\u{e9}t\u{e9}", "e\u{301}t\u{e9}", "a \"b\"", "Alpha", "\u{1f600}"];
/// Durations in years and months.
pub const MONTHS: &[&str] = &[
    "0",
    "1",
    "18",
    "216 months",
    "215 months",
    "18 years",
    "-1",
    "100 years",
    "9000 years",
    "4611686018427387905 months",
];
/// Durations in weeks and days.
pub const WEEKS: &[&str] =
    &["0", "1", "2", "10 days", "14 days", "-3 days", "365 days", "4000000 days", "4611686018427387905 days"];

impl Vocabulary {
    /// A literal at a limit; `None` if the type has none.
    pub fn edge(&self, d: &mut Draw, ty: Ty) -> Option<String> {
        Some(match ty {
            Ty::Whole => {
                d.pick(&["4611686018427387904", "9223372036854775807", "3037000500", "1_000_000_000_000", "5"]).into()
            }
            Ty::Rate => d.pick(&["0.0001", "0.00005", "461168601842738.7904", "2.345", "1.23456", "10%"]).into(),
            Ty::Area => {
                d.pick(&["1 lot", "0.1 lot", "0.00005 sq", "184467440737095.5 lot", "2.5 sq", "0.25 sq"]).into()
            }
            Ty::Money => d.pick(&["0.01 coin", "0.0001 coin", "0.00001 coin", "461168601842738 coin"]).into(),
            Ty::Date => d.pick(&["2024-02-29", "0001-01-01", "9999-12-31", "2004-02-29", "2025-02-28"]).into(),
            Ty::Months => d.pick(&["215 months", "216 months", "9998 years", "1 month"]).into(),
            Ty::Days => d.pick(&["3 weeks", "14 days", "3650000 days", "0 days"]).into(),
            Ty::Bool | Ty::Kind | Ty::Region | Ty::Text => return None,
        })
    }

    /// The lists of one type that are in scope.
    fn lists_of(&self, ty: Ty) -> Vec<String> {
        let mut all = Self::of(&self.lists, ty);
        for person in &self.people {
            let own = self.field_lists.iter().filter(|(_, t)| *t == ty);
            all.extend(own.flat_map(|(field, _)| [format!("{person}.{field}"), format!("{person}.{field}")]));
        }
        all
    }

    /// A list: a name, a list in braces, or one that is computed from people.
    fn some_list(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> Option<String> {
        let known = self.lists_of(ty);
        match d.below(6) {
            0 => {
                let below = depth.saturating_sub(1).min(1);
                Some(format!("[{}, {}]", self.expr(d, ty, below), self.expr(d, ty, below)))
            }
            1 if self.list => Some(self.over_people(d, "list", ty, depth.max(1), false)),
            _ if known.is_empty() => None,
            _ => Some(d.pick(&known)),
        }
    }

    /// Calls `f` with a fresh variable for the elements of a list.
    fn each<T>(&mut self, ty: Ty, f: impl FnOnce(&mut Self, &str) -> T) -> T {
        self.next += 1;
        let var = format!("e{}", self.next);
        self.elements.push((var.clone(), ty));
        let result = f(self, &var);
        self.elements.pop();
        result
    }

    /// The same for a list of lists.
    fn each_row<T>(&mut self, f: impl FnOnce(&mut Self, &str) -> T) -> T {
        self.next += 1;
        let var = format!("g{}", self.next);
        self.lists.push((var.clone(), Ty::Whole));
        let result = f(self, &var);
        self.lists.pop();
        result
    }

    fn ordered(d: &mut Draw) -> Ty {
        d.pick(&[Ty::Whole, Ty::Rate, Ty::Area, Ty::Date, Ty::Months, Ty::Days, Ty::Money])
    }

    /// An expression that only wide policies have; `None` if the names for it are missing.
    pub fn wide_expr(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> Option<String> {
        let below = depth - 1;
        Some(match ty {
            Ty::Bool => return self.wide_condition(d, depth),
            Ty::Whole => return self.wide_whole(d, depth),
            Ty::Rate => return None,
            Ty::Area => match d.below(5) {
                0 => format!("({} * {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Rate, below)),
                1 => format!("(-{})", self.grouped(d, Ty::Area, below)),
                2 => format!("abs({})", self.expr(d, Ty::Area, below)),
                3 => format!("min({}, {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Area, below)),
                _ => {
                    let rounding = d.pick(&["round down", "round", "round up", "round even"]);
                    let step = d.pick(&["0.25 sq", "3 sq", "0.1 lot", "0.0001 sq"]);
                    let step = if d.chance(15) { self.expr(d, Ty::Area, below.min(1)) } else { step.into() };
                    format!("{rounding}({}, {step})", self.expr(d, Ty::Area, below))
                }
            },
            Ty::Money => match d.below(4) {
                0 => format!("({} * {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Money, below)),
                1 => format!("(-{})", self.grouped(d, Ty::Money, below)),
                2 => format!("({} / {})", self.expr(d, Ty::Money, below), self.expr(d, Ty::Rate, below)),
                _ => {
                    let rounding = d.pick(&["round down", "round", "round up", "round even"]);
                    format!("{rounding}({}, {})", self.expr(d, Ty::Money, below), d.pick(&["0.01 coin", "7 coin"]))
                }
            },
            Ty::Date => match d.below(12) {
                11 if self.periods => self.part(d, Ty::Date, depth),
                0 => format!("({} + {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Months, below)),
                1 => format!("({} - {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Months, below)),
                2 => format!("({} + {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Days, below)),
                3 => format!("({} - {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Days, below)),
                4 => format!("min({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
                5 => format!("({} - 2 working days of work)", self.expr(d, Ty::Date, below)),
                6 => format!("first_day_of_month({})", self.expr(d, Ty::Date, below)),
                7 => format!("first_day_of_year({})", self.expr(d, Ty::Date, below)),
                8 => format!("next_working_day({}, work)", self.expr(d, Ty::Date, below)),
                9 => {
                    let mut part = |base: &str| format!("{base} + {}", self.grouped(d, Ty::Whole, below.min(1)));
                    format!("date({}, {}, {})", part("2_020"), part("1"), part("27"))
                }
                _ => return self.chosen(d, Ty::Date, depth),
            },
            Ty::Months => match d.below(7) {
                6 if self.periods => self.part(d, Ty::Months, depth),
                5 => self.period_months(d, depth),
                0 => format!("({} + {})", self.expr(d, ty, below), self.expr(d, ty, below)),
                1 => format!("({} - {})", self.expr(d, ty, below), self.expr(d, ty, below)),
                2 => format!("({} * {})", self.expr(d, ty, below), self.expr(d, Ty::Whole, below)),
                3 => format!("years_between({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
                _ => format!("age({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
            },
            Ty::Days => match d.below(6) {
                4 | 5 => self.period_days(d, depth),
                0 => format!("({} + {})", self.expr(d, ty, below), self.expr(d, ty, below)),
                1 => format!("({} - {})", self.expr(d, ty, below), self.expr(d, ty, below)),
                2 => format!("({} * {})", self.expr(d, ty, below), self.expr(d, Ty::Whole, below)),
                _ => format!("({} - {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
            },
            Ty::Kind if self.list => {
                let text = self.over_people(d, "first", Ty::Kind, depth, false);
                format!("{} otherwise Kind.green)", text.strip_suffix(')').expect("a call"))
            }
            Ty::Text => return self.chosen(d, Ty::Text, depth),
            Ty::Kind | Ty::Region => return None,
        })
    }

    /// An expression that does not begin with a sign.
    fn grouped(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> String {
        let text = self.expr(d, ty, depth);
        if text.starts_with('-') { format!("({text})") } else { text }
    }

    /// The least, the greatest or the first of a list.
    fn chosen(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> Option<String> {
        let list = self.some_list(d, ty, depth)?;
        let what = if ty == Ty::Text { "first" } else { d.pick(&["min", "max", "first"]) };
        let otherwise = if d.chance(70) { format!(" otherwise {}", self.literal(d, ty)) } else { String::new() };
        if d.chance(40) {
            let filter = self.each(ty, |v, var| format!("{var} in {list} where {}", v.about(d, var, ty)));
            let var = filter.split(' ').next().unwrap_or_default().to_owned();
            return Some(format!("{what}({filter}: {var}{otherwise})"));
        }
        Some(format!("{what}({list}{otherwise})"))
    }

    /// A condition on a variable.
    fn about(&mut self, d: &mut Draw, var: &str, ty: Ty) -> String {
        match ty {
            Ty::Text => format!("({var} {} {})", d.pick(&["=", "!="]), self.expr(d, Ty::Text, 0)),
            _ => {
                let op = d.pick(&["<", ">=", "=", ">", "<=", "!="]);
                let other = self.expr(d, ty, 0);
                if other == var {
                    return format!("({var} is not unavailable)");
                }
                format!("({var} {op} {other})")
            }
        }
    }

    fn wide_condition(&mut self, d: &mut Draw, depth: usize) -> Option<String> {
        let below = depth - 1;
        Some(match d.below(25) {
            23 | 24 if self.periods => self.part(d, Ty::Bool, depth),
            19..25 => self.period_condition(d, depth),
            18 => {
                let texts = self.leaves(Ty::Text);
                let beginnings = ["\"\"", "\"a\"", "\"al\"", "\"\u{e9}\"", "\"e\"", "\"beta\""];
                let beginning =
                    if d.chance(70) { d.pick(&beginnings).into() } else { self.expr(d, Ty::Text, below.min(1)) };
                format!("starts_with({}, {beginning})", d.pick(&texts))
            }
            0..2 | 15 | 16 => {
                let texts = self.leaves(Ty::Text);
                let op = d.pick(&["=", "!="]);
                let (a, b) = (d.pick(&texts), self.expr(d, Ty::Text, below));
                if a == b { format!("({a} {op} \"alpha\")") } else { format!("({a} {op} {b})") }
            }
            17 => {
                let test = d.pick(&["is monday", "is not friday", "in { saturday, sunday }", "= weekday.thursday"]);
                format!("(weekday({}) {test})", self.expr(d, Ty::Date, below))
            }
            2 => {
                let texts = self.leaves(Ty::Text);
                let of = d.pick(&[
                    "\"alpha\", \"beta\"",
                    "\"\"",
                    "\"gamma\", \"\u{e9}t\u{e9}\"",
                    "\"a \\\"b\\\"\", \"alpha\"",
                ]);
                format!("({} in {{ {of} }})", d.pick(&texts))
            }
            3 => {
                let ty = d.pick(&[Ty::Whole, Ty::Date, Ty::Months, Ty::Area, Ty::Rate]);
                let leaves = self.leaves(ty);
                if leaves.is_empty() {
                    return None;
                }
                let of = d.pick(&leaves);
                let (a, b) = (self.literal(d, ty), self.literal(d, ty));
                if a == b { format!("({of} in {{ {a} }})") } else { format!("({of} in {{ {a}, {b} }})") }
            }
            4 => {
                let ty = d.pick(&[Ty::Whole, Ty::Text, Ty::Date, Ty::Rate, Ty::Kind]);
                let list = self.some_list(d, ty, depth)?;
                format!("contains({list}, {})", self.expr(d, ty, below.min(1)))
            }
            5..7 => {
                let ty = d.pick(&[Ty::Whole, Ty::Text, Ty::Date, Ty::Rate]);
                let list = self.some_list(d, ty, depth)?;
                let what = d.pick(&["any", "all"]);
                self.each(ty, |v, var| {
                    let mut text = format!("{what}({var} in {list}");
                    if d.chance(30) {
                        text += &format!(" where {}", v.about(d, var, ty));
                    }
                    let state = !list.starts_with(['[', 'l']) && d.chance(20);
                    let body = match state {
                        true => format!("({var} {})", d.pick(&["is absent", "is unavailable", "is not absent"])),
                        false if d.chance(30) => v.expr(d, Ty::Bool, below.min(1)),
                        false => v.about(d, var, ty),
                    };
                    format!("{text}: {body})")
                })
            }
            7 => {
                let ty = d.pick(&[Ty::Whole, Ty::Text, Ty::Date, Ty::Rate]);
                let list = self.some_list(d, ty, depth)?;
                let op = d.pick(&[">=", "<", "=", ">", "<=", "!="]);
                let count = self.each(ty, |v, var| format!("count({var} in {list} where {})", v.about(d, var, ty)));
                format!("({count} {op} {})", d.pick(&["1", "2"]))
            }
            8 => {
                let grid = self.grid.clone()?;
                let below = below.min(1);
                self.each_row(|v, var| match d.below(3) {
                    0 => format!("any({var} in {grid}: contains({var}, {}))", v.expr(d, Ty::Whole, below)),
                    1 => format!("all({var} in {grid}: (count({var}) {} 2))", d.pick(&["<", ">="])),
                    _ => {
                        let inner =
                            v.each(Ty::Whole, |v, e| format!("any({e} in {var}: {})", v.about(d, e, Ty::Whole)));
                        format!("any({var} in {grid}: {inner})")
                    }
                })
            }
            _ => {
                let ty = Self::ordered(d);
                let op = d.pick(&["<", ">=", "=", ">", "<=", "!="]);
                self.comparison(d, ty, op, below)
            }
        })
    }

    fn wide_whole(&mut self, d: &mut Draw, depth: usize) -> Option<String> {
        let below = depth - 1;
        Some(match d.below(11) {
            10 if self.periods => self.part(d, Ty::Whole, depth),
            0 => format!("({} * {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            1 => format!("(-{})", self.grouped(d, Ty::Whole, below)),
            2 => format!("{}({})", d.pick(&["month", "day"]), self.expr(d, Ty::Date, below)),
            3 => {
                let rounding = d.pick(&["round down", "round", "round up", "round even"]);
                format!("{rounding}({}, {})", self.expr(d, Ty::Rate, below), d.pick(&["1", "10"]))
            }
            4 => format!("sum({})", self.some_list(d, Ty::Whole, depth)?),
            5 => {
                let ty = d.pick(&[Ty::Whole, Ty::Text, Ty::Date, Ty::Rate]);
                format!("count({})", self.some_list(d, ty, depth)?)
            }
            6 => return self.chosen(d, Ty::Whole, depth),
            7 => {
                let grid = self.grid.clone()?;
                self.each_row(|v, var| match d.below(3) {
                    0 => format!("sum({var} in {grid}: sum({var}))"),
                    1 => format!("max({var} in {grid}: count({var}) otherwise 0)"),
                    _ => format!("count({var} in {grid} where contains({var}, {}))", v.literal(d, Ty::Whole)),
                })
            }
            8 => format!("max({}, {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            _ => format!("({} - {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
        })
    }

    /// A plain number with a fraction.
    pub fn rate(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth - 1;
        match d.below(11) {
            10 => {
                let base = match d.below(3) {
                    0 => self.expr(d, Ty::Rate, below),
                    1 => format!("1 + {}", d.pick(&["3%", "0.25%", "1 / 3", "12.345%"])),
                    _ => d.pick(&["-0.5", "1.03", "2", "0.9999"]).into(),
                };
                let exponent = match d.chance(60) {
                    true => d.pick(&["0", "1", "2", "3", "12", "30"]).into(),
                    false => self.expr(d, Ty::Whole, below.min(1)),
                };
                format!("power({base}, {exponent}, {})", d.pick(&["0.000001", "0.01", "1", "0.3"]))
            }
            9 => format!("remainder({}, {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Rate, below.min(1))),
            0 => format!("({} / {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            1 => format!("({} * {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Rate, below)),
            2 => format!("({} + {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Rate, below)),
            3 => format!("({} - {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Rate, below)),
            4 => format!("({} / {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Area, below)),
            5 => format!("({} / {})", self.expr(d, Ty::Rate, below), self.expr(d, Ty::Rate, below)),
            6 => format!("(-{})", self.grouped(d, Ty::Rate, below)),
            7 => self.chosen(d, Ty::Rate, depth).unwrap_or_else(|| self.literal(d, Ty::Rate)),
            _ => {
                let rounding = d.pick(&["round down", "round", "round up", "round even"]);
                format!(
                    "{rounding}({}, {})",
                    self.expr(d, Ty::Rate, below),
                    d.pick(&["0.01", "1", "0.5", "0.0001", "3"])
                )
            }
        }
    }

    /// A literal that only wide policies have.
    pub fn plain_literal(&self, d: &mut Draw, ty: Ty) -> String {
        match ty {
            Ty::Rate => d.pick(&["0.5", "0", "1", "2.5", "0.3333"]).into(),
            Ty::Text => d.pick(&["\"alpha\"", "\"beta\"", "\"\"", "\"\u{e9}t\u{e9}\"", "\"a \\\"b\\\"\""]).into(),
            _ => d.pick(&DAYS).into(),
        }
    }
}
