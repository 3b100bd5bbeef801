//! Blank lines, which mean one thing wherever rows are read.

use super::super::cli::{Run, ereje, folder};
use std::fs;

/// A blank line is a row that cannot be read, so that lines and answers stay in step.
#[test]
fn a_blank_line_means_one_thing() {
    let dir = folder();
    let row = "{\"reader\":{\"asked_on\":\"2026-05-01\",\"age\":9}}";
    fs::write(dir.path().join("rows.ndjson"), format!("{row}\n\n{row}\n  \n")).unwrap();
    fs::write(dir.path().join("rows.csv"), "reader.asked_on,reader.age\n2026-05-01,9\n\n2026-05-01,9\n").unwrap();
    let mut shown = Vec::new();
    for rows in ["rows.ndjson", "rows.csv"] {
        let batch = ereje(dir.path(), &["batch", "-p", "all/cards", rows, "-o", "-"]);
        let diff = ereje(dir.path(), &["diff", "all/cards", "all/cards", "--facts", rows]);
        assert_eq!((batch.code, diff.code), (1, 2), "{}{}", batch.err, diff.err);
        let errors =
            |run: &Run| run.err.lines().filter(|line| line.starts_with("error")).collect::<Vec<_>>().join("\n");
        shown.push(format!("--- batch {rows}\n{}\n--- diff {rows}\n{}", errors(&batch), errors(&diff)));
    }
    insta::assert_snapshot!(shown.join("\n"));
}
