//! Cuts a stream into blocks of whole records, so that threads can decide them side by side.
//!
//! Comes in: bytes. Goes out: blocks of lines, or of records of CSV, with the number of their first row and their place
//! in the stream. Between the input, which unpacks, and the workers, which decide. The memory of a block is bounded for
//! every input.

use ereje::facts::csv::Cutter;
use std::io::{self, Read};
use std::ops::Range;

/// The longest row, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// The limits of a block.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Bytes of an ordinary block.
    block: usize,
    /// Rows of a block.
    rows: usize,
    /// Bytes of a row. If the first row is longer than an ordinary block, its block is as long as the row.
    line: usize,
}

/// A block fits into the cache of a core, and deciding it takes about a hundred times as long as handing it over. The
/// limit on rows keeps the answers short if the rows are very short.
const LIMITS: Limits = Limits { block: 1 << 17, rows: 4096, line: MAX_LINE };

/// Where a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A line end.
    Lines,
    /// A line end outside quotes, in CSV with this separator.
    Records(u8),
}

/// Finds the ends of rows in a text that arrives piece by piece.
#[derive(Clone, Debug)]
enum RowSplitter {
    Lines,
    Records(Cutter),
}

impl RowSplitter {
    /// Starts at the beginning of a row.
    fn new(cut: Cut) -> Self {
        match cut {
            Cut::Lines => Self::Lines,
            Cut::Records(separator) => Self::Records(Cutter::new(separator)),
        }
    }

    /// Calls `end` with the number of bytes up to each end of a row, until it returns false.
    fn find(&mut self, bytes: &[u8], mut end: impl FnMut(usize) -> bool) {
        match self {
            Self::Lines => {
                let _ = memchr::memchr_iter(b'\n', bytes).all(|at| end(at + 1));
            }
            Self::Records(cutter) => cutter.cut(bytes, end),
        }
    }
}

impl Limits {
    /// Notes where rows end in a part of a buffer. A block has the rows that end within its ordinary size, or only the
    /// first row if that is longer. So the end of a block does not depend on the pieces in which the input arrives,
    /// unless it is to be prompt.
    fn find_ends(self, buffer: &[u8], part: Range<usize>, search: &mut RowSplitter, ends: &mut Vec<usize>) {
        let start = part.start;
        search.find(buffer.get(part).unwrap_or_default(), |at| {
            let end = start + at;
            if end <= self.block || ends.is_empty() {
                ends.push(end);
            }
            end <= self.block && ends.len() < self.rows
        });
    }
}

/// Some successive rows of the input.
#[derive(Debug, Default)]
pub struct Block {
    /// Longer than the part in use: growing a vector for every read would fill it with zeros each time.
    buffer: Vec<u8>,
    /// How much of the buffer the rows fill.
    filled: usize,
    /// Where each row ends, its line end included.
    ends: Vec<usize>,
    /// The number of the first row, from 1.
    first_row: u64,
    /// The line in which the first row begins, from 1, and the line in which the next block begins.
    lines: (u64, u64),
    /// True if the first row may begin with a byte order mark, which is no part of it.
    marked: bool,
    /// The end of the block in the input, in bytes.
    end: u64,
    /// True if the block is one row that is too long, of which only the last bytes are there.
    too_long: bool,
}

/// A row, or the reason why it has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'b> {
    /// Its text, without the line end.
    Text(&'b str),
    /// Bytes that are not UTF-8 from this one on, counted from 0.
    NotUtf8(&'b [u8], usize),
    /// Longer than [`MAX_LINE`], so it was not kept.
    TooLong,
}

impl Block {
    /// The number of the first row, from 1.
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The line in which the first row begins, from 1.
    pub fn first_line(&self) -> u64 {
        self.lines.0
    }

    /// The number of line ends in some of the rows, counted from 0. A record of CSV can have several.
    pub fn line_ends(&self, rows: Range<usize>) -> u64 {
        let place = |row: usize| row.checked_sub(1).and_then(|row| self.ends.get(row)).copied().unwrap_or(0);
        let bytes = self.buffer.get(place(rows.start)..place(rows.end)).unwrap_or_default();
        memchr::memchr_iter(b'\n', bytes).count() as u64
    }

    /// The line in which the next block begins.
    pub fn next_line(&self) -> u64 {
        self.lines.1
    }

    /// The end of the block in the input, in bytes.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The bytes of the block as they were read.
    pub fn tail(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let bytes = if self.too_long { &[] } else { self.tail() };
        // Checking all rows at once is much faster than row by row. A single bad row slows down only its own block.
        let whole = std::str::from_utf8(bytes).ok();
        let mut start = 0;
        let lines = self.ends.iter().map(move |end| {
            let range = start..*end;
            start = *end;
            match whole {
                Some(text) => Record::Text(text.get(range).unwrap_or_default()),
                None => {
                    let line = bytes.get(range).unwrap_or_default();
                    match std::str::from_utf8(line) {
                        Ok(text) => Record::Text(text),
                        Err(error) => Record::NotUtf8(line, error.valid_up_to()),
                    }
                }
            }
        });
        let lines = lines.map(Record::without_end).chain(self.too_long.then_some(Record::TooLong));
        let first = self.marked;
        lines.enumerate().map(move |(index, record)| if first && index == 0 { record.without_mark() } else { record })
    }

    /// Empties the block and shrinks it, so that one long row does not keep its memory for ever.
    fn clear(&mut self, ordinary: usize) {
        (self.filled, self.too_long) = (0, false);
        self.ends.clear();
        if self.buffer.len() > ordinary {
            self.buffer.truncate(ordinary);
            self.buffer.shrink_to_fit();
        }
    }
}

impl<'b> Record<'b> {
    fn without_end(self) -> Self {
        match self {
            Self::Text(text) => {
                let text = text.strip_suffix('\n').unwrap_or(text);
                Self::Text(text.strip_suffix('\r').unwrap_or(text))
            }
            Self::NotUtf8(line, at) => {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                Self::NotUtf8(line.strip_suffix(b"\r").unwrap_or(line), at)
            }
            Self::TooLong => self,
        }
    }

    fn without_mark(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
            Self::NotUtf8(..) | Self::TooLong => self,
        }
    }
}

