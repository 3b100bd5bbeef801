//! Where norms and definitions are read, and by whom.
//!
//! Comes in: the Model, and what each definition, norm and fact reads. Goes out: for each item the places in its own
//! expressions that read something, with what must hold for the reading to matter and the day as of which it is; and for
//! each name those who lead to it.

use super::Checker;
use super::constant::{self, Setting};
use super::coverage::Root;
use super::cycles::values_read;
use crate::model::*;
use crate::value::Value;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The most parts beside one part of a condition that are taken into account.
const MAX_BESIDE: usize = 64;

/// What leads to a name.
pub(super) struct LeadingTo {
    /// The definitions and norms that read it, directly or indirectly, and itself.
    pub(super) leading: BTreeSet<Item>,
    /// The roots that read any of them.
    pub(super) roots: BTreeSet<usize>,
    /// True if it reads itself, as of other days.
    pub(super) is_in_circle: bool,
}

/// A place in an expression that reads a norm or a definition.
pub(super) struct ReadingPlace<'m> {
    pub(super) item: Item,
    pub(super) day: ReadingDay<'m>,
    /// What must hold for the reading to matter, besides the conditions of the item that it stands in.
    pub(super) given: Vec<(&'m Expr, bool)>,
}

/// The day as of which something is read.
#[derive(Clone, Copy)]
pub(super) enum ReadingDay<'m> {
    Governing,
    /// The value of this expression, which the facts have no say in.
    At(&'m Expr),
}

/// What the items of a Model read, and who reads each.
pub(super) struct ReaderIndex<'m> {
    pub(super) roots: Vec<Root<'m>>,
    /// What each item reads in its own expressions.
    pub(super) readings: BTreeMap<Item, Vec<ReadingPlace<'m>>>,
    /// For each definition and norm, what reads it.
    readers: BTreeMap<Item, Vec<Item>>,
    /// For each definition and norm, the roots that read it themselves.
    roots_of: BTreeMap<Item, Vec<usize>>,
    /// The days that `at` names, as constants.
    pub(super) days: Vec<&'m Expr>,
}

impl Checker<'_> {
    /// Who reads what. `reads` lists what each definition, norm and fact reads.
    pub(super) fn reader_index(&self, reads: &BTreeMap<Item, Vec<Item>>) -> ReaderIndex<'_> {
        let model = &self.model;
        let mut readers: BTreeMap<Item, Vec<Item>> = BTreeMap::new();
        for (item, reads) in reads {
            for read in reads {
                readers.entry(*read).or_default().push(*item);
            }
        }
        let mut readings = BTreeMap::new();
        let mut days = Vec::new();
        model.each_item(|item, parts| {
            let mut own = Vec::new();
            for (role, expr) in &parts.expressions {
                let mut given = given_beside(parts, *role, expr);
                each_given(expr, ReadingDay::Governing, &mut given, &mut |e, day, given| {
                    if let Some(item @ (Item::Norm(_) | Item::Definition(_))) = e.names() {
                        own.push(ReadingPlace { item, day, given: given.to_vec() });
                    }
                });
                expr.walk(&mut |e| {
                    if let ExprKind::At(_, date) = &e.kind {
                        days.push(date.as_ref());
                    }
                });
            }
            if !own.is_empty() {
                readings.insert(item, own);
            }
        });
        let roots = self.roots();
        let mut roots_of: BTreeMap<Item, Vec<usize>> = BTreeMap::new();
        for (index, root) in roots.iter().enumerate() {
            let mut exprs: Vec<&Expr> =
                root.cohort.iter().chain(&root.conditions).chain(&root.shown).copied().collect();
            exprs.extend(self.exception_exprs(root.exceptions.iter().copied().collect()));
            for item in values_read(&exprs) {
                roots_of.entry(item).or_default().push(index);
            }
        }
        ReaderIndex { roots, readings, readers, roots_of, days }
    }
}

/// The value of a constant date.
pub(super) fn date_of(expr: &Expr, setting: Setting<'_>) -> Option<NaiveDate> {
    match constant::value(expr, setting) {
        Ok(Value::Date(day)) => Some(day),
        _ => None,
    }
}

impl ReadingDay<'_> {
    /// The day, as read on another; `None` if the facts decide it: then a value that is missing is a fault.
    pub(super) fn on(self, setting: Setting<'_>) -> Option<NaiveDate> {
        match self {
            Self::Governing => Some(setting.day),
            Self::At(date) => date_of(date, setting),
        }
    }
}

