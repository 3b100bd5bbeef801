//! Every bad fact file under `tests/cases/facts/bad` with its findings. A file's name begins with its code.

use super::form::model;
use ereje::diagnostic::{Code, add_bytes, human};
use ereje::facts::{Format, decode};
use ereje::source::Sources;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::it::root().join("tests/cases/facts/bad")
}

/// Bad files in the order of their names.
fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e != "snap")).collect();
    cases.sort();
    cases
}

#[test]
fn every_bad_file_says_what_is_wrong() {
    let model = model();
    let mut seen = BTreeSet::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let code = Code::parse(&name[..5]).unwrap_or_else(|| panic!("{name} begins with no code"));
        let mut sources = Sources::new();
        let findings = match add_bytes(&mut sources, name, &std::fs::read(&case).unwrap()) {
            Ok(file) => {
                let documents = decode(&model, &sources, file, Format::of_name(name).unwrap());
                assert!(documents.iter().all(|d| d.facts.is_some() == d.findings.is_empty()), "{name}");
                documents.into_iter().flat_map(|d| d.findings).collect()
            }
            Err(finding) => vec![*finding],
        };
        assert!(findings.iter().any(|f| f.code == code), "{name} does not give {code}: {findings:#?}");
        seen.extend(findings.iter().map(|f| f.code));
        insta::with_settings!({ snapshot_path => folder(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, human(&findings, &sources, false));
        });
    }
    // What is impossible is only seen by who decides: tests/it/impossible.rs.
    let of_files = |c: &&Code| c.name().starts_with("E06") && **c != Code::E0612;
    let wanted = Code::ALL.iter().filter(|c| of_files(c) || **c == Code::E0702);
    assert_eq!(wanted.filter(|c| !seen.contains(c)).collect::<Vec<_>>(), Vec::<&Code>::new(), "codes without a case");
}
