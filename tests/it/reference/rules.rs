//! Rules and notices: «H(r) = in-scope(r) ∧ no higher version of its name in scope ∧ when ∧ no unless ∧ no H(exception
//! of r)».

use super::{Case, Env, ReasonLine, Res, and, not, or};
use ereje::ids::*;
use ereje::model::{Claim, Effect, Item, Model, Parts, ProvisionBody, ProvisionKind, Role};
use std::collections::BTreeSet;

/// An instance of a rule: a version, and a witness if it has `for each`.
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
            or(self.exception_versions(*id, env).into_iter().map(|(version, guard)| {
                let parts = self.model.parts(Item::ExceptionVersion(version));
                and([guard, self.condition(&parts, env), not(self.excepted(parts.exceptions, env))])
            }))
        }))
    }

    /// H for each witness; without `for each`, for the rule itself. An unknown list is one unknown instance.
    fn holds(&self, guard: &Res, parts: &Parts<'_>) -> Vec<(Option<u32>, Env, Res)> {
        let env = self.env();
        let whole = |env: &Env, first: Res| {
            and([guard.clone(), first, self.condition(parts, env), not(self.excepted(parts.exceptions, env))])
        };
        let Some((local, list)) = parts.variable.zip(parts.one(Role::List)) else {
            let status = whole(&env, Res::bool(true));
            return vec![(None, env, status)];
        };
        match self.eval(list, &env) {
            unknown @ Res::Unknown(_) => vec![(None, env, and([guard.clone(), unknown]))],
            Res::Known(list) => self
                .elements(&list)
                .into_iter()
                .enumerate()
                .map(|(i, element)| {
                    let env = env.with(local, element);
                    let wanted = and(parts.of(Role::Filter).map(|f| self.eval(f, &env)));
                    let status = whole(&env, wanted);
                    (Some(i as u32), env, status)
                })
                .collect(),
        }
    }

    /// The versions of the provisions of a kind that belong to the decision, each with its body and whether it holds.
    fn versions(&self, kind: ProvisionKind) -> Vec<(ProvisionRef, &'m ProvisionBody, Res)> {
        let mut found = Vec::new();
        for (id, provision) in self.model.provisions_of(kind) {
            let versions = (0..provision.versions.len()).map(|v| ProvisionRef::new(id, v));
            let items: Vec<Item> = versions.clone().map(Item::ProvisionVersion).collect();
            for (version, guard) in versions.zip(self.guards(&items, &self.env())) {
                // A suspension gives no reason.
                let Some(body) = &self.model.provision(version).body else { continue };
                if body.decision == self.decision || body.effect == Effect::Impossible {
                    found.push((version, body, guard));
                }
            }
        }
        found
    }

    /// Every instance of every rule of the decision that is in scope.
    pub fn rules(&self) -> Vec<Instance> {
        let mut instances = Vec::new();
        for (id, body, guard) in self.versions(ProvisionKind::Rule) {
            let (version, parts) = (self.model.provision(id), self.model.parts(Item::ProvisionVersion(id)));
            let level = match body.effect {
                Effect::Outcome(level) => level,
                Effect::Impossible => 0,
                Effect::Notice(_) => continue,
            };
            if guard.is_false() {
                continue;
            }
            for (witness, env, status) in self.holds(&guard, &parts) {
                // «Surely violated»: what is not known of the facts makes them no less possible.
                if body.effect == Effect::Impossible && !status.is_true() {
                    continue;
                }
                let code = self.model.reasons[body.reason].code.clone();
                instances.push(Instance {
                    level,
                    qualified: version.qualified.clone(),
                    line: self.line(code, &version.qualified, &parts, &status, &env),
                    key: self.key(&version.claim, witness),
                    status,
                });
            }
        }
        instances.sort_by_key(|i| i.key);
        instances
    }

    /// The notices that surely hold and go with an outcome.
    pub fn notices(&self, level: u32) -> Vec<ReasonLine> {
        let mut lines = Vec::new();
        for (id, body, guard) in self.versions(ProvisionKind::Notice) {
            let (version, parts) = (self.model.provision(id), self.model.parts(Item::ProvisionVersion(id)));
            let Effect::Notice(on) = &body.effect else { continue };
            if !(on.is_empty() || on.contains(&level)) {
                continue;
            }
            for (witness, env, status) in self.holds(&guard, &parts) {
                if status.is_true() {
                    let code = self.model.reasons[body.reason].code.clone();
                    let line = self.line(code, &version.qualified, &parts, &status, &env);
                    lines.push((self.key(&version.claim, witness), line));
                }
            }
        }
        in_order(lines)
    }

    /// A reason with its arguments, which are not computed for a rule that does not fire.
    fn line(&self, code: String, by: &str, parts: &Parts<'_>, status: &Res, env: &Env) -> ReasonLine {
        let args = parts.of(Role::Argument).map(|argument| self.eval(argument, env));
        let args = if status.is_true() { args.collect() } else { Vec::new() };
        ReasonLine { code, by: by.into(), args, places: BTreeSet::new() }
    }
}

/// Sorted, and each only once.
pub fn in_order(mut lines: Vec<(Key, ReasonLine)>) -> Vec<ReasonLine> {
    lines.sort_by_key(|(key, _)| *key);
    let mut kept: Vec<ReasonLine> = Vec::new();
    for (_, line) in lines {
        match kept.iter_mut().find(|k| k.code == line.code && k.by == line.by && k.args == line.args) {
            // A handler gives one reason for all its places.
            Some(known) => known.places.extend(line.places),
            None => kept.push(line),
        }
    }
    kept
}
