//! Resolves the paths on a command line to policies and their files.

use super::error::CliError;
use clap::builder::{PathBufValueParser, TypedValueParser};
use ereje::load::{Fence, FileKind, LoadError, PolicyRoot, ReadLog, work_tree};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The depth to which folders are searched.
const MAX_DEPTH: usize = 32;

/// Takes a path of the command line, as [`here`] writes it.
pub(super) fn parser() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path| here(&path))
}

/// An absolute path into the folder one stands in, or into its work tree, as one would write it from here: what is read under it goes
/// into reports, which are passed on.
pub(super) fn here(path: &Path) -> PathBuf {
    let Some(folder) = std::env::current_dir().ok().filter(|_| path.is_absolute()) else { return path.to_path_buf() };
    let real = || Some(fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?));
    let from = |path: &Path| -> Option<PathBuf> {
        let tree = work_tree(&folder).map(|(tree, _)| tree);
        let around = folder
            .ancestors()
            .take_while(|around| tree.as_ref().map_or(*around == folder, |tree| around.starts_with(tree)));
        let found = around.enumerate().find_map(|(up, around)| Some((up, path.strip_prefix(around).ok()?)));
        let (up, inside) = found.filter(|_| folder.parent().is_some())?;
        let written: PathBuf = std::iter::repeat_n("..", up).map(Path::new).chain([inside]).collect();
        Some(if written.as_os_str().is_empty() { PathBuf::from(".") } else { written })
    };
    from(path).or_else(|| from(&real()?)).unwrap_or_else(|| path.to_path_buf())
}

/// A path as reports show it. They are passed on, so an absolute one shows no more than its place in its work tree, or its last two
/// parts.
pub(super) fn told(path: &Path) -> String {
    if !path.is_absolute() {
        return path.display().to_string();
    }
    let in_tree = work_tree(path).map(|(_, inside)| inside).filter(|inside| !inside.as_os_str().is_empty());
    let last: PathBuf = {
        let parts: Vec<Component<'_>> = path.components().filter(|part| *part != Component::RootDir).collect();
        parts.iter().skip(parts.len().saturating_sub(2)).collect()
    };
    in_tree.unwrap_or(last).display().to_string()
}

/// The files and folders that were named so far, by whatever paths: links and `x/../` lead to the same.
#[derive(Debug, Default)]
pub(super) struct NamedPaths(BTreeSet<PathBuf>);

impl NamedPaths {
    /// True if nothing has led there before.
    pub(super) fn is_new(&mut self, path: &Path) -> bool {
        self.0.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()))
    }
}

/// What the policies on a command line may read.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct RootArgs {
    /// The folder below which policies and cases are read [default: the git work tree that the path stands in, else the folder
    /// around the one that is named]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// A file or folder elsewhere that may be read as well; may be repeated
    #[arg(long, value_name = "PATH")]
    allow: Vec<PathBuf>,
    /// Where everything is noted that is read below it.
    #[arg(skip)]
    log: ReadLog,
}

impl RootArgs {
    /// What may be read by what stands under a path on the command line.
    pub(super) fn of(&self, named: &Path) -> Result<Fence, CliError> {
        let root = self.allow.iter().fold(PolicyRoot::default(), PolicyRoot::allow);
        let root = self.root.iter().fold(root, PolicyRoot::at);
        Ok(root.of(named).map_err(LoadError::from)?.noting(self.log.clone()))
    }

    /// What was read since this was asked before.
    pub(super) fn read(&self) -> BTreeSet<PathBuf> {
        self.log.take()
    }

    /// The same options as words of a command line.
    pub(super) fn command_line(&self) -> impl Iterator<Item = OsString> {
        let option = |name: &str, path: &PathBuf| {
            let mut word = OsString::from(name);
            word.push(path);
            word
        };
        let root = self.root.iter().map(move |path| option("--root=", path));
        root.chain(self.allow.iter().map(move |path| option("--allow=", path)))
    }
}

/// An error if a path leads out of what may be read.
pub(super) fn admit(path: &Path, fence: &Fence, kind: FileKind) -> Result<(), CliError> {
    fence.admit(path, kind).map_err(|refusal| LoadError::Refused { path: path.to_path_buf(), refusal }.into())
}

/// The policies under a path: the path itself, or, for a folder without policy files of its own, the nearest folders in
/// it that have some. `policies` resolves to `policies/kz` and `policies/vn`.
pub(super) fn policies(path: &Path, fence: &Fence) -> Result<Vec<PathBuf>, CliError> {
    admit(path, fence, FileKind::Any)?;
    let mut found = Vec::new();
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    find_policies(path, fence, 0, &mut found).map_err(|error| CliError::read(path, error))?;
    if found.is_empty() { Err(LoadError::Empty(path.to_path_buf()).into()) } else { Ok(found) }
}

