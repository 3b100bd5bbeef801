//! Rows of a table, and cases of a definition, that apply to the same facts with different results.
//!
//! Each cell of days and regions that a definition tells apart is gone through, with the versions, cases and exceptions that
//! hold there. Two whose conditions some facts make true at once are in conflict if their results differ for certain, and
//! may be if nobody can tell before the facts are known. Conditions of a form that is not decided count as apart.

use super::Checker;
use super::constant::Setting;
use super::fitting::{FactFormula, FactFormulas, Fitting, FittingFacts, Undecided};
use super::grid::{GridCell, GridRange, GridRanges, in_words};
use super::samples::Sample;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::HitPolicy;
use crate::value::Value;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// The most findings about one definition.
const MAX_FOUND: usize = 5;

/// The most pairs that are compared in one policy.
const MAX_PAIRS: usize = 4_000_000;

/// The most pairs for which facts are searched in one policy.
const MAX_SEARCHES: usize = 20_000;

/// The most tests of a sample that sort the rows of the tables of one policy.
const MAX_SORTED: usize = 8_000_000;

/// The deepest exceptions that are followed.
const MAX_DEPTH: usize = 32;

/// The most items that the definitions of one policy lead to.
const MAX_REACHED: usize = 500_000;

/// What is left of the limits.
struct SearchLimits {
    pairs: usize,
    searches: usize,
    sorted: usize,
    reached: usize,
}

/// A row, a case or an exception that can give the value of a definition.
struct Applied<'c> {
    /// All of these must be true.
    conditions: Vec<Rc<FactFormula<'c>>>,
    /// Its result; `None` if the text is open.
    value: Option<&'c Expr>,
    span: Span,
}

/// Conditions that must all be true.
type AllOf<'c> = [Rc<FactFormula<'c>>];

/// How two results compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Same,
    Different,
    /// It depends on the facts.
    Unsure,
}

/// A cell of the grid with its end, its regions and its choices.
struct SearchedCell<'c> {
    cell: GridRange<'c>,
    grid: GridCell,
    /// True if the policy tells apart more cells than this one.
    one_of_many: bool,
    chosen: Option<&'c str>,
}

