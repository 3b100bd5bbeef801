//! Calls: built-in functions, definitions with arguments, aggregates over lists.

use super::{Checker, Symbol, expr::broken, periods};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::*;
use crate::model::*;
use crate::source::Span;
use crate::syntax::ast::{self, AggregateFunc};
use crate::value::{MAX_EXPONENT, Number, Value, calendar_date};

/// The built-in functions but those of periods, each with its usage.
const BUILTINS: [(&str, &str); 23] = [
    ("age", "age(BIRTH) or age(BIRTH, ON)"),
    ("years_between", "years_between(FROM, TO)"),
    ("months_between", "months_between(FROM, TO)"),
    ("days_between", "days_between(FROM, TO)"),
    ("working_days_between", "working_days_between(FROM, TO) or …, CALENDAR)"),
    ("is_working_day", "is_working_day(DATE) or …, CALENDAR)"),
    ("next_working_day", "next_working_day(DATE) or …, CALENDAR)"),
    ("weekday", "weekday(DATE)"),
    ("date", "date(YEAR, MONTH, DAY)"),
    ("year", "year(DATE)"),
    ("month", "month(DATE)"),
    ("day", "day(DATE)"),
    ("first_day_of_month", "first_day_of_month(DATE)"),
    ("first_day_of_year", "first_day_of_year(DATE)"),
    ("last_day_of_month", "last_day_of_month(DATE)"),
    ("quotient", "quotient(A, B)"),
    ("remainder", "remainder(A, B)"),
    ("power", "power(BASE, EXPONENT, STEP)"),
    ("abs", "abs(NUMBER)"),
    ("min", "min(A, B, …)"),
    ("max", "max(A, B, …)"),
    ("contains", "contains(LIST, VALUE)"),
    ("starts_with", "starts_with(TEXT, BEGINNING)"),
];

