//! The depth that an evaluation can reach: the longest chain of nested expressions, definitions, exceptions, norms and
//! handlers. Nothing recurses over names, so chains of any length are measured.

use crate::ids::ExceptionId;
use crate::model::{Expr, Item, Link, Model, Parts, Role};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// An upper bound of the depth of any evaluation, in expressions.
pub(crate) fn depth(model: &Model) -> usize {
    let mut measure = Measure { model, done: BTreeMap::new() };
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
    deepest
}

/// The depth of each named item that evaluation can enter. What such an item contains counts as a part of it.
struct Measure<'m> {
    model: &'m Model,
    /// `None` while the item is being measured.
    done: BTreeMap<Item, Option<usize>>,
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
                self.each_evaluated(item, |parts| {
                    parts.each_link(|link, other| {
                        if link != Link::Inside && link.is_evaluated(other) && !self.done.contains_key(&other) {
                            stack.push((other, false));
                        }
                    });
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
            parts.each_link(|link, other| {
                if link != Link::Inside && link.is_evaluated(other) {
                    deepest = deepest.max(self.item(other));
                }
            });
        });
        deepest
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
        expr.each_child(&mut |child| inner = inner.max(self.expression(child)));
        1 + inner + expr.names().map_or(0, |name| self.item(name))
    }
}
