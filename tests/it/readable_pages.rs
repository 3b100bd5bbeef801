//! Pages can be read by everybody, in their language: what a program that reads them aloud needs, and colours that can be told apart.
//! What only a browser can tell is tried by hand; CONTRIBUTING.md says how.

use crate::it::cli::ereje;
use ereje_review::page::page;
use maud::html;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A start tag: its name and its attributes, and the text up to the next tag.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// The start tags of a page, in order. Pages are written by one writer, which quotes every attribute.
fn tags(page: &str) -> Vec<Tag> {
    let body = page.split("<style>").enumerate();
    let body: String =
        body.map(|(at, part)| if at == 0 { part } else { part.split_once("</style>").unwrap().1 }).collect();
    let mut found = Vec::new();
    for part in body.split('<').skip(1).filter(|part| !part.starts_with(['/', '!'])) {
        let (inside, text) = part.split_once('>').unwrap();
        let (name, rest) = inside.split_once(' ').unwrap_or((inside, ""));
        let pairs = rest.split("\" ").filter_map(|pair| pair.split_once("=\""));
        let attributes = pairs.map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned()));
        found.push(Tag { name: name.to_owned(), attributes: attributes.collect(), text: text.trim().to_owned() });
    }
    found
}

/// What is wrong with a page for somebody who hears it.
fn wrong(page: &str, language: &str) -> Vec<String> {
    let tags = tags(page);
    let mut wrong = Vec::new();
    if !tags.iter().any(|tag| tag.name == "html" && tag.attributes.get("lang").is_some_and(|lang| lang == language)) {
        wrong.push(format!("the page is not in {language}"));
    }
    let (mut level, mut firsts, mut mains) = (0, 0, 0);
    let (mut ids, mut regions) = (BTreeSet::new(), BTreeSet::new());
    for tag in &tags {
        if let Some(own) = tag.name.strip_prefix('h').and_then(|own| own.parse::<u32>().ok()) {
            if own > level + 1 {
                wrong.push(format!("h{own} `{}` behind h{level}", tag.text));
            }
            if tag.text.is_empty() {
                wrong.push(format!("an h{own} without words"));
            }
            level = own;
            firsts += u32::from(own == 1);
        }
        mains += u32::from(tag.name == "main");
        if tag.name == "th" && (!tag.attributes.contains_key("scope")) {
            wrong.push(format!("the header `{}` is of no row and no column", tag.text));
        }
        if tag.name == "th" && tag.attributes.get("scope").is_some_and(|scope| scope == "col") && tag.text.is_empty() {
            wrong.push(String::from("a column without a header"));
        }
        if tag.attributes.get("role").is_some_and(|role| role == "region") {
            let name = tag.attributes.get("aria-label").cloned().unwrap_or_default();
            if name.is_empty() || !regions.insert(name.clone()) {
                wrong.push(format!("two regions `{name}`, or one without a name"));
            }
        }
        if let Some(id) = tag.attributes.get("id").filter(|id| !ids.insert((*id).clone())) {
            wrong.push(format!("the id `{id}` twice"));
        }
        // What scrolls has to be reached by the keyboard.
        let scrolls = tag.name == "pre" || tag.attributes.get("class").is_some_and(|class| class == "scroll");
        if scrolls && tag.attributes.get("tabindex").is_none_or(|index| index != "0") {
            wrong.push(format!("a `{}` that no key reaches", tag.name));
        }
    }
    if (firsts, mains) != (1, 1) {
        wrong.push(format!("{firsts} h1, {mains} main"));
    }
    wrong
}

#[test]
fn what_is_wrong_is_found() {
    let good = page("ru", "Заголовок", "", html! { h2 { "x" } p { "y" } });
    assert_eq!(wrong(&good, "ru"), [] as [&str; 0]);
    let bad = page(
        "en",
        "Title",
        "",
        html! {
            h3 { "deep" }
            h1 { "again" }
            table { tr { th scope="col" {} th { "x" } } }
            div role="region" aria-label="a" {}
            div role="region" aria-label="a" id="i" {}
            pre id="i" { "x" }
        },
    );
    assert_eq!(wrong(&bad, "kk").len(), 8, "{:?}", wrong(&bad, "kk"));
}

/// Every kind of report as a page, in every language that has words of its own.
#[test]
fn every_page_can_be_heard() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let policies = crate::it::root().join("policies");
    for name in ["old", "new"] {
        copy(&policies.join("kz"), &folder.join(name));
    }
    let norm = folder.join("new/astana_2026.ereje");
    let text = fs::read_to_string(&norm).unwrap();
    let changed = text.replace("= 15 m2\n", "= 18 m2\n").replace("ru \"Норматив площади\"", "ru \"Норма площади\"");
    assert_ne!(text, changed);
    fs::write(&norm, changed).unwrap();
    for name in ["vn", "vn_again"] {
        copy(&policies.join("vn"), &folder.join(name));
    }
    for (args, language) in [
        (vec!["diff", "old", "new"], "en"),
        (vec!["diff", "old", "new", "--lang", "ru"], "ru"),
        (vec!["diff", "old", "new", "--lang", "kk"], "kk"),
        (vec!["diff", "vn", "vn", "--lang", "vi"], "vi"),
    ] {
        let run = ereje(folder, &[&args[..], &["--cases", "old/astana_2026.test.yaml", "-o", "page.html"]].concat());
        assert!(language == "vi" || run.code == 1, "{args:?}: {}", run.show());
        let page = fs::read_to_string(folder.join("page.html")).unwrap();
        assert_eq!(wrong(&page, language), [] as [&str; 0], "{args:?}");
    }
    for (policies, asked, language) in [
        (&["old", "vn", "vn_again"][..], None, "en"),
        (&["old"], Some("ru"), "ru"),
        (&["old"], Some("kk"), "kk"),
        (&["vn", "vn_again"], Some("vi"), "vi"),
        // The Vietnamese policy has no texts in Russian, and is told in English between the sentences of the page.
        (&["old", "vn"], Some("ru"), "ru"),
    ] {
        let asked = asked.map_or_else(Vec::new, |asked| vec!["--lang", asked]);
        let run = ereje(folder, &[&["test"], policies, &["--coverage-html", "page.html"], &asked[..]].concat());
        assert_eq!(run.code, 0, "{}", run.show());
        let page = fs::read_to_string(folder.join("page.html")).unwrap();
        assert_eq!(wrong(&page, language), [] as [&str; 0], "{policies:?}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The relative luminance of a colour, as the Web Content Accessibility Guidelines define it.
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_can_be_told_apart() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    let text = page("en", "t", "", html! {});
    let themes: Vec<BTreeMap<&str, &str>> = text
        .split(":root {")
        .skip(1)
        .map(|theme| {
            let theme = theme.split_once('}').unwrap().0;
            theme.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": ")).collect()
        })
        .collect();
    assert_eq!(themes.len(), 3, "light, dark, paper");
    for theme in &themes {
        for (words, grounds) in [
            ("ink", &["paper", "soft", "ok-soft", "warn-soft", "bad-soft"][..]),
            ("dim", &["paper", "soft"]),
            ("accent", &["paper", "soft"]),
            ("ok", &["paper", "soft"]),
            ("warn", &["paper", "soft"]),
            ("bad", &["paper", "soft"]),
        ] {
            for ground in grounds {
                let found = contrast(theme[words], theme[ground]);
                assert!(found >= 4.5, "{words} on {ground}: {found:.2} in {theme:?}");
            }
        }
        // Drawings need less.
        let found = contrast(theme["moved"], theme["paper"]);
        assert!(found >= 3.0, "{found:.2} in {theme:?}");
    }
}
