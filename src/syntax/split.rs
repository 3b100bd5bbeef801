//! Cuts a file where items begin, has each piece read, and goes on after an error.
//!
//! Comes in: the text of a file. Goes out: its Ast and its diagnostics. An item begins, for this purpose, where a line
//! starts with a word that opens items and with what has to follow it there. Such a line inside brackets may be a field
//! or a value that is spelt alike; so a piece first reaches to where the brackets are closed, and only where that cannot
//! be read does it end at the nearest such line. Brackets are counted here, on the tokens, so that the recursive parser
//! never sees more of them than it can take.

use super::ast;
use super::grammar::{Grammar, Rule};
use super::limits::{MAX_BRACKETS, MAX_ERRORS, MAX_FILE_BYTES, MAX_ITEM_TOKENS, MAX_ITEMS, MAX_STARTS_IN_BRACKETS};
use super::lower::Lower;
use super::rule_names::ITEM_WORDS;
use super::scan::{self, Scan, Token, TokenKind};
use super::sentence::{self, Fragment};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{FileId, Span};
use pest::Parser;
use pest::error::InputLocation;

/// Reads a whole file.
pub(super) fn parse_file(text: &str, file: FileId) -> (ast::File, Vec<Diagnostic>) {
    let mut tree = ast::File { file, items: Vec::new(), comments: Vec::new(), unread: Vec::new() };
    if text.len() > MAX_FILE_BYTES {
        return (tree, vec![too_large(file, text.len())]);
    }
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Scan { tokens, comments, errors, stumbles, .. } = scan::scan(file, text.get(mark..).unwrap_or(""), mark);
    tree.comments = comments;
    let mut reader = ItemReader {
        file,
        text,
        tokens: &tokens,
        stumbles: &stumbles,
        items: Vec::new(),
        errors: Vec::new(),
        unread: Vec::new(),
    };
    reader.read_all();
    let mut found = reader.errors;
    tree.items = reader.items;
    tree.unread = reader.unread;
    found.extend(errors);
    // A placeholder is looked at in its text and by itself.
    found.sort_by_key(|d| (d.primary.span.start, d.primary.span.end, d.code));
    found.dedup_by(|b, a| (a.code, a.primary.span, &a.message) == (b.code, b.primary.span, &b.message));
    if found.len() > MAX_ERRORS {
        found.truncate(MAX_ERRORS);
        let end = Span::new(file, text.len(), text.len());
        found.push(
            Diagnostic::new(
                Code::E0703,
                format!("more than {MAX_ERRORS} errors in one file"),
                end,
                "the rest is not shown",
            )
            .help("mend the first ones and check again"),
        );
    }
    (tree, found)
}

pub(super) struct ItemReader<'s> {
    pub(super) file: FileId,
    pub(super) text: &'s str,
    tokens: &'s [Token],
    /// Where something wrong has been told already.
    stumbles: &'s [u32],
    pub(super) items: Vec<ast::ItemSyntax>,
    pub(super) errors: Vec<Diagnostic>,
    unread: Vec<Span>,
}

/// Where a piece that begins at some token may end.
struct Ends {
    /// The next token that opens an item outside brackets, if it comes soon enough.
    balanced: Option<usize>,
    /// The next token that looks as if it opened an item.
    nearest: usize,
    /// The bracket that goes too deep, before either end.
    deep: Option<Token>,
}

