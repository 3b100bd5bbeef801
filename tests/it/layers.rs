//! Rules for the sources of all crates: a stage imports only from the stages before it, files do not import each other
//! in a cycle, the pure stages use neither disk nor clock, and the engine knows no country.

use crate::it::imports::Imports;
use crate::it::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of a crate. Cargo enforces which crate uses which.
struct Crate {
    /// The folder of its sources.
    sources: &'static str,
    /// Its stages in the order in which ARCHITECTURE.md draws them.
    stages: &'static [&'static str],
    /// The modules that use the stages. None of them uses another.
    tools: &'static [&'static str],
    /// The modules that may read, write, or use a clock; `*` for all. The others work in memory.
    outside: &'static [&'static str],
}

const CRATES: [Crate; 4] = [
    Crate {
        sources: "src",
        stages: &[
            "visible",
            "stack",
            "digest",
            "documents",
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
            "mask",
            "explain",
            "policy",
        ],
        tools: &["fmt", "schema"],
        outside: &["load"],
    },
    Crate {
        sources: "crates/ereje-batch/src",
        stages: &["row", "kernel", "copied", "lines", "decider", "files"],
        tools: &[],
        outside: &["files"],
    },
    Crate {
        sources: "crates/ereje-review/src",
        stages: &["page", "phrases", "cases", "coverage"],
        tools: &["review", "diff", "mutate", "suggest"],
        outside: &[],
    },
    Crate {
        sources: "crates/ereje-cli/src",
        stages: &[
            "error", "streams", "write", "paths", "watch", "language", "findings", "mask", "policy", "revision",
            "cases", "batch", "corpus", "eval",
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

    /// True if code of one module may import from another.
    fn allows(&self, from: &str, to: &str) -> bool {
        let stage = |name: &str| self.stages.iter().position(|s| *s == name);
        match (stage(from), stage(to)) {
            (Some(from), Some(to)) => to <= from,
            (Some(_), None) => false,
            (None, Some(_)) => true,
            (None, None) => from == to,
        }
    }

    /// All its Rust files.
    fn all(&self) -> Vec<File> {
        let folder = root().join(self.sources);
        let file = |path: PathBuf| {
            let parts = path.strip_prefix(&folder).unwrap().components();
            let inside = parts.map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/");
            let module = inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            File { module, inside, text: fs::read_to_string(&path).unwrap(), path }
        };
        rust_files(&folder).into_iter().map(file).collect()
    }

    /// All its Rust files without the crate roots, which only name the modules.
    fn files(&self) -> Vec<File> {
        self.all().into_iter().filter(|file| file.module != "lib" && file.module != "main").collect()
    }

    /// The imports of its files.
    fn imports(&self) -> Imports {
        Imports::new(self.all().iter().map(|file| (file.inside.as_str(), file.text.as_str())))
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
    /// The top-level module that it belongs to.
    module: String,
    /// Its path inside the crate, with `/`.
    inside: String,
    text: String,
}

/// The text with its comments blanked out, so that names in comments do not count.
fn code(text: &str) -> String {
    let line = |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_of_all_forms_are_seen() {
    let text = "// crate::cli\nuse crate::{ids::*, model::{Model, Type},\n  plan};\nlet x = crate::eval::f($crate::no);\n\
                use super::super::source;\nuse super::sibling;\nconst A: &str = \"crate::cli\"; /* crate::cli */\n\
                fn f<'a>(c: &'a char) { *c == '\"' || plan::g() }\n#[cfg(test)]\nmod tests { use super::super::value; }\n";
    let imports = Imports::new([("check/cases.rs", text), ("check/mod.rs", ""), ("plan/mod.rs", "")]);
    let found: Vec<_> =
        imports.modules("check/cases.rs").into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["2 ids", "2 model", "3 plan", "4 eval", "5 source", "6 check", "8 plan", "10 check"]);
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
fn circles_of_all_forms_are_seen() {
    let circles = |files: &[(&'static str, &'static str)]| Imports::new(files.iter().copied()).circles();
    // A module that only declares and re-exports imports nothing.
    let hands_on =
        [("a/mod.rs", "mod b;\npub use b::B;\nstruct A;\n"), ("a/b.rs", "use super::A;\npub struct B(A);\n")];
    assert_eq!(circles(&hands_on), [""; 0]);
    let uses = [("a/mod.rs", "mod b;\npub use b::B;\nstruct A(B);\n"), hands_on[1]];
    assert_eq!(circles(&uses), ["a/mod.rs:3 takes `B` from a/b.rs, a/b.rs:1 takes `A` from a/mod.rs"]);
    // A re-exported name is followed to the file that defines it, over any number of files.
    let around = [
        ("lib.rs", "pub mod a;\npub use a::*;\n"),
        ("a/mod.rs", "mod b;\nmod c;\npub(crate) use b::{f as g, B};\npub use c::*;\n"),
        ("a/b.rs", "use crate::C;\npub struct B(C);\npub fn f() {}\n"),
        ("a/c.rs", "pub struct C;\nfn h() { d::i(); }\n"),
        ("a/d.rs", "use crate::a;\npub fn i() { a::g() }\n"),
    ];
    assert_eq!(circles(&around), [""; 0]);
    let mut closed = around;
    closed[3] = ("a/c.rs", "use super::d;\npub struct C;\nfn h() { d::i(); }\n");
    assert_eq!(
        circles(&closed),
        ["a/b.rs:1 takes `C` from a/c.rs, a/c.rs:3 takes `i` from a/d.rs, a/d.rs:2 takes `f` from a/b.rs"]
    );
    // Tests may import what they test.
    let tested =
        [("a.rs", "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::B; }\n"), ("b.rs", "use crate::a::A;\n")];
    assert_eq!(circles(&tested), [""; 0]);
}

#[test]
fn a_stage_imports_only_from_the_stages_before_it() {
    let mut wrong = Vec::new();
    for library in &CRATES {
        let files = library.files();
        let imports = library.imports();
        for File { path, module, inside, .. } in &files {
            assert!(
                library.knows(module),
                "{}: module `{module}` has no place in the order of tests/it/layers.rs",
                path.display()
            );
            for (line, name) in imports.modules(inside) {
                // A name that the crate root re-exports is no module.
                if files.iter().all(|file| file.module != name) || library.allows(module, name) {
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
fn no_file_imports_one_that_imports_it() {
    let mut circles = Vec::new();
    for library in &CRATES {
        circles.extend(library.imports().circles().into_iter().map(|circle| format!("{}: {circle}", library.sources)));
    }
    assert!(circles.is_empty(), "what both sides need belongs into a file below them:\n{}", circles.join("\n"));
}

/// The fields of the Model that a walk would need are private, and the compiler keeps them. The Ast has to be open, since it is
/// what a text says: here are the folders that take it apart, each with what it wants of the text.
#[test]
fn the_ast_is_taken_apart_only_for_its_text() {
    const FOLDERS: [(&str, &str); 6] = [
        ("src/syntax/", "makes it"),
        ("src/fmt/", "writes it again"),
        ("src/check/", "makes the Model of it"),
        ("src/load/", "follows the files that it names"),
        ("crates/ereje-review/src/mutate/", "a small wrong law is a change of the text"),
        ("crates/ereje-review/src/diff/", "two versions are compared item by item, and told as text"),
    ];
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for File { path, text, .. } in CRATES.iter().flat_map(Crate::files) {
        let names_a_node = code(&text)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word.len() > "Syntax".len() && word.ends_with("Syntax"));
        if names_a_node {
            let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            match FOLDERS.iter().find(|(folder, _)| path.starts_with(folder)) {
                Some((folder, _)) => _ = used.insert(*folder),
                None => wrong.push(path),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "what a policy means is in the Model and its graph, not in the Ast:\n{}",
        wrong.join("\n")
    );
    assert_eq!(used.len(), FOLDERS.len(), "only {used:?} take the Ast apart");
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
        // Tests at the end of a file may use anything.
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
        // The section about a crate has a heading with the folder of its sources.
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
