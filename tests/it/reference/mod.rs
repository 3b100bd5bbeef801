//! A slow and obvious evaluator straight over the Model: no plan, no index, no cache, nothing remembered.
//!
//! Comes in: a Model, one fact set, the choices of its assumptions, a decision. Goes out: an [`Answer`]. It is written
//! from the sentences that define the meaning of a policy, one function for each, so that it can be compared with the
//! engine.

mod claims;
mod dates;
mod define;
mod expr;
mod handlers;
mod over_time;
mod periods;
mod rules;
mod sweep;
mod whole;

pub use sweep::{answer, assumptions, decide, firing};

use chrono::NaiveDate;
use ereje::facts::FactSet;
use ereje::ids::*;
use ereje::model::{Choices, Model};
use ereje::syntax::ast::State;
use ereje::value::{FactPath, Fault, FaultKind, Number, Step, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The result of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Res {
    /// A value.
    Known(Value),
    /// No value, and its causes; never empty.
    Unknown(BTreeSet<Cause>),
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Nobody has asked.
    Unasked(FactPath),
    /// Asked, and there is no record.
    Absent(FactPath),
    /// Asked, and no answer came.
    Unavailable(FactPath),
    /// A fault at a place in the text.
    Fault(Fault),
    /// The law's text is not known.
    Open(DefinitionId, u32),
}

impl Res {
    pub fn bool(b: bool) -> Self {
        Self::Known(Value::Bool(b))
    }
    pub fn fault(span: ereje::source::Span, kind: FaultKind) -> Self {
        Self::Unknown(BTreeSet::from([Cause::Fault(Fault { span, kind })]))
    }
    pub fn is_true(&self) -> bool {
        *self == Self::bool(true)
    }
    pub fn is_false(&self) -> bool {
        *self == Self::bool(false)
    }
    /// The causes; empty for a value.
    pub fn causes(&self) -> BTreeSet<Cause> {
        match self {
            Self::Known(_) => BTreeSet::new(),
            Self::Unknown(causes) => causes.clone(),
        }
    }
}

/// «not N = N».
pub fn not(v: Res) -> Res {
    match v {
        Res::Known(Value::Bool(b)) => Res::bool(!b),
        Res::Known(other) => panic!("`not` of {other:?}"),
        Res::Unknown(n) => Res::Unknown(n),
    }
}

/// «false if any is false; else true if all are; else the union of the unknown operands' causes».
pub fn and(vs: impl IntoIterator<Item = Res>) -> Res {
    let vs: Vec<Res> = vs.into_iter().collect();
    if vs.iter().any(Res::is_false) {
        return Res::bool(false);
    }
    let causes: BTreeSet<Cause> = vs.iter().flat_map(Res::causes).collect();
    if causes.is_empty() { Res::bool(true) } else { Res::Unknown(causes) }
}

/// The dual of [`and`].
pub fn or(vs: impl IntoIterator<Item = Res>) -> Res {
    not(and(vs.into_iter().map(not)))
}

/// The unasked places in a set of causes.
pub fn unasked(causes: &BTreeSet<Cause>) -> BTreeSet<FactPath> {
    causes.iter().filter_map(|c| if let Cause::Unasked(place) = c { Some(place.clone()) } else { None }).collect()
}

/// The binding of a variable or parameter.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A fact, a field, or the element of a list that was read from the facts: it has a state.
    Cell(FactPath, ereje::value::FactCell),
    /// A field of a record that has no value, for these causes.
    OfNoRecord(BTreeSet<Cause>),
    /// A computed value: it has no state of its own.
    Result(Res),
}

/// The environment of an expression: the day, and the bindings of variables.
#[derive(Clone, Debug)]
pub struct Env {
    pub date: NaiveDate,
    pub locals: BTreeMap<LocalId, Bound>,
}

impl Env {
    pub fn with(&self, local: LocalId, bound: Bound) -> Self {
        let mut env = self.clone();
        env.locals.insert(local, bound);
        env
    }
}

/// Everything that one decision depends on, with the governing date and place when they are known.
pub struct Case<'m> {
    pub model: &'m Model,
    pub facts: &'m FactSet,
    pub choices: &'m Choices,
    pub decision: DecisionId,
    pub date: NaiveDate,
    pub place: Option<RegionId>,
    /// True if date and place are known. Until then there are no scopes, and no handlers, since these depend on a date
    /// and a place themselves.
    pub governed: bool,
}

/// The decision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// One of the decision's outcomes, `undetermined` or `not_in_force`.
    pub outcome: String,
    /// The reasons in order.
    pub reasons: Vec<ReasonLine>,
    /// The places still to be asked, in order.
    pub needs: Vec<String>,
    /// The rules at the level of the outcome that are still unknown, in order.
    pub open: Vec<String>,
    /// The causes that no question can settle.
    pub blocked: BTreeSet<Cause>,
    /// The notices that ride along, in order.
    pub notices: Vec<ReasonLine>,
    /// The outputs that are known; of one by element, see [`by_element`].
    pub outputs: Vec<(String, Value)>,
    /// The outputs that are not known, each with why; of one by element, `tax[2]` for its third element.
    pub unknown_outputs: Vec<(String, BTreeSet<Cause>)>,
    /// The outcome that is not given because of outputs that are tied to it, with these.
    pub withheld: Option<(String, Vec<String>)>,
    /// True if the outcome rests on a registry that was down.
    pub provisional: bool,
    /// The assumptions that it depends on: changing that one choice changes outcome, reasons or outputs.
    pub assumptions: BTreeSet<String>,
}

/// A reason (or a notice) and its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonLine {
    /// Its code.
    pub code: String,
    /// `section.rule`, or for a handler its owner, its state and the number of its version.
    pub by: String,
    /// The arguments of the reason; witnesses with equal arguments are one reason.
    pub args: Vec<Res>,
    /// The silent places of a handler.
    pub places: BTreeSet<String>,
}

/// The names of the four states, for people.
pub fn word(state: State) -> &'static str {
    match state {
        State::Absent => "absent",
        State::Unavailable => "unavailable",
    }
}

/// The known values of an output by element as outputs of their own, `tax.Anna`, and how many there are.
pub fn by_element(model: &Model, output: &str, values: Vec<(&Value, &Value)>) -> Vec<(String, Value)> {
    let count = i64::try_from(values.len()).unwrap();
    let mut all = vec![(format!("{output}.*"), Value::Number(Number::integer(count)))];
    for (key, value) in values {
        all.push((format!("{output}.{}", ereje::model::written(model, key, None)), value.clone()));
    }
    all
}

/// A place as people read it: `owners[1].birth_date`.
pub fn spell(model: &Model, place: &FactPath) -> String {
    let mut text = model.facts[place.fact].path();
    for step in &place.steps {
        match step {
            Step::Item(i) => text.push_str(&format!("[{i}]")),
            Step::Field(f) => text.push_str(&format!(".{}", model.fields[*f].datum.name)),
            Step::Day(day) => text.push_str(&format!(" at {day}")),
        }
    }
    text
}
