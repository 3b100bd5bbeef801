//! `ereje batch`: decides a file of rows.
//!
//! ```text
//!  input ──▶ blocks ──▶ workers: decide, each on a block of its own ──▶ collect ──▶ output, bad rows
//!                                                                         └──▶ summary, progress, journal, guard
//! ```
//!
//! [`ereje_batch::files`] reads, cuts, decides and packs. Here, [`form`] holds the options for formats, [`start`] opens
//! the outputs, anew or where an earlier run was interrupted, [`trial`] finds the rows that have brought it down,
//! [`collect`] distributes the results, and [`guard`] notes how far the run has come if it is ended from outside.

mod collect;
mod form;
mod guard;
mod progress;
mod start;
mod trial;

use super::error::CliError;
use super::mask::MaskArgs;
use super::policy::QuestionArgs;
use super::streams::Streams;
use super::{CliResult, Exit, write};
use collect::{BatchResult, Collector};
use ereje::Policy;
use ereje::ids::DecisionId;
use ereje::mask::Mask;
use ereje_batch::decider::Decider;
use ereje_batch::files::blocks::Blocks;
use ereje_batch::files::decide::Worker;
use ereje_batch::files::input::Input;
use ereje_batch::files::journal::Job;
use ereje_batch::files::names::{RunNames, standing};
use ereje_batch::files::output_format::OutputFormat;
use ereje_batch::files::summary::{Summary, spaced};
use ereje_batch::files::suspects::suspects;
use ereje_batch::files::{self, journal, workers};
use form::{FormArgs, Rows};
use guard::Guard;
pub(crate) use guard::run as run_guard;
use progress::BatchProgress;
use serde_json::{Map, Value as Json};
use start::BatchOutputs;
use std::ffi::OsString;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Decide a file of many applications
///
/// Reads NDJSON, a JSON object of facts on each line, or CSV, with the name of a fact above each column, and writes a
/// line for each row, in order: {"outcome": …, "reasons": ["CODE", …]}, or other fields, or CSV. A row that cannot be
/// read gives {"error": …} in its place and is reported on stderr, and the others are decided all the same. Rows stream
/// through, so that memory does not grow with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje batch -p policies/kz facts.ndjson -o decisions.ndjson
  ereje batch -p policies/kz facts.ndjson.zst -o decisions.ndjson.gz --bad bad.ndjson --summary summary.json
  ereje batch -p policies/kz facts.ndjson -o decisions.ndjson --resume
  ereje batch -p policies/kz facts.csv --null absent -o decisions.csv --fields application.id,outcome,reasons
  ereje batch -p policies/kz facts.ndjson -o decisions.ndjson --mask applicant,owners --mask-key key
  generate | ereje batch -p policies/kz - -o - | store

A file appears under its name only when it is finished; until then it is called OUT.part. OUT.resume says how far the
run has come, so that --resume can go on with one that was interrupted: no row is lost, and none is written twice. A row
over which the program goes down is then told and passed over. After Ctrl-C, the command to go on with is printed.

What ends in .gz or .zst is compressed. An input is also known by its first bytes.

Exit codes: 0 every row is decided (undetermined is an answer here); 1 some rows could not be read, or the policy has
errors; 2 a file could not be read or written, or the usage is wrong; 4 the decision of a row has a fault. Of several the
first of 2, 4, 1. A run that a signal ends has the code that the shell gives it, 130 after Ctrl-C.")]
pub(super) struct BatchArgs {
    #[command(flatten)]
    question: QuestionArgs,
    /// Facts in NDJSON or CSV; `-` is stdin
    #[arg(value_name = "FACTS")]
    facts: PathBuf,
    /// The file for the decisions; `-` is stdout
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    #[command(flatten)]
    form: FormArgs,
    /// Also write each row that cannot be read here: line, column, code, message and the row itself, as JSON
    #[arg(long, value_name = "FILE")]
    bad: Option<PathBuf>,
    /// Write a summary of the run here, as JSON: rows, outcomes, reasons, and errors by their codes
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Go on with an interrupted run, if there is one
    #[arg(long)]
    resume: bool,
    /// How many threads decide [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// How often to note for --resume how far the run has come; 0: after every block of rows
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    checkpoint: u64,
    #[command(flatten)]
    mask: MaskArgs,
}

