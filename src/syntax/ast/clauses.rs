//! The clauses that stand in items of several kinds: scopes, sources, labels, handlers, types, parameters.

use super::expr::ExprSyntax;
use super::tokens::{Name, State, Text, UnitExpr};
use crate::source::Span;
use chrono::NaiveDate;

/// A text in one language: `ru "Отказ"`.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelSyntax {
    /// The language code, two or three lowercase Latin letters.
    pub lang: Name,
    /// The text.
    pub text: Text,
}

/// A message in one language, with its placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The language code.
    pub lang: Name,
    /// Literal pieces and `{expression}` pieces in the order of the text; `{{` and `}}` are already single braces.
    pub parts: Vec<MessagePartSyntax>,
    /// The whole string, quotes included.
    pub span: Span,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagePartSyntax {
    /// Text as it is.
    Text(String),
    /// A value that is formatted for the message's language.
    Value(ExprSyntax),
}

/// `source NAME "p. 12"`: a clause that cites a source, with a place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    /// The source's name.
    pub name: Name,
    /// Paragraph, article, page. In a header whose source is not declared elsewhere: the title.
    pub place: Option<Text>,
    /// The whole clause.
    pub span: Span,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
}

/// `NAME: TYPE [over time] [masked] [at least E] [at most E] [from REGISTRY else REGISTRY] handler* label*`; without a type: handlers for a
/// declared fact, and `masked`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSyntax {
    /// Its name.
    pub name: Name,
    /// Its type; `None` if an amendment only adds handlers or masks it.
    pub ty: Option<TypeExpr>,
    /// `over time`, where it is written: the values come with the days on which they hold.
    pub over_time: Option<Span>,
    /// `masked`, where it is written: nobody is to read its values.
    pub masked: Option<Span>,
    /// `at least E`: the least value that it can have; for a list, the least number of its elements.
    pub at_least: Option<Box<ExprSyntax>>,
    /// `at most E`: the greatest value that it can have.
    pub at_most: Option<Box<ExprSyntax>>,
    /// `from A else B`: the registries that answer, in order.
    pub registries: Vec<Name>,
    /// Handlers for its silence.
    pub handlers: Vec<HandlerSyntax>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole field.
    pub span: Span,
}

/// `if absent then OUTCOME CODE`, `if unavailable then OUTCOME CODE`, `if absent means VALUE`, `if absent open "why"`
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerSyntax {
    /// The state that it handles.
    pub state: State,
    /// Its action.
    pub action: HandlerActionSyntax,
    /// Its scope, within the section's: `if absent then refuse X in REGION from 2026-01-01`.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole clause.
    pub span: Span,
}

/// The action of a handler.
#[derive(Clone, Debug, PartialEq)]
pub enum HandlerActionSyntax {
    /// `then OUTCOME CODE`
    Then {
        /// The outcome that it proposes.
        outcome: Name,
        /// The reason that it gives.
        reason: Name,
    },
    /// `means VALUE`: absence means a value.
    Means(ExprSyntax),
    /// `open "why"`: the law does not say what follows.
    Open(Text),
}

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// Its form.
    pub kind: TypeKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of [`TypeExpr`].
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `bool integer decimal date text region`, an enum, a record, or a unit of one name: `m2`.
    Name(Name),
    /// `KZT per m2`, `m * m`.
    Unit(UnitExpr),
    /// `duration in months|years|days|weeks`, with the unit as written.
    Duration(Name),
    /// `list of TYPE`
    List(Box<TypeExpr>),
    /// `{ residence, temporary_stay }`: an enum without a name.
    Enum(Vec<EnumValue>),
    /// `{ birth_date: date, … }`: a record without a name.
    Record(Vec<FieldSyntax>),
}

/// `in REGION, …`, `from DATE`, `through DATE`, `for COND`; each at most once.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ScopeSyntax {
    /// The regions; empty if it holds everywhere.
    pub regions: Vec<Name>,
    /// First day.
    pub from: Option<DateBoundSyntax>,
    /// Last day, included.
    pub through: Option<DateBoundSyntax>,
    /// The cohort.
    pub cohort: Option<ExprSyntax>,
    /// All clauses; `None` if there are none.
    pub span: Option<Span>,
}

/// A bound of a period.
#[derive(Clone, Debug, PartialEq)]
pub enum DateBoundSyntax {
    /// `2025-11-11`
    Date(NaiveDate, Span),
    /// The name of an assumption that is a date.
    Name(Name),
}

/// `name: TYPE`
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
}

/// `replace … keeping exceptions|afresh`
#[derive(Clone, Debug, PartialEq)]
pub struct Replace {
    /// `Some(true)` for `keeping exceptions`, `Some(false)` for `afresh`, `None` if neither is written.
    pub keeping: Option<bool>,
    /// The word `replace`.
    pub span: Span,
}

/// `for each NAME in LIST [where C]`
#[derive(Clone, Debug, PartialEq)]
pub struct ForEachSyntax {
    /// The variable.
    pub var: Name,
    /// The list.
    pub list: ExprSyntax,
    /// The condition on elements.
    pub filter: Option<ExprSyntax>,
    /// The whole clause.
    pub span: Span,
}

/// `CODE` or `CODE(args)`
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonRef {
    /// The reason's code.
    pub code: Name,
    /// Its arguments.
    pub args: Vec<ExprSyntax>,
    /// The whole.
    pub span: Span,
}

/// A CSV file beside a policy, and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvFile {
    /// Its path, relative to the file that names it.
    pub path: Text,
    /// `decimal comma`: its numbers are written `1 000,50`.
    pub decimal_comma: bool,
    /// `day first`: its dates are written `31.12.2026`.
    pub day_first: bool,
}
