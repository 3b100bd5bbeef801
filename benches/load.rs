//! From the texts of a policy to its plan: parsing, checking and planning, separately and together.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop")]

mod support;

use divan::{Bencher, black_box};
use ereje::check::check;
use ereje::model::Choices;
use ereje::plan::Plan;
use std::sync::Arc;
use support::Texts;

fn main() {
    divan::main();
}

const POLICIES: [&str; 3] = ["residence", "kz", "1,000 norms"];

fn texts(name: &str) -> Texts {
    match name {
        "residence" => support::folder("benches/residence"),
        "kz" => support::folder("policies/kz"),
        _ => support::with_norms(1_000),
    }
}

#[divan::bench(args = POLICIES)]
fn parse(bencher: Bencher, name: &str) {
    let texts = texts(name);
    bencher.bench(|| support::bundle(black_box(&texts)));
}

#[divan::bench(name = "check", args = POLICIES)]
fn check_it(bencher: Bencher, name: &str) {
    let bundle = support::bundle(&texts(name));
    bencher.bench(|| check(black_box(&bundle.files), &bundle.sources));
}

#[divan::bench(args = POLICIES)]
fn plan(bencher: Bencher, name: &str) {
    let bundle = support::bundle(&texts(name));
    let model = Arc::new(check(&bundle.files, &bundle.sources).model.unwrap());
    bencher.bench(|| Plan::build(Arc::clone(&model), Choices::defaults(&model)).unwrap());
}

#[divan::bench(args = POLICIES)]
fn all(bencher: Bencher, name: &str) {
    let texts = texts(name);
    bencher.bench(|| support::policy(black_box(&texts)));
}
