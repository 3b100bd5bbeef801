//! What a policy leaves undecided: silent facts for which nobody answers, and lists without elements of which an `all` is
//! true. Each warning shows facts on which the engine does what it says.
//!
//! Comes in: a Model without errors and its texts. Goes out: W0203 and W0204. The checker's analysis says what may be; the
//! search here finds facts that show it, and gives up after so many decisions, which the warning then says.

mod domain;
mod empty;
mod report;
mod small;
mod tree;
mod uses;
mod witness;

use super::scenario;
use chrono::NaiveDate;
use domain::Domains;
use ereje::check::{Silent, SilentRead, doubtful_alls, silent_reads};
use ereje::diagnostic::Diagnostic;
use ereje::engine::Engine;
use ereje::eval::{DetailLevel, Question, decide};
use ereje::facts::FactSet;
use ereje::ids::{DecisionId, FactId};
use ereje::load::Bundle;
use ereje::model::{Model, Type};
use ereje::syntax::ast::State;
use ereje::value::{FactCell, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use tree::{Order, Search, SearchWork};
use witness::{Undecided, Witnesses};

/// What all searches of a policy may cost, in decisions.
const MAX_WORK: u64 = 40_000;
/// What one search may cost: the first for a silent fact, one that follows facts that showed something else, one that mixes
/// the answers, and the last.
const FIRST: u64 = 300;
const ALIKE: u64 = 120;
const MIXED: u64 = 150;
const LAST: u64 = 1_500;
/// What it may cost to make facts few.
const SMALL: u64 = 2_000;
/// The most facts that others are searched alike.
const MAX_SEEDS: usize = 12;
/// The number of searches that mix the answers.
const MIXES: u64 = 4;

/// Days by which the fact that says the governing date is known.
const DAYS: [Option<NaiveDate>; 2] = [NaiveDate::from_ymd_opt(2026, 1, 15), NaiveDate::from_ymd_opt(2025, 11, 3)];

/// What a policy leaves undecided under its default choices, as warnings in the order of their places. `limit` is what the
/// searches may cost together, in decisions; `None` for the usual limit.
#[must_use]
pub fn undecided(bundle: &Bundle, model: &Arc<Model>, limit: Option<u64>) -> Vec<Diagnostic> {
    let reads = silent_reads(model);
    let alls = doubtful_alls(model, &bundle.sources);
    if reads.is_empty() && alls.is_empty() {
        return Vec::new();
    }
    let sources = Arc::new(bundle.sources.clone());
    let Ok(engine) = Engine::new(Arc::clone(model), sources, String::new()) else { return Vec::new() };
    let mut of_one: BTreeMap<(Silent, State), Vec<SilentRead>> = BTreeMap::new();
    for read in reads {
        of_one.entry((read.silent, read.state)).or_default().push(read);
    }
    let all = of_one.into_values().map(|reads| Undecided { reads, facts: None, tries: 0 }).collect();
    let mut searches = Searches {
        engine: &engine,
        domains: Domains::new(model, day_fact(&engine)),
        work: SearchWork::new(limit.unwrap_or(MAX_WORK)),
        all,
        rounds: 0,
    };
    searches.run();
    let of_none = alls
        .into_iter()
        .filter_map(|all| empty::true_of_none(bundle, &engine, &mut searches.domains, all, &mut searches.work));
    let of_none: Vec<_> = of_none.collect();
    report::warnings(&engine, &searches.domains, &searches.all, &of_none)
}

/// The fact that is the governing date under the default choices; `None` if the date is computed.
fn day_fact(engine: &Engine) -> Option<FactId> {
    let model = engine.model();
    let question = Question::of(DecisionId(0));
    let of = |facts: &FactSet| decide(engine.default_plan(), facts, &question, DetailLevel::Codes);
    let unasked = FactSet::unasked(model.facts.len());
    let needs = of(&unasked).needs;
    let is_day = |fact: &FactId| {
        DAYS.into_iter().flatten().all(|day| {
            let mut facts = unasked.clone();
            facts.set(*fact, FactCell::Known(Value::Date(day)));
            of(&facts).as_of == Some(day)
        })
    };
    let of_type = |fact: &FactId| model.facts.at(*fact).datum.ty == Type::Date;
    needs.into_iter().filter(|need| need.steps.is_empty()).map(|need| need.fact).filter(of_type).find(is_day)
}

/// The searches for everything that a policy may leave undecided.
struct Searches<'e> {
    engine: &'e Engine,
    domains: Domains<'e>,
    work: SearchWork,
    all: Vec<Undecided>,
    /// The searches so far for each: each begins on another day or in another place.
    rounds: usize,
}

impl Searches<'_> {
    fn run(&mut self) {
        self.each(FIRST, Order::Usual, false);
        // What shows one thing is often near to what shows another.
        let mut tried: Vec<FactSet> = Vec::new();
        while tried.len() < MAX_SEEDS
            && let Some(seed) = self.seeds().find(|seed| !tried.contains(seed))
        {
            tried.push(seed.clone());
            self.each(ALIKE, Order::Like(&seed), false);
        }
        for number in 1..=MIXES {
            self.each(MIXED, Order::Mixed(number), false);
        }
        self.each(LAST, Order::Usual, true);
        self.all.retain(|one| one.read().is_some());
    }

    /// The facts that were found, the largest first.
    fn seeds(&self) -> impl Iterator<Item = FactSet> + use<> {
        let mut seeds: Vec<FactSet> = self.all.iter().filter_map(|one| one.facts.clone()).collect();
        let size = |facts: &FactSet| scenario::places(self.domains.model, facts, witness::ELEMENTS).len();
        seeds.sort_by_key(|facts| std::cmp::Reverse(size(facts)));
        seeds.into_iter()
    }

    /// Searches once more for everything that is not clear yet.
    fn each(&mut self, most: u64, order: Order<'_>, late: bool) {
        let cell = self.rounds;
        self.rounds += 1;
        for one in &mut self.all {
            if one.facts.is_some() {
                continue;
            }
            let mut open = Vec::new();
            for read in std::mem::take(&mut one.reads) {
                self.domains.hint = read.cells.get(cell.checked_rem(read.cells.len()).unwrap_or(0)).copied();
                let witnesses = Witnesses::new(&self.domains, self.engine.default_plan(), &read);
                self.work.begin(most);
                let found = witnesses.search(&mut self.work, order, late);
                one.tries += self.work.tries;
                if let Search::Found(facts) = found {
                    self.work.begin(SMALL);
                    let work = &mut self.work;
                    let shows = &mut |facts: &FactSet| witnesses.shown(&witnesses.decide(facts, work));
                    if let Some(facts) = small::small(&self.domains, facts, shows) {
                        one.facts = Some(facts);
                        open = vec![read];
                        break;
                    }
                    open.push(read);
                } else if matches!(found, Search::GaveUp) {
                    open.push(read);
                }
            }
            one.reads = open;
        }
    }
}
