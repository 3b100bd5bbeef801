//! Two versions side by side: for each fragment its old and its new form.
//!
//! Comes in: the fragments of both versions. Goes out: [`Slot`]s in the order of the old version, with new ones after
//! the fragment that they follow. Each has a status: the same, changed, or unable to move a decision by itself.

use super::split::{Fragment, FragmentKey, Meaning, POLICY, PlacedFragment, meaning, words};
use ereje::source::{Sources, Span};
use ereje::syntax::ast::{DefineBody, FactsSyntax, ItemSyntax, RegionSyntax, TableRows, TableSyntax};
use std::collections::{BTreeMap, BTreeSet};

/// A fragment in one version.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) fragment: Fragment,
    /// The fragment itself.
    pub(super) span: Span,
    /// The item that it belongs to.
    pub(super) whole: Span,
    meaning: Meaning,
}

/// How a fragment differs between the versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotStatus {
    /// Both versions have it with the same meaning.
    Same,
    /// Only one version has it, and nothing in the other reads it: it is part of every hybrid.
    Inert,
    /// A list of names that has only grown (or shrunk): the longer one is part of every hybrid, if that is possible.
    Grown,
    /// It may move decisions.
    Changed,
}

/// A fragment in both versions.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) key: FragmentKey,
    pub(super) old: Option<Side>,
    pub(super) new: Option<Side>,
    pub(super) status: SlotStatus,
    /// The slot of the item that was added or dropped together with this part; both are flipped together.
    pub(super) leader: Option<usize>,
}

impl Slot {
    /// The side that exists; the new one if both do.
    pub(super) fn any(&self) -> Option<&Side> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// Texts for people that differ: the name of each, old and new.
    pub(super) fn texts(&self, sources: &Sources) -> Vec<(String, String, String)> {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return Vec::new() };
        let (mut a, mut b) = (words(&old.fragment, sources), words(&new.fragment, sources));
        let common: Vec<(String, String)> = a.iter().filter(|text| b.contains(text)).cloned().collect();
        a.retain(|text| !common.contains(text));
        b.retain(|text| !common.contains(text));
        let names: BTreeSet<String> = a.iter().chain(&b).map(|(name, _)| name.clone()).collect();
        let of = |texts: &[(String, String)], name: &str| {
            texts.iter().filter(|(n, _)| n == name).map(|(_, t)| t.as_str()).collect::<Vec<_>>().join("; ")
        };
        names.iter().map(|name| (name.clone(), of(&a, name), of(&b, name))).collect()
    }
}

/// Pairs the fragments of two versions.
pub(super) fn slots(old: Vec<PlacedFragment>, new: Vec<PlacedFragment>, sources: &Sources) -> Vec<Slot> {
    let (old, mut new) = by_rows(old, new, sources);
    let side = |placed: &PlacedFragment| Side {
        fragment: placed.fragment.clone(),
        span: placed.span,
        whole: placed.whole,
        meaning: meaning(&placed.fragment, sources),
    };
    let olds: Vec<(FragmentKey, Side)> = old.iter().map(|p| (p.key.clone(), side(p))).collect();
    rename_parts(&olds, &mut new, sources);
    let mut slots: Vec<Slot> = olds
        .into_iter()
        .map(|(key, side)| Slot { key, old: Some(side), new: None, status: SlotStatus::Same, leader: None })
        .collect();
    let mut at: BTreeMap<FragmentKey, usize> = slots.iter().enumerate().map(|(i, s)| (s.key.clone(), i)).collect();
    // New slots are collected by the slot that they follow, and inserted at the end.
    let mut behind: BTreeMap<usize, Vec<Slot>> = BTreeMap::new();
    let mut last = 0;
    for placed in &new {
        match at.get(&placed.key).and_then(|i| slots.get_mut(*i).map(|slot| (*i, slot))) {
            Some((index, slot)) => {
                slot.new = Some(side(placed));
                last = index + 1;
            }
            None => behind.entry(last).or_default().push(Slot {
                key: placed.key.clone(),
                old: None,
                new: Some(side(placed)),
                status: SlotStatus::Same,
                leader: None,
            }),
        }
    }
    at.clear();
    let mut all = Vec::with_capacity(slots.len());
    all.extend(behind.remove(&0).unwrap_or_default());
    for (index, slot) in slots.into_iter().enumerate() {
        all.push(slot);
        all.extend(behind.remove(&(index + 1)).unwrap_or_default());
    }
    classify(&mut all);
    all
}

