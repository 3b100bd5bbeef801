//! The policies of the repository against their cases.

mod cases;
mod law;

use cases::{CaseFile, plain_values};
use ereje::eval::{self, Extent, Question};
use ereje::explain::{DecideOptions, Decision};
use ereje::ids::{AssumptionId, DecisionId};
use ereje::model::Choices;
use ereje::{FactSet, Format, Policy};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A policy of the repository.
pub struct Loaded(Policy);

impl Loaded {
    pub fn read(folder: impl AsRef<Path>) -> Self {
        Self(Policy::load(folder).unwrap_or_else(|error| panic!("{error}")))
    }

    fn facts(&self, facts: &Value) -> FactSet {
        let mut sets = self.0.facts(&facts.to_string(), Format::Json).unwrap_or_else(|error| panic!("{error}"));
        sets.remove(0)
    }

    /// The decision on a fact set, under some choices.
    pub fn decide(&self, facts: &Value, assume: &[(&str, &str)]) -> Decision {
        let choices = self.0.assume(assume.iter().copied()).unwrap_or_else(|error| panic!("{error}"));
        let options = DecideOptions { choices: Some(choices), ..DecideOptions::default() };
        self.0.decide_with(&self.facts(facts), &options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same as JSON.
    pub fn json(&self, facts: &Value, assume: &[(&str, &str)]) -> Value {
        serde_json::to_value(self.decide(facts, assume)).unwrap()
    }

    /// Outcome and codes alone.
    pub fn codes(&self, facts: &Value) -> (String, Vec<String>) {
        let facts = self.facts(facts);
        let codes = self.0.codes(&facts);
        (codes.outcome.to_owned(), codes.reasons.into_iter().map(str::to_owned).collect())
    }

    /// The assumptions that a decision rests on, worked out the slow way: each choice but the one that holds is tried, and
    /// where outcome, reasons or outputs change, it is one.
    pub fn rests_on(&self, facts: &Value, assume: &[(&str, &str)]) -> Value {
        let engine = self.0.engine();
        let holds = self.0.assume(assume.iter().copied()).unwrap();
        let facts = self.facts(facts);
        let parts = |choices: &Choices| {
            let plan = engine.plan(choices).unwrap();
            let outcome = eval::decide(&plan, &facts, &Question::of(DecisionId(0)), Extent::Outputs);
            let reasons: Vec<_> =
                outcome.reasons.into_iter().map(|given| (given.origin, given.reason, given.args)).collect();
            (outcome.verdict, reasons, outcome.outputs)
        };
        let decided = parts(&holds);
        let mut found = Map::new();
        for (at, assumption) in self.0.model().assumptions.iter().enumerate() {
            let id = AssumptionId::new(at);
            let written = engine.written_choices(id);
            let chosen = holds.index(id);
            let mut others = (0..u32::try_from(written.len()).unwrap()).filter(|choice| *choice != chosen);
            if others.any(|choice| parts(&holds.with(id, choice)) != decided) {
                found.insert(assumption.name.clone(), written[chosen as usize].clone().into());
            }
        }
        found.into()
    }
}

fn case_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(".test.yaml"))
        .collect();
    files.sort();
    files
}

