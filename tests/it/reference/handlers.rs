//! What is known of a fact, and the effect of its silence.
//!
//! A handler is a name with versions, like a rule. The fact's own handlers come first; if none of them is in scope,
//! those of its registries follow, in order, or, where there are none, those of the policy. A field without registries has
//! those of the fact that it is part of.

use super::{Case, Cause, Env, Res};
use ereje::ids::*;
use ereje::model::{Expr, HandlerOwner, HandlerRef, Item, Role};
use ereje::syntax::ast::State;
use ereje::value::{FactCell, FactPath, Step, Value};
use std::collections::BTreeSet;

/// The handler of a silence.
#[derive(Clone, Debug)]
pub enum Handled {
    /// There is no handler.
    Undeclared,
    /// This handler.
    By(HandlerRef),
    /// A cohort is unknown. `means` is true if one of the possible handlers declares a value.
    Unknown { causes: BTreeSet<Cause>, means: bool },
}

impl<'m> Case<'m> {
    /// The day on which handlers are looked up: always the governing date, since a fact has one state.
    fn governing(&self) -> Env {
        Env { date: self.date, locals: Default::default() }
    }

    /// The owners of the handlers of a place, in order: the fact or field itself, then its registries, or the policy if it has
    /// none. An element of a list has no handlers of its own.
    fn answerers(&self, place: &FactPath) -> Vec<HandlerOwner> {
        let mut own = Some(HandlerOwner::Fact(place.fact));
        let mut registries = self.model.facts[place.fact].datum.registries.clone();
        for (at, step) in place.steps.iter().enumerate() {
            let dated = |step: Option<&Step>| matches!(step, Some(Step::Field(id)) if self.is_dated(*id));
            match step {
                // «A value of a fact over time is that fact, on some day.»
                Step::Item(_) if dated(place.steps.get(at + 1)) => {}
                Step::Field(id) if self.is_dated(*id) => {}
                Step::Day(_) => {}
                Step::Item(_) => own = None,
                Step::Field(id) => {
                    let datum = &self.model.fields[*id].datum;
                    own = Some(HandlerOwner::Field(*id));
                    if !datum.registries.is_empty() {
                        registries.clone_from(&datum.registries);
                    }
                }
            }
        }
        let policy = registries.is_empty().then_some(HandlerOwner::Policy);
        own.into_iter().chain(registries.into_iter().map(HandlerOwner::Registry)).chain(policy).collect()
    }

    /// The handler of a place in a state.
    pub fn handler(&self, place: &FactPath, state: State) -> Handled {
        self.first_of(self.answerers(place), state)
    }

    /// The handler of the datum itself, which alone may declare a value.
    fn own_handler(&self, place: &FactPath, state: State) -> Handled {
        let own = |owner: &HandlerOwner| matches!(owner, HandlerOwner::Fact(_) | HandlerOwner::Field(_));
        self.first_of(self.answerers(place).into_iter().filter(own).collect(), state)
    }

    /// The first handler of these owners that holds.
    fn first_of(&self, asked: Vec<HandlerOwner>, state: State) -> Handled {
        if !self.governed {
            return Handled::Undeclared;
        }
        let env = self.governing();
        let mut causes = BTreeSet::new();
        let mut means = false;
        for owner in asked {
            let versions = 0..self.model.handlers(owner).of(state).len() as u32;
            let versions: Vec<HandlerRef> = versions.map(|version| HandlerRef { owner, state, version }).collect();
            let items: Vec<Item> = versions.iter().map(|v| Item::Handler(*v)).collect();
            let mut some_surely = false;
            for (handler, guard) in versions.into_iter().zip(self.guards(&items, &env)) {
                if guard.is_true() {
                    if causes.is_empty() {
                        return Handled::By(handler);
                    }
                    some_surely = true;
                }
                if !guard.is_false() {
                    means |= self.means(handler).is_some();
                    causes.extend(guard.causes());
                }
            }
            if some_surely {
                break;
            }
        }
        if causes.is_empty() { Handled::Undeclared } else { Handled::Unknown { causes, means } }
    }

    /// The handlers that may come to answer for a place in a state: those that are not surely out of scope, up to the first
    /// owner that has one which surely holds.
    pub fn possible_handlers(&self, place: &FactPath, state: State) -> Vec<HandlerRef> {
        let env = self.governing();
        let mut found = Vec::new();
        for owner in self.answerers(place) {
            let versions = 0..self.model.handlers(owner).of(state).len() as u32;
            let versions: Vec<HandlerRef> = versions.map(|version| HandlerRef { owner, state, version }).collect();
            let items: Vec<Item> = versions.iter().map(|v| Item::Handler(*v)).collect();
            let guards = self.guards(&items, &env);
            let surely = guards.iter().any(Res::is_true);
            found.extend(versions.into_iter().zip(guards).filter(|(_, guard)| !guard.is_false()).map(|(h, _)| h));
            if surely {
                break;
            }
        }
        found
    }

