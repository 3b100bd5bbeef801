//! Numbers and dates as they are written elsewhere, and how they are written here, for help lines.
//!
//! Comes in: a text such as `1 200,50` or `11.11.2025`. Goes out: `1200.50`, `2025-11-11`. Nothing is ever read so: a
//! person has to write what is meant.

use chrono::NaiveDate;

/// What a text probably says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Respelt {
    /// How that is written here.
    pub written: String,
    /// The other reading of a text that has two: `1,200` can be 1.2 or 1200, `11/12/2025` a day of two months.
    pub or: Option<String>,
}

impl Respelt {
    fn one(written: String) -> Option<Self> {
        Some(Self { written, or: None })
    }

    /// The help line, with what follows the value: `` write `6.5 m` ``.
    #[must_use]
    pub fn help(&self, after: &str) -> String {
        match &self.or {
            None => format!("write `{}{after}`", self.written),
            Some(or) => format!("write `{}{after}` or `{or}{after}`, whichever is meant", self.written),
        }
    }
}

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 80;

/// How a number is written here that has a decimal comma, or something between its thousands; `None` for a number that
/// is written so already, and for what is no number.
#[must_use]
pub fn respelt_number(text: &str) -> Option<Respelt> {
    if text.len() > LONGEST {
        return None;
    }
    let (sign, digits) = match (text.strip_prefix(['-', '−', '–']), text.strip_prefix('+')) {
        (Some(rest), _) => ("-", rest.trim_start()),
        (None, Some(rest)) => ("", rest.trim_start()),
        (None, None) => ("", text),
    };
    let groups: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit()).collect();
    let signs: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).map(sort).collect();
    if groups.iter().any(|group| group.is_empty()) || signs.contains(&'?') {
        return None;
    }
    let Some((last, before)) = signs.split_last() else {
        return if text.starts_with('+') { Respelt::one(digits.to_owned()) } else { None };
    };
    let in_threes = |groups: &[&str]| {
        let rest = groups.get(1..).unwrap_or(&[]);
        let first = groups.first().map_or(0, |group| group.len());
        rest.is_empty() || ((1..=3).contains(&first) && rest.iter().all(|group| group.len() == 3))
    };
    let alike = |signs: &[char]| signs.windows(2).all(|pair| pair.first() == pair.last());
    let has_decimals = matches!(last, ',' | '.') && !before.contains(last);
    let (whole, decimals) = match groups.split_last() {
        Some((decimals, whole)) if has_decimals => (whole, Some(*decimals)),
        Some(_) | None => (groups.as_slice(), None),
    };
    if !in_threes(whole) || !alike(if has_decimals { before } else { &signs }) {
        return None;
    }
    let whole = whole.concat();
    let Some(decimals) = decimals else { return Respelt::one(format!("{sign}{whole}")) };
    if before.is_empty() && *last == '.' {
        return if text.starts_with('+') { Respelt::one(digits.to_owned()) } else { None };
    }
    let thousands = before.is_empty() && decimals.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
    let or = thousands.then(|| format!("{sign}{whole}{decimals}"));
    Some(Respelt { written: format!("{sign}{whole}.{decimals}"), or })
}

/// The sort of a sign inside a number: `,`, `.`, a space, an apostrophe, or `?` for any other.
fn sort(c: char) -> char {
    match c {
        ',' | '.' | '_' => c,
        '\'' | '’' | 'ʼ' | '`' => '\'',
        c if c.is_whitespace() => ' ',
        _ => '?',
    }
}

/// The beginnings of the names of months, each with its number.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("мая", 5),
    ("май", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("қаң", 1),
    ("ақп", 2),
    ("нау", 3),
    ("сәу", 4),
    ("мам", 5),
    ("мау", 6),
    ("шіл", 7),
    ("там", 8),
    ("қыр", 9),
    ("қаз", 10),
    ("қар", 11),
    ("жел", 12),
];

/// Words that stand between the parts of a date and say nothing of their own.
const BESIDE_A_DATE: &[&str] = &["of", "г", "год", "года", "жыл", "жылғы", "ngày", "tháng", "năm"];

