//! Bytes of CSV: where a cell ends, what number or day it holds, several bytes at a time.
//!
//! Comes in: what is left of a record, or a cell. Goes out: what stands there; none where it is not plainly right.

/// The high bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

/// Where a cell ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Its bytes.
    pub(super) length: usize,
    /// Whether all of them are ASCII.
    pub(super) ascii: bool,
}

/// The high bits of the bytes that are less than a small number. A carry can make it wrong in bytes behind the first.
#[inline(always)]
fn less(bytes: u64, than: u64) -> u64 {
    bytes.wrapping_sub(ONES * than) & !bytes & HIGH
}

/// The end of a cell without quotes: before the separator or the end of the record. None where a quote or a control
/// character stands in it.
#[inline(always)]
pub(super) fn cell_end(text: &[u8], separator: u8) -> Option<End> {
    let (mut rest, mut beyond) = (text, 0);
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        let bytes = u64::from_le_bytes(*chunk);
        let stops = less(bytes ^ (ONES * u64::from(separator)), 1)
            | less(bytes ^ (ONES * u64::from(b'"')), 1)
            | less(bytes, 0x20);
        if stops != 0 {
            let bits = stops.trailing_zeros() & 0x38;
            beyond |= bytes & HIGH & !(u64::MAX << bits);
            let length = text.len() - rest.len() + (bits / 8) as usize;
            return (text.get(length) == Some(&separator)).then_some(End { length, ascii: beyond == 0 });
        }
        beyond |= bytes & HIGH;
        rest = behind;
    }
    let stop = rest.iter().position(|byte| *byte == separator || matches!(byte, b'"' | 0..0x20));
    let last = rest.get(..stop.unwrap_or(rest.len()))?;
    let ends = stop.is_none_or(|stop| rest.get(stop) == Some(&separator));
    let length = text.len() - rest.len() + last.len();
    ends.then_some(End { length, ascii: beyond == 0 && last.is_ascii() })
}

/// A number of few digits, in a unit of which each digit is whole: by how many stand behind the point, what all are
/// multiplied by.
#[inline(always)]
pub(super) fn number(text: &[u8], factors: &[i64]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        _ => (false, text),
    };
    // So that no value is too large, and no number begins with a zero but zero.
    (digits.len() <= 18).then_some(())?;
    let [first, behind @ ..] = digits else { return None };
    (*first != b'0' || behind.first().is_none_or(|sign| *sign == b'.')).then_some(())?;
    let (mut value, mut point) = (0, None);
    for (index, byte) in digits.iter().enumerate() {
        match byte.wrapping_sub(b'0') {
            digit @ 0..=9 => value = value * 10 + i64::from(digit),
            _ if *byte == b'.' && point.is_none() && index > 0 => point = Some(index),
            _ => return None,
        }
    }
    let places = point.map_or(0, |point| digits.len() - point - 1);
    // A point has digits on both sides.
    (point.is_none() || places > 0).then_some(())?;
    let value = value.checked_mul(*factors.get(places).filter(|factor| **factor > 0)?)?;
    Some(if negative { -value } else { value })
}

/// A day, `YYYY-MM-DD`, as year, month and day.
#[inline(always)]
pub(super) fn day(text: &[u8; 10]) -> Option<(i64, i64, i64)> {
    let [first @ .., tens, ones] = text;
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    let parts = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*b"0000-00-");
    // Digits are at most nine, and where dashes stand nothing is left.
    let wrong = (parts.wrapping_add(0x7f76_767f_7676_7676) | parts) & HIGH;
    let pairs = parts.wrapping_mul(10).wrapping_add(parts >> 8);
    let pair = |shift: u32| (pairs >> shift & 0xff) as i64;
    let (year, month, day) = (pair(0) * 100 + pair(16), pair(40), i64::from(tens) * 10 + i64::from(ones));
    let well = wrong == 0 && tens <= 3 && ones <= 9;
    (well && year > 0 && (1..=12).contains(&month) && day > 0 && (day <= 28 || day <= length(year, month)))
        .then_some((year, month, day))
}

/// The days of a month.
fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn cells_end_where_they_end(
            bytes in proptest::collection::vec(prop_oneof![8 => any::<u8>(), 4 => Just(b'a'), 1 => Just(b';'), 1 => Just(b'"'), 1 => Just(0x1f)], 0..40),
        ) {
            let stop = bytes.iter().position(|b| matches!(b, b';' | b'"' | 0..0x20)).unwrap_or(bytes.len());
            let ends = bytes.get(stop).is_none_or(|byte| *byte == b';');
            let known = ends.then(|| End { length: stop, ascii: bytes[..stop].is_ascii() });
            prop_assert_eq!(cell_end(&bytes, b';'), known);
        }

        #[test]
        fn numbers_are_what_they_are(text in "-{0,1}[0-9]{0,3}[0-9]{0,17}\\.{0,1}[0-9]{0,5}[.e+ -]{0,1}") {
            let factors = [10_000, 1000, 100, 10, 1];
            let exact = ereje::facts::number(&text, None).map(crate::row::Cell::decimal);
            if let Some(read) = number(text.as_bytes(), &factors) {
                prop_assert_eq!(Some(crate::row::Cell::value(read)), exact, "{}", text);
            }
        }
    }
}
