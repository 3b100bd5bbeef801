//! The loader: reads a policy into memory, the only part of the engine that does.
//!
//! Comes in: a folder or a file on the disk, or texts by name where there is no disk. Goes out: a [`Bundle`] with every
//! text that the policy is made of, parsed, and whatever was wrong with them. A policy is the `*.ereje` files of a
//! folder and of the folders in it, what they import, and the CSV files that they name. Hidden names are left out.
//! Names are relative to the policy's folder, with `/`; the order in which the disk lists them changes nothing.

mod circle;
mod collect;
mod store;

use crate::diagnostic::{Code, Diagnostic, Severity, add_bytes};
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use store::{EntryKind, Store};

pub use crate::syntax::limits::MAX_FILE_BYTES;

/// The most files of a policy.
pub const MAX_FILES: usize = 10_000;
/// The largest policy, in bytes.
pub const MAX_TOTAL_BYTES: usize = 64 << 20;
/// The most `import` items in one file.
pub const MAX_IMPORTS: usize = 1_000;
/// The most names that are looked at in one folder.
pub const MAX_ENTRIES: usize = 100_000;
/// The deepest folder inside a policy.
pub const MAX_DEPTH: usize = 32;

/// What the checker says of a policy that has a gap, whether it is one of the author's or of the reading.
const FROM_GAPS: [Code; 5] = [Code::E0203, Code::E0210, Code::E0211, Code::E0503, Code::E0508];

/// What the checker says of a name that nothing declares.
const FROM_NAMES: [Code; 9] = [
    Code::E0201,
    Code::E0204,
    Code::E0205,
    Code::E0206,
    Code::E0207,
    Code::E0213,
    Code::E0303,
    Code::E0310,
    Code::E0404,
];

/// The names and other words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Everything that a policy is made of, as read.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// All texts; a file that could not be read is there with no text, so that a diagnostic can name it.
    pub sources: Sources,
    /// The policy's `*.ereje` files that could be read, sorted by name.
    pub policy_files: Vec<FileId>,
    /// Each of [`Self::policy_files`], parsed, in the same order.
    pub files: Vec<ast::File>,
    /// The CSV files that tables and calendars name, sorted by name.
    pub tables: Vec<FileId>,
    /// What was wrong with reading and with the syntax, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why there is nothing to look at.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Nothing stands under the path.
    #[error("there is no file or folder `{}`", .0.display())]
    Missing(PathBuf),
    /// The system does not let the path be read.
    #[error("`{}` cannot be read: {}", path.display(), reason(error))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The path is neither a file nor a folder.
    #[error("`{}` is {what}, not a file or a folder", path.display())]
    Special {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The path is a file of another kind.
    #[error("`{}` is not a policy file: the names of policy files end in `.ereje`", .0.display())]
    NotPolicy(PathBuf),
    /// The folder holds no policy files.
    #[error("there are no `.ereje` files in `{}`", .0.display())]
    Empty(PathBuf),
}

/// What the system said about a file, without the number of its error.
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

/// The name of a file as seen from a folder; both from the same root.
fn relative(folder: &str, name: &str) -> String {
    let mut folder: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut name: Vec<&str> = name.split('/').collect();
    let common = folder.iter().zip(&name).take_while(|(a, b)| a == b).count();
    folder.drain(..common);
    name.drain(..common);
    let up = vec![".."; folder.len()];
    up.into_iter().chain(name).collect::<Vec<_>>().join("/")
}

/// Reads one policy file from the disk into a set of texts, without following its imports.
///
/// # Errors
/// What is wrong with the file; it then stands among the texts without one, or with a mended one.
pub fn read_file(sources: &mut Sources, path: &Path, name: &str) -> Result<FileId, Box<Diagnostic>> {
    match store::read_on_disk(path) {
        Ok(bytes) => add_bytes(sources, name, &bytes),
        Err(unread) => Err(Box::new(unread_file(sources, name, &unread))),
    }
}

/// Takes the bytes of one policy file into a set of texts.
///
/// # Errors
/// What is wrong with them, as for [`read_file`].
pub fn decode_file(sources: &mut Sources, name: &str, bytes: Vec<u8>) -> Result<FileId, Box<Diagnostic>> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Box::new(unread_file(sources, name, &store::Unread::TooLarge)));
    }
    add_bytes(sources, name, &bytes)
}

fn unread_file(sources: &mut Sources, name: &str, unread: &store::Unread) -> Diagnostic {
    let (code, what, label) = collect::told(unread);
    let id = sources.add(name, "");
    Diagnostic::new(code, format!("`{name}` {what}"), Span::new(id, 0, 0), label)
}

