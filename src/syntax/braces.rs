//! Reads an item with braces element by element if it cannot be read as a whole.
//!
//! Comes in: the tokens of `facts`, `record`, `enum` or `region` that the grammar rejected. Goes out: the item with the
//! elements that can be read, and an error for each of the others, so that an error in one field hides no other.

use super::ast::{FactsSyntax, ItemSyntax};
use super::fragment::Fragment;
use super::grammar::{Grammar, Rule};
use super::lower::{Lower, parts};
use super::scan::TokenKind;
use super::sentence;
use super::split::{ItemReader, word};
use crate::source::Span;
use pest::Parser;
use pest::error::InputLocation;

/// The kind of an item's elements.
#[derive(Clone, Copy, PartialEq)]
enum Elements {
    Fields,
    Values,
    Regions,
}

impl Elements {
    fn of(word: &str) -> Option<Self> {
        match word {
            "facts" | "record" => Some(Self::Fields),
            "enum" => Some(Self::Values),
            "region" => Some(Self::Regions),
            _ => None,
        }
    }

    fn rule(self) -> Rule {
        match self {
            Self::Fields => Rule::some_fields,
            Self::Values => Rule::some_values,
            Self::Regions => Rule::some_regions,
        }
    }
}

/// Words that continue a field at the start of a line.
const FIELD_WORDS: &[&str] = &[
    "if", "from", "at", "source", "in", "for", "through", "else", "then", "means", "least", "most", "and", "or", "not",
    "is", "where", "of", "per",
];

impl ItemReader<'_> {
    /// Reads the item that opens at `start`, if it has elements in braces and the error is in these. Returns the index
    /// of the token after its closing brace.
    pub(super) fn read_braces(&mut self, start: usize, end: usize) -> Option<usize> {
        let tokens = self.tokens(start, end);
        let elements = Elements::of(word(self.text, tokens, 0))?;
        let open = tokens.iter().position(|t| t.kind == TokenKind::Open)?;
        let close = closing(tokens, open)?;
        if word(self.text, tokens, open) != "{" || word(self.text, tokens, close) != "}" {
            return None;
        }
        // The opening with a brace that closes it at once is the item without its elements.
        let (head, base) = self.piece(start, start + open + 1);
        let head = format!("{head}}}");
        let pairs = Grammar::parse(Rule::chunk, &head).ok()?;
        let mut lower = Lower::new(self.file, &head, base, self.tokens(start, start + open + 1));
        let mut item = lower.item(pairs.flat_map(pest::iterators::Pair::into_inner).next()?).ok()?;
        let around = (self.span(start, start + 2), word(self.text, tokens, 0));

        let errors = self.errors.len();
        let mut from = open + 1;
        let mut depth = 0usize;
        for (i, token) in tokens.iter().enumerate().take(close + 1).skip(open + 1) {
            if i == close || (i > from && depth == 0 && opens_element(self.text, tokens, i, elements)) {
                self.read_elements(start + from, start + i, elements, around, &mut item);
                from = i;
            }
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
            }
        }
        if self.errors.len() == errors {
            return None;
        }
        set_end(&mut item, self.span(start, start + close + 1));
        self.items.push(item);
        Some(start + close + 1)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let (text, base) = self.piece(start, end);
        Span::new(self.file, base, base + text.len())
    }

    /// Reads one element, or several without a separator between them.
    fn read_elements(
        &mut self,
        start: usize,
        end: usize,
        elements: Elements,
        around: (Span, &str),
        item: &mut ItemSyntax,
    ) {
        let (text, base) = self.piece(start, end);
        let tokens = self.tokens(start, end);
        let error = match Grammar::parse(elements.rule(), text) {
            Ok(pairs) => {
                let mut lower = Lower::new(self.file, text, base, tokens);
                for pair in pairs.flat_map(parts) {
                    add(&mut lower, pair, item);
                }
                self.errors.append(&mut lower.diagnostics);
                self.unread.append(&mut lower.unread);
                return;
            }
            Err(error) => error,
        };
        let offset = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => base + at,
        };
        let place = Fragment { rule: elements.rule(), file: self.file, base, text, tokens, around: Some(around) };
        let error = sentence::explain(&error, &place);
        self.unread.push(Span::new(self.file, base, base + text.len()));
        // If the scanner has reported a character here, this error only follows from it.
        if !self.is_reported(offset) {
            self.errors.push(error);
        }
    }
}

/// The index of the bracket that closes the one at `open`.
fn closing(tokens: &[super::scan::Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(i);
                }
            }
            TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
        }
    }
    None
}

/// True if a token outside inner brackets begins an element: after a comma or at the start of a line, unless it
/// continues a clause or a label.
fn opens_element(text: &str, tokens: &[super::scan::Token], i: usize, elements: Elements) -> bool {
    let Some(token) = tokens.get(i) else { return false };
    if token.kind != TokenKind::Word {
        return false;
    }
    let behind_comma = i.checked_sub(1).is_some_and(|b| word(text, tokens, b) == ",");
    if !(token.first_on_line || behind_comma) {
        return false;
    }
    let next = word(text, tokens, i + 1);
    let labels = tokens.get(i + 1).is_some_and(|t| matches!(t.kind, TokenKind::Text { .. }));
    match elements {
        Elements::Fields if next == ":" => true,
        // A comma can also continue the regions of a handler.
        Elements::Fields if behind_comma && !token.first_on_line => next == "if",
        Elements::Fields => !labels && !FIELD_WORDS.contains(&word(text, tokens, i)),
        Elements::Values | Elements::Regions => !labels,
    }
}

/// Lowers elements into their item.
fn add(lower: &mut Lower<'_>, pair: super::grammar::Pair<'_>, item: &mut ItemSyntax) {
    match (pair.as_rule(), item) {
        (Rule::fields, ItemSyntax::Facts(FactsSyntax::Group { fields, .. })) => fields.append(&mut lower.fields(pair)),
        (Rule::fields, ItemSyntax::Record(record)) => record.fields.append(&mut lower.fields(pair)),
        (Rule::enum_values, ItemSyntax::Enum(item)) => item.values.append(&mut lower.enum_values(pair)),
        (Rule::regions, ItemSyntax::Region(region)) => region.children.append(&mut lower.regions(pair)),
        _ => {}
    }
}

/// Sets the span of the whole item.
fn set_end(item: &mut ItemSyntax, whole: Span) {
    if let ItemSyntax::Facts(FactsSyntax::Group { span, .. }) = item {
        *span = whole;
    } else if let ItemSyntax::Record(record) = item {
        record.span = whole;
    } else if let ItemSyntax::Enum(item) = item {
        item.span = whole;
    } else if let ItemSyntax::Region(region) = item {
        region.span = whole;
    }
}
