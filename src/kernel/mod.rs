//! The kernel: a plan in a form that decides rows quickly.
//!
//! Comes in: a [`Plan`] and a question; then rows. Goes out: outcome and codes. It is no second opinion: where it cannot
//! settle a row by itself it says so, and [`crate::eval`] decides. Stands between `eval` and `explain`.

use crate::eval::{Question, Verdict};
use crate::ids::ReasonId;
use crate::plan::Plan;
use crate::row::{Layout, Row};
use std::sync::Arc;

/// A plan and a question, ready for rows. It can be shared between threads.
#[derive(Debug)]
pub struct Kernel {
    plan: Arc<Plan>,
    layout: Arc<Layout>,
    question: Question,
}

/// What one thread needs to decide rows; it holds the last decision.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    verdict: Option<Verdict>,
    reasons: Vec<ReasonId>,
}

impl Scratch {
    /// The last decision.
    #[must_use]
    pub fn last(&self) -> Brief<'_> {
        Brief { verdict: self.verdict.unwrap_or(Verdict::Undetermined), reasons: &self.reasons }
    }

    /// Holds a decision that was made elsewhere.
    pub fn keep(&mut self, verdict: Verdict, reasons: impl Iterator<Item = ReasonId>) -> Brief<'_> {
        self.verdict = Some(verdict);
        self.reasons.clear();
        self.reasons.extend(reasons);
        self.last()
    }
}

/// Outcome and codes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief<'s> {
    /// How it ends.
    pub verdict: Verdict,
    /// Why, in the order of reasons.
    pub reasons: &'s [ReasonId],
}

impl Kernel {
    /// The kernel of a plan, for rows of a layout. Cells of the plan are made ready when a row first needs them.
    #[must_use]
    pub fn new(plan: Arc<Plan>, layout: Arc<Layout>, question: Question) -> Self {
        Self { plan, layout, question }
    }

    /// Decides a row. None where that takes [`crate::eval::decide`].
    pub fn decide<'s>(&self, _row: &Row, scratch: &'s mut Scratch) -> Option<Brief<'s>> {
        let _ = (&self.plan, &self.layout, &self.question, scratch);
        None
    }
}
