//! The policies of the repository against their cases.

mod accepted;
mod glossary;
mod law;
mod letters;

use crate::it::root;
use ereje::diagnostic::human;
use ereje::engine::DecideOptions;
use ereje::eval::{self, DetailLevel, Question};
use ereje::explain::Decision;
use ereje::ids::{AssumptionId, DecisionId};
use ereje::model::Choices;
use ereje::source::Sources;
use ereje::{FactSet, Format, Policy};
use ereje_review::cases::{CaseFile, Trial};
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A policy of the repository.
pub struct Loaded(Policy);

impl Loaded {
    pub fn read(folder: impl AsRef<Path>) -> Self {
        Self(Policy::load(root().join(folder)).unwrap_or_else(|error| panic!("{error}")))
    }

    fn facts(&self, facts: &Value) -> FactSet {
        let mut sets = self.0.facts(&facts.to_string(), Format::Json).unwrap_or_else(|error| panic!("{error}"));
        sets.remove(0)
    }

    /// The outcome and the codes.
    pub fn codes(&self, facts: &Value) -> (String, Vec<String>) {
        self.codes_of(&self.facts(facts))
    }

    fn codes_of(&self, facts: &FactSet) -> (String, Vec<String>) {
        let codes = self.0.codes(facts);
        (codes.outcome.to_owned(), codes.reasons.into_iter().map(str::to_owned).collect())
    }

    fn decide(&self, trial: &Trial) -> Decision {
        self.0.decide_with(&trial.facts, &trial.options).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The decision without the assumptions that it rests on, for which it would be made a hundred times.
    fn decide_quickly(&self, facts: &FactSet, options: &DecideOptions) -> Decision {
        let engine = self.0.engine();
        Decision::of(engine, engine.evaluate_without_assumptions(facts, options).unwrap())
    }

    /// The trials of a case file, and its findings.
    fn bound(&self, path: &Path) -> (Vec<Trial>, String) {
        let mut sources = Sources::new();
        let file = sources.add(path.to_str().unwrap(), std::fs::read_to_string(root().join(path)).unwrap());
        let (read, mut findings) =
            CaseFile::read(&mut sources, file, &mut |name| Err(format!("`{name}` is not read here")));
        let (trials, more) = read.map(|read| read.bind(&self.0)).unwrap_or_default();
        findings.extend(more);
        (trials, human(&findings, &sources, false))
    }

    /// The trials of a case file without findings.
    fn trials(&self, path: &Path) -> Vec<Trial> {
        let (trials, findings) = self.bound(path);
        assert!(findings.is_empty(), "{findings}");
        trials
    }

    /// The assumptions that a decision depends on, computed the slow way: each other choice is tried, and the
    /// assumption counts if outcome, reasons or outputs change.
    fn rests_on(&self, trial: &Trial) -> Map<String, Value> {
        let engine = self.0.engine();
        let made = trial.assumed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let holds = self.0.assume(made).unwrap();
        let parts = |choices: &Choices| {
            let plan = engine.plan(choices).unwrap();
            let outcome = eval::decide(&plan, &trial.facts, &Question::of(DecisionId(0)), DetailLevel::Outputs);
            // Why an output is not known may turn on a reading; that it is not known does not.
            let outputs: Vec<_> = outcome.known_outputs().map(|(index, known)| (index, format!("{known:?}"))).collect();
            let reasons: Vec<_> =
                outcome.reasons.into_iter().map(|given| (given.origin, given.reason, given.args)).collect();
            (outcome.verdict, reasons, outputs)
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
        found
    }
}

/// An object with each value as text, so that `true` and `"true"` are equal.
fn plain_values(object: &Map<String, Value>) -> Map<String, Value> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    object.iter().map(|(name, value)| (name.clone(), plain(value).into())).collect()
}

fn case_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path().strip_prefix(root()).unwrap().to_owned())
        .filter(|path| path.to_str().unwrap().ends_with(".test.yaml"))
        .collect();
    files.sort();
    files
}

/// Every case is as expected; for every thirteenth, the assumptions are computed the slow way as well. Each choice of
/// each assumption is made by a case, or a case's decision depends on it.
fn run(folder: &str, at_least: usize) {
    let policy = Loaded::read(folder);
    let mut tried = BTreeSet::new();
    let mut failed = Vec::new();
    let mut count = 0;
    for path in case_files(folder) {
        for trial in policy.trials(&path) {
            let judged = trial.run(&policy.0).unwrap_or_else(|findings| panic!("{}: {findings:?}", trial.name));
            let mut wrong: Vec<_> =
                judged.wrong.iter().map(|d| format!("  {}: expected {}, got {}", d.part, d.expected, d.got)).collect();
            if count % 13 == 0 {
                let slowly = policy.rests_on(&trial);
                if plain_values(&slowly) != plain_values(&judged.decision.assumptions) {
                    wrong.push(format!("  assumptions: worked out slowly, {slowly:?}"));
                }
            }
            if !wrong.is_empty() {
                failed.push(format!("{}: {}\n{}", path.display(), trial.name, wrong.join("\n")));
            }
            count += 1;
            tried.extend(plain_values(&judged.decision.assumptions).into_iter().map(|(name, choice)| {
                let choice = choice.as_str().unwrap().to_owned();
                (name, choice)
            }));
            tried.extend(trial.assumed);
        }
    }
    assert!(failed.is_empty(), "{} of {count} cases:\n{}", failed.len(), failed.join("\n"));
    assert!(count >= at_least, "only {count} cases");
    for (at, assumption) in policy.0.model().assumptions.iter().enumerate() {
        for choice in policy.0.engine().written_choices(AssumptionId::new(at)) {
            let choice = (assumption.name.to_string(), choice);
            assert!(tried.contains(&choice), "{folder}: no case tries {choice:?}");
        }
    }
}

