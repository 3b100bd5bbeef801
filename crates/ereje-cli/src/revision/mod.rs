//! Reads policies from a git revision, without a checkout: the `git` command lists the tree and prints the texts.

mod checkout;
mod files;
mod git;
mod identity;
mod submodules;
mod tree;

pub(super) use identity::{author, mapped};

use super::error::CliError;
use ereje::load::{Bundle, FileStore as _, LoadError, MAX_FILE_BYTES, StoreRefusal, StoredKind};
use ereje::source::join;
pub(super) use files::SearchedFile;
use files::{RevisionFiles, SharedFiles};
use git::{git, line};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A policy in a revision.
#[derive(Debug)]
pub(super) struct Revision {
    /// The name that the user gave: `HEAD~1`.
    pub(super) name: String,
    /// The policy's folder or file, from the root of the repository.
    pub(super) path: String,
    /// The root of the work tree, or the folder that git is run in.
    tree: PathBuf,
    files: SharedFiles,
    is_file: bool,
}

/// A policy in a revision of git.
#[derive(Clone, Debug)]
pub(super) struct RevisionSpec {
    /// The folder that git is run in.
    pub(super) folder: PathBuf,
    /// The revision.
    pub(super) revision: String,
    /// The path from the root of the repository.
    pub(super) path: String,
}

impl RevisionSpec {
    /// `REV:PATH` as in git: from the root, or from the current folder if it begins with `./` or `../`.
    pub(super) fn written(revision: &str, path: &str) -> Result<Self, CliError> {
        let (folder, prefix) = repository(Path::new("."))?;
        let relative = path.starts_with("./") || path.starts_with("../") || path == "." || path == "..";
        let from = if relative { prefix } else { String::new() };
        let inside = join(&format!("{from}x"), path).filter(|path| !path.starts_with(".."));
        let path = match (path, inside) {
            ("", _) => String::new(),
            (_, Some(inside)) => inside,
            (_, None) => return Err(usage(format!("`{path}` is no path in the repository"), None)),
        };
        Ok(Self { folder, revision: revision.to_owned(), path })
    }

    /// A path on the disk, in a revision of its repository. Of a submodule that is the one around it, for somebody who stands
    /// there.
    pub(super) fn like(revision: &str, path: &Path) -> Result<Self, CliError> {
        let parent = || path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (folder, file) = if path.is_dir() { (path, None) } else { (parent(), path.file_name()) };
        let (mut folder, mut inside) = repository(folder)?;
        match file.map(|file| file.to_str()) {
            Some(Some(file)) => inside.push_str(file),
            Some(None) => {
                let message = format!("the name of `{}` is not UTF-8", path.display());
                return Err(usage(message, Some("give it a name in UTF-8".into())));
            }
            None => {
                inside.pop();
            }
        }
        if let Some((around, _)) = ereje::load::work_tree(Path::new("."))
            && let Some(below) =
                folder.strip_prefix(&around).ok().and_then(Path::to_str).filter(|below| !below.is_empty())
            && submodules::hold(&around, below)?
        {
            inside = if inside.is_empty() { below.to_owned() } else { format!("{below}/{inside}") };
            folder = around;
        }
        Ok(Self { folder, revision: revision.to_owned(), path: inside })
    }
}

impl Revision {
    /// Finds a policy in a revision.
    pub(super) fn read(spec: &RevisionSpec) -> Result<Self, CliError> {
        let RevisionSpec { folder, revision, path } = spec;
        let commit = format!("{revision}^{{commit}}");
        let commit = line(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        let commit = commit.ok_or_else(|| {
            let message = format!("there is no file, no folder and no git revision `{revision}`");
            usage(message, Some("`git log --oneline` lists revisions; a shallow clone has only the last".into()))
        })?;
        let files = RevisionFiles::new(folder, &commit, path)?.ok_or_else(|| {
            let help = "this clone may hold only a part of its objects, and nothing is fetched here; a clone without `--filter` has all";
            usage(format!("git cannot list the revision `{revision}`"), Some(help.into()))
        })?;
        let files = SharedFiles(Rc::new(RefCell::new(files)));
        let mut found =
            Self { name: revision.clone(), path: path.clone(), tree: folder.clone(), files, is_file: false };
        match found.files.kind(path).map_err(|refusal| found.unreadable(path, refusal))? {
            StoredKind::File => found.is_file = true,
            StoredKind::Folder => found.find_policy()?,
            StoredKind::Missing => {
                let message = format!("there is no `{path}` in the revision `{revision}`");
                let help = format!(
                    "`git ls-tree -r --name-only {revision}` lists what is; write REV:PATH where it lay elsewhere"
                );
                return Err(usage(message, Some(help)));
            }
        }
        Ok(found)
    }

    fn unreadable(&self, name: &str, refusal: StoreRefusal) -> CliError {
        usage(format!("`{}:{name}` cannot be read: {}", self.name, refusal.why), Some(refusal.help))
    }

    /// A folder of policies is no policy; if it has a single one, that one is meant.
    fn find_policy(&mut self) -> Result<(), CliError> {
        let mut folders = BTreeSet::new();
        for SearchedFile { name, refusal } in self.search(&self.path, &|name| name.ends_with(".ereje")) {
            if let Some(refusal) = refusal {
                return Err(self.unreadable(&name, refusal));
            }
            folders.insert(name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()));
        }
        let outer = |folder: &&String| {
            !folders.iter().any(|other| other != *folder && (other.is_empty() || within(other, folder)))
        };
        let all: Vec<&String> = folders.iter().filter(outer).collect();
        match all.as_slice() {
            [] => Err(usage(format!("there are no `.ereje` files in `{}:{}`", self.name, self.path), None)),
            [only] => {
                self.path = (*only).clone();
                Ok(())
            }
            several => {
                let names: Vec<String> = several.iter().map(|folder| format!("`{}:{folder}`", self.name)).collect();
                let message = format!("`{}:{}` holds several policies", self.name, self.path);
                Err(usage(message, Some(format!("name one of {}", names.join(", ")))))
            }
        }
    }

