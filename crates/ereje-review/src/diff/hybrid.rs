//! Hybrids: policies that stand between two versions, with some changes and without others.
//!
//! Comes in: the slots of both versions and a set of changes. Goes out: an engine that decides by the one version with
//! just these changes of the other, where the checker lets it stand; each is made once.

use super::join::join;
use super::slots::{Slot, Standing, known_as, mentions};
use super::version::Pair;
use ereje::check;
use ereje::diagnostic::Severity;
use ereje::engine::Engine;
use ereje::model::Model;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Changes by the indices of their slots.
pub(super) type Changes = BTreeSet<usize>;

/// From which version a hybrid starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// The old version with some changes.
    Old,
    /// The new version without some changes.
    New,
}

/// A policy between two versions.
#[derive(Debug)]
pub(super) struct Hybrid {
    pub(super) engine: Engine,
    /// The changes that were in fact made or taken back: what was asked for and what that needs to stand.
    pub(super) flipped: Changes,
    /// The number of what its facts look like: fact sets can be shared between hybrids of one form.
    pub(super) form: u32,
}

/// The hybrids that were made, and those that do not stand.
type Made = BTreeMap<(Start, Changes), Option<Arc<Hybrid>>>;

/// The hybrids of two versions.
#[derive(Debug)]
pub(super) struct Hybrids {
    pair: Pair,
    changed: Vec<usize>,
    vocabulary: bool,
    made: Mutex<Made>,
    /// The forms seen so far; a form's number is its place.
    forms: Mutex<Vec<String>>,
}

impl Hybrids {
    pub(super) fn new(pair: Pair) -> Self {
        let of = |standing: Standing| {
            pair.slots.iter().enumerate().filter(move |(_, slot)| slot.standing == standing).map(|(index, _)| index)
        };
        let leads = |index: &usize| pair.slots.get(*index).is_some_and(|slot| slot.leader.is_none());
        let changed = of(Standing::Changed).filter(leads).collect();
        let new_fact = |index: usize| pair.slots.get(index).is_some_and(|slot| slot.key.kind == "fact");
        let vocabulary = of(Standing::Grown).next().is_some() || of(Standing::Inert).any(new_fact);
        Self { pair, changed, vocabulary, made: Mutex::default(), forms: Mutex::default() }
    }

    /// Both versions in pieces.
    pub(super) fn pair(&self) -> &Pair {
        &self.pair
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.pair.slots
    }

    /// The changes that can move decisions.
    pub(super) fn changed(&self) -> &[usize] {
        &self.changed
    }

    /// Whether one version can be told what the other cannot.
    pub(super) fn has_vocabulary(&self) -> bool {
        self.vocabulary
    }

