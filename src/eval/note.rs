//! The points that a decision by a probing plan exercises, noted while it is made: the raw material of coverage.
//!
//! Noting follows demand: parts that the decision does not evaluate are not noted. What is evaluated only for a
//! message, or to see whether a clause has a say, is evaluated aside, by a second machine that notes nothing.

use super::causes::Silence;
use super::coverage_points::{CellState, CoveragePoint, Subject};
use super::machine::Machine;
use super::outcome::{Evaluation, GivenReason, Origin, Verdict};
use super::reads::silence;
use super::sweep::Witness;
use crate::ids::DecisionId;
use crate::model::HandlerOwner;
use crate::plan::DecisionEntry;
use crate::value::{FactCell, FactPath, Step};

impl<'p> Machine<'p> {
    /// Notes a point, if points are recorded.
    pub(crate) fn note(&mut self, point: impl Into<CoveragePoint>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.points.insert(point.into());
        }
    }

    /// Notes the state of a fact or field that is read; an element of a list is neither.
    pub(crate) fn note_state(&mut self, cell: &FactCell, place: &dyn Fn() -> FactPath) {
        if self.recorder.is_none() {
            return;
        }
        let place = place();
        // The days of a value are no subject of their own.
        if let Some(Step::Field(field)) = place.steps.last()
            && self.model.is_end(*field)
            && self.model.is_of_dated_value(*field)
        {
            return;
        }
        let subject = match self.model.owner_at(&place) {
            Some(HandlerOwner::Fact(fact)) => Subject::Fact(fact),
            Some(HandlerOwner::Field(field)) => Subject::Field(field),
            Some(HandlerOwner::Registry(_) | HandlerOwner::Policy) | None => return,
        };
        let state = match silence(cell) {
            None => CellState::Known,
            Some(Silence::Absent) => CellState::Absent,
            Some(Silence::Unavailable) => CellState::Unavailable,
            Some(Silence::Unasked) => CellState::Unasked,
        };
        self.note(CoveragePoint::State(subject, state));
    }

    /// Runs `work` on a second machine that notes nothing.
    pub(crate) fn aside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let Some(recorder) = &mut self.recorder else { return work(self) };
        let shadow = recorder.shadow.take();
        let mut shadow = shadow.unwrap_or_else(|| Box::new(self.twin()));
        shadow.follow(self);
        let result = work(&mut shadow);
        self.steps = shadow.steps;
        if let Some(recorder) = &mut self.recorder {
            recorder.shadow = Some(shadow);
        }
        result
    }

    /// Notes the points of an outcome: who gave its reasons and notices, and the verdict.
    pub(crate) fn note_outcome(&mut self, decision: DecisionId, entry: &'p DecisionEntry, outcome: &Evaluation) {
        if self.recorder.is_none() {
            return;
        }
        for GivenReason { origin, .. } in outcome.reasons.iter().chain(&outcome.notices) {
            self.note(match origin {
                Origin::Rule(rule) => CoveragePoint::Rule(*rule),
                Origin::Handler(handler) => CoveragePoint::Handler(*handler),
                Origin::Notice(notice) => CoveragePoint::Notice(*notice),
            });
        }
        self.note(CoveragePoint::Verdict(decision, outcome.verdict));
        let Verdict::Outcome(level) = outcome.verdict else { return };
        for rule in entry.suspended.iter().filter(|rule| rule.level <= level) {
            if self.would_hold(&rule.clause) {
                self.note(CoveragePoint::Rule(rule.rule));
            }
        }
        for notice in entry.muted.iter().filter(|notice| notice.on.is_empty() || notice.on.contains(&level)) {
            if self.would_hold(&notice.clause) {
                self.note(CoveragePoint::Notice(notice.notice));
            }
        }
    }

    fn would_hold(&mut self, clause: &'p crate::plan::Clause) -> bool {
        self.aside(|machine| {
            let mut holds = false;
            machine.instances(clause, &mut |_, _: Witness, truth| holds |= truth == Ok(true));
            holds
        })
    }
}
