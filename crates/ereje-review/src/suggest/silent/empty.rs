//! Lists without elements of which an `all` is true: facts on which the policy decides otherwise than if it were false.
//!
//! The other policy is the text with `count(…) > 0 and` before the `all`. Where both decide, and nothing is silent that says
//! which elements the list has, it surely has none that the `all` takes: whatever else is answered, neither decision changes,
//! and with an element they would be the same.

use super::domain::{Domains, silent_at};
use super::small::small;
use super::tree::{Look, Order, Search, SearchWork, search};
use super::witness::ELEMENTS;
use crate::suggest::scenario::places;
use ereje::check::check;
use ereje::diagnostic::Severity;
use ereje::engine::Engine;
use ereje::eval::{
    Cause, DetailLevel, Evaluation, GivenReason, KnownOutput, Origin, Question, Verdict, unknown_causes,
};
use ereje::explain;
use ereje::facts::FactSet;
use ereje::ids::DecisionId;
use ereje::load::Bundle;
use ereje::model::{Aggregate, Expr, ExprKind, Item, Model, written};
use ereje::syntax::parse;
use ereje::value::{FactCell, FactPath, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the searches for one `all` and one decision may cost: the first, one that mixes the answers, and the last.
const FIRST: u64 = 400;
const MIXED: u64 = 200;
const LAST: u64 = 1_500;
/// What it may cost to make facts few.
const SMALL: u64 = 2_000;

/// An `all` that is true of a list without elements.
pub(super) struct TrueOfNone<'m> {
    pub(super) all: &'m Expr,
    /// Facts that show it, the decision, and what is decided with and without it.
    pub(super) shown: Option<(FactSet, DecisionId, String, String)>,
    /// The decisions that the searches have made.
    pub(super) tries: u64,
}

/// What the search finds for one `all`; `None` if no decision turns on it.
pub(super) fn true_of_none<'m>(
    bundle: &Bundle,
    engine: &Engine,
    domains: &mut Domains<'_>,
    (item, all): (Item, &'m Expr),
    work: &mut SearchWork,
) -> Option<TrueOfNone<'m>> {
    let model = engine.model();
    let aggregate = if let ExprKind::Aggregate(aggregate) = &all.kind { aggregate } else { return None };
    let mut tries = 0;
    let mut is_open = false;
    let other = otherwise(bundle, model, all, aggregate);
    let mut names = Vec::new();
    let said = std::iter::once(&aggregate.list).chain(&aggregate.filter);
    said.for_each(|expr| expr.walk(&mut |e| names.extend(e.names())));
    let counted = model.reach(names, |_, link, other| link.is_evaluated(other));
    domains.hint = None;
    for decision in model.decisions.ids().filter(|decision| reaches(model, *decision, item)) {
        let Some(other) = &other else {
            is_open = true;
            continue;
        };
        let pair = PolicyPair { engine, other, decision, list: aggregate, counted: &counted };
        let mut found = Search::GaveUp;
        let orders = [(FIRST, Order::Usual), (MIXED, Order::Mixed(1)), (MIXED, Order::Mixed(2)), (LAST, Order::Usual)];
        for (most, order) in orders {
            work.begin(most);
            found = pair.search(domains, work, order);
            tries += work.tries;
            if !matches!(found, Search::GaveUp) {
                break;
            }
        }
        match found {
            Search::Found(facts) => {
                work.begin(SMALL);
                let facts = small(domains, facts.clone(), &mut |facts| pair.differs(facts, work)).unwrap_or(facts);
                let (with, without) = pair.in_words(&facts, work);
                return Some(TrueOfNone { all, shown: Some((facts, decision, with, without)), tries });
            }
            Search::Nothing => {}
            Search::GaveUp => is_open = true,
        }
    }
    is_open.then_some(TrueOfNone { all, shown: None, tries })
}

/// True if a decision can evaluate an item.
fn reaches(model: &Model, decision: DecisionId, item: Item) -> bool {
    let mut starts: Vec<Item> = model.sections.ids().map(Item::Section).collect();
    model.each_item(|item, _| {
        if let Item::ProvisionVersion(version) = item {
            let body = &model.provision(version).body;
            starts.extend(body.as_ref().is_none_or(|body| body.belongs_to(decision)).then_some(item));
        } else if let Item::Output(output) = item {
            starts.extend((output.decision == decision).then_some(item));
        }
    });
    model.reach(starts, |_, link, other| link.is_evaluated(other)).contains(&item)
}

