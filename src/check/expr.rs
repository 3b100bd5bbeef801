//! Expressions: resolves names to ids and gives each expression a type.

use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, DurationUnit, IsWhat, RoundMode};
use crate::value::{Duration, Number, Value};
use std::sync::Arc;

/// The expression that stands for one with an error that is already reported.
pub(super) fn broken(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Bool(false)), ty: Type::Error, span }
}

impl Checker<'_> {
    /// Types an expression. `wanted` is the enum to which a bare value belongs. The caller checks whether the type
    /// fits.
    pub(super) fn expr(&mut self, expr: &ast::ExprSyntax, wanted: Option<&Type>) -> Expr {
        let span = expr.span;
        let bool_of = |kind| Expr { kind, ty: Type::Bool, span };
        match &expr.kind {
            ast::ExprSyntaxKind::Number(number, unit) => self.number(number, unit.as_ref(), span),
            ast::ExprSyntaxKind::Percent(number) => {
                let value = Number::parse(&number.text).ok().and_then(|n| n.div(Number::integer(100)).ok());
                self.literal_number(value, Vec::new(), number, span, NumberKind::Decimal)
            }
            ast::ExprSyntaxKind::Duration(number, unit) => self.duration(number, unit, span),
            ast::ExprSyntaxKind::Date(date) => {
                Expr { kind: ExprKind::Literal(Value::Date(*date)), ty: Type::Date, span }
            }
            ast::ExprSyntaxKind::Text(text) => {
                self.braces(text, span);
                Expr { kind: ExprKind::Literal(Value::Text(Arc::from(text.as_str()))), ty: Type::Text, span }
            }
            ast::ExprSyntaxKind::Bool(value) => bool_of(ExprKind::Literal(Value::Bool(*value))),
            ast::ExprSyntaxKind::Name(name) => self.name(name, wanted),
            ast::ExprSyntaxKind::Field(inner, name) => self.field(inner, name, span),
            ast::ExprSyntaxKind::Call(name, args) => self.call(name, args, span),
            ast::ExprSyntaxKind::Round(mode, value, step) => {
                match self.own_function("round").filter(|_| *mode == RoundMode::Nearest) {
                    Some(id) => {
                        let name = ast::Name { text: "round".to_owned(), span };
                        self.define_expr(id, &name, &[value.as_ref().clone(), step.as_ref().clone()], span)
                    }
                    None => self.round(*mode, value, step, span),
                }
            }
            ast::ExprSyntaxKind::Aggregate(aggregate) => self.aggregate(aggregate, span),
            ast::ExprSyntaxKind::List(items) => self.list(items, wanted, span),
            ast::ExprSyntaxKind::Not(inner) => {
                let inner = self.condition(inner, "what `not` turns round");
                bool_of(ExprKind::Not(Box::new(inner)))
            }
            ast::ExprSyntaxKind::And(parts) => {
                let parts: Vec<Expr> = parts.iter().map(|p| self.condition(p, "each side of `and`")).collect();
                self.never_together(&parts);
                bool_of(ExprKind::And(parts))
            }
            ast::ExprSyntaxKind::Or(parts) => {
                let parts = parts.iter().map(|p| self.condition(p, "each side of `or`")).collect();
                bool_of(ExprKind::Or(parts))
            }
            ast::ExprSyntaxKind::Compare(op, a, b) => self.compare(*op, a, b, span),
            ast::ExprSyntaxKind::Is(subject, negated, what) => {
                let subject = self.expr(subject, None);
                let test = match what {
                    IsWhat::State(state, _) => self.state_test(subject, *state, span),
                    IsWhat::Value(name) => self.is_value(subject, name, span),
                };
                negate(test, *negated)
            }
            ast::ExprSyntaxKind::In(subject, negated, set) => {
                let subject = self.expr(subject, None);
                let test = self.in_set(subject, set, span);
                negate(test, *negated)
            }
            ast::ExprSyntaxKind::State(state) => self.lone_state(*state, span),
            ast::ExprSyntaxKind::Arith(op, a, b) => self.arith(*op, a, b, span),
            ast::ExprSyntaxKind::Neg(inner) => {
                let inner = self.expr(inner, None);
                let ty = inner.ty.clone();
                match ty {
                    Type::Number(..) | Type::Duration(_) | Type::Error => {}
                    Type::Bool
                    | Type::Date
                    | Type::Text
                    | Type::Enum(_)
                    | Type::Region
                    | Type::Record(_)
                    | Type::List(_) => {
                        let found = self.type_name(&ty);
                        self.report(
                            Diagnostic::new(
                                Code::E0301,
                                "only a number or a duration has a sign",
                                span,
                                format!("this is {found}"),
                            )
                            .help("remove the `-`"),
                        );
                        return broken(span);
                    }
                }
                Expr { kind: ExprKind::Neg(Box::new(inner)), ty, span }
            }
            ast::ExprSyntaxKind::At(inner, date) => self.at(inner, date, span),
            ast::ExprSyntaxKind::Paren(inner) => self.expr(inner, wanted),
            ast::ExprSyntaxKind::Period(from, through) => self.period_of(from.as_deref(), through.as_deref(), span),
            ast::ExprSyntaxKind::Record(name, parts) => self.record_value(name, parts, span),
            ast::ExprSyntaxKind::Conditional(conditional) => self.conditional(conditional, wanted, span),
        }
    }

    fn number(&mut self, number: &ast::Numeral, unit: Option<&ast::UnitExpr>, span: Span) -> Expr {
        let value = Number::parse(&number.text).ok();
        let kind = if number.text.contains('.') { NumberKind::Decimal } else { NumberKind::Integer };
        match unit {
            None => self.literal_number(value, Vec::new(), number, span, kind),
            Some(unit) => match self.unit_expr(unit) {
                Some((dimension, quantity)) => {
                    let plain = quantity.scale == Number::ONE;
                    let scaled = if plain { value } else { value.and_then(|v| v.mul(quantity.scale).ok()) };
                    self.literal_number(scaled, dimension, number, span, kind)
                }
                None => broken(span),
            },
        }
    }

    fn literal_number(
        &mut self,
        value: Option<Number>,
        dimension: Dimension,
        number: &ast::Numeral,
        span: Span,
        kind: NumberKind,
    ) -> Expr {
        let Some(value) = value else {
            let most = crate::value::MAX_DIGITS;
            self.report(
                Diagnostic::new(Code::E0106, "this number cannot be kept exactly", number.span, "too many digits")
                    .help(format!("a number has at most {most} digits before and after the point together")),
            );
            return broken(span);
        };
        Expr { kind: ExprKind::Literal(Value::Number(value)), ty: Type::Number(dimension, kind), span }
    }

    fn duration(&mut self, number: &ast::Numeral, unit: &DurationUnit, span: Span) -> Expr {
        let count = Number::parse(&number.text).ok().and_then(Number::to_i64);
        let count = count.filter(|n| n.checked_mul(12).is_some());
        let Some(count) = count else {
            self.report(
                Diagnostic::new(
                    Code::E0106,
                    "a duration is a whole number of its unit",
                    number.span,
                    "not a whole number",
                )
                .help("write 18 months instead of 1.5 years"),
            );
            return broken(span);
        };
        let (value, kind) = match unit {
            DurationUnit::Years => (Duration::Months(count * 12), DurationKind::Months),
            DurationUnit::Months => (Duration::Months(count), DurationKind::Months),
            DurationUnit::Weeks => (Duration::Days(count * 7), DurationKind::Days),
            DurationUnit::Days => (Duration::Days(count), DurationKind::Days),
            DurationUnit::WorkingDays(calendar) => match self.calendar_id(calendar.as_ref(), span) {
                Some(id) => (Duration::WorkingDays(count), DurationKind::WorkingDays(id)),
                None => return broken(span),
            },
        };
        Expr { kind: ExprKind::Literal(Value::Duration(value)), ty: Type::Duration(kind), span }
    }

    fn name(&mut self, name: &ast::Name, wanted: Option<&Type>) -> Expr {
        let span = name.span;
        if let Some((_, local)) = self.locals.iter().rev().find(|(n, _)| *n == name.text) {
            let local = *local;
            let ty = self.model.locals.at(local).ty.clone();
            return Expr { kind: ExprKind::Local(local), ty, span };
        }
        match name.text.as_str() {
            // What a policy declares under such a name is meant.
            _ if self.symbol(&name.text).is_some() => {}
            "governing_date" => return Expr { kind: ExprKind::GoverningDate, ty: Type::Date, span },
            "governing_region" => return Expr { kind: ExprKind::GoverningRegion, ty: Type::Region, span },
            _ => {}
        }
        // A bare value of the wanted enum, unless the name refers to something else.
        match (self.symbol(&name.text).filter(|_| !self.is_foreign(name)), wanted) {
            (None, Some(Type::Enum(id))) => {
                if let Some(index) = self.enum_value(*id, &name.text) {
                    let ty = Type::Enum(*id);
                    return Expr { kind: ExprKind::Literal(Value::Enum(*id, index)), ty, span };
                }
            }
            (None, Some(Type::Region)) => {
                if let Some((id, _)) = self.symbols.regions.get(&name.text).copied() {
                    return Expr { kind: ExprKind::Literal(Value::Region(id)), ty: Type::Region, span };
                }
            }
            _ => {}
        }
        match self.symbol(&name.text) {
            Some(Symbol::Fact(id)) => self.fact_expr(id, span),
            Some(Symbol::Definition(id)) => self.define_expr(id, name, &[], span),
            Some(Symbol::Norm(id)) => {
                self.used.norms.insert(id);
                let ty = self.model.norms.at(id).ty.clone();
                Expr { kind: ExprKind::Norm(id), ty, span }
            }
            Some(Symbol::Assumption(id)) => {
                self.used.assumptions.insert(id);
                let ty = self.model.assumptions.at(id).ty.clone();
                Expr { kind: ExprKind::Assumption(id), ty, span }
            }
            Some(Symbol::Results) => self.all_results(name, &[], span),
            Some(Symbol::Group) => {
                let fields = self.symbols.groups.get(&name.text);
                let first = fields.and_then(|f| f.keys().next()).cloned().unwrap_or_default();
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("`{}` is a group of facts, not a value", name.text),
                        span,
                        "which fact of the group?",
                    )
                    .help(format!("write, for example, `{}.{first}`", name.text)),
                );
                broken(span)
            }
            Some(Symbol::Enum(id)) => {
                let first = self.model.enums.at(id).values.first().map(|(v, _)| v.clone());
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("`{}` is an enum, not a value", name.text),
                        span,
                        "which value?",
                    )
                    .help(format!(
                        "write, for example, `{}.{}`",
                        name.text,
                        first.unwrap_or_default()
                    )),
                );
                broken(span)
            }
            None => {
                self.unknown_name(name, wanted);
                broken(span)
            }
        }
    }

    fn unknown_name(&mut self, name: &ast::Name, wanted: Option<&Type>) {
        // If a value of an enum is wanted and one has a similar name, suggest that.
        if let (Some(Type::Enum(id)), false) = (wanted, self.in_message) {
            let values = &self.model.enums.at(*id).values;
            if crate::diagnostic::nearest(&name.text, values.iter().map(|(v, _)| v.as_str())).is_some() {
                self.unknown_value(*id, name);
                return;
            }
        }
        let mut known: Vec<String> = self.locals.iter().map(|(n, _)| n.clone()).collect();
        // After many unknown names the search for similar ones is too slow.
        if self.suggestions <= super::MAX_SUGGESTIONS {
            known.extend(self.symbols.values.keys().cloned());
        }
        if let Some(Type::Enum(id)) = wanted {
            let values = self.model.enums.at(*id).values.clone();
            known.extend(values.into_iter().map(|(v, _)| v));
        }
        if let Some(Type::Region) = wanted {
            known.extend(self.symbols.regions.keys().cloned());
        }
        // Likely mistakes: a fact without its group, or a value of another enum.
        let group = self.symbols.groups.iter().find(|(_, g)| g.contains_key(&name.text)).map(|(g, _)| g.clone());
        let value = self.model.enums.iter().find(|e| e.values.iter().any(|(v, _)| *v == name.text));
        let value = value.map(|e| e.name.clone());
        let truth = crate::syntax::meant_truth(&name.text).map(|truth| format!("write `{truth}`"));
        let state =
            crate::syntax::meant_state(&name.text).map(|state| format!("a state is asked by `is`: `… is {state}`"));
        let elsewhere = self.rate(name).or(truth).or(state);
        self.unknown("fact, definition, norm or assumption", name, known.iter().map(String::as_str));
        if let Some(last) = self.diagnostics.last_mut() {
            match (group, value) {
                (Some(group), _) => last.help = vec![format!("did you mean `{group}.{}`?", name.text)],
                (None, None) if elsewhere.is_some() => last.help = elsewhere.into_iter().collect(),
                (None, Some(owner)) => {
                    last.help = vec![format!(
                        "`{0}` is a value of `{owner}`: write `… is {0}`, or `… in {{ {0}, … }}` for one of several",
                        name.text
                    )];
                }
                (None, None) => {}
            }
        }
    }

    /// The help for a unit behind a `/`, as in `120 EUR/m`.
    fn rate(&mut self, name: &ast::Name) -> Option<String> {
        let before = self.sources.get(name.span.file)?.text.get(..name.span.start as usize)?;
        let line = before.trim_end().strip_suffix('/')?.trim_end();
        let unit = line.rsplit(|c: char| !c.is_alphanumeric()).next().filter(|unit| !unit.is_empty())?.to_owned();
        self.find_unit(&unit)?;
        self.find_unit(&name.text)?;
        Some(format!("a rate is written with `per`: `{unit} per {}`", name.text))
    }

    fn fact_expr(&mut self, id: FactId, span: Span) -> Expr {
        self.used.facts.insert(id);
        let ty = self.model.facts.at(id).datum.ty.clone();
        self.on_its_day(Expr { kind: ExprKind::Fact(id), ty, span })
    }

    /// One of the results of a table: `approval.status`, `approval(x).status`.
    fn result(&mut self, table: &ast::Name, args: &[ast::ExprSyntax], field: &ast::Name, span: Span) -> Expr {
        let name = super::result_tables::full_name(&table.text, &field.text);
        match self.symbol(&name) {
            Some(Symbol::Definition(id)) => {
                let name = ast::Name { text: name, span };
                self.define_expr(id, &name, args, span)
            }
            _ => {
                let known = self.results.of(&table.text).unwrap_or_default().to_vec();
                self.unknown_in("result", field, &table.text, known.iter().map(String::as_str));
                broken(span)
            }
        }
    }

    fn field(&mut self, inner: &ast::ExprSyntax, name: &ast::Name, span: Span) -> Expr {
        if let ast::ExprSyntaxKind::Name(owner) = &inner.kind
            && !self.locals.iter().any(|(n, _)| *n == owner.text)
        {
            match self.symbol(&owner.text) {
                Some(Symbol::Results) => return self.result(owner, &[], name, span),
                Some(Symbol::Group) => return self.group_fact(owner, name, span),
                Some(Symbol::Enum(id)) => return self.named_value(id, name, span),
                None if owner.text == WEEKDAY_TYPE => {
                    let days = self.weekdays(span);
                    return self.named_value(days, name, span);
                }
                Some(Symbol::Fact(_) | Symbol::Definition(_) | Symbol::Norm(_) | Symbol::Assumption(_)) | None => {}
            }
        }
        if let ast::ExprSyntaxKind::Call(owner, args) = &inner.kind
            && self.symbol(&owner.text) == Some(Symbol::Results)
        {
            return self.result(owner, args, name, span);
        }
        let inner = self.expr(inner, None);
        match &inner.ty {
            Type::Record(record) => match self.field_named(*record, &name.text) {
                Some(field) => {
                    self.used.fields.insert(field);
                    let ty = self.model.fields.at(field).datum.ty.clone();
                    self.on_its_day(Expr { kind: ExprKind::Field(Box::new(inner), field), ty, span })
                }
                None => {
                    let ids = self.model.records.at(*record).fields.clone();
                    let known: Vec<String> = ids.iter().map(|f| self.model.fields.at(*f).datum.name.clone()).collect();
                    let owner = self.quote(inner.span).to_owned();
                    self.unknown_in("field", name, &owner, known.iter().map(String::as_str));
                    broken(span)
                }
            },
            Type::Error => broken(span),
            Type::List(_) => {
                let text = self.quote(inner.span).to_owned();
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        "a list has no fields; its elements have",
                        name.span,
                        "which element?",
                    )
                    .also(inner.span, "this is a list")
                    .help(format!("write `any(x in {text}: x.{} …)`, `all(…)` or another aggregate", name.text)),
                );
                broken(span)
            }
            other @ (Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region) => {
                let found = self.type_name(other);
                self.report(
                    Diagnostic::new(
                        Code::E0301,
                        format!("{found} has no fields"),
                        name.span,
                        "no field can be taken here",
                    )
                    .help("remove the `.` and what follows it"),
                );
                broken(span)
            }
        }
    }

    fn group_fact(&mut self, group: &ast::Name, name: &ast::Name, span: Span) -> Expr {
        let known = self.symbols.groups.get(&group.text);
        match known.and_then(|g| g.get(&name.text)).copied() {
            Some(id) => self.fact_expr(id, span),
            None => {
                let known: Vec<String> = known.map_or_else(Vec::new, |g| g.keys().cloned().collect());
                self.unknown_in("fact", name, &group.text, known.iter().map(String::as_str));
                broken(span)
            }
        }
    }

    fn named_value(&mut self, id: EnumId, name: &ast::Name, span: Span) -> Expr {
        match self.enum_value(id, &name.text) {
            Some(index) => Expr { kind: ExprKind::Literal(Value::Enum(id, index)), ty: Type::Enum(id), span },
            None => {
                self.unknown_value(id, name);
                broken(span)
            }
        }
    }

    pub(super) fn unknown_value(&mut self, id: EnumId, name: &ast::Name) {
        let found = self.model.enums.at(id);
        let (owner, known) = (found.name.clone(), found.values.iter().map(|(v, _)| v.clone()).collect::<Vec<_>>());
        let mut found = Diagnostic::new(
            Code::E0310,
            format!("`{}` is no value of `{owner}`", name.text),
            name.span,
            "not one of its values",
        );
        if let Some(near) = crate::diagnostic::nearest(&name.text, known.iter().map(String::as_str)) {
            found = found.help(format!("did you mean `{near}`?"));
        }
        self.report(found.help(format!("its values are {}", super::quoted(known.iter().map(String::as_str)))));
    }

    fn list(&mut self, items: &[ast::ExprSyntax], wanted: Option<&Type>, span: Span) -> Expr {
        let mut element = match wanted {
            Some(Type::List(inner)) => Some(inner.as_ref().clone()),
            _ => None,
        };
        let mut built = Vec::new();
        for item in items {
            let value = self.expr(item, element.as_ref());
            match &element {
                Some(ty) => {
                    let ty = ty.clone();
                    self.expect(&value, &ty, "the elements of a list are of one type");
                }
                None => element = Some(value.ty.clone()),
            }
            built.push(value);
        }
        match element {
            Some(element) => Expr { kind: ExprKind::List(built), ty: Type::List(Box::new(element)), span },
            None => {
                self.report(
                    Diagnostic::new(Code::E0301, "a list of what?", span, "an empty list says nothing of its elements")
                        .help("an empty list may stand only where its type is known, as in `if absent means []`"),
                );
                broken(span)
            }
        }
    }
}

pub(super) fn negate(test: Expr, negated: bool) -> Expr {
    if negated {
        let span = test.span;
        Expr { kind: ExprKind::Not(Box::new(test)), ty: Type::Bool, span }
    } else {
        test
    }
}
