//! Hybrids: policies between two versions, with some of the changes and without the others.
//!
//! Comes in: the slots of both versions and a set of changes. Goes out: an engine for one version with just these
//! changes from the other, if that passes the checker; each hybrid is made once.

use super::join::join;
use super::slots::{Side, Slot, SlotStatus, known_as, mentions, space};
use super::version::Pair;
use ereje::check;
use ereje::diagnostic::Severity;
use ereje::engine::Engine;
use ereje::model::{Datum, Model};
use ereje::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Changes by the indices of their slots.
pub(super) type ChangeSet = BTreeSet<usize>;

/// The version that a hybrid starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BaseVersion {
    /// The old version with some changes.
    Old,
    /// The new version without some changes.
    New,
}

/// The names in a list that has grown from one version to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListNames {
    /// The names of the longer list.
    Grown,
    /// The names of the version that the hybrid starts from.
    AsTheyWere,
}

/// What is followed to find the changes that a change needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NeedsThrough {
    /// Other changes.
    Changes,
    /// Also slots that cannot move decisions by themselves, such as a new definition.
    Everything,
}

/// How often changes are added to a hybrid that does not pass the checker before it is given up.
const MOST_MENDS: usize = 8;

/// A policy between two versions.
#[derive(Debug)]
pub(super) struct Hybrid {
    pub(super) engine: Engine,
    /// The changes that were made or taken back: those asked for, and those that they need to pass the checker.
    pub(super) flipped: ChangeSet,
    /// The number of the form of its facts: hybrids of one form can share fact sets.
    pub(super) form: u32,
}

/// The hybrids that were made; `None` if one does not pass the checker.
type HybridCache = BTreeMap<(BaseVersion, ChangeSet), Option<Arc<Hybrid>>>;

/// The hybrids of two versions.
#[derive(Debug)]
pub(super) struct Hybrids {
    pair: Pair,
    changed: Vec<usize>,
    vocabulary: bool,
    made: Mutex<HybridCache>,
    /// The forms found so far; the index is a form's number.
    forms: Mutex<Vec<String>>,
}

impl Hybrids {
    pub(super) fn new(pair: Pair) -> Self {
        let of = |status: SlotStatus| {
            pair.slots.iter().enumerate().filter(move |(_, slot)| slot.status == status).map(|(index, _)| index)
        };
        let leads = |index: &usize| pair.slots.get(*index).is_some_and(|slot| slot.leader.is_none());
        let changed = of(SlotStatus::Changed).filter(leads).collect();
        let new_fact = |index: usize| pair.slots.get(index).is_some_and(|slot| slot.key.kind == "fact");
        let vocabulary = of(SlotStatus::Grown).next().is_some() || of(SlotStatus::Inert).any(new_fact);
        Self { pair, changed, vocabulary, made: Mutex::default(), forms: Mutex::default() }
    }

    /// The slots of both versions.
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

    /// True if one version knows names or values that the other does not.
    pub(super) fn has_vocabulary(&self) -> bool {
        self.vocabulary
    }

