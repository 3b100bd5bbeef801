//! Random items: a base law with its facts, definitions and rules, and amendments that change them.
//!
//! Versions of one name never tie: their regions and cohorts come from a chain in which each link is more special than
//! the one before, and every start is a different day.

mod amendments;
mod impossible;

use super::expr::{Ty, Vocabulary};
use super::{Draw, File, Policy, Shape};

/// Regions and cohorts of versions, from the widest to the most special; the southern ones do not overlap the northern
/// ones.
const CHAIN: [&[&str]; 4] = [&[], &["in North"], &["in North", "for grp.c1"], &["in Town", "for grp.c1"]];
const SOUTH: [&[&str]; 2] = [&["in South"], &["in South", "for grp.c1"]];

/// The `for each` of a rule.
#[derive(Clone)]
struct Each {
    var: String,
    list: String,
    of: Of,
}

/// The elements in the list of a `for each`.
#[derive(Clone, Copy)]
enum Of {
    People,
    Plain(Ty),
    Lists,
}

/// A rule or an exception that others can except, replace or suspend.
#[derive(Clone)]
struct Target {
    kind: &'static str,
    name: String,
    /// The rule's `for each`.
    each: Option<Each>,
    outcome: String,
    /// The target of an exception.
    to: String,
}

/// A definition that others can except or replace.
#[derive(Clone)]
struct Defined {
    name: String,
    ty: Ty,
    params: Vec<(String, Ty)>,
    /// Labels of its cases, and its exceptions.
    targets: Vec<String>,
    cases: bool,
    /// The number of names before it, which its parts may use.
    names: usize,
    functions: usize,
}

pub struct Writer<'d, 'n> {
    pub(super) d: &'d mut Draw<'n>,
    pub(super) v: Vocabulary,
    pub(super) items: Vec<String>,
    reasons: Vec<String>,
    outcomes: Vec<String>,
    rules: Vec<Target>,
    exceptions: Vec<Target>,
    notices: Vec<String>,
    defined: Vec<Defined>,
    norms: Vec<(String, Ty)>,
    starts: usize,
    asks_late: bool,
    next: usize,
    start_used: bool,
    /// Tables and scales: the first line of a replacement, and the type.
    pub(super) tables: Vec<(String, Ty)>,
    /// Tables in CSV files.
    pub(super) csv: Vec<File>,
}

pub(super) fn type_name(ty: Ty) -> &'static str {
    match ty {
        Ty::Bool => "bool",
        Ty::Whole => "integer",
        Ty::Area => "sq",
        Ty::Money => "coin",
        Ty::Date => "date",
        Ty::Months => "duration in months",
        Ty::Days => "duration in days",
        Ty::Kind => "Kind",
        Ty::Region => "region",
        Ty::Rate => "decimal",
        Ty::Text => "text",
    }
}

impl<'d, 'n> Writer<'d, 'n> {
    pub fn new(d: &'d mut Draw<'n>, v: Vocabulary) -> Self {
        Self {
            d,
            v,
            items: Vec::new(),
            reasons: Vec::new(),
            outcomes: Vec::new(),
            rules: Vec::new(),
            exceptions: Vec::new(),
            notices: Vec::new(),
            defined: Vec::new(),
            norms: Vec::new(),
            starts: 0,
            asks_late: false,
            next: 0,
            start_used: false,
            tables: Vec::new(),
            csv: Vec::new(),
        }
    }

    /// Brings the variable of a `for each` into scope.
    fn enter(&mut self, each: Option<&Each>) {
        let Some(Each { var, of, .. }) = each else { return };
        match of {
            Of::People => self.v.people.push(var.clone()),
            Of::Plain(ty) => self.v.elements.push((var.clone(), *ty)),
            Of::Lists => self.v.lists.push((var.clone(), Ty::Whole)),
        }
    }

    fn leave(&mut self, each: Option<&Each>) {
        match each.map(|each| each.of) {
            None => {}
            Some(Of::People) => _ = self.v.people.pop(),
            Some(Of::Plain(_)) => _ = self.v.elements.pop(),
            Some(Of::Lists) => _ = self.v.lists.pop(),
        }
    }

