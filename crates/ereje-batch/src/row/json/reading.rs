//! A line that is being read, and what is kept from line to line.

use super::schema::Schema;
use crate::row::Cell;

/// A value, and what is left of the line.
pub(super) type Value<'t> = Option<(Cell, &'t [u8])>;

/// A line that is being read.
pub(super) struct Reading<'r> {
    pub(super) line: &'r [u8],
    pub(super) schema: &'r Schema,
    pub(super) state: &'r mut ReaderState,
    /// Whether keys that the policy does not know are skipped, with their values.
    pub(super) skips: bool,
}

/// What a reader keeps from line to line.
#[derive(Clone, Debug)]
pub(super) struct ReaderState {
    /// By the number of a key: the object in which it was last seen.
    pub(super) seen: Box<[u64]>,
    /// The number of the object that was opened last.
    pub(super) turn: u64,
    /// The list that was read last, by its place in the row; `usize::MAX` once one came too late.
    pub(super) last_list: Option<usize>,
    /// A text without its escapes.
    pub(super) text: String,
    /// The keys of a line that the policy does not know: the number of the object, the place in the line, and the length.
    pub(super) unknown: Vec<(u64, usize, usize)>,
}
