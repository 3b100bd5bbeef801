//! Reads facts from a text or a tree, by the names of a policy.

use super::decode::{Decoder, LeftOut};
use super::document::{Document, Format};
use super::fact_set::FactSet;
use super::form::FactNames;
use super::tree::{Parsed, TreeNode, beyond, too_long, unreadable};
use super::{csv, json, limits, yaml};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

impl FactNames<'_> {
    /// Reads the documents of a text; see [`super::decode`].
    #[must_use]
    pub fn decode(&self, text: &str, file: FileId, format: Format) -> Vec<Document> {
        let whole = Span::new(file, 0, text.len());
        if text.len() > limits::MAX_FILE {
            let finding = too_long(Span::new(file, 0, 0), "the file", limits::MAX_FILE);
            return vec![Document { index: 0, span: whole, facts: None, findings: vec![finding] }];
        }
        let mut documents = Vec::new();
        let mut each = |start, end, read: &dyn Fn() -> (Option<FactSet>, Vec<Diagnostic>)| {
            let (index, span) = (documents.len(), Span::new(file, start, end));
            if index >= limits::MAX_DOCUMENTS {
                let at = Span::new(file, start, start);
                let finding = beyond(at, "documents in the file", limits::MAX_DOCUMENTS);
                documents.push(Document { index, span, facts: None, findings: vec![finding] });
                return false;
            }
            let (facts, findings) = read();
            documents.push(Document { index, span, facts, findings });
            true
        };
        let tree = |parsed: Parsed<'_>| {
            each(parsed.start, parsed.end, &|| match &parsed.root {
                Ok(root) => Decoder::new(self, file).document(root),
                Err(finding) => (None, vec![*finding.clone()]),
            })
        };
        match format {
            Format::Yaml => yaml::documents(text, file, tree),
            Format::Json => json::documents(text, file, tree),
            Format::Csv => csv::documents(self, text, file, &mut each),
        }
        documents
    }

    /// Reads facts from a tree whose places are in `file`. If there are no facts, there is at least one finding.
    pub fn tree(&self, root: &TreeNode<'_>, file: FileId) -> (Option<FactSet>, Vec<Diagnostic>) {
        Decoder::new(self, file).document(root)
    }

    /// The same, but all facts and fields that are left out are absent.
    pub fn filled_tree(&self, root: &TreeNode<'_>, file: FileId) -> (Option<FactSet>, Vec<Diagnostic>) {
        Decoder::filling(self, file).document(root)
    }

    /// Reads one JSON object, as strictly as [`FactNames::decode`] does.
    ///
    /// # Errors
    /// All that is wrong; places are byte offsets in `line`, in file 0.
    pub fn line(&self, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
        self.one_line(line, Decoder::new(self, FileId(0)))
    }

    /// The same, but skips keys that the policy does not know, with their values.
    ///
    /// # Errors
    /// As for [`FactNames::line`], except in what is skipped.
    pub fn known_of_line(&self, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
        self.one_line(line, Decoder::skipping_unknown(self, FileId(0)))
    }

    fn one_line(&self, line: &str, decoder: Decoder<'_, '_>) -> Result<FactSet, Vec<Diagnostic>> {
        let file = FileId(0);
        if line.len() > limits::MAX_FILE {
            return Err(vec![too_long(Span::new(file, 0, 0), "the line", limits::MAX_FILE)]);
        }
        if line.trim().is_empty() {
            return Err(vec![*unreadable(file, (0, 0), "the line is empty", "expected an object in braces")]);
        }
        let root = json::single(line, file).map_err(|finding| vec![*finding])?;
        let (facts, findings) = decoder.document(&root);
        facts.ok_or(findings)
    }

    /// Reads the first document of a text and leaves out names and values that this form does not know, for a fact set
    /// of another version of the policy. A text that is no fact set is still an error.
    ///
    /// # Errors
    /// All that is wrong otherwise; places are byte offsets in `text`, in file 0.
    pub fn leniently(&self, text: &str, format: Format) -> Result<(FactSet, Vec<LeftOut>), Vec<Diagnostic>> {
        let file = FileId(0);
        if text.len() > limits::MAX_FILE {
            return Err(vec![too_long(Span::new(file, 0, 0), "the facts", limits::MAX_FILE)]);
        }
        let mut read = None;
        let first = |parsed: Parsed<'_>| {
            read = Some(match parsed.root {
                Ok(root) => Decoder::lenient(self, file).document_leniently(&root),
                Err(finding) => Err(vec![*finding]),
            });
            false
        };
        match format {
            Format::Yaml => yaml::documents(text, file, first),
            Format::Json => json::documents(text, file, first),
            Format::Csv => return csv::leniently(self, text),
        }
        read.unwrap_or_else(|| Err(Vec::new()))
    }
}
