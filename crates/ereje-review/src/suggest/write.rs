//! Suggestions as a case file: YAML that `ereje test` runs unchanged, or the same in JSON.

use super::base::Base;
use super::scenario::housed;
use super::select::Suggestion;
use ereje::Policy;
use ereje::facts::{FactSet, flow, key, word};
use ereje::ids::FactId;
use ereje::model::{Choices, Datum, Model, ProvisionKind, Type};
use ereje::value::{FactCell, Value};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// The longest line, if it can be broken.
const WIDTH: usize = 120;
/// The most further goals that a case lists.
const MAX_ALSO: usize = 6;

/// One change: a path and its value; `None` if the path is removed.
struct CaseChange {
    path: String,
    value: Option<Json>,
}

/// A case file in YAML. `place` is the path of the policy that is written into the file.
#[must_use]
pub fn yaml(policy: &Policy, place: &str, base: &Base, suggestions: &[Suggestion]) -> String {
    let mut out = String::from(
        "# Proposed by `ereje suggest`: what the policy tells apart and no case showed, with what is decided today.\n\
         # Nothing here is known to be right. Confirm or mend what is expected of each case, then keep it among the others.\n",
    );
    out.push_str(&format!("policy: {}\n", path_word(place)));
    out.push_str("base:");
    let text = base.text.trim_end();
    if text.starts_with('{') && !text.contains('\n') {
        out.push_str(&format!(" {text}\n"));
    } else {
        out.push('\n');
        for line in text.lines() {
            let line = format!("  {line}");
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    if suggestions.is_empty() {
        out.push_str("cases: []\n");
        return out;
    }
    out.push_str("cases:\n");
    for (index, suggestion) in suggestions.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        case(&mut out, policy, base, suggestion);
    }
    out
}

fn case(out: &mut String, policy: &Policy, base: &Base, suggestion: &Suggestion) {
    out.push_str("  # to confirm\n");
    for also in also(suggestion) {
        // A comment ends with its line; a quoted clause has no line break.
        out.push_str(&format!("  # also: {also}\n"));
    }
    out.push_str(&format!("  - name: {}\n", sentence(&suggestion.name)));
    if let Some(law) = &suggestion.law {
        out.push_str(&format!("    law: {}\n", sentence(law)));
    }
    let changes = changes(policy.model(), &base.facts, &suggestion.facts);
    let set: Vec<(String, String)> =
        changes.iter().filter_map(|change| Some((path_word(&change.path), flow(change.value.as_ref()?)))).collect();
    map(out, "change", &set);
    let removed = changes.iter().filter(|change| change.value.is_none()).map(|change| path_word(&change.path));
    let removed: Vec<String> = removed.collect();
    if !removed.is_empty() {
        out.push_str(&format!("    remove: [{}]\n", removed.join(", ")));
    }
    for (key, value) in question_entries(policy, suggestion) {
        if let Json::Object(object) = &value {
            let entries: Vec<(String, String)> = object.iter().map(|(key, value)| (word(key), scalar(value))).collect();
            map(out, key, &entries);
        } else {
            out.push_str(&format!("    {key}: {}\n", scalar(&value)));
        }
    }
    let expect: Vec<(String, String)> =
        expected(policy, suggestion).iter().map(|(key, value)| (key.clone(), flow(value))).collect();
    map(out, "expect", &expect);
}

/// The further goals of a suggestion, cut if they are many.
fn also(suggestion: &Suggestion) -> Vec<String> {
    let mut also: Vec<String> = suggestion.also.iter().take(MAX_ALSO).cloned().collect();
    if suggestion.also.len() > MAX_ALSO {
        also.push(format!("… and {} more", suggestion.also.len() - MAX_ALSO));
    }
    also
}

/// A map on one line, or with a line for each entry if it would be too long.
fn map(out: &mut String, title: &str, entries: &[(String, String)]) {
    if entries.is_empty() {
        return;
    }
    let inner: Vec<String> = entries.iter().map(|(name, value)| format!("{} {value}", key(name, "      "))).collect();
    let line = format!("    {title}: {{ {} }}\n", inner.join(", "));
    if line.chars().count() <= WIDTH {
        out.push_str(&line);
        return;
    }
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "    {title}:");
    for entry in inner {
        let _ = writeln!(out, "      {entry}");
    }
}

