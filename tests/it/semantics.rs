//! The small cases with their right answers: `cases/semantics/*.yaml`, on the engine and on the reference evaluator.

use crate::it::equal::{Tally, Ways};
use crate::it::generate::Draw;
use crate::it::properties::{Engine, numbers};
use crate::it::reference::{self, Answer, Cause, spell};
use chrono::NaiveDate;
use ereje::DecideOptions;
use ereje::FactSet;
use ereje::facts::Format;
use ereje::ids::RegionId;
use ereje::model::{Choices, Model};
use ereje::value::Value;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    title: String,
    policy: String,
    /// Files beside the policy.
    #[serde(default)]
    files: BTreeMap<String, String>,
    cases: Vec<Small>,
}

/// One case. Only what it mentions is compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Small {
    title: String,
    #[serde(default)]
    decision: Option<String>,
    facts: serde_yaml::Value,
    as_of: Option<NaiveDate>,
    region: Option<String>,
    /// Choices of assumptions, by the index of the choice.
    #[serde(default)]
    assume: BTreeMap<String, u32>,
    outcome: String,
    reasons: Option<Vec<String>>,
    needs: Option<Vec<String>>,
    open: Option<Vec<String>>,
    notices: Option<Vec<String>>,
    blocked: Option<BTreeSet<String>>,
    faults: Option<usize>,
    provisional: Option<bool>,
    /// All outputs that are known.
    outputs: Option<BTreeMap<String, String>>,
    /// The names of the outputs that are not known.
    unknown_outputs: Option<Vec<String>>,
    /// The outcome that is held back, with the outputs tied to it that are not known: `pay: amount`.
    withheld: Option<String>,
    /// Warnings that the checker must report.
    #[serde(default)]
    warnings: Vec<String>,
}

/// The items of a policy, each beginning a line.
fn items(policy: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in policy.lines() {
        match items.last_mut() {
            Some(last) if line.starts_with(' ') => *last += &format!("\n{line}"),
            Some(_) | None => items.push(line.to_owned()),
        }
    }
    items
}

/// All evaluators agree on each rule of a small policy alone. If one of several rules needs the evaluator, it decides
/// all of them, and the kernel's result for the others is not tested.
#[test]
fn each_rule_of_the_small_cases_alone() {
    let (mut count, mut tally) = (0, Tally::default());
    for (path, group) in groups() {
        let items = items(&group.policy);
        let rules = items.iter().filter(|item| item.starts_with("rule ")).count();
        for kept in 0..rules {
            let mut rule = 0;
            let alone = items.iter().filter(|item| {
                rule += usize::from(item.starts_with("rule "));
                !item.starts_with("rule ") || rule == kept + 1
            });
            let policy = alone.cloned().collect::<Vec<_>>().join("\n") + "\n";
            let mut texts = vec![("policy.ereje".to_string(), policy)];
            texts.extend(group.files.clone());
            // An exception may have lost its rule.
            let Ok(engine) = Engine::load(&texts) else { continue };
            for case in &group.cases {
                count += 1;
                let (facts, options) = match asked(&engine, case) {
                    Ok(asked) => asked,
                    Err(findings) => panic!("{}: {}: {findings:?}", path.display(), case.title),
                };
                let mut ways = Ways::new(engine.deciding(), &options).expect("a plan");
                let wrong = ways.check(&facts, &mut Draw::new(&numbers(count))).err();
                assert_eq!(wrong, None, "{}: {}: {}, rule {kept}", path.display(), group.title, case.title);
                tally.add(ways.tally);
            }
        }
    }
    assert!(count > 500 && tally.by_kernel * 4 > tally.rows * 3, "{count} cases, {tally:?}");
}

/// All groups, with their files.
fn groups() -> Vec<(PathBuf, Group)> {
    let folder = crate::it::root().join("tests/cases/semantics");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let groups: Vec<Group> = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        groups.into_iter().map(move |group| (path.clone(), group))
    };
    files.into_iter().flat_map(read).collect()
}

/// The facts of a case, and the question.
fn asked(engine: &Engine, case: &Small) -> Result<(FactSet, DecideOptions), Vec<String>> {
    let facts = engine.decode(&serde_yaml::to_string(&case.facts).unwrap(), Format::Yaml)?;
    let model = &*engine.model;
    let mut choices = Choices::defaults(model);
    for (name, choice) in &case.assume {
        let id = model.assumptions.iter().position(|a| a.name == *name).expect("an assumption of that name");
        choices = choices.with(ereje::ids::AssumptionId::new(id), *choice);
    }
    let region = case.region.as_ref().map(|name| {
        let place = model.regions.iter().position(|r| r.name == *name);
        RegionId::new(place.expect("a region of that name"))
    });
    let options = DecideOptions {
        decision: Some(engine.decision(case.decision.as_deref())),
        as_of: case.as_of,
        region,
        choices: Some(choices),
        ..DecideOptions::default()
    };
    Ok((facts, options))
}

