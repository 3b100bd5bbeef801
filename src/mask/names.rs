//! What the names on a command line mask: facts, groups of facts, and fields of records.

use crate::diagnostic::{lookalike, nearest};
use crate::facts::nfc;
use crate::ids::RecordId;
use crate::model::{Item, Model, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Why facts cannot be masked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MaskError {
    /// What is wrong.
    pub message: String,
    /// The next step.
    pub help: String,
}

/// Every name that can be masked, with the facts or fields that it stands for.
pub(super) fn known(model: &Model) -> BTreeMap<String, BTreeSet<Item>> {
    let mut names: BTreeMap<String, BTreeSet<Item>> = BTreeMap::new();
    for (id, fact) in model.facts.entries() {
        let path = fact.path();
        fields(model, &fact.datum.ty, &path, &mut Vec::new(), &mut names);
        names.entry(path).or_default().insert(Item::Fact(id));
        if let Some(group) = &fact.group {
            names.entry(group.clone()).or_default().insert(Item::Fact(id));
        }
    }
    names
}

/// The fields of the records in a fact. `around` are the records that they stand in.
fn fields(
    model: &Model,
    ty: &Type,
    path: &str,
    around: &mut Vec<RecordId>,
    names: &mut BTreeMap<String, BTreeSet<Item>>,
) {
    let mut inner = ty;
    while let Type::List(element) = inner {
        inner = element;
    }
    let Type::Record(record) = inner else { return };
    if around.contains(record) {
        return;
    }
    around.push(*record);
    for id in &model.records.at(*record).fields {
        let datum = &model.fields.at(*id).datum;
        let path = format!("{path}.{}", datum.name);
        fields(model, &datum.ty, &path, around, names);
        names.entry(path).or_default().insert(Item::Field(*id));
    }
    around.pop();
}

/// The facts and fields that these names stand for.
pub(super) fn resolve<'n>(
    model: &Model,
    wanted: impl IntoIterator<Item = &'n str>,
) -> Result<BTreeSet<Item>, MaskError> {
    let known = known(model);
    let mut found = BTreeSet::new();
    for name in wanted {
        let name = name.trim();
        match known.get(&*nfc(name)) {
            Some(items) => found.extend(items),
            None => return Err(unknown(name, &known)),
        }
    }
    Ok(found)
}

fn unknown(name: &str, known: &BTreeMap<String, BTreeSet<Item>>) -> MaskError {
    let all = || known.keys().map(String::as_str);
    let help = match (lookalike(name, all()), nearest(name, all())) {
        (Some((meant, why)), _) => format!("{why}; did you mean `{meant}`?"),
        (None, Some(meant)) => format!("did you mean `{meant}`?"),
        (None, None) => String::from("name a fact, a group of facts, or a field of a record as `owners.id`"),
    };
    MaskError { message: format!("there is no fact `{name}` to mask"), help }
}