    /// The number of the form of a Model's facts.
    pub(super) fn form(&self, model: &Model) -> u32 {
        let form = form(model);
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let place = forms.iter().position(|known| *known == form).unwrap_or_else(|| {
            forms.push(form);
            forms.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// The hybrid of a set of changes; `None` if it does not pass the checker, even with the changes that it may need.
    pub(super) fn get(&self, base: BaseVersion, changes: &ChangeSet) -> Option<Arc<Hybrid>> {
        let key = (base, changes.clone());
        // After a panic of another thread at most a hybrid is missing here, so the lock can still be used.
        if let Some(made) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return made.clone();
        }
        let hybrid = self.make(base, changes).map(Arc::new);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_insert(hybrid).clone()
    }

    fn make(&self, base: BaseVersion, changes: &ChangeSet) -> Option<Hybrid> {
        let with_needs = self.needs(base, changes, NeedsThrough::Changes);
        let with_all_needs = self.needs(base, changes, NeedsThrough::Everything);
        let mut sets = vec![changes];
        for set in [&with_needs, &with_all_needs] {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        let found = sets.into_iter().find_map(|flipped| {
            let lists = [ListNames::Grown, ListNames::AsTheyWere];
            lists.into_iter().find_map(|lists| Some((self.engine(base, flipped, lists).ok()?, flipped.clone())))
        });
        let (engine, flipped) = found.or_else(|| self.mended(base, changes))?;
        let form = self.form(engine.model());
        Some(Hybrid { engine, flipped, form })
    }

    /// Adds changes to a set until the hybrid passes the checker, at most [`MOST_MENDS`] times.
    fn mended(&self, base: BaseVersion, changes: &ChangeSet) -> Option<(Engine, ChangeSet)> {
        let mut flipped = changes.clone();
        for _ in 0..MOST_MENDS {
            match self.engine(base, &flipped, ListNames::Grown) {
                Ok(engine) => return Some((engine, flipped)),
                Err(errors) => {
                    let more = self.at_fault(base, &flipped, &errors);
                    if more.is_empty() {
                        return None;
                    }
                    flipped.extend(more);
                }
            }
        }
        None
    }

    /// The changes whose text has one of the errors. If an error is in a text that both versions have, or in one that
    /// was already flipped, the other changes of the same name are taken.
    fn at_fault(&self, base: BaseVersion, flipped: &ChangeSet, errors: &[Span]) -> ChangeSet {
        let slots = &self.pair.slots;
        let wrong: Vec<usize> = slots
            .iter()
            .enumerate()
            .filter(|(index, slot)| {
                let side = side_taken(base, flipped, ListNames::Grown, *index, slot);
                side.is_some_and(|side| errors.iter().any(|error| within(*error, side.whole)))
            })
            .map(|(index, _)| index)
            .collect();
        let free = |index: usize| {
            let slot = slots.get(index).filter(|slot| slot.status == SlotStatus::Changed)?;
            let leader = slot.leader.unwrap_or(index);
            (!flipped.contains(&leader)).then_some(leader)
        };
        let own: ChangeSet = wrong.iter().filter_map(|index| free(*index)).collect();
        if !own.is_empty() {
            return own;
        }
        let names: BTreeSet<(&str, &str)> = wrong
            .iter()
            .filter_map(|index| slots.get(*index))
            .map(|slot| (slot.key.kind, known_as(&slot.key)))
            .collect();
        let named = |slot: &Slot| names.contains(&(slot.key.kind, known_as(&slot.key)));
        slots.iter().enumerate().filter(|(_, slot)| named(slot)).filter_map(|(index, _)| free(index)).collect()
    }

    /// Puts a policy together and checks it; if it has errors, their places. A slot that only one version has is left
    /// out if it refers to something that is missing, such as an exception to a rule that was removed.
    fn engine(&self, base: BaseVersion, flipped: &ChangeSet, lists: ListNames) -> Result<Engine, Vec<Span>> {
        let mut left_out = ChangeSet::new();
        loop {
            let files = join(&self.pair.slots, |index, slot: &Slot| {
                if left_out.contains(&index) { None } else { side_taken(base, flipped, lists, index, slot) }
            });
            let checked = check::check(&files, &self.pair.sources);
            let errors = checked.diagnostics.iter().filter(|d| d.severity() == Severity::Error);
            let errors: Vec<Span> = errors.map(|error| error.primary.span).collect();
            if errors.is_empty() {
                let model = Arc::new(checked.model.ok_or_else(Vec::new)?);
                return Engine::new(model, Arc::clone(&self.pair.sources), String::new()).map_err(|_| Vec::new());
            }
            let hanging = self.hanging(base, flipped, lists, &left_out, &errors);
            if hanging.is_empty() {
                return Err(errors);
            }
            left_out.extend(hanging);
        }
    }

    /// The slots that cannot move decisions by themselves, have an error, and refer to a missing name.
    fn hanging(
        &self,
        base: BaseVersion,
        flipped: &ChangeSet,
        lists: ListNames,
        left_out: &ChangeSet,
        errors: &[Span],
    ) -> ChangeSet {
        let slots = &self.pair.slots;
        let taken = |index: usize, slot: &'_ Slot| {
            !left_out.contains(&index) && side_taken(base, flipped, lists, index, slot).is_some()
        };
        let (mut there, mut gone) = (BTreeSet::new(), BTreeSet::new());
        for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.key.part.is_empty()) {
            let names = if taken(index, slot) { &mut there } else { &mut gone };
            names.insert((space(slot.key.kind), known_as(&slot.key)));
        }
        let hangs = |index: usize, slot: &Slot| {
            let side = slot.any().filter(|_| slot.status == SlotStatus::Inert && taken(index, slot))?;
            let wrong = errors.iter().any(|error| within(*error, side.whole));
            let words = mentions(side, &self.pair.sources);
            (wrong && gone.difference(&there).any(|(_, name)| words.contains(name))).then_some(index)
        };
        slots.iter().enumerate().filter_map(|(index, slot)| hangs(index, slot)).collect()
    }

    /// The changes together with those that they need: what the text that comes in refers to, and what refers to a name
    /// that is removed.
    fn needs(&self, base: BaseVersion, changes: &ChangeSet, through: NeedsThrough) -> ChangeSet {
        let slots = &self.pair.slots;
        let mut needed = changes.clone();
        // A slot that cannot move decisions by itself has needs of its own.
        let mut passed = ChangeSet::new();
        let mut open: Vec<usize> = changes.iter().copied().collect();
        while let Some(index) = open.pop() {
            let Some(slot) = slots.get(index) else { continue };
            let (goes, comes) = match base {
                BaseVersion::Old => (&slot.old, &slot.new),
                BaseVersion::New => (&slot.new, &slot.old),
            };
            // A slot that is in every hybrid has its text on either side.
            let text = if slot.status == SlotStatus::Inert { slot.any() } else { comes.as_ref() };
            let words = text.map(|side| mentions(side, &self.pair.sources)).unwrap_or_default();
            for (other, candidate) in slots.iter().enumerate() {
                if through == NeedsThrough::Everything
                    && candidate.status == SlotStatus::Inert
                    && words.contains(known_as(&candidate.key))
                    && passed.insert(other)
                {
                    open.push(other);
                }
                if candidate.status != SlotStatus::Changed || candidate.leader.is_some() || needed.contains(&other) {
                    continue;
                }
                let own = match base {
                    BaseVersion::Old => &candidate.old,
                    BaseVersion::New => &candidate.new,
                };
                // The parts of one item often need each other: a new choice, and the default that takes it.
                let sibling = slot.status == SlotStatus::Changed
                    && candidate.key.section == slot.key.section
                    && candidate.key.kind == slot.key.kind
                    && candidate.key.name == slot.key.name;
                let spoken_of = words.contains(known_as(&candidate.key));
                let speaks = slot.status == SlotStatus::Changed
                    && comes.is_none()
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

/// The side of a slot that a hybrid takes.
fn side_taken<'s>(
    base: BaseVersion,
    flipped: &ChangeSet,
    lists: ListNames,
    index: usize,
    slot: &'s Slot,
) -> Option<&'s Side> {
    let (own, other) = match base {
        BaseVersion::Old => (&slot.old, &slot.new),
        BaseVersion::New => (&slot.new, &slot.old),
    };
    match (slot.status, lists) {
        (SlotStatus::Same, _) | (SlotStatus::Grown, ListNames::AsTheyWere) => own.as_ref(),
        (SlotStatus::Inert, _) => own.as_ref().or(other.as_ref()),
        (SlotStatus::Grown, ListNames::Grown) => larger(slot),
        (SlotStatus::Changed, _) if flipped.contains(&slot.leader.unwrap_or(index)) => other.as_ref(),
        (SlotStatus::Changed, _) => own.as_ref(),
    }
}

/// True if a place lies inside another.
fn within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// The longer side of a list.
fn larger(slot: &Slot) -> Option<&Side> {
    let (Some(old), Some(new)) = (&slot.old, &slot.new) else { return slot.any() };
    // If a list has grown, one side has all names of the other.
    if super::slots::grown(&old.fragment, &new.fragment) { Some(new) } else { Some(old) }
}

/// The form of a Model's facts, with their ids: Models of one form can share fact sets.
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
        let Datum { name, ty, masked: _, unit, at_least, bounds, registries: _, handlers: _, labels: _, span: _ } =
            datum;
        let _ = write!(text, "{group:?}{name}{ty:?}{unit:?}{at_least}{bounds:?}");
    }
    text
}
