//! Puts what the grammar expected into a sentence.
//!
//! Comes in: an error of pest, with the rules that it tried at the furthest place. Goes out: a diagnostic for a lawyer:
//! what is there, what was expected, and the spelling that was probably meant.

use super::forms::{element_form, form, takes_sources};
use super::grammar::Rule;
use super::lower::shorten;
use super::rule_names::{HARD_WORDS, ITEM_WORDS, LABEL, LANGUAGE, Wording, wording};
use super::scan::{Token, TokenKind, is_line_end};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{FileId, Span};
use pest::error::{Error, ErrorVariant, InputLocation};

/// A piece of a file's text.
pub(super) struct Fragment<'s> {
    pub(super) file: FileId,
    pub(super) base: usize,
    pub(super) text: &'s str,
    pub(super) tokens: &'s [Token],
    /// The item around the piece, if the piece is a part of one: its opening, and its keyword.
    pub(super) around: Option<(Span, &'s str)>,
}

impl<'s> Fragment<'s> {
    fn word(&self, index: usize) -> &'s str {
        self.tokens.get(index).map_or("", |t| self.between(t.start as usize, t.end as usize))
    }

    fn between(&self, start: usize, end: usize) -> &'s str {
        self.text.get(start.saturating_sub(self.base)..end.saturating_sub(self.base)).unwrap_or("")
    }

    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start as usize, token.end as usize)
    }

    /// True if there is no space between two tokens.
    fn touching(&self, first: usize, second: usize) -> bool {
        match (self.tokens.get(first), self.tokens.get(second)) {
            (Some(a), Some(b)) => a.end == b.start,
            _ => false,
        }
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|t| t.kind)
    }
}

/// What the grammar expected at the place of an error.
#[derive(Default)]
struct Expectations {
    /// Keywords.
    words: Vec<&'static str>,
    /// Signs and descriptions, in words.
    parts: Vec<String>,
    /// What is named only if nothing else is expected.
    minor: Vec<&'static str>,
    operator: bool,
    item: bool,
    end: bool,
    /// True if a word was found that cannot be a name here.
    refused: bool,
}

impl Expectations {
    fn of(error: &Error<Rule>) -> Self {
        let mut all = Self::default();
        let ErrorVariant::ParsingError { positives, negatives } = &error.variant else { return all };
        if positives.is_empty() && !negatives.is_empty() {
            // A name was expected, and a keyword was found.
            all.refused = true;
            all.part(String::from("a name"));
        }
        for rule in positives {
            match wording(*rule) {
                Wording::Word(word) if !all.words.contains(&word) => all.words.push(word),
                Wording::Sign(sign) => all.part(format!("`{sign}`")),
                Wording::Part(part) => all.part(part.to_owned()),
                Wording::Minor(part) if !all.minor.contains(&part) => all.minor.push(part),
                Wording::Operator => all.operator = true,
                Wording::Item(_) => all.item = true,
                Wording::End => all.end = true,
                Wording::Word(_) | Wording::Minor(_) | Wording::Nothing => {}
            }
        }
        // Where an item may begin, pest tries the keywords of items one by one.
        if all.words.iter().filter(|w| ITEM_WORDS.contains(w)).count() > 12 {
            all.item = true;
            all.words.retain(|w| !ITEM_WORDS.contains(w) || *w == "source");
        }
        // If an expression is expected, so is everything that it can begin with.
        if all.parts.iter().any(|p| p == "an expression") {
            let begins =
                ["a date such as", "a number", "a text in", "`true` or", "`absent` or", "a percentage", "a name"];
            all.parts.retain(|p| !begins.iter().any(|b| p.starts_with(b)));
            all.words.retain(|w| !matches!(*w, "round" | "not"));
            all.minor.clear();
        }
        if all.parts.len() + all.words.len() > 1 {
            for part in all.parts.iter_mut().filter(|p| *p == LANGUAGE) {
                LABEL.clone_into(part);
            }
        }
        all
    }

