//! The grid of regions and days: the places and days that some scopes distinguish.
//!
//! Regions that no scope distinguishes share a class. Each class has its own break points: the days on which a scope
//! that covers it starts or has just ended. Between two of them nothing changes. So a thousand regions with a value
//! each are a thousand cells and not a million.

use super::{Choices, Model, Scope};
use crate::ids::{Id, RegionId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The classes of regions that scopes distinguish, and the break points of each.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The class of each region; the last entry is the class of no place.
    class_of: Vec<usize>,
    classes: Vec<RegionClass>,
}

/// Regions to which the same scopes apply.
#[derive(Clone, Debug)]
pub struct RegionClass {
    /// One of its regions, which represents it; `None` for the class of no place.
    pub place: Option<RegionId>,
    /// The first day of each cell except the first cell, ascending.
    pub breaks: Vec<NaiveDate>,
}

/// Some scopes with the classes of regions that they distinguish: the part of their grids that does not depend on
/// choices.
#[derive(Clone, Debug)]
pub struct RegionClasses<'m> {
    /// Each scope with the number of its set of regions; `None` if it holds everywhere.
    scopes: Vec<(&'m Scope, Option<usize>)>,
    /// The number of sets of regions.
    sets: usize,
    /// The class of each region; the last entry is the class of no place.
    class_of: Vec<usize>,
    /// For each class one of its regions, and the sets that contain it.
    classes: Vec<(Option<RegionId>, Vec<usize>)>,
}

impl<'m> RegionClasses<'m> {
    /// The classes that these scopes distinguish.
    pub fn new(model: &Model, scopes: impl IntoIterator<Item = &'m Scope>) -> Self {
        let mut sets: BTreeMap<RegionSet<'m>, usize> = BTreeMap::new();
        let mut number = |regions| {
            let next = sets.len();
            *sets.entry(RegionSet::of(regions)).or_insert(next)
        };
        let scopes = scopes.into_iter().map(|scope| (scope, scope.regions.as_ref().map(&mut number))).collect();
        let places = model.regions.len();
        let mut signatures: Vec<Vec<usize>> = vec![Vec::new(); places + 1];
        for (set, number) in &sets {
            for region in set.regions.iter().map(|r| r.index()).filter(|r| *r < places) {
                if let Some(slot) = signatures.get_mut(region) {
                    slot.push(*number);
                }
            }
        }
        let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let (mut class_of, mut classes) = (Vec::new(), Vec::new());
        for (region, signature) in signatures.into_iter().enumerate() {
            if let Some(class) = known.get(&signature) {
                class_of.push(*class);
                continue;
            }
            class_of.push(classes.len());
            known.insert(signature.clone(), classes.len());
            classes.push(((region < places).then(|| RegionId::from_index(region)), signature));
        }
        Self { scopes, sets: sets.len(), class_of, classes }
    }

    /// The grid of the scopes under given choices.
    #[must_use]
    pub fn grid(&self, model: &Model, choices: &Choices) -> Grid {
        // Break points by set of regions; those of scopes that hold everywhere are kept apart.
        let mut everywhere: Vec<NaiveDate> = Vec::new();
        let mut by_set: Vec<Vec<NaiveDate>> = vec![Vec::new(); self.sets];
        for (scope, set) in &self.scopes {
            let period = scope.period(model, choices);
            let days = [period.from, period.through.and_then(|d| d.succ_opt())].into_iter().flatten();
            match set.and_then(|set| by_set.get_mut(set)) {
                None => everywhere.extend(days),
                Some(breaks) => breaks.extend(days),
            }
        }
        let class = |(place, sets): &(Option<RegionId>, Vec<usize>)| {
            let mut breaks = everywhere.clone();
            breaks.extend(sets.iter().filter_map(|set| by_set.get(*set)).flatten());
            breaks.sort_unstable();
            breaks.dedup();
            RegionClass { place: *place, breaks }
        };
        Grid { class_of: self.class_of.clone(), classes: self.classes.iter().map(class).collect() }
    }
}

impl Grid {
    /// The grid of these scopes under given choices.
    pub fn new<'m>(model: &'m Model, choices: &Choices, scopes: impl IntoIterator<Item = &'m Scope>) -> Self {
        RegionClasses::new(model, scopes).grid(model, choices)
    }

    /// All classes, by their numbers.
    #[must_use]
    pub fn classes(&self) -> &[RegionClass] {
        &self.classes
    }

    /// The number of a place's class; a region of another Model counts as no place.
    #[must_use]
    pub fn class_number(&self, place: Option<RegionId>) -> usize {
        let (nowhere, regions) = self.class_of.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
        place.and_then(|p| regions.get(p.index())).copied().unwrap_or(nowhere)
    }

    /// The class of a place.
    #[must_use]
    pub fn class(&self, place: Option<RegionId>) -> Option<&RegionClass> {
        self.classes.get(self.class_number(place))
    }
}

impl RegionClass {
    /// The cell that contains a day: its number in the class, and its first day, `None` for the first cell.
    #[must_use]
    pub fn cell(&self, day: NaiveDate) -> (usize, Option<NaiveDate>) {
        let number = self.breaks.partition_point(|first| *first <= day);
        (number, number.checked_sub(1).and_then(|before| self.breaks.get(before)).copied())
    }
}

/// A set of regions as a key of a map. Most sets differ in size or at their ends, so few are compared region by region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::model) struct RegionSet<'m> {
    ends: (usize, Option<&'m RegionId>, Option<&'m RegionId>),
    regions: &'m BTreeSet<RegionId>,
}

impl<'m> RegionSet<'m> {
    pub(in crate::model) fn of(regions: &'m BTreeSet<RegionId>) -> Self {
        Self { ends: (regions.len(), regions.first(), regions.last()), regions }
    }
}

/// An index of a list of scoped things by region, so that those of one place are found without a search through all.
#[derive(Clone, Debug, Default)]
pub struct ScopeIndex {
    everywhere: Vec<usize>,
    regional: BTreeMap<RegionId, Vec<usize>>,
}

impl ScopeIndex {
    /// The index of a list of scopes.
    pub fn new<'m>(scopes: impl IntoIterator<Item = &'m Scope>) -> Self {
        let mut index = Self::default();
        for (at, scope) in scopes.into_iter().enumerate() {
            index.add(at, std::iter::once(scope));
        }
        index
    }

    /// Adds a thing that holds where any of its scopes holds. Things are added in the order of the list.
    pub fn add<'m>(&mut self, at: usize, scopes: impl Iterator<Item = &'m Scope> + Clone) {
        if scopes.clone().any(|scope| scope.regions.is_none()) {
            self.everywhere.push(at);
            return;
        }
        for region in scopes.filter_map(|scope| scope.regions.as_ref()).flatten() {
            let here = self.regional.entry(*region).or_default();
            // Two versions of one name may cover the same region.
            if here.last() != Some(&at) {
                here.push(at);
            }
        }
    }

    /// What can hold in a place: first the things that hold everywhere, then those of the region.
    pub fn covering(&self, place: Option<RegionId>) -> impl Iterator<Item = usize> {
        let own = place.and_then(|place| self.regional.get(&place)).map_or(&[][..], Vec::as_slice);
        self.everywhere.iter().chain(own).copied()
    }

    /// What can hold in a place, in the order of the list.
    #[must_use]
    pub fn at(&self, place: Option<RegionId>) -> Vec<usize> {
        let mut found: Vec<usize> = self.covering(place).collect();
        found.sort_unstable();
        found
    }
}
