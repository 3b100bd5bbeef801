//! Finds a scenario for a goal: starting from the base, moved to a cell in which the goal can be reached, or from an
//! earlier attempt.

use super::attempt::{Attempt, contexts, depends, places_of, rests_on, rests_on_setting, variables};
use super::boundary::{Variable, boundaries_of};
use super::goals::{GoalPath, Objective, Setting, SuggestionGoal};
use super::metered_engine::MeteredEngine;
use super::moves::{at_day, governing, in_region};
use super::path_evaluator::PathEvaluator;
use super::scenario::{Scenario, datum, places};
use super::search::{how_far, reach};
use chrono::{Datelike, Months, NaiveDate};
use ereje::eval::Origin;
use ereje::ids::{AssumptionId, RegionId, SectionId};
use ereje::model::HandlerOwner;
use ereje::model::{Item, ProvisionKind, Scope, Type};
use ereje::syntax::ast::State;
use ereje::value::{FactCell, FactPath, Period, Value, months_between};
use std::collections::BTreeSet;

/// The most scenarios that are evaluated on one path to a goal.
const TRIALS: u32 = 6_000;
/// The most starts of a search.
const STARTS: usize = 4;
/// The most earlier attempts that are used as starts, and for changes of day, place, state and choice.
const POOLED: usize = 48;
/// The most rounds in search of a base with the last outcome.
const MAX_ROUNDS: usize = 16;
/// The most elements of a list that get a state.
const ELEMENTS: usize = 2;
/// The most scenarios that are decided in one search for dates at the ends of months.
const MONTH_ENDS: u32 = 4_000;
/// The most years that are tried for a count of months.
const YEARS: usize = 2;
/// The most dates that are counted to.
const MAX_ENDS: usize = 6;
/// The greatest age in years, and the longest term in months, that are tried if none is known.
const MAX_AGE: i64 = 100;
const MAX_TERM: i64 = 60;

/// What the search for one goal can use.
pub(super) struct SearchSetup<'g, 'e> {
    pub(super) engine: MeteredEngine<'e>,
    /// The scenario to change.
    pub(super) base: &'g Scenario,
    /// Earlier attempts.
    pub(super) pool: &'g [Attempt],
}

/// A scenario that reaches a goal.
pub(super) fn solve<'e>(setup: &SearchSetup<'_, 'e>, goal: &SuggestionGoal<'e>) -> Option<Scenario> {
    let mut base = setup.base.clone();
    base.decision = goal.decision.unwrap_or(base.decision);
    match &goal.objective {
        Objective::Reach(paths) => {
            let mut second = None;
            for path in paths {
                match reach_by(setup, &base, path) {
                    Some((scenario, true)) => return Some(scenario),
                    Some((scenario, false)) => second = second.or(Some(scenario)),
                    None => {}
                }
            }
            second
        }
        Objective::Edge { paths, side } => paths.iter().find_map(|path| edge(setup, &base, path, *side)),
        Objective::Day { day, other, regions, choice } => on_day(setup, &base, (*day, *other), *regions, *choice),
        Objective::State { datum, state } => silent(setup, *datum, *state),
        Objective::Region(regions) => elsewhere(setup, &base, regions),
        Objective::Choice(id, index) => chosen(setup, *id, *index),
        Objective::Setting { setting, dates } => at_month_end(setup, &base, *setting, dates),
        Objective::Outcome(level) => {
            let wanted = ereje::eval::Verdict::Outcome(*level);
            let fits =
                |attempt: &&Attempt| attempt.outcome.verdict == wanted && attempt.scenario.decision == base.decision;
            setup.pool.iter().find(fits).map(|attempt| attempt.scenario.clone())
        }
    }
}

