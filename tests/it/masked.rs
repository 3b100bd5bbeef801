//! `--mask` keeps values out of everything: each value of the facts, in every role that a policy can give it, in every format
//! and every file, is looked for as it was written, as it is told in a language, and as what was computed of it.

use super::cli::{Run, ereje_bytes};
use crate::it::root;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// All that is masked: facts of every type, a group, a record, a list, and fields of the records in a list.
const MASKED: &str = "person,home,children.name,children.born,nicknames,paid_by,leaves,arrives,rate";

/// The values of these facts, and what can be computed of them. A text without the word stands for a number or a day.
const SECRETS: &[&str] = &[
    "SENTINEL",
    "widowed",
    "1987",
    "March 4",
    "4 March",
    "4 марта",
    "2005",
    "31337",
    "31,337",
    "31\u{a0}337",
    "15668",
    "15,668",
    "15669",
    "15\u{a0}668",
    "2019-08",
    "August 2019",
    "августа 2019",
    "2037",
    "7707",
    "7,707",
    "7\u{a0}707",
    "1997",
    "-97",
    "2024",
    "4242",
    "4,242",
    "5252",
    "5,252",
    "2000-",
    "2360",
    "2,360",
];

const KEY: &[u8] = b"a key of the tests, 32 bytes long";

fn case(name: &str) -> String {
    fs::read_to_string(root().join("tests/cases/masked").join(name)).unwrap()
}

/// The facts of the fact file as a value, with changes at the top.
fn facts(changes: Json) -> Json {
    let mut facts: Json = serde_yaml::from_str(&case("facts.yaml")).unwrap();
    for (key, value) in changes.as_object().unwrap() {
        facts[key] = value.clone();
    }
    facts
}

/// The policy that masks itself what [`MASKED`] names: at facts, at fields of records, and in an amendment.
fn own() -> String {
    let mut text = case("p.ereje");
    for (plain, masked) in [
        ("name: text, born: date, school", "name: text masked, born: date masked, school"),
        (
            "  name: text\n  born: date\n  income: decimal\n",
            "  name: text masked\n  born: date masked\n  income: decimal masked\n",
        ),
        ("  status: Status\n  seal: text from", "  status: Status masked\n  seal: text masked from"),
        ("facts home: Home\n", "facts home: Home masked\n"),
        (
            "facts children: list of Child\nfacts nicknames: list of text\n",
            "facts children: list of Child\nfacts nicknames: list of text masked\n",
        ),
        ("facts paid_by: text\nfacts leaves: date\n", "facts paid_by: text masked\nfacts leaves: date masked\n"),
        ("facts arrives: date\n", "facts arrives: date masked\n"),
    ] {
        assert!(text.contains(plain), "{plain}");
        text = text.replacen(plain, masked, 1);
    }
    text + "\namendment t.personal to t.masked from 2031-01-01\n  en \"Personal data\"\n  ru \"Личные данные\"\n\nfacts rate masked\n"
}

/// Changes of the case file that no policy can read, each with a value in what is wrong.
const WRONG_CASES: [(&str, &str, &str); 12] = [
    ("date", "  leaves: 2024-11-29", "  leaves: SENTINEL"),
    ("number", "person.income: 3 }", "person.income: SENTINEL }"),
    ("key", "change: { leaves: 2024-11-21 }", "change: { leaves: 2024-11-21, SENTINEL: 1 }"),
    ("path", "\"children[0].name\": SENTINEL-SON", "\"children[7].name\": SENTINEL-SON"),
    ("part", "expect: { outcome: approve }", "expect: { outcome: SENTINEL }"),
    ("reason", "reasons: [leaves_first]", "reasons: [SENTINEL]"),
    ("open", "remove: [home]", "remove: [home SENTINEL"),
    ("unknown", "    remove: [home]", "    SENTINEL: [home]"),
    ("cell", "| SENTINEL-LINE | 4    |", "| SENTINEL-LINE | [4   |"),
    ("row", "| SENTINEL-LINE | 4    |", "| SENTINEL-LINE | 4    | SENTINEL |"),
    ("range", "[31337.5, 31337.7]", "31337.5 .. SENTINEL"),
    ("twice", "  - name: street", "  - name: street\n    name: SENTINEL"),
];

/// A folder with the policy, the one that masks itself, a key and fact files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("p.ereje"), case("p.ereje")).unwrap();
    fs::write(dir.path().join("own.ereje"), own()).unwrap();
    fs::write(dir.path().join("key"), KEY).unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn run(dir: &Path, args: &[&str], more: &[&str]) -> Run {
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    ereje_bytes(dir, &args, b"")
}

