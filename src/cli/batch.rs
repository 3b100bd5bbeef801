//! `ereje batch`: decides a file of many, a line each.

use super::error::CliError;
use super::findings::counted;
use super::policy::Asked;
use super::streams::Streams;
use super::write::Unfinished;
use super::{CliResult, Exit};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The longest line, in bytes.
pub(super) const MAX_LINE: usize = 1 << 20;
/// How many bad rows are told on stderr; all of them stand in the output.
const TOLD: usize = 20;

/// Decide a file of many applications
///
/// Reads NDJSON, a JSON object of facts on each line, and writes a line for each row, in order:
/// {"outcome": …, "reasons": ["CODE", …]}. A row that cannot be read gives {"error": …} in its place and is told on
/// stderr, and the others are decided all the same. Rows stream through, so that memory does not grow with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje batch -p policies/kz facts.ndjson -o decisions.ndjson
  zcat facts.gz | ereje batch -p policies/kz - -o - | gzip > decisions.gz

A file appears under its name only when it is finished.

Exit codes: 0 every row is decided (undetermined is an outcome here); 1 some rows could not be read, or the policy has
errors; 2 a file could not be read or written, or the usage is wrong.")]
pub(super) struct Args {
    #[command(flatten)]
    asked: Asked,
    /// Facts in NDJSON; `-` is stdin
    #[arg(value_name = "FACTS")]
    facts: PathBuf,
    /// Where decisions go; `-` is stdout
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> CliResult {
    let Some((policy, options, _)) = args.asked.resolve(streams)? else { return Ok(Exit::Found) };
    // The plan for these options was made just now.
    let Ok(mut decider) = policy.engine().decider(&options) else { return Ok(Exit::Found) };
    let input: Box<dyn BufRead> = if args.facts == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&args.facts).map_err(|e| CliError::read(&args.facts, e))?;
        Box::new(BufReader::with_capacity(1 << 18, file))
    };
    let mut decide = |line: &str, out: &mut Vec<u8>| -> Result<(), String> {
        decider.line(line, out).map_err(|found| first(&found, line))
    };
    let unwritable = |error| CliError::write(&args.output, error);
    let (rows, bad) = if args.output == Path::new("-") {
        // Straight to the stream: rows hold no colours that somebody could want taken out.
        let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
        let counts = each_row(input, &mut out, &args.facts, streams, &mut decide)?;
        out.flush()?;
        counts
    } else {
        let file = Unfinished::create(&args.output).map_err(unwritable)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let counts = each_row(input, &mut out, &args.facts, streams, &mut decide)?;
        out.into_inner().map_err(|e| unwritable(e.into_error()))?.finish().map_err(unwritable)?;
        counts
    };
    if bad == 0 {
        streams.say(&format!("decided {}", counted(rows, "row")));
        return Ok(Exit::Done);
    }
    if bad > TOLD {
        streams.say(&format!("… and {} more bad rows", bad - TOLD));
    }
    streams.say(&format!("decided {} of {}; {bad} could not be read", rows - bad, counted(rows, "row")));
    Ok(Exit::Found)
}

/// Decides row after row; how many there were, and how many of them were bad.
fn each_row(
    mut input: Box<dyn BufRead>,
    out: &mut impl Write,
    name: &Path,
    streams: &mut Streams,
    decide: &mut impl FnMut(&str, &mut Vec<u8>) -> Result<(), String>,
) -> Result<(usize, usize), CliError> {
    let (mut rows, mut bad) = (0, 0);
    let mut line: Vec<u8> = Vec::new();
    let mut answer: Vec<u8> = Vec::new();
    while let Some(whole) = read_line(&mut input, &mut line).map_err(|e| CliError::read(name, e))? {
        rows += 1;
        answer.clear();
        let text = if rows == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
        let decided = match (whole, std::str::from_utf8(text)) {
            (false, _) => Err(format!("the line is longer than {MAX_LINE} bytes")),
            (true, Err(error)) => Err(format!("the line is not UTF-8 from byte {} on", error.valid_up_to() + 1)),
            (true, Ok(text)) => decide(text, &mut answer),
        };
        if let Err(message) = decided {
            bad += 1;
            if bad <= TOLD {
                streams.error(&format!("{}:{rows}: {message}", name.display()));
            }
            answer.clear();
            serde_json::to_writer(&mut answer, &json!({ "error": message, "line": rows })).map_err(io::Error::from)?;
        }
        answer.push(b'\n');
        out.write_all(&answer)?;
    }
    Ok((rows, bad))
}

/// Reads one line without its end; whether it fits. None at the end of the input.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
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
        // What does not fit is read past and thrown away, so that the next line is found.
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

/// The first finding of a row in one line, and how many more there are.
fn first(found: &[Diagnostic], line: &str) -> String {
    let Some(finding) = found.first() else { return String::from("the row cannot be read") };
    let mut sources = Sources::new();
    let file = sources.add("row", line);
    let column = sources.get(file).map_or(1, |s| s.position(finding.primary.span.start).column);
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    format!("column {column}: {} [{}]{more}", finding.message, finding.code)
}
