//! What the grammar expected where a text could not be read, in words.

use super::grammar::Rule;
use super::rule_names::{ITEM_WORDS, LABEL, LANGUAGE, Wording, wording};
use pest::error::{Error, ErrorVariant};

/// What the grammar expected at the place of an error.
#[derive(Default)]
pub(super) struct Expectations {
    /// Keywords.
    pub(super) words: Vec<&'static str>,
    /// Signs and descriptions, in words.
    pub(super) parts: Vec<String>,
    /// What is named only if nothing else is expected.
    pub(super) minor: Vec<&'static str>,
    pub(super) operator: bool,
    pub(super) item: bool,
    pub(super) end: bool,
    /// True if a word was found that cannot be a name here.
    pub(super) refused: bool,
}

impl Expectations {
    pub(super) fn of(error: &Error<Rule>) -> Self {
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

    pub(super) fn wants(&self, part: &str) -> bool {
        self.parts.iter().any(|p| p == part)
    }

    /// All expectations, in the order that a reader would expect.
    pub(super) fn list(&self) -> Vec<String> {
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
