//! The Ast: what one `.ereje` file says, as spanned strings; no name is resolved here.
//!
//! Every tree is plain data without lifetimes. `PartialEq` on trees compares spans as well; the formatter compares
//! trees through [`File::without_places`], which the syntax stage provides beside the parser.

use crate::source::{FileId, Span};
use chrono::NaiveDate;

pub use crate::value::RoundMode;

/// One parsed file. Items that could not be read are left out; their errors stand in the diagnostics.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Where it came from.
    pub file: FileId,
    /// The items as written.
    pub items: Vec<Item>,
    /// All comments in the order of the text.
    pub comments: Vec<Comment>,
    /// What could not be read: names in it may have been declared there, so nobody is told that they are unknown.
    pub unread: Vec<Span>,
}

/// A `# …` comment, to the end of its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The text with its `#`, without the line end.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// An identifier in NFC.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The text, normalised to NFC.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A dotted name, `kz.pilot_2025` or `fee.young`; at least one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The parts between the dots.
    pub parts: Vec<Name>,
    /// The whole.
    pub span: Span,
}

/// A quoted string.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The value, escapes resolved (`\"`, `\\`, `\n`, `\t`); braces are kept as written.
    pub value: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A text in one language: `ru "Отказ"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The language code, two or three small Latin letters.
    pub lang: Name,
    /// The text.
    pub text: Text,
}

/// A message in one language, with its placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The language code.
    pub lang: Name,
    /// Literal pieces and `{expression}` pieces in turn; `{{` and `}}` are already single braces.
    pub parts: Vec<MessagePart>,
    /// The whole string, quotes included.
    pub span: Span,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum MessagePart {
    /// Text as it is.
    Text(String),
    /// A value to be formatted for the message's language.
    Value(Expr),
}

/// Everything that may stand at the top of a file.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is named after the struct that documents it")]
pub enum Item {
    Policy(Policy),
    Amendment(Amendment),
    Import(Import),
    Source(SourceItem),
    Registry(Registry),
    Region(Region),
    Unit(Unit),
    Calendar(Calendar),
    Enum(Enum),
    Record(Record),
    Facts(Facts),
    AsOf(AsOf),
    Decision(Decision),
    Outcome(OutcomeItem),
    Reason(Reason),
    Define(Define),
    Case(CaseItem),
    Norm(Norm),
    Table(Table),
    Scale(Scale),
    Assumption(Assumption),
    Rule(Rule),
    Exception(Exception),
    Notice(Notice),
    Suspend(Suspend),
}

impl Item {
    /// Where the whole item stands.
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
            Self::Facts(Facts::Group { span, .. } | Facts::Single { span, .. }) => *span,
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
pub struct Policy {
    /// Its dotted name.
    pub name: Path,
    /// Where and when it holds.
    pub scope: Scope,
    /// `languages en, ru, kk`: the languages in which every label is wanted. Empty: those of the title.
    pub languages: Vec<Name>,
    /// `leap_birthday march_1|february_28`.
    pub leap_birthday: Option<Name>,
    /// `month_end clamp|roll`.
    pub month_end: Option<Name>,
    /// The sources that its items cite where they name none. A text here declares the source.
    pub sources: Vec<Citation>,
    /// Titles.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `amendment NAME to POLICY scope* over* source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Amendment {
    /// Its dotted name.
    pub name: Path,
    /// The policy that it amends.
    pub policy: Path,
    /// Where and when it holds, within the policy's own scope.
    pub scope: Scope,
    /// `over NAME, …`: amendments (or the policy) whose versions give way to this one's.
    pub over: Vec<Path>,
    /// As in [`Policy::sources`].
    pub sources: Vec<Citation>,
    /// Titles.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `import "../common"`: a file or a folder, relative to the importing file.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The path as written, with `/`.
    pub path: Text,
    /// The whole item.
    pub span: Span,
}

/// `source NAME = "title" label*`: declares a legal source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceItem {
    /// Its name in this policy.
    pub name: Name,
    /// The title to cite.
    pub title: Text,
    /// The title in other languages.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `source NAME "p. 12"`: a clause that cites a source, with a place in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    /// The source's name.
    pub name: Name,
    /// Paragraph, article, page. In a header whose source is declared nowhere else: its title.
    pub place: Option<Text>,
    /// The whole clause.
    pub span: Span,
}

