//! Values that a fact could have: plausible ones if it has none, all of a short list, and the neighbours of a value.

use chrono::{Datelike, Days, NaiveDate};
use ereje::ids::{EnumId, RegionId};
use ereje::model::{Datum, Model, NumberKind, Type};
use ereje::value::{Duration, FactCell, FactPath, ListValue, Number, RecordValue, RoundMode, Value};
use std::sync::Arc;

/// The most values of a list that are tried.
const TRIED: usize = 24;
/// The most nested records that are filled.
const MAX_DEPTH: usize = 6;
/// The years of dates.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// Values of a type: all if they are few, otherwise a plausible one. `day` is the governing date.
pub(super) fn samples(model: &Model, datum: &Datum, ty: &Type, day: NaiveDate) -> Vec<Value> {
    sampled(model, datum, ty, day, 0)
}

fn sampled(model: &Model, datum: &Datum, ty: &Type, day: NaiveDate, depth: usize) -> Vec<Value> {
    match ty {
        Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Type::Number(..) => {
            vec![datum.bounds.nearest(Value::Number(datum.unit.as_ref().map_or(Number::ONE, |u| u.scale)))]
        }
        Type::Date => vec![datum.bounds.nearest(Value::Date(day))],
        Type::Duration(kind) => {
            let count = datum.unit.as_ref().and_then(|u| u.scale.to_i64()).unwrap_or(1);
            vec![datum.bounds.nearest(Value::Duration(match kind {
                ereje::model::DurationKind::Months => Duration::Months(count),
                ereje::model::DurationKind::Days => Duration::Days(count),
                ereje::model::DurationKind::WorkingDays(_) => Duration::WorkingDays(count),
            }))]
        }
        Type::Text => vec![Value::Text("A".into())],
        Type::Enum(id) => enum_values(model, *id).take(TRIED).collect(),
        Type::Region => leaves(model).take(TRIED).map(Value::Region).collect(),
        Type::Record(id) => {
            let ids = &model.records.at(*id).fields;
            let fields = ids.iter().map(|id| {
                let field = &model.fields.at(*id).datum;
                let sampled = || sampled(model, field, &field.ty, day, depth + 1).into_iter().next_back();
                let value = (depth < MAX_DEPTH).then(sampled).flatten();
                value.map_or(FactCell::Absent, FactCell::Known)
            });
            let place = FactPath::of(ereje::ids::FactId(0));
            vec![Value::Record(Arc::new(RecordValue { place: Some(place), fields: fields.collect() }))]
        }
        Type::List(inner) => {
            let one = sampled(model, datum, inner, day, depth + 1).into_iter().next_back();
            let items = one.map(FactCell::Known);
            let count = (datum.at_least as usize).clamp(1, TRIED);
            vec![Value::List(Arc::new(ListValue {
                place: None,
                items: items.into_iter().cycle().take(count).collect(),
            }))]
        }
        Type::Error => Vec::new(),
    }
}

/// The values of an enum.
pub(super) fn enum_values(model: &Model, id: EnumId) -> impl Iterator<Item = Value> {
    let count = model.enums.at(id).values.len();
    (0..u32::try_from(count).unwrap_or(0)).map(move |index| Value::Enum(id, index))
}

/// The regions without others inside them.
pub(super) fn leaves(model: &Model) -> impl Iterator<Item = RegionId> {
    let inner = move |id: &RegionId| !model.regions.iter().any(|r| r.parent == Some(*id));
    (0..model.regions.len()).map(RegionId::new).filter(inner)
}

/// One step of a value, in the precision in which fact files commonly write its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stride {
    /// An amount.
    Number(Number),
    /// One day.
    Day,
    /// A number of months, days or working days.
    Length(i64),
}

/// The stride of a type; `None` if it has no order. `digits` are the relevant digits after the point.
pub(super) fn stride(datum: &Datum, ty: &Type, digits: usize) -> Option<Stride> {
    match ty {
        Type::Number(_, kind) => {
            let scale = datum.unit.as_ref().map_or(Number::ONE, |u| u.scale);
            let mut step = scale;
            if *kind != NumberKind::Integer {
                for _ in 0..digits.clamp(2, 6) {
                    step = step.div(Number::integer(10)).ok()?;
                }
            }
            Some(Stride::Number(step))
        }
        Type::Date => Some(Stride::Day),
        Type::Duration(_) => Some(Stride::Length(datum.unit.as_ref().and_then(|u| u.scale.to_i64()).unwrap_or(1))),
        Type::Bool | Type::Text | Type::Enum(_) | Type::Region | Type::Record(_) | Type::List(_) | Type::Error => None,
    }
}

/// A value moved by some strides; `None` if no fact file would have the result.
pub(super) fn moved(value: &Value, stride: Stride, count: i64) -> Option<Value> {
    match (value, stride) {
        (Value::Number(number), Stride::Number(step)) => {
            let start = number.round(RoundMode::Down, step).ok()?;
            let there = start.add(step.mul(Number::integer(count)).ok()?).ok()?;
            // A negative amount is no plausible fact, unless the start is negative, too.
            (there >= Number::ZERO || *number < Number::ZERO).then_some(Value::Number(there))
        }
        (Value::Date(date), Stride::Day) => {
            let days = Days::new(count.unsigned_abs());
            let there = if count < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
            there.filter(|d| YEARS.contains(&d.year())).map(Value::Date)
        }
        (Value::Duration(length), Stride::Length(step)) => {
            let more = |n: i64| n.checked_add(step.checked_mul(count)?).filter(|there| *there >= 0 || n < 0);
            length.try_map(|n| more(n).ok_or(())).ok().map(Value::Duration)
        }
        _ => None,
    }
}

/// The list with one more element: a copy of the first with other texts, or a plausible one.
pub(super) fn longer(
    model: &Model,
    datum: &Datum,
    ty: &Type,
    list: Option<&ListValue>,
    day: NaiveDate,
) -> Option<Value> {
    let Type::List(inner) = ty else { return None };
    let mut items = list.map_or_else(Vec::new, |l| l.items.clone());
    let fresh = match items.first() {
        Some(FactCell::Known(first)) => renamed(first, items.len() + 1),
        Some(_) | None => sampled(model, datum, inner, day, 1).into_iter().next_back()?,
    };
    items.push(FactCell::Known(fresh));
    Some(Value::List(Arc::new(ListValue { place: None, items })))
}

/// A copy whose texts differ from the original.
fn renamed(value: &Value, number: usize) -> Value {
    match value {
        Value::Text(text) => Value::Text(format!("{text}{number}").into()),
        Value::Record(record) => {
            let fields = record.fields.iter().map(|cell| match cell {
                FactCell::Known(text @ Value::Text(_)) => FactCell::Known(renamed(text, number)),
                FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => cell.clone(),
            });
            Value::Record(Arc::new(RecordValue { place: record.place.clone(), fields: fields.collect() }))
        }
        Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Enum(..)
        | Value::Region(_)
        | Value::List(_) => value.clone(),
    }
}

/// The list without its last element; `None` if it is already as short as allowed.
pub(super) fn shorter(list: &ListValue, at_least: u32) -> Option<Value> {
    if list.items.len() <= at_least as usize {
        return None;
    }
    let (_, rest) = list.items.split_last()?;
    Some(Value::List(Arc::new(ListValue { place: None, items: rest.to_vec() })))
}