    /// A `for each` with a probability.
    fn some_each(&mut self, percent: usize) -> Option<Each> {
        if self.v.wide && self.d.chance(25) {
            let var = self.name("y");
            let lists = self.v.lists.clone();
            if self.d.chance(25)
                && let Some(list) = self.v.grid.clone()
            {
                return Some(Each { var, list, of: Of::Lists });
            }
            if !lists.is_empty() {
                let (list, ty) = self.d.pick(&lists);
                return Some(Each { var, list, of: Of::Plain(ty) });
            }
        }
        let people = self.v.list && self.d.chance(percent);
        people.then(|| Each { var: self.name("x"), list: "people".into(), of: Of::People })
    }

    pub(super) fn name(&mut self, stem: &str) -> String {
        self.next += 1;
        format!("{stem}{}", self.next)
    }

    /// A day on which no other version starts.
    fn start(&mut self) -> String {
        self.starts += 1;
        let month = [3, 9, 1, 6, 11, 4, 12, 2][self.starts % 8];
        // Some before the policy itself starts.
        let year = if self.d.chance(12) { 2020 } else { 2024 } + self.d.below(3);
        format!("{year}-{month:02}-{:02}", 2 + self.starts % 26)
    }

    fn reason(&mut self, stem: &str) -> String {
        let code = self.name(stem);
        self.reasons.push(format!("reason {code} en \"{code}\""));
        code
    }

    fn outcome(&mut self) -> String {
        self.d.pick(&self.outcomes.clone())
    }

    /// The value of a definition. It is never just a count: a name for a count is compared as an interval, as the count
    /// itself is, only if the definition has no other value.
    fn value(&mut self, ty: Ty, depth: usize) -> String {
        let value = self.v.expr(self.d, ty, depth);
        if value.starts_with("count(") { format!("({value} + 0)") } else { value }
    }

    fn condition(&mut self, depth: usize) -> String {
        self.v.expr(self.d, Ty::Bool, depth)
    }

    /// `when` and `unless` lines.
    fn conditions(&mut self, depth: usize) -> String {
        let mut text = String::new();
        if !self.d.chance(8) {
            text += &format!("\n  when {}", self.condition(depth));
        }
        if self.d.chance(25) {
            text += &format!("\n  unless {}", self.condition(1));
        }
        text
    }

    /// The lines of a scope: a link of the chain, possibly with a start and an end.
    fn scope(&mut self, must_start: bool, south: bool) -> String {
        let mut lines: Vec<String> = Vec::new();
        let links = if south && self.d.chance(25) { &SOUTH[..] } else { &CHAIN[..] };
        let link = links[self.d.below(links.len())];
        lines.extend(link.iter().filter(|l| l.starts_with("in")).map(|l| (*l).to_string()));
        if must_start || self.d.chance(40) {
            if !self.start_used && self.d.chance(20) {
                self.start_used = true;
                lines.push("from startday".into());
            } else {
                lines.push(format!("from {}", self.start()));
            }
        }
        if self.d.chance(30) {
            lines.push(format!("through {}", self.d.pick(&["2026-12-31", "2027-01-31", "2026-12-15"])));
        }
        lines.extend(link.iter().filter(|l| l.starts_with("for")).map(|l| (*l).to_string()));
        lines.iter().map(|l| format!("\n  {l}")).collect()
    }

    pub(super) fn handlers(&mut self, ty: Option<Ty>, depth: usize) -> String {
        let mut text = String::new();
        if self.d.chance(60) {
            let means = if self.v.wide { 45 } else { 25 };
            if let Some(ty) = ty.filter(|_| self.d.chance(means)) {
                text += &format!("\n    if absent means {}", self.v.literal(self.d, ty));
            } else if self.d.chance(12) {
                text += "\n    if absent open \"no text says it\"";
            } else {
                let code = self.reason("NONE_");
                text += &format!("\n    if absent then {} {code}", self.outcome());
            }
            if depth > 0 && self.d.chance(if self.v.wide { 30 } else { 15 }) {
                let scope = self.scope(false, false);
                self.asks_late |= scope.contains("for ");
                text += &scope;
            }
        }
        if self.d.chance(5) {
            text += "\n    if unavailable open \"no text says it\"";
        } else if self.d.chance(50) {
            let code = self.reason("DOWN_");
            text += &format!("\n    if unavailable then {} {code}", self.outcome());
        }
        text
    }