pub(super) fn run(args: &BatchArgs, streams: &mut Streams) -> CliResult {
    let Some((policy, options, _)) = args.question.resolve(streams)? else { return Ok(Exit::Found) };
    args.names_differ(&policy)?;
    // The plan for these options was just made, so there are no errors.
    let Ok(decider) = Decider::new(policy.engine(), &options) else { return Ok(Exit::Found) };
    let mask = args.mask.resolve(policy.model())?;
    let decider = match &mask {
        Some(mask) => decider.masked(mask),
        None => decider,
    };
    let format = args.form.output_format(policy.engine(), options.decision, &args.facts, &args.output)?;
    let mut input = Input::open(&args.facts)?;
    let Some((decider, rows)) = args.form.decider(decider, &args.facts, &mut input, streams)? else {
        return Ok(Exit::CouldNotRun);
    };
    let job = Job {
        ereje: env!("CARGO_PKG_VERSION").to_owned(),
        policy: policy.digest().to_owned(),
        options: args.to_json(mask.as_deref()),
        input: input.identity().clone(),
        bad: args.bad.clone(),
    };
    let mut started = BatchOutputs::new(&args.output, args.bad.as_deref(), job, args.resume, streams)?;
    let (size, taken) = (input.identity().size, input.taken());
    // Into a file, blocks end at the same places however the input comes, so that compressed files are the same, too.
    let prompt = input.may_pause() && started.output.is_open_stream();
    let text = match started.before.finished {
        true => None,
        false => match args.text(input, &rows, &mut started, streams) {
            Ok(text) => Some(text),
            Err(error) => {
                started.leave();
                return Err(error);
            }
        },
    };
    let workers = args.workers(&decider, &rows, &format, &started)?;
    let progress = BatchProgress::new(size, taken);
    let before = started.before.clone();
    let guard = match started.journal.as_ref().filter(|_| started.resumable && !before.finished) {
        Some(journal) => Guard::start(&args.output, args.bad.as_deref(), journal.job(), &before),
        None => Guard::none(),
    };
    let mut collector = Collector::new(started, guard, Duration::from_secs(args.checkpoint), progress, streams);
    let decided = match text {
        None => Ok(()),
        Some(text) => {
            let begun = collector.begin(&format.header());
            begun.and_then(|()| {
                let (bytes, line) = position(&rows, &before);
                let blocks = Blocks::after(text, rows.cut, collector.rows_before(), line, bytes).promptly(prompt);
                decide_all(args, blocks, workers, &mut collector)
            })
        }
    };
    if let Err(error) = decided.and_then(|()| collector.finish()) {
        let kept = collector.leave();
        let error = CliError::from(error);
        streams.failure(&error);
        // A wrong option has to be corrected first; then what is there can be resumed.
        if kept && !matches!(error, CliError::Usage(..)) {
            streams.help("--resume goes on with what is decided so far");
        }
        return Ok(Exit::CouldNotRun);
    }
    let BatchResult { counts, reported, throughput, journal } = collector.done();
    let decision = options.decision.unwrap_or_else(|| DecisionId::new(0));
    let summary = Summary::new(&counts, policy.model(), decision, throughput);
    match &args.summary {
        Some(path) if path == Path::new("-") => streams.print_exactly(&summary.json())?,
        Some(path) => write::replace(path, &summary.json()).map_err(|error| CliError::write(path, error))?,
        None => {}
    }
    if let Some(journal) = journal {
        journal.remove()?;
    }
    match counts.unread().saturating_sub(reported) {
        0 => {}
        more => streams.say(&format!("… and {} more bad rows", spaced(more))),
    }
    streams.say(&summary.text());
    let unread = if counts.unread() == 0 { Exit::Done } else { Exit::Found };
    Ok(unread.and(if counts.faulty() == 0 { Exit::Done } else { Exit::Faulty }))
}

/// Decides the rest of the input.
fn decide_all(
    args: &BatchArgs,
    blocks: Blocks<Box<dyn std::io::Read + Send>>,
    workers: Vec<workers::Decide<'_>>,
    collector: &mut Collector<'_>,
) -> Result<(), files::Error> {
    let unread = |error| files::Error::read(&args.facts, error);
    workers::run(blocks, workers, |item| collector.take(item), &unread)
}

/// The position of the first row to decide, in bytes, and its line.
fn position(rows: &Rows, before: &journal::Checkpoint) -> (u64, u64) {
    match before.place.bytes {
        0 if !rows.header.is_empty() => (rows.header.len() as u64, 2),
        bytes => (bytes, before.line.max(1)),
    }
}

