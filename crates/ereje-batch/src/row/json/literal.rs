//! Bytes that are expected in a line, compared sixteen at a time: keys, and the text between two values.

use super::scan::Rest;

/// Bytes that are expected at a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Literal {
    /// The first sixteen bytes, and which of them count.
    head: u128,
    mask: u128,
    /// The next sixteen bytes, if there are as many, and the last sixteen.
    middle: u128,
    tail: u128,
    text: Box<[u8]>,
}

impl Literal {
    pub(super) fn new(text: &[u8]) -> Self {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |all, byte| all << 8 | u128::from(*byte));
        let head = text.get(..text.len().min(16)).unwrap_or_default();
        let mask = u128::MAX.checked_shr(128 - 8 * head.len() as u32).unwrap_or(0);
        let middle = text.get(16..32).map_or(0, number);
        let tail = text.last_chunk::<16>().map_or(0, |tail| u128::from_le_bytes(*tail));
        Self { head: number(head), mask, middle, tail, text: text.into() }
    }

    /// The rest after these bytes; `None` if the text does not begin with them.
    #[inline(always)]
    pub(super) fn strip<'t>(&self, rest: &'t [u8]) -> Rest<'t> {
        let Some(head) = rest.first_chunk() else { return rest.strip_prefix(&*self.text) };
        if (u128::from_le_bytes(*head) ^ self.head) & self.mask != 0 {
            return None;
        }
        let (literal, behind) = rest.split_at_checked(self.text.len())?;
        if literal.len() > 16 {
            if u128::from_le_bytes(*literal.last_chunk()?) != self.tail {
                return None;
            }
            if literal.len() > 32 && (u128::from_le_bytes(*literal.get(16..)?.first_chunk()?) != self.middle) {
                return None;
            }
            if literal.len() > 48 && *literal != *self.text {
                return None;
            }
        }
        Some(behind)
    }
}

/// Words in quotes, found by their first bytes.
#[derive(Debug)]
pub(super) struct Openings {
    /// The length is a power of two. The number of a word is at the place of its first bytes, or at the next free one.
    /// Free places have [`FREE`].
    places: Box<[u32]>,
    /// The mask of the first bytes that all words have: no more than the shortest word has with its quotes.
    mask: u64,
    shift: u32,
}

const FREE: u32 = u32::MAX;
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// The most words that may have to be compared; beyond that a table of whole words is faster.
const MOST_TRIALS: usize = 3;

impl Openings {
    /// A table of words in quotes, possibly with more text after them; they are numbered from `first` in their order.
    /// If their first bytes are too much alike, the table finds nothing.
    pub(super) fn new(words: &[Literal], first: u32) -> Self {
        let quoted = |word: &Literal| word.text.iter().rposition(|byte| *byte == b'"').map_or(0, |end| end + 1);
        let shortest = words.iter().map(quoted).min().unwrap_or(0).min(8);
        let mask = u64::MAX.checked_shr(64 - 8 * shortest as u32).unwrap_or(0);
        let size = (words.len() * 4).next_power_of_two().max(2);
        let mut made = Self { places: vec![FREE; size].into(), mask, shift: 64 - size.trailing_zeros() };
        for (word, number) in words.iter().zip(first..) {
            let place = made.place(word.head as u64);
            let free = (0..MOST_TRIALS).map(|step| (place + step) & (size - 1));
            let Some(free) = free.into_iter().find(|place| made.places.get(*place) == Some(&FREE)) else {
                return Self { places: [FREE].into(), mask: 0, shift: 63 };
            };
            if let Some(place) = made.places.get_mut(free) {
                *place = number;
            }
        }
        made
    }

    #[inline(always)]
    fn place(&self, begins: u64) -> usize {
        ((begins & self.mask).wrapping_mul(FACTOR) >> self.shift) as usize
    }

    /// The numbers of the words that the text may begin with.
    #[inline(always)]
    pub(super) fn candidates(&self, rest: &[u8]) -> impl Iterator<Item = u32> {
        let place = rest.first_chunk().map_or(usize::MAX, |begins| self.place(u64::from_le_bytes(*begins)));
        let turn = self.places.len() - 1;
        let number = move |step| self.places.get(place.wrapping_add(step) & turn).copied();
        (0..MOST_TRIALS).map_while(number).take_while(|number| *number != FREE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_expected_is_found(
            text in "[ab]{0,70}", same in 0..70_usize, after in "[ab]{0,40}",
        ) {
            let literal = Literal::new(text.as_bytes());
            let line = format!("{text}{after}");
            prop_assert_eq!(literal.strip(line.as_bytes()), Some(after.as_bytes()));
            let mut other = line.into_bytes();
            if same < text.len() {
                other[same] = b'c';
                prop_assert_eq!(literal.strip(&other), None);
            }
        }

        #[test]
        fn keys_are_among_the_candidates(keys in proptest::collection::btree_set("[a-d]{1,12}", 1..12), after in ".{8}") {
            let literals: Vec<Literal> = keys.iter().map(|key| Literal::new(format!("\"{key}\":").as_bytes())).collect();
            let openings = Openings::new(&literals, 7);
            for (key, number) in keys.iter().zip(7..) {
                let line = format!("\"{key}\":{after}");
                let found = openings.candidates(line.as_bytes()).any(|found| found == number);
                prop_assert!(found || *openings.places == [FREE]);
            }
        }
    }
}
