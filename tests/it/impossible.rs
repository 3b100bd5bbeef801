//! What facts say together: an `impossible` of the policy makes them a mistake of the data, by every way in.

use super::cli::{Run, ereje_with};
use ereje::model::IMPOSSIBLE;
use ereje::{Format, Policy};
use ereje_review::cases::CaseFile;
use std::fs;
use tempfile::TempDir;

const POLICY: &str = r#"policy town.stays
  from 2020-01-01
  languages en, ru
  en "Stays"
  ru "Пребывание"

facts asked { on: date, place: region }
facts stay { begins: date, ends: date, fee: EUR }
record Room { name: text, area: m2, total: m2 }
facts rooms: list of Room
region Land en "Land" ru "Край" { Town en "Town" ru "Город" }
as of asked.on in asked.place

decision stay
  en "Stay" ru "Пребывание"
  refuse > allow
  otherwise allow
  outcome refuse en "Refused" ru "Отказ"
  outcome allow  en "Allowed" ru "Можно"
  output fee: EUR = stay.fee
    en "Fee" ru "Плата"

rule long
  refuse LONG
  when stay.ends > stay.begins + 1 year

notice SHORT decides stay
  when stay.ends < stay.begins + 1 month

reason LONG
  en "Too long."
  ru "Слишком долго."
reason SHORT
  en "A short stay."
  ru "Недолго."

impossible stay_ends_before_it_begins
  when stay.ends < stay.begins
  en "A stay from {stay.begins} cannot end on {stay.ends}."
  ru "Пребывание с {stay.begins} не может закончиться {stay.ends}."

impossible part_above_whole for each r in rooms
  when r.area > r.total
  from 2026-01-01
  in Town
  en "{r.name} has {r.area} of {r.total}."
  ru "{r.name}: {r.area} из {r.total}."

calculation fees
  output double: EUR = stay.fee * 2
    en "Double" ru "Вдвое"
"#;

const BASE: &str =
    "asked: { on: 2026-03-01, place: Town }\nstay: { begins: 2026-03-01, ends: 2026-04-01, fee: 5 }\nrooms: []\n";

fn policy() -> Policy {
    Policy::from_texts([("stays.ereje", POLICY)]).unwrap_or_else(|error| panic!("{error}"))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("stays.ereje", POLICY)].iter().chain(files) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Run {
    ereje_with(folder.path(), args, "", &[])
}

/// The outcome and the codes for the base with other facts.
fn codes(from: &str, to: &str) -> String {
    let policy = policy();
    assert!(BASE.contains(from), "{from}");
    let facts = policy.facts(&BASE.replace(from, to), Format::Yaml).unwrap().remove(0);
    serde_json::to_string(&policy.codes(&facts)).unwrap()
}

