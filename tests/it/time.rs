//! Months, years and ages against a model of the calendar of its own: a day is a year, a month and a day of the month.

use chrono::{Datelike, NaiveDate};
use ereje::value::{Duration, LeapBirthday, MonthEnd, age, months_between};
use std::cmp::Ordering;

/// A day of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Day {
    year: i64,
    /// From 0.
    month: i64,
    day: i64,
}

impl Day {
    const fn length(year: i64, month: i64) -> i64 {
        match month {
            1 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        }
    }

    /// The day so many months later.
    const fn plus(self, months: i64, end: MonthEnd) -> Self {
        let all = self.year * 12 + self.month + months;
        let (year, month) = (all / 12, all % 12);
        let most = Self::length(year, month);
        match end {
            _ if self.day <= most => Self { year, month, day: self.day },
            MonthEnd::Clamp => Self { year, month, day: most },
            MonthEnd::Roll => Self { year: year + (month + 1) / 12, month: (month + 1) % 12, day: 1 },
        }
    }

    /// The day on which one born on this day has lived so many months.
    const fn anniversary(self, months: i64, leap: LeapBirthday, end: MonthEnd) -> Self {
        let end = match leap {
            _ if self.month != 1 || self.day != 29 || months % 12 != 0 => end,
            LeapBirthday::March1 => MonthEnd::Roll,
            LeapBirthday::February28 => MonthEnd::Clamp,
        };
        self.plus(months, end)
    }

    fn date(self) -> NaiveDate {
        let [month, day] = [self.month + 1, self.day].map(|n| u32::try_from(n).unwrap());
        NaiveDate::from_ymd_opt(i32::try_from(self.year).unwrap(), month, day).unwrap()
    }
}

/// The days around the ends of the months of some years: leap days, and the days after them, are among them.
fn around_month_ends(years: std::ops::Range<i64>) -> Vec<Day> {
    let mut days = Vec::new();
    for (year, month) in years.flat_map(|year| (0..12).map(move |month| (year, month))) {
        let ends = (28..=Day::length(year, month)).chain(std::iter::once(1));
        days.extend(ends.map(|day| Day { year, month, day }));
    }
    days.sort_unstable();
    days
}

#[test]
fn so_many_months_have_passed_exactly_where_as_many_can_be_added() {
    let days: Vec<(Day, NaiveDate)> = around_month_ends(2000..2030).into_iter().map(|day| (day, day.date())).collect();
    for (at, (a, from)) in days.iter().enumerate() {
        for (b, to) in days.iter().skip(at) {
            for end in MonthEnd::ALL {
                let n = months_between(*from, *to, end);
                // Sums grow with the months, so that these two say it for every other number.
                assert!(a.plus(n, end) <= *b && a.plus(n + 1, end) > *b, "{from} to {to}: {n} under {end:?}");
                // 12 · n months are n years.
                let years = n / 12;
                assert!(a.plus(12 * years, end) <= *b && a.plus(12 * (years + 1), end) > *b, "{from} to {to}: {years}");
                assert_eq!(months_between(*to, *from, end), -n, "{to} to {from}");
            }
        }
    }
}

#[test]
fn an_age_compares_as_the_day_with_the_anniversary() {
    let days: Vec<(Day, NaiveDate)> = around_month_ends(2000..2030).into_iter().map(|day| (day, day.date())).collect();
    // Births in all months of a leap year and of another one, on all days of the thirty years.
    for (birth, born) in days.iter().filter(|(day, _)| day.year == 2003 || day.year == 2004) {
        for (b, on) in days.iter().filter(|(_, on)| on >= born) {
            for (leap, end) in LeapBirthday::ALL.into_iter().flat_map(|leap| MonthEnd::ALL.map(|end| (leap, end))) {
                let found = age(*born, *on, leap, end);
                let n = found.count();
                for months in [n - 12, n - 1, n, n + 1, n + 12].into_iter().filter(|months| *months >= 0) {
                    let wanted = b.cmp(&birth.anniversary(months, leap, end));
                    let order = found.order(Duration::Months(months));
                    assert_eq!(order, Some(wanted), "born {born}, on {on}: {months} months, {leap:?}, {end:?}");
                }
                let back = age(*on, *born, leap, end);
                assert_eq!(back.order(Duration::Months(-n)).map(Ordering::reverse), found.order(Duration::Months(n)));
            }
        }
    }
}

#[test]
fn sums_grow_with_the_months() {
    for day in around_month_ends(2000..2004) {
        for end in MonthEnd::ALL {
            assert!((0..400).all(|n| day.plus(n, end) < day.plus(n + 1, end)), "{day:?}");
            let leap = LeapBirthday::ALL;
            assert!(
                leap.iter().all(|leap| {
                    (0..400).all(|n| day.anniversary(n, *leap, end) < day.anniversary(n + 1, *leap, end))
                })
            );
        }
    }
}

#[test]
fn the_older_of_two_on_a_day_is_the_one_born_earlier() {
    let days: Vec<NaiveDate> = around_month_ends(2000..2005).into_iter().map(Day::date).collect();
    let on = days.last().copied().unwrap();
    for (at, first) in days.iter().enumerate() {
        for second in days.iter().skip(at) {
            for (leap, end) in LeapBirthday::ALL.into_iter().flat_map(|leap| MonthEnd::ALL.map(|end| (leap, end))) {
                let [a, b] = [first, second].map(|born| age(*born, on, leap, end));
                assert_ne!(a.order(b), Some(Ordering::Less), "born {first} and {second}, on {on}: {}", first.year());
            }
        }
    }
}