/// `registry NAME label* if unavailable then …`
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<Label>,
    /// Handlers for every fact that it answers.
    pub handlers: Vec<Handler>,
    /// The whole item.
    pub span: Span,
}

/// `region NAME label* { child, child { … } }`; an existing name is opened again and gets more children.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<Label>,
    /// Regions inside it.
    pub children: Vec<Region>,
    /// The whole node.
    pub span: Span,
}

/// `unit NAME [= 10_000 m2] label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Its symbol.
    pub name: Name,
    /// `= NUMBER UNIT` for a unit that is a multiple of others; a base unit has none.
    pub value: Option<(Number, Option<UnitExpr>)>,
    /// Names in languages.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `calendar NAME from DATE through DATE weekend DAY, … holiday DATE, … workday DATE, … from "file.csv"`
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// Its name.
    pub name: Name,
    /// First day that it knows.
    pub from: Option<NaiveDate>,
    /// Last day that it knows.
    pub through: Option<NaiveDate>,
    /// `weekend saturday, sunday`: names of week days.
    pub weekend: Vec<Name>,
    /// Days off, each with its place.
    pub holidays: Vec<(NaiveDate, Span)>,
    /// Weekend days that are worked.
    pub workdays: Vec<(NaiveDate, Span)>,
    /// `days "holidays.csv"`: more of both; columns `date` and `kind` (`holiday` or `workday`).
    pub file: Option<Text>,
    /// The whole item.
    pub span: Span,
}

/// `enum NAME label* { value label*, … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Its titles.
    pub labels: Vec<Label>,
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
    /// What people read.
    pub labels: Vec<Label>,
}

/// `record NAME { field, … }`; in an amendment, fields with handlers only.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The whole item.
    pub span: Span,
}

/// `facts GROUP { field, … }` or `facts NAME: TYPE …`
#[derive(Clone, Debug, PartialEq)]
pub enum Facts {
    /// A group of facts, read as `GROUP.field`.
    Group {
        /// The group's name; the same group may stand in several places.
        name: Name,
        /// Its facts.
        fields: Vec<Field>,
        /// The whole item.
        span: Span,
    },
    /// A fact of its own, read by its bare name.
    Single {
        /// The fact; its name is the field's name.
        field: Field,
        /// The whole item.
        span: Span,
    },
}

/// `NAME: TYPE [at least N] [from REGISTRY else REGISTRY] handler* label*`; without a type: handlers for a declared fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type; none where an amendment only adds handlers.
    pub ty: Option<TypeExpr>,
    /// `at least N` elements of a list.
    pub at_least: Option<Number>,
    /// `from A else B`: who answers, in order.
    pub registries: Vec<Name>,
    /// What its absence or a registry's silence means.
    pub handlers: Vec<Handler>,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole field.
    pub span: Span,
}

/// `if absent then OUTCOME CODE`, `if unavailable then OUTCOME CODE`, `if absent means VALUE`
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// Which state it handles.
    pub state: State,
    /// What it does.
    pub action: HandlerAction,
    /// Where and when, within the section's scope: `if absent then refuse X in REGION from 2026-01-01`.
    pub scope: Scope,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole clause.
    pub span: Span,
}

/// A state that an author can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Asked, and there is no record.
    Absent,
    /// Asked, and the registry could not answer.
    Unavailable,
}

impl State {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Absent => Self::Unavailable,
            Self::Unavailable => Self::Absent,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What a handler does.
#[derive(Clone, Debug, PartialEq)]
pub enum HandlerAction {
    /// `then OUTCOME CODE`
    Then {
        /// The outcome that it proposes.
        outcome: Name,
        /// The reason that it gives.
        reason: Name,
    },
    /// `means VALUE`: no record is a value.
    Means(Expr),
}

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// Which.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`TypeExpr`].
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `bool integer decimal date text region`, an enum, a record, or a unit of one name: `m2`.
    Name(Name),
    /// `KZT per m2`, `m * m`.
    Unit(UnitExpr),
    /// `duration in months|years|days|weeks`; the unit as written.
    Duration(Name),
    /// `list of TYPE`
    List(Box<TypeExpr>),
    /// `{ residence, temporary_stay }`: an enum without a name.
    Enum(Vec<EnumValue>),
    /// `{ birth_date: date, … }`: a record without a name.
    Record(Vec<Field>),
}

