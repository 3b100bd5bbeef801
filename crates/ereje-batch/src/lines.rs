//! Lines of decisions: the fields of each, in the order asked for, as JSON or CSV.
//!
//! Comes in: names of fields, once; then what was decided of each application, with its facts. Goes out: a line each.
//! Texts, outputs and facts are only computed if a field needs them.

use crate::copied::CopiedFact;
use ereje::diagnostic::{Diagnostic, lookalike, nearest};
use ereje::engine::Engine;
use ereje::eval::{DetailLevel, Evaluation, KnownOutput, Origin, Verdict};
use ereje::explain::{self, message, origin_name, outcome_name};
use ereje::facts::csv::{Null, column, column_names, guarded};
use ereje::facts::{FactSet, nfc};
use ereje::ids::{DecisionId, FactId, OutputRef, ReasonId};
use ereje::model::Model;
use ereje::visible::in_json;
use serde::Serialize;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One field of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    /// The outcome's name.
    Outcome,
    /// The codes of the reasons.
    Reasons,
    /// The number of the row, from 1.
    Row,
    /// The facts to ask next.
    Needs,
    /// Rules of the same outcome that are still unknown.
    Open,
    /// The governing date.
    AsOf,
    /// The governing place.
    Region,
    /// Whether the outcome rests on a registry that was down.
    Provisional,
    /// All outputs that are known.
    Outputs,
    /// An output, by its index in the decision.
    Output(u32),
    /// The outputs that are not known, with why.
    UnknownOutputs,
    /// What no question can settle.
    Blocked,
    /// What went wrong.
    Faults,
    /// The messages of the reasons in a language.
    Messages(String),
    /// A fact as it was given, or a field of the records in it.
    Fact(CopiedFact),
}

/// The form of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// An object on each line.
    Json,
    /// A header, and a record for each line; the last column holds the error of a row that cannot be read.
    Csv,
}

/// How cells of CSV are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRules {
    /// What the empty cell of a fact means.
    pub empty: Null,
    /// True if a cell that a spreadsheet would take for a formula gets a `'` before it.
    pub guarded: bool,
}

/// The fields of the lines of a run, and their form.
#[derive(Clone, Debug)]
pub struct Lines {
    fields: Vec<(String, Field)>,
    /// The facts that the lines repeat.
    repeated: Vec<FactId>,
    format: LineFormat,
    cells: CellRules,
    decision: DecisionId,
    /// The names of the outcomes as the lines write them, then those of `undetermined` and `not_in_force`.
    outcomes: Vec<String>,
    /// The codes of the reasons, as the lines write them.
    codes: Vec<String>,
}

/// Why a list of fields is refused: a name is unknown, or comes twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// What is wrong.
    pub message: String,
    /// The next step.
    pub help: String,
}

