//! The facts and fields that are dates of birth: those whose `age` the policy computes anywhere.

use crate::ids::{FactId, FieldId, LocalId};
use crate::model::{Builtin, Expr, ExprKind, Item, Model, Role};
use std::collections::BTreeSet;

/// The dates of birth among a Model's facts and fields.
#[derive(Default)]
pub(super) struct BirthDates {
    pub(super) facts: BTreeSet<FactId>,
    pub(super) fields: BTreeSet<FieldId>,
    /// Parameters of definitions and reasons whose argument is a date of birth.
    locals: BTreeSet<LocalId>,
}

impl BirthDates {
    pub(super) fn of(model: &Model) -> Self {
        let mut dates = Self::default();
        let expressions = model.expressions();
        let message_arguments = message_arguments(model);
        // Definitions pass dates on to others, without circles; each round follows one more step.
        loop {
            let before = dates.locals.len();
            for (_, _, expr) in &expressions {
                expr.walk(&mut |e| dates.read(model, e));
            }
            for (param, arg) in &message_arguments {
                dates.pass_on(*param, arg);
            }
            if dates.locals.len() == before {
                return dates;
            }
        }
    }

    fn read(&mut self, model: &Model, expr: &Expr) {
        if let ExprKind::Call(Builtin::Age, args) = &expr.kind {
            args.iter().take(1).for_each(|birth| self.mark(birth));
        } else if let ExprKind::Define(id, args) = &expr.kind {
            for (param, arg) in model.definitions.at(*id).params.iter().zip(args) {
                self.pass_on(*param, arg);
            }
        }
    }

    /// If a parameter is a date of birth, so is its argument.
    fn pass_on(&mut self, param: LocalId, arg: &Expr) {
        if self.locals.contains(&param) {
            self.mark(arg);
        }
    }

    fn mark(&mut self, expr: &Expr) {
        if let ExprKind::Fact(id) = &expr.kind {
            self.facts.insert(*id);
        } else if let ExprKind::Field(_, id) = &expr.kind {
            self.fields.insert(*id);
        } else if let ExprKind::Local(id) = &expr.kind {
            self.locals.insert(*id);
        }
    }
}

/// The arguments of reasons, each with its parameter.
fn message_arguments(model: &Model) -> Vec<(LocalId, &Expr)> {
    let mut given = Vec::new();
    for item in model.items() {
        let parts = model.parts(item);
        for name in &parts.names {
            if let Item::Reason(reason) = name {
                given.extend(model.reasons.at(*reason).params.iter().copied().zip(parts.of(Role::Argument)));
            }
        }
    }
    given
}
