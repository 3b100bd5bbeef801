//! Constants: expressions that read no facts, and their values for a day, a place and choices.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{NormId, NormValueRef, RegionId};
use crate::model::*;
use crate::syntax::ast::{ArithOp, RoundMode};
use crate::value::{Duration, FactCell, FaultKind, ListValue, MonthEnd, Number, Value, add_months};
use chrono::{Days, NaiveDate};
use std::sync::Arc;

/// The day, the place and the choices for which a constant is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Setting<'m> {
    pub model: &'m Model,
    pub choices: &'m Choices,
    pub day: NaiveDate,
    pub place: Option<RegionId>,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// The evaluation has a fault.
    Fault(FaultKind),
    /// It reads something that is no constant, or a norm that has no value here.
    Unknown,
}

impl Checker<'_> {
    /// Reports an expression that reads facts, variables or definitions where only a constant may stand.
    pub(super) fn require_constant(&mut self, value: &Expr, what: &str) -> bool {
        let mut not_constant = None;
        value.walk(&mut |e| {
            if not_constant.is_none() && !e.is_constant_form() {
                not_constant = Some(e.span);
            }
        });
        let Some(span) = not_constant else { return true };
        self.report(
            Diagnostic::new(
                Code::E0307,
                format!("{what} must be constant"),
                span,
                "this is not known before the facts are",
            )
            .help(
                "use literals, norms, assumptions, arithmetic and rounding; for what turns on facts, use a definition",
            ),
        );
        false
    }
}

/// The value of a constant expression. Norms lead to norms without a circle; the checker has looked.
pub(super) fn value(expr: &Expr, setting: Setting<'_>) -> Result<Value, NoValue> {
    match &expr.kind {
        ExprKind::Literal(value) => Ok(value.clone()),
        ExprKind::Assumption(id) => setting.choices.value(setting.model, *id).cloned().ok_or(NoValue::Unknown),
        ExprKind::Norm(id) => {
            let holding = norm_value(*id, setting).ok_or(NoValue::Unknown)?;
            value(value_of(holding, setting.model), setting)
        }
        ExprKind::Arith(op, a, b) => arith(*op, value(a, setting)?, value(b, setting)?, setting.model),
        ExprKind::Neg(e) => match value(e, setting)? {
            Value::Number(n) => Ok(Value::Number(n.negated())),
            Value::Duration(d) => negated(d).map(Value::Duration),
            Value::Bool(_)
            | Value::Date(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_)
            | Value::Record(_)
            | Value::List(_) => Err(NoValue::Unknown),
        },
        ExprKind::Round(mode, e, step) => match (value(e, setting)?, value(step, setting)?) {
            (Value::Number(n), Value::Number(step)) => round(n, *mode, step),
            _ => Err(NoValue::Unknown),
        },
        ExprKind::List(items) => {
            let items = items.iter().map(|e| value(e, setting).map(FactCell::Known)).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::List(Arc::new(ListValue { place: None, items })))
        }
        ExprKind::Call(Builtin::Abs, args) => match args.first().map(|e| value(e, setting)) {
            Some(Ok(Value::Number(n))) => Ok(Value::Number(n.abs())),
            Some(Err(error)) => Err(error),
            _ => Err(NoValue::Unknown),
        },
        ExprKind::Call(which @ (Builtin::Quotient | Builtin::Remainder), args) => {
            let values = args.iter().map(|e| value(e, setting)).collect::<Result<Vec<_>, _>>()?;
            let [Value::Number(a), Value::Number(b)] = values.as_slice() else { return Err(NoValue::Unknown) };
            let result = if *which == Builtin::Quotient { a.quotient(*b) } else { a.remainder(*b) };
            result.map(Value::Number).map_err(NoValue::Fault)
        }
        ExprKind::Call(Builtin::Power, args) => {
            let values = args.iter().map(|e| value(e, setting)).collect::<Result<Vec<_>, _>>()?;
            let [Value::Number(base), Value::Number(exponent), Value::Number(step)] = values.as_slice() else {
                return Err(NoValue::Unknown);
            };
            base.power(*exponent, *step).map(Value::Number).map_err(NoValue::Fault)
        }
        ExprKind::Call(which @ (Builtin::Min | Builtin::Max), args) => {
            let values = args.iter().map(|e| value(e, setting)).collect::<Result<Vec<_>, _>>()?;
            let pick = |a: Value, b: Value| {
                let smaller = order(&a, &b).is_none_or(|o| o.is_le());
                if smaller == (*which == Builtin::Min) { a } else { b }
            };
            values.into_iter().reduce(pick).ok_or(NoValue::Unknown)
        }
        ExprKind::Fact(_)
        | ExprKind::Local(_)
        | ExprKind::Field(..)
        | ExprKind::OverTime(..)
        | ExprKind::Define(..)
        | ExprKind::GoverningDate
        | ExprKind::GoverningRegion
        | ExprKind::At(..)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::IsState(..)
        | ExprKind::Compare(..)
        | ExprKind::In(..)
        | ExprKind::InRegions(..)
        | ExprKind::Aggregate(_)
        | ExprKind::Call(..)
        | ExprKind::Table(_)
        | ExprKind::Scale(..)
        | ExprKind::Record(..)
        | ExprKind::Conditional(_) => Err(NoValue::Unknown),
    }
}

