//! Goals: everything in a policy that a case could exercise, each with its name, place and kind.

use ereje::eval::{CellState, CoveragePoint, Verdict};
use ereje::source::Span;
use std::fmt;

/// Something that at least one case should exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageGoal {
    /// The point that has to be noted.
    pub point: CoveragePoint,
    /// The kind that it is counted under.
    pub kind: CoverageKind,
    /// Its name in reports: `town.permits.too_heavy`, `applicant.kinship`; for a clause, its text.
    pub name: String,
    /// What it is part of, if it has no name of its own: the rule of a clause, the table of a row.
    pub within: Option<String>,
    /// Its place in the policy.
    pub span: Span,
    /// What is told of it if no case exercises it.
    pub missing: CoverageGap,
}

impl CoverageGoal {
    /// True if it is an item of this name or a part of one; the name may be without what stands before it, or a part of what
    /// stands before others: an amendment, a group of facts.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        [Some(&self.name), self.within.as_ref()].into_iter().flatten().any(|known| {
            let behind = known.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'));
            behind || known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// The kind that a goal is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoverageKind {
    /// A version of a rule gives a reason, or a suspension keeps one from being given.
    Rules,
    /// A version of an exception changes the result.
    Exceptions,
    /// A notice is shown.
    Notices,
    /// A case of a definition gives its value.
    Cases,
    /// A row of a table applies, a band of a scale is reached.
    Rows,
    /// A value of a norm is read.
    Norms,
    /// The handler of a silent fact is used.
    Handlers,
    /// A clause is true, or false, and has a say.
    Clauses,
    /// A fact is read while in a state.
    States,
    /// A decision ends in an outcome.
    Outcomes,
}

impl CoverageKind {
    /// All kinds, in the order of the reports.
    pub const ALL: [Self; 10] = [
        Self::Rules,
        Self::Exceptions,
        Self::Notices,
        Self::Cases,
        Self::Rows,
        Self::Norms,
        Self::Handlers,
        Self::Clauses,
        Self::States,
        Self::Outcomes,
    ];

    /// Its name: `rules`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Exceptions => "exceptions",
            Self::Notices => "notices",
            Self::Cases => "cases",
            Self::Rows => "rows",
            Self::Norms => "norms",
            Self::Handlers => "handlers",
            Self::Clauses => "clauses",
            Self::States => "states",
            Self::Outcomes => "outcomes",
        }
    }
}

impl fmt::Display for CoverageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl CoverageGoal {
    /// The side of a clause or the state of a fact, which distinguishes goals with the same name.
    #[must_use]
    pub fn side(&self) -> Option<&'static str> {
        match self.point {
            CoveragePoint::Clause(_, true) => Some("true"),
            CoveragePoint::Clause(_, false) => Some("false"),
            CoveragePoint::State(_, met) => Some(met.word()),
            CoveragePoint::Rule(..)
            | CoveragePoint::Exception(..)
            | CoveragePoint::Notice(..)
            | CoveragePoint::Case(..)
            | CoveragePoint::Row(_)
            | CoveragePoint::Band(_)
            | CoveragePoint::Norm(..)
            | CoveragePoint::Handler(_)
            | CoveragePoint::Verdict(..) => None,
        }
    }
}

/// What is told of a goal that no case exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageGap {
    /// A rule never gives a reason.
    Reason,
    /// A suspension never keeps a reason from being given.
    SuspendedReason,
    /// A case of a definition, or an exception to one, never gives the value.
    Value,
    /// An exception never alone makes the difference.
    Difference,
    /// A notice is never shown.
    Notice,
    /// A suspension never keeps a notice from being shown.
    SuspendedNotice,
    /// A row of a table never applies.
    Row,
    /// A band of a scale is never reached.
    Band,
    /// A value of a norm is never read.
    Norm,
    /// A handler never stands in for its fact.
    StandIn,
    /// A handler never decides.
    Handler,
    /// A clause is never true with a say of its own.
    True,
    /// A clause is never false with a say of its own.
    False,
    /// A fact is never read in a state.
    State(CellState),
    /// An outcome is never the outcome.
    Outcome,
    /// A decision is never undetermined.
    Undetermined,
    /// A decision is never out of force.
    NotInForce,
}

/// What is told of a goal that no case exercises.
pub(super) fn missing(point: CoveragePoint, gives_value: bool) -> CoverageGap {
    match point {
        CoveragePoint::Rule(..) if gives_value => CoverageGap::Reason,
        CoveragePoint::Rule(..) => CoverageGap::SuspendedReason,
        CoveragePoint::Exception(..) if gives_value => CoverageGap::Value,
        CoveragePoint::Exception(..) => CoverageGap::Difference,
        CoveragePoint::Notice(..) if gives_value => CoverageGap::Notice,
        CoveragePoint::Notice(..) => CoverageGap::SuspendedNotice,
        CoveragePoint::Case(..) => CoverageGap::Value,
        CoveragePoint::Row(_) => CoverageGap::Row,
        CoveragePoint::Band(_) => CoverageGap::Band,
        CoveragePoint::Norm(..) => CoverageGap::Norm,
        CoveragePoint::Handler(_) if gives_value => CoverageGap::StandIn,
        CoveragePoint::Handler(_) => CoverageGap::Handler,
        CoveragePoint::Clause(_, true) => CoverageGap::True,
        CoveragePoint::Clause(_, false) => CoverageGap::False,
        CoveragePoint::State(_, met) => CoverageGap::State(met),
        CoveragePoint::Verdict(_, Verdict::Outcome(_)) => CoverageGap::Outcome,
        CoveragePoint::Verdict(_, Verdict::Undetermined) => CoverageGap::Undetermined,
        CoveragePoint::Verdict(_, Verdict::NotInForce) => CoverageGap::NotInForce,
    }
}
