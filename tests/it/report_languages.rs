//! The reports of `test` and `review` in the languages of a policy. What programs read is the same in each.

use super::cli::{Run, ereje};
use crate::it::root;
use insta::assert_snapshot;
use std::fs;
use std::path::Path;

/// Half a policy in four languages, and cases that leave a part of it out; one is not as expected.
fn library() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in ["library.ereje", "library.test.yaml"] {
        fs::copy(root().join("tests/cases/languages").join(name), dir.path().join(name)).unwrap();
    }
    dir
}

fn run(dir: &Path, args: &[&str]) -> Run {
    ereje(dir, args)
}

#[test]
fn coverage_and_results_in_each_language() {
    let dir = library();
    for language in ["en", "ru", "kk", "vi"] {
        let run = run(dir.path(), &["test", ".", "--coverage", "--lang", language]);
        assert_snapshot!(format!("coverage_{language}"), run.show());
    }
}

#[test]
fn a_review_in_each_language() {
    for language in ["en", "ru", "kk", "vi"] {
        let dir = library();
        let by = ["--by", "First Reviewer <first@example.org>"];
        let accept = [&["review", ".", "--lang", language, "--accept"], &by[..]].concat();
        run(dir.path(), &accept);
        let policy = dir.path().join("library.ereje");
        let text = fs::read_to_string(&policy).unwrap();
        fs::write(&policy, text.replace("= 7 years", "= 8 years")).unwrap();
        let cases = dir.path().join("library.test.yaml");
        let text = fs::read_to_string(&cases).unwrap();
        let text = text.replace("- name: a child of seven", "- name: a child who is seven");
        fs::write(&cases, text.replace("- name: a child of six", "- name: a child of six years")).unwrap();
        fs::write(dir.path().join("snapshots/library__the_register_is_down.snap"), "kept").unwrap();
        let shown: String = [&["--format", "text"][..], &["--format", "markdown", "--signed"]]
            .into_iter()
            .map(|format| run(dir.path(), &[&["review", ".", "--lang", language], format].concat()).show())
            .collect();
        let accepted = dir.path().join("snapshots/accepted");
        let accepted = fs::read_dir(accepted).unwrap().next().unwrap().unwrap().path();
        let text = fs::read_to_string(accepted).unwrap();
        // A time begins with its day.
        let today =
            text.split(['"', ',', '\n']).find(|cell| cell.ends_with('Z')).and_then(|time| time.get(..10)).unwrap();
        assert_snapshot!(format!("review_{language}"), shown.replace(today, "TODAY"));
    }
}

#[test]
fn what_programs_read_has_no_language() {
    let dir = library();
    let of = |language: &str, args: &[&str]| {
        let shown = run(dir.path(), &[args, &["--lang", language]].concat());
        let lcov = fs::read_to_string(dir.path().join("lcov")).unwrap_or_default();
        format!("{}{lcov}", shown.out)
    };
    for args in [
        &["test", ".", "--format", "json", "--coverage"][..],
        &["test", ".", "--format", "junit"],
        &["test", ".", "--coverage=counts", "--coverage-lcov", "lcov", "--format", "json"],
    ] {
        let english = of("en", args);
        assert!(english.len() > 200, "{english}");
        for language in ["ru", "kk", "vi", "fr"] {
            assert_eq!(of(language, args), english, "{args:?} {language}");
        }
    }
}

#[test]
fn a_language_that_the_policy_lacks_is_told() {
    let dir = library();
    let shown = run(dir.path(), &["test", ".", "--coverage=counts", "--lang", "fr"]);
    assert!(
        shown.err.contains("the policy has no texts in `fr` (it has en, kk, ru, vi), so `en` is used"),
        "{}",
        shown.show()
    );
    assert!(shown.out.contains("what 5 cases exercise of"), "{}", shown.show());
}
