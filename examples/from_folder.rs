//! A policy from a folder: decide a fact file, print the decision for a person and for a program, and under another
//! reading of the law.
//!
//! `cargo run --example from_folder`

use ereje::engine::DecideOptions;
use ereje::{Error, Format, Policy};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let policy = Policy::load(root.join("policies/kz"))?;
    let text = std::fs::read_to_string(root.join("examples/kz/astana_area_below_norm.yaml"))?;
    let facts = policy.facts(&text, Format::Yaml)?;
    for facts in &facts {
        let decision = policy.decide(facts);
        println!("{}", policy.text(&decision, "ru"));
        println!("{}", serde_json::to_string_pretty(&decision)?);
        // The day on which the norm takes effect was not found; the policy says which choices there are.
        for day in ["2026-01-01", "2026-08-01"] {
            let choices = policy.assume([("astana_norm_from", day)])?;
            let options = DecideOptions { choices: Some(choices), ..DecideOptions::default() };
            println!("in force from {day}: {}", policy.decide_with(facts, &options)?.outcome);
        }
    }
    match policy.assume([("astana_norm", "2026-08-01")]) {
        Err(Error::UnknownAssumption { name, hint }) => println!("no assumption {name}{hint}"),
        other => println!("{other:?}"),
    }
    Ok(())
}
