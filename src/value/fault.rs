//! Faults: errors in the evaluation of an expression, which then has no value.

use super::path::Element;
use crate::ids::{DefinitionId, FieldId, NormId, ValueOrigin};
use crate::source::Span;
use chrono::NaiveDate;

/// The most values in one computed list, in all outputs and in all messages of one decision. In lists and outputs those inside
/// others count, and a long text counts as several.
pub const MAX_VALUES: usize = 1_000_000;

/// The greatest exponent of a power.
pub const MAX_EXPONENT: u16 = 1000;

/// An error in the evaluation of an expression, which then has no value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fault {
    /// The expression that failed.
    pub span: Span,
    /// The kind of error.
    pub kind: FaultKind,
}

/// The kinds of [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum FaultKind {
    /// A number or a date is outside the range of exact values.
    #[error("the result is too large to be kept exactly")]
    Overflow,
    /// A division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A rounding step of zero or less.
    #[error("the rounding step is not above zero")]
    RoundingStep,
    /// An exponent that is no whole number from 0 to [`MAX_EXPONENT`].
    #[error("the exponent is not a whole number from 0 to {MAX_EXPONENT}")]
    Exponent,
    /// `date(year, month, day)` of a day that does not exist.
    #[error("there is no date {year}-{month}-{day}")]
    NoSuchDate {
        /// The year as given.
        year: i64,
        /// The month as given.
        month: i64,
        /// The day of the month as given.
        day: i64,
    },
    /// A value of a record outside the bounds of its field.
    #[error("a value of a record is outside of the bounds of its field")]
    OutOfBounds {
        /// The field.
        field: FieldId,
    },
    /// A period whose last day is before its first.
    #[error("a period from {from} through {through} ends before it begins")]
    Backwards {
        /// The first day as given.
        from: NaiveDate,
        /// The last day as given.
        through: NaiveDate,
    },
    /// A period without a first or a last day, where both are needed.
    #[error("the period has no first or no last day")]
    OpenEnd,
    /// `min`, `max` or `first` of an empty list, without `otherwise`.
    #[error("nothing to choose from, and no `otherwise`")]
    EmptyAggregate,
    /// Two cases (or table rows) apply and have different values.
    #[error("two cases apply and differ")]
    Conflict {
        /// The cases, in the order of the policy.
        cases: Vec<ValueOrigin>,
    },
    /// The upper bound of a band of a scale is not above that of the band before it.
    #[error("band {band} does not end above band {}", .band.saturating_sub(1))]
    BandNotAbove {
        /// The number of the band, from 1.
        band: usize,
    },
    /// No case (or table row) applies.
    #[error("no case applies")]
    NoCase,
    /// No version of a definition holds on this day in this region.
    #[error("the definition does not hold on {date}")]
    NoVersion {
        /// The definition.
        definition: DefinitionId,
        /// The day.
        date: NaiveDate,
    },
    /// A norm has no value on this day in this region.
    #[error("the norm has no value on {date}")]
    NoNormValue {
        /// The norm.
        norm: NormId,
        /// The day.
        date: NaiveDate,
    },
    /// More operations than the limit of one decision.
    #[error("more steps than one decision may take")]
    TooManySteps,
    /// A computed list, or the outputs or the messages of a decision, hold more values than the limit.
    #[error("more values than one list, all outputs or all messages of a decision may hold: at most {MAX_VALUES}")]
    TooManyValues,
    /// Two elements have the same name in an output.
    #[error("two elements have the same name: {} and {}", .first.number(), .second.number())]
    SameName {
        /// The first of this name, in the order of the list.
        first: Box<Element>,
        /// The second.
        second: Box<Element>,
    },
    /// The calendar does not cover this day.
    #[error("the calendar does not cover {0}")]
    OutsideCalendar(NaiveDate),
    /// A fault in words that leave out what is masked.
    #[error("{0}")]
    Untold(String),
}
