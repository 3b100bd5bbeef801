//! In each crate a type name stands for one type, so that a reader need not look up which of two is meant.

use crate::it::layers::rust_files;
use crate::it::root;
use std::collections::BTreeMap;
use std::fs;
use syn::visit::{self, Visit};
use syn::{Ident, ItemEnum, ItemStruct, ItemTrait, ItemType, ItemUnion};

const CRATES: [&str; 4] = ["src", "crates/ereje-batch/src", "crates/ereje-review/src", "crates/ereje-cli/src"];

/// Collects the types that a text declares, each with its line. The associated types of an `impl` or a trait are other
/// nodes of the tree, so they are not among them.
#[derive(Default)]
struct Declarations(Vec<(usize, String)>);

impl Declarations {
    fn add(&mut self, name: &Ident) {
        self.0.push((name.span().start().line, name.to_string()));
    }
}

impl<'ast> Visit<'ast> for Declarations {
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.add(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.add(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.add(&item.ident);
        visit::visit_item_union(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.add(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.add(&item.ident);
        visit::visit_item_trait(self, item);
    }
}

/// The types that a text declares, each with its line.
fn declared(path: &str, text: &str) -> Vec<(usize, String)> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut found = Declarations::default();
    found.visit_file(&file);
    found.0
}

/// The names that several declarations share, each with the places of these. A text comes with its path.
fn shared<'t>(texts: impl Iterator<Item = (String, &'t str)>) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in texts {
        for (line, name) in declared(&path, text) {
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
    let two = "const TEXT: &str = r#\"struct Row; \"enum Row\"#;\n#[derive(Debug)] enum Row { Row }\nconst QUOTE: &str = \"\\\"\"; type Step = u8;";
    let found = declared("a.rs", one);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, name)| (*line, &**name)).collect();
    assert_eq!(found, [(1, "Row"), (6, "Step"), (10, "Walk"), (11, "Key")]);
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
