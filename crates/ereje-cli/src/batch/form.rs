//! The options for the formats of input and output, and for the fields.

use super::super::error::CliError;
use super::super::findings::Findings;
use super::super::mask::report_masked;
use super::super::streams::Streams;
use clap::ValueEnum as _;
use ereje::diagnostic::add_bytes;
use ereje::engine::Engine;
use ereje::facts::csv::{Columns, CsvRules, Null};
use ereje::ids::DecisionId;
use ereje::source::Sources;
use ereje_batch::decider::Decider;
use ereje_batch::files::blocks::{Cut, MAX_LINE};
use ereje_batch::files::input::Input;
use ereje_batch::files::output_format::OutputFormat;
use ereje_batch::lines::{CellRules, LineFormat, Lines, USUAL_FIELDS};
use serde_json::{Value as Json, json};
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RowFormat {
    /// A JSON object on each line
    Ndjson,
    /// A header, and a record for each
    Csv,
}

/// What an empty cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum NullMeans {
    /// There is no record of it
    Absent,
    /// Nobody has asked
    Unasked,
}

/// The formats of input and output.
#[derive(Debug, clap::Args)]
pub(super) struct FormArgs {
    /// The format of the rows [default: by the name of the file, else ndjson]
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<RowFormat>,
    /// What an empty cell of CSV means, read or written; without it, a record that has one cannot be read, and one that is
    /// written means that nobody has asked
    #[arg(long, value_enum, value_name = "STATE")]
    null: Option<NullMeans>,
    /// Put a ' before cells of CSV that a spreadsheet would take for a formula, and take it away where they are read
    #[arg(long)]
    csv_guard: bool,
    /// Skip columns and keys that the policy does not declare, instead of refusing them
    #[arg(long)]
    ignore_unknown: bool,
    /// The format of the output [default: by the name of the output, else ndjson]
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<RowFormat>,
    /// The fields of each line, with commas between: outcome, reasons, row, needs, open, as_of, region, provisional,
    /// outputs, outputs.NAME, unknown_outputs, blocked, faults, messages.LANGUAGE, and any fact by its name
    #[arg(long, value_name = "LIST", default_value = USUAL_FIELDS)]
    fields: String,
}

impl RowFormat {
    /// The format that a file's ending names, compressed or not.
    fn of_name(path: &Path) -> Self {
        let is = |path: &Path, wanted: &[&str]| {
            path.extension().is_some_and(|ending| wanted.iter().any(|wanted| ending.eq_ignore_ascii_case(wanted)))
        };
        let inner = if is(path, &["gz", "zst"]) { path.with_extension("") } else { path.to_path_buf() };
        if is(&inner, &["csv", "tsv"]) { Self::Csv } else { Self::Ndjson }
    }
}

/// How an input is cut into rows.
pub(super) struct Rows {
    pub(super) cut: Cut,
    /// The header of CSV with its line end; empty for JSON.
    pub(super) header: Vec<u8>,
}

