//! Attempts are scenarios that have been decided. The functions here check whether one of them reaches a goal.

use super::boundary::Variable;
use super::constraint::Binding;
use super::goals::{GoalPath, Objective, Setting, SuggestionGoal};
use super::metered_engine::MeteredEngine;
use super::moves::governing;
use super::path_evaluator::PathEvaluator;
use super::scenario::{Scenario, datum, places};
use super::search::how_far;
use super::values::{moved, samples};
use chrono::NaiveDate;
use ereje::engine::Engine;
use ereje::eval::{self, Cause, DetailLevel, Evaluation, GivenReason, Origin, Question, Silence, Verdict};
use ereje::ids::{ReasonId, RegionId};
use ereje::model::HandlerOwner;
use ereje::model::{Item, Model, ProvisionKind, Role};
use ereje::syntax::ast::State;
use ereje::value::{FactCell, FactPath, Step};

/// The most elements of each list that are checked for a state.
const ELEMENTS: usize = 8;
/// The most values that are tried for a silent datum.
const VALUES: usize = 4;
/// The most elements of a loop that are checked for an edge.
const LOOPED: usize = 3;

/// A scenario with its outcome.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) scenario: Scenario,
    pub(super) outcome: Evaluation,
    pub(super) day: Option<NaiveDate>,
    pub(super) place: Option<RegionId>,
}

impl Attempt {
    /// Decides a scenario; `None` if the policy has errors under its choices, or if the facts are impossible.
    pub(super) fn of(engine: MeteredEngine<'_>, scenario: Scenario) -> Option<Self> {
        let outcome = decided(engine, &scenario)?;
        let decision = engine.model().decisions.at(scenario.decision);
        if let Verdict::Outcome(level) = outcome.verdict
            && decision.is_impossible(level)
        {
            return None;
        }
        let (day, place) = governing(&engine, &scenario).map_or((None, None), |(day, place)| (Some(day), place));
        Some(Self { scenario, outcome, day, place })
    }

    /// True if both have the same decision, notices and needs.
    pub(super) fn alike(&self, other: &Self) -> bool {
        alike(&self.outcome, &other.outcome)
    }

    /// True if both have the same outcome, reasons and outputs.
    pub(super) fn decided_alike(&self, other: &Self) -> bool {
        decided_alike(&self.outcome, &other.outcome)
    }

    /// True if the decision depends on the silence of a place: a handler of it applies, it is a need, or it blocks.
    pub(super) fn turns_on(&self, place: &FactPath) -> bool {
        let within = |other: &FactPath| other.fact == place.fact && other.steps.starts_with(&place.steps);
        let spoken = self
            .outcome
            .reasons
            .iter()
            .any(|given| matches!(given.origin, Origin::Handler(_)) && given.places.iter().any(within));
        let silent = |cause: &Cause| match cause {
            Cause::Silent(other, Silence::Unasked | Silence::Unavailable | Silence::Absent) => within(other),
            Cause::Open(..) | Cause::Fault(_) => false,
        };
        spoken || self.outcome.needs.iter().any(within) || self.outcome.blocked.iter().any(silent)
    }
}

/// True if both have the same decision, notices and needs.
fn alike(a: &Evaluation, b: &Evaluation) -> bool {
    decided_alike(a, b) && codes(&a.notices) == codes(&b.notices) && a.needs == b.needs
}

/// True if both have the same outcome, reasons and outputs.
fn decided_alike(a: &Evaluation, b: &Evaluation) -> bool {
    a.verdict == b.verdict && codes(&a.reasons) == codes(&b.reasons) && a.known_outputs().eq(b.known_outputs())
}

/// The origins and codes of reasons, sorted, since the choices can change their order.
fn codes(given: &[GivenReason]) -> Vec<(Origin, ReasonId)> {
    let mut codes: Vec<_> = given.iter().map(|given| (given.origin, given.reason)).collect();
    codes.sort_unstable();
    codes
}

/// Evaluates a scenario, with codes, notices and outputs.
pub(super) fn decided(engine: MeteredEngine<'_>, scenario: &Scenario) -> Option<Evaluation> {
    decided_by(engine, engine.engine, scenario)
}