impl<'s> ItemReader<'s> {
    fn read_all(&mut self) {
        let mut start = 0;
        while start < self.tokens.len() && self.errors.len() <= MAX_ERRORS {
            if self.items.len() >= MAX_ITEMS {
                let at = self.tokens.get(start).map_or(0, |t| t.start as usize);
                self.errors.push(
                    Diagnostic::new(
                        Code::E0703,
                        format!("more than {MAX_ITEMS} items in one file"),
                        Span::new(self.file, at, at),
                        "nothing from here on was read",
                    )
                    .help("split the file; a policy is all files of its folder"),
                );
                return;
            }
            let ends = self.ends(start);
            if let Some(deep) = ends.deep {
                self.errors.push(depth_error(self.file, deep));
                start = ends.nearest;
                continue;
            }
            let end = ends.balanced.unwrap_or(ends.nearest);
            if end - start > MAX_ITEM_TOKENS {
                let (_, base) = self.piece(start, end);
                self.errors.push(
                    Diagnostic::new(
                        Code::E0703,
                        format!("an item with more than {MAX_ITEM_TOKENS} words, numbers and signs"),
                        self.tokens.get(start).map_or(Span::new(self.file, base, base), |t| {
                            Span::new(self.file, t.start as usize, t.end as usize)
                        }),
                        "this item was not read",
                    )
                    .help("split it; a long table can stand in a CSV file, and the same facts may be opened in several places"),
                );
                start = end;
                continue;
            }
            start = match ends.balanced {
                Some(end) if end != ends.nearest && self.read_quietly(start, end) => end,
                _ => {
                    self.read(start, ends.nearest);
                    ends.nearest
                }
            };
        }
    }

    /// Finds where the piece that begins at `start` may end.
    fn ends(&self, start: usize) -> Ends {
        let mut depth = 0usize;
        let mut nearest = None;
        let mut deep = None;
        let mut starts = 0;
        let mut i = start;
        while let Some(token) = self.tokens.get(i) {
            if i > start && opens_item(self.text, self.tokens, i) {
                nearest = nearest.or(Some(i));
                starts += 1;
                if depth == 0 {
                    return Ends { balanced: Some(i), nearest: nearest.unwrap_or(i), deep };
                }
                if starts > MAX_STARTS_IN_BRACKETS {
                    break;
                }
            }
            match token.kind {
                TokenKind::Open => {
                    depth += 1;
                    if depth > MAX_BRACKETS {
                        if nearest.is_some() {
                            // More brackets are open than an item may have, and another item seems to begin before
                            // that: one of them was not closed.
                            break;
                        }
                        deep = deep.or(Some(*token));
                    }
                }
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
            }
            i += 1;
        }
        let end = self.tokens.len();
        let balanced = if i >= end && depth == 0 { Some(end) } else { None };
        Ends { balanced, nearest: nearest.unwrap_or(end), deep }
    }

    /// The text of a piece and where it starts. It ends with its last token, so that what stands between two pieces
    /// belongs to none.
    pub(super) fn piece(&self, start: usize, end: usize) -> (&'s str, usize) {
        let from = self.tokens.get(start).map_or(self.text.len(), |t| t.start as usize);
        let to = end.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(from, |t| t.end as usize);
        (self.text.get(from..to).unwrap_or(""), from)
    }

    /// Reads a piece if nothing in it is wrong.
    fn read_quietly(&mut self, start: usize, end: usize) -> bool {
        let (text, base) = self.piece(start, end);
        match Grammar::parse(Rule::chunk, text) {
            Ok(pairs) => {
                self.lower(pairs, text, base, start, end);
                true
            }
            Err(_) => false,
        }
    }

    fn lower(
        &mut self,
        pairs: pest::iterators::Pairs<'_, Rule>,
        text: &str,
        base: usize,
        start: usize,
        end: usize,
    ) -> Option<Span> {
        let tokens = self.tokens(start, end);
        let mut lower = Lower::new(self.file, text, base, tokens);
        let mut last = None;
        for pair in pairs.flat_map(pest::iterators::Pair::into_inner) {
            if pair.as_rule() == Rule::EOI {
                continue;
            }
            let span = pair.as_span();
            let span = Span::new(self.file, base + span.start(), base + span.end());
            last = Some(span);
            match lower.item(pair) {
                Ok(item) => self.items.push(item),
                Err(super::lower::Bad) => self.unread.push(span),
            }
        }
        self.errors.append(&mut lower.diagnostics);
        last
    }

