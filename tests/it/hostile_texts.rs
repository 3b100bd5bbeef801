//! Texts of facts, names of cases and names of files cannot forge what the program says: every command, in every
//! format, and every file that it writes, is read for characters that a screen would obey.
//!
//! A new command or a new place that prints a text of somebody else belongs into the table below. Colours are asked for,
//! because without a terminal the streams would take a forgotten escape sequence away.

use super::cli::Run;
use ereje::visible::is_hidden;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A text that names the window, clears it, paints, turns the direction, goes back to the margin and writes a section and
/// a rule there.
const HOSTILE: &str = "A\n\nOutputs\n✓ FORGED → approve: fires\r\u{1b}]0;FORGED\u{7}\u{1b}[2J\u{1b}[H\u{1b}[38;5;196mF\u{9b}31m\
                       \u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{200b}\u{feff}\u{fffe}\u{e0041}\u{fe0f}\u{61c}Z";

/// The colour in it, which the program uses nowhere.
const FOREIGN_COLOUR: &str = "\u{1b}[38;5;196m";

/// The policy, in which texts of facts come into messages, outputs, conditions and lists.
fn policy() -> String {
    fs::read_to_string(crate::it::root().join("tests/cases/hostile/spoof.ereje")).unwrap()
}

fn json(text: &str) -> String {
    Json::from(text).to_string()
}

/// A fact file as a value.
fn facts(paid: bool) -> Json {
    serde_json::json!({
        "today": "2026-02-01", "place": "North", "name": HOSTILE, "seal": { "unavailable": HOSTILE },
        "children": [{ "name": HOSTILE, "note": HOSTILE }], "paid": paid, "paid_by": format!("{HOSTILE}!"),
    })
}

/// A name of a file that does the same, as far as a file can be called that.
fn file_name(ending: &str) -> String {
    format!("h\n✓ FORGED\u{1b}]0;FORGED\u{7}{FOREIGN_COLOUR}\u{9b}2J\u{202e}\u{2028}\u{e0041}{ending}")
}

