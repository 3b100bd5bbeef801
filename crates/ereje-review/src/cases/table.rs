//! Tables of cases: a row for each case, in the case file or in a CSV file beside it.
//!
//! The head of a column names its cells: a path into the facts, `as_of`, `in`, `assume.NAME`, `name`, `law`, or
//! `expect.PART`. A cell is a value as in YAML; an empty cell changes nothing, and `unasked` removes the fact.

use super::path::Path;
use super::read::{Reader, plain};
use super::texts::Offsets;
use ereje::check::{CsvCellPlaces, csv_rows};
use ereje::diagnostic::{Code, Diagnostic};
use ereje::facts::tree::{Tree, TreeEntry, TreeNode};
use ereje::source::{FileId, Sources, Span, join};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The meaning of a column's cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CaseColumn {
    Name,
    Law,
    AsOf,
    In,
    /// The choice for an assumption.
    Assume(String),
    /// A path into the expectation: `outcome`, `outputs.area`.
    Expect(String),
    /// A path into the facts.
    Fact(String),
}

/// A table of cases.
pub(super) struct Table {
    /// The meaning of each column, and where its head is written.
    pub(super) columns: Vec<(CaseColumn, Offsets)>,
    pub(super) rows: Vec<CaseRow>,
}

/// A row: a cell for each column; `None` for an empty cell.
pub(super) struct CaseRow {
    pub(super) cells: Vec<Option<TreeNode<'static>>>,
    pub(super) at: Offsets,
}

/// The most rows of a table.
const MAX_ROWS: usize = 10_000;
/// The most columns of a table.
const MAX_COLUMNS: usize = 200;

impl CaseColumn {
    fn parse(head: &str) -> Option<Self> {
        let path = |rest: &str| Path::parse(rest).map(|_| rest.to_owned());
        match head {
            "name" => Some(Self::Name),
            "law" => Some(Self::Law),
            "as_of" => Some(Self::AsOf),
            "in" => Some(Self::In),
            _ => match head.split_once('.') {
                Some(("assume", name)) if !name.is_empty() => Some(Self::Assume(name.to_owned())),
                Some(("expect", rest)) => path(rest).map(Self::Expect),
                Some(_) | None => path(head).map(Self::Fact),
            },
        }
    }
}

/// The text of a cell, with its place.
type CellText<'t> = (&'t str, Offsets);

/// The table in the case file itself: lines of cells between `|`.
pub(super) fn inline(reader: &mut Reader, sources: &Sources, node: &TreeNode<'static>) -> Option<Table> {
    if !matches!(node.tree, Tree::Quoted(_)) {
        reader.wrong_kind(node, "`table`", "`|` and, on the lines below, cells between `|`");
        return None;
    }
    let text = sources.get(reader.file).map_or("", |source| &source.text);
    let mut lines = Vec::new();
    let mut next = node.start;
    for line in text.get(node.start..node.end).unwrap_or("").split_inclusive('\n') {
        let trimmed = line.trim();
        let start = next + (line.len() - line.trim_start().len());
        next += line.len();
        // The first line is the `|` of YAML that begins a text of several lines.
        if trimmed.len() < 3 || trimmed.starts_with('#') {
            continue;
        }
        let at = (start, start + trimmed.len());
        let Some(inner) = trimmed.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            let label = "expected `|` before the first cell and after the last";
            reader.say(Diagnostic::new(Code::E0807, "this line is no row of a table", reader.at(at), label));
            return None;
        };
        let rule = inner.chars().all(|c| matches!(c, '-' | '|' | ':' | ' '));
        if !(rule && inner.contains("--")) {
            lines.push((cells(inner, start + 1), at));
        }
    }
    let mut lines = lines.into_iter();
    let Some((heads, heads_at)) = lines.next() else {
        reader.wrong_kind(node, "`table`", "a line of heads and a line for each case");
        return None;
    };
    let columns = columns(reader, &heads, heads_at)?;
    let mut rows = Vec::new();
    for (line, at) in lines {
        if line.len() != columns.len() {
            uneven(reader, line.len(), columns.len(), at, heads_at);
            continue;
        }
        let mut cells = Vec::with_capacity(line.len());
        for (text, at) in line {
            cells.push(cell(reader, text, at, &|offset| at.0 + offset)?);
        }
        rows.push(CaseRow { cells, at });
    }
    finished(reader, columns, rows, heads_at)
}