/// How a date is written here that has its parts in another order, with other signs, or a month by its name; `None` for
/// a date that is written so already, and for what is no date.
#[must_use]
pub fn respelt_date(text: &str) -> Option<Respelt> {
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | '/' | '-' | '–' | '‐' | ',' | '\\'))
        .filter(|part| !part.is_empty() && !BESIDE_A_DATE.contains(part))
        .collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |part: &str| -> Option<u32> {
        if part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
    };
    // Named months may be inflected, so that only their beginnings are compared.
    let named = |part: &str| MONTHS.iter().find(|(begin, _)| part.starts_with(begin)).map(|(_, month)| *month);
    let day = |year: &str, month: u32, day: &str| -> Option<String> {
        let year = if year.len() == 4 { number(year)? } else { return None };
        let day = if day.len() <= 2 { number(day)? } else { return None };
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(|_| year > 0)?;
        Some(date.format("%Y-%m-%d").to_string())
    };
    if let Some(month) = named(b) {
        return day(c, month, a).or_else(|| day(a, month, c)).and_then(Respelt::one);
    }
    if let Some(month) = named(a) {
        return day(c, month, b).and_then(Respelt::one);
    }
    if a.len() == 4 {
        let written = day(a, number(b)?, c).or_else(|| day(a, number(c)?, b))?;
        return if written == text { None } else { Respelt::one(written) };
    }
    let (first, second) = (day(c, number(b)?, a), day(c, number(a)?, b));
    match (first, second) {
        // Only with slashes does anybody write the month first.
        (Some(first), second) => {
            let or = second.filter(|second| text.contains('/') && *second != first);
            Some(Respelt { written: first, or })
        }
        (None, Some(second)) => Respelt::one(second),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Respelt, respelt_date, respelt_number};

    fn said(found: Option<Respelt>) -> String {
        found.map_or_else(|| String::from("-"), |found| found.help(""))
    }

    #[test]
    fn numbers() {
        for (written, help) in [
            ("6,5", "write `6.5`"),
            ("-6,5", "write `-6.5`"),
            ("0,005", "write `0.005`"),
            ("1 200", "write `1200`"),
            ("1\u{a0}200\u{202f}000", "write `1200000`"),
            ("1 200,50", "write `1200.50`"),
            ("1.200,50", "write `1200.50`"),
            ("1,200.50", "write `1200.50`"),
            ("1.200.000", "write `1200000`"),
            ("1'200", "write `1200`"),
            ("1’200.50", "write `1200.50`"),
            ("1,200", "write `1.200` or `1200`, whichever is meant"),
            ("1,200,000", "write `1200000`"),
            ("+5", "write `5`"),
        ] {
            assert_eq!(said(respelt_number(written)), help, "{written}");
        }
        for written in ["6.5", "12", "", "1 20", "1,2,3", "12 00", "6,5 m", "a", ",5", "5,", "1 200 30", "1.2,3.4"] {
            assert_eq!(respelt_number(written), None, "{written}");
        }
    }

    #[test]
    fn dates() {
        for (written, help) in [
            ("11.12.2025", "write `2025-12-11`"),
            ("1.2.2025", "write `2025-02-01`"),
            ("2025/11/11", "write `2025-11-11`"),
            ("2025.11.11", "write `2025-11-11`"),
            ("31/12/2025", "write `2025-12-31`"),
            ("12/31/2025", "write `2025-12-31`"),
            ("11/12/2025", "write `2025-12-11` or `2025-11-12`, whichever is meant"),
            ("11/11/2025", "write `2025-11-11`"),
            ("11-12-2025", "write `2025-12-11`"),
            ("2025-1-5", "write `2025-01-05`"),
            ("11 November 2025", "write `2025-11-11`"),
            ("November 11, 2025", "write `2025-11-11`"),
            ("11 ноября 2025 г.", "write `2025-11-11`"),
            ("2025 жылғы 11 қараша", "-"),
            ("11 tháng 12 năm 2025", "write `2025-12-11`"),
        ] {
            assert_eq!(said(respelt_date(written)), help, "{written}");
        }
        for written in ["2025-11-11", "31.02.2025", "11.11.25", "1.2", "", "44.5", "11.11.02025", "0000/01/01"] {
            assert_eq!(respelt_date(written), None, "{written}");
        }
    }
}
