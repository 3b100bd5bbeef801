//! CSV: a header that names a fact in each column, and a record for each application.
//!
//! Comes in: a header, from which [`Columns`] are made, then records. Goes out: a [`FactSet`] for each record, or
//! findings whose places are byte offsets in the record. The decoder for YAML and JSON reads the cells as well. An
//! empty cell has no meaning by itself: the caller decides whether it is absent or unasked.

mod columns;
mod guard;
mod moved;
mod rules;
mod split;
mod states;

pub use columns::Columns;
pub use columns::{ColumnPart, column, column_names};
pub use guard::guarded;
pub use rules::{CsvRules, Null};
pub use split::without_end;
pub use split::{Cutter, record_end};
pub use states::silent_cell;

use super::blank::BLANK;
use super::decode::{BackwardsPeriod, Decoder, LeftOut, backwards, more_findings};
use super::fact_set::FactSet;
use super::form::FactNames;
use super::tree::{Tree, TreeNode, too_long, unreadable};
use super::{json, limits, scalar};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{FactId, RecordId};
use crate::model::{Datum, Type};
use crate::source::{FileId, Span};
use crate::value::{FactCell, FactPath, RecordValue, Step, Value};
use moved::{move_finding, moved};
use split::CsvCell;
use std::borrow::Cow;
use std::sync::Arc;

impl FactNames<'_> {
    /// Reads one record of a CSV file, as strictly as [`FactNames::line`] reads a line of JSON.
    ///
    /// # Errors
    /// All that is wrong; places are byte offsets in `record`, in file 0.
    pub fn record_of(&self, columns: &Columns, record: &str) -> Result<FactSet, Vec<Diagnostic>> {
        let (facts, findings, _) = Reading::new(self, columns, FileId(0), false).record(record);
        facts.ok_or(findings)
    }

    /// Some of the facts of a record; all others are unasked, and errors in them are not reported.
    ///
    /// # Errors
    /// All that is wrong with the record or with one of these facts.
    pub fn some_of_record(
        &self,
        columns: &Columns,
        record: &str,
        wanted: &[FactId],
    ) -> Result<FactSet, Vec<Diagnostic>> {
        let (facts, findings, _) = Reading::new(self, columns, FileId(0), false).facts(record, Some(wanted));
        facts.ok_or(findings)
    }
}

/// The records of a file whose first line is the header. `each` receives the place of a record and a function that
/// reads it, and returns true to go on.
pub(super) fn documents(form: &FactNames<'_>, text: &str, file: FileId, each: &mut Each<'_>) {
    // No name that a policy can declare contains a line end.
    let header = text.find('\n').map_or(text.len(), |end| end + 1);
    let columns = match Columns::new(form, text.get(..header).unwrap_or(""), CsvRules::default()) {
        Ok(columns) => columns,
        Err(findings) => {
            each(0, text.len(), &|| (None, moved(findings.clone(), file, 0)));
            return;
        }
    };
    let (_, places) = records(text);
    if places.is_empty() {
        let label = "expected a record below the header";
        each(header, header, &|| (None, vec![*unreadable(file, (header, header), "there are no facts here", label)]));
    }
    for (start, end) in places {
        let read = || {
            let record = text.get(start..end).unwrap_or("");
            let (facts, findings, _) = Reading::new(form, &columns, file, false).record(record);
            (facts, moved(findings, file, start))
        };
        if !each(start, end, &read) {
            return;
        }
    }
}

/// The header of a file with its line end, and the range of each record below it.
#[must_use]
pub fn records(text: &str) -> (&str, Vec<(usize, usize)>) {
    let (header, rest) = text.split_at(text.find('\n').map_or(text.len(), |end| end + 1));
    let mut places = Vec::new();
    let mut at = header.len();
    Cutter::new(columns::separator(header)).cut(rest.as_bytes(), |end| {
        let end = header.len() + end;
        places.push((at, end));
        at = end;
        true
    });
    if at < text.len() {
        places.push((at, text.len()));
    }
    for (start, end) in &mut places {
        *end = *start + split::without_end(text.get(*start..*end).unwrap_or("")).len();
    }
    (header, places)
}