/// The secrets in a text.
fn secrets(text: &str) -> Vec<&'static str> {
    // Digests and marks are hexadecimal digits and say nothing of the facts, nor does the speed of a run.
    let plain = |line: &&str| {
        !["sha256:", "rows_per_second", "seconds", "rows a second"].iter().any(|word| line.contains(word))
    };
    let mut text: String = text.split_inclusive('\n').filter(plain).collect::<Vec<_>>().concat();
    while let Some(at) = text.find('•') {
        let after = &text[at + '•'.len_utf8()..];
        let digits =
            if after.len() >= 16 && after.is_char_boundary(16) && after[..16].bytes().all(|b| b.is_ascii_hexdigit()) {
                16
            } else {
                0
            };
        text.replace_range(at..at + '•'.len_utf8() + digits, "");
    }
    SECRETS.iter().copied().filter(|secret| text.contains(secret)).collect()
}

/// The secrets in a text that shows the policy, which has some of the words itself.
fn unwritten(text: &str) -> Vec<&'static str> {
    let policy = case("p.ereje");
    secrets(text).into_iter().filter(|secret| !policy.contains(secret)).collect()
}

/// All that a run has printed and written, with the files that were there before left out.
fn everything(dir: &Path, run: &Run, inputs: &[&str]) -> String {
    let mut text = format!("{}\n{}\n", run.out, run.err);
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            text += &format!(
                "{name}\n{}",
                everything(&path, &Run { code: 0, out: String::new(), err: String::new() }, &[])
            );
        } else if !inputs.contains(&name.as_str()) {
            text += &format!("{name}\n{}\n", String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    text
}

/// A way to mask: by the policy or by options.
#[derive(Debug)]
struct Way {
    policy: &'static str,
    options: &'static [&'static str],
}

/// Every way to mask [`MASKED`].
const WAYS: [Way; 4] = [
    Way { policy: "p.ereje", options: &["--mask", MASKED] },
    Way { policy: "p.ereje", options: &["--mask", MASKED, "--mask-key", "key"] },
    Way { policy: "own.ereje", options: &[] },
    Way { policy: "own.ereje", options: &["--mask-key", "key"] },
];

impl Way {
    /// A folder with cases of the policy of this way.
    fn cases(&self, more: &[(&str, &[u8])]) -> TempDir {
        let dir = folder(more);
        let text = case("fee.test.yaml").replace("policy: p.ereje", &format!("policy: {}", self.policy));
        fs::write(dir.path().join("fee.test.yaml"), text).unwrap();
        dir
    }

    /// Runs a command that names the policy `p.ereje`.
    fn run(&self, dir: &Path, args: &[&str]) -> Run {
        let args: Vec<&str> = args.iter().map(|arg| if *arg == "p.ereje" { self.policy } else { arg }).collect();
        run(dir, &args, self.options)
    }
}

const EVAL_FORMATS: [&[&str]; 8] = [
    &[],
    &["--explain"],
    &["--explain=short"],
    &["--lang", "ru", "--explain"],
    &["--lang", "ru", "--explain=short"],
    &["--format", "json"],
    &["--format", "json", "--explain"],
    &["--format", "yaml", "--explain"],
];

