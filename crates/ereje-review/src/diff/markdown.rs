//! The report for a pull request: tables, and examples that unfold.

use super::changes::PolicyChange;
use super::report::{CauseGroup, DiffReport, Example};
use super::words::{
    change, changes_of, counted, effect, flow, has_regions, line as marked, moves, place, region, remarks, summary,
    title,
};
use crate::page::{count, percent};
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
    line!(out, "## What moves: {} → {}\n", code(&report.old.name), code(&report.new.name));
    line!(out, "**{}**", plain(&summary(report)));
    for remark in remarks(report) {
        line!(out, "- {}", plain(&remark));
    }
    if report.moved > 0 {
        line!(out, "\n| moved | decisions |\n| --- | ---: |");
        for (kind, number) in &report.kinds {
            line!(out, "| {} | {} |", kind.word(), count(*number));
        }
        line!(out, "\n| outcome before | now | decisions |\n| --- | --- | ---: |");
        let (moved, kept) = moves(report);
        for flow in moved {
            line!(out, "| {} | {} | {} |", cell(&flow.old), cell(&flow.new), count(flow.count));
        }
        line!(out, "| as before | | {} |", count(kept));
    }
    if report.moved > 0 && has_regions(report) {
        line!(out, "\n| region | moved | of | share |\n| --- | ---: | ---: | ---: |");
        for r in report.regions.iter().filter(|r| r.moved > 0) {
            let (moved, decided) = (count(r.moved), count(r.decided));
            line!(out, "| {} | {moved} | {decided} | {} |", cell(region(r)), percent(r.moved, r.decided));
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
        line!(out, "\n{} left out here for their length; the HTML page has all of them.", counted(cut, "group"));
    }
    rest(&mut out, report);
    out
}

fn group(out: &mut String, report: &DiffReport, group: &CauseGroup, number: usize) {
    line!(out, "\n### {number}. {}\n", plain(&title(report, group)));
    let mut regions: Vec<String> =
        group.regions.iter().map(|r| format!("{} {}", cell(region(r)), count(r.moved))).take(6).collect();
    if group.regions.len() > regions.len() {
        regions.push("…".into());
    }
    let regions = if has_regions(report) { format!("; by region: {}", regions.join(", ")) } else { String::new() };
    line!(out, "{} moved{regions}.\n", counted(group.count, "decision"));
    line!(out, "| outcome | decisions |\n| --- | ---: |");
    group.flows.iter().for_each(|f| line!(out, "| {} | {} |", cell(&flow(f)), count(f.count)));
    let several = group.changes.len() > 1;
    for change in changes_of(report, group) {
        self::changed(out, change, several);
    }
    if let Some(example) = &group.example {
        self::example(out, example);
    }
}

fn changed(out: &mut String, item: &PolicyChange, named: bool) {
    let name = if named { format!("{} at ", plain(&change(item))) } else { String::new() };
    line!(out, "\n{name}{}\n", code(place(item)));
    let text: Vec<String> = item.lines.iter().map(marked).collect();
    fenced(out, "diff", &text.join("\n"));
}

fn example(out: &mut String, example: &Example) {
    let asked = if example.asked.is_empty() { String::new() } else { format!(", {}", example.asked.join(", ")) };
    line!(out, "\n<details><summary>Example: {}{}</summary>\n", escaped(&example.name), escaped(&asked));
    if example.place != example.name {
        line!(out, "{}\n", code(&example.place));
    }
    fenced(out, "yaml", &example.facts);
    for (title, text) in [("Before", &example.old_brief), ("Now", &example.new_brief)] {
        line!(out, "\n{title}:\n");
        fenced(out, "text", text);
    }
    line!(out, "\n</details>");
}

/// The changes that moved nothing, and the texts.
fn rest(out: &mut String, report: &DiffReport) {
    let quiet: Vec<_> = report.changes.iter().filter(|change| change.moved == 0).collect();
    if !quiet.is_empty() {
        line!(out, "\n### Changed, and responsible for no moved decision\n");
        line!(out, "| change | place | |\n| --- | --- | --- |");
        for item in quiet {
            line!(out, "| {} | {} | {} |", cell(&change(item)), code(place(item)), effect(report, item));
        }
    }
    if !report.texts.is_empty() {
        line!(out, "\n### Texts that changed; no decision turns on them\n");
        line!(out, "| text | in | before | now |\n| --- | --- | --- | --- |");
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
