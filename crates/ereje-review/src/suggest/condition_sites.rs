//! The conditions of a clause, each with what has to hold besides so that the condition decides: in a conjunction the
//! other parts are true, in a disjunction they are false. Definitions, tables and loops are searched, too.

use super::constraint::{Binding, Constraint, Context, cases, clauses};
use ereje::ids::{DefinitionId, NormId};
use ereje::model::*;
use std::collections::BTreeSet;

/// The most nested definitions that are entered.
const MAX_DEPTH: usize = 6;
/// The most conditions of one clause.
const MAX_SPOTS: usize = 400;

/// A condition with its context.
#[derive(Clone, Debug)]
pub(super) struct ConditionSite<'m> {
    /// The condition.
    pub(super) expr: &'m Expr,
    /// The variables around it.
    pub(super) context: Context<'m>,
    /// What has to hold besides.
    pub(super) beside: Vec<Constraint<'m>>,
    /// The definition that it is part of; `None` if it is in the clause itself.
    pub(super) inside: Option<DefinitionId>,
    /// True if it is a cell of a table: the rows of a table are goals as a whole.
    pub(super) cell: bool,
}

impl<'m> ConditionSite<'m> {
    /// What has to hold besides, and the truth of the condition if it is `wanted`.
    pub(super) fn constraint(&self, wanted: Option<bool>) -> Constraint<'m> {
        let own = wanted.map(|wanted| Constraint::Truth(self.expr, wanted).within(&self.context));
        // Always true; it keeps the condition among the expressions of the constraint, so that it can be evaluated.
        let present =
            Constraint::Any(vec![Constraint::Fixed(true), Constraint::Truth(self.expr, true).within(&self.context)]);
        Constraint::All(self.beside.iter().cloned().chain([present]).chain(own).collect())
    }

    /// True if it compares values of a type with an order.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(&self.expr.kind, ExprKind::Compare(_, a, _)
            if matches!(a.ty, Type::Number(..) | Type::Date | Type::Duration(_)))
    }
}

/// The conditions in an expression.
pub(super) fn condition_sites<'m>(model: &'m Model, expr: &'m Expr) -> Vec<ConditionSite<'m>> {
    condition_sites_within(model, expr, Vec::new())
}

/// The conditions in an expression that reads these variables.
pub(super) fn condition_sites_within<'m>(
    model: &'m Model,
    expr: &'m Expr,
    context: Context<'m>,
) -> Vec<ConditionSite<'m>> {
    let mut collector = ConditionCollector {
        model,
        context,
        beside: Vec::new(),
        inside: None,
        cell: false,
        entered: BTreeSet::new(),
        out: Vec::new(),
    };
    collector.expr(expr, 0);
    collector.out
}

struct ConditionCollector<'m> {
    model: &'m Model,
    context: Context<'m>,
    beside: Vec<Constraint<'m>>,
    inside: Option<DefinitionId>,
    cell: bool,
    entered: BTreeSet<DefinitionId>,
    out: Vec<ConditionSite<'m>>,
}

