//! Texts that are too deep, too long, too large, or hard to parse: one error each, in bounded time, and the rest is
//! read.

use super::{codes, parse, rendered};
use std::fmt::Write;

/// Texts that are nested with every kind of bracket.
fn deep_texts(depth: usize) -> Vec<(&'static str, String)> {
    let nest = |open: &str, middle: &str, close: &str| {
        format!("define x = {}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        ("parentheses", nest("(", "1", ")")),
        ("lists", nest("[", "1", "]")),
        ("calls", nest("f(", "1", ")")),
        ("rounds", nest("round up(", "1", ", 1)")),
        ("aggregates", nest("any(x in ", "l", " where a: b)")),
        ("sets", nest("a in { ", "1", " }")),
        ("conditions", nest("not (a and ", "b", ")")),
        ("regions", format!("region r {}{}", "{ r ".repeat(depth), "}".repeat(depth))),
        ("records", format!("record r {}{}", "{ r: ".repeat(depth), "}".repeat(depth))),
        ("lists of records", format!("facts r {}{}", "{ r: list of ".repeat(depth), "}".repeat(depth))),
    ]
}

#[test]
fn brackets_may_go_as_deep_as_documented() {
    for (what, text) in deep_texts(20) {
        let (sources, _, errors) = parse(text);
        assert!(errors.is_empty() || what.contains("records"), "{what}: {}", rendered(&sources, &errors));
    }
    let (sources, tree, errors) = parse(format!("define x = {}1{}", "(".repeat(64), ")".repeat(64)));
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    assert_eq!(tree.items.len(), 1);
}

#[test]
fn deeper_brackets_are_told_and_hide_no_other_item() {
    for depth in [65, 1_000, 10_000, 100_000] {
        for (what, text) in deep_texts(depth) {
            let (_, tree, errors) = parse(format!("define before = 1\n{text}\ndefine after = 2\n"));
            assert_eq!(codes(&errors), ["E0108"], "{what} {depth}");
            assert_eq!(tree.items.len(), 2, "{what} {depth}");
        }
    }
}

#[test]
fn brackets_that_are_never_closed_hide_no_other_item() {
    for open in ["(", "[", "f(", "x in { "] {
        let (_, tree, errors) =
            parse(format!("define before = 1\ndefine x = {}\ndefine after = 2\n", open.repeat(100_000)));
        assert_eq!(codes(&errors), ["E0108"], "{open}");
        assert_eq!(tree.items.len(), 2, "{open}");
    }
    let (_, tree, errors) = parse("define broken = (1\n".repeat(900) + "define good = 1\n");
    assert_eq!(errors.len(), 900);
    assert_eq!(tree.items.len(), 1);
    let (_, _, errors) = parse("define broken = (1\n".repeat(2_000) + "define good = 1\n");
    assert_eq!(errors.len(), 1_001);
    assert_eq!(errors.last().map(|e| e.code.name()), Some("E0703"));
}

#[test]
fn long_chains_are_told() {
    for (what, text) in [
        ("not", format!("define x = {}a", "not ".repeat(100_000))),
        ("minus", format!("define x = {}1", "- ".repeat(5_000))),
        ("plus", format!("define x = 1{}", " + 1".repeat(100_000))),
        ("times", format!("define x = 1{}", " * 1".repeat(5_000))),
        ("fields", format!("define x = a{}", ".a".repeat(5_000))),
        ("at", format!("define x = a{}", " at a".repeat(5_000))),
        ("comparisons", format!("define x = a{}", " = a".repeat(5_000))),
        ("tests", format!("define x = a{}", " is a".repeat(5_000))),
        ("types", format!("facts x: {}integer", "list of ".repeat(5_000))),
    ] {
        let (_, tree, errors) = parse(format!("{text}\ndefine after = 1\n"));
        let codes = codes(&errors);
        assert!(
            codes.contains(&"E0108")
                || codes.contains(&"E0703")
                || codes.contains(&"E0102")
                || codes.contains(&"E0107"),
            "{what}: {codes:?}"
        );
        assert_eq!(tree.items.len(), 1, "{what}");
    }
    // `and` and `or` make one flat node, with any number of parts.
    let (sources, tree, errors) = parse(format!("define x = a{}", " and a".repeat(5_000)));
    assert!(errors.is_empty(), "{}", rendered(&sources, &errors));
    assert_eq!(tree.items.len(), 1);
}

#[test]
fn files_that_are_too_large_are_told() {
    let (_, tree, errors) = parse("# a comment\n".repeat(50 * 1024 * 1024 / 12));
    assert_eq!(codes(&errors), ["E0703"]);
    assert!(tree.items.is_empty());
    let (_, tree, errors) = parse("import \"a\"\n".repeat(50_001));
    assert_eq!(codes(&errors), ["E0703"]);
    assert_eq!(tree.items.len(), 50_000);
    let (_, tree, errors) = parse("define x = 1".to_owned() + &" + 1".repeat(150_000) + "\ndefine y = 1\n");
    assert_eq!(codes(&errors), ["E0703"]);
    assert_eq!(tree.items.len(), 1);
}

/// Texts that would make a careless grammar try everything twice at each step.
#[test]
fn hard_texts_end() {
    let words = "rule facts when unless source from through in for each to of by up at one ".repeat(200);
    for text in [
        "facts a { ".to_owned() + &"a: { ".repeat(60) + &"} ".repeat(59),
        "define x = ".to_owned() + &"f(x in ".repeat(60) + "1",
        "define x = ".to_owned() + &"((a) and (".repeat(30) + "b",
        "table t: KZT by a ".to_owned() + &"| a | b ".repeat(2_000),
        "table t: KZT by a ".to_owned() + &"| f(".repeat(60) + "|",
        "rule a refuse X ".to_owned() + &"in a, ".repeat(5_000),
        "reason X en \"".to_owned() + &"{a ".repeat(5_000) + "\"",
        "reason X en \"".to_owned() + &"{a} ".repeat(5_000) + "\"",
        "\"".repeat(100_000),
        "'".repeat(100_001),
        "«".repeat(100_001),
        "\\".repeat(100_000),
        "#".repeat(100_000),
        "\r".repeat(100_000),
        "\0".repeat(100_000),
        "define x = ".to_owned() + &"1".repeat(100_000),
        "define x = ".to_owned() + &"9-".repeat(100_000),
        "define ".to_owned() + &"x".repeat(100_000) + " = 1",
        "enum E { ".to_owned() + &"a\nrule b c\n".repeat(1_000),
        words.clone(),
        words.replace(' ', "\n"),
        "{".repeat(1_000) + &words,
    ] {
        let (_, _, errors) = parse(text.as_str());
        assert!(errors.len() <= 1_001);
        let _ = parse(format!("define before = 1\n{text}\ndefine after = 2"));
    }
}

/// The errors about limits on sizes, which have no bad cases, since the texts are too large to keep.
#[test]
fn limits_on_sizes_say_what_they_are() {
    let mut shown = String::new();
    for (what, text) in [
        ("a large file", "#".repeat(8 * 1024 * 1024 + 1)),
        ("many items", "import \"a\"\n".repeat(50_001)),
        ("a large item", "enum E { ".to_owned() + &"a ".repeat(200_001) + "}"),
        ("many comments", "#\n".repeat(300_001)),
        ("many errors", "rule\n\n".repeat(1_100)),
    ] {
        let (sources, _, errors) = parse(text);
        let last: Vec<_> = errors.into_iter().filter(|e| e.code.name() == "E0703").collect();
        assert_eq!(last.len(), 1, "{what}");
        let _ = writeln!(shown, "--- {what} ---\n{}", rendered(&sources, &last));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(crate::it::root().join("tests/cases/syntax/bad"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("E0703_sizes", shown));
}
