//! The formatter: one layout for every policy file.
//!
//! Comes in: the text of a file. Goes out: the same in the canonical layout: a header on the first line, each clause on
//! a line of its own in a fixed order, long conditions broken before `and` and `or`, lists filled into lines of 100
//! columns, table cells in columns, every comment kept, with the line ends and the byte-order mark that the file has. The result is parsed again and
//! compared with the input, so the formatter never changes a policy's meaning; and formatting is idempotent. A tool beside the
//! pipeline.

mod clauses;
mod comments;
mod doc;
mod exprs;
mod items;
mod tables;
mod upgrade;

pub use upgrade::{Rewrites, STEPS, UpgradeError, UpgradeStep, UpgradedPolicy, upgrade};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span};
use crate::stack::deep;
use crate::syntax::{self, ast};

/// The most rounds until the layout is stable; two are usual, three for comments in unusual places.
const MAX_ROUNDS: usize = 8;

/// The byte-order mark, which a text keeps at its start.
const MARK: &str = "\u{feff}";

/// Why a file was not formatted.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It has syntax errors, placed in the given text.
    #[error("a file with syntax errors is left as it is")]
    Syntax(Vec<Diagnostic>),
    /// The formatted text would have another meaning; a bug of the formatter.
    #[error("the formatted text would not say the same, so the file is left as it is; please report this")]
    Changed,
}

/// The text of a file in the canonical layout.
///
/// # Errors
/// If the text has syntax errors, or if the parsed result differs from the input in policy or comments.
pub fn format(sources: &Sources, file: FileId) -> Result<String, FormatError> {
    deep(|| format_here(sources, file))
}

fn format_here(sources: &Sources, file: FileId) -> Result<String, FormatError> {
    let (_, diagnostics) = syntax::parse(sources, file);
    if diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        return Err(FormatError::Syntax(diagnostics));
    }
    let text = sources.get(file).map_or("", |source| &source.text);
    let mut own = Sources::new();
    let mut before = own.add("before", text.replace("\r\n", "\n").replace('\r', "\n"));
    let (mut tree, _) = syntax::parse(&own, before);
    // A comment inside a clause moves in one round, and its new place can break a line differently in the next. So
    // repeat until formatting changes nothing.
    for _ in 0..MAX_ROUNDS {
        let out = lay_out(&tree, own.get(before).map_or("", |source| &source.text));
        let after = own.add("after", out.as_str());
        let (again, diagnostics) = syntax::parse(&own, after);
        if diagnostics.iter().any(|d| d.severity() == Severity::Error) || !same(&tree, &again) {
            return Err(FormatError::Changed);
        }
        if own.get(before).is_some_and(|source| *source.text == *out) {
            let mark = if text.starts_with(MARK) { MARK } else { "" };
            return Ok(format!("{mark}{}", with_line_ends(out, text)));
        }
        (before, tree) = (after, again);
    }
    Err(FormatError::Changed)
}

/// A text with the line ends of another: those of its first line. A file keeps the line ends of the system that it was
/// written on, and one of both kinds gets one kind.
fn with_line_ends(text: String, like: &str) -> String {
    let first = like.find(['\n', '\r']).and_then(|end| like.get(end..)).unwrap_or("\n");
    if first.starts_with("\r\n") {
        text.replace('\n', "\r\n")
    } else if first.starts_with('\r') {
        text.replace('\n', "\r")
    } else {
        text
    }
}

/// True if two files have the same content and the same comments.
fn same(a: &ast::File, b: &ast::File) -> bool {
    let comments = |file: &ast::File| {
        let mut texts: Vec<String> = file.comments.iter().map(comments::written).collect();
        texts.sort();
        texts
    };
    comments(a) == comments(b) && a.without_places() == b.without_places()
}

/// The input of the layouts.
#[derive(Clone, Copy, Debug)]
struct Layout<'a> {
    source: &'a str,
}

impl Layout<'_> {
    /// The source text of a span.
    fn slice(&self, span: Span) -> Option<&str> {
        self.source.get(span.start as usize..span.end as usize)
    }
}

/// The whole file in lines, with a line end after the last.
fn lay_out(file: &ast::File, source: &str) -> String {
    let layout = Layout { source };
    let items = file.items.iter().map(|item| layout.item(item)).collect();
    let (items, at_end) = comments::place(items, &file.comments, source);
    let mut out = String::new();
    let mut previous_long = false;
    for (i, item) in items.iter().enumerate() {
        let body = doc::print(&item.doc, 0);
        let long = body.contains('\n');
        if i > 0 && (item.gap || long || previous_long) {
            out.push('\n');
        }
        for line in &item.before {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(&body);
        out.push('\n');
        previous_long = long;
    }
    if !items.is_empty() && !at_end.is_empty() {
        out.push('\n');
    }
    for line in at_end {
        out.push_str(&line);
        out.push('\n');
    }
    out
}
