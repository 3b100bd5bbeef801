//! Lines of decisions: the selected fields, in their order, as JSON and CSV; from lines of JSON and records of CSV.

use ereje::engine::DecideOptions;
use ereje::facts::csv::{CsvRules, Null};
use ereje::{Format, Policy};
use ereje_batch::decider::Decider;
use ereje_batch::lines::{LineFormat, Lines, USUAL_FIELDS};

const POLICY: &str = r#"
policy land.fees
  from 2025-01-01
  languages en, ru
  en "Fees" ru "Сборы"

region Land { City, Village }
registry TAX if unavailable then retry TAX_DOWN
unit m2
enum Kind { sale, gift }
record Address { region: region, street: text }
record Party { name: text, agrees: bool }

facts deal { id: text, date: date, kind: Kind, debt: integer from TAX, address: Address }
facts plot { area: m2, away: duration in weeks }
facts parties: list of Party

as of deal.date in deal.address.region

decision registration
  retry > refuse > approve
  otherwise approve
  output fee: decimal = round down(plot.area / 3 m2, 0.01)
  output until = deal.date + plot.away

reason TAX_DOWN en "The tax office is not answering." ru "Налоговая служба не отвечает."
reason INDEBTED en "A debt of {deal.debt}, paid to nobody." ru "Долг {deal.debt}."
reason TOO_SMALL en "\"Too small\": {plot.area}." ru "Мало: {plot.area}."
reason DISSENT (name: text) en "{name} does not agree." ru "{name} против."

rule indebted refuse INDEBTED when deal.debt > 0
rule too_small refuse TOO_SMALL when plot.area < 10 m2
rule dissent for each p in parties
  refuse DISSENT(p.name)
  when not p.agrees
"#;

/// Applications as lines of JSON: one for each kind of result.
const ROWS: &[&str] = &[
    r#"{"deal":{"id":"A-1","date":"2026-01-15","kind":"sale","debt":0,"address":{"region":"City"}},"plot":{"area":"44.50","away":2},"parties":[]}"#,
    r#"{"plot":{"area":9,"away":"10 days"},"deal":{"id":"B, \"2\"","date":"2026-01-16","kind":null,"debt":7,"address":{"region":"Village","street":"Main\nStreet"}},"parties":[{"name":"Ann, of 3","agrees":false}]}"#,
    r#"{"deal":{"date":"2026-01-15","debt":{"unavailable":"timeout"},"address":{"region":"City"}},"plot":{"area":44},"parties":[]}"#,
    r#"{"deal":{"date":"2026-01-15","debt":1,"address":{"region":"City","street":null}},"plot":{}}"#,
    r#"{"deal":{"date":"2026-01-15","address":null}}"#,
    r#"{"deal":{"date":"2024-01-15","kind":"gift","address":{"region":"Land"}}}"#,
    r#"{"deal":{"kind":"git"}}"#,
];

fn land() -> Policy {
    Policy::from_texts([("land.ereje", POLICY)]).unwrap_or_else(|error| panic!("{error}"))
}

/// The output of a run over rows.
fn run(decider: &mut Decider<'_>, lines: &Lines, rows: &[&str]) -> String {
    let mut out = lines.header().into_bytes();
    for (number, row) in (1..).zip(rows) {
        let before = out.len();
        if let Err(found) = decider.row(row, number, lines, &mut out) {
            assert_eq!(out.len(), before, "nothing is written of a bad row");
            lines.error(number, number + 1, &found[0].message, &mut out);
        }
    }
    String::from_utf8(out).unwrap()
}

fn decider(policy: &Policy) -> Decider<'_> {
    Decider::new(policy.engine(), &DecideOptions::default()).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn lines(policy: &Policy, fields: &str, format: LineFormat) -> Lines {
    Lines::new(policy.engine(), None, fields, format).unwrap_or_else(|error| panic!("{}", error.message))
}

/// The same applications as records, as far as records can express them.
const HEADER: &str =
    "deal.id,deal.date,deal.kind,deal.debt,deal.address.region,deal.address.street,plot.area,plot.away,parties";
