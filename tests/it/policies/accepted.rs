//! The snapshots of `ereje review`, compared again by insta with the same files, so that `cargo insta review` and
//! `ereje review` show the same changes.

use super::case_files;
use crate::it::root;
use ereje::Policy;
use ereje::engine::DecideOptions;
use ereje::source::Sources;
use ereje_review::cases::{CaseFile, GivenReason};
use ereje_review::review;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Compares a text with the snapshot of a case.
fn is_accepted(folder: &Path, name: &str, given: &GivenReason<'_>, contents: &str) -> bool {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(given.law.map_or_else(|| given.name.to_owned(), |law| format!("{} ({law})", given.name)));
    // Insta reports one that differs; the others are still compared.
    catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, contents)))).is_ok()
}

fn run(folder: &str) {
    let policy = Policy::load(root().join(folder)).unwrap_or_else(|error| panic!("{error}"));
    let snapshots = root().join(folder).join("snapshots");
    let mut failed: Vec<String> = Vec::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for path in case_files(folder) {
        let mut sources = Sources::new();
        let file = sources.add(path.to_str().unwrap(), fs::read_to_string(root().join(&path)).unwrap());
        let (read, _) = CaseFile::read(&mut sources, file, &mut |name| Err(format!("`{name}` is not read here")));
        let read = read.unwrap();
        let (trials, _) = read.bind(&policy);
        let given: Vec<GivenReason<'_>> = read.given().collect();
        assert_eq!(given.len(), trials.len(), "{}", path.display());
        let cases: Vec<&str> = given.iter().map(|given| given.name).collect();
        let names = review::file_names(&review::stem(&read.name), &cases);
        let compared = trials.par_iter().zip(&given).zip(&names).map(|((trial, given), name)| {
            let options = DecideOptions { explain: true, ..trial.options.clone() };
            let decision = policy.decide_with(&trial.facts, &options).unwrap();
            let contents = review::contents(&policy, given, &decision, review::language(&policy));
            (!is_accepted(&snapshots, name, given, &contents)).then(|| format!("{}: {}", path.display(), trial.name))
        });
        failed.extend(compared.collect::<Vec<_>>().into_iter().flatten());
        asked.extend(names.into_iter().map(|name| format!("{name}.snap")));
    }
    let how = format!("`ereje review {folder}` shows what changed, `ereje review {folder} --accept` keeps it");
    assert!(failed.is_empty(), "not as accepted; {how}:\n{}", failed.join("\n"));
    let kept = fs::read_dir(snapshots).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let kept: BTreeSet<String> = kept.filter(|name| name.ends_with(".snap")).collect();
    let gone: Vec<_> = kept.difference(&asked).collect();
    assert!(gone.is_empty(), "snapshots of cases that are no more; {how}: {gone:#?}");
}

#[test]
fn kazakhstan() {
    run("policies/kz");
}

#[test]
fn vietnam() {
    run("policies/vn");
}
