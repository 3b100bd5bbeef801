//! What a policy masks itself, by `masked` at a fact or a field.

use super::{Dependence, Item, Model, TaintedNames};
use std::collections::BTreeSet;

impl Model {
    /// The facts and fields whose values nobody is to read.
    #[must_use]
    pub fn masked(&self) -> BTreeSet<Item> {
        let facts = self.facts.entries().filter(|(_, fact)| fact.datum.masked.is_some());
        let fields = self.fields.entries().filter(|(_, field)| field.datum.masked.is_some());
        facts.map(|(id, _)| Item::Fact(id)).chain(fields.map(|(id, _)| Item::Field(id))).collect()
    }

    /// True if the values of these facts go into the governing date or place, which every decision shows.
    pub(crate) fn governed_by(&self, items: &BTreeSet<Item>) -> bool {
        let governing = self.parts(Item::AsOf).expressions;
        let made = TaintedNames::of(self, items, Dependence::Made);
        governing.iter().any(|(_, expr)| made.holds(expr))
    }
}
