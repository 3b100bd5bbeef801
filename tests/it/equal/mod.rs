//! Equal answers: all evaluators make the same decision. The reference evaluator, the evaluator over plans, the kernel
//! over rows, lines of JSON and `ereje batch` are compared, over random policies and facts, over every case of the
//! repository's policies, and over the small cases with their right answers.

mod back;
mod batch;
mod cases;
mod csv;
mod spell;
mod ways;

pub use ways::{Tally, Ways};

use crate::it::generate::{self, Draw};
use crate::it::properties::{Case, Engine, Held, holds_of, numbers};
use crate::it::reference::{self, Answer};
use ereje::DecideOptions;
use ereje::ids::{AssumptionId, DecisionId, RegionId};
use ereje::model::{Choices, Model};
use std::cell::RefCell;

thread_local! {
    /// The counts of this test.
    static COUNTED: RefCell<Tally> = RefCell::default();
}

/// A question: any decision, mostly under the defaults.
fn question(model: &Model, d: &mut Draw<'_>) -> DecideOptions {
    let mut options = DecideOptions::default();
    if d.chance(25) {
        options.decision = Some(DecisionId::new(d.below(model.decisions.len())));
    }
    if d.chance(30) && !model.assumptions.is_empty() {
        let id = d.below(model.assumptions.len());
        let choice = d.below(model.assumptions[AssumptionId::new(id)].choices.len());
        options.choices = Some(Choices::defaults(model).with(AssumptionId::new(id), choice as u32));
    }
    if d.chance(20) {
        options.as_of = d.pick(&generate::DAYS).parse().ok();
    }
    if d.chance(15) && !model.regions.is_empty() {
        options.region = Some(RegionId::new(d.below(model.regions.len())));
    }
    options
}

/// Checks that the reference evaluator agrees with a decider's line.
fn reference_agrees(
    engine: &Engine,
    ways: &Ways<'_>,
    facts: &ereje::FactSet,
    options: &DecideOptions,
) -> Result<(), String> {
    let question = ereje::engine::Engine::question(options);
    let choices = options.choices.clone().unwrap_or_else(|| Choices::defaults(&engine.model));
    let expected: Answer = reference::answer(&engine.model, facts, &choices, &question);
    let codes: Vec<&str> = expected.reasons.iter().map(|line| line.code.as_str()).collect();
    let line = serde_json::json!({ "outcome": expected.outcome, "reasons": codes }).to_string();
    if line != ways.expected(facts) {
        return Err(format!("the reference evaluator decides {line}, the evaluator {}", ways.expected(facts)));
    }
    let got = engine.answer(facts, &choices, &question);
    if got != expected {
        return Err(format!("asked {question:?}\n\nthe evaluator\n{got:#?}\n\nthe reference\n{expected:#?}"));
    }
    Ok(())
}

/// Checks that all evaluators agree, over several fact sets one after the other, so that state left behind is noticed.
fn everybody(case: &Case<'_>) -> Result<Held, String> {
    let engine = match Engine::load(case.texts) {
        Ok(engine) => engine,
        Err(findings) => return Ok(Held::Refused(findings)),
    };
    let Ok(first) = engine.facts(case.facts) else { return Ok(Held::Idle) };
    let stream: Vec<u32> = case.numbers[..12].iter().flat_map(|seed| numbers(u64::from(*seed))).collect();
    let mut d = Draw::new(&stream);
    let options = question(&engine.model, &mut d);
    let Some(mut ways) = Ways::new(engine.deciding(), &options) else { return Ok(Held::Idle) };
    let mut sets = vec![first.clone()];
    for _ in 0..5 {
        // In a case that was shrunk, facts may be of groups that were removed.
        sets.extend(engine.facts(&generate::facts(&mut d, case.shapes)).ok());
    }
    sets.push(first);
    for (i, facts) in sets.iter().enumerate() {
        let outcome = ways.check(facts, &mut d).and_then(|()| match i {
            0..3 => reference_agrees(&engine, &ways, facts, &options),
            _ => Ok(()),
        });
        if let Err(what) = outcome {
            let json = ereje::facts::to_json(&engine.model, facts);
            return Err(format!("set {i}: {what}\nasked {options:?}\nfacts {json}"));
        }
    }
    COUNTED.with_borrow_mut(|counted| counted.add(ways.tally));
    Ok(Held::Yes)
}

#[test]
fn everybody_decides_alike() {
    holds_of(generate::policy, everybody, 100_000_000, 20);
    holds_of(generate::wide, everybody, 101_000_000, 50);
    let counted = COUNTED.take();
    println!("{counted:?}");
    assert!(
        counted.straight * 4 > (counted.lines - counted.refused - counted.dated) * 3,
        "few lines go straight into a row: {counted:?}"
    );
    assert!(counted.by_kernel * 10 > counted.rows * 7, "the kernel decides few rows: {counted:?}");
    assert!(counted.decided * 3 > counted.rows, "few rows come to an outcome: {counted:?}");
    assert!(counted.refused * 40 > counted.lines, "few lines are wrong: {counted:?}");
    assert!(counted.refused * 2 < counted.lines, "many lines are wrong: {counted:?}");
}
