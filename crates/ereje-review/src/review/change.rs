//! The changes between accepted snapshots and current decisions. A change that is the same in many cases is one change.

use super::contents::{CASE, HEADING, OFF, WHY};
use ereje::visible::visible_lines;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff};
use std::collections::BTreeMap;

/// Longer texts are not compared line by line: that could take very long, and no real snapshot has so many lines.
const MAX_LINES: usize = 20_000;
/// The number of lines that are shown around a change.
const AROUND: usize = 1;

/// The part of a snapshot that has changed; the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SnapshotPart {
    /// The decision: outcome, reasons, messages, outputs, needs.
    Decision,
    /// Only what the case asks; the decision is the same.
    Case,
    /// Only the explanation; the decision is the same.
    Why,
}

impl SnapshotPart {
    /// The word for the part, for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Case => "case",
            Self::Why => "why",
        }
    }
}

/// How a line differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Both texts have it.
    Same,
    /// Only the old text has it.
    Dropped,
    /// Only the new text has it.
    Added,
}

impl Sign {
    /// The sign of a line as a diff writes it.
    #[must_use]
    pub fn mark(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Dropped => '-',
            Self::Added => '+',
        }
    }
}

/// Successive lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The line that they are under, if it is not among them: a section or a rule.
    pub under: Option<String>,
    /// The lines, with their signs.
    pub lines: Vec<(Sign, String)>,
}

/// A change, and the pairs that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotChange {
    /// The most severe part that has changed.
    pub part: SnapshotPart,
    /// The indices of the pairs, ascending.
    pub pairs: Vec<usize>,
    /// The change as it is in the first pair.
    pub hunks: Vec<Hunk>,
    /// The number of lines about rules that do not apply which changed as well in the first pair, and are not shown.
    pub beside: usize,
}

/// The changes between pairs of texts, before and after; the most severe first, then in the order of the pairs. Pairs
/// in which the same lines are dropped and added have the same change. Rules that do not apply are compared only if `whole`,
/// or if nothing else has changed.
#[must_use]
pub fn changes(pairs: &[(&str, &str)], whole: bool) -> Vec<SnapshotChange> {
    let mut known: BTreeMap<(SnapshotPart, Vec<(Sign, String)>), usize> = BTreeMap::new();
    let mut found: Vec<SnapshotChange> = Vec::new();
    for (index, (before, after)) in pairs.iter().enumerate() {
        let (before, after) = (visible_lines(before), visible_lines(after));
        let (first, last) = (applicable(&before), applicable(&after));
        let all = hunks(&before, &after);
        let (hunks, beside) = match hunks(first, last) {
            relevant if whole || lines(&relevant).is_empty() => (all, 0),
            relevant => {
                let beside = lines(&all).len().saturating_sub(lines(&relevant).len());
                (relevant, beside)
            }
        };
        let lines = lines(&hunks);
        if lines.is_empty() {
            continue;
        }
        let part = part(&before, &after);
        let at = *known.entry((part, lines)).or_insert(found.len());
        match found.get_mut(at) {
            Some(change) => change.pairs.push(index),
            None => found.push(SnapshotChange { part, pairs: vec![index], hunks, beside }),
        }
    }
    found.sort_by_key(|change| change.part);
    found
}

/// A snapshot without its last section, the rules that do not apply.
fn applicable(text: &str) -> &str {
    let found = text.find(&format!("\n{HEADING}{OFF}\n"));
    found.and_then(|end| text.get(..end)).unwrap_or(text).trim_end()
}

/// The lines that differ.
fn lines(hunks: &[Hunk]) -> Vec<(Sign, String)> {
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
    lines.filter(|(sign, _)| *sign != Sign::Same).cloned().collect()
}

/// The lines of a section of a snapshot, by its heading; `None` if there is no such section.
#[must_use]
pub fn section<'t>(text: &'t str, heading: &str) -> Option<&'t str> {
    sections(text).into_iter().find(|(name, _)| *name == heading).map(|(_, body)| body)
}

/// The sections of a text: the heading and the lines of each.
fn sections(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = if rest.starts_with(HEADING) { Some(0) } else { rest.find("\n── ").map(|at| at + 1) } {
        let after = rest.get(start + HEADING.len()..).unwrap_or_default();
        let (name, body) = after.split_once('\n').unwrap_or((after, ""));
        let end = if body.starts_with(HEADING) { 0 } else { body.find("\n── ").map_or(body.len(), |at| at + 1) };
        let (body, next) = body.split_at_checked(end).unwrap_or((body, ""));
        found.push((name, body.trim_end()));
        rest = next;
    }
    found
}

