//! What a thread does with a block: it decides the rows one after the other, into bytes that are ready to be written.

use super::bad_row::BadRow;
use super::blocks::{Block, Cut, Record};
use super::output_format::OutputFormat;
use super::packing::Packer;
use super::summary::Counts;
use crate::decider::Decider;
use std::io;
use std::sync::Arc;

/// The most bad rows of a block that are reported on stderr; all of them are in the output.
pub const MAX_REPORTS: usize = 20;
/// The room for the answers of an ordinary block; what is more is freed after they are written.
const ROOM: usize = 1 << 16;

/// The answers to a block.
#[derive(Debug, Default)]
pub struct Answers {
    /// For the output.
    pub out: Vec<u8>,
    /// For the file of bad rows.
    pub bad: Vec<u8>,
    /// Messages about the first bad rows, for stderr.
    pub reports: Vec<String>,
    pub counts: Counts,
}

/// Decides the blocks of one thread.
pub struct Worker<'e> {
    pub decider: Decider<'e>,
    pub cut: Cut,
    pub format: OutputFormat,
    pub packer: Packer,
    /// The name of the input, for messages.
    pub name: Arc<str>,
    /// True if the texts of bad rows are kept.
    pub keep_bad: bool,
    /// The rows that are passed over, since the program goes down over them.
    pub passed: Arc<[u64]>,
}

impl Worker<'_> {
    /// Decides the rows of a block.
    ///
    /// # Errors
    /// The answers cannot be compressed.
    pub fn decide(&mut self, block: &Block, answers: &mut Answers) -> io::Result<()> {
        answers.clear();
        // The last row whose line was counted, and that line.
        let mut counted = (0, block.first_line());
        let masked = self.decider.mask().is_some();
        for (index, record) in block.records().enumerate() {
            let row = block.first_row() + index as u64;
            let deadly = !self.passed.is_empty() && self.passed.contains(&row);
            let bad = match record {
                Record::Text(_) if deadly => BadRow::deadly(),
                Record::Text(text) => match self.format.decision(&mut self.decider, row, text, &mut answers.out) {
                    Ok(()) => continue,
                    Err(bad) => bad,
                },
                Record::NotUtf8(_, at) => BadRow::not_utf8(at),
                Record::TooLong => BadRow::too_long(self.cut),
            };
            let bad = if masked && !deadly { bad.masked() } else { bad };
            counted = (index, counted.1 + block.line_ends(counted.0..index));
            let line = counted.1 + bad.lines_before();
            let sentence = bad.sentence(self.cut);
            self.format.bad(row, line, &sentence, &mut answers.out);
            answers.counts.bad(bad.code);
            // A deadly row was told when it was found.
            if !deadly && answers.reports.len() < MAX_REPORTS {
                answers.reports.push(format!("{}:{line}: {}", self.name, sentence));
            }
            if self.keep_bad {
                let row = (self.cut != Cut::Lines).then_some(row);
                let line = match record {
                    Record::Text(_) | Record::NotUtf8(..) if masked => bad.line(row, line, None),
                    Record::Text(text) => bad.line(row, line, Some(text)),
                    Record::NotUtf8(bytes, _) => bad.line(row, line, Some(&String::from_utf8_lossy(bytes))),
                    Record::TooLong => bad.line(row, line, None),
                };
                answers.bad.extend_from_slice(line.as_bytes());
                answers.bad.push(b'\n');
            }
        }
        answers.counts.add(&self.decider.take_tally());
        self.packer.pack(&mut answers.out)
    }
}

impl Answers {
    fn clear(&mut self) {
        for buffer in [&mut self.out, &mut self.bad] {
            buffer.clear();
            buffer.shrink_to(ROOM);
        }
        self.reports.clear();
        self.counts = Counts::default();
    }
}
