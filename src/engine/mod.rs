//! The engine: a Model with the plans made of it, which decides.
//!
//! Comes in: a Model, the texts that it was made of, facts, and a question. Goes out: an [`Evaluated`] decision in ids
//! and values, with the assumptions that it rests on and, on request, a record of what each rule did; or [`Codes`]
//! alone. Keeps the plan for every vector of choices that was used. Stands between `eval`, which decides by one plan,
//! and `explain`, which puts a decision into words.

mod reach;

use crate::diagnostic::Diagnostic;
use crate::eval::{self, DecisionRecord, DetailLevel, Evaluation, Question};
use crate::facts::{FactSet, nfc};
use crate::ids::*;
use crate::model::{Choices, IndexVec, Model, written};
use crate::plan::Plan;
use crate::source::Sources;
use crate::value::{FactCell, FactPath};
use chrono::NaiveDate;
use reach::reachable;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A policy that is ready to decide. It can be shared between threads.
#[derive(Debug)]
pub struct Engine {
    model: Arc<Model>,
    sources: Arc<Sources>,
    digest: String,
    /// The plan of the default choices.
    defaults: Arc<Plan>,
    /// The plans made so far; looked up only by their choices.
    plans: Mutex<HashMap<Choices, Arc<Plan>>>,
    /// For each decision the assumptions that it can rest on, computed on demand.
    reaches: IndexVec<DecisionId, OnceLock<BTreeSet<AssumptionId>>>,
}

/// The question, besides the facts.
#[derive(Clone, Debug, Default)]
pub struct DecideOptions {
    /// The decision; `None` for the policy's first.
    pub decision: Option<DecisionId>,
    /// A governing date instead of the policy's.
    pub as_of: Option<NaiveDate>,
    /// A governing place instead of the policy's.
    pub region: Option<RegionId>,
    /// A choice for each assumption; `None` for the defaults.
    pub choices: Option<Choices>,
    /// True to record why, rule by rule.
    pub explain: bool,
}

/// A decision before it is put into words.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The question.
    pub question: Question,
    /// The result of the evaluation.
    pub outcome: Evaluation,
    /// The assumptions of which another choice would change it, each with the choice that holds.
    pub assumptions: Vec<(AssumptionId, u32)>,
    /// What every rule did; `None` if it was not requested, or if no rule was evaluated.
    pub record: Option<DecisionRecord>,
    /// The cells of the silent facts that handlers among its reasons answer for; empty if no record was requested.
    pub silent: BTreeMap<FactPath, FactCell>,
    /// The choices under which it was decided.
    pub choices: Choices,
}

/// An outcome and the codes of its reasons, without words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Codes<'e> {
    /// One of the decision's outcomes, `undetermined` or `not_in_force`.
    pub outcome: &'e str,
    /// The codes of the reasons, in their order.
    pub reasons: Vec<&'e str>,
}

