//! Slips: what people write who know other languages, spreadsheets and countries, and what they have to write here.
//!
//! Comes in: a piece that the grammar could not read, and the token at which it failed. Goes out: one diagnostic for a
//! slip that is known, with the spelling that is meant. Where a slip is only likely, the piece is read again with the
//! change, and the diagnostic is made only if that leads further.

use super::borrowed::{WordOrigin, meanings};
use super::expected::Expectations;
use super::fragment::Fragment;
use super::lower::{one_line, shorten};
use super::rule_names::{HARD_WORDS, ITEM_WORDS, all_words};
use super::scan::{TokenKind, is_line_end};
use super::unit_words::{MeantUnit, meant_unit};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use crate::value::{Number, respelt_date, respelt_number};
use std::ops::Range;

/// The most tokens of one written number, date or name.
const MOST_PARTS: usize = 40;

/// The diagnostic for a known slip at or before a token.
pub(super) fn slip(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    date(place, index, expected)
        .or_else(|| number(place, index))
        .or_else(|| sign(place, index))
        .or_else(|| name(place, index, expected))
        .or_else(|| remainder(place, index, expected))
        .or_else(|| no_outcomes(place, index))
        .or_else(|| nothing_follows(place, index))
        .or_else(|| borrowed(place, index, expected))
        .or_else(|| no_when(place, index, expected))
}

pub(super) fn is_number(place: &Fragment<'_>, index: usize) -> bool {
    place.kind(index) == Some(TokenKind::Number)
}

pub(super) fn is_word(place: &Fragment<'_>, index: usize) -> bool {
    place.kind(index) == Some(TokenKind::Word)
}

/// The next number of a number that is written in several, such as `1 200,50`.
fn next_part(place: &Fragment<'_>, index: usize) -> Option<usize> {
    let joined = matches!(place.word(index + 1), "," | "." | "'" | "’")
        && place.touching(index, index + 1)
        && place.touching(index + 1, index + 2);
    if joined && is_number(place, index + 2) {
        return Some(index + 2);
    }
    let thousands = is_number(place, index + 1) && place.goes_on(index + 1) && place.word(index + 1).len() == 3;
    thousands.then_some(index + 1)
}

/// The tokens of the whole number that one of them belongs to.
fn whole_number(place: &Fragment<'_>, index: usize) -> Range<usize> {
    let mut start = index;
    for _ in 0..MOST_PARTS {
        let before = [start.checked_sub(2), start.checked_sub(1)].into_iter().flatten();
        let mut before = before.filter(|i| is_number(place, *i) && next_part(place, *i) == Some(start));
        let Some(earlier) = before.next() else { break };
        start = earlier;
    }
    let mut last = index;
    for _ in 0..MOST_PARTS {
        let Some(later) = next_part(place, last) else { break };
        last = later;
    }
    start..last + 1
}

/// The unit behind a number as it is written here, with a space before it, or an empty text if the number has no unit.
fn unit_after(place: &Fragment<'_>, end: usize) -> String {
    let found = place.word(end);
    if found == "%" && place.goes_on(end) {
        return String::from("%");
    }
    if let Some(code) = listed(CURRENCIES, found).filter(|_| place.goes_on(end)) {
        return format!(" {code}");
    }
    if !is_word(place, end) || !place.goes_on(end) || all_words().any(|word| word == found) {
        return String::new();
    }
    // `м²` is two tokens.
    let raised = listed(RAISED, place.word(end + 1)).filter(|_| place.touching(end, end + 1));
    let found = format!("{}{}", shorten(found), raised.unwrap_or_default());
    match known_unit(found) {
        percent if percent == "%" => percent,
        unit => format!(" {unit}"),
    }
}

/// A unit as it is written here; one that is not known, or whose size has to be declared, as it is.
fn known_unit(found: String) -> String {
    match meant_unit(&found) {
        Some(MeantUnit::Percent) => String::from("%"),
        Some(MeantUnit::Known(unit) | MeantUnit::Time(unit)) => unit.to_owned(),
        Some(MeantUnit::Sized(..)) | None => found,
    }
}

