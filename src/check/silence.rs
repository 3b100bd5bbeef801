//! Facts on which an outcome depends and for whose silence no handler is declared.
//!
//! A handler applies within its own scope only: one for a city does not cover the country around it. So each cell of
//! the grid is checked, and in each everything that the rules of a decision depend on is visited once. If the grid is
//! too large for that, only facts without any handler are reported.

use super::Checker;
use super::beside::rules_out;
use super::coverage::Root;
use super::grid::{Covering, GridCell, cells, in_words};
use super::readings::{ReadingDay, each_given};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps of the check by cells: cells times reads.
const MAX_STEPS: usize = 3_000_000;

/// What an expression reads directly.
#[derive(Default)]
struct UnguardedReads {
    /// Facts and fields, each with a state in which it leaves the expression unknown.
    facts: Vec<(Item, State)>,
    definitions: Vec<DefinitionId>,
}

/// The registries that answer for a fact or field, in order, and its path.
struct Answerer {
    /// The path of the fact or field: `owners[].birth_date`.
    path: String,
    registries: Vec<RegistryId>,
}

/// A fact or field whose silence has no handler.
struct UnhandledSilence {
    states: BTreeSet<State>,
    path: String,
    rule: String,
    span: Span,
    /// The cell without a handler; `None` if there is no handler at all.
    cell: Option<GridCell>,
}

/// What all definitions and exceptions read, computed once.
struct Follow<'m> {
    model: &'m Model,
    steps: Vec<SilenceNode<'m>>,
    /// The index of each definition, exception, version and case in `steps`.
    places: BTreeMap<Item, usize>,
}

/// A definition, an exception, or a version or case of one.
struct SilenceNode<'m> {
    /// Its own scope.
    scope: Option<&'m Scope>,
    facts: Vec<(Item, State)>,
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
            let read = reads(parts.expressions.iter().map(|(_, expr)| *expr));
            places.insert(item, steps.len());
            leads_to.push(following(&read.definitions, parts.exceptions).chain(parts.inside.iter().copied()).collect());
            let definitions = read.definitions.len();
            steps.push(SilenceNode { scope: parts.scope, facts: read.facts, definitions, next: Vec::new() });
        });
        for (step, items) in steps.iter_mut().zip(leads_to) {
            step.next = items.iter().filter_map(|item| places.get(item).copied()).collect();
        }
        Self { model, steps, places }
    }

    /// The number of reads in all steps.
    fn size(&self) -> usize {
        let scoped = self.steps.iter().filter(|step| step.scope.is_some());
        scoped.map(|step| 1 + step.facts.len() + step.definitions).sum()
    }

    /// Everything that these roots depend on, each with the first root that does. `here` is true of scopes that hold in
    /// the cell.
    fn facts_reached(
        &self,
        roots: &[(usize, &UnguardedReads, &'m [ExceptionId])],
        here: &dyn Fn(&Scope) -> bool,
    ) -> BTreeMap<(Item, State), usize> {
        let mut found = BTreeMap::new();
        let mut seen = vec![false; self.steps.len()];
        for (root, own, exceptions) in roots {
            for fact in &own.facts {
                found.entry(*fact).or_insert(*root);
            }
            let starts = following(&own.definitions, exceptions);
            let mut waiting: Vec<usize> = starts.filter_map(|item| self.places.get(&item).copied()).collect();
            while let Some(at) = waiting.pop() {
                if seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, true)) {
                    continue;
                }
                let Some(step) = self.steps.get(at).filter(|step| step.scope.is_none_or(here)) else { continue };
                for fact in &step.facts {
                    found.entry(*fact).or_insert(*root);
                }
                waiting.extend(&step.next);
            }
        }
        found
    }

    fn datum(&self, fact: Item) -> Option<&'m Datum> {
        if let Item::Fact(id) = fact {
            Some(&self.model.facts.at(id).datum)
        } else if let Item::Field(id) = fact {
            Some(&self.model.fields.at(id).datum)
        } else {
            None
        }
    }
}

