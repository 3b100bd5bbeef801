//! What a case itself specifies: what it changes in the base of its file, and what it asks besides the facts.

use super::file::CaseFile;
use super::table::cell_text;
use chrono::NaiveDate;
use ereje::facts::tree::{Tree, TreeNode};

/// What one trial specifies, in the words of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenReason<'f> {
    /// The trial's name.
    pub name: &'f str,
    /// The rule of law, or the gap in it, that the trial is about.
    pub law: Option<&'f str>,
    /// Paths and values of facts that the base does not have, or has with another value.
    pub changed: Vec<(String, String)>,
    /// Paths of facts that the base has and the trial leaves unasked.
    pub removed: Vec<String>,
    /// The name of the decision that is asked for.
    pub decision: Option<&'f str>,
    /// The governing date that is asked for.
    pub as_of: Option<NaiveDate>,
    /// The governing place that is asked for.
    pub region: Option<&'f str>,
    /// Choices made for assumptions.
    pub assumed: Vec<(&'f str, &'f str)>,
}

impl CaseFile {
    /// What each trial specifies, in the order of the file, including trials that fit no policy.
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

/// Notes how a tree differs from the base. The recursion is bounded, since the reader limits the depth of trees.
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
                given.changed.push((at(&entry.key), cell_text(&entry.value)));
            }
        }
        (Tree::List(before), Tree::List(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(before, after, &format!("{path}[{index}]"), given);
            }
        }
        (before, after) => {
            let kind = std::mem::discriminant(before) == std::mem::discriminant(after);
            if !kind || cell_text(base) != cell_text(facts) {
                given.changed.push((path.to_owned(), cell_text(facts)));
            }
        }
    }
}
