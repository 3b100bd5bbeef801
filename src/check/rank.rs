//! Rank among the versions of one name: ties, and circles that `over` closes.
//!
//! Versions with the same regions and cohort form a group; inside it the later start ranks higher. Between groups,
//! regions and cohorts decide. So a thousand versions are ranked without comparing all pairs.

use super::Checker;
use super::grid::Covering;
use super::versions::in_words;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The versions of one name, with all that decides their rank.
struct Ranking<'c, 'm> {
    checker: &'c Checker<'m>,
    family: &'c Family<'c>,
    choices: &'c Choices,
    periods: Vec<Period>,
    /// The distinct specialties; each is a group.
    specialties: Vec<Specialty<'c>>,
    /// For each specialty, those of its versions that hold somewhere.
    members: Vec<Vec<usize>>,
    /// For each version, the index of its specialty.
    group_of: Vec<usize>,
}

/// Why one version is higher than another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Over,
    Special,
    Later,
}

impl<'c, 'm> Ranking<'c, 'm> {
    fn new(checker: &'c Checker<'m>, family: &'c Family<'c>, choices: &'c Choices) -> Self {
        let periods: Vec<Period> = family.claims.iter().map(|c| c.scope().period(&checker.model, choices)).collect();
        let (specialties, group_of) = Specialty::of_all(&family.claims);
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); specialties.len()];
        for (index, (group, period)) in group_of.iter().zip(&periods).enumerate() {
            // A version that never holds has no rank.
            let somewhere = |specialty: &Specialty<'_>| specialty.regions().is_none_or(|r| !r.is_empty());
            if !period.is_empty()
                && specialties.get(*group).is_some_and(somewhere)
                && let Some(members) = members.get_mut(*group)
            {
                members.push(index);
            }
        }
        Self { checker, family, choices, periods, specialties, members, group_of }
    }

    fn period(&self, index: usize) -> Period {
        self.periods.get(index).copied().unwrap_or_default()
    }

    fn section(&self, index: usize) -> Option<&'c Section> {
        self.family.claims.get(index).map(|claim| self.checker.model.sections.at(claim.section))
    }

    /// True if the section of `a` is declared `over` that of `b`.
    fn over(&self, a: usize, b: usize) -> bool {
        let other = self.family.claims.get(b).map(|c| c.section);
        self.section(a).zip(other).is_some_and(|(s, other)| s.over.contains(&other))
    }

    fn overlap(&self, a: usize, b: usize) -> bool {
        !self.period(a).and(self.period(b)).is_empty()
    }

    /// Why `a` ranks higher than `b` where both hold; `None` if it does not.
    fn higher(&self, a: usize, b: usize) -> Option<Why> {
        match (self.over(a, b), self.over(b, a)) {
            (true, _) => return Some(Why::Over),
            (false, true) => return None,
            (false, false) => {}
        }
        let same = self.group_of.get(a) == self.group_of.get(b);
        self.by_nature(a, b).then_some(if same { Why::Later } else { Why::Special })
    }

    /// Pairs of versions of which neither ranks higher; at most one pair for each version and group.
    fn ties(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let decided = |a: usize, b: usize| self.over(a, b) || self.over(b, a);
        for members in &self.members {
            let mut members = members.clone();
            members.sort_by_key(|m| self.period(*m).from);
            for run in members.chunk_by(|a, b| self.period(*a).from == self.period(*b).from) {
                for (at, b) in run.iter().enumerate().skip(1) {
                    found.extend(run.iter().take(at).find(|a| !decided(**a, *b)).map(|a| (*a, *b)));
                }
            }
        }
        for (a, b) in self.meeting_groups() {
            let (Some(x), Some(y)) = (self.specialties.get(a), self.specialties.get(b)) else { continue };
            if x.is_within(y) || y.is_within(x) {
                continue;
            }
            let (Some(of_a), Some(of_b)) = (self.members.get(a), self.members.get(b)) else { continue };
            for i in of_a {
                found.extend(of_b.iter().find(|j| self.overlap(*i, **j) && !decided(*i, **j)).map(|j| (*i, *j)));
            }
        }
        found
    }

    /// Pairs of groups that share a region.
    fn meeting_groups(&self) -> BTreeSet<(usize, usize)> {
        let mut everywhere: Vec<usize> = Vec::new();
        let mut regional: BTreeMap<RegionId, Vec<usize>> = BTreeMap::new();
        for (index, specialty) in self.specialties.iter().enumerate() {
            match specialty.regions() {
                None => everywhere.push(index),
                Some(regions) => regions.iter().for_each(|r| regional.entry(*r).or_default().push(index)),
            }
        }
        let mut pairs = BTreeSet::new();
        for a in &everywhere {
            pairs.extend((0..self.specialties.len()).filter(|b| a != b).map(|b| (*a.min(&b), *a.max(&b))));
        }
        for list in regional.values() {
            for (at, a) in list.iter().enumerate() {
                pairs.extend(list.iter().skip(at + 1).map(|b| (*a, *b)));
            }
        }
        pairs
    }

    /// A circle of versions that all hold on one day in one place: each ranks higher than the next, and the last than
    /// the first.
    fn circle(&self) -> Option<Vec<usize>> {
        let model = &self.checker.model;
        // Specialty and start alone form no circle, so a circle contains an `over` that contradicts them.
        let overs: Vec<(usize, usize)> =
            self.over_pairs().into_iter().filter(|(a, b)| !self.by_nature(*a, *b)).collect();
        if overs.is_empty() {
            return None;
        }
        let scopes = || self.family.claims.iter().map(|claim| claim.scope());
        let covering = Covering::new(model, self.choices, scopes());
        let mut sets: Vec<BTreeSet<usize>> = Vec::new();
        for cell in super::grid::cells(model, self.choices, &RegionClasses::new(model, scopes())) {
            let live: BTreeSet<usize> = covering.at(cell).collect();
            // From day to day versions are mostly added. A set within another one adds no circle.
            if sets.last().is_some_and(|last| last.is_subset(&live)) {
                sets.pop();
            }
            if sets.last().is_none_or(|last| !live.is_subset(last)) {
                sets.push(live);
            }
        }
        for live in &sets {
            let core = self.core(live);
            let both = |(a, b): &&(usize, usize)| core.contains(a) && core.contains(b);
            if let Some(path) = overs.iter().filter(both).find_map(|(top, low)| self.path_down(&core, *low, *top)) {
                return Some(path);
            }
        }
        None
    }

    /// True if `a` ranks higher than `b` without any `over`.
    fn by_nature(&self, a: usize, b: usize) -> bool {
        let (Some(ga), Some(gb)) = (self.group_of.get(a), self.group_of.get(b)) else { return false };
        if ga == gb {
            return self.period(a).from > self.period(b).from;
        }
        let (Some(x), Some(y)) = (self.specialties.get(*ga), self.specialties.get(*gb)) else { return false };
        x.is_within(y) && !y.is_within(x)
    }

    /// The versions that remain after those that nothing outranks are removed, again and again: the circles and
    /// whatever ranks below them.
    fn core(&self, live: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut above: BTreeMap<usize, usize> = live.iter().map(|v| (*v, 0)).collect();
        for a in live {
            for b in live.iter().filter(|b| a != *b && self.higher(*a, **b).is_some()) {
                above.entry(*b).and_modify(|n| *n += 1);
            }
        }
        let mut free: Vec<usize> = above.iter().filter(|(_, n)| **n == 0).map(|(v, _)| *v).collect();
        let mut core = live.clone();
        while let Some(top) = free.pop() {
            core.remove(&top);
            for low in live.iter().filter(|b| top != **b && self.higher(top, **b).is_some()) {
                if let Some(count) = above.get_mut(low) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(*low);
                    }
                }
            }
        }
        core
    }

    fn over_pairs(&self) -> Vec<(usize, usize)> {
        let mut by_section: BTreeMap<SectionId, Vec<usize>> = BTreeMap::new();
        for (index, claim) in self.family.claims.iter().enumerate() {
            by_section.entry(claim.section).or_default().push(index);
        }
        let mut pairs = Vec::new();
        for (section, tops) in &by_section {
            let section = self.checker.model.sections.at(*section);
            for bottoms in section.over.iter().filter_map(|s| by_section.get(s)) {
                pairs.extend(tops.iter().flat_map(|a| bottoms.iter().map(|b| (*a, *b))));
            }
        }
        pairs
    }

    /// The shortest path from `from` down to `to`; each version ranks higher than the one after it.
    fn path_down(&self, live: &BTreeSet<usize>, from: usize, to: usize) -> Option<Vec<usize>> {
        let mut came: BTreeMap<usize, usize> = BTreeMap::from([(from, from)]);
        let mut waiting = std::collections::VecDeque::from([from]);
        while let Some(at) = waiting.pop_front() {
            if at == to {
                let mut path = vec![to];
                let mut at = to;
                while at != from {
                    at = *came.get(&at)?;
                    path.push(at);
                }
                path.reverse();
                return Some(path);
            }
            for next in live {
                if *next != at && !came.contains_key(next) && self.higher(at, *next).is_some() {
                    came.insert(*next, at);
                    waiting.push_back(*next);
                }
            }
        }
        None
    }
}