/// A product and quotient of units: `KZT per m2` is `[(KZT, false), (m2, true)]`.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitExpr {
    /// Each unit, and whether it stands under the line.
    pub factors: Vec<(Name, bool)>,
    /// Where it stands.
    pub span: Span,
}

/// A number as written, digits checked by the grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The digits with their `_` and at most one `.`.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `in REGION, …`, `from DATE`, `through DATE`, `for COND`; each at most once.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Scope {
    /// Any of these regions; empty: everywhere.
    pub regions: Vec<Name>,
    /// First day.
    pub from: Option<DateBound>,
    /// Last day, included.
    pub through: Option<DateBound>,
    /// The cohort.
    pub cohort: Option<Expr>,
    /// All clauses; none when nothing was written.
    pub span: Option<Span>,
}

/// A bound of a period.
#[derive(Clone, Debug, PartialEq)]
pub enum DateBound {
    /// `2025-11-11`
    Date(NaiveDate, Span),
    /// The name of an assumption that is a date.
    Name(Name),
}

/// `as of EXPR [in EXPR]`
#[derive(Clone, Debug, PartialEq)]
pub struct AsOf {
    /// The governing date.
    pub date: Expr,
    /// The governing place.
    pub region: Option<Expr>,
    /// The whole item.
    pub span: Span,
}

/// `decision NAME a > b > c otherwise c outcome* output* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Its name.
    pub name: Name,
    /// The outcomes, the strongest first.
    pub outcomes: Vec<Name>,
    /// The outcome where no rule gives one.
    pub otherwise: Option<Name>,
    /// `outcome NAME label*`: what people read for an outcome.
    pub outcome_labels: Vec<(Name, Vec<Label>)>,
    /// `output NAME: TYPE = EXPR`.
    pub outputs: Vec<Output>,
    /// Its titles.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `output NAME [: TYPE] = EXPR label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its key in the decision.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: Expr,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole clause.
    pub span: Span,
}

/// `outcome NAME of DECISION above|below OTHER label*`: an outcome that an amendment adds.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeItem {
    /// The new outcome.
    pub name: Name,
    /// The decision that gets it.
    pub decision: Name,
    /// `true`: stronger than `other`; next to it either way.
    pub above: bool,
    /// The outcome beside which it is placed.
    pub other: Name,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `reason CODE [(param: TYPE, …)] lang "message" …`
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Its code.
    pub code: Name,
    /// What a rule hands over.
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
    /// `Some(true)`: keeping exceptions; `Some(false)`: afresh; none was said otherwise.
    pub keeping: Option<bool>,
    /// The word `replace`.
    pub span: Span,
}

/// `[replace] define NAME [(params)] [: TYPE] …`
#[derive(Clone, Debug, PartialEq)]
pub struct Define {
    /// Whether it replaces another.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its type, if written.
    pub ty: Option<TypeExpr>,
    /// What it is.
    pub body: DefineBody,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// The ways to define a name.
#[derive(Clone, Debug, PartialEq)]
pub enum DefineBody {
    /// `= EXPR`
    Value(Expr),
    /// `case … otherwise …`
    Cases {
        /// In the order of the text, which means nothing.
        cases: Vec<Case>,
        /// Where no case applies.
        otherwise: Option<Expr>,
    },
    /// `open "the text is cut"`
    Open(Text),
}

/// `case LABEL = EXPR scope* when C unless C source*`
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its label.
    pub label: Name,
    /// Its value.
    pub value: Expr,
    /// Where and when it holds.
    pub scope: Scope,
    /// Its condition.
    pub when: Option<Expr>,
    /// Unnamed exceptions.
    pub unless: Vec<Expr>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole case.
    pub span: Span,
}

/// `case LABEL of DEFINITION = EXPR …` as an item of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseItem {
    /// The definition that gets it.
    pub definition: Name,
    /// The case.
    pub case: Case,
    /// The whole item.
    pub span: Span,
}

