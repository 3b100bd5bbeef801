//! `ereje diff`: shows what a change of a policy moves, and which part of the change is responsible.

use super::corpus::{Cases, facts};
use super::error::CliError;
use super::findings::Findings;
use super::language::LanguageArgs;
use super::mask::MaskArgs;
use super::paths::{NamedPaths, RootArgs};
use super::policy::files_of;
use super::revision::{Revision, RevisionSpec};
use super::streams::{Streams, exact_json};
use super::{CliResult, Exit, paths, write};
use clap::ValueEnum;
use ereje::load::{Bundle, Fence};
use ereje::visible::visible;
use ereje::{Error, Policy};
use ereje_review::diff::{Comparison, UnreadableRow, Version, html, markdown, text};
use std::path::{Path, PathBuf};

/// Show which decisions a change moves
///
/// Decides the same applications under two versions of a policy and shows which decisions moved: from which outcome to
/// which, in which regions, and for each of them which rule, norm or assumption is responsible. That is found by trying:
/// the old version with one change alone decides as the new one does. One application of each group is shown in full.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje diff HEAD~1 policies/kz       the last change, over the cases of both versions
  ereje diff main:policies/kz policies/kz --format markdown -o diff.md
  ereje diff v1:policies/kz v2:policies/kz --facts 2025.ndjson -o diff.html
  ereje diff old new --cases other/*.test.yaml --lang ru
  ereje diff old new --facts 2025.ndjson --mask applicant    without the values of these facts

A version is a folder or a file, or a git revision: REV:PATH as git writes it, or REV alone, which
takes the path of the other side. Nothing is checked out.

What decides nothing is no difference: layout, comments, the order of files and items, names of
rules. Messages, titles and sources that changed are listed apart. What only one version knows is
left out of the facts for the other, and that is said. NDJSON files stream through, so that memory
does not grow with them.

Exit codes: 0 no decision moved; 1 some moved; 2 it could not run, or an application could not be
read.")]
pub(super) struct DiffArgs {
    /// The old version: a folder, a file, REV:PATH or REV
    #[arg(value_name = "OLD")]
    old: String,
    /// The new version: a folder, a file, REV:PATH or REV
    #[arg(value_name = "NEW")]
    new: String,
    /// Case files or folders of them, in place of the cases of both versions
    #[arg(long, value_name = "PATH", num_args = 1.., value_parser = paths::parser())]
    cases: Vec<PathBuf>,
    /// Fact files in YAML, JSON, NDJSON or CSV, in place of cases; `-` is NDJSON from stdin
    #[arg(long, value_name = "FILE", num_args = 1.., value_parser = paths::parser())]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    language: LanguageArgs,
    /// How to print the report [default: by the name of -o, else text]
    #[arg(long, value_name = "FORMAT")]
    format: Option<DiffFormat>,
    /// The file for the report, in place of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    mask: MaskArgs,
    #[command(flatten)]
    root: RootArgs,
}

/// How to print the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For a program: everything that the other formats show
    Json,
    /// One self-contained page with charts
    Html,
}

impl DiffFormat {
    fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "html" | "htm" => Some(Self::Html),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }
}

/// The most rows that cannot be read and are reported one by one.
const MAX_REPORTED: usize = 20;

/// One side of the comparison.
enum VersionSource {
    Disk(PathBuf, Fence),
    Git(Revision),
}

pub(super) fn run(args: &DiffArgs, streams: &mut Streams) -> CliResult {
    let (old, new) = (given(&args.old), given(&args.new));
    let sides = (side(&old, &new, &args.root)?, side(&new, &old, &args.root)?);
    whole(&sides)?;
    let (old, new) = (version(&old, &sides.0, streams)?, version(&new, &sides.1, streams)?);
    // By now the revision knows what it reads elsewhere.
    whole(&sides)?;
    let (Some(old), Some(new)) = (old, new) else {
        streams.error("with errors in a policy nothing is compared");
        return Ok(Exit::CouldNotRun);
    };
    let [old_mask, new_mask] = args.mask.resolve_both([old.policy.model(), new.policy.model()])?;
    let (old, new) = (old.masked(old_mask), new.masked(new_mask));
    let language = args.language.of(&new.policy, streams);
    let mut comparison = Comparison::new(&old, &new);
    let mut unread: Vec<UnreadableRow> = Vec::new();
    let mut more = 0;
    let mut failed = false;
    let mut report = |found: Vec<UnreadableRow>, streams: &mut Streams| {
        for row in found {
            more += 1;
            if more <= MAX_REPORTED {
                streams.error(&format!("{}: {}", visible(&row.place), visible(&row.message)));
                unread.push(row);
            }
        }
    };
    if args.facts.is_empty() || !args.cases.is_empty() {
        let cases = cases(args, &sides, [&old.policy, &new.policy], streams)?;
        failed |= cases.failed;
        report(comparison.take(&cases.rows), streams);
    }
    let mut named = NamedPaths::default();
    for path in args.facts.iter().filter(|path| named.is_new(path)) {
        let mut take =
            |rows: Vec<ereje_review::diff::CorpusRow>, streams: &mut Streams| report(comparison.take(&rows), streams);
        failed |= !facts(path, &new.policy, streams, &mut take)?;
    }
    if more > MAX_REPORTED {
        streams.say(&format!("… and {} more that cannot be read", more - MAX_REPORTED));
    }
    let report = comparison.finish(&language);
    let format =
        args.format.or_else(|| args.output.as_deref().and_then(DiffFormat::of_name)).unwrap_or(DiffFormat::Text);
    let printed = match format {
        DiffFormat::Text => text(&report),
        DiffFormat::Markdown => markdown(&report),
        DiffFormat::Json => exact_json(serde_json::to_string_pretty(&report))?,
        DiffFormat::Html => html(&report),
    };
    match &args.output {
        Some(path) => write::report(path, &printed, read(args, &sides, [&old, &new])?)?,
        None if format == DiffFormat::Json => streams.print_exactly(&printed)?,
        None => streams.print(&printed)?,
    }
    if report.decided == 0 && report.unread == 0 && !report.same {
        streams.error("there are no applications to decide");
        streams.help("give fact files with `--facts`, or cases with `--cases`");
        failed = true;
    }
    Ok(match (failed || report.unread > 0, report.moved > 0) {
        (true, _) => Exit::CouldNotRun,
        (false, true) => Exit::Found,
        (false, false) => Exit::Done,
    })
}

/// What was asked for, a path as one would write it from here.
fn given(asked: &str) -> String {
    let path = Path::new(asked);
    if path.exists() { paths::here(path).display().to_string() } else { asked.to_owned() }
}

/// An error if the disk has only a part of a policy that the revision has whole.
fn whole(sides: &(VersionSource, VersionSource)) -> Result<(), CliError> {
    let (disk, revision) = match sides {
        (VersionSource::Disk(disk, _), VersionSource::Git(revision))
        | (VersionSource::Git(revision), VersionSource::Disk(disk, _)) => (disk, revision),
        (VersionSource::Disk(..), VersionSource::Disk(..)) | (VersionSource::Git(_), VersionSource::Git(_)) => {
            return Ok(());
        }
    };
    let Some(name) = revision.left_out_of_work_tree(disk)? else { return Ok(()) };
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let message = format!("`{name}` is not in the work tree, which is a sparse checkout");
    let help = format!("`git sparse-checkout add {folder}` brings it; or compare two revisions, REV:PATH and REV:PATH");
    Err(CliError::Usage(message, Some(help)))
}

/// The files on the disk that a comparison reads.
fn read(
    args: &DiffArgs,
    sides: &(VersionSource, VersionSource),
    versions: [&Version; 2],
) -> Result<Vec<PathBuf>, CliError> {
    let mut files = args.facts.clone();
    for path in &args.cases {
        files.extend(paths::case_files(path, &args.root.of(path)?)?);
    }
    for (side, version) in [&sides.0, &sides.1].into_iter().zip(versions) {
        match side {
            VersionSource::Disk(path, fence) => {
                files.extend(files_of(path, version.policy.sources()));
                let folder = if path.is_dir() { path.as_path() } else { super::cases::folder_of(path) };
                files.extend(paths::case_files(folder, fence)?);
            }
            VersionSource::Git(_) => {}
        }
    }
    Ok(files)
}

/// The cases to compare with: those asked for, otherwise those of both versions.
fn cases(
    args: &DiffArgs,
    sides: &(VersionSource, VersionSource),
    policies: [&Policy; 2],
    streams: &mut Streams,
) -> Result<Cases, CliError> {
    let [old, new] = policies;
    let mut cases = Cases::new();
    if !args.cases.is_empty() {
        for path in &args.cases {
            cases.disk(path, &args.root.of(path)?, &[new, old], streams)?;
        }
        return Ok(cases);
    }
    for (side, order) in [(&sides.0, [old, new]), (&sides.1, [new, old])] {
        match side {
            VersionSource::Disk(path, fence) => cases.disk(path, fence, &order, streams)?,
            VersionSource::Git(revision) => cases.revision(revision, &order, streams),
        }
    }
    Ok(cases)
}

/// Resolves a side: an existing path, or a revision; a revision without a path takes the path of the other side.
fn side(asked: &str, other: &str, root: &RootArgs) -> Result<VersionSource, CliError> {
    let path = Path::new(asked);
    if path.exists() {
        let fence = root.of(path)?;
        let inside = if path.is_dir() { paths::policies(path, &fence)? } else { Vec::new() };
        return match inside.as_slice() {
            [] => Ok(VersionSource::Disk(path.to_path_buf(), fence)),
            [one] => Ok(VersionSource::Disk(one.clone(), fence)),
            several => {
                let names: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
                let help = format!("name one of {}", names.join(", "));
                Err(CliError::Usage(format!("`{asked}` holds several policies"), Some(help)))
            }
        };
    }
    let spec = match asked.split_once(':') {
        Some(("", _)) => {
            let message = format!("`{asked}` is no file or folder, and names no revision");
            let help = "write REV:PATH, as in `HEAD:policies/kz`; what stands in git's index alone is not compared";
            return Err(CliError::Usage(message, Some(help.into())));
        }
        Some((revision, path)) => RevisionSpec::written(revision, path)?,
        None if Path::new(other).exists() => RevisionSpec::like(asked, Path::new(other))?,
        None => match other.split_once(':') {
            Some((_, path)) => RevisionSpec::written(asked, path)?,
            None => {
                let message = format!("`{asked}` is no file or folder, and `{other}` names no path either");
                let help = "write REV:PATH on one side, as git does: `main:policies/kz`";
                return Err(CliError::Usage(message, Some(help.into())));
            }
        },
    };
    Revision::read(&spec).map(VersionSource::Git)
}

/// Loads a side; `None` if it has errors, which are then reported.
fn version(asked: &str, side: &VersionSource, streams: &mut Streams) -> Result<Option<Version>, CliError> {
    let shown: Box<dyn Fn(&str) -> String> = match side {
        VersionSource::Disk(path, _) => Box::new(|name| paths::shown(path, name)),
        VersionSource::Git(revision) => Box::new(|name| revision.shown(name)),
    };
    let (name, bundle) = match side {
        VersionSource::Disk(path, fence) => (paths::told(Path::new(asked)), Bundle::load_behind(path, fence)?),
        VersionSource::Git(revision) => (format!("{}:{}", revision.name, revision.path), revision.bundle()?),
    };
    match Version::new(name, bundle, &shown) {
        Ok(version) => Ok(Some(version)),
        Err(Error::Findings(found)) => {
            let mut findings = Findings::default();
            findings.add(&found.sources, &found.diagnostics, shown);
            findings.say(streams);
            streams.error(&format!("the policy `{asked}` has errors"));
            Ok(None)
        }
        Err(Error::Load(error)) => Err(error.into()),
        Err(other) => Err(CliError::Usage(other.to_string(), None)),
    }
}
