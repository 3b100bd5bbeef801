//! `ereje fmt`: formats policy files.

use super::error::CliError;
use super::findings::{Findings, counted};
use super::paths::{NamedPaths, RootArgs};
use super::policy::files_of;
use super::streams::Streams;
use super::{CliResult, Exit, paths, write};
use ereje::diagnostic::Severity;
use ereje::fmt::{FormatError, STEPS, format, upgrade};
use ereje::load::{Bundle, Fence, FileKind, read_file};
use ereje::source::{FileId, Sources};
use ereje::visible::visible;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Bring policy files into the one layout
///
/// Files are changed in place, each whole or not at all. Every comment stays in its clause, line ends and a byte-order mark stay,
/// and what a policy says never changes: the result is read again and compared before it is written. A file with syntax errors is left as
/// it is, and so is one that is read-only, and what a link leads to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje fmt policies/kz
  ereje fmt --check policies      say which files would change, and how
  ereje fmt - < a.ereje           print the result
  ereje fmt --upgrade policies/kz

Exit codes: 0 formatted, or nothing to change; 1 a file has syntax errors or, with --check, would change, or, with
--upgrade, somebody has to choose; 2 a file could not be read or written.")]
pub(super) struct FmtArgs {
    /// Policy files, or folders with policy files; `-` formats stdin to stdout
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Change nothing; print what would change, and exit with 1 if anything would
    #[arg(long)]
    check: bool,
    /// Bring policies to the newest version of the language as well, and say where somebody has to choose; name whole
    /// policies, since all files of one are rewritten together
    #[arg(long)]
    upgrade: bool,
    #[command(flatten)]
    root: RootArgs,
}

/// The most pairs of lines that are compared for a diff: finding the best diff takes time with their number.
const MAX_COMPARED: usize = 4_000_000;

#[derive(Default)]
struct Tally {
    files: usize,
    changed: usize,
    /// Those that would change and could not be written.
    unwritten: usize,
    broken: usize,
}

pub(super) fn run(args: &FmtArgs, streams: &mut Streams) -> CliResult {
    let mut exit = Exit::Done;
    let mut tally = Tally::default();
    if args.upgrade {
        exit = upgraded(args, &mut tally, streams)?;
        return end(exit, args.check, &tally, streams);
    }
    let mut named = NamedPaths::default();
    for path in &args.paths {
        if path == Path::new("-") {
            exit = exit.and(stdin(args.check, &mut tally, streams)?);
            continue;
        }
        let found = args.root.of(path).and_then(|fence| Ok((paths::policy_files(path, &fence)?, fence)));
        let (files, fence) = match found {
            Ok(found) => found,
            Err(error) => {
                streams.failure(&error);
                exit = exit.and(Exit::CouldNotRun);
                continue;
            }
        };
        for file in files.into_iter().filter(|file| named.is_new(file)) {
            exit = exit.and(one(&file, &fence, args.check, &mut tally, streams)?);
        }
    }
    end(exit, args.check, &tally, streams)
}

/// Says how many files there were.
fn end(exit: Exit, check: bool, tally: &Tally, streams: &mut Streams) -> CliResult {
    streams.flush()?;
    if tally.files > 0 {
        let broken = match tally.broken {
            0 => String::new(),
            broken => format!(", {broken} with errors"),
        };
        let unwritten = match tally.unwritten {
            0 => String::new(),
            unwritten => format!(", {unwritten} could not be written"),
        };
        let verb = if check { "would change" } else { "changed" };
        streams.say(&format!("{}: {} {verb}{unwritten}{broken}", counted(tally.files, "file"), tally.changed));
    }
    Ok(exit)
}

/// Formats a file in place.
fn one(path: &Path, fence: &Fence, check: bool, tally: &mut Tally, streams: &mut Streams) -> CliResult {
    let name = path.display().to_string();
    let mut sources = Sources::new();
    let id = match read_file(&mut sources, path, &name, fence, FileKind::Policy) {
        Ok(id) => id,
        Err(diagnostic) => {
            let mut findings = Findings::default();
            findings.add(&sources, &[*diagnostic], str::to_owned);
            findings.say(streams);
            return Ok(Exit::CouldNotRun);
        }
    };
    tally.files += 1;
    let Some(formatted) = formatted(&sources, id, tally, streams) else { return Ok(Exit::Found) };
    put(path, sources.get(id).map_or("", |source| &source.text), &formatted, check, tally, streams)
}

