//! Evaluation: a plan and a fact set become an [`Evaluation`].
//!
//! Comes in: a [`Plan`] and the facts of one application. Goes out: the outcome with its reasons in ids and values, and,
//! where asked for, a [`DecisionRecord`] of what every rule did and what it rested on. Pure; reads no clock; the same input
//! gives the same result. Stands between `plan` and `explain`.

mod aggregate;
mod arith;
mod by_element;
mod call;
mod cases;
mod causes;
mod condition;
mod coverage_points;
mod inspect;
mod logic;
mod machine;
mod note;
mod outcome;
mod over_time;
mod periods;
mod reads;
mod record;
mod sweep;
mod tied;
mod unknown;

pub use crate::plan::with_room;
pub use arith::{compute, marginal};
pub use call::apply_builtin as builtin;
pub use causes::{Answer, Cause, Causes, Silence, Truth};
pub use coverage_points::{CellState, CoveragePoint, Subject};
pub use inspect::{Inspector, governed};
pub use machine::MAX_STEPS;
pub use outcome::{
    DetailLevel, ElementAnswer, Evaluation, GivenReason, KnownOutput, Origin, OutputAnswer, Question, Unanswered,
    Verdict, Withheld,
};
pub use reads::{handler_chain, registries, silence};
pub use record::{
    ClauseRecord, DecisionRecord, ExceptionRecord, FactRead, ProvisionRecord, SideRecord, Status, StatusRecord,
    witness_place,
};
pub use unknown::unknown_causes;

use crate::facts::FactSet;
use crate::ids::{OutputRef, RegionId};
use crate::model::Item;
use crate::plan::{Plan, Program, Programs};
use crate::value::{Fault, FaultKind, MAX_VALUES, Value};
use causes::Gather;
use chrono::NaiveDate;
use machine::{Bound, Machine};
use reads::Declared;
use std::collections::BTreeSet;
use sweep::{Swept, Witness, faults_of, in_order};

/// Decides one application.
#[must_use]
pub fn decide(plan: &Plan, facts: &FactSet, question: &Question, detail: DetailLevel) -> Evaluation {
    let work = || decide_here(plan, facts, question, detail, (None, &mut 0));
    with_room(plan, work).unwrap_or_else(|| no_room(plan))
}

/// The same, and the number of steps that it took.
#[must_use]
pub fn decide_counted(plan: &Plan, facts: &FactSet, question: &Question, detail: DetailLevel) -> (Evaluation, u64) {
    let work = || {
        let mut steps = 0;
        let outcome = decide_here(plan, facts, question, detail, (None, &mut steps));
        (outcome, steps)
    };
    with_room(plan, work).unwrap_or_else(|| (no_room(plan), MAX_STEPS))
}

/// Decides one application by a probing plan and returns the points that the decision exercised; by an ordinary plan,
/// only the verdict, the rules, the notices and the handlers.
#[must_use]
pub fn decide_probed(plan: &Plan, facts: &FactSet, question: &Question) -> (Evaluation, BTreeSet<CoveragePoint>) {
    let work = || {
        let mut points = BTreeSet::new();
        let outcome = decide_here(plan, facts, question, DetailLevel::Messages, (Some(&mut points), &mut 0));
        (outcome, points)
    };
    with_room(plan, work).unwrap_or_else(|| (no_room(plan), BTreeSet::new()))
}

/// The value of an expression under an `at`, by its number, as of a day in a place, and the number of steps that it took;
/// `None` if it is no norm, which no facts have a say in, or has no value there.
#[must_use]
pub fn norm_at(plan: &Plan, entry: u32, day: NaiveDate, place: Option<RegionId>) -> Option<(Value, u64)> {
    if !plan.is_norm(entry) {
        return None;
    }
    let facts = FactSet::unasked(plan.model().facts.len());
    let work = || {
        let programs = Programs::new(plan);
        let program = programs.of(day, place)?;
        let mut machine = Machine::new(&programs, &facts, program, Some(day), place);
        let value = machine.eval(*program.entries.get(entry as usize)?).ok()?;
        Some((value, MAX_STEPS.saturating_sub(machine.steps)))
    };
    with_room(plan, work).flatten()
}