impl Checker<'_> {
    /// Reports ties and circles among a name's versions. `chosen` names the choice that is not the default.
    pub(super) fn ranks(&self, family: &Family<'_>, choices: &Choices, chosen: Option<&str>) -> Vec<Diagnostic> {
        if family.claims.len() < 2 {
            return Vec::new();
        }
        let ranking = Ranking::new(self, family, choices);
        let mut found: Vec<Diagnostic> =
            ranking.ties().into_iter().filter_map(|(a, b)| self.tie(&ranking, a, b, chosen)).collect();
        found.extend(ranking.circle().and_then(|path| self.rank_circle(&ranking, &path)));
        found
    }

    fn tie(&self, ranking: &Ranking<'_, '_>, a: usize, b: usize, chosen: Option<&str>) -> Option<Diagnostic> {
        let claim = |i: usize| ranking.family.claims.get(i).copied();
        // The report is placed at the later version: that is the one to change.
        let (a, b) = if claim(a)?.section <= claim(b)?.section { (a, b) } else { (b, a) };
        let (first, second) = (claim(a)?, claim(b)?);
        let day: Option<NaiveDate> = ranking.period(a).and(ranking.period(b)).from;
        let since = day.map_or_else(String::new, |d| format!(" from {d}"));
        let both = match (first.scope().regions(), second.scope().regions()) {
            (Some(x), Some(y)) => x.intersection(y).next().copied(),
            (Some(x), None) | (None, Some(x)) => x.first().copied(),
            (None, None) => None,
        };
        let place = both.map_or_else(String::new, |region| format!(" in {}", self.model.regions.at(region).name));
        let what = in_words(&self.model, ranking.family.first);
        let under = chosen.map_or_else(String::new, |c| format!(", where {c}"));
        let alike = ranking.group_of.get(a) == ranking.group_of.get(b);
        let why = if alike {
            "for the same regions and people, from the same day"
        } else {
            "for other regions or people, and neither for a part of the other's"
        };
        let same = first.section == second.section;
        let name = ranking.section(a).map_or("", |s| s.name.as_str());
        let help = if same {
            "let one of them start later, or give each regions, dates or people of its own".to_owned()
        } else {
            let or = if alike { "let it start later" } else { "narrow one of the two" };
            format!("if this one is to win, write `over {name}` in the header of its amendment, or {or}")
        };
        Some(
            Diagnostic::new(
                Code::E0401,
                format!("two versions of {what} hold{place}{since} with equal claim{under}"),
                second.span,
                why,
            )
            .also(first.span, if same { "the other one".to_owned() } else { format!("the other one, of `{name}`") })
            .help(help),
        )
    }

    fn rank_circle(&self, ranking: &Ranking<'_, '_>, path: &[usize]) -> Option<Diagnostic> {
        // Each of `path` ranks higher than the next, and the last is `over` the first.
        let top = *path.last()?;
        let mut steps: Vec<(usize, usize)> = vec![(top, *path.first()?)];
        steps.extend(path.iter().zip(path.iter().skip(1)).map(|(a, b)| (*a, *b)));
        let name = |i: usize| ranking.section(i).map_or("", |s| s.name.as_str());
        let label = |(a, b): (usize, usize)| {
            let why = match ranking.higher(a, b) {
                Some(Why::Over) | None => "says `over` it",
                Some(Why::Special) => "is for a part of its regions or people",
                Some(Why::Later) => "starts later",
            };
            format!("higher than that of `{}`: `{}` {why}", name(b), name(a))
        };
        let mut steps = steps.into_iter();
        let first = steps.next()?;
        let span = |i: usize| ranking.family.claims.get(i).map(|c| c.span);
        let what = in_words(&self.model, ranking.family.first);
        let mut found = Diagnostic::new(
            Code::E0407,
            format!("the versions of {what} outrank one another in a circle"),
            span(first.0)?,
            label(first),
        );
        for step in steps.take(6) {
            found = found.also(span(step.0)?, label(step));
        }
        Some(found.help("take one `over` away"))
    }
}
