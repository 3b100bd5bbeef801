//! Diagnostics as SARIF 2.1.0, the format for code hosts and editors.

use super::severity::word;
use super::{Code, Diagnostic, Label, UnreadPath, in_order};
use crate::source::Sources;
use crate::visible::in_json;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The diagnostics as one SARIF run; its rules are the codes that occur, with their pages as help. If something could not be
/// read, the run was not successful, and its notifications say what.
#[must_use]
pub fn sarif(diags: &[Diagnostic], sources: &Sources, unread: &[UnreadPath]) -> String {
    let codes: Vec<Code> = diags.iter().map(|d| d.code).collect::<BTreeSet<_>>().into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = in_order(diags, sources).into_iter().map(|d| result(d, &codes, sources)).collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "ereje", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": unread.is_empty(),
                "toolExecutionNotifications": unread.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    });
    let mut text = format!("{report:#}");
    text.push('\n');
    in_json(&text).into_owned()
}

fn notification(unread: &UnreadPath) -> Value {
    json!({
        "level": "error",
        "message": { "text": unread.why },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&unread.path) } } }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.title() },
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": word(code.severity()) },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources) -> Value {
    let mut text = diagnostic.message.clone();
    for more in std::iter::once(&diagnostic.primary.text)
        .chain(&diagnostic.example)
        .chain(&diagnostic.help)
        .filter(|t| !t.is_empty())
    {
        let _ = write!(text, "\n{more}");
    }
    let related: Vec<Value> = diagnostic.secondary.iter().filter_map(|label| location(label, sources)).collect();
    let mut object = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes.iter().position(|c| *c == diagnostic.code),
        "level": word(diagnostic.severity()),
        "message": { "text": text },
        "locations": location(&diagnostic.primary, sources).into_iter().collect::<Vec<_>>(),
    });
    if let (Value::Object(object), false) = (&mut object, related.is_empty()) {
        object.insert("relatedLocations".into(), related.into());
    }
    object
}

/// The location of a label; `None` for a file that is not among the sources.
fn location(label: &Label, sources: &Sources) -> Option<Value> {
    let source = sources.get(label.span.file)?;
    let (start, end) = (source.position(label.span.start), source.position(label.span.end));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&source.name) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    });
    if let (Value::Object(object), false) = (&mut location, label.text.is_empty()) {
        object.insert("message".into(), json!({ "text": label.text }));
    }
    Some(location)
}

/// A file name as a relative reference: special characters as `%XX`, and `/` between folders.
fn uri(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}
