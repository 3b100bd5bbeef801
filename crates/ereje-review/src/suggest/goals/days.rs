//! Goals about days: those on which something begins or ends, and the days before or after them.

use super::{GoalListing, Objective, Rank, SuggestionGoal};
use chrono::NaiveDate;
use ereje::ids::*;
use ereje::model::*;
use ereje::value::{Value, day_after, day_before};
use std::collections::BTreeSet;

/// The days that have a goal, each with the choice under which, and the regions in which, it has one.
type ListedDays = BTreeSet<(NaiveDate, Option<(AssumptionId, u32)>, Option<BTreeSet<RegionId>>)>;

/// The most regions that a name lists.
const MAX_REGIONS: usize = 2;

impl<'e> GoalListing<'e> {
    /// Lists the days on which something begins or ends.
    pub(super) fn days(&mut self) {
        let model = self.model;
        let mut listed = ListedDays::new();
        let mut all: Vec<(Dated, &'e Scope)> = Vec::new();
        for (item, scope) in model.scopes() {
            all.extend(Dated::of(model, item).map(|dated| (dated, scope)));
        }
        // The sort is stable: things of one kind keep the order of the policy.
        all.sort_by_key(|(dated, _)| dated.order);
        for (dated, scope) in all {
            for (bounds, first) in [(scope.starts(), true), (scope.ends(), false)] {
                for bound in bounds {
                    for (day, choice) in self.bound_days(bound) {
                        // The narrowest of several bounds counts; the outer ones have goals of their own.
                        let usual = Choices::defaults(model);
                        let choices = choice.map_or_else(|| usual.clone(), |(id, index)| usual.with(id, index));
                        let period = scope.period(model, &choices);
                        if (if first { period.from } else { period.through }) != Some(day) {
                            continue;
                        }
                        self.day(&dated, (day, first), choice, scope.regions(), &mut listed);
                    }
                }
            }
        }
    }

    /// The days that a bound can mean, each with the choice under which it does.
    fn bound_days(&self, bound: &DateBound) -> Vec<(NaiveDate, Option<(AssumptionId, u32)>)> {
        match bound {
            DateBound::Date(day) => vec![(*day, None)],
            DateBound::Assumption(id) => {
                let mut days = Vec::new();
                for (index, value) in (0_u32..).zip(&self.model.assumptions.at(*id).choices) {
                    if let Value::Date(day) = value {
                        days.push((*day, Some((*id, index))));
                    }
                }
                days
            }
        }
    }

    fn day(
        &mut self,
        dated: &Dated,
        (day, first): (NaiveDate, bool),
        choice: Option<(AssumptionId, u32)>,
        regions: Option<&'e BTreeSet<RegionId>>,
        listed: &mut ListedDays,
    ) {
        // No application has a day before the first one or after the last.
        let beside = if first { day_before(day) } else { day_after(day) };
        let Some(beside) = beside else { return };
        // What is in an amendment is asked for by the amendment's name as well.
        let section = &self.model.sections.at(dated.section).name;
        let names: Vec<String> = dated.names.iter().chain([section]).cloned().collect();
        let chosen = choice.and_then(|(id, index)| {
            let assumption = self.model.assumptions.at(id);
            (assumption.default != index).then(|| format!(", under `{}={day}`", assumption.name))
        });
        let chosen = chosen.unwrap_or_default();
        let place = regions.map(|regions| self.within(regions)).unwrap_or_default();
        let words = if first {
            [("the day before", " begins"), ("the first day of", "")]
        } else {
            [("the day after", " ended"), ("the last day of", "")]
        };
        for ((at, other), (before, after)) in [(beside, day), (day, beside)].into_iter().zip(words) {
            if !listed.insert((at, choice, regions.cloned())) {
                continue;
            }
            self.out.push(SuggestionGoal {
                rank: Rank::Day,
                name: format!("on {before} {}{after}, {at}{place}{chosen}", dated.words),
                items: names.clone(),
                law: self.law(&[], Some(dated.section)),
                decision: None,
                objective: Objective::Day { day: at, other, regions, choice },
            });
        }
    }

    /// The regions of an item, if they are not all those of the policy.
    fn within(&self, regions: &BTreeSet<RegionId>) -> String {
        if self.model.parts(Item::Section(SectionId(0))).scope.is_some_and(|policy| policy.regions() == Some(regions)) {
            return String::new();
        }
        // Regions inside a listed region are left out.
        let top = |id: &&RegionId| !self.model.regions.at(**id).parent.is_some_and(|parent| regions.contains(&parent));
        let tops: Vec<&RegionId> = regions.iter().filter(top).collect();
        let named = tops.iter().take(MAX_REGIONS);
        let mut names: Vec<String> = named.map(|id| format!("`{}`", self.model.regions.at(**id).name)).collect();
        if tops.len() > MAX_REGIONS {
            names.push(String::from("…"));
        }
        format!(", in {}", names.join(", "))
    }
}

/// What begins or ends.
struct Dated {
    /// The rank of its kind, by which days are sorted.
    order: u8,
    /// Its name in a sentence.
    words: String,
    /// The names by which a user can ask for it.
    names: Vec<String>,
    /// The section that it is part of, whose sources are cited.
    section: SectionId,
}

impl Dated {
    /// An item with a scope; `None` for any other item.
    fn of(model: &Model, item: Item) -> Option<Self> {
        Some(match item {
            Item::Section(id) => Self::new(0, vec![model.sections.at(id).name.clone()], id),
            Item::ProvisionVersion(version) => {
                let provision = model.provisions.at(version.provision);
                let order = match provision.kind {
                    ProvisionKind::Rule => 1,
                    ProvisionKind::Notice => 5,
                };
                Self::versioned(order, &provision.name, model.provision(version))
            }
            Item::ExceptionVersion(version) => {
                Self::versioned(2, &model.exceptions.at(version.exception).name, model.exception(version))
            }
            Item::DefinitionVersion(version) | Item::Case(CaseRef { version, .. }) => {
                Self::versioned(3, &model.definitions.at(version.definition).name, model.definition(version))
            }
            Item::NormValue(value) => {
                Self::new(4, vec![model.norms.at(value.norm).name.clone()], model.norm_value(value).claim().section)
            }
            Item::Handler(handler) => {
                let (order, plain) = match handler.owner {
                    HandlerOwner::Fact(_) => (6, None),
                    HandlerOwner::Field(field) => (7, Some(model.fields.at(field).datum.name.clone())),
                    HandlerOwner::Registry(_) | HandlerOwner::Policy => (8, None),
                };
                let names = [model.owner_name(handler.owner)].into_iter().chain(plain).collect();
                Self::new(order, names, model.handler(handler).claim().section)
            }
            Item::NormLimit(limit) => {
                let name = model.norms.at(limit.norm).name.clone();
                let words = format!("a bound of `{name}`");
                Self { words, ..Self::new(9, vec![name], model.norm_limit(limit).claim().section) }
            }
            Item::AsOf
            | Item::Source(_)
            | Item::Registry(_)
            | Item::Record(_)
            | Item::Field(_)
            | Item::Fact(_)
            | Item::Assumption(_)
            | Item::Norm(_)
            | Item::Definition(_)
            | Item::Provision(_)
            | Item::Exception(_)
            | Item::Reason(_)
            | Item::Decision(_)
            | Item::Outcome(_)
            | Item::Output(_) => return None,
        })
    }

    fn new(order: u8, names: Vec<String>, section: SectionId) -> Self {
        let words = names.first().map(|name| format!("`{name}`")).unwrap_or_default();
        Self { order, words, names, section }
    }

    fn versioned<Body>(order: u8, name: &str, version: &Versioned<Body>) -> Self {
        Self::new(order, vec![version.qualified.clone(), name.to_owned()], version.claim.section)
    }
}
