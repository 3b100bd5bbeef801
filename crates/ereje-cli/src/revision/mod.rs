//! Reads policies from a git revision, without a checkout: the `git` command lists the tree and prints the texts.

mod git;
mod identity;
mod links;

pub(super) use identity::{author, mapped};

use super::error::CliError;
use ereje::source::join;
use git::git;
use links::{LinkTarget, LinkedNames, SecondName, SecondNames};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The most links that are followed.
const MAX_LINKS: usize = 10_000;

/// The most bytes of a path in a link.
const MAX_LINK: usize = 4096;

/// The texts of a revision that can belong to a policy.
#[derive(Debug)]
pub(super) struct Revision {
    /// The name that the user gave: `HEAD~1`.
    pub(super) name: String,
    /// The policy's folder or file, from the root of the repository.
    pub(super) path: String,
    /// Names from the root, with `/`: policy files, case files, and the CSV files that any of these name.
    pub(super) texts: BTreeMap<String, Vec<u8>>,
    /// The names among these that links give.
    second: SecondNames,
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

    /// A path on the disk, in a revision of its repository.
    pub(super) fn like(revision: &str, path: &Path) -> Result<Self, CliError> {
        let parent = || path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (folder, file) = if path.is_dir() { (path, None) } else { (parent(), path.file_name()) };
        let (folder, mut inside) = repository(folder)?;
        match file.and_then(|file| file.to_str()) {
            Some(file) => inside.push_str(file),
            None => {
                inside.pop();
            }
        }
        Ok(Self { folder, revision: revision.to_owned(), path: inside })
    }
}

impl Revision {
    /// Reads the texts of a revision.
    pub(super) fn read(spec: &RevisionSpec) -> Result<Self, CliError> {
        let RevisionSpec { folder, revision, path } = spec;
        let commit = format!("{revision}^{{commit}}");
        let commit =
            git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.ok_or_else(|| {
                let message = format!("there is no file, no folder and no git revision `{revision}`");
                usage(message, Some("`git log --oneline` lists revisions; a shallow clone has only the last".into()))
            })?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let tree = git(folder, &["ls-tree", "-r", "-z", "--full-tree", &commit])?
            .ok_or_else(|| usage(format!("git cannot list the revision `{revision}`"), None))?;
        let (files, links) = blobs(&tree);
        let links = written(folder, &links)?;
        let names = LinkedNames { files: &files, links: &links };
        let mut second = names.second_names();
        // A folder counts by its real name, since `..` leads out of that one; a file keeps its own.
        let parent = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = &match (names.real(path), names.real(parent), path.rsplit('/').next()) {
            (LinkTarget::Inside(real), _, _) if !files.contains_key(&real) => real,
            (LinkTarget::Inside(_), LinkTarget::Inside(parent), Some(name)) if !parent.is_empty() => {
                format!("{parent}/{name}")
            }
            _ => path.clone(),
        };
        let all = || files.keys().chain(second.files.keys());
        if !path.is_empty() && !all().any(|name| name == path || within(path, name)) {
            let message = format!("there is no `{path}` in the revision `{revision}`");
            let help =
                format!("`git ls-tree -r --name-only {revision}` lists what is; write REV:PATH where it lay elsewhere");
            return Err(usage(message, Some(help)));
        }
        // On the disk such a link is an error, too.
        let lost = |name: &&String| {
            let of_policy = *name == path || ((path.is_empty() || within(path, name)) && name.ends_with(".ereje"));
            of_policy && names.real(name) == LinkTarget::Nowhere
        };
        if let Some(link) = links.keys().find(lost) {
            let message = format!("`{revision}:{link}` is a link that leads out of the repository, or nowhere");
            let help = "a revision has only what stands in it; give a folder that holds the file";
            return Err(usage(message, Some(help.into())));
        }
        let is_file = all().any(|name| name == path);
        // If a policy is a single file, its cases are those of its folder.
        let folder_of_cases = match is_file {
            true => path.rsplit_once('/').map_or("", |(folder, _)| folder),
            false => path,
        };
        let of_policy = |name: &str| {
            name.ends_with(".ereje")
                || (name.ends_with(".test.yaml") && (folder_of_cases.is_empty() || within(folder_of_cases, name)))
        };
        let mut texts = texts(folder, &files, &second.files, &of_policy)?;
        // Only tables that some text names are read: a repository may have any number of others.
        let named = |name: &str| {
            let base = name.rsplit('/').next().unwrap_or(name).as_bytes();
            name.ends_with(".csv") && texts.values().any(|text| text.windows(base.len()).any(|part| part == base))
        };
        let tables = self::texts(folder, &files, &second.files, &named)?;
        texts.extend(tables);
        second.files.retain(|name, _| texts.contains_key(name));
        let mut revision = Self { name: revision.clone(), path: path.clone(), texts, second };
        revision.find_policy()?;
        Ok(revision)
    }

