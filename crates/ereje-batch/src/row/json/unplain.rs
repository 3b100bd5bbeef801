//! What is valid but rare: escapes, numbers in other spellings, durations, silent states. It is kept apart so that the
//! code for common values stays small.

use super::reading::{Reading, Value};
use super::scan::{Rest, eat, plain_length, skip_space};
use super::schema::{Level, MAX_SKIPPED, MAX_UNKNOWN, Node, Scale};
use super::vocabulary::QuotedWordTable;
use crate::row::{Cell, bytes};
use ereje::facts::{self, UNAVAILABLE, limits, nfc};
use ereje::model::DurationKind;
use std::borrow::Cow;

/// `null` or `{"unavailable": "why"}`.
#[cold]
pub(super) fn silent<'r>(reading: &mut Reading<'r>, rest: &'r [u8]) -> Value<'r> {
    if let Some(behind) = rest.strip_prefix(b"null") {
        return Some((Cell::ABSENT, behind));
    }
    Some((Cell::UNAVAILABLE, unavailable(reading, skip_space(eat(rest, b'{')?))?))
}

/// The rest of `{"unavailable": "why"}` after the brace.
#[cold]
pub(super) fn unavailable<'r>(reading: &mut Reading<'r>, rest: &'r [u8]) -> Rest<'r> {
    let key = eat(rest, b'"')?.strip_prefix(UNAVAILABLE.as_bytes())?;
    let colon = skip_space(eat(key, b'"')?);
    let why = skip_space(eat(colon, b':')?);
    eat(skip_space(text(reading, eat(why, b'"')?)?), b'}')
}

/// The number of a key after its opening quote, if it has escapes or is near the line's end; and the text after it.
#[cold]
pub(super) fn key<'r>(reading: &mut Reading<'r>, name: &'r [u8], level: &Level) -> Option<(u32, &'r [u8])> {
    let (plain, behind) = name.split_at_checked(plain_length(name)?.0)?;
    match eat(behind, b'"') {
        Some(behind) => Some((level.names.get(plain)?, behind)),
        None => {
            let behind = text(reading, name)?;
            Some((level.names.get(nfc(&reading.state.text).as_bytes())?, behind))
        }
    }
}

/// A text after its opening quote: one of these words, or, if any text is allowed, another. If `searched`, the text as
/// it is written is known to be none of the words.
pub(super) fn word<'r>(
    reading: &mut Reading<'r>,
    from: &'r [u8],
    words: &QuotedWordTable,
    any: bool,
    searched: bool,
) -> Value<'r> {
    let (length, ascii) = plain_length(from)?;
    let (plain, behind) = from.split_at_checked(length)?;
    let (known, rest) = match eat(behind, b'"') {
        Some(rest) => match if searched { None } else { words.get(plain) } {
            // A known word is in NFC.
            None if !ascii => (words.get(nfc(std::str::from_utf8(plain).ok()?).as_bytes()), rest),
            known => (known, rest),
        },
        None => {
            let rest = text(reading, from)?;
            (words.get(nfc(&reading.state.text).as_bytes()), rest)
        }
    };
    match known {
        Some(known) => Some((Cell::value(i64::from(known)), rest)),
        None => (any && length <= limits::MAX_TEXT).then_some((Cell::OTHER_TEXT, rest)),
    }
}

/// Reads a text after its opening quote into the state, without its escapes.
#[cold]
pub(super) fn text<'r>(reading: &mut Reading<'r>, mut rest: &'r [u8]) -> Rest<'r> {
    let written = &mut reading.state.text;
    written.clear();
    loop {
        let (plain, behind) = rest.split_at_checked(plain_length(rest)?.0)?;
        // A text ends at an ASCII byte, so this never splits a character.
        written.push_str(std::str::from_utf8(plain).ok()?);
        (written.len() <= limits::MAX_TEXT).then_some(())?;
        let (sign, behind) = behind.split_first()?;
        match sign {
            b'"' => return Some(behind),
            b'\\' => {}
            _ => return None,
        }
        let (letter, behind) = behind.split_first()?;
        rest = behind;
        let c = match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (mut code, behind) = four_digits(rest)?;
                rest = behind;
                if (0xD800..0xDC00).contains(&code) {
                    let (second, behind) = four_digits(rest.strip_prefix(b"\\u")?)?;
                    rest = behind;
                    (0xDC00..0xE000).contains(&second).then_some(())?;
                    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
                }
                // No text holds a NUL.
                char::from_u32(code).filter(|c| *c != '\0')?
            }
            _ => return None,
        };
        written.push(c);
    }
}

fn four_digits(rest: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, behind) = rest.split_first_chunk::<4>()?;
    let code = digits.iter().try_fold(0, |code, byte| Some(code << 4 | char::from(*byte).to_digit(16)?))?;
    Some((code, behind))
}

