use super::*;
use proptest::prelude::*;
use std::cell::Cell;

/// A row in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnedRecord {
    Text(String),
    NotUtf8(Vec<u8>),
    TooLong,
}

impl OwnedRecord {
    fn of(record: Record<'_>) -> Self {
        match record {
            Record::Text(text) => Self::Text(text.to_owned()),
            Record::NotUtf8(bytes, at) => {
                assert_eq!(std::str::from_utf8(bytes).unwrap_err().valid_up_to(), at);
                Self::NotUtf8(bytes.to_vec())
            }
            Record::TooLong => Self::TooLong,
        }
    }
}

const SMALL: Limits = Limits { block: 16, rows: 5, line: 40 };

/// Yields its bytes in pieces of these lengths, over and over, as a pipe does.
struct ChunkedReader<'a> {
    bytes: &'a [u8],
    lengths: Vec<usize>,
    next: usize,
}

impl Read for ChunkedReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.lengths[self.next % self.lengths.len()];
        self.next += 1;
        let read = length.min(self.bytes.len()).min(into.len());
        into[..read].copy_from_slice(&self.bytes[..read]);
        self.bytes = &self.bytes[read..];
        Ok(read)
    }
}

/// All rows of an input, and the place of the end of every block.
fn rows(input: &[u8], lengths: &[usize], after: (u64, u64)) -> (Vec<OwnedRecord>, Vec<(u64, u64)>) {
    cut(input, Cut::Lines, lengths, after)
}

/// The same for any kind of rows.
fn cut(input: &[u8], cut: Cut, lengths: &[usize], after: (u64, u64)) -> (Vec<OwnedRecord>, Vec<(u64, u64)>) {
    let whole = input;
    let line = |bytes: u64| 1 + whole[..bytes as usize].iter().filter(|byte| **byte == b'\n').count() as u64;
    let input = ChunkedReader { bytes: &input[after.1 as usize..], lengths: lengths.to_vec(), next: 0 };
    let mut blocks = Blocks { limits: SMALL, ..Blocks::after(input, cut, after.0, line(after.1), after.1) };
    let (mut seen, mut places) = (Vec::new(), vec![after]);
    let mut block = Block::default();
    while blocks.next(&mut block).unwrap() {
        let rows = block.first_row() - 1;
        assert_eq!(rows, places.last().unwrap().0, "rows are counted on");
        if cut != Cut::Lines || block.end() < whole.len() as u64 || whole.ends_with(b"\n") {
            assert_eq!(block.first_line(), line(places.last().unwrap().1), "lines are counted");
            assert_eq!(block.next_line(), line(block.end()), "lines are counted on");
        }
        seen.extend(block.records().map(OwnedRecord::of));
        places.push((after.0 + seen.len() as u64, block.end()));
        assert!(block.buffer.len() <= SMALL.line + 1 && block.ends.len() <= SMALL.rows, "a block stays small");
    }
    assert!(!blocks.next(&mut block).unwrap(), "the end is the end");
    (seen, places)
}

/// The expected rows, found in the whole text at once.
fn lines(input: &[u8]) -> Vec<OwnedRecord> {
    let mut lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let one = |(index, line): (usize, &&[u8])| {
        if line.len() > SMALL.line {
            return OwnedRecord::TooLong;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok(text) if index == 0 => OwnedRecord::Text(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned()),
            Ok(text) => OwnedRecord::Text(text.to_owned()),
            Err(_) => OwnedRecord::NotUtf8(line.to_vec()),
        }
    };
    lines.iter().enumerate().map(one).collect()
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => "[a-zé ]{0,12}",
        1 => "[a-zé]{10,60}",
        1 => Just(String::from("\u{FEFF}")),
    ];
    let line = line.prop_map(String::into_bytes);
    let bytes = prop_oneof![
        6 => line,
        1 => prop::collection::vec(any::<u8>(), 0..12),
        1 => (38_usize..44).prop_map(|length| vec![b'x'; length]),
    ];
    let end = prop_oneof![4 => Just(&b"\n"[..]), 1 => Just(&b"\r\n"[..]), 1 => Just(&b""[..])];
    prop::collection::vec((bytes, end), 0..30)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_vec()].concat()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// The rows of an input are its lines, in whatever pieces it arrives.
    #[test]
    fn rows_are_lines(input in input(), lengths in prop::collection::vec(1_usize..50, 1..6)) {
        prop_assert_eq!(rows(&input, &lengths, (0, 0)).0, lines(&input));
    }

    /// After the end of any block, reading can be resumed with the same rows.
    #[test]
    fn every_end_of_a_block_is_a_place_to_go_on_from(input in input(), lengths in prop::collection::vec(1_usize..50, 1..6)) {
        let (all, places) = rows(&input, &lengths, (0, 0));
        prop_assert_eq!(places.last().unwrap().1, input.len() as u64);
        for place in places {
            let (rest, _) = rows(&input, &lengths, place);
            prop_assert_eq!(&rest[..], &all[place.0 as usize..], "after {:?}", place);
        }
    }

    /// The input is cut at the same places, also when reading is resumed, so that compressed answers are the same, too.
    #[test]
    fn an_input_is_always_cut_alike(input in input(), lengths in prop::collection::vec(1_usize..50, 1..6)) {
        let (_, places) = rows(&input, &[1000], (0, 0));
        for (index, place) in places.iter().enumerate() {
            prop_assert_eq!(&rows(&input, &lengths, *place).1[..], &places[index..]);
        }
    }
}

