//! Lowers the parse tree of pest to the Ast.
//!
//! Comes in: the pairs of one chunk. Goes out: trees of [`super::ast`], with errors that the grammar admits because
//! they can be explained better here: numbers, dates, escapes, duplicate clauses, `and` beside `or`.

mod cells;
mod clauses;
mod expressions;
mod impossible;
mod items;
mod literals;
mod operands;
mod types;

pub(super) use expressions::one_line;
pub(super) use literals::shorten;

use super::ast::{Name, Path};
use super::grammar::{Pair, Rule};
use super::nfc::nfc;
use super::scan::Token;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use pest::iterators::Pairs;
use std::cell::Cell;
use std::iter::{Filter, Peekable};

/// A part that could not be lowered; the diagnostic has been added.
#[derive(Debug)]
pub(super) struct Bad;

/// The parts of a node, without the punctuation between them.
pub(in crate::syntax) type NodeParts<'p> = Peekable<Filter<Pairs<'p, Rule>, fn(&Pair<'p>) -> bool>>;

/// The parts of a node. Punctuation has rules only so that errors can name it.
pub(in crate::syntax) fn parts<'p>(pair: Pair<'p>) -> NodeParts<'p> {
    let content: fn(&Pair<'p>) -> bool = |p| {
        !matches!(
            p.as_rule(),
            Rule::open_paren
                | Rule::close_paren
                | Rule::open_bracket
                | Rule::close_bracket
                | Rule::open_brace
                | Rule::close_brace
                | Rule::colon
                | Rule::equals
                | Rule::bar
                | Rule::dots
                | Rule::dot
                | Rule::above_sign
                | Rule::list_comma
        )
    };
    pair.into_inner().filter(content).peekable()
}

/// The result of lowering.
pub(super) type Lowered<T> = Result<T, Bad>;

/// Lowers the pairs of one chunk.
pub(super) struct Lower<'s> {
    /// The file of all spans.
    file: FileId,
    /// The byte offset of the chunk in the file.
    base: usize,
    /// The tokens of the chunk or of the whole file.
    tokens: &'s [Token],
    /// The text of the chunk.
    text: &'s str,
    /// A cache of one: the end of a part and the end of its last token. Nested parts often end together.
    last_end: Cell<(u32, u32)>,
    /// The errors.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The places of names that were read although nothing can be called so.
    pub(super) unread: Vec<Span>,
}

impl<'s> Lower<'s> {
    pub(super) fn new(file: FileId, text: &'s str, base: usize, tokens: &'s [Token]) -> Self {
        Self { file, base, tokens, text, last_end: Cell::new((0, 0)), diagnostics: Vec::new(), unread: Vec::new() }
    }

    /// The span of a token.
    fn at(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        Span::new(self.file, self.base + span.start(), self.base + span.end())
    }

    /// The span of a larger part, without trailing white space and comments.
    fn place(&self, pair: &Pair<'_>) -> Span {
        let span = self.at(pair);
        let (known, mut end) = self.last_end.get();
        if known != span.end {
            let after = self.tokens.partition_point(|t| t.end <= span.end);
            end = after.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(span.end, |t| t.end);
            self.last_end.set((span.end, end));
        }
        Span { end: end.max(span.start), ..span }
    }

    /// A span in this file.
    pub(super) fn span_of(&self, start: usize, length: usize) -> Span {
        Span::new(self.file, start, start + length)
    }

    /// The text of a span in the chunk.
    pub(super) fn slice(&self, span: Span) -> &'s str {
        let start = (span.start as usize).saturating_sub(self.base);
        let end = (span.end as usize).saturating_sub(self.base);
        self.text.get(start..end).unwrap_or("")
    }

    /// Adds an error and fails.
    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Lowered<T> {
        self.diagnostics.push(diagnostic);
        Err(Bad)
    }

    /// Reports that the grammar and the lowering disagree. That is a bug of this program, but an error at the place is
    /// better than a crash.
    fn unread<T>(&mut self, pair: &Pair<'_>) -> Lowered<T> {
        let span = self.place(pair);
        self.missing(span)
    }

    /// As [`Self::unread`], for a missing part.
    fn missing<T>(&mut self, span: Span) -> Lowered<T> {
        self.fail(Diagnostic::new(Code::E0102, "this part of the item cannot be read", span, "not understood"))
    }

    fn name(&self, pair: &Pair<'_>) -> Name {
        Name { text: nfc(pair.as_str()), span: self.at(pair) }
    }

    fn path(&self, pair: Pair<'_>) -> Path {
        let span = self.place(&pair);
        let parts = parts(pair).map(|part| self.name(&part)).collect();
        Path { parts, span }
    }

    /// The next pair, which the grammar guarantees.
    fn next<'p>(&mut self, inner: &mut NodeParts<'p>, whole: Span) -> Lowered<Pair<'p>> {
        match inner.next() {
            Some(pair) => Ok(pair),
            None => self.missing(whole),
        }
    }

    /// The next pair as a name.
    fn next_name(&mut self, inner: &mut NodeParts<'_>, whole: Span) -> Lowered<Name> {
        let pair = self.next(inner, whole)?;
        Ok(self.name(&pair))
    }
}

/// The next pair if it has this rule.
fn take<'p>(inner: &mut NodeParts<'p>, rule: Rule) -> Option<Pair<'p>> {
    if inner.peek().is_some_and(|p| p.as_rule() == rule) { inner.next() } else { None }
}
