//! Coverage: the parts of a policy that a set of cases exercises, measured by the evaluator itself.
//!
//! Comes in: a [`Policy`](ereje::Policy) and applications to decide. Goes out: a [`Coverage`], the policy's goals and
//! for each the cases that reached it; as text, HTML, lcov and JSON. A walk over the Model finds the goals, and a
//! probing plan notes what is reached while it decides. Pure; stands after `cases`.

mod answered;
mod goals;
mod holds;
mod html;
mod json;
mod lcov;
mod lines;
mod meter;
mod phrases;
mod ratio;
mod reach;
mod text;

pub use goals::{CoverageGap, CoverageGoal, CoverageKind};
pub use html::{CoveragePage, html};
pub use meter::{MeasuredCase, Meter, measure};
pub use ratio::{CoverageRatio, Floor};
pub use text::{Detail, summary};

use crate::phrases::labelled;
use ereje::eval::CoveragePoint;
use ereje::explain::{label, verdict_label};
use ereje::model::Labels;
use ereje::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a policy that some cases exercised.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Ordered by place.
    goals: Vec<CoverageGoal>,
    /// The names of the cases, in the order in which they were measured.
    cases: Vec<String>,
    /// For each point that was noted, the cases, ascending.
    met: BTreeMap<CoveragePoint, Vec<u32>>,
    /// The decisions, with each way in which they can end.
    endings: Vec<DecisionEndings>,
}

/// A decision and the ways in which it can end.
#[derive(Clone, Debug)]
struct DecisionEndings {
    decision: Named,
    endings: Vec<(Named, CoveragePoint)>,
}

/// A name with its labels.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    labels: Labels,
}

impl Named {
    /// The name with its label in a language before it.
    fn shown(&self, language: &str) -> String {
        labelled(label(&self.labels, language).or_else(|| verdict_label(&self.name, language)), &self.name)
    }
}

impl Coverage {
    /// The goals, each with the numbers of the cases that reached it.
    pub fn goals(&self) -> impl Iterator<Item = (&CoverageGoal, &[u32])> {
        self.goals.iter().map(|goal| (goal, self.cases_of(goal.point)))
    }

    /// The numbers of the cases for which a point was noted, whether it is a goal or not.
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

    /// The goals in a place or around it, each with the numbers of the cases that reached it.
    pub fn hits_at(&self, span: Span) -> impl Iterator<Item = (&CoverageGoal, &[u32])> {
        self.goals().filter(move |(goal, _)| {
            goal.span.file == span.file && goal.span.start < span.end.max(span.start + 1) && span.start < goal.span.end
        })
    }

    /// The numbers of the cases that exercised a goal in a place. If no goal lies in it, the narrowest goal around it counts.
    /// They are the first to try if something changes there; other cases may notice the change, too.
    #[must_use]
    pub fn cases_at(&self, span: Span) -> BTreeSet<u32> {
        let inside = |goal: &CoverageGoal| span.start <= goal.span.start && goal.span.end <= span.end;
        let size = |goal: &CoverageGoal| if inside(goal) { 0 } else { goal.span.end - goal.span.start };
        let narrowest = self.hits_at(span).map(|(goal, _)| size(goal)).min();
        let near = self.hits_at(span).filter(|(goal, _)| Some(size(goal)) == narrowest);
        near.flat_map(|(_, cases)| cases.iter().copied()).collect()
    }

    /// How often each decision ended in which way, in the order of its outcomes; only endings that occurred.
    /// Undetermined and not in force are included, though they are no goals.
    #[must_use]
    pub fn endings(&self) -> Vec<(&str, Vec<(&str, usize)>)> {
        let all = self.counted_endings().map(|(decision, endings)| {
            let names = endings.into_iter().map(|(ending, count)| (ending.name.as_str(), count));
            (decision.name.as_str(), names.collect())
        });
        all.collect()
    }

    fn counted_endings(&self) -> impl Iterator<Item = (&Named, Vec<(&Named, usize)>)> {
        self.endings.iter().map(|of| {
            let counts = of.endings.iter().map(|(ending, point)| (ending, self.cases_of(*point).len()));
            (&of.decision, counts.filter(|(_, count)| *count > 0).collect())
        })
    }

    /// The same for people: the decisions and the outcomes with their labels in a language. Only decisions that ended in some way.
    fn told_endings(&self, language: &str) -> Vec<(String, Vec<(String, usize)>)> {
        let told = |(decision, endings): (&Named, Vec<(&Named, usize)>)| {
            let endings = endings.into_iter().map(|(ending, count)| (ending.shown(language), count)).collect();
            (decision.shown(language), endings)
        };
        self.counted_endings().filter(|(_, endings)| !endings.is_empty()).map(told).collect()
    }

    /// The name of a goal for people: that of an outcome with its label in a language.
    fn goal_name(&self, goal: &CoverageGoal, language: &str) -> String {
        let mut all = self.endings.iter().flat_map(|of| &of.endings);
        let ending = all.find(|(_, point)| *point == goal.point);
        ending.map_or_else(|| goal.name.clone(), |(ending, _)| ending.shown(language))
    }

    /// The same with some of the goals alone.
    #[must_use]
    pub fn narrowed(&self, keep: impl Fn(&CoverageGoal) -> bool) -> Self {
        let goals = self.goals.iter().filter(|goal| keep(goal)).cloned().collect();
        Self { goals, ..self.clone() }
    }

    /// Appends the cases of another measurement of the same policy.
    pub fn merge(&mut self, other: &Self) {
        let before = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
        self.cases.extend(other.cases.iter().cloned());
        for (point, cases) in &other.met {
            self.met.entry(*point).or_default().extend(cases.iter().map(|case| case.saturating_add(before)));
        }
    }
}
