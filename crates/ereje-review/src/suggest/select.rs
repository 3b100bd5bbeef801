//! Finds the goals that no case reaches, and the suggestions for them: the most important first, without duplicates.

use super::attempt::{Attempt, reached};
use super::goals::{Objective, Rank, SuggestionGoal, goals, tell_apart};
use super::metered_engine::{MeteredEngine, Shared};
use super::scenario::Scenario;
use super::solve::{SearchSetup, solve};
use super::stand_in::stand_ins;
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::eval::with_room;
use ereje::explain::Decision;
use ereje::facts::{FactSet, nfc};
use ereje::ids::DecisionId;
use ereje::model::{Choices, Model};
use rayon::prelude::*;
use std::sync::atomic::AtomicU64;

/// The number of goals that are worked on at once.
const CHUNK: usize = 32;
/// The most work on all goals together, in scenarios: about ten seconds.
pub const MAX_WORK: u64 = 4_000_000;
/// The number of trials that are kept as starts.
const POOL: usize = 36;

/// Facts and a question to start with.
#[derive(Clone, Debug)]
pub struct SeedCase {
    /// The facts.
    pub facts: FactSet,
    /// The question besides them.
    pub options: DecideOptions,
}

/// The options of [`suggest`].
#[derive(Clone, Debug, Default)]
pub struct SuggestOptions {
    /// Only goals whose sentence contains this.
    pub filter: Option<String>,
    /// Only goals about an item with this name: a rule, an exception, a norm, a fact, an amendment with all that is in it, …
    pub item: Option<String>,
    /// Include goals that the trials already reach.
    pub all: bool,
    /// The most suggestions; `None` for no limit.
    pub limit: Option<usize>,
}

/// A missing case.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// A sentence about what it shows.
    pub name: String,
    /// The legal source that is cited for it.
    pub law: Option<String>,
    /// Sentences about other goals that it reaches.
    pub also: Vec<String>,
    /// Its facts.
    pub facts: FactSet,
    /// The question besides the facts.
    pub options: DecideOptions,
    /// Today's decision.
    pub decision: Decision,
}

/// The suggestions, and figures about the search.
#[derive(Clone, Debug, Default)]
pub struct SuggestReport {
    /// The most important first.
    pub suggestions: Vec<Suggestion>,
    /// The number of goals.
    pub goals: usize,
    /// The number of goals that were tried before there were enough suggestions.
    pub looked: usize,
    /// The number of those that the trials reach.
    pub known: usize,
    /// The number of further ones that the suggestions reach.
    pub reached: usize,
    /// True if the search ended at its limit of work before all goals were tried, or one of them was given up.
    pub tired: bool,
    /// The sentences of the goals for which nothing was found.
    pub open: Vec<String>,
}

impl SuggestOptions {
    fn include(&self, model: &Model, goal: &SuggestionGoal<'_>) -> bool {
        let named = self.filter.as_ref().is_none_or(|text| goal.name.contains(&*nfc(text)));
        named && self.item.as_ref().is_none_or(|item| is_about(model, goal, &nfc(item)))
    }
}

/// True if a goal is about an item of this name, or about something in an amendment of this name.
fn is_about(model: &Model, goal: &SuggestionGoal<'_>, item: &str) -> bool {
    let is_section = model.sections.iter().any(|section| section.name == item);
    let inside = |known: &String| known.strip_prefix(item).is_some_and(|rest| rest.starts_with('.'));
    goal.items.iter().any(|known| known == item || (is_section && inside(known)))
}

/// A suggestion before it is written in words.
struct Candidate {
    goal: usize,
    attempt: Attempt,
    also: Vec<usize>,
}

/// Facts near these for which the first decision has its last outcome; the same facts if none are found.
#[must_use]
pub fn with_last_outcome(policy: &Policy, facts: &FactSet) -> FactSet {
    let seed = SeedCase { facts: facts.clone(), options: DecideOptions::default() };
    let (shared, search) = (Shared::default(), AtomicU64::new(0));
    let engine = MeteredEngine::new(policy.engine(), &shared, &search);
    let found = room(policy, || super::solve::with_last_outcome(engine, &scenario(policy, &seed)));
    // A base consists of facts alone.
    let plain =
        found.filter(|s| s.as_of.is_none() && s.region.is_none() && s.choices == Choices::defaults(policy.model()));
    plain.map_or_else(|| facts.clone(), |scenario| scenario.facts)
}

/// Suggests cases for goals that no trial reaches. Suggestions change the first of the seeds.
#[must_use]
pub fn suggest(policy: &Policy, seeds: &[SeedCase], trials: &[SeedCase], options: &SuggestOptions) -> SuggestReport {
    let plan = policy.engine().default_plan();
    with_room(plan, || suggest_here(policy, seeds, trials, options)).unwrap_or_default()
}

