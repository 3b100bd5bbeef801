//! The command line: each command does what it promises, with its exit code, and results go to stdout, everything else
//! to stderr. The decisions and findings themselves are tested at the library.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const POLICY: &str = r#"policy town.cards
  from 2026-01-01
  languages en, ru
  en "Library cards"
  ru "Читательские билеты"

facts reader {
  asked_on: date
  age: integer
}
facts if absent open "a form is filled in"
as of reader.asked_on

assumption least: integer = 7 one of { 7, 10 }
  en "From which age."
  ru "С какого возраста."

decision card
  refuse > issue
  otherwise issue

reason TOO_YOUNG
  en "A reader is at least {least}."
  ru "Читателю не меньше {least}."

rule too_young
  refuse TOO_YOUNG
  when reader.age < least
"#;

pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The whole output of a run, for a snapshot.
    pub fn show(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }
}

/// Runs `ereje` in a folder, with a text for stdin.
pub fn ereje_with(folder: &Path, args: &[&str], stdin: &str, env: &[(&str, &str)]) -> Run {
    run(folder, args, stdin.as_bytes(), env)
}

/// The same with bytes that need not be text.
pub fn ereje_bytes(folder: &Path, args: &[&str], stdin: &[u8]) -> Run {
    run(folder, args, stdin, &[])
}

