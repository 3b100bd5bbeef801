//! How far a run has come, in a small file beside its output, so that an interrupted run can be resumed.
//!
//! `OUT.resume` holds the job of the run and the point up to which everything is safe: the input up to there has been
//! decided, and the outputs up to there are on the disk. It is written as a whole or not at all.

use super::error::Error;
use super::input::{Identity, InputPosition};
use super::output::beside;
use super::summary::Counts;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// What identifies a run: it can be resumed only by another with the same job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The version of the program; another one might decide or write otherwise.
    pub ereje: String,
    /// The digest of the policy.
    pub policy: String,
    /// The question, and the form of the answers.
    pub options: Json,
    pub input: Identity,
    /// The file of bad rows.
    pub bad: Option<PathBuf>,
}

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub place: InputPosition,
    /// The line of that position, from 1.
    pub line: u64,
    /// Bytes of the output.
    pub output: u64,
    /// Bytes of the file of bad rows.
    pub bad: u64,
    pub counts: Counts,
    /// True if everything is written, and only the files have to be renamed.
    pub finished: bool,
}

/// The content of the file.
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
    /// The journal of a job, at a path.
    pub fn new(path: PathBuf, job: Job) -> Self {
        Self { path, job }
    }

    /// True if an earlier run has left a journal.
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

    /// Notes how far the run has come. The outputs have to be on the disk up to there.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let entry = JournalEntry { job: self.job.clone(), progress: checkpoint.clone() };
        // The temporary name is always the same, so that a killed run leaves no file that nobody removes. The lock on
        // the output keeps other runs away from it.
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

    /// Removes the journal.
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
    /// What differs between two jobs; `None` if nothing does.
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
