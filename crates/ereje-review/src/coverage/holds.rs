//! Whether a version of a name ever holds: a version that is outranked everywhere is no goal.

use chrono::NaiveDate;
use ereje::ids::{AssumptionId, RegionId};
use ereje::model::{Choices, Claim, DateBound, Model, Scope};
use std::collections::BTreeSet;

/// True if the version is the highest on some day in some region, under the default choices, or with another choice for
/// one of the assumptions in the scopes of the versions.
pub(super) fn ever(model: &Model, claims: &[&Claim], index: usize) -> bool {
    let Some(claim) = claims.get(index) else { return false };
    let dated: BTreeSet<AssumptionId> = claims.iter().flat_map(|claim| assumptions(claim.scope())).collect();
    let defaults = Choices::defaults(model);
    let others = dated.iter().flat_map(|id| {
        let count = model.assumptions.at(*id).choices.len();
        (0..u32::try_from(count).unwrap_or(u32::MAX)).map(|choice| defaults.with(*id, choice))
    });
    let vectors: Vec<Choices> = std::iter::once(defaults.clone()).chain(others).collect();
    vectors.iter().any(|choices| somewhere(model, choices, claims, index, claim))
}

fn assumptions(scope: &Scope) -> impl Iterator<Item = AssumptionId> {
    scope.starts().iter().chain(scope.ends()).filter_map(|bound| match bound {
        DateBound::Date(_) => None,
        DateBound::Assumption(id) => Some(*id),
    })
}

fn somewhere(model: &Model, choices: &Choices, claims: &[&Claim], index: usize, claim: &Claim) -> bool {
    let all = claims.iter().copied().enumerate();
    let candidates = model.candidates(choices, all, |_| true);
    let Some(candidate) = candidates.into_iter().find(|candidate| candidate.index == index) else { return false };
    // A rival with a condition that the version lacks leaves it to all who do not meet that condition.
    let rivals = candidate.outranked_by.iter();
    let rivals = rivals.filter(|(_, cohort)| cohort.iter().all(|condition| candidate.cohort.contains(condition)));
    let rivals: Vec<&Claim> = rivals.filter_map(|(other, _)| claims.get(*other).copied()).collect();
    let period = claim.scope().period(model, choices);
    if period.is_empty() {
        return false;
    }
    // The version can become the highest only just before a rival begins or just after one ends, so these days and the
    // bounds of its own period are enough.
    let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
    days.extend(period.from);
    for rival in &rivals {
        let rival = rival.scope().period(model, choices);
        days.extend(rival.from.and_then(|day| day.pred_opt()));
        days.extend(rival.through.and_then(|day| day.succ_opt()));
    }
    days.extend(period.through);
    days.retain(|day| period.contains(*day));
    if days.is_empty() {
        days.extend(period.from.or(period.through).or(NaiveDate::from_ymd_opt(2000, 1, 1)));
    }
    let places: Vec<Option<RegionId>> = match claim.scope().regions() {
        Some(regions) => regions.iter().copied().map(Some).collect(),
        None => std::iter::once(None).chain(model.regions.ids().map(Some)).collect(),
    };
    let free = |day: NaiveDate, place: Option<RegionId>| {
        !rivals.iter().any(|rival| rival.scope().covers(model, choices, day, place))
    };
    days.iter().any(|day| places.iter().any(|place| free(*day, *place)))
}

/// True if a scope contains at least one day and one region.
pub(super) fn nonempty(model: &Model, scope: &Scope) -> bool {
    let period = scope.period(model, &Choices::defaults(model));
    let dated = assumptions(scope).next().is_some();
    (dated || !period.is_empty()) && scope.regions().is_none_or(|regions| !regions.is_empty())
}
