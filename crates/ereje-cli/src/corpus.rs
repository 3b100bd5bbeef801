//! The applications with which two versions of a policy are compared: cases and fact files.

use super::error::CliError;
use super::findings::Findings;
use super::paths::NamedPaths;
use super::policy::read_facts;
use super::revision::{Revision, SearchedFile};
use super::streams::Streams;
use super::{cases, paths};
use ereje::Policy;
use ereje::diagnostic::{Diagnostic, Severity, add_bytes, begins_as_text};
use ereje::facts::{Format, csv, decode, to_json};
use ereje::load::{self, Fence, FileKind};
use ereje::source::{Sources, Span, join};
use ereje_batch::files::blocks::MAX_LINE;
use ereje_review::cases::{CaseFile, Trial};
use ereje_review::diff::{CorpusRow, RowQuestion};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The number of lines that are decided at a time.
const CHUNK: usize = 8192;

/// The greatest column whose margin is kept for an element of a list.
const MAX_MARGIN: usize = 200;

/// Reads a table beside a case file.
type Beside<'a> = dyn Fn(&str) -> Result<Vec<u8>, String> + 'a;

/// A case file to read: the name that is shown, the name that identifies it among the files of its policy, its bytes,
/// and how to read the tables beside it.
struct CaseFileSource<'a> {
    shown: String,
    own: String,
    bytes: Vec<u8>,
    beside: Box<Beside<'a>>,
}

/// The rows of cases, each case once.
pub(super) struct Cases {
    pub(super) rows: Vec<CorpusRow>,
    seen: BTreeSet<(String, String, String, RowQuestion)>,
    /// The case files on the disk that were read.
    files: NamedPaths,
    /// True if something could not be read, which was then reported.
    pub(super) failed: bool,
}

