//! The machine: evaluates nodes over one fact set, each once for each governing date.
//!
//! It recurses along expressions. The caller provides a stack that is deep enough for the plan (see [`with_room`](crate::plan::with_room));
//! the number of steps is limited, so that no policy can make it overflow or run for ever.

use super::causes::*;
use super::coverage_points::CoveragePoint;
use crate::facts::FactSet;
use crate::ids::{LocalId, ReasonId, RegionId};
use crate::model::{Item, Model};
use crate::plan::{Node, NodeId, Plan, Program, Programs};
use crate::value::{FactCell, FactPath, Fault, FaultKind, MAX_EXPONENT, MAX_VALUES, Number, Value};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Operations that one decision may take. Ordinary decisions take some hundreds; only nested loops over long lists, or
/// functions that call one another again and again, come close.
pub const MAX_STEPS: u64 = 5_000_000;

/// The number of other dates whose programs and values one decision keeps.
const KEPT_DATES: usize = 32;

/// The number that it keeps of dates that rest on one another, while the first of them is not known.
const MAX_DATES: usize = 4_096;

/// Evaluates nodes.
pub(crate) struct Machine<'p> {
    programs: &'p Programs<'p>,
    pub(crate) plan: &'p Plan,
    pub(crate) model: &'p Model,
    pub facts: &'p FactSet,
    pub(crate) place: Option<RegionId>,
    /// The program of the current frame; the next field is its date.
    pub(crate) program: &'p Program,
    pub(crate) date: Option<NaiveDate>,
    /// The first frame is that of the governing date; the others belong to the dates of `at`s.
    frames: Vec<Frame<'p>>,
    entered: usize,
    /// Parameters and loop variables, by [`crate::ids::LocalId`].
    locals: Vec<Option<Bound>>,
    /// Facts whose value is being looked for among their handlers. The checker admits no cohort that reads the same fact;
    /// if one did, it would end here.
    pub(crate) resolving: Vec<FactPath>,
    pub(crate) steps: u64,
    ran_out: Option<Causes>,
    /// For each fault that was found, the rules and outputs that are unknown for it.
    pub(super) readers: BTreeMap<Fault, BTreeSet<Item>>,
    /// How many values may still be put into messages, and the first reason for whose message they did not suffice.
    pub(crate) words_left: usize,
    pub(crate) wordless: Option<ReasonId>,
    /// The depth of nested exceptions in a record.
    pub(crate) nested: usize,
    /// What was read; `None` if it is not recorded.
    pub(crate) reads: Option<BTreeMap<FactPath, FactCell>>,
    /// What was exercised; `None` if it is not recorded. Needs the program of a probing plan.
    pub(crate) recorder: Option<Box<Recorder<'p>>>,
}

/// The points that a machine notes, and the machine for work that notes nothing.
#[derive(Default)]
pub(crate) struct Recorder<'p> {
    pub(crate) points: BTreeSet<CoveragePoint>,
    pub(super) shadow: Option<Box<Machine<'p>>>,
}

/// A governing date with the values that were computed under it.
struct Frame<'p> {
    program: &'p Program,
    date: Option<NaiveDate>,
    memo: Memo,
}

/// What a variable is bound to.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) answer: Answer,
    /// True if it is a fact, a field or an element, whose state can be tested; false if it is computed.
    pub(crate) cell: bool,
}

/// Values of nodes that read no variable.
enum Memo {
    Dense(Vec<Option<Answer>>),
    Sparse(HashMap<u32, Answer>),
}

impl Memo {
    fn get(&self, slot: u32) -> Option<&Answer> {
        match self {
            Self::Dense(slots) => slots.get(slot as usize)?.as_ref(),
            Self::Sparse(slots) => slots.get(&slot),
        }
    }

    fn set(&mut self, slot: u32, answer: Answer) {
        match self {
            Self::Dense(slots) => {
                if let Some(place) = slots.get_mut(slot as usize) {
                    *place = Some(answer);
                }
            }
            Self::Sparse(slots) => {
                slots.insert(slot, answer);
            }
        }
    }
}

