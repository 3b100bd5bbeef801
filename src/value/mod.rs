//! Values: exact numbers, dates, calendar durations, texts, enum values, regions, records and lists; and the four
//! states of a fact.
//!
//! Quantities are in base units; types know the unit for people. No clock, no floats.

mod calendar;
mod duration;
mod fault;
mod number;
mod path;
mod period;
mod respelt;
mod weight;
mod wide;

pub(crate) use calendar::in_range;
pub use calendar::{
    Calendar, LeapBirthday, MonthEnd, add_months, age, calendar_date, day_after, day_before, months_between,
    within_years,
};
pub use duration::{Duration, TimeUnit};
pub use fault::{Fault, FaultKind, MAX_EXPONENT, MAX_VALUES};
pub use number::{MAX_DIGITS, Number, NumberError, RoundMode};
pub use path::{Element, FactPath, Step};
pub use period::Period;
pub use respelt::{Respelt, respelt_date, respelt_number};
pub use weight::weigh_all;

use crate::ids::{EnumId, RegionId};
use chrono::NaiveDate;
use std::sync::Arc;

/// A known value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A number, or a quantity in its base units.
    Number(Number),
    /// A calendar day, in the years 1 to 9999.
    Date(NaiveDate),
    /// A length of time.
    Duration(Duration),
    /// A text in NFC.
    Text(Arc<str>),
    /// A value of an enum, by its index in the enum's declaration.
    Enum(EnumId, u32),
    /// A region.
    Region(RegionId),
    /// A record: one cell for each declared field.
    Record(Arc<RecordValue>),
    /// A list.
    List(Arc<ListValue>),
}

/// A record; if it is a fact, with its place in the facts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordValue {
    /// Its place in the facts, by which unknown fields are named; `None` for a computed period, whose open end is absent.
    pub place: Option<FactPath>,
    /// One cell for each field, in the order of declaration.
    pub fields: Vec<FactCell>,
}

/// A list; if it is a fact, with its place in the facts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListValue {
    /// Its place in the facts; `None` for a computed list, whose elements are all known.
    pub place: Option<FactPath>,
    /// The elements in order.
    pub items: Vec<FactCell>,
}

/// The state of one fact (or one field, or one element).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FactCell {
    /// A value.
    Known(Value),
    /// Asked, and there is no record.
    Absent,
    /// Asked, and the registry could not answer, for this reason.
    Unavailable(Arc<str>),
    /// Nobody has asked yet.
    Unasked,
}

#[cfg(test)]
mod size {
    #[test]
    fn a_value_is_small() {
        assert!(std::mem::size_of::<super::Value>() <= 48);
    }
}
