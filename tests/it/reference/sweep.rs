//! The decision: «read the outcomes from the strongest; the first that a rule clearly gives is the outcome; a rule that
//! waits for a fact which nobody has asked stops us to ask; a rule whose fact will not come is replaced by what that fact
//! declares, at that outcome's own place in the order, or at once if that place is passed».

use super::handlers::Handled;
use super::rules::{Key, in_order};
use super::{Answer, Case, Cause, Env, ReasonLine, Res, spell, unasked};
use chrono::NaiveDate;
use ereje::eval::Question;
use ereje::facts::FactSet;
use ereje::ids::*;
use ereje::model::{Choices, Item, Model, Role};
use ereje::syntax::ast::State;
use ereje::value::{FactPath, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The replacement of a void rule.
#[derive(Clone, Debug, PartialEq)]
enum Proposal {
    /// ⊤, stronger than every outcome, with the causes of the unknown rule.
    Top(BTreeSet<Cause>),
    /// An outcome with a reason.
    Outcome { level: u32, key: Key, line: ReasonLine, down: bool },
}

/// The state of an unknown rule.
enum Unknown {
    /// It waits for these.
    Pending(BTreeSet<FactPath>),
    /// It is replaced by these.
    Void(Vec<Proposal>),
}

/// The rules that wait at a level, each with its needs.
type Waiting = Vec<(u32, BTreeSet<FactPath>)>;

#[expect(clippy::result_large_err, reason = "an answer in place of a case is as large as it is")]
/// The case with its governing date and place, or the answer if these are not known.
fn governed<'m>(
    model: &'m Model,
    facts: &'m FactSet,
    choices: &'m Choices,
    question: &Question,
) -> Result<Case<'m>, Answer> {
    // The governing date and place are evaluated before there is a day on which anything holds.
    let nowhen = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
    let mut case =
        Case { model, facts, choices, decision: question.decision, date: nowhen, place: None, governed: false };
    let env = Env { date: nowhen, locals: BTreeMap::new() };
    // If the question gives them, their expressions are not evaluated.
    let as_of = model.parts(Item::AsOf);
    let date = match question.as_of {
        Some(day) => Res::Known(Value::Date(day)),
        None => case.eval(as_of.one(Role::GoverningDate).expect("a policy has a governing date"), &env),
    };
    let place = match question.region {
        Some(region) => Some(Res::Known(Value::Region(region))),
        None => as_of.one(Role::GoverningRegion).map(|e| case.eval(e, &env)),
    };
    let causes: BTreeSet<Cause> = date.causes().into_iter().chain(place.iter().flat_map(Res::causes)).collect();
    if !causes.is_empty() {
        let needs = unasked(&causes);
        let mut answer = undetermined(&case, Vec::from([(0, needs)]));
        if unasked(&causes).is_empty() {
            answer.blocked = causes;
        }
        return Err(answer);
    }
    case.date = match date {
        Res::Known(Value::Date(date)) => date,
        other => panic!("the governing date is {other:?}"),
    };
    case.place = match place {
        None => None,
        Some(Res::Known(Value::Region(region))) => Some(region),
        Some(other) => panic!("the governing place is {other:?}"),
    };
    case.governed = true;
    let policy = model.parts(Item::Section(SectionId(0)));
    if !case.covers(policy.scope.expect("a policy has a scope"), case.date) {
        return Err(Answer { outcome: "not_in_force".into(), ..Answer::default() });
    }
    Ok(case)
}

pub fn decide(model: &Model, facts: &FactSet, choices: &Choices, decision: DecisionId) -> Answer {
    answer(model, facts, choices, &Question::of(decision))
}

/// The same, possibly for another day or place.
pub fn answer(model: &Model, facts: &FactSet, choices: &Choices, question: &Question) -> Answer {
    match governed(model, facts, choices, question) {
        Err(answer) => answer,
        Ok(case) => {
            let mut answer = sweep(&case);
            answer.outputs = outputs(&case);
            answer
        }
    }
}

