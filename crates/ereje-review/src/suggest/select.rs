//! Which goals no case reaches, and the suggestions for them: the most telling first, none twice.

use super::attempt::{Attempt, reached};
use super::goals::{Objective, Rank, SuggestionGoal, goals, tell_apart};
use super::metered_engine::{MeteredEngine, Shared};
use super::scenario::Scenario;
use super::solve::{SearchSetup, solve};
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::eval::with_room;
use ereje::explain::Decision;
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::model::Choices;
use rayon::prelude::*;

/// How many goals are worked on at once.
const CHUNK: usize = 32;
/// The most work on all goals together, in scenarios looked at: some ten seconds.
const MOST: u64 = 4_000_000;
/// How many trials are kept to change.
const POOL: usize = 36;

/// Facts to begin with.
#[derive(Clone, Debug)]
pub struct SeedCase {
    /// The facts.
    pub facts: FactSet,
    /// What is asked besides them.
    pub options: DecideOptions,
}

/// What is wanted of [`suggest`].
#[derive(Clone, Debug, Default)]
pub struct SuggestOptions {
    /// Only goals whose sentence has this in it.
    pub filter: Option<String>,
    /// Only goals about an item of this name: a rule, an exception, a norm, a fact, …
    pub item: Option<String>,
    /// Also goals that the trials reach already.
    pub all: bool,
    /// The most suggestions; none: no limit.
    pub limit: Option<usize>,
}

/// A case that is missing.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What it shows, as a sentence.
    pub name: String,
    /// What is cited for it.
    pub law: Option<String>,
    /// What else it shows.
    pub also: Vec<String>,
    /// Its facts.
    pub facts: FactSet,
    /// What is asked besides the facts.
    pub options: DecideOptions,
    /// What is decided today.
    pub decision: Decision,
}

/// The suggestions, and how far they go.
#[derive(Clone, Debug, Default)]
pub struct SuggestReport {
    /// The most telling first.
    pub suggestions: Vec<Suggestion>,
    /// How many goals there are.
    pub goals: usize,
    /// How many were looked at before there were enough suggestions.
    pub looked: usize,
    /// How many of them the trials reach.
    pub known: usize,
    /// How many more the suggestions reach.
    pub reached: usize,
    /// Whether the search was given up before all were looked at.
    pub tired: bool,
    /// The goals that nothing was found for, by their sentences.
    pub open: Vec<String>,
}

impl SuggestOptions {
    fn include(&self, goal: &SuggestionGoal<'_>) -> bool {
        let named = self.filter.as_ref().is_none_or(|text| goal.name.contains(text.as_str()));
        named && self.item.as_ref().is_none_or(|item| goal.items.iter().any(|known| known == item))
    }
}

/// A suggestion before it is put into words.
struct Candidate {
    goal: usize,
    attempt: Attempt,
    also: Vec<usize>,
}

/// Facts near these for which the first decision has its last outcome; the same facts where none are found.
#[must_use]
pub fn with_last_outcome(policy: &Policy, facts: &FactSet) -> FactSet {
    let seed = SeedCase { facts: facts.clone(), options: DecideOptions::default() };
    let shared = Shared::default();
    let engine = MeteredEngine::new(policy.engine(), &shared);
    let found = room(policy, || super::solve::with_last_outcome(engine, &scenario(policy, &seed)));
    // A base is facts alone.
    let plain =
        found.filter(|s| s.as_of.is_none() && s.region.is_none() && s.choices == Choices::defaults(policy.model()));
    plain.map_or_else(|| facts.clone(), |scenario| scenario.facts)
}

/// What no trial shows. The first of the starts is what suggestions are changes to.
#[must_use]
pub fn suggest(policy: &Policy, seeds: &[SeedCase], trials: &[SeedCase], options: &SuggestOptions) -> SuggestReport {
    let plan = policy.engine().default_plan();
    with_room(plan, || suggest_here(policy, seeds, trials, options)).unwrap_or_default()
}

