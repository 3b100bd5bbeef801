//! Attaches comments. Comes in: the layouts of a file's items, with units that know their places in the source, and the
//! comments. Goes out: layouts with the comments in them.
//!
//! A comment at the end of a line belongs to the unit that ends there. A comment on its own line belongs to the unit
//! that follows, or, before a closing brace, to the block; after the last clause of an item and indented, to that item.
//! Every comment is attached to exactly one unit, and every unit is printed, so no comment is lost when clauses are
//! reordered.

use super::doc::{Doc, concat, nest, text};
use crate::syntax::ast::Comment;

/// The layout of a top-level item with its comments.
#[derive(Debug)]
pub(super) struct Laid {
    /// The comments before it, as lines; empty lines of the source are kept.
    pub(super) before: Vec<String>,
    /// The item, with comments in it.
    pub(super) doc: Doc,
    /// True if the source has an empty line before the item and its comments.
    pub(super) gap: bool,
}

struct Anchor {
    start: u32,
    end: u32,
    block: bool,
    leads: bool,
    /// The word that it is printed with, which stands before its place in the source: `when`.
    word: Option<String>,
}

#[derive(Clone, Default)]
struct AttachedComments {
    leading: Vec<usize>,
    trailing: Option<usize>,
    dangling: Vec<usize>,
    after: Vec<usize>,
}

struct Comments<'a> {
    source: &'a str,
    comments: &'a [Comment],
    places: Vec<Anchor>,
    given: Vec<AttachedComments>,
    /// The index of the next unit, in the order of the layouts.
    next: usize,
    /// The comments before the closing brace of each block that is being resolved.
    blocks: Vec<Vec<usize>>,
}

/// Attaches the comments to the items' layouts. Returns the items, and the comments after the last one as lines.
pub(super) fn place(items: Vec<Doc>, comments: &[Comment], source: &str) -> (Vec<Laid>, Vec<String>) {
    let mut places = Vec::new();
    let mut tops = Vec::new();
    for item in &items {
        tops.push(places.len());
        collect(item, &mut places);
    }
    let given = vec![AttachedComments::default(); places.len()];
    let mut all = Comments { source, comments, places, given, next: 0, blocks: Vec::new() };
    let at_end = all.give(&tops);
    let mut laid = Vec::new();
    let mut previous_end = 0;
    for (item, top) in items.into_iter().zip(tops) {
        let (start, end) = all.places.get(top).map_or((0, 0), |place| (place.start, place.end));
        let leading = all.given.get_mut(top).map(|given| std::mem::take(&mut given.leading)).unwrap_or_default();
        let first = leading.first().and_then(|i| comments.get(*i)).map_or(start, |c| c.span.start.min(start));
        let before = all.lines(&leading, true);
        let gap = !laid.is_empty() && all.empty_line(previous_end, first);
        laid.push(Laid { before, doc: all.resolve(item), gap });
        previous_end = end;
    }
    (laid, all.lines(&at_end, false))
}

/// Collects the units of a layout, outer ones before inner ones.
fn collect(doc: &Doc, places: &mut Vec<Anchor>) {
    match doc {
        Doc::Nil | Doc::Text(_) | Doc::Line | Doc::Soft | Doc::Hard | Doc::Gap(..) | Doc::Dangling | Doc::Suffix(_) => {
        }
        Doc::Concat(docs) | Doc::Fill(docs) => docs.iter().for_each(|doc| collect(doc, places)),
        Doc::Nest(doc) | Doc::Group(doc) => collect(doc, places),
        Doc::Unit(unit) => {
            let word = first_word(&unit.doc);
            places.push(Anchor {
                start: unit.span.start,
                end: unit.span.end,
                block: unit.block,
                leads: unit.leads,
                word,
            });
            collect(&unit.doc, places);
        }
    }
}

/// The first word of a layout, if more follows it.
fn first_word(doc: &Doc) -> Option<String> {
    match doc {
        Doc::Text(text) => text.split_once(' ').map(|(word, _)| word.to_owned()),
        Doc::Concat(docs) | Doc::Fill(docs) => docs.first().and_then(first_word),
        Doc::Nest(doc) | Doc::Group(doc) => first_word(doc),
        Doc::Unit(unit) => first_word(&unit.doc),
        Doc::Nil | Doc::Line | Doc::Soft | Doc::Hard | Doc::Gap(..) | Doc::Dangling | Doc::Suffix(_) => None,
    }
}

