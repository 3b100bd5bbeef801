//! The first look at a text: tokens, comments and characters that may stand nowhere.
//!
//! Comes in: a text. Goes out: a flat list of tokens with their places, from which the splitter finds where items begin
//! and how deep brackets go, before any recursive work is done; the comments, for the formatter; and the ends of tokens,
//! from which the lowering knows where a span ends when white space follows. Linear in time, no recursion.

use super::ast::Comment;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// What a token is, as far as the splitter needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word: a name or a keyword.
    Word,
    /// Digits and what hangs on them.
    Number,
    /// A text in quotes of any kind, closed or cut off by the end of its line.
    Text {
        /// Whether its closing quote stands on its line.
        closed: bool,
    },
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// Any other character.
    Other,
}

/// A token and its place in the text, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Nothing but white space stands before it on its line.
    pub(super) first_on_line: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// All tokens and comments of a text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) errors: Vec<Diagnostic>,
}

/// Whether a character may open a name.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && pest::unicode::XID_START(c))
}

/// Whether a character may stand in a name after its first.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && pest::unicode::XID_CONTINUE(c))
}

/// Whether a character is a line end.
pub(super) fn is_line_end(c: char) -> bool {
    c == '\n' || c == '\r'
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t') || (!c.is_ascii() && pest::unicode::SPACE_SEPARATOR(c))
}

/// Scans the part of a file that starts at byte `base` and reads `text`.
pub(super) fn scan(file: FileId, text: &str, base: usize) -> Scan {
    let mut scan = Scan::default();
    let mut rest = text;
    let mut first_on_line = true;
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
            scan.comments.push(Comment {
                text: rest.get(..length).unwrap_or("").to_owned(),
                span: Span::new(file, start, start + length),
                own_line: first_on_line,
            });
            rest = skip(rest, length);
            continue;
        }
        let (kind, length) = token(rest, c);
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        scan.tokens.push(Token { kind, first_on_line, start: at(start), end: at(start + length) });
        first_on_line = false;
        rest = skip(rest, length);
    }
    scan
}

fn skip(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or("")
}

/// The token at the start of `rest`, whose first character is `c`, and its length in bytes.
fn token(rest: &str, c: char) -> (Kind, usize) {
    let word_length = || rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
    match c {
        _ if is_letter(c) => (Kind::Word, word_length()),
        '0'..='9' => (Kind::Number, word_length()),
        '"' => quoted(rest),
        '\'' => other_quotes(rest, &['\'']),
        '«' => other_quotes(rest, &['»']),
        '“' | '„' | '”' => other_quotes(rest, &['”', '“']),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        _ => (Kind::Other, c.len_utf8()),
    }
}

fn quoted(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_line_end(c) => return (Kind::Text { closed: false }, i),
            '"' if !escaped => return (Kind::Text { closed: true }, i + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    (Kind::Text { closed: false }, rest.len())
}

fn other_quotes(rest: &str, closing: &[char]) -> (Kind, usize) {
    let opening = rest.chars().next().map_or(1, char::len_utf8);
    for (i, c) in rest.char_indices().skip(1) {
        if is_line_end(c) {
            break;
        }
        if closing.contains(&c) {
            return (Kind::Text { closed: true }, i + c.len_utf8());
        }
    }
    (Kind::Other, opening)
}
