//! Forbidden characters: invisible ones, and those that change the order of display.
//!
//! Comes in: a piece of text and its kind (a name, a text, a comment). Goes out: an `E0105` for each run of forbidden
//! characters. A text can contain every visible character of every script; `\n` and `\t` are written as escapes. A mark
//! that only changes the order of display can show a reader another rule than the one that is decided, so it is an
//! error everywhere, including comments.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::visible::is_hidden;
use pest::unicode::{CONTROL, NONCHARACTER_CODE_POINT, PRIVATE_USE};

/// True if a character is forbidden in a policy; not for line ends and tabs.
pub(super) fn is_forbidden(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        _ => is_hidden(c) || c == '\u{fffd}',
    }
}

/// The description of a forbidden character, with its code point.
fn description(c: char) -> String {
    let what = match c {
        '\0' => "the character NUL",
        '\u{200e}' => "a left-to-right mark",
        '\u{200f}' => "a right-to-left mark",
        '\u{61c}' => "an Arabic letter mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a mark that turns the direction of the text",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner",
        '\u{2060}' => "a word joiner",
        '\u{feff}' => "a byte-order mark inside the text",
        '\u{ad}' => "a soft hyphen",
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => "an unusual line end",
        '\u{fffd}' => "the mark of a character that was lost",
        _ if CONTROL(c) => "a control character",
        _ if PRIVATE_USE(c) => "a character of private use",
        _ if NONCHARACTER_CODE_POINT(c) => "a code point that is no character",
        _ => "an invisible character",
    };
    format!("{what} (U+{:04X})", u32::from(c))
}

/// The error for a forbidden character; `inside` names the kind of text.
pub(super) fn error(c: char, span: Span, inside: &str) -> Diagnostic {
    let label = if inside.is_empty() { String::from("may stand nowhere") } else { format!("inside {inside}") };
    let help = match c {
        '\u{fffd}' => "the file was read or saved in a wrong encoding; save it as UTF-8 again",
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            "end lines in the usual way, or write `\\n` in a text"
        }
        _ => "delete it; it cannot be seen, and it may have come with text copied from elsewhere",
    };
    Diagnostic::new(Code::E0105, format!("{} may not stand in a policy", description(c)), span, label).help(help)
}

#[cfg(test)]
mod tests {
    use super::is_forbidden;

    #[test]
    fn visible_characters_of_all_scripts_may_stand() {
        for c in "aЯқә漢字かなहिन्दी«»“”—–…№₸°²½€\u{a0}\u{301}\t\n\r".chars() {
            assert!(!is_forbidden(c), "{c:?}");
        }
    }

    #[test]
    fn what_nobody_sees_may_not() {
        for c in "\0\u{7}\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{202e}\u{2060}\u{2066}\u{feff}\u{3164}\u{e0001}\u{fffd}\u{fe0f}\u{e000}".chars() {
            assert!(is_forbidden(c), "{c:?}");
        }
    }
}
