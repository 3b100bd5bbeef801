//! The header of a CSV file: which fact each column holds.

use super::super::decode::suggested;
use super::super::form::{FactNames, Names, Top};
use super::super::scalar::nfc;
use super::super::tree::{beyond, unreadable};
use super::super::words::{listed, quoted};
use super::super::{LeftOut, limits};
use super::moved::moved;
use super::rules::{CsvRules, Null};
use super::split::{self, CsvCell};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::{FactId, FieldId, RecordId};
use crate::model::{Model, Type};
use crate::source::{FileId, Span};

/// The facts in the columns of a CSV file, made once from its header and used for any number of records.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(super) separator: u8,
    /// The names in the header.
    pub(super) names: Vec<Box<str>>,
    /// The facts in the columns, each with the columns that hold it or its fields.
    pub facts: Vec<(FactId, ColumnPart)>,
    pub(super) null: Option<Null>,
    pub(super) guarded: bool,
    /// Unknown columns that are skipped.
    pub(super) skipped: Vec<LeftOut>,
}

/// The columns of a fact or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnPart {
    /// One column.
    Column(usize),
    /// For a record: columns for its fields, each field with its index in the declaration.
    Fields(RecordId, Vec<(u32, FieldId, Self)>),
}

/// The path from a fact to a field of the records in it.
pub(crate) type FieldChain = Vec<(RecordId, u32, FieldId)>;

impl Columns {
    /// Reads a header.
    ///
    /// # Errors
    /// All that is wrong; places are byte offsets in `header`, in file 0.
    pub fn new(form: &FactNames<'_>, header: &str, rules: CsvRules) -> Result<Self, Vec<Diagnostic>> {
        let file = FileId(0);
        let marked = header.len() - header.trim_start_matches('\u{FEFF}').len();
        let header = split::without_end(header.get(marked..).unwrap_or(""));
        let separator = separator(header);
        let cells = split::cells(header, separator, file, limits::MAX_KEYS);
        let (cells, count) = cells.map_err(|finding| moved(vec![*finding], file, marked))?;
        if header.is_empty() {
            let finding = unreadable(file, (0, 0), "the file has no header", "expected the names of facts");
            return Err(vec![finding.help(HEADER)]);
        }
        if count > limits::MAX_KEYS {
            return Err(vec![beyond(Span::new(file, 0, 0), "columns", limits::MAX_KEYS)]);
        }
        let mut columns = Self {
            separator,
            names: cells.iter().map(|cell| Box::from(&*cell.text)).collect(),
            facts: Vec::new(),
            null: rules.null,
            guarded: rules.guarded,
            skipped: Vec::new(),
        };
        let mut findings = Vec::new();
        let span = |cell: &CsvCell<'_>| Span::new(file, marked + cell.range().0, marked + cell.range().1);
        for (index, cell) in cells.iter().enumerate() {
            let name = nfc(&cell.text);
            match column(form.model, &name) {
                Some((fact, path)) => {
                    if let Err(other) = columns.bind(fact, &path, index)
                        && let Some(first) = cells.get(other)
                    {
                        let again = Diagnostic::new(Code::E0607, twice(&name, &first.text), span(cell), "again here");
                        let again = again.also(span(first), "first here");
                        findings.push(again.help("keep the column that is right; none is taken by itself"));
                    }
                }
                None => {
                    let finding = unknown(form, &name, index, span(cell));
                    match rules.skip_unknown {
                        true => columns.skipped.push(LeftOut { place: name.into_owned(), finding }),
                        false => findings.push(finding),
                    }
                }
            }
        }
        if findings.is_empty() && columns.facts.is_empty() {
            let whole = Span::new(file, marked, marked + header.len());
            let message = "no column states a fact of the policy";
            let finding = Diagnostic::new(Code::E0602, message, whole, "not one of these is a name that it declares");
            findings.push(finding.help(HEADER));
        }
        findings.truncate(limits::MAX_FINDINGS);
        if findings.is_empty() { Ok(columns) } else { Err(findings) }
    }

    /// The separator between cells.
    #[must_use]
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// The meaning of an empty cell.
    pub fn null(&self) -> Option<Null> {
        self.null
    }

    /// True if cells that begin as a formula have a `'` before them.
    pub fn guarded(&self) -> bool {
        self.guarded
    }

    /// The columns that are skipped, and why.
    #[must_use]
    pub fn skipped(&self) -> &[LeftOut] {
        &self.skipped
    }

    /// Assigns a column to a fact or to a field of it; an error with the other column if one holds it, or a part of it,
    /// already.
    fn bind(&mut self, fact: FactId, path: &[(RecordId, u32, FieldId)], column: usize) -> Result<(), usize> {
        let Some(place) = self.facts.iter().position(|(known, _)| *known == fact) else {
            self.facts.push((fact, part(path, column)));
            return Ok(());
        };
        self.facts.get_mut(place).map_or(Ok(()), |(_, known)| join(known, path, column))
    }
}

const HEADER: &str =
    "the first line names a fact in each column, `application.date`, with commas or semicolons between";

fn part(path: &[(RecordId, u32, FieldId)], column: usize) -> ColumnPart {
    match path.split_first() {
        None => ColumnPart::Column(column),
        Some(((record, index, field), rest)) => ColumnPart::Fields(*record, vec![(*index, *field, part(rest, column))]),
    }
}

