//! Fact sets: what is known of one application, one cell for each fact of the Model; and the files they are read from.
//!
//! Comes in: YAML, JSON or CSV, and the Model whose facts it states. Goes out: a [`FactSet`] for each document, or findings
//! with their places. YAML, JSON and the cells of CSV become one neutral tree, which one decoder reads by the Model's
//! types; the way back is [`to_json`] and [`to_yaml`].

pub mod csv;
mod decode;
mod encode;
mod form;
mod json;
pub mod limits;
mod scalar;
#[doc(hidden)]
pub mod tree;
mod typed;
mod words;
mod yaml;

pub use decode::LeftOut;
pub use decode::UNAVAILABLE;
pub use encode::{cell_json, word};
pub use encode::{to_json, to_yaml};
pub use form::Form;
pub use scalar::nfc;
pub use typed::FactState;

use crate::diagnostic::Diagnostic;
use crate::ids::FactId;
use crate::model::{DurationKind, Model, Quantity};
use crate::source::{FileId, Sources, Span};
use crate::value::{Duration, FactCell, Number};

/// What is known of one application: a cell for each fact, in the order of [`crate::model::Model::facts`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FactSet {
    cells: Vec<FactCell>,
}

impl FactSet {
    #[doc(hidden)]
    /// A set of `facts` cells in which nobody has asked anything yet.
    #[must_use]
    pub fn unasked(facts: usize) -> Self {
        Self { cells: vec![FactCell::Unasked; facts] }
    }

    /// What is known of a fact.
    #[doc(hidden)]
    #[must_use]
    pub fn get(&self, fact: FactId) -> &FactCell {
        self.cells.get(fact.index()).unwrap_or(&FactCell::Unasked)
    }

    #[doc(hidden)]
    /// Says what is known of a fact; an id of another Model is ignored.
    pub fn set(&mut self, fact: FactId, cell: FactCell) {
        if let Some(slot) = self.cells.get_mut(fact.index()) {
            *slot = cell;
        }
    }
}

/// The languages in which facts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2; documents stand between `---` lines.
    Yaml,
    /// JSON: one object, several one after the other, or one array of them.
    Json,
    /// CSV: a header that names a fact in each column, then a record for each application.
    Csv,
}

impl Format {
    /// The format that a file's name promises; `None` for other endings.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            "csv" | "tsv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// The format of a text without a telling name: JSON where it begins with an object or an array of objects as JSON
    /// writes them, whatever mistakes follow; else YAML.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let inner = text.trim_start();
        let object = inner.strip_prefix('[').map_or(inner, str::trim_start);
        match object.strip_prefix('{').map(str::trim_start) {
            Some(rest) if rest.starts_with(['"', '}']) => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// One document of a fact file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Where it stands.
    pub span: Span,
    /// The facts; `None` if one of the findings is an error.
    pub facts: Option<FactSet>,
    /// What is to be said of it.
    pub findings: Vec<Diagnostic>,
}

/// Reads a fact file. Each document is decided on its own: a bad one hides no other, and all that is wrong in one is said
/// in one run. There is always at least one document; an empty file is a bad one.
#[must_use]
pub fn decode(model: &Model, sources: &Sources, file: FileId, format: Format) -> Vec<Document> {
    let text = sources.get(file).map_or("", |source| &source.text);
    Form::new(model).decode(text, file, format)
}

/// The documents of a YAML text as trees that no Model has interpreted yet.
pub fn trees(text: &str, file: FileId) -> Vec<Result<tree::Node<'static>, Box<Diagnostic>>> {
    let mut found = Vec::new();
    yaml::documents(text, file, |parsed| {
        found.push(parsed.root.map(tree::Node::into_owned));
        found.len() <= limits::MAX_DOCUMENTS
    });
    found
}

/// A day as `YYYY-MM-DD`; `None` if the text is no day that exists.
pub fn day(text: &str) -> Option<chrono::NaiveDate> {
    scalar::date(text).ok()
}

/// A number as a fact file writes it, in base units; `None` if the text is no such number.
pub fn number(text: &str, unit: Option<&Quantity>) -> Option<Number> {
    scalar::number(text, unit).ok()
}

/// A length of time as a fact file writes it; `None` if the text is no such length.
pub fn duration(text: &str, kind: DurationKind, unit: Option<&Quantity>) -> Option<Duration> {
    scalar::duration(text, kind, unit).ok()
}

/// Reads one JSON object, as strictly as `decode` does. For many lines, keep a `Form` and call its `line`.
///
/// # Errors
/// All that is wrong; the places count bytes of `line`, in file 0.
pub fn decode_line(model: &Model, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
    Form::new(model).line(line)
}
