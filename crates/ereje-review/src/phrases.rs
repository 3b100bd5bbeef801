//! The languages of the reports for people.
//!
//! Comes in: the sentences of a report in each language, and what is put in. Goes out: a sentence, a number, a name with its
//! label. Each report keeps its sentences in a [`Translations`] of its own. English counts its nouns (`1 decision`,
//! `2 decisions`); in the other languages the number stands behind its sentence, in no form that depends on it. Reports for
//! programs have no language.

/// The same in each language that reports have.
#[derive(Debug)]
pub struct Translations<T> {
    /// In `en`.
    pub en: T,
    /// In `ru`.
    pub ru: T,
    /// In `kk`.
    pub kk: T,
    /// In `vi`.
    pub vi: T,
}

impl<T> Translations<T> {
    /// What stands in a language; in English if reports do not have it.
    #[must_use]
    pub fn of(&self, language: &str) -> &T {
        match language {
            "ru" => &self.ru,
            "kk" => &self.kk,
            "vi" => &self.vi,
            _ => &self.en,
        }
    }
}

/// The language in which the sentences of reports are that are asked for in a language: itself, or English.
#[must_use]
pub fn language_of(language: &str) -> &'static str {
    Translations { en: "en", ru: "ru", kk: "kk", vi: "vi" }.of(language)
}

/// A sentence with what is put in for `{a}`, `{b}` and `{c}`; what is put in is not looked through again.
#[must_use]
pub fn say(sentence: &str, values: &[&str]) -> String {
    let mut said = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let (mark, behind) = after.split_once('}').unwrap_or((after, ""));
        let index = ["a", "b", "c"].iter().position(|known| *known == mark);
        said.push_str(index.and_then(|index| values.get(index)).unwrap_or(&""));
        rest = behind;
    }
    said + rest
}

/// Groups of three digits, and what stands before decimals.
const NUMBERS: Translations<(&str, &str)> =
    Translations { en: (",", "."), ru: ("\u{a0}", ","), kk: ("\u{a0}", ","), vi: (".", ",") };

/// A number as a language groups it: `1,234`.
#[must_use]
pub fn count(language: &str, number: u64) -> String {
    crate::page::count(number).replace(',', NUMBERS.of(language).0)
}

/// A share in percent, which has at most one decimal place, as a language writes it: `66.6%`.
#[must_use]
pub fn share(language: &str, percent: &str) -> String {
    percent.replace('.', NUMBERS.of(language).1)
}

/// A number with its noun, one and several: `1,234 decisions`. The number alone in the languages whose sentences have the noun.
#[must_use]
pub fn counted(language: &str, number: u64, (one, several): (&str, &str)) -> String {
    let noun = if number == 1 { one } else { several };
    format!("{} {noun}", count(language, number)).trim_end().to_owned()
}

/// A name with its label before it: `Refused (refuse)`.
#[must_use]
pub fn labelled(label: Option<&str>, name: &str) -> String {
    match label.filter(|label| *label != name) {
        Some(label) => format!("{label} ({name})"),
        None => name.to_owned(),
    }
}

/// A sentence that begins a line.
#[must_use]
pub fn with_capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_through() {
        assert_eq!(say("{a}: {b} {c}{d}", &["{b}", "x"]), "{b}: x ");
    }

    #[test]
    fn numbers_are_those_of_the_language() {
        let tried = ["en", "ru", "kk", "vi", "fr"].map(|language| {
            let share = share(language, "66.6%");
            format!("{} {} {share}", language_of(language), counted(language, 1_234, ("case", "cases")))
        });
        let group = "\u{a0}";
        let expected = [
            String::from("en 1,234 cases 66.6%"),
            format!("ru 1{group}234 cases 66,6%"),
            format!("kk 1{group}234 cases 66,6%"),
            String::from("vi 1.234 cases 66,6%"),
            String::from("en 1,234 cases 66.6%"),
        ];
        assert_eq!(tried, expected);
    }
}
