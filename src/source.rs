//! Source texts and places in them.
//!
//! Comes in: named texts (policy files, tables in CSV, fact files) that somebody else has read.
//! Goes out: [`FileId`]s, byte [`Span`]s and line/column positions. First stage of the pipeline; does no I/O.

use std::sync::Arc;

/// One text of a [`Sources`] set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open range of bytes, `start..end`, in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that the bytes are in.
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

    /// The smallest span of this file that covers both; `other` is ignored when it lies in another file.
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
    /// The name shown to people: a path relative to the policy's folder, `stdin`, or whatever the host chose.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
    lines: Vec<u32>,
}

/// A place as people count: both numbers start at 1, the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Source {
    fn new(name: String, text: Arc<str>) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        let lines = std::iter::once(0).chain(starts).filter_map(|i| u32::try_from(i).ok()).collect();
        Self { name, text, lines }
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let before = self.text.get(start..end).unwrap_or("");
        Position { line, column: before.chars().count() + 1 }
    }
}

/// All texts that one run looks at. A [`FileId`] is an index into it.
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

    /// Adds a text under a name and gives its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source::new(name.into(), text.into()));
        id
    }

    /// The text of an id, if this set made it.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// The file of a name, if there is one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let index = self.files.iter().position(|f| f.name == name)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The characters of a span; empty where the span does not fit its file.
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

    /// All files with their ids, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().filter_map(|(i, f)| u32::try_from(i).ok().map(|i| (FileId(i), f)))
    }
}
