//! Decisions: their outcomes in order, and the outputs beside them. A calculation is a decision with one outcome.

use super::expr::Expr;
use super::for_each::ForEach;
use super::scope::Claim;
use super::types::{Labels, Quantity, Type};
use crate::source::Span;
use crate::syntax::ast;

/// The name of the outcome of a calculation whose outputs are all known.
pub const COMPUTED: &str = "computed";

/// The outcome of facts that an `impossible` of the policy rules out, the strongest of each decision where it has one.
pub const IMPOSSIBLE: &str = ast::IMPOSSIBLE;

/// A decision.
#[derive(Clone, Debug)]
pub struct DecisionDeclaration {
    /// Its name.
    pub name: String,
    /// True for a `calculation`: its one outcome is [`COMPUTED`], to which each of its outputs is tied, and no rule
    /// gives it.
    pub computes: bool,
    /// Its outcomes, the strongest first; the last is that of `otherwise`.
    pub outcomes: Vec<Outcome>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// Titles by language.
    pub labels: Labels,
    /// The place of its declaration.
    pub span: Span,
}

impl DecisionDeclaration {
    /// True if facts can be impossible: then that is the first of its outcomes.
    #[must_use]
    pub fn can_be_impossible(&self) -> bool {
        self.outcomes.first().is_some_and(|outcome| outcome.name == IMPOSSIBLE)
    }

    /// True for the level of impossible facts. Its rules speak only of what is known.
    #[must_use]
    pub fn is_impossible(&self, level: u32) -> bool {
        level == 0 && self.can_be_impossible()
    }

    /// True if an output is tied to one of its outcomes.
    #[must_use]
    pub fn has_tied_outputs(&self) -> bool {
        self.outputs.iter().any(|output| !output.tied.is_empty())
    }
}

/// An outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Labels by language.
    pub labels: Labels,
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its key.
    pub name: String,
    /// The elements for each of which it has a value; `None` if it is one value.
    pub(in crate::model) each: Option<OutputEach>,
    /// Its value; if it is a number, a finite decimal.
    pub(in crate::model) value: Expr,
    /// The claim of one that an amendment adds: beyond its scope the decision has no such output. `None` for one that the
    /// decision itself has.
    pub(in crate::model) claim: Option<Claim>,
    /// The levels of the outcomes that are not given without it, the strongest first; empty if it is tied to none.
    pub tied: Vec<u32>,
    /// The unit in which it is given.
    pub unit: Option<Quantity>,
    /// Labels by language.
    pub labels: Labels,
    /// The place of its declaration.
    pub span: Span,
}

/// `for each x in L where C by KEY`: the elements for which an output is given.
#[derive(Clone, Debug)]
pub struct OutputEach {
    /// The elements.
    pub(in crate::model) elements: ForEach,
    /// The name of an element: a text, an enum value, a region, a date, a truth value or a whole number.
    pub(in crate::model) key: Expr,
}

impl Output {
    /// True if it has a value for each element of a list.
    #[must_use]
    pub const fn is_by_element(&self) -> bool {
        self.each.is_some()
    }

    /// The type of its keys; `None` if it is one value.
    #[must_use]
    pub fn key_type(&self) -> Option<&Type> {
        self.each.as_ref().map(|each| &each.key.ty)
    }

    /// True if the output belongs to an outcome: it is tied to it, or to none.
    #[must_use]
    pub fn goes_with(&self, level: u32) -> bool {
        self.tied.is_empty() || self.tied.contains(&level)
    }
}
