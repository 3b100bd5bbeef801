//! Which assumptions a decision can rest on at all, by what its rules and outputs mention.

use crate::ids::*;
use crate::model::*;
use std::collections::BTreeSet;

/// The assumptions that a decision's outcome, reasons and outputs can rest on, in the order of declaration.
pub(crate) fn reachable(model: &Model, decision: DecisionId) -> BTreeSet<AssumptionId> {
    let policy = model.sections.ids().next().map(Item::Section);
    let rules = model.provisions_of(ProvisionKind::Rule).filter(|(_, rule)| {
        // A version of another decision, or a suspension, changes this one too where it stands in the way of a version.
        rule.versions.iter().any(|version| version.body.as_ref().is_some_and(|body| body.decision == decision))
    });
    let rules = rules.map(|(id, _)| Item::Provision(id));
    let outputs = (0..model.decisions[decision].outputs.len()).map(|index| OutputRef::new(decision, index));
    let starts = policy.into_iter().chain([Item::AsOf]).chain(rules).chain(outputs.map(Item::Output));
    let reached = model.reach(starts, |_, link, other| decides(link, other));
    reached.into_iter().filter_map(|item| if let Item::Assumption(id) = item { Some(id) } else { None }).collect()
}

/// Whether what stands behind a link can change a decision. The limits of a norm are compared with its values when a
/// policy is checked; messages and the other outcomes only name what is decided.
fn decides(link: Link, other: Item) -> bool {
    match link {
        Link::Inside => !matches!(other, Item::NormLimit(_)),
        Link::Exception | Link::Reads(_) | Link::Bound => true,
        Link::Names => matches!(other, Item::Registry(_)),
    }
}
