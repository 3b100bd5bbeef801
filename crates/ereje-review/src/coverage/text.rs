//! Coverage for people at a terminal: a table of the kinds, then the lines where something was not exercised.

use super::lines::{GoalGroup, MarkedFile, Share, marked};
use super::phrases::phrases;
use super::{Coverage, CoverageKind};
use crate::phrases::{say, share};
use ereje::source::Sources;
use ereje::visible::visible;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The counts alone.
    Counts,
    /// The counts, and each line where something was not exercised.
    Gaps,
    /// The counts, and every line of every file that has goals, with the number of cases that exercised it.
    Full,
}

const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[32m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// Longer lines are shortened.
const WIDE: usize = 400;

/// The heading of the text for a policy: `what 6 cases exercise of library.cards`.
#[must_use]
pub fn summary(coverage: &Coverage, policy: &str, language: &str) -> String {
    let phrases = phrases(language);
    say(phrases.exercised_of, &[&phrases.counted_cases(coverage.cases().len()), policy])
}

impl Coverage {
    /// The counts and, depending on `detail`, the lines, with the colours of a terminal; if the output is no terminal,
    /// the caller removes them. `shown` gives the name under which a file is shown.
    #[must_use]
    pub fn text(&self, sources: &Sources, detail: Detail, language: &str, shown: &dyn Fn(&str) -> String) -> String {
        let mut out = String::new();
        let phrases = phrases(language);
        let wide = CoverageKind::ALL.iter().map(|kind| phrases.kind(*kind).width()).max().unwrap_or(0);
        for kind in CoverageKind::ALL {
            let ratio = self.ratio(kind);
            if ratio.all > 0 {
                let colour = if ratio.reached == ratio.all { GREEN } else { RED };
                let name = phrases.kind(kind);
                let space = " ".repeat(wide.saturating_sub(name.width()));
                let _ = writeln!(
                    out,
                    "  {name}{space} {:>5} {} {:<5} {colour}{:>6}{PLAIN}",
                    ratio.reached,
                    phrases.of,
                    ratio.all,
                    share(language, &ratio.percent())
                );
            }
        }
        for (decision, endings) in self.told_endings(language) {
            let _ = writeln!(out, "\n  {}", say(phrases.ends_in, &[&decision]));
            let counts: Vec<String> = endings.iter().map(|(_, count)| phrases.count(*count)).collect();
            let wide = counts.iter().map(|count| count.width()).max().unwrap_or(0);
            for ((name, _), count) in endings.iter().zip(counts) {
                let _ = writeln!(out, "    {count:>wide$}  {name}");
            }
        }
        if detail == Detail::Counts {
            return out;
        }
        for file in marked(self, sources, language) {
            let gaps = file.groups().any(|group| group.gap.is_some());
            if gaps || detail == Detail::Full {
                let _ = writeln!(out, "\n{BOLD}{}{PLAIN}", visible(&shown(&file.source.name)));
                lines(&file, detail, &mut out);
            }
        }
        out
    }
}

fn lines(file: &MarkedFile<'_>, detail: Detail, out: &mut String) {
    let source = file.source;
    let last = source.position(u32::try_from(source.text.len()).unwrap_or(u32::MAX)).line;
    let width = last.to_string().len().max(4);
    let full = detail == Detail::Full;
    for number in 1..=last {
        let groups = file.lines.get(&number).map_or(&[][..], Vec::as_slice);
        let gaps: Vec<&GoalGroup<'_>> = groups.iter().filter(|group| group.gap.is_some()).collect();
        if gaps.is_empty() && !full {
            continue;
        }
        let Some(range) = source.line(number) else { continue };
        let line = source.text.get(range.clone()).unwrap_or_default();
        if full && number == last && line.is_empty() {
            continue;
        }
        let (count, columns) = if full { (format!("{} ", touched(groups)), 7) } else { (String::new(), 0) };
        let shown = format!("{count}{}", shortened(line));
        let space = if shown.trim().is_empty() { "" } else { " " };
        let _ = writeln!(out, "{BLUE}{number:>width$} |{PLAIN}{space}{}", shown.trim_end());
        for group in gaps {
            let head = group.head(source);
            let before = source.text.get(range.start..head.start).unwrap_or_default();
            let marked = source.text.get(head).unwrap_or_default().trim_end();
            let indent = " ".repeat(before.replace('\t', " ").width() + columns);
            let marks = "^".repeat(marked.replace('\t', " ").width().max(1));
            let (indent, marks) =
                if indent.len() + marks.len() > WIDE { (String::new(), "^".into()) } else { (indent, marks) };
            let gap = group.gap.as_deref().unwrap_or_default();
            let _ = writeln!(out, "{:>width$} {BLUE}|{PLAIN} {indent}{RED}{marks} {gap}{PLAIN}", "");
        }
    }
}

/// How many cases exercised something in a line, in six columns; blank if there is nothing to exercise.
fn touched(groups: &[GoalGroup<'_>]) -> String {
    match (groups.iter().map(GoalGroup::count).max(), Share::of(groups.iter().flat_map(|group| &group.goals))) {
        (None, _) => " ".repeat(6),
        (Some(count), Share::Full) => format!("{GREEN}{count:>5}{PLAIN} "),
        (Some(count), Share::Part) => format!("{RED}{count:>5}~{PLAIN}"),
        (Some(_), Share::None) => format!("{RED}    0!{PLAIN}"),
    }
}

/// A line that is not longer than [`WIDE`].
fn shortened(line: &str) -> String {
    let line = line.replace('\t', " ");
    if line.width() <= WIDE { line } else { line.chars().take(WIDE).chain("…".chars()).collect() }
}
