//! What a form has in the place of a value that nobody has filled in yet.

use super::tree::{Tree, TreeNode};

/// The sign in the place of a value. In quotes it is a text.
pub const BLANK: &str = "…";

/// True if nothing of a value has been filled in, so that the elements of a list are those of the form.
pub(super) fn is_blank(node: &TreeNode<'_>) -> bool {
    match &node.tree {
        Tree::Plain(text) => text == BLANK,
        Tree::List(items) => !items.is_empty() && items.iter().all(is_blank),
        Tree::Map(entries) => !entries.is_empty() && entries.iter().all(|entry| is_blank(&entry.value)),
        Tree::Empty | Tree::Null | Tree::Bool(_) | Tree::Quoted(_) => false,
    }
}
