//! The instructions of the hot paths, counted by callgrind and compared with `counts.json`.
//!
//! Times on shared machines vary, while instructions are the same every time: no threads, fixed seeds. `cargo bench
//! --bench counts` fails if a path takes more than before; `-- --accept` writes today's counts, and `-- --profile PATH`
//! shows in which functions they are. The counts depend on the compiler: under another one they are printed and not
//! compared.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop")]

mod support;

use ereje::{DecideOptions, Policy};
use ereje_batch::decider::{Decider, Parsed};
use ereje_batch::row::{JsonReader, Layout, Row};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use support::Texts;

/// The greatest difference in percent: a path with more fails, and a path with less makes the file out of date.
const TOLERANCE: f64 = 3.0;
const ROWS: usize = 400;
/// The instructions that a path with threads takes at least in all the passes that it is averaged over: what else the two runs
/// do differs by a few millions.
const AVERAGED: u64 = 400_000_000;
const MIN_PASSES: u64 = 8;

/// A path: the name of its function, the number of items in a pass, and the pass.
struct Counted(&'static str, usize, fn(&mut Subjects));

const COUNTED: [Counted; 12] = [
    Counted("read", ROWS, read),
    Counted("read_shuffled", ROWS, read_shuffled),
    Counted("decide_parsed", ROWS, decide_parsed),
    Counted("decide_text", ROWS, decide_text),
    Counted("decide_text_shuffled", ROWS, decide_text_shuffled),
    Counted("decide_kz_parsed", 1, decide_kz_parsed),
    Counted("decide_kz_text", 1, decide_kz_text),
    Counted("decide_1000_norms", ROWS, decide_1000_norms),
    Counted("first_decisions_kz", 1, first_decisions_kz),
    Counted("load_residence", 1, load_residence),
    Counted("load_kz", 1, load_kz),
    Counted("load_1000_norms", 1, load_1000_norms),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    let behind = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    if given("--pass") {
        pass(behind("--pass"), behind("--times").map_or(1, |times| times.parse().unwrap()));
        return ExitCode::SUCCESS;
    }
    // `cargo test --all-targets` runs every bench as well, in a build that is not measured.
    if !given("--bench") {
        println!("nothing is counted but by `cargo bench --bench counts`");
        return ExitCode::SUCCESS;
    }
    if let Some(name) = behind("--profile") {
        return profile(name);
    }
    compare(&count(), given("--accept"))
}

// ------------------------------------------------------------------------------------------------- under callgrind

/// A policy, its decider, and lines with their parsed forms.
struct Subject {
    decider: Decider<'static>,
    reader: JsonReader,
    row: Row,
    lines: Vec<String>,
    parsed: Vec<Parsed>,
}

impl Subject {
    fn new(texts: &Texts, lines: impl FnOnce(&Policy) -> Vec<String>) -> Self {
        let policy: &'static Policy = Box::leak(Box::new(support::policy(texts)));
        let lines = lines(policy);
        let mut decider = Decider::new(policy.engine(), &DecideOptions::default()).unwrap();
        let parsed = lines.iter().map(|line| decider.parse(line).unwrap()).collect();
        let layout = Arc::new(Layout::new(policy.model()));
        let (reader, row) = (JsonReader::new(&policy.form(), Arc::clone(&layout)), Row::new(&layout));
        Self { decider, reader, row, lines, parsed }
    }

    fn read(&mut self) {
        for line in &self.lines {
            black_box(self.reader.read(black_box(line), &mut self.row));
        }
    }

    fn parsed(&mut self) {
        for facts in &self.parsed {
            black_box(self.decider.decide(black_box(facts)));
        }
    }

    fn text(&mut self, out: &mut Vec<u8>) {
        out.clear();
        for line in &self.lines {
            self.decider.line(black_box(line), out).unwrap();
        }
        black_box(out.len());
    }
}

struct Subjects {
    residence: Subject,
    shuffled: Subject,
    kz: Subject,
    norms: Subject,
    texts: [Texts; 3],
    out: Vec<u8>,
}

/// Runs all paths, or just one, so many times.
fn pass(only: Option<&String>, times: usize) {
    let texts = [support::folder("benches/residence"), support::folder("policies/kz"), support::with_norms(1_000)];
    let mut subjects = Subjects {
        residence: Subject::new(&texts[0], |_| support::lines(ROWS)),
        shuffled: Subject::new(&texts[0], |_| support::shuffled_lines(ROWS)),
        kz: Subject::new(&texts[1], support::kz_lines),
        norms: Subject::new(&texts[2], |_| support::lines_about_the_norm(ROWS)),
        texts,
        out: Vec::new(),
    };
    // The first pass makes what is made on demand. Loading keeps nothing, so it needs none.
    for Counted(name, _, pass) in COUNTED {
        if name.starts_with("decide") || name.starts_with("read") {
            pass(&mut subjects);
        }
    }
    let asked = COUNTED.iter().filter(|counted| only.is_none_or(|name| name == counted.0));
    asked.for_each(|counted| (0..times).for_each(|_| measured(counted.2, &mut subjects)));
}

/// True if a path does a part of its work on threads of its own, whose instructions callgrind does not add to the call.
fn has_threads(name: &str) -> bool {
    name.starts_with("load") || name.starts_with("first")
}

/// Callgrind's file has the cost of each function that is called here.
#[inline(never)]
fn measured(pass: fn(&mut Subjects), subjects: &mut Subjects) {
    black_box(pass)(subjects);
}

#[inline(never)]
fn read(subjects: &mut Subjects) {
    subjects.residence.read();
}

#[inline(never)]
fn read_shuffled(subjects: &mut Subjects) {
    subjects.shuffled.read();
}

#[inline(never)]
fn decide_parsed(subjects: &mut Subjects) {
    subjects.residence.parsed();
}

#[inline(never)]
fn decide_text(subjects: &mut Subjects) {
    subjects.residence.text(&mut subjects.out);
}

#[inline(never)]
fn decide_text_shuffled(subjects: &mut Subjects) {
    subjects.shuffled.text(&mut subjects.out);
}

#[inline(never)]
fn decide_kz_parsed(subjects: &mut Subjects) {
    subjects.kz.parsed();
}

#[inline(never)]
fn decide_kz_text(subjects: &mut Subjects) {
    subjects.kz.text(&mut subjects.out);
}

#[inline(never)]
fn decide_1000_norms(subjects: &mut Subjects) {
    subjects.norms.parsed();
}

/// The cells of a plan are made when a decision first needs them.
#[inline(never)]
fn first_decisions_kz(subjects: &mut Subjects) {
    let policy = support::policy(&subjects.texts[1]);
    let mut decider = Decider::new(policy.engine(), &DecideOptions::default()).unwrap();
    subjects.out.clear();
    for line in &subjects.kz.lines {
        decider.line(black_box(line), &mut subjects.out).unwrap();
    }
}

#[inline(never)]
fn load_residence(subjects: &mut Subjects) {
    black_box(support::policy(&subjects.texts[0]));
}

#[inline(never)]
fn load_kz(subjects: &mut Subjects) {
    black_box(support::policy(&subjects.texts[1]));
}

#[inline(never)]
fn load_1000_norms(subjects: &mut Subjects) {
    black_box(support::policy(&subjects.texts[2]));
}

// ---------------------------------------------------------------------------------------------- around callgrind

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The file that callgrind writes about a program.
fn callgrind<A: AsRef<OsStr>>(options: &[&str], program: &Path, arguments: impl IntoIterator<Item = A>) -> PathBuf {
    let file = scratch("callgrind.counts");
    let run = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind"])
        .args(options)
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(run.is_ok_and(|status| status.success()), "valgrind has to be installed, and to run through");
    file
}

/// Prints the functions of a path by their own instructions.
fn profile(name: &str) -> ExitCode {
    let only = ["--collect-atstart=no", "--toggle-collect=counts::measured"];
    let file = callgrind(&only, &std::env::current_exe().unwrap(), ["--pass", name]);
    let annotated = Command::new("callgrind_annotate").arg("--threshold=95").arg(file).status();
    if annotated.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The instructions of a program on all its threads.
fn total<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> u64 {
    let text = std::fs::read_to_string(callgrind(&[], program, arguments)).unwrap();
    text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap().trim().parse().unwrap()
}

/// The instructions of a path with threads: what each pass after the first takes more, on average. The seeds of hash maps
/// differ from run to run, and the whole run is so much more than a small pass that a few passes more do not show its cost.
fn with_threads(name: &str) -> u64 {
    let program = std::env::current_exe().unwrap();
    let of = |times: u64| total(&program, ["--pass", name, "--times", &times.to_string()]);
    let once = of(1);
    let more = |passes: u64| (of(1 + passes) - once) / passes;
    let roughly = more(MIN_PASSES);
    let passes = AVERAGED / roughly.max(1);
    if passes > MIN_PASSES { more(passes) } else { roughly }
}

/// The instructions of `ereje batch` for a file of `rows` rows, including the loading of the policy. The decisions go to
/// stdout: a run that writes files says at intervals how far it has come, and callgrind stretches the time.
fn batch(rows: usize) -> u64 {
    let facts = scratch("counted.ndjson");
    std::fs::write(&facts, support::lines(rows).join("\n") + "\n").unwrap();
    let policy = support::root().join("benches/residence");
    let arguments = ["batch", "--threads", "1", "-p"].map(OsStr::new).into_iter();
    let arguments = arguments.chain([policy.as_os_str(), facts.as_os_str(), OsStr::new("-o"), OsStr::new("-")]);
    total(Path::new(env!("CARGO_BIN_EXE_ereje")), arguments)
}

/// The instructions per item, by path.
fn count() -> BTreeMap<String, u64> {
    let plain = ["--compress-strings=no", "--compress-pos=no"];
    let text = std::fs::read_to_string(callgrind(&plain, &std::env::current_exe().unwrap(), ["--pass"])).unwrap();
    let mut counts = BTreeMap::new();
    // The whole command: reading, deciding, writing. The cost of loading is in both runs, so the difference leaves it
    // out.
    let (few, many) = (1_000, 5_000);
    counts.insert(String::from("batch_row"), (batch(many) - batch(few)) / (many - few) as u64);
    let (mut caller, mut called) = ("", None);
    for Counted(name, ..) in COUNTED.iter().filter(|counted| has_threads(counted.0)) {
        counts.insert((*name).to_owned(), with_threads(name));
    }
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("fn=") {
            caller = name;
        } else if let Some(name) = line.strip_prefix("cfn=") {
            called = name.strip_prefix("counts::");
        } else if line.starts_with("calls=") {
            // The next line has the place and the cost of the call.
            let took = lines.next().and_then(|cost| cost.split(' ').nth(1)).unwrap();
            if let Some(counted) = COUNTED.iter().find(|counted| Some(counted.0) == called)
                && caller == "counts::measured"
                && !has_threads(counted.0)
            {
                counts.insert(counted.0.to_owned(), took.parse::<u64>().unwrap() / counted.1 as u64);
            }
        }
    }
    assert_eq!(counts.len(), COUNTED.len() + 1, "callgrind saw every path: {counts:?}");
    counts
}

fn compare(counts: &BTreeMap<String, u64>, accept: bool) -> ExitCode {
    let path: PathBuf = support::root().join("benches/counts.json");
    let compiler =
        Command::new("rustc").arg("-vV").output().map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let value_of = |key: &str| compiler.as_ref().ok().and_then(|c| c.lines().find_map(|line| line.strip_prefix(key)));
    let compiler = format!("{} for {}", value_of("release: ").unwrap_or("?"), value_of("host: ").unwrap_or("?"));
    let before: Json = std::fs::read_to_string(&path).map_or(Json::Null, |text| serde_json::from_str(&text).unwrap());
    let mut grown = false;
    for (name, now) in counts {
        let Some(was) = before["instructions"][name].as_u64() else {
            println!("{name:24} {now:>12}   new");
            continue;
        };
        let change = (*now as f64 / was as f64 - 1.0) * 100.0;
        let word = if change > TOLERANCE {
            grown = true;
            "MORE"
        } else if change < -TOLERANCE {
            "less: accept it, so that it stays so"
        } else {
            ""
        };
        println!("{name:24} {now:>12} {change:>+8.2}% {word}");
    }
    if accept {
        let text = serde_json::to_string_pretty(&json!({ "rustc": compiler, "instructions": counts })).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
        return ExitCode::SUCCESS;
    }
    if before["rustc"] != compiler.as_str() {
        println!("NOT COMPARED: counts.json was taken with rustc {}, this is {compiler}", before["rustc"]);
        return ExitCode::SUCCESS;
    }
    if grown {
        println!(
            "more than {TOLERANCE}% more instructions; if they are worth it: cargo bench --bench counts -- --accept"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