/// Sees at each reading that no whole row waits behind it.
struct Waiting<'a> {
    pieces: ChunkedReader<'a>,
    whole: &'a [u8],
    handed_out: &'a Cell<u64>,
}

impl Read for Waiting<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let arrived = &self.whole[..self.whole.len() - self.pieces.bytes.len()];
        let rows = memchr::memrchr(b'\n', arrived).map_or(0, |end| end as u64 + 1);
        assert_eq!(self.handed_out.get(), rows, "a row waits");
        self.pieces.read(into)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// A prompt input is never read while there is a row, and its rows are the same.
    #[test]
    fn no_row_waits_for_more(input in input(), lengths in prop::collection::vec(1_usize..50, 1..6)) {
        let handed_out = Cell::new(0);
        let pieces = ChunkedReader { bytes: &input, lengths, next: 0 };
        let waiting = Waiting { pieces, whole: &input, handed_out: &handed_out };
        let blocks = Blocks::after(waiting, Cut::Lines, 0, 1, 0).promptly(true);
        let mut blocks = Blocks { limits: SMALL, ..blocks };
        let (mut seen, mut block) = (Vec::new(), Block::default());
        while blocks.next(&mut block).unwrap() {
            handed_out.set(block.end());
            seen.extend(block.records().map(OwnedRecord::of));
        }
        prop_assert_eq!(seen, rows(&input, &[1000], (0, 0)).0);
    }
}

/// The expected records, found in the whole text at once.
fn records(input: &[u8]) -> Vec<OwnedRecord> {
    let mut seen = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let end = ereje::facts::csv::record_end(rest, b';');
        let (record, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        let whole = record.strip_suffix(b"\n").unwrap_or(record);
        // A line end inside quotes that are never closed is part of the row.
        let length = if end.is_some() { whole.len() } else { record.len() };
        let text = whole.strip_suffix(b"\r").unwrap_or(whole);
        seen.push(match std::str::from_utf8(text) {
            _ if length > SMALL.line => OwnedRecord::TooLong,
            Ok(text) => OwnedRecord::Text(text.to_owned()),
            Err(_) => OwnedRecord::NotUtf8(text.to_vec()),
        });
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Records of CSV go over line ends in quotes. They are cut at the same places in whatever pieces they arrive and
    /// wherever reading is resumed.
    #[test]
    fn records_are_rows(
        pieces in prop::collection::vec(prop::sample::select(&["a", "b;c", ";", "\"", "\"", "\"\"", "\n", "\n", "\r\n", "жж", "xxxxxxxxx"][..]), 0..60),
        lengths in prop::collection::vec(1_usize..50, 1..6),
    ) {
        let input = pieces.concat().into_bytes();
        let (all, places) = cut(&input, Cut::Records(b';'), &lengths, (0, 0));
        prop_assert_eq!(&all, &records(&input));
        prop_assert_eq!(&cut(&input, Cut::Records(b';'), &[1000], (0, 0)).1, &places);
        for (index, place) in places.iter().enumerate() {
            let (rest, ends) = cut(&input, Cut::Records(b';'), &lengths, *place);
            prop_assert_eq!(&rest[..], &all[place.0 as usize..], "after {:?}", place);
            prop_assert_eq!(&ends[..], &places[index..]);
        }
    }
}

#[test]
fn what_precedes_a_place_stands_at_the_end_of_its_block() {
    let text = format!("{}\nab\n{}\ncd\n", "x".repeat(100), "y".repeat(70));
    let mut blocks = Blocks { limits: SMALL, ..Blocks::after(text.as_bytes(), Cut::Lines, 0, 1, 0) };
    let mut block = Block::default();
    let mut seen = 0;
    while blocks.next(&mut block).unwrap() {
        seen += 1;
        assert!(text.as_bytes()[..block.end() as usize].ends_with(block.tail()) && !block.tail().is_empty());
    }
    assert_eq!(seen, 4);
}

#[test]
fn signals_are_waited_out_and_errors_are_told() {
    struct FlakyReader(u8);
    impl Read for FlakyReader {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2..=9 => {
                    into[..4].copy_from_slice(b"row\n");
                    Ok(4)
                }
                _ => Err(io::ErrorKind::ConnectionReset.into()),
            }
        }
    }
    let mut blocks = Blocks { limits: SMALL, ..Blocks::after(FlakyReader(0), Cut::Lines, 0, 1, 0) };
    let mut block = Block::default();
    assert!(blocks.next(&mut block).unwrap());
    assert_eq!(block.records().count(), 4);
    assert!(blocks.next(&mut block).unwrap());
    assert_eq!(blocks.next(&mut block).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}
