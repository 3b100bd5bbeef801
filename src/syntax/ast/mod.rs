//! The Ast: the content of one `.ereje` file as strings with spans; no name is resolved here.
//!
//! A node is called `…Syntax`: `NormSyntax` is how a norm is written, and `model::Norm` what it means. Names, texts and
//! comments are tokens. The words that the Model takes over unchanged (`State`, `CompareOp`, `HitPolicy`) have one type
//! in both.
//!
//! Every tree is plain data without lifetimes. `PartialEq` on trees compares spans as well; the formatter compares
//! trees through [`File::without_places`], which the syntax stage provides beside the parser.

mod clauses;
mod declarations;
mod definitions;
mod expr;
mod provisions;
mod tokens;

pub use crate::value::RoundMode;
pub use clauses::{
    Citation, CsvFile, DateBoundSyntax, EnumValue, FieldSyntax, ForEachSyntax, HandlerActionSyntax, HandlerSyntax,
    LabelSyntax, Message, MessagePartSyntax, Param, ReasonRef, Replace, ScopeSyntax, TypeExpr, TypeKind,
};
pub use declarations::{
    AddedOutputSyntax, AmendmentSyntax, AsOfSyntax, CalendarSyntax, DecisionSyntax, EnumSyntax, FactsSyntax,
    ImportSyntax, OutcomeSyntax, OutputEachSyntax, OutputSyntax, PolicySyntax, ReasonSyntax, RecordSyntax,
    RegionSyntax, RegistrySyntax, SourceSyntax, UnitSyntax,
};
pub use definitions::{
    AssumptionSyntax, CaseItemSyntax, CaseSyntax, Cell, CellKind, DefineBody, DefineSyntax, HitPolicy, NormSyntax,
    NormValueSyntax, ScaleSyntax, TableRowSyntax, TableRows, TableSyntax,
};
pub use expr::{
    AggregateFunc, AggregateSyntax, ArithOp, CompareOp, ConditionalSyntax, DurationUnit, ExprSyntax, ExprSyntaxKind,
    IsWhat, RecordPartSyntax,
};
pub use provisions::{ExceptionSyntax, IMPOSSIBLE, NoticeSyntax, RuleSyntax, SuspendKind, SuspendSyntax};
pub use tokens::{Name, Numeral, Path, State, Text, UnitExpr};

use crate::source::{FileId, Span};

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
    Output(AddedOutputSyntax),
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
            | Self::Output(_)
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
            Self::Facts(
                FactsSyntax::Group { span, .. } | FactsSyntax::Single { span, .. } | FactsSyntax::Silent { span, .. },
            ) => *span,
            Self::AsOf(item) => item.span,
            Self::Decision(item) => item.span,
            Self::Outcome(item) => item.span,
            Self::Output(item) => item.output.span,
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
