//! Phrases: what other languages say in another order, with more words or fewer.
//!
//! Comes in: a piece that the grammar could not read, and the token at which it failed. Goes out: one diagnostic with the
//! phrase as it is written here. Where a change is only likely, the piece is read again with it.

use super::expected::Expectations;
use super::fragment::Fragment;
use super::lower::{one_line, shorten};
use super::rule_names::{HARD_WORDS, ITEM_WORDS, all_words};
use super::scan::TokenKind;
use super::slips::{begins_line, is_number, is_word, operand_before};
use crate::diagnostic::{Code, Diagnostic};
use std::ops::Range;

/// The diagnostic for a known phrase at or before a token.
pub(super) fn phrase(place: &Fragment<'_>, index: usize, expected: &Expectations) -> Option<Diagnostic> {
    let of = Phrase { place, index, expected, found: place.word(index) };
    of.values_in_braces()
        .or_else(|| of.outcomes())
        .or_else(|| of.declared())
        .or_else(|| of.text_for_a_code())
        .or_else(|| of.without_quotes())
        .or_else(|| of.comparison())
        .or_else(|| of.unit_first())
        .or_else(|| of.comment())
        .or_else(|| of.line_of_dashes())
        .or_else(|| of.left_out())
        .or_else(|| of.too_much())
        .or_else(|| of.clause_alone())
}

/// A token that cannot be read, with what is around it.
struct Phrase<'p, 's> {
    place: &'p Fragment<'s>,
    index: usize,
    expected: &'p Expectations,
    found: &'s str,
}

impl Phrase<'_, '_> {
    fn error(&self, tokens: Range<usize>, message: &str, label: &str, help: String) -> Option<Diagnostic> {
        Some(Diagnostic::new(Code::E0102, message, self.place.span_of(tokens), label).help(help))
    }

    /// The token some places before.
    fn before(&self, places: usize) -> &str {
        self.index.checked_sub(places).map_or("", |at| self.place.word(at))
    }

    /// The words of some tokens on one line, for a help line.
    fn line(&self, tokens: Range<usize>) -> String {
        shorten(&one_line(self.place.written(tokens)))
    }

    /// True if reading goes past a token with other words in the place of some.
    fn leads(&self, tokens: Range<usize>, instead: &str, past: usize) -> bool {
        self.place.tried(tokens, instead).is_some_and(|at| at > past)
    }

    /// `enum Shade: light, dark`
    fn values_in_braces(&self) -> Option<Diagnostic> {
        let opening = self.before(2);
        if !matches!(opening, "enum" | "region") || !self.expected.wants("`{`") {
            return None;
        }
        let end = self.place.line_end(self.index);
        let signs = matches!(self.found, ":" | "=");
        let mut start = self.index + usize::from(signs);
        let has_braces = self.place.word(start) == "{";
        if has_braces {
            start += 1;
        }
        let values = self.line(start..end);
        let values = values.trim_end_matches('}').trim();
        let is_list = is_word(self.place, start) && (signs || self.place.word(start + 1) == "," || start + 1 == end);
        if !is_list || values.is_empty() {
            return None;
        }
        let message = if has_braces { "no sign stands before the braces" } else { "the values stand in braces" };
        let help = format!("write `{opening} {} {{ {values} }}`", self.before(1));
        self.error(self.index..self.index + 1, message, "expected `{`", help)
    }

    /// `decision permit refuse, issue`, `decision permit { refuse, issue }`
    fn outcomes(&self) -> Option<Diagnostic> {
        let at = if self.found == "{" { self.index } else { self.index.checked_sub(1)? };
        let name = at.checked_sub(1)?;
        let in_decision = name.checked_sub(1).is_some_and(|at| self.place.word(at) == "decision");
        if !in_decision || !matches!(self.found, "," | "{" | "<" | "|" | "/") {
            return None;
        }
        let start = if self.found == "{" { at + 1 } else { at };
        let outcomes: Vec<&str> = (start..self.place.line_end(self.index))
            .map(|i| self.place.word(i))
            .take_while(|word| *word != "otherwise")
            .filter(|word| word.chars().all(|c| c.is_alphanumeric() || c == '_'))
            .take(8)
            .collect();
        if outcomes.len() < 2 {
            return None;
        }
        let help = format!("write `decision {} {}`", self.place.word(name), outcomes.join(" > "));
        let message = "outcomes stand with `>` between them, the strongest first";
        self.error(self.index..self.index + 1, message, "expected `>`", help)
    }