/// What was decided of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DecidedRow<'d> {
    /// Outcome and codes only.
    Brief(Verdict, &'d [ReasonId]),
    /// As much as [`Lines::detail`] asks for.
    Whole(&'d Evaluation),
}

/// The fields of a line if none are asked for.
pub const USUAL_FIELDS: &str = "outcome,reasons";

const OWN: [(&str, Field); 12] = [
    ("outcome", Field::Outcome),
    ("reasons", Field::Reasons),
    ("row", Field::Row),
    ("needs", Field::Needs),
    ("open", Field::Open),
    ("as_of", Field::AsOf),
    ("region", Field::Region),
    ("provisional", Field::Provisional),
    ("outputs", Field::Outputs),
    ("unknown_outputs", Field::UnknownOutputs),
    ("blocked", Field::Blocked),
    ("faults", Field::Faults),
];

impl Lines {
    /// Lines with these fields of a decision: names with commas between them.
    ///
    /// # Errors
    /// The first name that is no field, with the nearest one that is, or that comes twice.
    pub fn new(
        engine: &Engine,
        decision: Option<DecisionId>,
        names: &str,
        format: LineFormat,
    ) -> Result<Self, FieldError> {
        let (model, decision) = (engine.model(), decision.unwrap_or(DecisionId(0)));
        let mut fields: Vec<(String, Field)> = Vec::new();
        for name in names.split(',').map(str::trim) {
            let field = field(model, decision, name).ok_or_else(|| unknown(model, decision, name))?;
            if fields.iter().any(|(known, _)| known == name) {
                let help = String::from("name each field once");
                return Err(FieldError { message: format!("the field `{name}` is asked for twice"), help });
            }
            fields.push((name.to_owned(), field));
        }
        let outcomes = model.decisions.at(decision).outcomes.iter().map(|o| o.name.as_str());
        let outcomes = outcomes.chain(["undetermined", "not_in_force"]);
        let repeated = fields.iter().filter_map(|(_, field)| match field {
            Field::Fact(copied) => Some(copied.fact),
            Field::Outcome
            | Field::Reasons
            | Field::Row
            | Field::Needs
            | Field::Open
            | Field::AsOf
            | Field::Region
            | Field::Provisional
            | Field::Outputs
            | Field::Output(_)
            | Field::UnknownOutputs
            | Field::Blocked
            | Field::Faults
            | Field::Messages(_) => None,
        });
        Ok(Self {
            repeated: repeated.collect(),
            outcomes: outcomes.map(|name| format.text(name)).collect(),
            codes: model.reasons.iter().map(|reason| format.text(&reason.code)).collect(),
            fields,
            format,
            cells: CellRules { empty: Null::Unasked, guarded: false },
            decision,
        })
    }

    /// The same with other rules for the cells of CSV.
    #[must_use]
    pub fn with_cells(self, cells: CellRules) -> Self {
        Self { cells, ..self }
    }
}

/// The field with a name, in whatever form of Unicode. A field of the decision comes before a fact of the same name.
fn field(model: &Model, decision: DecisionId, name: &str) -> Option<Field> {
    let name = &*nfc(name);
    if let Some((_, field)) = OWN.iter().find(|(own, _)| *own == name) {
        return Some(field.clone());
    }
    let outputs = &model.decisions.at(decision).outputs;
    let named = match name.split_once('.') {
        Some(("outputs", output)) => (0..).zip(outputs).find(|(_, o)| o.name == output).map(|(i, _)| Field::Output(i)),
        Some(("messages", language)) => {
            languages(model).into_iter().find(|known| *known == language).map(|known| Field::Messages(known.to_owned()))
        }
        Some(_) | None => None,
    };
    named.or_else(|| column(model, name).map(|(fact, fields)| Field::Fact(CopiedFact { fact, fields })))
}

/// The languages in which a reason has a text, whether or not the policy asks for all texts in them.
fn languages(model: &Model) -> BTreeSet<&str> {
    let of_reasons = model.reasons.iter().flat_map(|reason| reason.languages());
    model.languages.iter().map(String::as_str).chain(of_reasons).collect()
}

fn unknown(model: &Model, decision: DecisionId, name: &str) -> FieldError {
    let mut names: Vec<String> = OWN.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.extend(model.decisions.at(decision).outputs.iter().map(|output| format!("outputs.{}", output.name)));
    names.extend(languages(model).iter().map(|language| format!("messages.{language}")));
    let own = names.len();
    names.extend(column_names(model));
    let all = || names.iter().map(String::as_str);
    let help = match (lookalike(name, all()), nearest(name, all())) {
        (Some((meant, why)), _) => format!("{why}; did you mean `{meant}`?"),
        (None, Some(meant)) => format!("did you mean `{meant}`?"),
        (None, None) => {
            let own: Vec<String> = all().take(own).map(|name| format!("`{name}`")).collect();
            format!("there are {}, and every fact by its name", own.join(", "))
        }
    };
    FieldError { message: format!("there is no field `{name}`"), help }
}

impl LineFormat {
    /// A text as a value of JSON or a cell.
    fn text(self, text: &str) -> String {
        match self {
            Self::Json => Json::from(text).to_string(),
            Self::Csv => cell(text),
        }
    }
}

/// A text as a cell of CSV.
fn cell(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

impl Lines {
    /// How much has to be computed; `None` if outcome and codes are enough.
    pub(crate) fn detail(&self) -> Option<DetailLevel> {
        let mut detail = None;
        for (_, field) in &self.fields {
            let needed = match field {
                Field::Outcome | Field::Reasons | Field::Row | Field::Fact(_) => continue,
                Field::Needs | Field::Open | Field::AsOf | Field::Region | Field::Provisional | Field::Blocked => {
                    DetailLevel::Codes
                }
                // The faults of a decision are those of its outputs, too.
                Field::Outputs | Field::Output(_) | Field::UnknownOutputs | Field::Faults => DetailLevel::Outputs,
                Field::Messages(_) => DetailLevel::Messages,
            };
            detail = Some(match (detail, needed) {
                (Some(DetailLevel::Messages), _) | (_, DetailLevel::Messages) => DetailLevel::Messages,
                (Some(DetailLevel::Outputs), _) | (_, DetailLevel::Outputs) => DetailLevel::Outputs,
                (Some(DetailLevel::Codes) | None, DetailLevel::Codes) => DetailLevel::Codes,
            });
        }
        detail
    }

    /// The facts that a line repeats.
    pub(crate) fn repeated(&self) -> &[FactId] {
        &self.repeated
    }

    /// The form of the lines.
    #[must_use]
    pub fn format(&self) -> LineFormat {
        self.format
    }

    /// The header, with its line end; empty for JSON.
    #[must_use]
    pub fn header(&self) -> String {
        match self.format {
            LineFormat::Json => String::new(),
            LineFormat::Csv => self.fields.iter().map(|(name, _)| cell(name) + ",").collect::<String>() + "error\n",
        }
    }

    /// Appends the line of a row that cannot be read to `out`, so that every row has its line. `line` is its line in
    /// its file.
    pub fn error(&self, row: u64, line: u64, message: &str, out: &mut Vec<u8>) {
        match self.format {
            LineFormat::Json => {
                let mut line = serde_json::json!({ "error": message, "line": line });
                if let Some(object) = line.as_object_mut().filter(|_| self.fields.iter().any(|(_, f)| *f == Field::Row))
                {
                    object.insert(String::from("row"), row.into());
                }
                out.extend_from_slice(line.to_string().as_bytes());
            }
            LineFormat::Csv => {
                for (_, field) in &self.fields {
                    if *field == Field::Row {
                        out.extend_from_slice(row.to_string().as_bytes());
                    }
                    out.push(b',');
                }
                out.extend_from_slice(self.cell(message).as_bytes());
            }
        }
        out.push(b'\n');
    }

    /// A text as a cell, of which no spreadsheet makes something else where that is asked for.
    fn cell(&self, text: &str) -> String {
        cell(&if self.cells.guarded { guarded(text) } else { Cow::Borrowed(text) })
    }

    /// Appends the line of a decision to `out`. Only the facts in [`Lines::repeated`] are read.
    ///
    /// # Errors
    /// A cell of CSV cannot say the state of a fact; `out` is not changed then.
    pub(crate) fn line(
        &self,
        engine: &Engine,
        decided: DecidedRow<'_>,
        facts: &FactSet,
        row: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Vec<Diagnostic>> {
        let begun = out.len();
        match self.format {
            LineFormat::Json => {
                out.push(b'{');
                let mut before = false;
                for (name, field) in &self.fields {
                    let start = out.len();
                    if before {
                        out.push(b',');
                    }
                    // Names of facts have no character that JSON escapes.
                    out.push(b'"');
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\":");
                    if self.plain(field, decided, row, b",", (b"[", b"]"), out) {
                        before = true;
                        continue;
                    }
                    let told = if let Field::Fact(copied) = field {
                        copied.json(engine.model(), facts, out)
                    } else {
                        out.extend_from_slice(in_json(&self.value(engine, field, decided).to_string()).as_bytes());
                        true
                    };
                    if told {
                        before = true;
                    } else {
                        out.truncate(start);
                    }
                }
                out.extend_from_slice(b"}\n");
            }
            LineFormat::Csv => {
                for (name, field) in &self.fields {
                    if !self.plain(field, decided, row, b" ", (b"", b""), out) {
                        let text = if let Field::Fact(copied) = field {
                            copied.cell(name, engine.model(), facts, self.cells.empty)
                        } else {
                            let names = matches!(field, Field::Needs | Field::Open);
                            Ok(in_cell(self.value(engine, field, decided), names))
                        };
                        match text {
                            Ok(text) => out.extend_from_slice(self.cell(&text).as_bytes()),
                            Err(unsaid) => {
                                out.truncate(begun);
                                return Err(vec![*unsaid]);
                            }
                        }
                    }
                    out.push(b',');
                }
                out.push(b'\n');
            }
        }
        Ok(())
    }

    /// Writes a field that needs no value of its own; true if it did.
    fn plain(
        &self,
        field: &Field,
        decided: DecidedRow<'_>,
        row: u64,
        between: &[u8],
        around: (&[u8], &[u8]),
        out: &mut Vec<u8>,
    ) -> bool {
        let text = |texts: &[String], index: usize, out: &mut Vec<u8>| {
            out.extend_from_slice(texts.get(index).map_or("", String::as_str).as_bytes());
        };
        match field {
            Field::Outcome => {
                let (DecidedRow::Brief(verdict, _) | DecidedRow::Whole(Evaluation { verdict, .. })) = &decided;
                let after = self.outcomes.len().saturating_sub(2);
                let index = match verdict {
                    Verdict::Outcome(level) => *level as usize,
                    Verdict::Undetermined => after,
                    Verdict::NotInForce => after + 1,
                };
                text(&self.outcomes, index, out);
            }
            Field::Reasons => {
                out.extend_from_slice(around.0);
                let mut write = |index: usize, reason: ReasonId| {
                    if index > 0 {
                        out.extend_from_slice(between);
                    }
                    text(&self.codes, reason.index(), out);
                };
                match decided {
                    DecidedRow::Brief(_, reasons) => {
                        reasons.iter().enumerate().for_each(|(index, reason)| write(index, *reason));
                    }
                    DecidedRow::Whole(outcome) => {
                        outcome.reasons.iter().enumerate().for_each(|(index, given)| write(index, given.reason));
                    }
                }
                out.extend_from_slice(around.1);
            }
            Field::Row => out.extend_from_slice(row.to_string().as_bytes()),
            Field::Needs
            | Field::Open
            | Field::AsOf
            | Field::Region
            | Field::Provisional
            | Field::Outputs
            | Field::Output(_)
            | Field::UnknownOutputs
            | Field::Blocked
            | Field::Faults
            | Field::Messages(_)
            | Field::Fact(_) => return false,
        }
        true
    }

    /// The value of a field of the decision.
    fn value(&self, engine: &Engine, field: &Field, decided: DecidedRow<'_>) -> Json {
        let model = engine.model();
        // A field that needs more than codes has made this a whole decision.
        let DecidedRow::Whole(outcome) = decided else { return Json::Null };
        let output = |(index, known): (u32, KnownOutput<'_>)| {
            let output = model.output(OutputRef { decision: self.decision, output: index });
            (output.name.clone(), explain::known_output(model, output, &known))
        };
        match field {
            Field::Needs => outcome.needs.iter().map(|place| Json::String(model.place_name(place))).collect(),
            Field::Open => {
                let rule = |rule| origin_name(model, Origin::Rule(rule)).0;
                outcome.open.iter().map(|open| Json::String(rule(*open))).collect()
            }
            Field::AsOf => outcome.as_of.map_or(Json::Null, |day| Json::String(day.format("%Y-%m-%d").to_string())),
            Field::Region => {
                outcome.region.map_or(Json::Null, |region| Json::String(model.regions.at(region).name.clone()))
            }
            Field::Provisional => Json::Bool(outcome.provisional),
            Field::Outputs => Json::Object(outcome.known_outputs().map(output).collect()),
            Field::Output(wanted) => {
                let known = outcome.known_outputs().find(|(index, _)| index == wanted);
                known.map_or(Json::Null, |known| output(known).1)
            }
            Field::UnknownOutputs => listed(explain::unknown_outputs(engine, self.decision, outcome)),
            Field::Blocked => listed(explain::blocked(model, outcome)),
            Field::Faults => listed(explain::faults(engine, outcome)),
            Field::Messages(language) => {
                let words = outcome.reasons.iter().filter_map(|given| message(model, given, language));
                words.map(Json::String).collect()
            }
            Field::Outcome => Json::String(outcome_name(model, self.decision, &outcome.verdict)),
            Field::Reasons | Field::Row | Field::Fact(_) => Json::Null,
        }
    }
}

/// A value in a cell: names with spaces between them, texts as they are, lists and objects as JSON.
fn in_cell(value: Json, names: bool) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text,
        Json::Array(items) if names => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        other @ (Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => {
            in_json(&other.to_string()).into_owned()
        }
    }
}

/// Parts of a decision as JSON. These types can always be serialized.
fn listed<T: Serialize>(parts: Vec<T>) -> Json {
    serde_json::to_value(parts).unwrap_or(Json::Null)
}
