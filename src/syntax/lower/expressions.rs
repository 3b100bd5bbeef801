//! Expressions: builds a tree from the flat sequence of operands and operators.
//!
//! From loose to tight: `and`/`or`, `not`, one comparison or test, `+ -`, `* /`, unary `-`, `at`, `.field`. Some errors
//! that the grammar admits (`a and b or c`, `a < b < c`, `==`, `x is true`) are explained here, with the correct
//! spelling.

use super::clauses::state;
use super::literals::shorten;
use super::{Lower, Lowered, parts, take};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{ArithOp, CompareOp, ExprSyntax, ExprSyntaxKind, IsWhat, State};
use crate::syntax::grammar::{Pair, Rule};
use crate::syntax::limits::MAX_EXPRESSION_DEPTH;
use crate::value::respelt_date;
use std::iter::Peekable;

/// A tree and its depth.
pub(super) struct Built {
    pub(super) expr: ExprSyntax,
    pub(super) depth: usize,
}

/// One piece of the flat sequence.
pub(super) enum FlatPiece {
    Not(Span),
    Minus(Span),
    Operand(Built),
    Infix(Infix, Span),
    Is { negated: bool, what: IsOperand, span: Span },
    In { negated: bool, set: Vec<ExprSyntax>, depth: usize, span: Span },
}

/// The operand of `is`.
pub(super) enum IsOperand {
    State(State, Span),
    Operand(Built),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Infix {
    And,
    Or,
    At,
    Compare(CompareOp),
    Arith(ArithOp),
}

type Steps = Peekable<std::vec::IntoIter<FlatPiece>>;

impl Lower<'_> {
    pub(super) fn expr(&mut self, pair: Pair<'_>) -> Lowered<ExprSyntax> {
        Ok(self.build(pair)?.expr)
    }

