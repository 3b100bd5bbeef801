//! Measures coverage: applications are decided by probing plans, and the points that these note are collected.

use super::{Coverage, DecisionEndings, Named, reach};
use ereje::Policy;
use ereje::diagnostic::Diagnostic;
use ereje::engine::{DecideOptions, Engine};
use ereje::eval::{CoveragePoint, Verdict, decide_probed};
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::model::{Choices, Labels, Model};
use ereje::plan::Plan;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// An application that is decided to measure coverage.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredCase<'a> {
    /// Its name in reports.
    pub name: &'a str,
    /// Its facts.
    pub facts: &'a FactSet,
    /// The question besides the facts.
    pub options: &'a DecideOptions,
}

/// Finds what of a policy an application exercises. It can be shared between threads.
#[derive(Debug)]
pub struct Meter<'p> {
    policy: &'p Policy,
    /// The probing plans made so far; they are only looked up, never iterated.
    plans: Mutex<HashMap<Choices, Arc<Plan>>>,
}

impl<'p> Meter<'p> {
    /// A meter for a policy.
    #[must_use]
    pub fn new(policy: &'p Policy) -> Self {
        Self { policy, plans: Mutex::default() }
    }

    /// The points that deciding this exercises.
    ///
    /// # Errors
    /// The findings of [`Plan::build`] under the choices asked for.
    pub fn points(&self, facts: &FactSet, options: &DecideOptions) -> Result<BTreeSet<CoveragePoint>, Vec<Diagnostic>> {
        let defaults;
        let choices = match &options.choices {
            Some(choices) => choices,
            None => {
                defaults = Choices::defaults(self.policy.model());
                &defaults
            }
        };
        let plan = self.plan(choices)?;
        Ok(decide_probed(&plan, facts, &Engine::question(options)).1)
    }

    fn plan(&self, choices: &Choices) -> Result<Arc<Plan>, Vec<Diagnostic>> {
        // After a panic of another thread at most a plan is missing here, so the lock can still be used.
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans.get(choices) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(self.policy.engine().probing_plan(choices)?);
        plans.insert(choices.clone(), Arc::clone(&plan));
        Ok(plan)
    }
}

/// Measures what these applications exercise of a policy, on all cores. An application exercises nothing if the policy
/// has errors under its choices.
#[must_use]
pub fn measure(policy: &Policy, cases: &[MeasuredCase<'_>]) -> Coverage {
    let meter = Meter::new(policy);
    let noted: Vec<BTreeSet<CoveragePoint>> =
        cases.par_iter().map(|case| meter.points(case.facts, case.options).unwrap_or_default()).collect();
    let mut met: BTreeMap<CoveragePoint, Vec<u32>> = BTreeMap::new();
    for (number, points) in (0_u32..).zip(noted) {
        for hit in points {
            met.entry(hit).or_default().push(number);
        }
    }
    Coverage {
        goals: reach::goals(policy.model(), policy.sources()),
        endings: endings(policy.model()),
        cases: cases.iter().map(|case| case.name.to_owned()).collect(),
        met,
    }
}

/// The decisions, with every way in which they can end.
fn endings(model: &Model) -> Vec<DecisionEndings> {
    let of = |(index, decision): (usize, &ereje::model::DecisionDeclaration)| {
        let id = DecisionId::new(index);
        let named = |name: &str, labels: &Labels| Named { name: name.to_owned(), labels: labels.clone() };
        let outcomes = (0..).zip(&decision.outcomes);
        let outcomes = outcomes.map(|(level, of)| (named(&of.name, &of.labels), Verdict::Outcome(level)));
        let others = [("undetermined", Verdict::Undetermined), ("not_in_force", Verdict::NotInForce)];
        let others = others.map(|(name, ending)| (named(name, &Labels::new()), ending));
        let all = outcomes.chain(others).map(|(name, ending)| (name, CoveragePoint::Verdict(id, ending)));
        DecisionEndings { decision: named(&decision.name, &decision.labels), endings: all.collect() }
    };
    model.decisions.iter().enumerate().map(of).collect()
}
