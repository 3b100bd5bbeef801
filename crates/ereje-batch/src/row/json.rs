//! From JSON straight into rows, without a tree.
//!
//! Comes in: a policy's form and layout, once; then lines. Goes out: rows. It knows what the policy expects, and so
//! reads each byte about once: it first tries the form of the line before (`template`), and if that does not fit, it
//! finds the keys by their first bytes (`read`).
//!
//! Why not a common parser: over 100,000 lines of 351 bytes in one run, serde_json into structs that borrow took 423 ns
//! a line, sonic-rs 488, simd-json 442 and for its tape alone 300, with dates, enums and decimals still to be read.
//! This reader takes 131 if the keys are as in the line before, and 350 if each line has another order of keys,
//! everything included. What remains are branches that cannot be predicted: which key comes next, and so of which type
//! the value is.

mod literal;
mod read;
mod reading;
mod scan;
mod schema;
mod template;
mod unplain;
mod vocabulary;

use super::{Layout, Row};
use ereje::facts::{FactNames, limits};
use reading::{ReaderState, Reading};
use schema::Schema;
use std::sync::Arc;
use template::Template;

/// The longest line that is read, in bytes. Each value takes at least two bytes, so no such line has more values than a
/// document may have.
const MAX_LINE: usize = limits::MAX_VALUES;

/// Reads lines of JSON into rows of one layout.
///
/// It reads only what is plainly right, and declines everything else. A row that it has read is the one that
/// [`FactNames::line`] makes; errors are reported by [`FactNames::line`]. Keys that the policy does not know can be
/// skipped.
#[derive(Clone, Debug)]
pub struct JsonReader {
    schema: Arc<Schema>,
    state: ReaderState,
    expected: ExpectedTemplate,
    skips: bool,
}

/// The form that the next line is expected to have.
#[derive(Clone, Debug, Default)]
struct ExpectedTemplate {
    template: Option<Template>,
    /// How many lines have had another form since the last one of this form.
    misses: u32,
    /// How many lines are read before the form is tried again. If each line has a form of its own, trying is not worth
    /// it.
    pause: u32,
}

/// One line of another form is an exception; a second one makes a new form.
const EXCEPTIONS: u32 = 1;
/// After so many lines without a hit the form is not tried for a while, each time for twice as long, up to 2¹⁰ lines.
const TRIALS: u32 = 8;

impl ExpectedTemplate {
    fn template(&mut self) -> Option<&Template> {
        self.pause = self.pause.saturating_sub(1);
        self.template.as_ref().filter(|_| self.pause == 0)
    }

    /// Notes a line that was read and had another form.
    fn miss(&mut self, reading: &mut Reading<'_>) {
        if self.pause > 0 {
            return;
        }
        self.misses += 1;
        self.pause = 1 << self.misses.saturating_sub(TRIALS).min(10);
        if self.misses > EXCEPTIONS || self.template.is_none() {
            self.template = Template::of(reading);
        }
    }
}

impl JsonReader {
    /// A reader for a policy's facts.
    #[must_use]
    pub fn new(form: &FactNames<'_>, layout: Arc<Layout>) -> Self {
        let schema = Schema::new(form.model(), &layout);
        let seen = vec![0; schema.keys.len()].into();
        let state = ReaderState { seen, turn: 0, last_list: None, text: String::new(), unknown: Vec::new() };
        Self { schema: Arc::new(schema), state, expected: ExpectedTemplate::default(), skips: false }
    }

    /// The same reader, but keys that the policy does not know are skipped, as [`FactNames::known_of_line`] does.
    #[must_use]
    pub fn skipping_unknown(self) -> Self {
        Self { skips: true, ..self }
    }

    /// Reads a line into a row. False if [`FactNames::line`] has to read it; `row` is empty then.
    pub fn read(&mut self, line: &str, row: &mut Row) -> bool {
        row.clear();
        self.state.last_list = None;
        self.state.unknown.clear();
        if line.len() > MAX_LINE {
            return false;
        }
        let Self { schema, state, expected, skips } = self;
        let mut reading = Reading { line: line.as_bytes(), schema, state, skips: *skips };
        if let Some(template) = expected.template() {
            if reading.templated(template, row).is_some() {
                expected.misses = 0;
                return true;
            }
            row.clear();
            reading.state.last_list = None;
        }
        let read = reading.document(row).is_some();
        if read {
            expected.miss(&mut reading);
        } else {
            row.clear();
        }
        read
    }
}
