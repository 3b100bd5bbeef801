//! What can multiply is counted: lists in lists, messages, examples, long conditions, the work of a search. Each is small in the
//! policy and without end when it is written out.

use crate::it::cli::ereje;
use ereje::engine::DecideOptions;
use ereje::explain::Decision;
use ereje::{Format, Policy};
use ereje_review::suggest::{SeedCase, SuggestOptions, suggest};
use std::fs;
use std::time::{Duration, Instant};

const HEAD: &str =
    "policy big.things\nfacts day: date\nfacts l: list of integer\nfacts t: text\nfacts n: integer\nas of day\n";

fn policy(text: &str) -> Policy {
    Policy::from_texts([("big.ereje", format!("{HEAD}{text}"))]).unwrap_or_else(|error| panic!("{error}"))
}

fn decide(policy: &Policy, numbers: usize, letters: usize) -> Decision {
    let facts = serde_json::json!({ "day": "2026-01-01", "l": vec![7; numbers], "t": "x".repeat(letters) });
    let sets = policy.facts(&facts.to_string(), Format::Json).unwrap_or_else(|error| panic!("{error}"));
    policy.decide(&sets[0])
}

fn faults(decision: &Decision) -> Vec<String> {
    decision.faults.iter().map(|fault| format!("{} {}", fault.place, fault.message)).collect()
}

const TOO_MANY: &str = "more values than one list, all outputs or all messages of a decision may hold: at most 1000000";

#[test]
fn lists_in_lists_are_counted() {
    let cubed = policy(
        "decision d\n  no > yes\n  otherwise yes\n  output ll: list of list of list of integer = list(a in l: list(b in l: l))\n",
    );
    // 90 to the power of three is written out, 400 is not: that would be seven gigabytes.
    let decision = decide(&cubed, 90, 0);
    assert_eq!((decision.outputs.len(), faults(&decision)), (1, Vec::new()));
    let start = Instant::now();
    let decision = decide(&cubed, 400, 0);
    assert_eq!((decision.outcome.as_str(), decision.outputs.len()), ("yes", 0));
    assert_eq!(faults(&decision), [format!("big.ereje:10:48 {TOO_MANY}")]);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // A list that is written out, and one that a table gives.
    for list in ["[l, l, l]", "[l, l, l, given(1), given(2)]"] {
        let policy = policy(&format!(
            "table given(k: integer): list of integer list by k\n  | 1 | 1 |\n  | any | 2 |\n\
             decision d\n  no > yes\n  otherwise yes\n  output o: list of list of list of integer = list(a in l: {list})\n"
        ));
        assert_eq!(faults(&decide(&policy, 2, 0)), [] as [&str; 0]);
        let decision = decide(&policy, 900, 0);
        assert!(faults(&decision)[0].ends_with(TOO_MANY), "{list}: {:?}", faults(&decision));
    }
}

