//! Facts that the lines of a batch repeat, each in one form whatever its value.
//!
//! In JSON a fact has one type: an integer is a number with all its digits, a decimal, a quantity or a duration is a text, as
//! in the outputs of a decision. Whoever reads a line knows from the policy alone how to take each value. In CSV a cell says the
//! state of its fact, or the row is refused. Both are read again as the same facts.

use ereje::diagnostic::{Code, Diagnostic};
use ereje::facts::csv::{Null, silent_cell};
use ereje::facts::{FactSet, UNAVAILABLE};
use ereje::ids::{FactId, FieldId, RecordId};
use ereje::model::{Datum, Model, NumberKind, Type, machine};
use ereje::source::{FileId, Span};
use ereje::value::{FactCell, Value};
use ereje::visible::in_json;
use serde_json::{Value as Json, json};

/// A fact, or a field of the records in it, that lines repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopiedFact {
    pub(crate) fact: FactId,
    pub(crate) fields: Vec<(RecordId, u32, FieldId)>,
}

impl CopiedFact {
    /// What is known of it, and its declaration; `None` if there is no such field.
    fn find<'m>(&self, model: &'m Model, facts: &'m FactSet) -> Option<(&'m FactCell, &'m Datum)> {
        let mut datum: &Datum = &model.facts.at(self.fact).datum;
        let mut cell = facts.get(self.fact);
        for (_, index, field) in &self.fields {
            // The state of a record is the state of each of its fields.
            if let (FactCell::Known(Value::Record(record)), Type::Record(_)) = (cell, &datum.ty) {
                cell = record.fields.get(*index as usize)?;
            }
            datum = &model.fields.at(*field).datum;
        }
        Some((cell, datum))
    }

    /// Appends it as JSON; false if nobody has asked.
    pub(crate) fn json(&self, model: &Model, facts: &FactSet, out: &mut Vec<u8>) -> bool {
        self.find(model, facts).is_some_and(|(cell, datum)| cell_json(model, cell, datum, out))
    }

    /// As the content of a cell, in which nothing means what is said.
    ///
    /// # Errors
    /// No cell can say its state.
    pub(crate) fn cell(
        &self,
        name: &str,
        model: &Model,
        facts: &FactSet,
        empty: Null,
    ) -> Result<String, Box<Diagnostic>> {
        let Some((cell, datum)) = self.find(model, facts) else { return Ok(String::new()) };
        let state = match cell {
            // An empty cell is never a text.
            FactCell::Known(Value::Text(text)) if text.is_empty() => "an empty text",
            FactCell::Known(value) => {
                return Ok(scalar(model, value, datum).unwrap_or_else(|| {
                    let mut json = Vec::new();
                    json_of(model, value, datum, &mut json);
                    String::from_utf8(json).unwrap_or_default()
                }));
            }
            FactCell::Absent => "absent",
            FactCell::Unasked => "not asked",
            FactCell::Unavailable(_) => "unavailable",
        };
        silent_cell(cell, &datum.ty, empty).ok_or_else(|| unsaid(name, state, datum, empty))
    }
}

/// Why a state cannot be written.
fn unsaid(name: &str, state: &str, datum: &Datum, empty: Null) -> Box<Diagnostic> {
    let meaning = match empty {
        Null::Absent => "that there is no record",
        Null::Unasked => "that nobody has asked",
    };
    let of = if datum.ty == Type::Text { " of a text" } else { "" };
    let message = format!("`{name}` is {state}, which no cell{of} can say; an empty one means {meaning}");
    let other = match empty {
        Null::Absent => "unasked",
        Null::Unasked => "absent",
    };
    let help = format!("NDJSON says every state, `--to ndjson`; `--null {other}` gives an empty cell another meaning");
    Box::new(Diagnostic::new(Code::E0610, message, Span::new(FileId(0), 0, 0), "").help(help))
}

/// A value that stands in a cell as it is; `None` of a record and a list.
fn scalar(model: &Model, value: &Value, datum: &Datum) -> Option<String> {
    match value {
        Value::Record(_) | Value::List(_) => None,
        Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Text(_)
        | Value::Enum(..)
        | Value::Region(_) => Some(match machine(model, value, datum.unit.as_ref(), &datum.ty) {
            Json::String(text) => text,
            other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => {
                other.to_string()
            }
        }),
    }
}

/// Appends a cell as JSON; false if it is unasked.
fn cell_json(model: &Model, cell: &FactCell, datum: &Datum, out: &mut Vec<u8>) -> bool {
    match cell {
        FactCell::Unasked => return false,
        FactCell::Absent => out.extend_from_slice(b"null"),
        FactCell::Unavailable(why) => exact(&json!({ UNAVAILABLE: why.as_ref() }), out),
        FactCell::Known(value) => json_of(model, value, datum, out),
    }
    true
}

fn json_of(model: &Model, value: &Value, datum: &Datum, out: &mut Vec<u8>) {
    match value {
        // A number of JSON may have any digits, and these are all of them.
        Value::Number(number) if matches!(datum.ty, Type::Number(_, NumberKind::Integer)) => {
            let whole = if datum.unit.is_none() { number.to_i64() } else { None };
            let text = whole.map_or_else(|| scalar(model, value, datum).unwrap_or_default(), |whole| whole.to_string());
            out.extend_from_slice(text.as_bytes());
        }
        Value::Record(record) => {
            let ids = if let Type::Record(id) = &datum.ty { &model.records.at(*id).fields[..] } else { &[] };
            let data = ids.iter().map(|id| &model.fields.at(*id).datum);
            out.push(b'{');
            let mut any = false;
            for (field, cell) in data.zip(&record.fields).filter(|(_, cell)| **cell != FactCell::Unasked) {
                if any {
                    out.push(b',');
                }
                any = true;
                exact(&Json::from(field.name.as_str()), out);
                out.push(b':');
                cell_json(model, cell, field, out);
            }
            out.push(b'}');
        }
        Value::List(list) => {
            let mut inner = datum.clone();
            if let Type::List(ty) = &datum.ty {
                inner.ty = (**ty).clone();
            }
            out.push(b'[');
            for (index, cell) in list.items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                // An unasked element cannot be left out: the others would move.
                if !cell_json(model, cell, &inner, out) {
                    out.extend_from_slice(b"null");
                }
            }
            out.push(b']');
        }
        Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Text(_)
        | Value::Enum(..)
        | Value::Region(_) => exact(&machine(model, value, datum.unit.as_ref(), &datum.ty), out),
    }
}

/// Appends JSON for programs, with nothing hidden in it.
fn exact(json: &Json, out: &mut Vec<u8>) {
    out.extend_from_slice(in_json(&json.to_string()).as_bytes());
}
