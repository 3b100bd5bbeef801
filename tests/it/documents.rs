//! What is written for programs fits the schema that `ereje schema --of` prints, and holds nothing that the schema does not
//! describe: every command, on every policy, on good input and bad. The validator is none of ours.

use super::cli::{Run, ereje, ereje_with};
use super::incomplete_reports::folder;
use super::schema::validator;
use crate::it::root;
use ereje::documents;
use ereje::{DecideOptions, Policy};
use jsonschema::Validator;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::fs;

/// The kinds with the versions that their documents say; the facts are each policy's own, and a line of a batch says none.
const KINDS: [(&str, Option<&str>); 11] = [
    ("decision", Some(documents::DECISION)),
    ("batch-line", None),
    ("bad-row", Some(documents::BAD_ROW)),
    ("summary", Some(documents::SUMMARY)),
    ("test", Some(documents::TEST)),
    ("coverage", Some(documents::COVERAGE)),
    ("review", Some(documents::REVIEW)),
    ("diff", Some(documents::DIFF)),
    ("mutate", Some(documents::MUTATE)),
    ("suggest", Some(documents::SUGGEST)),
    ("finding", Some(documents::FINDING)),
];

/// The schema of a kind, as the command prints it.
fn printed(kind: &str) -> Json {
    let run = ereje(crate::it::root(), &["schema", "--of", kind]);
    assert_eq!(run.code, 0, "{kind}: {}", run.show());
    serde_json::from_str(&run.out).unwrap()
}

