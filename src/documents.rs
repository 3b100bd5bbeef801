//! The forms of what is written for programs, with the version of each.
//!
//! Every such document says under `schema` what it is: `decision/1.0`. Within a version 1 keys are only added, and each
//! addition raises the number behind the point, so a reader asks for `decision/1.` and passes over what it does not know. What
//! the forms hold is described by `docs/documents.schema.json`.

/// What is decided of one application, or why it could not be read.
pub const DECISION: &str = "decision/1.0";
/// A line of a batch. It does not repeat its version; the summary has it.
pub const BATCH_LINE: &str = "batch-line/1.0";
/// A row that a batch could not read.
pub const BAD_ROW: &str = "bad-row/1.0";
/// What a batch came to.
pub const SUMMARY: &str = "summary/1.0";
/// The cases of policies, as they were run.
pub const TEST: &str = "test/1.0";
/// What of a policy its cases exercised.
pub const COVERAGE: &str = "coverage/1.0";
/// What has changed in decisions since they were accepted.
pub const REVIEW: &str = "review/1.0";
/// Which decisions a change of law moves.
pub const DIFF: &str = "diff/1.0";
/// Small wrong laws, and which of them no case notices.
pub const MUTATE: &str = "mutate/1.0";
/// The cases that are missing.
pub const SUGGEST: &str = "suggest/1.0";
/// An error or a warning.
pub const FINDING: &str = "finding/1.0";
