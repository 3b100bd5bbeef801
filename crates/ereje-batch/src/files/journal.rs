//! How far a run has come, in a small file beside its output, so that an interrupted run can be gone on with.
//!
//! `OUT.resume` says what the run belongs to and up to where everything is safe: what it names of the input has been
//! decided, and what it names of the outputs is on the disk. It is written as a whole or not at all.

use super::error::Error;
use super::input::{Identity, InputPosition};
use super::output::beside;
use super::summary::Counts;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// What a run belongs to. Another run goes on with it only if it belongs to the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Another version of the program might decide or write otherwise.
    pub ereje: String,
    /// The digest of the policy.
    pub policy: String,
    /// What is asked of it, and in which form it is answered.
    pub options: Json,
    pub input: Identity,
    /// The file of bad rows.
    pub bad: Option<PathBuf>,
}

/// How far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Where in the input.
    pub place: InputPosition,
    /// The line in which that is, from 1.
    pub line: u64,
    /// Bytes of the output.
    pub output: u64,
    /// Bytes of the file of bad rows.
    pub bad: u64,
    pub counts: Counts,
    /// All is written, and only the names are not given yet.
    pub finished: bool,
}

/// The file itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct JournalEntry {
    job: Job,
    progress: Checkpoint,
}

/// The journal of one output.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    job: Job,
}

impl Journal {
    /// The journal at a path, for this job.
    pub fn new(path: PathBuf, job: Job) -> Self {
        Self { path, job }
    }

    /// Whether an earlier run has left one.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// How far an earlier run of the same job has come; `None` if there was no such run.
    pub fn read(&self) -> Result<Option<Checkpoint>, Error> {
        let refuse = |message: String| {
            let help = String::from("give the same again, or start over without --resume");
            Error::Usage(format!("{message}, so that it cannot be gone on with"), Some(help))
        };
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::read(&self.path, error)),
        };
        let shown = self.path.display();
        let entry: JournalEntry =
            serde_json::from_str(&text).map_err(|error| refuse(format!("`{shown}` cannot be read ({error})")))?;
        match entry.job.differs(&self.job) {
            Some(what) => Err(refuse(format!("`{shown}` belongs to a run with {what}"))),
            None => Ok(Some(entry.progress)),
        }
    }

    /// Notes how far it has come. The outputs are on the disk up to there.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let entry = JournalEntry { job: self.job.clone(), progress: checkpoint.clone() };
        // Always under the same other name first, so that no kill leaves files that nobody takes away. The lock on the output
        // keeps others from it.
        let next = self.next();
        let write = |text: String| {
            let mut file = File::create(&next)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            fs::rename(&next, &self.path)
        };
        let text = serde_json::to_string_pretty(&entry).map_err(io::Error::from);
        text.and_then(write).map_err(|error| Error::write(&self.path, error))
    }

    /// Forgets what was noted.
    pub fn remove(&self) -> Result<(), Error> {
        for path in [&self.next(), &self.path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::write(path, error)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn next(&self) -> PathBuf {
        beside(&self.path, ".new")
    }
}

impl Job {
    /// What is not the same.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        if self.ereje != other.ereje {
            Some("another version of ereje")
        } else if self.policy != other.policy {
            Some("another policy, or with this one before it was changed")
        } else if self.options != other.options {
            Some("other options")
        } else if self.input != other.input {
            Some("another input, or with this one before it was changed")
        } else if self.bad != other.bad {
            Some("another file for bad rows")
        } else {
            None
        }
    }
}
