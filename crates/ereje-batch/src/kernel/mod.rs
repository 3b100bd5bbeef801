//! The kernel: a plan in a form that decides rows quickly.
//!
//! Comes in: a [`Plan`] and a question; then rows. Goes out: outcome and codes. It is no second opinion: where it
//! cannot settle a row by itself it returns `None`, and [`ereje::eval`] decides. Stands between `eval` and `explain`.
//!
//! There is one compiler, that of the plan: `lower` turns a cell's program into a flat list of typed operations over
//! registers (`code`), `run` computes the registers for a row, and `sweep` goes through the levels. `cause_set` holds,
//! in bits, the causes of an unknown that can change the outcome. What the kernel has no form for is an unknown of its
//! own kind. In strong Kleene logic knowing more never changes what is known, so such an unknown leaves the row to the
//! evaluator only if a rule depends on it. The list has no jumps, and each operation follows those that it reads, so
//! that it can be run over columns as well: a register is then a column of numbers or two planes of bits, for true and
//! for known.

mod atoms;
mod cause_set;
mod cells;
mod code;
mod lower;
mod masks;
mod months;
mod run;
mod sweep;

use crate::row::{Cell, Layout, Row};
use cause_set::CauseSet;
use cells::{CellCode, CellContext, Cells};
use code::{Code, Op, Reg, RegisterValue};
use ereje::eval::{Question, Verdict};
use ereje::ids::{ReasonId, RegionId};
use ereje::model::{DecisionDeclaration, Model};
use ereje::plan::Plan;
use ereje::value::Number;
use masks::{FirstFired, Masks, ReasonSet, Rules};
use run::Run;
use std::sync::Arc;
use sweep::SweepScratch;

/// A plan and a question, ready for rows. It can be shared between threads.
#[derive(Debug)]
pub struct Kernel {
    plan: Arc<Plan>,
    layout: Arc<Layout>,
    question: Question,
    /// The code of the governing date and place.
    start: Option<Code>,
    governing: Option<GoverningInputs>,
    cells: Cells,
    /// True if an output is tied to an outcome, on any day in any place.
    is_tied: bool,
}

/// What one thread needs to decide rows; it also holds the last decision.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    verdict: Option<Verdict>,
    reasons: Vec<ReasonId>,
    /// The reasons of the last decision, in place of `reasons`, if they are few.
    few: ReasonSet,
    is_few: bool,
    regs: Vec<RegisterValue>,
    wide: Vec<Number>,
    sweep: SweepScratch,
}

impl Scratch {
    /// The last decision.
    #[inline]
    #[must_use]
    pub fn last(&self) -> BriefDecision<'_> {
        let reasons = if self.is_few { self.few.reasons() } else { &self.reasons };
        BriefDecision { verdict: self.verdict.unwrap_or(Verdict::Undetermined), reasons }
    }

    /// Keeps a decision that was made elsewhere.
    pub fn keep(&mut self, verdict: Verdict, reasons: impl Iterator<Item = ReasonId>) -> BriefDecision<'_> {
        (self.verdict, self.is_few) = (Some(verdict), false);
        self.reasons.clear();
        self.reasons.extend(reasons);
        self.last()
    }

    /// Keeps the reasons of rules that fire.
    #[cold]
    fn give(&mut self, rules: &Rules, fired: u64) {
        let rule_indexes = (0..u64::BITS).filter(|rule| fired >> rule & 1 == 1);
        self.is_few = false;
        self.reasons.clear();
        self.reasons.extend(rule_indexes.filter_map(|rule| rules.reasons.get(rule as usize)));
    }
}

/// Outcome and codes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BriefDecision<'s> {
    /// How the decision ends.
    pub verdict: Verdict,
    /// The codes, in the order of reasons.
    pub reasons: &'s [ReasonId],
}

impl Kernel {
    /// The kernel of a plan, for rows of a layout. Cells of the plan are made ready when a row first needs them.
    #[must_use]
    pub fn new(plan: Arc<Plan>, layout: Arc<Layout>, question: Question) -> Self {
        // A probing plan is never decided here: nothing would be noted.
        let start = if plan.is_probing() { None } else { lower::start(&plan, &layout, question.decision) };
        let governing = start.as_ref().and_then(|start| GoverningInputs::new(start, &question));
        let cells = Cells::new(plan.grid(), plan.model().regions.len());
        let is_tied = plan.model().decisions.get(question.decision).is_some_and(DecisionDeclaration::has_tied_outputs);
        Self { plan, layout, question, start, governing, cells, is_tied }
    }

