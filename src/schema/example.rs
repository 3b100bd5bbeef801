//! Fact files with every fact, and comments with its meaning and its registries: a form to fill in, and an example with
//! plausible values.

use super::{fields, registries, title};
use crate::facts::{BLANK, cell_json, duration, key, number, word};
use crate::ids::{FieldId, RecordId, RegionId};
use crate::model::{BirthDates, Choices, Datum, Labels, Model, NumberKind, RecordKind, Type, written};
use crate::value::{FactCell, Number, Value};
use chrono::NaiveDate;

/// The deepest nesting of records that is written out.
const MAX_DEPTH: usize = 6;
/// The length at which no further fact is written.
const MAX_BYTES: usize = 16 << 20;
/// The most values that are written out. Lists and records inside one another multiply; of what would be more, fewer levels are
/// written.
pub const MAX_EXAMPLE: usize = 100_000;
/// The most values of a list that a comment names.
const MAX_NAMED: usize = 8;

/// A fact file in YAML for a policy. It is valid as it is; the policy is in force on its governing date and in its
/// governing place.
#[must_use]
pub fn example(model: &Model) -> String {
    written_out(model, false)
}

/// The same with `…` in the place of each value, to be filled in. As it is nothing in it has been asked; a list shows one
/// element.
#[must_use]
pub fn form(model: &Model) -> String {
    written_out(model, true)
}

fn written_out(model: &Model, is_form: bool) -> String {
    let birth_dates = BirthDates::of(model);
    let mut out = String::new();
    if let Some(policy) = model.sections.first() {
        comment(&mut out, "", &format!("Facts for {}{}", policy.name, after(": ", &labels(&policy.labels))));
    }
    if is_form {
        comment(
            &mut out,
            "",
            &format!("Write what is known in place of each {BLANK}; what nobody has asked yet stays as it is."),
        );
    }
    comment(
        &mut out,
        "",
        "Where the registry has no record, write null; where it could not answer, { unavailable: \"why\" };",
    );
    let rest = if is_form {
        "a list takes as many elements as there are."
    } else {
        "where nobody has asked yet, leave the line out."
    };
    comment(&mut out, "", rest);
    let deepest = deepest(model);
    for fact in &model.facts {
        if out.len() > MAX_BYTES {
            comment(&mut out, "", "The other facts are left out: the lists that these ask for fill the file.");
            break;
        }
        let mut writer = Writer { model, birth_dates: &birth_dates, deepest, is_form, out: &mut out };
        let Some(group) = &fact.group else {
            writer.out.push('\n');
            writer.datum(&fact.datum, "", 0, false);
            continue;
        };
        // The facts of a group come together at its first fact, including those that amendments add.
        let mut members = model.facts.iter().filter(|f| f.group.as_ref() == Some(group)).peekable();
        if members.peek().is_some_and(|first| std::ptr::eq(*first, fact)) {
            writer.out.push_str(&format!("\n{}\n", key(&word(group), "")));
            members.for_each(|member| writer.datum(&member.datum, "  ", 0, false));
        }
    }
    if model.facts.is_empty() {
        out.push_str("{}\n");
    }
    out
}

/// Writes the facts one by one.
struct Writer<'m, 'o> {
    model: &'m Model,
    birth_dates: &'o BirthDates,
    /// The deepest nesting of records that is written out.
    deepest: usize,
    /// True if nothing is filled in.
    is_form: bool,
    out: &'o mut String,
}

/// The deepest nesting of records, up to [`MAX_DEPTH`], with which the file holds no more than [`MAX_EXAMPLE`].
fn deepest(model: &Model) -> usize {
    // The number of values of each record, with so many levels written out.
    let mut records: Vec<usize> = model.records.iter().map(|_| 1).collect();
    let count = |datum: &Datum, records: &[usize]| {
        let (times, inner) =
            if let Type::List(element) = &datum.ty { (elements(datum), &**element) } else { (1, &datum.ty) };
        let one = if let Type::Record(id) = inner { records.get(id.index()).copied().unwrap_or(1) } else { 1 };
        times.saturating_mul(one).saturating_add(1)
    };
    let mut deepest = 0;
    for depth in 0..=MAX_DEPTH {
        let facts = model.facts.iter().map(|fact| count(&fact.datum, &records));
        if depth > 0 && facts.fold(0, usize::saturating_add) > MAX_EXAMPLE {
            break;
        }
        deepest = depth;
        records = model
            .records
            .iter()
            .map(|record| {
                let values = fields(model, record).map(|field| count(field, &records));
                values.fold(1, usize::saturating_add)
            })
            .collect();
    }
    deepest
}

