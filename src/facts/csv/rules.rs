//! The rules that a CSV file itself does not state.

/// The meaning of an empty cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// Absent: there is no record.
    Absent,
    /// Unasked.
    Unasked,
}

/// The rules that a CSV file itself does not state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvRules {
    /// The meaning of an empty cell; without it, a record with an empty cell is an error.
    pub null: Option<Null>,
    /// True to skip unknown columns; otherwise they are errors.
    pub skip_unknown: bool,
    /// True if cells that begin as a formula have a `'` before them, which is taken away.
    pub guarded: bool,
}