/// What every rule of a decision with this outcome did, and why; `None` if the day, the place or the policy's own scope keeps anything
/// from being decided.
#[must_use]
pub fn record(plan: &Plan, facts: &FactSet, question: &Question, outcome: &Evaluation) -> Option<DecisionRecord> {
    let work = || {
        let programs = Programs::new(plan);
        let (date, region) = governing(&programs, facts, question, None).ok()?;
        let program = plan.traced(date, region)?;
        let mut machine = Machine::new(&programs, facts, &program, Some(date), region);
        let in_force = program.in_force?;
        (machine.truth(in_force) == Ok(true)).then(|| machine.record(question, outcome))
    };
    with_room(plan, work).flatten()
}

/// The evaluation without a deep enough stack: undetermined, with a fault.
fn no_room(plan: &Plan) -> Evaluation {
    let fault = Fault { span: plan.model().as_of.span, kind: FaultKind::TooManySteps };
    Evaluation {
        blocked: vec![Cause::Fault(fault.clone())],
        faults: vec![fault],
        ..Evaluation::undecided(None, None, Verdict::Undetermined)
    }
}

/// Decides, adds what was exercised to `points`, if given, and counts the steps.
fn decide_here(
    plan: &Plan,
    facts: &FactSet,
    question: &Question,
    detail: DetailLevel,
    (mut points, steps): (Option<&mut BTreeSet<CoveragePoint>>, &mut u64),
) -> Evaluation {
    let programs = Programs::new(plan);
    let (date, region) = match governing(&programs, facts, question, points.as_deref_mut()) {
        Ok(known) => known,
        Err((causes, date, region)) => {
            let outcome = waiting(&causes, date, region);
            points
                .into_iter()
                .for_each(|points| _ = points.insert(CoveragePoint::Verdict(question.decision, Verdict::Undetermined)));
            return outcome;
        }
    };
    let Some(program) = programs.of(date, region) else {
        return Evaluation::undecided(Some(date), region, Verdict::NotInForce);
    };
    let mut machine = Machine::new(&programs, facts, program, Some(date), region);
    machine.recorder = points.is_some().then(Box::default);
    if points.is_some() {
        // Evaluation aside, to see which clauses have a say, takes steps as well.
        machine.steps = MAX_STEPS.saturating_mul(4);
    }
    let given = machine.steps;
    let outcome = machine.outcome(question, detail);
    *steps = given.saturating_sub(machine.steps);
    if let Some(points) = points {
        match program.decisions.get(question.decision) {
            Some(entry) => machine.note_outcome(question.decision, entry, &outcome),
            None => machine.note(CoveragePoint::Verdict(question.decision, outcome.verdict)),
        }
        points.extend(machine.recorder.map(|recorder| recorder.points).unwrap_or_default());
    }
    outcome
}

/// The governing date and place; or the causes why they are unknown, with the one of them that is known.
type Governing = Result<(NaiveDate, Option<RegionId>), (Causes, Option<NaiveDate>, Option<RegionId>)>;