impl Bundle {
    /// Reads a policy from a folder, or from a single file and what it imports.
    ///
    /// # Errors
    /// Where there is nothing to read at all. Whatever is wrong with a single file is a diagnostic of the bundle.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let unreadable = |error| LoadError::Unreadable { path: path.to_path_buf(), error };
        let as_given = Store::Disk(path.to_path_buf());
        match as_given.kind("").map_err(unreadable)? {
            EntryKind::Missing => Err(LoadError::Missing(path.to_path_buf())),
            EntryKind::Special(what) => Err(LoadError::Special { path: path.to_path_buf(), what }),
            EntryKind::Folder => {
                // A folder that cannot be listed is no policy with a flaw: there is nothing to look at.
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

    /// Takes a policy from texts by name, without a file system: the `*.ereje` ones are the policy, others are there
    /// for tables and calendars to name.
    ///
    /// # Errors
    /// Where no name ends in `.ereje`.
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

    /// Takes a policy from texts by name where it does not stand alone: `path` is its folder among them, or its file.
    /// Names become relative to that folder, so that what lies beside it is `../common/…`, as it is on a disk.
    ///
    /// # Errors
    /// Where `path` is neither a file nor a folder with policy files.
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

    /// What reading and checking found together, sorted by place, each thing said once.
    ///
    /// Where something could not be read, names are missing that the author did declare. What the checker makes of that
    /// (names that stand in what was not read, gaps, things that nobody uses) is left out until the texts can be read.
    #[must_use]
    pub fn findings(&self, checked: &[Diagnostic]) -> Vec<Diagnostic> {
        let unread = self.diagnostics.iter().any(|d| d.severity() == Severity::Error);
        let again = |d: &Diagnostic| {
            matches!(d.code, Code::E0701 | Code::E0212)
                && self.diagnostics.iter().any(|said| {
                    said.primary.span == d.primary.span
                        || (said.primary.span.file == d.primary.span.file && d.primary.span.end == 0)
                })
        };
        let missed = if unread { self.missed_words() } else { Some(BTreeSet::new()) };
        let from_gap = |d: &Diagnostic| match &missed {
            _ if d.severity() == Severity::Warning || FROM_GAPS.contains(&d.code) => true,
            None => FROM_NAMES.contains(&d.code),
            Some(missed) => {
                FROM_NAMES.contains(&d.code)
                    && words(self.sources.slice(d.primary.span)).any(|word| missed.contains(word))
            }
        };
        let more = checked.iter().filter(|d| !(again(d) || (unread && from_gap(d))));
        let mut all: Vec<Diagnostic> = self.diagnostics.iter().chain(more).cloned().collect();
        let place = |d: &Diagnostic| {
            let name = self.sources.get(d.primary.span.file).map_or("", |file| file.name.as_str());
            (name, d.primary.span.start, d.primary.span.end, d.code)
        };
        all.sort_by(|a, b| place(a).cmp(&place(b)));
        all
    }

    /// The words of what could not be read; none where not even the text is there.
    fn missed_words(&self) -> Option<BTreeSet<&str>> {
        let mut missed = BTreeSet::new();
        for (id, source) in self.sources.iter() {
            if self.tables.contains(&id) {
                continue;
            }
            let at = self.policy_files.iter().position(|file| *file == id)?;
            let mut end = 0;
            for span in self.files.get(at).into_iter().flat_map(|file| &file.items).map(ast::ItemSyntax::span) {
                missed.extend(words(source.text.get(end..span.start as usize).unwrap_or("")));
                end = span.end as usize;
            }
            missed.extend(words(source.text.get(end..).unwrap_or("")));
        }
        Some(missed)
    }

    /// Nothing was found, not even something that cannot be read.
    fn is_empty(&self) -> bool {
        self.policy_files.is_empty() && self.diagnostics.is_empty()
    }

    /// `sha256:…` over the names and the texts of all policy files and of the CSV files that they name, sorted by
    /// name: the same policy has the same digest wherever it lies.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut files: Vec<_> =
            self.policy_files.iter().chain(&self.tables).filter_map(|id| self.sources.get(*id)).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut hash = Sha256::new();
        for file in files {
            for part in [file.name.as_bytes(), file.text.as_bytes()] {
                // With its length before it, no part can be taken for the end of another.
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        let mut text = String::from("sha256:");
        for byte in hash.finalize() {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}
