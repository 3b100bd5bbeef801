//! Single values from their texts, exactly: numbers, dates and durations, or why not.

use crate::diagnostic::Code;
use crate::model::{DurationKind, Quantity};
use crate::value::{Duration, FaultKind, MAX_DIGITS, Number, NumberError, respelt_date, respelt_number};
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Why a text is no value of its type: the code, what was expected, and possibly a help line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) label: String,
    pub(super) help: Option<String>,
}

fn refuse<T>(code: Code, label: impl Into<String>, help: Option<String>) -> Result<T, Refusal> {
    Err(Refusal { code, label: label.into(), help })
}

/// A text in NFC.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// True if a plain word is a number in the core schema of YAML 1.2, which includes the numbers of JSON.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    exponent && digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// A number of JSON or YAML without its exponent, `100` for `1E+2`; any other text as it is.
pub(super) fn without_exponent(text: &str) -> Result<Cow<'_, str>, Refusal> {
    match text.split_once(['e', 'E']) {
        Some((mantissa, power)) if has_exponent(text) => match plain_number(mantissa, None) {
            Ok(_) => moved_point(mantissa, power).map_or_else(too_long, |written| Ok(Cow::Owned(written))),
            Err(refusal) => Err(refusal),
        },
        Some(_) | None => Ok(Cow::Borrowed(text)),
    }
}

/// True if a plain word is a number with an exponent, which begins with a digit as numbers of JSON do.
pub(super) fn has_exponent(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.starts_with("0x");
    is_decimal && text.contains(['e', 'E']) && is_number(text)
}

/// A number with its point moved by a power of ten, without zeros that say nothing; `None` if it has more digits than are kept.
/// Whatever the power, no more digits than these are written.
fn moved_point(mantissa: &str, power: &str) -> Option<String> {
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_matches('0');
    if significant.is_empty() {
        return Some("0".into());
    }
    let (down, power) = power.strip_prefix('-').map_or((false, power.trim_start_matches('+')), |power| (true, power));
    let power = power.trim_start_matches('0');
    // Far more than any number of digits that is kept can make good.
    let power: i64 = if power.len() > 6 { i64::from(i32::MAX) } else { power.parse().unwrap_or(0) };
    let zeros = all.len() - all.trim_end_matches('0').len();
    let power = if down { -power } else { power };
    let shift = power + i64::try_from(zeros).ok()? - i64::try_from(fraction.len()).ok()?;
    let places = usize::try_from(shift.unsigned_abs()).ok()?;
    if shift >= 0 {
        let fits = significant.len().saturating_add(places) <= MAX_DIGITS;
        return fits.then(|| format!("{sign}{significant}{}", "0".repeat(places)));
    }
    if places > MAX_DIGITS {
        return None;
    }
    let padded = format!("{}{significant}", "0".repeat((places + 1).saturating_sub(significant.len())));
    let (whole, fraction) = padded.split_at_checked(padded.len() - places)?;
    Some(format!("{sign}{whole}.{fraction}"))
}

/// A number as written, in base units: only `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, and never through a float.
pub(super) fn number(text: &str, unit: Option<&Quantity>) -> Result<Number, Refusal> {
    let value = plain_number(text, unit)?;
    match unit {
        Some(unit) if unit.scale != Number::ONE => value.mul(unit.scale).or_else(|_: FaultKind| too_long()),
        Some(_) | None => Ok(value),
    }
}

fn too_long<T>() -> Result<T, Refusal> {
    refuse(Code::E0606, format!("at most {MAX_DIGITS} digits are kept exactly"), None)
}

