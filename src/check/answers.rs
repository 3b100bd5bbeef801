//! Who answers for a silent fact: the handlers of the fact, of its registries and of the policy, and whether one surely does.

use crate::ids::*;
use crate::model::*;
use crate::syntax::ast::State;
use std::collections::{BTreeMap, BTreeSet};

/// What a handler has to do so that a decision gets an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needed {
    /// Give an outcome of the decision, or a value.
    Outcome(DecisionId),
    /// Give a stronger outcome than this level, or a value: an output tied to the level is not known otherwise.
    Stronger(DecisionId, u32),
    /// Give a value: nobody knows whether the policy holds for these people.
    Value,
}

/// The registries that answer for a fact or field, in order, and its path.
pub(super) struct Answerer {
    /// The path of the fact or field: `owners[].birth_date`.
    pub(super) path: String,
    pub(super) registries: Vec<RegistryId>,
}

/// Whether a handler answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    Surely,
    Perhaps,
    Never,
}

/// A version of a handler: its scope, and for whom it holds there.
pub(super) struct HandlerVersion<'m> {
    reference: HandlerRef,
    scope: &'m Scope,
    /// True if it gives a value or leaves open what follows, which holds for all decisions.
    settles: bool,
    holds_for: HoldsFor,
}

/// For whom a version holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HoldsFor {
    Everybody,
    /// For everybody or nobody, by the day and the assumptions.
    AllOrNone,
    /// By facts, which may be silent.
    Unknown,
}

/// All handlers, by their owner and state.
pub(super) type HandlerVersions<'m> = BTreeMap<(HandlerOwner, State), Vec<HandlerVersion<'m>>>;

/// True if a condition says for whom the policy holds: where something is decided, that is known.
pub(super) fn is_of_policy(model: &Model, condition: &Expr) -> bool {
    model.parts(Item::Section(SectionId(0))).of(Role::Cohort).any(|own| own == condition)
}

/// For whom a version of a handler holds where the policy does.
pub(super) fn holds_for(model: &Model, parts: &Parts<'_>) -> HoldsFor {
    let mut cohort = parts.of(Role::Cohort).filter(|condition| !is_of_policy(model, condition)).peekable();
    if cohort.peek().is_none() {
        HoldsFor::Everybody
    } else if cohort.all(|condition| is_always_known(model, condition)) {
        HoldsFor::AllOrNone
    } else {
        HoldsFor::Unknown
    }
}

/// True if no facts and no open texts have a say in an expression.
fn is_always_known(model: &Model, expr: &Expr) -> bool {
    let mut names = Vec::new();
    expr.walk(&mut |e| names.extend(e.names()));
    let reached = model.reach(names, |_, link, other| link.is_evaluated(other));
    let is_open = |item: &Item| {
        let Item::DefinitionVersion(version) = item else { return false };
        matches!(model.definition(*version).body, DefinitionBody::Open(_))
    };
    !reached.iter().any(|item| matches!(item, Item::Fact(_) | Item::Field(_)) || is_open(item))
}

pub(super) fn handlers_by_owner(model: &Model) -> HandlerVersions<'_> {
    let mut all: HandlerVersions<'_> = BTreeMap::new();
    model.each_item(|item, parts| {
        let (Item::Handler(reference), Some(scope)) = (item, parts.scope) else { return };
        let settles = parts.one(Role::Default).is_some() || model.handler(reference).open().is_some();
        let holds_for = holds_for(model, parts);
        let version = HandlerVersion { reference, scope, settles, holds_for };
        all.entry((reference.owner, reference.state)).or_default().push(version);
    });
    all
}

/// The owners of the handlers that answer for something silent, in order.
pub(super) fn chain(datum: Item, element: bool, answerer: &Answerer) -> impl Iterator<Item = HandlerOwner> {
    // An element has no handlers of its own.
    let own = if element {
        None
    } else if let Item::Fact(id) = datum {
        Some(HandlerOwner::Fact(id))
    } else if let Item::Field(id) = datum {
        Some(HandlerOwner::Field(id))
    } else {
        None
    };
    HandlerOwner::answering(own, &answerer.registries)
}

/// Whether a handler answers. The first owner with a version that holds for everybody decides; where versions differ, which
/// of them holds is not looked at.
pub(super) fn answered(
    handlers: &HandlerVersions<'_>,
    model: &Model,
    owners: impl Iterator<Item = HandlerOwner>,
    state: State,
    needed: Needed,
    here: &dyn Fn(&Scope) -> bool,
) -> Answered {
    let suffices = |version: &HandlerVersion<'_>| {
        let level = |decision| model.handler(version.reference).level(decision);
        version.settles
            || match needed {
                Needed::Outcome(decision) => level(decision).is_some(),
                Needed::Stronger(decision, than) => level(decision).is_some_and(|level| level < than),
                Needed::Value => false,
            }
    };
    let mut perhaps = Answered::Never;
    for owner in owners {
        let all = handlers.get(&(owner, state)).map_or(&[][..], Vec::as_slice);
        let mut sure = false;
        for version in all.iter().filter(|version| here(version.scope)) {
            // Where nobody knows for whom a version holds, nobody knows which holds.
            if !suffices(version) || version.holds_for == HoldsFor::Unknown {
                return Answered::Perhaps;
            }
            perhaps = Answered::Perhaps;
            sure |= version.holds_for == HoldsFor::Everybody;
        }
        if sure {
            return Answered::Surely;
        }
    }
    perhaps
}

/// The answerers of each fact and field. A field without registries inherits those of the fact or field that contains
/// it, so a field of a record type that several facts use has several answerers.
pub(super) fn answerers(model: &Model) -> BTreeMap<Item, Vec<Answerer>> {
    let mut all: BTreeMap<Item, Vec<Answerer>> = BTreeMap::new();
    let mut waiting: Vec<(RecordId, String, Vec<RegistryId>)> = Vec::new();
    let mut seen: BTreeSet<(RecordId, Vec<RegistryId>)> = BTreeSet::new();
    let mut enter = |fact: Item, datum: &Datum, path: String, registries: &[RegistryId], waiting: &mut Vec<_>| {
        let own = if datum.registries.is_empty() { registries.to_vec() } else { datum.registries.clone() };
        let (mut ty, mut inner) = (&datum.ty, path.clone());
        while let Type::List(element) = ty {
            ty = element;
            inner.push_str("[]");
        }
        if let Type::Record(record) = ty
            && seen.insert((*record, own.clone()))
        {
            waiting.push((*record, inner, own.clone()));
        }
        all.entry(fact).or_default().push(Answerer { path, registries: own });
    };
    for (id, fact) in model.facts.entries() {
        enter(Item::Fact(id), &fact.datum, fact.path(), &[], &mut waiting);
    }
    while let Some((record, path, registries)) = waiting.pop() {
        for id in &model.records.at(record).fields {
            let field = model.fields.at(*id);
            let path = format!("{path}.{}", field.datum.name);
            enter(Item::Field(*id), &field.datum, path, &registries, &mut waiting);
        }
    }
    all
}
