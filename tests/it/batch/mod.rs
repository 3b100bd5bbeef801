//! `ereje batch`: rows stay in their order, even if some are bad, on any number of threads, with streams and compressed
//! files; in [`interrupted`], nothing is lost or doubled if a run is killed.

use super::cli::{Run, ereje, ereje_with, folder};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

mod blank;
mod foreign;
mod interrupted;
mod packed;
mod pipes;
mod sheets;
mod states;

const ROWS: &str = "{\"reader\":{\"asked_on\":\"2026-05-01\",\"age\":6}}\n\
                    {\"reader\":{\"asked_on\":\"2026-05-01\",\"agee\":6}}\r\n\
                    \n\
                    {\"reader\":{\"asked_on\":\"2026-05-01\",\"age\":null}}\n\
                    {\"reader\":{\"asked_on\":\"2025-05-01\",\"age\":9}}";

/// Rows of all kinds, of about a kilobyte each, so that a hundred make a block.
fn rows(number: usize) -> String {
    let row = |row: usize| {
        let facts = match row % 7 {
            0 => String::from("{\"reader\":{\"asked_on\":\"2026-05-01\",\"age\":6}}"),
            1 => String::from("{\"reader\":{\"asked_on\":\"2026-05-01\"}}"),
            2 => format!("{{\"reader\":{{\"asked_on\":\"2026-05-01\",\"age\":{}}}}}", row % 90),
            3 if row % 21 == 3 => format!("{{\"reader\":{{\"row\":{row}}}}}"),
            4 if row % 35 == 4 => String::from("not JSON \u{2014} ни в коем случае"),
            _ => format!("{{\"reader\":{{\"asked_on\":\"202{}-12-31\",\"age\":9}}}}", row % 10),
        };
        format!("{facts:1000}\n")
    };
    (1..=number).map(row).collect()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The names in a folder that were not there at the beginning.
fn names(folder: &Path) -> Vec<String> {
    let before = super::cli::folder();
    let all = |folder: &Path| -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let known = all(before.path());
    all(folder).into_iter().filter(|name| !known.contains(name)).collect()
}

/// The messages on stderr, without the line about the time.
fn messages(run: &Run) -> String {
    run.err.lines().filter(|line| !line.ends_with(" a second")).map(|line| format!("{line}\n")).collect()
}

/// The summary in a file, without its times.
fn summary(folder: &Path, name: &str) -> serde_json::Value {
    let mut summary: serde_json::Value = serde_json::from_str(&read(folder, name)).unwrap();
    assert!(summary.as_object_mut().unwrap().remove("timing").is_some());
    summary
}

#[test]
fn rows_stay_aligned() {
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), ROWS).unwrap();
    let args =
        ["batch", "-p", "all/cards", "rows.ndjson", "-o", "out.ndjson", "--bad", "bad.ndjson", "--summary", "sum.json"];
    let run = ereje(dir.path(), &args);
    let [out, bad] = ["out.ndjson", "bad.ndjson"].map(|name| read(dir.path(), name));
    let sum = serde_json::to_string_pretty(&summary(dir.path(), "sum.json")).unwrap();
    let (code, stderr) = (run.code, messages(&run));
    assert_eq!(run.out, "");
    insta::assert_snapshot!(format!(
        "exit {code}\n--- stderr\n{stderr}--- out.ndjson\n{out}--- bad.ndjson\n{bad}--- sum.json\n{sum}"
    ));
    // No temporary file is left beside the results.
    assert_eq!(names(dir.path()), ["bad.ndjson", "out.ndjson", "rows.ndjson", "sum.json"]);
    let piped = ereje_with(dir.path(), &["batch", "-p", "all/cards", "-", "-o", "-"], ROWS, &[]);
    assert_eq!((piped.code, piped.out), (1, out));
}

/// A table whose rows overlap over a number that is only known with the facts, a division, and a fact that declares nothing.
const FAULTY: &str = "policy f.faulty
facts a { day: date, x: integer, y: integer, z: integer }
as of a.day
decision d
  refuse > pay
  otherwise pay
  output share: integer = round down(100 / a.x, 1)
rule small
  refuse SMALL
  when 10 / a.y > 5
rule other
  refuse SMALL
  when a.z > 2
reason SMALL en \"Small.\"
";

#[test]
fn rows_with_faults_say_so_and_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let row = |x: &str, y: &str, z: &str| {
        let cells: Vec<String> = [("x", x), ("y", y), ("z", z)]
            .into_iter()
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| format!(",\"{name}\":{cell}"))
            .collect();
        format!("{{\"a\":{{\"day\":\"2026-01-01\"{}}}}}\n", cells.concat())
    };
    // No fault; a fault that decides; one beside a rule that fires; one in an output alone; an output that waits; a fact that
    // declares nothing.
    let rows = [
        row("4", "10", "0"),
        row("4", "0", "0"),
        row("4", "0", "3"),
        row("0", "10", "0"),
        row("", "10", "0"),
        row("4", "10", "null"),
    ];
    fs::write(dir.path().join("p.ereje"), FAULTY).unwrap();
    fs::write(dir.path().join("rows.ndjson"), rows.concat()).unwrap();
    let run = |more: &[&str]| {
        let run = ereje(dir.path(), &[&["batch", "-p", "p.ereje", "rows.ndjson", "-o", "-"], more].concat());
        format!("exit {}\n--- stderr\n{}--- stdout\n{}", run.code, messages(&run), run.out)
    };
    let fields = "outcome,reasons,outputs,unknown_outputs,blocked,faults";
    let shown = [
        run(&[]),
        run(&["--fields", fields, "--summary", "sum"]),
        run(&["--fields", fields, "--to", "csv"]),
        serde_json::to_string(&summary(dir.path(), "sum")).unwrap(),
    ];
    insta::assert_snapshot!(shown.join("\n"));
    // A row that cannot be read and one that waits, without a fault.
    fs::write(dir.path().join("rows.ndjson"), row("4", "10", "") + "{}}\n").unwrap();
    assert_eq!(ereje(dir.path(), &["batch", "-p", "p.ereje", "rows.ndjson", "-o", "-"]).code, 1);
}

