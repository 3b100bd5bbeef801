//! Scopes: regions, periods and cohorts of sections and items, intersected from the outside in.

use super::{Checker, Placed, Symbol, sections::dotted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Reads the policy's scope, then each amendment's within it. Cohorts read facts, so `cohorts_of_sections` adds
    /// them later.
    pub(super) fn scopes_of_sections(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            let Some((scope, _)) = placed.item.header() else { continue };
            let own = self.scope_without_cohort(scope);
            let outer = (placed.section.0 != 0).then(|| self.section_scope(SectionId(0)));
            if let (ast::ItemSyntax::Policy(p), Some(cohort)) = (placed.item, &scope.cohort) {
                let text = format!("the policy `{}` holds for everybody in its scope", dotted(&p.name));
                self.report(
                    Diagnostic::new(Code::E0406, text, cohort.span, "a cohort may not stand here")
                        .help("move `for …` to an amendment, a rule or a case"),
                );
            }
            self.model.sections.at_mut(placed.section).set_scope(own, outer.as_ref());
        }
    }

    fn section_scope(&self, section: SectionId) -> Scope {
        self.model.sections.at(section).scope().clone()
    }

    /// Adds the cohorts of amendments, once facts and definitions are known.
    pub(super) fn cohorts_of_sections(&mut self, items: &[Placed<'_>]) {
        for placed in items {
            if let ast::ItemSyntax::Amendment(ast::AmendmentSyntax {
                scope: ast::ScopeSyntax { cohort: Some(cohort), .. },
                ..
            }) = placed.item
            {
                let condition = self.condition(cohort, "a cohort");
                self.model.sections.at_mut(placed.section).narrow_to(condition);
            }
        }
    }

    /// The claim of an item: its own scope within its section's.
    pub(super) fn claim(&mut self, placed: Placed<'_>, scope: &ast::ScopeSyntax, span: Span, cohort: bool) -> Claim {
        let own = self.own_scope(placed.section, scope, cohort);
        let replaces = placed.item.replacement().is_some() || matches!(placed.item, ast::ItemSyntax::Suspend(_));
        let around = self.model.sections.at(placed.section).scope();
        Claim::new(placed.section, own, around, replaces, span, placed.file_rank)
    }

    /// A scope as written, within its section's. Reports a cohort if `cohort` is false.
    pub(super) fn scope_within(&mut self, section: SectionId, scope: &ast::ScopeSyntax, cohort: bool) -> Scope {
        self.own_scope(section, scope, cohort).within(self.model.sections.at(section).scope())
    }

    /// A scope as written, for an item of a section. Reports a cohort if `cohort` is false.
    fn own_scope(&mut self, section: SectionId, scope: &ast::ScopeSyntax, cohort: bool) -> Scope {
        let mut own = self.scope_without_cohort(scope);
        if let Some(condition) = &scope.cohort {
            if cohort {
                let condition = self.condition(condition, "a cohort");
                own.narrow_to(condition);
            } else {
                self.no_cohort(condition.span);
            }
        }
        if !cohort && let Some(around) = self.model.parts(Item::Section(section)).one(Role::Cohort) {
            self.no_cohort(around.span);
        }
        own
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

    fn scope_without_cohort(&mut self, scope: &ast::ScopeSyntax) -> Scope {
        let mut regions = None;
        if !scope.regions.is_empty() {
            let mut set = BTreeSet::new();
            for name in &scope.regions {
                match self.region_id(name) {
                    Some(id) => set.extend(self.inside_of(id)),
                    None => return Scope::unbounded(),
                }
            }
            regions = Some(set);
        }
        let from = scope.from.as_ref().and_then(|b| self.bound(b));
        let through = scope.through.as_ref().and_then(|b| self.bound(b));
        if let (Some(ast::DateBoundSyntax::Date(from, a)), Some(ast::DateBoundSyntax::Date(through, b))) =
            (&scope.from, &scope.through)
            && through < from
        {
            self.report(
                Diagnostic::new(Code::E0402, "this period ends before it starts", *b, format!("ends on {through}"))
                    .also(*a, format!("starts on {from}"))
                    .help("exchange the two dates, or correct one of them"),
            );
        }
        Scope::new(regions, from, through)
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
        for (id, other) in self.model.regions.entries() {
            if other.parent.is_some_and(|p| set.contains(&p)) {
                set.insert(id);
            }
        }
        set
    }

    fn bound(&mut self, bound: &ast::DateBoundSyntax) -> Option<DateBound> {
        match bound {
            ast::DateBoundSyntax::Date(date, _) => Some(DateBound::Date(*date)),
            ast::DateBoundSyntax::Name(name) => match self.symbol(&name.text) {
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

    /// Reports bounds of periods that are no dates. Scopes are read before the types of assumptions are known.
    pub(super) fn bounds_are_dates(&mut self) {
        for (id, span) in std::mem::take(&mut self.bounds) {
            let assumption = self.model.assumptions.at(id);
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

    /// Types an expression that must be a condition.
    pub(super) fn condition(&mut self, expr: &ast::ExprSyntax, what: &str) -> Expr {
        let condition = self.expr(expr, Some(&Type::Bool));
        let text = self.quote(condition.span);
        let help = match &condition.ty {
            Type::Bool | Type::Error => return condition,
            Type::Enum(id) => {
                let first = self.model.enums.at(*id).values.first().map_or("VALUE", |(name, _)| name.as_str());
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
