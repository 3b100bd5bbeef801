//! Looks up the part of this Model that a reference identifies: a version, a case, a value, a handler.

use super::{
    Case, Datum, DefinitionBody, ExceptionBody, Expr, ExprKind, Handler, HandlerAction, Handlers, Item, Model,
    NormLimit, NormValue, Outcome, Output, ProvisionBody, Quantity, Type, Versioned,
};
use crate::ids::*;
use crate::syntax::ast::State;
use std::collections::BTreeSet;

/// The owner of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HandlerOwner {
    /// A fact.
    Fact(FactId),
    /// A field.
    Field(FieldId),
    /// A registry.
    Registry(RegistryId),
    /// The policy, for every fact that no registry answers for.
    Policy,
}

impl HandlerOwner {
    /// The owners whose handlers answer for a silence, in order: the datum itself, if it has handlers of its own, its registries,
    /// or, where no registry answers for it, the policy.
    pub fn answering(own: Option<Self>, registries: &[RegistryId]) -> impl Iterator<Item = Self> + use<'_> {
        let policy = registries.is_empty().then_some(Self::Policy);
        own.into_iter().chain(registries.iter().copied().map(Self::Registry)).chain(policy)
    }
}

/// A version of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandlerRef {
    /// Its owner.
    pub owner: HandlerOwner,
    /// The state that it handles.
    pub state: State,
    /// The index of the version in the owner's list for that state.
    pub version: u32,
}

impl Model {
    /// A version of a provision; without a body, it suspends the provision.
    #[must_use]
    pub fn provision(&self, version: ProvisionRef) -> &Versioned<Option<ProvisionBody>> {
        part(&self.provisions.at(version.provision).versions, version.index(), &version)
    }

    /// A version of an exception; without a body, it suspends the exception.
    #[must_use]
    pub fn exception(&self, version: ExceptionRef) -> &Versioned<Option<ExceptionBody>> {
        part(&self.exceptions.at(version.exception).versions, version.index(), &version)
    }

    /// A version of a definition.
    #[must_use]
    pub fn definition(&self, version: DefinitionRef) -> &Versioned<DefinitionBody> {
        part(&self.definitions.at(version.definition).versions, version.index(), &version)
    }

    /// A case of a version of a definition; `None` if the law's text is not known.
    #[must_use]
    pub fn case(&self, case: CaseRef) -> Option<&Case> {
        match &self.definition(case.version).body {
            DefinitionBody::Cases(cases) => Some(part(cases, case.index(), &case)),
            DefinitionBody::Open(_) => None,
        }
    }

    /// A value of a norm.
    #[must_use]
    pub fn norm_value(&self, value: NormValueRef) -> &NormValue {
        part(&self.norms.at(value.norm).values, value.index(), &value)
    }

    /// A bound of a norm.
    #[must_use]
    pub fn norm_limit(&self, limit: NormLimitRef) -> &NormLimit {
        part(&self.norms.at(limit.norm).limits, limit.index(), &limit)
    }

    /// The handlers of a fact, a field, a registry or the policy.
    #[must_use]
    pub fn handlers(&self, owner: HandlerOwner) -> &Handlers {
        match owner {
            HandlerOwner::Fact(fact) => &self.facts.at(fact).datum.handlers,
            HandlerOwner::Field(field) => &self.fields.at(field).datum.handlers,
            HandlerOwner::Registry(registry) => &self.registries.at(registry).handlers,
            HandlerOwner::Policy => &self.handlers,
        }
    }

    /// The versions of an owner's handler for a state, to change.
    pub(crate) fn handlers_mut(&mut self, owner: HandlerOwner, state: State) -> &mut Vec<Handler> {
        let handlers = match owner {
            HandlerOwner::Fact(fact) => &mut self.facts.at_mut(fact).datum.handlers,
            HandlerOwner::Field(field) => &mut self.fields.at_mut(field).datum.handlers,
            HandlerOwner::Registry(registry) => &mut self.registries.at_mut(registry).handlers,
            HandlerOwner::Policy => &mut self.handlers,
        };
        match state {
            State::Absent => &mut handlers.absent,
            State::Unavailable => &mut handlers.unavailable,
        }
    }

    /// One version of a handler.
    #[must_use]
    pub fn handler(&self, handler: HandlerRef) -> &Handler {
        part(self.handlers(handler.owner).of(handler.state), handler.version as usize, &handler)
    }

    /// All possible owners of handlers: facts, fields, registries, the policy.
    pub fn handler_owners(&self) -> impl Iterator<Item = HandlerOwner> {
        let facts = self.facts.ids().map(HandlerOwner::Fact);
        let fields = self.fields.ids().map(HandlerOwner::Field);
        let registries = self.registries.ids().map(HandlerOwner::Registry);
        facts.chain(fields).chain(registries).chain([HandlerOwner::Policy])
    }

    /// An outcome of a decision.
    #[must_use]
    pub fn outcome(&self, outcome: OutcomeRef) -> &Outcome {
        part(&self.decisions.at(outcome.decision).outcomes, outcome.index(), &outcome)
    }

    /// An output of a decision.
    #[must_use]
    pub fn output(&self, output: OutputRef) -> &Output {
        part(&self.decisions.at(output.decision).outputs, output.index(), &output)
    }

