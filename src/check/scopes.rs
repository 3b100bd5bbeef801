//! Scopes: regions, periods and cohorts of sections and items, intersected from the outside in.

use super::{Checker, Placed, Symbol, sections::dotted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, Item};
use std::collections::BTreeSet;

impl Checker<'_> {
    /// The policy's scope, then each amendment's within it. Cohorts read facts, so they are added after these are known.
    pub(super) fn scopes_of_sections(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let scope = match placed.item {
                Item::Policy(p) => &p.scope,
                Item::Amendment(a) => &a.scope,
                _ => continue,
            };
            let own = self.scope_without_cohort(scope);
            let outer = if placed.section.0 == 0 { Scope::unbounded() } else { self.section_scope(SectionId(0)) };
            if let (Item::Policy(p), Some(cohort)) = (placed.item, &scope.cohort) {
                let text = format!("the policy `{}` holds for everybody in its scope", dotted(&p.name));
                self.report(
                    Diagnostic::new(Code::E0406, text, cohort.span, "a cohort may not stand here")
                        .help("move `for …` to an amendment, a rule or a case"),
                );
            }
            let scope = intersect(&outer, own);
            if let Some(section) = self.model.sections.get_mut(placed.section.index()) {
                section.scope = scope;
            }
        }
    }

    fn section_scope(&self, section: SectionId) -> Scope {
        self.model.sections.get(section.index()).map_or_else(Scope::unbounded, |s| s.scope.clone())
    }

    /// Cohorts of amendments, once facts and definitions are known.
    pub(super) fn cohorts_of_sections(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            if let Item::Amendment(ast::Amendment { scope: ast::Scope { cohort: Some(cohort), .. }, .. }) = placed.item
            {
                let condition = self.condition(cohort, "a cohort");
                if let Some(section) = self.model.sections.get_mut(placed.section.index()) {
                    section.scope.cohort.push(condition);
                }
            }
        }
    }

    /// The claim of an item: its own scope within its section's.
    pub(super) fn claim(&mut self, placed: Placed<'_>, scope: &ast::Scope, span: Span, cohort: bool) -> Claim {
        let scope = self.scope_within(placed.section, scope, cohort);
        Claim { section: placed.section, scope, span, file_rank: placed.file_rank }
    }

    /// A scope as written, within its section's. Where no cohort may stand, one is reported.
    pub(super) fn scope_within(&mut self, section: SectionId, scope: &ast::Scope, cohort: bool) -> Scope {
        let mut own = self.scope_without_cohort(scope);
        if let Some(condition) = &scope.cohort {
            if cohort {
                let condition = self.condition(condition, "a cohort");
                own.cohort.push(condition);
            } else {
                self.no_cohort(condition.span);
            }
        }
        let outer = self.section_scope(section);
        if !cohort && let Some(condition) = outer.cohort.first() {
            let span = condition.span;
            self.no_cohort(span);
        }
        intersect(&outer, own)
    }

    fn no_cohort(&mut self, span: Span) {
        self.report(
            Diagnostic::new(
                Code::E0406,
                "a norm is the same for everybody in a region",
                span,
                "a cohort may not stand here",
            )
            .help("use a definition with a case for each cohort: `case … = … when …`"),
        );
    }

    fn scope_without_cohort(&mut self, scope: &ast::Scope) -> Scope {
        let mut result = Scope::unbounded();
        if !scope.regions.is_empty() {
            let mut set = BTreeSet::new();
            for name in &scope.regions {
                match self.region_id(name) {
                    Some(id) => set.extend(self.inside_of(id)),
                    None => return result,
                }
            }
            result.regions = Some(set);
        }
        result.from.extend(scope.from.as_ref().and_then(|b| self.bound(b)));
        result.through.extend(scope.through.as_ref().and_then(|b| self.bound(b)));
        if let (Some(ast::DateBound::Date(from, a)), Some(ast::DateBound::Date(through, b))) =
            (&scope.from, &scope.through)
            && through < from
        {
            self.report(
                Diagnostic::new(Code::E0402, "this period ends before it starts", *b, format!("ends on {through}"))
                    .also(*a, format!("starts on {from}"))
                    .help("exchange the two dates, or correct one of them"),
            );
        }
        result
    }

    /// The id of a region by name.
    pub(super) fn region_id(&mut self, name: &ast::Name) -> Option<RegionId> {
        let found = self.symbols.regions.get(&name.text).map(|(id, _)| *id);
        if found.is_none() {
            let known: Vec<String> = self.symbols.regions.keys().cloned().collect();
            self.unknown("region", name, known.iter().map(String::as_str));
        }
        found
    }

    /// A region and everything in it.
    pub(super) fn inside_of(&self, region: RegionId) -> BTreeSet<RegionId> {
        let mut set = BTreeSet::from([region]);
        // Parents come before their children, so one pass finds them all.
        for (index, other) in self.model.regions.iter().enumerate() {
            if other.parent.is_some_and(|p| set.contains(&p)) {
                set.insert(RegionId::new(index));
            }
        }
        set
    }

    fn bound(&mut self, bound: &ast::DateBound) -> Option<DateBound> {
        match bound {
            ast::DateBound::Date(date, _) => Some(DateBound::Date(*date)),
            ast::DateBound::Name(name) => match self.symbol(&name.text) {
                Some(Symbol::Assumption(id)) => {
                    self.used.assumption(id);
                    self.bounds.push((id, name.span));
                    Some(DateBound::Assumption(id))
                }
                Some(_) => {
                    self.report(
                        Diagnostic::new(
                            Code::E0307,
                            format!("`{}` is no assumption, so it cannot bound a period", name.text),
                            name.span,
                            "expected a date or an assumption that is a date",
                        )
                        .help("write the date itself, or an `assumption NAME: date = …`"),
                    );
                    None
                }
                None => {
                    let known: Vec<String> = self.model.assumptions.iter().map(|a| a.name.clone()).collect();
                    self.unknown("assumption", name, known.iter().map(String::as_str));
                    None
                }
            },
        }
    }

    /// What bounds a period is a date. The types of assumptions are known later than scopes are read.
    pub(super) fn bounds_are_dates(&mut self) {
        for (id, span) in std::mem::take(&mut self.bounds) {
            let Some(assumption) = self.model.assumptions.get(id.index()) else { continue };
            if matches!(assumption.ty, Type::Date | Type::Error) {
                continue;
            }
            let (name, declared, found) = (assumption.name.clone(), assumption.span, self.type_name(&assumption.ty));
            self.report(
                Diagnostic::new(
                    Code::E0301,
                    format!("`{name}` is {found}, and a period is bounded by dates"),
                    span,
                    "expected a date",
                )
                .also(declared, "declared here")
                .help(format!("write the date itself, or make the assumption a date: `assumption {name}: date = …`")),
            );
        }
    }

    /// An expression that is true or false.
    pub(super) fn condition(&mut self, expr: &ast::Expr, what: &str) -> Expr {
        let condition = self.expr(expr, Some(&Type::Bool));
        let text = self.quote(condition.span);
        let help = match &condition.ty {
            Type::Bool | Type::Error => return condition,
            Type::Enum(id) => {
                let values = self.model.enums.get(id.index()).map(|e| &e.values);
                let first = values.and_then(|v| v.first()).map_or("VALUE", |(name, _)| name.as_str());
                format!("ask for its value: `{text} is {first}`")
            }
            Type::Region => format!("ask where it lies: `{text} in {{ REGION }}`"),
            Type::List(_) => format!("ask about its elements: `any(x in {text}: …)`, or how many: `count({text}) > 0`"),
            Type::Record(_) => format!("ask for one of its fields: `{text}.FIELD`"),
            Type::Text => format!("compare it: `{text} = \"…\"`; a fact that is yes or no has the type `bool`"),
            Type::Number(..) | Type::Date | Type::Duration(_) => format!("compare it with something: `{text} > …`"),
        };
        let found = self.type_name(&condition.ty);
        self.report(
            Diagnostic::new(
                Code::E0301,
                format!("{what} must be true or false"),
                condition.span,
                format!("this is {found}"),
            )
            .help(help),
        );
        condition
    }
}

/// A scope inside another.
pub(super) fn intersect(outer: &Scope, inner: Scope) -> Scope {
    let regions = match (&outer.regions, inner.regions) {
        (None, inner) => inner,
        (Some(outer), None) => Some(outer.clone()),
        (Some(outer), Some(inner)) => Some(outer.intersection(&inner).copied().collect()),
    };
    let join = |a: &[DateBound], b: Vec<DateBound>| {
        let mut all = a.to_vec();
        all.extend(b.into_iter().filter(|x| !a.contains(x)));
        all
    };
    let mut cohort = outer.cohort.clone();
    for condition in inner.cohort {
        if !cohort.contains(&condition) {
            cohort.push(condition);
        }
    }
    Scope { regions, from: join(&outer.from, inner.from), through: join(&outer.through, inner.through), cohort }
}
