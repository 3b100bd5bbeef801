//! Review: a snapshot of each case's decision and explanation, and what has changed since it was accepted.
//!
//! Comes in: trials with their policy, and the accepted snapshots. Goes out: the current snapshots, in insta's file
//! format, the changes, and who accepted what; a change that is the same in many cases is listed once. Pure: `cli` reads and
//! writes the files. A tool: it stands after `cases`, and no other tool uses it.

mod acceptance;
mod change;
mod contents;
mod name;
mod snapshot;

pub use acceptance::{
    Acceptance, AcceptanceError, Reviewer, content_digest, persons, read_acceptances, write_acceptances,
};
pub use change::{Hunk, Sign, SnapshotChange, SnapshotPart, changes, section};
pub use contents::{CASE, DECIDED, Section, contents, holds_no_value, language, told};
pub use name::{KeptName, assigned, described, file_names, stem, stem_of};
pub use snapshot::Snapshot;