    fn part(&mut self, part: String) {
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.iter().any(|p| p == part)
    }

    /// All expectations, in the order that a reader would expect.
    fn list(&self) -> Vec<String> {
        let mut list = self.parts.clone();
        list.extend(self.words.iter().map(|w| format!("`{w}`")));
        if self.operator {
            list.push(String::from("an operator"));
        }
        if self.item {
            list.push(String::from("the next item"));
        }
        if list.is_empty() {
            list.extend(self.minor.iter().map(|m| (*m).to_owned()));
        }
        if list.is_empty() && self.end {
            list.push(String::from("nothing more"));
        }
        list
    }
}

/// `a, b or c`
fn joined(list: &[String]) -> String {
    match list {
        [] => String::from("something else"),
        [one] => one.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

/// Explains a syntax error.
pub(super) fn explain(error: &Error<Rule>, place: &Fragment<'_>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => place.base + at,
    };
    let index = place.tokens.partition_point(|t| (t.end as usize) <= at);
    let item = item_before(place, index);
    let mut expected = Expectations::of(error);
    if item.is_some_and(|(_, word)| !takes_sources(word)) {
        expected.words.retain(|w| *w != "source");
    }
    if let Some(diagnostic) = misspelt_before(place, index, &expected) {
        return diagnostic;
    }
    let mut diagnostic = match place.tokens.get(index) {
        Some(token) => {
            special(place, index, *token, &expected).unwrap_or_else(|| unfit(place, index, *token, &expected))
        }
        None => cut_off(place, at, &expected),
    };
    if diagnostic.code == Code::E0102
        && diagnostic.help.is_empty()
        && !expected.wants("an expression")
        && index.checked_sub(1).is_none_or(|b| place.word(b) != ".")
        && open_bracket(place, index).is_none()
        && let Some((span, word)) = item
        && let Some(form) = if place.around.is_some_and(|(s, _)| s == span) { element_form(word) } else { form(word) }
    {
        diagnostic = diagnostic.help(format!("the form is `{form}`"));
    }
    let closes = matches!(place.kind(index), None | Some(TokenKind::Close));
    if let Some(open) = open_bracket(place, index)
        && (expected.wants("`)`") || expected.wants("`]`") || (expected.wants("`}`") && closes))
    {
        let what = place.word(open);
        if let Some(token) = place.tokens.get(open) {
            diagnostic = diagnostic.also(place.span(*token), format!("this `{what}` is not closed yet"));
        }
    } else if diagnostic.code == Code::E0102
        && let Some((span, word)) = item
    {
        diagnostic = diagnostic.also(span, format!("in this `{word}`"));
    }
    diagnostic
}

/// The innermost bracket that is open at a token.
fn open_bracket(place: &Fragment<'_>, index: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (i, token) in place.tokens.iter().enumerate().take(index) {
        match token.kind {
            TokenKind::Open => open.push(i),
            TokenKind::Close => {
                open.pop();
            }
            TokenKind::Word | TokenKind::Number | TokenKind::Text { .. } | TokenKind::Other => {}
        }
    }
    open.pop()
}

/// The opening of the item around a token: keyword and name.
fn item_before<'s>(place: &Fragment<'s>, index: usize) -> Option<(Span, &'s str)> {
    let opens = |i: &usize| {
        let token = place.tokens.get(*i);
        let word = place.word(*i);
        // Without `of` it is a clause of the decision that it stands in.
        let clause = word == "output" && place.word(*i + 2) != "of";
        token.is_some_and(|t| t.first_on_line && t.kind == TokenKind::Word) && ITEM_WORDS.contains(&word) && !clause
    };
    let Some(start) = (0..index).rev().find(opens) else { return place.around };
    let token = place.tokens.get(start)?;
    let named = place.tokens.get(start + 1).filter(|t| t.kind == TokenKind::Word && start + 1 < index);
    let span = place.span(*token);
    Some((named.map_or(span, |n| span.to(place.span(*n))), place.word(start)))
}

