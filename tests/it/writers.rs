//! What a command writes is whole or not there, is no link, and is no file that it reads: the commands besides `batch`.

use super::cli::{ereje, folder};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A folder with a policy and its cases, and a file of somebody else.
fn made() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let run = ereje(dir.path(), &["new", "mine"]);
    assert_eq!(run.code, 0, "{}", run.err);
    fs::write(dir.path().join("victim"), "kept").unwrap();
    dir
}

/// Runs `ereje` on a full disk: no file can grow beyond so many blocks of 512 bytes.
#[cfg(unix)]
fn full_disk(folder: &Path, blocks: u32, args: &[&str]) -> (i32, String) {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_ereje");
    let output = Command::new("sh").args(["-c", &script, program]).args(args).current_dir(folder).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn no_command_writes_through_a_link() {
    use std::os::unix::fs::symlink;
    let dir = made();
    let path = dir.path();
    let link = |name: &str, target: &str| {
        let _ = fs::remove_file(path.join(name));
        symlink(target, path.join(name)).unwrap();
    };
    for target in ["victim", "nothing"] {
        link("out", target);
        for args in [
            vec!["suggest", "mine", "-o", "out", "--force"],
            vec!["diff", "mine", "mine", "-o", "out"],
            vec!["test", "mine", "--coverage-html", "out"],
            vec!["test", "mine", "--coverage-lcov", "out"],
        ] {
            let run = ereje(path, &args);
            assert!(run.code == 2 && run.err.contains("it is a link"), "{args:?}: exit {}, {}", run.code, run.err);
        }
    }
    // The snapshot of a case, and one that waits for a review.
    assert_eq!(ereje(path, &["review", "mine", "--accept"]).code, 0);
    let snapshots = path.join("mine/snapshots");
    let first = fs::read_dir(&snapshots).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&first).unwrap();
    symlink("../../victim", &first).unwrap();
    let run = ereje(path, &["review", "mine", "--accept"]);
    assert!(run.code == 2 && run.err.contains("it is a link"), "{}", run.err);
    fs::remove_file(&first).unwrap();
    symlink("../../victim", first.with_extension("snap.new")).unwrap();
    let run = ereje(path, &["review", "mine", "--pending"]);
    assert!(run.code == 2 && run.err.contains("it is a link"), "{}", run.err);
    assert_eq!(fs::read_to_string(path.join("victim")).unwrap(), "kept");
    assert!(!path.join("nothing").exists());
}

#[test]
fn a_report_is_written_over_nothing_that_is_read() {
    let dir = made();
    let path = dir.path();
    let policy = "mine/policy.ereje";
    let before = fs::read_to_string(path.join(policy)).unwrap();
    for args in [
        vec!["suggest", "mine", "-o", policy, "--force"],
        vec!["diff", "mine", "mine", "-o", "mine/../mine/policy.ereje"],
        vec!["diff", "mine", "mine", "-o", "mine/cases.test.yaml"],
        vec!["diff", "mine", "mine", "--facts", "mine/facts/northtown.yaml", "-o", "mine/facts/northtown.yaml"],
        vec!["test", "mine", "--coverage-html", policy],
        vec!["test", "mine", "--coverage-lcov", "mine/cases.test.yaml"],
        vec!["test", "mine", "--coverage-html", "same", "--coverage-lcov", "./same"],
    ] {
        let run = ereje(path, &args);
        assert!(run.code == 2 && run.err.contains("is named twice"), "{args:?}: exit {}, {}", run.code, run.err);
    }
    assert_eq!(fs::read_to_string(path.join(policy)).unwrap(), before);
    let cases = fs::read_to_string(path.join("mine/cases.test.yaml")).unwrap();
    assert!(cases.contains("cases:"), "{cases}");
}

#[cfg(unix)]
#[test]
fn on_a_full_disk_nothing_is_half_there() {
    let dir = folder();
    let path = dir.path();
    // The first file finds room, the second does not, and neither is left in the way of the next try.
    let (code, err) = full_disk(path, 3, &["new", "deep/er"]);
    assert!(
        code == 2 && err.contains("`deep/er/policy.ereje` cannot be written: file too large"),
        "exit {code}, {err}"
    );
    assert!(!path.join("deep").exists());
    fs::create_dir(path.join("empty")).unwrap();
    assert_eq!(full_disk(path, 3, &["new", "empty"]).0, 2);
    assert_eq!(fs::read_dir(path.join("empty")).unwrap().count(), 0);
    assert_eq!(ereje(path, &["new", "empty"]).code, 0);
    // A file that cannot be written is not counted as changed.
    let file = path.join("empty/policy.ereje");
    let untidy = fs::read_to_string(&file).unwrap().replace("  when", "     when");
    fs::write(&file, &untidy).unwrap();
    let (code, err) = full_disk(path, 3, &["fmt", "empty/policy.ereje"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(err);
    assert_eq!(fs::read_to_string(&file).unwrap(), untidy);
    assert_eq!(fs::read_dir(path.join("empty")).unwrap().count(), 5);
}
