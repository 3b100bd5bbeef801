//! Splits a policy: each item, and of some items each part, gets a name that is the same in every version.
//!
//! Comes in: the parsed files of one version. Goes out: [`Fragment`]s by [`FragmentKey`]. Parts are what amendments can
//! change separately: bounds of a section, values of a norm, cases, handlers, outputs, the default of an assumption.

use super::quiet::quiet;
use ereje::check::{CsvRow, csv_rows};
use ereje::source::{FileId, Sources, Span};
use ereje::syntax::ast::{self, *};
use std::collections::BTreeMap;

/// Identifies a fragment in every version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FragmentKey {
    /// The amendment; empty for the policy itself.
    pub(super) section: String,
    /// The keyword of the item: `rule`, `norm`.
    pub(super) kind: &'static str,
    /// Its name, `applicant.kinship`; empty if there can be only one.
    pub(super) name: String,
    /// The part; empty for the item itself, or for the rest of it without its parts.
    pub(super) part: String,
}

/// An item without its parts, or one part.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "most fragments are whole items")]
pub(super) enum Fragment {
    Item(ItemSyntax),
    Regions(Vec<Name>),
    From(DateBoundSyntax),
    Through(DateBoundSyntax),
    Cohort(ExprSyntax),
    Over(Vec<ast::Path>),
    LeapBirthday(Name),
    MonthEnd(Name),
    Value(NormValueSyntax),
    Case(CaseSyntax),
    Rows(Vec<TableRowSyntax>),
    Handler(HandlerSyntax),
    Output(OutputSyntax),
    Default(ExprSyntax),
}

/// A fragment with its places.
#[derive(Clone, Debug)]
pub(super) struct PlacedFragment {
    pub(super) key: FragmentKey,
    pub(super) fragment: Fragment,
    /// The fragment itself.
    pub(super) span: Span,
    /// The item that it belongs to.
    pub(super) whole: Span,
}

/// The name of the policy's own section in keys.
pub(super) const POLICY: &str = "";

pub(super) fn dotted(path: &ast::Path) -> String {
    path.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".")
}

/// Splits all files of a version.
pub(super) fn split(files: &[File], sources: &Sources) -> Vec<PlacedFragment> {
    let mut split = Split { out: Vec::new(), sources, seen: BTreeMap::new(), section: String::new() };
    for file in files {
        split.section = POLICY.to_owned();
        for item in &file.items {
            split.item(item);
        }
    }
    split.out
}

struct Split<'s> {
    out: Vec<PlacedFragment>,
    sources: &'s Sources,
    /// How often a key was used, so that each fragment gets its own.
    seen: BTreeMap<FragmentKey, usize>,
    section: String,
}

