//! Runs the cases of a policy in a program of one's own, and says what is not as expected.
//!
//! `cargo run --example run_cases`

use ereje::Policy;
use ereje::diagnostic::human;
use ereje::source::Sources;
use ereje_review::cases::CaseFile;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/kz");
    let policy = Policy::load(&folder)?;

    // A case file is read once, whatever policies it is then held against.
    let mut sources = Sources::new();
    let name = "pilot_2025.test.yaml";
    let file = sources.add(name, std::fs::read_to_string(folder.join(name))?);
    let mut csv = |name: &str| std::fs::read(folder.join(name)).map_err(|error| error.to_string());
    let (read, mut findings) = CaseFile::read(&mut sources, file, &mut csv);

    let mut trials = Vec::new();
    if let Some(read) = read {
        let (bound, more) = read.bind(&policy);
        trials = bound;
        findings.extend(more);
    }
    print!("{}", human(&findings, &sources, false));

    let mut as_expected = 0;
    for trial in &trials {
        let judgement = trial.run(&policy).map_err(|found| found.into_iter().map(|f| f.message).collect::<String>())?;
        for wrong in &judgement.wrong {
            println!("{}: {}: expected {}, got {}", trial.name, wrong.part, wrong.expected, wrong.got);
            print!("{}", judgement.why(&policy, "en", 3));
        }
        as_expected += usize::from(judgement.wrong.is_empty());
    }
    println!("{as_expected} of {} cases are as expected", trials.len());
    Ok(())
}
