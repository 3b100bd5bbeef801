//! What a CSV file does not say about itself.

/// What an empty cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// There is no record of it.
    Absent,
    /// Nobody has asked.
    Unasked,
}

/// What a CSV file does not say about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvRules {
    /// What an empty cell means; none: a record with one cannot be read.
    pub null: Option<Null>,
    /// Whether columns that the policy does not know are skipped; else they are errors.
    pub skip_unknown: bool,
}
