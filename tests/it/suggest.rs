//! Proposed cases: the suggestions for small policies; every suggestion holds, reaches its goal and does not repeat an
//! existing case. The data are under `tests/cases/suggest`.

use super::generate::{self, Draw};
use ereje::diagnostic::human;
use ereje::source::Sources;
use ereje::{DecideOptions, Format, Policy};
use ereje_review::cases::{CaseFile, Trial};
use ereje_review::suggest::{Base, SeedCase, SuggestOptions, SuggestReport, json, suggest, with_last_outcome, yaml};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn folder() -> PathBuf {
    crate::it::root().join("tests/cases/suggest")
}

fn loaded(name: &str) -> Policy {
    Policy::load(folder().join(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// A base if none is written.
fn example(policy: &Policy) -> Base {
    let text = ereje::schema::example(policy.model());
    let facts = policy.facts(&text, Format::Yaml).unwrap().remove(0);
    Base::of_facts(policy, with_last_outcome(policy, &facts))
}

/// The base and trials of a case file without findings.
fn read(policy: &Policy, name: &str, text: &str) -> (Option<Base>, Vec<Trial>) {
    let mut sources = Sources::new();
    let file = sources.add(name, text);
    let (file, findings) = CaseFile::read(&mut sources, file, &mut |_| Err("there is no table".into()));
    assert!(findings.is_empty(), "{text}\n{}", human(&findings, &sources, false));
    let file = file.unwrap();
    let (trials, findings) = file.bind(policy);
    assert!(findings.is_empty(), "{text}\n{}", human(&findings, &sources, false));
    (Base::of_file(policy, &sources, &file), trials)
}

fn seeds(trials: &[Trial]) -> Vec<SeedCase> {
    trials.iter().map(|t| SeedCase { facts: t.facts.clone(), options: t.options.clone() }).collect()
}

fn missing(policy: &Policy, base: &Base, trials: &[Trial], options: &SuggestOptions) -> SuggestReport {
    let seed = SeedCase { facts: base.facts.clone(), options: DecideOptions::default() };
    suggest(policy, &[seed], &seeds(trials), options)
}

/// The text of a case file with all suggestions, and the goals that were not reached.
fn case_file(policy: &Policy, place: &str, base: &Base, missing: &SuggestReport) -> String {
    let open: String = missing.open.iter().map(|name| format!("# not found: {name}\n")).collect();
    yaml(policy, place, base, &missing.suggestions) + &open
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => folder(), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// True if a suggestion does what its sentence says, as far as a decision shows it without the search of this module.
fn does(policy: &Policy, trial: &Trial, goal: &str) -> Result<bool, String> {
    let options = DecideOptions { explain: true, ..trial.options.clone() };
    let decision = policy.decide_with(&trial.facts, &options).unwrap();
    let quoted = goal.split('`').nth(1).unwrap_or("");
    let last = |name: &str| name.rsplit('.').next().unwrap_or("").to_owned();
    let did = |rules: &[ereje::explain::RuleTrace]| {
        let named = |rule: &&ereje::explain::RuleTrace| rule.rule == quoted || last(&rule.rule) == quoted;
        rules.iter().filter(named).any(|rule| matches!(rule.status, "fires" | "other outcome"))
    };
    let seen = if goal.ends_with("` fires") {
        decision.trace.as_ref().is_some_and(|trace| did(&trace.rules))
    } else if goal.starts_with("the outcome is `") {
        decision.outcome == quoted
    } else if goal.starts_with("on the ") {
        let day = decision.as_of.clone().unwrap_or_default();
        goal.contains(&format!(", {day}"))
    } else if goal.starts_with("in `") && !goal.contains(" more") {
        decision.region.as_deref() == Some(quoted)
    } else if goal.starts_with("under `") {
        let (name, value) = quoted.split_once('=').unwrap();
        decision.assumptions.get(name).and_then(|v| v.as_str()) == Some(value)
    } else {
        return Ok(false);
    };
    if seen { Ok(true) } else { Err(format!("{goal}\n{decision:#?}")) }
}

/// The suggestions are a case file without findings, whose cases hold and do what they say, and no two are the same.
fn holds(policy: &Policy, base: &Base, missing: &SuggestReport) -> usize {
    let text = yaml(policy, ".", base, &missing.suggestions);
    let mut shown = 0;
    let (_, trials) = read(policy, "proposed.test.yaml", &text);
    assert_eq!(trials.len(), missing.suggestions.len(), "{text}");
    for (trial, suggestion) in trials.iter().zip(&missing.suggestions) {
        let judgement = trial.run(policy).unwrap();
        assert_eq!(judgement.wrong, [], "{}\n{text}", trial.name);
        assert_eq!((&trial.name, &trial.facts), (&suggestion.name, &suggestion.facts), "{text}");
        for goal in [&suggestion.name].into_iter().chain(&suggestion.also) {
            shown += usize::from(does(policy, trial, goal).unwrap_or_else(|wrong| panic!("{wrong}\n{text}")));
        }
    }
    for (index, trial) in trials.iter().enumerate() {
        let same = |other: &Trial| {
            let options =
                |t: &Trial| (t.options.as_of, t.options.region, t.options.choices.clone(), t.options.decision);
            other.facts == trial.facts && options(other) == options(trial)
        };
        assert!(!trials.iter().skip(index + 1).any(same), "{} is proposed twice\n{text}", trial.name);
    }
    // JSON has the same content.
    let value = json(policy, ".", base, &missing.suggestions);
    let (_, again) = read(policy, "proposed.test.yaml", &value.to_string());
    assert_eq!(again.len(), trials.len());
    assert!(again.iter().zip(&trials).all(|(a, b)| a.facts == b.facts && a.holds(policy)), "{value:#}");
    shown
}

#[test]
fn an_area_by_region_with_exceptions() {
    let policy = loaded("area.ereje");
    let base = example(&policy);
    let found = missing(&policy, &base, &[], &SuggestOptions::default());
    assert!(holds(&policy, &base, &found) > 10);
    snapshot("area", &case_file(&policy, "area.ereje", &base, &found));
}

/// No fact file may hold what is proposed outside of bounds, so `holds` would not read it.
#[test]
fn nothing_outside_of_bounds_is_proposed() {
    let text = fs::read_to_string(folder().join("area.ereje")).unwrap();
    let text = text.replace(
        "area: m2 from CADASTRE, people: integer",
        "area: m2 at least 17.995 m2 at most 29.995 m2 from CADASTRE, people: integer at least 1 at most 2",
    );
    let text = text.replace("born: date", "born: date at most 2008-01-15");
    let policy = Policy::from_texts([("area.ereje", text)]).unwrap_or_else(|error| panic!("{error}"));
    let base = example(&policy);
    let found = missing(&policy, &base, &[], &SuggestOptions::default());
    assert!(holds(&policy, &base, &found) > 5);
    snapshot("bounds", &case_file(&policy, "area.ereje", &base, &found));
}

#[test]
fn what_a_case_shows_is_left_out() {
    let policy = loaded("owners.ereje");
    let text = fs::read_to_string(folder().join("owners.test.yaml")).unwrap();
    let (base, trials) = read(&policy, "owners.test.yaml", &text);
    let base = base.unwrap();
    let found = missing(&policy, &base, &trials, &SuggestOptions::default());
    assert!(holds(&policy, &base, &found) > 0);
    assert!(!found.suggestions.iter().any(|s| s.name == "`denied` fires"));
    snapshot("owners", &case_file(&policy, "owners.ereje", &base, &found));

    let all = missing(&policy, &base, &trials, &SuggestOptions { all: true, ..SuggestOptions::default() });
    assert_eq!(all.known, 0);
    assert_eq!(all.reached, found.reached + found.known, "{:?}", all.open);

    // A suggestion that was confirmed is not proposed again.
    let text = yaml(&policy, "owners.ereje", &base, &found.suggestions);
    let (_, more) = read(&policy, "more.test.yaml", &text);
    let again = missing(&policy, &base, &[trials, more].concat(), &SuggestOptions::default());
    let names: Vec<&str> = again.suggestions.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, Vec::<&str>::new());
}

#[test]
fn an_item_and_a_limit_narrow_it() {
    let policy = loaded("area.ereje");
    let base = example(&policy);
    let about = SuggestOptions { item: Some("least".into()), ..SuggestOptions::default() };
    let found = missing(&policy, &base, &[], &about);
    let names: Vec<&str> = found.suggestions.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "`share < least` is just true, where `least` is 9 m2",
            "`share < least` is just false, where `least` is 9 m2",
            "`share < least` is just true, where `least` is 15 m2",
            "`share < least` is just false, where `least` is 15 m2",
            "on the day before `least` begins, 2024-12-31, in `North`",
            "on the first day of `least`, 2025-01-01, in `North`",
        ]
    );
    let two = missing(&policy, &base, &[], &SuggestOptions { limit: Some(2), ..SuggestOptions::default() });
    assert!(two.suggestions.len() <= 2 && two.looked < two.goals, "{two:#?}");
    let none =
        missing(&policy, &base, &[], &SuggestOptions { item: Some("nothing".into()), ..SuggestOptions::default() });
    assert_eq!((none.goals, none.suggestions.len()), (0, 0));
}

/// The names of all goals of a policy, reached or not.
fn goals_of(text: &str, options: &SuggestOptions) -> (Policy, SuggestReport, Vec<String>) {
    let policy = Policy::from_texts([("policy.ereje", text)]).unwrap_or_else(|error| panic!("{error}"));
    let base = example(&policy);
    let found = missing(&policy, &base, &[], options);
    holds(&policy, &base, &found);
    let mut names: Vec<String> = found.open.clone();
    for suggestion in &found.suggestions {
        names.push(suggestion.name.clone());
        names.extend(suggestion.also.iter().cloned());
    }
    names.sort_unstable();
    (policy, found, names)
}

/// Every item with a scope that begins or ends has goals for the days beside it.
#[test]
fn the_days_of_every_scope_are_goals() {
    let text = r#"
policy d.days
  from 2025-01-01
  en "Days"

registry ZAGS
  en "Civil status"
  if unavailable then refuse DOWN
  if unavailable then refuse NOT_VIP from 2026-07-01

record Person {
  vip: bool if absent means false if absent means true from 2026-08-01
  member: bool from ZAGS
}

facts person: Person
facts case {
  date: date
  vip: bool from ZAGS if absent then refuse NOT_VIP from 2026-09-01
}

as of case.date

norm fee: integer
  = 5

decision card  refuse > allow  otherwise allow

reason DOWN    en "Nobody answers."
reason NOT_VIP en "No guest of honour."

define kind: integer
  case late = 2 when case.vip from 2026-11-01
  otherwise fee

rule vip
  refuse NOT_VIP
  when not case.vip or not person.vip or not person.member or kind > 100

amendment d.more to d.days
  from 2026-10-01
  en "More"

norm fee
  at most 10
"#;
    let (_, _, names) = goals_of(text, &SuggestOptions { filter: Some("on the ".into()), ..SuggestOptions::default() });
    let wanted = [
        "on the day before `ZAGS` begins, 2026-06-30",
        "on the first day of `ZAGS`, 2026-07-01",
        "on the day before `Person.vip` begins, 2026-07-31",
        "on the first day of `Person.vip`, 2026-08-01",
        "on the day before `case.vip` begins, 2026-08-31",
        "on the first day of `case.vip`, 2026-09-01",
        "on the day before `d.more` begins, 2026-09-30",
        "on the first day of `d.more`, 2026-10-01",
        "on the day before `d.days.kind` begins, 2026-10-31",
        "on the first day of `d.days.kind`, 2026-11-01",
        "on the day before `d.days` begins, 2024-12-31",
        "on the first day of `d.days`, 2025-01-01",
    ];
    let mut wanted: Vec<&str> = wanted.to_vec();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

/// A setting of the policy is shown by a case that the other value of the setting would decide differently.
#[test]
fn settings_are_shown_by_the_days_that_they_rule() {
    let policy = |settings: &str, rules: &str| {
        format!(
            "policy s.settings\n  from 2025-01-01\n{settings}  en \"Settings\"\n
facts case {{ date: date, born: date, bought: date, holder: bool }}
record Child {{ born: date }}
facts children: list of Child at least 1
as of case.date
decision card  refuse > allow  otherwise allow
reason NO en \"No.\"
{rules}"
        )
    };
    let leap = "born on 29 February, with the birthday on ";
    let months = "months counted to a month without that day, which end on ";
    let rules = [
        ("rule young\n  refuse NO\n  when age(case.born) < 18 years", true, false),
        ("rule young\n  refuse NO\n  when any(c in children: age(c.born) < 15 years)", true, false),
        (
            "define minor(on: date): bool = age(on) < 21 years\nrule young\n  refuse NO\n  when minor(case.born)",
            true,
            false,
        ),
        ("rule late\n  refuse NO\n  when case.date > case.bought + 6 months", false, true),
        ("rule early\n  refuse NO\n  when case.date - 3 months < case.bought", false, true),
        ("rule old\n  refuse NO\n  when age(case.born, case.bought) >= 63 years", true, false),
        ("rule holder\n  refuse NO\n  when case.holder", false, false),
    ];
    for (rule, by_birth, by_month) in rules {
        for (settings, birthday, end) in [
            ("", "1 March in a common year", "its last day"),
            (
                "  leap_birthday february_28\n  month_end roll\n",
                "28 February in a common year",
                "the first day after it",
            ),
        ] {
            let text = policy(settings, rule);
            let (_, found, names) = goals_of(&text, &SuggestOptions::default());
            assert_eq!(names.contains(&format!("{leap}{birthday}")), by_birth, "{rule}: {names:#?}");
            assert_eq!(names.contains(&format!("{months}{end}")), by_month, "{rule}: {names:#?}");
            assert!(!found.open.iter().any(|name| name.starts_with(leap) || name.starts_with(months)), "{rule}");
            // The proposed case fails under the other setting.
            let (other, day) = match settings {
                "" => ("  leap_birthday february_28\n  month_end roll\n", [leap, months]),
                _ => ("", [leap, months]),
            };
            let other = Policy::from_texts([("policy.ereje", policy(other, rule).as_str())]).unwrap();
            for suggestion in &found.suggestions {
                let shows = |name: &String| day.iter().any(|start| name.starts_with(start));
                if shows(&suggestion.name) || suggestion.also.iter().any(shows) {
                    let decision = other.decide_with(&suggestion.facts, &suggestion.options).unwrap();
                    assert_ne!(decision.outcome, suggestion.decision.outcome, "{rule}: {}", suggestion.name);
                }
            }
        }
    }
}

/// The bytes are the same on any number of threads.
#[test]
fn proposals_are_the_same_each_time() {
    let policy = loaded("owners.ereje");
    let base = example(&policy);
    let text = || case_file(&policy, ".", &base, &missing(&policy, &base, &[], &SuggestOptions::default()));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(text);
    assert_eq!(one, text());
}

#[test]
fn proposals_for_random_policies_hold() {
    let (mut tried, mut proposed, mut shown) = (0, 0, 0);
    for seed in 0..super::properties::cases(12) {
        let numbers = super::properties::numbers(70_700_000 + seed);
        let drawn = generate::policy(&mut Draw::new(&numbers));
        let Ok(policy) = Policy::from_texts(drawn.texts()) else { continue };
        let base = example(&policy);
        let found = missing(&policy, &base, &[], &SuggestOptions { limit: Some(24), ..SuggestOptions::default() });
        tried += 1;
        proposed += found.suggestions.len();
        shown += holds(&policy, &base, &found);
    }
    assert!(tried > 0 && proposed > 4 * tried && shown > tried, "{tried} policies, {proposed} cases, {shown} shown");
}

fn ereje(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ereje")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_writes_a_file_that_test_runs() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::copy(folder().join("area.ereje"), path("area.ereje")).unwrap();
    let policy = path("area.ereje");
    let new = path("new.test.yaml");

    let (code, out, stderr) = ereje(&["suggest", &policy, "-o", &new]);
    assert_eq!((code, out.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains(" goals: 0 that a case shows already, "), "{stderr}");
    let (code, _, stderr) = ereje(&["test", &new]);
    assert_eq!(code, 0, "{stderr}");
    assert!(fs::read_to_string(&new).unwrap().contains("policy: area.ereje\n"));

    let (code, _, stderr) = ereje(&["suggest", &policy, "-o", &new]);
    assert_eq!(code, 2);
    assert!(stderr.contains("is there already") && stderr.contains("--force"), "{stderr}");
    let (code, _, stderr) = ereje(&["suggest", &policy, "-o", &new, "--force"]);
    assert_eq!(code, 0, "{stderr}");

    // The folder now has a case file, and only goals that were not reached are left.
    let (code, out, stderr) = ereje(&["suggest", dir.path().to_str().unwrap()]);
    assert_eq!(code, 0, "{stderr}");
    assert!(out.ends_with("cases: []\n"), "{out}\n{stderr}");

    let (code, _, stderr) = ereje(&["suggest", &policy, "--for", "nobody"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("there is nothing to show about `nobody`"), "{stderr}");
}

/// Without any cases, most goals of a real policy are reached.
#[test]
fn a_real_policy_is_shown_from_nothing() {
    let policies = crate::it::root().join("policies");
    let policy = Policy::load(policies.join("vn")).unwrap();
    let base = example(&policy);
    let found = missing(&policy, &base, &[], &SuggestOptions::default());
    assert_eq!(found.goals, found.reached + found.open.len());
    assert!(found.reached * 100 >= found.goals * 90, "{} of {}: {:#?}", found.reached, found.goals, found.open);
    holds(&policy, &base, &found);

    let policy = Policy::load(policies.join("kz")).unwrap();
    let base = example(&policy);
    let found = missing(&policy, &base, &[], &SuggestOptions { limit: Some(12), ..SuggestOptions::default() });
    assert!(holds(&policy, &base, &found) >= found.suggestions.len());
}
