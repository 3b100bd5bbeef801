//! Findings of a part of a file, at their places in the whole file.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// The findings of a record that begins at offset `by` of a file.
pub(super) fn moved(mut findings: Vec<Diagnostic>, file: FileId, by: usize) -> Vec<Diagnostic> {
    findings.iter_mut().for_each(|finding| move_finding(finding, file, &|place| place + by));
    findings
}

pub(super) fn move_finding(finding: &mut Diagnostic, file: FileId, place: &dyn Fn(usize) -> usize) {
    for label in std::iter::once(&mut finding.primary).chain(&mut finding.secondary) {
        label.span = Span::new(file, place(label.span.start as usize), place(label.span.end as usize));
    }
}