/// A scenario near another whose decision has its last outcome; the same scenario if none is found.
pub(super) fn with_last_outcome(engine: MeteredEngine<'_>, base: &Scenario) -> Scenario {
    let levels = engine.model().decisions.at(base.decision).outcomes.len();
    let last = u32::try_from(levels).unwrap_or(0).checked_sub(1);
    let mut nearer = base.clone();
    for _ in 0..MAX_ROUNDS {
        let Some(outcome) = super::attempt::decided(engine, &nearer) else { break };
        if let (ereje::eval::Verdict::Outcome(level), Some(last)) = (&outcome.verdict, last)
            && *level == last
        {
            return nearer;
        }
        let before = nearer.clone();
        for given in &outcome.reasons {
            if let Origin::Rule(rule) = given.origin {
                let path = GoalPath::off(rule);
                nearer = reach(&PathEvaluator::new(engine, &path, TRIALS), &nearer).unwrap_or(nearer);
            }
        }
        if nearer == before {
            break;
        }
    }
    base.clone()
}

/// A scenario in which the condition of a path holds, and whether the decision shows it.
fn reach_by<'e>(setup: &SearchSetup<'_, 'e>, base: &Scenario, path: &GoalPath<'e>) -> Option<(Scenario, bool)> {
    let evaluator = PathEvaluator::new(setup.engine, path, TRIALS);
    let mut second = None;
    for start in starts(setup, &evaluator, base, path) {
        let Some(scenario) = reach(&evaluator, &start) else { continue };
        if shown(setup.engine, path, &scenario) {
            return Some((scenario, true));
        }
        second = second.or(Some(scenario));
        if evaluator.is_spent() {
            break;
        }
    }
    second.map(|scenario| (scenario, false))
}

/// True if the owner of the path, if it has one, gives its reason.
fn shown(engine: MeteredEngine<'_>, path: &GoalPath<'_>, scenario: &Scenario) -> bool {
    let Some(owner) = path.owner() else { return true };
    let origin = match engine.model().provisions.at(owner.provision).kind {
        ProvisionKind::Rule => Origin::Rule(owner),
        ProvisionKind::Notice => Origin::Notice(owner),
    };
    let outcome = super::attempt::decided(engine, scenario);
    outcome.is_some_and(|o| o.reasons.iter().chain(&o.notices).any(|given| given.origin == origin))
}

/// The starts of a search: the base, moved to days and places at which the goal can be reached, then the nearest of the
/// earlier attempts.
fn starts<'e>(
    setup: &SearchSetup<'_, 'e>,
    evaluator: &PathEvaluator<'_, 'e>,
    base: &Scenario,
    path: &GoalPath<'e>,
) -> Vec<Scenario> {
    let mut starts = settled(setup.engine, evaluator, base, &path.scopes);
    let mut near: Vec<(u32, &Scenario)> = Vec::new();
    for attempt in setup.pool.iter().rev().take(POOLED) {
        if attempt.scenario.decision == base.decision {
            near.push((how_far(evaluator, &attempt.scenario), &attempt.scenario));
        }
    }
    near.sort_by_key(|(far, _)| *far);
    for (_, scenario) in near.into_iter().take(2) {
        if !starts.contains(scenario) {
            starts.push(scenario.clone());
        }
    }
    starts.truncate(STARTS);
    starts
}