fn run(folder: &Path, args: &[&str], stdin: &[u8], env: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ereje"));
    command.args(args).current_dir(folder);
    for name in ["CI", "INSTA_UPDATE", "NO_COLOR", "CLICOLOR_FORCE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"] {
        command.env_remove(name);
    }
    // Git knows nobody here, whoever runs the tests.
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.envs(env.iter().copied());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it is built");
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_owned();
    // The program need not read all of it.
    let feeder = std::thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Run {
        code: output.status.code().expect("no signal ends it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub fn ereje(folder: &Path, args: &[&str]) -> Run {
    ereje_with(folder, args, "", &[])
}

/// A folder with a policy in `cards`, a broken one in `broken`, and facts.
pub fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("all/cards/cards.ereje", POLICY);
    write("all/broken/a.ereje", "policy town.broken from 2026-01-01\nrule x refuse NOTHING when agge < 3\n");
    write("all/broken/b.ereje", "unit m2\nrule y when\n");
    write("adult.yaml", "reader: { asked_on: 2026-05-01, age: 30 }\n");
    write("child.json", "{\"reader\": {\"asked_on\": \"2026-05-01\", \"age\": 6}}\n");
    write("open.yaml", "reader: { asked_on: 2026-05-01 }\n");
    write("bad.yaml", "reader: { asked_on: 2026-02-30, agee: 3 }\n");
    write("several.yaml", "reader: { asked_on: 2026-05-01, age: 8 }\n---\nreader: { asked_on: soon }\n---\n{}\n");
    dir
}

#[test]
fn check_finds_every_error_of_every_policy() {
    let dir = folder();
    // A line for each, since the wording of findings is tested with their stages.
    insta::assert_snapshot!(ereje(dir.path(), &["check", "--format", "short", "all", "nowhere"]).show());
    assert!(ereje(dir.path(), &["check", "all"]).out.contains("rule x refuse NOTHING"));
    insta::assert_snapshot!(ereje(dir.path(), &["check", "all/cards", "all/cards/cards.ereje"]).show());
    let short = ereje(dir.path(), &["check", "--format", "short", "all"]);
    assert!(short.out.lines().all(|line| line.contains(".ereje:") && line.contains("error[E")), "{}", short.out);
    let json = ereje(dir.path(), &["check", "--format", "json", "all"]);
    assert_eq!(json.code, 1);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(found.as_array().unwrap().len(), short.out.lines().count());
    let sarif = ereje(dir.path(), &["check", "--format", "sarif", "all/cards"]);
    assert_eq!(
        (sarif.code, &serde_json::from_str::<serde_json::Value>(&sarif.out).unwrap()["version"]),
        (0, &"2.1.0".into())
    );
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let dir = folder();
    fs::write(dir.path().join("all/cards/more.ereje"), "define never_read = 1\n").unwrap();
    let lenient = ereje(dir.path(), &["check", "all/cards"]);
    assert_eq!(lenient.code, 0, "{}", lenient.err);
    assert!(lenient.out.contains("warning[W0201]"), "{}", lenient.out);
    assert_eq!(ereje(dir.path(), &["check", "--deny-warnings", "all/cards"]).code, 1);
}

#[test]
fn eval_decides_for_people_and_programs() {
    let dir = folder();
    let eval = |args: &[&str]| ereje(dir.path(), &[&["eval", "-p", "all/cards"], args].concat());
    insta::assert_snapshot!(eval(&["child.json"]).show());
    insta::assert_snapshot!(eval(&["child.json", "--lang", "ru", "--format", "yaml", "--assume", "least=10"]).show());
    let open = eval(&["open.yaml", "--format", "json"]);
    assert_eq!(open.code, 3, "{}", open.err);
    let decision: serde_json::Value = serde_json::from_str(&open.out).unwrap();
    assert_eq!(decision["outcome"], "undetermined");
    let early = eval(&["adult.yaml", "--as-of", "2025-12-31", "--format", "json"]);
    assert_eq!((early.code, early.out.contains("not_in_force")), (0, true), "{}", early.err);
    let stdin =
        ereje_with(dir.path(), &["eval", "-p", "all/cards", "-"], "reader: { asked_on: 2026-05-01, age: 30 }", &[]);
    assert_eq!(stdin.out, eval(&["adult.yaml"]).out);
    let explained = eval(&["adult.yaml", "--explain"]);
    assert!(explained.out.contains("too_young"), "{}", explained.out);
    assert!(!eval(&["adult.yaml"]).out.contains("too_young"));
}

/// The fact that tells the governing day stays as it is under another day, which is told where something else reads it.
#[test]
fn eval_says_that_a_fact_stays() {
    let dir = folder();
    let eval = |args: &[&str]| ereje(dir.path(), &[&["eval", "-p", "all/cards", "adult.yaml"], args].concat());
    assert_eq!(eval(&["--as-of", "2026-03-01"]).err, "", "nothing else reads the day of asking");
    fs::write(
        dir.path().join("all/cards/more.ereje"),
        "rule late\n  refuse TOO_YOUNG\n  when reader.asked_on > 2030-01-01\n",
    )
    .unwrap();
    insta::assert_snapshot!(eval(&["--as-of", "2026-03-01"]).err, @r"
    note: --as-of says which day's law governs; `reader.asked_on` stays as the facts have it, and the policy reads it
    ");
    assert_eq!(eval(&[]).err, "");
}

/// `--explain` takes its value behind `=` alone, so that a file behind it stays a file.
#[test]
fn an_explanation_is_full_or_short() {
    let dir = folder();
    let eval = |args: &[&str]| ereje(dir.path(), &[&["eval"], args].concat());
    let full = eval(&["--explain", "-p", "all/cards", "child.json", "--lang", "ru"]);
    assert_eq!(full.out, eval(&["-p", "all/cards", "--explain", "child.json", "--lang", "ru"]).out);
    assert_eq!(full.out, eval(&["-p", "all/cards", "child.json", "--lang", "ru", "--explain=full"]).out);
    assert!(full.out.contains("✓ town.cards.too_young"), "{}", full.out);
    let short = eval(&["--explain=short", "-p", "all/cards", "child.json", "--lang", "ru"]);
    assert!(!short.out.contains("town.cards") && short.out.lines().count() <= 12, "{}", short.out);
    // For a program a short explanation is a whole one.
    let json = |how: &str| eval(&["-p", "all/cards", "child.json", "--format", "json", how]).out;
    assert_eq!(json("--explain=short"), json("--explain"));
    assert_eq!(eval(&["-p", "all/cards", "child.json", "--explain=brief"]).code, 2);
}

#[test]
fn eval_goes_on_past_what_is_bad() {
    let dir = folder();
    let files = ["eval", "-p", "all/cards", "adult.yaml", "bad.yaml", "several.yaml", "nowhere.yaml", "child.json"];
    insta::assert_snapshot!(ereje(dir.path(), &files).show());
    let json = ereje(dir.path(), &[&files[..], &["--format", "json"]].concat());
    let list: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let shown: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let outcome = entry.get("outcome").map_or("no decision", |o| o.as_str().unwrap());
            format!("{} {} {outcome}", entry["file"].as_str().unwrap(), entry["document"])
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    adult.yaml 1 issue
    bad.yaml 1 no decision
    several.yaml 1 issue
    several.yaml 2 no decision
    several.yaml 3 undetermined
    nowhere.yaml 1 no decision
    child.json 1 refuse
    ");
    assert_eq!(json.code, 2);
}

#[test]
fn what_does_not_fit_is_told_with_the_nearest() {
    let dir = folder();
    let eval = |args: &[&str]| ereje(dir.path(), &[&["eval", "-p", "all/cards", "adult.yaml"], args].concat());
    let runs = [
        eval(&["--assume", "leest=7"]),
        eval(&["--assume", "least=8"]),
        eval(&["--assume", "least"]),
        eval(&["--decision", "cart"]),
        eval(&["--region", "Town"]),
        eval(&["--as-of", "2026-02-30"]),
        ereje(dir.path(), &["eval", "-p", "nowhere", "adult.yaml"]),
        ereje(dir.path(), &["eval", "-p", "all", "adult.yaml"]),
        ereje(dir.path(), &["evall"]),
        ereje(dir.path(), &["explain-code", "E02O1"]),
        ereje(dir.path(), &["man", "chek"]),
    ];
    for run in &runs {
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    }
    insta::assert_snapshot!(runs.map(|run| run.err).join("\n"));
    // If the policy does not have the language, another one is used.
    let french = eval(&["--lang", "fr"]);
    assert_eq!((french.code, french.out), (0, eval(&[]).out));
    assert!(french.err.contains("`fr`"), "{}", french.err);
    // A policy with errors decides nothing.
    let broken = ereje(dir.path(), &["eval", "-p", "all/broken", "adult.yaml"]);
    assert_eq!((broken.code, broken.out.as_str()), (1, ""));
    assert!(broken.err.contains("error[E0102]"), "{}", broken.err);
}

#[test]
fn fmt_changes_what_it_should_and_nothing_else() {
    let dir = folder();
    let file = dir.path().join("all/cards/cards.ereje");
    let untidy = POLICY.replace("  when reader.age", "  when   # young\n reader.age").replace('\n', "\r\n");
    fs::write(&file, &untidy).unwrap();
    let check = ereje(dir.path(), &["fmt", "--check", "all"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), untidy, "--check changes nothing");
    insta::assert_snapshot!(check.out);
    assert!(check.code == 1 && check.err.ends_with("3 files: 2 would change, 1 with errors\n"), "{}", check.err);
    let run = ereje(dir.path(), &["fmt", "all"]);
    // The broken file is reported and left alone, the others are formatted.
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("error[E0102]") && run.err.contains("1 with errors"), "{}", run.err);
    assert_eq!(fs::read_to_string(dir.path().join("all/broken/b.ereje")).unwrap(), "unit m2\nrule y when\n");
    let tidy = fs::read_to_string(&file).unwrap();
    // The line ends are those of the file.
    assert!(tidy.contains("# young\r\n") && !tidy.replace("\r\n", "").contains(['\n', '\r']), "{tidy}");
    assert_eq!(ereje(dir.path(), &["fmt", "--check", "all/cards"]).code, 0);
    let piped = ereje_with(dir.path(), &["fmt", "-"], &untidy, &[]);
    assert_eq!((piped.code, piped.out), (0, tidy));
    assert_eq!(ereje(dir.path(), &["fmt", "nowhere"]).code, 2);
}

#[test]
fn fmt_says_which_line_ends_would_change() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("windows.ereje"), "unit m2\r\nunit kg\r\n").unwrap();
    fs::write(dir.path().join("both.ereje"), "unit m2\r\nunit kg\nunit m3\r\nunit   m4").unwrap();
    let run = ereje(dir.path(), &["fmt", "--check", "."]);
    insta::assert_snapshot!(run.show());
}

