//! Compares two decisions by names, since the ids of two Models have nothing in common.

use ereje::eval::{Answer, Evaluation, GivenReason, OutputAnswer};
use ereje::explain::outcome_name;
use ereje::ids::{DecisionId, LocalId, OutputRef};
use ereje::model::machine;
use ereje::model::{Model, Output, Type};
use ereje::value::Value;
use serde::Serialize;

/// The part of a decision that moved; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MovedPart {
    /// Another outcome.
    Outcome,
    /// The same outcome with other reasons, or with other arguments of reasons.
    Reasons,
    /// Other outputs.
    Outputs,
    /// Other notices.
    Notices,
    /// Other needs, open rules, blocks or faults.
    Needs,
}

impl MovedPart {
    /// All kinds, the strongest first.
    pub const ALL: [Self; 5] = [Self::Outcome, Self::Reasons, Self::Outputs, Self::Notices, Self::Needs];
}

/// An outcome with the Model of its ids.
#[derive(Clone, Copy)]
pub(super) struct ModelOutcome<'m> {
    pub(super) model: &'m Model,
    pub(super) decision: DecisionId,
    pub(super) outcome: &'m Evaluation,
}

impl<'m> ModelOutcome<'m> {
    /// An output by its index in the decision.
    fn output(&self, output: u32) -> &'m Output {
        self.model.output(OutputRef { decision: self.decision, output })
    }

    /// The name of the outcome.
    pub(super) fn name(&self) -> String {
        outcome_name(self.model, self.decision, &self.outcome.verdict)
    }
}

/// The result of comparing two decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They are equal.
    Same,
    /// They give the same reasons in another order.
    Reordered,
    /// They differ; this is the strongest part that does.
    Differ(MovedPart),
}

/// Compares two decisions.
pub(super) fn compare(a: ModelOutcome<'_>, b: ModelOutcome<'_>) -> Agreement {
    if a.name() != b.name() {
        return Agreement::Differ(MovedPart::Outcome);
    }
    let reasons = givens(a, &a.outcome.reasons, b, &b.outcome.reasons);
    if reasons == ListAgreement::Other {
        return Agreement::Differ(MovedPart::Reasons);
    }
    if !outputs(a, b) {
        return Agreement::Differ(MovedPart::Outputs);
    }
    if givens(a, &a.outcome.notices, b, &b.outcome.notices) == ListAgreement::Other {
        return Agreement::Differ(MovedPart::Notices);
    }
    if !still_open(a, b) {
        return Agreement::Differ(MovedPart::Needs);
    }
    if reasons == ListAgreement::Shuffled { Agreement::Reordered } else { Agreement::Same }
}

/// The result of comparing two lists of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListAgreement {
    Same,
    Shuffled,
    Other,
}

fn givens(a: ModelOutcome<'_>, x: &[GivenReason], b: ModelOutcome<'_>, y: &[GivenReason]) -> ListAgreement {
    if x.len() != y.len() {
        return ListAgreement::Other;
    }
    if x.iter().zip(y).all(|(x, y)| given(a.model, x, b.model, y)) {
        return ListAgreement::Same;
    }
    // The order of declarations decides nothing, so the order of reasons, which follows it, does not count.
    let mut left: Vec<&GivenReason> = y.iter().collect();
    for given_a in x {
        let Some(at) = left.iter().position(|given_b| given(a.model, given_a, b.model, given_b)) else {
            return ListAgreement::Other;
        };
        left.swap_remove(at);
    }
    ListAgreement::Shuffled
}

fn given(a: &Model, x: &GivenReason, b: &Model, y: &GivenReason) -> bool {
    let (reason_a, reason_b) = (a.reasons.at(x.reason), b.reasons.at(y.reason));
    let ty =
        |model: &Model, local: Option<&LocalId>| local.map_or(Type::Error, |local| model.locals.at(*local).ty.clone());
    reason_a.code == reason_b.code
        && x.args.len() == y.args.len()
        && x.args.iter().zip(&y.args).enumerate().all(|(index, (p, q))| {
            answer(a, p, || ty(a, reason_a.params.get(index)), b, q, || ty(b, reason_b.params.get(index)))
        })
        && x.places.len() == y.places.len()
        && x.places.iter().zip(&y.places).all(|(p, q)| a.place_name(p) == b.place_name(q))
}

fn answer(
    a: &Model,
    p: &Answer,
    ty_a: impl FnOnce() -> Type,
    b: &Model,
    q: &Answer,
    ty_b: impl FnOnce() -> Type,
) -> bool {
    match (p, q) {
        (Ok(p), Ok(q)) => value(a, p, ty_a, b, q, ty_b),
        (Err(_), Err(_)) => true,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    }
}