/// A folder with a policy, facts in all formats, cases and snapshots, each with hostile texts.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let hostile = json(HOSTILE);
    write("p/p.ereje", &policy());
    write("q/p.ereje", &policy().replace("when not paid", "when paid"));
    write("facts.json", &facts(false).to_string());
    write("rows.ndjson", &format!("{}\n{}\n", facts(false), facts(true)));
    let mut unknown = facts(false);
    unknown[HOSTILE] = Json::from(1);
    unknown["paid"] = Json::from(HOSTILE);
    unknown["today"] = Json::from(HOSTILE);
    unknown["place"] = Json::from(HOSTILE);
    write("wrong.json", &serde_json::to_string_pretty(&unknown).unwrap());
    write("wrong.ndjson", &format!("{unknown}\n{{\"name\": \"{HOSTILE}\"}}\n{}\n", HOSTILE.replace('\n', " ")));
    write(&file_name(".json"), &unknown.to_string());
    write(&file_name(".ndjson"), &format!("{unknown}\n"));
    let quoted = format!("\"{}\"", HOSTILE);
    write(
        "rows.csv",
        &format!(
            "today,place,name,seal,paid,paid_by\n2026-02-01,North,{quoted},{quoted},false,{quoted}\n2026-02-01,{quoted},{quoted},x,{quoted},x\n"
        ),
    );
    write("wrong.csv", &format!("today,{quoted}\n2026-02-01,1\n"));
    let other = json(&format!("{HOSTILE}?"));
    let cases = |policy: &str| {
        format!(
            "policy: {policy}\nbase: {}\ncases:\n  - name: {hostile}\n    law: {hostile}\n    change: {{ paid: true, name: {other} }}\n    expect: {{ outcome: refuse, outputs: {{ payer: {hostile} }} }}\n  - name: {other}\n    law: {hostile}\n    expect: {{ outcome: refuse }}\n",
            facts(false)
        )
    };
    write("p/a.test.yaml", &cases("."));
    write("q/a.test.yaml", &cases("."));
    write(&format!("o/{}", file_name(".test.yaml")), &cases("../p"));
    write(
        "o/wrong.test.yaml",
        &format!(
            "policy: ../p\nbase: {{ {hostile}: 1 }}\ncases:\n  - name: {hostile}\n    change: {{ {hostile}: {hostile} }}\n    expect: {{ outcome: {hostile}, reasons: [{hostile}] }}\n"
        ),
    );
    write("o/snapshots/a__x.snap", &format!("---\nsource: \"a.test.yaml\"\ndescription: {hostile}\n---\n{HOSTILE}\n"));
    write(&format!("r/{}", file_name(".ereje")), &policy().replace("when not paid", "when   not payd"));
    write("p/mutants.yaml", &format!("- item: {hostile}\n  edit: {hostile}\n  why: {hostile}\n"));
    dir
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ereje"));
    command.args(["--color", "always"]).args(args).current_dir(folder);
    for name in ["CI", "INSTA_UPDATE", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    Run {
        code: output.status.code().expect("no signal ends it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What is wrong with a text that a person may see; `None` if nothing is.
fn forged(text: &str) -> Option<String> {
    if text.contains(FOREIGN_COLOUR) {
        return Some("the colour of a fact".into());
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').filter(|end| after[*end..].starts_with('m'));
        let Some(end) = end else { return Some("an escape sequence".into()) };
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    if let Some(c) = plain.chars().find(|c| !matches!(c, '\n' | '\t') && is_hidden(*c)) {
        let at = plain.find(c).unwrap();
        let before: String = plain[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        return Some(format!("U+{:04X} after `{before}`", u32::from(c)));
    }
    let line = plain.lines().find(|line| line.trim_start_matches([' ', '+', '-', '|']).starts_with("✓ FORGED"))?;
    Some(format!("a forged line `{line}`"))
}

/// The files under a folder with their texts.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_that_is_printed_or_written_obeys_a_fact() {
    let json_name = file_name(".json");
    let rows_name = file_name(".ndjson");
    let policy_name = format!("r/{}", file_name(".ereje"));
    let missing = format!("missing {}", file_name(""));
    let option = format!("--{}", file_name(""));
    let fields = "outcome,name,outputs,messages.en,children";
    // The command, and a word without which the run has not come to the place that it is here for.
    let table: &[(&[&str], &str)] = &[
        (&["eval", "-p", "p", "facts.json"], "has not paid"),
        (&["eval", "-p", "p", "facts.json", "--lang", "ru", "--explain"], "не платит"),
        (&["eval", "-p", "p", "facts.json", "--explain", "--format", "json"], "has not paid"),
        (&["eval", "-p", "p", "facts.json", "--explain", "--format", "yaml"], "has not paid"),
        (&["eval", "-p", "p", "facts.json", "wrong.json", &json_name], "not decided"),
        (&["eval", "-p", "p", "wrong.json", &json_name, "--format", "json"], "errors"),
        (&["eval", "-p", "p", "wrong.json", &json_name, "--format", "yaml"], "errors"),
        (&["eval", "-p", "p", "rows.csv", "wrong.csv", "--null", "absent"], "error"),
        (&["eval", "-p", "p", &missing], "cannot be read"),
        (&["eval", "-p", &missing, "facts.json"], "there is no file or folder"),
        (&["eval", "-p", "p", "facts.json", "--region", HOSTILE], "no region"),
        (&["eval", "-p", "p", "facts.json", "--decision", HOSTILE], "decision"),
        (&["eval", "-p", "p", "facts.json", "--lang", HOSTILE], "has no texts in"),
        (&["eval", "-p", "p", "facts.json", "--assume", &format!("{HOSTILE}=x")], "assumption"),
        (&["eval", "-p", "p", &option], "unexpected argument"),
        (&["batch", "-p", "p", "rows.ndjson", "-o", "-"], "UNPAID"),
        (&["batch", "-p", "p", "rows.ndjson", "-o", "-", "--fields", fields], "has not paid"),
        (
            &["batch", "-p", "p", "wrong.ndjson", "-o", "-", "--bad", "bad.ndjson", "--summary", "sum.json"],
            "could not be read",
        ),
        (&["batch", "-p", "p", "wrong.ndjson", "-o", "wrong.out.csv", "--fields", "outcome,row"], "could not be read"),
        (
            &["batch", "-p", "p", "rows.csv", "-o", "rows.out.ndjson", "--fields", fields, "--null", "absent"],
            "could not be read",
        ),
        (&["batch", "-p", "p", "wrong.csv", "-o", "-"], "error"),
        (&["batch", "-p", "p", &rows_name, "-o", "-"], "could not be read"),
        (&["batch", "-p", "p", "rows.ndjson", "-o", "-", "--fields", HOSTILE], "no field"),
        (&["batch", "-p", "p", &missing, "-o", "-"], "cannot be read"),
        (&["check", "p", "r", &missing], "payd"),
        (&["check", "r", "--format", "short"], "payd"),
        (&["check", "r", "--format", "json"], "payd"),
        (&["check", "r", "--format", "sarif"], "payd"),
        (&["test", "p", "o"], "not as expected"),
        (&["test", "p", "o", "--list", "--coverage=full"], "not as expected"),
        (&["test", "p", "o", "--format", "json", "--coverage"], "expected"),
        (
            &["test", "p", "o", "--format", "junit", "--coverage-html", "c.html", "--coverage-lcov", "c.lcov"],
            "testsuite",
        ),
        (&["test", &missing], "there is no"),
        (&["test", "p", "--filter", &missing], "no case"),
        (&["diff", "p", "q"], "For example"),
        (&["diff", "p", "q", "--format", "markdown"], "Example"),
        (&["diff", "p", "q", "--format", "json"], "example"),
        (&["diff", "p", "q", "-o", "d.html"], ""),
        (&["diff", "p", "q", "--facts", "rows.ndjson", "wrong.ndjson", &rows_name], "decided"),
        (&["diff", "p", "q", "--facts", &json_name, "--format", "markdown"], "error"),
        (&["diff", "p", &missing], "revision"),
        (&["review", "p", "o"], "new"),
        (&["review", "p", "o", "--full"], "new"),
        (&["review", "p", "o", "--format", "json"], "new"),
        (&["review", "p", "o", "--format", "markdown", "--full"], "New"),
        (&["review", "o", "--pending"], "new"),
        (&["review", "q", "--accept"], "accepted"),
        (&["review", "q", "--filter", &missing], "no case"),
        (&["suggest", "p"], "Proposed"),
        (&["suggest", "p", "--format", "json", "--unreached"], "cases"),
        (&["suggest", "p", "-o", "s.test.yaml", "--all", "--limit", "0"], "proposed"),
        (&["suggest", "p", "--for", HOSTILE], "nothing to show"),
        (&["mutate", "p", "--list", "--search", "30"], "noticed"),
        (&["mutate", "p", "--list", "--format", "json"], "policies"),
        (&["schema", "-p", "p", "--example"], "name"),
        (&["schema", "-p", "p"], "name"),
        (&["schema", "-p", "r"], "payd"),
        (&["fmt", "--check", &policy_name], "FORGED"),
        (&["fmt", &missing], "cannot be read"),
        (&["new", &format!("new {}", file_name(""))], "made a policy"),
        (&["new", "p"], "already holds"),
        (&["explain-code", HOSTILE], "no code"),
    ];
    let dir = folder();
    let given = files(dir.path());
    let mut wrong = Vec::new();
    for (args, wanted) in table {
        let run = run(dir.path(), args);
        let shown: Vec<String> = args.iter().map(|word| ereje::visible::visible(word).into_owned()).collect();
        let shown = shown.join(" ");
        for (stream, text) in [("stdout", &run.out), ("stderr", &run.err)] {
            if let Some(what) = forged(text) {
                wrong.push(format!("{shown}: {stream}: {what}"));
            }
        }
        let all = format!("{}{}", run.out, run.err);
        if !all.contains(wanted) {
            wrong.push(format!("{shown}: exit {}, no `{wanted}` in\n{all}", run.code));
        }
    }
    // What was written is read as well; what stood there before is not the program's.
    for (path, bytes) in files(dir.path()) {
        let mine = given.iter().all(|(old, text)| *old != path || *text != bytes);
        let from_new = path.to_string_lossy().contains("new h");
        if mine
            && !from_new
            && let Some(what) = forged(&String::from_utf8(bytes).unwrap())
        {
            wrong.push(format!("{}: {what}", path.display()));
        }
    }
    let written = ["bad.ndjson", "sum.json", "c.html", "c.lcov", "d.html", "s.test.yaml", "rows.out.ndjson"];
    for name in written {
        if !dir.path().join(name).exists() {
            wrong.push(format!("`{name}` is not written"));
        }
    }
    assert!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every command is in the table of the test above, or prints nothing that somebody else has written.
#[test]
fn every_command_is_looked_at() {
    let own_words = ["completions", "man"];
    let table = fs::read_to_string(crate::it::root().join("tests/it/hostile_texts.rs")).unwrap();
    let reference = ereje_cli::reference();
    let commands: Vec<&str> =
        reference.lines().filter_map(|line| line.strip_prefix("## `ereje ")?.strip_suffix('`')).collect();
    assert!(commands.len() > 10);
    for command in commands {
        let looked_at = own_words.contains(&command) || table.contains(&format!("(&[\"{command}\","));
        assert!(looked_at, "`ereje {command}` is tried with no hostile text");
    }
}

#[test]
fn programs_get_every_character() {
    let dir = folder();
    let out = run(dir.path(), &["eval", "-p", "p", "facts.json", "--explain", "--format", "json"]).out;
    let decision: Json = serde_json::from_str(&out).unwrap();
    // Without a terminal, the streams take colours away, and took other characters with them.
    let piped = super::cli::ereje(dir.path(), &["eval", "-p", "p", "facts.json", "--explain", "--format", "json"]);
    assert_eq!(piped.out, out);
    assert_eq!(decision["outputs"]["payer"], HOSTILE);
    assert_eq!(decision["outputs"]["names"][0], HOSTILE);
    let message = format!("{HOSTILE} has not paid.\nAsk {HOSTILE} again.");
    assert_eq!(decision["reasons"][0]["message"]["en"].as_str(), Some(message.as_str()));
    // The same in YAML, which another reader of YAML takes.
    let yaml = run(dir.path(), &["eval", "-p", "p", "facts.json", "--explain", "--format", "yaml"]).out;
    let again: Json = serde_yaml::from_str(&yaml).unwrap();
    assert_eq!(again, decision);
    let out =
        run(dir.path(), &["batch", "-p", "p", "rows.ndjson", "-o", "-", "--fields", "name,outputs.payer,messages.en"])
            .out;
    let line: Json = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&line["name"], &line["outputs.payer"]), (&Json::from(HOSTILE), &Json::from(HOSTILE)));
    assert_eq!(line["messages.en"][0], message);
    let bad = run(dir.path(), &["batch", "-p", "p", "wrong.ndjson", "-o", "-", "--bad", "bad.ndjson"]);
    assert_eq!(bad.code, 1, "{}", bad.show());
    let rows = fs::read_to_string(dir.path().join("wrong.ndjson")).unwrap();
    let first: Json =
        serde_json::from_str(fs::read_to_string(dir.path().join("bad.ndjson")).unwrap().lines().next().unwrap())
            .unwrap();
    assert_eq!(first["text"].as_str(), rows.lines().next());
    let out = run(dir.path(), &["test", "p", "--format", "json"]).out;
    let cases: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(cases["cases"][0]["name"], HOSTILE);
    // XML has no place for some of them, so there they are made visible.
    let junit = run(dir.path(), &["test", "p", "--format", "junit"]).out;
    assert!(junit.contains("\\u{fffe}\\u{e0041}") && junit.contains("\\u{1b}]0;FORGED\\u{7}"), "{junit}");
}

#[test]
fn what_a_person_sees_of_a_hostile_fact() {
    let dir = folder();
    let shown = run(dir.path(), &["eval", "-p", "p", "facts.json", "--explain"]);
    insta::assert_snapshot!(shown.out);
    // The policy breaks its own lines.
    let plain = facts(false).to_string().replace(&json(HOSTILE), "\"Aigul\"");
    fs::write(dir.path().join("plain.json"), plain).unwrap();
    let shown = run(dir.path(), &["eval", "-p", "p", "plain.json"]);
    assert!(shown.out.contains("\n  UNPAID  Aigul has not paid.\n          Ask Aigul again.\n"), "{}", shown.out);
}

#[test]
fn a_suggested_case_file_has_the_same_facts() {
    let dir = folder();
    let run = run(dir.path(), &["suggest", "p", "-o", "p/s.test.yaml"]);
    assert_eq!(run.code, 0, "{}", run.show());
    let test = self::run(dir.path(), &["test", "p/s.test.yaml"]);
    assert_eq!(test.code, 0, "{}", test.show());
}

/// Texts of facts come to people through one function, and everything printed through one type. Whoever needs another way
/// in this list has to say how it makes foreign texts visible.
#[test]
fn there_is_one_door_to_people() {
    let root = crate::it::root();
    let sources = |folder: &str| super::layers::rust_files(&root.join(folder)).into_iter();
    let holds = |path: &Path, words: &[&str]| {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let line = |line: &str| !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word));
        code.lines().any(line)
    };
    let shown = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    // Whoever puts decisions into words asks the formatter for the words of a value.
    let words =
        ["src/explain", "crates/ereje-review/src/review", "crates/ereje-review/src/mutate", "crates/ereje-cli/src"];
    let open = words.into_iter().flat_map(sources).filter(|path| holds(path, &["Value::Text(", "Unavailable(why)"]));
    let open: Vec<String> = open.map(|path| shown(&path)).collect();
    assert_eq!(open, ["src/explain/format.rs"]);
    let all = ["src", "crates/ereje-batch/src", "crates/ereje-review/src", "crates/ereje-cli/src"];
    let prints = ["println!(", "print!(", "stdout()", "stderr()", "streams.out"];
    let printing = all.into_iter().flat_map(sources).filter(|path| holds(path, &prints));
    let printing: Vec<String> = printing.map(|path| shown(&path)).collect();
    let known = [
        // Rows that were decided: CSV and JSON for programs.
        "crates/ereje-batch/src/files/output.rs",
        // Bars of numbers.
        "crates/ereje-cli/src/batch/progress.rs",
        // What clap says, of words that were made visible.
        "crates/ereje-cli/src/lib.rs",
        "crates/ereje-cli/src/mutate.rs",
        "crates/ereje-cli/src/streams.rs",
    ];
    assert_eq!(printing, known);
}