fn suggest_here(policy: &Policy, seeds: &[SeedCase], trials: &[SeedCase], options: &SuggestOptions) -> SuggestReport {
    let shared = Shared::default();
    let engine = MeteredEngine::new(policy.engine(), &shared);
    let Some(base) = seeds.first().map(|seed| scenario(policy, seed)) else { return SuggestReport::default() };
    let decide = |seed: &SeedCase| Attempt::of(engine, scenario(policy, seed));
    let trials: Vec<Attempt> = trials.par_iter().filter_map(|seed| room(policy, || decide(seed)).flatten()).collect();
    let mut pool: Vec<Attempt> = seeds.iter().filter_map(decide).collect();
    pool.extend(spread(&trials, POOL).cloned());
    let mut all = goals(policy.model(), policy.sources());
    name_choices(policy, &mut all);
    tell_apart(&mut all);
    all.retain(|goal| options.include(goal));
    let mut work = Work {
        policy,
        engine,
        options,
        base: &base,
        goals: &all,
        known: trials.iter().collect(),
        pool,
        found: Vec::new(),
        unmet: Vec::new(),
        report: SuggestReport { goals: all.len(), ..SuggestReport::default() },
    };
    // A setting's case is an odd one: it comes when all else has been shown, so that it stands in for nothing else.
    let is_setting = |index: &usize| all.get(*index).is_some_and(|goal| goal.rank == Rank::Setting);
    let (settings, others): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(is_setting);
    let left = work.round(others);
    work.report.tired = !left.is_empty() && !work.is_full();
    // What turns on something is found among what was found since.
    let turning = |index: &usize| {
        let objective = all.get(*index).map(|goal| &goal.objective);
        matches!(objective, Some(Objective::State { .. } | Objective::Choice(..) | Objective::Outcome(_)))
    };
    let (again, unmet): (Vec<usize>, Vec<usize>) = std::mem::take(&mut work.unmet).into_iter().partition(turning);
    let left = work.round(again);
    work.unmet.extend(unmet.into_iter().chain(left));
    let left = work.round(settings);
    work.report.tired |= !left.is_empty() && !work.is_full();
    work.unmet.sort_unstable();
    let Work { found, unmet, mut report, .. } = work;
    report.looked += unmet.len();
    report.open = unmet.into_iter().filter_map(|index| all.get(index).map(|goal| goal.name.clone())).collect();
    let found = fewer(engine, &all, found);
    report.suggestions = found.iter().filter_map(|found| tell(policy, &all, found)).collect();
    report
}

/// The work on all goals.
struct Work<'w, 'e> {
    policy: &'e Policy,
    engine: MeteredEngine<'e>,
    options: &'w SuggestOptions,
    base: &'w Scenario,
    goals: &'w [SuggestionGoal<'e>],
    /// The trials that there are.
    known: Vec<&'w Attempt>,
    /// What can be changed.
    pool: Vec<Attempt>,
    found: Vec<Candidate>,
    unmet: Vec<usize>,
    report: SuggestReport,
}

/// What came of a goal.
enum GoalResult {
    /// A trial reaches it.
    Known,
    /// Nothing was found.
    Unmet,
    /// This reaches it.
    Solved(Box<Attempt>),
}

impl Work<'_, '_> {
    fn is_full(&self) -> bool {
        self.options.limit.is_some_and(|limit| self.found.len() >= limit)
    }

    /// Works on some goals, some at a time on all cores; what comes of it does not depend on how many there are.
    /// Gives those that it did not come to.
    fn round(&mut self, indices: Vec<usize>) -> Vec<usize> {
        let mut fresh: Vec<usize> = indices;
        while !fresh.is_empty() && !self.is_full() && self.engine.spent() < MOST {
            let rest = fresh.split_off(fresh.len().min(CHUNK));
            let looked: Vec<(usize, GoalResult)> = fresh.par_iter().map(|index| (*index, self.look(*index))).collect();
            for (index, looked) in looked {
                self.take(index, looked);
            }
            fresh = rest;
        }
        fresh
    }

    fn look(&self, index: usize) -> GoalResult {
        let engine = self.engine;
        let look = || {
            let goal = self.goals.get(index)?;
            if !self.options.all && reached(engine, goal, &self.known).is_some() {
                return Some(GoalResult::Known);
            }
            // In the second round, what was found in the first may show it.
            let setup = SearchSetup { engine, base: self.base, pool: &self.pool };
            let attempt = solve(&setup, goal).and_then(|scenario| Attempt::of(engine, scenario))?;
            Some(GoalResult::Solved(Box::new(attempt)))
        };
        room(self.policy, look).flatten().unwrap_or(GoalResult::Unmet)
    }

