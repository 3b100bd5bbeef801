//! The formatter: one layout, every comment, the same meaning, and no change by formatting twice.

use crate::it::cli::{ereje, ereje_with};
use crate::it::generate;
use ereje::fmt::{FormatError, format};
use ereje::source::Sources;
use ereje::syntax;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

pub fn formatted(text: &str) -> Result<String, FormatError> {
    let mut sources = Sources::new();
    let file = sources.add("a.ereje", text);
    format(&sources, file)
}

/// Formats a text and checks the properties.
fn lawful(text: &str) -> String {
    let once = match formatted(text) {
        Ok(once) => once,
        Err(FormatError::Syntax(found)) => panic!("{found:#?}\n{text}"),
        Err(error @ FormatError::Changed) => panic!("{error}\n{text}"),
    };
    assert_eq!(comments(&once), comments(text), "a comment is lost:\n{text}\n---\n{once}");
    let twice = formatted(&once).unwrap();
    assert_eq!(once, twice, "not the same when formatted twice; the first text was\n{text}");
    // Line ends stay as they were, those of a lone `\r` included.
    for line in once.replace("\r\n", "\n").replace('\r', "\n").lines() {
        assert_eq!(line, line.trim_end(), "white space at the end of a line of\n{once}");
    }
    once
}

/// The comments of a text, sorted, without the white space around them.
fn comments(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let file = sources.add("a.ereje", text);
    let (file, _) = syntax::parse(&sources, file);
    let mut comments: Vec<String> = file.comments.iter().map(|c| c.text.trim_end().to_owned()).collect();
    comments.sort();
    comments
}

/// All policy files of the repository.
fn policies() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "ereje") {
                found.push(path);
            }
        }
    }
    let root = crate::it::root();
    let mut found = Vec::new();
    for folder in ["policies", "benches", "tests/cases/syntax/good"] {
        walk(&root.join(folder), &mut found);
    }
    found.sort();
    found
}

#[test]
fn comments_stay_where_they_say_something() {
    insta::assert_snapshot!(lawful(include_str!("../cases/fmt/comments.ereje")));
}

#[test]
fn every_item_has_its_layout() {
    insta::assert_snapshot!(lawful(include_str!("../cases/syntax/good/everything.ereje")));
}

#[test]
fn what_is_long_is_broken() {
    insta::assert_snapshot!(lawful(include_str!("../cases/fmt/long.ereje")));
}

#[test]
fn an_outcome_on_its_own_line_begins_no_other_item() {
    let words = "policy amendment registry region unit calendar enum record facts decision calculation reason assumption norm \
                 define table scale rule impossible exception notice replace suspend import output outcome case source as";
    let mut read = 0;
    for word in words.split_whitespace() {
        for code in ["CODE", "table", "rule", "notice", "of"] {
            match formatted(&format!("rule r {word} {code} when n > 1\n")) {
                Ok(text) => read += u32::from(lawful(&text) == text),
                Err(FormatError::Syntax(_)) => {}
                Err(error @ FormatError::Changed) => panic!("{error}: {word} {code}"),
            }
        }
    }
    assert!(read > 10, "{read} outcomes are read");
}

#[test]
fn line_ends_and_marks_of_other_systems() {
    let text = "\u{feff}unit m2\r\n\r\n\r\n# a\r\nunit kg # b\rregion R { A,\r\n B }\r\n";
    let mut sources = Sources::new();
    let file = ereje::load::decode_file(&mut sources, "a.ereje", text.as_bytes().to_vec()).unwrap();
    let windows = "unit m2\r\n\r\n# a\r\nunit kg # b\r\nregion R { A, B }\r\n";
    assert_eq!(format(&sources, file).unwrap(), windows);
    // A text in memory keeps its mark; a file keeps it where it is written.
    assert_eq!(formatted("\u{feff}unit   m2\n").unwrap(), "\u{feff}unit m2\n");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.ereje");
    fs::write(&path, text).unwrap();
    let run = ereje(dir.path(), &["fmt", "a.ereje"]);
    assert!(run.err.starts_with("1 file: 1 changed"), "{}", run.show());
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("\u{feff}{windows}"));
    let run = ereje(dir.path(), &["fmt", "--check", "a.ereje"]);
    assert_eq!(run.code, 0, "{}", run.show());
    let run = ereje_with(dir.path(), &["fmt", "-"], text, &[]);
    assert_eq!(run.out, format!("\u{feff}{windows}"));
    assert_eq!(formatted(windows).unwrap(), windows);
    assert_eq!(formatted("unit m2\runit   kg\r").unwrap(), "unit m2\runit kg\r");
    // A file of both kinds gets those of its first line.
    assert_eq!(formatted("unit m2\nunit kg\r\n").unwrap(), "unit m2\nunit kg\n");
    assert_eq!(lawful(""), "");
    assert_eq!(lawful("\n\n  # only this\n\n\n# and that"), "# only this\n\n# and that\n");
}

#[test]
fn what_cannot_be_read_is_not_formatted() {
    let error = formatted("unit m2\nrule x when\n").unwrap_err();
    assert!(matches!(error, FormatError::Syntax(found) if !found.is_empty()));
}