fn suggest_here(policy: &Policy, seeds: &[SeedCase], trials: &[SeedCase], options: &SuggestOptions) -> SuggestReport {
    let (shared, search) = (Shared::default(), AtomicU64::new(0));
    let engine = MeteredEngine::new(policy.engine(), &shared, &search);
    let Some(base) = seeds.first().map(|seed| scenario(policy, seed)) else { return SuggestReport::default() };
    let decide = |seed: &SeedCase| Attempt::of(engine.searching(&AtomicU64::new(0)), scenario(policy, seed));
    let tried = |seeds: &[SeedCase]| -> Vec<Attempt> {
        seeds.par_iter().filter_map(|seed| room(policy, || decide(seed)).flatten()).collect()
    };
    // What is shown already is what the trials show; what is proposed starts from facts without masked values.
    let nobodys = policy.mask().map(|_| {
        let of =
            |seed: &SeedCase| Some(SeedCase { facts: stand_ins(policy, &seed.facts)?, options: seed.options.clone() });
        tried(&trials.iter().filter_map(of).collect::<Vec<_>>())
    });
    let trials = tried(trials);
    let mut pool: Vec<Attempt> = seeds.iter().filter_map(decide).collect();
    pool.extend(spread(nobodys.as_ref().unwrap_or(&trials), POOL).cloned());
    let mut all = goals(policy.model(), policy.sources());
    name_choices(policy, &mut all);
    tell_apart(&mut all);
    all.retain(|goal| options.include(policy.model(), goal));
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
    // The case for a setting is an unusual one, so it comes last and does not take the place of an ordinary case.
    let is_setting = |index: &usize| all.get(*index).is_some_and(|goal| goal.rank == Rank::Setting);
    let (settings, others): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(is_setting);
    let left = work.round(others);
    work.report.tired = !left.is_empty() && !work.is_full();
    // Goals about what a decision depends on start from the attempts found meanwhile.
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
    report.tired |= engine.was_tired();
    report.suggestions = found.iter().filter_map(|found| suggestion(policy, &all, found)).collect();
    report
}

/// The work on all goals.
struct Work<'w, 'e> {
    policy: &'e Policy,
    engine: MeteredEngine<'e>,
    options: &'w SuggestOptions,
    base: &'w Scenario,
    goals: &'w [SuggestionGoal<'e>],
    /// The existing trials.
    known: Vec<&'w Attempt>,
    /// The scenarios to start from.
    pool: Vec<Attempt>,
    found: Vec<Candidate>,
    unmet: Vec<usize>,
    report: SuggestReport,
}

/// The result for a goal.
enum GoalResult {
    /// A trial reaches it.
    Known,
    /// Nothing was found.
    Unmet,
    /// This attempt reaches it.
    Solved(Box<Attempt>),
}

impl Work<'_, '_> {
    fn is_full(&self) -> bool {
        self.options.limit.is_some_and(|limit| self.found.len() >= limit)
    }

    /// Works on goals, some at a time, on all cores; the result does not depend on the number of cores. Returns the
    /// goals that it did not get to.
    fn round(&mut self, indices: Vec<usize>) -> Vec<usize> {
        let mut fresh: Vec<usize> = indices;
        while !fresh.is_empty() && !self.is_full() && self.engine.spent() < MAX_WORK {
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
        let search = AtomicU64::new(0);
        let engine = self.engine.searching(&search);
        let look = || {
            let goal = self.goals.get(index)?;
            if !self.options.all && reached(engine, goal, &self.known).is_some() {
                return Some(GoalResult::Known);
            }
            // In the second round, an attempt found in the first may reach it.
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
                // It may be tried a second time.
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

/// Runs `work` on a stack that is deep enough for the policy.
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

/// Some of a list, evenly spread.
fn spread<T>(list: &[T], count: usize) -> impl Iterator<Item = &T> {
    list.iter().step_by(list.len().div_ceil(count.max(1)).max(1))
}

/// Gives goals about a choice the name under which the policy writes the choice.
fn name_choices(policy: &Policy, goals: &mut [SuggestionGoal<'_>]) {
    for goal in goals {
        if let Objective::Choice(id, index) = goal.objective {
            let written = policy.engine().written_choices(id);
            let choice = written.get(index as usize).map_or("", String::as_str);
            goal.name = format!("{}{choice}`", goal.name);
        }
    }
}

/// Removes candidates whose goals others reach as well.
fn fewer<'e>(engine: MeteredEngine<'e>, all: &[SuggestionGoal<'e>], mut found: Vec<Candidate>) -> Vec<Candidate> {
    let mut index = 0;
    while index < found.len() {
        let Some(this) = found.get(index) else { break };
        let goals: Vec<usize> = std::iter::once(this.goal).chain(this.also.iter().copied()).collect();
        // Only a plain rule, outcome or notice can be shown by another case; a special goal needs its own.
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

/// Writes a suggestion in words.
fn suggestion(policy: &Policy, all: &[SuggestionGoal<'_>], found: &Candidate) -> Option<Suggestion> {
    let goal = all.get(found.goal)?;
    let scenario = &found.attempt.scenario;
    let options = scenario.options();
    // The facts are nobody's, so what is decided of them may be told.
    let decision = Decision::of(policy.engine(), policy.engine().evaluate(&scenario.facts, &options).ok()?);
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