/// The base, moved to days and places that all of these scopes cover.
fn settled(
    engine: MeteredEngine<'_>,
    evaluator: &PathEvaluator<'_, '_>,
    base: &Scenario,
    scopes: &[&Scope],
) -> Vec<Scenario> {
    let model = engine.model();
    let policy = model.parts(Item::Section(SectionId(0))).scope;
    let scopes: Vec<&Scope> = scopes.iter().copied().chain(policy).collect();
    let period = scopes.iter().fold(Period::default(), |p, scope| p.and(scope.period(model, &base.choices)));
    let now = governing(&engine, base);
    let mut days: Vec<NaiveDate> = Vec::new();
    let usual = now.map(|(day, _)| day).or(NaiveDate::from_ymd_opt(2026, 1, 15));
    days.extend(usual.filter(|day| period.contains(*day)));
    // A day inside a period is more likely to be ordinary than the first or the last.
    let inside = period.from.and_then(|from| from.checked_add_days(chrono::Days::new(30)));
    days.extend([period.from, inside, period.through].into_iter().flatten().filter(|day| period.contains(*day)));
    let covered = |region: RegionId| scopes.iter().all(|scope| scope.covers_region(Some(region)));
    let here = now.and_then(|(_, place)| place).filter(|place| covered(*place));
    let others = super::values::leaves(model).filter(|region| covered(*region)).take(8);
    let all = (0..model.regions.len()).map(RegionId::new).filter(|region| covered(*region)).take(1);
    let mut regions: Vec<Option<RegionId>> = here.into_iter().chain(others).chain(all).map(Some).collect();
    if !model.as_of.names_a_region() || regions.is_empty() {
        regions = vec![None];
    }
    let mut found: Vec<Scenario> = Vec::new();
    for region in regions {
        for day in &days {
            let there = at_day(&engine, base, *day, true);
            let there = region.map_or_else(|| there.clone(), |region| in_region(&engine, &there, region));
            let possible = evaluator.look(&there, |_, constraint, _| constraint.possible()).unwrap_or(false);
            if possible && !found.contains(&there) && found.len() < 2 {
                found.push(there);
            }
        }
    }
    found
}

/// A scenario next to the boundary of a comparison, on one side.
fn edge<'e>(setup: &SearchSetup<'_, 'e>, base: &Scenario, path: &GoalPath<'e>, side: bool) -> Option<Scenario> {
    let evaluator = PathEvaluator::new(setup.engine, path, TRIALS);
    let site = path.site()?;
    for start in starts(setup, &evaluator, base, path) {
        let Some(reached) = reach(&evaluator, &start) else { continue };
        for context in contexts(setup.engine.model(), path) {
            if evaluator.truth(&reached, &context, site.expr) != Some(side) {
                continue;
            }
            for variable in variables(&evaluator, &reached, &context, site.expr) {
                let mut look = |other: &Scenario| evaluator.truth(other, &context, site.expr);
                for boundary in boundaries_of(&evaluator, &reached, site.expr, &variable, Some(side), None, &mut look) {
                    let last = variable.set(&evaluator, &reached, &boundary.last);
                    if let Some(last) = last.filter(|last| how_far(&evaluator, last) == 0) {
                        return Some(last);
                    }
                }
            }
        }
        if evaluator.is_spent() {
            return None;
        }
    }
    None
}

/// The earlier attempts with the same decision.
fn pooled<'g>(setup: &SearchSetup<'g, '_>, base: &Scenario) -> impl Iterator<Item = &'g Attempt> {
    let decision = base.decision;
    setup.pool.iter().filter(move |attempt| attempt.scenario.decision == decision).take(POOLED)
}

/// A scenario governed by a day, if possible one for which the neighbouring day would change the decision.
fn on_day(
    setup: &SearchSetup<'_, '_>,
    base: &Scenario,
    (day, other): (NaiveDate, NaiveDate),
    regions: Option<&BTreeSet<RegionId>>,
    choice: Option<(AssumptionId, u32)>,
) -> Option<Scenario> {
    let engine = setup.engine;
    let moved = |scenario: &Scenario, day| {
        let choices = choice.map_or_else(|| scenario.choices.clone(), |(id, index)| scenario.choices.with(id, index));
        let there = Scenario { choices, ..scenario.clone() };
        let there = at_day(&engine, &there, day, true);
        let place = governing(&engine, &there).and_then(|(_, place)| place);
        let inside = regions.is_none_or(|regions| place.is_some_and(|place| regions.contains(&place)));
        if inside {
            return there;
        }
        let leaf = super::values::leaves(engine.model()).find(|region| regions.is_some_and(|r| r.contains(region)));
        leaf.map_or_else(|| there.clone(), |region| in_region(&engine, &there, region))
    };
    let first = Some(base).into_iter().chain(pooled(setup, base).map(|attempt| &attempt.scenario));
    for scenario in first {
        let there = moved(scenario, day);
        let a = Attempt::of(engine, there.clone())?;
        let b = Attempt::of(engine, moved(scenario, other))?;
        if a.day == Some(day) && !a.alike(&b) {
            return Some(there);
        }
    }
    Some(moved(base, day))
}

