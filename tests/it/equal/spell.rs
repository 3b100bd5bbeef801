//! The same facts in other spellings, and lines that are no longer facts.

use crate::it::generate::{self, Draw};
use ereje::value::Number;
use serde_json::Value;

/// A line with the same meaning: keys in another order, spaces, escapes, numbers with and without quotes.
pub fn otherwise(d: &mut Draw<'_>, json: &Value) -> String {
    let mut out = String::new();
    put(d, json, &mut out);
    out
}

fn space(d: &mut Draw<'_>, out: &mut String) {
    out.push_str(d.pick(&["", "", "", " ", "  ", "\t", "\r", " \t "]));
}

fn text(d: &mut Draw<'_>, text: &str, out: &mut String) {
    let escaped = d.chance(8);
    let apart = d.chance(50);
    out.push('"');
    for c in text.chars() {
        match c {
            // The letter in decomposed form: texts are compared in NFC.
            '\u{e9}' if apart => out.push_str("e\u{301}"),
            _ if escaped && d.chance(40) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            '"' | '\\' | '\0'..' ' => {
                let quoted = Value::from(c.to_string()).to_string();
                out.push_str(&quoted[1..quoted.len() - 1]);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn put(d: &mut Draw<'_>, json: &Value, out: &mut String) {
    space(d, out);
    match json {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            if d.chance(50) {
                d.shuffle(&mut entries);
            }
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                space(d, out);
                text(d, key, out);
                space(d, out);
                out.push(':');
                put(d, value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                put(d, item, out);
            }
            out.push(']');
        }
        // A text that looks like a number may be written as one: both spellings have to give the same result.
        Value::String(word) => match Number::parse(word) {
            Ok(number) if d.chance(50) && !number.to_string().contains('/') => out.push_str(&number.to_string()),
            Ok(_) | Err(_) => text(d, word, out),
        },
        Value::Number(number) if d.chance(10) => text(d, &number.to_string(), out),
        Value::Number(number) if d.chance(10) => out.push_str(&format!("{number}.0")),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&json.to_string()),
    }
    space(d, out);
}

/// The same form with other values, some of them invalid.
pub fn revalued(d: &mut Draw<'_>, json: &Value) -> String {
    let mut json = json.clone();
    revalue(d, &mut json);
    json.to_string()
}

fn revalue(d: &mut Draw<'_>, json: &mut Value) {
    let text = |d: &mut Draw<'_>, of: &[&str]| Value::from(d.pick(of));
    match json {
        Value::Object(object) => object.iter_mut().for_each(|(_, value)| revalue(d, value)),
        Value::Array(items) => items.iter_mut().for_each(|value| revalue(d, value)),
        _ if d.chance(55) => {}
        Value::Null | Value::Bool(_) => *json = d.pick(&[Value::Bool(true), Value::Bool(false), Value::Null]),
        Value::Number(_) => {
            let number = d.pick(&[0_i64, 1, -1, 2, 3, 5, 10, 44, 9_007_199_254_740_993, i64::MAX, i64::MIN]);
            *json = number.into();
        }
        Value::String(word) if Number::parse(word).is_ok() => *json = text(d, generate::DECIMALS),
        Value::String(word) if word.parse::<chrono::NaiveDate>().is_ok() => {
            *json = match d.chance(6) {
                true => text(d, &["2025-02-29", "2025-00-10", "0000-01-01", "2025-1-01", "2025-12-32"]),
                false => text(d, generate::DATES),
            };
        }
        Value::String(word) if ["red", "green", "blue"].contains(&word.as_str()) => {
            *json = text(d, &["red", "green", "blue", "blue", "bluee"]);
        }
        Value::String(word) if ["North", "Town", "South", "Land", "Isle"].contains(&word.as_str()) => {
            *json = text(d, &["North", "Town", "South", "Land", "Isle"]);
        }
        Value::String(_) => *json = text(d, generate::TEXTS),
    }
}

/// A line in which one value is silent, a list is empty, or a key comes twice: other facts, or an error.
pub fn disturbed(d: &mut Draw<'_>, json: &Value) -> String {
    let mut json = json.clone();
    let mut twice = None;
    disturb(d, &mut json, &mut twice);
    let text = json.to_string();
    match twice {
        // The first key of the object is repeated.
        Some(member) => text.replacen(&member, &format!("{member},{member}"), 1),
        None => text,
    }
}

fn disturb(d: &mut Draw<'_>, json: &mut Value, twice: &mut Option<String>) {
    let stop = d.chance(25);
    match json {
        Value::Object(object) if !object.is_empty() && !stop => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = d.pick(&keys);
            if d.chance(20) {
                if d.chance(40) {
                    object[&key] = d.pick(&[Value::Object(Default::default()), Value::Array(Vec::new())]);
                }
                *twice = Some(format!("{}:{}", Value::from(key.as_str()), object[&key]));
            } else {
                disturb(d, &mut object[&key], twice);
            }
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = d.below(items.len());
            disturb(d, &mut items[at], twice);
        }
        other => {
            let down = serde_json::json!({ "unavailable": "x" });
            *other = d.pick(&[Value::Null, down, Value::Array(Vec::new()), Value::Object(Default::default())]);
        }
    }
}

/// A damaged line.
pub fn damaged(d: &mut Draw<'_>, line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    let at = d.below(chars.len());
    match d.below(6) {
        0 => _ = chars.remove(at),
        1 => chars.truncate(at),
        2 => chars[at] = d.pick(&['0', '9', '"', '{', '}', '[', ',', ':', '-', 'e', '\u{e9}', ' ', '.']),
        3 => chars.insert(at, d.pick(&['0', '1', '"', ',', '-', '\\', '\u{0}', '\u{301}'])),
        4 => {
            let other = d.below(chars.len());
            chars.swap(at, other);
        }
        _ => {
            let again: Vec<char> = chars[at..].iter().take(1 + d.below(12)).copied().collect();
            chars.splice(at..at, again);
        }
    }
    chars.into_iter().collect()
}
