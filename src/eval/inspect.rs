//! Single expressions over one fact set: what a tool asks that looks for facts which make a condition true.
//!
//! Comes in: a slice of a cell's program, facts, a governing date and place. Goes out: the value of any expression that
//! the slice holds, its variables bound as the tool says. Whoever asks sees to a deep enough stack.

use super::causes::{Answer, Truth};
use super::machine::{Bound, Machine};
use super::outcome::Question;
use super::record::FactRead;
use crate::facts::FactSet;
use crate::ids::{LocalId, RegionId};
use crate::model::{Expr, ExprKind};
use crate::plan::{Plan, Program, Programs};
use crate::value::{FactPath, ListValue, Step, Value};
use chrono::NaiveDate;

/// The governing date and place of a fact set, where they are known.
pub fn governed(plan: &Plan, facts: &FactSet, question: &Question) -> Option<(NaiveDate, Option<RegionId>)> {
    super::governing(&Programs::new(plan), facts, question, None).ok()
}

/// Evaluates expressions of the Model one by one.
pub struct Inspector<'p> {
    machine: Machine<'p>,
}

impl<'p> Inspector<'p> {
    /// Over the facts of one application, in a program that keeps the node of each expression.
    pub fn new(
        programs: &'p Programs<'p>,
        facts: &'p FactSet,
        program: &'p Program,
        day: NaiveDate,
        place: Option<RegionId>,
    ) -> Self {
        Self { machine: Machine::new(programs, facts, program, Some(day), place) }
    }

    /// The value of an expression; a fault where the program does not hold it.
    pub fn answer(&mut self, expr: &Expr) -> Answer {
        self.machine.answer_of(expr)
    }

    /// The same of a condition.
    pub fn truth(&mut self, expr: &Expr) -> Truth {
        self.machine.truth_of(expr)
    }

    /// What an expression reads.
    pub fn reads(&mut self, expr: &Expr) -> Vec<FactRead> {
        self.machine.reads_of(expr)
    }

    /// Binds a variable to an element of a list for the time of `inside`; none where there is no such element.
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

    /// Binds parameters to arguments for the time of `inside`.
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
            matches!(arg.kind, ExprKind::Fact(_) | ExprKind::Field(..))
        }
    }

    /// The place in the facts that a fact or a field of a record names; none where it is no such thing, or where the
    /// record itself is silent. A variable is followed by whoever bound it.
    pub fn place(&mut self, expr: &Expr) -> Option<FactPath> {
        if let ExprKind::Fact(fact) = expr.kind {
            Some(FactPath::of(fact))
        } else if let ExprKind::Field(record, field) = &expr.kind
            && let Ok(Value::Record(record)) = self.answer(record)
        {
            Some(record.place.step(Step::Field(*field)))
        } else {
            None
        }
    }
}
