//! Files of somebody else: no run writes over what it reads, through a link, or into what it did not leave there itself.

use super::super::cli::{Run, ereje, folder};
use super::{ROWS, names, read};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with rows in it, and another folder beside.
fn rows_in() -> TempDir {
    let dir = folder();
    fs::write(dir.path().join("rows.ndjson"), ROWS).unwrap();
    fs::create_dir(dir.path().join("other")).unwrap();
    fs::write(dir.path().join("victim"), "kept").unwrap();
    dir
}

fn batch(dir: &Path, args: &[&str]) -> Run {
    ereje(dir, &[&["batch", "-p", "all/cards"], args].concat())
}

/// Every file under a folder, with its bytes.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(all(&path));
        } else {
            found.insert(path.display().to_string(), fs::read(&path).unwrap_or_default());
        }
    }
    found
}

/// That a run is refused with these words, and that no file is changed, made or gone.
fn refused(dir: &Path, args: &[&str], words: &str) {
    let before = all(dir);
    let run = batch(dir, args);
    assert!(run.code == 2 && run.err.contains(words), "{args:?}: exit {}, {}", run.code, run.err);
    assert!(run.err.contains("help: ") || run.err.contains("name the file that is meant"), "{args:?}: {}", run.err);
    assert!(all(dir) == before, "{args:?} changed something");
}

