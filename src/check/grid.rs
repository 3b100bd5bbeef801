//! The grid of days and places: cells between whose days and among whose places nothing changes.
//!
//! Comes in: scopes under given choices. Goes out: one cell for each set of scopes that can hold together, so that a
//! thousand regions with a value each are a thousand cells and not a million.

use crate::ids::RegionId;
use crate::model::*;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A day and a place that stand for all with the same scopes in force. The earliest day of all is [`NaiveDate::MIN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) day: NaiveDate,
    pub(super) place: Option<RegionId>,
}

/// Where and when a scope holds; where, as the number of a set of regions.
type Extent = (Option<usize>, Option<NaiveDate>, Option<NaiveDate>);

/// The cells of a policy in the order of regions, then days.
pub(super) fn cells<'m>(model: &'m Model, choices: &Choices, scopes: impl Iterator<Item = &'m Scope>) -> Vec<Cell> {
    let whole = model.sections.first().map(|s| &s.scope);
    let period = whole.map_or_else(Period::default, |s| s.period(model, choices));
    let mut sets: BTreeMap<&BTreeSet<RegionId>, usize> = BTreeMap::new();
    let mut regions_of: Vec<&BTreeSet<RegionId>> = Vec::new();
    let mut distinct: BTreeSet<Extent> = BTreeSet::new();
    for scope in scopes {
        let own = scope.period(model, choices);
        let set = scope.regions.as_ref().map(|regions| {
            *sets.entry(regions).or_insert_with(|| {
                regions_of.push(regions);
                regions_of.len() - 1
            })
        });
        distinct.insert((set, own.from, own.through));
    }
    let mut everywhere: Vec<usize> = Vec::new();
    let mut regional: BTreeMap<RegionId, Vec<usize>> = BTreeMap::new();
    let mut turns: Vec<[Option<NaiveDate>; 2]> = Vec::new();
    for (index, (set, from, through)) in distinct.into_iter().enumerate() {
        turns.push([from, through.and_then(|t| t.succ_opt())]);
        match set {
            None => everywhere.push(index),
            Some(set) => {
                let regions = regions_of.get(set).into_iter().flat_map(|regions| regions.iter());
                regions.for_each(|r| regional.entry(*r).or_default().push(index));
            }
        }
    }
    let places: Vec<Option<RegionId>> = if model.as_of.region.is_none() {
        vec![None]
    } else {
        let covered = whole.and_then(|s| s.regions.as_ref());
        let all = (0..model.regions.len()).map(RegionId::new);
        all.filter(|id| covered.is_none_or(|c| c.contains(id))).map(Some).collect()
    };
    let mut cells = Vec::new();
    let mut seen: BTreeSet<&[usize]> = BTreeSet::new();
    for place in places {
        let own = place.and_then(|p| regional.get(&p)).map_or(&[][..], Vec::as_slice);
        if !seen.insert(own) {
            continue;
        }
        let mut days: BTreeSet<NaiveDate> = BTreeSet::from([period.from.unwrap_or(NaiveDate::MIN)]);
        for index in everywhere.iter().chain(own) {
            days.extend(turns.get(*index).into_iter().flatten().flatten());
        }
        cells.extend(days.into_iter().filter(|d| period.contains(*d)).map(|day| Cell { day, place }));
    }
    cells
}

/// Claims by place, so that those of a cell are found without looking at all.
pub(super) struct Spread {
    everywhere: Vec<usize>,
    regional: BTreeMap<RegionId, Vec<usize>>,
    periods: Vec<Period>,
}

impl Spread {
    pub(super) fn new<'m>(model: &Model, choices: &Choices, scopes: impl Iterator<Item = &'m Scope>) -> Self {
        let mut spread = Self { everywhere: Vec::new(), regional: BTreeMap::new(), periods: Vec::new() };
        for (index, scope) in scopes.enumerate() {
            spread.periods.push(scope.period(model, choices));
            match &scope.regions {
                None => spread.everywhere.push(index),
                Some(regions) => regions.iter().for_each(|r| spread.regional.entry(*r).or_default().push(index)),
            }
        }
        spread
    }

    /// The places in the list of those whose day and region cover the cell; first of those that hold everywhere.
    pub(super) fn at(&self, cell: Cell) -> impl Iterator<Item = usize> {
        let own = cell.place.and_then(|p| self.regional.get(&p)).map_or(&[][..], Vec::as_slice);
        let holds = move |i: &&usize| self.periods.get(**i).is_some_and(|p| p.contains(cell.day));
        self.everywhere.iter().chain(own).filter(holds).copied()
    }
}

/// Where a cell is, in words: ` in North on 2026-01-01`.
pub(super) fn in_words(model: &Model, cell: Cell) -> String {
    let place = cell.place.and_then(|p| model.regions.get(p.index()));
    let place = place.map_or_else(String::new, |r| format!(" in {}", r.name));
    if cell.day == NaiveDate::MIN {
        format!("{place} before the first date that the policy names")
    } else {
        format!("{place} on {}", cell.day)
    }
}
