//! A fixed set of words, each with its meaning: keys, values of enums, regions, texts that the policy names.
//!
//! Comes in: the words, once; then words in quotes as they are written in a line. Goes out: the meaning, after one
//! look-up in a table and one comparison of all bytes.

use super::literal::{Literal, Openings};
use super::scan::{bytes_below, quotes};

/// Words of which one occurs in every line.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The words in quotes; empty if one of them cannot be written without escapes.
    quoted: Box<[Literal]>,
    openings: Openings,
    pub(super) words: QuotedWordTable,
}

impl Vocabulary {
    /// Words, each of which means its index.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Self {
        let quoted = |word: &str| Literal::new(format!("\"{word}\"").as_bytes());
        let plain = !words.clone().any(|word| split(word.as_bytes()).0 == ESCAPED);
        let quoted: Box<[Literal]> = words.clone().filter(|_| plain).map(quoted).collect();
        Self { openings: Openings::new(&quoted, 0), quoted, words: QuotedWordTable::new(words.zip(0..)) }
    }

    /// The word in quotes that the text begins with, and the rest after it; `None` if the other table has to be
    /// searched.
    #[inline(always)]
    pub(super) fn find<'t>(&self, rest: &'t [u8]) -> Option<(u32, &'t [u8])> {
        for number in self.openings.candidates(rest) {
            if let Some(behind) = self.quoted.get(number as usize)?.strip(rest) {
                return Some((number, behind));
            }
        }
        None
    }
}

/// A hash table of words.
#[derive(Clone, Debug)]
pub(super) struct QuotedWordTable {
    /// The length is a power of two. A word is at the place of its head's hash, or at the next free one.
    table: Box<[QuotedWordEntry]>,
    factor: u64,
    shift: u32,
}

#[derive(Clone, Debug)]
struct QuotedWordEntry {
    /// The first sixteen bytes, the first one lowest; a shorter word is filled up with zeros. A free place has
    /// [`FREE`], and a word that has to be escaped in a line has [`ESCAPED`].
    head: u128,
    /// The length of the head: an invalid line may have zero bytes, too.
    len: u32,
    meaning: u32,
    /// The bytes after the head.
    rest: Box<[u8]>,
}

/// UTF-8 never has these bytes.
const FREE: u128 = u128::MAX;
/// Nor these.
const ESCAPED: u128 = u128::MAX - 1;
/// The length of a head in bytes.
const HEAD: usize = 16;

/// A text in quotes that may be one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuotedText<'t> {
    /// The bytes up to the first quote, which may be escaped; at most sixteen, filled up with zeros.
    pub(super) head: u128,
    /// The number of bytes in the head.
    pub(super) len: usize,
    /// The text after the opening quote.
    text: &'t [u8],
}

impl<'t> QuotedText<'t> {
    /// A text after its opening quote; `None` if fewer than sixteen bytes follow.
    #[inline(always)]
    pub(super) fn read(text: &'t [u8]) -> Option<Self> {
        let bytes = u128::from_le_bytes(*text.first_chunk::<HEAD>()?);
        let quotes = quotes(bytes);
        // Without a quote all bits count as below it.
        Some(Self { head: bytes & bytes_below(quotes), len: (quotes.trailing_zeros() / 8) as usize, text })
    }

    /// The rest after the closing quote, if it is within the first sixteen bytes.
    #[inline(always)]
    pub(super) fn behind(self) -> Option<&'t [u8]> {
        if self.len < HEAD { self.text.get(self.len + 1..) } else { None }
    }
}

/// The head of a word, and the bytes after it.
fn split(word: &[u8]) -> (u128, &[u8]) {
    if word.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        return (ESCAPED, word);
    }
    let head = word.iter().take(HEAD).rev().fold(0, |head, byte| head << 8 | u128::from(*byte));
    (head, word.get(HEAD..).unwrap_or_default())
}

fn place(head: u128, factor: u64, shift: u32) -> usize {
    ((head as u64 ^ ((head >> 64) as u64).rotate_left(29)).wrapping_mul(factor) >> shift) as usize
}

