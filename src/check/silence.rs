//! Outcomes that can rest on a registry's silence of which nobody says what follows.
//!
//! A handler helps where its own scope holds: one for a city says nothing of the country around it. So the grid is gone through cell by
//! cell, and in each all that the rules of a decision turn on is followed once. Where the grid is too large for that,
//! only what has no handler at all is told.

use super::Checker;
use super::coverage::Root;
use super::grid::{Cell, Spread, cells, in_words};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps that the exact look may take: cells times what is read.
const MAX_STEPS: usize = 3_000_000;

/// Something that a registry answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Fact(FactId),
    Field(FieldId),
}

/// What an expression reads itself.
#[derive(Default)]
struct Reads {
    asked: Vec<(Asked, State)>,
    definitions: Vec<DefinitionId>,
}

/// Somebody who answers: the fact or field that says so, and the registries that are asked in order.
struct Answerer {
    /// The name of what is answered, `owners[].birth_date`.
    path: String,
    registries: Vec<RegistryId>,
}

/// Something silent without a handler.
struct Silent {
    states: BTreeSet<State>,
    path: String,
    rule: String,
    span: Span,
    /// Where, if a handler holds elsewhere.
    cell: Option<Cell>,
}

/// What all definitions and exceptions read, worked out once.
struct Follow<'m> {
    model: &'m Model,
    /// By definition, version, case: the version's own condition stands with each case.
    definitions: Vec<Vec<VersionReads<'m>>>,
    exceptions: Vec<Vec<(&'m Claim, Reads, &'m [ExceptionId])>>,
}

struct VersionReads<'m> {
    scope: &'m Scope,
    own: Reads,
    exceptions: &'m [ExceptionId],
    cases: Vec<(&'m Scope, Reads, &'m [ExceptionId])>,
}

impl<'m> Follow<'m> {
    fn new(model: &'m Model) -> Self {
        let version = |v: &'m Versioned<DefinitionBody>| {
            let cases: &[Case] = match &v.body {
                DefinitionBody::Cases(cases) => cases,
                DefinitionBody::Open(_) => &[],
            };
            let case = |c: &'m Case| {
                let exprs = c.condition.when.iter().chain(&c.condition.unless).chain(&c.scope.cohort).chain([&c.value]);
                (&c.scope, reads(exprs), c.exceptions.as_slice())
            };
            VersionReads {
                scope: &v.claim.scope,
                own: reads(&v.claim.scope.cohort),
                exceptions: &v.exceptions,
                cases: cases.iter().map(case).collect(),
            }
        };
        let exception = |v: &'m Versioned<Option<ExceptionBody>>| {
            let body = v.body.iter().flat_map(|b| b.condition.when.iter().chain(&b.condition.unless).chain(&b.value));
            (&v.claim, reads(body.chain(&v.claim.scope.cohort)), v.exceptions.as_slice())
        };
        Self {
            model,
            definitions: model.definitions.iter().map(|d| d.versions.iter().map(version).collect()).collect(),
            exceptions: model.exceptions.iter().map(|e| e.versions.iter().map(exception).collect()).collect(),
        }
    }

    /// How much there is to read.
    fn size(&self) -> usize {
        let of = |r: &Reads| 1 + r.asked.len() + r.definitions.len();
        let definitions = self
            .definitions
            .iter()
            .flatten()
            .map(|v| of(&v.own) + v.cases.iter().map(|(_, r, _)| of(r)).sum::<usize>());
        let exceptions = self.exceptions.iter().flatten().map(|(_, r, _)| of(r));
        definitions.chain(exceptions).sum()
    }

    /// Everything that these roots can turn on, each with the first root that does. `here` says what is in scope.
    fn asked(
        &self,
        roots: &[(usize, &Reads, &'m [ExceptionId])],
        here: &dyn Fn(&Scope) -> bool,
    ) -> BTreeMap<(Asked, State), usize> {
        let mut found = BTreeMap::new();
        let mut definitions = vec![false; self.definitions.len()];
        let mut exceptions = vec![false; self.exceptions.len()];
        for (root, own, list) in roots {
            let mut waiting: Vec<&Reads> = vec![own];
            let mut excepting: Vec<ExceptionId> = list.to_vec();
            loop {
                while let Some(id) = excepting.pop() {
                    if exceptions.get_mut(id.index()).is_none_or(|seen| std::mem::replace(seen, true)) {
                        continue;
                    }
                    for (claim, reads, more) in self.exceptions.get(id.index()).into_iter().flatten() {
                        if here(&claim.scope) {
                            waiting.push(reads);
                            excepting.extend(*more);
                        }
                    }
                }
                let Some(reads) = waiting.pop() else { break };
                for asked in &reads.asked {
                    found.entry(*asked).or_insert(*root);
                }
                for id in &reads.definitions {
                    if definitions.get_mut(id.index()).is_none_or(|seen| std::mem::replace(seen, true)) {
                        continue;
                    }
                    for version in self.definitions.get(id.index()).into_iter().flatten() {
                        if !here(version.scope) {
                            continue;
                        }
                        waiting.push(&version.own);
                        excepting.extend(version.exceptions);
                        for (scope, reads, more) in &version.cases {
                            if here(scope) {
                                waiting.push(reads);
                                excepting.extend(*more);
                            }
                        }
                    }
                }
            }
        }
        found
    }

    fn datum(&self, asked: Asked) -> Option<&'m Datum> {
        match asked {
            Asked::Fact(id) => self.model.facts.get(id.index()).map(|f| &f.datum),
            Asked::Field(id) => self.model.fields.get(id.index()).map(|f| &f.datum),
        }
    }
}