/// True if an item can lie between a rule and the facts that it depends on.
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

/// The facts and fields that these expressions read, with the states that leave an expression unknown.
fn reads<'m>(exprs: impl IntoIterator<Item = &'m Expr>) -> UnguardedReads {
    let mut found = UnguardedReads::default();
    let datum = |expr: &Expr| expr.names().filter(|item| matches!(item, Item::Fact(_) | Item::Field(_)));
    for expr in exprs {
        // A state test is decided by the state that it tests. Only `is absent` of an unavailable fact stays unknown.
        let mut tested: BTreeSet<*const Expr> = BTreeSet::new();
        each_given(expr, ReadingDay::Governing, &mut Vec::new(), &mut |expr, _, given| {
            let matters = |state| !rules_out(given, expr, state);
            if let ExprKind::IsState(inner, state) = &expr.kind {
                tested.insert(std::ptr::from_ref(inner.as_ref()));
                let unknown = matches!(state, State::Absent) && !rules_out(given, inner, State::Unavailable);
                found.facts.extend(datum(inner).filter(|_| unknown).map(|fact| (fact, State::Unavailable)));
            } else if let Some(fact) = datum(expr) {
                if !tested.contains(&std::ptr::from_ref(expr)) {
                    let states = [State::Absent, State::Unavailable].into_iter();
                    found.facts.extend(states.filter(|state| matters(*state)).map(|state| (fact, state)));
                }
            } else if let ExprKind::Define(id, _) = &expr.kind {
                found.definitions.push(*id);
            }
        });
    }
    found
}

impl Checker<'_> {
    /// Reports facts and fields from a registry on which a rule depends and for which no handler covers a possible
    /// state.
    pub(super) fn silent_facts(&mut self) {
        let model = &self.model;
        let answerers = answerers(model);
        if answerers.is_empty() {
            return;
        }
        let follow = Follow::new(model);
        let decides = |r: &Root<'_>| r.decides.is_some() && r.claim.is_some();
        let roots: Vec<Root<'_>> = self.roots().into_iter().filter(decides).collect();
        let own: Vec<UnguardedReads> = roots.iter().map(|r| reads(r.conditions.iter().copied())).collect();
        let choices = Choices::defaults(model);
        let scopes = roots.iter().filter_map(|root| root.claim).map(Claim::scope);
        let covering = Covering::new(model, &choices, scopes);
        let handlers_by_owner = handlers_by_owner(model);
        let mut grid = cells(model, &choices, &RegionClasses::new(model, grid_scopes(model)));
        if grid.len().saturating_mul(follow.size() + roots.len()) > MAX_STEPS {
            grid.clear();
        }
        let mut found: BTreeMap<Item, UnhandledSilence> = BTreeMap::new();
        // First the facts without any handler, then those without one in some cell.
        let whole: Vec<Option<GridCell>> = std::iter::once(None).chain(grid.into_iter().map(Some)).collect();
        for cell in whole {
            let here = |scope: &Scope| cell.is_none_or(|c| scope.covers(model, &choices, c.day, c.place));
            let deciding: Vec<usize> = match cell {
                None => (0..roots.len()).collect(),
                Some(cell) => {
                    let mut deciding: Vec<usize> = covering.at(cell).collect();
                    deciding.sort_unstable();
                    deciding
                }
            };
            for (decision, cohort, group) in groups(&roots, &own, &deciding) {
                for ((fact, state), root) in follow.facts_reached(&group, &here) {
                    let Some(root) = roots.get(root) else { continue };
                    if found.get(&fact).is_some_and(|s| s.states.contains(&state)) {
                        continue;
                    }
                    let lists = answerers.get(&fact).map_or(&[][..], Vec::as_slice);
                    let of =
                        |owner: HandlerOwner| handlers_by_owner.get(&(owner, state)).map_or(&[][..], Vec::as_slice);
                    let open = lists.iter().find(|answerer| {
                        let registries = answerer.registries.iter().map(|id| HandlerOwner::Registry(*id));
                        let mut handlers = owner(fact).into_iter().chain(registries).map(of);
                        match cell {
                            None => handlers.all(<[_]>::is_empty),
                            Some(_) => !handled(handlers, decision, &cohort, &here),
                        }
                    });
                    let Some(answerer) = open else { continue };
                    let silent = found.entry(fact).or_insert_with(|| UnhandledSilence {
                        states: BTreeSet::new(),
                        path: answerer.path.clone(),
                        rule: root.what(model),
                        span: root.span,
                        cell,
                    });
                    // A report names one cell, so another state is added only if it belongs to the same cell.
                    if silent.cell == cell {
                        silent.states.insert(state);
                    }
                }
            }
        }
        let reports: Vec<Diagnostic> =
            found.into_iter().filter_map(|(fact, silent)| Some(report(model, follow.datum(fact)?, &silent))).collect();
        self.diagnostics.extend(reports);
    }
}

