//! `ereje review --signed`: who accepted which decisions, what an acceptance belongs to, and when there are enough.

use super::cli::{Run, ereje_with};
use super::review::{edit, folder};
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const ONE: &str = "One <one@example.org>";
const TWO: &str = "Екінші <two@example.org>";

/// Runs `ereje review .` on somebody's own machine, where git knows nobody.
fn review(dir: &Path, args: &[&str]) -> Run {
    ereje_with(dir, &[&["review", "."], args].concat(), "", &[("CI", "false"), ("INSTA_UPDATE", "auto")])
}

fn accept(dir: &TempDir, by: &str, more: &[&str]) -> Run {
    review(dir.path(), &[&["--accept", "--by", by], more].concat())
}

/// The same, accepted by these.
fn accepted_by(reviewers: &[&str]) -> TempDir {
    let dir = folder();
    for by in reviewers {
        let run = accept(&dir, by, &["--require", "2"]);
        assert!(run.code == 0 && run.err.contains(&format!("recorded: 8 acceptances by {by}\n")), "{}", run.show());
    }
    dir
}

fn file(dir: &TempDir, name: &str) -> PathBuf {
    dir.path().join("snapshots/accepted").join(name)
}

/// The text with times and digests, which differ, left out.
fn lasting(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words = line.split_inclusive([' ', ',']).map(|word| {
            let digits = word.trim_end_matches([' ', ',', ':']);
            let is_time = digits.len() >= 10 && digits.starts_with("20") && digits.as_bytes()[4] == b'-';
            match word.strip_prefix(digits) {
                Some(rest) if is_time && !line.contains("as of") => format!("DAY{rest}"),
                Some(rest) if digits.starts_with("sha256:") => format!("sha256:…{rest}"),
                _ => word.to_owned(),
            }
        });
        out.extend(words);
        out.push('\n');
    }
    out
}

/// How many decisions have how many acceptances, as the last lines say.
fn counts(dir: &TempDir, args: &[&str]) -> (i32, String) {
    let run = review(dir.path(), &[&["--signed"], args].concat());
    let line = run.err.lines().find(|line| line.contains(" decision")).unwrap_or_else(|| panic!("{}", run.show()));
    (run.code, line.split_once(": ").unwrap().1.to_owned())
}

#[test]
fn who_accepted_what_is_kept_and_counted() {
    let dir = folder();
    let run = accept(&dir, ONE, &[]);
    assert!(
        run.err.ends_with("accepted: 8 snapshots\nrecorded: 8 acceptances by One <one@example.org>\n"),
        "{}",
        run.show()
    );
    let kept = fs::read_to_string(file(&dir, "one_example_org.csv")).unwrap();
    insta::assert_snapshot!("file", lasting(&kept));
    assert_eq!(counts(&dir, &[]), (0, "8 with 1 acceptance".into()));
    insta::assert_snapshot!("too_few", lasting(&review(dir.path(), &["--signed", "--require", "2"]).show()));
    // The second one is shown what nobody else has shown them, and accepts it.
    let run = accept(&dir, TWO, &["--require", "2"]);
    insta::assert_snapshot!("once_more", run.show());
    assert_eq!(counts(&dir, &["--require", "2"]), (0, "8 with 2 acceptances".into()));
    insta::assert_snapshot!("enough", lasting(&review(dir.path(), &["--signed", "--require", "2"]).show()));
    // Whoever has accepted has nothing more to do, and nor has a third.
    let before = fs::read(file(&dir, "one_example_org.csv")).unwrap();
    for by in [ONE, "Three <three@example.org>"] {
        let run = accept(&dir, by, &["--require", "2"]);
        assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.show());
        assert!(run.err.ends_with("accepted: 0 snapshots\n"), "{}", run.err);
    }
    assert_eq!(fs::read(file(&dir, "one_example_org.csv")).unwrap(), before);
    assert!(!file(&dir, "three_example_org.csv").exists());
}