#[test]
fn comparing_lists_takes_steps() {
    let policy = policy(
        "define ll = list(a in l: l)\ndecision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\n\
         rule r\n  no R\n  when any(a in l: any(b in l: contains(ll, [a, b])))\n",
    );
    let start = Instant::now();
    let decision = decide(&policy, 700, 0);
    assert_eq!(decision.outcome, "undetermined");
    assert!(faults(&decision)[0].ends_with("more steps than one decision may take"), "{:?}", faults(&decision));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn all_outputs_together_are_counted() {
    let outputs: String = (0..30).map(|n| format!("  output o{n} = l\n")).collect();
    let policy = policy(&format!("decision d\n  no > yes\n  otherwise yes\n{outputs}"));
    let decision = decide(&policy, 50_000, 0);
    assert_eq!(decision.outputs.len(), 19);
    assert_eq!(decision.faults.len(), 11);
    assert!(faults(&decision).iter().all(|fault| fault.ends_with(TOO_MANY)), "{:?}", faults(&decision));
    // A long text counts as several values.
    let outputs: String = (0..2_000).map(|n| format!("  output o{n} = t\n")).collect();
    let policy = self::policy(&format!("decision d\n  no > yes\n  otherwise yes\n{outputs}"));
    let decision = decide(&policy, 0, 60_000);
    assert!((900..1_100).contains(&decision.outputs.len()), "{}", decision.outputs.len());
    assert_eq!(decision.outputs.len() + decision.faults.len(), 2_000);
}

#[test]
fn messages_are_measured() {
    let many = vec!["{t}"; 3_000].join(" ");
    let text = |rule: &str| {
        policy(&format!(
            "decision d\n  no > yes\n  otherwise yes\nreason R en \"{many}\" ru \"{many}\"\nrule r\n{rule}"
        ))
    };
    // One message with the same text three thousand times: 180 MB in each language.
    let decision = decide(&text("  no R\n  when true or count(l) > 0\n"), 1, 60_000);
    let message = &decision.reasons[0].message["en"].as_str().unwrap().len();
    assert!((1_000_000..1_100_000).contains(message), "{message}");
    assert_eq!(decision.reasons[0].message["ru"].as_str().unwrap().chars().last(), Some('…'));
    let longer = "a message is longer than 1 MiB, or all reasons of the decision are longer than 16 MiB together; what is longer \
                  is left out";
    assert_eq!(faults(&decision), [format!("big.ereje:10:1 {longer}")]);
    // A reason for each of twenty thousand elements.
    let each = policy(&format!(
        "decision d\n  no > yes\n  otherwise yes\nreason R(k: integer) en \"{{k}} {many}\" ru \"{{k}} {many}\"\nrule r\n  \
         for each x in l\n  no R(x)\n  when x > 0\n"
    ));
    let facts = serde_json::json!({ "day": "2026-01-01", "l": (1..=20_000).collect::<Vec<_>>(), "t": "xxxxx" });
    let facts = each.facts(&facts.to_string(), Format::Json).unwrap().remove(0);
    let decision = each.decide(&facts);
    assert!((100..2_000).contains(&decision.reasons.len()), "{}", decision.reasons.len());
    assert_eq!(decision.outcome, "no");
    assert_eq!(faults(&decision), [format!("big.ereje:10:1 {TOO_MANY}"), format!("big.ereje:10:1 {longer}")]);
    // What fits is whole.
    let decision = decide(&text("  no R\n  when count(l) > 0\n"), 1, 9);
    assert_eq!((faults(&decision).len(), decision.reasons[0].message["en"].as_str().unwrap().len()), (0, 30_000 - 1));
}

#[test]
fn an_example_of_facts_is_valid_and_not_without_end() {
    let of = |records: usize, fields: &str, facts: &str| {
        let mut text = String::from("record R0 { a: integer }\n");
        for number in 1..=records {
            text += &format!("record R{number} {{ {} }}\n", fields.replace('R', &format!("R{}", number - 1)));
        }
        policy(&format!("{text}{facts}\ndecision d\n  no > yes\n  otherwise yes\n"))
    };
    let start = Instant::now();
    for policy in [
        of(6, "x: list of R at least 100", "facts f: list of R6 at least 100"),
        of(6, "a: R\n b: R\n c: R\n d: R\n e: R\n f: R\n g: R\n h: R\n i: R\n j: R", "facts f: R6"),
        of(0, "", "facts f: list of integer at least 101"),
        of(0, "", "facts f: list of R0 at least 100_000"),
        of(1, "x: list of R at least 500", "facts f: list of R1 at least 500"),
    ] {
        let example = ereje::schema::example(policy.model());
        assert!(example.len() < 10 << 20, "{}", example.len());
        let sets = policy.facts(&example, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(policy.decide(&sets[0]).outcome, "yes");
    }
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
    // An ordinary nesting is written out.
    let example = ereje::schema::example(of(4, "x: list of R at least 2", "facts f: R4").model());
    assert_eq!(example.matches("a: 2").count(), 16, "{example}");
}

#[test]
fn more_elements_than_a_fact_file_may_have_cannot_be_asked_for() {
    let text = format!("{HEAD}facts f: list of integer at least 100001\ndecision d\n  no > yes\n  otherwise yes\n");
    let error = Policy::from_texts([("big.ereje", text)]).unwrap_err().to_string();
    assert!(error.contains("error[E0703]: `at least 100001` is more than a list may have"), "{error}");
}

#[test]
fn cases_are_proposed_for_a_long_list() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("law")).unwrap();
    let text = "facts f: list of integer at least 101\ndecision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\n\
                rule r\n  no R\n  when sum(f) > 1000\n";
    fs::write(dir.path().join("law/a.ereje"), format!("{HEAD}{text}")).unwrap();
    let run = ereje(dir.path(), &["suggest", "law"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("- name: "), "{}", run.out);
}

/// A condition with forty thousand parts, which were compared pair by pair.
#[test]
fn a_long_condition_is_checked_at_once() {
    let start = Instant::now();
    for (condition, count) in [("n > #", 40_000), ("n < #", 15_000), ("n != #", 15_000)] {
        let parts: Vec<String> = (0..count).map(|n| condition.replace('#', &n.to_string())).collect();
        let text = format!(
            "{HEAD}decision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\nrule r\n  no R\n  when {}\n",
            parts.join(" and ")
        );
        let error = Policy::from_texts([("big.ereje", text)]).err().map(|error| error.to_string());
        assert_eq!(error, None);
    }
    assert!(start.elapsed() < Duration::from_secs(150), "{:?}", start.elapsed());
}

/// Two parts that exclude each other are found wherever they stand.
#[test]
fn contradictions_are_found_in_long_conditions() {
    for (first, second) in [
        ("n > 50000", "n < 9"),
        ("n = 50000", "n != 50000"),
        ("n + 1 < 9", "n + 1 >= 50000"),
        ("t = \"a\"", "t = \"b\""),
        ("n in { 1, 2 }", "n in { 60000, 60001 }"),
    ] {
        let between: Vec<String> = (1..3_000).map(|n| format!("day > {n:04}-01-01 and t != \"{n}\"")).collect();
        let text = |parts: &[&str]| {
            let condition = parts.join(" and ");
            let text = format!(
                "{HEAD}decision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\nrule r\n  no R\n  when {condition}\n"
            );
            Policy::from_texts([("big.ereje", text)]).err().map_or(0, |e| e.to_string().matches("E0309").count())
        };
        assert_eq!(text(&[first, &between.join(" and "), second]), 1, "{first} {second}");
        assert_eq!(text(&[first, &between.join(" and ")]), 0, "{first}");
    }
}

#[test]
fn a_search_for_cases_ends_and_says_so() {
    let mut text = String::from("define f0(k: integer) = k + count(l)\n");
    for number in 1..17 {
        text += &format!("define f{number}(k: integer) = f{0}(k + 1) + f{0}(k + 2)\n", number - 1);
    }
    text += "decision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\nrule r\n  no R\n  when f16(1) > 900000000 and f16(2) < 3\n";
    let policy = policy(&text);
    let facts = policy.facts("{ day: 2026-01-01, l: [1], t: a }", Format::Yaml).unwrap().remove(0);
    let seed = SeedCase { facts, options: DecideOptions::default() };
    let options = SuggestOptions { filter: Some("< 3` is just true".into()), ..SuggestOptions::default() };
    let start = Instant::now();
    let report = suggest(&policy, &[seed], &[], &options);
    assert!(report.tired && report.goals > 0, "{} of {} goals", report.open.len(), report.goals);
    assert!(start.elapsed() < Duration::from_secs(400), "{:?}", start.elapsed());
}

/// Each clause of a trace shows the facts that it read: sixty rules over one long list.
#[test]
fn the_values_of_a_trace_are_counted() {
    let mut text = String::from("decision d\n  no > yes\n  otherwise yes\nreason R en \"r\"\n");
    for number in 0..60 {
        text += &format!(
            "rule long{number}\n  no R\n  when contains(l, {number})\nrule short{number}\n  no R\n  when n < {number}\n"
        );
    }
    let policy = policy(&text);
    let facts = serde_json::json!({ "day": "2026-01-01", "l": vec![7777; 50_000], "n": 4_321 });
    let facts = policy.facts(&facts.to_string(), Format::Json).unwrap().remove(0);
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let decision = policy.decide_with(&facts, &options).unwrap();
    let json = serde_json::to_string(&decision).unwrap();
    let shown = json.matches("7777").count();
    assert!((500_000..1_000_000).contains(&shown), "{shown}");
    // Short values still find room, and a person sees that the others are left out.
    assert!(json.matches("4321").count() >= 60, "{}", json.matches("4321").count());
    assert!(policy.text(&decision, "en").contains("l = …"), "left out");
}
