//! What inputs are made from: the policies, facts and cases of this repository, read where they stand.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files under folders of the repository whose names end so, by name, with their texts.
///
/// # Panics
/// If there is none: a target without seeds tries nothing.
#[must_use]
pub fn files(folders: &[&str], endings: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in folders {
        walk(&root().join(folder), endings, &mut found);
    }
    found.sort();
    assert!(!found.is_empty(), "there is no file {endings:?} under {folders:?}");
    found
}

fn walk(path: &Path, endings: &[&str], found: &mut Vec<(PathBuf, Vec<u8>)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of the repository").flatten() {
            walk(&entry.path(), endings, found);
        }
    } else if let Some(name) = path.file_name().and_then(|name| name.to_str())
        && endings.iter().any(|ending| name.ends_with(ending))
    {
        found.push((path.to_path_buf(), fs::read(path).expect("a file of the repository")));
    }
}

/// The texts behind `policy: |` in the cases of the language.
#[must_use]
pub fn policies_in_cases() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (_, text) in files(&["tests/cases/semantics"], &[".yaml"]) {
        let text = String::from_utf8(text).expect("cases are text");
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if !line.trim_end().ends_with("policy: |") {
                continue;
            }
            let mut policy = String::new();
            while let Some(inside) = lines.next_if(|line| line.is_empty() || line.starts_with("    ")) {
                policy.push_str(inside.strip_prefix("    ").unwrap_or(inside));
                policy.push('\n');
            }
            found.push(policy.into_bytes());
        }
    }
    assert!(!found.is_empty(), "the cases of the language hold no policy");
    found
}

/// A seed with a letter before it, which says what it is given to.
#[must_use]
pub fn marked(letter: u8, text: &[u8]) -> Vec<u8> {
    [&[letter], text].concat()
}
