//! Circles: definitions and norms that depend on themselves, exceptions that except one another. Nothing here recurses,
//! so that a chain of any length is safe.

use super::{Checker, Target};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The most names of a circle that are printed.
const MAX_SHOWN: usize = 10;

/// Something that has a value and reads others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Definition(DefinitionId),
    Norm(NormId),
    Fact(FactId),
}

/// An order in which what is read comes before what reads it; in a circle, some order.
pub(super) fn in_order<N: Copy + Ord>(reads: &BTreeMap<N, Vec<N>>) -> Vec<N> {
    let mut order = Vec::new();
    walk(reads, |n| order.push(n), |_| {});
    order
}

/// Walks depth first without recursion; `done` gets each node after all that it reads, `circle` each circle found.
fn walk<N: Copy + Ord>(reads: &BTreeMap<N, Vec<N>>, mut done: impl FnMut(N), mut circle: impl FnMut(Vec<N>)) {
    let mut finished: BTreeSet<N> = BTreeSet::new();
    let mut open: BTreeSet<N> = BTreeSet::new();
    for start in reads.keys() {
        if finished.contains(start) {
            continue;
        }
        let mut stack: Vec<(N, usize)> = vec![(*start, 0)];
        open.insert(*start);
        while let Some((node, next)) = stack.last_mut() {
            let node = *node;
            let read = reads.get(&node).and_then(|r| r.get(*next)).copied();
            *next += 1;
            match read {
                Some(other) if open.contains(&other) => {
                    let from = stack.iter().position(|(n, _)| *n == other).unwrap_or(0);
                    circle(stack.iter().skip(from).map(|(n, _)| *n).collect());
                }
                Some(other) if finished.contains(&other) => {}
                Some(other) => {
                    open.insert(other);
                    stack.push((other, 0));
                }
                None => {
                    stack.pop();
                    open.remove(&node);
                    finished.insert(node);
                    done(node);
                }
            }
        }
    }
}

/// Where each chain ends that starts at a name with a successor; none where it goes in a circle.
pub(super) fn ends<N: Copy + Ord>(next: &BTreeMap<N, N>) -> BTreeMap<N, Option<N>> {
    let mut known: BTreeMap<N, Option<N>> = BTreeMap::new();
    for start in next.keys() {
        let mut way: Vec<N> = Vec::new();
        let mut on_way: BTreeSet<N> = BTreeSet::new();
        let mut at = *start;
        let end = loop {
            if let Some(end) = known.get(&at) {
                break *end;
            }
            let Some(after) = next.get(&at) else { break Some(at) };
            if !on_way.insert(at) {
                break None;
            }
            way.push(at);
            at = *after;
        };
        known.extend(way.into_iter().map(|n| (n, end)));
    }
    known
}

