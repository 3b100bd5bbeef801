//! Evaluates single expressions over one fact set, for tools that search for facts which make a condition true.
//!
//! Comes in: a slice of a cell's program, facts, a governing date and place. Goes out: the value of any expression of
//! the slice, with variables bound by the tool. The caller provides a stack that is deep enough.

use super::causes::{Answer, Truth};
use super::machine::{Bound, MAX_STEPS, Machine};
use super::outcome::Question;
use super::record::FactRead;
use crate::facts::FactSet;
use crate::ids::{LocalId, RegionId};
use crate::model::{Expr, ExprKind};
use crate::plan::{Plan, Program, Programs};
use crate::value::{FactPath, ListValue, Step, Value};
use chrono::NaiveDate;

/// The governing date and place of a fact set; `None` if they are not known.
pub fn governed(plan: &Plan, facts: &FactSet, question: &Question) -> Option<(NaiveDate, Option<RegionId>)> {
    super::governing(&Programs::new(plan), facts, question, None).ok()
}

/// Evaluates expressions of the Model one by one.
pub struct Inspector<'p> {
    machine: Machine<'p>,
}

impl<'p> Inspector<'p> {
    /// Evaluates over the facts of one application, in a program that keeps the node of each expression.
    pub fn new(
        programs: &'p Programs<'p>,
        facts: &'p FactSet,
        program: &'p Program,
        day: NaiveDate,
        place: Option<RegionId>,
    ) -> Self {
        Self { machine: Machine::new(programs, facts, program, Some(day), place) }
    }

    /// The steps so far.
    pub fn steps(&self) -> u64 {
        MAX_STEPS.saturating_sub(self.machine.steps)
    }

    /// The value of an expression; a fault if the program does not hold it.
    pub fn answer(&mut self, expr: &Expr) -> Answer {
        self.machine.answer_of(expr)
    }

    /// The truth of a condition.
    pub fn truth(&mut self, expr: &Expr) -> Truth {
        self.machine.truth_of(expr)
    }

    /// The facts that an expression reads.
    pub fn reads(&mut self, expr: &Expr) -> Vec<FactRead> {
        self.machine.reads_of(expr)
    }

    /// Runs `inside` with a variable bound to an element of a list; `None` if there is no such element.
    pub fn element<T>(
        &mut self,
        local: LocalId,
        list: &ListValue,
        index: usize,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let cell = list.items.get(index)?;
        let answer = self.machine.element(list, index, cell);
        let before = self.machine.set_local(local, Some(Bound { answer, cell: true }));
        let result = inside(self);
        self.machine.set_local(local, before);
        Some(result)
    }

    /// Runs `inside` with parameters bound to arguments.
    pub fn applied<T>(&mut self, params: &[LocalId], args: &[Expr], inside: impl FnOnce(&mut Self) -> T) -> T {
        let bounds: Vec<Bound> =
            args.iter().map(|arg| Bound { answer: self.machine.answer_of(arg), cell: self.is_cell(arg) }).collect();
        let before: Vec<Option<Bound>> =
            params.iter().zip(bounds).map(|(local, bound)| self.machine.set_local(*local, Some(bound))).collect();
        let result = inside(self);
        for (local, before) in params.iter().zip(before) {
            self.machine.set_local(*local, before);
        }
        result
    }

    fn is_cell(&self, arg: &Expr) -> bool {
        if let ExprKind::Local(local) = arg.kind {
            self.machine.local(local).is_some_and(|bound| bound.cell)
        } else {
            arg.is_datum()
        }
    }

    /// The place of the value that a fact over time has on a day, or the place that says that it has none; `None` for other
    /// expressions, or if it is not known which of its values holds.
    pub fn place_on(&mut self, expr: &Expr, day: NaiveDate) -> Option<FactPath> {
        self.machine.place_of_value(expr, day)
    }

    /// The place in the facts of a fact or of a field of a record; `None` for other expressions, or if the record
    /// itself is silent. The caller follows variables: it has bound them.
    pub fn place(&mut self, expr: &Expr) -> Option<FactPath> {
        if let ExprKind::Fact(fact) = expr.kind {
            Some(FactPath::of(fact))
        } else if let ExprKind::Field(record, field) = &expr.kind
            && let Ok(Value::Record(record)) = self.answer(record)
        {
            Some(record.place.as_ref()?.step(Step::Field(*field)))
        } else if let ExprKind::OverTime(..) = expr.kind {
            self.place_on(expr, self.machine.date?)
        } else {
            None
        }
    }
}
