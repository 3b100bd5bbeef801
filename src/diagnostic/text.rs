//! Decodes bytes: UTF-8 without NUL, with an optional byte-order mark, or a finding with the position of the wrong
//! byte.

use super::{Code, Diagnostic};
use crate::source::{FileId, Sources, Span};

/// The byte-order mark that some editors write before UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why bytes are no text, with the offset from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoText {
    /// This byte starts no character.
    #[error("byte {0} is not UTF-8")]
    NotUtf8(usize),
    /// The text has two bytes for each character.
    #[error("the text is in UTF-16")]
    Utf16,
    /// The bytes are a file of another kind.
    #[error("it is {0}")]
    Other(&'static str),
    /// This byte is zero.
    #[error("byte {0} is NUL")]
    Nul(usize),
    /// The text only says where git-lfs keeps the file.
    #[error("it is a pointer of git-lfs, and not the file")]
    LfsPointer,
}

/// Files that are no text, by their first bytes; four of them are enough.
const OTHERS: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "compressed with gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"\xfd7zX", "compressed with xz"),
    (b"BZh", "compressed with bzip2"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PK\x03\x04", "a zip archive, as a workbook of Excel is"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old document of Excel or Word"),
    (b"%PDF", "a PDF document"),
];

/// How a file begins that git-lfs puts in the place of another.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// True if further bytes may tell what a file is that begins with these: of what git-lfs writes, the whole first line; of
/// everything else four bytes.
#[must_use]
pub fn may_tell_more(start: &[u8]) -> bool {
    start.len() < 4 || (start.len() < LFS.len() && LFS.starts_with(start))
}

/// Looks at the first bytes of a file, of which the rest may not be there yet.
///
/// # Errors
/// [`NoText::Utf16`], [`NoText::Other`] or [`NoText::LfsPointer`].
pub fn begins_as_text(bytes: &[u8]) -> Result<(), NoText> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(NoText::Utf16);
    }
    // What bzip2 writes has a digit behind its letters.
    let is =
        |start: &[u8]| bytes.starts_with(start) && (start != b"BZh" || bytes.get(3).is_some_and(u8::is_ascii_digit));
    match OTHERS.iter().find(|(start, _)| is(start)) {
        Some((_, what)) => Err(NoText::Other(what)),
        None if is_lfs_pointer(bytes) => Err(NoText::LfsPointer),
        None => Ok(()),
    }
}

/// True if a text stands for a file that git-lfs keeps elsewhere.
#[must_use]
pub fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(LFS)
}

impl NoText {
    /// What is wrong with a file of this name, in a sentence.
    #[must_use]
    pub fn of_file(&self, name: &str) -> String {
        match self {
            Self::LfsPointer => format!("`{name}` is a pointer of git-lfs, and not the file"),
            Self::NotUtf8(_) | Self::Utf16 | Self::Other(_) | Self::Nul(_) => format!("`{name}` is no text: {self}"),
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Utf16 | Self::NotUtf8(_) => "save the file as UTF-8 in the editor",
            Self::Other(_) => {
                "unpack it, or save it as a text; `ereje batch` reads rows from gzip and zstd as they are"
            }
            Self::Nul(_) => "remove it, or see whether this is a text file at all",
            Self::LfsPointer => "`git lfs pull` puts the file in its place",
        }
    }
}

/// Decodes a text, without a byte-order mark at the start.
///
/// # Errors
/// The first error.
pub fn text(bytes: &[u8]) -> Result<&str, NoText> {
    begins_as_text(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| NoText::NotUtf8(error.valid_up_to()))?;
    match text.find('\0') {
        Some(at) => Err(NoText::Nul(at)),
        None => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
    }
}

/// Decodes a text and adds it to the sources under a name.
///
/// # Errors
/// E0702 if the bytes are no text. Then the readable part is added, so that the place can be shown.
pub fn add_bytes(sources: &mut Sources, name: &str, bytes: &[u8]) -> Result<FileId, Box<Diagnostic>> {
    let wrong = match text(bytes) {
        Ok(text) => return Ok(sources.add(name, text)),
        Err(wrong) => wrong,
    };
    let (skipped, rest) = match bytes.strip_prefix(MARK) {
        Some(rest) => (MARK.len(), rest),
        None => (0, bytes),
    };
    let mut add = |text: &str, at: usize, length: usize| Span::new(sources.add(name, text), at, at + length);
    let (span, message, label) = match wrong {
        NoText::Utf16 => (add("", 0, 0), format!("`{name}` is not UTF-8"), "the file is in UTF-16".into()),
        NoText::Other(what) => (add("", 0, 0), format!("`{name}` is no text"), format!("it is {what}")),
        NoText::LfsPointer => {
            let label = "git-lfs keeps the file elsewhere, and this only says where";
            (add("", 0, 0), format!("`{name}` is a pointer, and not the file"), label.into())
        }
        NoText::NotUtf8(at) => {
            let byte = bytes.get(at).copied().unwrap_or_default();
            (
                // The text before the place is unchanged, so the offset is valid in the mended text.
                add(&String::from_utf8_lossy(rest), at - skipped, char::REPLACEMENT_CHARACTER.len_utf8()),
                format!("`{name}` is not UTF-8"),
                format!("byte {at} of the file, hexadecimal {byte:02x}, starts no character"),
            )
        }
        NoText::Nul(at) => (
            add(&String::from_utf8_lossy(rest), at - skipped, 1),
            format!("`{name}` holds a NUL byte"),
            format!("byte {at} of the file is zero, which no text may hold"),
        ),
    };
    Err(Box::new(Diagnostic::new(Code::E0702, message, span, label).help(wrong.help())))
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
        assert_eq!(text(b"PK\x03\x04\x14"), Err(NoText::Other("a zip archive, as a workbook of Excel is")));
        assert_eq!(text(b"BZh9"), Err(NoText::Other("compressed with bzip2")));
        assert_eq!(text(b"BZhou: 1"), Ok("BZhou: 1"));
    }

    #[test]
    fn the_line_of_a_bad_byte_is_shown() {
        let mut sources = Sources::new();
        let bytes: Vec<u8> = "\u{FEFF}алма: 1\nсый: ".bytes().chain(*b"\xE2 x\n").collect();
        let finding = *add_bytes(&mut sources, "a.yaml", &bytes).unwrap_err();
        assert_eq!(sources.locate(finding.primary.span), "a.yaml:2:6");
        let shown = human(&[finding], &sources, false);
        assert!(shown.contains("сый: \u{FFFD} x") && shown.contains("byte 23 of the file, hexadecimal e2"), "{shown}");
        // Nothing can be read, so only the name is shown.
        let finding = *add_bytes(&mut sources, "b.yaml", b"\xFF\xFEa\0").unwrap_err();
        assert!(human(&[finding], &sources, false).contains("--> b.yaml"));
    }
}