#[test]
fn an_acceptance_ends_with_what_was_shown() {
    let dir = accepted_by(&[ONE, TWO]);
    edit(&dir, "cards.ereje", "= 7 one of { 7, 10 }", "= 8 one of { 8, 10 }");
    edit(
        &dir,
        "cards.test.yaml",
        "change: { reader.age: 7 }\n    expect: { outcome: issue }",
        "change: { reader.age: 7 }\n    expect: { outcome: refuse }",
    );
    // What is decided now was accepted by nobody.
    let (code, told) = counts(&dir, &["--require", "1"]);
    assert!(code == 1 && told.contains("with none"), "{told}");
    let run = accept(&dir, ONE, &[]);
    assert!(run.err.contains("recorded: "), "{}", run.show());
    let report = review(dir.path(), &["--signed", "--require", "2"]);
    assert_eq!(report.code, 1);
    assert!(report.out.contains("changed since Екінші <two@example.org> accepted it on 20"), "{}", report.show());
    // Without being asked for more, another acceptance shows and records nothing.
    let run = accept(&dir, TWO, &[]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.show());
    let run = accept(&dir, TWO, &["--require", "2"]);
    assert!(run.code == 0 && run.out.contains("as accepted, by One <one@example.org>"), "{}", run.show());
    assert_eq!(counts(&dir, &["--require", "2"]), (0, "8 with 2 acceptances".into()));
    // A snapshot that somebody writes by hand was accepted by nobody, even where it is as the policy decides.
    let path = fs::read_dir(dir.path().join("snapshots")).unwrap().map(|entry| entry.unwrap().path());
    let path = path.filter(|path| path.is_file()).min().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Library card", "Library cards")).unwrap();
    edit(&dir, "cards.ereje", "Library card", "Library cards");
    let told = counts(&dir, &[]).1;
    assert!(told.starts_with("8 with none"), "{told}");
}

#[test]
fn another_name_or_file_of_a_case_keeps_its_acceptances() {
    let dir = accepted_by(&[ONE, TWO]);
    edit(&dir, "cards.test.yaml", "a child of six", "a child, six years old");
    fs::create_dir(dir.path().join("more")).unwrap();
    fs::rename(dir.path().join("cards.test.yaml"), dir.path().join("more/cards.test.yaml")).unwrap();
    edit(&dir, "more/cards.test.yaml", "policy: .", "policy: ..");
    let run = accept(&dir, "Three <three@example.org>", &[]);
    assert!(run.err.starts_with("8 renamed, 0 the same\n"), "{}", run.show());
    assert!(run.code == 0 && run.err.ends_with("accepted: 8 snapshots\n"), "{}", run.show());
    // Who takes another name on has not been shown the decisions. What the first two accepted stands beside the snapshots
    // of before, and counts, also when they accept something else.
    assert_eq!(counts(&dir, &[]).1, "8 with 2 acceptances");
    edit(&dir, "more/cards.test.yaml", "a child, six years old", "a child of six");
    edit(
        &dir,
        "more/cards.test.yaml",
        "change: { reader.age: 7 }\n    expect",
        "change: { reader.age: 17 }\n    expect",
    );
    assert!(accept(&dir, ONE, &[]).err.ends_with("recorded: 1 acceptance by One <one@example.org>\n"));
    assert_eq!(counts(&dir, &[]).1, "1 with 1 acceptance, 7 with 2 acceptances");
}

#[test]
fn nobody_is_two_persons() {
    let dir = folder();
    for by in ["One <one@example.org>", "O. One <ONE@example.org>", "one"] {
        accept(&dir, by, &["--require", "9"]);
    }
    assert_eq!(counts(&dir, &["--require", "2"]), (1, "8 with 1 acceptance".into()));
    // Two addresses of one person, which `.mailmap` says.
    let dir = accepted_by(&[ONE]);
    accept(&dir, "One at home <home@example.org>", &["--require", "2"]);
    assert_eq!(counts(&dir, &["--require", "2"]).0, 0);
    let git = Command::new("git").args(["init", "-q", "-b", "main"]).current_dir(dir.path()).status().unwrap();
    assert!(git.success());
    fs::write(dir.path().join(".mailmap"), "One <one@example.org> <home@example.org>\n").unwrap();
    assert_eq!(counts(&dir, &["--require", "2"]), (1, "8 with 1 acceptance".into()));
    let run = accept(&dir, "Home <home@example.org>", &["--require", "2"]);
    assert!(run.err.ends_with("accepted: 0 snapshots\n"), "{}", run.show());
}

