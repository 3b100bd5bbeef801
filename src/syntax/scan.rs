//! The first pass over a text: tokens, comments and forbidden characters.
//!
//! Comes in: a text. Goes out: a flat list of tokens with their spans, from which the splitter finds the starts of
//! items and the nesting of brackets before any recursion; the comments, for the formatter; and the ends of tokens,
//! from which the lowering derives spans without trailing white space. Linear in time, no recursion.

use super::ast::Comment;
use super::limits::{MAX_COMMENTS, MAX_ERRORS};
use super::{characters, scripts};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use std::collections::BTreeMap;

/// The kind of a token, as far as the splitter needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word: a name or a keyword.
    Word,
    /// Digits and the characters attached to them.
    Number,
    /// A text in quotes of any kind, closed or cut off by the end of its line.
    Text {
        /// True if the closing quote is on the same line.
        closed: bool,
    },
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other character.
    Other,
}

/// A token with its span in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// True if only white space comes before it on its line.
    pub(super) first_on_line: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// All tokens and comments of a text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    /// Errors about characters and names.
    pub(super) errors: Vec<Diagnostic>,
    /// The places of those errors at which the grammar will fail too, in the order of the text.
    pub(super) reported: Vec<u32>,
    /// True if there are more comments than the limit.
    crowded: bool,
}

/// True if a character can begin a name.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && pest::unicode::XID_START(c))
}

/// True if a character can occur in a name after its first.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && pest::unicode::XID_CONTINUE(c))
}

/// True if a character is a line end.
pub(super) fn is_line_end(c: char) -> bool {
    c == '\n' || c == '\r'
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t') || (!c.is_ascii() && pest::unicode::SPACE_SEPARATOR(c))
}

/// Scans `text`, which begins at byte `base` of a file.
pub(super) fn scan(file: FileId, text: &str, base: usize) -> Scan {
    let mut scan = Scan::default();
    let mut rest = text;
    let mut first_on_line = true;
    let mut mixed = MixedNames::default();
    while let Some(c) = rest.chars().next() {
        let start = base + (text.len() - rest.len());
        if is_line_end(c) {
            first_on_line = true;
        }
        if is_line_end(c) || is_space(c) {
            rest = skip(rest, c.len_utf8());
            continue;
        }
        if c == '#' {
            let length = rest.find(is_line_end).unwrap_or(rest.len());
            scan.look(file, rest.get(..length).unwrap_or(""), start, "a comment");
            let span = Span::new(file, start, start + length);
            if scan.comments.len() < MAX_COMMENTS {
                let text = rest.get(..length).unwrap_or("").to_owned();
                scan.comments.push(Comment { text, span, own_line: first_on_line });
            } else if !scan.crowded {
                scan.crowded = true;
                scan.note(
                    Diagnostic::new(
                        Code::E0703,
                        format!("more than {MAX_COMMENTS} comments in one file"),
                        span,
                        "one more",
                    )
                    .help("split the file; a policy is all files of its folder"),
                );
            }
            rest = skip(rest, length);
            continue;
        }
        let (kind, length) =
            if c == '\'' && scan.parts_thousands(rest, start) { (TokenKind::Other, 1) } else { token(rest, c) };
        let written = rest.get(..length).unwrap_or("");
        match kind {
            TokenKind::Word => mixed.look(&mut scan, written, Span::new(file, start, start + length)),
            TokenKind::Text { closed } => {
                scan.look(file, written, start, "a text");
                if !closed {
                    scan.unclosed(Span::new(file, start, start + length), c, rest.len() == length);
                }
            }
            TokenKind::Other if characters::is_forbidden(c) => {
                let inside =
                    matches!(scan.tokens.last(), Some(t) if t.kind == TokenKind::Word && t.end as usize == start);
                scan.mark_reported(start);
                scan.note(characters::error(
                    c,
                    Span::new(file, start, start + length),
                    if inside { "a name" } else { "" },
                ));
            }
            TokenKind::Number | TokenKind::Open | TokenKind::Close | TokenKind::Other => {}
        }
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        scan.tokens.push(Token { kind, first_on_line, start: at(start), end: at(start + length) });
        first_on_line = false;
        rest = skip(rest, length);
    }
    mixed.finish(&mut scan, file, text, base);
    scan
}

impl Scan {
    fn note(&mut self, error: Diagnostic) {
        // One more than the limit, so that the reader is told that there are more.
        if self.errors.len() <= MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// True of a `'` between two digits, which opens no text.
    fn parts_thousands(&self, rest: &str, start: usize) -> bool {
        let touches = |t: &Token| t.kind == TokenKind::Number && t.end as usize == start;
        self.tokens.last().is_some_and(touches) && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
    }

    /// Marks a place of an error at which the grammar will fail too.
    fn mark_reported(&mut self, at: usize) {
        self.reported.push(u32::try_from(at).unwrap_or(u32::MAX));
    }

    /// Reports forbidden characters.
    fn look(&mut self, file: FileId, text: &str, start: usize, inside: &str) {
        if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')) {
            return;
        }
        let mut before = false;
        for (i, c) in text.char_indices() {
            let forbidden = characters::is_forbidden(c);
            // Of a run, only the first one is reported.
            if forbidden && !before {
                self.note(characters::error(c, Span::new(file, start + i, start + i + c.len_utf8()), inside));
            }
            before = forbidden;
        }
    }

