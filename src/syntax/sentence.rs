//! What the grammar expected, as a sentence.

use super::grammar::Rule;
use super::scan::Token;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use pest::error::{Error, InputLocation};

/// The words that open items.
pub(super) const ITEM_WORDS: &[&str] = &[
    "policy",
    "amendment",
    "import",
    "source",
    "registry",
    "region",
    "unit",
    "calendar",
    "enum",
    "record",
    "facts",
    "as",
    "decision",
    "outcome",
    "reason",
    "assumption",
    "norm",
    "replace",
    "define",
    "case",
    "table",
    "scale",
    "rule",
    "exception",
    "notice",
    "suspend",
];

/// A piece of text in its file.
pub(super) struct Place<'s> {
    pub(super) file: FileId,
    pub(super) base: usize,
    pub(super) text: &'s str,
    pub(super) tokens: &'s [Token],
}

/// Explains an error of the grammar.
pub(super) fn explain(error: &Error<Rule>, place: &Place<'_>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => place.base + at,
    };
    let token = place.tokens.iter().find(|t| t.end as usize > at);
    let span = token.map_or(Span::new(place.file, at, at), |t| Span::new(place.file, t.start as usize, t.end as usize));
    Diagnostic::new(Code::E0102, "not understood", span, format!("{:?}", error.variant))
}
