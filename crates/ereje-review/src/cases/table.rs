//! Tables of cases: a row for each case, in the case file or in a CSV file beside it.
//!
//! The head of a column names its cells: a path into the facts, `as_of`, `in`, `assume.NAME`, `name`, `law`, or
//! `expect.PART`. A cell is a value as in YAML; an empty cell changes nothing, and `unasked` removes the fact.

use super::path::Path;
use super::read::{Reader, plain};
use ereje::check::csv_rows;
use ereje::diagnostic::{Code, Diagnostic};
use ereje::facts::tree::{Tree, TreeEntry, TreeNode};
use ereje::source::{FileId, Sources, Span};
use std::borrow::Cow;

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
    pub(super) columns: Vec<(CaseColumn, Span)>,
    pub(super) rows: Vec<CaseRow>,
}

/// A row: a cell for each column; `None` for an empty cell.
pub(super) struct CaseRow {
    pub(super) cells: Vec<Option<TreeNode<'static>>>,
    pub(super) span: Span,
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
type CellText<'t> = (&'t str, Span);

/// The table in the case file itself: lines of cells between `|`.
pub(super) fn inline(reader: &mut Reader, sources: &Sources, node: &TreeNode<'static>) -> Option<Table> {
    if !matches!(node.tree, Tree::Quoted(_)) {
        reader.wrong_kind(node, "`table`", "`|` and, on the lines below, cells between `|`");
        return None;
    }
    let text = sources.get(reader.file).map_or("", |source| &source.text);
    let mut lines = Vec::new();
    let mut at = node.start;
    for line in text.get(node.start..node.end).unwrap_or("").split_inclusive('\n') {
        let trimmed = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        // The first line is the `|` of YAML that begins a text of several lines.
        if trimmed.len() < 3 || trimmed.starts_with('#') {
            continue;
        }
        let span = Span::new(reader.file, start, start + trimmed.len());
        let Some(inner) = trimmed.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            let label = "expected `|` before the first cell and after the last";
            reader.say(Diagnostic::new(Code::E0807, "this line is no row of a table", span, label));
            return None;
        };
        let rule = inner.chars().all(|c| matches!(c, '-' | '|' | ':' | ' '));
        if !(rule && inner.contains("--")) {
            lines.push((cells(reader.file, inner, start + 1), span));
        }
    }
    let mut lines = lines.into_iter();
    let Some((heads, at)) = lines.next() else {
        reader.wrong_kind(node, "`table`", "a line of heads and a line for each case");
        return None;
    };
    let columns = columns(reader, &heads, at)?;
    let mut rows = Vec::new();
    for (line, span) in lines {
        if line.len() != columns.len() {
            reader.say(uneven(line.len(), columns.len(), span).also(at, "the heads"));
            continue;
        }
        let mut cells = Vec::with_capacity(line.len());
        for (text, at) in line {
            cells.push(cell(reader, text, at, None)?);
        }
        rows.push(CaseRow { cells, span });
    }
    finished(reader, columns, rows, at)
}

/// The finding that a row has more or fewer cells than the table has heads.
fn uneven(cells: usize, columns: usize, at: Span) -> Diagnostic {
    let cells = if cells == 1 { String::from("one cell") } else { format!("{cells} cells") };
    let message = format!("a row of {cells} in a table of {columns} columns");
    Diagnostic::new(Code::E0807, message, at, "as many cells are expected as the table has heads")
}

/// The cells of a line with their places, trimmed.
fn cells(file: FileId, inner: &str, start: usize) -> Vec<CellText<'_>> {
    let mut at = start;
    let mut found = Vec::new();
    for cell in inner.split('|') {
        let from = at + (cell.len() - cell.trim_start().len());
        let text = cell.trim();
        found.push((text, Span::new(file, from, from + text.len())));
        at += cell.len() + 1;
    }
    found
}

