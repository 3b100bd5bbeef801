//! `ereje batch` writes the decisions of the evaluator, in order, on any number of threads.

use super::{Ways, question, spell};
use crate::it::generate::{self, Draw};
use crate::it::properties::{Engine, cases, numbers};
use ereje::DecideOptions;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Runs `ereje` in a folder; there may be bad rows.
fn ereje(folder: &Path, args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_ereje")).args(args).current_dir(folder).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{args:?}: {stderr}");
}

/// A random policy on the disk with rows for it, the question, and the expected answers; `None` for a row that is
/// refused.
struct Bulk {
    folder: tempfile::TempDir,
    asked: Vec<String>,
    expected: Vec<Option<String>>,
}

/// The options of a question on the command line.
fn asked(engine: &Engine, options: &DecideOptions) -> Vec<String> {
    let model = &engine.model;
    let mut args = Vec::new();
    if let Some(decision) = options.decision {
        args.extend(["--decision".to_owned(), model.decisions[decision].name.clone()]);
    }
    if let Some(day) = options.as_of {
        args.extend(["--as-of".to_owned(), day.to_string()]);
    }
    if let Some(region) = options.region {
        args.extend(["--region".to_owned(), model.regions[region].name.clone()]);
    }
    for (index, assumption) in model.assumptions.iter().enumerate() {
        let id = ereje::ids::AssumptionId::new(index);
        if let Some(choices) = &options.choices {
            let written = engine.deciding().written_choices(id);
            args.extend([
                "--assume".to_owned(),
                format!("{}={}", assumption.name, written[choices.index(id) as usize]),
            ]);
        }
    }
    args
}

/// `None` if the checker refuses the policy.
fn bulk(seed: u64, different: usize, rows: usize) -> Option<Bulk> {
    let drawn = numbers(seed);
    let policy = match seed % 2 {
        0 => generate::policy(&mut Draw::new(&drawn)),
        _ => generate::wide(&mut Draw::new(&drawn)),
    };
    let engine = Engine::load(&policy.texts()).ok()?;
    let options = question(&engine.model, &mut Draw::new(&numbers(seed + 1)));
    let ways = Ways::new(engine.deciding(), &options)?;
    let form = ereje::facts::FactNames::new(&engine.model);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("policy")).unwrap();
    for (name, text) in policy.texts() {
        std::fs::write(folder.path().join("policy").join(name), text).unwrap();
    }
    let mut known: Vec<(String, Option<String>)> = Vec::new();
    for row in 0..different {
        let stream = numbers(seed.wrapping_mul(1_000_003) + row as u64);
        let mut d = Draw::new(&stream);
        let facts = engine.facts(&generate::facts(&mut d, &policy.facts)).ok()?;
        let json = ereje::facts::to_json(&engine.model, &facts);
        let mut line = if d.chance(30) { spell::otherwise(&mut d, &json) } else { json.to_string() };
        if d.chance(5) {
            line = spell::damaged(&mut d, &line).replace(['\n', '\r'], "");
        }
        let facts = form.line(&line).ok().filter(|facts| !ways.is_impossible(facts));
        known.push((line.clone(), facts.map(|facts| ways.expected(&facts))));
    }
    let (mut text, mut expected) = (String::new(), Vec::new());
    let stream: Vec<u32> = (0..20).flat_map(|i| numbers(seed + 2 + i)).collect();
    let mut d = Draw::new(&stream);
    for row in 0..rows {
        let (line, answer) = d.pick(&known);
        expected.push(answer);
        text.push_str(&line);
        // A line that is much longer than the others lets blocks end anywhere.
        if d.chance(4) {
            text.push_str(&" ".repeat(d.below(90_000)));
        }
        if row + 1 < rows || d.chance(50) {
            text.push_str(d.pick(&["\n", "\n", "\r\n"]));
        }
    }
    std::fs::write(folder.path().join("facts.ndjson"), text).unwrap();
    Some(Bulk { folder, asked: asked(&engine, &options), expected })
}

fn compare(expected: &[Option<String>], written: &str, what: &str) {
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{what}");
    for (i, (line, expected)) in lines.iter().zip(expected).enumerate() {
        match expected {
            Some(expected) => assert_eq!(line, expected, "{what}: row {}", i + 1),
            None => assert!(line.starts_with("{\"error\":"), "{what}: row {}: {line}", i + 1),
        }
    }
}

/// Checks that the summary counts the lines.
fn counted(expected: &[Option<String>], summary: &str, what: &str) {
    let summary: Value = serde_json::from_str(summary).unwrap();
    let (mut outcomes, mut reasons) = (BTreeMap::<String, u64>::new(), BTreeMap::<String, u64>::new());
    for line in expected.iter().flatten() {
        let line: Value = serde_json::from_str(line).unwrap();
        *outcomes.entry(line["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
        for reason in line["reasons"].as_array().unwrap() {
            *reasons.entry(reason.as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    for (key, counts) in [("outcomes", outcomes), ("reasons", reasons)] {
        let found = summary[key].as_object().unwrap_or_else(|| panic!("{what}: {summary}"));
        let found: BTreeMap<String, u64> = found
            .iter()
            .map(|(name, count)| (name.clone(), count.as_u64().unwrap_or_else(|| panic!("{what}: {summary}"))))
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(found, counts, "{what}: {key}");
    }
}

#[test]
fn batch_decides_as_the_evaluator_does_on_any_number_of_threads() {
    let mut compared = 0;
    for seed in 120_000_000..120_000_000 + cases(8).min(400) {
        let Some(bulk) = bulk(seed, 40, 500) else { continue };
        let path = bulk.folder.path();
        let mut first: Option<String> = None;
        for threads in ["1", "2", "5"] {
            let mut args = vec!["batch", "-p", "policy", "facts.ndjson", "-o", "out.ndjson", "--summary", "sum.json"];
            args.extend(["--threads", threads]);
            args.extend(bulk.asked.iter().map(String::as_str));
            ereje(path, &args);
            let written = std::fs::read_to_string(path.join("out.ndjson")).unwrap();
            let what = format!("seed {seed}, {args:?}");
            match &first {
                Some(first) => assert!(written == *first, "{what}: other bytes than on one thread"),
                None => compare(&bulk.expected, &written, &what),
            }
            counted(&bulk.expected, &std::fs::read_to_string(path.join("sum.json")).unwrap(), &what);
            first.get_or_insert(written);
            std::fs::remove_file(path.join("out.ndjson")).unwrap();
        }
        compared += bulk.expected.len();
    }
    assert!(compared > 1000, "only {compared} rows");
}
