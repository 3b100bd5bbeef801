//! Why a run over a file of rows cannot go on.

use ereje::load::reason;
use std::io;
use std::path::{Path, PathBuf};

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read or written.
    #[error("`{}` cannot be {verb}: {}", path.display(), reason(error))]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`
        verb: &'static str,
        /// The error of the system.
        error: io::Error,
    },
    /// The options contradict each other or the files; the second text is the next step.
    #[error("{0}")]
    Usage(String, Option<String>),
    /// The results cannot be written, for example because their reader has closed the pipe.
    #[error("the output cannot be written: {}", reason(.0))]
    Output(io::Error),
}

impl Error {
    /// A file that cannot be read.
    #[must_use]
    pub fn read(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_path_buf(), verb: "read", error }
    }

    /// A file that cannot be written.
    #[must_use]
    pub fn write(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_path_buf(), verb: "written", error }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
