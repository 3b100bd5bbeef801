//! What comes of some facts: the definitions, norms, variables and parameters whose values depend on them.
//!
//! A value depends on a fact in one of two ways. It is *told* by it if anything that it is computed from reads the fact, also
//! a condition that only chooses it. It is *made* of it if the fact's value goes into it; what a test says of the fact, and
//! what is chosen by a test, is not made of it.

use super::{Builtin, Expr, ExprKind, Item, Model, Reads, Role};
use crate::ids::{FieldId, LocalId, RecordId};
use std::collections::{BTreeMap, BTreeSet};

/// The way in which a value depends on facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependence {
    /// It is computed from them or chosen by them.
    Told,
    /// Their values go into it.
    Made,
}

/// Something with a value that expressions name, or an exception, which gives its value to a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NamedValue {
    Item(Item),
    Local(LocalId),
}

/// Everything that depends on some facts and fields, in one way.
#[derive(Clone, Debug)]
pub(crate) struct TaintedNames {
    dependence: Dependence,
    compared: ComparedFields,
    found: BTreeSet<NamedValue>,
}

/// For each name those whose values depend on it directly.
struct DirectDependents {
    dependence: Dependence,
    compared: ComparedFields,
    of: BTreeMap<NamedValue, Vec<NamedValue>>,
}

impl DirectDependents {
    fn of(model: &Model, dependence: Dependence) -> Self {
        let mut direct = Self { dependence, compared: ComparedFields::of(model), of: BTreeMap::new() };
        model.each_item(|item, parts| {
            for name in &parts.names {
                if let Item::Reason(reason) = name {
                    let params = &model.reasons.at(*reason).params;
                    params.iter().zip(parts.of(Role::Argument)).for_each(|(param, given)| direct.bind(*param, given));
                }
            }
            if let (Some(variable), Some(list)) = (parts.variable, parts.one(Role::List)) {
                direct.bind(variable, list);
            }
            for (_, expr) in &parts.expressions {
                expr.walk(&mut |e| direct.bind_inside(model, e));
            }
            if has_value(item) {
                direct.hold(model, item);
            }
        });
        direct
    }

    fn add(&mut self, from: NamedValue, to: NamedValue) {
        self.of.entry(from).or_default().push(to);
    }

    /// A variable or a parameter depends on all that its value reads.
    fn bind(&mut self, local: LocalId, value: &Expr) {
        for name in reads(value, self.dependence, &self.compared) {
            self.add(name, NamedValue::Local(local));
        }
    }

    /// Binds the parameters of a definition that is read, and the variable of an aggregate.
    fn bind_inside(&mut self, model: &Model, expr: &Expr) {
        if let ExprKind::Define(id, given) = &expr.kind {
            let params = &model.definitions.at(*id).params;
            params.iter().zip(given).for_each(|(param, given)| self.bind(*param, given));
        } else if let ExprKind::Aggregate(aggregate) = &expr.kind {
            self.bind(aggregate.local, &aggregate.list);
        }
    }

    /// An item depends on all that stands in it, and on the exceptions to that.
    fn hold(&mut self, model: &Model, item: Item) {
        let (dependence, owner) = (self.dependence, NamedValue::Item(item));
        model.each_within([item], |_, parts| {
            for (role, expr) in &parts.expressions {
                if dependence == Dependence::Told || matches!(role, Role::Value | Role::Default) {
                    for name in reads(expr, dependence, &self.compared) {
                        self.add(name, owner);
                    }
                }
            }
            parts.exceptions.iter().for_each(|id| self.add(NamedValue::Item(Item::Exception(*id)), owner));
        });
    }
}

/// True if an item has a value that is named, or gives one to another.
fn has_value(item: Item) -> bool {
    matches!(item, Item::Norm(_) | Item::Definition(_) | Item::Fact(_) | Item::Field(_) | Item::Exception(_))
}

/// The fields by which records of each type are compared.
#[derive(Clone, Debug)]
struct ComparedFields(BTreeMap<RecordId, Vec<FieldId>>);

impl ComparedFields {
    fn of(model: &Model) -> Self {
        Self(model.records.ids().map(|id| (id, model.compared_fields(id))).collect())
    }

    /// Those of a comparison of whole records.
    fn in_comparison(&self, expr: &Expr) -> &[FieldId] {
        let ExprKind::Call(Builtin::SameRecord(record), _) = &expr.kind else { return &[] };
        self.0.get(record).map_or(&[], Vec::as_slice)
    }
}

/// The names on which the value of an expression depends.
fn reads(expr: &Expr, dependence: Dependence, compared: &ComparedFields) -> Vec<NamedValue> {
    let mut found = Vec::new();
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        if dependence == Dependence::Made && expr.is_condition() {
            continue;
        }
        match expr.reads() {
            Reads::Item(item) => found.push(NamedValue::Item(item)),
            Reads::Variable(local) => found.push(NamedValue::Local(local)),
            // The governing day and place are shown with every decision.
            Reads::Nothing | Reads::Context => {}
        }
        found.extend(compared.in_comparison(expr).iter().map(|field| NamedValue::Item(Item::Field(*field))));
        waiting.extend(expr.children());
    }
    found
}

impl TaintedNames {
    /// What depends on these facts and fields.
    pub(crate) fn of(model: &Model, from: &BTreeSet<Item>, dependence: Dependence) -> Self {
        let direct = DirectDependents::of(model, dependence);
        let mut found: BTreeSet<NamedValue> = from.iter().copied().map(NamedValue::Item).collect();
        let mut waiting: Vec<NamedValue> = found.iter().copied().collect();
        while let Some(name) = waiting.pop() {
            let dependents = direct.of.get(&name).into_iter().flatten();
            waiting.extend(dependents.copied().filter(|dependent| found.insert(*dependent)));
        }
        Self { dependence, compared: direct.compared, found }
    }

    /// True if the value of an expression depends on the facts.
    pub(crate) fn holds(&self, expr: &Expr) -> bool {
        reads(expr, self.dependence, &self.compared).iter().any(|name| self.found.contains(name))
    }

    /// True if a fact, a field, a norm or a definition depends on the facts.
    pub(crate) fn has(&self, item: Item) -> bool {
        self.found.contains(&NamedValue::Item(item))
    }

    /// True if a variable or a parameter does.
    pub(crate) fn has_local(&self, local: LocalId) -> bool {
        self.found.contains(&NamedValue::Local(local))
    }
}
