//! Finds the boundaries of a condition: a fact is changed in growing steps and then by bisection until the truth of the
//! condition changes. A boundary is the last value before the change and the first value after it.

use super::constraint::Context;
use super::moves::at_day;
use super::path_evaluator::PathEvaluator;
use super::scenario::{Scenario, datum};
use super::values::{Stride, moved, stride};
use ereje::model::{Expr, ExprKind, Quantity};
use ereje::value::{FactCell, FactPath, Value};

/// What a search changes to find a boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// The value at a place of the facts.
    Fact(FactPath),
    /// The governing date.
    Day,
}

/// Two neighbouring values between which the truth of a condition changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Boundary {
    /// The last value on this side.
    pub(super) last: Value,
    /// The first one beyond.
    pub(super) beyond: Value,
}

/// How often the length of a step is doubled, by the kind of stride.
fn doublings(stride: Stride) -> u32 {
    match stride {
        Stride::Number(_) => 44,
        Stride::Day => 17,
        Stride::Length(_) => 14,
    }
}

impl Variable {
    /// Its value in a scenario.
    pub(super) fn value(&self, evaluator: &PathEvaluator<'_, '_>, scenario: &Scenario) -> Option<Value> {
        match self {
            Self::Fact(place) => match scenario.cell(evaluator.model, place)? {
                FactCell::Known(value) => Some(value),
                FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => None,
            },
            Self::Day => evaluator.governed(scenario).map(|(day, _)| Value::Date(day)),
        }
    }

    /// The scenario with another value of it.
    pub(super) fn set(
        &self,
        evaluator: &PathEvaluator<'_, '_>,
        scenario: &Scenario,
        value: &Value,
    ) -> Option<Scenario> {
        match (self, value) {
            (Self::Fact(place), value) => scenario.with(evaluator.model, place, FactCell::Known(value.clone())),
            (Self::Day, Value::Date(day)) => Some(at_day(&evaluator.engine, scenario, *day, false)),
            (Self::Day, _) => None,
        }
    }

    /// Its stride; `None` if its type has no order.
    pub(super) fn stride(&self, evaluator: &PathEvaluator<'_, '_>, scenario: &Scenario, expr: &Expr) -> Option<Stride> {
        match self {
            Self::Fact(place) => {
                let (datum, ty) = datum(evaluator.model, place)?;
                let own = scenario.cell(evaluator.model, place);
                let digits = places_of(own.as_ref(), datum.unit.as_ref()).max(digits_in(expr, datum.unit.as_ref()));
                stride(datum, &ty, digits)
            }
            Self::Day => Some(Stride::Day),
        }
    }
}

/// The digits after the point of a number in the unit of a fact file.
fn places_of(cell: Option<&FactCell>, unit: Option<&Quantity>) -> usize {
    match cell {
        Some(FactCell::Known(Value::Number(number))) => digits(*number, unit),
        Some(_) | None => 0,
    }
}

fn digits(number: ereje::value::Number, unit: Option<&Quantity>) -> usize {
    let number = unit.and_then(|u| number.div(u.scale).ok()).unwrap_or(number);
    let (text, cut) = number.digits(6);
    if cut { 0 } else { text.split_once('.').map_or(0, |(_, places)| places.len()) }
}

/// The most digits after the point of the numbers in a condition.
fn digits_in(expr: &Expr, unit: Option<&Quantity>) -> usize {
    let mut most = 0;
    expr.walk(&mut |e| {
        if let ExprKind::Literal(Value::Number(number)) = &e.kind {
            most = most.max(digits(*number, unit));
        }
    });
    most
}

/// The boundaries of a condition above and below the value of a variable. With `to`, only those beyond which the
/// condition is `to`.
pub(super) fn boundaries<'e>(
    evaluator: &PathEvaluator<'_, 'e>,
    scenario: &Scenario,
    context: &Context<'e>,
    expr: &'e Expr,
    variable: &Variable,
    to: Option<bool>,
) -> Vec<Boundary> {
    let now = evaluator.truth(scenario, context, expr);
    boundaries_of(evaluator, scenario, expr, variable, now, to, &mut |other| evaluator.truth(other, context, expr))
}

/// The same for anything that has a truth; `expr` only determines the precision.
pub(super) fn boundaries_of<'e>(
    evaluator: &PathEvaluator<'_, 'e>,
    scenario: &Scenario,
    expr: &'e Expr,
    variable: &Variable,
    now: Option<bool>,
    to: Option<bool>,
    look: &mut dyn FnMut(&Scenario) -> Option<bool>,
) -> Vec<Boundary> {
    let Some(start) = variable.value(evaluator, scenario) else { return Vec::new() };
    let Some(stride) = variable.stride(evaluator, scenario, expr) else { return Vec::new() };
    let from = match (now, to) {
        (Some(now), Some(to)) if now == to => return Vec::new(),
        (Some(now), _) => now,
        // An unknown truth counts as not `to`, since it may become known.
        (None, Some(to)) => !to,
        (None, None) => return Vec::new(),
    };
    let mut at = |count: i64| {
        let value = moved(&start, stride, count)?;
        look(&variable.set(evaluator, scenario, &value)?)
    };
    let mut found = Vec::new();
    for direction in [-1, 1] {
        if let Some((last, beyond)) = boundary(&mut |count| at(direction * count), from, doublings(stride))
            && let (Some(last), Some(beyond)) =
                (moved(&start, stride, direction * last), moved(&start, stride, direction * beyond))
        {
            found.push(Boundary { last, beyond });
        }
    }
    found
}

/// The last step at which a condition has its truth `from`, and the next one, at which it has not.
fn boundary(at: &mut dyn FnMut(i64) -> Option<bool>, from: bool, doublings: u32) -> Option<(i64, i64)> {
    let mut near = 0;
    let mut far = None;
    let mut step = 1;
    for _ in 0..doublings {
        match at(step) {
            Some(there) if there != from => {
                far = Some(step);
                break;
            }
            Some(_) => {
                near = step;
                step *= 2;
            }
            None => {
                // `step` is past the end of the possible values: the condition may change before the end.
                let mut end = step;
                while end - near > 1 {
                    let middle = near + (end - near) / 2;
                    match at(middle) {
                        Some(there) if there != from => {
                            far = Some(middle);
                            break;
                        }
                        Some(_) => near = middle,
                        None => end = middle,
                    }
                }
                break;
            }
        }
    }
    let mut far = far?;
    while far - near > 1 {
        let middle = near + (far - near) / 2;
        match at(middle) {
            Some(there) if there != from => far = middle,
            Some(_) | None => near = middle,
        }
    }
    Some((near, far))
}
