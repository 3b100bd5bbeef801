//! `ereje suggest` at the ends of time, and about an amendment.

use crate::it::cli::ereje;
use std::fs;
use tempfile::TempDir;

const POLICY: &str = "policy t.shop
  from 0001-01-01 through 9999-12-31
facts sale { day: date, count: integer }
facts if absent open \"nobody says\"
as of sale.day
decision sell
  refuse > sell
  otherwise sell
reason NO en \"No.\"
rule last_day
  refuse NO
  when sale.count > 7
  from 9999-12-31
";

const PILOT: &str = "amendment t.pilot to t.shop
  from 2027-01-01
define few: bool
  case none = true when sale.count < 1
  otherwise false
rule too_few
  refuse NO
  when few
exception loyal to last_day
  when sale.count = 8
";

fn shop() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("shop.ereje"), POLICY).unwrap();
    fs::write(dir.path().join("pilot.ereje"), PILOT).unwrap();
    dir
}

#[test]
fn no_day_is_proposed_that_no_application_has() {
    let dir = shop();
    let run = ereje(dir.path(), &["suggest", ".", "-o", "new.test.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(dir.path().join("new.test.yaml")).unwrap();
    assert!(text.contains("9999-12-30"), "{text}");
    assert!(!text.contains("10000") && !text.contains("0000-"), "{text}");
    let run = ereje(dir.path(), &["test", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    // Nor is a wrong law made with such a day.
    let run = ereje(dir.path(), &["mutate", ".", "--list"]);
    assert!(run.out.contains("`0001-01-02`") || run.out.contains("`9999-12-30`"), "{}", run.out);
    assert!(!run.out.contains("10000") && !run.out.contains("0000-"), "{}", run.out);
}

#[test]
fn an_amendment_narrows_it_to_what_is_in_it() {
    let dir = shop();
    let names = |item: &str| -> Vec<String> {
        let run = ereje(dir.path(), &["suggest", ".", "--for", item]);
        let name = |line: &str| line.trim().strip_prefix("- name: ").map(|name| name.trim_matches('\'').to_owned());
        run.out.lines().filter_map(name).collect()
    };
    insta::assert_snapshot!(names("t.pilot").join("\n"));
    assert!(names("t.shop").iter().all(|name| !name.contains("too_few") && !name.contains("pilot")));
    let run = ereje(dir.path(), &["suggest", ".", "--for", "pilot"]);
    assert!(run.code == 2 && run.err.contains("assumption or amendment"), "{}", run.err);
}

#[test]
fn a_text_is_proposed_that_begins_as_a_rule_asks() {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.codes\nfacts sale { day: date, code: text }\nfacts if absent open \"nobody says\"\nas of sale.day\n\
                  decision sell\n  refuse > sell\n  otherwise sell\nreason NO en \"No.\"\n\
                  rule vehicles\n  refuse NO\n  when starts_with(sale.code, \"87\")\n";
    fs::write(dir.path().join("codes.ereje"), policy).unwrap();
    let run = ereje(dir.path(), &["suggest", ".", "-o", "new.test.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(dir.path().join("new.test.yaml")).unwrap();
    assert!(text.contains("`vehicles` fires") && text.contains("code: \"87\""), "{text}");
    let run = ereje(dir.path(), &["test", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
}
