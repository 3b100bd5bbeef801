//! Lengths of time, and the age of a person, which is counted in months and knows the days since the last of them.

use std::cmp::Ordering;

/// A length of time. Months, days and working days do not compare with one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duration {
    /// Calendar months; a year is twelve.
    Months(i64),
    /// Calendar days; a week is seven.
    Days(i64),
    /// Days that a calendar counts as worked.
    WorkingDays(i64),
    /// An age that is not a whole number of months. It counts as its completed months, but compares by the day: one who is five
    /// years and a day old is older than five years. Made by [`Duration::age`].
    Age {
        /// Completed months.
        months: i64,
        /// The days since the last of them was complete, never zero. Before the birth both numbers are negative.
        days: i8,
    },
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Twelve months.
    Year,
    /// A calendar month.
    Month,
    /// Seven days.
    Week,
    /// A calendar day.
    Day,
    /// A day that a calendar counts as worked.
    WorkingDay,
}

impl TimeUnit {
    /// The word for it in a policy and in a fact file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::WorkingDay => "working day",
        }
    }
}

impl Duration {
    /// An age of completed months and some days of the next month.
    #[must_use]
    pub fn age(months: i64, days: i64) -> Self {
        match i8::try_from(days) {
            // No month has so many days.
            Err(_) | Ok(0) => Self::Months(months),
            Ok(days) => Self::Age { months, days },
        }
    }

    /// Of an age its completed months; any other length as it is.
    #[must_use]
    pub const fn completed(self) -> Self {
        match self {
            Self::Age { months, .. } => Self::Months(months),
            Self::Months(_) | Self::Days(_) | Self::WorkingDays(_) => self,
        }
    }

    /// The months, days or working days that it has, of an age the completed months.
    #[must_use]
    pub const fn count(self) -> i64 {
        match self {
            Self::Months(count) | Self::Age { months: count, .. } | Self::Days(count) | Self::WorkingDays(count) => {
                count
            }
        }
    }

    /// The length in the unit of its type, whose `scale` is the months or days in it, and the rest in the smaller unit: 20
    /// months of a type in years are 1 year and 8 months. Without a unit, more than a year is in years and months, and days are
    /// days. Never empty; only a whole number of one unit can be negative.
    #[must_use]
    pub fn in_units(self, scale: Option<i64>) -> Vec<(i64, TimeUnit)> {
        let (count, per, larger, smaller) = match self {
            Self::Months(n) | Self::Age { months: n, .. } => (n, 12, TimeUnit::Year, TimeUnit::Month),
            Self::Days(n) => (n, 7, TimeUnit::Week, TimeUnit::Day),
            Self::WorkingDays(n) => return vec![(n, TimeUnit::WorkingDay)],
        };
        let as_larger = match scale {
            Some(scale) => scale == per,
            None => smaller == TimeUnit::Month && count.unsigned_abs() >= 12,
        };
        match (count / per, count % per) {
            _ if !as_larger => vec![(count, smaller)],
            (whole, 0) => vec![(whole, larger)],
            (0, _) => vec![(count, smaller)],
            _ if count < 0 => vec![(count, smaller)],
            (whole, rest) => vec![(whole, larger), (rest, smaller)],
        }
    }

    /// The same in words, as fact files and expectations say it: `1 year 8 months`.
    #[must_use]
    pub fn words(self, scale: Option<i64>) -> String {
        let one = |(count, unit): (i64, TimeUnit)| {
            let plural = if count.unsigned_abs() == 1 { "" } else { "s" };
            format!("{count} {}{plural}", unit.word())
        };
        self.in_units(scale).into_iter().map(one).collect::<Vec<_>>().join(" ")
    }

    /// The order of two lengths; `None` if they are of different kinds. An age is compared by the day, so `Equal` says more
    /// than that both have the same completed months.
    #[must_use]
    pub fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Days(a), Self::Days(b)) | (Self::WorkingDays(a), Self::WorkingDays(b)) => Some(a.cmp(&b)),
            (Self::Months(_) | Self::Age { .. }, Self::Months(_) | Self::Age { .. }) => {
                Some((self.count(), self.further_days()).cmp(&(other.count(), other.further_days())))
            }
            (Self::Months(_) | Self::Age { .. } | Self::Days(_) | Self::WorkingDays(_), _) => None,
        }
    }

    /// The days of an age beyond its completed months.
    #[must_use]
    pub const fn further_days(self) -> i8 {
        match self {
            Self::Age { days, .. } => days,
            Self::Months(_) | Self::Days(_) | Self::WorkingDays(_) => 0,
        }
    }

    /// The length with another count of the same unit, of an age with its completed months.
    ///
    /// # Errors
    /// What `count` says.
    pub fn try_map<E>(self, count: impl FnOnce(i64) -> Result<i64, E>) -> Result<Self, E> {
        Ok(match self {
            Self::Months(n) | Self::Age { months: n, .. } => Self::Months(count(n)?),
            Self::Days(n) => Self::Days(count(n)?),
            Self::WorkingDays(n) => Self::WorkingDays(count(n)?),
        })
    }
}