/// «An assumption was depended on if changing that one choice changes outcome, reasons or outputs.»
pub fn assumptions(model: &Model, facts: &FactSet, choices: &Choices, decision: DecisionId) -> BTreeSet<String> {
    // Choices can change the order of reasons, which does not count.
    let essence = |choices: &Choices| {
        let answer = decide(model, facts, choices, decision);
        let reasons: BTreeSet<String> = answer.reasons.iter().map(|line| format!("{line:?}")).collect();
        (answer.outcome, reasons, answer.outputs)
    };
    let made = essence(choices);
    let ids = (0..model.assumptions.len()).map(AssumptionId::new);
    let depended = ids.filter(|id| {
        let count = model.assumptions[*id].choices.len() as u32;
        (0..count).any(|choice| essence(&choices.with(*id, choice)) != made)
    });
    depended.map(|id| model.assumptions[id].name.clone()).collect()
}

/// The rules that surely fire with their levels, the strongest first; `None` if the policy does not hold.
pub fn firing(model: &Model, facts: &FactSet, choices: &Choices, decision: DecisionId) -> Option<Vec<(u32, String)>> {
    let case = governed(model, facts, choices, &Question::of(decision)).ok()?;
    let mut firing: Vec<_> =
        case.rules().into_iter().filter(|r| r.status.is_true()).map(|r| (r.level, r.qualified)).collect();
    firing.sort();
    Some(firing)
}

fn sweep(case: &Case<'_>) -> Answer {
    let rules = case.rules();
    let outcomes = &case.model.decisions[case.decision].outcomes;
    let weakest = outcomes.len() as u32 - 1;
    let mut carried: Vec<Proposal> = Vec::new();
    let mut waiting: Waiting = Vec::new();
    for level in 0..=weakest {
        let here: Vec<_> = rules.iter().filter(|r| r.level == level).collect();
        let mut lines: Vec<(Key, ReasonLine)> =
            here.iter().filter(|r| r.status.is_true()).map(|r| (r.key, r.line.clone())).collect();
        let mut down = false;
        for proposal in &carried {
            if let Proposal::Outcome { level: at, key, line, down: was_down } = proposal
                && *at == level
            {
                lines.push((*key, line.clone()));
                down |= was_down;
            }
        }
        if !lines.is_empty() || level == weakest {
            if !waiting.is_empty() {
                return undetermined(case, waiting);
            }
            let mut open: Vec<String> =
                here.iter().filter(|r| matches!(r.status, Res::Unknown(_))).map(|r| r.qualified.clone()).collect();
            open.dedup();
            return decided(case, level, lines, open, down);
        }
        let mut proposals = Vec::new();
        for rule in &here {
            let Res::Unknown(causes) = &rule.status else { continue };
            match unknown(case, causes) {
                Unknown::Pending(needs) => waiting.push((level, needs)),
                Unknown::Void(all) => proposals.extend(all),
            }
        }
        let strong = |p: &&Proposal| match p {
            Proposal::Top(_) => true,
            Proposal::Outcome { level: at, .. } => *at <= level,
        };
        let at_once: Vec<&Proposal> = proposals.iter().filter(strong).collect();
        if !at_once.is_empty() {
            if !waiting.is_empty() {
                return undetermined(case, waiting);
            }
            let tops: BTreeSet<Cause> = at_once
                .iter()
                .filter_map(|p| if let Proposal::Top(c) = p { Some(c.clone()) } else { None })
                .flatten()
                .collect();
            if !tops.is_empty() {
                return Answer { outcome: "undetermined".into(), blocked: tops, ..Answer::default() };
            }
            let mut best: Vec<(u32, Key, ReasonLine, bool)> = at_once
                .into_iter()
                .filter_map(|p| match p {
                    Proposal::Outcome { level, key, line, down } => Some((*level, *key, line.clone(), *down)),
                    Proposal::Top(_) => None,
                })
                .collect();
            let strongest = best.iter().map(|b| b.0).min().unwrap_or(level);
            best.retain(|b| b.0 == strongest);
            let down = best.iter().any(|b| b.3);
            let lines = best.into_iter().map(|b| (b.1, b.2)).collect();
            return decided(case, strongest, lines, Vec::new(), down);
        }
        carried.extend(proposals);
    }
    unreachable!("the weakest level always decides")
}

