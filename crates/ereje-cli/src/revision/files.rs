//! The files of a revision, as a folder of the disk would have them: links lead where they lead, submodules are folders, and what
//! a checkout would not simply write is an error of whoever needs it.
//!
//! Comes in: a commit. Goes out: a store for the loader, from which it has what it asks for; nothing else is read.

use super::checkout::Checkout;
use super::git::{Dialogue, git};
use super::submodules;
use super::tree::{EntryForm, RepositoryId, Tree, TreeEntry, below};
use crate::error::CliError;
use ereje::load::{FileStore, StoreRefusal, StoredKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The most links on the way to one file.
const MAX_STEPS: usize = 40;

/// The most bytes of a path in a link.
const MAX_LINK: usize = 4096;

/// The depth to which folders are searched.
const MAX_DEPTH: usize = 32;

/// A repository in which the revision has texts.
#[derive(Debug)]
struct Repository {
    /// The folder that git is run in.
    folder: PathBuf,
    /// Where it stands in the names, empty for the first.
    at: String,
    commit: String,
    objects: Dialogue,
    checkout: Option<Checkout>,
}

/// The files of a revision.
#[derive(Debug)]
pub(super) struct RevisionFiles {
    /// The folder or file that the user named, which may have a name that is hidden elsewhere.
    named: String,
    tree: Tree,
    repositories: Vec<Repository>,
    /// What the links say that were followed.
    links: BTreeMap<String, String>,
    /// The submodules that cannot be had.
    refused: BTreeMap<String, StoreRefusal>,
    /// The names that were read.
    read: BTreeSet<String>,
}

/// A store that several can ask.
#[derive(Clone, Debug)]
pub(super) struct SharedFiles(pub(super) Rc<RefCell<RevisionFiles>>);

/// A real name, and what stands there.
struct RealPlace {
    name: String,
    kind: StoredKind,
}

/// A file of a folder that is searched, or a folder in it that cannot be looked into.
pub(in super::super) struct SearchedFile {
    pub(in super::super) name: String,
    pub(in super::super) refusal: Option<StoreRefusal>,
}

fn refusal(why: impl Into<String>, help: impl Into<String>) -> StoreRefusal {
    StoreRefusal { why: why.into(), help: help.into() }
}

/// The listing of a commit.
fn listing(folder: &Path, commit: &str) -> Result<Option<Vec<u8>>, CliError> {
    git(folder, &["ls-tree", "-r", "-z", "--full-tree", commit])
}

impl RevisionFiles {
    /// The files of a commit; `None` if git cannot list them.
    pub(super) fn new(folder: &Path, commit: &str, named: &str) -> Result<Option<Self>, CliError> {
        let Some(listing) = listing(folder, commit)? else { return Ok(None) };
        let mut files = Self {
            named: named.to_owned(),
            tree: Tree::default(),
            repositories: Vec::new(),
            links: BTreeMap::new(),
            refused: BTreeMap::new(),
            read: BTreeSet::new(),
        };
        files.add(folder, "", commit, &listing)?;
        Ok(Some(files))
    }

    fn add(&mut self, folder: &Path, at: &str, commit: &str, listing: &[u8]) -> Result<(), CliError> {
        let objects =
            Dialogue::begin(folder, &["cat-file", "--batch"]).map_err(|error| CliError::read(folder, error))?;
        let id = RepositoryId(self.repositories.len());
        let (folder, at, commit) = (folder.to_owned(), at.to_owned(), commit.to_owned());
        self.tree.add(&at, id, listing);
        self.repositories.push(Repository { folder, at, commit, objects, checkout: None });
        Ok(())
    }

    /// Adds the names of a submodule.
    fn open(&mut self, name: &str, entry: &TreeEntry) -> Result<(), StoreRefusal> {
        if let Some(refusal) = self.refused.get(name) {
            return Err(refusal.clone());
        }
        let opened = self.find_submodule(name, entry).unwrap_or_else(|error| Err(refusal(error.to_string(), INSTALL)));
        if let Err(refusal) = &opened {
            self.refused.insert(name.to_owned(), refusal.clone());
        }
        opened
    }

    fn find_submodule(&mut self, name: &str, entry: &TreeEntry) -> Result<Result<(), StoreRefusal>, CliError> {
        let Some(around) = self.repositories.get(entry.repository.0) else { return Ok(Ok(())) };
        let path = name.strip_prefix(&around.at).unwrap_or(name).trim_start_matches('/');
        let folder = match submodules::find(&around.folder, &around.commit, path, &entry.id)? {
            Ok(folder) => folder,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match listing(&folder, &entry.id)? {
            Some(listing) => self.add(&folder, name, &entry.id, &listing).map(Ok),
            None => Ok(Err(refusal("a submodule whose files git cannot list", PARTIAL))),
        }
    }

    /// The real place of a name. A link that leads out of the repository is refused.
    fn real(&mut self, name: &str) -> Result<RealPlace, StoreRefusal> {
        let mut rest: Vec<String> = name.split('/').rev().map(str::to_owned).collect();
        let mut real: Vec<String> = Vec::new();
        let mut steps = 0;
        let missing = |steps: usize| match steps > 0 && is_read(name) {
            true => Err(refusal("a link on this path leads to nothing", "let the link lead to a file or a folder")),
            false => Ok(RealPlace { name: name.to_owned(), kind: StoredKind::Missing }),
        };
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." if real.pop().is_none() => {
                    let to = format!("../{}", joined(&rest));
                    return if self.is_needed(name, &to) { Err(outside(steps > 0)) } else { missing(0) };
                }
                ".." => continue,
                _ => real.push(part),
            }
            let place = real.join("/");
            let Some(entry) = self.tree.entry(&place).cloned() else {
                if !self.tree.is_folder(&place) {
                    return missing(steps);
                }
                continue;
            };
            match entry.form {
                EntryForm::File if rest.iter().any(|part| !part.is_empty() && part != ".") => return missing(steps),
                EntryForm::File => self.visible(&place)?,
                EntryForm::BadName => return Err(refusal("its name is not UTF-8", "give it a name in UTF-8")),
                EntryForm::Submodule => self.open(&place, &entry)?,
                EntryForm::Link => {
                    steps += 1;
                    if steps > MAX_STEPS {
                        return Err(refusal("its links lead in a circle", "let the link lead to a file or a folder"));
                    }
                    let to = self.link(&place, &entry)?;
                    if to.starts_with('/') {
                        let to = format!("{to}/{}", joined(&rest));
                        return if self.is_needed(name, &to) { Err(outside(true)) } else { missing(0) };
                    }
                    real.pop();
                    rest.extend(to.split('/').rev().map(str::to_owned));
                }
            }
        }
        let name = real.join("/");
        self.visible(&name)?;
        let kind = if self.tree.entry(&name).is_some() { StoredKind::File } else { StoredKind::Folder };
        Ok(RealPlace { name, kind })
    }

    /// True if a policy could need what a name outside the repository leads to: a file that a policy reads, or a folder. A link
    /// to any other file, such as a licence, disturbs nobody.
    fn is_needed(&self, name: &str, to: &str) -> bool {
        let has_tree = |folder: &&Path| folder.join(".git").exists();
        let folder = self.repositories.first().map(|found| found.folder.as_path()).filter(has_tree);
        is_read(name)
            || if to.starts_with('/') {
                Path::new(to).is_dir()
            } else {
                folder.is_none_or(|folder| folder.join(to).is_dir())
            }
    }

    /// Refuses names that begin with a dot, below the folder that the user named.
    fn visible(&self, name: &str) -> Result<(), StoreRefusal> {
        let below =
            |name: &'_ str| name.strip_prefix(&self.named).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let own = if below(name) { name.get(self.named.len()..).unwrap_or(name) } else { name };
        match own.split('/').any(|part| part.starts_with('.')) {
            true => Err(refusal(
                "a name on this path begins with a dot, and such names are left out",
                "put what the policy needs into a folder without a dot",
            )),
            false => Ok(()),
        }
    }

    /// What is written in a link.
    fn link(&mut self, name: &str, entry: &TreeEntry) -> Result<String, StoreRefusal> {
        if let Some(to) = self.links.get(name) {
            return Ok(to.clone());
        }
        let to = self.kept(entry)?;
        let to = Some(to).filter(|to| to.len() <= MAX_LINK).and_then(|to| String::from_utf8(to).ok());
        let to = to.ok_or_else(|| refusal("a link to what is no path", "let the link lead to a file or a folder"))?;
        self.links.insert(name.to_owned(), to.clone());
        Ok(to)
    }

    /// The text that git keeps for an entry.
    fn kept(&mut self, entry: &TreeEntry) -> Result<Vec<u8>, StoreRefusal> {
        let repository = self.repositories.get_mut(entry.repository.0);
        match repository.map(|repository| repository.objects.object(&entry.id)) {
            Some(Ok(Some(text))) => Ok(text),
            Some(Ok(None)) => Err(refusal("git does not have its text in this clone", PARTIAL)),
            Some(Err(_)) | None => Err(refusal("git cannot read its text", "see what `git fsck` says")),
        }
    }

    /// The text of a file as a checkout would write it.
    fn text(&mut self, name: &str) -> Result<Vec<u8>, StoreRefusal> {
        let place = self.real(name)?;
        let entry = match (place.kind, self.tree.entry(&place.name)) {
            (StoredKind::File, Some(entry)) => entry.clone(),
            (StoredKind::File | StoredKind::Folder | StoredKind::Missing, _) => {
                return Err(refusal("it is not there", "`git ls-tree -r --name-only REV` lists what is"));
            }
        };
        if !same_kind(name, &place.name) {
            let why = format!("a link to `{}`, a file of another kind", place.name);
            return Err(refusal(why, "let the link lead to a file with the same ending"));
        }
        let kept = self.kept(&entry)?;
        self.begin_checkout(entry.repository)?;
        let repository = self.repositories.get_mut(entry.repository.0);
        let written = match repository.and_then(|found| found.checkout.as_mut().map(|checkout| (&found.at, checkout))) {
            Some((at, checkout)) => {
                let own = place.name.strip_prefix(at.as_str()).unwrap_or(&place.name).trim_start_matches('/');
                checkout.text(own, kept)?
            }
            None => kept,
        };
        self.read.insert(place.name);
        Ok(written)
    }

    /// Finds out how the repository of an entry changes texts on their way to the disk.
    fn begin_checkout(&mut self, id: RepositoryId) -> Result<(), StoreRefusal> {
        let Some(repository) = self.repositories.get(id.0).filter(|found| found.checkout.is_none()) else {
            return Ok(());
        };
        let (folder, commit) = (repository.folder.clone(), repository.commit.clone());
        let named = |name: &str| name.rsplit('/').next() == Some(".gitattributes");
        let files = self.tree.all(EntryForm::File).filter(|(name, entry)| entry.repository == id && named(name));
        let files: Vec<TreeEntry> = files.map(|(_, entry)| entry.clone()).collect();
        let texts = files.iter().map(|entry| self.kept(entry)).collect::<Result<Vec<_>, _>>();
        let texts =
            texts.map_err(|StoreRefusal { help, .. }| refusal("git does not have its `.gitattributes`", help))?;
        let checkout = Checkout::new(&folder, &commit, &texts).map_err(|error| refusal(error.to_string(), INSTALL))?;
        if let Some(repository) = self.repositories.get_mut(id.0) {
            repository.checkout = Some(checkout);
        }
        Ok(())
    }

    /// The files in a folder and its folders whose names are wanted. Linked folders are not looked into, as on the disk.
    pub(super) fn search(&mut self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<SearchedFile> {
        let mut found = Vec::new();
        match self.real(folder) {
            Ok(place) => self.search_in(folder, &place.name, 0, wanted, &mut found),
            Err(refusal) => found.push(SearchedFile { name: folder.to_owned(), refusal: Some(refusal) }),
        }
        found
    }

    fn search_in(
        &mut self,
        shown: &str,
        real: &str,
        depth: usize,
        wanted: &dyn Fn(&str) -> bool,
        found: &mut Vec<SearchedFile>,
    ) {
        for part in self.tree.names(real).into_iter().filter(|part| !part.starts_with('.')) {
            let (name, real) = (below(shown, &part), below(real, &part));
            let form = self.tree.entry(&real).map(|entry| entry.form);
            let is_folder = matches!(form, None | Some(EntryForm::Submodule));
            let refusal = match form {
                Some(EntryForm::Submodule | EntryForm::BadName) => self.real(&real).err(),
                Some(EntryForm::File | EntryForm::Link) | None => None,
            };
            if refusal.is_some() || (!is_folder && wanted(&part)) {
                found.push(SearchedFile { name, refusal });
            } else if is_folder && depth < MAX_DEPTH {
                self.search_in(&name, &real, depth + 1, wanted, found);
            }
        }
    }

    /// The real names of the files that were read so far.
    pub(super) fn read_so_far(&self) -> &BTreeSet<String> {
        &self.read
    }
}

