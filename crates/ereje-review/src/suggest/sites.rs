//! Where definitions are named: the variables around the first places at which a rule, a notice or an output comes to
//! each. A definition with parameters can be looked at only there.

use super::measure::cases;
use super::want::{Bind, Context};
use ereje::ids::{DefinitionId, ExceptionId};
use ereje::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// The most places of one definition.
const MAX_SITES: usize = 3;
/// How deep definitions are entered.
const MAX_DEPTH: usize = 12;

/// The definitions that a decision can rest on, each with the variables around some of its places.
pub(super) fn sites(model: &Model) -> BTreeMap<DefinitionId, Vec<Context<'_>>> {
    let mut walk = Walk { model, context: Vec::new(), found: BTreeMap::new(), exceptions: BTreeSet::new() };
    for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
        for version in model.provisions_of(kind).flat_map(|(_, provision)| &provision.versions) {
            if let Some(body) = &version.body {
                let condition = body.condition.when.iter().chain(&body.condition.unless);
                walk.owner(body.for_each.as_ref(), condition.chain(&body.args), &version.exceptions);
            }
        }
    }
    for output in model.decisions.iter().flat_map(|d| &d.outputs) {
        walk.expr(&output.value, 0);
    }
    walk.expr(&model.as_of.date, 0);
    walk.found
}

struct Walk<'m> {
    model: &'m Model,
    context: Context<'m>,
    found: BTreeMap<DefinitionId, Vec<Context<'m>>>,
    exceptions: BTreeSet<ExceptionId>,
}

impl<'m> Walk<'m> {
    fn owner(
        &mut self,
        each: Option<&'m ForEach>,
        exprs: impl Iterator<Item = &'m Expr>,
        exceptions: &'m [ExceptionId],
    ) {
        let before = self.context.len();
        if let Some(each) = each {
            self.expr(&each.list, 0);
            self.context.push(Bind::Element(each.local, &each.list, 0));
            each.filter.iter().for_each(|e| self.expr(e, 0));
        }
        exprs.for_each(|e| self.expr(e, 0));
        exceptions.iter().for_each(|id| self.exception(*id, 0));
        self.context.truncate(before);
    }

    fn exception(&mut self, id: ExceptionId, depth: usize) {
        if depth > MAX_DEPTH || !self.exceptions.insert(id) {
            return;
        }
        for version in self.model.exceptions.get(id.index()).map_or(&[][..], |e| &e.versions) {
            if let Some(body) = &version.body {
                body.condition
                    .when
                    .iter()
                    .chain(&body.condition.unless)
                    .chain(&body.value)
                    .for_each(|e| self.expr(e, depth));
            }
            version.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
        }
    }

    fn expr(&mut self, expr: &'m Expr, depth: usize) {
        if let ExprKind::Aggregate(aggregate) = &expr.kind {
            self.expr(&aggregate.list, depth);
            self.context.push(Bind::Element(aggregate.local, &aggregate.list, 0));
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
        let Some(definition) = self.model.definitions.get(id.index()) else { return };
        // Without parameters, one place is as good as another.
        let most = if args.is_empty() { 1 } else { MAX_SITES };
        let known = self.found.entry(id).or_default();
        if known.len() >= most || depth > MAX_DEPTH {
            return;
        }
        let outer = self.context.clone();
        if args.is_empty() {
            self.context.clear();
        } else {
            self.context.push(Bind::Args(&definition.params, args));
        }
        known.push(self.context.clone());
        for version in &definition.versions {
            for case in cases(&version.body) {
                case.condition.when.iter().chain(&case.condition.unless).for_each(|e| self.expr(e, depth + 1));
                self.expr(&case.value, depth + 1);
                case.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
            }
            version.exceptions.iter().for_each(|id| self.exception(*id, depth + 1));
        }
        self.context = outer;
    }
}
