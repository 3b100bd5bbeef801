//! The causes of there being no value, as far as the outcome can turn on them: a set of bits.
//!
//! The evaluator keeps places and faults; the outcome turns only on whether somebody can still be asked, which state the
//! silent facts are in, and what their handlers propose. So facts whose silence means the same share a bit.

/// A set of causes why there is no value; empty where there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CauseSet(u64);

/// How many handlers of each state have a bit of their own.
pub(crate) const HANDLERS: u32 = 28;

impl CauseSet {
    /// There is a value.
    pub(crate) const NONE: Self = Self(0);
    /// The kernel cannot judge it: it may have any value, or none.
    pub(crate) const BAIL: Self = Self(1);
    /// There is a value, but the row does not hold it.
    pub(crate) const UNHELD: Self = Self(1 << 1);
    /// A fact that nobody has asked.
    pub(crate) const UNASKED: Self = Self(1 << 2);
    /// A fault, or a text that is not known.
    pub(crate) const FAULT: Self = Self(1 << 3);
    /// A fact without record that proposes nothing.
    pub(crate) const ABSENT: Self = Self(1 << 4);
    /// A fact without record of which the kernel does not know what it proposes.
    pub(crate) const ABSENT_UNSUPPORTED: Self = Self(1 << 5);
    /// The same of facts whose registry was down.
    pub(crate) const DOWN: Self = Self(1 << 6);
    pub(crate) const DOWN_UNSUPPORTED: Self = Self(1 << 7);

    /// Where the bits of handlers begin.
    const FIRST: u32 = 8;
    const ALL: u64 = (1 << HANDLERS) - 1;
    const ABSENT_HANDLERS: u64 = Self::ALL << Self::FIRST;
    const DOWN_HANDLERS: u64 = Self::ALL << (Self::FIRST + HANDLERS);

    /// What the handler with this number proposes where a fact has no record, or, for the other half of the numbers,
    /// where its registry was down.
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

    /// Whether the evaluator has to say what it comes to.
    pub(crate) fn is_odd(self) -> bool {
        self.has(Self::BAIL.0 | Self::UNHELD.0)
    }

    /// Whether the kernel itself gave up on it, so that not even its state is known.
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

    pub(crate) fn is_down(self) -> bool {
        self.has(Self::DOWN_HANDLERS | Self::DOWN.0 | Self::DOWN_UNSUPPORTED.0)
    }

    /// Those of it that come from absent facts.
    pub(crate) fn absent(self) -> Self {
        Self(self.0 & (Self::ABSENT_HANDLERS | Self::ABSENT.0 | Self::ABSENT_UNSUPPORTED.0))
    }

    /// Those of it that come from registries that were down.
    pub(crate) fn down(self) -> Self {
        Self(self.0 & (Self::DOWN_HANDLERS | Self::DOWN.0 | Self::DOWN_UNSUPPORTED.0))
    }

    /// Whether some fact proposes nothing.
    pub(crate) fn proposes_nothing(self) -> bool {
        self.has(Self::ABSENT.0 | Self::DOWN.0)
    }

    /// Whether it is not known what some fact proposes.
    pub(crate) fn proposes_odd(self) -> bool {
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
