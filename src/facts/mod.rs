//! Fact sets: the facts of one application, one cell for each fact of the Model; and the files they are read from.
//!
//! Comes in: YAML, JSON or CSV, and the Model that declares the facts. Goes out: a [`FactSet`] for each document, or
//! findings with their places. YAML, JSON and the cells of CSV become one neutral tree, which one decoder reads by the
//! Model's types. [`to_json`] and [`to_yaml`] encode facts.

mod blank;
pub mod csv;
mod decode;
mod document;
mod encode;
mod fact_set;
mod form;
mod json;
pub mod limits;
mod read;
mod scalar;
#[doc(hidden)]
pub mod tree;
mod typed;
mod words;
mod write;
mod yaml;

pub use blank::BLANK;
pub use decode::LeftOut;
pub use decode::UNAVAILABLE;
pub use document::{Document, Format};
pub use encode::cell_json;
pub use encode::{to_json, to_yaml};
pub use fact_set::FactSet;
pub use form::FactNames;
pub use scalar::nfc;
pub use typed::FactState;
pub use write::{flow, key, word};

use crate::diagnostic::Diagnostic;
use crate::model::{DurationKind, Model, Quantity};
use crate::source::{FileId, Sources};
use crate::value::{Duration, Number};

/// Reads a fact file. Each document stands alone: errors in one do not hide another, and all errors of one are found in
/// one run. There is always at least one document; that of an empty file is bad.
#[must_use]
pub fn decode(model: &Model, sources: &Sources, file: FileId, format: Format) -> Vec<Document> {
    let text = sources.get(file).map_or("", |source| &source.text);
    FactNames::new(model).decode(text, file, format)
}

/// The documents of a YAML text as trees, without a Model.
pub fn trees(text: &str, file: FileId) -> Vec<Result<tree::TreeNode<'static>, Box<Diagnostic>>> {
    let mut found = Vec::new();
    yaml::documents(text, file, |parsed| {
        found.push(parsed.root.map(tree::TreeNode::into_owned));
        found.len() <= limits::MAX_DOCUMENTS
    });
    found
}

/// A day `YYYY-MM-DD`; `None` if the text is no existing day.
pub fn day(text: &str) -> Option<chrono::NaiveDate> {
    scalar::date(text).ok()
}

/// A number in the syntax of a fact file, in base units; `None` if the text is none.
pub fn number(text: &str, unit: Option<&Quantity>) -> Option<Number> {
    scalar::number(text, unit).ok()
}

/// A duration in the syntax of a fact file; `None` if the text is none.
pub fn duration(text: &str, kind: DurationKind, unit: Option<&Quantity>) -> Option<Duration> {
    scalar::duration(text, kind, unit).ok()
}

/// Reads one JSON object, as strictly as `decode` does. For many lines, keep a `FactNames` and call its `line`.
///
/// # Errors
/// All that is wrong; places are byte offsets in `line`, in file 0.
pub fn decode_line(model: &Model, line: &str) -> Result<FactSet, Vec<Diagnostic>> {
    FactNames::new(model).line(line)
}