impl<'m> ConditionCollector<'m> {
    /// Visits more expressions under the condition that these hold as well.
    fn while_so(&mut self, others: impl Iterator<Item = (&'m Expr, bool)>, inside: impl FnOnce(&mut Self)) {
        let before = self.beside.len();
        for (expr, wanted) in others {
            self.beside.push(Constraint::Truth(expr, wanted).within(&self.context));
        }
        inside(self);
        self.beside.truncate(before);
    }

    fn under(&mut self, binding: Binding<'m>, inside: impl FnOnce(&mut Self)) {
        self.context.push(binding);
        inside(self);
        self.context.pop();
    }

    fn expr(&mut self, expr: &'m Expr, depth: usize) {
        if self.out.len() >= MAX_SPOTS {
            return;
        }
        match expr.junction() {
            Junction::And(parts) | Junction::Or(parts) => {
                let beside = matches!(expr.kind, ExprKind::And(_));
                for (index, part) in parts.iter().enumerate() {
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                    self.while_so(others.map(|(_, e)| (e, beside)), |collector| collector.expr(part, depth));
                }
                return;
            }
            Junction::Not(inner) => return self.expr(inner, depth),
            Junction::Single => {}
        }
        if matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Assumption(_)) {
            return;
        }
        if expr.ty == Type::Bool {
            self.out.push(ConditionSite {
                expr,
                context: self.context.clone(),
                beside: self.beside.clone(),
                inside: self.inside,
                cell: self.cell,
            });
        }
        if let ExprKind::Define(id, args) = &expr.kind {
            self.define(*id, args, depth);
        } else if let ExprKind::Aggregate(aggregate) = &expr.kind {
            self.expr(&aggregate.list, depth);
            self.under(Binding::Element(aggregate.local, &aggregate.list, 0), |collector| {
                aggregate.filter.iter().for_each(|filter| collector.expr(filter, depth));
                let filter = aggregate.filter.iter().map(|filter| (filter, true));
                collector
                    .while_so(filter, |collector| aggregate.body.iter().for_each(|body| collector.expr(body, depth)));
            });
        } else if let ExprKind::Table(table) = &expr.kind {
            for row in &table.rows {
                for (index, condition) in row.conditions.iter().enumerate() {
                    let others = row.conditions.iter().enumerate().filter(|(other, _)| *other != index);
                    let outer = std::mem::replace(&mut self.cell, true);
                    self.while_so(others.map(|(_, e)| (e, true)), |collector| collector.expr(condition, depth));
                    self.cell = outer;
                }
                let all = row.conditions.iter().map(|e| (e, true));
                self.while_so(all, |walk| walk.expr(&row.output, depth));
            }
            table.otherwise.iter().for_each(|e| self.expr(e, depth));
        } else if let ExprKind::Conditional(conditional) = &expr.kind {
            self.expr(&conditional.condition, depth);
            for (value, wanted) in [(&conditional.value, true), (&conditional.otherwise, false)] {
                let condition = std::iter::once((&conditional.condition, wanted));
                self.while_so(condition, |collector| collector.expr(value, depth));
            }
        } else if !matches!(expr.kind, ExprKind::At(..)) {
            // The program of another day is not searched. A compared datum is no condition, even if it is of truth
            // type.
            let inner = expr.children().into_iter().filter(|child| !child.has_state());
            inner.for_each(|child| self.expr(child, depth));
        }
    }

    fn define(&mut self, id: DefinitionId, args: &'m [Expr], depth: usize) {
        args.iter().for_each(|arg| self.expr(arg, depth));
        let model = self.model;
        if depth >= MAX_DEPTH || !self.entered.insert(id) {
            return;
        }
        let inside = |collector: &mut Self| {
            let outer = collector.inside.replace(id);
            for (_, parts) in cases(model, id) {
                clauses(&parts).for_each(|(condition, _)| collector.expr(condition, depth + 1));
                let values = parts.of(Role::Value);
                collector
                    .while_so(clauses(&parts), |collector| values.for_each(|value| collector.expr(value, depth + 1)));
            }
            collector.inside = outer;
        };
        let params = &model.definitions.at(id).params;
        if args.is_empty() { inside(self) } else { self.under(Binding::Args(params, args), inside) }
    }
}

/// The norms that an expression depends on, through definitions.
pub(super) fn norms_in(model: &Model, expr: &Expr) -> BTreeSet<NormId> {
    let mut names: Vec<Item> = Vec::new();
    expr.walk(&mut |e| names.extend(e.names()));
    let follows = |item: Item, link: Link, _: Item| match link {
        Link::Inside => matches!(item, Item::Definition(_) | Item::DefinitionVersion(_)),
        Link::Reads(role) => matches!(item, Item::Case(_)) && (role == Role::Value || is_clause(role)),
        Link::Exception | Link::Bound | Link::Names => false,
    };
    let norm = |item| if let Item::Norm(id) = item { Some(id) } else { None };
    model.reach(names, follows).into_iter().filter_map(norm).collect()
}

/// True if an expression with this role is a clause of a condition, and no cohort.
fn is_clause(role: Role) -> bool {
    role != Role::Cohort && role.wanted().is_some()
}
