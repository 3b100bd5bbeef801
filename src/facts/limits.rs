//! The limits on one fact file. Each is far above the needs of an application, and small enough that no file exhausts
//! memory or the stack. Exceeding one is E0609.

/// Bytes of a file.
pub const MAX_FILE: usize = 64 * 1024 * 1024;
/// Documents in a file.
pub const MAX_DOCUMENTS: usize = 10_000;
/// Lists and braces inside one another.
pub const MAX_DEPTH: usize = 64;
// Elements of one list; what a policy asks for is measured by it, too.
pub use crate::syntax::limits::MAX_ELEMENTS;
/// Keys between one pair of braces.
pub const MAX_KEYS: usize = 10_000;
/// Values in one document, those inside others included.
pub const MAX_VALUES: usize = 1_000_000;
/// Bytes of one text.
pub const MAX_TEXT: usize = 64 * 1024;
/// Findings about one document; further ones are counted only.
pub const MAX_FINDINGS: usize = 100;
