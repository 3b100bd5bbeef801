//! The examples in the README and under `docs` are run: policies are checked, facts decided, commands called, and the
//! output on the pages is compared byte by byte. `EREJE_DOCS=write cargo test docs` writes the output into the pages.
//!
//! What a fence says after its language:
//!
//! - `ereje`: with a `policy` header a whole policy, without findings; else items that can be read.
//! - `from=FILE`, in any of the languages `ereje`, `yaml` and `rust`: lines of that file, in its order.
//! - `ereje policy=NAME`: the same, and it is remembered under the name.
//! - `ereje in=NAME`: items that stand beside that policy in a second file; no errors. With `policy=` remembered as well.
//! - `ereje expressions in=NAME`: an expression on each line, in that policy.
//! - `… finds=E0201,W0202`: exactly these are found, each at least once; in items by themselves, of what reading finds.
//! - `yaml cases of=NAME`: facts and what is decided, one after the other; what is not mentioned is not compared.
//! - `yaml facts of=NAME`, followed by `text decision`, `text explained`, `text short` or `json decision`: what `ereje eval` prints.
//! - `console`: lines with `$` are commands, the others what they print; a line `…` among them stands for lines left out.
//! - `file=NAME` on any other block writes it into a file beside the commands, after `copy=FOLDER` has brought a folder of the
//!   repository there; `diff file=NAME` changes the file.
//! - `sh`: commands that no test can run, such as an installation. Commands of `ereje` stand in `console` blocks.
//!
//! A fence is not shown on a rendered page. So the line above a block with `file=NAME` names the file, and the line above a
//! `diff` says where in the file the change stands: `` `parking/policy.ereje`, in the norm `longest`: ``.

mod console;
mod limits;
mod links;
mod page;
mod policies;

use page::{Block, Part, parts};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    crate::it::root().to_path_buf()
}

/// An error if the prose above a block does not name its file, or the place of a change in it.
fn shows_its_file(block: &Block, prose: &str) -> Result<(), String> {
    let Some(name) = block.pair("file") else { return Ok(()) };
    // The last line of the prose is the fence of the block.
    let mut above = prose.lines().rev().skip(1).filter(|line| !line.trim().is_empty());
    let line = above.next().unwrap_or_default();
    let named = line.split_once(&format!("`{name}`")).filter(|_| line.ends_with(':'));
    let Some((_, place)) = named else {
        return Err(format!("the line above the block does not name its file: `{name}`:"));
    };
    if block.language == "diff" && !place.trim_end_matches(':').contains(char::is_alphabetic) {
        return Err(format!("the line above the change does not say where in `{name}` it stands"));
    }
    Ok(())
}

/// A block of commands that are not run; an error if one of them is `ereje`, which could be run.
fn is_not_run(block: &Block) -> Result<String, String> {
    match block.text.lines().find(|line| line.starts_with("ereje ") || line.contains("| ereje ")) {
        Some(line) => Err(format!("`{line}` can be run; it stands in a `console` block")),
        None => Ok(block.text.clone()),
    }
}

/// Runs everything on a page. Fails if the page differs from the output, or writes the output into it.
fn run(name: &str, folder: &Path) {
    let path = root().join(name);
    let text = fs::read_to_string(&path).unwrap();
    let mut problems = Vec::new();
    let mut policies = policies::Policies::default();
    let mut console = console::Console::new(folder);
    let mut out = String::new();
    let mut blocks = 0;
    let mut above = String::new();
    for part in parts(&text) {
        match part {
            Part::Prose(prose) => {
                out.push_str(&prose);
                above = prose;
            }
            Part::Block(block) => {
                blocks += 1;
                if let Err(problem) = shows_its_file(&block, &above) {
                    problems.push(format!("{name}:{}: {problem}", block.line));
                }
                let result = match block.language.as_str() {
                    "console" => console.run(&block),
                    _ if block.pair("file").is_some() => console.write(&block).map(|()| block.text.clone()),
                    "ereje" | "yaml" | "json" | "text" => policies.run(&block),
                    "sh" => is_not_run(&block),
                    "rust" if block.pair("from").is_some() => policies.run(&block),
                    "rust" | "ebnf" | "toml" | "csv" => Ok(block.text.clone()),
                    other => Err(format!("a block of the language `{other}`, which nothing runs")),
                };
                match result {
                    Ok(text) => out.push_str(&text),
                    Err(problem) => {
                        problems.push(format!("{name}:{}: {problem}", block.line));
                        out.push_str(&block.text);
                    }
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    assert!(blocks > 0 || !name.ends_with("language.md"), "{name} shows nothing");
    if out == text {
        return;
    }
    if std::env::var_os("EREJE_DOCS").is_some_and(|v| v == "write") {
        fs::write(&path, &out).unwrap();
    } else {
        let diff = similar::TextDiff::from_lines(&text, &out);
        panic!("{name} prints something else than what comes out:\n{}", diff.unified_diff().context_radius(2));
    }
}

#[test]
fn the_reference_of_the_language() {
    run("docs/language.md", &root());
}

#[test]
fn the_readme() {
    // The reader's folder is the clone; files that the page writes stay out of it.
    let folder = tempfile::tempdir().unwrap();
    for name in ["policies", "examples"] {
        console::copy(&root().join(name), &folder.path().join(name)).unwrap();
    }
    run("README.md", folder.path());
}

#[test]
fn the_page_on_cases() {
    let folder = tempfile::tempdir().unwrap();
    run("docs/testing.md", folder.path());
}

#[test]
fn the_page_on_deciding_many() {
    let folder = tempfile::tempdir().unwrap();
    run("docs/batch.md", folder.path());
}

#[test]
fn the_page_on_review() {
    let folder = tempfile::tempdir().unwrap();
    run("docs/review.md", folder.path());
}

#[test]
fn the_tutorial() {
    let folder = tempfile::tempdir().unwrap();
    run("docs/tutorial.md", folder.path());
}

#[test]
fn the_pages_of_the_codes() {
    let mut pages: Vec<_> = fs::read_dir(root().join("docs/codes"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    for page in pages {
        run(&format!("docs/codes/{page}"), &root());
    }
}
