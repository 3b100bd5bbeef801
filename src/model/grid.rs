//! The grid of regions and days: which places and days some scopes tell apart.
//!
//! Regions that no scope tells apart share a class; each class has its own break points, the days on which something
//! that covers it starts or has just ended. Between two of them nothing changes. So a thousand regions with a value each
//! are a thousand cells and not a million.

use super::{Choices, Model, Scope};
use crate::ids::{Id, RegionId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The classes of regions that scopes tell apart, and the days that they tell apart in each.
#[derive(Clone, Debug)]
pub struct Grid {
    /// For each region its class; the last is that of no place at all.
    class_of: Vec<usize>,
    classes: Vec<RegionClass>,
}

/// Regions that are treated alike on all days.
#[derive(Clone, Debug)]
pub struct RegionClass {
    /// One of its regions; `None` for the class of no place.
    pub place: Option<RegionId>,
    /// The first day of each cell but the first, ascending.
    pub breaks: Vec<NaiveDate>,
}

/// Some scopes with the classes of regions that they tell apart: what their grids have in common, whatever is chosen.
#[derive(Clone, Debug)]
pub struct RegionClasses<'m> {
    /// Each scope with the number of its set of regions; `None` if it holds everywhere.
    scopes: Vec<(&'m Scope, Option<usize>)>,
    /// How many sets of regions there are.
    sets: usize,
    /// For each region its class; the last is that of no place at all.
    class_of: Vec<usize>,
    /// For each class one of its regions and the sets that hold it.
    classes: Vec<(Option<RegionId>, Vec<usize>)>,
}

impl<'m> RegionClasses<'m> {
    /// The classes that these scopes tell apart.
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
        // Break points by the set of regions that they hold in; those that hold everywhere stand apart.
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

    /// The number of a place's class; a region of another Model is no place.
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
    /// The cell that a day falls in: its number in the class, and its first day, `None` for the first cell.
    #[must_use]
    pub fn cell(&self, day: NaiveDate) -> (usize, Option<NaiveDate>) {
        let number = self.breaks.partition_point(|first| *first <= day);
        (number, number.checked_sub(1).and_then(|before| self.breaks.get(before)).copied())
    }
}

/// A set of regions as a key of a map. Most sets differ in their sizes or their ends already, and only those that do not
/// are compared region by region.
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

/// The places of things in a list, by the regions that they hold in, so that those of one place are found without looking
/// at all.
#[derive(Clone, Debug, Default)]
pub struct ScopeIndex {
    everywhere: Vec<usize>,
    regional: BTreeMap<RegionId, Vec<usize>>,
}

impl ScopeIndex {
    /// The index of a list of which each thing has one scope.
    pub fn new<'m>(scopes: impl IntoIterator<Item = &'m Scope>) -> Self {
        let mut index = Self::default();
        for (at, scope) in scopes.into_iter().enumerate() {
            index.add(at, std::iter::once(scope));
        }
        index
    }

    /// Adds a thing that holds where any of its scopes does. Things are added in the order of the list.
    pub fn add<'m>(&mut self, at: usize, scopes: impl Iterator<Item = &'m Scope> + Clone) {
        if scopes.clone().any(|scope| scope.regions.is_none()) {
            self.everywhere.push(at);
            return;
        }
        for region in scopes.filter_map(|scope| scope.regions.as_ref()).flatten() {
            let here = self.regional.entry(*region).or_default();
            // Two versions of one name may hold in the same region.
            if here.last() != Some(&at) {
                here.push(at);
            }
        }
    }

    /// What can hold in a place: first what holds everywhere, then what holds only in some regions.
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
