//! Ast to Model: resolves every name to an id, types every expression, and finds what is wrong with a policy.
//!
//! Comes in: the parsed files of one policy, sorted by name, and their texts. Goes out: a Model, as far as one can be
//! made, and all diagnostics of all files. Declarations come first (names to ids), then types, then bodies, then the
//! checks that need the whole policy (cycles, ties, coverage, unused names).

mod ages;
mod answers;
mod beside;
mod bounds;
mod calendars;
mod constant;
mod coverage;
mod csv_columns;
mod csv_table;
mod cycles;
mod decisions;
mod declare;
mod definitions;
mod earlier;
mod empty;
mod exceptions;
mod expr;
mod facts;
mod fitting;
mod function_words;
mod functions;
mod grid;
mod known_units;
mod lints;
mod meant;
mod membership;
mod missing;
mod never;
mod norms;
mod operators;
mod over_time;
mod overlaps;
mod periods;
mod rank;
mod readings;
mod record_values;
mod result_tables;
mod rows;
mod rules;
mod samples;
mod scopes;
mod searched_table;
mod sections;
mod silence;
mod texts;
mod together;
mod typing;
mod unguarded;
mod units;
mod usage;
mod vectors;
mod versions;

pub use csv_table::{CsvCellPlaces, CsvRow, csv_cell, csv_rows};
pub use empty::doubtful_alls;
pub use silence::{SilentRead, silent_reads};
pub use unguarded::Silent;

use crate::diagnostic::{Code, Diagnostic, Severity, nearest};
use crate::ids::*;
use crate::model::{Ages, Item, Model, ProvisionKind};
use crate::source::{FileId, Sources, Span};
use crate::stack::deep;
use crate::syntax::ast;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// The result of a check: a Model if there are no errors, and all findings.
#[derive(Debug)]
pub struct Checked {
    /// The Model; `None` if a diagnostic is an error.
    pub model: Option<Model>,
    /// Errors and warnings, by file, place and code.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks the files of one policy. The order of `files` does not matter: they are sorted by name.
///
/// Looks up CSV tables and calendars in `sources` by their path relative to the file that names them.
#[must_use]
pub fn check<F: Borrow<ast::File>>(files: &[F], sources: &Sources) -> Checked {
    let files: Vec<&ast::File> = files.iter().map(Borrow::borrow).collect();
    deep(|| match result_tables::split(&files) {
        Some((split, results)) => check_here(&split.iter().collect::<Vec<_>>(), sources, results),
        None => check_here(&files, sources, result_tables::Results::default()),
    })
}

fn check_here(files: &[&ast::File], sources: &Sources, results: result_tables::Results) -> Checked {
    let mut checker = Checker::new(sources, results);
    checker.unread(files);
    let items = checker.sections(files);
    checker.declare(&items);
    checker.scopes_of_sections(&items);
    checker.facts(&items);
    checker.record_circles();
    checker.assumptions(&items);
    checker.assumed_dates(files);
    checker.decisions(&items);
    checker.reasons(&items);
    checker.norms(&items);
    checker.definitions(&items);
    checker.rules(&items);
    checker.handlers(&items);
    checker.outputs(&items);
    checker.as_of(&items);
    checker.masked_governing();
    checker.messages(&items);
    checker.bounds_are_dates();
    let reads = checker.cycles();
    if checker.has_ages {
        checker.ages = Ages::of(&checker.model);
    }
    checker.uncovered_tables();
    checker.finish(&reads)
}

/// An item with the section and file that it stands in.
#[derive(Clone, Copy)]
struct Placed<'a> {
    section: SectionId,
    /// Rank of its file's name among the policy's files.
    file_rank: u32,
    item: &'a ast::ItemSyntax,
}

/// What a name refers to in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Group,
    /// A table with several results, each of which is a definition.
    Results,
    Fact(FactId),
    Definition(DefinitionId),
    Norm(NormId),
    Assumption(AssumptionId),
    Enum(EnumId),
}

/// What a name refers to in a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TypeSymbol {
    Enum(EnumId),
    Record(RecordId),
}

