//! Whether two Models ask the same: fact sets, questions and choices made for one are good for the other.

use super::Model;

impl Model {
    /// Whether facts, regions, decisions and choices have the same ids and types in both, so that a fact set or a
    /// question of one can be put to the other.
    #[must_use]
    pub fn asks_same(&self, other: &Self) -> bool {
        let facts = |m: &Self| m.facts.iter().map(|f| (f.group.clone(), asked(&f.datum))).collect::<Vec<_>>();
        let fields = |m: &Self| m.fields.iter().map(|f| (f.record, f.index, asked(&f.datum))).collect::<Vec<_>>();
        let records = |m: &Self| m.records.iter().map(|r| (r.name.clone(), r.fields.clone())).collect::<Vec<_>>();
        let enums = |m: &Self| {
            let values = |e: &super::Enum| e.values.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            m.enums.iter().map(|e| (e.name.clone(), values(e))).collect::<Vec<_>>()
        };
        let regions = |m: &Self| m.regions.iter().map(|r| (r.name.clone(), r.parent)).collect::<Vec<_>>();
        let registries = |m: &Self| m.registries.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
        let units = |m: &Self| m.units.iter().map(|u| u.name.clone()).collect::<Vec<_>>();
        let choices = |m: &Self| {
            let of = |a: &super::Assumption| (a.name.clone(), a.ty.clone(), a.choices.clone(), a.default);
            m.assumptions.iter().map(of).collect::<Vec<_>>()
        };
        let decisions = |m: &Self| {
            let outcomes =
                |d: &super::DecisionDeclaration| d.outcomes.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
            let outputs = |d: &super::DecisionDeclaration| d.outputs.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
            m.decisions.iter().map(|d| (d.name.clone(), outcomes(d), outputs(d))).collect::<Vec<_>>()
        };
        facts(self) == facts(other)
            && fields(self) == fields(other)
            && records(self) == records(other)
            && enums(self) == enums(other)
            && regions(self) == regions(other)
            && registries(self) == registries(other)
            && units(self) == units(other)
            && self.calendars == other.calendars
            && choices(self) == choices(other)
            && decisions(self) == decisions(other)
    }
}

/// What a fact file may say of a fact or a field, and who answers it.
fn asked(datum: &super::Datum) -> impl PartialEq + use<> {
    (datum.name.clone(), datum.ty.clone(), datum.unit.clone(), datum.at_least, datum.registries.clone())
}