/// The grammar notices a misspelt keyword only after it if the word can be a name: `rul no_consent` can be a language
/// and its text, `income: KZT frm GBD` a field `frm`.
fn misspelt_before(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let before = index.checked_sub(1)?;
    let token = *place.tokens.get(before)?;
    let found = place.word(before);
    if token.kind != TokenKind::Word || found.chars().count() < 3 {
        return None;
    }
    let (code, message, label, near) = if token.first_on_line && expected.wants("a text in double quotes") {
        let near = nearest(found, ITEM_WORDS.iter().copied())?;
        (Code::E0101, format!("`{found}` does not begin an item"), "expected an item", near)
    } else if !token.first_on_line && expected.wants("`:`") && expected.words.contains(&"if") {
        let near = nearest(found, ["from", "if", "at", "else"])?;
        (Code::E0102, format!("`{found}` cannot stand here"), "expected a clause of the field", near)
    } else {
        return None;
    };
    Some(Diagnostic::new(code, message, place.span(token), label).help(format!("did you mean `{near}`?")))
}

/// The part that an item lacks if a keyword of its clauses follows too early.
fn needs(item: &str) -> Option<(&'static str, &'static str)> {
    match item {
        "rule" | "replace" => Some((
            "a rule gives an outcome and the code of a reason before its clauses",
            "write `rule NAME OUTCOME CODE`, for example `rule no_consent refuse NO_CONSENT`",
        )),
        "notice" => Some(("a notice names a reason before its clauses", "write `notice CODE`")),
        "decision" => Some((
            "a decision lists its outcomes, the strongest first",
            "write `decision NAME refuse > approve otherwise approve`",
        )),
        _ => None,
    }
}

/// The error for a text that ends too early.
fn cut_off(place: &Fragment<'_>, at: usize, expected: &Expectations) -> Diagnostic {
    let list = expected.list();
    let what = joined(list.get(..list.len().min(6)).unwrap_or(&list));
    let span = match place.tokens.last() {
        Some(last) => place.span(*last),
        None => Span::new(place.file, at, at),
    };
    let label = if place.tokens.is_empty() {
        String::from("nothing stands here")
    } else {
        String::from("nothing follows this")
    };
    Diagnostic::new(Code::E0102, format!("expected {what}"), span, label)
}

/// The error for a token that does not fit.
fn unfit(place: &Fragment<'_>, index: usize, token: Token, expected: &Expectations) -> Diagnostic {
    let found = place.word(index);
    let shown = shorten(found);
    let span = place.span(token);
    let line_start = token.first_on_line && {
        let before = place.between(place.base, token.start as usize);
        index == 0 || before.chars().next_back().is_some_and(is_line_end)
    };
    let mut candidates: Vec<&str> = Vec::new();
    for word in &expected.words {
        candidates.extend(word.split(' '));
    }
    if expected.operator {
        candidates.extend(["and", "or", "is", "in", "not", "at"]);
    }
    if expected.item {
        candidates.extend(ITEM_WORDS);
    }
    let opens_clause = matches!(found, "when" | "unless" | "from" | "through" | "in" | "source" | "decides");
    let ranking = found == "otherwise" && expected.wants(LANGUAGE);
    if (expected.refused || ranking || (expected.words == ["for"] && expected.parts.is_empty() && opens_clause))
        && let Some((message, help)) = item_before(place, index).and_then(|(_, word)| needs(word))
    {
        return Diagnostic::new(Code::E0102, message, span, format!("found `{shown}`")).help(help);
    }
    let near = if token.kind == TokenKind::Word && found.chars().count() > 2 {
        nearest(found, candidates.iter().copied())
    } else {
        None
    };
    let mean = |d: Diagnostic| match near {
        Some(near) => d.help(format!("did you mean `{near}`?")),
        None => d,
    };
    if expected.item && line_start && token.kind == TokenKind::Word {
        let error = Diagnostic::new(Code::E0101, format!("`{shown}` does not begin an item"), span, "expected an item");
        return if near.is_some() {
            mean(error)
        } else {
            error.help(format!("an item begins with one of `{}`", ITEM_WORDS.join("`, `")))
        };
    }
    let list = expected.list();
    if list.len() <= 3 {
        let error =
            Diagnostic::new(Code::E0102, format!("expected {}", joined(&list)), span, format!("found `{shown}`"));
        if token.kind == TokenKind::Word && HARD_WORDS.contains(&found) && expected.wants("a name") {
            return error
                .help(format!("`{found}` is reserved in expressions and cannot be a name; choose another one"));
        }
        return mean(error);
    }
    let most = 12;
    let what = if list.len() > most {
        format!("expected {}, …", list.get(..most).unwrap_or(&list).join(", "))
    } else {
        format!("expected {}", joined(&list))
    };
    mean(Diagnostic::new(Code::E0102, format!("`{shown}` cannot stand here"), span, what))
}

