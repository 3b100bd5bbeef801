//! The facts of one application.

use crate::ids::FactId;
use crate::value::FactCell;

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

    #[doc(hidden)]
    /// Sets the cell of a fact; an id of another Model is ignored.
    pub fn set(&mut self, fact: FactId, cell: FactCell) {
        if let Some(slot) = self.cells.get_mut(fact.index()) {
            *slot = cell;
        }
    }
}
