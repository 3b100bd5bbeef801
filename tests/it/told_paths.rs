//! Reports are passed on, so they hold no path of the machine that they were made on.

use crate::it::cli::ereje;
use std::fs;
use std::path::Path;

/// A policy and a draft of it, with cases, in a folder of a work tree.
fn laws(folder: &Path) {
    for name in ["law", "draft"] {
        assert_eq!(ereje(folder, &["new", name]).code, 0);
    }
    let policy = folder.join("draft/policy.ereje");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace("longest: m = 6 m", "longest: m = 5 m")).unwrap();
}

/// Everything that diff, coverage and review say of two policies that are named by absolute paths.
fn reports(here: &Path, folder: &Path) -> String {
    let [old, new] = ["law", "draft"].map(|name| folder.join(name).display().to_string());
    let facts = folder.join("law/facts/northtown.yaml").display().to_string();
    let mut all = String::new();
    let mut take = |args: &[&str], written: &[&str]| {
        let run = ereje(here, args);
        assert!(run.code < 2, "{args:?}: {}", run.show());
        all.push_str(&run.out);
        written.iter().for_each(|name| all.push_str(&fs::read_to_string(here.join(name)).unwrap()));
    };
    for format in ["text", "markdown", "json", "html"] {
        take(&["diff", &old, &new, "--format", format], &[]);
        take(&["diff", &old, &new, "--format", format, "--facts", &facts], &[]);
    }
    let files = ["c.html", "c.lcov"];
    take(&["test", &old, "--coverage=full", "--coverage-html", files[0], "--coverage-lcov", files[1]], &files);
    for format in ["text", "markdown", "json"] {
        take(&["review", &old, "--format", format], &[]);
    }
    all
}

/// Nor does a finding about what a policy may not read: it names the folder, and not the way to it.
#[test]
fn no_refusal_has_a_path_of_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("office/.git")).unwrap();
    laws(&dir.path().join("office"));
    let machine = dir.path().canonicalize().unwrap().display().to_string();
    let office = dir.path().join("office");
    let policy = office.join("law/policy.ereje");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("{text}\nimport \"../../elsewhere\"\n")).unwrap();
    for args in [
        &["check", "law"][..],
        &["check", "law", "--format", "json"],
        &["check", "law", "--format", "sarif"],
        &["check", "law", "--root", "draft"],
        &["eval", "-p", "law", "draft/facts/northtown.yaml"],
        &["test", "law", "--format", "json"],
        &["test", "law", "--format", "junit"],
        &["review", "law"],
        &["diff", "law", "draft"],
        &["check", "../elsewhere/law.ereje", "--root", "."],
    ] {
        let run = ereje(&office, args);
        let told = format!("{}{}", run.out, run.err);
        assert!(run.code > 0 && told.contains("outside"), "{args:?}: {}", run.show());
        assert!(!told.contains(&machine), "{args:?}: {}", run.show());
    }
}

#[test]
fn no_report_has_a_path_of_the_machine() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir_all(dir.path().join(".git")).unwrap();
    fs::create_dir_all(dir.path().join("office/desk")).unwrap();
    let folder = dir.path().join("office");
    laws(&folder);
    let machine = dir.path().display().to_string();
    // From around, from beside, and from a folder that has nothing to do with it.
    for (here, name) in [
        (dir.path().to_path_buf(), "office/law/policy.ereje"),
        (folder.clone(), "law/policy.ereje"),
        (folder.join("desk"), "../law/policy.ereje"),
        (elsewhere.path().to_path_buf(), "office/law/policy.ereje"),
    ] {
        let reports = reports(&here, &folder);
        let found = reports.lines().find(|line| line.contains(&machine));
        assert_eq!(found, None, "from {}", here.display());
        assert!(reports.contains(name), "no {name} from {}", here.display());
    }
}

#[test]
fn findings_for_programs_are_named_from_here() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("law")).unwrap();
    fs::write(dir.path().join("law/a.ereje"), "policy a.b\nnonsense\n").unwrap();
    let named = dir.path().join("law").display().to_string();
    for format in ["sarif", "json", "text", "short"] {
        let run = ereje(dir.path(), &["check", &named, "--format", format]);
        assert_eq!(run.code, 1, "{}", run.show());
        assert!(run.show().contains("law/a.ereje") && !run.show().contains(&named), "{}", run.show());
    }
}
