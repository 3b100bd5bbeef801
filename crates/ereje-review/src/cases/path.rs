//! Paths into the facts of a case, `owners[0].consent`, and changes at a path.

use ereje::facts::nfc;
use ereje::facts::tree::{Tree, TreeEntry, TreeNode};
use std::borrow::Cow;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PathStep {
    /// A name.
    Key(String),
    /// An index in a list, from 0.
    Item(usize),
}

/// A path into the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<PathStep>);

/// Why a path does not fit the facts: what is there instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PathMismatch(pub(super) String);

impl Path {
    /// Parses a path; `None` if the text is no path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if name.is_empty() || name.contains(']') || name.trim() != name {
                return None;
            }
            steps.push(PathStep::Key(nfc(name).into_owned()));
            while let Some(inner) = rest.strip_prefix('[') {
                let (number, after) = inner.split_once(']')?;
                steps.push(PathStep::Item(number.parse().ok()?));
                rest = after;
            }
            if !rest.is_empty() {
                return None;
            }
        }
        Some(Self(steps))
    }

    /// Puts a value at the path. Missing names are added, and so is an element just after the last; new nodes get the
    /// offsets `at`.
    pub(super) fn set(
        &self,
        root: &mut TreeNode<'static>,
        value: TreeNode<'static>,
        at: (usize, usize),
    ) -> Result<(), PathMismatch> {
        let mut node = root;
        for step in &self.0 {
            node = match step {
                PathStep::Key(key) => {
                    // The group was empty, and now gets a fact.
                    if matches!(node.tree, Tree::Empty) {
                        *node = TreeNode { start: at.0, end: at.1, tree: Tree::Map(Vec::new()) };
                    }
                    let found = described(node);
                    let Tree::Map(entries) = &mut node.tree else { return Err(PathMismatch(found)) };
                    let known = entries.iter().position(|entry| nfc(&entry.key) == *key);
                    let index = known.unwrap_or_else(|| {
                        let empty = TreeNode { start: at.0, end: at.1, tree: Tree::Empty };
                        entries.push(TreeEntry { key: Cow::Owned(key.clone()), start: at.0, end: at.1, value: empty });
                        entries.len() - 1
                    });
                    let Some(entry) = entries.get_mut(index) else { return Err(PathMismatch(found)) };
                    &mut entry.value
                }
                PathStep::Item(index) => {
                    let found = described(node);
                    let Tree::List(items) = &mut node.tree else { return Err(PathMismatch(found)) };
                    if *index == items.len() {
                        items.push(TreeNode { start: at.0, end: at.1, tree: Tree::Empty });
                    }
                    let Some(item) = items.get_mut(*index) else { return Err(PathMismatch(found)) };
                    item
                }
            };
        }
        *node = value;
        Ok(())
    }

    /// Removes what is at the path; true if there was something.
    pub(super) fn remove(&self, root: &mut TreeNode<'static>) -> bool {
        let Some((last, steps)) = self.0.split_last() else { return false };
        let mut node = root;
        for step in steps {
            let next = match (step, &mut node.tree) {
                (PathStep::Key(key), Tree::Map(entries)) => {
                    entries.iter_mut().find(|entry| nfc(&entry.key) == *key).map(|entry| &mut entry.value)
                }
                (PathStep::Item(index), Tree::List(items)) => items.get_mut(*index),
                (PathStep::Key(_) | PathStep::Item(_), _) => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        match (last, &mut node.tree) {
            (PathStep::Key(key), Tree::Map(entries)) => {
                let before = entries.len();
                entries.retain(|entry| nfc(&entry.key) != *key);
                entries.len() < before
            }
            (PathStep::Item(index), Tree::List(items)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            (PathStep::Key(_) | PathStep::Item(_), _) => false,
        }
    }
}

/// A description of a node, for a message.
fn described(node: &TreeNode<'_>) -> String {
    match &node.tree {
        Tree::List(items) => match items.len() {
            1 => "a list of 1 element".into(),
            many => format!("a list of {many} elements"),
        },
        Tree::Map(_) => "names with values".into(),
        Tree::Empty | Tree::Null => "`null`".into(),
        Tree::Bool(value) => format!("`{value}`"),
        Tree::Plain(text) | Tree::Quoted(text) => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ereje::source::FileId;

    fn tree(text: &str) -> TreeNode<'static> {
        ereje::facts::trees(text, FileId(0)).remove(0).unwrap()
    }

    /// A tree as text, without its offsets.
    fn shown(node: &TreeNode<'_>) -> String {
        match &node.tree {
            Tree::Empty => "empty".into(),
            Tree::Null => "null".into(),
            Tree::Bool(value) => value.to_string(),
            Tree::Plain(text) | Tree::Quoted(text) => text.to_string(),
            Tree::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Tree::Map(entries) => {
                let entries = entries.iter().map(|e| format!("{}: {}", e.key, shown(&e.value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn set(base: &str, path: &str, value: &str) -> Result<String, PathMismatch> {
        let mut root = tree(base);
        Path::parse(path).unwrap().set(&mut root, tree(value), (0, 0))?;
        Ok(shown(&root))
    }

    #[test]
    fn a_value_is_put_where_the_path_leads() {
        assert_eq!(set("{a: {b: 1}}", "a.b", "2").unwrap(), "{a: {b: 2}}");
        assert_eq!(set("{a: {b: 1}}", "a.c", "2").unwrap(), "{a: {b: 1, c: 2}}");
        assert_eq!(set("{a: 1}", "n.m", "2").unwrap(), "{a: 1, n: {m: 2}}");
        assert_eq!(set("{l: [{x: 1}]}", "l[0].x", "2").unwrap(), "{l: [{x: 2}]}");
        assert_eq!(set("{l: [{x: 1}]}", "l[1].x", "2").unwrap(), "{l: [{x: 1}, {x: 2}]}");
        assert_eq!(set("{l: [1]}", "l[2]", "2"), Err(PathMismatch("a list of 1 element".into())));
        assert_eq!(set("{a: null}", "a.b", "2"), Err(PathMismatch("`null`".into())));
    }

    #[test]
    fn what_is_removed_is_gone() {
        let mut root = tree("{a: {b: 1, c: 2}, l: [1, 2]}");
        assert!(Path::parse("a.b").unwrap().remove(&mut root));
        assert!(Path::parse("l[0]").unwrap().remove(&mut root));
        assert!(!Path::parse("a.x").unwrap().remove(&mut root));
        assert!(!Path::parse("a.c.d").unwrap().remove(&mut root));
        assert_eq!(shown(&root), "{a: {c: 2}, l: [2]}");
    }

    #[test]
    fn what_is_no_path_is_none() {
        for text in ["", ".", "a.", "a[", "a[x]", "a]b", "a[0]b", "[0]", " a"] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }
}
