//! Messages: the text of a reason with its placeholders.
//!
//! `{expression}` is a value, `{{` and `}}` are braces. Spans stay exact because a placeholder is read at its place in
//! the raw text. A placeholder contains no quoted text: a quote would end the message.

use super::ast::{LabelSyntax, Message, MessagePartSyntax};
use super::lower::{Bad, Lower, Lowered};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

impl Lower<'_> {
    /// Reads the placeholders of a label.
    pub(super) fn message(&mut self, label: LabelSyntax) -> Lowered<Message> {
        let span = label.text.span;
        let whole = self.slice(span);
        let open = whole.chars().next().map_or(0, char::len_utf8);
        let close = whole.chars().next_back().map_or(0, char::len_utf8);
        let raw = whole.get(open..whole.len().saturating_sub(close)).unwrap_or("");
        let base = span.start as usize + open;
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut bad = false;
        let mut at = 0;
        while let Some(rest) = raw.get(at..).filter(|r| !r.is_empty()) {
            let c = rest.chars().next().unwrap_or('\0');
            if rest.starts_with("{{") || rest.starts_with("}}") {
                literal.push(c);
                at += 2;
            } else if c == '}' {
                self.diagnostics.push(stray(Span::new(span.file, base + at, base + at + 1), '}'));
                bad = true;
                at += 1;
            } else if c == '{' {
                let Some(length) = closing(rest) else {
                    self.diagnostics.push(stray(Span::new(span.file, base + at, base + at + 1), '{'));
                    return Err(Bad);
                };
                let inner = rest.get(1..length).unwrap_or("");
                match self.placeholder(inner, base + at + 1) {
                    Ok(expr) => {
                        if !literal.is_empty() {
                            parts.push(MessagePartSyntax::Text(std::mem::take(&mut literal)));
                        }
                        parts.push(MessagePartSyntax::Value(expr));
                    }
                    Err(Bad) => bad = true,
                }
                at += length + 1;
            } else if c == '\\' && open == 1 && whole.starts_with('"') {
                // Unknown escapes are reported with the text.
                match rest.chars().nth(1) {
                    Some('n') => literal.push('\n'),
                    Some('t') => literal.push('\t'),
                    Some(other) => literal.push(other),
                    None => {}
                }
                at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
            } else {
                literal.push(c);
                at += c.len_utf8();
            }
        }
        if bad {
            return Err(Bad);
        }
        if !literal.is_empty() {
            parts.push(MessagePartSyntax::Text(literal));
        }
        Ok(Message { lang: label.lang, parts, span })
    }

    fn placeholder(&mut self, inner: &str, base: usize) -> Lowered<super::ast::ExprSyntax> {
        let place = self.span_of(base, inner.len());
        if inner.trim().is_empty() {
            self.diagnostics.push(
                Diagnostic::new(Code::E0110, "an empty placeholder", place, "expected an expression")
                    .help("write the value to show, as in `{area_per_person}`, or `{{` and `}}` for braces"),
            );
            return Err(Bad);
        }
        match super::parse_expr(inner, place.file, base) {
            Ok(expr) => Ok(expr),
            Err(errors) => {
                for mut error in errors {
                    if matches!(error.code, Code::E0101 | Code::E0102) {
                        error.code = Code::E0110;
                        error.message = format!("a placeholder cannot be read: {}", error.message);
                        error = error.help("write `{{` and `}}` for braces that are no placeholder");
                    }
                    self.diagnostics.push(error);
                }
                Err(Bad)
            }
        }
    }
}

/// The offset of the `}` that closes the placeholder at the start of `rest`. Inner braces, as in `in { a }`, are
/// counted.
fn closing(rest: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (i, b) in rest.bytes().enumerate() {
        match b {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

fn stray(span: Span, brace: char) -> Diagnostic {
    let (message, label) = if brace == '{' {
        ("a placeholder is not closed", "its `}` is missing")
    } else {
        ("a `}` without its `{`", "no placeholder is open here")
    };
    Diagnostic::new(Code::E0110, message, span, label).help(format!("write `{brace}{brace}` for a brace in the text"))
}
