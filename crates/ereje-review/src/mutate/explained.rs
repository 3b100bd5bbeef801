//! Explained survivors: a file beside the policy explains why no case notices a wrong law.
//!
//! Comes in: `mutants.yaml`, a list of `item`, `edit` and `why`. Goes out: explanations, which are found by item and
//! edit even if their lines have moved.

use ereje::diagnostic::{Code, Diagnostic, nearest};
use ereje::facts::tree::{Tree, TreeNode};
use ereje::source::{FileId, Sources, Span};

/// The name of the file, which is beside the policy.
pub const FILE: &str = "mutants.yaml";

/// Why a wrong law is not noticed.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The item that is edited.
    pub item: String,
    /// The edit, as the report words it.
    pub edit: String,
    /// The seed of the run that made a random mistake; `None` for a small edit.
    pub seed: Option<u64>,
    /// Why no case notices it.
    pub why: String,
    /// The place of the explanation.
    pub span: Span,
}

const KEYS: [&str; 4] = ["item", "edit", "seed", "why"];

impl Explanation {
    fn names_same(&self, other: &Self) -> bool {
        self.item == other.item && self.edit == other.edit && self.seed == other.seed
    }
}

/// Reads the explanations of a file. A bad one becomes a finding, and the good ones are kept.
#[must_use]
pub fn read(sources: &Sources, file: FileId) -> (Vec<Explanation>, Vec<Diagnostic>) {
    let text = sources.get(file).map_or("", |source| &source.text);
    let (mut explanations, mut findings) = (Vec::new(), Vec::new());
    // A file with only comments has nothing to explain.
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return (explanations, findings);
    }
    for document in ereje::facts::trees(text, file) {
        let root = match document {
            Ok(root) => root,
            Err(finding) => {
                findings.push(*finding);
                continue;
            }
        };
        let span = |node: &TreeNode<'_>| Span::new(file, node.start, node.end);
        let items = match &root.tree {
            Tree::List(items) => items.as_slice(),
            Tree::Empty => &[],
            Tree::Null | Tree::Bool(_) | Tree::Plain(_) | Tree::Quoted(_) | Tree::Map(_) => {
                findings.push(unread(span(&root), "expected a list, `- item: …` with `edit:` and `why:` below it"));
                continue;
            }
        };
        for node in items {
            match explanation(node, span(node), &mut findings) {
                Some(new) if explanations.iter().any(|e: &Explanation| e.names_same(&new)) => {
                    findings.push(unread(new.span, "this wrong law is explained twice"));
                }
                found => explanations.extend(found),
            }
        }
    }
    (explanations, findings)
}

fn explanation(node: &TreeNode<'_>, span: Span, findings: &mut Vec<Diagnostic>) -> Option<Explanation> {
    let Tree::Map(entries) = &node.tree else {
        findings.push(unread(span, "expected `item:`, `edit:` and `why:`"));
        return None;
    };
    for entry in entries {
        if !KEYS.contains(&entry.key.as_ref()) {
            let at = Span::new(span.file, entry.start, entry.end);
            let finding = unread(at, "expected `item`, `edit`, `seed` or `why`");
            findings.push(match nearest(&entry.key, KEYS) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            });
            return None;
        }
    }
    let text = |key: &str| {
        let value = entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value.tree);
        match value {
            Some(Tree::Plain(text) | Tree::Quoted(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(_) | None => None,
        }
    };
    let seed = match entries.iter().find(|entry| entry.key == "seed") {
        None => None,
        Some(entry) => match text("seed").and_then(|text| text.parse().ok()) {
            Some(seed) => Some(seed),
            None => {
                let at = Span::new(span.file, entry.start, entry.end);
                findings.push(unread(at, "expected the seed of a run, a whole number"));
                return None;
            }
        },
    };
    match (text("item"), text("edit"), text("why")) {
        (Some(item), Some(edit), Some(why)) => Some(Explanation { item, edit, seed, why, span }),
        (item, edit, _) => {
            let missing = if item.is_none() {
                "item"
            } else if edit.is_none() {
                "edit"
            } else {
                "why"
            };
            findings.push(unread(span, &format!("`{missing}:` with a text is missing")));
            None
        }
    }
}

fn unread(span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(Code::E0901, "an explanation of a wrong law that cannot be read", span, label)
}

/// The finding that an explanation is out of date: its wrong law is noticed, or does not exist.
pub(super) fn stale(explanation: &Explanation, why: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("nothing in `{}` is left to be explained here", explanation.item);
    let finding = Diagnostic::new(Code::E0902, message, explanation.span, why);
    match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("take the explanation out"),
    }
}
