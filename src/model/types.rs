//! The types of expressions; units are exponents of base units.

use crate::ids::*;
use crate::value::Number;

/// A text in each of several languages: (language code, text), sorted by language.
pub type Labels = Vec<(String, String)>;

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
    /// The type of an expression with a reported error; it fits every type. Never in a Model without errors.
    Error,
}

/// A product of base units with exponents other than zero, sorted by unit; empty for plain numbers.
pub type Dimension = Vec<(UnitId, i8)>;

/// What is known about a number's digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// Whole.
    Integer,
    /// A finite decimal.
    Decimal,
    /// A quotient that may have no finite decimal; rounding makes it one.
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

/// A unit as written: its spelling and its size in base units.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// `m2`, `KZT per m2`, `percent`, or the word of a duration (`years`, `months`, `weeks`, `days`).
    pub text: String,
    /// The number of base units in one of it: 10,000 for a hectare over `m2`; 12 for a year in months; 7 for a week in
    /// days.
    pub scale: Number,
}

impl Type {
    /// A plain number.
    #[must_use]
    pub fn number(kind: NumberKind) -> Self {
        Self::Number(Vec::new(), kind)
    }

    /// True if it is an error or a list of such a type.
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
