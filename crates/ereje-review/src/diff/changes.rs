//! The changes between two versions, with the names, places and texts that a reviewer reads.

use super::slots::{self, Side, Slot, SlotStatus};
use super::split::{Fragment, POLICY, csv_of, first_other_cell};
use super::version::Pair;
use crate::page::DiffLine;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// The most lines of a change that are kept.
const MAX_LINES: usize = 200;

/// How an item differs between the versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Dropped,
    /// Both have it, with different meanings.
    Changed,
}

/// An item, or a part of one, in one version.
#[derive(Clone, Debug, Serialize)]
pub struct ItemText {
    /// `file:line`, or `file:line:column` of a cell in a CSV file
    pub place: String,
    /// Its text.
    pub text: String,
}

/// One thing that changed.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyChange {
    /// A description of the item: `norm living_area in North from 2026-01-01`.
    pub name: String,
    /// How it differs.
    pub what: ChangeKind,
    /// Its amendment; `None` for the policy itself.
    pub amendment: Option<String>,
    /// How the amendment itself differs, if only one version has it.
    pub amendment_is: Option<ChangeKind>,
    /// True if it can move a decision by itself. New names that nothing read before cannot.
    pub can_move: bool,
    /// The number of moved decisions for which it is responsible, alone or with others.
    pub moved: u64,
    /// In the old version.
    pub old: Option<ItemText>,
    /// In the new version.
    pub new: Option<ItemText>,
    /// The difference of the item's text, line by line.
    pub lines: Vec<DiffLine>,
}

/// A changed text that only people read: no decision depends on it.
#[derive(Clone, Debug, Serialize)]
pub struct TextChange {
    /// The item of the text: `reason AREA_BELOW_NORM`.
    pub name: String,
    /// The text among those of the item: a language, `source`.
    pub part: String,
    /// `file:line` in the new version.
    pub place: String,
    /// In the old version; empty if there was none.
    pub old: String,
    /// In the new version.
    pub new: String,
}

/// The description of a slot.
pub(super) fn name(slot: &Slot) -> String {
    let key = &slot.key;
    let kind = match key.kind {
        "define" => "definition",
        kind => kind,
    };
    let mut text = match (kind, key.name.as_str()) {
        ("amendment", _) => format!("amendment {}", key.section),
        ("policy", _) => String::from("the policy's header"),
        ("as of", _) => String::from("the governing date and place"),
        (kind, name) => format!("{kind} {name}"),
    };
    match key.part.as_str() {
        "" => {}
        // The scope of a value follows its name, as in the law.
        "value" => {}
        part => match part.strip_prefix("value ") {
            Some(scope) => text.push_str(&format!(" {scope}")),
            None if key.kind == "amendment" || key.kind == "policy" => {
                text.push_str(&format!(": {}", header_word(part)))
            }
            None => text.push_str(&format!(", {part}")),
        },
    }
    text
}

fn header_word(part: &str) -> &str {
    match part {
        "from" => "first day",
        "through" => "last day",
        "in" => "regions",
        "for" => "whom it holds for",
        "over" => "what it stands over",
        part => part,
    }
}

/// The changes by the indices of their slots.
pub(super) fn changes(pair: &Pair) -> BTreeMap<usize, PolicyChange> {
    // The sections that only one version has.
    let sections: BTreeMap<&str, ChangeKind> = pair
        .slots
        .iter()
        .filter(|slot| slot.key.kind == "amendment" && slot.key.part.is_empty())
        .filter_map(|slot| {
            let change_kind = change_kind(slot);
            (change_kind != ChangeKind::Changed).then_some((slot.key.section.as_str(), change_kind))
        })
        .collect();
    let shown = |slot: &&(usize, &Slot)| {
        let (_, slot) = **slot;
        slot.status != SlotStatus::Same
            && !is_renamed_header(slot)
            && !is_part_of_new(slot, pair)
            && !slots::is_shell(slot)
    };
    let all: Vec<(usize, &Slot)> = pair.slots.iter().enumerate().collect();
    let one = |(index, slot): &(usize, &Slot)| {
        let place = |side: &Side| ItemText {
            place: cell_place(slot, side, pair).unwrap_or_else(|| pair.place(side.span)),
            text: pair.sources.slice(if slot.key.part.is_empty() { side.whole } else { side.span }).to_owned(),
        };
        let change = PolicyChange {
            name: name(slot),
            what: change_kind(slot),
            amendment: (slot.key.section != POLICY).then(|| slot.key.section.clone()),
            amendment_is: sections.get(slot.key.section.as_str()).copied(),
            can_move: slot.status == SlotStatus::Changed,
            moved: 0,
            old: slot.old.as_ref().map(place),
            new: slot.new.as_ref().map(place),
            lines: lines(slot, pair),
        };
        (*index, change)
    };
    all.iter().filter(shown).map(one).collect()
}

