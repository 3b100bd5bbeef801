//! Which dates are days of birth: those whose `age` the policy asks for.

use crate::ids::{FactId, FieldId, LocalId};
use crate::model::{Builtin, DefinitionBody, Expr, ExprKind, ForEach, Model};
use std::collections::BTreeSet;

/// Days of birth among a Model's facts and fields.
#[derive(Default)]
pub(super) struct Births {
    pub(super) facts: BTreeSet<FactId>,
    pub(super) fields: BTreeSet<FieldId>,
    /// Parameters through which a day of birth is handed to a definition.
    locals: BTreeSet<LocalId>,
}

impl Births {
    pub(super) fn of(model: &Model) -> Self {
        let mut births = Self::default();
        let all = expressions(model);
        // Definitions hand dates on to one another, without circles; each round follows one step more.
        loop {
            let before = births.locals.len();
            for expr in &all {
                expr.walk(&mut |e| births.read(model, e));
            }
            if births.locals.len() == before {
                return births;
            }
        }
    }

    fn read(&mut self, model: &Model, expr: &Expr) {
        if let ExprKind::Call(Builtin::Age, args) = &expr.kind {
            args.iter().take(1).for_each(|birth| self.mark(birth));
        } else if let ExprKind::Define(id, args) = &expr.kind {
            let params = model.definitions.get(id.index()).map_or(&[][..], |d| &d.params);
            for (param, arg) in params.iter().zip(args) {
                if self.locals.contains(param) {
                    self.mark(arg);
                }
            }
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

/// The expressions of a Model that can ask for an age.
fn expressions(model: &Model) -> Vec<&Expr> {
    fn each<'m>(all: &mut Vec<&'m Expr>, for_each: Option<&'m ForEach>) {
        if let Some(each) = for_each {
            all.push(&each.list);
            all.extend(&each.filter);
        }
    }
    let mut all = Vec::new();
    for version in model.definitions.iter().flat_map(|d| &d.versions) {
        all.extend(&version.claim.scope.cohort);
        if let DefinitionBody::Cases(cases) = &version.body {
            for case in cases {
                all.push(&case.value);
                all.extend(case.condition.when.iter().chain(&case.condition.unless).chain(&case.scope.cohort));
            }
        }
    }
    for version in model.provisions.iter().flat_map(|p| &p.versions) {
        all.extend(&version.claim.scope.cohort);
        if let Some(body) = &version.body {
            each(&mut all, body.for_each.as_ref());
            all.extend(body.condition.when.iter().chain(&body.condition.unless).chain(&body.args));
        }
    }
    for version in model.exceptions.iter().flat_map(|e| &e.versions) {
        all.extend(&version.claim.scope.cohort);
        if let Some(body) = &version.body {
            all.extend(body.condition.when.iter().chain(&body.condition.unless).chain(&body.value));
        }
    }
    all.extend(model.decisions.iter().flat_map(|d| &d.outputs).map(|output| &output.value));
    all
}
