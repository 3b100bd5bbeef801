//! The cases under some paths, each decided and beside its snapshot.

use super::reviewed::{OrphanedSnapshot, ReviewedCase, SnapshotState, StoredSnapshot};
use super::store;
use crate::cases::{self, RunError, Suite};
use crate::error::CliError;
use crate::paths::RootArgs;
use crate::streams::Streams;
use crate::{Exit, paths};
use ereje::engine::DecideOptions;
use ereje::load::Fence;
use ereje::mask::MARK;
use ereje_review::cases::GivenReason;
use ereje_review::review;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What was found so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) cases: Vec<ReviewedCase>,
    /// The folders of their snapshots, with what may be read from there.
    pub(super) folders: BTreeMap<PathBuf, Fence>,
    /// The snapshots that cases need.
    pub(super) named: BTreeSet<PathBuf>,
    /// What could not be reviewed.
    pub(super) errors: Vec<RunError>,
}

/// Adds the folders of snapshots under some paths that no case file stands beside any more.
pub(super) fn deserted(paths: &[PathBuf], root: &RootArgs, gathered: &mut Gathered) -> Result<(), CliError> {
    for path in paths {
        let fence = root.of(path)?;
        for folder in paths::snapshot_folders(path)? {
            gathered.folders.entry(folder).or_insert_with(|| fence.clone());
        }
    }
    Ok(())
}

/// Finds the cases that were called or filed otherwise before: a new one with just the content of one that is gone. Of one
/// that is gone it also notes how many came in its place, where its value became several.
pub(super) fn follow(cases: &mut [ReviewedCase], gone: &mut Vec<OrphanedSnapshot>) {
    gone.retain_mut(|orphan| {
        let Some(old) = orphan.old.clone() else { return true };
        let is_new = |case: &&mut ReviewedCase| case.state() == SnapshotState::New;
        if let Some(same) = cases.iter_mut().filter(is_new).find(|case| old.keeps(&case.contents)) {
            same.old = StoredSnapshot::Moved(old, std::mem::take(&mut orphan.path));
            return false;
        }
        let parts = cases.iter().filter(|case| {
            let name = case.name.rsplit_once(" [").map(|(name, _)| name);
            let described = name.map(|name| review::described(name, case.law.as_deref()));
            let in_place = matches!(case.state(), SnapshotState::New | SnapshotState::Renamed);
            in_place && case.snapshot().source == old.source && described == old.description
        });
        orphan.split_into = parts.count();
        true
    });
}

