//! Decisions: from parsed facts, from a line of JSON to a line of JSON, under many norms, and a file in memory.
//!
//! A pass goes over all rows, so that neither the branch predictor nor the cache learns a single one. `Kitem/s` and the
//! like count decisions: a pass of 2,000 rows in 1 ms is 500 ns for each.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop")]

mod support;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ereje::{DecideOptions, Policy};
use ereje_batch::decider::Decider;

fn main() {
    divan::main();
}

const ROWS: usize = 2_000;

fn residence() -> Policy {
    support::policy(&support::folder("benches/residence"))
}

fn parsed(bencher: Bencher, policy: &Policy, lines: &[String]) {
    let mut decider = Decider::new(policy.engine(), &DecideOptions::default()).unwrap();
    let rows: Vec<_> = lines.iter().map(|line| decider.parse(line).unwrap()).collect();
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| {
        for row in &rows {
            black_box(decider.decide(black_box(row)));
        }
    });
}

fn text(bencher: Bencher, policy: &Policy, lines: &[String]) {
    let mut decider = Decider::new(policy.engine(), &DecideOptions::default()).unwrap();
    let mut out = Vec::new();
    bencher.counter(ItemsCount::new(lines.len())).bench_local(|| {
        out.clear();
        for line in lines {
            decider.line(black_box(line), &mut out).unwrap();
        }
        black_box(out.len())
    });
}

/// (a) One decision from parsed facts.
#[divan::bench]
fn a_parsed(bencher: Bencher) {
    parsed(bencher, &residence(), &support::lines(ROWS));
}

/// (b) JSON to JSON, with the keys in the order of declaration.
#[divan::bench]
fn b_text_in_order(bencher: Bencher) {
    text(bencher, &residence(), &support::lines(ROWS));
}

/// (b) JSON to JSON, with the keys in another order in each line.
#[divan::bench]
fn b_text_shuffled(bencher: Bencher) {
    text(bencher, &residence(), &support::shuffled_lines(ROWS));
}

/// A real policy: lists of owners and residents, registries that are silent.
#[divan::bench]
fn kz_parsed(bencher: Bencher) {
    let policy = support::policy(&support::folder("policies/kz"));
    parsed(bencher, &policy, &support::kz_lines(&policy));
}

#[divan::bench]
fn kz_text(bencher: Bencher) {
    let policy = support::policy(&support::folder("policies/kz"));
    text(bencher, &policy, &support::kz_lines(&policy));
}

/// (c) Without threads and disk: lines are cut, decided and appended to one another.
#[divan::bench]
fn c_text_of_many(bencher: Bencher) {
    let policy = residence();
    let mut decider = Decider::new(policy.engine(), &DecideOptions::default()).unwrap();
    let file = support::lines(10 * ROWS).join("\n");
    let mut out = Vec::new();
    let counters = (ItemsCount::new(10 * ROWS), BytesCount::of_str(&file));
    bencher.counter(counters.0).counter(counters.1).bench_local(|| {
        out.clear();
        for line in file.lines() {
            decider.line(line, &mut out).unwrap();
            out.push(b'\n');
        }
        black_box(out.len())
    });
}

/// (e) Decisions that depend on one of `norms` norms.
#[divan::bench(args = [10, 100, 1_000])]
fn e_norms(bencher: Bencher, norms: usize) {
    let policy = support::policy(&support::with_norms(norms));
    parsed(bencher, &policy, &support::lines_about_the_norm(ROWS));
}
