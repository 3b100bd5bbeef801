//! All integration tests in one binary: a module for each topic under `it/`, with data under `cases/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod it {
    mod batch;
    mod bounds;
    mod cases;
    mod check_cases;
    mod cli;
    mod comparison;
    mod completions;
    mod conditional;
    mod corpus;
    mod coverage;
    mod coverage_of;
    mod depth;
    mod diff;
    mod docs;
    mod documents;
    mod equal;
    mod explain;
    mod face;
    mod facts;
    mod fence;
    mod format;
    mod format_comments;
    mod generate;
    mod given_twice;
    mod graph;
    mod hostile_texts;
    mod imports;
    mod impossible;
    mod incomplete_reports;
    mod kernel;
    mod kleene;
    mod layers;
    mod lines;
    mod load;
    mod masked;
    mod mutate;
    mod named_twice;
    mod over_time;
    mod page;
    mod periods;
    mod places;
    mod policies;
    mod properties;
    mod readable_pages;
    mod recompile;
    mod records;
    mod reference;
    mod render;
    mod report_languages;
    mod review;
    mod rows;
    mod same_record;
    mod schema;
    mod semantics;
    mod several_results;
    mod signed;
    mod sizes;
    mod suggest;
    mod suggest_edges;
    mod syntax;
    mod time;
    mod told_paths;
    mod type_names;
    mod undecided;
    mod upgrade;
    mod watch;
    mod words;
    mod writers;

    use std::path::Path;

    /// The folder of the workspace. Tests run in the folder of the crate that declares them, which is another.
    pub fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
    }
}
