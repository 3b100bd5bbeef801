//! Words of a text between places of the Ast: keywords and signs of which the Ast has no places.
//!
//! Comes in: a text and a range of it. Goes out: the places of its words and signs, without comments and quoted texts.

use std::ops::Range;

/// The words, numbers and signs in a range of a text, in order. A quoted text is one token; comments are skipped.
pub(super) fn tokens(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let end = range.end.min(text.len());
    let mut at = range.start;
    while let Some(rest) = text.get(at..end).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        let length = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first == '#' {
            at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            continue;
        } else if first == '"' {
            quoted(rest)
        } else if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("..<") {
            3
        } else if ["<=", ">=", "!=", ".."].iter().any(|sign| rest.starts_with(sign)) {
            2
        } else {
            first.len_utf8()
        };
        found.push(at..at + length);
        at += length;
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a quoted text, its quotes included.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The last word or sign of a range, if it is `word`: the beginning of the clause whose content follows the range.
pub(super) fn word_before(text: &str, range: Range<usize>, word: &str) -> Option<usize> {
    tokens(text, range).pop().filter(|last| text.get(last.clone()) == Some(word)).map(|last| last.start)
}

/// The first place of a word or sign in a range.
pub(super) fn find(text: &str, range: Range<usize>, word: &str) -> Option<Range<usize>> {
    tokens(text, range).into_iter().find(|token| text.get(token.clone()) == Some(word))
}

/// What has to be cut to drop one element of a list with commas, or of a chain with `and` or `or`, with the sign that
/// joins it to its neighbour; `None` if it is the only element.
pub(super) fn cut_of(elements: &[Range<usize>], index: usize) -> Option<Range<usize>> {
    let element = elements.get(index)?;
    match (elements.get(index + 1), index.checked_sub(1).and_then(|before| elements.get(before))) {
        (Some(next), _) => Some(element.start..next.start),
        (None, Some(previous)) => Some(previous.end..element.end),
        (None, None) => None,
    }
}

/// A text on one line for people: white space is collapsed, and a long text is cut.
pub(super) fn on_one_line(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        // The rest is cut anyway, however long it is.
        if line.len() > 4 * LONGEST {
            break;
        }
    }
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(&line).trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_past_comments_and_quotes() {
        let text = "a >= 3 # when b\n  \"when \\\" c\" when d";
        let all: Vec<&str> = tokens(text, 0..text.len()).into_iter().map(|t| &text[t]).collect();
        assert_eq!(all, ["a", ">=", "3", "\"when \\\" c\"", "when", "d"]);
        assert_eq!(find(text, 0..text.len(), "when"), Some(30..34));
        assert_eq!(word_before(text, 0..35, "when"), Some(30));
        assert_eq!(word_before(text, 0..30, "when"), None);
    }

    #[test]
    fn an_element_goes_with_what_joins_it() {
        let list = [0..1, 3..4, 6..7];
        assert_eq!([0, 1, 2].map(|i| cut_of(&list, i)), [Some(0..3), Some(3..6), Some(4..7)]);
        assert_eq!(cut_of(&list[..1], 0), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(on_one_line("a\n   b"), "a b");
        assert_eq!(on_one_line(&"ж".repeat(101)), format!("{}…", "ж".repeat(100)));
    }
}
