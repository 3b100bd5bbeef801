//! Changes inputs: bytes, words, numbers, lines; pieces of one seed put into another. The same dice give the same input.

/// Words and signs that mean something somewhere.
const WORDS: &[&str] = &[
    "policy ",
    "amendment ",
    "facts ",
    "rule ",
    "exception ",
    "when ",
    "unless ",
    "refuse ",
    "otherwise ",
    "norm ",
    "table ",
    "scale ",
    "output ",
    "define ",
    "case ",
    "assumption ",
    "region ",
    "unit ",
    "enum ",
    "record ",
    "registry ",
    "decision ",
    "calculation ",
    "reason ",
    "notice ",
    "suspend ",
    "replace ",
    "import ",
    "language ",
    "decimal comma",
    "as of ",
    "from ",
    "through ",
    "in ",
    "for ",
    "and ",
    "or ",
    "not ",
    "is ",
    "absent",
    "unavailable",
    "if absent then ",
    "open ",
    "any",
    "all",
    "list of ",
    "for each x in ",
    "tied to ",
    "min",
    "max",
    "sum",
    "count",
    "round down(",
    "age(",
    "months_between(",
    "working days",
    "2026-02-28",
    "2024-02-29",
    "0001-01-01",
    "9999-12-31",
    "1 year",
    "3 months",
    "-1",
    "0",
    "1",
    "0.1",
    "9223372036854775807",
    "-9223372036854775808",
    "170141183460469231731687303715884105727",
    "1e5",
    "1E+2",
    "1.50e-1",
    "1e999999999",
    "1_000",
    "6,5",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ",",
    "|",
    "-",
    "- ",
    "#",
    "//",
    ">",
    "<",
    ">=",
    "=",
    "..",
    "\\",
    "\\u0041",
    "\\ud800",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "--- ",
    "...",
    "%YAML 1.2",
    "<<: ",
    "null",
    "~",
    "true",
    "false",
    "unknown",
    "{\"unavailable\":\"x\"}",
    "{}",
    "[]",
    "\t",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{301}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "ә",
    "й",
    "и\u{306}",
    "а",
    "🙂",
    "ﬁ",
    "İ",
    "base:",
    "cases:",
    "expect:",
    "change:",
    "each:",
    "table:",
    "outcome:",
    "reasons:",
    "law:",
    "name:",
    "remove:",
    "=== t.csv\n",
];

/// Bytes that are no text.
const BYTES: &[&[u8]] =
    &[b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b"];

/// One of so many inputs is a seed as it is, until all have been.
const WHOLE: u64 = 8;

/// Numbers by chance, the same from the same seed.
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one; 0 below 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// The input of a number: a seed, changed a few times. Every eighth is a seed as it is, one after the other.
#[must_use]
pub fn input(seeds: &[Vec<u8>], seed: u64, number: u64) -> Vec<u8> {
    let index = usize::try_from(number / WHOLE).unwrap_or(usize::MAX);
    if let Some(whole) = seeds.get(index).filter(|_| number.is_multiple_of(WHOLE)) {
        return whole.clone();
    }
    let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(number));
    let from = dice.below(seeds.len());
    changed(&seeds[from], seeds, &mut dice)
}

