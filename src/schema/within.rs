//! Bounds of facts in JSON Schema: `minimum` and `maximum` for numbers, patterns for what is written as text.
//!
//! Decimals, durations and dates may be texts, which `minimum` does not see. A pattern compares them digit by digit. It only
//! has to tell apart texts of the right form: the form itself is another pattern beside it.

use crate::model::{Datum, LimitKind, Quantity};
use crate::value::{Duration, Number, Value};
use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};

/// A number without a sign.
const UNSIGNED: &str = r"(0|[1-9][0-9]*)(\.[0-9]+)?";

/// Adds the bounds of a datum to the schema of its known values.
pub(super) fn bounded(datum: &Datum, known: &mut Map<String, Json>) {
    let mut patterns: Vec<Json> = Vec::new();
    for (kind, bound) in datum.bounds.each() {
        let (number, pattern) = match bound {
            Value::Number(number) => of_number(kind, *number, datum.unit.as_ref()),
            Value::Duration(duration) => of_duration(kind, *duration, datum.unit.as_ref()),
            Value::Date(date) => (None, Some(of_date(kind, *date))),
            Value::Bool(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_)
            | Value::Record(_)
            | Value::List(_) => (None, None),
        };
        if let Some(number) = number {
            let keyword = match kind {
                LimitKind::AtLeast => "minimum",
                LimitKind::AtMost => "maximum",
            };
            known.insert(keyword.into(), number);
        }
        patterns.extend(pattern.map(|pattern| json!({ "pattern": format!("^({pattern})$") })));
    }
    if !patterns.is_empty() {
        known.insert("allOf".into(), patterns.into());
    }
}

fn of_number(kind: LimitKind, bound: Number, unit: Option<&Quantity>) -> (Option<Json>, Option<String>) {
    let bound = unit.map_or(Ok(bound), |unit| bound.div(unit.scale)).unwrap_or(bound);
    let text = bound.to_string();
    // A third of a unit has no digits.
    if text.contains('/') {
        return (None, None);
    }
    (json_number(&text), Some(signed(kind, &text)))
}

/// A number of JSON with just these digits; `None` if it would have to be rounded.
fn json_number(text: &str) -> Option<Json> {
    let number: Json = serde_json::from_str(text).ok()?;
    let digits = number.to_string();
    (digits == text).then_some(number)
}

fn of_duration(kind: LimitKind, bound: Duration, unit: Option<&Quantity>) -> (Option<Json>, Option<String>) {
    let count = bound.count();
    let (words, both): (&[(&str, i64)], _) = match bound {
        Duration::Months(_) | Duration::Age { .. } => {
            (&[(" months?", 1), (" years?", 12)], of_two_units(kind, count, (" years? ", 12), " months?"))
        }
        Duration::Days(_) => (&[(" days?", 1), (" weeks?", 7)], of_two_units(kind, count, (" weeks? ", 7), " days?")),
        Duration::WorkingDays(_) => (&[(" working days?", 1)], None),
    };
    let declared = unit.and_then(|unit| unit.scale.to_i64()).unwrap_or(1);
    let whole = |scale: i64| match kind {
        LimitKind::AtLeast => count.checked_neg()?.checked_div_euclid(scale)?.checked_neg(),
        LimitKind::AtMost => count.checked_div_euclid(scale),
    };
    let number = whole(declared).map(Json::from);
    let all = std::iter::once(("", declared)).chain(words.iter().copied());
    let patterns: Option<Vec<String>> =
        all.map(|(word, scale)| Some(format!("({}){word}", signed(kind, &whole(scale)?.to_string())))).collect();
    (number, patterns.map(|all| all.into_iter().chain(both).collect::<Vec<_>>().join("|")))
}

/// A pattern for lengths in a larger unit and the rest that keep a bound, `1 year 8 months`; `None` if there are none.
fn of_two_units(kind: LimitKind, count: i64, (larger, per): (&str, i64), smaller: &str) -> Option<String> {
    let rests = |range: std::ops::Range<i64>| {
        let all: Vec<String> = range.map(|rest| rest.to_string()).collect();
        format!("({})(\\.0+)?", all.join("|"))
    };
    let of = |whole: String, rests: String| format!("({whole}){larger}{rests}{smaller}");
    let (whole, rest) = (count.div_euclid(per), count.rem_euclid(per));
    let all = match kind {
        LimitKind::AtLeast if count <= 0 => vec![of(UNSIGNED.to_owned(), rests(0..per))],
        LimitKind::AtLeast => vec![
            of(no_less(&whole.checked_add(1)?.to_string(), ""), rests(0..per)),
            of(format!("{whole}(\\.0+)?"), rests(rest..per)),
        ],
        LimitKind::AtMost if count < 0 => return None,
        LimitKind::AtMost => {
            let below = (whole > 0).then(|| of(no_more(&(whole - 1).to_string(), ""), rests(0..per)));
            below.into_iter().chain([of(format!("{whole}(\\.0+)?"), rests(0..rest + 1))]).collect()
        }
    };
    Some(all.join("|"))
}

