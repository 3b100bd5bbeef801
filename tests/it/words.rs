//! What people write who know other languages, spreadsheets and countries, and the one finding that tells them what to
//! write here. The inputs are data, `tests/cases/words/*.txt`; each stands beside the policy of `base.ereje`, or, if it
//! is a fact file, is read against it.

use ereje::check::check;
use ereje::diagnostic::{Diagnostic, human};
use ereje::facts::{Format, decode};
use ereje::source::Sources;
use ereje::syntax;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    crate::it::root().join("tests/cases/words")
}

/// One input: `=== TITLE`, or `=== TITLE | KIND`, then its text; `--- NAME` begins a file beside it.
struct Written {
    title: String,
    /// Empty for a policy file; `alone` for one without the base; else the ending of a fact file.
    kind: String,
    text: String,
    beside: Vec<(String, String)>,
}

fn inputs(text: &str) -> Vec<Written> {
    text.split("=== ")
        .skip(1)
        .map(|block| {
            let (head, text) = block.split_once('\n').unwrap();
            let (title, kind) = head.split_once(" | ").unwrap_or((head, ""));
            let mut parts = text.split("--- ");
            let text = parts.next().unwrap().to_owned();
            let beside = parts.map(|part| part.split_once('\n').unwrap()).map(|(n, t)| (n.to_owned(), t.to_owned()));
            Written { title: title.to_owned(), kind: kind.to_owned(), text, beside: beside.collect() }
        })
        .collect()
}

/// All findings about an input, and their rendering.
fn findings(written: &Written, base: &str) -> (Vec<Diagnostic>, String) {
    if matches!(written.kind.as_str(), "yaml" | "json" | "csv") {
        let mut sources = Sources::new();
        let id = sources.add("base.ereje", base);
        let model = check(&[syntax::parse(&sources, id).0], &sources).model.unwrap();
        let name = format!("facts.{}", written.kind);
        let file = sources.add(name.as_str(), written.text.as_str());
        let documents = decode(&model, &sources, file, Format::of_name(&name).unwrap());
        let found: Vec<Diagnostic> = documents.into_iter().flat_map(|d| d.findings).collect();
        let shown = human(&found, &sources, false);
        return (found, shown);
    }
    let mut sources = Sources::new();
    let mut texts = vec![("written.ereje", written.text.as_str())];
    if written.kind != "alone" {
        texts.push(("base.ereje", base));
    }
    texts.extend(written.beside.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let (mut found, mut files) = (Vec::new(), Vec::new());
    for (name, text) in texts {
        let id = sources.add(name, text);
        if name.ends_with(".ereje") {
            let (file, errors) = syntax::parse(&sources, id);
            files.push(file);
            found.extend(errors);
        }
    }
    found.extend(check(&files, &sources).diagnostics);
    let shown = human(&found, &sources, false);
    (found, shown)
}

#[test]
fn each_slip_is_told_once_with_what_to_write() {
    let base = fs::read_to_string(folder().join("base.ereje")).unwrap();
    let mut groups: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    groups.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    groups.sort();
    let mut wrong = String::new();
    for path in groups {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut page = String::new();
        for written in inputs(&fs::read_to_string(&path).unwrap()) {
            let (found, shown) = findings(&written, &base);
            if found.len() != 1 || found.iter().any(|finding| finding.help.is_empty()) {
                let _ = writeln!(wrong, "{name}: {}: {} findings, or no help\n{shown}", written.title, found.len());
            }
            let _ = writeln!(page, "=== {}\n{}\n", written.title, shown.trim_end());
        }
        insta::with_settings!({ snapshot_path => folder(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, page);
        });
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The base is right as it is, so that every finding is about what is written beside it.
#[test]
fn the_base_has_no_findings() {
    let base = fs::read_to_string(folder().join("base.ereje")).unwrap();
    let nothing = Written { title: String::new(), kind: String::new(), text: String::new(), beside: Vec::new() };
    let (found, shown) = findings(&nothing, &base);
    assert!(found.is_empty(), "{shown}");
}
