//! The decision: «read the outcomes from the strongest; the first that a rule clearly gives is the outcome; a rule that
//! waits for a fact which nobody has asked stops us to ask; a rule whose fact will not come is replaced by what that fact
//! declares, at that outcome's own place in the order, or at once if that place is passed». «No outcome is given while an
//! output tied to it is unknown.»

use super::handlers::Handled;
use super::rules::{Key, in_order};
use super::{Answer, Bound, Case, Cause, Env, ReasonLine, Res, spell, unasked};
use chrono::NaiveDate;
use ereje::eval::Question;
use ereje::facts::FactSet;
use ereje::ids::*;
use ereje::model::{Choices, Expr, Item, Model, Parts, Role, Type};
use ereje::syntax::ast::State;
use ereje::value::{Element, FactCell, FactPath, FaultKind, Step, Value};
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
            if answer.outcome == ereje::model::IMPOSSIBLE {
                return Answer { notices: Vec::new(), ..answer };
            }
            let outputs = outputs(&case);
            let level = case.model.decisions[case.decision].outcomes.iter().position(|o| o.name == answer.outcome);
            for Out { name, tied, value, .. } in outputs {
                // An output that is tied to other outcomes does not belong to this one.
                if level.is_some_and(|level| !tied.is_empty() && !tied.contains(&(level as u32))) {
                    continue;
                }
                match value {
                    Given::Whole(Res::Known(value)) => answer.outputs.push((name, value)),
                    Given::Whole(Res::Unknown(causes)) => answer.unknown_outputs.push((name, causes)),
                    Given::Each(elements) => {
                        let known = elements.iter().filter_map(|(_, key, value)| match (key, value) {
                            (Res::Known(key), Res::Known(value)) => Some((key, value)),
                            _ => None,
                        });
                        answer.outputs.extend(super::by_element(case.model, &name, known.collect()));
                        for (index, _, value) in &elements {
                            if let Res::Unknown(causes) = value {
                                answer.unknown_outputs.push((format!("{name}[{index}]"), causes.clone()));
                            }
                        }
                    }
                }
            }
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

/// What is about to be given.
struct AtHand {
    level: u32,
    lines: Vec<(Key, ReasonLine)>,
    open: Vec<String>,
    down: bool,
}

/// «An outcome is not given while an output tied to it is unknown. Where such an output waits, the needs are the unasked
/// facts of the outputs of every outcome still possible. Where one is void, its facts' handlers speak if their outcome is
/// stronger; else the decision is `undetermined`, naming the output.»
fn give(case: &Case<'_>, mut waiting: Waiting, mut possible: BTreeSet<u32>, at_hand: AtHand) -> Answer {
    let level = at_hand.level;
    let asked = |possible: &BTreeSet<u32>, waiting: &mut Waiting| {
        let mut levels = possible.clone();
        levels.insert(level);
        waiting.extend(asked_of_outputs(case, levels));
    };
    if !waiting.is_empty() {
        asked(&possible, &mut waiting);
        return undetermined(case, waiting);
    }
    let unknown: Vec<(String, BTreeSet<Cause>)> = outputs(case)
        .into_iter()
        .filter(|output| output.tied.contains(&level))
        .filter_map(|output| {
            let causes = output.value.causes();
            (!causes.is_empty()).then_some((output.name, causes))
        })
        .collect();
    if unknown.is_empty() {
        return decided(case, level, at_hand.lines, at_hand.open, at_hand.down);
    }
    let outcome = case.model.decisions[case.decision].outcomes[level as usize].name.clone();
    let withheld = Some((outcome, unknown.iter().map(|(name, _)| name.clone()).collect()));
    if unknown.iter().any(|(_, causes)| !unasked(causes).is_empty()) {
        asked(&possible, &mut waiting);
        return Answer { withheld, ..undetermined(case, waiting) };
    }
    let mut proposals = Vec::new();
    for (_, causes) in &unknown {
        match self::unknown(case, causes) {
            Unknown::Pending(needs) => {
                waiting.push((level, needs.clone()));
                possible.insert(level);
                possible.extend(levels_in_question(case, causes));
            }
            Unknown::Void(all) => proposals.extend(all),
        }
    }
    if !waiting.is_empty() {
        asked(&possible, &mut waiting);
        return Answer { withheld, ..undetermined(case, waiting) };
    }
    match strongest(&proposals) {
        Some(stronger) if stronger.level < level => give(case, waiting, possible, stronger),
        Some(_) | None => {
            let blocked = unknown.into_iter().flat_map(|(_, causes)| causes).collect();
            Answer { outcome: "undetermined".into(), blocked, withheld, ..Answer::default() }
        }
    }
}

