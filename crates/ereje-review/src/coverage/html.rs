//! Coverage as one self-contained HTML page: a table of the kinds, a table of the files, and every file with its marks.
//!
//! Nothing is shown by colour alone: what is missing is written under its line, and each line has a sign.

use super::goals::CoverageGoal;
use super::lines::{GoalGroup, MarkedFile, Share, marked};
use super::phrases::{CoveragePhrases, phrases};
use super::{Coverage, CoverageKind, CoverageRatio};
use crate::page::{self, ColumnHeader};
use crate::phrases::{language_of, say, share};
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
    /// The language of its labels.
    pub language: &'a str,
}

/// The page of one or several policies, with its sentences in a language.
#[must_use]
pub fn html(policies: &[CoveragePage<'_>], language: &str) -> String {
    let phrases = phrases(language);
    let cases: usize = policies.iter().map(|shown| shown.coverage.cases().len()).sum();
    let names: Vec<&str> = policies.iter().map(|shown| shown.name).collect();
    let subtitle = say(phrases.subtitle, &[&names.join(", "), &phrases.counted_cases(cases)]);
    let [all, some, none] = phrases.legend;
    let several = policies.len() > 1;
    let body = html! {
        p.note { (phrases.about) }
        p.note {
            span.mark.full { "✓" } (all)
            span.mark.part { "~" } (some)
            span.mark.none { "✗" } (none)
        }
        @for (number, shown) in policies.iter().enumerate() {
            @if several { h2 { (shown.name) } }
            (policy(number, several, shown, phrases))
        }
    };
    page::styled(language_of(language), phrases.heading, &subtitle, STYLE, body)
}

/// The anchor of a file of a policy, or of a line in it.
fn anchor(policy: usize, file: usize, line: Option<usize>) -> String {
    let line = line.map_or_else(String::new, |line| format!("l{line}"));
    format!("p{policy}f{file}{line}")
}

fn policy(number: usize, several: bool, shown: &CoveragePage<'_>, phrases: &'static CoveragePhrases) -> Markup {
    let CoveragePage { name, coverage, sources, file: shown, language } = *shown;
    let texts = PolicyTexts { coverage, phrases, language };
    // A page may hold the tables of several policies, and two of them may have one name.
    let named = |table: &str| if several { format!("{table}, {}. {name}", number + 1) } else { table.to_owned() };
    let files = marked(coverage, sources, phrases.language);
    let kinds: Vec<Vec<Markup>> = CoverageKind::ALL
        .into_iter()
        .map(|kind| (kind, coverage.ratio(kind)))
        .filter(|(_, ratio)| ratio.all > 0)
        .map(|(kind, ratio)| {
            let mut row = vec![html! { (phrases.kind(kind)) }];
            row.extend(cells(ratio, phrases));
            row.push(html! { span.note { (phrases.meaning(kind)) } });
            row
        })
        .collect();
    let rows: Vec<Vec<Markup>> = files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let mut row =
                vec![html! { a href={ "#" (anchor(number, index, None)) } { (visible(&shown(&file.source.name))) } }];
            row.extend(cells(ratio(file), phrases));
            row
        })
        .collect();
    let counts = [
        ColumnHeader::Number(phrases.exercised),
        ColumnHeader::Number(phrases.all),
        ColumnHeader::Number(phrases.share),
        ColumnHeader::Words(phrases.bar),
    ];
    let of_kinds: Vec<ColumnHeader> = std::iter::once(ColumnHeader::Words(phrases.kind))
        .chain(counts)
        .chain([ColumnHeader::Words(phrases.counts_when)])
        .collect();
    let of_files: Vec<ColumnHeader> = std::iter::once(ColumnHeader::Words(phrases.file)).chain(counts).collect();
    html! {
        div.kinds { (page::table(&named(phrases.kinds_title), &of_kinds, &kinds)) }
        div.files { (page::table(&named(phrases.files_title), &of_files, &rows)) }
        @for (decision, endings) in coverage.told_endings(language) {
            @let told: Vec<String> = endings.iter().map(|(name, count)| format!("{name} {}", phrases.count(*count))).collect();
            p { (say(phrases.ends_in, &[&decision])) ": " span lang=[texts.foreign()] { (told.join(", ")) } "." }
        }
        (gaps(number, &files, &texts, shown))
        @for (index, file) in files.iter().enumerate() {
            section id=(anchor(number, index, None)) {
                @if several { h3 { (visible(&shown(&file.source.name))) } } @else { h2 { (visible(&shown(&file.source.name))) } }
                (text(file, &texts, &|line| anchor(number, index, Some(line))))
                (goals(file, &texts, &shown(&file.source.name)))
            }
        }
    }
}

/// What a policy is told in.
struct PolicyTexts<'a> {
    coverage: &'a Coverage,
    phrases: &'static CoveragePhrases,
    /// The language of labels.
    language: &'a str,
}

