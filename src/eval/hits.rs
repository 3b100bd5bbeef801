//! What a decision came to and rested on, noted while it is made by a probing plan: the raw material of coverage.
//!
//! Noting follows demand: what the decision does not look at is not noted, and what is worked out only for the words of a
//! message or to see whether a clause has a say is worked out aside, by a second machine that notes nothing.

use super::machine::Machine;
use super::outcome::{Given, Origin, Outcome, Verdict};
use super::reads::silence;
use super::{Silence, Witness};
use crate::ids::*;
use crate::model::HandlerRef;
use crate::plan::{DecisionEntry, Mark};
use crate::source::Span;
use crate::value::{FactCell, Place, Step};
use std::collections::BTreeSet;

/// Something of a policy that a decision exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hit {
    /// A version of a rule gave a reason of the outcome; a suspension kept a rule silent that would have spoken.
    Rule(ProvisionRef),
    /// A version of an exception kept something from holding that nothing else did, or gave a definition its value; a
    /// suspension let something hold that the exception would have kept.
    Exception(ExceptionRef),
    /// A version of a notice was shown; a suspension kept one back.
    Notice(ProvisionRef),
    /// A case of a version of a definition surely spoke.
    Case(CaseRef),
    /// A row of a table, or its `otherwise`, applied; by its place.
    Row(Span),
    /// An amount reached a band of a scale; by the place of its rate.
    Band(Span),
    /// A value of a norm was read.
    Norm(NormValueRef),
    /// What is declared for a silent fact was done.
    Handler(HandlerRef),
    /// A clause was true, or false, and with the other value its condition would have come to something else.
    Clause(Span, bool),
    /// A fact or a field was read while in a state.
    State(Subject, Met),
    /// A decision ended so.
    Ending(DecisionId, Ending),
}

/// What has a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A fact.
    Fact(FactId),
    /// A field of a record, whichever record it is.
    Field(FieldId),
}

/// The states of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Met {
    /// A value.
    Known,
    /// Asked, and there is no record.
    Absent,
    /// Asked, and the registry could not answer.
    Unavailable,
    /// Nobody has asked yet.
    Unasked,
}

/// The ends of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// An outcome, as its level in the decision's order.
    Outcome(u32),
    /// Undetermined.
    Undetermined,
    /// Not in force.
    NotInForce,
}

impl From<ValueOrigin> for Hit {
    fn from(origin: ValueOrigin) -> Self {
        match origin {
            ValueOrigin::Case(case) => Self::Case(case),
            ValueOrigin::Exception(version) => Self::Exception(version),
            ValueOrigin::Row(span) => Self::Row(span),
        }
    }
}

impl From<Mark> for Hit {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Norm(value) => Self::Norm(value),
            Mark::Value(origin) => origin.into(),
            Mark::Exception(version) => Self::Exception(version),
        }
    }
}

/// What a machine notes, and the machine that works aside.
#[derive(Default)]
pub(crate) struct Recorder<'p> {
    pub(crate) hits: BTreeSet<Hit>,
    shadow: Option<Box<Machine<'p>>>,
}

impl<'p> Machine<'p> {
    /// Notes something, where somebody wants to know.
    pub(crate) fn note(&mut self, hit: impl Into<Hit>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.hits.insert(hit.into());
        }
    }

    /// Notes the state that a fact or field is read in; an element of a list is neither.
    pub(crate) fn note_state(&mut self, cell: &FactCell, place: &dyn Fn() -> Place) {
        if self.recorder.is_none() {
            return;
        }
        let place = place();
        let subject = match place.steps.last() {
            None => Subject::Fact(place.fact),
            Some(Step::Field(field)) => Subject::Field(*field),
            Some(Step::Item(_)) => return,
        };
        let met = match silence(cell) {
            None => Met::Known,
            Some(Silence::Absent) => Met::Absent,
            Some(Silence::Unavailable) => Met::Unavailable,
            Some(Silence::Unasked) => Met::Unasked,
        };
        self.note(Hit::State(subject, met));
    }

    /// Works without noting anything.
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

    /// Notes what an outcome says of itself: who gave its reasons and notices, and how it ended.
    pub(crate) fn note_outcome(&mut self, decision: DecisionId, entry: &'p DecisionEntry, outcome: &Outcome) {
        if self.recorder.is_none() {
            return;
        }
        for Given { origin, .. } in outcome.reasons.iter().chain(&outcome.notices) {
            self.note(match origin {
                Origin::Rule(rule) => Hit::Rule(*rule),
                Origin::Handler(handler) => Hit::Handler(*handler),
                Origin::Notice(notice) => Hit::Notice(*notice),
            });
        }
        self.note(Hit::Ending(decision, Ending::of(&outcome.verdict)));
        let Verdict::Outcome(level) = outcome.verdict else { return };
        for rule in entry.suspended.iter().filter(|rule| rule.level <= level) {
            if self.would_speak(&rule.clause) {
                self.note(Hit::Rule(rule.rule));
            }
        }
        for notice in entry.muted.iter().filter(|notice| notice.on.is_empty() || notice.on.contains(&level)) {
            if self.would_speak(&notice.clause) {
                self.note(Hit::Notice(notice.notice));
            }
        }
    }

    fn would_speak(&mut self, clause: &'p crate::plan::Clause) -> bool {
        self.aside(|machine| {
            let mut speaks = false;
            machine.instances(clause, &mut |_, _: Witness, truth| speaks |= truth == Ok(true));
            speaks
        })
    }
}

impl Ending {
    /// How a verdict ends.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Outcome(level) => Self::Outcome(*level),
            Verdict::Undetermined => Self::Undetermined,
            Verdict::NotInForce => Self::NotInForce,
        }
    }
}