fn plain_number(text: &str, unit: Option<&Quantity>) -> Result<Number, Refusal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let leading_zero = zeros && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let help = match () {
        () if leading_zero => "write the number without a `0` before it",
        () if digits.contains('_') => "write the digits without `_` between them",
        () => match Number::parse(text) {
            Ok(value) => return Ok(value),
            Err(NumberError::TooLong) => return too_long(),
            Err(NumberError::Malformed) => "",
        },
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) && !is_number(text) {
        // The sign of a currency may stand before the number.
        let number = digits.trim_start_matches(|c: char| !c.is_alphanumeric());
        let help =
            if number.len() < digits.len() { plain_number(number, unit).map(|_| number.to_owned()).ok() } else { None };
        return match help.or_else(|| Some(respelt_number(number)?.written)) {
            Some(number) => {
                let help = format!("write the number alone, `{number}`");
                refuse(Code::E0606, "expected a number such as `12` or `44.5`", Some(help))
            }
            None => refuse(Code::E0603, "", None),
        };
    }
    let respelt = respelt_number(text).map(|respelt| respelt.help("")).or_else(|| counted(text, unit));
    let words = digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let help = match () {
        () if !help.is_empty() => help.into(),
        () if has_exponent(text) => {
            "write all digits out; only a number of JSON or YAML, not in quotes, has an exponent".into()
        }
        () if respelt.is_some() => respelt.unwrap_or_default(),
        () if digits.contains(',') && words.is_empty() => "the decimal sign is a point, `44.5`".into(),
        () if words.starts_with(' ') => match unit {
            Some(unit) => format!("write the number alone; it counts {}", unit.text),
            None => "write the number alone".into(),
        },
        () => "write digits, and a point with digits on both sides of it where there is a fraction".into(),
    };
    refuse(Code::E0606, "expected a number such as `12` or `44.5`", Some(help))
}

/// The help for a number with a unit behind it: the number alone.
fn counted(text: &str, unit: Option<&Quantity>) -> Option<String> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (number, word) = (text.get(..end)?, text.get(end..)?.trim());
    if word.is_empty() || word.chars().count() > 12 {
        return None;
    }
    let plain = match Number::parse(number) {
        Ok(_) => number.to_owned(),
        Err(_) => respelt_number(number)?.written,
    };
    Some(match unit {
        Some(unit) => format!("write the number alone, `{plain}`; it counts {}", unit.text),
        None => format!("write the number alone, `{plain}`"),
    })
}

/// The form of a date, in a label.
pub(super) const DATE_FORM: &str = "expected `YYYY-MM-DD`, such as `2026-01-15`";

/// A day as `YYYY-MM-DD`, in the years 1 to 9999.
pub(super) fn date(text: &str) -> Result<NaiveDate, Refusal> {
    let part = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<u32>().ok()
    };
    let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let (true, Some(year), Some(month), Some(day)) = (dashes, part(0, 4), part(5, 7), part(8, 10)) else {
        let is_dated = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['-', '.', '/']);
        return match is_dated {
            true if text.get(..10).is_some_and(|day| text.len() > 10 && date(day).is_ok()) => {
                refuse(Code::E0605, DATE_FORM, Some("write the day alone, without a time".into()))
            }
            true => {
                let help = respelt_date(text).map_or_else(
                    || "year, month and day with dashes, each with all its digits".into(),
                    |respelt| respelt.help(""),
                );
                refuse(Code::E0605, DATE_FORM, Some(help))
            }
            false if respelt_date(text).is_some() => {
                refuse(Code::E0605, DATE_FORM, respelt_date(text).map(|respelt| respelt.help("")))
            }
            false => refuse(Code::E0603, "", None),
        };
    };
    let found = i32::try_from(year).ok().and_then(|y| NaiveDate::from_ymd_opt(y, month, day));
    match found.filter(|d| (1..=9999).contains(&d.year())) {
        Some(date) => Ok(date),
        None if year == 0 => refuse(Code::E0605, "years go from 0001 to 9999", None),
        None if !(1..=12).contains(&month) => refuse(Code::E0605, "a year has twelve months", None),
        None => refuse(Code::E0605, "the month has no such day", None),
    }
}

/// A duration: a whole number of the declared unit, a number with a word, `3 months`, or a larger unit and the rest,
/// `1 year 8 months`.
pub(super) fn duration(text: &str, kind: DurationKind, unit: Option<&Quantity>) -> Result<Duration, Refusal> {
    let Some((larger, rest, most)) = in_two_units(text) else { return in_one_unit(text, kind, unit) };
    let (whole, rest) = (in_one_unit(larger, kind, unit)?, in_one_unit(rest, kind, unit)?);
    if !(0..=most).contains(&rest.count()) || whole.count() < 0 {
        return refuse(Code::E0606, "the smaller unit goes up to the larger one, and neither is negative", None);
    }
    let total = whole.try_map(|count| count.checked_add(rest.count()).ok_or(()));
    total.or_else(|()| refuse(Code::E0606, "expected a number that is not as large", None))
}

