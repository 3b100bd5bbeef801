//! Outcomes that can rest on a registry's silence of which nobody says what follows.
//!
//! A handler helps where its own scope holds: one for a city says nothing of the country around it. So the grid is gone through cell by
//! cell, and in each all that the rules of a decision turn on is followed once. Where the grid is too large for that,
//! only what has no handler at all is told.

use super::Checker;
use super::coverage::Root;
use super::grid::{Covering, GridCell, cells, in_words};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps that the exact look may take: cells times what is read.
const MAX_STEPS: usize = 3_000_000;

/// What an expression reads itself.
#[derive(Default)]
struct UnguardedReads {
    /// Facts and fields, each with a state in which it leaves the expression unknown.
    asked: Vec<(Item, State)>,
    definitions: Vec<DefinitionId>,
}

/// Somebody who answers: the fact or field that says so, and the registries that are asked in order.
struct Answerer {
    /// The name of what is answered, `owners[].birth_date`.
    path: String,
    registries: Vec<RegistryId>,
}

/// Something silent without a handler.
struct UnhandledSilence {
    states: BTreeSet<State>,
    path: String,
    rule: String,
    span: Span,
    /// Where, if a handler holds elsewhere.
    cell: Option<GridCell>,
}

/// What all definitions and exceptions read, worked out once.
struct Follow<'m> {
    model: &'m Model,
    steps: Vec<SilenceNode<'m>>,
    /// The place of each definition, exception, version and case among the steps.
    places: BTreeMap<Item, usize>,
}

/// A definition, an exception, or a version or case of one.
struct SilenceNode<'m> {
    /// Where and when it holds.
    scope: Option<&'m Scope>,
    asked: Vec<(Item, State)>,
    /// How many definitions it reads.
    definitions: usize,
    /// What it leads to: definitions that it reads, exceptions to it, what it holds.
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
            steps.push(SilenceNode { scope: parts.scope, asked: read.asked, definitions, next: Vec::new() });
        });
        for (step, items) in steps.iter_mut().zip(leads_to) {
            step.next = items.iter().filter_map(|item| places.get(item).copied()).collect();
        }
        Self { model, steps, places }
    }

    /// How much there is to read.
    fn size(&self) -> usize {
        let scoped = self.steps.iter().filter(|step| step.scope.is_some());
        scoped.map(|step| 1 + step.asked.len() + step.definitions).sum()
    }

    /// Everything that these roots can turn on, each with the first root that does. `here` says what is in scope.
    fn asked(
        &self,
        roots: &[(usize, &UnguardedReads, &'m [ExceptionId])],
        here: &dyn Fn(&Scope) -> bool,
    ) -> BTreeMap<(Item, State), usize> {
        let mut found = BTreeMap::new();
        let mut seen = vec![false; self.steps.len()];
        for (root, own, exceptions) in roots {
            for asked in &own.asked {
                found.entry(*asked).or_insert(*root);
            }
            let starts = following(&own.definitions, exceptions);
            let mut waiting: Vec<usize> = starts.filter_map(|item| self.places.get(&item).copied()).collect();
            while let Some(at) = waiting.pop() {
                if seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, true)) {
                    continue;
                }
                let Some(step) = self.steps.get(at).filter(|step| step.scope.is_none_or(here)) else { continue };
                for asked in &step.asked {
                    found.entry(*asked).or_insert(*root);
                }
                waiting.extend(&step.next);
            }
        }
        found
    }

    fn datum(&self, asked: Item) -> Option<&'m Datum> {
        if let Item::Fact(id) = asked {
            Some(&self.model.facts.at(id).datum)
        } else if let Item::Field(id) = asked {
            Some(&self.model.fields.at(id).datum)
        } else {
            None
        }
    }
}

/// Whether a thing stands between what decides and the facts that it turns on.
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

/// The definitions that are read, and the exceptions.
fn following(definitions: &[DefinitionId], exceptions: &[ExceptionId]) -> impl Iterator<Item = Item> {
    let definitions = definitions.iter().copied().map(Item::Definition);
    definitions.chain(exceptions.iter().copied().map(Item::Exception))
}

/// Facts and fields that a condition reads, with the states in which they leave it unknown.
fn reads<'m>(exprs: impl IntoIterator<Item = &'m Expr>) -> UnguardedReads {
    let mut found = UnguardedReads::default();
    let mut waiting: Vec<&Expr> = exprs.into_iter().collect();
    let datum = |expr: &Expr| expr.names().filter(|item| matches!(item, Item::Fact(_) | Item::Field(_)));
    while let Some(expr) = waiting.pop() {
        // A test of a state is answered by that state; only `is absent` of a silent registry stays open.
        if let ExprKind::IsState(inner, state) = &expr.kind {
            if let (Some(tested), State::Absent) = (datum(inner), state) {
                found.asked.push((tested, State::Unavailable));
            }
            waiting.extend(inner.children());
            continue;
        }
        if let Some(asked) = datum(expr) {
            found.asked.extend([(asked, State::Absent), (asked, State::Unavailable)]);
        } else if let ExprKind::Define(id, _) = &expr.kind {
            found.definitions.push(*id);
        }
        waiting.extend(expr.children());
    }
    found
}