/// `24.09.2024` as `2024-09-24`; `None` for other texts.
fn day_first(written: &str) -> Option<String> {
    let mut parts = written.split(['.', '/']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| text.parse::<u32>().ok();
    let date = chrono::NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)?;
    (year.len() == 4 && parts.next().is_none()).then(|| date.format("%Y-%m-%d").to_string())
}

fn no_if(span: Span) -> Option<Diagnostic> {
    let help = "a value that depends on conditions is a definition with cases: \
                `define NAME case A = VALUE when CONDITION otherwise VALUE`";
    Some(Diagnostic::new(Code::E0102, "there is no `if` inside an expression", span, "not an operator").help(help))
}

/// Help for frequent errors, with the correct spelling.
fn special(place: &Fragment<'_>, index: usize, token: Token, expected: &Expectations) -> Option<Diagnostic> {
    let found = place.word(index);
    let span = place.span(token);
    let before = index.checked_sub(1);
    let touched = |text: &str| before.is_some_and(|b| place.word(b) == text && place.touching(b, index));
    let followed = |text: &str| place.word(index + 1) == text && place.touching(index, index + 1);
    let error = |message: String, label: &str, help: String| {
        Some(Diagnostic::new(Code::E0102, message, span, label).help(help))
    };
    let spelling = |wrong: &str, right: &str| {
        error(format!("`{wrong}` is written `{right}`"), "another spelling", format!("write `{right}`"))
    };
    let label_wanted = expected.parts.iter().any(|p| p.starts_with("a label") || p.starts_with("a language code"));
    match found {
        ";" => error(
            String::from("`;` has no meaning"),
            "not needed",
            String::from("leave it out: nothing stands between items and clauses, and commas between elements"),
        ),
        "|" if followed("|") => spelling("||", "or"),
        "&" => spelling("&", "and"),
        "=" if touched("=") => spelling("==", "="),
        ">" if touched("=") => spelling("=>", ">="),
        "=" if before.is_some_and(|b| matches!(place.word(b), ">" | "<" | "!")) => {
            let sign = before.map_or("", |b| place.word(b));
            error(
                format!("`{sign}` and `=` are one sign"),
                "a space stands before it",
                format!("write `{sign}=` without a space"),
            )
        }
        "{" | "[" | "(" if before.is_some_and(|b| place.word(b) == "is") => error(
            String::from("`is` takes one value"),
            "several values",
            String::from("write `in { a, b }` for one of several values"),
        ),
        _ if expected.wants("`{`") && before.is_some_and(|b| place.word(b) == "in") => error(
            String::from("`in` takes values in braces"),
            "expected `{`",
            String::from(
                "write `in { a, b }`; whether a list holds a value is `contains(LIST, VALUE)`, a range is two comparisons",
            ),
        ),
        "in" if before.is_some_and(|b| matches!(place.word(b), "is" | "not")) => error(
            String::from("`is` and `in` do not stand together"),
            "only one of them is needed",
            String::from("write `x in { a, b }` or `x not in { a, b }`"),
        ),
        "%" if before.is_some_and(|b| place.kind(b) == Some(TokenKind::Number)) => error(
            String::from("a space stands before `%`"),
            "belongs to the number",
            format!("write `{}%`", before.map_or("", |b| place.word(b))),
        ),
        "." if followed(".") => error(
            String::from("a range stands only in a cell of a table"),
            "not an operator",
            String::from("write two comparisons: `18 <= x and x <= 65`"),
        ),
        "{" if expected.wants("an expression") => error(
            String::from("values in braces stand only after `in` and `one of`"),
            "not an expression",
            String::from("write a list as `[a, b]`"),
        ),
        _ if token.kind == TokenKind::Number && expected.parts.iter().any(|p| p.starts_with("a date such as")) => {
            let rest = place.text.get((token.start as usize).saturating_sub(place.base)..).unwrap_or("");
            let written = rest.split(|c: char| !(c.is_ascii_digit() || ".-/".contains(c))).next().unwrap_or(found);
            let help = day_first(written).map_or_else(
                || String::from("write the year, the month and the day: `2025-11-30`"),
                |date| format!("write the year, the month and the day: `{date}`"),
            );
            Some(
                Diagnostic::new(Code::E0106, format!("`{}` is not a date", shorten(written)), span, "expected a date")
                    .help(help),
            )
        }
        "<" if touched("=") => spelling("=<", "<="),
        "=" if touched(":") => spelling(":=", "="),
        "/" | "*" if touched("/") => error(
            format!("`/{found}` does not begin a comment"),
            "not a comment",
            String::from("a comment begins with `#` and goes to the end of the line"),
        ),
        "." if place.kind(index + 1) == Some(TokenKind::Number) && expected.wants("an expression") => error(
            String::from("a number begins with a digit"),
            "a digit is missing before the point",
            format!("write `0.{}`", place.word(index + 1)),
        ),
        "?" | "then" | "else" if expected.operator || expected.wants("an expression") => no_if(span),
        _ if expected.operator && before.is_some_and(|b| place.word(b) == "if") => {
            no_if(before.and_then(|b| place.tokens.get(b)).map_or(span, |t| place.span(*t)))
        }
        "'" | "«" | "“" | "„" | "”" | "`" | "»" | "‘" | "’" => Some(
            Diagnostic::new(Code::E0109, "a text stands in straight double quotes", span, "another kind of quote")
                .help("write `\"…\"`, on one line"),
        ),
        ")" | "]" | "}" if open_bracket(place, index).is_none() => {
            let open = match found {
                ")" => "(",
                "]" => "[",
                _ => "{",
            };
            error(
                format!("a `{found}` without its `{open}`"),
                "nothing is open here",
                format!("leave it out, or write the `{open}` that it closes"),
            )
        }
        _ if matches!(token.kind, TokenKind::Text { .. })
            && label_wanted
            && !expected.wants("a text in double quotes") =>
        {
            error(
                String::from("a text without its language"),
                "a language code is missing before this text",
                format!("write the language first, as in `en {}`", shorten(found)),
            )
        }
        _ if token.kind == TokenKind::Word
            && label_wanted
            && matches!(place.kind(index + 1), Some(TokenKind::Text { .. }))
            && !ITEM_WORDS.contains(&found) =>
        {
            let small = found.to_lowercase();
            let fits = matches!(small.len(), 2 | 3) && small.bytes().all(|b| b.is_ascii_lowercase());
            let help = if fits && !HARD_WORDS.contains(&small.as_str()) {
                format!("write `{small}`")
            } else {
                String::from("write two or three small letters, such as `en`, `ru`, `kk`")
            };
            error(format!("`{}` is not a language code", shorten(found)), "expected a language before a text", help)
        }
        _ if token.kind == TokenKind::Other && found.chars().all(|c| !"=<>+-*/.,:|!".contains(c)) => error(
            format!("`{found}` has no meaning in a policy"),
            "not a sign of the language",
            String::from("leave it out; only texts in quotes and comments may hold any character"),
        ),
        _ => None,
    }
}
