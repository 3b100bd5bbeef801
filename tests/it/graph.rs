//! The graph of the Model: it lists every item once, and for each role of an expression, every tool handles a fact that
//! is read only in that role.

use ereje::load::Bundle;
use ereje::model::{Item, Link, Role};
use ereje::source::Span;
use ereje::{DecideOptions, Format, Policy};
use ereje_review::coverage::{Coverage, measure};
use ereje_review::diff::{Comparison, CorpusRow, RowQuestion, Version};
use ereje_review::mutate::Laws;
use ereje_review::suggest::{self, Base, SeedCase};
use std::collections::BTreeSet;

/// A policy in which only an expression with one role reads the fact `f`.
struct Reader {
    role: Role,
    /// The type of `f`.
    ty: &'static str,
    /// The text with `as of` and the rest of the policy.
    text: &'static str,
    /// Facts, without `f`, under which the value read from `f` decides.
    facts: &'static str,
    /// A value of `f` for which the change `changed` changes the decision.
    value: &'static str,
    /// A value of `f` for which the expression decides the rule.
    deciding: &'static str,
    /// A part of the text, and its replacement in a later version.
    changed: (&'static str, &'static str),
}

const READERS: [Reader; 13] = [
    Reader {
        role: Role::Cohort,
        ty: "integer",
        text: "as of day\nrule r\n  refuse NO\n  when x > 1\n  for f > 2\n",
        facts: "x: 5",
        value: "3",
        deciding: "1",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::List,
        ty: "list of integer",
        text: "as of day\nrule r for each e in list(a in f: a + 1)\n  refuse NO\n  when e > x\n",
        facts: "x: 5",
        value: "[5]",
        deciding: "null",
        changed: ("a + 1", "a - 1"),
    },
    Reader {
        role: Role::Filter,
        ty: "integer",
        text: "as of day\nfacts l: list of integer\nrule r for each e in l where f > 2\n  refuse NO\n  when e > x\n",
        facts: "x: 5, l: [7]",
        value: "3",
        deciding: "1",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::Condition,
        ty: "integer",
        text: "as of day\nrule r\n  refuse NO\n  when f > 2 and x > 1\n",
        facts: "x: 5",
        value: "3",
        deciding: "1",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::Exclusion,
        ty: "integer",
        text: "as of day\nrule r\n  refuse NO\n  when x > 1\n  unless f > 2\n",
        facts: "x: 5",
        value: "3",
        deciding: "3",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::Value,
        ty: "integer",
        text: "as of day\nrule r\n  refuse NO\n  when y > 6\ndefine y = f + 2 + x\n",
        facts: "x: 1",
        value: "4",
        deciding: "4",
        changed: ("f + 2", "f + 1"),
    },
    Reader {
        role: Role::Key,
        ty: "integer",
        text: "as of day\nrule r\n  refuse NO\n  when x > 1\namendment ex.more to ex.roles\noutput o of d for each n in [1] by f > 2: integer = n\n",
        facts: "x: 5",
        value: "3",
        deciding: "3",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::Argument,
        ty: "integer",
        text: "as of day\nrule r\n  refuse SO(f + 2)\n  when x > 1\nreason SO (n: integer)\n  en \"No, {n}.\"\n",
        facts: "x: 5",
        value: "3",
        deciding: "3",
        changed: ("f + 2", "f + 3"),
    },
    Reader {
        role: Role::Message,
        ty: "integer",
        text: "as of day\nrule r\n  refuse SO\n  when x > 1\nreason SO\n  en \"No, {f + 2}.\"\n",
        facts: "x: 5",
        value: "3",
        deciding: "3",
        changed: ("f + 2", "f + 3"),
    },
    Reader {
        role: Role::GoverningDate,
        ty: "date",
        text: "as of f\nrule r\n  refuse NO\n  when x > 1\n  from 2026-03-01\n",
        facts: "x: 5",
        value: "2026-02-27",
        deciding: "2026-02-27",
        changed: ("as of f", "as of f + 2 days"),
    },
    Reader {
        role: Role::GoverningRegion,
        ty: "region",
        text: "as of day in f\nrule r\n  refuse NO\n  when x > 1\n  in A\n",
        facts: "x: 5",
        value: "B",
        deciding: "B",
        changed: ("in A", "in B"),
    },
    // An exception that gives a definition its value has the value in the same role, and a cohort of a handler is a
    // cohort, too.
    Reader {
        role: Role::Cohort,
        ty: "integer",
        text: "as of day\nfacts z: integer\n  if absent means 3 for f > 2\nrule r\n  refuse NO\n  when z > 1 and x > 1\n",
        facts: "x: 5, z: null",
        value: "3",
        deciding: "1",
        changed: ("f > 2", "f > 3"),
    },
    Reader {
        role: Role::Cohort,
        ty: "integer",
        text: "as of day\nfacts if absent then refuse NO for f > 2\nfacts z: integer\nrule r\n  refuse NO\n  when z > 1 and x > 1\n",
        facts: "x: 5, z: null",
        value: "3",
        deciding: "3",
        changed: ("f > 2", "f > 3"),
    },
];

