//! Any text as a case file: it is refused with places in it, or read, bound to a policy, and its cases hold or fail with a
//! reason.
//!
//! The first byte is the policy; the tables that cases name stand behind the file.

use crate::files::{MARK, split};
use crate::policies;
use crate::seeds::{files, marked};
use crate::text::told;
use ereje::source::Sources;
use ereje_review::cases::CaseFile;
use std::str::from_utf8;

/// The most cases of a file that are decided.
const MOST: usize = 2;

/// The case files of the repository, and each of their cases for itself.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (path, text) in files(&["tests/cases/cases", "policies/kz"], &[".test.yaml"]) {
        let letter = if path.components().any(|part| part.as_os_str() == "policies") { b'k' } else { b'l' };
        let text = String::from_utf8_lossy(&text).into_owned();
        if letter == b'l' {
            let mut seed = marked(letter, text.as_bytes());
            for (path, table) in files(&["tests/cases/cases"], &[".csv"]) {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                seed.extend_from_slice(format!("\n{MARK}{name}\n").as_bytes());
                seed.extend_from_slice(&table);
            }
            seeds.push(seed);
        }
        // A file of many cases is mostly about the first of them; each alone with the base is about all.
        let Some((head, cases)) = text.split_once("\ncases:\n") else { continue };
        for case in cases.split("\n  - ").filter(|case| !case.trim().is_empty()) {
            let case = case.trim_start().trim_start_matches("- ");
            seeds.push(marked(letter, format!("{head}\ncases:\n  - {case}\n").as_bytes()));
        }
    }
    seeds
}

/// Reads, binds and runs the cases.
pub fn run(data: &[u8]) {
    let Some((letter, data)) = data.split_first() else { return };
    let Some(policy) = policies::of(*letter) else { return };
    let mut texts = split("a.test.yaml", data).into_iter();
    let Some((name, text)) = texts.next() else { return };
    let Ok(text) = from_utf8(text) else { return };
    let tables: Vec<(String, &[u8])> = texts.collect();
    let mut sources = Sources::new();
    let file = sources.add(&*name, text);
    let mut table = |wanted: &str| {
        let found = tables.iter().find(|(name, _)| name == wanted);
        found.map(|(_, text)| text.to_vec()).ok_or_else(|| String::from("there is no such file"))
    };
    let (read, findings) = CaseFile::read(&mut sources, file, &mut table);
    told(&findings, &sources);
    let Some(read) = read else {
        assert!(!findings.is_empty(), "refused without a finding");
        return;
    };
    let (trials, findings) = read.bind(policy);
    told(&findings, &sources);
    for trial in trials.iter().take(MOST) {
        let Ok(judged) = trial.run(policy) else { panic!("a case that was bound cannot be run: {}", trial.name) };
        assert_eq!(trial.holds(policy), judged.wrong.is_empty(), "a case holds and fails: {}", trial.name);
        let _ = judged.why(policy, "en", 40);
    }
}
