//! Comparisons that can never hold, as far as literals show it.

use super::Checker;
use super::constant::order;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, CompareOp};
use crate::value::{Number, Value};
use std::cmp::Ordering;

impl Checker<'_> {
    /// A single comparison: of two literals, of a value with itself, of a count or an age with what it cannot be.
    pub(super) fn never_holds(&mut self, op: CompareOp, left: &Expr, right: &Expr, span: Span) {
        let why = if let (ExprKind::Literal(a), ExprKind::Literal(b)) = (&left.kind, &right.kind) {
            let holds = match order(a, b) {
                Some(ordering) => satisfies(op, ordering),
                None => (a == b) == (op == CompareOp::Eq),
            };
            (!holds).then(|| "both sides are constants".to_owned())
        } else if left == right && matches!(op, CompareOp::Lt | CompareOp::Gt | CompareOp::Ne) {
            Some("both sides are the same".to_owned())
        } else {
            let floor = self.floor(left).map(|f| (f, op, right));
            let mirrored = self.floor(right).map(|f| (f, mirror(op), left));
            floor.or(mirrored).and_then(|(floor, op, bound)| match &bound.kind {
                ExprKind::Literal(value) => {
                    let side = order(&floor.0, value)?;
                    let never = match op {
                        CompareOp::Lt => side != Ordering::Less,
                        CompareOp::Le | CompareOp::Eq => side == Ordering::Greater,
                        CompareOp::Gt | CompareOp::Ge | CompareOp::Ne => false,
                    };
                    never.then_some(floor.1)
                }
                _ => None,
            })
        };
        if let Some(why) = why {
            self.report(
                Diagnostic::new(Code::E0309, "this comparison can never hold", span, why)
                    .help("correct the comparison, or remove what depends on it"),
            );
        }
    }

    /// The least that something can be, and why.
    fn floor(&self, expr: &Expr) -> Option<(Value, String)> {
        match &expr.kind {
            ExprKind::Aggregate(a) if a.func == AggregateFunc::Count => {
                let least = if a.filter.is_none() { self.at_least(&a.list) } else { 0 };
                let why = if least > 0 {
                    format!("the list has at least {least} element(s)")
                } else {
                    "a count is never below zero".to_owned()
                };
                Some((Value::Number(Number::integer(i64::from(least))), why))
            }
            ExprKind::Call(Builtin::Abs, _) => {
                Some((Value::Number(Number::ZERO), "a size without its sign is never below zero".to_owned()))
            }
            ExprKind::Call(Builtin::Month | Builtin::Day, _) => {
                Some((Value::Number(Number::ONE), "months and days are counted from 1".to_owned()))
            }
            _ => None,
        }
    }

    /// The fewest elements of a list.
    pub(super) fn at_least(&self, list: &Expr) -> u32 {
        match &list.kind {
            ExprKind::Fact(id) => self.model.facts.get(id.index()).map_or(0, |f| f.datum.at_least),
            ExprKind::Field(_, id) => self.model.fields.get(id.index()).map_or(0, |f| f.datum.at_least),
            ExprKind::List(items) => u32::try_from(items.len()).unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    /// Parts of one `and` that exclude each other: two values of one enum, or bounds that leave nothing between them.
    pub(super) fn never_together(&mut self, parts: &[Expr]) {
        let mut seen: Vec<(&Expr, CompareOp, &Value, Span)> = Vec::new();
        for part in parts {
            let ExprKind::Compare(op, left, right) = &part.kind else { continue };
            let (subject, op, value) = match (&left.kind, &right.kind) {
                (_, ExprKind::Literal(value)) => (left.as_ref(), *op, value),
                (ExprKind::Literal(value), _) => (right.as_ref(), mirror(*op), value),
                _ => continue,
            };
            let clash = seen.iter().find(|(other, other_op, other_value, _)| {
                *other == subject && excludes(*other_op, other_value, op, value)
            });
            if let Some((.., first)) = clash {
                let first = *first;
                self.report(
                    Diagnostic::new(
                        Code::E0309,
                        "these two can never hold together",
                        part.span,
                        "excluded by the other",
                    )
                    .also(first, "this one")
                    .help("correct one of them, or join them with `or`"),
                );
                return;
            }
            seen.push((subject, op, value, part.span));
        }
    }
}

/// Whether `x op a` and `x op b` leave no `x`, for an order without gaps.
fn excludes(op_a: CompareOp, a: &Value, op_b: CompareOp, b: &Value) -> bool {
    let ordering = match order(a, b) {
        Some(ordering) => ordering,
        None => return op_a == CompareOp::Eq && op_b == CompareOp::Eq && a != b,
    };
    match (op_a, op_b) {
        (CompareOp::Eq, op) => !satisfies(op, ordering),
        (op, CompareOp::Eq) => !satisfies(op, ordering.reverse()),
        (CompareOp::Lt, CompareOp::Gt | CompareOp::Ge) | (CompareOp::Le, CompareOp::Gt) => {
            ordering != Ordering::Greater
        }
        (CompareOp::Le, CompareOp::Ge) => ordering == Ordering::Less,
        (CompareOp::Gt, CompareOp::Lt | CompareOp::Le) | (CompareOp::Ge, CompareOp::Lt) => ordering != Ordering::Less,
        (CompareOp::Ge, CompareOp::Le) => ordering == Ordering::Greater,
        _ => false,
    }
}

fn satisfies(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
    }
}

fn mirror(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Eq,
        CompareOp::Ne => CompareOp::Ne,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Duration;

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
