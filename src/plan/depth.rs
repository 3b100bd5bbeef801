//! How deep the evaluation of a Model can go: the longest chain of expressions, definitions, exceptions, norms and
//! handlers inside one another. Worked out without recursion over names, so that a chain of any length is measured.

use crate::ids::ExceptionId;
use crate::model::{Expr, Item, Model, Role};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// An upper bound of the depth of any evaluation, in expressions.
pub(crate) fn depth(model: &Model) -> usize {
    let mut measure = Measure { model, done: BTreeMap::new() };
    let mut deepest = 0;
    for (_, _, expr) in model.expressions() {
        measure.settle(names_in(expr));
        deepest = deepest.max(measure.expression(expr));
    }
    for exception in model.exceptions.ids().map(|id: ExceptionId| Item::Exception(id)) {
        measure.settle(vec![exception]);
        deepest = deepest.max(measure.item(exception));
    }
    deepest
}

/// The depth of each thing that evaluation can enter.
struct Measure<'m> {
    model: &'m Model,
    /// `None` while it is being measured.
    done: BTreeMap<Item, Option<usize>>,
}

impl Measure<'_> {
    /// Measures these things, and whatever they rest on first.
    fn settle(&mut self, items: Vec<Item>) {
        let mut stack: Vec<(Item, bool)> = items.into_iter().map(|item| (item, false)).collect();
        while let Some((item, entered)) = stack.pop() {
            if entered {
                let inner = self.inner(item);
                self.done.insert(item, Some(inner + self.around(item)));
            } else if let Entry::Vacant(first) = self.done.entry(item) {
                first.insert(None);
                stack.push((item, true));
                let inside = self.model.links(item).into_iter().filter(|(link, other)| link.is_evaluated(*other));
                stack.extend(
                    inside.filter(|(_, other)| !self.done.contains_key(other)).map(|(_, other)| (other, false)),
                );
            }
        }
    }

    /// The deepest of a thing's expressions and of what it holds; a thing is measured after what it rests on.
    fn inner(&self, item: Item) -> usize {
        let expressions = self.model.parts(item).expressions;
        let expressions = expressions.into_iter().map(|(_, expr)| self.expression(expr));
        let links = self.model.links(item).into_iter().filter(|(link, other)| link.is_evaluated(*other));
        expressions.chain(links.map(|(_, other)| self.item(other))).max().unwrap_or(0)
    }

    /// The levels that stand around what an author wrote: cases, conjunction and negation of guards. There are none where
    /// a plain expression is all there is.
    fn around(&self, item: Item) -> usize {
        const GUARDS: usize = 4;
        match item {
            Item::Definition(_) if self.is_plain(item) => 0,
            Item::Definition(_) | Item::Exception(_) | Item::Fact(_) | Item::Field(_) | Item::Registry(_) => GUARDS,
            Item::Section(_)
            | Item::AsOf
            | Item::Source(_)
            | Item::Record(_)
            | Item::Handler(_)
            | Item::Assumption(_)
            | Item::Norm(_)
            | Item::NormValue(_)
            | Item::NormLimit(_)
            | Item::DefinitionVersion(_)
            | Item::Case(_)
            | Item::Provision(_)
            | Item::ProvisionVersion(_)
            | Item::ExceptionVersion(_)
            | Item::Reason(_)
            | Item::Decision(_)
            | Item::Outcome(_)
            | Item::Output(_) => 0,
        }
    }

    /// Whether a definition is one expression for everybody, with nothing that excepts it.
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

    /// A thing in a circle counts nothing: evaluation stops there of itself.
    fn item(&self, item: Item) -> usize {
        self.done.get(&item).copied().flatten().unwrap_or(0)
    }

    fn expression(&self, expr: &Expr) -> usize {
        let inner = expr.children().into_iter().map(|child| self.expression(child)).max().unwrap_or(0);
        1 + inner + expr.names().map_or(0, |name| self.item(name))
    }
}

fn names_in(expr: &Expr) -> Vec<Item> {
    let mut names = Vec::new();
    expr.walk(&mut |e| names.extend(e.names()));
    names
}
