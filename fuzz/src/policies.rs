//! The policies that facts, rows and cases are given to, loaded once.

use crate::seeds::root;
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::schema::example;
use ereje_batch::Decider;
use std::sync::OnceLock;

/// The policy of a letter: `k` real law, `w` one that has every type of fact, `l` the library of the tests for cases.
#[must_use]
pub fn of(letter: u8) -> Option<&'static Policy> {
    static KZ: OnceLock<Policy> = OnceLock::new();
    static WIDE: OnceLock<Policy> = OnceLock::new();
    static LIBRARY: OnceLock<Policy> = OnceLock::new();
    let load = |path: &str| Policy::load(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    match letter {
        b'k' => Some(KZ.get_or_init(|| load("policies/kz"))),
        b'w' => Some(WIDE.get_or_init(|| load("fuzz/wide.ereje"))),
        b'l' => Some(LIBRARY.get_or_init(|| load("tests/cases/cases/library"))),
        _ => None,
    }
}

/// What decides many rows by that policy, made once; each clone begins anew.
#[must_use]
pub fn decider_of(letter: u8) -> Option<Decider<'static>> {
    static MADE: [OnceLock<Decider<'static>>; 2] = [OnceLock::new(), OnceLock::new()];
    let place = match letter {
        b'k' => MADE.first(),
        b'w' => MADE.last(),
        _ => None,
    };
    let make = |policy: &'static Policy| Decider::new(policy.engine(), &DecideOptions::default());
    Some(place?.get_or_init(|| of(letter).and_then(|policy| make(policy).ok()).expect("a plan without errors")).clone())
}

/// The facts of the example that `ereje schema --example` writes for a policy.
#[must_use]
pub fn example_of(policy: &Policy) -> String {
    example(policy.model())
}