#[test]
fn fmt_leaves_what_must_not_be_written() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        fs::write(dir.path().join(name).with_extension("ereje"), "unit   m2").unwrap();
    }
    let closed = dir.path().join("a.ereje");
    let mut permissions = fs::metadata(&closed).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&closed, permissions).unwrap();
    let run = ereje(dir.path(), &["fmt", "."]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r"
    error: `./a.ereje` cannot be written: it is read-only
    2 files: 1 changed, 1 could not be written
    ");
    assert_eq!(fs::read_to_string(&closed).unwrap(), "unit   m2");
    assert_eq!(fs::read_to_string(dir.path().join("b.ereje")).unwrap(), "unit m2\n");
}

#[cfg(unix)]
#[test]
fn fmt_keeps_permissions_and_follows_no_link() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let dir = folder();
    let real = dir.path().join("real.ereje");
    fs::write(&real, "unit   m2").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.ereje", dir.path().join("link.ereje")).unwrap();
    let run = ereje(dir.path(), &["fmt", "link.ereje"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r"
    error: `link.ereje` cannot be written: it is a link, which is not written through; name the file that is meant
    1 file: 0 changed, 1 could not be written
    ");
    assert_eq!(fs::read_to_string(&real).unwrap(), "unit   m2");
    assert_eq!(ereje(dir.path(), &["fmt", "real.ereje"]).code, 0);
    assert_eq!(fs::read_to_string(&real).unwrap(), "unit m2\n");
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(dir.path().join("link.ereje")).unwrap().is_symlink());
}

