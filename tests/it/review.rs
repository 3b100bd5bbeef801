//! `ereje review`: what a snapshot holds, what counts as a change, and when changes can be accepted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn show(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }
}

/// Runs `ereje review` in a folder, outside of CI, with some variables set.
fn review_with(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ereje"));
    command.arg("review").args(args).current_dir(folder);
    for name in ["CI", "INSTA_UPDATE", "NO_COLOR", "CLICOLOR_FORCE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.envs(env.iter().copied()).output().unwrap();
    Run {
        code: output.status.code().expect("no signal ends it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn review(folder: &TempDir, args: &[&str]) -> Run {
    review_with(folder.path(), &[&["."], args].concat(), &[])
}

/// A folder with the policy and the cases of `tests/cases/review`.
pub fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in ["cards.ereje", "cards.test.yaml"] {
        fs::copy(crate::it::root().join("tests/cases/review").join(name), dir.path().join(name)).unwrap();
    }
    dir
}

/// The same, with its snapshots accepted.
fn accepted() -> TempDir {
    let dir = folder();
    let run = review(&dir, &["--accept"]);
    assert_eq!((run.code, run.err.contains("accepted: 8 snapshots\n")), (0, true), "{}", run.show());
    dir
}

pub fn edit(dir: &TempDir, file: &str, from: &str, to: &str) {
    let path = dir.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn snapshots(dir: &TempDir) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir.path().join("snapshots")) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn snapshot(dir: &TempDir, name: &str) -> PathBuf {
    dir.path().join("snapshots").join(format!("{name}.snap"))
}

#[test]
fn what_is_kept() {
    let dir = accepted();
    let all = snapshots(&dir).into_iter().map(|name| {
        let text = fs::read_to_string(dir.path().join("snapshots").join(&name)).unwrap();
        format!("##### {name}\n{text}")
    });
    insta::assert_snapshot!(all.collect::<String>());
    let again = review(&dir, &[]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.show());
}

#[test]
fn new_changed_and_gone() {
    let dir = folder();
    insta::assert_snapshot!("new", review(&dir, &[]).show());
    assert_eq!(snapshots(&dir), Vec::<String>::new(), "looking writes nothing");
    let dir = accepted();
    // A comment and another order of lines change nothing.
    edit(&dir, "cards.ereje", "rule too_young", "# Young readers.\n\n\nrule too_young");
    assert_eq!(review(&dir, &[]).code, 0);
    edit(&dir, "cards.ereje", "= 7 one of { 7, 10 }", "= 8 one of { 8, 10 }");
    edit(&dir, "cards.test.yaml", "a child of six", "a child of 6");
    let run = review(&dir, &[]);
    insta::assert_snapshot!("changed", run.show());
    insta::assert_snapshot!("changed_markdown", review(&dir, &["--format", "markdown"]).out);
    let json = review(&dir, &["--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &found["same"], &found["total"]), (1, &2.into(), &8.into()), "{}", json.out);
    assert_eq!(found["gone"][0]["what"], "a child of six (section 1)");
    let before = snapshots(&dir);
    // A case that fails keeps its snapshot; the others are accepted, and what is gone is removed.
    let run = review(&dir, &["--accept"]);
    assert_eq!(run.code, 1, "{}", run.show());
    assert!(
        run.err.contains("accepted: 6 snapshots") && run.err.contains("not accepted: 1 case expects"),
        "{}",
        run.err
    );
    let after = snapshots(&dir);
    assert_eq!(before.len(), after.len());
    assert!(
        after.contains(&"cards__a_child_of_6.snap".into()) && !after.contains(&"cards__a_child_of_six.snap".into())
    );
    edit(&dir, "cards.ereje", "= 8 one of { 8, 10 }", "= 7 one of { 7, 10 }");
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    assert_eq!(review(&dir, &[]).code, 0);
}

#[test]
fn a_filter_is_all_that_is_looked_at() {
    let dir = folder();
    let run = review(&dir, &["--filter", "ОПЕКУН", "--accept"]);
    assert_eq!((run.code, snapshots(&dir).len()), (0, 1), "{}", run.show());
    edit(&dir, "cards.test.yaml", "с опекуном", "с кем-то");
    let run = review(&dir, &["--filter", "section 1"]);
    assert!(run.code == 1 && run.err.starts_with("1 new, 0 the same"), "{}", run.show());
    let run = review(&dir, &["--filter", "опекуном"]);
    assert!(run.code == 1 && run.err.starts_with("1 gone, 0 the same"), "{}", run.show());
    let run = review(&dir, &["--filter", "nowhere"]);
    assert!(run.code == 2 && run.err.contains("no case has `nowhere`"), "{}", run.show());
}

#[test]
fn nothing_is_accepted_in_ci() {
    for env in [("CI", "true"), ("CI", "1"), ("INSTA_UPDATE", "no")] {
        let dir = folder();
        let run = review_with(dir.path(), &[".", "--accept"], &[env]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(env.0) && run.err.contains("on your own machine"), "{}", run.err);
        assert_eq!(snapshots(&dir), Vec::<String>::new());
        // In CI, changes can be shown.
        assert_eq!(review_with(dir.path(), &["."], &[env]).code, 1);
    }
    let dir = folder();
    assert_eq!(review_with(dir.path(), &[".", "--accept"], &[("CI", "false")]).code, 0);
}

#[test]
fn what_insta_is_to_open_is_left_beside() {
    let dir = accepted();
    edit(&dir, "cards.ereje", "\"A reader is at least", "\"A reader has to be");
    let run = review(&dir, &["--pending"]);
    assert!(run.code == 1 && run.err.contains("2 files to review"), "{}", run.show());
    let pending = |dir: &TempDir| snapshots(dir).into_iter().filter(|name| name.ends_with(".snap.new")).count();
    assert_eq!(pending(&dir), 2);
    let text = fs::read_to_string(dir.path().join("snapshots/cards__a_child_of_six.snap.new")).unwrap();
    assert!(text.starts_with("---\nsource: \"cards.test.yaml\"\n") && text.contains("has to be"), "{text}");
    // Nothing is left after a change is accepted in either way, or undone.
    fs::rename(
        dir.path().join("snapshots/cards__a_child_of_six.snap.new"),
        dir.path().join("snapshots/cards__a_child_of_six.snap"),
    )
    .unwrap();
    assert!(review(&dir, &["--accept"]).err.contains("accepted: 1 snapshot\n"));
    assert_eq!(pending(&dir), 0);
    edit(&dir, "cards.ereje", "\"A reader has to be", "\"A reader is");
    assert_eq!(review(&dir, &["--pending"]).code, 1);
    edit(&dir, "cards.ereje", "\"A reader is", "\"A reader has to be");
    assert_eq!((review(&dir, &["--pending"]).code, pending(&dir)), (0, 0));
}

#[test]
fn what_is_no_snapshot_is_told_and_what_is_good_beside_it_is_reviewed() {
    let dir = accepted();
    fs::write(snapshot(&dir, "cards__a_child_of_six"), b"---\nsource: \xff\n---\n").unwrap();
    let other = snapshots(&dir).into_iter().find(|name| name.contains("опекун")).unwrap();
    fs::write(dir.path().join("snapshots").join(&other), "---\nextension: png\nsnapshot_kind: binary\n---\n").unwrap();
    let blocked = snapshot(&dir, "cards__trẻ_em_chưa_được_hỏi_tuổi");
    fs::remove_file(&blocked).unwrap();
    fs::create_dir(&blocked).unwrap();
    // Snapshots of other kinds and other tests are left alone.
    fs::write(snapshot(&dir, "it__it__something"), "---\nsource: tests/it.rs\n---\nx\n").unwrap();
    fs::write(dir.path().join("snapshots/notes.txt"), "x").unwrap();
    let run = review(&dir, &[]);
    insta::assert_snapshot!(run.show());
    let run = review(&dir, &["--accept"]);
    assert_eq!(run.code, 2, "{}", run.show());
    assert!(run.err.contains("accepted: 2 snapshots") && run.err.contains("it is a folder"), "{}", run.err);
    // What takes the place of a file that says nothing is shown before it is accepted.
    assert!(
        run.out.contains("a child of six (section 1)\n") && run.out.contains("+ Library card: Refused"),
        "{}",
        run.out
    );
    assert!(snapshot(&dir, "it__it__something").exists());
    fs::remove_dir(&blocked).unwrap();
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    fs::write(dir.path().join("snapshots"), "x").unwrap();
    let run = review(&dir, &["--accept"]);
    assert!(run.code == 2 && run.err.contains("is no folder"), "{}", run.show());
}

#[test]
fn nothing_is_gone_while_a_case_cannot_be_read() {
    let dir = accepted();
    edit(&dir, "cards.test.yaml", "change: { reader.guardian: true }", "change: { reader.guardian: perhaps }");
    let run = review(&dir, &["--accept"]);
    assert_eq!((run.code, snapshots(&dir).len()), (2, 8), "{}", run.show());
    // All snapshots of a removed case file are gone.
    let dir = accepted();
    fs::rename(dir.path().join("cards.test.yaml"), dir.path().join("other.test.yaml")).unwrap();
    let run = review(&dir, &["--accept"]);
    assert!(run.err.starts_with("8 renamed, 0 the same"), "{}", run.show());
    assert!(snapshots(&dir).iter().all(|name| name.starts_with("other__")));
    assert_eq!(snapshots(&dir).len(), 8);
}

#[test]
fn a_snapshot_cannot_fool_the_terminal() {
    let dir = accepted();
    let path = snapshot(&dir, "cards__a_child_of_six");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Refused", "\u{1b}[2J\u{202e}Issued")).unwrap();
    let run = review(&dir, &["--color", "always"]);
    assert!(run.out.contains("\\u{1b}[2J\\u{202e}Issued"), "{}", run.out);
    assert!(!run.out.contains("\u{1b}[2J"));
}

#[test]
fn another_language_is_asked_for() {
    let dir = folder();
    assert_eq!(review(&dir, &["--lang", "ru", "--accept"]).code, 0);
    let text = fs::read_to_string(snapshot(&dir, "cards__a_child_of_six")).unwrap();
    assert!(text.contains("Читательский билет: Отказ") && text.contains("── messages in en"), "{text}");
    assert_eq!(review(&dir, &["--lang", "ru"]).code, 0);
    let run = review(&dir, &["--lang", "fr"]);
    assert!(run.code == 2 && run.err.contains("it has en, ru"), "{}", run.show());
}

/// Whatever digit of a number changes, the snapshot of a case that shows it does.
#[test]
fn no_number_changes_unseen() {
    let policy = "policy t.cut\n  en \"Cut\"\nfacts { today: date }\nfacts a: m2\nfacts r: decimal\nas of today\nnorm least: m2 = 44.505 m2\n\
                  norm rate: decimal = 0.005\nnorm part: decimal = 3\ndecision d\n  no > yes\n  otherwise yes\nrule s\n  no SMALL\n  \
                  when a < least\nrule q\n  no RATE\n  when r > rate\nrule always\n  no PART\nreason SMALL en \"Area {a} is under \
                  {least}.\"\nreason RATE en \"Rate {r} is over {rate}.\"\nreason PART en \"A part is {a / part}.\"\n"
        .replace("facts { today: date }", "facts today: date");
    let cases = "policy: .\nbase: { today: 2026-01-01, a: 44.504, r: 0.0051 }\ncases:\n  - name: all\n    expect: { outcome: no }\n";
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("cut.ereje"), &policy).unwrap();
    fs::write(dir.path().join("cut.test.yaml"), cases).unwrap();
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    for (was, is) in [
        ("= 0.005", "= 0.001"),
        ("= 0.005", "= 0.0050000001"),
        ("= 44.505", "= 44.5051"),
        ("decimal = 3", "decimal = 3.0001"),
    ] {
        fs::write(dir.path().join("cut.ereje"), policy.replace(was, is)).unwrap();
        let run = review(&dir, &[]);
        assert!(run.code == 1 && run.err.starts_with("1 changed"), "{was} as {is}: {}", run.show());
    }
}

/// A case file of one law with these cases, each with a name, the age asked for, and the outcome.
fn of_ages(cases: &[(&str, &str, &str)]) -> String {
    let mut text = String::from(
        "policy: .\nbase:\n  reader: { asked_on: 2026-05-01, region: Old_Town, age: 6, guardian: false }\ncases:\n",
    );
    for (name, change, outcome) in cases {
        text.push_str(&format!(
            "  - name: \"{name}\"\n    law: section 1\n    {change}\n    expect: {{ outcome: {outcome} }}\n"
        ));
    }
    text
}

/// The folder with these cases accepted in place of the others, and then these others in their place.
fn then(first: &[(&str, &str, &str)], second: &[(&str, &str, &str)]) -> TempDir {
    let dir = folder();
    fs::write(dir.path().join("cards.test.yaml"), of_ages(first)).unwrap();
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    fs::write(dir.path().join("cards.test.yaml"), of_ages(second)).unwrap();
    dir
}

const SIX: &str = "change: { reader.age: 6 }";
const FIVE: &str = "change: { reader.age: 5 }";

/// A case that comes with a name like that of another leaves the other's snapshot to it, also where the law changes.
#[test]
fn a_case_that_is_called_alike_takes_no_snapshot() {
    let dir = then(
        &[("age = 6", SIX, "refuse")],
        &[("age > 6", "change: { reader.age: 12 }", "issue"), ("age = 6", SIX, "refuse")],
    );
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 new, 1 the same"), "{}", run.show());
    // The law changes what the old one decides: that is a change, and nothing is gone.
    edit(&dir, "cards.ereje", "= 7 one of { 7, 10 }", "= 5 one of { 5, 10 }");
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 changed, 1 new, 0 the same"), "{}", run.show());
    edit(&dir, "cards.ereje", "= 5 one of { 5, 10 }", "= 7 one of { 7, 10 }");
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    assert_eq!(snapshots(&dir).len(), 2);
    // The first goes, and the other stays where it is.
    fs::write(dir.path().join("cards.test.yaml"), of_ages(&[("age > 6", "change: { reader.age: 12 }", "issue")]))
        .unwrap();
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 gone, 1 the same"), "{}", run.show());
}

#[test]
fn renamed_moved_and_split_cases_are_told_as_that() {
    let dir = then(
        &[("six", SIX, "refuse"), ("five", FIVE, "refuse"), ("some ages", "change: { reader.age: 12 }", "issue")],
        &[("six years", SIX, "refuse"), ("some ages", "each: { reader.age: [13, 14] }", "issue")],
    );
    let moved = of_ages(&[("five", FIVE, "refuse")]);
    fs::write(dir.path().join("more.test.yaml"), moved).unwrap();
    insta::assert_snapshot!("renamed", review(&dir, &[]).show());
    insta::assert_snapshot!("renamed_markdown", review(&dir, &["--format", "markdown"]).out);
    let json: serde_json::Value = serde_json::from_str(&review(&dir, &["--format", "json"]).out).unwrap();
    assert_eq!((&json["renamed"][0]["was"], &json["gone"][0]["split_into"]), (&"six (section 1)".into(), &2.into()));
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    let run = review(&dir, &[]);
    assert!(run.code == 0 && run.out.is_empty() && snapshots(&dir).len() == 4, "{}", run.show());
}

/// A value that becomes one of several keeps its snapshot; so do those of a range that grows.
#[test]
fn lists_and_ranges_that_grow_keep_what_they_had() {
    let dir =
        then(&[("ages", "each: { reader.age: [5] }", "refuse")], &[("ages", "each: { reader.age: [5, 6] }", "refuse")]);
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 renamed, 1 new, 0 the same"), "{}", run.show());
    let dir = then(
        &[("ages", "each: { reader.age: 5 .. 6 }", "refuse")],
        &[("ages", "each: { reader.age: 4 .. 6 }", "refuse")],
    );
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 new, 2 the same"), "{}", run.show());
    let dir = then(&[("ages", FIVE, "refuse")], &[("ages", "each: { reader.age: [5, 6] }", "refuse")]);
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 renamed, 1 new, 0 the same"), "{}", run.show());
}

/// What a snapshot says of its case is accepted as well: another law is told.
#[test]
fn another_law_of_a_case_is_told() {
    let dir = accepted();
    edit(&dir, "cards.test.yaml", "law: section 1", "law: section 1(2)");
    let run = review(&dir, &[]);
    assert!(run.code == 1 && run.err.starts_with("1 renamed, 7 the same"), "{}", run.show());
    assert!(run.out.contains("a child of six (section 1(2))\n    was a child of six (section 1)"), "{}", run.show());
    assert_eq!(review(&dir, &["--accept"]).code, 0);
    assert_eq!(review(&dir, &[]).code, 0);
}

/// All that is accepted is shown: every case by its name, and the lines about rules that do not apply.
#[test]
fn nothing_is_accepted_that_was_not_shown() {
    let names: Vec<String> = (1..=30).map(|number| format!("reader {number:02}")).collect();
    let cases: Vec<(&str, &str, &str)> =
        names.iter().map(|name| (name.as_str(), "change: { reader.age: 12 }", "issue")).collect();
    let dir = then(&cases, &cases);
    edit(&dir, "cards.ereje", "rule too_young", "rule too_few_years");
    edit(&dir, "cards.ereje", "Library cards", "Cards of the library");
    for text in ["to too_young", "too_young"] {
        let policy = fs::read_to_string(dir.path().join("cards.ereje")).unwrap();
        fs::write(dir.path().join("cards.ereje"), policy.replace(text, &text.replace("too_young", "too_few_years")))
            .unwrap();
    }
    let looked = review(&dir, &[]);
    assert!(
        looked.out.contains("… and 10 more cases") && looked.out.contains("lines about rules"),
        "{}",
        looked.show()
    );
    let run = review(&dir, &["--accept"]);
    assert!(run.code == 0 && !run.out.contains("… and") && !run.out.contains("lines about rules"), "{}", run.show());
    assert!(names.iter().all(|name| run.out.contains(name)) && run.out.contains("too_few_years"), "{}", run.show());
    // New ones are shown with what they decide.
    let dir = folder();
    fs::write(dir.path().join("cards.test.yaml"), of_ages(&cases)).unwrap();
    let run = review(&dir, &["--accept"]);
    assert_eq!(run.out.matches("+ Library card: Issued (issue)\n").count(), 30, "{}", run.show());
    // And with why they decide it, and in every language.
    for snapshot in fs::read_dir(dir.path().join("snapshots")).unwrap().map(|entry| entry.unwrap().path()) {
        if snapshot.is_file() {
            let text = fs::read_to_string(&snapshot).unwrap();
            let kept = text.rsplit_once("\n---\n").unwrap().1;
            assert!(kept.contains("── why") || kept.contains("── what does not apply"), "{kept}");
            let shown: String = kept.lines().map(|line| format!("    {}\n", format!("+ {line}").trim_end())).collect();
            assert!(run.out.contains(&shown), "{shown}\n{}", run.show());
        }
    }
    for format in ["markdown", "json"] {
        let dir = folder();
        let run = review(&dir, &["--accept", "--format", format]);
        assert!(run.out.contains("── why") && run.out.contains("── messages in ru"), "{}", run.show());
    }
}
