//! Bounds of facts and fields: the values that the law takes them to have.
//!
//! A value outside is a mistake of the data, found when facts are read. A bound is the same on every day and in every
//! place, so it is a value and no expression.

use crate::value::Value;
use std::cmp::Ordering;

/// The kinds of bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    /// No value may be below it.
    AtLeast,
    /// No value may be above it.
    AtMost,
}

impl LimitKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AtLeast, Self::AtMost];

    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
        }
    }
}

/// The least and the greatest value of a fact or field that is a number, a date or a duration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// `at least`, of the type of the datum.
    pub at_least: Option<Value>,
    /// `at most`, of the type of the datum.
    pub at_most: Option<Value>,
}

impl Bounds {
    /// True if every value is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at_least.is_none() && self.at_most.is_none()
    }

    /// The bound of a kind.
    #[must_use]
    pub const fn of(&self, kind: LimitKind) -> Option<&Value> {
        match kind {
            LimitKind::AtLeast => self.at_least.as_ref(),
            LimitKind::AtMost => self.at_most.as_ref(),
        }
    }

    /// The bounds that there are, `at least` first.
    pub fn each(&self) -> impl Iterator<Item = (LimitKind, &Value)> {
        LimitKind::ALL.into_iter().filter_map(|kind| Some((kind, self.of(kind)?)))
    }

    /// The bound that a value breaks; `None` if it breaks none.
    #[must_use]
    pub fn broken_by(&self, value: &Value) -> Option<LimitKind> {
        let side = |bound: &Option<Value>| bound.as_ref().and_then(|bound| order(value, bound));
        match (side(&self.at_least), side(&self.at_most)) {
            (Some(Ordering::Less), _) => Some(LimitKind::AtLeast),
            (_, Some(Ordering::Greater)) => Some(LimitKind::AtMost),
            _ => None,
        }
    }

    /// The value itself, or the bound that it breaks.
    #[must_use]
    pub fn nearest(&self, value: Value) -> Value {
        self.broken_by(&value).and_then(|kind| self.of(kind)).cloned().unwrap_or(value)
    }
}

/// How two values of one ordered type compare; `None` where they have no order.
#[must_use]
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => a.order(*b),
        _ => None,
    }
}