/// `norm NAME [: TYPE] [= EXPR scope] value* at least E at most E source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Its name.
    pub name: Name,
    /// Its type; needed once.
    pub ty: Option<TypeExpr>,
    /// Values by date and region.
    pub values: Vec<NormValue>,
    /// No value may be below this one.
    pub at_least: Option<Expr>,
    /// No value may be above this one.
    pub at_most: Option<Expr>,
    /// `source …` clauses before any value.
    pub sources: Vec<Citation>,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `= EXPR scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct NormValue {
    /// The value: no facts in it.
    pub value: Expr,
    /// Where and when.
    pub scope: Scope,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole value.
    pub span: Span,
}

/// `[replace] table NAME [(params)] : TYPE HIT by EXPR, … | cell | cell | output | … [otherwise E]`
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Whether it replaces another definition.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of the output column.
    pub ty: TypeExpr,
    /// `unique` (where nothing is written), `first`, `sum`, `min`, `max`, `count`, `list`.
    pub hit: HitPolicy,
    /// The input columns.
    pub inputs: Vec<Expr>,
    /// Rows or a file of them.
    pub rows: TableRows,
    /// Where no row applies.
    pub otherwise: Option<Expr>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// What a table gives when rows match.
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
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Unique, Self::First, Self::Sum, Self::Min, Self::Max, Self::Count, Self::List];

    /// The word for it behind `table`; a table that names none is [`Self::Unique`].
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

/// Where the rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum TableRows {
    /// `| cell | cell | output |`
    Inline(Vec<TableRow>),
    /// `from "fees.csv"`, relative to the file.
    Csv(Text),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// One cell for each input.
    pub cells: Vec<Cell>,
    /// The output.
    pub output: Expr,
    /// The whole row.
    pub span: Span,
}

/// A condition on one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which.
    pub kind: CellKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`Cell`].
#[derive(Clone, Debug, PartialEq)]
pub enum CellKind {
    /// `any` or `-`
    Any,
    /// `< 5`, `>= 10 days`
    Compare(CompareOp, Expr),
    /// `18 .. 65`: both ends included
    Range(Expr, Expr),
    /// `{a, b}`
    Set(Vec<Expr>),
    /// `absent`, `unavailable`
    State(State),
    /// A value.
    Value(Expr),
}

/// `[replace] scale NAME [(params)] : TYPE of EXPR (up to EXPR rate EXPR)* above rate EXPR`
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Whether it replaces another definition.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of the result.
    pub ty: TypeExpr,
    /// The amount that is cut into bands.
    pub of: Expr,
    /// Upper bound (none: the band above all others) and rate.
    pub bands: Vec<(Option<Expr>, Expr)>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// What people read.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `assumption NAME: TYPE = VALUE one of { … } source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// The choice where nobody chooses.
    pub default: Expr,
    /// All choices; empty for a bool or an enum, whose values are the choices.
    pub choices: Vec<Expr>,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// What is silent in the law.
    pub labels: Vec<Label>,
    /// The whole item.
    pub span: Span,
}

