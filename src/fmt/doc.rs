//! Layouts: where lines may break, and how a layout is printed in lines of at most [`WIDTH`] columns.
//!
//! The idea is Wadler's: a group stands on one line if it fits, otherwise its lines break. Units mark what a comment
//! can be attached to; [`super::comments`] inserts the comments before anything is printed.

use crate::source::Span;
use unicode_width::UnicodeWidthStr;

/// The most columns of a line, if it can be broken.
pub(super) const WIDTH: usize = 100;

/// The columns of one level of indentation.
pub(super) const STEP: usize = 2;

/// A layout.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Nothing.
    Nil,
    /// Text without line ends.
    Text(String),
    /// A space, or a line end if its group is broken.
    Line,
    /// Nothing, or a line end if its group is broken.
    Soft,
    /// A line end.
    Hard,
    /// A line end, and an empty line if the source has one in this range of bytes.
    Gap(u32, u32),
    /// One after the other.
    Concat(Vec<Doc>),
    /// One level deeper.
    Nest(Box<Doc>),
    /// On one line if it fits.
    Group(Box<Doc>),
    /// Elements with commas: as many on a line as fit; one on each line if any of them contains a line end or a
    /// comment.
    Fill(Vec<Doc>),
    /// A unit to which comments can be attached.
    Unit(Unit),
    /// The place for comments at the end of a block, each on a line of its own.
    Dangling,
    /// A comment at the end of a line: it breaks the groups around it, and the rest begins a new line.
    Suffix(String),
}

/// A part with a place in the source, to which comments are attached.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Its place.
    pub(super) span: Span,
    /// True if it has a [`Doc::Dangling`] for comments before its closing brace.
    pub(super) block: bool,
    /// True if it can begin a line, so that a comment can stand on a line before it.
    pub(super) leads: bool,
    /// Its layout.
    pub(super) doc: Box<Doc>,
}

/// A text.
pub(super) fn text(text: impl Into<String>) -> Doc {
    Doc::Text(text.into())
}

/// One after the other.
pub(super) fn concat(docs: impl IntoIterator<Item = Doc>) -> Doc {
    Doc::Concat(docs.into_iter().collect())
}

/// One level deeper.
pub(super) fn nest(doc: Doc) -> Doc {
    Doc::Nest(Box::new(doc))
}

/// On one line if it fits.
pub(super) fn group(doc: Doc) -> Doc {
    Doc::Group(Box::new(doc))
}

/// A unit that can begin a line.
pub(super) fn unit(span: Span, doc: Doc) -> Doc {
    Doc::Unit(Unit { span, block: false, leads: true, doc: Box::new(doc) })
}

/// A unit in the middle of a line: a comment can follow it, but not stand before it.
pub(super) fn inline(span: Span, doc: Doc) -> Doc {
    Doc::Unit(Unit { span, block: false, leads: false, doc: Box::new(doc) })
}

/// A unit with a place for comments before its closing brace.
pub(super) fn block(span: Span, doc: Doc) -> Doc {
    Doc::Unit(Unit { span, block: true, leads: true, doc: Box::new(doc) })
}

/// A unit in the middle of a line, with a place for comments before its closing brace.
pub(super) fn inline_block(span: Span, doc: Doc) -> Doc {
    Doc::Unit(Unit { span, block: true, leads: false, doc: Box::new(doc) })
}

/// The docs with a separator between them.
pub(super) fn join(docs: impl IntoIterator<Item = Doc>, separator: &[Doc]) -> Doc {
    let mut all = Vec::new();
    for (i, doc) in docs.into_iter().enumerate() {
        if i > 0 {
            all.extend(separator.iter().cloned());
        }
        all.push(doc);
    }
    Doc::Concat(all)
}

/// The number of columns of a text: one for a Cyrillic letter, two for a Chinese one.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

impl Doc {
    /// True if it contains a line end or a comment, so that it cannot stay on one line.
    pub(super) fn forced(&self) -> bool {
        let mut stack = vec![self];
        while let Some(doc) = stack.pop() {
            match doc {
                Self::Hard | Self::Gap(..) | Self::Suffix(_) => return true,
                Self::Nil | Self::Text(_) | Self::Line | Self::Soft | Self::Dangling => {}
                Self::Concat(docs) | Self::Fill(docs) => stack.extend(docs),
                Self::Nest(doc) | Self::Group(doc) => stack.push(doc),
                Self::Unit(unit) => stack.push(&unit.doc),
            }
        }
        false
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Flat,
    Broken,
}

/// Prints a layout, indented by `indent` columns from the first line on, without a final line end.
pub(super) fn print(doc: &Doc, indent: usize) -> String {
    let mut printer = Printer { out: String::new(), column: 0, indent_due: Some(indent), suffixes: Vec::new() };
    let mut stack = vec![(indent, Mode::Broken, doc)];
    while let Some((indent, mode, doc)) = stack.pop() {
        match doc {
            Doc::Nil | Doc::Dangling => {}
            Doc::Text(text) => printer.text(text),
            Doc::Line if mode == Mode::Flat => printer.text(" "),
            Doc::Soft if mode == Mode::Flat => {}
            Doc::Line | Doc::Soft | Doc::Hard | Doc::Gap(..) => printer.newline(indent),
            Doc::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (indent, mode, doc))),
            Doc::Nest(doc) => stack.push((indent + STEP, mode, doc)),
            Doc::Group(inner) => {
                let flat = mode == Mode::Flat || (!inner.forced() && printer.fits(inner, &stack));
                stack.push((indent, if flat { Mode::Flat } else { Mode::Broken }, inner));
            }
            Doc::Fill(docs) => fill(docs, indent, mode, &mut printer, &mut stack),
            Doc::Unit(unit) => stack.push((indent, mode, &unit.doc)),
            Doc::Suffix(text) => printer.suffixes.push(text.clone()),
        }
    }
    printer.flush(indent);
    printer.out
}