#[test]
fn small_cases() {
    let mut wrong = Vec::new();
    let (mut count, mut tally) = (0, Tally::default());
    for (path, group) in groups() {
        let mut texts = vec![("policy.ereje".to_string(), group.policy.clone())];
        texts.extend(group.files.clone());
        let engine = match Engine::load(&texts) {
            Ok(engine) => engine,
            Err(findings) => {
                wrong.push(format!("{}: {}\n  {}", path.display(), group.title, findings.join("\n  ")));
                continue;
            }
        };
        for case in &group.cases {
            count += 1;
            for problem in problems(&engine, case, &mut tally) {
                wrong.push(format!("{}: {}: {}\n  {problem}", path.display(), group.title, case.title));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(count > 60, "only {count} cases were found");
    assert!(tally.by_kernel * 10 > tally.rows * 7, "the kernel decides few of them: {tally:?}");
}

fn problems(engine: &Engine, case: &Small, tally: &mut Tally) -> Vec<String> {
    let (facts, options) = match asked(engine, case) {
        Ok(asked) => asked,
        Err(findings) => return findings,
    };
    let model = &*engine.model;
    let question = ereje::engine::Engine::question(&options);
    let choices = options.choices.clone().expect("they are made");
    let mut all = Vec::new();
    let answers = [
        ("the engine", engine.answer(&facts, &choices, &question)),
        ("the reference", reference::answer(model, &facts, &choices, &question)),
    ];
    for (who, answer) in &answers {
        all.extend(differences(model, case, answer).into_iter().map(|d| format!("{who}: {d}")));
    }
    let mut ways = Ways::new(engine.deciding(), &options).expect("a plan");
    all.extend(ways.check(&facts, &mut Draw::new(&numbers(case.title.len() as u64))).err());
    tally.add(ways.tally);
    for code in &case.warnings {
        if !engine.findings.iter().any(|f| f.code.name() == code) {
            all.push(format!("the checker does not remark {code}"));
        }
    }
    all
}

fn differences(model: &Model, case: &Small, answer: &Answer) -> Vec<String> {
    let mut all = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|e| *e != got) {
            all.push(format!("{what} {got}, expected {expected}"));
        }
    };
    let codes = |lines: &[reference::ReasonLine]| lines.iter().map(|l| l.code.clone()).collect::<Vec<_>>();
    let faults = answer.blocked.iter().filter(|c| matches!(c, Cause::Fault(_))).count();
    let blocked: BTreeSet<String> = answer.blocked.iter().filter_map(|c| word(model, c)).collect();
    let outputs: BTreeMap<_, _> =
        answer.outputs.iter().map(|(name, value)| (name.clone(), write(model, value))).collect();
    let show = |list: &[String]| format!("{list:?}");
    compare("outcome", Some(case.outcome.clone()), answer.outcome.clone());
    compare("reasons", case.reasons.as_deref().map(show), show(&codes(&answer.reasons)));
    compare("needs", case.needs.as_deref().map(show), show(&answer.needs));
    compare("open", case.open.as_deref().map(show), show(&answer.open));
    compare("notices", case.notices.as_deref().map(show), show(&codes(&answer.notices)));
    compare("blocked", case.blocked.as_ref().map(|b| format!("{b:?}")), format!("{blocked:?}"));
    compare("faults", case.faults.map(|n| n.to_string()), faults.to_string());
    compare("provisional", case.provisional.map(|p| p.to_string()), answer.provisional.to_string());
    let unknown: Vec<String> = answer.unknown_outputs.iter().map(|(name, _)| name.clone()).collect();
    compare("unknown_outputs", case.unknown_outputs.as_deref().map(show), show(&unknown));
    let withheld = answer.withheld.as_ref().map(|(outcome, outputs)| format!("{outcome}: {}", outputs.join(", ")));
    compare("withheld", case.withheld.clone(), withheld.unwrap_or_default());
    compare("outputs", case.outputs.as_ref().map(|o| format!("{o:?}")), format!("{outputs:?}"));
    all
}

/// A cause other than a fault: `kin unavailable`, `proviso open`.
fn word(model: &Model, cause: &Cause) -> Option<String> {
    Some(match cause {
        Cause::Unasked(place) => format!("{} unasked", spell(model, place)),
        Cause::Absent(place) => format!("{} absent", spell(model, place)),
        Cause::Unavailable(place) => format!("{} unavailable", spell(model, place)),
        Cause::Open(id, _) => format!("{} open", model.definitions[*id].name),
        Cause::Fault(_) => return None,
    })
}

fn write(model: &Model, value: &Value) -> String {
    match value {
        Value::Enum(of, index) => model.enums[*of].values[*index as usize].0.clone(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Date(d) => d.to_string(),
        Value::Duration(d) => d.words(None),
        other => format!("{other:?}"),
    }
}
