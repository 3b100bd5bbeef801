//! Versions and the grid of days and regions: ties, circles of rank, norms without a value or outside their bounds.

use super::Checker;
use super::constant::{self, NoValue, Setting};
use super::cycles::Node;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The versions of one name.
struct Family<'m> {
    what: String,
    claims: Vec<&'m Claim>,
}

fn families(model: &Model) -> Vec<Family<'_>> {
    let mut all = Vec::new();
    for rule in &model.rules {
        all.push(Family {
            what: format!("rule `{}`", rule.name),
            claims: rule.versions.iter().map(|v| &v.claim).collect(),
        });
    }
    for exception in &model.exceptions {
        let claims = exception.versions.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("exception `{}`", exception.name), claims });
    }
    for notice in &model.notices {
        let claims = notice.versions.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("notice `{}`", notice.name), claims });
    }
    for definition in &model.definitions {
        let claims = definition.versions.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("definition `{}`", definition.name), claims });
    }
    for norm in &model.norms {
        let claims = norm.values.iter().map(|v| &v.claim).collect();
        all.push(Family { what: format!("norm `{}`", norm.name), claims });
    }
    let facts = model.facts.iter().map(|f| (format!("fact `{}`", f.path()), &f.datum.handlers));
    let fields = model.fields.iter().map(|f| {
        let record = model.records.get(f.record.index()).map_or("", |r| r.name.as_str());
        (format!("field `{record}.{}`", f.datum.name), &f.datum.handlers)
    });
    let registries = model.registries.iter().map(|r| (format!("registry `{}`", r.name), &r.handlers));
    for (what, handlers) in facts.chain(fields).chain(registries) {
        for (state, list) in [("absent", &handlers.absent), ("unavailable", &handlers.unavailable)] {
            let claims = list.iter().map(|h| &h.claim).collect();
            all.push(Family { what: format!("`if {state}` of {what}"), claims });
        }
    }
    all.retain(|f| !f.claims.is_empty());
    all
}

/// What reads something when a decision is made, with the claim under which it does.
pub(super) struct Root<'m> {
    pub name: &'m str,
    pub claim: &'m Claim,
    pub exprs: Vec<&'m Expr>,
    pub exceptions: &'m [ExceptionId],
}