/// What to do without an object.
const PARTIAL: &str = "this clone holds only a part of its objects, and nothing is fetched here; `git show REV:FILE` fetches \
                       one, and a clone without `--filter` has all";

/// What to do where git cannot be asked.
const INSTALL: &str = "see that `git` can be run here, or give two folders";

fn outside(by_link: bool) -> StoreRefusal {
    let why =
        if by_link { "a link on this path leads outside the repository" } else { "it lies outside the repository" };
    refusal(why, "a revision has only what stands in it; give a folder that holds the file")
}

/// Parts of a path of which the last is the next one.
fn joined(rest: &[String]) -> String {
    rest.iter().rev().map(String::as_str).collect::<Vec<_>>().join("/")
}

/// True if policies or cases read files of such a name.
fn is_read(name: &str) -> bool {
    [".ereje", ".csv", ".yaml", ".yml"].iter().any(|ending| name.ends_with(ending))
}

/// True if two names are of files of one kind.
fn same_kind(own: &str, real: &str) -> bool {
    let ending = |name: &str| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        ending.map(|ending| if ending == "yml" { String::from("yaml") } else { ending })
    };
    ending(own) == ending(real)
}

impl FileStore for SharedFiles {
    fn kind(&self, name: &str) -> Result<StoredKind, StoreRefusal> {
        let mut files = self.0.borrow_mut();
        match files.real(name) {
            Ok(place) => Ok(place.kind),
            // No folder that a policy could be in; who reads it hears more.
            Err(_) if is_read(name) && !name.ends_with(".ereje") => Ok(StoredKind::File),
            Err(refusal) => Err(refusal),
        }
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, StoreRefusal> {
        self.0.borrow_mut().text(name)
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, StoreRefusal> {
        let mut files = self.0.borrow_mut();
        let place = files.real(folder)?;
        let names = files.tree.names(&place.name).into_iter().filter(|name| !name.starts_with('.'));
        Ok(names.collect())
    }

    fn identity(&self, name: &str) -> String {
        self.0.borrow_mut().real(name).map_or_else(|_| name.to_owned(), |place| place.name)
    }
}