/// A scenario whose decision depends on a datum in a state.
fn silent(setup: &SearchSetup<'_, '_>, datum: HandlerOwner, state: Option<State>) -> Option<Scenario> {
    let model = setup.engine.model();
    let mut second = None;
    for attempt in setup.pool {
        for place in places_of(model, &attempt.scenario, datum, ELEMENTS) {
            let cell = match state {
                Some(State::Absent) => FactCell::Absent,
                Some(State::Unavailable) => FactCell::Unavailable("timeout".into()),
                None => FactCell::Unasked,
            };
            let Some(other) = attempt.scenario.with(model, &place, cell) else { continue };
            let Some(other) = Attempt::of(setup.engine, other) else { continue };
            if other.alike(attempt) {
                continue;
            }
            if other.turns_on(&place) {
                return Some(other.scenario);
            }
            // The second choice: the decision differs, but no reason, need or block names the place.
            let means = state == Some(State::Absent) && super::attempt::means(model, datum);
            if second.is_none() && (means || rests_on(setup.engine, &other, &place)) {
                second = Some(other.scenario);
            }
        }
    }
    second
}

/// A scenario in one of these regions, if possible one for which its old place would change the decision.
fn elsewhere(setup: &SearchSetup<'_, '_>, base: &Scenario, regions: &[RegionId]) -> Option<Scenario> {
    let engine = setup.engine;
    let leaf = super::values::leaves(engine.model()).find(|region| regions.contains(region));
    let region = leaf.or(regions.first().copied())?;
    for attempt in pooled(setup, base) {
        let other = Attempt::of(engine, in_region(&engine, &attempt.scenario, region))?;
        if other.place == Some(region) && !other.alike(attempt) {
            return Some(other.scenario);
        }
    }
    let there = in_region(&engine, base, region);
    (governing(&engine, &there)?.1 == Some(region)).then_some(there)
}

/// A scenario that depends on a choice.
fn chosen(setup: &SearchSetup<'_, '_>, id: AssumptionId, index: u32) -> Option<Scenario> {
    for attempt in setup.pool {
        let choices = attempt.scenario.choices.with(id, index);
        let other = Attempt::of(setup.engine, Scenario { choices, ..attempt.scenario.clone() });
        if let Some(other) = other.filter(|other| depends(setup.engine, other, id)) {
            return Some(other.scenario);
        }
    }
    None
}

/// A scenario whose decision depends on a setting: a date at the end of a month, from which months are counted to the
/// last day of a February or the day after it.
fn at_month_end(
    setup: &SearchSetup<'_, '_>,
    base: &Scenario,
    setting: Setting,
    dates: &BTreeSet<HandlerOwner>,
) -> Option<Scenario> {
    let mut search = MonthEnds { engine: setup.engine, setting, left: MONTH_ENDS };
    // An attempt at the edge of a comparison has just the distance between dates that the policy compares.
    for to_day in [true, false] {
        search.left = MONTH_ENDS;
        let found = setup.pool.iter().rev().map(|attempt| (&attempt.scenario, true));
        for (scenario, compared) in [(base, false)].into_iter().chain(found) {
            for from in search.starts(scenario, dates) {
                for to in search.ends(scenario, &from, to_day) {
                    let Some(length) = search.length(scenario, &from, &to) else { continue };
                    // The distance is that of the base, so no search has moved these two dates.
                    if compared && search.length(base, &from, &to) == Some(length) {
                        continue;
                    }
                    for months in [length, length + 1, length - 1] {
                        if let Some(found) = search.counted(scenario, &from, &to, months) {
                            return Some(found);
                        }
                    }
                }
            }
        }
    }
    // Otherwise all counts are tried: years for an age, months for a term.
    search.left = MONTH_ENDS;
    let lengths: Vec<i64> = match setting {
        Setting::LeapBirthday => (1..=MAX_AGE).map(|years| years * 12).collect(),
        Setting::MonthEnd => (1..=MAX_TERM).flat_map(|months| [months, -months]).collect(),
    };
    for from in search.starts(base, dates) {
        for months in &lengths {
            if let Some(found) = search.counted(base, &from, &Variable::Day, *months) {
                return Some(found);
            }
        }
    }
    None
}

