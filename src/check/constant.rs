//! Constants: expressions that read no facts, and their values for a day, a place and choices.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{NormId, NormValueRef, RegionId};
use crate::model::*;
use crate::syntax::ast::{ArithOp, RoundMode};
use crate::value::{Duration, FactCell, FaultKind, ListValue, MonthEnd, Number, Value, add_months};
use chrono::{Days, NaiveDate};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most values of norms that are kept.
const MAX_KEPT: usize = 1_000_000;

/// The day, the place and the choices for which a constant is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Setting<'m> {
    pub model: &'m Model,
    pub choices: &'m Choices,
    pub day: NaiveDate,
    pub place: Option<RegionId>,
    pub norms: &'m NormValues,
}

/// A norm as of a day in a place.
type NormDay = (NormId, NaiveDate, Option<RegionId>);

/// The values of norms that have been worked out for one Model and one vector of choices. Norms rest on norms and on
/// values of earlier days: without it, the same ones would be worked out again and again.
#[derive(Default)]
pub(super) struct NormValues(RefCell<BTreeMap<NormDay, Result<Value, NoValue>>>);

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
                "use literals, norms, also as of a fixed day, assumptions, arithmetic and rounding; for what turns on facts, \
                 use a definition",
            ),
        );
        false
    }
}

/// A norm that is being worked out, with the expression of its value on that day.
struct OpenNorm<'m> {
    key: NormDay,
    value: Option<&'m Expr>,
    /// True once what it reads has been asked for.
    entered: bool,
}

/// The value of a constant expression. What norms rest on is a list and not a recursion: chains of norms and of earlier
/// days may be long. A norm in a circle has no value; the checker reports it.
pub(super) fn value(expr: &Expr, setting: Setting<'_>) -> Result<Value, NoValue> {
    let mut known = setting.norms.0.borrow_mut();
    if known.len() > MAX_KEPT {
        known.clear();
    }
    let mut open: Vec<OpenNorm<'_>> = Vec::new();
    let mut entered: BTreeSet<NormDay> = BTreeSet::new();
    loop {
        let (here, on) = open.last().map_or((Some(expr), setting.day), |norm| (norm.value, norm.key.1));
        let mut constant = Constant { setting: Setting { day: on, ..setting }, known: &known, needs: Vec::new() };
        let answer = here.map_or(Err(NoValue::Unknown), |expr| constant.value(expr));
        let needs = constant.needs;
        if let Some(norm) = open.last_mut()
            && !std::mem::replace(&mut norm.entered, true)
        {
            entered.insert(norm.key);
        }
        if needs.is_empty() {
            let Some(done) = open.pop() else { return answer };
            entered.remove(&done.key);
            known.insert(done.key, answer);
            while open.last().is_some_and(|norm| !norm.entered && known.contains_key(&norm.key)) {
                open.pop();
            }
            continue;
        }
        for key in needs {
            if entered.contains(&key) {
                known.insert(key, Err(NoValue::Unknown));
            } else {
                let value = norm_value(key.0, Setting { day: key.1, ..setting });
                let value = value.map(|value| value_of(value, setting.model));
                open.push(OpenNorm { key, value, entered: false });
            }
        }
    }
}

/// The evaluation of one expression over the norms that are known.
struct Constant<'s, 'm> {
    setting: Setting<'m>,
    known: &'s BTreeMap<NormDay, Result<Value, NoValue>>,
    /// The norms that it reads and that are not known yet.
    needs: Vec<NormDay>,
}

impl Constant<'_, '_> {
    fn norm(&mut self, norm: NormId, day: NaiveDate) -> Result<Value, NoValue> {
        let key = (norm, day, self.setting.place);
        match self.known.get(&key) {
            Some(known) => known.clone(),
            None => {
                self.needs.push(key);
                Err(NoValue::Unknown)
            }
        }
    }

    /// The values of all of these. Each is evaluated, so that everything that is needed is found at once.
    fn all(&mut self, exprs: &[Expr]) -> Result<Vec<Value>, NoValue> {
        let values: Vec<Result<Value, NoValue>> = exprs.iter().map(|e| self.value(e)).collect();
        values.into_iter().collect()
    }

    fn value(&mut self, expr: &Expr) -> Result<Value, NoValue> {
        match &expr.kind {
            ExprKind::Literal(value) => Ok(value.clone()),
            ExprKind::Assumption(id) => {
                self.setting.choices.value(self.setting.model, *id).cloned().ok_or(NoValue::Unknown)
            }
            ExprKind::Norm(id) => self.norm(*id, self.setting.day),
            ExprKind::At(what, date) => match (&what.kind, self.value(date)?) {
                (ExprKind::Norm(id), Value::Date(day)) => self.norm(*id, day),
                _ => Err(NoValue::Unknown),
            },
            ExprKind::Arith(op, a, b) => {
                let (a, b) = self.pair(a, b)?;
                arith(*op, a, b, self.setting.model)
            }
            ExprKind::Neg(e) => match self.value(e)? {
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
            ExprKind::Round(mode, e, step) => match self.pair(e, step)? {
                (Value::Number(n), Value::Number(step)) => round(n, *mode, step),
                _ => Err(NoValue::Unknown),
            },
            ExprKind::List(items) => {
                let items = self.all(items)?.into_iter().map(FactCell::Known).collect();
                Ok(Value::List(Arc::new(ListValue { place: None, items })))
            }
            ExprKind::Call(Builtin::Abs, args) => match args.first().map(|e| self.value(e)) {
                Some(Ok(Value::Number(n))) => Ok(Value::Number(n.abs())),
                Some(Err(error)) => Err(error),
                _ => Err(NoValue::Unknown),
            },
            ExprKind::Call(which @ (Builtin::Quotient | Builtin::Remainder), args) => {
                let values = self.all(args)?;
                let [Value::Number(a), Value::Number(b)] = values.as_slice() else { return Err(NoValue::Unknown) };
                let result = if *which == Builtin::Quotient { a.quotient(*b) } else { a.remainder(*b) };
                result.map(Value::Number).map_err(NoValue::Fault)
            }
            ExprKind::Call(Builtin::Power, args) => {
                let values = self.all(args)?;
                let [Value::Number(base), Value::Number(exponent), Value::Number(step)] = values.as_slice() else {
                    return Err(NoValue::Unknown);
                };
                base.power(*exponent, *step).map(Value::Number).map_err(NoValue::Fault)
            }
            ExprKind::Call(which @ (Builtin::Min | Builtin::Max), args) => {
                let values = self.all(args)?;
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

    /// The values of both, each evaluated.
    fn pair(&mut self, a: &Expr, b: &Expr) -> Result<(Value, Value), NoValue> {
        let (a, b) = (self.value(a), self.value(b));
        Ok((a?, b?))
    }
}

/// The value of a norm that holds on the setting's day in its place; `None` if there is none, or several tie.
pub(super) fn norm_value(norm: NormId, setting: Setting<'_>) -> Option<NormValueRef> {
    let Setting { model, choices, day, place, norms: _ } = setting;
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
