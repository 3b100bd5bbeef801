//! Any texts as a policy: it is refused with findings, or it decides of every application, twice the same, and writes an
//! example that it reads itself.

use crate::files::{joined, split};
use crate::seeds::{files, policies_in_cases, root};
use crate::text::told;
use ereje::{Error, FactSet, Format, Policy};
use std::path::Path;

/// The policies of the repository, those of several files among them, and every good file for itself.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let folder = |path: &str| {
        let base = root().join(path);
        let found = files(&[path], &[".ereje", ".csv"]);
        let named = found.into_iter().map(|(file, text)| (name(&base, &file), text)).collect::<Vec<_>>();
        joined(&named)
    };
    let mut seeds = vec![folder("benches/residence"), folder("tests/cases/check/good/csv"), folder("policies/vn")];
    let alone = files(&["tests/cases/check", "tests/cases/suggest", "tests/cases/fmt", "fuzz"], &[".ereje"]);
    seeds.extend(alone.into_iter().map(|(_, text)| text));
    seeds.extend(policies_in_cases());
    seeds
}

fn name(base: &Path, file: &Path) -> String {
    file.strip_prefix(base).map_or_else(|_| String::new(), |name| name.to_string_lossy().into_owned())
}

/// Loads the texts, and lets them decide.
pub fn run(data: &[u8]) {
    let texts = split("a.ereje", data);
    let policy = match Policy::from_texts(texts.iter().map(|(name, text)| (name.as_str(), *text))) {
        Ok(policy) => policy,
        Err(Error::Findings(found)) => {
            assert!(!found.diagnostics.is_empty(), "refused without a finding");
            return told(&found.diagnostics, &found.sources);
        }
        Err(error) => panic!("{error}"),
    };
    told(policy.warnings(), policy.sources());
    let nothing = FactSet::unasked(policy.model().facts.len());
    decided(&policy, &nothing);
    let example = crate::policies::example_of(&policy);
    match policy.facts(&example, Format::Yaml) {
        Ok(read) => read.iter().for_each(|facts| decided(&policy, facts)),
        Err(error) => panic!("the policy refuses its own example: {error}\n{example}"),
    }
}

/// Every decision of the policy can be made, explained and told, and comes out the same again.
pub fn decided(policy: &Policy, facts: &FactSet) {
    let languages = &policy.model().languages;
    for decision in &policy.model().decisions {
        let request = policy.request().decision(&decision.name).unwrap_or_else(|error| panic!("{error}")).explained();
        let ask = || request.decide(facts).unwrap_or_else(|error| panic!("{error}"));
        let (first, second) = (ask(), ask());
        let [first_text, second_text] = [&first, &second].map(|made| {
            let json = serde_json::to_string(made).unwrap_or_else(|error| panic!("{error}"));
            let words =
                languages.iter().map(|language| policy.text(made, language) + &policy.short_text(made, language));
            words.fold(json, |all, words| all + &words)
        });
        assert_eq!(first_text, second_text, "the same facts are decided in two ways");
        let plain = policy.request().decision(&decision.name).and_then(|request| request.decide(facts));
        let plain = plain.unwrap_or_else(|error| panic!("{error}"));
        let codes = |made: &ereje::Decision| made.reasons.iter().map(|reason| reason.code.clone()).collect::<Vec<_>>();
        assert_eq!(
            (&plain.outcome, codes(&plain)),
            (&first.outcome, codes(&first)),
            "an explanation decides otherwise"
        );
        for language in languages {
            let _ = policy.text(&plain, language);
        }
    }
}
