//! The trace: what every rule did, in words and places; JSON for machines, a tree for people.

use super::format::{ValueFormatter, numbers};
use super::names::{cited, or_section, origin_name, outcome_name, registry_names};
use crate::engine::{Engine, Evaluated};
use crate::eval::{
    self, Answer, ClauseRecord, ExceptionRecord, FactRead, GivenReason, Origin, ProvisionRecord, Status, StatusRecord,
    Verdict, witness_place,
};
use crate::ids::OutcomeRef;
use crate::model::{Choices, Cite, Claim, Effect, Expr, HandlerRef, IMPOSSIBLE, Model, Scope, machine};
use crate::value::{FactCell, FactPath, MAX_VALUES, Step, Value};
use serde::Serialize;
use serde_json::Value as Json;
use std::cell::Cell;
use std::sync::Arc;

/// What every rule and notice of a decision did, and the handlers that gave its outcome.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Trace {
    /// The handlers that gave reasons of the outcome, in the order of these, each with the silent facts that it answers
    /// for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handlers: Vec<RuleTrace>,
    /// Rules by level, then in the order of reasons.
    pub rules: Vec<RuleTrace>,
    /// Notices in the order of reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<RuleTrace>,
}

/// What a rule, an exception or a notice did.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RuleTrace {
    /// Its qualified name.
    pub rule: String,
    /// The element for which it was evaluated: `owners[1]`, or its number in a list that is no fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// `fires`, `off`, `pending`, `void`, `out of scope`, `suspended`, `replaced`; an exception `holds`; a notice whose
    /// condition is true, but that does not go with this outcome, has `other outcome`.
    pub status: &'static str,
    /// Its scope, as the policy writes it, if it is out of scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The version that suspends or replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Its outcome; `None` for an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The code of its reason; `None` for an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The clauses that decided it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<ClauseTrace>,
    /// The exceptions to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<RuleTrace>,
    /// Its place.
    pub place: String,
    /// Its citations.
    pub sources: Vec<String>,
    #[serde(skip)]
    pub(crate) cites: Vec<Cite>,
}

/// A clause, as it is written.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ClauseTrace {
    /// `when`, `unless`, `for`, `where`, `for each`, `within`; of a handler `if`
    pub clause: &'static str,
    /// Its words in the policy.
    pub text: String,
    /// `file:line:column`
    pub place: String,
    /// `true`, `false`, `pending`, `void`, or `known` for a list.
    pub value: &'static str,
    /// The sides of a comparison.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<SideTrace>,
    /// The facts that it read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactTrace>,
    /// What it says; `None` for the silence that a handler answers for.
    #[serde(skip)]
    pub(crate) expr: Option<Arc<Expr>>,
}

/// A side of a comparison.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SideTrace {
    /// Its words in the policy.
    pub text: String,
    /// Its value; `None` if it is unknown.
    pub value: Option<Json>,
    /// True if its value is not shown, since the trace shows too many.
    #[serde(skip)]
    is_left_out: bool,
    #[serde(skip)]
    record: eval::SideRecord,
}

/// A fact that was read.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FactTrace {
    /// Its name.
    pub fact: String,
    /// `known`, `absent`, `unavailable`, `unasked`
    pub state: &'static str,
    /// Its value, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// The registries that answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registry: Vec<String>,
    /// The value of `if absent means`, if it applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Json>,
    /// True if its value is not shown, since the trace shows too many.
    #[serde(skip)]
    is_left_out: bool,
    #[serde(skip)]
    read: eval::FactRead,
}

/// What is still left of the values that a trace shows: each clause shows the facts that it read, and a thousand rules may read
/// the same long list.
struct Room(Cell<usize>);

/// What is kept for short values when long ones are left out.
const SHORT: usize = 1_000;

impl Room {
    /// True if a value may still be shown.
    fn take(&self, value: &Value) -> bool {
        let before = self.0.get();
        let left = value.weigh(before);
        // A value that is too large leaves room for smaller ones, and the next one that is too large is noticed sooner.
        self.0.set(left.unwrap_or_else(|| (before / 2).max(before.min(SHORT))));
        left.is_some()
    }
}

