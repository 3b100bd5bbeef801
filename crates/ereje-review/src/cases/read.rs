//! Reads trees: known keys, values of the expected kind, and a finding for everything else.

use super::texts::{CaseTexts, Offsets};
use ereje::diagnostic::{Code, Diagnostic, nearest};
use ereje::facts::tree::{Tree, TreeEntry, TreeNode};
use ereje::source::{FileId, Span};

/// The findings about one case file.
pub(super) struct Reader {
    pub(super) file: FileId,
    pub(super) texts: CaseTexts,
    pub(super) findings: Vec<Diagnostic>,
}

impl Reader {
    /// A reader of a file whose text has this length.
    pub(super) fn new(file: FileId, length: usize) -> Self {
        Self { file, texts: CaseTexts::new(file, length), findings: Vec::new() }
    }

    /// The place of a range of offsets, which is in the case file or in a CSV file.
    pub(super) fn at(&self, offsets: Offsets) -> Span {
        self.texts.span(offsets)
    }

    pub(super) fn span(&self, node: &TreeNode<'_>) -> Span {
        self.at((node.start, node.end))
    }

    pub(super) fn key_span(&self, entry: &TreeEntry<'_>) -> Span {
        self.at((entry.start, entry.end))
    }

    pub(super) fn say(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Reports a node of another kind than expected.
    pub(super) fn wrong_kind(&mut self, node: &TreeNode<'_>, what: &str, expected: &str) {
        let label = format!("expected {expected}, found {}", kind(node));
        let finding = Diagnostic::new(Code::E0801, format!("{what} cannot be read"), self.span(node), label);
        self.say(finding);
    }

    /// The entries of a map. A key that is not among `known`, or that comes twice, is a finding.
    pub(super) fn map<'n>(&mut self, node: &'n TreeNode<'static>, what: &str, known: &[&str]) -> Option<Entries<'n>> {
        let Tree::Map(entries) = &node.tree else {
            self.wrong_kind(node, what, "names with values");
            return None;
        };
        let mut kept: Vec<&TreeEntry<'static>> = Vec::with_capacity(entries.len());
        for entry in entries {
            let at = self.key_span(entry);
            if !known.contains(&&*entry.key) {
                let message = format!("{what} has no `{}`", entry.key);
                let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                let finding = Diagnostic::new(Code::E0802, message, at, format!("expected {}", names.join(", ")));
                self.say(match nearest(&entry.key, known.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding,
                });
            } else if self.is_new(entry, &kept) {
                kept.push(entry);
            }
        }
        Some(Entries(kept))
    }

    /// The entries of a map with any keys. A key that comes twice is a finding.
    pub(super) fn any_map<'n>(&mut self, node: &'n TreeNode<'static>, what: &str) -> Vec<&'n TreeEntry<'static>> {
        let Tree::Map(entries) = &node.tree else {
            if !matches!(node.tree, Tree::Empty) {
                self.wrong_kind(node, what, "names with values");
            }
            return Vec::new();
        };
        let mut kept: Vec<&TreeEntry<'static>> = Vec::with_capacity(entries.len());
        for entry in entries {
            if self.is_new(entry, &kept) {
                kept.push(entry);
            }
        }
        kept
    }

    fn is_new(&mut self, entry: &TreeEntry<'static>, kept: &[&TreeEntry<'static>]) -> bool {
        let Some(first) = kept.iter().find(|other| other.key == entry.key) else { return true };
        let finding = Diagnostic::new(
            Code::E0607,
            format!("the key `{}` is written twice", entry.key),
            self.key_span(entry),
            "again here",
        );
        let finding = finding.also(self.key_span(first), "first here");
        self.say(finding.help("keep the one that is right; none is taken by itself"));
        false
    }

    /// A word or a text.
    pub(super) fn text(&mut self, node: &TreeNode<'_>, what: &str) -> Option<String> {
        let text = plain(node);
        if text.is_none() {
            self.wrong_kind(node, what, "a text");
        }
        text
    }

    /// The elements of a list; a single value counts as a list of one.
    pub(super) fn list<'n>(&mut self, node: &'n TreeNode<'static>, what: &str) -> Vec<&'n TreeNode<'static>> {
        match &node.tree {
            Tree::List(items) => items.iter().collect(),
            Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) => vec![node],
            Tree::Empty => Vec::new(),
            Tree::Null | Tree::Map(_) => {
                self.wrong_kind(node, what, "a list");
                Vec::new()
            }
        }
    }
}

/// The entries of a map by their keys.
pub(super) struct Entries<'n>(Vec<&'n TreeEntry<'static>>);

impl<'n> Entries<'n> {
    /// The entry of a key.
    pub(super) fn entry(&self, key: &str) -> Option<&'n TreeEntry<'static>> {
        self.0.iter().copied().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'n TreeNode<'static>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// All entries, in the order of the text.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'n TreeEntry<'static>> {
        self.0.iter().copied()
    }
}

/// A scalar as it is written; `None` for a list, a map and an empty node.
pub(super) fn plain(node: &TreeNode<'_>) -> Option<String> {
    match &node.tree {
        Tree::Plain(text) | Tree::Quoted(text) => Some(text.to_string()),
        Tree::Bool(value) => Some(value.to_string()),
        Tree::Empty | Tree::Null | Tree::List(_) | Tree::Map(_) => None,
    }
}

fn kind(node: &TreeNode<'_>) -> String {
    match &node.tree {
        Tree::Empty => "nothing".into(),
        Tree::Null => "`null`".into(),
        Tree::Bool(value) => format!("`{value}`"),
        Tree::Plain(text) | Tree::Quoted(text) => {
            let cut: String = text.chars().take(40).collect();
            let dots = if cut.len() < text.len() { "…" } else { "" };
            format!("`{}{dots}`", cut.replace('\n', " "))
        }
        Tree::List(_) => "a list".into(),
        Tree::Map(_) => "names with values".into(),
    }
}
