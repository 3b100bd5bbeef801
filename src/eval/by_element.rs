//! Outputs: one value, or one for each element of a list under the name of that element.
//!
//! Comes in: an output of a decision in a cell. Goes out: its values, or why they are not known, element by element. An
//! answer never takes a value back, so a value is only given when no later answer can bring another element of the same
//! name.

use super::causes::*;
use super::machine::Machine;
use super::outcome::{ElementAnswer, OutputAnswer};
use crate::model::{Model, Type};
use crate::plan::{OutputEntry, OutputLoop};
use crate::value::{Element, FactCell, FactPath, FaultKind, ListValue, Step, Value};
use std::collections::{BTreeMap, HashMap};

/// One element, before it is known whether its name is its own.
struct CandidateElement {
    element: Element,
    /// Whether it surely counts.
    counts: Truth,
    key: Answer,
    value: Answer,
}

impl CandidateElement {
    /// All that is not known of it.
    fn gather(&self, unknown: &mut Gather) {
        unknown.take(self.counts.clone());
        unknown.take(self.key.clone());
        unknown.take(self.value.clone());
    }
}

impl<'p> Machine<'p> {
    /// What an output comes to; `None` if the decision does not have it for these people.
    pub(super) fn output(&mut self, entry: OutputEntry) -> Option<OutputAnswer> {
        match entry.guard.map_or(Ok(true), |guard| self.truth(guard)) {
            Ok(true) => Some(self.output_of(entry)),
            Ok(false) => None,
            Err(causes) => {
                // What the value needs is asked with it: otherwise an answer could bring a new question.
                let mut unknown = Gather::default();
                unknown.add(causes);
                self.output_of(entry).each_unknown(|_, causes| unknown.add(causes.clone()));
                unknown.finish().map(|causes| OutputAnswer::Whole(Err(causes)))
            }
        }
    }

    fn output_of(&mut self, entry: OutputEntry) -> OutputAnswer {
        let Some(each) = entry.each else { return OutputAnswer::Whole(self.whole(entry)) };
        match self.candidates(each, entry) {
            Ok(candidates) => named(each, candidates),
            Err(causes) => OutputAnswer::Whole(Err(causes)),
        }
    }

    fn whole(&mut self, entry: OutputEntry) -> Answer {
        let value = self.eval(entry.value)?;
        in_whole(self.model, value)
    }

    /// The elements that count, or may.
    fn candidates(&mut self, each: OutputLoop, entry: OutputEntry) -> Result<Vec<CandidateElement>, Causes> {
        let (local, list) = (each.over.local, each.over.list);
        let list = self.elements(list, list)?;
        let mut candidates = Vec::new();
        for (index, cell) in list.items.iter().enumerate() {
            self.step(each.over.list)?;
            let value = self.element(&list, index, cell);
            candidates.extend(self.bound(local, value, |machine| {
                let counts = each.filter.map_or(Ok(true), |filter| machine.truth(filter));
                if counts == Ok(false) {
                    return None;
                }
                let (key, value) = (machine.eval(each.key), machine.whole(entry));
                Some(CandidateElement { element: element_of(&list, index, cell), counts, key, value })
            }));
        }
        Ok(candidates)
    }
}

/// A value of which every part is known, or known not to be there: nothing else may be told as a value.
fn in_whole(model: &Model, value: Value) -> Answer {
    let mut unknown = Gather::default();
    unknown_parts(model, &value, &mut unknown);
    unknown.finish().map_or(Ok(value), Err)
}

/// Adds the parts of a value that nobody has asked, or that no registry could answer for.
fn unknown_parts(model: &Model, value: &Value, unknown: &mut Gather) {
    let (cells, place) = match value {
        Value::Record(record) => (&record.fields, &record.place),
        Value::List(list) => (&list.items, &list.place),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Text(_)
        | Value::Enum(..)
        | Value::Region(_) => return,
    };
    for (index, cell) in cells.iter().enumerate() {
        match (cell, place) {
            (FactCell::Known(part), _) => unknown_parts(model, part, unknown),
            (FactCell::Unavailable(_) | FactCell::Unasked, Some(place)) => {
                let silence = if *cell == FactCell::Unasked { Silence::Unasked } else { Silence::Unavailable };
                unknown.add(Causes::one(Cause::Silent(part_of(model, place, index), silence)));
            }
            // What is computed holds no such part.
            (FactCell::Absent, _) | (FactCell::Unavailable(_) | FactCell::Unasked, None) => {}
        }
    }
}

/// The place of a part of a record or of a list of the facts.
fn part_of(model: &Model, place: &FactPath, index: usize) -> FactPath {
    let of_record = if let Type::Record(id) = model.datum_at(place).1 { Some(id) } else { None };
    let field = of_record.and_then(|id| model.records.at(id).fields.get(index).copied());
    place.step(field.map_or_else(|| Step::Item(u32::try_from(index).unwrap_or(u32::MAX)), Step::Field))
}

/// Gives each element its value under its name. Nothing is known while a name has to be asked, or which of several
/// elements of one name count: each name could come to stand twice. Of those that count and have the same name, none has a
/// value.
fn named(each: OutputLoop, candidates: Vec<CandidateElement>) -> OutputAnswer {
    let groups = grouped(&candidates);
    let waits = |answer: Option<&Causes>| answer.is_some_and(Causes::pending);
    let mut faults: BTreeMap<usize, Causes> = BTreeMap::new();
    let mut waiting = candidates.iter().any(|candidate| waits(candidate.key.as_ref().err()));
    for group in groups.iter().filter(|group| group.len() > 1) {
        let of_group = || group.iter().filter_map(|index| candidates.get(*index));
        waiting |= of_group().any(|candidate| waits(candidate.counts.as_ref().err()));
        let mut counting = of_group().filter(|candidate| candidate.counts == Ok(true));
        if let (Some(first), Some(second)) = (counting.next(), counting.next()) {
            let (first, second) = (Box::new(first.element.clone()), Box::new(second.element.clone()));
            let fault = fault(each.span, FaultKind::SameName { first, second });
            faults.extend(group.iter().map(|index| (*index, fault.clone())));
        }
    }
    if waiting {
        let mut unknown = Gather::default();
        candidates.iter().for_each(|candidate| candidate.gather(&mut unknown));
        faults.values().for_each(|fault| unknown.add(fault.clone()));
        if let Some(causes) = unknown.finish() {
            return OutputAnswer::Whole(Err(causes));
        }
    }
    let answers = candidates.into_iter().enumerate().map(|(index, candidate)| {
        let mut unknown = Gather::default();
        candidate.gather(&mut unknown);
        if let Some(fault) = faults.get(&index) {
            unknown.add(fault.clone());
        }
        let CandidateElement { element, counts: _, key, value } = candidate;
        ElementAnswer { element, key, answer: unknown.finish().map_or(value, Err) }
    });
    OutputAnswer::Each(answers.collect())
}

/// The indices of the elements of each known name, in their order.
fn grouped(candidates: &[CandidateElement]) -> Vec<Vec<usize>> {
    let mut firsts: HashMap<&Value, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let Ok(key) = &candidate.key else { continue };
        let group = *firsts.entry(key).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// An element of a list, with its place in the facts if it has one.
fn element_of(list: &ListValue, index: usize, cell: &FactCell) -> Element {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let of_list = || list.place.as_ref().map(|place: &FactPath| place.step(Step::Item(index)));
    let place = match cell {
        FactCell::Known(Value::Record(record)) => record.place.clone(),
        FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => of_list(),
    };
    Element { index, place }
}