impl Split<'_> {
    fn add(&mut self, kind: &'static str, name: &str, part: String, fragment: Fragment, span: Span, whole: Span) {
        let mut key = FragmentKey { section: self.section.clone(), kind, name: name.to_owned(), part };
        let seen = self.seen.entry(key.clone()).or_insert(0);
        *seen += 1;
        if *seen > 1 {
            let number = format!("({seen})");
            // A second item with the same name is an item of its own; a second part is another part of the same item.
            let slot = if key.part.is_empty() { &mut key.name } else { &mut key.part };
            slot.push_str(&number);
        }
        self.out.push(PlacedFragment { key, fragment, span, whole });
    }

    fn whole(&mut self, kind: &'static str, name: &str, item: ItemSyntax) {
        let span = item.span();
        self.add(kind, name, String::new(), Fragment::Item(item), span, span);
    }

    /// The name of the last item, with its number if it has one.
    fn last_name(&self) -> String {
        self.out.last().map_or_else(String::new, |placed| placed.key.name.clone())
    }

    fn item(&mut self, item: &ItemSyntax) {
        match item {
            ItemSyntax::Policy(policy) => {
                self.section = POLICY.to_owned();
                let mut rest = policy.clone();
                let scope = std::mem::take(&mut rest.scope);
                let (leap, month) = (rest.leap_birthday.take(), rest.month_end.take());
                self.whole("policy", "", ItemSyntax::Policy(rest));
                self.scope("policy", scope, policy.span);
                if let Some(name) = leap {
                    let span = name.span;
                    self.add("policy", "", "leap_birthday".into(), Fragment::LeapBirthday(name), span, policy.span);
                }
                if let Some(name) = month {
                    let span = name.span;
                    self.add("policy", "", "month_end".into(), Fragment::MonthEnd(name), span, policy.span);
                }
            }
            ItemSyntax::Amendment(amendment) => {
                self.section = dotted(&amendment.name);
                let mut rest = amendment.clone();
                let (scope, over) = (std::mem::take(&mut rest.scope), std::mem::take(&mut rest.over));
                self.whole("amendment", "", ItemSyntax::Amendment(rest));
                self.scope("amendment", scope, amendment.span);
                if let Some(first) = over.first() {
                    let span = first.span;
                    self.add("amendment", "", "over".into(), Fragment::Over(over), span, amendment.span);
                }
            }
            ItemSyntax::Import(_) => {}
            ItemSyntax::Source(source) => self.whole("source", &source.name.text, item.clone()),
            ItemSyntax::Registry(registry) => {
                let mut rest = registry.clone();
                let handlers = std::mem::take(&mut rest.handlers);
                self.whole("registry", &registry.name.text, ItemSyntax::Registry(rest));
                self.handlers("registry", handlers, registry.span);
            }
            ItemSyntax::Region(region) => self.whole("region", &region.name.text, item.clone()),
            ItemSyntax::Unit(unit) => self.whole("unit", &unit.name.text, item.clone()),
            ItemSyntax::Calendar(calendar) => self.whole("calendar", &calendar.name.text, item.clone()),
            ItemSyntax::Enum(list) => self.whole("enum", &list.name.text, item.clone()),
            ItemSyntax::Record(record) => self.whole("record", &record.name.text, item.clone()),
            ItemSyntax::Facts(FactsSyntax::Group { name, fields, .. }) => {
                for field in fields {
                    let (rest, handlers) = without_handlers(field);
                    let path = format!("{}.{}", name.text, field.name.text);
                    let one = FactsSyntax::Group { name: name.clone(), fields: vec![rest], span: field.span };
                    self.whole("fact", &path, ItemSyntax::Facts(one));
                    self.handlers("fact", handlers, field.span);
                }
            }
            ItemSyntax::Facts(FactsSyntax::Single { field, span }) => {
                let (rest, handlers) = without_handlers(field);
                self.whole(
                    "fact",
                    &field.name.text,
                    ItemSyntax::Facts(FactsSyntax::Single { field: rest, span: *span }),
                );
                self.handlers("fact", handlers, *span);
            }
            ItemSyntax::Facts(FactsSyntax::Silent { handlers, span }) => {
                let rest = FactsSyntax::Silent { handlers: Vec::new(), span: *span };
                self.whole("facts", "", ItemSyntax::Facts(rest));
                self.handlers("facts", handlers.clone(), *span);
            }
            ItemSyntax::AsOf(_) => self.whole("as of", "", item.clone()),
            ItemSyntax::Decision(decision) => {
                let mut rest = decision.clone();
                let outputs = std::mem::take(&mut rest.outputs);
                self.whole("decision", &decision.name.text, ItemSyntax::Decision(rest));
                let name = self.last_name();
                for output in outputs {
                    let (part, span) = (format!("output {}", output.name.text), output.span);
                    self.add("decision", &name, part, Fragment::Output(output), span, decision.span);
                }
            }
            ItemSyntax::Outcome(outcome) => {
                let name = format!("{} of {}", outcome.name.text, outcome.decision.text);
                self.whole("outcome", &name, item.clone());
            }
            ItemSyntax::Output(added) => {
                let name = format!("{} of {}", added.output.name.text, added.decision.text);
                self.whole("output", &name, item.clone());
            }
            ItemSyntax::Reason(reason) => self.whole("reason", &reason.code.text, item.clone()),
            ItemSyntax::Define(define) => {
                let mut rest = define.clone();
                let cases = match &mut rest.body {
                    DefineBody::Cases { cases, .. } => std::mem::take(cases),
                    DefineBody::Value(_) | DefineBody::Open(_) => Vec::new(),
                };
                self.whole("define", &define.name.text, ItemSyntax::Define(rest));
                let name = self.last_name();
                for case in cases {
                    let (part, span) = (format!("case {}", case.label.text), case.span);
                    self.add("define", &name, part, Fragment::Case(case), span, define.span);
                }
            }
            ItemSyntax::Case(case) => {
                let name = format!("{} of {}", case.case.label.text, case.definition.text);
                self.whole("case", &name, item.clone());
            }
            ItemSyntax::Norm(norm) => {
                let mut rest = norm.clone();
                let values = std::mem::take(&mut rest.values);
                self.whole("norm", &norm.name.text, ItemSyntax::Norm(rest));
                let name = self.last_name();
                for value in values {
                    let scope = self.scope_words(&value.scope);
                    let part = if scope.is_empty() { "value".into() } else { format!("value {scope}") };
                    let span = value.span;
                    self.add("norm", &name, part, Fragment::Value(value), span, norm.span);
                }
            }
            ItemSyntax::Table(table) => self.whole("table", &table.name.text, item.clone()),
            ItemSyntax::Scale(scale) => self.whole("scale", &scale.name.text, item.clone()),
            ItemSyntax::Assumption(assumption) => {
                let default = assumption.default.clone();
                self.whole("assumption", &assumption.name.text, item.clone());
                let (name, span) = (self.last_name(), default.span);
                self.add("assumption", &name, "default".into(), Fragment::Default(default), span, assumption.span);
            }
            ItemSyntax::Rule(rule) => self.whole("rule", &rule.name.text, item.clone()),
            ItemSyntax::Exception(exception) => self.whole("exception", &exception.name.text, item.clone()),
            ItemSyntax::Notice(notice) => {
                let name = notice.name.as_ref().unwrap_or(&notice.reason.code);
                self.whole("notice", &name.text.clone(), item.clone());
            }
            ItemSyntax::Suspend(suspend) => {
                let kind = suspend.kind.keyword();
                self.whole("suspend", &format!("{kind} {}", suspend.name.text), item.clone());
            }
        }
    }

    /// Adds the bounds of a section, each as a part.
    fn scope(&mut self, kind: &'static str, scope: ScopeSyntax, whole: Span) {
        let ScopeSyntax { regions, from, through, cohort, span: _ } = scope;
        if let Some(first) = regions.first() {
            let span = regions.iter().fold(first.span, |span, name| span.to(name.span));
            self.add(kind, "", "in".into(), Fragment::Regions(regions), span, whole);
        }
        if let Some(bound) = from {
            let span = bound_span(&bound);
            self.add(kind, "", "from".into(), Fragment::From(bound), span, whole);
        }
        if let Some(bound) = through {
            let span = bound_span(&bound);
            self.add(kind, "", "through".into(), Fragment::Through(bound), span, whole);
        }
        if let Some(cohort) = cohort {
            let span = cohort.span;
            self.add(kind, "", "for".into(), Fragment::Cohort(cohort), span, whole);
        }
    }

    /// Adds the handlers of the item that was added last.
    fn handlers(&mut self, kind: &'static str, handlers: Vec<HandlerSyntax>, whole: Span) {
        let name = self.last_name();
        for handler in handlers {
            let state = format!("if {}", handler.state.keyword());
            let scope = self.scope_words(&handler.scope);
            let part = if scope.is_empty() { state } else { format!("{state} {scope}") };
            let span = handler.span;
            self.add(kind, &name, part, Fragment::Handler(handler), span, whole);
        }
    }

    /// A scope in words, the same for every layout.
    fn scope_words(&self, scope: &ScopeSyntax) -> String {
        let mut parts = Vec::new();
        if !scope.regions.is_empty() {
            let mut names: Vec<&str> = scope.regions.iter().map(|r| r.text.as_str()).collect();
            names.sort_unstable();
            parts.push(format!("in {}", names.join(", ")));
        }
        let bound = |bound: &DateBoundSyntax| match bound {
            DateBoundSyntax::Date(day, _) => day.format("%Y-%m-%d").to_string(),
            DateBoundSyntax::Name(name) => name.text.clone(),
        };
        parts.extend(scope.from.as_ref().map(|day| format!("from {}", bound(day))));
        parts.extend(scope.through.as_ref().map(|day| format!("through {}", bound(day))));
        parts.extend(scope.cohort.as_ref().map(|cohort| {
            let text = self.sources.slice(cohort.span).split_whitespace().collect::<Vec<_>>().join(" ");
            format!("for {text}")
        }));
        parts.join(" ")
    }
}

