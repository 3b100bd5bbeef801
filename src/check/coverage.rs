//! What reads facts, norms and definitions when a decision is made, and norms whose values are outside their bounds.

use super::Checker;
use super::constant::{self, NoValue};
use super::grid::{Covering, GridCell, cells, in_words};
use super::vectors::Vector;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use std::collections::BTreeSet;

/// Something that reads facts, norms and definitions when a decision is made.
pub(super) struct Root<'m> {
    /// A version of a rule or a notice, an output, a handler, or the policy itself.
    pub(super) item: Item,
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
}

/// The rank of a root's kind: roots are checked in this order. `None` if the item is no root.
fn root_rank(model: &Model, item: Item) -> Option<u8> {
    match item {
        Item::ProvisionVersion(version) => Some(match model.provisions.at(version.provision).kind {
            // A suspension decides and shows nothing, but it is read for whom it holds.
            _ if model.provision(version).body.is_none() => 4,
            ProvisionKind::Rule => 0,
            ProvisionKind::Notice => 1,
        }),
        Item::Output(_) => Some(2),
        Item::Handler(_) => Some(3),
        // The conditions of an amendment stand in the scopes of its items.
        Item::Section(SectionId(0)) => Some(5),
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
    };
    // Only the conditions of a rule decide. Everything else that is read is shown.
    let mut decides = false;
    if let Item::ProvisionVersion(version) = item {
        let kind = model.provisions.at(version.provision).kind;
        decides = kind == ProvisionKind::Rule && model.provision(version).body.is_some();
    } else if let Item::Output(output) = item {
        root.span = model.output(output).span;
    } else if let Item::Section(section) = item {
        root.span = model.sections.at(section).span;
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
            | Role::Key
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
            let kind = model.provisions.at(version.provision).kind.keyword();
            let version = model.provision(version);
            let what = if version.body.is_some() { "" } else { "the suspension of " };
            format!("{what}{kind} `{}`", version.qualified)
        } else if let Item::Section(section) = self.item {
            format!("the policy `{}`", model.sections.at(section).name)
        } else if let Item::Output(output) = self.item {
            format!("output `{}`", model.output(output).name)
        } else if let Item::Handler(handler) = self.item {
            let name: &str = match handler.owner {
                HandlerOwner::Fact(id) => &model.facts.at(id).datum.name,
                HandlerOwner::Field(id) => &model.fields.at(id).datum.name,
                HandlerOwner::Registry(id) => &model.registries.at(id).name,
                HandlerOwner::Policy => "facts",
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

    /// Checks the values of all norms under some choices.
    pub(super) fn bounds(&mut self, vectors: &[Vector]) {
        if self.model.norms.iter().all(|norm| norm.limits.is_empty()) {
            return;
        }
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut seen: BTreeSet<(Code, Span)> = BTreeSet::new();
        let classes = RegionClasses::new(&self.model, self.model.scopes().into_iter().map(|(_, scope)| scope));
        for vector in vectors {
            let choices = &vector.choices;
            let grid = cells(&self.model, choices, &classes);
            for (id, norm) in self.model.norms.entries() {
                let scopes = norm.values.iter().map(|value| value.claim().scope());
                let covering = Covering::new(&self.model, choices, scopes);
                for mut diagnostic in self.out_of_bounds(id, &covering, vector, &grid) {
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

    fn out_of_bounds(&self, id: NormId, covering: &Covering, vector: &Vector, grid: &[GridCell]) -> Vec<Diagnostic> {
        let (model, choices) = (&self.model, &vector.choices);
        let norm = model.norms.at(id);
        let mut found = Vec::new();
        if norm.limits.is_empty() {
            return found;
        }
        for cell in grid.iter().copied() {
            let setting = vector.setting(model, cell.day, cell.place);
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
                let Some(order) = order(&value, &limit) else { continue };
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
