//! Blocks of the language: checked, and decided with the facts that follow them.

use super::page::Block;
use ereje::check::check;
use ereje::diagnostic::{Severity, human};
use ereje::load::Bundle;
use std::collections::{BTreeMap, BTreeSet};

/// The texts of a policy, by file name.
type Texts = BTreeMap<String, String>;

/// The policies of a page by the names that it gives them.
#[derive(Default)]
pub struct Policies {
    known: BTreeMap<String, Texts>,
}

/// The codes that are found in a policy, and the findings as people read them.
fn find(texts: &Texts) -> (BTreeSet<(Severity, String)>, String) {
    let bundle = Bundle::from_texts(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap();
    let checked = check(&bundle.files, &bundle.sources);
    let mut findings = bundle.diagnostics;
    findings.extend(checked.diagnostics);
    let codes = findings.iter().map(|d| (d.severity(), d.code.to_string())).collect();
    (codes, human(&findings, &bundle.sources, false))
}

impl Policies {
    /// What stands in the block, or what is to stand in it.
    pub fn run(&mut self, block: &Block) -> Result<String, String> {
        match block.language.as_str() {
            "ereje" => self.policy(block)?,
            "yaml" if block.is("yaml", "cases") => {}
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
        // What a few lines beside a policy declare is naturally read by nobody.
        let shown_alone = |code: &str| fragment.is_some() && code == "W0201";
        let named: BTreeSet<String> = found.iter().map(|(_, code)| code.clone()).filter(|c| !shown_alone(c)).collect();
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
        } else if named.iter().any(|code| code.starts_with("E01")) {
            return Err(format!("found:\n{shown}"));
        }
        if let Some(name) = block.pair("policy") {
            self.known.insert(name.to_owned(), texts);
        }
        Ok(())
    }
}
