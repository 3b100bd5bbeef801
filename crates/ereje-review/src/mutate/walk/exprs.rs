//! Expressions and conditions.

use super::*;

/// The functions with an opposite.
const TWINS: [(&str, &str); 7] = [
    ("min", "max"),
    ("max", "min"),
    ("first_day_of_month", "last_day_of_month"),
    ("last_day_of_month", "first_day_of_month"),
    ("first_day_of_year", "first_day_of_month"),
    ("quotient", "remainder"),
    ("remainder", "quotient"),
];

impl SiteCollector<'_> {
    /// An expression of truth type.
    pub(super) fn condition(&mut self, expr: &ExprSyntax, around: Span) {
        if let ExprSyntaxKind::Paren(inner) = &expr.kind {
            return self.condition(inner, around);
        }
        if let ExprSyntaxKind::Name(_) | ExprSyntaxKind::Field(..) | ExprSyntaxKind::Call(..) | ExprSyntaxKind::At(..) =
            expr.kind
        {
            self.push(around, SiteKind::Condition(expr.span));
        }
        self.expr(expr, around);
    }

    /// Any expression; its literals are shown within `around`.
    pub(super) fn expr(&mut self, expr: &ExprSyntax, around: Span) {
        let here = expr.span;
        match &expr.kind {
            ExprSyntaxKind::Number(number, _)
            | ExprSyntaxKind::Percent(number)
            | ExprSyntaxKind::Duration(number, _) => {
                self.push(around, SiteKind::Number { digits: number.span, shown: here });
            }
            ExprSyntaxKind::Date(date) => self.push(around, SiteKind::Date(*date, here)),
            ExprSyntaxKind::Text(_) => self.push(around, SiteKind::Text(here)),
            ExprSyntaxKind::Bool(value) => self.push(around, SiteKind::Bool(*value, here)),
            ExprSyntaxKind::Name(name) => {
                self.push(around, SiteKind::Value(name.text.clone(), here));
                self.push(around, SiteKind::Path(name.text.clone(), here));
            }
            ExprSyntaxKind::Field(inner, name) => {
                // `Kinship.spouse` is a value of an enum.
                if matches!(&inner.kind, ExprSyntaxKind::Name(of) if self.names.is_enum(&of.text)) {
                    self.push(around, SiteKind::Value(name.text.clone(), name.span));
                    return;
                }
                match dotted(expr) {
                    Some(path) => self.push(around, SiteKind::Path(path, here)),
                    None => self.expr(inner, here),
                }
            }
            ExprSyntaxKind::Call(name, args) => {
                let twin = TWINS.iter().find(|(known, _)| *known == name.text);
                self.swap(
                    Operator::Aggregate,
                    name.span,
                    here,
                    twin.map(|(_, t)| (*t).to_owned()).into_iter().collect(),
                );
                args.iter().for_each(|arg| self.expr(arg, here));
            }
            ExprSyntaxKind::Round(mode, what, step) => {
                let start = range(here).start;
                let word = start.."round".len() + start;
                let words = start..range(what.span).start;
                let other = match mode {
                    RoundMode::Nearest | RoundMode::Down => RoundMode::Up,
                    RoundMode::Up => RoundMode::Down,
                    // The two differ at halves only, and which way a half goes is what `even` says.
                    RoundMode::Even => RoundMode::Nearest,
                };
                let places = match (mode.keyword(), other.keyword()) {
                    (None, Some(other)) => Some((word, format!("round {other}"))),
                    (Some(written), Some(other)) => {
                        find(self.text, words, written).map(|place| (place, other.to_owned()))
                    }
                    (Some(written), None) => {
                        find(self.text, words, written).map(|place| (word.start..place.end, "round".to_owned()))
                    }
                    (None, None) => None,
                };
                if let Some((place, with)) = places {
                    self.swap(Operator::Rounding, span(self.file, place), here, vec![with]);
                }
                self.expr(what, here);
                self.expr(step, here);
            }
            ExprSyntaxKind::Aggregate(aggregate) => self.aggregate(aggregate, here),
            ExprSyntaxKind::List(items) => items.iter().for_each(|item| self.expr(item, here)),
            ExprSyntaxKind::Not(inner) => {
                self.push(here, SiteKind::Not { whole: here, inner: inner.span });
                self.expr(inner, here);
            }
            ExprSyntaxKind::And(parts) | ExprSyntaxKind::Or(parts) => {
                let and = matches!(expr.kind, ExprSyntaxKind::And(_));
                let spans = parts.iter().map(|part| part.span).collect();
                self.push(here, SiteKind::Junction { and, parts: spans, span: here });
                parts.iter().for_each(|part| self.condition(part, here));
            }
            ExprSyntaxKind::Compare(op, left, right) => {
                if let Some(sign) = find(self.text, self.between(left.span, right.span), op.sign()) {
                    let sign = span(self.file, sign);
                    self.push(here, SiteKind::Compare { op: *op, sign, sides: Some((left.span, right.span)) });
                }
                self.expr(left, here);
                self.expr(right, here);
            }
            ExprSyntaxKind::Is(inner, negated, what) => {
                let end = match what {
                    IsWhat::State(state, place) => {
                        self.state(*state, *place, here);
                        *place
                    }
                    IsWhat::Value(name) => {
                        self.push(here, SiteKind::Value(name.text.clone(), name.span));
                        name.span
                    }
                };
                self.test("is", *negated, self.between(inner.span, end), here);
                self.expr(inner, here);
            }
            ExprSyntaxKind::In(inner, negated, list) => {
                let first = list.first().map_or(here.after(), |e| e.span);
                self.test("in", *negated, self.between(inner.span, first), here);
                self.expr(inner, here);
                self.set(list, here);
            }
            ExprSyntaxKind::State(state) => self.state(*state, here, around),
            ExprSyntaxKind::Arith(op, left, right) => {
                let sign = match op {
                    ArithOp::Add => "+",
                    ArithOp::Sub => "-",
                    ArithOp::Mul => "*",
                    ArithOp::Div => "/",
                };
                if let Some(sign) = find(self.text, self.between(left.span, right.span), sign) {
                    let sign = span(self.file, sign);
                    self.push(here, SiteKind::Arith { op: *op, sign, sides: (left.span, right.span) });
                }
                self.expr(left, here);
                self.expr(right, here);
            }
            ExprSyntaxKind::Neg(inner) => {
                let minus = span(self.file, range(here).start..range(inner.span).start);
                self.push(here, SiteKind::Drop { operator: Operator::Arithmetic, span: minus, named: None });
                self.expr(inner, here);
            }
            ExprSyntaxKind::At(what, date) => {
                let at = span(self.file, range(what.span).end..range(here).end);
                self.push(here, SiteKind::Drop { operator: Operator::At, span: at, named: None });
                self.expr(what, here);
                self.expr(date, here);
            }
            ExprSyntaxKind::Paren(inner) => self.expr(inner, around),
            ExprSyntaxKind::Period(from, through) => {
                from.iter().chain(through).for_each(|end| self.expr(end, here));
            }
            ExprSyntaxKind::Record(_, parts) => parts.iter().for_each(|part| self.expr(&part.value, here)),
            ExprSyntaxKind::Conditional(conditional) => {
                let ConditionalSyntax { value, condition, otherwise } = &**conditional;
                // Without its condition it always has the first value.
                let clauses = span(self.file, range(value.span).end..range(otherwise.span).end);
                self.push(here, SiteKind::Drop { operator: Operator::Clause, span: clauses, named: None });
                self.condition(condition, here);
                self.expr(value, here);
                self.expr(otherwise, here);
            }
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateSyntax, here: Span) {
        let (other, truth) = match aggregate.func {
            AggregateFunc::Any => (Some(AggregateFunc::All), true),
            AggregateFunc::All => (Some(AggregateFunc::Any), true),
            AggregateFunc::Min => (Some(AggregateFunc::Max), false),
            AggregateFunc::Max | AggregateFunc::Sum => (Some(AggregateFunc::Min), false),
            AggregateFunc::First => (Some(AggregateFunc::Max), false),
            AggregateFunc::Count | AggregateFunc::List => (None, false),
        };
        let with = other.map(|other| other.keyword().to_owned()).into_iter().collect();
        self.swap(Operator::Aggregate, aggregate.func_span, here, with);
        self.expr(&aggregate.list, here);
        if let Some(filter) = &aggregate.filter {
            self.drop_clause(Operator::Clause, "where", filter.span);
            self.condition(filter, here);
        }
        match &aggregate.body {
            Some(body) if truth => self.condition(body, here),
            Some(body) => self.expr(body, here),
            None => {}
        }
        if let Some(otherwise) = &aggregate.otherwise {
            self.expr(otherwise, here);
        }
    }

    /// `is`, `is not`, `in`, `not in`.
    fn test(&mut self, word: &'static str, negated: bool, between: std::ops::Range<usize>, around: Span) {
        let first = if negated && word == "in" { "not" } else { word };
        let last = if negated && word == "is" { "not" } else { word };
        let places = (find(self.text, between.clone(), first), find(self.text, between, last));
        if let (Some(first), Some(last)) = places {
            let words = span(self.file, first.start..last.end);
            self.push(around, SiteKind::Test { word, negated, words });
        }
    }

    /// The values of a set. An element that is no plain value is visited as an expression.
    pub(super) fn set(&mut self, list: &[ExprSyntax], around: Span) {
        let named = list.iter().filter_map(|e| Some((last_name(e)?.to_owned(), e.span))).collect::<Vec<_>>();
        if !list.is_empty() && named.len() == list.len() {
            self.push(around, SiteKind::Set(named));
            return;
        }
        let spans: Vec<Span> = list.iter().map(|e| e.span).collect();
        self.drop_each(Operator::Set, &spans, around);
        list.iter().for_each(|e| self.expr(e, around));
    }

    pub(super) fn state(&mut self, state: State, place: Span, around: Span) {
        self.swap(Operator::State, place, around, vec![state.other().keyword().to_owned()]);
    }
}

/// The text of a path that consists of names: `applicant.kinship`.
fn dotted(expr: &ExprSyntax) -> Option<String> {
    let mut names = Vec::new();
    let mut at = expr;
    while let ExprSyntaxKind::Field(inner, name) = &at.kind {
        names.push(name.text.as_str());
        at = inner;
    }
    let ExprSyntaxKind::Name(name) = &at.kind else { return None };
    names.push(name.text.as_str());
    names.reverse();
    Some(names.join("."))
}

/// The name of a value of an enum or of a region.
fn last_name(expr: &ExprSyntax) -> Option<&str> {
    if let ExprSyntaxKind::Name(name) | ExprSyntaxKind::Field(_, name) = &expr.kind { Some(&name.text) } else { None }
}
