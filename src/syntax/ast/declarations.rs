//! The items that declare something: the policy and its amendments, sources, regions, facts, decisions, reasons.

use super::clauses::{
    Citation, CsvFile, EnumValue, FieldSyntax, ForEachSyntax, HandlerSyntax, LabelSyntax, Message, Param, ScopeSyntax,
    TypeExpr,
};
use super::expr::ExprSyntax;
use super::tokens::{Name, Numeral, Path, Text, UnitExpr};
use crate::source::Span;
use chrono::NaiveDate;

/// `policy NAME scope* settings* source* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySyntax {
    /// Its dotted name.
    pub name: Path,
    /// Its regions and period.
    pub scope: ScopeSyntax,
    /// `language 1`: the version of the language in which the policy is written; without it, the first.
    pub language: Option<Numeral>,
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
    pub file: Option<CsvFile>,
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

/// `facts GROUP { field, … }`, `facts NAME: TYPE …` or `facts if absent …`
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
    /// Handlers of all facts that no registry answers for.
    Silent {
        /// The handlers, at least one.
        handlers: Vec<HandlerSyntax>,
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

/// `decision NAME a > b > c otherwise c outcome* output* label*`, or `calculation NAME output* label*`
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionSyntax {
    /// Its name.
    pub name: Name,
    /// True for a `calculation`, which lists no outcomes.
    pub calculation: bool,
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

/// `output NAME [for each X in LIST [where C] by KEY] [: TYPE] = EXPR [tied to OUTCOME, …] label*`
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSyntax {
    /// Its key in the decision.
    pub name: Name,
    /// For whom it is given, one by one; `None` if it is one value.
    pub each: Option<OutputEachSyntax>,
    /// Its type; of an output for each element, that of one of its values.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: ExprSyntax,
    /// The outcomes that are not given without it; empty if it is tied to none.
    pub tied: Vec<Name>,
    /// Labels by language.
    pub labels: Vec<LabelSyntax>,
    /// The whole clause.
    pub span: Span,
}

/// `for each X in LIST [where C] by KEY`: the elements for which an output is given, and the name of each in it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputEachSyntax {
    /// The elements.
    pub for_each: ForEachSyntax,
    /// The name of an element.
    pub key: ExprSyntax,
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

/// `output NAME of DECISION [for each X in LIST [where C] by KEY] [: TYPE] = EXPR [tied to OUTCOME, …] label*`: an output that an amendment adds.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedOutputSyntax {
    /// The decision to which it is added.
    pub decision: Name,
    /// The output; its place is the whole item.
    pub output: OutputSyntax,
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
