//! YAML to trees, exactly: byte offsets as places, scalars as written, equal keys kept apart.
//!
//! Goes out: one [`Parsed`] for each document of the file. The file is first split at its document marks, which no text
//! inside a document can contain, so that an error in one document does not hide the next.

use super::limits;
use super::tree::{Budget, Parsed, Tree, TreeEntry, TreeNode, beyond, unreadable};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use std::borrow::Cow;
use std::ops::Range;

/// Calls `each` on the documents of a file, one by one, until it returns false.
pub(super) fn documents<'a>(text: &'a str, file: FileId, mut each: impl FnMut(Parsed<'a>) -> bool) {
    let mut any = false;
    for chunk in chunks(text) {
        any = true;
        let root = document(text, file, &chunk);
        if !each(Parsed { start: chunk.start, end: chunk.end, root }) {
            return;
        }
    }
    if !any {
        each(Parsed { start: 0, end: 0, root: Err(nothing(file, 0)) });
    }
}

fn nothing(file: FileId, at: usize) -> Box<Diagnostic> {
    let finding =
        unreadable(file, (at, at), "there are no facts here", "expected the names of facts with their values");
    Box::new(finding.help("where nothing is known of an application, write `{}`"))
}

/// The documents as byte ranges. A mark is `---` or `...` at the start of a line. Lines without content before the
/// first mark (comments, `%YAML`) belong to the document after it.
fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    // Whether the current chunk has a mark of its own, and whether it has content.
    let (mut marked, mut has_content) = (false, false);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mark = |mark: &str| {
            let rest = line.strip_prefix(mark);
            rest.is_some_and(|r| r.is_empty() || r.starts_with([' ', '\t', '\r', '\n']))
        };
        if mark("---") {
            if marked || has_content {
                chunks.push(start..at);
                start = at;
            }
            marked = true;
            has_content = false;
        } else if mark("...") {
            if marked || has_content {
                chunks.push(start..at + line.len());
            }
            start = at + line.len();
            (marked, has_content) = (false, false);
        } else {
            let content = line.trim_start();
            has_content |= !(content.is_empty() || content.starts_with('#') || line.starts_with('%'));
        }
        at += line.len();
    }
    if marked || has_content {
        chunks.push(start..text.len());
    }
    chunks
}

/// Maps the indices of characters to byte offsets.
struct Offsets<'a> {
    text: &'a str,
    start: usize,
    /// The offset of each [`STRIDE`]th character; empty if every character is one byte.
    marks: Vec<usize>,
}

/// The number of characters between two stored offsets.
const STRIDE: usize = 64;

impl<'a> Offsets<'a> {
    fn new(text: &'a str, start: usize) -> Self {
        let marks = match text.is_ascii() {
            true => Vec::new(),
            false => text.char_indices().map(|(offset, _)| offset).step_by(STRIDE).collect(),
        };
        Self { text, start, marks }
    }

    /// The byte offset in the file of a character of this text.
    fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return self.start + index.min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / STRIDE) else { return self.start + self.text.len() };
        let rest = self.text.get(*mark..).unwrap_or("");
        self.start + rest.char_indices().nth(index % STRIDE).map_or(self.text.len(), |(offset, _)| mark + offset)
    }

    fn range(&self, span: saphyr_parser::Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// A list or a map that is still open.
enum Open<'a> {
    List { start: usize, items: Vec<TreeNode<'a>> },
    Map { start: usize, entries: Vec<TreeEntry<'a>>, key: Option<(Cow<'a, str>, Range<usize>)> },
}

