//! The map from the law to the cases: every rule and every gap.

use super::{Loaded, case_files};
use crate::it::root;
use std::collections::BTreeSet;

/// The values of `law:` in the case files of a policy.
fn laws(folder: &str) -> BTreeSet<String> {
    let policy = Loaded::read(folder);
    let trials = case_files(folder).into_iter().flat_map(|path| policy.trials(&path));
    trials.map(|trial| trial.law.unwrap_or_else(|| panic!("{folder}: `{}` has no law", trial.name))).collect()
}

/// The map from the law to the cases is complete in both directions: every entry in a column `law` of the README's
/// tables has a case, and every case has an entry.
#[test]
fn every_rule_and_every_gap_has_a_case() {
    for folder in ["policies/kz", "policies/vn"] {
        let readme = std::fs::read_to_string(root().join(folder).join("README.md")).unwrap();
        let mut named = BTreeSet::new();
        let mut in_table = false;
        for line in readme.lines() {
            let cell = line.strip_prefix("| ").and_then(|line| line.split(" | ").next());
            in_table = line.starts_with('|') && (in_table || cell == Some("law"));
            if in_table {
                // A row that continues the rule above it has an empty cell.
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