/// The strongest outcome of some proposals with its reasons; `None` if one is ⊤.
fn strongest(proposals: &[Proposal]) -> Option<AtHand> {
    if proposals.iter().any(|p| matches!(p, Proposal::Top(_))) {
        return None;
    }
    let outcomes: Vec<(u32, Key, ReasonLine, bool)> = proposals
        .iter()
        .filter_map(|p| match p {
            Proposal::Outcome { level, key, line, down } => Some((*level, *key, line.clone(), *down)),
            Proposal::Top(_) => None,
        })
        .collect();
    let strongest = outcomes.iter().map(|b| b.0).min()?;
    let best: Vec<_> = outcomes.into_iter().filter(|b| b.0 == strongest).collect();
    let down = best.iter().any(|b| b.3);
    let lines = best.into_iter().map(|b| (b.1, b.2)).collect();
    Some(AtHand { level: strongest, lines, open: Vec::new(), down })
}

/// The levels that what is declared for the facts among some causes could lead to: for one that nobody has asked, what is
/// declared for no record and for no answer; for one that is silent, what is declared for its state.
fn levels_in_question(case: &Case<'_>, causes: &BTreeSet<Cause>) -> BTreeSet<u32> {
    let mut levels = BTreeSet::new();
    for cause in causes {
        let (place, states) = match cause {
            Cause::Unasked(place) => (place, vec![State::Absent, State::Unavailable]),
            Cause::Absent(place) => (place, vec![State::Absent]),
            Cause::Unavailable(place) => (place, vec![State::Unavailable]),
            Cause::Fault(_) | Cause::Open(..) => continue,
        };
        for state in states {
            for handler in case.possible_handlers(place, state) {
                let named = case.model.parts(Item::Handler(handler)).names.clone();
                levels.extend(named.into_iter().filter_map(|name| match name {
                    Item::Outcome(outcome) if outcome.decision == case.decision => Some(outcome.level),
                    _ => None,
                }));
            }
        }
    }
    levels
}

/// The unasked facts of the unknown outputs that are tied to some levels, and to the levels that what is declared for these
/// facts could lead to, and so on.
fn asked_of_outputs(case: &Case<'_>, mut levels: BTreeSet<u32>) -> Waiting {
    let outputs = outputs(case);
    let mut asked: BTreeMap<usize, (u32, BTreeSet<FactPath>)> = BTreeMap::new();
    loop {
        let before = asked.len();
        for (i, output) in outputs.iter().enumerate() {
            let causes = output.value.causes();
            if !causes.is_empty() && output.tied.iter().any(|level| levels.contains(level)) && !asked.contains_key(&i) {
                levels.extend(levels_in_question(case, &causes));
                asked.insert(i, (output.tied[0], unasked(&causes)));
            }
        }
        if asked.len() == before {
            return asked.into_values().collect();
        }
    }
}