    /// `norm longest: 6 m`, `norm longest m = 6 m`
    fn declared(&self) -> Option<Diagnostic> {
        if is_number(self.place, self.index) && self.before(1) == ":" && self.expected.wants("a type") {
            let end = self.place.line_end(self.index);
            let name = self.index.checked_sub(3)?;
            let value = self.line(self.index..end);
            let unit = self.place.word(self.index + 1);
            let unit = if is_word(self.place, self.index + 1) { unit } else { "integer" };
            let help = format!("write `{} {}: {} = {value}`", self.place.word(name), self.before(2), shorten(unit));
            return self.error(
                self.index..end,
                "a type stands behind the `:`, and the value behind `=`",
                "a value",
                help,
            );
        }
        let is_norm = matches!(self.before(2), "norm" | "assumption" | "facts" | "output");
        let is_named = self.place.goes_on(self.index) && self.place.word(self.index + 1) != ":";
        if is_norm
            && is_named
            && is_word(self.place, self.index)
            && self.leads(self.index..self.index, ": ", self.index)
        {
            let help = format!("write `{} {}: {}`", self.before(2), self.before(1), self.found);
            return self.error(self.index..self.index + 1, "a `:` stands before a type", "expected `:`", help);
        }
        None
    }

    /// `rule r refuse "Too long"`
    fn text_for_a_code(&self) -> Option<Diagnostic> {
        let is_text = matches!(self.place.kind(self.index), Some(TokenKind::Text { .. }));
        let in_rule = matches!(self.before(3), "rule") || self.before(1) == "notice";
        if !is_text || !in_rule || !(self.expected.wants("a name") || self.expected.wants("the code of a reason")) {
            return None;
        }
        let words: String = self.found.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let code: Vec<String> = words.split_whitespace().take(4).map(str::to_uppercase).collect();
        let code = if code.is_empty() { String::from("CODE") } else { code.join("_") };
        let code = if code.starts_with(|c: char| c.is_ascii_digit()) { format!("_{code}") } else { code };
        let help =
            format!("write `{} {code}` here, and beside it `reason {code} en {}`", self.before(1), shorten(self.found));
        self.error(self.index..self.index + 1, "a reason is given by its code", "a text, not a code", help)
    }

    /// `source law = Parking Act`, `source law section 3`
    fn without_quotes(&self) -> Option<Diagnostic> {
        let title = self.before(1) == "=" && self.before(3) == "source";
        let cited = self.before(2) == "source" && self.expected.wants("a text in double quotes");
        let plain = is_word(self.place, self.index) && all_words().all(|word| word != self.found);
        if !(title && plain || cited && plain && self.place.goes_on(self.index)) {
            return None;
        }
        let mut end = self.index + 1;
        let line = self.place.line_end(self.index);
        let ends = |i: usize| {
            matches!(self.place.kind(i), Some(TokenKind::Text { .. }))
                || matches!(self.place.word(i), "when" | "unless" | "from" | "through" | "source")
        };
        while end < line && !ends(end) {
            end += 1;
        }
        let what = if title { "the title of a source" } else { "the place in a source" };
        let help = format!("write `\"{}\"`", self.line(self.index..end));
        self.error(self.index..end, &format!("{what} stands in quotes"), "no quotes", help)
    }

    /// `a > 3 and < 9`, `a between 3 and 9`, `a like "x"`
    fn comparison(&self) -> Option<Diagnostic> {
        let place = self.place;
        if matches!(self.found, "<" | ">" | "=" | "!") && matches!(self.before(1), "and" | "or") {
            // The comparison before it, on the same side of brackets.
            let earlier = (0..self.index)
                .rev()
                .take(24)
                .find(|i| matches!(place.word(*i), "<" | ">" | "=" | "!") && operand_before(place, *i).is_some());
            let left = operand_before(place, earlier?)?;
            let end = place.line_end(self.index);
            let help = format!("write `{} {} {}`", self.before(1), self.line(left), self.line(self.index..end));
            return self.error(
                self.index..self.index + 1,
                "a comparison has two sides",
                "nothing stands before this",
                help,
            );
        }
        if !self.expected.operator {
            return None;
        }
        let left = operand_before(place, self.index)?;
        let subject = self.line(left);
        match self.found.to_lowercase().as_str() {
            "between" => {
                let end = place.line_end(self.index);
                let and = (self.index + 1..end).find(|i| place.word(*i).eq_ignore_ascii_case("and"))?;
                let (low, high) = (self.line(self.index + 1..and), self.line(and + 1..end.min(and + 3)));
                let help = format!("write `{low} <= {subject} and {subject} <= {high}`");
                self.error(self.index..self.index + 1, "there is no `between`", "not an operator", help)
            }
            "like" | "matches" | "contains" | "startswith" | "starts" | "endswith" | "ends" | "includes" | "has" => {
                let message = format!("there is no `{}`", shorten(self.found));
                let help = format!(
                    "a text is compared as a whole: `{subject} = \"…\"`; whether a list holds a value is \
                     `contains(LIST, VALUE)`"
                );
                self.error(self.index..self.index + 1, &message, "not an operator", help)
            }
            _ => None,
        }
    }