    pub(super) fn build(&mut self, pair: Pair<'_>) -> Lowered<Built> {
        let whole = self.place(&pair);
        let mut steps = Vec::new();
        for part in parts(pair) {
            let step = self.step(part)?;
            steps.push(step);
        }
        let mut steps = steps.into_iter().peekable();
        let built = self.logic(&mut steps, whole)?;
        if steps.peek().is_some() { self.missing(whole) } else { Ok(built) }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other rule of the grammar is reported as unread, or is a keyword that says nothing more"
    )]
    fn step(&mut self, pair: Pair<'_>) -> Lowered<FlatPiece> {
        let span = self.place(&pair);
        match pair.as_rule() {
            Rule::prefix | Rule::minus => match pair.as_str() {
                "not" => Ok(FlatPiece::Not(span)),
                "-" => Ok(FlatPiece::Minus(span)),
                _ => {
                    self.spelling(span, "!", "not");
                    Ok(FlatPiece::Not(span))
                }
            },
            Rule::infix | Rule::sum_infix => self.infix(&pair, span),
            Rule::operand => Ok(FlatPiece::Operand(self.operand(pair)?)),
            Rule::is_test => self.is_test(pair, span),
            Rule::in_test => {
                let mut negated = false;
                let mut set = None;
                for part in parts(pair) {
                    match part.as_rule() {
                        Rule::kw_not => negated = true,
                        Rule::set => set = Some(part),
                        _ => {}
                    }
                }
                let Some(set) = set else { return self.missing(span) };
                let (set, depth) = self.set_with_depth(set, true)?;
                Ok(FlatPiece::In { negated, set, depth, span })
            }
            _ => self.unread(&pair),
        }
    }

    fn spelling(&mut self, span: Span, wrong: &str, right: &str) {
        self.diagnostics.push(
            Diagnostic::new(Code::E0102, format!("`{wrong}` is written `{right}`"), span, "another spelling")
                .help(format!("write `{right}`")),
        );
    }

    pub(super) fn infix(&mut self, pair: &Pair<'_>, span: Span) -> Lowered<FlatPiece> {
        let text = pair.as_str();
        let (op, right) = match text {
            "and" => (Infix::And, ""),
            "or" => (Infix::Or, ""),
            "at" => (Infix::At, ""),
            "=" => (Infix::Compare(CompareOp::Eq), ""),
            "!=" => (Infix::Compare(CompareOp::Ne), ""),
            "<" => (Infix::Compare(CompareOp::Lt), ""),
            "<=" => (Infix::Compare(CompareOp::Le), ""),
            ">" => (Infix::Compare(CompareOp::Gt), ""),
            ">=" => (Infix::Compare(CompareOp::Ge), ""),
            "+" => (Infix::Arith(ArithOp::Add), ""),
            "-" => (Infix::Arith(ArithOp::Sub), ""),
            "*" => (Infix::Arith(ArithOp::Mul), ""),
            "/" => (Infix::Arith(ArithOp::Div), ""),
            "&&" => (Infix::And, "and"),
            "==" => (Infix::Compare(CompareOp::Eq), "="),
            "<>" | "≠" => (Infix::Compare(CompareOp::Ne), "!="),
            "≤" => (Infix::Compare(CompareOp::Le), "<="),
            "≥" => (Infix::Compare(CompareOp::Ge), ">="),
            "×" | "·" => (Infix::Arith(ArithOp::Mul), "*"),
            "÷" => (Infix::Arith(ArithOp::Div), "/"),
            "−" | "–" => (Infix::Arith(ArithOp::Sub), "-"),
            _ => return self.unread(pair),
        };
        if !right.is_empty() {
            self.spelling(span, text, right);
        }
        Ok(FlatPiece::Infix(op, span))
    }

    fn is_test(&mut self, pair: Pair<'_>, span: Span) -> Lowered<FlatPiece> {
        let mut inner = parts(pair);
        take(&mut inner, Rule::kw_is);
        let negated = take(&mut inner, Rule::kw_not).is_some();
        let operand = self.next(&mut inner, span)?;
        let mut parts = parts(operand.clone());
        if let (Some(word), None) = (parts.next(), parts.next())
            && word.as_rule() == Rule::state_word
        {
            let what = IsOperand::State(state(&word), self.at(&word));
            return Ok(FlatPiece::Is { negated, what, span });
        }
        let what = IsOperand::Operand(self.operand(operand)?);
        Ok(FlatPiece::Is { negated, what, span })
    }

    /// A set in braces, without states.
    pub(super) fn set(&mut self, pair: Pair<'_>) -> Lowered<Vec<ExprSyntax>> {
        Ok(self.set_with_depth(pair, false)?.0)
    }

    /// A set in braces, with its depth; `states` admits `absent` and `unavailable`.
    pub(super) fn set_with_depth(&mut self, pair: Pair<'_>, states: bool) -> Lowered<(Vec<ExprSyntax>, usize)> {
        let mut depth = 0;
        let mut exprs = Vec::new();
        for part in self.elements(pair) {
            if states && let Some(word) = lone_state(&part) {
                exprs.push(ExprSyntax { kind: ExprSyntaxKind::State(state(&word)), span: self.at(&word) });
                continue;
            }
            let built = self.build(part)?;
            depth = depth.max(built.depth);
            exprs.push(built.expr);
        }
        self.decimal_comma(&exprs, false)?;
        Ok((exprs, depth))
    }

    /// A node over children with this greatest depth.
    pub(super) fn node(&mut self, kind: ExprSyntaxKind, span: Span, children: usize) -> Lowered<Built> {
        let depth = children + 1;
        if depth > MAX_EXPRESSION_DEPTH {
            return self.fail(
                Diagnostic::new(
                    Code::E0108,
                    "an expression is nested too deep",
                    span,
                    format!("more than {MAX_EXPRESSION_DEPTH} steps deep"),
                )
                .help("give parts of it names with `define`; a long sum can be a `sum` over a list or a table"),
            );
        }
        Ok(Built { expr: ExprSyntax { kind, span }, depth })
    }

    /// A chain of `and` or `or`.
    fn logic(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let first = self.negation(steps, whole)?;
        let mut parts = vec![first];
        let mut ops: Vec<(bool, Span)> = Vec::new();
        while let Some(FlatPiece::Infix(op @ (Infix::And | Infix::Or), span)) = steps.peek() {
            ops.push((*op == Infix::And, *span));
            steps.next();
            let part = self.negation(steps, whole)?;
            parts.push(part);
        }
        let Some(&(all_and, _)) = ops.first() else {
            return match parts.pop() {
                Some(only) => Ok(only),
                None => self.missing(whole),
            };
        };
        if let Some((_, second)) = ops.iter().find(|(and, _)| *and != all_and) {
            let places: Vec<Span> = parts.iter().map(|p| p.expr.span).collect();
            self.mixed(&places, &ops, *second);
        }
        let depth = parts.iter().map(|p| p.depth).max().unwrap_or(0);
        let span = Self::cover(&parts, whole);
        let exprs = parts.into_iter().map(|p| p.expr).collect();
        let kind = if all_and { ExprSyntaxKind::And(exprs) } else { ExprSyntaxKind::Or(exprs) };
        self.node(kind, span, depth)
    }

    fn cover(parts: &[Built], whole: Span) -> Span {
        match (parts.first(), parts.last()) {
            (Some(a), Some(b)) => a.expr.span.to(b.expr.span),
            _ => whole,
        }
    }

    /// Reports `a and b or c`, with both readings.
    fn mixed(&mut self, parts: &[Span], ops: &[(bool, Span)], second: Span) {
        let reading = |tight_and: bool| -> String {
            let mut groups: Vec<Vec<String>> = vec![Vec::new()];
            for (i, part) in parts.iter().enumerate() {
                let splits = i > 0 && ops.get(i - 1).is_some_and(|(and, _)| *and != tight_and);
                if splits {
                    groups.push(Vec::new());
                }
                if let Some(group) = groups.last_mut() {
                    group.push(one_line(self.slice(*part)));
                }
            }
            let (tight, loose) = if tight_and { (" and ", " or ") } else { (" or ", " and ") };
            let group = |g: &Vec<String>| if g.len() > 1 { format!("({})", g.join(tight)) } else { g.join(tight) };
            groups.iter().map(group).collect::<Vec<_>>().join(loose)
        };
        let (first, other) = (reading(true), reading(false));
        let mut error = Diagnostic::new(
            Code::E0107,
            "`and` and `or` stand side by side without parentheses",
            second,
            "which of the two belongs together first is not clear",
        );
        if let Some((_, other_op)) = ops.first() {
            error = error.also(*other_op, "the other word");
        }
        let fits = |s: &String| s.chars().count() <= 120;
        error = if fits(&first) && fits(&other) {
            error.help(format!("write `{first}` or `{other}`, whichever is meant"))
        } else {
            error.help("put parentheses around what belongs together: `(a and b) or c`, or `a and (b or c)`")
        };
        self.diagnostics.push(error);
    }

    /// `not` and its operand.
    fn negation(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut nots = Vec::new();
        while let Some(FlatPiece::Not(span)) = steps.peek() {
            nots.push(*span);
            steps.next();
        }
        let mut built = self.comparison(steps, whole)?;
        for not in nots.into_iter().rev() {
            let span = not.to(built.expr.span);
            built = self.node(ExprSyntaxKind::Not(Box::new(built.expr)), span, built.depth)?;
        }
        Ok(built)
    }

    /// One comparison or test; reports several in a row.
    fn comparison(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut left = self.sum(steps, whole)?;
        let mut count = 0;
        loop {
            let start = left.expr.span;
            match steps.peek() {
                Some(FlatPiece::Infix(Infix::Compare(op), at)) => {
                    let (op, at) = (*op, *at);
                    steps.next();
                    let right = self.sum(steps, whole)?;
                    if count > 0 {
                        self.chained(&left.expr, at, right.expr.span);
                    }
                    let span = start.to(right.expr.span);
                    let depth = left.depth.max(right.depth);
                    left =
                        self.node(ExprSyntaxKind::Compare(op, Box::new(left.expr), Box::new(right.expr)), span, depth)?;
                }
                Some(FlatPiece::Is { span, .. } | FlatPiece::In { span, .. }) => {
                    let at = *span;
                    if count > 0 {
                        self.chained(&left.expr, at, at);
                    }
                    let Some(step) = steps.next() else { return self.missing(whole) };
                    left = self.test(left, step, start.to(at))?;
                }
                _ => return Ok(left),
            }
            count += 1;
        }
    }

    fn chained(&mut self, left: &ExprSyntax, at: Span, right: Span) {
        let mut error = Diagnostic::new(Code::E0107, "comparisons do not chain", at, "a second comparison")
            .also(left.span, "the first");
        error = if let ExprSyntaxKind::Compare(_, _, middle) = &left.kind
            && at != right
        {
            let (first, middle) = (one_line(self.slice(left.span)), one_line(self.slice(middle.span)));
            let (op, right) = (self.slice(at), one_line(self.slice(right)));
            error.help(format!("write `{first} and {middle} {op} {right}`"))
        } else {
            error.help("put the first one in parentheses, or join two comparisons with `and`")
        };
        self.diagnostics.push(error);
    }

    fn test(&mut self, left: Built, step: FlatPiece, span: Span) -> Lowered<Built> {
        match step {
            FlatPiece::In { negated, set, depth, .. } => {
                let depth = left.depth.max(depth);
                self.node(ExprSyntaxKind::In(Box::new(left.expr), negated, set), span, depth)
            }
            FlatPiece::Is { negated, what: IsOperand::State(state, at), .. } => {
                self.node(ExprSyntaxKind::Is(Box::new(left.expr), negated, IsWhat::State(state, at)), span, left.depth)
            }
            FlatPiece::Is { negated, what: IsOperand::Operand(value), .. } => {
                self.is_value(left, negated, value.expr, span)
            }
            FlatPiece::Not(at) | FlatPiece::Minus(at) | FlatPiece::Infix(_, at) => self.missing(at),
            FlatPiece::Operand(built) => self.missing(built.expr.span),
        }
    }

    fn is_value(&mut self, left: Built, negated: bool, value: ExprSyntax, span: Span) -> Lowered<Built> {
        if let ExprSyntaxKind::Name(name) = value.kind {
            return self.node(ExprSyntaxKind::Is(Box::new(left.expr), negated, IsWhat::Value(name)), span, left.depth);
        }
        let subject = one_line(self.slice(left.expr.span));
        if let ExprSyntaxKind::Bool(truth) = value.kind {
            let right = if truth == negated { format!("not {subject}") } else { subject };
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0102,
                    "a condition is true or false by itself and is not compared with `true` or `false`",
                    span,
                    "more than is needed",
                )
                .help(format!("write `{}`", shorten(&right))),
            );
            return if truth == negated {
                self.node(ExprSyntaxKind::Not(Box::new(left.expr)), span, left.depth)
            } else {
                Ok(left)
            };
        }
        if let ExprSyntaxKind::Text(text) = &value.kind
            && !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
        {
            let word = if negated { "is not" } else { "is" };
            let help = format!("write `{} {word} {}`", shorten(&subject), shorten(text));
            let message = "a value of an enum and a region stand without quotes";
            return self.fail(Diagnostic::new(Code::E0102, message, value.span, "this is a text").help(help));
        }
        let op = if negated { "!=" } else { "=" };
        let right = one_line(self.slice(value.span));
        let comparison = format!("{} {op} {}", shorten(&subject), shorten(&right));
        let help = if let ExprSyntaxKind::Field(_, last) = &value.kind {
            format!("write `{comparison}` to compare two expressions, or `is {}` for a value of an enum", last.text)
        } else {
            format!("compare expressions with `{op}`: `{comparison}`")
        };
        self.fail(
            Diagnostic::new(
                Code::E0102,
                "after `is` stands the bare name of an enum value or a region, or `absent` or `unavailable`",
                value.span,
                "not a bare name",
            )
            .help(help),
        )
    }

    fn sum(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut left = self.product(steps, whole)?;
        while let Some(FlatPiece::Infix(Infix::Arith(op @ (ArithOp::Add | ArithOp::Sub)), _)) = steps.peek() {
            let op = *op;
            steps.next();
            let right = self.product(steps, whole)?;
            left = self.arith(op, left, right)?;
        }
        Ok(left)
    }

    fn product(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut left = self.signed(steps, whole)?;
        while let Some(FlatPiece::Infix(Infix::Arith(op @ (ArithOp::Mul | ArithOp::Div)), _)) = steps.peek() {
            let op = *op;
            steps.next();
            let right = self.signed(steps, whole)?;
            left = self.arith(op, left, right)?;
            self.slashed_date(&left.expr)?;
        }
        Ok(left)
    }

    /// Reports `31/12/2025`, a division that nobody means.
    fn slashed_date(&mut self, expr: &ExprSyntax) -> Lowered<()> {
        let text = self.slice(expr.span);
        if text.len() > 10
            || text.matches('/').count() != 2
            || text.contains(|c: char| !(c.is_ascii_digit() || c == '/'))
        {
            return Ok(());
        }
        let (text, respelt) = (text.to_owned(), respelt_date(text));
        if respelt.is_some() { self.not_a_date(&text, expr.span, respelt) } else { Ok(()) }
    }

    fn arith(&mut self, op: ArithOp, left: Built, right: Built) -> Lowered<Built> {
        let span = left.expr.span.to(right.expr.span);
        let depth = left.depth.max(right.depth);
        self.node(ExprSyntaxKind::Arith(op, Box::new(left.expr), Box::new(right.expr)), span, depth)
    }

    /// Unary minus.
    fn signed(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut signs = Vec::new();
        loop {
            match steps.peek() {
                Some(FlatPiece::Minus(span)) => signs.push(*span),
                Some(FlatPiece::Not(span)) => {
                    let span = *span;
                    return self.fail(
                        Diagnostic::new(Code::E0102, "`not` needs parentheses here", span, "after another operator")
                            .help("write `(not …)`; `not` takes all of the comparison that follows it"),
                    );
                }
                _ => break,
            }
            steps.next();
        }
        let mut built = self.as_of_date(steps, whole)?;
        for sign in signs.into_iter().rev() {
            let span = sign.to(built.expr.span);
            built = self.node(ExprSyntaxKind::Neg(Box::new(built.expr)), span, built.depth)?;
        }
        Ok(built)
    }

    /// `NAME at DATE`
    fn as_of_date(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        let mut left = self.bare(steps, whole)?;
        while let Some(FlatPiece::Infix(Infix::At, at)) = steps.peek() {
            let at = *at;
            steps.next();
            if !matches!(left.expr.kind, ExprSyntaxKind::Name(_) | ExprSyntaxKind::Call(..) | ExprSyntaxKind::Field(..))
            {
                return self.fail(
                    Diagnostic::new(
                        Code::E0102,
                        "`at` stands after the name of a norm, a definition or a fact over time",
                        left.expr.span,
                        "not a name or a call",
                    )
                    .also(at, "`at` reads it as of another date")
                    .help("give the expression a name with `define`, and write `NAME at DATE`"),
                );
            }
            let right = self.bare(steps, whole)?;
            let span = left.expr.span.to(right.expr.span);
            let depth = left.depth.max(right.depth);
            left = self.node(ExprSyntaxKind::At(Box::new(left.expr), Box::new(right.expr)), span, depth)?;
        }
        Ok(left)
    }

    fn bare(&mut self, steps: &mut Steps, whole: Span) -> Lowered<Built> {
        match steps.next() {
            Some(FlatPiece::Operand(built)) => Ok(built),
            Some(FlatPiece::Not(span) | FlatPiece::Minus(span) | FlatPiece::Infix(_, span)) => self.missing(span),
            Some(FlatPiece::Is { span, .. } | FlatPiece::In { span, .. }) => self.missing(span),
            None => self.missing(whole),
        }
    }
}

/// A text on one line, for a help line.
pub(in crate::syntax) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The token of an expression that consists of `absent` or `unavailable` only.
fn lone_state<'i>(pair: &Pair<'i>) -> Option<Pair<'i>> {
    let mut at = pair.clone();
    while matches!(at.as_rule(), Rule::expr | Rule::operand) {
        let mut inner = parts(at);
        at = inner.next()?;
        if inner.next().is_some() {
            return None;
        }
    }
    (at.as_rule() == Rule::state_word).then_some(at)
}
