//! Remarks on ages: an age that is computed with loses its days, and a sum of a date of birth and years is no birthday.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, ArithOp, HitPolicy};
use crate::value::{Duration, LeapBirthday, MonthEnd, Value};
use std::collections::BTreeMap;

/// The months in a year.
const YEAR: i64 = 12;

impl Checker<'_> {
    /// Remarks on arithmetic with an age.
    pub(super) fn counted_ages(&mut self) {
        let is_age = |e: &Expr| matches!(e.ty, Type::Duration(_)) && self.ages.may_be(e);
        let mut found: BTreeMap<Span, Span> = BTreeMap::new();
        for (_, _, expr) in self.model.expressions() {
            expr.walk(&mut |e| {
                let counted = if let ExprKind::Arith(_, a, b) = &e.kind {
                    [a, b].into_iter().map(AsRef::as_ref).find(|side| is_age(side))
                } else if let ExprKind::Neg(inner) = &e.kind {
                    Some(inner.as_ref()).filter(|inner| is_age(inner))
                } else if let ExprKind::Aggregate(a) = &e.kind
                    && a.func == AggregateFunc::Sum
                {
                    Some(a.body.as_ref().unwrap_or(&a.list)).filter(|taken| self.ages.may_be(taken))
                } else if let ExprKind::Table(table) = &e.kind
                    && table.hit == HitPolicy::Sum
                {
                    table.rows.iter().map(|row| &row.output).find(|output| is_age(output))
                } else {
                    None
                };
                if let Some(age) = counted {
                    found.insert(e.span, age.span);
                }
            });
        }
        for (span, age) in found {
            let text = "an age counts as its completed months in arithmetic";
            self.report(
                Diagnostic::new(Code::W0302, text, span, "the days since the last month are lost here")
                    .also(age, "this may be an age")
                    .help(
                        "compare the age itself, as in `age(born) >= 18 years`; where completed months are meant, \
                         `months_between(born, DATE)` says so",
                    ),
            );
        }
    }

    /// Remarks where years are added to a date of birth, if one born on 29 February would have another birthday so.
    pub(super) fn birthdays_by_addition(&mut self) {
        let assumed = self.model.assumed_dates;
        let agree = match self.model.leap_birthday {
            LeapBirthday::March1 => self.model.month_end == MonthEnd::Roll,
            LeapBirthday::February28 => self.model.month_end == MonthEnd::Clamp,
        };
        if agree && assumed.leap_birthday.is_none() && assumed.month_end.is_none() {
            return;
        }
        let births = BirthDates::of(&self.model);
        let mut found: BTreeMap<Span, String> = BTreeMap::new();
        for (_, _, expr) in self.model.expressions() {
            expr.walk(&mut |e| {
                let ExprKind::Arith(ArithOp::Add | ArithOp::Sub, a, b) = &e.kind else { return };
                let added = |date: &Expr, by: &Expr| births.has(date) && self.is_years(by);
                if added(a, b) {
                    found.insert(e.span, self.quote(a.span).to_owned());
                } else if added(b, a) {
                    found.insert(e.span, self.quote(b.span).to_owned());
                }
            });
        }
        for (span, date) in found {
            self.report(
                Diagnostic::new(
                    Code::W0303,
                    "years are added to a date of birth, which `leap_birthday` does not reach",
                    span,
                    "for one born on 29 February this need not be the birthday",
                )
                .help(format!(
                    "compare `age({date})` with the years, or give `leap_birthday` and `month_end` in the header one meaning: \
                     `march_1` with `roll`, or `february_28` with `clamp`"
                )),
            );
        }
    }

    /// True if a length of time is, or can be, a whole number of years.
    fn is_years(&self, by: &Expr) -> bool {
        let whole = |value: &Value| matches!(value, Value::Duration(Duration::Months(n)) if *n != 0 && n % YEAR == 0);
        if let ExprKind::Literal(value) = &by.kind {
            return whole(value);
        }
        if let ExprKind::Norm(id) = &by.kind {
            let values = self.model.reach([Item::Norm(*id)], |_, link, _| link == Link::Inside);
            let literals = values.into_iter().filter_map(|item| self.model.parts(item).one(Role::Value)?.literal());
            return literals.into_iter().any(whole);
        }
        let unit = self.model.unit_of(by).and_then(|unit| unit.scale.to_i64());
        by.ty == Type::Duration(DurationKind::Months) && unit == Some(YEAR)
    }
}
