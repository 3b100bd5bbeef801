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
    /// The report if no case exercises it: `never fires`.
    pub missing: &'static str,
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

    /// What exercises a goal of this kind, as a phrase that begins with a verb.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Rules => "gives a reason of the outcome, or keeps one from being given (a suspension)",
            Self::Exceptions => "alone keeps a rule silent (suspended: lets it speak), or gives a definition its value",
            Self::Notices => "is shown",
            Self::Cases => "gives a definition its value",
            Self::Rows => "applies (a row of a table), is reached (a band of a scale)",
            Self::Norms => "is read",
            Self::Handlers => "speaks for a silent fact",
            Self::Clauses => "is true, and is false, with a say of its own",
            Self::States => "is met when the fact is read: known, absent, unavailable, unasked",
            Self::Outcomes => "is what the decision ends in",
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

/// The report on a goal that no case exercises.
pub(super) fn missing(point: CoveragePoint, gives_value: bool) -> &'static str {
    match point {
        CoveragePoint::Rule(..) if gives_value => "never gives a reason",
        CoveragePoint::Rule(..) => "never keeps a reason from being given",
        CoveragePoint::Exception(..) if gives_value => "never gives the value",
        CoveragePoint::Exception(..) => "never alone makes the difference",
        CoveragePoint::Notice(..) if gives_value => "never shown",
        CoveragePoint::Notice(..) => "never keeps a notice from being shown",
        CoveragePoint::Case(..) => "never gives the value",
        CoveragePoint::Row(_) => "never applies",
        CoveragePoint::Band(_) => "never reached",
        CoveragePoint::Norm(..) => "never read",
        CoveragePoint::Handler(_) if gives_value => "never stands in for the fact",
        CoveragePoint::Handler(_) => "never decides",
        CoveragePoint::Clause(_, true) => "never true with a say of its own",
        CoveragePoint::Clause(_, false) => "never false with a say of its own",
        CoveragePoint::State(_, CellState::Known) => "never read while known",
        CoveragePoint::State(_, CellState::Absent) => "never read while absent",
        CoveragePoint::State(_, CellState::Unavailable) => "never read while unavailable",
        CoveragePoint::State(_, CellState::Unasked) => "never read while unasked",
        CoveragePoint::Verdict(_, Verdict::Outcome(_)) => "never the outcome",
        CoveragePoint::Verdict(_, Verdict::Undetermined) => "never undetermined",
        CoveragePoint::Verdict(_, Verdict::NotInForce) => "never out of force",
    }
}
