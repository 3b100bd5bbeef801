//! Snapshots on disk: reads them, writes what is accepted, and finds those that no case needs any more.

use super::reviewed::{OrphanedSnapshot, ReviewResult, ReviewedCase, SnapshotState, StoredSnapshot};
use crate::error::CliError;
use crate::streams::Streams;
use crate::{paths, write};
use ereje::load::{self, Fence, FileKind};
use ereje_review::review::{KeptName, Snapshot, stem, stem_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The reason why nothing may be accepted here, by insta's rules.
pub(super) fn kept_shut() -> Option<&'static str> {
    let variable = |name: &str| std::env::var(name).ok();
    if variable("CI").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false")) {
        return Some("CI is set in the environment");
    }
    (variable("INSTA_UPDATE").as_deref() == Some("no")).then_some("INSTA_UPDATE is `no` in the environment")
}

/// The folder of the snapshots of a case file.
pub(super) fn folder(case_file: &str) -> PathBuf {
    Path::new(case_file).parent().unwrap_or(Path::new("")).join("snapshots")
}

/// An error if snapshots cannot be in a folder; it may be missing.
pub(super) fn usable(folder: &Path) -> Result<(), CliError> {
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => {
            let help = String::from("snapshots stand in this folder; move what is in its place");
            Err(CliError::Usage(format!("`{}` is no folder", folder.display()), Some(help)))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CliError::read(folder, error)),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The snapshots of a case file in a folder, by their paths.
pub(super) fn kept(folder: &Path, case_file: &str, fence: &Fence) -> BTreeMap<PathBuf, StoredSnapshot> {
    let stem = stem(case_file);
    let of_file = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        stem_of(&ereje::facts::nfc(name)) == Some(stem.as_str())
    };
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(of_file);
    paths.map(|path| (path.clone(), admitted(&path, fence))).collect()
}

/// The names of snapshots, with what they say of their cases.
pub(super) fn names(kept: &BTreeMap<PathBuf, StoredSnapshot>) -> Vec<KeptName> {
    let name = |(path, snapshot): (&PathBuf, &StoredSnapshot)| {
        let StoredSnapshot::Kept(snapshot) = snapshot else { return None };
        let name = path.file_name()?.to_str()?.strip_suffix(".snap")?;
        Some(KeptName { name: name.to_owned(), description: snapshot.description.clone() })
    };
    kept.iter().filter_map(name).collect()
}

/// The snapshot at a path that may be read.
pub(super) fn admitted(path: &Path, fence: &Fence) -> StoredSnapshot {
    match fence.admit(path, FileKind::Snapshot) {
        Ok(()) => read(path),
        Err(refusal) => StoredSnapshot::Unreadable(refusal.label()),
    }
}

/// Reads the snapshot at a path.
fn read(path: &Path) -> StoredSnapshot {
    match bytes(path) {
        Ok(None) => StoredSnapshot::Missing,
        Ok(Some(bytes)) => match Snapshot::read(&bytes) {
            Ok(snapshot) => StoredSnapshot::Kept(snapshot),
            Err(why) => StoredSnapshot::Unreadable(why),
        },
        Err(why) => StoredSnapshot::Unreadable(why),
    }
}

/// The bytes of a file that is small enough; `None` if there is none.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::metadata(path) {
        // A broken link is no missing file: it is in the way.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => Ok(None),
        Err(error) => Err(load::reason(&error)),
        Ok(found) if !found.is_file() => Err("it is no file".into()),
        Ok(found) if found.len() > load::MAX_FILE_BYTES as u64 => Err("it is too large".into()),
        Ok(_) => fs::read(path).map(Some).map_err(|error| load::reason(&error)),
    }
}

