//! Names that mix scripts, or that look like a keyword.
//!
//! Comes in: a name as written. Goes out: an `E0104` with the scripts and the letters of the minority. Digits and `_`
//! belong to every script; Han, kana and Hangul are written together and count as one.

use super::nfc::nfc;
use super::rule_names::all_words;
use crate::diagnostic::{Code, Diagnostic, like_latin};
use crate::source::Span;
use unicode_script::{Script, UnicodeScript};

/// The name with similar Latin letters, as a reader may see it.
fn seen(name: &str) -> String {
    name.chars().map(|c| like_latin(c).unwrap_or(c)).collect()
}

/// The script of a letter; `None` for characters of all scripts.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the scripts of Unicode are not ours, and every other one stands for itself"
)]
fn script(c: char) -> Option<Script> {
    match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => None,
        Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo => Some(Script::Han),
        other => Some(other),
    }
}

fn script_name(script: Script) -> &'static str {
    if script == Script::Han { "Han, kana or Hangul" } else { script.full_name() }
}

/// The error for a name that mixes scripts or looks like a keyword.
pub(super) fn check(raw: &str, span: Span) -> Option<Diagnostic> {
    let name = nfc(raw);
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for letter in name.chars().filter_map(script) {
        match counts.iter_mut().find(|(s, _)| *s == letter) {
            Some((_, n)) => *n += 1,
            None => counts.push((letter, 1)),
        }
    }
    let latin = seen(&name);
    let word = if latin == name { None } else { all_words().find(|w| *w == latin) };
    if counts.len() < 2 {
        let word = word?;
        return Some(
            Diagnostic::new(
                Code::E0104,
                format!("the name `{name}` looks like the word `{word}` of the language"),
                span,
                format!("written in {} letters", counts.first().map_or("other", |(s, _)| script_name(*s))),
            )
            .help(format!("write `{word}` in Latin letters if that is meant, or choose another name")),
        );
    }
    // The script of most letters is probably the intended one; with equal counts, the first.
    let main = counts.iter().rev().max_by_key(|(_, n)| *n).map(|(s, _)| *s)?;
    let mut foreign = Vec::new();
    for (i, c) in name.chars().enumerate() {
        if script(c).is_some_and(|s| s != main) {
            let other = script(c).map_or("", script_name);
            let looks = match like_latin(c) {
                Some(latin) if main == Script::Latin => format!(", which looks like `{latin}`"),
                _ => String::new(),
            };
            foreign.push(format!("letter {} is the {other} `{c}` (U+{:04X}){looks}", i + 1, u32::from(c)));
        }
    }
    let names: Vec<&str> = counts.iter().map(|(s, _)| script_name(*s)).collect();
    let most = 4;
    let mut label = foreign.get(..most.min(foreign.len())).unwrap_or(&[]).join("; ");
    if foreign.len() > most {
        label.push_str(&format!("; and {} more", foreign.len() - most));
    }
    let mut error =
        Diagnostic::new(Code::E0104, format!("the name `{name}` mixes {} letters", names.join(" and ")), span, label);
    let clean = main == Script::Latin && latin.is_ascii();
    error = match word {
        Some(word) => error.help(format!("it looks like the word `{word}`; write that in Latin letters")),
        None if clean => {
            error.help(format!("write `{latin}` in Latin letters throughout, or keep to one other script"))
        }
        None => error.help("write each name in one script; digits and `_` go with every script"),
    };
    Some(error)
}

/// The Latin name that a name of another script looks like; `None` if there is none.
pub(super) fn latin_twin(name: &str) -> Option<String> {
    let name = nfc(name);
    let latin = seen(&name);
    (latin != name && latin.is_ascii()).then_some(latin)
}

/// The error for two names of one file that a reader cannot distinguish.
pub(super) fn twins(latin: &str, span: Span, other: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0104,
        format!("two names look like `{latin}` and are not the same"),
        other,
        "all its letters are of another script",
    )
    .also(span, "written in Latin letters")
    .help("write both in one script, or give one of them another name")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::{FileId, Span};

    fn message(name: &str) -> Option<String> {
        check(name, Span::new(FileId(0), 0, name.len()))
            .map(|d| format!("{} | {} | {:?}", d.message, d.primary.text, d.help))
    }

    #[test]
    fn one_script_is_fine() {
        for name in ["жасы", "тұрғын_үй_2", "größe", "面積ひらカタ", "m²", "हिन्दी", "owner", "_а1", "то"]
        {
            assert_eq!(message(name), None, "{name}");
        }
    }

    #[test]
    fn mixed_scripts_name_the_letter() {
        let said = message("are\u{430}").unwrap();
        assert!(said.contains("mixes Latin and Cyrillic letters"), "{said}");
        assert!(said.contains("letter 4 is the Cyrillic `\u{430}` (U+0430), which looks like `a`"), "{said}");
        assert!(said.contains("write `area`"), "{said}");
        let said = message("rul\u{435}").unwrap();
        assert!(said.contains("looks like the word `rule`"), "{said}");
    }

    #[test]
    fn a_word_in_other_letters_is_told() {
        assert!(message("\u{430}\u{455}").unwrap().contains("looks like the word `as`"));
    }
}
