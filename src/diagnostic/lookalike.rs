//! Names that look like another name: letters of another script, invisible characters.

use unicode_script::UnicodeScript;

/// Letters of other scripts with the small or capital Latin letter that they look like.
const LIKE_LATIN: &[(char, char)] = &[
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ӏ', 'l'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('α', 'a'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('օ', 'o'),
    ('ո', 'n'),
    ('ս', 'u'),
    ('ց', 'g'),
    ('ɡ', 'g'),
    ('ı', 'i'),
    ('Һ', 'H'),
    ('Ӏ', 'I'),
];

/// The Latin letter that a character looks like; `None` if there is none.
#[must_use]
pub fn like_latin(c: char) -> Option<char> {
    LIKE_LATIN.iter().find(|(foreign, _)| *foreign == c).map(|(_, latin)| *latin)
}

/// True if a character is invisible or only changes how its neighbours are shown.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A different candidate that looks the same, with the difference in words; `None` if there is none.
#[must_use]
pub fn lookalike<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<(&'a str, String)> {
    let seen = |text: &str| -> Vec<char> { text.chars().filter(|c| !is_unseen(*c)).collect() };
    let ours = seen(name);
    for candidate in candidates {
        let theirs = seen(candidate);
        let skeleton = |c: char| like_latin(c).unwrap_or(c);
        let same = |(a, b): (&char, &char)| skeleton(*a) == skeleton(*b);
        if candidate == name || ours.len() != theirs.len() || !ours.iter().zip(&theirs).all(same) {
            continue;
        }
        let why = match ours.iter().zip(&theirs).find(|(a, b)| a != b) {
            Some((a, b)) => {
                let (here, there) = (a.script().full_name(), b.script().full_name());
                format!("the letter `{a}` written here is {here}, the `{b}` of the policy's name is {there}")
            }
            None => {
                let hidden = name.chars().chain(candidate.chars()).find(|c| is_unseen(*c)).unwrap_or('\u{FEFF}');
                format!("one of the names holds a character that cannot be seen, U+{:04X}", u32::from(hidden))
            }
        };
        return Some((candidate, why));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_alike_are_told_apart() {
        let (meant, why) = lookalike("\u{430}pplicant", ["owner", "applicant"]).unwrap();
        assert_eq!(meant, "applicant");
        assert!(why.contains("Cyrillic") && why.contains("Latin"), "{why}");
        let (meant, why) = lookalike("owner\u{200E}", ["owner", "applicant"]).unwrap();
        assert_eq!(meant, "owner");
        assert!(why.contains("U+200E"), "{why}");
        assert_eq!(lookalike("owner", ["owner"]), None);
        assert_eq!(lookalike("ownes", ["owner"]), None);
        assert!(LIKE_LATIN.iter().all(|(foreign, latin)| !foreign.is_ascii() && latin.is_ascii_alphabetic()));
    }
}
