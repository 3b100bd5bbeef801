//! Upgrades to a newer version of the language. The language has only one version so far, so the tests make up the next one.

use crate::it::cli::ereje as run;
use ereje::fmt::{Rewrites, STEPS, UpgradeError, UpgradeStep, UpgradedPolicy, upgrade};
use ereje::source::{FileId, Sources};
use ereje::syntax::ast::{ExprSyntaxKind, File, ItemSyntax, RoundMode};
use ereje::syntax::language;

/// The made-up change: `1 month` and `is_working_day` have other names in version 2, and `round` has to say which way.
const TO_2: UpgradeStep = UpgradeStep { from: 1, to: 2, rewrite: to_2 };
/// The next: `worked` is called `is_worked`.
const TO_3: UpgradeStep = UpgradeStep { from: 2, to: 3, rewrite: to_3 };

fn renamed(file: &File, old: &str, new: &str) -> Rewrites {
    let mut rewrites = Rewrites::default();
    for item in &file.items {
        if let ItemSyntax::Rule(rule) = item {
            for condition in rule.when.iter().chain(&rule.unless) {
                condition.walk(&mut |e| match &e.kind {
                    ExprSyntaxKind::Call(name, _) if name.text == old => {
                        rewrites.edits.push((name.span, new.to_owned()));
                    }
                    ExprSyntaxKind::Round(RoundMode::Nearest, ..) if old == "is_working_day" => {
                        let what =
                            "`round` says which way in version 2: choose `round up`, `round down` or `round even`";
                        rewrites.choices.push((e.span, what.to_owned()));
                    }
                    _ => {}
                });
            }
        }
    }
    rewrites
}

fn to_2(file: &File, text: &str) -> Rewrites {
    assert!(!text.is_empty());
    renamed(file, "is_working_day", "worked")
}

fn to_3(file: &File, _: &str) -> Rewrites {
    renamed(file, "worked", "is_worked")
}

fn upgraded(texts: &[(&str, &str)], steps: &[UpgradeStep]) -> Result<UpgradedPolicy, UpgradeError> {
    let mut sources = Sources::new();
    let files: Vec<FileId> = texts.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    upgrade(&sources, &files, steps)
}

const POLICY: (&str, &str) = (
    "policy.ereje",
    "policy p from 2026-01-01 # the law\nfacts day: date\nfacts fee: decimal\n\
     rule r refuse NO when is_working_day(day) and fee > 1 # not on Sundays\n",
);
const AMENDMENT: (&str, &str) =
    ("pilot.ereje", "amendment p.pilot to p\nrule s refuse NO unless is_working_day(day + 1 day)\n");

