//! Rules as masks: the quickest form of a cell's code.
//!
//! Comes in: a row. Goes out: which rules fire, where that can be said without asking why anything is unknown. Conditions
//! that nothing divides, the atoms, have two bits each, for true and for false; an unknown one has neither. A table for
//! each cell of few values gives the bits of all atoms that rest on it at once. A rule is true where some set of bits, a
//! term, is there in full, and false where in each of its terms some bit's opposite is there: disjunctive normal form, which
//! in strong Kleene logic has the same truth value as what it was made of. There is no branch on what the facts say, and
//! every step is the same over a column of rows.

use super::code::{Op, Reg, Rule};
use crate::row::{Cell, Row};
use ereje::ids::ReasonId;
use std::sync::Arc;

/// How many atoms there is room for: their bits for true stand in the lower half, those for false in the upper one.
pub(super) const ATOMS: u32 = 32;

/// How many rules.
pub(super) const RULES: usize = 63;

/// How many places the table of a cell of very few values has.
pub(super) const FEW: usize = 16;

/// A cell of very few values: by its place, the bits of the atoms that rest on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SmallLookup {
    pub(super) at: u32,
    pub(super) table: [u64; FEW],
}

/// A cell of which more values or only its state matter: by its place, the last one standing for all behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lookup {
    pub(super) at: u32,
    pub(super) table: Box<[u64]>,
}

/// Whether a value lies between two others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RangeAtom {
    pub(super) at: u32,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// Whether a sum of two multiples is zero or more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LinearAtom {
    pub(super) at: [u32; 2],
    pub(super) times: [i64; 2],
    /// How far from zero the two may be, so that 64 bits are enough.
    pub(super) reach: [i64; 2],
    pub(super) plus: i64,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// What the registers say that some operations write.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RegisterAtom {
    pub(super) reg: Reg,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// A rule with a loop, whose instances are worked out one after the other.
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

/// What it means that a rule is the first that fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FirstFired {
    pub(super) level: u32,
    /// The rules of this level and of those above.
    pub(super) above: u64,
    /// The rules of this level.
    pub(super) here: u64,
    /// The first of them.
    pub(super) shift: u32,
    /// Where the reasons of their combinations stand; beyond all where there are too many.
    pub(super) sets: usize,
}

/// How many rules of one level may be, so that the reasons of all their combinations are put together beforehand.
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
        let speaking = rules.iter().enumerate().filter(|(index, _)| fired >> index & 1 == 1);
        for (slot, (_, reason)) in set.reasons.iter_mut().zip(speaking) {
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

/// What the masks of many cells have in common, where they differ in numbers and days alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) few: Vec<SmallLookup>,
    pub(super) lookups: Vec<Lookup>,
    /// The bits of all atoms.
    pub(super) all: u64,
    pub(super) terms: Vec<Term>,
    /// The rule that has to be true before anything is decided.
    pub(super) gate: u64,
    /// By rule, and behind the last for none.
    pub(super) stands: Vec<FirstFired>,
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
    /// The operations that these two take.
    pub(super) ops: Box<[Op]>,
}

/// The place of a cell in its table: twice its value; for a state one of 1, 3, 5 and 7; and for a value below zero a
/// number beyond all tables, whose last bits are ones where it is −1.
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
    /// Which rules fire, and where the first of them stands. None where some rule that could have a say is unknown.
    #[inline]
    pub(super) fn fired(&self, atoms: u64) -> Option<(u64, &FirstFired)> {
        let mut fired = 0;
        let missing = !atoms;
        for term in &self.terms {
            fired |= choose(missing & term.bits == 0, term.rule, 0);
        }
        let mut unknown = 0;
        // The opposite of each bit that is there.
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
        let stand = self.stands.get(first)?;
        (unknown & stand.above == 0).then_some((fired & stand.here, stand))
    }

    /// The reasons of rules that fire together, where they were put together beforehand.
    #[inline]
    pub(super) fn set(&self, fired: u64, stand: &FirstFired) -> Option<&ReasonSet> {
        self.sets.get(stand.sets.checked_add(usize::try_from(fired >> stand.shift).ok()?)?)
    }
}