/// Builds the tree of one document from its events, without recursion.
fn document<'a>(text: &'a str, file: FileId, chunk: &Range<usize>) -> Result<TreeNode<'a>, Box<Diagnostic>> {
    let part = text.get(chunk.clone()).unwrap_or("");
    let offsets = Offsets::new(part, chunk.start);
    let mut parser = Parser::new_from_str(part);
    let mut budget = Budget::default();
    let mut open: Vec<Open<'a>> = Vec::new();
    let mut root: Option<TreeNode<'a>> = None;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_error(&error, &offsets, file))?;
        let at = offsets.range(span);
        let here = Span::new(file, at.start, at.end);
        let starts_value = match &event {
            Event::Scalar(_, _, _, tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => {
                if let Some(tag) = tag {
                    let name = format!("{}{}", tag.handle, tag.suffix);
                    let name: String = name.chars().take(40).collect();
                    let message = format!("a fact file has no tags such as `{name}`");
                    let help = "write the value alone; a text that looks like a number stands in quotes";
                    return Err(Box::new(unreadable(file, (at.start, at.end), &message, "tagged here").help(help)));
                }
                true
            }
            Event::Alias(_) => {
                let finding = Diagnostic::new(
                    Code::E0609,
                    "a fact file repeats nothing by reference",
                    here,
                    "this alias stands for something written elsewhere",
                );
                return Err(Box::new(finding.help("write the value out; aliases can make a small file endless")));
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => false,
        };
        if starts_value {
            let (in_map, siblings, is_key) = match open.last() {
                None => (false, 0, false),
                Some(Open::List { items, .. }) => (false, items.len(), false),
                Some(Open::Map { entries, key, .. }) => (true, entries.len(), key.is_none()),
            };
            if !is_key {
                budget.value(here, open.len(), in_map, siblings)?;
            }
        }
        let done = match event {
            Event::Scalar(value, style, ..) => {
                if style == ScalarStyle::Plain && value.starts_with(['|', '>']) {
                    return Err(no_block(&value, file, &at));
                }
                if let Some(Open::Map { key: key @ None, .. }) = open.last_mut() {
                    *key = Some((value, at));
                    continue;
                }
                TreeNode { start: at.start, end: at.end, tree: scalar(value, style) }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if let Some(Open::Map { key: None, .. }) = open.last() {
                    let at = (at.start, at.end);
                    return Err(unreadable(file, at, "a key is a list or has braces", "expected the name of a fact"));
                }
                let is_list = matches!(event, Event::SequenceStart(..));
                open.push(match is_list {
                    true => Open::List { start: at.start, items: Vec::new() },
                    false => Open::Map { start: at.start, entries: Vec::new(), key: None },
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List { start, items }) => {
                    TreeNode { start, end: end(text, start, at.end), tree: Tree::List(items) }
                }
                Some(Open::Map { start, entries, .. }) => {
                    TreeNode { start, end: end(text, start, at.end), tree: Tree::Map(entries) }
                }
                None => continue,
            },
            Event::Alias(_)
            | Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            Some(Open::List { items, .. }) => items.push(done),
            Some(Open::Map { entries, key, .. }) => {
                if let Some((key, at)) = key.take() {
                    entries.push(TreeEntry { key, start: at.start, end: at.end, value: done });
                }
            }
            None if root.is_some() => {
                let at = (done.start, done.end);
                return Err(unreadable(file, at, "a second document begins without `---`", "expected a line `---`"));
            }
            None => root = Some(done),
        }
    }
    match root {
        Some(TreeNode { tree: Tree::Empty, start, .. }) => Err(nothing(file, start)),
        Some(node) => Ok(node),
        None => Err(nothing(file, chunk.start)),
    }
}

/// The end of a list or map. The scanner ends a block where the next line begins; trailing white space is cut off.
fn end(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).map_or(start, |t| start + t.trim_end().len())
}

/// A scalar by the core schema of YAML 1.2, as far as it does not depend on the fact.
fn scalar(value: Cow<'_, str>, style: ScalarStyle) -> Tree<'_> {
    match style {
        ScalarStyle::Plain => match &*value {
            "" => Tree::Empty,
            "null" | "Null" | "NULL" | "~" => Tree::Null,
            "true" | "True" | "TRUE" => Tree::Bool(true),
            "false" | "False" | "FALSE" => Tree::Bool(false),
            _ => Tree::Plain(value),
        },
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => {
            Tree::Quoted(value)
        }
    }
}

/// A word that begins with `|` or `>` can only be meant as a block of lines, which YAML has outside braces alone; the scanner
/// takes the sign for a part of the text.
fn no_block(value: &str, file: FileId, at: &Range<usize>) -> Box<Diagnostic> {
    let sign: String = value.chars().take_while(|c| !c.is_whitespace()).take(3).collect();
    let message = format!("a text inside braces or brackets cannot begin with `{sign}`");
    let label = "a block of lines begins so, and stands only where there are no braces and brackets around";
    let finding = unreadable(file, (at.start, at.start + sign.len()), &message, label);
    Box::new(
        finding.help(
            "write the text in quotes, or write what is around it without braces, each name on a line of its own",
        ),
    )
}

/// The word with brackets in it at which the scanner stopped: to YAML, a list begins at a bracket inside braces.
fn bracketed(line: &str, rest: &str) -> Option<String> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let before = line.len() - line.trim_end_matches(in_name).len();
    let mut inside = false;
    let after = rest.char_indices().find(|(_, c)| match c {
        '[' | ']' if inside != (*c == '[') => {
            inside = *c == '[';
            false
        }
        c => !in_name(*c),
    });
    let after = rest.get(..after.map_or(rest.len(), |(end, _)| end)).filter(|word| word.starts_with('[') && !inside)?;
    let before = line.get(line.len() - before..).filter(|name| !name.is_empty())?;
    Some(format!("{before}{after}"))
}

fn scan_error(error: &ScanError, offsets: &Offsets<'_>, file: FileId) -> Box<Diagnostic> {
    let at = offsets.byte(error.marker().index());
    let rest = offsets.text.get(at - offsets.start..).unwrap_or("");
    let next = rest.chars().next().map_or(0, char::len_utf8);
    // The scanner reads ahead of the events, so its own limit can be reached before ours.
    if error.info().contains("recursion limit") {
        return Box::new(beyond(
            Span::new(file, at, at + next),
            "lists and braces inside one another",
            limits::MAX_DEPTH,
        ));
    }
    let finding = unreadable(file, (at, at + next), "the file is not well-formed YAML here", error.info());
    let line = offsets.text.get(..at - offsets.start).unwrap_or("").rsplit('\n').next().unwrap_or("");
    let info = error.info();
    Box::new(if let Some(word) = bracketed(line, rest) {
        finding.help(format!("inside braces a name or a text with brackets stands in quotes: `\"{word}\"`"))
    } else if info.contains("quoted scalar") {
        finding.help("a text in quotes is not closed, or its next line is not indented")
    } else if line.starts_with('\t') || rest.starts_with('\t') {
        finding.help("indent with spaces, not with tabs")
    } else {
        finding.help("each fact is a line `name: value`; what belongs to it is indented by two spaces more")
    })
}