impl Writer<'_, '_> {
    /// Writes a fact or field, on one line or several; `dashed` if it follows a dash on the same line.
    fn datum(&mut self, datum: &Datum, margin: &str, depth: usize, dashed: bool) {
        let note = self.note(datum);
        if !dashed {
            // What an end of a period is stands in its note, in one language.
            // A value of a fact over time has the labels of the fact.
            if !datum.labels.is_empty() && self.end_of_period(datum).is_none() && !self.is_dated_value(datum) {
                comment(self.out, margin, &labels(&datum.labels));
            }
            self.out.push_str(margin);
        }
        self.out.push_str(&key(&word(&datum.name), margin));
        self.value(datum, &datum.ty, margin, depth, &note);
    }

    /// Writes a value after its key or dash, and the note at the end of its first line.
    fn value(&mut self, datum: &Datum, ty: &Type, margin: &str, depth: usize, note: &str) {
        let inner = format!("{margin}  ");
        match ty {
            Type::Record(id) if depth < self.deepest && self.has_fields(*id) => {
                self.end(note);
                self.record(*id, &inner, depth + 1, false);
            }
            Type::Record(_) => {
                self.out.push_str(if self.is_form { " …" } else { " {}" });
                self.end(note);
            }
            Type::List(element) => match &**element {
                Type::Record(id) if depth < self.deepest && self.has_fields(*id) => {
                    self.end(note);
                    for _ in 0..self.elements(datum) {
                        self.out.push_str(&format!("{inner}- "));
                        self.record(*id, &format!("{inner}  "), depth + 1, true);
                    }
                }
                element @ (Type::Bool
                | Type::Number(..)
                | Type::Date
                | Type::Duration(_)
                | Type::Text
                | Type::Enum(_)
                | Type::Region
                | Type::Record(_)
                | Type::List(_)
                | Type::Error) => {
                    let one = self.scalar(datum, element);
                    let all = vec![one; self.elements(datum)].join(", ");
                    self.out.push_str(&format!(" [{all}]"));
                    self.end(note);
                }
            },
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Error => {
                let text = self.scalar(datum, ty);
                self.out.push_str(&format!(" {text}"));
                self.end(note);
            }
        }
    }

    fn has_fields(&self, id: RecordId) -> bool {
        !self.model.records.at(id).fields.is_empty()
    }

    fn record(&mut self, id: RecordId, margin: &str, depth: usize, dashed: bool) {
        let model = self.model;
        for (index, field) in fields(model, model.records.at(id)).enumerate() {
            self.datum(field, margin, depth, dashed && index == 0);
        }
    }

    fn end(&mut self, note: &str) {
        if !note.is_empty() {
            self.out.push_str(&format!("  # {note}"));
        }
        self.out.push('\n');
    }

