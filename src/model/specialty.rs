//! Specialty: versions of a name with the same regions and cohort form a group.
//!
//! Between groups, regions and cohorts decide the rank, so a thousand versions are ranked without comparing all pairs.

use super::grid::RegionSet;
use super::{Claim, Expr};
use crate::ids::RegionId;
use std::collections::{BTreeMap, BTreeSet};

/// The regions and the cohort that versions of one name share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specialty<'m> {
    regions: Option<&'m BTreeSet<RegionId>>,
    /// The conditions, each as its index among the distinct conditions of the name.
    cohort: BTreeSet<usize>,
}

impl<'m> Specialty<'m> {
    /// The distinct specialties of some claims, and for each claim the index of its own.
    #[must_use]
    pub fn of_all(claims: &[&'m Claim]) -> (Vec<Self>, Vec<usize>) {
        let mut conditions: Vec<&Expr> = Vec::new();
        let mut specialties: Vec<Self> = Vec::new();
        let mut known: BTreeMap<(Option<RegionSet<'m>>, BTreeSet<usize>), usize> = BTreeMap::new();
        let mut own = Vec::new();
        for claim in claims {
            let mut cohort = BTreeSet::new();
            for condition in &claim.scope.cohort {
                let at = conditions.iter().position(|c| *c == condition).unwrap_or(conditions.len());
                if at == conditions.len() {
                    conditions.push(condition);
                }
                cohort.insert(at);
            }
            let regions = claim.scope.regions.as_ref();
            let place = known.entry((regions.map(RegionSet::of), cohort)).or_insert_with_key(|(_, cohort)| {
                specialties.push(Self { regions, cohort: cohort.clone() });
                specialties.len() - 1
            });
            own.push(*place);
        }
        (specialties, own)
    }

    /// Its regions; `None` if it holds everywhere.
    #[must_use]
    pub fn regions(&self) -> Option<&'m BTreeSet<RegionId>> {
        self.regions
    }

    /// True if it is at least as special as another.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let regions = match (self.regions, other.regions) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => a.is_subset(b),
        };
        regions && other.cohort.is_subset(&self.cohort)
    }
}
