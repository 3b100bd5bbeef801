//! Where definitions are used: the variables around the first places at which a rule, a notice or an output uses each.
//! A definition with parameters can only be evaluated there.

use super::constraint::{Binding, Context, clauses, parts_of_version, versions};
use ereje::ids::{DefinitionId, ExceptionId, ProvisionRef};
use ereje::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// The most places of one definition.
const MAX_SITES: usize = 3;
/// The most nested definitions that are entered.
const MAX_DEPTH: usize = 12;

/// The definitions that a decision can depend on, each with the variables around some of its places.
pub(super) fn call_sites(model: &Model) -> BTreeMap<DefinitionId, Vec<Context<'_>>> {
    let mut collector =
        CallSiteCollector { model, context: Vec::new(), found: BTreeMap::new(), exceptions: BTreeSet::new() };
    for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
        for (id, provision) in model.provisions_of(kind) {
            for version in 0..provision.versions.len() {
                let version = Item::ProvisionVersion(ProvisionRef::new(id, version));
                parts_of_version(model, version).iter().for_each(|parts| collector.owner(parts));
            }
        }
    }
    model.each_item(|item, parts| {
        if matches!(item, Item::Output(_)) {
            collector.owner(parts);
        }
    });
    model.parts(Item::AsOf).of(Role::GoverningDate).for_each(|date| collector.expr(date, 0));
    collector.found
}

struct CallSiteCollector<'m> {
    model: &'m Model,
    context: Context<'m>,
    found: BTreeMap<DefinitionId, Vec<Context<'m>>>,
    exceptions: BTreeSet<ExceptionId>,
}

impl<'m> CallSiteCollector<'m> {
    fn owner(&mut self, parts: &Parts<'m>) {
        let before = self.context.len();
        for (role, expr) in &parts.expressions {
            match role {
                // Cohorts are searched where they are needed.
                Role::Cohort => {}
                Role::List => {
                    self.expr(expr, 0);
                    self.context.extend(parts.variable.map(|local| Binding::Element(local, expr, 0)));
                }
                Role::Filter
                | Role::Key
                | Role::Condition
                | Role::Exclusion
                | Role::Value
                | Role::Limit
                | Role::Default
                | Role::Argument
                | Role::Message
                | Role::GoverningDate
                | Role::GoverningRegion => self.expr(expr, 0),
            }
        }
        parts.exceptions.iter().for_each(|id| self.exception(*id, 0));
        self.context.truncate(before);
    }

    fn exception(&mut self, id: ExceptionId, depth: usize) {
        if depth > MAX_DEPTH || !self.exceptions.insert(id) {
            return;
        }
        for version in versions(self.model, id) {
            let parts = self.model.parts(Item::ExceptionVersion(version));
            self.inside(&parts, depth);
            parts.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
        }
    }

    /// Visits the conditions and the value of an exception or a case.
    fn inside(&mut self, parts: &Parts<'m>, depth: usize) {
        clauses(parts).for_each(|(condition, _)| self.expr(condition, depth));
        parts.of(Role::Value).for_each(|value| self.expr(value, depth));
    }

    fn expr(&mut self, expr: &'m Expr, depth: usize) {
        if let ExprKind::Aggregate(aggregate) = &expr.kind {
            self.expr(&aggregate.list, depth);
            self.context.push(Binding::Element(aggregate.local, &aggregate.list, 0));
            aggregate.filter.iter().chain(&aggregate.body).for_each(|e| self.expr(e, depth));
            self.context.pop();
            aggregate.otherwise.iter().for_each(|e| self.expr(e, depth));
            return;
        }
        expr.children().into_iter().for_each(|child| self.expr(child, depth));
        if let ExprKind::Define(id, args) = &expr.kind {
            self.define(*id, args, depth);
        }
    }

    fn define(&mut self, id: DefinitionId, args: &'m [Expr], depth: usize) {
        // Without parameters, one place is enough.
        let most = if args.is_empty() { 1 } else { MAX_SITES };
        let known = self.found.entry(id).or_default();
        if known.len() >= most || depth > MAX_DEPTH {
            return;
        }
        let outer = self.context.clone();
        if args.is_empty() {
            self.context.clear();
        } else {
            self.context.push(Binding::Args(&self.model.definitions.at(id).params, args));
        }
        known.push(self.context.clone());
        for version in self.model.parts(Item::Definition(id)).inside {
            let version = self.model.parts(version);
            for case in &version.inside {
                let parts = self.model.parts(*case);
                self.inside(&parts, depth + 1);
                parts.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
            }
            version.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
        }
        self.context = outer;
    }
}