#[test]
fn no_file_has_two_names() {
    let dir = rows_in();
    let path = dir.path();
    for name in ["x.part", "x.resume", "x.resume.new", "y.part", "y.resume", "x"] {
        fs::write(path.join(name), ROWS).unwrap();
    }
    let policy = "all/cards/cards.ereje";
    for args in [
        // The rows under a name that the run itself writes.
        vec!["x.part", "-o", "x"],
        vec!["x.resume", "-o", "x"],
        vec!["x.resume.new", "-o", "x"],
        vec!["x", "-o", "x"],
        vec!["x", "-o", "./x"],
        vec!["x", "-o", "other/../x"],
        vec!["x", "-o", "X"],
        vec!["y.part", "-o", "z", "--bad", "y"],
        vec!["y.resume", "-o", "-", "--bad", "y"],
        // Its own names among each other.
        vec!["rows.ndjson", "-o", "x", "--bad", "x.part"],
        vec!["rows.ndjson", "-o", "x", "--bad", "x.resume"],
        vec!["rows.ndjson", "-o", "x", "--summary", "x.part"],
        vec!["rows.ndjson", "-o", "x", "--summary", "x.resume.new"],
        vec!["rows.ndjson", "-o", "y", "--summary", "other/../y.resume"],
        vec!["rows.ndjson", "-o", "z", "--bad", "b", "--summary", "b.part"],
        vec!["rows.ndjson", "-o", "z.part", "--bad", "z"],
        vec!["rows.ndjson", "-o", "z", "--bad", "Z"],
        vec!["rows.ndjson", "-o", "z", "--bad", "z"],
        vec!["rows.ndjson", "-o", "z", "--summary", "rows.ndjson"],
        vec!["rows.ndjson", "-o", "-", "--bad", "-"],
        vec!["rows.ndjson", "-o", "-", "--summary", "-"],
        // The policy's files.
        vec!["rows.ndjson", "-o", policy],
        vec!["rows.ndjson", "-o", "z", "--bad", policy],
        vec!["rows.ndjson", "-o", "z", "--summary", policy],
        vec!["rows.ndjson", "-o", "all/../all/cards/cards.ereje"],
    ] {
        refused(path, &args, "is named twice");
    }
    // A policy whose file has the name of a part file is read, too.
    fs::create_dir(path.join("p")).unwrap();
    fs::copy(path.join(policy), path.join("p/z.ereje")).unwrap();
    let run = ereje(path, &["batch", "-p", "p/z.ereje", "rows.ndjson", "-o", "z", "--summary", "p/z.ereje"]);
    assert!(run.code == 2 && run.err.contains("a file of the policy"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let dir = rows_in();
    let path = dir.path();
    // Other names of what is read.
    fs::hard_link(path.join("rows.ndjson"), path.join("hard")).unwrap();
    fs::hard_link(path.join("all/cards/cards.ereje"), path.join("law")).unwrap();
    symlink("rows.ndjson", path.join("soft")).unwrap();
    symlink("other", path.join("way")).unwrap();
    fs::write(path.join("other/x"), ROWS).unwrap();
    for args in [
        vec!["rows.ndjson", "-o", "hard"],
        vec!["rows.ndjson", "-o", "z", "--bad", "hard"],
        vec!["rows.ndjson", "-o", "law"],
        vec!["soft", "-o", "rows.ndjson"],
        vec!["soft", "-o", "hard"],
        vec!["rows.ndjson", "-o", "soft"],
        vec!["other/x", "-o", "way/x"],
    ] {
        refused(path, &args, "is named twice");
    }
    // What is written is no link, neither to a file nor to nothing.
    for target in ["victim", "nothing"] {
        for link in ["l", "m.part", "n.resume", "o.resume.new"] {
            let _ = fs::remove_file(path.join(link));
            symlink(target, path.join(link)).unwrap();
        }
        for args in [
            vec!["rows.ndjson", "-o", "l"],
            vec!["rows.ndjson", "-o", "z", "--bad", "l"],
            vec!["rows.ndjson", "-o", "z", "--summary", "l"],
            vec!["rows.ndjson", "-o", "m"],
            vec!["rows.ndjson", "-o", "z", "--bad", "m"],
            vec!["rows.ndjson", "-o", "n"],
            vec!["rows.ndjson", "-o", "n", "--resume"],
            vec!["rows.ndjson", "-o", "o"],
            vec!["rows.ndjson", "-o", "-", "--bad", "n"],
        ] {
            refused(path, &args, "it is a link");
        }
    }
    assert_eq!(read(path, "victim"), "kept");
    // A folder on the way may be a link, and a device may have several names.
    assert_eq!(batch(path, &["rows.ndjson", "-o", "way/z"]).code, 1);
    assert_eq!(names(&path.join("other")), ["x", "z"]);
    assert_eq!(
        batch(path, &["rows.ndjson", "-o", "/dev/stdout", "--bad", "/dev/null", "--summary", "/dev/null"]).code,
        1
    );
}

#[test]
fn what_no_run_has_left_is_kept() {
    let dir = rows_in();
    let path = dir.path();
    let mut shown = Vec::new();
    for (name, args) in [
        ("x.part", vec!["rows.ndjson", "-o", "x"]),
        ("x.part", vec!["rows.ndjson", "-o", "x", "--resume"]),
        ("b.part", vec!["rows.ndjson", "-o", "x", "--bad", "b"]),
        ("b.part", vec!["rows.ndjson", "-o", "-", "--bad", "b"]),
        ("x.resume", vec!["rows.ndjson", "-o", "x"]),
        ("x.resume", vec!["rows.ndjson", "-o", "x", "--resume"]),
        ("x.resume.new", vec!["rows.ndjson", "-o", "x"]),
    ] {
        fs::write(path.join(name), "{\"mine\": true}").unwrap();
        refused(path, &args, "is in the way: no run of this program has left it");
        shown.push(batch(path, &args).err);
        fs::remove_file(path.join(name)).unwrap();
    }
    shown.dedup();
    insta::assert_snapshot!(shown.join("\n"));
    // A folder or a pipe is no file that could be gone on with.
    fs::create_dir(path.join("x.part")).unwrap();
    let run = batch(path, &["rows.ndjson", "-o", "x"]);
    assert!(
        run.code == 2 && run.err.contains("`x.part` cannot be written: it is in the way and no file"),
        "{}",
        run.err
    );
}
