//! What a policy may read: nothing outside its root, however it is named, and no line of anything else is shown.

use crate::it::cli::{Run, ereje};
use ereje::load::{Bundle, LoadError, PolicyRoot};
use ereje::{Format, Policy};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const POLICY: &str = "policy town.fees\n  from 2026-01-01\n  en \"Fees\"\n\nfacts day: date\nfacts n: integer\nas of day\n\n\
    decision permit\n  refuse > issue\n  otherwise issue\n\nreason MANY en \"Too many.\"\n\nrule many\n  refuse MANY\n  when n > 3\n";

const CASES: &str =
    "policy: ../law\nbase: { day: 2026-02-03, n: 1 }\ncases:\n  - name: few\n    expect: { outcome: issue }\n";

/// Stands in every file that no policy may read.
const SECRET: &str = "hunter2";

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A stranger's work tree `repo` with a sound policy and its cases, beside things that are none of its business.
fn world(more: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let secret = format!("{SECRET}\n");
    let as_policy = format!("policy {SECRET}\n{SECRET} =\n");
    write(
        dir.path(),
        &[
            ("repo/law/a.ereje", POLICY),
            ("repo/cases/a.test.yaml", CASES),
            ("repo/.git/config", &secret),
            ("repo/notes.txt", &secret),
            ("secret.txt", &secret),
            ("secret.csv", &secret),
            ("secret/secret.ereje", &as_policy),
            ("secret/secret.yaml", &secret),
            ("secret/x.test.yaml", &secret),
        ],
    );
    write(dir.path(), more);
    dir
}

/// Everything that is printed about a policy in the work tree.
fn said(run: &Run) -> String {
    format!("{}{}", run.out, run.err)
}

fn refused(run: &Run, what: &str) {
    let said = said(run);
    assert!(!said.contains(SECRET), "{what}: a line of another file is shown\n{said}");
    assert!(said.contains("--allow PATH") || said.contains("a file whose own name ends in"), "{what}: {said}");
    assert_ne!(run.code, 0, "{what}: {said}");
}

#[test]
fn nothing_outside_is_read_by_what_is_written_in_a_policy() {
    let days = |path: &str| format!("calendar c from 2026-01-01 through 2026-12-31 days \"{path}\"\n");
    let table = |path: &str| format!("table t: integer by n from \"{path}\"\n");
    let import = |path: &str| format!("import \"{path}\"\n");
    for (what, text, code) in [
        ("days", days("../../secret.txt"), "E0705"),
        ("days of a csv", days("../../secret.csv"), "E0705"),
        ("the system's", days("../../../../../../../../../../etc/passwd"), "E0705"),
        ("a table", table("../../secret.csv"), "E0705"),
        ("nothing there", table("../../missing.csv"), "E0705"),
        ("inside, of another kind", table("../notes.txt"), "E0705"),
        ("inside, hidden", table("../.git/config"), "E0705"),
        ("a file", import("../../secret/secret.ereje"), "E0705"),
        ("a folder", import("../../secret"), "E0705"),
        ("the folder around", import("../.."), "E0705"),
        ("the whole disk", import("../../../../../../../../../../"), "E0705"),
    ] {
        let dir = world(&[("repo/law/b.ereje", &text)]);
        let run = ereje(dir.path(), &["check", "repo/law"]);
        refused(&run, what);
        assert!(said(&run).contains(code), "{what}: {}", said(&run));
        // Each command that loads the policy refuses it.
        fs::write(dir.path().join("facts.json"), "{\"day\":\"2026-02-03\",\"n\":1}").unwrap();
        for command in [
            &["eval", "-p", "repo/law", "facts.json"][..],
            &["batch", "-p", "repo/law", "facts.json", "-o", "-"],
            &["schema", "-p", "repo/law"],
            &["test", "repo"],
            &["review", "repo"],
            &["mutate", "repo"],
            &["suggest", "repo/law"],
            &["diff", "repo/law", "repo/law"],
        ] {
            refused(&ereje(dir.path(), command), &format!("{what}: {command:?}"));
        }
    }
}

#[test]
fn nothing_outside_is_read_by_what_is_written_beside_a_policy() {
    let table = |path: &str| {
        format!("policy: ../law\nbase: {{ day: 2026-02-03, n: 1 }}\ncases:\n  - name: few\n    csv: {path}\n")
    };
    let of = |path: &str| CASES.replace("../law", path);
    for (what, text) in [
        ("csv", table("../../secret.csv")),
        ("csv of the system", table("/etc/passwd")),
        ("csv of another kind", table("../notes.txt")),
        ("the policy", of("../../secret")),
        ("the policy of the system", of("/etc")),
    ] {
        let dir = world(&[("repo/cases/b.test.yaml", &text)]);
        for command in ["test", "review", "mutate"] {
            refused(&ereje(dir.path(), &[command, "repo/cases"]), &format!("{what}: {command}"));
        }
        let run = ereje(dir.path(), &["diff", "repo/law", "repo/law", "--cases", "repo/cases"]);
        assert!(!said(&run).contains(SECRET), "{what}: {}", said(&run));
    }
}