fn governing(
    programs: &Programs<'_>,
    facts: &FactSet,
    question: &Question,
    points: Option<&mut BTreeSet<CoveragePoint>>,
) -> Governing {
    let plan = programs.plan;
    let start = plan.start();
    let mut machine = Machine::new(programs, facts, start, None, None);
    machine.recorder = points.is_some().then(Box::default);
    let mut unknown = Gather::default();
    let mut entries = start.entries.iter().copied();
    let (date, region) = (entries.next(), entries.next());
    let date = match (question.as_of, date) {
        (Some(date), _) => Some(date),
        (None, Some(node)) => match unknown.take(machine.eval(node)) {
            Some(Value::Date(date)) => Some(date),
            _ => None,
        },
        (None, None) => None,
    };
    let region = match (question.region, region) {
        (Some(region), _) => Some(region),
        (None, Some(node)) => match unknown.take(machine.eval(node)) {
            Some(Value::Region(region)) => Some(region),
            _ => None,
        },
        (None, None) => None,
    };
    if let Some(points) = points {
        points.extend(machine.recorder.map(|recorder| recorder.points).unwrap_or_default());
    }
    match (date, unknown.finish()) {
        (Some(date), None) => Ok((date, region)),
        (date, Some(causes)) => Err((causes, date, region)),
        (None, None) => {
            let fault = causes::fault(plan.model().as_of.span, FaultKind::NoCase);
            Err((fault, None, region))
        }
    }
}

/// Undetermined: these unasked facts are needed, or, if there are none, these causes block the decision.
fn waiting(causes: &Causes, date: Option<NaiveDate>, region: Option<RegionId>) -> Evaluation {
    let needs: Vec<_> = causes
        .iter()
        .filter_map(|cause| match cause {
            Cause::Silent(place, Silence::Unasked) => Some(place.clone()),
            Cause::Silent(..) | Cause::Open(..) | Cause::Fault(_) => None,
        })
        .collect();
    let blocked: Vec<Cause> = if needs.is_empty() { causes.iter().cloned().collect() } else { Vec::new() };
    let faults = faults_of(&blocked).into_iter().collect();
    Evaluation { needs, blocked, faults, ..Evaluation::undecided(date, region, Verdict::Undetermined) }
}

impl Evaluation {
    fn undecided(as_of: Option<NaiveDate>, region: Option<RegionId>, verdict: Verdict) -> Self {
        Self {
            verdict,
            as_of,
            region,
            reasons: Vec::new(),
            open: Vec::new(),
            needs: Vec::new(),
            blocked: Vec::new(),
            unanswered: Vec::new(),
            faults: Vec::new(),
            readers: Vec::new(),
            provisional: false,
            notices: Vec::new(),
            outputs: Vec::new(),
            withheld: None,
        }
    }
}

impl<'p> Machine<'p> {
    fn outcome(&mut self, question: &Question, detail: DetailLevel) -> Evaluation {
        let program: &'p Program = self.program;
        let undecided = |verdict| Evaluation::undecided(self.date, self.place, verdict);
        let Some(in_force) = program.in_force else { return undecided(Verdict::NotInForce) };
        match self.truth(in_force) {
            Ok(true) => {}
            Ok(false) => return Evaluation::undecided(self.date, self.place, Verdict::NotInForce),
            Err(causes) => return self.not_known_to_hold(&causes),
        }
        let decision = self.model.decisions.get(question.decision);
        let entry = program.decisions.get(question.decision);
        let (Some(decision), Some(entry)) = (decision, entry) else {
            return Evaluation::undecided(self.date, self.place, Verdict::NotInForce);
        };
        let levels = u32::try_from(decision.outcomes.len()).unwrap_or(u32::MAX);
        let swept: Swept = self.sweep(question.decision, entry, levels, detail);
        let mut faults: BTreeSet<Fault> = swept.faults;
        let mut outputs = Vec::new();
        let mut left = MAX_VALUES;
        if detail != DetailLevel::Codes {
            for in_scope in &entry.outputs {
                let index = in_scope.output;
                let Some(output) = decision.outputs.get(index as usize) else { continue };
                let is_shown = match swept.verdict {
                    Verdict::Outcome(level) => output.goes_with(level) && !decision.is_impossible(level),
                    Verdict::Undetermined => true,
                    Verdict::NotInForce => false,
                };
                if is_shown && let Some(mut answer) = self.output(*in_scope) {
                    match answer.weigh(left) {
                        Some(rest) => left = rest,
                        None => {
                            let fault = causes::fault(output.span, FaultKind::TooManyValues);
                            answer = OutputAnswer::Whole(Err(fault));
                        }
                    }
                    let output = OutputRef { decision: question.decision, output: index };
                    answer.each_unknown(|_, causes| {
                        self.note_reader(causes, Item::Output(output));
                        faults.extend(faults_of(causes.iter()));
                    });
                    outputs.push((index, answer));
                }
            }
        }
        let notices = match swept.verdict {
            Verdict::Outcome(level) if detail == DetailLevel::Messages && !decision.is_impossible(level) => {
                self.notices(entry, level, detail)
            }
            Verdict::Outcome(_) | Verdict::Undetermined | Verdict::NotInForce => Vec::new(),
        };
        if let Some(reason) = self.wordless {
            faults.insert(Fault { span: self.model.reasons.at(reason).span, kind: FaultKind::TooManyValues });
        }
        Evaluation {
            verdict: swept.verdict,
            as_of: self.date,
            region: self.place,
            reasons: swept.reasons,
            open: swept.open,
            needs: swept.needs,
            blocked: swept.blocked,
            unanswered: swept.unanswered,
            readers: faults.iter().map(|fault| self.readers.remove(fault).unwrap_or_default()).collect(),
            faults: faults.into_iter().collect(),
            provisional: swept.provisional,
            notices,
            outputs,
            withheld: swept.withheld,
        }
    }