    fn search(&self, folder: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<SearchedFile> {
        self.files.0.borrow_mut().search(folder, wanted)
    }

    /// The policy.
    pub(super) fn bundle(&self) -> Result<Bundle, LoadError> {
        Bundle::from_store(Box::new(self.files.clone()), &self.path)
    }

    /// The case files of the policy, and what could not be looked into for more. If a policy is a single file, its cases are
    /// those of its folder.
    pub(super) fn case_files(&self) -> Vec<SearchedFile> {
        self.search(self.folder(), &|name| name.ends_with(".test.yaml"))
    }

    /// The text of a file.
    pub(super) fn text(&self, name: &str) -> Result<Vec<u8>, StoreRefusal> {
        let text = self.files.read(name)?;
        match text.len() > MAX_FILE_BYTES {
            true => {
                let help = format!("{} MiB are the most for one file", MAX_FILE_BYTES >> 20);
                Err(StoreRefusal { why: String::from("it is too large"), help })
            }
            false => Ok(text),
        }
    }

    /// The folder that the policy's names are relative to.
    pub(super) fn folder(&self) -> &str {
        match self.is_file {
            true => self.path.rsplit_once('/').map_or("", |(folder, _)| folder),
            false => &self.path,
        }
    }

    /// The name to show for a file of the policy: `HEAD~1:policies/kz/pilot.ereje`.
    pub(super) fn shown(&self, name: &str) -> String {
        let from = format!("{}/x", self.folder());
        format!("{}:{}", self.name, join(&from, name).unwrap_or_else(|| name.to_owned()))
    }

    /// A file that the work tree leaves out by a sparse checkout, of those that the revision has of the policy and those that
    /// would stand under a path on the disk: there the policy is not whole.
    pub(super) fn left_out_of_work_tree(&self, disk: &Path) -> Result<Option<String>, CliError> {
        let Some((tree, inside)) = ereje::load::work_tree(disk) else { return Ok(None) };
        if tree != self.tree
            || line(&self.tree, &["config", "--bool", "core.sparseCheckout"])?.as_deref() != Some("true")
        {
            return Ok(None);
        }
        let folder = if disk.is_dir() { inside.as_path() } else { inside.parent().unwrap_or(Path::new("")) };
        let listed = git(&self.tree, &["ls-files", "-t", "-z", "--full-name"])?.unwrap_or_default();
        let of_policy = |name: &str| {
            Path::new(name).starts_with(folder) && (name.ends_with(".ereje") || name.ends_with(".test.yaml"))
        };
        let files = self.files.0.borrow();
        let names =
            listed.split(|byte| *byte == 0).filter_map(|line| std::str::from_utf8(line).ok()?.strip_prefix("S "));
        let mut names = names.filter(|name| of_policy(name) || files.read_so_far().contains(*name));
        Ok(names.next().map(str::to_owned))
    }
}

/// True if a name lies in a folder.
fn within(folder: &str, name: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn usage(message: String, help: Option<String>) -> CliError {
    CliError::Usage(message, help)
}

/// The root of the repository of a folder, and the path from it to the folder: empty, or ending with `/`. A work tree is found
/// here and not by git, to which a folder that looks like a repository of its own is one.
fn repository(folder: &Path) -> Result<(PathBuf, String), CliError> {
    let prefix = |folder: &Path| -> Result<Option<String>, CliError> {
        let found = git(folder, &["rev-parse", "--show-prefix"])?;
        Ok(found.map(|found| String::from_utf8_lossy(&found).trim_end_matches(['\n', '\r']).to_owned()))
    };
    if let Some((tree, inside)) = ereje::load::work_tree(folder)
        && prefix(&tree)?.is_some_and(|prefix| prefix.is_empty())
    {
        let parts = inside.components().map(|part| format!("{}/", part.as_os_str().to_string_lossy()));
        return Ok((tree, parts.collect()));
    }
    let found = prefix(folder)?.ok_or_else(|| {
        usage(
            format!("`{}` is in no git repository, so there are no revisions to compare", folder.display()),
            Some("give two folders or two files".into()),
        )
    })?;
    Ok((folder.to_path_buf(), found))
}
