//! Tries the cases on every mutant.
//!
//! Comes in: the laws, the case files, the mutants. Goes out: the status of each mutant, in the order of the mutants,
//! whatever the number of threads.

use super::laws::{Laws, Mutant};
use super::touch;
use crate::cases::{CaseFile, Trial};
use ereje::Policy;
use ereje::diagnostic::Severity;
use ereje::ids::AssumptionId;
use ereje::model::Choices;
use ereje::source::Span;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The result for a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MutantStatus {
    /// The checker rejects it, or reports that an edited version never holds.
    Invalid,
    /// It decides everything as the policy does.
    Equivalent,
    /// Some case fails under it; the name of one.
    Killed(String),
    /// No case fails under it.
    Survived,
}

/// The cases of a policy, ready to be tried on many.
#[derive(Debug)]
pub struct Cases<'a> {
    laws: &'a Laws,
    files: &'a [CaseFile],
    trials: Vec<Trial>,
    /// For each trial, the places of the policy that its decision depends on.
    places: Vec<Vec<Span>>,
    /// For each trial, whether it makes no choices.
    usual: Vec<bool>,
    /// The cases that fail under the policy itself; they are not tried on mutants.
    pub broken: Vec<String>,
    /// The defaults, the choices of each case, and the defaults with one assumption changed.
    choices: Vec<Choices>,
}

impl<'a> Cases<'a> {
    /// Binds case files to a policy.
    #[must_use]
    pub fn of(laws: &'a Laws, files: &'a [CaseFile]) -> Self {
        let policy = laws.policy();
        let bound: Vec<Trial> = files.iter().flat_map(|file| file.bind(policy).0).collect();
        let held: Vec<bool> = bound.par_iter().map(|trial| trial.holds(policy)).collect();
        let mut broken = Vec::new();
        let mut trials = Vec::new();
        for (trial, held) in bound.into_iter().zip(held) {
            if held {
                trials.push(trial);
            } else {
                broken.push(trial.name);
            }
        }
        let choices = choices(policy, &trials);
        let places = touch::places(policy, &trials);
        let usual = trials.iter().map(|trial| trial.options.choices.is_none()).collect();
        Self { laws, files, trials, places, usual, broken, choices }
    }

    pub(super) fn laws(&self) -> &Laws {
        self.laws
    }

    pub(super) fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The same trials, bound to another law.
    pub(super) fn bound(&self, law: &Policy) -> Vec<Trial> {
        let known: BTreeSet<&str> = self.trials.iter().map(|trial| trial.name.as_str()).collect();
        let all = self.files.iter().flat_map(|file| file.bind(law).0);
        all.filter(|trial| known.contains(trial.name.as_str())).collect()
    }

    /// The number of cases that are tried.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trials.len()
    }

    /// True if there are no cases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }

    /// Tries the cases on all of these mutants; `on_done` is called after each.
    pub fn try_all(&self, mutants: &[Mutant], on_done: &(dyn Fn() + Sync)) -> Vec<MutantStatus> {
        let status = |mutant: &Mutant| {
            let status = self.status(mutant);
            on_done();
            status
        };
        mutants.par_iter().map(status).collect()
    }

    fn status(&self, mutant: &Mutant) -> MutantStatus {
        let Some(law) = self.laws.law(mutant) else { return MutantStatus::Invalid };
        // Facts and questions are bound to ids, which most edits do not change.
        if law.model().asks_same(self.laws.policy().model()) {
            let order = touch::order(&self.places, &self.usual, mutant.place());
            let trials: Vec<&Trial> = order.into_iter().filter_map(|at| self.trials.get(at)).collect();
            // Finding the assumptions that a decision rests on is expensive, so those are compared last.
            let first = trials.iter().find(|trial| !trial.holds_but_assumptions(&law));
            let last = || trials.iter().find(|trial| trial.looks_at_assumptions() && !trial.holds(&law));
            match first.or_else(last) {
                Some(trial) => MutantStatus::Killed(trial.name.clone()),
                None if self.same(&law) => MutantStatus::Equivalent,
                None => MutantStatus::Survived,
            }
        } else {
            let known: BTreeSet<&str> = self.trials.iter().map(|trial| trial.name.as_str()).collect();
            for file in self.files {
                let (trials, found) = file.bind(&law);
                if found.iter().any(|d| d.severity() == Severity::Error) {
                    return MutantStatus::Killed(file.name.clone());
                }
                let of_ours = trials.iter().filter(|trial| known.contains(trial.name.as_str()));
                if let Some(trial) = of_ours.into_iter().find(|trial| !trial.holds(&law)) {
                    return MutantStatus::Killed(trial.name.clone());
                }
            }
            MutantStatus::Survived
        }
    }

    /// True if a law has the same plans as the policy under all of `choices`: then it surely decides the same.
    fn same(&self, law: &Policy) -> bool {
        self.choices.iter().all(|choices| {
            let plans = (self.laws.policy().engine().plan(choices), law.engine().plan(choices));
            matches!(plans, (Ok(a), Ok(b)) if a.same_as(&b))
        })
    }
}

/// The defaults, the choices of each case, and the defaults with one assumption changed.
fn choices(policy: &Policy, trials: &[Trial]) -> Vec<Choices> {
    let defaults = Choices::defaults(policy.model());
    let mut found = vec![defaults.clone()];
    let mut add = |choices: Choices| {
        if !found.contains(&choices) {
            found.push(choices);
        }
    };
    trials.iter().filter_map(|trial| trial.options.choices.clone()).for_each(&mut add);
    for (index, assumption) in policy.model().assumptions.iter().enumerate() {
        for choice in 0..u32::try_from(assumption.choices.len()).unwrap_or(u32::MAX) {
            add(defaults.with(AssumptionId::new(index), choice));
        }
    }
    found
}
