//! Circles of imports: a file that imports itself, directly or through others.
//!
//! Order never matters in Ereje, so a circle would do no harm. But it shows that two folders that the author takes for
//! independent are not, and that reading one always reads the other.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};

/// A file or a folder in the graph of imports.
#[derive(Debug, Default)]
pub(super) struct ImportNode {
    /// Its name; the policy's own folder is `.`.
    pub(super) name: String,
    /// Its successors, each with the import that leads there; a folder leads to its files without one.
    pub(super) leads_to: Vec<(usize, Option<Span>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum VisitState {
    New,
    Open,
    Done,
}

/// One diagnostic for each import that closes a circle.
pub(super) fn circles(nodes: &[ImportNode], sources: &Sources) -> Vec<Diagnostic> {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|i| nodes.get(*i).map(|node| node.name.as_str()));
    let mut states = vec![VisitState::New; nodes.len()];
    let mut found = Vec::new();
    for start in order {
        if states.get(start) == Some(&VisitState::New) {
            search(nodes, sources, start, &mut states, &mut found);
        }
    }
    found
}

/// A depth-first search without recursion: a chain of imports can be as long as a policy has files.
fn search(
    nodes: &[ImportNode],
    sources: &Sources,
    start: usize,
    states: &mut [VisitState],
    found: &mut Vec<Diagnostic>,
) {
    // The path from `start`: a node, the import that leads to it, and the number of its edges that were followed.
    let mut path: Vec<(usize, Option<Span>, usize)> = vec![(start, None, 0)];
    set(states, start, VisitState::Open);
    while let Some((node, _, next)) = path.last_mut() {
        let edge = nodes.get(*node).and_then(|n| n.leads_to.get(*next)).copied();
        *next += 1;
        match edge {
            None => {
                set(states, *node, VisitState::Done);
                path.pop();
            }
            Some((to, span)) => match states.get(to) {
                Some(VisitState::New) => {
                    set(states, to, VisitState::Open);
                    path.push((to, span, 0));
                }
                Some(VisitState::Open) => found.extend(diagnostic(nodes, sources, &path, to, span)),
                Some(VisitState::Done) | None => {}
            },
        }
    }
}

fn set(states: &mut [VisitState], node: usize, state: VisitState) {
    if let Some(slot) = states.get_mut(node) {
        *slot = state;
    }
}

fn diagnostic(
    nodes: &[ImportNode],
    sources: &Sources,
    path: &[(usize, Option<Span>, usize)],
    to: usize,
    closing: Option<Span>,
) -> Option<Diagnostic> {
    let circle: Vec<_> = path.iter().skip_while(|(node, _, _)| *node != to).collect();
    let name = |node: usize| nodes.get(node).map_or("", |n| n.name.as_str());
    // The chain for the message; the middle of a long one is left out.
    let mut chain: Vec<String> = circle.iter().map(|(node, _, _)| format!("`{}`", name(*node))).collect();
    chain.push(format!("`{}`", name(to)));
    if chain.len() > 10 {
        let left_out = chain.len() - 9;
        chain.splice(5..chain.len() - 4, [format!("{left_out} more")]);
    }
    let imports: Vec<Span> = circle.iter().skip(1).filter_map(|(_, span, _)| *span).collect();
    // A circle is closed by an import, or by a folder that contains the file with the import.
    let (primary, others) = match (closing, imports.split_last()) {
        (Some(span), _) => (span, imports.as_slice()),
        (None, Some((last, others))) => (*last, others),
        (None, None) => return None,
    };
    let chain = chain.join(" → ");
    let itself = sources.get(primary.file).map_or("", |file| file.name.as_str());
    let mut diagnostic = Diagnostic::new(
        Code::E0704,
        "this import goes in a circle",
        primary,
        if others.is_empty() {
            format!("`{itself}` imports itself")
        } else {
            format!("leads back to where it started: {chain}")
        },
    );
    for span in others.iter().take(8) {
        diagnostic = diagnostic.also(*span, "one step of the circle");
    }
    Some(diagnostic.help(
        "remove one of these imports: the files of a policy's folder see one another without any, and what two \
         folders share can stand in a third that both import",
    ))
}
