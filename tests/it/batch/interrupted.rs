//! Runs that are killed: no file has its name before it is finished, and `--resume` continues without losing or
//! doubling a row.
//!
//! No test depends on timing. A run reads from a pipe that stays open, so that it cannot finish. It is killed when its
//! journal says that it has come far enough, or at any other moment; whatever it leaves, resuming it has to give the
//! right result.

use super::super::cli::{Run, ereje, ereje_with, folder};
use super::packed::unpack;
use super::{messages, names, read, rows, summary};
use ereje_batch::files::input::Input;
use ereje_batch::files::journal::Journal;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The number of rows in a block: each has about a kilobyte.
const BLOCK: usize = 131;

/// The options of a run besides its policy and input.
const ASKED: [&str; 7] = ["--bad", "bad.ndjson", "--summary", "sum.json", "--checkpoint", "0", "-o"];

/// A run that waits for more of its input.
struct Waiting {
    child: Child,
    folder: std::path::PathBuf,
    out: String,
}

impl Waiting {
    /// Begins a run and writes `input` to it.
    fn new(folder: &Path, args: &[&str], out: &str, input: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(["batch", "-p", "all/cards", "-"])
            .args(ASKED)
            .arg(out)
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.as_mut().unwrap().write_all(input.as_bytes()).unwrap();
        Self { child, folder: folder.to_path_buf(), out: out.to_owned() }
    }

