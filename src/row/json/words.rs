//! A fixed set of words, and what each means: keys, values of enums, regions, texts that the policy names.
//!
//! Comes in: the words, once; then places in a line. Goes out: the meaning of the word there, after one look at a table and
//! one comparison of it all.

use super::scan::eight;

/// Words that can be found quickly.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// A power of two of places; a word stands at the place that its mark gives, or where that is taken, behind it.
    table: Box<[Option<Word>]>,
    factor: u64,
    shift: u32,
}

#[derive(Clone, Debug)]
struct Word {
    mark: Mark,
    meaning: u32,
    text: Box<[u8]>,
}

/// What tells words of up to sixteen bytes apart: the first eight bytes, the last eight (in shorter words: all, followed
/// by zeros), and the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    head: u64,
    tail: u64,
    len: usize,
}

impl Mark {
    /// The mark of `text[at..end]`.
    #[inline(always)]
    fn of(text: &[u8], at: usize, end: usize) -> Self {
        let len = end.saturating_sub(at);
        let last = if len > 8 { end - 8 } else { at };
        match (eight(text, at), eight(text, last)) {
            (Some(head), Some(tail)) => {
                // Bytes behind the word are none of its own.
                let own = u64::MAX >> (64 - 8 * len.clamp(1, 8));
                let own = if len == 0 { 0 } else { own };
                Self { head: head & own, tail: tail & own, len }
            }
            _ => Self::at_the_end(text.get(at..end).unwrap_or_default()),
        }
    }

    fn at_the_end(word: &[u8]) -> Self {
        let of = |part: &[u8]| part.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
        let part = word.len().min(8);
        let (head, tail) = (word.get(..part), word.get(word.len() - part..));
        Self { head: of(head.unwrap_or_default()), tail: of(tail.unwrap_or_default()), len: word.len() }
    }

    #[inline(always)]
    fn hash(self, factor: u64) -> u64 {
        (self.head ^ self.tail.rotate_left(29) ^ (self.len as u64) << 56).wrapping_mul(factor)
    }
}

impl Words {
    /// A table of words with their meanings; of equal words the first counts.
    pub(super) fn new<'w>(words: impl IntoIterator<Item = (&'w str, u32)>) -> Self {
        let words: Vec<Word> = words
            .into_iter()
            .map(|(text, meaning)| Word {
                mark: Mark::at_the_end(text.as_bytes()),
                meaning,
                text: text.as_bytes().into(),
            })
            .collect();
        // With room and a few factors to choose from, small sets come to stand without two words at one place.
        let least = (words.len() * 2).next_power_of_two().max(2);
        let mut best: Option<(usize, u64, usize)> = None;
        'sizes: for size in [least, least * 2, least * 4] {
            for attempt in 0..32_u64 {
                let factor = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(attempt * 2 + 1) | 1;
                let clashes = clashes(&words, size, factor);
                if best.is_none_or(|(fewest, ..)| clashes < fewest) {
                    best = Some((clashes, factor, size));
                }
                if clashes == 0 {
                    break 'sizes;
                }
            }
        }
        let (_, factor, size) = best.unwrap_or((0, 1, least));
        let shift = 64 - size.trailing_zeros();
        let mut words_at = Self { table: vec![None; size].into(), factor, shift };
        for word in words {
            words_at.put(word);
        }
        words_at
    }

    fn put(&mut self, word: Word) {
        let first = (word.mark.hash(self.factor) >> self.shift) as usize;
        let size = self.table.len();
        for step in 0..size {
            match self.table.get_mut((first + step) % size) {
                Some(Some(known)) if known.text == word.text => return,
                Some(place @ None) => {
                    *place = Some(word);
                    return;
                }
                Some(Some(_)) | None => {}
            }
        }
    }

    /// The meaning of `text[at..end]`.
    #[inline(always)]
    pub(super) fn at(&self, text: &[u8], at: usize, end: usize) -> Option<u32> {
        let mark = Mark::of(text, at, end);
        let mut place = (mark.hash(self.factor) >> self.shift) as usize;
        loop {
            let word = self.table.get(place)?.as_ref()?;
            if word.mark == mark && (mark.len <= 16 || text.get(at..end) == Some(&*word.text)) {
                return Some(word.meaning);
            }
            // At least half of the places are free, so this comes to an end.
            place = (place + 1) & (self.table.len() - 1);
        }
    }

    /// The meaning of a word.
    pub(super) fn get(&self, word: &str) -> Option<u32> {
        self.at(word.as_bytes(), 0, word.len())
    }
}

/// How many words would not get the first place that they ask for.
fn clashes(words: &[Word], size: usize, factor: u64) -> usize {
    let shift = 64 - size.trailing_zeros();
    let mut taken = vec![false; size];
    let mut clashes = 0;
    for word in words {
        if let Some(place) = taken.get_mut((word.mark.hash(factor) >> shift) as usize) {
            clashes += usize::from(*place);
            *place = true;
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
            words in proptest::collection::btree_set("[ab]{0,3}|[a-cж]{0,20}", 0..60),
            others in proptest::collection::vec("[ab]{0,3}|[a-cж]{0,20}", 20),
            (before, after) in ("[ab\"]{0,3}", "[ab\"]{0,9}"),
        ) {
            let meanings: BTreeMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
            let table = Words::new(meanings.iter().map(|(word, meaning)| (*word, *meaning)));
            for word in words.iter().chain(&others) {
                let known = meanings.get(word.as_str()).copied();
                prop_assert_eq!(table.get(word), known);
                let text = format!("{before}{word}{after}");
                prop_assert_eq!(table.at(text.as_bytes(), before.len(), before.len() + word.len()), known);
            }
        }
    }
}