/// `for each NAME in LIST [where C]`
#[derive(Clone, Debug, PartialEq)]
pub struct ForEach {
    /// The variable.
    pub var: Name,
    /// The list.
    pub list: Expr,
    /// Which elements.
    pub filter: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `[replace] rule NAME [for each …] OUTCOME CODE [(args)] [decides DECISION] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Whether it replaces another.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// A reason for each witness.
    pub for_each: Option<ForEach>,
    /// The outcome that it proposes.
    pub outcome: Name,
    /// The reason that it gives.
    pub reason: ReasonRef,
    /// Which decision, where there are several with this outcome.
    pub decides: Option<Name>,
    /// Its condition; none: always.
    pub when: Option<Expr>,
    /// Unnamed exceptions.
    pub unless: Vec<Expr>,
    /// Where and when.
    pub scope: Scope,
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
    pub args: Vec<Expr>,
    /// The whole.
    pub span: Span,
}

/// `[replace] exception NAME to TARGET [= EXPR] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Whether it replaces another.
    pub replace: Option<Replace>,
    /// Its name.
    pub name: Name,
    /// A rule, an exception, a definition, or `definition.case`.
    pub target: Path,
    /// The value, where it excepts a definition.
    pub value: Option<Expr>,
    /// Its condition; none: always.
    pub when: Option<Expr>,
    /// Unnamed exceptions.
    pub unless: Vec<Expr>,
    /// Where and when.
    pub scope: Scope,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// `[replace] notice CODE [(args)] [as NAME] [for each …] [on OUTCOME, …] [decides D] when C unless C scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Whether it replaces another.
    pub replace: Option<Replace>,
    /// The reason whose message it carries.
    pub reason: ReasonRef,
    /// Its own name; the code where none is written.
    pub name: Option<Name>,
    /// A notice for each witness.
    pub for_each: Option<ForEach>,
    /// With which outcomes; empty: all.
    pub on: Vec<Name>,
    /// Which decision, where there are several.
    pub decides: Option<Name>,
    /// Its condition.
    pub when: Option<Expr>,
    /// Unnamed exceptions.
    pub unless: Vec<Expr>,
    /// Where and when.
    pub scope: Scope,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// `suspend rule|exception|notice NAME scope* source*`
#[derive(Clone, Debug, PartialEq)]
pub struct Suspend {
    /// What kind of thing.
    pub kind: SuspendKind,
    /// Its name.
    pub name: Name,
    /// Where and when.
    pub scope: Scope,
    /// `source …` clauses.
    pub sources: Vec<Citation>,
    /// The whole item.
    pub span: Span,
}

/// What can be suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are the language's own")]
pub enum SuspendKind {
    Rule,
    Exception,
    Notice,
}

impl SuspendKind {
    /// The keyword of its items.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Exception => "exception",
            Self::Notice => "notice",
        }
    }
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`Expr`].
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `15`, `44.5 m2`, `15 KZT per m2`
    Number(Number, Option<UnitExpr>),
    /// `10%`
    Percent(Number),
    /// `18 years`, `3 working days`
    Duration(Number, DurationUnit),
    /// `2025-11-11`
    Date(NaiveDate),
    /// `"text"`, in NFC
    Text(String),
    /// `true`, `false`
    Bool(bool),
    /// A name: a definition, norm, assumption, fact, group, parameter, variable, enum or enum value.
    Name(Name),
    /// `E.name`
    Field(Box<Expr>, Name),
    /// `f(a, b)`: a definition with parameters, or a built-in function
    Call(Name, Vec<Expr>),
    /// `round(E, STEP)`, `round up(E, STEP)`, `round down(E, STEP)`
    Round(RoundMode, Box<Expr>, Box<Expr>),
    /// `any(x in L where C: E otherwise V)` and its kin, with or without a variable
    Aggregate(Box<Aggregate>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `not E`
    Not(Box<Expr>),
    /// `a and b and c`; at least two
    And(Vec<Expr>),
    /// `a or b or c`; at least two
    Or(Vec<Expr>),
    /// `a < b`
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `E is [not] VALUE|absent|unavailable`
    Is(Box<Expr>, bool, IsWhat),
    /// `E [not] in { a, b }`; among the values may stand states, as [`ExprKind::State`].
    In(Box<Expr>, bool, Vec<Expr>),
    /// `absent`, `unavailable`: only directly inside the braces of `in { … }` or of a table's cell.
    State(State),
    /// `a + b`
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// `-E`
    Neg(Box<Expr>),
    /// `NAME at DATE`; the first is a name or a call
    At(Box<Expr>, Box<Expr>),
    /// `(E)`, kept for the formatter
    Paren(Box<Expr>),
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
pub struct Aggregate {
    /// Which.
    pub func: AggregateFunc,
    /// Where its word stands.
    pub func_span: Span,
    /// The variable; none in `count(L)`, `sum(L)`, `first(L)` …
    pub var: Option<Name>,
    /// The list.
    pub list: Expr,
    /// Which elements.
    pub filter: Option<Expr>,
    /// What of each element.
    pub body: Option<Expr>,
    /// The value over nothing.
    pub otherwise: Option<Expr>,
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
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Any, Self::All, Self::Count, Self::Sum, Self::Min, Self::Max, Self::First, Self::List];

    /// The word for it.
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

/// Comparisons.
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
    /// The sign that a policy writes for it.
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
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the operators'")]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
}

impl ArithOp {
    /// The sign that a policy writes for it.
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

/// What `is` tests.
#[derive(Clone, Debug, PartialEq)]
pub enum IsWhat {
    /// `absent`, `unavailable`
    State(State, Span),
    /// An enum value or a region.
    Value(Name),
}
