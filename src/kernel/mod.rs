//! The kernel: a plan in a form that decides rows quickly.
//!
//! Comes in: a [`Plan`] and a question; then rows. Goes out: outcome and codes. It is no second opinion: where it cannot
//! settle a row by itself it says so, and [`crate::eval`] decides. Stands between `eval` and `explain`.
//!
//! There is one compiler, that of the plan: `lower` turns a cell's program into a flat list of typed operations over
//! registers (`code`), `run` works the registers out over a row, and `sweep` goes through the levels. `why` holds what the
//! outcome can turn on of the causes of an unknown, in bits. What has no form here is an unknown of its own kind, and since
//! in strong Kleene logic knowing more never changes what is known, it leaves the row to the evaluator only where a rule
//! turns on it. The list has no jumps, and each operation stands behind those that it reads, so that it can be run over
//! columns as well: a register is then a column of numbers or two planes of bits, for true and for known.

mod cells;
mod code;
mod lower;
mod run;
mod sweep;
mod why;

use crate::eval::{Question, Verdict};
use crate::ids::{ReasonId, RegionId};
use crate::model::Model;
use crate::plan::Plan;
use crate::row::{Cell, Layout, Row};
use crate::value::Number;
use cells::Cells;
use code::{Code, Val};
use run::Run;
use std::sync::Arc;
use sweep::Room;
use why::Why;

/// A plan and a question, ready for rows. It can be shared between threads.
#[derive(Debug)]
pub struct Kernel {
    plan: Arc<Plan>,
    layout: Arc<Layout>,
    question: Question,
    /// The code of the governing date and place.
    start: Option<Code>,
    cells: Cells,
}

/// What one thread needs to decide rows; it holds the last decision.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    verdict: Option<Verdict>,
    reasons: Vec<ReasonId>,
    regs: Vec<Val>,
    wide: Vec<Number>,
    room: Room,
}

impl Scratch {
    /// The last decision.
    #[must_use]
    pub fn last(&self) -> Brief<'_> {
        Brief { verdict: self.verdict.unwrap_or(Verdict::Undetermined), reasons: &self.reasons }
    }

    /// Holds a decision that was made elsewhere.
    pub fn keep(&mut self, verdict: Verdict, reasons: impl Iterator<Item = ReasonId>) -> Brief<'_> {
        self.verdict = Some(verdict);
        self.reasons.clear();
        self.reasons.extend(reasons);
        self.last()
    }
}

/// Outcome and codes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief<'s> {
    /// How it ends.
    pub verdict: Verdict,
    /// Why, in the order of reasons.
    pub reasons: &'s [ReasonId],
}

impl Kernel {
    /// The kernel of a plan, for rows of a layout. Cells of the plan are made ready when a row first needs them.
    #[must_use]
    pub fn new(plan: Arc<Plan>, layout: Arc<Layout>, question: Question) -> Self {
        // What notes what it comes to is never decided here.
        let start = if plan.is_probing() { None } else { lower::start(&plan, &layout, question.decision) };
        let cells = Cells::new(plan.grid());
        Self { plan, layout, question, start, cells }
    }

    /// Decides a row. None where that takes [`crate::eval::decide`].
    pub fn decide<'s>(&self, row: &Row, scratch: &'s mut Scratch) -> Option<Brief<'s>> {
        let start = self.start.as_ref()?;
        let verdict = match self.governing(start, row, scratch)? {
            Some((day, region)) => self.decide_on(day, region, row, scratch)?,
            None => {
                scratch.reasons.clear();
                Verdict::Undetermined
            }
        };
        scratch.verdict = Some(verdict);
        Some(scratch.last())
    }

    /// The governing date and place; none within where they wait for a fact. None where the evaluator has to say.
    fn governing(&self, start: &Code, row: &Row, scratch: &mut Scratch) -> Option<Option<(Val, Val)>> {
        let mut run = scratch.run(self.plan.model(), start, row);
        run.set(code::DATE, Val::unknown(Why::FAULT));
        run.set(code::REGION, Val::unknown(Why::FAULT));
        run.all();
        let date = match (self.question.as_of, start.date) {
            (Some(day), _) => Val::known(Cell::date(day).bits()),
            (None, Some(reg)) => run.get(reg),
            (None, None) => Val::unknown(Why::FAULT),
        };
        let region = match (self.question.region, start.region) {
            (Some(region), _) => Val::known(i64::from(region.0)),
            (None, Some(reg)) => run.get(reg),
            // There is no place, which stops nobody before it is asked for.
            (None, None) => return known(date, Val::known(-1)),
        };
        known(date, region)
    }

    fn decide_on(&self, day: Val, region: Val, row: &Row, scratch: &mut Scratch) -> Option<Verdict> {
        let place = u32::try_from(region.value).ok().map(RegionId);
        let code = self.cells.get(&self.plan, &self.layout, &self.question, day.value, place)?;
        let (mut room, mut reasons) = (std::mem::take(&mut scratch.room), std::mem::take(&mut scratch.reasons));
        let mut run = scratch.run(self.plan.model(), code, row);
        run.set(code::DATE, day);
        run.set(code::REGION, if place.is_some() { region } else { Val::unknown(Why::FAULT) });
        run.all();
        reasons.clear();
        let verdict = match code.in_force.map(|reg| run.get(reg)) {
            None => Some(Verdict::NotInForce),
            Some(val) if val.why.is_odd() => None,
            Some(val) if !val.why.is_none() => Some(Verdict::Undetermined),
            Some(val) if val.value == 0 => Some(Verdict::NotInForce),
            Some(_) => run.sweep(&mut room, &mut reasons),
        };
        (scratch.room, scratch.reasons) = (room, reasons);
        verdict
    }
}

/// Date and place, where both are known; none within where one waits.
fn known(date: Val, region: Val) -> Option<Option<(Val, Val)>> {
    let why = date.why.and(region.why);
    match why.is_none() {
        true => Some(Some((date, region))),
        false if date.why.is_odd() || region.why.is_odd() => None,
        false => Some(None),
    }
}

impl Scratch {
    /// Room for code to run in.
    fn run<'r>(&'r mut self, model: &'r Model, code: &'r Code, row: &'r Row) -> Run<'r> {
        let registers = code.registers as usize;
        if self.regs.len() < registers {
            self.regs.resize(registers, Val::unknown(Why::BAIL));
        }
        if code.wide && self.wide.len() < registers {
            self.wide.resize(registers, Number::ZERO);
        }
        Run { model, code, row, regs: &mut self.regs, wide: &mut self.wide }
    }
}
