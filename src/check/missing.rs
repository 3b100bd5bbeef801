//! Norms and definitions that do not hold on a day or in a place in which something reads them.
//!
//! A rule reads a norm directly, or through definitions and exceptions. Each cell of the grid, under each choice of the
//! assumptions that have a say in it, is gone through for each name that does not hold everywhere. What reads it is
//! followed over the versions that hold there, with the conditions on the way: where these exclude one another, nothing
//! is ever read.

use super::Checker;
use super::constant::Setting;
use super::coverage::Root;
use super::fitting::{FactFormula, FactFormulas, Fitting, FittingFacts, Undecided};
use super::grid::{Covering, GridCell, GridRange, GridRanges, in_words};
use super::readings::{LeadingTo, ReaderIndex, date_of};
use super::vectors::Vector;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::value::Period;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The most items that are visited in the check of one policy.
const MAX_VISITS: usize = 2_000_000;

/// The most items that are visited in search of one way whose conditions can hold together.
const MAX_WAY: usize = 400;

/// The most versions of one name of which the ranks are compared.
const MAX_RANKED: usize = 64;

/// The most other days, named by `at`, that are tried before the ways to them are gone through one by one.
const MAX_DAYS: usize = 1_024;

/// One step on the way from a root to what it reads.
#[derive(Clone)]
struct WayStep<'m> {
    item: Item,
    day: NaiveDate,
    conditions: Vec<(&'m Expr, bool)>,
}

/// A name that is looked for in a cell.
struct Wanted<'s> {
    item: Item,
    /// The definitions and norms that lead to it.
    leading: &'s BTreeSet<Item>,
    /// True if it leads to itself, as of other days.
    is_in_circle: bool,
    cell: GridRange<'s>,
}

/// A way to something that does not hold where it is read.
struct WayFound {
    day: NaiveDate,
    /// The definitions, norms and exceptions on the way.
    through: Vec<Item>,
    /// Facts for which it does not hold, where it holds for others.
    facts: Option<FittingFacts>,
}

