//! Division into whole parts and powers, by hand: the engine's own come from other code.

use ereje::value::{FaultKind, Number};

/// The greatest whole number that is not above `a / b`, and what is left: `a - b * quotient`.
pub fn divided(a: Number, b: Number) -> Result<(Number, Number), FaultKind> {
    let ((a, of_a), (b, of_b)) = (a.parts(), b.parts());
    if b == 0 {
        return Err(FaultKind::DivisionByZero);
    }
    let (mut common, mut rest) = (of_a, of_b);
    while rest != 0 {
        (common, rest) = (rest, common % rest);
    }
    let times = of_b / common;
    let fits = |n: Option<i128>| n.filter(|n| *n != i128::MIN).ok_or(FaultKind::Overflow);
    let whole = fits(of_a.checked_mul(times))?;
    let (a, b) = (fits(a.checked_mul(times))?, fits(b.checked_mul(whole / of_b))?);
    // A Euclidean remainder is never below zero; with a divisor below zero both sides change their sign.
    let (quotient, rest) =
        if b > 0 { (a.div_euclid(b), a.rem_euclid(b)) } else { ((-a).div_euclid(-b), -(-a).rem_euclid(-b)) };
    Ok((whole_number(quotient), whole_number(rest).div(whole_number(whole))?))
}

/// A whole number that may be beyond 64 bits.
fn whole_number(n: i128) -> Number {
    match i64::try_from(n) {
        Ok(n) => Number::integer(n),
        Err(_) => {
            let high = whole_number(n >> 32).mul(Number::integer(1 << 32)).unwrap();
            high.add(Number::integer((n & 0xffff_ffff) as i64)).unwrap()
        }
    }
}

/// `base` to a whole power, and the nearest multiple of a step; of two, the one away from zero.
pub fn power(base: Number, exponent: Number, step: Number) -> Result<Number, FaultKind> {
    let times = exponent.to_i64().filter(|times| (0..=1000).contains(times)).ok_or(FaultKind::Exponent)?;
    if step <= Number::ZERO {
        return Err(FaultKind::RoundingStep);
    }
    let ((numer, denom), (of_step, below_step)) = (base.parts(), step.parts());
    let (mut dividend, mut divisor) = (long(1), long(1));
    for _ in 0..times {
        dividend = product(&dividend, &long(numer.unsigned_abs()));
        divisor = product(&divisor, &long(denom.unsigned_abs()));
    }
    // Half a step is enough for the next one: n steps are reached from (2n - 1) / 2 on.
    let dividend = product(&product(&dividend, &long(below_step.unsigned_abs())), &long(2));
    let divisor = product(&divisor, &long(of_step.unsigned_abs()));
    let reaches = |steps: u128| at_most(&product(&divisor, &long(2 * (steps - 1) + 1)), &dividend);
    let (mut low, mut high) = (0, 1 << 127);
    if reaches(high) {
        return Err(FaultKind::Overflow);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle) { low = middle } else { high = middle }
    }
    let steps = whole_number(i128::try_from(low).unwrap());
    let steps = if numer < 0 && times % 2 == 1 { steps.negated() } else { steps };
    steps.mul(step)
}

/// The digits of a whole number to the base 2³², the last one first, without zeros in front.
fn long(n: u128) -> Vec<u64> {
    let mut digits: Vec<u64> = (0..4).map(|i| (n >> (32 * i)) as u64 & 0xffff_ffff).collect();
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

fn product(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut digits = vec![0; a.len() + b.len()];
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0;
        for (j, y) in b.iter().enumerate() {
            let sum = digits[i + j] + x * y + carry;
            (digits[i + j], carry) = (sum & 0xffff_ffff, sum >> 32);
        }
        digits[i + b.len()] += carry;
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

fn at_most(a: &[u64], b: &[u64]) -> bool {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev())).is_le()
}