impl PolicyTexts<'_> {
    /// The language of labels if the page is in another.
    fn foreign(&self) -> Option<&str> {
        (self.language != self.phrases.language).then_some(self.language)
    }
}

/// All that is missing, with links.
fn gaps(number: usize, files: &[MarkedFile<'_>], texts: &PolicyTexts<'_>, shown: &dyn Fn(&str) -> String) -> Markup {
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
            p { (texts.phrases.nothing_missing) }
        } @else {
            details open[found.len() <= 40] {
                summary { (say(texts.phrases.missing, &[&texts.phrases.count(found.len())])) }
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
fn cells(ratio: CoverageRatio, phrases: &CoveragePhrases) -> [Markup; 4] {
    let permille = ratio.permille();
    let width = format!("width:{}.{}%", permille / 10, permille % 10);
    [
        html! { (phrases.count(ratio.reached)) },
        html! { (phrases.count(ratio.all)) },
        html! { (share(phrases.language, &ratio.percent())) },
        html! { span.share aria-hidden="true" { span.fill.whole[ratio.reached == ratio.all] style=(width) {} } },
    ]
}

/// The file, line by line.
fn text(file: &MarkedFile<'_>, texts: &PolicyTexts<'_>, id: &dyn Fn(usize) -> String) -> Markup {
    let source = file.source;
    let spans = spans(file, texts);
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
                            span class={ "mark " (class(share)) } title=(words(share, texts.phrases)) { (sign(share)) }
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
fn spans(file: &MarkedFile<'_>, texts: &PolicyTexts<'_>) -> Vec<Highlight> {
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
            let title =
                group.goals.iter().map(|(goal, cases)| goal_title(goal, cases, texts)).collect::<Vec<_>>().join("\n");
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

fn words(share: Share, phrases: &CoveragePhrases) -> &'static str {
    let [all, some, none] = phrases.shares;
    match share {
        Share::Full => all,
        Share::Part => some,
        Share::None => none,
    }
}

/// The title of a goal: what it is, and which cases reached it.
fn goal_title(goal: &CoverageGoal, cases: &[u32], texts: &PolicyTexts<'_>) -> String {
    let PolicyTexts { coverage, phrases, language } = *texts;
    let side = phrases.side(goal).map_or_else(String::new, |side| format!(", {side}"));
    let of = match goal.kind {
        CoverageKind::Clauses => format!("{}{side}", phrases.clause),
        CoverageKind::Rules
        | CoverageKind::Exceptions
        | CoverageKind::Notices
        | CoverageKind::Cases
        | CoverageKind::Rows
        | CoverageKind::Norms
        | CoverageKind::Handlers
        | CoverageKind::States
        | CoverageKind::Outcomes => format!("{}{side}", coverage.goal_name(goal, language)),
    };
    let told = if cases.is_empty() { goal.missing.told(phrases.language) } else { named(cases, texts) };
    format!("{of}: {told}")
}

/// The names of the first cases, and the number of the others.
fn named(cases: &[u32], texts: &PolicyTexts<'_>) -> String {
    let name = |case: &u32| texts.coverage.cases().get(*case as usize).map_or("", String::as_str);
    let names: Vec<_> = cases.iter().take(NAMED).map(|case| visible(name(case))).collect();
    match cases.len().saturating_sub(NAMED) {
        0 => names.join("; "),
        more => format!("{}; {}", names.join("; "), say(texts.phrases.and_more, &[&texts.phrases.count(more)])),
    }
}

/// All goals of a file with the cases that reached them, for readers who cannot see titles on hover.
fn goals(file: &MarkedFile<'_>, texts: &PolicyTexts<'_>, shown: &str) -> Markup {
    let PolicyTexts { coverage, phrases, language } = *texts;
    let rows: Vec<Vec<Markup>> = file
        .lines
        .iter()
        .flat_map(|(line, groups)| groups.iter().flat_map(|g| &g.goals).map(move |goal| (*line, goal)))
        .map(|(line, (goal, cases))| {
            let side = phrases.side(goal).map_or_else(String::new, |side| format!(" — {side}"));
            vec![
                html! { (line) },
                html! { (phrases.kind(goal.kind)) },
                html! { (coverage.goal_name(goal, language)) (side) },
                html! { (phrases.count(cases.len())) },
                html! { @if cases.is_empty() { span.bad { (goal.missing.told(phrases.language)) } } @else { (named(cases, texts)) } },
            ]
        })
        .collect();
    let columns = [
        ColumnHeader::Number(phrases.line),
        ColumnHeader::Words(phrases.kind),
        ColumnHeader::Words(phrases.goal),
        ColumnHeader::Number(phrases.cases),
        ColumnHeader::Words(phrases.which_cases),
    ];
    html! {
        details.beside {
            summary { (phrases.which) }
            (page::table(&visible(&say(phrases.goals_of, &[shown])), &columns, &rows))
        }
    }
}
