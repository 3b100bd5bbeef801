//! Exact numbers: a ratio of two 128-bit integers, in lowest terms. Nothing is rounded unless the policy rounds it.

use num_integer::Integer;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};
use std::cmp::Ordering;
use std::fmt;

use super::fault::{FaultKind, MAX_EXPONENT};
use super::wide::Wide;

/// The most digits of a number in a text, before and after the point together.
pub const MAX_DIGITS: usize = 28;

/// The direction of rounding; `Nearest` rounds halves away from zero, `Even` to the even multiple of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words are the language's own")]
pub enum RoundMode {
    Nearest,
    Up,
    Down,
    Even,
}

impl RoundMode {
    /// The keyword after `round`; `None` if none is written.
    #[must_use]
    pub const fn keyword(self) -> Option<&'static str> {
        match self {
            Self::Nearest => None,
            Self::Up => Some("up"),
            Self::Down => Some("down"),
            Self::Even => Some("even"),
        }
    }
}

/// An exact number: a ratio in lowest terms, with overflow checks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number(Ratio<i128>);

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// It is not of the form `-12_345.678`.
    #[error("not a number of the form 12345.67")]
    Malformed,
    /// It has more than [`MAX_DIGITS`] digits.
    #[error("more than {MAX_DIGITS} digits")]
    TooLong,
}

#[expect(clippy::should_implement_trait, reason = "each can fail, which the operators of the language cannot")]
impl Number {
    /// Zero.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));
    /// One.
    pub const ONE: Self = Self(Ratio::new_raw(1, 1));

    /// A whole number.
    #[must_use]
    #[inline]
    pub const fn integer(n: i64) -> Self {
        Self(Ratio::new_raw(n as i128, 1))
    }

