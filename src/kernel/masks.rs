//! Rules as masks: the quickest form of a cell's code.
//!
//! Comes in: a row. Goes out: which rules fire, where that can be said without asking why anything is unknown. Conditions
//! that nothing divides, the atoms, have two bits each, for true and for false; an unknown one has neither. A table for
//! each cell of few values gives the bits of all atoms that rest on it at once. A rule is true where some set of bits, a
//! term, is there in full, and false where in each of its terms some bit's opposite is there: disjunctive normal form, which
//! in strong Kleene logic has the same truth value as what it was made of. There is no branch on what the facts say, and
//! every step is the same over a column of rows.

use super::code::{Op, Reg};
use crate::ids::ReasonId;
use crate::row::{Cell, Row};

/// In place of a cell: the governing date.
pub(super) const DAY: u32 = u32::MAX;

/// The bits of every second place: those for true.
const TRUE: u64 = 0x5555_5555_5555_5555;

/// How many atoms there is room for.
pub(super) const ATOMS: usize = 32;

/// How many rules.
pub(super) const RULES: usize = 63;

/// A cell of few values: the bits of the atoms that rest on it, by its state or value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lookup {
    pub(super) at: u32,
    pub(super) start: u32,
    /// The last place of its table, for all values from there on.
    pub(super) last: u32,
}

/// Whether a value lies between two others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Range {
    pub(super) at: u32,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// Whether a sum of two multiples is zero or more, or just zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Linear {
    pub(super) at: [u32; 2],
    pub(super) times: [i64; 2],
    pub(super) plus: i64,
    pub(super) exactly: bool,
    pub(super) yes: u64,
    pub(super) no: u64,
}

/// What the registers say that some operations write.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Register {
    pub(super) reg: Reg,
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
pub(super) struct Stand {
    pub(super) level: u32,
    /// The rules of this level and of those above.
    pub(super) above: u64,
    /// The rules of this level.
    pub(super) here: u64,
}

/// A cell's code as masks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Masks {
    pub(super) lookups: Vec<Lookup>,
    pub(super) tables: Vec<u64>,
    pub(super) ranges: Vec<Range>,
    pub(super) linears: Vec<Linear>,
    /// Operations for atoms that have no other form, and what they come to.
    pub(super) ops: Vec<Op>,
    pub(super) registers: Vec<Register>,
    /// The bits of all atoms.
    pub(super) all: u64,
    pub(super) terms: Vec<Term>,
    /// The rule that has to be true before anything is decided.
    pub(super) gate: u64,
    /// By rule, and behind the last for none.
    pub(super) stands: Vec<Stand>,
    pub(super) reasons: Vec<ReasonId>,
}

/// The place of a cell in its table: the four states, then the values from zero; a value below zero comes last.
pub(super) fn place(cell: Cell) -> u64 {
    let bits = cell.bits();
    let from = if bits < 0 { 0 } else { 4 };
    (bits & i64::MAX).cast_unsigned() + from
}

/// One of two numbers, without a branch.
fn choose(condition: bool, yes: u64, no: u64) -> u64 {
    let mask = u64::from(condition).wrapping_neg();
    (yes & mask) | (no & !mask)
}

impl Masks {
    /// The bits of the atoms that need no operation.
    #[inline]
    pub(super) fn atoms(&self, row: &Row, day: i64) -> u64 {
        let mut atoms = 0;
        for lookup in &self.lookups {
            let place = place(row.get(lookup.at)).min(u64::from(lookup.last));
            atoms |= self.tables.get(lookup.start as usize + place as usize).copied().unwrap_or(0);
        }
        let unheld = Cell::UNHELD.bits();
        let value = |at: u32| if at == DAY { day } else { row.get(at).bits() };
        for range in &self.ranges {
            let value = value(range.at);
            let inside = (range.low <= value) & (value <= range.high);
            atoms |= choose(value > unheld, choose(inside, range.yes, range.no), 0);
        }
        for linear in &self.linears {
            let ([a, b], [times_a, times_b]) = (linear.at, linear.times);
            let (a, b) = (value(a), value(b));
            // Factors are below 2³¹, so that 128 bits are always enough.
            let sum =
                i128::from(a) * i128::from(times_a) + i128::from(b) * i128::from(times_b) + i128::from(linear.plus);
            let yes = if linear.exactly { sum == 0 } else { sum >= 0 };
            atoms |= choose((a > unheld) & (b > unheld), choose(yes, linear.yes, linear.no), 0);
        }
        atoms
    }

    /// Which rules fire, and where the first of them stands. None where some rule that could have a say is unknown.
    #[inline]
    pub(super) fn fired(&self, atoms: u64) -> Option<(u64, Stand)> {
        let mut fired = 0;
        for term in &self.terms {
            fired |= choose(atoms & term.bits == term.bits, term.rule, 0);
        }
        let known = atoms | (atoms >> 1 & TRUE) | (atoms & TRUE) << 1;
        let mut unknown = 0;
        if known != self.all {
            // The opposite of each bit that is there.
            let opposite = (atoms >> 1 & TRUE) | (atoms & TRUE) << 1;
            for term in &self.terms {
                unknown |= choose(opposite & term.bits == 0, term.rule, 0);
            }
            unknown &= !fired;
        }
        if fired & self.gate != self.gate {
            return None;
        }
        let fired = fired & !self.gate;
        let first = (fired.trailing_zeros() as usize).min(self.reasons.len());
        let stand = *self.stands.get(first)?;
        (unknown & (stand.above | self.gate) == 0).then_some((fired & stand.here, stand))
    }
}
