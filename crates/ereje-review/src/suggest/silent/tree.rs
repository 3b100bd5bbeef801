//! Answers the questions of a decision one by one, until facts show what is looked for.
//!
//! The engine says what it needs next, so facts that no decision turns on are never given, and each branch ends where the
//! answer is known. If all values of all places that were asked are tried, there are no such facts.

use super::domain::Domains;
use crate::suggest::metered_engine::cost;
use crate::suggest::scenario::changed;
use chrono::{Datelike, NaiveDate};
use ereje::eval::{DetailLevel, Evaluation, Question, decide_counted};
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::plan::Plan;
use ereje::value::{FactCell, FactPath, ListValue, RecordValue, Step, Value};
use std::sync::Arc;

/// What a policy may cost, in decisions.
pub(super) struct SearchWork {
    /// What is left for all searches.
    pub(super) left: u64,
    /// What is left for this search.
    here: u64,
    /// The decisions that this search has made.
    pub(super) tries: u64,
}

impl SearchWork {
    pub(super) fn new(left: u64) -> Self {
        Self { left, here: 0, tries: 0 }
    }

    /// Begins a search that may cost so much.
    pub(super) fn begin(&mut self, most: u64) {
        self.here = most;
        self.tries = 0;
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left == 0 || self.here == 0
    }

    /// Decides, and counts it.
    pub(super) fn decide(
        &mut self,
        plan: &Plan,
        facts: &FactSet,
        decision: DecisionId,
        detail: DetailLevel,
    ) -> Evaluation {
        let (outcome, steps) = decide_counted(plan, facts, &Question::of(decision), detail);
        self.tries += 1;
        self.spend(steps);
        outcome
    }

    /// Counts an evaluation of so many steps.
    pub(super) fn spend(&mut self, steps: u64) {
        let spent = 1 + cost(steps);
        self.left = self.left.saturating_sub(spent);
        self.here = self.here.saturating_sub(spent);
    }
}

/// What facts show of what is looked for.
pub(super) enum Look {
    /// They show it.
    Found,
    /// Neither they nor any with more answers do.
    Never,
    /// They may, with an answer at this place. The governing date, if it is known.
    Ask(FactPath, Option<NaiveDate>),
}

/// The end of a search.
pub(super) enum Search {
    /// Facts that show what was looked for.
    Found(FactSet),
    /// There are none.
    Nothing,
    /// None were found, and there may be some.
    GaveUp,
}

/// Facts with a place where nobody has asked yet, and what is still to be tried there.
struct Branch {
    facts: FactSet,
    place: FactPath,
    cells: std::vec::IntoIter<FactCell>,
}

/// In which order answers are tried.
#[derive(Clone, Copy)]
pub(super) enum Order<'f> {
    /// The most ordinary first.
    Usual,
    /// Those of other facts first.
    Like(&'f FactSet),
    /// Mixed; the same number mixes alike.
    Mixed(u64),
}

impl Order<'_> {
    /// Brings what is tried at a place into this order. States stay behind the values.
    pub(super) fn arrange(self, domains: &Domains<'_>, place: &FactPath, cells: &mut Vec<FactCell>) {
        match self {
            Self::Usual => {}
            Self::Like(facts) => {
                if let Some(first) = facts.at(domains.model, place).and_then(alike) {
                    bring_first(cells, first);
                }
            }
            Self::Mixed(seed) => {
                let known = cells.iter().filter(|cell| matches!(cell, FactCell::Known(_))).count();
                let mut number = seed
                    ^ place.steps.iter().fold(u64::from(place.fact.0), |number, step| {
                        number.wrapping_mul(31).wrapping_add(match step {
                            Step::Item(index) => u64::from(*index),
                            Step::Field(field) => u64::from(field.0) + 17,
                            Step::Day(day) => u64::from(day.num_days_from_ce().unsigned_abs()),
                        })
                    });
                for at in (1..known).rev() {
                    number = mixed(number);
                    let other = usize::try_from(number % (at as u64 + 1)).unwrap_or(0);
                    cells.swap(at, other);
                }
            }
        }
    }
}

/// The next number of a sequence that looks random.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// An answer like another one; what lies in a record or list is asked for itself.
fn alike(cell: &FactCell) -> Option<FactCell> {
    match cell {
        FactCell::Unasked => None,
        FactCell::Known(Value::Record(record)) => {
            let fields = vec![FactCell::Unasked; record.fields.len()];
            Some(FactCell::Known(Value::Record(Arc::new(RecordValue { place: record.place.clone(), fields }))))
        }
        FactCell::Known(Value::List(list)) => {
            let items = vec![FactCell::Unasked; list.items.len()];
            Some(FactCell::Known(Value::List(Arc::new(ListValue { place: list.place.clone(), items }))))
        }
        FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) => Some(cell.clone()),
    }
}

pub(super) fn bring_first(cells: &mut Vec<FactCell>, first: FactCell) {
    cells.retain(|cell| *cell != first);
    cells.insert(0, first);
}

/// Searches for facts that show something, with the answers of `start` and more.
pub(super) fn search(
    domains: &Domains<'_>,
    start: FactSet,
    work: &mut SearchWork,
    arrange: &dyn Fn(&FactPath, &mut Vec<FactCell>),
    look: &mut dyn FnMut(&FactSet, &mut SearchWork) -> Look,
) -> Search {
    let mut complete = true;
    let mut branches: Vec<Branch> = Vec::new();
    let mut next = Some(start);
    loop {
        if let Some(facts) = next.take() {
            if work.is_spent() {
                return Search::GaveUp;
            }
            match look(&facts, work) {
                Look::Found => return Search::Found(facts),
                Look::Never => {}
                Look::Ask(place, day) => {
                    let mut tried = domains.at(&place, &facts, day);
                    complete &= tried.complete;
                    arrange(&place, &mut tried.cells);
                    branches.push(Branch { facts, place, cells: tried.cells.into_iter() });
                }
            }
        }
        let Some(branch) = branches.last_mut() else { break };
        match branch.cells.next() {
            Some(cell) => next = changed(domains.model, &branch.facts, &branch.place, cell),
            None => _ = branches.pop(),
        }
    }
    if complete { Search::Nothing } else { Search::GaveUp }
}
