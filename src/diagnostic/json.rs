//! Diagnostics for machines: an array of objects in JSON.

use super::severity::word;
use super::{Diagnostic, Label, UnreadPath, in_order};
use crate::documents::FINDING;
use crate::source::Sources;
use crate::visible::in_json;
use serde_json::{Value, json};

/// The diagnostics as a JSON array, by file name, place and code. Lines and columns start at 1, columns count
/// characters, and the end is the position after the last character. A file that is not among the sources is `null`, and so
/// is the code of a path that could not be read.
#[must_use]
pub fn json(diags: &[Diagnostic], sources: &Sources, unread: &[UnreadPath]) -> String {
    let mut rows: Vec<Value> = in_order(diags, sources).into_iter().map(|d| row(d, sources)).collect();
    rows.extend(unread.iter().map(|unread| {
        json!({ "schema": FINDING, "code": null, "severity": "error", "message": unread.why, "file": unread.path, "secondary": [], "help": [] })
    }));
    let mut text = format!("{:#}", Value::Array(rows));
    text.push('\n');
    in_json(&text).into_owned()
}

fn row(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let mut object = json!({
        "schema": FINDING,
        "code": diagnostic.code.name(),
        "severity": word(diagnostic.severity()),
        "message": diagnostic.message,
    });
    let secondary: Vec<Value> = diagnostic.secondary.iter().map(|label| place(label, sources)).collect();
    if let (Value::Object(object), Value::Object(place)) = (&mut object, place(&diagnostic.primary, sources)) {
        object.extend(place);
        object.insert("secondary".into(), secondary.into());
        if let Some(example) = &diagnostic.example {
            object.insert("example".into(), example.clone().into());
        }
        object.insert("help".into(), diagnostic.help.clone().into());
    }
    object
}

fn place(label: &Label, sources: &Sources) -> Value {
    let Some(source) = sources.get(label.span.file) else {
        return json!({ "file": null, "label": label.text });
    };
    let (start, end) = (source.position(label.span.start), source.position(label.span.end));
    json!({
        "file": source.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "label": label.text,
    })
}
