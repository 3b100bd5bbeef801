//! How special the versions of one name are: those of the same regions and cohort are one group.
//!
//! Groups stand to each other as their regions and cohorts do, so a thousand versions are ranked without comparing each
//! with each.

use super::grid::RegionSet;
use super::{Claim, Expr};
use crate::ids::RegionId;
use std::collections::{BTreeMap, BTreeSet};

/// Regions and cohort that versions of one name have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specialty<'m> {
    regions: Option<&'m BTreeSet<RegionId>>,
    /// Conditions, each as its place among the distinct ones of the name.
    cohort: BTreeSet<usize>,
}

impl<'m> Specialty<'m> {
    /// The distinct specialties of some claims, and for each claim the place of its own among them.
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

    /// Whether it is at least as special as another.
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
