//! Moves scenarios to another governing day or place: by the fact that the policy reads it from, otherwise by the case
//! itself.

use super::constraint::{cases, clauses};
use super::scenario::{Scenario, datum, places};
use chrono::{Days, NaiveDate};
use ereje::engine::Engine;
use ereje::eval::{Question, governed};
use ereje::ids::{FactId, RegionId};
use ereje::model::{Expr, ExprKind, Item, Model, Role, Type};
use ereje::value::{FactCell, FactPath, Value, within_years};
use std::collections::BTreeSet;

/// Dates within so many days of the governing date belong to the application, and move with it.
const NEAR: i64 = 60;
/// The most elements of each list whose dates move.
const ELEMENTS: usize = 16;

/// The governing date and place of a scenario; `None` if they are not known.
pub(super) fn governing(engine: &Engine, scenario: &Scenario) -> Option<(NaiveDate, Option<RegionId>)> {
    let plan = engine.plan(&scenario.choices).ok()?;
    let question = Question { decision: scenario.decision, as_of: scenario.as_of, region: scenario.region };
    governed(&plan, &scenario.facts, &question)
}

/// The scenario on another governing date; with `along`, the other dates of the application move as well.
pub(super) fn at_day(engine: &Engine, scenario: &Scenario, day: NaiveDate, along: bool) -> Scenario {
    let model = engine.model();
    let before = governing(engine, scenario).map(|(day, _)| day);
    if before == Some(day) {
        return scenario.clone();
    }
    let base = match before.filter(|_| along) {
        Some(before) => moved_along(model, scenario, before, day),
        None => scenario.clone(),
    };
    for fact in governing_facts(model, Role::GoverningDate) {
        if model.facts.at(fact).datum.ty == Type::Date
            && let Some(other) = base.with(model, &FactPath::of(fact), FactCell::Known(Value::Date(day)))
        {
            let other = Scenario { as_of: None, ..other };
            if governing(engine, &other).map(|(day, _)| day) == Some(day) {
                return other;
            }
        }
    }
    Scenario { as_of: Some(day), ..scenario.clone() }
}

/// The scenario in another place.
pub(super) fn in_region(engine: &Engine, scenario: &Scenario, region: RegionId) -> Scenario {
    let model = engine.model();
    if governing(engine, scenario).and_then(|(_, place)| place) == Some(region) {
        return scenario.clone();
    }
    for fact in governing_facts(model, Role::GoverningRegion) {
        if model.facts.at(fact).datum.ty == Type::Region
            && let Some(other) = scenario.with(model, &FactPath::of(fact), FactCell::Known(Value::Region(region)))
        {
            let other = Scenario { region: None, ..other };
            if governing(engine, &other).and_then(|(_, place)| place) == Some(region) {
                return other;
            }
        }
    }
    Scenario { region: Some(region), ..scenario.clone() }
}

/// Moves the dates near the governing date by as many days.
fn moved_along(model: &Model, scenario: &Scenario, from: NaiveDate, to: NaiveDate) -> Scenario {
    let count = (to - from).num_days();
    let days = Days::new(count.unsigned_abs());
    let mut moved = scenario.clone();
    for place in places(model, &scenario.facts, ELEMENTS) {
        if datum(model, &place).is_none_or(|(_, ty)| ty != Type::Date) {
            continue;
        }
        let Some(FactCell::Known(Value::Date(date))) = scenario.cell(model, &place) else { continue };
        if (date - from).num_days().abs() > NEAR {
            continue;
        }
        let there = if count < 0 { date.checked_sub_days(days) } else { date.checked_add_days(days) };
        let changed = there
            .and_then(within_years)
            .and_then(|there| moved.with(model, &place, FactCell::Known(Value::Date(there))));
        moved = changed.unwrap_or(moved);
    }
    moved
}

/// The facts that the governing date or place is read from.
fn governing_facts(model: &Model, role: Role) -> Vec<FactId> {
    model.parts(Item::AsOf).of(role).flat_map(|expr| facts_in(model, expr)).collect()
}

/// The facts that an expression reads, through definitions, in the order in which they are found.
fn facts_in(model: &Model, expr: &Expr) -> Vec<FactId> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut todo = vec![expr];
    while let Some(expr) = todo.pop() {
        expr.walk(&mut |e| {
            if let ExprKind::Fact(id) = &e.kind
                && !found.contains(id)
            {
                found.push(*id);
            }
            if let ExprKind::Define(id, _) = &e.kind
                && seen.insert(*id)
            {
                for (_, parts) in cases(model, *id) {
                    todo.extend(clauses(&parts).map(|(condition, _)| condition));
                    todo.extend(parts.of(Role::Value));
                }
            }
        });
    }
    found
}
