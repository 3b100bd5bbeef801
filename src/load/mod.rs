//! The loader: reads a policy into memory; the only part of the library that reads files.
//!
//! Comes in: a folder or a file on the disk, or texts by name if there is no disk. Goes out: a [`Bundle`] with every
//! text of the policy, parsed, and all errors in them. A policy is the `*.ereje` files of a folder and of the folders
//! in it, what they import, and the CSV files that they name. Hidden files are left out. Names are relative to the
//! policy's folder, with `/`; the order in which the disk lists them does not matter.

mod bundle;
mod circle;
mod collect;
mod error;
mod files;
mod limits;
mod read_log;
mod root;
mod store;

pub use bundle::Bundle;
pub use error::LoadError;
pub use files::{FileStore, StoreRefusal, StoredKind};
pub use limits::{MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_FILES, MAX_IMPORTS, MAX_TOTAL_BYTES};
pub use read_log::ReadLog;
pub use root::{Fence, FileKind, PolicyRoot, ReadRefusal, RootError, work_tree};
pub use store::reason;

use crate::diagnostic::{Code, Diagnostic, add_bytes};
use crate::source::{FileId, Sources, Span};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::{EntryKind, Store};

/// The name of a file relative to a folder; both relative to the same root.
fn relative(folder: &str, name: &str) -> String {
    let mut folder: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut name: Vec<&str> = name.split('/').collect();
    let common = folder.iter().zip(&name).take_while(|(a, b)| a == b).count();
    folder.drain(..common);
    name.drain(..common);
    let up = vec![".."; folder.len()];
    up.into_iter().chain(name).collect::<Vec<_>>().join("/")
}

/// Reads one file of a kind from the disk into a set of texts, without what it imports.
///
/// # Errors
/// The error of the file, which is then in the set without a text, or with a mended one.
pub fn read_file(
    sources: &mut Sources,
    path: &Path,
    name: &str,
    fence: &Fence,
    kind: FileKind,
) -> Result<FileId, Box<Diagnostic>> {
    if let Err(refusal) = fence.admit(path, kind) {
        let id = sources.add(name, "");
        let message = format!("`{name}` may not be read");
        let diagnostic = Diagnostic::new(Code::E0705, message, Span::new(id, 0, 0), refusal.label());
        return Err(Box::new(diagnostic.help(refusal.help())));
    }
    match store::read_on_disk(path, fence) {
        Ok(bytes) => add_bytes(sources, name, &bytes),
        Err(unread) => Err(Box::new(unread_file(sources, name, &unread))),
    }
}

/// Decodes the bytes of one policy file into a set of texts.
///
/// # Errors
/// The error in them, as for [`read_file`].
pub fn decode_file(sources: &mut Sources, name: &str, bytes: Vec<u8>) -> Result<FileId, Box<Diagnostic>> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Box::new(unread_file(sources, name, &store::Unread::TooLarge)));
    }
    add_bytes(sources, name, &bytes)
}

fn unread_file(sources: &mut Sources, name: &str, unread: &store::Unread) -> Diagnostic {
    let (code, what, label) = collect::explain_unread(unread);
    let id = sources.add(name, "");
    Diagnostic::new(code, format!("`{name}` {what}"), Span::new(id, 0, 0), label)
}

/// Reads a CSV file that a case file in a folder names.
///
/// # Errors
/// Why it cannot be read, or may not be.
pub fn read_table(folder: &Path, name: &str, fence: &Fence) -> Result<Vec<u8>, String> {
    fence.admit_in(folder, name, FileKind::Csv).map_err(in_words)?;
    read_bytes(&folder.join(name), fence, FileKind::Csv)
}

/// Reads one file of a kind.
///
/// # Errors
/// As for [`read_table`].
pub fn read_bytes(path: &Path, fence: &Fence, kind: FileKind) -> Result<Vec<u8>, String> {
    fence.admit(path, kind).map_err(in_words)?;
    store::read_on_disk(path, fence).map_err(|unread| match unread {
        store::Unread::Io(error) => reason(&error),
        store::Unread::NoFile(what) => format!("it is {what}"),
        store::Unread::TooLarge => String::from("it is too large"),
    })
}

fn in_words(refusal: ReadRefusal) -> String {
    format!("{}; {}", refusal.label(), refusal.help())
}

