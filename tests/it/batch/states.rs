//! What a line repeats of a fact: its state survives CSV and back, or the row is refused; in JSON it has one type; and a text
//! of somebody else is no formula in a spreadsheet.

use super::super::cli::{Run, ereje_with};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const POLICY: &str = "policy t.states
  from 2026-01-01
  en \"States\"
enum Kind { null, other }
region Land { North }
record Home { rooms: integer, street: text }
facts a {
  day: date, ok: bool, n: integer, money: KZT, d: decimal, area: m2, age: duration in years, t: text, kind: Kind,
  land: region, l: list of integer, ld: list of decimal, home: Home
}
facts if absent open \"a form is filled in\"
as of a.day
decision d
  refuse > pay
  otherwise pay
reason MANY en \"Many.\"
rule many refuse MANY when a.n > 100
";

/// A value of each fact that can be silent, as JSON.
const VALUES: [(&str, &str); 12] = [
    ("ok", "true"),
    ("n", "-9007199254740993"),
    ("money", "\"0.1\""),
    ("d", "\"2.5\""),
    ("area", "\"44\""),
    ("age", "\"3 years\""),
    ("t", "\"{\\\"unavailable\\\":\\\"x\\\"}\""),
    ("kind", "\"null\""),
    ("land", "\"North\""),
    ("l", "[1,null,{\"unavailable\":\"x\"}]"),
    ("ld", "[\"1\",\"0.5\"]"),
    ("home", "{\"rooms\":null,\"street\":{\"unavailable\":\"x\"}}"),
];

fn states() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("p.ereje"), POLICY).unwrap();
    dir
}

fn batch(dir: &Path, args: &[&str], rows: &str) -> Run {
    ereje_with(dir, &[&["batch", "-p", "p.ereje", "-", "-o", "-"], args].concat(), rows, &[])
}

/// The fields of all facts.
fn fields() -> String {
    let names: Vec<String> = VALUES.iter().map(|(name, _)| format!("a.{name}")).collect();
    format!("a.day,{}", names.join(","))
}

#[test]
fn every_state_survives_csv_or_is_refused() {
    let dir = states();
    // Beside its value, each fact in each of its silent states alone, and an empty text.
    let mut rows = Vec::new();
    for (name, value) in VALUES {
        for (state, said) in
            [("known", value), ("absent", "null"), ("unavailable", "{\"unavailable\":\"x\"}"), ("unasked", "")]
        {
            rows.push((name, state, said));
        }
    }
    rows.push(("t", "empty", "\"\""));
    let all: String = rows
        .iter()
        .map(|(changed, state, said)| {
            let facts = VALUES.iter().map(|(name, value)| match name == changed {
                true if *state == "unasked" => String::new(),
                true => format!(",\"{name}\":{said}"),
                false => format!(",\"{name}\":{value}"),
            });
            format!("{{\"a\":{{\"day\":\"2026-01-01\"{}}}}}\n", facts.collect::<String>())
        })
        .collect();
    let fields = fields();
    let fields = ["--fields", &fields];
    let direct = batch(dir.path(), &fields, &all);
    assert_eq!(direct.code, 0, "{}", direct.err);
    for null in ["absent", "unasked"] {
        let csv = [&fields[..], &["--null", null]].concat();
        let written = batch(dir.path(), &[&csv[..], &["--to", "csv"]].concat(), &all);
        // What could not be written has an error in its place, and nothing else there. The last column holds the errors.
        let sheet = written.out.lines().filter(|line| !line.starts_with(',')).map(|line| {
            let cells = line.strip_suffix("error").unwrap_or(line).strip_suffix(',');
            format!("{}\n", cells.expect("a row without an error"))
        });
        let sheet: String = sheet.collect();
        let back = batch(dir.path(), &[&csv[..], &["--from", "csv", "--ignore-unknown"]].concat(), &sheet);
        let refused = |state: &str, name: &str| match (name, state) {
            (_, "known") => false,
            ("t", state) => state != null,
            ("l" | "ld" | "home", "unasked") => null == "absent",
            _ => false,
        };
        let mut read = back.out.lines();
        for ((name, state, _), (line, answer)) in rows.iter().zip(direct.out.lines().zip(written.out.lines().skip(1))) {
            if refused(state, name) {
                assert!(answer.starts_with(',') && answer.contains(&format!("`a.{name}` is ")), "{null}: {answer}");
            } else {
                assert_eq!(read.next(), Some(line), "{null}: {name} {state}, as {answer}");
            }
        }
        assert_eq!((read.next(), back.code), (None, 0), "{}", back.err);
    }
    insta::assert_snapshot!(
        batch(dir.path(), &["--fields", "a.t", "--to", "csv"], "{\"a\":{\"t\":null}}\n").err.lines().next().unwrap()
    );
}

#[test]
fn a_fact_has_one_type_of_json() {
    let dir = states();
    let fields = ["--fields", "a.n,a.money,a.d,a.area,a.age,a.l,a.ld,a.home"];
    let rows = "{\"a\":{\"n\":9007199254740993,\"money\":0.1000,\"d\":0.25,\"area\":44.50,\"age\":\"3 months\",\"l\":[1,9007199254740993],\"ld\":[1,0.5],\"home\":{\"rooms\":9007199254740993}}}
{\"a\":{\"n\":1.0,\"money\":100.00,\"d\":2,\"area\":44,\"age\":3,\"l\":[1.0],\"ld\":[1.0],\"home\":{\"rooms\":2}}}
";
    insta::assert_snapshot!(batch(dir.path(), &fields, rows).out);
}

#[test]
fn no_text_is_a_formula_where_it_is_guarded() {
    let dir = states();
    let texts = [
        "=1+1",
        "+7 701",
        "-",
        "@x",
        "\tx",
        "\rx",
        "'=x",
        "''=x",
        "'s",
        "-5",
        "-5-5",
        "x=1",
        "=HYPERLINK(\"http://x\",\"a,b\")",
    ];
    let rows: String = texts
        .iter()
        .map(|text| format!("{{\"a\":{{\"t\":{},\"n\":-5,\"age\":\"-3 months\"}}}}\n", serde_json::Value::from(*text)))
        .collect();
    let fields = ["--fields", "a.t,a.n,a.age"];
    let direct = batch(dir.path(), &fields, &rows);
    let guarded = [&fields[..], &["--csv-guard"]].concat();
    let written = batch(dir.path(), &[&guarded[..], &["--to", "csv"]].concat(), &rows);
    insta::assert_snapshot!(written.out.replace('\r', "<CR>").replace('\t', "<TAB>"));
    let back = batch(
        dir.path(),
        &[&guarded[..], &["--from", "csv", "--ignore-unknown", "--null", "absent"]].concat(),
        &written.out,
    );
    assert_eq!((back.code, back.out), (0, direct.out), "{}", back.err);
    // Without it a text is written as it is.
    let plain = batch(dir.path(), &["--fields", "a.t", "--to", "csv"], &rows);
    assert!(plain.out.contains("\n=1+1,\n"), "{}", plain.out);
    let nothing = batch(dir.path(), &["--csv-guard"], &rows);
    assert_eq!(
        (nothing.code, nothing.err.as_str()),
        (
            2,
            "error: --csv-guard is about cells of CSV, and NDJSON has none\n  help: for CSV under another name there is `--from csv`, and `--to csv`\n"
        )
    );
}
