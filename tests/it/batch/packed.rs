//! Compressed input and output.

use super::super::cli::{Run, ereje, ereje_with, folder};
use super::{ROWS, messages, read, rows};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// gzip, in several members as `cat a.gz b.gz` makes them.
fn gzip(text: &str) -> Vec<u8> {
    let (a, b) = text.split_at(text.len() / 3);
    let one = |text: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    [one(a), one(""), one(b)].concat()
}

/// zstd, also in several frames.
fn zstd(text: &str) -> Vec<u8> {
    let (a, b) = text.split_at(text.len() / 3);
    [a, "", b].map(|text| zstd::encode_all(text.as_bytes(), 1).unwrap()).concat()
}

/// The text of a file, uncompressed according to its name.
pub(super) fn unpack(folder: &Path, name: &str) -> String {
    let bytes = fs::read(folder.join(name)).unwrap();
    let mut text = String::new();
    match name.rsplit('.').next().unwrap() {
        "gz" => flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).map(drop).unwrap(),
        "zst" => text = String::from_utf8(zstd::decode_all(&bytes[..]).unwrap()).unwrap(),
        _ => return read(folder, name),
    }
    text
}

#[test]
fn compressed_files_are_files() {
    let dir = folder();
    let text = rows(1500);
    fs::write(dir.path().join("rows.ndjson"), &text).unwrap();
    fs::write(dir.path().join("rows.ndjson.gz"), gzip(&text)).unwrap();
    fs::write(dir.path().join("rows.ndjson.zst"), zstd(&text)).unwrap();
    // Recognized by its first bytes alone.
    fs::write(dir.path().join("rows"), zstd(&text)).unwrap();
    let batch = |input: &str, out: &str, bad: &str| {
        let run = ereje(dir.path(), &["batch", "-p", "all/cards", input, "-o", out, "--bad", bad, "--threads", "3"]);
        assert_eq!(run.code, 1, "{}", run.err);
        (messages(&run).replace(&format!("{input}:"), "IN:"), unpack(dir.path(), out), unpack(dir.path(), bad))
    };
    let plain = batch("rows.ndjson", "out.ndjson", "bad.ndjson");
    for (input, out, bad) in [
        ("rows.ndjson.gz", "out.gz", "bad.zst"),
        ("rows.ndjson.zst", "out.zst", "bad.gz"),
        ("rows", "out.txt", "bad.txt"),
    ] {
        assert!(batch(input, out, bad) == plain, "{input} to {out}");
        assert!(input == "rows" || fs::metadata(dir.path().join(out)).unwrap().len() < plain.1.len() as u64 / 5);
    }
    for (packed, name) in [(gzip(&text), "gzip"), (zstd(&text), "zstd")] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(["batch", "-p", "all/cards", "-", "-o", "-"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || stdin.write_all(&packed).unwrap());
        let out = child.wait_with_output().unwrap().stdout;
        feeder.join().unwrap();
        assert!(String::from_utf8(out).unwrap() == plain.1, "{name} on stdin");
    }
}

#[test]
fn nothing_in_a_compressed_file_is_a_compressed_file() {
    let dir = folder();
    fs::write(dir.path().join("rows.gz"), gzip("")).unwrap();
    for out in ["out.gz", "out.zst"] {
        let run = ereje(dir.path(), &["batch", "-p", "all/cards", "rows.gz", "-o", out]);
        assert_eq!((run.code, unpack(dir.path(), out).as_str()), (0, ""), "{}", run.err);
        assert!(fs::metadata(dir.path().join(out)).unwrap().len() > 0);
    }
}