/// `6,5`, `1 200`, `1'200`
fn number(place: &Fragment<'_>, index: usize) -> Option<Diagnostic> {
    let before = index.checked_sub(1).filter(|before| is_number(place, *before))?;
    let tokens = whole_number(place, before);
    if !tokens.contains(&index) {
        return None;
    }
    let written = place.written(tokens.clone());
    let Some(respelt) = respelt_number(written) else {
        if !matches!(place.word(index), "," | "'" | "’") {
            return None;
        }
        let message = format!("`{}` is not a number", shorten(written));
        let help = "write digits with at most one point: `44.5`";
        return Some(Diagnostic::new(Code::E0106, message, place.span_of(tokens), "cannot be read").help(help));
    };
    let label = match (written.contains([',', '.']), written.contains(char::is_whitespace)) {
        (true, _) if respelt.written.contains('.') => "the decimal sign is a point, and nothing parts thousands",
        (false, true) => "a space ends a number",
        _ => "nothing stands between thousands",
    };
    Some(
        Diagnostic::new(
            Code::E0106,
            format!("`{}` is not a number", shorten(written)),
            place.span_of(tokens.clone()),
            label,
        )
        .help(respelt.help(&unit_after(place, tokens.end))),
    )
}

/// `11.12.2025`, `31/12/2025`, `11 November 2025`
fn date(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let is_wanted = expected.parts.iter().any(|part| part.starts_with("a date such as"));
    let from = [index.checked_sub(2), index.checked_sub(1), Some(index)].into_iter().flatten();
    for start in from.filter(|start| is_wanted || *start < index) {
        for length in [5, 4, 3] {
            let tokens = start..start + length;
            let one_line = tokens.clone().skip(1).all(|i| place.goes_on(i));
            // Where no date is expected, a number may be followed by anything; a month by its name is none of it.
            let named = tokens.clone().any(|i| is_word(place, i));
            if !one_line || !tokens.contains(&index) || !(is_wanted || named) {
                continue;
            }
            if let Some(respelt) = respelt_date(place.written(tokens.clone())) {
                let written = shorten(place.written(tokens.clone()));
                let label = "a date is year, month and day";
                let message = format!("`{written}` is not a date");
                return Some(
                    Diagnostic::new(Code::E0106, message, place.span_of(tokens), label).help(respelt.help("")),
                );
            }
        }
    }
    if !is_wanted || !is_number(place, index) {
        return None;
    }
    let token = *place.tokens.get(index)?;
    let rest = place.between(token.start as usize, place.base + place.text.len());
    let written = rest.split(|c: char| !(c.is_ascii_digit() || ".-/".contains(c))).next().unwrap_or("");
    let message = format!("`{}` is not a date", shorten(written));
    let help = "write the year, the month and the day: `2025-11-30`";
    Some(Diagnostic::new(Code::E0106, message, place.span(token), "expected a date").help(help))
}

/// Signs of currencies with the codes that stand for them here.
const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₸", "KZT"),
    ("₽", "RUB"),
    ("₫", "VND"),
    ("₴", "UAH"),
    ("₺", "TRY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₼", "AZN"),
    ("₾", "GEL"),
    ("֏", "AMD"),
    ("₮", "MNT"),
    ("₪", "ILS"),
];

/// Fractions of one sign with their decimals.
const FRACTIONS: &[(&str, &str)] = &[("½", "5"), ("¼", "25"), ("¾", "75"), ("⅛", "125"), ("⅕", "2")];

/// Raised digits.
const RAISED: &[(&str, &str)] = &[("²", "2"), ("³", "3")];

fn listed(table: &[(&'static str, &'static str)], sign: &str) -> Option<&'static str> {
    table.iter().find(|(written, _)| *written == sign).map(|(_, meant)| *meant)
}