fn without_handlers(field: &FieldSyntax) -> (FieldSyntax, Vec<HandlerSyntax>) {
    let mut rest = field.clone();
    let handlers = std::mem::take(&mut rest.handlers);
    (rest, handlers)
}

fn bound_span(bound: &DateBoundSyntax) -> Span {
    match bound {
        DateBoundSyntax::Date(_, span) => *span,
        DateBoundSyntax::Name(name) => name.span,
    }
}

/// An empty name.
pub(super) fn nobody(span: Span) -> Name {
    Name { text: String::new(), span }
}

/// An item that holds just this fragment, with which the fragment is compared.
fn carried(fragment: &Fragment) -> ItemSyntax {
    let nowhere = Span::new(FileId(0), 0, 0);
    let nameless = || ast::Path { parts: Vec::new(), span: nowhere };
    let section = |scope: ScopeSyntax, over: Vec<ast::Path>, leap: Option<Name>, month: Option<Name>| {
        let header = ast::PolicySyntax {
            name: nameless(),
            scope,
            language: None,
            languages: Vec::new(),
            leap_birthday: leap,
            month_end: month,
            sources: Vec::new(),
            labels: Vec::new(),
            span: nowhere,
        };
        if over.is_empty() {
            return ItemSyntax::Policy(header);
        }
        ItemSyntax::Amendment(ast::AmendmentSyntax {
            name: nameless(),
            policy: nameless(),
            scope: header.scope,
            over,
            sources: Vec::new(),
            labels: Vec::new(),
            span: nowhere,
        })
    };
    let value = |expr: &ExprSyntax| ItemSyntax::AsOf(AsOfSyntax { date: expr.clone(), region: None, span: nowhere });
    match fragment {
        Fragment::Item(item) => item.clone(),
        Fragment::Regions(names) => {
            section(ScopeSyntax { regions: names.clone(), ..ScopeSyntax::default() }, Vec::new(), None, None)
        }
        Fragment::From(bound) => {
            section(ScopeSyntax { from: Some(bound.clone()), ..ScopeSyntax::default() }, Vec::new(), None, None)
        }
        Fragment::Through(bound) => {
            section(ScopeSyntax { through: Some(bound.clone()), ..ScopeSyntax::default() }, Vec::new(), None, None)
        }
        Fragment::Cohort(expr) | Fragment::Default(expr) => value(expr),
        Fragment::Over(paths) => section(ScopeSyntax::default(), paths.clone(), None, None),
        Fragment::LeapBirthday(name) => section(ScopeSyntax::default(), Vec::new(), Some(name.clone()), None),
        Fragment::MonthEnd(name) => section(ScopeSyntax::default(), Vec::new(), None, Some(name.clone())),
        Fragment::Value(value) => ItemSyntax::Norm(NormSyntax {
            name: nobody(nowhere),
            ty: None,
            values: vec![value.clone()],
            at_least: None,
            at_most: None,
            sources: Vec::new(),
            labels: Vec::new(),
            span: nowhere,
        }),
        Fragment::Case(case) => {
            ItemSyntax::Case(CaseItemSyntax { definition: nobody(nowhere), case: case.clone(), span: nowhere })
        }
        Fragment::Rows(rows) => ItemSyntax::Table(TableSyntax {
            replace: None,
            name: nobody(nowhere),
            params: Vec::new(),
            ty: TypeExpr { kind: TypeKind::Name(nobody(nowhere)), span: nowhere },
            hit: HitPolicy::Unique,
            inputs: Vec::new(),
            rows: TableRows::Inline(rows.clone()),
            otherwise: Vec::new(),
            sources: Vec::new(),
            labels: Vec::new(),
            span: nowhere,
        }),
        Fragment::Handler(handler) => ItemSyntax::Registry(RegistrySyntax {
            name: nobody(nowhere),
            labels: Vec::new(),
            handlers: vec![handler.clone()],
            span: nowhere,
        }),
        Fragment::Output(output) => ItemSyntax::Decision(DecisionSyntax {
            name: nobody(nowhere),
            calculation: false,
            outcomes: Vec::new(),
            otherwise: None,
            outcome_labels: Vec::new(),
            outputs: vec![output.clone()],
            labels: Vec::new(),
            span: nowhere,
        }),
    }
}

