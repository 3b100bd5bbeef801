//! Tables whose rows have several results: `table approval: Approval first by score`, where `Approval` is a record, has a
//! column for each of its fields, and `approval.status` is read as a definition is.
//!
//! Comes in: the files. Goes out: the same, with a table for each result in place of such a table, under its name and that of
//! the field, and with the names of all of them. So each result has a state of its own, and nothing behind the checker knows of
//! such tables.

use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{
    ExceptionSyntax, FieldSyntax, File, ItemSyntax, LabelSyntax, Name, TableRowSyntax, TableRows, TableSyntax, Text,
    TypeKind,
};
use std::collections::BTreeMap;

/// The names of the results of each table that has several.
#[derive(Debug, Default)]
pub(super) struct Results {
    tables: BTreeMap<String, Vec<String>>,
    /// The record type of each such table.
    records: BTreeMap<String, String>,
    /// What is wrong with these tables, and could not be told of one result.
    pub(super) found: Vec<Diagnostic>,
}

impl Results {
    /// The names of the results of a table; `None` if it has one.
    pub(super) fn of(&self, table: &str) -> Option<&[String]> {
        self.tables.get(table).map(Vec::as_slice)
    }

    /// The name of the record type of a table; `None` if it has one result.
    pub(super) fn record(&self, table: &str) -> Option<&str> {
        self.records.get(table).map(String::as_str)
    }

    /// The results of the table to which a result belongs, and the place of this one among them.
    pub(super) fn around(&self, result: &str) -> Option<(&[String], usize)> {
        let (table, field) = result.split_once('.')?;
        let all = self.of(table)?;
        Some((all, all.iter().position(|own| own == field)?))
    }

    /// True for a result behind the first one of its table: what is wrong with the conditions was said there.
    pub(super) fn is_later(&self, result: &str) -> bool {
        self.around(result).is_some_and(|(_, place)| place > 0)
    }

    /// True if another result of the same table has this quality.
    pub(super) fn any(&self, result: &str, has: impl Fn(&str) -> bool) -> bool {
        let table = table_of(result);
        self.around(result).is_some_and(|(all, _)| all.iter().any(|field| has(&full_name(table, field))))
    }
}

/// The table of a result, `approval` of `approval.status`; a table with one result is its own.
pub(super) fn table_of(result: &str) -> &str {
    result.split_once('.').map_or(result, |(table, _)| table)
}

/// `approval.status`
pub(super) fn full_name(table: &str, field: &str) -> String {
    format!("{table}.{field}")
}

/// The files with a table for each result; `None` if no table has several.
pub(super) fn split(files: &[&File]) -> Option<(Vec<File>, Results)> {
    // An amendment may give a record more fields; each has a column.
    let mut records: BTreeMap<&str, Vec<FieldSyntax>> = BTreeMap::new();
    for item in files.iter().flat_map(|file| &file.items) {
        if let ItemSyntax::Record(record) = item {
            let typed = record.fields.iter().filter(|field| field.ty.is_some()).cloned();
            records.entry(record.name.text.as_str()).or_default().extend(typed);
        }
    }
    let fields_of = |table: &TableSyntax| named_type(table).and_then(|name| records.get(name));
    let mut results = Results::default();
    for item in files.iter().flat_map(|file| &file.items) {
        if let ItemSyntax::Table(table) = item
            && let Some(fields) = fields_of(table)
            && is_split(table, fields.len())
        {
            let names: Vec<String> = fields.iter().map(|field| field.name.text.clone()).collect();
            results.found.extend(of_otherwise(table, &names));
            results.tables.insert(table.name.text.clone(), names);
            let record = named_type(table).unwrap_or_default().to_owned();
            results.records.insert(table.name.text.clone(), record);
        }
    }
    if results.tables.is_empty() {
        return None;
    }
    results.found.extend(other_types(files, &results));
    let split = files.iter().map(|file| {
        let items = file.items.iter().flat_map(|item| {
            if let ItemSyntax::Table(table) = item
                && results.of(&table.name.text).is_some()
            {
                let fields = fields_of(table).map(Vec::as_slice).unwrap_or_default();
                let parts = fields.iter().enumerate().map(|(place, field)| part(table, place, fields, field));
                parts.map(ItemSyntax::Table).collect()
            } else if let ItemSyntax::Exception(exception) = item {
                vec![ItemSyntax::Exception(to_result(exception, &results))]
            } else {
                vec![item.clone()]
            }
        });
        File { items: items.collect(), ..(**file).clone() }
    });
    Some((split.collect(), results))
}