    /// `Owner.consent`: a field with the name of its record.
    #[must_use]
    pub fn field_name(&self, field: FieldId) -> String {
        let field = self.fields.at(field);
        format!("{}.{}", self.records.at(field.record).name, field.datum.name)
    }

    /// The fields of a record type, and of the records in it, lists aside: what two such records are compared by.
    #[must_use]
    pub fn compared_fields(&self, record: RecordId) -> Vec<FieldId> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([record]);
        let mut waiting = vec![record];
        while let Some(record) = waiting.pop() {
            for field in &self.records.at(record).fields {
                found.push(*field);
                if let Type::Record(inner) = self.fields.at(*field).datum.ty
                    && seen.insert(inner)
                {
                    waiting.push(inner);
                }
            }
        }
        found
    }

    /// The unit in which the value of a fact, field, norm or assumption is written; `None` for other expressions.
    #[must_use]
    pub fn unit_of(&self, expr: &Expr) -> Option<&Quantity> {
        if let ExprKind::Fact(id) = expr.kind {
            self.facts.at(id).datum.unit.as_ref()
        } else if let ExprKind::Field(_, id) | ExprKind::OverTime(_, id) = expr.kind {
            self.fields.at(id).datum.unit.as_ref()
        } else if let ExprKind::Norm(id) = expr.kind {
            self.norms.at(id).unit.as_ref()
        } else if let ExprKind::Assumption(id) = expr.kind {
            self.assumptions.at(id).unit.as_ref()
        } else {
            None
        }
    }

    /// The datum of a fact or a field; `None` for other items.
    #[must_use]
    pub fn datum(&self, item: Item) -> Option<&Datum> {
        if let Item::Fact(id) = item {
            Some(&self.facts.at(id).datum)
        } else if let Item::Field(id) = item {
            Some(&self.fields.at(id).datum)
        } else {
            None
        }
    }

    /// The name of a fact, or of a field with its record, which is the same in whatever fact it stands; empty for other items.
    #[must_use]
    pub fn datum_name(&self, item: Item) -> String {
        if let Item::Field(id) = item {
            self.field_name(id)
        } else if let Item::Fact(id) = item {
            self.facts.at(id).path()
        } else {
            String::new()
        }
    }

    /// The name of a fact, of a field with its record, or of a registry; `facts` for those of the policy.
    #[must_use]
    pub fn owner_name(&self, owner: HandlerOwner) -> String {
        match owner {
            HandlerOwner::Fact(fact) => self.facts.at(fact).path(),
            HandlerOwner::Field(field) => self.field_name(field),
            HandlerOwner::Registry(registry) => self.registries.at(registry).name.clone(),
            HandlerOwner::Policy => String::from("facts"),
        }
    }
}

impl Handler {
    /// Why it leaves open what follows; `None` if it does not.
    #[must_use]
    pub fn open(&self) -> Option<&str> {
        if let HandlerAction::Open(why) = &self.action { Some(why) } else { None }
    }

    /// The reason that it gives; `None` if it gives a value or leaves open what follows.
    #[must_use]
    pub const fn reason(&self) -> Option<ReasonId> {
        match &self.action {
            HandlerAction::Then { levels: _, outcome: _, reason } => Some(*reason),
            HandlerAction::Means(_) | HandlerAction::Open(_) => None,
        }
    }

    /// The level of the outcome that it proposes in a decision; `None` if it proposes none there.
    #[must_use]
    pub fn level(&self, decision: DecisionId) -> Option<u32> {
        match &self.action {
            HandlerAction::Then { levels, outcome: _, reason: _ } => *levels.at(decision),
            HandlerAction::Means(_) | HandlerAction::Open(_) => None,
        }
    }

    /// True if both propose the same outcome in every decision with the same reason, if both give a value, whatever it is,
    /// or if both leave open what follows, for whatever reason.
    #[must_use]
    pub fn proposes_the_same(&self, other: &Self) -> bool {
        match (&self.action, &other.action) {
            (HandlerAction::Means(_), HandlerAction::Means(_)) | (HandlerAction::Open(_), HandlerAction::Open(_)) => {
                true
            }
            (
                HandlerAction::Then { levels, outcome, reason },
                HandlerAction::Then { levels: other_levels, outcome: other_outcome, reason: other_reason },
            ) => outcome == other_outcome && reason == other_reason && levels == other_levels,
            (HandlerAction::Means(_), HandlerAction::Then { .. } | HandlerAction::Open(_))
            | (HandlerAction::Then { .. }, HandlerAction::Means(_) | HandlerAction::Open(_))
            | (HandlerAction::Open(_), HandlerAction::Means(_) | HandlerAction::Then { .. }) => false,
        }
    }
}

/// The part at an index. A reference without a part belongs to another Model.
#[expect(clippy::panic, reason = "a reference of another Model is a mistake of the program and never of its input")]
fn part<'m, T>(parts: &'m [T], index: usize, reference: &dyn std::fmt::Debug) -> &'m T {
    match parts.get(index) {
        Some(part) => part,
        None => panic!("bug: {reference:?} names no part of this Model: there are {}", parts.len()),
    }
}
