//! The items that decide and tell something: rules, exceptions, notices, and what suspends them.

use super::clauses::{Citation, ForEachSyntax, Message, ReasonRef, Replace, ScopeSyntax};
use super::expr::ExprSyntax;
use super::tokens::{Name, Path};
use crate::source::Span;

/// The keyword of an item that says what no facts are, and the outcome of facts that are so all the same.
pub const IMPOSSIBLE: &str = "impossible";

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
    /// The messages of `impossible NAME`, which says that no facts are so. Its outcome is the keyword, and its reason has
    /// its own name.
    pub impossible: Option<Vec<Message>>,
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