impl BatchArgs {
    /// The text of the rows to decide. After an earlier run, the rows that it had begun are tried first: if one of them
    /// has brought it down, it would do so again.
    fn text(
        &self,
        input: Input,
        rows: &Rows,
        started: &mut BatchOutputs,
        streams: &mut Streams,
    ) -> Result<Box<dyn std::io::Read + Send>, CliError> {
        let unread = |error| CliError::read(&self.facts, error);
        let before = &mut started.before;
        let mut text = input.text(&before.place)?;
        if before.place.bytes == 0 && !rows.header.is_empty() {
            std::io::copy(&mut text.by_ref().take(rows.header.len() as u64), &mut std::io::sink()).map_err(unread)?;
        }
        if started.resumed {
            let (bytes, line) = position(rows, before);
            let from = (before.counts.rows(), line, bytes);
            let (mut begun, whole) = suspects(text, rows.cut, from, before.begun.max(1));
            text = whole;
            begun.retain(|suspect| !before.passed.contains(&suspect.row));
            let found = trial::passed(&self.trial_line(), &self.shown(), &rows.header, &begun, streams)?;
            before.passed.extend(found);
        }
        // With two items for each thread, so many blocks can be begun at a time.
        before.begun = 2 * self.thread_count() as u64;
        if let Some(journal) = started.journal.as_ref().filter(|_| started.resumable) {
            journal.write(before)?;
        }
        Ok(text)
    }

    /// The options that identify a run: it can only be resumed with the same ones.
    fn to_json(&self, mask: Option<&Mask>) -> Json {
        let mut options = Map::new();
        options.insert("question".into(), self.question.to_json());
        options.insert("form".into(), self.form.to_json(&self.facts, &self.output));
        self.mask.note(mask, &mut options);
        Json::Object(options)
    }

    /// The command line that tries rows from stdin.
    fn trial_line(&self) -> Vec<OsString> {
        let mut line: Vec<OsString> = vec!["batch".into()];
        line.extend(self.question.command_line());
        line.extend(self.form.command_line(&self.facts, &self.output));
        line.extend(self.mask.command_line());
        // Rows of a run with several threads are decided beside the main one, whose stack is another.
        let threads = if self.thread_count() > 1 { "2" } else { "1" };
        line.extend(["-", "-o", "-", "--threads", threads].map(OsString::from));
        line
    }

    /// The name of the input, for messages.
    fn shown(&self) -> String {
        if self.facts == Path::new("-") { String::from("stdin") } else { self.facts.display().to_string() }
    }

    fn thread_count(&self) -> usize {
        self.threads.map_or_else(workers::all_cores, NonZeroUsize::get)
    }

    /// A worker for each thread.
    fn workers<'a>(
        &'a self,
        decider: &Decider<'a>,
        rows: &Rows,
        format: &OutputFormat,
        started: &BatchOutputs,
    ) -> Result<Vec<workers::Decide<'a>>, CliError> {
        let name: Arc<str> = Arc::from(self.shown());
        let passed: Arc<[u64]> = Arc::from(started.before.passed.as_slice());
        let mut workers: Vec<workers::Decide<'a>> = Vec::new();
        for _ in 0..self.thread_count() {
            let (decider, packer, name) = (decider.clone(), started.output.packer()?, Arc::clone(&name));
            let (cut, format, keep_bad) = (rows.cut, format.clone(), started.bad.is_some());
            let passed = Arc::clone(&passed);
            let mut worker = Worker { decider, cut, format, packer, name, keep_bad, passed };
            workers.push(Box::new(move |block, answers| {
                worker.decide(block, answers).map_err(|error| files::Error::write(&self.output, error))
            }));
        }
        Ok(workers)
    }

    /// An error if a file is both read and written, or written twice, before anything is opened for writing; or if what
    /// is written is a link.
    fn names_differ(&self, policy: &Policy) -> Result<(), CliError> {
        let dash = |path: &Path| path == Path::new("-");
        if dash(&self.output) {
            for (option, path) in [("--bad", &self.bad), ("--summary", &self.summary)] {
                if path.as_ref().is_some_and(|path| dash(path)) {
                    let message = format!("`-` is named twice: as the output, and for {option}");
                    return Err(CliError::Usage(message, Some("give each a name of its own".into())));
                }
            }
        }
        let mut names = RunNames::default();
        for file in self.question.files(policy)? {
            names.read(&file, "a file of the policy");
        }
        if !dash(&self.facts) {
            names.read(&self.facts, "the file of the facts");
        }
        if let Some(key) = self.mask.key_file() {
            names.read(key, "the key of the mask");
        }
        if !dash(&self.output) {
            names.output(&self.output, "the output");
        }
        if let Some(path) = self.bad.as_ref().filter(|path| !dash(path)) {
            names.output(path, "the file of bad rows");
        }
        if let Some(path) = self.summary.as_ref().filter(|path| !dash(path)) {
            names.written(path, "the summary");
            standing(path).map_err(|error| CliError::write(path, error))?;
        }
        Ok(names.differ()?)
    }
}