/// The value of a norm that holds on the setting's day in its place; `None` if there is none, or several tie.
pub(super) fn norm_value(norm: NormId, setting: Setting<'_>) -> Option<NormValueRef> {
    let Setting { model, choices, day, place } = setting;
    let covers = |value: &NormValueRef| model.norm_value(*value).claim().scope().covers(model, choices, day, place);
    let values = (0..model.norms.at(norm).values.len()).map(|index| NormValueRef::new(norm, index));
    highest(values.filter(covers).collect(), setting)
}

/// The value that stands above all others of these; `None` if several tie.
pub(super) fn highest(live: Vec<NormValueRef>, setting: Setting<'_>) -> Option<NormValueRef> {
    let Setting { model, choices, .. } = setting;
    let claim = |value: NormValueRef| model.norm_value(value).claim();
    let above = |a, b| precedence(model, choices, claim(a), claim(b)) == Precedence::Higher;
    let top = live.iter().copied().reduce(|a, b| if above(b, a) { b } else { a })?;
    live.iter().all(|other| top == *other || above(top, *other)).then_some(top)
}

/// The expression of a norm's value.
pub(super) fn value_of(value: NormValueRef, model: &Model) -> &Expr {
    model.norm_value(value).value()
}

fn round(n: Number, mode: RoundMode, step: Number) -> Result<Value, NoValue> {
    n.round(mode, step).map(Value::Number).map_err(NoValue::Fault)
}

fn negated(d: Duration) -> Result<Duration, NoValue> {
    d.try_map(|n| n.checked_neg().ok_or(NoValue::Fault(FaultKind::Overflow)))
}

fn arith(op: ArithOp, a: Value, b: Value, model: &Model) -> Result<Value, NoValue> {
    let fault = NoValue::Fault;
    match (op, a, b) {
        (op, Value::Number(a), Value::Number(b)) => {
            let result = match op {
                ArithOp::Add => a.add(b),
                ArithOp::Sub => a.sub(b),
                ArithOp::Mul => a.mul(b),
                ArithOp::Div => a.div(b),
            };
            result.map(Value::Number).map_err(fault)
        }
        (ArithOp::Add | ArithOp::Sub, Value::Date(date), Value::Duration(duration)) => {
            let duration = if op == ArithOp::Sub { negated(duration)? } else { duration };
            let moved = match duration {
                Duration::Months(n) | Duration::Age { months: n, .. } => {
                    let moved = add_months(date, n, model.month_end).map_err(fault)?;
                    let otherwise = MonthEnd::ALL.map(|end| add_months(date, n, end));
                    // Where an assumption says how a month ends, only a day on which all agree is a constant.
                    if model.assumed_dates.month_end.is_some() && otherwise.iter().any(|day| *day != Ok(moved)) {
                        return Err(NoValue::Unknown);
                    }
                    moved
                }
                Duration::Days(n) => {
                    let size = Days::new(n.unsigned_abs());
                    let moved = if n < 0 { date.checked_sub_days(size) } else { date.checked_add_days(size) };
                    moved.ok_or(NoValue::Fault(FaultKind::Overflow))?
                }
                Duration::WorkingDays(_) => return Err(NoValue::Unknown),
            };
            Ok(Value::Date(moved))
        }
        _ => Err(NoValue::Unknown),
    }
}