/// Of several documents, the exit code is the first of: one could not be read, one has a fault, one is undetermined.
#[test]
fn the_exit_code_says_how_a_decision_ends() {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.ends\nfacts d { day: date, x: integer }\nas of d.day\ndecision d\n  no > yes\n  otherwise yes\n\
                  output share: integer = round(10 / d.x, 1)\nrule r\n  no SMALL\n  when d.x < 3\nreason SMALL en \"s\"\n";
    fs::write(dir.path().join("p.ereje"), policy).unwrap();
    for (name, x) in [("decided", "x: 5"), ("waits", ""), ("faulty", "x: 0"), ("broken", "x: five")] {
        fs::write(dir.path().join(name), format!("d: {{ day: 2026-01-01, {x} }}\n")).unwrap();
    }
    let code = |names: &[&str]| ereje(dir.path(), &[&["eval", "-p", "p.ereje"], names].concat()).code;
    let ends = [
        (&["decided"][..], 0),
        (&["waits"], 3),
        (&["faulty"], 4),
        (&["broken"], 2),
        (&["decided", "waits"], 3),
        (&["waits", "faulty", "decided"], 4),
        (&["faulty", "broken", "waits"], 2),
    ];
    for (names, expected) in ends {
        assert_eq!(code(names), expected, "{names:?}");
    }
    fs::write(dir.path().join("p.ereje"), policy.replace("d.x < 3", "d.y < 3")).unwrap();
    assert_eq!(code(&["decided"]), 1);
}

