//! The pest parser, generated from the files under `grammar/`. Their order does not matter; each rule is documented
//! there.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "grammar/lexical.pest"]
#[grammar = "grammar/keywords.pest"]
#[grammar = "grammar/expressions.pest"]
#[grammar = "grammar/types.pest"]
#[grammar = "grammar/clauses.pest"]
#[grammar = "grammar/items.pest"]
pub(super) struct Grammar;

/// A node of the parse tree.
pub(super) type Pair<'s> = pest::iterators::Pair<'s, Rule>;
