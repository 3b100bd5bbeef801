//! `ereje test --watch`: runs again whenever a file of the policies or their cases changes.

use crate::error::CliError;
use crate::paths::RootArgs;
use crate::streams::Streams;
use crate::{CliResult, cases};
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// How long no file must change before the files are read: an editor writes several times.
const QUIET: Duration = Duration::from_millis(100);

/// Runs once, and again after each change of the case files and the files that they name, until interrupted.
pub(super) fn run(
    paths: &[PathBuf],
    root: &RootArgs,
    streams: &mut Streams,
    once: impl Fn(&mut Streams) -> CliResult,
) -> CliResult {
    let failed = |error: &notify::Error| CliError::Usage(format!("files cannot be watched: {error}"), None);
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is no change; every other event may be one.
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| counts(path))) {
            let _ = changed.send(());
        }
    })
    .map_err(|error| failed(&error))?;
    let mut watched = BTreeSet::new();
    loop {
        let exit = once(streams)?;
        // There may be new policies.
        for folder in folders(paths, root) {
            if watched.insert(folder.clone()) {
                watcher.watch(&folder, RecursiveMode::Recursive).map_err(|error| failed(&error))?;
            }
        }
        if watched.is_empty() {
            return Ok(exit);
        }
        streams.say("watching; interrupt to stop");
        if changes.recv().is_err() {
            return Ok(exit);
        }
        while changes.recv_timeout(QUIET).is_ok() {}
        streams.say("");
    }
}

/// True if a file can be part of a policy or of its cases.
fn counts(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let kind = path.extension().and_then(|extension| extension.to_str());
    // A folder that is added or removed has files.
    !hidden && (matches!(kind, Some("ereje" | "yaml" | "csv")) || !path.is_file())
}

/// The folders of the case files and of their policies.
fn folders(paths: &[PathBuf], root: &RootArgs) -> BTreeSet<PathBuf> {
    let folder = |path: &Path| {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() }
    };
    let policies = cases::policies_of(paths, root);
    paths.iter().chain(&policies).map(|path| folder(path)).filter(|path| path.is_dir()).collect()
}