    /// `EUR 120`
    fn unit_first(&self) -> Option<Diagnostic> {
        let unit = self.before(1);
        let is_code = unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase());
        if !is_number(self.place, self.index) || !is_code || !self.place.goes_on(self.index) || self.before(2) == "." {
            return None;
        }
        let help = format!("write `{} {unit}`", self.found);
        self.error(self.index - 1..self.index + 1, "a unit stands behind its number", "a unit before a number", help)
    }

    /// `-- not allowed`, `/* … */`
    fn comment(&self) -> Option<Diagnostic> {
        let next = self.place.word(self.index + 1);
        let opens = matches!((self.found, next), ("-", "-") | ("/", "/" | "*"))
            && self.place.touching(self.index, self.index + 1);
        if !opens || !self.place.tokens.get(self.index).is_some_and(|token| token.first_on_line) {
            return None;
        }
        let message = format!("`{}{next}` does not begin a comment", self.found);
        let help = String::from("a comment begins with `#` and goes to the end of the line");
        self.error(self.index..self.index + 2, &message, "not a comment", help)
    }

    /// `|-----|--------|`
    fn line_of_dashes(&self) -> Option<Diagnostic> {
        if self.found != "|" || self.before(1) != "-" {
            return None;
        }
        let dashes =
            (0..self.index).rev().take(200).take_while(|i| matches!(self.place.word(*i), "-" | "|" | ":")).count();
        let start =
            (self.index - dashes..self.index).find(|i| self.place.tokens.get(*i).is_some_and(|t| t.first_on_line))?;
        let help = String::from("leave it out; a table has no row of headings, and `by` says what its columns are");
        self.error(start..self.index + 1, "a line of dashes is no row", "nothing is decided here", help)
    }

    /// A word or a sign that is missing before the token.
    fn left_out(&self) -> Option<Diagnostic> {
        let words = &self.expected.words;
        let few = (1..=3).contains(&words.len()) && self.expected.parts.is_empty() && !self.expected.operator;
        if few && self.place.kind(self.index).is_some() && !begins_line(self.place, self.index) {
            let is_keyword = all_words().any(|word| word == self.found);
            let is_small = matches!(self.found, "from" | "of" | "in" | "for" | "by" | "to" | "at" | "on");
            let mut end = self.index + 1;
            while self.place.word(end) == "." && self.place.touching(end, end + 1) && end < self.index + 20 {
                end += 2;
            }
            for word in words {
                if is_small && self.leads(self.index..self.index + 1, word, self.index + 1) {
                    let message = format!("`{word}` stands here, not `{}`", shorten(self.found));
                    return self.error(self.index..self.index + 1, &message, "another word", format!("write `{word}`"));
                }
                let leads = |word: &str| self.leads(self.index..self.index, &format!("{word} "), self.index);
                // Of three that could stand here, none is known to be meant.
                let is_likely = || words.len() <= 2 || words.iter().filter(|other| leads(other)).count() <= 2;
                if !is_keyword && leads(word) && is_likely() {
                    let help = format!("write `{word} {}`", self.line(self.index..end));
                    let message = format!("`{word}` is missing");
                    return self.error(self.index..self.index + 1, &message, "expected before this", help);
                }
            }
        }
        let between = matches!(self.found, "and" | "or" | ";") && self.expected.wants("`,`");
        if between && self.leads(self.index..self.index + 1, ",", self.index + 1) {
            let help = format!("write `{}, {}`", self.before(1), self.place.word(self.index + 1));
            return self.error(self.index..self.index + 1, "a comma stands between them", "expected `,`", help);
        }
        None
    }

    /// A sign that is not needed.
    fn too_much(&self) -> Option<Diagnostic> {
        let arrow = self.found == "-" && self.place.word(self.index + 1) == ">"
            || self.found == "=" && self.place.word(self.index + 1) == ">";
        let end = self.index + if arrow { 2 } else { 1 };
        let sign = arrow || matches!(self.found, ":" | "{" | "=" | "," | "(");
        let in_set = self.before(1) == "in" && self.expected.wants("`{`");
        if !sign
            || in_set
            || self.expected.wants("an expression")
            || self.expected.wants("a type")
            || self.before(1) == "."
        {
            return None;
        }
        if !self.leads(self.index..end, "", end) {
            return None;
        }
        let sign = self.place.written(self.index..end);
        let item = self.place.item_before(self.index).map_or("", |(_, item)| item);
        let closes = matches!(item, "rule" | "exception" | "notice" | "policy" | "amendment");
        let help = if closes && matches!(sign, "{" | "(") {
            String::from("leave it out, and what closes it: an item ends where the next one begins")
        } else {
            String::from("leave it out")
        };
        self.error(self.index..end, &format!("no `{sign}` stands here"), "not needed", help)
    }

    /// `unless applicant.carer` at the start of an item
    fn clause_alone(&self) -> Option<Diagnostic> {
        let is_word = all_words().any(|word| word == self.found) && !ITEM_WORDS.contains(&self.found);
        let first =
            self.expected.item && begins_line(self.place, self.index) && self.place.item_before(self.index).is_none();
        if !is_word || !first || HARD_WORDS.contains(&self.found) {
            return None;
        }
        let message = format!("`{}` does not begin an item", self.found);
        let span = self.place.span_of(self.index..self.index + 1);
        let help = format!(
            "`{}` continues an item, and none stands before it: write, for example, `rule NAME OUTCOME CODE` first",
            self.found
        );
        Some(Diagnostic::new(Code::E0101, message, span, "a clause without its item").help(help))
    }
}
