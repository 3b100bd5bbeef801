//! Changes that need each other are responsible together: a change is also tried without the slots that depend on it,
//! such as a new rule without its new exceptions, and with those that it needs.

use super::{groups, version_of};
use ereje::facts::Format;
use ereje_review::diff::{Comparison, CorpusRow, DiffReport, RowQuestion, Version, html, markdown, text};

/// The common part of both versions. A rule of the old version is `OLD`.
const BASE: &str = "\
policy h.base
  in Land
region Land { North, South }
enum Kind { red, green }
facts a { day: date, place: region, kind: Kind, x: integer, s: bool }
as of a.day in a.place
norm least: integer = 5
table price(k: Kind): integer by k
  | red | 1 |
  | green | 2 |
define dear = price(a.kind) > 1
notice OLD_NOTE
notice SMALL_NOTE
  when a.x < least
reason OLD_NOTE en \"o\"
reason SMALL_NOTE en \"s\"
reason NO en \"n\"
";

const DECISION: &str = "\
decision d
  refuse > approve
  otherwise approve
";

fn policy(base: &str, decision: &str, more: &str) -> Version {
    version_of("side", &[("base.ereje", &format!("{base}{decision}")), ("more.ereje", more)])
}

/// Decides x from 0 to 9 of each kind and in each place under both versions.
fn moved(old: &Version, new: &Version) -> DiffReport {
    let mut rows = Vec::new();
    for x in 0..10 {
        for (kind, place, s) in [("red", "North", false), ("green", "South", true)] {
            rows.push(CorpusRow {
                name: format!("{x} {kind}"),
                file: String::from("facts"),
                line: rows.len() + 1,
                facts: format!("a: {{ day: 2026-01-01, place: {place}, kind: {kind}, x: {x}, s: {s} }}"),
                format: Format::Yaml,
                question: RowQuestion::default(),
            });
        }
    }
    let mut comparison = Comparison::new(old, new);
    assert_eq!(comparison.take(&rows), []);
    comparison.finish("en")
}

/// An amendment with `law` and another change that moves every decision; the result names the responsible changes.
fn blamed(law: &str) -> Vec<String> {
    let old = policy(BASE, DECISION, "");
    let new = policy(
        BASE,
        DECISION,
        &format!("amendment h.pilot to h.base\n  from 2025-01-01\nsuspend notice OLD_NOTE\n{law}"),
    );
    groups(&moved(&old, &new))
}

const OTHER: &str = "suspend notice OLD_NOTE";

#[test]
fn a_new_rule_with_its_exception_in_every_format() {
    let (report, _) = super::compare("exception_with_rule", "en");
    assert_eq!(groups(&report), [format!("2 Alone: {OTHER}"), format!("1 Together: rule too_small + {OTHER}")]);
    for shown in [text(&report), markdown(&report), html(&report)] {
        assert!(!shown.contains("moved nothing here"), "{shown}");
    }
}

#[test]
fn a_new_rule_is_blamed_for_what_it_refuses() {
    let rule = "rule r\n  refuse NO\n  when a.x < 3\n";
    let both = format!("3 Together: {OTHER} + rule r");
    let alone = format!("17 Alone: {OTHER}");
    for hanging in [
        "exception e to r\n  when a.s\n",
        // An exception to an exception depends on something that itself depends on the change.
        "exception e to r\n  when a.s\nexception f to e\n  when a.x > 90\n",
        // The definition that it reads is new as well.
        "exception e to r\n  when young\ndefine young = a.s\n",
        "norm limit: bool = true\nexception e to r\n  when a.s and limit\n",
        "assumption exempt: bool = true\nexception e to r\n  when a.s and exempt\n",
    ] {
        assert_eq!(blamed(&format!("{rule}{hanging}")), [alone.clone(), both.clone()], "{hanging}");
    }
    // In the other direction both are dropped.
    let old = policy(
        BASE,
        DECISION,
        &format!("amendment h.pilot to h.base\n  from 2025-01-01\n{rule}exception e to r\n  when a.s\n"),
    );
    let new = policy(BASE, DECISION, &format!("amendment h.pilot to h.base\n  from 2025-01-01\n{OTHER}\n"));
    assert_eq!(groups(&moved(&old, &new)), [alone, both]);
}

#[test]
fn a_new_notice_with_its_exception() {
    let law = "notice MORE\n  when a.x < 3\nexception e to MORE\n  when a.s\nreason MORE en \"m\"\n";
    assert_eq!(blamed(law), [format!("17 Alone: {OTHER}"), format!("3 Together: {OTHER} + notice MORE")]);
}

