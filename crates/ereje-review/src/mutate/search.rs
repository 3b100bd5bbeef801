//! Searches for facts that tell a survivor from the policy itself: the missing case.
//!
//! Comes in: the cases, and mutants that none of them notices. Goes out: for each mutant a case with a few facts from
//! other cases under which the two laws decide differently, if one is found. The result depends only on the cases and
//! the mutants.

use super::dice::Dice;
use super::laws::Mutant;
use super::run::Cases;
use crate::cases::Trial;
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::eval::Silence;
use ereje::explain::{Decision, Reason};
use ereje::facts::{self, FactSet};
use ereje::ids::FactId;
use ereje::mask::Mask;
use ereje::value::FactCell;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// Facts under which a wrong law decides differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Witness {
    /// The case that was changed.
    pub case: String,
    /// The facts that differ from the case, as a fact file writes them.
    pub change: Map<String, Json>,
    /// The decision of the policy itself.
    pub before: String,
    /// The decision of the wrong law.
    pub after: String,
}

/// The most facts of a case that are replaced.
const MOST: usize = 5;

/// The source of a fact's value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FactSource {
    /// Another case, by its index.
    Case(usize),
    /// There is no record.
    Absent,
    /// The registry does not answer.
    Unavailable,
    /// Nobody has asked.
    Unasked,
}

/// A case with other facts.
#[derive(Clone)]
struct FactRecipe {
    base: usize,
    taken: Vec<(FactId, FactSource)>,
}

impl FactRecipe {
    fn facts(&self, trials: &[Trial]) -> Option<(FactSet, DecideOptions)> {
        let base = trials.get(self.base)?;
        let mut facts = base.facts.clone();
        for (fact, from) in &self.taken {
            let cell = match from {
                FactSource::Case(place) => trials.get(*place)?.facts.get(*fact).clone(),
                FactSource::Absent => FactCell::Absent,
                FactSource::Unavailable => FactCell::Unavailable(Arc::from("timeout")),
                FactSource::Unasked => FactCell::Unasked,
            };
            facts.set(*fact, cell);
        }
        Some((facts, base.options.clone()))
    }
}

impl Cases<'_> {
    /// Searches `count` fact sets for one that tells each mutant apart; `on_done` is called after each mutant.
    pub fn search(&self, mutants: &[&Mutant], count: usize, on_done: &(dyn Fn() + Sync)) -> Vec<Option<Witness>> {
        let policy = self.laws().policy();
        let recipes = recipes(self.trials(), policy.model().facts.len(), count);
        let before: Vec<Option<ComparedDecision>> =
            recipes.par_iter().map(|r| answer(policy, self.trials(), r)).collect();
        let one = |mutant: &&Mutant| {
            let found = self.laws().law(mutant).and_then(|law| self.witness(&law, &recipes, &before));
            on_done();
            found
        };
        mutants.par_iter().map(one).collect()
    }

    fn witness(&self, law: &Policy, recipes: &[FactRecipe], before: &[Option<ComparedDecision>]) -> Option<Witness> {
        let policy = self.laws().policy();
        let bound;
        // If ids have changed, the facts of the cases are read again.
        let theirs = if law.model().asks_same(policy.model()) {
            self.trials()
        } else {
            bound = self.bound(law);
            let same = bound.len() == self.trials().len();
            same.then_some(bound.as_slice())?
        };
        let differ = |recipe: &FactRecipe| {
            let (was, is) = (answer(policy, self.trials(), recipe)?, answer(law, theirs, recipe)?);
            (was != is).then_some((was, is))
        };
        let mut tried = recipes.iter().zip(before);
        let (found, _) = tried.find(|(recipe, before)| answer(law, theirs, recipe) != **before)?;
        let mut recipe = found.clone();
        // Replacements that are not needed are undone.
        let mut at = 0;
        while at < recipe.taken.len() {
            let mut fewer = recipe.clone();
            fewer.taken.remove(at);
            if differ(&fewer).is_some() { recipe = fewer } else { at += 1 }
        }
        let (was, is) = differ(&recipe)?;
        let facts = recipe.facts(self.trials())?.0;
        let model = policy.model();
        let (before, after) = match policy.mask() {
            None => was.first_difference(&is, &was, &is),
            Some(mask) => {
                let theirs_mask = mask.for_other(model, law.model()).ok()?;
                let told = (
                    answer_told(policy, self.trials(), &recipe, Some(mask))?,
                    answer_told(law, theirs, &recipe, theirs_mask.as_ref())?,
                );
                let (before, after) = was.first_difference(&is, &told.0, &told.1);
                let after = if before == after { format!("{after} (another value)") } else { after };
                (before, after)
            }
        };
        let facts = match policy.mask() {
            Some(mask) => mask.facts(model, &facts, &model.facts.ids().collect::<Vec<_>>()),
            None => facts,
        };
        let written = facts::to_json(model, &facts);
        let value = |fact: FactId| {
            let fact = policy.model().facts.at(fact);
            let of = fact.group.as_ref().map_or(Some(&written), |group| written.get(group));
            (fact.path(), of.and_then(|of| of.get(&fact.datum.name)).cloned().unwrap_or(Silence::Unasked.word().into()))
        };
        let change = recipe.taken.iter().map(|(fact, _)| value(*fact)).collect();
        Some(Witness { case: self.trials().get(recipe.base)?.name.clone(), change, before, after })
    }
}

