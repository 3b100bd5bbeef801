//! From JSON straight into rows, without a tree.
//!
//! Comes in: a policy's form and layout, once; then lines. Goes out: rows. It knows what the policy expects, and so looks
//! at each byte about once: the key that followed the last time is compared before any table is asked.

mod read;
mod scan;
mod schema;
mod unplain;
mod words;

use super::{Layout, Row};
use crate::facts::{Form, limits};
use read::Reading;
use schema::Schema;
use std::sync::Arc;

/// Bytes of a line that is read. Each value takes two bytes at least, so that no such line has more values than a document
/// may.
const MAX_LINE: usize = limits::MAX_VALUES;

/// Reads lines of JSON into rows of one layout.
///
/// It reads what is plainly right, and declines everything else: a row that it has read is the one that
/// [`Form::line`] comes to, and what is wrong is for [`Form::line`] to say.
#[derive(Clone, Debug)]
pub struct JsonReader {
    schema: Arc<Schema>,
    state: State,
}

/// What a reader keeps from line to line.
#[derive(Clone, Debug)]
struct State {
    /// By the number of a key, and for each opening brace: the place of the key that came after it the last time.
    next: Box<[u32]>,
    /// By the number of a key: the object in which it was last seen.
    seen: Box<[u64]>,
    /// The number of the object that was opened last.
    turn: u64,
    /// The list that was read last, by its place in the row; `usize::MAX` once one came too late.
    last_list: Option<usize>,
    /// A text without its escapes.
    text: String,
}

impl JsonReader {
    /// A reader for a policy's facts.
    #[must_use]
    pub fn new(form: &Form<'_>, layout: Arc<Layout>) -> Self {
        let schema = Schema::new(form.model(), &layout);
        let (next, seen) = (vec![0; schema.keys + 1].into(), vec![0; schema.keys + 1].into());
        let state = State { next, seen, turn: 0, last_list: None, text: String::new() };
        Self { schema: Arc::new(schema), state }
    }

    /// Reads a line into a row. False: [`Form::line`] has to read it, and `row` holds nothing.
    pub fn read(&mut self, line: &str, row: &mut Row) -> bool {
        row.clear();
        if line.len() > MAX_LINE {
            return false;
        }
        let Self { schema, state } = self;
        let read = Reading { line, text: line.as_bytes(), schema, state }.document(row);
        if read.is_none() {
            row.clear();
        }
        read.is_some()
    }
}