#[test]
fn what_is_damaged_is_told_and_not_taken_for_rows() {
    let dir = folder();
    let text = rows(1500);
    let packed = gzip(&text);
    fs::write(dir.path().join("cut.gz"), &packed[..packed.len() - 300]).unwrap();
    fs::write(dir.path().join("cut.zst"), &zstd(&text)[..2000]).unwrap();
    fs::write(dir.path().join("plain.gz"), &text).unwrap();
    for input in ["cut.gz", "cut.zst", "plain.gz"] {
        let run = ereje(dir.path(), &["batch", "-p", "all/cards", input, "-o", "out"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(&format!("`{input}` cannot be read")), "{}", run.err);
        assert!(!dir.path().join("out").exists());
    }
}

/// What git-lfs leaves in the place of a file is told as that, whatever the file is called and however it is read.
#[test]
fn a_pointer_of_git_lfs_is_told_as_what_it_is() {
    let dir = folder();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n", "0".repeat(64));
    let told = |name: &str, run: &Run| {
        let says = ["is a pointer", "and not the file", "`git lfs pull` puts the file in its place"];
        assert!(run.code == 2 && says.iter().all(|says| run.err.contains(says)), "{name}: {}", run.show());
        assert!(run.err.contains(&format!("`{name}` is a pointer")), "{name}: {}", run.show());
    };
    for name in ["rows.ndjson", "rows.csv", "rows.csv.gz", "rows.ndjson.zst"] {
        fs::write(dir.path().join(name), &pointer).unwrap();
        let run = ereje(dir.path(), &["batch", "-p", "all/cards", name, "-o", "out"]);
        told(name, &run);
        assert!(!dir.path().join("out").exists(), "{name}");
    }
    told("stdin", &ereje_with(dir.path(), &["batch", "-p", "all/cards", "-", "-o", "out"], &pointer, &[]));
    for name in ["facts.yaml", "facts.json", "facts.csv", "rows.ndjson"] {
        fs::write(dir.path().join(name), &pointer).unwrap();
        told(name, &ereje(dir.path(), &["eval", "-p", "all/cards", name]));
        told(name, &ereje(dir.path(), &["diff", "all/cards", "all/cards", "--facts", name]));
    }
    fs::write(dir.path().join("all/cards/more.test.yaml"), &pointer).unwrap();
    told("all/cards/more.test.yaml", &ereje(dir.path(), &["test", "all/cards/more.test.yaml"]));
    // A column may be called so.
    fs::write(dir.path().join("versions.csv"), "version https,b\n1,2\n").unwrap();
    let run = ereje(dir.path(), &["batch", "-p", "all/cards", "versions.csv", "-o", "out"]);
    assert!(!run.err.contains("git-lfs") && run.err.contains("version https"), "{}", run.show());
}

/// A file of another kind is told as what it is, and not line by line; nothing that was there is touched.
#[test]
fn what_is_no_text_is_told_as_what_it_is() {
    let dir = folder();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(ROWS.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let kinds: [(&[u8], &str); 5] = [
        (&utf16, "the text is in UTF-16"),
        (b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F", "it is compressed with xz"),
        (b"BZh91AY&SY", "it is compressed with bzip2"),
        (b"PK\x03\x04\x14\0\0\0", "it is a zip archive, as a workbook of Excel is"),
        (b"%PDF-1.7\n", "it is a PDF document"),
    ];
    fs::write(dir.path().join("out.ndjson"), "kept\n").unwrap();
    for (bytes, what) in kinds {
        fs::write(dir.path().join("rows.ndjson"), bytes).unwrap();
        let run = ereje(dir.path(), &["batch", "-p", "all/cards", "rows.ndjson", "-o", "out.ndjson"]);
        let said = format!("`rows.ndjson` is no text: {what}");
        assert!(run.code == 2 && run.err.contains(&said) && run.err.contains("help: "), "{what}: {}", run.err);
        assert_eq!(read(dir.path(), "out.ndjson"), "kept\n", "{what}");
        let run = ereje(dir.path(), &["eval", "-p", "all/cards", "rows.ndjson"]);
        assert!(run.code == 2 && run.err.contains("E0702") && !run.err.contains('\u{fffd}'), "{what}: {}", run.err);
    }
}
