//! Values that nobody is to read: they are taken out of what was decided before anybody puts it into words.
//!
//! Comes in: the names of facts, and what was decided with all facts. Goes out: the same with a mark in place of every value of
//! these facts and of every value that depends on them. The outcome, the codes and what each clause came to stay: they are
//! the decision. Since nothing behind this module has the values, nothing behind it can tell them.

mod apart;
mod beside;
mod mark;
mod names;

pub use apart::{OTHER, ToldDecision, told_apart};
pub use beside::words;
pub use mark::{MARK, MIN_KEY};
pub use names::MaskError;

use crate::diagnostic::{Code, Diagnostic};
use crate::engine::Evaluated;
use crate::eval::{
    Answer, Cause, ClauseRecord, ElementAnswer, Evaluation, ExceptionRecord, FactRead, GivenReason, Origin,
    OutputAnswer, SideRecord, StatusRecord,
};
use crate::facts::FactSet;
use crate::ids::{DecisionId, FactId, OutputRef};
use crate::model::{Datum, Dependence, Expr, ExprKind, Item, Model, Quantity, Role, TaintedNames, Type, machine};
use crate::source::Span;
use crate::value::{FactCell, FactPath, Fault, FaultKind, ListValue, RecordValue, Step, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The facts and fields that are masked, and how.
#[derive(Clone)]
pub struct Mask {
    items: BTreeSet<Item>,
    told: TaintedNames,
    made: TaintedNames,
    /// True if a day on which something is read depends on masked facts: then no such day is told.
    hides_days: bool,
    key: Option<Arc<[u8]>>,
    /// True if the policy masks facts itself, so that no run shows them.
    by_policy: bool,
}

impl std::fmt::Debug for Mask {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mask").field("items", &self.items).field("keyed", &self.key.is_some()).finish_non_exhaustive()
    }
}

/// A finding about facts without any value in it: what its code says, and where it begins. The next step depends on whether the
/// policy masks facts itself.
#[must_use]
pub fn without_values(finding: &Diagnostic, by_policy: bool) -> Diagnostic {
    let Span { file, start, end: _ } = finding.primary.span;
    let at = Span { file, start, end: start };
    if finding.code == Code::E0612 {
        // It was made of a decision that was masked before.
        return Diagnostic::new(Code::E0612, finding.message.clone(), at, "");
    }
    let help = match by_policy {
        true => "the policy masks facts, so nothing of what stands there is shown",
        false => "the run without --mask says more",
    };
    Diagnostic::new(finding.code, sentence(finding.code), at, "").help(help)
}

/// True if a policy has a fact, a group of facts or a field of this name.
#[must_use]
pub fn is_known(model: &Model, name: &str) -> bool {
    names::resolve(model, [name]).is_ok()
}

/// What a code says, for a finding whose own words are masked.
#[must_use]
pub fn sentence(code: Code) -> String {
    format!("{} (masked)", code.title())
}

