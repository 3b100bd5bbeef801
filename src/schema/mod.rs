//! The input of a policy: a JSON Schema of its facts, and a fact file to fill in.
//!
//! Comes in: the Model. Goes out: JSON Schema 2020-12 as a JSON value, or YAML with comments. A tool beside the pipeline:
//! it reads the Model and decides nothing.

mod example;
mod within;

pub use example::{MAX_EXAMPLE, example, form};

use crate::facts::{UNAVAILABLE, limits};
use crate::ids::EnumId;
use crate::model::{Datum, DurationKind, Labels, Model, NumberKind, Record, RecordKind, Type};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// A number as text, as [`crate::facts`] reads it: of at most 28 digits, [`crate::value::MAX_DIGITS`].
const DECIMAL: &str = r"^-?(0(\.[0-9]{1,28})?|(?!([0-9]\.?){29})[1-9][0-9]*(\.[0-9]+)?)$";
/// A whole number as text.
const WHOLE: &str = r"-?(0(\.0{1,28})?|(?!([0-9]\.?){29})[1-9][0-9]*(\.0+)?)";
/// A whole number as text that counts a length of time: it fits into 64 bits.
const COUNT: &str = r"-?(0(\.0{1,28})?|(?![0-9]{20})(?!([0-9]\.?){29})[1-9][0-9]*(\.0+)?)";
/// No number of more digits is kept exactly.
const MOST: f64 = 1e28;
/// No length of time counts more.
const MOST_TIME: f64 = 9.3e18;
/// A day in the years 1 to 9999. The `format` keyword requires that the month has this day.
const DATE: &str = r"^([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

/// The JSON Schema (2020-12) of a policy's fact sets, with all four states: a value, `null`, `{"unavailable": "why"}`,
/// and a missing key. `x-registry` lists registries, `x-unit` is the unit of a number, `x-labels` are labels. `writeOnly` says that no
/// decision shows a value.
///
/// A fact set without findings fits the schema. The converse holds except for what no schema can express: that a number is
/// written with more digits than its value shows, or has more places after the point than are kept; dates such as 30 February if formats are not checked;
/// and limits on sizes.
#[must_use]
pub fn schema(model: &Model) -> Json {
    let policy = model.sections.first();
    let mut properties = Map::new();
    for fact in &model.facts {
        let schema = cell(model, &fact.datum);
        let name = fact.datum.name.clone();
        match &fact.group {
            None => {
                properties.insert(name, schema);
            }
            Some(group) => {
                let entry = properties.entry(group.clone()).or_insert_with(|| stated(object(Map::new())));
                let known = entry.pointer_mut("/anyOf/0/properties");
                if let Some(Json::Object(facts)) = known {
                    facts.insert(name, schema);
                }
            }
        }
    }
    let mut root = object(properties);
    if let Json::Object(root) = &mut root {
        root.shift_insert(0, "$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        if let Some(policy) = policy {
            root.shift_insert(1, "title".into(), title(&policy.labels).unwrap_or(&policy.name).into());
            root.shift_insert(2, "description".into(), format!("Facts for the policy {}.", policy.name).into());
        }
        root.insert("$defs".into(), definitions(model));
    }
    root
}

/// The definitions to which facts refer by name.
fn definitions(model: &Model) -> Json {
    let mut all = Map::new();
    all.insert(
        UNAVAILABLE.into(),
        json!({
            "description": "The registry was asked and could not answer; why, in its own words.",
            "type": "object",
            "properties": { UNAVAILABLE: { "type": "string" } },
            "required": [UNAVAILABLE],
            "additionalProperties": false,
        }),
    );
    for id in model.enums.ids() {
        let values = model.enums.at(id).values.iter().map(|(name, labels)| (name.as_str(), labels));
        all.insert(format!("enum.{}", enum_key(model, id)), listed(values));
    }
    if !model.regions.is_empty() {
        all.insert("region".into(), listed(model.regions.iter().map(|r| (r.name.as_str(), &r.labels))));
    }
    for record in &model.records {
        let fields = fields(model, record).map(|datum| (datum.name.clone(), cell(model, datum)));
        let mut record_json = object(fields.collect());
        if let Json::Object(notes) = &mut record_json
            && let Some(text) = described(record.kind)
        {
            if record.kind == RecordKind::Period
                && model.records.iter().filter(|other| other.name == record.name).count() > 1
            {
                // The policy calls a record of its own so, and no fact has the type of the language.
                continue;
            }
            notes.shift_insert(0, "description".into(), text.into());
        }
        all.insert(format!("record.{}", record.name), record_json);
    }
    Json::Object(all)
}

/// What a record type is for that a policy need not declare.
const fn described(kind: RecordKind) -> Option<&'static str> {
    match kind {
        RecordKind::Period => {
            Some("The days from a first through a last one, both included; an end that is null is open.")
        }
        RecordKind::DatedValue => Some(
            "A value that holds from a first through a last day, both included; an end that is null is open. No two have a \
             day in common.",
        ),
        RecordKind::Declared => None,
    }
}

/// The name of an enum's definition: its own, with a number behind it if an earlier enum has the same. Enums that are written
/// on the spot are called by what they stand at, and so may share a name.
fn enum_key(model: &Model, id: EnumId) -> String {
    let name = &model.enums.at(id).name;
    let earlier = model.enums.iter().take(id.index()).filter(|other| other.name == *name).count();
    if earlier == 0 { name.clone() } else { format!("{name}.{}", earlier + 1) }
}