    /// True if only the evaluator can tell how a decision ends that would end so: the outcome is not given while an output
    /// that is tied to it is not known.
    #[inline]
    fn rests_on_outputs(&self, verdict: Verdict, cell_code: &CellCode) -> bool {
        self.is_tied && Self::is_tied_here(verdict, cell_code)
    }

    /// The same where some output is tied. Few decisions have one, so it stays out of the way of the others.
    #[cold]
    #[inline(never)]
    fn is_tied_here(verdict: Verdict, cell_code: &CellCode) -> bool {
        match verdict {
            Verdict::Outcome(level) => cell_code.tied.get(level as usize).copied().unwrap_or(true),
            // What is asked depends on the outputs, too.
            Verdict::Undetermined => cell_code.tied.iter().any(|tied| *tied),
            Verdict::NotInForce => false,
        }
    }

    /// Decides a row. `None` if only [`ereje::eval::decide`] can.
    pub fn decide<'s>(&self, row: &Row, scratch: &'s mut Scratch) -> Option<BriefDecision<'s>> {
        let (day, region) = match self.governing.as_ref().and_then(|governing| governing.read(row)) {
            Some(known) => known,
            None => match self.governing(row, scratch)? {
                Some(known) => known,
                None => return Some(scratch.keep(Verdict::Undetermined, std::iter::empty())),
            },
        };
        let day_at = self.governing.as_ref().and_then(|governing| governing.day.at());
        let (plan, layout, question) = (&*self.plan, &*self.layout, &self.question);
        let context = CellContext { plan, layout, question, day, day_at, region };
        let cell_code = self.cells.get(&context)?;
        if let Some(masks) = &cell_code.masks
            && let Some((fired, first_fired)) = Self::fired(masks, cell_code, &context, row, scratch)
        {
            if self.rests_on_outputs(Verdict::Outcome(first_fired.level), cell_code) {
                return None;
            }
            scratch.verdict = Some(Verdict::Outcome(first_fired.level));
            match masks.rules.set(fired, first_fired) {
                Some(set) => (scratch.few, scratch.is_few) = (*set, true),
                None => scratch.give(&masks.rules, fired),
            }
            return Some(scratch.last());
        }
        let verdict = Self::decide_on(cell_code.code(&context)?, &context, row, scratch)?;
        if self.rests_on_outputs(verdict, cell_code) {
            return None;
        }
        (scratch.verdict, scratch.is_few) = (Some(verdict), false);
        Some(scratch.last())
    }

    /// Which rules fire, according to the masks; `None` if the masks cannot tell.
    #[inline]
    fn fired<'s>(
        masks: &'s Masks,
        cell_code: &CellCode,
        context: &CellContext<'_>,
        row: &Row,
        scratch: &mut Scratch,
    ) -> Option<(u64, &'s FirstFired)> {
        let mut atoms = masks.atoms(row);
        if !masks.ops.is_empty() {
            let mut run = scratch.run(context.plan.model(), cell_code.code(context)?, row);
            run.govern(RegisterValue::known(context.day), context.region);
            run.block(&masks.ops);
            let mut why = CauseSet::NONE;
            for register in &masks.registers {
                let val = run.get(register.reg);
                why = why.and(val.why);
                let bits = if val.value != 0 { register.yes } else { register.no };
                atoms |= if val.why.is_none() { bits } else { 0 };
            }
            if why.is_fault() {
                return None;
            }
            for looped in &masks.loops {
                atoms |= match run.fires(&looped.rule) {
                    Some(true) => looped.yes,
                    Some(false) => looped.no,
                    None => 0,
                };
            }
        }
        masks.rules.fired(atoms)
    }

    /// The governing date and place; `Some(None)` if they wait for a fact, `None` if only the evaluator can tell.
    fn governing(&self, row: &Row, scratch: &mut Scratch) -> Option<Option<(i64, Option<RegionId>)>> {
        let start = self.start.as_ref()?;
        let mut run = scratch.run(self.plan.model(), start, row);
        run.govern(RegisterValue::unknown(CauseSet::FAULT), None);
        run.all();
        let date = match (self.question.as_of, start.date) {
            (Some(day), _) => RegisterValue::known(Cell::date(day).bits()),
            (None, Some(reg)) => run.get(reg),
            (None, None) => RegisterValue::unknown(CauseSet::FAULT),
        };
        let region = match (self.question.region, start.region) {
            (Some(region), _) => RegisterValue::known(i64::from(region.0)),
            (None, Some(reg)) => run.get(reg),
            // There is no place; that stops a decision only if it needs the place.
            (None, None) => RegisterValue::known(-1),
        };
        known(date, region)
    }

    fn decide_on(code: &Code, context: &CellContext<'_>, row: &Row, scratch: &mut Scratch) -> Option<Verdict> {
        let (mut sweep, mut reasons) = (std::mem::take(&mut scratch.sweep), std::mem::take(&mut scratch.reasons));
        let mut run = scratch.run(context.plan.model(), code, row);
        run.govern(RegisterValue::known(context.day), context.region);
        run.all();
        reasons.clear();
        let verdict = match code.in_force.map(|reg| run.get(reg)) {
            None => Some(Verdict::NotInForce),
            Some(val) if val.why.needs_evaluator() || val.why.is_fault() => None,
            Some(val) if !val.why.is_none() => Some(Verdict::Undetermined),
            Some(val) if val.value == 0 => Some(Verdict::NotInForce),
            Some(_) => run.sweep(&mut sweep, &mut reasons),
        };
        (scratch.sweep, scratch.reasons) = (sweep, reasons);
        verdict
    }
}

