//! How a command ends, and why it could not run.

use ereje::load::{LoadError, reason};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a command ended; the exit codes of `ereje`, the least severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: it did what was asked.
    Done,
    /// 1: it found something: an error in a policy, a failing case, a difference, a row that cannot be read.
    Found,
    /// 3: a decision is undetermined.
    Undetermined,
    /// 4: a decision has a fault.
    Faulty,
    /// 2: it could not run: bad usage, a file that is not there, a malformed fact file.
    CouldNotRun,
}

impl Exit {
    /// The more severe of two exit codes.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Found => Self::from(1),
            Exit::CouldNotRun => Self::from(2),
            Exit::Undetermined => Self::from(3),
            Exit::Faulty => Self::from(4),
        }
    }
}

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// A policy that cannot be read at all.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A file that cannot be read or written.
    #[error("`{}` cannot be {verb}: {}", path.display(), reason(error))]
    File { path: PathBuf, verb: &'static str, error: io::Error },
    /// The options contradict each other or the files; the second text is the next step.
    #[error("{0}")]
    Usage(String, Option<String>),
    /// The results cannot be written, for example because their reader has closed the pipe.
    #[error("the output cannot be written: {}", reason(.0))]
    Output(io::Error),
}

/// The result of a command.
pub(super) type CliResult = Result<Exit, CliError>;

impl CliError {
    pub(super) fn read(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_path_buf(), verb: "read", error }
    }

    pub(super) fn write(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_path_buf(), verb: "written", error }
    }
}

impl From<ereje_batch::files::Error> for CliError {
    fn from(error: ereje_batch::files::Error) -> Self {
        use ereje_batch::files::Error;
        match error {
            Error::File { path, verb, error } => Self::File { path, verb, error },
            Error::Usage(message, help) => Self::Usage(message, help),
            Error::Output(error) => Self::Output(error),
        }
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