/// Says that a row has more or fewer cells than the table has heads.
fn uneven(reader: &mut Reader, cells: usize, columns: usize, at: Offsets, heads: Offsets) {
    let cells = if cells == 1 { String::from("one cell") } else { format!("{cells} cells") };
    let message = format!("a row of {cells} in a table of {columns} columns");
    let label = "as many cells are expected as the table has heads";
    let finding = Diagnostic::new(Code::E0807, message, reader.at(at), label);
    reader.say(finding.also(reader.at(heads), "the heads"));
}

/// The cells of a line with their places, trimmed.
fn cells(inner: &str, start: usize) -> Vec<CellText<'_>> {
    let mut at = start;
    let mut found = Vec::new();
    for cell in inner.split('|') {
        let from = at + (cell.len() - cell.trim_start().len());
        let text = cell.trim();
        found.push((text, (from, from + text.len())));
        at += cell.len() + 1;
    }
    found
}

fn columns(reader: &mut Reader, heads: &[CellText<'_>], at: Offsets) -> Option<Vec<(CaseColumn, Offsets)>> {
    if heads.len() > MAX_COLUMNS {
        let label = format!("at most {MAX_COLUMNS} are read");
        reader.say(Diagnostic::new(Code::E0807, format!("a table of {} columns", heads.len()), reader.at(at), label));
        return None;
    }
    let mut columns: Vec<(CaseColumn, Offsets)> = Vec::with_capacity(heads.len());
    for (head, at) in heads {
        let Some(column) = CaseColumn::parse(head) else {
            let message = format!("`{head}` is no head of a column");
            let label = "expected a path into the facts, `expect.PART`, `assume.NAME`, `as_of`, `in`, `name` or `law`";
            reader.say(Diagnostic::new(Code::E0807, message, reader.at(*at), label));
            return None;
        };
        if let Some((_, first)) = columns.iter().find(|(known, _)| *known == column) {
            let message = format!("two columns are `{head}`");
            let finding = Diagnostic::new(Code::E0807, message, reader.at(*at), "again here");
            reader.say(finding.also(reader.at(*first), "first here"));
            return None;
        }
        columns.push((column, *at));
    }
    Some(columns)
}

fn finished(
    reader: &mut Reader,
    columns: Vec<(CaseColumn, Offsets)>,
    rows: Vec<CaseRow>,
    heads: Offsets,
) -> Option<Table> {
    if rows.is_empty() {
        let label = "expected a line for each case below the heads";
        reader.say(Diagnostic::new(Code::E0807, "a table without rows", reader.at(heads), label));
        return None;
    }
    if rows.len() > MAX_ROWS {
        let label = format!("at most {MAX_ROWS} are read");
        reader.say(Diagnostic::new(Code::E0807, format!("a table of {} rows", rows.len()), reader.at(heads), label));
        return None;
    }
    Some(Table { columns, rows })
}

/// The value of a cell; `Some(None)` if it is empty, `None` if it has a mistake. `place` says where a byte of its text
/// stands.
#[expect(clippy::option_option, reason = "no value because of a mistake, and no value because nothing is said")]
fn cell(
    reader: &mut Reader,
    text: &str,
    at: Offsets,
    place: &dyn Fn(usize) -> usize,
) -> Option<Option<TreeNode<'static>>> {
    if text.is_empty() {
        return Some(None);
    }
    match ereje::facts::trees(text, reader.file).into_iter().next() {
        Some(Ok(node)) => Some(Some(moved(node, place))),
        Some(Err(_)) | None => {
            let message = format!("`{text}` cannot be read");
            let label = "expected a value as YAML writes it";
            reader.say(Diagnostic::new(Code::E0807, message, reader.at(at), label));
            None
        }
    }
}

/// A tree with its places moved.
fn moved(node: TreeNode<'static>, place: &dyn Fn(usize) -> usize) -> TreeNode<'static> {
    let tree = match node.tree {
        Tree::List(items) => Tree::List(items.into_iter().map(|item| moved(item, place)).collect()),
        Tree::Map(entries) => Tree::Map(
            entries
                .into_iter()
                .map(|e| TreeEntry {
                    start: place(e.start),
                    end: place(e.end),
                    value: moved(e.value, place),
                    key: e.key,
                })
                .collect(),
        ),
        tree @ (Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_)) => tree,
    };
    TreeNode { start: place(node.start), end: place(node.end), tree }
}

