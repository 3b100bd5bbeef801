//! The facts that suggestions change: those of a case file, as it writes them.

use crate::cases::CaseFile;
use ereje::Policy;
use ereje::facts::{FactSet, Format, to_yaml};
use ereje::source::Sources;
use ereje::visible::is_hidden;

/// The facts that all cases of a file change.
#[derive(Clone, Debug)]
pub struct Base {
    /// The facts in YAML as they are written, from the first column; in escapes if something in them hides.
    pub text: String,
    /// The facts that the text holds.
    pub facts: FactSet,
}

impl Base {
    /// The base of a case file; `None` if it has none, or if the policy cannot read it.
    #[must_use]
    pub fn of_file(policy: &Policy, sources: &Sources, file: &CaseFile) -> Option<Self> {
        let span = file.base?;
        let text = &sources.get(span.file)?.text;
        let text = dedented(text, span.start as usize, span.end as usize);
        let facts = policy.facts(&text, Format::Yaml).ok()?.into_iter().next()?;
        // What a screen does not show would be shown again, to a person who is asked to confirm it.
        if text.contains(|c| c != '\n' && is_hidden(c)) {
            return Some(Self::of_facts(policy, facts));
        }
        Some(Self { text, facts })
    }

    /// A base of these facts, written like a fact file.
    #[must_use]
    pub fn of_facts(policy: &Policy, facts: FactSet) -> Self {
        Self { text: to_yaml(policy.model(), &facts), facts }
    }
}

/// A part of a YAML text, moved to the first column.
fn dedented(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or("");
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let margin = " ".repeat(column);
    let piece = text.get(start..end).unwrap_or("");
    let lines = piece.lines().map(|line| line.strip_prefix(margin.as_str()).unwrap_or(line.trim_start()));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
