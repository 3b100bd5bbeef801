//! Ranges, lists and tables: one case unfolds to one or more trials.

use super::change::put;
use super::expect::Expected;
use super::path::Path;
use super::read::{Reader, plain};
use super::table::{CaseColumn, Table};
use super::texts::Offsets;
use super::trial::{FactEdit, NamedValue, Question, Spec};
use chrono::NaiveDate;
use ereje::diagnostic::{Code, Diagnostic};
use ereje::eval::Silence;
use ereje::facts::tree::{Tree, TreeEntry, TreeNode};
use ereje::facts::{day, nfc};
use ereje::source::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// The most trials that one case unfolds to.
const MAX_UNFOLDED: usize = 10_000;

/// Values that a case tries one after the other.
#[derive(Clone)]
pub(super) enum Variation {
    /// Governing dates.
    AsOf(Vec<(NaiveDate, Span)>),
    /// Governing places.
    In(Vec<(String, Span)>),
    /// A fact's values: the path, its place, and the values.
    Each(String, Offsets, Vec<TreeNode<'static>>),
}

/// A case before its ranges and tables are unfolded.
pub(super) struct CaseTemplate {
    pub(super) name: (String, Span),
    pub(super) law: Option<String>,
    pub(super) span: Span,
    /// The facts of the case, with its own changes.
    pub(super) facts: Arc<TreeNode<'static>>,
    pub(super) question: Question,
    pub(super) variations: Vec<Variation>,
    /// The value of `expect`, before a table adds to it.
    pub(super) expect: Option<TreeNode<'static>>,
}

impl Variation {
    /// The days under `as_of`.
    pub(super) fn as_of(reader: &mut Reader, node: &TreeNode<'static>) -> Option<Self> {
        let mut days = Vec::new();
        for value in values(reader, node, "`as_of`")? {
            let at = reader.span(&value);
            match plain(&value).as_deref().and_then(day) {
                Some(day) => days.push((day, at)),
                None => {
                    let label = "expected a day such as `2026-01-31`, or a range such as `2026-01-31 .. 2026-02-02`";
                    reader.say(Diagnostic::new(Code::E0805, "this is no day", at, label));
                    return None;
                }
            }
        }
        Some(Self::AsOf(days))
    }

    /// The regions under `in`.
    pub(super) fn region(reader: &mut Reader, node: &TreeNode<'static>) -> Option<Self> {
        let mut names = Vec::new();
        for item in reader.list(node, "`in`") {
            names.push((nfc(&reader.text(item, "a region")?).into_owned(), reader.span(item)));
        }
        Some(Self::In(names))
    }

    /// A fact with its values under `each`.
    pub(super) fn each(reader: &mut Reader, entry: &TreeEntry<'static>) -> Option<Self> {
        let values = values(reader, &entry.value, &format!("`{}` under `each`", entry.key))?;
        Some(Self::Each(entry.key.to_string(), (entry.start, entry.end), values))
    }