/// Gives a new part without a name of its own the key of the old part that it continues: a value whose period has
/// changed is still that value.
fn rename_parts(olds: &[(FragmentKey, Side)], new: &mut [PlacedFragment], sources: &Sources) {
    let unnamed =
        |key: &FragmentKey| ["value", "if absent", "if unavailable"].iter().any(|word| key.part.starts_with(word));
    let known: BTreeSet<&FragmentKey> = olds.iter().map(|(key, _)| key).collect();
    let taken: BTreeSet<FragmentKey> = new.iter().map(|p| p.key.clone()).collect();
    let mut free: Vec<&(FragmentKey, Side)> =
        olds.iter().filter(|(key, _)| unnamed(key) && !taken.contains(key)).collect();
    let fresh: Vec<usize> = new
        .iter()
        .enumerate()
        .filter(|(_, p)| unnamed(&p.key) && !known.contains(&p.key))
        .map(|(index, _)| index)
        .collect();
    let item = |key: &FragmentKey| (key.section.clone(), key.kind, key.name.clone());
    // The first round pairs parts that kept their value; the second pairs parts if just one was removed and one was
    // added.
    for round in 0..2 {
        for index in &fresh {
            let Some(placed) = new.get(*index) else { continue };
            if known.contains(&placed.key) {
                continue;
            }
            let rivals = fresh.iter().filter_map(|i| new.get(*i));
            let rivals = rivals.filter(|p| item(&p.key) == item(&placed.key) && !known.contains(&p.key)).count();
            let own: Vec<usize> = free
                .iter()
                .enumerate()
                .filter(|(_, (key, _))| item(key) == item(&placed.key))
                .map(|(i, _)| i)
                .collect();
            let found = match round {
                0 => own
                    .iter()
                    .copied()
                    .find(|i| free.get(*i).is_some_and(|(_, s)| same_value(&s.fragment, &placed.fragment, sources))),
                _ => (own.len() == 1 && rivals == 1).then(|| own.first().copied()).flatten(),
            };
            if let Some(at) = found {
                let key = free.remove(at).0.clone();
                if let Some(placed) = new.get_mut(*index) {
                    placed.key = key;
                }
            }
        }
    }
}

/// True if two parts differ only in their scopes.
fn same_value(a: &Fragment, b: &Fragment, sources: &Sources) -> bool {
    let everywhere = |fragment: &Fragment| {
        let mut fragment = fragment.clone();
        if let Fragment::Value(value) = &mut fragment {
            value.scope = Default::default();
        }
        if let Fragment::Handler(handler) = &mut fragment {
            handler.scope = Default::default();
        }
        meaning(&fragment, sources)
    };
    everywhere(a) == everywhere(b)
}

/// Splits tables that differ only in rows into runs of rows, in their order.
fn by_rows(
    old: Vec<PlacedFragment>,
    new: Vec<PlacedFragment>,
    sources: &Sources,
) -> (Vec<PlacedFragment>, Vec<PlacedFragment>) {
    fn rows(placed: &PlacedFragment) -> Option<(TableSyntax, &[ereje::syntax::ast::TableRowSyntax])> {
        let Fragment::Item(ItemSyntax::Table(table)) = &placed.fragment else { return None };
        let TableRows::Inline(rows) = &table.rows else { return None };
        Some((TableSyntax { rows: TableRows::Inline(Vec::new()), ..table.clone() }, rows))
    }
    let (mut parts_of_old, mut parts_of_new) = (BTreeMap::new(), BTreeMap::new());
    for a in &old {
        let Some((table_a, rows_a)) = rows(a) else { continue };
        let Some(b) = new.iter().find(|b| b.key == a.key) else { continue };
        let Some((table_b, rows_b)) = rows(b) else { continue };
        let row = |row: &ereje::syntax::ast::TableRowSyntax| {
            format!("{:?}", meaning(&Fragment::Rows(vec![row.clone()]), sources))
        };
        let (texts_a, texts_b): (Vec<_>, Vec<_>) = (rows_a.iter().map(row).collect(), rows_b.iter().map(row).collect());
        if texts_a == texts_b {
            continue;
        }
        let (mut out_a, mut out_b) = (Vec::new(), Vec::new());
        let base = |placed: &PlacedFragment, table: TableSyntax| PlacedFragment {
            fragment: Fragment::Item(ItemSyntax::Table(table)),
            ..placed.clone()
        };
        out_a.push(base(a, table_a));
        out_b.push(base(b, table_b));
        for op in similar::capture_diff_slices(similar::Algorithm::Myers, &texts_a, &texts_b) {
            let (range_a, range_b) = (op.old_range(), op.new_range());
            let part = match range_a.len().max(range_b.len()) {
                1 => format!("row {}", range_a.start + 1),
                _ => format!("rows {} to {}", range_a.start + 1, range_a.end.max(range_a.start + 1)),
            };
            // Runs of rows that were only added or dropped may have the same start as others.
            let part = if range_a.is_empty() { format!("before row {}", range_a.start + 1) } else { part };
            for (out, placed, rows, range) in [(&mut out_a, a, rows_a, range_a), (&mut out_b, b, rows_b, range_b)] {
                let rows = rows.get(range).unwrap_or_default();
                let Some(first) = rows.first() else { continue };
                let span = rows.iter().fold(first.span, |span, row| span.to(row.span));
                let key = FragmentKey { part: part.clone(), ..placed.key.clone() };
                out.push(PlacedFragment { key, fragment: Fragment::Rows(rows.to_vec()), span, whole: placed.whole });
            }
        }
        parts_of_old.insert(a.key.clone(), out_a);
        parts_of_new.insert(a.key.clone(), out_b);
    }
    let apart = |side: Vec<PlacedFragment>, parts: BTreeMap<FragmentKey, Vec<PlacedFragment>>| -> Vec<PlacedFragment> {
        side.into_iter().flat_map(|p| parts.get(&p.key).cloned().unwrap_or_else(|| vec![p])).collect()
    };
    (apart(old, parts_of_old), apart(new, parts_of_new))
}

