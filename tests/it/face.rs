//! The public interface of the library: facts from a program's own types, requests by name, typed decisions.

use chrono::NaiveDate;
use ereje::{Error, FactState, Format, Policy};
use serde::Serialize;
use serde_json::json;

const LOANS: &str = r#"
policy town.loans
  in Town
  from 2026-01-01
  en "Loans"
region Town { North, South }
registry DEBTORS
enum Kind { book, map }
facts day: date
facts place: region
facts reader { debt: decimal from DEBTORS if unavailable then later DOWN, kind: Kind, waits: list of integer }
as of day in place
assumption limit: decimal = 5 one of { 5, 7.5 } en "The limit is not settled."
decision loan
  later > refuse > lend
  otherwise lend
  output left: decimal = limit - reader.debt
decision reminder
  send > none
  otherwise none
reason DEBT en "Debts of {reader.debt}."
reason DOWN en "The register of debtors is down."
reason LATE en "Late."
rule debt
  refuse DEBT
  when reader.debt > limit
rule late
  send LATE
  when reader.debt > 0
  in North
"#;

#[derive(Serialize)]
struct Application {
    day: NaiveDate,
    place: &'static str,
    reader: Reader,
}

#[derive(Serialize)]
struct Reader {
    #[serde(skip_serializing_if = "FactState::is_unasked")]
    debt: FactState<f64>,
    kind: Kind,
    waits: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Book,
}

fn policy() -> Policy {
    Policy::from_texts([("loans.ereje", LOANS)]).unwrap()
}

fn application(debt: FactState<f64>) -> Application {
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    Application { day, place: "North", reader: Reader { debt, kind: Kind::Book, waits: vec![1, 2] } }
}

/// A value of a program's own type, a JSON value and a YAML file with the same content are the same facts.
#[test]
fn facts_of_a_type_are_those_of_a_file() {
    let policy = policy();
    let files = [
        (FactState::Known(5.1), "5.1"),
        (FactState::Absent, "null"),
        (FactState::Unavailable("time-out".into()), "{ unavailable: time-out }"),
    ];
    for (state, written) in files {
        let yaml =
            format!("{{ day: 2026-03-01, place: North, reader: {{ debt: {written}, kind: book, waits: [1, 2] }} }}");
        let from_file = policy.facts(&yaml, Format::Yaml).unwrap().remove(0);
        assert_eq!(policy.facts_of(&application(state)).unwrap(), from_file, "{written}");
    }
    let unasked =
        policy.facts("{ day: 2026-03-01, place: North, reader: { kind: book, waits: [1, 2] } }", Format::Yaml);
    assert_eq!(policy.facts_of(&application(FactState::Unasked)).unwrap(), unasked.unwrap().remove(0));
    let value = json!({ "day": "2026-03-01", "place": "North", "reader": { "kind": "book", "waits": [1, 2] } });
    assert_eq!(policy.facts_of(&value).unwrap(), policy.facts_of(&application(FactState::Unasked)).unwrap());
}

/// A number has its decimal digits, not the bits of its float.
#[test]
fn a_number_is_its_digits() {
    let policy = policy();
    let decided = |debt: f64| policy.decide(&policy.facts_of(&application(debt.into())).unwrap());
    assert_eq!(decided(5.0).outcome, "lend");
    assert_eq!(decided(5.000_000_1).outcome, "refuse");
    assert_eq!(decided(0.1).output::<String>("left").unwrap().as_deref(), Some("4.9"));
}

#[test]
fn what_a_policy_does_not_take_is_told_with_its_place() {
    let error = policy().facts_of(&json!({ "reader": { "dept": 3, "kind": "film" } })).unwrap_err();
    let Error::Findings(findings) = &error else { panic!("{error}") };
    assert_eq!(findings.diagnostics.len(), 2, "{error}");
    let text = error.to_string();
    assert!(text.contains("did you mean `debt`?") && text.contains("facts:1:"), "{text}");

    // Serializing an unasked fact that was not skipped is a mistake of the program.
    #[derive(Serialize)]
    struct Bare {
        day: FactState<u8>,
    }
    let error = policy().facts_of(&Bare { day: FactState::Unasked }).unwrap_err();
    assert!(matches!(error, Error::Unwritable(_)) && error.to_string().contains("skip_serializing_if"), "{error}");
    assert!(policy().facts_of(&[1, 2]).is_err() && policy().facts_of("text").is_err());
    assert!(policy().facts_of(&json!({ "reader": { "debt": f64::NAN } })).is_ok(), "JSON writes no NaN: it is null");
}

#[test]
fn a_request_asks_by_name() {
    let policy = policy();
    let facts = policy.facts_of(&application(FactState::Known(6.0))).unwrap();
    let request = policy.request();
    assert_eq!(request.decide(&facts).unwrap().outcome, "refuse");
    assert_eq!(request.clone().assume("limit", "7.5").unwrap().decide(&facts).unwrap().outcome, "lend");
    let reminder = request.clone().decision("reminder").unwrap();
    assert_eq!(reminder.decide(&facts).unwrap().outcome, "send");
    assert_eq!(reminder.region("South").unwrap().decide(&facts).unwrap().outcome, "none");
    let early = request.clone().as_of(NaiveDate::from_ymd_opt(2025, 3, 1).unwrap()).explained();
    let early = early.decide(&facts).unwrap();
    assert!(!early.is_decided() && !early.is_undetermined() && early.outcome == "not_in_force");
    assert!(request.clone().explained().decide(&facts).unwrap().trace.is_some());

    for (error, message) in [
        (request.clone().region("Nort").unwrap_err(), "there is no region `Nort`; did you mean `North`?"),
        (request.clone().decision("x").unwrap_err(), "there is no decision `x`; the policy decides `loan`, `reminder`"),
        (request.clone().assume("limt", "5").unwrap_err(), "there is no assumption `limt`; did you mean `limit`?"),
        (
            request.clone().assume("limit", "6").unwrap_err(),
            "`6` is no choice of the assumption `limit`; its choices are `5`, `7.5`",
        ),
    ] {
        assert_eq!(error.to_string(), message);
    }
}
