//! Random expressions of a given type, as text. Composed expressions are in parentheses.

use super::{DAYS, Draw};

/// The types of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    Bool,
    Whole,
    /// In `sq`.
    Area,
    /// In `coin`.
    Money,
    Date,
    Months,
    Days,
    Kind,
    Region,
    /// A plain number with a fraction.
    Rate,
    Text,
}

/// The names that an expression may use.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Facts, which have states.
    pub facts: Vec<(String, Ty)>,
    /// Fields of people.
    pub fields: Vec<(&'static str, Ty)>,
    /// Definitions, norms and assumptions.
    pub names: Vec<(String, Ty)>,
    /// Names that can be read as of another date.
    pub dated: Vec<(String, Ty)>,
    /// Definitions with parameters.
    pub functions: Vec<(String, Vec<Ty>, Ty)>,
    /// Parameters and variables.
    pub locals: Vec<(String, Ty)>,
    /// Variables that are people.
    pub people: Vec<String>,
    /// True if the list of marks may be used.
    pub marks: bool,
    /// True if the list of people may be used.
    pub list: bool,
    /// True if the governing date may be read, directly or by `age`.
    pub governing: bool,
    /// True if something was read with `at`.
    pub used_at: bool,
    /// The number of the next variable.
    pub next: usize,
    /// True if the policy is a wide one.
    pub wide: bool,
    /// Lists of plain values.
    pub lists: Vec<(String, Ty)>,
    /// Fields of people that are such lists.
    pub field_lists: Vec<(&'static str, Ty)>,
    /// A list of lists of whole numbers.
    pub grid: Option<String>,
    /// Fields of people that vary over time.
    pub over_time: Vec<(&'static str, Ty)>,
    /// True if there is a fact that is a period, and one that is a list of periods.
    pub periods: bool,
    /// Variables that are periods.
    pub spans: Vec<String>,
    /// Variables that are elements of such lists, which have states.
    pub elements: Vec<(String, Ty)>,
}

impl Vocabulary {
    pub fn of(list: &[(String, Ty)], ty: Ty) -> Vec<String> {
        list.iter().filter(|(_, t)| *t == ty).map(|(n, _)| n.clone()).collect()
    }

    /// Names of one type: facts, fields of people in scope, other names, locals.
    pub fn leaves(&self, ty: Ty) -> Vec<String> {
        let mut all = Self::of(&self.facts, ty);
        for person in &self.people {
            for (field, t) in &self.fields {
                if *t == ty {
                    // Several times, so that an expression inside a loop mostly uses its variable.
                    all.extend(std::iter::repeat_n(format!("{person}.{field}"), 3));
                }
            }
        }
        all.extend(Self::of(&self.names, ty));
        all.extend(std::iter::repeat_n(Self::of(&self.locals, ty), 2).flatten());
        all.extend(std::iter::repeat_n(Self::of(&self.elements, ty), 3).flatten());
        all
    }

    /// A name whose state can be tested.
    fn stateful(&self, d: &mut Draw) -> String {
        let mut all: Vec<String> = self.facts.iter().map(|(n, _)| n.clone()).collect();
        for person in &self.people {
            all.extend(self.fields.iter().map(|(f, _)| format!("{person}.{f}")));
            all.extend(self.field_lists.iter().map(|(f, _)| format!("{person}.{f}")));
        }
        all.extend(self.elements.iter().map(|(n, _)| n.clone()));
        d.pick(&all)
    }

    /// A literal.
    pub fn literal(&self, d: &mut Draw, ty: Ty) -> String {
        if self.wide
            && d.chance(25)
            && let Some(edge) = self.edge(d, ty)
        {
            return edge;
        }
        match ty {
            Ty::Rate | Ty::Text => self.plain_literal(d, ty),
            Ty::Bool => d.pick(&["false", "true"]).into(),
            Ty::Whole => d.pick(&["0", "1", "2", "3", "10"]).into(),
            Ty::Area => d.pick(&["15 sq", "0 sq", "1 sq", "44.5 sq", "100 sq"]).into(),
            Ty::Money => d.pick(&["10 coin", "0 coin", "2.5 coin", "100 coin"]).into(),
            Ty::Date => d.pick(&DAYS).into(),
            Ty::Months => d.pick(&["18 years", "1 month", "0 months", "20 years", "6 months"]).into(),
            Ty::Days => d.pick(&["10 days", "1 day", "2 weeks", "365 days"]).into(),
            Ty::Kind => format!("Kind.{}", d.pick(&["red", "green", "blue"])),
            Ty::Region => d.pick(&["North", "Town", "South", "Land"]).into(),
        }
    }

    /// An expression of a type.
    pub fn expr(&mut self, d: &mut Draw, ty: Ty, depth: usize) -> String {
        let leaves = self.leaves(ty);
        if depth == 0 || d.chance(25) {
            return if leaves.is_empty() || d.chance(12) { self.literal(d, ty) } else { d.pick(&leaves) };
        }
        let below = depth - 1;
        if d.chance(8) {
            let functions: Vec<_> = self.functions.iter().filter(|f| f.2 == ty).cloned().collect();
            if !functions.is_empty() {
                let (name, params, _) = d.pick(&functions);
                let args: Vec<String> = params.iter().map(|p| self.expr(d, *p, below)).collect();
                return format!("{name}({})", args.join(", "));
            }
        }
        if d.chance(7) {
            let (value, otherwise) = (self.expr(d, ty, below), self.expr(d, ty, below.min(1)));
            return format!("({value} when {} otherwise {otherwise})", self.expr(d, Ty::Bool, below.min(2)));
        }
        if d.chance(6) {
            let mut dated = Self::of(&self.dated, ty);
            for person in &self.people {
                let varying = self.over_time.iter().filter(|(_, t)| *t == ty);
                dated.extend(varying.map(|(field, _)| format!("{person}.{field}")));
            }
            if !dated.is_empty() {
                self.used_at = true;
                let name = d.pick(&dated);
                return format!("({name} at {})", self.expr(d, Ty::Date, below.min(1)));
            }
        }
        if self.wide
            && d.chance(40)
            && let Some(wide) = self.wide_expr(d, ty, depth)
        {
            return wide;
        }
        match ty {
            Ty::Rate => self.rate(d, depth),
            Ty::Bool => self.condition(d, depth),
            Ty::Whole => self.whole(d, depth),
            Ty::Area => match d.below(6) {
                5 => format!("remainder({}, {})", self.expr(d, Ty::Area, below), d.pick(&["15 sq", "0.4 sq", "-7 sq"])),
                0 => format!("({} + {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Area, below)),
                1 => format!("({} / {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Whole, below)),
                2 => format!("({} * {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Whole, below)),
                3 => format!("({} - {})", self.expr(d, Ty::Area, below), self.expr(d, Ty::Area, below)),
                _ => {
                    let rounding = d.pick(&["round down", "round", "round up", "round even"]);
                    format!("{rounding}({}, 0.5 sq)", self.expr(d, Ty::Area, below))
                }
            },
            Ty::Money => match d.below(5) {
                4 => format!("({} * {})", self.expr(d, Ty::Area, below), d.pick(&["2 coin per sq", "0.5 coin per sq"])),
                0 if self.list => self.over_people(d, "sum", Ty::Money, depth, false),
                1 => format!("({} - {})", self.expr(d, Ty::Money, below), self.expr(d, Ty::Money, below)),
                2 if self.list => {
                    let what = d.pick(&["min", "max", "first"]);
                    self.over_people(d, what, Ty::Money, depth, true)
                }
                _ => format!("({} + {})", self.expr(d, Ty::Money, below), self.expr(d, Ty::Money, below)),
            },
            Ty::Date => match d.below(5) {
                4 => format!(
                    "({} + {})",
                    self.expr(d, Ty::Date, below),
                    d.pick(&["3 working days of work", "1 working day of work"])
                ),
                0 => format!("({} + {})", self.expr(d, Ty::Date, below), d.pick(&["1 month", "10 days", "1 year"])),
                1 => format!("last_day_of_month({})", self.expr(d, Ty::Date, below)),
                2 => format!("max({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
                _ if self.governing => "governing_date".into(),
                _ => format!("first_day_of_month({})", self.expr(d, Ty::Date, below)),
            },
            Ty::Months => match d.below(2) {
                0 if self.governing => format!("age({})", self.expr(d, Ty::Date, below)),
                _ => format!("months_between({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
            },
            Ty::Days => format!("days_between({}, {})", self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below)),
            Ty::Kind | Ty::Region | Ty::Text => {
                if leaves.is_empty() {
                    self.literal(d, ty)
                } else {
                    d.pick(&leaves)
                }
            }
        }
    }

    fn condition(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth - 1;
        match d.below(26) {
            22 => format!("is_working_day({}, work)", self.expr(d, Ty::Date, below)),
            23 => {
                let (a, b) = (self.expr(d, Ty::Date, below), self.expr(d, Ty::Date, below));
                let op = d.pick(&["<", ">=", "="]);
                format!("(working_days_between({a}, {b}, work) {op} 10 working days of work)")
            }
            24 if self.marks => match d.below(3) {
                0 => format!("contains(marks, {})", self.expr(d, Ty::Whole, below)),
                1 => {
                    let bound = self.expr(d, Ty::Whole, below.min(1));
                    self.next += 1;
                    format!("any(m{n} in marks: (m{n} > {bound}))", n = self.next)
                }
                _ => {
                    let bound = self.expr(d, Ty::Whole, below.min(1));
                    self.next += 1;
                    format!("(count(m{n} in marks where (m{n} >= {bound})) >= {})", d.pick(&["1", "2"]), n = self.next)
                }
            },
            25 => {
                let kinds = self.leaves(Ty::Kind);
                let (a, b) = (d.pick(&kinds), d.pick(&kinds));
                if a == b { format!("({a} is blue)") } else { format!("({a} = {b})") }
            }
            0..4 => format!("({} and {})", self.expr(d, Ty::Bool, below), self.expr(d, Ty::Bool, below)),
            4..7 => format!("({} or {})", self.expr(d, Ty::Bool, below), self.expr(d, Ty::Bool, below)),
            7..9 => format!("(not {})", self.expr(d, Ty::Bool, below)),
            9 => format!("({} is absent)", self.stateful(d)),
            10 => {
                let state = d.pick(&["is unavailable", "is not absent", "is not unavailable"]);
                format!("({} {state})", self.stateful(d))
            }
            11..14 => {
                let ty = d.pick(&[Ty::Whole, Ty::Area, Ty::Money, Ty::Date, Ty::Months, Ty::Days]);
                let op = d.pick(&["<", ">=", "=", ">", "<=", "!="]);
                self.comparison(d, ty, op, below)
            }
            14 => {
                let kinds = self.leaves(Ty::Kind);
                let is = d.pick(&["is", "is not"]);
                format!("({} {is} {})", d.pick(&kinds), d.pick(&["red", "green", "blue"]))
            }
            15 => {
                let kinds = self.leaves(Ty::Kind);
                format!("({} in {{ {} }})", d.pick(&kinds), d.pick(&["red, green", "blue", "green, blue"]))
            }
            16 => {
                let regions = self.leaves(Ty::Region);
                let test =
                    d.pick(&["is North", "in { North }", "in { Town, South }", "is not Town", "not in { North }"]);
                format!("({} {test})", d.pick(&regions))
            }
            17..19 if self.list => {
                let what = d.pick(&["any", "all"]);
                self.over_people(d, what, Ty::Bool, depth, false)
            }
            19 | 20 if self.list => {
                let op = d.pick(&[">=", "<", "=", ">", "<=", "!="]);
                let (known, op) = d.pick(&[("1", op), ("2", op), ("0", "="), ("3", op)]);
                let count = self.count(d, depth);
                if d.chance(30) { format!("({known} {op} {count})") } else { format!("({count} {op} {known})") }
            }
            _ => self.comparison(d, Ty::Bool, "=", below),
        }
    }

    /// A comparison of two different expressions, of which at least one is no literal.
    pub fn comparison(&mut self, d: &mut Draw, ty: Ty, op: &str, depth: usize) -> String {
        let mut left = self.expr(d, ty, depth);
        let mut right = self.expr(d, ty, depth);
        let leaves = self.leaves(ty);
        let constant = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_digit() || c == '"')
                || text == "true"
                || text == "false"
                || text.starts_with("Kind.")
        };
        if constant(&left) && constant(&right) {
            match ty {
                Ty::Days => left = format!("days_between({}, {})", d.pick(&self.leaves(Ty::Date)), DAYS[3]),
                Ty::Months => left = format!("months_between({}, {})", d.pick(&self.leaves(Ty::Date)), DAYS[3]),
                _ if leaves.is_empty() => return d.pick(&self.leaves(Ty::Bool)),
                _ => left = d.pick(&leaves),
            }
        }
        if left == right {
            right = self.literal(d, ty);
        }
        format!("({left} {op} {right})")
    }

    fn whole(&mut self, d: &mut Draw, depth: usize) -> String {
        let below = depth - 1;
        match d.below(12) {
            11 => {
                let (a, b) = match d.chance(40) {
                    true => (self.expr(d, Ty::Area, below), self.expr(d, Ty::Area, below.min(1))),
                    false => (self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below.min(1))),
                };
                format!("quotient({a}, {b})")
            }
            7 => {
                let divisor =
                    if d.chance(50) { self.expr(d, Ty::Whole, below.min(1)) } else { d.pick(&["2", "3", "-3"]).into() };
                format!("remainder({}, {divisor})", self.expr(d, Ty::Whole, below))
            }
            8 if self.marks => "sum(marks)".into(),
            9 if self.marks => {
                let what = d.pick(&["max", "min", "first"]);
                let otherwise =
                    if d.chance(70) { format!(" otherwise {}", self.expr(d, Ty::Whole, below)) } else { String::new() };
                format!("{what}(marks{otherwise})")
            }
            10 if self.marks => "count(marks)".into(),
            0 => format!("({} + {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            1 => format!("({} - {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            2 => format!("({} * {})", self.expr(d, Ty::Whole, below), d.pick(&["2", "3"])),
            3 if self.list => "count(people)".into(),
            4 if self.list => self.count(d, depth),
            5 => format!("year({})", self.expr(d, Ty::Date, below)),
            6 => format!("min({}, {})", self.expr(d, Ty::Whole, below), self.expr(d, Ty::Whole, below)),
            _ => format!("abs({})", self.expr(d, Ty::Whole, below)),
        }
    }

    /// Calls `f` with a fresh variable in scope.
    fn inside<T>(&mut self, f: impl FnOnce(&mut Self, &str) -> T) -> T {
        self.next += 1;
        let var = format!("p{}", self.next);
        self.people.push(var.clone());
        let result = f(self, &var);
        self.people.pop();
        result
    }

    fn count(&mut self, d: &mut Draw, depth: usize) -> String {
        self.inside(|v, var| format!("count({var} in people where {})", v.expr(d, Ty::Bool, (depth - 1).min(1))))
    }

    /// `sum(p in people where C: E)` and similar aggregates.
    pub fn over_people(&mut self, d: &mut Draw, what: &str, ty: Ty, depth: usize, otherwise: bool) -> String {
        let below = (depth - 1).min(1);
        let mut text = self.inside(|v, var| {
            let filter = if d.chance(35) { format!(" where {}", v.expr(d, Ty::Bool, below)) } else { String::new() };
            format!("{what}({var} in people{filter}: {}", v.expr(d, ty, below))
        });
        if otherwise && d.chance(70) {
            text += &format!(" otherwise {}", self.expr(d, ty, below));
        }
        text + ")"
    }
}
