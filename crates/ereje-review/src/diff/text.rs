//! The report for a terminal.

use super::report::{CauseGroup, DiffReport, Example, Responsibility};
use super::words::{
    change, changes_of, counted, effect, flow, has_regions, line as marked, moves, place, region, remarks, summary,
    title,
};
use crate::page::count;
use ereje::visible::visible;
use std::fmt::Write as _;

/// The most lines of a list that are shown; the other formats have all of them.
const SHOWN: usize = 20;

/// Writes a line to a text, which cannot fail.
macro_rules! line {
    ($out:expr) => {{ $out.push('\n'); }};
    ($out:expr, $($arg:tt)*) => {{ let _ = writeln!($out, $($arg)*); }};
}

/// The report for people at a terminal.
#[must_use]
pub fn text(report: &DiffReport) -> String {
    let mut out = String::new();
    line!(out, "{} → {}", visible(&report.old.name), visible(&report.new.name));
    line!(out, "{}", summary(report));
    let remarks = remarks(report);
    for remark in remarks.iter().take(SHOWN) {
        line!(out, "{}", visible(remark));
    }
    more(&mut out, remarks.len());
    if report.moved > 0 {
        let kinds = report.kinds.iter().map(|(kind, number)| format!("{} {}", kind.word(), count(*number)));
        line!(out, "By the strongest that moved: {}", kinds.collect::<Vec<_>>().join(", "));
        line!(out, "\nFrom outcome to outcome");
        let (moved, kept) = moves(report);
        let kept = (count(kept), String::from("as before"));
        rows(&mut out, "  ", moved.into_iter().map(|f| (count(f.count), flow(f))).chain([kept]));
    }
    if report.moved > 0 && has_regions(report) {
        line!(out, "\nMoved, by region");
        let moved = report.regions.iter().filter(|r| r.moved > 0);
        rows(&mut out, "  ", moved.map(|r| (count(r.moved), format!("of {} in {}", count(r.decided), region(r)))));
    }
    for (number, group) in report.groups.iter().enumerate() {
        self::group(&mut out, report, group, number + 1);
    }
    let quiet: Vec<_> = report.changes.iter().filter(|change| change.moved == 0).collect();
    if !quiet.is_empty() {
        line!(out, "\nChanged, and responsible for no moved decision");
        for item in quiet.iter().take(SHOWN) {
            line!(out, "  {}  [{}]: {}", change(item), visible(place(item)), effect(report, item));
        }
        more(&mut out, quiet.len());
    }
    if !report.texts.is_empty() {
        line!(out, "\nTexts that changed; no decision turns on them");
        for item in report.texts.iter().take(SHOWN) {
            line!(out, "  {} in {}  [{}]", item.name, item.part, visible(&item.place));
        }
        more(&mut out, report.texts.len());
    }
    out
}

fn more(out: &mut String, number: usize) {
    if number > SHOWN {
        line!(out, "  … and {} more", number - SHOWN);
    }
}

/// Numbers aligned to the right, each with its text.
fn rows(out: &mut String, margin: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    let wide = rows.iter().map(|(number, _)| number.len()).max().unwrap_or(0);
    for (number, words) in rows.iter().take(SHOWN) {
        line!(out, "{margin}{number:>wide$}  {words}");
    }
    more(out, rows.len());
}

fn group(out: &mut String, report: &DiffReport, group: &CauseGroup, number: usize) {
    line!(out, "\n{number}. {}", title(report, group));
    line!(out, "   {} moved", counted(group.count, "decision"));
    let flows = group.flows.iter().map(|f| (count(f.count), flow(f)));
    let regions =
        group.regions.iter().filter(|_| has_regions(report)).map(|r| (count(r.moved), format!("in {}", region(r))));
    rows(out, "     ", flows.chain(regions));
    let changes = changes_of(report, group);
    // If a change is large, all its parts are listed by name and none is shown.
    let shown = if group.how == Responsibility::Several { 0 } else { changes.len().min(6) };
    for (index, item) in changes.iter().enumerate().take(SHOWN) {
        if changes.len() > 1 || index >= shown {
            line!(out, "   · {}  [{}]", change(item), visible(place(item)));
        } else {
            line!(out, "   at {}", visible(place(item)));
        }
        if index < shown {
            item.lines.iter().for_each(|text| line!(out, "     {}", marked(text)));
        }
    }
    more(out, changes.len());
    if let Some(example) = &group.example {
        self::example(out, example);
    }
}

fn example(out: &mut String, example: &Example) {
    let asked = if example.asked.is_empty() { String::new() } else { format!(", {}", example.asked.join(", ")) };
    let place = if example.place == example.name { String::new() } else { format!("  [{}]", visible(&example.place)) };
    line!(out, "\n   For example: {}{}{place}", visible(&example.name), visible(&asked));
    for (title, text) in [("before", &example.old_brief), ("now", &example.new_brief)] {
        line!(out, "   {title}:");
        for text in text.lines() {
            line!(out, "{}", format!("     {text}").trim_end());
        }
    }
}
