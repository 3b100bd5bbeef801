//! Coverage as one self-contained HTML page: a table of the kinds, a table of the files, and every file with its marks.
//!
//! Nothing is shown by colour alone: what is missing is written under its line, and each line has a sign.

use super::goals::CoverageGoal;
use super::lines::{GoalGroup, MarkedFile, Share, marked};
use super::{Coverage, CoverageKind, CoverageRatio};
use crate::page::{self, ColumnHeader};
use ereje::source::{Source, Sources};
use ereje::visible::visible;
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

const STYLE: &str = include_str!("coverage.css");

/// The most cases that are named; of the others only the number is given.
const NAMED: usize = 3;

/// A policy as the page shows it.
#[derive(Clone, Copy)]
pub struct CoveragePage<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its cases exercise.
    pub coverage: &'a Coverage,
    /// Its texts.
    pub sources: &'a Sources,
    /// The name under which a file is shown.
    pub file: &'a dyn Fn(&str) -> String,
}

/// The page of one or several policies.
#[must_use]
pub fn html(policies: &[CoveragePage<'_>]) -> String {
    let cases: usize = policies.iter().map(|shown| shown.coverage.cases().len()).sum();
    let names: Vec<&str> = policies.iter().map(|shown| shown.name).collect();
    let subtitle =
        format!("{} by {} {}", names.join(", "), page::count(cases as u64), if cases == 1 { "case" } else { "cases" });
    let several = policies.len() > 1;
    let body = html! {
        p.note {
            "What of the policy its cases exercise, as the evaluator saw it. "
            "A clause counts on a side where it was so and had a say of its own: with the other value, the condition would have come to something else."
        }
        p.note {
            span.mark.full { "✓" } " all of a line is exercised, "
            span.mark.part { "~" } " some of it, "
            span.mark.none { "✗" } " none of it; the number beside it counts the cases."
        }
        @for (number, shown) in policies.iter().enumerate() {
            @if several { h2 { (shown.name) } }
            (policy(number, several, shown))
        }
    };
    page::styled("en", "Coverage", &subtitle, STYLE, body)
}

/// The anchor of a file of a policy, or of a line in it.
fn anchor(policy: usize, file: usize, line: Option<usize>) -> String {
    let line = line.map_or_else(String::new, |line| format!("l{line}"));
    format!("p{policy}f{file}{line}")
}

fn policy(number: usize, several: bool, shown: &CoveragePage<'_>) -> Markup {
    let CoveragePage { name, coverage, sources, file: shown } = *shown;
    // A page may hold the tables of several policies, and two of them may have one name.
    let named = |table: &str| if several { format!("{table}, {}. {name}", number + 1) } else { table.to_owned() };
    let files = marked(coverage, sources);
    let kinds: Vec<Vec<Markup>> = CoverageKind::ALL
        .into_iter()
        .map(|kind| (kind, coverage.ratio(kind)))
        .filter(|(_, ratio)| ratio.all > 0)
        .map(|(kind, ratio)| {
            let mut row = vec![html! { (kind.name()) }];
            row.extend(cells(ratio));
            row.push(html! { span.note { (kind.meaning()) } });
            row
        })
        .collect();
    let rows: Vec<Vec<Markup>> = files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let mut row =
                vec![html! { a href={ "#" (anchor(number, index, None)) } { (visible(&shown(&file.source.name))) } }];
            row.extend(cells(ratio(file)));
            row
        })
        .collect();
    let counts = [
        ColumnHeader::Number("exercised"),
        ColumnHeader::Number("of"),
        ColumnHeader::Number("share"),
        ColumnHeader::Words("as a bar"),
    ];
    let of_kinds: Vec<ColumnHeader> = std::iter::once(ColumnHeader::Words("kind"))
        .chain(counts)
        .chain([ColumnHeader::Words("counts when it …")])
        .collect();
    let of_files: Vec<ColumnHeader> = std::iter::once(ColumnHeader::Words("file")).chain(counts).collect();
    html! {
        div.kinds { (page::table(&named("Kinds"), &of_kinds, &kinds)) }
        div.files { (page::table(&named("Files"), &of_files, &rows)) }
        @for (decision, endings) in coverage.endings() {
            @if !endings.is_empty() {
                p {
                    code { (decision) } " ends in "
                    @for (index, (name, count)) in endings.iter().enumerate() {
                        @if index > 0 { ", " }
                        code { (name) } " (" (page::count(*count as u64)) ")"
                    }
                    "."
                }
            }
        }
        (gaps(number, &files, shown))
        @for (index, file) in files.iter().enumerate() {
            section id=(anchor(number, index, None)) {
                @if several { h3 { (visible(&shown(&file.source.name))) } } @else { h2 { (visible(&shown(&file.source.name))) } }
                (text(file, coverage, &|line| anchor(number, index, Some(line))))
                (goals(file, coverage, &shown(&file.source.name)))
            }
        }
    }
}

