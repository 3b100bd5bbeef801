//! The labels of what the report names by codes: outcomes, regions, facts.
//!
//! Comes in: both versions and a language of the policy. Goes out: a label for each code that has one; where both versions have
//! one, that of the new version.

use super::Version;
use crate::phrases::labelled;
use ereje::explain::{label, verdict_label};
use ereje::model::Model;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The labels in the language of the report, by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReportLabels {
    /// Of outcomes.
    pub outcomes: BTreeMap<String, String>,
    /// Of regions.
    pub regions: BTreeMap<String, String>,
    /// Of the facts that the report names, by `group.name`.
    pub facts: BTreeMap<String, String>,
}

impl ReportLabels {
    /// The labels of both versions in a language.
    pub(super) fn new(old: &Version, new: &Version, language: &str) -> Self {
        let mut found = Self::default();
        for name in ["undetermined", "not_in_force"] {
            found.outcomes.extend(verdict_label(name, language).map(|label| (name.to_owned(), label.to_owned())));
        }
        for version in [old, new] {
            found.take(version.policy.model(), language);
        }
        found
    }

    fn take(&mut self, model: &Model, language: &str) {
        let outcomes = model.decisions.iter().flat_map(|decision| &decision.outcomes);
        let outcomes = outcomes.filter_map(|outcome| Some((&outcome.name, label(&outcome.labels, language)?)));
        self.outcomes.extend(outcomes.map(|(name, label)| (name.clone(), label.to_owned())));
        let regions = model.regions.iter();
        let regions = regions.filter_map(|region| Some((&region.name, label(&region.labels, language)?)));
        self.regions.extend(regions.map(|(name, label)| (name.clone(), label.to_owned())));
        let facts = model.facts.iter();
        let facts = facts.filter_map(|fact| Some((fact.path(), label(&fact.datum.labels, language)?)));
        self.facts.extend(facts.map(|(name, label)| (name, label.to_owned())));
    }

    /// Keeps the labels of the facts that are named.
    pub(super) fn keep_facts(&mut self, named: &BTreeSet<String>) {
        self.facts.retain(|name, _| named.contains(name));
    }

    /// An outcome with its label.
    pub(super) fn outcome(&self, name: &str) -> String {
        labelled(self.outcomes.get(name).map(String::as_str), name)
    }

    /// A region with its label.
    pub(super) fn region(&self, name: &str) -> String {
        labelled(self.regions.get(name).map(String::as_str), name)
    }

    /// A fact with its label, behind its name, since the name is what the version does not know.
    pub(super) fn fact(&self, name: &str) -> String {
        self.facts.get(name).map_or_else(|| name.to_owned(), |label| format!("{name} ({label})"))
    }

    /// Facts in YAML with the labels as comments.
    pub(super) fn commented(&self, yaml: &str) -> String {
        let mut out = String::new();
        for (line, path) in paths(yaml) {
            out.push_str(line);
            if let Some(label) = path.and_then(|path| self.facts.get(&path)) {
                out.push_str("  # ");
                out.push_str(label);
            }
            out.push('\n');
        }
        out
    }
}

/// The lines of facts in YAML, each with the name of the fact that begins there.
pub(super) fn paths(yaml: &str) -> impl Iterator<Item = (&str, Option<String>)> {
    let mut group = "";
    yaml.lines().map(move |line| {
        let name = line.trim_start().split_once(':').map_or("", |(name, _)| name);
        let path = match line.len() - line.trim_start().len() {
            _ if name.is_empty() || name.starts_with(['-', '"', '\'', '#']) => None,
            0 => {
                group = name;
                Some(name.to_owned())
            }
            2 => Some(format!("{group}.{name}")),
            _ => None,
        };
        (line, path)
    })
}
