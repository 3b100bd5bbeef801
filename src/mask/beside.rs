//! What stands beside decisions in the words of a file: facts by their paths, and what is expected of outputs.

use super::mark::{self, MARK};
use super::{Mask, MaskError, names, plain_name};
use crate::diagnostic::Diagnostic;
use crate::facts::{FactSet, nfc};
use crate::ids::{DecisionId, OutputRef};
use crate::model::{Item, Model, Parts, Role, Type};
use crate::value::{FactCell, FactPath, Step, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// The words of a policy, which tell nothing of anybody: names of facts, outcomes, codes, rules and the like.
#[must_use]
pub fn words(model: &Model) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = names::known(model).into_keys().collect();
    for decision in &model.decisions {
        words.insert(decision.name.clone());
        words.extend(decision.outcomes.iter().map(|outcome| outcome.name.clone()));
        words.extend(decision.outputs.iter().map(|output| output.name.clone()));
    }
    words.extend(model.reasons.iter().map(|reason| reason.code.clone()));
    words.extend(model.definitions.iter().map(|definition| definition.name.clone()));
    words.extend(model.assumptions.iter().map(|assumption| assumption.name.clone()));
    words.extend(["undetermined", "not_in_force", "computed", "impossible", "true", "false", "null"].map(String::from));
    words
}

impl Mask {
    /// The names of what is masked, as they are given to [`Mask::new`].
    #[must_use]
    pub fn names(&self, model: &Model) -> BTreeSet<String> {
        let known = names::known(model).into_iter();
        known.filter(|(_, items)| items.is_subset(&self.items)).map(|(name, _)| name).collect()
    }

    /// The names of the facts and of the fields, with their record, that are masked.
    #[must_use]
    pub fn data(&self, model: &Model) -> BTreeSet<String> {
        self.items.iter().map(|item| model.datum_name(*item)).collect()
    }

    /// The same in one text.
    #[must_use]
    pub fn listed(&self, model: &Model) -> String {
        self.data(model).into_iter().collect::<Vec<_>>().join(", ")
    }

    /// The key by which values have marks of their own.
    #[must_use]
    pub fn key(&self) -> Option<&[u8]> {
        self.key.as_deref()
    }

    /// The mask of the same names in another Model, with what that masks itself; `None` if nothing there is masked.
    ///
    /// # Errors
    /// As for [`Mask::new`].
    pub fn for_other(&self, own: &Model, other: &Model) -> Result<Option<Self>, MaskError> {
        let names = self.names(own);
        let known: Vec<&str> = names.iter().map(String::as_str).filter(|name| super::is_known(other, name)).collect();
        if known.is_empty() && other.masked().is_empty() {
            return Ok(None);
        }
        Self::new(other, known, self.key()).map(Some)
    }

    /// True if a fact or a field is masked itself.
    #[must_use]
    pub fn hides_item(&self, item: Item) -> bool {
        self.items.contains(&item)
    }

    /// What stands in place of the value at a path in a file of facts or of cases, `children[0].name`; `None` if nothing there
    /// is masked. A path that leads nowhere is masked, since nobody knows what stands there.
    #[must_use]
    pub fn at(&self, model: &Model, facts: Option<&FactSet>, path: &str) -> Option<String> {
        let Some(found) = place(model, path) else {
            let known = names::known(model);
            let inside = |name: &String| name == path || name.starts_with(&format!("{path}."));
            let mut items = known.iter().filter(|(name, _)| inside(name)).flat_map(|(_, items)| items).peekable();
            // A group as a whole.
            let clear = items.peek().is_some() && !items.any(|item| self.items.contains(item));
            return if clear { None } else { Some(MARK.to_owned()) };
        };
        let (_, ty) = model.datum_at(&found);
        if !self.hides(&found) && !self.is_inside(model, &ty) {
            return None;
        }
        let mut cell = facts.and_then(|facts| facts.at(model, &found)).cloned().unwrap_or(FactCell::Unasked);
        self.read_cell(model, &found, &mut cell);
        Some(match cell {
            FactCell::Known(Value::Text(mark)) => mark.to_string(),
            FactCell::Absent => String::from("null"),
            FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked => MARK.to_owned(),
        })
    }