/// «If N has unavailable causes, those facts' `if unavailable`; else if it has a fault or an open definition, ⊤; else
/// each absent fact's `if absent`.»
fn unknown(case: &Case<'_>, causes: &BTreeSet<Cause>) -> Unknown {
    let needs = unasked(causes);
    if !needs.is_empty() {
        return Unknown::Pending(needs);
    }
    let of = |wanted: State| -> Vec<FactPath> {
        causes
            .iter()
            .filter_map(|c| match (c, wanted) {
                (Cause::Absent(p), State::Absent) | (Cause::Unavailable(p), State::Unavailable) => Some(p.clone()),
                _ => None,
            })
            .collect()
    };
    let (down, none) = (of(State::Unavailable), of(State::Absent));
    let (state, places) = if !down.is_empty() {
        (State::Unavailable, down)
    } else {
        if causes.iter().any(|c| matches!(c, Cause::Fault(_) | Cause::Open(..))) {
            return Unknown::Void(vec![Proposal::Top(causes.clone())]);
        }
        (State::Absent, none)
    };
    let mut needs = BTreeSet::new();
    let mut proposals = Vec::new();
    for place in places {
        let top = Proposal::Top(causes.clone());
        match case.handler(&place, state) {
            Handled::Undeclared => proposals.push(top),
            Handled::Unknown { causes, .. } => {
                // If nobody has asked about the cohort of a handler, the rule waits; if it will not be known, ⊤.
                needs.extend(unasked(&causes));
                proposals.push(top);
            }
            Handled::By(handler) => {
                let parts = case.model.parts(Item::Handler(handler));
                let reason = parts.names.iter().find_map(|name| match name {
                    Item::Reason(id) => Some(*id),
                    _ => None,
                });
                let level = parts.names.iter().find_map(|name| match name {
                    Item::Outcome(outcome) if outcome.decision == case.decision => Some(outcome.level),
                    _ => None,
                });
                let reason = reason.unwrap_or_else(|| panic!("a value stands for {place:?}"));
                proposals.push(match level {
                    None => top,
                    Some(level) => Proposal::Outcome {
                        level,
                        key: case.key(parts.claim.expect("a handler has a claim"), None),
                        line: ReasonLine {
                            code: case.model.reasons[reason].code.clone(),
                            by: case.handler_name(handler),
                            args: Vec::new(),
                            places: BTreeSet::from([spell(case.model, &place)]),
                        },
                        down: state == State::Unavailable,
                    },
                });
            }
        }
    }
    if needs.is_empty() { Unknown::Void(proposals) } else { Unknown::Pending(needs) }
}

fn decided(case: &Case<'_>, level: u32, lines: Vec<(Key, ReasonLine)>, open: Vec<String>, down: bool) -> Answer {
    Answer {
        outcome: case.model.decisions[case.decision].outcomes[level as usize].name.clone(),
        reasons: in_order(lines),
        open,
        notices: case.notices(level),
        provisional: down,
        ..Answer::default()
    }
}

/// «Needs are sorted by level, then by how many rules turn on the fact, then by declaration.»
fn undetermined(case: &Case<'_>, waiting: Waiting) -> Answer {
    let places: BTreeSet<&FactPath> = waiting.iter().flat_map(|(_, places)| places).collect();
    let mut needs: Vec<_> = places
        .into_iter()
        .map(|place| {
            let turning: Vec<u32> =
                waiting.iter().filter(|(_, p)| p.contains(place)).map(|(level, _)| *level).collect();
            (turning.iter().min().copied(), usize::MAX - turning.len(), place)
        })
        .collect();
    needs.sort();
    Answer {
        outcome: "undetermined".into(),
        needs: needs.into_iter().map(|(_, _, place)| spell(case.model, place)).collect(),
        ..Answer::default()
    }
}

/// «An output that is not known is left out.»
fn outputs(case: &Case<'_>) -> Vec<(String, Value)> {
    let env = Env { date: case.date, locals: BTreeMap::new() };
    let outputs = case.model.decisions[case.decision].outputs.iter().enumerate();
    outputs
        .filter_map(|(index, output)| {
            let parts = case.model.parts(Item::Output(OutputRef::new(case.decision, index)));
            match case.eval(parts.one(Role::Value).expect("an output has a value"), &env) {
                Res::Known(value) => Some((output.name.clone(), value)),
                Res::Unknown(_) => None,
            }
        })
        .collect()
}
