//! Cells that a spreadsheet would take for a formula. A text of somebody else, `=HYPERLINK(…)`, runs there when the file is
//! opened; with a `'` before it, it is a text. A cell that begins with some `'` and then with such a sign gets one more, so
//! that taking one away always gives the cell as it was.

use std::borrow::Cow;

/// True if a spreadsheet takes a cell for a formula, or if it would be one without the `'` before it.
fn begins_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// True of a number, which a spreadsheet takes for that number, also a negative one.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// A cell that no spreadsheet takes for a formula.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if begins_formula(text) && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The cell that [`guarded`] was given, where it has added something.
pub(super) fn unguarded(text: &str) -> Option<&str> {
    text.strip_prefix('\'').filter(|rest| begins_formula(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_guarded_is_read_as_it_was(text in "['=+@\t\ra0.-]{0,8}|.{0,8}|-?[0-9]{1,3}([.][0-9]{1,2})?") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell).unwrap_or(&cell), &text);
            prop_assert!(is_number(&cell) || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }

    #[test]
    fn a_negative_number_stays_a_number() {
        for (text, cell) in [
            ("-5", "-5"),
            ("-0.25", "-0.25"),
            ("-5+2", "'-5+2"),
            ("-", "'-"),
            ("=1", "'=1"),
            ("'=1", "''=1"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("-3 months", "'-3 months"),
        ] {
            assert_eq!(guarded(text), cell);
        }
    }
}