/// The policy in which the `all` is false of a list without elements; `None` if it cannot be written so.
fn otherwise(bundle: &Bundle, model: &Model, all: &Expr, aggregate: &Aggregate) -> Option<Engine> {
    let text = |expr: &Expr| bundle.sources.slice(expr.span).to_owned();
    let list = match &aggregate.filter {
        Some(filter) => {
            format!("{} in {} where {}", model.locals.at(aggregate.local).name, text(&aggregate.list), text(filter))
        }
        None => text(&aggregate.list),
    };
    let at = bundle.policy_files.iter().position(|file| *file == all.span.file)?;
    let mut changed = bundle.sources.get(all.span.file)?.text.to_string();
    changed.replace_range(
        all.span.start as usize..all.span.end as usize,
        &format!("(count({list}) > 0 and {})", text(all)),
    );
    let sources = bundle.sources.clone().with_text(all.span.file, changed);
    let mut files = bundle.files.clone();
    let (parsed, found) = parse(&sources, all.span.file);
    if found.iter().any(|d| d.severity() == Severity::Error) {
        return None;
    }
    *files.get_mut(at)? = parsed;
    let other = check(&files, &sources).model.filter(|other| other.asks_same(model))?;
    Engine::new(Arc::new(other), Arc::new(sources), String::new()).ok()
}

/// A policy beside the one in which the `all` is false of a list without elements.
struct PolicyPair<'p> {
    engine: &'p Engine,
    other: &'p Engine,
    decision: DecisionId,
    list: &'p Aggregate,
    /// The facts and fields that say which elements the list has and which of them the `all` takes.
    counted: &'p BTreeSet<Item>,
}

