//! Silent facts that may leave a decision undetermined: what a decision can read while no handler surely answers for it.
//!
//! Comes in: the Model. Goes out: each fact, field or element of a list with the state and the decision. Never one too few,
//! perhaps one too many: whether facts exist that show it is left to a search, which needs the engine.
//!
//! A handler applies within its own scope only: one for a city does not cover the country around it. So each cell of the
//! grid is looked at by itself. If the grid is too large for that, only a handler that holds wherever the policy holds
//! counts.

use super::answers::{Answered, Answerer, Needed, answered, answerers, chain, handlers_by_owner};
use super::grid::{Covering, GridCell, cells};
use super::unguarded::{Silent, UnguardedReads, reads};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps of the look at each cell: cells times reads.
const MAX_STEPS: usize = 3_000_000;
/// The most days and places that are named for one silent fact.
const MAX_CELLS: usize = 16;

/// A silent fact that may leave a decision undetermined.
#[derive(Clone, Debug)]
pub struct SilentRead {
    /// What is silent.
    pub silent: Silent,
    /// Its path: `owners[].birth_date`.
    pub path: String,
    /// Its state.
    pub state: State,
    /// The decision.
    pub decision: DecisionId,
    /// What of the decision turns on it first: `` rule `kz.no_consent` ``.
    pub reader: String,
    /// The place of the reader.
    pub span: Span,
    /// True if a registry answers for it.
    pub registered: bool,
    /// Days and places for which no handler surely answers. Those for which there is no handler at all come first, since the
    /// search finds facts there soonest; the rest is sorted by place, and the newest day of a place comes first. If they are
    /// many, only the first are kept.
    pub cells: Vec<(NaiveDate, Option<RegionId>)>,
}

/// Something that decides: a version of a rule, a tied output, or the policy for whom it holds.
struct Decider<'m> {
    decision: DecisionId,
    needed: Needed,
    /// `None` if it holds wherever the policy holds.
    scope: Option<&'m Scope>,
    reads: UnguardedReads,
    exceptions: &'m [ExceptionId],
    what: String,
    span: Span,
}

/// A cell in which no handler surely answers: whether one may, the place, the day. Sorted as they are tried.
type UnsureCell = (bool, Option<RegionId>, Reverse<NaiveDate>);

/// What can be silent for a decision and for whose silence no handler is sure, in the order of declaration.
#[must_use]
pub fn silent_reads(model: &Model) -> Vec<SilentRead> {
    crate::stack::deep(|| found(model))
}

