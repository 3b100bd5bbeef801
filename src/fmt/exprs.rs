//! Layouts of expressions. Parentheses remain as written; long conditions break before `and` and `or`.

use super::Layout;
use super::doc::{Doc, concat, flat_width, group, inline, join, nest, text, unit};
use crate::source::Span;
use crate::syntax::ast::{
    AggregateSyntax, ConditionalSyntax, DurationUnit, ExprSyntax, ExprSyntaxKind, IsWhat, Name, RecordPartSyntax,
    UnitExpr,
};

impl Layout<'_> {
    /// An expression on one line if it fits.
    pub(super) fn expr(&self, expr: &ExprSyntax) -> Doc {
        group(self.open_expr(expr))
    }

    /// An expression whose outermost `and` or `or` breaks with the group around it, with its parts one level deeper.
    pub(super) fn open_expr(&self, expr: &ExprSyntax) -> Doc {
        match &expr.kind {
            ExprSyntaxKind::And(parts) => nest(self.parts("and", parts, inline)),
            ExprSyntaxKind::Or(parts) => nest(self.parts("or", parts, inline)),
            ExprSyntaxKind::Number(number, unit) => match unit {
                Some(of) => text(format!("{} {}", number.text, unit_text(of))),
                None => text(&number.text),
            },
            ExprSyntaxKind::Percent(number) => text(format!("{}%", number.text)),
            ExprSyntaxKind::Duration(number, unit) => text(format!("{} {}", number.text, duration(unit, &number.text))),
            ExprSyntaxKind::Date(date) => text(date.format("%Y-%m-%d").to_string()),
            ExprSyntaxKind::Text(value) => self.text(value, expr.span),
            ExprSyntaxKind::Bool(value) => text(if *value { "true" } else { "false" }),
            ExprSyntaxKind::Name(name) => text(&name.text),
            ExprSyntaxKind::Field(inner, name) => concat([self.expr(inner), text(format!(".{}", name.text))]),
            ExprSyntaxKind::Call(name, args) => self.call(&name.text, args.iter().collect()),
            ExprSyntaxKind::Round(mode, value, step) => {
                let word = mode.keyword().map_or_else(|| String::from("round"), |mode| format!("round {mode}"));
                self.call(&word, vec![value, step])
            }
            ExprSyntaxKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprSyntaxKind::List(items) => self.list("[", items, "]"),
            ExprSyntaxKind::Not(inner) => concat([text("not "), self.expr(inner)]),
            ExprSyntaxKind::Compare(op, a, b) => {
                concat([self.expr(a), nest(concat([Doc::Line, text(format!("{} ", op.sign())), self.expr(b)]))])
            }
            ExprSyntaxKind::Is(inner, negated, what) => {
                let what = match what {
                    IsWhat::State(state, _) => state.keyword(),
                    IsWhat::Value(name) => &name.text,
                };
                let is = if *negated { " is not " } else { " is " };
                concat([self.expr(inner), text(format!("{is}{what}"))])
            }
            ExprSyntaxKind::In(inner, negated, items) => {
                let word = if *negated { " not in " } else { " in " };
                concat([self.expr(inner), text(word), self.set(items)])
            }
            ExprSyntaxKind::State(state) => text(state.keyword()),
            ExprSyntaxKind::Arith(..) => self.arithmetic(expr),
            ExprSyntaxKind::Neg(inner) => concat([text("-"), self.expr(inner)]),
            ExprSyntaxKind::At(inner, date) => concat([self.expr(inner), text(" at "), self.expr(date)]),
            ExprSyntaxKind::Paren(inner) => group(concat([
                text("("),
                nest(concat([Doc::Soft, unit(inner.span, self.flush_expr(inner))])),
                Doc::Soft,
                text(")"),
            ])),
            ExprSyntaxKind::Period(from, through) => self.period(from.as_deref(), through.as_deref()),
            ExprSyntaxKind::Record(name, parts) => self.record_value(name, parts),
            ExprSyntaxKind::Conditional(conditional) => self.conditional(conditional),
        }
    }

    /// An expression after a `=`, where it can have a line of its own.
    pub(super) fn value(&self, expr: &ExprSyntax) -> Doc {
        unit(expr.span, self.flush_expr(expr))
    }

    /// An expression on a line of its own: `and` and `or` are not indented.
    fn flush_expr(&self, expr: &ExprSyntax) -> Doc {
        if let ExprSyntaxKind::And(parts) = &expr.kind {
            self.parts("and", parts, unit)
        } else if let ExprSyntaxKind::Or(parts) = &expr.kind {
            self.parts("or", parts, unit)
        } else {
            self.expr(expr)
        }
    }

    /// The parts of a chain; `first` lays out the first one, which can be in the middle of a line.
    fn parts(&self, word: &str, parts: &[ExprSyntax], first: fn(Span, Doc) -> Doc) -> Doc {
        let mut docs = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let inner = self.expr(part);
            if i == 0 {
                docs.push(first(part.span, inner));
            } else {
                docs.extend([Doc::Line, unit(part.span, concat([text(format!("{word} ")), inner]))]);
            }
        }
        Doc::Concat(docs)
    }

    /// A chain of `+ - * /`. It is left-associative, so a loop walks down its left side.
    fn arithmetic(&self, expr: &ExprSyntax) -> Doc {
        let mut steps = Vec::new();
        let mut left = expr;
        while let ExprSyntaxKind::Arith(op, a, b) = &left.kind {
            steps.push((*op, &**b));
            left = a;
        }
        let rest = steps
            .into_iter()
            .rev()
            .map(|(op, right)| concat([Doc::Line, text(format!("{} ", op.sign())), self.expr(right)]));
        concat([self.expr(left), nest(concat(rest))])
    }

    fn call(&self, name: &str, args: Vec<&ExprSyntax>) -> Doc {
        let args = args.into_iter().map(|arg| unit(arg.span, self.expr(arg)));
        group(concat([
            text(format!("{name}(")),
            nest(concat([Doc::Soft, join(args, &[text(","), Doc::Line])])),
            Doc::Soft,
            text(")"),
        ]))
    }

    /// `{ a, b }`
    pub(super) fn set(&self, items: &[ExprSyntax]) -> Doc {
        if items.is_empty() {
            return text("{ }");
        }
        let items = items.iter().map(|item| unit(item.span, self.expr(item)));
        braces(items.collect(), false)
    }

    fn list(&self, open: &str, items: &[ExprSyntax], close: &str) -> Doc {
        let items = items.iter().map(|item| unit(item.span, self.expr(item))).collect();
        group(concat([text(open), nest(concat([Doc::Soft, fill(items)])), Doc::Soft, text(close)]))
    }

    /// A conditional on one line, or with a line for each of its parts.
    fn conditional(&self, conditional: &ConditionalSyntax) -> Doc {
        let ConditionalSyntax { value, condition, otherwise } = conditional;
        let docs = [
            Doc::Soft,
            unit(value.span, self.flush_expr(value)),
            Doc::Line,
            self.clause("when", condition),
            Doc::Line,
            self.clause("otherwise", otherwise),
        ];
        group(concat([text("("), nest(concat(docs)), Doc::Soft, text(")")]))
    }

    /// A period on one line, or with a line for each of its ends.
    fn period(&self, from: Option<&ExprSyntax>, through: Option<&ExprSyntax>) -> Doc {
        let ends = from.map(|day| self.clause("from", day)).into_iter();
        let ends: Vec<Doc> = ends.chain(through.map(|day| self.clause("through", day))).collect();
        group(concat([text("period("), nest(concat([Doc::Soft, join(ends, &[Doc::Line])])), Doc::Soft, text(")")]))
    }

    /// A record on one line, or with a line for each of its fields.
    fn record_value(&self, name: &Name, parts: &[RecordPartSyntax]) -> Doc {
        let parts = parts.iter().map(|RecordPartSyntax { field, value }| {
            unit(field.span, group(concat([text(format!("{}: ", field.text)), self.open_expr(value)])))
        });
        let parts = join(parts, &[text(","), Doc::Line]);
        group(concat([text(format!("{} {{", name.text)), nest(concat([Doc::Line, parts])), Doc::Line, text("}")]))
    }

    fn aggregate(&self, aggregate: &AggregateSyntax) -> Doc {
        let AggregateSyntax { func, func_span: _, var, list, filter, body, otherwise } = aggregate;
        let word = func.keyword();
        let mut docs = vec![Doc::Soft];
        if let Some(var) = var {
            docs.push(text(format!("{} in ", var.text)));
        }
        docs.push(self.expr(list));
        if let Some(filter) = filter {
            docs.extend([Doc::Line, unit(filter.span, concat([text("where "), self.expr(filter)]))]);
        }
        if let Some(body) = body {
            docs.extend([text(":"), Doc::Line, unit(body.span, self.flush_expr(body))]);
        }
        if let Some(value) = otherwise {
            docs.extend([Doc::Line, unit(value.span, concat([text("otherwise "), self.expr(value)]))]);
        }
        group(concat([text(format!("{word}(")), nest(Doc::Concat(docs)), Doc::Soft, text(")")]))
    }

    /// A clause with a keyword and an expression: `when C`. The expression begins on the line of the keyword.
    pub(super) fn clause(&self, word: &str, expr: &ExprSyntax) -> Doc {
        unit(expr.span, group(concat([text(format!("{word} ")), self.open_expr(expr)])))
    }

    /// A text as in the source; the grammar keeps it on one line.
    pub(super) fn text(&self, value: &str, span: Span) -> Doc {
        match self.slice(span) {
            Some(written) if written.starts_with('"') && written.len() > 1 && written.ends_with('"') => text(written),
            Some(_) | None => text(quoted(value)),
        }
    }
}