/// What is left of a decision without the values: the decision itself.
fn skeleton(value: &Json) -> Json {
    match value {
        Json::Object(entries) => {
            let values = ["message", "outputs", "facts", "sides", "faults", "value", "digest", "key"];
            let stays = |key: &str, value: &Json| match key {
                "value" => matches!(value.as_str(), Some("true" | "false" | "pending" | "void")),
                _ => !values.contains(&key),
            };
            entries.iter().filter(|(k, v)| stays(k, v)).map(|(k, v)| (k.clone(), skeleton(v))).collect()
        }
        Json::Array(items) => items.iter().map(skeleton).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

#[test]
fn no_decision_tells_a_masked_value() {
    let impossible = facts(json!({ "leaves": "2024-11-21" })).to_string();
    // The handler of a registry that is down has its say.
    let mut down = facts(json!({ "paid": true, "children": [], "nicknames": [] }));
    down["person"]["income"] = 3.into();
    let down = down.to_string();
    let dir = folder(&[
        ("facts.yaml", case("facts.yaml").as_bytes()),
        ("impossible.json", impossible.as_bytes()),
        ("down.json", down.as_bytes()),
    ]);
    for file in ["facts.yaml", "impossible.json", "down.json"] {
        for format in EVAL_FORMATS {
            let args: Vec<&str> = ["eval", "-p", "p.ereje", file].iter().chain(format).copied().collect();
            let open = run(dir.path(), &args, &[]);
            assert!(!secrets(&format!("{}{}", open.out, open.err)).is_empty(), "{args:?} shows nothing to mask");
            for way in WAYS {
                let masked = way.run(dir.path(), &args);
                assert_eq!(secrets(&format!("{}{}", masked.out, masked.err)), [""; 0], "{args:?} {way:?}");
                assert_eq!(masked.code, open.code, "{args:?} {way:?}");
                assert!(masked.out.contains('•') || file == "impossible.json", "{args:?} {way:?}");
                if format.contains(&"json") {
                    let parsed =
                        |run: &Run| serde_json::from_str::<Json>(&run.out.replace("own.ereje", "p.ereje")).unwrap();
                    let (open, masked) = (skeleton(&parsed(&open)), skeleton(&parsed(&masked)));
                    if file != "impossible.json" {
                        assert_eq!(open, masked, "{args:?} {way:?}");
                    } else {
                        assert_eq!(open["errors"][0]["code"], masked["errors"][0]["code"]);
                    }
                }
            }
        }
    }
}

#[test]
fn a_masked_decision_reads_as_before() {
    let dir = folder(&[("facts.yaml", case("facts.yaml").as_bytes())]);
    let masked = run(dir.path(), &["eval", "-p", "p.ereje", "facts.yaml", "--explain", "--mask", MASKED], &[]);
    insta::assert_snapshot!("masked_explain", masked.show());
}

/// A file of facts that cannot be read, and whether what is said of it tells a value.
fn wrong_files() -> Vec<(&'static str, Vec<u8>)> {
    let json = |changes: Json| facts(changes).to_string().into_bytes();
    vec![
        ("date.yaml", b"today: 2026-02-01\nperson: { born: SENTINEL }\n".to_vec()),
        ("day.yaml", b"today: 2026-02-01\nperson:\n  born: 1987-02-31\n".to_vec()),
        ("number.yaml", b"person: { income: SENTINEL }\n".to_vec()),
        ("large.yaml", b"person: { income: 31337e99 }\n".to_vec()),
        ("status.yaml", b"person: { status: SENTINEL }\n".to_vec()),
        ("region.yaml", b"place: SENTINEL\n".to_vec()),
        ("key.yaml", b"person: { SENTINEL: 1 }\n".to_vec()),
        ("top.yaml", b"SENTINEL: 1\n".to_vec()),
        ("twice.yaml", b"paid_by: SENTINEL-1\npaid_by: SENTINEL-2\n".to_vec()),
        ("open.yaml", b"nicknames: [SENTINEL, \n".to_vec()),
        ("anchor.yaml", b"paid_by: *SENTINEL\n".to_vec()),
        ("tag.yaml", b"paid_by: !SENTINEL x\n".to_vec()),
        ("tabs.yaml", b"person:\n\tname: SENTINEL\n".to_vec()),
        ("words.yaml", b"SENTINEL\n".to_vec()),
        ("list.yaml", b"- SENTINEL\n".to_vec()),
        ("several.yaml", b"today: 2026-02-01\n---\nperson: { income: SENTINEL }\n".to_vec()),
        ("bytes.yaml", b"paid_by: SENTINEL \xff\n".to_vec()),
        ("nul.yaml", b"paid_by: SENTINEL \0\n".to_vec()),
        ("date.json", json(json!({ "arrives": "SENTINEL" }))),
        ("typed.json", json(json!({ "person": "SENTINEL" }))),
        ("bool.json", json(json!({ "paid": "SENTINEL" }))),
        ("integer.json", json(json!({ "rate": 31337.5 }))),
        ("object.json", json(json!({ "paid_by": { "SENTINEL": "SENTINEL" } }))),
        ("open.json", b"{\"paid_by\": \"SENTINEL".to_vec()),
        ("word.json", b"{\"paid_by\": SENTINEL}".to_vec()),
        ("after.json", b"{\"paid_by\": \"SENTINEL\"} SENTINEL".to_vec()),
        ("escape.json", b"{\"paid_by\": \"SENTINEL\\q\"}".to_vec()),
        ("headless.csv", b"SENTINEL,1987-03-04\nSENTINEL,1987-03-04\n".to_vec()),
        ("cell.csv", b"paid_by,person.born\nx,SENTINEL\n".to_vec()),
        ("cells.csv", b"paid_by,person.born\nSENTINEL,1987-03-04,7707\n".to_vec()),
        ("quote.csv", b"paid_by,person.born\n\"SENTINEL,1987-03-04\n".to_vec()),
        ("empty.csv", b"paid_by,person.born\nSENTINEL,\n".to_vec()),
        ("inside.csv", b"paid_by,nicknames\nx,\"[SENTINEL\"\n".to_vec()),
    ]
}

#[test]
fn no_finding_about_facts_tells_a_masked_value() {
    let files = wrong_files();
    let named: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let dir = folder(&named);
    let mut told = 0;
    for (name, _) in &files {
        for format in [&[][..], &["--format", "json"], &["--format", "yaml"]] {
            let args: Vec<&str> = ["eval", "-p", "p.ereje", name].iter().chain(format).copied().collect();
            let open = run(dir.path(), &args, &[]);
            assert_eq!(open.code, 2, "{name}\n{}", open.err);
            told += usize::from(!secrets(&format!("{}{}", open.out, open.err)).is_empty());
            for way in WAYS {
                let masked = way.run(dir.path(), &args);
                let all = format!("{}{}", masked.out, masked.err);
                assert_eq!(secrets(&all), [""; 0], "{args:?} {way:?}\n{all}");
                assert_eq!(masked.code, open.code);
                // The place and the code are told, or there would be no way to repair anything.
                assert!(masked.err.contains(&format!("{name}:")) && masked.err.contains("error[E0"), "{}", masked.err);
            }
        }
    }
    assert!(told > files.len(), "only {told} of {} runs tell a value without the mask", files.len() * 3);
}

/// The files that a run of `batch` is given.
const INPUTS: [&str; 6] = ["p.ereje", "own.ereje", "key", "rows.ndjson", "rows.csv", "headless.csv"];

const ALL_FIELDS: &str = "row,outcome,reasons,needs,open,as_of,region,provisional,outputs,outputs.payer,outputs.grown,\
    outputs.whole,outputs.each,unknown_outputs,blocked,faults,messages.en,messages.ru,person.name,person.born,person.income,\
    person.status,home,home.street,children,nicknames,paid_by,rate";

fn rows() -> String {
    let mut rows = vec![
        facts(json!({})).to_string(),
        facts(json!({ "paid": true })).to_string(),
        facts(json!({ "leaves": "2024-11-21" })).to_string(),
        facts(json!({ "home": null, "children": [], "nicknames": { "unavailable": "SENTINEL" } })).to_string(),
        facts(json!({ "nicknames": ["SENTINEL", null], "paid_by": "=SENTINEL" })).to_string(),
    ];
    rows.extend(
        wrong_files()
            .into_iter()
            .filter(|(name, _)| name.ends_with(".json"))
            .map(|(_, bytes)| String::from_utf8(bytes).unwrap()),
    );
    rows.join("\n") + "\n"
}

const CSV: &str = "today,place,paid,paid_by,rate,person.status,person.name,person.born,person.income,home.street,nicknames\n\
    2026-02-01,North,false,SENTINEL,97,widowed,SENTINEL,1987-03-04,31337.5,SENTINEL,\"[\"\"SENTINEL\"\"]\"\n\
    2026-02-01,North,false,SENTINEL,97,widowed,SENTINEL,1987-03-99,31337.5,SENTINEL,\"[\"\"SENTINEL\"\"]\"\n\
    2026-02-01,North,false,SENTINEL,97,widowed,SENTINEL,1987-03-04,SENTINEL,SENTINEL,[SENTINEL\n\
    2026-02-01,North,maybe SENTINEL,SENTINEL\n\
    2026-02-01,North,true,,97,widowed,SENTINEL,1987-03-04,31337.5,SENTINEL,[]\n";

#[test]
fn no_batch_tells_a_masked_value() {
    let mut bytes = rows().into_bytes();
    bytes.extend(b"{\"paid_by\": \"SENTINEL \xff\"}\n");
    let headless = CSV.split_once('\n').unwrap().1;
    let quick = "outcome,reasons,person.name,home,nicknames";
    for (input, to, fields) in [
        ("rows.ndjson", "ndjson", "outcome,reasons"),
        ("rows.ndjson", "ndjson", quick),
        ("rows.ndjson", "ndjson", ALL_FIELDS),
        ("rows.ndjson", "csv", quick),
        ("rows.ndjson", "csv", ALL_FIELDS),
        ("rows.csv", "ndjson", quick),
        ("rows.csv", "csv", ALL_FIELDS),
        ("headless.csv", "csv", quick),
    ] {
        let args = ["batch", "-p", "p.ereje", input, "-o", "out", "--bad", "bad", "--summary", "sum", "--to", to];
        let args: Vec<&str> = args.iter().chain(&["--fields", fields]).copied().collect();
        let plain = Way { policy: "p.ereje", options: &[] };
        let decided = |way: &Way| {
            let dir =
                folder(&[("rows.ndjson", &bytes), ("rows.csv", CSV.as_bytes()), ("headless.csv", headless.as_bytes())]);
            let run = way.run(dir.path(), &args);
            let all = everything(dir.path(), &run, &INPUTS);
            let summary = fs::read_to_string(dir.path().join("sum")).unwrap_or_default();
            (run, all, serde_json::from_str::<Json>(&summary).unwrap_or_default())
        };
        let (open, shown, counted) = decided(&plain);
        assert!(shown.contains("SENTINEL"), "{input} {to} {fields}: nothing to mask\n{shown}");
        for way in WAYS {
            let (masked, all, masked_counts) = decided(&way);
            assert_eq!(secrets(&all), [""; 0], "{input} {to} {fields} {way:?}\n{all}");
            assert_eq!(masked.code, open.code, "{input} {to} {fields}\n{}\n{}", open.err, masked.err);
            for key in ["outcomes", "reasons", "rows", "errors"] {
                assert_eq!(masked_counts[key], counted[key], "{input} {to} {fields} {key}");
            }
        }
    }
}

#[test]
fn a_key_tells_two_values_apart_and_everywhere_the_same() {
    let named = |name: &str| {
        let mut facts = facts(json!({}));
        facts["person"]["name"] = name.into();
        facts.to_string()
    };
    let rows = format!("{}\n{}\n{}\n", named("SENTINEL-NAME"), named("SENTINEL-OTHER"), named("SENTINEL-NAME"));
    let facts = case("facts.yaml");
    let dir = folder(&[("facts.yaml", facts.as_bytes()), ("rows.ndjson", rows.as_bytes()), ("other", &[7; 16])]);
    let mask = ["--mask", "person.name", "--mask-key", "key"];
    let one = run(dir.path(), &["eval", "-p", "p.ereje", "facts.yaml", "--format", "json"], &mask);
    let payer = serde_json::from_str::<Json>(&one.out).unwrap()["outputs"]["payer"].as_str().unwrap().to_owned();
    assert!(payer.starts_with('•') && payer.chars().count() == 17, "{payer}");
    let batch = |mask: &[&str]| -> Vec<Json> {
        let fields = "person.name,outputs.payer,messages.en";
        let args = ["batch", "-p", "p.ereje", "rows.ndjson", "-o", "-", "--fields", fields];
        run(dir.path(), &args, mask).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let lines = batch(&mask);
    for (line, same) in lines.iter().zip([true, false, true]) {
        assert_eq!(line["person.name"] == payer, same);
        assert_eq!(line["outputs.payer"], line["person.name"]);
        assert!(line["messages.en"][0].as_str().unwrap().starts_with(line["person.name"].as_str().unwrap()));
    }
    assert_ne!(batch(&["--mask", "person.name", "--mask-key", "other"])[0], lines[0]);
    // What is not masked is told as ever.
    assert!(lines[0]["messages.en"][0].as_str().unwrap().contains("4 March 1987"));
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let dir = folder(&[("facts.yaml", case("facts.yaml").as_bytes()), ("short", b"fifteen bytes..")]);
    let said = |mask: &[&str]| {
        let eval = run(dir.path(), &["eval", "-p", "p.ereje", "facts.yaml"], mask);
        let batch = run(dir.path(), &["batch", "-p", "p.ereje", "facts.yaml", "-o", "-"], mask);
        assert_eq!((eval.code, batch.code, &*eval.out, &*batch.out), (2, 2, "", ""), "{mask:?}");
        assert_eq!(eval.err, batch.err);
        eval.err
    };
    let all = [
        said(&["--mask", "persn"]),
        said(&["--mask", "person.nmae,home"]),
        said(&["--mask", "person,xxxxxxxxxx"]),
        said(&["--mask", "today"]),
        said(&["--mask", "person,place"]),
        said(&["--mask", "person", "--mask-key", "short"]),
        said(&["--mask", "person", "--mask-key", "nowhere"]),
        said(&["--mask-key", "key"]),
    ];
    insta::assert_snapshot!("masked_refused", all.concat());
    // A command that knows no mask has no such option.
    for command in ["check", "schema", "fmt"] {
        let run = run(dir.path(), &[command, "--mask", "person", "p.ereje"], &[]);
        assert!(run.code == 2 && run.err.contains("unexpected argument '--mask'"), "{command}: {}", run.err);
    }
}

/// The policy with all values.
const OPEN: Way = Way { policy: "p.ereje", options: &[] };

/// Runs a command on the cases in every way; `args` name `fee.test.yaml`. The exit code and what is found stay.
fn in_every_way(args: &[&str]) -> Vec<(&'static Way, TempDir, Run)> {
    let dir = OPEN.cases(&[]);
    let open = OPEN.run(dir.path(), args);
    let shown = everything(dir.path(), &open, &CASE_INPUTS);
    assert!(!secrets(&shown).is_empty(), "{args:?} shows nothing to mask\n{shown}");
    WAYS.iter()
        .map(|way| {
            let dir = way.cases(&[]);
            let masked = way.run(dir.path(), args);
            let all = everything(dir.path(), &masked, &CASE_INPUTS);
            assert_eq!(unwritten(&all), [""; 0], "{args:?} {way:?}\n{all}");
            assert_eq!(masked.code, open.code, "{args:?} {way:?}\n{}\n{}", open.err, masked.err);
            (way, dir, masked)
        })
        .collect()
}

const CASE_INPUTS: [&str; 4] = ["p.ereje", "own.ereje", "key", "fee.test.yaml"];

#[test]
fn no_test_tells_a_masked_value() {
    for format in [
        &[][..],
        &["--list"],
        &["--format", "json"],
        &["--format", "junit"],
        &["--coverage"],
        &["--coverage", "--format", "json"],
        &["--coverage-html", "c.html", "--coverage-lcov", "c.info"],
    ] {
        let args = [&["test", "fee.test.yaml"], format].concat();
        let all = in_every_way(&args);
        assert!(all.iter().all(|(_, _, run)| run.out.contains("another value")), "{}", all[0].2.out);
    }
    let dir = WAYS[0].cases(&[]);
    insta::assert_snapshot!("masked_test", WAYS[0].run(dir.path(), &["test", "fee.test.yaml"]).show());
    // With a key the two that are compared have marks of their own.
    let dir = WAYS[1].cases(&[]);
    let keyed = WAYS[1].run(dir.path(), &["test", "fee.test.yaml", "--filter", "another payer"]).out;
    let line = keyed.lines().find(|line| line.contains("outputs:")).unwrap();
    let marks: Vec<&str> = line.split("payer: ").skip(1).filter_map(|rest| rest.get(..19)).collect();
    assert!(marks.len() == 2 && marks[0] != marks[1] && marks.iter().all(|mark| mark.starts_with('•')), "{line}");
}

#[test]
fn no_finding_about_cases_tells_a_masked_value() {
    let mut told = 0;
    for (name, from, to) in WRONG_CASES {
        for command in [&["test", "fee.test.yaml", "--format", "json"][..], &["review", "fee.test.yaml"]] {
            let run = |way: &Way| {
                let dir = way.cases(&[]);
                let text = fs::read_to_string(dir.path().join("fee.test.yaml")).unwrap();
                assert!(text.contains(from), "{name}");
                fs::write(dir.path().join("fee.test.yaml"), text.replace(from, to)).unwrap();
                let run = way.run(dir.path(), command);
                (everything(dir.path(), &run, &CASE_INPUTS), run)
            };
            let (shown, open) = run(&OPEN);
            told += usize::from(!secrets(&shown).is_empty());
            for way in &WAYS {
                let (all, masked) = run(way);
                assert_eq!(secrets(&all), [""; 0], "{name} {command:?} {way:?}\n{all}");
                assert_eq!(masked.code, open.code, "{name} {command:?} {way:?}");
            }
        }
    }
    assert!(told >= WRONG_CASES.len(), "only {told} runs tell a value without the mask");
}

#[test]
fn no_review_tells_a_masked_value() {
    for args in [
        &["review", "fee.test.yaml"][..],
        &["review", "fee.test.yaml", "--full"],
        &["review", "fee.test.yaml", "--full", "--format", "json"],
        &["review", "fee.test.yaml", "--full", "--format", "markdown"],
        &["review", "fee.test.yaml", "--pending", "--lang", "ru"],
    ] {
        in_every_way(args);
    }
    let accept = ["review", "fee.test.yaml", "--accept", "--by", "A B <a@example.org>"];
    let again = ["review", "fee.test.yaml", "--full"];
    for way in &WAYS {
        // What is accepted holds no value, and is the same in the next run.
        let dir = way.cases(&[]);
        way.run(dir.path(), &accept);
        let kept = snapshots(dir.path());
        assert!(kept.contains("masked: ") && secrets(&kept).is_empty(), "{way:?}\n{kept}");
        let run = way.run(dir.path(), &again);
        assert!(run.err.contains("the same") && !run.err.contains("changed"), "{}", run.err);
        // What was accepted without the mask is not shown, and the next that is accepted holds no value.
        let dir = OPEN.cases(&[]);
        OPEN.run(dir.path(), &accept);
        assert!(!secrets(&snapshots(dir.path())).is_empty());
        let text = case("fee.test.yaml").replace("policy: p.ereje", &format!("policy: {}", way.policy));
        fs::write(
            dir.path().join("fee.test.yaml"),
            text.replace("outcome: refuse, reasons: [leaves_first]", "outcome: impossible"),
        )
        .unwrap();
        for format in ["text", "json", "markdown"] {
            let run = way.run(dir.path(), &[&again[..], &["--format", format]].concat());
            // The names of files that are there already are told.
            let told = format!("{}{}", run.out, run.err).replace("31337_5", "").replace("31337_7", "");
            assert_eq!(secrets(&told), [""; 0], "{way:?} {format}\n{told}");
            assert!(told.contains("accepted without this mask"), "{told}");
        }
        way.run(dir.path(), &accept);
    }
}

/// A later version of a policy, which decides otherwise by what is masked.
fn later(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [
        ("output payer: text = person.name", "output payer: text = paid_by"),
        ("person.born + 18 years\n", "person.born + 19 years\n"),
        ("person.income / 2", "person.income / 3"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Files that a comparison reads.
const DIFF_INPUTS: [&str; 7] =
    ["p.ereje", "own.ereje", "key", "fee.test.yaml", "later.ereje", "rows.ndjson", "facts.yaml"];

#[test]
fn no_comparison_tells_a_masked_value() {
    let bad = wrong_files().into_iter().filter(|(name, _)| name.ends_with(".json"));
    let rows: String = std::iter::once(facts(json!({})).to_string())
        .chain(std::iter::once(facts(json!({ "paid_by": "SENTINEL-OTHER", "unknown SENTINEL": 1 })).to_string()))
        .chain(bad.map(|(_, bytes)| String::from_utf8(bytes).unwrap()))
        .map(|row| row + "\n")
        .collect();
    let compared = |way: &Way, old: &str, new: &str, args: &[&str]| {
        let dir = way.cases(&[("rows.ndjson", rows.as_bytes()), ("facts.yaml", case("facts.yaml").as_bytes())]);
        fs::write(dir.path().join("later.ereje"), later(new)).unwrap();
        let args = [&["diff", old, "later.ereje"], args].concat();
        let run = run(dir.path(), &args, way.options);
        (everything(dir.path(), &run, &DIFF_INPUTS), run)
    };
    let plain = case("p.ereje");
    for over in [&["--cases", "fee.test.yaml"][..], &["--facts", "facts.yaml"], &["--facts", "rows.ndjson"]] {
        for format in ["text", "markdown", "json", "html"] {
            let args = [over, &["--format", format, "--lang", "ru"]].concat();
            let (shown, open) = compared(&OPEN, "p.ereje", &plain, &args);
            assert!(!unwritten(&shown).is_empty(), "{args:?} shows nothing to mask\n{shown}");
            for way in &WAYS {
                let new = if way.policy == "own.ereje" { own() } else { plain.clone() };
                // What one version masks is masked in the other as well.
                for old in ["p.ereje", way.policy] {
                    let (all, masked) = compared(way, old, &new, &args);
                    assert_eq!(unwritten(&all), [""; 0], "{args:?} {way:?} {old}\n{all}");
                    assert_eq!(masked.code, open.code, "{args:?} {way:?}\n{}\n{}", open.err, masked.err);
                    let keyed = way.options.contains(&"key");
                    assert!(all.contains("•••≠") || keyed, "{args:?} {way:?}\n{all}");
                }
            }
        }
    }
    let way = &WAYS[0];
    let (all, _) = compared(way, "p.ereje", &plain, &["--facts", "facts.yaml"]);
    insta::assert_snapshot!("masked_diff", all);
}

#[test]
fn no_wrong_law_tells_a_masked_value() {
    let few = ["mutate", "fee.test.yaml", "--filter", "half", "--search", "40", "--list"];
    for format in ["text", "json"] {
        let args = [&few[..], &["--format", format]].concat();
        in_every_way(&args);
    }
}

#[test]
fn no_suggestion_tells_a_masked_value() {
    for args in [
        &["suggest", "fee.test.yaml", "--limit", "12"][..],
        &["suggest", ".", "--limit", "12", "--all", "-o", "new.test.yaml"],
    ] {
        for (way, dir, run) in in_every_way(args) {
            let text = if args.contains(&"-o") {
                fs::read_to_string(dir.path().join("new.test.yaml")).unwrap()
            } else {
                run.out.clone()
            };
            // They are cases, which hold plausible values of nobody.
            assert!(!text.contains('•') && text.contains("cases"), "{text}");
            fs::write(dir.path().join("proposed.test.yaml"), &text).unwrap();
            let tried = way.run(dir.path(), &["test", "proposed.test.yaml"]);
            assert_eq!(tried.code, 0, "{}{}", tried.out, tried.err);
        }
    }
}

/// All snapshots of a folder.
fn snapshots(dir: &Path) -> String {
    let files = fs::read_dir(dir.join("snapshots")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// What the policy masks is masked whatever the command line says, which can mask more, and the library masks it as well.
#[test]
fn what_the_policy_masks_nothing_shows() {
    let dir = folder(&[("facts.yaml", case("facts.yaml").as_bytes())]);
    let some = case("p.ereje").replace("  name: text\n", "  name: text masked\n");
    fs::write(dir.path().join("some.ereje"), &some).unwrap();
    let eval = |more: &[&str]| run(dir.path(), &["eval", "-p", "some.ereje", "facts.yaml"], more);
    let (usual, more) = (eval(&[]), eval(&["--mask", "person.born", "--mask-key", "key"]));
    for run in [&usual, &more] {
        assert!(!run.out.contains("SENTINEL-NAME") && run.out.contains("31,337.5"), "{}", run.out);
    }
    assert!(usual.out.contains("••• of 4 March 1987") && !more.out.contains("1987"), "{}\n{}", usual.out, more.out);
    let policy = ereje::Policy::from_texts([("own.ereje", own())]).unwrap();
    let facts = policy.facts(&case("facts.yaml"), ereje::Format::Yaml).unwrap().remove(0);
    let plain = serde_json::to_string(&policy.decide(&facts)).unwrap();
    let request = serde_json::to_string(&policy.request().explained().decide(&facts).unwrap()).unwrap();
    assert_eq!(secrets(&format!("{plain}{request}")), [""; 0]);
    // A finding about the facts has its place, and nothing else of the text.
    let wrong = policy.facts("today: 2026-02-01\nperson:\n  née: 1\n  born: SENTINEL\n", ereje::Format::Yaml);
    let wrong = wrong.unwrap_err().to_string();
    assert_eq!(secrets(&wrong), [""; 0], "{wrong}");
    assert!(wrong.contains("facts:4:9") && wrong.contains("E0603") && !wrong.contains("née"), "{wrong}");
    let row = policy.facts_of(&json!({ "person": { "income": "SENTINEL" } })).unwrap_err().to_string();
    assert!(row.contains("(masked)") && secrets(&row).is_empty(), "{row}");
}

/// `masked` is a clause behind a type and in a field without one; a fact may have the name all the same.
#[test]
fn a_fact_may_be_called_masked() {
    let head = "policy t.p\n  from 2026-01-01\n\nfacts day: date\n\nas of day\n\ncalculation c\n  output o: integer = 1\n\n\
        reason NO en \"No.\"\n\n";
    let masked = |facts: &str| {
        let policy = ereje::Policy::from_texts([("p.ereje", format!("{head}{facts}"))]);
        let policy = policy.unwrap_or_else(|error| panic!("{error}\n{facts}"));
        let model = policy.model();
        model.masked().into_iter().map(|item| model.datum_name(item)).collect::<Vec<_>>().join(" ")
    };
    let silent = "if absent then refuse NO";
    let decided = "decision d\n  refuse > approve\n  otherwise approve\n\n";
    for (facts, expected) in [
        ("facts g { masked: text, b: text }", ""),
        ("facts masked: text", ""),
        ("facts masked: text masked", "masked"),
        ("facts g { masked: text masked, b: text }", "g.masked"),
        ("facts g { a: text masked\n masked: text }", "g.a"),
        ("facts g { a: text\n masked: text masked }", "g.masked"),
        ("facts g { a: text masked en \"A\" }", "g.a"),
        ("facts g { a: text en \"A\" masked }", "g.a"),
        ("facts a: integer masked at least 1 at most 5", "a"),
        ("record R { a: text, b: text masked }\nfacts r: list of R", "R.b"),
        ("facts r: list of { a: text masked, b: text }", "r.a"),
        ("facts r: list of { a: text } masked", "r"),
        ("facts r: { x, y } masked", "r"),
        ("facts g { a: text, b: text }\namendment t.a to t.p in-\nfacts g { b masked }", "g.b"),
        ("record R { a: text }\nfacts r: R\namendment t.a to t.p in-\nrecord R { a masked }", "R.a"),
        ("facts r: text\namendment t.a to t.p in-\nfacts r masked", "r"),
        // On one line it is the clause, before handlers and behind them.
        ("D facts g { a: text masked H }", "g.a"),
        ("D facts g { a: text H masked }", "g.a"),
        ("D facts a: text masked\nH", "a"),
        ("D facts a: text\nmasked\nH", "a"),
        ("D facts g { a: text\n masked\n from R\n H }\nregistry R", "g.a"),
        // On a line of its own, with handlers alone behind it, it is the next field, as ever.
        ("D facts g { a: text\n masked H }\nfacts g { masked: text }", ""),
        ("D facts g { a: text masked\n masked H }\nfacts g { masked: text }", "g.a"),
        ("D facts g { a: text masked, masked H }\nfacts g { masked: text }", "g.a"),
        ("D facts g { a: text, masked H }\nfacts g { masked: text }", ""),
        ("D facts g { masked: text }\nfacts g { masked H\n masked H2 }", ""),
        ("D facts g { masked: text }\nfacts g { masked masked H }", "g.masked"),
    ] {
        let facts = facts.replace("in-", "from 2026-01-01").replace("D ", decided);
        let facts = facts.replace("H2", "if unavailable then refuse NO").replace('H', silent);
        assert_eq!(masked(&facts), expected, "{facts}");
        // The formatter keeps what it means.
        let text =
            super::format::formatted(&format!("{head}{facts}")).unwrap_or_else(|error| panic!("{error}\n{facts}"));
        let policy = ereje::Policy::from_texts([("p.ereje", text.clone())]).unwrap();
        let names: Vec<String> =
            policy.model().masked().into_iter().map(|item| policy.model().datum_name(item)).collect();
        assert_eq!(names.join(" "), expected, "{text}");
    }
    let wrong = |facts: &str| {
        ereje::Policy::from_texts([("p.ereje", format!("{head}{decided}{}", facts.replace('H', silent)))])
            .unwrap_err()
            .to_string()
    };
    let all = [
        wrong("facts a: integer at least 0 masked"),
        wrong("facts g { a: text\n  masked\n  H }"),
        wrong("record R { a: text\n  masked H }\nfacts r: R"),
        wrong("facts a: text masked masked"),
        wrong("facts a: text mask"),
        wrong("facts g { a: text maskd }"),
        wrong("facts b masked"),
    ];
    insta::assert_snapshot!("masked_clause_refused", all.join("\n"));
}

/// A day that a condition only chooses is told, as an output is; one that is made of a masked fact is not.
#[test]
fn the_governing_day_is_not_made_of_what_is_masked() {
    let policy = "policy t.day\n  from 2026-01-01\n  en \"Day\"\n\n\
        facts file { filed: date, decided: date, old: bool }\n\n\
        define day: date\n  case old = file.filed when file.old\n  otherwise file.decided\n\nas of day\n\n\
        decision d\n  refuse > approve\n  otherwise approve\n\nreason OLD en \"{file.old}\"\n\n\
        rule old\n  refuse OLD\n  when file.old\n";
    let facts = b"file: { filed: 2026-02-01, decided: 2026-03-01, old: true }\n";
    let dir = folder(&[("day.ereje", policy.as_bytes()), ("facts.yaml", facts)]);
    let eval = |mask: &str| run(dir.path(), &["eval", "-p", "day.ereje", "facts.yaml", "--mask", mask], &[]);
    let told = eval("file.old");
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("1 February 2026") && told.out.contains("OLD  •••"), "{}", told.out);
    let refused = eval("file");
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.err.contains("`file.filed` tells the governing day"), "{}", refused.err);
}