/// A sign that the language does not have, with what is written in its place.
fn sign(place: &Fragment<'_>, index: usize) -> Option<Diagnostic> {
    let found = place.word(index);
    if place.kind(index) != Some(TokenKind::Other) {
        return None;
    }
    let before = index.checked_sub(1);
    let error = |tokens: Range<usize>, message: String, label: &str, help: String| {
        Some(Diagnostic::new(Code::E0102, message, place.span_of(tokens), label).help(help))
    };
    // The number beside the sign, as it is written here.
    let beside = |at: usize| {
        let tokens = whole_number(place, at);
        let written = place.written(tokens.clone());
        (tokens, respelt_number(written).map_or_else(|| written.to_owned(), |respelt| respelt.written))
    };
    if let Some(code) = listed(CURRENCIES, found) {
        let message = format!("`{found}` is no unit here");
        let label = "a currency is its code of three letters";
        let number = [before, Some(index + 1)].into_iter().flatten().find(|at| is_number(place, *at));
        return match number.map(beside) {
            Some((tokens, number)) => {
                let tokens = tokens.start.min(index)..tokens.end.max(index + 1);
                error(tokens, message, label, format!("write `{number} {code}`"))
            }
            None => error(index..index + 1, message, label, format!("write `{code}`")),
        };
    }
    if let Some(decimals) = listed(FRACTIONS, found) {
        let whole = before.filter(|at| is_number(place, *at) && place.touching(*at, index));
        let (start, number) = whole.map_or((index, "0"), |at| (at, place.word(at)));
        let message = format!("`{}` is not a number", place.written(start..index + 1));
        let label = "a fraction is written with a decimal point";
        let help = format!("write `{number}.{decimals}{}`", unit_after(place, index + 1));
        return Some(Diagnostic::new(Code::E0106, message, place.span_of(start..index + 1), label).help(help));
    }
    let power = match found {
        "^" => Some(place.word(index + 1)).filter(|power| matches!(*power, "2" | "3")),
        _ => listed(RAISED, found),
    };
    if let Some(power) = power {
        let at = before.filter(|at| place.touching(*at, index))?;
        let end = if found == "^" { index + 2 } else { index + 1 };
        let base = place.word(at);
        let of_unit = is_word(place, at)
            && at
                .checked_sub(1)
                .is_some_and(|b| is_number(place, b) || matches!(place.word(b), ":" | "*" | "per" | "of"));
        let written = place.written(at..end);
        return if of_unit {
            let unit = known_unit(format!("{base}{power}"));
            let help = format!("write `{unit}`");
            error(at..end, format!("`{written}` is written `{unit}`"), "no raised digit in a name", help)
        } else {
            let product = vec![base; if power == "2" { 2 } else { 3 }].join(" * ");
            error(at..end, format!("there is no power, `{written}`"), "not an operator", format!("write `{product}`"))
        };
    }
    match found {
        "‰" => {
            let at = before.filter(|at| is_number(place, *at))?;
            let tenth = Number::parse(place.word(at)).ok()?.div(Number::integer(10)).ok()?;
            error(
                at..index + 1,
                String::from("`‰` is no sign of the language"),
                "a part of a thousand",
                format!("write `{tenth}%`"),
            )
        }
        "№" | "§" => {
            let end = place.line_end(index);
            let written = shorten(&one_line(place.written(index..end)).replace('"', ""));
            let cites = before.and_then(|b| b.checked_sub(1)).is_some_and(|b| place.word(b) == "source");
            let help = if cites {
                format!("put the place into a text: `\"{written}\"`")
            } else {
                format!("leave it out; only a text in quotes may hold it, as in `source law \"{found} 3\"`")
            };
            error(index..index + 1, format!("`{found}` stands only in texts"), "not in quotes", help)
        }
        "—" => error(
            index..index + 1,
            String::from("`—` is written `-`"),
            "a dash that is too long",
            String::from("write `-`"),
        ),
        _ => None,
    }
}

/// A name with a dash or a space in it, or with a digit before it.
fn name(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let before = index.checked_sub(1);
    let error = |tokens: Range<usize>, message: &str, label: &str, name: String| {
        let help = format!("write `{}`", shorten(&name));
        Some(Diagnostic::new(Code::E0102, message, place.span_of(tokens), label).help(help))
    };
    let found = place.word(index);
    let dash = |at: usize| {
        matches!(place.word(at), "-" | "–" | "‑")
            && is_word(place, at + 1)
            && place.touching(at, at + 1)
            && at.checked_sub(1).is_some_and(|b| is_word(place, b) && place.touching(b, at))
    };
    if dash(index) && !expected.operator {
        let start = before?;
        let mut end = index + 2;
        while dash(end) && end - start < MOST_PARTS {
            end += 2;
        }
        let name = place.written(start..end).replace(['-', '–', '‑'], "_");
        return error(start..end, "a name has no dash", "a dash is a minus sign", name);
    }
    if is_word(place, index)
        && let Some(start) = before.filter(|b| is_word(place, *b) && place.goes_on(index))
        && !HARD_WORDS.contains(&found)
    {
        let opens = start.checked_sub(1).is_none_or(|b| {
            let opening = place.word(b);
            matches!(opening, "," | "{" | "(") || ITEM_WORDS.contains(&opening)
        }) || place.tokens.get(start).is_some_and(|token| token.first_on_line);
        let mut end = index + 1;
        while is_word(place, end) && place.goes_on(end) && end - start < MOST_PARTS {
            end += 1;
        }
        let ends = match place.word(end) {
            ":" => expected.wants("`:`"),
            "=" => expected.wants("`=`") && !expected.operator,
            _ => false,
        };
        if opens && ends && nearest(found, expected.words.iter().copied()).is_none() {
            let words = one_line(place.written(start..end));
            let found = error(start..end, "a name is one word", "several words", words.replace(' ', "_"));
            let typed = place.word(end) == "=" && end == start + 2;
            return match found {
                Some(found) if typed => {
                    Some(found.help(format!("or, if the second word is its type, `{}`", words.replacen(' ', ": ", 1))))
                }
                found => found,
            };
        }
    }
    let names = ["a name", "a field", "a value of the enum", "a region", "a parameter"];
    let wanted = expected.parts.iter().any(|part| names.iter().any(|name| part.starts_with(name)));
    if is_number(place, index) && wanted && !expected.wants("an expression") && found.contains(char::is_alphabetic) {
        return error(
            index..index + 1,
            "a name begins with a letter or `_`",
            "begins with a digit",
            format!("_{found}"),
        );
    }
    None
}