/// Cases, coverage, wrong laws, comparison, suggestions, schema and batch know a calculation.
#[test]
fn every_command_knows_a_calculation() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let policy = |rate: &str| {
        format!(
            "policy t.sums\nfacts today: date\nfacts income: EUR\nas of today\n\ncalculation sums\n  output tax: EUR = round down(income * {rate}, 1 EUR)\n\n\
             notice HIGH decides sums\n  when income > 1_000 EUR\n\nreason HIGH en \"High.\"\n"
        )
    };
    let cases = "base: { today: 2026-01-01, income: 500 }\ncases:\n  - name: low\n    expect: { outcome: computed, outputs: { tax: 50 }, notices: [] }\n  \
                 - name: nobody has asked\n    remove: [income]\n    expect: { outcome: undetermined, needs: [income], unknown_outputs: [tax] }\n";
    for (folder, rate) in [("old", "10%"), ("new", "20%")] {
        fs::create_dir(path.join(folder)).unwrap();
        fs::write(path.join(folder).join("p.ereje"), policy(rate)).unwrap();
    }
    fs::write(path.join("old/p.test.yaml"), cases).unwrap();
    fs::write(path.join("rows.ndjson"), "{\"today\":\"2026-01-01\",\"income\":500}\n{\"today\":\"2026-01-01\"}\n")
        .unwrap();
    assert_eq!(ereje(path, &["fmt", "--check", "old"]).code, 0);
    let run = |args: &[&str]| {
        let run = ereje(path, args);
        format!("$ ereje {}\nexit {}\n{}", args.join(" "), run.code, run.out)
    };
    insta::assert_snapshot!(
        [
            run(&["test", "old", "--coverage"]),
            run(&["mutate", "old"]),
            run(&["diff", "old", "new"]),
            run(&["suggest", "old"]),
            run(&["schema", "-p", "old", "--example"]),
            run(&["batch", "-p", "old", "rows.ndjson", "-o", "-", "--fields", "outcome,outputs.tax,unknown_outputs"]),
        ]
        .join("\n")
    );
}