    /// Reads a piece, notes what is wrong with it, and reads what can be read behind the error.
    fn read(&mut self, start: usize, end: usize) {
        let mut start = start;
        while start < end && self.errors.len() <= MAX_ERRORS {
            let (text, base) = self.piece(start, end);
            let error = match Grammar::parse(Rule::chunk, text) {
                Ok(pairs) => {
                    self.lower(pairs, text, base, start, end);
                    return;
                }
                Err(error) => error,
            };
            if let Some(next) = self.read_braces(start, end) {
                let (text, base) = self.piece(start, next);
                self.unread.push(Span::new(self.file, base, base + text.len()));
                start = next;
                continue;
            }
            let offset = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => base + at,
            };
            let resume = self.resume(start, end, offset);
            let (text, base) = self.piece(start, resume);
            let place = Fragment { file: self.file, base, text, tokens: self.tokens(start, resume), around: None };
            let told = self.stumbled(offset);
            let error = sentence::explain(&error, &place);
            self.unread.push(Span::new(self.file, base, base + text.len()));
            if let Ok(pairs) = Grammar::parse(Rule::chunk_start, text) {
                let before = self.errors.len();
                let last = self.lower(pairs, text, base, start, resume);
                if error.code != Code::E0101
                    && let Some(last) = last
                {
                    // The last item is cut off at the error: what is said to be missing in it follows from that.
                    let kept = self.errors.split_off(before);
                    let follows = |d: &Diagnostic| d.code == Code::E0102 && d.primary.span.start >= last.start;
                    self.errors.extend(kept.into_iter().filter(|d| !follows(d)));
                }
            }
            if !told {
                self.errors.push(error);
            }
            start = resume;
        }
    }

    /// The tokens of a piece.
    pub(super) fn tokens(&self, start: usize, end: usize) -> &'s [Token] {
        self.tokens.get(start..end).unwrap_or(&[])
    }

    /// Whether what makes the grammar stumble here is a forbidden character that has been told already.
    pub(super) fn stumbled(&self, offset: usize) -> bool {
        let stands = self.tokens.partition_point(|t| (t.end as usize) <= offset);
        let reach = self.tokens.get(stands).map_or(offset, |t| t.end as usize);
        let after = self.stumbles.partition_point(|at| (*at as usize) < offset);
        self.stumbles.get(after).is_some_and(|at| (*at as usize) <= reach)
    }

    /// Where reading goes on behind an error: at a line that nearly opens an item, or at an unknown word behind an
    /// empty line.
    fn resume(&self, start: usize, end: usize, offset: usize) -> usize {
        let mut depth = 0usize;
        for i in start..end {
            let Some(token) = self.tokens.get(i) else { break };
            if i > start && token.start as usize > offset {
                let spelt = word(self.text, self.tokens, i);
                let unknown = depth == 0
                    && self.behind_empty_line(i)
                    && (ITEM_WORDS.contains(&spelt) || !CLAUSE_WORDS.contains(&spelt));
                if unknown || nearly_opens_item(self.text, self.tokens, i) {
                    return i;
                }
            }
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
            }
        }
        end
    }

    /// Whether a token is a word at the very start of a line that follows an empty one.
    fn behind_empty_line(&self, i: usize) -> bool {
        let Some(token) = self.tokens.get(i) else { return false };
        if !token.first_on_line || token.kind != TokenKind::Word {
            return false;
        }
        let before = self.text.get(..token.start as usize).unwrap_or("");
        let ends = before.chars().rev().take_while(|c| scan::is_line_end(*c)).collect::<String>();
        ends.matches('\n').count().max(ends.matches('\r').count()) > 1
    }
}

/// Words that open a clause; a line that begins with one goes on with the item before it.
const CLAUSE_WORDS: &[&str] = &[
    "when",
    "unless",
    "source",
    "from",
    "through",
    "in",
    "for",
    "otherwise",
    "case",
    "decides",
    "keeping",
    "afresh",
    "at",
    "if",
    "output",
    "outcome",
    "over",
    "languages",
    "one",
    "by",
    "up",
    "above",
    "on",
    "as",
    "and",
    "or",
    "not",
    "is",
];

