//! Rows in CSV, and selected fields: input and output in all forms.

use super::super::cli::{ereje, ereje_with, folder};
use super::{messages, names, read, summary};
use std::fs;
use std::io::Write as _;
use std::path::Path;

const POLICY: &str = r#"policy town.shelves
  from 2026-01-01
  languages en, ru
  en "Shelves" ru "Полки"
region Town { North, South }
record Owner { name: text, agrees: bool }
record FactPath { region: region, street: text }
facts shelf { id: text, put_up: date, place: FactPath, boards: integer }
facts owners: list of Owner
as of shelf.put_up in shelf.place.region
decision shelf  refuse > allow  otherwise allow
  output weight: integer = shelf.boards * 3
reason TOO_MANY en "{shelf.boards} boards." ru "Досок: {shelf.boards}."
reason DISSENT (name: text) en "{name}, does not agree." ru "{name} против."
rule too_many refuse TOO_MANY when shelf.boards > 5
rule dissent for each o in owners refuse DISSENT(o.name) when not o.agrees
"#;

const RECORDS: &str = r#"shelf.id,shelf.put_up,shelf.place.region,shelf.place.street,shelf.boards,owners
S-1,2026-02-01,North,Main Street,3,[]
"S ""2""",2026-02-02,South,"Long
Street, 7",9,"[{""name"":""Ann"",""agrees"":false}]"
S-3,2026-02-30,North,"a street
of
three lines",three,[]

S-5,2025-02-01,South,,7,[]
S-6,2026-02-01,South,x,6
S-7,2026-02-01,Nroth,x,6,"[{""name"":""Bob"",""agreed"":1}]"
S-8,2026-02-03,North,,12,
"#;

fn shelves() -> tempfile::TempDir {
    let dir = folder();
    fs::create_dir(dir.path().join("shelves")).unwrap();
    fs::write(dir.path().join("shelves/p.ereje"), POLICY).unwrap();
    fs::write(dir.path().join("rows.csv"), RECORDS).unwrap();
    dir
}

fn batch(dir: &Path, args: &[&str]) -> super::Run {
    ereje(dir, &[&["batch", "-p", "shelves"], args].concat())
}

#[test]
fn records_stay_aligned_with_their_lines() {
    let dir = shelves();
    let path = dir.path();
    let run = batch(path, &["rows.csv", "--null", "unasked", "-o", "out.csv", "--bad", "bad", "--summary", "sum"]);
    let sum = serde_json::to_string_pretty(&summary(path, "sum")).unwrap();
    let all = format!("exit {}\n--- stderr\n{}--- out.csv\n{}", run.code, messages(&run), read(path, "out.csv"));
    insta::assert_snapshot!(format!("{all}--- bad\n{}--- sum\n{sum}", read(path, "bad")));
    assert_eq!(names(path), ["bad", "out.csv", "rows.csv", "shelves", "sum"]);
    let run = batch(path, &["rows.csv", "--null", "unasked", "-o", "-"]);
    insta::assert_snapshot!("as_ndjson", run.out);
}

#[test]
fn an_empty_cell_is_never_guessed() {
    let dir = shelves();
    let run = batch(dir.path(), &["rows.csv", "-o", "-", "--fields", "row,outcome,needs"]);
    insta::assert_snapshot!(format!("{}--- stderr\n{}", run.out, messages(&run)));
}

#[test]
fn fields_are_copied_and_worked_out() {
    let dir = shelves();
    let fields = "shelf.id,outcome,outputs.weight,shelf.place,messages.ru,row";
    for to in ["csv", "ndjson"] {
        let run = batch(
            dir.path(),
            &["rows.csv", "--null", "absent", "-o", "-", "--to", to, "--fields", fields, "--threads", "2"],
        );
        insta::assert_snapshot!(format!("fields_{to}"), run.out);
    }
    // A value that was read from CSV and written as JSON is decided in the same way.
    let run = batch(dir.path(), &["rows.csv", "--null", "absent", "-o", "-", "--fields", "shelf.boards"]);
    assert!(run.out.starts_with("{\"shelf.boards\":3}\n{\"shelf.boards\":9}\n{\"error\":"), "{}", run.out);
}

