//! A flow (a Sankey diagram): the old outcomes on the left, the new ones on the right, with bands as wide as their
//! counts.
//!
//! The text has the same size on every screen: only the bands are in an inner drawing, which is stretched to the
//! available width; the text is in the outer one.

use super::percent;
use maud::{Markup, html};

/// The number of things that have gone from `from` to `to`, which are indices into the names of [`flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Index of the name on the left.
    pub from: usize,
    /// Index of the name on the right.
    pub to: usize,
    /// The number.
    pub count: u64,
}

/// The height of all bands together in pixels, before thin ones are widened.
const BANDS: u64 = 220;
/// The width of the thinnest band.
const THIN: u64 = 2;
/// The distance between two nodes.
const GAP: u64 = 14;
/// The height of a line of a label.
const LINE: u64 = 17;
/// The height above the first node, for the names of the two sides.
const TOP: u64 = 26;
/// The most characters in a line of a label, so that both sides fit a phone.
const WRAP: usize = 20;
/// The most lines of a name.
const LINES: usize = 4;
/// The width of the stretched drawing in its own units.
const WIDTH: u64 = 1000;
/// The width of a node in these units.
const NODE: u64 = 10;

/// A name on one side, with its place.
struct Node {
    name: usize,
    count: u64,
    lines: Vec<String>,
    thick: u64,
    /// The top of the node.
    y: u64,
    /// The height that is already taken by bands.
    used: u64,
}

/// Draws `streams` between `names` on the left and the same `names` on the right, in the order of the names and without
/// those that have no streams. `sides` are the headings, and `count` writes numbers. Streams to the same name have a muted colour.
#[must_use]
pub fn flow(sides: (&str, &str), names: &[String], streams: &[Stream], count: &dyn Fn(u64) -> String) -> Markup {
    let mut streams: Vec<Stream> = streams.iter().copied().filter(|s| s.count > 0).collect();
    streams.sort_by_key(|s| (s.from, s.to));
    let total: u64 = streams.iter().map(|s| s.count).sum();
    let mut left = nodes(names, &streams, total, |s| s.from);
    let mut right = nodes(names, &streams, total, |s| s.to);
    let height = [&left, &right].map(|side| side.iter().map(slot).sum::<u64>()).into_iter().max().unwrap_or(0);
    place(&mut left, height);
    place(&mut right, height);
    let bands: Vec<(Stream, String)> = streams
        .iter()
        .map(|s| {
            let thick = thick(s.count, total);
            let from = take(&mut left, s.from, thick);
            let to = take(&mut right, s.to, thick);
            (*s, band(from, to, thick))
        })
        .collect();
    let name = |index: usize| names.get(index).map_or("", String::as_str);
    let all = TOP + height;
    html! {
        svg.flow role="group" aria-label={ (sides.0) " → " (sides.1) } width="100%" height=(all) {
            svg x="0" y="0" width="100%" height=(all) viewBox={ "0 0 " (WIDTH) " " (all) } preserveAspectRatio="none" {
                // The muted ones are drawn first, so that they cover no others.
                @for moved in [false, true] {
                    @for (stream, path) in bands.iter().filter(|(s, _)| (s.from != s.to) == moved) {
                        path class=(if moved { "moved" } else { "same" }) d=(path) {
                            title {
                                (name(stream.from)) " → " (name(stream.to)) ": " (count(stream.count))
                                " (" (percent(stream.count, total)) ")"
                            }
                        }
                    }
                }
                @for (side, x) in [(&left, 0), (&right, WIDTH - NODE)] {
                    @for node in side {
                        rect.node x=(x) y=(node.y) width=(NODE) height=(node.thick) {
                            title { (name(node.name)) ": " (count(node.count)) " (" (percent(node.count, total)) ")" }
                        }
                    }
                }
            }
            text.side x="0" y="14" { (sides.0) }
            text.side x="100%" y="14" text-anchor="end" { (sides.1) }
            @for (side, x, dx, anchor) in [(&left, "0", "14", "start"), (&right, "100%", "-14", "end")] {
                @for node in side {
                    @for (index, line) in node.lines.iter().enumerate() {
                        text.name x=(x) dx=(dx) y=(baseline(node, index)) text-anchor=(anchor) { (line) }
                    }
                    text.figure-text x=(x) dx=(dx) y=(baseline(node, node.lines.len())) text-anchor=(anchor) {
                        (count(node.count)) " · " (percent(node.count, total))
                    }
                }
            }
        }
    }
}