/// Facts and fields that a condition reads, with the states in which they leave it unknown.
fn reads<'m>(exprs: impl IntoIterator<Item = &'m Expr>) -> Reads {
    let mut found = Reads::default();
    let mut waiting: Vec<&Expr> = exprs.into_iter().collect();
    while let Some(expr) = waiting.pop() {
        let asked = match &expr.kind {
            ExprKind::Fact(id) => Some(Asked::Fact(*id)),
            ExprKind::Field(_, id) => Some(Asked::Field(*id)),
            _ => None,
        };
        match (&expr.kind, asked) {
            // A test of a state is answered by that state; only `is absent` of a silent registry stays open.
            (ExprKind::IsState(inner, state), _) => {
                let tested = match &inner.kind {
                    ExprKind::Fact(id) => Some(Asked::Fact(*id)),
                    ExprKind::Field(_, id) => Some(Asked::Field(*id)),
                    _ => None,
                };
                if let (Some(tested), State::Absent) = (tested, state) {
                    found.asked.push((tested, State::Unavailable));
                }
                waiting.extend(inner.children());
            }
            (_, Some(asked)) => {
                found.asked.extend([(asked, State::Absent), (asked, State::Unavailable)]);
                waiting.extend(expr.children());
            }
            (ExprKind::Define(id, args), None) => {
                found.definitions.push(*id);
                waiting.extend(args);
            }
            (_, None) => waiting.extend(expr.children()),
        }
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
        let own: Vec<Reads> = roots.iter().map(|r| reads(r.conditions.iter().copied())).collect();
        let choices = Choices::defaults(model);
        let spread = Spread::new(model, &choices, roots.iter().filter_map(|r| r.claim).map(|c| &c.scope));
        let mut grid = cells(model, &choices, telling(model).into_iter());
        if grid.len().saturating_mul(follow.size() + roots.len()) > MAX_STEPS {
            grid.clear();
        }
        let mut found: BTreeMap<Asked, Silent> = BTreeMap::new();
        // First what has no handler at all, then what has none in some cell.
        let whole: Vec<Option<Cell>> = std::iter::once(None).chain(grid.into_iter().map(Some)).collect();
        for cell in whole {
            let here = |scope: &Scope| cell.is_none_or(|c| scope.covers(model, &choices, c.day, c.place));
            let deciding: Vec<usize> = match cell {
                None => (0..roots.len()).collect(),
                Some(cell) => {
                    let mut deciding: Vec<usize> = spread.at(cell).collect();
                    deciding.sort_unstable();
                    deciding
                }
            };
            for (decision, cohort, group) in groups(&roots, &own, &deciding) {
                for ((asked, state), root) in follow.asked(&group, &here) {
                    let (Some(datum), Some(root)) = (follow.datum(asked), roots.get(root)) else { continue };
                    if found.get(&asked).is_some_and(|s| s.states.contains(&state)) {
                        continue;
                    }
                    let lists = answerers.get(&asked).map_or(&[][..], Vec::as_slice);
                    let open = lists.iter().find(|answerer| {
                        let mut handlers: Vec<&[Handler]> = vec![datum.handlers.of(state)];
                        handlers.extend(
                            answerer
                                .registries
                                .iter()
                                .filter_map(|r| model.registries.get(r.index()))
                                .map(|r| r.handlers.of(state)),
                        );
                        match cell {
                            None => handlers.iter().all(|h| h.is_empty()),
                            Some(_) => !handled(&handlers, decision, cohort, &here),
                        }
                    });
                    let Some(answerer) = open else { continue };
                    let silent = found.entry(asked).or_insert_with(|| Silent {
                        states: BTreeSet::new(),
                        path: answerer.path.clone(),
                        rule: root.what.clone(),
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

fn report(model: &Model, datum: &Datum, silent: &Silent) -> Diagnostic {
    let words: Vec<&str> = silent.states.iter().map(|s| super::expr::state_word(*s)).collect();
    let place = silent.cell.map_or_else(String::new, |cell| in_words(model, cell));
    let first = words.first().copied().unwrap_or("absent");
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
    if first == "absent" {
        found = found.help("where no record simply means a value, write `if absent means VALUE`");
    }
    found
}

/// The scopes that say where and when something decides, and where and when silence is spoken of. Those of norms say
/// nothing of that: a thousand values are no thousand cells here.
fn telling(model: &Model) -> Vec<&Scope> {
    let mut scopes: Vec<&Scope> = Vec::new();
    scopes.extend(
        model.provisions_of(ProvisionKind::Rule).map(|(_, r)| r).flat_map(|r| &r.versions).map(|v| &v.claim.scope),
    );
    scopes.extend(model.exceptions.iter().flat_map(|e| &e.versions).map(|v| &v.claim.scope));
    for version in model.definitions.iter().flat_map(|d| &d.versions) {
        scopes.push(&version.claim.scope);
        if let DefinitionBody::Cases(cases) = &version.body {
            scopes.extend(cases.iter().map(|c| &c.scope));
        }
    }
    let facts = model.facts.iter().map(|f| &f.datum.handlers);
    let fields = model.fields.iter().map(|f| &f.datum.handlers);
    for handlers in facts.chain(fields).chain(model.registries.iter().map(|r| &r.handlers)) {
        scopes.extend(handlers.absent.iter().chain(&handlers.unavailable).map(|h| &h.claim.scope));
    }
    scopes
}

/// The roots that hold here, by decision and cohort.
type Grouped<'m, 'r> = Vec<(DecisionId, &'m [Expr], Vec<(usize, &'r Reads, &'m [ExceptionId])>)>;

fn groups<'m, 'r>(roots: &'r [Root<'m>], own: &'r [Reads], here: &[usize]) -> Grouped<'m, 'r> {
    let mut groups: Grouped<'m, 'r> = Vec::new();
    for index in here.iter().copied() {
        let (Some(root), Some(reads)) = (roots.get(index), own.get(index)) else { continue };
        let (Some(decision), Some(claim)) = (root.decides, root.claim) else { continue };
        let cohort = claim.scope.cohort.as_slice();
        match groups.iter_mut().find(|(d, c, _)| *d == decision && *c == cohort) {
            Some((.., list)) => list.push((index, reads, root.exceptions)),
            None => groups.push((decision, cohort, vec![(index, reads, root.exceptions)])),
        }
    }
    groups
}

/// Whether one of these handlers surely speaks, and to this decision: the first list with a version in scope decides.
fn handled(handlers: &[&[Handler]], decision: DecisionId, cohort: &[Expr], here: &dyn Fn(&Scope) -> bool) -> bool {
    for list in handlers {
        let surely = |h: &&Handler| here(&h.claim.scope) && h.claim.scope.cohort.iter().all(|c| cohort.contains(c));
        let mut live = list.iter().filter(surely).peekable();
        if live.peek().is_some() {
            return live.any(|h| match &h.action {
                HandlerAction::Means(_) => true,
                HandlerAction::Then { levels, .. } => levels.get(decision.index()).is_some_and(Option::is_some),
            });
        }
    }
    false
}

/// For each fact and field, who answers it. A field without registries has those of what it stands in, so a record type
/// that several facts hold gives several answers.
fn answerers(model: &Model) -> BTreeMap<Asked, Vec<Answerer>> {
    let mut all: BTreeMap<Asked, Vec<Answerer>> = BTreeMap::new();
    let mut waiting: Vec<(RecordId, String, Vec<RegistryId>)> = Vec::new();
    let mut seen: BTreeSet<(RecordId, Vec<RegistryId>)> = BTreeSet::new();
    let mut enter = |asked: Asked, datum: &Datum, path: String, registries: &[RegistryId], waiting: &mut Vec<_>| {
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
    for (index, fact) in model.facts.iter().enumerate() {
        enter(Asked::Fact(FactId::new(index)), &fact.datum, fact.path(), &[], &mut waiting);
    }
    while let Some((record, path, registries)) = waiting.pop() {
        for id in model.records.get(record.index()).map_or(&[][..], |r| &r.fields) {
            if let Some(field) = model.fields.get(id.index()) {
                let path = format!("{path}.{}", field.datum.name);
                enter(Asked::Field(*id), &field.datum, path, &registries, &mut waiting);
            }
        }
    }
    all
}
