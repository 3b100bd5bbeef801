//! Which version of a name holds: «an explicit `over`, else strictly more special (region ⊆ and cohort ⊆, one of them
//! strict; no cohort is everybody), else the same specialty and later start».

use super::{Case, Env, Res, and, not};
use chrono::NaiveDate;
use ereje::model::{Choices, Claim, DateBound, Model, Scope};
use ereje::value::Value;
use std::collections::BTreeSet;

/// The day that a bound is under the choices.
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

/// The first day, if there is one: the latest of all that are written.
fn start(model: &Model, choices: &Choices, scope: &Scope) -> Option<NaiveDate> {
    scope.from.iter().map(|b| day(model, choices, b)).max()
}

/// Whether `a` outranks `b`, both being in scope.
fn outranks(model: &Model, choices: &Choices, a: &Claim, b: &Claim) -> bool {
    let over = |x: &Claim, y: &Claim| model.sections[x.section].over.contains(&y.section);
    match (over(a, b), over(b, a)) {
        (true, false) => return true,
        (false, true) => return false,
        (true, true) | (false, false) => {}
    }
    let everywhere: BTreeSet<_> = (0..model.regions.len()).map(ereje::ids::RegionId::new).collect();
    let regions = |c: &Claim| c.scope.regions.clone().unwrap_or_else(|| everywhere.clone());
    // «Everywhere» also holds where no place is known, so it is wider than any list of regions.
    let wider_region = |x: &Claim, y: &Claim| {
        regions(y).is_subset(&regions(x)) && (x.scope.regions.is_none() || y.scope.regions.is_some())
    };
    let wider_cohort = |x: &Claim, y: &Claim| x.scope.cohort.iter().all(|c| y.scope.cohort.contains(c));
    let wider = |x: &Claim, y: &Claim| wider_region(x, y) && wider_cohort(x, y);
    if wider(b, a) && !wider(a, b) {
        return true;
    }
    wider(b, a) && wider(a, b) && start(model, choices, &a.scope) > start(model, choices, &b.scope)
}

impl Case<'_> {
    /// Whether a day and the governing place are in a scope, both days included.
    pub fn covers(&self, scope: &Scope, date: NaiveDate) -> bool {
        if !self.governed {
            return true;
        }
        let here = match (&scope.regions, self.place) {
            (None, _) => true,
            (Some(regions), Some(place)) => regions.contains(&place),
            (Some(_), None) => false,
        };
        let day = |bound| day(self.model, self.choices, bound);
        here && scope.from.iter().all(|b| day(b) <= date) && scope.through.iter().all(|b| date <= day(b))
    }

    /// Whether each of several versions of one name holds on the day of `env`: «its scope and no higher scope».
    pub fn guards(&self, claims: &[&Claim], env: &Env) -> Vec<Res> {
        let in_scope: Vec<Res> = claims
            .iter()
            .map(|c| {
                if !self.covers(&c.scope, env.date) {
                    return Res::bool(false);
                }
                and(c.scope.cohort.iter().map(|e| self.eval(e, env)))
            })
            .collect();
        claims
            .iter()
            .enumerate()
            .map(|(i, claim)| {
                if in_scope[i].is_false() {
                    return Res::bool(false);
                }
                let higher = claims.iter().enumerate().filter(|(j, other)| {
                    *j != i && !in_scope[*j].is_false() && outranks(self.model, self.choices, other, claim)
                });
                and(std::iter::once(in_scope[i].clone()).chain(higher.map(|(j, _)| not(in_scope[j].clone()))))
            })
            .collect()
    }
}