/// The meaning of a fragment: equal for two fragments that decide the same by themselves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    tree: File,
    /// The cells of the CSV file that it names.
    csv: Option<Vec<Vec<String>>>,
}

/// The meaning of a fragment.
pub(super) fn meaning(fragment: &Fragment, sources: &Sources) -> Meaning {
    let mut item = carried(fragment);
    quiet(&mut item);
    let csv = csv_file(&mut item).and_then(|file| {
        let rows = csv_rows_of(file, sources);
        file.path.value.clear();
        rows.map(|rows| rows.iter().map(texts_of).collect())
    });
    if let ItemSyntax::Assumption(assumption) = &mut item {
        // The default is a separate part.
        assumption.default.kind = ExprSyntaxKind::Bool(false);
    }
    let file = File { file: FileId(0), items: vec![item], comments: Vec::new(), unread: Vec::new() };
    Meaning { tree: file.without_places(), csv }
}

/// The CSV file that an item names.
fn csv_file(item: &mut ItemSyntax) -> Option<&mut CsvFile> {
    if let ItemSyntax::Table(TableSyntax { rows: TableRows::Csv(file), .. }) = item {
        Some(file)
    } else if let ItemSyntax::Calendar(calendar) = item {
        calendar.file.as_mut()
    } else {
        None
    }
}

