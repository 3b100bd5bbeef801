//! Ast to Model: resolves every name to an id, types every expression, and finds what is wrong with a policy.
//!
//! Comes in: the parsed files of one policy, sorted by name, and their texts. Goes out: whatever Model could be made, and
//! all diagnostics of all files. Declarations come first (names to ids), then types, then bodies, then what only the whole
//! can show (cycles, ties, coverage, what is never used).

mod calendars;
mod constant;
mod csv_table;
mod cycles;
mod decisions;
mod declare;
mod definitions;
mod expr;
mod facts;
mod functions;
mod lints;
mod never;
mod norms;
mod operators;
mod rules;
mod scopes;
mod sections;
mod texts;
mod typing;
mod units;
mod usage;
mod versions;

use crate::diagnostic::{Code, Diagnostic, Severity, nearest};
use crate::ids::*;
use crate::model::Model;
use crate::source::{Sources, Span};
use crate::syntax::ast;
use std::collections::BTreeMap;

/// What checking gives: a Model where there are no errors, and all findings either way.
#[derive(Debug)]
pub struct Checked {
    /// The Model; none where a diagnostic is an error.
    pub model: Option<Model>,
    /// Errors and warnings, by file, place and code.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks the files of one policy. The order of `files` means nothing: they are ranked by name.
///
/// CSV tables and calendars are looked up in `sources` by their path beside the file that names them.
#[must_use]
pub fn check(files: &[ast::File], sources: &Sources) -> Checked {
    let mut checker = Checker::new(sources);
    let items = checker.sections(files);
    checker.declare(&items);
    checker.scopes_of_sections(&items);
    checker.facts(&items);
    checker.assumptions(&items);
    checker.decisions(&items);
    checker.reasons(&items);
    checker.norms(&items);
    checker.definitions(&items);
    checker.rules(&items);
    checker.handlers(&items);
    checker.outputs(&items);
    checker.as_of(&items);
    checker.messages(&items);
    checker.cycles();
    checker.finish()
}

/// An item with the section and file that it stands in.
#[derive(Clone, Copy)]
struct Placed<'a> {
    section: SectionId,
    /// Rank of its file's name among the policy's files.
    file_rank: u32,
    item: &'a ast::Item,
}

/// What a name means in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Group,
    Fact(FactId),
    Definition(DefinitionId),
    Norm(NormId),
    Assumption(AssumptionId),
    Enum(EnumId),
}

/// What a name means in a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TypeSymbol {
    Enum(EnumId),
    Record(RecordId),
}

/// What an exception, `replace` or `suspend` can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Rule(RuleId),
    Exception(ExceptionId),
    Notice(NoticeId),
    Definition(DefinitionId),
}

/// A table of names, each with the place of its declaration.
type Names<T> = BTreeMap<String, (T, Span)>;

#[derive(Default)]
struct Symbols {
    values: Names<Symbol>,
    groups: BTreeMap<String, BTreeMap<String, FactId>>,
    types: Names<TypeSymbol>,
    targets: Names<Target>,
    sources: Names<SourceId>,
    registries: Names<RegistryId>,
    regions: Names<RegionId>,
    calendars: Names<CalendarId>,
    reasons: Names<ReasonId>,
    decisions: Names<DecisionId>,
}

struct Checker<'a> {
    sources: &'a Sources,
    diagnostics: Vec<Diagnostic>,
    model: Model,
    symbols: Symbols,
    units: units::Units,
    /// Variables in sight, the innermost last.
    locals: Vec<(String, LocalId)>,
    /// For each name with versions: section of each version, and whether it replaced the name afresh.
    replacements: BTreeMap<Target, Vec<(SectionId, bool)>>,
    /// What each exception excepts, and where it says so.
    exception_targets: BTreeMap<ExceptionId, (Target, Span)>,
    /// Names that something reads, for the lint on what is never used.
    used: usage::Used,
    /// In a message, an unknown name is a placeholder that names nothing.
    in_message: bool,
}

impl<'a> Checker<'a> {
    fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            diagnostics: Vec::new(),
            model: sections::empty_model(),
            symbols: Symbols::default(),
            units: units::Units::default(),
            locals: Vec::new(),
            replacements: BTreeMap::new(),
            exception_targets: BTreeMap::new(),
            used: usage::Used::default(),
            in_message: false,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity() == Severity::Error)
    }

    /// An unknown name of some kind, with the nearest known one.
    fn unknown<'n>(&mut self, what: &str, name: &ast::Name, known: impl IntoIterator<Item = &'n str>) {
        let code = if self.in_message { Code::E0213 } else { Code::E0201 };
        let known: Vec<&str> = known.into_iter().collect();
        let mut found = Diagnostic::new(
            code,
            format!("there is no {what} `{}`", name.text),
            name.span,
            format!("no {what} of this name is declared"),
        );
        found = match nearest(&name.text, known.iter().copied()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None if !known.is_empty() && known.len() <= 12 => {
                found.help(format!("known here: {}", quoted(known.iter().copied())))
            }
            None => found.help(format!("declare the {what}, or correct the name")),
        };
        self.report(found);
    }

    /// Two declarations of one name.
    fn twice(&mut self, what: &str, name: &str, span: Span, first: Span, help: &str) {
        self.report(
            Diagnostic::new(Code::E0202, format!("{what} `{name}` is declared twice"), span, "declared again here")
                .also(first, "first declared here")
                .help(help),
        );
    }

    fn finish(mut self) -> Checked {
        if !self.has_errors() {
            self.versions();
        }
        if !self.has_errors() {
            self.coverage();
        }
        self.lints();
        let failed = self.has_errors();
        let sources = self.sources;
        let mut diagnostics = self.diagnostics;
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
