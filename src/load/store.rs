//! The source of files: a folder of the disk, or texts from the host. Names are relative paths with `/`.
//!
//! Nothing here blocks: only regular files are opened.

use super::files::{FileStore, StoreRefusal, StoredKind};
use super::limits::MAX_FILE_BYTES;
use super::root::{Fence, FileKind, ReadRefusal};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A source of files.
#[derive(Debug)]
pub(super) enum Store {
    /// The disk; names are relative to this folder, and nothing is read past the fence.
    Disk(PathBuf, Fence),
    /// Texts by name.
    Memory(BTreeMap<String, Vec<u8>>),
    /// Files that somebody else keeps; names are relative to this folder of theirs.
    Kept(Box<dyn FileStore>, String),
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// A file that can be read to its end.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Missing,
    /// A pipe, a device, a socket.
    Special(&'static str),
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// The system reported an error.
    Io(io::Error),
    /// It is not a file; the text says what it is.
    NoFile(&'static str),
    /// It is larger than a file may be.
    TooLarge,
}

/// One name in a folder.
#[derive(Debug)]
pub(super) struct FolderEntry {
    /// The name alone, without its folder.
    pub(super) name: String,
    /// Its kind, with links followed; an error if it cannot be determined.
    pub(super) kind: io::Result<EntryKind>,
}

impl Store {
    fn path(root: &Path, name: &str) -> PathBuf {
        if name.is_empty() { root.to_path_buf() } else { root.join(name) }
    }

    /// The path of a name that is looked at.
    fn noted(root: &Path, name: &str, fence: &Fence) -> PathBuf {
        let path = Self::path(root, name);
        fence.note(&path);
        path
    }

    /// Passes a name that may be read.
    pub(super) fn admit(&self, name: &str, kind: FileKind) -> Result<(), ReadRefusal> {
        match self {
            Self::Disk(root, fence) if name.is_empty() => fence.admit(root, kind),
            Self::Disk(root, fence) => fence.admit_in(root, name, kind),
            // The host chose these texts, and a store refuses by itself.
            Self::Memory(_) | Self::Kept(..) => Ok(()),
        }
    }

    /// The kind of the entry with a name.
    pub(super) fn kind(&self, name: &str) -> io::Result<EntryKind> {
        match self {
            Self::Disk(root, fence) => kind_on_disk(&Self::noted(root, name, fence)),
            Self::Memory(files) => Ok(if files.contains_key(name) {
                EntryKind::File
            } else if name.is_empty() || files.keys().any(|file| inside(name, file).is_some()) {
                EntryKind::Folder
            } else {
                EntryKind::Missing
            }),
            Self::Kept(files, folder) => match files.kind(&kept(folder, name)).map_err(io::Error::other)? {
                StoredKind::File => Ok(EntryKind::File),
                StoredKind::Folder => Ok(EntryKind::Folder),
                StoredKind::Missing => Ok(EntryKind::Missing),
            },
        }
    }

    /// The bytes of a file, a byte-order mark included.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, Unread> {
        match self {
            Self::Disk(root, fence) => read_on_disk(&Self::path(root, name), fence),
            Self::Memory(files) => match files.get(name) {
                Some(bytes) if bytes.len() > MAX_FILE_BYTES => Err(Unread::TooLarge),
                Some(bytes) => Ok(bytes.clone()),
                None => Err(Unread::Io(io::ErrorKind::NotFound.into())),
            },
            Self::Kept(files, folder) => match files.read(&kept(folder, name)) {
                Ok(bytes) if bytes.len() > MAX_FILE_BYTES => Err(Unread::TooLarge),
                Ok(bytes) => Ok(bytes),
                Err(refusal) => Err(Unread::Io(io::Error::other(refusal))),
            },
        }
    }

    /// The entries of a folder, sorted by name, without hidden ones; at most `limit`.
    pub(super) fn list(&self, folder: &str, limit: usize) -> io::Result<Vec<FolderEntry>> {
        let mut entries = match self {
            Self::Disk(root, fence) => list_on_disk(&Self::noted(root, folder, fence), limit)?,
            Self::Memory(files) => {
                let mut folders = BTreeSet::new();
                let mut entries = Vec::new();
                for rest in files.keys().filter_map(|file| inside(folder, file)) {
                    match rest.split_once('/') {
                        Some((sub, _)) => {
                            folders.insert(sub.to_owned());
                        }
                        None => entries.push(FolderEntry { name: rest.to_owned(), kind: Ok(EntryKind::File) }),
                    }
                }
                entries.extend(folders.into_iter().map(|name| FolderEntry { name, kind: Ok(EntryKind::Folder) }));
                entries.truncate(limit);
                entries
            }
            Self::Kept(files, top) => {
                let names = files.names(&kept(top, folder)).map_err(io::Error::other)?;
                let entry = |name: String| {
                    let kind = self.kind(&kept(folder, &name));
                    FolderEntry { name, kind }
                };
                names.into_iter().take(limit).map(entry).collect()
            }
        };
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The identity of a name, equal for two names of one file: the real path on the disk, otherwise the name.
    pub(super) fn identity(&self, name: &str) -> PathBuf {
        match self {
            Self::Disk(root, _) => {
                let path = Self::path(root, name);
                fs::canonicalize(&path).unwrap_or(path)
            }
            Self::Memory(_) => PathBuf::from(name),
            Self::Kept(files, folder) => PathBuf::from(files.identity(&kept(folder, name))),
        }
    }
}

/// A name below a folder of a store. `..` stays in it, since behind a linked folder it leads elsewhere than the name says.
fn kept(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The name of a file relative to a folder; `None` if it is not inside.
fn inside<'a>(folder: &str, file: &'a str) -> Option<&'a str> {
    if folder.is_empty() {
        return (!file.starts_with("../")).then_some(file);
    }
    file.strip_prefix(folder)?.strip_prefix('/')
}

fn kind_on_disk(path: &Path) -> io::Result<EntryKind> {
    match fs::metadata(path) {
        Ok(found) => Ok(kind_of(found.file_type())),
        // A broken link cannot be read; without a link there is nothing of that name.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            Ok(EntryKind::Missing)
        }
        Err(error) => Err(error),
    }
}