    /// A field: its name, type, registries and handlers.
    pub(super) fn field(&mut self, name: &str, ty: Ty, written: &str) -> String {
        let from = match self.d.below(4) {
            0 => "",
            1 => " from REG_A",
            2 => " from REG_B",
            _ => " from REG_A else REG_B",
        };
        // The values of the facts and the literals of the policy lie within, so that no comparison is impossible.
        let bounds = match ty {
            _ if self.v.wide || !(name.len() + self.items.len()).is_multiple_of(3) => "",
            Ty::Whole => " at least -1",
            Ty::Area => " at least -0.01 sq",
            Ty::Money => " at least -0.01 coin at most 1_000_000 coin",
            Ty::Date => " at least 1990-01-01 at most 2100-12-31",
            Ty::Bool | Ty::Months | Ty::Days | Ty::Kind | Ty::Region | Ty::Rate | Ty::Text => "",
        };
        let handlers = if self.d.chance(60) { self.handlers(Some(ty), 1) } else { String::new() };
        format!("{name}: {written}{bounds}{from}{handlers}")
    }

    pub fn policy(mut self) -> Policy {
        let mut facts: Vec<(String, Shape)> =
            vec![("app.date".into(), Shape::GoverningDate(Vec::new())), ("app.region".into(), Shape::GoverningPlace)];
        let mut header = String::from("policy t.base");
        header += self.d.pick(&["", "\n  in Land", "\n  in North, South"]);
        header += "\n  from 2024-01-01";
        header += self.d.pick(&["", "\n  through 2027-06-30"]);
        header += self.d.pick(&["", "", "\n  leap_birthday february_28"]);
        header += self.d.pick(&["", "", "\n  month_end roll"]);
        header += "\n  en \"t\"";
        let regions = "region Land { North { Town }, South, Isle }";
        let outcomes = 2 + self.d.below(3);
        self.outcomes = (0..outcomes).map(|i| format!("o{i}")).collect();
        self.items.push(regions.into());
        self.items.push("unit sq".into());
        self.items.push("unit coin".into());
        if self.v.wide {
            self.items.push("unit lot = 2.5 sq".into());
        }
        self.items.push("enum Kind { red, green, blue }".into());
        let calendar = "calendar work from 2024-01-01 through 2027-12-31\n  weekend saturday, sunday\n  holidays 2025-01-01, 2026-01-02\n  workdays 2026-01-04";
        self.items.push(calendar.into());
        self.items.push("assumption guess: bool = true\n  en \"g\"".into());
        self.items.push("assumption startday: date = 2025-01-01 one of { 2025-01-01, 2025-03-01 }\n  en \"s\"".into());
        for registry in ["REG_A", "REG_B"] {
            let mut text = format!("registry {registry}");
            if self.d.chance(70) {
                text += &self.handlers(None, 0);
            }
            self.items.push(text);
        }
        if self.d.chance(40) {
            let handlers = self.handlers(None, 1);
            if !handlers.is_empty() {
                self.items.push(format!("facts{handlers}"));
            }
        }
        // The governing date and place may be definitions.
        let worked_out = self.v.wide && self.d.chance(35);
        if worked_out {
            self.items.push("facts app { date: date, region: region, moved: bool, late: date }".into());
            facts.push(("app.moved".into(), Shape::Bool));
            facts.push(("app.late".into(), Shape::GoverningDate(Vec::new())));
        } else {
            self.items.push("facts app { date: date, region: region }".into());
        }
        facts.extend([("grp.c1".into(), Shape::Bool), ("grp.c2".into(), Shape::Bool)]);
        let groups: Vec<String> =
            ["c1", "c2"].iter().map(|n| format!("{n}: bool{}", self.handlers(Some(Ty::Bool), 0))).collect();
        self.items.push(format!("facts grp {{\n  {}\n}}", groups.join(",\n  ")));
        self.facts(&mut facts);
        if worked_out {
            let guard = self.d.pick(&["app.moved", "app.late is not absent", "(app.late > app.date and app.moved)"]);
            self.items.push(format!("define filed: date\n  case late = app.late when {guard}\n  otherwise app.date"));
            self.items.push("define site: region\n  case away = South when app.moved\n  otherwise app.region".into());
            self.items.push("as of filed in site".into());
        } else {
            self.items.push("as of app.date in app.region".into());
        }
        self.v.names.push(("guess".into(), Ty::Bool));
        self.v.names.push(("startday".into(), Ty::Date));
        self.v.locals.push(("governing_region".into(), Ty::Region));
        self.v.governing = true;
        for _ in 0..self.d.below(3) {
            self.norm();
        }
        for _ in 0..self.d.below(5) {
            self.definition();
        }
        if self.d.chance(30) {
            let name = self.name("def");
            self.scale(&name);
        }
        for _ in 0..1 + self.d.below(5) {
            self.rule();
        }
        for _ in 0..self.d.below(4) {
            self.exception();
        }
        for _ in 0..self.d.below(4) {
            self.definition_exception();
        }
        for _ in 0..self.d.below(2) {
            self.notice();
        }
        let mut decision =
            format!("decision d\n  {}\n  otherwise {}", self.outcomes.join(" > "), self.outcomes[outcomes - 1]);
        if self.d.chance(30) {
            decision += &format!("\n  output flag: bool = {}{}", self.condition(2), self.tied());
        }
        if self.d.chance(30) {
            let size = self.v.expr(self.d, Ty::Area, 2);
            decision += &format!("\n  output size: sq = round down({size}, 0.01 sq){}", self.tied());
        }
        let scale = self.tables.iter().find_map(|(table, _)| table.strip_prefix("scale ")).map(str::to_owned);
        if let Some(scale) = scale
            && self.d.chance(80)
        {
            decision += &format!("\n  output due: coin = round down({scale}, 0.01 coin){}", self.tied());
        }
        if self.v.list && self.d.chance(30) {
            decision += &self.output_by_person();
        }
        if self.d.chance(15) {
            let condition = self.condition(2);
            let size = self.v.expr(self.d, Ty::Area, 2);
            self.items.push(format!(
                "calculation sums\n  output met: bool = {condition}\n  output size: sq = round down({size}, 0.01 sq)"
            ));
        }
        if self.d.chance(20) {
            // A second decision, which has none of the outcomes that handlers propose.
            let code = self.reason("OTHER_");
            let condition = self.condition(2);
            self.items.push("decision other\n  yes > no\n  otherwise no".into());
            self.items.push(format!("rule other\n  yes {code}\n  when {condition}"));
        }
        if self.items.len().is_multiple_of(6) {
            self.impossible();
        }
        let mut base = std::mem::take(&mut self.items);
        base.push(decision);
        base.append(&mut self.reasons);
        base.insert(0, header);
        let mut files = vec![File { name: "base.ereje".into(), items: base }];
        files.append(&mut self.csv);
        for i in 0..self.d.below(4) {
            files.push(self.amendment(i));
        }
        // Decisions are made on the days on which something changes.
        let words: Vec<&str> = files.iter().flat_map(|f| &f.items).flat_map(|i| i.split_whitespace()).collect();
        let bounds = words.windows(2).filter(|w| w[0] == "from" || w[0] == "through");
        let mut days: Vec<String> =
            bounds.filter_map(|w| w[1].get(..10)).filter(|w| w.starts_with("20")).map(str::to_owned).collect();
        days.sort();
        days.dedup();
        for (_, shape) in &mut facts {
            if let Shape::GoverningDate(known) = shape {
                known.clone_from(&days);
            }
        }
        let asks_late = self.asks_late || self.v.used_at;
        Policy { files, facts, asks_late }
    }