impl Checker<'_> {
    /// Reports each norm and definition that something reads where it does not hold. `reads` lists what each definition,
    /// norm and fact reads.
    pub(super) fn missing(&mut self, reads: &BTreeMap<Item, Vec<Item>>) {
        let model = &self.model;
        let index = self.reader_index(reads);
        let classes = RegionClasses::new(model, model.scopes().into_iter().map(|(_, scope)| scope));
        let mut found: BTreeMap<Item, Diagnostic> = BTreeMap::new();
        let mut visits = MAX_VISITS;
        let norms = model.norms.ids().map(Item::Norm);
        let wanted: Vec<Item> = norms.chain(model.definitions.ids().map(Item::Definition)).collect();
        for vector in &self.reading_vectors() {
            let choices = &vector.choices;
            let ranges = GridRanges::new(model, vector, &classes);
            let first = vector.setting(model, NaiveDate::MIN, None);
            let days: BTreeSet<NaiveDate> = index.days.iter().filter_map(|day| date_of(day, first)).collect();
            let scopes = index.roots.iter().map(|root| root.claim.map_or_else(|| whole(model), Claim::scope));
            let periods: Vec<(Period, &Scope)> = scopes.map(|scope| (scope.period(model, choices), scope)).collect();
            for item in &wanted {
                if found.contains_key(item) {
                    continue;
                }
                let scopes: Vec<&Scope> = sure_scopes(model, *item);
                let covering = Covering::new(model, choices, scopes.iter().copied());
                let mut leading: Option<LeadingTo> = None;
                // The place that was looked at last, and whether it holds there on each of the other days.
                let mut elsewhere: Option<(Option<RegionId>, bool)> = None;
                for (at, cell) in ranges.cells.iter().copied().enumerate() {
                    let holds = |day: NaiveDate| covering.at(GridCell { day, place: cell.place }).next().is_some();
                    if holds(cell.day) {
                        let on_all = || days.len() <= MAX_DAYS && days.iter().all(|day| holds(*day));
                        let known = elsewhere.filter(|(place, _)| *place == cell.place);
                        let (_, on_all) = *elsewhere.insert(known.unwrap_or_else(|| (cell.place, on_all())));
                        if on_all {
                            continue;
                        }
                    }
                    let leading = leading.get_or_insert_with(|| index.leading_to(*item));
                    let here = leading.roots.iter().filter(|root| {
                        periods
                            .get(**root)
                            .is_some_and(|(period, scope)| period.contains(cell.day) && scope.covers_region(cell.place))
                    });
                    let mut here = here.filter_map(|root| index.roots.get(*root));
                    let Some(range) = ranges.at(at) else { continue };
                    let (leading, is_in_circle) = (&leading.leading, leading.is_in_circle);
                    let wanted = Wanted { item: *item, leading, is_in_circle, cell: range };
                    let way = here.find_map(|root| Some((root, self.way(root, &wanted, &index, &mut visits)?)));
                    if visits == 0 {
                        break;
                    }
                    if let Some((root, way)) = way {
                        found.insert(*item, self.missing_there(*item, root, cell, &way, vector));
                        break;
                    }
                }
            }
        }
        self.diagnostics.extend(found.into_values());
    }

    /// The choices under which readings are checked: each other choice of an assumption that bounds a period, belongs to a
    /// cohort or names the day of an `at`.
    fn reading_vectors(&self) -> Vec<Vector> {
        let model = &self.model;
        let mut read: BTreeSet<AssumptionId> = BTreeSet::new();
        model.each_item(|_, parts| {
            read.extend(parts.bounds());
            let mut note = |expr: &Expr| {
                let assumption = |e: &Expr| if let ExprKind::Assumption(id) = e.kind { Some(id) } else { None };
                expr.walk(&mut |e| read.extend(assumption(e)));
            };
            parts.of(Role::Cohort).for_each(&mut note);
            for (_, expr) in &parts.expressions {
                expr.walk(&mut |e| {
                    if let ExprKind::At(_, date) = &e.kind {
                        note(date);
                    }
                });
            }
        });
        self.vectors_of(read)
    }

    /// A way from a root to the wanted name, to a day and place in which that does not hold.
    fn way<'m>(
        &'m self,
        root: &Root<'m>,
        wanted: &Wanted<'m>,
        index: &ReaderIndex<'m>,
        visits: &mut usize,
    ) -> Option<WayFound> {
        let day = wanted.cell.setting.day;
        let start = self.root_steps(root, wanted)?;
        // First a quick look whether it is read at all.
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<WayStep<'m>> = start.clone();
        let mut is_read = false;
        while let Some(step) = waiting.pop() {
            if *visits == 0 || !reached.insert((step.item, step.day)) {
                continue;
            }
            *visits -= 1;
            is_read |= !self.ends(&step, wanted, index).is_empty();
            waiting.extend(self.next(&step, wanted, index, false));
        }
        if !is_read || *visits == 0 {
            return None;
        }
        // Then the ways one by one, with the conditions on each.
        let mut ways: Vec<Vec<WayStep<'m>>> = start.iter().map(|step| vec![step.clone()]).collect();
        ways.reverse();
        let mut tried = 0;
        while let Some(way) = ways.pop() {
            tried += 1;
            if tried > MAX_WAY || *visits == 0 {
                // So many ways lead to it that one of them is taken to be real.
                return (!self.holds_for_some(wanted, day)).then(|| WayFound { day, through: Vec::new(), facts: None });
            }
            *visits -= 1;
            let Some(last) = way.last() else { continue };
            for (day, given) in self.ends(last, wanted, index) {
                let conditions = way.iter().flat_map(|step| &step.conditions).chain(&given).copied();
                if let Some(facts) = self.is_missing(wanted, day, conditions) {
                    let named = |item: &Item| matches!(item, Item::Definition(_) | Item::Norm(_) | Item::Exception(_));
                    let through = way.iter().map(|step| step.item).filter(named).collect();
                    return Some(WayFound { day, through, facts });
                }
            }
            let mut further = self.next(last, wanted, index, true);
            further.reverse();
            ways.extend(further.into_iter().map(|step| way.iter().cloned().chain([step]).collect()));
        }
        None
    }

    /// The first steps of a root: itself, and the reason that it gives. `None` if another version silences it for
    /// everybody.
    fn root_steps<'m>(&'m self, root: &Root<'m>, wanted: &Wanted<'m>) -> Option<Vec<WayStep<'m>>> {
        let Setting { model, day, .. } = wanted.cell.setting;
        let mut conditions = Vec::new();
        if let Some(version) = root.item.as_version() {
            let own = self.live(&versions_beside(model, version), wanted.cell.setting);
            conditions = own.into_iter().find(|(item, _)| *item == root.item)?.1;
        }
        let mut steps = vec![WayStep { item: root.item, day, conditions: conditions.clone() }];
        let parts = model.parts(root.item);
        conditions.extend(parts.conditions().map(|(_, expr, wanted)| (expr, wanted)));
        let reasons = parts.names.iter().filter(|item| matches!(item, Item::Reason(_)));
        steps.extend(reasons.map(|item| WayStep { item: *item, day, conditions: conditions.clone() }));
        Some(steps)
    }

    /// The days as of which a step reads the wanted name itself, each with the conditions of the reading.
    fn ends<'m>(
        &self,
        step: &WayStep<'m>,
        wanted: &Wanted<'m>,
        index: &ReaderIndex<'m>,
    ) -> Vec<(NaiveDate, Vec<(&'m Expr, bool)>)> {
        let own = index.readings.get(&step.item).into_iter().flatten().filter(|read| read.item == wanted.item);
        let setting = Setting { day: step.day, ..wanted.cell.setting };
        let ends = own.filter_map(|read| Some((read.day.on(setting)?, read.given.clone())));
        ends.filter(|(day, _)| !self.surely_holds(wanted, *day)).collect()
    }

    /// What a step leads to: what it reads on the way to the wanted name, its exceptions, and what it contains.
    fn next<'m>(
        &self,
        step: &WayStep<'m>,
        wanted: &Wanted<'m>,
        index: &ReaderIndex<'m>,
        with_conditions: bool,
    ) -> Vec<WayStep<'m>> {
        let model = wanted.cell.setting.model;
        let setting = Setting { day: step.day, ..wanted.cell.setting };
        let mut found = Vec::new();
        for read in index.readings.get(&step.item).into_iter().flatten() {
            if (read.item != wanted.item || wanted.is_in_circle)
                && wanted.leading.contains(&read.item)
                && let Some(day) = read.day.on(setting)
            {
                let conditions = if with_conditions { read.given.clone() } else { Vec::new() };
                found.push(WayStep { item: read.item, day, conditions });
            }
        }
        let parts = model.parts(step.item);
        // A bound of a norm is checked with the policy, and not read with the value.
        let inside: Vec<Item> =
            parts.inside.iter().copied().filter(|item| !matches!(item, Item::NormLimit(_))).collect();
        let exceptions = parts.exceptions.iter().copied().map(Item::Exception);
        let own: Vec<(&'m Expr, bool)> = parts.conditions().map(|(_, expr, wanted)| (expr, wanted)).collect();
        found.extend(exceptions.map(|item| WayStep { item, day: step.day, conditions: own.clone() }));
        for (item, mut conditions) in self.live(&inside, setting) {
            conditions.extend(&own);
            found.push(WayStep { item, day: step.day, conditions });
        }
        found
    }

    /// Those of these versions or cases that hold in a cell, with the conditions that no higher one adds.
    fn live<'m>(&self, items: &[Item], setting: Setting<'m>) -> Vec<(Item, Vec<(&'m Expr, bool)>)> {
        let Setting { model, choices, day, place, norms: _ } = setting;
        let parts = items.iter().map(|item| (*item, model.parts(*item)));
        let here = parts.filter(|(_, parts)| parts.scope.is_none_or(|s| s.covers(model, choices, day, place)));
        let here: Vec<(Item, Parts<'m>)> = here.collect();
        let claims = here.iter().enumerate().filter_map(|(index, (_, parts))| Some((index, parts.claim?)));
        if here.len() > MAX_RANKED || here.iter().any(|(_, parts)| parts.claim.is_none()) {
            return here.into_iter().map(|(item, _)| (item, Vec::new())).collect();
        }
        let candidates = model.candidates(choices, claims, |_| true);
        let live = candidates.into_iter().filter_map(|candidate| {
            let mut conditions = Vec::new();
            for (_, cohort) in candidate.outranked_by {
                match cohort {
                    [] => return None,
                    [only] => conditions.push((only, false)),
                    // One of several fails, and nobody knows which.
                    _ => {}
                }
            }
            here.get(candidate.index).map(|(item, _)| (*item, conditions))
        });
        live.collect()
    }

    /// True if the wanted name holds for everybody.
    fn surely_holds(&self, wanted: &Wanted<'_>, day: NaiveDate) -> bool {
        let Setting { model, choices, place, .. } = wanted.cell.setting;
        sure_scopes(model, wanted.item).iter().any(|scope| scope.covers(model, choices, day, place))
    }

    /// True if it holds for somebody.
    fn holds_for_some(&self, wanted: &Wanted<'_>, day: NaiveDate) -> bool {
        !self.live(&model_inside(wanted), Setting { day, ..wanted.cell.setting }).is_empty()
    }

    /// Whether the wanted name does not hold where these conditions do. The second is an example of facts, where it holds
    /// for others.
    fn is_missing<'m>(
        &self,
        wanted: &Wanted<'m>,
        day: NaiveDate,
        conditions: impl Iterator<Item = (&'m Expr, bool)>,
    ) -> Option<Option<FittingFacts>> {
        let model = wanted.cell.setting.model;
        let mut formulas = FactFormulas::new(model, wanted.cell);
        let mut all = formulas.all(conditions, Undecided::Free);
        let live = self.live(&model_inside(wanted), Setting { day, ..wanted.cell.setting });
        let live: Vec<Parts<'m>> = live.into_iter().map(|(item, _)| model.parts(item)).collect();
        for version in &live {
            let cohort = version.of(Role::Cohort).map(|expr| (expr, true));
            let cohort = formulas.all(cohort.collect::<Vec<_>>(), Undecided::Free);
            all.push(Rc::new(FactFormula::Not(Rc::new(FactFormula::All(cohort)))));
        }
        match formulas.fitting(self, &all) {
            Fitting::Found(_) if live.is_empty() => Some(None),
            Fitting::Found(facts) if facts.is_doubtful => None,
            Fitting::Found(facts) => Some(Some(facts)),
            Fitting::GaveUp => live.is_empty().then_some(None),
            Fitting::Impossible => None,
        }
    }

    fn missing_there(
        &self,
        item: Item,
        root: &Root<'_>,
        cell: GridCell,
        way: &WayFound,
        vector: &Vector,
    ) -> Diagnostic {
        let model = &self.model;
        let there = in_words(model, GridCell { day: way.day, place: cell.place });
        let chosen = vector.chosen.as_deref().map_or_else(String::new, |chosen| format!(", where {chosen}"));
        let through: Vec<&str> = way.through.iter().map(|item| self.value_name(*item)).collect();
        let through = if through.is_empty() { String::new() } else { format!(" through {}", super::quoted(through)) };
        let as_of = if way.day == cell.day { "" } else { ", as of that day" };
        let reader = format!("{} reads it there{through}{as_of}", root.what(model));
        if let Item::Norm(id) = item {
            let norm = model.norms.at(id);
            let help = if norm.values.is_empty() {
                format!("give it a value: `norm {} = …`", norm.name)
            } else if root.claim.is_some() {
                "add a value for that time and place, or narrow the scope of what reads it".to_owned()
            } else {
                "add a value for that time and place, or read it through a definition with cases by `in` and `from`"
                    .to_owned()
            };
            let message = format!("the norm `{}` has no value{there}{chosen}", norm.name);
            return Diagnostic::new(Code::E0503, message, norm.span, "a value is missing")
                .also(root.span, reader)
                .help(help);
        }
        let span = if let Item::Definition(id) = item { model.definitions.at(id).span } else { root.span };
        let (word, name) = (self.value_word(item), self.value_name(item));
        let (whom, label) = match &way.facts {
            Some(facts) if !facts.facts.is_empty() => (" for everybody", "the versions of it hold for others there"),
            Some(_) | None => ("", "no version of it holds there"),
        };
        let mut found = Diagnostic::new(
            Code::E0509,
            format!("the {word} `{name}` does not hold{whom}{there}{chosen}"),
            span,
            label,
        )
        .also(root.span, reader);
        if let Some(facts) = &way.facts
            && !facts.facts.is_empty()
        {
            found = found.help(format!("it does not hold, for example, with `{}`", facts.facts.join(", ")));
        }
        found.help("narrow the scope of what reads it, or add a version of it that holds there")
    }

    /// `definition`, `table` or `scale`, as its first version is written.
    fn value_word(&self, item: Item) -> &'static str {
        let mut word = "definition";
        self.model.each_within([item], |_, parts| {
            for value in parts.of(Role::Value) {
                if let ExprKind::Table(_) = value.kind {
                    word = "table";
                } else if let ExprKind::Scale(..) = value.kind {
                    word = "scale";
                }
            }
        });
        word
    }

    fn value_name(&self, item: Item) -> &str {
        if let Item::Definition(id) = item {
            &self.model.definitions.at(id).name
        } else if let Item::Norm(id) = item {
            &self.model.norms.at(id).name
        } else if let Item::Exception(id) = item {
            &self.model.exceptions.at(id).name
        } else {
            ""
        }
    }
}

