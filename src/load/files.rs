//! Files that are kept elsewhere than in a folder of the disk, such as those of a revision of version control.
//!
//! Comes in: names with `/`, from the root of what is kept. Goes out: what stands there, or why it cannot be had; the loader
//! asks for what the policy names and for nothing else.

use std::fmt;
use std::io;

/// What stands under a name, with links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Missing,
}

/// Why something that stands there cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct StoreRefusal {
    /// Why, without the name.
    pub why: String,
    /// The next step.
    pub help: String,
}

/// Files that are kept elsewhere than in a folder of the disk. Names may hold `..`, which leads out of the folder that is
/// really meant, as on a disk.
pub trait FileStore: fmt::Debug {
    /// What stands under a name.
    ///
    /// # Errors
    /// If that cannot be known, or may not be read. What is refused is an error of the policy that would have it.
    fn kind(&self, name: &str) -> Result<StoredKind, StoreRefusal>;

    /// The bytes of a file; of one that is too large, at least one more than a file may have.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn read(&self, name: &str) -> Result<Vec<u8>, StoreRefusal>;

    /// The names in a folder, without hidden ones.
    ///
    /// # Errors
    /// Why it cannot be listed.
    fn names(&self, folder: &str) -> Result<Vec<String>, StoreRefusal>;

    /// The identity of a name, equal for two names of one file.
    fn identity(&self, name: &str) -> String;
}

/// The refusal in an error of the system, if it is one.
pub(super) fn refusal(error: &io::Error) -> Option<&StoreRefusal> {
    error.get_ref()?.downcast_ref()
}
