//! `ereje suggest`: proposes the missing cases.

use super::cases::{self, Suite};
use super::error::CliError;
use super::findings::counted;
use super::mask::MaskArgs;
use super::paths::RootArgs;
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, paths, policy, write};
use clap::ValueEnum;
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::facts::Format as FactFormat;
use ereje::schema;
use ereje::visible::visible;
use ereje_review::suggest::{
    Base, SeedCase, SuggestOptions, SuggestReport, json, stand_ins, suggest, with_last_outcome, yaml,
};
use std::path::{Component, Path, PathBuf};

/// The most goals without a case that are listed.
const NAMED: usize = 200;

/// Propose the cases that are missing
///
/// Reads a policy and its cases, and looks for facts that show what no case shows: each rule, each exception alone and
/// together, both sides of each clause, the last value before a norm or an age and the next, the days on which something
/// begins and ends, each state of each fact, each region and each choice of an assumption. Prints them as a case file with
/// what is decided today, for a person to confirm.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje suggest policies/kz                                the most telling 100, for a person to read
  ereje suggest policies/kz -o policies/kz/new.test.yaml   as a case file, which `ereje test` runs
  ereje suggest policies/kz/base_rules.test.yaml           as changes to the base of this file
  ereje suggest policies/kz --for living_area              what is about one rule, norm, fact, region, …
  ereje suggest policies/kz --filter 'just true'           what has this in its name
  ereje suggest policies/kz --mask applicant               with plausible values in place of these facts

What a case file there shows already is left out. Without a case file, facts with plausible values are changed.

Exit codes: 0 it looked for them; 1 the policy has errors; 2 a case file could not be read, a file is in the way, or the
usage is wrong.")]
pub(super) struct SuggestArgs {
    /// A policy with its case files, or one of its case files
    #[arg(value_name = "PATH", value_parser = paths::parser())]
    path: PathBuf,
    /// Write to this file, which must not exist yet
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    force: bool,
    /// The most cases to propose; 0: all that are found
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Only cases about a rule, exception, definition, norm, fact, region or assumption of this name, or about what is in an
    /// amendment of this name
    #[arg(long = "for", value_name = "ITEM")]
    item: Option<String>,
    /// Only cases with this in their name
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Include what cases already show
    #[arg(long)]
    all: bool,
    /// List what was searched for and not found
    #[arg(long)]
    unreached: bool,
    /// How to print the cases
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    format: CaseFileFormat,
    #[command(flatten)]
    mask: MaskArgs,
    #[command(flatten)]
    root: RootArgs,
}

/// How to print the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CaseFileFormat {
    /// A case file
    Yaml,
    /// The same in JSON
    Json,
}

/// A policy, the facts to change, and the existing trials.
struct SuggestInput {
    path: PathBuf,
    policy: Policy,
    /// The first one is changed.
    bases: Vec<Base>,
    trials: Vec<SeedCase>,
    exit: Exit,
}

pub(super) fn run(args: &SuggestArgs, streams: &mut Streams) -> CliResult {
    if let Some(path) = args.output.as_ref().filter(|path| path.exists() && !args.force) {
        let help = "choose another name, or say --force to write over it";
        return Err(CliError::Usage(format!("`{}` is there already", path.display()), Some(help.into())));
    }
    let Some(input) = input(&args.path, args, streams)? else { return Ok(Exit::Found) };
    let Some(base) = input.bases.first() else {
        let message =
            format!("there are no facts to start from: plausible values are not read by `{}`", args.path.display());
        let help = "write a case file with a `base`, and ask again";
        return Err(CliError::Usage(message, Some(help.into())));
    };
    let seed = |base: &Base| SeedCase { facts: base.facts.clone(), options: DecideOptions::default() };
    let seeds: Vec<SeedCase> = input.bases.iter().map(seed).collect();
    let options = SuggestOptions {
        filter: args.filter.clone(),
        item: args.item.clone(),
        all: args.all,
        limit: (args.limit > 0).then_some(args.limit),
    };
    let report = suggest(&input.policy, &seeds, &input.trials, &options);
    if report.goals == 0
        && let Some(item) = args.item.as_ref().or(args.filter.as_ref())
    {
        let help = "--for takes the name of a rule, exception, definition, norm, fact, region, assumption or amendment";
        return Err(CliError::Usage(format!("there is nothing to show about `{item}`"), Some(help.into())));
    }
    let place = place(&input.path, args.output.as_deref());
    let text = match args.format {
        CaseFileFormat::Yaml => yaml(&input.policy, &place, base, &report.suggestions),
        CaseFileFormat::Json => {
            let value = json(&input.policy, &place, base, &report.suggestions);
            exact_json(serde_json::to_string_pretty(&value))?
        }
    };
    match &args.output {
        Some(path) => write::report(path, &text, policy::files_of(&input.path, input.policy.sources()))?,
        None => streams.print_exactly(&text)?,
    }
    streams.flush()?;
    say(&report, args, streams);
    Ok(input.exit)
}

