//! The engine against the slow reference evaluator, and the laws of the meaning of policies, over random policies and
//! facts.
//!
//! `EREJE_CASES=100000 cargo test --test it properties` runs more cases than by default.

mod core;
mod engine;
mod laws;
mod run;

pub use engine::{Engine, as_json};

use crate::it::generate::{self, Draw};
use ereje::model::Choices;
use proptest::prelude::*;
pub use run::{Case, Held, cases, numbers};
use run::{Generator, Property, Tally, over_seeds};
use std::collections::BTreeSet;

/// Runs fixed cases, most of which have to be valid policies.
fn holds(property: Property, from: u64, few: u64) -> Tally {
    holds_of(generate::policy, property, from, few)
}

/// The same with another generator.
pub fn holds_of(generator: Generator, property: Property, from: u64, few: u64) -> Tally {
    let tally = over_seeds(generator, property, from, few);
    let refused = tally.refused as f64 / (tally.refused + (tally.held + tally.idle) / 3) as f64;
    assert!(refused < 0.3, "{:.0} % of the policies are refused\n{}", refused * 100.0, tally.findings.join("\n"));
    assert!(tally.held > 0, "no case was looked at: {tally:?}");
    tally
}

/// Runs one case, which has to be a valid policy.
fn once(generator: Generator, property: Property, seed: u64) {
    let mut tally = Tally::default();
    run::one(generator, property, &numbers(seed), &format!("seed {seed}"), &mut tally);
    assert!(tally.held > 0, "seed {seed}: {tally:?}");
}

#[test]
fn the_engine_agrees_with_the_reference() {
    holds(laws::agrees, 0, 60);
}

#[test]
fn the_engine_agrees_with_the_reference_on_wide_policies() {
    holds_of(generate::wide, laws::agrees, 2_000_000, 60);
}

#[test]
fn assumptions_are_named() {
    holds(laws::assumptions_are_named, 5_000_000, 40);
}

#[test]
fn answers_only_add() {
    holds(laws::answers_only_add, 10_000_000, 60);
}

#[test]
fn answering_all_needs_settles() {
    holds(laws::answering_settles, 20_000_000, 60);
}

#[test]
fn nothing_fails_open() {
    holds(laws::never_fails_open, 30_000_000, 60);
}

#[test]
fn order_never_matters() {
    holds(laws::order_never_matters, 40_000_000, 40);
}

#[test]
fn layout_never_matters() {
    holds(laws::layout_never_matters, 50_000_000, 40);
}

#[test]
fn the_formatter_keeps_decisions() {
    holds(laws::the_formatter_keeps_decisions, 55_000_000, 30);
}

#[test]
fn an_amendment_that_ended_is_gone() {
    holds(laws::what_ended_is_gone, 60_000_000, 40);
}

#[test]
fn deciding_twice_gives_the_same() {
    holds(laws::twice_is_once, 70_000_000, 40);
}

#[test]
fn probing_changes_nothing() {
    holds(laws::probing_changes_nothing, 75_000_000, 60);
}

#[test]
fn what_is_exercised_is_a_goal() {
    holds(laws::what_is_exercised_is_a_goal, 77_000_000, 60);
    once(with_a_table_without_rows, laws::what_is_exercised_is_a_goal, 1);
}

/// A policy whose table has only `otherwise`.
fn with_a_table_without_rows(_: &mut generate::Draw<'_>) -> generate::Policy {
    let items = "policy t.base\n  en \"t\"
facts today: date
facts n: integer
as of today
table size: integer first by n
  otherwise 1
decision d
  o0 > o1
  otherwise o1
rule small
  o0 SMALL
  when size < n
reason SMALL en \"Small.\"";
    let file = generate::File { name: "base.ereje".into(), items: vec![items.into()] };
    let facts =
        vec![("today".into(), generate::Shape::GoverningDate(Vec::new())), ("n".into(), generate::Shape::Whole)];
    generate::Policy { files: vec![file], facts, asks_late: false }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: run::cases(24) as u32,
        // Cases are shrunk on their texts, which people read.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_agrees_on_other_cases(numbers in prop::collection::vec(any::<u32>(), 0..1200)) {
        run::one(generate::wide, laws::agrees, &numbers, "a random case", &mut Tally::default());
    }

    #[test]
    fn the_laws_hold_on_other_cases(numbers in prop::collection::vec(any::<u32>(), 0..1200)) {
        run::one(generate::policy, laws::answers_only_add, &numbers, "a random case", &mut Tally::default());
    }
}

/// A third evaluator, over numbers and sets alone, makes the same decisions for policies of the core.
#[test]
fn the_core_has_a_third_opinion() {
    let mut never = 0;
    for seed in 0..run::cases(60) {
        let numbers = run::numbers(80_000_000 + seed);
        let mut d = Draw::new(&numbers);
        let policy = core::policy(&mut d);
        let text = core::text(&policy);
        let engine = match Engine::load(&[("core.ereje".into(), text.clone())]) {
            Ok(engine) => engine,
            // Random conditions may exclude each other, which the checker reports as an error.
            Err(found) if found.iter().all(|line| line.contains("E0309")) => {
                never += 1;
                continue;
            }
            Err(found) => panic!("{text}\n{}", found.join("\n")),
        };
        let choices = Choices::defaults(&engine.model);
        let mut d = Draw::new(&numbers);
        for _ in 0..40 {
            let states: Vec<core::S> = (0..core::FACTS).map(|_| core::state(&mut d)).collect();
            let facts = engine.facts(&core::facts(&states)).unwrap();
            let expected = core::decide(&policy, &states);
            let answer = engine.decide(&facts, &choices, engine.decision(None));
            let codes: BTreeSet<String> = answer.reasons.iter().map(|r| r.code.clone()).collect();
            let needs: BTreeSet<String> = answer.needs.iter().cloned().collect();
            let agrees = match &expected {
                core::D::Outcome(level, reasons) => answer.outcome == format!("o{level}") && codes == *reasons,
                core::D::Needs(facts) => {
                    answer.outcome == "undetermined" && needs == facts.iter().map(|f| core::spell(*f)).collect()
                }
                core::D::Never => answer.outcome == "undetermined" && needs.is_empty(),
            };
            assert!(agrees, "{text}\n{states:?}\n\nthe third opinion\n{expected:?}\n\nthe engine\n{answer:#?}");
        }
    }
    assert!(never * 4 < run::cases(60), "{never} policies were refused");
}

/// Every generated text can be parsed: only the checker may refuse it.
#[test]
fn generated_texts_parse() {
    for seed in 0..40 {
        let numbers = run::numbers(90_000_000 + seed);
        let policy = generate::policy(&mut Draw::new(&numbers));
        for (name, text) in policy.texts() {
            let mut sources = ereje::source::Sources::new();
            let file = sources.add(name, text.clone());
            let (_, errors) = ereje::syntax::parse(&sources, file);
            assert!(errors.is_empty(), "{text}\n{errors:#?}");
        }
    }
}
