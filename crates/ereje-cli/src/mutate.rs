//! `ereje mutate`: makes small wrong laws, and finds those that no case notices.

use super::cases::{self, RunError, Suite};
use super::error::CliError;
use super::findings::{Findings, counted};
use super::mask::MaskArgs;
use super::paths::RootArgs;
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, paths};
use clap::ValueEnum;
use ereje::diagnostic::Diagnostic;
use ereje::documents::MUTATE;
use ereje::load::{self, Bundle, FileKind};
use ereje::source::Sources;
use ereje_review::mutate::{self, Cases, Explanation, Laws, Mutant, MutationReport};
use serde_json::{Value as Json, json};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Find mistakes in a policy that no case would notice
///
/// Makes small wrong laws of each policy (a number one step off, `<` for `<=`, an exception left out, a region added), runs
/// the cases against each, and lists the survivors: those under which every case is still as expected. docs/testing.md says
/// which mistakes are made, and how a survivor is explained in `mutants.yaml`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje mutate policies/kz                          the score, and what no case notices
  ereje mutate policies --threshold 95 --explained  for a build server
  ereje mutate policies/kz --filter mrp             mistakes in items, files or kinds of this name
  ereje mutate policies/kz --search 2000            with facts that would notice the survivors
  ereje mutate policies/kz --random 100 --seed 7    larger mistakes, at random

Exit codes: 0 enough is noticed; 1 the score is below the threshold, a survivor is not explained
(with --explained), an explanation is out of date, a random mistake is neither noticed nor told
apart (with --search), or a case is not as expected to begin with; 2 a file could not be read, or
the usage is wrong.")]
pub(super) struct MutateArgs {
    /// Case files, or folders of them; the mistakes are made in the policies that they are about
    #[arg(value_name = "PATH", required = true, value_parser = paths::parser())]
    paths: Vec<PathBuf>,
    /// Only mistakes with this in their item, file, kind or words; case does not matter
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Fail if a smaller percentage of the wrong laws is noticed
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    threshold: Option<u8>,
    /// Fail if a survivor is not explained in `mutants.yaml`
    #[arg(long)]
    explained: bool,
    /// Make this many larger mistakes at random, in place of all small ones
    #[arg(long, value_name = "N")]
    random: Option<usize>,
    /// The seed of the random mistakes: the same seed gives the same mistakes
    #[arg(long, value_name = "S", default_value = "1", requires = "random")]
    seed: u64,
    /// Search this many fact sets, made from those of the cases, for some that would notice the survivors
    #[arg(long, value_name = "N")]
    search: Option<usize>,
    /// List every mistake, also those that are noticed, and by which case
    #[arg(long)]
    list: bool,
    /// How to print the results
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: MutationFormat,
    #[command(flatten)]
    mask: MaskArgs,
    #[command(flatten)]
    root: RootArgs,
}

/// How to print the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MutationFormat {
    /// For people
    Text,
    /// JSON
    Json,
}

pub(super) fn run(args: &MutateArgs, streams: &mut Streams) -> CliResult {
    let loaded = cases::load(&args.paths, &args.root, &args.mask, streams)?;
    let mut exit = loaded.exit;
    let mut reports: Vec<Json> = Vec::new();
    for suite in &loaded.suites {
        let (ended, report) = policy(args, suite, streams)?;
        exit = exit.and(ended);
        reports.extend(report);
    }
    if args.format == MutationFormat::Json {
        let errors: Vec<Json> = loaded.errors.iter().map(RunError::to_json).collect();
        streams.print_exactly(&exact_json(serde_json::to_string_pretty(
            &json!({ "schema": MUTATE, "policies": reports, "errors": errors }),
        ))?)?;
    }
    Ok(exit)
}

