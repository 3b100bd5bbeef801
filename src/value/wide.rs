//! Whole numbers of any size, for what is exact on the way to a number that is kept.

use std::cmp::Ordering;

/// A whole number that is not negative. Its limbs are in rising order, and the last one is not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wide(Vec<u64>);

impl Wide {
    /// One.
    pub(super) fn one() -> Self {
        Self(vec![1])
    }

    /// A power times a factor.
    pub(super) fn power(base: u128, times: u16, factor: u128) -> Self {
        let power = (0..times).fold(Self::one(), |power, _| power.times(base));
        power.times(factor)
    }

    /// The product.
    pub(super) fn times(&self, factor: u128) -> Self {
        let mut high = self.scaled(high(factor));
        high.0.insert(0, 0);
        self.scaled(low(factor)).plus(&high)
    }

    fn scaled(&self, factor: u64) -> Self {
        let mut carry = 0;
        let mut limbs = Vec::with_capacity(self.0.len() + 3);
        for limb in &self.0 {
            let product = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            limbs.push(low(product));
            carry = high(product);
        }
        limbs.push(carry);
        Self(limbs).trimmed()
    }

    fn plus(mut self, other: &Self) -> Self {
        self.0.resize(self.0.len().max(other.0.len()) + 1, 0);
        let mut carry = 0;
        for (limb, more) in self.0.iter_mut().zip(other.0.iter().chain(std::iter::repeat(&0))) {
            let sum = u128::from(*limb) + u128::from(*more) + u128::from(carry);
            *limb = low(sum);
            carry = high(sum);
        }
        self.trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    /// How many times `divisor` goes into this number, to the nearest, and up from the middle; `None` from 2^127 on.
    pub(super) fn nearest_quotient(&self, divisor: &Self) -> Option<u128> {
        if divisor.times(1 << 127) <= *self {
            return None;
        }
        let mut below: u128 = 0;
        for bit in (0..127).rev() {
            let more = below | 1 << bit;
            if divisor.times(more) <= *self {
                below = more;
            }
        }
        let is_up = divisor.times(2 * below + 1) <= self.times(2);
        Some(below + u128::from(is_up))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// The lower 64 bits.
fn low(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

/// The upper 64 bits.
fn high(number: u128) -> u64 {
    u64::try_from(number >> 64).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(number: u128) -> Wide {
        Wide::one().times(number)
    }

    proptest! {
        #[test]
        fn products_and_their_order_are_those_of_128_bits(a in 0..=u128::from(u64::MAX), b in 0..=u128::from(u64::MAX), c: u128) {
            prop_assert_eq!(of(a).times(b), of(a * b));
            prop_assert_eq!(of(a * b).cmp(&of(c)), (a * b).cmp(&c));
            prop_assert_eq!(of(c).times(a).times(b), of(b).times(c).times(a));
        }

        #[test]
        fn quotients_are_the_nearest(of_all in 0..u128::MAX / 2, divisor in 1..u128::MAX / 4) {
            let (below, rest) = (of_all / divisor, of_all % divisor);
            let nearest = below + u128::from(rest * 2 >= divisor);
            prop_assert_eq!(of(of_all).nearest_quotient(&of(divisor)), Some(nearest));
            // The same far beyond 128 bits.
            let far = |number: u128| of(number).times(u128::MAX).times(u128::MAX - 4);
            prop_assert_eq!(far(of_all).nearest_quotient(&far(divisor)), Some(nearest));
        }
    }

    #[test]
    fn what_does_not_fit_is_no_quotient() {
        assert_eq!(of(u128::MAX).nearest_quotient(&of(1)), None);
        assert_eq!(of((1 << 127) - 1).nearest_quotient(&of(1)), Some((1 << 127) - 1));
        assert_eq!(of(0).nearest_quotient(&of(7)), Some(0));
        assert_eq!(Wide::power(10, 40, 1).nearest_quotient(&Wide::power(10, 38, 3)), Some(33));
    }
}
