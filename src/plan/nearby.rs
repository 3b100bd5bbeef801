//! An index of what can hold in a place, so that the compilation of one cell skips the law of other places.
//!
//! Comes in: a Model. Goes out: for each region the rules, the notices and the values of each norm whose regions cover
//! it. Days are not indexed: a cell checks the days of everything that covers its place.

use crate::ids::{NormId, ProvisionId, RegionId};
use crate::model::{Claim, IndexVec, Model, NormValue, ProvisionKind, ScopeIndex, Versioned};

/// The parts of a Model that are looked up by place.
#[derive(Debug)]
pub(crate) struct Nearby {
    rules: ScopeIndex,
    notices: ScopeIndex,
    norms: IndexVec<NormId, ScopeIndex>,
}

impl Nearby {
    pub(crate) fn new(model: &Model) -> Self {
        let (mut rules, mut notices, mut norms) = (ScopeIndex::default(), ScopeIndex::default(), IndexVec::new());
        for (id, provision) in model.provisions.entries() {
            let index = match provision.kind {
                ProvisionKind::Rule => &mut rules,
                ProvisionKind::Notice => &mut notices,
            };
            index.add(id.index(), Versioned::claims(&provision.versions).map(|(_, claim)| claim.scope()));
        }
        for norm in &model.norms {
            norms.push(ScopeIndex::new(norm.values.iter().map(NormValue::claim).map(Claim::scope)));
        }
        Self { rules, notices, norms }
    }

    /// The provisions of a kind that can hold in a place, in the order of the Model.
    pub(crate) fn provisions(
        &self,
        kind: ProvisionKind,
        place: Option<RegionId>,
    ) -> impl Iterator<Item = ProvisionId> + use<> {
        let index = match kind {
            ProvisionKind::Rule => &self.rules,
            ProvisionKind::Notice => &self.notices,
        };
        index.at(place).into_iter().map(ProvisionId::new)
    }

    /// The values of a norm that can hold in a place.
    pub(crate) fn values(&self, norm: NormId, place: Option<RegionId>) -> Vec<usize> {
        self.norms.at(norm).at(place)
    }
}