/// Tries the wrong laws of one policy.
fn policy(args: &MutateArgs, suite: &Suite, streams: &mut Streams) -> Result<(Exit, Option<Json>), CliError> {
    // The policy was loaded before, so it has no errors.
    let Ok(laws) = Laws::of(Bundle::load_behind(&suite.path, &suite.fence)?) else { return Ok((Exit::Found, None)) };
    let laws = laws.masked(suite.policy.mask().cloned());
    let name = |name: &str| paths::shown(&suite.path, name);
    let mut exit = Exit::Done;
    let cases = Cases::of(&laws, &suite.files);
    if !cases.broken.is_empty() {
        let what = counted(cases.broken.len(), "case");
        streams.error(&format!("{what} of {} not as expected before anything is changed", laws.policy().name()));
        streams.help("`ereje test` says why; wrong laws are tried on the others");
        exit = Exit::Found;
    }
    let mutants = match args.random {
        Some(count) => laws.random(count, args.seed),
        None => laws.small(),
    };
    let mutants = filtered(mutants, &laws, args.filter.as_deref(), &name);
    let statuses = {
        let progress = MutationProgress::new(mutants.len());
        cases.try_all(&mutants, &|| progress.one())
    };
    let (mut explanations, sources) = explanations(suite, streams, &mut exit);
    explanations.retain(|explanation| explanation.seed == args.random.map(|_| args.seed));
    let mut report = MutationReport::of(&laws, cases.len(), mutants, statuses, explanations);
    if let Some(count) = args.search {
        let progress = MutationProgress::new(report.survivors().count());
        report.search(&cases, count, &|| progress.one());
    }
    let json = match args.format {
        MutationFormat::Json => Some(report.json(args.list, &name)),
        MutationFormat::Text => {
            streams.print(&report.text(args.list, &name))?;
            None
        }
    };
    streams.flush()?;
    if args.filter.is_none() {
        exit = exit.and(report_findings(&report.stale(), &sources, streams));
    }
    if let Some(threshold) = args.threshold.filter(|threshold| !report.score().reaches(*threshold)) {
        streams.error(&format!("fewer than {threshold}% of the wrong laws of {} are noticed", laws.policy().name()));
        exit = exit.and(Exit::Found);
    }
    let alike = report.alike();
    if args.random.is_some() && alike > 0 {
        let what = counted(alike, "random mistake");
        streams.error(&format!("{what} of {} noticed by no case, and told apart by no facts", laws.policy().name()));
        exit = exit.and(Exit::Found);
    }
    let unexplained = report.unexplained();
    if args.explained && unexplained > 0 {
        let what =
            if unexplained == 1 { String::from("1 survivor is") } else { format!("{unexplained} survivors are") };
        streams.error(&format!("{what} not explained in {}", mutate::FILE));
        exit = exit.and(Exit::Found);
    }
    Ok((exit, json))
}

/// The mistakes that match a filter.
fn filtered(mutants: Vec<Mutant>, laws: &Laws, filter: Option<&str>, name: &dyn Fn(&str) -> String) -> Vec<Mutant> {
    let wanted = |mutant: &Mutant| {
        let file = laws.sources().get(mutant.place().file).map_or_else(String::new, |source| name(&source.name));
        cases::matches(filter, &[mutant.item.as_str(), mutant.edit.as_str(), mutant.operator.name(), file.as_str()])
    };
    mutants.into_iter().filter(wanted).collect()
}

/// The explanations in the file beside a policy.
fn explanations(suite: &Suite, streams: &mut Streams, exit: &mut Exit) -> (Vec<Explanation>, Sources) {
    let policy = suite.path.as_path();
    let folder = if policy.is_dir() { Some(policy) } else { policy.parent() };
    let path = folder.unwrap_or(Path::new(".")).join(mutate::FILE);
    let mut sources = Sources::new();
    if !path.exists() {
        return (Vec::new(), sources);
    }
    let name = path.display().to_string();
    match load::read_file(&mut sources, &path, &name, &suite.fence, FileKind::Yaml) {
        Ok(file) => {
            let (found, findings) = mutate::read(&sources, file);
            if !findings.is_empty() {
                report_findings(&findings, &sources, streams);
                *exit = Exit::CouldNotRun;
            }
            (found, sources)
        }
        Err(finding) => {
            report_findings(&[*finding], &sources, streams);
            *exit = Exit::CouldNotRun;
            (Vec::new(), sources)
        }
    }
}

fn report_findings(found: &[Diagnostic], sources: &Sources, streams: &mut Streams) -> Exit {
    let mut findings = Findings::default();
    findings.add(sources, found, str::to_owned);
    findings.say(streams);
    if found.is_empty() { Exit::Done } else { Exit::Found }
}

/// The progress, shown on a terminal only.
struct MutationProgress {
    total: usize,
    done: AtomicUsize,
    shown: bool,
}

impl MutationProgress {
    fn new(total: usize) -> Self {
        Self { total, done: AtomicUsize::new(0), shown: std::io::stderr().is_terminal() }
    }

    fn one(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown && (done.is_multiple_of(10) || done == self.total) {
            let _ = write!(std::io::stderr(), "\rtried {done} of {}", self.total);
        }
    }
}

impl Drop for MutationProgress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