/// The place in the CSV file that an item names, `file:line:column`, where only that file changed.
fn cell_place(slot: &Slot, side: &Side, pair: &Pair) -> Option<String> {
    let (old, new) = (slot.old.as_ref()?, slot.new.as_ref()?);
    if pair.sources.slice(old.whole) != pair.sources.slice(new.whole) {
        return None;
    }
    let other = if std::ptr::eq(side, old) { new } else { old };
    let cell = first_other_cell(&side.fragment, &other.fragment, &pair.sources)?;
    Some(pair.exact_place(cell))
}

fn change_kind(slot: &Slot) -> ChangeKind {
    match (&slot.old, &slot.new) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Dropped,
        (Some(_), Some(_)) => ChangeKind::Changed,
    }
}

/// True if a header differs only in its texts, which are listed separately.
fn is_renamed_header(slot: &Slot) -> bool {
    slot.key.part.is_empty()
        && matches!(slot.key.kind, "policy" | "amendment")
        && slot.old.is_some()
        && slot.new.is_some()
}

/// True if this is a part of an item that was added or dropped as a whole: only the item is listed.
fn is_part_of_new(slot: &Slot, pair: &Pair) -> bool {
    !slot.key.part.is_empty()
        && (slot.leader.is_some() || slot.status == SlotStatus::Inert)
        && pair.slots.iter().any(|base| {
            base.key.part.is_empty()
                && (&base.key.section, base.key.kind, &base.key.name)
                    == (&slot.key.section, slot.key.kind, &slot.key.name)
                && base.old.is_some() == slot.old.is_some()
                && base.new.is_some() == slot.new.is_some()
        })
}

/// The difference of the item that a slot belongs to.
fn lines(slot: &Slot, pair: &Pair) -> Vec<DiffLine> {
    let text = |side: &Option<Side>| {
        let Some(side) = side else { return String::new() };
        let mut text = unindented(pair.sources.slice(side.whole), pair.sources.slice(first_line(side, pair)));
        if let Fragment::Item(_) = &side.fragment
            && let Some(csv) = csv_of(&side.fragment, &pair.sources)
        {
            text.push('\n');
            text.push_str(csv.trim_end());
        }
        text
    };
    let (mut old, mut new) = (text(&slot.old), text(&slot.new));
    // A part that was added or dropped is shown within its item, on both sides.
    let base = pair.slots.iter().find(|base| {
        base.key.part.is_empty()
            && (&base.key.section, base.key.kind, &base.key.name) == (&slot.key.section, slot.key.kind, &slot.key.name)
    });
    if !slot.key.part.is_empty()
        && let Some(base) = base
    {
        if slot.old.is_none() {
            old = text(&base.old);
        }
        if slot.new.is_none() {
            new = text(&base.new);
        }
    }
    difference(&old, &new)
}

/// The white space before an item on its line.
fn first_line(side: &Side, pair: &Pair) -> ereje::source::Span {
    let Some(source) = pair.sources.get(side.whole.file) else { return side.whole };
    let before = source.text.get(..side.whole.start as usize).unwrap_or("");
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let start = side.whole.start as usize;
    ereje::source::Span::new(side.whole.file, start - indent, start)
}

/// A text whose other lines lose the white space that precedes the first one.
fn unindented(text: &str, margin: &str) -> String {
    text.lines().map(|line| line.strip_prefix(margin).unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Two texts line by line, with three lines around each change.
pub(super) fn difference(old: &str, new: &str) -> Vec<DiffLine> {
    let with_end = |text: &str| if text.is_empty() { String::new() } else { format!("{}\n", text.trim_end()) };
    let (old, new) = (with_end(old), with_end(new));
    let diff = TextDiff::from_lines(&old, &new);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(3).iter().enumerate() {
        if index > 0 {
            lines.push(DiffLine::Gap);
        }
        for op in group {
            for change in diff.iter_changes(op) {
                let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
                lines.push(match change.tag() {
                    ChangeTag::Equal => DiffLine::Same(text),
                    ChangeTag::Insert => DiffLine::Added(text),
                    ChangeTag::Delete => DiffLine::Dropped(text),
                });
            }
        }
    }
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push(DiffLine::Gap);
    }
    lines
}

/// The texts that changed.
pub(super) fn texts(pair: &Pair) -> Vec<TextChange> {
    let mut found = Vec::new();
    for slot in &pair.slots {
        let place = slot.any().map_or_else(String::new, |side| pair.place(side.span));
        for (part, old, new) in slot.texts(&pair.sources) {
            found.push(TextChange { name: name(slot), part, place: place.clone(), old, new });
        }
    }
    found
}
