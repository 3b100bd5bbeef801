//! The neutral tree between the formats and the decoder: values with their places, where only `null`, `true` and
//! `false` are interpreted. Case files are read as such trees as well.

use super::limits;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use std::borrow::Cow;

/// A value with its place, in bytes of the file.
#[derive(Clone, Debug)]
pub struct TreeNode<'a> {
    pub start: usize,
    pub end: usize,
    pub tree: Tree<'a>,
}

/// The kinds of values.
#[derive(Clone, Debug)]
pub enum Tree<'a> {
    /// Nothing at all, after a key or a dash.
    Empty,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A word without quotes that is none of the above: a JSON number, any plain word of YAML.
    Plain(Cow<'a, str>),
    /// A text in quotes, or a block scalar of YAML.
    Quoted(Cow<'a, str>),
    /// A list.
    List(Vec<TreeNode<'a>>),
    /// Keys with values, in the order of the text.
    Map(Vec<TreeEntry<'a>>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct TreeEntry<'a> {
    pub key: Cow<'a, str>,
    /// The place of the key.
    pub start: usize,
    pub end: usize,
    pub value: TreeNode<'a>,
}

impl TreeNode<'_> {
    /// The same tree with owned texts.
    pub(crate) fn into_owned(self) -> TreeNode<'static> {
        // The depth of a tree is limited when it is read.
        let tree = match self.tree {
            Tree::Empty => Tree::Empty,
            Tree::Null => Tree::Null,
            Tree::Bool(value) => Tree::Bool(value),
            Tree::Plain(text) => Tree::Plain(Cow::Owned(text.into_owned())),
            Tree::Quoted(text) => Tree::Quoted(Cow::Owned(text.into_owned())),
            Tree::List(items) => Tree::List(items.into_iter().map(TreeNode::into_owned).collect()),
            Tree::Map(entries) => {
                let owned = |e: TreeEntry<'_>| TreeEntry {
                    key: Cow::Owned(e.key.into_owned()),
                    start: e.start,
                    end: e.end,
                    value: e.value.into_owned(),
                };
                Tree::Map(entries.into_iter().map(owned).collect())
            }
        };
        TreeNode { start: self.start, end: self.end, tree }
    }
}

/// One document of a file: its tree, or the finding that says why it cannot be read.
pub(super) struct Parsed<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) root: Result<TreeNode<'a>, Box<Diagnostic>>,
}

/// The part of the limits that one document has used.
#[derive(Default)]
pub(super) struct Budget {
    values: usize,
}

impl Budget {
    /// Counts a value at a depth of lists and braces; the innermost one has `siblings` values so far.
    pub(super) fn value(
        &mut self,
        at: Span,
        depth: usize,
        in_map: bool,
        siblings: usize,
    ) -> Result<(), Box<Diagnostic>> {
        self.values += 1;
        if self.values > limits::MAX_VALUES {
            return past(at, "values in one document", limits::MAX_VALUES);
        }
        if depth > limits::MAX_DEPTH {
            return past(at, "lists and braces inside one another", limits::MAX_DEPTH);
        }
        match in_map {
            true if siblings >= limits::MAX_KEYS => past(at, "keys between one pair of braces", limits::MAX_KEYS),
            false if siblings >= limits::MAX_ELEMENTS => past(at, "elements in one list", limits::MAX_ELEMENTS),
            true | false => Ok(()),
        }
    }
}

fn past(at: Span, what: &str, limit: usize) -> Result<(), Box<Diagnostic>> {
    Err(Box::new(beyond(at, what, limit)))
}

/// The finding that a limit on a number is exceeded.
pub(super) fn beyond(at: Span, what: &str, limit: usize) -> Diagnostic {
    limited(at, format!("there are more than {limit} {what}"), format!("at most {limit} are read"))
}

/// The finding that a limit on bytes is exceeded.
pub(super) fn too_long(at: Span, what: &str, limit: usize) -> Diagnostic {
    let size = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{} KiB", limit >> 10) };
    limited(at, format!("{what} is longer than {size}"), format!("at most {size} are read"))
}

fn limited(at: Span, message: String, label: String) -> Diagnostic {
    Diagnostic::new(Code::E0609, message, at, label)
        .help("an application is never this large; look at what wrote this file")
}

/// The finding that something cannot be read at all.
pub(super) fn unreadable(file: FileId, at: (usize, usize), message: &str, label: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Code::E0601, message, Span::new(file, at.0, at.1), label))
}
