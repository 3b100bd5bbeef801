//! The cells of a policy: a day and a place for each combination of scopes in force.

use super::constant::Setting;
use super::vectors::Vector;
use crate::ids::RegionId;
use crate::model::*;
use crate::value::Period;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A day and a place that represent all with the same scopes in force. [`NaiveDate::MIN`] means from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) day: NaiveDate,
    pub(super) place: Option<RegionId>,
}

/// The cells of a policy in the order of regions, then days: one for each combination of scopes in force.
pub(super) fn cells(model: &Model, choices: &Choices, classes: &RegionClasses<'_>) -> Vec<GridCell> {
    cells_of(model, choices, &classes.grid(model, choices))
}

fn cells_of(model: &Model, choices: &Choices, grid: &Grid) -> Vec<GridCell> {
    let whole = model.sections.first().map(Section::scope);
    let period = whole.map_or_else(Period::default, |scope| scope.period(model, choices));
    let places: Vec<Option<RegionId>> = if model.parts(Item::AsOf).one(Role::GoverningRegion).is_none() {
        vec![None]
    } else {
        model.regions.ids().map(Some).filter(|place| whole.is_none_or(|scope| scope.covers_region(*place))).collect()
    };
    let mut cells = Vec::new();
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    for place in places {
        let class = grid.class_number(place);
        if !seen.insert(class) {
            continue;
        }
        let first = period.from.unwrap_or(NaiveDate::MIN);
        let breaks = grid.classes().get(class).into_iter().flat_map(|class| class.breaks.iter().copied());
        let days: BTreeSet<NaiveDate> = std::iter::once(first).chain(breaks).collect();
        cells.extend(days.into_iter().filter(|day| period.contains(*day)).map(|day| GridCell { day, place }));
    }
    cells
}

/// All days and places of one cell.
#[derive(Clone, Copy)]
pub(super) struct GridRange<'c> {
    /// Its first day, and the place that represents its regions.
    pub(super) setting: Setting<'c>,
    /// Its last day; `None` if it has none.
    pub(super) through: Option<NaiveDate>,
    /// All its regions.
    pub(super) places: &'c [RegionId],
}

/// The cells of a policy under some choices, each with its end and all its regions.
pub(super) struct GridRanges<'m> {
    model: &'m Model,
    vector: &'m Vector,
    pub(super) cells: Vec<GridCell>,
    grid: Grid,
    /// The regions of each class.
    regions: BTreeMap<usize, Vec<RegionId>>,
    /// The last day of the policy.
    through: Option<NaiveDate>,
}

impl<'m> GridRanges<'m> {
    pub(super) fn new(model: &'m Model, vector: &'m Vector, classes: &RegionClasses<'_>) -> Self {
        let choices = &vector.choices;
        let grid = classes.grid(model, choices);
        let mut regions: BTreeMap<usize, Vec<RegionId>> = BTreeMap::new();
        for region in model.regions.ids() {
            regions.entry(grid.class_number(Some(region))).or_default().push(region);
        }
        let whole = model.sections.first().map(|policy| policy.scope().period(model, choices));
        let through = whole.and_then(|whole| whole.through);
        Self { model, vector, cells: cells_of(model, choices, &grid), grid, regions, through }
    }

    /// The whole of a cell, by its position among the cells.
    pub(super) fn at(&self, at: usize) -> Option<GridRange<'_>> {
        let GridCell { day, place } = *self.cells.get(at)?;
        let next = self.cells.get(at + 1).filter(|next| next.place == place);
        let class = place.map(|place| self.grid.class_number(Some(place)));
        Some(GridRange {
            setting: self.vector.setting(self.model, day, place),
            through: next.and_then(|next| next.day.pred_opt()).or(self.through),
            places: class.and_then(|class| self.regions.get(&class)).map_or(&[][..], Vec::as_slice),
        })
    }
}

/// An index that finds the scopes that cover a cell without a search through all of them.
pub(super) struct Covering {
    index: ScopeIndex,
    periods: Vec<Period>,
}

impl Covering {
    pub(super) fn new<'m>(model: &Model, choices: &Choices, scopes: impl Iterator<Item = &'m Scope> + Clone) -> Self {
        let periods = scopes.clone().map(|scope| scope.period(model, choices)).collect();
        Self { index: ScopeIndex::new(scopes), periods }
    }

    /// The positions of the scopes that cover the cell; those that hold everywhere come first.
    pub(super) fn at(&self, cell: GridCell) -> impl Iterator<Item = usize> {
        let holds = move |at: &usize| self.periods.get(*at).is_some_and(|period| period.contains(cell.day));
        self.index.covering(cell.place).filter(holds)
    }
}

/// A cell in words, for a message: ` in North on 2026-01-01`.
pub(super) fn in_words(model: &Model, cell: GridCell) -> String {
    let place = cell.place.map_or_else(String::new, |place| format!(" in {}", model.regions.at(place).name));
    if cell.day == NaiveDate::MIN {
        format!("{place} before the first date that the policy names")
    } else {
        format!("{place} on {}", cell.day)
    }
}
