//! The states of a fact in a cell. One of the two silent states without a word of its own, absent and unasked, is an empty
//! cell; the other stands in the cell as JSON, as the unavailable one does: `{"absent":true}`. A text is whatever stands in
//! its cell, so that it has only the empty one.
//!
//! Both directions stand here: what is written is read as the same state, or is not written.

use super::super::decode::UNAVAILABLE;
use super::super::tree::{Tree, TreeNode};
use super::rules::Null;
use crate::model::Type;
use crate::value::FactCell;
use serde_json::json;

const ABSENT: &str = "absent";
const UNASKED: &str = "unasked";

/// The cell of a fact without a value, where an empty cell has this meaning; `None` if no cell can say it. A value gives
/// `None` as well.
#[must_use]
pub fn silent_cell(cell: &FactCell, ty: &Type, empty: Null) -> Option<String> {
    let said = |word: &str| Some(json!({ word: true }).to_string());
    match (cell, ty, empty) {
        (FactCell::Known(_), _, _) => None,
        (FactCell::Absent, _, Null::Absent) | (FactCell::Unasked, _, Null::Unasked) => Some(String::new()),
        (FactCell::Absent | FactCell::Unasked | FactCell::Unavailable(_), Type::Text, _) => None,
        (FactCell::Unavailable(why), _, _) => Some(json!({ UNAVAILABLE: why.as_ref() }).to_string()),
        // Their cells hold the JSON of a fact file.
        (FactCell::Absent, Type::Record(_) | Type::List(_), _) => Some(String::from("null")),
        (FactCell::Unasked, Type::Record(_) | Type::List(_), _) => None,
        (FactCell::Absent, _, Null::Unasked) => said(ABSENT),
        (FactCell::Unasked, _, Null::Absent) => said(UNASKED),
    }
}

/// The state that the JSON in a cell says, if it says one of those that need no reason.
pub(super) fn said(node: &TreeNode<'_>, ty: &Type) -> Option<FactCell> {
    if matches!(ty, Type::Record(_) | Type::List(_) | Type::Text) {
        return None;
    }
    let Tree::Map(entries) = &node.tree else { return None };
    let [entry] = entries.as_slice() else { return None };
    match (&*entry.key, &entry.value.tree) {
        (ABSENT, Tree::Bool(true)) => Some(FactCell::Absent),
        (UNASKED, Tree::Bool(true)) => Some(FactCell::Unasked),
        _ => None,
    }
}