#[test]
fn git_says_who_accepts_where_nobody_else_does() {
    let dir = folder();
    let run = review(dir.path(), &["--accept"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.err, @r#"
    8 new, 0 the same
    accepted: 8 snapshots
    nobody is named who accepts, so no acceptance is recorded
      help: name yourself with `--by "NAME <MAIL>"`, or set git's `user.name` and `user.email`
    "#);
    assert_eq!(counts(&dir, &[]).1, "8 with none");
    let run = review(dir.path(), &["--accept", "--require", "1"]);
    assert!(run.code == 2 && run.err.starts_with("error: nobody is named who accepts\n"), "{}", run.show());
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command
            .args(args)
            .current_dir(dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(command.status().unwrap().success());
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["config", "user.name", "Git Author"]);
    // A name alone is half of an author, and no address is made up of an account and a machine.
    let run = review(dir.path(), &["--accept", "--require", "1"]);
    assert_eq!(run.code, 2, "{}", run.show());
    git(&["config", "user.email", "git@example.org"]);
    let run = review(dir.path(), &["--accept", "--require", "1"]);
    assert!(run.err.ends_with("recorded: 8 acceptances by Git Author <git@example.org>\n"), "{}", run.show());
}

#[test]
fn what_cannot_be_counted_is_told() {
    let dir = accepted_by(&[ONE, TWO]);
    let path = file(&dir, "one_example_org.csv");
    let good = fs::read_to_string(&path).unwrap();
    let broken = format!("{good}<<<<<<< ours\n");
    fs::write(&path, &broken).unwrap();
    let run = review(dir.path(), &["--signed", "--format", "json"]);
    let json: Json = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["errors"][0]["file"], "snapshots/accepted/one_example_org.csv");
    let message = json["errors"][0]["message"].as_str().unwrap();
    assert!(run.code == 2 && message.contains("one_example_org.csv:10` is no acceptance: "), "{}", run.show());
    assert_eq!(json["signed"]["decisions"][0]["acceptances"], 1);
    // Nothing is written over it.
    edit(&dir, "cards.ereje", "Library card", "Library cards");
    let run = accept(&dir, ONE, &[]);
    assert!(run.code == 2 && run.err.contains("one_example_org.csv:10"), "{}", run.show());
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
    fs::write(&path, &good).unwrap();
    assert_eq!(review(dir.path(), &["--signed"]).code, 0);
    // Names that would fool a reader.
    for by in ["", "=1+1", "A\u{202e}B", "A <b"] {
        let run = accept(&dir, by, &[]);
        assert!(run.code == 2 && run.err.contains("--by"), "{by:?}: {}", run.show());
    }
    for args in [&["--require", "2"][..], &["--by", ONE], &["--signed", "--accept"], &["--signed", "--require", "0"]] {
        assert_eq!(review(dir.path(), args).code, 2, "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_read_or_written_through() {
    let outside = tempfile::tempdir().unwrap();
    let dir = accepted_by(&[ONE]);
    let path = file(&dir, "one_example_org.csv");
    let elsewhere = outside.path().join("kept.csv");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    assert_eq!(review(dir.path(), &["--signed"]).code, 2);
    edit(&dir, "cards.ereje", "Library card", "Library cards");
    assert_eq!(accept(&dir, ONE, &[]).code, 2);
    assert_eq!(fs::read(&elsewhere).unwrap(), before);
}

#[test]
fn programs_and_pull_requests_are_told_too() {
    let dir = accepted_by(&[ONE, TWO]);
    edit(&dir, "cards.ereje", "= 7 one of { 7, 10 }", "= 7 one of { 7, 11 }");
    edit(&dir, "cards.test.yaml", "least: 10", "least: 11");
    accept(&dir, TWO, &[]);
    let run = review(dir.path(), &["--signed", "--require", "2", "--format", "json"]);
    let json: Json = serde_json::from_str(&run.out).unwrap();
    let signed = &json["signed"];
    assert_eq!((run.code, &signed["required"], &signed["lacking"]), (1, &2.into(), &2.into()), "{}", run.out);
    let lacking = signed["decisions"].as_array().unwrap().iter().find(|one| one["acceptances"] == 1).unwrap();
    assert_eq!((&lacking["accepted_by"][0]["by"], &lacking["accepted_before"][0]["by"]), (&TWO.into(), &ONE.into()));
    assert!(lacking["digest"].as_str().unwrap().starts_with("sha256:"));
    let markdown = review(dir.path(), &["--signed", "--require", "2", "--format", "markdown"]).out;
    insta::assert_snapshot!("markdown", lasting(&markdown));
    // Without being asked, nothing is counted.
    assert!(review(dir.path(), &["--format", "json"]).out.find("\"signed\"").is_none());
}
