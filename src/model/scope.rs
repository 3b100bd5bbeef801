//! Where, when and for whom something holds, and what a version of a name is entitled to.

use super::expr::Expr;
use crate::ids::{AssumptionId, RegionId, SectionId};
use crate::source::Span;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The scope of something: where, when and for whom it holds. Nested scopes are already intersected.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The regions, with all regions inside them; `None` if it holds everywhere, also where no place is known.
    pub(in crate::model) regions: Option<BTreeSet<RegionId>>,
    /// It holds from the latest of these; without any, from the beginning.
    pub(in crate::model) from: Vec<DateBound>,
    /// It holds through the earliest of these; without any, for ever.
    pub(in crate::model) through: Vec<DateBound>,
    /// All of these must be true; without any, it holds for everybody.
    pub(in crate::model) cohort: Vec<Expr>,
}

/// A bound of a period.
#[derive(Clone, Debug, PartialEq)]
pub enum DateBound {
    /// A day.
    Date(NaiveDate),
    /// An assumption of type date.
    Assumption(AssumptionId),
}

/// The claim of a version to hold. Among the versions of one name whose scope covers a day and a region (and whose
/// cohort is true), `a` is higher than `b` if `a`'s section is `over` `b`'s; otherwise if `a` is strictly more special
/// (regions a subset and cohort a superset of conditions, one of them strict); otherwise, with the same specialty, if
/// `a` starts later, or would if the header around both did not start later still; otherwise, if `a` replaces or suspends
/// what it names and `b` does not. Anything else is a tie.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The section that contains it.
    pub section: SectionId,
    /// The days from which the item itself says that it holds.
    pub(in crate::model) starts: Vec<DateBound>,
    /// True if it replaces or suspends what it names.
    pub replaces: bool,
    /// Its effective scope.
    pub(in crate::model) scope: Scope,
    /// The place of the item.
    pub span: Span,
    /// The rank of its file's name among the policy's files, for the order of reasons.
    pub file_rank: u32,
}
