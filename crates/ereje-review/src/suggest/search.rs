//! The search for a scenario that reaches a goal: a beam search that begins at a start, applies changes that reduce the
//! distance, and keeps the best few scenarios at each step. Changes that are not needed are removed at the end.

use super::measure::distance;
use super::moves::{at_day, in_region};
use super::path_evaluator::PathEvaluator;
use super::propose::edits;
use super::scenario::{Scenario, ScenarioEdit};
use std::collections::HashSet;

/// The most changes to one scenario.
const MAX_STEPS: usize = 7;
/// The number of scenarios that are kept at each step.
const WIDTH: usize = 4;
/// The most steps in succession without an improvement.
const PATIENCE: usize = 2;

/// The distance of a scenario from the evaluator's goal.
pub(super) fn how_far(evaluator: &PathEvaluator<'_, '_>, scenario: &Scenario) -> u32 {
    evaluator
        .look(scenario, |inspector, constraint, _| distance(evaluator.model, inspector, constraint))
        .unwrap_or(u32::MAX)
}

/// A scenario that reaches the evaluator's goal, with few changes to the start.
pub(super) fn reach(evaluator: &PathEvaluator<'_, '_>, start: &Scenario) -> Option<Scenario> {
    let mut beam = vec![(how_far(evaluator, start), Vec::new(), start.clone())];
    let mut seen: HashSet<Scenario> = HashSet::new();
    let mut best = u32::MAX;
    let mut idle = 0;
    for step in 0..=MAX_STEPS {
        if let Some((0, changes, _)) = beam.first() {
            return Some(without_idle_changes(evaluator, start, changes));
        }
        let nearest = beam.first().map_or(u32::MAX, |(far, ..)| *far);
        if nearest < best {
            best = nearest;
            idle = 0;
        } else {
            idle += 1;
        }
        if step == MAX_STEPS || idle > PATIENCE || evaluator.is_spent() {
            return None;
        }
        let mut next = Vec::new();
        for (_, changes, scenario) in &beam {
            for edit in edits(evaluator, scenario) {
                let Some(other) = apply(evaluator, scenario, &edit) else { continue };
                if other == *scenario || !seen.insert(other.clone()) {
                    continue;
                }
                let far = how_far(evaluator, &other);
                let mut changes: Vec<ScenarioEdit> = changes.clone();
                changes.push(edit);
                let reached = far == 0;
                next.push((far, changes, other));
                if reached {
                    break;
                }
            }
        }
        // The sort is stable: equal ones stay in the order of their proposals.
        next.sort_by_key(|(far, ..)| *far);
        next.truncate(WIDTH);
        beam = next;
    }
    None
}

/// The scenario with one change made.
fn apply(evaluator: &PathEvaluator<'_, '_>, scenario: &Scenario, edit: &ScenarioEdit) -> Option<Scenario> {
    match edit {
        ScenarioEdit::Put(place, cell) => scenario.with(evaluator.model, place, cell.clone()),
        ScenarioEdit::Choose(assumption, index) => {
            Some(Scenario { choices: scenario.choices.with(*assumption, *index), ..scenario.clone() })
        }
        ScenarioEdit::Day(day) => Some(at_day(&evaluator.engine, scenario, *day, false)),
        ScenarioEdit::Region(region) => Some(in_region(&evaluator.engine, scenario, *region)),
    }
}

/// The start with only those changes that the goal needs.
fn without_idle_changes(evaluator: &PathEvaluator<'_, '_>, start: &Scenario, changes: &[ScenarioEdit]) -> Scenario {
    let replay = |changes: &[ScenarioEdit]| {
        let mut scenario = start.clone();
        for edit in changes {
            scenario = apply(evaluator, &scenario, edit)?;
        }
        Some(scenario)
    };
    let mut needed = changes.to_vec();
    let mut kept = replay(&needed).unwrap_or_else(|| start.clone());
    for index in (0..changes.len()).rev() {
        let mut fewer = needed.clone();
        fewer.remove(index);
        if let Some(scenario) = replay(&fewer)
            && how_far(evaluator, &scenario) == 0
        {
            (needed, kept) = (fewer, scenario);
        }
    }
    kept
}
