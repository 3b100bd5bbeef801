//! Bytes to text: UTF-8 without NUL, a byte-order mark skipped, or a finding that says which byte is wrong.

use super::{Code, Diagnostic};
use crate::source::{FileId, Sources, Span};

/// Why bytes are no text, and at which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoText {
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8")]
    NotUtf8(usize),
    /// Two bytes to a character.
    #[error("the text is UTF-16")]
    Utf16,
    /// A NUL.
    #[error("byte {0} is NUL")]
    Nul(usize),
}

/// The text that bytes hold. A byte-order mark at the start is no part of it.
///
/// # Errors
/// What is wrong first, with the offset of its byte, counted from 0 in `bytes`.
pub fn text(bytes: &[u8]) -> Result<&str, NoText> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(NoText::Utf16);
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return Err(NoText::Nul(at));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => Err(NoText::NotUtf8(error.valid_up_to())),
    }
}

/// Adds bytes to the texts under a name.
///
/// # Errors
/// E0702 where they are no text. What comes before the wrong byte is added all the same, so that its line can be shown.
pub fn add_bytes(sources: &mut Sources, name: impl Into<String>, bytes: &[u8]) -> Result<FileId, Box<Diagnostic>> {
    let wrong = match text(bytes) {
        Ok(text) => return Ok(sources.add(name, text)),
        Err(wrong) => wrong,
    };
    let (offset, label, help) = match wrong {
        NoText::NotUtf8(at) => {
            (at, "the text ends before this byte", "save the file as UTF-8 (it may be Windows-1251)")
        }
        NoText::Utf16 => (0, "each character takes two bytes", "save the file as UTF-8"),
        NoText::Nul(at) => (at, "the text ends before this byte", "this may not be a text file; no text holds NUL"),
    };
    let before = text(bytes.get(..offset).unwrap_or_default()).unwrap_or("");
    let end = before.len();
    let file = sources.add(name, before);
    Err(Box::new(Diagnostic::new(Code::E0702, wrong.to_string(), Span::new(file, end, end), label).help(help)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::human;

    #[test]
    fn a_mark_at_the_start_is_skipped_and_bad_bytes_are_named() {
        assert_eq!(text(b"\xEF\xBB\xBFa: 1"), Ok("a: 1"));
        assert_eq!(text(b"a: \xCF"), Err(NoText::NotUtf8(3)));
        assert_eq!(text(b"\xFF\xFEa\0"), Err(NoText::Utf16));
        assert_eq!(text(b"ab\0"), Err(NoText::Nul(2)));
    }

    #[test]
    fn the_line_of_a_bad_byte_is_shown() {
        let mut sources = Sources::new();
        let bytes = "алма: 1\nсый: ".bytes().chain([0xE2, b'\n']).collect::<Vec<u8>>();
        let finding = *add_bytes(&mut sources, "a.yaml", &bytes).unwrap_err();
        assert_eq!(sources.locate(finding.primary.span), "a.yaml:2:6");
        let shown = human(&[finding], &sources, false);
        assert!(shown.contains("сый:") && shown.contains("byte 20 is not UTF-8"), "{shown}");
        // Nothing before the wrong byte: the name alone is shown.
        let finding = *add_bytes(&mut sources, "b.yaml", b"\xFF\xFEa\0").unwrap_err();
        assert!(human(&[finding], &sources, false).contains("--> b.yaml"));
    }
}
