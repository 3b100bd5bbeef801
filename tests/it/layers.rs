//! What the sources of all crates promise: a stage imports only from the stages before it, the pure ones touch neither disk
//! nor clock, and the engine knows no country.

use crate::it::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of a crate. Which crate uses which, Cargo keeps.
struct Crate {
    /// Where its sources stand.
    sources: &'static str,
    /// Its stages in their order, as ARCHITECTURE.md draws them.
    stages: &'static [&'static str],
    /// What uses the stages. None of them uses another.
    tools: &'static [&'static str],
    /// The modules that read and write, or look at a clock; `*` where all may. What is not named works in memory.
    outside: &'static [&'static str],
}

const CRATES: [Crate; 4] = [
    Crate {
        sources: "src",
        stages: &[
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
            "eval",
            "engine",
            "explain",
            "policy",
        ],
        tools: &["fmt", "schema"],
        outside: &["load"],
    },
    Crate {
        sources: "crates/ereje-batch/src",
        stages: &["row", "kernel", "lines", "decider", "files"],
        tools: &[],
        outside: &["files"],
    },
    Crate {
        sources: "crates/ereje-review/src",
        stages: &["page", "cases", "coverage"],
        tools: &["review", "diff", "mutate", "suggest"],
        outside: &[],
    },
    Crate {
        sources: "crates/ereje-cli/src",
        stages: &[
            "error", "streams", "write", "paths", "findings", "policy", "revision", "cases", "batch", "corpus", "eval",
        ],
        tools: &[
            "check",
            "completions",
            "diff",
            "explain_code",
            "fmt",
            "man",
            "mutate",
            "new",
            "review",
            "schema",
            "suggest",
            "test",
        ],
        outside: &["*"],
    },
];

impl Crate {
    fn knows(&self, module: &str) -> bool {
        self.stages.contains(&module) || self.tools.contains(&module)
    }

    /// Whether code of one module may import from another.
    fn allows(&self, from: &str, to: &str) -> bool {
        let stage = |name: &str| self.stages.iter().position(|s| *s == name);
        match (stage(from), stage(to)) {
            (Some(from), Some(to)) => to <= from,
            (Some(_), None) => false,
            (None, Some(_)) => true,
            (None, None) => from == to,
        }
    }

    /// All its Rust files, but those that only name the modules.
    fn files(&self) -> Vec<File> {
        let folder = root().join(self.sources);
        let files = rust_files(&folder).into_iter().map(|path| {
            let inside = path.strip_prefix(&folder).unwrap().with_extension("");
            let mut way: Vec<String> =
                inside.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
            way.retain(|part| part != "mod");
            File { module: way[0].clone(), depth: way.len(), text: fs::read_to_string(&path).unwrap(), path }
        });
        files.filter(|file| file.module != "lib" && file.module != "main").collect()
    }
}

/// The Rust files under a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A source file.
struct File {
    path: PathBuf,
    /// The module of the first level that it belongs to.
    module: String,
    /// How deep its own module stands: 1 for one of the first level.
    depth: usize,
    text: String,
}

/// The text with its comments blanked out, line by line, so that what a comment links to is no import.
fn code(text: &str) -> String {
    let line = |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The modules of the first level that a text names, `crate::plan::…` and `crate::{plan, ids}` alike, with the line. From a
/// module of the first level `super::` leads there as well, from one below it `super::super::`.
fn imports(text: &str, depth: usize) -> BTreeSet<(usize, String)> {
    let up = "super::".repeat(depth);
    let deeper = format!("super::{up}");
    let text = &text.replace(&deeper, "inside::").replace(&up, "crate::");
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
        "// crate::cli\nuse crate::{ids::*, model::{Model, Type},\n  plan};\nlet x = crate::eval::f($crate::no);\n\
         use super::super::source;\nuse super::sibling;\n",
    );
    let found: Vec<_> = imports(&text, 2).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["2 ids", "2 model", "2 plan", "4 eval", "5 source"]);
    let library = &CRATES[0];
    assert!(library.allows("plan", "model") && library.allows("fmt", "syntax"));
    assert!(
        !library.allows("model", "plan")
            && !library.allows("engine", "explain")
            && !library.allows("fmt", "schema")
            && !library.allows("eval", "fmt")
    );
}

#[test]
fn a_stage_imports_only_from_the_stages_before_it() {
    let mut wrong = Vec::new();
    for library in &CRATES {
        let files = library.files();
        for File { path, module, depth, text } in &files {
            assert!(
                library.knows(module),
                "{}: module `{module}` has no place in the order of tests/it/layers.rs",
                path.display()
            );
            for (line, name) in imports(&code(text), *depth) {
                // What the crate's own file gives to all is no module.
                if files.iter().all(|file| file.module != name) || library.allows(module, &name) {
                    continue;
                }
                wrong.push(format!(
                    "{}:{line}: `{module}` imports from `{name}`, which {}",
                    path.display(),
                    if library.tools.contains(&module.as_str()) {
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
    let pure = CRATES.iter().filter(|library| !library.outside.contains(&"*")).flat_map(|library| {
        let files = library.files().into_iter();
        files.filter(|file| !library.outside.contains(&file.module.as_str()))
    });
    for File { path, module, text, .. } in pure {
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
    for File { path, text, .. } in CRATES.iter().flat_map(Crate::files) {
        let text = text.to_lowercase();
        for word in ["astana", "kazakh", "almaty", "hanoi", "vietnam"] {
            assert!(!text.contains(word), "{}: `{word}`: a country belongs into a policy", path.display());
        }
    }
}

#[test]
fn the_architecture_page_names_every_module() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for library in &CRATES {
        // What is said of a crate stands under a heading that names the folder of its sources.
        let folder = format!("`{}/`", library.sources);
        let headed = |section: &&str| section.lines().next().is_some_and(|heading| heading.ends_with(&folder));
        let section = page.split("\n### ").find(headed);
        let section = section.unwrap_or_else(|| panic!("ARCHITECTURE.md has no section on `{}/`", library.sources));
        for module in library.files().into_iter().map(|file| file.module).collect::<BTreeSet<_>>() {
            let named = [format!("{module}/`"), format!("{module}.rs`")].iter().any(|end| {
                let short = format!("`{end}");
                section.contains(&short) || section.contains(&format!("`{}/{end}", library.sources))
            });
            assert!(named, "ARCHITECTURE.md does not say what `{}/{module}` is for", library.sources);
        }
    }
}
