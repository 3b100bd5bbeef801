//! `ereje test --watch`: runs again whenever a file of the policies or their cases changes.

use super::{TestArgs, once};
use crate::error::CliError;
use crate::streams::Streams;
use crate::{CliResult, cases};
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// How long nothing has to happen before the files are read: an editor writes several times.
const QUIET: Duration = Duration::from_millis(100);

/// Runs once, and again after each change, until interrupted.
pub(super) fn run(args: &TestArgs, streams: &mut Streams) -> CliResult {
    let failed = |error: &notify::Error| CliError::Usage(format!("files cannot be watched: {error}"), None);
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is no change; whatever else happens, it is better to look.
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| counts(path))) {
            let _ = changed.send(());
        }
    })
    .map_err(|error| failed(&error))?;
    let mut watched = BTreeSet::new();
    loop {
        let exit = once(args, streams)?;
        // Policies may have come into play that were not there before.
        for folder in folders(args) {
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

/// Whether a file is one that a policy or its cases are made of.
fn counts(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let kind = path.extension().and_then(|extension| extension.to_str());
    // A folder that comes or goes takes its files with it.
    !hidden && (matches!(kind, Some("ereje" | "yaml" | "csv")) || !path.is_file())
}

/// The folders of the case files and of their policies.
fn folders(args: &TestArgs) -> BTreeSet<PathBuf> {
    let folder = |path: &Path| {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() }
    };
    let policies = cases::policies_of(&args.paths);
    args.paths.iter().chain(&policies).map(|path| folder(path)).filter(|path| path.is_dir()).collect()
}
