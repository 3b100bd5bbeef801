//! `ereje review`: shows what has changed in the decisions of cases since they were accepted.

mod report;
mod reviewed;
mod store;

use super::cases::{self, LoadedSuites, RunError, Suite};
use super::findings::counted;
use super::paths::RootArgs;
use super::streams::Streams;
use super::{CliResult, Exit};
use ereje::engine::DecideOptions;
use ereje_review::cases::GivenReason;
use ereje_review::review;
use rayon::prelude::*;
use report::Extent;
use reviewed::{OrphanedSnapshot, ReviewFormat, ReviewResult, ReviewedCase, SnapshotState, StoredSnapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Review what has changed in the decisions of cases
///
/// Keeps a snapshot of each case in `snapshots/` beside its case file: what the case asks, what is decided, the messages in
/// every language, and why, rule by rule. Shows what differs from what was accepted last; the same change in many cases is
/// shown once. Nothing is written without `--accept` or `--pending`. docs/review.md says how a review goes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje review policies                               what has changed, is new, or is gone
  ereje review policies --accept                      it was read, and it is right
  ereje review policies --filter pilot --accept       only those with this in their name, file or law
  ereje review policies --format markdown > review.md for a pull request
  ereje review policies --pending                     leaves `.snap.new` files, which `cargo insta review` opens

With CI set in the environment, or INSTA_UPDATE=no, nothing is accepted.

Exit codes: 0 every decision is as it was accepted, or is accepted now; 1 something is changed, new or gone; 2 a file could
not be read or written, or the usage is wrong.")]
pub(super) struct ReviewArgs {
    /// Case files, or folders of them
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Only cases with this in their name, file or law; case does not matter
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Accept all that is shown: keep what is changed or new, remove what is gone
    #[arg(long)]
    accept: bool,
    /// Write what is changed or new beside its snapshot, as `.snap.new`
    #[arg(long, conflicts_with = "accept")]
    pending: bool,
    /// The language that snapshots are kept in [default: the policy's first]
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Show each new case in full
    #[arg(long)]
    full: bool,
    /// How to print what has changed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReviewFormat,
    #[command(flatten)]
    root: RootArgs,
}

pub(super) fn run(args: &ReviewArgs, streams: &mut Streams) -> CliResult {
    if let (true, Some(why)) = (args.accept, store::kept_shut()) {
        streams.error(&format!("{why}, so nothing is accepted"));
        streams.help("review on your own machine, and commit the snapshots with the change of law");
        return Ok(Exit::CouldNotRun);
    }
    let LoadedSuites { suites, mut errors, mut exit } = cases::load(&args.paths, &args.root, streams)?;
    let filter = args.filter.as_deref();
    let mut cases: Vec<ReviewedCase> = Vec::new();
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    let mut named: BTreeSet<PathBuf> = BTreeSet::new();
    for suite in &suites {
        let Some(language) = language(suite, args.lang.as_deref(), streams) else {
            return Ok(Exit::CouldNotRun);
        };
        exit = exit.and(gather(suite, language, filter, (&mut cases, &mut folders, &mut named, &mut errors), streams));
    }
    // If a case file could not be read, its cases are not known.
    let mut gone = Vec::new();
    if exit == Exit::Done {
        for folder in &folders {
            match store::gone(folder, &named, args.paths.iter().any(|path| path.is_dir())) {
                Ok(found) => gone.extend(found),
                Err(error) => {
                    streams.failure(&error);
                    exit = Exit::CouldNotRun;
                }
            }
        }
        gone.retain(|gone| cases::matches(filter, &[&gone.path.display().to_string(), &gone.what]));
    }
    follow(&mut cases, &mut gone);
    if let (Some(filter), true, true, false) = (filter, cases.is_empty(), gone.is_empty(), suites.is_empty()) {
        streams.error(&format!("no case has `{filter}` in its name, file or law"));
        return Ok(Exit::CouldNotRun);
    }
    let open = !gone.is_empty() || cases.iter().any(|case| case.state() != SnapshotState::Same);
    let result = ReviewResult { cases, gone, errors, open };
    let extent = match (args.full, args.accept) {
        (true, _) => Extent::Full,
        // Nothing is accepted that was not shown.
        (false, true) => Extent::Accepted,
        (false, false) => Extent::Brief,
    };
    let report = report::report(&result, args.format, extent)?;
    match args.format {
        ReviewFormat::Json => streams.print_exactly(&report)?,
        ReviewFormat::Text | ReviewFormat::Markdown => streams.print(&report)?,
    }
    streams.flush()?;
    if suites.is_empty() {
        return Ok(exit);
    }
    conclude(args, &result, exit, streams)
}

/// Finds the cases that were called or filed otherwise before: a new one with just the content of one that is gone. Of one
/// that is gone it also notes how many came in its place, where its value became several.
fn follow(cases: &mut [ReviewedCase], gone: &mut Vec<OrphanedSnapshot>) {
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
fn gather(
    suite: &Suite,
    language: &str,
    filter: Option<&str>,
    (cases, folders, named, errors): (
        &mut Vec<ReviewedCase>,
        &mut BTreeSet<PathBuf>,
        &mut BTreeSet<PathBuf>,
        &mut Vec<RunError>,
    ),
    streams: &mut Streams,
) -> Exit {
    let mut exit = Exit::Done;
    for (index, file) in suite.files.iter().enumerate() {
        let folder = store::folder(&file.name);
        if let Err(error) = store::usable(&folder) {
            streams.failure(&error);
            errors.push(RunError::of(file.name.as_str(), &error));
            exit = Exit::CouldNotRun;
            continue;
        }
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
        folders.insert(folder.clone());
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
                let Some((given, path)) = known.get(trial.name.as_str()) else {
                    return Err(unknown(&format!("`{}` is no case of the file", trial.name)));
                };
                let options = DecideOptions { explain: true, ..trial.options.clone() };
                let decision = suite.policy.decide_with(&trial.facts, &options).map_err(|error| unknown(&error))?;
                Ok(ReviewedCase {
                    file: file.name.clone(),
                    name: trial.name.clone(),
                    law: trial.law.clone(),
                    old: kept.get(path).cloned().unwrap_or_else(|| store::admitted(path, &suite.fence)),
                    path: path.clone(),
                    contents: review::contents(&suite.policy, given, &decision, language),
                    wrong: !trial.expect.differences(&decision).is_empty(),
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

/// The language to keep snapshots in; `None` if the policy has no texts in it, which has then been reported.
fn language<'s>(suite: &'s Suite, asked: Option<&'s str>, streams: &mut Streams) -> Option<&'s str> {
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

/// Accepts, or writes pending snapshots, and reports the totals.
fn conclude(args: &ReviewArgs, result: &ReviewResult, exit: Exit, streams: &mut Streams) -> CliResult {
    let count = |state: SnapshotState| result.cases.iter().filter(|case| case.state() == state).count();
    let mut parts = Vec::new();
    for (number, what) in [
        (count(SnapshotState::Changed), "changed"),
        (count(SnapshotState::Renamed), "renamed"),
        (count(SnapshotState::New), "new"),
        (result.gone.len(), "gone"),
        (count(SnapshotState::Unreadable), "unreadable"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    let same = count(SnapshotState::Same);
    if result.open {
        parts.push(format!("{same} the same"));
        streams.say(&parts.join(", "));
    } else {
        let errors = if result.errors.is_empty() { "" } else { "; errors are reported above" };
        streams.say(&format!("{}: all as accepted{errors}", counted(same, "case")));
    }
    let mut exit = exit;
    if args.accept {
        let wrong = result.cases.iter().filter(|case| case.wrong && case.state() != SnapshotState::Same).count();
        let (accepted, failed) = store::accept(result, streams);
        if accepted > 0 || (wrong == 0 && failed == 0 && !result.open) {
            streams.say(&format!("accepted: {}", counted(accepted, "snapshot")));
        }
        if wrong > 0 {
            let it = if wrong == 1 { "case expects" } else { "cases expect" };
            streams.error(&format!("not accepted: {wrong} {it} something else than what is decided"));
            streams.help("`ereje test` says what; mend the policy or the case first");
            exit = exit.and(Exit::Found);
        }
        return Ok(if failed > 0 { exit.and(Exit::CouldNotRun) } else { exit });
    }
    if args.pending {
        let (left, failed) = store::pending(result, streams);
        if left > 0 {
            streams.say(&format!("{} to review: `cargo insta review` opens them", counted(left, "file")));
        }
        if failed > 0 {
            exit = exit.and(Exit::CouldNotRun);
        }
    } else if result.open && args.format == ReviewFormat::Text {
        streams.help("with `--accept` all of this is kept as it is now");
    }
    Ok(exit.and(if result.open { Exit::Found } else { Exit::Done }))
}
