//! Months and ages, counted by adding.

use chrono::{Datelike, NaiveDate};
use ereje::value::{FaultKind, LeapBirthday, MonthEnd, add_months};

/// The most months that can be counted from a day without passing another one, and the days that are left; minus the count
/// the other way round if the other is earlier.
pub(super) fn elapsed(
    from: NaiveDate,
    to: NaiveDate,
    after: &dyn Fn(NaiveDate, i64) -> Result<NaiveDate, FaultKind>,
) -> (i64, i64) {
    if to < from {
        let (months, days) = elapsed(to, from, after);
        return (-months, -days);
    }
    let mut months = ((to - from).num_days() / 31 - 1).max(0);
    while after(from, months + 1).is_ok_and(|day| day <= to) {
        months += 1;
    }
    (months, (to - after(from, months).unwrap()).num_days())
}

/// The day on which a person has lived so many months.
pub(super) fn anniversary(
    birth: NaiveDate,
    months: i64,
    leap: LeapBirthday,
    end: MonthEnd,
) -> Result<NaiveDate, FaultKind> {
    if (birth.month(), birth.day()) == (2, 29) && months % 12 == 0 {
        let year = birth.year() + i32::try_from(months / 12).unwrap();
        let day = NaiveDate::from_ymd_opt(year, 2, 29).or_else(|| match leap {
            LeapBirthday::March1 => NaiveDate::from_ymd_opt(year, 3, 1),
            LeapBirthday::February28 => NaiveDate::from_ymd_opt(year, 2, 28),
        });
        return day.ok_or(FaultKind::Overflow);
    }
    add_months(birth, months, end)
}
