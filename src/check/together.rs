//! Tests that must hold together, and which of them exclude one another.
//!
//! Comes in: the parts of a condition. Goes out: a part that an earlier one excludes. A condition may have a hundred thousand
//! parts, so they are not compared pair by pair: only those about the same thing are, and of these only the strictest.

use crate::ids::RegionId;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{CompareOp, State};
use crate::value::Value;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The most tests of one thing that are kept, none of them implied by another. Beyond it only these are compared with.
const MAX_KEPT: usize = 200;

/// Tests that must all hold.
#[derive(Default)]
pub(super) struct Together<'e> {
    /// Those with a known form of test, by the shape of what they are about.
    about: HashMap<u64, Vec<KeptTest<'e>>>,
    /// Those whose negation excludes them, by their own shape.
    whole: HashMap<u64, Vec<KeptTest<'e>>>,
    count: usize,
}

struct KeptTest<'e> {
    /// Where it stands among all.
    index: usize,
    test: Test<'e>,
    span: Span,
}

impl<'e> Together<'e> {
    /// The first of the tests that excludes this one.
    pub(super) fn excluding(&self, test: &Test<'_>) -> Option<Span> {
        let about = test.about.and_then(|(subject, _)| self.about.get(&shape(subject)));
        let alike = about.into_iter().chain(self.whole.get(&shape(test.whole))).flatten();
        alike.filter(|kept| kept.test.excludes(test)).min_by_key(|kept| kept.index).map(|kept| kept.span)
    }

    /// Adds a test.
    pub(super) fn add(&mut self, test: Test<'e>, span: Span) {
        let index = self.count;
        self.count += 1;
        if test.is_opposable() {
            let kept = self.whole.entry(shape(test.whole)).or_default();
            let known = kept.iter().any(|k| k.test.positive == test.positive && k.test.whole == test.whole);
            if !known && kept.len() < MAX_KEPT {
                kept.push(KeptTest { index, test, span });
            }
        }
        if let Some((subject, how)) = test.about {
            let kept = self.about.entry(shape(subject)).or_default();
            let implied = |a: &KeptTest<'_>, how: How<'_>| {
                a.test.about.is_some_and(|(other, stricter)| other == subject && stricter.implies(how))
            };
            if kept.iter().any(|k| implied(k, how)) {
                return;
            }
            kept.retain(|k| !k.test.about.is_some_and(|(other, looser)| other == subject && how.implies(looser)));
            if kept.len() < MAX_KEPT {
                kept.push(KeptTest { index, test, span });
            }
        }
    }
}

/// A number that equal expressions have in common.
fn shape(expr: &Expr) -> u64 {
    let mut hash = DefaultHasher::new();
    expr.walk(&mut |e| {
        std::mem::discriminant(&e.kind).hash(&mut hash);
        e.literal().hash(&mut hash);
        e.names().hash(&mut hash);
    });
    hash.finish()
}

/// A part of a condition, prepared for the comparison with another part.
#[derive(Clone, Copy)]
pub(super) struct Test<'e> {
    /// The whole expression, and whether it must be true.
    whole: &'e Expr,
    positive: bool,
    /// The subject and the kind of test, if the form is a known one.
    about: Option<(&'e Expr, How<'e>)>,
}

