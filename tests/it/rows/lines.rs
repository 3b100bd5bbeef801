//! Random lines of JSON for the facts of a Model: ordinary ones, in every style in which programs write them, and
//! unusual ones.

use crate::it::generate::Draw;
use ereje::facts::cell_json;
use ereje::ids::{FactId, RegionId};
use ereje::model::{Datum, DurationKind, Model, Type};
use ereje::value::FactCell;
use std::fmt::Write;

/// The style of a line.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// True if no key is left out.
    pub full: bool,
    /// True if the keys are in any order.
    pub shuffled: bool,
    /// No spaces, those that Python writes, or any.
    pub space: usize,
    /// Escapes: as few as possible; all that is not ASCII; any.
    pub escapes: usize,
    /// True if there are some keys that no policy knows.
    pub unknown: bool,
    /// How many of a thousand values are unusual: mostly wrong, or right in a form that nobody writes.
    pub unusual: usize,
}

impl Manner {
    pub fn ordinary(d: &mut Draw) -> Self {
        Self { full: false, unknown: false, shuffled: d.chance(50), space: d.below(3), escapes: d.below(3), unusual: 0 }
    }

    pub fn unusual(d: &mut Draw) -> Self {
        Self { unusual: d.pick(&[5, 50, 200]), ..Self::ordinary(d) }
    }
}

/// A key with its value.
enum Entry<'m> {
    Datum(&'m Datum),
    Group(&'m str),
    Unknown,
}

/// Writes lines for a Model.
pub struct Writer<'d, 'n, 'm> {
    pub d: &'d mut Draw<'n>,
    pub model: &'m Model,
    /// Texts that the policy names.
    pub texts: Vec<String>,
    pub manner: Manner,
}

const TEXTS: [&str; 12] = [
    "",
    "A-00000017",
    "Әділет көшесі, 5",
    "ул. Қабанбай батыра",
    "Иванов «младший»",
    "a \"quoted\" \\ word",
    "two\nlines\tand a tab",
    "cafe\u{301}",
    "caf\u{e9}",
    "\u{212b}ngstr\u{f6}m",
    "🙂 and \u{7f} and \u{2028}",
    "exactly sixteen!",
];
const UNUSUAL: [&str; 50] = [
    "true",
    "false",
    "null",
    "0",
    "1",
    "-1",
    "-0",
    "1.0",
    "-1.50",
    "00",
    "01",
    "1.",
    ".5",
    "+1",
    "1e3",
    "1E-2",
    "1E+2",
    "15.0e-1",
    "0E-30",
    "-2e27",
    "1e999999999",
    "1e-99999999999999999999",
    "1_000",
    "\"12\"",
    "\"12.5\"",
    "\"01\"",
    "\"-3\"",
    "\"1e3\"",
    "12345678901234567890",
    "1234567890123456789012345678",
    "12345678901234567890123456789",
    "0.1234567890123456789012345678",
    "0.00000000000000000000000000001",
    "922337203685477.5807",
    "9223372036854775808",
    "\"2026-02-29\"",
    "\"2024-02-29\"",
    "\"0000-01-01\"",
    "\"9999-12-31\"",
    "\"3 months\"",
    "\"2 years\"",
    "\"1 week\"",
    "\"unknown\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"unavailable\": 1}",
    "{\"unavailable\": \"x\", \"and\": 1}",
    "{\"unavailable\": null}",
];

/// Values of a key that the policy does not know.
const UNKNOWN: [&str; 12] = [
    "null",
    "true",
    "-12.50",
    "\"a text\"",
    "\"\\u0442 ж\"",
    "[]",
    "{}",
    "[1, [2, {\"a\": [null, false]}]]",
    "{\"a\": {\"b\" : \"\\\\\\\"\"}, \"c\": 0}",
    "{\"unavailable\": \"x\"}",
    "1e5",
    "{\"a\": 1, \"a\": 2}",
];

