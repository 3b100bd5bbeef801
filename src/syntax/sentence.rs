//! Puts what the grammar expected into a sentence.
//!
//! Comes in: an error of pest, with the rules that it tried at the furthest place. Goes out: a diagnostic for a lawyer:
//! what is there, what was expected, and the spelling that was probably meant.

use super::expected::Expectations;
use super::forms::{element_form, form, takes_sources};
use super::fragment::Fragment;
use super::grammar::Rule;
use super::lower::shorten;
use super::phrases::phrase;
use super::rule_names::{HARD_WORDS, ITEM_WORDS, LANGUAGE};
use super::scan::{Token, TokenKind, is_line_end};
use super::slips::slip;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;
use pest::error::{Error, InputLocation};

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
    let item = place.item_before(index);
    let mut expected = Expectations::of(error);
    if item.is_some_and(|(_, word)| !takes_sources(word)) {
        expected.words.retain(|w| *w != "source");
    }
    let known = slip(place, index, &expected)
        .or_else(|| misspelt_before(place, index, &expected))
        .or_else(|| phrase(place, index, &expected));
    if let Some(diagnostic) = known {
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
        && place.open_bracket(index).is_none()
        && let Some((span, word)) = item
        && let Some(form) = if place.around.is_some_and(|(s, _)| s == span) { element_form(word) } else { form(word) }
    {
        diagnostic = diagnostic.help(format!("the form is `{form}`"));
    }
    let closes = matches!(place.kind(index), None | Some(TokenKind::Close));
    if let Some(open) = place.open_bracket(index)
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
    let opens_item = ITEM_WORDS.contains(&found);
    let early = expected.words == ["for"] && expected.parts.is_empty() && (opens_clause || opens_item);
    if (expected.refused || ranking || early)
        && let Some((message, help)) = place.item_before(index).and_then(|(_, word)| needs(word))
    {
        let label = if opens_item { format!("`{shown}` begins another item") } else { format!("found `{shown}`") };
        let error = Diagnostic::new(Code::E0102, message, span, label).help(help);
        let own_item = "what no facts are is said by an item of its own, `impossible NAME when CONDITION`";
        return if found == "impossible" { error.help(own_item) } else { error };
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

fn no_if(span: Span) -> Option<Diagnostic> {
    let help = "a value that depends on a condition is written `(VALUE when CONDITION otherwise VALUE)`";
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
        "<" if touched("=") => spelling("=<", "<="),
        "=" if touched(":") => spelling(":=", "="),
        "/" | "*" if touched("/") => error(
            format!("`/{found}` does not begin a comment"),
            "not a comment",
            String::from("a comment begins with `#` and goes to the end of the line"),
        ),
        "+" if expected.wants("an expression") => {
            error(String::from("a number has no sign `+` before it"), "not needed", String::from("leave it out"))
        }
        "." if place.kind(index + 1) == Some(TokenKind::Number) && expected.wants("an expression") => error(
            String::from("a number begins with a digit"),
            "a digit is missing before the point",
            format!("write `0.{}`", place.word(index + 1)),
        ),
        "?" | "then" | "else" if expected.operator || expected.wants("an expression") => no_if(span),
        _ if expected.operator && before.is_some_and(|b| place.word(b) == "if") => {
            no_if(before.and_then(|b| place.tokens.get(b)).map_or(span, |t| place.span(*t)))
        }
        "when" if expected.operator && !expected.words.contains(&"when") => error(
            String::from("a value that depends on a condition stands in parentheses"),
            "outside them, `when` belongs to a clause",
            String::from(
                "write `(VALUE when CONDITION otherwise VALUE)`, or a definition with cases: \
                 `case LABEL = VALUE when CONDITION`",
            ),
        ),
        "'" | "«" | "“" | "„" | "”" | "`" | "»" | "‘" | "’" => Some(
            Diagnostic::new(Code::E0109, "a text stands in straight double quotes", span, "another kind of quote")
                .help("write `\"…\"`, on one line"),
        ),
        ")" | "]" | "}" if place.open_bracket(index).is_none() => {
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
