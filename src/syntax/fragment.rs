//! A piece of a text that the grammar could not read, with its tokens.

use super::grammar::{Grammar, Rule};
use super::rule_names::ITEM_WORDS;
use super::scan::{Token, TokenKind};
use crate::source::{FileId, Span};
use pest::Parser;
use pest::error::InputLocation;
use std::ops::Range;

/// The longest piece that is read again with a change, in bytes.
const LONGEST_TRIED: usize = 64 * 1024;

/// A piece of a file's text.
pub(super) struct Fragment<'s> {
    /// What it was read as.
    pub(super) rule: Rule,
    pub(super) file: FileId,
    pub(super) base: usize,
    pub(super) text: &'s str,
    pub(super) tokens: &'s [Token],
    /// The item around the piece, if the piece is a part of one: its opening, and its keyword.
    pub(super) around: Option<(Span, &'s str)>,
}

impl<'s> Fragment<'s> {
    pub(super) fn word(&self, index: usize) -> &'s str {
        self.tokens.get(index).map_or("", |t| self.between(t.start as usize, t.end as usize))
    }

    pub(super) fn between(&self, start: usize, end: usize) -> &'s str {
        self.text.get(start.saturating_sub(self.base)..end.saturating_sub(self.base)).unwrap_or("")
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start as usize, token.end as usize)
    }

    /// True if there is no space between two tokens.
    pub(super) fn touching(&self, first: usize, second: usize) -> bool {
        match (self.tokens.get(first), self.tokens.get(second)) {
            (Some(a), Some(b)) => a.end == b.start,
            _ => false,
        }
    }

    pub(super) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|t| t.kind)
    }

    /// The innermost bracket that is open at a token.
    pub(super) fn open_bracket(&self, index: usize) -> Option<usize> {
        let mut open = Vec::new();
        for (i, token) in self.tokens.iter().enumerate().take(index) {
            match token.kind {
                TokenKind::Open => open.push(i),
                TokenKind::Close => {
                    open.pop();
                }
                TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
            }
        }
        open.pop()
    }

    /// The opening of the item around a token: keyword and name.
    pub(super) fn item_before(&self, index: usize) -> Option<(Span, &'s str)> {
        let opens = |i: &usize| {
            let token = self.tokens.get(*i);
            let word = self.word(*i);
            // Without `of` it is a clause of the decision that it stands in.
            let clause = word == "output" && self.word(*i + 2) != "of";
            token.is_some_and(|t| t.first_on_line && t.kind == TokenKind::Word) && ITEM_WORDS.contains(&word) && !clause
        };
        let Some(start) = (0..index).rev().find(opens) else { return self.around };
        let token = self.tokens.get(start)?;
        let named = self.tokens.get(start + 1).filter(|t| t.kind == TokenKind::Word && start + 1 < index);
        let span = self.span(*token);
        Some((named.map_or(span, |n| span.to(self.span(*n))), self.word(start)))
    }

    /// The text of some tokens as it is written, with what stands between them.
    pub(super) fn written(&self, tokens: Range<usize>) -> &'s str {
        match (self.tokens.get(tokens.start), tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) => self.between(first.start as usize, last.end as usize),
            _ => "",
        }
    }

    /// The place of some tokens.
    pub(super) fn span_of(&self, tokens: Range<usize>) -> Span {
        match (self.tokens.get(tokens.start), tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) => self.span(*first).to(self.span(*last)),
            _ => Span::new(self.file, self.base, self.base),
        }
    }

    /// True if a token stands on the line of the one before it.
    pub(super) fn goes_on(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| !token.first_on_line)
    }

    /// The end of the line of a token, as an index of tokens.
    pub(super) fn line_end(&self, index: usize) -> usize {
        let rest = self.tokens.get(index + 1..).unwrap_or(&[]);
        rest.iter().position(|token| token.first_on_line).map_or(self.tokens.len(), |length| index + 1 + length)
    }

    /// Reads the piece again with other words in the place of some tokens: the token at which the grammar fails then,
    /// as an index of the tokens as they are written. If it can be read, that is their number.
    pub(super) fn tried(&self, tokens: Range<usize>, instead: &str) -> Option<usize> {
        if self.text.len() > LONGEST_TRIED {
            return None;
        }
        let start = (self.tokens.get(tokens.start)?.start as usize).checked_sub(self.base)?;
        let end = match tokens.end.checked_sub(1).filter(|_| !tokens.is_empty()).and_then(|last| self.tokens.get(last))
        {
            Some(last) => (last.end as usize).checked_sub(self.base)?,
            None => start,
        };
        let changed = format!("{}{instead} {}", self.text.get(..start)?, self.text.get(end..)?);
        let Err(error) = Grammar::parse(self.rule, &changed) else { return Some(self.tokens.len()) };
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        let after = start + instead.len() + 1;
        // The place in the text as it is written.
        let at = if at < start { at } else { at.saturating_sub(after) + end };
        Some(self.tokens.partition_point(|token| (token.end as usize) <= self.base + at))
    }
}
