//! The formats of facts, and the documents of a fact file.

use super::fact_set::FactSet;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The formats of facts.
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
    /// The format for a file name's ending; `None` for unknown endings.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            "csv" | "tsv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// The format of a text whose name does not tell it: JSON if it begins with an object or an array of objects in
    /// JSON syntax, whatever errors follow; otherwise YAML.
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
    /// The range of its text.
    pub span: Span,
    /// The facts; `None` if one of the findings is an error.
    pub facts: Option<FactSet>,
    /// All findings about it.
    pub findings: Vec<Diagnostic>,
}
