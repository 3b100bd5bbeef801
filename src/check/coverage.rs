//! Norms on the grid: a value that is missing where something reads it, and values outside their bounds.

use super::Checker;
use super::constant::{self, NoValue, Setting};
use super::cycles::Node;
use super::grid::{Cell, Spread, cells, in_words};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What reads something when a decision is made.
pub(super) struct Root<'m> {
    /// In words: `` rule `kz.registration.no_consent` ``.
    pub(super) what: String,
    /// Where and when it does; none: wherever the policy holds.
    pub(super) claim: Option<&'m Claim>,
    pub(super) span: Span,
    /// What it turns on.
    pub(super) conditions: Vec<&'m Expr>,
    /// What it shows.
    pub(super) shown: Vec<&'m Expr>,
    pub(super) exceptions: &'m [ExceptionId],
    /// The decision whose outcome turns on it; none for what rides along.
    pub(super) decides: Option<DecisionId>,
}

/// What reads what, worked out once.
struct Reading<'m> {
    roots: Vec<Root<'m>>,
    /// For each definition and norm, what reads it.
    readers: BTreeMap<Node, Vec<Node>>,
    /// For each definition and norm, the roots that read it themselves.
    readings: BTreeMap<Node, Vec<usize>>,
}

impl Checker<'_> {
    /// Everything that is decided or shown: rules and notices of all versions, handlers, outputs.
    pub(super) fn roots(&self) -> Vec<Root<'_>> {
        let model = &self.model;
        let message = |reason: ReasonId| {
            let messages = model.reasons.get(reason.index()).map_or(&[][..], |r| &r.messages);
            messages.iter().flat_map(|(_, parts)| parts).filter_map(|part| match part {
                MessagePart::Text(_) => None,
                MessagePart::Value(expr, _) => Some(expr),
            })
        };
        let mut roots = Vec::new();
        for kind in [ProvisionKind::Rule, ProvisionKind::Notice] {
            for version in model.provisions_of(kind).flat_map(|(_, provision)| &provision.versions) {
                let Some(body) = &version.body else { continue };
                let mut conditions: Vec<&Expr> = body.condition.when.iter().chain(&body.condition.unless).collect();
                conditions.extend(&version.claim.scope.cohort);
                conditions
                    .extend(body.for_each.iter().flat_map(|each| std::iter::once(&each.list).chain(&each.filter)));
                let shown: Vec<&Expr> = body.args.iter().chain(message(body.reason)).collect();
                // A notice decides nothing: all that it reads is shown.
                let (conditions, shown, decides) = match kind {
                    ProvisionKind::Rule => (conditions, shown, Some(body.decision)),
                    ProvisionKind::Notice => (Vec::new(), conditions.into_iter().chain(shown).collect(), None),
                };
                roots.push(Root {
                    what: format!("{} `{}`", kind.keyword(), version.qualified),
                    claim: Some(&version.claim),
                    span: version.claim.span,
                    conditions,
                    shown,
                    exceptions: &version.exceptions,
                    decides,
                });
            }
        }
        for output in model.decisions.iter().flat_map(|d| &d.outputs) {
            roots.push(Root {
                what: format!("output `{}`", output.name),
                claim: None,
                span: output.span,
                conditions: Vec::new(),
                shown: vec![&output.value],
                exceptions: &[],
                decides: None,
            });
        }
        let data = model.facts.iter().map(|f| &f.datum).chain(model.fields.iter().map(|f| &f.datum));
        let handlers =
            data.map(|d| (&d.name, &d.handlers)).chain(model.registries.iter().map(|r| (&r.name, &r.handlers)));
        for (name, handlers) in handlers {
            for handler in handlers.absent.iter().chain(&handlers.unavailable) {
                let shown = match &handler.action {
                    HandlerAction::Then { reason, .. } => message(*reason).collect(),
                    HandlerAction::Means(value) => vec![value],
                };
                roots.push(Root {
                    what: format!("what silence of `{name}` means"),
                    claim: Some(&handler.claim),
                    span: handler.claim.span,
                    conditions: Vec::new(),
                    shown,
                    exceptions: &[],
                    decides: None,
                });
            }
        }
        roots
    }

    fn reading(&self) -> Reading<'_> {
        let mut readers: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for (node, reads) in self.reads() {
            for read in reads {
                readers.entry(read).or_default().push(node);
            }
        }
        let roots = self.roots();
        let mut readings: BTreeMap<Node, Vec<usize>> = BTreeMap::new();
        for (index, root) in roots.iter().enumerate() {
            let mut exprs: Vec<&Expr> = root.conditions.iter().chain(&root.shown).copied().collect();
            self.exception_exprs(root.exceptions.iter().copied().collect(), &mut exprs);
            for node in super::cycles::nodes(&exprs) {
                readings.entry(node).or_default().push(index);
            }
        }
        Reading { roots, readers, readings }
    }

    pub(super) fn coverage(&mut self) {
        if self.model.norms.is_empty() {
            return;
        }
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut seen: BTreeSet<(Code, Span)> = BTreeSet::new();
        let reading = self.reading();
        for vector in self.choice_vectors() {
            let choices = &vector.choices;
            let grid = cells(&self.model, choices, super::versions::scopes(&self.model).into_iter());
            for (index, norm) in self.model.norms.iter().enumerate() {
                let spread = Spread::new(&self.model, choices, norm.values.iter().map(|v| &v.claim.scope));
                let gap = self.gap(NormId::new(index), norm, &spread, choices, &grid, &reading);
                let wrong = self.out_of_bounds(norm, &spread, choices, &grid);
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

    /// A day and place without a value of this norm on which something reads it.
    fn gap(
        &self,
        id: NormId,
        norm: &Norm,
        spread: &Spread,
        choices: &Choices,
        grid: &[Cell],
        reading: &Reading<'_>,
    ) -> Option<Diagnostic> {
        let mut open: Option<(BTreeSet<Node>, BTreeSet<usize>)> = None;
        for cell in grid.iter().copied() {
            if spread.at(cell).next().is_some() {
                continue;
            }
            let (readers, candidates) = open.get_or_insert_with(|| reading.leading_to(Node::Norm(id)));
            let covers = |claim: &Claim| claim.scope.covers(&self.model, choices, cell.day, cell.place);
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
                .also(root.span, format!("{} reads it there", root.what))
                .help(help),
            );
        }
        None
    }

    /// Whether a root reads the norm in this cell, through whatever is in scope there.
    fn reaches(&self, root: &Root<'_>, norm: NormId, readers: &BTreeSet<Node>, choices: &Choices, cell: Cell) -> bool {
        let model = &self.model;
        let here = |scope: &Scope| scope.covers(model, choices, cell.day, cell.place);
        let mut waiting: Vec<&Expr> = root.conditions.iter().chain(&root.shown).copied().collect();
        let mut exceptions: Vec<ExceptionId> = root.exceptions.to_vec();
        let mut seen_definitions = BTreeSet::new();
        let mut seen_exceptions = BTreeSet::new();
        loop {
            while let Some(id) = exceptions.pop() {
                if !seen_exceptions.insert(id) {
                    continue;
                }
                for version in model.exceptions.get(id.index()).map_or(&[][..], |e| &e.versions) {
                    if here(&version.claim.scope)
                        && let Some(body) = &version.body
                    {
                        waiting.extend(body.condition.when.iter().chain(&body.condition.unless).chain(&body.value));
                        waiting.extend(&version.claim.scope.cohort);
                        exceptions.extend(&version.exceptions);
                    }
                }
            }
            let Some(expr) = waiting.pop() else { return false };
            match &expr.kind {
                ExprKind::Norm(id) if *id == norm => return true,
                // Another norm's value may read this one.
                ExprKind::Norm(id) if readers.contains(&Node::Norm(*id)) => {
                    let values = model.norms.get(id.index()).map_or(&[][..], |n| &n.values);
                    waiting.extend(values.iter().filter(|v| here(&v.claim.scope)).map(|v| &v.value));
                }
                // Inside `at` another day governs, which only the facts know: there a missing value is a fault.
                ExprKind::At(_, date) => waiting.push(date),
                ExprKind::Define(id, args) => {
                    waiting.extend(args);
                    if !readers.contains(&Node::Definition(*id)) || !seen_definitions.insert(*id) {
                        continue;
                    }
                    for version in model.definitions.get(id.index()).map_or(&[][..], |d| &d.versions) {
                        if !here(&version.claim.scope) {
                            continue;
                        }
                        waiting.extend(&version.claim.scope.cohort);
                        exceptions.extend(&version.exceptions);
                        let DefinitionBody::Cases(cases) = &version.body else { continue };
                        for case in cases.iter().filter(|c| here(&c.scope)) {
                            waiting
                                .extend(case.condition.when.iter().chain(&case.condition.unless).chain([&case.value]));
                            waiting.extend(&case.scope.cohort);
                            exceptions.extend(&case.exceptions);
                        }
                    }
                }
                _ => waiting.extend(expr.children()),
            }
        }
    }

    fn out_of_bounds(&self, norm: &Norm, spread: &Spread, choices: &Choices, grid: &[Cell]) -> Vec<Diagnostic> {
        let model = &self.model;
        let mut found = Vec::new();
        if norm.limits.is_empty() {
            return found;
        }
        for cell in grid.iter().copied() {
            let setting = Setting { model, choices, day: cell.day, place: cell.place };
            let live = spread.at(cell).filter_map(|i| norm.values.get(i)).collect();
            let Some(live) = constant::highest(live, setting) else { continue };
            let Ok(value) = constant::value(&live.value, setting) else { continue };
            for NormLimit { kind, claim, value: bound } in &norm.limits {
                let least = *kind == LimitKind::AtLeast;
                if !claim.scope.covers(model, choices, cell.day, cell.place) {
                    continue;
                }
                let limit: Result<_, NoValue> = constant::value(bound, setting);
                let Ok(limit) = limit else { continue };
                let Some(order) = constant::order(&value, &limit) else { continue };
                if (least && order.is_lt()) || (!least && order.is_gt()) {
                    let word = if least { "below its lower bound" } else { "above its upper bound" };
                    let text = self.quote(bound.span).to_owned();
                    found.push(
                        Diagnostic::new(
                            Code::E0504,
                            format!("a value of the norm `{}` is {word}, {text}", norm.name),
                            live.value.span,
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

impl Reading<'_> {
    /// All definitions and norms that lead to a norm, and the roots that read it through them.
    fn leading_to(&self, norm: Node) -> (BTreeSet<Node>, BTreeSet<usize>) {
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
