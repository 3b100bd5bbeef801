//! CSV files beside a policy: their cells with places.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span, join};
use crate::syntax::ast;
use crate::value::{respelt_date, respelt_number};
use std::borrow::Cow;

/// A CSV file in which every row is as long as the header.
pub(super) struct CsvTable {
    /// The first line's cells.
    pub header: Vec<(String, Span)>,
    /// The first line.
    pub header_span: Span,
    /// All other lines.
    pub rows: Vec<CsvRow>,
}

/// A line of a CSV file.
pub struct CsvRow {
    /// Texts and their places.
    pub cells: Vec<(String, Span)>,
    /// The line.
    pub span: Span,
}

impl Checker<'_> {
    /// The file that a path beside another file names.
    pub(super) fn beside(&self, text: &ast::Text) -> Option<FileId> {
        let from = self.sources.get(text.span.file)?;
        self.sources.find(&join(&from.name, &text.value)?)
    }

    /// Reads the CSV file that a text names. Cells are separated by commas, or by semicolons where the header has
    /// semicolons only, as spreadsheets write it in countries with a decimal comma.
    pub(super) fn read_csv(&mut self, written: &ast::CsvFile) -> Option<CsvTable> {
        let path = &written.path;
        let Some(file) = self.beside(path) else {
            self.report(
                Diagnostic::new(Code::E0701, format!("the file `{}` is not there", path.value), path.span, "not found")
                    .help("the path is relative to the folder of this file"),
            );
            return None;
        };
        let text = self.sources.get(file).map(|s| s.text.clone())?;
        let mut rows = match csv_rows(file, &text, written.decimal_comma) {
            Ok(rows) => rows,
            Err(error) => {
                self.report(
                    Diagnostic::new(Code::E0212, "this CSV file cannot be read", Span::new(file, 0, 0), error)
                        .help("save the table as CSV in UTF-8"),
                );
                return None;
            }
        };
        if rows.is_empty() {
            self.report(
                Diagnostic::new(Code::E0212, "this CSV file is empty", Span::new(file, 0, 0), "no header line")
                    .help("the first line names the columns"),
            );
            return None;
        }
        let header = rows.remove(0);
        let width = header.cells.len();
        for row in &rows {
            if row.cells.len() != width {
                let label = format!("{} cells where the header has {width}", row.cells.len());
                self.report(
                    Diagnostic::new(Code::E0212, "a row of the wrong length", row.span, label)
                        .help("give each column a cell; put quotes around a cell that holds the separator"),
                );
            }
        }
        rows.retain(|row| row.cells.len() == width);
        Some(CsvTable { header: header.cells, header_span: header.span, rows })
    }
}

/// A cell as the language writes it: its numbers with a decimal point and nothing between thousands, its dates with the
/// year first, each as long as it was in bytes, so that every place stays. What is written otherwise than the file says is left.
pub fn csv_cell<'t>(text: &'t str, written: &ast::CsvFile) -> Cow<'t, str> {
    if !written.decimal_comma && !written.day_first {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let begins = c.is_ascii_digit() && !out.ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let length = if begins { number_length(rest) } else { c.len_utf8() };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let date = if written.day_first { respelt_date(piece) } else { None };
        let number = if written.decimal_comma { respelt_number(piece) } else { None };
        match date.or(number).map(|respelt| respelt.written) {
            Some(respelt) if begins && respelt.len() <= piece.len() => {
                out.extend(std::iter::repeat_n(' ', piece.len() - respelt.len()));
                out.push_str(&respelt);
            }
            Some(_) | None => out.push_str(piece),
        }
        rest = after;
    }
    Cow::Owned(out)
}

/// A number of a cell that has a point and no comma, in a file with decimal commas: `1.200` may be a thousand and more, or one and
/// a part.
pub(super) fn doubtful_number<'t>(text: &'t str, written: &ast::CsvFile) -> Option<&'t str> {
    let mut rest = if written.decimal_comma { text } else { "" };
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let begins = c.is_ascii_digit() && !before.is_some_and(|c: char| c.is_alphanumeric() || c == '_');
        let length = if begins { number_length(rest) } else { c.len_utf8() };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        // `1.200.000` can only be a million and more, `31.12.2026` only a day.
        let is_one = piece.matches('.').count() == 1 && !piece.contains(',');
        if begins && is_one {
            return Some(piece);
        }
        before = piece.chars().next_back();
        rest = after;
    }
    None
}

/// The length in bytes of the number or date at the start of a text: digits, with one sign or space between them.
fn number_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut end = 0;
    while let Some((at, c)) = chars.next() {
        let follows = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let joins = matches!(c, ',' | '.' | '\'') || (c.is_whitespace() && c != '\n');
        if c.is_ascii_digit() {
            end = at + 1;
        } else if !(joins && follows) {
            break;
        }
    }
    end
}

/// All lines of a CSV file with the places of their cells. Where numbers have a decimal comma, no comma parts cells.
pub fn csv_rows(file: FileId, text: &str, decimal_comma: bool) -> Result<Vec<CsvRow>, String> {
    let first_line = text.lines().find(|line| !line.starts_with('#')).unwrap_or("");
    let delimiter = if first_line.contains(';') && (decimal_comma || !first_line.contains(',')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows: Vec<CsvRow> = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {
                let start = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
                let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
                rows.push(placed_row(file, text, (start, end), delimiter, &record));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Finds each cell's place in the line: the csv crate says where a record starts, not where its fields do.
fn placed_row(
    file: FileId,
    text: &str,
    (start, end): (usize, usize),
    delimiter: u8,
    record: &csv::StringRecord,
) -> CsvRow {
    let mut start = start;
    // The reader's position stands before the blank lines and comments that it passes over.
    while let Some(raw) = text.get(start..end) {
        let first = raw.split_inclusive('\n').next().unwrap_or("");
        if first.is_empty() || !(first.trim().is_empty() || first.trim_start().starts_with('#')) {
            break;
        }
        start += first.len();
    }
    let line = text.get(start..end).unwrap_or("").trim_end();
    let mut at = start;
    let mut cells = Vec::new();
    for cell in record {
        let rest = text.get(at..end).unwrap_or("");
        let found = rest.find(cell).unwrap_or(0);
        let from = at + found;
        cells.push((cell.to_owned(), Span::new(file, from, (from + cell.len()).min(end))));
        at = (from + cell.len()).min(end);
        // Step over the separator, so that an empty cell is not found inside its neighbour.
        if let Some(next) = text.get(at..end).and_then(|r| r.find(char::from(delimiter))) {
            at += next + 1;
        }
    }
    CsvRow { cells, span: Span::new(file, start, start + line.len()) }
}
