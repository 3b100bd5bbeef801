//! Diagnostics for people: with the source text, or one line each.
//!
//! Comes in: diagnostics in any order, and the texts. Goes out: one text in a stable order, by file name, place and
//! code. The output stays short even if a line or the list of findings is very long.

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Source, Sources};
use crate::visible::{is_hidden, visible};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write;
use std::ops::Range;

/// The most diagnostics that are printed; the others are counted.
const MAX_SHOWN: usize = 200;
/// The most characters of a message, a label or a help line.
const MAX_TEXT: usize = 600;
/// The most characters of an example, which is of no use in part.
const MAX_EXAMPLE: usize = 16_000;
/// The most secondary places that are shown for one diagnostic.
const MAX_SECONDARY: usize = 24;
/// Longer lines (in bytes) are cut around the mark.
const LONG_LINE: usize = 240;
/// The bytes of a long line that are kept before the mark.
const KEPT_BEFORE: usize = 60;
/// The bytes of a long line that are kept from the start of the mark.
const KEPT_AFTER: usize = 120;
/// The most lines between two marks that are shown in one excerpt.
const MAX_GAP: usize = 12;
/// The most lines of one mark; of a longer one, only the first line is marked.
const MAX_LINES: usize = 12;

/// The diagnostics by file name, place and code.
#[must_use]
pub fn in_order<'d>(diags: &'d [Diagnostic], sources: &Sources) -> Vec<&'d Diagnostic> {
    let name = |d: &Diagnostic| sources.get(d.primary.span.file).map(|f| f.name.as_str());
    let mut sorted: Vec<&Diagnostic> = diags.iter().collect();
    sorted.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.span.file, d.primary.span.start, d.primary.span.end, d.code);
        name(a).cmp(&name(b)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    sorted
}

/// The diagnostics with their source lines, for a terminal.
#[must_use]
pub fn human(diags: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let sorted = in_order(diags, sources);
    let mut out = String::new();
    for (index, diagnostic) in sorted.iter().take(MAX_SHOWN).enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let mut corrections = Vec::new();
        let mut text = renderer.render(&[group(diagnostic, sources, &mut corrections)]);
        for (wrong, right) in corrections {
            text = text.replacen(&wrong, &right, 1);
        }
        out.push_str(&text);
        out.push('\n');
    }
    if sorted.len() > MAX_SHOWN {
        let _ = writeln!(out, "\nand {} more", sorted.len() - MAX_SHOWN);
    }
    out
}

/// The diagnostics as `file:line:column: error[E0201]: message`, a line each.
#[must_use]
pub fn short(diags: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in in_order(diags, sources) {
        let place = sources.locate(diagnostic.primary.span);
        let word = super::severity::word(diagnostic.severity());
        let _ = write!(out, "{}: {word}[{}]: {}", plain(&place), diagnostic.code, plain(&diagnostic.message));
        if let Some(example) = &diagnostic.example {
            let _ = write!(out, "; {}", plain_to(example, MAX_EXAMPLE));
        }
        out.push('\n');
    }
    out
}

/// A text on one line in which nothing hides, cut to [`MAX_TEXT`].
fn plain(text: &str) -> String {
    plain_to(text, MAX_TEXT)
}

fn plain_to(text: &str, most: usize) -> String {
    let mut out = visible(text).into_owned();
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
        out.push('…');
    }
    out
}

