//! Every case file of the repository: all evaluators give the same answers.

use super::Ways;
use crate::it::generate::Draw;
use crate::it::properties::numbers;
use crate::it::reference;
use ereje::Policy;
use ereje::engine::Engine;
use ereje::model::Choices;
use ereje::source::Sources;
use ereje_review::cases::CaseFile;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The case files under a folder, except those that are wrong on purpose.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "bad" {
            files(&path, found);
        } else if name.ends_with(".test.yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_case_of_every_policy_is_decided_alike() {
    let root = crate::it::root();
    let mut paths = Vec::new();
    files(&root.join("policies"), &mut paths);
    files(&root.join("tests/cases"), &mut paths);
    let numbers = numbers(110_000_000);
    let (mut trials, mut slow) = (0, 0);
    let mut known: Option<(PathBuf, Policy)> = None;
    for path in paths {
        let folder = path.parent().unwrap();
        let mut sources = Sources::new();
        let text = std::fs::read_to_string(&path).unwrap();
        let named = text.lines().find_map(|line| line.strip_prefix("policy: ")).expect("it names its policy");
        let policy = folder.join(named);
        if known.as_ref().is_none_or(|(path, _)| *path != policy) {
            known = Some((policy.clone(), Policy::load(&policy).unwrap_or_else(|error| panic!("{error}"))));
        }
        let policy = &known.as_ref().unwrap().1;
        let file = sources.add("cases", text);
        let mut csv = |name: &str| std::fs::read(folder.join(name)).map_err(|error| error.to_string());
        let (read, _) = CaseFile::read(&mut sources, file, &mut csv);
        let mut d = Draw::new(&numbers);
        // Most cases of a file ask the same question.
        let mut asked: BTreeMap<String, Ways<'_>> = BTreeMap::new();
        for trial in read.expect("it can be read").bind(policy).0 {
            let ways = asked
                .entry(format!("{:?}", trial.options))
                .or_insert_with(|| Ways::new(policy.engine(), &trial.options).expect("a plan"));
            ways.check(&trial.facts, &mut d)
                .unwrap_or_else(|what| panic!("{}: {}: {what}", path.display(), trial.name));
            trials += 1;
            // The reference evaluator is slow, so it decides only some.
            if trials % 7 == 0 {
                slow += 1;
                let model = policy.model();
                let choices = trial.options.choices.clone().unwrap_or_else(|| Choices::defaults(model));
                let answer = reference::answer(model, &trial.facts, &choices, &Engine::question(&trial.options));
                let codes: Vec<&str> = answer.reasons.iter().map(|line| line.code.as_str()).collect();
                let line = serde_json::json!({ "outcome": answer.outcome, "reasons": codes }).to_string();
                assert_eq!(ways.expected(&trial.facts), line, "{}: {}\n{answer:#?}", path.display(), trial.name);
            }
        }
    }
    assert!(trials > 800 && slow > 100, "{trials} cases, {slow} of them by the reference evaluator");
}
