//! The depth that an evaluation can reach: the longest chain of nested expressions, definitions, exceptions, norms and
//! handlers. Nothing recurses over names, so chains of any length are measured.
//!
//! A norm that rests on earlier values of its own is entered again for each of them, at most once for each value that
//! reads one.

use super::address::address;
use crate::ids::{ExceptionId, NormId, NormValueRef};
use crate::model::{Expr, Item, Link, Model, Parts, Role};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// An upper bound of the depth of any evaluation, in expressions.
pub(crate) fn depth(model: &Model) -> usize {
    let readings = model.earlier_readings();
    let earlier = readings.iter().map(|reading| address(reading.whole)).collect();
    let mut measure = Measure { model, done: BTreeMap::new(), earlier };
    let mut deepest = 0;
    let mut names = Vec::new();
    for (_, _, expr) in model.expressions() {
        expr.walk(&mut |e| names.extend(e.names()));
        measure.settle(names.drain(..));
        deepest = deepest.max(measure.expression(expr));
    }
    for exception in model.exceptions.ids().map(|id: ExceptionId| Item::Exception(id)) {
        measure.settle([exception]);
        deepest = deepest.max(measure.item(exception));
    }
    // After each step back in time it goes on at one of these norms.
    let norms: BTreeSet<NormId> = readings.iter().map(|reading| reading.norm).collect();
    let longest = norms.into_iter().map(|norm| measure.item(Item::Norm(norm))).max().unwrap_or(0);
    let steps: BTreeSet<NormValueRef> = readings.iter().map(|reading| reading.value).collect();
    deepest.saturating_add(steps.len().saturating_mul(longest))
}

/// The depth of each named item that evaluation can enter. What such an item contains counts as a part of it.
struct Measure<'m> {
    model: &'m Model,
    /// `None` while the item is being measured.
    done: BTreeMap<Item, Option<usize>>,
    /// The readings of norms as of other days that lead back to the norm in which they stand, by their addresses. What
    /// they enter is measured apart.
    earlier: BTreeSet<usize>,
}

impl Measure<'_> {
    /// Measures these items, after all that they read or are excepted by.
    fn settle(&mut self, items: impl IntoIterator<Item = Item>) {
        let mut stack: Vec<(Item, bool)> = items.into_iter().map(|item| (item, false)).collect();
        while let Some((item, entered)) = stack.pop() {
            if entered {
                let inner = self.inner(item);
                self.done.insert(item, Some(inner + self.around(item)));
            } else if let Entry::Vacant(first) = self.done.entry(item) {
                first.insert(None);
                stack.push((item, true));
                self.each_entered(item, |other| {
                    if !self.done.contains_key(&other) {
                        stack.push((other, false));
                    }
                });
            }
        }
    }

    /// The greatest depth of an item's expressions and of the items that it leads to, which are measured already.
    fn inner(&self, item: Item) -> usize {
        let mut deepest = 0;
        self.each_evaluated(item, |parts| {
            let expressions = parts.expressions.iter().map(|(_, expr)| self.expression(expr));
            deepest = expressions.fold(deepest, usize::max);
        });
        self.each_entered(item, |other| deepest = deepest.max(self.item(other)));
        deepest
    }

    /// Calls `f` on what the evaluation of an item can enter, other than what it contains and earlier values of a norm.
    fn each_entered(&self, item: Item, mut f: impl FnMut(Item)) {
        self.each_evaluated(item, |parts| {
            parts.each_link(|link, other| {
                if !matches!(link, Link::Inside | Link::Reads(_)) && link.is_evaluated(other) {
                    f(other);
                }
            });
            parts.expressions.iter().for_each(|(_, expr)| self.each_named(expr, &mut f));
        });
    }

    /// Calls `f` on what an expression names, other than earlier values of a norm.
    fn each_named(&self, expr: &Expr, f: &mut impl FnMut(Item)) {
        if let Some(name) = expr.names() {
            f(name);
        }
        self.each_measured(expr, |child| self.each_named(child, f));
    }

    /// Calls `f` on the expressions inside another, other than earlier values of a norm.
    fn each_measured<'e>(&self, expr: &'e Expr, mut f: impl FnMut(&'e Expr)) {
        match expr.norm_at().filter(|_| !self.earlier.is_empty() && self.earlier.contains(&address(expr))) {
            Some((_, day)) => f(day),
            None => expr.each_child(&mut f),
        }
    }

    /// Calls `f` on the parts of an item and of what it contains, as far as evaluation can enter it.
    fn each_evaluated(&self, item: Item, mut f: impl FnMut(&Parts<'_>)) {
        self.model.each_within([item], |inner, parts| {
            if inner == item || Link::Inside.is_evaluated(inner) {
                f(parts);
            }
        });
    }

    /// The levels that the plan adds around the author's expressions: cases, and conjunctions and negations of guards.
    /// There are none if a definition is a plain expression.
    fn around(&self, item: Item) -> usize {
        const GUARDS: usize = 4;
        let is_guarded = matches!(
            item,
            Item::Definition(_) | Item::Exception(_) | Item::Fact(_) | Item::Field(_) | Item::Registry(_)
        );
        if is_guarded && !self.is_plain(item) { GUARDS } else { 0 }
    }

    /// True if a definition is one expression without cohort, condition and exceptions.
    fn is_plain(&self, definition: Item) -> bool {
        let [version] = *self.model.parts(definition).inside else { return false };
        let version = self.model.parts(version);
        let [case] = *version.inside else { return false };
        let case = self.model.parts(case);
        version.expressions.is_empty()
            && version.exceptions.is_empty()
            && case.exceptions.is_empty()
            && matches!(*case.expressions, [(Role::Value, _)])
    }

    /// An item in a circle counts as 0: evaluation stops there by itself.
    fn item(&self, item: Item) -> usize {
        self.done.get(&item).copied().flatten().unwrap_or(0)
    }

    fn expression(&self, expr: &Expr) -> usize {
        let mut inner = 0;
        self.each_measured(expr, |child| inner = inner.max(self.expression(child)));
        1 + inner + expr.names().map_or(0, |name| self.item(name))
    }
}
