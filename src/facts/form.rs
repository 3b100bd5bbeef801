//! The form of a policy's facts: an index of all names that a fact file may use.

use crate::ids::{EnumId, FactId, RecordId, RegionId};
use crate::model::{IndexVec, Model};

/// Names in alphabetical order, each with its meaning.
#[derive(Clone, Debug)]
pub(super) struct Names<'m, T>(Vec<(&'m str, T)>);

impl<'m, T: Copy> Names<'m, T> {
    fn new(names: impl IntoIterator<Item = (&'m str, T)>) -> Self {
        let mut names: Vec<(&'m str, T)> = names.into_iter().collect();
        names.sort_by_key(|(name, _)| *name);
        Self(names)
    }

    /// The meaning of a name in NFC.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        let place = self.0.binary_search_by_key(&name, |(known, _)| *known).ok()?;
        self.0.get(place).map(|(_, meaning)| *meaning)
    }

    /// All names, in alphabetical order.
    pub(super) fn all(&self) -> impl Iterator<Item = &'m str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// The meaning of a key at the top of a fact file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Top {
    /// A group, by its index in [`FactNames::groups`].
    Group(usize),
    /// A fact without a group.
    Fact(FactId),
}

/// The names of a Model's facts, indexed once and used for any number of fact sets.
#[derive(Clone, Debug)]
pub struct FactNames<'m> {
    pub(super) model: &'m Model,
    pub(super) top: Names<'m, Top>,
    /// Each group with its facts.
    pub(super) groups: Vec<(&'m str, Names<'m, FactId>)>,
    records: IndexVec<RecordId, Names<'m, u32>>,
    enums: IndexVec<EnumId, Names<'m, u32>>,
    pub(super) regions: Names<'m, RegionId>,
}

impl<'m> FactNames<'m> {
    /// The form of a policy.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        let mut top: Vec<(&str, Top)> = Vec::new();
        let mut groups: Vec<(&str, Vec<(&str, FactId)>)> = Vec::new();
        for (id, fact) in model.facts.entries() {
            let name = fact.datum.name.as_str();
            let Some(group) = fact.group.as_deref() else {
                top.push((name, Top::Fact(id)));
                continue;
            };
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, facts)) => facts.push((name, id)),
                None => {
                    top.push((group, Top::Group(groups.len())));
                    groups.push((group, vec![(name, id)]));
                }
            }
        }
        let numbered = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let fields = |record: &'m crate::model::Record| {
            let fields = record.fields.iter().enumerate();
            Names::new(fields.map(|(i, id)| (model.fields.at(*id).datum.name.as_str(), numbered(i))))
        };
        let values = |of: &'m crate::model::Enum| {
            Names::new(of.values.iter().enumerate().map(|(i, (name, _))| (name.as_str(), numbered(i))))
        };
        Self {
            model,
            top: Names::new(top),
            groups: groups.into_iter().map(|(name, facts)| (name, Names::new(facts))).collect(),
            records: model.records.iter().map(fields).collect(),
            enums: model.enums.iter().map(values).collect(),
            regions: Names::new(model.regions.entries().map(|(id, region)| (region.name.as_str(), id))),
        }
    }

    /// The policy's Model.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The fields of a record, by their indices in it.
    pub(super) fn record(&self, id: RecordId) -> &Names<'m, u32> {
        self.records.at(id)
    }

    /// The values of an enum.
    pub(super) fn values(&self, id: EnumId) -> &Names<'m, u32> {
        self.enums.at(id)
    }
}