/// Sets the status of each slot.
fn classify(slots: &mut [Slot]) {
    // The names that each side declares anywhere: nothing in the other version reads a name that only one side has.
    let names = |of: fn(&Slot) -> bool| -> BTreeSet<(&'static str, String)> {
        let own = slots.iter().filter(|slot| of(slot) && slot.key.part.is_empty());
        own.map(|slot| (space(slot.key.kind), bare(&slot.key.name))).collect()
    };
    let (olds, news) = (names(|s| s.old.is_some()), names(|s| s.new.is_some()));
    for slot in slots.iter_mut() {
        slot.status = match (&slot.old, &slot.new) {
            (Some(old), Some(new)) if old.meaning == new.meaning => SlotStatus::Same,
            (Some(_), Some(_)) if is_header(slot) || slot.key.kind == "source" => SlotStatus::Inert,
            (Some(old), Some(new)) => {
                if grown(&old.fragment, &new.fragment) || grown(&new.fragment, &old.fragment) {
                    SlotStatus::Grown
                } else {
                    SlotStatus::Changed
                }
            }
            (None, None) => SlotStatus::Same,
            (Some(side), None) => alone(slot, side, &news),
            (None, Some(side)) => alone(slot, side, &olds),
        };
    }
    // The items that were added or dropped as a whole, by name.
    let wholes: BTreeMap<(String, &'static str, String), usize> = slots
        .iter()
        .enumerate()
        .filter(|(_, slot)| slot.key.part.is_empty() && slot.status == SlotStatus::Changed && one_sided(slot))
        .map(|(index, slot)| ((slot.key.section.clone(), slot.key.kind, slot.key.name.clone()), index))
        .collect();
    for slot in slots.iter_mut().filter(|slot| !slot.key.part.is_empty() && one_sided(slot)) {
        slot.leader = wholes.get(&(slot.key.section.clone(), slot.key.kind, slot.key.name.clone())).copied();
        if slot.leader.is_some() {
            slot.status = SlotStatus::Changed;
        }
    }
}

/// True if the slot is the empty rest of an item whose parts are separate slots.
pub(super) fn is_shell(slot: &Slot) -> bool {
    slot.key.part.is_empty() && one_sided(slot) && slot.any().is_some_and(|side| says_nothing(&side.fragment))
}

fn one_sided(slot: &Slot) -> bool {
    slot.old.is_none() || slot.new.is_none()
}

fn is_header(slot: &Slot) -> bool {
    slot.key.part.is_empty() && matches!(slot.key.kind, "policy" | "amendment")
}

/// The status of a fragment that only one side has; `other` holds the names of the other side.
fn alone(slot: &Slot, side: &Side, other: &BTreeSet<(&'static str, String)>) -> SlotStatus {
    let unknown = |space: &'static str, name: &str| !other.contains(&(space, bare(name)));
    let key = &slot.key;
    let inert = says_nothing(&side.fragment)
        || match key.kind {
            // An amendment that gains a calendar counts its working days by it from then on.
            "calendar" if key.section != POLICY && !unknown("amendment", &key.section) => false,
            "source" | "reason" | "unit" | "calendar" | "enum" | "record" | "fact" | "registry" | "decision"
            | "scale" | "assumption" | "norm" | "table" => {
                unknown(space(key.kind), &key.name) && !replaces(&side.fragment)
            }
            // The parts of a definition have its status; its own fragment shows whether it replaces another.
            "define" => unknown("value", &key.name) && !replaces(&side.fragment),
            "region" | "outcome" => true,
            "policy" | "amendment" => {
                key.part.is_empty() || (key.section != POLICY && unknown("amendment", &key.section))
            }
            "exception" => target(&side.fragment)
                .is_some_and(|name| ["value", "rule", "notice", "exception"].iter().all(|space| unknown(space, &name))),
            "case" => key.name.rsplit_once(" of ").is_some_and(|(_, definition)| unknown("value", definition)),
            _ => false,
        };
    if inert { SlotStatus::Inert } else { SlotStatus::Changed }
}

/// The namespace of a kind: kinds in one namespace are looked up together.
pub(super) fn space(kind: &'static str) -> &'static str {
    match kind {
        "define" | "table" | "scale" | "norm" | "assumption" | "fact" => "value",
        "enum" | "record" => "type",
        kind => kind,
    }
}

/// A name without the number that distinguishes it in its section; for a fact only its group.
fn bare(name: &str) -> String {
    name.split('(').next().unwrap_or(name).to_owned()
}

/// True if nothing is left of an item without its parts, such as a norm to which an amendment gives a value.
fn says_nothing(fragment: &Fragment) -> bool {
    let Fragment::Item(item) = fragment else { return false };
    let untyped = |field: &ereje::syntax::ast::FieldSyntax| field.ty.is_none();
    if let ItemSyntax::Norm(norm) = item {
        norm.ty.is_none() && norm.at_least.is_none() && norm.at_most.is_none()
    } else if let ItemSyntax::Facts(FactsSyntax::Group { fields, .. }) = item {
        fields.iter().all(untyped)
    } else if let ItemSyntax::Facts(FactsSyntax::Single { field, .. }) = item {
        untyped(field)
    } else {
        matches!(item, ItemSyntax::Facts(FactsSyntax::Silent { .. }))
    }
}

fn replaces(fragment: &Fragment) -> bool {
    let Fragment::Item(item) = fragment else { return false };
    if let ItemSyntax::Define(define) = item {
        define.replace.is_some()
    } else if let ItemSyntax::Table(table) = item {
        table.replace.is_some()
    } else if let ItemSyntax::Scale(scale) = item {
        scale.replace.is_some()
    } else {
        false
    }
}

fn target(fragment: &Fragment) -> Option<String> {
    let Fragment::Item(ItemSyntax::Exception(exception)) = fragment else { return None };
    exception.target.parts.first().map(|name| name.text.clone())
}

/// True if a list of names has all names of another.
pub(super) fn grown(old: &Fragment, new: &Fragment) -> bool {
    let (Fragment::Item(old), Fragment::Item(new)) = (old, new) else { return false };
    if let (ItemSyntax::Enum(old), ItemSyntax::Enum(new)) = (old, new) {
        old.values.iter().all(|value| new.values.iter().any(|v| v.name.text == value.name.text))
    } else if let (ItemSyntax::Region(old), ItemSyntax::Region(new)) = (old, new) {
        edges(old).is_subset(&edges(new))
    } else if let (ItemSyntax::Record(old), ItemSyntax::Record(new)) = (old, new) {
        old.fields.iter().all(|field| {
            let twin = new.fields.iter().find(|f| f.name.text == field.name.text);
            twin.is_some_and(|twin| placeless(field) == placeless(twin))
        })
    } else {
        false
    }
}

/// A field in a form that can be compared: a file with a record of this field alone, without places.
fn placeless(field: &ereje::syntax::ast::FieldSyntax) -> ereje::syntax::ast::File {
    let file = ereje::source::FileId(0);
    let span = Span::new(file, 0, 0);
    let mut record = ItemSyntax::Record(ereje::syntax::ast::RecordSyntax {
        name: super::split::nobody(span),
        fields: vec![field.clone()],
        span,
    });
    super::quiet::quiet(&mut record);
    let items = vec![record];
    ereje::syntax::ast::File { file, items, comments: Vec::new(), unread: Vec::new() }.without_places()
}

/// The pairs of a region and its parent in a tree.
fn edges(region: &RegionSyntax) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut open = vec![region];
    while let Some(region) = open.pop() {
        for child in &region.children {
            found.insert((region.name.text.clone(), child.name.text.clone()));
            open.push(child);
        }
    }
    found
}

/// The words in a fragment's text.
pub(super) fn mentions<'s>(side: &Side, sources: &'s Sources) -> BTreeSet<&'s str> {
    let text = sources.slice(side.whole);
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

/// The name by which other fragments refer to this one.
pub(super) fn known_as(key: &FragmentKey) -> &str {
    let name = key.name.split(" of ").next().unwrap_or(&key.name);
    let name = name.rsplit(['.', ' ']).next().unwrap_or(name);
    name.split('(').next().unwrap_or(name)
}

/// True if a definition has cases: only such a definition takes parts.
pub(super) fn takes_cases(item: &ItemSyntax) -> bool {
    matches!(item, ItemSyntax::Define(define) if matches!(define.body, DefineBody::Cases { .. }))
}