impl Checker<'_> {
    /// Checks all definitions and tables, under the defaults and under each other choice of an assumption that they read.
    pub(super) fn overlaps(&mut self) {
        let mut budget =
            SearchLimits { pairs: MAX_PAIRS, searches: MAX_SEARCHES, sorted: MAX_SORTED, reached: MAX_REACHED };
        let mut found = Vec::new();
        for id in self.model.definitions.ids() {
            if self.can_overlap(id) && budget.reached > 0 {
                found.extend(self.overlaps_of(id, &mut budget));
            }
        }
        self.diagnostics.extend(found);
    }

    /// True if two rows, cases or exceptions can give the value of a definition.
    fn can_overlap(&self, id: DefinitionId) -> bool {
        let mut count = 0;
        self.model.each_within([Item::Definition(id)], |item, parts| {
            count += parts.exceptions.len() + usize::from(matches!(item, Item::Case(_)));
            let tables = parts.of(Role::Value).filter(|value| unique_rows(value).is_some());
            count += 2 * tables.count();
        });
        count > 1
    }

    fn overlaps_of(&self, id: DefinitionId, budget: &mut SearchLimits) -> Vec<Diagnostic> {
        let model = &self.model;
        // The text of a fact's declaration says nothing about the cells in which a definition differs.
        let follows = |_: Item, link: Link, other: Item| link.is_evaluated(other) && !matches!(other, Item::Fact(_));
        let reached = model.reach([Item::Definition(id)], follows);
        budget.reached = budget.reached.saturating_sub(reached.len());
        let scopes: Vec<&Scope> = reached.iter().filter_map(|item| model.parts(*item).scope).collect();
        let read = reached.iter().filter_map(|item| if let Item::Assumption(id) = item { Some(*id) } else { None });
        let vectors = self.vectors_of(read.collect());
        let own = self.own_scopes(id);
        let classes = RegionClasses::new(model, scopes.iter().copied());
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut told: BTreeSet<(Span, Span)> = BTreeSet::new();
        let mut turns = false;
        let mut seen: BTreeSet<(usize, Vec<bool>)> = BTreeSet::new();
        for (number, vector) in vectors.iter().enumerate() {
            let ranges = GridRanges::new(model, vector, &classes);
            for (at, cell) in ranges.cells.iter().copied().enumerate() {
                let covers = |scope: &&Scope| scope.covers(model, &vector.choices, cell.day, cell.place);
                let held: Vec<bool> = own.iter().map(covers).collect();
                let again = !seen.insert((number, held));
                let Some(range) = ranges.at(at) else { continue };
                let searched = SearchedCell {
                    cell: range,
                    grid: cell,
                    one_of_many: ranges.cells.len() > 1,
                    chosen: vector.chosen.as_deref(),
                };
                // Where nothing but scopes tells cells apart, one of each kind is enough.
                if again && !turns {
                    continue;
                }
                let Some(turned) = self.overlaps_in(id, &searched, budget, &mut told, &mut found) else { return found };
                turns |= turned;
            }
        }
        found
    }

    /// The scopes of the versions, cases and exceptions of a definition.
    fn own_scopes(&self, id: DefinitionId) -> Vec<&Scope> {
        let model = &self.model;
        let follows = |_: Item, link: Link, _: Item| matches!(link, Link::Inside | Link::Exception);
        let items = model.reach([Item::Definition(id)], follows);
        items.iter().filter_map(|item| model.parts(*item).scope).collect()
    }

    /// Checks a definition in one cell. True if another cell with the same scopes can give another result; `None` if
    /// enough is found, or no more can be.
    fn overlaps_in(
        &self,
        id: DefinitionId,
        searched: &SearchedCell<'_>,
        budget: &mut SearchLimits,
        told: &mut BTreeSet<(Span, Span)>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<bool> {
        let mut formulas = FactFormulas::new(&self.model, searched.cell);
        let groups = self.applied(id, &mut formulas, searched)?;
        for (all, columns) in &groups {
            for (first, second) in self.pairs(&formulas, all, *columns, budget) {
                let (Some(a), Some(b)) = (all.get(first), all.get(second)) else { continue };
                let likeness = alike(a.value, b.value, &mut formulas);
                if likeness == Likeness::Same || told.contains(&(a.span, b.span)) {
                    continue;
                }
                budget.searches = budget.searches.checked_sub(1)?;
                let together: Vec<Rc<FactFormula<'_>>> = a.conditions.iter().chain(&b.conditions).cloned().collect();
                let Fitting::Found(facts) = formulas.fitting(self, &together) else { continue };
                if facts.is_doubtful && !columns {
                    continue;
                }
                told.insert((a.span, b.span));
                let certain = likeness == Likeness::Different && !facts.is_doubtful;
                found.push(self.overlap(id, (a, b), *columns, certain, &facts, searched));
                if found.len() >= MAX_FOUND {
                    return None;
                }
            }
        }
        Some(formulas.turns_on_cell)
    }

    /// What can give the value of a definition in a cell: its cases and exceptions, and the rows of each table, which is
    /// true of the second part. `None` if exceptions are too deep.
    fn applied<'c>(
        &'c self,
        id: DefinitionId,
        formulas: &mut FactFormulas<'c>,
        searched: &SearchedCell<'c>,
    ) -> Option<Vec<(Vec<Applied<'c>>, bool)>> {
        let model = &self.model;
        let definition = model.definitions.at(id);
        let mut cases: Vec<Applied<'c>> = Vec::new();
        let mut groups = Vec::new();
        for (index, guard) in held(Versioned::claims(&definition.versions), formulas, searched) {
            let version = DefinitionRef::new(id, index);
            self.version_cases(version, &guard, formulas, searched, &mut cases)?;
            for case in model.parts(Item::DefinitionVersion(version)).inside {
                let Some(rows) = model.parts(case).one(Role::Value).and_then(unique_rows) else { continue };
                let rows = rows.iter().map(|row| {
                    let cells = row.conditions.iter().map(|cell| (cell, true));
                    let conditions = guard.iter().cloned().chain(formulas.all(cells, Undecided::Column)).collect();
                    Applied { conditions, value: Some(&row.output), span: row.span }
                });
                groups.push((rows.collect(), true));
            }
        }
        groups.push((cases, false));
        Some(groups)
    }

    fn version_cases<'c>(
        &'c self,
        version: DefinitionRef,
        guard: &[Rc<FactFormula<'c>>],
        formulas: &mut FactFormulas<'c>,
        searched: &SearchedCell<'c>,
        out: &mut Vec<Applied<'c>>,
    ) -> Option<()> {
        let model = &self.model;
        let parts = model.parts(Item::DefinitionVersion(version));
        let whole = self.exceptions(parts.exceptions, guard, formulas, searched, 0, out)?;
        let cases = match &model.definition(version).body {
            DefinitionBody::Open(_) => {
                let conditions = guard.iter().cloned().chain(whole).collect();
                out.push(Applied { conditions, value: None, span: model.definition(version).claim.span });
                return Some(());
            }
            DefinitionBody::Cases(cases) => cases,
        };
        let mut otherwise = Vec::new();
        let mut any = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            let parts = model.parts(Item::Case(CaseRef::new(version, index)));
            if !parts.scope.is_none_or(|scope| searched.covers(scope)) {
                continue;
            }
            if case.otherwise {
                otherwise.push((case, parts));
                continue;
            }
            let own: Vec<(&Expr, bool)> = parts.conditions().map(|(_, expr, wanted)| (expr, wanted)).collect();
            let own = formulas.all(own, Undecided::Opaque);
            any.push(Rc::new(FactFormula::All(own.clone())));
            self.add_case(case, &parts, (guard, &own, &whole), formulas, searched, out)?;
        }
        let none = [Rc::new(FactFormula::Not(Rc::new(FactFormula::Any(any))))];
        for (case, parts) in otherwise {
            self.add_case(case, &parts, (guard, &none, &whole), formulas, searched, out)?;
        }
        Some(())
    }

    /// Adds a case. `given` are the conditions of its version, its own, and those of the exceptions to the version.
    fn add_case<'c>(
        &'c self,
        case: &'c Case,
        parts: &Parts<'c>,
        given: (&AllOf<'c>, &AllOf<'c>, &AllOf<'c>),
        formulas: &mut FactFormulas<'c>,
        searched: &SearchedCell<'c>,
        out: &mut Vec<Applied<'c>>,
    ) -> Option<()> {
        let (guard, own, whole) = given;
        let applies: Vec<Rc<FactFormula<'c>>> = guard.iter().chain(own).cloned().collect();
        let excepted = self.exceptions(parts.exceptions, &applies, formulas, searched, 0, out)?;
        let conditions = applies.into_iter().chain(excepted).chain(whole.iter().cloned()).collect();
        out.push(Applied { conditions, value: parts.one(Role::Value), span: case.span });
        Some(())
    }

    /// Adds exceptions with their values; returns for each the condition that it does not apply.
    fn exceptions<'c>(
        &'c self,
        exceptions: &[ExceptionId],
        parent: &[Rc<FactFormula<'c>>],
        formulas: &mut FactFormulas<'c>,
        searched: &SearchedCell<'c>,
        depth: usize,
        out: &mut Vec<Applied<'c>>,
    ) -> Option<Vec<Rc<FactFormula<'c>>>> {
        let model = &self.model;
        let mut silent = Vec::new();
        if depth > MAX_DEPTH {
            return None;
        }
        for id in exceptions {
            let versions = &model.exceptions.at(*id).versions;
            for (index, guard) in held(Versioned::claims(versions), formulas, searched) {
                let version = ExceptionRef::new(*id, index);
                if model.exception(version).body.is_none() {
                    continue;
                }
                let parts = model.parts(Item::ExceptionVersion(version));
                let own = parts.conditions().filter(|(role, ..)| *role != Role::Cohort);
                let own: Vec<(&Expr, bool)> = own.map(|(_, expr, wanted)| (expr, wanted)).collect();
                let own = formulas.all(own, Undecided::Opaque);
                let applies: Vec<Rc<FactFormula<'c>>> = parent.iter().chain(&guard).chain(&own).cloned().collect();
                let inner = self.exceptions(parts.exceptions, &applies, formulas, searched, depth + 1, out)?;
                silent.push(Rc::new(FactFormula::Not(Rc::new(FactFormula::All(applies.clone())))));
                let conditions = applies.into_iter().chain(inner).collect();
                let span = model.exception(version).claim.span;
                out.push(Applied { conditions, value: parts.one(Role::Value), span });
            }
        }
        Some(silent)
    }

    /// The pairs that are worth a search: all of cases, and those rows that no single column keeps apart.
    fn pairs<'c>(
        &self,
        formulas: &FactFormulas<'c>,
        all: &[Applied<'c>],
        columns: bool,
        budget: &mut SearchLimits,
    ) -> Vec<(usize, usize)> {
        if columns && all.len() > 2 {
            return self.row_pairs(formulas, all, budget).unwrap_or_default();
        }
        let mut pairs = Vec::new();
        for second in 0..all.len() {
            for first in 0..second {
                let Some(left) = budget.pairs.checked_sub(1) else { return pairs };
                budget.pairs = left;
                pairs.push((first, second));
            }
        }
        pairs
    }

    /// Sorts rows by the values of each column that fit them.
    fn row_pairs<'c>(
        &self,
        formulas: &FactFormulas<'c>,
        rows: &[Applied<'c>],
        budget: &mut SearchLimits,
    ) -> Option<Vec<(usize, usize)>> {
        // For each column, the samples that fit each row; `None` if all do.
        let mut fitting: Vec<Vec<Option<Vec<u32>>>> = Vec::new();
        let mut pivot: Option<(usize, usize)> = None;
        for subject in formulas.subject_numbers() {
            let tests = |row: &Applied<'c>| -> Vec<Rc<FactFormula<'c>>> {
                row.conditions.iter().filter(|c| c.is_about(subject)).cloned().collect()
            };
            let columns: Vec<Vec<Rc<FactFormula<'c>>>> = rows.iter().map(tests).collect();
            let Some(samples) = formulas.samples_of(self, subject, columns.iter().flatten()) else { continue };
            let known: HashMap<&Value, u32> = (0_u32..)
                .zip(&samples)
                .filter_map(|(index, sample)| match sample {
                    Sample::One(value) => Some((value, index)),
                    Sample::Between(..) | Sample::OtherText | Sample::Silent(_) => None,
                })
                .collect();
            let mut of_rows = Vec::with_capacity(rows.len());
            let mut sizes = vec![0_usize; samples.len()];
            for column in &columns {
                if column.is_empty() {
                    of_rows.push(None);
                    sizes.iter_mut().for_each(|size| *size += 1);
                    continue;
                }
                // A row for one value needs no search through the others.
                let fits = match column.as_slice() {
                    [only] => only.value_of(&known),
                    _ => None,
                };
                let fits = match fits {
                    Some(fits) => fits,
                    None => {
                        budget.sorted = budget.sorted.checked_sub(samples.len())?;
                        let fits = (0_u32..)
                            .zip(&samples)
                            .filter(|(_, sample)| column.iter().all(|formula| formula.is_true_of(subject, sample)));
                        fits.map(|(index, _)| index).collect()
                    }
                };
                for index in &fits {
                    if let Some(size) = sizes.get_mut(*index as usize) {
                        *size += 1;
                    }
                }
                of_rows.push(Some(fits));
            }
            let cost: usize = sizes.iter().map(|size| size.saturating_mul(*size)).fold(0, usize::saturating_add);
            if pivot.is_none_or(|(_, best)| cost < best) {
                pivot = Some((fitting.len(), cost));
            }
            fitting.push(of_rows);
        }
        let buckets = buckets(pivot.and_then(|(column, _)| fitting.get(column)), rows.len());
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        for bucket in buckets {
            for (at, second) in bucket.iter().enumerate() {
                for first in bucket.iter().take(at) {
                    budget.pairs = budget.pairs.checked_sub(1)?;
                    let meet = |column: &Vec<Option<Vec<u32>>>| match (column.get(*first), column.get(*second)) {
                        (Some(Some(a)), Some(Some(b))) => meet(a, b),
                        _ => true,
                    };
                    if fitting.iter().all(meet) {
                        pairs.insert((*first, *second));
                    }
                }
            }
        }
        // In the order of the later row: that is the one which was added.
        let mut pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
        pairs.sort_by_key(|(first, second)| (*second, *first));
        Some(pairs)
    }

    fn overlap(
        &self,
        id: DefinitionId,
        (a, b): (&Applied<'_>, &Applied<'_>),
        rows: bool,
        certain: bool,
        facts: &FittingFacts,
        searched: &SearchedCell<'_>,
    ) -> Diagnostic {
        let model = &self.model;
        let name = &model.definitions.at(id).name;
        let (of, what) = if rows { ("rows of the table", "row") } else { ("cases of", "case") };
        let turns = facts.day.is_some() || facts.place.is_some() || searched.one_of_many;
        let day = facts.day.unwrap_or(searched.grid.day);
        let shown = GridCell { day, place: facts.place.or(searched.grid.place) };
        let cell = if turns { in_words(model, shown) } else { String::new() };
        let chosen = searched.chosen.map_or_else(String::new, |chosen| format!(", where {chosen}"));
        let code = if certain { Code::E0510 } else { Code::W0501 };
        let how = if certain { "apply at once and differ" } else { "can apply at once and may differ" };
        let gives = |of: &Applied<'_>| match of.value {
            Some(value) => format!("this {what} gives {}", shown_result(self.quote(value.span))),
            None => "the text of this one is open".to_owned(),
        };
        let example = if facts.facts.is_empty() {
            "both apply whatever the facts are".to_owned()
        } else {
            format!("both apply, for example, with `{}`", facts.facts.join(", "))
        };
        let mend = if rows {
            "let no two rows fit the same facts, or write `first` after the type: then the first row that fits decides"
        } else {
            "let one of them leave out the other's facts, with `unless` or a narrower `when`, or make it an exception"
        };
        let mut found = Diagnostic::new(code, format!("two {of} `{name}` {how}{cell}{chosen}"), b.span, gives(b))
            .also(a.span, gives(a))
            .help(example)
            .help(mend);
        if rows && facts.has_region {
            found =
                found.help("a region in a cell means everything inside it as well; `= REGION` means that very region");
        }
        found
    }
}

