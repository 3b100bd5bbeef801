//! The pest parser, made from the files under `grammar/`. Their order means nothing; each rule is documented there.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "grammar/lexical.pest"]
#[grammar = "grammar/keywords.pest"]
#[grammar = "grammar/expressions.pest"]
#[grammar = "grammar/types.pest"]
#[grammar = "grammar/clauses.pest"]
#[grammar = "grammar/items.pest"]
pub(super) struct Grammar;

/// One node of the parse.
pub(super) type Pair<'s> = pest::iterators::Pair<'s, Rule>;
