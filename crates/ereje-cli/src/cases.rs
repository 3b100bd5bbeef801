//! Case files with their policies: the common part of the commands for review.

use super::error::CliError;
use super::findings::{Findings, counted};
use super::mask::MaskArgs;
use super::paths::{NamedPaths, RootArgs};
use super::streams::Streams;
use super::{Exit, paths, policy};
use ereje::Policy;
use ereje::diagnostic::Diagnostic;
use ereje::facts::nfc;
use ereje::load::{self, Fence, FileKind};
use ereje::mask::without_values;
use ereje::source::Sources;
use ereje_review::cases::{CaseFile, Trial};
use serde_json::{Value as Json, json};
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
    /// What could not be run, for reports that programs read; people have been told.
    pub(super) errors: Vec<RunError>,
    /// The exit code; findings in case files and policies have been reported.
    pub(super) exit: Exit,
}

/// Why something could not be run.
#[derive(Clone, Debug)]
pub(super) struct RunError {
    /// What it is about: a case file, or a path of the command line.
    pub(super) file: String,
    /// Where the error is: `file:line:column`, or the file alone.
    pub(super) place: String,
    /// The code of the error, if it has one.
    pub(super) code: Option<&'static str>,
    pub(super) message: String,
}

impl RunError {
    /// An error that has no place in a file.
    pub(super) fn of(file: impl Into<String>, error: &dyn std::fmt::Display) -> Self {
        let file = file.into();
        Self { place: file.clone(), file, code: None, message: error.to_string() }
    }

    /// The errors in a case file.
    fn in_file(file: &str, findings: &Findings) -> Vec<Self> {
        let of = |(error, place): (&Diagnostic, String)| Self {
            file: file.to_owned(),
            place,
            code: Some(error.code.name()),
            message: error.message.clone(),
        };
        findings.errors().map(of).collect()
    }

