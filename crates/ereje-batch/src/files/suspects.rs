//! Rows that may have brought an earlier run down: those that it had begun and not written. They are tried in another
//! process, which may go down in place of this one.
//!
//! Comes in: the text after the last note, and a way to try some rows. Goes out: the rows over which the other process
//! goes down, each alone, and the text as it was. How rows are tried is the caller's; here no process is started.

use super::blocks::{Block, Blocks, Cut, Record};
use std::io::{self, Cursor, Read};
use std::ops::Range;

/// The most rows that are passed over at a time. Where there are more, it is the policy or the program that is at fault.
pub const MAX_PASSED: usize = 16;

/// A row that is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// Its number, from 1.
    pub row: u64,
    /// The line in which it begins, from 1.
    pub line: u64,
    /// Its text, without its line end.
    pub text: String,
}

/// The rows of the first blocks of a text, and the whole text again. Where it cannot be read on, it ends with that error,
/// which is then told when the rows before it are decided.
pub fn suspects(
    mut text: Box<dyn Read + Send>,
    cut: Cut,
    (rows, line, bytes): (u64, u64, u64),
    blocks: u64,
) -> (Vec<Suspect>, Box<dyn Read + Send>) {
    let mut first = Vec::new();
    let mut failed = None;
    let mut cutter = Blocks::after(Kept { text: &mut text, kept: &mut first }, cut, rows, line, bytes);
    let mut block = Block::default();
    let mut found = Vec::new();
    for _ in 0..blocks {
        match cutter.next(&mut block) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        for (index, record) in block.records().enumerate() {
            // A row that is too long, or no text, is never decided.
            if let Record::Text(text) = record {
                let line = block.first_line() + block.line_ends(0..index);
                found.push(Suspect { row: block.first_row() + index as u64, line, text: text.to_owned() });
            }
        }
    }
    let first = Cursor::new(first);
    match failed {
        None => (found, Box::new(first.chain(text))),
        Some(error) => (found, Box::new(first.chain(Failing(Some(error))))),
    }
}

/// Keeps what is read.
struct Kept<'k> {
    text: &'k mut (dyn Read + Send),
    kept: &'k mut Vec<u8>,
}

impl Read for Kept<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(into)?;
        self.kept.extend_from_slice(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// A text that cannot be read on.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The rows over which the other process goes down, at most [`MAX_PASSED`]. `survives` tries the rows of a range, one
/// after the other, and is false if the process ended by itself. A row is named only if the process goes down over it
/// alone.
///
/// # Errors
/// The error of `survives`: nothing could be tried.
pub fn deadly(count: usize, survives: &mut dyn FnMut(Range<usize>) -> io::Result<bool>) -> io::Result<Vec<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < count && found.len() < MAX_PASSED && !survives(start..count)? {
        // The rows up to `alive` survive, those up to `dead` do not.
        let (mut alive, mut dead) = (start, count);
        while dead - alive > 1 {
            let middle = alive + (dead - alive) / 2;
            if survives(start..middle)? { alive = middle } else { dead = middle }
        }
        if survives(alive..dead)? {
            // It is no single row: the process may be too large for this machine at the moment.
            return Ok(found);
        }
        found.push(alive);
        start = dead;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that are found among `count` of which some are deadly, and how often rows were tried.
    fn found(count: usize, deadly: &[usize]) -> (Vec<usize>, usize) {
        let mut tried = 0;
        let found = super::deadly(count, &mut |range| {
            tried += 1;
            Ok(!deadly.iter().any(|row| range.contains(row)))
        });
        (found.unwrap(), tried)
    }

    #[test]
    fn every_deadly_row_is_found_in_few_tries() {
        assert_eq!(found(0, &[]), (vec![], 0));
        assert_eq!(found(5000, &[]), (vec![], 1));
        for deadly in [&[0][..], &[4999], &[0, 1, 2], &[17, 18, 2500, 4999]] {
            let (found, tried) = found(5000, deadly);
            assert_eq!(found, deadly);
            assert!(tried <= deadly.len() * 16 + 1, "{tried}");
        }
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(found(100, &all).0, &all[..MAX_PASSED]);
    }

    #[test]
    fn what_no_single_row_does_is_blamed_on_none() {
        // Two rows together are too much.
        let found = deadly(100, &mut |range| Ok(!(range.contains(&10) && range.contains(&60))));
        assert_eq!(found.unwrap(), [] as [usize; 0]);
        // Nothing survives for long, whatever the rows.
        assert_eq!(deadly(8, &mut |range| Ok(range.len() < 3)).unwrap(), [] as [usize; 0]);
        assert!(deadly(8, &mut |_| Err(io::ErrorKind::NotFound.into())).is_err());
    }

    #[test]
    fn the_text_is_whole_afterwards() {
        let input: String = (1..20_000).map(|n| format!("{{\"row\":{n}}}\n")).collect();
        let whole = input.clone();
        let (rows, mut rest) = suspects(Box::new(Cursor::new(input.into_bytes())), Cut::Lines, (7, 9, 100), 1);
        assert_eq!((rows[0].row, rows[0].line, rows[0].text.as_str()), (8, 9, "{\"row\":1}"));
        assert_eq!((rows[1].row, rows[1].line, rows[1].text.as_str()), (9, 10, "{\"row\":2}"));
        assert!(rows.len() > 4000 && rows.len() < 12_000, "{}", rows.len());
        let mut again = String::new();
        rest.read_to_string(&mut again).unwrap();
        assert!(again == whole);
        // What cannot be read on fails when it comes there.
        let failing = Cursor::new("{}\n{").chain(Failing(Some(io::ErrorKind::InvalidData.into())));
        let (rows, mut rest) = suspects(Box::new(failing), Cut::Lines, (0, 1, 0), 1);
        let mut read = Vec::new();
        assert!(rows.is_empty() && rest.read_to_end(&mut read).is_err() && read == b"{}\n{");
        // Records of CSV with line ends inside.
        let text = "1,\"a\nb\"\n2,c\n";
        let (rows, _) = suspects(Box::new(Cursor::new(text)), Cut::Records(b','), (0, 2, 4), 1);
        let rows: Vec<(u64, u64, &str)> = rows.iter().map(|row| (row.row, row.line, row.text.as_str())).collect();
        assert_eq!(rows, [(1, 2, "1,\"a\nb\""), (2, 4, "2,c")]);
    }
}