/// The snapshots in a folder whose case does not exist any more. `named` are those that cases need. Snapshots of
/// removed case files are included only if whole folders are reviewed, and only if a case file wrote them.
pub(super) fn gone(folder: &Path, named: &BTreeSet<PathBuf>, whole: bool) -> Result<Vec<OrphanedSnapshot>, CliError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CliError::read(folder, error)),
    };
    let stem_of_path = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        stem_of(&ereje::facts::nfc(name)).map(str::to_owned)
    };
    // Some file systems normalize names.
    let asked: BTreeSet<String> = named.iter().map(|path| nfc(path)).collect();
    let reviewed: BTreeSet<String> =
        named.iter().filter(|path| path.parent() == Some(folder)).filter_map(|path| stem_of_path(path)).collect();
    let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let existing: BTreeSet<String> = paths::case_files_under(beside)?
        .iter()
        .filter(|path| path.parent() == Some(beside))
        .map(|path| stem(&path.display().to_string()))
        .collect();
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| CliError::read(folder, error))?.path();
        let Some(stem) = stem_of_path(&path) else { continue };
        if asked.contains(&nfc(&path)) || fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            continue;
        }
        let old = read(&path);
        let from_cases = matches!(&old, StoredSnapshot::Kept(snapshot) if snapshot.source.ends_with(".test.yaml"));
        if reviewed.contains(&stem) || (whole && !existing.contains(&stem) && from_cases) {
            let old = match old {
                StoredSnapshot::Kept(snapshot) => Some(snapshot),
                StoredSnapshot::Missing | StoredSnapshot::Moved(..) | StoredSnapshot::Unreadable(_) => None,
            };
            let described = old.as_ref().and_then(|old| old.description.clone());
            let what = described.unwrap_or_else(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            found.push(OrphanedSnapshot { path, what, old, split_into: 0 });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn nfc(path: &Path) -> String {
    ereje::facts::nfc(&path.display().to_string()).into_owned()
}

/// What came of writing what is accepted.
#[derive(Default)]
pub(super) struct WrittenSnapshots<'r> {
    /// The cases whose snapshots are as they are decided now.
    pub(super) cases: Vec<&'r ReviewedCase>,
    /// How many snapshots were removed.
    pub(super) removed: usize,
    /// How many could not be written or removed; this has been told.
    pub(super) failed: usize,
}

/// Writes what is changed or new and removes what is gone.
pub(super) fn accept<'r>(result: &'r ReviewResult, streams: &mut Streams) -> WrittenSnapshots<'r> {
    let mut done = WrittenSnapshots::default();
    for case in result.cases.iter().filter(|case| !case.wrong && case.state() != SnapshotState::Same) {
        let written = put(&case.path, case).and_then(|()| match &case.old {
            StoredSnapshot::Moved(_, before) => fs::remove_file(before).map_err(|error| CliError::write(before, error)),
            StoredSnapshot::Missing | StoredSnapshot::Kept(_) | StoredSnapshot::Unreadable(_) => Ok(()),
        });
        match written {
            Ok(()) => done.cases.push(case),
            Err(error) => {
                streams.failure(&error);
                done.failed += 1;
            }
        }
        let _ = fs::remove_file(pending_path(&case.path));
    }
    for gone in &result.gone {
        match fs::remove_file(&gone.path).map_err(|error| CliError::write(&gone.path, error)) {
            Ok(()) => done.removed += 1,
            Err(error) => {
                streams.failure(&error);
                done.failed += 1;
            }
        }
        let _ = fs::remove_file(pending_path(&gone.path));
    }
    done
}

/// Writes what is changed or new beside its snapshot, and removes pending files of earlier runs that are no longer
/// needed.
pub(super) fn pending(result: &ReviewResult, streams: &mut Streams) -> (usize, usize) {
    let (mut left, mut failed) = (0, 0);
    for case in &result.cases {
        let path = pending_path(&case.path);
        if case.state() == SnapshotState::Same {
            let _ = fs::remove_file(path);
            continue;
        }
        match put(&path, case) {
            Ok(()) => left += 1,
            Err(error) => {
                streams.failure(&error);
                failed += 1;
            }
        }
    }
    (left, failed)
}

/// The path of a pending snapshot, as insta names it.
fn pending_path(path: &Path) -> PathBuf {
    path.with_extension("snap.new")
}

fn put(path: &Path, case: &ReviewedCase) -> Result<(), CliError> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all);
    written.and_then(|()| write::replace(path, &case.snapshot().write())).map_err(|error| CliError::write(path, error))
}