impl SearchedCell<'_> {
    fn covers(&self, scope: &Scope) -> bool {
        let Setting { model, choices, day, place, norms: _ } = self.cell.setting;
        scope.covers(model, choices, day, place)
    }
}

/// The versions that hold in a cell, each with the conditions under which it does.
fn held<'c>(
    claims: impl IntoIterator<Item = (usize, &'c Claim)>,
    formulas: &mut FactFormulas<'c>,
    searched: &SearchedCell<'c>,
) -> Vec<(usize, Vec<Rc<FactFormula<'c>>>)> {
    let Setting { model, choices, .. } = searched.cell.setting;
    let mut versions = Vec::new();
    for candidate in model.candidates(choices, claims, |scope| searched.covers(scope)) {
        if candidate.outranked_by.iter().any(|(_, cohort)| cohort.is_empty()) {
            continue;
        }
        let mut guard = formulas.all(candidate.cohort.iter().map(|c| (c, true)), Undecided::Opaque);
        for (_, cohort) in candidate.outranked_by {
            let higher = formulas.all(cohort.iter().map(|c| (c, true)), Undecided::Opaque);
            guard.push(Rc::new(FactFormula::Not(Rc::new(FactFormula::All(higher)))));
        }
        versions.push((candidate.index, guard));
    }
    versions
}

