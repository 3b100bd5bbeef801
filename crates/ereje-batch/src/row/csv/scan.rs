//! Bytes of CSV: where a cell ends, what number it holds, several bytes at a time.
//!
//! Comes in: the rest of a record, or a cell. Goes out: what it begins with; `None` if that is not plainly right.

use crate::row::bytes::{HIGH, ONES};

/// The end of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CellEnd {
    /// The length of the cell in bytes.
    pub(super) length: usize,
    /// True if all of them are ASCII.
    pub(super) ascii: bool,
}

/// The high bits of the bytes that are less than a small number. A carry can falsify bytes after the first such byte.
#[inline(always)]
fn less(bytes: u64, than: u64) -> u64 {
    bytes.wrapping_sub(ONES * than) & !bytes & HIGH
}

/// The end of a cell without quotes: before the separator or the end of the record. `None` if the cell has a quote or a
/// control character.
#[inline(always)]
pub(super) fn cell_end(text: &[u8], separator: u8) -> Option<CellEnd> {
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
            return (text.get(length) == Some(&separator)).then_some(CellEnd { length, ascii: beyond == 0 });
        }
        beyond |= bytes & HIGH;
        rest = behind;
    }
    let stop = rest.iter().position(|byte| *byte == separator || matches!(byte, b'"' | 0..0x20));
    let last = rest.get(..stop.unwrap_or(rest.len()))?;
    let ends = stop.is_none_or(|stop| rest.get(stop) == Some(&separator));
    let length = text.len() - rest.len() + last.len();
    ends.then_some(CellEnd { length, ascii: beyond == 0 && last.is_ascii() })
}

/// A number of few digits. `factors` has, by the number of digits after the point, what the digits are multiplied by.
#[inline(always)]
pub(super) fn number(text: &[u8], factors: &[i64]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        _ => (false, text),
    };
    // Keeps values small enough, and rejects leading zeros.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_end_where_they_end(
            bytes in proptest::collection::vec(prop_oneof![8 => any::<u8>(), 4 => Just(b'a'), 1 => Just(b';'), 1 => Just(b'"'), 1 => Just(0x1f)], 0..40),
        ) {
            let stop = bytes.iter().position(|b| matches!(b, b';' | b'"' | 0..0x20)).unwrap_or(bytes.len());
            let ends = bytes.get(stop).is_none_or(|byte| *byte == b';');
            let known = ends.then(|| CellEnd { length: stop, ascii: bytes[..stop].is_ascii() });
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
