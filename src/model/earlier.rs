//! Norms that rest on earlier values of their own, directly or through other norms.
//!
//! `basis at 2025-12-31` in a value of `basis` leads back to the norm, as of a day on which another value holds. The
//! checker admits such a reading where its day lies before every day of the value that it stands in, so each step goes
//! back in time, to another value, and the chain ends.

use super::{Expr, ExprKind, Item, Model, NormValue};
use crate::ids::{NormId, NormValueRef};
use std::collections::{BTreeMap, BTreeSet};

/// A reading `NORM at DATE` in a value of a norm, from which other norms may lead back to that norm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EarlierReading<'m> {
    /// The value that it stands in.
    pub(crate) value: NormValueRef,
    /// The norm that is read.
    pub(crate) norm: NormId,
    /// The whole reading.
    pub(crate) whole: &'m Expr,
    /// The day.
    pub(crate) day: &'m Expr,
}

impl Expr {
    /// The norm and the day of a reading `NORM at DATE`.
    pub(crate) fn norm_at(&self) -> Option<(NormId, &Self)> {
        if let ExprKind::At(what, day) = &self.kind
            && let ExprKind::Norm(norm) = what.kind
        {
            return Some((norm, day));
        }
        None
    }

    /// Calls `f` on this expression and on all inside it, other than norms that are read as of another day.
    pub(crate) fn walk_of_the_day<'e>(&'e self, f: &mut impl FnMut(&'e Self)) {
        match self.norm_at() {
            Some((_, day)) => day.walk_of_the_day(f),
            None => {
                f(self);
                self.each_child(&mut |child| child.walk_of_the_day(f));
            }
        }
    }
}

impl Model {
    /// The readings of norms as of other days that lead back to the norm in which they stand, in the order of the norms.
    pub(crate) fn earlier_readings(&self) -> Vec<EarlierReading<'_>> {
        let mut reads: BTreeMap<NormId, BTreeSet<NormId>> = BTreeMap::new();
        let mut found: Vec<EarlierReading<'_>> = Vec::new();
        for (id, norm) in self.norms.entries() {
            let read = reads.entry(id).or_default();
            for (index, NormValue { value, .. }) in norm.values.iter().enumerate() {
                value.walk(&mut |e| {
                    if let Some((norm, day)) = e.norm_at() {
                        found.push(EarlierReading { value: NormValueRef::new(id, index), norm, whole: e, day });
                    }
                    if let Some(Item::Norm(norm)) = e.names() {
                        read.insert(norm);
                    }
                });
            }
        }
        if !found.is_empty() {
            let circles = circles(&reads);
            let circle = |id: NormId| circles.get(&id);
            found.retain(|reading| circle(reading.norm) == circle(reading.value.norm));
        }
        found
    }
}

/// A number for each norm: two have the same one if each leads to the other.
fn circles(reads: &BTreeMap<NormId, BTreeSet<NormId>>) -> BTreeMap<NormId, usize> {
    let mut read_by: BTreeMap<NormId, Vec<NormId>> = BTreeMap::new();
    for (reader, read) in reads {
        read.iter().for_each(|read| read_by.entry(*read).or_default().push(*reader));
    }
    // What is read comes before what reads it, other than inside a circle.
    let mut order = Vec::new();
    let mut entered = BTreeSet::new();
    for start in reads.keys() {
        let mut stack = vec![(*start, false)];
        while let Some((norm, done)) = stack.pop() {
            if done {
                order.push(norm);
            } else if entered.insert(norm) {
                stack.push((norm, true));
                stack.extend(reads.get(&norm).into_iter().flatten().map(|read| (*read, false)));
            }
        }
    }
    // From the last on, those that lead to a norm and are in no circle yet are in a circle with it.
    let mut circles = BTreeMap::new();
    for (number, norm) in order.into_iter().rev().enumerate() {
        let mut waiting = vec![norm];
        while let Some(norm) = waiting.pop() {
            if let std::collections::btree_map::Entry::Vacant(free) = circles.entry(norm) {
                free.insert(number);
                waiting.extend(read_by.get(&norm).into_iter().flatten());
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_that_lead_to_each_other_are_one_circle() {
        let id = NormId::new;
        let reads = [(0, vec![1, 4]), (1, vec![2]), (2, vec![0, 3]), (3, vec![3]), (4, vec![]), (5, vec![0])];
        let reads = reads.into_iter().map(|(norm, read)| (id(norm), read.into_iter().map(id).collect())).collect();
        let circles = circles(&reads);
        let together = |a, b| circles[&id(a)] == circles[&id(b)];
        assert!(together(0, 1) && together(1, 2));
        for other in [3, 4, 5] {
            assert!((0..6).all(|norm| norm == other || !together(norm, other)), "{other}");
        }
    }
}