/// One diagnostic for the renderer. The renderer counts columns in the excerpt; if the start of a line was cut off,
/// `corrections` gets the wrong place and the right one.
fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, corrections: &mut Vec<(String, String)>) -> Group<'a> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(plain(&diagnostic.message)).id(diagnostic.code.name());
    let mut group = Group::with_title(title);
    for (file, labels) in by_file(diagnostic) {
        let Some(source) = sources.get(file) else { continue };
        for cluster in clusters(&marks(source, &labels)) {
            let excerpt = Excerpt::new(source, &cluster);
            let name = plain(&source.name);
            if let Some(mark) = cluster.marks.iter().find(|m| m.primary).or(cluster.marks.first()) {
                let at = source.position(u32::try_from(mark.bytes.start).unwrap_or(u32::MAX));
                let shown = excerpt.column(excerpt.place(&mark.bytes).start);
                if shown != at.column {
                    let place = |column: usize| format!("{name}:{}:{column}", at.line);
                    corrections.push((place(shown), place(at.column)));
                }
            }
            let annotations: Vec<_> = cluster
                .marks
                .iter()
                .map(|mark| {
                    let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                    let text = (!mark.label.text.is_empty()).then(|| plain(&mark.label.text));
                    kind.span(excerpt.place(&mark.bytes)).label(text)
                })
                .collect();
            let snippet = Snippet::source(excerpt.text).path(name).line_start(cluster.lines.start);
            group = group.element(snippet.annotations(annotations));
        }
    }
    let unseen = diagnostic.secondary.len().saturating_sub(MAX_SECONDARY);
    if unseen > 0 {
        group = group.element(Level::NOTE.message(format!("and {unseen} more places")));
    }
    let example = diagnostic.example.iter().map(|text| Level::NOTE.message(plain_to(text, MAX_EXAMPLE)));
    let group = group.elements(example);
    let help = diagnostic.help.iter().map(|text| Level::HELP.message(plain(text)));
    group.elements(help)
}

/// A label with its range in the file.
struct PlacedLabel<'a> {
    label: &'a Label,
    primary: bool,
    /// Its bytes in the file, on character boundaries, cut to the first line if it spans too many.
    bytes: Range<usize>,
    /// Its lines, from 1, both ends included.
    lines: (usize, usize),
}

/// Labels that are close enough for one excerpt.
struct Cluster<'a, 'm> {
    marks: Vec<&'m PlacedLabel<'a>>,
    /// From 1; the end is not included.
    lines: Range<usize>,
}

/// The labels of a diagnostic by file, that of the primary label first.
fn by_file(diagnostic: &Diagnostic) -> Vec<(FileId, Vec<(&Label, bool)>)> {
    let mut files: Vec<(FileId, Vec<(&Label, bool)>)> = Vec::new();
    let secondary = diagnostic.secondary.iter().take(MAX_SECONDARY).map(|l| (l, false));
    let labels = std::iter::once((&diagnostic.primary, true)).chain(secondary);
    for (label, primary) in labels {
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push((label, primary)),
            None => files.push((label.span.file, vec![(label, primary)])),
        }
    }
    files
}

/// The labels of one file with their ranges.
fn marks<'a>(source: &Source, labels: &[(&'a Label, bool)]) -> Vec<PlacedLabel<'a>> {
    let boundary = |offset: u32| {
        let mut offset = (offset as usize).min(source.text.len());
        while !source.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let line = |offset: usize| source.position(u32::try_from(offset).unwrap_or(u32::MAX)).line;
    let mut marks: Vec<PlacedLabel<'a>> = labels
        .iter()
        .map(|(label, primary)| {
            let start = boundary(label.span.start);
            let mut end = boundary(label.span.end).max(start);
            let first = line(start);
            // A span that ends with a line end does not touch the next line.
            let mut last = line(end.saturating_sub(1).max(start));
            if last >= first + MAX_LINES {
                last = first;
                end = source.line(first).map_or(end, |l| l.end.max(start));
            }
            PlacedLabel { label, primary: *primary, bytes: start..end, lines: (first, last) }
        })
        .collect();
    marks.sort_by_key(|m| (m.bytes.start, m.bytes.end, !m.primary));
    marks
}

/// Groups marks that are close to one another, in the order of the file, but the group of the primary label first.
fn clusters<'a, 'm>(marks: &'m [PlacedLabel<'a>]) -> Vec<Cluster<'a, 'm>> {
    let mut clusters: Vec<Cluster<'a, 'm>> = Vec::new();
    for mark in marks {
        let (first, last) = mark.lines;
        match clusters.last_mut() {
            Some(cluster) if first <= cluster.lines.end + MAX_GAP => {
                cluster.lines.end = cluster.lines.end.max(last + 1);
                cluster.marks.push(mark);
            }
            _ => clusters.push(Cluster { marks: vec![mark], lines: first..last + 1 }),
        }
    }
    clusters.sort_by_key(|c| !c.marks.iter().any(|m| m.primary));
    clusters
}

