//! The targets of links exist: pages, their headings, and paths in the repository.

use super::page::{Part, parts};
use super::root;
use crate::it::layers::rust_files;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of the repository; a name that begins with one of them is a path from its root.
const FOLDERS: [&str; 8] = ["benches/", "crates/", "docs/", "examples/", "grammar/", "policies/", "src/", "tests/"];

/// The pages outside `docs`.
const PAGES: [&str; 8] = [
    "ARCHITECTURE.md",
    "BENCHMARKS.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "benches/peers/README.md",
    "policies/kz/README.md",
    "policies/vn/README.md",
];

/// All pages, as paths from the root.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = PAGES.iter().map(PathBuf::from).collect();
    for folder in ["docs", "docs/codes", "docs/decisions"] {
        let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let files = files.map(|name| Path::new(folder).join(name));
        pages.extend(files.filter(|path| path.extension().is_some_and(|e| e == "md")));
    }
    pages.sort();
    pages
}

/// The text of a page outside its fences.
fn prose(text: &str) -> String {
    let parts = parts(text).into_iter();
    parts.filter_map(|part| if let Part::Prose(prose) = part { Some(prose) } else { None }).collect()
}

/// All texts between two marks.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inner, _)| inner).collect()
}

/// The anchors of a page's headings, as code hosts make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    headings.map(|h| h.to_lowercase().chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-")).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = prose(&fs::read_to_string(root().join(&page)).unwrap());
        let folder = page.parent().unwrap();
        for target in between(&text, "](", ")") {
            if target.contains("://") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { root().join(&page) } else { root().join(folder).join(file) };
            let found = path.exists()
                && (heading.is_empty() || anchors(&prose(&fs::read_to_string(&path).unwrap())).contains(heading));
            if !found {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn every_path_of_the_repository_is_there() {
    let folders: Vec<&str> = FOLDERS.into_iter().filter(|folder| root().join(folder).exists()).collect();
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let words: Vec<String> = parts(&text)
            .iter()
            .flat_map(|part| match part {
                Part::Prose(prose) => between_backquotes(prose),
                Part::Block(block) if block.language == "sh" => {
                    block.text.split_whitespace().map(str::to_owned).collect()
                }
                Part::Block(_) => Vec::new(),
            })
            .collect();
        for word in words {
            let word = word.trim_end_matches([',', ';', ':', '.']);
            // A name with a placeholder in capitals, such as `docs/codes/CODE.md`, stands for many files.
            let kind = word.contains(['*', '…', '<']) || word.contains("CODE") || word.contains("STAGE");
            if folders.iter().any(|folder| word.starts_with(folder)) && !kind && !root().join(word).exists() {
                missing.push(format!("{}: {word}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "paths that are not there:\n{}", missing.join("\n"));
}

/// The words in backquotes; a pair of backquotes never goes beyond its paragraph.
fn between_backquotes(prose: &str) -> Vec<String> {
    let paragraphs = prose.split("\n\n");
    let quoted = paragraphs.flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    quoted.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// The Rust sources of all crates, each with the names of its folders and its own: for `src/eval/causes.rs`, `eval` and
/// `causes`.
fn sources() -> Vec<(Vec<String>, String)> {
    ["src", "crates"]
        .into_iter()
        .flat_map(|folder| rust_files(&root().join(folder)))
        .map(|path| {
            let inside = path.strip_prefix(root()).unwrap().with_extension("");
            let names = inside.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
            (names, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The type in `eval::Verdict` and `Verdict::NotInForce` is the first part with a capital letter: modules come before
/// it, a variant after it.
#[test]
fn the_types_of_the_glossary_are_there() {
    let sources = sources();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let holds = |text: &str, words: &str| {
        text.match_indices(words).any(|(at, found)| !text[at + found.len()..].starts_with(is_word))
    };
    let declares = |text: &str, name: &str| {
        ["struct", "enum", "type"].iter().any(|kind| holds(text, &format!("{kind} {name}")))
            || text.contains(&format!("    {name};"))
    };
    let mut names = 0;
    for row in fs::read_to_string(root().join("docs/glossary.md")).unwrap().lines() {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, _, _, types] = cells.as_slice() else { continue };
        for path in types.split('`').skip(1).step_by(2) {
            let parts: Vec<&str> = path.split("::").collect();
            let Some(at) = parts.iter().position(|part| part.starts_with(char::is_uppercase)) else { continue };
            let in_modules =
                |names: &Vec<String>| parts[..at].iter().all(|module| names.iter().any(|part| part == module));
            let file = sources.iter().find(|(names, text)| in_modules(names) && declares(text, parts[at]));
            let (_, text) = file.unwrap_or_else(|| panic!("the glossary names `{path}`, which is not there:\n{row}"));
            if let Some(variant) = parts.get(at + 1) {
                assert!(
                    holds(text, &format!("    {variant}")),
                    "the glossary names `{path}`, which has no such part:\n{row}"
                );
            }
            names += 1;
        }
    }
    assert!(names > 50, "the glossary names {names} types");
}

#[test]
fn the_pages_of_the_policies_name_their_files() {
    for policy in ["policies/kz", "policies/vn"] {
        let folder = root().join(policy);
        let text = fs::read_to_string(folder.join("README.md")).unwrap();
        let names = between_backquotes(&text);
        let files = names.iter().filter(|name| [".ereje", ".yaml", ".csv"].iter().any(|end| name.ends_with(end)));
        let files: Vec<&String> = files.filter(|name| !name.contains('*')).collect();
        assert!(!files.is_empty(), "{policy} names no file");
        for name in files {
            assert!(folder.join(name).exists(), "{policy}/README.md names `{name}`, which is not there");
        }
    }
}