impl<'m> Writer<'_, '_, 'm> {
    /// A line, without a line end.
    pub fn line(&mut self) -> String {
        let mut entries: Vec<(&str, Entry<'_>)> = Vec::new();
        let model = self.model;
        for fact in &model.facts {
            match &fact.group {
                None => entries.push((&fact.datum.name, Entry::Datum(&fact.datum))),
                Some(group) if !entries.iter().any(|(name, _)| name == group) => {
                    entries.push((group, Entry::Group(group)));
                }
                Some(_) => {}
            }
        }
        let mut out = String::new();
        self.space(&mut out, 0);
        self.object(&mut out, entries);
        self.space(&mut out, 0);
        out
    }

    fn object(&mut self, out: &mut String, mut entries: Vec<(&'m str, Entry<'m>)>) {
        if !self.manner.full {
            entries.retain(|_| !self.d.chance(15));
        }
        if self.manner.shuffled {
            self.d.shuffle(&mut entries);
        }
        if self.unusual() && !entries.is_empty() {
            let (name, _) = entries[self.d.below(entries.len())];
            let name = ["unknown", "unavailable", name][self.d.below(3)];
            let place = self.d.below(entries.len() + 1);
            entries.insert(place, (name, Entry::Datum(&self.model.facts[FactId(0)].datum)));
        }
        if self.manner.unknown && self.d.chance(40) {
            let place = self.d.below(entries.len() + 1);
            entries.insert(
                place,
                (self.d.pick(&["nobody_knows", "ид", "x", "a key of many words", "una"]), Entry::Unknown),
            );
        }
        out.push('{');
        for (index, (name, entry)) in entries.into_iter().enumerate() {
            if index > 0 {
                out.push(',');
                self.space(out, 1);
            } else {
                self.space(out, 0);
            }
            self.text(out, name);
            self.space(out, 0);
            out.push(':');
            self.space(out, 1);
            match entry {
                Entry::Datum(datum) => self.datum(out, datum),
                Entry::Group(group) => self.group(out, group),
                Entry::Unknown => out.push_str(self.d.pick(&UNKNOWN)),
            }
            self.space(out, 0);
        }
        out.push('}');
    }

    fn group(&mut self, out: &mut String, group: &str) {
        let model = self.model;
        let is_name = model.facts.iter().any(|f| f.group.as_deref() == Some(group) && f.datum.name == "unavailable");
        if self.silent(out, is_name) {
            return;
        }
        let facts = model.facts.iter().filter(|fact| fact.group.as_deref() == Some(group));
        let entries = facts.map(|fact| (fact.datum.name.as_str(), Entry::Datum(&fact.datum))).collect();
        self.object(out, entries);
    }

    fn datum(&mut self, out: &mut String, datum: &Datum) {
        let is_name = self.has_unavailable(&datum.ty);
        if self.silent(out, is_name) {
            return;
        }
        // Few random values are within bounds, so that most are the bounds themselves.
        let bounds: Vec<_> = datum.bounds.each().map(|(_, bound)| FactCell::Known(bound.clone())).collect();
        if bounds.is_empty() || self.manner.unusual > 0 && self.d.chance(20) {
            self.value(out, &datum.ty, datum.at_least as usize);
        } else {
            let bound = self.d.pick(&bounds);
            write!(out, "{}", cell_json(self.model, &bound, datum)).unwrap();
        }
    }

    /// True if `unavailable` is the name of one of a record's fields.
    fn has_unavailable(&self, ty: &Type) -> bool {
        let Type::Record(id) = ty else { return false };
        let fields = &self.model.records[*id].fields;
        fields.iter().any(|field| self.model.fields[*field].datum.name == "unavailable")
    }

    /// Possibly a silent state; not unavailable if that word is a name.
    fn silent(&mut self, out: &mut String, is_name: bool) -> bool {
        match self.d.below(100) {
            90..97 => out.push_str("null"),
            97.. if !is_name => {
                out.push('{');
                self.space(out, 0);
                out.push_str("\"unavailable\"");
                self.space(out, 0);
                out.push(':');
                self.space(out, 1);
                let why = self.d.pick(&TEXTS);
                self.text(out, why);
                self.space(out, 0);
                out.push('}');
            }
            _ => return false,
        }
        true
    }

    fn value(&mut self, out: &mut String, ty: &Type, at_least: usize) {
        if self.unusual() {
            let value = self.d.pick(&UNUSUAL);
            out.push_str(value);
            return;
        }
        match ty {
            Type::Bool => out.push_str(["false", "true"][self.d.below(2)]),
            Type::Number(_, kind) => {
                let most = self.d.pick(&[10, 100, 1_000_000, 1_000_000_000_000]);
                if self.d.chance(5) {
                    out.push('-');
                }
                write!(out, "{}", self.d.below(most)).unwrap();
                if *kind != ereje::model::NumberKind::Integer {
                    match self.d.below(5) {
                        0 => {}
                        1 => write!(out, ".{}", self.d.below(10)).unwrap(),
                        2 => write!(out, ".{:02}", self.d.below(100)).unwrap(),
                        3 => write!(out, ".{:04}", self.d.below(10_000)).unwrap(),
                        _ => write!(out, ".{:06}", self.d.below(1_000_000)).unwrap(),
                    }
                }
            }
            Type::Date => {
                let (year, month, day) = (1900 + self.d.below(200), 1 + self.d.below(12), 1 + self.d.below(28));
                write!(out, "\"{year}-{month:02}-{day:02}\"").unwrap();
            }
            Type::Duration(kind) => {
                let count = self.d.below(40);
                let words = match kind {
                    DurationKind::Months => ["months", "years"],
                    DurationKind::Days => ["days", "weeks"],
                    DurationKind::WorkingDays(_) => ["working days", "working day"],
                };
                match self.d.below(3) {
                    0 => write!(out, "\"{count} {}\"", self.d.pick(&words)).unwrap(),
                    _ => write!(out, "{count}").unwrap(),
                }
            }
            Type::Text => {
                let named = !self.texts.is_empty() && self.d.chance(40);
                let text = if named { self.d.pick(&self.texts) } else { self.d.pick(&TEXTS).to_owned() };
                self.text(out, &text);
            }
            Type::Enum(id) => {
                let model = self.model;
                let values = &model.enums[*id].values;
                let (value, _) = &values[self.d.below(values.len())];
                self.text(out, value);
            }
            Type::Region => {
                let model = self.model;
                let region = &model.regions[RegionId::new(self.d.below(model.regions.len()))];
                self.text(out, &region.name);
            }
            Type::Record(id) => {
                let model = self.model;
                let fields = model.records[*id].fields.iter().map(|id| &model.fields[*id].datum);
                let entries = fields.map(|datum| (datum.name.as_str(), Entry::Datum(datum))).collect();
                self.object(out, entries);
            }
            Type::List(inner) => {
                out.push('[');
                let few = self.unusual();
                let count = if few { self.d.below(2) } else { at_least + self.d.below(4) };
                for index in 0..count {
                    if index > 0 {
                        out.push(',');
                        self.space(out, 1);
                    } else {
                        self.space(out, 0);
                    }
                    let is_name = self.has_unavailable(inner);
                    if !self.silent(out, is_name) {
                        self.value(out, inner, 0);
                    }
                    self.space(out, 0);
                }
                out.push(']');
            }
            Type::Error => out.push_str("null"),
        }
    }

    fn unusual(&mut self) -> bool {
        self.manner.unusual > 0 && self.d.below(1000) < self.manner.unusual
    }

    /// White space between two tokens; `usual` is that of Python.
    fn space(&mut self, out: &mut String, usual: usize) {
        match self.manner.space {
            0 => {}
            1 => out.push_str(&" "[..usual]),
            _ => out.push_str(self.d.pick(&["", "", "", " ", "  ", "\t", " \r\n "])),
        }
    }

    fn text(&mut self, out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            let must = matches!(c, '"' | '\\' | '\0'..='\u{1f}');
            let may = match self.manner.escapes {
                0 => false,
                1 => !c.is_ascii(),
                _ => self.d.chance(10),
            };
            match c {
                _ if !must && !may => out.push(c),
                '\n' if self.d.chance(50) => out.push_str("\\n"),
                '\t' if self.d.chance(50) => out.push_str("\\t"),
                '"' | '\\' | '/' if self.d.chance(50) => write!(out, "\\{c}").unwrap(),
                _ => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let code = if self.d.chance(50) { format!("{unit:04x}") } else { format!("{unit:04X}") };
                        write!(out, "\\u{code}").unwrap();
                    }
                }
            }
        }
        out.push('"');
    }
}