fn find_policies(folder: &Path, fence: &Fence, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let entries = visible(folder, Some(fence))?;
    if entries.iter().any(|entry| is_policy_name(entry)) {
        found.push(folder.to_path_buf());
    } else if depth < MAX_DEPTH {
        for entry in entries {
            // Links are not followed: they may form a cycle.
            if is_real_folder(&entry) {
                find_policies(&entry, fence, depth + 1, found)?;
            }
        }
    }
    Ok(())
}

/// The policy files under a path: the file itself, or all in a folder and its subfolders.
pub(super) fn policy_files(path: &Path, fence: &Fence) -> Result<Vec<PathBuf>, CliError> {
    admit(path, fence, FileKind::Any)?;
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    find_files(path, Some(fence), 0, is_policy_name, &mut found).map_err(|error| CliError::read(path, error))?;
    if found.is_empty() { Err(LoadError::Empty(path.to_path_buf()).into()) } else { Ok(found) }
}

/// The case files under a path: the file itself, or all in a folder and its subfolders, possibly none.
pub(super) fn case_files(path: &Path, fence: &Fence) -> Result<Vec<PathBuf>, CliError> {
    admit(path, fence, FileKind::Any)?;
    find_case_files(path, Some(fence))
}

/// The same under a path that was passed before.
pub(super) fn case_files_under(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    find_case_files(path, None)
}

fn find_case_files(path: &Path, fence: Option<&Fence>) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return match is_case_name(path) {
            true => Ok(vec![path.to_path_buf()]),
            false if path.exists() => {
                let message = format!("`{}` is no case file", path.display());
                let help = "the names of case files end in `.test.yaml`; a folder stands for all in it";
                Err(CliError::Usage(message, Some(help.into())))
            }
            false => Err(LoadError::Missing(path.to_path_buf()).into()),
        };
    }
    let mut found = Vec::new();
    find_files(path, fence, 0, is_case_name, &mut found).map_err(|error| CliError::read(path, error))?;
    Ok(found)
}

/// The files in a folder that look like case files and are called otherwise.
pub(super) fn misnamed_case_files(path: &Path) -> Vec<PathBuf> {
    let is_like = |path: &Path| path.to_string_lossy().to_lowercase().ends_with(".test.yml");
    let mut found = Vec::new();
    if path.is_dir() {
        // What cannot be read was told where the case files were looked for.
        let _ = find_files(path, None, 0, is_like, &mut found);
    }
    found
}

/// The folders of snapshots under a path, with what was accepted in them; those whose case files are no more included.
pub(super) fn snapshot_folders(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut found = Vec::new();
    if path.is_dir() {
        let is_kept = |file: &Path| snapshot_folder(file).is_some();
        find_files(path, None, 0, is_kept, &mut found).map_err(|error| CliError::read(path, error))?;
    }
    let folders: BTreeSet<&Path> = found.iter().filter_map(|file| snapshot_folder(file)).collect();
    Ok(folders.into_iter().map(|folder| folder.strip_prefix(".").unwrap_or(folder).to_path_buf()).collect())
}

/// The folder of snapshots that a file belongs to: `x/snapshots` for `x/snapshots/a.snap` and `x/snapshots/accepted/b.csv`.
fn snapshot_folder(file: &Path) -> Option<&Path> {
    let is_called = |folder: &&Path, name: &str| folder.file_name().is_some_and(|own| own == name);
    let around = file.parent()?;
    let folder = match file.extension()?.to_str()? {
        "snap" => around,
        "csv" => Some(around).filter(|around| is_called(around, "accepted"))?.parent()?,
        _ => return None,
    };
    Some(folder).filter(|folder| is_called(folder, "snapshots"))
}

fn find_files(
    folder: &Path,
    fence: Option<&Fence>,
    depth: usize,
    wanted: fn(&Path) -> bool,
    found: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    for entry in visible(folder, fence)? {
        if is_real_folder(&entry) {
            if depth < MAX_DEPTH {
                find_files(&entry, fence, depth + 1, wanted, found)?;
            }
        } else if wanted(&entry) {
            found.push(entry);
        }
    }
    Ok(())
}

/// The entries of a folder, sorted, without hidden names. That it is listed is noted behind a fence.
fn visible(folder: &Path, fence: Option<&Fence>) -> std::io::Result<Vec<PathBuf>> {
    if let Some(fence) = fence {
        fence.note(folder);
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

fn is_policy_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ereje")
}

fn is_case_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".test.yaml"))
}

fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// The name to show for a file of a policy that was loaded from `policy`: `policies/kz/pilot.ereje`.
pub(super) fn shown(policy: &Path, name: &str) -> String {
    let folder = if policy.is_dir() { Some(policy) } else { policy.parent() };
    match folder.filter(|folder| !folder.as_os_str().is_empty() && *folder != Path::new(".")) {
        Some(folder) => {
            let mut path = folder.to_path_buf();
            for part in name.split('/') {
                // `kz/../common` becomes `common`, unless `..` leads above the path.
                if part != ".." || path.file_name().is_none() || !path.pop() {
                    path.push(part);
                }
            }
            told(&path)
        }
        None => name.to_owned(),
    }
}
