//! Any lines as rows of a batch: what decides many decides each as the engine does, and refuses what it refuses.
//!
//! The first byte is the policy, the second the form: `j` for a line of JSON each, `c` for a header and records of CSV; `J`
//! and `C` skip what the policy does not know.

use crate::policies;
use crate::seeds::{files, marked};
use ereje::diagnostic::Diagnostic;
use ereje::engine::{DecideOptions, Engine};
use ereje::facts::csv::{Columns, CsvRules, Null, record_end};
use ereje::facts::{FactNames, FactSet, to_json};
use ereje::{Format, Policy};
use ereje_batch::Decider;
use ereje_batch::lines::{LineFormat, Lines, USUAL_FIELDS};
use serde_json::Value as Json;
use std::str::from_utf8;

/// Rows that stand in the repository, and those that its facts are written as.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (path, text) in files(&["examples/kz", "tests/cases/facts", "fuzz/seeds"], &[".ndjson", ".json", ".csv"]) {
        let form = if path.extension().is_some_and(|ending| ending == "csv") { b'c' } else { b'j' };
        let wide = path.components().any(|part| part.as_os_str() == "fuzz");
        let policy = if wide { b'w' } else { b'k' };
        seeds.push(marked(policy, &marked(form, &text)));
        seeds.push(marked(policy, &marked(form.to_ascii_uppercase(), &text)));
    }
    for (letter, folder) in [(b'k', "examples/kz"), (b'w', "fuzz/seeds")] {
        let policy = policies::of(letter).expect("a policy of the repository");
        let mut lines = String::new();
        for (_, text) in files(&[folder], &[".yaml"]) {
            let text = String::from_utf8_lossy(&text).into_owned();
            for facts in policy.facts(&text, Format::Yaml).into_iter().flatten() {
                lines.push_str(&to_json(policy.model(), &facts).to_string());
                lines.push('\n');
            }
        }
        seeds.push(marked(letter, &marked(b'j', lines.as_bytes())));
        seeds.extend(lines.lines().map(|line| marked(letter, &marked(b'j', line.as_bytes()))));
    }
    seeds
}

/// Decides the rows in both ways.
pub fn run(data: &[u8]) {
    let [letter, form, text @ ..] = data else { return };
    let (Some(policy), Ok(text)) = (policies::of(*letter), from_utf8(text)) else { return };
    let Some(decider) = policies::decider_of(*letter) else { return };
    match form {
        b'j' | b'J' => lines(policy, decider, text, *form == b'J'),
        b'c' | b'C' => records(policy, decider, text, *form == b'C'),
        _ => {}
    }
}

fn lines(policy: &Policy, decider: Decider<'_>, text: &str, skips: bool) {
    let names = policy.form();
    let decider = if skips { decider.ignoring_unknown() } else { decider };
    let strictly = |row: &str| if skips { names.known_of_line(row) } else { names.line(row) };
    // One decider for all, since it remembers the form of the lines before.
    let mut pair = Pair::new(policy, decider);
    text.split('\n').take(8).for_each(|row| pair.agree(row, &strictly(row)));
}

fn records(policy: &Policy, decider: Decider<'_>, text: &str, skips: bool) {
    let names = policy.form();
    let (header, mut rest) = text.split_once('\n').unwrap_or((text, ""));
    for null in [None, Some(Null::Absent), Some(Null::Unasked)] {
        let rules = CsvRules { null, skip_unknown: skips, guarded: false };
        let (Ok(columns), Ok(same)) = (Columns::new(&names, header, rules), decider.columns(header, rules)) else {
            assert!(decider.columns(header, rules).is_err(), "a header is read in one way and refused in the other");
            return;
        };
        let mut pair = Pair::new(policy, decider.clone().of_records(same));
        let whole = rest;
        for _ in 0..4 {
            let end = record_end(rest.as_bytes(), columns.separator()).unwrap_or(rest.len());
            let Some((record, after)) = rest.split_at_checked(end) else { break };
            let record = record.strip_suffix('\n').unwrap_or(record);
            let record = record.strip_suffix('\r').unwrap_or(record);
            if !record.is_empty() {
                pair.agree(record, &FactNames::record_of(&names, &columns, record));
            }
            rest = after;
        }
        rest = whole;
    }
}

/// What decides many, and what decides one.
struct Pair<'p> {
    engine: &'p Engine,
    decider: Decider<'p>,
    usual: Lines,
    /// Fields that only the evaluator knows, so that no row is decided quickly.
    whole: Lines,
    csv: Lines,
}

impl<'p> Pair<'p> {
    fn new(policy: &'p Policy, decider: Decider<'p>) -> Self {
        let engine = policy.engine();
        let fields = |names: &str, format| {
            Lines::new(engine, None, names, format).unwrap_or_else(|error| panic!("{}", error.message))
        };
        Self {
            engine,
            decider,
            usual: fields(USUAL_FIELDS, LineFormat::Json),
            whole: fields("outcome,reasons,needs,faults,outputs,unknown_outputs,blocked", LineFormat::Json),
            csv: fields("outcome,reasons,row", LineFormat::Csv),
        }
    }

    /// Decides a row in all ways.
    fn agree(&mut self, row: &str, facts: &Result<FactSet, Vec<Diagnostic>>) {
        let mut written = Vec::new();
        let line = self.decider.line(row, &mut written);
        let parsed = self.decider.parse(row);
        match facts {
            Err(findings) => {
                assert_eq!(line.as_ref(), Err(findings), "other findings");
                assert_eq!(parsed.err().as_ref(), Some(findings), "other findings");
                assert!(written.is_empty(), "something is written of a bad row");
                for lines in [&self.usual, &self.whole, &self.csv] {
                    assert_eq!(self.decider.row(row, 1, lines, &mut written).as_ref(), Err(findings), "other findings");
                }
                assert!(written.is_empty(), "something is written of a bad row");
            }
            Ok(facts) => {
                let codes = self.engine.codes_by(self.engine.default_plan(), facts, &DecideOptions::default());
                let parsed = parsed.unwrap_or_else(|found| panic!("refused: {found:?}"));
                let brief = self.decider.decide(&parsed).reasons.len();
                assert_eq!(brief, codes.reasons.len(), "another number of reasons");
                if line.is_err() {
                    // Impossible facts are no decision.
                    assert_eq!(codes.outcome, "impossible", "refused by one, decided by the other: {line:?}");
                    assert!(
                        self.decider.row(row, 1, &self.usual, &mut written).is_err(),
                        "decided of impossible facts"
                    );
                    return;
                }
                let wanted = serde_json::to_string(&codes).expect("codes are texts");
                assert_eq!(String::from_utf8_lossy(&written), wanted, "another decision");
                for lines in [&self.usual, &self.whole] {
                    written.clear();
                    self.decider.row(row, 7, lines, &mut written).unwrap_or_else(|found| panic!("refused: {found:?}"));
                    let line: Json =
                        serde_json::from_slice(&written).unwrap_or_else(|error| panic!("no JSON: {error}"));
                    assert_eq!(line["outcome"], codes.outcome, "another outcome");
                    assert_eq!(line["reasons"], serde_json::json!(codes.reasons), "other reasons");
                }
                written.clear();
                self.decider.row(row, 7, &self.csv, &mut written).unwrap_or_else(|found| panic!("refused: {found:?}"));
                let wanted = format!("{},{},7,\n", codes.outcome, codes.reasons.join(" "));
                assert_eq!(String::from_utf8_lossy(&written), wanted, "another line of CSV");
            }
        }
    }
}