fn found(model: &Model) -> Vec<SilentRead> {
    let deciders = deciders(model);
    let follow = Follow::new(model);
    let answerers = answerers(model);
    let handlers = handlers_by_owner(model);
    let choices = Choices::defaults(model);
    let whole = model.parts(Item::Section(SectionId(0))).scope;
    // What holds wherever the policy holds is the same in each cell, and most policies consist of it.
    let everywhere = |scope: &Scope| whole.is_some_and(|whole| same_reach(scope, whole));
    let mut grid: Vec<Option<GridCell>> = Vec::new();
    let all = cells(model, &choices, &RegionClasses::new(model, grid_scopes(model)));
    if all.len().saturating_mul(follow.size() + deciders.len()) > MAX_STEPS {
        grid.push(None);
    } else {
        grid.extend(all.into_iter().map(Some));
    }
    let scoped = deciders.iter().map(|decider| decider.scope.or(whole)).collect::<Option<Vec<&Scope>>>();
    let covering = Covering::new(model, &choices, scoped.unwrap_or_default().into_iter());
    let mut open: BTreeMap<(Silent, State, DecisionId), SilentRead> = BTreeMap::new();
    let mut unsure: BTreeMap<(Silent, State, DecisionId), BTreeSet<UnsureCell>> = BTreeMap::new();
    for cell in grid {
        let reads_here = |scope: &Scope| cell.is_none_or(|c| scope.covers(model, &choices, c.day, c.place));
        let answers_here = |scope: &Scope| match cell {
            Some(c) => scope.covers(model, &choices, c.day, c.place),
            None => everywhere(scope),
        };
        let mut here: Vec<usize> = match cell {
            Some(cell) => covering.at(cell).collect(),
            None => (0..deciders.len()).collect(),
        };
        here.sort_unstable();
        let mut groups: BTreeMap<(DecisionId, Needed), Vec<usize>> = BTreeMap::new();
        for index in here {
            let Some(decider) = deciders.get(index) else { continue };
            groups.entry((decider.decision, decider.needed)).or_default().push(index);
        }
        for ((decision, needed), group) in groups {
            let group: Vec<(usize, &Decider<'_>)> =
                group.into_iter().filter_map(|index| Some((index, deciders.get(index)?))).collect();
            for ((silent, state), reader) in follow.reached(&group, &reads_here) {
                let answerers = answerers.get(&silent.datum).map_or(&[][..], Vec::as_slice);
                // Nobody but a registry is unavailable.
                let concerned = |answerer: &&Answerer| state == State::Absent || !answerer.registries.is_empty();
                let unanswered = answerers.iter().filter(concerned).find_map(|answerer| {
                    let answered = answered(
                        &handlers,
                        model,
                        chain(silent.datum, silent.element, answerer),
                        state,
                        needed,
                        &answers_here,
                    );
                    (answered != Answered::Surely).then_some((answerer, answered))
                });
                let (Some((answerer, answered)), Some(reader)) = (unanswered, deciders.get(reader)) else { continue };
                open.entry((silent, state, decision)).or_insert_with(|| SilentRead {
                    silent,
                    path: if silent.element { format!("{}[]", answerer.path) } else { answerer.path.clone() },
                    state,
                    decision,
                    reader: reader.what.clone(),
                    span: reader.span,
                    registered: !answerer.registries.is_empty(),
                    cells: Vec::new(),
                });
                if let Some(cell) = cell {
                    let key = (answered == Answered::Perhaps, cell.place, Reverse(cell.day));
                    unsure.entry((silent, state, decision)).or_default().insert(key);
                }
            }
        }
    }
    for (key, cells) in unsure {
        if let Some(read) = open.get_mut(&key) {
            read.cells = cells.into_iter().take(MAX_CELLS).map(|(_, place, Reverse(day))| (day, place)).collect();
        }
    }
    open.into_values().collect()
}

/// True if a scope leaves out no day and no place of another one.
fn same_reach(scope: &Scope, whole: &Scope) -> bool {
    scope.regions() == whole.regions() && scope.starts() == whole.starts() && scope.ends() == whole.ends()
}

/// What decides: the rules and their suspensions, the outputs that are tied to outcomes, and the policy's own cohort.
fn deciders(model: &Model) -> Vec<Decider<'_>> {
    let mut found = Vec::new();
    model.each_item(|item, parts| {
        let mut decider = Decider {
            decision: DecisionId(0),
            needed: Needed::Value,
            scope: parts.scope,
            reads: UnguardedReads::default(),
            exceptions: parts.exceptions,
            what: String::new(),
            span: parts.claim.map_or(model.as_of.span, |claim| claim.span),
        };
        let mut decisions: Vec<(DecisionId, Needed)> = Vec::new();
        if let Item::ProvisionVersion(version) = item {
            let provision = model.provisions.at(version.provision);
            let rule = provision.kind == ProvisionKind::Rule;
            // Nothing turns on what is not known of impossible facts.
            let asks = |body: &&ProvisionBody| body.effect != Effect::Impossible;
            let bodies = || provision.versions.iter().filter_map(|version| version.body.as_ref()).filter(asks);
            let own = model.provision(version);
            // For whom a suspension holds says for whom the rule does not.
            let of_body: BTreeSet<DecisionId> = match &own.body {
                Some(body) => Some(body).filter(asks).map(|body| body.decision).into_iter().collect(),
                None => bodies().map(|body| body.decision).collect(),
            };
            decisions.extend(of_body.into_iter().filter(|_| rule).map(|d| (d, Needed::Outcome(d))));
            let what = if own.body.is_some() { "" } else { "the suspension of " };
            decider.what = format!("{what}{} `{}`", provision.kind.keyword(), own.qualified);
        } else if let Item::Output(output) = item {
            let own = model.output(output);
            decisions
                .extend(own.tied.first().map(|level| (output.decision, Needed::Stronger(output.decision, *level))));
            decider.what = format!("output `{}`", own.name);
            decider.span = own.span;
        } else if let Item::Section(section @ SectionId(0)) = item {
            let own = model.sections.at(section);
            decisions.extend(model.decisions.ids().map(|decision| (decision, Needed::Value)));
            decider.scope = None;
            decider.what = format!("the policy `{}`", own.name);
            decider.span = own.span;
        }
        if decisions.is_empty() {
            return;
        }
        decider.reads = reads(model, item, parts);
        for (decision, needed) in decisions {
            found.push(Decider {
                decision,
                needed,
                reads: decider.reads.clone(),
                what: decider.what.clone(),
                ..decider
            });
        }
    });
    found
}

