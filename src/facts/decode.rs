//! Decodes a neutral tree to a fact set, by the types of the Model. All errors are found in one run; nothing is
//! guessed.

use super::blank::{BLANK, is_blank};
use super::fact_set::FactSet;
use super::form::{FactNames, Names, Top};
use super::limits;
use super::scalar::{self, Refusal, nfc};
use super::tree::{Tree, TreeEntry, TreeNode, too_long, unreadable};
use super::words::{decimal_comma, example, found, kind, listed, quoted, says_nothing};
use crate::diagnostic::{Code, Diagnostic, lookalike, nearest};
use crate::ids::{FactId, RecordId};
use crate::model::{Bounds, Datum, LimitKind, Model, NumberKind, PERIOD_ENDS, Quantity, Type, written};
use crate::source::{FileId, Span};
use crate::syntax::ast::State;
use crate::value::{FactCell, FactPath, ListValue, Period, RecordValue, Step, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// The key that states that a registry could not answer.
pub const UNAVAILABLE: &str = State::Unavailable.keyword();

/// The decoder of one document.
pub(super) struct Decoder<'f, 'm> {
    form: &'f FactNames<'m>,
    file: FileId,
    findings: Vec<Diagnostic>,
    /// The number of findings beyond the limit, which are not made.
    omitted: usize,
    /// What a lenient decoder has left out; `None` if the decoder is strict.
    left_out: Option<Vec<LeftOut>>,
    /// True if unknown keys are skipped.
    skips_unknown: bool,
    /// True if what is left out is absent, and not unasked.
    fills: bool,
    /// The place that is being decoded.
    place: FactPath,
}

/// A value that a form could not read and left out.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The fact, field or element: `applicant.kinship`, `owners[1].consent`.
    pub place: String,
    /// Why it could not be read.
    pub finding: Diagnostic,
}

/// The result of decoding one place by itself.
pub(super) struct Alone {
    /// `None` if there is a finding or if the value is left out.
    pub(super) cell: Option<FactCell>,
    pub(super) findings: Vec<Diagnostic>,
    /// Findings beyond the limit.
    pub(super) omitted: usize,
    pub(super) left_out: Vec<LeftOut>,
}

/// A value; `None` if a finding has been added instead.
type Decoded<T> = Option<T>;

/// The expected form of a fact or element.
#[derive(Clone, Copy)]
struct Expected<'m> {
    ty: &'m Type,
    unit: Option<&'m Quantity>,
    at_least: u32,
    /// Those of the value; `None` for an element of a list.
    bounds: Option<&'m Bounds>,
}

impl<'m> Expected<'m> {
    fn of(datum: &'m Datum) -> Self {
        Self { ty: &datum.ty, unit: datum.unit.as_ref(), at_least: datum.at_least, bounds: Some(&datum.bounds) }
    }
}

impl<'f, 'm> Decoder<'f, 'm> {
    pub(super) fn new(form: &'f FactNames<'m>, file: FileId) -> Self {
        Self {
            form,
            file,
            findings: Vec::new(),
            omitted: 0,
            left_out: None,
            skips_unknown: false,
            fills: false,
            place: FactPath::of(FactId(0)),
        }
    }

    /// A decoder that skips unknown keys.
    pub(super) fn skipping_unknown(form: &'f FactNames<'m>, file: FileId) -> Self {
        Self { skips_unknown: true, ..Self::new(form, file) }
    }

    /// A decoder for which what is left out is absent.
    pub(super) fn filling(form: &'f FactNames<'m>, file: FileId) -> Self {
        Self { fills: true, ..Self::new(form, file) }
    }

    /// A decoder that leaves out unknown names and values, as if they were unasked.
    pub(super) fn lenient(form: &'f FactNames<'m>, file: FileId) -> Self {
        Self { left_out: Some(Vec::new()), ..Self::new(form, file) }
    }

    /// The facts of a document, and what was left out of them.
    pub(super) fn document_leniently(
        mut self,
        root: &TreeNode<'_>,
    ) -> Result<(FactSet, Vec<LeftOut>), Vec<Diagnostic>> {
        let facts = self.facts(root);
        let left_out = self.left_out.take().unwrap_or_default();
        if self.findings.is_empty() { Ok((facts, left_out)) } else { Err(self.findings) }
    }

