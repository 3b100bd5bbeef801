//! How large and how deep a policy file may be, in one place.
//!
//! Each limit is far above what a law needs and far below what would exhaust memory or the stack. Passing one is an
//! error of its own (`E0108` for nesting, `E0703` for sizes), never a crash.

/// The most bytes in one file: 8 MiB.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The most items in one file.
pub const MAX_ITEMS: usize = 100_000;

/// How deep brackets of any kind may stand inside one another: parentheses, lists, sets, fields, regions.
pub const MAX_BRACKETS: usize = 64;

/// How deep a tree of an expression may be: operators, brackets and chains such as `a + b + c` together.
pub const MAX_EXPRESSION_DEPTH: usize = 200;

/// How often `list of` may stand before one type.
pub const MAX_LIST_DEPTH: usize = 8;

/// The most errors reported for one file.
pub const MAX_ERRORS: usize = 1_000;

/// How many places that look like the start of an item a bracket may span before it counts as not closed.
pub(super) const MAX_STARTS_IN_BRACKETS: usize = 64;
