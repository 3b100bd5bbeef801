//! `ereje batch - -o -` beside another program: whoever writes a row and waits for its answer gets it, before the next row
//! is written and while the input stays open.

use super::super::cli::folder;
use std::fs;
use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long an answer may take on a machine that does much else; a process that waits for more input takes for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A batch that stays open, and its lines as they come.
struct Resident {
    child: Child,
    lines: Receiver<String>,
}

impl Resident {
    fn start(folder: &Path, more: &[&str]) -> (Self, ChildStdin) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(["batch", "-p", "all/cards", "-", "-o", "-"])
            .args(more)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let input = child.stdin.take().unwrap();
        (Self { child, lines }, input)
    }

    fn answer(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(error) => {
                let _ = self.child.kill();
                panic!("no answer: {error}");
            }
        }
    }

    fn end(mut self, input: ChildStdin) {
        drop(input);
        assert!(self.lines.recv_timeout(PATIENCE).is_err(), "there is nothing behind the last answer");
        self.child.wait().unwrap();
    }
}

fn answer_of(age: usize) -> &'static str {
    if age < 7 { "refuse" } else { "issue" }
}

#[test]
fn each_row_is_answered_before_the_next_is_written() {
    let dir = folder();
    for threads in ["1", "2", "5"] {
        let (mut batch, mut input) = Resident::start(dir.path(), &["--threads", threads]);
        // The shortest row of all is shorter than what tells a compressed stream.
        input.write_all(b"{}\n").unwrap();
        assert_eq!(batch.answer(), "{\"outcome\":\"undetermined\",\"reasons\":[]}");
        for age in 1..40 {
            writeln!(input, "{{\"reader\":{{\"asked_on\":\"2026-05-01\",\"age\":{age}}}}}").unwrap();
            assert!(batch.answer().contains(answer_of(age)), "{age}");
        }
        // Two rows and a half, and then the other half.
        let row = "{\"reader\":{\"asked_on\":\"2026-05-01\",\"age\":3}}\n";
        let (begun, rest) = row.split_at(20);
        input.write_all([row, row, begun].concat().as_bytes()).unwrap();
        assert!([batch.answer(), batch.answer()].iter().all(|answer| answer.contains("TOO_YOUNG")));
        input.write_all(rest.as_bytes()).unwrap();
        assert!(batch.answer().contains("TOO_YOUNG"));
        // A row that cannot be read, and one without a line end at the end of all.
        input.write_all(b"what\n{\"reader\":{}}").unwrap();
        assert!(batch.answer().contains("error"));
        drop(input);
        assert!(batch.answer().contains("undetermined"));
        batch.child.wait().unwrap();
    }
}

#[test]
fn records_of_csv_are_answered_at_once() {
    let dir = folder();
    let args = ["--from", "csv", "--to", "csv", "--fields", "reader.age,outcome"];
    let (mut batch, mut input) = Resident::start(dir.path(), &args);
    input.write_all(b"reader.age,reader.asked_on\n").unwrap();
    assert_eq!(batch.answer(), "reader.age,outcome,error");
    for age in 1..20 {
        writeln!(input, "{age},2026-05-01").unwrap();
        assert_eq!(batch.answer(), format!("{age},{},", answer_of(age)));
    }
    batch.end(input);
}

/// A stream that is compressed is answered as far as its writer has flushed it.
#[test]
fn a_compressed_stream_is_answered_as_far_as_it_is_flushed() {
    let dir = folder();
    let (mut batch, input) = Resident::start(dir.path(), &[]);
    let mut packed = flate2::write::GzEncoder::new(input, flate2::Compression::default());
    for age in 1..20 {
        writeln!(packed, "{{\"reader\":{{\"asked_on\":\"2026-05-01\",\"age\":{age}}}}}").unwrap();
        packed.flush().unwrap();
        assert!(batch.answer().contains(answer_of(age)), "{age}");
    }
    batch.end(packed.finish().unwrap());
}

/// What is written to a file is the same, byte for byte, however its input comes.
#[test]
fn a_file_is_the_same_however_its_input_comes() {
    let dir = folder();
    let rows = super::rows(1000);
    fs::write(dir.path().join("rows.ndjson"), &rows).unwrap();
    super::ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "whole.gz"]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
        .args(["batch", "-p", "all/cards", "-", "-o", "piped.gz"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for piece in rows.as_bytes().chunks(70_000) {
        input.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(input);
    child.wait().unwrap();
    assert!(fs::read(dir.path().join("whole.gz")).unwrap() == fs::read(dir.path().join("piped.gz")).unwrap());
}
