//! The shortest program: a policy's folder and facts in, decisions for a person out. The README shows it.
//!
//! `cargo run --example decide`

use ereje::{Error, Format, Policy};

fn decide(folder: &str, facts: &str) -> Result<Vec<String>, Error> {
    let policy = Policy::load(folder)?;
    let facts = policy.facts(facts, Format::Yaml)?;
    Ok(facts.iter().map(|facts| policy.text(&policy.decide(facts), "kk")).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = env!("CARGO_MANIFEST_DIR");
    let facts = std::fs::read_to_string(format!("{root}/examples/kz/astana_area_below_norm.yaml"))?;
    for decision in decide(&format!("{root}/policies/kz"), &facts)? {
        println!("{decision}");
    }
    Ok(())
}