impl Trace {
    /// The trace of a decision; `None` if it was not requested.
    pub(crate) fn of(engine: &Engine, evaluated: &Evaluated) -> Option<Self> {
        let record = evaluated.record.as_ref()?;
        let room = Room(Cell::new(MAX_VALUES));
        let traced = |records: &[ProvisionRecord]| {
            let trace = |record| provision(engine, &evaluated.choices, record, &evaluated.outcome.verdict, &room);
            records.iter().filter_map(trace).collect()
        };
        let given = evaluated.outcome.reasons.iter();
        let handlers = given.filter_map(|given| match given.origin {
            Origin::Handler(handler) => Some(handler_trace(engine, evaluated, (handler, given), &room)),
            Origin::Rule(_) | Origin::Notice(_) => None,
        });
        Some(Self { handlers: handlers.collect(), rules: traced(&record.rules), notices: traced(&record.notices) })
    }
}

/// The handler that gave a reason, with the facts whose silence it answers for.
fn handler_trace(
    engine: &Engine,
    evaluated: &Evaluated,
    (handler, given): (HandlerRef, &GivenReason),
    room: &Room,
) -> RuleTrace {
    let model = engine.model();
    let claim = model.handler(handler).claim();
    let (name, cites) = origin_name(model, given.origin);
    let code = &model.reasons.at(given.reason).code;
    let outcome = outcome_name(model, evaluated.question.decision, &evaluated.outcome.verdict);
    let read = |place: &FactPath| {
        Some(FactRead { place: place.clone(), cell: evaluated.silent.get(place)?.clone(), means: None })
    };
    let reads = given.places.iter().filter_map(read);
    let record = evaluated.record.as_ref().and_then(|record| record.handlers.get(&handler));
    let mut because = clauses(engine, record.map_or(&[], Vec::as_slice), room);
    let silence = ClauseTrace {
        clause: "if",
        text: format!("{} then {outcome} {code}", handler.state.keyword()),
        place: engine.sources().locate(claim.span),
        value: "true",
        sides: Vec::new(),
        facts: reads.map(|read| fact_trace(model, &read, room)).collect(),
        expr: None,
    };
    because.insert(0, silence);
    RuleTrace {
        rule: name,
        witness: None,
        status: "fires",
        scope: None,
        by: None,
        outcome: Some(outcome),
        code: Some(code.clone()),
        because,
        exceptions: Vec::new(),
        place: engine.sources().locate(claim.span),
        sources: cited(model, cites, None),
        cites: cites.to_vec(),
    }
}

/// What a version of a rule or a notice did; `None` for a suspension, which has no effect of its own.
fn provision(
    engine: &Engine,
    choices: &Choices,
    record: &ProvisionRecord,
    verdict: &Verdict,
    room: &Room,
) -> Option<RuleTrace> {
    let model = engine.model();
    let versions = &model.provisions.at(record.provision.provision).versions;
    let version = model.provision(record.provision);
    let body = version.body.as_ref()?;
    let witness = record.result.witness.map(|index| witness_name(model, record.provision, index));
    let by = |number: u32| versions.get(number as usize).map(|v| v.qualified.clone());
    let trace =
        version_trace(engine, choices, &version.qualified, &version.claim, &version.cites, &record.result, (&by, room));
    let (outcome, shown) = match (&body.effect, verdict) {
        (Effect::Outcome(level), _) => {
            let outcome = model.outcome(OutcomeRef { decision: body.decision, level: *level });
            (Some(outcome.name.clone()), true)
        }
        (Effect::Impossible, _) => (Some(IMPOSSIBLE.to_owned()), true),
        (Effect::Notice(on), Verdict::Outcome(level)) => (None, on.is_empty() || on.contains(level)),
        (Effect::Notice(_), Verdict::Undetermined | Verdict::NotInForce) => (None, false),
    };
    Some(RuleTrace {
        outcome,
        code: Some(model.reasons.at(body.reason).code.clone()),
        witness,
        status: if trace.status == "fires" && !shown { "other outcome" } else { trace.status },
        ..trace
    })
}

