//! Writes facts as YAML, in the states and units of a fact file, from the JSON of [`super::encode`]: a document with a
//! line for each fact, or a value on one line. Texts that could be read as another type are quoted.

use crate::visible::{in_yaml, is_hidden};
use serde_json::{Map, Value as Json};

/// The most characters of a name on the line of its value, by the specification of YAML: 7.4.2, implicit keys.
const MAX_KEY: usize = 1024;

/// An object as a document: a line for each entry, with inner objects and lists indented.
pub(super) fn document(object: &Map<String, Json>) -> String {
    let mut out = String::new();
    if object.is_empty() {
        out.push_str("{}\n");
    } else {
        lines(&mut out, object, "");
    }
    out
}

/// The entries of an object, a line each, with inner objects and lists indented.
fn lines(out: &mut String, object: &Map<String, Json>, margin: &str) {
    for (index, (name, value)) in object.iter().enumerate() {
        // The first entry of an element stands on the line of its dash.
        if index > 0 || !out.ends_with("- ") {
            out.push_str(margin);
        }
        out.push_str(&key(&word(name), margin));
        below(out, value, margin);
    }
}

/// A value after its key.
fn below(out: &mut String, value: &Json, margin: &str) {
    let inner = format!("{margin}  ");
    match value {
        Json::Object(object) if !object.is_empty() => {
            out.push('\n');
            lines(out, object, &inner);
        }
        Json::Array(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                out.push_str(&inner);
                out.push('-');
                if let Some(object) = item.as_object().filter(|object| !object.is_empty()) {
                    out.push(' ');
                    lines(out, object, &format!("{inner}  "));
                } else {
                    below(out, item, &inner);
                }
            }
        }
        Json::String(text) => {
            out.push(' ');
            out.push_str(&word(text));
            out.push('\n');
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            out.push_str(&format!(" {value}\n"));
        }
    }
}

/// A value on one line.
#[must_use]
pub fn flow(value: &Json) -> String {
    match value {
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) if entries.is_empty() => "{}".into(),
        Json::Object(entries) => {
            let inner: Vec<String> =
                entries.iter().map(|(name, value)| format!("{} {}", key(&word(name), " "), flow(value))).collect();
            format!("{{ {} }}", inner.join(", "))
        }
        Json::String(text) => word(text),
        Json::Null | Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// A name, as [`word`] writes it, with the colon before its value. YAML reads a name only up to a certain length on the line of
/// its value; a longer one has a line of its own, behind a question mark.
pub fn key(written: &str, margin: &str) -> String {
    if written.chars().count() > MAX_KEY { format!("? {written}\n{margin}:") } else { format!("{written}:") }
}

/// A text as YAML: unquoted if every reader takes it for that text, otherwise quoted and escaped as in JSON.
pub fn word(text: &str) -> String {
    let starts = text.chars().next().is_some_and(char::is_alphabetic);
    let plain = starts && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let special =
        matches!(&*text.to_ascii_lowercase(), "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n");
    // A date is a text in YAML 1.2 and reads better without quotes.
    if (plain && !special && !text.contains(is_hidden)) || super::scalar::date(text).is_ok() {
        text.into()
    } else {
        in_yaml(&Json::from(text).to_string()).into_owned()
    }
}
