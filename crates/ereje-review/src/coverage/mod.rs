//! Coverage: what of a policy a set of cases exercised, measured by the evaluator itself.
//!
//! Comes in: a [`Policy`](ereje::Policy) and applications to decide. Goes out: a [`Coverage`], the policy's goals and for
//! each the cases that reached it; as text, HTML, lcov and JSON. The goals are a walk over the Model, what was reached is
//! what a probing plan notes while it decides. Pure; stands after `cases`.

mod answered;
mod goals;
mod holds;
mod html;
mod json;
mod lcov;
mod lines;
mod meter;
mod ratio;
mod reach;
mod text;

pub use goals::{CoverageGoal, CoverageKind};
pub use html::{CoveragePage, html};
pub use meter::{MeasuredCase, Meter, measure};
pub use ratio::{CoverageRatio, Floor};
pub use text::Detail;

use ereje::eval::CoveragePoint;
use ereje::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What of a policy some cases exercised.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// By place.
    goals: Vec<CoverageGoal>,
    /// The cases, by name, in the order in which they were measured.
    cases: Vec<String>,
    /// For everything that was noted the cases, ascending.
    met: BTreeMap<CoveragePoint, Vec<u32>>,
    /// For each decision its name, and each way to end with its name.
    endings: Vec<(String, Vec<(String, CoveragePoint)>)>,
}

impl Coverage {
    /// The goals, each with the numbers of the cases that reached it.
    pub fn goals(&self) -> impl Iterator<Item = (&CoverageGoal, &[u32])> {
        self.goals.iter().map(|goal| (goal, self.cases_of(goal.point)))
    }

    /// The numbers of the cases that something was noted of, whether it is a goal or not.
    #[must_use]
    pub fn cases_of(&self, point: CoveragePoint) -> &[u32] {
        self.met.get(&point).map_or(&[], Vec::as_slice)
    }

    /// The goals that no case reached.
    pub fn missing(&self) -> impl Iterator<Item = &CoverageGoal> {
        self.goals().filter(|(_, cases)| cases.is_empty()).map(|(goal, _)| goal)
    }

    /// The names of the cases, by number.
    #[must_use]
    pub fn cases(&self) -> &[String] {
        &self.cases
    }

    /// The goals that stand in a place or around it, each with the numbers of the cases that reached it.
    pub fn hits_at(&self, span: Span) -> impl Iterator<Item = (&CoverageGoal, &[u32])> {
        self.goals().filter(move |(goal, _)| {
            goal.span.file == span.file && goal.span.start < span.end.max(span.start + 1) && span.start < goal.span.end
        })
    }

    /// The numbers of the cases that exercised what stands in a place or, where no goal does, the narrowest thing around
    /// it. They are the first to try where something changes there; that no other notices is not said.
    #[must_use]
    pub fn cases_at(&self, span: Span) -> BTreeSet<u32> {
        let inside = |goal: &CoverageGoal| span.start <= goal.span.start && goal.span.end <= span.end;
        let size = |goal: &CoverageGoal| if inside(goal) { 0 } else { goal.span.end - goal.span.start };
        let narrowest = self.hits_at(span).map(|(goal, _)| size(goal)).min();
        let near = self.hits_at(span).filter(|(goal, _)| Some(size(goal)) == narrowest);
        near.flat_map(|(_, cases)| cases.iter().copied()).collect()
    }

    /// How often each decision ended how, in the order of its outcomes; only what was met. That a case is undetermined or
    /// not in force is no goal, and still worth knowing.
    #[must_use]
    pub fn endings(&self) -> Vec<(&str, Vec<(&str, usize)>)> {
        self.endings
            .iter()
            .map(|(name, endings)| {
                let counts = endings.iter().map(|(ending, point)| (ending.as_str(), self.cases_of(*point).len()));
                (name.as_str(), counts.filter(|(_, count)| *count > 0).collect())
            })
            .collect()
    }

    /// Puts the cases of another measurement of the same policy behind these.
    pub fn merge(&mut self, other: &Self) {
        let before = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        self.cases.extend(other.cases.iter().cloned());
        for (point, cases) in &other.met {
            self.met.entry(*point).or_default().extend(cases.iter().map(|case| case.saturating_add(before)));
        }
    }
}
