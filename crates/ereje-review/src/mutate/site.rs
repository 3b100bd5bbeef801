//! The places of a policy that an edit can change, and the edits of a text.

use chrono::NaiveDate;
use ereje::source::{FileId, Span};
use ereje::syntax::ast::{ArithOp, CompareOp};
use serde::Serialize;
use std::sync::Arc;

/// One replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Splice {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The replacement.
    pub with: String,
}

/// The kinds of edits, named after mistakes that people make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// A number one step off.
    Number,
    /// A date one day off.
    Date,
    /// `<` for `<=`.
    Boundary,
    /// A negated condition.
    Negation,
    /// `and` for `or`.
    Junction,
    /// A part of a condition left out.
    Operand,
    /// A rule, exception, notice, case, value, handler or suspension left out.
    Item,
    /// A `when`, `unless`, `where` or `otherwise` left out.
    Clause,
    /// A clause of a scope left out.
    Scope,
    /// A region too many or too few.
    Region,
    /// Another reason.
    Reason,
    /// Another outcome.
    Outcome,
    /// Two outcomes the other way round.
    Order,
    /// `absent` for `unavailable`.
    State,
    /// Another value of an enum, a truth, a text.
    Value,
    /// A value too many or too few in a set.
    Set,
    /// `any` for `all`, `min` for `max`.
    Aggregate,
    /// Rounded the other way.
    Rounding,
    /// `+` for `-`.
    Arithmetic,
    /// An assumption decided the other way.
    Default,
    /// `keeping exceptions` for `afresh`.
    Exceptions,
    /// An amendment no longer over another.
    Over,
    /// A value as of another date.
    At,
    /// A row of a table, or what several fitting rows mean.
    Table,
    /// A setting of the policy's calendar.
    Setting,
    /// Something larger, made at random.
    Random,
}

impl Operator {
    /// All small kinds in the order of reports; [`Operator::Random`] makes no small edits.
    pub const ALL: [Self; 26] = [
        Self::Number,
        Self::Date,
        Self::Boundary,
        Self::Negation,
        Self::Junction,
        Self::Operand,
        Self::Item,
        Self::Clause,
        Self::Scope,
        Self::Region,
        Self::Reason,
        Self::Outcome,
        Self::Order,
        Self::State,
        Self::Value,
        Self::Set,
        Self::Aggregate,
        Self::Rounding,
        Self::Arithmetic,
        Self::Default,
        Self::Exceptions,
        Self::Over,
        Self::At,
        Self::Table,
        Self::Setting,
        Self::Random,
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Boundary => "boundary",
            Self::Negation => "negation",
            Self::Junction => "junction",
            Self::Operand => "operand",
            Self::Item => "item",
            Self::Clause => "clause",
            Self::Scope => "scope",
            Self::Region => "region",
            Self::Reason => "reason",
            Self::Outcome => "outcome",
            Self::Order => "order",
            Self::State => "state",
            Self::Value => "value",
            Self::Set => "set",
            Self::Aggregate => "aggregate",
            Self::Rounding => "rounding",
            Self::Arithmetic => "arithmetic",
            Self::Default => "default",
            Self::Exceptions => "exceptions",
            Self::Over => "over",
            Self::At => "at",
            Self::Table => "table",
            Self::Setting => "setting",
            Self::Random => "random",
        }
    }

    /// The case that would notice it, in words.
    #[must_use]
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Number => "a case whose outcome or output turns on this very number",
            Self::Date => "a case on that day, with an outcome that is another one the day before or after,",
            Self::Boundary => "a case in which both sides are equal",
            Self::Negation => "a case in which the rest of the rule holds and only this decides",
            Self::Junction => "a case in which one part is true, the other false, and nothing else decides",
            Self::Operand => "a case in which all other parts leave the decision to this one",
            Self::Item => "a case in which it has its say, and the decision would be another without it,",
            Self::Clause => "a case in which the rest of the rule holds and only this clause decides",
            Self::Scope => "a case on a day, or in a place, that only this clause leaves out",
            Self::Region => "a case in the region that is added or taken away",
            Self::Reason => "a case that expects the reason by its code",
            Self::Outcome => "a case in which it gives the outcome",
            Self::Order => "a case in which rules of both outcomes speak",
            Self::State => "a case in which that fact is in that state, and the outcome turns on it,",
            Self::Value => "a case with the value as it stands and one with the other, told apart by nothing else,",
            Self::Set => "a case with the very value that is added or taken out",
            Self::Aggregate => "a case over a list of several elements that differ",
            Self::Rounding => {
                "a case that expects an output which does not come out even (for `round even`, one half-way between two steps)"
            }
            Self::Arithmetic => "a case that expects the number, or whose outcome turns on it,",
            Self::Default => "a case that assumes nothing and rests on the default",
            Self::Exceptions => "a case in which an exception to what is replaced holds",
            Self::Over => "a case in which versions of both sections are in scope",
            Self::At => "a case with another value on the governing date than on this one",
            Self::Table => "a case that this row, or several rows at once, decide",
            Self::Setting => "a case on the day that the setting is about",
            Self::Random => "a case that tells the two laws apart",
        }
    }

    /// The mistake, in words.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Number => "a number one step off",
            Self::Date => "a date one day off",
            Self::Boundary => "a bound in or out",
            Self::Negation => "a negated condition",
            Self::Junction => "`and` for `or`",
            Self::Operand => "a part of a condition left out",
            Self::Item => "a rule, exception, case, value or handler left out",
            Self::Clause => "a `when`, `unless`, `where` or `otherwise` left out",
            Self::Scope => "a clause of a scope left out",
            Self::Region => "a region too many or too few",
            Self::Reason => "another reason",
            Self::Outcome => "another outcome",
            Self::Order => "two outcomes the other way round",
            Self::State => "`absent` for `unavailable`",
            Self::Value => "another value",
            Self::Set => "a value too many or too few in a set",
            Self::Aggregate => "`any` for `all`, `min` for `max`",
            Self::Rounding => "rounded the other way",
            Self::Arithmetic => "another sign of arithmetic",
            Self::Default => "an assumption decided the other way",
            Self::Exceptions => "`keeping exceptions` for `afresh`",
            Self::Over => "an amendment no longer over another",
            Self::At => "a value as of another date",
            Self::Table => "a row of a table, or what several rows mean",
            Self::Setting => "a setting of the policy",
            Self::Random => "something larger, at random",
        }
    }
}

