//! What is written for a row.

use super::bad::Bad;
use crate::decider::Decider;
use crate::lines::Lines;
use serde_json::json;
use std::sync::Arc;

/// The form of the output. Every row of the input has its place in it, also one that cannot be read.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A line of JSON: `{"outcome":…,"reasons":["CODE",…]}`, or `{"error":…,"line":…}`.
    Usual,
    /// Other fields, or CSV.
    Asked(Arc<Lines>),
}

impl Shape {
    /// What stands above all rows.
    pub fn header(&self) -> String {
        match self {
            Self::Usual => String::new(),
            Self::Asked(lines) => lines.header(),
        }
    }

    /// Decides a row and puts what is to be written behind `out`; where the row is bad, `out` is as it was.
    pub fn decision(&self, decider: &mut Decider<'_>, row: u64, text: &str, out: &mut Vec<u8>) -> Result<(), Bad> {
        let decided = match self {
            Self::Usual => decider.line(text, out).map(|()| out.push(b'\n')),
            Self::Asked(lines) => decider.row(text, row, lines, out),
        };
        decided.map_err(|found| Bad::found(&found, text))
    }

    /// Keeps the place of a bad row, which stands in this line of the input.
    pub fn bad(&self, row: u64, line: u64, sentence: &str, out: &mut Vec<u8>) {
        match self {
            Self::Usual => {
                let line = json!({ "error": sentence, "line": line }).to_string();
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
            Self::Asked(lines) => lines.error(row, line, sentence, out),
        }
    }
}
