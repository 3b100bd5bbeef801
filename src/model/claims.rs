//! Which of several versions of a name holds: periods, overlap and rank of [`Claim`]s under given choices.

use super::{Claim, DateBound, Model, Scope};
use crate::ids::{AssumptionId, RegionId, SectionId};
use crate::source::Span;
use crate::value::{Period, Value};
use chrono::NaiveDate;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// One choice for each assumption: an index into its `choices`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choices(Vec<u32>);

impl Choices {
    /// The default choices.
    #[must_use]
    pub fn defaults(model: &Model) -> Self {
        Self(model.assumptions.iter().map(|a| a.default).collect())
    }

    /// A copy with another choice for one assumption.
    #[must_use]
    pub fn with(&self, assumption: AssumptionId, choice: u32) -> Self {
        let mut other = self.clone();
        if let Some(slot) = other.0.get_mut(assumption.index()) {
            *slot = choice;
        }
        other
    }

    /// The index of the choice for an assumption.
    #[must_use]
    pub fn index(&self, assumption: AssumptionId) -> u32 {
        self.0.get(assumption.index()).copied().unwrap_or(0)
    }

    /// The value of the choice for an assumption; `None` only for an id of another Model.
    #[must_use]
    pub fn value<'m>(&self, model: &'m Model, assumption: AssumptionId) -> Option<&'m Value> {
        model.assumptions.get(assumption)?.choices.get(self.index(assumption) as usize)
    }
}

impl DateBound {
    /// Its day under the given choices; `None` only for an assumption that is no date.
    fn day(&self, model: &Model, choices: &Choices) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Assumption(id) => match choices.value(model, *id) {
                Some(Value::Date(date)) => Some(*date),
                _ => None,
            },
        }
    }
}

/// When a version starts, for its rank among equally special ones. An open start is the earliest of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    /// The day from which it holds.
    pub holds: Option<NaiveDate>,
    /// The day that it and its amendment write, whatever the policy's header says.
    pub written: Option<NaiveDate>,
    /// The day that it writes itself; it counts only beside a version of the same section.
    pub own: Option<NaiveDate>,
}

impl Claim {
    /// When it starts under the given choices.
    #[must_use]
    pub fn start(&self, model: &Model, choices: &Choices) -> Start {
        let latest = |bounds: &[DateBound]| bounds.iter().filter_map(|bound| bound.day(model, choices)).max();
        let own = latest(&self.starts);
        let written = own.max(latest(&model.sections.at(self.section).starts));
        Start { holds: latest(&self.scope.from), written, own }
    }

    /// How two equally special claims with these starts rank, and claims of which neither is more special with none: by the
    /// start, then by which of them replaces what it names.
    #[must_use]
    pub fn order(&self, other: &Self, starts: Option<(Start, Start)>) -> Ordering {
        let by_start = starts.map_or(Ordering::Equal, |(mine, others)| {
            let own = if self.section == other.section { mine.own.cmp(&others.own) } else { Ordering::Equal };
            mine.holds.cmp(&others.holds).then(mine.written.cmp(&others.written)).then(own)
        });
        by_start.then(self.replaces.cmp(&other.replaces))
    }
}

impl Scope {
    /// Its days under the given choices.
    #[must_use]
    pub fn period(&self, model: &Model, choices: &Choices) -> Period {
        let day = |bound: &DateBound| bound.day(model, choices);
        Period { from: self.from.iter().filter_map(day).max(), through: self.through.iter().filter_map(day).min() }
    }

    /// Its regions, with all regions inside them; `None` if it holds everywhere, also where no place is known.
    #[must_use]
    pub fn regions(&self) -> Option<&BTreeSet<RegionId>> {
        self.regions.as_ref()
    }

    /// The days from which it holds; the latest decides.
    #[must_use]
    pub fn starts(&self) -> &[DateBound] {
        &self.from
    }

    /// The days through which it holds; the earliest decides.
    #[must_use]
    pub fn ends(&self) -> &[DateBound] {
        &self.through
    }

    /// True if it covers a place. Without a place, only a scope without regions does.
    #[must_use]
    pub fn covers_region(&self, place: Option<RegionId>) -> bool {
        match (&self.regions, place) {
            (None, _) => true,
            (Some(regions), Some(place)) => regions.contains(&place),
            (Some(_), None) => false,
        }
    }

    /// True if it covers a day and a place; the cohort is not considered.
    #[must_use]
    pub fn covers(&self, model: &Model, choices: &Choices, day: NaiveDate, place: Option<RegionId>) -> bool {
        self.covers_region(place) && self.period(model, choices).contains(day)
    }
}

/// The precedence between two claims to one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    /// They never hold at the same time.
    Apart,
    /// The first is higher.
    Higher,
    /// The second is higher.
    Lower,
    /// Neither is higher: an error of the policy, from this day on (`None`: from the beginning).
    Tie(Option<NaiveDate>),
}

/// The precedence of `a` over `b` under the given choices.
#[must_use]
pub fn precedence(model: &Model, choices: &Choices, a: &Claim, b: &Claim) -> Precedence {
    let (period_a, period_b) = (a.scope.period(model, choices), b.scope.period(model, choices));
    let common = period_a.and(period_b);
    let apart = match (&a.scope.regions, &b.scope.regions) {
        (Some(x), Some(y)) => x.is_disjoint(y),
        (Some(x), None) | (None, Some(x)) => x.is_empty(),
        (None, None) => false,
    };
    if apart || common.is_empty() || period_a.is_empty() || period_b.is_empty() {
        return Precedence::Apart;
    }
    let over = |x: SectionId, y: SectionId| model.sections.at(x).over.contains(&y);
    match (over(a.section, b.section), over(b.section, a.section)) {
        (true, false) => return Precedence::Higher,
        (false, true) => return Precedence::Lower,
        (true, true) | (false, false) => {}
    }
    let starts = match (within(&a.scope, &b.scope), within(&b.scope, &a.scope)) {
        (true, false) => return Precedence::Higher,
        (false, true) => return Precedence::Lower,
        (true, true) => Some((a.start(model, choices), b.start(model, choices))),
        (false, false) => None,
    };
    match a.order(b, starts) {
        Ordering::Greater => Precedence::Higher,
        Ordering::Less => Precedence::Lower,
        Ordering::Equal => Precedence::Tie(common.from),
    }
}

/// True if `a` is at least as special as `b`: its regions are a subset, and its cohort includes all conditions of
/// `b`'s.
fn within(a: &Scope, b: &Scope) -> bool {
    let regions = match (&a.regions, &b.regions) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(x), Some(y)) => x.is_subset(y),
    };
    regions && b.cohort.iter().all(|condition| a.cohort.contains(condition))
}

impl Model {
    /// The order of sections for reasons: the policy, then amendments by start, then by name.
    #[must_use]
    pub fn section_order(&self, choices: &Choices) -> Vec<SectionId> {
        let mut order: Vec<SectionId> = self.sections.ids().collect();
        order.sort_by_key(|id| {
            let section = self.sections.at(*id);
            (id.0 != 0, section.scope.period(self, choices).from, section.name.clone())
        });
        order
    }

    /// The sort key of a claim's item among the reasons: rank of its section in [`Model::section_order`], rank of its
    /// file, offset in it.
    #[must_use]
    pub fn reason_key(order: &[SectionId], claim: &Claim, span: Span) -> (usize, u32, u32) {
        let rank = order.iter().position(|s| *s == claim.section).unwrap_or(usize::MAX);
        (rank, claim.file_rank, span.start)
    }
}
