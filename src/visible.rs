//! Foreign texts made visible, so that what a fact holds cannot pass for what the program says.
//!
//! Comes in: a text that somebody else wrote: of a fact, a file name, a case. Goes out: a text in which every character
//! that a screen would obey and not show is written out as an escape such as `\u{202e}`. Before every other stage, for
//! each of them quotes such texts; it knows nothing but characters.
//!
//! A text for people is made visible by [`visible`] alone, so that it stays on its line. What programs read keeps every
//! character: [`in_json`] and [`in_yaml`] only write it in the escapes of their format.

use pest::unicode::{
    CONTROL, DEFAULT_IGNORABLE_CODE_POINT, FORMAT, LINE_SEPARATOR, MARK, NONCHARACTER_CODE_POINT, PARAGRAPH_SEPARATOR,
    PREPENDED_CONCATENATION_MARK, PRIVATE_USE,
};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The most marks that may stand above and below one letter. No script needs as many; more of them paint over the
/// lines around.
const MAX_MARKS: usize = 8;

/// True if a screen does not show a character but obeys it, or shows nothing at all: controls, line ends, marks that
/// turn the direction of the text, what has no width, tags, code points that are no characters.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    match c {
        ' '..='~' => false,
        _ if c.is_ascii() => true,
        // A fast path for the visible letters of many languages.
        '\u{ae}'..='\u{34e}' | '\u{350}'..='\u{5ff}' => false,
        _ => is_in_tables(c),
    }
}

/// True if the tables of Unicode list a character as invisible.
fn is_in_tables(c: char) -> bool {
    CONTROL(c)
        || DEFAULT_IGNORABLE_CODE_POINT(c)
        || (FORMAT(c) && !PREPENDED_CONCATENATION_MARK(c))
        || LINE_SEPARATOR(c)
        || PARAGRAPH_SEPARATOR(c)
        || PRIVATE_USE(c)
        || NONCHARACTER_CODE_POINT(c)
}

/// A foreign text on one line, in which everything can be seen: a line end is `\n`, a tab `\t`, any other hidden
/// character its number, as in `\u{202e}`. A mark that has no letter under it, or too many beside it, is written out as
/// well.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, |_| false)
}

/// The same for a text of several lines: its line ends stay.
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| c == '\n')
}

/// A page for a terminal: line ends, tabs and colours stay. It is the last net: what the program composes has made
/// foreign texts visible before, and what it forgot can still not move the cursor, name the window or turn the text.
#[must_use]
pub fn last_net(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return shown(text, |c| matches!(c, '\n' | '\t'));
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('\u{1b}');
    out.push_str(&shown(pieces.next().unwrap_or_default(), |c| matches!(c, '\n' | '\t')));
    for piece in pieces {
        match colour(piece) {
            Some(length) => {
                out.push('\u{1b}');
                out.push_str(piece.get(..length).unwrap_or_default());
                out.push_str(&shown(piece.get(length..).unwrap_or_default(), |c| matches!(c, '\n' | '\t')));
            }
            None => {
                out.push_str("\\u{1b}");
                out.push_str(&shown(piece, |c| matches!(c, '\n' | '\t')));
            }
        }
    }
    Cow::Owned(out)
}

/// The length of what follows ESC, if that sets a colour: `[`, digits and semicolons, `m`.
fn colour(after: &str) -> Option<usize> {
    let inside = after.strip_prefix('[')?;
    let length = inside.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    inside.get(length..)?.starts_with('m').then_some(length + 2)
}

fn shown(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    rewritten(text, stays, |c, out| match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => out.extend(c.escape_unicode()),
    })
}

