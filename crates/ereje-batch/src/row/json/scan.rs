//! Bytes of JSON: where a text ends, and the number or day that digits write, several bytes at a time.
//!
//! Comes in: the rest of a line. Goes out: what it begins with, and the rest after that; `None` if that is not plainly
//! right. The lowest stage of [`super::JsonReader`].

use crate::row::bytes::{self, HIGH, ONES};

/// One in each of sixteen bytes.
const MANY_ONES: u128 = ONES as u128 * ((1 << 64) + 1);
/// The high bit of each of sixteen bytes.
pub(super) const MANY_HIGH: u128 = MANY_ONES << 7;

/// The rest after a sign; `None` if the text does not begin with it.
#[inline(always)]
pub(super) fn eat(rest: &[u8], sign: u8) -> Rest<'_> {
    rest.split_first().filter(|(first, _)| **first == sign).map(|(_, behind)| behind)
}

/// The rest of a line after something was read; `None` if the line is declined.
pub(super) type Rest<'t> = Option<&'t [u8]>;

/// The rest after white space.
#[inline(always)]
pub(super) fn skip_space(rest: &[u8]) -> &[u8] {
    // One comparison instead of four; `skip_more` leaves control characters that are not white space.
    if rest.first().is_some_and(|byte| *byte <= b' ') { skip_more(rest) } else { rest }
}

fn skip_more(mut rest: &[u8]) -> &[u8] {
    while let Some((b' ' | b'\t' | b'\n' | b'\r', behind)) = rest.split_first() {
        rest = behind;
    }
    rest
}

/// The high bits of the bytes that are quotes. A carry can falsify bytes after the first such byte.
#[inline(always)]
pub(super) fn quotes(bytes: u128) -> u128 {
    less(bytes ^ (MANY_ONES * b'"' as u128), 1)
}

/// The same for the other bytes that a plain text cannot have: backslashes and control characters.
#[inline(always)]
pub(super) fn unplain(bytes: u128) -> u128 {
    less(bytes ^ (MANY_ONES * b'\\' as u128), 1) | less(bytes, 0x20)
}

/// The high bits of the bytes that are less than a small number.
#[inline(always)]
fn less(bytes: u128, than: u128) -> u128 {
    bytes.wrapping_sub(MANY_ONES * than) & !bytes & MANY_HIGH
}

/// All bits of the bytes before the lowest set high bit; all bits if no high bit is set.
#[inline(always)]
pub(super) fn bytes_below(high: u128) -> u128 {
    ((high & high.wrapping_neg()) >> 7).wrapping_sub(1)
}

/// The length of a plain text, up to the first quote, backslash or control character, and whether all of it is ASCII.
pub(super) fn plain_length(text: &[u8]) -> Option<(usize, bool)> {
    let (mut rest, mut beyond) = (text, 0);
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        let bytes = u128::from_le_bytes(*chunk);
        let stops = quotes(bytes) | unplain(bytes);
        if stops != 0 {
            beyond |= bytes & MANY_HIGH & bytes_below(stops);
            let length = text.len() - rest.len() + (stops.trailing_zeros() / 8) as usize;
            return Some((length, beyond == 0));
        }
        beyond |= bytes & MANY_HIGH;
        rest = behind;
    }
    let last = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    let ascii = beyond == 0 && rest.iter().take(last).all(u8::is_ascii);
    Some((text.len() - rest.len() + last, ascii))
}

/// The digits that a text begins with: their value and their number. `None` if they are more than eighteen, which may
/// not fit.
#[inline(always)]
pub(super) fn digits(rest: &[u8]) -> Option<(i64, usize)> {
    let Some(eight) = rest.first_chunk() else { return more_digits(rest) };
    let parts = u64::from_le_bytes(*eight) ^ (ONES * u64::from(b'0'));
    // A byte above nine gives the high bit. A carry falsifies only bytes after one that is no digit.
    let others = (parts.wrapping_add(ONES * 0x76) | parts) & HIGH;
    if others == 0 {
        return more_digits(rest);
    }
    // Moves the digits to the high end, so that zeros stand before them; no digits leave zero.
    let bits = others.trailing_zeros() & 0x38;
    let parts = parts << 1 << (63 - bits);
    let pairs = parts.wrapping_mul(10).wrapping_add(parts >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let value = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    Some((value as i64, (bits / 8) as usize))
}

fn more_digits(rest: &[u8]) -> Option<(i64, usize)> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0'));
    (count <= 18).then(|| (value(rest.get(..count).unwrap_or_default()), count))
}

/// A day in quotes, `"YYYY-MM-DD"`, as year, month and day.
#[inline(always)]
pub(super) fn day(text: &[u8; 12]) -> Option<(i64, i64, i64)> {
    let [open, inner @ .., close] = text;
    bytes::day(inner).filter(|_| (*open == b'"') & (*close == b'"'))
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
                    let text = format!("\"{year:04}-{month:02}-{day:02}\"");
                    let known = NaiveDate::from_ymd_opt(year, month, day).filter(|d| d.year() > 0);
                    let known = known.map(|_| (i64::from(year), i64::from(month), i64::from(day)));
                    assert_eq!(super::day(text.as_bytes().try_into().unwrap()), known, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_day_with_one_byte_changed() {
        let good = *b"\"2026-11-25\"";
        for place in 0..good.len() {
            for byte in 0..=255_u8 {
                let mut text = good;
                text[place] = byte;
                let quoted = text[0] == b'"' && text[11] == b'"';
                let is_day = std::str::from_utf8(&text[1..11]).is_ok_and(|t| ereje::facts::day(t).is_some());
                assert_eq!(super::day(&text).is_some(), quoted && is_day, "{:?}", String::from_utf8_lossy(&text));
            }
        }
    }

    proptest! {
        #[test]
        fn stops_are_found(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(b'a'), Just(b'"'), Just(b'\\'), Just(0x1f), Just(0x20)], 0..70,
        )) {
            let end = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20));
            prop_assert_eq!(plain_length(&bytes), end.map(|end| (end, bytes[..end].is_ascii())));
        }

        #[test]
        fn digits_are_counted(number in "[0-9]{0,22}", rest in "[^0-9]{0,9}") {
            let text = format!("{number}{rest}");
            let known = (number.len() <= 18).then(|| (number.parse().unwrap_or(0), number.len()));
            prop_assert_eq!(digits(text.as_bytes()), known);
        }
    }
}