/// The name of the type of a table, if it has one.
fn named_type(table: &TableSyntax) -> Option<&str> {
    match &table.ty.kind {
        TypeKind::Name(name) => Some(&name.text),
        TypeKind::Unit(_) | TypeKind::Duration(_) | TypeKind::List(_) | TypeKind::Enum(_) | TypeKind::Record(_) => None,
    }
}

/// The versions of these tables whose type is not that of the first: their results would be no versions of its results.
fn other_types(files: &[&File], results: &Results) -> Vec<Diagnostic> {
    let mut types: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut found = Vec::new();
    for item in files.iter().flat_map(|file| &file.items) {
        let ItemSyntax::Table(table) = item else { continue };
        let name = table.name.text.as_str();
        let first = *types.entry(name).or_insert(named_type(table));
        if results.of(name).is_some() && first != named_type(table) {
            let what = format!("the versions of the table `{name}` have several types");
            let other = Diagnostic::new(Code::E0301, what, table.ty.span, "another type than in the first");
            found.push(other.help("a replacement keeps the type: write it as in what is replaced"));
        }
    }
    found
}

/// An exception to a result names it as one.
fn to_result(exception: &ExceptionSyntax, results: &Results) -> ExceptionSyntax {
    let mut exception = exception.clone();
    if let [table, field, cases @ ..] = exception.target.parts.as_slice()
        && results.of(&table.text).is_some()
    {
        let name = Name { text: full_name(&table.text, &field.text), span: table.span.to(field.span) };
        exception.target.parts = std::iter::once(name).chain(cases.iter().cloned()).collect();
    }
    exception
}

/// True if the rows have as many results as the record has fields. A table may also give a record that is a fact.
fn is_split(table: &TableSyntax, fields: usize) -> bool {
    match &table.rows {
        TableRows::Inline(rows) => fields > 1 && rows.iter().any(|row| row.results.len() > 1),
        TableRows::Csv(_) => true,
    }
}

/// The table of one result.
fn part(table: &TableSyntax, place: usize, fields: &[FieldSyntax], field: &FieldSyntax) -> TableSyntax {
    let name = full_name(&table.name.text, &field.name.text);
    let ty = field.ty.clone().unwrap_or_else(|| table.ty.clone());
    let rows = match &table.rows {
        TableRows::Inline(rows) => TableRows::Inline(rows.iter().map(|row| row_of(row, place, fields.len())).collect()),
        TableRows::Csv(file) => TableRows::Csv(file.clone()),
    };
    let labels = labels(table, field);
    let otherwise = table.otherwise.get(place).into_iter().cloned().collect();
    TableSyntax { name: Name { text: name, ..table.name.clone() }, ty, rows, otherwise, labels, ..table.clone() }
}

/// What is wrong with the values after `otherwise`.
fn of_otherwise(table: &TableSyntax, names: &[String]) -> Option<Diagnostic> {
    let (first, last) = table.otherwise.first().zip(table.otherwise.last())?;
    let label = "more or fewer values than results";
    let found = Diagnostic::new(
        Code::E0102,
        "after `otherwise` stands a value for each result",
        first.span.to(last.span),
        label,
    );
    let order: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
    (table.otherwise.len() != names.len()).then(|| found.help(format!("write `otherwise {}`", order.join(", "))))
}

/// A row with one of its results; with none if it has more or fewer than the record has fields, which is reported.
fn row_of(row: &TableRowSyntax, place: usize, fields: usize) -> TableRowSyntax {
    let own = row.results.get(place).filter(|_| row.results.len() == fields);
    TableRowSyntax { results: own.into_iter().cloned().collect(), ..row.clone() }
}

/// `Approval: rate`: the label of the table with that of the field, or with its name.
fn labels(table: &TableSyntax, field: &FieldSyntax) -> Vec<LabelSyntax> {
    let of_field = |lang: &str| field.labels.iter().find(|label| label.lang.text == lang);
    let both = table.labels.iter().map(|label| {
        let own = of_field(&label.lang.text).map_or(field.name.text.as_str(), |own| own.text.value.as_str());
        let text = Text { value: format!("{}: {own}", label.text.value), ..label.text.clone() };
        LabelSyntax { text, ..label.clone() }
    });
    let alone = field.labels.iter().filter(|own| !table.labels.iter().any(|label| label.lang.text == own.lang.text));
    both.chain(alone.cloned()).collect()
}