#[test]
fn only_what_is_surely_so_is_impossible() {
    const NEVER: &str = r#"{"outcome":"impossible","reasons":["stay_ends_before_it_begins"]}"#;
    assert_eq!(codes("ends: 2026-04-01", "ends: 2026-03-01"), r#"{"outcome":"allow","reasons":[]}"#);
    assert_eq!(codes("ends: 2026-04-01", "ends: 2026-02-28"), NEVER);
    // The strongest outcome of all cannot hide it, nor what is asked.
    assert_eq!(codes("ends: 2026-04-01, fee: 5", "ends: 2026-02-28"), NEVER);
    for silent in ["", "ends: null, ", "ends: { unavailable: timeout }, "] {
        let codes = codes("ends: 2026-04-01, ", silent);
        assert!(codes.contains("undetermined"), "{silent}: {codes}");
    }
    let room = |area: &str| {
        codes("rooms: []", &format!("rooms: [{{ name: A, area: {area}, total: 4 }}, {{ area: 9 }}, null]"))
    };
    assert_eq!(room("4"), r#"{"outcome":"allow","reasons":[]}"#);
    assert_eq!(room("4.01"), r#"{"outcome":"impossible","reasons":["part_above_whole"]}"#);
    // Its scope is that of a rule.
    let wrong = "rooms: [{ name: A, area: 5, total: 4 }]";
    let elsewhere = BASE.replace("place: Town", "place: Land").replace("rooms: []", wrong);
    let before = BASE.replace("2026-03-01, place", "2025-12-31, place").replace("rooms: []", wrong);
    for text in [elsewhere, before] {
        let policy = policy();
        let facts = policy.facts(&text, Format::Yaml).unwrap().remove(0);
        assert_eq!(policy.codes(&facts).outcome, "allow", "{text}");
    }
}

#[test]
fn a_program_is_told_and_nothing_else_is_decided() {
    let policy = policy();
    let text = BASE.replace("ends: 2026-04-01", "ends: 2026-02-28");
    let facts = policy.facts(&text, Format::Yaml).unwrap().remove(0);
    let decision = policy.decide(&facts);
    assert!(decision.is_impossible());
    assert_eq!(decision.outcome, IMPOSSIBLE);
    assert_eq!(decision.reasons[0].message["en"], "A stay from 1 March 2026 cannot end on 28 February 2026.");
    assert!(decision.notices.is_empty() && decision.outputs.is_empty() && decision.unknown_outputs.is_empty());
    // Of a calculation as well.
    let fees = policy.request().decision("fees").unwrap();
    let computed = fees.decide(&facts).unwrap();
    assert!(computed.is_impossible() && computed.outputs.is_empty());
    assert!(policy.text(&computed, "ru").contains("Невозможные сведения"), "{}", policy.text(&computed, "ru"));
    let good = policy.facts(BASE, Format::Yaml).unwrap().remove(0);
    assert_eq!(fees.decide(&good).unwrap().outputs["double"], "10");
    assert!(!policy.decide(&good).is_impossible());
}

#[test]
fn a_fact_file_says_what_contradicts_what() {
    let facts = format!(
        "# The first is wrong.\n{}---\n{BASE}",
        BASE.replace("ends: 2026-04-01", "ends: 2026-02-28")
            .replace("rooms: []", "rooms: [{ name: A, area: 3, total: 3 }, { name: B, area: 5, total: 4 }]")
    );
    let folder = folder(&[("facts.yaml", &facts)]);
    let text = run(&folder, &["eval", "-p", "stays.ereje", "facts.yaml", "--lang", "ru"]);
    let json = run(&folder, &["eval", "-p", "stays.ereje", "facts.yaml", "--format", "json"]);
    assert_eq!((text.code, json.code), (2, 2));
    assert!(json.out.contains("\"E0612\"") && !json.out.contains("\"impossible\""), "{}", json.out);
    insta::assert_snapshot!(text.show());
}

#[test]
fn a_row_is_bad() {
    let rows = [
        r#"{"asked":{"on":"2026-03-01","place":"Town"},"stay":{"begins":"2026-03-01","ends":"2026-02-28"},"rooms":[]}"#,
        r#"{"asked":{"on":"2026-03-01","place":"Town"},"stay":{"begins":"2026-03-01","ends":"2026-03-28"},"rooms":[{"name":"A","area":2,"total":1}]}"#,
        r#"{"asked":{"on":"2026-03-01","place":"Town"},"stay":{"begins":"2026-03-01"},"rooms":[]}"#,
        r#"{"asked":{"on":"2026-03-01","place":"Town"},"stay":{"begins":"2026-03-01","ends":"2028-02-28"},"rooms":null}"#,
    ];
    let folder = folder(&[("rows.ndjson", &rows.join("\n"))]);
    let mut shown = String::new();
    for fields in ["outcome,reasons", "outcome,outputs"] {
        let out = format!("{}.ndjson", fields.len());
        let run = run(&folder, &["batch", "-p", "stays.ereje", "rows.ndjson", "-o", &out, "--fields", fields]);
        assert_eq!(run.code, 1, "{}", run.err);
        shown += &fs::read_to_string(folder.path().join(out)).unwrap();
    }
    insta::assert_snapshot!(shown);
}

const CASES: &str = "policy: stays.ereje
base:
  asked: { on: 2026-03-01, place: Town }
  stay: { begins: 2026-03-01, ends: 2026-04-01, fee: 5 }
  rooms: []
cases:
  - name: a day before it begins
    change: { stay.ends: 2026-02-28 }
    expect: { outcome: impossible, reasons: [stay_ends_before_it_begins] }
  - name: nobody thought of it
    change: { stay.ends: 2026-02-28 }
    expect: { outcome: allow }
  - name: on the day
    change: { stay.ends: 2026-03-01 }
    expect: { outcome: allow }
";

#[test]
fn a_case_expects_it_or_fails() {
    let folder = folder(&[("stays.test.yaml", CASES)]);
    insta::assert_snapshot!(run(&folder, &["test", "stays.test.yaml"]).show());
    let mutants = run(&folder, &["mutate", "."]);
    assert!(!mutants.out.contains("`<` becomes `<=` in `stay.ends < stay.begins`"), "{}", mutants.show());
}

#[test]
fn it_is_never_proposed() {
    let policy = policy();
    let folder = folder(&[]);
    let run = run(&folder, &["suggest", "stays.ereje"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.out.contains(IMPOSSIBLE) && run.out.contains("`long` fires"), "{}", run.out);
    let mut sources = ereje::source::Sources::new();
    let file = sources.add("proposed.test.yaml", run.out.as_str());
    let (file, findings) = CaseFile::read(&mut sources, file, &mut |_| Err("no table".into()));
    assert!(findings.is_empty(), "{}", run.out);
    let (trials, findings) = file.unwrap().bind(&policy);
    assert!(findings.is_empty() && trials.len() > 5, "{}", run.out);
    for trial in trials {
        let decision = policy.decide_with(&trial.facts, &trial.options).unwrap();
        assert!(!decision.is_impossible(), "{}", trial.name);
    }
}

/// An amendment may lift it, and an exception may leave something out.
#[test]
fn it_is_suspended_and_excepted_as_a_rule_is() {
    let more = "amendment town.new to town.stays\n  from 2026-06-01\n  en \"New\"\n  ru \"Новое\"\n\
                suspend rule stay_ends_before_it_begins\n\
                exception free to stay_ends_before_it_begins\n  when stay.fee = 0 EUR\n  from 2026-02-01\n";
    let base = more.split("exception").next().unwrap();
    let exception = more.replace(base, "");
    let policy = Policy::from_texts([("a.ereje", POLICY), ("b.ereje", base)]).unwrap_or_else(|e| panic!("{e}"));
    let wrong = BASE.replace("ends: 2026-04-01", "ends: 2026-02-28");
    let outcome = |policy: &Policy, text: &str| {
        let facts = policy.facts(text, Format::Yaml).unwrap().remove(0);
        policy.codes(&facts).outcome.to_owned()
    };
    assert_eq!(outcome(&policy, &wrong), IMPOSSIBLE);
    assert_eq!(outcome(&policy, &wrong.replace("on: 2026-03-01", "on: 2026-06-01")), "allow");
    let excepted = format!("{POLICY}\n{exception}");
    let policy = Policy::from_texts([("a.ereje", excepted)]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(outcome(&policy, &wrong), IMPOSSIBLE);
    assert_eq!(outcome(&policy, &wrong.replace("fee: 5", "fee: 0")), "allow");
    // Whether it is excepted is not known, so it is not sure.
    assert_eq!(outcome(&policy, &wrong.replace("fee: 5", "fee: null")), "allow");
}