    /// Undetermined, because nobody knows whether the policy holds for these people. An outcome that a handler proposes does
    /// not say that it does.
    fn not_known_to_hold(&mut self, causes: &Causes) -> Evaluation {
        let mut undetermined = waiting(causes, self.date, self.place);
        for cause in &undetermined.blocked {
            if let Cause::Silent(place, silence) = cause
                && let Some(state) = silence.state()
            {
                let declared = self.declared(place, state, false);
                let handler = if let Declared::Handler(handler, _) = declared { Some(handler) } else { None };
                undetermined.unanswered.push(Unanswered { place: place.clone(), state, handler });
            }
        }
        undetermined
    }

    /// The notices whose condition is true and that go with this outcome.
    fn notices(&mut self, entry: &'p crate::plan::DecisionEntry, level: u32, detail: DetailLevel) -> Vec<GivenReason> {
        let mut shown = Vec::new();
        for notice in &entry.notices {
            if !notice.on.is_empty() && !notice.on.contains(&level) {
                continue;
            }
            let origin = Origin::Notice(notice.notice);
            let key = self.plan.reason_key(&self.model.provision(notice.notice).claim);
            self.instances(&notice.clause, &mut |machine, witness, truth| {
                if truth == Ok(true) {
                    let index = if let Witness::Item(index) = witness { index } else { 0 };
                    let given = machine.given(origin, notice.clause.reason, &notice.clause.args, detail);
                    shown.push(((key, index), given));
                }
            });
        }
        in_order(shown)
    }
}

impl GivenReason {
    /// Adds the values of the messages, with the arguments bound to the reason's parameters.
    fn with_values(mut self, machine: &mut Machine<'_>, detail: DetailLevel) -> Self {
        if detail != DetailLevel::Messages {
            return self;
        }
        let model = machine.model;
        let reason = model.reasons.at(self.reason);
        // A message may hold thousands of values, and be given for each of a hundred thousand elements.
        let Some(left) = machine.words_left.checked_sub(reason.counts().sum()) else {
            machine.wordless.get_or_insert(self.reason);
            return self;
        };
        machine.words_left = left;
        let bounds = self.args.iter().map(|arg| Bound { answer: arg.clone(), cell: false }).collect();
        let mut nodes = machine.program.messages.at(self.reason).iter();
        self.values = machine.all_bound(&reason.params, bounds, |machine| {
            reason.counts().map(|count| nodes.by_ref().take(count).map(|node| machine.eval(*node)).collect()).collect()
        });
        self
    }
}
