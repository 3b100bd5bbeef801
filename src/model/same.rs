//! Whether fact sets, questions and choices for one Model are valid for another.

use super::Model;

impl Model {
    /// True if facts, regions, decisions and choices have the same ids and types in both, so that a fact set or a
    /// question for one is valid for the other.
    #[must_use]
    pub fn asks_same(&self, other: &Self) -> bool {
        let facts = |m: &Self| m.facts.iter().map(|f| (f.group.clone(), fact_form(&f.datum))).collect::<Vec<_>>();
        let fields = |m: &Self| m.fields.iter().map(|f| (f.record, f.index, fact_form(&f.datum))).collect::<Vec<_>>();
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

/// What a fact file depends on: name, type, unit, least number of elements, bounds, and registries.
fn fact_form(datum: &super::Datum) -> impl PartialEq + use<> {
    let super::Datum { name, ty, unit, at_least, bounds, registries, masked: _, handlers: _, labels: _, span: _ } =
        datum;
    (name.clone(), ty.clone(), unit.clone(), *at_least, bounds.clone(), registries.clone())
}
