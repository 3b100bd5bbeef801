//! What the checker says of whole policies: nothing of good ones, one thing of bad ones, and what the pages of the codes
//! say of both. A case is a file or, where several files are needed, a folder; a bad case's name begins with its code.

use ereje::check::check;
use ereje::diagnostic::{Code, Diagnostic, Severity, human};
use ereje::source::{FileId, Sources};
use ereje::syntax;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Files and folders of a folder of cases, by name.
fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("check").join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        entries.filter(|p| p.is_dir() || p.extension().is_some_and(|e| e == "ereje")).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The texts of a case with their names.
fn texts(case: &Path) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = if case.is_dir() {
        std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![case.to_path_buf()]
    };
    paths.sort();
    paths.iter().map(|p| (name_of(p).to_owned(), std::fs::read_to_string(p).unwrap())).collect()
}

/// Parses and checks texts as one policy.
fn findings(texts: &[(String, String)]) -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let ids: Vec<FileId> = texts.iter().map(|(name, text)| sources.add(name.as_str(), text.as_str())).collect();
    let mut files = Vec::new();
    let mut found = Vec::new();
    for (id, (name, _)) in ids.into_iter().zip(texts) {
        if name.ends_with(".ereje") {
            let (file, errors) = syntax::parse(&sources, id);
            files.push(file);
            found.extend(errors);
        }
    }
    let checked = check(&files, &sources);
    found.extend(checked.diagnostics);
    let failed = found.iter().any(|d| d.severity() == Severity::Error);
    assert_eq!(checked.model.is_none(), failed, "a Model exactly where there is no error");
    (found, sources)
}

/// The codes that a bad case's name begins with.
fn codes_of(name: &str) -> BTreeSet<Code> {
    let codes: BTreeSet<Code> = name.split('_').map_while(Code::parse).collect();
    assert!(!codes.is_empty(), "{name} begins with no code");
    codes
}

#[test]
fn good_policies_have_no_findings() {
    for case in cases("good") {
        let (found, sources) = findings(&texts(&case));
        assert!(found.is_empty(), "{}\n{}", case.display(), human(&found, &sources, false));
    }
}

#[test]
fn bad_policies_have_the_finding_of_their_name_and_no_other() {
    for case in cases("bad") {
        let name = name_of(&case);
        let (found, sources) = findings(&texts(&case));
        let shown = human(&found, &sources, false);
        let seen: BTreeSet<Code> = found.iter().map(|d| d.code).collect();
        assert_eq!(seen, codes_of(name), "{name}\n{shown}");
        let folder = root().join("check/bad");
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}
