//! What can hold in a place, so that the program of one cell need not look at what is law elsewhere.
//!
//! Comes in: a Model. Goes out: for each region the rules, the notices and the values of each norm whose regions cover
//! it. Days are another matter: of those that cover a place, a cell looks at all.

use crate::ids::{NormId, ProvisionId, RegionId};
use crate::model::{Model, ProvisionKind, Scope, Versioned};
use std::collections::BTreeMap;

/// Places in a list of the Model, by where they hold.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    everywhere: Vec<usize>,
    regional: BTreeMap<RegionId, Vec<usize>>,
}

/// All of a Model that is looked for by its place.
#[derive(Debug)]
pub(crate) struct Nearby {
    rules: Spread,
    notices: Spread,
    norms: Vec<Spread>,
}

impl Spread {
    fn add<'m>(&mut self, index: usize, scopes: impl Iterator<Item = &'m Scope> + Clone) {
        if scopes.clone().any(|scope| scope.regions().is_none()) {
            self.everywhere.push(index);
            return;
        }
        for region in scopes.filter_map(|scope| scope.regions()).flatten() {
            let here = self.regional.entry(*region).or_default();
            // Two versions of one name may hold in the same region.
            if here.last() != Some(&index) {
                here.push(index);
            }
        }
    }

    /// Those that can hold in a place, in the order of the list.
    pub(crate) fn at(&self, place: Option<RegionId>) -> Vec<usize> {
        let own = place.and_then(|place| self.regional.get(&place)).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<usize> = self.everywhere.iter().chain(own).copied().collect();
        found.sort_unstable();
        found
    }
}

impl Nearby {
    pub(crate) fn new(model: &Model) -> Self {
        let (mut rules, mut notices, mut norms) = (Spread::default(), Spread::default(), Vec::new());
        for (id, provision) in model.provisions.entries() {
            let spread = match provision.kind {
                ProvisionKind::Rule => &mut rules,
                ProvisionKind::Notice => &mut notices,
            };
            spread.add(id.index(), Versioned::claims(&provision.versions).map(|(_, claim)| claim.scope()));
        }
        for norm in &model.norms {
            let mut spread = Spread::default();
            for (index, value) in norm.values.iter().enumerate() {
                spread.add(index, std::iter::once(value.claim().scope()));
            }
            norms.push(spread);
        }
        Self { rules, notices, norms }
    }

    /// The provisions of a kind that can hold in a place, in the order of the Model.
    pub(crate) fn provisions(
        &self,
        kind: ProvisionKind,
        place: Option<RegionId>,
    ) -> impl Iterator<Item = ProvisionId> + use<> {
        let spread = match kind {
            ProvisionKind::Rule => &self.rules,
            ProvisionKind::Notice => &self.notices,
        };
        spread.at(place).into_iter().map(ProvisionId::new)
    }

    /// The values of a norm that can hold in a place.
    pub(crate) fn values(&self, norm: NormId, place: Option<RegionId>) -> Vec<usize> {
        self.norms.get(norm.index()).map(|spread| spread.at(place)).unwrap_or_default()
    }
}