#[cfg(unix)]
#[test]
fn links_are_resolved_before_it_is_asked() {
    use std::os::unix::fs::symlink;
    let table = "table t: integer by n from \"fees.csv\"\n";
    for (what, to, link, text) in [
        ("a policy file", "../../secret/secret.ereje", "law/b.ereje", ""),
        ("a policy file that is none", "../notes.txt", "law/b.ereje", ""),
        ("a folder", "../../secret", "law/more", ""),
        ("a table", "../../secret.csv", "law/fees.csv", table),
        ("a table that is none", "../notes.txt", "law/fees.csv", table),
        ("a hidden table", "../.git/config", "law/fees.csv", table),
        ("a folder of tables", "../..", "law/up", "table t: integer by n from \"up/secret.csv\"\n"),
        ("nothing in a folder elsewhere", "../..", "law/up", "table t: integer by n from \"up/secre.csv\"\n"),
    ] {
        let dir = world(&[("repo/law/c.ereje", text)]);
        symlink(to, dir.path().join("repo").join(link)).unwrap();
        let run = ereje(dir.path(), &["check", "repo/law"]);
        refused(&run, what);
        assert!(said(&run).contains("E0705"), "{what}: {}", said(&run));
        assert!(!said(&run).contains("did you mean"), "{what}: {}", said(&run));
    }
    for (what, to, link, command) in [
        ("a case file", "../../secret/x.test.yaml", "cases/b.test.yaml", &["test", "repo/cases"][..]),
        ("a case file that is none", "../notes.txt", "cases/b.test.yaml", &["test", "repo/cases"]),
        ("a case file that is named", "../notes.txt", "cases/b.test.yaml", &["test", "repo/cases/b.test.yaml"]),
        ("explanations", "../../secret/secret.yaml", "law/mutants.yaml", &["mutate", "repo/cases"]),
        ("a file to format", "../notes.txt", "law/b.ereje", &["fmt", "repo/law"]),
        ("a file to format, elsewhere", "../../secret/secret.ereje", "law/b.ereje", &["fmt", "--check", "repo/law"]),
        ("the folder that is named", "../secret", "pol", &["check", "repo/pol"]),
        ("the file that is named", "../../secret/secret.ereje", "law/b.ereje", &["check", "repo/law/b.ereje"]),
        ("a folder of the system", "/", "pol", &["check", "repo/pol"]),
        ("a folder of cases", "../secret", "more", &["test", "repo/more"]),
    ] {
        let dir = world(&[]);
        symlink(to, dir.path().join("repo").join(link)).unwrap();
        refused(&ereje(dir.path(), command), what);
    }
    // A snapshot of a decision.
    let dir = world(&[]);
    assert_eq!(ereje(dir.path(), &["review", "repo/cases", "--accept"]).code, 0);
    let snapshot = fs::read_dir(dir.path().join("repo/cases/snapshots")).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read_to_string(&snapshot).unwrap().replace("issue", SECRET);
    fs::write(dir.path().join("secret.snap"), kept).unwrap();
    fs::remove_file(&snapshot).unwrap();
    symlink("../../../secret.snap", &snapshot).unwrap();
    let run = ereje(dir.path(), &["review", "repo/cases"]);
    assert!(!said(&run).contains(SECRET) && said(&run).contains("leads outside"), "{}", said(&run));
    // Links within the work tree are followed.
    let dir = world(&[("repo/shared/b.ereje", "import \"../tables\"\n"), ("repo/tables/t.ereje", "unit m2\n")]);
    symlink("../shared/b.ereje", dir.path().join("repo/law/b.ereje")).unwrap();
    symlink("../tables", dir.path().join("repo/law/tables")).unwrap();
    let run = ereje(dir.path(), &["check", "repo/law"]);
    assert!(run.code == 0 || !said(&run).contains("E0705"), "{}", said(&run));
}

