//! Reports that programs read are never green when something could not be run: each such thing is an error in them.

use crate::it::cli::ereje;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const POLICY: &str = "policy t.door
  en \"Door\"

facts today: date
facts key: bool

as of today

decision entry
  refuse > admit
  otherwise admit

rule no_key
  refuse NO_KEY
  when not key

reason NO_KEY en \"No key.\"
";

const GOOD: &str = "policy: .
base: { today: 2026-05-01, key: true }
cases:
  - name: a key
    expect: { outcome: admit }
  - name: no key
    change: { key: false }
    expect: { outcome: refuse }
";

/// A folder with files in it.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The exit code and the report of a command.
fn run(dir: &Path, args: &[&str]) -> (i32, String) {
    let run = ereje(dir, args);
    (run.code, run.out)
}

/// Of a JUnit report, by the name of the suite: tests, failures, errors; and what is really inside. The report as a whole has
/// an empty name.
fn junit(text: &str) -> BTreeMap<String, [usize; 3]> {
    let mut reader = Reader::from_str(text);
    let mut found: BTreeMap<String, ([usize; 3], [usize; 3])> = BTreeMap::new();
    let mut suite = String::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}\n{text}"));
        let (Event::Start(tag) | Event::Empty(tag)) = &event else {
            if event == Event::Eof {
                break;
            }
            continue;
        };
        let attributes: BTreeMap<String, String> = tag
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into_owned();
                (attribute.key.as_ref().to_owned(), value)
            })
            .collect();
        let number = |name: &str| attributes[name].parse::<usize>().unwrap();
        let counts = || [number("tests"), number("failures"), number("errors")];
        match tag.name().as_ref() {
            "testsuites" => _ = found.insert(String::new(), (counts(), [0; 3])),
            "testsuite" => {
                suite.clone_from(&attributes["name"]);
                found.insert(suite.clone(), (counts(), [0; 3]));
            }
            "testcase" | "failure" | "error" => {
                let at = match tag.name().as_ref() {
                    "testcase" => 0,
                    "failure" => 1,
                    _ => 2,
                };
                assert!(at == 0 || !attributes["message"].is_empty(), "{text}");
                for name in ["", &suite] {
                    found.get_mut(name).unwrap().1[at] += 1;
                }
            }
            other => panic!("{other}"),
        }
    }
    found
        .into_iter()
        .map(|(name, (said, counted))| {
            assert_eq!(said, counted, "{name} in\n{text}");
            (name, said)
        })
        .collect()
}

/// What it is, the files, what is tested, and the errors by suite.
type Incomplete = (&'static str, Vec<(&'static str, String)>, &'static str, Vec<(&'static str, usize)>);

/// Everything that can keep cases from being run.
fn incomplete() -> Vec<Incomplete> {
    let good = |policy: &str| GOOD.replace("policy: .", &format!("policy: {policy}"));
    let base = || vec![("p/door.ereje", POLICY.to_owned()), ("p/good.test.yaml", GOOD.to_owned())];
    let with = |name: &'static str, text: String| {
        let mut files = base();
        files.push((name, text));
        files
    };
    vec![
        ("a malformed case file", with("p/broken.test.yaml", "base: {".into()), "p", vec![("p/broken.test.yaml", 1)]),
        (
            "a name that stands twice",
            with("p/twice.test.yaml", GOOD.replace("name: no key", "name: a key")),
            "p",
            vec![("p/twice.test.yaml", 1)],
        ),
        (
            "a fact that the policy does not know",
            with("p/fact.test.yaml", GOOD.replace("change: { key: false }", "change: { kee: false }")),
            "p",
            vec![("p/fact.test.yaml", 1)],
        ),
        (
            "a policy with an error",
            with("q/bad.ereje", POLICY.replace("not key", "not kee"))
                .into_iter()
                .chain([("q/bad.test.yaml", GOOD.to_owned())])
                .collect(),
            ".",
            vec![("q/bad.test.yaml", 1)],
        ),
        ("a policy that is not there", with("p/gone.test.yaml", good("../gone")), "p", vec![("p/gone.test.yaml", 1)]),
        ("no case file", with("q/other.ereje", POLICY.into()), "q", vec![("q", 1)]),
        ("a path that is not there", base(), "nowhere", vec![("nowhere", 1)]),
    ]
}

