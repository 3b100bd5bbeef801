//! The imports of a crate, read from its sources: which file uses which names from which other.
//!
//! Comes in: the files of a crate. Goes out: for each file the modules that it names and the files that define these
//! names. A `use` and a path in the code count alike, and a name that a module re-exports (`pub use`) is followed to
//! the file that defines it. `mod` lines and re-exports are no imports, nor are the imports of a file's tests.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The names of a path, from the crate to a module, or further to an item in it.
pub(crate) type ModulePath = Vec<String>;

/// The files of a crate by their modules; the crate's own file has the empty path.
pub(crate) struct Imports {
    files: BTreeMap<ModulePath, File>,
}

/// The names that a file defines, uses and re-exports.
#[derive(Default)]
struct File {
    /// Its path inside the crate.
    path: String,
    /// Every path that is written in it, relative to the crate, with its line.
    named: Vec<Named>,
    /// The names that it re-exports, and the modules that it re-exports as a whole.
    handed_on: BTreeMap<String, ModulePath>,
    all_of: Vec<ModulePath>,
    /// What it defines at its top level.
    defined: BTreeSet<String>,
}

struct Named {
    line: usize,
    module_path: ModulePath,
    in_tests: bool,
}

/// A word, a sign or `::`, with its line.
type Token<'t> = (usize, &'t str);