/// An input with one to a dozen changes, mostly few.
#[must_use]
pub fn changed(input: &[u8], seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let most = [1, 1, 2, 3, 5, 12][dice.below(6)];
    for _ in 0..=dice.below(most) {
        change(&mut bytes, seeds, dice);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let place = dice.below(bytes.len() + 1);
    let few = [1, 1, 1, 2, 4, 9, 40][dice.below(7)].min(bytes.len() - place);
    match dice.below(16) {
        // A word in place of what is there, or before it.
        0 | 1 => drop(bytes.splice(place..place + few, dice.pick(WORDS).bytes())),
        2 => drop(bytes.splice(place..place, dice.pick(WORDS).bytes())),
        3 => drop(bytes.drain(place..place + few)),
        4 => {
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1 << dice.below(8);
            }
        }
        5 => drop(bytes.splice(place..place, dice.pick(BYTES).iter().copied())),
        // A word of the input in place of another.
        6 | 7 => {
            let (from, to) = (word(bytes, place), word(bytes, dice.below(bytes.len() + 1)));
            let copy = bytes[from].to_vec();
            drop(bytes.splice(to, copy));
        }
        // A number near the one that is there, or far from it.
        8 => {
            let digits = number(bytes, place);
            let text = String::from_utf8_lossy(&bytes[digits.clone()]).into_owned();
            let value: i128 = text.parse().unwrap_or(0);
            let next = match dice.below(5) {
                0 => value.saturating_add(1),
                1 => value.saturating_sub(1),
                2 => value.saturating_mul(1_000_003),
                3 => value.saturating_neg(),
                _ => 0,
            };
            drop(bytes.splice(digits, next.to_string().into_bytes()));
        }
        // A line that goes, comes again, or changes places.
        9 => drop(bytes.drain(line(bytes, place))),
        10 => {
            let copy = bytes[line(bytes, place)].to_vec();
            let at = line(bytes, dice.below(bytes.len() + 1)).start;
            drop(bytes.splice(at..at, copy));
        }
        11 => {
            let moved: Vec<u8> = bytes.drain(line(bytes, place)).collect();
            let at = line(bytes, dice.below(bytes.len() + 1)).start;
            drop(bytes.splice(at..at, moved));
        }
        // Lines of another seed.
        12 | 13 => {
            let other = seeds.get(dice.below(seeds.len())).map_or(&[][..], Vec::as_slice);
            let start = line(other, dice.below(other.len() + 1)).start;
            let mut end = start;
            for _ in 0..=dice.below(6) {
                end = line(other, end).end;
            }
            let at = line(bytes, place).start;
            drop(bytes.splice(at..at, other[start..end].iter().copied()));
        }
        // Deep, or long.
        14 => {
            let piece = bytes[word(bytes, place)].to_vec();
            let times = [2, 3, 10, 70, 300][dice.below(5)];
            if piece.len() * times < 1 << 16 {
                drop(bytes.splice(place..place, piece.repeat(times)));
            }
        }
        _ => {
            if dice.below(4) == 0 {
                bytes.truncate(place);
            }
        }
    }
}

/// The word or the single sign at a place.
fn word(bytes: &[u8], place: usize) -> std::ops::Range<usize> {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    around(bytes, place, inside)
}

/// The digits at a place, with a sign before them.
fn number(bytes: &[u8], place: usize) -> std::ops::Range<usize> {
    // The next digit is mostly not far.
    let next = bytes[place..].iter().position(u8::is_ascii_digit).map_or(place, |ahead| place + ahead);
    around(bytes, next, u8::is_ascii_digit)
}

fn around(bytes: &[u8], place: usize, inside: impl Fn(&u8) -> bool) -> std::ops::Range<usize> {
    let start = bytes[..place].iter().rposition(|byte| !inside(byte)).map_or(0, |before| before + 1);
    let end = bytes[place..].iter().position(|byte| !inside(byte)).map_or(bytes.len(), |ahead| place + ahead);
    start..end.max((start + 1).min(bytes.len()))
}

/// The line at a place, with its end.
fn line(bytes: &[u8], place: usize) -> std::ops::Range<usize> {
    let place = place.min(bytes.len());
    let start = bytes[..place].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = bytes[place..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |ahead| place + ahead + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_input_and_keeps_it() {
        let seeds = vec![b"one line\nand 12 more\n".to_vec(), Vec::new(), b"{\"a\": [1, 2]}".to_vec()];
        let all = || (0..5000).map(|number| input(&seeds, 7, number)).collect::<Vec<_>>();
        let inputs = all();
        assert_eq!([&inputs[0], &inputs[8], &inputs[16]], [&seeds[0], &seeds[1], &seeds[2]]);
        assert!(inputs == all());
        let mut different = inputs.clone();
        different.sort();
        different.dedup();
        assert!(different.len() > 3000, "{}", different.len());
    }
}
