//! A scenario: the facts of one application with everything else that a case can specify, and changes to it.

use chrono::NaiveDate;
use ereje::engine::DecideOptions;
use ereje::facts::FactSet;
use ereje::ids::{AssumptionId, DecisionId, FactId, RegionId};
use ereje::model::{Choices, Datum, Model, Type};
use ereje::value::{FactCell, FactPath, ListValue, Period, RecordValue, Step, Value};
use std::sync::Arc;

/// The input of one case: facts, and the question besides them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scenario {
    pub(super) facts: FactSet,
    pub(super) decision: DecisionId,
    /// A governing date in place of the policy's.
    pub(super) as_of: Option<NaiveDate>,
    /// A governing place in place of the policy's.
    pub(super) region: Option<RegionId>,
    pub(super) choices: Choices,
}

/// One change to a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ScenarioEdit {
    /// Replaces the value or state at a place of the facts.
    Put(FactPath, FactCell),
    /// Makes another choice for an assumption.
    Choose(AssumptionId, u32),
    /// Changes the governing date.
    Day(NaiveDate),
    /// Changes the governing place.
    Region(RegionId),
}

impl Scenario {
    /// The question besides the facts.
    pub(super) fn options(&self) -> DecideOptions {
        DecideOptions {
            decision: Some(self.decision),
            as_of: self.as_of,
            region: self.region,
            choices: Some(self.choices.clone()),
            explain: false,
        }
    }

    /// The value or state at a place; `None` if the path to it is silent.
    pub(super) fn cell(&self, model: &Model, place: &FactPath) -> Option<FactCell> {
        self.facts.at(model, place).cloned()
    }

    /// The scenario with another value or state at a place; `None` if the path to it is silent, or if the fact cannot have
    /// the value. A period that would end before it begins has its other end moved along.
    pub(super) fn with(&self, model: &Model, place: &FactPath, cell: FactCell) -> Option<Self> {
        let along = || {
            let moved = changed(model, &self.facts, &other_end(model, place)?, cell.clone())?;
            changed(model, &moved, place, cell.clone())
        };
        let facts = changed(model, &self.facts, place, cell.clone()).or_else(along)?;
        let Self { facts: _, decision, as_of, region, choices } = self;
        Some(Self { facts, decision: *decision, as_of: *as_of, region: *region, choices: choices.clone() })
    }
}

/// The facts with another value or state at a place; `None` if the path to it is silent, or if the fact cannot have the
/// value.
pub(super) fn changed(model: &Model, facts: &FactSet, place: &FactPath, cell: FactCell) -> Option<FactSet> {
    let (of, ty) = &datum(model, place)?;
    if let FactCell::Known(value) = &cell
        && of.bounds.broken_by(value).is_some()
    {
        return None;
    }
    let cell = housed(model, cell, place, ty);
    let changed = put(model, &FactPath::of(place.fact), facts.get(place.fact), &place.steps, cell)?;
    let mut other = facts.clone();
    other.set(place.fact, changed);
    Some(other)
}

/// The place of the other end of a period; `None` if this is no end of one.
fn other_end(model: &Model, place: &FactPath) -> Option<FactPath> {
    let (Step::Field(end), around) = place.steps.split_last()? else { return None };
    if !model.is_end(*end) {
        return None;
    }
    let fields = &model.records.at(model.fields.at(*end).record).fields;
    let other = fields.iter().find(|other| *other != end && model.is_end(**other))?;
    Some(FactPath { fact: place.fact, steps: around.to_vec() }.step(Step::Field(*other)))
}

/// A cell with another value or state at the end of the steps; `at` is the place of the cell.
fn put(model: &Model, at: &FactPath, cell: &FactCell, steps: &[Step], new: FactCell) -> Option<FactCell> {
    let Some((step, rest)) = steps.split_first() else { return Some(new) };
    if let (Step::Day(day), []) = (step, rest) {
        return with_value_on(model, at, cell, *day, new);
    }
    let FactCell::Known(value) = cell else { return None };
    let inside = at.step(*step);
    match (step, value) {
        (Step::Item(index), Value::List(list)) => {
            let mut items = list.items.clone();
            let slot = items.get_mut(*index as usize)?;
            *slot = put(model, &inside, slot, rest, new)?;
            if matches!(rest, [Step::Field(field)] if model.is_of_dated_value(*field))
                && Period::shared(&items).is_some()
            {
                return None;
            }
            Some(FactCell::Known(Value::List(Arc::new(ListValue { place: list.place.clone(), items }))))
        }
        (Step::Field(field), Value::Record(record)) => {
            let mut fields = record.fields.clone();
            let slot = fields.get_mut(model.fields.at(*field).index as usize)?;
            *slot = put(model, &inside, slot, rest, new)?;
            if model.is_end(*field) && Period::backwards(&fields).is_some() {
                return None;
            }
            Some(FactCell::Known(Value::Record(Arc::new(RecordValue { place: record.place.clone(), fields }))))
        }
        (Step::Item(_) | Step::Field(_) | Step::Day(_), _) => None,
    }
}

