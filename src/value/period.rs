//! Periods of days: those in which a version holds, and those of facts and of computed values.

use super::calendar::{MonthEnd, day_after, day_before, in_range, months_between};
use super::fault::FaultKind;
use super::{FactCell, RecordValue, Value};
use chrono::{Datelike, Months, NaiveDate};

/// A period of days, both ends included; an open end is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub through: Option<NaiveDate>,
}

impl Period {
    /// True if the period contains a day.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|f| f <= day) && self.through.is_none_or(|t| day <= t)
    }

    /// True if it contains no day.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.through), (Some(f), Some(t)) if t < f)
    }

    /// The first and the last day of a period whose ends are these cells, if the last is before the first.
    #[must_use]
    pub fn backwards(ends: &[FactCell]) -> Option<(NaiveDate, NaiveDate)> {
        let [FactCell::Known(Value::Date(from)), FactCell::Known(Value::Date(through)), ..] = ends else { return None };
        (through < from).then_some((*from, *through))
    }

    /// The period whose ends are the first two of these cells; `None` if one of them is not known. What is absent is open.
    #[must_use]
    pub fn of_cells(ends: &[FactCell]) -> Option<Self> {
        let end = |cell: &FactCell| match cell {
            FactCell::Absent => Some(None),
            FactCell::Known(Value::Date(day)) => Some(Some(*day)),
            FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked => None,
        };
        let [from, through, ..] = ends else { return None };
        Some(Self { from: end(from)?, through: end(through)? })
    }

    /// The first two of a list of records with ends that have a day in common, by their indices, the later one last. Ends that
    /// are not known have none.
    #[must_use]
    pub fn shared(records: &[FactCell]) -> Option<[usize; 2]> {
        let period = |(index, cell): (usize, &FactCell)| match cell {
            FactCell::Known(Value::Record(record)) => Some((Self::of_cells(&record.fields)?, index)),
            FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => None,
        };
        let mut known: Vec<(Self, usize)> = records.iter().enumerate().filter_map(period).collect();
        known.sort_by_key(|(period, index)| (period.from, *index));
        // Of periods in the order of their first days, one that shares a day with any after it shares one with the next.
        known.windows(2).find_map(|pair| match pair {
            [(a, first), (b, second)] if !a.and(*b).is_empty() => Some([*first.min(second), *first.max(second)]),
            _ => None,
        })
    }

    /// The intersection of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let through = match (self.through, other.through) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { from: self.from.max(other.from), through }
    }

    /// The period, if it has a day.
    ///
    /// # Errors
    /// [`FaultKind::Backwards`] if it ends before it begins.
    pub fn checked(self) -> Result<Self, FaultKind> {
        match (self.from, self.through) {
            (Some(from), Some(through)) if through < from => Err(FaultKind::Backwards { from, through }),
            _ => Ok(self),
        }
    }

    /// Its first and its last day.
    ///
    /// # Errors
    /// [`FaultKind::OpenEnd`] if it has not both.
    pub fn ends(self) -> Result<(NaiveDate, NaiveDate), FaultKind> {
        self.from.zip(self.through).ok_or(FaultKind::OpenEnd)
    }

    /// How many days it has.
    ///
    /// # Errors
    /// [`FaultKind::OpenEnd`]
    pub fn days(self) -> Result<i64, FaultKind> {
        let (from, through) = self.ends()?;
        Ok(through.signed_duration_since(from).num_days() + 1)
    }

    /// How many whole months it has: from its first day to the day after its last.
    ///
    /// # Errors
    /// [`FaultKind::OpenEnd`], [`FaultKind::Overflow`] if its last day is the last of all.
    pub fn months(self, end: MonthEnd) -> Result<i64, FaultKind> {
        let (from, through) = self.ends()?;
        Ok(months_between(from, in_range(through.succ_opt())?, end))
    }

    /// The months of the calendar in which it has a day, each as a whole.
    ///
    /// # Errors
    /// [`FaultKind::OpenEnd`]
    pub fn calendar_months(self) -> Result<impl Iterator<Item = Self>, FaultKind> {
        let (from, through) = self.ends()?;
        let next = |first: &NaiveDate| first.checked_add_months(Months::new(1));
        let months = std::iter::successors(from.with_day(1), next).take_while(move |first| *first <= through);
        Ok(months
            .map(move |first| Self { from: Some(first), through: next(&first).and_then(day_before).or(last_day()) }))
    }

    /// The days of these periods that lie in `self`, as periods apart from one another, in their order. Days that follow one
    /// another are one period, whichever periods they come from.
    #[must_use]
    pub fn covered_by(self, periods: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let inside = periods.into_iter().map(|period| period.and(self)).filter(|period| !period.is_empty());
        let mut inside: Vec<Self> = inside.collect();
        inside.sort_by_key(|period| period.from);
        let mut apart: Vec<Self> = Vec::new();
        for period in inside {
            match apart.last_mut() {
                Some(last) if last.reaches(period) => last.through = last.later_end(period),
                _ => apart.push(period),
            }
        }
        apart
    }

    /// The days of `self` that lie in none of these periods.
    #[must_use]
    pub fn gaps_between(self, periods: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut gaps = Vec::new();
        // The days that are still to be looked at; `None` if the last day is covered.
        let mut rest = Some(self).filter(|period| !period.is_empty());
        for covered in self.covered_by(periods) {
            let Some(left) = rest else { break };
            if let Some(before) = covered.from.and_then(day_before) {
                gaps.extend(Some(left.and(Self { from: None, through: Some(before) })).filter(|gap| !gap.is_empty()));
            }
            let after =
                covered.through.and_then(day_after).map(|day| left.and(Self { from: Some(day), through: None }));
            rest = after.filter(|period| !period.is_empty());
        }
        gaps.extend(rest);
        gaps
    }

    /// True if a period that does not begin earlier shares a day with this one, or follows on it.
    fn reaches(self, later: Self) -> bool {
        match (self.through.map(day_after), later.from) {
            (Some(Some(next)), Some(from)) => from <= next,
            (None | Some(None), _) | (_, None) => true,
        }
    }

    fn later_end(self, other: Self) -> Option<NaiveDate> {
        Some(self.through?.max(other.through?))
    }

    /// The period as a value: a record with its two ends, where an open one is absent.
    #[must_use]
    pub fn value(self) -> Value {
        let end = |day: Option<NaiveDate>| day.map_or(FactCell::Absent, |day| FactCell::Known(Value::Date(day)));
        let fields = vec![end(self.from), end(self.through)];
        Value::Record(std::sync::Arc::new(RecordValue { place: None, fields }))
    }
}

