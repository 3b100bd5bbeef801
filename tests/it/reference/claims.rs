//! Which version of a name holds: «an explicit `over`, else strictly more special (region ⊆ and cohort ⊆, one of them
//! strict; no cohort is everybody), else the same specialty and later start: of holding, then as written without the
//! policy's header, then, in one section, as written without any header; else what replaces stands above what does not».

use super::{Case, Env, Res, and, not};
use chrono::NaiveDate;
use ereje::ids::SectionId;
use ereje::model::{Choices, DateBound, Item, Model, Parts, Role, Scope};
use ereje::value::Value;
use std::collections::BTreeSet;

/// The day of a bound under the choices.
fn day(model: &Model, choices: &Choices, bound: &DateBound) -> NaiveDate {
    match bound {
        DateBound::Date(date) => *date,
        DateBound::Assumption(id) => {
            let assumption = &model.assumptions[*id];
            match &assumption.choices[choices.index(*id) as usize] {
                Value::Date(date) => *date,
                other => panic!("a bound that is {other:?}"),
            }
        }
    }
}

/// The first day, if there is one: the latest of all starts.
fn start(model: &Model, choices: &Choices, scope: &Scope) -> Option<NaiveDate> {
    scope.starts().iter().map(|b| day(model, choices, b)).max()
}

/// When a version starts as its own text has it, and as the text around it in its amendment has it, whatever the headers
/// above say.
fn written(model: &Model, choices: &Choices, version: &Parts<'_>) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let latest = |bounds: &[DateBound]| bounds.iter().map(|b| day(model, choices, b)).max();
    let claim = version.claim.expect("every version of a name has a claim");
    let own = latest(claim.starts());
    (own.max(latest(model.sections[claim.section].starts())), own)
}

/// The scope of a version of a name.
fn scope<'m>(version: &Parts<'m>) -> &'m Scope {
    version.scope.expect("every version of a name has a scope")
}

/// The section of a version of a name.
fn section(version: &Parts<'_>) -> SectionId {
    version.claim.expect("every version of a name has a claim").section
}

/// True if `a` outranks `b`, if both are in scope.
fn outranks(model: &Model, choices: &Choices, a: &Parts<'_>, b: &Parts<'_>) -> bool {
    let over = |x: &Parts<'_>, y: &Parts<'_>| model.sections[section(x)].over.contains(&section(y));
    match (over(a, b), over(b, a)) {
        (true, false) => return true,
        (false, true) => return false,
        (true, true) | (false, false) => {}
    }
    let everywhere: BTreeSet<_> = (0..model.regions.len()).map(ereje::ids::RegionId::new).collect();
    let regions = |x: &Parts<'_>| scope(x).regions().cloned().unwrap_or_else(|| everywhere.clone());
    // «Everywhere» also holds if no place is known, so it is wider than any list of regions.
    let wider_region = |x: &Parts<'_>, y: &Parts<'_>| {
        regions(y).is_subset(&regions(x)) && (scope(x).regions().is_none() || scope(y).regions().is_some())
    };
    let wider_cohort =
        |x: &Parts<'_>, y: &Parts<'_>| x.of(Role::Cohort).all(|c| y.of(Role::Cohort).any(|other| other == c));
    let wider = |x: &Parts<'_>, y: &Parts<'_>| wider_region(x, y) && wider_cohort(x, y);
    if wider(b, a) && !wider(a, b) {
        return true;
    }
    if wider(a, b) && !wider(b, a) {
        return false;
    }
    if wider(a, b) && wider(b, a) {
        let ((written_a, own_a), (written_b, own_b)) = (written(model, choices, a), written(model, choices, b));
        let pairs = [
            (start(model, choices, scope(a)), start(model, choices, scope(b))),
            (written_a, written_b),
            if section(a) == section(b) { (own_a, own_b) } else { (None, None) },
        ];
        if let Some((first, second)) = pairs.into_iter().find(|(first, second)| first != second) {
            return first > second;
        }
    }
    let replaces = |x: &Parts<'_>| x.claim.is_some_and(|claim| claim.replaces);
    replaces(a) && !replaces(b)
}

impl Case<'_> {
    /// True if a day and the governing place are in a scope, both bounds included.
    pub fn covers(&self, scope: &Scope, date: NaiveDate) -> bool {
        if !self.governed {
            return true;
        }
        let here = match (scope.regions(), self.place) {
            (None, _) => true,
            (Some(regions), Some(place)) => regions.contains(&place),
            (Some(_), None) => false,
        };
        let day = |bound| day(self.model, self.choices, bound);
        here && scope.starts().iter().all(|b| day(b) <= date) && scope.ends().iter().all(|b| date <= day(b))
    }

    /// Whether an item with these parts is in scope on the day of `env`: its days, its regions and its cohort.
    pub fn in_scope(&self, parts: &Parts<'_>, env: &Env) -> Res {
        if !self.covers(scope(parts), env.date) {
            return Res::bool(false);
        }
        and(parts.of(Role::Cohort).map(|e| self.eval(e, env)))
    }

    /// Whether each of several versions of one name holds on the day of `env`: «its scope and no higher scope».
    pub fn guards(&self, versions: &[Item], env: &Env) -> Vec<Res> {
        let versions: Vec<Parts<'_>> = versions.iter().map(|version| self.model.parts(*version)).collect();
        let in_scope: Vec<Res> = versions.iter().map(|version| self.in_scope(version, env)).collect();
        versions
            .iter()
            .enumerate()
            .map(|(i, version)| {
                if in_scope[i].is_false() {
                    return Res::bool(false);
                }
                let higher = versions.iter().enumerate().filter(|(j, other)| {
                    *j != i && !in_scope[*j].is_false() && outranks(self.model, self.choices, other, version)
                });
                and(std::iter::once(in_scope[i].clone()).chain(higher.map(|(j, _)| not(in_scope[j].clone()))))
            })
            .collect()
    }
}