/// A name may be a word of the language where nothing else is meant. What can be read on one line is laid out over several, and
/// says the same there.
#[test]
fn words_of_the_language_as_names_keep_nothing_from_being_formatted() {
    let words = "policy amendment import source registry region unit calendar enum record facts as decision calculation \
                 outcome output reason assumption norm replace define case table scale rule impossible exception notice \
                 suspend when unless in from through for otherwise if then open over at of by to tied each";
    let items = [
        "rule r W minor when n",
        "rule W refuse NO when n",
        "rule r refuse W when W unless W",
        "exception W to W when W",
        "define W = W",
        "define d case W = 3 when W otherwise W",
        "norm W = 3 EUR",
        "facts W: bool",
        "facts a { W: bool }",
        "decision W W > ok otherwise W",
        "decision d refuse > W otherwise W output W: bool = W",
        "reason W en \"x\"",
        "region W { W }",
        "enum W { W, b }",
        "record R { W: bool }",
        "assumption W: bool = true",
        "registry W if absent then W NO",
        "scale W of n up to W rate 3%",
        "rule r for each W in W where W refuse NO",
        "suspend rule W",
        "notice NO as W when W",
    ];
    let mut read = 0;
    for item in items {
        for word in words.split_whitespace() {
            match formatted(&item.replace('W', word)) {
                Ok(_) => read += 1,
                Err(FormatError::Syntax(_)) => {}
                Err(error @ FormatError::Changed) => panic!("{}: {error}", item.replace('W', word)),
            }
        }
    }
    assert!(read > 500, "{read} are read at all");
}

#[test]
fn the_policies_of_this_repository_are_formatted_by_the_laws() {
    for path in policies() {
        lawful(&fs::read_to_string(&path).unwrap());
    }
}

/// The items of all policy files, with the comments inside them.
fn items() -> Vec<String> {
    let mut items = Vec::new();
    for path in policies() {
        let text = fs::read_to_string(path).unwrap();
        let mut sources = Sources::new();
        let file = sources.add("a.ereje", text.as_str());
        let (file, _) = syntax::parse(&sources, file);
        let starts: Vec<usize> = file.items.iter().map(|item| item.span().start as usize).collect();
        for (i, start) in starts.iter().enumerate() {
            items.push(text[*start..starts.get(i + 1).copied().unwrap_or(text.len())].to_owned());
        }
    }
    items
}

/// The offsets of a text at which white space separates two tokens, outside of texts and comments.
pub fn gaps(text: &str) -> Vec<usize> {
    let (mut gaps, mut quoted, mut comment, mut escaped) = (Vec::new(), false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => comment = false,
            _ if comment => continue,
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => comment = true,
            _ => {}
        }
        if !quoted && !comment && !escaped && (c.is_whitespace() || "(){}[],".contains(c)) {
            gaps.push(at);
        }
    }
    gaps
}

/// The text with these pieces inserted at these places, as long as its meaning does not change.
fn disturbed(text: &str, pieces: &[(prop::sample::Index, String)]) -> String {
    let tree = |text: &str| {
        let mut sources = Sources::new();
        let file = sources.add("a.ereje", text);
        let (file, found) = syntax::parse(&sources, file);
        found.is_empty().then(|| file.without_places())
    };
    let before = tree(text);
    let mut text = text.to_owned();
    for (at, piece) in pieces {
        let gaps = gaps(&text);
        if gaps.is_empty() {
            break;
        }
        let at = *at.get(&gaps);
        let next = at + text[at..].chars().next().unwrap().len_utf8();
        for at in [at, next] {
            let mut other = text.clone();
            other.insert_str(at, piece);
            if tree(&other) == before {
                text = other;
                break;
            }
        }
    }
    text
}

fn pieces() -> impl Strategy<Value = Vec<(prop::sample::Index, String)>> {
    let piece = prop::sample::select(vec![
        " # x\n",
        "\n# own\n",
        "\n\n  # far\n\n",
        "\n",
        "   ",
        "\n\n\n",
        "\t",
        " #\n",
        "\n    # deep\n# flush\n",
        "\r\n",
        " # сөз «тіркеу»  \n",
    ]);
    prop::collection::vec((any::<prop::sample::Index>(), piece.prop_map(str::to_owned)), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    /// Any white space and comments between the tokens of a few items.
    #[test]
    fn any_layout_comes_to_one(which in prop::collection::vec(any::<prop::sample::Index>(), 1..4), pieces in pieces()) {
        static ITEMS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
        let items = ITEMS.get_or_init(items);
        let text: Vec<&str> = which.iter().map(|i| i.get(items).as_str()).collect();
        let text = text.join("\n");
        let disturbed = disturbed(&text, &pieces);
        lawful(&disturbed);
        // Without comments, white space changes only the empty lines between items or parts on lines of their own.
        if !disturbed.contains('#') {
            let lines = |text: &str| text.lines().filter(|l| !l.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(lines(&formatted(&disturbed).unwrap()), lines(&formatted(&text).unwrap()));
        }
    }

}

proptest! {
    // Whole policies take long.
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    /// Random policies that the checker accepts.
    #[test]
    fn random_policies_keep_the_laws(numbers in prop::collection::vec(any::<u32>(), 0..200), pieces in pieces()) {
        for (_, text) in generate::policy(&mut generate::Draw::new(&numbers)).texts() {
            lawful(&disturbed(&text, &pieces));
        }
    }
}
