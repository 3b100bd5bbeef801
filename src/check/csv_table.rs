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

/// Where the bytes of a cell's text stand in its file, in which a quote inside quotes is written twice.
pub struct CsvCellPlaces {
    start: usize,
    end: usize,
    /// The quotes of the text that are written twice.
    quotes: Vec<usize>,
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
    let first_line = text.lines().find(|line| !(line.is_empty() || line.starts_with('#'))).unwrap_or("");
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

/// Finds each cell's place in the record: the csv crate says where a record starts, not where its fields do.
fn placed_row(
    file: FileId,
    text: &str,
    (start, end): (usize, usize),
    delimiter: u8,
    record: &csv::StringRecord,
) -> CsvRow {
    let raw = text.get(start..end).unwrap_or("");
    let start = start + passed_over(raw);
    let raw = text.get(start..end).unwrap_or("");
    let mut at = 0;
    let mut cells = Vec::new();
    for cell in record {
        let (from, to) = raw_cell(raw, at, delimiter);
        // The separator comes next, behind the quote that closes the cell if it has one.
        at = raw.get(to..).and_then(|rest| rest.find(char::from(delimiter))).map_or(raw.len(), |next| to + next + 1);
        let written = raw.get(from..to).unwrap_or("");
        let from = from + (written.len() - written.trim_start().len());
        let to = from + written.trim().len();
        cells.push((cell.to_owned(), Span::new(file, start + from, start + to)));
    }
    CsvRow { cells, span: Span::new(file, start, start + raw.trim_end().len()) }
}

/// The length of the blank lines and comments before a record, before which the reader says that it begins.
fn passed_over(raw: &str) -> usize {
    let mut rest = raw;
    loop {
        rest = rest.trim_start_matches(['\n', '\r']);
        match rest.strip_prefix('#') {
            Some(comment) => rest = comment.split_once('\n').map_or("", |(_, after)| after),
            None => return raw.len() - rest.len(),
        }
    }
}

/// Where the text of the cell that begins at `at` stands, without the quotes around it.
fn raw_cell(raw: &str, at: usize, delimiter: u8) -> (usize, usize) {
    let rest = raw.as_bytes().get(at..).unwrap_or_default();
    let Some((b'"', inner)) = rest.split_first() else {
        let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
        return (at, at + rest.iter().position(ends).unwrap_or(rest.len()));
    };
    let mut length = 0;
    loop {
        match (inner.get(length), inner.get(length + 1)) {
            (Some(b'"'), Some(b'"')) => length += 2,
            (Some(b'"') | None, _) => return (at + 1, at + 1 + length),
            (Some(_), _) => length += 1,
        }
    }
}

impl CsvCellPlaces {
    /// The places in a cell that stands at a span.
    #[must_use]
    pub fn new(cell: &str, at: Span) -> Self {
        let is_doubled = (at.end - at.start) as usize != cell.len();
        let quotes = if is_doubled { cell.match_indices('"').map(|(place, _)| place).collect() } else { Vec::new() };
        Self { start: at.start as usize, end: at.end as usize, quotes }
    }

    /// Where the file has a byte of the cell's text.
    #[must_use]
    pub fn of(&self, offset: usize) -> usize {
        (self.start + offset + self.quotes.partition_point(|quote| *quote < offset)).min(self.end)
    }
}