fn witness_name(model: &Model, version: crate::ids::ProvisionRef, index: u32) -> String {
    let place = witness_place(model, version, index);
    place.map_or_else(|| format!("[{index}]"), |place| model.place_name(&place))
}

fn version_trace(
    engine: &Engine,
    choices: &Choices,
    name: &str,
    claim: &Claim,
    cites: &[Cite],
    result: &StatusRecord,
    (by, room): (&dyn Fn(u32) -> Option<String>, &Room),
) -> RuleTrace {
    let (status, by) = match result.status {
        Status::Fires => ("fires", None),
        Status::Off => ("off", None),
        Status::Pending => ("pending", None),
        Status::Void => ("void", None),
        Status::OutOfScope => ("out of scope", None),
        Status::Suspended(version) => ("suspended", by(version)),
        Status::Replaced(version) => ("replaced", by(version)),
    };
    let cites = or_section(engine.model(), cites, claim.section);
    RuleTrace {
        rule: name.to_owned(),
        witness: None,
        status,
        scope: (result.status == Status::OutOfScope && result.because.is_empty())
            .then(|| scope_words(engine.model(), choices, claim.scope())),
        by,
        outcome: None,
        code: None,
        because: clauses(engine, &result.because, room),
        exceptions: result.exceptions.iter().filter_map(|record| exception(engine, choices, record, room)).collect(),
        place: engine.sources().locate(claim.span),
        sources: cited(engine.model(), cites, None),
        cites: cites.to_vec(),
    }
}

/// A scope as the policy writes it: `in City from 2026-01-01 through 2026-06-30`.
fn scope_words(model: &Model, choices: &Choices, scope: &Scope) -> String {
    let mut words = Vec::new();
    let everywhere = scope.covers_region(None);
    if !everywhere {
        let covered = model.regions.entries().filter(|(id, _)| scope.covers_region(Some(*id)));
        // A region includes all regions inside it.
        let top = covered.filter(|(_, region)| region.parent.is_none_or(|parent| !scope.covers_region(Some(parent))));
        let top = top.map(|(_, region)| region.name.as_str());
        words.push(format!("in {}", top.collect::<Vec<_>>().join(", ")));
    }
    let period = scope.period(model, choices);
    words.extend(period.from.map(|day| format!("from {day}")));
    words.extend(period.through.map(|day| format!("through {day}")));
    words.join(" ")
}

fn exception(engine: &Engine, choices: &Choices, record: &ExceptionRecord, room: &Room) -> Option<RuleTrace> {
    let model = engine.model();
    let versions = &model.exceptions.at(record.exception.exception).versions;
    let version = model.exception(record.exception);
    let by = |number: u32| versions.get(number as usize).map(|v| v.qualified.clone());
    let trace =
        version_trace(engine, choices, &version.qualified, &version.claim, &version.cites, &record.result, (&by, room));
    let status = if trace.status == "fires" { "holds" } else { trace.status };
    Some(RuleTrace { status, ..trace })
}

/// The clauses that account for a result. A value that the policy writes out, as in `case none = false`, needs no line of its own: it
/// would say «false = false».
fn clauses(engine: &Engine, because: &[ClauseRecord], room: &Room) -> Vec<ClauseTrace> {
    let traced = because.iter().map(|clause| (clause.role, clause_trace(engine, clause, room)));
    traced.filter(|(role, clause)| role.is_some() || clause.text != clause.value).map(|(_, clause)| clause).collect()
}

