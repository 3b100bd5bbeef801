//! The ends of the records of a CSV text, and the cells of one record.
//!
//! The form is that of RFC 4180, with the separator of the header: a cell with a separator, a quote or a line end
//! stands in quotes, and each quote inside it is doubled. Any other form is an error, because a misplaced quote shifts
//! every cell after it.

use super::super::tree::unreadable;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use std::borrow::Cow;

/// A cell of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvCell<'a> {
    /// Its content, without the quotes around it.
    pub(crate) text: Cow<'a, str>,
    /// Its content as in the record, with quotes doubled.
    raw: &'a str,
    /// The byte offset of `raw` in the record.
    from: usize,
}

impl CsvCell<'_> {
    /// The offset in the record of a byte of the cell's text.
    pub(crate) fn place(&self, offset: usize) -> usize {
        let Cow::Owned(_) = &self.text else { return self.from + offset.min(self.raw.len()) };
        let (mut seen, mut second) = (0, false);
        for (at, byte) in self.raw.bytes().enumerate() {
            if second {
                second = false;
                continue;
            }
            if seen == offset {
                return self.from + at;
            }
            seen += 1;
            second = byte == b'"';
        }
        self.from + self.raw.len()
    }

    /// Its range in the record, without the quotes around it.
    pub(crate) fn range(&self) -> (usize, usize) {
        (self.from, self.from + self.raw.len())
    }
}

/// Why a record cannot be cut into cells.
type Broken = Box<Diagnostic>;

/// The first cells of one record (at most `most`) and their number. A final line end is not part of the record.
pub(super) fn cells(
    record: &str,
    separator: u8,
    file: FileId,
    most: usize,
) -> Result<(Vec<CsvCell<'_>>, usize), Broken> {
    let record = without_end(record);
    let bytes = record.as_bytes();
    let mut cells = Vec::new();
    let (mut at, mut count) = (0, 0);
    loop {
        let cell = match bytes.get(at) {
            Some(b'"') => quoted(record, at, file)?,
            Some(_) | None => plain(record, at, separator, file)?,
        };
        let (from, end) = cell.range();
        // Skip the closing quote of a cell that has one.
        let after = if from > at { end + 1 } else { end };
        count += 1;
        if count <= most {
            cells.push(cell);
        }
        match bytes.get(after) {
            None => return Ok((cells, count)),
            Some(byte) if *byte == separator => at = after + 1,
            Some(_) => {
                let place = (after, after + next(record, after));
                let finding = unreadable(file, place, "a cell goes on after its closing quote", "after the quote here");
                return Err(Box::new(finding.help(DOUBLED)));
            }
        }
    }
}

const DOUBLED: &str = "a cell that holds quotes stands in quotes itself, and each quote inside it is doubled, `\"\"`";

/// A cell without quotes, from `at` on.
fn plain<'a>(record: &'a str, at: usize, separator: u8, file: FileId) -> Result<CsvCell<'a>, Broken> {
    let rest = record.get(at..).unwrap_or("");
    let ends = |byte: u8| byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
    let length = rest.bytes().position(ends).unwrap_or(rest.len());
    match rest.as_bytes().get(length) {
        Some(b'"') => {
            let place = (at + length, at + length + 1);
            let message = "a quote in a cell that does not begin with one";
            Err(Box::new(unreadable(file, place, message, "the quote").help(DOUBLED)))
        }
        Some(b'\n' | b'\r') => {
            let place = (at + length, at + length);
            let message = "a line end in a cell without quotes";
            let help = "a cell of several lines stands in quotes; lines end with LF or CR LF";
            Err(Box::new(unreadable(file, place, message, "the line ends here").help(help)))
        }
        Some(_) | None => {
            let raw = rest.get(..length).unwrap_or("");
            Ok(CsvCell { text: Cow::Borrowed(raw), raw, from: at })
        }
    }
}

/// A cell in quotes; the opening one is at `open`.
fn quoted<'a>(record: &'a str, open: usize, file: FileId) -> Result<CsvCell<'a>, Broken> {
    let from = open + 1;
    let rest = record.get(from..).unwrap_or("");
    let Some(length) = closing(rest.as_bytes()) else {
        let finding = unreadable(file, (open, from), "a quote is not closed", "it opens here");
        return Err(Box::new(finding.help(DOUBLED)));
    };
    let raw = rest.get(..length).unwrap_or("");
    let text = if raw.contains('"') { Cow::Owned(raw.replace("\"\"", "\"")) } else { Cow::Borrowed(raw) };
    Ok(CsvCell { text, raw, from })
}

/// The offset of the closing quote; `inside` begins after the opening one.
fn closing(inside: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += inside.get(at..)?.iter().position(|byte| *byte == b'"')?;
        if inside.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// A record without its line end.
pub fn without_end(record: &str) -> &str {
    let record = record.strip_suffix('\n').unwrap_or(record);
    record.strip_suffix('\r').unwrap_or(record)
}

/// The number of bytes of the character at an offset.
fn next(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// Finds the ends of records in a text that begins with a record and arrives in pieces. A quote that is not at the
/// beginning of a cell opens nothing, so that one mistake affects one record only.
#[derive(Clone, Debug)]
pub struct Cutter {
    separator: u8,
    state: SplitState,
}

/// The state at the end of a piece of text.
#[derive(Clone, Copy, Debug)]
enum SplitState {
    /// At the beginning of a cell.
    Start,
    /// Inside a cell, after a byte that no quote may follow.
    Outside,
    /// Between quotes.
    Inside,
    /// After a quote between quotes: the first of two, or the closing one.
    Quote,
}

impl Cutter {
    /// For a text with this separator between cells.
    #[must_use]
    pub fn new(separator: u8) -> Self {
        Self { separator, state: SplitState::Start }
    }

    /// Scans the next piece and calls `end` with the offset of the end of each record, including its line end. Stops if
    /// `end` returns false; the caller then passes the rest again.
    pub fn cut(&mut self, piece: &[u8], mut end: impl FnMut(usize) -> bool) {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            match (self.state, rest.first()) {
                (SplitState::Start | SplitState::Quote, Some(b'"')) => {
                    self.state = SplitState::Inside;
                    at += 1;
                }
                (SplitState::Inside, _) => match memchr::memchr(b'"', rest) {
                    Some(length) => {
                        self.state = SplitState::Quote;
                        at += length + 1;
                    }
                    None => return,
                },
                (SplitState::Start | SplitState::Outside | SplitState::Quote, _) => {
                    let quote = memchr::memchr(b'"', rest);
                    let plain = rest.get(..quote.unwrap_or(rest.len())).unwrap_or(rest);
                    for line in memchr::memchr_iter(b'\n', plain) {
                        self.state = SplitState::Start;
                        if !end(at + line + 1) {
                            return;
                        }
                    }
                    let opens = plain.last().is_some_and(|byte| *byte == b'\n' || *byte == self.separator);
                    self.state = if opens { SplitState::Start } else { SplitState::Outside };
                    at += plain.len();
                    // Skip a misplaced quote.
                    at += usize::from(quote.is_some() && !opens);
                }
            }
        }
    }
}

/// The number of bytes of the first record, including its line end; `None` if no line end closes it.
#[must_use]
pub fn record_end(text: &[u8], separator: u8) -> Option<usize> {
    let mut found = None;
    Cutter::new(separator).cut(text, |end| {
        found = Some(end);
        false
    });
    found
}
