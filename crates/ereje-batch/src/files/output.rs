//! Where results go: a stream, or a file that gets its name only when it is finished.
//!
//! Until then the file is called `NAME.part`. That name is always the same, so that an interrupted run can be resumed;
//! a lock on the file keeps two runs apart.

use super::error::Error;
use super::packing::{Packer, Packing};
use same_file::Handle;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where results go.
pub struct Output {
    /// The path as the user gave it, for messages.
    name: PathBuf,
    to: OutputTarget,
    /// The compression, which is done by those who write.
    packing: Packing,
    written: u64,
}

enum OutputTarget {
    /// stdout, a pipe or a device: what was written cannot be changed.
    Stream(Box<dyn Write + Send>),
    Part(PartFile),
    /// A file that is finished.
    Named,
}

/// A file that is not finished.
#[derive(Debug)]
pub struct PartFile {
    /// The final path; a link that the user gave is followed.
    target: PathBuf,
    part: PathBuf,
    file: File,
    /// The length that an earlier run has left.
    found: u64,
}

/// A path beside a file: its name with another ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// The target of a link, or the path itself.
fn followed(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

impl Output {
    /// Opens an output; `-` is stdout. What an earlier run has left is not changed yet.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let unwritable = |error| Error::write(path, error);
        let target = followed(path);
        let to = match fs::metadata(&target) {
            // Without the filter for colours: rows have none.
            _ if path == Path::new("-") => OutputTarget::Stream(Box::new(io::stdout())),
            Ok(found) if found.is_dir() => {
                return Err(unwritable(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
            }
            // A pipe or a device is written to directly: renaming would put a file in its place.
            Ok(found) if !found.is_file() => {
                OutputTarget::Stream(Box::new(OpenOptions::new().write(true).open(&target).map_err(unwritable)?))
            }
            Ok(_) | Err(_) => OutputTarget::Part(PartFile::open(path, target)?),
        };
        Ok(Self { name: path.to_path_buf(), to, packing: Packing::of_name(path), written: 0 })
    }

    /// The path as the user gave it.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// A compressor for it.
    pub fn packer(&self) -> Result<Packer, Error> {
        self.packing.packer().map_err(|error| Error::write(&self.name, error))
    }

    /// Compresses a text for it, independently of all others.
    pub fn pack(&self, text: &mut Vec<u8>) -> Result<(), Error> {
        self.packer()?.pack(text).map_err(|error| Error::write(&self.name, error))
    }

    /// The file; `None` if it is a stream or finished.
    pub fn part(&self) -> Option<&PartFile> {
        match &self.to {
            OutputTarget::Stream(_) | OutputTarget::Named => None,
            OutputTarget::Part(part) => Some(part),
        }
    }

    /// The number of bytes written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes bytes that are already compressed.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = match &mut self.to {
            OutputTarget::Stream(out) => out.write_all(bytes).and_then(|()| out.flush()),
            OutputTarget::Part(part) => part.file.write_all(bytes),
            // A finished output takes no more bytes.
            OutputTarget::Named => Ok(()),
        };
        self.written += bytes.len() as u64;
        // A closed pipe is not an error: nobody is left to report it to.
        let is_stream = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe || self.name == Path::new("-");
        written.map_err(|error| if is_stream(&error) { Error::Output(error) } else { Error::write(&self.name, error) })
    }

    /// Keeps the first bytes of what an earlier run has written, and appends to them.
    pub fn cut(&mut self, length: u64) -> Result<(), Error> {
        if let OutputTarget::Part(part) = &mut self.to {
            let cut = part.file.set_len(length).and_then(|()| part.file.seek(SeekFrom::Start(length)));
            self.written = cut.map_err(|error| Error::write(&self.name, error))?;
        }
        Ok(())
    }

    /// Resumes after what an interrupted run has surely written. A finished run may already have renamed the file.
    pub fn resume(&mut self, length: u64, finished: bool) -> Result<(), Error> {
        let OutputTarget::Part(part) = &self.to else { return Ok(()) };
        let named = fs::metadata(&part.target).map_or(0, |there| there.len());
        if finished && length > 0 && part.found == 0 && named == length {
            let removed = fs::remove_file(&part.part);
            removed.map_err(|error| Error::write(&self.name, error))?;
            self.to = OutputTarget::Named;
            self.written = length;
            return Ok(());
        }
        if part.found < length {
            let message = format!("`{}` holds less than the interrupted run has written", part.part.display());
            let help = String::from("start over without --resume");
            return Err(Error::Usage(message, Some(help)));
        }
        self.cut(length)
    }

    /// Everything is written. A compressed file is not empty even if it holds no text.
    pub fn complete(&mut self) -> Result<(), Error> {
        if self.written > 0 {
            return Ok(());
        }
        let mut nothing = Vec::new();
        self.pack(&mut nothing)?;
        self.write(&nothing)
    }

    /// Makes sure that what is written survives a crash of the machine.
    pub fn sync(&self) -> Result<(), Error> {
        let synced = self.part().map_or(Ok(()), |part| part.file.sync_data());
        synced.map_err(|error| Error::write(&self.name, error))
    }

    /// Renames the file, with the permissions of the one that it replaces.
    pub fn finish(&mut self) -> Result<(), Error> {
        let finished = self.part().map_or(Ok(()), PartFile::finish);
        finished.map_err(|error| Error::write(&self.name, error))
    }

    /// Removes the file unless an earlier run had written to it.
    pub fn discard_new(self) {
        if self.part().is_some_and(|part| part.found == 0) {
            self.discard();
        }
    }

    /// Removes the unfinished file.
    pub fn discard(self) {
        if let Some(part) = self.part() {
            let _ = fs::remove_file(&part.part);
        }
    }
}

impl PartFile {
    fn open(name: &Path, target: PathBuf) -> Result<Self, Error> {
        let unwritable = |error| Error::write(name, error);
        if target.file_name().is_none() {
            return Err(unwritable(io::Error::new(io::ErrorKind::InvalidInput, "it has no name")));
        }
        let part = beside(&target, ".part");
        loop {
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part);
            let file = file.map_err(unwritable)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let message = format!("another run is writing `{}`", name.display());
                    let help = String::from("wait for it, or give another name");
                    return Err(Error::Usage(message, Some(help)));
                }
                // On a file system without locks, users have to make sure themselves that no two runs write one file.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(unwritable(error)),
            }
            // Another run may have finished its file between the opening and the locking. Then this is no longer its
            // part file, and the name is free.
            let mine = file.try_clone().and_then(Handle::from_file).map_err(unwritable)?;
            if Handle::from_path(&part).is_ok_and(|there| there == mine) {
                let found = file.metadata().map_err(unwritable)?.len();
                return Ok(Self { target, part, file, found });
            }
        }
    }

    /// The final path.
    pub fn target(&self) -> &Path {
        &self.target
    }

    fn finish(&self) -> io::Result<()> {
        self.file.sync_all()?;
        if let Ok(old) = fs::metadata(&self.target) {
            fs::set_permissions(&self.part, old.permissions())?;
        }
        fs::rename(&self.part, &self.target)
    }
}