    /// The title of an end of a period; `None` of other data.
    fn end_of_period(&self, datum: &Datum) -> Option<&'static str> {
        let is_it = |id: &FieldId| self.model.is_end(*id) && std::ptr::eq(&self.model.fields.at(*id).datum, datum);
        let index = self.model.records.iter().find_map(|record| record.fields.iter().position(is_it))?;
        ["first day", "last day"].get(index).copied()
    }

    /// True if a datum holds a value of a fact over time.
    fn is_dated_value(&self, datum: &Datum) -> bool {
        let is_it = |id: &FieldId| std::ptr::eq(&self.model.fields.at(*id).datum, datum);
        let mut dated = self.model.records.iter().filter(|record| record.kind == RecordKind::DatedValue);
        dated.any(|record| record.fields.iter().any(is_it))
    }

    /// The comment on a fact: its possible values, and its registries.
    fn note(&self, datum: &Datum) -> String {
        let model = self.model;
        if let Some(title) = self.end_of_period(datum) {
            let form = if self.is_form { ", YYYY-MM-DD" } else { "" };
            return format!("{title}{form}; null where there is none");
        }
        let mut inner = &datum.ty;
        let mut note = String::new();
        if model.dated_value(inner).is_some() {
            note.push_str("each value with the days on which it holds");
            inner = &Type::Error;
        }
        while let Type::List(element) = inner {
            note.push_str("list of ");
            inner = element;
        }
        note.push_str(&match inner {
            Type::Bool => "true or false".into(),
            Type::Number(_, NumberKind::Integer) if datum.unit.is_none() => "a whole number".into(),
            Type::Number(..) => datum.unit.as_ref().map_or("a number".into(), |unit| unit.text.clone()),
            Type::Date if self.is_form => "a date, YYYY-MM-DD".into(),
            Type::Date => "a date".into(),
            Type::Duration(_) => datum.unit.as_ref().map_or("a length of time".into(), |unit| unit.text.clone()),
            Type::Text => "a text".into(),
            Type::Enum(id) => one_of(model.enums.at(*id).values.iter().map(|(name, _)| name.as_str())),
            Type::Region => one_of(model.regions.iter().map(|r| r.name.as_str())),
            Type::Record(id) => {
                // A record without a name has the name of its fact, which is already on the line.
                let name = &model.records.at(*id).name;
                if name.contains('.') { String::from("records") } else { name.clone() }
            }
            Type::List(_) | Type::Error => String::new(),
        });
        if datum.at_least > 0 {
            note.push_str(&format!(", at least {}", datum.at_least));
        }
        for (kind, bound) in datum.bounds.each() {
            note.push_str(&format!(", {} {}", kind.keyword(), written(model, bound, datum.unit.as_ref())));
        }
        if datum.masked.is_some() {
            note.push_str(", masked");
        }
        note.push_str(&after("; from ", &registries(model, datum).join(", else ")));
        plain(&note)
    }

    /// The number of elements that are written for a list.
    fn elements(&self, datum: &Datum) -> usize {
        if self.is_form { 1 } else { elements(datum) }
    }

    /// A plausible value, or the place for one.
    fn scalar(&self, datum: &Datum, ty: &Type) -> String {
        let model = self.model;
        if self.is_form {
            return BLANK.into();
        }
        match ty {
            Type::Bool => "true".into(),
            Type::Number(_, kind) => {
                let usual = match kind {
                    NumberKind::Integer => "2",
                    NumberKind::Decimal | NumberKind::Ratio
                        if datum.unit.as_ref().is_some_and(|unit| unit.scale == Number::ONE) =>
                    {
                        "44.5"
                    }
                    NumberKind::Decimal | NumberKind::Ratio => "1.5",
                };
                let value = number(usual, datum.unit.as_ref()).map(Value::Number);
                self.possible(datum, value).unwrap_or_else(|| usual.into())
            }
            Type::Date => {
                let date = if self.is_birth_date(datum) { day(1990, 5, 17) } else { governing_date(model) };
                self.possible(datum, Some(Value::Date(date))).unwrap_or_else(|| date.format("%Y-%m-%d").to_string())
            }
            Type::Duration(kind) => {
                let value = duration("3", *kind, datum.unit.as_ref()).map(Value::Duration);
                self.possible(datum, value).unwrap_or_else(|| "3".into())
            }
            Type::Text => "\"…\"".into(),
            Type::Enum(id) => {
                let first = model.enums.at(*id).values.first();
                first.map_or("null".into(), |(name, _)| word(name))
            }
            Type::Region => {
                let scope = model.sections.first().and_then(|s| s.scope().regions());
                let holds = |id: &RegionId| scope.is_none_or(|s| s.contains(id));
                // Applications are made in a concrete place, so a region without inner regions is likelier.
                let inner = |id: &RegionId| !model.regions.iter().any(|r| r.parent == Some(*id));
                let all = || model.regions.ids().filter(holds);
                let region = all().find(inner).or_else(|| all().next());
                region.map_or("null".into(), |id| word(&model.regions.at(id).name))
            }
            Type::List(_) => "[]".into(),
            Type::Record(_) => "{}".into(),
            Type::Error => "null".into(),
        }
    }

    /// The bound that a usual value breaks, as a fact file writes it; `None` if it breaks none.
    fn possible(&self, datum: &Datum, usual: Option<Value>) -> Option<String> {
        let kind = datum.bounds.broken_by(&usual?)?;
        let bound = FactCell::Known(datum.bounds.of(kind)?.clone());
        let json = cell_json(self.model, &bound, datum);
        let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        // A third of a unit has no digits.
        Some(if text.contains('/') { "null".into() } else { text })
    }

    /// True if a datum is a date of birth.
    fn is_birth_date(&self, datum: &Datum) -> bool {
        let facts = self.birth_dates.facts.iter().map(|id| &self.model.facts.at(*id).datum);
        let fields = self.birth_dates.fields.iter().map(|id| &self.model.fields.at(*id).datum);
        facts.chain(fields).any(|birth_date| std::ptr::eq(birth_date, datum))
    }
}

/// The number of elements that an example has of a list.
fn elements(datum: &Datum) -> usize {
    (datum.at_least as usize).max(1)
}

/// A day on which the policy holds: 15 January 2026 if it holds then, otherwise its first or last day.
fn governing_date(model: &Model) -> NaiveDate {
    let usual = day(2026, 1, 15);
    let period = model.sections.first().map(|s| s.scope().period(model, &Choices::defaults(model))).unwrap_or_default();
    if period.contains(usual) { usual } else { period.from.or(period.through).unwrap_or(usual) }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names = names;
    let named: Vec<&str> = names.by_ref().take(MAX_NAMED).collect();
    let rest = names.count();
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// All labels, the title first.
fn labels(labels: &Labels) -> String {
    let first = title(labels);
    let rest = labels.iter().map(|(_, text)| text.as_str()).filter(|text| Some(*text) != first);
    first.into_iter().chain(rest).collect::<Vec<_>>().join(" · ")
}

/// A text after a prefix; empty if the text is.
fn after(before: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{before}{text}") }
}

/// A text without characters that would end a comment.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

fn comment(out: &mut String, margin: &str, text: &str) {
    out.push_str(&format!("{margin}# {}\n", plain(text)));
}
