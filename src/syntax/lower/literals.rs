//! Numbers, dates, texts, units.

use super::{Lower, Lowered, parts};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{DurationUnit, ExprSyntax, ExprSyntaxKind, LabelSyntax, Name, Numeral, Text, UnitExpr};
use crate::syntax::grammar::{Pair, Rule};
use crate::value::{MAX_DIGITS, Number, NumberError, Respelt, respelt_date, respelt_number};
use chrono::{Datelike, NaiveDate};

impl Lower<'_> {
    /// A number; `text` can be a part of the pair (a percentage without its sign).
    fn number_text(&mut self, text: &str, span: Span) -> Lowered<Numeral> {
        let written_as_date = match Number::parse(text) {
            Ok(_) => None,
            Err(_) => respelt_date(text),
        };
        if let Some(date) = written_as_date {
            return self.not_a_date(text, span, Some(date));
        }
        let problem = match Number::parse(text) {
            Ok(_) => return Ok(Numeral { text: text.to_owned(), span }),
            Err(NumberError::TooLong) => {
                return self.fail(
                    Diagnostic::new(
                        Code::E0106,
                        "a number with too many digits",
                        span,
                        format!("more than {MAX_DIGITS} digits"),
                    )
                    .help(format!("write at most {MAX_DIGITS} digits, before and after the point together")),
                );
            }
            Err(NumberError::Malformed) => {
                Diagnostic::new(Code::E0106, format!("`{}` is not a number", shorten(text)), span, "cannot be read")
            }
        };
        if let Some(respelt) = respelt_number(text) {
            return self.fail(problem.help(respelt.help("")));
        }
        let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
        let (number, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
        let help = if !rest.is_empty() && Number::parse(number).is_ok() {
            format!("put a space between a number and its unit: `{number} {}`", shorten(rest))
        } else if text.contains('_') {
            String::from("a `_` stands between two digits, one at a time: `10_000`")
        } else {
            String::from("write digits with at most one point: `44.5`")
        };
        self.fail(problem.help(help))
    }

    pub(super) fn number(&mut self, pair: &Pair<'_>) -> Lowered<Numeral> {
        let span = self.at(pair);
        self.number_text(pair.as_str(), span)
    }

    pub(super) fn date(&mut self, pair: &Pair<'_>) -> Lowered<NaiveDate> {
        let (text, span) = (pair.as_str(), self.at(pair));
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let shaped = parts.next().is_none()
            && [(year, 4), (month, 2), (day, 2)]
                .into_iter()
                .all(|(p, n)| p.is_some_and(|p| p.len() == n && p.bytes().all(|b| b.is_ascii_digit())));
        let number = |p: Option<&str>| p.and_then(|p| p.parse::<u32>().ok());
        let date = match (number(year), number(month), number(day)) {
            (Some(y), Some(m), Some(d)) => i32::try_from(y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, m, d)),
            _ => None,
        };
        if shaped {
            return match date {
                Some(date) if date.year() > 0 => Ok(date),
                Some(_) | None => self.fail(
                    Diagnostic::new(
                        Code::E0106,
                        format!("there is no day `{text}`"),
                        span,
                        "not a day of the calendar",
                    )
                    .help("a date is a year, a month from 01 to 12 and a day of that month: `2025-11-30`"),
                ),
            };
        }
        let help = match date {
            Some(date) if date.format("%Y-%m-%d").to_string().len() == 10 => {
                format!("write the year with four digits, month and day with two: `{}`", date.format("%Y-%m-%d"))
            }
            _ if day.is_none() => {
                let spaced = text.replace('-', " - ");
                format!("write a whole date, `{text}-01`, or put spaces around the sign to subtract: `{spaced}`")
            }
            _ => return self.not_a_date(text, span, respelt_date(text)),
        };
        self.fail(
            Diagnostic::new(Code::E0106, format!("`{}` is not a date", shorten(text)), span, "cannot be read")
                .help(help),
        )
    }

    /// Reports a date that is written another way.
    pub(super) fn not_a_date<T>(&mut self, text: &str, span: Span, respelt: Option<Respelt>) -> Lowered<T> {
        let help = respelt.map_or_else(
            || String::from("write a date as year, month and day: `2025-11-30`"),
            |respelt| respelt.help(""),
        );
        self.fail(
            Diagnostic::new(
                Code::E0106,
                format!("`{}` is not a date", shorten(text)),
                span,
                "a date is year, month and day",
            )
            .help(help),
        )
    }

    /// Reports `4,8 m` where a comma parts values: two numbers touch the comma, and only the second has a unit.
    /// `always` if that of the second is not needed to tell.
    pub(super) fn decimal_comma(&mut self, values: &[ExprSyntax], always: bool) -> Lowered<()> {
        for pair in values.windows(2) {
            let [first, second] = pair else { continue };
            let (start, end) = (first.span, second.span);
            let between = Span { start: start.end, end: end.start.max(start.end), ..start };
            let is_plain = |expr: &ExprSyntax| {
                let of = |e: &ExprSyntax| matches!(e.kind, ExprSyntaxKind::Number(_, None));
                if let ExprSyntaxKind::Neg(inner) = &expr.kind { of(inner) } else { of(expr) }
            };
            let number = if let ExprSyntaxKind::Number(number, unit) = &second.kind {
                Some((number, unit.is_some()))
            } else if let ExprSyntaxKind::Percent(number) = &second.kind {
                Some((number, true))
            } else {
                None
            };
            let Some((number, has_unit)) = number.filter(|_| is_plain(first) && self.slice(between) == ",") else {
                continue;
            };
            let whole = Span { end: number.span.end, ..start };
            if let Some(respelt) = respelt_number(self.slice(whole)).filter(|_| has_unit || always) {
                let unit = self.slice(Span { start: number.span.end, ..end }).to_owned();
                let written = shorten(self.slice(whole));
                return self.fail(
                    Diagnostic::new(
                        Code::E0106,
                        format!("`{written}` is not a number"),
                        whole,
                        "the decimal sign is a point, and nothing parts thousands",
                    )
                    .help(respelt.help(&unit)),
                );
            }
        }
        Ok(())
    }

    /// A text with its escapes resolved.
    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Lowered<Text> {
        let (raw, span) = (pair.as_str(), self.at(pair));
        if pair.as_rule() == Rule::odd_text {
            let mut chars = raw.chars();
            let open = chars.next().unwrap_or('\'');
            let close = chars.next_back().unwrap_or('\'');
            let inner = chars.as_str().to_owned();
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0109,
                    format!("a text stands in straight double quotes, not in `{open}` and `{close}`"),
                    span,
                    "other quotes",
                )
                .help(format!("write `\"{}\"`", shorten(&inner.replace('"', "\\\"")))),
            );
            return Ok(Text { value: inner, span });
        }
        let inner = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or("");
        let mut value = String::with_capacity(inner.len());
        let mut chars = inner.char_indices();
        while let Some((i, c)) = chars.next() {
            if c != '\\' {
                value.push(c);
                continue;
            }
            match chars.next() {
                Some((_, '"')) => value.push('"'),
                Some((_, '\\')) => value.push('\\'),
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((j, other)) => {
                    let start = span.start as usize + 1;
                    let place = Span::new(span.file, start + i, start + j + other.len_utf8());
                    self.diagnostics.push(
                        Diagnostic::new(Code::E0109, format!("`\\{other}` is not an escape"), place, "not known")
                            .help("the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`; write `\\\\` for a backslash"),
                    );
                    value.push(other);
                }
                None => {}
            }
        }
        Ok(Text { value, span })
    }

    pub(super) fn label(&mut self, pair: Pair<'_>) -> Lowered<LabelSyntax> {
        let whole = self.place(&pair);
        let mut inner = parts(pair);
        let lang = self.next_name(&mut inner, whole)?;
        let text = self.next(&mut inner, whole)?;
        Ok(LabelSyntax { lang, text: self.text(&text)? })
    }

    /// A number with its unit.
    pub(super) fn quantity(&mut self, pair: Pair<'_>) -> Lowered<(ExprSyntaxKind, Span)> {
        let span = self.at(&pair);
        let mut inner = parts(pair);
        let first = self.next(&mut inner, span)?;
        if first.as_rule() == Rule::percent {
            let text = first.as_str().trim_end_matches('%');
            let digits = Span { end: span.end.saturating_sub(1), ..self.at(&first) };
            return Ok((ExprSyntaxKind::Percent(self.number_text(text, digits)?), span));
        }
        let number = self.number(&first)?;
        let kind = match inner.next() {
            None => ExprSyntaxKind::Number(number, None),
            Some(unit) if unit.as_rule() == Rule::duration_unit => {
                ExprSyntaxKind::Duration(number, self.duration_unit(unit)?)
            }
            Some(unit) => ExprSyntaxKind::Number(number, Some(self.unit_literal(unit))),
        };
        Ok((kind, span))
    }

    fn unit_literal(&self, pair: Pair<'_>) -> UnitExpr {
        let span = self.at(&pair);
        let names = parts(pair).filter(|p| p.as_rule() == Rule::unit_name);
        let factors: Vec<(Name, bool)> = names.enumerate().map(|(i, p)| (self.name(&p), i > 0)).collect();
        UnitExpr { factors, span }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other rules of the grammar are keywords and signs that say nothing more here"
    )]
    fn duration_unit(&mut self, pair: Pair<'_>) -> Lowered<DurationUnit> {
        let whole = self.at(&pair);
        let mut working = false;
        let mut word = None;
        let mut calendar = None;
        for part in parts(pair) {
            match part.as_rule() {
                Rule::kw_working => working = true,
                Rule::duration_word => word = Some(part),
                Rule::name => calendar = Some(self.name(&part)),
                _ => {}
            }
        }
        let Some(word) = word else { return self.missing(whole) };
        let unit = match word.as_str().trim_end_matches('s') {
            "year" => DurationUnit::Years,
            "month" => DurationUnit::Months,
            "week" => DurationUnit::Weeks,
            _ if working => return Ok(DurationUnit::WorkingDays(calendar)),
            _ => return Ok(DurationUnit::Days),
        };
        if working {
            return self.fail(
                Diagnostic::new(
                    Code::E0102,
                    format!("there are working days, but no working {}", word.as_str()),
                    whole,
                    "not a unit of time",
                )
                .help("write `working days`"),
            );
        }
        Ok(unit)
    }
}

/// A text, cut to a length that fits into a message.
pub(in crate::syntax) fn shorten(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(std::iter::once('…')).collect()
}
