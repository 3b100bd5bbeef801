//! The map from the law to the cases: every rule, every gap, every choice.

use super::cases::plain_values;
use super::{Loaded, case_files};
use ereje::cases::CaseFile;
use ereje::ids::AssumptionId;
use ereje::source::Sources;
use std::collections::BTreeSet;

/// What `law:` says in the case files of a policy.
fn laws(folder: &str) -> BTreeSet<String> {
    let mut laws = BTreeSet::new();
    for path in case_files(folder) {
        let file: serde_yaml::Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_sequence().unwrap() {
            let name = case["name"].as_str().unwrap();
            let law = case["law"].as_str().unwrap_or_else(|| panic!("{}: `{name}` has no law", path.display()));
            laws.insert(law.to_owned());
        }
    }
    laws
}

/// The map from the law to the cases is whole in both directions: what the README's tables name in a column `law`, a case
/// stands for, and no case stands for what they do not name.
#[test]
fn every_rule_and_every_gap_has_a_case() {
    for folder in ["policies/kz", "policies/vn"] {
        let readme = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
        let mut named = BTreeSet::new();
        let mut in_table = false;
        for line in readme.lines() {
            let cell = line.strip_prefix("| ").and_then(|line| line.split(" | ").next());
            in_table = line.starts_with('|') && (in_table || cell == Some("law"));
            if in_table {
                // A row that goes on with the rule above it has an empty cell.
                named.extend(cell.filter(|c| !c.starts_with('|') && *c != "law" && *c != "---").map(str::to_owned));
            }
        }
        let shown = laws(folder);
        let without: Vec<_> = named.difference(&shown).collect();
        let unnamed: Vec<_> = shown.difference(&named).collect();
        assert!(without.is_empty(), "{folder}: no case for {without:?}");
        assert!(unnamed.is_empty(), "{folder}: not in the README: {unnamed:?}");
    }
}

/// Each choice of each assumption is made by a case, or is one that a case's decision says it depended on.
#[test]
fn every_choice_is_tried() {
    for folder in ["policies/kz", "policies/vn"] {
        let policy = Loaded::read(folder);
        let mut tried = BTreeSet::new();
        for path in case_files(folder) {
            let mut sources = Sources::new();
            let file = sources.add(path.to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
            let (read, findings) = CaseFile::read(&sources, file, &mut |name| Err(name.to_owned()));
            assert!(findings.is_empty(), "{findings:?}");
            for trial in read.unwrap().bind(&policy.0).0 {
                tried.extend(trial.assumed);
                let decision = policy.0.decide_with(&trial.facts, &trial.options).unwrap();
                let decision = serde_json::to_value(decision).unwrap();
                for (name, choice) in plain_values(&decision["assumptions"]).as_object().unwrap() {
                    tried.insert((name.clone(), choice.as_str().unwrap().to_owned()));
                }
            }
        }
        let mut missing = Vec::new();
        for (at, assumption) in policy.0.model().assumptions.iter().enumerate() {
            let choices = policy.0.engine().written_choices(AssumptionId::new(at)).into_iter();
            let choices = choices.map(|choice| (assumption.name.to_string(), choice));
            missing.extend(choices.filter(|choice| !tried.contains(choice)));
        }
        assert!(missing.is_empty(), "{folder}: {missing:?}");
    }
}
