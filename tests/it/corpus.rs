//! The law of other systems, written in Ereje, against the results that those systems expect: `tests/corpus`.

use ereje::Policy;
use ereje::diagnostic::human;
use ereje::source::Sources;
use ereje_review::cases::{CaseFile, Trial};
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    crate::it::root().join("tests/corpus")
}

/// The case files under a folder, by name.
fn case_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            case_files(&path, found);
        } else if path.to_str().unwrap().ends_with(".test.yaml") {
            found.push(path);
        }
    }
}

/// The trials of a case file without findings.
fn trials(policy: &Policy, path: &Path) -> Vec<Trial> {
    let mut sources = Sources::new();
    let file = sources.add(path.to_str().unwrap(), fs::read_to_string(path).unwrap());
    let (read, mut findings) =
        CaseFile::read(&mut sources, file, &mut |name| Err(format!("`{name}` is not read here")));
    let (trials, more) = read.map(|read| read.bind(policy)).unwrap_or_default();
    findings.extend(more);
    assert!(findings.is_empty(), "{}", human(&findings, &sources, false));
    trials
}

#[test]
fn law_of_other_systems_is_decided_as_they_decide_it() {
    let mut files = Vec::new();
    case_files(&corpus(), &mut files);
    let (mut problems, mut decided) = (Vec::new(), 0);
    for path in files {
        let folder = path.parent().unwrap();
        let policy = Policy::load(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let file = path.strip_prefix(corpus()).unwrap().to_str().unwrap().replace('\\', "/");
        for trial in trials(&policy, &path) {
            decided += 1;
            let judged = trial.run(&policy).unwrap_or_else(|findings| panic!("{file}: {}: {findings:?}", trial.name));
            for wrong in judged.wrong {
                let (part, expected, got) = (wrong.part, wrong.expected, wrong.got);
                problems.push(format!("{file}: {}\n  {part}: expected {expected}, got {got}", trial.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(decided >= 190, "only {decided} cases");
}
