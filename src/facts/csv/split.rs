//! Where the records of a CSV text end, and what stands in the cells of one.
//!
//! The form is that of RFC 4180, with the separator that the header shows: a cell that holds the separator, a quote or a
//! line end stands in quotes, and each quote inside it is doubled. What departs from it is refused, since a quote out of
//! place moves every cell after it.

use super::super::tree::unreadable;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use std::borrow::Cow;

/// A cell of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvCell<'a> {
    /// What it holds, without the quotes around it.
    pub(crate) text: Cow<'a, str>,
    /// The same as it stands in the record, with its quotes doubled.
    raw: &'a str,
    /// Where `raw` begins, in bytes of the record.
    from: usize,
}

impl CsvCell<'_> {
    /// The place in the record of a byte of the cell's text.
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

    /// Where it begins and ends in the record, the quotes around it aside.
    pub(crate) fn range(&self) -> (usize, usize) {
        (self.from, self.from + self.raw.len())
    }
}

/// Why a record cannot be cut into cells.
type Broken = Box<Diagnostic>;

/// The first cells of one record, and how many it has. A line end behind it is no part of it.
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
        // Over the closing quote of a cell that has one.
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

/// A cell in quotes, the first of which stands at `open`.
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

/// Where the quote stands that closes a cell; `inside` begins after the one that opens it.
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

/// A record without the line end behind it.
pub fn without_end(record: &str) -> &str {
    let record = record.strip_suffix('\n').unwrap_or(record);
    record.strip_suffix('\r').unwrap_or(record)
}

/// How many bytes the character at a place has.
fn next(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// Finds where records end, in a text that arrives piece by piece and begins with a record. A quote that does not stand
/// at the beginning of a cell opens nothing, so that one mistake costs one record.
#[derive(Clone, Debug)]
pub struct Cutter {
    separator: u8,
    state: SplitState,
}

/// Where a piece of text has ended.
#[derive(Clone, Copy, Debug)]
enum SplitState {
    /// At the beginning of a cell.
    Start,
    /// Inside a cell, after a byte that no quote follows by right.
    Outside,
    /// Between quotes.
    Inside,
    /// After a quote between quotes: the first of two, or the closing one.
    Quote,
}

impl Cutter {
    /// For a text whose cells this sign separates.
    #[must_use]
    pub fn new(separator: u8) -> Self {
        Self { separator, state: SplitState::Start }
    }

    /// Goes over the next piece, and gives to `end` how many of its bytes lie before the end of each record, its line end
    /// included. Stops where that says so; what comes after it has to be given again then.
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
                    // A quote out of place.
                    at += usize::from(quote.is_some() && !opens);
                }
            }
        }
    }
}

/// How many bytes the first record takes, its line end included; `None` if no line end closes it.
#[must_use]
pub fn record_end(text: &[u8], separator: u8) -> Option<usize> {
    let mut found = None;
    Cutter::new(separator).cut(text, |end| {
        found = Some(end);
        false
    });
    found
}
