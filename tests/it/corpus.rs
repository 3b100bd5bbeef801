//! The law of other systems, written in Ereje, against the results that those systems expect: `tests/corpus`.
//!
//! `tests/corpus/known.yaml` lists the cases that are known to fail, with what they decide today. A case fails the test
//! if it fails and is not listed, if it is listed and succeeds, or if it decides something else than listed.

use ereje::Policy;
use ereje::diagnostic::human;
use ereje::source::Sources;
use ereje_review::cases::{CaseFile, Trial};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A case that is known to fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// Its case file, relative to `tests/corpus`.
    file: String,
    case: String,
    /// What is not as expected: the part, and its present value.
    part: String,
    decided: String,
    /// Why the other system expects something else.
    why: String,
}

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
    let (read, mut findings) = CaseFile::read(&sources, file, &mut |name| Err(format!("`{name}` is not read here")));
    let (trials, more) = read.map(|read| read.bind(policy)).unwrap_or_default();
    findings.extend(more);
    assert!(findings.is_empty(), "{}", human(&findings, &sources, false));
    trials
}

#[test]
fn law_of_other_systems_is_decided_as_they_decide_it() {
    let known: Vec<Known> = serde_yaml::from_str(&fs::read_to_string(corpus().join("known.yaml")).unwrap()).unwrap();
    assert!(known.iter().all(|known| known.why.len() > 20), "each has to say why");
    let mut known: BTreeMap<(String, String), Known> =
        known.into_iter().map(|known| ((known.file.clone(), known.case.clone()), known)).collect();
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
            let wrong: Vec<(String, String)> =
                judged.wrong.iter().map(|wrong| (wrong.part.to_string(), wrong.got.clone())).collect();
            let expected = match known.remove(&(file.clone(), trial.name.clone())) {
                Some(known) => vec![(known.part, known.decided)],
                None => Vec::new(),
            };
            if wrong != expected {
                problems.push(format!("{file}: {}\n  not as expected: {wrong:?}\n  known: {expected:?}", trial.name));
            }
        }
    }
    problems.extend(known.into_keys().map(|(file, case)| format!("{file}: known and not there: {case}")));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(decided >= 141, "only {decided} cases");
}