fn join(known: &mut ColumnPart, path: &[(RecordId, u32, FieldId)], column: usize) -> Result<(), usize> {
    match (known, path.split_first()) {
        (ColumnPart::Column(other), _) => Err(*other),
        (ColumnPart::Fields(_, fields), None) => Err(fields.first().map_or(0, |(_, _, field)| first_column(field))),
        (ColumnPart::Fields(_, fields), Some(((_, index, field), rest))) => {
            match fields.iter_mut().find(|(known, _, _)| known == index) {
                Some((_, _, known)) => join(known, rest, column),
                None => {
                    fields.push((*index, *field, part(rest, column)));
                    Ok(())
                }
            }
        }
    }
}

fn first_column(part: &ColumnPart) -> usize {
    match part {
        ColumnPart::Column(column) => *column,
        ColumnPart::Fields(_, fields) => fields.first().map_or(0, |(_, _, field)| first_column(field)),
    }
}

/// The separator of a header: the most frequent of comma, semicolon and tab. No name contains one of them.
pub(super) fn separator(header: &str) -> u8 {
    let count = |sign: u8| header.bytes().filter(|byte| *byte == sign).count();
    // Of equal counts `max_by_key` takes the last one, so the comma comes last.
    [b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// The fact that a column's name refers to, and the path to a field in it.
pub fn column(model: &Model, name: &str) -> Option<(FactId, FieldChain)> {
    let is_before = |path: &str| name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (fact, path) = model.facts.entries().find_map(|(id, fact)| {
        let path = fact.path();
        is_before(&path).then_some((id, path))
    })?;
    let mut ty = &model.facts.at(fact).datum.ty;
    let mut chain = Vec::new();
    for word in name.get(path.len()..)?.split('.').skip(1) {
        let Type::Record(record) = ty else { return None };
        let mut fields = (0..).zip(&model.records.at(*record).fields);
        let (index, field) = fields.find(|(_, field)| model.fields.at(**field).datum.name == word)?;
        chain.push((*record, index, *field));
        ty = &model.fields.at(*field).datum.ty;
    }
    Some((fact, chain))
}

fn twice(name: &str, first: &str) -> String {
    if nfc(first) == name {
        format!("the column {} stands twice", quoted(name))
    } else {
        format!("the columns {} and {} state the same", quoted(first), quoted(name))
    }
}

/// Every name that a column may have.
pub fn column_names(model: &Model) -> Vec<String> {
    fn fields(model: &Model, ty: &Type, name: &str, out: &mut Vec<String>) {
        let Type::Record(record) = ty else { return };
        for field in &model.records.at(*record).fields {
            let field = model.fields.at(*field);
            let name = format!("{name}.{}", field.datum.name);
            fields(model, &field.datum.ty, &name, out);
            out.push(name);
        }
    }
    let mut out = Vec::new();
    for fact in &model.facts {
        let name = fact.path();
        fields(model, &fact.datum.ty, &name, &mut out);
        out.push(name);
    }
    out.sort();
    out
}

fn unknown(form: &FactNames<'_>, name: &str, index: usize, at: Span) -> Diagnostic {
    if name.is_empty() {
        let message = format!("column {} has no name", index + 1);
        return Diagnostic::new(Code::E0602, message, at, "expected the name of a fact");
    }
    let say = |message: String| Diagnostic::new(Code::E0602, message, at, "not a name that the policy declares");
    if let Some(Top::Group(group)) = form.top.get(name)
        && let Some((_, facts)) = form.groups.get(group)
    {
        let finding = say(format!("{} is a group, and a column states one fact", quoted(name)));
        return finding.help(format!("name a fact of it, {}", listed(with_group(name, facts).iter().map(|n| &**n))));
    }
    let finding = say(format!("the policy has no fact {}", quoted(name)));
    if let Some(list) = list_before(form, name) {
        return finding.help(format!("`{list}` is a list: one column holds all of it, as JSON"));
    }
    let names = column_names(form.model);
    // The name of a fact without its group, if only one group has it.
    let ending = format!(".{name}");
    let mut ends = names.iter().filter(|known| name.len() < 200 && known.ends_with(&ending));
    if let (Some(meant), None) = (ends.next(), ends.next()) {
        return finding.help(format!("did you mean `{meant}`?"));
    }
    suggested(finding, name, names.iter().map(String::as_str))
}

fn with_group(group: &str, facts: &Names<'_, FactId>) -> Vec<String> {
    facts.all().map(|fact| format!("{group}.{fact}")).collect()
}

/// The list that a name leads into: `owners` for `owners.birth_date` and for `owners[0].birth_date`.
fn list_before<'n>(form: &FactNames<'_>, name: &'n str) -> Option<&'n str> {
    let model = form.model;
    name.match_indices(['.', '[']).filter_map(|(end, _)| name.get(..end)).find(|part| {
        column(model, part).is_some_and(|(fact, path)| {
            let datum = match path.last() {
                Some((_, _, field)) => &model.fields.at(*field).datum,
                None => &model.facts.at(fact).datum,
            };
            matches!(datum.ty, Type::List(_))
        })
    })
}
