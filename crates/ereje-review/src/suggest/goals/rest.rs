//! Goals about the states of facts, and about regions, choices and outcomes.

use super::{GoalListing, Objective, Rank, Setting, SuggestionGoal};
use ereje::ids::*;
use ereje::model::HandlerOwner;
use ereje::model::*;
use ereje::syntax::ast::{ArithOp, State};
use ereje::value::{LeapBirthday, MonthEnd};
use std::collections::BTreeSet;

impl<'e> GoalListing<'e> {
    /// Lists the states of facts and fields.
    pub(super) fn states(&mut self) {
        let model = self.model;
        let facts = model.facts.entries().map(|(id, f)| (HandlerOwner::Fact(id), f.path(), &f.datum));
        let fields = model.fields.entries().map(|(id, f)| (HandlerOwner::Field(id), model.field_name(id), &f.datum));
        let read = read_by_conditions(model);
        let all: Vec<_> = facts.chain(fields).filter(|(datum, ..)| read.contains(datum)).collect();
        for (datum, name, found) in all {
            for state in [Some(State::Absent), Some(State::Unavailable), None] {
                let (sentence, handlers) = match state {
                    Some(State::Absent) => (format!("there is no record of `{name}`"), &found.handlers.absent[..]),
                    Some(State::Unavailable) => {
                        (format!("the registry for `{name}` is unavailable"), &found.handlers.unavailable[..])
                    }
                    None => (format!("nobody has asked `{name}`"), &[][..]),
                };
                let registries = found.registries.iter().map(|id| model.registries.at(*id));
                let policy = found.registries.is_empty().then_some(&model.handlers);
                let others = registries.clone().map(|r| &r.handlers).chain(policy);
                let mut declared = state.into_iter().flat_map(|s| others.clone().map(move |handlers| handlers.of(s)));
                let rank = match state {
                    None => Rank::Unasked,
                    Some(_) if !handlers.is_empty() || declared.any(|list| !list.is_empty()) => Rank::Handler,
                    Some(_) => Rank::State,
                };
                let cites = handlers.first().map(|h| (h.cites.as_slice(), h.claim().section));
                let law = cites.and_then(|(cites, section)| self.law(cites, Some(section)));
                let mut items = vec![name.clone(), found.name.clone()];
                items.extend(registries.map(|r| r.name.clone()));
                self.out.push(SuggestionGoal {
                    rank,
                    name: sentence,
                    items,
                    law,
                    decision: None,
                    objective: Objective::State { datum, state },
                });
            }
        }
    }

    /// Lists the regions that scopes and conditions distinguish.
    pub(super) fn regions(&mut self) {
        let model = self.model;
        let mut sets: Vec<&BTreeSet<RegionId>> = Vec::new();
        sets.extend(model.scopes().into_iter().filter_map(|(_, scope)| scope.regions()));
        for (_, _, top) in model.expressions() {
            top.walk(&mut |e| {
                if let ExprKind::InRegions(_, regions) = &e.kind {
                    sets.push(regions);
                }
            });
        }
        sets.sort();
        sets.dedup();
        let mut classes: Vec<(Vec<bool>, Vec<RegionId>)> = Vec::new();
        for region in (0..model.regions.len()).map(RegionId::new) {
            let signature: Vec<bool> = sets.iter().map(|set| set.contains(&region)).collect();
            match classes.iter_mut().find(|(known, _)| *known == signature) {
                Some((_, regions)) => regions.push(region),
                None => classes.push((signature, vec![region])),
            }
        }
        for (_, regions) in classes {
            // A region without others inside it is the most likely place of an application.
            let leaf = |id: &&RegionId| !model.regions.iter().any(|r| r.parent == Some(**id));
            let shown = regions.iter().find(leaf).or(regions.first()).map(|id| model.regions.at(*id));
            let Some(shown) = shown else { continue };
            let more = if regions.len() > 1 { format!(", as in {} more", regions.len() - 1) } else { String::new() };
            self.out.push(SuggestionGoal {
                rank: Rank::Region,
                name: format!("in `{}`{more}", shown.name),
                items: vec![shown.name.clone()],
                law: None,
                decision: None,
                objective: Objective::Region(regions),
            });
        }
    }

    pub(super) fn choices(&mut self) {
        for (index, assumption) in self.model.assumptions.iter().enumerate() {
            let id = AssumptionId::new(index);
            for choice in (0_u32..).take(assumption.choices.len()) {
                let law = self.law(&assumption.cites, None);
                self.out.push(SuggestionGoal {
                    rank: Rank::Choice,
                    // The name of the choice is added by code that knows how the policy writes it.
                    name: format!("under `{}=", assumption.name),
                    items: vec![assumption.name.clone()],
                    law,
                    decision: None,
                    objective: Objective::Choice(id, choice),
                });
            }
        }
    }

