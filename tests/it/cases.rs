//! Case files: what they unfold to, the findings about bad ones, and the output of `ereje test`. The data are under
//! `tests/cases/cases`, for the policy in `library` there.

use crate::it::cli::ereje;
use ereje::Policy;
use ereje::diagnostic::{Code, Diagnostic, human};
use ereje::source::Sources;
use ereje_review::cases::{CaseFile, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn folder(name: &str) -> PathBuf {
    crate::it::root().join("tests/cases/cases").join(name)
}

fn library() -> Policy {
    Policy::load(folder("library")).unwrap()
}

/// A case file bound to the library policy: its trials and all findings.
fn bound(name: &str, text: &str, beside: &Path) -> (Vec<Trial>, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let file = sources.add(name, text);
    let mut csv = |name: &str| fs::read(beside.join(name)).map_err(|_| String::from("it is not there"));
    let (read, mut findings) = CaseFile::read(&mut sources, file, &mut csv);
    let (trials, more) = read.map(|read| read.bind(&library())).unwrap_or_default();
    findings.extend(more);
    (trials, findings, sources)
}

/// The case files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.to_str().unwrap().ends_with(".test.yaml")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn good_case_files_hold() {
    let policy = library();
    let folder = folder("good");
    let mut names = String::new();
    for path in files(&folder) {
        let (trials, findings, sources) = bound("good", &fs::read_to_string(&path).unwrap(), &folder);
        assert!(findings.is_empty(), "{}", human(&findings, &sources, false));
        for trial in trials {
            let judgement = trial.run(&policy).unwrap();
            assert_eq!(judgement.wrong, [], "{}", trial.name);
            assert!(trial.holds(&policy), "{}", trial.name);
            let asked = &trial.options;
            let day = asked.as_of.map_or_else(String::new, |day| format!(", as of {day}"));
            let region = asked.region.map_or_else(String::new, |_| String::from(", in a region"));
            names.push_str(&format!("{}{day}{region}: {}\n", trial.name, judgement.decision.outcome));
        }
    }
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("trials", names);
    });
}

/// `holds` and `run` agree on every case with every expectation of the other cases.
#[test]
fn whether_a_trial_holds_is_said_twice() {
    let policy = library();
    let mut trials = Vec::new();
    for name in ["good", "failing"] {
        for path in files(&folder(name)) {
            trials.extend(bound(name, &fs::read_to_string(&path).unwrap(), &folder(name)).0);
        }
    }
    let (mut held, mut failed) = (0, 0);
    for facts in &trials {
        for expectation in &trials {
            let trial = Trial { expect: expectation.expect.clone(), ..facts.clone() };
            let whole = trial.run(&policy).unwrap().wrong.is_empty();
            assert_eq!(trial.holds(&policy), whole, "{} as {}", facts.name, expectation.name);
            if whole { held += 1 } else { failed += 1 }
        }
    }
    assert!(held > 100 && failed > 100, "{held} {failed}");
}

#[test]
fn bad_case_files_say_what_is_wrong() {
    let folder = folder("bad");
    let mut seen = BTreeSet::new();
    for path in files(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let code = Code::parse(&name[..5]).unwrap();
        let (_, findings, sources) = bound(name, &fs::read_to_string(&path).unwrap(), &folder);
        assert!(findings.iter().any(|f| f.code == code), "{name} does not give {code}: {findings:#?}");
        seen.extend(findings.iter().map(|f| f.code));
        insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, human(&findings, &sources, false));
        });
    }
    let wanted = Code::ALL.iter().filter(|c| c.name().starts_with("E08"));
    assert_eq!(wanted.filter(|c| !seen.contains(c)).collect::<Vec<_>>(), Vec::<&Code>::new(), "codes without a case");
}

/// The page of each code shows a case file with that finding, the finding, and the corrected file. `EREJE_DOCS=write`
/// writes the findings.
#[test]
fn the_pages_of_the_codes_are_true() {
    for code in Code::ALL.iter().filter(|c| c.name().starts_with("E08")) {
        let path = crate::it::root().join(format!("docs/codes/{code}.md"));
        let page = fs::read_to_string(&path).unwrap();
        let blocks: Vec<&str> = page.split("\n```").skip(1).step_by(2).collect();
        let [bad, message, mended] = blocks.as_slice() else { panic!("{code}: a bad file, a message, a mended file") };
        let text = |block: &str| block.split_once('\n').unwrap().1.to_owned() + "\n";
        let (_, findings, sources) = bound("readers.test.yaml", &text(bad), Path::new("nowhere"));
        assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), [*code], "{findings:#?}");
        let shown = human(&findings, &sources, false);
        if std::env::var("EREJE_DOCS").is_ok_and(|value| value == "write") {
            fs::write(&path, page.replace(&text(message), &format!("{}\n", shown.trim_end()))).unwrap();
        } else {
            assert_eq!(text(message).trim_end(), shown.trim_end(), "{code}");
        }
        let (trials, findings, sources) = bound("readers.test.yaml", &text(mended), Path::new("nowhere"));
        assert!(findings.is_empty() && !trials.is_empty(), "{code}: {}", human(&findings, &sources, false));
        assert!(trials.iter().all(|trial| trial.holds(&library())), "{code}: the mended file does not hold");
    }
}

