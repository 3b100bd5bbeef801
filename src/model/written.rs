//! Values as the policy writes them, and as machines read them. Both give all digits of a number, in its declared unit.

use super::{Model, Quantity, Type};
use crate::value::{FactCell, Number, Value};

/// A value as it is written in the policy: `2025-11-11`, `15 m2`, `3 working days`, `sibling`.
pub fn written(model: &Model, value: &Value, unit: Option<&Quantity>) -> String {
    match value {
        Value::Number(number) => {
            let digits = plain(*number, unit);
            match unit {
                Some(unit) if unit.text == "percent" || unit.text == "%" => format!("{digits}%"),
                Some(unit) => format!("{digits} {}", unit.text),
                None => digits,
            }
        }
        // A policy has one unit to a duration.
        Value::Duration(length) => match length.in_units(scale(unit)).len() {
            1 => length.words(scale(unit)),
            _ => length.words(Some(1)),
        },
        Value::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Value::List(list) => {
            let parts = list.items.iter().map(|cell| match cell {
                FactCell::Known(value) => written(model, value, unit),
                FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => "—".into(),
            });
            format!("[{}]", parts.collect::<Vec<_>>().join(", "))
        }
        Value::Bool(_) | Value::Date(_) | Value::Enum(..) | Value::Region(_) | Value::Record(_) => {
            let json = machine(model, value, unit, &Type::Error);
            json.as_str().map_or_else(|| json.to_string(), str::to_owned)
        }
    }
}

/// The months or days in the unit of a duration's type.
fn scale(unit: Option<&Quantity>) -> Option<i64> {
    unit.and_then(|unit| unit.scale.to_i64())
}

/// All digits of a number in a unit; a ratio without a finite decimal as a fraction.
fn plain(number: Number, unit: Option<&Quantity>) -> String {
    unit.and_then(|u| number.div(u.scale).ok()).unwrap_or(number).to_string()
}

/// A value for machines: numbers as texts with all their digits in the declared unit, dates in ISO format, enums and
/// regions by name.
pub fn machine(model: &Model, value: &Value, unit: Option<&Quantity>, ty: &Type) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::String(plain(*number, unit)),
        Value::Date(date) => Json::String(date.format("%Y-%m-%d").to_string()),
        Value::Duration(length) => Json::String(length.words(scale(unit))),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Enum(id, index) => {
            let known = model.enums.at(*id).values.get(*index as usize);
            known.map_or(Json::Null, |(name, _)| Json::String(name.clone()))
        }
        Value::Region(id) => Json::String(model.regions.at(*id).name.clone()),
        Value::Record(record) => {
            let fields = if let Type::Record(id) = ty { model.records.at(*id).fields.as_slice() } else { &[] };
            let named = fields.iter().zip(&record.fields).map(|(id, cell)| {
                let datum = &model.fields.at(*id).datum;
                (datum.name.clone(), cell_json(model, cell, datum.unit.as_ref(), &datum.ty))
            });
            Json::Object(named.collect())
        }
        Value::List(list) => {
            let inner = if let Type::List(inner) = ty { inner } else { &Type::Error };
            Json::Array(list.items.iter().map(|cell| cell_json(model, cell, unit, inner)).collect())
        }
    }
}

fn cell_json(model: &Model, cell: &FactCell, unit: Option<&Quantity>, ty: &Type) -> serde_json::Value {
    match cell {
        FactCell::Known(value) => machine(model, value, unit, ty),
        FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => serde_json::Value::Null,
    }
}
