//! The assumptions that say how dates are counted.

use crate::ids::AssumptionId;

/// The assumptions that say how dates are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssumedDates {
    /// That of `leap_birthday`.
    pub leap_birthday: Option<AssumptionId>,
    /// That of `month_end`.
    pub month_end: Option<AssumptionId>,
}

impl AssumedDates {
    /// The assumptions.
    pub fn assumptions(self) -> impl Iterator<Item = AssumptionId> {
        self.leap_birthday.into_iter().chain(self.month_end)
    }
}