/// A text in quotes, with the necessary escapes.
pub(super) fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Elements with commas after all but the last, filled into lines.
pub(super) fn fill(items: Vec<Doc>) -> Doc {
    let last = items.len().saturating_sub(1);
    let with_commas = items.into_iter().enumerate();
    Doc::Fill(with_commas.map(|(i, item)| if i < last { concat([item, text(",")]) } else { item }).collect())
}

/// `{ a, b }`, filled into lines between the braces if it is too long; a block has a place for comments.
pub(super) fn braces(items: Vec<Doc>, block: bool) -> Doc {
    let room = if block { Doc::Dangling } else { Doc::Nil };
    group(concat([text("{"), nest(concat([Doc::Line, fill(items), room])), Doc::Line, text("}")]))
}

/// `m2`, `KZT per m2`, `m * m`
pub(super) fn unit_text(unit: &UnitExpr) -> String {
    let mut out = String::new();
    for (i, (name, below)) in unit.factors.iter().enumerate() {
        match (i, below) {
            (0, _) => {}
            (_, true) => out.push_str(" per "),
            (_, false) => out.push_str(" * "),
        }
        out.push_str(&name.text);
    }
    out
}

fn duration(unit: &DurationUnit, number: &str) -> String {
    let word = |one: &str| if number == "1" { one.to_owned() } else { format!("{one}s") };
    match unit {
        DurationUnit::Years => word("year"),
        DurationUnit::Months => word("month"),
        DurationUnit::Weeks => word("week"),
        DurationUnit::Days => word("day"),
        DurationUnit::WorkingDays(None) => word("working day"),
        DurationUnit::WorkingDays(Some(calendar)) => format!("{} of {}", word("working day"), calendar.text),
    }
}

/// A layout on one line, for the cell of a table.
pub(super) fn on_one_line(doc: &Doc) -> String {
    let mut out = String::with_capacity(flat_width(doc));
    let mut stack = vec![doc];
    while let Some(doc) = stack.pop() {
        match doc {
            Doc::Text(text) => out.push_str(text),
            Doc::Line | Doc::Hard | Doc::Gap(..) => out.push(' '),
            Doc::Nil | Doc::Soft | Doc::Dangling | Doc::Suffix(_) => {}
            Doc::Concat(docs) => stack.extend(docs.iter().rev()),
            Doc::Fill(docs) => {
                for (i, doc) in docs.iter().enumerate().rev() {
                    stack.push(doc);
                    if i > 0 {
                        stack.push(&Doc::Line);
                    }
                }
            }
            Doc::Nest(doc) | Doc::Group(doc) => stack.push(doc),
            Doc::Unit(unit) => stack.push(&unit.doc),
        }
    }
    out
}
