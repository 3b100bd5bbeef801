//! The Ast: the content of one `.ereje` file as strings with spans; no name is resolved here.
//!
//! A node is called `…Syntax`: `NormSyntax` is how a norm is written, and `model::Norm` what it means. Names, texts and
//! comments are tokens. The words that the Model takes over unchanged (`State`, `CompareOp`, `HitPolicy`) have one type
//! in both.
//!
//! Every tree is plain data without lifetimes. `PartialEq` on trees compares spans as well; the formatter compares
//! trees through [`File::without_places`], which the syntax stage provides beside the parser.

mod expr;
mod tokens;

use crate::source::{FileId, Span};
use chrono::NaiveDate;

pub use crate::value::RoundMode;
pub use expr::{AggregateFunc, AggregateSyntax, ArithOp, CompareOp, DurationUnit, ExprSyntax, ExprSyntaxKind, IsWhat};
pub use tokens::{Name, Numeral, Path, State, Text, UnitExpr};

/// One parsed file. Items that could not be read are missing; the diagnostics report them.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The file that was parsed.
    pub file: FileId,
    /// The items as written.
    pub items: Vec<ItemSyntax>,
    /// All comments in the order of the text.
    pub comments: Vec<Comment>,
    /// The text that could not be read. Names in it may be declared there, so they are not reported as unknown.
    pub unread: Vec<Span>,
}

/// A `# …` comment, to the end of its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The text with its `#`, without the line end.
    pub text: String,
    /// Its place.
    pub span: Span,
    /// True if only white space comes before it on its line.
    pub own_line: bool,
}

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

/// Everything that may stand at the top of a file.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is named after the struct that documents it")]
pub enum ItemSyntax {
    Policy(PolicySyntax),
    Amendment(AmendmentSyntax),
    Import(ImportSyntax),
    Source(SourceSyntax),
    Registry(RegistrySyntax),
    Region(RegionSyntax),
    Unit(UnitSyntax),
    Calendar(CalendarSyntax),
    Enum(EnumSyntax),
    Record(RecordSyntax),
    Facts(FactsSyntax),
    AsOf(AsOfSyntax),
    Decision(DecisionSyntax),
    Outcome(OutcomeSyntax),
    Reason(ReasonSyntax),
    Define(DefineSyntax),
    Case(CaseItemSyntax),
    Norm(NormSyntax),
    Table(TableSyntax),
    Scale(ScaleSyntax),
    Assumption(AssumptionSyntax),
    Rule(RuleSyntax),
    Exception(ExceptionSyntax),
    Notice(NoticeSyntax),
    Suspend(SuspendSyntax),
}

impl ItemSyntax {
    /// The scope and the sources of a header; `None` if the item is no header.
    #[must_use]
    pub const fn header(&self) -> Option<(&ScopeSyntax, &Vec<Citation>)> {
        if let Self::Policy(policy) = self {
            Some((&policy.scope, &policy.sources))
        } else if let Self::Amendment(amendment) = self {
            Some((&amendment.scope, &amendment.sources))
        } else {
            None
        }
    }

    /// The `replace` of an item that replaces another, with the name of both.
    #[must_use]
    pub fn replacement(&self) -> Option<(&Name, &Replace)> {
        let (name, replace) = match self {
            Self::Rule(rule) => (&rule.name, &rule.replace),
            Self::Exception(exception) => (&exception.name, &exception.replace),
            Self::Notice(notice) => (notice.name.as_ref().unwrap_or(&notice.reason.code), &notice.replace),
            Self::Define(define) => (&define.name, &define.replace),
            Self::Table(table) => (&table.name, &table.replace),
            Self::Scale(scale) => (&scale.name, &scale.replace),
            Self::Policy(_)
            | Self::Amendment(_)
            | Self::Import(_)
            | Self::Source(_)
            | Self::Registry(_)
            | Self::Region(_)
            | Self::Unit(_)
            | Self::Calendar(_)
            | Self::Enum(_)
            | Self::Record(_)
            | Self::Facts(_)
            | Self::AsOf(_)
            | Self::Decision(_)
            | Self::Outcome(_)
            | Self::Reason(_)
            | Self::Case(_)
            | Self::Norm(_)
            | Self::Assumption(_)
            | Self::Suspend(_) => return None,
        };
        Some((name, replace.as_ref()?))
    }