fn run(folder: &str, at_least: usize) {
    let mut count = 0;
    let mut failed = Vec::new();
    let policy = Loaded::read(folder);
    for path in case_files(folder) {
        let file = CaseFile::read(&path);
        assert_eq!(file.policy, Path::new("."), "{}", path.display());
        for case in &file.cases {
            count += 1;
            let assume = case.assumed();
            let assume: Vec<(&str, &str)> = assume.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let facts = file.facts(case);
            let decision = policy.json(&facts, &assume);
            let mut wrong = case.expect.differences(&decision);
            if case.expect.assumptions.is_some() {
                let slowly = policy.rests_on(&facts, &assume);
                if plain_values(&slowly) != plain_values(&decision["assumptions"]) {
                    wrong.push(format!("    assumptions: worked out slowly, {slowly}"));
                }
            }
            if !wrong.is_empty() {
                failed.push(format!(
                    "{}: {} ({})\n{}\n    decision: {decision}",
                    path.display(),
                    case.name,
                    case.law,
                    wrong.join("\n")
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} cases:\n{}", failed.len(), failed.join("\n"));
    assert!(count >= at_least, "only {count} cases");
}

#[test]
fn kazakhstan() {
    run("policies/kz", 200);
}

#[test]
fn vietnam() {
    run("policies/vn", 35);
}

/// The cases whose whole decision a reviewer reads: file and name.
const READ: &[(&str, &str)] = &[
    ("base_rules", "an adult with the owner's consent is registered"),
    ("base_rules", "on the day before the rules began nothing is decided"),
    ("base_rules", "on the day before the fourteenth birthday one is not registered on one's own"),
    ("base_rules", "an incapacitated adult cannot file"),
    ("base_rules", "all that is wrong with a dwelling is said at once"),
    ("base_rules", "the kind of premises is recorded nowhere, so a person has to look"),
    ("base_rules", "kinship with the tenant does not cure it"),
    ("base_rules", "one day more cannot"),
    ("obligations", "repeated within the year it is double"),
    ("obligations", "every owner is liable"),
    ("consent_2025", "on the last day of the window a consent is still waited for"),
    ("consent_2025", "both have missed it"),
    ("pilot_2025", "an owner of seventeen needs the operator"),
    ("pilot_2025", "at the counter on the pilot's last day"),
    ("pilot_2025", "at the counter on the day after"),
    ("astana_2026", "a quotient without an end is not rounded up to the norm"),
    ("astana_2026", "too small, and no consent"),
    ("astana_2026", "a university student in the capital, temporary stay"),
    ("astana_2026", "with the proviso unread nothing is decided"),
    ("astana_2026", "neither record"),
    ("astana_2026", "kinship unasked and the area is short"),
    ("astana_2026", "the registry of kinship is down and the area is short"),
    ("astana_2026", "the counter in the capital, in the pilot"),
];

#[test]
fn decisions_that_a_reviewer_reads() {
    let policy = Loaded::read("policies/kz");
    for (file, name) in READ {
        let cases = CaseFile::read(Path::new(&format!("policies/kz/{file}.test.yaml")));
        let mut found = cases.cases.iter().filter(|case| case.name == *name);
        let case = found.next().unwrap_or_else(|| panic!("{file} has no case `{name}`"));
        assert!(found.next().is_none(), "{file} has several cases `{name}`");
        let assume = case.assumed();
        let assume: Vec<(&str, &str)> = assume.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut decision = policy.decide(&cases.facts(case), &assume);
        // The digest changes with every comment of the policy.
        decision.policy.digest = "sha256:…".to_owned();
        let snapshot = ["en", "ru", "kk"].map(|language| policy.0.text(&decision, language)).join("\n");
        let snapshot = format!("{snapshot}\n{}\n", serde_json::to_string_pretty(&decision).unwrap());
        let slug: String =
            name.chars().filter(|c| *c != '\'' && *c != ',').map(|c| if c == ' ' { '_' } else { c }).collect();
        insta::with_settings!({ description => format!("{} ({})", case.name, case.law), omit_expression => true }, {
            insta::assert_snapshot!(format!("{file}__{slug}"), snapshot);
        });
    }
}

/// The files of a policy's folder, by name.
fn texts(folder: &str) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "ereje" || end == "csv"));
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn a_province_below_the_national_floor_is_an_error() {
    let mut files = texts("policies/vn");
    let province = |norm: &str| {
        let amendment = format!(
            "amendment vn.hue to vn.residence\n  in Hue\n  from 2026-01-01\n  en \"Hue\"\n  vi \"Huế\"\n\n\
             norm floor_area_norm = {norm} m2\n"
        );
        ("hue.ereje".to_owned(), amendment)
    };
    files.push(province("10"));
    Policy::from_texts(files.clone()).unwrap();
    files.pop();
    files.push(province("7.99"));
    let error = Policy::from_texts(files).unwrap_err().to_string();
    assert!(error.contains("E0504") && error.contains("hue.ereje") && error.contains("permanent.ereje"), "{error}");
}

#[test]
fn each_amendment_can_be_taken_out_alone() {
    let changes = [
        ("pilot_2025", "the counter is not", "redirect_online", "approve"),
        ("consent_2025", "a consent a day later does not revive the application", "refuse", "approve"),
        ("astana_2026", "a hundredth of a metre below it does not", "refuse", "approve"),
    ];
    let with = Loaded::read("policies/kz");
    for (amendment, name, before, after) in changes {
        let cases = CaseFile::read(Path::new(&format!("policies/kz/{amendment}.test.yaml")));
        let facts = cases.facts(cases.cases.iter().find(|case| case.name == name).unwrap());
        let files = texts("policies/kz").into_iter().filter(|(file, _)| *file != format!("{amendment}.ereje"));
        let without = Loaded(Policy::from_texts(files).unwrap_or_else(|error| panic!("{error}")));
        assert_eq!((with.codes(&facts).0.as_str(), without.codes(&facts).0.as_str()), (before, after), "{name}");
    }
}

/// What the engine is made of names neither country whose rules stand here.
#[test]
fn the_engine_knows_no_country() {
    let mut folders = vec![PathBuf::from("src"), PathBuf::from("grammar")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
            let named = ["astana", "kazakh", "hanoi", "vietnam"].iter().filter(|name| text.contains(**name));
            found.extend(named.map(|name| format!("{}: {name}", path.display())));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Every fact file under `examples/` is decided, and the outcomes that they show are many.
#[test]
fn the_examples_are_decided() {
    let mut outcomes = Vec::new();
    for country in ["kz", "vn"] {
        let policy = Loaded::read(format!("policies/{country}"));
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(format!("examples/{country}")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let format = Format::of_name(path.to_str().unwrap()).unwrap();
            let documents = policy.0.facts(&text, format).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for facts in documents {
                let codes = policy.0.codes(&facts);
                outcomes.push(format!("{}: {} {}", path.display(), codes.outcome, codes.reasons.join(" ")));
            }
        }
    }
    insta::assert_snapshot!("examples", outcomes.join("\n"));
}