/// Receives the place of a document and a function that reads it.
pub(super) type Each<'e> = dyn FnMut(usize, usize, &dyn Fn() -> (Option<FactSet>, Vec<Diagnostic>)) -> bool + 'e;

/// Reads the first record of a text and leaves out what the form does not know; see [`FactNames::leniently`].
pub(super) fn leniently(form: &FactNames<'_>, text: &str) -> Result<(FactSet, Vec<LeftOut>), Vec<Diagnostic>> {
    let file = FileId(0);
    let (header, rest) = text.split_once('\n').unwrap_or((text, ""));
    let columns = Columns::new(form, header, CsvRules { skip_unknown: true, ..CsvRules::default() })?;
    let at = header.len() + 1;
    let length = record_end(rest.as_bytes(), columns.separator).unwrap_or(rest.len());
    let (facts, findings, mut left_out) =
        Reading::new(form, &columns, file, true).record(rest.get(..length).unwrap_or(""));
    for out in &mut left_out {
        move_finding(&mut out.finding, file, &|place| place + at);
    }
    left_out.extend_from_slice(&columns.skipped);
    match facts {
        Some(facts) => Ok((facts, left_out)),
        None => Err(moved(findings, file, at)),
    }
}

/// The state while one record is read.
struct Reading<'r, 'm> {
    form: &'r FactNames<'m>,
    columns: &'r Columns,
    file: FileId,
    lenient: bool,
    findings: Vec<Diagnostic>,
    omitted: usize,
    left_out: Vec<LeftOut>,
}

impl<'r, 'm> Reading<'r, 'm> {
    fn new(form: &'r FactNames<'m>, columns: &'r Columns, file: FileId, lenient: bool) -> Self {
        Self { form, columns, file, lenient, findings: Vec::new(), omitted: 0, left_out: Vec::new() }
    }

    /// The facts of a record, or at least one finding; and what a lenient reading leaves out.
    fn record(self, record: &str) -> (Option<FactSet>, Vec<Diagnostic>, Vec<LeftOut>) {
        self.facts(record, None)
    }

    /// The same for some facts, or for all if `wanted` is `None`.
    fn facts(mut self, record: &str, wanted: Option<&[FactId]>) -> (Option<FactSet>, Vec<Diagnostic>, Vec<LeftOut>) {
        let model = self.form.model;
        let mut facts = FactSet::unasked(model.facts.len());
        match self.cells(record) {
            Ok(cells) => {
                let columns = self.columns;
                for (id, part) in columns.facts.iter().filter(|(id, _)| wanted.is_none_or(|w| w.contains(id))) {
                    if let Some(cell) = self.part(part, &FactPath::of(*id), &model.facts.at(*id).datum, &cells) {
                        facts.set(*id, cell);
                    }
                }
            }
            Err(finding) => self.findings.push(*finding),
        }
        self.findings.sort_by_key(|finding| (finding.primary.span.start, finding.primary.span.end, finding.code));
        if self.findings.len() > limits::MAX_FINDINGS {
            self.omitted += self.findings.len() - limits::MAX_FINDINGS;
            self.findings.truncate(limits::MAX_FINDINGS);
        }
        if self.omitted > 0 {
            self.findings.push(more_findings(self.omitted, Span::new(self.file, 0, 0)));
        }
        let good = self.findings.is_empty();
        (good.then_some(facts), self.findings, self.left_out)
    }

