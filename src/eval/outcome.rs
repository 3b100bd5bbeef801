//! The result of an evaluation, in ids and values; `explain` puts it into words.

use super::causes::{Answer, Cause, Causes, Gather};
use crate::ids::{ProvisionRef, ReasonId, RegionId};
use crate::model::{HandlerRef, Item};
use crate::syntax::ast::State;
use crate::value::{Element, FactPath, Fault, Value};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The question to a plan, besides the facts.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The decision.
    pub decision: crate::ids::DecisionId,
    /// A governing date instead of the policy's.
    pub as_of: Option<NaiveDate>,
    /// A governing place instead of the policy's.
    pub region: Option<RegionId>,
}

impl Question {
    /// The decision with the policy's own governing date and place.
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

/// The result of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// The governing date, if it is known.
    pub as_of: Option<NaiveDate>,
    /// The governing place, if there is one and it is known.
    pub region: Option<RegionId>,
    /// Why, in the order of reasons.
    pub reasons: Vec<GivenReason>,
    /// Rules of the same outcome that are still unknown.
    pub open: Vec<ProvisionRef>,
    /// What to ask next, the most decisive first.
    pub needs: Vec<FactPath>,
    /// If no answer can determine the outcome: what blocks it.
    pub blocked: Vec<Cause>,
    /// The silent facts among those that block it for which no handler proposes an outcome here.
    pub unanswered: Vec<Unanswered>,
    /// Faults on which the outcome, an open rule or an output depends.
    pub faults: Vec<Fault>,
    /// For each of the faults, the rules and outputs that are unknown for it; of a fault in the governing date or place,
    /// nothing.
    pub readers: Vec<BTreeSet<Item>>,
    /// True if the outcome rests on a registry that was unavailable.
    pub provisional: bool,
    /// The notices that go with the outcome.
    pub notices: Vec<GivenReason>,
    /// The outputs that go with the verdict: their places in the decision's list, and their values or why they have none.
    pub outputs: Vec<(u32, OutputAnswer)>,
    /// The outcome that would be given if the outputs tied to it were known; only if the verdict is undetermined and no
    /// rule that comes before waits for a fact.
    pub withheld: Option<Withheld>,
}

impl Evaluation {
    /// What is known of the outputs.
    pub fn known_outputs(&self) -> impl Iterator<Item = (u32, KnownOutput<'_>)> {
        self.outputs.iter().filter_map(|(index, answer)| Some((*index, answer.known()?)))
    }

    /// What is not known of the outputs, each with why; of an output by element, with the element.
    pub fn unknown_outputs(&self) -> Vec<(u32, Option<&ElementAnswer>, &Causes)> {
        let mut unknown = Vec::new();
        for (index, answer) in &self.outputs {
            answer.each_unknown(|element, causes| unknown.push((*index, element, causes)));
        }
        unknown
    }
}

/// What an output comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputAnswer {
    /// One value, or why there is none; of an output by element, why nothing at all is known of it.
    Whole(Answer),
    /// A value for each element of a list, in the order of the list. Known keys of known values differ.
    Each(Vec<ElementAnswer>),
}

/// What an output by element comes to for one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementAnswer {
    /// The element.
    pub element: Element,
    /// Its name in the output.
    pub key: Answer,
    /// Its value, or why it is not known; never known without the key.
    pub answer: Answer,
}

/// What is known of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownOutput<'a> {
    /// Its value.
    Whole(&'a Value),
    /// The known values with their keys, in the order of the list.
    Each(Vec<(&'a Value, &'a Value)>),
}

impl OutputAnswer {
    /// What is known; `None` if nothing at all is.
    #[must_use]
    pub fn known(&self) -> Option<KnownOutput<'_>> {
        match self {
            Self::Whole(answer) => answer.as_ref().ok().map(KnownOutput::Whole),
            Self::Each(elements) => {
                let known = elements.iter().filter_map(|e| Some((e.key.as_ref().ok()?, e.answer.as_ref().ok()?)));
                Some(KnownOutput::Each(known.collect()))
            }
        }
    }

    /// Calls `f` on the causes of each unknown; of an output by element, with the element.
    pub fn each_unknown<'a>(&'a self, mut f: impl FnMut(Option<&'a ElementAnswer>, &'a Causes)) {
        match self {
            Self::Whole(Ok(_)) => {}
            Self::Whole(Err(causes)) => f(None, causes),
            Self::Each(elements) => {
                for element in elements {
                    if let Err(causes) = &element.answer {
                        f(Some(element), causes);
                    }
                }
            }
        }
    }

    /// The causes of all that is not known; `None` if everything is known.
    #[must_use]
    pub fn unknown(&self) -> Option<Causes> {
        let mut unknown = Gather::default();
        self.each_unknown(|_, causes| unknown.add(causes.clone()));
        unknown.finish()
    }

    /// What is left of a number of values; `None` if it holds more.
    pub(super) fn weigh(&self, left: usize) -> Option<usize> {
        match self.known() {
            None => Some(left),
            Some(KnownOutput::Whole(value)) => value.weigh(left),
            Some(KnownOutput::Each(values)) => {
                values.into_iter().try_fold(left, |left, (key, value)| value.weigh(key.weigh(left)?))
            }
        }
    }
}

/// A silent fact that leaves a decision undetermined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unanswered {
    /// The fact, field or element.
    pub place: FactPath,
    /// Its state.
    pub state: State,
    /// The handler in force: one that leaves the decision open, one of another decision, or one whose outcome cannot stand in
    /// for an output; `None` if nothing is declared.
    pub handler: Option<HandlerRef>,
}

/// An outcome that is not given because outputs that are tied to it are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// Its level in the decision's order.
    pub level: u32,
    /// The places of these outputs in the decision's list.
    pub outputs: Vec<u32>,
}

/// The item that gives a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A version of a rule.
    Rule(ProvisionRef),
    /// A version of a handler.
    Handler(HandlerRef),
    /// A version of a notice.
    Notice(ProvisionRef),
}

/// A reason or notice that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenReason {
    /// The item that gives it.
    pub origin: Origin,
    /// The reason.
    pub reason: ReasonId,
    /// The silent facts that a handler answers for; empty for rules and notices.
    pub places: Vec<FactPath>,
    /// Its arguments.
    pub args: Vec<Answer>,
    /// For each language of its messages, the values in them; empty unless messages were requested.
    pub values: Vec<Vec<Answer>>,
}

/// How much is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailLevel {
    /// Outcome and codes.
    Codes,
    /// Outcome and codes, and outputs.
    Outputs,
    /// Everything, with messages and notices.
    Messages,
}