impl FormArgs {
    /// The same options on a command line for another input and output, with the formats that these files have.
    pub(super) fn command_line(&self, input: &Path, output: &Path) -> Vec<OsString> {
        let word = |option: &str, value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
            value().map(|value| OsString::from(format!("{option}={}", value.get_name())))
        };
        let mut line: Vec<OsString> = Vec::new();
        line.extend(word("--from", &|| self.from(input).to_possible_value()));
        line.extend(word("--to", &|| self.to(output).to_possible_value()));
        line.extend(word("--null", &|| self.null.as_ref().and_then(clap::ValueEnum::to_possible_value)));
        line.extend(self.csv_guard.then(|| OsString::from("--csv-guard")));
        line.extend(self.ignore_unknown.then(|| OsString::from("--ignore-unknown")));
        line.push(OsString::from(format!("--fields={}", self.fields)));
        line
    }

    /// The options that identify a run: it can only be resumed with the same ones.
    pub(super) fn to_json(&self, input: &Path, output: &Path) -> Json {
        json!({
            "from": format!("{:?}", self.from(input)),
            "to": format!("{:?}", self.to(output)),
            "null": self.null.map(|null| format!("{null:?}")),
            "csv_guard": self.csv_guard,
            "ignore_unknown": self.ignore_unknown,
            "fields": self.fields,
        })
    }

    fn from(&self, input: &Path) -> RowFormat {
        self.from.unwrap_or_else(|| RowFormat::of_name(input))
    }

    fn to(&self, output: &Path) -> RowFormat {
        self.to.unwrap_or_else(|| RowFormat::of_name(output))
    }

    /// The format in which decisions are written.
    pub(super) fn output_format(
        &self,
        engine: &Engine,
        decision: Option<DecisionId>,
        input: &Path,
        output: &Path,
    ) -> Result<OutputFormat, CliError> {
        self.cells_are_meant(input, output)?;
        let format = match self.to(output) {
            RowFormat::Ndjson if self.fields == USUAL_FIELDS => return Ok(OutputFormat::Usual),
            RowFormat::Ndjson => LineFormat::Json,
            RowFormat::Csv => LineFormat::Csv,
        };
        let lines = Lines::new(engine, decision, &self.fields, format);
        let lines = lines.map_err(|error| CliError::Usage(error.message, Some(error.help)))?;
        let cells = CellRules { empty: self.empty().unwrap_or(Null::Unasked), guarded: self.csv_guard };
        Ok(OutputFormat::Fields(Arc::new(lines.with_cells(cells))))
    }

    /// What an empty cell means.
    fn empty(&self) -> Option<Null> {
        self.null.map(|null| match null {
            NullMeans::Absent => Null::Absent,
            NullMeans::Unasked => Null::Unasked,
        })
    }

    /// An error if an option is about cells, and neither the rows nor the decisions have any.
    fn cells_are_meant(&self, input: &Path, output: &Path) -> Result<(), CliError> {
        let named = [(self.null.is_some(), "--null"), (self.csv_guard, "--csv-guard")];
        let ndjson = self.from(input) == RowFormat::Ndjson && self.to(output) == RowFormat::Ndjson;
        match named.into_iter().find(|(given, _)| *given && ndjson) {
            None => Ok(()),
            Some((_, option)) => {
                let message = format!("{option} is about cells of CSV, and NDJSON has none");
                let help = String::from("for CSV under another name there is `--from csv`, and `--to csv`");
                Err(CliError::Usage(message, Some(help)))
            }
        }
    }

    /// A decider for the format of the rows; `None` if the header of CSV has errors, which are then reported.
    pub(super) fn decider<'e>(
        &self,
        decider: Decider<'e>,
        path: &Path,
        input: &mut Input,
        streams: &mut Streams,
    ) -> Result<Option<(Decider<'e>, Rows)>, CliError> {
        let decider = if self.ignore_unknown { decider.ignoring_unknown() } else { decider };
        match self.from(path) {
            RowFormat::Ndjson => Ok(Some((decider, Rows { cut: Cut::Lines, header: Vec::new() }))),
            RowFormat::Csv => {
                let header = input.header(MAX_LINE)?;
                let Some(columns) = self.columns(&decider, path, &header, streams)? else { return Ok(None) };
                let cut = Cut::Records(columns.separator());
                Ok(Some((decider.of_records(columns), Rows { cut, header })))
            }
        }
    }

    fn columns(
        &self,
        decider: &Decider<'_>,
        path: &Path,
        header: &[u8],
        streams: &mut Streams,
    ) -> Result<Option<Columns>, CliError> {
        let rules = CsvRules { null: self.empty(), skip_unknown: self.ignore_unknown, guarded: self.csv_guard };
        let name = if path == Path::new("-") { String::from("stdin") } else { path.display().to_string() };
        let mut sources = Sources::new();
        let mut findings = Findings::default();
        let found = match add_bytes(&mut sources, &name, header) {
            Err(finding) => vec![*finding],
            Ok(file) => {
                let text = sources.get(file).map_or("", |source| &source.text);
                match decider.columns(text, rules) {
                    Ok(columns) => return Ok(Some(columns)),
                    Err(found) => found,
                }
            }
        };
        if let Some(mask) = decider.mask() {
            // A file without a header has a row in its place.
            report_masked(&found, &sources, mask, streams);
            return Ok(None);
        }
        findings.add(&sources, &found, str::to_owned);
        findings.say(streams);
        Ok(None)
    }
}