/// A text with an escape in place of each hidden character, and of each mark that has no place.
fn rewritten(text: &str, stays: impl Fn(char) -> bool, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    // Almost every text is of this kind, and facts of many rows come this way.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut marks = MarkRun::default();
    let mut hides = |c: char| {
        let stays = stays(c);
        let too_many = marks.is_too_many(c);
        !stays && (too_many || is_hidden(c))
    };
    let Some((first, _)) = text.char_indices().find(|(_, c)| hides(*c)) else { return Cow::Borrowed(text) };
    let (before, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(before);
    let mut rest = rest.chars();
    // The first was looked at before.
    if let Some(c) = rest.next() {
        escape(c, &mut out);
    }
    for c in rest {
        if hides(c) { escape(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// The marks that stand on one letter.
#[derive(Default)]
struct MarkRun {
    /// True if there is a letter under them.
    letter: bool,
    count: usize,
}

impl MarkRun {
    /// True if this is a mark without a letter, or one more than a letter can bear.
    fn is_too_many(&mut self, c: char) -> bool {
        if c < '\u{300}' || !MARK(c) {
            *self = Self { letter: !is_hidden(c), count: 0 };
            return false;
        }
        self.count += 1;
        !self.letter || self.count > MAX_MARKS
    }
}

/// A text of JSON in which hidden characters are escapes, so that it can be shown on a screen and means the same. Line
/// ends between the values stay; inside of texts, JSON has escaped them before.
#[must_use]
pub fn in_json(json: &str) -> Cow<'_, str> {
    rewritten(
        json,
        |c| c == '\n',
        |c, out| {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        },
    )
}

/// The same for a text of YAML in double quotes.
#[must_use]
pub fn in_yaml(quoted: &str) -> Cow<'_, str> {
    rewritten(
        quoted,
        |c| c == '\n',
        |c, out| {
            let _ = match u32::from(c) {
                number @ ..=0xffff => write!(out, "\\u{number:04x}"),
                number => write!(out, "\\U{number:08x}"),
            };
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_way_says_what_the_tables_say() {
        for c in (char::MIN..=char::MAX).filter(|c| !c.is_ascii()) {
            assert_eq!(is_hidden(c), is_in_tables(c), "{c:?}");
        }
    }

    #[test]
    fn what_can_be_seen_stays() {
        for text in
            ["Ғ — 15 м²", "a\u{a0}б", "हिन्दी", "e\u{301}\u{323}", "漢字かな", "«₸°½€»", "\\u{202e}", "\u{fffd}", "👍"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
            assert!(matches!(in_json(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn nothing_hides() {
        let hidden = "\0\u{7}\u{8}\u{b}\u{c}\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{9d}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200d}\u{200f}\
                      \u{2028}\u{2029}\u{202e}\u{2060}\u{2066}\u{2069}\u{3164}\u{e000}\u{fe0f}\u{feff}\u{fffe}\u{fff9}\u{e0001}\u{e0041}\u{10ffff}";
        for c in hidden.chars() {
            let text = format!("a{c}b");
            assert_eq!(visible(&text), format!("a\\u{{{:x}}}b", u32::from(c)), "{c:?}");
            for same in [visible_lines(&text), last_net(&text)] {
                assert!(!same.contains(c), "{c:?}");
            }
            assert!(!in_json(&text).contains(c), "{c:?}");
        }
        assert_eq!(visible("a\r\n\tb"), "a\\r\\n\\tb");
        assert_eq!(visible_lines("a\r\n\tb"), "a\\r\n\\tb");
        assert_eq!(last_net("a\r\n\tb"), "a\\r\n\tb");
    }

    #[test]
    fn marks_do_not_paint_over_others() {
        // A stroke through the sign that the program writes before a text.
        assert_eq!(visible("\u{338} yes"), "\\u{338} yes");
        assert_eq!(visible_lines("a\n\u{338}b"), "a\n\\u{338}b");
        let tower = format!("e{}", "\u{301}".repeat(12));
        assert_eq!(visible(&tower), format!("e{}{}", "\u{301}".repeat(8), "\\u{301}".repeat(4)));
        assert_eq!(visible("\u{202e}\u{301}"), "\\u{202e}\\u{301}");
    }

    #[test]
    fn a_page_keeps_its_colours_and_nothing_else() {
        assert_eq!(last_net("\u{1b}[1;31merror\u{1b}[0m: a\n"), "\u{1b}[1;31merror\u{1b}[0m: a\n");
        assert_eq!(
            last_net("\u{1b}[2J\u{1b}[H\u{1b}]0;title\u{7}x\u{1b}"),
            "\\u{1b}[2J\\u{1b}[H\\u{1b}]0;title\\u{7}x\\u{1b}"
        );
        assert_eq!(last_net("\u{1b}[1\u{202e}m"), "\\u{1b}[1\\u{202e}m");
        assert_eq!(last_net("\u{1b}[31"), "\\u{1b}[31");
    }

    #[test]
    fn programs_read_every_character() {
        let text = "a\u{7f}\u{9b}\u{202e}\u{e0041}\u{fffe}\"\\\n\u{1b}ё";
        let json = serde_json::json!({ "of": text }).to_string();
        let shown = in_json(&json);
        assert_eq!(shown, r#"{"of":"a\u007f\u009b\u202e\udb40\udc41\ufffe\"\\\n\u001bё"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap()["of"], text);
        assert_eq!(in_yaml("\"a\u{e0041}\u{7f}\""), "\"a\\U000e0041\\u007f\"");
    }
}
