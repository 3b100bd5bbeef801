//! Tables with several results: read from a file, excepted and replaced one by one, and told by the name of the table.

use ereje::explain::Decision;
use ereje::{Format, Policy};

const LOAN: &str = r#"policy loan
enum Status { granted, review, refused }

record Approval {
  status: Status en "Status"
  rate: decimal
}

facts day: date
facts score: integer
facts vip: bool
as of day

calculation loan
  output status: Status = approval.status
  output rate: decimal = approval.rate
"#;

const ROWS: &str = r#"
table approval: Approval first by score
  | >= 700      | granted | 3% |
  | 500 ..< 700 | review  | 4% |
  otherwise refused, 0
"#;

fn decided(files: &[(&str, &str)], facts: &str) -> Decision {
    let policy = Policy::from_texts(files.iter().copied()).unwrap_or_else(|error| panic!("{error}"));
    let sets = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    policy.decide(&sets[0])
}

fn outputs(files: &[(&str, &str)], facts: &str) -> String {
    serde_json::to_string(&decided(files, facts).outputs).unwrap()
}

#[test]
fn the_columns_of_a_file_are_called_as_the_fields() {
    let table = "\ntable approval: Approval first by score\n  from \"rows.csv\"\n";
    let with = |rows: &str| Policy::from_texts([("p.ereje", format!("{LOAN}{table}")), ("rows.csv", rows.to_owned())]);
    let rows = "score,status,rate (%)\n>= 700,granted,3\n500 ..< 700,review,4\nany,refused,0\n";
    let policy = with(rows).unwrap_or_else(|error| panic!("{error}"));
    let sets = policy.facts("{ day: 2026-01-01, score: 699 }", Format::Yaml).unwrap();
    let outputs = serde_json::to_string(&policy.decide(&sets[0]).outputs).unwrap();
    assert_eq!(outputs, r#"{"status":"review","rate":"0.04"}"#);
    let error = with("score,rate,status\n>= 700,3%,granted\nany,0,refused\n").unwrap_err().to_string();
    assert!(error.contains("the table reads `score`, `status` and `rate`"), "{error}");
}

/// Each result has exceptions and a state of its own, and a replacement replaces all of them.
#[test]
fn results_are_excepted_one_by_one_and_replaced_together() {
    let exception = "\nexception vip to approval.rate = 1%\n  when vip\n";
    let with = format!("{LOAN}{ROWS}{exception}");
    let files = [("p.ereje", with.as_str())];
    let facts = |score: &str, vip: &str| format!("{{ day: 2026-01-01, score: {score}{vip} }}");
    assert_eq!(outputs(&files, &facts("710", ", vip: true")), r#"{"status":"granted","rate":"0.01"}"#);
    assert_eq!(outputs(&files, &facts("710", ", vip: false")), r#"{"status":"granted","rate":"0.03"}"#);
    let open = decided(&files, &facts("710", ""));
    assert_eq!(serde_json::to_string(&open.outputs).unwrap(), r#"{"status":"granted"}"#);
    assert_eq!(open.unknown_outputs[0].name(), "rate");
    let amended = "amendment stricter to loan\n  from 2026-01-01\n\nreplace table approval: Approval first by score\n  \
                   | >= 900 | granted | 2% |\n  otherwise refused, 0\n  keeping exceptions\n";
    let files = [("p.ereje", with.as_str()), ("q.ereje", amended)];
    assert_eq!(outputs(&files, &facts("710", ", vip: false")), r#"{"status":"refused","rate":"0"}"#);
    assert_eq!(outputs(&files, &facts("710", ", vip: true")), r#"{"status":"refused","rate":"0.01"}"#);
}

/// A function of its parameters, and a fault that names the table and not one of its results.
#[test]
fn a_fault_names_the_table() {
    let table = "\ntable of(n: integer): Approval by n\n  | < 700 | granted | 3% |\n  | > least | refused | 4% |\n\ndefine least = score\n";
    let text = format!("{LOAN}{table}").replace("approval.", "of(score + 1).");
    let told = |facts: &str| decided(&[("p.ereje", text.as_str())], facts).faults;
    let conflict = told("{ day: 2026-01-01, score: 3 }");
    let words: Vec<&str> = conflict.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(words, ["two rows of the table `of` apply and differ"]);
    assert_eq!(conflict[0].needed_by, ["status", "rate"]);
}
