//! Runs a property over many cases, and shrinks a case that breaks it.

use super::engine::as_json;
use crate::it::generate::{self, Draw, Shape};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A policy, facts for it, and numbers for other choices of the property.
pub struct Case<'a> {
    pub texts: &'a [(String, String)],
    pub facts: &'a [(String, Value)],
    pub shapes: &'a [(String, Shape)],
    /// See [`generate::Policy::asks_late`].
    pub asks_late: bool,
    pub numbers: &'a [u32],
}

/// The result of a property for a case; a broken one is an error message.
pub enum Held {
    Yes,
    /// The checker refuses the policy.
    Refused(Vec<String>),
    /// The law does not apply to this case.
    Idle,
}

pub type Property = fn(&Case<'_>) -> Result<Held, String>;

/// Draws a policy.
pub type Generator = fn(&mut Draw<'_>) -> generate::Policy;

/// The number of cases of a run: `EREJE_CASES`, or `few`.
pub fn cases(few: u64) -> u64 {
    std::env::var("EREJE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

/// Numbers for one case.
pub fn numbers(seed: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    };
    let size = next() as usize % 1200;
    (0..size + 100).map(|_| next()).collect()
}

/// How many cases held, were refused, or were idle.
#[derive(Debug, Default)]
pub struct Tally {
    pub held: usize,
    pub refused: usize,
    pub idle: usize,
    /// Some of the checker's findings.
    pub findings: Vec<String>,
}

/// Runs `few` fixed cases (or `EREJE_CASES`), with seeds from `from`.
pub fn over_seeds(generator: Generator, property: Property, from: u64, few: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in from..from + cases(few) {
        one(generator, property, &numbers(seed), &format!("seed {seed}"), &mut tally);
    }
    tally
}

/// Runs one case that is drawn from numbers.
pub fn one(generator: Generator, property: Property, numbers: &[u32], label: &str, tally: &mut Tally) {
    let mut d = Draw::new(numbers);
    let policy = generator(&mut d);
    let texts = policy.texts();
    // The numbers in reverse, changed, so that small cases have facts, too.
    let rest: Vec<u32> = numbers.iter().rev().map(|n| n.rotate_left(7)).collect();
    let mut d = Draw::new(&rest);
    for _ in 0..3 {
        let facts = generate::facts(&mut d, &policy.facts);
        let extra: Vec<u32> = (0..200).map(|_| d.below(usize::MAX) as u32).collect();
        let held = |texts: &generate::Texts, facts: &generate::Facts| {
            let asks_late = policy.asks_late;
            let case = Case { texts, facts, shapes: &policy.facts, asks_late, numbers: &extra };
            catch_unwind(AssertUnwindSafe(|| property(&case))).unwrap_or_else(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_string()));
                Err(format!("panicked: {}", text.unwrap_or_default()))
            })
        };
        match held(&texts, &facts) {
            Ok(Held::Yes) => tally.held += 1,
            Ok(Held::Idle) => tally.idle += 1,
            Ok(Held::Refused(findings)) => {
                tally.refused += 1;
                tally.findings.extend(findings.into_iter().take(1));
                break;
            }
            Err(first) => {
                let panicked = first.starts_with("panicked");
                let fails = |t: &generate::Texts, f: &generate::Facts| {
                    held(t, f).is_err_and(|e| e.starts_with("panicked") == panicked)
                };
                let (texts, facts) = generate::shrink(texts, facts, fails);
                let report = held(&texts, &facts).err().unwrap_or(first);
                let files: String = texts.iter().map(|(name, text)| format!("# ---- {name}\n{text}\n")).collect();
                let facts = serde_json::to_string_pretty(&as_json(&facts)).unwrap();
                panic!(
                    "a property does not hold ({label})\n\n{files}\n# ---- facts\n{facts}\n\n# ---- what is wrong\n{report}\n"
                );
            }
        }
    }
}
