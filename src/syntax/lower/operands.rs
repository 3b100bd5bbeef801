//! Operands: literals, names, calls, aggregates, brackets, and the fields read from them.

use super::expressions::{Built, one_line};
use super::literals::shorten;
use super::{Lower, Lowered, nfc, parts};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{
    AggregateFunc, AggregateSyntax, ConditionalSyntax, ExprSyntax, ExprSyntaxKind, Name, RecordPartSyntax, RoundMode,
};
use crate::syntax::grammar::{Pair, Rule};

impl Lower<'_> {
    /// A primary expression with the fields read from it.
    pub(super) fn operand(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let whole = self.place(&pair);
        let mut inner = parts(pair);
        let primary = self.next(&mut inner, whole)?;
        let mut built = self.primary(primary)?;
        for access in inner {
            let place = self.place(&access);
            let read = self.next(&mut parts(access), place)?;
            let mut name = self.name(&read);
            // A reserved word is reported where it is declared, or as an unknown name.
            if read.as_rule() == Rule::reserved_field {
                name.text.remove(0);
                name.span.start += 1;
            }
            let span = built.expr.span.to(name.span);
            built = self.node(ExprSyntaxKind::Field(Box::new(built.expr), name), span, built.depth)?;
        }
        Ok(built)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rule of the grammar is reported as unread")]
    fn primary(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let span = self.place(&pair);
        match pair.as_rule() {
            Rule::date => {
                let date = self.date(&pair)?;
                self.node(ExprSyntaxKind::Date(date), span, 0)
            }
            Rule::quantity => {
                let (kind, span) = self.quantity(pair)?;
                self.node(kind, span, 0)
            }
            Rule::text | Rule::odd_text => {
                let text = self.text(&pair)?;
                self.node(ExprSyntaxKind::Text(nfc(&text.value)), span, 0)
            }
            Rule::bool_word => self.node(ExprSyntaxKind::Bool(pair.as_str() == "true"), span, 0),
            Rule::state_word => {
                let word = pair.as_str();
                self.fail(
                    Diagnostic::new(
                        Code::E0102,
                        format!("`{word}` is not a value"),
                        span,
                        "stands only after `is` or `if`",
                    )
                    .help(format!("test for it with `is`: `applicant.kinship is {word}`")),
                )
            }
            Rule::paren => {
                let mut inner = parts(pair);
                let Some(expr) = inner.next() else { return self.missing(span) };
                let built = self.build(expr)?;
                match inner.next() {
                    None => self.node(ExprSyntaxKind::Paren(Box::new(built.expr)), span, built.depth),
                    Some(when) => self.conditional(built, when, inner.next(), span),
                }
            }
            Rule::list => {
                let mut depth = 0;
                let mut exprs = Vec::new();
                for part in parts(pair) {
                    let built = self.build(part)?;
                    depth = depth.max(built.depth);
                    exprs.push(built.expr);
                }
                self.decimal_comma(&exprs, false)?;
                self.node(ExprSyntaxKind::List(exprs), span, depth)
            }
            Rule::reference => self.reference(pair),
            Rule::round_call => self.round_call(pair),
            Rule::period_call => self.period_call(pair),
            Rule::record_value => self.record_value(pair),
            _ => self.unread(&pair),
        }
    }

    fn conditional(&mut self, value: Built, when: Pair<'_>, otherwise: Option<Pair<'_>>, span: Span) -> Lowered<Built> {
        let Some(otherwise) = otherwise else { return self.missing(span) };
        let (condition, otherwise) = (self.operand_of(when)?, self.operand_of(otherwise)?);
        let depth = value.depth.max(condition.depth).max(otherwise.depth);
        let conditional = ConditionalSyntax { value: value.expr, condition: condition.expr, otherwise: otherwise.expr };
        self.node(ExprSyntaxKind::Conditional(Box::new(conditional)), span, depth)
    }

    /// The expression of a clause that consists of a keyword and an expression.
    fn operand_of(&mut self, clause: Pair<'_>) -> Lowered<Built> {
        let place = self.place(&clause);
        match parts(clause).find(|part| part.as_rule() == Rule::expr) {
            Some(expr) => self.build(expr),
            None => self.missing(place),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other rules of the grammar are keywords and signs that say nothing more here"
    )]
    fn round_call(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let span = self.place(&pair);
        let mut mode = RoundMode::Nearest;
        let mut args = None;
        for part in parts(pair) {
            match part.as_rule() {
                Rule::kw_up => mode = RoundMode::Up,
                Rule::kw_down => mode = RoundMode::Down,
                Rule::kw_even => mode = RoundMode::Even,
                Rule::call_args => args = Some(part),
                _ => {}
            }
        }
        let Some(args) = args else { return self.missing(span) };
        let args = self.call_args(args)?;
        self.round(mode, args, span)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other rules of the grammar are keywords and signs that say nothing more here"
    )]
    fn period_call(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let span = self.place(&pair);
        let (mut from, mut through) = (None, None);
        for part in parts(pair) {
            match part.as_rule() {
                Rule::period_from => from = Some(self.operand_of(part)?),
                Rule::period_through => through = Some(self.operand_of(part)?),
                _ => {}
            }
        }
        let depth = from.iter().chain(&through).map(|end| end.depth).max().unwrap_or_default();
        let [from, through] = [from, through].map(|end| end.map(|end| Box::new(end.expr)));
        self.node(ExprSyntaxKind::Period(from, through), span, depth)
    }

    fn record_value(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let name = self.next_name(&mut inner, span)?;
        let (mut depth, mut fields) = (0, Vec::new());
        for part in inner.filter(|part| part.as_rule() == Rule::record_part) {
            let place = self.place(&part);
            let field = self.next_name(&mut parts(part.clone()), place)?;
            let built = self.operand_of(part)?;
            depth = depth.max(built.depth);
            fields.push(RecordPartSyntax { field, value: built.expr });
        }
        self.node(ExprSyntaxKind::Record(name, fields), span, depth)
    }

    fn round(&mut self, mode: RoundMode, args: CallArgs, span: Span) -> Lowered<Built> {
        let (depth, plain) = (args.depth, args.is_plain());
        self.decimal_comma(&args.exprs, args.exprs.len() > 2)?;
        let mut exprs = args.exprs.into_iter();
        match (exprs.next(), exprs.next(), exprs.next(), plain) {
            (Some(value), Some(step), None, true) => {
                self.node(ExprSyntaxKind::Round(mode, Box::new(value), Box::new(step)), span, depth)
            }
            _ => self.fail(
                Diagnostic::new(Code::E0102, "`round` takes a value and a step", span, "expected two values").help(
                    "write `round(VALUE, STEP)`, `round up(VALUE, STEP)`, `round down(VALUE, STEP)` or \
                         `round even(VALUE, STEP)`, for example `round(fee, 1 KZT)`",
                ),
            ),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other rule of the grammar is reported as unread; the inner match is of three rules"
    )]
    fn call_args(&mut self, pair: Pair<'_>) -> Lowered<CallArgs> {
        let mut args = CallArgs::default();
        for part in parts(pair) {
            let place = self.place(&part);
            match part.as_rule() {
                Rule::binder => args.var = Some(self.next_name(&mut parts(part), place)?),
                Rule::expr => {
                    let built = self.build(part)?;
                    args.depth = args.depth.max(built.depth);
                    args.exprs.push(built.expr);
                }
                rule @ (Rule::where_part | Rule::body_part | Rule::otherwise_part) => {
                    let built = self.operand_of(part)?;
                    args.depth = args.depth.max(built.depth);
                    let slot = match rule {
                        Rule::where_part => &mut args.filter,
                        Rule::body_part => &mut args.body,
                        _ => &mut args.otherwise,
                    };
                    *slot = Some(built.expr);
                }
                _ => return self.unread(&part),
            }
        }
        self.decimal_comma(&args.exprs, false)?;
        Ok(args)
    }

    /// A name, a call or an aggregate.
    fn reference(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let span = self.place(&pair);
        let mut inner = parts(pair);
        let name = self.next_name(&mut inner, span)?;
        let Some(args) = inner.next() else {
            return self.node(ExprSyntaxKind::Name(name), span, 0);
        };
        let args = self.call_args(args)?;
        if name.text == "round" {
            return self.round(RoundMode::Nearest, args, span);
        }
        match aggregate(&name.text) {
            Some(func) if !args.is_plain() || args.exprs.len() == 1 => self.aggregate(func, name.span, args, span),
            _ if args.is_plain() => {
                let depth = args.depth;
                self.node(ExprSyntaxKind::Call(name, args.exprs), span, depth)
            }
            _ => self.not_an_aggregate(&name),
        }
    }

    fn not_an_aggregate<T>(&mut self, name: &Name) -> Lowered<T> {
        let known = AggregateFunc::ALL.map(AggregateFunc::keyword);
        let mut error = Diagnostic::new(
            Code::E0102,
            format!("`{}` does not go through a list", name.text),
            name.span,
            "not one of `any`, `all`, `count`, `sum`, `min`, `max`, `first`, `list`",
        );
        if let Some(near) = crate::diagnostic::nearest(&name.text, known) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        self.fail(error.help("only these go through a list: `any(x in LIST where CONDITION: CONDITION)`"))
    }

    fn aggregate(&mut self, func: AggregateFunc, func_span: Span, args: CallArgs, span: Span) -> Lowered<Built> {
        let depth = args.depth;
        let mut exprs = args.exprs.into_iter();
        let (Some(list), None) = (exprs.next(), exprs.next()) else {
            return self.fail(
                Diagnostic::new(
                    Code::E0102,
                    format!("`{}` goes through one list", self.slice(func_span)),
                    span,
                    "expected one list",
                )
                .help("write `NAME in LIST` before `where` and `:`, as in `count(o in owners where o.consent)`"),
            );
        };
        let missing_var = args.var.is_none() && (args.filter.is_some() || args.body.is_some());
        if missing_var {
            return self.fail(
                Diagnostic::new(
                    Code::E0102,
                    "`where` and `:` speak of each element, which needs a name",
                    list.span,
                    "expected `NAME in` before the list",
                )
                .help(format!(
                    "write `{}(x in {} …)`",
                    self.slice(func_span),
                    shorten(&one_line(self.slice(list.span)))
                )),
            );
        }
        let aggregate = AggregateSyntax {
            func,
            func_span,
            var: args.var,
            list,
            filter: args.filter,
            body: args.body,
            otherwise: args.otherwise,
        };
        self.node(ExprSyntaxKind::Aggregate(Box::new(aggregate)), span, depth)
    }
}

/// The parts between the parentheses of a call.
#[derive(Default)]
struct CallArgs {
    var: Option<Name>,
    exprs: Vec<ExprSyntax>,
    filter: Option<ExprSyntax>,
    body: Option<ExprSyntax>,
    otherwise: Option<ExprSyntax>,
    depth: usize,
}

impl CallArgs {
    /// True if there are only values with commas.
    fn is_plain(&self) -> bool {
        self.var.is_none() && self.filter.is_none() && self.body.is_none() && self.otherwise.is_none()
    }
}

fn aggregate(name: &str) -> Option<AggregateFunc> {
    AggregateFunc::ALL.into_iter().find(|func| func.keyword() == name)
}