/// Every case as it is, followed by cases with facts of others.
fn recipes(trials: &[Trial], facts: usize, count: usize) -> Vec<FactRecipe> {
    let mut dice = Dice::of(0);
    let as_they_are = (0..trials.len()).map(|base| FactRecipe { base, taken: Vec::new() });
    let mut recipes: Vec<FactRecipe> = as_they_are.take(count).collect();
    while recipes.len() < count && !trials.is_empty() && facts > 0 {
        let base = dice.below(trials.len());
        let mut taken: Vec<(FactId, FactSource)> = Vec::new();
        for _ in 0..=dice.below(MOST) {
            let fact = FactId::new(dice.below(facts));
            if !taken.iter().any(|(known, _)| *known == fact) {
                let from = match dice.below(8) {
                    0 => FactSource::Absent,
                    1 => FactSource::Unavailable,
                    2 => FactSource::Unasked,
                    _ => FactSource::Case(dice.below(trials.len())),
                };
                taken.push((fact, from));
            }
        }
        taken.sort_unstable();
        recipes.push(FactRecipe { base, taken });
    }
    recipes
}

/// The parts of a decision that are compared.
#[derive(PartialEq)]
struct ComparedDecision {
    decided: String,
    notices: String,
    needs: String,
    outputs: Map<String, Json>,
}

fn answer(policy: &Policy, trials: &[Trial], recipe: &FactRecipe) -> Option<ComparedDecision> {
    answer_told(policy, trials, recipe, None)
}

/// What is decided, as it is told under a mask.
fn answer_told(
    policy: &Policy,
    trials: &[Trial],
    recipe: &FactRecipe,
    mask: Option<&Mask>,
) -> Option<ComparedDecision> {
    let (facts, options) = recipe.facts(trials)?;
    let whole = policy.engine().evaluate_without_assumptions(&facts, &options).ok()?;
    let decision = match mask {
        Some(mask) => mask.evaluated(policy.model(), whole),
        None => whole,
    };
    let decision = Decision::of(policy.engine(), decision);
    let Decision { outcome, reasons, notices, needs, outputs, .. } = decision;
    let codes = |list: &[Reason]| list.iter().map(|r| r.code.as_str()).collect::<Vec<_>>().join(" ");
    Some(ComparedDecision {
        decided: format!("{outcome} {}", codes(&reasons)).trim_end().to_owned(),
        notices: codes(&notices),
        needs: needs.iter().map(|need| need.fact.as_str()).collect::<Vec<_>>().join(" "),
        outputs,
    })
}

impl ComparedDecision {
    /// The first part in which the two differ, in words; values are those of the other two, which tell the same decisions.
    fn first_difference(&self, other: &Self, told: &Self, other_told: &Self) -> (String, String) {
        let named = |what: &str, a: &str, b: &str| {
            let none = |text: &str| if text.is_empty() { String::from("none") } else { text.to_owned() };
            (format!("{what}{}", none(a)), format!("{what}{}", none(b)))
        };
        if self.decided != other.decided {
            return (self.decided.clone(), other.decided.clone());
        }
        let names = self.outputs.keys().chain(other.outputs.keys());
        if let Some(name) = names.into_iter().find(|name| self.outputs.get(*name) != other.outputs.get(*name)) {
            let value = |answer: &Self| match answer.outputs.get(name) {
                Some(Json::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => String::new(),
            };
            return named(&format!("{name} "), &value(told), &value(other_told));
        }
        if self.notices != other.notices {
            return named("notices ", &self.notices, &other.notices);
        }
        named("needs ", &self.needs, &other.needs)
    }
}
