//! `ereje review`: shows what has changed in the decisions of cases since they were accepted.

mod acceptances;
mod colours;
mod gather;
mod phrases;
mod report;
mod reviewed;
mod signed;
mod store;

use super::cases::{self, LoadedSuites};
use super::error::CliError;
use super::findings::counted;
use super::language;
use super::mask::MaskArgs;
use super::paths::RootArgs;
use super::streams::Streams;
use super::{CliResult, Exit, paths, revision};
use acceptances::KeptAcceptances;
use ereje::load::Fence;
use ereje_review::phrases::say;
use ereje_review::review::Reviewer;
use gather::{Gathered, follow, gather};
use phrases::{Found, Noun, phrases};
use report::Extent;
use reviewed::{ReviewFormat, ReviewResult, ReviewedCase, SnapshotState};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Review what has changed in the decisions of cases
///
/// Keeps a snapshot of each case in `snapshots/` beside its case file: what the case asks, what is decided, the messages in
/// every language, and why, rule by rule. Shows what differs from what was accepted last; the same change in many cases is
/// shown once. Nothing is written without `--accept` or `--pending`. `--accept` records in `snapshots/accepted/` who accepted
/// which decisions and when, and `--signed` counts it. docs/review.md says how a review goes.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("counting").args(["signed", "accept"])))]
#[command(after_help = "Examples:
  ereje review policies                               what has changed, is new, or is gone
  ereje review policies --accept                      it was read, and it is right
  ereje review policies --filter pilot --accept       only those with this in their name, file or law
  ereje review policies --format markdown > review.md for a pull request
  ereje review policies --signed                      who accepted which decisions
  ereje review policies --signed --require 2          an error while somebody else has yet to accept one
  ereje review policies --accept --require 2          accept also what only one other has accepted
  ereje review policies/kz --mask applicant --mask-key key    snapshots without the values of these facts
  ereje review policies --pending                     leaves `.snap.new` files, which `cargo insta review` opens

With CI set in the environment, or INSTA_UPDATE=no, nothing is accepted.

Exit codes: 0 every decision is as it was accepted, or is accepted now; 1 something is changed, new or gone, or has too few
acceptances; 2 a file could not be read or written, or the usage is wrong.")]
pub(super) struct ReviewArgs {
    /// Case files, or folders of them
    #[arg(value_name = "PATH", required = true, value_parser = paths::parser())]
    paths: Vec<PathBuf>,
    /// Only cases with this in their name, file or law; case does not matter
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Accept all that is shown: keep what is changed or new, remove what is gone
    #[arg(long)]
    accept: bool,
    /// Who accepts [default: the author that git knows: `user.name` and `user.email`]
    #[arg(long, value_name = "NAME <MAIL>", requires = "accept")]
    by: Option<String>,
    /// Tell who has accepted which decisions
    #[arg(long, conflicts_with = "pending")]
    signed: bool,
    /// How many persons have to accept a decision: with `--signed`, fewer are an error; with `--accept`, what has fewer is shown
    /// and accepted as well, unless you are one of them
    #[arg(long, value_name = "N", requires = "counting", value_parser = clap::value_parser!(u8).range(1..=99))]
    require: Option<u8>,
    /// Write what is changed or new beside its snapshot, as `.snap.new`
    #[arg(long, conflicts_with = "accept")]
    pending: bool,
    /// The language of snapshots and of the report [default: the policy's first]
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Show each new case in full, as `--accept` does
    #[arg(long)]
    full: bool,
    /// How to print what has changed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReviewFormat,
    #[command(flatten)]
    mask: MaskArgs,
    #[command(flatten)]
    root: RootArgs,
}

pub(super) fn run(args: &ReviewArgs, streams: &mut Streams) -> CliResult {
    if let (true, Some(why)) = (args.accept, store::kept_shut()) {
        streams.error(&format!("{why}, so nothing is accepted"));
        streams.help("review on your own machine, and commit the snapshots with the change of law");
        return Ok(Exit::CouldNotRun);
    }
    let named = args.by.as_deref().map(reviewer).transpose()?;
    let LoadedSuites { suites, errors, mut exit } = cases::load(&args.paths, &args.root, &args.mask, streams)?;
    let filter = args.filter.as_deref();
    let mut gathered = Gathered { errors, ..Gathered::default() };
    let mut languages = Vec::new();
    for suite in &suites {
        let Some(language) = gather::language(suite, args.lang.as_deref(), streams) else {
            return Ok(Exit::CouldNotRun);
        };
        languages.push(language);
        exit = exit.and(gather(suite, language, filter, &mut gathered, streams));
    }
    // If a case file could not be read, its cases are not known.
    let mut gone = Vec::new();
    if exit == Exit::Done {
        gather::deserted(&args.paths, &args.root, &mut gathered)?;
        for folder in gathered.folders.keys() {
            match store::gone(folder, &gathered.named, args.paths.iter().any(|path| path.is_dir())) {
                Ok(found) => gone.extend(found),
                Err(error) => {
                    streams.failure(&error);
                    exit = Exit::CouldNotRun;
                }
            }
        }
        gone.retain(|gone| cases::matches(filter, &[&gone.path.display().to_string(), &gone.what]));
    }
    let Gathered { mut cases, folders, mut errors, .. } = gathered;
    follow(&mut cases, &mut gone);
    gather::hide_names(&suites, &mut gone);
    if let (Some(filter), true, true, false) = (filter, cases.is_empty(), gone.is_empty(), suites.is_empty()) {
        streams.error(&format!("no case has `{filter}` in its name, file or law"));
        return Ok(Exit::CouldNotRun);
    }
    if args.signed || args.require.is_some() {
        let (kept, unread) = KeptAcceptances::read(&folders);
        cases.iter_mut().for_each(|case| kept.note(case));
        for (path, error) in unread {
            streams.failure(&error);
            errors.push(cases::RunError::of(paths::told(&path), &error));
            exit = Exit::CouldNotRun;
        }
    }
    let required = args.require.map_or(0, usize::from);
    let by = if args.accept { named.or_else(|| author(&folders)) } else { None };
    let again = match (args.accept && required > 0, &by) {
        (true, None) => return Err(nobody()),
        (true, Some(by)) => again(&cases, &folders, by, required),
        (false, _) => Vec::new(),
    };
    let open = !gone.is_empty() || cases.iter().any(|case| case.state() != SnapshotState::Same);
    let signed = args.signed.then_some(required);
    let result =
        ReviewResult { cases, gone, errors, open, signed, again, language: language::common(languages.into_iter()) };
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
    let exit = conclude(args, &result, (by.as_ref(), &folders), exit, streams)?;
    Ok(exit.and(signed::conclude(&result, streams)))
}

