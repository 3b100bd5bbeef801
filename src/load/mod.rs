//! The loader: reads a policy into memory; the only part of the library that reads files.
//!
//! Comes in: a folder or a file on the disk, or texts by name if there is no disk. Goes out: a [`Bundle`] with every
//! text of the policy, parsed, and all errors in them. A policy is the `*.ereje` files of a folder and of the folders
//! in it, what they import, and the CSV files that they name. Hidden files are left out. Names are relative to the
//! policy's folder, with `/`; the order in which the disk lists them does not matter.

mod bundle;
mod circle;
mod collect;
mod limits;
mod store;

pub use bundle::Bundle;
pub use limits::{MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_FILES, MAX_IMPORTS, MAX_TOTAL_BYTES};
pub use store::reason;

use crate::diagnostic::{Diagnostic, add_bytes};
use crate::source::{FileId, Sources, Span};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::{EntryKind, Store};

/// Why nothing can be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no file or folder at the path.
    #[error("there is no file or folder `{}`", .0.display())]
    Missing(PathBuf),
    /// The system denies access to the path.
    #[error("`{}` cannot be read: {}", path.display(), reason(error))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The path is neither a file nor a folder.
    #[error("`{}` is {what}, not a file or a folder", path.display())]
    Special {
        /// The path.
        path: PathBuf,
        /// Its kind, in words.
        what: &'static str,
    },
    /// The path is a file of another kind.
    #[error("`{}` is not a policy file: the names of policy files end in `.ereje`", .0.display())]
    NotPolicy(PathBuf),
    /// The folder holds no policy files.
    #[error("there are no `.ereje` files in `{}`", .0.display())]
    Empty(PathBuf),
}

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

/// Reads one policy file from the disk into a set of texts, without its imports.
///
/// # Errors
/// The error of the file, which is then in the set without a text, or with a mended one.
pub fn read_file(sources: &mut Sources, path: &Path, name: &str) -> Result<FileId, Box<Diagnostic>> {
    match store::read_on_disk(path) {
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

impl Bundle {
    /// Reads a policy from a folder, or from a single file and what it imports.
    ///
    /// # Errors
    /// If there is nothing to read at all. Errors of single files are diagnostics of the bundle.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let unreadable = |error| LoadError::Unreadable { path: path.to_path_buf(), error };
        let as_given = Store::Disk(path.to_path_buf());
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
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                Ok(collect::file(Store::Disk(folder.unwrap_or(Path::new(".")).to_path_buf()), name))
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
}
