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
                // A value is only of use where the conditions beside it hold; a list is gone through before them.
                let needs = |other: &Role| match role {
                    Role::List => matches!(other, Role::Cohort),
                    Role::Cohort
                    | Role::Filter
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
                let beside =
                    parts.conditions().filter(|(other, beside, _)| needs(other) && !std::ptr::eq(*beside, *expr));
                let mut given: Vec<(&Expr, bool)> = beside.map(|(_, expr, wanted)| (expr, wanted)).collect();
                readings_in(expr, ReadingDay::Governing, &mut given, &mut own);
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

/// Adds what an expression reads. `given` is what must hold for it to matter.
fn readings_in<'m>(
    expr: &'m Expr,
    day: ReadingDay<'m>,
    given: &mut Vec<(&'m Expr, bool)>,
    out: &mut Vec<ReadingPlace<'m>>,
) {
    if let Some(item @ (Item::Norm(_) | Item::Definition(_))) = expr.names() {
        out.push(ReadingPlace { item, day, given: given.clone() });
    }
    let beside =
        |parts: &'m [Expr], wanted: bool, given: &mut Vec<(&'m Expr, bool)>, out: &mut Vec<ReadingPlace<'m>>| {
            let before = given.len();
            for (at, part) in parts.iter().enumerate() {
                // What stands beside a part decides alone if it is not as it has to be.
                let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                given.extend(others.map(|(_, other)| (other, wanted)).take(MAX_BESIDE));
                readings_in(part, day, given, out);
                given.truncate(before);
            }
        };
    if let ExprKind::And(parts) = &expr.kind {
        beside(parts, true, given, out);
    } else if let ExprKind::Or(parts) = &expr.kind {
        beside(parts, false, given, out);
    } else if let ExprKind::At(what, date) = &expr.kind {
        readings_in(date, day, given, out);
        let day = if matches!(date.kind, ExprKind::GoverningDate) { day } else { ReadingDay::At(date) };
        readings_in(what, day, given, out);
    } else if let ExprKind::Table(table) = &expr.kind {
        let before = given.len();
        for row in &table.rows {
            beside(&row.conditions, true, given, out);
            given.extend(row.conditions.iter().map(|cell| (cell, true)));
            readings_in(&row.output, day, given, out);
            given.truncate(before);
        }
        table.otherwise.iter().for_each(|otherwise| readings_in(otherwise, day, given, out));
    } else {
        expr.each_child(&mut |child| readings_in(child, day, given, out));
    }
}

impl ReaderIndex<'_> {
    /// All definitions and norms that read a name, directly or indirectly, and the roots that read any of them.
    pub(super) fn leading_to(&self, name: Item) -> (BTreeSet<Item>, BTreeSet<usize>) {
        let mut leading = BTreeSet::from([name]);
        let mut waiting = vec![name];
        while let Some(node) = waiting.pop() {
            for reader in self.readers.get(&node).into_iter().flatten() {
                if leading.insert(*reader) {
                    waiting.push(*reader);
                }
            }
        }
        let roots = leading.iter().filter_map(|n| self.roots_of.get(n)).flatten().copied().collect();
        (leading, roots)
    }
}