/// The text without comments, white space, strings and characters.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut rest, mut line) = (Vec::new(), text, 1);
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let raw = rest.trim_start_matches(['b', 'r']).trim_start_matches('#');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if matches!(first, 'b' | 'r') && rest[1..].starts_with(['"', '#', 'r']) && raw.starts_with('"') {
            let hashes = rest[..rest.len() - raw.len()].matches('#').count();
            let open = rest.len() - raw.len() + 1;
            match rest[..open].contains('r') {
                true => open + rest[open..].find(&format!("\"{}", "#".repeat(hashes))).unwrap() + 1 + hashes,
                false => open + text_end(&rest[open..], '"'),
            }
        } else if first == '"' {
            1 + text_end(&rest[1..], '"')
        } else if first == '\'' {
            let mut after = rest[1..].chars();
            match (after.next(), after.next()) {
                (Some('\\'), _) | (_, Some('\'')) => 1 + text_end(&rest[1..], '\''),
                // A lifetime.
                _ => 1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1),
            }
        } else if word > 0 {
            found.push((line, &rest[..word]));
            word
        } else if first.is_whitespace() {
            first.len_utf8()
        } else {
            let sign = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            found.push((line, &rest[..sign]));
            sign
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of a string up to and including the sign that ends it.
fn text_end(text: &str, sign: char) -> usize {
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == sign && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.unwrap() + 1
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The paths in a `use` tree, each with its local name; and the number of tokens that they take.
fn tree(tokens: &[Token<'_>], before: &[String], out: &mut Vec<(usize, ModulePath, String)>) -> usize {
    let mut module_path = before.to_vec();
    let mut name = None;
    let mut at = 0;
    while let Some((line, token)) = tokens.get(at).copied() {
        match token {
            "{" => {
                at += 1;
                while tokens[at].1 != "}" {
                    at += tree(&tokens[at..], &module_path, out);
                    at += usize::from(tokens[at].1 == ",");
                }
                return at + 1;
            }
            "as" => {
                name = Some(tokens[at + 1].1.to_owned());
                at += 1;
            }
            "," | "}" | ";" => {
                if module_path.last().is_some_and(|last| last == "self") {
                    module_path.pop();
                }
                let name = name.or(module_path.last().cloned()).unwrap_or_default();
                out.push((line, module_path, name));
                return at;
            }
            "::" => {}
            word => module_path.push(word.to_owned()),
        }
        at += 1;
    }
    at
}

impl Imports {
    /// Reads files, each with its path inside the crate.
    pub(crate) fn new<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut texts: BTreeMap<ModulePath, (&str, Vec<Token<'_>>)> = BTreeMap::new();
        for (path, text) in files {
            let module_path = path.trim_end_matches(".rs").split('/').map(str::to_owned);
            let module_path = module_path.filter(|name| name != "mod" && name != "lib").collect();
            texts.insert(module_path, (path, tokens(text)));
        }
        let modules: BTreeSet<&ModulePath> = texts.keys().collect();
        let read = |(module_path, (path, tokens)): (&ModulePath, &(&str, Vec<Token<'_>>))| {
            let file = read(module_path, tokens, &modules);
            (module_path.clone(), File { path: (*path).to_owned(), ..file })
        };
        Self { files: texts.iter().map(read).collect() }
    }

    /// The top-level modules that a file names, also in its tests, each with a line.
    pub(crate) fn modules(&self, path: &str) -> BTreeSet<(usize, &str)> {
        let file = self.files.values().find(|file| file.path == path);
        let named = file.into_iter().flat_map(|file| &file.named);
        named.filter_map(|named| Some((named.line, named.module_path.first()?.as_str()))).collect()
    }

    /// The module that defines a name, and the name; `None` for a module itself. It follows at most `left` re-exports.
    fn home(&self, module_path: &[String], left: usize) -> Option<(&ModulePath, String)> {
        let depth = (0..=module_path.len()).rev().find(|depth| self.files.contains_key(&module_path[..*depth]))?;
        let (module, file) = self.files.get_key_value(&module_path[..depth])?;
        let name = module_path.get(depth)?.clone();
        let left = left.checked_sub(1)?;
        let on = |to: &ModulePath, from: usize| {
            self.home(&to.iter().chain(&module_path[from..]).cloned().collect::<ModulePath>(), left)
        };
        if let Some(to) = file.handed_on.get(&name) {
            return on(to, depth + 1);
        }
        let defined = |(module, name): &(&ModulePath, String)| self.files[*module].defined.contains(name);
        let below = file.all_of.iter().filter_map(|of| on(of, depth)).find(defined);
        Some(below.unwrap_or((module, name)))
    }

    /// The files that a file imports from, each with a line and a name as evidence.
    fn of(&self, from: &ModulePath) -> BTreeMap<&ModulePath, (usize, String)> {
        let mut found = BTreeMap::new();
        for named in self.files[from].named.iter().filter(|named| !named.in_tests) {
            if let Some((to, name)) = self.home(&named.module_path, 10)
                && to != from
            {
                found.entry(self.files.get_key_value(to).unwrap().0).or_insert((named.line, name));
            }
        }
        found
    }

    /// The shortest cycle through each file that imports itself, reported once for each set of files.
    pub(crate) fn circles(&self) -> Vec<String> {
        let edges: BTreeMap<&ModulePath, _> =
            self.files.keys().map(|module_path| (module_path, self.of(module_path))).collect();
        let mut found: BTreeMap<BTreeSet<&ModulePath>, String> = BTreeMap::new();
        for start in self.files.keys() {
            let mut came: BTreeMap<&ModulePath, &ModulePath> = BTreeMap::new();
            let mut next = VecDeque::from([start]);
            while let Some(from) = next.pop_front() {
                for to in edges[from].keys() {
                    if !came.contains_key(to) {
                        came.insert(to, from);
                        next.push_back(to);
                    }
                }
            }
            if !came.contains_key(start) {
                continue;
            }
            let mut circle = vec![start];
            while let Some(before) = came.get(circle[circle.len() - 1]).filter(|before| **before != start) {
                circle.push(before);
            }
            circle.push(start);
            circle.reverse();
            let step = |pair: &[&ModulePath]| {
                let (line, name) = &edges[pair[0]][pair[1]];
                format!("{}:{line} takes `{name}` from {}", self.files[pair[0]].path, self.files[pair[1]].path)
            };
            let said = circle.windows(2).map(step).collect::<Vec<_>>().join(", ");
            found.entry(circle.into_iter().collect()).or_insert(said);
        }
        found.into_values().collect()
    }
}

/// Reads the names in a file.
fn read(module_path: &ModulePath, tokens: &[Token<'_>], modules: &BTreeSet<&ModulePath>) -> File {
    let mut file = File::default();
    let mut named_here: BTreeMap<String, ModulePath> = BTreeMap::new();
    let token = |at: usize| tokens.get(at).map_or("", |(_, token)| *token);
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", token);
    // `use` lines first, since code may come before them.
    let mut imports = vec![false; tokens.len()];
    let tests = tests(tokens);
    let inside = |at: usize| tests.iter().any(|(from, through)| (*from..*through).contains(&at));
    let seen_from = |at: usize| {
        let mut seen = module_path.clone();
        seen.extend(inside(at).then(|| "tests".to_owned()));
        seen
    };
    for at in 0..tokens.len() {
        if token(at) != "use" || token(at + 1) == "<" {
            continue;
        }
        let mut found = Vec::new();
        let length = tree(&tokens[at + 1..], &[], &mut found);
        imports[at..at + 1 + length].fill(true);
        let public = before(at, 1) == "pub" || before(at, 1) == ")";
        for (line, written, name) in found {
            let Some(full) = resolved(&seen_from(at), &written, modules) else { continue };
            if public && name == "*" {
                file.all_of.push(full[..full.len() - 1].to_vec());
            } else if public {
                file.handed_on.insert(name.clone(), full.clone());
            } else {
                file.named.push(Named { line, module_path: full.clone(), in_tests: inside(at) });
            }
            named_here.insert(name, full);
        }
    }
    let mut depth = 0_usize;
    for at in (0..tokens.len()).filter(|at| !imports[*at]) {
        match token(at) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        let word = token(at);
        let declares = ["struct", "enum", "fn", "trait", "type", "const", "static", "mod"].contains(&before(at, 1));
        if !is_word(word) || declares || ["::", ".", "$"].contains(&before(at, 1)) {
            if declares && depth == 0 {
                file.defined.insert(word.to_owned());
            }
            continue;
        }
        let mut written = vec![word.to_owned()];
        while token(at + 2 * written.len() - 1) == "::" && is_word(token(at + 2 * written.len())) {
            written.push(token(at + 2 * written.len()).to_owned());
        }
        // A function is called, and other names begin with a capital letter; `Item = …` names an associated type.
        let called = ["(", "::"].contains(&token(at + 1));
        let counts = called || (word.starts_with(char::is_uppercase) && token(at + 1) != "=");
        let alone = written.len() == 1;
        let full = match named_here.get(word) {
            Some(known) if counts => Some(known.iter().chain(&written[1..]).cloned().collect()),
            Some(_) => None,
            // It may come from a module that the file re-exports as a whole.
            None if alone && file.all_of.is_empty() => None,
            None if alone => counts.then(|| module_path.iter().chain(&written).cloned().collect()),
            None => resolved(&seen_from(at), &written, modules),
        };
        let (line, in_tests) = (tokens[at].0, inside(at));
        file.named.extend(full.map(|module_path| Named { line, module_path, in_tests }));
    }
    file
}

/// The ranges of the test modules in a file.
fn tests(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let begins = |window: &[Token<'_>]| window.iter().map(|(_, token)| *token).eq(ATTRIBUTE);
    let starts = tokens.windows(ATTRIBUTE.len()).enumerate().filter(|(_, window)| begins(window)).map(|(at, _)| at);
    let module = |at: usize| {
        let open = at + tokens[at..].iter().position(|(_, token)| ["{", ";"].contains(token))?;
        let mut depth = 0_i32;
        let length = tokens[open..].iter().position(|(_, token)| {
            depth += i32::from(*token == "{") - i32::from(*token == "}");
            depth == 0
        });
        Some((at, open + length? + 1))
    };
    starts.filter_map(module).collect()
}

/// A path as written in a module, relative to the crate; `None` if it leads out of the crate.
fn resolved(from: &[String], written: &[String], modules: &BTreeSet<&ModulePath>) -> Option<ModulePath> {
    let mut base = from.to_vec();
    let rest = match written.first()?.as_str() {
        "crate" => {
            base.clear();
            &written[1..]
        }
        "self" => &written[1..],
        "super" => {
            let ups = written.iter().take_while(|word| *word == "super").count();
            base.truncate(base.len().checked_sub(ups)?);
            &written[ups..]
        }
        first => {
            base.push(first.to_owned());
            if !modules.contains(&base) {
                return None;
            }
            &written[1..]
        }
    };
    base.extend(rest.iter().cloned());
    Some(base)
}
