//! Splits a file into items, parses each, and recovers after an error.
//!
//! Comes in: the text of a file. Goes out: its Ast and its diagnostics. An item begins where a line starts with a
//! keyword of an item and its required continuation. Such a line inside brackets may be a field or a value of the same
//! spelling; so a piece first extends to where the brackets are closed, and only if that cannot be parsed does it end
//! at the nearest such line. Brackets are counted here, on the tokens, so that the recursive parser never sees more of
//! them than it can handle.

use super::ast;
use super::fragment::Fragment;
use super::grammar::{Grammar, Rule};
use super::limits::{MAX_BRACKETS, MAX_ERRORS, MAX_FILE_BYTES, MAX_ITEM_TOKENS, MAX_ITEMS, MAX_STARTS_IN_BRACKETS};
use super::lower::Lower;
use super::rule_names::ITEM_WORDS;
use super::scan::{self, Scan, Token, TokenKind};
use super::sentence;
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
    let Scan { tokens, comments, errors, reported, .. } = scan::scan(file, text.get(mark..).unwrap_or(""), mark);
    tree.comments = comments;
    let mut reader = ItemReader {
        file,
        text,
        tokens: &tokens,
        reported: &reported,
        items: Vec::new(),
        errors: Vec::new(),
        unread: Vec::new(),
    };
    reader.read_all();
    let mut found = reader.errors;
    tree.items = reader.items;
    tree.unread = reader.unread;
    found.extend(errors);
    // A placeholder is checked with its text and by itself, so its errors can occur twice.
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
    /// The places where the scanner has reported an error.
    reported: &'s [u32],
    pub(super) items: Vec<ast::ItemSyntax>,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) unread: Vec<Span>,
}

/// The possible ends of a piece.
struct Ends {
    /// The next token that opens an item outside brackets; `None` if it is too far away.
    balanced: Option<usize>,
    /// The next token that seems to open an item.
    nearest: usize,
    /// A bracket that is nested too deep, before either end.
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

    /// Finds the possible ends of the piece that begins at `start`.
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
                            // Too many brackets are open, and another item seems to begin before this one: one of them
                            // was not closed.
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

    /// The text of a piece and its offset. It ends with its last token, so that the space between two pieces belongs to
    /// none.
    pub(super) fn piece(&self, start: usize, end: usize) -> (&'s str, usize) {
        let from = self.tokens.get(start).map_or(self.text.len(), |t| t.start as usize);
        let to = end.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(from, |t| t.end as usize);
        (self.text.get(from..to).unwrap_or(""), from)
    }

