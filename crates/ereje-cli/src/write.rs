//! Files that are written whole or not at all: under a temporary name first, then renamed.

use crate::error::CliError;
use ereje_batch::files::names::{RunNames, standing};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that gets its name only when it is finished. If it is dropped before, it is removed.
#[derive(Debug)]
pub(super) struct AtomicFile {
    file: Option<File>,
    /// The temporary name; `None` if it has its final name from the beginning.
    temporary: Option<PathBuf>,
    /// The final path.
    target: PathBuf,
}

impl AtomicFile {
    /// Begins a file that will be at `path`, which is no link: nothing is written through one.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let target = path.to_path_buf();
        match standing(&target)? {
            Some(found) if found.is_dir() => {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
            }
            // A pipe or a device is written to directly: renaming would put a file in its place.
            Some(found) if !found.is_file() => {
                let file = OpenOptions::new().write(true).open(&target)?;
                return Ok(Self { file: Some(file), temporary: None, target });
            }
            // Renaming would change it all the same: the system asks only whether the folder may be written.
            Some(found) if found.permissions().readonly() => return Err(io::Error::other("it is read-only")),
            Some(_) | None => {}
        }
        let name = target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it has no name"))?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Another run may be writing at the same time.
        for attempt in 0..100 {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let temporary = folder.join(hidden);
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => return Ok(Self { file: Some(file), temporary: Some(temporary), target }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "files of earlier runs are in the way"))
    }

    /// Renames the file, with the permissions of the one that it replaces.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let (Some(file), Some(temporary)) = (self.file.take(), &self.temporary) else { return Ok(()) };
        file.sync_all()?;
        if let Some(old) = standing(&self.target)? {
            file.set_permissions(old.permissions())?;
        }
        drop(file);
        fs::rename(temporary, &self.target)?;
        self.temporary = None;
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Writes a report beside the files that it is about, and over none of them.
pub(super) fn report(path: &Path, text: &str, about: impl IntoIterator<Item = PathBuf>) -> Result<(), CliError> {
    let mut names = RunNames::default();
    about.into_iter().for_each(|file| names.read(&file, "a file that this run reads"));
    names.written(path, "the report");
    names.differ()?;
    replace(path, text).map_err(|error| CliError::write(path, error))
}

/// Writes a whole file at once.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}

/// Writes some new files at once: all of them, or none. What was made for them is removed if one cannot be written.
pub(super) fn create_all(files: &[(PathBuf, &str)]) -> Result<(), (PathBuf, io::Error)> {
    let mut made = Made::default();
    for (path, text) in files {
        let written = path.parent().map_or(Ok(()), |folder| made.folder(folder));
        let written = written.and_then(|()| made.file(path, text));
        written.map_err(|error| (path.clone(), error))?;
    }
    made.files.clear();
    made.folders.clear();
    Ok(())
}

/// What was made so far, which is removed again unless it is forgotten.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    /// Makes a folder, with those around it.
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(around) = folder.parent() {
            self.folder(around)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_path_buf());
        Ok(())
    }

    /// Writes a file that is not there yet.
    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        self.files.push(path.to_path_buf());
        file.write_all(text.as_bytes())?;
        // A disk may say only now that it is full.
        file.sync_all()
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.files {
            let _ = fs::remove_file(path);
        }
        for path in self.folders.iter().rev() {
            let _ = fs::remove_dir(path);
        }
    }
}
