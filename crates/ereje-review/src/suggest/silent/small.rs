//! Makes facts that show something as few as they can be, while they still show it.

use super::domain::{Domains, silent_at};
use super::witness::ELEMENTS;
use crate::suggest::scenario::{changed, places};
use ereje::facts::FactSet;
use ereje::value::{FactCell, FactPath, ListValue, Step, Value};
use std::sync::Arc;

/// The most rounds.
const ROUNDS: usize = 4;

/// The smallest facts that are found near these. An element that nobody has asked for cannot be written in a fact file, so
/// each gets a value; `None` if the facts then show it no longer.
pub(super) fn small(domains: &Domains<'_>, facts: FactSet, shows: &mut dyn FnMut(&FactSet) -> bool) -> Option<FactSet> {
    let mut kept = facts;
    for _ in 0..ROUNDS {
        let before = kept.clone();
        shorten(domains, &mut kept, shows);
        drop_places(domains, &mut kept, shows);
        if kept == before {
            break;
        }
    }
    fill(domains, kept).filter(|filled| shows(filled))
}

/// Leaves out answers, the last first, and the insides before what holds them.
fn drop_places(domains: &Domains<'_>, kept: &mut FactSet, shows: &mut dyn FnMut(&FactSet) -> bool) {
    let model = domains.model;
    for place in places(model, kept, ELEMENTS).into_iter().rev() {
        if kept.at(model, &place).is_none_or(|cell| *cell == FactCell::Unasked) {
            continue;
        }
        if let Some(fewer) = changed(model, kept, &place, FactCell::Unasked)
            && shows(&fewer)
        {
            *kept = fewer;
        }
    }
}

/// Takes elements out of lists.
fn shorten(domains: &Domains<'_>, kept: &mut FactSet, shows: &mut dyn FnMut(&FactSet) -> bool) {
    let model = domains.model;
    for place in places(model, kept, ELEMENTS) {
        let least = model.datum(silent_at(&place).datum).map_or(0, |datum| datum.at_least as usize);
        let mut index = match kept.at(model, &place) {
            Some(FactCell::Known(Value::List(list))) => list.items.len(),
            Some(_) | None => continue,
        };
        while let Some(at) = index.checked_sub(1) {
            index = at;
            let Some(FactCell::Known(Value::List(list))) = kept.at(model, &place) else { break };
            if list.items.len() <= least {
                break;
            }
            let mut items = list.items.clone();
            if at < items.len() {
                items.remove(at);
            }
            let list = Value::List(Arc::new(ListValue { place: Some(place.clone()), items }));
            if let Some(fewer) = changed(model, kept, &place, FactCell::Known(list))
                && shows(&fewer)
            {
                *kept = fewer;
            }
        }
    }
}

/// The facts with a value for each element that nobody has asked for.
fn fill(domains: &Domains<'_>, mut facts: FactSet) -> Option<FactSet> {
    let model = domains.model;
    let open = |facts: &FactSet| -> Option<FactPath> {
        places(model, facts, ELEMENTS).into_iter().find(|place| {
            matches!(place.steps.last(), Some(Step::Item(_))) && facts.at(model, place) == Some(&FactCell::Unasked)
        })
    };
    while let Some(place) = open(&facts) {
        let first = domains.at(&place, &facts, None).cells.into_iter().next()?;
        facts = changed(model, &facts, &place, first)?;
    }
    Some(facts)
}