/// What an exception, `replace` or `suspend` can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Provision(ProvisionKind, ProvisionId),
    Exception(ExceptionId),
    Definition(DefinitionId),
}

/// A table of names, each with the place of its declaration.
type NameTable<T> = BTreeMap<String, (T, Span)>;

#[derive(Default)]
struct Symbols {
    values: NameTable<Symbol>,
    groups: BTreeMap<String, BTreeMap<String, FactId>>,
    types: NameTable<TypeSymbol>,
    targets: NameTable<Target>,
    sources: NameTable<SourceId>,
    registries: NameTable<RegistryId>,
    regions: NameTable<RegionId>,
    /// Each section has calendars of its own.
    calendars: BTreeMap<(SectionId, String), (CalendarId, Span)>,
    reasons: NameTable<ReasonId>,
    decisions: NameTable<DecisionId>,
}

struct Checker<'a> {
    sources: &'a Sources,
    /// Tables with several results, each of which is a table here.
    results: result_tables::Results,
    diagnostics: Vec<Diagnostic>,
    model: Model,
    symbols: Symbols,
    units: known_units::Units,
    /// Variables in scope, the innermost last.
    locals: Vec<(String, LocalId)>,
    /// For each name with versions: the section of each version, and whether the version drops what it replaces.
    replacements: BTreeMap<Target, Vec<(SectionId, bool)>>,
    /// The target of each exception, and the place where it is named.
    exception_targets: BTreeMap<ExceptionId, (Target, Span)>,
    /// Tables of which it is not known yet whether they have a row for everything.
    searched_tables: Vec<searched_table::SearchedTable>,
    /// What may be an age, once all definitions are known.
    ages: Ages,
    /// True if the policy computes an age anywhere.
    has_ages: bool,
    /// Names that are read, for the lint on unused names.
    used: usage::Used,
    /// For each file, where a header opens a section.
    headers: BTreeMap<FileId, Vec<(u32, SectionId)>>,
    /// True while a message is read: an unknown name in it is a placeholder (E0213).
    in_message: bool,
    /// For each definition without a written type: the definitions whose names it mentions.
    name_reads: BTreeMap<DefinitionId, Vec<DefinitionId>>,
    /// Assumptions that bound periods, with the place: each must be a date.
    bounds: Vec<(AssumptionId, Span)>,
    /// The words of the text that the parser could not read.
    unread: BTreeSet<String>,
    /// The places of that text. The parser reports them, so nothing else is said there.
    unread_places: Vec<Span>,
    /// Labels with a brace in them, which may be meant for a placeholder.
    texts_with_braces: Vec<(String, Span)>,
    /// True if the parser left something out: then no Model is made.
    incomplete: bool,
    /// The enum of the days of the week, once something needs it.
    weekdays: Option<EnumId>,
    /// The number of searches for a similar name.
    suggestions: usize,
}

/// After so many unknown names the search for similar ones stops: each compares with all known names.
const MAX_SUGGESTIONS: usize = 50;

impl<'a> Checker<'a> {
    fn new(sources: &'a Sources, mut results: result_tables::Results) -> Self {
        Self {
            sources,
            diagnostics: std::mem::take(&mut results.found),
            results,
            model: Model::empty(),
            symbols: Symbols::default(),
            units: known_units::Units::default(),
            locals: Vec::new(),
            replacements: BTreeMap::new(),
            exception_targets: BTreeMap::new(),
            searched_tables: Vec::new(),
            ages: Ages::default(),
            has_ages: false,
            used: usage::Used::default(),
            headers: BTreeMap::new(),
            in_message: false,
            name_reads: BTreeMap::new(),
            bounds: Vec::new(),
            unread: BTreeSet::new(),
            unread_places: Vec::new(),
            texts_with_braces: Vec::new(),
            incomplete: false,
            weekdays: None,
            suggestions: 0,
        }
    }

    /// Notes the words of the text that the parser could not read. The parser reports the mistake there, so a name that
    /// is declared there is not reported as unknown.
    fn unread(&mut self, files: &[&ast::File]) {
        for span in files.iter().flat_map(|f| &f.unread) {
            self.incomplete = true;
            self.unread_places.push(*span);
            let words = self.sources.slice(*span).split(|c: char| !c.is_alphanumeric() && c != '_');
            self.unread.extend(words.filter(|w| !w.is_empty()).map(|w| w.nfc().collect::<String>()));
        }
    }

