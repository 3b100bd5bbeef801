//! Tests: states (`is absent`), values (`is VALUE`) and membership (`in { … }`).

use super::Checker;
use super::expr::broken;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, State};
use crate::value::Value;
use std::collections::BTreeSet;

impl Checker<'_> {
    pub(super) fn state_test(&mut self, subject: Expr, state: State, span: Span) -> Expr {
        if subject.has_state() {
            return Expr { kind: ExprKind::IsState(Box::new(subject), state), ty: Type::Bool, span };
        }
        if !subject.ty.is_error() {
            self.report(
                Diagnostic::new(
                    Code::E0308,
                    "only a fact can be absent or unavailable",
                    subject.span,
                    "this is worked out, not asked",
                )
                .help("test the facts that it is made of"),
            );
        }
        broken(span)
    }

    pub(super) fn is_value(&mut self, subject: Expr, name: &ast::Name, span: Span) -> Expr {
        let is_value = matches!(&subject.ty, Type::Enum(id) if self.enum_value(*id, &name.text).is_some());
        let state = crate::syntax::meant_state(&name.text).filter(|_| !is_value && self.named(name).is_none());
        if let Some(state) = state {
            let message = format!("`{}` is no value here", name.text);
            let found = Diagnostic::new(Code::E0310, message, name.span, "a state, called otherwise here");
            self.report(found.help(format!("write `{state}`")));
            return broken(span);
        }
        let value = match &subject.ty {
            Type::Enum(id) => match self.enum_value(*id, &name.text) {
                Some(index) => Value::Enum(*id, index),
                None => {
                    let id = *id;
                    match self.compared(&subject, name) {
                        Some(found) => self.report(found),
                        None => self.unknown_value(id, name),
                    }
                    return broken(span);
                }
            },
            Type::Region if !self.symbols.regions.contains_key(&name.text) && self.named(name).is_some() => {
                if let Some(found) = self.compared(&subject, name) {
                    self.report(found);
                }
                return broken(span);
            }
            Type::Region => match self.region_id(name) {
                Some(id) => Value::Region(id),
                None => return broken(span),
            },
            Type::Error => return broken(span),
            other @ (Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Record(_)
            | Type::List(_)) => {
                let found = self.type_name(other);
                let known = self.symbol(&name.text).is_some() || self.locals.iter().any(|(n, _)| *n == name.text);
                let help = if known {
                    format!("`=` compares two expressions: `… = {}`", name.text)
                } else {
                    "`is` takes a value of an enum, a region, `absent` or `unavailable`; `=` compares".to_owned()
                };
                self.report(
                    Diagnostic::new(
                        Code::E0310,
                        format!("`is {}` does not fit {found}", name.text),
                        span,
                        "not an enum",
                    )
                    .help(help),
                );
                return broken(span);
            }
        };
        let literal = Expr { kind: ExprKind::Literal(value), ty: subject.ty.clone(), span: name.span };
        let kind = ExprKind::Compare(ast::CompareOp::Eq, Box::new(subject), Box::new(literal));
        Expr { kind, ty: Type::Bool, span }
    }

    /// Reports a state outside a set. The grammar forbids it, but an Ast can also be built by hand.
    pub(super) fn lone_state(&mut self, state: State, span: Span) -> Expr {
        let word = state.keyword();
        self.report(
            Diagnostic::new(Code::E0310, format!("`{word}` is not a value"), span, "a state stands after `is`")
                .help(format!("test for it: `FACT is {word}`")),
        );
        broken(span)
    }

    /// `x in { absent, a, b }` is `x is absent or x in { a, b }`.
    pub(super) fn in_set(&mut self, subject: Expr, set: &[ast::ExprSyntax], span: Span) -> Expr {
        let mut tests = Vec::new();
        let mut values = Vec::new();
        for item in set {
            if let ast::ExprSyntaxKind::State(state) = item.kind {
                tests.push(self.state_test(subject.clone(), state, item.span));
            } else {
                values.push(item);
            }
        }
        if !values.is_empty() || tests.is_empty() {
            tests.push(self.in_values(subject, &values, span));
        }
        match tests.len() {
            1 => tests.pop().unwrap_or_else(|| broken(span)),
            _ if tests.iter().any(|t| t.ty.is_error()) => broken(span),
            _ => Expr { kind: ExprKind::Or(tests), ty: Type::Bool, span },
        }
    }

    fn in_values(&mut self, subject: Expr, set: &[&ast::ExprSyntax], span: Span) -> Expr {
        if matches!(subject.ty, Type::Record(_) | Type::List(_)) {
            let found = self.type_name(&subject.ty);
            self.report(
                Diagnostic::new(Code::E0310, format!("`in` does not fit {found}"), subject.span, "not a single value")
                    .help("`contains(LIST, VALUE)` asks whether a list holds a value"),
            );
            return broken(span);
        }
        let wanted = subject.ty.clone();
        let mut values = Vec::new();
        let mut regions = BTreeSet::new();
        for item in set {
            let value = match (&wanted, &item.kind) {
                (Type::Enum(id), ast::ExprSyntaxKind::Name(name)) => match self.enum_value(*id, &name.text) {
                    Some(index) => {
                        Expr { kind: ExprKind::Literal(Value::Enum(*id, index)), ty: wanted.clone(), span: item.span }
                    }
                    None => {
                        let id = *id;
                        self.unknown_value(id, name);
                        continue;
                    }
                },
                (Type::Region, ast::ExprSyntaxKind::Name(name)) => {
                    if let Some(id) = self.region_id(name) {
                        regions.extend(self.inside_of(id));
                    }
                    continue;
                }
                _ => self.expr(item, Some(&wanted)),
            };
            self.expect(&value, &wanted, "the values in braces are of the type of what is tested");
            values.push(value);
        }
        if wanted == Type::Region {
            return Expr { kind: ExprKind::InRegions(Box::new(subject), regions), ty: Type::Bool, span };
        }
        Expr { kind: ExprKind::In(Box::new(subject), values), ty: Type::Bool, span }
    }
}
