//! The clauses that stand beside a part of a condition, with the truth that they must have for the part to matter.
//!
//! In `count(owners) > 0 and all(o in owners: …)` the second part matters only where the first is true, and in
//! `f is absent or f > 3` only where the first is false: otherwise the whole is decided without it.

use crate::model::*;
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::{Number, Value};

/// The most clauses beside a part that are remembered.
const MAX_BESIDE: usize = 200;

/// Clauses with the truth that they must have, and those around them.
pub(super) struct Beside<'e, 'o> {
    clauses: Vec<(usize, &'e Expr, bool)>,
    /// The part itself, by its index among the clauses.
    own: usize,
    around: Option<&'o Beside<'e, 'o>>,
}

impl<'e> Beside<'e, '_> {
    /// True if one of the clauses passes a test.
    fn any(&self, test: &dyn Fn(&'e Expr, bool) -> bool) -> bool {
        let mut at = Some(self);
        while let Some(beside) = at {
            let others = beside.clauses.iter().filter(|(index, ..)| *index != beside.own);
            if others.into_iter().any(|(_, clause, truth)| test(clause, *truth)) {
                return true;
            }
            at = beside.around;
        }
        false
    }

    /// True if the part matters only where a fact, field or variable is not in a state.
    pub(super) fn rules_out(&self, what: &Expr, state: State) -> bool {
        self.any(&|clause, truth| match (&clause.kind, truth) {
            (ExprKind::IsState(tested, of), false) => *of == state && tested.as_ref() == what,
            (ExprKind::Not(inner), true) => {
                matches!(&inner.kind, ExprKind::IsState(tested, of) if *of == state && tested.as_ref() == what)
            }
            _ => false,
        })
    }

    /// True if the part matters only where a list has elements that the aggregate takes. `alike` compares the texts of two
    /// expressions, since each aggregate has a variable of its own.
    pub(super) fn rules_out_none(&self, all: &Aggregate, alike: &dyn Fn(&Expr, &Expr) -> bool) -> bool {
        let same = |other: &Aggregate| {
            alike(&all.list, &other.list)
                && match (&all.filter, &other.filter) {
                    (None, None) => true,
                    (Some(a), Some(b)) => alike(a, b),
                    // What is counted without a filter may all be left out by one.
                    (Some(_), None) => false,
                    (None, Some(_)) => matches!(other.func, AggregateFunc::Any | AggregateFunc::Count),
                }
        };
        self.any(&|clause, truth| {
            let (clause, truth) =
                if let ExprKind::Not(inner) = &clause.kind { (inner.as_ref(), !truth) } else { (clause, truth) };
            if let ExprKind::Aggregate(any) = &clause.kind {
                return truth && any.func == AggregateFunc::Any && same(any);
            }
            let ExprKind::Compare(op, left, right) = &clause.kind else { return false };
            let (count, op, bound) = match (&left.kind, &right.kind) {
                (ExprKind::Aggregate(count), ExprKind::Literal(bound)) => (count, *op, bound),
                (ExprKind::Literal(bound), ExprKind::Aggregate(count)) => (count, op.mirrored(), bound),
                _ => return false,
            };
            let (op, Value::Number(bound)) = (if truth { op } else { op.opposite() }, bound) else { return false };
            // A count of zero does not pass.
            let fails_for_none = match op {
                CompareOp::Gt => *bound >= Number::ZERO,
                CompareOp::Ge | CompareOp::Eq => *bound > Number::ZERO,
                CompareOp::Ne => *bound == Number::ZERO,
                CompareOp::Lt | CompareOp::Le => false,
            };
            fails_for_none && count.func == AggregateFunc::Count && same(count)
        })
    }
}

/// Calls `f` on each expression inside a condition, itself included, with the clauses beside it.
pub(super) fn each_beside<'e>(
    expr: &'e Expr,
    around: Option<&Beside<'e, '_>>,
    f: &mut dyn FnMut(&'e Expr, Option<&Beside<'e, '_>>),
) {
    f(expr, around);
    let (parts, truth) = match expr.junction() {
        Junction::And(parts) => (parts, true),
        Junction::Or(parts) => (parts, false),
        Junction::Not(_) | Junction::Single => {
            expr.each_child(&mut |child| each_beside(child, around, f));
            return;
        }
    };
    let telling = parts.iter().enumerate().filter(|(_, part)| tells(part)).take(MAX_BESIDE);
    let mut beside = Beside { clauses: telling.map(|(index, part)| (index, part, truth)).collect(), own: 0, around };
    for (index, part) in parts.iter().enumerate() {
        beside.own = index;
        each_beside(part, Some(&beside), f);
    }
}

/// True if a clause says something about a state or about the number of elements.
fn tells(clause: &Expr) -> bool {
    if let ExprKind::Not(inner) = &clause.kind {
        tells(inner)
    } else if let ExprKind::Aggregate(aggregate) = &clause.kind {
        aggregate.func == AggregateFunc::Any
    } else if let ExprKind::Compare(_, a, b) = &clause.kind {
        [a, b].iter().any(|side| matches!(side.kind, ExprKind::Aggregate(_)))
    } else {
        matches!(clause.kind, ExprKind::IsState(..))
    }
}

/// The clauses of a whole item: its conditions, each of which matters only where the others let it hold.
pub(super) fn each_of_item<'e>(parts: &Parts<'e>, f: &mut dyn FnMut(&'e Expr, Option<&Beside<'e, '_>>)) {
    let conditions: Vec<(&'e Expr, bool)> = parts.conditions().map(|(_, expr, wanted)| (expr, wanted)).collect();
    let clauses = conditions.iter().enumerate().flat_map(|(index, (expr, wanted))| {
        let inner: Vec<&'e Expr> = match (expr.junction(), wanted) {
            (Junction::And(parts), true) | (Junction::Or(parts), false) => parts.iter().collect(),
            _ => vec![*expr],
        };
        inner.into_iter().map(move |clause| (index, clause, *wanted))
    });
    let mut beside = Beside {
        clauses: clauses.filter(|(_, clause, _)| tells(clause)).take(MAX_BESIDE).collect(),
        own: 0,
        around: None,
    };
    for (index, (expr, _)) in conditions.iter().enumerate() {
        beside.own = index;
        each_beside(expr, Some(&beside), f);
    }
    let rest = parts.expressions.iter().filter(|(role, _)| role.wanted().is_none());
    rest.for_each(|(_, expr)| each_beside(expr, None, f));
}