fn kind_of(found: fs::FileType) -> EntryKind {
    if found.is_file() {
        EntryKind::File
    } else if found.is_dir() {
        EntryKind::Folder
    } else {
        EntryKind::Special(special(found))
    }
}

#[cfg(unix)]
fn special(found: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if found.is_fifo() {
        "a named pipe"
    } else if found.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: fs::FileType) -> &'static str {
    "a device"
}

pub(super) fn read_on_disk(path: &Path, fence: &Fence) -> Result<Vec<u8>, Unread> {
    fence.note(path);
    // Opening a pipe would block until its other end opens, so check the kind first.
    match kind_on_disk(path).map_err(Unread::Io)? {
        EntryKind::File => {}
        EntryKind::Folder => return Err(Unread::NoFile("a folder")),
        EntryKind::Special(what) => return Err(Unread::NoFile(what)),
        EntryKind::Missing => return Err(Unread::Io(io::ErrorKind::NotFound.into())),
    }
    let file = fs::File::open(path).map_err(Unread::Io)?;
    // The length from the system is unreliable: a file may grow, or be generated while it is read.
    let limit = MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(Unread::Io)?;
    if bytes.len() > MAX_FILE_BYTES { Err(Unread::TooLarge) } else { Ok(bytes) }
}

fn list_on_disk(path: &Path, limit: usize) -> io::Result<Vec<FolderEntry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entries.len() >= limit {
            break;
        }
        let kind = match (name.to_str(), kind_on_disk(&entry.path())) {
            (Some(_), kind) => kind,
            // There may be policy files in it.
            (None, Ok(EntryKind::Folder)) => Err(io::Error::other(StoreRefusal {
                why: String::from("its name is not UTF-8"),
                help: String::from("give it a name in UTF-8"),
            })),
            (None, _) => Err(io::Error::new(io::ErrorKind::InvalidData, "its name is not UTF-8")),
        };
        entries.push(FolderEntry { name: name.to_string_lossy().into_owned(), kind });
    }
    Ok(entries)
}

/// The system's message about a file, without the number of the error.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of I/O errors are not ours; every other one is said in its own words"
)]
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => String::from("it is not there"),
        ErrorKind::PermissionDenied => String::from("permission is denied"),
        _ => {
            let text = error.to_string();
            match text.find(" (os error") {
                Some(end) => text.get(..end).unwrap_or(&text).to_lowercase(),
                None => text,
            }
        }
    }
}
