//! An option that takes one value is refused where it is given twice: of two values none is meant more than the other.

use super::cli::{ereje, folder};

#[test]
fn an_option_given_twice_is_refused() {
    let dir = folder();
    for command in [
        "eval -p all/cards adult.yaml --as-of 2026-01-01 --as-of 2026-02-01",
        "eval -p all/cards -p all/broken adult.yaml",
        "eval -p all/cards adult.yaml --decision card --decision card",
        "eval -p all/cards adult.yaml --format json --format yaml",
        "eval -p all/cards adult.yaml --explain --explain=short",
        "batch -p all/cards child.json -o out --fields outcome --fields reasons",
        "batch -p all/cards child.json -o out --null absent --null unasked",
        "batch -p all/cards child.json -o out -o other",
        "test all/cards --filter a --filter b",
        "check all/cards --format short --format json",
        "diff all/cards all/cards --lang en --lang ru",
        "--color never --color always check all/cards",
        "check --color never --color always all/cards",
        // An option of every command, on both sides of it.
        "--color never check --color always all/cards",
        "--color=never check all/cards --color=never",
    ] {
        let run = ereje(dir.path(), &command.split(' ').collect::<Vec<_>>());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{command}");
        let first = run.err.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("error: the argument '-") && first.ends_with("cannot be used multiple times"),
            "{first}"
        );
    }
    // Behind `--` it is a name.
    let run = ereje(dir.path(), &["--color", "never", "check", "all/cards", "--", "--color"]);
    assert!(!run.err.contains("multiple times"), "{}", run.err);
    assert_eq!(ereje(dir.path(), &["check", "all/cards", "--color", "never"]).code, 0);
}
