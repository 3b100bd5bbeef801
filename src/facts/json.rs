//! JSON to trees, exactly: byte offsets as places, numbers as written, equal keys kept apart.
//!
//! Goes out: one [`Parsed`] for each object of the file. The file contains one object, several one after the other, or
//! one array of objects. An error in one object does not hide the next.

use super::tree::{Budget, Parsed, Tree, TreeEntry, TreeNode, unreadable};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::value::respelt_number;
use std::borrow::Cow;

type JsonResult<T> = Result<T, Box<Diagnostic>>;

/// Calls `each` on the documents of a file, one by one, until it returns false.
pub(super) fn documents<'a>(text: &'a str, file: FileId, mut each: impl FnMut(Parsed<'a>) -> bool) {
    let mut reader = Reader::new(text, file);
    reader.space();
    let in_array = reader.eat(b'[');
    let mut first = true;
    let mut comma_due = false;
    loop {
        reader.space();
        let start = reader.at;
        match reader.peek() {
            None => {
                if in_array {
                    each(reader.broken(start, "the array is not closed", "expected `]` or another object"));
                } else if first {
                    each(reader.broken(start, "the text is empty", "expected an object in braces"));
                }
                return;
            }
            Some(b']') if in_array => {
                if first {
                    each(reader.broken(start, "the array is empty", "expected an object in braces"));
                    return;
                }
                reader.at += 1;
                reader.space();
                if reader.peek().is_some() {
                    each(reader.broken(reader.at, "something stands after the array", "expected the end of the file"));
                }
                return;
            }
            Some(_) => {}
        }
        if in_array && comma_due && !reader.eat(b',') {
            each(reader.broken(start, "two elements stand without a comma between them", "expected `,` or `]`"));
            return;
        }
        first = false;
        reader.space();
        let start = reader.at;
        let root = reader.document();
        let resumed = if root.is_ok() { Some(Resumed::Closed) } else { reader.resume(start) };
        comma_due = resumed == Some(Resumed::Closed);
        if resumed.is_none() {
            reader.at = text.len();
        }
        let more = each(Parsed { start, end: reader.at, root });
        // If reading cannot resume, the finding covers the rest of the file.
        if !more || resumed.is_none() {
            return;
        }
    }
}

