//! `ereje check`: reports everything that is wrong with policies.

use super::findings::{Findings, FindingsFormat, counted};
use super::paths::{NamedPaths, RootArgs};
use super::streams::Streams;
use super::{CliResult, Exit, paths, watch};
use ereje::diagnostic::Severity;
use ereje::load::Bundle;
use ereje_review::suggest::undecided;
use std::path::PathBuf;
use std::sync::Arc;

/// Find what is wrong with policies
///
/// Reads each policy, checks names, types, units, periods and exceptions, and reports every error of every file in one
/// run. Of a policy without errors it looks for facts that it leaves undetermined because nobody says what follows when one
/// is silent, and for empty lists on which a decision turns, and shows them. A policy is the `.ereje` files of a folder and
/// of the folders in it, with what they import. A folder without policy files of its own stands for the policies in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje check policies/kz
  ereje check policies                         every policy in the folder
  ereje check --deny-warnings policies/kz      fail on warnings as well
  ereje check --watch policies/kz              again whenever a file changes
  ereje check --format sarif . > found.sarif   for a code host

Exit codes: 0 no errors; 1 errors (or warnings, with --deny-warnings); 2 a path could not be read.
Each finding has a code such as E0201; `ereje explain-code E0201` says what it means.")]
pub(super) struct CheckArgs {
    /// Policy folders or files; each is a policy of its own
    #[arg(value_name = "PATH", required = true, value_parser = paths::parser())]
    paths: Vec<PathBuf>,
    /// How to print what is found
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: FindingsFormat,
    /// Let warnings fail the check
    #[arg(long)]
    deny_warnings: bool,
    /// Check again whenever a file changes, until interrupted
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    root: RootArgs,
}

pub(super) fn run(args: &CheckArgs, streams: &mut Streams) -> CliResult {
    if args.watch { watch::run(&args.root, streams, |streams| once(args, streams)) } else { once(args, streams) }
}

/// Reads everything, checks it once, and prints what is found.
fn once(args: &CheckArgs, streams: &mut Streams) -> CliResult {
    let mut findings = Findings::default();
    let mut exit = Exit::Done;
    let (mut policies, mut files) = (0, 0);
    let mut named = NamedPaths::default();
    for path in &args.paths {
        let found = args.root.of(path).and_then(|fence| Ok((paths::policies(path, &fence)?, fence)));
        let (found, fence) = match found {
            Ok(found) => found,
            Err(error) => {
                streams.failure(&error);
                findings.could_not_read(path, &error);
                exit = exit.and(Exit::CouldNotRun);
                continue;
            }
        };
        for policy in found.into_iter().filter(|policy| named.is_new(policy)) {
            match Bundle::load_behind(&policy, &fence) {
                Ok(bundle) => {
                    policies += 1;
                    files += bundle.policy_files.len();
                    let checked = ereje::check::check(&bundle.files, &bundle.sources);
                    let mut found = bundle.findings(&checked.diagnostics);
                    let failed = found.iter().any(|d| d.severity() == Severity::Error);
                    if let Some(model) = checked.model.filter(|_| !failed) {
                        found.extend(undecided(&bundle, &Arc::new(model), None));
                    }
                    findings.add(&bundle.sources, &found, |name| paths::shown(&policy, name));
                }
                Err(error) => {
                    let error = error.into();
                    streams.failure(&error);
                    findings.could_not_read(&policy, &error);
                    exit = exit.and(Exit::CouldNotRun);
                }
            }
        }
    }
    findings.print(args.format, streams)?;
    // The results first, so that the counts are below them on a terminal.
    streams.flush()?;
    let (errors, warnings) = findings.count();
    if policies > 0 {
        let policies = if policies == 1 { String::from("1 policy") } else { format!("{policies} policies") };
        let what = format!("checked {policies} of {}", counted(files, "file"));
        let found = match (errors, warnings) {
            (0, 0) => String::from("nothing to report"),
            (errors, 0) => counted(errors, "error"),
            (0, warnings) => counted(warnings, "warning"),
            (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        streams.say(&format!("{what}: {found}"));
    }
    let found = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(exit.and(if found { Exit::Found } else { Exit::Done }))
}
