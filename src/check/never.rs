//! Comparisons that can never hold, as far as literals prove it.

use super::Checker;
use super::empty::at_least;
use super::together::{Together, flatten};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, CompareOp};
use crate::value::{Number, Value};
use std::cmp::Ordering;

impl Checker<'_> {
    /// Checks one comparison: of two literals, of a value with itself, of a count or an age with an impossible value.
    pub(super) fn never_holds(&mut self, op: CompareOp, left: &Expr, right: &Expr, span: Span) {
        let why = if let (ExprKind::Literal(a), ExprKind::Literal(b)) = (&left.kind, &right.kind) {
            let holds = match order(a, b) {
                Some(ordering) => op.holds(ordering),
                None => (a == b) == (op == CompareOp::Eq),
            };
            (!holds).then(|| "both sides are constants".to_owned())
        } else if left == right && matches!(op, CompareOp::Lt | CompareOp::Gt | CompareOp::Ne) {
            Some("both sides are the same".to_owned())
        } else {
            self.limits(left, right, op).or_else(|| self.limits(right, left, op.mirrored()))
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
        let (ceiling, why) = self.ceiling(subject)?;
        let side = order(&ceiling, value)?;
        let never = match op {
            CompareOp::Gt => side != Ordering::Greater,
            CompareOp::Ge | CompareOp::Eq => side == Ordering::Less,
            CompareOp::Lt | CompareOp::Le | CompareOp::Ne => false,
        };
        never.then_some(why)
    }

    /// The upper bound of an expression, and the reason for it.
    pub(super) fn ceiling(&self, expr: &Expr) -> Option<(Value, String)> {
        if let Some(bound) = self.bound_of(expr, LimitKind::AtMost) {
            return Some(bound);
        }
        let (most, why) = if let ExprKind::Call(Builtin::Month, _) = expr.kind {
            (Number::integer(12), "a year has twelve months")
        } else if let ExprKind::Call(Builtin::Day, _) = expr.kind {
            (Number::integer(31), "no month has more than 31 days")
        } else if expr.ty == Type::number(NumberKind::Integer) {
            (positive_divisor(expr)?.sub(Number::ONE).ok()?, "what is left of a division is smaller than the divisor")
        } else {
            return None;
        };
        Some((Value::Number(most), why.to_owned()))
    }

    /// The bound of a fact or field that an expression is, and the reason for it.
    fn bound_of(&self, expr: &Expr, kind: LimitKind) -> Option<(Value, String)> {
        let declared = if let ExprKind::OverTime(list, _) = &expr.kind { list } else { expr };
        let declared = self.model.datum(declared.names()?)?;
        let datum = self.model.value_datum(declared);
        let bound = datum.bounds.of(kind)?;
        let said = written(&self.model, bound, datum.unit.as_ref());
        Some((bound.clone(), format!("`{}` is {} {said}", declared.name, kind.keyword())))
    }

    /// The lower bound of an expression, and the reason for it.
    pub(super) fn floor(&self, expr: &Expr) -> Option<(Value, String)> {
        if let ExprKind::Aggregate(a) = &expr.kind
            && a.func == AggregateFunc::Count
        {
            let least = if a.filter.is_none() { at_least(&self.model, &a.list) } else { 0 };
            let why = if least > 0 {
                format!("the list has at least {least} element(s)")
            } else {
                "a count is never below zero".to_owned()
            };
            return Some((Value::Number(Number::integer(i64::from(least))), why));
        }
        if let Some(bound) = self.bound_of(expr, LimitKind::AtLeast) {
            return Some(bound);
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
            | Builtin::NextWorkingDay(_)
            | Builtin::Weekday(_)
            | Builtin::Date
            | Builtin::Year
            | Builtin::FirstDayOfMonth
            | Builtin::FirstDayOfYear
            | Builtin::LastDayOfMonth
            | Builtin::Min
            | Builtin::Max
            | Builtin::Contains
            | Builtin::Quotient
            | Builtin::Power
            | Builtin::StartsWith
            | Builtin::SameRecord(_)
            | Builtin::Period(_)
            | Builtin::Covers
            | Builtin::Overlap
            | Builtin::Meets
            | Builtin::Days
            | Builtin::Months
            | Builtin::MonthsOf
            | Builtin::DaysCovered
            | Builtin::LongestRun
            | Builtin::Gaps => return None,
            Builtin::Remainder => {
                positive_divisor(expr)?;
                (Number::ZERO, "what is left of a division by a number above zero is never below zero")
            }
        };
        Some((Value::Number(least), why.to_owned()))
    }

    /// Checks the parts of one `and` for two that exclude each other: two values of one enum, disjoint ranges, a value
    /// and a state, a condition and its negation.
    pub(super) fn never_together(&mut self, parts: &[Expr]) {
        let mut seen = Together::default();
        for part in parts {
            let tests = flatten(part, true);
            // Parts of parts are checked when the part itself is read.
            if let Some((span, first)) = tests.iter().find_map(|(test, span)| Some((*span, seen.excluding(test)?))) {
                self.report(
                    Diagnostic::new(Code::E0309, "these two can never hold together", span, "excluded by the other")
                        .also(first, "this one")
                        .help("correct one of them, or join them with `or`"),
                );
                return;
            }
            tests.into_iter().for_each(|(test, span)| seen.add(test, span));
        }
    }

    /// Reports an `unless` that holds wherever its `when` holds.
    pub(super) fn always_excused(&mut self, when: Option<&Expr>, unless: &[Expr]) {
        let mut tests = Together::default();
        for (test, span) in when.into_iter().flat_map(|when| flatten(when, true)) {
            tests.add(test, span);
        }
        for excuse in unless {
            let clash = flatten(excuse, false).iter().any(|(test, _)| tests.excluding(test).is_some());
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

/// The divisor of a `remainder`, if it is a literal above zero.
fn positive_divisor(expr: &Expr) -> Option<Number> {
    let ExprKind::Call(Builtin::Remainder, args) = &expr.kind else { return None };
    match args.last()?.literal()? {
        Value::Number(divisor) if *divisor > Number::ZERO => Some(*divisor),
        Value::Number(_)
        | Value::Bool(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Text(_)
        | Value::Enum(..)
        | Value::Region(_)
        | Value::Record(_)
        | Value::List(_) => None,
    }
}