#[derive(Clone, Copy)]
enum How<'e> {
    Compare(CompareOp, &'e Value),
    OneOf(&'e [Expr]),
    Regions(&'e BTreeSet<RegionId>),
    State(State),
}

/// The parts that must all be true for an expression to be true (if `positive`) or false (if not).
pub(super) fn flatten(expr: &Expr, positive: bool) -> Vec<(Test<'_>, Span)> {
    let mut tests = Vec::new();
    let mut waiting = vec![(expr, positive)];
    while let Some((expr, positive)) = waiting.pop() {
        match (&expr.kind, positive) {
            (ExprKind::Not(inner), positive) => waiting.push((inner, !positive)),
            (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
                waiting.extend(parts.iter().rev().map(|p| (p, positive)));
            }
            _ => tests.push((Test { whole: expr, positive, about: about(expr, positive) }, expr.span)),
        }
    }
    tests
}

fn about(expr: &Expr, positive: bool) -> Option<(&Expr, How<'_>)> {
    match (&expr.kind, positive) {
        (ExprKind::Compare(op, left, right), _) => {
            let (subject, op, value) = match (&left.kind, &right.kind) {
                (_, ExprKind::Literal(value)) => (left.as_ref(), *op, value),
                (ExprKind::Literal(value), _) => (right.as_ref(), op.mirrored(), value),
                _ => return None,
            };
            Some((subject, How::Compare(if positive { op } else { op.opposite() }, value)))
        }
        (ExprKind::In(subject, list), true) if list.iter().all(|e| matches!(e.kind, ExprKind::Literal(_))) => {
            Some((subject, How::OneOf(list)))
        }
        (ExprKind::InRegions(subject, set), true) => Some((subject, How::Regions(set))),
        (ExprKind::IsState(subject, state), true) => Some((subject, How::State(*state))),
        _ => None,
    }
}

impl Test<'_> {
    /// True if its negation excludes it. A bare condition with its negation may be intended: the two ask for a silent fact and
    /// decide nothing else.
    fn is_opposable(&self) -> bool {
        matches!(self.whole.kind, ExprKind::Compare(..) | ExprKind::In(..) | ExprKind::InRegions(..))
    }

    /// True if both can never be true together.
    fn excludes(&self, other: &Self) -> bool {
        if self.positive != other.positive && self.is_opposable() && self.whole == other.whole {
            return true;
        }
        match (&self.about, &other.about) {
            (Some((a, how)), Some((b, test))) => {
                a == b && how.excludes(*test) && !(may_be_age(a) && how.meets_in_month(*test))
            }
            _ => false,
        }
    }
}

/// True if a subject may be an age: only facts and fields are known to be whole months before all definitions are read.
fn may_be_age(subject: &Expr) -> bool {
    matches!(subject.ty, Type::Duration(DurationKind::Months)) && !subject.is_datum()
}

impl How<'_> {
    /// True if an age can pass both tests although no length of whole months can: one who is five years and a day old is five
    /// years old for `=`, and older than five years for `>`.
    fn meets_in_month(self, other: Self) -> bool {
        let strict = |op: CompareOp| matches!(op, CompareOp::Gt | CompareOp::Lt);
        match (self, other) {
            (How::Compare(CompareOp::Eq, a), How::Compare(op, b))
            | (How::Compare(op, b), How::Compare(CompareOp::Eq, a)) => strict(op) && a == b,
            (How::OneOf(list), How::Compare(op, b)) | (How::Compare(op, b), How::OneOf(list)) => {
                strict(op) && list.iter().filter_map(Expr::literal).any(|value| value == b)
            }
            (How::Compare(..) | How::OneOf(_) | How::Regions(_) | How::State(_), _) => false,
        }
    }

    /// True if whatever passes this test of a value passes the other.
    fn implies(self, other: Self) -> bool {
        match (self, other) {
            (How::Compare(op, a), How::Compare(same, b)) if op == same => match op {
                CompareOp::Eq | CompareOp::Ne => a == b,
                CompareOp::Lt | CompareOp::Le => order(a, b).is_some_and(Ordering::is_le),
                CompareOp::Gt | CompareOp::Ge => order(a, b).is_some_and(Ordering::is_ge),
            },
            (How::OneOf(a), How::OneOf(b)) => a == b,
            (How::Regions(a), How::Regions(b)) => a == b,
            (How::State(a), How::State(b)) => a == b,
            (How::Compare(..) | How::OneOf(_) | How::Regions(_) | How::State(_), _) => false,
        }
    }

    fn excludes(self, other: How<'_>) -> bool {
        let literals = |list: &[Expr], test: &dyn Fn(&Value) -> bool| {
            list.iter().all(|e| matches!(&e.kind, ExprKind::Literal(value) if test(value)))
        };
        match (self, other) {
            (How::State(a), How::State(b)) => a != b,
            (How::State(_), _) | (_, How::State(_)) => true,
            (How::Compare(op, a), How::Compare(other, b)) => excludes(op, a, other, b),
            (How::Compare(op, a), How::OneOf(list)) | (How::OneOf(list), How::Compare(op, a)) => {
                literals(list, &|v| excludes(op, a, CompareOp::Eq, v))
            }
            (How::OneOf(a), How::OneOf(b)) => {
                let values: HashSet<&Value> = a.iter().filter_map(Expr::literal).collect();
                literals(b, &|v| !values.contains(v))
            }
            (How::Regions(a), How::Regions(b)) => a.is_disjoint(b),
            (How::Regions(set), How::Compare(CompareOp::Eq, Value::Region(id)))
            | (How::Compare(CompareOp::Eq, Value::Region(id)), How::Regions(set)) => !set.contains(id),
            (How::Regions(_), _) | (_, How::Regions(_)) => false,
        }
    }
}

/// True if no `x` satisfies both `x op_a a` and `x op_b b`, in a dense order.
fn excludes(op_a: CompareOp, a: &Value, op_b: CompareOp, b: &Value) -> bool {
    let ordering = match order(a, b) {
        Some(ordering) => ordering,
        None => {
            return match (op_a, op_b) {
                (CompareOp::Eq, CompareOp::Eq) => a != b,
                (CompareOp::Eq, CompareOp::Ne) | (CompareOp::Ne, CompareOp::Eq) => a == b,
                _ => false,
            };
        }
    };
    match (op_a, op_b) {
        (CompareOp::Eq, op) => !op.holds(ordering),
        (op, CompareOp::Eq) => !op.holds(ordering.reverse()),
        (CompareOp::Lt, CompareOp::Gt | CompareOp::Ge) | (CompareOp::Le, CompareOp::Gt) => {
            ordering != Ordering::Greater
        }
        (CompareOp::Le, CompareOp::Ge) => ordering == Ordering::Less,
        (CompareOp::Gt, CompareOp::Lt | CompareOp::Le) | (CompareOp::Ge, CompareOp::Lt) => ordering != Ordering::Less,
        (CompareOp::Ge, CompareOp::Le) => ordering == Ordering::Greater,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Duration, Number};

    fn n(i: i64) -> Value {
        Value::Number(Number::integer(i))
    }

    #[test]
    fn bounds_exclude_each_other() {
        use CompareOp::*;
        assert!(excludes(Lt, &n(5), Gt, &n(7)));
        assert!(excludes(Lt, &n(5), Ge, &n(5)));
        assert!(!excludes(Le, &n(5), Ge, &n(5)));
        assert!(!excludes(Gt, &n(5), Lt, &n(7)));
        assert!(excludes(Eq, &n(5), Gt, &n(5)));
        assert!(excludes(Gt, &n(5), Eq, &n(5)));
        assert!(excludes(Eq, &n(5), Eq, &n(6)));
        assert!(!excludes(Eq, &n(6), Ge, &n(5)));
        let months = Value::Duration(Duration::Months(1));
        assert!(!excludes(Lt, &months, Gt, &n(7)));
    }
}
