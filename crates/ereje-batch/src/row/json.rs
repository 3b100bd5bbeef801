//! From JSON straight into rows, without a tree.
//!
//! Comes in: a policy's form and layout, once; then lines. Goes out: rows. It knows what the policy expects, and so looks
//! at each byte about once: a line is tried on the form of the last one (`template`), and where it has another, its keys are
//! found by how they begin (`read`).
//!
//! Why not a parser of the trade: over 100,000 lines of 351 bytes in one run, serde_json into structs that borrow took
//! 423 ns a line, sonic-rs 488, simd-json 442 and for its tape alone 300, with dates, enums and decimals still to be read;
//! this reader takes 131 with keys as in the line before and 350 with keys in another order on each line, all told. What is
//! left there are branches that nobody can foresee: which key comes next, and so of which kind the value is.

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

/// Bytes of a line that is read. Each value takes two bytes at least, so that no such line has more values than a document
/// may.
const MAX_LINE: usize = limits::MAX_VALUES;

/// Reads lines of JSON into rows of one layout.
///
/// It reads what is plainly right, and declines everything else: a row that it has read is the one that
/// [`FactNames::line`] comes to, and what is wrong is for [`FactNames::line`] to say. It can be told to skip what the policy does not
/// know.
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
    /// Lines since one had this form.
    misses: u32,
    /// Lines to read before the form is tried again: where each line has a form of its own, trials are not worth it.
    pause: u32,
}

/// One line of another form is an exception, two are the new form.
const EXCEPTIONS: u32 = 1;
/// After as many lines without success there are pauses, each twice as long as the last, up to 2¹⁰ lines.
const TRIALS: u32 = 8;

impl ExpectedTemplate {
    fn template(&mut self) -> Option<&Template> {
        self.pause = self.pause.saturating_sub(1);
        self.template.as_ref().filter(|_| self.pause == 0)
    }

    /// Takes note of a line that was read and had another form.
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

    /// The same, but that keys which the policy does not know are skipped, as [`FactNames::known_of_line`] skips them.
    #[must_use]
    pub fn skipping_unknown(self) -> Self {
        Self { skips: true, ..self }
    }

    /// Reads a line into a row. False: [`FactNames::line`] has to read it, and `row` holds nothing.
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