/// The output of `ereje test` with its exit code.
fn test(args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_ereje"))
        .arg("test")
        .args(args)
        .current_dir(folder(""))
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = run.status.code().unwrap();
    format!("exit {code}\n--- stdout\n{}--- stderr\n{}", text(run.stdout), text(run.stderr))
}

#[test]
fn a_failure_says_what_was_expected_and_why_it_is_not_so() {
    insta::assert_snapshot!(test(&["failing"]));
}

#[test]
fn failures_are_told_to_build_servers() {
    insta::assert_snapshot!("junit", test(&["failing", "--format", "junit", "--filter", "forgotten"]));
    let json = test(&["failing", "--format", "json"]);
    let json = json.split("--- stdout\n").nth(1).unwrap().split("--- stderr").next().unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!((&json["total"], &json["failed"]), (&8.into(), &7.into()));
    let first = &json["cases"][0];
    assert_eq!(first["place"], "failing/readers.test.yaml:5:5");
    assert_eq!(first["wrong"][0]["got"], "refuse");
    assert_eq!(first["because"][0]["rule"], "library.cards.too_young");
    assert_eq!(first["decision"]["reasons"][0]["code"], "TOO_YOUNG");
    assert_eq!(json["cases"][7]["as_expected"], true);
}

#[test]
fn whatever_is_wrong_with_the_paths_is_said() {
    let shown: Vec<String> = [
        &["good", "--list", "--filter", "Section 2"][..],
        &["good", "--filter", "nobody has this"],
        &["library"],
        &["nowhere"],
        &["library/library.ereje"],
        &["bad/E0806_questions.test.yaml", "good"],
    ]
    .iter()
    .map(|args| format!("$ ereje test {}\n{}", args.join(" "), test(args)))
    .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

/// A child process that ends with the test.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn cases_are_run_again_when_a_file_changes() {
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path();
    for (from, to) in [("library/library.ereje", "library.ereje"), ("failing/readers.test.yaml", "readers.test.yaml")] {
        let text = fs::read_to_string(folder(from)).unwrap();
        fs::write(root.join(to), text.replace("policy: ../library\n", "")).unwrap();
    }
    let mut child = Child(
        Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(["test", ".", "--watch", "--filter", "more than was said"])
            .current_dir(root)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    // Read by another thread, so that a command without output fails the test instead of blocking it.
    let stderr = BufReader::new(child.0.stderr.take().unwrap());
    let (line, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
    let until = |wanted: &str| {
        let mut received = Vec::new();
        while received.last().is_none_or(|last| last != wanted) {
            received.push(
                lines.recv_timeout(std::time::Duration::from_secs(120)).unwrap_or_else(|_| panic!("{received:?}")),
            );
        }
    };
    until("1 case: 1 is not as expected");
    until("watching; interrupt to stop");
    let cases = root.join("readers.test.yaml");
    let text = fs::read_to_string(&cases).unwrap();
    fs::write(&cases, text.replace("exactly: true", "exactly: false")).unwrap();
    until("1 case: all as expected");
}

/// Every case file is read to the end, and its findings have places in it.
#[test]
fn hostile_case_files_are_survived() {
    let good = fs::read_to_string(folder("good/all_of_it.test.yaml")).unwrap();
    let pieces: Vec<&str> = good.split_inclusive(|c: char| c.is_whitespace() || "{}[]:,|.".contains(c)).collect();
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut read = 0;
    for _ in 0..400 {
        let mut mixed = pieces.clone();
        for _ in 0..=below(3) {
            let (from, to) = (below(pieces.len()), below(mixed.len()));
            match below(3) {
                0 => mixed[to] = pieces[from],
                1 => mixed.insert(to, pieces[from]),
                _ => {
                    mixed.remove(to);
                }
            }
        }
        let (trials, findings, sources) = bound("hostile", &mixed.concat(), &folder("good"));
        read += trials.len();
        for finding in &findings {
            let span = finding.primary.span;
            assert!(sources.get(span.file).unwrap().text.get(span.start as usize..span.end as usize).is_some());
        }
        assert_eq!(findings.is_empty(), human(&findings, &sources, false).is_empty());
    }
    assert!(read > 400, "the files are hardly case files any more");
    for deep in ["[", "{a: ", "- "] {
        let text = format!("base: {}\ncases: []", deep.repeat(10_000));
        assert!(!bound("deep", &text, Path::new("nowhere")).1.is_empty());
    }
    // A hundred cases with one large base cost only their changes, not copies of the base.
    let books = "{ title: Abai, late: false }, ".repeat(2_000);
    let text = format!(
        "policy: ../library\nbase: {{ reader: {{ asked_on: 2026-05-04, branch: South, born: 1990-01-31, kind: lending, \
         owes: null, books: [{books}] }} }}\ncases:\n  - name: many\n    each: {{ reader.owes: 1 .. 100 }}\n    \
         expect: {{ outcome: issue }}\n"
    );
    assert_eq!(bound("large", &text, Path::new("nowhere")).0.len(), 100);
}

/// The exit code of a command, and all that it says.
fn said(folder: &Path, args: &[&str]) -> (i32, String) {
    let run = ereje(folder, args);
    (run.code, run.out + &run.err)
}

/// A folder with a policy whose names are not in ASCII, in one form of Unicode, and a case file in the other.
#[test]
fn names_are_the_same_in_every_form_of_unicode() {
    let (composed, apart) = ("\u{439}", "\u{438}\u{306}");
    let policy = "policy t.form\n  en \"Form\"\nregion Kraj { Й }\nfacts today: date\nfacts place: region\nfacts факт_й: bool\nas of today in place\n\
                  decision d\n  отказ_й > да\n  otherwise да\nassumption выбор_й: { а, б_й } = а\n  en \"a\"\n\
                  rule r\n  отказ_й КОД_Й\n  when выбор_й is б_й\n  in Й\nreason КОД_Й en \"No.\"\n"
        .replace(apart, composed);
    let cases = "policy: .\nbase: { today: 2026-01-01, place: Kraj }\ncases:\n  - name: случай й\n    in: Й\n    assume: { выбор_й: б_й }\n    \
                 expect: { outcome: отказ_й, reasons: [КОД_Й], assumptions: { выбор_й: б_й } }\n"
        .replace(composed, apart)
        .replace('\u{419}', "\u{418}\u{306}");
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("form.ereje"), policy).unwrap();
    fs::write(dir.path().join("form.test.yaml"), cases).unwrap();
    fs::write(dir.path().join("f.json"), "{\"today\":\"2026-01-01\",\"place\":\"Kraj\"}").unwrap();
    let run = |args: &[&str]| said(dir.path(), args);
    for filter in ["СЛУЧАЙ", "СЛУЧАИ\u{306}", "случаи\u{306}"] {
        let (code, text) = run(&["test", ".", "--filter", filter]);
        assert!(code == 0 && text.contains("1 case: all as expected"), "{filter}: {text}");
    }
    let assume = "выбор_\u{438}\u{306}=б_\u{438}\u{306}";
    let (code, text) = run(&["eval", "-p", ".", "f.json", "--region", "\u{418}\u{306}", "--assume", assume]);
    assert!(code == 0 && text.contains("отказ_й"), "{text}");
    let (code, text) = run(&["batch", "-p", ".", "f.json", "-o", "-", "--fields", "outcome,факт_\u{438}\u{306}"]);
    assert!(code == 0 && text.contains("\"да\""), "{text}");
    let (code, text) = run(&["suggest", ".", "--for", "выбор_\u{438}\u{306}"]);
    assert!(code == 0 && !text.contains("there is nothing to show"), "{text}");
}

/// A file that two paths lead to is one; a file that only looks like a case file is told; years are those of policies.
#[test]
fn each_case_is_run_once_and_no_file_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    for (from, to) in
        [("library/library.ereje", "lib/library.ereje"), ("failing/readers.test.yaml", "lib/readers.test.yaml")]
    {
        fs::create_dir_all(dir.path().join("lib")).unwrap();
        let text = fs::read_to_string(folder("").join(from)).unwrap();
        fs::write(dir.path().join(to), text.replace("policy: ../library", "policy: .")).unwrap();
    }
    let run = |args: &[&str]| said(dir.path(), args);
    let once = run(&["test", "lib"]);
    assert!(once.1.contains("8 cases: 7 are not as expected"), "{}", once.1);
    assert_eq!(run(&["test", "lib", "./lib", "lib/readers.test.yaml", "lib/../lib"]), once);
    fs::write(dir.path().join("lib/more.test.yml"), "policy: .\n").unwrap();
    let (code, text) = run(&["test", "lib"]);
    assert!(
        code == 2 && text.contains("`lib/more.test.yml` is passed over: the names of case files end in `.test.yaml`"),
        "{text}"
    );
    for day in ["0000-02-29", "10000-01-01", "2026-02-29"] {
        let (code, text) = run(&["eval", "-p", "lib", "f.json", "--as-of", day]);
        assert!(code == 2 && text.contains("a day that exists is expected"), "{text}");
    }
}

/// Two choices for one assumption contradict each other, in whatever form its name is written.
#[test]
fn an_assumption_is_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.a\n  en \"A\"\nfacts today: date\nas of today\nassumption й: { a, b } = a\n  en \"a\"\ndecision d\n  no > yes\n  \
                  otherwise yes\nrule r no N when й is b\nreason N en \"No.\"\n";
    fs::write(dir.path().join("a.ereje"), policy).unwrap();
    fs::write(dir.path().join("f.json"), "{\"today\":\"2026-01-01\"}").unwrap();
    let args = ["eval", "-p", ".", "f.json", "--assume", "\u{439}=a", "--assume", "\u{438}\u{306}=b"];
    let (code, text) = said(dir.path(), &args);
    assert!(code == 2 && text.contains("is assumed twice"), "{text}");
}