/// Decides the cases of a suite, in parallel, and reads their snapshots.
pub(super) fn gather(
    suite: &Suite,
    language: &str,
    filter: Option<&str>,
    gathered: &mut Gathered,
    streams: &mut Streams,
) -> Exit {
    let Gathered { cases, folders, named, errors } = gathered;
    let mut exit = Exit::Done;
    for (index, file) in suite.files.iter().enumerate() {
        let folder = store::folder(&file.name);
        if let Err(error) = store::usable(&folder) {
            streams.failure(&error);
            errors.push(RunError::of(file.name.as_str(), &error));
            exit = Exit::CouldNotRun;
            continue;
        }
        let masked = masked(suite);
        let given: Vec<GivenReason<'_>> = file.given().collect();
        let kept = store::kept(&folder, &file.name, &suite.fence);
        let names: Vec<(&str, Option<&str>)> = given.iter().map(|given| (given.name, given.law)).collect();
        let snapshots = review::assigned(&review::stem(&file.name), &names, &store::names(&kept));
        let known: BTreeMap<&str, (&GivenReason<'_>, PathBuf)> = given
            .iter()
            .zip(&snapshots)
            .map(|(given, snapshot)| (given.name, (given, folder.join(format!("{snapshot}.snap")))))
            .collect();
        // A case file that is given twice is reviewed once.
        let paths: Vec<PathBuf> = known.values().map(|(_, path)| path.clone()).collect();
        if paths.iter().any(|path| named.contains(path)) {
            continue;
        }
        named.extend(paths);
        folders.insert(folder.clone(), suite.fence.clone());
        let trials: Vec<_> = suite
            .trials
            .iter()
            .filter(|(of, trial)| {
                *of == index && cases::matches(filter, &[&file.name, &trial.name, trial.law.as_deref().unwrap_or("")])
            })
            .collect();
        let reviewed: Vec<Result<ReviewedCase, RunError>> = trials
            .into_par_iter()
            .map(|(_, trial)| {
                let unknown = |error: &dyn std::fmt::Display| RunError {
                    place: suite.sources.locate(trial.span),
                    ..RunError::of(file.name.as_str(), error)
                };
                let Some((given, path)) = known.get(trial.name.as_str()).map(|(given, path)| ((*given).clone(), path))
                else {
                    return Err(unknown(&format!("`{}` is no case of the file", trial.name)));
                };
                let options = DecideOptions { explain: true, ..trial.options.clone() };
                let decision = suite.policy.decide_with(&trial.facts, &options).map_err(|error| unknown(&error))?;
                Ok(ReviewedCase {
                    file: file.name.clone(),
                    name: trial.name.clone(),
                    law: trial.law.clone(),
                    old: told(
                        kept.get(path).cloned().unwrap_or_else(|| store::admitted(path, &suite.fence)),
                        masked.as_ref(),
                    ),
                    path: path.clone(),
                    contents: review::contents(
                        &suite.policy,
                        &given.masked(&suite.policy, &trial.facts),
                        &decision,
                        language,
                    ),
                    wrong: trial.is_wrong(&suite.policy),
                    accepted_by: Vec::new(),
                    outdated: Vec::new(),
                })
            })
            .collect();
        for reviewed in reviewed {
            match reviewed {
                Ok(case) => cases.push(case),
                Err(error) => {
                    streams.error(&format!("{}: {}", error.place, error.message));
                    errors.push(error);
                    exit = exit.and(Exit::CouldNotRun);
                }
            }
        }
    }
    exit
}

/// What is masked in a suite; `None` if nothing is.
pub(super) fn masked(suite: &Suite) -> Option<BTreeSet<String>> {
    suite.policy.mask().map(|mask| mask.data(suite.policy.model()))
}

/// A snapshot as it may be told under a mask.
fn told(stored: StoredSnapshot, masked: Option<&BTreeSet<String>>) -> StoredSnapshot {
    match (stored, masked) {
        (StoredSnapshot::Kept(kept), Some(masked)) => StoredSnapshot::Kept(review::told(kept, masked)),
        (stored, _) => stored,
    }
}

/// Takes the names of snapshots without a case that were kept without a mask of all that is masked: they may have values in them.
pub(super) fn hide_names(suites: &[Suite], gone: &mut [OrphanedSnapshot]) {
    let masked: BTreeSet<String> = suites.iter().filter_map(self::masked).flatten().collect();
    for orphan in gone.iter_mut().filter(|_| !masked.is_empty()) {
        if !orphan.old.as_ref().is_some_and(|old| review::holds_no_value(old, &masked)) {
            MARK.clone_into(&mut orphan.what);
        }
    }
}

/// The language to keep snapshots in; `None` if the policy has no texts in it, which has then been reported.
pub(super) fn language<'s>(suite: &'s Suite, asked: Option<&'s str>, streams: &mut Streams) -> Option<&'s str> {
    let known = &suite.policy.model().languages;
    match asked {
        None => Some(review::language(&suite.policy)),
        Some(asked) if known.is_empty() || known.iter().any(|l| l == asked) => Some(asked),
        Some(asked) => {
            streams.error(&format!("the policy `{}` has no texts in `{asked}`", suite.path.display()));
            streams.help(&format!("it has {}", known.join(", ")));
            None
        }
    }
}
