//! The report for a terminal.

use super::phrases::{Noun, ReportPhrases};
use super::report::{CauseGroup, DiffReport, Example, RegionCount, Responsibility};
use super::words::{
    change, changes_of, effect, flow, has_regions, line as marked, moves, part, phrases_of, place, region, remarks,
    summary, title,
};
use crate::phrases::say;
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
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    line!(out, "{} → {}", visible(&report.old.name), visible(&report.new.name));
    line!(out, "{}", summary(report));
    let remarks = remarks(report);
    for remark in remarks.iter().take(SHOWN) {
        line!(out, "{}", visible(remark));
    }
    more(&mut out, phrases, remarks.len());
    if report.moved > 0 {
        let kinds = report
            .kinds
            .iter()
            .map(|(kind, number)| format!("{} {}", part(report, *kind, |words| &words.parts), count(*number)));
        line!(out, "{}", say(phrases.strongest, &[&kinds.collect::<Vec<_>>().join(", ")]));
        line!(out, "\n{}", phrases.from_to);
        let (moved, kept) = moves(report);
        let kept = (count(kept), String::from(phrases.as_before));
        rows(&mut out, phrases, "  ", moved.into_iter().map(|f| (count(f.count), flow(report, f))).chain([kept]));
    }
    if report.moved > 0 && has_regions(report) {
        line!(out, "\n{}", phrases.by_region);
        let moved = report.regions.iter().filter(|r| r.moved > 0);
        let words = |r: &RegionCount| say(phrases.of_in_region, &[&count(r.decided), &region(report, r)]);
        rows(&mut out, phrases, "  ", moved.map(|r| (count(r.moved), words(r))));
    }
    for (number, group) in report.groups.iter().enumerate() {
        self::group(&mut out, report, group, number + 1);
    }
    let quiet: Vec<_> = report.changes.iter().filter(|change| change.moved == 0).collect();
    if !quiet.is_empty() {
        line!(out, "\n{}", phrases.quiet);
        for item in quiet.iter().take(SHOWN) {
            line!(out, "  {}  [{}]: {}", change(report, item), visible(place(item)), effect(report, item));
        }
        more(&mut out, phrases, quiet.len());
    }
    if !report.texts.is_empty() {
        line!(out, "\n{}", phrases.texts_title);
        for item in report.texts.iter().take(SHOWN) {
            let text = say(phrases.text_in_part, &[&item.name, &item.part]);
            line!(out, "  {text}  [{}]", visible(&item.place));
        }
        more(&mut out, phrases, report.texts.len());
    }
    out
}

fn more(out: &mut String, phrases: &ReportPhrases, number: usize) {
    if number > SHOWN {
        line!(out, "  {}", say(phrases.and_more, &[&(number - SHOWN).to_string()]));
    }
}

/// Numbers aligned to the right, each with its text.
fn rows(out: &mut String, phrases: &ReportPhrases, margin: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    let wide = rows.iter().map(|(number, _)| number.len()).max().unwrap_or(0);
    for (number, words) in rows.iter().take(SHOWN) {
        line!(out, "{margin}{number:>wide$}  {words}");
    }
    more(out, phrases, rows.len());
}

fn group(out: &mut String, report: &DiffReport, group: &CauseGroup, number: usize) {
    line!(out, "\n{number}. {}", title(report, group));
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    line!(out, "   {}", say(phrases.group_moved, &[&phrases.counted(group.count, Noun::Decision)]));
    let flows = group.flows.iter().map(|f| (count(f.count), flow(report, f)));
    let regions = group.regions.iter().filter(|_| has_regions(report));
    let regions = regions.map(|r| (count(r.moved), say(phrases.in_region, &[&region(report, r)])));
    rows(out, phrases, "     ", flows.chain(regions));
    let changes = changes_of(report, group);
    // If a change is large, all its parts are listed by name and none is shown.
    let shown = if group.how == Responsibility::Several { 0 } else { changes.len().min(6) };
    for (index, item) in changes.iter().enumerate().take(SHOWN) {
        if changes.len() > 1 || index >= shown {
            line!(out, "   · {}  [{}]", change(report, item), visible(place(item)));
        } else {
            line!(out, "   {}", say(phrases.at, &[&visible(place(item))]));
        }
        if index < shown {
            item.lines.iter().for_each(|text| line!(out, "     {}", marked(text)));
        }
    }
    more(out, phrases, changes.len());
    if let Some(example) = &group.example {
        self::example(out, phrases, example);
    }
}

fn example(out: &mut String, phrases: &ReportPhrases, example: &Example) {
    let asked = if example.asked.is_empty() { String::new() } else { format!(", {}", example.asked.join(", ")) };
    let place = if example.place == example.name { String::new() } else { format!("  [{}]", visible(&example.place)) };
    let named = format!("{}{}{place}", visible(&example.name), visible(&asked));
    line!(out, "\n   {}", say(phrases.for_example, &[&named]));
    for (title, text) in [(phrases.before, &example.old_brief), (phrases.now, &example.new_brief)] {
        line!(out, "   {}:", title.to_lowercase());
        for text in text.lines() {
            line!(out, "{}", format!("     {text}").trim_end());
        }
    }
}
