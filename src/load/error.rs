//! Why nothing can be loaded.

use super::files::StoreRefusal;
use super::root::{ReadRefusal, RootError};
use super::store::reason;
use std::path::PathBuf;

/// Why nothing can be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no file or folder at the path.
    #[error("there is no file or folder `{}`", .0.display())]
    Missing(PathBuf),
    /// The system denies access to the path.
    #[error("`{}` cannot be read: {}", path.display(), reason(error))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The path is neither a file nor a folder.
    #[error("`{}` is {what}, not a file or a folder", path.display())]
    Special {
        /// The path.
        path: PathBuf,
        /// Its kind, in words.
        what: &'static str,
    },
    /// The path is a file of another kind.
    #[error("`{}` is not a policy file: the names of policy files end in `.ereje`", .0.display())]
    NotPolicy(PathBuf),
    /// The folder holds no policy files.
    #[error("there are no `.ereje` files in `{}`", .0.display())]
    Empty(PathBuf),
    /// The path leads to what may not be read.
    #[error("`{}` may not be read: {refusal}", path.display())]
    Refused {
        /// The path.
        path: PathBuf,
        /// Why.
        refusal: ReadRefusal,
    },
    /// Who keeps the path does not give it.
    #[error("`{}` cannot be read: {refusal}; {}", path.display(), refusal.help)]
    Kept {
        /// The path.
        path: PathBuf,
        /// Why.
        refusal: StoreRefusal,
    },
}

impl From<RootError> for LoadError {
    fn from(RootError { path, error }: RootError) -> Self {
        match error.kind() == std::io::ErrorKind::NotFound {
            true => Self::Missing(path),
            false => Self::Unreadable { path, error },
        }
    }
}
