//! A trial before it is bound to a policy: facts as a tree, and everything else by its name.

use super::expect::Expected;
use super::path::Path;
use chrono::NaiveDate;
use ereje::facts::tree::TreeNode;
use ereje::source::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// One trial, bound to no policy.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) name: String,
    /// Where its name is written.
    pub(super) name_span: Span,
    pub(super) law: Option<String>,
    /// The case or the row of its table.
    pub(super) span: Span,
    /// The facts of its case, which it shares with its brothers.
    pub(super) facts: Arc<TreeNode<'static>>,
    /// What is different about its own.
    pub(super) edits: Vec<FactEdit>,
    pub(super) question: Question,
    pub(super) expect: Arc<Expected>,
}

/// A change of facts that has been tried and leads somewhere.
#[derive(Clone, Debug)]
pub(super) enum FactEdit {
    /// A value is put at a path, whose place is the pair of offsets.
    Put(Path, TreeNode<'static>, (usize, usize)),
    /// What stands at a path is taken away, if something does.
    Remove(Path),
}

/// What is asked besides the facts, by names.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) decision: Option<(String, Span)>,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) region: Option<(String, Span)>,
    pub(super) assume: Vec<(String, String, Span)>,
}

impl Question {
    /// Chooses for an assumption, in place of what was chosen before.
    pub(super) fn assume(&mut self, name: String, value: String, span: Span) {
        self.assume.retain(|(known, ..)| *known != name);
        self.assume.push((name, value, span));
    }
}

impl Spec {
    /// Its facts, all changes made.
    pub(super) fn tree(&self) -> Cow<'_, TreeNode<'static>> {
        if self.edits.is_empty() {
            return Cow::Borrowed(&self.facts);
        }
        let mut facts = (*self.facts).clone();
        for edit in &self.edits {
            edit.make(&mut facts);
        }
        Cow::Owned(facts)
    }

    /// The same with a value in its name that tells it from its brothers.
    pub(super) fn named(&self, value: &str) -> Self {
        let name = match self.name.strip_suffix(']') {
            Some(name) if name.contains(" [") => format!("{name}, {value}]"),
            Some(_) | None => format!("{} [{value}]", self.name),
        };
        Self { name, ..self.clone() }
    }
}

impl FactEdit {
    /// Makes the change. Who made the edit has seen that its path leads somewhere.
    pub(super) fn make(&self, facts: &mut TreeNode<'static>) {
        match self {
            Self::Put(path, value, at) => {
                let _ = path.set(facts, value.clone(), *at);
            }
            Self::Remove(path) => {
                path.remove(facts);
            }
        }
    }
}
