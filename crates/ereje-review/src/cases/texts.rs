//! The texts that a case file consists of: its own, and those of the CSV files that it names.
//!
//! The facts of a case are one tree, and a row of a CSV file puts values of another text into it. So the texts are laid
//! one behind the other, and a place in a tree is an offset in all of them together. A span is of one file again.

use ereje::diagnostic::Diagnostic;
use ereje::source::{FileId, Span};

/// A range of bytes in all texts of a case file together.
pub(super) type Offsets = (usize, usize);

/// The texts of a case file, one behind the other.
#[derive(Clone, Debug)]
pub(super) struct CaseTexts {
    /// Each file with the offset at which its text begins; the case file is the first.
    files: Vec<(usize, FileId)>,
    /// The offset after the last text.
    end: usize,
}

impl CaseTexts {
    pub(super) fn new(file: FileId, length: usize) -> Self {
        Self { files: vec![(0, file)], end: length }
    }

    /// Lays a text behind the others; its first offset. `None` if there is more text than a span can tell places in.
    pub(super) fn add(&mut self, file: FileId, length: usize) -> Option<usize> {
        // Between two texts is room for the place after the last byte of the first.
        let start = self.end + 1;
        let end = start + length;
        u32::try_from(end).ok()?;
        self.files.push((start, file));
        self.end = end;
        Some(start)
    }

    /// The place in its own file.
    pub(super) fn span(&self, (start, end): Offsets) -> Span {
        let file = self.files.partition_point(|(first, _)| *first <= start).saturating_sub(1);
        let (first, file) = self.files.get(file).copied().unwrap_or((0, FileId(0)));
        Span::new(file, start - first, end.saturating_sub(first))
    }

    /// Gives the places of a finding about a tree, which are offsets in all texts together, to their own files.
    pub(super) fn settle(&self, finding: &mut Diagnostic) {
        for label in std::iter::once(&mut finding.primary).chain(&mut finding.secondary) {
            label.span = self.span((label.span.start as usize, label.span.end as usize));
        }
    }
}
