//! Definitions, norms and tables: which of several values holds.
//!
//! «G(c) = G(parent) ∧ guard(c); live(c) = G(c) ∧ no child's G. Let L be the cases whose live is not false. Two cases
//! surely live with different known values: a fault. If some case is surely live and all of L have one and the same
//! known value: that value. Else the union of the causes in guards and values of L; if there are none, a fault.»
//!
//! A case is also «surely live» if an exception to it takes its place: a base that surely holds, with an exception that
//! may hold and has the same value, has that value.

use super::{Bound, Case, Cause, Env, Res, and, not, or};
use ereje::ids::*;
use ereje::model::{DefinitionBody, Expr, Item, Parts, Role, Table};
use ereje::source::Span;
use ereje::syntax::ast::HitPolicy;
use ereje::value::{FactCell, FaultKind, ListValue, Number, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A case with everything that it depends on.
struct Live<'a> {
    which: ValueOrigin,
    /// G
    guard: Res,
    /// G ∧ no child's G
    live: Res,
    value: Box<dyn Fn() -> Res + 'a>,
}

impl<'m> Case<'m> {
    /// A norm is a definition by date and region.
    pub fn norm(&self, id: NormId, span: Span, env: &Env) -> Res {
        let values: Vec<Item> =
            (0..self.model.norms[id].values.len()).map(|v| Item::NormValue(NormValueRef::new(id, v))).collect();
        let guards = self.guards(&values, env);
        match guards.iter().position(Res::is_true) {
            Some(i) => self.eval(self.model.parts(values[i]).one(Role::Value).expect("a norm has values"), env),
            None => Res::fault(span, FaultKind::NoNormValue { norm: id, date: env.date }),
        }
    }

    /// A definition with its arguments.
    pub fn definition(&self, id: DefinitionId, args: Vec<Bound>, env: &Env) -> Res {
        let definition = &self.model.definitions[id];
        let locals = definition.params.iter().copied().zip(args).collect();
        let env = Env { date: env.date, locals };
        let versions: Vec<DefinitionRef> = (0..definition.versions.len()).map(|v| DefinitionRef::new(id, v)).collect();
        let items: Vec<Item> = versions.iter().map(|v| Item::DefinitionVersion(*v)).collect();
        let guards = self.guards(&items, &env);
        let mut all: Vec<Live> = Vec::new();
        for (version, guard) in versions.into_iter().zip(guards) {
            // An exception to the whole definition is a child of every case, and holds where the version does.
            let exceptions = self.model.parts(Item::DefinitionVersion(version)).exceptions;
            let whole = self.children(exceptions, &guard, &env, &mut all);
            match &self.model.definition(version).body {
                DefinitionBody::Open(_) => {
                    let cause = Res::Unknown(BTreeSet::from([Cause::Open(id, version.version)]));
                    all.push(Live {
                        which: ValueOrigin::Case(CaseRef::new(version, 0)),
                        live: and([guard.clone(), not(whole)]),
                        guard,
                        value: Box::new(move || cause.clone()),
                    });
                }
                DefinitionBody::Cases(cases) => {
                    let parts: Vec<Parts<'m>> =
                        (0..cases.len()).map(|c| self.model.parts(Item::Case(CaseRef::new(version, c)))).collect();
                    let own = |case: &Parts<'m>| and([self.in_scope(case, &env), self.condition(case, &env)]);
                    for (c, case) in cases.iter().enumerate() {
                        let g = if case.otherwise {
                            let others = cases.iter().zip(&parts).filter(|(c, _)| !c.otherwise);
                            and([guard.clone(), not(or(others.map(|(_, parts)| own(parts))))])
                        } else {
                            and([guard.clone(), own(&parts[c])])
                        };
                        let single = self.children(parts[c].exceptions, &g, &env, &mut all);
                        let value = parts[c].one(Role::Value).expect("a case has a value");
                        let env = env.clone();
                        all.push(Live {
                            which: ValueOrigin::Case(CaseRef::new(version, c)),
                            live: and([g.clone(), not(single), not(whole.clone())]),
                            guard: g,
                            value: Box::new(move || self.eval(value, &env)),
                        });
                    }
                }
            }
        }
        let covers = |item: &Item| {
            let scope = self.model.parts(*item).scope.expect("a version has a scope");
            scope.covers(self.model, self.choices, env.date, self.place)
        };
        // Until the day is known there are no scopes.
        if self.governed && !items.iter().any(covers) {
            return Res::fault(definition.span, FaultKind::NoVersion { definition: id, date: env.date });
        }
        decide_cases(all, definition.span)
    }