/// The only value of a text.
pub(super) fn single(text: &str, file: FileId) -> JsonResult<TreeNode<'_>> {
    let mut reader = Reader::new(text, file);
    reader.space();
    let node = reader.document()?;
    reader.space();
    if reader.at < text.len() {
        let at = (reader.at, text.len());
        return Err(unreadable(file, at, "something stands after the object", "expected the end of the line"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    file: FileId,
    at: usize,
    budget: Budget,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, file: FileId) -> Self {
        Self { text, bytes: text.as_bytes(), file, at: 0, budget: Budget::default() }
    }

    fn document(&mut self) -> JsonResult<TreeNode<'a>> {
        self.budget = Budget::default();
        self.value(0, false, 0)
    }

    fn broken(&self, at: usize, message: &str, label: &str) -> Parsed<'a> {
        let root = Err(unreadable(self.file, (at, at), message, label));
        Parsed { start: at, end: self.text.len(), root }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// A finding about the text at this place.
    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let rest = self.text.get(self.at..).unwrap_or("");
        match rest.chars().next() {
            None => unreadable(self.file, (self.at, self.at), "the text ends too early", expected),
            Some(c) => {
                let message = format!("`{}` cannot stand here", c.escape_debug());
                unreadable(self.file, (self.at, self.at + c.len_utf8()), &message, expected)
            }
        }
    }

    fn value(&mut self, depth: usize, in_map: bool, siblings: usize) -> JsonResult<TreeNode<'a>> {
        let start = self.at;
        // Nothing stands there where the text ends.
        let first = match self.peek() {
            None => 0,
            Some(byte) if byte.is_ascii() => 1,
            Some(_) => self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        };
        self.budget.value(Span::new(self.file, start, start + first), depth, in_map, siblings)?;
        let tree = match self.peek() {
            Some(b'{') => Tree::Map(self.map(depth + 1)?),
            Some(b'[') => Tree::List(self.list(depth + 1)?),
            Some(b'"') => Tree::Quoted(self.string()?),
            Some(b'-' | b'0'..=b'9') => Tree::Plain(Cow::Borrowed(self.number()?)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            Some(_) | None => return Err(self.unexpected("expected a value")),
        };
        Ok(TreeNode { start, end: self.at, tree })
    }

    /// The finding, with help where a decimal comma has led to it: `4,8` is the number 4 and a key that is missing.
    fn with_decimals(&self, finding: Box<Diagnostic>) -> Box<Diagnostic> {
        let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
        let before = self.text.get(..self.at).unwrap_or("");
        // No number that is worth a look is longer.
        let start =
            before.char_indices().rev().take(40).take_while(|(_, c)| is_part(*c)).last().map_or(self.at, |(at, _)| at);
        let after = self.text.get(self.at..).unwrap_or("");
        let length = after.bytes().take(40).take_while(u8::is_ascii_digit).count();
        let written = self.text.get(start..self.at + length).unwrap_or("");
        match respelt_number(written).filter(|_| length > 0) {
            Some(respelt) => {
                let message = format!("`{written}` is not a number");
                let at = (start, self.at + length);
                Box::new(unreadable(self.file, at, &message, "the decimal sign is a point").help(respelt.help("")))
            }
            None => finding,
        }
    }

    fn map(&mut self, depth: usize) -> JsonResult<Vec<TreeEntry<'a>>> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.eat(b'}') {
            return Ok(entries);
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                let finding = self.unexpected("expected a key in double quotes");
                return Err(self.with_decimals(finding));
            }
            let key = self.string()?;
            let end = self.at;
            self.space();
            if !self.eat(b':') {
                return Err(self.unexpected("expected `:` after the key"));
            }
            self.space();
            let value = self.value(depth, true, entries.len())?;
            entries.push(TreeEntry { key, start, end, value });
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(entries);
                }
                Some(_) | None => return Err(self.unexpected("expected `,` or `}`")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> JsonResult<Vec<TreeNode<'a>>> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(items);
        }
        loop {
            self.space();
            let item = self.value(depth, false, items.len())?;
            items.push(item);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                Some(_) | None => return Err(self.unexpected("expected `,` or `]`")),
            }
        }
    }

    fn word(&mut self) -> JsonResult<Tree<'a>> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        match self.text.get(start..self.at) {
            Some("true") => Ok(Tree::Bool(true)),
            Some("false") => Ok(Tree::Bool(false)),
            Some("null") => Ok(Tree::Null),
            word => {
                let message = format!("`{}` cannot stand here", short(word.unwrap_or("")));
                let end = self.at;
                self.at = start;
                Err(unreadable(self.file, (start, end), &message, "expected a value; texts stand in double quotes"))
            }
        }
    }

    /// A number by JSON's grammar; whether it fits the fact is checked later.
    fn number(&mut self) -> JsonResult<&'a str> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits()?;
        if leading_zero && whole > 1 {
            let at = (start, self.at);
            return Err(unreadable(self.file, at, "a number begins with `0`", "numbers have no leading zeros"));
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or(""))
    }

    fn digits(&mut self) -> JsonResult<usize> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("expected a digit")) } else { Ok(self.at - start) }
    }

    fn string(&mut self) -> JsonResult<Cow<'a, str>> {
        let open = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut built: Option<String> = None;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)) else {
                let at = (open, open + 1);
                return Err(unreadable(self.file, at, "a text is not closed", "its closing quote is missing"));
            };
            self.at += length;
            let piece = self.text.get(start..self.at).unwrap_or("");
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(match built {
                        None => Cow::Borrowed(piece),
                        Some(mut text) => {
                            text.push_str(piece);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = built.get_or_insert_default();
                    text.push_str(piece);
                    self.at += 1;
                    let c = self.escape()?;
                    if let Some(text) = &mut built {
                        text.push(c);
                    }
                    start = self.at;
                }
                Some(_) | None => {
                    let help =
                        "line ends, tabs and other signs that cannot be seen are written as `\\n`, `\\t`, `\\u0007`";
                    return Err(Box::new(self.unexpected("not allowed inside a text").help(help)));
                }
            }
        }
    }

    fn escape(&mut self) -> JsonResult<char> {
        let start = self.at - 1;
        let letter = self.peek();
        self.at += 1;
        let c = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            Some(_) | None => {
                self.at -= 1;
                return Err(unreadable(self.file, (start, self.at), "an escape is not known", "after this backslash"));
            }
        };
        Ok(c)
    }

    /// `\uXXXX`, or a pair of them for one character.
    fn unicode(&mut self, start: usize) -> JsonResult<char> {
        let first = self.four_digits(start)?;
        let mut code = first;
        if (0xD800..0xDC00).contains(&first) && self.eat(b'\\') && self.eat(b'u') {
            let second = self.four_digits(start)?;
            if (0xDC00..0xE000).contains(&second) {
                code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            }
        }
        char::from_u32(code).ok_or_else(|| {
            unreadable(self.file, (start, self.at), "an escape names half a character", "no character has this number")
        })
    }

    fn four_digits(&mut self, start: usize) -> JsonResult<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(|| {
            unreadable(self.file, (start, self.at), "an escape is not complete", "expected four digits, `\\u0442`")
        })?;
        self.at += 4;
        Ok(code)
    }

    /// Recovers from an error in the document at `start`: moves to the end of its braces or to the next line that
    /// begins with a brace, whichever comes first. `None` if there is neither.
    fn resume(&mut self, start: usize) -> Option<Resumed> {
        let mut depth = 0_usize;
        let mut in_text = false;
        let mut escaped = false;
        let mut before = b' ';
        for (offset, byte) in self.bytes.get(start..)?.iter().enumerate() {
            if (before, *byte) == (b'\n', b'{') && offset > 0 {
                self.at = start + offset;
                return Some(Resumed::NextLine);
            }
            before = *byte;
            match (in_text, byte) {
                (true, _) if escaped => escaped = false,
                (true, b'\\') => escaped = true,
                // No text contains a line end, so an unclosed one does not hide the following lines.
                (true, b'"' | b'\n') => in_text = false,
                (true, _) => {}
                (false, b'"') => in_text = true,
                (false, b'{' | b'[') => depth += 1,
                (false, b'}' | b']') if depth == 1 => {
                    self.at = start + offset + 1;
                    return Some(Resumed::Closed);
                }
                (false, b'}' | b']') => depth = depth.saturating_sub(1),
                (false, _) => {}
            }
        }
        None
    }
}