fn value(a: &Model, p: &Value, ty_a: impl FnOnce() -> Type, b: &Model, q: &Value, ty_b: impl FnOnce() -> Type) -> bool {
    match (p, q) {
        (Value::Bool(p), Value::Bool(q)) => p == q,
        (Value::Number(p), Value::Number(q)) => p == q,
        (Value::Date(p), Value::Date(q)) => p == q,
        (Value::Duration(p), Value::Duration(q)) => p == q,
        (Value::Text(p), Value::Text(q)) => p == q,
        (Value::Region(p), Value::Region(q)) => a.regions.at(*p).name == b.regions.at(*q).name,
        (Value::Enum(..), Value::Enum(..))
        | (Value::Record(_), Value::Record(_))
        | (Value::List(_), Value::List(_)) => machine(a, p, None, &ty_a()) == machine(b, q, None, &ty_b()),
        (
            Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Duration(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_)
            | Value::Record(_)
            | Value::List(_),
            _,
        ) => false,
    }
}

fn outputs(a: ModelOutcome<'_>, b: ModelOutcome<'_>) -> bool {
    a.outcome.outputs.len() == b.outcome.outputs.len()
        && a.outcome.outputs.iter().enumerate().all(|(at, (index, p))| {
            let mine = a.output(*index);
            let is_twin = |(index, _): &&(u32, OutputAnswer)| b.output(*index).name == mine.name;
            // In most cases they are in the same order.
            let found = b.outcome.outputs.get(at).filter(is_twin).or_else(|| b.outcome.outputs.iter().find(is_twin));
            let Some((index, q)) = found else { return false };
            let theirs = b.output(*index);
            let unit = |output: &Output| output.unit.as_ref().map(|unit| unit.text.clone());
            unit(mine) == unit(theirs) && same_output((a.model, mine, p), (b.model, theirs, q))
        })
}

/// An output with its Model and what it comes to.
type GivenOutput<'e> = (&'e Model, &'e Output, &'e OutputAnswer);

/// True if an output comes to the same, for the same elements in the same order.
fn same_output((a, mine, p): GivenOutput<'_>, (b, theirs, q): GivenOutput<'_>) -> bool {
    let same = |p: &Answer, q: &Answer| answer(a, p, || mine.ty().clone(), b, q, || theirs.ty().clone());
    let key = |output: &Output| output.key_type().cloned().unwrap_or(Type::Error);
    match (p, q) {
        (OutputAnswer::Whole(p), OutputAnswer::Whole(q)) => same(p, q),
        (OutputAnswer::Each(p), OutputAnswer::Each(q)) => {
            p.len() == q.len()
                && p.iter().zip(q).all(|(p, q)| {
                    answer(a, &p.key, || key(mine), b, &q.key, || key(theirs)) && same(&p.answer, &q.answer)
                })
        }
        (OutputAnswer::Whole(_), OutputAnswer::Each(_)) | (OutputAnswer::Each(_), OutputAnswer::Whole(_)) => false,
    }
}

/// True if what is still open is the same: needs, unknown rules, blocks, faults, and outputs that are not known.
fn still_open(a: ModelOutcome<'_>, b: ModelOutcome<'_>) -> bool {
    let (x, y) = (a.outcome, b.outcome);
    if x.needs.is_empty()
        && y.needs.is_empty()
        && x.open.is_empty()
        && y.open.is_empty()
        && x.blocked.is_empty()
        && y.blocked.is_empty()
        && x.faults.is_empty()
        && y.faults.is_empty()
        && x.unknown_outputs().is_empty()
        && y.unknown_outputs().is_empty()
    {
        return x.provisional == y.provisional;
    }
    x.provisional == y.provisional && open_points(a) == open_points(b)
}

/// What is still open, in words, sorted so that the order does not count.
fn open_points(decided: ModelOutcome<'_>) -> [Vec<String>; 5] {
    use ereje::eval::Cause;
    let model = decided.model;
    let needs = decided.outcome.needs.iter().map(|place| model.place_name(place)).collect();
    // For a rule, the reason that it would give: in the other version the rule may have another name.
    let open = decided.outcome.open.iter().map(|rule| {
        let body = model.provision(*rule).body.as_ref();
        body.map_or_else(String::new, |body| model.reasons.at(body.reason).code.clone())
    });
    let in_words = |cause: &Cause| match cause {
        Cause::Silent(place, silence) => format!("{} {silence:?}", model.place_name(place)),
        Cause::Open(id, _) => model.definitions.at(*id).name.clone(),
        Cause::Fault(fault) => fault.kind.to_string(),
    };
    let blocked = decided.outcome.blocked.iter().map(in_words);
    let faults = decided.outcome.faults.iter().map(|fault| fault.kind.to_string());
    let outputs = decided.outcome.unknown_outputs().into_iter().flat_map(|(index, element, causes)| {
        let output = &decided.output(index).name;
        let of = element.map_or_else(String::new, |element| element.element.number());
        causes.iter().map(move |cause| format!("{output}{of} {}", in_words(cause)))
    });
    let mut all = [needs, open.collect(), blocked.collect(), faults.collect(), outputs.collect()];
    all.iter_mut().for_each(|list: &mut Vec<String>| list.sort());
    all
}
