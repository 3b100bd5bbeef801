//! The data of a review: each case with its snapshot and the current decision, and snapshots without a case.

use crate::cases::RunError;
use crate::paths;
use clap::ValueEnum;
use ereje_review::review::{Acceptance, Reviewer, Snapshot, described, persons};
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

/// A case with its snapshot and the current decision.
pub(super) struct ReviewedCase {
    /// The name of its case file.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) law: Option<String>,
    /// The path of its snapshot.
    pub(super) path: PathBuf,
    pub(super) old: StoredSnapshot,
    /// The current content.
    pub(super) contents: String,
    /// True if its own case file expects something else.
    pub(super) wrong: bool,
    /// Who has accepted it as it is decided now, the first of them first. Empty unless acceptances are counted.
    pub(super) accepted_by: Vec<Acceptance>,
    /// Who had accepted what its snapshot held before.
    pub(super) outdated: Vec<Acceptance>,
}

/// The snapshot of a case.
#[derive(Clone)]
pub(super) enum StoredSnapshot {
    Missing,
    Kept(Snapshot),
    /// The snapshot of a case that is no more, with just the content of this one: the case has another name now, or another
    /// file.
    Moved(Snapshot, PathBuf),
    /// A file that is no snapshot, and the reason.
    Unreadable(String),
}

/// The state of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SnapshotState {
    Same,
    Changed,
    /// Its content is as accepted, and it is called or filed otherwise.
    Renamed,
    New,
    Unreadable,
}

impl ReviewedCase {
    pub(super) fn state(&self) -> SnapshotState {
        match &self.old {
            StoredSnapshot::Missing => SnapshotState::New,
            StoredSnapshot::Unreadable(_) => SnapshotState::Unreadable,
            StoredSnapshot::Moved(..) => SnapshotState::Renamed,
            StoredSnapshot::Kept(old) if old.keeps(&self.contents) => {
                let described = described(&self.name, self.law.as_deref());
                if old.description.as_ref() == Some(&described) { SnapshotState::Same } else { SnapshotState::Renamed }
            }
            StoredSnapshot::Kept(_) => SnapshotState::Changed,
        }
    }

    /// How many persons have accepted it as it is decided now.
    pub(super) fn acceptances(&self) -> usize {
        persons(&self.accepted_by.iter().map(|one| &one.by).collect::<Vec<_>>())
    }

    /// True if it is as it was accepted, by fewer persons than are required, and this reviewer is none of them.
    pub(super) fn waits_for(&self, reviewer: &Reviewer, required: usize) -> bool {
        let has_accepted = self.accepted_by.iter().any(|one| one.by.is(reviewer));
        self.state() == SnapshotState::Same && !self.wrong && !has_accepted && self.acceptances() < required
    }

    /// The current snapshot. Its source is just the name of the case file, so that it is the same in every folder.
    pub(super) fn snapshot(&self) -> Snapshot {
        let file = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        Snapshot {
            source: file.to_owned(),
            description: Some(described(&self.name, self.law.as_deref())),
            contents: self.contents.clone(),
        }
    }
}

/// A snapshot whose case does not exist any more.
pub(super) struct OrphanedSnapshot {
    pub(super) path: PathBuf,
    /// Its description, or its name.
    pub(super) what: String,
    /// `None` if it cannot be read.
    pub(super) old: Option<Snapshot>,
    /// The cases into which it was split: a value became several.
    pub(super) split_into: usize,
}

impl ReviewedCase {
    /// What the case was called before, with its file if that is another; `None` unless it is renamed.
    pub(super) fn before(&self) -> Option<String> {
        let (old, file) = match &self.old {
            StoredSnapshot::Moved(old, _) => (old, Some(&old.source)),
            StoredSnapshot::Kept(old) => (old, None),
            StoredSnapshot::Missing | StoredSnapshot::Unreadable(_) => return None,
        };
        let name = old.description.clone().unwrap_or_default();
        let file = file.filter(|source| **source != self.snapshot().source);
        Some(file.map_or_else(|| name.clone(), |file| format!("{file}: {name}")))
    }
}

/// Everything that was found.
pub(super) struct ReviewResult {
    pub(super) cases: Vec<ReviewedCase>,
    pub(super) gone: Vec<OrphanedSnapshot>,
    /// What could not be reviewed.
    pub(super) errors: Vec<RunError>,
    /// True if something differed from what was accepted when the command began.
    pub(super) open: bool,
    /// Where acceptances are to be told, how many each decision needs.
    pub(super) signed: Option<usize>,
    /// The cases, by their places in `cases`, that are as they were accepted and are accepted once more.
    pub(super) again: Vec<usize>,
    /// The language of the report for people.
    pub(super) language: &'static str,
}

impl ReviewResult {
    /// The cases that are accepted once more.
    pub(super) fn again(&self) -> impl Iterator<Item = &ReviewedCase> {
        self.again.iter().filter_map(|index| self.cases.get(*index))
    }
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> String {
    paths::told(path)
}