/// The CSV files beside a case file.
pub(super) struct CsvFiles<'r> {
    /// Reads one of them.
    read: &'r mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    /// Those that were read, each with the offset at which it begins among the texts of the case file.
    known: BTreeMap<String, (FileId, usize)>,
}

impl<'r> CsvFiles<'r> {
    pub(super) fn new(read: &'r mut dyn FnMut(&str) -> Result<Vec<u8>, String>) -> Self {
        Self { read, known: BTreeMap::new() }
    }

    /// A file of this name, among the sources; or why it cannot be read.
    fn file(&mut self, reader: &mut Reader, sources: &mut Sources, name: &str) -> Result<(FileId, usize), String> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        let bytes = (self.read)(name)?;
        let text = ereje::diagnostic::text(&bytes).map_err(|wrong| wrong.to_string())?;
        let length = text.len();
        let file = sources.add(beside(sources, reader.file, name), text);
        let start = reader.texts.add(file, length);
        let start = start.ok_or("this case file names more text than is read")?;
        self.known.insert(name.to_owned(), (file, start));
        Ok((file, start))
    }
}

/// The name that is shown for a file that a case file names.
fn beside(sources: &Sources, from: FileId, name: &str) -> String {
    let from = sources.get(from).map_or("", |source| source.name.as_str());
    let root = if from.starts_with('/') { "/" } else { "" };
    join(from, name).map_or_else(|| name.to_owned(), |found| format!("{root}{found}"))
}

/// The table of a CSV file.
pub(super) fn csv(
    reader: &mut Reader,
    sources: &mut Sources,
    node: &TreeNode<'static>,
    files: &mut CsvFiles<'_>,
) -> Option<Table> {
    let name = reader.text(node, "the name of a CSV file")?;
    let read = files.file(reader, sources, &name);
    // A policy's own tables are read in the same way, including semicolons and comments.
    let lines = read.and_then(|(file, start)| {
        let text = sources.get(file).map_or("", |source| &source.text);
        Ok((csv_rows(file, text, false)?, start))
    });
    let (lines, start) = match lines {
        Ok(lines) => lines,
        Err(why) => {
            let message = format!("the table `{name}` cannot be read");
            reader.say(Diagnostic::new(Code::E0807, message, reader.span(node), why));
            return None;
        }
    };
    let at = |span: Span| (start + span.start as usize, start + span.end as usize);
    let mut lines = lines.iter();
    let heads = lines.next();
    let heads_at = heads.map_or((start, start), |line| at(line.span));
    let heads: Vec<CellText<'_>> =
        heads.into_iter().flat_map(|line| &line.cells).map(|(head, span)| (head.as_str(), at(*span))).collect();
    let columns = columns(reader, &heads, heads_at)?;
    let mut rows = Vec::new();
    for line in lines {
        if line.cells.len() != columns.len() {
            uneven(reader, line.cells.len(), columns.len(), at(line.span), heads_at);
            continue;
        }
        let mut cells = Vec::with_capacity(line.cells.len());
        for (text, span) in &line.cells {
            let places = CsvCellPlaces::new(text, *span);
            cells.push(cell(reader, text, at(*span), &|offset| start + places.of(offset))?);
        }
        rows.push(CaseRow { cells, at: at(line.span) });
    }
    finished(reader, columns, rows, heads_at)
}

/// What a cell expects of a part: codes with commas between them become a list.
pub(super) fn expected(path: &str, cell: &TreeNode<'static>) -> TreeNode<'static> {
    let Tree::Plain(text) = &cell.tree else { return cell.clone() };
    if path == "outcome" || path.contains('.') {
        return cell.clone();
    }
    let item =
        |text: &str| TreeNode { start: cell.start, end: cell.end, tree: Tree::Plain(Cow::Owned(text.to_owned())) };
    let items = text.split(',').map(|word| item(word.trim())).collect();
    TreeNode { start: cell.start, end: cell.end, tree: Tree::List(items) }
}

/// A cell as it appears in the name of its row's trial.
pub(super) fn cell_text(cell: &TreeNode<'_>) -> String {
    match &cell.tree {
        Tree::Empty | Tree::Null => "null".into(),
        Tree::List(items) => format!("[{}]", items.iter().map(cell_text).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let entries = entries.iter().map(|e| format!("{}: {}", e.key, cell_text(&e.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) => plain(cell).unwrap_or_default(),
    }
}
