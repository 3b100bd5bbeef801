//! Bytes that are read alike in JSON and in CSV: days, eight bytes at a time, and lengths of time.
//!
//! Comes in: a text without the quotes around it. Goes out: its value; `None` if it is not plainly right. Below the
//! readers of both formats.

use super::Cell;
use ereje::facts;
use ereje::model::{DurationKind, Quantity};

/// The high bit of each byte.
pub(super) const HIGH: u64 = 0x8080_8080_8080_8080;
/// One in each byte.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;

/// A day, `YYYY-MM-DD`, as year, month and day.
#[inline(always)]
pub(super) fn day(text: &[u8; 10]) -> Option<(i64, i64, i64)> {
    let [first @ .., tens, ones] = text;
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    let parts = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*b"0000-00-");
    // A digit is at most nine, and the two dashes become zero.
    let wrong = (parts.wrapping_add(0x7f76_767f_7676_7676) | parts) & HIGH;
    let pairs = parts.wrapping_mul(10).wrapping_add(parts >> 8);
    let pair = |shift: u32| (pairs >> shift & 0xff) as i64;
    let (year, month, day) = (pair(0) * 100 + pair(16), pair(40), i64::from(tens) * 10 + i64::from(ones));
    let well = (wrong == 0) & (tens <= 3) & (ones <= 9);
    let within = (year > 0) & (month - 1).cast_unsigned().lt(&12) & (day > 0);
    (well & within && (day <= 28 || day <= days_in_month(year, month))).then_some((year, month, day))
}

/// The days of a month, which is counted from 1.
pub(crate) const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A length of time, as a number or in words.
pub(super) fn duration(text: &str, kind: DurationKind, unit: Option<&Quantity>) -> Option<Cell> {
    facts::duration(text, kind, unit).map(|length| Cell::value(length.count()))
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};

    #[test]
    fn every_day_and_nothing_else() {
        for year in [0, 1, 4, 99, 100, 400, 999, 1900, 2000, 2023, 2024, 2100, 9999] {
            for month in 0..=19 {
                for day in 0..=49 {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    let known = NaiveDate::from_ymd_opt(year, month, day).filter(|d| d.year() > 0);
                    let known = known.map(|_| (i64::from(year), i64::from(month), i64::from(day)));
                    assert_eq!(super::day(text.as_bytes().try_into().unwrap()), known, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_day_with_one_byte_changed() {
        let good = *b"2026-11-25";
        for place in 0..good.len() {
            for byte in 0..=255_u8 {
                let mut text = good;
                text[place] = byte;
                let is_day = std::str::from_utf8(&text).is_ok_and(|text| ereje::facts::day(text).is_some());
                assert_eq!(super::day(&text).is_some(), is_day, "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }
}