/// Reports how much of the goals the suggestions cover.
fn say(report: &SuggestReport, args: &SuggestArgs, streams: &mut Streams) {
    let cases = counted(report.suggestions.len(), "case");
    let mut parts = vec![format!("{} that a case shows already", report.known)];
    parts.push(format!("{} shown by {cases} proposed here", report.reached));
    if !report.open.is_empty() {
        parts.push(format!("{} for which no facts were found", report.open.len()));
    }
    let left = report.goals - report.looked;
    if left > 0 {
        parts.push(format!("{left} not looked at"));
    }
    streams.say(&format!("{}: {}", counted(report.goals, "goal"), parts.join(", ")));
    if report.tired {
        streams.help("the search stopped at its limit of work; narrow it with --for or --filter");
    } else if left > 0 {
        streams.help("more are missing: keep some of these and ask again, or say --limit 0");
    }
    if args.unreached {
        for name in report.open.iter().take(NAMED) {
            streams.say(&format!("  not found: {}", visible(name)));
        }
        if report.open.len() > NAMED {
            streams.say(&format!("  … and {} more", report.open.len() - NAMED));
        }
    } else if !report.open.is_empty() {
        streams.help("--unreached names what was not found");
    }
}

/// The input of the search; `None` if the policy has errors, which are then reported.
fn input(path: &Path, args: &SuggestArgs, streams: &mut Streams) -> Result<Option<SuggestInput>, CliError> {
    let (root, mask) = (&args.root, &args.mask);
    let fence = root.of(path)?;
    let is_case_file = path.is_file() && paths::case_files(path, &fence).is_ok();
    let folder =
        if is_case_file { path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")) } else { path };
    let files = if folder.is_dir() { paths::case_files(folder, &fence)? } else { Vec::new() };
    if files.is_empty() {
        let Some(policy) = policy::load(path, &fence, streams)? else { return Ok(None) };
        let masked = mask.resolve(policy.model())?;
        let policy = policy.masked(masked);
        let bases = example(&policy).into_iter().collect();
        return Ok(Some(SuggestInput {
            path: path.to_path_buf(),
            policy,
            bases,
            trials: Vec::new(),
            exit: Exit::Done,
        }));
    }
    let loaded = cases::load(&[folder.to_path_buf()], root, mask, streams)?;
    let mut suites = loaded.suites;
    if is_case_file {
        suites.retain(|suite| suite.files.iter().any(|file| same(Path::new(&file.name), path)));
    }
    if suites.len() > 1 {
        let names: Vec<String> = suites.iter().map(|suite| format!("`{}`", suite.path.display())).collect();
        let message = format!("there are cases of several policies in `{}`", path.display());
        return Err(CliError::Usage(message, Some(format!("name one of {}", names.join(", ")))));
    }
    let Some(suite) = suites.pop() else {
        return if loaded.exit == Exit::Found {
            Ok(None)
        } else {
            Err(CliError::Usage(String::from("no case file could be read"), None))
        };
    };
    let bases = bases(&suite, is_case_file.then_some(path));
    let trials =
        suite.trials.iter().map(|(_, trial)| SeedCase { facts: trial.facts.clone(), options: trial.options.clone() });
    Ok(Some(SuggestInput {
        trials: trials.collect(),
        path: suite.path,
        policy: suite.policy,
        bases,
        exit: loaded.exit,
    }))
}

fn same(a: &Path, b: &Path) -> bool {
    if let (Ok(a), Ok(b)) = (a.canonicalize(), b.canonicalize()) { a == b } else { a == b }
}

/// The facts to change: first those of the named file or, if none is named, those for which the last outcome is
/// decided; then the others.
fn bases(suite: &Suite, named: Option<&Path>) -> Vec<Base> {
    let policy = &suite.policy;
    let mut found: Vec<(u8, Base)> = Vec::new();
    for file in &suite.files {
        let Some(base) = Base::of_file(policy, &suite.sources, file) else { continue };
        let last = policy.model().decisions.first().and_then(|d| d.outcomes.last());
        let rank = match named {
            Some(path) if same(Path::new(&file.name), path) => 0,
            Some(_) => 2,
            None if last.is_some_and(|last| policy.codes(&base.facts).outcome == last.name) => 1,
            None => 2,
        };
        let base = match policy.mask() {
            Some(_) => stand_ins(policy, &base.facts).map(|facts| Base::of_facts(policy, facts)),
            None => Some(base),
        };
        found.extend(base.map(|base| (rank, base)));
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut bases: Vec<Base> = found.into_iter().map(|(_, base)| base).collect();
    if bases.is_empty() {
        bases.extend(example(policy));
    }
    bases
}

/// The example of the schema as a base, changed so that the last outcome is decided.
fn example(policy: &Policy) -> Option<Base> {
    let text = schema::example(policy.model());
    let facts = policy.facts(&text, FactFormat::Yaml).ok()?.into_iter().next()?;
    Some(Base::of_facts(policy, with_last_outcome(policy, &facts)))
}

/// The path from the written file to the policy; printed output is meant for a file beside the policy.
fn place(policy: &Path, output: Option<&Path>) -> String {
    let beside = if policy.is_dir() { policy } else { policy.parent().unwrap_or(Path::new(".")) };
    let name = if policy.is_dir() { None } else { policy.file_name().map(|name| name.to_string_lossy().into_owned()) };
    let folder = output.map(|path| path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")));
    let relative = folder.and_then(|folder| {
        let from = folder.canonicalize().ok()?;
        let to = if beside.as_os_str().is_empty() { Path::new(".") } else { beside }.canonicalize().ok()?;
        let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
        let up = from.components().skip(common).map(|_| String::from(".."));
        let down = to.components().skip(common).filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        });
        Some(up.chain(down).collect::<Vec<_>>())
    });
    let mut steps = relative.unwrap_or_default();
    steps.extend(name);
    if steps.is_empty() { String::from(".") } else { steps.join("/") }
}