fn report(model: &Model, datum: &Datum, silent: &UnhandledSilence) -> Diagnostic {
    let words: Vec<&str> = silent.states.iter().map(|state| state.keyword()).collect();
    let place = silent.cell.map_or_else(String::new, |cell| in_words(model, cell));
    let first = words.first().copied().unwrap_or(State::Absent.keyword());
    let mut found = Diagnostic::new(
        Code::W0203,
        format!("`{}` does not say what follows when it is {}{place}", silent.path, words.join(" or ")),
        datum.span,
        "the outcome would be undetermined",
    )
    .also(silent.span, format!("{} can turn on it", silent.rule));
    found = match silent.cell {
        Some(_) => found.help(format!(
            "what `if {first}` says holds only in other regions, at other times, for other people or in another \
             decision: add one that holds here too"
        )),
        None => found.help(format!("add `if {first} then OUTCOME CODE` to it or to its registry")),
    };
    if first == State::Absent.keyword() {
        found = found.help("where no record simply means a value, write `if absent means VALUE`");
    }
    found
}

/// The scopes that divide the grid: those of rules, handlers, definitions and exceptions. The scopes of norms change
/// nothing here, and a thousand values would make a thousand cells.
fn grid_scopes(model: &Model) -> Vec<&Scope> {
    let divides = |item: &Item| match item {
        Item::ProvisionVersion(version) => model.provisions.at(version.provision).kind == ProvisionKind::Rule,
        Item::Handler(_) | Item::DefinitionVersion(_) | Item::Case(_) | Item::ExceptionVersion(_) => true,
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
        | Item::Outcome(_)
        | Item::Output(_) => false,
    };
    model.scopes().into_iter().filter(|(item, _)| divides(item)).map(|(_, scope)| scope).collect()
}

/// The roots that hold in a cell, by decision and cohort.
type Grouped<'m, 'r> = Vec<(DecisionId, Vec<&'m Expr>, Vec<(usize, &'r UnguardedReads, &'m [ExceptionId])>)>;

fn groups<'m, 'r>(roots: &'r [Root<'m>], own: &'r [UnguardedReads], here: &[usize]) -> Grouped<'m, 'r> {
    let mut groups: Grouped<'m, 'r> = Vec::new();
    for index in here.iter().copied() {
        let (Some(root), Some(reads)) = (roots.get(index), own.get(index)) else { continue };
        let Some(decision) = root.decides else { continue };
        match groups.iter_mut().find(|(d, cohort, _)| *d == decision && *cohort == root.cohort) {
            Some((.., list)) => list.push((index, reads, root.exceptions)),
            None => groups.push((decision, root.cohort.clone(), vec![(index, reads, root.exceptions)])),
        }
    }
    groups
}

