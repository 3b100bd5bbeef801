//! The names of snapshot files: readable in every script, unique, and short enough for every file system.

use ereje::digest::sha256;
use ereje::facts::nfc;
use std::collections::{BTreeMap, BTreeSet};

/// The separator between the name of the case file and that of the case.
const BETWEEN: &str = "__";
/// The most bytes of a case file's name that are kept.
const MAX_STEM: usize = 80;
/// The most bytes of both names together. File systems take 255, and `.snap.new` and a temporary name have to fit.
const MAX_NAME: usize = 200;

/// The names of the snapshots of a file's cases, in their order, without `.snap`. Two cases never share one: if their
/// slugs are equal or too long, a few letters of a digest of the whole name distinguish them.
#[must_use]
pub fn file_names(stem: &str, cases: &[&str]) -> Vec<String> {
    let most = MAX_NAME.saturating_sub(stem.len());
    let slugs: Vec<String> = cases.iter().map(|case| slug(case, most)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for slug in &slugs {
        *counts.entry(slug).or_default() += 1;
    }
    let named = cases.iter().zip(&slugs).map(|(case, slug)| {
        // All that share a slug get a digest, so that a name does not depend on the order of cases.
        let marked = counts.get(slug.as_str()).is_some_and(|count| *count > 1);
        let name = if marked { format!("{slug}_{}", digest(case)) } else { slug.clone() };
        format!("{stem}{BETWEEN}{name}")
    });
    named.collect()
}

/// A case on one line, as the header of its snapshot has it: its name and its law.
#[must_use]
pub fn described(name: &str, law: Option<&str>) -> String {
    law.map_or_else(|| name.to_owned(), |law| format!("{name} ({law})"))
}

/// The name of a snapshot in its folder, without `.snap`, and what its header says of its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptName {
    /// `base_rules__a_key`
    pub name: String,
    /// What [`described`] wrote.
    pub description: Option<String>,
}

/// The names of the snapshots of a file's cases, in their order, where some are kept already. A snapshot belongs to the case
/// that its header describes, whatever its own name is: a case beside it that is called alike takes it from nobody. A case
/// without a snapshot gets the name that [`file_names`] gives it, or, where that is taken, one with a digest. `cases` are names
/// with laws.
#[must_use]
pub fn assigned(stem: &str, cases: &[(&str, Option<&str>)], kept: &[KeptName]) -> Vec<String> {
    let mut names: Vec<Option<&str>> = vec![None; cases.len()];
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // By what they say of their cases: their names, and as a file system may fold them.
    let mut known: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    for kept in kept {
        let Some(description) = &kept.description else { continue };
        known.entry(description).or_default().push((&kept.name, folded(&kept.name)));
    }
    let mut free = |(_, folded): &&(&str, String)| taken.insert(folded.clone());
    // The law of a case may have changed, so what is described exactly comes first.
    for (slot, (name, law)) in names.iter_mut().zip(cases) {
        let described = known.get(described(name, *law).as_str());
        *slot = described.into_iter().flatten().find(&mut free).map(|(kept, _)| *kept);
    }
    for (slot, (name, _)) in names.iter_mut().zip(cases).filter(|(slot, _)| slot.is_none()) {
        let with_law = |rest: &str| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')'));
        let named = known.range(*name..).map_while(|(text, kept)| Some((text.strip_prefix(name)?, kept)));
        let mut named = named.filter(|(rest, _)| with_law(rest)).flat_map(|(_, kept)| kept);
        *slot = named.find(&mut free).map(|(kept, _)| *kept);
    }
    let plain: Vec<&str> = cases.iter().map(|(name, _)| *name).collect();
    let wished = file_names(stem, &plain);
    names
        .into_iter()
        .zip(wished)
        .zip(cases)
        .map(|((found, wished), (case, _))| match found {
            Some(found) => found.to_owned(),
            None if taken.insert(folded(&wished)) => wished,
            None => format!("{}_{}", cut(&wished, MAX_NAME), digest(case)),
        })
        .collect()
}

/// A name as a file system sees it that folds case and normalises.
fn folded(name: &str) -> String {
    nfc(&nfc(name).to_uppercase().to_lowercase()).into_owned()
}

/// The part of a snapshot's name for its case file, from the file's name or path: `base_rules` of
/// `kz/base_rules.test.yaml`.
#[must_use]
pub fn stem(case_file: &str) -> String {
    let name = case_file.rsplit(['/', '\\']).next().unwrap_or(case_file);
    let name = nfc(name.strip_suffix(".test.yaml").unwrap_or(name)).into_owned();
    match cut(&name, MAX_STEM) {
        short if short.len() < name.len() => format!("{short}_{}", digest(&name)),
        _ => name,
    }
}

/// The stem in a snapshot's file name; `None` if it is not the name of a case's snapshot.
#[must_use]
pub fn stem_of(file_name: &str) -> Option<&str> {
    // A slug has no two successive underscores and begins with none.
    let (stem, slug) = file_name.strip_suffix(".snap")?.rsplit_once(BETWEEN)?;
    (!stem.is_empty() && !slug.is_empty()).then_some(stem)
}