/// The last day of all.
fn last_day() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(9999, 12, 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    fn period(text: &str) -> Period {
        let (from, through) = text.split_once("..").unwrap();
        Period { from: day(from.trim()), through: day(through.trim()) }
    }

    fn told(periods: &[Period]) -> String {
        let end = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let one = |period: &Period| format!("{}..{}", end(period.from), end(period.through));
        periods.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn days_are_covered_once_and_gaps_are_the_rest() {
        let cases = [
            ("2026-01-01..2026-01-31", "", "", "2026-01-01..2026-01-31"),
            (
                "2026-01-01..2026-01-31",
                "2026-01-10..2026-01-12, 2025-01-01..2026-01-03, 2026-01-11..2026-01-20",
                "2026-01-01..2026-01-03, 2026-01-10..2026-01-20",
                "2026-01-04..2026-01-09, 2026-01-21..2026-01-31",
            ),
            // What follows on one another is one; what lies outside does not count.
            (
                "2026-01-01..2026-01-31",
                "2026-01-05..2026-01-06, 2026-01-07..2026-01-08, 2026-02-01..2026-03-01",
                "2026-01-05..2026-01-08",
                "2026-01-01..2026-01-04, 2026-01-09..2026-01-31",
            ),
            ("2026-01-01..2026-01-31", "2020-01-01..", "2026-01-01..2026-01-31", ""),
            (
                "2026-01-01..",
                "2026-02-01..2026-02-28",
                "2026-02-01..2026-02-28",
                "2026-01-01..2026-01-31, 2026-03-01..",
            ),
            ("..", "2026-02-01.., ..2025-12-31", "..2025-12-31, 2026-02-01..", "2026-01-01..2026-01-31"),
            ("..", "0001-01-01..9999-12-31", "0001-01-01..9999-12-31", ""),
            (
                "2026-01-01..2026-01-31",
                "2026-01-02..2026-01-30",
                "2026-01-02..2026-01-30",
                "2026-01-01..2026-01-01, 2026-01-31..2026-01-31",
            ),
            (
                "2026-01-01..2026-01-31",
                "2026-01-01..2026-01-20, 2026-01-05..2026-01-06",
                "2026-01-01..2026-01-20",
                "2026-01-21..2026-01-31",
            ),
        ];
        for (within, periods, covered, gaps) in cases {
            let list = || periods.split(", ").filter(|text| !text.is_empty()).map(period);
            assert_eq!(told(&period(within).covered_by(list())), covered, "{periods} within {within}");
            assert_eq!(told(&period(within).gaps_between(list())), gaps, "gaps of {periods} within {within}");
        }
    }

    #[test]
    fn days_and_months_include_both_ends() {
        let of = |text| (period(text).days(), period(text).months(MonthEnd::Clamp));
        assert_eq!(of("2026-01-01..2026-01-01"), (Ok(1), Ok(0)));
        assert_eq!(of("2026-01-01..2026-01-31"), (Ok(31), Ok(1)));
        assert_eq!(of("2026-01-15..2026-02-13"), (Ok(30), Ok(0)));
        assert_eq!(of("2026-01-15..2026-02-14"), (Ok(31), Ok(1)));
        assert_eq!(of("2026-01-15.."), (Err(FaultKind::OpenEnd), Err(FaultKind::OpenEnd)));
        assert_eq!(of("9999-12-01..9999-12-31"), (Ok(31), Err(FaultKind::Overflow)));
        let months = |text| period(text).calendar_months().map(|months| told(&months.collect::<Vec<_>>()));
        assert_eq!(months("2026-01-31..2026-02-01"), Ok("2026-01-01..2026-01-31, 2026-02-01..2026-02-28".into()));
        assert_eq!(months("9999-12-31..9999-12-31"), Ok("9999-12-01..9999-12-31".into()));
    }
}
