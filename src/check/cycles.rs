//! Circles: definitions and norms that depend on themselves, exceptions that except one another. Nothing here recurses,
//! so chains of any length are safe.

use super::{Checker, Target};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::State;
use chrono::Datelike;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The most names of a circle that are printed.
const MAX_SHOWN: usize = 10;

/// A topological order: what is read comes before what reads it. Inside a circle the order is arbitrary.
pub(super) fn in_order<N: Copy + Ord>(reads: &BTreeMap<N, Vec<N>>) -> Vec<N> {
    let mut order = Vec::new();
    walk(reads.keys().copied(), reads, |n| order.push(n), |_| {});
    order
}

/// Walks depth first without recursion. `done` gets each node after all that it reads, `circle` each circle.
fn walk<N: Copy + Ord>(
    starts: impl Iterator<Item = N>,
    reads: &BTreeMap<N, Vec<N>>,
    mut done: impl FnMut(N),
    mut circle: impl FnMut(Vec<N>),
) {
    let mut finished: BTreeSet<N> = BTreeSet::new();
    let mut open: BTreeSet<N> = BTreeSet::new();
    for start in starts {
        if finished.contains(&start) {
            continue;
        }
        let mut stack: Vec<(N, usize)> = vec![(start, 0)];
        open.insert(start);
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

/// The end of each chain of successors, by its start; `None` if the chain runs into a circle.
pub(super) fn ends<N: Copy + Ord>(next: &BTreeMap<N, N>) -> BTreeMap<N, Option<N>> {
    let mut known: BTreeMap<N, Option<N>> = BTreeMap::new();
    for start in next.keys() {
        let mut path: Vec<N> = Vec::new();
        let mut on_path: BTreeSet<N> = BTreeSet::new();
        let mut at = *start;
        let end = loop {
            if let Some(end) = known.get(&at) {
                break *end;
            }
            let Some(after) = next.get(&at) else { break Some(at) };
            if !on_path.insert(at) {
                break None;
            }
            path.push(at);
            at = *after;
        };
        known.extend(path.into_iter().map(|n| (n, end)));
    }
    known
}

impl Checker<'_> {
    /// Reports records that hold themselves through fields that are no lists: such a value would never end.
    pub(super) fn record_circles(&mut self) {
        let mut holds: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for field in &self.model.fields {
            if let Type::Record(inner) = field.datum.ty {
                holds.entry(field.record).or_default().push(inner);
            }
        }
        let mut circles = Vec::new();
        walk(holds.keys().copied(), &holds, |_| {}, |c| circles.push(c));
        for circle in circles {
            let records = circle.iter().map(|id| self.model.records.at(*id));
            let named: Vec<(String, Span)> = records.map(|record| (record.name.clone(), record.span)).collect();
            let Some((first, span)) = named.first().cloned() else { continue };
            let path: Vec<&str> = named.iter().map(|(n, _)| n.as_str()).chain([first.as_str()]).collect();
            self.report(
                Diagnostic::new(
                    Code::E0501,
                    format!("the record `{first}` holds itself"),
                    span,
                    format!("the circle: {}", path.join(" → ")),
                )
                .help("leave the field out, or make it a `list of …`"),
            );
        }
    }

    /// Reports circles and returns what each definition, norm, fact and field reads.
    pub(super) fn cycles(&mut self) -> BTreeMap<Item, Vec<Item>> {
        self.exception_circles();
        let mut circles = Vec::new();
        let reads = self.reads();
        // A circle over another day ends, other than those that are reported here.
        let mut of_the_day = Cow::Borrowed(&reads);
        if self.earlier_circles() {
            of_the_day.to_mut().extend(self.norm_reads(|expr, f| expr.walk_of_the_day(&mut |e| f(e))));
        }
        let mut starts: Vec<Item> = reads.keys().copied().collect();
        starts.sort_by_key(|item| in_circle_order(*item));
        walk(starts.into_iter(), &of_the_day, |_| {}, |c| circles.push(c));
        // A definition in a circle without a written type has no type, so its expressions are gone: only the names that
        // it reads are left.
        let untyped = |id: &DefinitionId| self.model.definitions.at(*id).ty.is_error();
        let named: BTreeMap<Item, Vec<Item>> = self
            .name_reads
            .iter()
            .filter(|(id, _)| untyped(id))
            .map(|(id, reads)| {
                let reads = reads.iter().filter(|id| untyped(id)).map(|id| Item::Definition(*id)).collect();
                (Item::Definition(*id), reads)
            })
            .collect();
        walk(named.keys().copied(), &named, |_| {}, |c| circles.push(c));
        let mut seen: BTreeSet<Vec<Item>> = BTreeSet::new();
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
        reads
    }

    fn circle(&mut self, circle: &[Item]) {
        let named: Vec<(String, Span)> = circle.iter().map(|n| self.name_and_span(*n)).collect();
        let Some((first, span)) = named.first().cloned() else { return };
        let is_datum = matches!(circle.first(), Some(Item::Fact(_) | Item::Field(_)));
        let mut found = if is_datum && named.len() == 1 {
            let message = format!("what `{first}` is where there is no record of it depends on `{first}` itself");
            Diagnostic::new(Code::E0501, message, span, "for whom a handler of it holds turns on it")
        } else if named.len() == 1 {
            Diagnostic::new(Code::E0501, format!("`{first}` depends on itself"), span, "worked out from itself")
        } else {
            let mut path: Vec<&str> = named.iter().map(|(n, _)| n.as_str()).chain([first.as_str()]).collect();
            if path.len() > MAX_SHOWN {
                path.splice(MAX_SHOWN / 2..path.len() - MAX_SHOWN / 2, ["…"]);
            }
            let label = format!("the circle: {}", path.join(" → "));
            Diagnostic::new(Code::E0501, format!("`{first}` depends on itself"), span, label)
        };
        for (name, at) in named.iter().skip(1).take(5) {
            found = found.also(*at, format!("through `{name}`"));
        }
        found = found.help(if is_datum {
            "let the `for` of each `if absent …` read other facts"
        } else {
            "break the circle: something in it must be given without the others"
        });
        if let Some(before) = self.day_before(circle) {
            found = found.help(format!("if the value of the day before is meant, write that day: `{before}`"));
        }
        self.report(found);
    }

    /// For a circle of norms: what the first of them reads, as of the day before its value begins to hold.
    fn day_before(&self, circle: &[Item]) -> Option<String> {
        let model = &self.model;
        let (Item::Norm(first), last) = (*circle.first()?, *circle.last()?) else { return None };
        let next = circle.get(1).copied().unwrap_or(last);
        let choices = Choices::defaults(model);
        let day = model.parts(Item::Norm(first)).inside.into_iter().find_map(|version| {
            let parts = model.parts(version);
            let mut reads = false;
            parts.one(Role::Value)?.walk_of_the_day(&mut |e| reads |= e.names() == Some(next));
            let from = parts.scope?.period(model, &choices).from.filter(|_| reads)?;
            from.pred_opt().filter(|day| day.year() >= 1)
        });
        Some(format!("{} at {}", self.name_and_span(next).0, day?))
    }

    fn name_and_span(&self, item: Item) -> (String, Span) {
        if let Item::Definition(id) = item {
            let definition = self.model.definitions.at(id);
            (definition.name.clone(), definition.span)
        } else if let Item::Norm(id) = item {
            let norm = self.model.norms.at(id);
            (norm.name.clone(), norm.span)
        } else if let Item::Fact(id) = item {
            let fact = self.model.facts.at(id);
            (fact.path(), fact.datum.span)
        } else if let Item::Field(id) = item {
            (self.model.owner_name(HandlerOwner::Field(id)), self.model.fields.at(id).datum.span)
        } else {
            (String::new(), self.model.as_of.span)
        }
    }

    /// What each definition, norm, fact and field reads; a fact or a field that `if absent means` may give a value, through
    /// the cohorts of all its handlers for that state: which of them holds says whether it has that value.
    fn reads(&self) -> BTreeMap<Item, Vec<Item>> {
        let model = &self.model;
        let mut reads = BTreeMap::new();
        for id in model.definitions.ids() {
            let mut exprs: Vec<&Expr> = Vec::new();
            let mut exceptions: BTreeSet<ExceptionId> = BTreeSet::new();
            model.each_within([Item::Definition(id)], |_, parts| {
                exprs.extend(parts.expressions.iter().map(|(_, expr)| *expr));
                exceptions.extend(parts.exceptions);
            });
            exprs.extend(self.exception_exprs(exceptions));
            reads.insert(Item::Definition(id), values_read(&exprs));
        }
        reads.extend(self.norm_reads(|expr, f| expr.walk(&mut |e| f(e))));
        for datum in model.facts.ids().map(Item::Fact).chain(model.fields.ids().map(Item::Field)) {
            let mut exprs: Vec<&Expr> = Vec::new();
            let mut has_value = false;
            model.each_within([datum], |item, parts| {
                has_value |= parts.one(Role::Default).is_some();
                if matches!(item, Item::Handler(HandlerRef { state: State::Absent, .. })) {
                    exprs.extend(parts.of(Role::Cohort));
                }
            });
            reads.insert(datum, if has_value { values_read(&exprs) } else { Vec::new() });
        }
        reads
    }

    /// What each norm reads in its values and bounds, as `walk` goes through them.
    fn norm_reads<'m>(
        &'m self,
        walk: impl Fn(&'m Expr, &mut dyn FnMut(&'m Expr)),
    ) -> impl Iterator<Item = (Item, Vec<Item>)> {
        let model = &self.model;
        model.norms.ids().map(move |id| {
            let mut found = BTreeSet::new();
            model.each_within([Item::Norm(id)], |_, parts| {
                for (_, expr) in parts.expressions.iter().filter(|(role, _)| *role != Role::Cohort) {
                    walk(expr, &mut |e| found.extend(e.names().filter(is_value)));
                }
            });
            (Item::Norm(id), in_order_of_circles(found))
        })
    }

    /// The expressions of these exceptions and of the exceptions to them.
    pub(super) fn exception_exprs(&self, exceptions: BTreeSet<ExceptionId>) -> Vec<&Expr> {
        let mut exprs = Vec::new();
        let mut waiting: Vec<ExceptionId> = exceptions.into_iter().collect();
        let mut seen: BTreeSet<ExceptionId> = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            for version in self.model.parts(Item::Exception(id)).inside {
                let parts = self.model.parts(version);
                exprs.extend(parts.expressions.iter().map(|(_, expr)| *expr));
                waiting.extend(parts.exceptions);
            }
        }
        exprs
    }

    /// Reports circles of exceptions. Each exception has one target, so following targets finds every circle.
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
        walk(targets.keys().copied(), &targets, |_| {}, |c| circles.push(c));
        for circle in circles {
            let names: Vec<String> =
                circle.iter().map(|id| format!("`{}`", self.model.exceptions.at(*id).name)).collect();
            let span = circle.first().and_then(|id| self.exception_targets.get(id)).map(|(_, span)| *span);
            let (Some(first), Some(span)) = (names.first(), span) else { continue };
            let path = names.iter().chain([first]).cloned().collect::<Vec<_>>().join(" → ");
            self.report(
                Diagnostic::new(
                    Code::E0502,
                    format!("the exception {first} excepts itself"),
                    span,
                    format!("the circle: {path}"),
                )
                .help("let one of them except a rule or a definition"),
            );
        }
    }
}

/// The definitions, norms, facts and fields that these expressions read, each once.
pub(super) fn values_read(exprs: &[&Expr]) -> Vec<Item> {
    let mut found = BTreeSet::new();
    for expr in exprs {
        expr.walk(&mut |e| {
            found.extend(e.names().filter(is_value));
        });
    }
    in_order_of_circles(found)
}

/// True for what has a value that is worked out.
fn is_value(item: &Item) -> bool {
    matches!(item, Item::Definition(_) | Item::Norm(_) | Item::Fact(_) | Item::Field(_))
}

fn in_order_of_circles(items: BTreeSet<Item>) -> Vec<Item> {
    let mut items: Vec<Item> = items.into_iter().collect();
    items.sort_by_key(|item| in_circle_order(*item));
    items
}

/// A report of a circle starts at its first definition, else its first norm, else its first fact or field.
fn in_circle_order(item: Item) -> (u8, Item) {
    let rank = if matches!(item, Item::Definition(_)) {
        0
    } else if matches!(item, Item::Norm(_)) {
        1
    } else {
        2
    };
    (rank, item)
}