/// The most severe part that has changed; a text in an older form has changed as a whole.
fn part(before: &str, after: &str) -> SnapshotPart {
    let but = |text: &str, parts: &[&str]| -> Vec<(String, String)> {
        let found = sections(text).into_iter().filter(|(name, _)| !parts.contains(name));
        found.map(|(name, body)| (name.to_owned(), body.to_owned())).collect()
    };
    let beside = [CASE, WHY, OFF];
    if sections(before).is_empty() || but(before, &beside) != but(after, &beside) {
        SnapshotPart::Decision
    } else if section(before, CASE) != section(after, CASE) {
        SnapshotPart::Case
    } else {
        SnapshotPart::Why
    }
}

fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if old.len().max(new.len()) > MAX_LINES {
        let added = new.iter().map(|line| (Sign::Added, (*line).to_owned()));
        let dropped = (Sign::Dropped, format!("{} lines, too many to be compared", old.len()));
        return vec![Hunk { under: None, lines: std::iter::once(dropped).chain(added).collect() }];
    }
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&old, &new);
    let hunk = |ops: &[DiffOp]| {
        let changes = ops.iter().flat_map(|op| diff.iter_changes(op));
        let sign = |tag: ChangeTag| match tag {
            ChangeTag::Equal => Sign::Same,
            ChangeTag::Delete => Sign::Dropped,
            ChangeTag::Insert => Sign::Added,
        };
        let lines = changes.map(|change| (sign(change.tag()), change.value().to_owned())).collect();
        let start = ops.first().map_or(0, |op| op.new_range().start);
        Hunk { under: under(&new, start), lines }
    };
    diff.grouped_ops(AROUND).iter().map(|ops| hunk(ops)).collect()
}

/// The nearest line above that is less indented: the rule of a clause, the heading of a rule.
fn under(lines: &[&str], start: usize) -> Option<String> {
    let margin = |line: &str| line.len() - line.trim_start().len();
    let first = lines.get(start)?;
    if first.starts_with(HEADING) {
        return None;
    }
    let inner = margin(first) > 0;
    let above = lines.get(..start)?.iter().rev();
    let found = above
        .into_iter()
        .find(|line| if inner { margin(line) == 0 && !line.is_empty() } else { line.starts_with(HEADING) });
    found.map(|line| line.strip_prefix(HEADING).unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(outcome: &str, why: &str) -> String {
        format!("── the case\na: 1\n\n── what is decided\n{outcome}\n\n── why\n{why}")
    }

    #[test]
    fn the_same_change_is_one() {
        let texts: Vec<(String, String)> = [
            ("issue", "x = 1", "issue", "x = 2"),
            ("issue", "x = 1", "refuse", "x = 1"),
            ("refuse", "x = 1", "refuse", "x = 2"),
            ("refuse", "x = 1", "refuse", "x = 1"),
        ]
        .map(|(a, b, c, d)| (text(a, b), text(c, d)))
        .into();
        let pairs: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let found: Vec<_> = changes(&pairs, false).into_iter().map(|change| (change.part, change.pairs)).collect();
        assert_eq!(found, [(SnapshotPart::Decision, vec![1]), (SnapshotPart::Why, vec![0, 2])]);
    }

    #[test]
    fn a_change_says_what_it_stands_under() {
        let why = |norm: u32| format!("✓ r: fires\n    a\n    b\n    c\n    norm = {norm}\n    d\n✗ s: off");
        let (before, after) = (text("issue", &why(15)), text("issue", &why(16)));
        let found = changes(&[(&before, &after)], false);
        let hunk = &found[0].hunks[0];
        assert_eq!(hunk.under.as_deref(), Some("✓ r: fires"));
        let shown: String = hunk.lines.iter().map(|(sign, line)| format!("{}{line}\n", sign.mark())).collect();
        assert_eq!(shown, "     c\n-    norm = 15\n+    norm = 16\n     d\n");
    }

    #[test]
    fn sections_are_found() {
        let text = "── the case\na\n\n── empty\n── why\nb\n";
        assert_eq!(sections(text), [("the case", "a"), ("empty", ""), ("why", "b")]);
        assert_eq!(section(text, "why"), Some("b"));
        assert_eq!(sections("nothing"), []);
        assert_eq!(part("another kind", text), SnapshotPart::Decision);
    }
}
