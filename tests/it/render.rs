//! The rendering of findings: for people, for editors, for code hosts.

use ereje::diagnostic::{Code, Diagnostic, human, json, sarif, short};
use ereje::source::{FileId, Sources, Span};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const PILOT: &str = "amendment kz.pilot to kz.registration\n  from 2025-11-11\n\nrule тек_онлайн\n  redirect ONLINE\n  when өтініш.арна is цон\n";
const BASE: &str = "rule тек_онлайн\r\n\tredirect ONLINE\r\n";

/// Two files and findings about them, in no particular order.
fn findings() -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let pilot = sources.add("pilot.ereje", PILOT);
    let base = sources.add("base law.ereje", BASE);
    let at = |file: FileId, text: &str, of: &str| {
        let start = text.find(of).unwrap();
        Span::new(file, start, start + of.len())
    };
    let diags = vec![
        Diagnostic::new(Code::E0201, "unknown name `өтініш`", at(pilot, PILOT, "өтініш"), "no fact has this name")
            .help("did you mean `өтініштер`?")
            .help("a fact is declared with `facts NAME { … }`"),
        Diagnostic::new(
            Code::E0202,
            "rule `тек_онлайн` is declared twice",
            at(pilot, PILOT, "тек_онлайн"),
            "again here",
        )
        .also(at(base, BASE, "тек_онлайн"), "first declared here")
        .also(at(pilot, PILOT, "amendment"), "in this amendment"),
        Diagnostic::new(Code::W0201, "reason `ONLINE` is never used", at(base, BASE, "ONLINE"), ""),
        Diagnostic::new(
            Code::E0210,
            "the rule is not complete",
            at(pilot, PILOT, &PILOT[PILOT.find("rule").unwrap()..]),
            "from here",
        ),
        Diagnostic::new(Code::E0102, "expected `}`", Span::new(pilot, PILOT.len(), PILOT.len()), "the file ends here"),
    ];
    (diags, sources)
}

#[test]
fn for_people() {
    let (diags, sources) = findings();
    insta::assert_snapshot!(human(&diags, &sources, false));
    assert!(human(&diags, &sources, true).contains("\u{1b}["));
}

#[test]
fn a_line_each() {
    let (diags, sources) = findings();
    insta::assert_snapshot!(short(&diags, &sources));
}

#[test]
fn as_json() {
    let (diags, sources) = findings();
    insta::assert_snapshot!(json(&diags[..2], &sources, &[]));
}

#[test]
fn as_sarif() {
    let (diags, sources) = findings();
    let text = sarif(&diags[1..3], &sources, &[]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rules = value["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in value["runs"][0]["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["help"]["text"], Code::parse(result["ruleId"].as_str().unwrap()).unwrap().page());
    }
    let mut results = value["runs"][0]["results"].clone();
    results.as_array_mut().unwrap().iter_mut().for_each(|r| {
        r.as_object_mut().unwrap().shift_remove("ruleIndex");
    });
    insta::assert_snapshot!(format!("{results:#}"));
}

#[test]
fn the_order_of_findings_is_that_of_the_files() {
    let (mut diags, sources) = findings();
    let (people, lines) = (human(&diags, &sources, false), short(&diags, &sources));
    diags.reverse();
    assert_eq!(human(&diags, &sources, false), people);
    assert_eq!(short(&diags, &sources), lines);
}

#[test]
fn a_line_of_fifty_megabytes_is_not_printed() {
    let mut sources = Sources::new();
    let mut text = "қ".repeat(25_000_000);
    let middle = text.len() / 2;
    text.insert_str(middle, "ЗДЕСЬ");
    let file = sources.add("long.yaml", text);
    let at = |start: usize, end: usize| Span::new(file, start, end);
    let diags: Vec<Diagnostic> = (0..1000)
        .map(|_| {
            Diagnostic::new(Code::E0602, "unknown key", at(middle, middle + 10), "this")
                .also(at(0, 50_000_000), "whole line")
        })
        .collect();
    let start = Instant::now();
    let people = human(&diags, &sources, false);
    let rest = (short(&diags, &sources).len(), json(&diags, &sources, &[]).len(), sarif(&diags, &sources, &[]).len());
    assert!(start.elapsed() < Duration::from_secs(90), "{:?}", start.elapsed());
    assert!(people.len() < 400_000 && rest.0 < 100_000, "{} {rest:?}", people.len());
    assert!(people.ends_with("\nand 800 more\n"));
    insta::assert_snapshot!(human(&diags[..1], &sources, false));
}

#[test]
fn what_could_rule_a_terminal_is_not_printed() {
    let mut sources = Sources::new();
    let file = sources.add("a\u{1b}[31m.yaml", "x: \u{202E}evil\u{1b}[2J\n");
    let diag = Diagnostic::new(Code::E0602, "key `\u{202E}a\u{1b}[31m`", Span::new(file, 3, 10), "\u{1b}")
        .help("\u{1b}\u{2066}");
    for text in [human(std::slice::from_ref(&diag), &sources, false), short(&[diag], &sources)] {
        assert!(!text.contains(['\u{1b}', '\u{202E}', '\u{2066}']), "{text}");
    }
}

#[test]
fn a_span_that_fits_nothing_is_still_shown() {
    let mut sources = Sources::new();
    let file = sources.add("a.yaml", "қ: 1\n");
    let gone = sources.add("gone.yaml", "");
    for span in [Span::new(file, 1, 1), Span::new(file, 1, 900), Span::new(FileId(9), 1, 2), Span::new(gone, 0, 0)] {
        let diag = Diagnostic::new(Code::E0701, "the file cannot be read", span, "here").also(span, "and here");
        assert!(human(std::slice::from_ref(&diag), &sources, false).contains("the file cannot be read"));
        assert!(json(std::slice::from_ref(&diag), &sources, &[]).contains("E0701"));
        assert!(sarif(&[diag], &sources, &[]).contains("E0701"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_places_in_any_text_are_shown(
        pieces in proptest::collection::vec(proptest::sample::select(&[
            "rule x", " ", "  ", "\t", "\n", "\r\n", "\r", "ә", "и\u{306}", "語", "\u{200D}", "\u{202E}", "\0", "\u{1b}[31m", "\u{2028}", "\u{7f}",
            "a very long line that goes on and on, with commas, and says little, and goes on all the same, as some do, ",
        ][..]), 0..60),
        places in proptest::collection::vec((0..900_u32, 0..900_u32, 0..2_u32), 1..6),
    ) {
        let mut sources = Sources::new();
        let text = pieces.concat();
        sources.add("a", text.clone());
        sources.add("b", text.repeat(3));
        let mut labels = places.iter().map(|(start, length, file)| Span { file: FileId(*file), start: *start, end: start + length % 200 });
        let mut diag = Diagnostic::new(Code::E0101, "message\nof two lines", labels.next().unwrap(), "primary");
        for (index, span) in labels.enumerate() {
            diag = diag.also(span, if index % 2 == 0 { "secondary" } else { "" });
        }
        let diags = [diag.clone().help("one thing"), diag];
        for color in [false, true] {
            let shown = human(&diags, &sources, color);
            prop_assert!(shown.contains("E0101") && shown.len() < 100_000);
        }
        prop_assert!(!short(&diags, &sources).is_empty());
        let json: serde_json::Value = serde_json::from_str(&json(&diags, &sources, &[])).unwrap();
        prop_assert_eq!(json.as_array().unwrap().len(), 2);
        prop_assert!(sarif(&diags, &sources, &[]).contains("2.1.0"));
    }
}