/// Lays out the elements of a fill and pushes them onto the stack, with a line that is broken or flat before each.
fn fill<'a>(
    docs: &'a [Doc],
    indent: usize,
    mode: Mode,
    printer: &mut Printer,
    stack: &mut Vec<(usize, Mode, &'a Doc)>,
) {
    static LINE: Doc = Doc::Line;
    let alone = docs.iter().any(Doc::forced);
    // Elements are short (names, values): only their own widths count, and no element is broken to fill a line.
    let mut column = printer.column_after_indent();
    let mut laid = Vec::new();
    for (i, doc) in docs.iter().enumerate() {
        let wide = flat_width(doc);
        if i > 0 {
            let broken = mode == Mode::Broken && (alone || column + 1 + wide > WIDTH);
            column = if broken { indent + wide } else { column + 1 + wide };
            laid.push((indent, if broken { Mode::Broken } else { Mode::Flat }, &LINE));
        } else {
            column += wide;
        }
        laid.push((indent, if alone { mode } else { Mode::Flat }, doc));
    }
    stack.extend(laid.into_iter().rev());
}

/// The width of a layout on one line.
pub(super) fn flat_width(doc: &Doc) -> usize {
    let mut total = 0;
    let mut stack = vec![doc];
    while let Some(doc) = stack.pop() {
        match doc {
            Doc::Text(text) => total += width(text),
            Doc::Line | Doc::Hard | Doc::Gap(..) => total += 1,
            Doc::Nil | Doc::Soft | Doc::Dangling | Doc::Suffix(_) => {}
            Doc::Concat(docs) => stack.extend(docs),
            Doc::Fill(docs) => {
                total += docs.len().saturating_sub(1);
                stack.extend(docs);
            }
            Doc::Nest(doc) | Doc::Group(doc) => stack.push(doc),
            Doc::Unit(unit) => stack.push(&unit.doc),
        }
    }
    total
}

struct Printer {
    out: String,
    column: usize,
    /// The indentation of a line on which nothing is written yet.
    indent_due: Option<usize>,
    suffixes: Vec<String>,
}

impl Printer {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(indent) = self.indent_due.take() {
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.column = indent;
        }
        self.out.push_str(text);
        self.column += width(text);
    }

    fn column_after_indent(&self) -> usize {
        self.indent_due.unwrap_or(self.column)
    }

    fn newline(&mut self, indent: usize) {
        self.flush(indent);
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
        self.indent_due = Some(indent);
        self.column = 0;
    }

    /// Writes the comment at the end of the line; further ones get lines of their own.
    fn flush(&mut self, indent: usize) {
        for (i, suffix) in std::mem::take(&mut self.suffixes).into_iter().enumerate() {
            if i > 0 {
                self.out.push('\n');
                self.indent_due = Some(indent);
            } else if self.indent_due.is_none() {
                self.text(" ");
            }
            self.text(&suffix);
        }
    }

    /// True if a group fits on the rest of the line, with what follows it up to the next possible line end.
    fn fits(&self, doc: &Doc, rest: &[(usize, Mode, &Doc)]) -> bool {
        let mut room = WIDTH.saturating_sub(self.column_after_indent());
        let mut stack = vec![(Mode::Flat, doc)];
        let mut rest = rest.iter().rev();
        loop {
            let Some((mode, doc)) = stack.pop().or_else(|| rest.next().map(|(_, mode, doc)| (*mode, *doc))) else {
                return true;
            };
            match doc {
                Doc::Text(text) => {
                    let wide = width(text);
                    if wide > room {
                        return false;
                    }
                    room -= wide;
                }
                Doc::Line if mode == Mode::Flat => {
                    if room == 0 {
                        return false;
                    }
                    room -= 1;
                }
                Doc::Line | Doc::Hard | Doc::Gap(..) => return true,
                Doc::Soft if mode == Mode::Broken => return true,
                Doc::Nil | Doc::Soft | Doc::Dangling | Doc::Suffix(_) => {}
                Doc::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (mode, doc))),
                Doc::Fill(docs) => {
                    room = room.saturating_sub(docs.len().saturating_sub(1));
                    stack.extend(docs.iter().rev().map(|doc| (mode, doc)));
                }
                // A group that follows can be broken by itself.
                Doc::Group(doc) => {
                    let mode = if mode == Mode::Broken && !doc.forced() { Mode::Flat } else { mode };
                    stack.push((mode, doc));
                }
                Doc::Nest(doc) => stack.push((mode, doc)),
                Doc::Unit(unit) => stack.push((mode, &unit.doc)),
            }
        }
    }
}
