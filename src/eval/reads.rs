//! Reading facts and fields: turns states into causes, and resolves the handler of a silent fact.

use super::causes::*;
use super::coverage_points::CoveragePoint;
use super::machine::Machine;
use crate::ids::{FactId, FieldId, RegistryId};
use crate::model::{HandlerOwner, HandlerRef};
use crate::plan::{HandlerEntry, NodeId, Program};
use crate::syntax::ast::State;
use crate::value::{FactCell, FactPath, FaultKind, RecordValue, Step, Value};

/// The handler of a silent fact.
#[derive(Clone, Debug)]
pub(crate) enum Declared {
    /// None is in force.
    Nothing,
    /// This handler.
    Handler(HandlerRef, Option<NodeId>),
    /// Which handler is in force depends on facts that are not known.
    Unknown(Causes),
}

/// The silence of a cell; `None` if its value is known.
#[must_use]
pub fn silence(cell: &FactCell) -> Option<Silence> {
    match cell {
        FactCell::Known(_) => None,
        FactCell::Absent => Some(Silence::Absent),
        FactCell::Unavailable(_) => Some(Silence::Unavailable),
        FactCell::Unasked => Some(Silence::Unasked),
    }
}

impl<'p> Machine<'p> {
    pub(crate) fn read_fact(&mut self, fact: FactId) -> Answer {
        let facts = self.facts;
        self.read(facts.get(fact), &|| FactPath::of(fact))
    }

    pub(crate) fn read_field(&mut self, id: NodeId, record: NodeId, field: FieldId) -> Answer {
        let Value::Record(record) = self.eval(record)? else { return Err(self.fault(id, FaultKind::NoCase)) };
        self.record_part(id, &record, field)
    }

