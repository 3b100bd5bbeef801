//! From text to Ast.

mod limits;
mod robust;
mod trees;

use ereje::diagnostic::{Diagnostic, human};
use ereje::source::Sources;
use ereje::syntax;

fn rendered(sources: &Sources, errors: &[Diagnostic]) -> String {
    human(errors, sources, false)
}

fn cases(folder: &str) -> Vec<(String, String)> {
    let folder = crate::it::root().join("tests/cases/syntax").join(folder);
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "ereje"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a text");
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), text)
        })
        .collect();
    cases.sort();
    cases
}

#[test]
fn good_files_have_no_errors() {
    for (name, text) in cases("good") {
        let mut sources = Sources::new();
        let file = sources.add(format!("{name}.ereje"), text);
        let (tree, errors) = syntax::parse(&sources, file);
        assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
        assert!(!tree.items.is_empty(), "{name}");
    }
}

/// The repository's own policies.
#[test]
fn policies_parse() {
    let root = crate::it::root();
    let mut failed = String::new();
    for folder in ["policies/kz", "policies/vn", "benches/residence"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|e| e != "ereje") {
                continue;
            }
            let mut sources = Sources::new();
            let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(&path).expect("a text"));
            failed += &rendered(&sources, &syntax::parse(&sources, file).1);
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// Each bad case with its findings, beside the case.
#[test]
fn bad_files_say_what_is_wrong() {
    let folder = crate::it::root().join("tests/cases/syntax/bad");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, text) in cases("bad") {
        let mut sources = Sources::new();
        let file = sources.add(format!("{name}.ereje"), text);
        let (_, errors) = syntax::parse(&sources, file);
        let code = &name[..5];
        assert!(errors.iter().any(|e| e.code.name() == code), "{name} has no {code}");
        settings.bind(|| insta::assert_snapshot!(name.clone(), rendered(&sources, &errors)));
    }
}

/// One text as a file.
fn parse(text: impl Into<String>) -> (Sources, ereje::syntax::ast::File, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let file = sources.add("a.ereje", text.into());
    let (tree, errors) = syntax::parse(&sources, file);
    (sources, tree, errors)
}

fn codes(errors: &[Diagnostic]) -> Vec<&'static str> {
    errors.iter().map(|e| e.code.name()).collect()
}
