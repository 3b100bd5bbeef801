//! Text to Ast.
//!
//! Comes in: a text of [`Sources`]. Goes out: an [`ast::File`] with the items that could be read, and all errors. In
//! order: `scan` lists tokens and comments and finds forbidden characters; `split` cuts the text into items; the pest
//! grammar under `grammar/` parses each piece; `lower` builds trees; `sentence` puts into words what the grammar
//! expected.

pub mod ast;
mod borrowed;
mod braces;
mod characters;
mod expected;
mod forms;
mod fragment;
mod grammar;
pub mod language;
pub mod limits;
mod lower;
mod message;
mod nfc;
mod phrases;
mod places;
mod rule_names;
mod scan;
mod scripts;
mod sentence;
mod slips;
mod split;
pub(crate) mod unit_words;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use grammar::{Grammar, Rule};
use lower::Lower;
use pest::Parser;

/// `true` or `false`, for a word of another language that means it.
#[must_use]
pub fn meant_truth(word: &str) -> Option<&'static str> {
    let (_, meant) = borrowed::meanings(word)?;
    meant.iter().find(|word| matches!(**word, "true" | "false")).copied()
}

/// `absent` or `unavailable`, for a word of another language that means it.
#[must_use]
pub fn meant_state(word: &str) -> Option<&'static str> {
    let (_, meant) = borrowed::meanings(word)?;
    meant.iter().find(|word| matches!(**word, "absent" | "unavailable")).copied()
}

/// Parses one file: the items that could be read, and all errors.
#[must_use]
pub fn parse(sources: &Sources, file: FileId) -> (ast::File, Vec<Diagnostic>) {
    match sources.get(file) {
        Some(source) => split::parse_file(&source.text, file),
        None => (ast::File { file, items: Vec::new(), comments: Vec::new(), unread: Vec::new() }, Vec::new()),
    }
}

/// Parses the text of a span as one expression.
///
/// # Errors
/// All errors of the text, with their places in the file.
pub fn parse_expression(sources: &Sources, span: Span) -> Result<ast::ExprSyntax, Vec<Diagnostic>> {
    parse_expr(sources.slice(span), span.file, span.start as usize)
}

/// Parses the text of a span as one cell of a table: `any`, `>= 18`, `{ a, b }`, a value.
///
/// # Errors
/// All errors of the text, with their places in the file.
pub fn parse_cell(sources: &Sources, span: Span) -> Result<ast::Cell, Vec<Diagnostic>> {
    parse_cell_text(sources.slice(span), span)
}

/// Parses a text that stands for what is written at a place, as long as that, as one cell of a table.
///
/// # Errors
/// All errors of the text, with their places in the file.
pub fn parse_cell_text(text: &str, span: Span) -> Result<ast::Cell, Vec<Diagnostic>> {
    parse_part(text, span.file, span.start as usize, Rule::whole_cell, |lower, pairs| lower.only_cell(pairs, span))
}

/// Parses a text that stands for what is written at a place, as long as that, as one expression.
///
/// # Errors
/// All errors of the text, with their places in the file.
pub fn parse_expression_text(text: &str, span: Span) -> Result<ast::ExprSyntax, Vec<Diagnostic>> {
    parse_expr(text, span.file, span.start as usize)
}

/// Parses a text at byte `base` of a file as one expression.
fn parse_expr(text: &str, file: FileId, base: usize) -> Result<ast::ExprSyntax, Vec<Diagnostic>> {
    let whole = Span::new(file, base, base + text.len());
    parse_part(text, file, base, Rule::whole_expr, |lower, pairs| lower.only_expr(pairs, whole))
}

fn parse_part<T>(
    text: &str,
    file: FileId,
    base: usize,
    rule: Rule,
    lowering: impl FnOnce(&mut Lower<'_>, pest::iterators::Pairs<'_, Rule>) -> lower::Lowered<T>,
) -> Result<T, Vec<Diagnostic>> {
    let scan = scan::scan(file, text, base);
    let mut errors = scan.errors;
    if let Some(deep) = split::too_deep(&scan.tokens) {
        errors.push(split::depth_error(file, deep));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let pairs = match Grammar::parse(rule, text) {
        Ok(pairs) => pairs,
        Err(error) => {
            return Err(vec![sentence::explain(
                &error,
                &fragment::Fragment { rule, file, base, text, tokens: &scan.tokens, around: None },
            )]);
        }
    };
    let mut lower = Lower::new(file, text, base, &scan.tokens);
    match lowering(&mut lower, pairs) {
        Ok(part) if lower.diagnostics.is_empty() => Ok(part),
        Ok(_) | Err(lower::Bad) => Err(lower.diagnostics),
    }
}
