//! Where the repository of a submodule is.
//!
//! Comes in: the repository around it, the folder it stands in, and the commit that is wanted. Goes out: a folder to run git in that
//! has the commit, or why there is none. Nothing is fetched.

use super::checkout::common_folder;
use super::git::git;
use crate::error::CliError;
use ereje::load::StoreRefusal;
use std::path::{Path, PathBuf};

/// The folder of the repository of a submodule that has a commit; the inner error is for whoever needs what stands in it.
pub(super) fn find(
    folder: &Path,
    around: &str,
    path: &str,
    commit: &str,
) -> Result<Result<PathBuf, StoreRefusal>, CliError> {
    // The one that is checked out, and the one that git keeps when it is not.
    let mut places = vec![folder.join(path)];
    if let Some(name) = name(folder, around, path)? {
        places.push(common_folder(folder)?.join("modules").join(name));
    }
    let mut known = false;
    for place in places {
        if !is_repository(&place) || git(&place, &["rev-parse", "--git-dir"])?.is_none() {
            continue;
        }
        known = true;
        if git(&place, &["cat-file", "-e", &format!("{commit}^{{commit}}")])?.is_some() {
            return Ok(Ok(place));
        }
    }
    let short = commit.get(..10).unwrap_or(commit);
    let (why, help) = if known {
        (
            format!("a submodule whose commit {short} is not in its repository here"),
            format!("`git -C {path} fetch origin {commit}` brings it"),
        )
    } else {
        (
            String::from("a submodule that is not in this clone"),
            format!(
                "`git submodule update --init {path}` brings it; or name the policy's own folder, if it is no part of it"
            ),
        )
    };
    Ok(Err(StoreRefusal { why, help }))
}

/// True if a folder is a repository, and not only a folder in the one around it.
fn is_repository(place: &Path) -> bool {
    place.join(".git").exists() || (place.join("HEAD").is_file() && place.join("objects").is_dir())
}

/// The name of a submodule, as the revision gives it; `None` if it has none that can be a folder of git's.
fn name(folder: &Path, around: &str, path: &str) -> Result<Option<String>, CliError> {
    let blob = format!("--blob={around}:.gitmodules");
    let listed = git(folder, &["config", "-z", &blob, "--get-regexp", r"^submodule\..*\.path$"])?.unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let named = |entry: &str| {
        let (key, value) = entry.split_once('\n')?;
        (value == path).then(|| key.strip_prefix("submodule.")?.strip_suffix(".path").map(str::to_owned))?
    };
    let name = listed.split('\0').find_map(named);
    // A name such as `../../x` would lead out of git's folder.
    Ok(name.filter(|name| {
        !name.is_empty() && !name.starts_with('/') && name.split('/').all(|part| part != ".." && !part.is_empty())
    }))
}

/// True if a path stands in a submodule of the repository in a folder.
pub(super) fn hold(folder: &Path, path: &str) -> Result<bool, CliError> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    let parts: Vec<String> = ends.filter_map(|end| path.get(..end)).map(|part| format!(":(literal){part}")).collect();
    let asked = ["ls-files", "-s", "-z", "--"].into_iter().chain(parts.iter().map(String::as_str));
    let listed = git(folder, &asked.collect::<Vec<_>>())?.unwrap_or_default();
    Ok(listed.split(|byte| *byte == 0).any(|entry| entry.starts_with(b"160000 ")))
}