    /// True if a record of a type, or one inside it, has a field that is masked.
    fn is_inside(&self, model: &Model, ty: &Type) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![ty.clone()];
        while let Some(ty) = waiting.pop() {
            match ty {
                Type::List(inner) => waiting.push(*inner),
                Type::Record(id) if seen.insert(id) => {
                    for field in &model.records.at(id).fields {
                        if self.items.contains(&Item::Field(*field)) {
                            return true;
                        }
                        waiting.push(model.fields.at(*field).datum.ty.clone());
                    }
                }
                Type::Record(_)
                | Type::Bool
                | Type::Number(..)
                | Type::Date
                | Type::Duration(_)
                | Type::Text
                | Type::Enum(_)
                | Type::Region
                | Type::Error => {}
            }
        }
        false
    }

    /// The value that is expected of an output, in words, with marks in place of what is masked.
    #[must_use]
    pub fn expected_output(&self, model: &Model, decision: DecisionId, name: &str, value: &Json) -> Json {
        let outputs = model.decisions.get(decision).map_or(&[][..], |decision| &decision.outputs);
        let Some(index) = outputs.iter().position(|output| output.name == name) else {
            return self.marked(None, value);
        };
        let output = OutputRef { decision, output: u32::try_from(index).unwrap_or(u32::MAX) };
        let parts = model.parts(Item::Output(output));
        let Some(key) = parts.one(Role::Key) else { return self.expected_value(model, output, &parts, value) };
        let Json::Object(values) = value else { return self.marked(None, value) };
        let told = values.iter().enumerate().map(|(index, (name, value))| {
            let name = match plain_name(model, key).filter(|_| self.key.is_some()) {
                _ if !self.made.holds(key) => name.clone(),
                Some((named, _)) => self.written(&named, name),
                None => format!("{MARK}[{index}]"),
            };
            (name, self.expected_value(model, output, &parts, value))
        });
        Json::Object(told.collect())
    }

    /// An expected value of an output, or of one element of it.
    fn expected_value(&self, model: &Model, output: OutputRef, parts: &Parts<'_>, value: &Json) -> Json {
        match parts.one(Role::Value) {
            Some(expr) if !self.made.holds(expr) => self.expected(model, model.output(output).ty(), value),
            Some(expr) => match plain_name(model, expr) {
                Some((name, datum)) if matches!(datum.ty, Type::Record(_)) => {
                    self.expected_fields(model, &datum.ty, value, Some(&name))
                }
                named => self.marked(named.map(|(name, _)| name).as_deref(), value),
            },
            None => self.marked(None, value),
        }
    }

    /// An expected value that is not masked itself, with the masked fields of the records in it masked.
    fn expected(&self, model: &Model, ty: &Type, value: &Json) -> Json {
        match (ty, value) {
            (Type::List(inner), Json::Array(items)) => {
                items.iter().map(|item| self.expected(model, inner, item)).collect()
            }
            (Type::Record(_), Json::Object(_)) => self.expected_fields(model, ty, value, None),
            _ if self.is_inside(model, ty) => self.marked(None, value),
            _ => value.clone(),
        }
    }

    /// An expected record; with a name, one that is masked as a whole.
    fn expected_fields(&self, model: &Model, ty: &Type, value: &Json, whole: Option<&str>) -> Json {
        let (Type::Record(id), Json::Object(entries)) = (ty, value) else { return self.marked(whole, value) };
        let fields = &model.records.at(*id).fields;
        let told = entries.iter().map(|(key, value)| {
            let field = fields.iter().copied().find(|field| model.fields.at(*field).datum.name == *key);
            let told = match field {
                Some(field) if whole.is_some() || self.items.contains(&Item::Field(field)) => {
                    let (name, ty) = (model.datum_name(Item::Field(field)), &model.fields.at(field).datum.ty);
                    if matches!(ty, Type::Record(_)) {
                        self.expected_fields(model, ty, value, Some(&name))
                    } else {
                        self.marked(Some(&name), value)
                    }
                }
                Some(field) => self.expected(model, &model.fields.at(field).datum.ty, value),
                None => self.marked(None, value),
            };
            (key.clone(), told)
        });
        Json::Object(told.collect::<Map<_, _>>())
    }

    /// The mark of a value in words; what is absent stays so.
    fn marked(&self, name: Option<&str>, value: &Json) -> Json {
        match (value, name, &self.key) {
            (Json::Null, ..) => Json::Null,
            (value, Some(name), Some(key)) if !value.is_object() => {
                let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                Json::String(mark::keyed(key, name, &written))
            }
            _ => Json::String(MARK.to_owned()),
        }
    }

    /// The mark of a value as a file writes it, at a path of facts.
    #[must_use]
    pub fn written(&self, path: &str, value: &str) -> String {
        self.key.as_ref().map_or_else(|| MARK.to_owned(), |key| mark::keyed(key, path, value))
    }

    /// Findings about a file of facts or cases, without any value in them.
    #[must_use]
    pub fn untold(mask: Option<&Self>, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        match mask {
            Some(mask) => findings.iter().map(|finding| mask.without_values(finding)).collect(),
            None => findings,
        }
    }
}

/// The place that a path names: `applicant.name`, `children[0].born`.
fn place(model: &Model, path: &str) -> Option<FactPath> {
    let mut words = path.split('.');
    let first = nfc(words.next()?).into_owned();
    let (name, steps) = indexed(&first)?;
    let alone = model.facts.find_id(|fact| fact.group.is_none() && fact.datum.name == name);
    let (fact, steps) = match alone {
        Some(fact) => (fact, steps),
        None => {
            let second = nfc(words.next()?).into_owned();
            let (member, steps) = indexed(&second).map(|(name, steps)| (name.to_owned(), steps))?;
            let of = |fact: &crate::model::Fact| fact.group.as_deref() == Some(name) && fact.datum.name == member;
            (model.facts.find_id(of)?, steps)
        }
    };
    let mut place = FactPath::of(fact);
    place.steps.extend(steps);
    for word in words {
        let word = nfc(word);
        let (name, steps) = indexed(&word)?;
        let (_, Type::Record(record)) = model.datum_at(&place) else { return None };
        let mut fields = model.records.at(record).fields.iter().copied();
        let field = fields.find(|field| model.fields.at(*field).datum.name == name)?;
        place.steps.push(Step::Field(field));
        place.steps.extend(steps);
    }
    Some(place)
}

/// A name with the indices behind it.
fn indexed(word: &str) -> Option<(&str, Vec<Step>)> {
    let (name, rest) = word.split_at(word.find('[').unwrap_or(word.len()));
    let inner = rest.split(']').map(|part| part.strip_prefix('[')).take_while(Option::is_some).flatten();
    let steps = inner.map(|index| index.parse().ok().map(Step::Item)).collect::<Option<Vec<Step>>>()?;
    Some((name, steps))
}