    /// The cell of a field of a record.
    pub(super) fn cell_of<'r>(&self, record: &'r RecordValue, field: FieldId) -> &'r FactCell {
        record.fields.get(self.model.fields.at(field).index as usize).unwrap_or(&FactCell::Unasked)
    }

    /// The value of a field of a record. Of a computed one, only an end of a period is not known: it is open.
    pub(super) fn record_part(&mut self, id: NodeId, record: &RecordValue, field: FieldId) -> Answer {
        let cell = self.cell_of(record, field);
        match (&record.place, cell) {
            (Some(place), _) => self.read(cell, &|| place.step(Step::Field(field))),
            (None, FactCell::Known(value)) => Ok(value.clone()),
            (None, FactCell::Absent | FactCell::Unavailable(_) | FactCell::Unasked) => {
                Err(self.fault(id, FaultKind::OpenEnd))
            }
        }
    }

    /// Notes that a cell is looked at, with its state.
    pub(super) fn look(&mut self, cell: &FactCell, place: &dyn Fn() -> FactPath) {
        if let Some(reads) = &mut self.reads {
            reads.insert(place(), cell.clone());
        }
        self.note_state(cell, place);
    }

    /// The value of a cell; if it is absent, the value of its `if absent means`.
    pub(crate) fn read(&mut self, cell: &FactCell, place: &dyn Fn() -> FactPath) -> Answer {
        self.look(cell, place);
        let silence = match cell {
            FactCell::Known(value) => return Ok(value.clone()),
            FactCell::Absent => Silence::Absent,
            FactCell::Unavailable(_) => Silence::Unavailable,
            FactCell::Unasked => Silence::Unasked,
        };
        let place = place();
        if silence == Silence::Absent {
            match self.declared(&place, State::Absent, true) {
                Declared::Handler(handler, Some(value)) => {
                    self.note(CoveragePoint::Handler(handler));
                    return self.governed(|machine| machine.eval(value));
                }
                Declared::Handler(_, None) | Declared::Nothing => {}
                Declared::Unknown(causes) => {
                    // Whether absence means a value depends on these facts. If none of them can be asked, the fact
                    // counts as absent and its handler as the top.
                    let waits = causes.iter().filter(|c| c.is_unasked()).cloned();
                    return Err(Causes::one(Cause::Silent(place, silence)).and(waits));
                }
            }
        }
        Err(Causes::one(Cause::Silent(place, silence)))
    }

    /// The handler of a silent place, the first in its chain that is in force. With `values`, only the handlers of the datum
    /// itself matter, since no other can give a value: for whom those of its registries and of the policy hold may turn on
    /// the datum. An unknown choice among handlers without values counts as none.
    pub(crate) fn declared(&mut self, place: &FactPath, state: State, values: bool) -> Declared {
        let program: &'p Program = self.governed(|machine| machine.program);
        let mut chain = handler_chain(program, self.model, place, state);
        if values {
            chain.retain(|(owner, _)| matches!(owner, HandlerOwner::Fact(_) | HandlerOwner::Field(_)));
        }
        if chain.is_empty() || (values && chain.iter().all(|(_, entry)| entry.means.is_none())) {
            return Declared::Nothing;
        }
        if !values {
            return self.governed(|machine| machine.first_in_force(&chain, state, false));
        }
        if self.resolving.contains(place) {
            return Declared::Nothing;
        }
        self.resolving.push(place.clone());
        let found = self.governed(|machine| machine.first_in_force(&chain, state, true));
        self.resolving.pop();
        found
    }

    /// The handlers that may be in force for a place in a state: those whose guard is not false, up to the first whose
    /// guard is true.
    pub(crate) fn handlers_in_question(&mut self, place: &FactPath, state: State) -> Vec<HandlerRef> {
        let program: &'p Program = self.governed(|machine| machine.program);
        let mut found = Vec::new();
        for (owner, entry) in handler_chain(program, self.model, place, state) {
            let guard = self.governed(|machine| machine.truth(entry.guard));
            if guard != Ok(false) {
                found.push(HandlerRef { owner, state, version: entry.version });
            }
            if guard == Ok(true) {
                break;
            }
        }
        found
    }

    /// The first handler whose guard is true. Among the versions of one owner at most one guard is true.
    fn first_in_force(&mut self, chain: &[(HandlerOwner, HandlerEntry)], state: State, values: bool) -> Declared {
        let mut unknown = Gather::default();
        let mut any_has_value = false;
        for (owner, entry) in chain {
            match self.truth(entry.guard) {
                Ok(false) => {}
                Ok(true) => {
                    any_has_value |= entry.means.is_some();
                    let handler = HandlerRef { owner: *owner, state, version: entry.version };
                    return match unknown.finish() {
                        Some(causes) if !values || any_has_value => Declared::Unknown(causes),
                        Some(_) | None => Declared::Handler(handler, entry.means),
                    };
                }
                Err(causes) => {
                    any_has_value |= entry.means.is_some();
                    unknown.add(causes);
                }
            }
        }
        match unknown.finish() {
            Some(causes) if !values || any_has_value => Declared::Unknown(causes),
            Some(_) | None => Declared::Nothing,
        }
    }

    /// The level that a handler proposes in a decision; `None` if it proposes none.
    pub(crate) fn level(&self, handler: HandlerRef, decision: crate::ids::DecisionId) -> Option<u32> {
        self.model.handler(handler).level(decision)
    }
}

/// The handlers that answer for a place in a state: those of the datum itself, then those of its registries in order, or,
/// if it has no registries, those of the policy.
#[must_use]
pub fn handler_chain(
    program: &Program,
    model: &crate::model::Model,
    place: &FactPath,
    state: State,
) -> Vec<(HandlerOwner, HandlerEntry)> {
    let owners = HandlerOwner::answering(model.owner_at(place), registries(model, place));
    owners.flat_map(|owner| program.handlers(owner, state).iter().map(move |entry| (owner, *entry))).collect()
}

/// The registries that answer for a place: those of the innermost datum around it that names any.
#[must_use]
pub fn registries<'m>(model: &'m crate::model::Model, place: &FactPath) -> &'m [RegistryId] {
    for step in place.steps.iter().rev() {
        if let Step::Field(field) = step
            && let Some(field) = model.fields.get(*field).filter(|f| !f.datum.registries.is_empty())
        {
            return &field.datum.registries;
        }
    }
    model.facts.get(place.fact).map_or(&[], |fact| &fact.datum.registries)
}
