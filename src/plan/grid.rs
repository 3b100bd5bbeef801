//! The grid of dates and regions: which days and places the policy tells apart.
//!
//! Regions that no scope tells apart share a class; each class has its own break points, the days on which something
//! that covers it starts or has just ended. Between two of them nothing changes, so one program serves them all.

use super::node::Program;
use crate::ids::RegionId;
use crate::model::{Choices, Model};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// All cells, with the programs of those that somebody has asked for.
#[derive(Debug)]
pub struct Grid {
    /// For each region its class; the last is that of no place at all.
    class_of: Vec<usize>,
    classes: Vec<Class>,
}

/// Regions that are treated alike, on all days.
#[derive(Debug)]
pub struct Class {
    /// One of its regions.
    pub(crate) place: Option<RegionId>,
    /// The first day of each cell but the first, ascending.
    breaks: Vec<NaiveDate>,
    programs: Vec<OnceLock<Box<Program>>>,
}

impl Grid {
    pub(crate) fn new(model: &Model, choices: &Choices) -> Self {
        // Break points by the set of regions that they hold in; those that hold everywhere stand apart.
        let mut everywhere = BTreeSet::new();
        let mut sets: BTreeMap<&BTreeSet<RegionId>, BTreeSet<NaiveDate>> = BTreeMap::new();
        for (_, scope) in model.scopes() {
            let period = scope.period(model, choices);
            let days = [period.from, period.through.and_then(|d| d.succ_opt())].into_iter().flatten();
            match scope.regions() {
                None => everywhere.extend(days),
                Some(regions) => sets.entry(regions).or_default().extend(days),
            }
        }
        let places = model.regions.len();
        let mut signatures: Vec<Vec<usize>> = vec![Vec::new(); places + 1];
        for (index, (regions, _)) in sets.iter().enumerate() {
            for region in regions.iter().map(|r| r.index()).filter(|r| *r < places) {
                if let Some(slot) = signatures.get_mut(region) {
                    slot.push(index);
                }
            }
        }
        let days: Vec<&BTreeSet<NaiveDate>> = sets.values().collect();
        let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let (mut class_of, mut classes) = (Vec::new(), Vec::new());
        for (region, signature) in signatures.into_iter().enumerate() {
            if let Some(class) = known.get(&signature) {
                class_of.push(*class);
                continue;
            }
            let mut breaks = everywhere.clone();
            breaks.extend(signature.iter().filter_map(|set| days.get(*set)).flat_map(|set| set.iter().copied()));
            let breaks: Vec<NaiveDate> = breaks.into_iter().collect();
            let programs = (0..=breaks.len()).map(|_| OnceLock::new()).collect();
            class_of.push(classes.len());
            known.insert(signature, classes.len());
            let place = (region < places).then(|| RegionId::new(region));
            classes.push(Class { place, breaks, programs });
        }
        Self { class_of, classes }
    }

    /// All classes, by their numbers.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The number of a place's class; a region of another Model is no place.
    pub fn class_number(&self, place: Option<RegionId>) -> usize {
        let (nowhere, regions) = self.class_of.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
        place.and_then(|p| regions.get(p.index())).copied().unwrap_or(nowhere)
    }

    /// The class of a place.
    pub(crate) fn class(&self, place: Option<RegionId>) -> Option<&Class> {
        self.classes.get(self.class_number(place))
    }

    /// The number of a place's class, and the first day of the cell that a day falls in; none: the first cell.
    pub(crate) fn cell_of(&self, day: NaiveDate, place: Option<RegionId>) -> (usize, Option<NaiveDate>) {
        let number = self.class_number(place);
        let breaks = self.classes.get(number).map_or(&[][..], |class| &class.breaks);
        let index = breaks.partition_point(|first| *first <= day);
        (number, index.checked_sub(1).and_then(|i| breaks.get(i)).copied())
    }
}

impl Class {
    /// The first day of each cell but the first, ascending.
    pub fn breaks(&self) -> &[NaiveDate] {
        &self.breaks
    }

    /// The cell that a day falls in: its number, a day that stands for it, and the place of its program.
    pub(crate) fn cell(&self, day: NaiveDate) -> Option<(usize, NaiveDate, &OnceLock<Box<Program>>)> {
        let index = self.breaks.partition_point(|first| *first <= day);
        let first = index.checked_sub(1).and_then(|i| self.breaks.get(i)).copied();
        Some((index, first.unwrap_or(day), self.programs.get(index)?))
    }
}