/// A place in an item that an edit can change.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// The item's name with its section, `kz.pilot_2025.consent_by`.
    pub(super) item: Arc<str>,
    /// The item.
    pub(super) whole: Span,
    /// The text that is shown around the place, such as the comparison of a number.
    pub(super) around: Span,
    pub(super) kind: SiteKind,
}

/// The kind of a site, with what its edits need.
#[derive(Clone, Debug)]
pub(super) enum SiteKind {
    /// A number: its digits, and the whole with its unit or sign.
    Number { digits: Span, shown: Span },
    /// A day.
    Date(NaiveDate, Span),
    /// `true` or `false`.
    Bool(bool, Span),
    /// A quoted text in an expression.
    Text(Span),
    /// A name that may be a value of an enum or a region.
    Value(String, Span),
    /// The path of what may be a fact.
    Path(String, Span),
    /// A comparison: its sign and its sides.
    Compare { op: CompareOp, sign: Span, sides: Option<(Span, Span)> },
    /// `is` or `in`, with its `not`.
    Test { word: &'static str, negated: bool, words: Span },
    /// The values of a set in braces.
    Set(Vec<(String, Span)>),
    /// The regions of a scope.
    Regions(Vec<(String, Span)>),
    /// `and` or `or` over parts.
    Junction { and: bool, parts: Vec<Span>, span: Span },
    /// `not E`, and the place of E.
    Not { whole: Span, inner: Span },
    /// A condition that is just a fact or a definition.
    Condition(Span),
    /// Arithmetic: its sign and its sides.
    Arith { op: ArithOp, sign: Span, sides: (Span, Span) },
    /// The order of a decision's outcomes, and its `otherwise`.
    Order { outcomes: Vec<(String, Span)>, otherwise: Option<(String, Span)> },
    /// An assumption's default and its alternatives: the places of those that are written out, and the texts of the
    /// others.
    Default { default: Span, written: Vec<Span>, others: Vec<String>, steps: Option<SteppableDefault> },
    /// Words that are replaced by others, one at a time.
    Swap { operator: Operator, span: Span, with: Vec<String> },
    /// A rule or exception that has to stay because others name it, but never holds.
    Silence { after: Span, named: &'static str },
    /// Something that is removed; `named` describes a whole item or a long text.
    Drop { operator: Operator, span: Span, named: Option<&'static str> },
}

/// The default of an assumption, if it has neighbours.
#[derive(Clone, Debug)]
pub(super) enum SteppableDefault {
    /// The digits of a number inside the default.
    Number(Span),
    /// A day.
    Date(NaiveDate),
}

/// A place of a file that is being read.
pub(super) fn span(file: FileId, range: std::ops::Range<usize>) -> Span {
    Span::new(file, range.start, range.end)
}

/// The byte range of a place.
pub(super) fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}
