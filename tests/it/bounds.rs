//! Bounds of facts: what lies outside is refused where it is read, by every way in.

use super::cli::ereje_with;
use ereje::{Format, Policy};
use std::fs;
use tempfile::TempDir;

const POLICY: &str = r#"policy town.gardens
facts asked { on: date at least 2000-01-01 }
facts garden {
  area: m2 at least 0 m2
  floors: integer at least 0 at most 3 if absent means 0
  lease: duration in months at least 1 month
}
record Owner { share: decimal at least 0 at most 1 }
facts owners: list of Owner at least 1
as of asked.on

decision garden
  refuse > allow
  otherwise allow

rule small
  refuse SMALL
  when garden.area < 9 m2 and garden.lease < 1 year and garden.floors < 2 and any(o in owners: o.share > 0.5)

reason SMALL en "Too small."
"#;

const CASES: &str = "policy: policy.ereje
base:
  asked: { on: 2026-01-01 }
  garden: { area: 8, floors: 1, lease: 6 }
  owners: [{ share: 1 }]
cases:
  - name: at the bounds
    change: { garden.area: 0, garden.floors: 0, garden.lease: 1 }
    expect: { outcome: refuse }
  - name: below
    change: { garden.area: -3 }
    expect: { outcome: refuse }
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.ereje"), POLICY).unwrap();
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> super::cli::Run {
    ereje_with(folder.path(), args, "", &[])
}

#[test]
fn a_fact_file_says_where_and_why_and_the_others_are_decided() {
    let folder = folder();
    fs::write(
        folder.path().join("facts.yaml"),
        "asked: { on: 2026-01-01 }\ngarden: { area: -3, floors: null, lease: 3 }\nowners: [{ share: 0.5 }, { share: 1.01 }]\n---\n\
         asked: { on: 2026-01-01 }\ngarden: { area: 3, floors: null, lease: 3 }\nowners: [{ share: 0.5 }, { share: 1 }]\n",
    )
    .unwrap();
    insta::assert_snapshot!(run(&folder, &["eval", "--policy", "policy.ereje", "facts.yaml"]).show());
}

#[test]
fn a_row_outside_is_a_bad_row() {
    let folder = folder();
    let rows = [
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":0,"floors":3,"lease":1},"owners":[{"share":1}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":-0.01,"floors":0,"lease":1},"owners":[{"share":1}]}"#,
        r#"{"asked":{"on":"1999-12-31"},"garden":{"area":1,"floors":0,"lease":1},"owners":[{"share":1}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":1,"floors":4,"lease":1},"owners":[{"share":1}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":1,"floors":0,"lease":"0 years"},"owners":[{"share":1}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":1,"floors":0,"lease":1},"owners":[{"share":1},{"share":"1.5"}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":null,"floors":null,"lease":1},"owners":[{"share":null}]}"#,
        r#"{"asked":{"on":"2026-01-01"},"garden":{"area":-100000000000000000000,"floors":0,"lease":1},"owners":[{"share":1}]}"#,
    ];
    fs::write(folder.path().join("rows.ndjson"), rows.join("\n")).unwrap();
    let csv = "asked.on,garden.area,garden.floors,garden.lease,owners\n\
               2026-01-01,0,3,1,\"[{\"\"share\"\":1}]\"\n2026-01-01,-0.01,3,1,\"[{\"\"share\"\":1}]\"\n\
               2026-01-01,1,4,1,\"[{\"\"share\"\":1}]\"\n1999-12-31,1,,1,\"[{\"\"share\"\":1}]\"\n";
    fs::write(folder.path().join("rows.csv"), csv).unwrap();
    let mut shown = String::new();
    for rows in ["rows.ndjson", "rows.csv"] {
        let args =
            ["batch", "--policy", "policy.ereje", rows, "-o", "out.ndjson", "--fields", "outcome", "--null", "absent"];
        let args = if rows == "rows.csv" { &args[..] } else { &args[..8] };
        let run = run(&folder, args);
        assert_eq!(run.code, 1, "{}", run.err);
        shown += &fs::read_to_string(folder.path().join("out.ndjson")).unwrap();
        fs::remove_file(folder.path().join("out.ndjson")).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_program_hears_it_too() {
    let policy = Policy::from_texts([("policy.ereje", POLICY)]).unwrap();
    let garden = |area: f64| serde_json::json!({ "garden": { "area": area, "lease": 3 } });
    assert!(policy.facts_of(&garden(0.0)).is_ok());
    let error = policy.facts_of(&garden(-3.5)).unwrap_err().to_string();
    assert!(error.contains("`garden.area` is -3.5 m2; it is at least 0 m2"), "{error}");
    assert!(policy.facts("garden: { area: -1 }", Format::Yaml).is_err());
}

#[test]
fn a_case_outside_is_no_case() {
    let folder = folder();
    fs::write(folder.path().join("garden.test.yaml"), CASES).unwrap();
    insta::assert_snapshot!(run(&folder, &["test", "garden.test.yaml"]).show());
}