    /// The name of a handler among the reasons: its owner, its state and the number of its version.
    pub fn handler_name(&self, HandlerRef { owner, state, version }: HandlerRef) -> String {
        let owner: &str = match owner {
            HandlerOwner::Fact(id) => &self.model.facts[id].datum.name,
            HandlerOwner::Field(id) => &self.model.fields[id].datum.name,
            HandlerOwner::Registry(id) => &self.model.registries[id].name,
            HandlerOwner::Policy => "facts",
        };
        format!("{owner} {} {version}", super::word(state))
    }

    /// The value that a handler declares for a missing record, if it does.
    fn means(&self, handler: HandlerRef) -> Option<&'m Expr> {
        self.model.parts(Item::Handler(handler)).one(Role::Default)
    }

    /// True if some handler that may speak for a place, whatever its scope, declares a value for a missing record.
    fn may_mean(&self, place: &FactPath) -> bool {
        self.answerers(place).into_iter().any(|owner| {
            let versions = 0..self.model.handlers(owner).of(State::Absent).len() as u32;
            versions
                .into_iter()
                .any(|version| self.means(HandlerRef { owner, state: State::Absent, version }).is_some())
        })
    }

    /// «⟦f⟧ = σ(f) if it is a value, else {(f, σ(f))}», after `if absent means`.
    pub fn read(&self, place: &FactPath, cell: &FactCell) -> Res {
        let one = |cause| Res::Unknown(BTreeSet::from([cause]));
        match cell {
            FactCell::Known(value) => Res::Known(value.clone()),
            FactCell::Unasked => one(Cause::Unasked(place.clone())),
            FactCell::Unavailable(_) => one(Cause::Unavailable(place.clone())),
            // A cohort may read the fact itself. Where no handler declares a value, none has to be chosen to read it.
            FactCell::Absent if !self.may_mean(place) => one(Cause::Absent(place.clone())),
            FactCell::Absent => match self.own_handler(place, State::Absent) {
                Handled::By(handler) => match self.means(handler) {
                    Some(value) => self.eval(value, &self.governing()),
                    None => one(Cause::Absent(place.clone())),
                },
                Handled::Undeclared => one(Cause::Absent(place.clone())),
                Handled::Unknown { causes, means } => {
                    let mut all = BTreeSet::from([Cause::Absent(place.clone())]);
                    if means {
                        // Whether it has a value depends on these; if they will not be known, it is absent.
                        all.extend(causes.into_iter().filter(|cause| matches!(cause, Cause::Unasked(_))));
                    }
                    Res::Unknown(all)
                }
            },
        }
    }

    /// «`f is absent`: true if absent, false if known, unknown (same causes) if unavailable or unasked. `f is
    /// unavailable`: unknown if unasked, else true or false.»
    pub fn is_state(&self, place: &FactPath, cell: &FactCell, state: State) -> Res {
        match (state, cell) {
            (_, FactCell::Unasked) | (State::Absent, FactCell::Unavailable(_)) => self.read(place, cell),
            (_, FactCell::Known(_)) => Res::bool(false),
            (State::Unavailable, FactCell::Unavailable(_)) => Res::bool(true),
            (State::Unavailable, FactCell::Absent) => Res::bool(false),
            (State::Absent, FactCell::Absent) => match self.read(place, cell) {
                Res::Known(_) => Res::bool(false),
                Res::Unknown(causes) if causes == BTreeSet::from([Cause::Absent(place.clone())]) => {
                    match self.own_handler(place, state) {
                        Handled::Unknown { means: true, .. } => Res::Unknown(causes),
                        Handled::Unknown { means: false, .. } | Handled::By(..) | Handled::Undeclared => {
                            Res::bool(true)
                        }
                    }
                }
                Res::Unknown(causes) => Res::Unknown(causes),
            },
        }
    }

    /// An end of a computed period; `None` for a field of a record of the facts.
    pub fn of_computed(&self, record: &Value, field: FieldId) -> Option<FactCell> {
        let Value::Record(record) = record else { panic!("a field of {record:?}") };
        let index = self.model.fields[field].index as usize;
        record.place.is_none().then(|| record.fields[index].clone())
    }

    /// A field of a record.
    pub fn field<'v>(&self, record: &'v Value, field: FieldId) -> (FactPath, &'v FactCell) {
        let Value::Record(record) = record else { panic!("a field of {record:?}") };
        let index = self.model.fields[field].index as usize;
        let place = record.place.as_ref().expect("a record of the facts");
        (place.step(Step::Field(field)), &record.fields[index])
    }
}
