//! The form that a policy lays down for its facts: every name a fact file may use, ready to be looked up.

use super::decode::{Decoder, LeftOut};
use super::tree::{Node, Parsed, beyond, too_long};
use super::{Document, FactSet, Format, csv, json, limits, yaml};
use crate::diagnostic::Diagnostic;
use crate::ids::{EnumId, FactId, RecordId, RegionId};
use crate::model::{IndexVec, Model};
use crate::source::{FileId, Span};

/// Names in alphabetical order, with what each stands for.
#[derive(Clone, Debug)]
pub(super) struct Names<'m, T>(Vec<(&'m str, T)>);

impl<'m, T: Copy> Names<'m, T> {
    fn new(names: impl IntoIterator<Item = (&'m str, T)>) -> Self {
        let mut names: Vec<(&'m str, T)> = names.into_iter().collect();
        names.sort_by_key(|(name, _)| *name);
        Self(names)
    }

    /// What a name in NFC stands for.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        let place = self.0.binary_search_by_key(&name, |(known, _)| *known).ok()?;
        self.0.get(place).map(|(_, meaning)| *meaning)
    }

    /// All names, in alphabetical order.
    pub(super) fn all(&self) -> impl Iterator<Item = &'m str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// What a key at the top of a fact file stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Top {
    /// A group, by its place in [`Form::groups`].
    Group(usize),
    /// A fact of its own.
    Fact(FactId),
}

/// The names of a Model's facts, made once and used for any number of fact sets.
#[derive(Clone, Debug)]
pub struct Form<'m> {
    pub(super) model: &'m Model,
    pub(super) top: Names<'m, Top>,
    /// Each group with its facts.
    pub(super) groups: Vec<(&'m str, Names<'m, FactId>)>,
    records: IndexVec<RecordId, Names<'m, u32>>,
    enums: IndexVec<EnumId, Names<'m, u32>>,
    pub(super) regions: Names<'m, RegionId>,
}

impl<'m> Form<'m> {
    /// The form of a policy.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        let mut top: Vec<(&str, Top)> = Vec::new();
        let mut groups: Vec<(&str, Vec<(&str, FactId)>)> = Vec::new();
        for (id, fact) in model.facts.entries() {
            let name = fact.datum.name.as_str();
            let Some(group) = fact.group.as_deref() else {
                top.push((name, Top::Fact(id)));
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, facts)) => facts.push((name, id)),
                None => {
                    top.push((group, Top::Group(groups.len())));
                    groups.push((group, vec![(name, id)]));
                }
            }
        }
        let numbered = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let fields = |record: &'m crate::model::Record| {
            let fields = record.fields.iter().enumerate();
            Names::new(fields.map(|(i, id)| (model.fields.at(*id).datum.name.as_str(), numbered(i))))
        };
        let values = |of: &'m crate::model::Enum| {
            Names::new(of.values.iter().enumerate().map(|(i, (name, _))| (name.as_str(), numbered(i))))
        };
        Self {
            model,
            top: Names::new(top),
            groups: groups.into_iter().map(|(name, facts)| (name, Names::new(facts))).collect(),
            records: model.records.iter().map(fields).collect(),
            enums: model.enums.iter().map(values).collect(),
            regions: Names::new(model.regions.entries().map(|(id, region)| (region.name.as_str(), id))),
        }
    }

    /// The policy's Model.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The fields of a record, by their places in it.
    pub(super) fn record(&self, id: RecordId) -> &Names<'m, u32> {
        self.records.at(id)
    }

    /// The values of an enum.
    pub(super) fn values(&self, id: EnumId) -> &Names<'m, u32> {
        self.enums.at(id)
    }

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

    /// Reads facts from a tree whose places are in `file`. Without facts there is at least one finding.
    pub fn tree(&self, root: &Node<'_>, file: FileId) -> (Option<FactSet>, Vec<Diagnostic>) {
        Decoder::new(self, file).document(root)
    }

    /// Reads one JSON object, as strictly as [`Form::decode`] does.
    ///
    /// # Errors
    /// All that is wrong; the places count bytes of `line`, in file 0.
    pub fn line(&self, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
        self.one_line(line, Decoder::new(self, FileId(0)))
    }

    /// The same, but that keys which the policy does not know are skipped, with what stands under them.
    ///
    /// # Errors
    /// As of [`Form::line`], for all that is known.
    pub fn known_of_line(&self, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
        self.one_line(line, Decoder::skipping_unknown(self, FileId(0)))
    }

    fn one_line(&self, line: &str, decoder: Decoder<'_, '_>) -> Result<FactSet, Vec<Diagnostic>> {
        let file = FileId(0);
        if line.len() > limits::MAX_FILE {
            return Err(vec![too_long(Span::new(file, 0, 0), "the line", limits::MAX_FILE)]);
        }
        let root = json::single(line, file).map_err(|finding| vec![*finding])?;
        let (facts, findings) = decoder.document(&root);
        facts.ok_or(findings)
    }

    /// Reads one document in either format, leaving out the names and values that this form does not know: for a fact set
    /// that was written for another version of the policy. What is no fact set at all is still an error.
    ///
    /// # Errors
    /// All that is wrong otherwise; the places count bytes of `text`, in file 0.
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
