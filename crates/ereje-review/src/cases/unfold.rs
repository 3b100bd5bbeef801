//! Ranges, lists and tables: one case becomes as many trials as it says.

use super::change::put;
use super::expect::Expected;
use super::path::Path;
use super::read::{Reader, plain};
use super::table::{Column, Table};
use super::trial::{Edit, Question, Spec};
use chrono::NaiveDate;
use ereje::diagnostic::{Code, Diagnostic};
use ereje::eval::Silence;
use ereje::facts::tree::{Entry, Node, Tree};
use ereje::facts::{day, nfc};
use ereje::source::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// The most trials that one case unfolds to.
const MAX_UNFOLDED: usize = 10_000;

/// What a case tries one after the other.
#[derive(Clone)]
pub(super) enum Choice {
    /// Governing dates.
    AsOf(Vec<(NaiveDate, Span)>),
    /// Governing places.
    In(Vec<(String, Span)>),
    /// A fact's values: the path, its place, and what stands there.
    Each(String, Span, Vec<Node<'static>>),
}

/// One case as it is written, before ranges and tables are unfolded.
pub(super) struct Draft {
    pub(super) name: (String, Span),
    pub(super) law: Option<String>,
    pub(super) span: Span,
    /// The facts, its own changes made.
    pub(super) facts: Arc<Node<'static>>,
    pub(super) question: Question,
    pub(super) choices: Vec<Choice>,
    /// What is written under `expect`, before a table adds to it.
    pub(super) expect: Option<Node<'static>>,
}

impl Choice {
    /// The days under `as_of`.
    pub(super) fn as_of(reader: &mut Reader, node: &Node<'static>) -> Option<Self> {
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
    pub(super) fn region(reader: &mut Reader, node: &Node<'static>) -> Option<Self> {
        let mut names = Vec::new();
        for item in reader.list(node, "`in`") {
            names.push((nfc(&reader.text(item, "a region")?).into_owned(), reader.span(item)));
        }
        Some(Self::In(names))
    }

    /// A fact with its values under `each`.
    pub(super) fn each(reader: &mut Reader, entry: &Entry<'static>) -> Option<Self> {
        let at = reader.key_span(entry);
        let values = values(reader, &entry.value, &format!("`{}` under `each`", entry.key))?;
        Some(Self::Each(entry.key.to_string(), at, values))
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
fn values(reader: &mut Reader, node: &Node<'static>, what: &str) -> Option<Vec<Node<'static>>> {
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

fn range(reader: &mut Reader, node: &Node<'static>, from: &str, through: &str) -> Option<Vec<Node<'static>>> {
    let value = |text: String| Node { start: node.start, end: node.end, tree: Tree::Plain(Cow::Owned(text)) };
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

/// All trials of a case: each row of its table, on each day, in each place, with each value.
pub(super) fn unfold(reader: &mut Reader, draft: Draft, table: Option<Table>) -> Vec<Spec> {
    let rows = table.as_ref().map_or(1, |table| table.rows.len());
    let total = draft.choices.iter().map(Choice::len).try_fold(rows, usize::checked_mul);
    if total.is_none_or(|total| total > MAX_UNFOLDED) {
        let label = format!("at most {MAX_UNFOLDED} trials come of one case");
        reader.say(Diagnostic::new(Code::E0805, "this case stands for too many", draft.span, label));
        return Vec::new();
    }
    let mut made = Vec::with_capacity(total.unwrap_or(0));
    for row in 0..rows {
        let Some(start) = with_row(reader, &draft, table.as_ref(), row) else { continue };
        let mut specs = vec![start];
        for choice in &draft.choices {
            // A column of the table says it more closely.
            let said = |column: &Column| match (choice, column) {
                (Choice::AsOf(_), Column::AsOf) | (Choice::In(_), Column::In) => true,
                (Choice::Each(path, ..), Column::Fact(name)) => path == name,
                (Choice::AsOf(_) | Choice::In(_) | Choice::Each(..), _) => false,
            };
            if table.as_ref().is_some_and(|t| t.columns.iter().any(|(column, _)| said(column))) {
                continue;
            }
            specs = specs.iter().flat_map(|spec| chosen(reader, spec, choice)).collect();
        }
        made.extend(specs);
    }
    made
}

/// A trial with each of the values of one choice.
fn chosen(reader: &mut Reader, spec: &Spec, choice: &Choice) -> Vec<Spec> {
    let several = choice.len() > 1;
    let named = |value: &str| if several { spec.named(value) } else { spec.clone() };
    match choice {
        Choice::AsOf(days) => days
            .iter()
            .map(|day| {
                let mut spec = named(&day.0.to_string());
                spec.question.as_of = Some(day.0);
                spec
            })
            .collect(),
        Choice::In(names) => names
            .iter()
            .map(|(name, at)| {
                let mut spec = named(name);
                spec.question.region = Some((name.clone(), *at));
                spec
            })
            .collect(),
        Choice::Each(path, at, values) => values
            .iter()
            .map(|value| {
                let shown = plain(value).unwrap_or_else(|| super::table::told(value));
                let mut spec = named(&shown);
                spec.edits.extend(tried(reader, &spec, (path, *at), value.clone()));
                spec
            })
            .collect(),
    }
}

/// The edit that puts a value where a path leads; a finding where it leads nowhere.
fn tried(reader: &mut Reader, spec: &Spec, path: (&str, Span), value: Node<'static>) -> Option<Edit> {
    let mut facts = spec.tree().into_owned();
    put(reader, &mut facts, path, value.clone()).then_some(())?;
    Some(Edit::Put(Path::parse(path.0)?, value, (path.1.start as usize, path.1.end as usize)))
}

/// The case with what a row of its table says.
fn with_row(reader: &mut Reader, draft: &Draft, table: Option<&Table>, row: usize) -> Option<Spec> {
    let mut question = draft.question.clone();
    // A tree of its own, on which each edit is tried.
    let mut facts = table.map(|_| (*draft.facts).clone());
    let mut edits = Vec::new();
    let empty = Node { start: 0, end: 0, tree: Tree::Map(Vec::new()) };
    let mut expect = draft.expect.clone().unwrap_or(empty);
    let ((mut name, mut name_span), mut law, mut span) = (draft.name.clone(), draft.law.clone(), draft.span);
    let mut told = Vec::new();
    if let Some(table) = table {
        let row = table.rows.get(row)?;
        (span, name_span) = (row.span, row.span);
        if draft.expect.is_none() {
            (expect.start, expect.end) = (row.span.start as usize, row.span.end as usize);
        }
        let mut own_name = None;
        for ((column, at), cell) in table.columns.iter().zip(&row.cells) {
            let Some(cell) = cell else { continue };
            match column {
                Column::Name => own_name = reader.text(cell, "the name of a row"),
                Column::Law => law = reader.text(cell, "the law of a row"),
                Column::AsOf => {
                    if let Some(Choice::AsOf(days)) = Choice::as_of(reader, cell) {
                        question.as_of = days.first().map(|(day, _)| *day);
                    }
                }
                Column::In => {
                    question.region = reader.text(cell, "a region").map(|r| (nfc(&r).into_owned(), reader.span(cell)));
                }
                Column::Assume(name) => {
                    if let Some(value) = reader.text(cell, "a choice") {
                        question.assume(name.clone(), value, reader.span(cell));
                    }
                }
                Column::Fact(path) if plain(cell).as_deref() == Some(Silence::Unasked.word()) => {
                    edits.extend(Path::parse(path).map(Edit::Remove));
                }
                Column::Fact(path) => {
                    let place = (at.start as usize, at.end as usize);
                    edits.extend(Path::parse(path).map(|path| Edit::Put(path, cell.clone(), place)));
                    if let Some(facts) = &mut facts {
                        put(reader, facts, (path, *at), cell.clone());
                    }
                }
                Column::Expect(path) => {
                    put(reader, &mut expect, (path, *at), super::table::expected(path, cell));
                }
            }
            match column {
                Column::Name | Column::Law | Column::Expect(_) => {}
                Column::AsOf | Column::In | Column::Assume(_) | Column::Fact(_) => {
                    told.push(super::table::told(cell));
                }
            }
        }
        name = own_name.unwrap_or_else(|| format!("{name} [{}]", told.join(", ")));
    }
    let expect = Expected::read(reader, &expect)?;
    let facts = Arc::clone(&draft.facts);
    Some(Spec { name, name_span, law, span, facts, edits, question, expect: Arc::new(expect) })
}