#[test]
fn what_is_wanted_is_allowed() {
    let text = "table fee: integer by n from \"../../fees.csv\"\n";
    let dir = world(&[("repo/law/b.ereje", text), ("fees.csv", "n,fee\n1,2\n")]);
    let check = |more: &[&str]| ereje(dir.path(), &[&["check", "repo/law"], more].concat());
    refused(&check(&[]), "nothing allowed");
    refused(&check(&["--allow", "secret.csv"]), "something else allowed");
    for more in [
        &["--allow", "fees.csv"][..],
        &["--allow", "."],
        &["--root", "."],
        &["--allow", "secret", "--allow", "fees.csv"],
    ] {
        let run = check(more);
        assert!(!said(&run).contains("E0705"), "{more:?}: {}", said(&run));
    }
    // A narrower root than the default.
    let run = ereje(dir.path(), &["test", "repo/cases", "--root", "repo/cases"]);
    refused(&run, "a narrow root");
    let run = check(&["--allow", "not/there"]);
    assert_eq!((run.code, run.err.as_str()), (2, "error: there is no file or folder `not/there`\n"));
}

#[test]
fn without_a_work_tree_the_folder_around_is_the_root() {
    let dir = tempfile::tempdir().unwrap();
    let import = |path: &str| format!("{POLICY}import \"{path}\"\n");
    write(
        dir.path(),
        &[
            ("a/law/a.ereje", &import("../common")),
            ("a/common/b.ereje", "unit m2\n"),
            ("a/far/a.ereje", &import("../../other")),
            ("other/b.ereje", "unit m2\n"),
        ],
    );
    let codes = |path: &str| {
        let found = Bundle::load(&dir.path().join(path)).unwrap().diagnostics;
        found.iter().map(|d| d.code.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes("a/law"), "");
    assert_eq!(codes("a/law/a.ereje"), "");
    assert_eq!(codes("a/far"), "E0705");
    // With a work tree around both, everything in it may be read; its `.git` may be a file.
    write(dir.path(), &[(".git", "gitdir: elsewhere\n")]);
    assert_eq!(codes("a/far"), "");
    // The nearest work tree counts.
    fs::create_dir(dir.path().join("a/.git")).unwrap();
    assert_eq!(codes("a/far"), "E0705");
    assert_eq!(codes("a/law"), "");
}

#[test]
fn a_host_sets_the_root_and_texts_in_memory_have_none() {
    let dir = world(&[("repo/law/b.ereje", "import \"../../secret\"\n"), ("secret/secret.ereje", "unit m2\n")]);
    let law = dir.path().join("repo/law");
    let error = Policy::load(&law).unwrap_err().to_string();
    assert!(error.contains("E0705") && error.contains("--allow PATH"), "{error}");
    let root = PolicyRoot::default().allow(dir.path().join("secret"));
    let policy = Policy::load_within(&law, &root).unwrap_or_else(|error| panic!("{error}"));
    let facts = policy.facts("{ day: 2026-02-03, n: 9 }", Format::Yaml).unwrap();
    assert_eq!(policy.decide(&facts[0]).outcome, "refuse");
    assert!(Policy::load_within(&law, &PolicyRoot::default().at(dir.path())).is_ok());
    let outside = Bundle::load_behind(&law, &root.at(dir.path().join("secret")).of(&law).unwrap()).unwrap_err();
    assert!(matches!(outside, LoadError::Refused { .. }), "{outside}");
    let texts =
        [("a.ereje", format!("{POLICY}import \"../../../b.ereje\"\n")), ("../../../b.ereje", "unit m2\n".into())];
    assert!(Policy::from_texts(texts).is_ok());
}

/// What people see.
#[test]
fn a_refusal_says_what_to_do() {
    let dir = world(&[("repo/law/b.ereje", "import \"../../secret\"\n")]);
    let run = ereje(dir.path(), &["check", "repo/law"]);
    let real = dir.path().canonicalize().unwrap().display().to_string();
    insta::assert_snapshot!(said(&run).replace(&real, "/home/me"), @r#"
    error[E0705]: `../../secret` may not be read by this policy
     --> repo/law/b.ereje:1:8
      |
    1 | import "../../secret"
      |        ^^^^^^^^^^^^^^ outside the git work tree `repo`
      |
      = help: put what the policy needs below that folder, or allow it: `--allow PATH` adds a file or a folder, `--root DIR` takes another root
    checked 1 policy of 2 files: 1 error
    "#);
    let run = ereje(dir.path(), &["check", "repo/law", "--root", "repo/cases"]);
    insta::assert_snapshot!(said(&run).replace(&real, "/home/me"), @r"
    error: `repo/law` may not be read: outside the root `cases`
      help: put what the policy needs below that folder, or allow it: `--allow PATH` adds a file or a folder, `--root DIR` takes another root
    ");
}