    fn unclosed(&mut self, span: Span, quote: char, at_end: bool) {
        self.mark_reported(span.start as usize);
        // A quote alone at the end of a line closes the text that was cut off before it.
        let opened = self.errors.last().is_some_and(|error| error.code == Code::E0109);
        if quote == '"' && span.end == span.start + 1 && opened {
            return;
        }
        if quote != '"' {
            let message = format!("a text stands in straight double quotes, not behind a `{quote}`");
            self.note(
                Diagnostic::new(Code::E0109, message, span, "another kind of quote").help("write `\"…\"`, on one line"),
            );
            return;
        }
        let end = if at_end { "the file" } else { "its line" };
        self.note(
            Diagnostic::new(
                Code::E0109,
                format!("a text is not closed before the end of {end}"),
                span,
                "its closing `\"` is missing",
            )
            .help("close it with `\"`; a text stands on one line, `\\n` breaks a line inside it, `\\\"` is a quote"),
        );
    }
}

/// Names that mix scripts: each spelling is reported once, at its first place, with the number of its occurrences.
#[derive(Default)]
struct MixedNames {
    /// Spelling → the index of its error in the scan, and its occurrences.
    seen: BTreeMap<String, Option<(usize, usize)>>,
    /// Latin name → the first name of another script that looks like it.
    twins: BTreeMap<String, Span>,
}

impl MixedNames {
    fn look(&mut self, scan: &mut Scan, name: &str, span: Span) {
        if name.is_ascii() {
            return;
        }
        if let Some(known) = self.seen.get_mut(name) {
            if let Some((_, count)) = known {
                *count += 1;
                scan.mark_reported(span.start as usize);
            }
            return;
        }
        let found = scripts::check(name, span).map(|error| {
            scan.mark_reported(span.start as usize);
            let at = scan.errors.len();
            scan.note(error);
            (at, 1)
        });
        if found.is_none()
            && let Some(twin) = scripts::latin_twin(name)
        {
            self.twins.entry(twin).or_insert(span);
        }
        self.seen.insert(name.to_owned(), found);
    }

    fn finish(mut self, scan: &mut Scan, file: FileId, text: &str, base: usize) {
        if !self.twins.is_empty() {
            let words: Vec<Token> = scan.tokens.iter().filter(|t| t.kind == TokenKind::Word).copied().collect();
            for token in words {
                let (start, end) = (token.start as usize, token.end as usize);
                let name = text.get(start.saturating_sub(base)..end.saturating_sub(base)).unwrap_or("");
                if let Some(twin) = self.twins.remove(name) {
                    scan.note(scripts::twins(name, Span::new(file, start, end), twin));
                }
            }
        }
        for (at, count) in self.seen.into_values().flatten().filter(|(_, count)| *count > 1) {
            if let Some(error) = scan.errors.get_mut(at) {
                error.help.push(format!("the name is spelt so in {count} places of this file"));
            }
        }
    }
}

fn skip(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or("")
}

/// The kind of the token at the start of `rest`, whose first character is `c`, and its length in bytes.
fn token(rest: &str, c: char) -> (TokenKind, usize) {
    let word_length = || rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
    match c {
        _ if is_letter(c) => (TokenKind::Word, word_length()),
        '0'..='9' => (TokenKind::Number, word_length()),
        '"' => quoted(rest),
        '\'' => other_quotes(rest, &['\'']),
        '«' => other_quotes(rest, &['»']),
        '“' | '„' | '”' => other_quotes(rest, &['”', '“']),
        '(' | '[' | '{' => (TokenKind::Open, 1),
        ')' | ']' | '}' => (TokenKind::Close, 1),
        _ => (TokenKind::Other, c.len_utf8()),
    }
}

fn quoted(rest: &str) -> (TokenKind, usize) {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_line_end(c) => return (TokenKind::Text { closed: false }, i),
            '"' if !escaped => return (TokenKind::Text { closed: true }, i + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    (TokenKind::Text { closed: false }, rest.len())
}

fn other_quotes(rest: &str, closing: &[char]) -> (TokenKind, usize) {
    for (i, c) in rest.char_indices().skip(1) {
        if is_line_end(c) {
            return (TokenKind::Text { closed: false }, i);
        }
        if closing.contains(&c) {
            return (TokenKind::Text { closed: true }, i + c.len_utf8());
        }
    }
    (TokenKind::Text { closed: false }, rest.len())
}
