//! Rows that cannot be read: what is wrong with them, in the words of each place where it is said.

use super::blocks::MAX_LINE;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use serde::Serialize;

/// What is wrong with a row: the first finding, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) code: Code,
    message: String,
    /// In characters, from 1, where the finding has a place.
    column: Option<usize>,
    more: usize,
}

/// A line of the file of bad rows.
#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    code: &'static str,
    message: &'a str,
    /// How many findings there are besides.
    #[serde(skip_serializing_if = "none")]
    more: usize,
    /// The row, to be mended. Nobody keeps one that is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn none(number: &usize) -> bool {
    *number == 0
}

impl Bad {
    /// What was found in a row.
    pub(super) fn found(findings: &[Diagnostic], text: &str) -> Self {
        let Some(first) = findings.first() else {
            return Self::new(Code::E0601, String::from("the row cannot be read"));
        };
        let mut sources = Sources::new();
        let file = sources.add("row", text);
        let column = sources.get(file).map_or(1, |s| s.position(first.primary.span.start).column);
        Self { code: first.code, message: first.message.clone(), column: Some(column), more: findings.len() - 1 }
    }

    /// A row that is no text from this byte on, counted from 0.
    pub(super) fn not_utf8(at: usize) -> Self {
        Self::new(Code::E0702, format!("the line is not UTF-8 from byte {} on", at + 1))
    }

    /// A row that nobody has kept.
    pub(super) fn too_long() -> Self {
        Self::new(Code::E0609, format!("the line is longer than {MAX_LINE} bytes"))
    }

    fn new(code: Code, message: String) -> Self {
        Self { code, message, column: None, more: 0 }
    }

    /// In one sentence, for people.
    pub(super) fn sentence(&self) -> String {
        let place = self.column.map(|column| format!("column {column}: ")).unwrap_or_default();
        let more = if self.more == 0 { String::new() } else { format!(" (and {} more)", self.more) };
        format!("{place}{} [{}]{more}", self.message, self.code)
    }

    /// Its line in the file of bad rows.
    pub(super) fn line(&self, row: u64, text: Option<&str>) -> String {
        let (code, message) = (self.code.name(), self.message.as_str());
        let line = Line { line: row, column: self.column, code, message, more: self.more, text };
        // Texts and numbers can always be written.
        serde_json::to_string(&line).unwrap_or_default()
    }
}
