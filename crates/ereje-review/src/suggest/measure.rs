//! The distance of a scenario from a constraint: zero if it is met, and smaller the nearer it is.

use super::constraint::{Binding, Constraint, cases, clauses};
use ereje::eval::Inspector;
use ereje::ids::{DefinitionId, LocalId};
use ereje::model::*;
use ereje::syntax::ast::AggregateFunc;
use ereje::value::{Number, RoundMode, Value};

/// The distance of a condition with the wrong truth.
const WRONG: u32 = 1_000;
/// The distance of goals that no facts can reach.
const NEVER: u32 = 10_000_000;
/// The most nested definitions that are searched.
const MAX_DEPTH: usize = 8;
/// The most elements of a list that are searched.
const ELEMENTS: usize = 8;

/// The distance to a constraint.
pub(super) fn distance(model: &Model, inspector: &mut Inspector<'_>, constraint: &Constraint<'_>) -> u32 {
    match constraint {
        Constraint::Fixed(true) => 0,
        Constraint::Fixed(false) => NEVER,
        Constraint::Truth(expr, wanted) => miss(model, inspector, expr, *wanted, 0),
        Constraint::All(parts) => {
            let all = parts.iter().map(|part| distance(model, inspector, part));
            all.fold(0, u32::saturating_add)
        }
        Constraint::Any(parts) => parts.iter().map(|part| distance(model, inspector, part)).min().unwrap_or(NEVER),
        Constraint::Within(binding, inner) => {
            under(inspector, binding, |inspector| distance(model, inspector, inner)).unwrap_or(2 * WRONG)
        }
        Constraint::Each(local, list, inner) => {
            let each = over(inspector, *local, list, |inspector| distance(model, inspector, inner));
            each.into_iter().fold(0, u32::saturating_add)
        }
        Constraint::Some(local, list, inner) => {
            over(inspector, *local, list, |inspector| distance(model, inspector, inner))
                .into_iter()
                .min()
                .unwrap_or(3 * WRONG)
        }
    }
}

/// Inspects something under one variable.
fn under<T>(
    inspector: &mut Inspector<'_>,
    binding: &Binding<'_>,
    inspect: impl FnOnce(&mut Inspector<'_>) -> T,
) -> Option<T> {
    super::path_evaluator::within(inspector, std::slice::from_ref(binding), inspect)
}

/// Inspects the first elements of a list; empty if there are none.
fn over<T>(
    inspector: &mut Inspector<'_>,
    local: LocalId,
    list: &Expr,
    mut inspect: impl FnMut(&mut Inspector<'_>) -> T,
) -> Vec<T> {
    let Ok(Value::List(list)) = inspector.answer(list) else { return Vec::new() };
    let count = list.items.len().min(ELEMENTS);
    (0..count).filter_map(|index| inspector.element(local, &list, index, &mut inspect)).collect()
}

/// The distance of a condition from the wanted truth.
fn miss(model: &Model, inspector: &mut Inspector<'_>, expr: &Expr, wanted: bool, depth: usize) -> u32 {
    if inspector.truth(expr) == Ok(wanted) {
        return 0;
    }
    let cost = match expr.junction() {
        Junction::Not(inner) => miss(model, inspector, inner, !wanted, depth),
        Junction::And(parts) => parts_of(model, inspector, parts, wanted, wanted, depth),
        Junction::Or(parts) => parts_of(model, inspector, parts, wanted, !wanted, depth),
        Junction::Single => miss_single(model, inspector, expr, wanted, depth),
    };
    cost.max(1)
}

/// The same for a condition that is no `not`, `and` or `or`.
fn miss_single(model: &Model, inspector: &mut Inspector<'_>, expr: &Expr, wanted: bool, depth: usize) -> u32 {
    if let ExprKind::Compare(_, a, b) = &expr.kind {
        let (Ok(a), Ok(b)) = (inspector.answer(a), inspector.answer(b)) else { return WRONG };
        return apart(&a, &b);
    }
    if let ExprKind::Aggregate(aggregate) = &expr.kind {
        return quantified(model, inspector, aggregate, wanted, depth);
    }
    if depth >= MAX_DEPTH {
        return WRONG;
    }
    if let ExprKind::Define(id, args) = &expr.kind {
        let inspect = |inspector: &mut Inspector<'_>| {
            nearest_case(model, inspector, *id, depth, |model, inspector, value| match value.literal() {
                Some(Value::Bool(known)) if *known == wanted => Some(0),
                Some(_) => None,
                None => Some(miss(model, inspector, value, wanted, depth + 1)),
            })
        };
        inspector.applied(&model.definitions.at(*id).params, args, inspect)
    } else if let ExprKind::In(what, list) = &expr.kind
        && let ExprKind::Define(id, args) = &what.kind
    {
        let inspect = |inspector: &mut Inspector<'_>| {
            nearest_case(model, inspector, *id, depth, |_, _, value| {
                let value = value.literal()?;
                let among = list.iter().filter_map(Expr::literal).any(|known| known == value);
                (among == wanted).then_some(0)
            })
        };
        inspector.applied(&model.definitions.at(*id).params, args, inspect)
    } else {
        WRONG
    }
}

