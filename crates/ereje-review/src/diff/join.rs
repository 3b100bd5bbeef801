//! Joins fragments of two versions to a policy.
//!
//! Comes in: the slots, and for each the side to take. Goes out: files for the checker, one for each section. The items
//! are in another order than in the texts, which changes only the order in which reasons are listed.

use super::slots::{Side, Slot, takes_cases};
use super::split::{Fragment, POLICY};
use ereje::source::FileId;
use ereje::syntax::ast::*;
use std::collections::BTreeMap;

/// The files of a hybrid. `take` gives the side of each slot, or `None` if it is left out.
pub(super) fn join<'s>(slots: &'s [Slot], take: impl Fn(usize, &'s Slot) -> Option<&'s Side>) -> Vec<File> {
    let mut sections: Vec<(&str, Vec<ItemSyntax>)> = vec![(POLICY, Vec::new())];
    // By section, kind and name of an item: the indices of its section and of the item in it.
    let mut items: BTreeMap<(&str, &str, &str), (usize, usize)> = BTreeMap::new();
    let mut parts: Vec<(&Slot, &Fragment)> = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        let Some(side) = take(index, slot) else { continue };
        let Fragment::Item(item) = &side.fragment else {
            parts.push((slot, &side.fragment));
            continue;
        };
        let section = sections.iter().position(|(name, _)| *name == slot.key.section).unwrap_or_else(|| {
            sections.push((&slot.key.section, Vec::new()));
            sections.len() - 1
        });
        if let Some((_, list)) = sections.get_mut(section) {
            // A header opens its section, wherever it was in the text.
            let header = matches!(item, ItemSyntax::Amendment(_));
            let place = if header { 0 } else { list.len() };
            list.insert(place, item.clone());
            if header {
                items.values_mut().filter(|(s, _)| *s == section).for_each(|(_, place)| *place += 1);
            }
            items.insert((&slot.key.section, slot.key.kind, &slot.key.name), (section, place));
        }
    }
    for (slot, fragment) in parts {
        let at = items.get(&(slot.key.section.as_str(), slot.key.kind, slot.key.name.as_str()));
        let item = at.and_then(|(section, place)| sections.get_mut(*section)?.1.get_mut(*place));
        if let Some(item) = item {
            put(item, fragment.clone());
        }
    }
    let policy = sections
        .iter()
        .flat_map(|(_, items)| items)
        .find_map(|item| if let ItemSyntax::Policy(policy) = item { Some(policy.name.clone()) } else { None });
    let files = sections.into_iter().map(|(name, mut items)| {
        items.retain(says_something);
        for item in &mut items {
            // The policy may have another name on the other side.
            if let (ItemSyntax::Amendment(amendment), Some(policy)) = (item, &policy) {
                amendment.policy = policy.clone();
            }
        }
        // Without its header, a section's items would become part of the policy.
        if name != POLICY && !items.iter().any(|item| matches!(item, ItemSyntax::Amendment(_))) {
            items.clear();
        }
        let file = items.first().map_or(FileId(0), |item| item.span().file);
        File { file, items, comments: Vec::new(), unread: Vec::new() }
    });
    files.filter(|file| !file.items.is_empty()).collect()
}

/// False if nothing is left of an item whose parts are separate fragments.
fn says_something(item: &ItemSyntax) -> bool {
    if let ItemSyntax::Norm(norm) = item {
        norm.ty.is_some() || !norm.values.is_empty() || norm.at_least.is_some() || norm.at_most.is_some()
    } else if let ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) = item {
        fields.iter().all(|field| field.ty.is_some() || !field.handlers.is_empty())
    } else if let ItemSyntax::Facts(FactsSyntax::Single { field, .. }) = item {
        field.ty.is_some() || !field.handlers.is_empty()
    } else if let ItemSyntax::Facts(FactsSyntax::Silent { handlers, .. }) = item {
        !handlers.is_empty()
    } else {
        true
    }
}

/// Puts a part into its item; a part that no longer fits the item is left out.
fn put(item: &mut ItemSyntax, fragment: Fragment) {
    match fragment {
        Fragment::Item(_) => {}
        Fragment::Regions(names) => scope(item, |scope| scope.regions = names),
        Fragment::From(bound) => scope(item, |scope| scope.from = Some(bound)),
        Fragment::Through(bound) => scope(item, |scope| scope.through = Some(bound)),
        Fragment::Cohort(cohort) => scope(item, |scope| scope.cohort = Some(cohort)),
        Fragment::Over(over) => {
            if let ItemSyntax::Amendment(amendment) = item {
                amendment.over = over;
            }
        }
        Fragment::LeapBirthday(name) => {
            if let ItemSyntax::Policy(policy) = item {
                policy.leap_birthday = Some(name);
            }
        }
        Fragment::MonthEnd(name) => {
            if let ItemSyntax::Policy(policy) = item {
                policy.month_end = Some(name);
            }
        }
        Fragment::Value(value) => {
            if let ItemSyntax::Norm(norm) = item {
                norm.values.push(value);
            }
        }
        Fragment::Case(case) => {
            if takes_cases(item)
                && let ItemSyntax::Define(DefineSyntax { body: DefineBody::Cases { cases, .. }, .. }) = item
            {
                cases.push(case);
            }
        }
        Fragment::Rows(more) => {
            if let ItemSyntax::Table(TableSyntax { rows: TableRows::Inline(rows), .. }) = item {
                rows.extend(more);
            }
        }
        Fragment::Handler(handler) => {
            if let ItemSyntax::Registry(registry) = item {
                registry.handlers.push(handler);
            } else if let ItemSyntax::Facts(FactsSyntax::Silent { handlers, .. }) = item {
                handlers.push(handler);
            } else if let ItemSyntax::Facts(FactsSyntax::Single { field, .. }) = item {
                field.handlers.push(handler);
            } else if let ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) = item {
                fields.iter_mut().take(1).for_each(|field| field.handlers.push(handler.clone()));
            }
        }
        Fragment::Output(output) => {
            if let ItemSyntax::Decision(decision) = item {
                decision.outputs.push(output);
            }
        }
        Fragment::Default(default) => {
            if let ItemSyntax::Assumption(assumption) = item {
                assumption.default = default;
            }
        }
    }
}

fn scope(item: &mut ItemSyntax, change: impl FnOnce(&mut ScopeSyntax)) {
    if let ItemSyntax::Policy(policy) = item {
        change(&mut policy.scope);
    } else if let ItemSyntax::Amendment(amendment) = item {
        change(&mut amendment.scope);
    }
}
