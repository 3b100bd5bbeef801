//! Numbers with an exponent: read exactly where a format has numbers, refused in texts, and never a matter of time or memory.

use crate::it::cli::{ereje, folder};
use ereje::{Format, Policy};
use std::fs;

const POLICY: &str = "policy x.y\nfacts day: date\nfacts whole: integer\nfacts part: decimal\nfacts sum: KZT\n\
                      facts time: duration in months\nfacts list: list of decimal\nas of day\ndecision d\n  no > yes\n  otherwise yes\n\
                      rule r\n  no R\n  when whole > 1 and part > 1 and sum > 1 KZT and time > 1 month and any(l in list: l > 1)\n\
                      reason R en \"R\"\nunit KZT\n";

fn policy() -> Policy {
    Policy::from_texts([("x.ereje".to_owned(), POLICY.to_owned())]).unwrap_or_else(|error| panic!("{error}"))
}

/// Facts with these numbers, as JSON, which is YAML too.
fn facts([whole, part, sum, time, list]: [&str; 5]) -> String {
    format!(
        r#"{{"day": "2026-01-01", "whole": {whole}, "part": {part}, "sum": {sum}, "time": {time}, "list": [{list}]}}"#
    )
}

#[test]
fn numbers_of_json_and_yaml_are_those_that_are_written_out() {
    let policy = policy();
    let of = |numbers: [&str; 5], format| policy.facts(&facts(numbers), format).map_err(|error| error.to_string());
    for (with, without) in [
        (["1E+2", "1.5e-3", "44.10E+1", "2.4e1", "0E+10"], ["100", "0.0015", "441", "24", "0"]),
        (["100e-2", "-1.0e0", "1e27", "0e0", "-12.5e1"], ["1", "-1", "1000000000000000000000000000", "0", "-125"]),
        (["-0E-30", "1e-28", "0.1e1", "-1E1", "1e00002"], ["0", "0.0000000000000000000000000001", "1", "-10", "100"]),
    ] {
        for format in [Format::Json, Format::Yaml] {
            assert_eq!(of(with, format), of(without, format), "{with:?}");
            assert!(of(with, format).is_ok(), "{:?}", of(with, format));
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_at_once() {
    let policy = policy();
    let good = ["1", "1", "1", "1", "1"];
    for format in [Format::Json, Format::Yaml] {
        for at in 0..good.len() {
            for (number, code) in [
                ("1e999999999", "E0606"),
                ("-1e-999999999", "E0606"),
                ("1e99999999999999999999999999", "E0606"),
                ("1e28", "E0606"),
                ("12345678901234567890123456789e-5", "E0606"),
                ("\"1e2\"", "E0606"),
            ] {
                let mut numbers = good;
                numbers[at] = number;
                let error = policy.facts(&facts(numbers), format).unwrap_err().to_string();
                assert!(error.contains(code), "{number} at {at}: {error}");
            }
        }
    }
    for whole in ["15e-1", "1e-1"] {
        let error = policy.facts(&facts([whole, "1", "1", "1", "1"]), Format::Json).unwrap_err().to_string();
        assert!(error.contains("expected a whole number"), "{error}");
    }
}

/// A cell of CSV is a text; the JSON of a list in one is JSON.
#[test]
fn a_cell_of_csv_has_all_its_digits() {
    let policy = policy();
    let row = |whole: &str, time: &str, list: &str| {
        policy.facts(&format!("day,whole,part,sum,time,list\n2026-01-01,{whole},1,1,{time},{list}\n"), Format::Csv)
    };
    assert_eq!(row("100", "1", "[1.5e3]").unwrap(), row("100", "1", "[1500]").unwrap());
    for (whole, time) in [("1E+2", "1"), ("\"1e2\"", "1"), ("1", "1e1")] {
        let error = row(whole, time, "[]").unwrap_err().to_string();
        assert!(error.contains("E0606") && error.contains("write all digits out"), "{error}");
    }
}

/// Rows of a batch, fact files and a comparison give the same answer.
#[test]
fn rows_are_read_as_fact_files_are() {
    let dir = folder();
    fs::write(dir.path().join("x.ereje"), POLICY).unwrap();
    let rows = [
        facts(["1E+2", "1.5e3", "44.10E+1", "2.4e1", "2e0"]),
        facts(["1e-1", "1", "1", "1", "1"]),
        facts(["1", "1e999999999", "1", "1", "1"]),
        facts(["1E0", "1e1", "1", "1", "1"]),
    ];
    fs::write(dir.path().join("rows.ndjson"), rows.join("\n")).unwrap();
    let run = ereje(dir.path(), &["batch", "-p", "x.ereje", "rows.ndjson", "-o", "-", "--fields", "outcome"]);
    let told: Vec<&str> = run.out.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
    assert_eq!(told, ["{\"outcome\"", "{\"error\"", "{\"error\"", "{\"outcome\""], "{}", run.show());
    assert!(
        run.out.starts_with("{\"outcome\":\"no\"}") && run.out.ends_with("{\"outcome\":\"yes\"}\n"),
        "{}",
        run.show()
    );
    let told = ereje(dir.path(), &["diff", "x.ereje", "x.ereje", "--facts", "rows.ndjson"]);
    assert!(told.out.contains("2 applications decided") && told.out.contains("2 rows could not"), "{}", told.show());
}
