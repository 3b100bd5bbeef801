//! Properties of every comparison: layout moves nothing, and the only change is responsible for everything that moved.

use crate::it::generate::{self, Draw};
use ereje::facts::Format;
use ereje::load::Bundle;
use ereje::source::Sources;
use ereje_review::diff::{Comparison, CorpusRow, DiffReport, Responsibility, RowQuestion, Version};
use serde_json::{Map, Value, json};

/// How many random policies are tried; `EREJE_CASES` changes it, as for other properties.
fn seeds(few: u64) -> u64 {
    std::env::var("EREJE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

/// Numbers for one random policy.
fn numbers(seed: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    };
    (0..900).map(|_| next()).collect()
}

fn version(name: &str, texts: &[(String, String)]) -> Option<Version> {
    let bundle = Bundle::from_texts(texts.iter().cloned()).ok()?;
    Version::new(name, bundle, |file| format!("{name}/{file}")).ok()
}

fn rows(policy: &generate::Policy, d: &mut Draw<'_>, count: usize) -> Vec<CorpusRow> {
    let row = |line: usize, facts: Vec<(String, Value)>| {
        let mut root = Map::new();
        for (path, cell) in facts {
            match path.split_once('.') {
                None => _ = root.insert(path, cell),
                Some((group, name)) => root.entry(group).or_insert_with(|| json!({}))[name] = cell,
            }
        }
        CorpusRow {
            name: format!("row {line}"),
            file: String::from("facts"),
            line,
            facts: Value::Object(root).to_string(),
            format: Format::Json,
            question: RowQuestion::default(),
        }
    };
    (1..=count).map(|line| row(line, generate::facts(d, &policy.facts))).collect()
}

fn compare(old: &Version, new: &Version, rows: &[CorpusRow]) -> DiffReport {
    let mut comparison = Comparison::new(old, new);
    comparison.take(rows);
    comparison.finish("en")
}

#[test]
fn layout_moves_nothing() {
    let mut compared = 0;
    for seed in 0..seeds(25) {
        let numbers = numbers(seed);
        let policy = generate::policy(&mut Draw::new(&numbers));
        let texts = policy.texts();
        let Some(old) = version("old", &texts) else { continue };
        let formatted: Vec<(String, String)> = texts
            .iter()
            .map(|(name, text)| {
                let mut sources = Sources::new();
                let file = sources.add(name.as_str(), text.as_str());
                (name.clone(), ereje::fmt::format(&sources, file).unwrap())
            })
            .collect();
        let new = version("new", &formatted).unwrap();
        let rows = rows(&policy, &mut Draw::new(&numbers), 5);
        let report = compare(&old, &new, &rows);
        assert!(report.same && report.moved == 0 && report.changes.is_empty(), "seed {seed}: {:?}", report.changes);
        assert_eq!(report.texts.len(), 0, "seed {seed}");
        compared += report.decided;
    }
    assert!(compared > 40, "only {compared} decisions were compared");
}

#[test]
fn the_only_change_is_responsible_for_all_that_moved() {
    let (mut moved, mut changes) = (0, 0);
    for seed in 0..seeds(60) {
        let numbers = numbers(seed);
        let mut policy = generate::policy(&mut Draw::new(&numbers));
        let Some(old) = version("old", &policy.texts()) else { continue };
        let mut d = Draw::new(&numbers[300..]);
        let rows = rows(&policy, &mut d, 12);
        // One rule, exception or notice is removed.
        let of_rules = |item: &String| ["rule ", "exception ", "notice "].iter().any(|word| item.starts_with(word));
        let places: Vec<(usize, usize)> = policy
            .files
            .iter()
            .enumerate()
            .flat_map(|(f, file)| {
                file.items.iter().enumerate().filter(|(_, item)| of_rules(item)).map(move |(i, _)| (f, i))
            })
            .collect();
        if places.is_empty() {
            continue;
        }
        let (file, item) = d.pick(&places);
        let gone = policy.files[file].items.remove(item);
        let Some(new) = version("new", &policy.texts()) else { continue };
        let report = compare(&old, &new, &rows);
        changes += 1;
        moved += report.moved;
        for group in &report.groups {
            assert!(
                group.how == Responsibility::Alone && group.changes.len() == 1,
                "seed {seed}: {:?} of {:?}\n{gone}",
                group.how,
                report.changes.iter().map(|change| &change.name).collect::<Vec<_>>()
            );
        }
    }
    assert!(changes > 10 && moved > 10, "{changes} changes moved only {moved} decisions");
}

/// The text with one of its numbers raised by one: a norm, a date, a limit. Bounds of facts and norms move no decision.
fn with_another_number(text: &str, d: &mut Draw<'_>) -> Option<String> {
    let starts: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| {
            let before = text[..*at].chars().next_back();
            let line = text[..*at].lines().next_back().unwrap_or("");
            let is_bound = line.contains("at least ") || line.contains("at most ");
            c.is_ascii_digit() && !is_bound && !before.is_some_and(|b| b.is_alphanumeric() || b == '_' || b == '.')
        })
        .map(|(at, _)| at)
        .collect();
    if starts.is_empty() {
        return None;
    }
    let start = d.pick(&starts);
    let length = text[start..].chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = text[start..].split_at(length);
    let raised = number.parse::<u64>().ok()? + 1;
    Some(format!("{}{raised:0length$}{rest}", &text[..start]))
}

