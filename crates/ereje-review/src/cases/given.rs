//! What a case writes down: what it changes in the base of its file, and what it asks besides the facts.

use super::file::CaseFile;
use super::table::told;
use chrono::NaiveDate;
use ereje::facts::tree::{Tree, TreeNode};

/// What is special about one trial, in the words of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenReason<'f> {
    /// The trial's name.
    pub name: &'f str,
    /// The rule or gap of the law that it stands for.
    pub law: Option<&'f str>,
    /// Paths of facts that the base does not have, or has otherwise, and their values.
    pub changed: Vec<(String, String)>,
    /// Paths of facts that the base has and nobody has asked here.
    pub removed: Vec<String>,
    /// The decision that is asked for by name.
    pub decision: Option<&'f str>,
    /// The governing date that is asked for.
    pub as_of: Option<NaiveDate>,
    /// The governing place that is asked for.
    pub region: Option<&'f str>,
    /// Choices made for assumptions.
    pub assumed: Vec<(&'f str, &'f str)>,
}

impl CaseFile {
    /// What each trial writes down, in the order of the file; a trial that fits no policy is among them.
    pub fn given(&self) -> impl Iterator<Item = GivenReason<'_>> {
        self.specs.iter().map(|spec| {
            let question = &spec.question;
            let mut given = GivenReason {
                name: &spec.name,
                law: spec.law.as_deref(),
                changed: Vec::new(),
                removed: Vec::new(),
                decision: question.decision.as_ref().map(|(name, _)| name.as_str()),
                as_of: question.as_of,
                region: question.region.as_ref().map(|(name, _)| name.as_str()),
                assumed: question.assume.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect(),
            };
            compare(&self.base_facts, &spec.tree(), "", &mut given);
            given
        })
    }
}

/// Notes what a tree has otherwise than the base. The depth of a tree is limited where it is read.
fn compare(base: &TreeNode<'_>, facts: &TreeNode<'_>, path: &str, given: &mut GivenReason<'_>) {
    match (&base.tree, &facts.tree) {
        (Tree::Map(before), Tree::Map(after)) => {
            let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            for entry in before {
                match after.iter().find(|other| other.key == entry.key) {
                    Some(other) => compare(&entry.value, &other.value, &at(&entry.key), given),
                    None => given.removed.push(at(&entry.key)),
                }
            }
            for entry in after.iter().filter(|entry| !before.iter().any(|other| other.key == entry.key)) {
                given.changed.push((at(&entry.key), told(&entry.value)));
            }
        }
        (Tree::List(before), Tree::List(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(before, after, &format!("{path}[{index}]"), given);
            }
        }
        (before, after) => {
            let kind = std::mem::discriminant(before) == std::mem::discriminant(after);
            if !kind || told(base) != told(facts) {
                given.changed.push((path.to_owned(), told(facts)));
            }
        }
    }
}