    /// The span of the whole item.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Policy(item) => item.span,
            Self::Amendment(item) => item.span,
            Self::Import(item) => item.span,
            Self::Source(item) => item.span,
            Self::Registry(item) => item.span,
            Self::Region(item) => item.span,
            Self::Unit(item) => item.span,
            Self::Calendar(item) => item.span,
            Self::Enum(item) => item.span,
            Self::Record(item) => item.span,
            Self::Facts(FactsSyntax::Group { span, .. } | FactsSyntax::Single { span, .. }) => *span,
            Self::AsOf(item) => item.span,
            Self::Decision(item) => item.span,
            Self::Outcome(item) => item.span,
            Self::Reason(item) => item.span,
            Self::Define(item) => item.span,
            Self::Case(item) => item.span,
            Self::Norm(item) => item.span,
            Self::Table(item) => item.span,
            Self::Scale(item) => item.span,
            Self::Assumption(item) => item.span,
            Self::Rule(item) => item.span,
            Self::Exception(item) => item.span,
            Self::Notice(item) => item.span,
            Self::Suspend(item) => item.span,
        }
    }
}

/// `policy NAME scope* settings* source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySyntax {
    /// Its dotted name.
    pub name: Path,
    /// Its regions and period.
    pub scope: ScopeSyntax,
    /// `languages en, ru, kk`: the languages in which every label is required; without it, those of the title.
    pub languages: Vec<Name>,
    /// `leap_birthday march_1|february_28`.
    pub leap_birthday: Option<Name>,
    /// `month_end clamp|roll`.
    pub month_end: Option<Name>,
    /// The sources of its items that name none. A text here declares the source.
    pub sources: Vec<Citation>,
    /// Titles.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `amendment NAME to POLICY scope* over* source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct AmendmentSyntax {
    /// Its dotted name.
    pub name: Path,
    /// The policy that it amends.
    pub policy: Path,
    /// Its regions and period, within the policy's own.
    pub scope: ScopeSyntax,
    /// `over NAME, …`: amendments (or the policy) over whose versions this one's take precedence.
    pub over: Vec<Path>,
    /// As in [`PolicySyntax::sources`].
    pub sources: Vec<Citation>,
    /// Titles.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `import "../common"`: a file or a folder, relative to the importing file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSyntax {
    /// The path as written, with `/`.
    pub path: Text,
    /// The whole item.
    pub span: Span,
}

/// `source NAME = "title" label*`: declares a legal source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSyntax {
    /// Its name in this policy.
    pub name: Name,
    /// The title for citations.
    pub title: Text,
    /// The title in other languages.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
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

