//! Goals about what is known of facts, and about regions, choices and outcomes.

use super::{Aim, Goal, Listing, Rank, address};
use ereje::ids::*;
use ereje::model::HandlerOwner;
use ereje::model::*;
use ereje::syntax::ast::State;
use std::collections::BTreeSet;

impl<'e> Listing<'e> {
    /// The states of facts and fields.
    pub(super) fn states(&mut self) {
        let model = self.model;
        let facts =
            model.facts.iter().enumerate().map(|(i, f)| (HandlerOwner::Fact(FactId::new(i)), f.path(), &f.datum));
        let fields = model.fields.iter().enumerate().map(|(i, f)| {
            let record = model.records.get(f.record.index()).map_or("", |r| r.name.as_str());
            (HandlerOwner::Field(FieldId::new(i)), format!("{record}.{}", f.datum.name), &f.datum)
        });
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
                let registries = found.registries.iter().filter_map(|id| model.registries.get(id.index()));
                let mut declared = state.into_iter().flat_map(|s| registries.clone().map(move |r| r.handlers.of(s)));
                let rank = match state {
                    None => Rank::Unasked,
                    Some(_) if !handlers.is_empty() || declared.any(|list| !list.is_empty()) => Rank::Handler,
                    Some(_) => Rank::State,
                };
                let cites = handlers.first().map(|h| (h.cites.as_slice(), h.claim.section));
                let law = cites.and_then(|(cites, section)| self.law(cites, Some(section)));
                let mut items = vec![name.clone(), found.name.clone()];
                items.extend(registries.map(|r| r.name.clone()));
                self.out.push(Goal {
                    rank,
                    name: sentence,
                    items,
                    law,
                    decision: None,
                    aim: Aim::State { datum, state },
                });
            }
        }
    }

    /// Regions that a scope or a condition tells apart.
    pub(super) fn regions(&mut self) {
        let model = self.model;
        let mut sets: Vec<&BTreeSet<RegionId>> = Vec::new();
        ereje::plan::for_each_scope(model, &mut |scope| sets.extend(&scope.regions));
        ereje::plan::for_each_expr(model, &mut |top| {
            top.walk(&mut |e| {
                if let ExprKind::InRegions(_, regions) = &e.kind {
                    sets.push(regions);
                }
            });
        });
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
            // Applications are made somewhere, so a region without others inside it is likelier.
            let leaf = |id: &&RegionId| !model.regions.iter().any(|r| r.parent == Some(**id));
            let shown = regions.iter().find(leaf).or(regions.first()).and_then(|id| model.regions.get(id.index()));
            let Some(shown) = shown else { continue };
            let more = if regions.len() > 1 { format!(", as in {} more", regions.len() - 1) } else { String::new() };
            self.out.push(Goal {
                rank: Rank::Region,
                name: format!("in `{}`{more}", shown.name),
                items: vec![shown.name.clone()],
                law: None,
                decision: None,
                aim: Aim::Region(regions),
            });
        }
    }

    pub(super) fn choices(&mut self) {
        for (index, assumption) in self.model.assumptions.iter().enumerate() {
            let id = AssumptionId::new(index);
            for choice in (0_u32..).take(assumption.choices.len()) {
                let law = self.law(&assumption.cites, None);
                self.out.push(Goal {
                    rank: Rank::Choice,
                    // The choice is put into words by who knows how it is written.
                    name: format!("under `{}=", assumption.name),
                    items: vec![assumption.name.clone()],
                    law,
                    decision: None,
                    aim: Aim::Choice(id, choice),
                });
            }
        }
    }

    pub(super) fn outcomes(&mut self) {
        for (index, decision) in self.model.decisions.iter().enumerate() {
            for (level, outcome) in (0_u32..).zip(&decision.outcomes) {
                self.out.push(Goal {
                    rank: Rank::Outcome,
                    name: format!("the outcome is `{}`", outcome.name),
                    items: vec![outcome.name.clone(), decision.name.clone()],
                    law: None,
                    decision: Some(DecisionId::new(index)),
                    aim: Aim::Outcome(level),
                });
            }
        }
    }
}

/// The facts and fields that something decides by; what only messages name is none of them.
fn read_by_conditions(model: &Model) -> BTreeSet<HandlerOwner> {
    let parts = model.reasons.iter().flat_map(|reason| &reason.messages).flat_map(|(_, parts)| parts);
    let told: BTreeSet<usize> = parts
        .filter_map(|part| match part {
            MessagePart::Value(expr, _) => Some(address(expr)),
            MessagePart::Text(_) => None,
        })
        .collect();
    let mut read = BTreeSet::new();
    ereje::plan::for_each_expr(model, &mut |top| {
        if told.contains(&address(top)) {
            return;
        }
        top.walk(&mut |e| match &e.kind {
            ExprKind::Fact(id) => {
                read.insert(HandlerOwner::Fact(*id));
            }
            ExprKind::Field(_, id) => {
                read.insert(HandlerOwner::Field(*id));
            }
            _ => {}
        });
    });
    read
}
