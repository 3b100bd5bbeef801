//! The facts of one application.

use crate::ids::FactId;
use crate::model::Model;
use crate::value::{FactCell, FactPath, Step, Value};

/// The facts of one application: a cell for each fact, in the order of [`crate::model::Model::facts`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FactSet {
    cells: Vec<FactCell>,
}

impl FactSet {
    #[doc(hidden)]
    /// A set of `facts` unasked cells.
    #[must_use]
    pub fn unasked(facts: usize) -> Self {
        Self { cells: vec![FactCell::Unasked; facts] }
    }

    /// The cell of a fact.
    #[doc(hidden)]
    #[must_use]
    pub fn get(&self, fact: FactId) -> &FactCell {
        self.cells.get(fact.index()).unwrap_or(&FactCell::Unasked)
    }

    /// The cell at a place; `None` if the path to it is silent, or leads nowhere.
    #[doc(hidden)]
    #[must_use]
    pub fn at(&self, model: &Model, place: &FactPath) -> Option<&FactCell> {
        let mut cell = self.get(place.fact);
        for step in &place.steps {
            let FactCell::Known(value) = cell else { return None };
            cell = match (step, value) {
                (Step::Item(index), Value::List(list)) => list.items.get(*index as usize)?,
                (Step::Field(field), Value::Record(record)) => {
                    record.fields.get(model.fields.at(*field).index as usize)?
                }
                (Step::Item(_) | Step::Field(_) | Step::Day(_), _) => return None,
            };
        }
        Some(cell)
    }

    #[doc(hidden)]
    /// Sets the cell of a fact; an id of another Model is ignored.
    pub fn set(&mut self, fact: FactId, cell: FactCell) {
        if let Some(slot) = self.cells.get_mut(fact.index()) {
            *slot = cell;
        }
    }
}
