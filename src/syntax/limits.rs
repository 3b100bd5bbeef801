//! The limits on size and nesting of a policy file, in one place.
//!
//! Each limit is far above the needs of a law and far below what would exhaust memory or the stack. Exceeding one is an
//! error of its own (`E0108` for nesting, `E0703` for sizes), never a crash.

/// The most bytes in one file: 8 MiB.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The most items in one file.
pub const MAX_ITEMS: usize = 50_000;

/// The most words, numbers, texts and signs in one item. The parser needs some hundred bytes for each while it reads
/// the item.
pub const MAX_ITEM_TOKENS: usize = 200_000;

/// The most comments in one file.
pub const MAX_COMMENTS: usize = 300_000;

/// The deepest nesting of brackets of any kind: parentheses, lists, sets, fields, regions.
///
/// The parser and all later stages recurse once for each bracket. Twice as many still fit into the default stack of two
/// megabytes in an unoptimised build.
pub const MAX_BRACKETS: usize = 64;

/// The deepest tree of an expression, with operators, brackets and chains such as `a + b + c`.
pub const MAX_EXPRESSION_DEPTH: usize = 200;

/// The most `list of` before one type.
pub const MAX_LIST_DEPTH: usize = 8;

/// The most elements of one list, in a fact file and in what a policy asks of it.
pub const MAX_ELEMENTS: usize = 100_000;

/// The most errors that are reported for one file. Reading stops there.
pub const MAX_ERRORS: usize = 1_000;

/// The most possible starts of items inside a bracket; beyond it the bracket counts as unclosed.
pub(super) const MAX_STARTS_IN_BRACKETS: usize = 64;
