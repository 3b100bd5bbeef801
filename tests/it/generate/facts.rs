//! Random facts, in the form of a fact file.

use super::{DAYS, Draw};
use serde_json::{Map, Value, json};

/// The form of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Bool,
    /// A whole number, small and around zero.
    Whole,
    /// A decimal.
    Decimal,
    Date,
    /// One of these words.
    Word(Vec<&'static str>),
    /// A list of records with these fields.
    Records(Vec<(&'static str, Shape)>),
    /// A record with these fields.
    Record(Vec<(&'static str, Shape)>),
    /// Values of this form, each with the days on which it holds.
    OverTime(Box<Shape>),
    /// A list of plain values.
    List(Box<Shape>),
    /// One of these, as a text.
    Among(&'static [&'static str]),
    /// The governing date: on and around the days on which something starts or ends.
    GoverningDate(Vec<String>),
    /// The governing place: mostly known.
    GoverningPlace,
}

/// A random value. Places inside it may be silent.
pub fn value(d: &mut Draw, shape: &Shape) -> Value {
    match shape {
        Shape::Bool => json!(d.pick(&[false, true])),
        Shape::Whole => json!(d.pick(&[0, 1, 2, 3, -1, 5, 10])),
        Shape::Decimal => json!(d.pick(&["0", "1", "2.5", "15", "44.5", "45", "100", "0.01"])),
        Shape::Date => {
            json!(d.pick(&["2024-01-01", "2004-02-29", "2007-01-01", "2025-01-31", "2025-06-30", "1999-12-31"]))
        }
        Shape::Word(words) => json!(d.pick(words)),
        // The first ones are more frequent, so that equal small numbers occur together.
        Shape::Among(texts) if d.chance(35) => json!(d.pick(&texts[..texts.len().min(4)])),
        Shape::Among(texts) => json!(d.pick(texts)),
        Shape::Records(fields) => {
            let count = d.pick(&[0, 1, 2, 3]);
            let one = |d: &mut Draw| {
                if d.chance(6) {
                    return cell(d, &Shape::Bool, false).unwrap_or(Value::Null);
                }
                let mut record = Map::new();
                for (name, shape) in fields {
                    if let Some(cell) = cell(d, shape, true) {
                        record.insert((*name).into(), cell);
                    }
                }
                Value::Object(record)
            };
            Value::Array((0..count).map(|_| one(d)).collect())
        }
        Shape::Record(fields) => {
            let mut record = Map::new();
            for (name, shape) in fields {
                // The record was asked as a whole, so no part of it is unasked.
                record.insert((*name).into(), cell(d, shape, true).unwrap_or(Value::Null));
            }
            Value::Object(record)
        }
        Shape::OverTime(shape) => Value::Array(dated(d, shape)),
        Shape::List(shape) => {
            let count = d.pick(&[0, 1, 2, 3]);
            Value::Array((0..count).map(|_| cell(d, shape, true).unwrap_or(Value::Null)).collect())
        }
        Shape::GoverningDate(days) => {
            if !days.is_empty() && d.chance(60) {
                let day: chrono::NaiveDate = d.pick(days).parse().expect("a day of a policy");
                return json!((day + chrono::Duration::days(d.below(3) as i64 - 1)).to_string());
            }
            let dates =
                ["2024-03-31", "2025-02-28", "2025-12-31", "2026-06-30", "2023-12-31", "2027-01-01", "2028-02-29"];
            let either = [d.pick(&DAYS), d.pick(&dates)];
            json!(d.pick(&either))
        }
        Shape::GoverningPlace => json!(d.pick(&["North", "Town", "South", "Land", "Isle"])),
    }
}

/// The values of a fact over time. No two hold on one day; between some of them there are days without a value, and some ends
/// are silent.
fn dated(d: &mut Draw, shape: &Shape) -> Vec<Value> {
    let spans = [
        ("0001-01-01", "2003-12-31"),
        ("2004-01-01", "2024-06-30"),
        ("2024-07-01", "2024-12-31"),
        ("2025-01-01", "2025-06-29"),
        ("2025-06-30", "2026-01-01"),
        ("2026-01-02", "9999-12-31"),
    ];
    let mut values = Vec::new();
    for (index, (from, through)) in spans.iter().enumerate() {
        if d.chance(25) {
            continue;
        }
        let mut value = Map::new();
        for (name, day, outermost) in [("from", from, index == 0), ("through", through, index == spans.len() - 1)] {
            let cell = match d.below(16) {
                0 => None,
                1 => Some(json!({ "unavailable": "timeout" })),
                2..6 if outermost => Some(Value::Null),
                _ => Some(json!(day)),
            };
            value.extend(cell.map(|cell| (name.to_owned(), cell)));
        }
        value.extend(cell(d, shape, true).map(|cell| ("value".to_owned(), cell)));
        values.push(Value::Object(value));
    }
    if d.chance(20) {
        values.reverse();
    }
    values
}

/// A cell; `None` if nobody has asked. With `value_too`, it may be known.
fn cell(d: &mut Draw, shape: &Shape, value_too: bool) -> Option<Value> {
    match d.below(20) {
        n if n < 12 && value_too => Some(value(d, shape)),
        n if n < 15 => None,
        n if n < 18 => Some(Value::Null),
        _ => Some(json!({ "unavailable": "timeout" })),
    }
}

/// A fact set: a cell for each path that was asked.
pub fn facts(d: &mut Draw, of: &[(String, Shape)]) -> Vec<(String, Value)> {
    let mut set = Vec::new();
    for (path, shape) in of {
        let governing = matches!(shape, Shape::GoverningDate(_) | Shape::GoverningPlace);
        let cell = if governing && !d.chance(6) { Some(value(d, shape)) } else { cell(d, shape, true) };
        if let Some(cell) = cell {
            set.push((path.clone(), cell));
        }
    }
    set
}

/// A place inside a fact set that nobody has asked about.
#[derive(Clone, Debug)]
pub struct Unasked {
    /// The fact.
    pub path: String,
    /// Element and field inside it.
    pub inside: Option<(usize, &'static str)>,
    /// The form of an answer.
    pub shape: Shape,
}

/// All places that nobody has asked about.
pub fn places(of: &[(String, Shape)], set: &[(String, Value)]) -> Vec<Unasked> {
    let mut all = Vec::new();
    for (path, shape) in of {
        let Some((_, cell)) = set.iter().find(|(p, _)| p == path) else {
            all.push(Unasked { path: path.clone(), inside: None, shape: shape.clone() });
            continue;
        };
        let (Shape::Records(fields), Value::Array(items)) = (shape, cell) else { continue };
        for (i, item) in items.iter().enumerate() {
            let Value::Object(record) = item else { continue };
            if record.contains_key("unavailable") {
                continue;
            }
            for (name, shape) in fields {
                if !record.contains_key(*name) {
                    all.push(Unasked { path: path.clone(), inside: Some((i, name)), shape: shape.clone() });
                }
            }
        }
    }
    all
}

impl Unasked {
    /// The set with an answer here: a value or one of the two other silent states.
    pub fn answered(&self, d: &mut Draw, set: &[(String, Value)]) -> Vec<(String, Value)> {
        let answer = match d.below(10) {
            0..6 => value(d, &self.shape),
            6..8 => Value::Null,
            _ => json!({ "unavailable": "timeout" }),
        };
        let mut set = set.to_vec();
        match self.inside {
            None => set.push((self.path.clone(), answer)),
            Some((i, field)) => {
                let (_, cell) = set.iter_mut().find(|(p, _)| *p == self.path).unwrap();
                cell[i][field] = answer;
            }
        }
        set
    }

    /// The place as people write it: `people[0].adult`.
    pub fn spell(&self) -> String {
        match self.inside {
            None => self.path.clone(),
            Some((i, field)) => format!("{}[{i}].{field}", self.path),
        }
    }
}
