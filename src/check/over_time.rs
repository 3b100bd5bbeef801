//! Facts over time: the record type of their values, which need not be declared, and how they are read.

use super::{Checker, expr::broken};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast;

impl Checker<'_> {
    /// True if values of a type can vary over time; reports it if not.
    pub(super) fn varies(&mut self, ty: &Type, field: &ast::FieldSyntax, words: Span) -> bool {
        let help = match ty {
            Type::List(_) => "a list holds what there is at any time: give its elements a `period`, or dates",
            Type::Record(id) if self.model.records.at(*id).kind == RecordKind::Declared => {
                "let those of its fields vary that do: `FIELD: TYPE over time`"
            }
            Type::Record(_) => "a period has its own days; a list of periods says when something held",
            Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Error => return !ty.is_error(),
        };
        let found = self.type_name(ty);
        self.report(
            Diagnostic::new(
                Code::E0301,
                format!("`{}` is {found}, which has no value on a day", field.name.text),
                words,
                "only one value at a time can vary",
            )
            .help(help),
        );
        false
    }

    /// The declaration of a fact over time, from that of its value on a day: a list of values, each with the period in which
    /// it holds. `owner` names their record type.
    pub(super) fn over_time(&mut self, value: Datum, owner: &str) -> Datum {
        let record = RecordId::new(self.model.records.len());
        let mut fields = Vec::with_capacity(PERIOD_ENDS.len() + 1);
        for end in Field::ends_of_period(record, value.span) {
            fields.push(FieldId::new(self.model.fields.len()));
            self.model.fields.push(end);
        }
        fields.push(FieldId::new(self.model.fields.len()));
        let list = Datum {
            ty: Type::List(Box::new(Type::Record(record))),
            unit: None,
            bounds: Bounds::default(),
            registries: value.registries.clone(),
            ..value.clone()
        };
        let index = u32::try_from(PERIOD_ENDS.len()).unwrap_or(u32::MAX);
        let datum = Datum { name: DATED_VALUE.to_owned(), registries: Vec::new(), ..value };
        self.model.fields.push(Field { record, index, datum });
        let (kind, span) = (RecordKind::DatedValue, list.span);
        self.model.records.push(Record { name: owner.to_owned(), fields, kind, span });
        list
    }

    /// What is read of a fact or a field: of one over time, its value on the day at hand.
    pub(super) fn on_its_day(&self, read: Expr) -> Expr {
        match self.model.dated_value(&read.ty) {
            Some(field) => {
                let (ty, span) = (self.model.fields.at(field).datum.ty.clone(), read.span);
                Expr { kind: ExprKind::OverTime(Box::new(read), field), ty, span }
            }
            None => read,
        }
    }

    /// `NAME at DATE`
    pub(super) fn at(&mut self, inner: &ast::ExprSyntax, date: &ast::ExprSyntax, span: Span) -> Expr {
        let inner = self.expr(inner, None);
        let date = self.expr(date, Some(&Type::Date));
        self.expect(&date, &Type::Date, "`at` takes a date");
        if matches!(inner.kind, ExprKind::Norm(_) | ExprKind::Define(..) | ExprKind::OverTime(..)) {
            let ty = inner.ty.clone();
            return Expr { kind: ExprKind::At(inner.into(), Box::new(date)), ty, span };
        }
        if !inner.ty.is_error() {
            let is_fact = matches!(inner.kind, ExprKind::Fact(_) | ExprKind::Field(..));
            self.report(
                Diagnostic::new(
                    Code::E0301,
                    "`at` reads a norm, a definition or a fact over time as of another date",
                    inner.span,
                    if is_fact { "a fact that is the same on every day" } else { "none of these" },
                )
                .help(if is_fact {
                    "leave `at` out; if it has other values on other days, say so where it is declared: `TYPE over time`"
                } else {
                    "leave `at` out, or name what is read: `define NAME = …`, then `NAME at DATE`"
                }),
            );
        }
        broken(span)
    }
}
