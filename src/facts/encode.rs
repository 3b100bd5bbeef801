//! Encodes fact sets as JSON and YAML, in the states and units of a fact file, so that decoding the result gives the
//! same facts.

use super::FactSet;
use super::decode::UNAVAILABLE;
use super::write;
use crate::model::{Datum, Model, Quantity, Type};
use crate::value::{Duration, FactCell, Number, Value};
use serde_json::{Map, Value as Json, json};

/// A fact set as a JSON object: groups and facts in the order of declaration, without unasked facts. Numbers are JSON
/// numbers if they are whole and small enough for every reader, otherwise texts, so that no digit is lost.
#[must_use]
pub fn to_json(model: &Model, facts: &FactSet) -> Json {
    let mut top = Map::new();
    add_facts(model, facts, &mut top);
    Json::Object(top)
}

fn add_facts(model: &Model, facts: &FactSet, top: &mut Map<String, Json>) {
    for (id, fact) in model.facts.entries() {
        let Some(value) = cell(model, facts.get(id), &fact.datum) else { continue };
        let name = fact.datum.name.clone();
        match &fact.group {
            None => {
                top.insert(name, value);
            }
            Some(group) => {
                if let Json::Object(group) = top.entry(group.clone()).or_insert_with(|| Json::Object(Map::new())) {
                    group.insert(name, value);
                }
            }
        }
    }
}

/// A fact set as a YAML document; see [`to_json`]. Texts that could be read as another type are quoted.
#[must_use]
pub fn to_yaml(model: &Model, facts: &FactSet) -> String {
    let mut top = Map::new();
    add_facts(model, facts, &mut top);
    write::document(&top)
}

/// One cell alone; `null` if it is unasked.
pub fn cell_json(model: &Model, known: &FactCell, datum: &Datum) -> Json {
    cell(model, known, datum).unwrap_or(Json::Null)
}

/// A cell as JSON; `None` if it is unasked.
fn cell(model: &Model, cell: &FactCell, datum: &Datum) -> Option<Json> {
    Some(match cell {
        FactCell::Unasked => return None,
        FactCell::Absent => Json::Null,
        FactCell::Unavailable(why) => json!({ UNAVAILABLE: why.as_ref() }),
        FactCell::Known(known) => value(model, known, datum),
    })
}

fn value(model: &Model, value: &Value, datum: &Datum) -> Json {
    match value {
        Value::Bool(known) => Json::Bool(*known),
        Value::Number(number) => in_unit(*number, datum.unit.as_ref()),
        Value::Date(date) => Json::String(date.format("%Y-%m-%d").to_string()),
        Value::Duration(length) => duration(*length, datum.unit.as_ref()),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Enum(id, index) => {
            let values = &model.enums.at(*id).values;
            values.get(*index as usize).map_or(Json::Null, |(name, _)| Json::String(name.clone()))
        }
        Value::Region(id) => Json::String(model.regions.at(*id).name.clone()),
        Value::Record(record) => {
            let mut object = Map::new();
            // The last step of a record's place does not give its type, so the type comes from the datum. The cells
            // stand in the order of the fields.
            for (field, known) in fields(model, datum).zip(&record.fields) {
                if let Some(json) = cell(model, known, field) {
                    object.insert(field.name.clone(), json);
                }
            }
            Json::Object(object)
        }
        Value::List(list) => {
            let inner = element(datum);
            // An unasked element cannot be left out: the others would move.
            list.items.iter().map(|item| cell(model, item, &inner).unwrap_or(Json::Null)).collect()
        }
    }
}

/// The datum of a list's elements.
fn element(list: &Datum) -> Datum {
    let mut inner = list.clone();
    if let Type::List(ty) = &list.ty {
        inner.ty = (**ty).clone();
    }
    inner
}

/// The fields of a record datum, in the order of declaration.
fn fields<'m>(model: &'m Model, datum: &Datum) -> impl Iterator<Item = &'m Datum> {
    let ids = if let Type::Record(id) = &datum.ty { &model.records.at(*id).fields[..] } else { &[] };
    ids.iter().map(|id| &model.fields.at(*id).datum)
}

/// A number in the unit of a fact file.
fn in_unit(number: Number, unit: Option<&Quantity>) -> Json {
    let in_unit = unit.map_or(Ok(number), |unit| number.div(unit.scale)).unwrap_or(number);
    match in_unit.to_i64() {
        // Many JSON readers lose digits beyond 53 bits.
        Some(whole) if whole.unsigned_abs() < 1 << 53 => whole.into(),
        Some(_) | None => Json::String(in_unit.to_string()),
    }
}

fn duration(length: Duration, unit: Option<&Quantity>) -> Json {
    let scale = unit.and_then(|u| u.scale.to_i64()).unwrap_or(1);
    match length.count().checked_rem(scale) {
        Some(0) => (length.count() / scale).into(),
        Some(_) | None => Json::String(length.words(Some(scale))),
    }
}
