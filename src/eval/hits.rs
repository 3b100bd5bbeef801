//! What of a policy a decision can exercise: the raw material of coverage.

use super::causes::Silence;
use super::outcome::Verdict;
use crate::ids::*;
use crate::model::HandlerRef;
use crate::plan::Mark;
use crate::source::Span;

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

impl Met {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Absent => Silence::Absent.word(),
            Self::Unavailable => Silence::Unavailable.word(),
            Self::Unasked => Silence::Unasked.word(),
        }
    }
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