#[test]
fn what_a_new_rule_reads_or_says_is_new_with_it() {
    let rule = |condition: &str| format!("rule r\n  refuse NO\n  when {condition}\n");
    let both =
        |count: u32| vec![format!("{} Alone: {OTHER}", 20 - count), format!("{count} Together: {OTHER} + rule r")];
    for (law, count) in [
        (format!("define low = a.x < 3\nexception e to low = false\n  when a.s\n{}", rule("low")), 3),
        (format!("norm limit: integer = 3\n{}", rule("a.x < limit and not a.s")), 3),
        (format!("assumption strict: bool = true\n{}", rule("strict and a.x < 3 and not a.s")), 3),
        ("reason NEW(x: integer) en \"{x}\"\nrule r\n  refuse NEW(a.x)\n  when a.x < 3\n".to_owned(), 6),
        (format!("define first = price(a.kind)\ndefine next = first + 1\n{}", rule("next = 2 and a.x < 3")), 3),
    ] {
        let got = blamed(&law);
        assert_eq!(got, if count > 10 { both(count).into_iter().rev().collect() } else { both(count) }, "{law}");
    }
}

#[test]
fn what_changes_its_form_is_tried_with_those_who_use_it() {
    // The table gets another parameter, and every use of it has to be changed with it.
    let old = policy(BASE, DECISION, "rule r\n  refuse NO\n  when dear and a.x < 3\n");
    let base = BASE
        .replace("price(k: Kind): integer by k", "price(k: Kind, x: integer): integer by k, x")
        .replace("| red | 1 |", "| red | any | 2 |")
        .replace("| green | 2 |", "| green | any | 2 |")
        .replace("price(a.kind)", "price(a.kind, a.x)")
        .replace("notice OLD_NOTE\n", "");
    let new = policy(&base, DECISION, "rule r\n  refuse NO\n  when dear and a.x < 3\n");
    let got = groups(&moved(&old, &new));
    assert_eq!(got.len(), 2, "{got:?}");
    assert_eq!(got[0], "17 Alone: notice OLD_NOTE", "{got:?}");
    assert!(
        got[1].starts_with("3 Together: ") && got[1].contains("table price") && got[1].contains("definition dear"),
        "{got:?}"
    );
}

#[test]
fn a_new_value_of_an_enum_or_region_with_what_uses_it() {
    let old = policy(BASE, DECISION, "");
    let base = BASE
        .replace("enum Kind { red, green }", "enum Kind { red, green, blue }")
        .replace("  | green | 2 |\n", "  | green | 2 |\n  | blue | 3 |\n")
        .replace("North, South", "North, South, Isle");
    let new = policy(
        &base,
        DECISION,
        "rule r\n  refuse NO\n  when a.kind is not blue and a.x < 3\namendment h.pilot to h.base\n  from 2025-01-01\nsuspend notice OLD_NOTE\n",
    );
    let got = groups(&moved(&old, &new));
    assert_eq!(got, [format!("14 Alone: {OTHER}"), format!("6 Together: rule r + {OTHER}")]);
}

#[test]
fn a_new_fact_with_the_exception_that_reads_it() {
    let old = policy(BASE, DECISION, "");
    let base = BASE.replace("s: bool }", "s: bool, t: bool if absent means false }");
    let law = "amendment h.pilot to h.base\n  from 2025-01-01\nsuspend notice OLD_NOTE\nrule r\n  refuse NO\n  when a.x < 3\nexception e to r\n  when a.s and a.t is not absent\n";
    let got = groups(&moved(&old, &policy(&base, DECISION, law)));
    assert!(got.iter().any(|group| group.contains("rule r")), "{got:?}");
    assert!(got.iter().all(|group| !group.ends_with(&format!("Together: {OTHER}"))), "{got:?}");
}

#[test]
fn a_new_output_with_what_it_reads() {
    let old = policy(BASE, DECISION, "");
    let decision = format!("{DECISION}  output fee: integer = fee\n");
    let new = policy(
        BASE,
        &decision,
        "define fee: integer = price(a.kind)\nexception e to fee = 0\n  when a.s\namendment h.pilot to h.base\n  from 2025-01-01\nsuspend notice OLD_NOTE\n",
    );
    assert_eq!(groups(&moved(&old, &new)), [format!("20 Together: decision d, output fee + {OTHER}")]);
}