/// A version of a handler: its scope, its cohort, and the decisions for which it gives an outcome.
struct HandlerCoverage<'m> {
    scope: &'m Scope,
    cohort: Vec<&'m Expr>,
    /// `None` if it gives a value or leaves open what follows, which applies to all decisions.
    decisions: Option<BTreeSet<DecisionId>>,
}

/// All handlers, by their owner and state.
fn handlers_by_owner(model: &Model) -> BTreeMap<(HandlerOwner, State), Vec<HandlerCoverage<'_>>> {
    let mut all: BTreeMap<(HandlerOwner, State), Vec<HandlerCoverage<'_>>> = BTreeMap::new();
    model.each_item(|item, parts| {
        let (Item::Handler(handler), Some(scope)) = (item, parts.scope) else { return };
        let outcome = |name: &Item| if let Item::Outcome(outcome) = name { Some(outcome.decision) } else { None };
        let is_of_all = parts.one(Role::Default).is_some() || model.handler(handler).open().is_some();
        let decisions = (!is_of_all).then(|| parts.names.iter().filter_map(outcome).collect());
        let cohort = parts.of(Role::Cohort).collect();
        all.entry((handler.owner, handler.state)).or_default().push(HandlerCoverage { scope, cohort, decisions });
    });
    all
}

/// The owner of the handlers of a fact or field itself.
fn owner(fact: Item) -> Option<HandlerOwner> {
    if let Item::Fact(id) = fact {
        Some(HandlerOwner::Fact(id))
    } else if let Item::Field(id) = fact {
        Some(HandlerOwner::Field(id))
    } else {
        None
    }
}

/// True if a handler surely applies and covers this decision. The first list with a version in scope decides.
fn handled<'s, 'm: 's>(
    handlers: impl Iterator<Item = &'s [HandlerCoverage<'m>]>,
    decision: DecisionId,
    cohort: &[&Expr],
    here: &dyn Fn(&Scope) -> bool,
) -> bool {
    for list in handlers {
        let surely =
            |s: &&HandlerCoverage<'_>| here(s.scope) && s.cohort.iter().all(|condition| cohort.contains(condition));
        let mut live = list.iter().filter(surely).peekable();
        if live.peek().is_some() {
            return live.any(|handler| handler.decisions.as_ref().is_none_or(|all| all.contains(&decision)));
        }
    }
    false
}

/// The answerers of each fact and field. A field without registries inherits those of the fact or field that contains
/// it, so a field of a record type that several facts use has several answerers.
fn answerers(model: &Model) -> BTreeMap<Item, Vec<Answerer>> {
    let mut all: BTreeMap<Item, Vec<Answerer>> = BTreeMap::new();
    let mut waiting: Vec<(RecordId, String, Vec<RegistryId>)> = Vec::new();
    let mut seen: BTreeSet<(RecordId, Vec<RegistryId>)> = BTreeSet::new();
    let mut enter = |fact: Item, datum: &Datum, path: String, registries: &[RegistryId], waiting: &mut Vec<_>| {
        let own = if datum.registries.is_empty() { registries.to_vec() } else { datum.registries.clone() };
        let (mut ty, mut inner) = (&datum.ty, path.clone());
        while let Type::List(element) = ty {
            ty = element;
            inner.push_str("[]");
        }
        if let Type::Record(record) = ty
            && seen.insert((*record, own.clone()))
        {
            waiting.push((*record, inner, own.clone()));
        }
        if !own.is_empty() {
            all.entry(fact).or_default().push(Answerer { path, registries: own });
        }
    };
    for (id, fact) in model.facts.entries() {
        enter(Item::Fact(id), &fact.datum, fact.path(), &[], &mut waiting);
    }
    while let Some((record, path, registries)) = waiting.pop() {
        for id in &model.records.at(record).fields {
            let field = model.fields.at(*id);
            let path = format!("{path}.{}", field.datum.name);
            enter(Item::Field(*id), &field.datum, path, &registries, &mut waiting);
        }
    }
    all
}
