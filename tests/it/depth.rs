//! Policies with very long chains of definitions, and policies without end: they are decided or refused on the stack of
//! an ordinary thread, and of one with a far smaller stack, in bounded time.

use crate::it::cli::ereje;
use crate::it::root;
use ereje::engine::DecideOptions;
use ereje::{Format, Policy};
use std::fmt::Write as _;
use std::fs;

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

/// Runs `work` on a thread as small as hosts have them.
fn in_a_small_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(128 << 10);
        thread.spawn_scoped(scope, work).unwrap().join().expect("no overflow")
    })
}

/// `define f0 = f1 + 1`, and so on to the fact `x`.
fn steps(count: usize) -> String {
    let mut text = format!("{HEAD}define f{count} = x\n");
    for number in 0..count {
        let _ = writeln!(text, "define f{number} = f{} + 1", number + 1);
    }
    text + "rule r refuse R when f0 > 1\n"
}

#[test]
fn a_host_with_small_threads_loads_decides_and_explains() {
    let pilot = root().join("policies/kz");
    let facts = fs::read_to_string(root().join("examples/kz/astana_area_below_norm.yaml")).unwrap();
    let texts = [("chain.ereje", steps(1_800))];
    let answers = in_a_small_thread(|| {
        [(Policy::load(pilot), facts.as_str()), (Policy::from_texts(texts), "{ x: 9, day: 2026-01-01, list: [] }")].map(
            |(policy, facts)| {
                let policy = policy.unwrap_or_else(|error| panic!("{error}"));
                let sets = policy.facts(facts, Format::Yaml).unwrap();
                let options = DecideOptions { explain: true, ..DecideOptions::default() };
                let decision = policy.decide_with(&sets[0], &options).unwrap();
                (decision.outcome.clone(), policy.text(&decision, "en").is_empty())
            },
        )
    });
    assert_eq!(answers, [("refuse".into(), false), ("refuse".into(), false)]);
}

/// The deepest text that the parser takes, and as deep a tree, on a small thread.
#[test]
fn a_host_with_small_threads_reads_the_deepest_texts() {
    let brackets = format!("{}x{}", "(".repeat(60), ")".repeat(60));
    let lists = format!("{}x{}", "[".repeat(60), "]".repeat(60));
    let chained = vec!["x"; 190].join(" - ");
    let text =
        format!("{HEAD}define a = {brackets}\ndefine b = {chained}\ndefine c = {lists}\nrule r refuse R when a > b\n");
    let found = in_a_small_thread(|| {
        let bundle = ereje::load::Bundle::from_texts([("deep.ereje", text.as_str())]).unwrap();
        let formatted = ereje::fmt::format(&bundle.sources, bundle.policy_files[0]);
        assert!(formatted.is_ok_and(|text| text.contains("[[[[")));
        ereje::check::check(&bundle.files, &bundle.sources).diagnostics.len()
    });
    assert!(found > 0);
}

/// A worker of `batch` makes the programs of a policy, too.
#[test]
fn a_batch_over_a_chain_of_ten_thousand_is_decided() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("law")).unwrap();
    fs::write(dir.path().join("law/chain.ereje"), steps(10_000)).unwrap();
    let row = "{\"x\":9,\"day\":\"2026-01-01\"}\n";
    fs::write(dir.path().join("rows.ndjson"), row.repeat(20)).unwrap();
    let run = ereje(dir.path(), &["batch", "-p", "law", "rows.ndjson", "-o", "-", "--threads", "4"]);
    assert_eq!((run.code, run.out), (0, "{\"outcome\":\"refuse\",\"reasons\":[\"R\"]}\n".repeat(20)), "{}", run.err);
}

/// The checker works out what norms rest on, on its own.
#[test]
fn norms_thousands_deep_are_worked_out_once() {
    let next = |n: usize| format!("norm a{n}: integer = min(a{0}, a{0} + 1)", n - 1);
    let bound = "  at least 3\nrule r refuse R when a3999 = 3";
    refuses(&chain(4_000, "norm a0: integer = 3", next, bound));
    refuses(&chain(4_000, "norm a0: integer = 3", |n| next(n) + "\n  at least 2", "rule r refuse R when a3999 = 3"));
}

/// A norm with a value for each of these years, which rests on the one before: twice, so that it is worked out once or
/// never.
fn yearly(years: std::ops::Range<u32>, rule: &str) -> Policy {
    let value = |year: u32| {
        let (before, earlier) = (year - 1, year.saturating_sub(2).max(1000));
        format!("  = min(basis at {before}-12-31 + 1, basis at {earlier}-12-31 + 3) from {year}-01-01")
    };
    let values: Vec<String> = years.map(value).collect();
    Policy::from_texts([(
        "years.ereje",
        format!(
            "{}norm basis: integer\n  = 3\n{}\n{rule}\n",
            HEAD.replace("  from 2020-01-01\n", ""),
            values.join("\n")
        ),
    )])
    .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn norms_hundreds_of_years_deep() {
    refuses(&yearly(1927..2027, "rule r refuse R when basis = 103"));
    let policy = in_a_small_thread(|| yearly(1500..2027, "  at most 600\nrule r refuse R when basis = 530"));
    refuses(&policy);
    let decided = in_a_small_thread(|| {
        let sets = policy.facts("{ x: 9, day: 2026-01-01, list: [] }", Format::Yaml).unwrap();
        policy.codes(&sets[0]).outcome.to_owned()
    });
    assert_eq!(decided, "refuse");
}
