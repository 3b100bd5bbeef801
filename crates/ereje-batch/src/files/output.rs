//! Where results go: a stream, or a file that gets its name only when it is finished.
//!
//! Until then the file is called `NAME.part`. That name is always the same, so that an interrupted run can be resumed;
//! a lock on the file keeps two runs apart.

use super::error::Error;
use super::names::{beside, standing};
use super::packing::{Packer, Packing};
use ereje::digest::sha256;
use same_file::Handle;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How long and how often to wait for another run, which may have come to its end.
const WAIT: std::time::Duration = std::time::Duration::from_millis(10);
const WAITS: u32 = 50;

/// How many of the last bytes of an output identify it.
const MARK: u64 = 1 << 12;

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
    /// The final path, which is no link.
    target: PathBuf,
    part: PathBuf,
    file: File,
    /// The length that was found there; whose it is, the journal knows.
    found: u64,
    /// True if it was not there before.
    created: bool,
}

impl Output {
    /// Opens an output; `-` is stdout. No link is followed, and what is there is not changed yet.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let unwritable = |error| Error::write(path, error);
        let to = if path == Path::new("-") {
            // Without the filter for colours: rows have none.
            OutputTarget::Stream(Box::new(io::stdout()))
        } else {
            match standing(path).map_err(unwritable)? {
                Some(found) if found.is_dir() => {
                    return Err(unwritable(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
                }
                // A pipe or a device is written to directly: renaming would put a file in its place.
                Some(found) if !found.is_file() => {
                    OutputTarget::Stream(Box::new(OpenOptions::new().write(true).open(path).map_err(unwritable)?))
                }
                Some(_) | None => OutputTarget::Part(PartFile::open(path)?),
            }
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

    /// True if somebody may read each answer as it comes: a stream that is not compressed.
    pub fn is_open_stream(&self) -> bool {
        self.packing == Packing::Plain && matches!(self.to, OutputTarget::Stream(_))
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

    /// What identifies the bytes before a position: a digest of the last of them.
    pub fn mark(&mut self, length: u64) -> Result<String, Error> {
        let OutputTarget::Part(part) = &mut self.to else { return Ok(String::new()) };
        let name = &self.name;
        part.mark(length).map_err(|error| Error::write(name, error))
    }

    /// That what stands in the unfinished file was left by an earlier run of this program: `owned` is true if a journal
    /// says so, `length` and `mark` are what it knows of the file.
    ///
    /// # Errors
    /// It is somebody else's file, which is not touched.
    pub fn belongs(&mut self, owned: bool, length: u64, mark: &str) -> Result<(), Error> {
        let Some(found) = self.part().map(|part| part.found).filter(|found| *found > 0) else { return Ok(()) };
        // A file that is shorter than noted has lost its end, which resuming reports. Of nothing there is no mark.
        if owned && (length == 0 || found < length || self.mark(length)? == mark) {
            return Ok(());
        }
        let shown = self.part().map_or_else(PathBuf::new, |part| part.part.clone());
        let message = format!("`{}` is in the way: no run of this program has left it", shown.display());
        let help = format!(
            "`{}` is called so until it is finished; move the file away, or write to another name",
            self.name.display()
        );
        Err(Error::Usage(message, Some(help)))
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

    /// Removes the file if it was not there before.
    pub fn discard_new(self) {
        if self.part().is_some_and(|part| part.created) {
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
    fn open(name: &Path) -> Result<Self, Error> {
        let unwritable = |error| Error::write(name, error);
        let target = name.to_path_buf();
        if target.file_name().is_none() {
            return Err(unwritable(io::Error::new(io::ErrorKind::InvalidInput, "it has no name")));
        }
        let part = beside(&target, ".part");
        let unopened = |error| Error::write(&part, error);
        let mut waited = 0;
        loop {
            // A file that is made here is made under this very name. One that is there is opened without changing it, and
            // compared below with what stands under the name, so that a link leads nowhere.
            let (file, created) = match OpenOptions::new().read(true).write(true).create_new(true).open(&part) {
                Ok(file) => (file, true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    match standing(&part).map_err(unopened)? {
                        Some(found) if found.is_file() => {}
                        Some(_) => {
                            return Err(unopened(io::Error::new(
                                io::ErrorKind::InvalidInput,
                                "it is in the way and no file",
                            )));
                        }
                        // Another run has just given it its name.
                        None => continue,
                    }
                    match OpenOptions::new().read(true).write(true).open(&part) {
                        Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                        file => (file.map_err(unopened)?, false),
                    }
                }
                Err(error) => return Err(unwritable(error)),
            };
            match file.try_lock() {
                Ok(()) => {}
                // A run that was just ended is still being noted down by its guard.
                Err(TryLockError::WouldBlock) if waited < WAITS => {
                    waited += 1;
                    std::thread::sleep(WAIT);
                    continue;
                }
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
            // part file, and the name is free. Somebody may have put a link there.
            let mine = file.try_clone().and_then(Handle::from_file).map_err(unwritable)?;
            let under_its_name = standing(&part).map_err(unopened)?.is_some_and(|found| found.is_file());
            if under_its_name && Handle::from_path(&part).is_ok_and(|there| there == mine) {
                let found = file.metadata().map_err(unwritable)?.len();
                return Ok(Self { target, part, file, found, created });
            }
        }
    }

    fn mark(&mut self, length: u64) -> io::Result<String> {
        let here = self.file.stream_position()?;
        let mut last = Vec::new();
        self.file.seek(SeekFrom::Start(length.saturating_sub(MARK)))?;
        (&self.file).take(length.min(MARK)).read_to_end(&mut last)?;
        self.file.seek(SeekFrom::Start(here))?;
        Ok(sha256(&last))
    }

    /// The length that was found there.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// The final path.
    pub fn target(&self) -> &Path {
        &self.target
    }

    fn finish(&self) -> io::Result<()> {
        self.file.sync_all()?;
        if let Some(old) = standing(&self.target)? {
            self.file.set_permissions(old.permissions())?;
        }
        fs::rename(&self.part, &self.target)
    }
}