    /// Reads `-12_345.678`: digits with single `_` between them, at most one point with digits on both sides, no
    /// exponent.
    ///
    /// # Errors
    /// [`NumberError::Malformed`] or [`NumberError::TooLong`]; nothing is rounded to fit.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let proper = |part: &str| {
            !part.is_empty()
                && !part.starts_with('_')
                && !part.ends_with('_')
                && !part.contains("__")
                && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        };
        if !proper(whole) || !fraction.is_none_or(proper) {
            return Err(NumberError::Malformed);
        }
        let fraction = fraction.unwrap_or("");
        let mut mantissa: i128 = 0;
        let mut scale: i128 = 1;
        let mut significant = 0;
        let mut fraction_digits = 0;
        for (part, in_fraction) in [(whole, false), (fraction, true)] {
            for byte in part.bytes().filter(u8::is_ascii_digit) {
                if significant > 0 || byte != b'0' {
                    significant += 1;
                }
                fraction_digits += usize::from(in_fraction);
                if significant > MAX_DIGITS || fraction_digits > MAX_DIGITS {
                    return Err(NumberError::TooLong);
                }
                mantissa = mantissa * 10 + i128::from(byte - b'0');
                if in_fraction {
                    scale *= 10;
                }
            }
        }
        let mantissa = if negative { -mantissa } else { mantissa };
        // Most numbers fit into 64 bits, for which lowest terms are found faster.
        Ok(match (i64::try_from(mantissa), i64::try_from(scale)) {
            (Ok(mantissa), Ok(scale)) => {
                let (numer, denom) = Ratio::new(mantissa, scale).into_raw();
                Self(Ratio::new_raw(numer.into(), denom.into()))
            }
            _ => Self(Ratio::new(mantissa, scale)),
        })
    }

    /// Numerator and denominator in lowest terms; the denominator is positive.
    #[must_use]
    #[inline]
    pub fn parts(self) -> (i128, i128) {
        (*self.0.numer(), *self.0.denom())
    }

    #[inline]
    fn kept(result: Option<Ratio<i128>>) -> Result<Self, FaultKind> {
        // i128::MIN is excluded so that negation and absolute values never overflow.
        if let Some(ratio) = result
            && *ratio.numer() != i128::MIN
            && *ratio.denom() != i128::MIN
        {
            Ok(Self(ratio))
        } else {
            Err(FaultKind::Overflow)
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`FaultKind::Overflow`] beyond 127 bits.
    #[inline]
    pub fn add(self, other: Self) -> Result<Self, FaultKind> {
        Self::kept(self.0.checked_add(&other.0))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`FaultKind::Overflow`] beyond 127 bits.
    #[inline]
    pub fn sub(self, other: Self) -> Result<Self, FaultKind> {
        Self::kept(self.0.checked_sub(&other.0))
    }

    /// The product.
    ///
    /// # Errors
    /// [`FaultKind::Overflow`] beyond 127 bits.
    #[inline]
    pub fn mul(self, other: Self) -> Result<Self, FaultKind> {
        Self::kept(self.0.checked_mul(&other.0))
    }

    /// The exact quotient.
    ///
    /// # Errors
    /// [`FaultKind::DivisionByZero`], or [`FaultKind::Overflow`] beyond 127 bits.
    #[inline]
    pub fn div(self, other: Self) -> Result<Self, FaultKind> {
        if other.0.is_zero() {
            return Err(FaultKind::DivisionByZero);
        }
        Self::kept(self.0.checked_div(&other.0))
    }

    /// How many times `other` goes into the number: the greatest whole number that is not above the exact quotient.
    ///
    /// # Errors
    /// [`FaultKind::DivisionByZero`], or [`FaultKind::Overflow`] if the two do not fit over one denominator.
    pub fn quotient(self, other: Self) -> Result<Self, FaultKind> {
        let (a, b, _) = self.over_one_denominator(other)?;
        Self::kept(Some(Ratio::from_integer(Integer::div_floor(&a, &b))))
    }

    /// What is left of the number behind whole multiples of `other`: `self - other * quotient`, with the sign of `other`.
    ///
    /// # Errors
    /// [`FaultKind::DivisionByZero`], or [`FaultKind::Overflow`] if the two do not fit over one denominator.
    pub fn remainder(self, other: Self) -> Result<Self, FaultKind> {
        let (a, b, denom) = self.over_one_denominator(other)?;
        Self::kept(Some(Ratio::new(Integer::mod_floor(&a, &b), denom)))
    }

    /// The power with a whole exponent from 0 to [`MAX_EXPONENT`], rounded once to a multiple of `step`: to the nearest, with
    /// halves away from zero. The exact power may have any number of digits; only what is rounded has to fit. Any number to
    /// the power of 0 is 1.
    ///
    /// # Errors
    /// [`FaultKind::Exponent`], [`FaultKind::RoundingStep`] if `step` is not positive, [`FaultKind::Overflow`] if the rounded
    /// power is beyond 127 bits.
    pub fn power(self, exponent: Self, step: Self) -> Result<Self, FaultKind> {
        let times = exponent.to_i64().and_then(|times| u16::try_from(times).ok());
        let times = times.filter(|times| *times <= MAX_EXPONENT).ok_or(FaultKind::Exponent)?;
        if !step.0.is_positive() {
            return Err(FaultKind::RoundingStep);
        }
        let ((numer, denom), (of_step, below_step)) = (self.parts(), step.parts());
        // What is known to be beyond 127 bits is not computed at all, since it may have a hundred times as many.
        let least_bits = i64::from(denom.leading_zeros()) - i64::from(numer.unsigned_abs().leading_zeros()) - 1;
        if least_bits.saturating_mul(i64::from(times)) > 128 {
            return Err(FaultKind::Overflow);
        }
        let dividend = Wide::power(numer.unsigned_abs(), times, below_step.unsigned_abs());
        let divisor = Wide::power(denom.unsigned_abs(), times, of_step.unsigned_abs());
        let steps = dividend.nearest_quotient(&divisor).and_then(|steps| i128::try_from(steps).ok());
        let steps = steps.ok_or(FaultKind::Overflow)?;
        let steps = if numer.is_negative() && times % 2 == 1 { -steps } else { steps };
        Self::kept(Some(Ratio::from_integer(steps)))?.mul(step)
    }

    /// The numerators of a dividend and its divisor over their least common denominator, and that denominator. Whole numbers
    /// always fit.
    fn over_one_denominator(self, divisor: Self) -> Result<(i128, i128, i128), FaultKind> {
        if divisor.0.is_zero() {
            return Err(FaultKind::DivisionByZero);
        }
        let ((a, of_a), (b, of_b)) = (self.parts(), divisor.parts());
        let more = of_b / of_a.gcd(&of_b);
        let denom = of_a.checked_mul(more).ok_or(FaultKind::Overflow)?;
        let (a, b) = (a.checked_mul(more), b.checked_mul(denom / of_b));
        // The least integer is left out: divided by -1 it does not fit.
        let a = a.filter(|a| *a != i128::MIN);
        a.zip(b).map(|(a, b)| (a, b, denom)).ok_or(FaultKind::Overflow)
    }

    /// The negative of the number.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Rounds to a multiple of `step`, which must be positive: to the nearest, with halves away from zero; up, towards
    /// plus infinity; down, towards minus infinity; even, to the nearest, with halves to the even multiple.
    ///
    /// # Errors
    /// [`FaultKind::RoundingStep`] if `step` is not positive, [`FaultKind::Overflow`] beyond 127 bits.
    pub fn round(self, mode: RoundMode, step: Self) -> Result<Self, FaultKind> {
        if !step.0.is_positive() {
            return Err(FaultKind::RoundingStep);
        }
        let (numer, denom) = self.div(step)?.parts();
        let whole = match mode {
            RoundMode::Down => Integer::div_floor(&numer, &denom),
            RoundMode::Up => Integer::div_ceil(&numer, &denom),
            RoundMode::Nearest => nearest(numer, denom, |_| true),
            RoundMode::Even => nearest(numer, denom, |below| below % 2 != 0),
        };
        Self::kept(Some(Ratio::from_integer(whole)))?.mul(step)
    }

    /// True if it is a whole number.
    #[must_use]
    #[inline]
    pub fn is_integer(self) -> bool {
        self.0.is_integer()
    }

    /// The whole number; `None` if it is a fraction or does not fit.
    #[must_use]
    #[inline]
    pub fn to_i64(self) -> Option<i64> {
        if self.is_integer() { i64::try_from(*self.0.numer()).ok() } else { None }
    }

    /// Its decimal digits, truncated (never rounded) after `most` places; the flag is true if digits were cut off.
    #[must_use]
    pub fn digits(self, most: usize) -> (String, bool) {
        let (numer, denom) = self.parts();
        let (whole, mut rest) = numer.abs().div_rem(&denom);
        let mut text = String::new();
        if numer < 0 {
            text.push('-');
        }
        text.push_str(&whole.to_string());
        let mut places = 0;
        while rest != 0 && places < most {
            if places == 0 {
                text.push('.');
            }
            // Long division by ten with a remainder below denom, in a form in which rest·10 cannot overflow.
            let (digit, next) = ten_times(rest, denom);
            text.push(char::from(b'0' + digit));
            rest = next;
            places += 1;
        }
        (text, rest != 0)
    }
}

