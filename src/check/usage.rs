//! The names that something reads, for the lint on unused names.

use crate::ids::*;
use std::collections::BTreeSet;

/// Names that something reads.
#[derive(Default)]
pub(super) struct Used {
    pub facts: BTreeSet<FactId>,
    pub fields: BTreeSet<FieldId>,
    pub definitions: BTreeSet<DefinitionId>,
    pub norms: BTreeSet<NormId>,
    pub assumptions: BTreeSet<AssumptionId>,
    pub reasons: BTreeSet<ReasonId>,
    pub sources: BTreeSet<SourceId>,
}

impl Used {
    pub(super) fn source(&mut self, id: SourceId) {
        self.sources.insert(id);
    }

    pub(super) fn assumption(&mut self, id: AssumptionId) {
        self.assumptions.insert(id);
    }
}
