//! The assumptions that a decision can rest on, by what its rules and outputs mention.

use crate::ids::*;
use crate::model::*;
use std::collections::BTreeSet;

/// The assumptions that a decision's outcome, reasons and outputs can rest on, in the order of declaration.
pub(crate) fn reachable(model: &Model, decision: DecisionId) -> BTreeSet<AssumptionId> {
    let policy = model.sections.ids().next().map(Item::Section);
    // A version for another decision, or a suspension, affects this one too if it silences one of its versions.
    let is_own = |version: &Versioned<Option<ProvisionBody>>| {
        version.body.as_ref().is_some_and(|body| body.belongs_to(decision))
    };
    let rules = model.provisions_of(ProvisionKind::Rule).filter(|(_, rule)| rule.versions.iter().any(is_own));
    let versions = rules.flat_map(|(id, _)| model.parts(Item::Provision(id)).inside);
    let outputs = 0..model.decisions.at(decision).outputs.len();
    let outputs = outputs.map(|index| Item::Output(OutputRef::new(decision, index)));
    let starts = policy.into_iter().chain([Item::AsOf]).chain(versions).chain(outputs);
    let reached = model.reach(starts, |_, link, other| link.is_evaluated(other));
    let assumption = |item| if let Item::Assumption(id) = item { Some(id) } else { None };
    // How dates are counted can matter wherever there is a date.
    reached.into_iter().filter_map(assumption).chain(model.assumed_dates.assumptions()).collect()
}