    fn take(&mut self, index: usize, looked: GoalResult) {
        let Some(goal) = self.goals.get(index) else { return };
        if self.is_full() {
            return;
        }
        self.report.looked += 1;
        let attempt = match looked {
            GoalResult::Known => {
                self.report.known += 1;
                return;
            }
            GoalResult::Unmet => {
                // It may be looked at once more.
                self.report.looked -= 1;
                self.unmet.push(index);
                return;
            }
            GoalResult::Solved(attempt) => *attempt,
        };
        let same = self.found.iter().position(|f| f.attempt.scenario == attempt.scenario);
        let others = || self.found.iter().map(|f| &f.attempt).collect::<Vec<_>>();
        if let Some(home) = same.or_else(|| reached(self.engine, goal, &others())) {
            self.report.reached += 1;
            if let Some(home) = self.found.get_mut(home) {
                home.also.push(index);
            }
        } else if !self.options.all && self.known.iter().any(|t| t.scenario == attempt.scenario) {
            self.report.known += 1;
        } else {
            self.report.reached += 1;
            if self.pool.len() < 9 * POOL {
                self.pool.push(attempt.clone());
            }
            self.found.push(Candidate { goal: index, attempt, also: Vec::new() });
        }
    }
}

/// Works with a stack that is deep enough for the policy.
fn room<T: Send>(policy: &Policy, work: impl FnOnce() -> T + Send) -> Option<T> {
    with_room(policy.engine().default_plan(), work)
}

fn scenario(policy: &Policy, seed: &SeedCase) -> Scenario {
    let options = &seed.options;
    Scenario {
        facts: seed.facts.clone(),
        decision: options.decision.unwrap_or(DecisionId(0)),
        as_of: options.as_of,
        region: options.region,
        choices: options.choices.clone().unwrap_or_else(|| Choices::defaults(policy.model())),
    }
}

/// So many of a list, from all over it.
fn spread<T>(list: &[T], count: usize) -> impl Iterator<Item = &T> {
    list.iter().step_by(list.len().div_ceil(count.max(1)).max(1))
}

/// Goals about a choice are named as the policy writes the choice.
fn name_choices(policy: &Policy, goals: &mut [SuggestionGoal<'_>]) {
    for goal in goals {
        if let Objective::Choice(id, index) = goal.objective {
            let written = policy.engine().written_choices(id);
            let choice = written.get(index as usize).map_or("", String::as_str);
            goal.name = format!("{}{choice}`", goal.name);
        }
    }
}

/// Without those whose goals others reach as well.
fn fewer<'e>(engine: MeteredEngine<'e>, all: &[SuggestionGoal<'e>], mut found: Vec<Candidate>) -> Vec<Candidate> {
    let mut index = 0;
    while index < found.len() {
        let Some(this) = found.get(index) else { break };
        let goals: Vec<usize> = std::iter::once(this.goal).chain(this.also.iter().copied()).collect();
        // Only a plain rule or outcome is shown by the way; what is special deserves a case of its own.
        let plain =
            all.get(this.goal).is_some_and(|goal| matches!(goal.rank, Rank::Rule | Rank::Outcome | Rank::Notice));
        let ordinary = |found: &Candidate| all.get(found.goal).is_some_and(|goal| goal.rank != Rank::Setting);
        let others = found.iter().enumerate().filter(|(other, found)| *other != index && ordinary(found));
        let others: Vec<(usize, &Attempt)> = others.map(|(other, f)| (other, &f.attempt)).collect();
        let attempts: Vec<&Attempt> = others.iter().map(|(_, t)| *t).collect();
        let homes: Option<Vec<(usize, usize)>> = goals
            .iter()
            .map(|goal| {
                let at = reached(engine, all.get(*goal)?, &attempts)?;
                Some((*goal, others.get(at)?.0))
            })
            .collect();
        match homes.filter(|_| plain) {
            Some(homes) => {
                for (goal, home) in homes {
                    if let Some(home) = found.get_mut(home) {
                        home.also.push(goal);
                    }
                }
                found.remove(index);
            }
            None => index += 1,
        }
    }
    found
}

/// A suggestion in words.
fn tell(policy: &Policy, all: &[SuggestionGoal<'_>], found: &Candidate) -> Option<Suggestion> {
    let goal = all.get(found.goal)?;
    let scenario = &found.attempt.scenario;
    let options = scenario.options();
    let decision = policy.decide_with(&scenario.facts, &options).ok()?;
    let mut also: Vec<usize> = found.also.clone();
    also.sort_unstable();
    Some(Suggestion {
        name: goal.name.clone(),
        law: goal.law.clone(),
        also: also.into_iter().filter_map(|index| all.get(index)).map(|goal| goal.name.clone()).collect(),
        facts: scenario.facts.clone(),
        options,
        decision,
    })
}