    /// The number of what the facts of a Model look like.
    pub(super) fn form(&self, model: &Model) -> u32 {
        let form = form(model);
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let place = forms.iter().position(|known| *known == form).unwrap_or_else(|| {
            forms.push(form);
            forms.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// The hybrid of a set of changes; none where the checker lets it not stand, whatever it may need.
    pub(super) fn get(&self, start: Start, changes: &Changes) -> Option<Arc<Hybrid>> {
        let key = (start, changes.clone());
        // A thread that panicked while it held the lock left at most a hybrid unmade.
        if let Some(made) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return made.clone();
        }
        let hybrid = self.make(start, changes).map(Arc::new);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_insert(hybrid).clone()
    }

    fn make(&self, start: Start, changes: &Changes) -> Option<Hybrid> {
        let with_needs = self.needs(start, changes);
        let mut tries = vec![(changes, false), (changes, true)];
        if with_needs != *changes {
            tries.extend([(&with_needs, false), (&with_needs, true)]);
        }
        tries.into_iter().find_map(|(flipped, as_it_was)| {
            let engine = self.engine(start, flipped, as_it_was)?;
            let form = self.form(engine.model());
            Some(Hybrid { engine, flipped: flipped.clone(), form })
        })
    }

    /// Puts a policy together and checks it. `as_it_was`: lists that have grown are those of the version it starts from.
    fn engine(&self, start: Start, flipped: &Changes, as_it_was: bool) -> Option<Engine> {
        let files = join(&self.pair.slots, |index, slot: &Slot| {
            let (own, other) = match start {
                Start::Old => (&slot.old, &slot.new),
                Start::New => (&slot.new, &slot.old),
            };
            match slot.standing {
                Standing::Same => own.as_ref(),
                Standing::Inert => own.as_ref().or(other.as_ref()),
                Standing::Grown if as_it_was => own.as_ref(),
                Standing::Grown => larger(slot),
                Standing::Changed if flipped.contains(&slot.leader.unwrap_or(index)) => other.as_ref(),
                Standing::Changed => own.as_ref(),
            }
        });
        let checked = check::check(&files, &self.pair.sources);
        if checked.diagnostics.iter().any(|d| d.severity() == Severity::Error) {
            return None;
        }
        Engine::new(Arc::new(checked.model?), Arc::clone(&self.pair.sources), String::new()).ok()
    }

    /// The changes with those that they cannot do without: what the text that comes in speaks of, and what speaks of a
    /// name that goes.
    fn needs(&self, start: Start, changes: &Changes) -> Changes {
        let slots = &self.pair.slots;
        let mut needed = changes.clone();
        let mut open: Vec<usize> = changes.iter().copied().collect();
        while let Some(index) = open.pop() {
            let Some(slot) = slots.get(index) else { continue };
            let (goes, comes) = match start {
                Start::Old => (&slot.old, &slot.new),
                Start::New => (&slot.new, &slot.old),
            };
            let words = comes.as_ref().map(|side| mentions(side, &self.pair.sources)).unwrap_or_default();
            for (other, candidate) in slots.iter().enumerate() {
                if candidate.standing != Standing::Changed || candidate.leader.is_some() || needed.contains(&other) {
                    continue;
                }
                let own = match start {
                    Start::Old => &candidate.old,
                    Start::New => &candidate.new,
                };
                // The parts of one item often need one another: a new choice and the default that takes it.
                let sibling = candidate.key.section == slot.key.section
                    && candidate.key.kind == slot.key.kind
                    && candidate.key.name == slot.key.name;
                let spoken_of = words.contains(known_as(&candidate.key));
                let speaks = comes.is_none()
                    && goes.is_some()
                    && own
                        .as_ref()
                        .is_some_and(|side| mentions(side, &self.pair.sources).contains(known_as(&slot.key)));
                if sibling || spoken_of || speaks {
                    needed.insert(other);
                    open.push(other);
                }
            }
        }
        needed
    }
}

/// The side of a list that has more.
fn larger(slot: &Slot) -> Option<&super::slots::Side> {
    let (Some(old), Some(new)) = (&slot.old, &slot.new) else { return slot.any() };
    // Each side of a list that has grown holds all names of the other, or is held by it.
    if super::slots::grown(&old.piece, &new.piece) { Some(new) } else { Some(old) }
}

/// What the facts of a Model look like, to the id: two Models with the same form can share fact sets.
fn form(model: &Model) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write!(text, "{:?}", model.regions.iter().map(|r| (&r.name, r.parent)).collect::<Vec<_>>());
    let _ = write!(text, "{:?}", model.units.iter().map(|u| &u.name).collect::<Vec<_>>());
    for list in &model.enums {
        let _ = write!(text, "{:?}", list.values.iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
    let _ = write!(text, "{:?}", model.records.iter().map(|r| &r.fields).collect::<Vec<_>>());
    let data =
        model.fields.iter().map(|f| (None, &f.datum)).chain(model.facts.iter().map(|f| (Some(&f.group), &f.datum)));
    for (group, datum) in data {
        let _ = write!(text, "{group:?}{}{:?}{:?}{}", datum.name, datum.ty, datum.unit, datum.at_least);
    }
    text
}
