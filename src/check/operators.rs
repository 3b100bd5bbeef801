//! Operators: comparisons, arithmetic with units and durations, rounding.

use super::expr::{broken, negate};
use super::{Checker, units::combine};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, ArithOp, CompareOp, RoundMode};
use crate::value::{Number, Value};

impl Checker<'_> {
    /// True if an expression is the bare name of a value of an enum, or a conditional of such names.
    fn is_bare(&self, expr: &ast::ExprSyntax) -> bool {
        if let ast::ExprSyntaxKind::Name(name) = &expr.kind {
            (self.symbol(&name.text).is_none() || self.is_foreign(name))
                && !self.locals.iter().any(|(local, _)| *local == name.text)
        } else if let ast::ExprSyntaxKind::Conditional(conditional) = &expr.kind {
            self.is_bare(&conditional.value) && self.is_bare(&conditional.otherwise)
        } else {
            false
        }
    }

    /// Types two expressions of one type; a bare enum value takes its enum from the other one.
    fn both(&mut self, a: &ast::ExprSyntax, b: &ast::ExprSyntax) -> (Expr, Expr) {
        if self.is_bare(a) && !self.is_bare(b) {
            let right = self.expr(b, None);
            if right.ty.is_error() {
                return (broken(a.span), right);
            }
            let left = self.expr(a, Some(&right.ty.clone()));
            return (left, right);
        }
        let left = self.expr(a, None);
        if left.ty.is_error() && self.is_bare(b) {
            // The left side has an error, so the enum of the bare name is not known.
            return (left, broken(b.span));
        }
        let right = self.expr(b, Some(&left.ty.clone()));
        (left, right)
    }

    /// Types a conditional: both of its values have one type, that of the whole.
    pub(super) fn conditional(
        &mut self,
        conditional: &ast::ConditionalSyntax,
        wanted: Option<&Type>,
        span: Span,
    ) -> Expr {
        let condition = self.condition(&conditional.condition, "what stands after `when`");
        let (value, otherwise) = match wanted {
            Some(_) => (self.expr(&conditional.value, wanted), self.expr(&conditional.otherwise, wanted)),
            None => self.both(&conditional.value, &conditional.otherwise),
        };
        if value.ty.is_error() || otherwise.ty.is_error() || !self.alike(&value, &otherwise, "values of a conditional")
        {
            return broken(span);
        }
        let ty = match (&value.ty, &otherwise.ty) {
            (Type::Number(dimension, a), Type::Number(_, b)) => Type::Number(dimension.clone(), *a.max(b)),
            (ty, _) => ty.clone(),
        };
        Expr { kind: ExprKind::Conditional(Box::new(Conditional { value, condition, otherwise })), ty, span }
    }

    pub(super) fn compare(&mut self, op: CompareOp, a: &ast::ExprSyntax, b: &ast::ExprSyntax, span: Span) -> Expr {
        let (left, right) = self.both(a, b);
        if left.ty.is_error() || right.ty.is_error() {
            return broken(span);
        }
        if !self.alike(&left, &right, "two sides of a comparison") {
            return broken(span);
        }
        let ordered = matches!(left.ty, Type::Number(..) | Type::Date | Type::Duration(_));
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if let Type::Record(id) = left.ty
            && equality
            && self.model.records.at(id).kind == RecordKind::Declared
        {
            return negate(self.same_record(id, left, right, span), op == CompareOp::Ne);
        }
        if (!ordered && !equality) || matches!(left.ty, Type::Record(_) | Type::List(_)) {
            let found = self.type_name(&left.ty);
            let help = if let Type::Record(id) = left.ty {
                match self.model.records.at(id).kind {
                    RecordKind::Period => {
                        "periods are compared by `covers(P, Q)`, `overlap(P, Q)`, `meets(P, Q)`, or by `P.from` and `P.through`"
                    }
                    RecordKind::Declared | RecordKind::DatedValue => {
                        "records are only equal or not; their parts may have an order: `A.FIELD < B.FIELD`"
                    }
                }
            } else {
                "numbers, dates and durations have an order; the rest can only be equal or not"
            };
            self.report(
                Diagnostic::new(Code::E0301, format!("{found} cannot be compared so"), span, "no such comparison")
                    .help(help),
            );
            return broken(span);
        }
        self.never_holds(op, &left, &right, span);
        let kind = match op {
            // `!=` becomes a negated `=`, so that later stages know one equality only.
            CompareOp::Ne => ExprKind::Not(Box::new(Expr {
                kind: ExprKind::Compare(CompareOp::Eq, Box::new(left), Box::new(right)),
                ty: Type::Bool,
                span,
            })),
            CompareOp::Eq | CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => {
                ExprKind::Compare(op, Box::new(left), Box::new(right))
            }
        };
        Expr { kind, ty: Type::Bool, span }
    }

    /// True if two values have one type, digits of numbers aside; reports it if not.
    pub(super) fn alike(&mut self, a: &Expr, b: &Expr, what: &str) -> bool {
        let same = match (&a.ty, &b.ty) {
            (Type::Error, _) | (_, Type::Error) => true,
            (Type::Number(x, _), Type::Number(y, _)) => x == y,
            (x, y) => x == y,
        };
        if same {
            return true;
        }
        for (value, other) in [(b, a), (a, b)] {
            if let Some(found) = self.meant_value(value, &other.ty) {
                self.report(found);
                return false;
            }
        }
        let (left, right) = (self.type_name(&a.ty), self.type_name(&b.ty));
        let (code, help) = match (&a.ty, &b.ty) {
            (Type::Number(x, _), Type::Number(y, _)) => (Code::E0302, self.unit_help((a, x), (b, y))),
            (Type::Duration(_), Type::Duration(_)) => {
                let help = "how many days a month has depends on the month: add the duration to a date and compare dates, or \
                            count both in one kind";
                (Code::E0304, help.into())
            }
            (Type::Number(d, _), Type::Duration(kind)) if d.is_empty() => (Code::E0301, self.duration_help(a, *kind)),
            (Type::Duration(kind), Type::Number(d, _)) if d.is_empty() => (Code::E0301, self.duration_help(b, *kind)),
            _ => (Code::E0301, "compare values of one kind".into()),
        };
        self.report(
            Diagnostic::new(
                code,
                format!("the {what} differ: {left}, and {right}"),
                b.span,
                format!("this is {right}"),
            )
            .also(a.span, format!("this is {left}"))
            .help(help),
        );
        false
    }

    /// A help line for two numbers of different units.
    fn unit_help(&self, (a, x): (&Expr, &Dimension), (b, y): (&Expr, &Dimension)) -> String {
        let unit = |d: &Dimension| self.default_quantity(d).map_or_else(String::new, |q| q.text);
        let (plain, sized) = match (x.is_empty(), y.is_empty()) {
            (true, _) => (a, unit(y)),
            (_, true) => (b, unit(x)),
            (false, false) => {
                return format!("`{}` and `{}` measure different things: correct one of the two", unit(x), unit(y));
            }
        };
        if matches!(plain.kind, ExprKind::Literal(_)) {
            format!("give the number its unit: `{} {sized}`", self.quote(plain.span))
        } else {
            format!("give both the same unit: a plain number times `1 {sized}` is a quantity")
        }
    }

    /// A help line for a plain number where a duration is expected.
    fn duration_help(&self, plain: &Expr, kind: DurationKind) -> String {
        let number = if matches!(plain.kind, ExprKind::Literal(_)) { self.quote(plain.span) } else { "18" };
        match kind {
            DurationKind::Months => format!("a duration has a unit: `{number} years` or `{number} months`"),
            DurationKind::Days => format!("a duration has a unit: `{number} days`"),
            DurationKind::WorkingDays(_) => format!("a duration has a unit: `{number} working days`"),
        }
    }

    pub(super) fn arith(&mut self, op: ArithOp, a: &ast::ExprSyntax, b: &ast::ExprSyntax, span: Span) -> Expr {
        let left = self.expr(a, None);
        let right = self.expr(b, None);
        if left.ty.is_error() || right.ty.is_error() {
            return broken(span);
        }
        let ty = match (op, &left.ty, &right.ty) {
            (ArithOp::Add | ArithOp::Sub, Type::Number(x, j), Type::Number(y, k)) if x == y => {
                Some(Type::Number(x.clone(), (*j).max(*k)))
            }
            (ArithOp::Add | ArithOp::Sub, Type::Number(..), Type::Number(..)) => {
                self.alike(&left, &right, "two sides of a sum or difference");
                return broken(span);
            }
            (ArithOp::Mul, Type::Number(x, j), Type::Number(y, k)) => {
                combine(x, y, 1).map(|d| Type::Number(d, (*j).max(*k)))
            }
            (ArithOp::Div, Type::Number(x, j), Type::Number(y, k)) => {
                let kind =
                    if finite_divisor(&right) { (*j).max(*k).max(NumberKind::Decimal) } else { NumberKind::Ratio };
                combine(x, y, -1).map(|d| Type::Number(d, kind))
            }
            (ArithOp::Add | ArithOp::Sub, Type::Date, Type::Duration(_)) => Some(Type::Date),
            (ArithOp::Add, Type::Duration(_), Type::Date) => Some(Type::Date),
            (ArithOp::Sub, Type::Date, Type::Date) => Some(Type::Duration(DurationKind::Days)),
            (ArithOp::Add | ArithOp::Sub, Type::Duration(x), Type::Duration(y)) if x == y => Some(Type::Duration(*x)),
            (ArithOp::Add | ArithOp::Sub, Type::Duration(_), Type::Duration(_)) => {
                self.alike(&left, &right, "two durations");
                return broken(span);
            }
            (ArithOp::Mul, Type::Duration(k), Type::Number(d, NumberKind::Integer))
            | (ArithOp::Mul, Type::Number(d, NumberKind::Integer), Type::Duration(k))
                if d.is_empty() =>
            {
                Some(Type::Duration(*k))
            }
            (ArithOp::Div, Type::Duration(x), Type::Duration(y)) if x == y => Some(Type::number(NumberKind::Ratio)),
            _ => None,
        };
        let Some(ty) = ty else {
            return self.no_such_arithmetic(op, &left, &right, span);
        };
        self.chained_months(op, &left, &right, span);
        // The date always comes first, so that later stages know one order only.
        let (left, right) = if right.ty == Type::Date && left.ty != Type::Date { (right, left) } else { (left, right) };
        Expr { kind: ExprKind::Arith(op, Box::new(left), Box::new(right)), ty, span }
    }

    fn no_such_arithmetic(&mut self, op: ArithOp, left: &Expr, right: &Expr, span: Span) -> Expr {
        let (a, b) = (self.type_name(&left.ty), self.type_name(&right.ty));
        let word = match op {
            ArithOp::Add => "added to",
            ArithOp::Sub => "taken from",
            ArithOp::Mul => "multiplied with",
            ArithOp::Div => "divided by",
        };
        let (first, second) = if op == ArithOp::Sub { (&b, &a) } else { (&a, &b) };
        let whole_day = match (&left.kind, &right.ty) {
            (ExprKind::At(what, day), Type::Duration(_)) => Some(format!(
                "`at` takes the day next to it; put the whole day in parentheses: `{} at ({})`",
                self.quote(what.span),
                self.quote(day.span.to(right.span))
            )),
            _ => None,
        };
        let help = match (&left.ty, &right.ty) {
            _ if whole_day.is_some() => whole_day.as_deref().unwrap_or_default(),
            (Type::Date, Type::Number(..)) => "a number needs a unit of time here: `10 days`, `1 month`",
            (Type::Duration(_), Type::Number(..)) | (Type::Number(..), Type::Duration(_)) => {
                "a duration can be multiplied with a whole number only"
            }
            (Type::Bool, _) | (_, Type::Bool) => "conditions are joined by `and` and `or`",
            _ => "arithmetic works on numbers, quantities, dates and durations",
        };
        self.report(
            Diagnostic::new(Code::E0301, format!("{first} cannot be {word} {second}"), span, "no such arithmetic")
                .also(left.span, format!("this is {a}"))
                .also(right.span, format!("this is {b}"))
                .help(help),
        );
        broken(span)
    }

    /// Warns that `date + 1 month + 1 month` is not `date + 2 months` at the end of a month.
    fn chained_months(&mut self, op: ArithOp, left: &Expr, right: &Expr, span: Span) {
        let months = Type::Duration(DurationKind::Months);
        if let ExprKind::Arith(ArithOp::Add | ArithOp::Sub, date, inner) = &left.kind
            && matches!(op, ArithOp::Add | ArithOp::Sub)
            && date.ty == Type::Date
            && inner.ty == months
            && right.ty == months
        {
            self.report(
                Diagnostic::new(
                    Code::W0301,
                    "months are added one after the other, and the first sum may be cut to the month's end",
                    span,
                    "31 January + 1 month + 1 month is 28 March",
                )
                .help("add the durations first: `date + (1 month + 1 month)`"),
            );
        }
    }

    pub(super) fn round(
        &mut self,
        mode: RoundMode,
        value: &ast::ExprSyntax,
        step: &ast::ExprSyntax,
        span: Span,
    ) -> Expr {
        let value = self.expr(value, None);
        let step = self.expr(step, None);
        if value.ty.is_error() || step.ty.is_error() {
            return broken(span);
        }
        let (Type::Number(dimension, _), Type::Number(_, kind)) = (&value.ty, &step.ty) else {
            self.report(
                Diagnostic::new(
                    Code::E0306,
                    "only numbers and quantities are rounded",
                    span,
                    "expected a number and a step",
                )
                .help("write `round(AREA, 0.01 m2)`, `round up(…)`, `round down(…)` or `round even(…)`"),
            );
            return broken(span);
        };
        let (dimension, kind) = (dimension.clone(), *kind);
        if !self.alike(&value, &step, "value and its rounding step") {
            return broken(span);
        }
        self.rounding_step(&step);
        let ty = Type::Number(dimension, kind);
        Expr { kind: ExprKind::Round(mode, Box::new(value), Box::new(step)), ty, span }
    }

    /// Reports a step that may have no end, or that is known not to be above zero.
    pub(super) fn rounding_step(&mut self, step: &Expr) {
        if let Type::Number(dimension, NumberKind::Ratio) = &step.ty {
            let example = if dimension.is_empty() { "0.01" } else { "0.01 m2" };
            self.report(
                Diagnostic::new(
                    Code::E0305,
                    "a rounding step must be a finite decimal",
                    step.span,
                    "this may have no end",
                )
                .help(format!("write the step as a number: `{example}`")),
            );
        }
        if let ExprKind::Literal(Value::Number(n)) = &step.kind
            && *n <= Number::ZERO
        {
            self.report(
                Diagnostic::new(Code::E0306, "a rounding step is above zero", step.span, "zero or less")
                    .help("write, for example, `0.01`"),
            );
        }
    }
}

/// True if a decimal divided by this literal remains a finite decimal.
fn finite_divisor(divisor: &Expr) -> bool {
    let ExprKind::Literal(Value::Number(n)) = &divisor.kind else { return false };
    let (mut rest, _) = n.parts();
    if rest == 0 {
        return false;
    }
    for prime in [2, 5] {
        while rest % prime == 0 {
            rest /= prime;
        }
    }
    rest.abs() == 1
}
