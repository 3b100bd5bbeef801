//! Rules and notices: «H(r) = in-scope(r) ∧ no higher version of its name in scope ∧ when ∧ no unless ∧ no H(exception
//! of r)».

use super::{Case, Env, ReasonLine, Res, and, not, or};
use ereje::ids::*;
use ereje::model::{Claim, Effect, Expr, ForEach, Model, ProvisionKind};
use std::collections::BTreeSet;

/// One rule as it stands to the case: a version, and for `for each` a witness.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The level of its outcome.
    pub level: u32,
    /// `section.rule`
    pub qualified: String,
    /// H
    pub status: Res,
    /// Its code, its rule and its witness.
    pub line: ReasonLine,
    /// Its place in the order of reasons.
    pub key: Key,
}

/// Section, file, offset, witness: the order of reasons.
pub type Key = (usize, u32, u32, u32);

impl<'m> Case<'m> {
    /// The order of reasons for a claim.
    pub fn key(&self, claim: &Claim, witness: Option<u32>) -> Key {
        let order = self.model.section_order(self.choices);
        let (section, file, offset) = Model::reason_key(&order, claim, claim.span);
        (section, file, offset, witness.unwrap_or(0))
    }

    fn env(&self) -> Env {
        Env { date: self.date, locals: Default::default() }
    }

    /// H of any version of an exception of a rule.
    fn excepted(&self, exceptions: &[ExceptionId], env: &Env) -> Res {
        or(exceptions.iter().map(|id| {
            let versions = &self.model.exceptions[*id].versions;
            let claims: Vec<_> = versions.iter().map(|v| &v.claim).collect();
            let guards = self.guards(&claims, env);
            or(versions.iter().zip(guards).filter_map(|(version, guard)| {
                let body = version.body.as_ref()?;
                let own = self.condition(body.condition.when.as_ref(), &body.condition.unless, env);
                Some(and([guard, own, not(self.excepted(&version.exceptions, env))]))
            }))
        }))
    }

    /// H for each witness; without `for each`, for the rule itself. An unknown list is one unknown instance.
    fn holds(
        &self,
        guard: &Res,
        for_each: Option<&ForEach>,
        (when, unless): (Option<&Expr>, &[Expr]),
        exceptions: &[ExceptionId],
    ) -> Vec<(Option<u32>, Env, Res)> {
        let env = self.env();
        let whole = |env: &Env, first: Res| {
            and([guard.clone(), first, self.condition(when, unless, env), not(self.excepted(exceptions, env))])
        };
        let Some(each) = for_each else {
            let status = whole(&env, Res::bool(true));
            return vec![(None, env, status)];
        };
        match self.eval(&each.list, &env) {
            unknown @ Res::Unknown(_) => vec![(None, env, and([guard.clone(), unknown]))],
            Res::Known(list) => self
                .elements(&list)
                .into_iter()
                .enumerate()
                .map(|(i, element)| {
                    let env = env.with(each.local, element);
                    let wanted = each.filter.as_ref().map_or(Res::bool(true), |f| self.eval(f, &env));
                    let status = whole(&env, wanted);
                    (Some(i as u32), env, status)
                })
                .collect(),
        }
    }

    /// Every instance of every rule of the decision that is in scope.
    pub fn rules(&self) -> Vec<Instance> {
        let mut instances = Vec::new();
        for (_, rule) in self.model.provisions_of(ProvisionKind::Rule) {
            let claims: Vec<_> = rule.versions.iter().map(|v| &v.claim).collect();
            for (version, guard) in rule.versions.iter().zip(self.guards(&claims, &self.env())) {
                let Some(body) = &version.body else { continue };
                let Effect::Outcome(level) = body.effect else { continue };
                if body.decision != self.decision || guard.is_false() {
                    continue;
                }
                let parts = (body.condition.when.as_ref(), body.condition.unless.as_slice());
                for (witness, env, status) in self.holds(&guard, body.for_each.as_ref(), parts, &version.exceptions) {
                    let code = self.model.reasons[body.reason].code.clone();
                    instances.push(Instance {
                        level,
                        qualified: version.qualified.clone(),
                        line: self.line(code, &version.qualified, &body.args, &status, &env),
                        key: self.key(&version.claim, witness),
                        status,
                    });
                }
            }
        }
        instances.sort_by_key(|i| i.key);
        instances
    }

    /// The notices that clearly hold and ride along with an outcome.
    pub fn notices(&self, level: u32) -> Vec<ReasonLine> {
        let mut lines = Vec::new();
        for (_, notice) in self.model.provisions_of(ProvisionKind::Notice) {
            let claims: Vec<_> = notice.versions.iter().map(|v| &v.claim).collect();
            for (version, guard) in notice.versions.iter().zip(self.guards(&claims, &self.env())) {
                let Some(body) = &version.body else { continue };
                let Effect::Notice(on) = &body.effect else { continue };
                if body.decision != self.decision || !(on.is_empty() || on.contains(&level)) {
                    continue;
                }
                let parts = (body.condition.when.as_ref(), body.condition.unless.as_slice());
                for (witness, env, status) in self.holds(&guard, body.for_each.as_ref(), parts, &version.exceptions) {
                    if status.is_true() {
                        let code = self.model.reasons[body.reason].code.clone();
                        let line = self.line(code, &version.qualified, &body.args, &status, &env);
                        lines.push((self.key(&version.claim, witness), line));
                    }
                }
            }
        }
        in_order(lines)
    }

    /// A reason with what it is given; nothing is worked out for a rule that does not fire.
    fn line(&self, code: String, by: &str, args: &[Expr], status: &Res, env: &Env) -> ReasonLine {
        let args = if status.is_true() { args.iter().map(|a| self.eval(a, env)).collect() } else { Vec::new() };
        ReasonLine { code, by: by.into(), args, places: BTreeSet::new() }
    }
}

/// In order, each once.
pub fn in_order(mut lines: Vec<(Key, ReasonLine)>) -> Vec<ReasonLine> {
    lines.sort_by_key(|(key, _)| *key);
    let mut kept: Vec<ReasonLine> = Vec::new();
    for (_, line) in lines {
        match kept.iter_mut().find(|k| k.code == line.code && k.by == line.by && k.args == line.args) {
            // A handler speaks once for all its places.
            Some(known) => known.places.extend(line.places),
            None => kept.push(line),
        }
    }
    kept
}
