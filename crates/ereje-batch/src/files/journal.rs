//! How far a run has come, in a small file beside its output, so that an interrupted run can be resumed.
//!
//! `OUT.resume` holds the job of the run and the point up to which everything is safe: the input up to there has been
//! decided, and the outputs up to there are on the disk. It is written as a whole or not at all.

use super::error::Error;
use super::input::{Identity, InputPosition};
use super::names::{beside, standing};
use super::summary::Counts;
use ereje::digest::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

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
    /// What identifies the last bytes of the output and of the file of bad rows up to there.
    #[serde(default)]
    pub marks: [String; 2],
    pub counts: Counts,
    /// How many blocks may have been begun after that position.
    #[serde(default)]
    pub begun: u64,
    /// The rows that are passed over, since the program goes down over them.
    #[serde(default)]
    pub passed: Vec<u64>,
    /// True if everything is written, and only the files have to be renamed.
    pub finished: bool,
}

/// What an earlier run has left.
#[derive(Clone, Debug)]
pub struct EarlierRun {
    pub job: Job,
    pub at: Checkpoint,
}

/// How every journal begins, as it is written below.
const BEGINNING: &str = "{\n  \"job\": {\n    \"ereje\": \"";

/// More than any journal has.
const LONGEST: u64 = 1 << 24;

/// The content of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct JournalEntry {
    job: Job,
    progress: Checkpoint,
    /// The digest of both. A run that went on by numbers which something else has changed would come to another result.
    sha256: String,
}

impl JournalEntry {
    fn new(job: Job, progress: Checkpoint) -> serde_json::Result<Self> {
        let sha256 = sha256(&serde_json::to_vec(&(&job, &progress))?);
        Ok(Self { job, progress, sha256 })
    }

    /// The entry of a text; an error if it is not as it was written.
    fn read(text: &str) -> serde_json::Result<Self> {
        let read: Self = serde_json::from_str(text)?;
        let written = Self::new(read.job.clone(), read.progress.clone())?;
        if read == written { Ok(read) } else { Err(serde::de::Error::custom("it was changed")) }
    }
}

/// The journal of one output.
#[derive(Clone, Debug)]
pub struct Journal {
    path: PathBuf,
    job: Job,
}

impl Journal {
    /// The journal of a job, at a path.
    pub fn new(path: PathBuf, job: Job) -> Self {
        Self { path, job }
    }

    /// What identifies the run.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What an earlier run has left; `None` if there was no such run. Nothing else may stand under the names of the
    /// journal.
    ///
    /// # Errors
    /// A file that this program has not written.
    pub fn earlier(&self) -> Result<Option<EarlierRun>, Error> {
        let next = self.next();
        if let Some(text) = self.text(&next)?
            && !(text.starts_with(BEGINNING) || BEGINNING.starts_with(&text))
        {
            return Err(self.foreign(&next));
        }
        let Some(text) = self.text(&self.path)? else { return Ok(None) };
        let entry = JournalEntry::read(&text).map_err(|_| self.foreign(&self.path))?;
        Ok(Some(EarlierRun { job: entry.job, at: entry.progress }))
    }

    /// How far an earlier run has come, if it was of the same job.
    ///
    /// # Errors
    /// What differs.
    pub fn same(&self, earlier: EarlierRun) -> Result<Checkpoint, Error> {
        match earlier.job.differs(&self.job) {
            Some(what) => {
                let message = format!(
                    "`{}` belongs to a run with {what}, so that it cannot be gone on with",
                    self.path.display()
                );
                let help = String::from("give the same again, or start over without --resume");
                Err(Error::Usage(message, Some(help)))
            }
            None => Ok(earlier.at),
        }
    }

    /// The text of a file of the journal.
    fn text(&self, path: &Path) -> Result<Option<String>, Error> {
        let unread = |error| Error::read(path, error);
        match standing(path).map_err(unread)? {
            None => return Ok(None),
            Some(found) if !found.is_file() => return Err(self.foreign(path)),
            Some(_) => {}
        }
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)).map_err(unread)?;
        String::from_utf8(bytes).map(Some).map_err(|_| self.foreign(path))
    }

    fn foreign(&self, path: &Path) -> Error {
        let message = format!("`{}` is in the way: no run of this program has left it", path.display());
        let help = String::from(
            "notes for --resume stand there while a run goes on; move the file away, or write to another name",
        );
        Error::Usage(message, Some(help))
    }

    /// Notes how far the run has come. The outputs have to be on the disk up to there.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        // The temporary name is always the same, so that a killed run leaves no file that nobody removes. The lock on
        // the output keeps other runs away from it.
        let next = self.next();
        let write = |text: String| {
            // What a killed run has left there was looked at when this one began.
            match fs::remove_file(&next) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let mut file = File::create_new(&next)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            fs::rename(&next, &self.path)
        };
        let entry = JournalEntry::new(self.job.clone(), checkpoint.clone());
        let text = entry.and_then(|entry| serde_json::to_string_pretty(&entry)).map_err(io::Error::from);
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