impl<'p> Machine<'p> {
    /// Programs of other days, for an `at`.
    pub(crate) fn programs(&self) -> &'p Programs<'p> {
        self.programs
    }

    /// A machine for a program, a governing date and a place.
    pub(crate) fn new(
        programs: &'p Programs<'p>,
        facts: &'p FactSet,
        program: &'p Program,
        date: Option<NaiveDate>,
        place: Option<RegionId>,
    ) -> Self {
        let memo = Memo::Dense(vec![None; program.slot_count as usize]);
        let plan = programs.plan;
        Self {
            programs,
            plan,
            model: plan.model(),
            facts,
            place,
            program,
            date,
            frames: vec![Frame { program, date, memo }],
            entered: 0,
            locals: vec![None; plan.model().locals.len()],
            resolving: Vec::new(),
            steps: MAX_STEPS,
            ran_out: None,
            readers: BTreeMap::new(),
            words_left: MAX_VALUES,
            wordless: None,
            nested: 0,
            reads: None,
            recorder: None,
        }
    }

    /// A machine like this one, without values.
    pub(crate) fn twin(&self) -> Self {
        let (program, date) =
            self.frames.first().map_or((self.program, self.date), |frame| (frame.program, frame.date));
        Self::new(self.programs, self.facts, program, date, self.place)
    }

    /// Takes over the variables, the date and the steps of another machine.
    pub(crate) fn follow(&mut self, other: &Self) {
        self.locals.clone_from(&other.locals);
        self.resolving.clone_from(&other.resolving);
        self.steps = other.steps;
        self.frames.truncate(KEPT_DATES);
        let frame = match self.frames.iter().position(|frame| frame.date == other.date) {
            Some(frame) => frame,
            None => {
                let memo = Memo::Sparse(HashMap::new());
                self.frames.push(Frame { program: other.program, date: other.date, memo });
                self.frames.len() - 1
            }
        };
        self.go(frame);
    }

    /// Takes one step; a fault if none is left, so that no evaluation runs for ever.
    pub(crate) fn step(&mut self, id: NodeId) -> Result<(), Causes> {
        if self.steps == 0 {
            // One fault, at the place where the steps ran out, however many nodes are still to be evaluated.
            let ran_out = self.ran_out.get_or_insert_with(|| fault(self.program.span(id), FaultKind::TooManySteps));
            return Err(ran_out.clone());
        }
        self.steps -= 1;
        Ok(())
    }

    /// Takes a step for each value in a list or a record, which is about to be compared: it may hold a million, and be shared.
    pub(crate) fn pay_for(&mut self, id: NodeId, value: &Value) -> Result<(), Causes> {
        match value {
            Value::List(_) | Value::Record(_) => {
                let weight = MAX_VALUES.saturating_sub(value.weigh(MAX_VALUES).unwrap_or(0));
                self.steps = self.steps.saturating_sub(weight as u64);
                self.step(id)
            }
            Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Duration(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_) => Ok(()),
        }
    }

    /// Takes a step for each factor of a power, whose digits grow with them.
    pub(crate) fn pay_for_power(&mut self, id: NodeId, exponent: Number) -> Result<(), Causes> {
        let factors = exponent.to_i64().map_or(0, i64::unsigned_abs).min(u64::from(MAX_EXPONENT));
        self.steps = self.steps.saturating_sub(factors);
        self.step(id)
    }

    pub(crate) fn fault(&self, id: NodeId, kind: FaultKind) -> Causes {
        fault(self.program.span(id), kind)
    }

    /// Notes who is unknown for the faults among these causes.
    pub(super) fn note_reader(&mut self, causes: &Causes, reader: Item) {
        for cause in causes.iter() {
            if let Cause::Fault(fault) = cause {
                self.readers.entry(fault.clone()).or_default().insert(reader);
            }
        }
    }