/// A pattern for numbers of the right form that keep a bound.
fn signed(kind: LimitKind, bound: &str) -> String {
    let (negative, digits) = bound.strip_prefix('-').map_or((false, bound), |digits| (true, digits));
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let zero = bound == "0";
    match (kind, negative) {
        (LimitKind::AtLeast, false) if zero => format!(r"{UNSIGNED}|-0(\.0+)?"),
        (LimitKind::AtLeast, false) => no_less(whole, places),
        (LimitKind::AtLeast, true) => format!("{UNSIGNED}|-({})", no_more(whole, places)),
        (LimitKind::AtMost, false) => format!("-{UNSIGNED}|{}", no_more(whole, places)),
        (LimitKind::AtMost, true) => format!("-({})", no_less(whole, places)),
    }
}

/// Numbers without a sign that are no less than this one.
fn no_less(whole: &str, places: &str) -> String {
    let mut all = vec![format!(r"[1-9]{}[0-9]*(\.[0-9]+)?", some_digits(whole.len()))];
    for (before, digit, after) in digits_of(whole) {
        if let Some(above) = range(digit + 1, 9) {
            all.push(format!(r"{before}{above}{}(\.[0-9]+)?", some_digits(after)));
        }
    }
    if places.is_empty() {
        all.push(format!(r"{whole}(\.[0-9]+)?"));
    } else {
        for (before, digit, _) in digits_of(places) {
            if let Some(above) = range(digit + 1, 9) {
                all.push(format!(r"{whole}\.{before}{above}[0-9]*"));
            }
        }
        all.push(format!(r"{whole}\.{places}[0-9]*"));
    }
    all.join("|")
}

/// Numbers without a sign that are no more than this one.
fn no_more(whole: &str, places: &str) -> String {
    let mut all = Vec::new();
    if whole.len() > 1 {
        all.push(r"0(\.[0-9]+)?".to_owned());
        all.extend((1..whole.len()).map(|length| format!(r"[1-9]{}(\.[0-9]+)?", some_digits(length - 1))));
    }
    for (before, digit, after) in digits_of(whole) {
        let least = u8::from(before.is_empty() && whole.len() > 1);
        if let Some(below) = digit.checked_sub(1).and_then(|most| range(least, most)) {
            all.push(format!(r"{before}{below}{}(\.[0-9]+)?", some_digits(after)));
        }
    }
    all.push(format!(r"{whole}(\.0+)?"));
    for (before, digit, _) in digits_of(places) {
        if !before.is_empty() {
            all.push(format!(r"{whole}\.{before}"));
        }
        if let Some(below) = digit.checked_sub(1).and_then(|most| range(0, most)) {
            all.push(format!(r"{whole}\.{before}{below}[0-9]*"));
        }
    }
    if !places.is_empty() {
        all.push(format!(r"{whole}\.{places}0*"));
    }
    all.join("|")
}

/// Days that keep a bound.
fn of_date(kind: LimitKind, bound: NaiveDate) -> String {
    let text = bound.format("%Y-%m-%d").to_string();
    let rest =
        |from: usize| -> String { text.chars().skip(from).map(|c| if c == '-' { "-" } else { "[0-9]" }).collect() };
    let mut all = Vec::new();
    for (at, c) in text.char_indices() {
        let Some(digit) = c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) else { continue };
        let beyond = match kind {
            LimitKind::AtLeast => range(digit + 1, 9),
            LimitKind::AtMost => digit.checked_sub(1).and_then(|most| range(0, most)),
        };
        let before: String = text.chars().take(at).collect();
        all.extend(beyond.map(|beyond| format!("{before}{beyond}{}", rest(at + 1))));
    }
    all.push(text.clone());
    all.join("|")
}

/// Each digit with those before it and the number of those after it.
fn digits_of(text: &str) -> impl Iterator<Item = (String, u8, usize)> {
    let digits = text.bytes().enumerate();
    digits.map(|(at, digit)| (text.chars().take(at).collect(), digit - b'0', text.len() - at - 1))
}

/// The pattern of one digit from `least` to `most`; `None` if `least` is the greater.
fn range(least: u8, most: u8) -> Option<String> {
    match least.cmp(&most) {
        std::cmp::Ordering::Less => Some(format!("[{least}-{most}]")),
        std::cmp::Ordering::Equal => Some(least.to_string()),
        std::cmp::Ordering::Greater => None,
    }
}

fn some_digits(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "[0-9]".to_owned(),
        more => format!("[0-9]{{{more}}}"),
    }
}
