//! What the sources promise as a whole: a stage imports only from the stages before it, the pure ones touch neither disk
//! nor clock, and the engine knows no country.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The stages in their order, as ARCHITECTURE.md draws them.
const STAGES: [&str; 21] = [
    "page",
    "source",
    "diagnostic",
    "ids",
    "value",
    "syntax",
    "load",
    "model",
    "check",
    "plan",
    "facts",
    "row",
    "eval",
    "kernel",
    "engine",
    "explain",
    "policy",
    "lines",
    "decider",
    "cases",
    "coverage",
];
/// What uses the pipeline. None of them uses another.
const TOOLS: [&str; 6] = ["fmt", "schema", "review", "diff", "mutate", "suggest"];
/// What stands at the very end and may use everything.
const LAST: [&str; 1] = ["cli"];
/// The stages that read and write nothing but memory, and look at no clock.
const PURE: [&str; 24] = [
    "page",
    "source",
    "diagnostic",
    "ids",
    "value",
    "syntax",
    "model",
    "check",
    "plan",
    "facts",
    "row",
    "eval",
    "kernel",
    "engine",
    "explain",
    "lines",
    "decider",
    "cases",
    "coverage",
    "fmt",
    "review",
    "diff",
    "mutate",
    "suggest",
];

/// Whether code of one module may import from another.
fn allowed(from: &str, to: &str) -> bool {
    let stage = |name: &str| STAGES.iter().position(|s| *s == name);
    let is_tool = |name: &str| TOOLS.contains(&name);
    match (stage(from), stage(to)) {
        (Some(from), Some(to)) => to <= from,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => from == to || (LAST.contains(&from) && is_tool(to)),
    }
}

/// All Rust files under `src`, with the module of the first level that each belongs to.
fn files() -> Vec<(PathBuf, String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let module = |path: &Path| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap().as_os_str().to_str().unwrap();
        first.trim_end_matches(".rs").to_owned()
    };
    paths
        .into_iter()
        .map(|path| (module(&path), fs::read_to_string(&path).unwrap(), path))
        .map(|(module, text, path)| (path, module, text))
        .filter(|(_, module, _)| module != "lib" && module != "main")
        .collect()
}

/// The text with its comments blanked out, line by line, so that what a comment links to is no import.
fn code(text: &str) -> String {
    let line = |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The modules of the first level that a text names, `crate::plan::…` and `crate::{plan, ids}` alike, with the line.
fn imports(text: &str) -> BTreeSet<(usize, String)> {
    let word = |s: &str| s.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::").filter(|(at, _)| !text[..*at].ends_with('$')) {
        let line = text[..at].matches('\n').count() + 1;
        let rest = &text[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            None => vec![word(rest)],
            Some(group) => {
                let mut depth = 0_i32;
                let end = group.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                // What stands in inner braces belongs to the module before them.
                let mut depth = 0_i32;
                let outer: String = group[..end.unwrap()]
                    .chars()
                    .filter(|c| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth == 0
                    })
                    .collect();
                outer.split(',').map(|name| word(name.trim())).filter(|name| !name.is_empty()).collect()
            }
        };
        found.extend(names.into_iter().map(|name| (line, name)));
    }
    found
}

#[test]
fn imports_of_all_forms_are_seen() {
    let text = code(
        "// crate::cli\nuse crate::{ids::*, model::{Model, Type},\n  plan};\nlet x = crate::eval::f($crate::no);\n",
    );
    let found: Vec<_> = imports(&text).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["2 ids", "2 model", "2 plan", "4 eval"]);
    assert!(allowed("plan", "model") && allowed("fmt", "syntax") && allowed("cli", "fmt"));
    assert!(
        !allowed("model", "plan") && !allowed("fmt", "schema") && !allowed("eval", "fmt") && !allowed("fmt", "cli")
    );
}

#[test]
fn a_stage_imports_only_from_the_stages_before_it() {
    let mut wrong = Vec::new();
    for (path, module, text) in files() {
        let known = |name: &str| STAGES.contains(&name) || TOOLS.contains(&name) || LAST.contains(&name);
        assert!(
            known(&module),
            "{}: module `{module}` has no place in the order of tests/it/layers.rs",
            path.display()
        );
        for (line, name) in imports(&code(&text)) {
            assert!(known(&name), "{}:{line}: `crate::{name}` is no module of the order", path.display());
            if !allowed(&module, &name) {
                wrong.push(format!(
                    "{}:{line}: `{module}` imports from `{name}`, which {}",
                    path.display(),
                    if TOOLS.contains(&module.as_str()) && TOOLS.contains(&name.as_str()) {
                        "is a tool as well, and no tool uses another"
                    } else {
                        "stands after it in the pipeline"
                    },
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_between_text_and_decision_touches_the_disk_or_the_clock() {
    const OUTSIDE: [&str; 10] = [
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "SystemTime",
        "Utc::now",
        "Local::now",
        "println!",
    ];
    let mut wrong = Vec::new();
    for (path, module, text) in files().iter().filter(|(_, module, _)| PURE.contains(&module.as_str())) {
        // Tests at the end of a file may do as they please.
        let text = code(text.split("#[cfg(test)]\nmod tests").next().unwrap());
        for word in OUTSIDE.iter().filter(|word| text.contains(**word)) {
            wrong.push(format!("{}: `{word}` in `{module}`, which is to be pure", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_engine_knows_no_country() {
    for (path, _, text) in files() {
        let text = text.to_lowercase();
        for word in ["astana", "kazakh", "almaty", "hanoi", "vietnam"] {
            assert!(!text.contains(word), "{}: `{word}`: a country belongs into a policy", path.display());
        }
    }
}

#[test]
fn the_architecture_page_names_every_module() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for module in files().into_iter().map(|(_, module, _)| module).collect::<BTreeSet<_>>() {
        let named = [format!("`src/{module}/`"), format!("`src/{module}.rs`")].iter().any(|name| page.contains(name));
        assert!(named, "ARCHITECTURE.md does not say what `src/{module}` is for");
    }
}
