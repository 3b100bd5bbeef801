//! The names of a run: what it reads and what it writes. No file has two of them, and none that is written is a link.
//!
//! Comes in: paths with what each is for. Goes out: an error before anything is opened for writing. Two paths are one
//! file if they lead to the same place, if they are hard links of one file, or if a file system that does not tell upper
//! from lower case would take them for one.

use super::error::Error;
use same_file::Handle;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The names of a run.
#[derive(Debug, Default)]
pub struct RunNames {
    names: Vec<RunName>,
}

#[derive(Debug)]
struct RunName {
    path: PathBuf,
    /// What it is for: `the file of the facts`.
    what: String,
    written: bool,
    /// The folder without links, with the name as every file system compares it.
    place: (PathBuf, String),
    /// The file that is there.
    file: Option<Handle>,
}

/// A path beside a file: its name with another ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// What stands at a path that is to be written; `None` if nothing does. A link to a file is an error: somebody who can put a
/// link there would choose which file is written. A link to a pipe or a device, as `/dev/stdout` is one, leads to no file
/// that could be lost.
///
/// # Errors
/// The error of the system, or that it is a link.
pub fn standing(path: &Path) -> io::Result<Option<Metadata>> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found?,
    };
    if !found.is_symlink() {
        return Ok(Some(found));
    }
    match fs::metadata(path) {
        Ok(target) if !target.is_file() && !target.is_dir() => Ok(Some(target)),
        Ok(_) | Err(_) => {
            let message = "it is a link, which is not written through; name the file that is meant";
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
    }
}

/// True for a pipe or a device such as `/dev/null`. It may be used twice; nothing of it can be lost.
fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

impl RunNames {
    /// A file that is read.
    pub fn read(&mut self, path: &Path, what: impl Into<String>) {
        self.add(path, what.into(), false);
    }

    /// A file that is written.
    pub fn written(&mut self, path: &Path, what: impl Into<String>) {
        self.add(path, what.into(), true);
    }

    /// An output with the names that it has until it is finished, and that of its journal.
    pub fn output(&mut self, path: &Path, what: &str) {
        if is_stream(path) {
            return;
        }
        let shown = path.display();
        self.written(path, what);
        self.written(&beside(path, ".part"), format!("the unfinished `{shown}`"));
        self.written(&beside(path, ".resume"), format!("the notes for --resume beside `{shown}`"));
        self.written(&beside(path, ".resume.new"), format!("the next notes for --resume beside `{shown}`"));
    }

    fn add(&mut self, path: &Path, what: String, written: bool) {
        if is_stream(path) {
            return;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = ereje::facts::nfc(&name).to_lowercase();
        let file = Handle::from_path(path).ok();
        self.names.push(RunName { path: path.to_path_buf(), what, written, place: (folder, name), file });
    }

    /// That no file that is written has a second name.
    ///
    /// # Errors
    /// The first two names of one file.
    pub fn differ(&self) -> Result<(), Error> {
        for (index, one) in self.names.iter().enumerate() {
            let others = self.names.iter().take(index).filter(|other| one.written || other.written);
            for other in others {
                let same_file = one.file.is_some() && one.file == other.file;
                if same_file || one.place == other.place {
                    let (shown, what, other) = (one.path.display(), &one.what, &other.what);
                    let message = format!("`{shown}` is named twice: as {other}, and as {what}");
                    return Err(Error::Usage(message, Some("give each a name of its own".into())));
                }
            }
        }
        Ok(())
    }
}
