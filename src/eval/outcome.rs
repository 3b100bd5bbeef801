//! What evaluation comes to, in ids and values; words are made of it in `explain`.

use super::causes::{Answer, Cause};
use crate::ids::{ProvisionRef, ReasonId, RegionId};
use crate::model::HandlerRef;
use crate::value::{FactPath, Fault, Value};
use chrono::NaiveDate;

/// What is asked of a plan besides the facts.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The decision.
    pub decision: crate::ids::DecisionId,
    /// A governing date in place of the policy's.
    pub as_of: Option<NaiveDate>,
    /// A governing place in place of the policy's.
    pub region: Option<RegionId>,
}

impl Question {
    /// A decision on the policy's own governing date and place.
    #[must_use]
    pub fn of(decision: crate::ids::DecisionId) -> Self {
        Self { decision, as_of: None, region: None }
    }
}

/// How a decision ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// An outcome, as its level in the decision's order.
    Outcome(u32),
    /// A fact that nobody has asked, or one that is silent for good, stands in the way.
    Undetermined,
    /// The policy does not hold on this day, in this place or for this case.
    NotInForce,
}

/// All that a decision comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// How it ends.
    pub verdict: Verdict,
    /// The governing date, where it is known.
    pub as_of: Option<NaiveDate>,
    /// The governing place, where there is one and it is known.
    pub region: Option<RegionId>,
    /// Why, in the order of reasons.
    pub reasons: Vec<GivenReason>,
    /// Rules of the same outcome that are still unknown.
    pub open: Vec<ProvisionRef>,
    /// What to ask next, the most decisive first.
    pub needs: Vec<FactPath>,
    /// For an undetermined outcome that no question can settle: what stands in the way.
    pub blocked: Vec<Cause>,
    /// What went wrong where the outcome, an open rule or an output turned on it.
    pub faults: Vec<Fault>,
    /// Whether the outcome rests on a registry that was down.
    pub provisional: bool,
    /// What rides along.
    pub notices: Vec<GivenReason>,
    /// The outputs that are known: their places in the decision's list, and values.
    pub outputs: Vec<(u32, Value)>,
}

/// Who gives a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A version of a rule.
    Rule(ProvisionRef),
    /// A version of a handler.
    Handler(HandlerRef),
    /// A version of a notice.
    Notice(ProvisionRef),
}

/// A reason or notice with what it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenReason {
    /// By whom.
    pub origin: Origin,
    /// The reason.
    pub reason: ReasonId,
    /// The silent facts that a handler speaks for; none for rules and notices.
    pub places: Vec<FactPath>,
    /// Its arguments.
    pub args: Vec<Answer>,
    /// For each language of its messages, the values in them; empty where messages were not asked for.
    pub values: Vec<Vec<Answer>>,
}

/// How much is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailLevel {
    /// Outcome and codes.
    Codes,
    /// Outcome and codes, and outputs.
    Outputs,
    /// Everything that a person reads.
    Messages,
}
