//! The limits on a policy as a whole.

pub use crate::syntax::limits::MAX_FILE_BYTES;

/// The most files of a policy.
pub const MAX_FILES: usize = 10_000;
/// The largest policy, in bytes.
pub const MAX_TOTAL_BYTES: usize = 64 << 20;
/// The most `import` items in one file.
pub const MAX_IMPORTS: usize = 1_000;
/// The most entries that are read from one folder.
pub const MAX_ENTRIES: usize = 100_000;
/// The deepest nesting of folders in a policy.
pub const MAX_DEPTH: usize = 32;
