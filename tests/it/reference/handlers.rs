//! What is known of a fact, and what its silence means.
//!
//! A handler is a name with versions, as a rule is. The fact's own are asked first; where none of them is in scope,
//! those of its registries, in order. A field without registries has those of the fact that it stands in.

use super::{Case, Cause, Env, Res};
use ereje::ids::*;
use ereje::model::{Expr, HandlerOwner, HandlerRef, Item, Role};
use ereje::syntax::ast::State;
use ereje::value::{FactCell, FactPath, Step, Value};
use std::collections::BTreeSet;

/// Which handler a silence has.
#[derive(Clone, Debug)]
pub enum Handled {
    /// Nobody says anything.
    Undeclared,
    /// This one.
    By(HandlerRef),
    /// A cohort is unknown. `means`: one of those that might hold says what value no record is.
    Unknown { causes: BTreeSet<Cause>, means: bool },
}

impl<'m> Case<'m> {
    /// The day on which handlers are looked up: always the governing one, since a fact has one state.
    fn governing(&self) -> Env {
        Env { date: self.date, locals: Default::default() }
    }

    /// Who answers a place, and what it says of its own silence. The element of a list says nothing of its own.
    fn answerers(&self, place: &FactPath) -> (Option<HandlerOwner>, Vec<RegistryId>) {
        let mut own = Some(HandlerOwner::Fact(place.fact));
        let mut registries = self.model.facts[place.fact].datum.registries.clone();
        for step in &place.steps {
            match step {
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
        (own, registries)
    }

    /// The handler of a place in a state.
    pub fn handler(&self, place: &FactPath, state: State) -> Handled {
        if !self.governed {
            return Handled::Undeclared;
        }
        let (own, registries) = self.answerers(place);
        let asked = own.into_iter().chain(registries.into_iter().map(HandlerOwner::Registry));
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

    /// What a handler is called among the reasons: its owner, its state and which of its versions it is.
    pub fn handler_name(&self, HandlerRef { owner, state, version }: HandlerRef) -> String {
        let owner = match owner {
            HandlerOwner::Fact(id) => &self.model.facts[id].datum.name,
            HandlerOwner::Field(id) => &self.model.fields[id].datum.name,
            HandlerOwner::Registry(id) => &self.model.registries[id].name,
        };
        format!("{owner} {} {version}", super::word(state))
    }

    /// The value that a handler says no record is, if it says one.
    fn means(&self, handler: HandlerRef) -> Option<&'m Expr> {
        self.model.parts(Item::Handler(handler)).one(Role::Default)
    }

    /// «⟦f⟧ = σ(f) if it is a value, else {(f, σ(f))}», after `if absent means`.
    pub fn read(&self, place: &FactPath, cell: &FactCell) -> Res {
        let one = |cause| Res::Unknown(BTreeSet::from([cause]));
        match cell {
            FactCell::Known(value) => Res::Known(value.clone()),
            FactCell::Unasked => one(Cause::Unasked(place.clone())),
            FactCell::Unavailable(_) => one(Cause::Unavailable(place.clone())),
            FactCell::Absent => match self.handler(place, State::Absent) {
                Handled::By(handler) => match self.means(handler) {
                    Some(value) => self.eval(value, &self.governing()),
                    None => one(Cause::Absent(place.clone())),
                },
                Handled::Undeclared => one(Cause::Absent(place.clone())),
                Handled::Unknown { causes, means } => {
                    let mut all = BTreeSet::from([Cause::Absent(place.clone())]);
                    if means {
                        // Whether it has a value at all waits for these; where nobody will say, it is absent.
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
                    match self.handler(place, state) {
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

    /// The field of a record that stands in a cell.
    pub fn field<'v>(&self, record: &'v Value, field: FieldId) -> (FactPath, &'v FactCell) {
        let Value::Record(record) = record else { panic!("a field of {record:?}") };
        let index = self.model.fields[field].index as usize;
        (record.place.step(Step::Field(field)), &record.fields[index])
    }
}
