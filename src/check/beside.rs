//! What the clauses beside a part of a condition say of a state, or of the elements of a list, where the part matters.
//!
//! In `count(owners) > 0 and all(o in owners: …)` the second part matters only where the first is true, and in
//! `f is absent or f > 3` only where the first is false: otherwise the whole is decided without it.

use super::readings::Given;
use crate::model::*;
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::{Number, Value};

/// True if some clause that follows from what is given passes a test, with the truth that it has then.
fn any(given: &[Given<'_>], test: &dyn Fn(&Expr, bool) -> bool) -> bool {
    given.iter().any(|(clause, truth)| follows(clause, *truth, test))
}

fn follows(clause: &Expr, truth: bool, test: &dyn Fn(&Expr, bool) -> bool) -> bool {
    match (clause.junction(), truth) {
        (Junction::Not(inner), truth) => follows(inner, !truth, test),
        (Junction::And(parts), true) | (Junction::Or(parts), false) => parts.iter().any(|p| follows(p, truth, test)),
        (Junction::And(_) | Junction::Or(_) | Junction::Single, _) => test(clause, truth),
    }
}

/// True if a fact, field or variable is not in a state where something matters.
pub(super) fn rules_out(given: &[Given<'_>], what: &Expr, state: State) -> bool {
    any(
        given,
        &|clause, truth| matches!(&clause.kind, ExprKind::IsState(tested, of) if !truth && *of == state && tested.as_ref() == what),
    )
}

/// True if a list has elements that the aggregate takes where something matters. `alike` compares the texts of two
/// expressions, since each aggregate has a variable of its own.
pub(super) fn rules_out_none(given: &[Given<'_>], all: &Aggregate, alike: &dyn Fn(&Expr, &Expr) -> bool) -> bool {
    let same = |other: &Aggregate| {
        alike(&all.list, &other.list)
            && match (&all.filter, &other.filter) {
                (None, _) => true,
                (Some(a), Some(b)) => alike(a, b),
                // What is counted without a filter may all be left out by one.
                (Some(_), None) => false,
            }
    };
    any(given, &|clause, truth| {
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
