//! Source texts, and places in them.
//!
//! Comes in: named texts (policy files, tables in CSV, fact files) that the caller has read.
//! Goes out: [`FileId`]s, byte [`Span`]s and line/column positions. First stage of the pipeline; does no I/O.

use std::sync::Arc;

/// One text of a [`Sources`] set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of bytes, `start..end`, in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that contains the bytes.
    pub file: FileId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `start..end` in `file`; offsets in bytes.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span of this file that covers both; a span of another file is ignored.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file {
            Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
        } else {
            self
        }
    }

    /// The empty span just after this one.
    #[must_use]
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }
}

/// A named text with an index of its lines.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name in output: a path relative to the policy's folder, `stdin`, or a name chosen by the host.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
    lines: Vec<u32>,
    /// The number of characters that begin before each [`BLOCK`]th byte, so that columns in very long lines are found
    /// fast.
    characters: Vec<u32>,
}

/// The number of bytes between two counts of characters.
const BLOCK: usize = 4096;

/// A place in the text, as people count: line and column start at 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Source {
    fn new(name: String, text: Arc<str>) -> Self {
        // A line ends with `\n`, with `\r\n`, or with a `\r` alone.
        let bytes = text.as_bytes();
        let ends = |i: &usize| bytes.get(*i) == Some(&b'\n') || bytes.get(i + 1) != Some(&b'\n');
        let starts = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends).map(|i| i + 1);
        let lines = std::iter::once(0).chain(starts).filter_map(|i| u32::try_from(i).ok()).collect();
        let mut characters = vec![0];
        let mut count = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            count += u32::try_from(starts_of_characters(block)).unwrap_or(0);
            characters.push(count);
        }
        Self { name, text, lines, characters }
    }

    /// The number of characters that begin before a byte offset.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let before = self.characters.get(block).copied().unwrap_or(0) as usize;
        before + starts_of_characters(self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default())
    }

    /// The bytes of a line, counted from 1, without its line end; `None` past the last line.
    #[must_use]
    pub fn line(&self, number: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.lines.get(number.checked_sub(1)?)? as usize;
        let end = self.lines.get(number).map_or(self.text.len(), |next| *next as usize);
        let text = self.text.get(start..end)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Some(start..start + text.len())
    }

    /// The line and column of a byte offset; an offset past the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let before = self.characters_before(end).saturating_sub(self.characters_before(start));
        Position { line, column: before + 1 }
    }
}

/// The number of characters that begin in these bytes.
fn starts_of_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

/// Resolves a path relative to a file: `join("kz/base.ereje", "../fees.csv")` is `fees.csv`. The empty name is the
/// folder to which all names are relative; names above it begin with `..`. `None` if the path is not a relative path
/// with `/`.
#[must_use]
pub fn join(from: &str, path: &str) -> Option<String> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.is_empty() || path.starts_with('/') || path.contains(['\\', '\0']) || drive {
        return None;
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// All texts of one run. A [`FileId`] is an index into it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source::new(name.into(), text.into()));
        id
    }

    /// The text with an id; `None` if another set made the id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// The file with a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let index = self.files.iter().position(|f| f.name == name)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The text of a span; empty if the span does not fit its file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|f| f.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Name and position of a span's start, for one-line messages: `pilot.ereje:12:3`.
    #[must_use]
    pub fn locate(&self, span: Span) -> String {
        match self.get(span.file) {
            Some(file) => {
                let at = file.position(span.start);
                format!("{}:{}:{}", file.name, at.line, at.column)
            }
            None => String::from("?"),
        }
    }

    /// The same texts and ids with other names, for instance with the folder from which they were read.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&str) -> String) -> Self {
        let files = self.files.iter().map(|file| Source { name: name(&file.name), ..file.clone() }).collect();
        Self { files }
    }

    /// The same texts, ids and names, with another text for one of them.
    #[must_use]
    pub fn with_text(&self, id: FileId, text: impl Into<Arc<str>>) -> Self {
        let mut files = self.files.clone();
        if let Some(file) = files.get_mut(id.0 as usize) {
            *file = Source::new(std::mem::take(&mut file.name), text.into());
        }
        Self { files }
    }

    /// All files with their ids, in the order of their addition.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().filter_map(|(i, f)| u32::try_from(i).ok().map(|i| (FileId(i), f)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_also_far_into_a_line() {
        let text = format!("a: 1\r\nб{}x\n", "ә".repeat(10_000));
        let mut sources = Sources::new();
        let id = sources.add("a.yaml", text.clone());
        let source = sources.get(id).unwrap();
        let at = |offset: usize| source.position(u32::try_from(offset).unwrap());
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(6), Position { line: 2, column: 1 });
        assert_eq!(at(8), Position { line: 2, column: 2 });
        assert_eq!(at(text.find('x').unwrap()), Position { line: 2, column: 10_002 });
        assert_eq!(at(text.len()), Position { line: 3, column: 1 });
        assert_eq!(source.line(1), Some(0..4));
        assert_eq!(source.line(3), Some(text.len()..text.len()));
        assert_eq!(source.line(4), None);
        // A text that ends exactly at the end of a block.
        let id = sources.add("b", "ж".repeat(2048));
        assert_eq!(sources.get(id).unwrap().position(4096), Position { line: 1, column: 2049 });
    }

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        assert_eq!(join("base.ereje", "fees.csv").as_deref(), Some("fees.csv"));
        assert_eq!(join("kz/base.ereje", "./tables/../fees.csv").as_deref(), Some("kz/fees.csv"));
        assert_eq!(join("kz/base.ereje", "../common").as_deref(), Some("common"));
        assert_eq!(join("base.ereje", "../../common/").as_deref(), Some("../../common"));
        assert_eq!(join("../x/a.ereje", "../../b.ereje").as_deref(), Some("../../b.ereje"));
        assert_eq!(join("base.ereje", ".").as_deref(), Some(""));
        for bad in ["", "/etc/passwd", "a\\b", "c:/x", "a\0b"] {
            assert_eq!(join("base.ereje", bad), None, "{bad:?}");
        }
    }
}
