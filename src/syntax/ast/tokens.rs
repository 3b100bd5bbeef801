//! The smallest parts of the Ast: names, paths, texts, numbers, units, and the states that a policy can name.

use crate::source::Span;

/// An identifier in NFC.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The text, normalised to NFC.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// A dotted name, `kz.pilot_2025` or `fee.young`; at least one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The parts, without the dots.
    pub parts: Vec<Name>,
    /// The whole.
    pub span: Span,
}

/// A quoted string.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The value with escapes resolved (`\"`, `\\`, `\n`, `\t`); braces remain as written.
    pub value: String,
    /// Its place, including the quotes.
    pub span: Span,
}

/// A state that a policy can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Asked, and there is no record.
    Absent,
    /// Asked, and the registry could not answer.
    Unavailable,
}

impl State {
    /// The other state.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Absent => Self::Unavailable,
            Self::Unavailable => Self::Absent,
        }
    }

    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A product and quotient of units: `KZT per m2` is `[(KZT, false), (m2, true)]`.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitExpr {
    /// Each unit; true if it is divided by.
    pub factors: Vec<(Name, bool)>,
    /// Its place.
    pub span: Span,
}

/// A number as written; the grammar has checked its digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Numeral {
    /// The digits with their `_` and at most one `.`.
    pub text: String,
    /// Its place.
    pub span: Span,
}
