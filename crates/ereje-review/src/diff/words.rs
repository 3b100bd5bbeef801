//! Words that every format of the report shares.

use super::changes::{ChangeKind, PolicyChange};
use super::report::{CauseGroup, DiffReport, Flow, RegionCount, Responsibility};
use crate::page::DiffLine;
use crate::page::{count, percent};

/// A change in one line: its name, how it differs, and its amendment.
pub(super) fn change(change: &PolicyChange) -> String {
    let amendment = match (&change.amendment, change.amendment_is) {
        (Some(name), Some(what)) if !change.name.starts_with("amendment ") => {
            format!(", in amendment {name} ({})", what.word())
        }
        (Some(name), None) if !change.name.starts_with("amendment ") => format!(", in amendment {name}"),
        (Some(_) | None, _) => String::new(),
    };
    format!("{} ({}){amendment}", change.name, change.what.word())
}

/// `file:line` of a change, in the new version if it is there.
pub(super) fn place(change: &PolicyChange) -> &str {
    change.new.as_ref().or(change.old.as_ref()).map_or("", |place| place.place.as_str())
}

/// The changes of a group.
pub(super) fn changes_of<'r>(report: &'r DiffReport, group: &CauseGroup) -> Vec<&'r PolicyChange> {
    group.changes.iter().filter_map(|index| report.changes.get(*index)).collect()
}

/// The title of a group: its only change, or the relation of its changes.
pub(super) fn title(report: &DiffReport, group: &CauseGroup) -> String {
    let changes = changes_of(report, group);
    match (group.how, changes.as_slice()) {
        (Responsibility::Alone | Responsibility::Together, [only]) => change(only),
        (Responsibility::Alone, _) => format!("Each of these alone: {}", names(&changes)),
        (Responsibility::Together, _) => format!("Only together: {}", names(&changes)),
        (Responsibility::Vocabulary, _) => String::from("Facts that only one version can be told"),
        (Responsibility::Several, _) => String::from("Several changes together"),
    }
}

/// The names of the first changes.
fn names(changes: &[&PolicyChange]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = changes.iter().take(NAMED).map(|change| change.name.clone()).collect();
    if changes.len() > NAMED {
        names.push(format!("{} more", changes.len() - NAMED));
    }
    names.join("; ")
}

/// `1,234 decisions`
pub(super) fn counted(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", count(number)) }
}

/// The first sentence of every report.
pub(super) fn summary(report: &DiffReport) -> String {
    if report.decided == 0 {
        return match report.same {
            true => String::from("No application was decided, and the two versions say the same."),
            false => String::from("No application was decided, so nothing is known of what moves."),
        };
    }
    let decided = counted(report.decided, "application");
    match (report.moved, report.same) {
        (0, true) => format!("The two versions say the same; {decided} decided under both, and none moved."),
        (0, false) => format!("{decided} decided under both versions, and no decision moved."),
        (moved, _) => format!(
            "{decided} decided under both versions; {} moved ({}).",
            counted(moved, "decision"),
            percent(moved, report.decided)
        ),
    }
}

/// Remarks on the corpus.
pub(super) fn remarks(report: &DiffReport) -> Vec<String> {
    let mut remarks = Vec::new();
    if report.unread > 0 {
        let were = if report.unread == 1 { "was" } else { "were" };
        remarks.push(format!("{} could not be read and {were} left out.", counted(report.unread, "row")));
    }
    if report.reordered > 0 {
        let give = if report.reordered == 1 { "gives" } else { "give" };
        remarks.push(format!(
            "{} {give} the same reasons in another order; that is no move.",
            counted(report.reordered, "decision")
        ));
    }
    for left in &report.left_out {
        let rows = counted(left.rows, "row");
        remarks
            .push(format!("The {} version cannot take {} in {rows}; it is left out there.", left.version, left.what));
    }
    remarks
}

/// `refuse → approve`; `still refuse`
pub(super) fn flow(flow: &Flow) -> String {
    if flow.old == flow.new { format!("still {}", flow.new) } else { format!("{} → {}", flow.old, flow.new) }
}

/// The flows to another outcome, and the number of decisions that kept theirs.
pub(super) fn moves(report: &DiffReport) -> (Vec<&Flow>, u64) {
    let moved: Vec<&Flow> = report.flows.iter().filter(|f| f.old != f.new).collect();
    let kept = report.flows.iter().filter(|f| f.old == f.new).map(|f| f.count).sum();
    (moved, kept)
}

/// True if any decision has a place.
pub(super) fn has_regions(report: &DiffReport) -> bool {
    report.regions.iter().any(|region| region.region.is_some())
}

/// The name of a region.
pub(super) fn region(region: &RegionCount) -> &str {
    region.region.as_deref().unwrap_or("(no region)")
}

/// A line of a change as every diff marks it.
pub(super) fn line(line: &DiffLine) -> String {
    match line {
        DiffLine::Same(text) => format!("  {text}"),
        DiffLine::Added(text) => format!("+ {text}"),
        DiffLine::Dropped(text) => format!("- {text}"),
        DiffLine::Gap => String::from("…"),
    }
}

/// The effect of a change, for the list of all changes: how many decisions it moved.
pub(super) fn effect(report: &DiffReport, change: &PolicyChange) -> String {
    if report.decided == 0 {
        return String::from("not tried");
    }
    match (change.moved, change.can_move, change.what) {
        (0, false, ChangeKind::Added) => String::from("nobody read it before"),
        (0, false, ChangeKind::Dropped) => String::from("nobody reads it now"),
        (0, false, ChangeKind::Changed) => String::from("can be given more (or less) now"),
        (0, true, _) => String::from("moved nothing here"),
        (moved, ..) => count(moved),
    }
}
