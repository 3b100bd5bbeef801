//! What is written for a row.

use super::bad_row::BadRow;
use crate::decider::Decider;
use crate::lines::Lines;
use serde_json::json;
use std::sync::Arc;

/// The form of the output. Every row of the input has a line in it, even one that cannot be read.
#[derive(Clone, Debug)]
pub enum OutputFormat {
    /// A line of JSON: `{"outcome":…,"reasons":["CODE",…]}`, or `{"error":…,"line":…}`.
    Usual,
    /// Selected fields, or CSV.
    Fields(Arc<Lines>),
}

impl OutputFormat {
    /// The header of the output.
    pub fn header(&self) -> String {
        match self {
            Self::Usual => String::new(),
            Self::Fields(lines) => lines.header(),
        }
    }

    /// Decides a row and appends the answer to `out`; if the row is bad, `out` is not changed.
    pub fn decision(&self, decider: &mut Decider<'_>, row: u64, text: &str, out: &mut Vec<u8>) -> Result<(), BadRow> {
        let decided = match self {
            Self::Usual => decider.line(text, out).map(|()| out.push(b'\n')),
            Self::Fields(lines) => decider.row(text, row, lines, out),
        };
        decided.map_err(|found| BadRow::found(&found, text))
    }

    /// Appends a line for a bad row; `line` is its line in the input.
    pub fn bad(&self, row: u64, line: u64, sentence: &str, out: &mut Vec<u8>) {
        match self {
            Self::Usual => {
                let line = json!({ "error": sentence, "line": line }).to_string();
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
            Self::Fields(lines) => lines.error(row, line, sentence, out),
        }
    }
}