    /// The most similar known name; `None` after too many searches.
    fn nearest<'n>(&mut self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        self.suggestions += 1;
        if self.suggestions > MAX_SUGGESTIONS { None } else { nearest(name, known) }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The text of a place, for a help line; `…` if it is long.
    fn quote(&self, span: Span) -> &str {
        let text = self.sources.slice(span);
        if text.len() > 60 || text.contains('\n') { "…" } else { text }
    }

    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity() == Severity::Error)
    }

    /// Reports an unknown name, with the most similar known one.
    fn unknown<'n>(&mut self, what: &str, name: &ast::Name, known: impl IntoIterator<Item = &'n str>) {
        self.unknown_in(what, name, "", known);
    }

    /// Reports an unknown name in some place: `` there is no fact `age` in `applicant` ``.
    fn unknown_in<'n>(&mut self, what: &str, name: &ast::Name, place: &str, known: impl IntoIterator<Item = &'n str>) {
        if self.unread.contains(&name.text) {
            return;
        }
        let code = if self.in_message { Code::E0213 } else { Code::E0201 };
        let known: Vec<&str> = known.into_iter().collect();
        let label = if what.contains(',') { "nothing of this name is declared" } else { "not declared" };
        let place = if place.is_empty() { String::new() } else { format!(" in `{place}`") };
        let mut found = Diagnostic::new(code, format!("there is no {what} `{}`{place}", name.text), name.span, label);
        found = match self.nearest(&name.text, known.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None if !known.is_empty() && known.len() <= 12 => {
                let mut sorted = known;
                sorted.sort_unstable();
                sorted.dedup();
                found.help(format!("known here: {}", quoted(sorted)))
            }
            None => found.help("correct the name, or declare it"),
        };
        if what.starts_with("function")
            && let Some(help) = function_words::function_elsewhere(&name.text)
        {
            found.help = vec![help.to_owned()];
        }
        self.report(found);
    }

    /// Reports two declarations of one name.
    fn twice(&mut self, what: &str, name: &str, span: Span, first: Span, help: &str) {
        self.report(
            Diagnostic::new(Code::E0202, format!("the {what} `{name}` is declared twice"), span, "declared again here")
                .also(first, "first declared here")
                .help(help),
        );
    }

    fn finish(mut self, reads: &BTreeMap<Item, Vec<Item>>) -> Checked {
        if !self.has_errors() && !self.incomplete {
            let vectors = self.choice_vectors();
            self.versions(&vectors);
            if !self.has_errors() {
                self.bounds(&vectors);
                self.defaults_within_bounds();
                self.missing(reads);
                self.overlaps();
            }
        }
        self.lints();
        let failed = self.has_errors() || self.incomplete;
        let sources = self.sources;
        let mut diagnostics = self.diagnostics;
        if !self.unread_places.is_empty() {
            self.unread_places.sort_by_key(|span| (span.file, span.start, span.end));
            let places = &self.unread_places;
            diagnostics.retain(|d| {
                let at = d.primary.span;
                // The places do not overlap, so the last that begins before this one is the only one around it.
                let before = places.partition_point(|place| (place.file, place.start) <= (at.file, at.start));
                let around = before.checked_sub(1).and_then(|i| places.get(i));
                !around.is_some_and(|place| place.file == at.file && at.start < place.end)
            });
        }
        let key = |d: &Diagnostic| {
            let name = sources.get(d.primary.span.file).map(|f| f.name.clone());
            (name, d.primary.span.start, d.primary.span.end, d.code, d.message.clone())
        };
        diagnostics.sort_by_cached_key(key);
        diagnostics.dedup();
        Checked { model: if failed { None } else { Some(self.model) }, diagnostics }
    }
}

/// `` `a`, `b` and `c` ``
fn quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// `no value`, `1 value`, `3 values`
fn values(count: usize) -> String {
    match count {
        0 => "no value".to_owned(),
        1 => "1 value".to_owned(),
        more => format!("{more} values"),
    }
}
