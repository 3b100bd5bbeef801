//! The pest parser, made from the files under `grammar/`.

// The derive writes public items without documentation; nothing of it leaves the syntax stage.
#![expect(missing_docs, reason = "the derive macro writes the enum of grammar rules")]

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "grammar/lexical.pest"]
#[grammar = "grammar/keywords.pest"]
#[grammar = "grammar/expressions.pest"]
#[grammar = "grammar/types.pest"]
#[grammar = "grammar/clauses.pest"]
#[grammar = "grammar/items.pest"]
pub struct Grammar;

/// One node of the parse.
pub type Pair<'s> = pest::iterators::Pair<'s, Rule>;
