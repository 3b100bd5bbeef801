//! Any text: the parser does not crash, it ends, and places are inside the file on the boundaries of characters.

use super::{cases, parse};
use ereje::diagnostic::{Diagnostic, human};
use ereje::source::{Sources, Span};
use ereje::syntax::ast;
use ereje::syntax::{parse_cell, parse_expression};
use proptest::prelude::*;

/// Pieces from which random texts are put together.
const PIECES: &[&str] = &[
    "policy",
    "amendment",
    "import",
    "source",
    "registry",
    "region",
    "unit",
    "calendar",
    "enum",
    "record",
    "facts",
    "as of",
    "decision",
    "outcome",
    "reason",
    "assumption",
    "norm",
    "replace",
    "define",
    "case",
    "table",
    "scale",
    "rule",
    "exception",
    "notice",
    "suspend",
    "to",
    "over",
    "languages",
    "from",
    "through",
    "for each",
    "for",
    "when",
    "unless",
    "if absent then",
    "if unavailable means",
    "at least",
    "at most",
    "at",
    "by",
    "of",
    "otherwise",
    "open",
    "keeping",
    "exceptions",
    "afresh",
    "decides",
    "on",
    "output",
    "above",
    "below",
    "up to",
    "rate",
    "one of",
    "and",
    "or",
    "not",
    "is",
    "in",
    "where",
    "true",
    "absent",
    "a",
    "b.c",
    "owner",
    "жасы",
    "kz.registration",
    "CODE",
    "x",
    "15",
    "44.5",
    "10%",
    "18 years",
    "15 m2",
    "2025-11-11",
    "2025-11-1",
    "1__0",
    "3 working days of KZ",
    "6,5",
    "1 200",
    "1'200",
    "11.12.2025",
    "31/12/2025",
    "11 ноября 2025",
    "if",
    "если",
    "и",
    "quy tắc",
    "WHEN",
    "mod",
    "between",
    "like",
    "is null",
    "decimal comma",
    "day first",
    "€",
    "m²",
    "№",
    "½",
    "‰",
    "^2",
    "-b",
    "->",
    "--",
    "|-----|",
    ".where",
    "\"text\"",
    "\"{x} {{ }}\"",
    "\"{\"",
    "\"open",
    "«q»",
    "'q'",
    "ru \"т\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    ",",
    ":",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    "..",
    ".",
    "+",
    "-",
    "*",
    "/",
    "==",
    "&&",
    ";",
    "#",
    "# note\n",
    "\n",
    "\n\n",
    "\r",
    "\t",
    "\u{200f}",
    "\0",
    "\u{feff}",
    "а",
    "é",
    "any(",
    "count(x in",
    "sum(",
    "round up(",
    "per",
    "list of",
    "duration in",
    "|-|",
    "any",
    "漢",
    "🙂",
    "\\",
    "\"",
];

fn check_span(sources: &Sources, span: Span) {
    let text = &sources.get(span.file).expect("a file").text;
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && end <= text.len(), "{start}..{end} of {}", text.len());
    assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{start}..{end}");
}

fn check_errors(sources: &Sources, errors: &[Diagnostic]) {
    for error in errors {
        check_span(sources, error.primary.span);
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{}", error.message);
        for also in &error.secondary {
            check_span(sources, also.span);
        }
    }
    let _ = human(errors, sources, false);
}

/// Checks every span of a tree, found in its `Debug` form, so that none is missed.
fn check_tree(sources: &Sources, tree: &ast::File) {
    let form = format!("{tree:?}");
    let number =
        |text: &str| -> usize { text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap() };
    let mut seen = 0;
    for part in form.split("Span { file: FileId(0), start: ").skip(1) {
        let end = part.split(", end: ").nth(1).unwrap();
        check_span(sources, Span::new(tree.file, number(part), number(end)));
        seen += 1;
    }
    assert!(seen >= tree.items.len());
}

fn check(text: &str) {
    let (sources, tree, errors) = parse(text);
    check_errors(&sources, &errors);
    check_tree(&sources, &tree);
    // Parsing depends only on the text.
    let (_, again, errors_again) = parse(text);
    assert_eq!(tree, again);
    assert_eq!(errors, errors_again);
    let whole = Span::new(tree.file, 0, text.len());
    for errors in [parse_expression(&sources, whole).err(), parse_cell(&sources, whole).err()].into_iter().flatten() {
        assert!(!errors.is_empty());
        check_errors(&sources, &errors);
    }
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    let gap = prop_oneof![6 => Just(" "), 2 => Just("\n"), 1 => Just("")];
    proptest::collection::vec((piece, gap), 0..120)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, gap)| piece + gap).collect())
}

/// A good file with pieces removed, doubled or inserted.
fn mutated() -> impl Strategy<Value = String> {
    let good: Vec<String> = cases("good").into_iter().map(|(_, text)| text).collect();
    let change = (any::<proptest::sample::Index>(), 0usize..40, proptest::sample::select(PIECES), 0u8..4);
    (proptest::sample::select(good), proptest::collection::vec(change, 1..6)).prop_map(|(text, changes)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, length, piece, kind) in changes {
            let at = at.index(chars.len() + 1);
            let end = (at + length).min(chars.len());
            match kind {
                0 => drop(chars.drain(at..end)),
                1 => {
                    let copy: Vec<char> = chars[at..end].to_vec();
                    chars.splice(at..at, copy);
                }
                2 => drop(chars.splice(at..end, piece.chars())),
                _ => drop(chars.splice(at..at, piece.chars())),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_is_survived(text in soup()) {
        check(&text);
    }

    #[test]
    fn changed_files_are_survived(text in mutated()) {
        check(&text);
    }

    /// One broken item between good ones: the good ones are read, and there is an error about the broken one.
    #[test]
    fn a_broken_item_hides_no_other(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
        // A bracket or a quote may swallow what follows only if nothing there begins an item.
        let broken = format!("rule broken @ {}", pieces.join(" "));
        let text = format!("define before = 1\n\n{broken}\n\ndefine after = 2\n");
        let (sources, tree, errors) = parse(text.as_str());
        prop_assert!(!errors.is_empty());
        let named = |name: &str| tree.items.iter().any(|i| matches!(i, ast::ItemSyntax::Define(d) if d.name.text == name));
        prop_assert!(named("before"), "{}", human(&errors, &sources, false));
        prop_assert!(named("after"), "{}", human(&errors, &sources, false));
    }
}