fn sweep(case: &Case<'_>) -> Answer {
    let rules = case.rules();
    let outcomes = &case.model.decisions[case.decision].outcomes;
    let weakest = outcomes.len() as u32 - 1;
    let mut carried: Vec<Proposal> = Vec::new();
    let mut waiting: Waiting = Vec::new();
    let mut possible: BTreeSet<u32> = BTreeSet::new();
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
            let mut open: Vec<String> =
                here.iter().filter(|r| matches!(r.status, Res::Unknown(_))).map(|r| r.qualified.clone()).collect();
            open.dedup();
            return give(case, waiting, possible, AtHand { level, lines, open, down });
        }
        let mut proposals = Vec::new();
        for rule in &here {
            let Res::Unknown(causes) = &rule.status else { continue };
            match unknown(case, causes) {
                Unknown::Pending(needs) => {
                    waiting.push((level, needs));
                    possible.insert(level);
                    possible.extend(levels_in_question(case, causes));
                }
                Unknown::Void(all) => proposals.extend(all),
            }
        }
        let strong = |p: &&Proposal| match p {
            Proposal::Top(_) => true,
            Proposal::Outcome { level: at, .. } => *at <= level,
        };
        let (at_once, later): (Vec<Proposal>, Vec<Proposal>) = proposals.into_iter().partition(|p| strong(&p));
        if !at_once.is_empty() {
            if let Some(strongest) = strongest(&at_once) {
                return give(case, waiting, possible, strongest);
            }
            if !waiting.is_empty() {
                waiting.extend(asked_of_outputs(case, possible));
                return undetermined(case, waiting);
            }
            let tops: BTreeSet<Cause> = at_once
                .into_iter()
                .filter_map(|p| if let Proposal::Top(causes) = p { Some(causes) } else { None })
                .flatten()
                .collect();
            return Answer { outcome: "undetermined".into(), blocked: tops, ..Answer::default() };
        }
        carried.extend(later);
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
                proposals.push(match level.zip(reason) {
                    // It proposes nothing in this decision, or leaves open what follows.
                    None => top,
                    Some((level, reason)) => Proposal::Outcome {
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

/// An output of the decision.
struct Out {
    name: String,
    /// The levels that it is tied to.
    tied: Vec<u32>,
    value: Given,
}

/// What an output comes to: one value, or one for each element, with the index of the element and its name.
enum Given {
    Whole(Res),
    Each(Vec<(usize, Res, Res)>),
}

impl Given {
    fn causes(&self) -> BTreeSet<Cause> {
        match self {
            Self::Whole(value) => value.causes(),
            Self::Each(elements) => elements.iter().flat_map(|(_, _, value)| value.causes()).collect(),
        }
    }
}

/// All outputs of the decision: «one that an amendment adds is not there beyond its scope; where it is not known whether
/// somebody belongs to its cohort, it is unknown, for that and for what its value lacks».
fn outputs(case: &Case<'_>) -> Vec<Out> {
    let env = Env { date: case.date, locals: BTreeMap::new() };
    let outputs = case.model.decisions[case.decision].outputs.iter().enumerate();
    outputs
        .filter_map(|(index, output)| {
            let parts = case.model.parts(Item::Output(OutputRef::new(case.decision, index)));
            let there = if parts.scope.is_some() { case.in_scope(&parts, &env) } else { Res::bool(true) };
            if there.is_false() {
                return None;
            }
            let value = given(case, &parts, &env);
            let value = match there {
                Res::Known(_) => value,
                Res::Unknown(a) => Given::Whole(Res::Unknown(a.union(&value.causes()).cloned().collect())),
            };
            Some(Out { name: output.name.clone(), tied: output.tied.clone(), value })
        })
        .collect()
}

/// «A part that nobody has asked, or that no registry could answer for, makes the whole unknown.»
fn in_whole(case: &Case<'_>, res: Res) -> Res {
    fn parts(case: &Case<'_>, value: &Value, causes: &mut BTreeSet<Cause>) {
        let (cells, place) = match value {
            Value::Record(record) => (&record.fields, &record.place),
            Value::List(list) => (&list.items, &list.place),
            _ => return,
        };
        for (index, cell) in cells.iter().enumerate() {
            let place = place.as_ref().map(|place| match case.model.datum_at(place).1 {
                Type::Record(id) => place.step(Step::Field(case.model.records[id].fields[index])),
                _ => place.step(Step::Item(index as u32)),
            });
            match (cell, place) {
                (FactCell::Known(part), _) => parts(case, part, causes),
                (FactCell::Unasked, Some(place)) => _ = causes.insert(Cause::Unasked(place)),
                (FactCell::Unavailable(_), Some(place)) => _ = causes.insert(Cause::Unavailable(place)),
                _ => {}
            }
        }
    }
    let mut causes = BTreeSet::new();
    if let Res::Known(value) = &res {
        parts(case, value, &mut causes);
    }
    if causes.is_empty() { res } else { Res::Unknown(causes) }
}

/// The value of an output, or those of its elements: «nothing of it is known while a name has to be asked, or which of several
/// elements of one name count; of those that count and have the same name, none has a value».
fn given(case: &Case<'_>, parts: &Parts<'_>, env: &Env) -> Given {
    let value = parts.one(Role::Value).expect("an output has a value");
    let Some(((local, list), key)) = parts.variable.zip(parts.one(Role::List)).zip(parts.one(Role::Key)) else {
        return Given::Whole(in_whole(case, case.eval(value, env)));
    };
    let elements = match case.eval(list, env) {
        Res::Known(list) => case.elements(&list),
        unknown @ Res::Unknown(_) => return Given::Whole(unknown),
    };
    let places: Vec<Option<FactPath>> = elements
        .iter()
        .map(|element| match element {
            // A record knows where it stands, in a computed list too.
            Bound::Cell(_, FactCell::Known(Value::Record(record))) => record.place.clone(),
            Bound::Result(Res::Known(Value::Record(record))) => record.place.clone(),
            Bound::Cell(place, _) => Some(place.clone()),
            Bound::OfNoRecord(_) | Bound::Result(_) => None,
        })
        .collect();
    let each: Vec<(usize, Res, Res, Res)> = elements
        .into_iter()
        .enumerate()
        .map(|(index, element)| {
            let env = env.with(local, element);
            let counts = parts.one(Role::Filter).map_or(Res::bool(true), |filter| case.eval(filter, &env));
            (index, counts, case.eval(key, &env), in_whole(case, case.eval(value, &env)))
        })
        .filter(|(_, counts, ..)| !counts.is_false())
        .collect();
    let pending = |res: &Res| res.causes().iter().any(|cause| matches!(cause, Cause::Unasked(_)));
    let namesakes = |key: &Res| -> Vec<&(usize, Res, Res, Res)> {
        each.iter().filter(|(_, _, other, _)| matches!(key, Res::Known(_)) && other == key).collect()
    };
    let place = |index: usize| Element { index: index as u32, place: places[index].clone() };
    let fault = |key: &Res, of: &Expr| {
        let mut counting = namesakes(key).into_iter().filter(|(_, counts, ..)| counts.is_true());
        let (first, second) = (counting.next()?, counting.next()?);
        let (first, second) = (Box::new(place(first.0)), Box::new(place(second.0)));
        Some(Res::fault(of.span, FaultKind::SameName { first, second }).causes())
    };
    let own = |(_, counts, name, value): &(usize, Res, Res, Res)| -> BTreeSet<Cause> {
        let fault = fault(name, key).unwrap_or_default();
        [counts.causes(), name.causes(), value.causes(), fault].into_iter().flatten().collect()
    };
    let waits = each.iter().any(|(_, counts, name, _)| pending(name) || (namesakes(name).len() > 1 && pending(counts)));
    if waits {
        return Given::Whole(Res::Unknown(each.iter().flat_map(own).collect()));
    }
    let answers = each.iter().map(|one| {
        let causes = own(one);
        let value = if causes.is_empty() { one.3.clone() } else { Res::Unknown(causes) };
        (one.0, one.2.clone(), value)
    });
    Given::Each(answers.collect())
}