impl Mask {
    /// A mask of what the policy masks itself, and of the facts, groups and fields with these names. With a key, equal values of one fact have equal marks.
    ///
    /// # Errors
    /// A name that is unknown, or a fact that tells the governing day or place; or a key that is too short.
    pub fn new<'n>(
        model: &Model,
        names: impl IntoIterator<Item = &'n str>,
        key: Option<&[u8]>,
    ) -> Result<Self, MaskError> {
        if key.is_some_and(|key| key.len() < MIN_KEY) {
            return Err(MaskError {
                message: format!("the key has fewer than {MIN_KEY} bytes"),
                help: String::from("a short key can be guessed; `head -c 32 /dev/urandom` makes a good one"),
            });
        }
        let mut items = names::resolve(model, names)?;
        if model.governed_by(&items) {
            let alone = |item: &&Item| model.governed_by(&BTreeSet::from([**item]));
            let name = items.iter().find(alone).map(|item| model.datum_name(*item)).unwrap_or_default();
            return Err(MaskError {
                message: format!("`{name}` tells the governing day or place, so it cannot be masked"),
                help: String::from("every decision shows by which law it is made; mask the other facts"),
            });
        }
        let mut declared = model.masked();
        let by_policy = !declared.is_empty();
        items.append(&mut declared);
        Ok(Self::of(model, items, key, by_policy))
    }

    /// The mask that a policy asks for itself, by `masked` at its facts; `None` if it asks for none.
    #[must_use]
    pub fn declared(model: &Model) -> Option<Self> {
        let items = model.masked();
        (!items.is_empty()).then(|| Self::of(model, items, None, true))
    }

    fn of(model: &Model, items: BTreeSet<Item>, key: Option<&[u8]>, by_policy: bool) -> Self {
        let made = TaintedNames::of(model, &items, Dependence::Made);
        let told = TaintedNames::of(model, &items, Dependence::Told);
        let mut hides_days = false;
        model.each_item(|_, parts| {
            for (_, expr) in &parts.expressions {
                expr.walk(&mut |e| {
                    if let ExprKind::At(_, day) = &e.kind {
                        hides_days |= told.holds(day);
                    }
                });
            }
        });
        Self { items, told, made, hides_days, key: key.map(Arc::from), by_policy }
    }

    /// A finding about facts without any value in it: what its code says, and where it begins.
    #[must_use]
    pub fn without_values(&self, finding: &Diagnostic) -> Diagnostic {
        without_values(finding, self.by_policy)
    }

    /// Findings about a text of facts without any value in them, and a text in which they have the same places and in which
    /// nothing stands.
    #[must_use]
    pub fn blanked(&self, found: &[Diagnostic], text: &str) -> (Vec<Diagnostic>, String) {
        let before = |at: u32| text.get(..at as usize).unwrap_or(text).chars().count();
        let found = found.iter().map(|finding| {
            let mut finding = self.without_values(finding);
            let at = before(finding.primary.span.start);
            finding.primary.span = Span::new(finding.primary.span.file, at, at);
            finding
        });
        let blank = |c: char| if matches!(c, '\n' | '\r') { c } else { ' ' };
        (found.collect(), text.chars().map(blank).collect())
    }

    /// A text by which two runs know that their marks are the same; it tells nothing of the key.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.key.as_ref().map(|key| mark::keyed(key, "", "key"))
    }

    /// What was decided, masked.
    #[must_use]
    pub fn evaluated(&self, model: &Model, mut evaluated: Evaluated) -> Evaluated {
        self.evaluation(model, &mut evaluated.outcome, evaluated.question.decision);
        for (place, cell) in &mut evaluated.silent {
            self.read_cell(model, place, cell);
        }
        if let Some(record) = &mut evaluated.record {
            for rule in record.rules.iter_mut().chain(&mut record.notices) {
                self.status(model, &mut rule.result);
            }
            record.handlers.values_mut().for_each(|clauses| self.clauses(model, clauses));
        }
        evaluated
    }

    /// The outcome of an evaluation, masked.
    pub fn evaluation(&self, model: &Model, outcome: &mut Evaluation, decision: DecisionId) {
        for given in outcome.reasons.iter_mut().chain(&mut outcome.notices) {
            self.reason(model, given);
        }
        for (index, answer) in &mut outcome.outputs {
            let output = OutputRef { decision, output: *index };
            let parts = model.parts(Item::Output(output));
            let (value, key) = (parts.one(Role::Value), parts.one(Role::Key));
            let output = model.output(output);
            let about = (output.unit.as_ref(), output.ty());
            let depends = value.is_none_or(|value| self.made.holds(value));
            match answer {
                OutputAnswer::Whole(answer) => self.answer(model, answer, about, depends, value),
                OutputAnswer::Each(elements) => {
                    for element in elements {
                        self.answer(model, &mut element.answer, about, depends, value);
                        if key.is_none_or(|key| self.made.holds(key)) {
                            self.output_key(model, element, key);
                        }
                    }
                }
            }
        }
        outcome.faults.iter_mut().for_each(|fault| *fault = untold(model, fault));
        outcome.blocked.iter_mut().for_each(|cause| *cause = self.untold_cause(model, cause));
        if self.hides_days {
            outcome.needs.iter_mut().for_each(|place| *place = self.told_place(place));
            outcome.needs.dedup();
        }
    }

    /// A place as it may be told: of a fact over time without the day, if that depends on masked facts.
    fn told_place(&self, place: &FactPath) -> FactPath {
        match place.steps.as_slice() {
            [before @ .., Step::Day(_)] if self.hides_days => FactPath { fact: place.fact, steps: before.to_vec() },
            _ => place.clone(),
        }
    }

    /// A cause without what its fault or its place would show.
    fn untold_cause(&self, model: &Model, cause: &Cause) -> Cause {
        match cause {
            Cause::Fault(fault) => Cause::Fault(untold(model, fault)),
            Cause::Silent(place, silence) => Cause::Silent(self.told_place(place), *silence),
            Cause::Open(..) => cause.clone(),
        }
    }

    /// The mark of a name in an output. Without a key it has the index of its element, since no two names of one output are the
    /// same.
    fn output_key(&self, model: &Model, element: &mut ElementAnswer, key: Option<&Expr>) {
        let ty = key.map_or(&Type::Error, |key| &key.ty);
        self.answer(model, &mut element.key, (None, ty), true, key);
        if let Ok(Value::Text(mark)) = &mut element.key
            && **mark == *MARK
        {
            *mark = Arc::from(format!("{MARK}{}", element.element.number()));
        }
    }

    /// Of these facts those that are wanted, with marks in place of what is masked.
    #[must_use]
    pub fn facts(&self, model: &Model, facts: &FactSet, wanted: &[FactId]) -> FactSet {
        let mut shown = FactSet::unasked(model.facts.len());
        for id in wanted {
            let mut cell = facts.get(*id).clone();
            self.read_cell(model, &FactPath::of(*id), &mut cell);
            shown.set(*id, cell);
        }
        shown
    }

    fn status(&self, model: &Model, result: &mut StatusRecord) {
        self.clauses(model, &mut result.because);
        for ExceptionRecord { result, .. } in &mut result.exceptions {
            self.status(model, result);
        }
    }

    fn clauses(&self, model: &Model, clauses: &mut [ClauseRecord]) {
        for clause in clauses {
            let told = self.told.holds(&clause.expr);
            for SideRecord { span, answer, ty, unit } in &mut clause.sides {
                let mut inside = Vec::new();
                clause.expr.walk(&mut |e| inside.extend((e.span == *span).then_some(e)));
                // A side that is not found is masked if anything in the clause is.
                let depends = if inside.is_empty() { told } else { inside.iter().any(|e| self.told.holds(e)) };
                self.answer(model, answer, (unit.as_ref(), ty), depends, inside.first().copied());
            }
            // What a condition came to stays.
            if !matches!(clause.answer, Ok(Value::Bool(_))) {
                let (expr, unit) = (&clause.expr, model.unit_of(&clause.expr));
                self.answer(model, &mut clause.answer, (unit, &expr.ty), told, None);
            }
            for FactRead { place, cell, means } in &mut clause.reads {
                self.read_cell(model, place, cell);
                *place = self.told_place(place);
                if means.is_some() && self.told.has(declared(place)) && !self.hides(place) {
                    *means = Some(text(MARK.to_owned()));
                }
            }
        }
    }

    fn reason(&self, model: &Model, given: &mut GivenReason) {
        let declared = model.reasons.at(given.reason);
        for (index, answer) in given.args.iter_mut().enumerate() {
            let depends = declared.params.get(index).is_none_or(|param| self.told.has_local(*param));
            self.answer(model, answer, (None, &Type::Error), depends, None);
        }
        let arguments: Vec<&Expr> = match given.origin {
            Origin::Rule(rule) | Origin::Notice(rule) => {
                model.parts(Item::ProvisionVersion(rule)).of(Role::Argument).collect()
            }
            Origin::Handler(_) => Vec::new(),
        };
        let parts = model.parts(Item::Reason(given.reason));
        let mut shown = parts.of(Role::Message);
        for (count, values) in declared.counts().zip(&mut given.values) {
            let shown: Vec<&Expr> = shown.by_ref().take(count).collect();
            for (index, answer) in values.iter_mut().enumerate() {
                let Some(expr) = shown.get(index).copied() else {
                    self.answer(model, answer, (None, &Type::Error), true, None);
                    continue;
                };
                // The value of a parameter is known by the name of the fact that the rule gives for it.
                let meant = if let ExprKind::Local(local) = &expr.kind {
                    let place = declared.params.iter().position(|param| param == local);
                    place.and_then(|place| arguments.get(place).copied()).unwrap_or(expr)
                } else {
                    expr
                };
                let unit = model.unit_of(meant);
                self.answer(model, answer, (unit, &expr.ty), self.told.holds(expr), Some(meant));
            }
        }
    }

    /// Masks the value of an expression: the whole of it if it depends on what is masked, else the fields in it.
    fn answer(
        &self,
        model: &Model,
        answer: &mut Answer,
        (unit, ty): (Option<&Quantity>, &Type),
        depends: bool,
        expr: Option<&Expr>,
    ) {
        match answer {
            Ok(value) if depends => {
                let name = expr.and_then(|expr| plain_name(model, expr));
                *value = match name {
                    Some((name, datum)) => self.hidden(model, value, &name, (datum.unit.as_ref(), &datum.ty)),
                    None => text(MARK.to_owned()),
                };
            }
            Ok(value) => *value = self.within(model, value, (unit, ty)),
            Err(causes) => {
                *causes = causes.map(|cause| self.untold_cause(model, cause));
            }
        }
    }

    /// True if what stands at a place is masked.
    fn hides(&self, place: &FactPath) -> bool {
        let masked = |step: &Step| matches!(step, Step::Field(field) if self.items.contains(&Item::Field(*field)));
        self.items.contains(&Item::Fact(place.fact)) || place.steps.iter().any(masked)
    }

    fn read_cell(&self, model: &Model, place: &FactPath, cell: &mut FactCell) {
        let (datum, ty) = model.datum_at(place);
        let about = (datum.unit.as_ref(), &ty);
        if self.hides(place) {
            *cell = self.hidden_cell(model, cell, &model.datum_name(declared(place)), about);
        } else {
            *cell = self.cell_within(model, cell, about);
        }
    }

    fn hidden_cell(&self, model: &Model, cell: &FactCell, name: &str, about: (Option<&Quantity>, &Type)) -> FactCell {
        match cell {
            FactCell::Known(value) => FactCell::Known(self.hidden(model, value, name, about)),
            FactCell::Unavailable(why) if !why.is_empty() => FactCell::Unavailable(Arc::from(MARK)),
            FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => cell.clone(),
        }
    }

    /// The mark of a value. A record keeps the names and states of its fields; a list has one mark, so that its length is not
    /// told either.
    fn hidden(&self, model: &Model, value: &Value, name: &str, (unit, ty): (Option<&Quantity>, &Type)) -> Value {
        if let (Value::Record(record), Type::Record(id)) = (value, ty) {
            let fields = model.records.at(*id).fields.iter().zip(&record.fields).map(|(id, cell)| {
                let datum = &model.fields.at(*id).datum;
                self.hidden_cell(model, cell, &model.datum_name(Item::Field(*id)), (datum.unit.as_ref(), &datum.ty))
            });
            return Value::Record(Arc::new(RecordValue { place: record.place.clone(), fields: fields.collect() }));
        }
        let Some(key) = &self.key else { return text(MARK.to_owned()) };
        let json = machine(model, value, unit, ty);
        let written = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        text(mark::keyed(key, name, &written))
    }

    /// A value that is not masked itself, with the masked fields of the records in it masked.
    fn within(&self, model: &Model, value: &Value, (unit, ty): (Option<&Quantity>, &Type)) -> Value {
        match (value, ty) {
            (Value::Record(record), Type::Record(id)) => {
                let fields = model.records.at(*id).fields.iter().zip(&record.fields).map(|(id, cell)| {
                    let datum = &model.fields.at(*id).datum;
                    let about = (datum.unit.as_ref(), &datum.ty);
                    if self.items.contains(&Item::Field(*id)) {
                        self.hidden_cell(model, cell, &model.datum_name(Item::Field(*id)), about)
                    } else {
                        self.cell_within(model, cell, about)
                    }
                });
                Value::Record(Arc::new(RecordValue { place: record.place.clone(), fields: fields.collect() }))
            }
            (Value::List(list), Type::List(inner)) => {
                let items = list.items.iter().map(|cell| self.cell_within(model, cell, (unit, inner)));
                Value::List(Arc::new(ListValue { place: list.place.clone(), items: items.collect() }))
            }
            // Without its type it is not known what stands in it.
            (Value::Record(_) | Value::List(_), _) => text(MARK.to_owned()),
            (
                Value::Bool(_)
                | Value::Number(_)
                | Value::Date(_)
                | Value::Duration(_)
                | Value::Text(_)
                | Value::Enum(..)
                | Value::Region(_),
                _,
            ) => value.clone(),
        }
    }

    fn cell_within(&self, model: &Model, cell: &FactCell, about: (Option<&Quantity>, &Type)) -> FactCell {
        match cell {
            FactCell::Known(value) => FactCell::Known(self.within(model, value, about)),
            FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => cell.clone(),
        }
    }
}

