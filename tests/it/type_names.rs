//! In each crate a type name stands for one type, so that whoever reads it need not look up which of two is meant.

use crate::it::layers::rust_files;
use crate::it::root;
use std::collections::BTreeMap;
use std::fs;

const CRATES: [&str; 4] = ["src", "crates/ereje-batch/src", "crates/ereje-review/src", "crates/ereje-cli/src"];

/// The words and braces of a text, each with its line; what stands in comments, strings and characters is left out.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let behind =
        |text: &str, end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let hashes = rest[word..].chars().take_while(|c| *c == '#').count();
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => behind(rest, "*/", 2),
            'r' | 'b' if ["r", "br"].contains(&&rest[..word]) && rest[word + hashes..].starts_with('"') => {
                behind(rest, &format!("\"{}", "#".repeat(hashes)), word + hashes + 1)
            }
            '"' => {
                let mut escaped = false;
                let ends = |c: char| {
                    let end = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    end
                };
                rest[1..].find(ends).map_or(rest.len(), |end| end + 2)
            }
            '\'' if rest[1..].starts_with('\\') => behind(rest, "'", 3),
            // What has no quote behind its first character is a lifetime.
            '\'' if rest.chars().nth(2) == Some('\'') => behind(rest, "'", 1),
            _ if word > 0 => word,
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        if is_word(first) && !token.contains('"') || "{};".contains(first) {
            found.push((line, token));
        }
        line += token.matches('\n').count();
        at += length;
    }
    found
}

/// The types that a text declares, each with its line. A `type` of an `impl` or a trait is none of its own.
fn declared(text: &str) -> Vec<(usize, &str)> {
    const ITEMS: [&str; 6] = ["enum", "fn", "impl", "mod", "struct", "trait"];
    let tokens = tokens(text);
    let (mut found, mut around, mut item) = (Vec::new(), Vec::new(), "");
    for (index, (_, token)) in tokens.iter().enumerate() {
        match *token {
            "{" => around.push(std::mem::take(&mut item)),
            "}" => {
                around.pop();
                item = "";
            }
            ";" => item = "",
            word if item.is_empty() && ITEMS.contains(&word) => item = word,
            _ => {}
        }
        let associated = *token == "type" && matches!(around.last(), Some(&"impl" | &"trait"));
        if ["enum", "struct", "trait", "type"].contains(token) && !associated {
            found.extend(tokens.get(index + 1).filter(|(_, name)| name.starts_with(char::is_uppercase)));
        }
    }
    found
}

/// The names that several declarations share, each with their places. Texts come with what their places are called by.
fn shared<'t>(texts: impl Iterator<Item = (String, &'t str)>) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, text) in texts {
        for (line, name) in declared(text) {
            places.entry(name).or_default().push(format!("{path}:{line}"));
        }
    }
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    several.map(|(name, places)| format!("`{name}`: {}", places.join(", "))).collect()
}

#[test]
fn declarations_of_all_forms_are_seen() {
    let one = "pub(super) struct Row<'r>(&'r str);\n// struct Comment;\nimpl Iterator for Row<'_> {\n    type Item = char;\n\
               \x20   fn next(&mut self) -> Option<char> {\n        enum Step { Done }\n        let c = '\"';\n    }\n}\n\
               trait Walk { type Out; }\nfn f(x: impl Fn()) { type Key = u8; }\n";
    let two =
        "const TEXT: &str = r#\"struct Row; \"enum Row\"#;\n#[derive(Debug)] enum Row { Row }\ntype Step = \"\\\"\";";
    assert_eq!(declared(one), [(1, "Row"), (6, "Step"), (10, "Walk"), (11, "Key")]);
    let texts = [("a.rs".to_owned(), one), ("b.rs".to_owned(), two)];
    assert_eq!(shared(texts.into_iter()), ["`Row`: a.rs:1, b.rs:2", "`Step`: a.rs:6, b.rs:3"]);
}

#[test]
fn a_type_name_stands_for_one_type_in_each_crate() {
    let mut wrong = Vec::new();
    for sources in CRATES {
        let texts: Vec<(String, String)> = rust_files(&root().join(sources))
            .iter()
            .map(|path| {
                let shown = path.strip_prefix(root()).unwrap().display().to_string();
                (shown, fs::read_to_string(path).unwrap())
            })
            .collect();
        wrong.extend(shared(texts.iter().map(|(path, text)| (path.clone(), &**text))));
    }
    assert!(wrong.is_empty(), "each of these names several types of one crate:\n{}", wrong.join("\n"));
}
