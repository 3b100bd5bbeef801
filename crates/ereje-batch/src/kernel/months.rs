//! Months and ages in registers.

use super::code::{Elapsed, MONTH};
use crate::row::Cell;
use ereje::value::{Duration, age, months_between};

/// The register of a length in months; `None` if it is of another kind or does not fit.
pub(super) fn months_register(length: Duration) -> Option<i64> {
    match length {
        Duration::Months(_) | Duration::Age { .. } => {
            length.count().checked_mul(MONTH)?.checked_add(i64::from(length.further_days()))
        }
        Duration::Days(_) | Duration::WorkingDays(_) => None,
    }
}

/// The length in months that a register holds.
pub(super) fn of_register(parts: i64) -> Duration {
    Duration::age(parts / MONTH, parts % MONTH)
}

/// The completed months of a length in a register.
pub(super) const fn completed(parts: i64) -> i64 {
    parts - parts % MONTH
}

/// The register of the time between two days, which are as a [`Cell`] holds them. If `through` is earlier, it is minus the
/// time the other way round.
pub(super) fn elapsed(from: i64, through: i64, counted: Elapsed) -> Option<i64> {
    if through < from { after(through, from, counted).map(|parts| -parts) } else { after(from, through, counted) }
}

fn after(from: i64, through: i64, counted: Elapsed) -> Option<i64> {
    let months = |day: i64| (day >> 9) * 12 + (day >> 5 & 15);
    let (first, last) = (from & 31, through & 31);
    // A month is complete on the same day, if it has that day. How shorter months end matters only before it.
    if last >= first {
        let days = match counted {
            Elapsed::Months(_) => 0,
            Elapsed::Age(..) => last - first,
        };
        return Some((months(through) - months(from)) * MONTH + days);
    }
    let (from, through) = (Cell::day(from)?, Cell::day(through)?);
    months_register(match counted {
        Elapsed::Months(end) => Duration::Months(months_between(from, through, end)),
        Elapsed::Age(leap, end) => age(from, through, leap, end),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use ereje::value::{LeapBirthday, MonthEnd};

    #[test]
    fn registers_hold_what_the_evaluator_counts() {
        let days: Vec<NaiveDate> = NaiveDate::from_ymd_opt(2019, 12, 1).unwrap().iter_days().take(830).collect();
        let near = |day: &&NaiveDate| chrono::Datelike::day(*day) >= 27 || chrono::Datelike::day(*day) <= 2;
        let cell = |day: NaiveDate| Cell::date(day).get().unwrap();
        for (from, through) in days.iter().filter(near).flat_map(|a| days.iter().filter(near).map(move |b| (*a, *b))) {
            for end in MonthEnd::ALL {
                let parts = elapsed(cell(from), cell(through), Elapsed::Months(end)).unwrap();
                assert_eq!(of_register(parts), Duration::Months(months_between(from, through, end)));
                for leap in LeapBirthday::ALL {
                    let parts = elapsed(cell(from), cell(through), Elapsed::Age(leap, end)).unwrap();
                    assert_eq!(of_register(parts), age(from, through, leap, end), "{from} {through} {leap:?} {end:?}");
                }
            }
        }
    }
}