impl Checker<'_> {
    /// A record that holds itself, through fields that are no lists, would never end.
    pub(super) fn record_circles(&mut self) {
        let mut holds: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for field in &self.model.fields {
            if let Type::Record(inner) = field.datum.ty {
                holds.entry(field.record).or_default().push(inner);
            }
        }
        let mut circles = Vec::new();
        walk(&holds, |_| {}, |c| circles.push(c));
        for circle in circles {
            let named: Vec<(String, Span)> = circle
                .iter()
                .filter_map(|id| self.model.records.get(id.index()))
                .map(|r| (r.name.clone(), r.span))
                .collect();
            let Some((first, span)) = named.first().cloned() else { continue };
            let way: Vec<&str> = named.iter().map(|(n, _)| n.as_str()).chain([first.as_str()]).collect();
            self.report(
                Diagnostic::new(
                    Code::E0501,
                    format!("the record `{first}` holds itself"),
                    span,
                    format!("the circle: {}", way.join(" → ")),
                )
                .help("leave the field out, or make it a `list of …`"),
            );
        }
    }

    pub(super) fn cycles(&mut self) {
        self.exception_circles();
        let mut circles = Vec::new();
        walk(&self.reads(), |_| {}, |c| circles.push(c));
        // Definitions in a circle that write no type have none, and then nothing is left of what they read but names.
        let untyped = |id: &DefinitionId| self.model.definitions.get(id.index()).is_some_and(|d| d.ty.is_error());
        let named: BTreeMap<Node, Vec<Node>> = self
            .name_reads
            .iter()
            .filter(|(id, _)| untyped(id))
            .map(|(id, reads)| {
                let reads = reads.iter().filter(|id| untyped(id)).map(|id| Node::Definition(*id)).collect();
                (Node::Definition(*id), reads)
            })
            .collect();
        walk(&named, |_| {}, |c| circles.push(c));
        let mut seen: BTreeSet<Vec<Node>> = BTreeSet::new();
        for circle in circles {
            let mut key = circle.clone();
            key.sort();
            if seen.insert(key) {
                self.circle(&circle);
            }
        }
        let left = self.model.definitions.iter().find(|d| d.ty.is_error());
        if let (Some(definition), false) = (left, self.has_errors() || self.incomplete) {
            let (name, span) = (definition.name.clone(), definition.span);
            self.report(
                Diagnostic::new(Code::E0501, format!("what `{name}` is cannot be told"), span, "no type can be found")
                    .help(format!("write its type: `define {name}: TYPE …`")),
            );
        }
    }

    fn circle(&mut self, circle: &[Node]) {
        let named: Vec<(String, Span)> = circle.iter().map(|n| self.node_name(*n)).collect();
        let Some((first, span)) = named.first().cloned() else { return };
        let mut found = if named.len() == 1 {
            Diagnostic::new(Code::E0501, format!("`{first}` depends on itself"), span, "worked out from itself")
        } else {
            let mut way: Vec<&str> = named.iter().map(|(n, _)| n.as_str()).chain([first.as_str()]).collect();
            if way.len() > MAX_SHOWN {
                way.splice(MAX_SHOWN / 2..way.len() - MAX_SHOWN / 2, ["…"]);
            }
            let label = format!("the circle: {}", way.join(" → "));
            Diagnostic::new(Code::E0501, format!("`{first}` depends on itself"), span, label)
        };
        for (name, at) in named.iter().skip(1).take(5) {
            found = found.also(*at, format!("through `{name}`"));
        }
        self.report(found.help("break the circle: something in it must be given without the others"));
    }

    fn node_name(&self, node: Node) -> (String, Span) {
        let nowhere = self.model.as_of.span;
        match node {
            Node::Definition(id) => {
                self.model.definitions.get(id.index()).map_or((String::new(), nowhere), |d| (d.name.clone(), d.span))
            }
            Node::Norm(id) => {
                self.model.norms.get(id.index()).map_or((String::new(), nowhere), |n| (n.name.clone(), n.span))
            }
            Node::Fact(id) => {
                self.model.facts.get(id.index()).map_or((String::new(), nowhere), |f| (f.path(), f.datum.span))
            }
        }
    }

    /// What each definition, norm and (through cohorts of what its absence means) fact reads.
    pub(super) fn reads(&self) -> BTreeMap<Node, Vec<Node>> {
        let mut reads = BTreeMap::new();
        for (index, definition) in self.model.definitions.iter().enumerate() {
            let mut exprs: Vec<&Expr> = Vec::new();
            let mut exceptions: BTreeSet<ExceptionId> = BTreeSet::new();
            for version in &definition.versions {
                exprs.extend(&version.claim.scope.cohort);
                exceptions.extend(&version.exceptions);
                if let DefinitionBody::Cases(cases) = &version.body {
                    for case in cases {
                        exprs
                            .extend(case.condition.when.iter().chain(&case.condition.unless).chain(&case.scope.cohort));
                        exprs.push(&case.value);
                        exceptions.extend(&case.exceptions);
                    }
                }
            }
            self.exception_exprs(exceptions, &mut exprs);
            reads.insert(Node::Definition(DefinitionId::new(index)), nodes(&exprs));
        }
        for (index, norm) in self.model.norms.iter().enumerate() {
            let bounds = norm.limits.iter().map(|limit| &limit.value);
            let exprs: Vec<&Expr> = norm.values.iter().map(|v| &v.value).chain(bounds).collect();
            reads.insert(Node::Norm(NormId::new(index)), nodes(&exprs));
        }
        for (index, fact) in self.model.facts.iter().enumerate() {
            let means = fact.datum.handlers.absent.iter().filter(|h| matches!(h.action, HandlerAction::Means(_)));
            let exprs: Vec<&Expr> = means.flat_map(|h| &h.claim.scope.cohort).collect();
            reads.insert(Node::Fact(FactId::new(index)), nodes(&exprs));
        }
        reads
    }

    /// Everything that these exceptions, and the exceptions to them, read.
    pub(super) fn exception_exprs<'s>(&'s self, exceptions: BTreeSet<ExceptionId>, exprs: &mut Vec<&'s Expr>) {
        let mut waiting: Vec<ExceptionId> = exceptions.into_iter().collect();
        let mut seen: BTreeSet<ExceptionId> = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            for version in self.model.exceptions.get(id.index()).map_or(&[][..], |e| &e.versions) {
                exprs.extend(&version.claim.scope.cohort);
                if let Some(body) = &version.body {
                    exprs.extend(body.condition.when.iter().chain(&body.condition.unless).chain(&body.value));
                }
                waiting.extend(&version.exceptions);
            }
        }
    }

    /// Each exception has one target, so a circle is found by following targets.
    fn exception_circles(&mut self) {
        let targets: BTreeMap<ExceptionId, Vec<ExceptionId>> = self
            .exception_targets
            .iter()
            .filter_map(|(id, (target, _))| match target {
                Target::Exception(other) => Some((*id, vec![*other])),
                Target::Provision(..) | Target::Definition(_) => None,
            })
            .collect();
        let mut circles = Vec::new();
        walk(&targets, |_| {}, |c| circles.push(c));
        for circle in circles {
            let names: Vec<String> = circle
                .iter()
                .filter_map(|id| self.model.exceptions.get(id.index()))
                .map(|e| format!("`{}`", e.name))
                .collect();
            let span = circle.first().and_then(|id| self.exception_targets.get(id)).map(|(_, span)| *span);
            let (Some(first), Some(span)) = (names.first(), span) else { continue };
            let way = names.iter().chain([first]).cloned().collect::<Vec<_>>().join(" → ");
            self.report(
                Diagnostic::new(
                    Code::E0502,
                    format!("the exception {first} excepts itself"),
                    span,
                    format!("the circle: {way}"),
                )
                .help("let one of them except a rule or a definition"),
            );
        }
    }
}

pub(super) fn nodes(exprs: &[&Expr]) -> Vec<Node> {
    let mut found = BTreeSet::new();
    for expr in exprs {
        expr.walk(&mut |e| match &e.kind {
            ExprKind::Define(id, _) => {
                found.insert(Node::Definition(*id));
            }
            ExprKind::Norm(id) => {
                found.insert(Node::Norm(*id));
            }
            ExprKind::Fact(id) => {
                found.insert(Node::Fact(*id));
            }
            _ => {}
        });
    }
    found.into_iter().collect()
}
