//! Months and ages in registers.

use super::code::{Elapsed, MONTH};
use crate::row::days_in_month;
use ereje::value::{Duration, LeapBirthday, MonthEnd};

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

/// The register of the time between two days, which are as a [`Cell`](crate::row::Cell) holds them. If `through` is earlier,
/// it is minus the time the other way round.
pub(super) fn elapsed(from: i64, through: i64, counted: Elapsed) -> i64 {
    if through < from { -after(through, from, counted) } else { after(from, through, counted) }
}

const fn year(day: i64) -> i64 {
    day >> 9
}

const fn month(day: i64) -> i64 {
    day >> 5 & 15
}

const fn day_of_month(day: i64) -> i64 {
    day & 31
}

fn after(from: i64, through: i64, counted: Elapsed) -> i64 {
    let months = (year(through) - year(from)) * 12 + month(through) - month(from);
    let (first, last) = (day_of_month(from), day_of_month(through));
    // A month is complete on the same day, if it has that day.
    if last >= first {
        return months * MONTH
            + match counted {
                Elapsed::Months(_) => 0,
                Elapsed::Age(..) => last - first,
            };
    }
    let end_after = |months: i64| match counted {
        Elapsed::Age(LeapBirthday::March1, _) if month(from) == 2 && first == 29 && months % 12 == 0 => MonthEnd::Roll,
        Elapsed::Age(LeapBirthday::February28, _) if month(from) == 2 && first == 29 && months % 12 == 0 => {
            MonthEnd::Clamp
        }
        Elapsed::Age(_, end) | Elapsed::Months(end) => end,
    };
    if end_after(months) == MonthEnd::Clamp && last == days_in_month(year(through), month(through)) {
        return months * MONTH;
    }
    let months = months - 1;
    if let Elapsed::Months(_) = counted {
        return months * MONTH;
    }
    // The last month was complete in the month before, or, where that month is too short, at its end or just after it.
    let (year, month) = if month(through) == 1 { (year(through) - 1, 12) } else { (year(through), month(through) - 1) };
    let before = days_in_month(year, month);
    let days = match end_after(months) {
        _ if first <= before => last + before - first,
        MonthEnd::Clamp => last,
        MonthEnd::Roll => last - 1,
    };
    months * MONTH + days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Cell;
    use chrono::NaiveDate;
    use ereje::value::{age, months_between};

    #[test]
    fn registers_hold_what_the_evaluator_counts() {
        let days: Vec<NaiveDate> = NaiveDate::from_ymd_opt(2019, 12, 1).unwrap().iter_days().take(830).collect();
        let near = |day: &&NaiveDate| chrono::Datelike::day(*day) >= 27 || chrono::Datelike::day(*day) <= 2;
        let cell = |day: NaiveDate| Cell::date(day).get().unwrap();
        for (from, through) in days.iter().filter(near).flat_map(|a| days.iter().filter(near).map(move |b| (*a, *b))) {
            for end in MonthEnd::ALL {
                let parts = elapsed(cell(from), cell(through), Elapsed::Months(end));
                assert_eq!(of_register(parts), Duration::Months(months_between(from, through, end)));
                for leap in LeapBirthday::ALL {
                    let parts = elapsed(cell(from), cell(through), Elapsed::Age(leap, end));
                    assert_eq!(of_register(parts), age(from, through, leap, end), "{from} {through} {leap:?} {end:?}");
                }
            }
        }
    }
}