/// A number by JSON's grammar, without an exponent.
fn written_number(rest: &[u8]) -> Option<(&str, &[u8])> {
    let count = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = eat(rest, b'-').unwrap_or(rest);
    let whole = count(unsigned);
    (whole > 0 && (whole == 1 || unsigned.first() != Some(&b'0'))).then_some(())?;
    let mut behind = unsigned.get(whole..)?;
    if let Some(fraction) = eat(behind, b'.') {
        let places = count(fraction);
        (places > 0).then_some(())?;
        behind = fraction.get(places..)?;
    }
    let written = rest.get(..rest.len() - behind.len())?;
    Some((std::str::from_utf8(written).ok()?, behind))
}

/// A number that is long, in quotes, in a unit that divides, or a silent state.
#[cold]
pub(super) fn number<'r>(reading: &mut Reading<'r>, rest: &'r [u8], node: &Node, scale: &Scale) -> Value<'r> {
    let inside = eat(rest, b'"');
    let Some((written, behind)) = written_number(inside.unwrap_or(rest)) else { return silent(reading, rest) };
    let rest = if inside.is_some() { eat(behind, b'"')? } else { behind };
    let number = facts::number(written, scale.unit.as_ref())?;
    let cell = if let Node::Whole(_) = node {
        number.is_integer().then(|| Cell::whole(number))?
    } else {
        Cell::decimal(number)
    };
    Some((cell, rest))
}

/// A duration, as a number or in words.
#[cold]
pub(super) fn duration<'r>(reading: &mut Reading<'r>, rest: &'r [u8], kind: DurationKind, scale: &Scale) -> Value<'r> {
    let (written, rest) = match eat(rest, b'"') {
        Some(text) => {
            let (written, behind) = text.split_at_checked(plain_length(text)?.0)?;
            (std::str::from_utf8(written).ok()?, eat(behind, b'"')?)
        }
        None => match written_number(rest) {
            Some(read) => read,
            None => return silent(reading, rest),
        },
    };
    Some((bytes::duration(written, kind, scale.unit.as_ref())?, rest))
}

/// A key that the policy does not know, if such keys are skipped: the number that all of them share, and the text of
/// the value.
#[cold]
pub(super) fn unknown<'r>(reading: &mut Reading<'r>, rest: &'r [u8], turn: u64) -> Option<(u32, &'r [u8])> {
    let name = eat(rest, b'"').filter(|_| reading.skips)?;
    let (length, _) = plain_length(name)?;
    let (plain, behind) = name.split_at_checked(length)?;
    // `unavailable` beside other keys is an error. A key with escapes or not in NFC may equal another key.
    let normal = matches!(nfc(std::str::from_utf8(plain).ok()?), Cow::Borrowed(_));
    (normal && *plain != *UNAVAILABLE.as_bytes()).then_some(())?;
    let value = skip_space(eat(skip_space(eat(behind, b'"')?), b':')?);
    let start = reading.line.len() - name.len();
    let unknown = &mut reading.state.unknown;
    let mut known = unknown.iter().filter(|(object, ..)| *object == turn);
    let is_new = known.all(|(_, start, length)| reading.line.get(*start..start + length) != Some(plain));
    (is_new && unknown.len() < MAX_UNKNOWN).then(|| unknown.push((turn, start, length)))?;
    Some((u32::try_from(reading.schema.keys.len() - 1).ok()?, value))
}

/// The rest after the exponent of a number, if it has one.
fn exponent(rest: &[u8]) -> Rest<'_> {
    let Some(power) = eat(rest, b'e').or_else(|| eat(rest, b'E')) else { return Some(rest) };
    let power = eat(power, b'-').or_else(|| eat(power, b'+')).unwrap_or(power);
    let digits = power.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(())?;
    power.get(digits..)
}

/// The rest after any JSON value.
#[cold]
pub(super) fn skip_value<'r>(reading: &mut Reading<'r>, rest: &'r [u8], depth: usize) -> Rest<'r> {
    (depth < MAX_SKIPPED).then_some(())?;
    let (first, inside) = rest.split_first()?;
    let close = match first {
        b'"' => return text(reading, inside),
        b'{' => b'}',
        b'[' => b']',
        _ => {
            let words: [&[u8]; 3] = [b"null", b"true", b"false"];
            let word = words.into_iter().find_map(|word| rest.strip_prefix(word));
            return word.or_else(|| exponent(written_number(rest)?.1));
        }
    };
    let mut rest = skip_space(inside);
    if let Some(behind) = eat(rest, close) {
        return Some(behind);
    }
    for _ in 0..limits::MAX_KEYS {
        if close == b'}' {
            rest = skip_space(eat(skip_space(text(reading, eat(rest, b'"')?)?), b':')?);
        }
        let (sign, behind) = skip_space(skip_value(reading, rest, depth + 1)?).split_first()?;
        match *sign {
            b',' => rest = skip_space(behind),
            sign if sign == close => return Some(behind),
            _ => return None,
        }
    }
    None
}