/// The tokens of an operand that ends before a token: a number, or a name with its fields.
pub(super) fn operand_before(place: &Fragment<'_>, end: usize) -> Option<Range<usize>> {
    let mut start = end.checked_sub(1).filter(|i| is_word(place, *i) || is_number(place, *i))?;
    while let Some(earlier) = start.checked_sub(2).filter(|i| place.word(i + 1) == "." && end - i < MOST_PARTS) {
        start = earlier;
    }
    Some(start..end)
}

/// `a mod 2`, `a % 2`
fn remainder(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let is_remainder = |at: usize| matches!(place.word(at), "mod" | "MOD" | "rem" | "%");
    // A `mod` behind an operand may have been read as a unit or a language.
    let at = [Some(index).filter(|_| expected.operator), index.checked_sub(1)].into_iter().flatten();
    let at = at.into_iter().find(|at| is_remainder(*at))?;
    let left = operand_before(place, at)?;
    let mut end = at + 1;
    if !is_word(place, end) && !is_number(place, end) {
        return None;
    }
    end += 1;
    while place.word(end) == "." && place.touching(end, end + 1) && end - at < MOST_PARTS {
        end += 2;
    }
    if left.len() == 1 && is_number(place, left.start) && place.word(at) == "%" && place.touching(left.start, at) {
        return None;
    }
    let (a, b) = (shorten(place.written(left)), shorten(place.written(at + 1..end)));
    Some(
        Diagnostic::new(
            Code::E0102,
            format!("there is no remainder, `{}`", place.word(at)),
            place.span_of(at..at + 1),
            "not an operator",
        )
        .help(format!("write `remainder({a}, {b})`")),
    )
}

/// True if a token stands where an item can begin, at the start of its line.
pub(super) fn begins_line(place: &Fragment<'_>, index: usize) -> bool {
    let Some(token) = place.tokens.get(index) else { return false };
    let before = place.between(place.base, token.start as usize);
    token.first_on_line && (index == 0 || before.chars().next_back().is_some_and(is_line_end))
}

/// True if a word is among what the grammar expected.
fn expects(expected: &Expectations, meant: &str) -> bool {
    let word = meant.split(' ').next().unwrap_or(meant);
    let listed = expected.words.iter().any(|w| w.split(' ').next() == Some(word));
    let item = expected.item && ITEM_WORDS.contains(&word);
    let operator = expected.operator
        && (matches!(word, "and" | "or" | "not" | "is" | "in") || word.chars().all(|c| !c.is_alphanumeric()));
    let value = matches!(word, "true" | "false") && expected.wants("an expression");
    let state = matches!(word, "absent" | "unavailable") && expected.wants("`absent` or `unavailable`");
    listed || item || operator || value || state || expected.wants(&format!("`{word}`"))
}

