//! The causes of a missing value, as far as the outcome depends on them: a set of bits.
//!
//! The evaluator keeps places and faults. The outcome depends only on whether somebody can still be asked, which state
//! the silent facts are in, and what their handlers propose. So facts whose silence has the same effect share a bit.

/// A set of causes of a missing value; empty if there is a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CauseSet(u64);

/// How many handlers of each state have a bit of their own.
pub(crate) const HANDLERS: u32 = 27;

impl CauseSet {
    /// There is a value.
    pub(crate) const NONE: Self = Self(0);
    /// The kernel cannot judge it: any value, or none, is possible.
    pub(crate) const BAIL: Self = Self(1);
    /// There is a value, but the row does not hold it.
    pub(crate) const UNHELD: Self = Self(1 << 1);
    /// A fact that nobody has asked.
    pub(crate) const UNASKED: Self = Self(1 << 2);
    /// A fault.
    pub(crate) const FAULT: Self = Self(1 << 3);
    /// An absent fact that proposes nothing.
    pub(crate) const ABSENT: Self = Self(1 << 4);
    /// An absent fact whose proposal the kernel does not know.
    pub(crate) const ABSENT_UNSUPPORTED: Self = Self(1 << 5);
    /// The same two for facts whose registry was down.
    pub(crate) const DOWN: Self = Self(1 << 6);
    pub(crate) const DOWN_UNSUPPORTED: Self = Self(1 << 7);

    /// An open definition.
    pub(crate) const OPEN: Self = Self(1 << 8);

    /// The first bit of the handlers.
    const FIRST: u32 = 9;
    const ALL: u64 = (1 << HANDLERS) - 1;
    const ABSENT_HANDLERS: u64 = Self::ALL << Self::FIRST;
    const DOWN_HANDLERS: u64 = Self::ALL << (Self::FIRST + HANDLERS);

    /// The handler with this number: the lower half of the numbers is for absent facts, the upper half for those whose
    /// registry was down.
    pub(crate) fn handler(number: u32) -> Self {
        Self(1 << (Self::FIRST + number % (2 * HANDLERS)))
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, bits: u64) -> bool {
        self.0 & bits != 0
    }

    /// True if only the evaluator can tell the value.
    pub(crate) fn needs_evaluator(self) -> bool {
        self.has(Self::BAIL.0 | Self::UNHELD.0)
    }

    /// True if the kernel gave up, so that not even the state is known.
    pub(crate) fn is_bail(self) -> bool {
        self.has(Self::BAIL.0)
    }

    pub(crate) fn is_unheld(self) -> bool {
        self.has(Self::UNHELD.0)
    }

    pub(crate) fn is_unasked(self) -> bool {
        self.has(Self::UNASKED.0)
    }

    pub(crate) fn is_fault(self) -> bool {
        self.has(Self::FAULT.0)
    }

    pub(crate) fn is_open(self) -> bool {
        self.has(Self::OPEN.0)
    }

    pub(crate) fn is_down(self) -> bool {
        self.has(Self::DOWN_HANDLERS | Self::DOWN.0 | Self::DOWN_UNSUPPORTED.0)
    }

    /// The causes in absent facts.
    pub(crate) fn absent(self) -> Self {
        Self(self.0 & (Self::ABSENT_HANDLERS | Self::ABSENT.0 | Self::ABSENT_UNSUPPORTED.0))
    }

    /// The causes in registries that were down.
    pub(crate) fn down(self) -> Self {
        Self(self.0 & (Self::DOWN_HANDLERS | Self::DOWN.0 | Self::DOWN_UNSUPPORTED.0))
    }

    /// True if some fact proposes nothing.
    pub(crate) fn proposes_nothing(self) -> bool {
        self.has(Self::ABSENT.0 | Self::DOWN.0)
    }

    /// True if the proposal of some fact is not known.
    pub(crate) fn has_unknown_proposal(self) -> bool {
        self.has(Self::ABSENT_UNSUPPORTED.0 | Self::DOWN_UNSUPPORTED.0)
    }

    /// The numbers of the handlers in it.
    pub(crate) fn handlers(self) -> impl Iterator<Item = u32> {
        let mut bits = self.0 >> Self::FIRST;
        std::iter::from_fn(move || {
            let number = (bits != 0).then(|| bits.trailing_zeros())?;
            bits &= bits - 1;
            Some(number)
        })
    }
}
