//! `--coverage-of` narrows coverage to a file, an item, or an amendment, in every form in which it is told.

use crate::it::cli::ereje;
use std::fs;
use tempfile::TempDir;

fn shop() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write(
        "shop.ereje",
        "policy t.shop\nfacts sale { day: date, count: integer, gift: bool }\nas of sale.day\ndecision sell\n  refuse > sell\n  \
         otherwise sell\nreason NO en \"No.\"\nrule too_many\n  refuse NO\n  when sale.count > 7\n",
    );
    write(
        "pilot.ereje",
        "amendment t.pilot to t.shop\nrule too_few\n  refuse NO\n  when sale.count < 1 and not sale.gift\n",
    );
    write(
        "shop.test.yaml",
        "base: { sale: { day: 2026-05-04, count: 8, gift: false } }\ncases:\n  - name: many\n    expect: { outcome: refuse }\n",
    );
    dir
}

#[test]
fn an_amendment_an_item_and_a_file() {
    let dir = shop();
    let of = |name: &str| ereje(dir.path(), &["test", ".", "--coverage", "--coverage-of", name]).out;
    insta::assert_snapshot!(of("t.pilot"));
    // The amendment is all that its file says, and the rule all that the amendment says.
    for name in ["pilot.ereje", "./pilot.ereje", "too_few", "t.pilot.too_few"] {
        assert_eq!(of(name), of("t.pilot"), "{name}");
    }
    let rule = of("too_many");
    assert!(rule.contains("shop.ereje") && !rule.contains("pilot.ereje"), "{rule}");
    assert!(of("sale").contains("states") && !of("sale").contains("rules"), "{}", of("sale"));
    let both = ereje(dir.path(), &["test", ".", "--coverage-of", "too_many", "--coverage-of", "too_few"]).out;
    assert!(both.contains("rules          1 of 2"), "{both}");
}

#[test]
fn a_share_and_the_json_are_of_it_alone() {
    let dir = shop();
    let share = |name: &str| ereje(dir.path(), &["test", ".", "--threshold", "rules=100", "--coverage-of", name]);
    assert_eq!((share("too_many").code, share("too_many").out), (0, String::new()));
    assert_eq!(share("too_few").code, 1);
    let run = ereje(dir.path(), &["test", ".", "--coverage-of", "too_few", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let goals = json["coverage"][0]["goals"].as_array().unwrap();
    assert!(
        !goals.is_empty() && goals.iter().all(|goal| goal["file"].as_str().unwrap().contains("pilot.ereje")),
        "{goals:?}"
    );
}

#[test]
fn a_name_that_nothing_has_is_told() {
    let dir = shop();
    let run = ereje(dir.path(), &["test", ".", "--coverage-of", "too_old"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is nothing to exercise in `too_old`"), "{}", run.err);
}
