//! The report for a pull request: tables, and examples that unfold.

use super::changes::PolicyChange;
use super::phrases::Noun;
use super::report::{CauseGroup, DiffReport, Example};
use super::words::{
    change, changes_of, effect, flow, has_regions, line as marked, moves, part, phrases_of, place, region, remarks,
    summary, title,
};
use crate::page::percent;
use crate::phrases::{say, with_capital};
use ereje::visible::{visible, visible_lines};
use std::fmt::Write as _;

/// Code hosts refuse or cut a comment of more than 64 KiB. The report says what was left out.
const MAX_BYTES: usize = 60_000;

/// Writes a line to a text, which cannot fail.
macro_rules! line {
    ($out:expr) => {{ $out.push('\n'); }};
    ($out:expr, $($arg:tt)*) => {{ let _ = writeln!($out, $($arg)*); }};
}

/// The report in Markdown.
#[must_use]
pub fn markdown(report: &DiffReport) -> String {
    let mut out = String::new();
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    line!(out, "## {}: {} → {}\n", phrases.what_moves, code(&report.old.name), code(&report.new.name));
    line!(out, "**{}**", plain(&summary(report)));
    for remark in remarks(report) {
        line!(out, "- {}", plain(&remark));
    }
    if report.moved > 0 {
        line!(out, "\n| {} | {} |\n| --- | ---: |", phrases.moved_column, phrases.decisions);
        for (kind, number) in &report.kinds {
            line!(out, "| {} | {} |", part(report, *kind, |words| &words.parts), count(*number));
        }
        let (before, now) = (phrases.outcome_before, phrases.now);
        line!(out, "\n| {before} | {now} | {} |\n| --- | --- | ---: |", phrases.decisions);
        let (moved, kept) = moves(report);
        for flow in moved {
            let (old, new) = (report.labels.outcome(&flow.old), report.labels.outcome(&flow.new));
            line!(out, "| {} | {} | {} |", cell(&old), cell(&new), count(flow.count));
        }
        line!(out, "| {} | | {} |", phrases.as_before, count(kept));
    }
    if report.moved > 0 && has_regions(report) {
        let columns = [phrases.region, phrases.moved_column, phrases.of_column, phrases.share];
        line!(out, "\n| {} |\n| --- | ---: | ---: | ---: |", columns.join(" | "));
        for r in report.regions.iter().filter(|r| r.moved > 0) {
            let (moved, decided) = (count(r.moved), count(r.decided));
            line!(out, "| {} | {moved} | {decided} | {} |", cell(&region(report, r)), percent(r.moved, r.decided));
        }
    }
    let mut cut = 0;
    for (number, group) in report.groups.iter().enumerate() {
        let mut part = String::new();
        self::group(&mut part, report, group, number + 1);
        if out.len() + part.len() > MAX_BYTES {
            cut += 1;
        } else {
            out.push_str(&part);
        }
    }
    if cut > 0 {
        line!(out, "\n{}", say(phrases.cut, &[&phrases.counted(cut, Noun::Group)]));
    }
    rest(&mut out, report);
    out
}

fn group(out: &mut String, report: &DiffReport, group: &CauseGroup, number: usize) {
    let phrases = phrases_of(report);
    let count = |number| phrases.count(number);
    line!(out, "\n### {number}. {}\n", plain(&title(report, group)));
    let mut regions: Vec<String> =
        group.regions.iter().map(|r| format!("{} {}", cell(&region(report, r)), count(r.moved))).take(6).collect();
    if group.regions.len() > regions.len() {
        regions.push("…".into());
    }
    let regions = match has_regions(report) {
        true => say(phrases.group_regions, &[&regions.join(", ")]),
        false => String::new(),
    };
    let moved = say(phrases.group_moved, &[&phrases.counted(group.count, Noun::Decision)]);
    line!(out, "{}{regions}.\n", with_capital(&moved));
    line!(out, "| {} | {} |\n| --- | ---: |", phrases.outcome, phrases.decisions);
    group.flows.iter().for_each(|f| line!(out, "| {} | {} |", cell(&flow(report, f)), count(f.count)));
    let several = group.changes.len() > 1;
    for change in changes_of(report, group) {
        self::changed(out, report, change, several);
    }
    if let Some(example) = &group.example {
        self::example(out, report, example);
    }
}

fn changed(out: &mut String, report: &DiffReport, item: &PolicyChange, named: bool) {
    let at = code(place(item));
    let name = plain(&change(report, item));
    line!(out, "\n{}\n", if named { say(phrases_of(report).name_at, &[&name, &at]) } else { at });
    let text: Vec<String> = item.lines.iter().map(marked).collect();
    fenced(out, "diff", &text.join("\n"));
}

fn example(out: &mut String, report: &DiffReport, example: &Example) {
    let phrases = phrases_of(report);
    let asked = if example.asked.is_empty() { String::new() } else { format!(", {}", example.asked.join(", ")) };
    let named = say(phrases.example, &[&format!("{}{asked}", example.name)]);
    line!(out, "\n<details><summary>{}</summary>\n", escaped(&named));
    if example.place != example.name {
        line!(out, "{}\n", code(&example.place));
    }
    fenced(out, "yaml", &report.labels.commented(&example.facts));
    for (title, text) in [(phrases.before, &example.old_brief), (phrases.now, &example.new_brief)] {
        line!(out, "\n{title}:\n");
        fenced(out, "text", text);
    }
    line!(out, "\n</details>");
}

/// The changes that moved nothing, and the texts.
fn rest(out: &mut String, report: &DiffReport) {
    let phrases = phrases_of(report);
    let quiet: Vec<_> = report.changes.iter().filter(|change| change.moved == 0).collect();
    if !quiet.is_empty() {
        line!(out, "\n### {}\n", phrases.quiet);
        line!(out, "| {} | {} | {} |\n| --- | --- | --- |", phrases.change, phrases.place, phrases.effect);
        for item in quiet {
            line!(out, "| {} | {} | {} |", cell(&change(report, item)), code(place(item)), effect(report, item));
        }
    }
    if !report.texts.is_empty() {
        line!(out, "\n### {}\n", phrases.texts_title);
        let columns = [phrases.text, phrases.text_in, phrases.before, phrases.now];
        line!(out, "| {} |\n| --- | --- | --- | --- |", columns.join(" | "));
        for text in &report.texts {
            let (old, new) = (cell(&text.old), cell(&text.new));
            line!(out, "| {} | {} | {old} | {new} |", cell(&text.name), cell(&text.part));
        }
    }
}

/// A fenced block with a fence that its text cannot close.
fn fenced(out: &mut String, language: &str, text: &str) {
    let text = &*visible_lines(text);
    let longest = text.lines().map(|line| line.chars().take_while(|c| *c == '`').count()).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    line!(out, "{fence}{language}\n{}\n{fence}", text.trim_end());
}

fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'"))
}

/// A text in a line of Markdown, with its special characters escaped.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '|' | '#' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    plain(text)
}

fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