impl Engine {
    /// An engine for a Model. `sources` are the texts that it was made of, `digest` identifies them to the byte.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under the default choices.
    pub fn new(model: Arc<Model>, sources: Arc<Sources>, digest: String) -> Result<Self, Vec<Diagnostic>> {
        let defaults = Arc::new(Plan::build(Arc::clone(&model), Choices::defaults(&model))?);
        let reaches = model.decisions.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { model, sources, digest, defaults, plans: Mutex::default(), reaches })
    }

    /// The Model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The texts.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The digest that identifies the texts to the byte.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The plan for a choice of each assumption, made once.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under these choices.
    pub fn plan(&self, choices: &Choices) -> Result<Arc<Plan>, Vec<Diagnostic>> {
        if choices == self.defaults.choices() {
            return Ok(Arc::clone(&self.defaults));
        }
        // A thread that panicked while it held the lock can have lost at most one plan.
        if let Some(plan) = self.plans.lock().unwrap_or_else(PoisonError::into_inner).get(choices) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(self.defaults.under(choices.clone())?);
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(plans.entry(choices.clone()).or_insert(plan)))
    }

    /// A plan for these choices that notes what its decisions exercise. It is not kept.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under these choices.
    pub fn probing_plan(&self, choices: &Choices) -> Result<Plan, Vec<Diagnostic>> {
        Plan::probing(Arc::clone(&self.model), choices.clone())
    }

    /// The plan of the default choices.
    #[must_use]
    pub fn default_plan(&self) -> &Plan {
        &self.defaults
    }

    /// The decision of a name, in whatever form of Unicode it is written.
    #[must_use]
    pub fn decision(&self, name: &str) -> Option<DecisionId> {
        let name = nfc(name);
        self.model.decisions.find_id(|decision| decision.name == name)
    }

    /// The region of a name, in whatever form of Unicode it is written.
    #[must_use]
    pub fn region(&self, name: &str) -> Option<RegionId> {
        let name = nfc(name);
        self.model.regions.find_id(|region| region.name == name)
    }

    /// The assumption of a name, in whatever form of Unicode it is written.
    #[must_use]
    pub fn assumption(&self, name: &str) -> Option<AssumptionId> {
        let name = nfc(name);
        self.model.assumptions.find_id(|assumption| assumption.name == name)
    }

    /// The choices of an assumption, each as it is written in the policy, in its order.
    #[must_use]
    pub fn written_choices(&self, id: AssumptionId) -> Vec<String> {
        let assumption = self.model.assumptions.at(id);
        assumption.choices.iter().map(|choice| written(&self.model, choice, assumption.unit.as_ref())).collect()
    }

    /// The question to a plan.
    #[must_use]
    pub fn question(options: &DecideOptions) -> Question {
        Question { decision: options.decision.unwrap_or(DecisionId(0)), as_of: options.as_of, region: options.region }
    }

    /// The plan for a question, made once.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under the choices asked for.
    pub fn plan_for(&self, options: &DecideOptions) -> Result<Arc<Plan>, Vec<Diagnostic>> {
        match &options.choices {
            Some(choices) => self.plan(choices),
            None => Ok(Arc::clone(&self.defaults)),
        }
    }

    /// Decides, and finds the assumptions that the decision rests on.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under the choices asked for.
    pub fn evaluate(&self, facts: &FactSet, options: &DecideOptions) -> Result<Evaluated, Vec<Diagnostic>> {
        let plan = self.plan_for(options)?;
        Ok(self.evaluate_by(&plan, facts, options))
    }

    /// The same under the default choices and without options.
    #[must_use]
    pub fn evaluate_by_default(&self, facts: &FactSet) -> Evaluated {
        self.evaluate_by(&self.defaults, facts, &DecideOptions::default())
    }

    /// Decides, but does not look for the assumptions that the decision rests on: that takes a decision, and often a
    /// plan, for each other choice.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under the choices asked for.
    pub fn evaluate_without_assumptions(
        &self,
        facts: &FactSet,
        options: &DecideOptions,
    ) -> Result<Evaluated, Vec<Diagnostic>> {
        let plan = self.plan_for(options)?;
        Ok(Self::outcome_by(&plan, facts, options))
    }

    fn evaluate_by(&self, plan: &Plan, facts: &FactSet, options: &DecideOptions) -> Evaluated {
        let mut evaluated = Self::outcome_by(plan, facts, options);
        evaluated.assumptions = self.depended(facts, &evaluated.question, plan.choices(), &evaluated.outcome);
        evaluated
    }

    fn outcome_by(plan: &Plan, facts: &FactSet, options: &DecideOptions) -> Evaluated {
        let question = Self::question(options);
        let outcome = eval::decide(plan, facts, &question, DetailLevel::Messages);
        let record = options.explain.then(|| eval::record(plan, facts, &question, &outcome)).flatten();
        let places = outcome.reasons.iter().flat_map(|given| &given.places).filter(|_| options.explain);
        let cells = places.filter_map(|place| Some((place.clone(), facts.at(plan.model(), place)?.clone())));
        let silent = cells.collect();
        Evaluated { question, outcome, assumptions: Vec::new(), record, silent, choices: plan.choices().clone() }
    }

    /// Outcome and codes only: no words, no outputs, no assumptions. For many applications.
    ///
    /// # Errors
    /// What [`Plan::build`] finds under the choices asked for.
    pub fn codes(&self, facts: &FactSet, options: &DecideOptions) -> Result<Codes<'_>, Vec<Diagnostic>> {
        let plan = self.plan_for(options)?;
        Ok(self.codes_by(&plan, facts, options))
    }

    /// The same by a plan of this engine that the caller keeps, so that it is not looked up for each of many
    /// applications.
    #[must_use]
    pub fn codes_by(&self, plan: &Plan, facts: &FactSet, options: &DecideOptions) -> Codes<'_> {
        let question = Self::question(options);
        let outcome = eval::decide(plan, facts, &question, DetailLevel::Codes);
        self.name_codes(question.decision, &outcome)
    }

    fn name_codes(&self, decision: DecisionId, outcome: &Evaluation) -> Codes<'_> {
        let reasons = outcome.reasons.iter().map(|given| self.model.reasons.at(given.reason).code.as_str());
        let name = match outcome.verdict {
            eval::Verdict::Outcome(level) => self.model.outcome(OutcomeRef { decision, level }).name.as_str(),
            eval::Verdict::Undetermined => "undetermined",
            eval::Verdict::NotInForce => "not_in_force",
        };
        Codes { outcome: name, reasons: reasons.collect() }
    }

    /// The assumptions of which another choice would change outcome, reasons or outputs, each with the choice that
    /// holds.
    fn depended(
        &self,
        facts: &FactSet,
        question: &Question,
        choices: &Choices,
        outcome: &Evaluation,
    ) -> Vec<(AssumptionId, u32)> {
        let mut found = Vec::new();
        // A decision of another Model has no assumptions here.
        let Some(reach) = self.reaches.get(question.decision) else { return found };
        for id in reach.get_or_init(|| reachable(&self.model, question.decision)).iter().copied() {
            let made = choices.index(id);
            let choices_of_it = u32::try_from(self.model.assumptions.at(id).choices.len()).unwrap_or(u32::MAX);
            let mut others = (0..choices_of_it).filter(|other| *other != made);
            let matters = others.any(|other| {
                // A choice under which the policy has errors gives no decision, so also no other one.
                let Ok(plan) = self.plan(&choices.with(id, other)) else { return false };
                let changed = eval::decide(&plan, facts, question, DetailLevel::Outputs);
                changed.verdict != outcome.verdict
                    || changed.known_outputs().ne(outcome.known_outputs())
                    || !same_reasons(&changed, outcome)
            });
            if matters {
                found.push((id, made));
            }
        }
        found
    }
}

/// True if the reasons, their arguments and their rules are the same, in any order.
fn same_reasons(a: &Evaluation, b: &Evaluation) -> bool {
    let key = |given: &eval::GivenReason| (given.origin, given.reason, given.places.clone());
    let mut left: Vec<_> = a.reasons.iter().collect();
    let mut right: Vec<_> = b.reasons.iter().collect();
    left.sort_by_key(|given| key(given));
    right.sort_by_key(|given| key(given));
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| key(a) == key(b) && a.args == b.args)
}
