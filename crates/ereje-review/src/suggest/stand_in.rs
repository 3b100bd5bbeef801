//! Stand-ins for masked values: a case has to hold facts, so what is masked in those that suggestions start from is replaced by
//! plausible values, which are nobody's.

use ereje::facts::{FactSet, Format, to_json};
use ereje::ids::FieldId;
use ereje::mask::Mask;
use ereje::model::{Item, Model, Type};
use ereje::{Policy, schema};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The facts with plausible values in place of those that the policy's mask hides; `None` if they cannot be made.
#[must_use]
pub fn stand_ins(policy: &Policy, facts: &FactSet) -> Option<FactSet> {
    let Some(mask) = policy.mask() else { return Some(facts.clone()) };
    let model = policy.model();
    let example = policy.facts(&schema::example(model), Format::Yaml).ok()?.into_iter().next()?;
    let example = to_json(model, &example);
    let mut plausible = Plausible { model, mask, fields: BTreeMap::new() };
    for fact in &model.facts {
        if let Some(value) = at(&example, fact.group.as_deref(), &fact.datum.name) {
            plausible.note(&fact.datum.ty, value);
        }
    }
    let mut written = to_json(model, facts);
    for (id, fact) in model.facts.entries() {
        let (group, name) = (fact.group.as_deref(), fact.datum.name.as_str());
        let Some(value) = at(&written, group, name) else { continue };
        let told = match mask.hides_item(Item::Fact(id)) {
            true => replaced(value, at(&example, group, name)),
            false => plausible.stands_in(&fact.datum.ty, value),
        };
        let of = match group {
            Some(group) => written.get_mut(group).and_then(Json::as_object_mut),
            None => written.as_object_mut(),
        };
        of?.insert(name.to_owned(), told);
    }
    policy.form().line(&written.to_string()).ok()
}

/// The value of a fact.
fn at<'j>(facts: &'j Json, group: Option<&str>, name: &str) -> Option<&'j Json> {
    group.map_or(Some(facts), |group| facts.get(group))?.get(name)
}

/// What stands in place of a masked value; a silence stays one, without its why.
fn replaced(value: &Json, plausible: Option<&Json>) -> Json {
    match value {
        Json::Null => Json::Null,
        Json::Object(map) if map.contains_key("unavailable") => json!({ "unavailable": "timeout" }),
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
            plausible.cloned().unwrap_or(Json::Null)
        }
    }
}

/// Plausible values of fields.
struct Plausible<'p> {
    model: &'p Model,
    mask: &'p Mask,
    fields: BTreeMap<FieldId, Json>,
}

impl Plausible<'_> {
    /// Notes the fields of the records in a plausible value.
    fn note(&mut self, ty: &Type, value: &Json) {
        match (ty, value) {
            (Type::List(inner), Json::Array(items)) => items.iter().for_each(|item| self.note(inner, item)),
            (Type::Record(id), Json::Object(entries)) => {
                for field in self.model.records.at(*id).fields.clone() {
                    let datum = &self.model.fields.at(field).datum;
                    if let Some(value) = entries.get(&datum.name) {
                        self.fields.entry(field).or_insert_with(|| value.clone());
                        self.note(&datum.ty, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// A value with the masked fields of the records in it replaced.
    fn stands_in(&self, ty: &Type, value: &Json) -> Json {
        match (ty, value) {
            (Type::List(inner), Json::Array(items)) => items.iter().map(|item| self.stands_in(inner, item)).collect(),
            (Type::Record(id), Json::Object(entries)) => {
                let mut told = Map::clone(entries);
                for field in &self.model.records.at(*id).fields {
                    let datum = &self.model.fields.at(*field).datum;
                    if let Some(value) = told.get_mut(&datum.name) {
                        *value = match self.mask.hides_item(Item::Field(*field)) {
                            true => replaced(value, self.fields.get(field)),
                            false => self.stands_in(&datum.ty, value),
                        };
                    }
                }
                Json::Object(told)
            }
            _ => value.clone(),
        }
    }
}