/// The scope of the policy.
fn whole(model: &Model) -> &Scope {
    model.sections.at(SectionId(0)).scope()
}

/// The scopes of those versions of a norm or definition that hold for everybody.
fn sure_scopes(model: &Model, item: Item) -> Vec<&Scope> {
    let versions = model.parts(item).inside.into_iter().filter(|item| item.as_version().is_some());
    let parts = versions.map(|item| model.parts(item)).filter(|parts| parts.one(Role::Cohort).is_none());
    parts.filter_map(|parts| parts.scope).collect()
}

/// The versions of the wanted name.
fn model_inside(wanted: &Wanted<'_>) -> Vec<Item> {
    let inside = wanted.cell.setting.model.parts(wanted.item).inside;
    inside.into_iter().filter(|item| item.as_version().is_some()).collect()
}

/// All versions of the name of a version.
fn versions_beside(model: &Model, version: VersionRef) -> Vec<Item> {
    match version {
        VersionRef::Provision(version) => model.parts(Item::Provision(version.provision)).inside,
        VersionRef::Exception(version) => model.parts(Item::Exception(version.exception)).inside,
        VersionRef::Definition(version) => model.parts(Item::Definition(version.definition)).inside,
        VersionRef::Norm(value) => model.parts(Item::Norm(value.norm)).inside,
        VersionRef::Handler(handler) => {
            let count = model.handlers(handler.owner).of(handler.state).len();
            let versions = 0..u32::try_from(count).unwrap_or(u32::MAX);
            versions.map(|version| Item::Handler(HandlerRef { version, ..handler })).collect()
        }
    }
}