/// Replaces the text of a file, or shows what would change.
fn put(path: &Path, old: &str, new: &str, check: bool, tally: &mut Tally, streams: &mut Streams) -> CliResult {
    if old == new {
        return Ok(Exit::Done);
    }
    if check {
        tally.changed += 1;
        streams.print(&difference(&path.display().to_string(), old, new))?;
        return Ok(Exit::Found);
    }
    let mark = if has_mark(path) { MARK } else { "" };
    match write::replace(path, &format!("{mark}{new}")) {
        Ok(()) => {
            tally.changed += 1;
            Ok(Exit::Done)
        }
        Err(error) => {
            tally.unwritten += 1;
            streams.failure(&CliError::write(path, error));
            Ok(Exit::CouldNotRun)
        }
    }
}

/// The byte-order mark, which a file keeps as it keeps its line ends; texts are read without it.
const MARK: &str = "\u{feff}";

fn has_mark(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MARK.as_bytes()
}

/// Brings policies to the newest version of the language, each with all its files.
fn upgraded(args: &FmtArgs, tally: &mut Tally, streams: &mut Streams) -> CliResult {
    let mut exit = Exit::Done;
    let mut named = NamedPaths::default();
    for path in &args.paths {
        if path == Path::new("-") {
            let help = String::from("name the folder of the policy");
            return Err(CliError::Usage(String::from("a policy on stdin cannot be upgraded"), Some(help)));
        }
        let found = args.root.of(path).and_then(|fence| Ok((paths::policies(path, &fence)?, fence)));
        let (policies, fence) = match found {
            Ok(found) => found,
            Err(error) => {
                streams.failure(&error);
                exit = exit.and(Exit::CouldNotRun);
                continue;
            }
        };
        for policy in policies.into_iter().filter(|policy| named.is_new(policy)) {
            match Bundle::load_behind(&policy, &fence) {
                Ok(bundle) => exit = exit.and(upgraded_policy(&policy, &bundle, args.check, tally, streams)?),
                Err(error) => {
                    streams.failure(&error.into());
                    exit = exit.and(Exit::CouldNotRun);
                }
            }
        }
    }
    Ok(exit)
}

fn upgraded_policy(folder: &Path, bundle: &Bundle, check: bool, tally: &mut Tally, streams: &mut Streams) -> CliResult {
    tally.files += bundle.policy_files.len();
    if bundle.diagnostics.iter().any(|d| d.severity() == Severity::Error) {
        tally.broken += 1;
        let mut findings = Findings::default();
        findings.add(&bundle.sources, &bundle.diagnostics, |name| paths::shown(folder, name));
        findings.say(streams);
        return Ok(Exit::Found);
    }
    let sources = bundle.sources.renamed(|name| paths::shown(folder, name));
    let policy = match upgrade(&sources, &bundle.policy_files, STEPS) {
        Ok(policy) => policy,
        Err(error) => {
            tally.broken += 1;
            streams.error(&format!("`{}`: {error}", folder.display()));
            return Ok(Exit::Found);
        }
    };
    let mut exit = Exit::Done;
    let on_disk = files_of(folder, &bundle.sources);
    let mut files: Vec<_> = bundle.policy_files.iter().zip(&policy.texts).enumerate().collect();
    // The header comes last: if another file cannot be written, the policy still says that it is in the old version.
    files.sort_by_key(|(at, _)| *at == policy.header);
    for (_, (id, text)) in files {
        let old = bundle.sources.get(*id).map_or("", |source| &source.text);
        let Some(path) = on_disk.get(id.0 as usize) else { continue };
        let one = put(path, old, text, check, tally, streams)?;
        exit = exit.and(one);
        if one == Exit::CouldNotRun {
            return Ok(exit);
        }
    }
    for choice in &policy.choices {
        streams.error(choice);
        exit = exit.and(Exit::Found);
    }
    Ok(exit)
}

