//! Words that every format of the report shares, in its language.

use super::changes::{ChangeKind, PolicyChange};
use super::compare::MovedPart;
use super::phrases::{Noun, ReportPhrases, phrases};
use super::report::{CauseGroup, DiffReport, Flow, RegionCount, Responsibility};
use crate::page::{DiffLine, percent};
use crate::phrases::say;

/// The sentences of a report.
pub(super) fn phrases_of(report: &DiffReport) -> &'static ReportPhrases {
    phrases(&report.language)
}

/// The word for the part of a decision that moved.
pub(super) fn part(
    report: &DiffReport,
    part: MovedPart,
    words: fn(&ReportPhrases) -> &[&'static str; 5],
) -> &'static str {
    let [outcome, reasons, outputs, notices, needs] = *words(phrases_of(report));
    match part {
        MovedPart::Outcome => outcome,
        MovedPart::Reasons => reasons,
        MovedPart::Outputs => outputs,
        MovedPart::Notices => notices,
        MovedPart::Needs => needs,
    }
}

fn kind(report: &DiffReport, kind: ChangeKind) -> &'static str {
    let [added, dropped, changed] = phrases_of(report).changes;
    match kind {
        ChangeKind::Added => added,
        ChangeKind::Dropped => dropped,
        ChangeKind::Changed => changed,
    }
}

/// A change in one line: its name, how it differs, and its amendment.
pub(super) fn change(report: &DiffReport, change: &PolicyChange) -> String {
    let phrases = phrases_of(report);
    let amendment = match (&change.amendment, change.amendment_is) {
        (Some(name), Some(what)) if !change.name.starts_with("amendment ") => {
            say(phrases.in_amendment, &[&format!("{name} ({})", kind(report, what))])
        }
        (Some(name), None) if !change.name.starts_with("amendment ") => say(phrases.in_amendment, &[name]),
        (Some(_) | None, _) => String::new(),
    };
    format!("{} ({}){amendment}", change.name, kind(report, change.what))
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
    let phrases = phrases_of(report);
    let changes = changes_of(report, group);
    match (group.how, changes.as_slice()) {
        (Responsibility::Alone | Responsibility::Together, [only]) => change(report, only),
        (Responsibility::Alone, _) => say(phrases.each_alone, &[&names(report, &changes)]),
        (Responsibility::Together, _) => say(phrases.together, &[&names(report, &changes)]),
        (Responsibility::Vocabulary, _) => String::from(phrases.vocabulary),
        (Responsibility::Several, _) => String::from(phrases.several),
    }
}

/// The names of the first changes.
fn names(report: &DiffReport, changes: &[&PolicyChange]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = changes.iter().take(NAMED).map(|change| change.name.clone()).collect();
    if changes.len() > NAMED {
        names.push(say(phrases_of(report).more, &[&(changes.len() - NAMED).to_string()]));
    }
    names.join("; ")
}

/// The first sentence of every report.
pub(super) fn summary(report: &DiffReport) -> String {
    let phrases = phrases_of(report);
    if report.decided == 0 {
        return String::from(if report.same { phrases.nothing_decided_same } else { phrases.nothing_decided });
    }
    let decided = phrases.counted(report.decided, Noun::Application);
    match (report.moved, report.same) {
        (0, true) => say(phrases.same, &[&decided]),
        (0, false) => say(phrases.none_moved, &[&decided]),
        (moved, _) => {
            let moved = phrases.counted(moved, Noun::Decision);
            say(phrases.moved, &[&decided, &moved, &percent(report.moved, report.decided)])
        }
    }
}

/// Remarks on the corpus.
pub(super) fn remarks(report: &DiffReport) -> Vec<String> {
    let phrases = phrases_of(report);
    let counted = |(one, many): (&str, &str), number, noun| {
        say(if number == 1 { one } else { many }, &[&phrases.counted(number, noun)])
    };
    let mut remarks = Vec::new();
    if report.unread > 0 {
        remarks.push(counted(phrases.unread, report.unread, Noun::Row));
    }
    if report.reordered > 0 {
        remarks.push(counted(phrases.reordered, report.reordered, Noun::Decision));
    }
    let [of_old, of_new] = phrases.left_out;
    for left in &report.left_out {
        let sentence = if left.version == "old" { of_old } else { of_new };
        let rows = phrases.counted(left.rows, Noun::Row);
        remarks.push(say(sentence, &[&report.labels.fact(&left.what), &rows]));
    }
    remarks
}

/// `refuse → approve`; `still refuse`; with labels.
pub(super) fn flow(report: &DiffReport, flow: &Flow) -> String {
    let (old, new) = (report.labels.outcome(&flow.old), report.labels.outcome(&flow.new));
    if flow.old == flow.new { say(phrases_of(report).still, &[&new]) } else { format!("{old} → {new}") }
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

/// The name of a region, with its label.
pub(super) fn region(report: &DiffReport, region: &RegionCount) -> String {
    let name = region.region.as_deref().map(|name| report.labels.region(name));
    name.unwrap_or_else(|| String::from(phrases_of(report).no_region))
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
    let phrases = phrases_of(report);
    if report.decided == 0 {
        return String::from(phrases.not_tried);
    }
    match (change.moved, change.can_move, change.what) {
        (0, false, ChangeKind::Added) => String::from(phrases.nobody_before),
        (0, false, ChangeKind::Dropped) => String::from(phrases.nobody_now),
        (0, false, ChangeKind::Changed) => String::from(phrases.more_or_less),
        (0, true, _) => String::from(phrases.moved_nothing),
        (moved, ..) => phrases.count(moved),
    }
}
