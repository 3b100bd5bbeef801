//! Review: a snapshot of each case's decision and explanation, and what has changed since it was accepted.
//!
//! Comes in: trials with their policy, and the snapshots that were kept. Goes out: what is to be kept now, in insta's own
//! file format, and the changes, of which those that are the same in many cases are told once. Pure: who reads and writes
//! files stands in `cli`. A tool: it stands after `cases`, and no other tool uses it.

mod change;
mod contents;
mod name;
mod snapshot;

pub use change::{Hunk, Sign, SnapshotChange, SnapshotPart, changes, section};
pub use contents::{CASE, DECIDED, contents, language, visible};
pub use name::{file_names, stem, stem_of};
pub use snapshot::Snapshot;
