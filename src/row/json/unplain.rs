//! What is right and rarely seen: escapes, numbers that take a closer look, `{"unavailable": "why"}`. Kept apart, so that
//! what is seen often stays short.

use super::read::Reading;
use super::scan::{skip_space, text_end};
use super::schema::{Node, Scale};
use crate::facts::{self, UNAVAILABLE, limits};
use crate::row::Cell;

/// The rest of `{"unavailable": "why"}`, from the key's opening quote on; its end.
#[cold]
pub(super) fn unavailable(reading: &mut Reading<'_>, at: usize) -> Option<usize> {
    let bytes = reading.text;
    let eat = |at: usize, what: &[u8]| bytes.get(at..)?.starts_with(what).then(|| skip_space(bytes, at + what.len()));
    let at = eat(at, b"\"")?;
    let at = eat(at, UNAVAILABLE.as_bytes())?;
    let at = eat(at, b"\"")?;
    let at = eat(at, b":")?;
    (bytes.get(at) == Some(&b'"')).then_some(())?;
    let at = skip_space(bytes, text(reading, at + 1)?);
    (bytes.get(at) == Some(&b'}')).then_some(at + 1)
}

/// A text behind its opening quote, which is put into the state without its escapes; its end behind the closing quote.
#[cold]
pub(super) fn text(reading: &mut Reading<'_>, mut at: usize) -> Option<usize> {
    let Reading { line, text: bytes, ref mut state, .. } = *reading;
    state.text.clear();
    loop {
        let (end, _) = text_end(bytes, at)?;
        state.text.push_str(line.get(at..end)?);
        (state.text.len() <= limits::MAX_TEXT).then_some(())?;
        match bytes.get(end)? {
            b'"' => return Some(end + 1),
            b'\\' => {}
            _ => return None,
        }
        at = end + 2;
        let c = match bytes.get(end + 1)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = four_digits(bytes, at)?;
                at += 4;
                if (0xD800..0xDC00).contains(&code) {
                    bytes.get(at..)?.starts_with(b"\\u").then_some(())?;
                    let second = four_digits(bytes, at + 2)?;
                    (0xDC00..0xE000).contains(&second).then_some(())?;
                    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
                    at += 6;
                }
                // No text holds a NUL.
                char::from_u32(code).filter(|c| *c != '\0')?
            }
            _ => return None,
        };
        state.text.push(c);
    }
}

fn four_digits(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk::<4>()?
        .iter()
        .try_fold(0, |code, byte| Some(code << 4 | char::from(*byte).to_digit(16)?))
}

/// Where a number ends that is one by JSON's grammar and has no exponent.
pub(super) fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let count = |at: usize| bytes.get(at..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
    let start = at + usize::from(bytes.get(at) == Some(&b'-'));
    let whole = count(start);
    (whole > 0 && (whole == 1 || bytes.get(start) != Some(&b'0'))).then_some(())?;
    let point = start + whole;
    if bytes.get(point) != Some(&b'.') {
        return Some(point);
    }
    let fraction = count(point + 1);
    (fraction > 0).then_some(point + 1 + fraction)
}

/// A number that is long, in quotes, of a unit that divides, or none at all but silent.
#[cold]
pub(super) fn number(reading: &mut Reading<'_>, at: usize, node: &Node, scale: &Scale) -> Option<(Cell, usize)> {
    let quoted = usize::from(reading.text.get(at) == Some(&b'"'));
    let start = at + quoted;
    if !matches!(reading.text.get(start), Some(b'-' | b'0'..=b'9')) {
        return reading.silent(at);
    }
    let end = number_end(reading.text, start)?;
    (quoted == 0 || reading.text.get(end) == Some(&b'"')).then_some(())?;
    let number = facts::number(reading.line.get(start..end)?, scale.unit.as_ref())?;
    let cell = match node {
        Node::Whole(_) => number.is_integer().then(|| Cell::whole(number))?,
        _ => Cell::decimal(number),
    };
    Some((cell, end + quoted))
}