    /// An output with a value for each person, whose names are often those of several.
    fn output_by_person(&mut self) -> String {
        let each = Each { var: self.name("z"), list: "people".into(), of: Of::People };
        self.enter(Some(&each));
        let filter = if self.d.chance(40) { format!(" where {}", self.condition(1)) } else { String::new() };
        let key = self.d.pick(&["born", "born", "kind", "adult"]);
        let (ty, value) = match self.d.chance(50) {
            true => ("bool", self.condition(1)),
            false => ("sq", format!("round down({}, 0.01 sq)", self.v.expr(self.d, Ty::Area, 2))),
        };
        self.leave(Some(&each));
        let var = &each.var;
        format!("\n  output each for each {var} in people{filter} by {var}.{key}: {ty} = {value}{}", self.tied())
    }

    /// The outcomes that an output is tied to, if any.
    fn tied(&mut self) -> String {
        let tied: Vec<String> = self.outcomes.clone().into_iter().filter(|_| self.d.chance(30)).collect();
        if tied.is_empty() { String::new() } else { format!(" tied to {}", tied.join(", ")) }
    }

    /// The facts besides date, place and cohorts.
    fn facts(&mut self, facts: &mut Vec<(String, Shape)>) {
        let mut fields = Vec::new();
        let all: [(&str, Ty, Shape); 10] = [
            ("a", Ty::Bool, Shape::Bool),
            ("b", Ty::Bool, Shape::Bool),
            ("n", Ty::Whole, Shape::Whole),
            ("kind", Ty::Kind, Shape::Word(vec!["red", "green", "blue"])),
            ("c", Ty::Bool, Shape::Bool),
            ("e", Ty::Bool, Shape::Bool),
            ("m", Ty::Whole, Shape::Whole),
            ("area", Ty::Area, Shape::Decimal),
            ("pay", Ty::Money, Shape::Decimal),
            ("born", Ty::Date, Shape::Date),
        ];
        for (i, (name, ty, shape)) in all.into_iter().enumerate() {
            if i < 4 || self.d.chance(50) {
                fields.push(self.field(name, ty, type_name(ty)));
                facts.push((format!("info.{name}"), shape));
                self.v.facts.push((format!("info.{name}"), ty));
            }
        }
        if self.v.wide {
            self.wide_facts(&mut fields, facts);
        }
        // Rules may read the facts of cohorts as well.
        self.v.facts.push(("grp.c1".into(), Ty::Bool));
        self.v.facts.push(("app.region".into(), Ty::Region));
        self.items.push(format!("facts info {{\n  {}\n}}", fields.join(",\n  ")));
        if self.d.chance(60) {
            let fields = [
                ("adult", Ty::Bool, Shape::Bool),
                ("share", Ty::Money, Shape::Decimal),
                ("born", Ty::Date, Shape::Date),
                ("kind", Ty::Kind, Shape::Word(vec!["red", "green", "blue"])),
            ];
            let home = [("big", Ty::Bool, Shape::Bool), ("size", Ty::Area, Shape::Decimal)];
            let inner: Vec<String> = home.iter().map(|(n, ty, _)| self.field(n, *ty, type_name(*ty))).collect();
            let from = self.d.pick(&["", " from REG_B"]);
            let with_home = self.d.chance(40);
            let texts: Vec<String> = fields.iter().map(|(n, ty, _)| self.field(n, *ty, type_name(*ty))).collect();
            let mut texts = texts;
            if with_home {
                self.items.push(format!("record Home {{\n  {}\n}}", inner.join(",\n  ")));
                texts.push(format!("home: Home{from}{}", self.handlers(None, 0)));
            }
            self.items.push(format!("record Person {{\n  {}\n}}", texts.join(",\n  ")));
            let from = self.d.pick(&["", " from REG_A", " from REG_B"]);
            let handlers = if self.d.chance(20) { "\n    if absent means []".into() } else { self.handlers(None, 1) };
            let least = if self.v.wide && self.d.chance(25) { " at least 1" } else { "" };
            self.items.push(format!("facts people: list of Person{least}{from}{handlers}"));
            let (with, also) = if self.v.wide { self.wide_fields() } else { Default::default() };
            if self.v.wide
                && let Some(record) = self.items.iter_mut().find(|item| item.starts_with("record Person"))
            {
                *record = record.replace("\n}", &format!(",\n  {}\n}}", with.join(",\n  ")));
            }
            self.v.fields = fields.iter().map(|(n, ty, _)| (*n, *ty)).collect();
            self.v.list = true;
            let mut shapes: Vec<_> = fields.into_iter().map(|(n, _, s)| (n, s)).collect();
            for (name, ty, shape) in also {
                match ty {
                    Some(ty) => self.v.fields.push((name, ty)),
                    None => self.v.field_lists.push((name, Ty::Whole)),
                }
                shapes.push((name, shape));
            }
            if with_home && self.v.wide {
                let handlers = self.handlers(None, 1);
                self.items.push(format!("facts flat: Home{handlers}"));
                self.v.facts.extend([("flat.big".into(), Ty::Bool), ("flat.size".into(), Ty::Area)]);
                facts.push(("flat".into(), Shape::Record(home.iter().map(|(n, _, s)| (*n, s.clone())).collect())));
            }
            if with_home {
                self.v.fields.extend([("home.big", Ty::Bool), ("home.size", Ty::Area)]);
                shapes.push(("home", Shape::Record(home.into_iter().map(|(n, _, s)| (n, s)).collect())));
            }
            facts.push(("people".into(), Shape::Records(shapes)));
        }
        if self.d.chance(35) {
            let handlers = self.handlers(None, 1);
            self.items.push(format!("facts marks: list of integer{}{handlers}", self.d.pick(&["", " from REG_A"])));
            self.v.marks = true;
            facts.push(("marks".into(), Shape::List(Box::new(Shape::Whole))));
            if self.v.wide {
                self.v.lists.push(("marks".into(), Ty::Whole));
            }
        }
        if self.v.wide {
            self.wide_lists(facts);
        }
    }

