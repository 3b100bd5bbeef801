//! The names of a revision, with those of its submodules, and what stands under each.
//!
//! Comes in: what `git ls-tree` lists. Goes out: for a name, the file, link or folder under it. Names are from the root, with `/`;
//! those of a submodule are added below the folder that it stands in, when somebody asks for the first of them.

use std::collections::{BTreeMap, BTreeSet};

/// The repository that an entry is in: the one asked for is the first, then its submodules as they are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RepositoryId(pub(super) usize);

/// What git keeps under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryForm {
    /// A text.
    File,
    /// A path that leads elsewhere.
    Link,
    /// A commit of another repository.
    Submodule,
    /// Something with a name, or in a folder with a name, that is not UTF-8. The name is a mended one.
    BadName,
}

/// One name of the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TreeEntry {
    pub(super) form: EntryForm,
    /// The object.
    pub(super) id: String,
    pub(super) repository: RepositoryId,
}

/// The names of a revision. Folders are those that something stands in.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: BTreeMap<String, TreeEntry>,
    /// Submodules whose names have been added, which are folders even if nothing stands in them.
    opened: BTreeSet<String>,
}

/// A name below a folder.
pub(super) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl Tree {
    /// Adds a listing of `git ls-tree -r -z` below a folder.
    pub(super) fn add(&mut self, folder: &str, repository: RepositoryId, listing: &[u8]) {
        if !folder.is_empty() {
            self.entries.remove(folder);
            self.opened.insert(folder.to_owned());
        }
        for entry in listing.split(|byte| *byte == 0) {
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let (about, name) = entry.split_at(tab);
            let about = String::from_utf8_lossy(about);
            let mut about = about.split(' ');
            let (mode, _, id) = (about.next().unwrap_or(""), about.next(), about.next().unwrap_or(""));
            let name = name.get(1..).unwrap_or_default();
            let form = match mode {
                "120000" => EntryForm::Link,
                "160000" => EntryForm::Submodule,
                _ => EntryForm::File,
            };
            let (form, name) = match std::str::from_utf8(name) {
                Ok(name) => (form, name.to_owned()),
                Err(error) => {
                    // The first part that cannot be read stands for all in it.
                    let after = name.get(error.valid_up_to()..).unwrap_or_default();
                    let end = after.iter().position(|byte| *byte == b'/').map(|end| error.valid_up_to() + end);
                    let part = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
                    (EntryForm::BadName, String::from_utf8_lossy(part).into_owned())
                }
            };
            let entry = TreeEntry { form, id: id.to_owned(), repository };
            self.entries.insert(below(folder, &name), entry);
        }
    }

    pub(super) fn entry(&self, name: &str) -> Option<&TreeEntry> {
        self.entries.get(name)
    }

    /// All names of a form.
    pub(super) fn all(&self, form: EntryForm) -> impl Iterator<Item = (&String, &TreeEntry)> {
        self.entries.iter().filter(move |(_, entry)| entry.form == form)
    }

    pub(super) fn is_folder(&self, name: &str) -> bool {
        let inside = format!("{name}/");
        let first = self.entries.range(inside.clone()..).next();
        name.is_empty() || self.opened.contains(name) || first.is_some_and(|(name, _)| name.starts_with(&inside))
    }

    /// The names in a folder, each once, sorted.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut names: Vec<String> = Vec::new();
        let mut from = inside.clone();
        while let Some((name, _)) = self.entries.range(from.clone()..).next()
            && let Some(rest) = name.strip_prefix(&inside)
        {
            let part = rest.split_once('/').map_or(rest, |(part, _)| part);
            if names.last().is_none_or(|last| last != part) {
                names.push(part.to_owned());
            }
            // The name itself is followed by others with the same beginning, and all that stands in a folder ends before `0`,
            // the character after `/`.
            from = if part.len() == rest.len() { format!("{name}\0") } else { format!("{inside}{part}0") };
        }
        let opened = self.opened.iter().filter_map(|name| name.strip_prefix(&inside));
        names.extend(opened.filter(|rest| !rest.is_empty() && !rest.contains('/')).map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&[u8]]) -> Tree {
        let mut tree = Tree::default();
        let line = |name: &&[u8]| [b"100644 blob 1\t".as_slice(), name, b"\0"].concat();
        tree.add("", RepositoryId(0), &names.iter().flat_map(line).collect::<Vec<u8>>());
        tree
    }

    #[test]
    fn folders_have_each_name_once() {
        let tree = tree(&[b"a/b/c", b"a/b/d", b"a/b.x", b"a/b0", b"a/e", b"f", b"\xd0\xbb/g"]);
        assert_eq!(tree.names("a"), ["b", "b.x", "b0", "e"]);
        assert_eq!(tree.names(""), ["a", "f", "л"]);
        assert_eq!(tree.names("a/b"), ["c", "d"]);
        assert_eq!((tree.is_folder("a/b"), tree.is_folder("a/e"), tree.is_folder("x")), (true, false, false));
    }

    #[test]
    fn what_has_no_name_is_there_all_the_same() {
        let tree = tree(&[b"law/b\xff.ereje", b"law/\xff/a.ereje", b"law/\xff/b.ereje"]);
        assert_eq!(tree.names("law"), ["b\u{fffd}.ereje", "\u{fffd}"]);
        assert_eq!(tree.all(EntryForm::BadName).count(), 2);
    }

    #[test]
    fn a_submodule_takes_the_place_of_its_entry() {
        let mut tree = Tree::default();
        tree.add("", RepositoryId(0), b"160000 commit 7\tsub\0\x31\x30\x30644 blob 1\tsub.x\0");
        assert_eq!(tree.entry("sub").map(|entry| entry.form), Some(EntryForm::Submodule));
        tree.add("sub", RepositoryId(1), b"");
        assert_eq!((tree.entry("sub"), tree.is_folder("sub")), (None, true));
        assert_eq!(tree.names(""), ["sub", "sub.x"]);
    }
}