impl QuotedWordTable {
    /// A table of words with their meanings; the first of equal words counts.
    pub(super) fn new<'w>(words: impl IntoIterator<Item = (&'w str, u32)>) -> Self {
        let words: Vec<(&str, u32)> = words.into_iter().collect();
        let heads: Vec<u128> = words.iter().map(|(word, _)| split(word.as_bytes()).0).collect();
        // With enough room and a few factors to choose from, small sets have no two words at one place.
        let least = (words.len() * 2).next_power_of_two().max(2);
        let mut best: Option<(usize, u64, usize)> = None;
        'sizes: for size in [least, least * 2, least * 4] {
            for attempt in 0..32_u64 {
                let factor = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(attempt * 2 + 1);
                let clashes = clashes(&heads, size, factor);
                if best.is_none_or(|(fewest, ..)| clashes < fewest) {
                    best = Some((clashes, factor, size));
                }
                if clashes == 0 {
                    break 'sizes;
                }
            }
        }
        let (_, factor, size) = best.unwrap_or((0, 1, least));
        let free = QuotedWordEntry { head: FREE, len: 0, meaning: 0, rest: [].into() };
        let mut made = Self { table: vec![free; size].into(), factor, shift: 64 - size.trailing_zeros() };
        for (word, meaning) in words {
            made.put(word.as_bytes(), meaning);
        }
        made
    }

    fn put(&mut self, word: &[u8], meaning: u32) {
        let (head, rest) = split(word);
        let (first, size) = (place(head, self.factor, self.shift), self.table.len());
        for step in 0..size {
            let Some(known) = self.table.get_mut((first + step) % size) else { return };
            if known.head == head && *known.rest == *rest {
                return;
            }
            if known.head == FREE {
                let len = u32::try_from(word.len().min(HEAD)).unwrap_or(0);
                *known = QuotedWordEntry { head, len, meaning, rest: rest.into() };
                return;
            }
        }
    }

    /// The meaning of a text that is written like one of the words, and the rest after it.
    #[inline(always)]
    pub(super) fn find<'t>(&self, quoted: QuotedText<'t>) -> Option<(u32, &'t [u8])> {
        let mut place = place(quoted.head, self.factor, self.shift);
        loop {
            let known = self.table.get(place)?;
            if known.head == quoted.head && known.len as usize == quoted.len {
                if quoted.len < HEAD {
                    return Some((known.meaning, quoted.text.get(quoted.len + 1..)?));
                }
                let behind = quoted.text.get(HEAD..)?.strip_prefix(&*known.rest);
                if let Some([b'"', behind @ ..]) = behind {
                    return Some((known.meaning, behind));
                }
            }
            if known.head == FREE {
                return None;
            }
            // At least half of the places are free, so the loop ends.
            place = (place + 1) & (self.table.len() - 1);
        }
    }

    /// The meaning of a word.
    pub(super) fn get(&self, word: &[u8]) -> Option<u32> {
        let (head, rest) = split(word);
        let mut place = place(head, self.factor, self.shift);
        loop {
            let known = self.table.get(place)?;
            if known.head == head && *known.rest == *rest {
                return Some(known.meaning);
            }
            if known.head == FREE {
                return None;
            }
            place = (place + 1) & (self.table.len() - 1);
        }
    }
}

/// How many heads do not get the first place of their hash.
fn clashes(heads: &[u128], size: usize, factor: u64) -> usize {
    let mut taken = vec![false; size];
    let mut clashes = 0;
    for head in heads {
        if let Some(taken) = taken.get_mut(place(*head, factor, 64 - size.trailing_zeros())) {
            clashes += usize::from(*taken);
            *taken = true;
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn all_words_are_found_and_no_others(
            words in proptest::collection::btree_set(r#"[ab"\\]{0,3}|[a-cж]{0,20}"#, 0..60),
            others in proptest::collection::vec(r#"[ab"\\]{0,3}|[a-cж]{0,20}"#, 20),
            zeros in "\0{0,1}",
            after in "[ab\"]{0,20}",
        ) {
            let meanings: BTreeMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
            let table = QuotedWordTable::new(meanings.iter().map(|(word, meaning)| (*word, *meaning)));
            for word in words.iter().chain(&others) {
                let known = meanings.get(word.as_str()).copied();
                prop_assert_eq!(table.get(word.as_bytes()), known);
                let text = format!("{word}{zeros}\"{after}");
                // A text as it is written ends at its first quote, and a word has no backslash.
                let (stands, behind) = text.split_once('"').unwrap();
                let known = meanings.get(stands).copied().filter(|_| !stands.contains('\\'));
                match QuotedText::read(text.as_bytes()) {
                    Some(quoted) => {
                        prop_assert_eq!(quoted.len, stands.len().min(HEAD));
                        prop_assert_eq!(table.find(quoted), known.map(|known| (known, behind.as_bytes())));
                    }
                    None => prop_assert!(text.len() < HEAD),
                }
            }
        }
    }
}