    /// A folder of policies is no policy; if it has a single one, that one is meant.
    fn find_policy(&mut self) -> Result<(), CliError> {
        if self.texts.contains_key(&self.path) {
            return Ok(());
        }
        let mut folders: Vec<&str> = self
            .texts
            .keys()
            .filter(|name| name.ends_with(".ereje") && (self.path.is_empty() || within(&self.path, name)))
            .filter(|name| !self.is_through_folder(name))
            .map(|name| name.rsplit_once('/').map_or("", |(folder, _)| folder))
            .collect();
        folders.sort_unstable();
        folders.dedup();
        let all = folders.clone();
        folders
            .retain(|folder| !all.iter().any(|other| other != folder && (other.is_empty() || within(other, folder))));
        match folders.as_slice() {
            [] => Err(usage(format!("there are no `.ereje` files in `{}:{}`", self.name, self.path), None)),
            [only] => {
                self.path = (*only).to_owned();
                Ok(())
            }
            several => {
                let names: Vec<String> = several.iter().map(|folder| format!("`{}:{folder}`", self.name)).collect();
                let message = format!("`{}:{}` holds several policies", self.name, self.path);
                Err(usage(message, Some(format!("name one of {}", names.join(", ")))))
            }
        }
    }

    /// True if a folder on the way to a name is a link: a search does not follow it, as on the disk.
    pub(super) fn is_through_folder(&self, name: &str) -> bool {
        self.second.files.get(name).is_some_and(|second| second.through_folder)
    }

    /// The links among the names, each with the real name.
    pub(super) fn links(&self) -> BTreeMap<String, String> {
        let files = self.second.files.iter().map(|(name, second)| (name.clone(), second.real.clone()));
        files.chain(self.second.folders.clone()).collect()
    }

    /// The folder that the policy's names are relative to.
    pub(super) fn folder(&self) -> &str {
        match self.texts.contains_key(&self.path) {
            true => self.path.rsplit_once('/').map_or("", |(folder, _)| folder),
            false => &self.path,
        }
    }

    /// The name to show for a file of the policy: `HEAD~1:policies/kz/pilot.ereje`.
    pub(super) fn shown(&self, name: &str) -> String {
        let from = format!("{}/x", self.folder());
        format!("{}:{}", self.name, join(&from, name).unwrap_or_else(|| name.to_owned()))
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

/// The files of a listing by name, each with the id of its text, and the links. Submodules and hidden names are left out.
fn blobs(listing: &[u8]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (mut files, mut links) = (BTreeMap::new(), BTreeMap::new());
    for entry in listing.split(|byte| *byte == 0) {
        let Ok(entry) = std::str::from_utf8(entry) else { continue };
        let Some((about, name)) = entry.split_once('\t') else { continue };
        let mut about = about.split(' ');
        let (mode, _, id) = (about.next().unwrap_or(""), about.next(), about.next().unwrap_or(""));
        if name.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        if mode.starts_with("100") {
            files.insert(name.to_owned(), id.to_owned());
        } else if mode == "120000" {
            links.insert(name.to_owned(), id.to_owned());
        }
    }
    (files, links)
}

/// What is written in the links of a revision.
fn written(folder: &Path, links: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, CliError> {
    let asked: Vec<(&String, &String)> = links.iter().take(MAX_LINKS).collect();
    let mut written = BTreeMap::new();
    git::contents(folder, &asked, &mut |name, to| {
        if let (true, Ok(to)) = (to.len() <= MAX_LINK, String::from_utf8(to)) {
            written.insert(name.to_owned(), to);
        }
    })?;
    Ok(written)
}

/// The texts of the names that are wanted, of files and of links.
fn texts(
    folder: &Path,
    files: &BTreeMap<String, String>,
    second: &BTreeMap<String, SecondName>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    let own = files.iter().filter(|(name, _)| wanted(name));
    // A link counts by its own name; on the disk, where it leads has to be of the same kind.
    let kind = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let linked = second.iter().filter(|(name, to)| wanted(name) && kind(name) == kind(&to.real));
    let linked = linked.filter_map(|(name, to)| Some((name, files.get(&to.real)?)));
    let asked: Vec<(&String, &String)> = own.chain(linked).collect();
    let mut texts = BTreeMap::new();
    git::contents(folder, &asked, &mut |name, text| {
        texts.insert(name.to_owned(), text);
    })?;
    Ok(texts)
}
