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
        let base = Self::one().times(base);
        let mut power = Self::one();
        // From the highest bit of the exponent down: each doubles what came before, and a set one adds one.
        for bit in (0..u16::BITS).rev() {
            power = power.product(&power);
            if times >> bit & 1 == 1 {
                power = power.product(&base);
            }
        }
        power.times(factor)
    }

    /// The product.
    pub(super) fn times(&self, factor: u128) -> Self {
        self.product(&Self(vec![low(factor), high(factor)]))
    }

    fn product(&self, other: &Self) -> Self {
        let mut limbs = vec![0; self.0.len() + other.0.len()];
        for (at, factor) in other.0.iter().enumerate() {
            let mut carry = 0;
            let mut places = limbs.iter_mut().skip(at);
            for (limb, place) in self.0.iter().zip(places.by_ref()) {
                let sum = u128::from(*limb) * u128::from(*factor) + u128::from(*place) + u128::from(carry);
                *place = low(sum);
                carry = high(sum);
            }
            // Nothing has come to this place yet.
            places.take(1).for_each(|place| *place = carry);
        }
        Self(limbs).trimmed()
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
        fn a_power_is_a_product_of_so_many(base: u128, times in 0_u16..70, factor: u128) {
            let product = (0..times).fold(of(factor), |product, _| product.times(base));
            prop_assert_eq!(Wide::power(base, times, factor), product);
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
