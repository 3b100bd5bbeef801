//! Any bytes as the note that a run has left for `--resume`: the run is refused and nothing is lost, or it goes on and its
//! results are those of a run that was never interrupted.

use crate::run_as_ereje;
use ereje_batch::files::packing::Packing;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Results: decisions, bad rows, and the summary without its times.
type Results = (Vec<u8>, Vec<u8>, String);

const POLICY: &str = "policy town.cards
facts reader { asked_on: date, age: integer }
as of reader.asked_on
decision card
  refuse > issue
  otherwise issue
reason TOO_YOUNG en \"Too young.\"
rule too_young
  refuse TOO_YOUNG
  when 100 / reader.age > 14
";

const POLICY_FILE: &str = "cards.ereje";
const INPUT: &str = "rows.ndjson.gz";
const JOURNAL: &str = "out.ndjson.resume";
const PARTS: [&str; 3] = ["out.ndjson.part", "bad.ndjson.part", JOURNAL];

/// A run that was interrupted, and what it would have come to.
struct Interrupted {
    folder: TempDir,
    /// What it has left under the names of [`PARTS`].
    left: [Vec<u8>; 3],
    whole: Results,
}

/// The note that an interrupted run has really left; that of one that was not interrupted, as far as it goes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let note = &interrupted().left[2];
    let text = String::from_utf8_lossy(note).into_owned();
    vec![
        note.clone(),
        text.replace("\"finished\": false", "\"finished\": true").into_bytes(),
        b"{".to_vec(),
        Vec::new(),
    ]
}

/// Goes on with the run by these bytes as its note.
pub fn run(data: &[u8]) {
    let interrupted = interrupted();
    let folder = interrupted.folder.path();
    for (name, bytes) in PARTS.iter().zip(&interrupted.left) {
        fs::write(folder.join(name), if *name == JOURNAL { data } else { bytes })
            .expect("a folder that can be written to");
    }
    let code = batch(folder, &["--resume"]);
    let is_there = |name: &str| folder.join(name).exists();
    if code == 2 {
        assert!(!is_there("out.ndjson") && !is_there("bad.ndjson"), "refused, and there are results");
        for (name, bytes) in PARTS.iter().zip(&interrupted.left).take(2) {
            let left = fs::read(folder.join(name)).unwrap_or_default();
            assert!(
                left.starts_with(bytes) || bytes.starts_with(&left) && data != interrupted.left[2],
                "`{name}` is lost"
            );
        }
        assert!(data != interrupted.left[2], "what a run has left is refused");
    } else {
        assert!(results(folder) == interrupted.whole, "a resumed run comes to something else (exit {code})");
        assert!(!PARTS.iter().any(|name| is_there(name)), "something is left");
    }
    clear(folder);
}

/// Runs the batch in a folder; its exit code.
fn batch(folder: &Path, more: &[&str]) -> i32 {
    let at = |name: &str| folder.join(name).into_os_string();
    let mut args: Vec<OsString> = ["ereje", "batch", "-p"].map(OsString::from).to_vec();
    args.extend([at(POLICY_FILE), at(INPUT), "-o".into(), at("out.ndjson")]);
    args.extend(["--bad".into(), at("bad.ndjson"), "--summary".into(), at("sum.json")]);
    args.extend(["--checkpoint", "0", "--threads", "1"].iter().chain(more).map(OsString::from));
    run_as_ereje(args)
}

fn results(folder: &Path) -> Results {
    let read = |name: &str| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let summary: serde_json::Value =
        serde_json::from_slice(&read("sum.json")).unwrap_or_else(|error| panic!("{error}"));
    let mut summary = summary.as_object().cloned().unwrap_or_default();
    summary.remove("timing");
    (read("out.ndjson"), read("bad.ndjson"), format!("{summary:?}"))
}

fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder of its own").flatten() {
        if entry.file_name() != INPUT && entry.file_name() != POLICY_FILE {
            fs::remove_file(entry.path()).expect("a file of its own");
        }
    }
}

/// Interrupts a run by an input that cannot be read on from its middle, and mends the input.
fn interrupted() -> &'static Interrupted {
    static MADE: OnceLock<Interrupted> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = TempDir::new().expect("a folder of its own");
        fs::write(folder.path().join(POLICY_FILE), POLICY).expect("a folder that can be written to");
        let path = folder.path().join(INPUT);
        let packed: Vec<Vec<u8>> = (0..3).map(|block| packed(&rows(block))).collect();
        let whole = packed.concat();
        let mut broken = whole.clone();
        let last = packed[0].len() + packed[1].len();
        broken[last..].fill(0);
        write(&path, &whole);
        assert_eq!(batch(folder.path(), &[]), 4, "some rows divide by zero");
        let results = results(folder.path());
        clear(folder.path());
        write(&path, &broken);
        assert_eq!(batch(folder.path(), &[]), 2, "the input cannot be read on");
        let left =
            PARTS.map(|name| fs::read(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}")));
        clear(folder.path());
        write(&path, &whole);
        Interrupted { folder, left, whole: results }
    })
}

/// Writes the input. A run knows it by its size and its time.
fn write(path: &PathBuf, bytes: &[u8]) {
    fs::write(path, bytes).expect("a folder that can be written to");
    let file = File::options().write(true).open(path).expect("it was just written");
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).expect("a time that can be set");
}

fn packed(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    Packing::Gzip.packer().and_then(|mut packer| packer.pack(&mut bytes)).expect("it can be packed");
    bytes
}

/// About as many rows as are decided at a time, some of them bad. What fills them packs badly, so that a run which is broken
/// behind the first block knows the same first bytes.
fn rows(block: usize) -> String {
    let mut dice = 1_u32;
    let mut filler = |length: usize| -> String {
        let mut one = || {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if dice >> 31 == 0 { ' ' } else { '\t' }
        };
        (0..length).map(|_| one()).collect()
    };
    let mut row = |row: usize| {
        let facts = match row % 7 {
            0 => String::from("{\"reader\":{\"asked_on\":\"2026-05-01\"}}"),
            3 => format!("{{\"reader\":{{\"row\":{row}}}}}"),
            _ => format!("{{\"reader\":{{\"asked_on\":\"2026-05-01\",\"age\":{}}}}}", row % 13),
        };
        let filler = filler(3000 - facts.len());
        format!("{facts}{filler}\n")
    };
    (0..44).map(|number| row(block * 44 + number)).collect()
}