/// The field or the fact that declares what stands at a place.
fn declared(place: &FactPath) -> Item {
    let field = place.steps.iter().rev().find_map(|step| match step {
        Step::Field(field) => Some(Item::Field(*field)),
        Step::Item(_) | Step::Day(_) => None,
    });
    field.unwrap_or(Item::Fact(place.fact))
}

fn text(mark: String) -> Value {
    Value::Text(Arc::from(mark))
}

/// The name of the fact or field that an expression is, by which its marks are known, and its declaration; `None` if it computes something.
fn plain_name<'m>(model: &'m Model, expr: &Expr) -> Option<(String, &'m Datum)> {
    if let ExprKind::Fact(id) = &expr.kind {
        let fact = model.facts.at(*id);
        Some((model.datum_name(Item::Fact(*id)), &fact.datum))
    } else if let ExprKind::Field(_, id) | ExprKind::OverTime(_, id) = &expr.kind {
        Some((model.datum_name(Item::Field(*id)), &model.fields.at(*id).datum))
    } else {
        None
    }
}

/// A fault without the days in it: they can be computed from a fact.
fn untold(model: &Model, fault: &Fault) -> Fault {
    let words = match &fault.kind {
        FaultKind::NoSuchDate { .. } => String::from("there is no such date"),
        FaultKind::Backwards { .. } => String::from("a period ends before it begins"),
        FaultKind::NoVersion { definition, .. } => {
            format!("the definition `{}` does not hold on that day", model.definitions.at(*definition).name)
        }
        FaultKind::NoNormValue { norm, .. } => {
            format!("the norm `{}` has no value on that day", model.norms.at(*norm).name)
        }
        FaultKind::OutsideCalendar(_) => String::from("the calendar does not cover that day"),
        FaultKind::Overflow
        | FaultKind::DivisionByZero
        | FaultKind::RoundingStep
        | FaultKind::Exponent
        | FaultKind::OpenEnd
        | FaultKind::OutOfBounds { .. }
        | FaultKind::EmptyAggregate
        | FaultKind::SameName { .. }
        | FaultKind::Conflict { .. }
        | FaultKind::BandNotAbove { .. }
        | FaultKind::NoCase
        | FaultKind::TooManySteps
        | FaultKind::TooManyValues
        | FaultKind::Untold(_) => return fault.clone(),
    };
    Fault { span: fault.span, kind: FaultKind::Untold(words) }
}
