//! What was found: each case with what was kept of it and what is decided now, and what is left of cases that are gone.

use clap::ValueEnum;
use ereje_review::review::Snapshot;
use std::path::{Path, PathBuf};

/// How to print what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReviewFormat {
    /// For people
    Text,
    /// JSON
    Json,
    /// Markdown, for a pull request
    Markdown,
}

/// A case with what was kept of it and what is decided now.
pub(super) struct ReviewedCase {
    /// The name of its case file.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) law: Option<String>,
    /// Its snapshot.
    pub(super) path: PathBuf,
    pub(super) old: StoredSnapshot,
    /// What is to be kept now.
    pub(super) contents: String,
    /// Whether its own case file expects something else.
    pub(super) wrong: bool,
}

/// What was kept of a case.
pub(super) enum StoredSnapshot {
    Missing,
    Kept(Snapshot),
    /// Something that is no snapshot, and why.
    Unreadable(String),
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SnapshotState {
    Same,
    Changed,
    New,
    Unreadable,
}

impl ReviewedCase {
    pub(super) fn state(&self) -> SnapshotState {
        match &self.old {
            StoredSnapshot::Missing => SnapshotState::New,
            StoredSnapshot::Unreadable(_) => SnapshotState::Unreadable,
            StoredSnapshot::Kept(old) if old.keeps(&self.contents) => SnapshotState::Same,
            StoredSnapshot::Kept(_) => SnapshotState::Changed,
        }
    }

    /// The snapshot to keep. Its source is the bare name of the case file, so that it is the same wherever it is made.
    pub(super) fn snapshot(&self) -> Snapshot {
        let file = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        Snapshot {
            source: file.to_owned(),
            description: Some(described(&self.name, self.law.as_deref())),
            contents: self.contents.clone(),
        }
    }
}

/// A case in a line: its name, and the law that it stands for.
pub(super) fn described(name: &str, law: Option<&str>) -> String {
    law.map_or_else(|| name.to_owned(), |law| format!("{name} ({law})"))
}

/// A snapshot whose case is no more.
pub(super) struct OrphanedSnapshot {
    pub(super) path: PathBuf,
    /// What it says that it is, or its name.
    pub(super) what: String,
}

/// Everything that was found.
pub(super) struct ReviewResult {
    pub(super) cases: Vec<ReviewedCase>,
    pub(super) gone: Vec<OrphanedSnapshot>,
    /// Whether something was not as it was accepted when the command began.
    pub(super) open: bool,
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
