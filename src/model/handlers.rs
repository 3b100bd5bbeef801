//! What follows when a fact is silent.

use super::{Cite, Claim, Expr, IndexVec};
use crate::ids::{DecisionId, ReasonId};
use crate::syntax::ast::State;

/// The handlers of the two silent states; each has versions, as a rule has.
#[derive(Clone, Debug, Default)]
pub struct Handlers {
    /// `if absent …`
    pub absent: Vec<Handler>,
    /// `if unavailable …`
    pub unavailable: Vec<Handler>,
}

impl Handlers {
    /// The versions for a state.
    #[must_use]
    pub fn of(&self, state: State) -> &[Handler] {
        match state {
            State::Absent => &self.absent,
            State::Unavailable => &self.unavailable,
        }
    }

    /// The versions for a state, to change.
    pub(crate) fn of_mut(&mut self, state: State) -> &mut Vec<Handler> {
        match state {
            State::Absent => &mut self.absent,
            State::Unavailable => &mut self.unavailable,
        }
    }
}

/// One version of a handler.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Its claim.
    pub(in crate::model) claim: Claim,
    /// Its action.
    pub(in crate::model) action: HandlerAction,
    /// Its citations, or those of its section if it has none.
    pub cites: Vec<Cite>,
}

/// The action of a handler.
#[derive(Clone, Debug)]
pub enum HandlerAction {
    /// It proposes an outcome with a reason (without parameters).
    Then {
        /// For each decision, the level of the outcome in its order; `None` if the decision lists no such outcome.
        levels: IndexVec<DecisionId, Option<u32>>,
        /// The outcome's name.
        outcome: String,
        /// The reason.
        reason: ReasonId,
    },
    /// Absence means this value (a constant).
    Means(Expr),
    /// It leaves open what follows, and says why.
    Open(String),
}
