//! Goals about days: those on which something begins or ends, and those beside them.

use super::{Aim, Goal, Listing, Rank};
use chrono::NaiveDate;
use ereje::ids::*;
use ereje::model::*;
use ereje::value::Value;
use std::collections::BTreeSet;

/// The days that have a goal, each with the choice that makes it one and the regions in which it is one.
type Seen = BTreeSet<(NaiveDate, Option<(AssumptionId, u32)>, Option<BTreeSet<RegionId>>)>;

/// How many regions a name names.
const MAX_REGIONS: usize = 2;

impl<'e> Listing<'e> {
    /// The days on which something begins or ends.
    pub(super) fn days(&mut self) {
        let model = self.model;
        let mut seen = Seen::new();
        let mut found: Vec<(String, Option<String>, Option<SectionId>, &'e Scope)> = Vec::new();
        for (index, section) in model.sections.iter().enumerate() {
            found.push((section.name.clone(), None, Some(SectionId::new(index)), &section.scope));
        }
        let plain = |name: &str| Some(name.to_owned());
        let provisions = |kind: ProvisionKind, found: &mut Vec<_>| {
            for (_, provision) in model.provisions_of(kind) {
                found.extend(
                    provision
                        .versions
                        .iter()
                        .map(|v| (v.qualified.clone(), plain(&provision.name), Some(v.claim.section), &v.claim.scope)),
                );
            }
        };
        provisions(ProvisionKind::Rule, &mut found);
        for exception in &model.exceptions {
            let name = plain(&exception.name);
            found.extend(
                exception
                    .versions
                    .iter()
                    .map(|v| (v.qualified.clone(), name.clone(), Some(v.claim.section), &v.claim.scope)),
            );
        }
        for definition in &model.definitions {
            for version in &definition.versions {
                let section = Some(version.claim.section);
                found.push((version.qualified.clone(), plain(&definition.name), section, &version.claim.scope));
                if let DefinitionBody::Cases(cases) = &version.body {
                    found.extend(
                        cases.iter().map(|c| (version.qualified.clone(), plain(&definition.name), section, &c.scope)),
                    );
                }
            }
        }
        for norm in &model.norms {
            found.extend(norm.values.iter().map(|v| (norm.name.clone(), None, Some(v.claim.section), &v.claim.scope)));
        }
        provisions(ProvisionKind::Notice, &mut found);
        for fact in &model.facts {
            for handler in fact.datum.handlers.absent.iter().chain(&fact.datum.handlers.unavailable) {
                found.push((fact.path(), None, Some(handler.claim.section), &handler.claim.scope));
            }
        }
        for (name, plain, section, scope) in found {
            for (bounds, first) in [(&scope.from, true), (&scope.through, false)] {
                for bound in bounds {
                    for (day, choice) in self.bound_days(bound) {
                        // Of several bounds the narrowest counts; those of what is around it have goals of their own.
                        let usual = Choices::defaults(model);
                        let choices = choice.map_or_else(|| usual.clone(), |(id, index)| usual.with(id, index));
                        let period = scope.period(model, &choices);
                        if (if first { period.from } else { period.through }) != Some(day) {
                            continue;
                        }
                        let law = self.law(&[], section);
                        let names = (name.as_str(), plain.as_deref());
                        self.day(names, law, (day, first), choice, scope.regions.as_ref(), &mut seen);
                    }
                }
            }
        }
    }

    /// The days that a bound can mean, with the choice under which it does.
    fn bound_days(&self, bound: &DateBound) -> Vec<(NaiveDate, Option<(AssumptionId, u32)>)> {
        match bound {
            DateBound::Date(day) => vec![(*day, None)],
            DateBound::Assumption(id) => {
                let choices = self.model.assumptions.get(id.index()).map_or(&[][..], |a| &a.choices);
                let days = (0_u32..).zip(choices).filter_map(|(index, value)| match value {
                    Value::Date(day) => Some((*day, Some((*id, index)))),
                    _ => None,
                });
                days.collect()
            }
        }
    }

    fn day(
        &mut self,
        (name, plain): (&str, Option<&str>),
        law: Option<String>,
        (day, first): (NaiveDate, bool),
        choice: Option<(AssumptionId, u32)>,
        regions: Option<&'e BTreeSet<RegionId>>,
        seen: &mut Seen,
    ) {
        let beside = if first { day.pred_opt() } else { day.succ_opt() };
        let Some(beside) = beside else { return };
        let chosen = choice.and_then(|(id, index)| {
            let assumption = self.model.assumptions.get(id.index())?;
            (assumption.default != index).then(|| format!(", under `{}={day}`", assumption.name))
        });
        let chosen = chosen.unwrap_or_default();
        let place = regions.map(|regions| self.within(regions)).unwrap_or_default();
        let words = if first {
            [("the day before", "begins"), ("the first day of", "")]
        } else {
            [("the day after", "ended"), ("the last day of", "")]
        };
        for ((at, other), (before, after)) in [(beside, day), (day, beside)].into_iter().zip(words) {
            if !seen.insert((at, choice, regions.cloned())) {
                continue;
            }
            let after = if after.is_empty() { String::new() } else { format!(" {after}") };
            let items = [Some(name), plain].into_iter().flatten().map(str::to_owned).collect();
            self.out.push(Goal {
                rank: Rank::Day,
                name: format!("on {before} `{name}`{after}, {at}{place}{chosen}"),
                items,
                law: law.clone(),
                decision: None,
                aim: Aim::Day { day: at, other, regions, choice },
            });
        }
    }

    /// The regions in which something holds, where the policy holds in others as well.
    fn within(&self, regions: &BTreeSet<RegionId>) -> String {
        if self.model.sections.first().is_some_and(|policy| policy.scope.regions.as_ref() == Some(regions)) {
            return String::new();
        }
        // A region that holds others stands for them.
        let top = |id: &&RegionId| {
            let parent = self.model.regions.get(id.index()).and_then(|region| region.parent);
            !parent.is_some_and(|parent| regions.contains(&parent))
        };
        let tops: Vec<&RegionId> = regions.iter().filter(top).collect();
        let named = tops.iter().take(MAX_REGIONS).filter_map(|id| self.model.regions.get(id.index()));
        let mut names: Vec<String> = named.map(|region| format!("`{}`", region.name)).collect();
        if tops.len() > MAX_REGIONS {
            names.push(String::from("…"));
        }
        format!(", in {}", names.join(", "))
    }
}
