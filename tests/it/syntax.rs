//! Text to Ast.

use ereje::diagnostic::Diagnostic;
use ereje::source::Sources;
use ereje::syntax;
use std::fmt::Write;
use std::path::Path;

fn rendered(sources: &Sources, errors: &[Diagnostic]) -> String {
    let mut out = String::new();
    for error in errors {
        let _ = writeln!(out, "{} {} {}", sources.locate(error.primary.span), error.code, error.message);
        let _ = writeln!(out, "    `{}` {}", sources.slice(error.primary.span), error.primary.text);
        for also in &error.secondary {
            let _ = writeln!(out, "    {} `{}` {}", sources.locate(also.span), sources.slice(also.span), also.text);
        }
        for help in &error.help {
            let _ = writeln!(out, "    help: {help}");
        }
    }
    out
}

fn cases(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/syntax").join(folder);
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
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