impl Cases {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), seen: BTreeSet::new(), files: NamedPaths::default(), failed: false }
    }

    /// Takes the case files under a path on the disk.
    pub(super) fn disk(
        &mut self,
        path: &Path,
        fence: &Fence,
        policies: &[&Policy],
        streams: &mut Streams,
    ) -> Result<(), CliError> {
        // If a policy is a single file, its cases are those of its folder.
        let folder = match path.is_file() && path.extension().is_some_and(|end| end == "ereje") {
            true => path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
            false => path,
        };
        for file in paths::case_files(folder, fence)? {
            if !self.files.is_new(&file) {
                continue;
            }
            let beside = cases::folder_of(&file).to_path_buf();
            // A file that is named itself is another than one of that name elsewhere.
            let own = if file == folder { &file } else { file.strip_prefix(folder).unwrap_or(&file) };
            let own = own.display().to_string();
            let bytes = match load::read_bytes(&file, fence, FileKind::Yaml) {
                Ok(bytes) => bytes,
                Err(why) => {
                    streams.error(&format!("`{}` cannot be read: {why}", file.display()));
                    self.failed = true;
                    continue;
                }
            };
            let source = CaseFileSource {
                shown: paths::told(&file),
                own,
                bytes,
                beside: Box::new(move |name| load::read_table(&beside, name, fence)),
            };
            self.file(source, policies, streams);
        }
        Ok(())
    }

    /// Takes the case files of a revision.
    pub(super) fn revision(&mut self, revision: &Revision, policies: &[&Policy], streams: &mut Streams) {
        let folder = revision.folder();
        for SearchedFile { name, refusal } in revision.case_files() {
            let shown = format!("{}:{name}", revision.name);
            let bytes = match refusal.map_or_else(|| revision.text(&name), Err) {
                Ok(bytes) => bytes,
                Err(refusal) => {
                    streams.error(&format!("`{shown}` cannot be read: {}", refusal.why));
                    streams.help(&refusal.help);
                    self.failed = true;
                    continue;
                }
            };
            let own = name.strip_prefix(folder).unwrap_or(&name).trim_start_matches('/').to_owned();
            let at = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let beside = move |table: &str| match join(&format!("{at}x"), table) {
                Some(_) => revision
                    .text(&format!("{at}{table}"))
                    .map_err(|refusal| format!("{}; {}", refusal.why, refusal.help)),
                None => Err(String::from("it is not there")),
            };
            let source = CaseFileSource { shown, own, bytes, beside: Box::new(beside) };
            self.file(source, policies, streams);
        }
    }

    fn file(&mut self, source: CaseFileSource<'_>, policies: &[&Policy], streams: &mut Streams) {
        let mut sources = Sources::new();
        let masked = policies.iter().copied().find(|policy| policy.mask().is_some());
        let report = |found: &[Diagnostic], sources: &Sources, streams: &mut Streams| {
            let mut findings = Findings::default();
            match masked.and_then(|policy| policy.mask()) {
                Some(mask) => {
                    let found: Vec<Diagnostic> = found.iter().map(|finding| mask.without_values(finding)).collect();
                    findings.add(sources, &found, str::to_owned);
                    findings.say_in_lines(streams);
                }
                None => {
                    findings.add(sources, found, str::to_owned);
                    findings.say(streams);
                }
            }
            findings.count().0 > 0
        };
        let file = match add_bytes(&mut sources, &source.shown, &source.bytes) {
            Ok(file) => file,
            Err(finding) => {
                self.failed |= report(&[*finding], &sources, streams);
                return;
            }
        };
        let (read, findings) = CaseFile::read(&mut sources, file, &mut |name| (source.beside)(name));
        self.failed |= report(&findings, &sources, streams);
        let Some(mut read) = read else { return };
        if let Some(policy) = masked {
            read = read.masked(policy);
        }
        // A case that cannot be bound to one version may fit the other.
        let mut bound: BTreeSet<String> = BTreeSet::new();
        let mut unbound: Vec<Diagnostic> = Vec::new();
        for policy in policies {
            let (trials, findings) = read.bind(policy);
            for trial in trials {
                if bound.insert(trial.name.clone()) {
                    self.trial(&trial, policy, &source, &sources);
                }
            }
            unbound = findings;
        }
        if bound.len() < read.len() {
            unbound.retain(|finding| finding.severity() == Severity::Error);
            self.failed |= report(&unbound, &sources, streams);
        }
    }

    fn trial(&mut self, trial: &Trial, policy: &Policy, source: &CaseFileSource<'_>, sources: &Sources) {
        let model = policy.model();
        let question = RowQuestion {
            decision: trial.options.decision.map(|id| model.decisions.at(id).name.clone()),
            as_of: trial.options.as_of,
            region: trial.options.region.map(|id| model.regions.at(id).name.clone()),
            assumed: trial.assumed.clone(),
        };
        let facts = to_json(model, &trial.facts).to_string();
        let key = (source.own.clone(), trial.name.clone(), facts.clone(), question.clone());
        if self.seen.insert(key) {
            let written = sources.get(trial.span.file);
            let line = written.map_or(1, |source| source.position(trial.span.start).line);
            // A row of a table stands in the CSV file of its case.
            let file = written.map_or_else(|| source.shown.clone(), |source| source.name.clone());
            let name = trial.name.clone();
            self.rows.push(CorpusRow { name, file, line, facts, format: Format::Json, question });
        }
    }
}

