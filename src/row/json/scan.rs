//! Bytes of JSON: where a text ends, what number or day its digits say, several bytes at a time.
//!
//! Comes in: the bytes of a line and a place in them. Goes out: what stands there and where it ends; none where it is not
//! plainly right. The lowest stage of [`super::JsonReader`].

/// The high bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

/// The eight bytes at a place, the first lowest.
#[inline(always)]
pub(super) fn eight(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// The place of the first byte that is no white space.
#[inline(always)]
pub(super) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// Where a text stops to be plain: the place of the first quote, backslash or control character from `at` on; and whether
/// all before it is ASCII.
#[inline(always)]
pub(super) fn text_end(text: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut beyond = 0;
    loop {
        let Some(bytes) = eight(text, at) else { return last_end(text, at, beyond == 0) };
        let stops = stops(bytes);
        if stops != 0 {
            // The bytes below the lowest bit of `stops`.
            beyond |= bytes & HIGH & (stops & stops.wrapping_neg()).wrapping_sub(1);
            return Some((at + (stops.trailing_zeros() / 8) as usize, beyond == 0));
        }
        beyond |= bytes & HIGH;
        at += 8;
    }
}

/// The same in the last bytes of a line.
fn last_end(text: &[u8], at: usize, ascii: bool) -> Option<(usize, bool)> {
    let rest = text.get(at..)?;
    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    Some((at + length, ascii && rest.get(..length)?.is_ascii()))
}

/// The high bit of each of eight bytes that ends a plain text. A carry can make it wrong in bytes behind the first.
#[inline(always)]
fn stops(bytes: u64) -> u64 {
    let below = |bytes: u64, least: u8| bytes.wrapping_sub(ONES * u64::from(least)) & !bytes;
    let quotes = below(bytes ^ (ONES * u64::from(b'"')), 1);
    let escapes = below(bytes ^ (ONES * u64::from(b'\\')), 1);
    (quotes | escapes | below(bytes, 0x20)) & HIGH
}

/// The digits at a place: their value, and how many. None where they are more than eighteen, so that any value fits.
#[inline(always)]
pub(super) fn digits(text: &[u8], at: usize) -> Option<(u64, usize)> {
    let Some(bytes) = eight(text, at) else { return last_digits(text, at) };
    let (value, count) = leading_digits(bytes);
    if count < 8 { Some((value, count)) } else { more_digits(text, at, value) }
}

/// The digits that begin eight bytes.
#[inline(always)]
fn leading_digits(bytes: u64) -> (u64, usize) {
    let parts = bytes ^ (ONES * u64::from(b'0'));
    // More than nine gives the high bit; a carry reaches only bytes behind one that is no digit.
    let others = (parts.wrapping_add(ONES * 0x76) | parts) & HIGH;
    let count = (others.trailing_zeros() / 8) as usize;
    if count == 0 {
        return (0, 0);
    }
    // The digits go to the high end, so that zeros stand before them.
    let parts = parts << (64 - 8 * count);
    let pairs = (parts.wrapping_mul(10).wrapping_add(parts >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let value = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff;
    (value, count)
}

fn more_digits(text: &[u8], at: usize, value: u64) -> Option<(u64, usize)> {
    let rest = text.get(at + 8..)?;
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count <= 10).then_some(())?;
    let value = rest.iter().take(count).fold(value, |value, byte| value * 10 + u64::from(byte - b'0'));
    Some((value, 8 + count))
}

fn last_digits(text: &[u8], at: usize) -> Option<(u64, usize)> {
    let rest = text.get(at..)?;
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some((rest.iter().take(count).fold(0, |value, byte| value * 10 + u64::from(byte - b'0')), count))
}

/// A day, `YYYY-MM-DD"` with its closing quote, as year, month and day.
#[inline(always)]
pub(super) fn day(text: &[u8], at: usize) -> Option<(i64, i64, i64)> {
    let rest: &[u8; 11] = text.get(at..)?.first_chunk()?;
    let [first @ .., tens, ones, quote] = rest;
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    let parts = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*b"0000-00-");
    // Digits are at most nine, and where dashes stand nothing is left.
    let wrong = (parts.wrapping_add(0x7f76_767f_7676_7676) | parts) & HIGH;
    let pairs = parts.wrapping_mul(10).wrapping_add(parts >> 8);
    let pair = |shift: u32| (pairs >> shift & 0xff) as i64;
    let (year, month, day) = (pair(0) * 100 + pair(16), pair(40), i64::from(tens) * 10 + i64::from(ones));
    let well = wrong == 0 && tens <= 3 && ones <= 9 && *quote == b'"';
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
                    let text = format!("{year:04}-{month:02}-{day:02}\"");
                    let known = NaiveDate::from_ymd_opt(year, month, day).filter(|d| d.year() > 0);
                    let known = known.map(|_| (i64::from(year), i64::from(month), i64::from(day)));
                    assert_eq!(super::day(text.as_bytes(), 0), known, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_day_with_one_byte_changed() {
        let good = *b"2026-11-25\"";
        for place in 0..good.len() {
            for byte in 0..=255_u8 {
                let mut text = good;
                text[place] = byte;
                let is_day =
                    text[10] == b'"' && std::str::from_utf8(&text[..10]).is_ok_and(|t| crate::facts::day(t).is_some());
                assert_eq!(super::day(&text, 0).is_some(), is_day, "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }

    proptest! {
        #[test]
        fn stops_are_found(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), Just(b'"'), Just(b'\\'), Just(0x1f), Just(0x20)], 0..70)) {
            let end = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20));
            prop_assert_eq!(text_end(&bytes, 0), end.map(|end| (end, bytes[..end].is_ascii())));
        }

        #[test]
        fn digits_are_counted(number in "[0-9]{0,22}", rest in "[^0-9]{0,9}") {
            let text = format!("{number}{rest}");
            let known = (number.len() <= 18).then(|| (number.parse().unwrap_or(0), number.len()));
            let known = known.or_else(|| (text.len() < 8).then_some((0, 0)));
            prop_assert_eq!(digits(text.as_bytes(), 0), known);
        }
    }
}