    /// Reads a piece if it has no syntax error.
    fn read_quietly(&mut self, start: usize, end: usize) -> bool {
        let (text, base) = self.piece(start, end);
        match Grammar::parse(Rule::chunk, text) {
            Ok(pairs) => {
                self.lower(pairs, text, base, start, end, false);
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
        is_cut: bool,
    ) -> Option<Span> {
        let tokens = self.tokens(start, end);
        let mut lower = Lower::new(self.file, text, base, tokens);
        let mut last = None;
        let mut pairs =
            pairs.flat_map(pest::iterators::Pair::into_inner).filter(|p| p.as_rule() != Rule::EOI).peekable();
        while let Some(pair) = pairs.next() {
            let span = pair.as_span();
            let span = Span::new(self.file, base + span.start(), base + span.end());
            last = Some(span);
            if is_cut && pairs.peek().is_none() && rests_on_its_end(pair.as_rule()) {
                continue;
            }
            match lower.item(pair) {
                Ok(item) => self.items.push(item),
                Err(super::lower::Bad) => self.unread.push(span),
            }
        }
        self.errors.append(&mut lower.diagnostics);
        self.unread.append(&mut lower.unread);
        last
    }

    /// Reads a piece, reports its error, and recovers after it.
    fn read(&mut self, start: usize, end: usize) {
        let mut start = start;
        while start < end && self.errors.len() <= MAX_ERRORS {
            let (text, base) = self.piece(start, end);
            let error = match Grammar::parse(Rule::chunk, text) {
                Ok(pairs) => {
                    self.lower(pairs, text, base, start, end, false);
                    return;
                }
                Err(error) => error,
            };
            if let Some(next) = self.read_braces(start, end) {
                start = next;
                continue;
            }
            let offset = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => base + at,
            };
            let resume = self.resume(start, end, offset);
            let (text, base) = self.piece(start, resume);
            let tokens = self.tokens(start, resume);
            let place = Fragment { rule: Rule::chunk, file: self.file, base, text, tokens, around: None };
            let is_reported = self.is_reported(offset);
            let error = sentence::explain(&error, &place);
            // What cannot be read begins at an item, or at the word that should begin one.
            let mut unread = Span::new(self.file, base, base + text.len());
            let is_cut = error.code != Code::E0101;
            if !is_cut {
                unread.start = error.primary.span.start;
            }
            if let Ok(pairs) = Grammar::parse(Rule::chunk_start, text) {
                let before = self.errors.len();
                let last = self.lower(pairs, text, base, start, resume, is_cut);
                if is_cut && let Some(last) = last {
                    // The last item is cut off at the error, so reports of missing parts only follow from it.
                    let kept = self.errors.split_off(before);
                    let follows = |d: &Diagnostic| d.code == Code::E0102 && d.primary.span.start >= last.start;
                    self.errors.extend(kept.into_iter().filter(|d| !follows(d)));
                    unread.start = last.start;
                }
            }
            self.unread.push(unread);
            if !is_reported {
                self.errors.push(error);
            }
            start = resume;
        }
    }

    /// The tokens of a piece.
    pub(super) fn tokens(&self, start: usize, end: usize) -> &'s [Token] {
        self.tokens.get(start..end).unwrap_or(&[])
    }

    /// True if the scanner has already reported the character at which the grammar fails.
    pub(super) fn is_reported(&self, offset: usize) -> bool {
        let stands = self.tokens.partition_point(|t| (t.end as usize) <= offset);
        let reach = self.tokens.get(stands).map_or(offset, |t| t.end as usize);
        let after = self.reported.partition_point(|at| (*at as usize) < offset);
        self.reported.get(after).is_some_and(|at| (*at as usize) <= reach)
    }

    /// The index at which reading resumes after an error: a line that nearly opens an item, or an unknown word after an
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

    /// True if a token is a word at the start of a line after an empty line.
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

/// Keywords of clauses: a line that begins with one continues the item before it.
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
    "language",
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

/// The first bracket beyond the limit of nesting; `None` if there is none.
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

/// The error for brackets that are nested too deep.
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

/// True if the token opens an item: it is first on its line, is a keyword of items, and has its required continuation.
fn opens_item(text: &str, tokens: &[Token], i: usize) -> bool {
    let Some(token) = tokens.get(i) else { return false };
    if !token.first_on_line || token.kind != TokenKind::Word {
        return false;
    }
    // `replace` and `rule` on separate lines open one item.
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
        "outcome" | "output" | "case" => named && third == "of",
        "replace" => matches!(second, "define" | "table" | "scale" | "rule" | "exception" | "notice"),
        "suspend" => matches!(second, "rule" | "exception" | "notice"),
        _ => named,
    }
}

/// True if a token is at a place where an item can open and is similar to a keyword of items.
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

/// True for items that say something else if their end is missing: without it they would be reported for what they do
/// not say. The others are kept, since what they declare is read elsewhere.
fn rests_on_its_end(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::norm_item
            | Rule::define_item
            | Rule::case_item
            | Rule::table_item
            | Rule::scale_item
            | Rule::assumption_item
            | Rule::rule_item
            | Rule::exception_item
            | Rule::notice_item
            | Rule::suspend_item
            | Rule::unit_item
            | Rule::facts_item
            | Rule::decision_item
    )
}

/// The error for a file that is too large.
fn too_large(file: FileId, bytes: usize) -> Diagnostic {
    Diagnostic::new(
        Code::E0703,
        format!("the file has {bytes} bytes, more than the {} that a policy file may have", MAX_FILE_BYTES),
        Span::new(file, 0, 0),
        "nothing in it was read",
    )
    .help("split the file; a policy is all files of its folder")
}