    /// Lists the settings that a decision can depend on.
    pub(super) fn settings(&mut self) {
        let model = self.model;
        for (setting, word) in [(Setting::LeapBirthday, "leap_birthday"), (Setting::MonthEnd, "month_end")] {
            let assumed = match setting {
                Setting::LeapBirthday => model.assumed_dates.leap_birthday,
                Setting::MonthEnd => model.assumed_dates.month_end,
            };
            // The choices of an assumption are goals of their own.
            if assumed.is_some() {
                continue;
            }
            let Some(dates) = dates_of(model, setting) else { continue };
            let name = match setting {
                Setting::LeapBirthday => match model.leap_birthday {
                    LeapBirthday::March1 => "born on 29 February, with the birthday on 1 March in a common year",
                    LeapBirthday::February28 => {
                        "born on 29 February, with the birthday on 28 February in a common year"
                    }
                },
                Setting::MonthEnd => match model.month_end {
                    MonthEnd::Clamp => "months counted to a month without that day, which end on its last day",
                    MonthEnd::Roll => "months counted to a month without that day, which end on the first day after it",
                },
            };
            self.out.push(SuggestionGoal {
                rank: Rank::Setting,
                name: name.to_owned(),
                items: vec![word.to_owned()],
                law: self.law(&[], Some(SectionId(0))),
                decision: None,
                objective: Objective::Setting { setting, dates },
            });
        }
    }

    pub(super) fn outcomes(&mut self) {
        for (index, decision) in self.model.decisions.iter().enumerate() {
            for (level, outcome) in (0_u32..).zip(&decision.outcomes) {
                if decision.is_impossible(level) {
                    continue;
                }
                self.out.push(SuggestionGoal {
                    rank: Rank::Outcome,
                    name: format!("the outcome is `{}`", outcome.name),
                    items: vec![outcome.name.clone(), decision.name.clone()],
                    law: None,
                    decision: Some(DecisionId::new(index)),
                    objective: Objective::Outcome(level),
                });
            }
        }
    }
}

/// The facts and fields that a decision can depend on, without those that only messages read.
fn read_by_conditions(model: &Model) -> BTreeSet<HandlerOwner> {
    let mut read = BTreeSet::new();
    for (_, role, top) in model.expressions() {
        if role != Role::Message {
            top.walk(&mut |e| read.extend(e.names().and_then(datum_of)));
        }
    }
    read
}

/// The facts and fields with dates that a setting can matter to; `None` if no condition or value computes anything that
/// depends on the setting.
fn dates_of(model: &Model, setting: Setting) -> Option<BTreeSet<HandlerOwner>> {
    let mut counted: Vec<&Expr> = Vec::new();
    for (_, role, top) in model.expressions() {
        if !role.is_words() {
            top.walk(&mut |e| counted.extend(counted_from(e, setting)));
        }
    }
    if counted.is_empty() {
        return None;
    }
    let dates = |owner: &HandlerOwner| match owner {
        HandlerOwner::Fact(fact) => model.value_datum(&model.facts.at(*fact).datum).ty == Type::Date,
        HandlerOwner::Field(field) => model.value_datum(&model.fields.at(*field).datum).ty == Type::Date,
        HandlerOwner::Registry(_) | HandlerOwner::Policy => false,
    };
    let mut found: BTreeSet<HandlerOwner> = BTreeSet::new();
    let mut waiting = counted;
    while let Some(expr) = waiting.pop() {
        match (&expr.kind, expr.names()) {
            // A variable can stand for any fact or field.
            (ExprKind::Local(_), _) => found.extend(model.handler_owners()),
            (ExprKind::Field(_, field), _) => _ = found.insert(HandlerOwner::Field(*field)),
            (_, Some(name)) => {
                found.extend(model.reach([name], |_, _, _| true).into_iter().filter_map(datum_of));
                waiting.extend(expr.children());
            }
            (_, None) => waiting.extend(expr.children()),
        }
    }
    found.retain(dates);
    Some(found)
}

/// The fact or field that an item is.
fn datum_of(item: Item) -> Option<HandlerOwner> {
    if let Item::Fact(id) = item {
        Some(HandlerOwner::Fact(id))
    } else if let Item::Field(id) = item {
        Some(HandlerOwner::Field(id))
    } else {
        None
    }
}

/// The date from which an expression counts if the count depends on a setting.
fn counted_from(expr: &Expr, setting: Setting) -> Option<&Expr> {
    match (setting, &expr.kind) {
        (Setting::LeapBirthday, ExprKind::Call(Builtin::Age, args))
        | (Setting::MonthEnd, ExprKind::Call(Builtin::MonthsBetween | Builtin::YearsBetween, args)) => args.first(),
        (Setting::MonthEnd, ExprKind::Arith(ArithOp::Add | ArithOp::Sub, a, b)) => {
            let months = Type::Duration(DurationKind::Months);
            match (a.ty == Type::Date && b.ty == months, b.ty == Type::Date && a.ty == months) {
                (true, _) => Some(a),
                (_, true) => Some(b),
                (false, false) => None,
            }
        }
        (Setting::LeapBirthday | Setting::MonthEnd, _) => None,
    }
}