impl Checker<'_> {
    /// Facts and fields from a registry on which a rule can turn, and which say nothing of a state that the registry
    /// may answer.
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
        let speakers = speakers(model);
        let mut grid = cells(model, &choices, &RegionClasses::new(model, telling(model)));
        if grid.len().saturating_mul(follow.size() + roots.len()) > MAX_STEPS {
            grid.clear();
        }
        let mut found: BTreeMap<Item, UnhandledSilence> = BTreeMap::new();
        // First what has no handler at all, then what has none in some cell.
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
                for ((asked, state), root) in follow.asked(&group, &here) {
                    let Some(root) = roots.get(root) else { continue };
                    if found.get(&asked).is_some_and(|s| s.states.contains(&state)) {
                        continue;
                    }
                    let lists = answerers.get(&asked).map_or(&[][..], Vec::as_slice);
                    let of = |owner: HandlerOwner| speakers.get(&(owner, state)).map_or(&[][..], Vec::as_slice);
                    let open = lists.iter().find(|answerer| {
                        let registries = answerer.registries.iter().map(|id| HandlerOwner::Registry(*id));
                        let mut handlers = owner(asked).into_iter().chain(registries).map(of);
                        match cell {
                            None => handlers.all(<[_]>::is_empty),
                            Some(_) => !handled(handlers, decision, &cohort, &here),
                        }
                    });
                    let Some(answerer) = open else { continue };
                    let silent = found.entry(asked).or_insert_with(|| UnhandledSilence {
                        states: BTreeSet::new(),
                        path: answerer.path.clone(),
                        rule: root.what(model),
                        span: root.span,
                        cell,
                    });
                    // Another state in a cell is told beside it only where the place is the same.
                    if silent.cell == cell {
                        silent.states.insert(state);
                    }
                }
            }
        }
        let reports: Vec<Diagnostic> = found
            .into_iter()
            .filter_map(|(asked, silent)| Some(report(model, follow.datum(asked)?, &silent)))
            .collect();
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

/// The scopes that say where and when something decides, and where and when silence is spoken of. Those of norms say
/// nothing of that: a thousand values are no thousand cells here.
fn telling(model: &Model) -> Vec<&Scope> {
    let tells = |item: &Item| match item {
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
    model.scopes().into_iter().filter(|(item, _)| tells(item)).map(|(_, scope)| scope).collect()
}

/// The roots that hold here, by decision and cohort.
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

/// A version of a handler: where and for whom it speaks, and to which decisions.
struct HandlerCoverage<'m> {
    scope: &'m Scope,
    cohort: Vec<&'m Expr>,
    /// `None` if it gives a value, which speaks to all.
    decisions: Option<BTreeSet<DecisionId>>,
}

/// All handlers, by whose silence they speak of.
fn speakers(model: &Model) -> BTreeMap<(HandlerOwner, State), Vec<HandlerCoverage<'_>>> {
    let mut all: BTreeMap<(HandlerOwner, State), Vec<HandlerCoverage<'_>>> = BTreeMap::new();
    model.each_item(|item, parts| {
        let (Item::Handler(handler), Some(scope)) = (item, parts.scope) else { return };
        let outcome = |name: &Item| if let Item::Outcome(outcome) = name { Some(outcome.decision) } else { None };
        let means = parts.one(Role::Default).is_some();
        let decisions = (!means).then(|| parts.names.iter().filter_map(outcome).collect());
        let cohort = parts.of(Role::Cohort).collect();
        all.entry((handler.owner, handler.state)).or_default().push(HandlerCoverage { scope, cohort, decisions });
    });
    all
}

/// Whose handlers are a fact's or a field's own.
fn owner(asked: Item) -> Option<HandlerOwner> {
    if let Item::Fact(id) = asked {
        Some(HandlerOwner::Fact(id))
    } else if let Item::Field(id) = asked {
        Some(HandlerOwner::Field(id))
    } else {
        None
    }
}

/// Whether one of these handlers surely speaks, and to this decision: the first list with a version in scope decides.
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
            return live.any(|speaker| speaker.decisions.as_ref().is_none_or(|all| all.contains(&decision)));
        }
    }
    false
}

/// For each fact and field, who answers it. A field without registries has those of what it stands in, so a record type
/// that several facts hold gives several answers.
fn answerers(model: &Model) -> BTreeMap<Item, Vec<Answerer>> {
    let mut all: BTreeMap<Item, Vec<Answerer>> = BTreeMap::new();
    let mut waiting: Vec<(RecordId, String, Vec<RegistryId>)> = Vec::new();
    let mut seen: BTreeSet<(RecordId, Vec<RegistryId>)> = BTreeSet::new();
    let mut enter = |asked: Item, datum: &Datum, path: String, registries: &[RegistryId], waiting: &mut Vec<_>| {
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
            all.entry(asked).or_default().push(Answerer { path, registries: own });
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