    /// Waits until a condition holds. It fails if the run ends by itself.
    fn until(&mut self, so: impl Fn(&Path) -> bool) {
        while !so(&self.folder) {
            assert!(self.child.try_wait().unwrap().is_none(), "it has ended");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Waits until the journal has this many rows.
    fn rows(&mut self, rows: usize) {
        let journal = format!("{}.resume", self.out);
        self.until(|folder| noted(folder, &journal) >= rows);
    }

    /// Kills it.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The number of rows in a journal; 0 if there is no journal.
fn noted(folder: &Path, journal: &str) -> usize {
    let Ok(text) = fs::read_to_string(folder.join(journal)) else { return 0 };
    let entry: Value = serde_json::from_str(&text).expect("a journal is whole at every moment");
    let counts = &entry["progress"]["counts"];
    let sum = |numbers: &Value| -> u64 { numbers.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum() };
    let bad: u64 = counts["bad"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    (sum(&counts["outcomes"]) + bad) as usize
}

/// Decides all rows from stdin, resuming what an earlier run has left.
fn resume(folder: &Path, out: &str, input: &str) -> Run {
    let args = [&["batch", "-p", "all/cards", "-"], &ASKED[..], &[out, "--resume"]].concat();
    ereje_with(folder, &args, input, &[])
}

/// The result of an uninterrupted run: output, bad rows, summary.
fn whole(input: &str) -> (String, String, Value) {
    let dir = folder();
    let args = [&["batch", "-p", "all/cards", "-"], &ASKED[..], &["out.ndjson"]].concat();
    let run = ereje_with(dir.path(), &args, input, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    results(dir.path(), "out.ndjson")
}

fn results(folder: &Path, out: &str) -> (String, String, Value) {
    (unpack(folder, out), read(folder, "bad.ndjson"), summary(folder, "sum.json"))
}

/// What a run leaves that was killed after `rows` rows were noted; `input` is what it had read.
fn killed(args: &[&str], out: &str, input: &str, rows: usize) -> TempDir {
    let dir = folder();
    let mut run = Waiting::new(dir.path(), args, out, input);
    run.rows(rows);
    run.kill();
    dir
}

#[test]
fn what_was_interrupted_is_gone_on_with() {
    let input = rows(5 * BLOCK + 100);
    let want = whole(&input);
    for (blocks, threads) in [(1, "1"), (2, "2"), (4, "3"), (5, "2")] {
        let given: String = input.split_inclusive('\n').take(blocks * BLOCK + 60).collect();
        let dir = killed(&["--threads", threads], "out.ndjson", &given, (blocks - 1) * BLOCK + 1);
        // No file has its final name yet.
        let left = ["bad.ndjson.part", "out.ndjson.part", "out.ndjson.resume"];
        assert_eq!(names(dir.path()), left, "after {blocks} blocks");
        let run = resume(dir.path(), "out.ndjson", &input);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.starts_with("going on with `out.ndjson` after row "), "{}", run.err);
        assert!(results(dir.path(), "out.ndjson") == want, "after {blocks} blocks");
        assert_eq!(names(dir.path()), ["bad.ndjson", "out.ndjson", "sum.json"]);
    }
}

#[test]
fn killed_at_any_moment_and_again_and_again() {
    let input = rows(4 * BLOCK + 17);
    let want = whole(&input);
    let dir = folder();
    for (index, given) in [300, 30_000, 250_000, 350_000, 350_001, 450_000, input.len()].into_iter().enumerate() {
        // At any moment.
        Waiting::new(dir.path(), if index == 0 { &[] } else { &["--resume"] }, "out.ndjson", &input[..given]).kill();
        assert!(!dir.path().join("out.ndjson").exists() && !dir.path().join("bad.ndjson").exists());
    }
    let run = resume(dir.path(), "out.ndjson", &input);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(results(dir.path(), "out.ndjson") == want);
    assert_eq!(names(dir.path()), ["bad.ndjson", "out.ndjson", "sum.json"]);
}

#[test]
fn what_follows_the_last_note_is_written_again() {
    let input = rows(2 * BLOCK + 20);
    let want = whole(&input);
    let given: String = input.split_inclusive('\n').take(2 * BLOCK).collect();
    let dir = killed(&[], "out.ndjson", &given, BLOCK);
    let keep = ["bad.ndjson.part", "out.ndjson.part", "out.ndjson.resume"];
    let kept = keep.map(|name| fs::read(dir.path().join(name)).unwrap());
    // A kill leaves a line that is cut anywhere, or whole lines that are not in the journal.
    for cut in [0, 1, 10, 37, 38, 39, 1000, 6000] {
        for (name, text) in keep.iter().zip(&kept) {
            let torn = if name.ends_with(".part") { &want.0.as_bytes()[..cut] } else { b"" };
            fs::write(dir.path().join(name), [text, torn].concat()).unwrap();
        }
        let run = resume(dir.path(), "out.ndjson", &input);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(results(dir.path(), "out.ndjson") == want, "with {cut} bytes more");
    }
}

#[test]
fn compressed_files_are_gone_on_with() {
    let input = rows(3 * BLOCK + 20);
    let want = whole(&input);
    for out in ["out.gz", "out.zst"] {
        let given: String = input.split_inclusive('\n').take(3 * BLOCK).collect();
        let dir = killed(&[], out, &given, BLOCK + 1);
        // The bytes after the last entry of the journal are incomplete.
        let part = dir.path().join(format!("{out}.part"));
        let torn = [fs::read(&part).unwrap(), vec![0x1f; 99]].concat();
        fs::write(&part, torn).unwrap();
        let run = resume(dir.path(), out, &input);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(results(dir.path(), out) == want, "{out}");
    }
    // Compressed input is skipped as text. A file is not the same input as stdin, so the run starts over.
    let dir = folder();
    let packed = zstd::encode_all(input.as_bytes(), 1).unwrap();
    fs::write(dir.path().join("rows.zst"), &packed[..packed.len() - 9]).unwrap();
    let args = [&["batch", "-p", "all/cards", "rows.zst"], &ASKED[..], &["out.ndjson"]].concat();
    let damaged = ereje(dir.path(), &args);
    assert!(damaged.code == 2 && damaged.err.contains("--resume goes on"), "{}", damaged.err);
    assert!(noted(dir.path(), "out.ndjson.resume") >= BLOCK);
    let replaced = ereje(dir.path(), &[&args[..], &["--resume"]].concat());
    assert!(replaced.code == 2 && replaced.err.contains("--resume goes on"), "{}", replaced.err);
    fs::write(dir.path().join("rows.zst"), &packed).unwrap();
    let other = ereje(dir.path(), &[&args[..], &["--resume"]].concat());
    assert!(other.code == 2 && other.err.contains("another input"), "{}", other.err);
}

#[test]
fn a_file_is_gone_on_with_from_its_middle() {
    // Interrupted by its output: `/dev/full` is always full.
    let input = rows(3 * BLOCK + 20);
    let want = whole(&input);
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), &input).unwrap();
    let args = [&["batch", "-p", "all/cards", "rows.ndjson"], &ASKED[..], &["out.ndjson"]].concat();
    let job = |entry: &mut Value, file: &Path| {
        entry["job"]["input"] = serde_json::to_value(Input::open(file).unwrap().identity()).unwrap();
    };
    let given: String = input.split_inclusive('\n').take(2 * BLOCK + 60).collect();
    let left = killed(&[], "out.ndjson", &given, BLOCK + 1);
    for name in ["bad.ndjson.part", "out.ndjson.part"] {
        fs::copy(left.path().join(name), dir.path().join(name)).unwrap();
    }
    let mut entry: Value = serde_json::from_str(&read(left.path(), "out.ndjson.resume")).unwrap();
    job(&mut entry, &dir.path().join("rows.ndjson"));
    let job = serde_json::from_value(entry["job"].take()).unwrap();
    let progress = serde_json::from_value(entry["progress"].take()).unwrap();
    Journal::new(dir.path().join("out.ndjson.resume"), job).write(&progress).unwrap();
    // Another file of the same size and time begins otherwise.
    let rows = dir.path().join("rows.ndjson");
    let time = fs::metadata(&rows).unwrap().modified().unwrap();
    let put = |text: &str| {
        fs::write(&rows, text).unwrap();
        fs::File::options().write(true).open(&rows).unwrap().set_modified(time).unwrap();
    };
    put(&format!("x{}", &input[1..]));
    let other = ereje(dir.path(), &[&args[..], &["--resume"]].concat());
    assert!(other.code == 2 && other.err.contains("another input"), "{}", other.err);
    put(&input);
    let run = ereje(dir.path(), &[&args[..], &["--resume"]].concat());
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.starts_with("going on with `out.ndjson` after row "), "{}", run.err);
    assert!(results(dir.path(), "out.ndjson") == want);
}

#[test]
fn without_resume_it_starts_over_and_says_so() {
    let input = rows(2 * BLOCK);
    let want = whole(&input);
    let dir = killed(&[], "out.ndjson", &input[..200_000], 1);
    let args = [&["batch", "-p", "all/cards", "-"], &ASKED[..], &["out.ndjson"]].concat();
    let run = ereje_with(dir.path(), &args, &input, &[]);
    assert!(run.err.starts_with("starting over; --resume continues"), "{}", run.err);
    assert!(results(dir.path(), "out.ndjson") == want);
    // `--resume` also works if there is nothing to resume.
    let run = resume(dir.path(), "out.ndjson", &input);
    assert!(run.err.starts_with("there is nothing to resume"), "{}", run.err);
    assert!(results(dir.path(), "out.ndjson") == want);
}

#[test]
fn only_the_same_is_gone_on_with() {
    let input = rows(2 * BLOCK);
    let dir = killed(&[], "out.ndjson", &input[..200_000], 1);
    let journal = read(dir.path(), "out.ndjson.resume");
    let mut shown = Vec::new();
    let mut refused = |args: &[&str], input: &str| {
        let run = ereje_with(dir.path(), &[&["batch"], args, &["-o", "out.ndjson", "--resume"]].concat(), input, &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        shown.push(run.err);
    };
    let same = ["-p", "all/cards", "-", "--bad", "bad.ndjson"];
    refused(&[&same[..], &["--assume", "least=10"]].concat(), &input);
    refused(&[&same[..], &["--as-of", "2026-02-01"]].concat(), &input);
    // The lines before would show what those after are to keep out.
    refused(&[&same[..], &["--mask", "reader.age"]].concat(), &input);
    refused(&["-p", "all/cards", "-"], &input);
    refused(&["-p", "all/cards", "-", "--bad", "worse.ndjson"], &input);
    // Another input: a file, one that is too short, one with another row before the position.
    fs::write(dir.path().join("rows.ndjson"), &input).unwrap();
    refused(&["-p", "all/cards", "rows.ndjson", "--bad", "bad.ndjson"], "");
    refused(&same, &input[..1000]);
    let place = serde_json::from_str::<Value>(&journal).unwrap()["progress"]["place"]["bytes"].as_u64().unwrap();
    let mut changed = input.clone();
    changed.replace_range(place as usize - 3..place as usize - 2, "x");
    refused(&same, &changed);
    // A changed policy, a torn journal, and a part file that was cut.
    let policy = dir.path().join("all/cards/cards.ereje");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace("Library cards", "Cards of the library")).unwrap();
    refused(&same, &input);
    fs::write(&policy, text).unwrap();
    fs::write(dir.path().join("out.ndjson.resume"), &journal[..100]).unwrap();
    refused(&same, &input);
    fs::write(dir.path().join("out.ndjson.resume"), &journal).unwrap();
    fs::write(dir.path().join("out.ndjson.part"), "{").unwrap();
    refused(&same, &input);
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_note_that_was_changed_is_not_gone_on_with() {
    let input = rows(2 * BLOCK);
    let dir = killed(&[], "out.ndjson", &input[..200_000], 1);
    let journal = read(dir.path(), "out.ndjson.resume");
    let parts = ["out.ndjson.part", "bad.ndjson.part"];
    let left = parts.map(|name| read(dir.path(), name));
    // Each of them is read, and would come to other results: fewer rows, others, or other numbers in the summary.
    for (from, to) in [
        ("\"finished\": false", "\"finished\": true"),
        ("\"passed\": []", "\"passed\": [150]"),
        ("\"faulty\": 0", "\"faulty\": 7"),
        ("\"outcomes\": [", "\"outcomes\": [0, "),
        ("\"line\": ", "\"line\": 1"),
    ] {
        assert!(journal.contains(from), "{journal}");
        fs::write(dir.path().join("out.ndjson.resume"), journal.replacen(from, to, 1)).unwrap();
        for more in [&[][..], &["--resume"]] {
            let args = [&["batch", "-p", "all/cards", "-"], &ASKED[..], &["out.ndjson"], more].concat();
            let run = ereje_with(dir.path(), &args, &input, &[]);
            assert!(run.code == 2 && run.err.contains("`out.ndjson.resume` is in the way"), "{to}: {}", run.err);
            assert_eq!(parts.map(|name| read(dir.path(), name)), left, "{to}");
        }
    }
    fs::write(dir.path().join("out.ndjson.resume"), journal).unwrap();
    let run = resume(dir.path(), "out.ndjson", &input);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(results(dir.path(), "out.ndjson") == whole(&input));
}

#[test]
fn a_file_that_took_the_place_of_the_unfinished_one_is_kept() {
    let input = rows(2 * BLOCK);
    let dir = killed(&[], "out.ndjson", &input[..200_000], 1);
    let journal = read(dir.path(), "out.ndjson.resume");
    for name in ["out.ndjson.part", "bad.ndjson.part"] {
        let own = fs::read(dir.path().join(name)).unwrap();
        let foreign = vec![b'x'; 1_000_000];
        fs::write(dir.path().join(name), &foreign).unwrap();
        for more in [&[][..], &["--resume"]] {
            let args = [&["batch", "-p", "all/cards", "-"], &ASKED[..], &["out.ndjson"], more].concat();
            let run = ereje_with(dir.path(), &args, &input, &[]);
            assert!(run.code == 2 && run.err.contains(&format!("`{name}` is in the way")), "{}", run.err);
            assert_eq!(fs::read(dir.path().join(name)).unwrap(), foreign);
            assert_eq!(read(dir.path(), "out.ndjson.resume"), journal);
        }
        fs::write(dir.path().join(name), own).unwrap();
    }
    // Bad rows of a run whose journal names no file for them.
    fs::rename(dir.path().join("bad.ndjson.part"), dir.path().join("else.part")).unwrap();
    let run =
        ereje_with(dir.path(), &["batch", "-p", "all/cards", "-", "-o", "out.ndjson", "--bad", "else"], &input, &[]);
    assert!(run.code == 2 && run.err.contains("`else.part` is in the way"), "{}", run.err);
}

#[test]
fn two_runs_do_not_write_one_file() {
    let input = rows(2 * BLOCK);
    let want = whole(&input);
    let dir = folder();
    let mut first = Waiting::new(dir.path(), &[], "out.ndjson", &input[..200_000]);
    first.rows(1);
    let second = resume(dir.path(), "out.ndjson", &input);
    assert_eq!(second.code, 2);
    insta::assert_snapshot!(second.err, @r"
    error: another run is writing `out.ndjson`
      help: wait for it, or give another name
    ");
    // With another output it is still wrong if the bad rows go to the same file.
    let second = resume(dir.path(), "other.ndjson", &input);
    assert!(second.code == 2 && second.err.contains("another run is writing `bad.ndjson`"), "{}", second.err);
    first.child.stdin.as_mut().unwrap().write_all(&input.as_bytes()[200_000..]).unwrap();
    drop(first.child.stdin.take());
    assert_eq!(first.child.wait().unwrap().code(), Some(1));
    assert!(results(dir.path(), "out.ndjson") == want);
    assert_eq!(names(dir.path()), ["bad.ndjson", "out.ndjson", "sum.json"]);
}

#[cfg(unix)]
#[test]
fn killed_between_the_names_and_the_end() {
    let input = rows(2 * BLOCK);
    let want = whole(&input);
    let dir = folder();
    let path = dir.path();
    // Nothing reads this pipe, so the run waits when only the summary is left.
    let pipe = path.join("sum.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut run = Waiting::new(path, &[], "out.ndjson", &input);
    run.rows(1);
    drop(run.child.stdin.take());
    run.until(|folder| folder.join("out.ndjson").exists());
    run.kill();
    fs::remove_file(&pipe).unwrap();
    assert_eq!(names(path), ["bad.ndjson", "out.ndjson", "out.ndjson.resume"]);
    let journal = read(path, "out.ndjson.resume");
    let again = |input: &str| {
        fs::write(path.join("out.ndjson.resume"), &journal).unwrap();
        let run = resume(path, "out.ndjson", input);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(results(path, "out.ndjson") == want);
        assert_eq!(names(path), ["bad.ndjson", "out.ndjson", "sum.json"]);
        messages(&run)
    };
    // Both files have their names, one has, and none has; the input is not needed.
    let shown = again("");
    fs::rename(path.join("out.ndjson"), path.join("out.ndjson.part")).unwrap();
    assert_eq!(again(""), shown);
    fs::rename(path.join("out.ndjson"), path.join("out.ndjson.part")).unwrap();
    fs::rename(path.join("bad.ndjson"), path.join("bad.ndjson.part")).unwrap();
    assert_eq!(again(""), shown);
    // An error if one of them is gone.
    fs::write(path.join("out.ndjson.resume"), &journal).unwrap();
    fs::remove_file(path.join("out.ndjson")).unwrap();
    let run = resume(path, "out.ndjson", &input);
    assert!(run.code == 2 && run.err.contains("holds less than"), "{}", run.err);
}

/// Runs `ereje` where no process may take more than so many kilobytes; the exit code is none where a signal ended it.
#[cfg(target_os = "linux")]
fn in_little_memory(folder: &Path, kilobytes: u64, args: &[&str]) -> (Option<i32>, String) {
    let script = format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_ereje")])
        .args(args)
        .current_dir(folder)
        // Each arena of the allocator would reserve 64 MiB of addresses.
        .env("MALLOC_ARENA_MAX", "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A policy that reads rows of any size, and rows: all alike, but for large ones after some of them.
#[cfg(target_os = "linux")]
fn with_large_rows(after: &[usize]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let policy = "policy t.big\nfacts today: date\nfacts n: integer\nfacts lists: list of list of integer if absent means []\n\
        as of today\ndecision d\n  refuse > approve\n  otherwise approve\nreason BIG en \"Big.\"\n\
        rule big\n  refuse BIG\n  when n > 5\n  unless count(lists) > 9\n";
    fs::write(dir.path().join("p.ereje"), policy).unwrap();
    let small = "{\"today\":\"2026-01-01\",\"n\":7,\"lists\":[]}\n";
    let list = format!("[{}]", vec!["1"; 100_000].join(","));
    let large = format!("{{\"today\":\"2026-01-01\",\"n\":1,\"lists\":[{}]}}\n", vec![list; 5].join(","));
    let rows: String = (0..6000).map(|row| if after.contains(&row) { large.as_str() } else { small }).collect();
    fs::write(dir.path().join("rows.ndjson"), rows).unwrap();
    dir
}

/// The memory in which a run over small rows just finds room, and something more.
#[cfg(target_os = "linux")]
fn enough_for_small_rows(threads: &str) -> u64 {
    let dir = with_large_rows(&[]);
    let fits = |kilobytes: u64| {
        let args = ["batch", "-p", "p.ereje", "rows.ndjson", "-o", "out", "--threads", threads];
        let (code, _) = in_little_memory(dir.path(), kilobytes, &args);
        for name in ["out", "out.part", "out.resume"] {
            let _ = fs::remove_file(dir.path().join(name));
        }
        code == Some(0)
    };
    let (mut too_little, mut enough) = (1 << 10, 1 << 21);
    assert!(fits(enough) && !fits(too_little));
    while enough - too_little > 1 << 10 {
        let middle = too_little + (enough - too_little) / 2;
        if fits(middle) { enough = middle } else { too_little = middle }
    }
    // A large row takes more than twice this to decide, and less to pass over.
    enough + (24 << 10)
}

#[cfg(target_os = "linux")]
#[test]
fn a_row_that_brings_the_program_down_is_found_told_and_passed_over() {
    for threads in ["1", "2"] {
        let memory = enough_for_small_rows(threads);
        let dir = with_large_rows(&[4000, 4100]);
        let args = [
            "batch",
            "-p",
            "p.ereje",
            "rows.ndjson",
            "-o",
            "out",
            "--bad",
            "bad",
            "--summary",
            "sum",
            "--threads",
            threads,
        ];
        let run = |more: &[&str]| in_little_memory(dir.path(), memory, &[&args[..], more].concat());
        let (code, err) = run(&[]);
        assert_eq!(code, None, "the large rows do fit: {err}");
        assert!(err.contains("the run was ended before its end") && err.contains("--resume\n"), "{err}");
        // It goes down over one row after the other, and each is passed over.
        let mut told = String::new();
        for _ in 0..3 {
            let (code, err) = run(&["--resume"]);
            told.push_str(&err);
            if code == Some(1) {
                break;
            }
            assert_eq!(code, None, "{err}");
        }
        for row in [4001, 4101] {
            let line =
                format!("error: rows.ndjson:{row}: the program goes down over row {row}, which is passed over\n");
            assert_eq!(told.matches(&line).count(), 1, "{told}");
        }
        assert!(
            told.contains("decided 5,998 of 6,000 rows; 2 could not be read\n") && !told.contains(" more bad"),
            "{told}"
        );
        // Every other row has its line, and a row that was passed over stands among the bad ones, to be given again.
        let out = read(dir.path(), "out");
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 6000);
        for (index, line) in lines.iter().enumerate() {
            let good = *line == "{\"outcome\":\"refuse\",\"reasons\":[\"BIG\"]}";
            assert!(good != [4000, 4100].contains(&index), "row {}: {line}", index + 1);
        }
        assert!(lines[4000].contains("the program goes down over this row") && lines[4000].ends_with("\"line\":4001}"));
        let bad = read(dir.path(), "bad");
        let rows = read(dir.path(), "rows.ndjson");
        let first: Value = serde_json::from_str(bad.lines().next().unwrap()).unwrap();
        assert_eq!((&first["line"], &first["code"]), (&4001.into(), &"E0601".into()));
        assert!(first["text"].as_str() == rows.lines().nth(4000) && bad.lines().count() == 2);
        assert_eq!(summary(dir.path(), "sum")["errors"]["E0601"], 2);
        assert_eq!(names(dir.path()), ["bad", "out", "p.ereje", "rows.ndjson", "sum"]);
    }
}

#[cfg(unix)]
#[test]
fn ended_from_outside_it_notes_what_it_has_and_says_how_to_go_on() {
    let input = rows(4 * BLOCK + 10);
    let args =
        ["batch", "-p", "all/cards", "-", "--bad", "bad.ndjson", "--summary", "sum.json", "--checkpoint", "3600"];
    let args = [&args[..], &["-o", "out it's.ndjson"]].concat();
    let want = whole(&input);
    for signal in ["-INT", "-TERM", "-KILL"] {
        let dir = folder();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(&args)
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let given: String = input.split_inclusive('\n').take(3 * BLOCK + 60).collect();
        child.stdin.as_mut().unwrap().write_all(given.as_bytes()).unwrap();
        // Until the last block is written that was given whole.
        let written =
            || fs::read_to_string(dir.path().join("out it's.ndjson.part")).map_or(0, |part| part.lines().count());
        while written() + 10 < 3 * BLOCK {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        // It is told within a moment, which is short even here; the journal alone would have nothing for an hour.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        // The input stays open, so the run cannot end by itself. The guard has the same stderr, and closes it last.
        let input_of_child = child.stdin.take();
        let ended = child.wait_with_output().unwrap();
        drop(input_of_child);
        assert_eq!(ended.status.code(), None, "{signal}");
        let err = String::from_utf8(ended.stderr).unwrap();
        let noted = noted(dir.path(), "out it's.ndjson.resume");
        assert!(noted + 10 > 3 * BLOCK, "{signal}: {noted} rows are noted, {err}");
        let rows = ereje_batch::files::summary::spaced(noted as u64);
        let told = format!(
            "error: the run was ended before its end; {rows} rows are kept beside `out it's.ndjson`\n  help: to go on: "
        );
        let command = err.split_once(&told).unwrap_or_else(|| panic!("{signal}: {err}")).1.trim_end();
        // What is printed can be typed.
        let path = Path::new(env!("CARGO_BIN_EXE_ereje")).parent().unwrap();
        fs::write(dir.path().join("input"), &input).unwrap();
        let again = Command::new("sh")
            .args(["-c", &format!("{command} < input")])
            .env("PATH", format!("{}:{}", path.display(), std::env::var("PATH").unwrap()))
            .current_dir(dir.path())
            .output()
            .unwrap();
        let err = String::from_utf8(again.stderr).unwrap();
        assert_eq!(again.status.code(), Some(1), "{command}: {err}");
        assert!(err.starts_with(&format!("going on with `out it's.ndjson` after row {rows}\n")), "{err}");
        assert!(results(dir.path(), "out it's.ndjson") == want, "{signal}");
    }
}
