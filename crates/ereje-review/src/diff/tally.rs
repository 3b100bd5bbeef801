//! Counts the results of rows as they pass: memory grows with the ways in which decisions move, not with the rows.

use super::attribute::Responsible;
use super::compare::{Agreement, MovedPart};
use super::row::CorpusRow;
use std::collections::{BTreeMap, BTreeSet};

/// The most rows of a group that are named; the others are only counted.
const NAMED: usize = 10;

/// All counts.
#[derive(Debug, Default)]
pub(super) struct DiffTally {
    pub(super) decided: u64,
    pub(super) unread: u64,
    /// Decisions with the same reasons in another order.
    pub(super) reordered: u64,
    pub(super) kinds: BTreeMap<MovedPart, u64>,
    /// The number of decisions from one outcome to another, including those that stay.
    pub(super) flows: BTreeMap<(String, String), u64>,
    /// By region: decided and moved.
    pub(super) regions: BTreeMap<Option<String>, (u64, u64)>,
    pub(super) groups: BTreeMap<Responsible, GroupTally>,
    /// By side: what was left out, and from how many rows.
    pub(super) left_out: [BTreeMap<String, u64>; 2],
    /// The number of rows from which something was left out.
    pub(super) incomplete: u64,
    pub(super) hits: BTreeMap<usize, u64>,
}

/// The moved rows of one group.
#[derive(Debug, Default)]
pub(super) struct GroupTally {
    pub(super) count: u64,
    pub(super) kinds: BTreeMap<MovedPart, u64>,
    pub(super) flows: BTreeMap<(String, String), u64>,
    pub(super) regions: BTreeMap<Option<String>, u64>,
    /// The names of the first rows.
    pub(super) names: Vec<String>,
    /// The first row among those in which the strongest part moved, with that part.
    pub(super) example: Option<(MovedPart, CorpusRow)>,
}

/// A row that both versions decided.
pub(super) struct ComparedRow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) region: Option<String>,
    pub(super) same: Agreement,
    pub(super) responsible: Option<Responsible>,
    /// The names that the old and the new version do not know.
    pub(super) left_out: [Vec<String>; 2],
}

impl DiffTally {
    pub(super) fn moved(&self) -> u64 {
        self.kinds.values().sum()
    }

    pub(super) fn count(&mut self, row: &CorpusRow, decided: ComparedRow) {
        self.decided += 1;
        for (side, places) in self.left_out.iter_mut().zip(&decided.left_out) {
            let places: BTreeSet<String> = places.iter().map(|place| any_element(place)).collect();
            places.into_iter().for_each(|place| *side.entry(place).or_default() += 1);
        }
        self.incomplete += u64::from(decided.left_out.iter().any(|places| !places.is_empty()));
        let region = self.regions.entry(decided.region.clone()).or_default();
        region.0 += 1;
        let flow = (decided.from, decided.to);
        *self.flows.entry(flow.clone()).or_default() += 1;
        let kind = match decided.same {
            Agreement::Same => return,
            Agreement::Reordered => {
                self.reordered += 1;
                return;
            }
            Agreement::Differ(kind) => kind,
        };
        region.1 += 1;
        *self.kinds.entry(kind).or_default() += 1;
        let responsible = decided.responsible.unwrap_or(Responsible::Several);
        match &responsible {
            Responsible::Alone(changes) | Responsible::Together(changes) | Responsible::Vocabulary(changes) => {
                changes.iter().for_each(|index| *self.hits.entry(*index).or_default() += 1);
            }
            Responsible::Several => {}
        }
        let group = self.groups.entry(responsible).or_default();
        group.count += 1;
        *group.kinds.entry(kind).or_default() += 1;
        *group.flows.entry(flow).or_default() += 1;
        *group.regions.entry(decided.region).or_default() += 1;
        if group.names.len() < NAMED {
            group.names.push(row.name.clone());
        }
        if group.example.as_ref().is_none_or(|(known, _)| kind < *known) {
            group.example = Some((kind, row.clone()));
        }
    }
}

/// A place with its element numbers removed: `owners[].consent`.
fn any_element(place: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in place.chars() {
        if c == ']' {
            inside = false;
        }
        if !inside {
            text.push(c);
        }
        if c == '[' {
            inside = true;
        }
    }
    text
}