impl PolicyPair<'_> {
    fn search(&self, domains: &Domains<'_>, work: &mut SearchWork, order: Order<'_>) -> Search {
        let start = FactSet::unasked(domains.model.facts.len());
        let list = self.list.list.names();
        let arrange = |place: &FactPath, cells: &mut Vec<FactCell>| {
            order.arrange(domains, place, cells);
            // Of a list that is not known it is not known whether it is empty.
            if self.counted.contains(&silent_at(place).datum) {
                cells.retain(|cell| matches!(cell, FactCell::Known(_)));
            }
            if Some(silent_at(place).datum) == list {
                cells.sort_by_key(|cell| elements(cell).unwrap_or_default());
            }
        };
        search(domains, start, work, &arrange, &mut |facts, work| self.look(domains, facts, work))
    }

    fn decide(&self, facts: &FactSet, work: &mut SearchWork) -> (Evaluation, Evaluation) {
        let mut of = |engine: &Engine| work.decide(engine.default_plan(), facts, self.decision, DetailLevel::Messages);
        (of(self.engine), of(self.other))
    }

    fn look(&self, domains: &Domains<'_>, facts: &FactSet, work: &mut SearchWork) -> Look {
        let (with, without) = self.decide(facts, work);
        if self.differ(facts, &with, &without) {
            return Look::Found;
        }
        if with.verdict == Verdict::NotInForce || self.has_elements(domains, facts) {
            return Look::Never;
        }
        let list = self.list.list.names();
        let needs = || with.needs.iter().chain(&without.needs);
        let first = needs().find(|need| Some(silent_at(need).datum) == list).or_else(|| needs().next()).cloned();
        let first = first.or_else(|| self.unasked(facts));
        first.map_or(Look::Never, |place| Look::Ask(place, with.as_of))
    }

    /// The first fact that nobody has asked and on which anything of the decision depends.
    fn unasked(&self, facts: &FactSet) -> Option<FactPath> {
        let question = Question::of(self.decision);
        let of = |engine: &Engine| unknown_causes(engine.default_plan(), facts, &question, true).unwrap_or_default();
        of(self.engine).into_iter().chain(of(self.other)).find_map(|cause| match cause {
            Cause::Silent(place, silence) if silence.state().is_none() => Some(place),
            Cause::Silent(..) | Cause::Open(..) | Cause::Fault(_) => None,
        })
    }

    /// True if the list is one fact, and not empty, and the `all` takes each element.
    fn has_elements(&self, domains: &Domains<'_>, facts: &FactSet) -> bool {
        let Some(Item::Fact(fact)) = self.list.list.names() else { return false };
        self.list.filter.is_none()
            && facts.at(domains.model, &FactPath::of(fact)).and_then(elements).is_some_and(|count| count > 0)
    }

    fn differs(&self, facts: &FactSet, work: &mut SearchWork) -> bool {
        let (with, without) = self.decide(facts, work);
        self.differ(facts, &with, &without)
    }

    /// True if both decide, and not alike, and what else is answered would not change that.
    fn differ(&self, facts: &FactSet, with: &Evaluation, without: &Evaluation) -> bool {
        let model = self.engine.model();
        let possible = |outcome: &Evaluation| match outcome.verdict {
            Verdict::Outcome(level) => !model.decisions.at(self.decision).is_impossible(level),
            Verdict::Undetermined | Verdict::NotInForce => false,
        };
        if !possible(with) || !possible(without) || !self.is_counted(facts) {
            return false;
        }
        let theirs: Vec<(u32, KnownOutput<'_>)> = without.known_outputs().collect();
        let other_value =
            |(index, value): (u32, KnownOutput<'_>)| theirs.iter().any(|(at, other)| *at == index && *other != value);
        if with.verdict != without.verdict || with.known_outputs().any(other_value) {
            return true;
        }
        let codes = |given: &[GivenReason]| given.iter().map(|given| (given.origin, given.reason)).collect::<Vec<_>>();
        let alike = codes(&with.reasons) == codes(&without.reasons) && codes(&with.notices) == codes(&without.notices);
        !alike && self.unasked(facts).is_none()
    }

    /// True if nothing is silent that says which elements the list has.
    fn is_counted(&self, facts: &FactSet) -> bool {
        let model = self.engine.model();
        let is_silent =
            |place: &FactPath| matches!(facts.at(model, place), Some(FactCell::Absent | FactCell::Unavailable(_)));
        !places(model, facts, ELEMENTS)
            .iter()
            .any(|place| self.counted.contains(&silent_at(place).datum) && is_silent(place))
    }

    /// What is decided, and what would be.
    fn in_words(&self, facts: &FactSet, work: &mut SearchWork) -> (String, String) {
        work.begin(2);
        let (with, without) = self.decide(facts, work);
        let model = self.engine.model();
        let declared = model.decisions.at(self.decision);
        let words = |outcome: &Evaluation, other: &Evaluation| {
            let Verdict::Outcome(level) = outcome.verdict else { return String::from("undetermined") };
            let name = declared.outcomes.get(level as usize).map_or("", |outcome| outcome.name.as_str());
            if outcome.verdict != other.verdict {
                return format!("`{name}`");
            }
            let theirs: Vec<_> = other.reasons.iter().chain(&other.notices).map(|given| given.origin).collect();
            let more = outcome.reasons.iter().chain(&outcome.notices).filter(|given| !theirs.contains(&given.origin));
            let mut said: Vec<String> = more
                .map(|given| match given.origin {
                    Origin::Rule(by) | Origin::Notice(by) => format!("of `{}`", model.provision(by).qualified),
                    Origin::Handler(_) => format!("with {}", model.reasons.at(given.reason).code),
                })
                .collect();
            said.extend(outcome.known_outputs().filter_map(|(index, value)| {
                let output = declared.outputs.get(index as usize)?;
                let same = other.known_outputs().any(|(at, other)| at == index && other == value);
                let value = match value {
                    KnownOutput::Whole(value) => written(model, value, output.unit.as_ref()),
                    each @ KnownOutput::Each(_) => explain::known_output(model, output, &each).to_string(),
                };
                (!same).then(|| format!("with {} = {value}", output.name))
            }));
            if said.is_empty() { format!("`{name}` without it") } else { format!("`{name}` {}", said.join(", ")) }
        };
        (words(&with, &without), words(&without, &with))
    }
}

/// The number of elements of a list.
fn elements(cell: &FactCell) -> Option<usize> {
    if let FactCell::Known(Value::List(list)) = cell { Some(list.items.len()) } else { None }
}