/// The reviewer that is named by `--by`.
fn reviewer(text: &str) -> Result<Reviewer, CliError> {
    let help = "give a name with an address: `--by \"NAME <MAIL>\"`";
    Reviewer::read(text).map_err(|why| CliError::Usage(format!("`{text}` {why}"), Some(help.into())))
}

/// The reviewer whom git knows in the folder of the first snapshots.
fn author(folders: &BTreeMap<PathBuf, Fence>) -> Option<Reviewer> {
    // The folder of the snapshots may not be there yet; the one around it holds a case file.
    let around = folders.keys().next()?.parent().filter(|folder| !folder.as_os_str().is_empty());
    Reviewer::read(&revision::author(around.unwrap_or(Path::new(".")))?).ok()
}

/// The next step where nobody is named.
const WHO: &str = "name yourself with `--by \"NAME <MAIL>\"`, or set git's `user.name` and `user.email`";

fn nobody() -> CliError {
    CliError::Usage("nobody is named who accepts".into(), Some(WHO.into()))
}

/// The cases that are as they were accepted and wait for this reviewer.
fn again(cases: &[ReviewedCase], folders: &BTreeMap<PathBuf, Fence>, by: &Reviewer, required: usize) -> Vec<usize> {
    let by = folders.keys().next().map_or_else(|| by.clone(), |folder| acceptances::known_as(folder, by));
    let waits = |(index, case): (usize, &ReviewedCase)| case.waits_for(&by, required).then_some(index);
    cases.iter().enumerate().filter_map(waits).collect()
}

/// Accepts, or writes pending snapshots, and reports the totals.
fn conclude(
    args: &ReviewArgs,
    result: &ReviewResult,
    (by, folders): (Option<&Reviewer>, &BTreeMap<PathBuf, Fence>),
    exit: Exit,
    streams: &mut Streams,
) -> CliResult {
    let count = |state: SnapshotState| result.cases.iter().filter(|case| case.state() == state).count();
    let phrases = phrases(result.language);
    let mut parts = Vec::new();
    for (number, what) in [
        (count(SnapshotState::Changed), Found::Changed),
        (count(SnapshotState::Renamed), Found::Renamed),
        (count(SnapshotState::New), Found::New),
        (result.gone.len(), Found::Gone),
        (count(SnapshotState::Unreadable), Found::Unreadable),
    ] {
        if number > 0 {
            parts.push(phrases.found(number, what));
        }
    }
    let same = count(SnapshotState::Same);
    if result.open {
        parts.push(phrases.found(same, Found::Same));
        streams.say(&parts.join(", "));
    } else {
        let errors = if result.errors.is_empty() { "" } else { phrases.errors_above };
        let told = say(phrases.all_as_accepted, &[&phrases.counted(same, Noun::Case)]);
        streams.say(&format!("{told}{errors}"));
    }
    let mut exit = exit;
    if args.accept {
        let wrong = result.cases.iter().filter(|case| case.wrong && case.state() != SnapshotState::Same).count();
        let written = store::accept(result, streams);
        let done = written.cases.len() + written.removed;
        let once_more: Vec<&ReviewedCase> = result.again().collect();
        let mut failed = written.failed;
        if done > 0 || (wrong == 0 && failed == 0 && !result.open && once_more.is_empty()) {
            streams.say(&format!("accepted: {}", counted(done, "snapshot")));
        }
        // Of a case with another name only the name was shown, and its acceptances last.
        let shown = written.cases.into_iter().filter(|case| case.state() != SnapshotState::Renamed);
        let signed: Vec<&ReviewedCase> = shown.chain(once_more).collect();
        match by {
            _ if signed.is_empty() => {}
            None => {
                streams.note("nobody is named who accepts, so no acceptance is recorded");
                streams.help(WHO);
            }
            Some(by) => match acceptances::record(folders, &signed, by) {
                Ok(()) => streams.say(&format!("recorded: {} by {by}", counted(signed.len(), "acceptance"))),
                Err(error) => {
                    streams.failure(&error);
                    failed += 1;
                }
            },
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
    } else if result.open && args.format == ReviewFormat::Text && !args.signed {
        streams.help("with `--accept` all of this is kept as it is now");
    }
    Ok(exit.and(if result.open { Exit::Found } else { Exit::Done }))
}