/// The same as JSON, which is a valid case file as well.
#[must_use]
pub fn json(policy: &Policy, place: &str, base: &Base, suggestions: &[Suggestion]) -> Json {
    let cases = suggestions.iter().map(|suggestion| {
        let mut case = Map::new();
        case.insert("name".into(), suggestion.name.clone().into());
        if let Some(law) = &suggestion.law {
            case.insert("law".into(), law.clone().into());
        }
        let also = also(suggestion).join("; ");
        let note = if also.is_empty() { String::from("to confirm") } else { format!("to confirm; also: {also}") };
        case.insert("note".into(), note.into());
        let (mut set, mut removed) = (Map::new(), Vec::new());
        for change in changes(policy.model(), &base.facts, &suggestion.facts) {
            match change.value {
                Some(value) => {
                    set.insert(change.path, value);
                }
                None => removed.push(Json::String(change.path)),
            }
        }
        if !set.is_empty() {
            case.insert("change".into(), set.into());
        }
        if !removed.is_empty() {
            case.insert("remove".into(), removed.into());
        }
        case.extend(question_entries(policy, suggestion).into_iter().map(|(key, value)| (key.to_owned(), value)));
        case.insert("expect".into(), expected(policy, suggestion).into());
        Json::Object(case)
    });
    let cases: Vec<Json> = cases.collect();
    json!({ "schema": ereje::documents::SUGGEST, "policy": place, "base": ereje::facts::to_json(policy.model(), &base.facts), "cases": cases })
}

/// The question besides the facts, without what is the default.
fn question_entries(policy: &Policy, suggestion: &Suggestion) -> Vec<(&'static str, Json)> {
    let (model, options) = (policy.model(), &suggestion.options);
    let mut out = Vec::new();
    if let Some(decision) = options.decision.filter(|id| id.index() > 0).and_then(|id| model.decisions.get(id)) {
        out.push(("decision", decision.name.clone().into()));
    }
    if let Some(day) = options.as_of {
        out.push(("as_of", day.to_string().into()));
    }
    if let Some(region) = options.region.and_then(|id| model.regions.get(id)) {
        out.push(("in", region.name.clone().into()));
    }
    let usual = Choices::defaults(model);
    let mut made = Map::new();
    for (index, assumption) in model.assumptions.iter().enumerate() {
        let id = ereje::ids::AssumptionId::new(index);
        let choice = options.choices.as_ref().map_or_else(|| usual.index(id), |choices| choices.index(id));
        if choice != usual.index(id) {
            let written = policy.engine().written_choices(id);
            let written = written.get(choice as usize).cloned().unwrap_or_default();
            made.insert(assumption.name.clone(), written.into());
        }
    }
    if !made.is_empty() {
        out.push(("assume", made.into()));
    }
    out
}

/// Today's decision, in the parts that cases usually compare.
fn expected(policy: &Policy, suggestion: &Suggestion) -> Map<String, Json> {
    let decision = &suggestion.decision;
    let codes =
        |given: &[ereje::explain::Reason]| -> Json { given.iter().map(|r| Json::from(r.code.clone())).collect() };
    let mut out = Map::new();
    out.insert("outcome".into(), decision.outcome.clone().into());
    if decision.outcome == "not_in_force" {
        return out;
    }
    if decision.outcome == "undetermined" {
        if !decision.needs.is_empty() {
            out.insert("needs".into(), decision.needs.iter().map(|need| Json::from(need.fact.clone())).collect());
        }
    } else {
        out.insert("reasons".into(), codes(&decision.reasons));
        if policy.model().provisions_of(ProvisionKind::Notice).next().is_some() {
            out.insert("notices".into(), codes(&decision.notices));
        }
    }
    let id = suggestion.options.decision.unwrap_or(ereje::ids::DecisionId(0));
    if policy.model().decisions.get(id).is_some_and(|d| !d.outputs.is_empty()) {
        out.insert("outputs".into(), decision.outputs.clone().into());
    }
    if !decision.unknown_outputs.is_empty() {
        let names = decision.unknown_outputs.iter().map(|unknown| Json::from(unknown.name()));
        out.insert("unknown_outputs".into(), names.collect());
    }
    out
}

