//! Rules as masks: the fastest form of a cell's code.
//!
//! Comes in: a row. Goes out: which rules fire, if that does not depend on why something is unknown. A condition that
//! is not divided further, an atom, has two bits, one for true and one for false; an unknown atom has neither. A table
//! for each cell of few values gives the bits of all its atoms at once. A rule is true if all bits of one of its terms
//! are set, and false if each of its terms has a bit whose opposite is set. This is disjunctive normal form, which in
//! strong Kleene logic has the same truth value as the formula that it was made of. No branch depends on the facts, and
//! every step is the same over a column of rows.

use super::code::{Op, Reg, Rule};
use crate::row::{Cell, Row};
use ereje::ids::ReasonId;
use std::sync::Arc;

/// The most atoms: their bits for true are the lower half of a word, those for false the upper half.
pub(super) const ATOMS: u32 = 32;

/// The most rules.
pub(super) const RULES: usize = 63;

/// The size of the table of a cell of very few values.
pub(super) const FEW: usize = 16;

/// A cell of very few values: by its place, the bits of its atoms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SmallLookup {
    pub(super) at: u32,
    pub(super) table: [u64; FEW],
}

/// A cell of more values, or of which only the state matters: by its place, the bits of its atoms. The last entry
/// stands for all higher places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lookup {
    pub(super) at: u32,
    pub(super) table: Box<[u64]>,
}

/// True if a value lies between two others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RangeAtom {
    pub(super) at: u32,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// True if a sum of multiples of two cells is zero or more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LinearAtom {
    pub(super) at: [u32; 2],
    pub(super) times: [i64; 2],
    /// The greatest distance from zero of the two values with which 64 bits are enough.
    pub(super) reach: [i64; 2],
    pub(super) plus: i64,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// An atom whose truth is in a register.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RegisterAtom {
    pub(super) reg: Reg,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// A rule with a loop, whose instances are computed one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoopedRule {
    pub(super) rule: Rule,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// A term, and the bit of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Term {
    pub(super) bits: u64,
    pub(super) rule: u64,
}

/// The consequences of a rule that is the first to fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FirstFired {
    pub(super) level: u32,
    /// The rules of this level and of those above.
    pub(super) above: u64,
    /// The rules of this level.
    pub(super) here: u64,
    /// The first of them.
    pub(super) shift: u32,
    /// The index of the reasons of their combinations; out of range if the rules are too many.
    pub(super) sets: usize,
}

/// The most rules of one level for which the reasons of all combinations are prepared.
pub(super) const TOGETHER: usize = 6;

/// Some reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReasonSet {
    pub(super) len: usize,
    pub(super) reasons: [ReasonId; TOGETHER],
}

impl ReasonSet {
    /// The reasons of those rules whose bits are set.
    pub(super) fn of(rules: &[ReasonId], fired: u64) -> Self {
        let mut set = Self { len: 0, reasons: [ReasonId(0); TOGETHER] };
        let chosen = rules.iter().enumerate().filter(|(index, _)| fired >> index & 1 == 1);
        for (slot, (_, reason)) in set.reasons.iter_mut().zip(chosen) {
            *slot = *reason;
            set.len += 1;
        }
        set
    }

    /// The reasons.
    #[inline]
    pub(super) fn reasons(&self) -> &[ReasonId] {
        self.reasons.get(..self.len).unwrap_or_default()
    }
}

impl Default for ReasonSet {
    fn default() -> Self {
        Self::of(&[], 0)
    }
}

/// What the masks of cells that differ only in numbers and days have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) few: Vec<SmallLookup>,
    pub(super) lookups: Vec<Lookup>,
    /// The bits of all atoms.
    pub(super) all: u64,
    pub(super) terms: Vec<Term>,
    /// The bit of the rule that must be true before anything is decided; 0 if no rule must.
    pub(super) gate: u64,
    /// By the first rule that fires; the last entry is for none.
    pub(super) by_first: Vec<FirstFired>,
    pub(super) reasons: Vec<ReasonId>,
    pub(super) sets: Vec<ReasonSet>,
}

