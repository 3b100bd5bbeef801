//! `ereje batch`: the lines that it writes are those that the evaluator comes to, in order.

use super::{Ways, spell};
use crate::it::generate::{self, Draw};
use crate::it::properties::{Engine, cases, numbers};
use ereje::DecideOptions;
use std::path::Path;
use std::process::Command;

/// Runs `ereje` in a folder; it may find rows that are wrong.
fn ereje(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ereje")).args(args).current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{args:?}: {said}");
    said
}

/// A random policy on the disk with rows for it, and what is to come of each; none for a row that is refused.
struct Bulk {
    folder: tempfile::TempDir,
    expected: Vec<Option<String>>,
}

/// None where the checker refuses the policy.
fn bulk(seed: u64, rows: usize) -> Option<Bulk> {
    let numbers = numbers(seed);
    let policy = generate::policy(&mut Draw::new(&numbers));
    let engine = Engine::load(&policy.texts()).ok()?;
    let ways = Ways::new(engine.deciding(), &DecideOptions::default())?;
    let form = ereje::facts::Form::new(&engine.model);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("policy")).unwrap();
    for (name, text) in policy.texts() {
        std::fs::write(folder.path().join("policy").join(name), text).unwrap();
    }
    let (mut text, mut expected) = (String::new(), Vec::new());
    for row in 0..rows {
        let fresh = self::numbers(seed * 1_000_003 + row as u64);
        let mut d = Draw::new(&fresh);
        let facts = engine.facts(&generate::facts(&mut d, &policy.facts)).ok()?;
        let json = ereje::facts::to_json(&engine.model, &facts);
        let mut line = if d.chance(30) { spell::otherwise(&mut d, &json) } else { json.to_string() };
        if d.chance(4) {
            line = spell::damaged(&mut d, &line);
        }
        // A line that is far longer than the others lets blocks end anywhere.
        if d.chance(3) {
            line.push_str(&" ".repeat(d.below(90_000)));
        }
        expected.push(form.line(&line).ok().map(|facts| ways.expected(&facts)));
        text.push_str(&line);
        if row + 1 < rows || d.chance(50) {
            text.push_str(d.pick(&["\n", "\n", "\r\n"]));
        }
    }
    std::fs::write(folder.path().join("facts.ndjson"), text).unwrap();
    Some(Bulk { folder, expected })
}

fn compare(expected: &[Option<String>], written: &str, seed: u64, how: &[&str]) {
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), expected.len(), "seed {seed}, {how:?}");
    for (i, (line, expected)) in lines.iter().zip(expected).enumerate() {
        match expected {
            Some(expected) => assert_eq!(line, expected, "seed {seed}, row {}, {how:?}", i + 1),
            None => assert!(line.starts_with("{\"error\":"), "seed {seed}, row {}, {how:?}: {line}", i + 1),
        }
    }
}

#[test]
fn batch_decides_as_the_evaluator_does() {
    let mut compared = 0;
    for seed in 120_000_000..120_000_000 + cases(8).min(400) {
        let Some(bulk) = bulk(seed, 120) else { continue };
        let path = bulk.folder.path();
        let how = ["batch", "-p", "policy", "facts.ndjson", "-o", "out.ndjson"];
        ereje(path, &how);
        compare(&bulk.expected, &std::fs::read_to_string(path.join("out.ndjson")).unwrap(), seed, &how);
        compared += bulk.expected.len();
    }
    assert!(compared > 300, "only {compared} rows");
}
