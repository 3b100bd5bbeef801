//! The points of a policy that a decision can exercise: the raw material of coverage.

use super::causes::Silence;
use super::outcome::Verdict;
use crate::ids::*;
use crate::model::HandlerRef;
use crate::plan::ProbePoint;
use crate::source::Span;

/// A point of a policy that a decision exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoveragePoint {
    /// A version of a rule gave a reason of the outcome; or a suspension kept back a rule that would have given one.
    Rule(ProvisionRef),
    /// A version of an exception alone kept something from holding, or gave a definition its value; or a suspension let
    /// something hold that the exception would have kept from it.
    Exception(ExceptionRef),
    /// A version of a notice was shown; a suspension kept one back.
    Notice(ProvisionRef),
    /// A case of a version of a definition surely applied.
    Case(CaseRef),
    /// A row of a table, or its `otherwise`, applied; identified by its place.
    Row(Span),
    /// An amount reached a band of a scale; identified by the place of its rate.
    Band(Span),
    /// A value of a norm was read.
    Norm(NormValueRef),
    /// A handler of a silent fact was applied.
    Handler(HandlerRef),
    /// A clause was true, or false, and its condition would have been different with the other value.
    Clause(Span, bool),
    /// A fact or a field was read while in a state.
    State(Subject, CellState),
    /// A decision ended with this verdict.
    Verdict(DecisionId, Verdict),
}

/// Something that has a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A fact.
    Fact(FactId),
    /// A field of a record, whichever record it is.
    Field(FieldId),
}

/// The states of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellState {
    /// A value.
    Known,
    /// Asked, and there is no record.
    Absent,
    /// Asked, and the registry could not answer.
    Unavailable,
    /// Nobody has asked yet.
    Unasked,
}

impl CellState {
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

impl From<ValueOrigin> for CoveragePoint {
    fn from(origin: ValueOrigin) -> Self {
        match origin {
            ValueOrigin::Case(case) => Self::Case(case),
            ValueOrigin::Exception(version) => Self::Exception(version),
            ValueOrigin::Row(span) => Self::Row(span),
        }
    }
}

impl From<ProbePoint> for CoveragePoint {
    fn from(point: ProbePoint) -> Self {
        match point {
            ProbePoint::Norm(value) => Self::Norm(value),
            ProbePoint::Value(origin) => origin.into(),
            ProbePoint::Exception(version) => Self::Exception(version),
        }
    }
}