/// The changes that make one fact set of another, in the order of declaration.
fn changes(model: &Model, base: &FactSet, facts: &FactSet) -> Vec<CaseChange> {
    let mut out = Vec::new();
    for (index, fact) in model.facts.iter().enumerate() {
        let id = FactId::new(index);
        difference(model, fact.path(), (base.get(id), facts.get(id)), &fact.datum, &fact.datum.ty, &mut out);
    }
    out
}

fn difference(
    model: &Model,
    path: String,
    (before, after): (&FactCell, &FactCell),
    datum: &Datum,
    ty: &Type,
    out: &mut Vec<CaseChange>,
) {
    if before == after {
        return;
    }
    match (before, after, ty) {
        (_, FactCell::Unasked, _) => out.push(CaseChange { path, value: None }),
        (FactCell::Known(Value::Record(a)), FactCell::Known(Value::Record(b)), Type::Record(id)) => {
            let ids = &model.records.at(*id).fields;
            for ((id, a), b) in ids.iter().zip(&a.fields).zip(&b.fields) {
                let field = model.fields.at(*id);
                let path = format!("{path}.{}", field.datum.name);
                difference(model, path, (a, b), &field.datum, &field.datum.ty, out);
            }
        }
        (FactCell::Known(Value::List(a)), FactCell::Known(Value::List(b)), Type::List(inner))
            if !a.items.is_empty() =>
        {
            for (index, (a, b)) in a.items.iter().zip(&b.items).enumerate() {
                difference(model, format!("{path}[{index}]"), (a, b), datum, inner, out);
            }
            for (index, more) in b.items.iter().enumerate().skip(a.items.len()) {
                set(model, format!("{path}[{index}]"), more, datum, inner, out);
            }
            // From the end, so that the indices of the others stay valid.
            for index in (b.items.len()..a.items.len()).rev() {
                out.push(CaseChange { path: format!("{path}[{index}]"), value: None });
            }
        }
        _ => set(model, path, after, datum, ty, out),
    }
}

fn set(model: &Model, path: String, cell: &FactCell, datum: &Datum, ty: &Type, out: &mut Vec<CaseChange>) {
    if let Some(value) = known(model, cell, datum, ty) {
        out.push(CaseChange { path, value: Some(value) });
    }
}

/// The value or state of a place, as in a fact file; `None` if nobody has asked.
fn known(model: &Model, cell: &FactCell, datum: &Datum, ty: &Type) -> Option<Json> {
    if *cell == FactCell::Unasked {
        return None;
    }
    // A fact of this type, so that it is written as any fact is.
    let alone = ereje::model::Fact { group: None, datum: Datum { ty: ty.clone(), ..datum.clone() } };
    let cell = housed(model, cell.clone(), &ereje::value::FactPath::of(FactId(0)), ty);
    Some(ereje::facts::cell_json(model, &cell, &alone.datum))
}

/// A name in YAML, without quotes if no reader takes it for anything else.
fn path_word(text: &str) -> String {
    let starts = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '.');
    let plain = starts && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '/'));
    if plain {
        if text.contains(['.', '/']) { text.to_owned() } else { word(text) }
    } else {
        Json::from(text).to_string()
    }
}

/// A sentence in YAML, in single quotes if YAML would read it differently.
fn sentence(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '_'))
        && text.chars().next().is_some_and(char::is_alphabetic)
        && !text.ends_with(' ');
    if plain && text.contains(' ') {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        Json::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn scalar(value: &Json) -> String {
    match value {
        // A choice is a text for the reader of cases, whatever it is in YAML.
        Json::String(text) if text == "true" || text == "false" => text.clone(),
        Json::String(text) => word(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}