/// Cuts a stream into blocks.
#[derive(Debug)]
pub struct Blocks<R> {
    input: R,
    cut: Cut,
    limits: Limits,
    /// True if rows that are there are handed out before the input is read again, which may have to wait.
    prompt: bool,
    /// The beginning of a row whose end has not been read yet.
    rest: Vec<u8>,
    rows: u64,
    /// The line in which the next row begins, from 1.
    line: u64,
    end: u64,
    finished: bool,
}

impl<R: Read> Blocks<R> {
    /// Goes on after so many rows and bytes, which the stream no longer has; `line` is the number of the next line,
    /// from 1.
    pub fn after(input: R, cut: Cut, rows: u64, line: u64, bytes: u64) -> Self {
        Self { input, cut, limits: LIMITS, prompt: false, rest: Vec::new(), rows, line, end: bytes, finished: false }
    }

    /// Never waits for input while it has a row: a block ends where the input pauses. Without this, where a block ends
    /// depends on the text alone and not on the pieces in which it arrives.
    #[must_use]
    pub fn promptly(self, prompt: bool) -> Self {
        Self { prompt, ..self }
    }

    /// Fills a block with the next rows; false if there are none left.
    ///
    /// # Errors
    /// The error of the stream. The block is empty then, and a row that was partly read is lost.
    pub fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        let Limits { block: ordinary, rows: most, line: longest } = self.limits;
        block.clear(ordinary);
        let room = ordinary.max(self.rest.len());
        if block.buffer.len() < room {
            block.buffer.resize(room, 0);
        }
        if let Some(start) = block.buffer.get_mut(..self.rest.len()) {
            start.copy_from_slice(&self.rest);
        }
        let mut filled = self.rest.len();
        let mut search = RowSplitter::new(self.cut);
        self.limits.find_ends(&block.buffer, 0..filled, &mut search, &mut block.ends);
        // With a row in it, a block of a prompt input is full enough.
        let wanted = if self.prompt { 0 } else { ordinary };
        while !self.finished && block.ends.len() < most && (filled < wanted || block.ends.is_empty()) {
            if filled == block.buffer.len() {
                if filled > longest {
                    return self.skip(block, search);
                }
                // Room for the longest row and its end, so that a full buffer without an end means that the row is too
                // long.
                block.buffer.resize(longest + 1, 0);
            }
            let read = read(&mut self.input, block.buffer.get_mut(filled..).unwrap_or_default())?;
            self.finished = read == 0;
            self.limits.find_ends(&block.buffer, filled..filled + read, &mut search, &mut block.ends);
            filled += read;
        }
        let mut used = block.ends.last().copied().unwrap_or(0);
        let all_found = block.ends.is_empty() || (filled <= ordinary && block.ends.len() < most);
        if self.finished && all_found && used < filled {
            // The last row has no line end. It is not too long, or the buffer would have been full.
            used = filled;
            block.ends.push(used);
        }
        self.rest.clear();
        self.rest.extend_from_slice(block.buffer.get(used..filled).unwrap_or_default());
        block.filled = used;
        let (rows, lines) = (block.ends.len() as u64, self.lines(block, used));
        self.count(block, used as u64, rows, lines);
        Ok(rows > 0)
    }

    /// The number of line ends in the first bytes of a block.
    fn lines(&self, block: &Block, used: usize) -> u64 {
        match self.cut {
            Cut::Lines => block.ends.len() as u64,
            Cut::Records(_) => memchr::memchr_iter(b'\n', block.buffer.get(..used).unwrap_or_default()).count() as u64,
        }
    }

    /// Skips to the end of a row that is too long, and keeps only its last bytes.
    fn skip(&mut self, block: &mut Block, mut search: RowSplitter) -> io::Result<bool> {
        let mut skipped = block.buffer.len() as u64;
        let mut lines = memchr::memchr_iter(b'\n', &block.buffer).count() as u64;
        block.too_long = true;
        loop {
            let read = read(&mut self.input, &mut block.buffer)?;
            let new = block.buffer.get(..read).unwrap_or_default();
            let mut end = None;
            search.find(new, |at| {
                end = Some(at);
                false
            });
            let of_row = new.get(..end.unwrap_or(read)).unwrap_or_default();
            lines += memchr::memchr_iter(b'\n', of_row).count() as u64;
            if end.is_none() && read > 0 {
                skipped += read as u64;
                continue;
            }
            self.finished = read == 0;
            block.filled = end.unwrap_or(0);
            self.rest.clear();
            self.rest.extend_from_slice(new.get(block.filled..).unwrap_or_default());
            self.count(block, skipped + block.filled as u64, 1, lines);
            return Ok(true);
        }
    }

    fn count(&mut self, block: &mut Block, bytes: u64, rows: u64, lines: u64) {
        // Only the first row of the input may begin with a byte order mark. In CSV the header comes before the rows.
        block.marked = self.rows == 0 && self.cut == Cut::Lines;
        block.lines = (self.line, self.line + lines);
        self.line += lines;
        block.first_row = self.rows + 1;
        self.rows += rows;
        self.end += bytes;
        block.end = self.end;
    }
}

/// Reads again if a signal interrupts.
fn read(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests;
