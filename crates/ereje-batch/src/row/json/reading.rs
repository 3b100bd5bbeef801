//! A line that is being read, and the state that is kept from line to line.

use super::schema::Schema;
use crate::row::Cell;

/// A value and the rest of the line.
pub(super) type Value<'t> = Option<(Cell, &'t [u8])>;

/// A line that is being read.
pub(super) struct Reading<'r> {
    pub(super) line: &'r [u8],
    pub(super) schema: &'r Schema,
    pub(super) state: &'r mut ReaderState,
    /// True if keys that the policy does not know are skipped with their values.
    pub(super) skips: bool,
}

/// The state that a reader keeps from line to line.
#[derive(Clone, Debug)]
pub(super) struct ReaderState {
    /// By the number of a key: the number of the object in which it last occurred.
    pub(super) seen: Box<[u64]>,
    /// The number of the object that was opened last.
    pub(super) turn: u64,
    /// The list that was read last, by its place in the row; `usize::MAX` as soon as one came out of order.
    pub(super) last_list: Option<usize>,
    /// A text without its escapes.
    pub(super) text: String,
    /// The keys of a line that the policy does not know: the number of the object, the place in the line, and the length.
    pub(super) unknown: Vec<(u64, usize, usize)>,
}
