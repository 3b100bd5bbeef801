//! Rows that cannot be read: what is wrong with them, worded for stderr, the output and the file of bad rows.

use super::blocks::{Cut, MAX_LINE};
use ereje::diagnostic::{Code, Diagnostic};
use ereje::documents;
use ereje::mask::sentence;
use ereje::source::Sources;
use ereje::visible::{in_json, visible};
use serde::Serialize;

/// What is wrong with a row: the first finding, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub code: Code,
    message: String,
    /// The number of lines of the row before the finding.
    line: usize,
    /// In characters, from 1; `None` if the finding has no place.
    column: Option<usize>,
    more: usize,
}

/// A line of the file of bad rows.
#[derive(Serialize)]
struct BadRowRecord<'a> {
    schema: &'static str,
    /// Of a record of CSV; a line of JSON is identified by its line number.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    code: &'static str,
    message: &'a str,
    /// The number of further findings.
    #[serde(skip_serializing_if = "none")]
    more: usize,
    /// The row, for repair; absent if it is too long, since then it is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn none(number: &usize) -> bool {
    *number == 0
}

impl BadRow {
    /// The first of these findings in a row.
    pub fn found(findings: &[Diagnostic], text: &str) -> Self {
        let Some(first) = findings.first() else {
            return Self::new(Code::E0601, String::from("the row cannot be read"));
        };
        let mut sources = Sources::new();
        let file = sources.add("row", text);
        let at = sources.get(file).map(|s| s.position(first.primary.span.start));
        let (line, column) = at.map_or((0, 1), |at| (at.line - 1, at.column));
        let (code, message) = (first.code, first.message.clone());
        Self { code, message, line, column: Some(column), more: findings.len() - 1 }
    }

    /// A row that is not UTF-8 from this byte on, counted from 0.
    pub fn not_utf8(at: usize) -> Self {
        Self::new(Code::E0702, format!("the line is not UTF-8 from byte {} on", at + 1))
    }

    /// The same in words that quote nothing of the row.
    pub fn masked(self) -> Self {
        // What makes facts impossible was told by a decision that is masked itself.
        if self.code == Code::E0612 { self } else { Self { message: sentence(self.code), ..self } }
    }

    /// A row over which the program goes down, so that it was not read.
    pub fn deadly() -> Self {
        Self::new(Code::E0601, String::from("the program goes down over this row, so it is passed over"))
    }

    /// A row that is too long and was not kept.
    pub fn too_long(cut: Cut) -> Self {
        let message = match cut {
            Cut::Lines => format!("the line is longer than {MAX_LINE} bytes"),
            Cut::Records(_) => format!("the record is longer than {MAX_LINE} bytes; maybe a quote is not closed"),
        };
        Self::new(Code::E0609, message)
    }

    /// The number of lines of the row before the finding.
    pub fn lines_before(&self) -> u64 {
        self.line as u64
    }

    fn new(code: Code, message: String) -> Self {
        Self { code, message, line: 0, column: None, more: 0 }
    }

    /// One sentence for people.
    pub fn sentence(&self, cut: Cut) -> String {
        let word = match cut {
            Cut::Lines => "column",
            // In CSV, a column is something else.
            Cut::Records(_) => "character",
        };
        let place = self.column.map(|column| format!("{word} {column}: ")).unwrap_or_default();
        let more = if self.more == 0 { String::new() } else { format!(" (and {} more)", self.more) };
        format!("{place}{} [{}]{more}", visible(&self.message), self.code)
    }

    /// Its line in the file of bad rows; `row` is the number of a record of CSV.
    pub fn line(&self, row: Option<u64>, line: u64, text: Option<&str>) -> String {
        let (code, message) = (self.code.name(), self.message.as_str());
        let line = BadRowRecord {
            schema: documents::BAD_ROW,
            row,
            line,
            column: self.column,
            code,
            message,
            more: self.more,
            text,
        };
        // Texts and numbers can always be serialized.
        in_json(&serde_json::to_string(&line).unwrap_or_default()).into_owned()
    }
}