#[test]
fn a_number_that_is_the_only_change_is_responsible_for_all_that_moved() {
    let (mut moved, mut changes) = (0, 0);
    for seed in 1000..1000 + seeds(300) {
        let numbers = numbers(seed);
        let mut policy = generate::policy(&mut Draw::new(&numbers));
        let Some(old) = version("old", &policy.texts()) else { continue };
        let mut d = Draw::new(&numbers[300..]);
        let rows = rows(&policy, &mut d, 12);
        let file = d.below(policy.files.len());
        let item = d.below(policy.files[file].items.len());
        let before = policy.files[file].items[item].clone();
        let Some(after) = with_another_number(&before, &mut d) else { continue };
        policy.files[file].items[item] = after.clone();
        let Some(new) = version("new", &policy.texts()) else { continue };
        let report = compare(&old, &new, &rows);
        changes += 1;
        moved += report.moved;
        for group in &report.groups {
            assert!(
                group.how == Responsibility::Alone && group.changes.len() == 1,
                "seed {seed}: {:?} of {:?}\n{before}\n→\n{after}",
                group.how,
                report.changes.iter().map(|change| &change.name).collect::<Vec<_>>()
            );
        }
    }
    assert!(changes > 20 && moved > 10, "{changes} changes moved only {moved} decisions");
}

#[test]
fn of_many_changes_each_answers_for_its_own() {
    const MANY: usize = 40;
    let policy = |shift: usize| {
        let mut text = String::from(
            "policy many.rules\n  from 2026-01-01\n  en \"Many\"\nfacts day: date\nfacts n: integer\nas of day\n\
             decision d\n  refuse > approve\n  otherwise approve\n",
        );
        for rule in 0..MANY {
            let limit = rule + shift;
            text.push_str(&format!("rule r{rule}\n  refuse R{rule}\n  when n = {limit}\nreason R{rule} en \"No.\"\n"));
        }
        vec![("policy.ereje".to_owned(), text)]
    };
    let (old, new) = (version("old", &policy(0)).unwrap(), version("new", &policy(100)).unwrap());
    let row = |n: usize| CorpusRow {
        name: format!("{n}"),
        file: String::from("facts"),
        line: n + 1,
        facts: json!({ "day": "2026-02-01", "n": n }).to_string(),
        format: Format::Json,
        question: RowQuestion::default(),
    };
    let rows: Vec<CorpusRow> = (0..200).map(row).collect();
    let report = compare(&old, &new, &rows);
    assert_eq!((report.decided, report.moved, report.groups.len()), (200, 2 * MANY as u64, MANY));
    for group in &report.groups {
        assert_eq!((group.how, group.count, group.changes.len()), (Responsibility::Alone, 2, 1));
        assert_eq!(report.changes[group.changes[0]].name, format!("rule r{}", group.rows[0]));
    }
}