/// The point where reading resumes after an error.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resumed {
    /// After the closing brace of the document.
    Closed,
    /// At a line that looks like the next document.
    NextLine,
}

/// The beginning of a text, if it is long.
fn short(text: &str) -> &str {
    text.char_indices().nth(40).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tree as `serde_json` represents it, except for equal keys and numbers.
    fn value(node: &TreeNode<'_>) -> serde_json::Value {
        match &node.tree {
            Tree::Empty => unreachable!("JSON has no empty values"),
            Tree::Null => serde_json::Value::Null,
            Tree::Bool(known) => (*known).into(),
            Tree::Plain(number) => serde_json::from_str(number).unwrap(),
            Tree::Quoted(text) => text.as_ref().into(),
            Tree::List(items) => items.iter().map(value).collect(),
            Tree::Map(entries) => entries.iter().map(|e| (e.key.to_string(), value(&e.value))).collect(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

        #[test]
        fn what_is_json_is_what_serde_json_says(pieces in proptest::collection::vec(proptest::sample::select(&[
            "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"a\":", "1", "0", "-", ".", "e", "E+", "true", "null", "fals", " ", "\n", "\t",
            "\\u00e9", "\\ud83d", "\\ude00", "\\n", "\\", "ә", "\u{7f}", "\u{1}", "[]", "{}", "[1,2]", "12.50", "\u{feff}",
        ][..]), 0..12)) {
            let text = pieces.concat();
            let ours = single(&text, FileId(0));
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(ours.as_ref().ok().map(value), theirs.ok(), "{}", text);
        }
    }
}
