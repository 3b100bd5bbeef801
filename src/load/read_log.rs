//! What was read, noted where it is read: for a host that wants to know when to read again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The paths that were read, listed, or looked for and not found, as they were asked for. All copies are one list.
#[derive(Clone, Debug, Default)]
pub struct ReadLog(Arc<Mutex<BTreeSet<PathBuf>>>);

impl ReadLog {
    /// Notes a path.
    pub fn note(&self, path: &Path) {
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !paths.contains(path) {
            paths.insert(path.to_path_buf());
        }
    }

    /// All paths that were noted, which are then forgotten.
    #[must_use]
    pub fn take(&self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
