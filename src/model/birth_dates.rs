//! The facts and fields that are dates of birth: those whose `age` the policy computes anywhere.

use super::ages::values_of_definitions;
use super::{Builtin, Expr, ExprKind, Item, Model, Role};
use crate::ids::{DefinitionId, FactId, FieldId, LocalId};
use std::collections::BTreeSet;

/// The dates of birth among a Model's facts and fields.
#[derive(Default)]
pub(crate) struct BirthDates {
    pub(crate) facts: BTreeSet<FactId>,
    pub(crate) fields: BTreeSet<FieldId>,
    /// Definitions whose value is a date of birth.
    definitions: BTreeSet<DefinitionId>,
    /// Parameters of definitions and reasons whose argument is a date of birth.
    locals: BTreeSet<LocalId>,
}

impl BirthDates {
    pub(crate) fn of(model: &Model) -> Self {
        let mut dates = Self::default();
        let expressions = model.expressions();
        let message_arguments = message_arguments(model);
        let mut values = None;
        // Definitions pass dates on to others, without circles; each round follows one more step.
        loop {
            let before = dates.locals.len() + dates.definitions.len();
            for (_, _, expr) in &expressions {
                expr.walk(&mut |e| dates.read(model, e));
            }
            for (param, arg) in &message_arguments {
                dates.pass_on(*param, arg);
            }
            if !dates.definitions.is_empty() {
                for (id, values) in values.get_or_insert_with(|| values_of_definitions(model)) {
                    if dates.definitions.contains(id) {
                        values.iter().for_each(|value| dates.mark(value));
                    }
                }
            }
            if dates.locals.len() + dates.definitions.len() == before {
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
        } else if let ExprKind::Define(id, _) = &expr.kind {
            self.definitions.insert(*id);
        }
    }

    /// True if an expression is one of the dates of birth, by its name.
    pub(crate) fn has(&self, expr: &Expr) -> bool {
        if let ExprKind::Fact(id) = &expr.kind {
            self.facts.contains(id)
        } else if let ExprKind::Field(_, id) = &expr.kind {
            self.fields.contains(id)
        } else if let ExprKind::Local(id) = &expr.kind {
            self.locals.contains(id)
        } else if let ExprKind::Define(id, _) = &expr.kind {
            self.definitions.contains(id)
        } else {
            false
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