/// The rows of a table in which two that apply may not differ.
fn unique_rows(value: &Expr) -> Option<&[TableRow]> {
    let ExprKind::Table(table) = &value.kind else { return None };
    match table.hit {
        HitPolicy::Unique => Some(&table.rows),
        HitPolicy::First | HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max | HitPolicy::Count | HitPolicy::List => {
            None
        }
    }
}

fn alike<'c>(a: Option<&'c Expr>, b: Option<&'c Expr>, formulas: &mut FactFormulas<'c>) -> Likeness {
    let (Some(a), Some(b)) = (a, b) else { return Likeness::Unsure };
    if formulas.resolved(a) == formulas.resolved(b) {
        return Likeness::Same;
    }
    match (formulas.constant(a), formulas.constant(b)) {
        (Some(a), Some(b)) if a == b => Likeness::Same,
        (Some(_), Some(_)) => Likeness::Different,
        _ => Likeness::Unsure,
    }
}

/// A result in backticks, unless it is too long to be shown.
fn shown_result(text: &str) -> String {
    if text == "…" { "another result".to_owned() } else { format!("`{text}`") }
}

/// The rows by the samples of one column that fit them; all in one without a column.
fn buckets(column: Option<&Vec<Option<Vec<u32>>>>, rows: usize) -> Vec<Vec<usize>> {
    let Some(column) = column else { return vec![(0..rows).collect()] };
    let count = column.iter().flatten().flatten().max().map_or(1, |last| *last as usize + 1);
    let mut buckets: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (row, fits) in column.iter().enumerate() {
        match fits {
            None => buckets.iter_mut().for_each(|bucket| bucket.push(row)),
            Some(fits) => {
                for sample in fits {
                    if let Some(bucket) = buckets.get_mut(*sample as usize) {
                        bucket.push(row);
                    }
                }
            }
        }
    }
    buckets
}

/// True if two sorted lists share an element.
fn meet(a: &[u32], b: &[u32]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => _ = a.next(),
            std::cmp::Ordering::Greater => _ = b.next(),
        }
    }
    false
}
