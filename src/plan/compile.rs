//! Compiles expressions of the Model to nodes of a cell's program.

use super::address::address;
use super::builder::Builder;
use super::node::*;
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, HitPolicy};
use crate::value::{Duration, Number, Value};
use std::collections::BTreeSet;

impl<'p> Builder<'p> {
    pub(crate) fn all(&mut self, exprs: impl IntoIterator<Item = &'p Expr>) -> Vec<NodeId> {
        exprs.into_iter().map(|e| self.expr(e)).collect()
    }

    pub(crate) fn expr(&mut self, expr: &'p Expr) -> NodeId {
        if self.plan.is_probing() && expr.is_condition() {
            return self.condition_of(expr);
        }
        let id = self.make(expr);
        if self.traced {
            self.arena.program.places.insert(address(expr), id);
        }
        id
    }

    pub(crate) fn make(&mut self, expr: &'p Expr) -> NodeId {
        let span = Some(expr.span);
        match &expr.kind {
            ExprKind::Literal(value) => self.arena.constant(value.clone()),
            ExprKind::Fact(fact) => self.arena.leaf(Node::Fact(*fact), None, Vec::new()),
            ExprKind::Local(local) => self.arena.leaf(Node::Local(*local), None, vec![*local]),
            ExprKind::Field(record, field) => {
                let record = self.expr(record);
                // Only of a computed period can a field have a fault.
                let is_end = self.model.is_end(*field);
                self.arena.node(Node::Field(record, *field), &[record], span.filter(|_| is_end))
            }
            ExprKind::OverTime(list, field) => {
                let list = self.expr(list);
                self.arena.node(Node::OverTime(list, *field), &[list], span)
            }
            ExprKind::Assumption(id) => match self.choices.value(self.model, *id) {
                Some(value) => self.arena.constant(value.clone()),
                // An id of another Model; the checker never makes one.
                None => self.arena.cases(Vec::new(), expr.span),
            },
            ExprKind::Norm(norm) => self.norm(*norm, expr.span),
            ExprKind::Define(id, args) => self.define(*id, args, expr.span),
            ExprKind::GoverningDate => self.arena.leaf(Node::GoverningDate, None, Vec::new()),
            ExprKind::GoverningRegion => self.arena.leaf(Node::GoverningRegion, span, Vec::new()),
            ExprKind::At(what, date) => {
                let date = self.expr(date);
                let (entry, reads) = self.plan.entry(what);
                let mut free: BTreeSet<LocalId> = self.arena.free_of(&[date]).into_iter().collect();
                free.extend(reads);
                self.arena.leaf(Node::At(entry, date), span, free.into_iter().collect())
            }
            ExprKind::Not(inner) => {
                let inner = self.expr(inner);
                self.arena.not(inner)
            }
            ExprKind::And(parts) => {
                let parts = self.all(parts);
                self.arena.and(&parts)
            }
            ExprKind::Or(parts) => {
                let parts = self.all(parts);
                self.arena.or(&parts)
            }
            ExprKind::IsState(what, state) => {
                let what = self.expr(what);
                self.arena.node(Node::IsState(what, *state), &[what], None)
            }
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.expr(a), self.expr(b));
                self.arena.node(Node::Compare(*op, a, b), &[a, b], None)
            }
            ExprKind::In(what, list) => {
                let (what, list) = (self.expr(what), self.all(list));
                self.arena.over(&list, &[what], None, |run| Node::In(what, run))
            }
            ExprKind::InRegions(what, regions) => {
                let what = self.expr(what);
                let sets = &mut self.arena.program.region_sets;
                let index = sets.iter().position(|s| s == regions).unwrap_or_else(|| {
                    sets.push(regions.clone());
                    sets.len() - 1
                });
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                self.arena.node(Node::InRegions(what, index), &[what], None)
            }
            ExprKind::Arith(op, a, b) => {
                let calendar = [a, b].into_iter().find_map(|side| {
                    let Type::Duration(DurationKind::WorkingDays(calendar)) = side.ty else { return None };
                    Some(calendar)
                });
                let (a, b) = (self.expr(a), self.expr(b));
                self.arena.node(Node::Arith(*op, a, b, calendar), &[a, b], span)
            }
            ExprKind::Neg(inner) => {
                let inner = self.expr(inner);
                self.arena.node(Node::Neg(inner), &[inner], span)
            }
            ExprKind::Round(mode, what, step) => {
                let (what, step) = (self.expr(what), self.expr(step));
                self.arena.node(Node::Round(*mode, what, step), &[what, step], span)
            }
            ExprKind::Aggregate(aggregate) => {
                let node = AggregateNode {
                    func: aggregate.func,
                    local: aggregate.local,
                    list: self.expr(&aggregate.list),
                    filter: aggregate.filter.as_ref().map(|e| self.condition_of(e)),
                    body: aggregate.body.as_ref().map(|body| match aggregate.func {
                        AggregateFunc::Any | AggregateFunc::All => self.condition_of(body),
                        AggregateFunc::Count
                        | AggregateFunc::Sum
                        | AggregateFunc::Min
                        | AggregateFunc::Max
                        | AggregateFunc::First
                        | AggregateFunc::List => self.expr(body),
                    }),
                    otherwise: match (&aggregate.otherwise, aggregate.func) {
                        (Some(otherwise), _) => Some(self.expr(otherwise)),
                        (None, AggregateFunc::Sum) => Some(self.zero(&expr.ty)),
                        (None, _) => None,
                    },
                };
                self.arena.aggregate(node, expr.span)
            }
            ExprKind::Call(builtin, args) => {
                let args = self.all(args);
                self.arena.over(&args, &[], span, |run| Node::Call(*builtin, run))
            }
            ExprKind::Table(table) => {
                let mut rows = Vec::with_capacity(table.rows.len());
                for row in &table.rows {
                    let cells: Vec<(&Expr, bool)> = row.conditions.iter().map(|cell| (cell, true)).collect();
                    rows.push((self.all_of(&[], &cells), self.expr(&row.output), row.span));
                }
                let otherwise = match (&table.otherwise, table.hit) {
                    (Some(otherwise), _) => Some((self.expr(otherwise), otherwise.span)),
                    (None, HitPolicy::Sum) => Some((self.zero(&expr.ty), expr.span)),
                    (None, _) => None,
                };
                self.arena.table(TableNode { hit: table.hit, rows, otherwise }, expr.span)
            }
            ExprKind::Scale(amount, bands) => {
                let amount = self.expr(amount);
                let mut parts = Vec::new();
                for (upto, rate) in bands {
                    parts.extend(upto.iter().map(|e| self.expr(e)));
                    parts.push(self.expr(rate));
                }
                let scale = self.arena.over(&parts, &[amount], span, |run| Node::Scale(amount, run));
                if self.plan.is_probing() {
                    let rates = bands.iter().map(|(_, rate)| rate.span).collect();
                    self.arena.program.bands.insert(scale, rates);
                }
                scale
            }
            ExprKind::List(items) => {
                let items = self.all(items);
                self.arena.over(&items, &[], None, Node::List)
            }
            ExprKind::Record(id, parts) => {
                let parts = self.all(parts);
                self.arena.over(&parts, &[], span, |run| Node::Record(*id, run))
            }
            ExprKind::Conditional(conditional) => self.conditional(conditional, expr.span),
        }
    }

    /// One of two values.
    fn conditional(&mut self, conditional: &'p Conditional, span: Span) -> NodeId {
        let applies = self.condition_of(&conditional.condition);
        let (value, otherwise) = (self.value_of(&conditional.value), self.value_of(&conditional.otherwise));
        // Of a probing plan the condition has to be evaluated, for its clauses.
        match self.arena.known(applies).filter(|_| !self.plan.is_probing()) {
            Some(true) => value,
            Some(false) => otherwise,
            None => {
                let parts = [applies, value, otherwise];
                self.arena.node(Node::Conditional(applies, value, otherwise), &parts, Some(span))
            }
        }
    }

    /// The sum of no elements.
    fn zero(&mut self, ty: &Type) -> NodeId {
        self.arena.constant(match ty {
            Type::Duration(DurationKind::Months) => Value::Duration(Duration::Months(0)),
            Type::Duration(DurationKind::Days) => Value::Duration(Duration::Days(0)),
            Type::Duration(DurationKind::WorkingDays(_)) => Value::Duration(Duration::WorkingDays(0)),
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Record(_)
            | Type::List(_)
            | Type::Error => Value::Number(Number::ZERO),
        })
    }

    /// The value of a norm in the cell: that of the highest version in scope.
    fn norm(&mut self, id: NormId, span: Span) -> NodeId {
        let known = match self.norms.get(&id) {
            Some(known) => *known,
            None => {
                let model = self.model;
                let values = &model.norms.at(id).values;
                let near = match self.here {
                    Some(here) => self.plan.nearby().values(id, here.place),
                    None => (0..values.len()).collect(),
                };
                let near = near.into_iter().filter_map(|index| Some((index, values.get(index)?.claim())));
                let highest = self.highest(near.collect()).map(|index| NormValueRef::new(id, index));
                let value = highest.map(|highest| {
                    let value = self.expr(model.norm_value(highest).value());
                    if self.plan.is_probing() {
                        return self.arena.probe(ProbePoint::Norm(highest), Vec::new(), value);
                    }
                    value
                });
                self.norms.insert(id, value);
                value
            }
        };
        known.unwrap_or_else(|| self.arena.leaf(Node::NoNorm(id), Some(span), Vec::new()))
    }

    fn define(&mut self, id: DefinitionId, args: &'p [Expr], span: Span) -> NodeId {
        let definition = self.model.definitions.at(id);
        if definition.params.is_empty() {
            return self.definition(id, definition);
        }
        let function = match self.functions.get(&id) {
            Some(function) => *function,
            None => {
                let body = self.definition(id, definition);
                let index = u32::try_from(self.arena.program.functions.len()).unwrap_or(u32::MAX);
                self.arena.program.functions.push(Function { params: definition.params.clone(), body });
                self.functions.insert(id, index);
                index
            }
        };
        let args = self.all(args);
        self.arena.over(&args, &[], Some(span), |run| Node::Apply(function, run))
    }
}