#[test]
fn junit_has_an_error_for_each_thing_that_could_not_be_run() {
    for (what, files, path, errors) in incomplete() {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let dir = folder(&files);
        let (code, text) = run(dir.path(), &["test", path, "--format", "junit"]);
        assert_ne!(code, 0, "{what}");
        let found = junit(&text);
        let seen: Vec<(&str, usize)> = found
            .iter()
            .filter(|(name, counts)| !name.is_empty() && counts[2] > 0)
            .map(|(n, c)| (n.as_str(), c[2]))
            .collect();
        assert_eq!(seen, errors, "{what}\n{text}");
        assert_eq!(found[""][1], 0, "{what}: nothing that was run failed\n{text}");
        // What is good beside it was run.
        if let Some(good) = found.get("p/good.test.yaml") {
            assert_eq!(*good, [2, 0, 0], "{what}\n{text}");
        }
    }
}

#[test]
fn the_json_of_test_review_and_mutate_has_them_too() {
    for (what, files, path, errors) in incomplete() {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let dir = folder(&files);
        for command in ["test", "review", "mutate"] {
            let (code, text) = run(dir.path(), &[command, path, "--format", "json"]);
            assert_ne!(code, 0, "{what}: {command}");
            let json: Json =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {command}: {error}\n{text}"));
            let found = json["errors"].as_array().unwrap_or_else(|| panic!("{what}: {command}\n{text}"));
            let seen: Vec<(&str, bool)> = found
                .iter()
                .map(|error| (error["file"].as_str().unwrap(), error["message"].as_str().unwrap().is_empty()))
                .collect();
            let expected: Vec<(&str, bool)> =
                errors.iter().flat_map(|(file, count)| vec![(*file, false); *count]).collect();
            assert_eq!(seen, expected, "{what}: {command}\n{text}");
            for error in found {
                assert!(!error["place"].as_str().unwrap().is_empty(), "{what}: {text}");
            }
        }
        let (_, markdown) = run(dir.path(), &["review", path, "--format", "markdown"]);
        assert!(markdown.contains("### Not reviewed"), "{what}\n{markdown}");
    }
}

#[test]
fn reports_of_everything_have_no_errors() {
    let dir = folder(&[("p/door.ereje", POLICY), ("p/good.test.yaml", GOOD)]);
    let (code, text) = run(dir.path(), &["test", "p", "--format", "junit"]);
    assert_eq!((code, junit(&text)[""]), (0, [2, 0, 0]), "{text}");
    for command in ["test", "review", "mutate"] {
        let (_, text) = run(dir.path(), &[command, "p", "--format", "json"]);
        let json: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(json["errors"], Json::Array(Vec::new()), "{command}: {text}");
    }
    let (_, text) = run(dir.path(), &["check", "p", "--format", "sarif"]);
    let sarif: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn a_check_that_could_not_read_something_was_not_successful() {
    let dir = folder(&[("p/door.ereje", POLICY)]);
    let (code, text) = run(dir.path(), &["check", "p", "nowhere", "--format", "sarif"]);
    let sarif: Json = serde_json::from_str(&text).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!((code, &invocation["executionSuccessful"]), (2, &Json::Bool(false)), "{text}");
    let told = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.contains("nowhere"), "{text}");
    let (_, text) = run(dir.path(), &["check", "p", "nowhere", "--format", "json"]);
    let json: Json = serde_json::from_str(&text).unwrap();
    let unread = json.as_array().unwrap().last().unwrap();
    assert_eq!((&unread["severity"], &unread["code"]), (&"error".into(), &Json::Null), "{text}");
}