    /// What keeps the cases of a file from being run: errors of their policy.
    fn of_policy(file: &str, policy: &Path, findings: &Findings) -> Self {
        let mut errors = findings.errors();
        let first = errors.next();
        let more = errors.count();
        let why = first.as_ref().map_or_else(String::new, |(error, _)| format!(": {}", error.message));
        let more = if more == 0 { String::new() } else { format!(" (and {})", counted(more, "more error")) };
        let message = format!("the policy `{}` has errors, so none of these cases is run{why}{more}", policy.display());
        let (code, place) = first.map_or((None, file.to_owned()), |(error, place)| (Some(error.code.name()), place));
        Self { file: file.to_owned(), place, code, message }
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Json {
        json!({ "file": self.file, "place": self.place, "code": self.code, "message": self.message })
    }
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
pub(super) fn load(
    paths: &[PathBuf],
    root: &RootArgs,
    mask: &MaskArgs,
    streams: &mut Streams,
) -> Result<LoadedSuites, CliError> {
    let mut exit = Exit::Done;
    let mut errors: Vec<RunError> = Vec::new();
    let mut sources = Sources::new();
    let mut gathered: Vec<UnloadedSuite> = Vec::new();
    let mut seen = NamedPaths::default();
    for path in paths {
        let found = root.of(path).and_then(|fence| Ok((paths::case_files(path, &fence)?, fence)));
        let (files, fence) = match found {
            Ok(found) => found,
            Err(error) => {
                streams.failure(&error);
                errors.push(RunError::of(path.display().to_string(), &error));
                exit = Exit::CouldNotRun;
                continue;
            }
        };
        for other in paths::misnamed_case_files(path) {
            let message = format!("`{}` is passed over: the names of case files end in `.test.yaml`", other.display());
            streams.error(&message);
            errors.push(RunError::of(other.display().to_string(), &message));
            exit = Exit::CouldNotRun;
        }
        if files.is_empty() {
            let message = format!("there are no case files (`*.test.yaml`) in `{}`", path.display());
            streams.error(&message);
            errors.push(RunError::of(path.display().to_string(), &message));
            streams.help(&format!("`ereje suggest {}` proposes cases to start from", path.display()));
            exit = Exit::CouldNotRun;
        }
        for file in files {
            // A file that two paths lead to is one.
            if !seen.is_new(&file) {
                continue;
            }
            let found = read(&file, &fence, mask, (&mut sources, &mut gathered), streams);
            if !found.is_empty() {
                errors.extend(found);
                exit = Exit::CouldNotRun;
            }
        }
    }
    let sources = Arc::new(sources);
    let mut loaded = Vec::new();
    for UnloadedSuite { path, files, fence, .. } in gathered {
        let policy = match policy::load_or_findings(&path, &fence, streams) {
            Ok(Ok(policy)) => policy,
            Ok(Err(findings)) => {
                errors.extend(files.iter().map(|file| RunError::of_policy(&file.name, &path, &findings)));
                exit = exit.and(Exit::Found);
                continue;
            }
            Err(error) => {
                streams.failure(&error);
                errors.extend(files.iter().map(|file| RunError::of(file.name.as_str(), &error)));
                let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
                streams.help(&format!("`policy:` in {} leads there", names.join(", ")));
                exit = Exit::CouldNotRun;
                continue;
            }
        };
        loaded.push((path, fence, policy, files));
    }
    let models: Vec<_> = loaded.iter().map(|(_, _, policy, _)| policy.model()).collect();
    let masks = mask.resolve_all(&models)?;
    let mut suites = Vec::new();
    for ((path, fence, policy, files), mask) in loaded.into_iter().zip(masks) {
        let policy = policy.masked(mask);
        let files: Vec<CaseFile> = files.into_iter().map(|file| file.masked(&policy)).collect();
        let mut trials = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let (bound, found) = file.bind(&policy);
            let mut findings = Findings::default();
            findings.add(&sources, &found, str::to_owned);
            if findings.count().0 > 0 {
                errors.extend(RunError::in_file(&file.name, &findings));
                exit = Exit::CouldNotRun;
            }
            say(&findings, policy.mask().is_some(), streams);
            trials.extend(bound.into_iter().map(|trial| (index, trial)));
        }
        suites.push(Suite { path, fence, policy, sources: Arc::clone(&sources), files, trials });
    }
    Ok(LoadedSuites { suites, errors, exit })
}

/// True if one of these texts contains the filter, in any case and any form of Unicode, or if there is no filter.
pub(super) fn matches(filter: Option<&str>, texts: &[&str]) -> bool {
    let folded = |text: &str| nfc(&text.to_lowercase()).into_owned();
    filter.map(folded).is_none_or(|filter| texts.iter().any(|text| folded(text).contains(&filter)))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Reports findings; if something is masked, without the lines that they are about.
fn say(findings: &Findings, masked: bool, streams: &mut Streams) {
    if masked { findings.say_in_lines(streams) } else { findings.say(streams) }
}

/// Reads one case file and adds it to its policy; its errors.
fn read(
    path: &Path,
    fence: &Fence,
    mask: &MaskArgs,
    (sources, gathered): (&mut Sources, &mut Vec<UnloadedSuite>),
    streams: &mut Streams,
) -> Vec<RunError> {
    let folder = folder_of(path);
    let name = lexical(path).display().to_string();
    let (file, found) = match load::read_file(sources, path, &name, fence, FileKind::Yaml) {
        Ok(id) => CaseFile::read(sources, id, &mut |name| load::read_table(folder, name, fence)),
        Err(finding) => (None, vec![*finding]),
    };
    let policy = file.as_ref().map(|file| lexical(&folder.join(&file.policy)));
    let mut findings = Findings::default();
    // What stands in the file may be values that nobody is to read.
    let hiding = if found.is_empty() { None } else { mask.hides(policy.as_deref().unwrap_or(folder), fence) };
    let found = match hiding {
        Some(by_policy) => found.iter().map(|finding| without_values(finding, by_policy)).collect(),
        None => found,
    };
    findings.add(sources, &found, str::to_owned);
    say(&findings, hiding.is_some(), streams);
    let errors = RunError::in_file(&name, &findings);
    let (Some(file), Some(policy)) = (file, policy) else { return errors };
    let identity = fs::canonicalize(&policy).unwrap_or_else(|_| policy.clone());
    match gathered.iter_mut().find(|known| known.identity == identity) {
        Some(known) => known.files.push(file),
        None => gathered.push(UnloadedSuite { path: policy, identity, fence: fence.clone(), files: vec![file] }),
    }
    errors
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
