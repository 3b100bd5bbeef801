//! The choices under which a policy is checked.

use super::Checker;
use super::constant::{NormValues, Setting};
use crate::ids::{AssumptionId, RegionId};
use crate::model::*;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The choices of one round of checks, and in words the choice that is not the default.
pub(super) struct Vector {
    pub(super) choices: Choices,
    pub(super) chosen: Option<String>,
    pub(super) norms: NormValues,
}

impl Vector {
    /// A day and a place under these choices.
    pub(super) fn setting<'m>(&'m self, model: &'m Model, day: NaiveDate, place: Option<RegionId>) -> Setting<'m> {
        Setting { model, choices: &self.choices, day, place, norms: &self.norms }
    }
}

impl Checker<'_> {
    /// The choices to check: the defaults, and each other one, one at a time, of an assumption that bounds a period.
    pub(super) fn choice_vectors(&self) -> Vec<Vector> {
        let scopes = self.model.scopes().into_iter().map(|(_, scope)| scope);
        let bounds = scopes.flat_map(|scope| scope.starts().iter().chain(scope.ends()));
        let bounding: BTreeSet<AssumptionId> = bounds
            .filter_map(|bound| match bound {
                DateBound::Date(_) => None,
                DateBound::Assumption(id) => Some(*id),
            })
            .collect();
        self.vectors_of(bounding)
    }

    /// The defaults, and each other choice of these assumptions, one at a time.
    pub(super) fn vectors_of(&self, assumptions: BTreeSet<AssumptionId>) -> Vec<Vector> {
        let defaults = Choices::defaults(&self.model);
        let mut all = vec![Vector { choices: defaults.clone(), chosen: None, norms: NormValues::default() }];
        for id in assumptions {
            let assumption = self.model.assumptions.at(id);
            for (index, choice) in assumption.choices.iter().enumerate() {
                let Ok(index) = u32::try_from(index) else { continue };
                if index != defaults.index(id) {
                    let value = written(&self.model, choice, assumption.unit.as_ref());
                    let chosen = Some(format!("`{}` is {value}", assumption.name));
                    all.push(Vector { choices: defaults.with(id, index), chosen, norms: NormValues::default() });
                }
            }
        }
        all
    }
}
