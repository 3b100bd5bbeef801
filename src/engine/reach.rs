//! Which assumptions a decision can rest on at all, by what its rules and outputs mention.

use crate::ids::*;
use crate::model::*;
use std::collections::BTreeSet;

/// Something with a name that the search comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Definition(DefinitionId),
    Exception(ExceptionId),
    Norm(NormId),
    Fact(FactId),
    Field(FieldId),
    Registry(RegistryId),
}

/// The assumptions that a decision's outcome, reasons and outputs can rest on, in the order of declaration.
pub(crate) fn reachable(model: &Model, decision: DecisionId) -> BTreeSet<AssumptionId> {
    let mut search = Search { model, found: BTreeSet::new(), seen: BTreeSet::new(), todo: Vec::new() };
    if let Some(policy) = model.sections.first() {
        search.scope(&policy.scope);
    }
    search.expr(&model.as_of.date);
    model.as_of.region.iter().for_each(|e| search.expr(e));
    for (_, rule) in model.provisions_of(ProvisionKind::Rule) {
        // A version of another decision, or a suspension, changes this one too where it stands in the way of a version.
        let ours = |v: &Versioned<Option<ProvisionBody>>| v.body.as_ref().is_some_and(|b| b.decision == decision);
        if rule.versions.iter().any(ours) {
            rule.versions.iter().for_each(|version| search.rule(version));
        }
    }
    for output in model.decisions.get(decision.index()).into_iter().flat_map(|d| &d.outputs) {
        search.expr(&output.value);
    }
    while let Some(name) = search.todo.pop() {
        search.named(name);
    }
    search.found
}

struct Search<'m> {
    model: &'m Model,
    found: BTreeSet<AssumptionId>,
    seen: BTreeSet<Named>,
    todo: Vec<Named>,
}

impl<'m> Search<'m> {
    fn meet(&mut self, name: Named) {
        if self.seen.insert(name) {
            self.todo.push(name);
        }
    }

    fn scope(&mut self, scope: &'m Scope) {
        for bound in scope.from.iter().chain(&scope.through) {
            match bound {
                DateBound::Date(_) => {}
                DateBound::Assumption(id) => {
                    self.found.insert(*id);
                }
            }
        }
        scope.cohort.iter().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, expr: &'m Expr) {
        expr.walk(&mut |e| match &e.kind {
            ExprKind::Assumption(id) => {
                self.found.insert(*id);
            }
            ExprKind::Define(id, _) => self.meet(Named::Definition(*id)),
            ExprKind::Norm(id) => self.meet(Named::Norm(*id)),
            ExprKind::Fact(id) => self.meet(Named::Fact(*id)),
            ExprKind::Field(_, id) => self.meet(Named::Field(*id)),
            _ => {}
        });
    }

    fn rule(&mut self, version: &'m Versioned<Option<ProvisionBody>>) {
        self.scope(&version.claim.scope);
        version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e)));
        if let Some(body) = &version.body {
            if let Some(each) = &body.for_each {
                self.expr(&each.list);
                each.filter.iter().for_each(|e| self.expr(e));
            }
            body.condition.when.iter().chain(&body.condition.unless).chain(&body.args).for_each(|e| self.expr(e));
        }
    }

    fn named(&mut self, name: Named) {
        let model = self.model;
        match name {
            Named::Definition(id) => {
                for version in model.definitions.get(id.index()).into_iter().flat_map(|d| &d.versions) {
                    self.scope(&version.claim.scope);
                    version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e)));
                    if let DefinitionBody::Cases(cases) = &version.body {
                        for case in cases {
                            self.scope(&case.scope);
                            case.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e)));
                            case.condition.when.iter().chain(&case.condition.unless).for_each(|e| self.expr(e));
                            self.expr(&case.value);
                        }
                    }
                }
            }
            Named::Exception(id) => {
                for version in model.exceptions.get(id.index()).into_iter().flat_map(|e| &e.versions) {
                    self.scope(&version.claim.scope);
                    version.exceptions.iter().for_each(|e| self.meet(Named::Exception(*e)));
                    if let Some(body) = &version.body {
                        body.condition
                            .when
                            .iter()
                            .chain(&body.condition.unless)
                            .chain(&body.value)
                            .for_each(|e| self.expr(e));
                    }
                }
            }
            Named::Norm(id) => {
                for value in model.norms.get(id.index()).into_iter().flat_map(|n| &n.values) {
                    self.scope(&value.claim.scope);
                    self.expr(&value.value);
                }
            }
            Named::Fact(id) => {
                if let Some(fact) = model.facts.get(id.index()) {
                    self.datum(&fact.datum);
                }
            }
            Named::Field(id) => {
                if let Some(field) = model.fields.get(id.index()) {
                    self.datum(&field.datum);
                }
            }
            Named::Registry(id) => {
                if let Some(registry) = model.registries.get(id.index()) {
                    self.handlers(&registry.handlers);
                }
            }
        }
    }

    fn datum(&mut self, datum: &'m Datum) {
        self.handlers(&datum.handlers);
        datum.registries.iter().for_each(|r| self.meet(Named::Registry(*r)));
    }

    fn handlers(&mut self, handlers: &'m Handlers) {
        for handler in handlers.absent.iter().chain(&handlers.unavailable) {
            self.scope(&handler.claim.scope);
            if let HandlerAction::Means(value) = &handler.action {
                self.expr(value);
            }
        }
    }
}
