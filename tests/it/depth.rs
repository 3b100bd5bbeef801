//! Policies with very long chains of definitions, and policies without end: they are decided or refused on the stack of
//! an ordinary thread, in bounded time.

use ereje::engine::DecideOptions;
use ereje::{Format, Policy};
use std::fmt::Write as _;

const HEAD: &str = "policy deep.chain
  from 2020-01-01
facts x: integer
facts list: list of { y: integer }
facts day: date
as of day
decision result refuse > approve otherwise approve
reason R en \"r\"
";

/// `first`, then `next` for each number below `count`, then a rule that uses the last name.
fn chain(count: usize, first: &str, next: impl Fn(usize) -> String, rule: &str) -> Policy {
    let mut text = format!("{HEAD}{first}\n");
    for number in 1..count {
        let _ = writeln!(text, "{}", next(number));
    }
    let _ = writeln!(text, "{rule}");
    Policy::from_texts([("deep.ereje", text)]).unwrap_or_else(|error| panic!("{error}"))
}

/// Outcome and faults, decided with a trace on a thread with the default stack.
fn outcome(policy: &Policy) -> (String, Vec<String>) {
    let facts = "{ x: 9, day: 2026-01-01, list: [{ y: 90000 }] }";
    let sets = policy.facts(facts, Format::Yaml).unwrap();
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let (set, options) = (&sets[0], &options);
    let decided = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        let work = move || {
            let decision = policy.decide_with(set, options).unwrap();
            assert!(!policy.text(&decision, "en").is_empty());
            assert!(serde_json::to_string(&decision).unwrap().contains("trace"));
            (decision.outcome.clone(), decision.faults.iter().map(|f| f.message.clone()).collect())
        };
        thread.spawn_scoped(scope, work).unwrap().join()
    });
    decided.expect("no overflow")
}

fn refuses(policy: &Policy) {
    assert_eq!(outcome(policy), ("refuse".into(), Vec::new()));
}

#[test]
fn definitions_ten_thousand_deep() {
    let next = |n: usize| format!("define a{n} = a{} + 1", n - 1);
    refuses(&chain(10_000, "define a0 = x", next, "rule r refuse R when a9999 = 10008"));
}

#[test]
fn functions_and_dates_thousands_deep() {
    let next = |n: usize| format!("define f{n}(y: integer) = f{}(y + 1)", n - 1);
    refuses(&chain(2_000, "define f0(y: integer) = y + x", next, "rule r refuse R when f1999(1) = 2009"));
    let next = |n: usize| format!("define a{n} = a{} at (governing_date + 1 day)", n - 1);
    refuses(&chain(300, "define a0 = x", next, "rule r refuse R when a299 = 9"));
}

#[test]
fn loops_inside_definitions_hundreds_deep() {
    let next =
        |n: usize| format!("define a{n} = any(z in list where z.y > {n}: all(w in list: a{} and w.y > {n}))", n - 1);
    refuses(&chain(400, "define a0 = x > 5", next, "rule r refuse R when a399"));
}

#[test]
fn exceptions_hundreds_deep() {
    // Each exception excepts the one before, so every other one has an effect: with an odd number of exceptions the
    // rule is off.
    let next = |n: usize| format!("exception e{n} to e{} when x > 5", n - 1);
    let rule = "rule r refuse R when x > 5";
    assert_eq!(outcome(&chain(301, "exception e0 to r when x > 5", next, rule)).0, "approve");
    assert_eq!(outcome(&chain(300, "exception e0 to r when x > 5", next, rule)).0, "refuse");
}

#[test]
fn functions_that_would_never_end_are_a_fault() {
    let next = |n: usize| format!("define f{n}(y: integer) = f{0}(y + 1) + f{0}(y + 2)", n - 1);
    let policy = chain(60, "define f0(y: integer) = y + x", next, "rule r refuse R when f59(1) > 5");
    let sets = policy.facts("{ x: 9, day: 2026-01-01 }", Format::Yaml).unwrap();
    let codes = policy.codes(&sets[0]);
    assert_eq!((codes.outcome, codes.reasons), ("undetermined", Vec::new()));
}