/// The nodes of one side.
fn nodes(names: &[String], streams: &[Stream], total: u64, end: impl Fn(&Stream) -> usize) -> Vec<Node> {
    let node = |(index, name): (usize, &String)| {
        let own: Vec<&Stream> = streams.iter().filter(|s| end(s) == index).collect();
        (!own.is_empty()).then(|| Node {
            name: index,
            count: own.iter().map(|s| s.count).sum(),
            lines: wrapped(name),
            thick: own.iter().map(|s| thick(s.count, total)).sum(),
            y: 0,
            used: 0,
        })
    };
    names.iter().enumerate().filter_map(node).collect()
}

/// The width of a band: in proportion, but always visible.
fn thick(count: u64, total: u64) -> u64 {
    let share = (u128::from(count) * u128::from(BANDS)).checked_div(u128::from(total)).unwrap_or(0);
    u64::try_from(share).unwrap_or(BANDS).max(THIN)
}

/// The height of a node's label.
fn words(node: &Node) -> u64 {
    LINE * (node.lines.len() as u64 + 1)
}

/// The height of a node with its label and the gap after it.
fn slot(node: &Node) -> u64 {
    if holds_words(node) { node.thick + GAP } else { node.thick + words(node) + GAP }
}

/// True if the label fits on the bands; otherwise it is below them.
fn holds_words(node: &Node) -> bool {
    node.thick >= words(node)
}

/// Places the nodes of a side below one another, spread over the height.
fn place(side: &mut [Node], height: u64) {
    let spare = height.saturating_sub(side.iter().map(slot).sum());
    let share = spare.checked_div(side.len() as u64).unwrap_or(0);
    let mut y = TOP;
    for node in side {
        let slot = slot(node) + share;
        node.y = y + share / 2;
        y += slot;
    }
}

/// Takes the next free piece of a node; gives its top.
fn take(side: &mut [Node], name: usize, thick: u64) -> u64 {
    let Some(node) = side.iter_mut().find(|n| n.name == name) else { return TOP };
    let y = node.y + node.used;
    node.used += thick;
    y
}

/// The baseline of a line of a node's label: level with the middle of the node, or below a thin one.
fn baseline(node: &Node, line: usize) -> u64 {
    let top = if holds_words(node) { node.y + (node.thick - words(node)) / 2 } else { node.y + node.thick };
    top + LINE * line as u64 + 13
}

/// The outline of a band from one side to the other.
fn band(from: u64, to: u64, thick: u64) -> String {
    let (a, b, half) = (NODE, WIDTH - NODE, WIDTH / 2);
    format!(
        "M{a} {from}C{half} {from} {half} {to} {b} {to}V{}C{half} {} {half} {} {a} {}Z",
        to + thick,
        to + thick,
        from + thick,
        from + thick
    )
}

/// A name in lines that fit beside the other side's; what does not fit at all ends in `…` and stands whole in the title.
fn wrapped(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // A name breaks at spaces, and behind the underscores of an identifier.
    let mut rest = name.split_inclusive([' ', '_']).flat_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        letters.chunks(WRAP).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>()
    });
    for part in rest.by_ref() {
        let wide = part.trim_end().chars().count();
        let full = lines.len() >= LINES;
        match lines.last_mut() {
            Some(line) if line.chars().count() + wide <= WRAP => line.push_str(&part),
            Some(line) if full => {
                let kept: String = line.trim_end().chars().take(WRAP - 1).collect();
                *line = format!("{kept}…");
                break;
            }
            Some(_) | None => lines.push(part),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}
