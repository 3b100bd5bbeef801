//! A trial before it is bound to a policy: facts as a tree, and everything else by its name.

use super::expect::Expected;
use super::path::Path;
use chrono::NaiveDate;
use ereje::facts::tree::TreeNode;
use ereje::source::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// A trial that is bound to no policy.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) name: String,
    /// What is in brackets behind its name, to tell it from the others of its case.
    pub(super) told_apart: Vec<NamedValue>,
    /// Where its name is written.
    pub(super) name_span: Span,
    pub(super) law: Option<String>,
    /// The case or the row of its table.
    pub(super) span: Span,
    /// The facts of its case, shared by all trials of the case.
    pub(super) facts: Arc<TreeNode<'static>>,
    /// The edits that make its own facts.
    pub(super) edits: Vec<FactEdit>,
    pub(super) question: Question,
    pub(super) expect: Arc<Expected>,
}

/// A value in the name of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedValue {
    /// The path of the fact that has it; `None` for days, places and choices.
    pub(super) path: Option<String>,
    /// The value as the name has it.
    pub(super) text: String,
}

/// A change of facts whose path was checked.
#[derive(Clone, Debug)]
pub(super) enum FactEdit {
    /// Puts a value at a path; the pair holds the offsets of the path.
    Put(Path, TreeNode<'static>, (usize, usize)),
    /// Removes what is at a path, if there is something.
    Remove(Path),
}

/// The question besides the facts, by names.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) decision: Option<(String, Span)>,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) region: Option<(String, Span)>,
    pub(super) assume: Vec<(String, String, Span)>,
}

impl Question {
    /// Sets the choice for an assumption, and replaces an earlier one.
    pub(super) fn assume(&mut self, name: String, value: String, span: Span) {
        self.assume.retain(|(known, ..)| *known != name);
        self.assume.push((name, value, span));
    }
}

impl Spec {
    /// Its facts, with all edits made.
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

    /// The same trial with a value added to its name, to tell it from the others of its case.
    pub(super) fn named(&self, value: NamedValue) -> Self {
        let mut named = self.clone();
        named.name = with_value(&self.name, &value.text);
        named.told_apart.push(value);
        named
    }

    /// Its name before any value was added.
    pub(super) fn stem(&self) -> &str {
        match self.told_apart.first() {
            Some(first) => self.name.rfind(&format!(" [{}", first.text)).and_then(|at| self.name.get(..at)),
            None => None,
        }
        .unwrap_or(&self.name)
    }
}

/// A name with one more value in the brackets behind it.
pub(super) fn with_value(name: &str, value: &str) -> String {
    match name.strip_suffix(']') {
        Some(name) if name.contains(" [") => format!("{name}, {value}]"),
        Some(_) | None => format!("{name} [{value}]"),
    }
}

impl FactEdit {
    /// Makes the edit. Its path was checked when the edit was created.
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