    fn norm(&mut self) {
        let ty = self.d.pick(&[Ty::Area, Ty::Whole, Ty::Money, Ty::Bool]);
        let name = self.name("norm");
        let mut text = format!("norm {name}: {}\n  = {}", type_name(ty), self.v.literal(self.d, ty));
        for _ in 0..self.d.below(3) {
            let place = self.d.pick(&["", " in North", " in Town", " in South"]);
            let (value, start) = (self.v.literal(self.d, ty), self.start());
            let value = if self.starts.is_multiple_of(2) { earlier(&name, ty, &value, &start) } else { value };
            text += &format!("\n  = {value}{place} from {start}");
        }
        self.items.push(text);
        self.v.names.push((name.clone(), ty));
        self.v.dated.push((name.clone(), ty));
        self.norms.push((name, ty));
    }

    /// The value of a norm in an amendment from a day on: perhaps one that rests on the value before it, perhaps through
    /// another norm.
    fn amended(&mut self, norm: &str, ty: Ty, start: Option<&str>) -> String {
        let value = self.v.literal(self.d, ty);
        match start {
            Some(start) if self.starts.is_multiple_of(2) => earlier(norm, ty, &value, start),
            Some(start) if self.starts.is_multiple_of(3) => {
                let other = self.norms.iter().find(|(other, of)| other != norm && *of == ty);
                other.map_or(value.clone(), |(other, _)| earlier(other, ty, &value, start))
            }
            Some(_) | None => value,
        }
    }