/// Formats stdin to stdout.
fn stdin(check: bool, tally: &mut Tally, streams: &mut Streams) -> CliResult {
    let path = Path::new("-");
    let mut bytes = Vec::new();
    let limit = ereje::load::MAX_FILE_BYTES as u64 + 1;
    std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| CliError::read(path, error))?;
    let mut sources = Sources::new();
    let mark = if bytes.starts_with(MARK.as_bytes()) { MARK } else { "" };
    let id = match ereje::load::decode_file(&mut sources, "stdin", bytes) {
        Ok(id) => id,
        Err(diagnostic) => {
            let mut findings = Findings::default();
            findings.add(&sources, &[*diagnostic], str::to_owned);
            findings.say(streams);
            return Ok(Exit::CouldNotRun);
        }
    };
    let Some(formatted) = formatted(&sources, id, tally, streams) else { return Ok(Exit::Found) };
    let Some(source) = sources.get(id) else { return Ok(Exit::CouldNotRun) };
    if !check {
        streams.print_exactly(&format!("{mark}{formatted}"))?;
    } else if *source.text != *formatted {
        streams.print(&difference("stdin", &source.text, &formatted))?;
        return Ok(Exit::Found);
    }
    Ok(Exit::Done)
}

/// The formatted text; `None` if the file cannot be formatted, with the reason on stderr.
fn formatted(sources: &Sources, id: FileId, tally: &mut Tally, streams: &mut Streams) -> Option<String> {
    match format(sources, id) {
        Ok(formatted) => Some(formatted),
        Err(FormatError::Syntax(diagnostics)) => {
            tally.broken += 1;
            let mut findings = Findings::default();
            findings.add(sources, &diagnostics, str::to_owned);
            findings.say(streams);
            None
        }
        Err(error @ FormatError::Changed) => {
            tally.broken += 1;
            let name = sources.get(id).map_or("", |source| source.name.as_str());
            streams.error(&format!("`{name}`: {error}"));
            None
        }
    }
}

/// The number of lines on each side from the first to the last one that differ.
fn changed_lines(old: &str, new: &str) -> (usize, usize) {
    let same = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count();
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().skip(same).collect(), new.lines().skip(same).collect());
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (old.len() - same, new.len() - same)
}

fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}

/// The end of a line, in words.
fn line_end(line: &str) -> &'static str {
    if line.ends_with("\r\n") {
        "  (ends in CR LF)"
    } else if line.ends_with('\n') {
        "  (ends in LF)"
    } else if line.ends_with('\r') {
        "  (ends in CR)"
    } else {
        "  (has no line end)"
    }
}

/// A unified diff, coloured.
fn difference(name: &str, old: &str, new: &str) -> String {
    let name = visible(name);
    let mut out = format!("--- {name}\n+++ {name} (formatted)\n");
    let (before, after) = changed_lines(old, new);
    if before.saturating_mul(after) > MAX_COMPARED {
        out.push_str(&format!("{before} lines become {after}, too many to show\n"));
        return out;
    }
    let diff = TextDiff::from_lines(old, new);
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        let lines = |tag: ChangeTag| -> BTreeSet<&str> {
            hunk.iter_changes().filter(|change| change.tag() == tag).map(|change| without_end(change.value())).collect()
        };
        let (gone, come) = (lines(ChangeTag::Delete), lines(ChangeTag::Insert));
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Delete => ('-', "\x1b[31m"),
                ChangeTag::Insert => ('+', "\x1b[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            let line = without_end(change.value());
            // Of two lines that differ in their ends alone, the ends are said.
            let told = change.tag() != ChangeTag::Equal && gone.contains(line) && come.contains(line);
            let told = if told { line_end(change.value()) } else { "" };
            let end = if color.is_empty() { "" } else { "\x1b[0m" };
            out.push_str(&format!("{color}{sign}{line}{end}{told}\n"));
        }
    }
    out
}
