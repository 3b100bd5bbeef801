//! Acceptances on disk: who accepted which snapshots, in a file for each reviewer, so that two who accept at the same time
//! write into different files.

use super::reviewed::{ReviewedCase, SnapshotState};
use super::store;
use crate::error::CliError;
use crate::{revision, write};
use chrono::{DateTime, Utc};
use ereje::load::{Fence, FileKind};
use ereje_review::review::{Acceptance, Reviewer, content_digest, read_acceptances, write_acceptances};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The folder of the acceptances in a folder of snapshots.
fn folder(snapshots: &Path) -> PathBuf {
    snapshots.join("accepted")
}

/// What keeps a file of acceptances from being read.
fn unreadable(path: &Path, line: u64, message: &str) -> CliError {
    let help = "mend the line, or take the file as version control has it; nothing in it counts until then";
    CliError::Usage(format!("`{}:{line}` is no acceptance: {message}", path.display()), Some(help.into()))
}

/// The acceptances in a file; none where there is no file.
fn of_file(path: &Path, fence: &Fence) -> Result<Vec<Acceptance>, CliError> {
    crate::paths::admit(path, fence, FileKind::Csv)?;
    match store::bytes(path) {
        Ok(None) => Ok(Vec::new()),
        Ok(Some(bytes)) => read_acceptances(&bytes).map_err(|error| unreadable(path, error.line, &error.message)),
        Err(why) => Err(CliError::Usage(format!("`{}` cannot be read: {why}", path.display()), None)),
    }
}

/// The files of acceptances in a folder of snapshots.
fn files(snapshots: &Path) -> Result<Vec<PathBuf>, CliError> {
    let folder = folder(snapshots);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CliError::read(&folder, error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| CliError::read(&folder, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // A file whose name begins with a dot is one that is being written.
        if name.ends_with(".csv") && !name.starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// All acceptances beside some snapshots.
#[derive(Default)]
pub(super) struct KeptAcceptances {
    by_digest: BTreeMap<String, Vec<Acceptance>>,
    /// By the path of the snapshot that they name.
    by_snapshot: BTreeMap<PathBuf, Vec<Acceptance>>,
}

impl KeptAcceptances {
    /// Reads those in some folders of snapshots, and what could not be read, each with its path.
    pub(super) fn read(folders: &BTreeMap<PathBuf, Fence>) -> (Self, Vec<(PathBuf, CliError)>) {
        let (mut kept, mut errors) = (Self::default(), Vec::new());
        for (snapshots, fence) in folders {
            let paths = files(snapshots).unwrap_or_else(|error| {
                errors.push((folder(snapshots), error));
                Vec::new()
            });
            let mut found = Vec::new();
            for path in paths {
                match of_file(&path, fence) {
                    Ok(acceptances) => found.extend(acceptances),
                    Err(error) => errors.push((path, error)),
                }
            }
            for one in under_one_name(snapshots, found) {
                kept.by_snapshot.entry(snapshots.join(&one.snapshot)).or_default().push(one.clone());
                kept.by_digest.entry(one.digest.clone()).or_default().push(one);
            }
        }
        (kept, errors)
    }

    /// Notes at a case who has accepted it as it is, and who had accepted it before it changed.
    pub(super) fn note(&self, case: &mut ReviewedCase) {
        if matches!(case.state(), SnapshotState::Same | SnapshotState::Renamed) {
            case.accepted_by = latest(self.by_digest.get(&content_digest(&case.contents)).into_iter().flatten());
        }
        let before = latest(self.by_snapshot.get(&case.path).into_iter().flatten());
        let counts = |one: &Acceptance| case.accepted_by.iter().any(|known| known.by.is(&one.by));
        case.outdated = before.into_iter().filter(|one| !counts(one)).collect();
    }
}

/// The last acceptance of each reviewer, the first of them first.
fn latest<'a>(all: impl Iterator<Item = &'a Acceptance>) -> Vec<Acceptance> {
    let mut found: Vec<Acceptance> = Vec::new();
    for one in all {
        match found.iter_mut().find(|known| known.by.is(&one.by)) {
            Some(known) if known.on >= one.on => {}
            Some(known) => *known = one.clone(),
            None => found.push(one.clone()),
        }
    }
    found.sort_by(|a, b| (a.on, &a.by).cmp(&(b.on, &b.by)));
    found
}

/// The same acceptances, in which a person whom `.mailmap` knows under several names has one.
fn under_one_name(snapshots: &Path, mut acceptances: Vec<Acceptance>) -> Vec<Acceptance> {
    let names: BTreeSet<String> = acceptances.iter().map(|one| one.by.to_string()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let mapped = revision::mapped(snapshots, &names);
    let mapped: BTreeMap<String, Reviewer> = names
        .into_iter()
        .zip(mapped)
        .filter_map(|(name, mapped)| Some((name, Reviewer::read(&mapped).ok()?)))
        .collect();
    for one in &mut acceptances {
        if let Some(reviewer) = mapped.get(&one.by.to_string()) {
            one.by = reviewer.clone();
        }
    }
    acceptances
}

/// A reviewer under the name that `.mailmap` gives.
pub(super) fn known_as(snapshots: &Path, reviewer: &Reviewer) -> Reviewer {
    let mapped = revision::mapped(snapshots, &[reviewer.to_string()]).into_iter().next();
    mapped.and_then(|mapped| Reviewer::read(&mapped).ok()).unwrap_or_else(|| reviewer.clone())
}

/// Records that a reviewer accepts these cases now. An earlier acceptance of the same snapshot gives way; everything else
/// stays, for what a case under another name or in another file decides may have been accepted before.
pub(super) fn record(
    folders: &BTreeMap<PathBuf, Fence>,
    cases: &[&ReviewedCase],
    reviewer: &Reviewer,
) -> Result<(), CliError> {
    let now = now();
    for (snapshots, fence) in folders {
        let of_folder = cases.iter().filter(|case| case.path.parent() == Some(snapshots));
        let made: Vec<Acceptance> = of_folder
            .map(|case| Acceptance {
                on: now,
                by: reviewer.clone(),
                digest: content_digest(&case.contents),
                snapshot: case.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            })
            .collect();
        if made.is_empty() {
            continue;
        }
        let path = folder(snapshots).join(reviewer.file_name());
        let mut all = of_file(&path, fence)?;
        all.retain(|one| !one.by.is(reviewer) || made.iter().all(|made| made.snapshot != one.snapshot));
        all.extend(made);
        let written = fs::create_dir_all(folder(snapshots));
        let written = written.and_then(|()| write::replace(&path, &write_acceptances(&all)));
        written.map_err(|error| CliError::write(&path, error))?;
    }
    Ok(())
}

/// The time in whole seconds.
fn now() -> DateTime<Utc> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default()
}