/// The two parts of `1 year 8 months` or `2 weeks 3 days`, and the most that the smaller unit can be.
fn in_two_units(text: &str) -> Option<(&str, &str, i64)> {
    let (count, after) = text.split_once(' ')?;
    let (word, rest) = after.split_once(' ')?;
    let smaller = rest.rsplit(' ').next()?;
    let most = match (word, smaller) {
        ("year" | "years", "month" | "months") => 11,
        ("week" | "weeks", "day" | "days") => 6,
        _ => return None,
    };
    Some((text.get(..count.len() + 1 + word.len())?, rest, most))
}

fn in_one_unit(text: &str, kind: DurationKind, unit: Option<&Quantity>) -> Result<Duration, Refusal> {
    let wrong_kind = |label: &str| refuse(Code::E0603, label, None);
    let (count, word) = match text.split_once(' ') {
        None => (text, None),
        Some((count, word)) => (count, Some(word)),
    };
    let count = match plain_number(count, unit) {
        Ok(number) => number,
        Err(refusal) if word.is_some() && refusal.code == Code::E0603 => return wrong_kind(""),
        Err(refusal) => return Err(refusal),
    };
    let (in_base, given) = match word {
        None => (unit.map_or(Number::ONE, |u| u.scale), kind),
        Some("year" | "years") => (Number::integer(12), DurationKind::Months),
        Some("month" | "months") => (Number::ONE, DurationKind::Months),
        Some("week" | "weeks") => (Number::integer(7), DurationKind::Days),
        Some("day" | "days") => (Number::ONE, DurationKind::Days),
        Some("working day" | "working days") => (
            Number::ONE,
            match kind {
                DurationKind::WorkingDays(_) => kind,
                DurationKind::Months | DurationKind::Days => {
                    return wrong_kind("working days are another kind of time");
                }
            },
        ),
        Some(_) => return wrong_kind(""),
    };
    if given != kind {
        return wrong_kind(match kind {
            DurationKind::Months => "expected years or months, which days do not measure",
            DurationKind::Days => "expected weeks or days, which months do not measure",
            DurationKind::WorkingDays(_) => "expected working days",
        });
    }
    let Ok(total) = count.mul(in_base) else { return too_long() };
    if !count.is_integer() {
        return refuse(Code::E0606, "expected a whole number", None);
    }
    let Some(total) = total.to_i64() else {
        return refuse(Code::E0606, "expected a number that is not as large", None);
    };
    Ok(match kind {
        DurationKind::Months => Duration::Months(total),
        DurationKind::Days => Duration::Days(total),
        DurationKind::WorkingDays(_) => Duration::WorkingDays(total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_moves_the_point() {
        let tried = [
            "1E+2",
            "1.5e3",
            "-12.50E-1",
            "1e0",
            "0.001e3",
            "100e-2",
            "0E+10",
            "-0.0e-999999999999999999999",
            "1e27",
            "1e28",
            "1e-28",
            "1e-29",
            "10e-29",
            "1234567890123456789012345678E-28",
            "1e00000000000000000002",
            "1e999999999",
            "1e-99999999999999999999",
            "1e9223372036854775808",
        ];
        let told = tried.map(|text| match without_exponent(text) {
            Ok(written) => format!("{text} = {written}"),
            Err(refusal) => format!("{text}: {}", refusal.label),
        });
        insta::assert_snapshot!(told.join("\n"), @r"
        1E+2 = 100
        1.5e3 = 1500
        -12.50E-1 = -1.25
        1e0 = 1
        0.001e3 = 1
        100e-2 = 1
        0E+10 = 0
        -0.0e-999999999999999999999 = 0
        1e27 = 1000000000000000000000000000
        1e28: at most 28 digits are kept exactly
        1e-28 = 0.0000000000000000000000000001
        1e-29: at most 28 digits are kept exactly
        10e-29 = 0.0000000000000000000000000001
        1234567890123456789012345678E-28 = 0.1234567890123456789012345678
        1e00000000000000000002 = 100
        1e999999999: at most 28 digits are kept exactly
        1e-99999999999999999999: at most 28 digits are kept exactly
        1e9223372036854775808: at most 28 digits are kept exactly
        ");
    }

    #[test]
    fn what_is_no_number_of_json_stays_as_it_is() {
        for text in ["", "e", "1e", "e5", "1e+", "1e1.5", "0x1e5", "+1e3", ".5e1", "1e5 months", "1_0", "12"] {
            assert_eq!(without_exponent(text).as_deref(), Ok(text));
        }
        assert!(without_exponent("01e2").is_err() && without_exponent("12345678901234567890123456789e0").is_err());
    }
}