const RECORDS: &[&str] = &[
    "A-1,2026-01-15,sale,0,City,,44.50,2,[]",
    r#""B, ""2""",2026-01-16,,7,Village,"Main
Street",9,10 days,"[{""name"":""Ann, of 3"",""agrees"":false}]""#,
    r#","2026-01-15",,"{""unavailable"":""timeout""}",City,,44,,[]"#,
    ",2026-01-15,,1,City,,,,",
    ",2026-01-15,,,,,,,",
    ",2024-01-15,gift,,Land,,,,",
    ",,git,,,,,,",
];

#[test]
fn the_fields_asked_for_in_their_order() {
    let policy = land();
    let mut shown = String::new();
    for fields in [
        USUAL_FIELDS,
        "row,reasons,outcome",
        "deal.id,outcome,deal.kind,deal.address,deal.address.street,plot.area,plot.away,parties,deal.debt",
        "outcome,needs,open,as_of,region,provisional",
        "outputs.fee,outputs,row",
        "deal.date, messages.en, messages.ru",
    ] {
        for format in [LineFormat::Json, LineFormat::Csv] {
            let lines = lines(&policy, fields, format);
            shown += &format!("── {fields}\n{}", run(&mut decider(&policy), &lines, ROWS));
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_line_says_what_the_decision_says() {
    let policy = land();
    let fields = "outcome,reasons,needs,open,as_of,region,provisional,outputs,messages.en";
    let written = run(&mut decider(&policy), &lines(&policy, fields, LineFormat::Json), &ROWS[..6]);
    let quick = run(&mut decider(&policy), &lines(&policy, USUAL_FIELDS, LineFormat::Json), &ROWS[..6]);
    for ((row, line), quick) in ROWS.iter().zip(written.lines()).zip(quick.lines()) {
        let facts = policy.facts(row, Format::Json).unwrap().remove(0);
        let decision = serde_json::to_value(policy.decide(&facts)).unwrap();
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for same in ["outcome", "open", "as_of", "region", "outputs"] {
            assert_eq!(line[same], decision[same], "{same} of {row}");
        }
        let of = |list: &str, key: &str| -> serde_json::Value {
            decision[list].as_array().unwrap().iter().map(|each| each[key].clone()).collect()
        };
        assert_eq!(line["reasons"], of("reasons", "code"), "{row}");
        assert_eq!(line["needs"], of("needs", "fact"), "{row}");
        let words = of("reasons", "message").as_array().unwrap().iter().map(|m| m["en"].clone()).collect();
        assert_eq!(line["messages.en"], serde_json::Value::Array(words), "{row}");
        assert_eq!(line["provisional"], decision.get("provisional").cloned().unwrap_or(false.into()), "{row}");
        // Lines with the default fields are those of the fast path.
        let mut usual = Vec::new();
        decider(&policy).line(row, &mut usual).unwrap();
        assert_eq!(quick.as_bytes(), usual, "{row}");
    }
}

#[test]
fn records_of_csv_are_decided_as_lines_of_json() {
    let policy = land();
    let rules = CsvRules { null: Some(Null::Unasked), skip_unknown: false, guarded: false };
    let of = || {
        let decider = decider(&policy);
        let columns = decider.columns(HEADER, rules).unwrap_or_else(|found| panic!("{found:#?}"));
        decider.of_records(columns)
    };
    // Except for absent kinds, debts and streets: here an empty cell is an unasked fact.
    for fields in [USUAL_FIELDS, "deal.id,outcome,reasons,outputs,plot.away,parties"] {
        let lines = lines(&policy, fields, LineFormat::Csv);
        let (json, csv) = (run(&mut decider(&policy), &lines, &ROWS[..4]), run(&mut of(), &lines, &RECORDS[..4]));
        assert_eq!(csv, json);
    }
    let shown = run(&mut of(), &lines(&policy, "deal.id,outcome,needs", LineFormat::Csv), RECORDS);
    insta::assert_snapshot!(shown);
}

#[test]
fn fields_that_there_are_not() {
    let policy = land();
    let refused = |fields: &str| {
        let error = Lines::new(policy.engine(), None, fields, LineFormat::Json).unwrap_err();
        format!("{fields}: {}; {}\n", error.message, error.help)
    };
    let shown: String = [
        "outcme",
        "outcome,reasons,outcome",
        "outputs.fees",
        "messages.kk",
        "message.ru",
        "deal.idd",
        "parties.name",
        "deal",
        "",
        "outcome,,reasons",
        "deal.dаte",
        "everything",
    ]
    .map(refused)
    .concat();
    insta::assert_snapshot!(shown);
}
