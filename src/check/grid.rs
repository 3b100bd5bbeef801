//! The cells of a policy: the days and places that stand for all others, as far as some scopes tell them apart.

use crate::ids::RegionId;
use crate::model::*;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A day and a place that stand for all with the same scopes in force. The earliest day of all is [`NaiveDate::MIN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) day: NaiveDate,
    pub(super) place: Option<RegionId>,
}

/// The cells of a policy in the order of regions, then days: one for each set of scopes that can hold together.
pub(super) fn cells(model: &Model, choices: &Choices, classes: &RegionClasses<'_>) -> Vec<GridCell> {
    let whole = model.sections.first().map(Section::scope);
    let period = whole.map_or_else(Period::default, |scope| scope.period(model, choices));
    let places: Vec<Option<RegionId>> = if model.parts(Item::AsOf).one(Role::GoverningRegion).is_none() {
        vec![None]
    } else {
        model.regions.ids().map(Some).filter(|place| whole.is_none_or(|scope| scope.covers_region(*place))).collect()
    };
    let grid = classes.grid(model, choices);
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

/// Which scopes of a list cover a cell, found without looking at all of them.
pub(super) struct Covering {
    index: ScopeIndex,
    periods: Vec<Period>,
}

impl Covering {
    pub(super) fn new<'m>(model: &Model, choices: &Choices, scopes: impl Iterator<Item = &'m Scope> + Clone) -> Self {
        let periods = scopes.clone().map(|scope| scope.period(model, choices)).collect();
        Self { index: ScopeIndex::new(scopes), periods }
    }

    /// The places in the list of those whose day and region cover the cell; first of those that hold everywhere.
    pub(super) fn at(&self, cell: GridCell) -> impl Iterator<Item = usize> {
        let holds = move |at: &usize| self.periods.get(*at).is_some_and(|period| period.contains(cell.day));
        self.index.covering(cell.place).filter(holds)
    }
}

/// Where a cell is, in words: ` in North on 2026-01-01`.
pub(super) fn in_words(model: &Model, cell: GridCell) -> String {
    let place = cell.place.map_or_else(String::new, |place| format!(" in {}", model.regions.at(place).name));
    if cell.day == NaiveDate::MIN {
        format!("{place} before the first date that the policy names")
    } else {
        format!("{place} on {}", cell.day)
    }
}
