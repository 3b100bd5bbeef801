//! The findings about several policies, in one list that can be printed at once.

use super::error::CliError;
use super::streams::Streams;
use clap::ValueEnum;
use ereje::diagnostic::{Diagnostic, Severity, UnreadPath, human, json, sarif, short};
use ereje::source::{FileId, Sources};
use std::path::Path;

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FindingsFormat {
    /// For people, with the lines that they are about
    Text,
    /// A line each: `file:line:column: error[E0201]: message`
    Short,
    /// An array of objects
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
}

/// Diagnostics with their texts.
#[derive(Debug, Default)]
pub(super) struct Findings {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    unread: Vec<UnreadPath>,
}

impl Findings {
    /// Adds the findings about one set of texts, which are shown under other names.
    pub(super) fn add(&mut self, sources: &Sources, diagnostics: &[Diagnostic], name: impl Fn(&str) -> String) {
        if diagnostics.is_empty() {
            return;
        }
        let mut ids = Vec::new();
        for (_, source) in sources.iter() {
            ids.push(self.sources.add(name(&source.name), source.text.clone()));
        }
        let new = |file: &mut FileId| {
            if let Some(id) = ids.get(file.0 as usize) {
                *file = *id;
            }
        };
        for diagnostic in diagnostics {
            let mut diagnostic = diagnostic.clone();
            new(&mut diagnostic.primary.span.file);
            diagnostic.secondary.iter_mut().for_each(|label| new(&mut label.span.file));
            self.diagnostics.push(diagnostic);
        }
    }

    /// Notes that a path could not be read, which people have been told.
    pub(super) fn could_not_read(&mut self, path: &Path, error: &CliError) {
        self.unread.push(UnreadPath { path: path.display().to_string(), why: error.to_string() });
    }

    /// The number of errors and warnings.
    pub(super) fn count(&self) -> (usize, usize) {
        let errors = self.diagnostics.iter().filter(|d| d.severity() == Severity::Error).count();
        (errors, self.diagnostics.len() - errors)
    }

    /// The errors among them, each with its place.
    pub(super) fn errors(&self) -> impl Iterator<Item = (&Diagnostic, String)> {
        let errors = self.diagnostics.iter().filter(|d| d.severity() == Severity::Error);
        errors.map(|error| (error, self.sources.locate(error.primary.span)))
    }

    /// All findings in a format. The stream removes colours if the output is no terminal.
    pub(super) fn render(&self, format: FindingsFormat) -> String {
        match format {
            FindingsFormat::Text => human(&self.diagnostics, &self.sources, true),
            FindingsFormat::Short => short(&self.diagnostics, &self.sources),
            FindingsFormat::Json => json(&self.diagnostics, &self.sources, &self.unread),
            FindingsFormat::Sarif => sarif(&self.diagnostics, &self.sources, &self.unread),
        }
    }

    /// Prints them as a result.
    pub(super) fn print(&self, format: FindingsFormat, streams: &mut Streams) -> Result<(), CliError> {
        let text = self.render(format);
        match format {
            FindingsFormat::Text | FindingsFormat::Short => streams.print(&text),
            FindingsFormat::Json | FindingsFormat::Sarif => streams.print_exactly(&text),
        }
    }

    /// Prints them on stderr, for people.
    pub(super) fn say(&self, streams: &mut Streams) {
        if !self.diagnostics.is_empty() {
            streams.say(&self.render(FindingsFormat::Text));
        }
    }

    /// The same, a line each, so that no text which they are about is shown.
    pub(super) fn say_in_lines(&self, streams: &mut Streams) {
        if !self.diagnostics.is_empty() {
            streams.say(&self.render(FindingsFormat::Short));
        }
    }
}

/// `1 error`, `3 errors`
pub(super) fn counted(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