/// A reason may have a text in a language in which the policy does not ask for all texts.
#[test]
fn messages_are_given_in_every_language_that_a_reason_has() {
    let dir = shelves();
    fs::write(dir.path().join("shelves/p.ereje"), POLICY.replace("languages en, ru", "languages en")).unwrap();
    let rows = "{\"shelf\":{\"put_up\":\"2026-02-01\",\"place\":{\"region\":\"North\"},\"boards\":9},\"owners\":[]}\n";
    let run = ereje_with(dir.path(), &["batch", "-p", "shelves", "-", "-o", "-", "--fields", "messages.ru"], rows, &[]);
    assert_eq!((run.code, run.out.as_str()), (0, "{\"messages.ru\":[\"Досок: 9.\"]}\n"), "{}", run.err);
    let run = batch(dir.path(), &["rows.csv", "-o", "-", "--fields", "messages.rv"]);
    assert!(run.code == 2 && run.err.contains("did you mean `messages.ru`"), "{}", run.err);
}

#[test]
fn it_makes_no_difference_how_the_records_arrive() {
    let dir = shelves();
    let path = dir.path();
    let usual = ["--null", "absent", "-o", "-", "--to", "csv", "--fields", "row,shelf.id,outcome,reasons"];
    let wanted = batch(path, &[&["rows.csv"], &usual[..]].concat());
    assert_eq!(wanted.code, 1);
    let shown = |run: &super::Run| messages(run).replace("packed.csv.gz", "rows.csv").replace("other", "rows.csv");
    let piped =
        ereje_with(path, &[&["batch", "-p", "shelves", "-", "--from", "csv"], &usual[..]].concat(), RECORDS, &[]);
    assert_eq!((piped.code, &piped.out), (1, &wanted.out));
    let same = |name: &str, args: &[&str]| {
        let run = batch(path, &[&[name], args, &usual[..]].concat());
        assert_eq!((run.code, &run.out), (1, &wanted.out), "{name}");
        assert_eq!(shown(&run), messages(&wanted), "{name}");
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(RECORDS.as_bytes()).unwrap();
    fs::write(path.join("packed.csv.gz"), packed.finish().unwrap()).unwrap();
    same("packed.csv.gz", &[]);
    fs::write(path.join("other"), format!("\u{FEFF}{RECORDS}")).unwrap();
    same("other", &["--from", "csv", "--threads", "1"]);
    fs::write(path.join("other"), RECORDS.replace("\n", "\r\n")).unwrap();
    let run = batch(path, &[&["other", "--from", "csv"], &usual[..]].concat());
    assert_eq!(run.out.lines().count(), wanted.out.lines().count());
    fs::write(path.join("other"), RECORDS.lines().next().unwrap()).unwrap();
    let run = batch(path, &["other", "--from", "csv", "-o", "out.csv.zst"]);
    assert_eq!((run.code, messages(&run).as_str()), (0, "decided 0 rows\n"));
    let unpacked = zstd::decode_all(fs::File::open(path.join("out.csv.zst")).unwrap()).unwrap();
    assert_eq!(String::from_utf8(unpacked).unwrap(), "outcome,reasons,error\n");
}

#[test]
fn a_header_and_fields_are_checked_before_any_row() {
    let dir = shelves();
    let path = dir.path();
    let mut shown = String::new();
    let mut refuse = |args: &[&str]| {
        let run = batch(path, &[args, &["-o", "out.csv"]].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        shown += &format!("$ {}\n{}\n", args.join(" "), run.err);
    };
    fs::write(path.join("wrong.csv"), "shelf.idd;boards;shelf.put_up;shelf.put_up\nx;1;2026-02-01;\n").unwrap();
    fs::write(path.join("empty.csv"), "").unwrap();
    refuse(&["wrong.csv"]);
    refuse(&["empty.csv"]);
    refuse(&["wrong.csv", "--ignore-unknown"]);
    refuse(&["rows.csv", "--fields", "outcome,shelf.idd"]);
    refuse(&["rows.csv", "--from", "ndjson", "--to", "ndjson", "--null", "absent"]);
    fs::write(path.join("long.csv"), "x".repeat(3 << 20)).unwrap();
    refuse(&["long.csv"]);
    insta::assert_snapshot!(shown);
    assert_eq!(names(path), ["empty.csv", "long.csv", "rows.csv", "shelves", "wrong.csv"], "nothing is left behind");
}

#[test]
fn what_the_policy_does_not_declare_is_skipped_where_that_is_asked_for() {
    let dir = shelves();
    let path = dir.path();
    let extra =
        "shelf.id,colour,shelf.put_up,shelf.place.region,shelf.boards\nS-1,\"red, or\nso\",2026-02-01,North,3\n";
    fs::write(path.join("extra.csv"), extra).unwrap();
    let fields = ["--ignore-unknown", "-o", "-", "--fields", "shelf.id,outcome,needs"];
    let run = batch(path, &[&["extra.csv"], &fields[..]].concat());
    let line = "{\"shelf.id\":\"S-1\",\"outcome\":\"undetermined\",\"needs\":[\"owners\"]}\n";
    assert_eq!((run.code, run.out.as_str()), (0, line), "{}", run.err);
    let extra = r#"{"colour":["red"],"shelf":{"id":"S-1","height":{"x":1},"put_up":"2026-02-01","place":{"region":"North"},"boards":3}}"#;
    fs::write(path.join("extra.ndjson"), extra).unwrap();
    let run = batch(path, &[&["extra.ndjson"], &fields[..]].concat());
    assert_eq!((run.code, run.out.as_str()), (0, line), "{}", run.err);
    assert_eq!(batch(path, &["extra.ndjson", "-o", "-"]).code, 1);
    // Known keys are read as strictly as before.
    fs::write(path.join("extra.ndjson"), extra.replace("North", "Nroth")).unwrap();
    assert!(batch(path, &[&["extra.ndjson"], &fields[..]].concat()).out.contains("cannot be `Nroth`"));
    fs::write(path.join("extra.ndjson"), extra.replace("\"id\"", "\"unavailable\"")).unwrap();
    assert!(batch(path, &[&["extra.ndjson"], &fields[..]].concat()).out.contains("no fact `unavailable`"));
}

#[test]
fn a_quote_that_is_not_closed_takes_no_memory() {
    let dir = shelves();
    let path = dir.path();
    let good = "S-1,2026-02-01,North,x,3,[]\n";
    let header = RECORDS.lines().next().unwrap();
    let text = format!("{header}\n{good}{good}S-2,2026-02-01,North,\"never closed,3,[]\n{}", good.repeat(60_000));
    fs::write(path.join("open.csv"), text).unwrap();
    let run = batch(path, &["open.csv", "-o", "-", "--bad", "bad"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.err);
    assert!(lines[2].contains("maybe a quote is not closed") && lines[2].contains("\"line\":4"), "{}", lines[2]);
    assert!(
        read(path, "bad").starts_with("{\"schema\":\"bad-row/1.0\",\"row\":3,\"line\":4,\"code\":\"E0609\""),
        "{}",
        read(path, "bad")
    );
}

/// Many records of all kinds, some of several lines, in a mixed order.
fn many() -> String {
    let mut text = RECORDS.lines().next().unwrap().to_owned() + "\n";
    for row in 0..6000 {
        let street = if row % 5 == 0 { "\"over\ntwo lines\"".into() } else { format!("street {row}") };
        let day = if row % 97 == 0 { 31 } else { 1 + row % 28 };
        text += &format!("S-{row},2026-02-{day:02},North,{street},{},[]\n", row % 9);
    }
    text
}

#[test]
fn a_run_over_records_is_gone_on_with() {
    let dir = shelves();
    let path = dir.path();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(many().as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    fs::write(path.join("many.csv.gz"), &packed).unwrap();
    let of = |input: &str, out: &str, more: &[&str], stdin: &[u8]| {
        let fields = ["--from", "csv", "--fields", "row,shelf.id,outcome", "--threads", "2", "--checkpoint", "0"];
        let bad = format!("bad.{out}");
        let args = [&["batch", "-p", "shelves", input, "-o", out, "--bad", &bad], &fields[..], more].concat();
        super::super::cli::ereje_bytes(path, &args, stdin)
    };
    assert_eq!(of("many.csv.gz", "whole.csv", &[], b"").code, 1);
    // A stream that breaks off in the middle, and the same stream again.
    let run = of("-", "out.csv", &[], &packed[..packed.len() * 7 / 10]);
    assert!(run.code == 2 && run.err.contains("--resume goes on"), "{}", run.err);
    let run = of("-", "out.csv", &["--resume"], &packed);
    assert!(run.code == 1 && run.err.contains("going on with `out.csv` after row"), "{}", run.err);
    assert_eq!(read(path, "out.csv"), read(path, "whole.csv"));
    assert_eq!(read(path, "bad.out.csv"), read(path, "bad.whole.csv"));
    assert_eq!(read(path, "out.csv").lines().count(), 6001);
    // Other fields make another file, so the run cannot be resumed.
    let run = of("-", "out.csv", &[], &packed[..packed.len() * 7 / 10]);
    assert_eq!(run.code, 2);
    let args = ["batch", "-p", "shelves", "-", "-o", "out.csv", "--bad", "bad.out.csv", "--from", "csv", "--resume"];
    let run = ereje_with(path, &args, RECORDS, &[]);
    assert!(run.code == 2 && run.err.contains("belongs to a run with other options"), "{}", run.err);
}
