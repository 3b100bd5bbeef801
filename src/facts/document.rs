//! The languages in which facts are written, and the documents of a file of them.

use super::fact_set::FactSet;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

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
