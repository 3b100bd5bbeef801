//! Random policies, as texts in the language, and random facts for them.
//!
//! Everything is drawn from a list of numbers: the same numbers give the same policy, fewer numbers a smaller one. Most
//! policies are valid by construction; the checker decides.

mod draw;
mod expr;
mod facts;
mod items;
mod periods;
mod shrink;
mod tables;
mod wide;

pub use draw::Draw;
pub use facts::{Shape, facts, places};
pub use shrink::{Facts, Texts, shrink};
pub use wide::{DATES, DECIMALS, TEXTS};

use expr::Vocabulary;

/// A policy as texts, and the form of its facts.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The files.
    pub files: Vec<File>,
    /// The facts, by path, in the order of declaration.
    pub facts: Vec<(String, Shape)>,
    /// True if the law that needs only shrink does not apply: a governing date that is read with `at`, or a handler for
    /// a cohort, so that an answer can lead to a new question.
    pub asks_late: bool,
}

/// One file: items in the order of the text, each with its line ends.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub items: Vec<String>,
}

impl File {
    pub fn text(&self) -> String {
        self.items.join("\n\n") + "\n"
    }
}

impl Policy {
    /// The name and text of each file.
    pub fn texts(&self) -> Vec<(String, String)> {
        self.files.iter().map(|f| (f.name.clone(), f.text())).collect()
    }
}

/// Days at which something starts or ends.
pub const DAYS: [&str; 7] =
    ["2024-01-01", "2024-07-01", "2025-01-01", "2025-03-01", "2025-07-01", "2026-01-01", "2026-07-01"];

/// A random policy.
pub fn policy(d: &mut Draw) -> Policy {
    items::Writer::new(d, Vocabulary::default()).policy()
}

/// A random policy with all features of the language, aimed at the limits of numbers, days and lists.
pub fn wide(d: &mut Draw) -> Policy {
    items::Writer::new(d, Vocabulary { wide: true, ..Vocabulary::default() }).policy()
}