    /// The text of a definition after its name and type.
    fn body(&mut self, ty: Ty, cases: bool) -> (String, Vec<String>) {
        let depth = 2;
        if !cases {
            return (format!(" = {}", self.value(ty, depth)), Vec::new());
        }
        let (mut text, mut labels) = (String::new(), Vec::new());
        for _ in 0..1 + self.d.below(3) {
            let label = self.name("k");
            text += &format!("\n  case {label} = {}", self.value(ty, 1));
            if self.d.chance(15) {
                text += &self.scope(false, true);
            }
            text += &format!("\n    when {}", self.condition(depth));
            if self.d.chance(15) {
                text += &format!("\n    unless {}", self.condition(1));
            }
            labels.push(label);
        }
        text += &format!("\n  otherwise {}", self.value(ty, 1));
        (text, labels)
    }

    fn definition(&mut self) {
        let mut ty = self.d.pick(&[Ty::Bool, Ty::Whole, Ty::Area, Ty::Money, Ty::Bool]);
        if self.v.wide && self.d.chance(40) {
            ty = self.d.pick(&[Ty::Rate, Ty::Text, Ty::Date, Ty::Months, Ty::Days, Ty::Kind]);
        }
        let (names, functions) = (self.v.names.len(), self.v.functions.len());
        let name = self.name("def");
        match self.d.below(14) {
            10 | 12 | 13 if self.v.wide => return self.wide_table(&name, ty),
            10 | 12 | 13 => return self.table(&name, ty),
            11 => return self.scale(&name),
            9 if self.d.chance(30) => {
                self.items.push(format!("define {name}: {} open \"the text is cut\"", type_name(ty)));
                self.v.names.push((name.clone(), ty));
                return;
            }
            _ => {}
        }
        let params: Vec<(String, Ty)> = if self.d.chance(25) {
            (0..1 + self.d.below(2)).map(|_| (self.name("v"), self.d.pick(&[Ty::Bool, Ty::Whole, Ty::Area]))).collect()
        } else {
            Vec::new()
        };
        let locals = self.v.locals.len();
        self.v.locals.extend(params.iter().cloned());
        let cases = self.d.chance(50);
        let (body, labels) = self.body(ty, cases);
        self.v.locals.truncate(locals);
        let written: Vec<String> = params.iter().map(|(n, ty)| format!("{n}: {}", type_name(*ty))).collect();
        let written = if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) };
        self.items.push(format!("define {name}{written}{body}"));
        if params.is_empty() {
            self.v.names.push((name.clone(), ty));
            self.v.dated.push((name.clone(), ty));
        } else {
            self.v.functions.push((name.clone(), params.iter().map(|p| p.1).collect(), ty));
        }
        let targets = labels.iter().map(|l| format!("{name}.{l}")).chain(std::iter::once(name.clone())).collect();
        self.defined.push(Defined { name, ty, params, targets, cases, names, functions });
    }

    fn table(&mut self, name: &str, ty: Ty) {
        let hit = match ty {
            Ty::Whole | Ty::Area | Ty::Money => self.d.pick(&["", " first", " first", " sum", " min", " max"]),
            _ => self.d.pick(&["", " first"]),
        };
        let mut text = format!("table {name}: {}{hit} by info.kind, info.n", type_name(ty));
        for row in 0..1 + self.d.below(4) {
            let kind = self.d.pick(&["any", "red", "{ red, green }", "blue", "absent", "-", "= green", "!= red"]);
            let n = self.d.pick(&["any", "< 2", "2 .. 5", ">= 2", "{ 0, 1 }", "3", "-", "unavailable", "> 1", "<= 0"]);
            let result = self.v.literal(self.d, ty);
            let result = if hit.is_empty() { super::tables::seen_late(row, result) } else { result };
            text += &format!("\n  | {kind} | {n} | {result} |");
        }
        text += &format!("\n  otherwise {}", self.v.literal(self.d, ty));
        self.items.push(text);
        self.v.names.push((name.into(), ty));
    }

    fn scale(&mut self, name: &str) {
        let amount = self.v.expr(self.d, Ty::Money, 1);
        let bands = self.d.pick(&[
            "\n  up to 10 coin rate 0%\n  up to 100 coin rate 10%\n  above rate 25%",
            "\n  up to 50 coin rate 2%\n  above rate 0.5",
        ]);
        let bands = match self.v.wide && self.d.chance(50) {
            true => "\n  up to 0.0001 coin rate 0%\n  up to 2.5 coin rate 2.5%\n  above rate 0.3333",
            false => bands,
        };
        let bands = if self.d.chance(50) { self.computed_bands() } else { bands.to_owned() };
        self.items.push(format!("scale {name}: coin of {amount}{bands}"));
        self.tables.push((format!("scale {name}"), Ty::Money));
        self.v.names.push((name.into(), Ty::Money));
    }

    /// Bands with bounds that are worked out, many of which rise.
    fn computed_bands(&mut self) -> String {
        let mut text = String::new();
        for bound in ["10 coin", "40 coin", "90 coin"].into_iter().take(1 + self.d.below(3)) {
            let computed = self.v.expr(self.d, Ty::Money, 1);
            let computed = match self.d.below(6) {
                0 => format!("{computed} + {bound}"),
                1 | 2 => format!("max({computed}, {bound})"),
                3 => format!("min({computed}, {bound})"),
                4 => format!("max(0 coin, min({computed}, 5 coin)) + {bound}"),
                _ => computed,
            };
            let rate = if self.v.wide { self.v.expr(self.d, Ty::Rate, 0) } else { "10%".to_owned() };
            text += &format!("\n  up to {computed} rate {rate}");
        }
        text + "\n  above rate 25%"
    }

    /// The outcome, reason, conditions and scope of a version of a rule.
    fn rule_text(&mut self, head: &str, each: Option<&Each>, outcome: &str, scoped: bool) -> String {
        let mut text = head.to_string();
        self.enter(each);
        if let Some(Each { var, list, .. }) = each {
            text += &format!(" for each {var} in {list}");
            if self.d.chance(30) {
                text += &format!(" where {}", self.condition(1));
            }
        }
        let code = self.reason("WHY_");
        let mut given = String::new();
        if self.v.wide && self.d.chance(40) {
            let ty = self.d.pick(&[Ty::Whole, Ty::Text, Ty::Kind, Ty::Rate, Ty::Bool, Ty::Date, Ty::Months]);
            let _ = self.reasons.pop();
            self.reasons.push(format!("reason {code}(v: {}) en \"{{v}}\"", type_name(ty)));
            // In most cases a leaf, so that elements often give the same reason.
            let depth = usize::from(self.d.chance(25));
            given = format!("({})", self.v.expr(self.d, ty, depth));
        } else if self.d.chance(20) {
            let (ty, kind) = self.d.pick(&[(Ty::Whole, "integer"), (Ty::Bool, "bool"), (Ty::Date, "date")]);
            let _ = self.reasons.pop();
            self.reasons.push(format!("reason {code}(v: {kind}) en \"{{v}}\""));
            given = format!("({})", self.v.expr(self.d, ty, 1));
        }
        text += &format!("\n  {outcome} {code}{given}");
        text += &self.conditions(2);
        self.leave(each);
        if scoped && self.d.chance(25) {
            text += &self.scope(false, true);
        }
        text
    }

    fn rule(&mut self) {
        let name = self.name("r");
        let each = self.some_each(25);
        let outcome = self.outcome();
        let text = self.rule_text(&format!("rule {name}"), each.as_ref(), &outcome, true);
        self.items.push(text);
        self.rules.push(Target { kind: "rule", name, each, outcome, to: String::new() });
    }

    fn exception(&mut self) {
        let targets: Vec<Target> = self.rules.iter().chain(&self.exceptions).cloned().collect();
        let target = self.d.pick(&targets);
        let name = self.name("x");
        self.enter(target.each.as_ref());
        let mut text = format!("exception {name} to {}", target.name);
        text += &self.conditions(2);
        self.leave(target.each.as_ref());
        if self.d.chance(20) {
            text += &self.scope(false, true);
        }
        self.items.push(text);
        let (each, outcome, to) = (target.each, target.outcome, target.name);
        self.exceptions.push(Target { kind: "exception", name, each, outcome, to });
    }

    /// Calls `f` with only the names that a definition may use.
    fn within<T>(&mut self, defined: &Defined, f: impl FnOnce(&mut Self) -> T) -> T {
        let (names, dated) = (self.v.names.clone(), self.v.dated.clone());
        let (functions, locals) = (self.v.functions.clone(), self.v.locals.clone());
        self.v.names.truncate(defined.names);
        let known = self.v.names.clone();
        let facts = &self.v.facts;
        self.v.dated.retain(|n| known.contains(n) || facts.contains(n));
        self.v.functions.truncate(defined.functions);
        self.v.locals.extend(defined.params.iter().cloned());
        let result = f(self);
        self.v.names = names;
        self.v.dated = dated;
        self.v.functions = functions;
        self.v.locals = locals;
        result
    }

    fn definition_exception(&mut self) {
        if self.defined.is_empty() {
            return;
        }
        let index = self.d.below(self.defined.len());
        let defined = self.defined[index].clone();
        let name = self.name("x");
        let target = self.d.pick(&defined.targets);
        let text = self.within(&defined, |w| {
            let mut text = format!("exception {name} to {target} = {}", w.value(defined.ty, 1));
            text += &w.conditions(1);
            if w.d.chance(20) {
                text += &w.scope(false, true);
            }
            text
        });
        self.items.push(text);
        self.defined[index].targets.push(name);
    }

    fn notice(&mut self) {
        let code = self.reason("NOTE_");
        let on = if self.v.wide || self.d.chance(50) { format!(" on {}", self.outcome()) } else { String::new() };
        let each = self.some_each(30);
        let over = each.as_ref().map(|e| format!(" for each {} in {}", e.var, e.list)).unwrap_or_default();
        self.enter(each.as_ref());
        let text = format!("notice {code}{over}{on}{}", self.conditions(1));
        self.leave(each.as_ref());
        self.items.push(text);
        self.notices.push(code);
    }
}

/// A value that rests on that of a norm on the day before it begins to hold, if the policy may hold then.
fn earlier(norm: &str, ty: Ty, value: &str, start: &str) -> String {
    let before = match start.parse::<chrono::NaiveDate>() {
        Ok(day) => (day - chrono::Duration::days(1)).to_string(),
        Err(_) => format!("({start} - 1 day)"),
    };
    match ty {
        _ if before.starts_with('2') && before.as_str() < "2024-01-01" => value.to_owned(),
        Ty::Bool => format!("{norm} at {before}"),
        _ => format!("min({norm} at {before} + {value}, 3 * {norm} at {before})"),
    }
}