/// Evaluates a scenario by another engine, that of the policy with another setting.
fn decided_by(metered: MeteredEngine<'_>, engine: &Engine, scenario: &Scenario) -> Option<Evaluation> {
    metered.count(engine.model().provisions_of(ProvisionKind::Rule).count() as u64 + 1);
    if metered.is_tired() {
        return None;
    }
    let plan = engine.plan(&scenario.choices).ok()?;
    let question = Question { decision: scenario.decision, as_of: scenario.as_of, region: scenario.region };
    let (outcome, steps) = eval::decide_counted(&plan, &scenario.facts, &question, DetailLevel::Messages);
    metered.count_steps(steps);
    Some(outcome)
}

/// The index of the first attempt that reaches a goal.
pub(super) fn reached<'e>(
    engine: MeteredEngine<'e>,
    goal: &SuggestionGoal<'e>,
    attempts: &[&Attempt],
) -> Option<usize> {
    let mut list = attempts.iter().enumerate().filter(|(_, t)| goal.decision.is_none_or(|d| t.scenario.decision == d));
    let found = match &goal.objective {
        Objective::Reach(paths) => {
            let evaluators: Vec<_> = paths.iter().map(|path| PathEvaluator::new(engine, path, u32::MAX)).collect();
            list.find(|(_, t)| evaluators.iter().any(|evaluator| how_far(evaluator, &t.scenario) == 0))
        }
        Objective::Edge { paths, side } => {
            list.find(|(_, t)| paths.iter().any(|path| is_edge(engine, path, *side, &t.scenario)))
        }
        Objective::Day { day, regions, choice, .. } => list.find(|(_, t)| {
            let there = t.place.is_none_or(|place| regions.is_none_or(|regions| regions.contains(&place)));
            let chosen = choice.is_none_or(|(id, index)| t.scenario.choices.index(id) == index);
            t.day == Some(*day) && there && chosen
        }),
        Objective::State { datum, state } => list.find(|(_, t)| shows(engine, t, *datum, *state)),
        Objective::Region(regions) => list.find(|(_, t)| t.place.is_some_and(|place| regions.contains(&place))),
        Objective::Choice(id, index) => {
            list.find(|(_, t)| t.scenario.choices.index(*id) == *index && depends(engine, t, *id))
        }
        Objective::Setting { setting, .. } => list.find(|(_, t)| rests_on_setting(engine, t, *setting)),
        Objective::Outcome(level) => list.find(|(_, t)| t.outcome.verdict == Verdict::Outcome(*level)),
    };
    found.map(|(index, _)| index)
}

/// True if another choice would change the decision.
pub(super) fn depends(engine: MeteredEngine<'_>, attempt: &Attempt, id: ereje::ids::AssumptionId) -> bool {
    let count = engine.model().assumptions.at(id).choices.len();
    let made = attempt.scenario.choices.index(id);
    (0..u32::try_from(count).unwrap_or(0)).filter(|other| *other != made).any(|other| {
        let choices = attempt.scenario.choices.with(id, other);
        let otherwise = Attempt::of(engine, Scenario { choices, ..attempt.scenario.clone() });
        otherwise.is_some_and(|otherwise| !otherwise.decided_alike(attempt))
    })
}

/// True if the other value of a setting would change the decision, its notices or its needs.
pub(super) fn rests_on_setting(engine: MeteredEngine<'_>, attempt: &Attempt, setting: Setting) -> bool {
    let other = engine.otherwise(setting).and_then(|other| decided_by(engine, other, &attempt.scenario));
    other.is_some_and(|other| !alike(&other, &attempt.outcome))
}

/// True if a datum is somewhere in a state and the decision depends on it.
fn shows(engine: MeteredEngine<'_>, attempt: &Attempt, datum: HandlerOwner, state: Option<State>) -> bool {
    let model = engine.model();
    places_of(model, &attempt.scenario, datum, ELEMENTS).iter().any(|place| {
        let there = attempt.scenario.cell(model, place).is_some_and(|cell| in_state(&cell, state));
        there && ((state == Some(State::Absent) && means(model, datum)) || rests_on(engine, attempt, place))
    })
}

