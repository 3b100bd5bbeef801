//! Which changes are responsible for a moved decision: found by trying, not by reading.
//!
//! A change is responsible if the old version with just this change decides as the new one does. If no single change is
//! enough, those changes are responsible together without any of which the new version would not decide as it does.

use super::compare::{Agreement, ModelOutcome, compare};
use super::hybrid::{BaseVersion, ChangeSet, Hybrid, Hybrids};
use super::row::{CorpusRow, bind_question, decide, read_facts};
use super::slots::SlotStatus;
use ereje::eval::DetailLevel;
use ereje::facts::FactSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// With at most so many changes, all of them are tried for each row. With more, sections are tried first, and of a
/// section the first change that is enough is taken.
const TRY_ALL: usize = 24;

/// Which changes moved a decision. The numbers are indices of slots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Responsible {
    /// Each of these alone is enough.
    Alone(ChangeSet),
    /// Only all of these together are enough.
    Together(ChangeSet),
    /// Names and values that only one version knows: no rule had to change.
    Vocabulary(ChangeSet),
    /// Several changes whose effects cannot be separated.
    Several,
}

/// The search for the changes that moved one row.
pub(super) struct Attribution<'a> {
    pub(super) hybrids: &'a Hybrids,
    pub(super) row: &'a CorpusRow,
    pub(super) usual: &'a str,
    pub(super) detail: DetailLevel,
    pub(super) new: ModelOutcome<'a>,
    /// For each version, the number of its form and the row's facts in that form.
    pub(super) known: [(u32, &'a FactSet); 2],
    /// The facts that the old version did not know.
    pub(super) unknown: &'a [String],
    /// How often each change was responsible so far: if there are many changes, these are tried first.
    pub(super) hits: &'a BTreeMap<usize, u64>,
}

impl Attribution<'_> {
    /// Finds the changes that moved the decision.
    pub(super) fn responsible(&self) -> Responsible {
        let slots = self.hybrids.slots();
        let changed: Vec<usize> = self.hybrids.changed().to_vec();
        if self.hybrids.has_vocabulary() && self.gives(BaseVersion::Old, &ChangeSet::new()).is_some() {
            return Responsible::Vocabulary(self.vocabulary());
        }
        let mut candidates = changed;
        if candidates.len() > TRY_ALL {
            let mut sections: BTreeMap<&str, ChangeSet> = BTreeMap::new();
            for index in &candidates {
                if let Some(slot) = slots.get(*index) {
                    sections.entry(slot.key.section.as_str()).or_default().insert(*index);
                }
            }
            if sections.len() > 1 {
                let enough: Vec<&ChangeSet> =
                    sections.values().filter(|set| self.gives(BaseVersion::Old, set).is_some()).collect();
                let needed: Vec<&ChangeSet> = match enough.as_slice() {
                    [] => sections.values().filter(|set| !self.stays_without(set)).collect(),
                    enough => enough.to_vec(),
                };
                if !needed.is_empty() {
                    candidates = needed.into_iter().flatten().copied().collect();
                }
            }
        }
        let all = candidates.len() <= TRY_ALL;
        if !all {
            candidates.sort_by_key(|index| (std::cmp::Reverse(self.hits.get(index).copied().unwrap_or(0)), *index));
        }
        let mut alone = ChangeSet::new();
        let mut smallest: Option<ChangeSet> = None;
        for index in &candidates {
            let Some(flipped) = self.gives(BaseVersion::Old, &ChangeSet::from([*index])) else { continue };
            if flipped.len() == 1 {
                alone.insert(*index);
                if !all {
                    break;
                }
            } else if smallest.as_ref().is_none_or(|known| (flipped.len(), &flipped) < (known.len(), known)) {
                smallest = Some(flipped);
            }
        }
        if !alone.is_empty() {
            return Responsible::Alone(alone);
        }
        if let Some(together) = smallest {
            return Responsible::Together(together);
        }
        let needed: ChangeSet =
            candidates.iter().copied().filter(|index| !self.stays_without(&ChangeSet::from([*index]))).collect();
        if needed.is_empty() { Responsible::Several } else { Responsible::Together(needed) }
    }

    /// If the old version with these changes decides as the new one: the changes that were in fact made.
    fn gives(&self, base: BaseVersion, changes: &ChangeSet) -> Option<ChangeSet> {
        let hybrid = self.hybrids.get(base, changes)?;
        self.decides_as_new(&hybrid)?.then(|| hybrid.flipped.clone())
    }

    /// False if the new version can be built without these changes and then decides differently.
    fn stays_without(&self, changes: &ChangeSet) -> bool {
        let hybrid = self.hybrids.get(BaseVersion::New, changes);
        hybrid.is_none_or(|hybrid| self.decides_as_new(&hybrid) != Some(false))
    }

    fn decides_as_new(&self, hybrid: &Arc<Hybrid>) -> Option<bool> {
        let engine = &hybrid.engine;
        let bound = bind_question(engine, &self.row.question, self.usual).ok()?;
        let own;
        let facts = match self.known.iter().find(|(form, _)| *form == hybrid.form) {
            Some((_, facts)) => *facts,
            None => {
                own = read_facts(&engine_form(hybrid), self.row, true).ok()?.facts;
                &own
            }
        };
        let outcome = decide(engine, facts, &bound, self.detail).ok()?;
        let decided = ModelOutcome { model: engine.model(), decision: bound.decision, outcome: &outcome };
        Some(matches!(compare(decided, self.new), Agreement::Same | Agreement::Reordered))
    }

    /// The names in this row that the old version does not know; all new names if that is not known.
    fn vocabulary(&self) -> ChangeSet {
        let slots = self.hybrids.slots();
        let all: ChangeSet = slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| {
                slot.status == SlotStatus::Grown
                    || (slot.status == SlotStatus::Inert && slot.old.is_none() && slot.key.kind == "fact")
            })
            .map(|(index, _)| index)
            .collect();
        let named: ChangeSet = all
            .iter()
            .copied()
            .filter(|index| slots.get(*index).is_some_and(|slot| self.unknown.contains(&slot.key.name)))
            .collect();
        if named.is_empty() { all } else { named }
    }
}

fn engine_form(hybrid: &Hybrid) -> ereje::facts::FactNames<'_> {
    ereje::facts::FactNames::new(hybrid.engine.model())
}
