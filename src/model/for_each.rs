//! The loop of a rule, a notice or an output.

use super::expr::Expr;
use crate::ids::LocalId;

/// `for each x in L where C`
#[derive(Clone, Debug)]
pub struct ForEach {
    /// The variable; of a provision the same in every version, so that exceptions can read it.
    pub(in crate::model) local: LocalId,
    /// The list.
    pub(in crate::model) list: Expr,
    /// The condition on elements.
    pub(in crate::model) filter: Option<Expr>,
}

impl ForEach {
    /// A loop over a list.
    #[must_use]
    pub fn new(local: LocalId, list: Expr, filter: Option<Expr>) -> Self {
        Self { local, list, filter }
    }

    /// The list.
    #[must_use]
    pub const fn list(&self) -> &Expr {
        &self.list
    }

    /// The variable.
    #[must_use]
    pub const fn local(&self) -> LocalId {
        self.local
    }
}