/// Passes on the rows of a fact file, a chunk at a time. False if the file cannot be read at all, which is then
/// reported.
pub(super) fn facts(
    path: &Path,
    policy: &Policy,
    streams: &mut Streams,
    take: &mut dyn FnMut(Vec<CorpusRow>, &mut Streams),
) -> Result<bool, CliError> {
    let stdin = path == Path::new("-");
    let shown = if stdin { String::from("stdin") } else { paths::told(path) };
    let ending = path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
    if stdin {
        return lines(io::stdin().lock(), &shown, streams, take);
    }
    if matches!(ending.as_deref(), Some("ndjson" | "jsonl")) {
        let file = File::open(path).map_err(|error| CliError::read(path, error))?;
        return lines(BufReader::with_capacity(1 << 18, file), &shown, streams, take);
    }
    let Ok(file) = read_facts(path, policy.mask().map(AsRef::as_ref), streams) else { return Ok(false) };
    let text = file.sources.get(file.file).map_or("", |source| &source.text);
    // Only the places of the documents are found here; the versions read them. A record of CSV needs the header, which
    // is put on a line before it.
    let (header, places): (&str, Vec<(usize, usize)>) = match file.format {
        Format::Csv => csv::records(text),
        Format::Yaml | Format::Json => {
            let documents = decode(policy.model(), &file.sources, file.file, file.format);
            ("", documents.iter().map(|d| (d.span.start as usize, d.span.end as usize)).collect())
        }
    };
    let several = places.len() > 1;
    let row = |(index, (start, end)): (usize, &(usize, usize))| {
        let own = text.get(*start..*end).unwrap_or("");
        let place = Span::new(file.file, *start, *end).start;
        let at = file.sources.get(file.file).map(|source| source.position(place));
        let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
        // A document that begins in the middle of a line keeps its column. In a file of one long line the column is not
        // useful.
        let margin = if column <= MAX_MARGIN { column - 1 } else { 0 };
        let line = if header.is_empty() { line } else { line - 1 };
        let number = index + 1;
        CorpusRow {
            name: if several { format!("{shown}, document {number}") } else { shown.clone() },
            file: shown.clone(),
            line,
            facts: format!("{header}{:margin$}{own}", ""),
            format: file.format,
            question: RowQuestion::default(),
        }
    };
    let mut rows = places.iter().enumerate().map(row).peekable();
    while rows.peek().is_some() {
        take(rows.by_ref().take(CHUNK).collect(), streams);
    }
    Ok(true)
}

/// The rows of NDJSON, a line each as in a batch; a blank line is one that cannot be read.
fn lines(
    mut input: impl BufRead,
    shown: &str,
    streams: &mut Streams,
    take: &mut dyn FnMut(Vec<CorpusRow>, &mut Streams),
) -> Result<bool, CliError> {
    let mut line = Vec::new();
    let mut chunk = Vec::with_capacity(CHUNK);
    let (mut number, mut good) = (0_usize, true);
    let unread = |error| CliError::read(&PathBuf::from(shown), error);
    // What comes first may be less than a line, and mostly is all that tells what the file is.
    let wrong = loop {
        match input.fill_buf() {
            Ok(start) => break begins_as_text(start).err(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unread(error)),
        }
    };
    if let Some(wrong) = wrong {
        streams.error(&wrong.of_file(shown));
        streams.help(wrong.help());
        return Ok(false);
    }
    while let Some(whole) = read_line(&mut input, &mut line).map_err(unread)? {
        number += 1;
        let place = format!("{shown}:{number}");
        let text = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
        match (whole, std::str::from_utf8(text)) {
            (false, _) => {
                good = false;
                streams.error(&format!("{place}: the line is longer than {MAX_LINE} bytes"));
            }
            (true, Err(error)) => {
                good = false;
                let at = error.valid_up_to() + 1;
                streams.error(&format!("{place}: the line is not UTF-8 from byte {at} on"));
            }
            (true, Ok(text)) => {
                let facts = text.to_owned();
                let (file, line) = (shown.to_owned(), number);
                chunk.push(CorpusRow {
                    name: place,
                    file,
                    line,
                    facts,
                    format: Format::Json,
                    question: RowQuestion::default(),
                });
                if chunk.len() == CHUNK {
                    take(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)), streams);
                }
            }
        }
    }
    take(chunk, streams);
    Ok(good)
}

/// Reads one line without its end; false if it is too long, `None` at the end of the input.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let mut whole = true;
    let mut any = false;
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = buffer.iter().position(|b| *b == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
        // The rest of a line that is too long is skipped, so that the next line is found.
        if line.len() + part.len() <= MAX_LINE {
            line.extend_from_slice(part)
        } else {
            whole = false
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Some(whole));
        }
    }
}