impl Reader {
    fn policy(&self) -> String {
        let regions = if self.role == Role::GoverningRegion { "region Land { A, B }\n" } else { "" };
        format!(
            "policy ex.roles\n  from 2026-01-01\n  en \"Roles\"\n{regions}facts day: date\nfacts x: integer\nfacts f: {}\n\
             decision d\n  refuse > approve\n  otherwise approve\nreason NO\n  en \"No.\"\n{}",
            self.ty, self.text
        )
    }

    /// A fact file with `f` as given.
    fn with(&self, f: &str) -> String {
        format!("{{ day: 2026-06-01, {} {f} }}", self.facts.to_owned() + if f.is_empty() { "" } else { "," })
    }

    fn name(&self) -> String {
        format!("{:?} of `{}`", self.role, self.text.lines().nth(1).unwrap())
    }
}

fn load(text: &str) -> Policy {
    Policy::from_texts([("roles.ereje", text)]).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// The roles in which an expression may read facts: bounds and values of norms, and values that handlers declare, are
/// constants.
#[test]
fn a_fact_may_be_read_in_every_role_but_those_of_constants() {
    let tried: BTreeSet<Role> = READERS.iter().map(|reader| reader.role).collect();
    for role in Role::ALL {
        assert_eq!(tried.contains(&role), !matches!(role, Role::Limit | Role::Default), "{role:?}");
    }
    let head = "policy ex.roles\nfacts day: date\nfacts f: integer\nas of day\ndecision d\n  refuse > approve\n  \
                otherwise approve\nreason NO\n  en \"No.\"\nrule r\n  refuse NO\n  when f > n\n";
    for constant in
        ["norm n: integer = f\n", "norm n: integer = 3\n  at least f\n", "facts n: integer\n  if absent means f\n"]
    {
        let error = Policy::from_texts([("roles.ereje", format!("{head}{constant}"))]).unwrap_err().to_string();
        assert!(error.contains("must be constant"), "{constant}\n{error}");
    }
}

#[test]
fn the_graph_says_in_which_role_a_fact_is_read() {
    for reader in &READERS {
        let policy = load(&reader.policy());
        let model = policy.model();
        let f = Item::Fact(model.facts.find_id(|fact| fact.path() == "f").unwrap());
        let mut roles = BTreeSet::new();
        for item in model.items() {
            for (link, other) in model.links(item) {
                if let (Link::Reads(role), true) = (link, other == f) {
                    roles.insert(role);
                }
            }
        }
        assert_eq!(roles, BTreeSet::from([reader.role]), "{}", reader.name());
    }
}

/// Every item is listed exactly once, and after the item that it is part of.
#[test]
fn every_thing_of_a_policy_is_listed_once() {
    for folder in ["policies/kz", "policies/vn", "benches/residence"] {
        let policy = Policy::load(crate::it::root().join(folder)).unwrap();
        let model = policy.model();
        let items = model.items();
        // The walk passes the same parts that an item has when it is asked for alone.
        let mut walked = Vec::new();
        model.each_item(|item, parts| {
            assert_eq!(format!("{parts:?}"), format!("{:?}", model.parts(item)), "{folder}: {item:?}");
            walked.push(item);
        });
        assert_eq!(walked, items, "{folder}");
        let once: BTreeSet<Item> = items.iter().copied().collect();
        assert_eq!(items.len(), once.len(), "{folder}");
        let count = |fits: fn(&Item) -> bool| items.iter().filter(|item| fits(item)).count();
        assert_eq!(count(|i| matches!(i, Item::Fact(_))), model.facts.len());
        assert_eq!(count(|i| matches!(i, Item::Field(_))), model.fields.len());
        assert_eq!(count(|i| matches!(i, Item::Provision(_))), model.provisions.len());
        assert_eq!(count(|i| matches!(i, Item::Reason(_))), model.reasons.len());
        let versions = model.provisions.iter().map(|p| p.versions.len()).sum::<usize>();
        assert_eq!(count(|i| matches!(i, Item::ProvisionVersion(_))), versions);
        let values = model.norms.iter().map(|n| n.values.len()).sum::<usize>();
        assert_eq!(count(|i| matches!(i, Item::NormValue(_))), values);
        // Everything reachable from all items is all items.
        assert_eq!(model.reach(items.iter().copied(), |_, _, _| true), once, "{folder}");
    }
}

#[test]
fn the_checker_knows_what_is_read_in_every_role() {
    let unused = |policy: &Policy| policy.warnings().iter().any(|w| w.message.contains("`f`"));
    for reader in &READERS {
        let policy = load(&reader.policy());
        assert!(!unused(&policy), "{}: {:?}", reader.name(), policy.warnings());
    }
    let nobody = Reader { text: "as of day\nrule r\n  refuse NO\n  when x > 1\n", ..READERS[3] };
    assert!(unused(&load(&nobody.policy())), "the checker remarks on a fact that nothing reads");
}

/// For a birthday, in whatever role it is read, the schema proposes a day on which somebody can be born.
#[test]
fn the_schema_knows_a_birthday_in_every_role() {
    let born = |text: &str| {
        let text = text.replace("f + 2", "age(f, day)").replace("f > 2", "age(f, day) > 2 years");
        text.replace("n: integer", "n: duration in years").replace("f - 1", "f")
    };
    for reader in READERS.iter().filter(|reader| reader.ty == "integer" && reader.role != Role::Value) {
        let policy = load(&born(&Reader { ty: "date", ..*reader }.policy()));
        let example = ereje::schema::example(policy.model());
        let day_of = |name: &str| {
            let line = example.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.split(':').nth(1).unwrap().trim().get(..4).unwrap().parse::<i32>().unwrap()
        };
        assert!(day_of("f:") < day_of("day:"), "{}\n{example}", reader.name());
    }
}

fn measured(policy: &Policy, facts: &[String]) -> Coverage {
    let sets: Vec<_> = facts.iter().map(|text| policy.facts(text, Format::Yaml).unwrap().remove(0)).collect();
    let options = DecideOptions::default();
    let tried: Vec<_> = sets
        .iter()
        .map(|facts| ereje_review::coverage::MeasuredCase { name: "case", facts, options: &options })
        .collect();
    measure(policy, &tried)
}

/// Cases have to cover the states of a fact, unless only messages read it.
#[test]
fn coverage_knows_a_fact_in_every_role() {
    for reader in &READERS {
        let policy = load(&reader.policy());
        let coverage = measured(&policy, &[reader.with(&format!("f: {}", reader.value))]);
        let of_f = |goal: &&ereje_review::coverage::CoverageGoal| goal.name == "f" && goal.side() == Some("known");
        let goal = coverage.goals().map(|(goal, cases)| (goal, cases.len())).find(|(goal, _)| of_f(goal));
        match (reader.role, goal) {
            // A fact that only a message reads is no goal.
            (Role::Message, None) => {}
            (Role::Message, Some(_)) => panic!("{}: a goal of words", reader.name()),
            (_, Some((_, cases))) => assert_eq!(cases, 1, "{}", reader.name()),
            (_, None) => panic!("{}: no goal", reader.name()),
        }
    }
}

/// Suggestions exist for what `f` decides, and they name `f`.
#[test]
fn suggest_knows_a_fact_in_every_role() {
    for reader in READERS.iter().filter(|reader| !reader.role.is_words()) {
        let policy = load(&reader.policy());
        let facts = policy.facts(&reader.with(&format!("f: {}", reader.value)), Format::Yaml).unwrap().remove(0);
        let base = Base::of_facts(&policy, facts.clone());
        let seed = SeedCase { facts, options: DecideOptions::default() };
        let missing = suggest::suggest(&policy, &[seed], &[], &suggest::SuggestOptions::default());
        let text = suggest::yaml(&policy, "roles.test.yaml", &base, &missing.suggestions);
        assert!(text.lines().any(|line| line.contains("f:")), "{}\n{text}", reader.name());
    }
}

/// There is a wrong law for an expression in every role.
#[test]
fn mutate_knows_every_role() {
    for reader in READERS.iter().filter(|reader| !matches!(reader.role, Role::GoverningDate | Role::GoverningRegion)) {
        let text = reader.policy();
        let laws = Laws::of(Bundle::from_texts([("roles.ereje".to_owned(), text.clone())]).unwrap()).unwrap();
        let at = text.find(reader.changed.0).unwrap() as u32;
        let inside = |span: Span| span.start <= at + reader.changed.0.len() as u32 && at <= span.end;
        // A message is text, not law.
        let found = laws.small().iter().any(|mutant| inside(mutant.place()));
        assert_eq!(found, reader.role != Role::Message, "{}", reader.name());
    }
}

/// A change of an expression in any role moves a decision and is named; a change of a message is listed as a change of
/// a text.
#[test]
fn diff_knows_every_role() {
    for reader in &READERS {
        let version = |name: &str, text: String| {
            let bundle = Bundle::from_texts([("roles.ereje".to_owned(), text)]).unwrap();
            Version::new(name, bundle, |file| file.to_owned()).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let old = version("old", reader.policy());
        let new = version("new", reader.policy().replace(reader.changed.0, reader.changed.1));
        let mut comparison = Comparison::new(&old, &new);
        let facts = reader.with(&format!("f: {}", reader.value));
        let row = CorpusRow {
            name: "one".into(),
            file: "facts.yaml".into(),
            line: 1,
            facts,
            format: Format::Yaml,
            question: RowQuestion::default(),
        };
        assert!(comparison.take(&[row]).is_empty());
        let report = comparison.finish("en");
        if reader.role == Role::Message {
            let text = ereje_review::diff::text(&report);
            assert!(text.contains("reason SO in en"), "{text}");
            continue;
        }
        assert_eq!(report.groups.iter().map(|group| group.count).sum::<u64>(), 1, "{}", reader.name());
        assert!(!report.groups[0].changes.is_empty(), "{}: no change is responsible", reader.name());
    }
}

/// If nobody has asked for `f`, it is a need of the decision; if it is known, the trace shows it.
#[test]
fn a_decision_and_its_trace_know_a_fact_in_every_role() {
    for reader in READERS.iter().filter(|reader| !reader.role.is_words()) {
        let policy = load(&reader.policy());
        let decide = |text: &str| {
            let facts = policy.facts(text, Format::Yaml).unwrap().remove(0);
            let options = DecideOptions { explain: true, ..DecideOptions::default() };
            policy.decide_with(&facts, &options).unwrap()
        };
        let open = decide(&reader.with(""));
        if reader.role == Role::Key {
            // An output asks for itself, and the trace is of rules.
            let needs = open.unknown_outputs.iter().flat_map(|output| &output.needs);
            assert!(needs.into_iter().any(|need| need.fact == "f"), "{:?}", open.unknown_outputs);
            continue;
        }
        assert!(open.needs.iter().any(|need| need.fact.starts_with('f')), "{}: {:?}", reader.name(), open.needs);
        // The expressions of the governing date and place are evaluated before the rules, so no rule shows them.
        if !matches!(reader.role, Role::GoverningDate | Role::GoverningRegion) {
            let decided = decide(&reader.with(&format!("f: {}", reader.deciding)));
            let trace = serde_json::to_string(&decided.trace).unwrap();
            assert!(trace.contains("\"fact\":\"f\""), "{}: {trace}", reader.name());
        }
    }
}
