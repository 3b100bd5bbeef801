//! JSON as serde_json reads it, without loss: numbers as they are written, equal keys kept. And the comparison with a
//! fact set.

use ereje::facts::FactSet;
use ereje::ids::FactId;
use ereje::model::{Model, Quantity, Type};
use ereje::value::{Duration, FactCell, Number, Value};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A value of JSON.
#[derive(Debug)]
pub enum Exact {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Exact>),
    Map(Vec<(String, Exact)>),
}

impl Exact {
    /// The value that serde_json reads; `None` if it refuses the text.
    pub fn read(text: &str) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Self::of(raw)
    }

    fn of(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        Some(match text.as_bytes()[0] {
            b'n' => Self::Null,
            b't' | b'f' => Self::Bool(text == "true"),
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(items.into_iter().map(Self::of).collect::<Option<_>>()?)
            }
            b'{' => {
                let Pairs(pairs) = serde_json::from_str(text).ok()?;
                let read = pairs.into_iter().map(|(key, value)| Some((key, Self::of(value)?)));
                Self::Map(read.collect::<Option<_>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }
}

/// Keys and values in the order of the text.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Into;
        impl<'de> Visitor<'de> for Into {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
                Err(de::Error::custom("a list"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Into)
    }
}

/// The difference between a fact set and the JSON that it was read from; `None` if there is none.
pub fn difference(model: &Model, facts: &FactSet, json: &Exact) -> Option<String> {
    let Exact::Map(top) = json else { return Some("these are no facts".into()) };
    let entry = |map: &'_ [(String, Exact)], name: &str| -> Result<Option<usize>, String> {
        let mut places = (0..map.len()).filter(|i| map[*i].0.nfc().eq(name.chars()));
        match (places.next(), places.next()) {
            (place, None) => Ok(place),
            (_, Some(_)) => Err(format!("`{name}` stands twice")),
        }
    };
    for (index, fact) in model.facts.iter().enumerate() {
        let (name, cell) = (&fact.datum.name, facts.get(FactId::new(index)));
        let is_name = model.facts.iter().any(|f| f.group == fact.group && f.datum.name == "unavailable");
        let found = match &fact.group {
            None => entry(top, name).map(|place| place.map(|place| &top[place].1)),
            Some(group) => entry(top, group).and_then(|place| match place.map(|place| &top[place].1) {
                // The state of a group is the state of each of its facts.
                Some(Exact::Map(inside)) if is_name || !says_unavailable(inside) => {
                    entry(inside, name).map(|place| place.map(|place| &inside[place].1))
                }
                place => Ok(place),
            }),
        };
        let same = match found {
            Err(twice) => return Some(twice),
            Ok(None) => *cell == FactCell::Unasked,
            Ok(Some(json)) => same_cell(model, cell, json, &fact.datum.ty, fact.datum.unit.as_ref()),
        };
        if !same {
            return Some(format!("`{}` is {cell:?}", fact.path()));
        }
    }
    None
}

fn says_unavailable(map: &[(String, Exact)]) -> bool {
    matches!(map, [(key, Exact::Text(_))] if key == "unavailable")
}

fn same_cell(model: &Model, cell: &FactCell, json: &Exact, ty: &Type, unit: Option<&Quantity>) -> bool {
    match (cell, json) {
        (FactCell::Absent, Exact::Null) => true,
        (FactCell::Unavailable(why), Exact::Map(map)) => match &map[..] {
            [(key, Exact::Text(text))] => key == "unavailable" && text.nfc().eq(why.chars()),
            _ => false,
        },
        (FactCell::Known(value), json) => same_value(model, value, json, ty, unit),
        (FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked, _) => false,
    }
}

/// The value of a number with or without an exponent, by multiplying and dividing.
fn worked_out(written: &str) -> Number {
    let (mantissa, power) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let (mantissa, ten) = (Number::parse(mantissa).unwrap(), Number::integer(10));
    let power: i32 = if mantissa == Number::ZERO { 0 } else { power.parse().unwrap() };
    (0..power.unsigned_abs()).fold(mantissa, |value, _| {
        let moved = if power < 0 { value.div(ten) } else { value.mul(ten) };
        moved.unwrap()
    })
}

fn same_value(model: &Model, value: &Value, json: &Exact, ty: &Type, unit: Option<&Quantity>) -> bool {
    let written = match json {
        Exact::Number(text) | Exact::Text(text) => text.nfc().collect(),
        Exact::Null | Exact::Bool(_) | Exact::List(_) | Exact::Map(_) => String::new(),
    };
    let scale = unit.map_or(Number::ONE, |unit| unit.scale);
    match (value, json, ty) {
        (Value::Bool(value), Exact::Bool(json), _) => value == json,
        (Value::Number(number), Exact::Number(_) | Exact::Text(_), _) => {
            worked_out(&written).mul(scale).unwrap() == *number
        }
        (Value::Text(text), Exact::Text(_), _) => **text == *written,
        (Value::Date(day), Exact::Text(_), _) => day.to_string() == written,
        (Value::Enum(id, index), Exact::Text(_), _) => model.enums[*id].values[*index as usize].0 == written,
        (Value::Region(id), Exact::Text(_), _) => model.regions[*id].name == written,
        (Value::Duration(Duration::Months(n) | Duration::Days(n) | Duration::WorkingDays(n)), _, _) => {
            let (count, word) = written.split_once(' ').map_or((&*written, None), |(count, word)| (count, Some(word)));
            let times = match word {
                None => scale,
                Some("year" | "years") => Number::integer(12),
                Some("week" | "weeks") => Number::integer(7),
                Some(_) => Number::ONE,
            };
            worked_out(count).mul(times).unwrap() == Number::integer(*n)
        }
        (Value::List(list), Exact::List(items), Type::List(inner)) => {
            list.items.len() == items.len()
                && list.items.iter().zip(items).all(|(cell, json)| same_cell(model, cell, json, inner, unit))
        }
        (Value::Record(record), Exact::Map(map), Type::Record(id)) => {
            let fields = model.records[*id].fields.iter().map(|id| &model.fields[*id].datum);
            fields.zip(&record.fields).all(|(datum, cell)| {
                let mut written = map.iter().filter(|(key, _)| key.nfc().eq(datum.name.chars()));
                match (written.next(), written.next()) {
                    (None, _) => *cell == FactCell::Unasked,
                    (Some((_, json)), None) => same_cell(model, cell, json, &datum.ty, datum.unit.as_ref()),
                    (Some(_), Some(_)) => false,
                }
            })
        }
        _ => false,
    }
}
