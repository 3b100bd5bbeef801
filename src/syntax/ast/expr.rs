//! The expressions of the Ast, with the operators and aggregates in them.

use super::tokens::{Name, Numeral, State, UnitExpr};
use crate::source::Span;
use crate::value::RoundMode;
use chrono::NaiveDate;
use std::cmp::Ordering;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ExprSyntax {
    /// Its form.
    pub kind: ExprSyntaxKind,
    /// Its place.
    pub span: Span,
}

impl ExprSyntax {
    /// Calls `f` on each expression directly inside this one, in the order of the text.
    pub fn each_child<'e>(&'e self, f: &mut impl FnMut(&'e Self)) {
        use ExprSyntaxKind as Kind;
        match &self.kind {
            Kind::Number(..)
            | Kind::Percent(_)
            | Kind::Duration(..)
            | Kind::Date(_)
            | Kind::Text(_)
            | Kind::Bool(_)
            | Kind::Name(_)
            | Kind::State(_) => {}
            Kind::Field(e, _) | Kind::Not(e) | Kind::Is(e, ..) | Kind::Neg(e) | Kind::Paren(e) => f(e),
            Kind::Call(_, list) | Kind::List(list) | Kind::And(list) | Kind::Or(list) => list.iter().for_each(f),
            Kind::Round(_, a, b) | Kind::Compare(_, a, b) | Kind::Arith(_, a, b) | Kind::At(a, b) => {
                f(a);
                f(b);
            }
            Kind::Period(from, through) => from.iter().chain(through).for_each(|end| f(end)),
            Kind::Record(_, parts) => parts.iter().for_each(|part| f(&part.value)),
            Kind::Conditional(conditional) => {
                f(&conditional.value);
                f(&conditional.condition);
                f(&conditional.otherwise);
            }
            Kind::In(e, _, list) => {
                f(e);
                list.iter().for_each(f);
            }
            Kind::Aggregate(aggregate) => {
                f(&aggregate.list);
                aggregate.filter.iter().chain(&aggregate.body).chain(&aggregate.otherwise).for_each(f);
            }
        }
    }

    /// Calls `f` on this expression and on everything inside it.
    pub fn walk<'e>(&'e self, f: &mut impl FnMut(&'e Self)) {
        f(self);
        self.each_child(&mut |child| child.walk(f));
    }
}

/// The kinds of [`ExprSyntax`].
#[derive(Clone, Debug, PartialEq)]
pub enum ExprSyntaxKind {
    /// `15`, `44.5 m2`, `15 KZT per m2`
    Number(Numeral, Option<UnitExpr>),
    /// `10%`
    Percent(Numeral),
    /// `18 years`, `3 working days`
    Duration(Numeral, DurationUnit),
    /// `2025-11-11`
    Date(NaiveDate),
    /// `"text"`, in NFC
    Text(String),
    /// `true`, `false`
    Bool(bool),
    /// A name: a definition, norm, assumption, fact, group, parameter, variable, enum or enum value.
    Name(Name),
    /// `E.name`
    Field(Box<ExprSyntax>, Name),
    /// `f(a, b)`: a definition with parameters, or a built-in function
    Call(Name, Vec<ExprSyntax>),
    /// `round(E, STEP)`, `round up(E, STEP)`, `round down(E, STEP)`, `round even(E, STEP)`
    Round(RoundMode, Box<ExprSyntax>, Box<ExprSyntax>),
    /// `any(x in L where C: E otherwise V)` and its kin, with or without a variable
    Aggregate(Box<AggregateSyntax>),
    /// `[a, b]`
    List(Vec<ExprSyntax>),
    /// `not E`
    Not(Box<ExprSyntax>),
    /// `a and b and c`; at least two
    And(Vec<ExprSyntax>),
    /// `a or b or c`; at least two
    Or(Vec<ExprSyntax>),
    /// `a < b`
    Compare(CompareOp, Box<ExprSyntax>, Box<ExprSyntax>),
    /// `E is [not] VALUE|absent|unavailable`
    Is(Box<ExprSyntax>, bool, IsWhat),
    /// `E [not] in { a, b }`; the values can include states, as [`ExprSyntaxKind::State`].
    In(Box<ExprSyntax>, bool, Vec<ExprSyntax>),
    /// `absent`, `unavailable`: only directly inside the braces of `in { … }` or of a table's cell.
    State(State),
    /// `a + b`
    Arith(ArithOp, Box<ExprSyntax>, Box<ExprSyntax>),
    /// `-E`
    Neg(Box<ExprSyntax>),
    /// `NAME at DATE`; the first expression is a name or a call
    At(Box<ExprSyntax>, Box<ExprSyntax>),
    /// `(E)`, kept for the formatter
    Paren(Box<ExprSyntax>),
    /// `period(from E through E)`; at least one of the two is there
    Period(Option<Box<ExprSyntax>>, Option<Box<ExprSyntax>>),
    /// `Approval { status: granted, rate: 5% }`: a record type and the values of its fields
    Record(Name, Vec<RecordPartSyntax>),
    /// `(VALUE when CONDITION otherwise VALUE)`, with its parentheses
    Conditional(Box<ConditionalSyntax>),
}