/// The first bracket that goes deeper than brackets may.
pub(super) fn too_deep(tokens: &[Token]) -> Option<Token> {
    let mut depth = 0usize;
    for token in tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
        }
        if depth > MAX_BRACKETS {
            return Some(*token);
        }
    }
    None
}

/// The error of brackets that go too deep.
pub(super) fn depth_error(file: FileId, at: Token) -> Diagnostic {
    Diagnostic::new(
        Code::E0108,
        "brackets stand too deep inside one another",
        Span::new(file, at.start as usize, at.end as usize),
        format!("more than {MAX_BRACKETS} deep"),
    )
    .help("give the inner parts names: expressions with `define`, records with `record`")
}

pub(super) fn word<'s>(text: &'s str, tokens: &[Token], i: usize) -> &'s str {
    match tokens.get(i) {
        Some(t) => text.get(t.start as usize..t.end as usize).unwrap_or(""),
        None => "",
    }
}

fn kind(tokens: &[Token], i: usize) -> Option<TokenKind> {
    tokens.get(i).map(|t| t.kind)
}

/// Whether the token opens an item: it stands first on its line, is a word that opens items, and what follows fits.
fn opens_item(text: &str, tokens: &[Token], i: usize) -> bool {
    let Some(token) = tokens.get(i) else { return false };
    if !token.first_on_line || token.kind != TokenKind::Word {
        return false;
    }
    // `replace` and `rule` on lines of their own open one item.
    let before = i.checked_sub(1).filter(|b| matches!(word(text, tokens, *b), "replace" | "suspend"));
    !before.is_some_and(|b| opens_item(text, tokens, b)) && fits(text, tokens, i, word(text, tokens, i))
}

fn fits(text: &str, tokens: &[Token], i: usize, opening: &str) -> bool {
    if !ITEM_WORDS.contains(&opening) {
        return false;
    }
    let second = word(text, tokens, i + 1);
    let third = word(text, tokens, i + 2);
    let named =
        kind(tokens, i + 1) == Some(TokenKind::Word) && !matches!(second, "and" | "or" | "not" | "is" | "in" | "where");
    match opening {
        "import" => matches!(kind(tokens, i + 1), Some(TokenKind::Text { .. })),
        "as" => second == "of",
        "source" => named && third == "=" && matches!(kind(tokens, i + 3), Some(TokenKind::Text { .. })),
        "outcome" | "case" => named && third == "of",
        "replace" => matches!(second, "define" | "table" | "scale" | "rule" | "exception" | "notice"),
        "suspend" => matches!(second, "rule" | "exception" | "notice"),
        _ => named,
    }
}

/// Whether a token stands where an item could open and is spelt nearly like a word that does.
fn nearly_opens_item(text: &str, tokens: &[Token], i: usize) -> bool {
    let Some(token) = tokens.get(i) else { return false };
    if !token.first_on_line || token.kind != TokenKind::Word {
        return false;
    }
    let line_start = token.start == 0
        || text.get(..token.start as usize).and_then(|t| t.chars().next_back()).is_some_and(scan::is_line_end);
    let spelt = word(text, tokens, i);
    line_start && nearest(spelt, ITEM_WORDS.iter().copied()).is_some_and(|near| fits(text, tokens, i, near))
}

/// The error of a file that is larger than a policy file may be.
fn too_large(file: FileId, bytes: usize) -> Diagnostic {
    Diagnostic::new(
        Code::E0703,
        format!("the file has {bytes} bytes, more than the {} that a policy file may have", MAX_FILE_BYTES),
        Span::new(file, 0, 0),
        "nothing in it was read",
    )
    .help("split the file; a policy is all files of its folder")
}
