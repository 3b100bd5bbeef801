//! The registries that answer for the fields of a record: they decide which states a field can have.

use ereje::ids::{RecordId, RegistryId};
use ereje::model::{Model, Type};
use std::collections::{BTreeMap, BTreeSet};

/// For each record, the registries of its fields that name none: those that answer for the data that the record is part
/// of.
pub(super) fn answered(model: &Model) -> BTreeMap<RecordId, BTreeSet<RegistryId>> {
    fn record(ty: &Type) -> Option<RecordId> {
        match ty {
            Type::Record(id) => Some(*id),
            Type::List(inner) => record(inner),
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Error => None,
        }
    }
    let mut found: BTreeMap<RecordId, BTreeSet<RegistryId>> = BTreeMap::new();
    for fact in &model.facts {
        if let Some(id) = record(&fact.datum.ty) {
            found.entry(id).or_default().extend(&fact.datum.registries);
        }
    }
    // Records can be nested: as many rounds as there are records are enough.
    for _ in &model.records {
        let before = found.clone();
        for field in &model.fields {
            if let Some(id) = record(&field.datum.ty) {
                let own: BTreeSet<RegistryId> = field.datum.registries.iter().copied().collect();
                let by = if own.is_empty() { before.get(&field.record).cloned().unwrap_or_default() } else { own };
                found.entry(id).or_default().extend(by);
            }
        }
        if found == before {
            break;
        }
    }
    found
}