/// The search for dates at the ends of months.
struct MonthEnds<'e> {
    engine: MeteredEngine<'e>,
    setting: Setting,
    /// How many scenarios may still be decided.
    left: u32,
}

impl MonthEnds<'_> {
    /// The dates that a count can start from.
    fn starts(&self, scenario: &Scenario, dates: &BTreeSet<HandlerOwner>) -> Vec<Variable> {
        let model = self.engine.model();
        let places = dates.iter().flat_map(|owner| places_of(model, scenario, *owner, ELEMENTS)).map(Variable::Fact);
        let day = match self.setting {
            Setting::LeapBirthday => None,
            Setting::MonthEnd => Some(Variable::Day),
        };
        places.chain(day).collect()
    }

    /// The dates that a count can end at: the governing date, or the other dates.
    fn ends(&self, scenario: &Scenario, from: &Variable, to_day: bool) -> Vec<Variable> {
        if to_day {
            return vec![Variable::Day];
        }
        let model = self.engine.model();
        let is_date = |place: &FactPath| datum(model, place).is_some_and(|(_, ty)| ty == Type::Date);
        let all = places(model, &scenario.facts, ELEMENTS).into_iter().filter(is_date).map(Variable::Fact);
        all.filter(|variable| variable != from).take(MAX_ENDS).collect()
    }

    fn date(&self, scenario: &Scenario, variable: &Variable) -> Option<NaiveDate> {
        match variable {
            Variable::Day => governing(&self.engine, scenario).map(|(day, _)| day),
            Variable::Fact(place) => match scenario.cell(self.engine.model(), place)? {
                FactCell::Known(Value::Date(date)) => Some(date),
                FactCell::Known(_) | FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => None,
            },
        }
    }

    fn moved(&self, scenario: &Scenario, variable: &Variable, day: NaiveDate) -> Option<Scenario> {
        match variable {
            Variable::Day => Some(at_day(&self.engine, scenario, day, true)),
            Variable::Fact(place) => scenario.with(self.engine.model(), place, FactCell::Known(Value::Date(day))),
        }
    }

    /// The number of months between two dates of a scenario.
    fn length(&self, scenario: &Scenario, from: &Variable, to: &Variable) -> Option<i64> {
        Some(months_between(self.date(scenario, from)?, self.date(scenario, to)?, self.engine.model().month_end))
    }

    /// A scenario in which `months` are counted from the end of a month to a February that lacks the day.
    fn counted(&mut self, scenario: &Scenario, from: &Variable, to: &Variable, months: i64) -> Option<Scenario> {
        let near = self.date(scenario, to)?.year();
        let mut attempts = 0;
        for year in [0, 1, -1, 2, -2, 3, -3].map(|more| near + more) {
            let first = NaiveDate::from_ymd_opt(year, 2, 1)?;
            let back = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
            let start = if months < 0 { first.checked_add_months(back) } else { first.checked_sub_months(back) };
            let Some(start) = start.and_then(last_of_month) else { continue };
            let wanted = match self.setting {
                Setting::LeapBirthday => (start.month(), start.day()) == (2, 29),
                Setting::MonthEnd => start.day() > last_of_month(first)?.day(),
            };
            if !wanted || first.leap_year() || attempts == YEARS {
                continue;
            }
            attempts += 1;
            for end in [last_of_month(first)?, first.checked_add_months(Months::new(1))?] {
                self.left = self.left.checked_sub(1)?;
                let there = self.moved(scenario, to, end).and_then(|there| self.moved(&there, from, start));
                let there = there.and_then(|there| Attempt::of(self.engine, there));
                if let Some(there) = there.filter(|there| rests_on_setting(self.engine, there, self.setting)) {
                    return Some(there.scenario);
                }
            }
        }
        None
    }
}

/// The last day of a month.
fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}
