//! Case files with their policies: the common part of the commands for review.

use super::error::CliError;
use super::findings::Findings;
use super::paths::RootArgs;
use super::streams::Streams;
use super::{Exit, paths, policy};
use ereje::Policy;
use ereje::diagnostic::Severity;
use ereje::load::{self, Fence, FileKind};
use ereje::source::{FileId, Sources};
use ereje_review::cases::{CaseFile, Trial};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A policy with its case files.
pub(super) struct Suite {
    /// Where the policy was loaded from.
    pub(super) path: PathBuf,
    /// What it may read.
    pub(super) fence: Fence,
    pub(super) policy: Policy,
    /// The texts of all case files that were read, under the names that are shown.
    pub(super) sources: Arc<Sources>,
    pub(super) files: Vec<CaseFile>,
    /// The trials of all files, in order, each with the number of its file.
    pub(super) trials: Vec<(usize, Trial)>,
}

/// The suites that were found under some paths.
pub(super) struct LoadedSuites {
    /// In the order of the paths.
    pub(super) suites: Vec<Suite>,
    /// The exit code; findings in case files and policies have been reported.
    pub(super) exit: Exit,
}

/// A policy whose case files are still being collected.
struct UnloadedSuite {
    path: PathBuf,
    /// The canonical path, by which two paths to one policy are recognized.
    identity: PathBuf,
    fence: Fence,
    files: Vec<CaseFile>,
}

/// Reads the case files under some paths and loads their policies. Errors are reported, and what is valid is loaded.
pub(super) fn load(paths: &[PathBuf], root: &RootArgs, streams: &mut Streams) -> Result<LoadedSuites, CliError> {
    let mut exit = Exit::Done;
    let mut sources = Sources::new();
    let mut gathered: Vec<UnloadedSuite> = Vec::new();
    for path in paths {
        let found = root.of(path).and_then(|fence| Ok((paths::case_files(path, &fence)?, fence)));
        let (files, fence) = match found {
            Ok(found) => found,
            Err(error) => {
                streams.failure(&error);
                exit = Exit::CouldNotRun;
                continue;
            }
        };
        if files.is_empty() {
            streams.error(&format!("there are no case files (`*.test.yaml`) in `{}`", path.display()));
            streams.help(&format!("`ereje suggest {}` proposes cases to start from", path.display()));
            exit = Exit::CouldNotRun;
        }
        for file in files {
            if !read(&file, &fence, &mut sources, &mut gathered, streams) {
                exit = Exit::CouldNotRun;
            }
        }
    }
    let sources = Arc::new(sources);
    let mut suites = Vec::new();
    for UnloadedSuite { path, files, fence, .. } in gathered {
        let policy = match policy::load(&path, &fence, streams) {
            Ok(Some(policy)) => policy,
            Ok(None) => {
                exit = exit.and(Exit::Found);
                continue;
            }
            Err(error) => {
                streams.failure(&error);
                let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
                streams.help(&format!("`policy:` in {} leads there", names.join(", ")));
                exit = Exit::CouldNotRun;
                continue;
            }
        };
        let mut trials = Vec::new();
        let mut findings = Findings::default();
        for (index, file) in files.iter().enumerate() {
            let (bound, found) = file.bind(&policy);
            findings.add(&sources, &found, str::to_owned);
            trials.extend(bound.into_iter().map(|trial| (index, trial)));
        }
        if findings.count().0 > 0 {
            exit = Exit::CouldNotRun;
        }
        findings.say(streams);
        suites.push(Suite { path, fence, policy, sources: Arc::clone(&sources), files, trials });
    }
    Ok(LoadedSuites { suites, exit })
}

/// True if one of these texts contains the filter, in any case, or if there is no filter.
pub(super) fn matches(filter: Option<&str>, texts: &[&str]) -> bool {
    filter.map(str::to_lowercase).is_none_or(|filter| texts.iter().any(|text| text.to_lowercase().contains(&filter)))
}

/// The policies of the case files under some paths, even if they have errors.
pub(super) fn policies_of(paths: &[PathBuf], root: &RootArgs) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        let Ok(fence) = root.of(path) else { continue };
        for file in paths::case_files(path, &fence).into_iter().flatten() {
            let mut sources = Sources::new();
            let folder = folder_of(&file);
            if load::read_file(&mut sources, &file, "", &fence, FileKind::Yaml).is_ok() {
                let mut table = |name: &str| load::read_table(folder, name, &fence);
                let (read, _) = CaseFile::read(&sources, FileId(0), &mut table);
                let policies = read.map(|read| lexical(&folder.join(&read.policy)));
                found.extend(policies.filter(|policy| fence.admit(policy, FileKind::Any).is_ok()));
            }
        }
    }
    found
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Reads one case file and adds it to its policy; true if it has no errors.
fn read(
    path: &Path,
    fence: &Fence,
    sources: &mut Sources,
    gathered: &mut Vec<UnloadedSuite>,
    streams: &mut Streams,
) -> bool {
    let folder = folder_of(path);
    let name = lexical(path).display().to_string();
    let (file, found) = match load::read_file(sources, path, &name, fence, FileKind::Yaml) {
        Ok(id) => CaseFile::read(sources, id, &mut |name| load::read_table(folder, name, fence)),
        Err(finding) => (None, vec![*finding]),
    };
    let mut findings = Findings::default();
    findings.add(sources, &found, str::to_owned);
    findings.say(streams);
    let Some(file) = file else { return false };
    let policy = lexical(&folder.join(&file.policy));
    let identity = fs::canonicalize(&policy).unwrap_or_else(|_| policy.clone());
    match gathered.iter_mut().find(|known| known.identity == identity) {
        Some(known) => known.files.push(file),
        None => gathered.push(UnloadedSuite { path: policy, identity, fence: fence.clone(), files: vec![file] }),
    }
    !found.iter().any(|finding| finding.severity() == Severity::Error)
}

/// Simplifies a path: `policies/kz/.` becomes `policies/kz`.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::ParentDir | Component::Normal(_) => clean.push(part),
        }
    }
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}