impl Checker<'_> {
    /// Every claim with the name of its family.
    pub(super) fn all_claims(&self) -> Vec<(&Claim, String)> {
        families(&self.model).into_iter().flat_map(|f| f.claims.into_iter().map(move |c| (c, f.what.clone()))).collect()
    }

    /// The choices to look at: the defaults, and each single other choice of a date that bounds a period.
    fn choice_vectors(&self) -> Vec<Choices> {
        let mut bounding = BTreeSet::new();
        let sections = self.model.sections.iter().map(|s| &s.scope);
        let claims = families(&self.model).into_iter().flat_map(|f| f.claims).map(|c| &c.scope);
        for scope in sections.chain(claims) {
            for bound in scope.from.iter().chain(&scope.through) {
                if let DateBound::Assumption(id) = bound {
                    bounding.insert(*id);
                }
            }
        }
        let defaults = Choices::defaults(&self.model);
        let mut all = vec![defaults.clone()];
        for id in bounding {
            let count = self.model.assumptions.get(id.index()).map_or(0, |a| a.choices.len());
            let others = (0..count).filter_map(|i| u32::try_from(i).ok()).filter(|i| *i != defaults.index(id));
            all.extend(others.map(|i| defaults.with(id, i)));
        }
        all
    }

    pub(super) fn versions(&mut self) {
        let vectors = self.choice_vectors();
        let mut found = Vec::new();
        for (index, choices) in vectors.iter().enumerate() {
            for family in families(&self.model) {
                if index == 0 {
                    for claim in &family.claims {
                        found.extend(self.never_in_force(&family.what, claim, choices));
                    }
                }
                found.extend(self.ties(&family, choices));
            }
        }
        for diagnostic in found {
            if !self.diagnostics.contains(&diagnostic) {
                self.report(diagnostic);
            }
        }
    }

    fn never_in_force(&self, what: &str, claim: &Claim, choices: &Choices) -> Option<Diagnostic> {
        let why = if claim.scope.regions.as_ref().is_some_and(BTreeSet::is_empty) {
            "its regions lie outside those of its policy or amendment"
        } else if claim.scope.period(&self.model, choices).is_empty() {
            "its period lies outside that of its policy or amendment, or ends before it starts"
        } else {
            return None;
        };
        let section = self.model.sections.get(claim.section.index()).map_or(claim.span, |s| s.span);
        Some(
            Diagnostic::new(Code::W0401, format!("this version of {what} never holds"), claim.span, why)
                .also(section, "the section that it stands in")
                .help("correct one of the two scopes"),
        )
    }

    fn ties(&self, family: &Family<'_>, choices: &Choices) -> Vec<Diagnostic> {
        let model = &self.model;
        let periods: Vec<Period> = family.claims.iter().map(|c| c.scope.period(model, choices)).collect();
        let mut found = Vec::new();
        let mut lower: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, a) in family.claims.iter().enumerate() {
            for (j, b) in family.claims.iter().enumerate().skip(i + 1) {
                let common = periods.get(i).zip(periods.get(j)).map(|(x, y)| x.and(*y));
                if common.is_none_or(Period::is_empty) {
                    continue;
                }
                match standing(model, choices, a, b) {
                    Standing::Apart => {}
                    Standing::Higher => lower.entry(j).or_default().push(i),
                    Standing::Lower => lower.entry(i).or_default().push(j),
                    Standing::Tie(day) => found.push(self.tie(&family.what, a, b, day)),
                }
            }
        }
        // Rank follows from specialty and start, which have no circles; only `over` can close one.
        if model.sections.iter().any(|s| !s.over.is_empty()) {
            found.extend(self.rank_circle(family, &lower));
        }
        found
    }

    fn tie(&self, what: &str, a: &Claim, b: &Claim, day: Option<NaiveDate>) -> Diagnostic {
        let name = |c: &Claim| self.model.sections.get(c.section.index()).map_or("", |s| s.name.as_str());
        let since = day.map_or_else(String::new, |d| format!(" from {d}"));
        let both = match (&a.scope.regions, &b.scope.regions) {
            (Some(x), Some(y)) => x.intersection(y).next().copied(),
            (Some(x), None) | (None, Some(x)) => x.first().copied(),
            (None, None) => None,
        };
        let place = both
            .and_then(|r| self.model.regions.get(r.index()))
            .map_or_else(String::new, |r| format!(" in {}", r.name));
        let label = format!("of `{}`: neither more special nor later than the other", name(b));
        Diagnostic::new(
            Code::E0401,
            format!("two versions of {what} hold{place}{since} with equal claim"),
            b.span,
            label,
        )
        .also(a.span, format!("of `{}`", name(a)))
        .help("let one start later, narrow its region or cohort, or write `over` in the amendment that wins")
    }

    fn rank_circle(&self, family: &Family<'_>, lower: &BTreeMap<usize, Vec<usize>>) -> Option<Diagnostic> {
        // A circle of length three or more shows as versions of which none is the highest at some shared point.
        let order = super::cycles::in_order(lower);
        for start in &order {
            let mut way = vec![*start];
            let mut at = *start;
            while let Some(next) = lower.get(&at).and_then(|n| n.first()).copied() {
                if let Some(from) = way.iter().position(|w| *w == next) {
                    let names: Vec<String> = way
                        .iter()
                        .skip(from)
                        .filter_map(|i| family.claims.get(*i))
                        .filter_map(|c| self.model.sections.get(c.section.index()))
                        .map(|s| format!("`{}`", s.name))
                        .collect();
                    let span = family.claims.get(next).map(|c| c.span)?;
                    let text = format!("the versions of {} outrank one another in a circle", family.what);
                    return Some(
                        Diagnostic::new(Code::E0407, text, span, format!("the circle: {}", names.join(", ")))
                            .help("take one `over` away"),
                    );
                }
                way.push(next);
                at = next;
            }
        }
        None
    }

    /// Days on which something starts or has just ended: between two of them nothing changes.
    fn days(&self, choices: &Choices) -> Vec<NaiveDate> {
        let mut days = BTreeSet::new();
        let mut add = |period: Period| {
            days.extend(period.from);
            days.extend(period.through.and_then(|t| t.succ_opt()));
        };
        for section in &self.model.sections {
            add(section.scope.period(&self.model, choices));
        }
        for family in families(&self.model) {
            for claim in family.claims {
                add(claim.scope.period(&self.model, choices));
            }
        }
        for definition in &self.model.definitions {
            for version in &definition.versions {
                if let DefinitionBody::Cases(cases) = &version.body {
                    cases.iter().for_each(|c| add(c.scope.period(&self.model, choices)));
                }
            }
        }
        let policy = self.model.sections.first().map_or_else(Period::default, |s| s.scope.period(&self.model, choices));
        if policy.from.is_none() {
            days.insert(NaiveDate::MIN);
        }
        days.into_iter().filter(|d| policy.contains(*d)).collect()
    }

    /// Places in which the policy can hold; a policy without places has the one that is none.
    fn places(&self) -> Vec<Option<RegionId>> {
        if self.model.as_of.region.is_none() {
            return vec![None];
        }
        let covered = self.model.sections.first().and_then(|s| s.scope.regions.clone());
        (0..self.model.regions.len())
            .map(RegionId::new)
            .filter(|id| covered.as_ref().is_none_or(|c| c.contains(id)))
            .map(Some)
            .collect()
    }

    /// Everything that is decided: rules and notices of all versions.
    pub(super) fn roots(&self) -> Vec<Root<'_>> {
        let mut roots = Vec::new();
        for version in self.model.rules.iter().flat_map(|r| &r.versions) {
            if let Some(body) = &version.body {
                let mut exprs: Vec<&Expr> =
                    body.when.iter().chain(&body.unless).chain(&version.claim.scope.cohort).collect();
                if let Some(each) = &body.for_each {
                    exprs.push(&each.list);
                    exprs.extend(&each.filter);
                }
                roots.push(Root {
                    name: &version.qualified,
                    claim: &version.claim,
                    exprs,
                    exceptions: &version.exceptions,
                });
            }
        }
        roots
    }

    pub(super) fn coverage(&mut self) {
        let mut found = Vec::new();
        for choices in self.choice_vectors() {
            let days = self.days(&choices);
            let places = self.places();
            for (index, norm) in self.model.norms.iter().enumerate() {
                found.extend(self.gap(NormId::new(index), norm, &choices, &days, &places));
                found.extend(self.out_of_bounds(norm, &choices, &days, &places));
            }
        }
        let mut seen: BTreeSet<(Code, Span)> = BTreeSet::new();
        for diagnostic in found {
            if seen.insert((diagnostic.code, diagnostic.primary.span)) {
                self.report(diagnostic);
            }
        }
    }

    /// A day and place without a value of this norm on which some rule reads it.
    fn gap(
        &self,
        id: NormId,
        norm: &Norm,
        choices: &Choices,
        days: &[NaiveDate],
        places: &[Option<RegionId>],
    ) -> Option<Diagnostic> {
        let model = &self.model;
        let periods: Vec<Period> = norm.values.iter().map(|v| v.claim.scope.period(model, choices)).collect();
        let readers = self.readers(Node::Norm(id));
        let roots = self.roots();
        for place in places {
            let covering: Vec<Period> = norm
                .values
                .iter()
                .zip(&periods)
                .filter(|(v, _)| v.claim.scope.covers_region(*place))
                .map(|(_, p)| *p)
                .collect();
            for day in days {
                if covering.iter().any(|p| p.contains(*day)) {
                    continue;
                }
                let reads = roots.iter().find(|root| {
                    root.claim.scope.covers(model, choices, *day, *place)
                        && self.reaches(root, id, &readers, choices, *day, *place)
                });
                let Some(root) = reads else { continue };
                let where_ = place
                    .and_then(|p| model.regions.get(p.index()))
                    .map_or_else(String::new, |r| format!(" in {}", r.name));
                let when = if *day == NaiveDate::MIN {
                    " before the first of its periods".into()
                } else {
                    format!(" on {day}")
                };
                return Some(
                    Diagnostic::new(
                        Code::E0503,
                        format!(
                            "the norm `{}` has no value{where_}{when}, and `{}` reads it there",
                            norm.name, root.name
                        ),
                        norm.span,
                        "a value is missing",
                    )
                    .also(root.claim.span, "read by this")
                    .help(format!("add a value for that time and place, or narrow the scope of `{}`", root.name)),
                );
            }
        }
        None
    }

    /// Definitions that lead to a norm.
    fn readers(&self, norm: Node) -> BTreeSet<Node> {
        let reads = self.reads();
        let mut readers = BTreeSet::from([norm]);
        loop {
            let more: Vec<Node> = reads
                .iter()
                .filter(|(n, list)| !readers.contains(n) && list.iter().any(|r| readers.contains(r)))
                .map(|(n, _)| *n)
                .collect();
            if more.is_empty() {
                return readers;
            }
            readers.extend(more);
        }
    }

    /// Whether a root reads the norm on this day in this place, through whatever is in scope there.
    fn reaches(
        &self,
        root: &Root<'_>,
        norm: NormId,
        readers: &BTreeSet<Node>,
        choices: &Choices,
        day: NaiveDate,
        place: Option<RegionId>,
    ) -> bool {
        let model = &self.model;
        let here = |scope: &Scope| scope.covers(model, choices, day, place);
        let mut waiting: Vec<&Expr> = root.exprs.clone();
        let mut exceptions: Vec<ExceptionId> = root.exceptions.to_vec();
        let mut seen_definitions = BTreeSet::new();
        let mut seen_exceptions = BTreeSet::new();
        loop {
            while let Some(id) = exceptions.pop() {
                if !seen_exceptions.insert(id) {
                    continue;
                }
                for version in model.exceptions.get(id.index()).map_or(&[][..], |e| &e.versions) {
                    if here(&version.claim.scope)
                        && let Some(body) = &version.body
                    {
                        waiting.extend(body.when.iter().chain(&body.unless).chain(&body.value));
                        exceptions.extend(&version.exceptions);
                    }
                }
            }
            let Some(expr) = waiting.pop() else { return false };
            match &expr.kind {
                ExprKind::Norm(id) if *id == norm => return true,
                // Another norm's value may read this one.
                ExprKind::Norm(id) if readers.contains(&Node::Norm(*id)) => {
                    let values = model.norms.get(id.index()).map_or(&[][..], |n| &n.values);
                    waiting.extend(values.iter().filter(|v| here(&v.claim.scope)).map(|v| &v.value));
                }
                // Inside `at` another day governs, which only the facts know: there a missing value is a fault.
                ExprKind::At(_, date) => waiting.push(date),
                ExprKind::Define(id, args) => {
                    waiting.extend(args);
                    if readers.contains(&Node::Definition(*id)) && seen_definitions.insert(*id) {
                        for version in model.definitions.get(id.index()).map_or(&[][..], |d| &d.versions) {
                            if !here(&version.claim.scope) {
                                continue;
                            }
                            exceptions.extend(&version.exceptions);
                            let DefinitionBody::Cases(cases) = &version.body else { continue };
                            for case in cases.iter().filter(|c| here(&c.scope)) {
                                waiting.extend(case.when.iter().chain(&case.unless).chain([&case.value]));
                                exceptions.extend(&case.exceptions);
                            }
                        }
                    }
                }
                _ => waiting.extend(expr.children()),
            }
        }
    }

    fn out_of_bounds(
        &self,
        norm: &Norm,
        choices: &Choices,
        days: &[NaiveDate],
        places: &[Option<RegionId>],
    ) -> Vec<Diagnostic> {
        let model = &self.model;
        let mut found = Vec::new();
        if norm.at_least.is_empty() && norm.at_most.is_empty() {
            return found;
        }
        for place in places {
            for day in days {
                let setting = Setting { model, choices, day: *day, place: *place };
                let Some(live) = constant::norm_value(norm, setting) else { continue };
                let Ok(value) = constant::value(&live.value, setting) else { continue };
                let bounds = norm.at_least.iter().map(|b| (b, true)).chain(norm.at_most.iter().map(|b| (b, false)));
                for ((claim, bound), least) in bounds {
                    if !claim.scope.covers(model, choices, *day, *place) {
                        continue;
                    }
                    let limit: Result<_, NoValue> = constant::value(bound, setting);
                    let Ok(limit) = limit else { continue };
                    let Some(order) = constant::order(&value, &limit) else { continue };
                    if (least && order.is_lt()) || (!least && order.is_gt()) {
                        let word = if least { "below its lower bound" } else { "above its upper bound" };
                        let text = self.sources.slice(bound.span).to_owned();
                        found.push(
                            Diagnostic::new(
                                Code::E0504,
                                format!("a value of the norm `{}` is {word} of {text}", norm.name),
                                live.value.span,
                                "outside the bound",
                            )
                            .also(bound.span, "the bound")
                            .help("a region's value may not break the bound of the law above it"),
                        );
                    }
                }
            }
        }
        found
    }
}