impl Bundle {
    /// Reads a policy from a folder, or from a single file and what it imports, with the default [`PolicyRoot`].
    ///
    /// # Errors
    /// If there is nothing to read at all. Errors of single files are diagnostics of the bundle.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Self::load_behind(path, &PolicyRoot::default().of(path)?)
    }

    /// The same, as far as a fence lets it.
    ///
    /// # Errors
    /// As for [`Bundle::load`], or if the path itself may not be read.
    pub fn load_behind(path: &Path, fence: &Fence) -> Result<Self, LoadError> {
        let unreadable = |error| LoadError::Unreadable { path: path.to_path_buf(), error };
        let refused = |refusal| LoadError::Refused { path: path.to_path_buf(), refusal };
        let as_given = Store::Disk(path.to_path_buf(), fence.clone());
        as_given.admit("", FileKind::Any).map_err(refused)?;
        match as_given.kind("").map_err(unreadable)? {
            EntryKind::Missing => Err(LoadError::Missing(path.to_path_buf())),
            EntryKind::Special(what) => Err(LoadError::Special { path: path.to_path_buf(), what }),
            EntryKind::Folder => {
                // A folder that cannot be listed is not a policy with an error: nothing can be checked.
                as_given.list("", 1).map_err(unreadable)?;
                let bundle = collect::folder(as_given);
                if bundle.is_empty() { Err(LoadError::Empty(path.to_path_buf())) } else { Ok(bundle) }
            }
            EntryKind::File => {
                let name = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".ereje"));
                let Some(name) = name else { return Err(LoadError::NotPolicy(path.to_path_buf())) };
                as_given.admit("", FileKind::Policy).map_err(refused)?;
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new(".")).to_path_buf();
                Ok(collect::file(Store::Disk(folder, fence.clone()), name))
            }
        }
    }

    /// Makes a policy from texts by name, without a file system: those with names in `*.ereje` are its files, the
    /// others can be named by tables and calendars.
    ///
    /// # Errors
    /// If no name ends in `.ereje`.
    pub fn from_texts<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Result<Self, LoadError>
    where
        N: Into<String>,
        T: Into<Vec<u8>>,
    {
        let mut texts = BTreeMap::new();
        for (name, text) in files {
            let name = name.into();
            let name = crate::source::join("", &name).unwrap_or(name);
            texts.insert(name, text.into());
        }
        let bundle = collect::folder(Store::Memory(texts));
        if bundle.is_empty() { Err(LoadError::Empty(PathBuf::from("."))) } else { Ok(bundle) }
    }

    /// Makes a policy from a part of the texts: `path` is its folder or its file. Names become relative to that folder,
    /// so that a neighbour is `../common/…`, as on a disk.
    ///
    /// # Errors
    /// If `path` is neither a file nor a folder with policy files.
    pub fn from_texts_in<N, T>(files: impl IntoIterator<Item = (N, T)>, path: &str) -> Result<Self, LoadError>
    where
        N: Into<String>,
        T: Into<Vec<u8>>,
    {
        let path = crate::source::join("", path).unwrap_or_default();
        let files: BTreeMap<String, Vec<u8>> = files.into_iter().map(|(n, t)| (n.into(), t.into())).collect();
        let single = files.contains_key(&path);
        if single && !path.ends_with(".ereje") {
            return Err(LoadError::NotPolicy(PathBuf::from(path)));
        }
        let (folder, file) = match path.rsplit_once('/') {
            Some((folder, file)) if single => (folder, file),
            None if single => ("", path.as_str()),
            Some(_) | None => (path.as_str(), ""),
        };
        let texts = files.into_iter().map(|(name, text)| (relative(folder, &name), text)).collect();
        let store = Store::Memory(texts);
        let bundle = if single { collect::file(store, file) } else { collect::folder(store) };
        if bundle.is_empty() { Err(LoadError::Empty(PathBuf::from(path))) } else { Ok(bundle) }
    }

    /// Reads a policy from files that are kept elsewhere: `path` is its folder or its file there. Names become relative to that
    /// folder, as on a disk.
    ///
    /// # Errors
    /// As for [`Bundle::from_texts_in`], or if the path itself cannot be read.
    pub fn from_store(files: Box<dyn FileStore>, path: &str) -> Result<Self, LoadError> {
        let at = || PathBuf::from(if path.is_empty() { "." } else { path });
        let kind = files.kind(path).map_err(|refusal| LoadError::Kept { path: at(), refusal })?;
        let bundle = match kind {
            StoredKind::Missing => return Err(LoadError::Missing(at())),
            StoredKind::File if !path.ends_with(".ereje") => return Err(LoadError::NotPolicy(at())),
            StoredKind::File => {
                let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
                collect::file(Store::Kept(files, folder.to_owned()), file)
            }
            StoredKind::Folder => collect::folder(Store::Kept(files, path.to_owned())),
        };
        if bundle.is_empty() { Err(LoadError::Empty(at())) } else { Ok(bundle) }
    }
}
