//! Typed expressions of the Model.

use super::types::Type;
use crate::ids::*;
use crate::source::Span;
use crate::syntax::ast::{AggregateFunc, ArithOp, CompareOp, HitPolicy, RoundMode, State};
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An expression. Equality compares meaning: places in the text do not count.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Its form.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Its place.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of [`Expr`].
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Value),
    /// A fact.
    Fact(FactId),
    /// A parameter or loop variable.
    Local(LocalId),
    /// A field of a record.
    Field(Box<Expr>, FieldId),
    /// The value that a fact over time has on the governing date (that of the nearest `at`, inside one). The first is the
    /// list of all its values, a [`ExprKind::Fact`] or [`ExprKind::Field`]; the second, the field that holds one.
    OverTime(Box<Expr>, FieldId),
    /// An assumption.
    Assumption(AssumptionId),
    /// A norm, on the governing date in the governing place.
    Norm(NormId),
    /// A definition, with one argument for each parameter.
    Define(DefinitionId, Vec<Expr>),
    /// The governing date (that of the nearest `at`, inside one).
    GoverningDate,
    /// The governing place.
    GoverningRegion,
    /// The first expression as of the date of the second.
    At(Arc<Expr>, Box<Expr>),
    /// Negation.
    Not(Box<Expr>),
    /// Conjunction of at least two.
    And(Vec<Expr>),
    /// Disjunction of at least two.
    Or(Vec<Expr>),
    /// True if a fact, a field or a variable is in a state. The first is [`ExprKind::Fact`], [`ExprKind::Field`],
    /// [`ExprKind::OverTime`] or [`ExprKind::Local`].
    IsState(Box<Expr>, State),
    /// A comparison of two values of one type. If one side is a `count` with a filter and the other is known, the
    /// count's interval may decide.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// True if a value is one of these (literals or constants).
    In(Box<Expr>, Vec<Expr>),
    /// True if a region is one of these; the set already includes the regions inside those that were written.
    InRegions(Box<Expr>, BTreeSet<RegionId>),
    /// Arithmetic on numbers, dates and durations, as their types require.
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// The negative.
    Neg(Box<Expr>),
    /// Rounding to a step.
    Round(RoundMode, Box<Expr>, Box<Expr>),
    /// An aggregate over a list.
    Aggregate(Box<Aggregate>),
    /// A built-in function.
    Call(Builtin, Vec<Expr>),
    /// A decision table.
    Table(Box<Table>),
    /// A marginal scale: the amount, then the upper bound (`None` for the last band) and the rate of each band.
    Scale(Box<Expr>, Vec<(Option<Expr>, Expr)>),
    /// A list of values.
    List(Vec<Expr>),
    /// A record: its type, and the value of each field in the order of declaration.
    Record(RecordId, Vec<Expr>),
    /// One of two values.
    Conditional(Box<Conditional>),
}

/// One of two values, by a condition. If the condition is unknown, it is the value of both if they are known and equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    /// The value if the condition is true.
    pub value: Expr,
    /// The condition.
    pub condition: Expr,
    /// The value if it is false.
    pub otherwise: Expr,
}

/// `any`, `all`, `count`, `sum`, `min`, `max`, `first`, `list` over a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The function.
    pub func: AggregateFunc,
    /// The variable; declared even if none is written.
    pub local: LocalId,
    /// The list.
    pub list: Expr,
    /// The condition on elements.
    pub filter: Option<Expr>,
    /// The expression for each element; `None` for `count`, and if the element itself is taken.
    pub body: Option<Expr>,
    /// The value for no elements, for `min`, `max` and `first`.
    pub otherwise: Option<Expr>,
}

/// A decision table. A row applies if all its conditions are true.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The combination of rows that apply. `Unique`: two with different values are a conflict. `First`: the first one.
    /// `Sum`, `Min`, `Max`, `Count`, `List`: of the values of all.
    pub hit: HitPolicy,
    /// The rows.
    pub rows: Vec<TableRow>,
    /// The value if no row applies.
    pub otherwise: Option<Expr>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Its conditions; a cell `any` adds none.
    pub conditions: Vec<Expr>,
    /// Its value.
    pub output: Expr,
    /// Its place, in the policy or in a CSV file.
    pub span: Span,
}

