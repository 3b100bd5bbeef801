//! The additions of a probing plan: nodes that note what is exercised, and conditions that know their clauses.
//!
//! A probing plan gives the same answers as the ordinary one. It differs in two ways. If a name is resolved to one of
//! its versions, a [`Node::Probe`] before the value notes the version. And every condition, however its `and`s, `or`s
//! and `not`s are nested, is one [`Node::Condition`], so that the evaluator can tell whether each clause had a say.

use super::arena::{Arena, joined};
use super::builder::Builder;
use super::node::*;
use super::versions::{beside_cohort, is_suspension};
use crate::ids::{ExceptionId, ExceptionRef};
use crate::model::*;

/// The limit beyond which exceptions are clauses of the condition instead of parts of it.
const MAX_PARTS: usize = 2_000;

/// A condition under construction.
#[derive(Default)]
pub(crate) struct Formula {
    parts: Vec<ConditionPart>,
    /// True if there is anything to note in it.
    noteworthy: bool,
}

impl Formula {
    fn push(&mut self, part: ConditionPart) -> u32 {
        self.noteworthy |=
            matches!(part, ConditionPart::Leaf(_, Some(_)) | ConditionPart::Marked(..) | ConditionPart::Suspended(..));
        self.parts.push(part);
        u32::try_from(self.parts.len() - 1).unwrap_or(u32::MAX)
    }

    fn full(&self) -> bool {
        self.parts.len() > MAX_PARTS
    }
}

impl Arena {
    pub(crate) fn probe(&mut self, point: ProbePoint, watched: Vec<NodeId>, inner: NodeId) -> NodeId {
        let free = self.free_of(watched.iter().chain([&inner]));
        let constant = self.settled(inner);
        let index = u32::try_from(self.program.probes.len()).unwrap_or(u32::MAX);
        self.program.probes.push(ProbeNode { point, watched, inner });
        let id = self.leaf(Node::Probe(index), None, free);
        self.settle(id, constant);
        id
    }

    fn condition(&mut self, formula: Formula) -> NodeId {
        let mut truths: Vec<Option<bool>> = Vec::with_capacity(formula.parts.len());
        let mut leaves = Vec::new();
        for part in &formula.parts {
            let of = |index: &u32| truths.get(*index as usize).copied().flatten();
            truths.push(match part {
                ConditionPart::Leaf(node, _) => {
                    leaves.push(*node);
                    self.settled(*node)
                }
                ConditionPart::Not(inner) => of(inner).map(|value| !value),
                ConditionPart::And(inner) => joined(inner.iter().map(of), false),
                ConditionPart::Or(inner) => joined(inner.iter().map(of), true),
                ConditionPart::Marked(_, inner) => of(inner),
                ConditionPart::Suspended(..) => Some(false),
            });
        }
        let free = self.free_of(&leaves);
        let index = u32::try_from(self.program.conditions.len()).unwrap_or(u32::MAX);
        self.program.conditions.push(ConditionNode { parts: formula.parts });
        let id = self.leaf(Node::Condition(index), None, free);
        self.settle(id, truths.last().copied().flatten());
        id
    }
}

impl<'p> Builder<'p> {
    /// Compiles an expression in the position of a condition.
    pub(crate) fn condition_of(&mut self, expr: &'p Expr) -> NodeId {
        if !self.plan.is_probing() || matches!(expr.kind, ExprKind::Literal(_)) {
            return self.expr(expr);
        }
        let mut formula = Formula::default();
        self.put(expr, &mut formula);
        self.arena.condition(formula)
    }

    /// Compiles the value of a case; as a condition if it is a truth value.
    pub(crate) fn value_of(&mut self, expr: &'p Expr) -> NodeId {
        if expr.ty == Type::Bool { self.condition_of(expr) } else { self.expr(expr) }
    }

    pub(crate) fn conditions_of(&mut self, exprs: impl IntoIterator<Item = &'p Expr>) -> Vec<NodeId> {
        exprs.into_iter().map(|e| self.condition_of(e)).collect()
    }

