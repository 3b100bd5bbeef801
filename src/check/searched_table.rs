//! Tables whose columns are searched for a gap once all definitions are known.

use crate::model::Expr;
use crate::syntax::ast::Name;

/// A table that has to have a row for everything.
pub(super) struct SearchedTable {
    pub(super) name: Name,
    pub(super) inputs: Vec<Expr>,
    /// For each row a condition for each input, `None` if any value matches.
    pub(super) rows: Vec<Vec<Option<Expr>>>,
}