/// Built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// `age(birth, on)`: completed months, as a duration in months. `age(birth)` becomes this with the governing date.
    Age,
    /// `years_between(a, b)`: completed years, as a duration in months.
    YearsBetween,
    /// `months_between(a, b)`: completed months, as a duration in months.
    MonthsBetween,
    /// `days_between(a, b)`: a duration in days.
    DaysBetween,
    /// `working_days_between(a, b)`: a duration in working days.
    WorkingDaysBetween(CalendarId),
    /// `is_working_day(d)`
    IsWorkingDay(CalendarId),
    /// `next_working_day(d)`: the day itself if it is worked, else the first working day after it.
    NextWorkingDay(CalendarId),
    /// `weekday(d)`: a value of the enum of the days of the week.
    Weekday(EnumId),
    /// `date(year, month, day)` of whole numbers; a fault if there is no such day.
    Date,
    /// `year(d)`: a whole number.
    Year,
    /// `month(d)`: 1 to 12.
    Month,
    /// `day(d)`: 1 to 31.
    Day,
    /// `first_day_of_month(d)`
    FirstDayOfMonth,
    /// `last_day_of_month(d)`
    LastDayOfMonth,
    /// `first_day_of_year(d)`
    FirstDayOfYear,
    /// `abs(n)`
    Abs,
    /// `min(a, b, …)` of values of one type.
    Min,
    /// `max(a, b, …)` of values of one type.
    Max,
    /// `contains(list, value)`
    Contains,
    /// `quotient(a, b)` of numbers in one unit: how many times `b` goes into `a`, a whole number; rounded down.
    Quotient,
    /// `remainder(a, b)` of numbers in one unit: `a - b * quotient(a, b)`, with the sign of `b`.
    Remainder,
    /// `power(base, n, step)` of numbers without a unit: `base` to the power of a whole number, rounded to a step.
    Power,
    /// `starts_with(text, beginning)`
    StartsWith,
    /// `a = b` of two records of a type: true if all their parts are equal.
    SameRecord(RecordId),
    /// `period(from a through b)`, `period(from a)`, `period(through b)`: with the days that are given.
    Period(PeriodEnds),
    /// `covers(p, q)`: true if every day of `q`, a day or a period, lies in `p`.
    Covers,
    /// `overlap(p, q)`: true if the periods have a day in common.
    Overlap,
    /// `meets(p, q)`: true if `q` begins on the day after `p` ends.
    Meets,
    /// `days(p)`: a duration in days, both ends counted.
    Days,
    /// `months(p)`: whole months, as a duration in months.
    Months,
    /// `months_of(p)`: the months of the calendar in which it has a day, as a list of periods.
    MonthsOf,
    /// `days_covered(list, within)`: a duration in days.
    DaysCovered,
    /// `longest_run(list, within)`: the most days covered one after the other, as a duration in days.
    LongestRun,
    /// `gaps(list, within)`: what is not covered, as a list of periods.
    Gaps,
}

/// The days that are given of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodEnds {
    /// The first day; it is open at its end.
    From,
    /// The last day; it is open at its beginning.
    Through,
    /// Both.
    Both,
}

impl Builtin {
    /// True if it takes or makes periods, whose ends have states of their own.
    #[must_use]
    pub const fn is_of_periods(self) -> bool {
        match self {
            Self::Period(_)
            | Self::Covers
            | Self::Overlap
            | Self::Meets
            | Self::Days
            | Self::Months
            | Self::MonthsOf
            | Self::DaysCovered
            | Self::LongestRun
            | Self::Gaps => true,
            Self::Age
            | Self::YearsBetween
            | Self::MonthsBetween
            | Self::DaysBetween
            | Self::WorkingDaysBetween(_)
            | Self::IsWorkingDay(_)
            | Self::NextWorkingDay(_)
            | Self::Weekday(_)
            | Self::Date
            | Self::Year
            | Self::Month
            | Self::Day
            | Self::FirstDayOfMonth
            | Self::LastDayOfMonth
            | Self::FirstDayOfYear
            | Self::Abs
            | Self::Min
            | Self::Max
            | Self::Contains
            | Self::Quotient
            | Self::Remainder
            | Self::Power
            | Self::StartsWith
            | Self::SameRecord(_) => false,
        }
    }
}

impl Expr {
    /// The expressions directly inside this one, in the order of the text.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        let mut children = Vec::new();
        self.each_child(&mut |child| children.push(child));
        children
    }

    /// Calls `f` on each expression directly inside this one, in the order of the text.
    pub fn each_child<'a>(&'a self, f: &mut impl FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Fact(_)
            | ExprKind::Local(_)
            | ExprKind::Assumption(_)
            | ExprKind::Norm(_)
            | ExprKind::GoverningDate
            | ExprKind::GoverningRegion => {}
            ExprKind::Field(e, _)
            | ExprKind::OverTime(e, _)
            | ExprKind::Not(e)
            | ExprKind::IsState(e, _)
            | ExprKind::InRegions(e, _)
            | ExprKind::Neg(e) => f(e),
            ExprKind::At(what, date) => {
                f(what);
                f(date);
            }
            ExprKind::Compare(_, a, b) | ExprKind::Arith(_, a, b) | ExprKind::Round(_, a, b) => {
                f(a);
                f(b);
            }
            ExprKind::Define(_, list)
            | ExprKind::And(list)
            | ExprKind::Or(list)
            | ExprKind::Call(_, list)
            | ExprKind::List(list)
            | ExprKind::Record(_, list) => list.iter().for_each(f),
            ExprKind::In(e, list) => {
                f(e);
                list.iter().for_each(f);
            }
            ExprKind::Conditional(conditional) => {
                f(&conditional.value);
                f(&conditional.condition);
                f(&conditional.otherwise);
            }
            ExprKind::Aggregate(a) => {
                f(&a.list);
                a.filter.iter().chain(&a.body).chain(&a.otherwise).for_each(f);
            }
            ExprKind::Table(t) => {
                for row in &t.rows {
                    row.conditions.iter().for_each(&mut *f);
                    f(&row.output);
                }
                t.otherwise.iter().for_each(f);
            }
            ExprKind::Scale(amount, bands) => {
                f(amount);
                for (upto, rate) in bands {
                    upto.iter().for_each(&mut *f);
                    f(rate);
                }
            }
        }
    }

    /// Calls `f` on this expression and on everything inside it, but not inside definitions.
    pub fn walk<'a>(&'a self, f: &mut impl FnMut(&'a Expr)) {
        f(self);
        self.each_child(&mut |child| child.walk(f));
    }
}