/// A case that fails says what stood in the way: a fault, cases in conflict, a silent fact, an output that is not known.
#[test]
fn test_says_what_is_behind_a_failure() {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.behind
facts d { day: date, x: integer, y: integer }
as of d.day
decision d
  no > pay > yes
  otherwise yes
  output share: integer = round(10 / d.x, 1)
    tied to pay
define grade: integer
  case low = 1
    when d.y < 5
  case even = 2
    when d.y * 2 > 4
  otherwise 3
rule graded
  no SMALL
  when grade = 1
rule pays
  pay SMALL
  when d.y > 7
reason SMALL en \"s\"
";
    let cases = "base:
  d: { day: 2026-01-01, x: 5, y: 8 }
cases:
  - name: two cases apply
    change: { d.y: 3 }
    expect: { outcome: yes }
  - name: the amount has a fault
    change: { d.x: 0 }
    expect: { outcome: pay }
  - name: the amount is not known
    remove: [d.x]
    expect: { outcome: pay }
  - name: no record
    change: { d.y: null }
    expect: { outcome: yes }
";
    fs::write(dir.path().join("p.ereje"), policy).unwrap();
    fs::write(dir.path().join("p.test.yaml"), cases).unwrap();
    let run = ereje(dir.path(), &["test", "."]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    insta::assert_snapshot!(run.show());
}

#[test]
fn new_makes_a_policy_that_works() {
    let dir = tempfile::tempdir().unwrap();
    let made = ereje(dir.path(), &["new", "mine"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let check = ereje(dir.path(), &["check", "--deny-warnings", "mine"]);
    assert_eq!(check.code, 0, "{}", check.out);
    assert_eq!(ereje(dir.path(), &["fmt", "--check", "mine"]).code, 0);
    for facts in fs::read_dir(dir.path().join("mine/facts")).unwrap() {
        let facts = facts.unwrap().path();
        // Some of them are undetermined on purpose; none is malformed.
        let run = ereje(dir.path(), &["eval", "-p", "mine", facts.to_str().unwrap()]);
        assert!([0, 3].contains(&run.code) && run.err.is_empty(), "{}{}", run.out, run.err);
    }
    let test = ereje(dir.path(), &["test", "mine"]);
    assert!(test.code == 0 && test.err.ends_with(": all as expected\n"), "{}{}", test.out, test.err);
    let review = |args: &[&str]| {
        ereje_with(dir.path(), &[&["review", "mine"], args].concat(), "", &[("CI", "false"), ("INSTA_UPDATE", "auto")])
    };
    assert_eq!([review(&[]).code, review(&["--accept"]).code, review(&[]).code], [1, 0, 0]);
    let example = ereje(dir.path(), &["schema", "-p", "mine", "--example"]);
    assert_eq!(example.code, 0, "{}", example.err);
    let schema = ereje(dir.path(), &["schema", "-p", "mine"]);
    assert!(serde_json::from_str::<serde_json::Value>(&schema.out).unwrap().is_object());
    // A folder with content is left alone.
    let before = fs::read_to_string(dir.path().join("mine/policy.ereje")).unwrap();
    let again = ereje(dir.path(), &["new", "mine"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already holds something"), "{}", again.err);
    assert_eq!(fs::read_to_string(dir.path().join("mine/policy.ereje")).unwrap(), before);
    fs::write(dir.path().join("file"), "").unwrap();
    assert_eq!(ereje(dir.path(), &["new", "file"]).code, 2);
}

#[test]
fn codes_are_explained() {
    let dir = tempfile::tempdir().unwrap();
    for (written, page) in [
        ("e0704", include_str!("../../docs/codes/E0704.md")),
        ("e401", include_str!("../../docs/codes/E0401.md")),
        ("401", include_str!("../../docs/codes/E0401.md")),
        ("0401", include_str!("../../docs/codes/E0401.md")),
        ("w401", include_str!("../../docs/codes/W0401.md")),
        (" W0401 ", include_str!("../../docs/codes/W0401.md")),
    ] {
        let shown = ereje(dir.path(), &["explain-code", written]);
        assert_eq!((shown.code, shown.out.as_str()), (0, page), "{written}");
    }
    assert_eq!(ereje(dir.path(), &["explain-code", "99"]).code, 2);
    let index = ereje(dir.path(), &["explain-code"]);
    assert_eq!(index.out.lines().count(), ereje::diagnostic::Code::ALL.len());
}

#[test]
fn colours_only_where_they_are_wanted() {
    let dir = folder();
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let run = ereje_with(dir.path(), &[&["check", "all/broken"], args].concat(), "", env);
        assert_eq!(run.code, 1);
        run.out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe is no terminal");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "what is asked for outdoes the environment");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn a_reader_that_goes_away_is_no_accident() {
    let dir = folder();
    for args in [vec!["explain-code"], vec!["schema", "-p", "all/cards"], vec!["check", "all/broken"], vec!["--help"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(&args)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let code = child.wait().unwrap().code();
        assert!(!err.contains("panicked"), "{args:?}: {err}");
        assert!(code.is_some(), "{args:?} was ended by a signal");
    }
}

#[test]
fn completions_and_manual_pages() {
    let dir = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = ereje(dir.path(), &["completions", shell]);
        assert!(run.code == 0 && run.out.contains("explain-code"), "{shell}: {}", run.err);
    }
    for page in [vec!["man"], vec!["man", "eval"], vec!["man", "batch"]] {
        let run = ereje(dir.path(), &page);
        assert!(run.code == 0 && run.out.contains(".TH"), "{}", run.err);
    }
}

/// `docs/cli.md` is the output of `--help`; `EREJE_DOCS=write cargo test cli` writes it.
#[test]
fn the_reference_of_the_command_line() {
    let path = crate::it::root().join("docs/cli.md");
    let reference = ereje_cli::reference();
    if std::env::var_os("EREJE_DOCS").is_some_and(|v| v == "write") {
        fs::write(&path, &reference).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), reference);
}