/// What all definitions and exceptions read, computed once.
struct Follow<'m> {
    steps: Vec<SilenceNode<'m>>,
    /// The index of each definition, exception, version and case in `steps`.
    places: BTreeMap<Item, usize>,
}

/// A definition, an exception, or a version or case of one.
struct SilenceNode<'m> {
    /// Its own scope.
    scope: Option<&'m Scope>,
    silent: BTreeSet<(Silent, State)>,
    /// The number of definitions that it reads.
    definitions: usize,
    /// The steps that follow: definitions that it reads, exceptions to it, its versions or cases.
    next: Vec<usize>,
}

impl<'m> Follow<'m> {
    fn new(model: &'m Model) -> Self {
        let mut places: BTreeMap<Item, usize> = BTreeMap::new();
        let mut steps: Vec<SilenceNode<'_>> = Vec::new();
        let mut leads_to: Vec<Vec<Item>> = Vec::new();
        model.each_item(|item, parts| {
            if !is_followed(&item) {
                return;
            }
            let read = reads(model, item, parts);
            places.insert(item, steps.len());
            leads_to.push(following(&read.definitions, parts.exceptions).chain(parts.inside.iter().copied()).collect());
            let definitions = read.definitions.len();
            steps.push(SilenceNode { scope: parts.scope, silent: read.silent, definitions, next: Vec::new() });
        });
        for (step, items) in steps.iter_mut().zip(leads_to) {
            step.next = items.iter().filter_map(|item| places.get(item).copied()).collect();
        }
        Self { steps, places }
    }

    /// The number of reads in all steps.
    fn size(&self) -> usize {
        let scoped = self.steps.iter().filter(|step| step.scope.is_some());
        scoped.map(|step| 1 + step.silent.len() + step.definitions).sum()
    }

    /// Everything that these deciders depend on, each with the first that does. `here` is true of scopes that hold in the
    /// cell.
    fn reached(
        &self,
        deciders: &[(usize, &Decider<'m>)],
        here: &dyn Fn(&Scope) -> bool,
    ) -> BTreeMap<(Silent, State), usize> {
        let mut found = BTreeMap::new();
        let mut seen = vec![false; self.steps.len()];
        for (index, decider) in deciders {
            for read in &decider.reads.silent {
                found.entry(*read).or_insert(*index);
            }
            let starts = following(&decider.reads.definitions, decider.exceptions);
            let mut waiting: Vec<usize> = starts.filter_map(|item| self.places.get(&item).copied()).collect();
            while let Some(at) = waiting.pop() {
                if seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, true)) {
                    continue;
                }
                let Some(step) = self.steps.get(at).filter(|step| step.scope.is_none_or(here)) else { continue };
                for read in &step.silent {
                    found.entry(*read).or_insert(*index);
                }
                waiting.extend(&step.next);
            }
        }
        found
    }
}

/// True if an item can lie between a decider and the facts that it depends on.
fn is_followed(item: &Item) -> bool {
    matches!(
        item,
        Item::Definition(_)
            | Item::DefinitionVersion(_)
            | Item::Case(_)
            | Item::Exception(_)
            | Item::ExceptionVersion(_)
    )
}

/// The definitions and exceptions as items.
fn following(definitions: &[DefinitionId], exceptions: &[ExceptionId]) -> impl Iterator<Item = Item> {
    let definitions = definitions.iter().copied().map(Item::Definition);
    definitions.chain(exceptions.iter().copied().map(Item::Exception))
}

/// The scopes that divide the grid: those of rules, outputs, handlers, definitions and exceptions. The scopes of norms
/// change nothing here, and a thousand values would make a thousand cells.
fn grid_scopes(model: &Model) -> Vec<&Scope> {
    let divides = |item: &Item| match item {
        Item::ProvisionVersion(version) => model.provisions.at(version.provision).kind == ProvisionKind::Rule,
        Item::Handler(_) | Item::DefinitionVersion(_) | Item::Case(_) | Item::ExceptionVersion(_) | Item::Output(_) => {
            true
        }
        Item::Section(_)
        | Item::AsOf
        | Item::Source(_)
        | Item::Registry(_)
        | Item::Record(_)
        | Item::Field(_)
        | Item::Fact(_)
        | Item::Assumption(_)
        | Item::Norm(_)
        | Item::NormValue(_)
        | Item::NormLimit(_)
        | Item::Definition(_)
        | Item::Provision(_)
        | Item::Exception(_)
        | Item::Reason(_)
        | Item::Decision(_)
        | Item::Outcome(_) => false,
    };
    model.scopes().into_iter().filter(|(item, _)| divides(item)).map(|(_, scope)| scope).collect()
}
