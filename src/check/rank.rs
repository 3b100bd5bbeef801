//! Rank among the versions of one name: ties, and circles that `over` closes.
//!
//! Versions with the same regions and cohort form a group; inside it the later start ranks higher. Between groups,
//! regions and cohorts decide. Where neither does, what replaces ranks higher than what it replaces. So a thousand versions
//! are ranked without comparing all pairs.

use super::Checker;
use super::grid::Covering;
use super::versions::in_words;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::value::Period;
use chrono::NaiveDate;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The versions of one name, with all that decides their rank.
struct Ranking<'c, 'm> {
    checker: &'c Checker<'m>,
    family: &'c Family<'c>,
    choices: &'c Choices,
    periods: Vec<Period>,
    starts: Vec<Start>,
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
    Replaces,
}

impl<'c, 'm> Ranking<'c, 'm> {
    fn new(checker: &'c Checker<'m>, family: &'c Family<'c>, choices: &'c Choices) -> Self {
        let periods: Vec<Period> = family.claims.iter().map(|c| c.scope().period(&checker.model, choices)).collect();
        let starts = family.claims.iter().map(|c| c.start(&checker.model, choices)).collect();
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
        Self { checker, family, choices, periods, starts, specialties, members, group_of }
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
        let (same, special) = self.more_special(a, b);
        let order = if special == Ordering::Equal { self.order(a, b, same) } else { special };
        let starts = self.starts.get(a).zip(self.starts.get(b));
        let by_start = starts.is_some_and(|(a, b)| (a.holds, a.written, a.own) != (b.holds, b.written, b.own));
        let why = match special {
            Ordering::Equal if same && by_start => Why::Later,
            Ordering::Equal => Why::Replaces,
            Ordering::Less | Ordering::Greater => Why::Special,
        };
        (order == Ordering::Greater).then_some(why)
    }

    /// Whether two versions are equally special, and which of them is more special; `Equal` if neither is.
    fn more_special(&self, a: usize, b: usize) -> (bool, Ordering) {
        let (Some(ga), Some(gb)) = (self.group_of.get(a), self.group_of.get(b)) else {
            return (false, Ordering::Equal);
        };
        let (Some(x), Some(y)) = (self.specialties.get(*ga), self.specialties.get(*gb)) else {
            return (false, Ordering::Equal);
        };
        (ga == gb, if ga == gb { Ordering::Equal } else { x.is_within(y).cmp(&y.is_within(x)) })
    }

    /// The rank of two versions of which neither is more special.
    fn order(&self, a: usize, b: usize, same: bool) -> Ordering {
        let (Some(x), Some(y)) = (self.family.claims.get(a), self.family.claims.get(b)) else { return Ordering::Equal };
        x.order(y, if same { self.starts.get(a).copied().zip(self.starts.get(b).copied()) } else { None })
    }

    /// Pairs of versions of which neither ranks higher; at most one pair for each version and group.
    fn ties(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let overs = |a: usize, b: usize| self.over(a, b) || self.over(b, a);
        let start = |i: usize| self.starts.get(i).map(|start| (start.holds, start.written));
        let kind = |i: usize| self.family.claims.get(i).map(|claim| (claim.section, claim.replaces));
        for members in &self.members {
            let mut members = members.clone();
            members.sort_by_key(|m| (start(*m), kind(*m), self.starts.get(*m).map(|start| start.own)));
            for run in members.chunk_by(|a, b| start(*a) == start(*b)) {
                // In a section each version is compared with the one before it; between sections, with one of each kind.
                let mut kinds: Vec<usize> = Vec::new();
                for (at, b) in run.iter().enumerate() {
                    let before = at.checked_sub(1).and_then(|at| run.get(at)).filter(|a| kind(**a) == kind(*b));
                    let tied = |a: &&usize| self.order(**a, *b, true) == Ordering::Equal && !overs(**a, *b);
                    found.extend(before.into_iter().chain(&kinds).find(tied).map(|a| (*a, *b)));
                    if before.is_none() {
                        kinds.push(*b);
                    }
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
                let tied = |j: &&usize| {
                    self.overlap(*i, **j) && self.order(*i, **j, false) == Ordering::Equal && !overs(*i, **j)
                };
                found.extend(of_b.iter().find(tied).map(|j| (*i, *j)));
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
        // Without ties, specialty, start and replacement alone form no circle: a replacement outranks only what replaces nothing,
        // and specialty and start go on to what is wider or earlier. So a circle contains an `over` that contradicts them.
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
        let (same, special) = self.more_special(a, b);
        special.then_with(|| self.order(a, b, same)) == Ordering::Greater
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
                Some(Why::Replaces) => "replaces it",
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