/// The distance of several parts of which all are needed, or one.
fn parts_of(
    model: &Model,
    inspector: &mut Inspector<'_>,
    parts: &[Expr],
    wanted: bool,
    all: bool,
    depth: usize,
) -> u32 {
    let each = parts.iter().map(|part| miss(model, inspector, part, wanted, depth));
    if all { each.fold(0, u32::saturating_add) } else { each.min().unwrap_or(WRONG) }
}

/// The distance to the nearest case of a definition with a suitable value, by its guards.
fn nearest_case(
    model: &Model,
    inspector: &mut Inspector<'_>,
    definition: DefinitionId,
    depth: usize,
    mut rest: impl FnMut(&Model, &mut Inspector<'_>, &Expr) -> Option<u32>,
) -> u32 {
    let mut least = WRONG;
    for (_, parts) in cases(model, definition) {
        let Some(mut cost) = parts.one(Role::Value).and_then(|value| rest(model, inspector, value)) else { continue };
        for (condition, wanted) in clauses(&parts) {
            cost = cost.saturating_add(miss(model, inspector, condition, wanted, depth + 1));
        }
        least = least.min(cost);
    }
    least
}
fn quantified(model: &Model, inspector: &mut Inspector<'_>, aggregate: &Aggregate, wanted: bool, depth: usize) -> u32 {
    let Some(body) = aggregate.body.as_ref().filter(|_| depth < MAX_DEPTH) else { return WRONG };
    // For `any` to be true and for `all` to be false one element is enough; otherwise all are needed.
    let one = match aggregate.func {
        AggregateFunc::Any => wanted,
        AggregateFunc::All => !wanted,
        AggregateFunc::Count
        | AggregateFunc::Sum
        | AggregateFunc::Min
        | AggregateFunc::Max
        | AggregateFunc::First
        | AggregateFunc::List => return WRONG,
    };
    let costs = over(inspector, aggregate.local, &aggregate.list, |inspector| {
        let own = miss(model, inspector, body, wanted, depth + 1);
        match &aggregate.filter {
            Some(filter) if one => own.saturating_add(miss(model, inspector, filter, true, depth + 1)),
            Some(filter) => own.min(miss(model, inspector, filter, false, depth + 1)),
            None => own,
        }
    });
    if one {
        costs.into_iter().min().unwrap_or(2 * WRONG)
    } else {
        costs.into_iter().fold(0, u32::saturating_add).max(1)
    }
}

/// The distance between two values, from a tenth to the whole of [`WRONG`].
fn apart(a: &Value, b: &Value) -> u32 {
    let graded = |part: i64| u32::try_from(part.clamp(0, 900)).unwrap_or(900) + 99;
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let share = || {
                let gap = a.sub(*b).ok()?.abs();
                let size = a.abs().add(b.abs()).ok()?.add(Number::ONE).ok()?;
                gap.mul(Number::integer(900)).ok()?.div(size).ok()?.round(RoundMode::Down, Number::ONE).ok()?.to_i64()
            };
            graded(share().unwrap_or(900))
        }
        (Value::Date(a), Value::Date(b)) => graded((*a - *b).num_days().abs() / 20),
        (Value::Duration(a), Value::Duration(b)) => graded(a.count().saturating_sub(b.count()).saturating_abs() / 2),
        _ => WRONG,
    }
}
