//! The pages of the codes for fact files: the first example of each has its code, the second no finding.

use super::form::model;
use ereje::diagnostic::Code;
use ereje::facts::{Format, decode, limits};
use ereje::source::Sources;

/// The examples of a page, with their languages.
fn examples(page: &str) -> Vec<(Format, String)> {
    let mut examples = Vec::new();
    for block in page.split("\n```").collect::<Vec<_>>().chunks(2).filter(|pair| pair.len() == 2) {
        let (language, text) = block[1].split_once('\n').unwrap();
        let format = Format::of_name(&format!("x.{language}")).unwrap_or_else(|| panic!("{language}"));
        examples.push((format, format!("{text}\n")));
    }
    examples
}

#[test]
fn examples_do_what_their_pages_say() {
    let model = model();
    let mut pages = 0;
    for code in Code::ALL.iter().filter(|c| (c.name().starts_with("E06") && **c != Code::E0612) || **c == Code::E0702) {
        let found: Vec<Vec<Code>> = examples(code.page())
            .into_iter()
            .map(|(format, text)| {
                let mut sources = Sources::new();
                let file = sources.add("example", text);
                decode(&model, &sources, file, format).iter().flat_map(|d| &d.findings).map(|f| f.code).collect()
            })
            .collect();
        assert_eq!(found.len(), 2, "{code}");
        assert!(found[0].iter().all(|c| c == code) && !found[0].is_empty(), "{code}: {found:?}");
        assert_eq!(found[1], [], "{code}");
        pages += 1;
    }
    assert_eq!(pages, 12);
}

#[test]
fn the_page_of_limits_names_the_limits() {
    let number = |n: usize| {
        let digits = n.to_string();
        let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap()).collect();
        groups.join(",")
    };
    let page = Code::E0609.page();
    for (what, limit) in [
        ("a file", format!("{} MiB", limits::MAX_FILE >> 20)),
        ("documents in a file", number(limits::MAX_DOCUMENTS)),
        ("lists and braces inside one another", number(limits::MAX_DEPTH)),
        ("values in one document", number(limits::MAX_VALUES)),
        ("elements in one list", number(limits::MAX_ELEMENTS)),
        ("keys between one pair of braces", number(limits::MAX_KEYS)),
        ("columns of a CSV file", number(limits::MAX_KEYS)),
        ("one text", format!("{} KiB", limits::MAX_TEXT >> 10)),
        ("findings shown for one document", number(limits::MAX_FINDINGS)),
    ] {
        assert!(page.contains(&format!("| {what} | {limit} |")), "{what} | {limit}");
    }
}
