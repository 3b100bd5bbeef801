//! A question to a policy besides the facts: another decision, day, place or choice for an assumption, by name.

use super::{Error, Policy};
use crate::engine::DecideOptions;
use crate::explain::Decision;
use crate::facts::FactSet;
use crate::model::Choices;
use chrono::NaiveDate;

/// A question to a policy, made by [`Policy::request`]. Its defaults are the policy's own: the first decision, the
/// governing date and place from the facts, and the default choice for every assumption.
///
/// ```
/// # use ereje::{Format, Policy};
/// # let policy = Policy::from_texts([("fees.ereje", "policy town.fees\nfacts { }".replace("facts { }", r#"
/// # facts day: date
/// # as of day
/// # assumption fee: integer = 5 one of { 5, 7 } en "The fee is not settled."
/// # decision due  pay > free  otherwise free
/// # reason FEE en "The fee is {fee}."
/// # rule fee_due
/// #   pay FEE
/// #   when fee > 5
/// # "#))])?;
/// # let facts = policy.facts("day: 2026-03-01", Format::Yaml)?.remove(0);
/// let decision = policy.request().assume("fee", "7")?.explained().decide(&facts)?;
/// assert_eq!(decision.outcome, "pay");
/// # Ok::<(), ereje::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request asks nothing until `decide` is called"]
pub struct Request<'p> {
    policy: &'p Policy,
    options: DecideOptions,
}

impl Policy {
    /// Starts a question to this policy, for another decision, day, place or choice for an assumption.
    pub fn request(&self) -> Request<'_> {
        Request::new(self)
    }
}

impl<'p> Request<'p> {
    pub(crate) fn new(policy: &'p Policy) -> Self {
        Self { policy, options: DecideOptions::default() }
    }

    /// Asks for another decision, by name.
    ///
    /// # Errors
    /// [`Error::UnknownDecision`].
    pub fn decision(mut self, name: &str) -> Result<Self, Error> {
        self.options.decision = Some(self.policy.decision(name)?);
        Ok(self)
    }

    /// Decides as of a day, instead of the governing date from the facts.
    pub fn as_of(mut self, day: NaiveDate) -> Self {
        self.options.as_of = Some(day);
        self
    }

    /// Decides for a region, instead of the governing place from the facts.
    ///
    /// # Errors
    /// [`Error::UnknownRegion`].
    pub fn region(mut self, name: &str) -> Result<Self, Error> {
        self.options.region = Some(self.policy.region(name)?);
        Ok(self)
    }

    /// Makes another choice for an assumption; both as the policy writes them.
    ///
    /// # Errors
    /// [`Error::UnknownAssumption`], [`Error::UnknownChoice`].
    pub fn assume(mut self, assumption: &str, choice: &str) -> Result<Self, Error> {
        let made = self.options.choices.take().unwrap_or_else(|| Choices::defaults(self.policy.model()));
        self.options.choices = Some(self.policy.choose(made, assumption, choice)?);
        Ok(self)
    }

    /// Requests an explanation: the decision then has a [`Trace`](crate::Trace).
    pub fn explained(mut self) -> Self {
        self.options.explain = true;
        self
    }

    /// Decides an application.
    ///
    /// # Errors
    /// [`Error::Findings`] if two versions of one name tie under the choices.
    pub fn decide(&self, facts: &FactSet) -> Result<Decision, Error> {
        self.policy.decide_with(facts, &self.options)
    }
}
