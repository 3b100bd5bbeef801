//! The same facts as a record of CSV: a column for each fact that was asked, and an empty cell for an absent one.

use crate::it::generate::Draw;
use ereje::facts::FactSet;
use ereje::ids::FactId;
use ereje::model::{Model, Type};
use ereje::value::{FactCell, Value};
use serde_json::Value as Json;

/// A header and a record, and the facts that they state: those of a set, except what no cell can express.
pub fn written(model: &Model, facts: &FactSet, json: &Json, d: &mut Draw<'_>) -> (String, String, FactSet) {
    let separator = d.pick(&[",", ",", ";", "\t"]);
    let mut stated = FactSet::unasked(model.facts.len());
    let mut columns: Vec<(String, String)> = Vec::new();
    for (index, fact) in model.facts.iter().enumerate() {
        let id = FactId::new(index);
        let cell = facts.get(id);
        // An empty cell is no text, and in a column of texts `{"unavailable": …}` is a text.
        let unsaid = match cell {
            FactCell::Unasked => true,
            FactCell::Known(Value::Text(text)) => text.is_empty(),
            FactCell::Unavailable(_) => fact.datum.ty == Type::Text,
            FactCell::Known(_) | FactCell::Absent => false,
        };
        if unsaid {
            continue;
        }
        let path = fact.path();
        let value = match path.split_once('.') {
            Some((group, name)) => &json[group][name],
            None => &json[&path],
        };
        let text = match value {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        stated.set(id, cell.clone());
        columns.push((path, text));
    }
    d.shuffle(&mut columns);
    let quoted = |text: &String| match text.contains(['"', ',', ';', '\t', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    let joined = |of: fn(&(String, String)) -> &String| columns.iter().map(|c| quoted(of(c))).collect::<Vec<_>>();
    (joined(|c| &c.0).join(separator), joined(|c| &c.1).join(separator), stated)
}