/// `registry NAME label* if unavailable then …`
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrySyntax {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<LabelSyntax>,
    /// Handlers of all its facts.
    pub handlers: Vec<HandlerSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `region NAME label* { child, child { … } }`; an existing name is extended with more children.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionSyntax {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<LabelSyntax>,
    /// Regions inside it.
    pub children: Vec<RegionSyntax>,
    /// The whole node.
    pub span: Span,
}

/// `unit NAME [= 10_000 m2] label*`
#[derive(Clone, Debug, PartialEq)]
pub struct UnitSyntax {
    /// Its symbol.
    pub name: Name,
    /// `= NUMBER UNIT` for a multiple of other units; a base unit has none.
    pub value: Option<(Numeral, Option<UnitExpr>)>,
    /// Names by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `calendar NAME from DATE through DATE weekend DAY, … holiday DATE, … workday DATE, … from "file.csv"`
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarSyntax {
    /// Its name.
    pub name: Name,
    /// The first day that it covers.
    pub from: Option<NaiveDate>,
    /// The last day that it covers.
    pub through: Option<NaiveDate>,
    /// `weekend saturday, sunday`: names of week days.
    pub weekend: Vec<Name>,
    /// Days off, each with its place.
    pub holidays: Vec<(NaiveDate, Span)>,
    /// Weekend days that are worked, each with its place.
    pub workdays: Vec<(NaiveDate, Span)>,
    /// `days "holidays.csv"`: more of both; columns `date` and `kind` (`holiday` or `workday`).
    pub file: Option<Text>,
    /// The whole item.
    pub span: Span,
}

/// `enum NAME label* { value label*, … }`
#[derive(Clone, Debug, PartialEq)]
pub struct EnumSyntax {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<LabelSyntax>,
    /// Its values.
    pub values: Vec<EnumValue>,
    /// The whole item.
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

/// `record NAME { field, … }`; in an amendment, fields with handlers only.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordSyntax {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<FieldSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `facts GROUP { field, … }` or `facts NAME: TYPE …`
#[derive(Clone, Debug, PartialEq)]
pub enum FactsSyntax {
    /// A group of facts, read as `GROUP.field`.
    Group {
        /// The group's name; a group can occur several times.
        name: Name,
        /// Its facts.
        fields: Vec<FieldSyntax>,
        /// The whole item.
        span: Span,
    },
    /// A fact without a group, read by its bare name.
    Single {
        /// The fact; its name is the field's name.
        field: FieldSyntax,
        /// The whole item.
        span: Span,
    },
}

/// `NAME: TYPE [at least N] [from REGISTRY else REGISTRY] handler* label*`; without a type: handlers for a declared fact.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSyntax {
    /// Its name.
    pub name: Name,
    /// Its type; `None` if an amendment only adds handlers.
    pub ty: Option<TypeExpr>,
    /// `at least N` elements of a list.
    pub at_least: Option<Numeral>,
    /// `from A else B`: the registries that answer, in order.
    pub registries: Vec<Name>,
    /// Handlers for its silence.
    pub handlers: Vec<HandlerSyntax>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole field.
    pub span: Span,
}

/// `if absent then OUTCOME CODE`, `if unavailable then OUTCOME CODE`, `if absent means VALUE`
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

/// `as of EXPR [in EXPR]`
#[derive(Clone, Debug, PartialEq)]
pub struct AsOfSyntax {
    /// The governing date.
    pub date: ExprSyntax,
    /// The governing place.
    pub region: Option<ExprSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `decision NAME a > b > c otherwise c outcome* output* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionSyntax {
    /// Its name.
    pub name: Name,
    /// The outcomes, the strongest first.
    pub outcomes: Vec<Name>,
    /// The outcome if no rule gives one.
    pub otherwise: Option<Name>,
    /// `outcome NAME label*`: the labels of an outcome.
    pub outcome_labels: Vec<(Name, Vec<LabelSyntax>)>,
    /// `output NAME: TYPE = EXPR`.
    pub outputs: Vec<OutputSyntax>,
    /// Its titles.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `output NAME [: TYPE] = EXPR label*`
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSyntax {
    /// Its key in the decision.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: ExprSyntax,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole clause.
    pub span: Span,
}

/// `outcome NAME of DECISION above|below OTHER label*`: an outcome that an amendment adds.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeSyntax {
    /// The name of the new outcome.
    pub name: Name,
    /// The decision to which it is added.
    pub decision: Name,
    /// True if it is placed directly above `other`, false if directly below.
    pub above: bool,
    /// The outcome next to which it is placed.
    pub other: Name,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `reason CODE [(param: TYPE, …)] lang "message" …`
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonSyntax {
    /// Its code.
    pub code: Name,
    /// The parameters, for which a rule provides arguments.
    pub params: Vec<Param>,
    /// The messages.
    pub messages: Vec<Message>,
    /// The whole item.
    pub span: Span,
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

/// `[replace] define NAME [(params)] [: TYPE] …`
#[derive(Clone, Debug, PartialEq)]
pub struct DefineSyntax {
    /// `Some` if it replaces another version.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its type, if written.
    pub ty: Option<TypeExpr>,
    /// Its body.
    pub body: DefineBody,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// The ways to define a name.
#[derive(Clone, Debug, PartialEq)]
pub enum DefineBody {
    /// `= EXPR`
    Value(ExprSyntax),
    /// `case … otherwise …`
    Cases {
        /// The cases; their order does not matter.
        cases: Vec<CaseSyntax>,
        /// The value if no case applies.
        otherwise: Option<ExprSyntax>,
    },
    /// `open "the text is cut"`
    Open(Text),
}

/// `case LABEL = EXPR scope* when C unless C source*`
#[derive(Clone, Debug, PartialEq)]
pub struct CaseSyntax {
    /// Its label.
    pub label: Name,
    /// Its value.
    pub value: ExprSyntax,
    /// Its own scope.
    pub scope: ScopeSyntax,
    /// Its condition.
    pub when: Option<ExprSyntax>,
    /// Unnamed exceptions.
    pub unless: Vec<ExprSyntax>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole case.
    pub span: Span,
}

/// `case LABEL of DEFINITION = EXPR …` as an item of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseItemSyntax {
    /// The definition to which it is added.
    pub definition: Name,
    /// The case.
    pub case: CaseSyntax,
    /// The whole item.
    pub span: Span,
}

/// `norm NAME [: TYPE] [= EXPR scope] value* at least E at most E source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct NormSyntax {
    /// Its name.
    pub name: Name,
    /// Its type; required in one declaration.
    pub ty: Option<TypeExpr>,
    /// Values by date and region.
    pub values: Vec<NormValueSyntax>,
    /// No value may be below this one.
    pub at_least: Option<ExprSyntax>,
    /// No value may be above this one.
    pub at_most: Option<ExprSyntax>,
    /// `source …` clauses before the first value.
    pub sources: Vec<Citation>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `= EXPR scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct NormValueSyntax {
    /// The value; it reads no facts.
    pub value: ExprSyntax,
    /// Its scope.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole value.
    pub span: Span,
}

/// `[replace] table NAME [(params)] : TYPE HIT by EXPR, … | cell | cell | output | … [otherwise E]`
#[derive(Clone, Debug, PartialEq)]
pub struct TableSyntax {
    /// `Some` if it replaces another definition.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of the output column.
    pub ty: TypeExpr,
    /// `unique` if none is written, `first`, `sum`, `min`, `max`, `count`, `list`.
    pub hit: HitPolicy,
    /// The input columns.
    pub inputs: Vec<ExprSyntax>,
    /// The rows, or the file that contains them.
    pub rows: TableRows,
    /// The value if no row applies.
    pub otherwise: Option<ExprSyntax>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// The result of a table, by the rows that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words are the language's own and documented in its reference")]
pub enum HitPolicy {
    Unique,
    First,
    Sum,
    Min,
    Max,
    Count,
    List,
}

impl HitPolicy {
    /// Every one of them.
    pub const ALL: [Self; 7] = [Self::Unique, Self::First, Self::Sum, Self::Min, Self::Max, Self::Count, Self::List];

    /// The keyword after `table`; a table without one is [`Self::Unique`].
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::First => "first",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::List => "list",
        }
    }
}

/// The source of the rows.
#[derive(Clone, Debug, PartialEq)]
pub enum TableRows {
    /// `| cell | cell | output |`
    Inline(Vec<TableRowSyntax>),
    /// `from "fees.csv"`, relative to the file.
    Csv(Text),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRowSyntax {
    /// One cell for each input.
    pub cells: Vec<Cell>,
    /// The value of the row.
    pub output: ExprSyntax,
    /// The whole row.
    pub span: Span,
}

/// A condition on one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its form.
    pub kind: CellKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of [`Cell`].
#[derive(Clone, Debug, PartialEq)]
pub enum CellKind {
    /// `any` or `-`
    Any,
    /// `< 5`, `>= 10 days`
    Compare(CompareOp, ExprSyntax),
    /// `18 .. 65`, both ends included
    Range(ExprSyntax, ExprSyntax),
    /// `{a, b}`
    Set(Vec<ExprSyntax>),
    /// `absent`, `unavailable`
    State(State),
    /// A value.
    Value(ExprSyntax),
}

/// `[replace] scale NAME [(params)] : TYPE of EXPR (up to EXPR rate EXPR)* above rate EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleSyntax {
    /// `Some` if it replaces another definition.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of the result.
    pub ty: TypeExpr,
    /// The amount that is divided into bands.
    pub of: ExprSyntax,
    /// Upper bound (`None` for the last band) and rate of each band.
    pub bands: Vec<(Option<ExprSyntax>, ExprSyntax)>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}

/// `assumption NAME: TYPE = VALUE one of { … } source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct AssumptionSyntax {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// The default choice.
    pub default: ExprSyntax,
    /// All choices; empty for a bool or an enum, where every value is one.
    pub choices: Vec<ExprSyntax>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// Labels by language: what the law leaves open.
    pub labels: Vec<LabelSyntax>,
    /// The whole item.
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

/// `[replace] rule NAME [for each …] OUTCOME CODE [(args)] [decides DECISION] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSyntax {
    /// `Some` if it replaces another version.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// The loop that gives a reason for each witness.
    pub for_each: Option<ForEachSyntax>,
    /// The outcome that it proposes.
    pub outcome: Name,
    /// The reason that it gives.
    pub reason: ReasonRef,
    /// The decision, if several have this outcome.
    pub decides: Option<Name>,
    /// Its condition; `None` if it always holds.
    pub when: Option<ExprSyntax>,
    /// Unnamed exceptions.
    pub unless: Vec<ExprSyntax>,
    /// Its own scope.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
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

/// `[replace] exception NAME to TARGET [= EXPR] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptionSyntax {
    /// `Some` if it replaces another version.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// A rule, an exception, a definition, or `definition.case`.
    pub target: Path,
    /// The value, if it excepts a definition.
    pub value: Option<ExprSyntax>,
    /// Its condition; `None` if it always holds.
    pub when: Option<ExprSyntax>,
    /// Unnamed exceptions.
    pub unless: Vec<ExprSyntax>,
    /// Its own scope.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// `[replace] notice CODE [(args)] [as NAME] [for each …] [on OUTCOME, …] [decides D] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeSyntax {
    /// `Some` if it replaces another version.
    pub replace: Option<Replace>,
    /// The reason whose message it shows.
    pub reason: ReasonRef,
    /// Its own name; without one, the code.
    pub name: Option<Name>,
    /// The loop that gives a notice for each witness.
    pub for_each: Option<ForEachSyntax>,
    /// The outcomes with which it goes; empty for all.
    pub on: Vec<Name>,
    /// The decision, if there are several.
    pub decides: Option<Name>,
    /// Its condition.
    pub when: Option<ExprSyntax>,
    /// Unnamed exceptions.
    pub unless: Vec<ExprSyntax>,
    /// Its own scope.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// `suspend rule|exception|notice NAME scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct SuspendSyntax {
    /// The kind of item.
    pub kind: SuspendKind,
    /// Its name.
    pub name: Name,
    /// Its own scope.
    pub scope: ScopeSyntax,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// The kinds of items that can be suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are the language's own")]
pub enum SuspendKind {
    Rule,
    Exception,
    Notice,
}

impl SuspendKind {
    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Exception => "exception",
            Self::Notice => "notice",
        }
    }
}