    /// Adds the exceptions to a case, and theirs; returns whether any of them holds.
    fn children<'a>(&'a self, ids: &[ExceptionId], parent: &Res, env: &Env, all: &mut Vec<Live<'a>>) -> Res {
        let mut holding = Vec::new();
        for id in ids {
            for (version, claim) in self.exception_versions(*id, env) {
                let parts = self.model.parts(Item::ExceptionVersion(version));
                let g = and([parent.clone(), claim, self.condition(&parts, env)]);
                let below = self.children(parts.exceptions, &g, env, all);
                let env = env.clone();
                let value = parts.one(Role::Value).expect("an exception to a definition has a value");
                all.push(Live {
                    which: ValueOrigin::Exception(version),
                    live: and([g.clone(), not(below)]),
                    guard: g.clone(),
                    value: Box::new(move || self.eval(value, &env)),
                });
                holding.push(g);
            }
        }
        or(holding)
    }

    /// The versions of an exception that have a body, each with whether it holds. A suspended exception never holds,
    /// and exceptions to it have no effect.
    pub fn exception_versions(&self, id: ExceptionId, env: &Env) -> Vec<(ExceptionRef, Res)> {
        let versions: Vec<ExceptionRef> =
            (0..self.model.exceptions[id].versions.len()).map(|v| ExceptionRef::new(id, v)).collect();
        let items: Vec<Item> = versions.iter().map(|v| Item::ExceptionVersion(*v)).collect();
        let guarded = versions.into_iter().zip(self.guards(&items, env));
        guarded.filter(|(version, _)| self.model.exception(*version).body.is_some()).collect()
    }

    /// `when` and no `unless`.
    pub fn condition(&self, parts: &Parts<'_>, env: &Env) -> Res {
        let when = parts.of(Role::Condition).map(|e| self.eval(e, env));
        let unless = parts.of(Role::Exclusion).map(|e| not(self.eval(e, env)));
        and(when.chain(unless))
    }

    /// A decision table: its rows are cases, and `otherwise` holds where none of them does.
    pub fn table(&self, table: &Table, e: &Expr, env: &Env) -> Res {
        let applies: Vec<Res> =
            table.rows.iter().map(|row| and(row.conditions.iter().map(|c| self.eval(c, env)))).collect();
        let nothing = not(or(applies.iter().cloned()));
        let otherwise = table.otherwise.as_ref().map(|otherwise| (nothing.clone(), otherwise));
        let row = |i: usize, guard: Res| {
            let row = &table.rows[i];
            let env = env.clone();
            Live {
                which: ValueOrigin::Row(row.span),
                live: guard.clone(),
                guard,
                value: Box::new(move || self.eval(&row.output, &env)),
            }
        };
        match table.hit {
            HitPolicy::Unique | HitPolicy::First => {
                let mut all: Vec<Live> = (0..table.rows.len())
                    .map(|i| {
                        let earlier = if table.hit == HitPolicy::First { &applies[..i] } else { &[] };
                        row(i, and(std::iter::once(applies[i].clone()).chain(earlier.iter().cloned().map(not))))
                    })
                    .collect();
                if let Some((guard, otherwise)) = otherwise {
                    all.push(Live {
                        which: ValueOrigin::Row(otherwise.span),
                        live: guard.clone(),
                        guard,
                        value: Box::new(|| self.eval(otherwise, env)),
                    });
                }
                decide_cases(all, e.span)
            }
            HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max | HitPolicy::Count | HitPolicy::List => {
                let mut operands = Vec::new();
                match otherwise {
                    Some((guard, otherwise)) if guard.is_true() => return self.eval(otherwise, env),
                    // It may be that no row applies: then `otherwise` is an operand, too.
                    Some((guard, otherwise)) if !guard.is_false() => operands.push(self.eval(otherwise, env)),
                    Some(_) | None => {}
                }
                for (row, applies) in table.rows.iter().zip(&applies) {
                    match applies {
                        Res::Unknown(_) => {
                            operands.push(applies.clone());
                            if table.hit != HitPolicy::Count {
                                operands.push(self.eval(&row.output, env));
                            }
                        }
                        Res::Known(_) if applies.is_true() => operands.push(match table.hit {
                            HitPolicy::Count => Res::bool(true),
                            _ => self.eval(&row.output, env),
                        }),
                        Res::Known(_) => {}
                    }
                }
                let empty = operands.is_empty();
                super::expr::strict(operands, |v| match table.hit {
                    HitPolicy::Count => Res::Known(Value::Number(Number::integer(v.len() as i64))),
                    HitPolicy::List => Res::Known(Value::List(Arc::new(ListValue {
                        place: None,
                        items: v.iter().map(|v| FactCell::Known((*v).clone())).collect(),
                    }))),
                    HitPolicy::Sum => super::expr::sum(v, &e.ty, e.span),
                    HitPolicy::Min | HitPolicy::Max if empty => Res::fault(e.span, FaultKind::NoCase),
                    HitPolicy::Min => Res::Known((*v.iter().min_by(|a, b| super::expr::order(a, b)).unwrap()).clone()),
                    HitPolicy::Max => Res::Known((*v.iter().max_by(|a, b| super::expr::order(a, b)).unwrap()).clone()),
                    HitPolicy::Unique | HitPolicy::First => unreachable!("answered above"),
                })
            }
        }
    }
}

fn decide_cases(all: Vec<Live<'_>>, span: Span) -> Res {
    let some_holds = all.iter().any(|c| c.guard.is_true());
    let l: Vec<(ValueOrigin, Res, Res)> =
        all.into_iter().filter(|c| !c.live.is_false()).map(|c| (c.which, c.live, (c.value)())).collect();
    let sure: Vec<_> = l
        .iter()
        .filter_map(|(which, live, value)| match value {
            Res::Known(value) if live.is_true() => Some((*which, value)),
            Res::Known(_) | Res::Unknown(_) => None,
        })
        .collect();
    if sure.iter().any(|(_, v)| *v != sure[0].1) {
        let mut cases: Vec<ValueOrigin> = sure.iter().map(|(which, _)| *which).collect();
        cases.sort_unstable();
        return Res::fault(span, FaultKind::Conflict { cases });
    }
    let first = l.first().map(|(_, _, value)| value);
    if let Some(Res::Known(value)) = first
        && some_holds
        && l.iter().all(|(_, _, v)| *v == Res::Known(value.clone()))
    {
        return Res::Known(value.clone());
    }
    let causes: BTreeSet<Cause> =
        l.iter().flat_map(|(_, live, value)| live.causes().into_iter().chain(value.causes())).collect();
    if causes.is_empty() { Res::fault(span, FaultKind::NoCase) } else { Res::Unknown(causes) }
}