    /// The value of a node.
    pub(crate) fn eval(&mut self, id: NodeId) -> Answer {
        let (node, slot) = self.program.node(id);
        let Some(slot) = slot else { return self.compute(id, node) };
        if let Some(known) = self.frames.get(self.entered).and_then(|frame| frame.memo.get(slot)) {
            return known.clone();
        }
        self.step(id)?;
        let answer = self.compute(id, node);
        // Inside a handler's cohort an answer may depend on where the circle was cut, so it is not kept.
        if self.resolving.is_empty()
            && let Some(frame) = self.frames.get_mut(self.entered)
        {
            frame.memo.set(slot, answer.clone());
        }
        answer
    }

    /// The truth value of a node.
    pub(crate) fn truth(&mut self, id: NodeId) -> Truth {
        match self.eval(id)? {
            Value::Bool(value) => Ok(value),
            // The checker admits no other type.
            Value::Number(_)
            | Value::Date(_)
            | Value::Duration(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_)
            | Value::Record(_)
            | Value::List(_) => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    fn compute(&mut self, id: NodeId, node: Node) -> Answer {
        match node {
            Node::Const(index) => match self.program.consts.get(index as usize) {
                Some(value) => Ok(value.clone()),
                None => Err(self.fault(id, FaultKind::NoCase)),
            },
            Node::Fact(fact) => self.read_fact(fact),
            Node::Local(local) => match self.local(local) {
                Some(bound) => bound.answer.clone(),
                None => Err(self.fault(id, FaultKind::NoCase)),
            },
            Node::Field(record, field) => self.read_field(id, record, field),
            Node::OverTime(list, field) => self.over_time(id, list, field),
            Node::GoverningDate => match self.date {
                Some(date) => Ok(Value::Date(date)),
                None => Err(self.fault(id, FaultKind::NoCase)),
            },
            Node::GoverningRegion => match self.place {
                Some(place) => Ok(Value::Region(place)),
                None => Err(self.fault(id, FaultKind::NoCase)),
            },
            Node::At(entry, date) => self.at(id, entry, date),
            Node::Not(inner) => self.truth(inner).map(|value| Value::Bool(!value)),
            Node::And(parts) => self.junction(self.program.list(parts), false).map(Value::Bool),
            Node::Or(parts) => self.junction(self.program.list(parts), true).map(Value::Bool),
            Node::IsState(what, state) => self.is_state(what, state).map(Value::Bool),
            Node::Compare(op, a, b) => self.compare(op, a, b).map(Value::Bool),
            Node::In(what, list) => self.is_in(what, self.program.list(list)).map(Value::Bool),
            Node::InRegions(what, set) => self.in_regions(id, what, set).map(Value::Bool),
            Node::Arith(op, a, b, calendar) => self.arith(id, op, a, b, calendar),
            Node::Neg(inner) => self.negate(id, inner),
            Node::Round(mode, what, step) => self.round(id, mode, what, step),
            Node::Aggregate(index) => self.aggregate(id, index),
            Node::Call(builtin, args) => self.call(id, builtin, self.program.list(args)),
            Node::Apply(function, args) => self.apply(id, function, self.program.list(args)),
            Node::Cases(index) => self.cases(id, index),
            Node::Table(index) => self.table(id, index),
            Node::Scale(amount, bands) => self.scale(id, amount, self.program.list(bands)),
            Node::Conditional(condition, value, otherwise) => self.conditional(condition, value, otherwise),
            Node::List(items) => self.list(id, self.program.list(items)),
            Node::Record(record, parts) => self.record_value(id, record, self.program.list(parts)),
            Node::Open(definition, version) => Err(Causes::one(Cause::Open(definition, version))),
            Node::NoNorm(norm) => {
                let kind = self.date.map_or(FaultKind::NoCase, |date| FaultKind::NoNormValue { norm, date });
                Err(self.fault(id, kind))
            }
            Node::Probe(index) => {
                let inner = self.probe(id, index)?;
                self.eval(inner)
            }
            Node::Condition(index) => self.condition_value(id, index),
        }
    }

    /// What a variable is bound to.
    pub(crate) fn local(&self, local: LocalId) -> Option<&Bound> {
        self.locals.get(local.index()).and_then(Option::as_ref)
    }

    /// Binds a variable; returns the previous binding.
    pub(crate) fn set_local(&mut self, local: LocalId, bound: Option<Bound>) -> Option<Bound> {
        let slot = self.locals.get_mut(local.index())?;
        std::mem::replace(slot, bound)
    }

    /// Takes over the variables of another machine.
    pub(crate) fn locals_from(&mut self, other: &Self) {
        self.locals.clone_from(&other.locals);
    }

    /// Runs `inside` with a variable bound to an element of a list.
    pub(crate) fn bound<T>(&mut self, local: LocalId, answer: Answer, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.set_local(local, Some(Bound { answer, cell: true }));
        let result = inside(self);
        self.set_local(local, before);
        result
    }

    /// Runs `inside` with several variables bound.
    pub(crate) fn all_bound<T>(
        &mut self,
        locals: &[LocalId],
        bounds: Vec<Bound>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before: Vec<Option<Bound>> =
            locals.iter().zip(bounds).map(|(local, bound)| self.set_local(*local, Some(bound))).collect();
        let result = inside(self);
        for (local, before) in locals.iter().zip(before) {
            self.set_local(*local, before);
        }
        result
    }

    /// A definition with parameters. Arguments are evaluated first and may be unknown; only those that the body reads
    /// count.
    fn apply(&mut self, id: NodeId, function: u32, args: &'p [NodeId]) -> Answer {
        self.step(id)?;
        let Some(function) = self.program.functions.get(function as usize) else {
            return Err(self.fault(id, FaultKind::NoCase));
        };
        let bounds: Vec<Bound> = args.iter().map(|arg| self.argument(*arg)).collect();
        self.all_bound(&function.params, bounds, |machine| machine.eval(function.body))
    }

    fn argument(&mut self, arg: NodeId) -> Bound {
        let node = self.program.node(self.behind(arg)).0;
        let cell = if let Node::Local(local) = node {
            self.local(local).is_some_and(|bound| bound.cell)
        } else {
            matches!(node, Node::Fact(_) | Node::Field(..) | Node::OverTime(..))
        };
        Bound { answer: self.eval(arg), cell }
    }

    /// Runs `inside` in another frame.
    fn enter<T>(&mut self, frame: usize, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.entered;
        self.go(frame);
        let result = inside(self);
        self.go(before);
        result
    }

    fn go(&mut self, frame: usize) {
        if let Some(there) = self.frames.get(frame) {
            (self.entered, self.program, self.date) = (frame, there.program, there.date);
        }
    }

    /// Runs `inside` under the governing date itself, even inside an `at`: a fact has one state.
    pub(crate) fn governed<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.enter(0, inside)
    }

    /// An expression as of another date: enters the program of that day's cell at the node of the expression.
    fn at(&mut self, id: NodeId, entry: u32, date: NodeId) -> Answer {
        self.step(id)?;
        let Value::Date(date) = self.eval(date)? else { return Err(self.fault(id, FaultKind::NoCase)) };
        let (frame, fresh) = match self.frames.iter().position(|frame| frame.date == Some(date)) {
            Some(frame) => (frame, false),
            None => {
                let Some(program) = self.programs.of(date, self.place).filter(|_| self.date.is_some()) else {
                    return Err(self.fault(id, FaultKind::NoCase));
                };
                self.frames.push(Frame { program, date: Some(date), memo: Memo::Sparse(HashMap::new()) });
                (self.frames.len() - 1, true)
            }
        };
        let answer = self.enter(frame, |machine| match machine.program.entries.get(entry as usize) {
            Some(node) => machine.eval(*node),
            None => Err(machine.fault(id, FaultKind::NoCase)),
        });
        // A loop over many dates keeps only some of their values. What rests on values of earlier dates, and these on others,
        // keeps all of them until it is known: more than one of them may read the same.
        if fresh && frame >= KEPT_DATES && (self.entered < KEPT_DATES || frame >= MAX_DATES) {
            self.frames.truncate(frame);
        }
        answer
    }
}