#[test]
fn what_is_unambiguous_is_rewritten_in_every_file() {
    let two = upgraded(&[POLICY, AMENDMENT], &[TO_2]).unwrap();
    assert_eq!((two.from, two.to, two.choices.as_slice()), (1, 2, [].as_slice()));
    insta::assert_snapshot!(two.texts.join("---\n"), @r#"
    policy p
      language 2
      from 2026-01-01 # the law

    facts day: date
    facts fee: decimal

    rule r
      refuse NO
      when worked(day) and fee > 1 # not on Sundays
    ---
    amendment p.pilot to p

    rule s
      refuse NO
      unless worked(day + 1 day)
    "#);
    // A version further on, and from there nothing is left to do.
    let three = upgraded(&[POLICY, AMENDMENT], &[TO_3, TO_2]).unwrap();
    assert_eq!((three.from, three.to), (1, 3));
    assert!(three.texts.concat().contains("when is_worked(day)") && !three.texts.concat().contains("when worked("));
    let files = [("policy.ereje", three.texts[0].as_str()), ("pilot.ereje", three.texts[1].as_str())];
    let again = upgraded(&files, &[TO_3, TO_2]).unwrap();
    assert_eq!((again.from, again.to, &again.texts), (3, 3, &three.texts));
}

/// A file of its own, in which the choice stands.
const ROUNDED: (&str, &str) = ("fees.ereje", "rule t refuse NO\n  when round(fee, 1) > 3\n");

#[test]
fn where_a_person_has_to_choose_nothing_is_rewritten() {
    let held = upgraded(&[POLICY, AMENDMENT, ROUNDED], &[TO_2, TO_3]).unwrap();
    assert_eq!((held.from, held.to), (1, 1));
    assert_eq!(
        held.texts,
        [POLICY.1, AMENDMENT.1, ROUNDED.1],
        "an old text under a newer version would mean another thing"
    );
    insta::assert_snapshot!(held.choices.join("\n"), @r#"
    fees.ereje:2:8: `round` says which way in version 2: choose `round up`, `round down` or `round even`
    "#);
    let chosen = ("fees.ereje", "rule t refuse NO\n  when round up(fee, 1) > 3\n");
    assert_eq!(upgraded(&[POLICY, AMENDMENT, chosen], &[TO_2, TO_3]).unwrap().to, 3);
}

#[test]
fn today_a_policy_names_the_version_that_it_is_in() {
    let named = upgraded(&[POLICY, AMENDMENT], STEPS).unwrap();
    assert_eq!((named.from, named.to), (language::OLDEST, language::NEWEST));
    insta::assert_snapshot!(named.texts.join("---\n"), @r#"
    policy p
      language 1
      from 2026-01-01 # the law

    facts day: date
    facts fee: decimal

    rule r
      refuse NO
      when is_working_day(day) and fee > 1 # not on Sundays
    ---
    amendment p.pilot to p

    rule s
      refuse NO
      unless is_working_day(day + 1 day)
    "#);
    let new = include_str!("../../crates/ereje-cli/src/new/policy.ereje");
    assert!(new.contains(&format!("\n  language {}\n", language::NEWEST)), "`ereje new` writes the newest version");
}

#[test]
fn the_command_upgrades_whole_policies() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("all/a/policy.ereje", "policy a\nimport \"../../common\"\n"),
        ("all/a/more.ereje", "unit   sotka = 100 m2\n"),
        ("all/b/policy.ereje", "policy b\n  language 9\n"),
        ("common/units.ereje", "unit   point\n"),
        ("alone/pilot.ereje", "amendment a.pilot to a\n"),
    ] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let first = run(dir.path(), &["fmt", "--upgrade", "--root", ".", "all", "alone"]);
    insta::assert_snapshot!(first.show(), @r#"
    exit 1
    --- stdout
    --- stderr
    error: `all/b`: there is no version 9 of the language; known is 1
    error: `alone`: the files of one policy are upgraded together, and among these 0 have the header of a policy
    5 files: 3 changed, 2 with errors
    "#);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(read("all/a/policy.ereje"), "policy a\n  language 1\n\nimport \"../../common\"\n");
    let others = (read("all/a/more.ereje"), read("common/units.ereje"));
    assert_eq!(others, ("unit sotka = 100 m2\n".to_owned(), "unit point\n".to_owned()));
    assert_eq!(read("all/b/policy.ereje"), "policy b\n  language 9\n");
    let again = run(dir.path(), &["fmt", "--upgrade", "--check", "--root", ".", "all/a"]);
    assert_eq!((again.code, again.out.as_str(), again.err.as_str()), (0, "", "3 files: 0 would change\n"));
    assert_eq!(run(dir.path(), &["fmt", "--upgrade", "-"]).code, 2);
}

#[test]
fn what_cannot_be_upgraded_says_why() {
    let why = |texts: &[(&str, &str)]| upgraded(texts, &[TO_2]).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            why(&[AMENDMENT]),
            why(&[POLICY, ("b.ereje", "policy q\n")]),
            why(&[("a.ereje", "policy p\n  language 7\n")]),
            why(&[("a.ereje", "policy p\nrule\n")]),
        ]
        .join("\n"),
        @r#"
    the files of one policy are upgraded together, and among these 0 have the header of a policy
    the files of one policy are upgraded together, and among these 2 have the header of a policy
    there is no version 7 of the language; known is 1
    `a.ereje`: a file with syntax errors is left as it is
    "#
    );
}
