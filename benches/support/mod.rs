//! The common part of the benches: applications like those of a registry, the policies that decide them, and lines of
//! both.

// Each bench is a program of its own and uses only a part of this.
#![allow(dead_code, reason = "no bench uses all of it")]

mod applications;
pub(crate) mod scaled;

pub(crate) use applications::{Application, Random};

use chrono::{Days, NaiveDate};
use ereje::load::Bundle;
use ereje::{Format, Policy};
use std::path::{Path, PathBuf};

/// The regions of the comparison, as the facts name them.
pub(crate) const REGIONS: [&str; 20] = [
    "Astana",
    "Almaty",
    "Shymkent",
    "Abai",
    "Akmola",
    "Aktobe",
    "Almaty Region",
    "Atyrau",
    "East Kazakhstan",
    "Jambyl",
    "Jetisu",
    "Karaganda",
    "Kostanay",
    "Kyzylorda",
    "Mangystau",
    "North Kazakhstan",
    "Pavlodar",
    "Turkistan",
    "Ulytau",
    "West Kazakhstan",
];

/// The folder of the workspace, whichever crate declares the bench.
pub(crate) fn root() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.filter(|folder| folder.join("Cargo.lock").exists()).last().unwrap().into()
}

/// The files of a policy by name.
pub(crate) type Texts = Vec<(String, Vec<u8>)>;

/// A folder's policy in memory, so that no bench measures the disk.
pub(crate) fn folder(path: &str) -> Texts {
    let mut texts: Texts = Vec::new();
    for entry in std::fs::read_dir(root().join(path)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".ereje") || name.ends_with(".csv") {
            texts.push((name, std::fs::read(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

/// The comparison's policy with `count` norms; each region has `count / 20` successive periods that do not overlap.
pub(crate) fn with_norms(count: usize) -> Texts {
    let first = NaiveDate::from_ymd_opt(2025, 11, 11).unwrap();
    let length = (232 / count.div_ceil(20).max(1)).max(1);
    let norms: Vec<scaled::Norm> = (0..count)
        .map(|index| {
            let from = first + Days::new((index / 20 * length) as u64);
            let through = from + Days::new(length as u64 - 1);
            let tenths = 100 + (index * 37 % 100) as i32;
            scaled::Norm { region: REGIONS[index % 20], from: from.to_string(), through: through.to_string(), tenths }
        })
        .collect();
    scaled_texts(scaled::OTHERWISE, &norms)
}

fn scaled_texts(otherwise: i32, norms: &[scaled::Norm]) -> Texts {
    let read = |name: &str| std::fs::read_to_string(root().join("benches/residence").join(name)).unwrap();
    let texts = scaled::texts(&read("policy.ereje"), &read("pilot.ereje"), &REGIONS, otherwise, norms);
    texts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

pub(crate) fn bundle(texts: &Texts) -> Bundle {
    Bundle::from_texts(texts.iter().cloned()).unwrap()
}

pub(crate) fn policy(texts: &Texts) -> Policy {
    Policy::from_texts(texts.iter().cloned()).unwrap()
}

/// Applications for the comparison's policy, a line of JSON each; the same in every run.
pub(crate) fn lines(count: usize) -> Vec<String> {
    let mut random = Random::new(20_260_101);
    (0..count).map(|index| Application::new(&mut random, index).line()).collect()
}

/// The same with the keys of every object in another order.
pub(crate) fn shuffled_lines(count: usize) -> Vec<String> {
    let mut random = Random::new(20_260_101);
    let mut order = Random::new(7);
    (0..count).map(|index| Application::new(&mut random, index).shuffled(&mut order).line()).collect()
}

/// Applications whose decision depends on the norm, for the policy of [`with_norms`].
pub(crate) fn lines_about_the_norm(count: usize) -> Vec<String> {
    let [none, all] = [0, 100_000].map(|norm| policy(&scaled_texts(norm, &[])));
    let options = ereje::DecideOptions::default();
    let mut deciders =
        [&none, &all].map(|policy| ereje_batch::decider::Decider::new(policy.engine(), &options).unwrap());
    let mut random = Random::new(20_260_101);
    let applications = (0..).map(|index| Application::new(&mut random, index).in_the_language().line());
    let about = applications.filter(|line| {
        let [none, all] = deciders.each_mut().map(|decider| {
            let mut out = Vec::new();
            decider.line(line, &mut out).unwrap();
            out
        });
        none != all
    });
    about.take(count).collect()
}

/// The applications of the YAML files in `examples/kz`, a line of JSON each. Files of many rows are left out, so that
/// the counts do not change when an example for `ereje batch` is added.
pub(crate) fn kz_lines(policy: &Policy) -> Vec<String> {
    let mut files: Vec<_> =
        std::fs::read_dir(root().join("examples/kz")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let sets = policy.facts(&text, Format::of_text(&text)).unwrap();
        lines.extend(sets.iter().map(|facts| ereje::facts::to_json(policy.model(), facts).to_string()));
    }
    lines
}
