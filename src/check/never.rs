//! Comparisons that can never hold, as far as literals prove it.

use super::Checker;
use super::constant::order;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::RegionId;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, CompareOp, State};
use crate::value::{Number, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Checks one comparison: of two literals, of a value with itself, of a count or an age with an impossible value.
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
            self.limits(left, right, op).or_else(|| self.limits(right, left, mirror(op)))
        };
        if let Some(why) = why {
            self.report(
                Diagnostic::new(Code::E0309, "this comparison can never hold", span, why)
                    .help("correct the comparison, or remove what depends on it"),
            );
        }
    }

    /// Why `subject op bound` can never hold for a literal bound; `None` if it can.
    fn limits(&self, subject: &Expr, bound: &Expr, op: CompareOp) -> Option<String> {
        let ExprKind::Literal(value) = &bound.kind else { return None };
        if let Some((floor, why)) = self.floor(subject) {
            let side = order(&floor, value)?;
            let never = match op {
                CompareOp::Lt => side != Ordering::Less,
                CompareOp::Le | CompareOp::Eq => side == Ordering::Greater,
                CompareOp::Gt | CompareOp::Ge | CompareOp::Ne => false,
            };
            if never {
                return Some(why);
            }
        }
        let (most, why) = if let ExprKind::Call(Builtin::Month, _) = subject.kind {
            (12, "a year has twelve months")
        } else if let ExprKind::Call(Builtin::Day, _) = subject.kind {
            (31, "no month has more than 31 days")
        } else {
            return None;
        };
        let side = order(&Value::Number(Number::integer(most)), value)?;
        let never = match op {
            CompareOp::Gt => side != Ordering::Greater,
            CompareOp::Ge | CompareOp::Eq => side == Ordering::Less,
            CompareOp::Lt | CompareOp::Le | CompareOp::Ne => false,
        };
        never.then(|| why.to_owned())
    }

    /// The lower bound of an expression, and the reason for it.
    pub(super) fn floor(&self, expr: &Expr) -> Option<(Value, String)> {
        if let ExprKind::Aggregate(a) = &expr.kind
            && a.func == AggregateFunc::Count
        {
            let least = if a.filter.is_none() { self.at_least(&a.list) } else { 0 };
            let why = if least > 0 {
                format!("the list has at least {least} element(s)")
            } else {
                "a count is never below zero".to_owned()
            };
            return Some((Value::Number(Number::integer(i64::from(least))), why));
        }
        let ExprKind::Call(function, _) = expr.kind else { return None };
        let (least, why) = match function {
            Builtin::Abs => (Number::ZERO, "a size without its sign is never below zero"),
            Builtin::Month | Builtin::Day => (Number::ONE, "months and days are counted from 1"),
            Builtin::Age
            | Builtin::YearsBetween
            | Builtin::MonthsBetween
            | Builtin::DaysBetween
            | Builtin::WorkingDaysBetween(_)
            | Builtin::IsWorkingDay(_)
            | Builtin::Year
            | Builtin::FirstDayOfMonth
            | Builtin::LastDayOfMonth
            | Builtin::Min
            | Builtin::Max
            | Builtin::Contains => return None,
        };
        Some((Value::Number(least), why.to_owned()))
    }

    /// The least number of elements of a list.
    pub(super) fn at_least(&self, list: &Expr) -> u32 {
        if let ExprKind::Fact(id) = list.kind {
            self.model.facts.at(id).datum.at_least
        } else if let ExprKind::Field(_, id) = list.kind {
            self.model.fields.at(id).datum.at_least
        } else if let ExprKind::List(items) = &list.kind {
            u32::try_from(items.len()).unwrap_or(u32::MAX)
        } else {
            0
        }
    }

    /// Checks the parts of one `and` for two that exclude each other: two values of one enum, disjoint ranges, a value
    /// and a state, a condition and its negation.
    pub(super) fn never_together(&mut self, parts: &[Expr]) {
        let mut seen: Vec<(Test<'_>, Span)> = Vec::new();
        for part in parts {
            let mut tests = Vec::new();
            flatten(part, true, &mut tests);
            // Parts of parts are checked when the part itself is read.
            let clash = tests.iter().find_map(|(test, span)| {
                seen.iter().find(|(other, _)| other.excludes(test)).map(|(_, first)| (*span, *first))
            });
            if let Some((span, first)) = clash {
                self.report(
                    Diagnostic::new(Code::E0309, "these two can never hold together", span, "excluded by the other")
                        .also(first, "this one")
                        .help("correct one of them, or join them with `or`"),
                );
                return;
            }
            seen.extend(tests);
        }
    }

    /// Reports an `unless` that holds wherever its `when` holds.
    pub(super) fn always_excused(&mut self, when: Option<&Expr>, unless: &[Expr]) {
        let mut tests = Vec::new();
        if let Some(when) = when {
            flatten(when, true, &mut tests);
        }
        for excuse in unless {
            let mut opposite = Vec::new();
            flatten(excuse, false, &mut opposite);
            let clash = opposite.iter().any(|(test, _)| tests.iter().any(|(other, _)| other.excludes(test)));
            if let (true, Some(when)) = (clash, when) {
                self.report(
                    Diagnostic::new(
                        Code::E0309,
                        "this can never apply: its `unless` holds wherever its `when` does",
                        excuse.span,
                        "always excused",
                    )
                    .also(when.span, "the condition")
                    .help("correct one of the two"),
                );
                return;
            }
        }
    }
}

/// A part of a condition, prepared for the comparison with another part.
#[derive(Clone, Copy)]
struct Test<'e> {
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
fn flatten<'e>(expr: &'e Expr, positive: bool, tests: &mut Vec<(Test<'e>, Span)>) {
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
}

fn about(expr: &Expr, positive: bool) -> Option<(&Expr, How<'_>)> {
    match (&expr.kind, positive) {
        (ExprKind::Compare(op, left, right), _) => {
            let (subject, op, value) = match (&left.kind, &right.kind) {
                (_, ExprKind::Literal(value)) => (left.as_ref(), *op, value),
                (ExprKind::Literal(value), _) => (right.as_ref(), mirror(*op), value),
                _ => return None,
            };
            Some((subject, How::Compare(if positive { op } else { opposite(op) }, value)))
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
    /// True if both can never be true together.
    fn excludes(&self, other: &Self) -> bool {
        let opposites = self.positive != other.positive && self.whole == other.whole;
        // A bare condition with its negation may be intended: the two ask for a silent fact and decide nothing else.
        if opposites && matches!(self.whole.kind, ExprKind::Compare(..) | ExprKind::In(..) | ExprKind::InRegions(..)) {
            return true;
        }
        match (&self.about, &other.about) {
            (Some((a, how)), Some((b, test))) => a == b && how.excludes(*test),
            _ => false,
        }
    }
}

impl How<'_> {
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
            (How::OneOf(a), How::OneOf(b)) => literals(a, &|v| literals(b, &|w| v != w)),
            (How::Regions(a), How::Regions(b)) => a.is_disjoint(b),
            (How::Regions(set), How::Compare(CompareOp::Eq, Value::Region(id)))
            | (How::Compare(CompareOp::Eq, Value::Region(id)), How::Regions(set)) => !set.contains(id),
            (How::Regions(_), _) | (_, How::Regions(_)) => false,
        }
    }
}

fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
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

pub(super) fn mirror(op: CompareOp) -> CompareOp {
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
