//! All files of a policy as they were read, and the findings about them.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::digest::hex;
use crate::source::{FileId, Sources};
use crate::syntax::ast;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The findings of the checker that a gap in the policy causes, whether the author left it or the reader did.
const FROM_GAPS: [Code; 5] = [Code::E0203, Code::E0210, Code::E0211, Code::E0503, Code::E0508];

/// The findings of the checker about names that are not declared.
const FROM_NAMES: [Code; 9] = [
    Code::E0201,
    Code::E0204,
    Code::E0205,
    Code::E0206,
    Code::E0207,
    Code::E0213,
    Code::E0303,
    Code::E0310,
    Code::E0404,
];

/// The words of a text, names included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// All files of a policy as they were read.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// All texts. A file that could not be read has an empty text, so that a diagnostic can name it.
    pub sources: Sources,
    /// The policy's `*.ereje` files that could be read, sorted by name.
    pub policy_files: Vec<FileId>,
    /// Each of [`Self::policy_files`], parsed, in the same order.
    pub files: Vec<ast::File>,
    /// The CSV files that tables and calendars name, sorted by name.
    pub tables: Vec<FileId>,
    /// The errors of reading and of the syntax, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Bundle {
    /// The findings of reading and checking together, sorted by place, without duplicates.
    ///
    /// If something could not be read, names that the author did declare are missing. Findings of the checker that
    /// follow from that (names that occur in unread text, gaps, unused names) are left out until the texts can be read.
    #[must_use]
    pub fn findings(&self, checked: &[Diagnostic]) -> Vec<Diagnostic> {
        let unread = self.diagnostics.iter().any(|d| d.severity() == Severity::Error);
        let again = |d: &Diagnostic| {
            matches!(d.code, Code::E0701 | Code::E0212)
                && self.diagnostics.iter().any(|reported| {
                    reported.primary.span == d.primary.span
                        || (reported.primary.span.file == d.primary.span.file && d.primary.span.end == 0)
                })
        };
        let missed = if unread { self.missed_words() } else { Some(BTreeSet::new()) };
        let from_gap = |d: &Diagnostic| match &missed {
            _ if d.severity() == Severity::Warning || FROM_GAPS.contains(&d.code) => true,
            None => FROM_NAMES.contains(&d.code),
            Some(missed) => {
                FROM_NAMES.contains(&d.code)
                    && words(self.sources.slice(d.primary.span)).any(|word| missed.contains(word))
            }
        };
        let more = checked.iter().filter(|d| !(again(d) || (unread && from_gap(d))));
        let mut all: Vec<Diagnostic> = self.diagnostics.iter().chain(more).cloned().collect();
        let place = |d: &Diagnostic| {
            let name = self.sources.get(d.primary.span.file).map_or("", |file| file.name.as_str());
            (name, d.primary.span.start, d.primary.span.end, d.code)
        };
        all.sort_by(|a, b| place(a).cmp(&place(b)));
        all
    }

    /// The words of the text that could not be read; `None` if a whole file is missing.
    fn missed_words(&self) -> Option<BTreeSet<&str>> {
        let mut missed = BTreeSet::new();
        for (id, source) in self.sources.iter() {
            if self.tables.contains(&id) {
                continue;
            }
            let at = self.policy_files.iter().position(|file| *file == id)?;
            let mut end = 0;
            for span in self.files.get(at).into_iter().flat_map(|file| &file.items).map(ast::ItemSyntax::span) {
                missed.extend(words(source.text.get(end..span.start as usize).unwrap_or("")));
                end = span.end as usize;
            }
            missed.extend(words(source.text.get(end..).unwrap_or("")));
        }
        Some(missed)
    }

    /// True if nothing was found, not even a file that cannot be read.
    pub(super) fn is_empty(&self) -> bool {
        self.policy_files.is_empty() && self.diagnostics.is_empty()
    }

    /// `sha256:…` of the names and the texts of all policy files and of the CSV files that they name, sorted by name.
    /// The same policy has the same digest in any folder.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut files: Vec<_> =
            self.policy_files.iter().chain(&self.tables).filter_map(|id| self.sources.get(*id)).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut hash = Sha256::new();
        for file in files {
            for part in [file.name.as_bytes(), file.text.as_bytes()] {
                // The length before each part keeps two different lists of parts from having the same bytes.
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        format!("sha256:{}", hex(&hash.finalize()))
    }
}