/// A schema that refuses every key which it does not describe. A line of a batch repeats facts under their own names.
fn closed(schema: &mut Json) {
    match schema {
        Json::Object(keys) => {
            let is_open = keys.contains_key("additionalProperties") || keys.contains_key("patternProperties");
            if keys.contains_key("properties") && !is_open {
                keys.insert("additionalProperties".into(), false.into());
            }
            keys.values_mut().for_each(closed);
        }
        Json::Array(items) => items.iter_mut().for_each(closed),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The documents of one kind, checked one by one.
struct Checked {
    kind: &'static str,
    version: Option<&'static str>,
    validator: Validator,
    seen: BTreeSet<String>,
}

impl Checked {
    fn of(kind: &str) -> Self {
        let (kind, version) = *KINDS.iter().find(|(name, _)| *name == kind).unwrap();
        let mut schema = printed(kind);
        closed(&mut schema);
        Self { kind, version, validator: validator(&schema), seen: BTreeSet::new() }
    }

    fn take(&mut self, document: &Json, what: &str) {
        let errors: Vec<String> = self
            .validator
            .iter_errors(document)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{} of {what}: {}\n{document:#}", self.kind, errors.join("\n"));
        let each: Vec<&Json> = document.as_array().map_or_else(|| vec![document], |all| all.iter().collect());
        for one in each {
            assert_eq!(one.get("schema").and_then(Json::as_str), self.version, "{} of {what}", self.kind);
        }
        keys(document, "", &mut self.seen);
    }

    fn text(&mut self, run: &Run, what: &str) {
        let document = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{what}: {error}\n{}", run.show()));
        self.take(&document, what);
    }

    /// Every key at these places came up at least once, so that what fits is not just what is absent.
    fn has_seen(&self, places: &[&str]) {
        for place in places {
            assert!(self.seen.contains(*place), "no {} had `{place}`:\n{:#?}", self.kind, self.seen);
        }
    }
}

/// The places of all keys, without the numbers of elements.
fn keys(value: &Json, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Json::Object(entries) => {
            for (key, value) in entries {
                let place = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                keys(value, &place, found);
                found.insert(place);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| keys(item, at, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// A policy with something of everything that a decision may say, its cases, and facts in one document for each thing.
const POLICY: &str = include_str!("../cases/documents/all.ereje");
const CASES: &str = include_str!("../cases/documents/all.test.yaml");
const FACTS: &str = include_str!("../cases/documents/facts.yaml");

/// One of the documents of facts.
fn facts(number: usize) -> &'static str {
    FACTS.split("---\n").nth(number).unwrap()
}

#[test]
fn each_kind_is_described_by_itself() {
    let known: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).chain(["facts"]).collect();
    let help = ereje(crate::it::root(), &["schema", "--help"]).out;
    for kind in &known {
        assert!(help.contains(&format!("- {kind}: ")), "{help}");
    }
    let mut used = BTreeSet::new();
    for (kind, version) in KINDS {
        let schema = printed(kind);
        validator(&schema);
        let version = version.unwrap_or(documents::BATCH_LINE).replace('/', ":");
        assert_eq!(schema["$id"], format!("urn:ereje:{version}"));
        used.extend(schema["$defs"].as_object().unwrap().keys().cloned());
    }
    // Nothing is described that no document has.
    let all: Json = serde_json::from_str(include_str!("../../docs/documents.schema.json")).unwrap();
    let all: BTreeSet<String> = all["$defs"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(used, all);
    let facts = ereje(crate::it::root(), &["schema", "--of", "facts", "-p", "policies/vn"]);
    assert_eq!(facts.out, ereje(crate::it::root(), &["schema", "-p", "policies/vn"]).out);
    for args in [&["schema"][..], &["schema", "--of", "facts"], &["schema", "--of", "test", "--example"]] {
        assert_eq!(ereje(crate::it::root(), args).code, 2, "{args:?}");
    }
}

#[test]
fn one_document_is_an_object_and_several_are_an_array() {
    let dir = folder(&[("p.ereje", POLICY), ("good.yaml", facts(0)), ("bad.yaml", "{ today: soon, nobody: 1 }")]);
    let mut decisions = Checked::of("decision");
    for (args, is_list, code) in [
        (&["good.yaml"][..], false, 0),
        (&["bad.yaml"], false, 2),
        (&["nowhere.yaml"], false, 2),
        (&["good.yaml", "bad.yaml"], true, 2),
        (&["bad.yaml", "nowhere.yaml"], true, 2),
    ] {
        let run = ereje(dir.path(), &[&["eval", "-p", "p.ereje", "--format", "json"], args].concat());
        decisions.text(&run, &args.join(" "));
        assert_eq!((run.out.starts_with('['), run.code), (is_list, code), "{args:?}: {}", run.show());
        let yaml = ereje(dir.path(), &[&["eval", "-p", "p.ereje", "--format", "yaml"], args].concat());
        decisions.take(&serde_yaml::from_str(&yaml.out).unwrap(), "as YAML");
    }
    decisions.has_seen(&["file", "document", "errors.code", "errors.line", "outcome"]);
}

#[test]
fn decisions_and_batches_are_as_described() {
    let dir = folder(&[("p.ereje", POLICY)]);
    let mut decisions = Checked::of("decision");
    let mut rows = String::new();
    for facts in FACTS.split("---\n") {
        let run = ereje_with(dir.path(), &["eval", "-p", "p.ereje", "-", "--format", "json", "--explain"], facts, &[]);
        decisions.text(&run, facts);
        let facts: Json = serde_yaml::from_str(facts).unwrap();
        rows.push_str(&format!("{facts}\n"));
    }
    decisions.has_seen(&[
        "reasons.message.ru",
        "reasons.facts",
        "needs.choices",
        "needs.label",
        "needs.unit",
        "notices.code",
        "assumptions.strict",
        "outputs.spaces",
        "unknown_outputs.needs.fact",
        "outputs.each",
        "unknown_outputs.key",
        "unknown_outputs.element",
        "unknown_outputs.faults.place",
        "withheld.outputs",
        "blocked.state",
        "faults.needed_by",
        "provisional",
        "trace.handlers.because",
        "trace.rules.exceptions.because.facts.state",
        "trace.rules.because.sides.value",
        "trace.notices.status",
    ]);
    rows.push_str("{\"today\": \"soon\"}\n\nno json\n");
    fs::write(dir.path().join("rows.ndjson"), rows).unwrap();
    let fields = "outcome,reasons,row,needs,open,as_of,region,provisional,outputs,outputs.part,unknown_outputs,blocked,faults,\
                  messages.ru,debt,sizes";
    let args = [
        "batch",
        "-p",
        "p.ereje",
        "rows.ndjson",
        "-o",
        "-",
        "--bad",
        "bad.ndjson",
        "--summary",
        "sum.json",
        "--fields",
    ];
    let run = ereje(dir.path(), &[&args[..], &[fields]].concat());
    let read =
        |name: &str| fs::read_to_string(dir.path().join(name)).unwrap_or_else(|error| panic!("{error} {}", run.show()));
    let mut lines = Checked::of("batch-line");
    for line in run.out.lines() {
        lines.take(&serde_json::from_str(line).unwrap(), line);
    }
    lines.has_seen(&["outputs.part", "unknown_outputs.needs", "blocked.state", "faults.place", "messages.ru", "sizes"]);
    let mut bad = Checked::of("bad-row");
    for line in read("bad.ndjson").lines() {
        bad.take(&serde_json::from_str(line).unwrap(), line);
    }
    bad.has_seen(&["line", "text", "column"]);
    let summary: Json = serde_json::from_str(&read("sum.json")).unwrap();
    Checked::of("summary").take(&summary, "the run");
    assert_eq!(summary["lines"], documents::BATCH_LINE);
}

#[test]
fn masked_documents_are_as_described() {
    let case = |name: &str| fs::read_to_string(root().join("tests/cases/masked").join(name)).unwrap();
    let dir = folder(&[("p.ereje", &case("p.ereje")), ("facts.yaml", &case("facts.yaml"))]);
    let facts: Json = serde_yaml::from_str(&case("facts.yaml")).unwrap();
    fs::write(dir.path().join("rows.ndjson"), format!("{facts}\n{{\"rate\": \"x\"}}\n")).unwrap();
    let mask = ["--mask", "person,home,children,nicknames,paid_by,leaves,arrives,rate"];
    let mut decisions = Checked::of("decision");
    let args = ["eval", "-p", "p.ereje", "facts.yaml", "--format", "json", "--explain"];
    decisions.text(&ereje(dir.path(), &[&args[..], &mask].concat()), "facts.yaml");
    decisions.has_seen(&["outputs.payer", "trace.rules.because.sides.value", "trace.rules.because.facts.value"]);
    let fields = "outcome,outputs,faults,messages.en,person.born,rate,home,children";
    let args = ["batch", "-p", "p.ereje", "rows.ndjson", "-o", "-", "--bad", "bad", "--fields", fields];
    let run = ereje(dir.path(), &[&args[..], &mask].concat());
    let mut lines = Checked::of("batch-line");
    for line in run.out.lines() {
        lines.take(&serde_json::from_str(line).unwrap(), line);
    }
    lines.has_seen(&["rate", "error"]);
    let bad: Json = serde_json::from_str(&fs::read_to_string(dir.path().join("bad")).unwrap()).unwrap();
    Checked::of("bad-row").take(&bad, "the bad row");
}

#[test]
fn reports_are_as_described() {
    let changed = POLICY.replace("= 15 m2", "= 2 m2").replace("en \"Small.\"", "en \"Too small.\"");
    let dir = folder(&[
        ("p/p.ereje", POLICY),
        ("p/p.test.yaml", CASES),
        ("q/p.ereje", &changed),
        ("broken/p.ereje", &POLICY.replace("share, 0.01", "shares, 0.01")),
        ("broken/p.test.yaml", CASES),
        ("broken/q.test.yaml", "base: {"),
    ]);
    let accept = |args: &[&str]| ereje_with(dir.path(), args, "", &[("CI", "false"), ("INSTA_UPDATE", "auto")]);
    let json = |args: &[&str]| ereje(dir.path(), &[args, &["--format", "json"]].concat());
    let mut test = Checked::of("test");
    test.text(&json(&["test", "p", "broken", "--coverage"]), "test");
    test.has_seen(&[
        "cases.wrong.part",
        "cases.because.status",
        "cases.decision.outcome",
        "errors.code",
        "coverage.goals.missing",
    ]);
    test.has_seen(&["coverage.goals.side", "coverage.goals.within", "coverage.endings.entry.refuse"]);
    let document: Json = serde_json::from_str(&json(&["test", "p", "--coverage"]).out).unwrap();
    let mut coverage = Checked::of("coverage");
    document["coverage"].as_array().unwrap().iter().for_each(|one| coverage.take(one, "coverage"));

    let mut review = Checked::of("review");
    review.text(&json(&["review", "p", "broken"]), "new");
    accept(&["review", "p", "--accept", "--by", "One <one@example.org>"]);
    let cases = CASES.replace("name: all is well", "name: all well").replace("sizes: [3, 20]", "sizes: [3, 30]");
    fs::write(dir.path().join("p/p.test.yaml"), &cases).unwrap();
    review.text(&json(&["review", "p", "--signed", "--require", "2"]), "changed");
    let found =
        accept(&["review", "p", "--accept", "--require", "2", "--by", "Two <two@example.org>", "--format", "json"]);
    review.text(&found, "accepted once more");
    fs::write(dir.path().join("p/snapshots/p__no_consent.snap"), "no snapshot").unwrap();
    let path = dir.path().join("p/snapshots/p__all_well.snap");
    let old = fs::read_to_string(&path).unwrap().replace("entry: admit", "entry: refuse");
    fs::write(
        dir.path().join("p/p.test.yaml"),
        cases.replace("consent: false, debt: 2000", "consent: false, debt: 3000"),
    )
    .unwrap();
    fs::write(&path, old).unwrap();
    review.text(&json(&["review", "p", "--signed"]), "unreadable");
    review.has_seen(&[
        "new.contents",
        "renamed.was",
        "unreadable.why",
        "unreadable.contents",
        "as_accepted.contents",
        "errors.message",
    ]);
    review.has_seen(&["signed.decisions.accepted_by.on", "signed.decisions.accepted_before.by", "changed.diff.lines"]);

    let mut diff = Checked::of("diff");
    diff.text(&json(&["diff", "p", "q"]), "diff");
    diff.has_seen(&["groups.example.old.outcome", "changes.lines.added", "texts.part", "flows.count", "regions.moved"]);
    diff.text(&json(&["diff", "p", "p"]), "no diff");

    let mut mutate = Checked::of("mutate");
    mutate.text(&json(&["mutate", "p", "--list", "--search", "50"]), "mutate");
    mutate.text(&json(&["mutate", "broken"]), "mutate of what is broken");
    mutate.has_seen(&["policies.survivors.told_apart_by", "policies.mutants.fate.noticed_by", "errors.message"]);

    let mut suggest = Checked::of("suggest");
    let run = json(&["suggest", "p"]);
    suggest.text(&run, "suggest");
    suggest.has_seen(&["cases.change", "cases.remove", "cases.note"]);
    // It is a case file as well.
    fs::remove_file(dir.path().join("p/p.test.yaml")).unwrap();
    fs::write(dir.path().join("p/more.test.yaml"), &run.out).unwrap();
    assert_eq!(ereje(dir.path(), &["test", "p/more.test.yaml"]).code, 0);

    let mut finding = Checked::of("finding");
    finding.text(&json(&["check", "p", "broken", "nowhere"]), "check");
    finding.text(&json(&["check", "q"]), "check of what is good");
    finding.has_seen(&["code", "label", "help", "message"]);
}

/// Every case of every policy and of the law of other systems.
#[test]
fn what_real_policies_decide_is_as_described() {
    let root = crate::it::root();
    let mut decisions = Checked::of("decision");
    let mut reports: Vec<Checked> = ["test", "review", "finding"].map(Checked::of).into();
    for folder in ["policies", "tests/corpus"] {
        reports[0].text(&ereje(root, &["test", folder, "--coverage", "--format", "json"]), folder);
        reports[2].text(&ereje(root, &["check", folder, "--format", "json"]), folder);
    }
    reports[1].text(&ereje(root, &["review", "tests/corpus", "--signed", "--format", "json"]), "the corpus");
    let mut decided = 0;
    for (policy, facts) in [("policies/kz", "examples/kz"), ("policies/vn", "examples/vn")] {
        let policy = Policy::load(root.join(policy)).unwrap();
        for entry in fs::read_dir(root.join(facts)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "ndjson") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for facts in policy.facts(&text, ereje::facts::Format::of_name(path.to_str().unwrap()).unwrap()).unwrap() {
                let options = DecideOptions { explain: true, ..DecideOptions::default() };
                let decision = policy.decide_with(&facts, &options).unwrap();
                decisions.take(&serde_json::to_value(&decision).unwrap(), path.to_str().unwrap());
                decided += 1;
            }
        }
    }
    assert!(decided >= 10, "{decided}");
}

/// A reader of version 1.0 reads what a later version 1 writes.
#[test]
fn what_is_added_later_still_fits() {
    let dir = folder(&[("p.ereje", POLICY)]);
    let run = ereje_with(dir.path(), &["eval", "-p", "p.ereje", "-", "--format", "json", "--explain"], facts(1), &[]);
    let mut later: Json = serde_json::from_str(&run.out).unwrap();
    later["schema"] = "decision/1.12".into();
    more(&mut later);
    let reader = validator(&printed("decision"));
    assert!(reader.is_valid(&later), "{later:#}");
    later["schema"] = "decision/2.0".into();
    assert!(!reader.is_valid(&later));
}

/// A key more in every object.
fn more(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            entries.values_mut().for_each(more);
            // The keys of some objects are names of the policy.
            if entries.contains_key("schema") || entries.contains_key("code") || entries.contains_key("rule") {
                entries.insert("something_new".into(), json!(Map::new()));
            }
        }
        Json::Array(items) => items.iter_mut().for_each(more),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
