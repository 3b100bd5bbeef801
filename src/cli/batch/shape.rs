//! What is written for a row.

use super::bad::Bad;
use crate::explain::Decider;
use serde_json::json;

/// The form of the output. Every row of the input has its place in it, also one that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A line of JSON: `{"outcome":…,"reasons":["CODE",…]}`, or `{"error":…,"line":…}`.
    Lines,
}

impl Shape {
    /// Decides a row and puts what is to be written behind `out`; where the row is bad, `out` is as it was.
    pub(super) fn decision(self, decider: &mut Decider<'_>, text: &str, out: &mut Vec<u8>) -> Result<(), Bad> {
        match self {
            Self::Lines => {
                decider.line(text, out).map_err(|found| Bad::found(&found, text))?;
                out.push(b'\n');
            }
        }
        Ok(())
    }

    /// Keeps the place of a bad row.
    pub(super) fn bad(self, row: u64, bad: &Bad, out: &mut Vec<u8>) {
        match self {
            Self::Lines => {
                let line = json!({ "error": bad.sentence(), "line": row }).to_string();
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
        }
    }
}