/// A cell's code as masks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Masks {
    pub(super) rules: Arc<Rules>,
    pub(super) ranges: Box<[RangeAtom]>,
    pub(super) linears: Box<[LinearAtom]>,
    /// Atoms that have no other form.
    pub(super) registers: Box<[RegisterAtom]>,
    pub(super) loops: Box<[LoopedRule]>,
    /// The operations that compute the registers and the loops.
    pub(super) ops: Box<[Op]>,
}

/// The place of a cell in its table: twice its value; 1, 3, 5 or 7 for a state; and beyond all tables for a value below
/// zero, all ones for −1.
#[inline]
pub(super) fn place(cell: Cell) -> u64 {
    cell.bits().cast_unsigned().rotate_left(1)
}

/// One of two numbers, without a branch.
#[inline]
fn choose(condition: bool, yes: u64, no: u64) -> u64 {
    let mask = u64::from(condition).wrapping_neg();
    (yes & mask) | (no & !mask)
}

#[inline]
fn within(value: i64, reach: i64) -> bool {
    value.wrapping_add(reach).cast_unsigned() <= 2 * reach.cast_unsigned()
}

impl Masks {
    /// The bits of the atoms that need no operation.
    #[inline]
    pub(super) fn atoms(&self, row: &Row) -> u64 {
        let mut atoms = 0;
        for few in &self.rules.few {
            let place = place(row.get(few.at)) as usize % FEW;
            atoms |= few.table.get(place).copied().unwrap_or(0);
        }
        for lookup in &self.rules.lookups {
            let place = place(row.get(lookup.at)).min(lookup.table.len() as u64 - 1);
            atoms |= lookup.table.get(place as usize).copied().unwrap_or(0);
        }
        let unheld = Cell::UNHELD.bits();
        for range in &self.ranges {
            let value = row.get(range.at).bits();
            let inside = (range.low <= value) & (value <= range.high);
            atoms |= choose(value > unheld, choose(inside, range.yes, range.no), 0);
        }
        for linear in &self.linears {
            let ([a, b], [times_a, times_b]) = (linear.at, linear.times);
            let (a, b) = (row.get(a).bits(), row.get(b).bits());
            let [reach_a, reach_b] = linear.reach;
            // States lie beyond every reach.
            let known = within(a, reach_a) & within(b, reach_b);
            let sum = a.wrapping_mul(times_a).wrapping_add(b.wrapping_mul(times_b)).wrapping_add(linear.plus);
            atoms |= choose(known, choose(sum >= 0, linear.yes, linear.no), 0);
        }
        atoms
    }
}

impl Rules {
    /// Which rules fire, and what the first of them decides. `None` if an unknown rule could change that.
    #[inline]
    pub(super) fn fired(&self, atoms: u64) -> Option<(u64, &FirstFired)> {
        let mut fired = 0;
        let missing = !atoms;
        for term in &self.terms {
            fired |= choose(missing & term.bits == 0, term.rule, 0);
        }
        let mut unknown = 0;
        // The bits whose opposite is set.
        let opposite = atoms.rotate_left(ATOMS);
        if atoms | opposite != self.all {
            for term in &self.terms {
                unknown |= choose(opposite & term.bits == 0, term.rule, 0);
            }
            unknown &= !fired;
        }
        if self.gate != 0 {
            if fired & self.gate == 0 || unknown & self.gate != 0 {
                return None;
            }
            fired &= !self.gate;
        }
        let first = (fired.trailing_zeros() as usize).min(self.reasons.len());
        let first_fired = self.by_first.get(first)?;
        (unknown & first_fired.above == 0).then_some((fired & first_fired.here, first_fired))
    }

    /// The reasons of rules that fire together, if they were prepared.
    #[inline]
    pub(super) fn set(&self, fired: u64, first_fired: &FirstFired) -> Option<&ReasonSet> {
        self.sets.get(first_fired.sets.checked_add(usize::try_from(fired >> first_fired.shift).ok()?)?)
    }
}
