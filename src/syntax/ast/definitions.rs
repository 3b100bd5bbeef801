//! The items that give values: definitions with their cases, norms, tables, scales, assumptions.

use super::clauses::{Citation, CsvFile, LabelSyntax, Param, Replace, ScopeSyntax, TypeExpr};
use super::expr::{CompareOp, ExprSyntax};
use super::tokens::{Name, State, Text};
use crate::source::Span;

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
    /// The type of the last column; a record if a row has several results, a column for each field.
    pub ty: TypeExpr,
    /// `unique` if none is written, `first`, `sum`, `min`, `max`, `count`, `list`.
    pub hit: HitPolicy,
    /// The input columns.
    pub inputs: Vec<ExprSyntax>,
    /// The rows, or the file that contains them.
    pub rows: TableRows,
    /// The value if no row applies; of a table with several results, a value for each. Empty if none is written.
    pub otherwise: Vec<ExprSyntax>,
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

    /// The policy with a keyword.
    #[must_use]
    pub fn of_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.keyword() == word)
    }

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
    /// `from "fees.csv"`
    Csv(CsvFile),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRowSyntax {
    /// One cell for each input.
    pub cells: Vec<Cell>,
    /// The value of the row; of a table with several results, a value for each field of its record. Never empty.
    pub results: Vec<ExprSyntax>,
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
    /// `> 15 and <= 30`
    Both(CompareOp, ExprSyntax, CompareOp, ExprSyntax),
    /// `18 .. 65`, both ends included
    Range(ExprSyntax, ExprSyntax),
    /// `15 ..< 30`, without the second
    RangeBelow(ExprSyntax, ExprSyntax),
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

/// `assumption NAME: TYPE = VALUE one of { … } source* label* [letter label*]`
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
    /// Labels by language: what the law leaves open, for makers of policies.
    pub labels: Vec<LabelSyntax>,
    /// What a letter calls the choice, by language; empty if letters do not mention it.
    pub letter: Vec<LabelSyntax>,
    /// The whole item.
    pub span: Span,
}