fn columns(reader: &mut Reader, heads: &[CellText<'_>], at: Span) -> Option<Vec<(CaseColumn, Span)>> {
    if heads.len() > MAX_COLUMNS {
        let label = format!("at most {MAX_COLUMNS} are read");
        reader.say(Diagnostic::new(Code::E0807, format!("a table of {} columns", heads.len()), at, label));
        return None;
    }
    let mut columns: Vec<(CaseColumn, Span)> = Vec::with_capacity(heads.len());
    for (head, at) in heads {
        let Some(column) = CaseColumn::parse(head) else {
            let message = format!("`{head}` is no head of a column");
            let label = "expected a path into the facts, `expect.PART`, `assume.NAME`, `as_of`, `in`, `name` or `law`";
            reader.say(Diagnostic::new(Code::E0807, message, *at, label));
            return None;
        };
        if let Some((_, first)) = columns.iter().find(|(known, _)| *known == column) {
            let message = format!("two columns are `{head}`");
            let finding = Diagnostic::new(Code::E0807, message, *at, "again here").also(*first, "first here");
            reader.say(finding);
            return None;
        }
        columns.push((column, *at));
    }
    Some(columns)
}

fn finished(reader: &mut Reader, columns: Vec<(CaseColumn, Span)>, rows: Vec<CaseRow>, at: Span) -> Option<Table> {
    if rows.is_empty() {
        let label = "expected a line for each case below the heads";
        reader.say(Diagnostic::new(Code::E0807, "a table without rows", at, label));
        return None;
    }
    if rows.len() > MAX_ROWS {
        let label = format!("at most {MAX_ROWS} are read");
        reader.say(Diagnostic::new(Code::E0807, format!("a table of {} rows", rows.len()), at, label));
        return None;
    }
    Some(Table { columns, rows })
}

/// The value of a cell; `Some(None)` if it is empty, `None` if it has a mistake. Its places are those in the file, or
/// that of the whole table if the table is in another file.
#[expect(clippy::option_option, reason = "no value because of a mistake, and no value because nothing is said")]
fn cell(reader: &mut Reader, text: &str, at: Span, row: Option<&str>) -> Option<Option<TreeNode<'static>>> {
    if text.is_empty() {
        return Some(None);
    }
    match ereje::facts::trees(text, reader.file).into_iter().next() {
        Some(Ok(node)) => {
            let shift = |place: usize| match row {
                None => at.start as usize + place,
                Some(_) => at.start as usize,
            };
            Some(Some(moved(node, &shift, row.map(|_| at.end as usize))))
        }
        Some(Err(_)) | None => {
            let message = match row {
                Some(row) => format!("`{text}` in {row} cannot be read"),
                None => format!("`{text}` cannot be read"),
            };
            let label = "expected a value as YAML writes it";
            reader.say(Diagnostic::new(Code::E0807, message, at, label));
            None
        }
    }
}

/// A tree with its places moved; with `end`, all of them end there.
fn moved(node: TreeNode<'static>, shift: &dyn Fn(usize) -> usize, end: Option<usize>) -> TreeNode<'static> {
    let stop = |place: usize| end.unwrap_or_else(|| shift(place));
    let tree = match node.tree {
        Tree::List(items) => Tree::List(items.into_iter().map(|item| moved(item, shift, end)).collect()),
        Tree::Map(entries) => Tree::Map(
            entries
                .into_iter()
                .map(|e| TreeEntry {
                    start: shift(e.start),
                    end: stop(e.end),
                    value: moved(e.value, shift, end),
                    key: e.key,
                })
                .collect(),
        ),
        tree @ (Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_)) => tree,
    };
    TreeNode { start: shift(node.start), end: stop(node.end), tree }
}

/// Reads files beside the case file.
pub(super) struct Csv<'r> {
    pub(super) read: &'r mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
}

/// The table of a CSV file. A finding has the place where the file is named, and gives the row.
pub(super) fn csv(reader: &mut Reader, entry: &TreeEntry<'static>, files: &mut Csv<'_>) -> Option<Table> {
    let name = reader.text(&entry.value, "the name of a CSV file")?;
    let at = reader.span(&entry.value);
    let refuse = |reader: &mut Reader, why: String| {
        let message = format!("the table `{name}` cannot be read");
        reader.say(Diagnostic::new(Code::E0807, message, at, why));
    };
    let bytes = match (files.read)(&name) {
        Ok(bytes) => bytes,
        Err(why) => {
            refuse(reader, why);
            return None;
        }
    };
    let text = match ereje::diagnostic::text(&bytes) {
        Ok(text) => text,
        Err(wrong) => {
            refuse(reader, wrong.to_string());
            return None;
        }
    };
    // A policy's own tables are read in the same way, including semicolons and comments.
    let lines = match csv_rows(reader.file, text, false) {
        Ok(lines) => lines,
        Err(error) => {
            refuse(reader, error);
            return None;
        }
    };
    let mut lines = lines.iter();
    let heads: Vec<CellText<'_>> =
        lines.next().into_iter().flat_map(|line| &line.cells).map(|(head, _)| (head.as_str(), at)).collect();
    let columns = columns(reader, &heads, at)?;
    let mut rows = Vec::new();
    for line in lines {
        let number = text.get(..line.span.start as usize).map_or(0, |before| before.matches('\n').count()) + 1;
        let row = format!("line {number} of `{name}`");
        if line.cells.len() != columns.len() {
            let finding = uneven(line.cells.len(), columns.len(), at);
            reader.say(finding.help(format!("it is {row}")));
            continue;
        }
        let mut cells = Vec::with_capacity(line.cells.len());
        for (text, _) in &line.cells {
            cells.push(cell(reader, text, at, Some(&row))?);
        }
        rows.push(CaseRow { cells, span: at });
    }
    finished(reader, columns, rows, at)
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