/// A line with some of it changed.
pub fn mutant(d: &mut Draw, line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    const SIGNS: [&str; 40] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "0",
        "1",
        "9",
        "-",
        ".",
        "e",
        "E",
        "+",
        "t",
        "n",
        "u",
        " ",
        "\t",
        "\n",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "\u{a0}",
        "ә",
        "\u{301}",
        "\u{feff}",
        "null",
        "true",
        "false",
        "\"unavailable\":",
        "\\u0041",
        "\\ud800",
        "\\u0000",
        "{}",
        "[]",
        "\"\"",
        "_",
    ];
    for _ in 0..1 + d.below(3) {
        let place = d.below(chars.len().max(1));
        let sign = d.pick(&SIGNS);
        let length = d.pick(&[1, 1, 2, 5]).min(chars.len().saturating_sub(place));
        match d.below(7) {
            0 | 1 => drop(chars.splice(place..place + length.min(1), sign.chars())),
            2 => drop(chars.splice(place..place, sign.chars())),
            3 => drop(chars.drain(place..place + length)),
            4 => chars.truncate(if d.chance(20) { place } else { chars.len() }),
            5 => {
                // A piece from another place.
                let from = d.below(chars.len().max(1));
                let piece: Vec<char> = chars.iter().skip(from).take(d.below(30)).copied().collect();
                drop(chars.splice(place..place, piece));
            }
            _ => {
                // Two tokens are exchanged.
                let text: String = chars.iter().collect();
                let mut tokens = tokens(&text);
                let (a, b) = (d.below(tokens.len().max(1)), d.below(tokens.len().max(1)));
                if a < tokens.len() && b < tokens.len() {
                    tokens.swap(a, b);
                }
                chars = tokens.concat().chars().collect();
            }
        }
    }
    chars.into_iter().collect()
}

/// The signs, words and texts of a line.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            c if c.is_alphanumeric() || c == '-' => {
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '+'))).unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}
