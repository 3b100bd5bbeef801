//! Calendar arithmetic: months that end early, birthdays on 29 February, working days over declared holidays.

use super::Duration;
use super::fault::FaultKind;
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// The birthday of people born on 29 February in a year without that day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeapBirthday {
    /// On 1 March, unless the policy says otherwise.
    #[default]
    March1,
    /// On 28 February.
    February28,
}

impl LeapBirthday {
    /// Both options.
    pub const ALL: [Self; 2] = [Self::March1, Self::February28];

    /// The option with a keyword.
    #[must_use]
    pub fn of_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.keyword() == word)
    }

    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::March1 => "march_1",
            Self::February28 => "february_28",
        }
    }

    /// The end of a month that gives this birthday.
    const fn month_end(self) -> MonthEnd {
        match self {
            Self::March1 => MonthEnd::Roll,
            Self::February28 => MonthEnd::Clamp,
        }
    }
}

/// The day of a date in a month that is too short for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MonthEnd {
    /// On the month's last day, unless the policy says otherwise.
    #[default]
    Clamp,
    /// On the first day of the next month.
    Roll,
}

impl MonthEnd {
    /// Both options.
    pub const ALL: [Self; 2] = [Self::Clamp, Self::Roll];

    /// The option with a keyword.
    #[must_use]
    pub fn of_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.keyword() == word)
    }

    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Clamp => "clamp",
            Self::Roll => "roll",
        }
    }
}

/// The date itself, if it is in the years 1 to 9999: those that policies and facts have.
#[must_use]
pub fn within_years(date: NaiveDate) -> Option<NaiveDate> {
    Some(date).filter(|d| (1..=9999).contains(&d.year()))
}

/// The day before, if policies and facts have one.
#[must_use]
pub fn day_before(date: NaiveDate) -> Option<NaiveDate> {
    date.pred_opt().and_then(within_years)
}

/// The day after, if policies and facts have one.
#[must_use]
pub fn day_after(date: NaiveDate) -> Option<NaiveDate> {
    date.succ_opt().and_then(within_years)
}

/// A date in the years 1 to 9999, so that it prints as `YYYY-MM-DD`; an overflow otherwise.
#[inline]
pub(crate) fn in_range(date: Option<NaiveDate>) -> Result<NaiveDate, FaultKind> {
    date.and_then(within_years).ok_or(FaultKind::Overflow)
}

/// The date of a year, a month counted from 1 and a day of the month; `None` if there is no such day in the years 1 to 9999.
#[must_use]
pub fn calendar_date(year: i64, month: i64, day: i64) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    in_range(date).ok()
}

/// `date` plus whole months, or minus if `months` is negative.
///
/// # Errors
/// [`FaultKind::Overflow`] outside the years 1 to 9999.
pub fn add_months(date: NaiveDate, months: i64, end: MonthEnd) -> Result<NaiveDate, FaultKind> {
    let size = u32::try_from(months.unsigned_abs()).map_err(|_| FaultKind::Overflow)?;
    let moved = if months < 0 {
        date.checked_sub_months(Months::new(size))
    } else {
        date.checked_add_months(Months::new(size))
    };
    let clamped = in_range(moved)?;
    match end {
        MonthEnd::Roll if clamped.day() < date.day() => in_range(clamped.succ_opt()),
        MonthEnd::Clamp | MonthEnd::Roll => Ok(clamped),
    }
}

/// Completed months from `from` to `to`: the most that can be added to `from` without passing `to`. If `to` is earlier, it
/// is minus the count the other way round.
#[must_use]
pub fn months_between(from: NaiveDate, to: NaiveDate, end: MonthEnd) -> i64 {
    if to < from { -completed_months(to, from, end) } else { completed_months(from, to, end) }
}

/// The age of one born on `birth`, on a day: completed months and the days since the last of them was complete. `leap`
/// says when one born on 29 February completes a year that has no such day; other months that are too short end by
/// `end`. Before the birth it is minus the age the other way round.
#[must_use]
pub fn age(birth: NaiveDate, on: NaiveDate, leap: LeapBirthday, end: MonthEnd) -> Duration {
    if on < birth {
        let (months, days) = completed_age(on, birth, leap, end);
        return Duration::age(-months, -days);
    }
    let (months, days) = completed_age(birth, on, leap, end);
    Duration::age(months, days)
}

/// The same for a day that is not before the birth, as months and days.
fn completed_age(birth: NaiveDate, on: NaiveDate, leap: LeapBirthday, end: MonthEnd) -> (i64, i64) {
    let leap_day = birth.month() == 2 && birth.day() == 29;
    let end_after = |months: i64| if leap_day && months % 12 == 0 { leap.month_end() } else { end };
    let months = completed_months(birth, on, end_after(month_number(on) - month_number(birth)));
    let anniversary = add_months(birth, months, end_after(months)).unwrap_or(on);
    (months, on.signed_duration_since(anniversary).num_days())
}

fn completed_months(from: NaiveDate, to: NaiveDate, end: MonthEnd) -> i64 {
    let all = month_number(to) - month_number(from);
    let is_complete = to.day() >= from.day() || end == MonthEnd::Clamp && is_last_of_month(to);
    all - i64::from(!is_complete)
}

