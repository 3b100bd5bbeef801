//! Two decisions that are compared: where a masked value of one is another than that of the other, and both have the same mark,
//! the mark of the second says so.

use crate::engine::Evaluated;
use crate::eval::{Answer, GivenReason, OutputAnswer};
use crate::ids::OutputRef;
use crate::model::{Model, Type, machine};
use crate::value::{FactCell, ListValue, RecordValue, Value};
use std::sync::Arc;

/// What stands behind the mark of a value that is another than the one with the same mark that it is compared with.
pub const OTHER: char = '≠';

/// A decision with the Model that it was made of, with all values and as it is told.
#[derive(Clone, Copy)]
pub struct ToldDecision<'e> {
    /// The Model.
    pub model: &'e Model,
    /// With all values.
    pub whole: &'e Evaluated,
    /// With marks.
    pub told: &'e Evaluated,
}

/// The second of two decisions as it is told, with [`OTHER`] behind the marks of outputs and in messages that are the same as in
/// the first and stand for another value.
#[must_use]
pub fn told_apart(first: ToldDecision<'_>, second: ToldDecision<'_>) -> Evaluated {
    let mut out = second.told.clone();
    let name = |decision: ToldDecision<'_>, output: u32| {
        decision.model.output(OutputRef { decision: decision.whole.question.decision, output }).name.clone()
    };
    for (at, (index, answer)) in out.outcome.outputs.iter_mut().enumerate() {
        let own = name(second, *index);
        let Some(before) = first.whole.outcome.outputs.iter().position(|(index, _)| name(first, *index) == own) else {
            continue;
        };
        let of = |decision: &Evaluated, at: usize| decision.outcome.outputs.get(at).map(|(_, answer)| answer.clone());
        let (Some(whole), Some(first_whole), Some(first_told)) =
            (of(second.whole, at), of(first.whole, before), of(first.told, before))
        else {
            continue;
        };
        let of =
            |decision: ToldDecision<'_>, output: u32| OutputRef { decision: decision.whole.question.decision, output };
        let first_index = first.whole.outcome.outputs.get(before).map_or(*index, |(index, _)| *index);
        let types = (second.model.output(of(second, *index)).ty(), first.model.output(of(first, first_index)).ty());
        let before_model = first.model;
        match (answer, &whole, &first_whole, &first_told) {
            (
                OutputAnswer::Whole(answer),
                OutputAnswer::Whole(whole),
                OutputAnswer::Whole(first_whole),
                OutputAnswer::Whole(first_told),
            ) => apart(answer, (second.model, whole, types.0), (first.model, first_whole, types.1), first_told),
            (
                OutputAnswer::Each(answers),
                OutputAnswer::Each(whole),
                OutputAnswer::Each(first_whole),
                OutputAnswer::Each(first_told),
            ) => {
                for (told, whole) in answers.iter_mut().zip(whole) {
                    // The same name is the same person, whatever stands in its place.
                    let twin = first_whole.iter().zip(first_told).find(|(first, _)| first.key == whole.key);
                    let Some((first, before)) = twin else { continue };
                    let now = (second.model, &whole.answer, types.0);
                    apart(&mut told.answer, now, (before_model, &first.answer, types.1), &before.answer);
                }
            }
            (OutputAnswer::Whole(_) | OutputAnswer::Each(_), ..) => {}
        }
    }
    let mut used = vec![false; first.whole.outcome.reasons.len()];
    reasons(
        &mut out.outcome.reasons,
        &second.whole.outcome.reasons,
        (first.model, second.model),
        &mut used,
        [&first.whole.outcome.reasons, &first.told.outcome.reasons],
    );
    let mut used = vec![false; first.whole.outcome.notices.len()];
    reasons(
        &mut out.outcome.notices,
        &second.whole.outcome.notices,
        (first.model, second.model),
        &mut used,
        [&first.whole.outcome.notices, &first.told.outcome.notices],
    );
    out
}

/// Compares the messages of reasons with those of the same code in the first decision, in their order.
fn reasons(
    told: &mut [GivenReason],
    whole: &[GivenReason],
    (first_model, model): (&Model, &Model),
    used: &mut [bool],
    [first_whole, first_told]: [&[GivenReason]; 2],
) {
    for (given, whole) in told.iter_mut().zip(whole) {
        let code = &model.reasons.at(given.reason).code;
        let same = |(at, other): &(usize, &GivenReason)| {
            used.get(*at) == Some(&false) && first_model.reasons.at(other.reason).code == *code
        };
        let Some((at, first)) = first_whole.iter().enumerate().find(same) else { continue };
        if let Some(used) = used.get_mut(at) {
            *used = true;
        }
        let Some(before) = first_told.get(at) else { continue };
        for (index, values) in given.values.iter_mut().enumerate() {
            for (place, answer) in values.iter_mut().enumerate() {
                let of = |given: &GivenReason| given.values.get(index).and_then(|values| values.get(place)).cloned();
                if let (Some(whole), Some(first), Some(before)) = (of(whole), of(first), of(before)) {
                    apart(answer, (model, &whole, &Type::Error), (first_model, &first, &Type::Error), &before);
                }
            }
        }
    }
}

/// A value with its Model and its type.
type Whole<'v, V> = (&'v Model, &'v V, &'v Type);

fn apart(
    told: &mut Answer,
    (model, whole, ty): Whole<'_, Answer>,
    (first_model, first, first_ty): Whole<'_, Answer>,
    before: &Answer,
) {
    if let (Ok(told), Ok(whole), Ok(first), Ok(before)) = (told, whole, first, before) {
        value(told, (model, whole, ty), (first_model, first, first_ty), before);
    }
}

fn value(
    told: &mut Value,
    (model, whole, ty): Whole<'_, Value>,
    (first_model, first, first_ty): Whole<'_, Value>,
    before: &Value,
) {
    match (&mut *told, whole, first, before) {
        (Value::Record(told), Value::Record(whole), Value::Record(first), Value::Record(before)) => {
            let mut fields = told.fields.to_vec();
            cells(&mut fields, (model, &whole.fields), (first_model, &first.fields), &before.fields);
            *told = Arc::new(RecordValue { place: told.place.clone(), fields });
        }
        (Value::List(told), Value::List(whole), Value::List(first), Value::List(before)) => {
            let mut items = told.items.to_vec();
            cells(&mut items, (model, &whole.items), (first_model, &first.items), &before.items);
            *told = Arc::new(ListValue { place: told.place.clone(), items });
        }
        (Value::Text(mark), whole, first, Value::Text(before))
            if mark == before && machine(model, whole, None, ty) != machine(first_model, first, None, first_ty) =>
        {
            *mark = Arc::from(format!("{mark}{OTHER}"));
        }
        _ => {}
    }
}

fn cells(
    told: &mut [FactCell],
    (model, whole): (&Model, &[FactCell]),
    (first_model, first): (&Model, &[FactCell]),
    before: &[FactCell],
) {
    for (((told, whole), first), before) in told.iter_mut().zip(whole).zip(first).zip(before) {
        if let (FactCell::Known(told), FactCell::Known(whole), FactCell::Known(first), FactCell::Known(before)) =
            (told, whole, first, before)
        {
            value(told, (model, whole, &Type::Error), (first_model, first, &Type::Error), before);
        }
    }
}