/// All that is missing, with links.
fn gaps(number: usize, files: &[MarkedFile<'_>], shown: &dyn Fn(&str) -> String) -> Markup {
    let mut found = Vec::new();
    for (index, file) in files.iter().enumerate() {
        for (line, groups) in &file.lines {
            for (group, gap) in groups.iter().filter_map(|group| Some((group, group.gap.as_ref()?))) {
                found.push(html! {
                    li {
                        a href={ "#" (anchor(number, index, Some(*line))) } { (visible(&shown(&file.source.name))) ":" (line) }
                        " " code { (head(file.source, group)) } " " span.bad { (gap) }
                    }
                });
            }
        }
    }
    html! {
        @if found.is_empty() {
            p { "Nothing is missing." }
        } @else {
            details open[found.len() <= 40] {
                summary { "What is missing (" (page::count(found.len() as u64)) ")" }
                ul.missing { @for one in &found { (one) } }
            }
        }
    }
}

fn ratio(file: &MarkedFile<'_>) -> CoverageRatio {
    let all = file.goals().count();
    CoverageRatio { all, reached: file.goals().filter(|(_, cases)| !cases.is_empty()).count() }
}

/// Reached, all, and the share in words and as a bar.
fn cells(ratio: CoverageRatio) -> [Markup; 4] {
    let permille = ratio.permille();
    let width = format!("width:{}.{}%", permille / 10, permille % 10);
    [
        html! { (page::count(ratio.reached as u64)) },
        html! { (page::count(ratio.all as u64)) },
        html! { (ratio.percent()) },
        html! { span.share aria-hidden="true" { span.fill.whole[ratio.reached == ratio.all] style=(width) {} } },
    ]
}

/// The file, line by line.
fn text(file: &MarkedFile<'_>, coverage: &Coverage, id: &dyn Fn(usize) -> String) -> Markup {
    let source = file.source;
    let spans = spans(file, coverage);
    let last = source.position(u32::try_from(source.text.len()).unwrap_or(u32::MAX)).line;
    let mut open: Vec<&Highlight> = Vec::new();
    let mut next = 0;
    html! {
        div.source tabindex="0" {
            @for number in 1..=last {
                @if let Some(range) = source.line(number).filter(|range| number < last || !range.is_empty()) {
                    @let groups = file.lines.get(&number).map_or(&[][..], Vec::as_slice);
                    @let share = Share::of(groups.iter().flat_map(|group| &group.goals));
                    div.line id=(id(number)) {
                        span.no { (number) }
                        @if groups.is_empty() {
                            span.mark {} span.times {}
                        } @else {
                            span class={ "mark " (class(share)) } title=(words(share)) { (sign(share)) }
                            span.times { (groups.iter().map(GoalGroup::count).max().unwrap_or(0)) }
                        }
                        code { (line(source, range, &spans, &mut open, &mut next)) }
                    }
                    @for group in groups {
                        @if let Some(gap) = &group.gap {
                            div.gap {
                                code { (head(source, group)) }
                                " " (gap)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The text of a group that is quoted if something is missing of it.
fn head(source: &Source, group: &GoalGroup<'_>) -> String {
    const LONG: usize = 60;
    let text = source.text.get(group.head(source)).unwrap_or_default().trim();
    if text.chars().count() <= LONG { text.to_owned() } else { text.chars().take(LONG).chain("…".chars()).collect() }
}

/// A highlighted part of the text; the parts inside it follow it.
struct Highlight {
    start: usize,
    end: usize,
    share: Share,
    title: String,
}

/// The highlighted parts of a file, by place, the longer first: whole clauses, and the heads of items.
fn spans(file: &MarkedFile<'_>, coverage: &Coverage) -> Vec<Highlight> {
    // Groups are ordered by place.
    let starts: Vec<usize> = file.groups().map(|group| group.span.start as usize).collect();
    let mut highlights: Vec<Highlight> = file
        .groups()
        .map(|group| {
            let whole = group.goals.iter().all(|(goal, _)| goal.kind == CoverageKind::Clauses);
            let head = group.head(file.source);
            let end = if whole {
                group.span.end as usize
            } else {
                // The head ends where the next group begins.
                let next = starts.get(starts.partition_point(|start| *start <= head.start)).copied();
                next.map_or(head.end, |start| start.min(head.end))
            };
            let title = group
                .goals
                .iter()
                .map(|(goal, cases)| goal_title(goal, cases, coverage))
                .collect::<Vec<_>>()
                .join("\n");
            Highlight { start: head.start, end: end.max(head.start), share: Share::of(&group.goals), title }
        })
        .collect();
    highlights.sort_by_key(|highlight| (highlight.start, std::cmp::Reverse(highlight.end)));
    highlights
}

/// One line with its highlights. A highlight that goes on is closed at the end of the line and opened in the next.
fn line<'s>(
    source: &Source,
    range: std::ops::Range<usize>,
    spans: &'s [Highlight],
    open: &mut Vec<&'s Highlight>,
    next: &mut usize,
) -> Markup {
    let mut out = String::new();
    let mut at = range.start;
    let write = |from: usize, to: usize, out: &mut String| {
        let text = source.text.get(from..to.max(from)).unwrap_or_default();
        out.push_str(&html! { (text) }.into_string());
    };
    open.retain(|highlight| highlight.end > range.start);
    open.iter().for_each(|highlight| begin(highlight, &mut out));
    while let Some(highlight) = spans.get(*next).filter(|highlight| highlight.start < range.end.max(range.start + 1)) {
        close(open, highlight.start, &mut at, &mut out, &write);
        write(at, highlight.start, &mut out);
        at = at.max(highlight.start);
        // A highlight that reaches out of the one around it is cut there.
        begin(highlight, &mut out);
        open.push(highlight);
        *next += 1;
    }
    close(open, range.end, &mut at, &mut out, &write);
    write(at, range.end, &mut out);
    open.iter().for_each(|_| out.push_str("</span>"));
    html! { (PreEscaped(out)) }
}

/// Closes the highlights that end before a place.
fn close(
    open: &mut Vec<&Highlight>,
    before: usize,
    at: &mut usize,
    out: &mut String,
    write: &dyn Fn(usize, usize, &mut String),
) {
    while let Some(highlight) = open.last().filter(|highlight| highlight.end <= before) {
        write(*at, highlight.end, out);
        *at = (*at).max(highlight.end);
        out.push_str("</span>");
        open.pop();
    }
}

fn begin(highlight: &Highlight, out: &mut String) {
    let title = html! { (highlight.title) }.into_string();
    let _ = write!(out, "<span class=\"{}\" title=\"{title}\">", class(highlight.share));
}

fn class(share: Share) -> &'static str {
    match share {
        Share::Full => "full",
        Share::Part => "part",
        Share::None => "none",
    }
}

fn sign(share: Share) -> &'static str {
    match share {
        Share::Full => "✓",
        Share::Part => "~",
        Share::None => "✗",
    }
}

fn words(share: Share) -> &'static str {
    match share {
        Share::Full => "exercised",
        Share::Part => "partly exercised",
        Share::None => "not exercised",
    }
}

/// The title of a goal: what it is, and which cases reached it.
fn goal_title(goal: &CoverageGoal, cases: &[u32], coverage: &Coverage) -> String {
    let side = goal.side().map_or_else(String::new, |side| format!(", {side}"));
    let of = match goal.kind {
        CoverageKind::Clauses => format!("clause{side}"),
        CoverageKind::Rules
        | CoverageKind::Exceptions
        | CoverageKind::Notices
        | CoverageKind::Cases
        | CoverageKind::Rows
        | CoverageKind::Norms
        | CoverageKind::Handlers
        | CoverageKind::States
        | CoverageKind::Outcomes => format!("{}{side}", goal.name),
    };
    if cases.is_empty() { format!("{of}: {}", goal.missing) } else { format!("{of}: {}", named(cases, coverage)) }
}

/// The names of the first cases, and the number of the others.
fn named(cases: &[u32], coverage: &Coverage) -> String {
    let name = |case: &u32| coverage.cases().get(*case as usize).map_or("", String::as_str);
    let names: Vec<_> = cases.iter().take(NAMED).map(|case| visible(name(case))).collect();
    match cases.len().saturating_sub(NAMED) {
        0 => names.join("; "),
        more => format!("{}; and {more} more", names.join("; ")),
    }
}

/// All goals of a file with the cases that reached them, for readers who cannot see titles on hover.
fn goals(file: &MarkedFile<'_>, coverage: &Coverage, shown: &str) -> Markup {
    let rows: Vec<Vec<Markup>> = file
        .lines
        .iter()
        .flat_map(|(line, groups)| groups.iter().flat_map(|g| &g.goals).map(move |goal| (*line, goal)))
        .map(|(line, (goal, cases))| {
            let side = goal.side().map_or_else(String::new, |side| format!(" — {side}"));
            vec![
                html! { (line) },
                html! { (goal.kind.name()) },
                html! { (goal.name) (side) },
                html! { (cases.len()) },
                html! { @if cases.is_empty() { span.bad { (goal.missing) } } @else { (named(cases, coverage)) } },
            ]
        })
        .collect();
    let columns = [
        ColumnHeader::Number("line"),
        ColumnHeader::Words("kind"),
        ColumnHeader::Words("goal"),
        ColumnHeader::Number("cases"),
        ColumnHeader::Words("which"),
    ];
    html! {
        details.beside {
            summary { "Which cases exercise what" }
            (page::table(&visible(&format!("Goals, {shown}")), &columns, &rows))
        }
    }
}