/// A CSV file beside the policy, among the sources.
fn csv_source(path: &Text, sources: &Sources) -> Option<FileId> {
    let from = sources.get(path.span.file)?;
    sources.find(&ereje::source::join(&from.name, &path.value)?)
}

/// The text of the CSV file that a fragment names; `None` if it names none.
pub(super) fn csv_of<'s>(fragment: &Fragment, sources: &'s Sources) -> Option<&'s str> {
    let mut item = carried(fragment);
    let file = csv_source(&csv_file(&mut item)?.path, sources)?;
    sources.get(file).map(|source| &*source.text)
}

fn csv_rows_of(file: &CsvFile, sources: &Sources) -> Option<Vec<CsvRow>> {
    let id = csv_source(&file.path, sources)?;
    csv_rows(id, &sources.get(id)?.text, file.decimal_comma).ok()
}

/// The texts of a row's cells.
fn texts_of(row: &CsvRow) -> Vec<String> {
    row.cells.iter().map(|(text, _)| text.clone()).collect()
}

/// Where a CSV file that a fragment names says something else than the one of another fragment: its first cell that
/// differs.
pub(super) fn first_other_cell(fragment: &Fragment, other: &Fragment, sources: &Sources) -> Option<Span> {
    let rows = |fragment: &Fragment| csv_rows_of(csv_file(&mut carried(fragment))?, sources);
    let (own, other) = (rows(fragment)?, rows(other)?);
    let (row, against) = own.iter().enumerate().find_map(|(at, row)| {
        let against = other.get(at).map(texts_of).unwrap_or_default();
        (texts_of(row) != against).then_some((row, against))
    })?;
    let cell = row.cells.iter().enumerate().find(|(at, (text, _))| against.get(*at) != Some(text));
    Some(cell.map_or(row.span, |(_, (_, span))| *span))
}

/// The texts of a fragment that no decision depends on.
pub(super) fn words(fragment: &Fragment, sources: &Sources) -> Vec<(String, String)> {
    super::quiet::texts(&carried(fragment), sources)
}