/// The whole number nearest to a ratio. A half goes away from zero where `away` says so of the size below it.
fn nearest(numer: i128, denom: i128, away: impl Fn(i128) -> bool) -> i128 {
    let (below, rest) = numer.abs().div_rem(&denom);
    // A comparison of rest with denom - rest is one of 2·rest with denom, but cannot overflow.
    let up = match rest.cmp(&(denom - rest)) {
        Ordering::Less => false,
        Ordering::Equal => away(below),
        Ordering::Greater => true,
    };
    let size = below + i128::from(up);
    if numer < 0 { -size } else { size }
}

/// Quotient digit and remainder of `10 · rest / denom` for `0 <= rest < denom`, without overflow.
fn ten_times(rest: i128, denom: i128) -> (u8, i128) {
    if let Some(product) = rest.checked_mul(10) {
        let (digit, next) = product.div_rem(&denom);
        return (u8::try_from(digit).unwrap_or(9), next);
    }
    let (mut digit, mut sum) = (0_u8, 0_i128);
    for _ in 0..10 {
        // sum + rest may exceed i128, so compare before adding.
        if sum >= denom - rest {
            sum -= denom - rest;
            digit += 1;
        } else {
            sum += rest;
        }
    }
    (digit, sum)
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// By value; num-rational compares by continued fractions, so nothing overflows.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl fmt::Display for Number {
    /// All digits of a finite decimal; other ratios as `1/3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits(64) {
            (text, false) => f.write_str(&text),
            (_, true) => {
                let (numer, denom) = self.parts();
                write!(f, "{numer}/{denom}")
            }
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn thirds_stay_thirds() {
        let third = Number::ONE.div(Number::integer(3)).unwrap();
        assert_eq!(third.mul(Number::integer(3)).unwrap().cmp(&Number::ONE), Ordering::Equal);
        assert!(n("44.5").div(Number::integer(3)).unwrap() < Number::integer(15));
        assert_eq!(n("45").div(Number::integer(3)).unwrap(), Number::integer(15));
    }

    #[test]
    fn rounding_is_away_from_zero_at_halves() {
        let step = n("0.01");
        assert_eq!(n("2.345").round(RoundMode::Nearest, step), Ok(n("2.35")));
        assert_eq!(n("-2.345").round(RoundMode::Nearest, step), Ok(n("-2.35")));
        assert_eq!(n("-2.345").round(RoundMode::Down, step), Ok(n("-2.35")));
        assert_eq!(n("-2.345").round(RoundMode::Up, step), Ok(n("-2.34")));
        assert_eq!(n("1").round(RoundMode::Up, Number::ZERO), Err(FaultKind::RoundingStep));
    }

    #[test]
    fn a_half_goes_to_the_even_multiple_of_the_step() {
        let rounded = |text: &str, step: &str| n(text).round(RoundMode::Even, n(step)).unwrap();
        for (text, step, even) in [
            ("0.5", "1", "0"),
            ("1.5", "1", "2"),
            ("2.5", "1", "2"),
            ("2.51", "1", "3"),
            ("2.49", "1", "2"),
            ("-0.5", "1", "0"),
            ("-1.5", "1", "-2"),
            ("-2.5", "1", "-2"),
            ("2.345", "0.01", "2.34"),
            ("2.355", "0.01", "2.36"),
            ("75", "50", "100"),
            ("125", "50", "100"),
        ] {
            assert_eq!(rounded(text, step), n(even), "{text} to {step}");
        }
        assert_eq!(n("1").round(RoundMode::Even, n("-1")), Err(FaultKind::RoundingStep));
    }

    #[test]
    fn a_remainder_has_the_sign_of_the_divisor() {
        for (a, b, quotient, remainder) in [
            ("7", "2", "3", "1"),
            ("-7", "2", "-4", "1"),
            ("7", "-2", "-4", "-1"),
            ("-7", "-2", "3", "-1"),
            ("-6", "3", "-2", "0"),
            ("0", "5", "0", "0"),
            ("7.5", "0.4", "18", "0.3"),
            ("-0.1", "0.25", "-1", "0.15"),
        ] {
            let (a, b) = (n(a), n(b));
            assert_eq!((a.quotient(b), a.remainder(b)), (Ok(n(quotient)), Ok(n(remainder))), "{a} by {b}");
            assert_eq!(b.mul(n(quotient)).unwrap().add(n(remainder)), Ok(a));
        }
        assert_eq!(n("1").quotient(Number::ZERO), Err(FaultKind::DivisionByZero));
        assert_eq!(n("1").remainder(Number::ZERO), Err(FaultKind::DivisionByZero));
        let huge = Number(Ratio::from_integer(i128::MAX));
        let less = huge.sub(Number::ONE).unwrap();
        assert_eq!(huge.negated().quotient(less), Ok(n("-2")));
        assert_eq!(huge.negated().remainder(less), less.sub(Number::ONE));
        assert_eq!(huge.quotient(n("0.1")), Err(FaultKind::Overflow));
    }

    #[test]
    fn a_power_is_rounded_once() {
        let power = |base: &str, times: &str, step: &str| n(base).power(n(times), n(step));
        for (base, times, step, result) in [
            ("1.03", "2", "0.0001", "1.0609"),
            ("1.03", "2", "0.001", "1.061"),
            // 1.03^30 = 2.42726247118966…, and 60 digits more.
            ("1.03", "30", "0.000001", "2.427262"),
            ("0.5", "1", "1", "1"),
            ("-0.5", "1", "1", "-1"),
            ("-1.5", "3", "0.25", "-3.5"),
            ("-1.5", "2", "0.5", "2.5"),
            ("0", "0", "1", "1"),
            ("0", "7", "1", "0"),
            ("-3", "1", "2", "-4"),
            ("7", "0", "3", "0"),
            ("8", "0", "2", "2"),
            ("2", "126", "1", "85070591730234615865843651857942052864"),
            ("0.1", "1000", "0.01", "0"),
            ("1.0000000000000000000000001", "1000", "0.0000000000000000000001", "1.0000000000000000000001"),
        ] {
            assert_eq!(
                power(base, times, step).map(|p| p.to_string()),
                Ok(result.to_owned()),
                "{base}^{times} to {step}"
            );
        }
        for times in ["-1", "1001", "0.5", "9999999999999999999999999999"] {
            assert_eq!(power("1", times, "1"), Err(FaultKind::Exponent), "{times}");
        }
        assert_eq!(power("1", "1", "0"), Err(FaultKind::RoundingStep));
        assert_eq!(power("2", "127", "1"), Err(FaultKind::Overflow));
        assert_eq!(power("2", "1000", "1"), Err(FaultKind::Overflow));
        assert_eq!(power("1.5", "1000", "1"), Err(FaultKind::Overflow));
        assert_eq!(power("10", "30", "0.0000000001"), Err(FaultKind::Overflow));
        let third = n("1").div(n("3")).unwrap();
        assert_eq!(third.power(n("40"), n("0.00000000000000000001")), Ok(n("0.00000000000000000008")));
    }

    #[test]
    fn digits_are_cut_and_never_cross() {
        assert_eq!(n("44.5").div(Number::integer(3)).unwrap().digits(2), ("14.83".into(), true));
        assert_eq!(n("14.999").digits(2), ("14.99".into(), true));
        assert_eq!(n("-0.5").digits(4), ("-0.5".into(), false));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".5", "5.", "1__0", "_1", "1e5", "0x10", "1.2.3", "٣"] {
            assert_eq!(Number::parse(text), Err(NumberError::Malformed), "{text}");
        }
        assert_eq!(Number::parse(&"9".repeat(29)), Err(NumberError::TooLong));
        assert_eq!(n("000_000_000_000_000_000_000_000_000_000_7"), Number::integer(7));
    }

    #[test]
    fn overflow_is_a_fault_and_no_value() {
        let big = n(&"9".repeat(28));
        assert_eq!(big.mul(big), Err(FaultKind::Overflow));
        let tiny = Number::ONE.div(big).unwrap();
        assert_eq!(tiny.mul(tiny), Err(FaultKind::Overflow));
        assert_eq!(big.div(Number::ZERO), Err(FaultKind::DivisionByZero));
    }
}
