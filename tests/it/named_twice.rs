//! A file that is named twice counts once, by whatever paths it is named.

use crate::it::cli::{ereje, folder};
use std::fs;

/// A policy in `p` and a draft of it in `q`, each with its cases and facts.
fn laws() -> tempfile::TempDir {
    let dir = folder();
    for name in ["p", "q"] {
        assert_eq!(ereje(dir.path(), &["new", name]).code, 0);
    }
    dir
}

/// What a command says of these words, which says the same with one of them alone.
fn once(words: &[&str], named: &[&str]) {
    let dir = laws();
    #[cfg(unix)]
    std::os::unix::fs::symlink("p", dir.path().join("link")).unwrap();
    let of = |named: &[&str]| ereje(dir.path(), &[words, named].concat()).show();
    let alone = of(&named[..1]);
    assert_eq!(of(named), alone, "{words:?} {named:?}");
}

#[test]
fn case_files_and_policies() {
    let cases = ["p", "./p", "p/cases.test.yaml", "q/../p/cases.test.yaml"];
    for words in [&["test", "--list"][..], &["review", "--signed"], &["mutate", "--filter", "longest"]] {
        once(words, &cases);
    }
    once(&["check"], &["p", "./p/", "q/../p"]);
    once(&["fmt", "--check"], &["p", "p/policy.ereje", "./p/policy.ereje"]);
    once(&["fmt", "--check", "--upgrade"], &["p", "q/../p"]);
    #[cfg(unix)]
    once(&["check"], &["p", "link"]);
}

#[test]
fn applications_of_a_comparison() {
    let facts = ["p/facts/northtown.yaml", "./p/facts/northtown.yaml", "q/../p/facts/northtown.yaml"];
    once(&["diff", "p", "q", "--facts"], &facts);
    once(&["diff", "p", "q", "--cases"], &["p", "p/cases.test.yaml", "./p"]);
    let dir = laws();
    // Two files that look alike are two, and so are two of one name.
    fs::copy(dir.path().join("p/facts/northtown.yaml"), dir.path().join("again.yaml")).unwrap();
    let run = ereje(dir.path(), &["diff", "p", "q", "--facts", "p/facts/northtown.yaml", "--facts", "again.yaml"]);
    assert!(run.out.contains("2 applications decided"), "{}", run.show());
    let text = fs::read_to_string(dir.path().join("p/cases.test.yaml")).unwrap();
    fs::create_dir(dir.path().join("p/more")).unwrap();
    fs::write(dir.path().join("p/more/cases.test.yaml"), text.replace("policy: .", "policy: ..")).unwrap();
    let run =
        ereje(dir.path(), &["diff", "p", "q", "--cases", "p/cases.test.yaml", "--cases", "p/more/cases.test.yaml"]);
    let both = ereje(dir.path(), &["diff", "p", "q", "--cases", "p"]);
    assert!(run.out == both.out && !run.out.contains("11 applications"), "{}", run.show());
}