/// An expression with the truth that it must have for something else to matter.
pub(super) type Given<'m> = (&'m Expr, bool);

/// What must hold of an item's other conditions for one of its expressions to matter.
pub(super) fn given_beside<'m>(parts: &Parts<'m>, role: Role, expr: &Expr) -> Vec<Given<'m>> {
    // A value is only of use where the conditions beside it hold; a list is gone through before them.
    let needs = |other: Role| match role {
        Role::List => matches!(other, Role::Cohort),
        Role::Cohort
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
        | Role::GoverningRegion => true,
    };
    let beside = parts.conditions().filter(|(other, beside, _)| needs(*other) && !std::ptr::eq(*beside, expr));
    beside.map(|(_, expr, wanted)| (expr, wanted)).collect()
}

/// The same for anything whose decision must not be missed: for whom a version holds says for whom another one does, whatever
/// the conditions beside it say.
pub(super) fn given_where_it_matters<'m>(parts: &Parts<'m>, role: Role, expr: &Expr) -> Vec<Given<'m>> {
    if role == Role::Cohort { Vec::new() } else { given_beside(parts, role, expr) }
}

/// Calls `f` on an expression and on each inside it, from the outside, with the day as of which it is read and with what must
/// hold for it to matter, which begins with `given`.
pub(super) fn each_given<'m>(
    expr: &'m Expr,
    day: ReadingDay<'m>,
    given: &mut Vec<Given<'m>>,
    f: &mut dyn FnMut(&'m Expr, ReadingDay<'m>, &[Given<'m>]),
) {
    f(expr, day, given);
    let beside = |parts: &'m [Expr],
                  wanted: bool,
                  given: &mut Vec<Given<'m>>,
                  f: &mut dyn FnMut(&'m Expr, ReadingDay<'m>, &[Given<'m>])| {
        let before = given.len();
        for (at, part) in parts.iter().enumerate() {
            // What stands beside a part decides alone if it is not as it has to be.
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
            given.extend(others.map(|(_, other)| (other, wanted)).take(MAX_BESIDE));
            each_given(part, day, given, f);
            given.truncate(before);
        }
    };
    if let ExprKind::And(parts) = &expr.kind {
        beside(parts, true, given, f);
    } else if let ExprKind::Or(parts) = &expr.kind {
        beside(parts, false, given, f);
    } else if let ExprKind::At(what, date) = &expr.kind {
        each_given(date, day, given, f);
        let day = if matches!(date.kind, ExprKind::GoverningDate) { day } else { ReadingDay::At(date) };
        each_given(what, day, given, f);
    } else if let ExprKind::Table(table) = &expr.kind {
        let before = given.len();
        for row in &table.rows {
            beside(&row.conditions, true, given, f);
            given.extend(row.conditions.iter().map(|cell| (cell, true)));
            each_given(&row.output, day, given, f);
            given.truncate(before);
        }
        table.otherwise.iter().for_each(|otherwise| each_given(otherwise, day, given, f));
    } else if let ExprKind::Conditional(conditional) = &expr.kind {
        each_given(&conditional.condition, day, given, f);
        for (value, wanted) in [(&conditional.value, true), (&conditional.otherwise, false)] {
            let before = given.len();
            given.push((&conditional.condition, wanted));
            each_given(value, day, given, f);
            given.truncate(before);
        }
    } else {
        expr.each_child(&mut |child| each_given(child, day, given, f));
    }
}

impl ReaderIndex<'_> {
    /// All definitions and norms that read a name, directly or indirectly, and the roots that read any of them.
    pub(super) fn leading_to(&self, name: Item) -> LeadingTo {
        let mut leading = BTreeSet::from([name]);
        let mut is_in_circle = false;
        let mut waiting = vec![name];
        while let Some(node) = waiting.pop() {
            for reader in self.readers.get(&node).into_iter().flatten() {
                is_in_circle |= *reader == name;
                if leading.insert(*reader) {
                    waiting.push(*reader);
                }
            }
        }
        let roots = leading.iter().filter_map(|n| self.roots_of.get(n)).flatten().copied().collect();
        LeadingTo { leading, roots, is_in_circle }
    }
}
