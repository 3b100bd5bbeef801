//! How large and how deep a policy file may be, in one place.
//!
//! Each limit is far above what a law needs and far below what would exhaust memory or the stack. Passing one is an
//! error of its own (`E0108` for nesting, `E0703` for sizes), never a crash.

/// The most bytes in one file: 8 MiB.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The most items in one file.
pub const MAX_ITEMS: usize = 50_000;

/// The most words, numbers, texts and signs in one item. What the parser keeps of an item while it reads it is some
/// hundred bytes for each.
pub const MAX_ITEM_TOKENS: usize = 200_000;

/// The most comments in one file.
pub const MAX_COMMENTS: usize = 300_000;

/// How deep brackets of any kind may stand inside one another: parentheses, lists, sets, fields, regions.
///
/// The parser and every stage behind it recurse once for each bracket; twice as many still fit into the two megabytes
/// of stack that a thread has by default, in a build that is not optimised.
pub const MAX_BRACKETS: usize = 64;

/// How deep a tree of an expression may be: operators, brackets and chains such as `a + b + c` together.
pub const MAX_EXPRESSION_DEPTH: usize = 200;

/// How often `list of` may stand before one type.
pub const MAX_LIST_DEPTH: usize = 8;

/// The most errors reported for one file. Reading stops there.
pub const MAX_ERRORS: usize = 1_000;

/// How many places that look like the start of an item a bracket may span before it counts as not closed.
pub(super) const MAX_STARTS_IN_BRACKETS: usize = 64;