    /// The cells of a record, one for each column.
    fn cells<'t>(&self, record: &'t str) -> Result<Vec<CsvCell<'t>>, Box<Diagnostic>> {
        if record.len() > limits::MAX_FILE {
            return Err(Box::new(too_long(Span::new(self.file, 0, 0), "the record", limits::MAX_FILE)));
        }
        let wanted = self.columns.names.len();
        // One more cell gives the place for the error. The limit keeps a record of nothing but separators from using
        // memory.
        let (cells, here) = split::cells(record, self.columns.separator, self.file, wanted + 1)?;
        if here == wanted {
            return Ok(cells);
        }
        let end = split::without_end(record).len();
        let at = cells.get(wanted).map_or(end, |first| first.range().0);
        let count = |n: usize, one: &str| if n == 1 { format!("one {one}") } else { format!("{n} {one}s") };
        let message = match end {
            0 => String::from("the line is empty"),
            _ => format!("a record of {} under a header of {}", count(here, "cell"), count(wanted, "column")),
        };
        let label = match self.columns.names.get(here) {
            Some(name) => format!("no cell for `{name}`"),
            None => String::from("no column has this cell"),
        };
        let finding = unreadable(self.file, (at, end), &message, &label);
        let digits = |cell: &CsvCell<'_>| !cell.text.is_empty() && cell.text.bytes().all(|b| b.is_ascii_digit());
        let decimals = cells.windows(2).any(|pair| pair.iter().all(digits));
        let finding =
            finding.help("a cell that holds the separator stands in quotes; one with nothing in it is left empty");
        let comma = here > wanted && self.columns.separator == b',' && decimals;
        Err(Box::new(if comma { finding.help("the decimal sign is a point, `4.8`") } else { finding }))
    }

    fn part(
        &mut self,
        part: &ColumnPart,
        place: &FactPath,
        datum: &'m Datum,
        cells: &[CsvCell<'_>],
    ) -> Option<FactCell> {
        match part {
            ColumnPart::Column(index) => self.cell(cells.get(*index)?, place, datum),
            ColumnPart::Fields(record, fields) => {
                let mut known = self.fields(*record, fields, place, cells);
                if self.form.model.has_ends(*record)
                    && let Some(found) = backwards(self.form.model, place, &known)
                {
                    self.backwards(&found, place, fields, cells);
                    known.fill(FactCell::Unasked);
                }
                // A record is unasked if all its fields are.
                let any_asked = known.iter().any(|cell| *cell != FactCell::Unasked);
                let value = || Value::Record(Arc::new(RecordValue { place: Some(place.clone()), fields: known }));
                Some(if any_asked { FactCell::Known(value()) } else { FactCell::Unasked })
            }
        }
    }

    fn fields(
        &mut self,
        record: RecordId,
        fields: &[(u32, crate::ids::FieldId, ColumnPart)],
        place: &FactPath,
        cells: &[CsvCell<'_>],
    ) -> Vec<FactCell> {
        let model = self.form.model;
        let mut known = vec![FactCell::Unasked; model.records.at(record).fields.len()];
        for (index, field, part) in fields {
            let datum = &model.fields.at(*field).datum;
            let cell = self.part(part, &place.step(Step::Field(*field)), datum, cells);
            if let (Some(cell), Some(slot)) = (cell, known.get_mut(*index as usize)) {
                *slot = cell;
            }
        }
        known
    }

    fn cell(&mut self, cell: &CsvCell<'_>, place: &FactPath, datum: &'m Datum) -> Option<FactCell> {
        if cell.text.is_empty() {
            return match self.columns.null {
                Some(Null::Absent) => Some(FactCell::Absent),
                Some(Null::Unasked) => Some(FactCell::Unasked),
                None => {
                    self.findings.push(self.empty(cell, place));
                    None
                }
            };
        }
        let whole = &*cell.text;
        let text = if self.columns.guarded { guard::unguarded(whole).unwrap_or(whole) } else { whole };
        let before = whole.len() - text.len();
        let (known, mut found, left_out) = match self.node(text, &datum.ty) {
            Ok(node) => {
                if let Some(state) = states::said(&node, &datum.ty) {
                    return Some(state);
                }
                let decoder = match self.lenient {
                    true => Decoder::lenient(self.form, self.file),
                    false => Decoder::new(self.form, self.file),
                };
                let read = decoder.alone(place, &node, datum);
                self.omitted += read.omitted;
                (read.cell, read.findings, read.left_out)
            }
            Err(finding) => (None, vec![*finding], Vec::new()),
        };
        if let [finding] = found.as_mut_slice() {
            add_help(finding, text, &datum.ty);
        }
        let (file, at) = (self.file, |offset: usize| cell.place(before + offset));
        for mut finding in found {
            move_finding(&mut finding, file, &at);
            self.findings.push(finding);
        }
        for mut out in left_out {
            move_finding(&mut out.finding, file, &at);
            self.left_out.push(out);
        }
        known
    }

    /// A cell as a tree. Values other than texts, lists and records stand without quotes; if such a cell begins with a
    /// brace, it can only be a state, `{"unavailable": …}`.
    fn node<'t>(&self, text: &'t str, ty: &Type) -> Result<TreeNode<'t>, Box<Diagnostic>> {
        let tree = match (ty, text) {
            (Type::Text, _) => Tree::Quoted(Cow::Borrowed(text)),
            (Type::Record(_) | Type::List(_), _) => return self.json(text, ty),
            (_, json) if json.starts_with('{') => return self.json(text, ty),
            (_, "true" | "True" | "TRUE") => Tree::Bool(true),
            (_, "false" | "False" | "FALSE") => Tree::Bool(false),
            // A form is YAML; a cell that nobody has filled in is empty.
            (_, BLANK) => Tree::Quoted(Cow::Borrowed(BLANK)),
            // A cell is a text: a spreadsheet that writes an exponent has cut digits.
            (Type::Number(..) | Type::Duration(_), word) if scalar::has_exponent(word) => {
                Tree::Quoted(Cow::Borrowed(word))
            }
            (_, word) => Tree::Plain(Cow::Borrowed(word)),
        };
        Ok(TreeNode { start: 0, end: text.len(), tree })
    }

    fn json<'t>(&self, text: &'t str, ty: &Type) -> Result<TreeNode<'t>, Box<Diagnostic>> {
        json::single(text, self.file).map_err(|finding| {
            let help = match ty {
                Type::List(_) => "the cell of a list holds JSON, `[…]`; in a cell in quotes each quote is doubled",
                Type::Record(_) => "the cell of a record holds JSON, `{…}`; in a cell in quotes each quote is doubled",
                Type::Bool
                | Type::Number(..)
                | Type::Date
                | Type::Duration(_)
                | Type::Text
                | Type::Enum(_)
                | Type::Region
                | Type::Error => "a cell that begins with a brace holds JSON, `{\"unavailable\": \"timeout\"}`",
            };
            Box::new(finding.help(help))
        })
    }

    /// Says that a period ends before it begins, at the cell of its last day.
    fn backwards(
        &mut self,
        found: &BackwardsPeriod,
        place: &FactPath,
        fields: &[(u32, crate::ids::FieldId, ColumnPart)],
        cells: &[CsvCell<'_>],
    ) {
        let last = fields.iter().find_map(|(index, _, part)| match part {
            ColumnPart::Column(column) if *index == 1 => cells.get(*column),
            ColumnPart::Column(_) | ColumnPart::Fields(..) => None,
        });
        let (start, end) = last.map_or((0, 0), CsvCell::range);
        let finding = found.at(Span::new(self.file, start, end));
        if self.lenient {
            self.left_out.push(LeftOut { place: self.form.model.place_name(place), finding });
        } else {
            self.findings.push(finding);
        }
    }

    fn empty(&self, cell: &CsvCell<'_>, place: &FactPath) -> Diagnostic {
        let (start, end) = cell.range();
        let message = format!("the cell of `{}` is empty", self.form.model.place_name(place));
        let label = "this can mean that there is no record, or that nobody has asked";
        Diagnostic::new(Code::E0610, message, Span::new(self.file, start, end), label).help(
            "`ereje batch` takes it for «no record» with `--null absent`, for «nobody has asked» with `--null unasked`",
        )
    }
}

/// Adds a help line about a common mistake to the finding for a cell.
fn add_help(finding: &mut Diagnostic, text: &str, ty: &Type) {
    let more = match text.to_ascii_lowercase().as_str() {
        "null" | "none" | "nil" | "na" | "n/a" | "nan" | "\\n" | "-" | "#n/a" => {
            "a cell with nothing to say is left empty, and `--null` says what that means"
        }
        _ if text.trim() != text && !matches!(ty, Type::Text | Type::List(_) | Type::Record(_)) => {
            "white space around a value is part of its cell; take it away"
        }
        _ => return,
    };
    finding.help.insert(0, more.into());
}