/// The fields of a record, in order.
fn fields<'m>(model: &'m Model, record: &'m Record) -> impl Iterator<Item = &'m Datum> {
    record.fields.iter().map(|id| &model.fields.at(*id).datum)
}

/// An enumeration of names, with their labels.
fn listed<'m>(names: impl Iterator<Item = (&'m str, &'m Labels)>) -> Json {
    let names: Vec<(&str, &Labels)> = names.collect();
    let mut list = json!({ "type": "string", "enum": names.iter().map(|(name, _)| *name).collect::<Vec<_>>() });
    let read: Map<String, Json> = names
        .iter()
        .filter(|(_, labels)| !labels.is_empty())
        .map(|(name, labels)| ((*name).to_owned(), labels_json(labels)))
        .collect();
    if let (Json::Object(list), false) = (&mut list, read.is_empty()) {
        list.insert("x-labels".into(), Json::Object(read));
    }
    list
}

fn object(properties: Map<String, Json>) -> Json {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A value, `null`, or unavailable.
fn stated(known: Json) -> Json {
    json!({ "anyOf": [known, { "type": "null" }, { "$ref": format!("#/$defs/{UNAVAILABLE}") }] })
}

/// A fact or a field, with its registries and labels.
fn cell(model: &Model, datum: &Datum) -> Json {
    let mut known = value(model, &datum.ty);
    if let (Json::Object(list), Type::List(_)) = (&mut known, &datum.ty) {
        list.insert("minItems".into(), datum.at_least.into());
        list.insert("maxItems".into(), limits::MAX_ELEMENTS.into());
    }
    if let Json::Object(known) = &mut known {
        within::bounded(datum, known);
    }
    let mut cell = stated(known);
    let Json::Object(notes) = &mut cell else { return cell };
    if let Some(title) = title(&datum.labels) {
        notes.shift_insert(0, "title".into(), title.into());
    }
    if !datum.labels.is_empty() {
        notes.insert("x-labels".into(), labels_json(&datum.labels));
    }
    if let Some(unit) = &datum.unit {
        notes.insert("x-unit".into(), unit.text.as_str().into());
    }
    if datum.masked.is_some() {
        notes.insert("writeOnly".into(), true.into());
    }
    let registries = registries(model, datum);
    if !registries.is_empty() {
        notes.insert("x-registry".into(), registries.into());
    }
    cell
}

/// The registries that answer, in order.
fn registries<'m>(model: &'m Model, datum: &Datum) -> Vec<&'m str> {
    datum.registries.iter().map(|id| model.registries.at(*id).name.as_str()).collect()
}

/// A known value of a type.
fn value(model: &Model, ty: &Type) -> Json {
    match ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Number(_, NumberKind::Integer) => whole(&format!("^{WHOLE}$"), MOST),
        Type::Number(_, NumberKind::Decimal | NumberKind::Ratio) => {
            json!({ "type": ["number", "string"], "pattern": DECIMAL, "minimum": -MOST, "maximum": MOST })
        }
        Type::Date => json!({ "type": "string", "format": "date", "pattern": DATE }),
        Type::Duration(kind) => {
            // The words of one unit; and of the smaller one beside a larger, with the most that there can be of it.
            let (words, both) = match kind {
                DurationKind::Months => ("months?|years?", Some(("years?", "([0-9]|1[01])", "months?"))),
                DurationKind::Days => ("days?|weeks?", Some(("weeks?", "[0-6]", "days?"))),
                DurationKind::WorkingDays(_) => ("working days?", None),
            };
            let both = both.map_or_else(String::new, |(larger, most, smaller)| {
                format!(r"|(0|[1-9][0-9]*)(\.0+)? {larger} {most}(\.0+)? {smaller}")
            });
            whole(&format!("^({COUNT}( ({words}))?{both})$"), MOST_TIME)
        }
        Type::Text => json!({ "type": "string" }),
        Type::Enum(id) => reference("enum.", &enum_key(model, *id)),
        Type::Region => json!({ "$ref": "#/$defs/region" }),
        Type::Record(id) => reference("record.", &model.records.at(*id).name),
        // A value of a fact over time has its days, whatever its state.
        Type::List(inner) if model.dated_value(ty).is_some() => {
            json!({ "type": "array", "items": value(model, inner) })
        }
        Type::List(inner) => json!({ "type": "array", "items": stated(value(model, inner)) }),
        // Never in a Model without errors; no value fits it.
        Type::Error => Json::Bool(false),
    }
}

/// A whole number, or a text with this pattern.
fn whole(pattern: &str, most: f64) -> Json {
    json!({ "type": ["integer", "string"], "pattern": pattern, "minimum": -most, "maximum": most })
}

/// A reference to a definition by name. References are URIs, so letters beyond ASCII are written as `%XX`.
fn reference(kind: &str, name: &str) -> Json {
    let mut target = format!("#/$defs/{kind}");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' => target.push(char::from(byte)),
            other => {
                // Writing to a String cannot fail.
                let _ = write!(target, "%{other:02X}");
            }
        }
    }
    json!({ "$ref": target })
}

fn labels_json(labels: &Labels) -> Json {
    Json::Object(labels.iter().map(|(language, text)| (language.clone(), text.as_str().into())).collect())
}

/// The title: the English label, otherwise the first.
fn title(labels: &Labels) -> Option<&str> {
    let english = labels.iter().find(|(language, _)| language == "en");
    english.or(labels.first()).map(|(_, text)| text.as_str())
}
