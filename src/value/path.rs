//! Places in a fact set, and elements of lists.

use crate::ids::{FactId, FieldId};
use chrono::NaiveDate;

/// A place in a fact set: a fact and the steps into it. `owners[1].birth_date` is fact `owners`, element 1 (counted
/// from zero), field `birth_date`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactPath {
    /// The fact.
    pub fact: FactId,
    /// The steps into it.
    pub steps: Vec<Step>,
}

/// One step into a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// An element of a list, counted from 0.
    Item(u32),
    /// A field of a record.
    Field(FieldId),
    /// A day on which a fact over time has no value: it stands in the place of the value.
    Day(NaiveDate),
}

impl FactPath {
    /// The fact itself.
    #[must_use]
    pub fn of(fact: FactId) -> Self {
        Self { fact, steps: Vec::new() }
    }

    /// The place one step deeper.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { fact: self.fact, steps }
    }
}

/// An element of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Element {
    /// Its index, counted from 0.
    pub index: u32,
    /// Its place in the facts; `None` if it was computed.
    pub place: Option<FactPath>,
}

impl Element {
    /// `[2]`: its index as it stands in a path.
    #[must_use]
    pub fn number(&self) -> String {
        format!("[{}]", self.index)
    }
}