/// `status: granted` in a record that is written out
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPartSyntax {
    /// The field.
    pub field: Name,
    /// Its value.
    pub value: ExprSyntax,
}

/// `(VALUE when CONDITION otherwise VALUE)`
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionalSyntax {
    /// The value if the condition is true.
    pub value: ExprSyntax,
    /// The condition.
    pub condition: ExprSyntax,
    /// The value if it is false.
    pub otherwise: ExprSyntax,
}

/// The unit of a duration literal.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationUnit {
    /// `year(s)`
    Years,
    /// `month(s)`
    Months,
    /// `week(s)`
    Weeks,
    /// `day(s)`
    Days,
    /// `working day(s) [of CALENDAR]`
    WorkingDays(Option<Name>),
}

/// `any|all|count|sum|min|max|first|list ( [VAR in] LIST [where C] [: BODY] [otherwise V] )`
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateSyntax {
    /// The function.
    pub func: AggregateFunc,
    /// The place of its keyword.
    pub func_span: Span,
    /// The variable; `None` in `count(L)`, `sum(L)`, `first(L)` …
    pub var: Option<Name>,
    /// The list.
    pub list: ExprSyntax,
    /// The condition on elements.
    pub filter: Option<ExprSyntax>,
    /// The expression for each element.
    pub body: Option<ExprSyntax>,
    /// The value for no elements.
    pub otherwise: Option<ExprSyntax>,
}

impl AggregateSyntax {
    /// True of `count(L)`: nothing but the list stands in the parentheses.
    #[must_use]
    pub const fn is_of_list_alone(&self) -> bool {
        self.var.is_none() && self.filter.is_none() && self.body.is_none() && self.otherwise.is_none()
    }
}

/// The aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words are the language's own")]
pub enum AggregateFunc {
    Any,
    All,
    Count,
    Sum,
    Min,
    Max,
    First,
    List,
}

impl AggregateFunc {
    /// Every one of them.
    pub const ALL: [Self; 8] =
        [Self::Any, Self::All, Self::Count, Self::Sum, Self::Min, Self::Max, Self::First, Self::List];

    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::First => "first",
            Self::List => "list",
        }
    }
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the operators'")]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl CompareOp {
    /// The sign in a policy.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// True if it holds of two values in this order, the first beside the second.
    #[inline]
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }

    /// The same comparison with its sides changed over.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Eq => Self::Eq,
            Self::Ne => Self::Ne,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
        }
    }

    /// The comparison that holds where this one does not.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }
}

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the operators'")]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
}

impl ArithOp {
    /// The sign in a policy.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
        }
    }
}

/// The right side of `is`.
#[derive(Clone, Debug, PartialEq)]
pub enum IsWhat {
    /// `absent`, `unavailable`
    State(State, Span),
    /// An enum value or a region.
    Value(Name),
}
