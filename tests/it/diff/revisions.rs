//! `ereje diff` over git revisions, in a repository of its own.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const POLICY: &str = r#"import "../common"

policy town.cards
  from 2026-01-01
  en "Library cards"

facts reader {
  asked_on: date
  age: integer
}
as of reader.asked_on

decision card
  refuse > issue
  otherwise issue

rule too_young
  refuse TOO_YOUNG
  when reader.age < least_age
"#;

const COMMON: &str = r#"norm least_age: integer = 7 en "Least age"
reason TOO_YOUNG en "A reader is at least {least_age}."
"#;

pub(super) const CASES: &str = "policy: .
base:
  reader: { asked_on: 2026-02-01, age: 8 }
cases:
  - name: eight years old
    expect: { outcome: issue }
  - name: six years old
    change: { reader.age: 6 }
    expect: { outcome: refuse }
";

pub(super) fn run(program: &str, folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(program);
    // The configuration of this machine's git must not matter.
    command.args(args).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").output().expect("it can be run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub(super) fn git(folder: &Path, args: &[&str]) {
    let who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
    let (code, _, errors) = run("git", folder, &[&who[..], args].concat());
    assert_eq!(code, 0, "git {args:?}: {errors}");
}

pub(super) fn diff(folder: &Path, args: &[&str]) -> (i32, String, String) {
    run(env!("CARGO_BIN_EXE_ereje"), folder, &[&["diff"][..], args].concat())
}

/// Two commits; the second changes the norm, which is in a folder beside the policy.
pub(super) fn repository() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("law/cards/policy.ereje", POLICY);
    write("law/cards/cards.test.yaml", CASES);
    write("law/common/ages.ereje", COMMON);
    git(dir.path(), &["init", "-q", "-b", "main"]);
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "-q", "-m", "one"]);
    write("law/common/ages.ereje", &COMMON.replace("= 7", "= 9"));
    git(dir.path(), &["commit", "-q", "-a", "-m", "two"]);
    dir
}

#[test]
fn a_revision_is_compared_with_the_disk() {
    let dir = repository();
    let (code, out, errors) = diff(dir.path(), &["HEAD~1", "law/cards"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    insta::with_settings!({ snapshot_path => "../snapshots/diff", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("revision", out);
    });
    // The same from inside, from both sides, and with paths of all kinds.
    let inside = dir.path().join("law/cards");
    for args in [
        ["HEAD~1", "."],
        ["HEAD~1:./", "HEAD:law/cards"],
        ["HEAD~1:law/cards", "main"],
        ["HEAD~1", "HEAD:law/cards/policy.ereje"],
        ["main~1:./policy.ereje", "policy.ereje"],
    ] {
        let (code, out, errors) = diff(&inside, &args);
        assert_eq!(code, 1, "{args:?}: {errors}");
        assert!(out.contains("2 applications decided under both versions; 1 decision moved"), "{args:?}\n{out}");
        assert!(out.contains("norm least_age (changed)"), "{args:?}\n{out}");
    }
    let (code, out, _) = diff(dir.path(), &["HEAD", "law/cards"]);
    assert_eq!((code, out.contains("The two versions say the same")), (0, true), "{out}");
}

#[test]
fn what_is_wrong_with_a_revision_is_said() {
    let dir = repository();
    fs::write(dir.path().join("law/cards/policy.ereje"), POLICY.replace("least_age", "least_ago")).unwrap();
    git(dir.path(), &["commit", "-q", "-a", "-m", "three"]);
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("policy.ereje"), "").unwrap();
    let mut all = String::new();
    for (folder, args) in [
        (dir.path(), ["HEAD~7", "law/cards"]),
        (dir.path(), ["HEAD~1", "HEAD"]),
        (dir.path(), ["HEAD:laws/cards", "law/cards"]),
        (dir.path(), ["HEAD:law", "law/cards"]),
        (dir.path(), ["HEAD~1", "law/cards"]),
        (outside.path(), ["HEAD", "policy.ereje"]),
        (outside.path(), ["nothing", "nowhere"]),
    ] {
        let (code, out, errors) = diff(folder, &args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        all.push_str(&format!("$ ereje diff {}\n{errors}\n", args.join(" ")));
    }
    insta::with_settings!({ snapshot_path => "../snapshots/diff", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("revision_errors", all);
    });
}

#[test]
fn the_report_goes_where_it_is_wanted() {
    let dir = repository();
    for (name, start) in [
        ("r.html", "<!DOCTYPE html>"),
        ("r.md", "## What moves: `HEAD~1:law/cards` → `law/cards`"),
        ("r.json", "{\n  \"schema\": \"diff/1.0\",\n  \"old\": {\n    \"name\": \"HEAD~1:law/cards\""),
        ("r", "HEAD~1:law/cards → law/cards"),
    ] {
        let (code, out, errors) = diff(dir.path(), &["HEAD~1", "law/cards", "-o", name]);
        assert_eq!((code, out.as_str(), errors.as_str()), (1, "", ""), "{name}");
        let report = fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(report.starts_with(start), "{name}: {report}");
    }
}

#[test]
fn other_cases_and_facts_take_the_place_of_the_versions_own() {
    let dir = repository();
    let other = CASES.replace("policy: .", "policy: law/cards").replace("age: 8", "age: 20");
    fs::write(dir.path().join("other.test.yaml"), other).unwrap();
    let lines = [r#"{"reader":{"asked_on":"2026-02-01","age":8}}"#, "", "oops", r#"{"reader":{"age":"x"}}"#];
    fs::write(dir.path().join("facts.ndjson"), lines.join("\n")).unwrap();
    let (code, out, errors) = diff(dir.path(), &["HEAD~1", "law/cards", "--cases", "other.test.yaml"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("2 applications decided under both versions, and no decision moved"), "{out}");
    let (code, out, errors) = diff(dir.path(), &["HEAD~1", "law/cards", "--facts", "facts.ndjson"]);
    assert_eq!(code, 2, "a row that cannot be read is no success");
    assert!(out.contains("1 application decided under both versions; 1 decision moved (100%)"), "{out}");
    assert_eq!(
        errors,
        "error: facts.ndjson:2:1: the text is empty [E0601]\n\
         error: facts.ndjson:3:1: `oops` cannot stand here [E0601]\n\
         error: facts.ndjson:4:18: `reader.age` is not a whole number [E0603]\n"
    );
    let records = "reader.asked_on;reader.age\n2026-02-01;8\n\"2026-02-01\";x\n2026-02-01;\n2026-02-01;30\n";
    fs::write(dir.path().join("facts.csv"), records).unwrap();
    let (code, out, errors) = diff(dir.path(), &["HEAD~1", "law/cards", "--facts", "facts.csv"]);
    assert_eq!(code, 2);
    assert!(out.contains("2 applications decided under both versions; 1 decision moved (50%)"), "{out}");
    assert_eq!(
        errors,
        "error: facts.csv:3:14: `reader.age` is not a whole number [E0603]\n\
         error: facts.csv:4:12: the cell of `reader.age` is empty [E0610]\n"
    );
    fs::write(dir.path().join("facts.csv"), "reader.asked_on;reader.agee\n2026-02-01;8\n").unwrap();
    let (code, _, errors) = diff(dir.path(), &["HEAD~1", "law/cards", "--facts", "facts.csv"]);
    assert_eq!((code, errors.as_str()), (2, "error: facts.csv:1:17: the policy has no fact `reader.agee` [E0602]\n"));
}
