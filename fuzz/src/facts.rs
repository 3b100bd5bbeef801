//! Any text as facts, in the three forms: it is refused with places in it, or read; and what is read can be written and
//! read again.
//!
//! The first byte is the policy, the second the form: `y`, `j`, `c`.

use crate::policies;
use crate::seeds::{files, marked};
use crate::text::told;
use ereje::facts::{decode, decode_line, to_json, to_yaml};
use ereje::source::Sources;
use ereje::{Format, Policy};
use std::str::from_utf8;

/// Fact files, the facts of cases, and an example in each form for each policy.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let given = files(
        &["examples/kz", "tests/cases/facts", "tests/cases/diff", "fuzz/seeds"],
        &[".yaml", ".json", ".ndjson", ".csv"],
    );
    for (path, text) in given {
        let form = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => b'c',
            Some("yaml") => b'y',
            _ => b'j',
        };
        let wide = path.components().any(|part| part.as_os_str() == "fuzz");
        let policy = if wide { b'w' } else { b'k' };
        seeds.push(marked(policy, &marked(form, &text)));
    }
    for letter in [b'k', b'w'] {
        let policy = policies::of(letter).expect("a policy of the repository");
        let example = policies::example_of(policy);
        let facts = policy.facts(&example, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
        let json = to_json(policy.model(), &facts[0]).to_string();
        seeds.push(marked(letter, &marked(b'y', example.as_bytes())));
        seeds.push(marked(letter, &marked(b'y', json.as_bytes())));
        seeds.push(marked(letter, &marked(b'j', json.as_bytes())));
        seeds.push(marked(letter, &marked(b'j', format!("[{json},\n{json}]").as_bytes())));
    }
    seeds
}

/// Reads the text, decides, and writes what was read.
pub fn run(data: &[u8]) {
    let [letter, form, text @ ..] = data else { return };
    let form = match form {
        b'y' => Format::Yaml,
        b'j' => Format::Json,
        b'c' => Format::Csv,
        _ => return,
    };
    let (Some(policy), Ok(text)) = (policies::of(*letter), from_utf8(text)) else { return };
    read(policy, text, form);
}

fn read(policy: &Policy, text: &str, form: Format) {
    let model = policy.model();
    let mut sources = Sources::new();
    let file = sources.add("facts", text);
    let documents = decode(model, &sources, file, form);
    assert!(!documents.is_empty(), "a text without a document");
    for document in documents {
        told(&document.findings, &sources);
        let Some(facts) = document.facts else {
            assert!(!document.findings.is_empty(), "refused without a finding");
            continue;
        };
        let json = to_json(model, &facts).to_string();
        assert_eq!(
            decode_line(model, &json).as_ref(),
            Ok(&facts),
            "JSON is read otherwise than it was written: {json}"
        );
        let yaml = to_yaml(model, &facts);
        for (written, form) in [(json, Format::Json), (yaml, Format::Yaml)] {
            let read = policy.facts(&written, form).unwrap_or_else(|error| panic!("{error}\n{written}"));
            assert_eq!(read, [facts.clone()], "what was written is read otherwise:\n{written}");
        }
        // A decision in words tries every choice of every assumption, which takes most of the time.
        let codes = policy.codes(&facts);
        if text.len().is_multiple_of(8) {
            let decision = policy.decide(&facts);
            assert_eq!(decision.outcome, codes.outcome, "two outcomes");
            let reasons: Vec<&str> = decision.reasons.iter().map(|reason| reason.code.as_str()).collect();
            assert_eq!(reasons, codes.reasons, "other reasons");
            let _ = policy.text(&decision, "en");
        }
    }
    // Facts of another version of the policy: less is refused, and nothing is made up.
    if let Ok((facts, left_out)) = policy.form().leniently(text, form) {
        let strict = policy.facts(text, form);
        assert!(left_out.is_empty() || strict.is_err(), "something was left out of facts without errors");
        let _ = policy.codes(&facts);
    }
}
