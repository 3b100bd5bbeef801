//! Diagnostics: the only form of findings about a file.
//!
//! Style of messages: lowercase, no final period, user text in backticks, no names of Rust types; the message says what
//! is wrong, the primary label what was expected or found there, the help what to do next.

pub mod code;
mod json;
mod lookalike;
mod render;
mod sarif;
mod severity;
mod suggest;
mod text;

pub use code::Code;
pub use json::json;
pub use lookalike::{is_unseen, like_latin, lookalike};
pub use render::{human, in_order, short};
pub use sarif::sarif;
pub use severity::Severity;
pub use suggest::nearest;
pub use text::{NoText, add_bytes, begins_as_text, is_lfs_pointer, may_tell_more, text};

use crate::source::Span;

/// A path that could not be read, and why: what keeps a report from being complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadPath {
    /// The path as it was given.
    pub path: String,
    /// Why.
    pub why: String,
}

/// One finding, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code; the severity follows from it.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where, and what was expected or found there.
    pub primary: Label,
    /// Other places that belong to the finding.
    pub secondary: Vec<Label>,
    /// Facts that show it, in a sentence; or that none were found. Told whole in every format.
    pub example: Option<String>,
    /// What to do next.
    pub help: Vec<String>,
}

/// A place with a text about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text; may be empty.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic at a place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: Label { span, text: label.into() },
            secondary: Vec::new(),
            example: None,
            help: Vec::new(),
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Sets the example.
    #[must_use]
    pub fn showing(mut self, text: impl Into<String>) -> Self {
        self.example = Some(text.into());
        self
    }

    /// Adds a help line.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Error or warning.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
