//! Files that are written whole or not at all: under a temporary name first, then renamed.

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
    /// Begins a file that will be at `path`, or at the target of the link `path`.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
            }
            // A pipe or a device is written to directly: renaming would put a file in its place.
            Ok(found) if !found.is_file() => {
                let file = OpenOptions::new().write(true).open(&target)?;
                return Ok(Self { file: Some(file), temporary: None, target });
            }
            Ok(_) | Err(_) => {}
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
        drop(file);
        if let Ok(old) = fs::metadata(&self.target) {
            fs::set_permissions(temporary, old.permissions())?;
        }
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

/// Writes a whole file at once.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}
