//! Coverage by files and lines: the common basis of all renderings.

use super::phrases::phrases;
use super::{Coverage, CoverageGoal, CoverageKind};
use crate::phrases::say;
use ereje::source::{FileId, Source, Sources, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Goals at one place: the two sides of a clause, the states of a fact.
#[derive(Clone, Debug)]
pub(super) struct GoalGroup<'c> {
    /// Where they stand.
    pub(super) span: Span,
    /// Each with the numbers of the cases that reached it.
    pub(super) goals: Vec<(&'c CoverageGoal, &'c [u32])>,
    /// What is missing, in words; `None` if nothing is, or if the group around it reports it.
    pub(super) gap: Option<String>,
}

/// How much of something was exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// All.
    Full,
    /// Some.
    Part,
    /// Nothing.
    None,
}

impl Share {
    pub(super) fn of<'a>(goals: impl IntoIterator<Item = &'a (&'a CoverageGoal, &'a [u32])>) -> Self {
        let (mut reached, mut all) = (0, 0);
        for (_, cases) in goals {
            all += 1;
            reached += usize::from(!cases.is_empty());
        }
        match reached {
            0 if all > 0 => Self::None,
            _ if reached == all => Self::Full,
            _ => Self::Part,
        }
    }
}

impl GoalGroup<'_> {
    /// The number of cases that exercised any of its goals.
    pub(super) fn count(&self) -> usize {
        let mut cases: Vec<u32> = self.goals.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
        cases.sort_unstable();
        cases.dedup();
        cases.len()
    }

    /// The bytes of its first line in the file, up to the end of the group.
    pub(super) fn head(&self, source: &Source) -> Range<usize> {
        let start = self.span.start as usize;
        let line = source.line(source.position(self.span.start).line).unwrap_or(start..start);
        start..(self.span.end as usize).min(line.end).max(start)
    }
}

/// A file with the groups that begin in each of its lines, counted from 1.
pub(super) struct MarkedFile<'c> {
    /// The file.
    pub(super) source: &'c Source,
    /// By line.
    pub(super) lines: BTreeMap<usize, Vec<GoalGroup<'c>>>,
}

impl<'c> MarkedFile<'c> {
    pub(super) fn groups(&self) -> impl Iterator<Item = &GoalGroup<'c>> {
        self.lines.values().flatten()
    }

    /// All goals with their cases.
    pub(super) fn goals(&self) -> impl Iterator<Item = &(&'c CoverageGoal, &'c [u32])> {
        self.groups().flat_map(|group| &group.goals)
    }
}

/// The files that have goals, by name; what is missing is told in a language.
pub(super) fn marked<'c>(coverage: &'c Coverage, sources: &'c Sources, language: &str) -> Vec<MarkedFile<'c>> {
    let mut groups: BTreeMap<Span, Vec<(&CoverageGoal, &[u32])>> = BTreeMap::new();
    for (goal, cases) in coverage.goals() {
        groups.entry(goal.span).or_default().push((goal, cases));
    }
    let silent = reported_by(&groups);
    let mut files: BTreeMap<FileId, MarkedFile<'c>> = BTreeMap::new();
    for (span, goals) in groups {
        let Some(source) = sources.get(span.file) else { continue };
        let gap = match silent.get(&span) {
            Some(ReportedBy::Outside) => None,
            reported => gap(coverage, &goals, reported.is_some(), language),
        };
        let marked = files.entry(span.file).or_insert_with(|| MarkedFile { source, lines: BTreeMap::new() });
        let line = source.position(span.start).line;
        marked.lines.entry(line).or_default().push(GoalGroup { span, goals, gap });
    }
    let mut files: Vec<MarkedFile<'c>> = files.into_values().collect();
    files.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    files
}

/// Where the gaps are reported if neither an item nor any of its clauses is exercised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReportedBy {
    /// At the item around this group.
    Outside,
    /// At this group, which is that item.
    Here,
}

/// Finds the items of which nothing is exercised; then the item alone is reported, not its clauses.
fn reported_by(groups: &BTreeMap<Span, Vec<(&CoverageGoal, &[u32])>>) -> BTreeMap<Span, ReportedBy> {
    let mut reported = BTreeMap::new();
    for (span, goals) in groups {
        let item = |goal: &CoverageGoal| {
            matches!(
                goal.kind,
                CoverageKind::Rules
                    | CoverageKind::Exceptions
                    | CoverageKind::Notices
                    | CoverageKind::Cases
                    | CoverageKind::Rows
            )
        };
        let dead = Share::of(goals) == Share::None && goals.iter().any(|(goal, _)| item(goal));
        if !dead || reported.contains_key(span) {
            continue;
        }
        let later = groups.range(Span { end: 0, ..*span }..);
        let inside: Vec<&Span> = later
            .take_while(|(inner, _)| inner.file == span.file && inner.start < span.end)
            .filter(|(inner, _)| *inner != span && inner.end <= span.end)
            .map(|(inner, _)| inner)
            .collect();
        let all_dead = inside.iter().all(|inner| groups.get(inner).is_some_and(|g| Share::of(g) == Share::None));
        if all_dead && !inside.is_empty() {
            reported.insert(*span, ReportedBy::Here);
            reported.extend(inside.into_iter().map(|inner| (*inner, ReportedBy::Outside)));
        }
    }
    reported
}

/// What is missing of the goals at one place, in words.
fn gap(coverage: &Coverage, goals: &[(&CoverageGoal, &[u32])], all_inside: bool, language: &str) -> Option<String> {
    let phrases = phrases(language);
    let missing: Vec<&CoverageGoal> =
        goals.iter().filter(|(_, cases)| cases.is_empty()).map(|(goal, _)| *goal).collect();
    let mut words: Vec<String> = Vec::new();
    let sides = missing.iter().filter(|goal| goal.kind == CoverageKind::Clauses).count();
    let states: Vec<&str> =
        missing.iter().filter(|goal| goal.kind == CoverageKind::States).filter_map(|goal| phrases.side(goal)).collect();
    let outcomes = missing.iter().filter(|goal| goal.kind == CoverageKind::Outcomes);
    let outcomes: Vec<String> = outcomes.map(|goal| coverage.goal_name(goal, language)).collect();
    for goal in &missing {
        match goal.kind {
            CoverageKind::Clauses | CoverageKind::States | CoverageKind::Outcomes => {}
            CoverageKind::Rules
            | CoverageKind::Exceptions
            | CoverageKind::Notices
            | CoverageKind::Cases
            | CoverageKind::Rows
            | CoverageKind::Norms
            | CoverageKind::Handlers => words.push(goal.missing.told(language)),
        }
    }
    match sides {
        0 => {}
        1 => {
            let only = missing.iter().find(|goal| goal.kind == CoverageKind::Clauses);
            words.extend(only.map(|goal| goal.missing.told(language)));
        }
        _ => words.push(phrases.never_true_nor_false.into()),
    }
    if !states.is_empty() {
        words.push(say(phrases.never_read_while, &[&states.join(", ")]));
    }
    if !outcomes.is_empty() {
        words.push(say(phrases.never_outcome, &[&outcomes.join(", ")]));
    }
    if all_inside {
        words.push(phrases.nor_inside.into());
    }
    (!missing.is_empty()).then(|| words.join("; "))
}
