//! Which facts and fields are dates of birth: those whose `age` the policy asks for, wherever it asks.

use crate::ids::{FactId, FieldId, LocalId};
use crate::model::{Builtin, Expr, ExprKind, Item, Model, Role};
use std::collections::BTreeSet;

/// The dates of birth among a Model's facts and fields.
#[derive(Default)]
pub(super) struct BirthDates {
    pub(super) facts: BTreeSet<FactId>,
    pub(super) fields: BTreeSet<FieldId>,
    /// Parameters through which a date of birth is handed to a definition or to the message of a reason.
    locals: BTreeSet<LocalId>,
}

impl BirthDates {
    pub(super) fn of(model: &Model) -> Self {
        let mut dates = Self::default();
        let expressions = model.expressions();
        let message_arguments = message_arguments(model);
        // Definitions hand dates on to one another, without circles; each round follows one step more.
        loop {
            let before = dates.locals.len();
            for (_, _, expr) in &expressions {
                expr.walk(&mut |e| dates.read(model, e));
            }
            for (param, arg) in &message_arguments {
                dates.hand_over(*param, arg);
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
                self.hand_over(*param, arg);
            }
        }
    }

    /// What a parameter is given is a date of birth if the parameter is one.
    fn hand_over(&mut self, param: LocalId, arg: &Expr) {
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

/// What the parameters of reasons are given, each with its parameter.
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
