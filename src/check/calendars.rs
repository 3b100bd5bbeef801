//! Calendars of working days, written out or read from CSV.

use super::{Checker, Placed};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{CalendarId, EnumId, SectionId};
use crate::model::{Enum, WEEKDAYS};
use crate::source::Span;
use crate::syntax::ast::{self, ItemSyntax};
use crate::value::{Calendar, respelt_date};
use chrono::{NaiveDate, Weekday};
use std::collections::BTreeSet;

/// The days in the order of [`WEEKDAYS`].
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl Checker<'_> {
    /// The enum of the days of the week; `span` is the place that needs it, which declares it if it is the first.
    pub(super) fn weekdays(&mut self, span: Span) -> EnumId {
        *self.weekdays.get_or_insert_with(|| {
            let id = EnumId::new(self.model.enums.len());
            self.model.enums.push(Enum::weekdays(span));
            id
        })
    }

    pub(super) fn declare_calendars(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let ItemSyntax::Calendar(calendar) = placed.item else { continue };
            let key = (placed.section, calendar.name.text.clone());
            if let Some((_, first)) = self.symbols.calendars.get(&key).copied() {
                let help = "give each calendar a name of its own";
                self.twice("calendar", &calendar.name.text, calendar.name.span, first, help);
                continue;
            }
            let built = self.calendar(calendar);
            let id = CalendarId::new(self.model.calendars.len());
            self.model.calendars.push((calendar.name.text.clone(), built));
            self.symbols.calendars.insert(key, (id, calendar.name.span));
        }
    }

    /// The calendars that a section sees, of this name if one is given: its own. A section without such a calendar sees those of
    /// the policy, and where the policy has none either, those of all amendments.
    fn calendars_seen(&self, section: SectionId, name: Option<&str>) -> Vec<(&str, CalendarId)> {
        let of = |wanted: &dyn Fn(SectionId) -> bool| -> Vec<(&str, CalendarId)> {
            let all = self.symbols.calendars.iter();
            let found = all.filter(|((at, text), _)| wanted(*at) && name.is_none_or(|name| name == text));
            found.map(|((_, text), (id, _))| (text.as_str(), *id)).collect()
        };
        let own = of(&|at| at == section);
        let base = if own.is_empty() { of(&|at| at == SectionId(0)) } else { own };
        if base.is_empty() { of(&|_| true) } else { base }
    }

    /// The calendar of a name; without a name, the only one that the place sees.
    pub(super) fn calendar_id(&mut self, name: Option<&ast::Name>, span: Span) -> Option<CalendarId> {
        let section = self.section_at(span);
        let seen: Vec<(String, CalendarId)> = self
            .calendars_seen(section, name.map(|name| name.text.as_str()))
            .into_iter()
            .map(|(text, id)| (text.to_owned(), id))
            .collect();
        if let [(_, only)] = seen.as_slice() {
            return Some(*only);
        }
        let help = match (name, seen.first()) {
            (Some(name), None) => {
                let known: Vec<String> = self.symbols.calendars.keys().map(|(_, text)| text.clone()).collect();
                self.unknown("calendar", name, known.iter().map(String::as_str));
                return None;
            }
            (None, None) => "declare a `calendar` with its weekend and holidays".to_owned(),
            (None, Some((first, _))) => format!("say which: `3 working days of {first}`"),
            (Some(_), Some(_)) => {
                "several amendments have one of this name: declare it in the policy itself, or here".to_owned()
            }
        };
        self.report(
            Diagnostic::new(Code::E0508, "working days of which calendar?", span, "no single calendar is declared")
                .help(help),
        );
        None
    }

    fn calendar(&mut self, item: &ast::CalendarSyntax) -> Calendar {
        let (from, through) = match (item.from, item.through) {
            (Some(from), Some(through)) if from <= through => (from, through),
            (Some(from), Some(through)) => {
                self.report(
                    Diagnostic::new(
                        Code::E0402,
                        format!("the calendar `{}` ends before it starts", item.name.text),
                        item.span,
                        format!("from {from} through {through}"),
                    )
                    .help("exchange the two dates, or correct one of them"),
                );
                (from, from)
            }
            (from, through) => {
                self.report(
                    Diagnostic::new(
                        Code::E0508,
                        format!("the calendar `{}` does not say which days it covers", item.name.text),
                        item.name.span,
                        "`from` and `through` are both needed",
                    )
                    .help("add `from 2025-01-01 through 2026-12-31`: a day outside is a fault, never a guess"),
                );
                let day = from.or(through).unwrap_or(NaiveDate::MIN);
                let (weekend, holidays, workdays) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
                // Without a period no day can be checked, so the calendar stays empty.
                return Calendar { from: day, through: day, weekend, holidays, workdays };
            }
        };
        let mut weekend = Vec::new();
        for day in &item.weekend {
            match WEEKDAYS.iter().zip(DAYS).find(|(name, _)| **name == day.text) {
                Some((_, day)) => weekend.push(day),
                None => self.unknown("day of the week", day, WEEKDAYS),
            }
        }
        let mut calendar = Calendar { from, through, weekend, holidays: BTreeSet::new(), workdays: BTreeSet::new() };
        for (date, span) in &item.holidays {
            self.calendar_day(&mut calendar, *date, true, *span);
        }
        for (date, span) in &item.workdays {
            self.calendar_day(&mut calendar, *date, false, *span);
        }
        if let Some(file) = &item.file {
            self.calendar_file(&mut calendar, file);
        }
        calendar
    }

    fn calendar_day(&mut self, calendar: &mut Calendar, date: NaiveDate, holiday: bool, span: Span) {
        let wrong = if date < calendar.from || date > calendar.through {
            Some((
                Code::E0508,
                format!("{date} is outside the calendar's days, {} through {}", calendar.from, calendar.through),
            ))
        } else if (if holiday { &calendar.workdays } else { &calendar.holidays }).contains(&date) {
            Some((Code::E0508, format!("{date} is both a holiday and a working day")))
        } else {
            None
        };
        if let Some((code, text)) = wrong {
            self.report(
                Diagnostic::new(code, text, span, "this day").help("correct the date, or the calendar's period"),
            );
        } else if holiday {
            calendar.holidays.insert(date);
        } else {
            calendar.workdays.insert(date);
        }
    }

    fn calendar_file(&mut self, calendar: &mut Calendar, file: &ast::CsvFile) {
        let Some(table) = self.read_csv(file) else { return };
        let header: Vec<&str> = table.header.iter().map(|(text, _)| text.as_str()).collect();
        if header != ["date", "kind"] {
            self.report(
                Diagnostic::new(
                    Code::E0212,
                    "a calendar's file has the columns `date` and `kind`",
                    table.header_span,
                    format!("found {}", super::quoted(header.iter().copied())),
                )
                .also(file.path.span, "read from here")
                .help("write `date,kind` as the first line, then a line such as `2026-01-01,holiday` for each day"),
            );
            return;
        }
        for row in &table.rows {
            let [(date, date_span), (kind, kind_span)] = row.cells.as_slice() else { continue };
            let read = super::csv_cell(date, file);
            let parsed = if read.len() == 10 { read.parse::<NaiveDate>().ok() } else { None };
            match (parsed, kind.as_str()) {
                (Some(day), "holiday") => self.calendar_day(calendar, day, true, *date_span),
                (Some(day), "workday") => self.calendar_day(calendar, day, false, *date_span),
                (None, _) => {
                    let shaped = respelt_date(date).is_none() && date.len() == 10;
                    let label = if shaped { "there is no such day" } else { "expected YYYY-MM-DD" };
                    let found = Diagnostic::new(Code::E0106, format!("`{date}` is no date"), *date_span, label);
                    let Some(respelt) = respelt_date(date) else {
                        self.report(found.help("write the day as 2026-01-01"));
                        continue;
                    };
                    let whole = format!("for a file of such dates write `days \"{}\" day first`", file.path.value);
                    self.report(found.help(respelt.help("")).help(whole));
                    // Every other line of such a file would be told the same.
                    if !file.day_first {
                        return;
                    }
                }
                (Some(_), _) => self.report(
                    Diagnostic::new(Code::E0212, format!("`{kind}` is no kind of day"), *kind_span, "unknown kind")
                        .help("write `holiday` or `workday`"),
                ),
            }
        }
    }
}
