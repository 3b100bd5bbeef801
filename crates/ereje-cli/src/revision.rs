//! Reads policies from a git revision, without a checkout: the `git` command lists the tree and prints the texts.

use super::error::CliError;
use ereje::source::join;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most bytes of one text.
const MAX_BYTES: usize = ereje::load::MAX_FILE_BYTES;

/// The texts of a revision that can belong to a policy.
#[derive(Debug)]
pub(super) struct Revision {
    /// The name that the user gave: `HEAD~1`.
    pub(super) name: String,
    /// The policy's folder or file, from the root of the repository.
    pub(super) path: String,
    /// Names from the root, with `/`: policy files, case files, and the CSV files that any of these name.
    pub(super) texts: BTreeMap<String, Vec<u8>>,
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
        let folder = PathBuf::from(".");
        let from = if path.starts_with("./") || path.starts_with("../") || path == "." || path == ".." {
            prefix(&folder)?
        } else {
            String::new()
        };
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
        let mut inside = prefix(folder)?;
        match file.and_then(|file| file.to_str()) {
            Some(file) => inside.push_str(file),
            None => {
                inside.pop();
            }
        }
        Ok(Self { folder: folder.to_path_buf(), revision: revision.to_owned(), path: inside })
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
        let blobs = blobs(&tree);
        if !path.is_empty() && !blobs.keys().any(|name| name == path || within(path, name)) {
            let message = format!("there is no `{path}` in the revision `{revision}`");
            let help =
                format!("`git ls-tree -r --name-only {revision}` lists what is; write REV:PATH where it lay elsewhere");
            return Err(usage(message, Some(help)));
        }
        // If a policy is a single file, its cases are those of its folder.
        let folder_of_cases = match blobs.contains_key(path) {
            true => path.rsplit_once('/').map_or("", |(folder, _)| folder),
            false => path,
        };
        let of_policy = |name: &str| {
            name.ends_with(".ereje")
                || (name.ends_with(".test.yaml") && (folder_of_cases.is_empty() || within(folder_of_cases, name)))
        };
        let first: Vec<(&String, &String)> = blobs.iter().filter(|(name, _)| of_policy(name)).collect();
        let mut texts = contents(folder, &first)?;
        // Only tables that some text names are read: a repository may have any number of others.
        let named = |name: &str| {
            let base = name.rsplit('/').next().unwrap_or(name).as_bytes();
            texts.values().any(|text| text.windows(base.len()).any(|part| part == base))
        };
        let tables: Vec<(&String, &String)> =
            blobs.iter().filter(|(name, _)| name.ends_with(".csv") && named(name)).collect();
        let tables = contents(folder, &tables)?;
        texts.extend(tables);
        let mut revision = Self { name: revision.clone(), path: path.clone(), texts };
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

/// The path from the root of the repository to a folder in it: empty, or ending with `/`.
fn prefix(folder: &Path) -> Result<String, CliError> {
    let found = git(folder, &["rev-parse", "--show-prefix"])?.ok_or_else(|| {
        usage(
            format!("`{}` is in no git repository, so there are no revisions to compare", folder.display()),
            Some("give two folders or two files".into()),
        )
    })?;
    Ok(String::from_utf8_lossy(&found).trim_end_matches(['\n', '\r']).to_owned())
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // Git must not prompt, and must not write.
    command.arg("-C").arg(folder).env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command
}

fn not_there(error: &std::io::Error) -> CliError {
    let help = "install git, or give two folders or two files";
    usage(format!("`git` cannot be run: {}", ereje::load::reason(error)), Some(help.into()))
}

/// The output of git; `None` if it fails.
fn git(folder: &Path, args: &[&str]) -> Result<Option<Vec<u8>>, CliError> {
    let output = command(folder).args(args).stdin(Stdio::null()).output().map_err(|error| not_there(&error))?;
    Ok(output.status.success().then_some(output.stdout))
}

/// The files of a listing by name, each with the id of its text. Links, submodules and hidden names are left out.
fn blobs(listing: &[u8]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in listing.split(|byte| *byte == 0) {
        let Ok(entry) = std::str::from_utf8(entry) else { continue };
        let Some((about, name)) = entry.split_once('\t') else { continue };
        let mut about = about.split(' ');
        let (mode, _, id) = (about.next().unwrap_or(""), about.next(), about.next().unwrap_or(""));
        if mode.starts_with("100") && !name.split('/').any(|part| part.starts_with('.')) {
            found.insert(name.to_owned(), id.to_owned());
        }
    }
    found
}

/// The texts of some files.
fn contents(folder: &Path, blobs: &[(&String, &String)]) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    if blobs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut child = command(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| not_there(&error))?;
    let asked: String = blobs.iter().map(|(_, id)| format!("{id}\n")).collect();
    let input = child.stdin.take();
    // Reading and writing at the same time, since otherwise the two programs would wait for each other.
    let feeder = std::thread::spawn(move || input.map(|mut input| input.write_all(asked.as_bytes())));
    let mut texts = BTreeMap::new();
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        for (name, _) in blobs {
            texts.insert((*name).clone(), content(&mut output, name)?);
        }
    }
    let _ = feeder.join();
    let _ = child.wait();
    Ok(texts)
}

/// One text as `git cat-file --batch` prints it: a line with its size, its bytes, a line end.
fn content(output: &mut impl BufRead, name: &str) -> Result<Vec<u8>, CliError> {
    let unread = || usage(format!("git cannot read `{name}`"), Some("see what `git fsck` says".into()));
    let mut head = String::new();
    output.read_line(&mut head).map_err(|_| unread())?;
    let size: u64 = head.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(unread)?;
    let mut bytes = Vec::new();
    // The rest of a text that is too large is skipped; the code that uses the text reports it.
    let kept = size.min(MAX_BYTES as u64 + 1);
    output.take(kept).read_to_end(&mut bytes).map_err(|_| unread())?;
    std::io::copy(&mut output.take(size - kept + 1), &mut std::io::sink()).map_err(|_| unread())?;
    Ok(bytes)
}