fn clause_trace(engine: &Engine, clause: &ClauseRecord, room: &Room) -> ClauseTrace {
    let (model, sources) = (engine.model(), engine.sources());
    let text = |span| sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    ClauseTrace {
        clause: clause.role.map_or("within", crate::model::Role::word),
        text: text(clause.span),
        place: sources.locate(clause.span),
        value: answer_word(&clause.answer),
        sides: clause
            .sides
            .iter()
            .map(|side| {
                let shown = side.answer.as_ref().is_ok_and(|value| room.take(value));
                let value = side.answer.as_ref().ok().filter(|_| shown);
                SideTrace {
                    text: text(side.span),
                    value: value.map(|v| machine(model, v, side.unit.as_ref(), &side.ty)),
                    is_left_out: side.answer.is_ok() && !shown,
                    record: side.clone(),
                }
            })
            .collect(),
        facts: clause.reads.iter().map(|read| fact_trace(model, read, room)).collect(),
        expr: Some(Arc::clone(&clause.expr)),
    }
}

fn answer_word(answer: &Answer) -> &'static str {
    match answer {
        Ok(Value::Bool(true)) => "true",
        Ok(Value::Bool(false)) => "false",
        Ok(_) => "known",
        Err(causes) if causes.pending() => "pending",
        Err(_) => "void",
    }
}

/// The label of a fact in a language.
pub(crate) fn label_of<'m>(model: &'m Model, place: &FactPath, language: &str) -> Option<&'m str> {
    super::format::label(&model.datum_at(place).0.labels, language)
}

fn fact_trace(model: &Model, read: &eval::FactRead, room: &Room) -> FactTrace {
    let (datum, ty) = model.datum_at(&read.place);
    let as_json = |value: &Value| machine(model, value, datum.unit.as_ref(), &ty);
    let shown = if let FactCell::Known(value) = &read.cell { room.take(value) } else { true };
    FactTrace {
        is_left_out: !shown,
        fact: model.place_name(&read.place),
        state: eval::silence(&read.cell).map_or(eval::CellState::Known.word(), eval::Silence::word),
        value: match &read.cell {
            FactCell::Known(value) => shown.then(|| as_json(value)),
            FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked => None,
        },
        registry: registry_names(model, &read.place),
        means: read.means.as_ref().map(as_json),
        read: read.clone(),
    }
}

impl ClauseTrace {
    /// A formatter under which no two numbers of the clause look alike that are not the same.
    pub(crate) fn apart<'m>(&self, formatter: ValueFormatter<'m>) -> ValueFormatter<'m> {
        let mut seen = Vec::new();
        for side in &self.sides {
            if let Ok(value) = &side.record.answer {
                numbers(value, side.record.unit.as_ref(), &mut seen);
            }
        }
        for fact in &self.facts {
            if let FactCell::Known(value) = &fact.read.cell {
                numbers(value, formatter.model.datum_at(&fact.read.place).0.unit.as_ref(), &mut seen);
            }
        }
        formatter.telling_apart(&seen)
    }
}

impl SideTrace {
    /// The place of the side in the policy.
    pub(crate) const fn span(&self) -> crate::source::Span {
        self.record.span
    }

    /// The value of the side, for a person.
    pub(crate) fn words(&self, formatter: ValueFormatter<'_>) -> String {
        if self.is_left_out {
            return String::from("…");
        }
        formatter.answer(&self.record.answer, self.record.unit.as_ref(), &self.record.ty)
    }
}

impl FactTrace {
    /// The place of the fact among the facts.
    pub(crate) const fn fact_path(&self) -> &FactPath {
        &self.read.place
    }

    /// The cell of the fact, for a person.
    pub(crate) fn words(&self, formatter: ValueFormatter<'_>) -> String {
        if self.is_left_out {
            return String::from("…");
        }
        let (datum, ty) = formatter.model.datum_at(&self.read.place);
        let known = match self.read.place.steps.last() {
            Some(Step::Field(field)) => formatter.field(*field, &self.read.cell),
            Some(Step::Item(_) | Step::Day(_)) | None => formatter.cell(&self.read.cell, datum.unit.as_ref(), &ty),
        };
        match &self.read.means {
            Some(value) => format!("{known}, {}", formatter.means(value, datum.unit.as_ref(), &ty)),
            None => known,
        }
    }
}
