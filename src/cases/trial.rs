//! A trial before it is bound to a policy: facts as a tree, and everything else by its name.

use super::expect::Expected;
use crate::facts::tree::Node;
use crate::source::Span;
use chrono::NaiveDate;
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
    pub(super) facts: Arc<Node<'static>>,
    pub(super) question: Question,
    pub(super) expect: Arc<Expected>,
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
    /// The same with a value in its name that tells it from its brothers.
    pub(super) fn named(&self, value: &str) -> Self {
        let name = match self.name.strip_suffix(']') {
            Some(name) if name.contains(" [") => format!("{name}, {value}]"),
            Some(_) | None => format!("{} [{value}]", self.name),
        };
        Self { name, ..self.clone() }
    }
}