fn month_number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

fn is_last_of_month(day: NaiveDate) -> bool {
    day.succ_opt().is_none_or(|next| next.month() != day.month())
}

/// The working days in the period that a calendar covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The first day that it covers.
    pub from: NaiveDate,
    /// The last day that it covers.
    pub through: NaiveDate,
    /// Days of the week that are not worked.
    pub weekend: Vec<Weekday>,
    /// Days off besides the weekend.
    pub holidays: BTreeSet<NaiveDate>,
    /// Weekend days that are worked.
    pub workdays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// True if a day is a working day.
    ///
    /// # Errors
    /// [`FaultKind::OutsideCalendar`] for a day that the calendar does not cover.
    #[inline]
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, FaultKind> {
        if date < self.from || date > self.through {
            return Err(FaultKind::OutsideCalendar(date));
        }
        if self.workdays.contains(&date) {
            return Ok(true);
        }
        Ok(!self.weekend.contains(&date.weekday()) && !self.holidays.contains(&date))
    }

    /// The `count`-th working day after `date`, or before it if `count` is negative. `date` itself is not counted; with
    /// a count of zero it is the result.
    ///
    /// # Errors
    /// [`FaultKind::OutsideCalendar`] if the calendar does not cover the days on the way.
    pub fn add_working_days(&self, date: NaiveDate, count: i64) -> Result<NaiveDate, FaultKind> {
        let mut day = date;
        let mut left = count.unsigned_abs();
        while left > 0 {
            // The calendar is finite, so a huge count ends at its edge and not after a long loop.
            let next = if count < 0 { day.checked_sub_days(Days::new(1)) } else { day.checked_add_days(Days::new(1)) };
            day = in_range(next)?;
            left -= u64::from(self.is_working_day(day)?);
        }
        Ok(day)
    }

    /// `date` if it is a working day, otherwise the first working day after it.
    ///
    /// # Errors
    /// [`FaultKind::OutsideCalendar`] if the calendar does not cover `date` or the days on the way.
    pub fn next_working_day(&self, date: NaiveDate) -> Result<NaiveDate, FaultKind> {
        let mut day = date;
        while !self.is_working_day(day)? {
            day = in_range(day.succ_opt())?;
        }
        Ok(day)
    }

    /// Working days after `from`, up to and including `to`; negative if `to` is earlier.
    ///
    /// # Errors
    /// [`FaultKind::OutsideCalendar`] if a counted day is not covered.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> Result<i64, FaultKind> {
        if to < from {
            return Ok(-self.working_days_between(to, from)?);
        }
        if to > from {
            // Check both ends first, so that a period of centuries fails at once.
            for end in [in_range(from.succ_opt())?, to] {
                self.is_working_day(end)?;
            }
        }
        let mut count = 0;
        for day in from.iter_days().skip(1).take_while(|d| *d <= to) {
            count += i64::from(self.is_working_day(day)?);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn one_born_on_leap_day_comes_of_age_on_1_march() {
        let age = |on: &str, leap| age(d("2004-02-29"), d(on), leap, MonthEnd::Clamp);
        assert_eq!(age("2022-02-28", LeapBirthday::March1), Duration::age(18 * 12 - 1, 30));
        assert_eq!(age("2022-03-01", LeapBirthday::March1), Duration::Months(18 * 12));
        assert_eq!(age("2022-02-28", LeapBirthday::February28), Duration::Months(18 * 12));
        assert_eq!(age("2024-02-28", LeapBirthday::February28), Duration::age(20 * 12 - 1, 30));
        assert_eq!(age("2004-02-29", LeapBirthday::February28), Duration::Months(0));
    }

    #[test]
    fn months_end_early_or_roll() {
        let once = add_months(d("2026-01-31"), 1, MonthEnd::Clamp).unwrap();
        assert_eq!(add_months(once, 1, MonthEnd::Clamp), Ok(d("2026-03-28")));
        assert_eq!(add_months(d("2026-01-31"), 1, MonthEnd::Roll), Ok(d("2026-03-01")));
        assert_eq!(add_months(d("2026-03-31"), -1, MonthEnd::Clamp), Ok(d("2026-02-28")));
        assert_eq!(add_months(d("9999-12-31"), 1, MonthEnd::Clamp), Err(FaultKind::Overflow));
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let calendar = Calendar {
            from: d("2025-12-01"),
            through: d("2026-01-31"),
            weekend: vec![Weekday::Sat, Weekday::Sun],
            holidays: [d("2026-01-01"), d("2026-01-02")].into(),
            workdays: [d("2026-01-04")].into(),
        };
        assert_eq!(calendar.add_working_days(d("2025-12-31"), 1), Ok(d("2026-01-04")));
        assert_eq!(calendar.add_working_days(d("2025-12-31"), 3), Ok(d("2026-01-06")));
        assert_eq!(calendar.add_working_days(d("2026-01-06"), -3), Ok(d("2025-12-31")));
        assert_eq!(calendar.working_days_between(d("2025-12-31"), d("2026-01-06")), Ok(3));
        assert_eq!(calendar.add_working_days(d("2026-01-30"), 5), Err(FaultKind::OutsideCalendar(d("2026-02-01"))));
    }
}
