//! `--watch`: runs a command again whenever something changes that it has read.
//!
//! What a run reads is noted where it is read, so that an imported folder, a table, and the target of a link are seen
//! wherever they stand. Folders are watched and not files: an editor puts another file in the place of the one it saves.

use super::CliResult;
use super::error::CliError;
use super::paths::RootArgs;
use super::streams::Streams;
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// How long nothing must change before the files are read: an editor writes several times.
const QUIET: Duration = Duration::from_millis(100);

/// How many links are followed from one to the next.
const MAX_LINKS: usize = 40;

/// Runs once, and again after each change of what was read, until interrupted.
pub(super) fn run(root: &RootArgs, streams: &mut Streams, once: impl Fn(&mut Streams) -> CliResult) -> CliResult {
    let failed = |error: &notify::Error| CliError::Usage(format!("files cannot be watched: {error}"), None);
    let wanted = Arc::new(Mutex::new(WatchedPaths::default()));
    let asked = Arc::clone(&wanted);
    let (changed, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let wanted = asked.lock().unwrap_or_else(PoisonError::into_inner);
        // Reading is no change; every other event may be one.
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| wanted.has(path))) {
            let _ = changed.send(());
        }
    })
    .map_err(|error| failed(&error))?;
    let mut watched: BTreeSet<PathBuf> = BTreeSet::new();
    loop {
        root.read();
        let exit = once(streams)?;
        let read = WatchedPaths::of(&root.read());
        // Where everything is gone for a moment, it may come back to the same place.
        if !read.folders.is_empty() {
            for gone in watched.difference(&read.folders) {
                let _ = watcher.unwatch(gone);
            }
            watched.clone_from(&read.folders);
            *wanted.lock().unwrap_or_else(PoisonError::into_inner) = read;
        }
        if watched.is_empty() {
            return Ok(exit);
        }
        // Those known before are asked for again: a folder may have been put in the place of another.
        for folder in &watched {
            let result = watcher.watch(folder, RecursiveMode::NonRecursive);
            if let Some(error) = result.err().filter(|_| folder.exists()) {
                return Err(failed(&error));
            }
        }
        streams.say("watching; interrupt to stop");
        if changes.recv().is_err() {
            return Ok(exit);
        }
        while changes.recv_timeout(QUIET).is_ok() {}
        streams.say("");
    }
}

/// What has to be watched so that a change of what was read is seen. All folders are real ones, without links.
#[derive(Debug, Default)]
struct WatchedPaths {
    /// The folders to watch.
    folders: BTreeSet<PathBuf>,
    /// Files, links and missing names, each in its folder.
    names: BTreeSet<PathBuf>,
    /// Folders that were listed: what comes into one may belong to a policy.
    listed: BTreeSet<PathBuf>,
}

impl WatchedPaths {
    fn of(read: &BTreeSet<PathBuf>) -> Self {
        let mut found = Self::default();
        read.iter().for_each(|path| found.add(path, 0));
        found
    }

    /// Adds a path, the links on it, and where these lead.
    fn add(&mut self, path: &Path, links: usize) {
        for part in path.ancestors().filter(|part| !part.as_os_str().is_empty()) {
            if links < MAX_LINKS
                && let Ok(target) = fs::read_link(part)
            {
                self.name(part);
                self.add(&parent(part).join(target), links + 1);
            }
        }
        match fs::canonicalize(path) {
            Ok(real) if real.is_dir() => {
                self.folders.insert(real.clone());
                self.listed.insert(real);
            }
            Ok(real) => {
                self.name(&real);
            }
            // Of what is missing, the first folder that is there will tell when it comes.
            Err(_) => {
                for part in path.ancestors() {
                    if self.name(part) {
                        break;
                    }
                }
            }
        }
    }

    /// Adds a name in its folder; false if there is no such folder.
    fn name(&mut self, path: &Path) -> bool {
        let (Some(name), Ok(folder)) = (path.file_name(), fs::canonicalize(parent(path))) else { return false };
        self.names.insert(folder.join(name));
        self.folders.insert(folder);
        true
    }

    /// True if a change at a path may be one of what was read.
    fn has(&self, path: &Path) -> bool {
        self.names.contains(path)
            || self.listed.contains(path)
            || (path.parent().is_some_and(|folder| self.listed.contains(folder)) && counts(path))
    }
}

/// The folder that holds a path.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// True if what comes into a listed folder can be part of a policy or of its cases.
fn counts(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let kind = path.extension().and_then(|extension| extension.to_str());
    // A folder that is added or removed has files.
    !hidden && (matches!(kind, Some("ereje" | "yaml" | "yml")) || !path.is_file())
}