    /// The conjunction of the context and of the conditions, each with its wanted truth value and its clauses.
    pub(crate) fn all_of(&mut self, context: &[NodeId], conditions: &[(&'p Expr, bool)]) -> NodeId {
        if !self.plan.is_probing() {
            let parts = self.plain_parts(context, conditions);
            return self.arena.and(&parts);
        }
        let mut formula = Formula::default();
        let parts = self.put_all(context, conditions, &mut formula);
        self.finish(formula, parts)
    }

    /// The same as separate nodes, as in an ordinary plan.
    pub(crate) fn plain_parts(&mut self, context: &[NodeId], conditions: &[(&'p Expr, bool)]) -> Vec<NodeId> {
        let mut parts = context.to_vec();
        for (expr, wanted) in conditions {
            let node = self.expr(expr);
            parts.push(if *wanted { node } else { self.arena.not(node) });
        }
        parts
    }

    /// True if a rule, exception or notice holds: the conjunction of [`Self::all_of`], and no exception to it.
    /// Exceptions are parts of the condition, so a clause has a say only if no exception would decide the same anyway.
    pub(crate) fn whole_of(
        &mut self,
        guard: NodeId,
        conditions: &[(&'p Expr, bool)],
        exceptions: &[ExceptionId],
    ) -> NodeId {
        let mut formula = Formula::default();
        let mut parts = self.put_all(&[guard], conditions, &mut formula);
        self.put_exceptions(exceptions, &mut parts, &mut formula);
        self.finish(formula, parts)
    }

    /// True if no version of an exception holds.
    pub(crate) fn none_of(&mut self, exception: ExceptionId) -> NodeId {
        let mut formula = Formula::default();
        let mut parts = Vec::new();
        self.put_exceptions(&[exception], &mut parts, &mut formula);
        self.finish(formula, parts)
    }

    fn finish(&mut self, mut formula: Formula, parts: Vec<u32>) -> NodeId {
        if formula.noteworthy {
            formula.push(ConditionPart::And(parts));
            return self.arena.condition(formula);
        }
        // Without a clause there is nothing to note, so the nodes are those of an ordinary plan.
        let nodes: Vec<NodeId> = formula
            .parts
            .iter()
            .filter_map(|part| match part {
                ConditionPart::Leaf(node, _) => Some(*node),
                ConditionPart::Not(_)
                | ConditionPart::And(_)
                | ConditionPart::Or(_)
                | ConditionPart::Marked(..)
                | ConditionPart::Suspended(..) => None,
            })
            .collect();
        self.arena.and(&nodes)
    }

    fn put_all(&mut self, context: &[NodeId], conditions: &[(&'p Expr, bool)], formula: &mut Formula) -> Vec<u32> {
        let mut parts: Vec<u32> = context.iter().map(|node| formula.push(ConditionPart::Leaf(*node, None))).collect();
        for (expr, wanted) in conditions {
            let part = self.put(expr, formula);
            parts.push(if *wanted { part } else { formula.push(ConditionPart::Not(part)) });
        }
        parts
    }

    fn put(&mut self, expr: &'p Expr, formula: &mut Formula) -> u32 {
        match expr.junction() {
            Junction::Not(inner) => {
                let inner = self.put(inner, formula);
                formula.push(ConditionPart::Not(inner))
            }
            Junction::And(list) => {
                let parts = list.iter().map(|e| self.put(e, formula)).collect();
                formula.push(ConditionPart::And(parts))
            }
            Junction::Or(list) => {
                let parts = list.iter().map(|e| self.put(e, formula)).collect();
                formula.push(ConditionPart::Or(parts))
            }
            Junction::Single => {
                let node = self.make(expr);
                // A constant has no say, but the flag keeps the form of what is negated or joined with it.
                formula.noteworthy = true;
                formula.push(ConditionPart::Leaf(node, (!expr.is_invariable()).then_some(expr.span)))
            }
        }
    }

    /// Adds «and no exception holds»: the versions of each exception with the exceptions to them.
    fn put_exceptions(&mut self, exceptions: &[ExceptionId], parts: &mut Vec<u32>, formula: &mut Formula) {
        for id in exceptions {
            if formula.full() {
                let holds = self.exception_holds(*id);
                let holds = formula.push(ConditionPart::Leaf(holds, None));
                formula.noteworthy = true;
                parts.push(formula.push(ConditionPart::Not(holds)));
                continue;
            }
            let model = self.model;
            let versions = &model.exceptions.at(*id).versions;
            let held = self.holding(Versioned::claims(versions)).into_iter().map(|held| (None, held));
            let silent = self.kept_silent(versions);
            let silent = silent.into_iter().map(|(suspension, held)| (Some(suspension), held));
            for (suspension, held) in held.chain(silent) {
                let version = ExceptionRef::new(*id, held.index);
                if is_suspension(model.exception(version)) {
                    continue;
                }
                let excepting = model.parts(Item::ExceptionVersion(version));
                let mut inside = self.put_all(&[held.guard], &beside_cohort(&excepting), formula);
                self.put_exceptions(excepting.exceptions, &mut inside, formula);
                let whole = formula.push(ConditionPart::And(inside));
                let marked = formula.push(match suspension {
                    None => ConditionPart::Marked(ProbePoint::Exception(version), whole),
                    Some(suspension) => ConditionPart::Suspended(
                        ProbePoint::Exception(ExceptionRef { exception: *id, version: suspension }),
                        whole,
                    ),
                });
                parts.push(formula.push(ConditionPart::Not(marked)));
            }
        }
    }
}
