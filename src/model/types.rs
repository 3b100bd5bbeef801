//! Types: what an expression can be, with units as exponents of base units.

use crate::ids::*;
use crate::value::Number;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number or quantity.
    Number(Dimension, NumberKind),
    /// A calendar day.
    Date,
    /// A length of time.
    Duration(DurationKind),
    /// A text.
    Text,
    /// A value of an enum.
    Enum(EnumId),
    /// A region.
    Region,
    /// A record.
    Record(RecordId),
    /// A list.
    List(Box<Type>),
    /// Something that already has an error of its own; agrees with everything. Never in an error-free Model.
    Error,
}

/// A product of base units with exponents other than zero, sorted by unit; empty for plain numbers.
pub type Dimension = Vec<(UnitId, i8)>;

/// What is known of a number's digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// Whole.
    Integer,
    /// A finite decimal.
    Decimal,
    /// A quotient that may have no end; rounding makes it a decimal.
    Ratio,
}

/// The kinds of duration, which do not compare with one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DurationKind {
    /// Years and months.
    Months,
    /// Weeks and days.
    Days,
    /// Working days of a calendar.
    WorkingDays(CalendarId),
}

/// A unit as written: what one of it is in base units, and how it is spelled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// `m2`, `KZT per m2`, `percent`, or the word of a duration (`years`, `months`, `weeks`, `days`).
    pub text: String,
    /// Base units in one of it: 10,000 for a hectare over `m2`; months in a year: 12; days in a week: 7.
    pub scale: Number,
}

impl Type {
    /// A plain number.
    #[must_use]
    pub fn number(kind: NumberKind) -> Self {
        Self::Number(Vec::new(), kind)
    }

    /// Whether it already has an error of its own, all through.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::Error => true,
            Self::List(inner) => inner.is_error(),
            Self::Bool
            | Self::Number(..)
            | Self::Date
            | Self::Duration(_)
            | Self::Text
            | Self::Enum(_)
            | Self::Region
            | Self::Record(_) => false,
        }
    }
}