    /// The facts of a document, or findings.
    pub(super) fn document(mut self, root: &TreeNode<'_>) -> (Option<FactSet>, Vec<Diagnostic>) {
        let facts = self.facts(root);
        (self.findings.is_empty().then_some(facts), self.findings)
    }

    /// Decodes a document and sorts its findings.
    fn facts(&mut self, root: &TreeNode<'_>) -> FactSet {
        let mut facts = FactSet::unasked(self.form.model.facts.len());
        match &root.tree {
            Tree::Map(entries) => self.top(entries, &mut facts),
            Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) => {
                let label = format!("expected names of facts with their values, found {}", found(root));
                let finding = unreadable(self.file, (root.start, root.end), "these are no facts", &label);
                self.findings.push(*finding);
            }
        }
        self.findings.sort_by_key(|finding| (finding.primary.span.start, finding.primary.span.end, finding.code));
        if self.omitted > 0 {
            self.findings.push(more_findings(self.omitted, Span::new(self.file, root.start, root.start)));
        }
        facts
    }

    /// Decodes one place by itself.
    pub(super) fn alone(mut self, place: &FactPath, node: &TreeNode<'_>, datum: &'m Datum) -> Alone {
        self.place = place.clone();
        let cell = self.cell(node, Expected::of(datum));
        let left_out = self.left_out.unwrap_or_default();
        Alone { cell, findings: self.findings, omitted: self.omitted, left_out }
    }

    fn span(&self, node: &TreeNode<'_>) -> Span {
        Span::new(self.file, node.start, node.end)
    }

    /// Adds a finding, or counts it if the limit is reached.
    fn report(&mut self, finding: impl FnOnce(&Self) -> Diagnostic) {
        if self.findings.len() < limits::MAX_FINDINGS {
            let finding = finding(self);
            self.findings.push(finding);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds a finding, or, in a lenient decoder, leaves the name or value out. `place` names it if it is not the
    /// current place.
    fn refuse(&mut self, place: Option<String>, finding: impl FnOnce(&Self) -> Diagnostic) {
        if self.left_out.as_ref().is_none_or(|left_out| left_out.len() >= limits::MAX_FINDINGS) {
            return self.report(finding);
        }
        let place = place.unwrap_or_else(|| self.form.model.place_name(&self.place));
        let finding = finding(self);
        if let Some(left_out) = &mut self.left_out {
            left_out.push(LeftOut { place, finding });
        }
    }

    fn top(&mut self, entries: &[TreeEntry<'_>], facts: &mut FactSet) {
        let form = self.form;
        if self.fills {
            form.model.facts.ids().for_each(|id| facts.set(id, FactCell::Absent));
        }
        for (entry, meaning) in
            self.keys(entries, &form.top, |_| ("the policy has no fact or group".into(), String::new()))
        {
            match meaning {
                Top::Fact(id) => self.fact(id, &entry.value, facts),
                Top::Group(group) => {
                    if let Some((name, names)) = form.groups.get(group) {
                        self.group(name, names, &entry.value, facts);
                    }
                }
            }
        }
    }

    fn group(&mut self, name: &str, names: &Names<'m, FactId>, node: &TreeNode<'_>, facts: &mut FactSet) {
        let silent = match &node.tree {
            Tree::Null => Some(FactCell::Absent),
            Tree::Map(entries) => match self.unavailable(entries, names) {
                Some(reason) => reason.map(FactCell::Unavailable),
                None => {
                    for (entry, id) in
                        self.keys(entries, names, |_| (format!("group `{name}` has no fact"), format!("{name}.")))
                    {
                        self.fact(id, &entry.value, facts);
                    }
                    return;
                }
            },
            Tree::Empty | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) => {
                self.refuse(Some(name.to_owned()), |this| {
                    let label = format!("expected {}, found {}", listed(names.all()), found(node));
                    let message = format!("group `{name}` holds facts by their names");
                    Diagnostic::new(Code::E0603, message, this.span(node), label).help(
                        "leave the group out where nobody has asked; write `null` where there is no record of any of it",
                    )
                });
                return;
            }
        };
        // A state of the group applies to each of its facts.
        if let Some(cell) = silent {
            for id in names.all().filter_map(|n| names.get(n)) {
                facts.set(id, cell.clone());
            }
        }
    }

    fn fact(&mut self, id: FactId, node: &TreeNode<'_>, facts: &mut FactSet) {
        let fact = self.form.model.facts.at(id);
        self.place.fact = id;
        self.place.steps.clear();
        if let Some(cell) = self.cell(node, Expected::of(&fact.datum)) {
            facts.set(id, cell);
        }
    }

    /// The known entries of a map with the meanings of their keys; reports keys that are unknown or occur twice.
    /// `around` returns the words before an unknown key, and the prefix of its full name with a dot.
    fn keys<'t, 'a, T: Copy>(
        &mut self,
        entries: &'t [TreeEntry<'a>],
        names: &Names<'m, T>,
        around: impl Fn(&Self) -> (String, String),
    ) -> Vec<(&'t TreeEntry<'a>, T)> {
        let mut known: Vec<(&TreeEntry<'a>, T)> = Vec::with_capacity(entries.len().min(limits::MAX_FINDINGS));
        let normal: Vec<_> = entries.iter().map(|entry| nfc(&entry.key)).collect();
        if has_twins(&normal) {
            let mut seen: Vec<(&str, &TreeEntry<'_>)> = normal.iter().map(|key| &**key).zip(entries).collect();
            // The sort is stable: of equal keys the first in the text comes first.
            seen.sort_by_key(|(key, _)| *key);
            for pair in seen.windows(2) {
                let [(first_key, first), (key, second)] = pair else { continue };
                if first_key == key {
                    self.report(|this| {
                        let at = Span::new(this.file, second.start, second.end);
                        let message = format!("the key {} is written twice", quoted(key));
                        Diagnostic::new(Code::E0607, message, at, "again here")
                            .also(Span::new(this.file, first.start, first.end), "first here")
                            .help("keep the one that is right; none is taken by itself")
                    });
                }
            }
        }
        let mut rest = entries.iter().zip(&normal).peekable();
        while let Some((entry, key)) = rest.next() {
            let cut = rest.peek().filter(|(_, next)| names.get(next).is_none());
            if let Some(finding) = cut.and_then(|(next, _)| decimal_comma(self.file, entry, next)) {
                rest.next();
                self.report(|_| finding);
                continue;
            }
            match names.get(key) {
                Some(meaning) => known.push((entry, meaning)),
                // `unavailable` beside other keys contradicts them, so it is not skipped.
                None if self.skips_unknown && key != UNAVAILABLE => {}
                None => {
                    let (intro, before) = around(self);
                    self.refuse(Some(format!("{before}{key}")), |this| this.unknown(entry, key, names, &intro));
                }
            }
        }
        known
    }

    fn unknown<T: Copy>(&self, entry: &TreeEntry<'_>, key: &str, names: &Names<'m, T>, intro: &str) -> Diagnostic {
        let at = Span::new(self.file, entry.start, entry.end);
        let message = format!("{intro} {}", quoted(key));
        let finding = Diagnostic::new(Code::E0602, message, at, "not a name that the policy declares");
        let is_digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
        if is_digits && matches!(entry.value.tree, Tree::Empty) {
            return finding.help("the decimal sign is a point, `4.8`; a comma in braces ends a fact");
        }
        let finding = suggested(finding, key, names.all());
        match key.split_once('.') {
            Some((group, _)) if names.get(group).is_some() => {
                finding.help(format!("write the fact on a line of its own, indented under `{group}:`"))
            }
            Some(_) | None if key == UNAVAILABLE => {
                finding.help("`unavailable` stands alone, in the place of what the registry could not answer")
            }
            Some(_) | None => finding,
        }
    }

    /// The reason of a map `{ unavailable: "why" }` without other keys; `Some(None)` if it is no text, `None` for other
    /// maps and where `unavailable` is itself a name.
    fn unavailable<T: Copy>(&mut self, entries: &[TreeEntry<'_>], names: &Names<'m, T>) -> Option<Decoded<Arc<str>>> {
        let [entry] = entries else { return None };
        let is_state = entry.key == UNAVAILABLE && names.get(UNAVAILABLE).is_none();
        is_state.then(|| self.reason(&entry.value))
    }

    fn reason(&mut self, node: &TreeNode<'_>) -> Decoded<Arc<str>> {
        match &node.tree {
            Tree::Quoted(text) => self.text(text, node),
            Tree::Plain(text) if !scalar::is_number(text) => self.text(text, node),
            Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::List(_) | Tree::Map(_) => {
                self.refuse(None, |this| {
                    let label = format!("expected a text that says why, found {}", found(node));
                    let message = "`unavailable` says why the registry could not answer";
                    Diagnostic::new(Code::E0603, message, this.span(node), label)
                        .help("write it in quotes, `{ unavailable: \"timeout\" }`")
                });
                None
            }
        }
    }

    /// The cell of one fact, field or element.
    fn cell(&mut self, node: &TreeNode<'_>, expected: Expected<'m>) -> Decoded<FactCell> {
        match (&node.tree, expected.ty) {
            (Tree::Null, _) => Some(FactCell::Absent),
            (Tree::Map(entries), Type::Record(id)) => {
                let form = self.form;
                let names = form.record(*id);
                match self.unavailable(entries, names) {
                    Some(reason) => reason.map(FactCell::Unavailable),
                    None => self.record(*id, names, entries).map(FactCell::Known),
                }
            }
            (Tree::Map(entries), _) => match entries.as_slice() {
                [entry] if entry.key == UNAVAILABLE => self.reason(&entry.value).map(FactCell::Unavailable),
                _ => self.mismatch(node, expected),
            },
            (Tree::List(items), Type::List(inner)) => {
                // A form shows one element, however many are needed.
                let is_blank = is_blank(node);
                let expected = if is_blank { Expected { at_least: 0, ..expected } } else { expected };
                let list = self.list(node, items, inner, expected).map(FactCell::Known);
                list.map(|list| if is_blank { FactCell::Unasked } else { list })
            }
            (Tree::Plain(text), _) if text == BLANK => Some(FactCell::Unasked),
            (Tree::Bool(value), Type::Bool) => Some(FactCell::Known(Value::Bool(*value))),
            (Tree::Plain(text), _) => self.word(node, text, false, expected).map(FactCell::Known),
            (Tree::Quoted(text), _) => self.word(node, text, true, expected).map(FactCell::Known),
            (Tree::Empty | Tree::Bool(_) | Tree::List(_), _) => self.mismatch(node, expected),
        }
    }

    fn record(&mut self, id: RecordId, names: &Names<'m, u32>, entries: &[TreeEntry<'_>]) -> Decoded<Value> {
        let model = self.form.model;
        let record = model.records.at(id);
        let before = self.findings.len() + self.omitted;
        let place = self.place.clone();
        let left_out = if self.fills { FactCell::Absent } else { FactCell::Unasked };
        let mut fields = vec![left_out; record.fields.len()];
        for (entry, index) in self.keys(entries, names, |this| {
            let place = this.form.model.place_name(&this.place);
            (format!("`{place}` has no field"), format!("{place}."))
        }) {
            let Some(field_id) = record.fields.get(index as usize) else { continue };
            self.place.steps.push(Step::Field(*field_id));
            let cell = self.cell(&entry.value, Expected::of(&model.fields.at(*field_id).datum));
            self.place.steps.pop();
            if let Some(slot) = fields.get_mut(index as usize) {
                *slot = cell.unwrap_or(FactCell::Unasked);
            }
        }
        if model.has_ends(id)
            && let Some(found) = backwards(model, &self.place, &fields)
        {
            let last = entries.iter().find(|entry| entry.key == PERIOD_ENDS[1]);
            self.refuse(None, |this| {
                let span = last.map_or(Span::new(this.file, 0, 0), |entry| this.span(&entry.value));
                found.at(span)
            });
            fields.fill(FactCell::Unasked);
        }
        let place = Some(place);
        (self.findings.len() + self.omitted == before).then(|| Value::Record(Arc::new(RecordValue { place, fields })))
    }

    fn list(
        &mut self,
        node: &TreeNode<'_>,
        items: &[TreeNode<'_>],
        inner: &'m Type,
        expected: Expected<'m>,
    ) -> Decoded<Value> {
        if items.len() < expected.at_least as usize {
            self.refuse(None, |this| {
                let message = format!("{} has too few elements", this.path());
                let label = format!("at least {} needed, found {}", expected.at_least, items.len());
                Diagnostic::new(Code::E0608, message, this.span(node), label)
                    .help("where the registry has no record, write `null`; where nobody has asked, leave the key out")
            });
            if self.left_out.is_some() {
                return None;
            }
        }
        let before = self.findings.len() + self.omitted;
        let place = Some(self.place.clone());
        let element = Expected { ty: inner, unit: expected.unit, at_least: 0, bounds: None };
        let is_dated = self.form.model.dated_value(expected.ty).is_some();
        let mut cells = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.place.steps.push(Step::Item(u32::try_from(index).unwrap_or(u32::MAX)));
            // An element that is left out keeps its index.
            let unread = self.left_out.is_some().then_some(FactCell::Unasked);
            let cell = self.cell(item, element).filter(|cell| !is_dated || self.has_days(item, cell));
            cells.extend(cell.or(unread));
            self.place.steps.pop();
        }
        if is_dated && let Some(found) = twice_on_a_day(self.form.model, &self.place, &cells) {
            let span = items.get(found.index).map_or(self.span(node), |item| self.span(item));
            self.refuse(None, |_| found.at(span));
            cells.fill(FactCell::Unasked);
        }
        (self.findings.len() + self.omitted == before).then(|| Value::List(Arc::new(ListValue { place, items: cells })))
    }

    /// True unless a value of a fact over time says nothing of its days; reports it then.
    fn has_days(&mut self, node: &TreeNode<'_>, cell: &FactCell) -> bool {
        let is_silent = matches!(cell, FactCell::Absent | FactCell::Unavailable(_));
        if is_silent {
            self.refuse(None, |this| {
                let message = format!("{} does not say for which days", this.path());
                Diagnostic::new(Code::E0603, message, this.span(node), "a state without its days").help(
                    "write `{ from: …, through: …, value: … }`; a state of all days stands in the place of the whole list",
                )
            });
        }
        !is_silent
    }

    /// A value from a word of the file; only in quotes can it be a text that looks like another type.
    fn word(&mut self, node: &TreeNode<'_>, text: &str, in_quotes: bool, expected: Expected<'m>) -> Decoded<Value> {
        let counts = matches!(expected.ty, Type::Number(..) | Type::Duration(_));
        let written = if counts && !in_quotes { scalar::without_exponent(text) } else { Ok(Cow::Borrowed(text)) };
        let read = match expected.ty {
            Type::Text if in_quotes || !scalar::is_number(text) => return self.text(text, node).map(Value::Text),
            Type::Number(_, number) => {
                written.and_then(|written| scalar::number(&written, expected.unit)).and_then(|value| match number {
                    NumberKind::Integer if !value.is_integer() => {
                        let label = "expected a whole number".into();
                        Err(Refusal { code: Code::E0606, label, help: None })
                    }
                    NumberKind::Integer | NumberKind::Decimal | NumberKind::Ratio => Ok(Value::Number(value)),
                })
            }
            Type::Date => scalar::date(text).map(Value::Date),
            Type::Duration(kind) => {
                written.and_then(|written| scalar::duration(&written, *kind, expected.unit)).map(Value::Duration)
            }
            Type::Enum(id) => {
                let form = self.form;
                let names = form.values(*id);
                return match names.get(&nfc(text)) {
                    Some(index) => Some(Value::Enum(*id, index)),
                    None => self.not_listed(node, text, names, expected),
                };
            }
            Type::Region => {
                let form = self.form;
                return match form.regions.get(&nfc(text)) {
                    Some(id) => Some(Value::Region(id)),
                    None => self.not_listed(node, text, &form.regions, expected),
                };
            }
            Type::Bool | Type::Text | Type::Record(_) | Type::List(_) | Type::Error => {
                return self.mismatch(node, expected);
            }
        };
        match read {
            Ok(value) => self.within_bounds(node, value, expected),
            Err(refusal) => self.refused(node, text, refusal, expected),
        }
    }

    /// The value, unless the fact cannot have it.
    fn within_bounds(&mut self, node: &TreeNode<'_>, value: Value, expected: Expected<'m>) -> Decoded<Value> {
        let broken = expected.bounds.and_then(|bounds| Some((bounds, bounds.broken_by(&value)?)));
        let Some((bounds, kind)) = broken else { return Some(value) };
        self.refuse(None, |this| {
            let said = |value: &Value| written(this.form.model, value, expected.unit);
            let limits: Vec<String> =
                bounds.each().map(|(kind, bound)| format!("{} {}", kind.keyword(), said(bound))).collect();
            let message = format!("{} is {}; it is {}", this.path(), said(&value), limits.join(" and "));
            let label = match (kind, &value) {
                (LimitKind::AtLeast, Value::Date(_)) => "earlier than it can be",
                (LimitKind::AtMost, Value::Date(_)) => "later than it can be",
                (LimitKind::AtLeast, _) => "less than it can be",
                (LimitKind::AtMost, _) => "more than it can be",
            };
            Diagnostic::new(Code::E0611, message, this.span(node), label).help(
                "no decision is made on it: correct it where it comes from; where the registry has no record, write `null`",
            )
        });
        None
    }

    fn text(&mut self, text: &str, node: &TreeNode<'_>) -> Decoded<Arc<str>> {
        if text.len() > limits::MAX_TEXT {
            self.report(|this| too_long(this.span(node), "the text", limits::MAX_TEXT));
            return None;
        }
        if text.contains('\0') {
            self.report(|this| {
                let message = format!("{} holds the character NUL, which no text may hold", this.path());
                Diagnostic::new(Code::E0702, message, this.span(node), "written as an escape in here")
            });
            return None;
        }
        Some(Arc::from(nfc(text)))
    }

    /// A finding about a word that has not the expected form.
    fn refused<T>(&mut self, node: &TreeNode<'_>, text: &str, refusal: Refusal, expected: Expected<'m>) -> Decoded<T> {
        if refusal.code == Code::E0603 && refusal.label.is_empty() {
            return self.mismatch(node, expected);
        }
        self.refuse(None, |this| {
            let what = if refusal.code == Code::E0605 && refusal.label == scalar::DATE_FORM {
                format!("{} is not written as a date", quoted(text))
            } else if refusal.code == Code::E0605 {
                format!("{} is no day of the calendar", quoted(text))
            } else {
                format!("{} cannot be {}", quoted(text), kind(expected.ty, expected.unit))
            };
            let finding =
                Diagnostic::new(refusal.code, format!("{}: {what}", this.path()), this.span(node), refusal.label);
            match refusal.help {
                Some(help) => finding.help(help),
                None => finding,
            }
        });
        None
    }

    fn not_listed<V, T: Copy>(
        &mut self,
        node: &TreeNode<'_>,
        text: &str,
        names: &Names<'m, T>,
        expected: Expected<'m>,
    ) -> Decoded<V> {
        if scalar::is_number(text) {
            return self.mismatch(node, expected);
        }
        self.refuse(None, |this| {
            let message = format!("{} cannot be {}", this.path(), quoted(text));
            let finding = Diagnostic::new(Code::E0604, message, this.span(node), "not on the list");
            suggested(finding, &nfc(text), names.all())
        });
        None
    }

    /// A finding about a value of another kind than expected.
    fn mismatch<T>(&mut self, node: &TreeNode<'_>, expected: Expected<'m>) -> Decoded<T> {
        self.refuse(None, |this| {
            let message = format!("{} is not {}", this.path(), kind(expected.ty, expected.unit));
            let label =
                format!("expected {}, found {}", example(this.form.model, expected.ty, expected.unit), found(node));
            let finding = Diagnostic::new(Code::E0603, message, this.span(node), label);
            if this.form.model.dated_value(expected.ty).is_some() {
                return finding.help(
                    "write each value with the days on which it holds, `[{ from: 2026-01-01, through: null, value: … }]`; a day \
                     that is `null` is open",
                );
            }
            match (&node.tree, expected.ty) {
                (Tree::Empty, _) => finding
                    .help("write `null` where the registry has no record, or leave the key out where nobody has asked"),
                (Tree::Plain(text), Type::Bool)
                    if matches!(&*text.to_lowercase(), "yes" | "y" | "on" | "1" | "да" | "иә" | "истина") =>
                {
                    finding.help("write `true`")
                }
                (Tree::Plain(text), Type::Bool)
                    if matches!(&*text.to_lowercase(), "no" | "n" | "off" | "0" | "нет" | "жоқ" | "ложь") =>
                {
                    finding.help("write `false`")
                }
                (Tree::Quoted(text), Type::Bool) if matches!(&**text, "true" | "false") => {
                    finding.help(format!("write `{text}` without quotes"))
                }
                (Tree::Plain(_) | Tree::Bool(_), Type::Text) => finding.help("put the text in quotes"),
                (Tree::Plain(text) | Tree::Quoted(text), _) if says_nothing(text) => finding
                    .help("write `null` where the registry has no record, or leave the key out where nobody has asked"),
                (Tree::Plain(_) | Tree::Quoted(_) | Tree::Map(_), Type::List(_)) => {
                    finding.help("a list stands in brackets, `[a, b]`, or has a dash before each element")
                }
                (
                    Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::List(_) | Tree::Map(_),
                    Type::Bool
                    | Type::Number(..)
                    | Type::Date
                    | Type::Duration(_)
                    | Type::Text
                    | Type::Enum(_)
                    | Type::Region
                    | Type::Record(_)
                    | Type::List(_)
                    | Type::Error,
                ) => finding,
            }
        });
        None
    }

    /// The place that is being decoded, in backticks.
    fn path(&self) -> String {
        format!("`{}`", self.form.model.place_name(&self.place))
    }
}

/// A period that ends before it begins, where one is read.
pub(super) struct BackwardsPeriod {
    message: String,
}

impl BackwardsPeriod {
    /// The finding, at the place of its last day.
    pub(super) fn at(&self, last: Span) -> Diagnostic {
        Diagnostic::new(Code::E0611, self.message.clone(), last, "earlier than the first day")
            .help("no decision is made on it: correct it where it comes from; where it has no last day, write `null`")
    }
}

/// What to say of a period at a place if its last day is before its first.
pub(super) fn backwards(model: &Model, place: &FactPath, ends: &[FactCell]) -> Option<BackwardsPeriod> {
    let (from, through) = Period::backwards(ends)?;
    let message = format!("`{}` ends on {through}, before it begins on {from}", model.place_name(place));
    Some(BackwardsPeriod { message })
}

/// Two values of a fact over time that hold on one day, where they are read.
struct TwoValues {
    message: String,
    /// The index of the later one.
    index: usize,
}

impl TwoValues {
    /// The finding, at the place of the later value.
    fn at(self, later: Span) -> Diagnostic {
        Diagnostic::new(Code::E0611, self.message, later, "a second value for the same days")
            .help("no decision is made on it: let each value end on the day before the next one begins")
    }
}

/// What to say of the values of a fact over time at a place if two of them hold on one day.
fn twice_on_a_day(model: &Model, place: &FactPath, values: &[FactCell]) -> Option<TwoValues> {
    let [earlier, later] = Period::shared(values)?;
    let name = model.place_name(place);
    let message = format!("`{name}[{earlier}]` and `{name}[{later}]` hold on the same day");
    Some(TwoValues { message, index: later })
}

/// The finding about the number of findings that are not shown.
pub(super) fn more_findings(omitted: usize, at: Span) -> Diagnostic {
    let message = format!("{omitted} more findings about this document are not shown");
    let label = format!("at most {} are shown", limits::MAX_FINDINGS);
    Diagnostic::new(Code::E0609, message, at, label).help("mend these first")
}

/// True if two of the keys are equal.
fn has_twins(keys: &[Cow<'_, str>]) -> bool {
    // There are almost always few keys: then a comparison of all pairs is faster than sorting and allocates nothing.
    if keys.len() <= 16 {
        return keys.iter().enumerate().any(|(i, key)| keys.iter().skip(i + 1).any(|other| other == key));
    }
    let mut sorted: Vec<&str> = keys.iter().map(|key| &**key).collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair.first() == pair.last())
}

/// Adds the name that was probably meant, or the known names, to the finding.
pub(super) fn suggested<'n>(finding: Diagnostic, name: &str, names: impl Iterator<Item = &'n str>) -> Diagnostic {
    // No declared name is similar to a very long key.
    if name.len() > 200 {
        return finding;
    }
    let names: Vec<&str> = names.collect();
    if let Some((meant, why)) = lookalike(name, names.iter().copied()) {
        return finding.help(why).help(format!("did you mean `{meant}`?"));
    }
    match nearest(name, names.iter().copied()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None if names.is_empty() => finding,
        None => finding.help(format!("there are {}", listed(names))),
    }
}
