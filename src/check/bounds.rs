//! The bounds of facts and fields: `at least` and `at most` behind a type.
//!
//! Behind a list, `at least` counts the elements. Behind a number, a date or a duration both say which values there are.
//! They are read with the type, before any norm or definition is: facts are checked when they are read, without a day or
//! a place, so a bound is written out.

use super::Checker;
use super::constant;
use super::grid::{GridCell, cells, in_words};
use super::vectors::Vector;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::syntax::ast::{self, ExprSyntaxKind, State};
use crate::syntax::limits::MAX_ELEMENTS;
use crate::value::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// The least number of elements, and the bounds of the value.
    pub(super) fn limits_of(&mut self, field: &ast::FieldSyntax, ty: &Type) -> (u32, Bounds) {
        let mut bounds = Bounds::default();
        match ty {
            Type::Error => {}
            Type::List(_) => {
                let count = field.at_least.as_ref().map_or(0, |least| self.least_count(least));
                if let Some(most) = &field.at_most {
                    self.report(
                        Diagnostic::new(
                            Code::E0301,
                            "`at most` is no bound of a list",
                            most.span,
                            "the elements of a list are only counted from below",
                        )
                        .help("leave it out; a bound of the elements stands at a field of their record"),
                    );
                }
                return (count, bounds);
            }
            Type::Number(..) | Type::Date | Type::Duration(_) => {
                bounds.at_least = field.at_least.as_ref().and_then(|e| self.value_bound(LimitKind::AtLeast, e, ty));
                bounds.at_most = field.at_most.as_ref().and_then(|e| self.value_bound(LimitKind::AtMost, e, ty));
                if self.reversed(field, &bounds) {
                    bounds = Bounds::default();
                }
            }
            Type::Bool | Type::Text | Type::Enum(_) | Type::Region | Type::Record(_) => {
                for (kind, bound) in [(LimitKind::AtLeast, &field.at_least), (LimitKind::AtMost, &field.at_most)] {
                    let Some(bound) = bound else { continue };
                    let (word, found) = (kind.keyword(), self.type_name(ty));
                    self.report(
                        Diagnostic::new(
                            Code::E0301,
                            format!(
                                "`{word}` is a bound of numbers, dates and durations, and counts elements of lists"
                            ),
                            bound.span,
                            format!("`{}` is {found}", field.name.text),
                        )
                        .help(format!("leave `{word}` out")),
                    );
                }
            }
        }
        (0, bounds)
    }

    fn least_count(&mut self, bound: &ast::ExprSyntax) -> u32 {
        let number = if let ExprSyntaxKind::Number(number, None) = &bound.kind { Some(number) } else { None };
        match number.map(|number| (number, number.text.replace('_', "").parse::<u32>())) {
            Some((number, Ok(count))) if count as usize > MAX_ELEMENTS => self.report(
                Diagnostic::new(
                    Code::E0703,
                    format!("`at least {}` is more than a list may have", number.text),
                    number.span,
                    format!("a list in a fact file has at most {MAX_ELEMENTS} elements"),
                )
                .help("ask for fewer"),
            ),
            Some((_, Ok(count))) => return count,
            Some((_, Err(_))) | None => self.report(
                Diagnostic::new(
                    Code::E0106,
                    "`at least` behind a list counts its elements",
                    bound.span,
                    "not a whole number",
                )
                .help("write, for example, `at least 1`; a bound of the elements stands at a field of their record"),
            ),
        }
        0
    }

    /// The value of a bound; `None` if it is reported.
    fn value_bound(&mut self, kind: LimitKind, expr: &ast::ExprSyntax, ty: &Type) -> Option<Value> {
        let mut written = expr;
        while let ExprSyntaxKind::Neg(inner) | ExprSyntaxKind::Paren(inner) = &written.kind {
            written = inner;
        }
        let is_literal = matches!(
            written.kind,
            ExprSyntaxKind::Number(..)
                | ExprSyntaxKind::Percent(_)
                | ExprSyntaxKind::Duration(..)
                | ExprSyntaxKind::Date(_)
                | ExprSyntaxKind::Text(_)
                | ExprSyntaxKind::Bool(_)
        );
        let word = kind.keyword();
        if !is_literal {
            self.report(
                Diagnostic::new(
                    Code::E0307,
                    format!("the bound `{word}` of a fact must be constant"),
                    expr.span,
                    "this is worked out",
                )
                .help(
                    "write the number, the date or the duration itself: facts are checked when they are read, before a day \
                     or a place is known; what turns on more is a rule",
                ),
            );
            return None;
        }
        let typed = self.expr(expr, Some(ty));
        if !self.expect(&typed, ty, &format!("`{word}` is of the fact's own type")) || typed.ty.is_error() {
            return None;
        }
        self.written_out(&typed)
    }

    /// Reports bounds that leave no value.
    fn reversed(&mut self, field: &ast::FieldSyntax, bounds: &Bounds) -> bool {
        let order = bounds.at_least.as_ref().zip(bounds.at_most.as_ref()).and_then(|(low, high)| order(low, high));
        let (Some(Ordering::Greater), Some(least), Some(most)) = (order, &field.at_least, &field.at_most) else {
            return false;
        };
        let message = format!("no value of `{}` can be within these bounds", field.name.text);
        self.report(
            Diagnostic::new(Code::E0511, message, most.span, "less than the least")
                .also(least.span, "the least that it can be")
                .help("let the two change places, or correct one of them"),
        );
        true
    }

    /// Reports each `if absent means` with a value that its fact cannot have.
    pub(super) fn defaults_within_bounds(&mut self) {
        let model = &self.model;
        let defaults: Vec<HandlerRef> = model
            .handler_owners()
            .filter(|owner| bounds_of(model, *owner).is_some())
            .flat_map(|owner| {
                let versions = 0..u32::try_from(model.handlers(owner).absent.len()).unwrap_or(u32::MAX);
                versions.map(move |version| HandlerRef { owner, state: State::Absent, version })
            })
            .filter(|handler| model.parts(Item::Handler(*handler)).one(Role::Default).is_some())
            .collect();
        if defaults.is_empty() {
            return;
        }
        let items = defaults.iter().map(|handler| Item::Handler(*handler));
        let reached = model.reach(items, |_, link, other| link.is_evaluated(other));
        let read = reached.iter().filter_map(|item| if let Item::Assumption(id) = item { Some(*id) } else { None });
        let vectors = self.vectors_of(read.collect());
        let classes = RegionClasses::new(model, reached.iter().filter_map(|item| model.parts(*item).scope));
        let mut found: BTreeMap<HandlerRef, Diagnostic> = BTreeMap::new();
        for vector in &vectors {
            let cells = cells(model, &vector.choices, &classes);
            for handler in &defaults {
                if !found.contains_key(handler)
                    && let Some(finding) = cells.iter().find_map(|cell| self.outside(*handler, *cell, vector))
                {
                    found.insert(*handler, finding);
                }
            }
        }
        self.diagnostics.extend(found.into_values());
    }

    /// The finding about a default that its fact cannot have on a day and in a place.
    fn outside(&self, handler: HandlerRef, cell: GridCell, vector: &Vector) -> Option<Diagnostic> {
        let model = &self.model;
        let parts = model.parts(Item::Handler(handler));
        let (datum, default) = (bounds_of(model, handler.owner)?, parts.one(Role::Default)?);
        let choices = &vector.choices;
        if parts.scope.is_some_and(|scope| !scope.covers(model, choices, cell.day, cell.place)) {
            return None;
        }
        let value = constant::value(default, vector.setting(model, cell.day, cell.place)).ok()?;
        let kind = datum.bounds.broken_by(&value)?;
        let bound = written(model, datum.bounds.of(kind)?, datum.unit.as_ref());
        let mut turns = false;
        default.walk(&mut |e| turns |= e.names().is_some());
        let place = if turns { in_words(model, cell) } else { String::new() };
        let chosen = vector.chosen.as_ref().map_or(String::new(), |chosen| format!(", where {chosen}"));
        let (name, value) = (model.owner_name(handler.owner), written(model, &value, datum.unit.as_ref()));
        let message = format!("no record means {value}{place}, which `{name}` cannot be{chosen}");
        let finding = Diagnostic::new(Code::E0511, message, default.span, format!("it is {} {bound}", kind.keyword()));
        Some(finding.also(datum.span, "declared here").help("write a value within the bounds, or correct the bound"))
    }
}

/// The datum of an owner, if it has bounds.
fn bounds_of(model: &Model, owner: HandlerOwner) -> Option<&Datum> {
    let datum = match owner {
        HandlerOwner::Fact(id) => &model.facts.at(id).datum,
        HandlerOwner::Field(id) => &model.fields.at(id).datum,
        HandlerOwner::Registry(_) | HandlerOwner::Policy => return None,
    };
    let datum = model.value_datum(datum);
    (!datum.bounds.is_empty()).then_some(datum)
}
