//! A key for the expressions of a Model.

use crate::model::Expr;

/// A key for the expressions of one Model: an expression does not move while a plan holds the Model.
pub(crate) fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}