/// A word of another language, or with capitals.
fn borrowed(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let starts = [Some(index), index.checked_sub(1), index.checked_sub(2)];
    for start in starts.into_iter().flatten() {
        for length in [2, 1] {
            let tokens = start..start + length;
            // The slip is at the token that cannot be read, or right before it.
            if tokens.end < index || !tokens.clone().all(|i| is_word(place, i)) {
                continue;
            }
            let written = one_line(place.written(tokens.clone()));
            let small = written.to_lowercase();
            let (origin, meant): (WordOrigin, Vec<&str>) =
                match all_words().find(|word| *word == small && small != written) {
                    Some(word) => (WordOrigin::Capitals, vec![word]),
                    None => match meanings(&written) {
                        Some((origin, meant)) => (origin, meant.to_vec()),
                        None => continue,
                    },
                };
            let leads =
                |word: &&&str| place.tried(tokens.clone(), word).is_some_and(|at| at > index.max(tokens.end - 1));
            // Of programs many words are names as well: where one cannot be read, what it means has to be expected.
            let fits = |word: &&&str| origin != WordOrigin::Programs || start < index || expects(expected, word);
            let Some(word) = meant.iter().filter(fits).find(leads) else { continue };
            let code = if expected.item && begins_line(place, start) { Code::E0101 } else { Code::E0102 };
            let span = place.span_of(tokens);
            if written == "if" {
                let label = "`if` stands only before `absent` and `unavailable`";
                let message = format!("a condition begins with `{word}`");
                return Some(Diagnostic::new(code, message, span, label).help(format!("write `{word}`")));
            }
            let label = match origin {
                WordOrigin::Spoken => "the words of the language are English",
                WordOrigin::Programs if all_words().any(|word| word == written) => "another word stands here",
                WordOrigin::Programs => "no word of the language",
                WordOrigin::Capitals => "the words of the language have small letters",
            };
            let message = format!("`{written}` is written `{word}`");
            return Some(Diagnostic::new(code, message, span, label).help(format!("write `{word}`")));
        }
    }
    None
}

/// A decision with outputs and no outcomes.
fn no_outcomes(place: &Fragment<'_>, index: usize) -> Option<Diagnostic> {
    let output = index.checked_sub(2).filter(|at| place.word(*at) == "output")?;
    let name = output.checked_sub(1).filter(|at| is_word(place, *at))?;
    let is_first = name.checked_sub(1).is_some_and(|at| place.word(at) == "decision");
    if !is_first || !matches!(place.word(index), ":" | "=") {
        return None;
    }
    let name = shorten(place.word(name));
    Some(
        Diagnostic::new(
            Code::E0102,
            "a decision lists its outcomes before its outputs",
            place.span_of(output..output + 1),
            "no outcome stands before this",
        )
        .help(format!("write `decision {name} refuse > approve otherwise approve`"))
        .help(format!("what only computes is written `calculation {name}`")),
    )
}

/// A handler that gives no outcome: `if absent then undetermined`.
fn nothing_follows(place: &Fragment<'_>, index: usize) -> Option<Diagnostic> {
    let word = index.checked_sub(1).filter(|at| matches!(place.word(*at), "undetermined" | "open" | "unknown"))?;
    let then = word.checked_sub(1).filter(|at| place.word(*at) == "then")?;
    let state =
        then.checked_sub(1).map(|at| place.word(at)).filter(|word| matches!(*word, "absent" | "unavailable"))?;
    let found = shorten(place.word(word));
    Some(
        Diagnostic::new(
            Code::E0102,
            format!("`{found}` is no outcome, and no reason goes with it"),
            place.span_of(then..word + 1),
            "what the law leaves open is said with `open`",
        )
        .help(format!("write `if {state} open \"why\"`")),
    )
}

/// A condition without the `when` before it, or without the `and` between it and another.
fn no_when(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let found = place.word(index);
    let begins = is_word(place, index) || is_number(place, index) || found == "(";
    let after_word = is_number(place, index) && index > 0 && is_word(place, index - 1) && place.goes_on(index);
    if !begins || after_word || !expected.words.contains(&"when") || begins_line(place, index) {
        return None;
    }
    if nearest(found, expected.words.iter().copied()).is_some() || all_words().any(|w| w == found && found != "not") {
        return None;
    }
    let end = place.line_end(index);
    let (start, _) = place.item_before(index)?;
    let opening = place.tokens.partition_point(|token| token.start < start.end);
    let has_when = (opening..index).any(|i| matches!(place.word(i), "when" | "unless"));
    let rest = shorten(&one_line(place.written(index..end)));
    let error = |message: &str, label: &str, help: String| {
        let span: Span = place.span_of(index..index + 1);
        Some(Diagnostic::new(Code::E0102, message, span, label).help(help))
    };
    let leads = |word: &str| place.tried(index..index, word).is_some_and(|at| at >= end);
    if has_when {
        return if leads("and ") {
            let help = format!("write `and {rest}`, or `or {rest}`");
            error("two conditions stand side by side", "expected `and` or `or`", help)
        } else {
            None
        };
    }
    if leads("when ") {
        return error("a condition begins with `when`", "expected `when`", format!("write `when {rest}`"));
    }
    None
}