/// True if the silence of a place matters: a handler, need or block refers to it, or some value would change the
/// decision.
pub(super) fn rests_on(engine: MeteredEngine<'_>, attempt: &Attempt, place: &FactPath) -> bool {
    let model = engine.model();
    if attempt.turns_on(place) {
        return true;
    }
    let Some((datum, ty)) = datum(model, place) else { return false };
    let values = samples(model, datum, &ty, attempt.day.unwrap_or_default()).into_iter().take(VALUES);
    let with = values.filter_map(|value| attempt.scenario.with(model, place, FactCell::Known(value)));
    with.filter_map(|scenario| Attempt::of(engine, scenario)).any(|other| !other.alike(attempt))
}

/// True if a handler gives a datum without a record a value.
pub(super) fn means(model: &Model, datum: HandlerOwner) -> bool {
    let means = |item: Item| {
        matches!(item, Item::Handler(handler) if handler.state == State::Absent)
            && model.parts(item).one(Role::Default).is_some()
    };
    let owner = match datum {
        HandlerOwner::Fact(id) => Item::Fact(id),
        HandlerOwner::Field(id) => Item::Field(id),
        HandlerOwner::Registry(id) => Item::Registry(id),
        HandlerOwner::Policy => return false,
    };
    model.parts(owner).inside.into_iter().any(means)
}

fn in_state(cell: &FactCell, state: Option<State>) -> bool {
    match (cell, state) {
        (FactCell::Absent, Some(State::Absent)) | (FactCell::Unasked, None) => true,
        (FactCell::Unavailable(_), Some(State::Unavailable)) => true,
        (FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked, _) => false,
    }
}

/// The places of a datum in the facts of a scenario.
pub(super) fn places_of(model: &Model, scenario: &Scenario, datum: HandlerOwner, elements: usize) -> Vec<FactPath> {
    let is = |place: &FactPath| match datum {
        HandlerOwner::Fact(fact) => place.fact == fact && place.steps.is_empty(),
        HandlerOwner::Field(field) => place.steps.last() == Some(&Step::Field(field)),
        HandlerOwner::Registry(_) | HandlerOwner::Policy => false,
    };
    places(model, &scenario.facts, elements).into_iter().filter(is).collect()
}

/// The variables around the comparison of a path, for each of the first elements of its owner's loop.
pub(super) fn contexts<'e>(model: &'e Model, path: &GoalPath<'e>) -> Vec<Vec<Binding<'e>>> {
    let inner = path.site().map_or_else(Vec::new, |site| site.context.clone());
    match path.each(model) {
        None => vec![inner],
        Some((local, list)) => (0..LOOPED)
            .map(|index| {
                let mut context = vec![Binding::Element(local, list, index)];
                context.extend(inner.iter().cloned());
                context
            })
            .collect(),
    }
}

/// True if a scenario is on this side of a comparison, and one step of a value that the comparison reads would change
/// the side.
fn is_edge<'e>(engine: MeteredEngine<'e>, path: &GoalPath<'e>, side: bool, scenario: &Scenario) -> bool {
    let evaluator = PathEvaluator::new(engine, path, u32::MAX);
    if how_far(&evaluator, scenario) != 0 {
        return false;
    }
    let Some(site) = path.site() else { return false };
    contexts(engine.model(), path).iter().any(|context| {
        evaluator.truth(scenario, context, site.expr) == Some(side)
            && variables(&evaluator, scenario, context, site.expr).iter().any(|variable| {
                let start = variable.value(&evaluator, scenario);
                let stride = variable.stride(&evaluator, scenario, site.expr);
                let Some((start, stride)) = start.zip(stride) else { return false };
                [-1, 1].into_iter().any(|count| {
                    let other =
                        moved(&start, stride, count).and_then(|value| variable.set(&evaluator, scenario, &value));
                    other.and_then(|other| evaluator.truth(&other, context, site.expr)) == Some(!side)
                })
            })
    })
}

/// The variables that a condition reads; the governing date comes last.
pub(super) fn variables<'e>(
    evaluator: &PathEvaluator<'_, 'e>,
    scenario: &Scenario,
    context: &[Binding<'e>],
    expr: &'e ereje::model::Expr,
) -> Vec<Variable> {
    let reads = evaluator.look(scenario, |inspector, _, _| {
        super::path_evaluator::within(inspector, context, |inspector| inspector.reads(expr))
    });
    let known = reads.flatten().unwrap_or_default().into_iter().filter(|read| matches!(read.cell, FactCell::Known(_)));
    known.map(|read| Variable::Fact(read.place)).chain([Variable::Day]).collect()
}