    fn len(&self) -> usize {
        match self {
            Self::AsOf(days) => days.len(),
            Self::In(names) => names.len(),
            Self::Each(_, _, values) => values.len(),
        }
    }
}

/// A list, or a range such as `2025-11-10 .. 2025-11-12` or `17 .. 19`, both ends included.
fn values(reader: &mut Reader, node: &TreeNode<'static>, what: &str) -> Option<Vec<TreeNode<'static>>> {
    let found = match &node.tree {
        Tree::List(items) => items.clone(),
        Tree::Plain(text) => match text.split_once("..") {
            Some((from, through)) => range(reader, node, from.trim(), through.trim())?,
            None => vec![node.clone()],
        },
        Tree::Quoted(_) | Tree::Bool(_) | Tree::Null | Tree::Map(_) => vec![node.clone()],
        Tree::Empty => Vec::new(),
    };
    if found.is_empty() {
        reader.wrong_kind(node, what, "at least one value");
        return None;
    }
    Some(found)
}

fn range(reader: &mut Reader, node: &TreeNode<'static>, from: &str, through: &str) -> Option<Vec<TreeNode<'static>>> {
    let value = |text: String| TreeNode { start: node.start, end: node.end, tree: Tree::Plain(Cow::Owned(text)) };
    let days = day(from).zip(day(through)).map(|(from, through)| {
        from.iter_days().take_while(|day| *day <= through).take(MAX_UNFOLDED + 1).map(|d| d.to_string()).collect()
    });
    let numbers = || {
        let (from, through) = (from.parse::<i64>().ok()?, through.parse::<i64>().ok()?);
        Some((from..=through).take(MAX_UNFOLDED + 1).map(|n| n.to_string()).collect())
    };
    let found: Option<Vec<String>> = days.or_else(numbers);
    let at = reader.span(node);
    match found {
        Some(texts) if texts.is_empty() => {
            let label = "the end comes before the beginning";
            reader.say(Diagnostic::new(Code::E0805, "this range is empty", at, label));
            None
        }
        Some(texts) if texts.len() > MAX_UNFOLDED => {
            let label = format!("at most {MAX_UNFOLDED} values are tried");
            reader.say(Diagnostic::new(Code::E0805, "this range is too long", at, label));
            None
        }
        Some(texts) => Some(texts.into_iter().map(value).collect()),
        None => {
            let label = "expected two days or two whole numbers with `..` between them";
            reader.say(Diagnostic::new(Code::E0805, "this range cannot be read", at, label));
            None
        }
    }
}

/// All trials of a case: the combinations of the rows of its table, the days, the regions and the values.
pub(super) fn unfold(reader: &mut Reader, template: CaseTemplate, table: Option<Table>) -> Vec<Spec> {
    let rows = table.as_ref().map_or(1, |table| table.rows.len());
    let total = template.variations.iter().map(Variation::len).try_fold(rows, usize::checked_mul);
    if total.is_none_or(|total| total > MAX_UNFOLDED) {
        let label = format!("at most {MAX_UNFOLDED} trials come of one case");
        reader.say(Diagnostic::new(Code::E0805, "this case stands for too many", template.span, label));
        return Vec::new();
    }
    let mut made = Vec::with_capacity(total.unwrap_or(0));
    for row in 0..rows {
        let Some(start) = with_row(reader, &template, table.as_ref(), row) else { continue };
        let mut specs = vec![start];
        for variation in &template.variations {
            // A column of the table replaces it.
            let replaces = |column: &CaseColumn| match (variation, column) {
                (Variation::AsOf(_), CaseColumn::AsOf) | (Variation::In(_), CaseColumn::In) => true,
                (Variation::Each(path, ..), CaseColumn::Fact(name)) => path == name,
                (Variation::AsOf(_) | Variation::In(_) | Variation::Each(..), _) => false,
            };
            if table.as_ref().is_some_and(|t| t.columns.iter().any(|(column, _)| replaces(column))) {
                continue;
            }
            specs = specs.iter().flat_map(|spec| varied(reader, spec, variation)).collect();
        }
        made.extend(specs);
    }
    made
}

/// A trial for each value of a variation.
fn varied(reader: &mut Reader, spec: &Spec, variation: &Variation) -> Vec<Spec> {
    let several = variation.len() > 1;
    let named = |path: Option<&str>, value: &str| match several {
        true => spec.named(NamedValue { path: path.map(str::to_owned), text: value.to_owned() }),
        false => spec.clone(),
    };
    match variation {
        Variation::AsOf(days) => days
            .iter()
            .map(|day| {
                let mut spec = named(None, &day.0.to_string());
                spec.question.as_of = Some(day.0);
                spec
            })
            .collect(),
        Variation::In(names) => names
            .iter()
            .map(|(name, at)| {
                let mut spec = named(None, name);
                spec.question.region = Some((name.clone(), *at));
                spec
            })
            .collect(),
        Variation::Each(path, at, values) => values
            .iter()
            .map(|value| {
                let shown = plain(value).unwrap_or_else(|| super::table::cell_text(value));
                let mut spec = named(Some(path), &shown);
                spec.edits.extend(tried(reader, &spec, (path, *at), value.clone()));
                spec
            })
            .collect(),
    }
}

/// The edit that puts a value at a path; `None` and a finding if the path does not fit.
fn tried(reader: &mut Reader, spec: &Spec, path: (&str, Offsets), value: TreeNode<'static>) -> Option<FactEdit> {
    let mut facts = spec.tree().into_owned();
    put(reader, &mut facts, path, value.clone()).then_some(())?;
    Some(FactEdit::Put(Path::parse(path.0)?, value, path.1))
}

/// The case with the cells of a row of its table.
fn with_row(reader: &mut Reader, template: &CaseTemplate, table: Option<&Table>, row: usize) -> Option<Spec> {
    let mut question = template.question.clone();
    // A copy on which each edit is checked.
    let mut facts = table.map(|_| (*template.facts).clone());
    let mut edits = Vec::new();
    let empty = TreeNode { start: 0, end: 0, tree: Tree::Map(Vec::new()) };
    let mut expect = template.expect.clone().unwrap_or(empty);
    let ((mut name, mut name_span), mut law, mut span) = (template.name.clone(), template.law.clone(), template.span);
    let mut told_apart = Vec::new();
    if let Some(table) = table {
        let row = table.rows.get(row)?;
        span = reader.at(row.at);
        name_span = span;
        if template.expect.is_none() {
            (expect.start, expect.end) = row.at;
        }
        let mut own_name = None;
        for ((column, at), cell) in table.columns.iter().zip(&row.cells) {
            let Some(cell) = cell else { continue };
            match column {
                CaseColumn::Name => {
                    own_name = reader.text(cell, "the name of a row");
                    name_span = reader.span(cell);
                }
                CaseColumn::Law => law = reader.text(cell, "the law of a row"),
                CaseColumn::AsOf => {
                    if let Some(Variation::AsOf(days)) = Variation::as_of(reader, cell) {
                        question.as_of = days.first().map(|(day, _)| *day);
                    }
                }
                CaseColumn::In => {
                    question.region = reader.text(cell, "a region").map(|r| (nfc(&r).into_owned(), reader.span(cell)));
                }
                CaseColumn::Assume(name) => {
                    if let Some(value) = reader.text(cell, "a choice") {
                        question.assume(name.clone(), value, reader.span(cell));
                    }
                }
                CaseColumn::Fact(path) if plain(cell).as_deref() == Some(Silence::Unasked.word()) => {
                    edits.extend(Path::parse(path).map(FactEdit::Remove));
                }
                CaseColumn::Fact(path) => {
                    edits.extend(Path::parse(path).map(|path| FactEdit::Put(path, cell.clone(), *at)));
                    if let Some(facts) = &mut facts {
                        put(reader, facts, (path, *at), cell.clone());
                    }
                }
                CaseColumn::Expect(path) => {
                    put(reader, &mut expect, (path, *at), super::table::expected(path, cell));
                }
            }
            match column {
                CaseColumn::Name | CaseColumn::Law | CaseColumn::Expect(_) => {}
                CaseColumn::AsOf | CaseColumn::In | CaseColumn::Assume(_) => {
                    told_apart.push(NamedValue { path: None, text: super::table::cell_text(cell) });
                }
                CaseColumn::Fact(path) => {
                    told_apart.push(NamedValue { path: Some(path.clone()), text: super::table::cell_text(cell) });
                }
            }
        }
        match own_name {
            Some(own) => {
                name = own;
                told_apart.clear();
            }
            None => {
                let shown: Vec<&str> = told_apart.iter().map(|value| value.text.as_str()).collect();
                name = format!("{name} [{}]", shown.join(", "));
            }
        }
    }
    let expect = Expected::read(reader, &expect)?;
    let facts = Arc::clone(&template.facts);
    Some(Spec { name, told_apart, name_span, law, span, facts, edits, question, expect: Arc::new(expect) })
}
