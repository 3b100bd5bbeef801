//! Norms on the grid: a value that is missing where something reads it, and values outside their bounds.

use super::Checker;
use super::constant::{self, NoValue, Setting};
use super::grid::{Covering, GridCell, cells, in_words};
use super::versions::Vector;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Something that reads facts, norms and definitions when a decision is made.
pub(super) struct Root<'m> {
    /// A version of a rule or a notice, an output or a handler.
    item: Item,
    /// Its scope; `None` if it holds wherever the policy holds.
    pub(super) claim: Option<&'m Claim>,
    pub(super) span: Span,
    /// Its cohort.
    pub(super) cohort: Vec<&'m Expr>,
    /// The conditions that decide whether it holds.
    pub(super) conditions: Vec<&'m Expr>,
    /// The expressions whose values it shows.
    pub(super) shown: Vec<&'m Expr>,
    pub(super) exceptions: &'m [ExceptionId],
    /// The decision whose outcome depends on it; `None` for outputs, notices and the like.
    pub(super) decides: Option<DecisionId>,
}

/// An index of what reads each definition and norm.
struct ReaderIndex<'m> {
    roots: Vec<Root<'m>>,
    /// For each definition and norm, what reads it.
    readers: BTreeMap<Item, Vec<Item>>,
    /// For each definition and norm, the roots that read it themselves.
    readings: BTreeMap<Item, Vec<usize>>,
}

/// The rank of a root's kind: roots are checked in this order. `None` if the item is no root.
fn root_rank(model: &Model, item: Item) -> Option<u8> {
    match item {
        Item::ProvisionVersion(version) => {
            // A suspension neither decides nor shows anything.
            model.provision(version).body.as_ref()?;
            Some(match model.provisions.at(version.provision).kind {
                ProvisionKind::Rule => 0,
                ProvisionKind::Notice => 1,
            })
        }
        Item::Output(_) => Some(2),
        Item::Handler(_) => Some(3),
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
        | Item::DefinitionVersion(_)
        | Item::Case(_)
        | Item::Provision(_)
        | Item::Exception(_)
        | Item::ExceptionVersion(_)
        | Item::Reason(_)
        | Item::Decision(_)
        | Item::Outcome(_) => None,
    }
}

/// The root for an item: what it decides or shows, its place, and for a rule its decision.
fn root<'m>(model: &'m Model, item: Item, parts: &Parts<'m>) -> Root<'m> {
    let mut root = Root {
        item,
        claim: parts.claim,
        span: parts.claim.map_or(model.as_of.span, |claim| claim.span),
        cohort: parts.of(Role::Cohort).collect(),
        conditions: Vec::new(),
        shown: Vec::new(),
        exceptions: parts.exceptions,
        decides: None,
    };
    // Only the conditions of a rule decide. Everything else that is read is shown.
    let mut decides = false;
    if let Item::ProvisionVersion(version) = item {
        let kind = model.provisions.at(version.provision).kind;
        decides = kind == ProvisionKind::Rule;
        root.decides = model.provision(version).body.as_ref().filter(|_| decides).map(|body| body.decision);
    } else if let Item::Output(output) = item {
        root.span = model.output(output).span;
    }
    for (role, expr) in parts.expressions.iter().copied() {
        match role {
            // The cohort of a handler neither decides by itself nor is shown.
            Role::Cohort if matches!(item, Item::Handler(_)) => {}
            Role::Cohort | Role::List | Role::Filter | Role::Condition | Role::Exclusion if decides => {
                root.conditions.push(expr);
            }
            Role::Cohort
            | Role::List
            | Role::Filter
            | Role::Condition
            | Role::Exclusion
            | Role::Value
            | Role::Limit
            | Role::Default
            | Role::Argument
            | Role::Message
            | Role::GoverningDate
            | Role::GoverningRegion => root.shown.push(expr),
        }
    }
    for name in parts.names.iter().copied() {
        if matches!(name, Item::Reason(_)) {
            root.shown.extend(model.parts(name).of(Role::Message));
        }
    }
    root
}

impl Root<'_> {
    /// For a message: `` rule `kz.registration.no_consent` ``.
    pub(super) fn what(&self, model: &Model) -> String {
        if let Item::ProvisionVersion(version) = self.item {
            let kind = model.provisions.at(version.provision).kind;
            format!("{} `{}`", kind.keyword(), model.provision(version).qualified)
        } else if let Item::Output(output) = self.item {
            format!("output `{}`", model.output(output).name)
        } else if let Item::Handler(handler) = self.item {
            let name = match handler.owner {
                HandlerOwner::Fact(id) => &model.facts.at(id).datum.name,
                HandlerOwner::Field(id) => &model.fields.at(id).datum.name,
                HandlerOwner::Registry(id) => &model.registries.at(id).name,
            };
            format!("what silence of `{name}` means")
        } else {
            String::new()
        }
    }
}