/// Letters and digits of every script in lowercase, `_` for everything between them.
pub(super) fn slug(name: &str, most: usize) -> String {
    let mut slug = String::new();
    for c in nfc(name).chars().flat_map(char::to_lowercase) {
        match c {
            // Words with an apostrophe are one word.
            '\'' | '’' => {}
            c if c.is_alphanumeric() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('_') => {}
            _ => slug.push('_'),
        }
    }
    let slug = nfc(slug.trim_end_matches('_')).into_owned();
    match cut(&slug, most).trim_end_matches('_') {
        "" => format!("case_{}", digest(name)),
        short if short.len() < slug.len() => format!("{short}_{}", digest(name)),
        _ => slug,
    }
}

/// The longest prefix of at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= most).last().unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// A short digest of a text.
fn digest(text: &str) -> String {
    let mut digits = sha256(text.as_bytes());
    digits.truncate(8);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_readable_in_every_script() {
        let cases =
            ["The day before, 17 years", "Нет согласия: отказ", "Ғимарат бос", "không có nhà — dưới 8 m²", "owner's"];
        let names = file_names("base", &cases);
        assert_eq!(
            names,
            [
                "base__the_day_before_17_years",
                "base__нет_согласия_отказ",
                "base__ғимарат_бос",
                "base__không_có_nhà_dưới_8_m²",
                "base__owners"
            ]
        );
    }

    #[test]
    fn no_two_cases_share_a_name() {
        let names = file_names("a", &["15 m2", "15  m2!", "15.5 m2", "!!!", "???", "[2025-11-10]", "x [2025-11-10]"]);
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len(), "{names:?}");
        assert!(names[0].starts_with("a__15_m2_") && names[1].starts_with("a__15_m2_"), "{names:?}");
        assert_eq!(names[2], "a__15_5_m2");
        // Some file systems treat composed and decomposed letters as the same name.
        let names = file_names("a", &["\u{e9}", "e\u{301}"]);
        assert_ne!(names[0], names[1]);
    }

    fn kept(names: &[(&str, &str)]) -> Vec<KeptName> {
        let of =
            |(name, text): &(&str, &str)| KeptName { name: (*name).to_owned(), description: Some((*text).to_owned()) };
        names.iter().map(of).collect()
    }

    #[test]
    fn a_snapshot_stays_with_its_case() {
        let known = kept(&[("a__debt_1000", "debt = 1000 (R1)")]);
        // A case that is called alike comes, before it or behind it.
        let names = assigned("a", &[("debt > 1000", Some("R1")), ("debt = 1000", Some("R1"))], &known);
        assert_eq!(names[1], "a__debt_1000");
        assert_ne!(names[0], names[1]);
        // The one that was there goes, and its like stays where it is.
        let both = kept(&[("a__debt_1000", "debt = 1000 (R1)"), (&names[0], "debt > 1000 (R1)")]);
        assert_eq!(assigned("a", &[("debt > 1000", Some("R1"))], &both), [names[0].clone()]);
        // Another law, or none.
        assert_eq!(assigned("a", &[("debt = 1000", None)], &known), ["a__debt_1000"]);
        assert_eq!(assigned("a", &[("debt = 1000", Some("R2 (a)"))], &known), ["a__debt_1000"]);
        // A name that another begins with is another name.
        let names = assigned("a", &[("debt", None), ("debt = 1000", Some("R1"))], &known);
        assert_eq!(names, ["a__debt", "a__debt_1000"]);
        // What somebody else wrote under the same name is in its place.
        assert_eq!(assigned("a", &[("key", None)], &kept(&[("a__key", "something else")])), ["a__key"]);
    }

    #[test]
    fn names_do_not_meet_where_case_and_form_are_folded() {
        let known = kept(&[("a__é", "acute")]);
        let names = assigned("a", &[("E\u{301}", None), ("acute", None)], &known);
        assert_eq!(names[1], "a__é");
        assert_ne!(folded(&names[0]), folded(&names[1]));
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        let long = "қала ".repeat(100);
        let name = &file_names(&stem(&format!("{}.test.yaml", "ж".repeat(200))), &[&long])[0];
        assert!(name.len() < 255 - ".snap.new".len() - 16, "{}", name.len());
        assert_ne!(file_names("a", &[&long])[0], file_names("a", &[&format!("{long}.")])[0]);
    }

    #[test]
    fn a_stem_is_found_again() {
        for file in ["base.test.yaml", "kz/a__b.test.yaml", "a_.test.yaml", "__.test.yaml"] {
            let stem = stem(file);
            let name = format!("{}.snap", file_names(&stem, &["the case: `x`"])[0]);
            assert_eq!(stem_of(&name), Some(stem.as_str()), "{name}");
        }
        assert_eq!(stem_of("it__it.snap.new"), None);
        assert_eq!(stem_of("alone.snap"), None);
    }
}