impl Comments<'_> {
    /// Attaches every comment to a unit. Returns those after the last item.
    fn give(&mut self, tops: &[usize]) -> Vec<usize> {
        let mut by_start: Vec<usize> = (0..self.places.len()).collect();
        let place = |i: usize| self.places.get(i).map_or((0, 0), |p| (p.start, p.end));
        by_start.sort_by_key(|i| (place(*i).0, std::cmp::Reverse(place(*i).1), *i));
        let mut by_end: Vec<usize> = (0..self.places.len()).collect();
        // Of units that end at one place, the outermost comes last.
        by_end.sort_by_key(|i| (place(*i).1, std::cmp::Reverse(place(*i).0), std::cmp::Reverse(*i)));

        let mut at_end = Vec::new();
        let mut given = std::mem::take(&mut self.given);
        let mut open: Vec<usize> = Vec::new();
        let mut started = 0;
        let mut last_top: Option<usize> = None;
        let mut tops = tops.iter().copied().peekable();
        // The end of the comments after the last item that belong to it.
        let mut chain = 0;
        for (c, comment) in self.comments.iter().enumerate() {
            let (start, end) = (comment.span.start, comment.span.end);
            while let Some(i) = by_start.get(started).copied().filter(|i| place(*i).0 < start) {
                while open.last().is_some_and(|top| place(*top).1 <= place(i).0) {
                    open.pop();
                }
                open.push(i);
                started += 1;
            }
            while open.last().is_some_and(|top| place(*top).1 <= start) {
                open.pop();
            }
            while let Some(top) = tops.next_if(|top| place(*top).1 <= start) {
                last_top = Some(top);
                chain = place(top).1;
            }
            let around = open.last().copied();
            let next = by_start.get(started).copied();
            let inner = next.filter(|i| around.is_none_or(|a| place(*i).0 < place(a).1));
            // The innermost unit around the comment before which a comment can stand.
            let around_leading = || open.iter().rev().copied().find(|i| self.leads(*i));
            let give =
                |i: usize, given: &mut Vec<AttachedComments>, to: fn(&mut AttachedComments) -> &mut Vec<usize>| {
                    if let Some(slot) = given.get_mut(i) {
                        to(slot).push(c);
                    }
                };
            if !comment.own_line {
                let ended = by_end.partition_point(|i| place(*i).1 <= start);
                let ended = ended.checked_sub(1).and_then(|i| by_end.get(i)).copied();
                let on_line = ended.filter(|i| !self.slice(place(*i).1, start).contains('\n'));
                // It stands in a unit that began after that one, or behind the word with which the next one begins.
                let on_line = on_line.filter(|i| around.is_none_or(|a| place(a).0 < place(*i).1));
                let on_line = on_line.filter(|i| !inner.is_some_and(|n| self.begins(n, place(*i).1, start)));
                // A comment in the middle of a unit moves to its end, unless the unit is a block or has a later inner
                // unit.
                let in_middle = around.filter(|a| !self.is_block(*a) && inner.is_none());
                let in_middle = in_middle.and_then(|a| open.iter().copied().find(|i| place(*i).1 == place(a).1));
                if let Some(i) = on_line.or(in_middle) {
                    if self.slice(chain, start).bytes().all(|b| b != b'\n') {
                        chain = end;
                    }
                    if let Some(slot) = given.get_mut(i)
                        && let Some(earlier) = slot.trailing.replace(c)
                    {
                        slot.leading.push(earlier);
                    }
                    continue;
                }
            }
            match (inner, around) {
                _ if around.is_none() && last_top.is_some_and(|top| self.belongs(top, chain, comment)) => {
                    chain = end;
                    if let Some(top) = last_top {
                        give(top, &mut given, |g| &mut g.after);
                    }
                }
                (Some(i), _) if self.leads(i) => give(i, &mut given, |g| &mut g.leading),
                (None, Some(a)) if self.is_block(a) => give(a, &mut given, |g| &mut g.dangling),
                (Some(_) | None, Some(_)) => match around_leading() {
                    Some(i) => give(i, &mut given, |g| &mut g.leading),
                    None => at_end.push(c),
                },
                (Some(i), None) => give(i, &mut given, |g| &mut g.leading),
                (None, None) => at_end.push(c),
            }
        }
        // A line ends with one comment at most. Of units that end at one place the outermost keeps its comment; those
        // of the others move before their units.
        let mut last: Option<u32> = None;
        for i in by_end.iter().rev() {
            let end = place(*i).1;
            if let Some(slot) = given.get_mut(*i)
                && slot.trailing.is_some()
            {
                if last == Some(end) {
                    slot.leading.extend(slot.trailing.take());
                }
                last = Some(end);
            }
        }
        for slot in &mut given {
            slot.leading.sort_unstable();
        }
        self.given = given;
        at_end
    }

    fn leads(&self, i: usize) -> bool {
        self.places.get(i).is_some_and(|place| place.leads)
    }

    /// True if what stands between two places ends in the word with which a unit begins. Between the parts of a chain a
    /// comment is about the part before it.
    fn begins(&self, i: usize, from: u32, to: u32) -> bool {
        let word = self.places.get(i).and_then(|place| place.word.as_deref());
        let last = self.slice(from, to).split_whitespace().next_back();
        last.is_some() && last == word && !matches!(last, Some("and" | "or"))
    }

    fn is_block(&self, i: usize) -> bool {
        self.places.get(i).is_some_and(|place| place.block)
    }

    /// True if a comment on its own line belongs to an item: it directly follows the last clause and is indented as
    /// one.
    fn belongs(&self, top: usize, chain: u32, comment: &Comment) -> bool {
        let between = self.slice(chain, comment.span.start);
        let indented = !between.ends_with('\n') && between.contains('\n');
        comment.own_line
            && indented
            && !self.is_block(top)
            && between.trim().is_empty()
            && between.matches('\n').count() == 1
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        self.source.get(start as usize..end as usize).unwrap_or("")
    }

    /// True if this range contains an empty line.
    fn empty_line(&self, start: u32, end: u32) -> bool {
        let mut lines = self.slice(start, end).split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            if lines.peek().is_some() && line.trim().is_empty() {
                return true;
            }
        }
        false
    }

    fn empty_line_after(&self, comment: &Comment) -> bool {
        let rest = self.slice(comment.span.end, u32::try_from(self.source.len()).unwrap_or(u32::MAX));
        let white = rest.len() - rest.trim_start().len();
        rest.get(..white).is_some_and(|white| white.matches('\n').count() > 1)
    }

    fn empty_line_before(&self, comment: &Comment) -> bool {
        let before = self.slice(0, comment.span.start);
        let kept = before.trim_end();
        !kept.ends_with('{') && before.get(kept.len()..).is_some_and(|white| white.matches('\n').count() > 1)
    }

    /// Comments as lines, with the empty lines after them in the source; after the last one only if something follows.
    fn lines(&self, comments: &[usize], followed: bool) -> Vec<String> {
        let mut lines = Vec::new();
        for (i, c) in comments.iter().enumerate() {
            let Some(comment) = self.comments.get(*c) else { continue };
            lines.push(written(comment));
            if comment.own_line && (followed || i + 1 < comments.len()) && self.empty_line_after(comment) {
                lines.push(String::new());
            }
        }
        lines
    }

    /// Inserts the comments into a layout.
    fn resolve(&mut self, doc: Doc) -> Doc {
        match doc {
            Doc::Nil | Doc::Text(_) | Doc::Line | Doc::Soft | Doc::Hard | Doc::Suffix(_) => doc,
            Doc::Gap(start, end) => {
                let first = self.comments.partition_point(|c| c.span.start < start);
                let comments = self.comments.get(first..).unwrap_or(&[]);
                let first = comments.iter().find(|c| c.own_line).map_or(end, |c| c.span.start.min(end));
                if self.empty_line(start, first) { concat([Doc::Hard, Doc::Hard]) } else { Doc::Hard }
            }
            Doc::Dangling => {
                let dangling = self.blocks.pop().unwrap_or_default();
                let mut docs = Vec::new();
                for comment in dangling.iter().filter_map(|c| self.comments.get(*c)) {
                    if comment.own_line && self.empty_line_before(comment) {
                        docs.push(Doc::Hard);
                    }
                    docs.extend([Doc::Hard, text(written(comment))]);
                }
                Doc::Concat(docs)
            }
            Doc::Concat(docs) => Doc::Concat(docs.into_iter().map(|doc| self.resolve(doc)).collect()),
            Doc::Fill(docs) => Doc::Fill(docs.into_iter().map(|doc| self.resolve(doc)).collect()),
            Doc::Nest(doc) => Doc::Nest(Box::new(self.resolve(*doc))),
            Doc::Group(doc) => Doc::Group(Box::new(self.resolve(*doc))),
            Doc::Unit(unit) => {
                let given = self.given.get_mut(self.next).map(std::mem::take).unwrap_or_default();
                if unit.block {
                    self.blocks.push(given.dangling);
                }
                self.next += 1;
                let inner = self.resolve(*unit.doc);
                let mut docs = Vec::new();
                for line in self.lines(&given.leading, true) {
                    docs.extend([text(line), Doc::Hard]);
                }
                docs.push(inner);
                if let Some(comment) = given.trailing.and_then(|c| self.comments.get(c)) {
                    docs.push(Doc::Suffix(written(comment)));
                }
                for comment in given.after.iter().filter_map(|c| self.comments.get(*c)) {
                    docs.push(nest(concat([Doc::Hard, text(written(comment))])));
                }
                if docs.len() == 1 { docs.pop().unwrap_or(Doc::Nil) } else { Doc::Concat(docs) }
            }
        }
    }
}

/// The text of a comment without trailing white space.
pub(super) fn written(comment: &Comment) -> String {
    comment.text.trim_end().to_owned()
}
