//! A fixed set of words and their numbers: values of enums, regions, texts that the policy names.

/// A hash table of words.
#[derive(Clone, Debug)]
pub(super) struct WordTable {
    /// The length is a power of two, and at least half of the places are free. A word is at the place of its hash, or
    /// at the next free one.
    table: Box<[Option<WordEntry>]>,
    shift: u32,
    any: bool,
}

/// A word and its number.
type WordEntry = (Box<[u8]>, u32);

/// The hash of a word: its first and last eight bytes and its length, mixed.
#[inline(always)]
fn mark(word: &[u8]) -> u64 {
    let (head, tail) = match (word.first_chunk(), word.last_chunk()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => match (word.first_chunk(), word.last_chunk()) {
            (Some(head), Some(tail)) => (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail))),
            _ => (word.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
        },
    };
    (head ^ tail.rotate_left(29) ^ (word.len() as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl WordTable {
    /// A table of words, numbered in their order; the first of equal words counts.
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        let size = (words.len() * 2).next_power_of_two().max(2);
        let mut made =
            Self { table: vec![None; size].into(), shift: 64 - size.trailing_zeros(), any: !words.is_empty() };
        for (place, word) in (0..).zip(words) {
            made.put(word.as_bytes(), place);
        }
        made
    }

    fn put(&mut self, word: &[u8], meaning: u32) {
        let (first, size) = ((mark(word) >> self.shift) as usize, self.table.len());
        for step in 0..size {
            match self.table.get_mut((first + step) % size) {
                Some(Some((known, _))) if **known == *word => return,
                Some(place @ None) => {
                    *place = Some((word.into(), meaning));
                    return;
                }
                Some(Some(_)) | None => {}
            }
        }
    }

    /// The number of a word.
    #[inline(always)]
    pub(super) fn find(&self, word: &[u8]) -> Option<u32> {
        let mut place = (mark(word) >> self.shift) as usize;
        loop {
            let (known, meaning) = self.table.get(place)?.as_ref()?;
            if **known == *word {
                return Some(*meaning);
            }
            // At least half of the places are free, so the loop ends.
            place = (place + 1) & (self.table.len() - 1);
        }
    }

    /// True if there are no words.
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn all_words_are_found_and_no_others(
            words in proptest::collection::btree_set("[ab]{0,5}|[a-cж]{0,20}", 0..60),
            others in proptest::collection::vec("[ab]{0,5}|[a-cж]{0,20}", 20),
        ) {
            let places: BTreeMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
            let table = WordTable::new(words.iter().map(String::as_str));
            prop_assert_eq!(table.is_empty(), words.is_empty());
            for word in words.iter().chain(&others) {
                prop_assert_eq!(table.find(word.as_bytes()), places.get(word.as_str()).copied());
            }
        }
    }
}
