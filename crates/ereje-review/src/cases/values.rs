//! Expected values as a decision tells them: `66.30` is `66.3`, four weeks are 28 days, and `1 year 8 months` are 20 months.

use super::expect::{DecisionPart, Expected, PartExpectation};
use ereje::facts;
use ereje::ids::DecisionId;
use ereje::model::{Model, Output, Quantity, Type, machine, written};
use ereje::value::Value;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The expectation with the values of outputs and assumptions written as a decision of this policy writes them. What is no
/// value of its type stays as it is, and is told as a difference.
pub(super) fn as_told(expected: &Arc<Expected>, model: &Model, decision: DecisionId) -> Arc<Expected> {
    let mut told = Expected::clone(expected);
    let mut changed = false;
    for (part, expectation, _) in &mut told.parts {
        let (PartExpectation::Whole(json) | PartExpectation::Some(json, _)) = expectation;
        let Json::Object(values) = json else { continue };
        for (name, value) in values.iter_mut() {
            let better = match part {
                DecisionPart::Outputs => output(model, decision, name).map(|output| told_output(model, value, output)),
                DecisionPart::Assumptions => {
                    let assumption = model.assumptions.iter().find(|assumption| assumption.name == *name);
                    assumption.map(|a| told_choice(model, value, &a.ty, a.unit.as_ref()))
                }
                DecisionPart::Reasons
                | DecisionPart::Notices
                | DecisionPart::Needs
                | DecisionPart::Open
                | DecisionPart::Blocked
                | DecisionPart::Faults
                | DecisionPart::UnknownOutputs
                | DecisionPart::Provisional => None,
            };
            let Some(better) = better else { continue };
            changed |= better != *value;
            *value = better;
        }
    }
    if changed { Arc::new(told) } else { Arc::clone(expected) }
}

/// The output of a decision that has this name.
fn output<'m>(model: &'m Model, decision: DecisionId, name: &str) -> Option<&'m Output> {
    model.decisions.get(decision)?.outputs.iter().find(|output| output.name == name)
}

/// The value of an output, or those of one by element.
fn told_output(model: &Model, json: &Json, output: &Output) -> Json {
    let told = |value: &Json| told_value(model, value, output.ty(), output.unit.as_ref());
    match json.as_object().filter(|_| output.is_by_element()) {
        Some(values) => Json::Object(values.iter().map(|(key, value)| (key.clone(), told(value))).collect()),
        None => told(json),
    }
}

/// A choice as a decision tells it: as the policy writes it, with its unit.
fn told_choice(model: &Model, json: &Json, ty: &Type, unit: Option<&Quantity>) -> Json {
    let Json::String(text) = json else { return json.clone() };
    let number = unit.and_then(|unit| text.strip_suffix(unit.text.as_str())).map_or(text.as_str(), str::trim_end);
    let value = if let Type::Duration(kind) = ty {
        facts::duration(text, *kind, unit).map(Value::Duration)
    } else if let Type::Number(..) = ty {
        facts::number(number, unit).map(Value::Number)
    } else {
        None
    };
    value.map_or_else(|| json.clone(), |value| Json::String(written(model, &value, unit)))
}

fn told_value(model: &Model, json: &Json, ty: &Type, unit: Option<&Quantity>) -> Json {
    let value = match (ty, json) {
        (Type::Number(..), Json::String(text)) => facts::number(text, unit).map(Value::Number),
        (Type::Duration(kind), Json::String(text)) => facts::duration(text, *kind, unit).map(Value::Duration),
        (Type::List(inner), Json::Array(items)) => {
            return items.iter().map(|item| told_value(model, item, inner, unit)).collect();
        }
        (Type::Record(id), Json::Object(map)) => {
            let field = |name: &str| {
                let fields = model.records.at(*id).fields.iter().map(|field| &model.fields.at(*field).datum);
                fields.into_iter().find(|datum| datum.name == name)
            };
            let told = map.iter().map(|(name, value)| {
                let told = field(name).map(|datum| told_value(model, value, &datum.ty, datum.unit.as_ref()));
                (name.clone(), told.unwrap_or_else(|| value.clone()))
            });
            return told.collect::<Map<_, _>>().into();
        }
        _ => None,
    };
    // All scalars of an expectation are texts, as those of `machine` for numbers and lengths of time are.
    value.map_or_else(|| json.clone(), |value| machine(model, &value, unit, ty))
}
