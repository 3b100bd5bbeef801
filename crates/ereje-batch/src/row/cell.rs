//! A cell: 64 bits that hold either a value or the state of a fact without a value.

use chrono::{Datelike, NaiveDate};
use ereje::value::Number;

/// A value, or one of the three silent states, or [`Cell::UNHELD`]. The states are the lowest 64-bit numbers, so that
/// one comparison tells them from values; values lie within ±2⁶².
///
/// | type | value |
/// | --- | --- |
/// | bool | 0, 1 |
/// | integer | itself, in base units |
/// | decimal | ten thousandths of a base unit |
/// | date | year · 512 + month · 32 + day, which keeps the order of days |
/// | duration | months, days or working days |
/// | text | the number of the text among those that the policy names, from 0; −1 for any other |
/// | enum | the place of the value in its declaration |
/// | region | its id |
/// | record | 1; its fields have cells of their own |
/// | list | the place of its first cell among the elements · 2³² + how many elements |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell(i64);

impl Cell {
    /// Asked, and there is no record.
    pub const ABSENT: Self = Self(i64::MIN);
    /// Asked, and the registry could not answer.
    pub const UNAVAILABLE: Self = Self(i64::MIN + 1);
    /// Nobody has asked yet.
    pub const UNASKED: Self = Self(i64::MIN + 2);
    /// There is a value, but the cell cannot hold it; the [`FactSet`](ereje::facts::FactSet) does.
    pub const UNHELD: Self = Self(i64::MIN + 3);
    /// A text that the policy does not name.
    pub const OTHER_TEXT: Self = Self(-1);
    /// A record whose fields have cells of their own.
    pub const RECORD: Self = Self(1);

    /// The greatest distance of a value from zero.
    const MOST: i64 = 1 << 62;
    /// The places after the point that a decimal keeps.
    pub const DECIMALS: u32 = 4;

    /// A value; [`Cell::UNHELD`] where it is too far from zero.
    #[must_use]
    pub fn value(value: i64) -> Self {
        if (-Self::MOST..=Self::MOST).contains(&value) { Self(value) } else { Self::UNHELD }
    }

    /// True or false.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self(i64::from(value))
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: Number) -> Self {
        number.to_i64().map_or(Self::UNHELD, Self::value)
    }

    /// A decimal.
    #[must_use]
    pub fn decimal(number: Number) -> Self {
        let (numer, denom) = number.parts();
        let scale = 10_i128.pow(Self::DECIMALS);
        if scale % denom != 0 {
            return Self::UNHELD;
        }
        let scaled = numer.checked_mul(scale / denom).and_then(|scaled| i64::try_from(scaled).ok());
        scaled.map_or(Self::UNHELD, Self::value)
    }

    /// A day.
    #[must_use]
    pub fn date(day: NaiveDate) -> Self {
        Self(i64::from(day.year()) * 512 + i64::from(day.month()) * 32 + i64::from(day.day()))
    }

    /// A list of `len` elements, whose cells begin at `start`.
    #[must_use]
    pub fn list(start: usize, len: usize) -> Self {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) if start < 1 << 30 => Self(i64::from(start) << 32 | i64::from(len)),
            _ => Self::UNHELD,
        }
    }

    /// The value; `None` in a silent state and for [`Cell::UNHELD`].
    #[inline]
    #[must_use]
    pub fn get(self) -> Option<i64> {
        (self.0 > Self::UNHELD.0).then_some(self.0)
    }

    /// The bits: a value, or a state, which is below all values.
    #[inline]
    #[must_use]
    pub fn bits(self) -> i64 {
        self.0
    }

    /// The day of a date's value.
    #[must_use]
    pub fn day(value: i64) -> Option<NaiveDate> {
        let part = |n: i64| u32::try_from(n).ok();
        NaiveDate::from_ymd_opt(i32::try_from(value >> 9).ok()?, part(value >> 5 & 15)?, part(value & 31)?)
    }

    /// Where the elements of a list's value begin, and how many there are.
    #[must_use]
    pub fn elements(value: i64) -> (usize, usize) {
        let part = |n: i64| usize::try_from(n).unwrap_or(0);
        (part(value >> 32), part(value & 0xffff_ffff))
    }
}
