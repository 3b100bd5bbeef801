//! Blocks of the language: they are checked, and decided with the facts that follow them.

use super::console::Console;
use super::page::Block;
use ereje::check::check;
use ereje::diagnostic::{Severity, human};
use ereje::engine::DecideOptions;
use ereje::explain::Blocked;
use ereje::load::Bundle;
use ereje::{Format, Policy};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The texts of a policy, by file name.
type Texts = BTreeMap<String, String>;

/// The policies of a page by their names in it.
#[derive(Default)]
pub struct Policies {
    known: BTreeMap<String, Texts>,
    /// The last facts on the page, and the policy that they are for.
    facts: Option<(String, String)>,
}

/// The codes of the findings about a policy, and the findings as text.
fn find(texts: &Texts) -> (BTreeSet<(Severity, String)>, String) {
    let bundle = Bundle::from_texts(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap();
    let checked = check(&bundle.files, &bundle.sources);
    let findings = bundle.findings(&checked.diagnostics);
    let codes = findings.iter().map(|d| (d.severity(), d.code.to_string())).collect();
    (codes, human(&findings, &bundle.sources, false))
}

impl Policies {
    /// The correct text of the block.
    pub fn run(&mut self, block: &Block) -> Result<String, String> {
        if let Some(file) = block.pair("from") {
            excerpt(file, &block.text)?;
            return Ok(block.text.clone());
        }
        match block.language.as_str() {
            "ereje" => self.policy(block)?,
            "yaml" if block.is("yaml", "cases") => self.cases(block)?,
            "yaml" if block.is("yaml", "facts") => {
                let name = block.pair("of").ok_or("facts of which policy? `of=NAME`")?;
                self.facts = Some((name.to_owned(), block.text.clone()));
            }
            "text" | "json"
                if block.words.iter().any(|word| ["decision", "explained", "short"].contains(&word.as_str())) =>
            {
                return self.decision(block);
            }
            _ => {}
        }
        Ok(block.text.clone())
    }

    fn get(&self, name: &str) -> Result<&Texts, String> {
        self.known.get(name).ok_or_else(|| format!("there is no policy `{name}` above on this page"))
    }

    fn policy(&mut self, block: &Block) -> Result<(), String> {
        let fragment = block.pair("in");
        let mut texts = fragment.map(|name| self.get(name).cloned()).transpose()?.unwrap_or_default();
        let name = block.pair("policy").or(fragment).unwrap_or("policy");
        let mut file = format!("{name}.ereje");
        while texts.contains_key(&file) {
            file = format!("more_{file}");
        }
        if block.is("ereje", "expressions") {
            let lines = block.text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).enumerate();
            texts.insert(file, lines.map(|(i, line)| format!("define line_{i} = {line}\n")).collect());
        } else {
            texts.insert(file, block.text.clone());
        }
        let (found, shown) = find(&texts);
        // A few lines beside a policy declare facts that nothing reads.
        let shown_alone = |code: &str| fragment.is_some() && code == "W0201";
        let mut named: BTreeSet<String> =
            found.iter().map(|(_, code)| code.clone()).filter(|c| !shown_alone(c)).collect();
        // Separate items are only parsed: findings about missing declarations do not count.
        if fragment.is_none() && !block.text.lines().any(|line| line.starts_with("policy ")) {
            named.retain(|code| code.starts_with("E01"));
        }
        let errors = found.iter().any(|(severity, _)| *severity == Severity::Error);
        if let Some(expected) = block.pair("finds") {
            let expected: BTreeSet<String> = expected.split(',').map(str::to_owned).collect();
            if named != expected {
                return Err(format!("expected {expected:?}, found:\n{shown}"));
            }
        } else if fragment.is_some() {
            if errors {
                return Err(format!("found:\n{shown}"));
            }
        } else if block.text.lines().any(|line| line.starts_with("policy ")) {
            if !named.is_empty() {
                return Err(format!("found:\n{shown}"));
            }
        } else if !named.is_empty() {
            return Err(format!("found:\n{shown}"));
        }
        if let Some(name) = block.pair("policy") {
            self.known.insert(name.to_owned(), texts);
        }
        Ok(())
    }

    /// The decision for the last facts, as `ereje eval` prints it.
    fn decision(&self, block: &Block) -> Result<String, String> {
        let (name, facts) = self.facts.as_ref().ok_or("there are no facts above")?;
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let mut console = Console::new(folder.path());
        for (file, text) in self.get(name)? {
            console.file(&format!("{name}/{file}"), text)?;
        }
        console.file("facts.yaml", facts)?;
        let has = |wanted: &str| block.words.iter().any(|word| word == wanted);
        let explain = match (has("explained"), has("short")) {
            (true, _) => " --explain",
            (false, true) => " --explain=short",
            (false, false) => "",
        };
        let language = block.pair("lang").map(|lang| format!(" --lang {lang}")).unwrap_or_default();
        console.command(&format!("ereje eval -p {name} facts.yaml --format {}{explain}{language}", block.language))
    }

    /// Facts with their decisions.
    fn cases(&self, block: &Block) -> Result<(), String> {
        let name = block.pair("of").ok_or("cases of which policy? `of=NAME`")?;
        let cases: Value = serde_yaml::from_str(&block.text).map_err(|e| e.to_string())?;
        let cases = cases.as_array().filter(|cases| !cases.is_empty()).ok_or("these are no cases")?;
        let policy = Policy::from_texts(self.get(name)?.clone()).map_err(|e| e.to_string())?;
        let mut wrong = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            if let Err(problem) = decide(&policy, case) {
                wrong.push(format!("case {}: {problem}", index + 1));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }
}

/// Checks that these lines are in a file of the repository, in this order.
fn excerpt(file: &str, text: &str) -> Result<(), String> {
    let whole = std::fs::read_to_string(super::root().join(file)).map_err(|e| format!("{file}: {e}"))?;
    let mut rest = whole.lines();
    match text.lines().filter(|line| !line.is_empty()).find(|line| !rest.any(|other| other == *line)) {
        Some(line) => Err(format!("`{line}` does not follow in {file}")),
        None => Ok(()),
    }
}

/// Decides a case, and compares the parts that it mentions.
fn decide(policy: &Policy, case: &Value) -> Result<(), String> {
    let case = case.as_object().ok_or("this is no case")?;
    if !case.contains_key("facts") || !case.contains_key("outcome") {
        return Err(String::from("a case has `facts` and an `outcome`"));
    }
    let facts = policy.facts(&case["facts"].to_string(), Format::Json).map_err(|e| e.to_string())?;
    let named = case.get("decision").and_then(Value::as_str);
    let asked = named.map(|d| policy.decision(d)).transpose().map_err(|e| e.to_string())?;
    let options = DecideOptions { decision: asked, ..DecideOptions::default() };
    let decision = policy.decide_with(&facts[0], &options).map_err(|e| e.to_string())?;
    let codes = |reasons: &[ereje::explain::Reason]| reasons.iter().map(|r| r.code.clone()).collect::<Value>();
    for (key, expected) in case {
        let found = match key.as_str() {
            "facts" | "decision" => continue,
            "outcome" => Value::from(decision.outcome.clone()),
            "reasons" => codes(&decision.reasons),
            "notices" => codes(&decision.notices),
            "needs" => decision.needs.iter().map(|n| n.fact.clone()).collect(),
            "open" => decision.open.iter().cloned().collect(),
            "outputs" => Value::Object(decision.outputs.clone()),
            "unknown_outputs" => decision.unknown_outputs.iter().map(|unknown| unknown.name()).collect(),
            "blocked" => decision.blocked.iter().map(blocked).collect(),
            other => return Err(format!("a case says nothing of `{other}`")),
        };
        if found != *expected {
            return Err(format!("expected {key} {expected}, found {found} in\n{}", json(&decision)));
        }
    }
    Ok(())
}

/// What blocks a decision, by its name.
fn blocked(blocked: &Blocked) -> Value {
    match blocked {
        Blocked::Fact { fact, .. } => Value::from(fact.clone()),
        Blocked::Open { definition, .. } => Value::from(definition.clone()),
        other => panic!("{other:?}"),
    }
}

fn json(decision: &ereje::explain::Decision) -> String {
    serde_json::to_string_pretty(decision).unwrap()
}