impl Checker<'_> {
    /// All roots: the versions of rules and notices, outputs, handlers.
    pub(super) fn roots(&self) -> Vec<Root<'_>> {
        let model = &self.model;
        let mut ranked: Vec<(u8, Root<'_>)> = Vec::new();
        model.each_item(|item, parts| {
            ranked.extend(root_rank(model, item).map(|rank| (rank, root(model, item, parts))));
        });
        ranked.sort_by_key(|(rank, root)| (*rank, root.item));
        ranked.into_iter().map(|(_, root)| root).collect()
    }

    fn reading(&self, reads: &BTreeMap<Item, Vec<Item>>) -> ReaderIndex<'_> {
        let mut readers: BTreeMap<Item, Vec<Item>> = BTreeMap::new();
        for (item, reads) in reads {
            for read in reads {
                readers.entry(*read).or_default().push(*item);
            }
        }
        let roots = self.roots();
        let mut readings: BTreeMap<Item, Vec<usize>> = BTreeMap::new();
        for (index, root) in roots.iter().enumerate() {
            let mut exprs: Vec<&Expr> = root.conditions.iter().chain(&root.shown).copied().collect();
            exprs.extend(self.exception_exprs(root.exceptions.iter().copied().collect()));
            for item in super::cycles::values_read(&exprs) {
                readings.entry(item).or_default().push(index);
            }
        }
        ReaderIndex { roots, readers, readings }
    }

    /// Checks all norms under some choices. `reads` lists what each definition, norm and fact reads.
    pub(super) fn coverage(&mut self, vectors: &[Vector], reads: &BTreeMap<Item, Vec<Item>>) {
        if self.model.norms.is_empty() {
            return;
        }
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut seen: BTreeSet<(Code, Span)> = BTreeSet::new();
        let reading = self.reading(reads);
        let classes = RegionClasses::new(&self.model, self.model.scopes().into_iter().map(|(_, scope)| scope));
        for vector in vectors {
            let choices = &vector.choices;
            let grid = cells(&self.model, choices, &classes);
            for (id, norm) in self.model.norms.entries() {
                let scopes = norm.values.iter().map(|value| value.claim().scope());
                let covering = Covering::new(&self.model, choices, scopes);
                let gap = self.gap(id, norm, &covering, choices, &grid, &reading);
                let wrong = self.out_of_bounds(id, &covering, choices, &grid);
                for mut diagnostic in gap.into_iter().chain(wrong) {
                    if seen.insert((diagnostic.code, diagnostic.primary.span)) {
                        if let Some(chosen) = &vector.chosen {
                            diagnostic.message = format!("{}, where {chosen}", diagnostic.message);
                        }
                        found.push(diagnostic);
                    }
                }
            }
        }
        self.diagnostics.extend(found);
    }

    /// Reports a cell in which the norm has no value although something reads it.
    fn gap(
        &self,
        id: NormId,
        norm: &Norm,
        covering: &Covering,
        choices: &Choices,
        grid: &[GridCell],
        reading: &ReaderIndex<'_>,
    ) -> Option<Diagnostic> {
        let mut open: Option<(BTreeSet<Item>, BTreeSet<usize>)> = None;
        for cell in grid.iter().copied() {
            if covering.at(cell).next().is_some() {
                continue;
            }
            let (readers, candidates) = open.get_or_insert_with(|| reading.leading_to(Item::Norm(id)));
            let covers = |claim: &Claim| claim.scope().covers(&self.model, choices, cell.day, cell.place);
            let read = candidates
                .iter()
                .filter_map(|i| reading.roots.get(*i))
                .find(|root| root.claim.is_none_or(covers) && self.reaches(root, id, readers, choices, cell));
            let Some(root) = read else { continue };
            let help = if norm.values.is_empty() {
                format!("give it a value: `norm {} = …`", norm.name)
            } else if root.claim.is_some() {
                "add a value for that time and place, or narrow the scope of what reads it".to_owned()
            } else {
                "add a value for that time and place, or read it through a definition with cases by `in` and `from`"
                    .to_owned()
            };
            return Some(
                Diagnostic::new(
                    Code::E0503,
                    format!("the norm `{}` has no value{}", norm.name, in_words(&self.model, cell)),
                    norm.span,
                    "a value is missing",
                )
                .also(root.span, format!("{} reads it there", root.what(&self.model)))
                .help(help),
            );
        }
        None
    }

    /// True if a root reads the norm in this cell, directly or through what is in scope there.
    fn reaches(
        &self,
        root: &Root<'_>,
        norm: NormId,
        readers: &BTreeSet<Item>,
        choices: &Choices,
        cell: GridCell,
    ) -> bool {
        let model = &self.model;
        let mut waiting: Vec<&Expr> = root.conditions.iter().chain(&root.shown).copied().collect();
        let mut items: Vec<Item> = root.exceptions.iter().map(|id| Item::Exception(*id)).collect();
        let mut seen: BTreeSet<Item> = BTreeSet::new();
        loop {
            while let Some(item) = items.pop() {
                // Reading a norm's value does not read its bounds, and a suspension reads nothing.
                let silent = matches!(item, Item::NormLimit(_))
                    || matches!(item, Item::ExceptionVersion(version) if model.exception(version).body.is_none());
                if silent || !seen.insert(item) {
                    continue;
                }
                let parts = model.parts(item);
                if parts.scope.is_none_or(|scope| scope.covers(model, choices, cell.day, cell.place)) {
                    waiting.extend(parts.expressions.into_iter().map(|(_, expr)| expr));
                    items.extend(parts.exceptions.iter().map(|id| Item::Exception(*id)));
                    items.extend(parts.inside);
                }
            }
            let Some(expr) = waiting.pop() else { return false };
            let named = expr.names();
            if named == Some(Item::Norm(norm)) {
                return true;
            }
            // Another norm's value, or a definition, may read this one.
            items.extend(named.filter(|item| !matches!(item, Item::Fact(_)) && readers.contains(item)));
            if let ExprKind::At(_, date) = &expr.kind {
                // Inside `at` another day governs, which only the facts decide: there a missing value is a fault.
                waiting.push(date);
            } else {
                waiting.extend(expr.children());
            }
        }
    }

    fn out_of_bounds(&self, id: NormId, covering: &Covering, choices: &Choices, grid: &[GridCell]) -> Vec<Diagnostic> {
        let model = &self.model;
        let norm = model.norms.at(id);
        let mut found = Vec::new();
        if norm.limits.is_empty() {
            return found;
        }
        for cell in grid.iter().copied() {
            let setting = Setting { model, choices, day: cell.day, place: cell.place };
            let live = covering.at(cell).map(|index| NormValueRef::new(id, index)).collect();
            let Some(live) = constant::highest(live, setting).map(|live| constant::value_of(live, model)) else {
                continue;
            };
            let Ok(value) = constant::value(live, setting) else { continue };
            for (index, NormLimit { kind, .. }) in norm.limits.iter().enumerate() {
                let parts = model.parts(Item::NormLimit(NormLimitRef::new(id, index)));
                if parts.scope.is_some_and(|scope| !scope.covers(model, choices, cell.day, cell.place)) {
                    continue;
                }
                let Some(bound) = parts.one(Role::Limit) else { continue };
                let limit: Result<_, NoValue> = constant::value(bound, setting);
                let Ok(limit) = limit else { continue };
                let Some(order) = constant::order(&value, &limit) else { continue };
                let (broken, word) = match kind {
                    LimitKind::AtLeast => (order.is_lt(), "below its lower bound"),
                    LimitKind::AtMost => (order.is_gt(), "above its upper bound"),
                };
                if broken {
                    let text = self.quote(bound.span).to_owned();
                    found.push(
                        Diagnostic::new(
                            Code::E0504,
                            format!("a value of the norm `{}` is {word}, {text}", norm.name),
                            live.span,
                            format!("holds{}", in_words(model, cell)),
                        )
                        .also(bound.span, "the bound")
                        .help("correct the value; a local value may not break the bound of the law above it"),
                    );
                }
            }
        }
        found
    }
}

impl ReaderIndex<'_> {
    /// All definitions and norms that read a norm, directly or indirectly, and the roots that read any of them.
    fn leading_to(&self, norm: Item) -> (BTreeSet<Item>, BTreeSet<usize>) {
        let mut leading = BTreeSet::from([norm]);
        let mut waiting = vec![norm];
        while let Some(node) = waiting.pop() {
            for reader in self.readers.get(&node).into_iter().flatten() {
                if leading.insert(*reader) {
                    waiting.push(*reader);
                }
            }
        }
        let roots = leading.iter().filter_map(|n| self.readings.get(n)).flatten().copied().collect();
        (leading, roots)
    }
}