/// Every function of the language, each with its usage.
pub(super) fn builtins() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    BUILTINS.iter().chain(&periods::FUNCTIONS)
}

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span) -> Expr {
        if let Some(id) = self.called(&name.text) {
            return self.define_expr(id, name, args, span);
        }
        let Some((_, usage)) = builtins().find(|(n, _)| *n == name.text) else {
            if self.symbol(&name.text) == Some(Symbol::Results) {
                return self.all_results(name, args, span);
            }
            if self.symbol(&name.text).is_some() {
                self.report(
                    Diagnostic::new(Code::E0306, format!("`{}` takes no values", name.text), span, "not a function")
                        .help(format!("write `{}` alone", name.text)),
                );
                return broken(span);
            }
            let defined: Vec<String> = self.model.definitions.iter().map(|d| d.name.clone()).collect();
            let known = builtins().map(|(n, _)| *n).chain(defined.iter().map(String::as_str));
            self.unknown("function or definition", name, known);
            return broken(span);
        };
        match self.of_periods(name, args, span, usage) {
            Some(call) => call,
            None => self.builtin(name, args, span, usage),
        }
    }

    /// The definition that a name before `(` means, also where a built-in function has that name. One without parameters is no
    /// function, and gives way to a built-in one, as facts do.
    pub(super) fn called(&self, name: &str) -> Option<DefinitionId> {
        let Some(Symbol::Definition(id)) = self.symbol(name) else { return None };
        let definition = self.model.definitions.at(id);
        (!definition.params.is_empty() || !builtins().any(|(built_in, _)| *built_in == name)).then_some(id)
    }

    /// The definition with parameters that a word of the language before `(` means, `count(x)`, where a policy has its own.
    pub(super) fn own_function(&self, word: &str) -> Option<DefinitionId> {
        self.called(word).filter(|id| !self.model.definitions.at(*id).params.is_empty())
    }

    fn builtin(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let days = Type::Duration(DurationKind::Days);
        let months = Type::Duration(DurationKind::Months);
        let whole = Type::number(NumberKind::Integer);
        let (which, least, most, ty) = match name.text.as_str() {
            "age" => (Builtin::Age, 1, 2, months),
            "years_between" => (Builtin::YearsBetween, 2, 2, months),
            "months_between" => (Builtin::MonthsBetween, 2, 2, months),
            "days_between" => (Builtin::DaysBetween, 2, 2, days),
            "year" => (Builtin::Year, 1, 1, whole),
            "month" => (Builtin::Month, 1, 1, whole),
            "day" => (Builtin::Day, 1, 1, whole),
            "first_day_of_month" => (Builtin::FirstDayOfMonth, 1, 1, Type::Date),
            "first_day_of_year" => (Builtin::FirstDayOfYear, 1, 1, Type::Date),
            "last_day_of_month" => (Builtin::LastDayOfMonth, 1, 1, Type::Date),
            "weekday" => {
                let days = self.weekdays(span);
                (Builtin::Weekday(days), 1, 1, Type::Enum(days))
            }
            "date" => return self.date_of_parts(name, args, span, usage),
            "working_days_between" | "is_working_day" | "next_working_day" => {
                return self.working_days(name, args, span, usage);
            }
            "contains" => return self.contains(args, span, usage),
            "starts_with" => return self.starts_with(name, args, span, usage),
            "power" => return self.power(name, args, span, usage),
            "quotient" => return self.whole_division(Builtin::Quotient, name, args, span, usage),
            "remainder" => return self.whole_division(Builtin::Remainder, name, args, span, usage),
            _ => return self.of_numbers(name, args, span, usage),
        };
        if args.len() < least || args.len() > most {
            return self.wrong_count(name, args.len(), span, usage);
        }
        let mut built: Vec<Expr> = args.iter().map(|a| self.date(a, &name.text)).collect();
        self.has_ages |= which == Builtin::Age;
        if which == Builtin::Age && built.len() == 1 {
            built.push(Expr { kind: ExprKind::GoverningDate, ty: Type::Date, span });
        }
        Expr { kind: ExprKind::Call(which, built), ty, span }
    }

    fn date(&mut self, arg: &ast::ExprSyntax, function: &str) -> Expr {
        let value = self.expr(arg, Some(&Type::Date));
        self.expect(&value, &Type::Date, &format!("`{function}` takes dates"));
        value
    }

    pub(super) fn wrong_count(&mut self, name: &ast::Name, found: usize, span: Span, usage: &str) -> Expr {
        self.report(
            Diagnostic::new(
                Code::E0306,
                format!("`{}` is given {}", name.text, super::values(found)),
                span,
                "too many or too few",
            )
            .help(format!("write `{usage}`")),
        );
        broken(span)
    }

    fn working_days(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let dates = if name.text == "working_days_between" { 2 } else { 1 };
        if args.len() != dates && args.len() != dates + 1 {
            return self.wrong_count(name, args.len(), span, usage);
        }
        let calendar = match args.get(dates).map(|a| &a.kind) {
            Some(ast::ExprSyntaxKind::Name(calendar)) => self.calendar_id(Some(calendar), span),
            Some(_) => return self.wrong_count(name, args.len(), span, usage),
            None => self.calendar_id(None, span),
        };
        let built = args.iter().take(dates).map(|a| self.date(a, &name.text)).collect();
        let Some(calendar) = calendar else { return broken(span) };
        let (which, ty) = match name.text.as_str() {
            "is_working_day" => (Builtin::IsWorkingDay(calendar), Type::Bool),
            "next_working_day" => (Builtin::NextWorkingDay(calendar), Type::Date),
            _ => (Builtin::WorkingDaysBetween(calendar), Type::Duration(DurationKind::WorkingDays(calendar))),
        };
        Expr { kind: ExprKind::Call(which, built), ty, span }
    }

    /// `date(YEAR, MONTH, DAY)`; reports a date that its literals rule out.
    fn date_of_parts(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        if args.len() != 3 {
            return self.wrong_count(name, args.len(), span, usage);
        }
        let whole = Type::number(NumberKind::Integer);
        let built: Vec<Expr> = args
            .iter()
            .map(|arg| {
                let part = self.expr(arg, Some(&whole));
                self.expect(&part, &whole, "`date` takes a year, a month and a day");
                part
            })
            .collect();
        let written: Vec<Option<i64>> = built
            .iter()
            .map(|part| match part.literal() {
                // A literal that is too large is no year, no month and no day.
                Some(Value::Number(number)) => Some(number.to_i64().unwrap_or(i64::MAX)),
                _ => None,
            })
            .collect();
        // What is not written out is taken to be as lenient as it can be: a leap year, a month of 31 days, the first.
        let lenient = written.iter().zip([2000, 1, 1]).map(|(part, lenient)| part.unwrap_or(lenient));
        if let [year, month, day] = lenient.collect::<Vec<_>>().as_slice()
            && !built.iter().any(|part| part.ty.is_error())
            && calendar_date(*year, *month, *day).is_none()
        {
            let text = self.quote(span).to_owned();
            self.report(
                Diagnostic::new(Code::E0106, format!("`{text}` is no date"), span, "there is no such day").help(
                    "the years are 1 to 9999; the last day of a month is `last_day_of_month(date(YEAR, MONTH, 1))`",
                ),
            );
            return broken(span);
        }
        Expr { kind: ExprKind::Call(Builtin::Date, built), ty: Type::Date, span }
    }

    fn contains(&mut self, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let [list, value] = args else {
            let name = ast::Name { text: "contains".into(), span };
            return self.wrong_count(&name, args.len(), span, usage);
        };
        let list = self.expr(list, None);
        let element = match &list.ty {
            Type::List(inner) => inner.as_ref().clone(),
            Type::Error => return broken(span),
            other @ (Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Record(_)) => {
                let found = self.type_name(other);
                self.report(
                    Diagnostic::new(Code::E0306, "`contains` looks into a list", list.span, format!("this is {found}"))
                        .help(format!("write `{usage}`, or `VALUE in {{ … }}` for values that are written out")),
                );
                return broken(span);
            }
        };
        if let Type::Record(record) = element
            && self.model.records.at(record).kind == RecordKind::Period
        {
            self.report(
                Diagnostic::new(Code::E0306, "`contains` does not look for periods", list.span, "a list of periods")
                    .help("write `any(p in LIST: covers(p, …))`, for a day or for a period"),
            );
            return broken(span);
        }
        let value = self.expr(value, Some(&element));
        let fits = self.expect(&value, &element, "a list contains values of its own type");
        if let Type::Record(record) = element {
            return if fits { self.contains_record(record, list, value, span) } else { broken(span) };
        }
        Expr { kind: ExprKind::Call(Builtin::Contains, vec![list, value]), ty: Type::Bool, span }
    }

    /// Whether a list holds a record: whether any of its elements is equal to it, part by part.
    fn contains_record(&mut self, record: RecordId, list: Expr, value: Expr, span: Span) -> Expr {
        let ty = Type::Record(record);
        let local = self.new_local("element", ty.clone());
        let element = Expr { kind: ExprKind::Local(local), ty, span: list.span };
        let body = self.same_record(record, element, value, span);
        if body.ty.is_error() {
            return body;
        }
        let any = Aggregate { func: AggregateFunc::Any, local, list, filter: None, body: Some(body), otherwise: None };
        Expr { kind: ExprKind::Aggregate(Box::new(any)), ty: Type::Bool, span }
    }

    /// `quotient(A, B)`, `remainder(A, B)` of two numbers in one unit.
    fn whole_division(
        &mut self,
        which: Builtin,
        name: &ast::Name,
        args: &[ast::ExprSyntax],
        span: Span,
        usage: &str,
    ) -> Expr {
        let [a, b] = args else { return self.wrong_count(name, args.len(), span, usage) };
        let (a, b) = (self.expr(a, None), self.expr(b, None));
        if a.ty.is_error() || b.ty.is_error() {
            return broken(span);
        }
        let (Type::Number(dimension, of_a), Type::Number(_, of_b)) = (&a.ty, &b.ty) else {
            let wrong = if matches!(a.ty, Type::Number(..)) { &b } else { &a };
            let (text, found) = (format!("`{}` divides numbers", name.text), self.type_name(&wrong.ty));
            self.report(
                Diagnostic::new(Code::E0306, text, wrong.span, format!("this is {found}"))
                    .help(format!("write `{usage}` with two numbers, or with two amounts in one unit")),
            );
            return broken(span);
        };
        let ty = if which == Builtin::Remainder {
            Type::Number(dimension.clone(), *of_a.max(of_b))
        } else {
            Type::number(NumberKind::Integer)
        };
        if !self.alike(&a, &b, "dividend and its divisor") {
            return broken(span);
        }
        Expr { kind: ExprKind::Call(which, vec![a, b]), ty, span }
    }

    /// `power(BASE, EXPONENT, STEP)` of numbers without a unit; reports an exponent that its literal rules out.
    fn power(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let [base, exponent, step] = args else { return self.wrong_count(name, args.len(), span, usage) };
        let built = [base, exponent, step].map(|arg| self.expr(arg, None));
        let [base, exponent, step] = &built;
        let number = Type::number(NumberKind::Decimal);
        let fits = [
            self.expect(base, &number, "the base of a `power` has no unit"),
            self.expect(exponent, &Type::number(NumberKind::Integer), "the exponent of a `power` is a whole number"),
            self.expect(step, &number, "the step of a `power` has no unit"),
        ];
        if fits.contains(&false) || built.iter().any(|part| part.ty.is_error()) {
            return broken(span);
        }
        self.rounding_step(step);
        self.exponent(exponent);
        let ty = step.ty.clone();
        Expr { kind: ExprKind::Call(Builtin::Power, built.into()), ty, span }
    }

    /// Reports an exponent that is written out and no power has.
    fn exponent(&mut self, exponent: &Expr) {
        let Some(written) = written_number(exponent) else { return };
        let (found, help) = if written < Number::ZERO {
            ("below 0", "divide by the power: `AMOUNT / power(BASE, EXPONENT, STEP)`")
        } else if written > Number::integer(i64::from(MAX_EXPONENT)) {
            ("too large", "correct the exponent, or multiply several powers")
        } else {
            return;
        };
        let text = format!("an exponent is a whole number from 0 to {MAX_EXPONENT}");
        self.report(Diagnostic::new(Code::E0306, text, exponent.span, found).help(help));
    }

    /// `starts_with(TEXT, BEGINNING)`
    fn starts_with(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let [text, beginning] = args else { return self.wrong_count(name, args.len(), span, usage) };
        let built = [text, beginning].map(|arg| self.expr(arg, Some(&Type::Text)));
        for part in &built {
            self.expect(part, &Type::Text, "`starts_with` takes two texts");
        }
        Expr { kind: ExprKind::Call(Builtin::StartsWith, built.into()), ty: Type::Bool, span }
    }

    /// `abs`, `min`, `max`.
    fn of_numbers(&mut self, name: &ast::Name, args: &[ast::ExprSyntax], span: Span, usage: &str) -> Expr {
        let (which, least, most) = match name.text.as_str() {
            "abs" => (Builtin::Abs, 1, 1),
            "min" => (Builtin::Min, 2, usize::MAX),
            _ => (Builtin::Max, 2, usize::MAX),
        };
        if args.len() < least || args.len() > most {
            return self.wrong_count(name, args.len(), span, usage);
        }
        let built: Vec<Expr> = args.iter().map(|a| self.expr(a, None)).collect();
        let Some(first) = built.first().cloned() else { return broken(span) };
        let mut ty = first.ty.clone();
        let ordered = match &ty {
            Type::Number(..) => true,
            Type::Date | Type::Duration(_) => which != Builtin::Abs,
            Type::Error => return broken(span),
            Type::Bool | Type::Text | Type::Enum(_) | Type::Region | Type::Record(_) | Type::List(_) => false,
        };
        if !ordered {
            let found = self.type_name(&ty);
            let text = format!("`{}` does not work on {found}", name.text);
            self.report(
                Diagnostic::new(Code::E0306, text, first.span, "not an ordered value").help(format!("write `{usage}`")),
            );
            return broken(span);
        }
        for other in built.iter().skip(1) {
            if !self.alike(&first, other, "values to choose from") {
                return broken(span);
            }
            if let (Type::Number(_, kind), Type::Number(_, k)) = (&mut ty, &other.ty) {
                *kind = (*kind).max(*k);
            }
        }
        Expr { kind: ExprKind::Call(which, built), ty, span }
    }

    /// A call of a definition with arguments.
    pub(super) fn define_expr(
        &mut self,
        id: DefinitionId,
        name: &ast::Name,
        args: &[ast::ExprSyntax],
        span: Span,
    ) -> Expr {
        self.used.definitions.insert(id);
        let definition = self.model.definitions.at(id);
        let (ty, params) = (definition.ty.clone(), definition.params.clone());
        if params.len() != args.len() {
            let names: Vec<String> = params.iter().map(|p| self.model.locals.at(*p).name.clone()).collect();
            let usage =
                if names.is_empty() { name.text.clone() } else { format!("{}({})", name.text, names.join(", ")) };
            return self.wrong_count(name, args.len(), span, &usage);
        }
        let mut built = Vec::new();
        for (arg, param) in args.iter().zip(&params) {
            let wanted = self.model.locals.at(*param).ty.clone();
            let value = self.expr(arg, Some(&wanted));
            self.expect(&value, &wanted, &format!("what `{}` is given", name.text));
            built.push(value);
        }
        Expr { kind: ExprKind::Define(id, built), ty, span }
    }

    pub(super) fn aggregate(&mut self, a: &ast::AggregateSyntax, span: Span) -> Expr {
        let word = a.func.keyword();
        if let Some(id) = self.own_function(word).filter(|_| a.is_of_list_alone()) {
            let name = ast::Name { text: word.to_owned(), span: a.func_span };
            return self.define_expr(id, &name, std::slice::from_ref(&a.list), span);
        }
        let list = self.expr(&a.list, None);
        let element = match &list.ty {
            Type::List(inner) => inner.as_ref().clone(),
            Type::Error => Type::Error,
            other @ (Type::Bool
            | Type::Number(..)
            | Type::Date
            | Type::Duration(_)
            | Type::Text
            | Type::Enum(_)
            | Type::Region
            | Type::Record(_)) => {
                let found = self.type_name(other);
                self.report(
                    Diagnostic::new(
                        Code::E0306,
                        format!("`{word}` looks over a list"),
                        list.span,
                        format!("this is {found}"),
                    )
                    .help(format!("write `{word}(x in LIST: …)` with a fact that is a `list of …`")),
                );
                Type::Error
            }
        };
        let local = self.new_local(a.var.as_ref().map_or("element", |v| v.text.as_str()), element.clone());
        let depth = self.locals.len();
        if let Some(var) = &a.var {
            self.bind(var, local);
        }
        let filter = a.filter.as_ref().map(|f| self.condition(f, "what stands after `where`"));
        let body = a.body.as_ref().map(|b| {
            let wanted = matches!(a.func, AggregateFunc::Any | AggregateFunc::All).then_some(Type::Bool);
            self.expr(b, wanted.as_ref())
        });
        self.locals.truncate(depth);
        let inner = body.as_ref().map_or_else(|| element.clone(), |b| b.ty.clone());
        let otherwise = a.otherwise.as_ref().map(|o| {
            let value = self.expr(o, Some(&inner));
            // Expect a ratio, so that whole numbers and decimals may be mixed.
            let wanted = if let Type::Number(dimension, _) = &inner {
                Type::Number(dimension.clone(), NumberKind::Ratio)
            } else {
                inner.clone()
            };
            self.expect(&value, &wanted, "the value over nothing");
            value
        });
        let ty = self.aggregate_type(a, &inner, body.is_some(), otherwise.is_some(), span);
        if inner.is_error() || list.ty.is_error() || ty.is_error() {
            return broken(span);
        }
        // `otherwise` may be of a wider kind of number; the result has the wider one.
        let ty = match (ty, otherwise.as_ref().map(|o| &o.ty)) {
            (Type::Number(d, k), Some(Type::Number(_, other))) => Type::Number(d, k.max(*other)),
            (ty, _) => ty,
        };
        let aggregate = Aggregate { func: a.func, local, list, filter, body, otherwise };
        Expr { kind: ExprKind::Aggregate(Box::new(aggregate)), ty, span }
    }

    fn aggregate_type(
        &mut self,
        a: &ast::AggregateSyntax,
        inner: &Type,
        body: bool,
        otherwise: bool,
        span: Span,
    ) -> Type {
        let word = a.func.keyword();
        let mut problem: Option<String> = None;
        let ty = match a.func {
            AggregateFunc::Any | AggregateFunc::All => {
                if !matches!(inner, Type::Bool | Type::Error) {
                    problem = Some(format!("write `{word}(x in LIST: CONDITION)`"));
                }
                Type::Bool
            }
            AggregateFunc::Count => {
                if body {
                    problem =
                        Some("`count` takes its condition after `where`: `count(x in LIST where CONDITION)`".into());
                }
                Type::number(NumberKind::Integer)
            }
            AggregateFunc::Sum => {
                if !matches!(inner, Type::Number(..) | Type::Duration(_) | Type::Error) {
                    problem = Some("write `sum(x in LIST: NUMBER)`".into());
                }
                inner.clone()
            }
            AggregateFunc::Min | AggregateFunc::Max => {
                if !matches!(inner, Type::Number(..) | Type::Date | Type::Duration(_) | Type::Error) {
                    problem = Some(format!("write `{word}(x in LIST: VALUE)` with numbers, dates or durations"));
                }
                inner.clone()
            }
            AggregateFunc::First => inner.clone(),
            AggregateFunc::List => Type::List(Box::new(inner.clone())),
        };
        let choosing = matches!(a.func, AggregateFunc::Min | AggregateFunc::Max | AggregateFunc::First);
        if otherwise && !choosing {
            problem = Some(format!("`{word}` always has a value, so it takes no `otherwise`"));
        }
        if let Some(help) = problem {
            self.report(
                Diagnostic::new(Code::E0306, format!("`{word}` is not given what it works on"), span, "not so")
                    .help(help),
            );
            return Type::Error;
        }
        ty
    }
}

/// The number that is written out, with its sign; `None` if it is computed.
fn written_number(expr: &Expr) -> Option<Number> {
    if let ExprKind::Neg(inner) = &expr.kind {
        return written_number(inner).map(Number::negated);
    }
    expr.literal().and_then(|value| if let Value::Number(number) = value { Some(*number) } else { None })
}