/// The values of a fact over time with one more, for a day that has none.
fn with_value_on(model: &Model, at: &FactPath, cell: &FactCell, day: NaiveDate, new: FactCell) -> Option<FactCell> {
    let mut items = match cell {
        FactCell::Known(Value::List(list)) => list.items.clone(),
        FactCell::Unasked => Vec::new(),
        FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) => return None,
    };
    let end = FactCell::Known(Value::Date(day));
    let value = RecordValue { place: None, fields: vec![end.clone(), end, new] };
    items.push(FactCell::Known(Value::Record(Arc::new(value))));
    if Period::shared(&items).is_some() {
        return None;
    }
    let list = FactCell::Known(Value::List(Arc::new(ListValue { place: None, items })));
    let (_, ty) = datum(model, at)?;
    Some(housed(model, list, at, &ty))
}

/// The datum of a place and its type: for an element, the datum of its list and the type of the element.
pub(super) fn datum<'m>(model: &'m Model, place: &FactPath) -> Option<(&'m Datum, Type)> {
    let mut datum = &model.facts.at(place.fact).datum;
    let mut ty = datum.ty.clone();
    for step in &place.steps {
        match step {
            Step::Item(_) => {
                let Type::List(inner) = ty else { return None };
                ty = *inner;
            }
            Step::Field(field) => {
                datum = &model.fields.at(*field).datum;
                ty = datum.ty.clone();
            }
            Step::Day(_) => {
                datum = &model.fields.at(model.dated_value(&ty)?).datum;
                ty = datum.ty.clone();
            }
        }
    }
    Some((datum, ty))
}

/// A value with its place in it, as if it were read from a file.
pub(super) fn housed(model: &Model, cell: FactCell, place: &FactPath, ty: &Type) -> FactCell {
    let FactCell::Known(value) = cell else { return cell };
    FactCell::Known(match (value, ty) {
        (Value::Record(record), Type::Record(id)) => {
            let ids = &model.records.at(*id).fields;
            let fields = ids.iter().zip(&record.fields).map(|(id, cell)| {
                let ty = &model.fields.at(*id).datum.ty;
                housed(model, cell.clone(), &place.step(Step::Field(*id)), ty)
            });
            Value::Record(Arc::new(RecordValue { fields: fields.collect(), place: Some(place.clone()) }))
        }
        (Value::List(list), Type::List(inner)) => {
            let items = (0..)
                .zip(&list.items)
                .map(|(index, cell)| housed(model, cell.clone(), &place.step(Step::Item(index)), inner));
            Value::List(Arc::new(ListValue { items: items.collect(), place: Some(place.clone()) }))
        }
        (value, _) => value,
    })
}

/// Every place in a scenario's facts: facts, fields of records, and the first `elements` elements of each list.
pub(super) fn places(model: &Model, facts: &FactSet, elements: usize) -> Vec<FactPath> {
    fn inside(model: &Model, place: FactPath, cell: &FactCell, ty: &Type, elements: usize, out: &mut Vec<FactPath>) {
        out.push(place.clone());
        match (cell, ty) {
            (FactCell::Known(Value::Record(record)), Type::Record(id)) => {
                let ids = &model.records.at(*id).fields;
                for (id, cell) in ids.iter().zip(&record.fields) {
                    let ty = &model.fields.at(*id).datum.ty;
                    inside(model, place.step(Step::Field(*id)), cell, ty, elements, out);
                }
            }
            (FactCell::Known(Value::List(list)), Type::List(inner)) => {
                for (index, cell) in (0..).zip(&list.items).take(elements) {
                    inside(model, place.step(Step::Item(index)), cell, inner, elements, out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (index, fact) in model.facts.iter().enumerate() {
        let id = FactId::new(index);
        inside(model, FactPath::of(id), facts.get(id), &fact.datum.ty, elements, &mut out);
    }
    out
}