#[test]
fn kazakhstan() {
    run("policies/kz", 600);
}

#[test]
fn vietnam() {
    run("policies/vn", 100);
}

/// Cases whose decision is tested in every language and as JSON; the others are tested by `ereje review`.
const READ: &[(&str, &str)] = &[
    ("base_rules", "all that is wrong with a dwelling is said at once"),
    ("consent_2025", "on the last day of the window a consent is still waited for"),
    ("astana_2026", "too small, and no consent"),
    ("astana_exceptions", "the registry of kinship is down and the area is short"),
];

#[test]
fn some_decisions_in_every_language_and_for_machines() {
    let policy = Loaded::read("policies/kz");
    for (file, name) in READ {
        let trials = policy.trials(Path::new(&format!("policies/kz/{file}.test.yaml")));
        let trial = trials.iter().find(|trial| trial.name == *name);
        let trial = trial.unwrap_or_else(|| panic!("{file} has no case `{name}`"));
        let mut decision = policy.decide(trial);
        // The digest changes with every comment of the policy.
        decision.policy.digest = "sha256:…".to_owned();
        let snapshot = ["en", "ru", "kk"].map(|language| policy.0.text(&decision, language)).join("\n");
        let snapshot = format!("{snapshot}\n{}\n", serde_json::to_string_pretty(&decision).unwrap());
        let slug: String =
            name.chars().filter(|c| *c != '\'' && *c != ',').map(|c| if c == ' ' { '_' } else { c }).collect();
        insta::with_settings!({ description => format!("{} ({})", trial.name, trial.law.as_deref().unwrap()), omit_expression => true }, {
            insta::assert_snapshot!(format!("{file}__{slug}"), snapshot);
        });
    }
}

/// The files in a policy's folder, by name.
fn texts(folder: &str) -> Vec<(String, String)> {
    let files = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
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
        let path = format!("policies/kz/{amendment}.test.yaml");
        let case = |policy: &Loaded| {
            // Without the amendment, its reasons are not known.
            let (trials, _) = policy.bound(Path::new(&path));
            policy.codes_of(&trials.iter().find(|trial| trial.name == name).unwrap().facts).0
        };
        let files = texts("policies/kz").into_iter().filter(|(file, _)| *file != format!("{amendment}.ereje"));
        let without = Loaded(Policy::from_texts(files).unwrap_or_else(|error| panic!("{error}")));
        assert_eq!((case(&with).as_str(), case(&without).as_str()), (before, after), "{name}");
    }
}

/// Whoever is sent to the operator is not sent online from there, nor the other way round, in no case and under no reading.
#[test]
fn nobody_is_sent_in_circles() {
    let policy = Loaded::read("policies/kz");
    let sent_again = |trial: &Trial| {
        let elsewhere = match policy.decide(trial).outcome.as_str() {
            "route_to_operator" => "tson_operator",
            "redirect_online" => "egov_portal",
            _ => return None,
        };
        let mut facts = ereje::facts::to_json(policy.0.model(), &trial.facts);
        facts["application"]["channel"] = elsewhere.into();
        let there = policy.0.decide_with(&policy.facts(&facts), &trial.options).unwrap();
        Some(["route_to_operator", "redirect_online"].contains(&there.outcome.as_str()).then(|| trial.name.clone()))
    };
    let trials: Vec<Trial> = case_files("policies/kz").iter().flat_map(|path| policy.trials(path)).collect();
    let sent: Vec<Option<String>> = trials.par_iter().filter_map(sent_again).collect();
    assert!(sent.len() > 80, "only {} cases send anybody elsewhere", sent.len());
    let circles: Vec<String> = sent.into_iter().flatten().collect();
    assert!(circles.is_empty(), "sent back from where they were sent: {circles:#?}");
}

/// The sources of the engine name neither of the countries whose rules are in the repository.
#[test]
fn the_engine_knows_no_country() {
    let mut folders = ["src", "grammar", "crates"].map(|folder| root().join(folder)).to_vec();
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

/// Every fact file under `examples/` is decided, and they show many outcomes.
#[test]
fn the_examples_are_decided() {
    let mut outcomes = Vec::new();
    for country in ["kz", "vn"] {
        let policy = Loaded::read(format!("policies/{country}"));
        let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("examples").join(country))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let format = Format::of_name(path.to_str().unwrap()).unwrap();
            let documents = policy.0.facts(&text, format).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for facts in documents {
                let codes = policy.0.codes(&facts);
                let shown = path.strip_prefix(root()).unwrap().display();
                outcomes.push(format!("{shown}: {} {}", codes.outcome, codes.reasons.join(" ")));
            }
        }
    }
    insta::assert_snapshot!("examples", outcomes.join("\n"));
}