#[test]
fn the_same_on_any_number_of_threads() {
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), rows(3000)).unwrap();
    let run = |threads: &str| {
        let args =
            ["batch", "-p", "all/cards", "rows.ndjson", "-o", "out", "--bad", "bad", "--summary", "sum", "--threads"];
        let run = ereje(dir.path(), &[&args[..], &[threads]].concat());
        assert_eq!(run.code, 1, "{}", run.err);
        (messages(&run), read(dir.path(), "out"), read(dir.path(), "bad"), summary(dir.path(), "sum"))
    };
    let one = run("1");
    assert_eq!(one.1.lines().count(), 3000);
    assert!(one.0.contains("more bad rows") && one.3["rows"] == 3000, "{}", one.0);
    for threads in ["2", "3", "16"] {
        let many = run(threads);
        assert!(one == many, "{threads} threads say {}", many.0);
    }
    // A bad row can be corrected and given again: its text is that of the row.
    let input = read(dir.path(), "rows.ndjson");
    for line in one.2.lines() {
        let bad: serde_json::Value = serde_json::from_str(line).unwrap();
        let row = bad["line"].as_u64().unwrap() as usize;
        assert_eq!(bad["text"].as_str(), input.lines().nth(row - 1));
        assert!(one.1.lines().nth(row - 1).unwrap().starts_with("{\"error\":"));
    }
    assert_eq!(ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "out", "--threads", "0"]).code, 2);
}

#[test]
fn what_is_no_row_has_its_place() {
    let dir = folder();
    let good = ROWS.lines().next().unwrap().as_bytes();
    let long = [b"{\"x\":\"", &vec![b'y'; 2 << 20][..], b"\"}"].concat();
    let rows: [&[u8]; 8] = [b"\xef\xbb\xbf", good, &long, good, b"{\"\xff\": 1}", b"\r", good, &long];
    let text = [&[rows[0], rows[1]].concat()[..], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]].join(&b'\n');
    fs::write(dir.path().join("rows.ndjson"), text).unwrap();
    let run = ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "-", "--bad", "bad.ndjson"]);
    insta::assert_snapshot!(format!(
        "{}--- stderr\n{}--- bad.ndjson\n{}",
        run.out,
        messages(&run),
        read(dir.path(), "bad.ndjson")
    ));
}

#[test]
fn no_rows_at_all() {
    let dir = folder();
    let run = ereje_with(dir.path(), &["batch", "-p", "all/cards", "-", "-o", "out", "--bad", "bad"], "", &[]);
    assert_eq!((run.code, messages(&run).as_str()), (0, "decided 0 rows\n"));
    assert_eq!((read(dir.path(), "out"), read(dir.path(), "bad")), (String::new(), String::new()));
}

#[test]
fn nothing_is_named_twice() {
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), ROWS).unwrap();
    let batch = |args: &[&str]| ereje(dir.path(), &[&["batch", "-p", "all/cards", "rows.ndjson"], args].concat());
    for args in [
        vec!["-o", "./rows.ndjson"],
        vec!["-o", "out", "--bad", "out"],
        vec!["-o", "out", "--summary", "out"],
        vec!["-o", "-", "--bad", "-"],
        vec!["-o", "out", "--bad", "rows.ndjson"],
    ] {
        let run = batch(&args);
        assert!(run.code == 2 && run.err.contains("is named twice"), "{args:?}: {}", run.err);
    }
    assert_eq!(
        (read(dir.path(), "rows.ndjson").as_str(), names(dir.path())),
        (ROWS, vec![String::from("rows.ndjson")])
    );
    assert_eq!(batch(&["-o", "/dev/null", "--bad", "/dev/null"]).code, 1);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), rows(3000)).unwrap();
    for threads in ["1", "4"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(["batch", "-p", "all/cards", "rows.ndjson", "-o", "-", "--threads", threads])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{stderr}");
        assert!(stderr.lines().all(|line| line.contains("rows.ndjson:")), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let dir = folder();
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(dir.path().join("rows.ndjson"), ROWS.lines().next().unwrap()).unwrap();
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let run = ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "pipe"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(reader.join().unwrap(), "{\"outcome\":\"refuse\",\"reasons\":[\"TOO_YOUNG\"]}\n");
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    // It cannot be resumed either.
    let resumed = ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "-", "--resume"]);
    assert!(
        resumed.code == 2 && resumed.err.contains("a run that writes to a stream cannot be resumed"),
        "{}",
        resumed.err
    );
}

#[cfg(unix)]
#[test]
fn permissions_are_kept() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let dir = folder();
    let real = dir.path().join("real.ndjson");
    fs::write(&real, "").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    let run = ereje_with(dir.path(), &["batch", "-p", "all/cards", "-", "-o", "real.ndjson"], ROWS, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&real).unwrap().lines().count(), 5);
}