/// The sources of the governing date and place, if each is one cell of the row or the same for all rows.
#[derive(Clone, Copy, Debug)]
struct GoverningInputs {
    day: CellOrValue,
    place: CellOrValue,
}

#[derive(Clone, Copy, Debug)]
enum CellOrValue {
    Cell(u32),
    Value(i64),
}

impl CellOrValue {
    #[inline]
    fn at(self) -> Option<u32> {
        match self {
            Self::Cell(at) => Some(at),
            Self::Value(_) => None,
        }
    }

    #[inline]
    fn read(self, row: &Row) -> Option<i64> {
        match self {
            Self::Cell(at) => row.get(at).get(),
            Self::Value(value) => Some(value),
        }
    }
}

impl GoverningInputs {
    fn new(start: &Code, question: &Question) -> Option<Self> {
        let cell = |reg: Reg| {
            let op = start.ops.as_slice().get(start.written(reg)?)?;
            let Op::Load { at, base: None, of: None, .. } = op else { return None };
            Some(CellOrValue::Cell(*at))
        };
        let day = match (question.as_of, start.date) {
            (Some(day), _) => CellOrValue::Value(Cell::date(day).bits()),
            (None, date) => cell(date?)?,
        };
        let place = match (question.region, start.region) {
            (Some(region), _) => CellOrValue::Value(i64::from(region.0)),
            (None, Some(region)) => cell(region)?,
            (None, None) => CellOrValue::Value(-1),
        };
        Some(Self { day, place })
    }

    #[inline]
    fn read(self, row: &Row) -> Option<(i64, Option<RegionId>)> {
        let (day, place) = (self.day.read(row)?, self.place.read(row)?);
        Some((day, u32::try_from(place).ok().map(RegionId)))
    }
}

/// Date and place if both are known; `Some(None)` if one waits for a fact, `None` if only the evaluator can tell.
fn known(date: RegisterValue, region: RegisterValue) -> Option<Option<(i64, Option<RegionId>)>> {
    let why = date.why.and(region.why);
    match why.is_none() {
        true => Some(Some((date.value, u32::try_from(region.value).ok().map(RegionId)))),
        false if why.needs_evaluator() || why.is_fault() => None,
        false => Some(None),
    }
}

impl Scratch {
    /// Room for code to run in.
    fn run<'r>(&'r mut self, model: &'r Model, code: &'r Code, row: &'r Row) -> Run<'r> {
        let registers = code.registers as usize;
        if self.regs.len() < registers {
            self.regs.resize(registers, RegisterValue::unknown(CauseSet::BAIL));
        }
        if code.wide && self.wide.len() < registers {
            self.wide.resize(registers, Number::ZERO);
        }
        Run { model, code, row, regs: &mut self.regs, wide: &mut self.wide }
    }
}