/// The lines of a cluster; long ones are cut.
struct Excerpt {
    text: String,
    pieces: Vec<Piece>,
}

/// The part of a line in an excerpt.
struct Piece {
    /// The offset of the line in the file.
    line: usize,
    /// The bytes of the file that are kept.
    kept: Range<usize>,
    /// Their offset in the excerpt.
    at: usize,
    /// The hidden characters among them that are written out, each by its offset in the file and the bytes that the
    /// excerpt has more for it.
    longer: Vec<(usize, usize)>,
}

/// A part of a line in which nothing hides but tabs, which the renderer turns into spaces; and what became longer.
fn excerpt_of(text: &str, start: usize) -> (String, Vec<(usize, usize)>) {
    let mut out = String::with_capacity(text.len());
    let mut longer = Vec::new();
    for (at, c) in text.char_indices() {
        if c == '\t' || !is_hidden(c) {
            out.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        let shown = visible(c.encode_utf8(&mut bytes)).into_owned();
        longer.push((start + at, shown.len().saturating_sub(c.len_utf8())));
        out.push_str(&shown);
    }
    (out, longer)
}

impl Excerpt {
    fn new(source: &Source, cluster: &Cluster<'_, '_>) -> Self {
        let mut excerpt = Self { text: String::new(), pieces: Vec::new() };
        for number in cluster.lines.clone() {
            let Some(line) = source.line(number) else { break };
            if number > cluster.lines.start {
                excerpt.text.push('\n');
            }
            let kept = kept(&source.text, &line, cluster);
            if kept.start > line.start {
                excerpt.text.push('…');
            }
            let (shown, longer) = excerpt_of(source.text.get(kept.clone()).unwrap_or(""), kept.start);
            excerpt.pieces.push(Piece { line: line.start, kept: kept.clone(), at: excerpt.text.len(), longer });
            excerpt.text.push_str(&shown);
            if kept.end < line.end {
                excerpt.text.push('…');
            }
        }
        // The renderer would not count an empty last line.
        if excerpt.text.ends_with('\n') {
            excerpt.text.push(' ');
        }
        excerpt
    }

    /// The column of an offset in the text, in characters from 1.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or("");
        before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1
    }

    /// The range in the excerpt for a range of the file; bytes that were cut off map to the edge.
    fn place(&self, bytes: &Range<usize>) -> Range<usize> {
        let find = |offset: usize| {
            let piece = self.pieces.iter().rev().find(|p| p.line <= offset).or(self.pieces.first());
            piece.map_or(0, |p| {
                let offset = offset.clamp(p.kept.start, p.kept.end);
                let before = p.longer.iter().take_while(|(at, _)| *at < offset);
                p.at + offset - p.kept.start + before.map(|(_, more)| more).sum::<usize>()
            })
        };
        let start = find(bytes.start);
        start..find(bytes.end).max(start)
    }
}

/// The bytes of a line that are shown.
fn kept(text: &str, line: &Range<usize>, cluster: &Cluster<'_, '_>) -> Range<usize> {
    if line.len() <= LONG_LINE {
        return line.clone();
    }
    let touching = |m: &&&PlacedLabel<'_>| m.bytes.start <= line.end && m.bytes.end >= line.start;
    let marked = cluster.marks.iter().filter(touching).min_by_key(|m| !m.primary);
    let focus = marked.map_or(line.start, |m| m.bytes.start.clamp(line.start, line.end));
    let mut start = focus.saturating_sub(KEPT_BEFORE).max(line.start);
    let mut end = (focus + KEPT_AFTER).min(line.end);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end.max(start)
}
