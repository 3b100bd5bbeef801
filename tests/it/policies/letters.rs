//! What the letters of Kazakhstan say: over all cases, and over generated applications on the days around every bound.

use super::{Loaded, case_files};
use chrono::{Days, NaiveDate};
use ereje::engine::DecideOptions;
use ereje::explain::Decision;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The days on which something begins or ends.
const BOUNDS: [&str; 10] = [
    "2024-09-24",
    "2025-11-11",
    "2025-11-24",
    "2025-11-30",
    "2025-12-26",
    "2026-01-01",
    "2026-06-01",
    "2026-06-30",
    "2026-07-10",
    "2027-01-01",
];

/// The readings under which notices could be false on their day.
const READINGS: [&[(&str, &str)]; 6] = [
    &[],
    &[("pilot_extended", "true")],
    &[("pilot_last_day", "2026-06-29")],
    &[("governing_event", "decision")],
    &[("tenth_day_counts", "false")],
    &[("capital_stays_electronic", "true"), ("offence_day_is", "filing")],
];

/// One application of many.
struct Application {
    filed: NaiveDate,
    decided: NaiveDate,
    arrived: NaiveDate,
    reading: usize,
    facts: Value,
}

/// Takes one of a few by a number, and leaves the rest of the number to what follows.
fn one_of<T: Clone, const N: usize>(seed: &mut u64, of: [T; N]) -> T {
    let found = of[(*seed % N as u64) as usize].clone();
    *seed /= N as u64;
    found
}

impl Application {
    /// The application of a number: every number gives one, and neighbours differ in everything.
    fn of(number: u64) -> Self {
        let mut seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
        let bound = day(one_of(&mut seed, BOUNDS));
        let filed = bound + Days::new(one_of(&mut seed, [0, 1, 2])) - Days::new(1);
        let decided = filed + Days::new(one_of(&mut seed, [0, 1, 3, 9, 10, 25]));
        let arrived = filed - Days::new(one_of(&mut seed, [0, 1, 8, 9, 10, 11, 31, 45, 200]));
        let reading = one_of(&mut seed, [0, 1, 2, 3, 4, 5]);
        let consent = one_of(&mut seed, ["given", "given", "awaited", "denied"]);
        let facts = json!({
            "application": {
                "date": filed, "decision_date": decided, "arrival_date": arrived,
                "region": one_of(&mut seed, ["Astana", "Almaty"]),
                "kind": one_of(&mut seed, ["residence", "residence", "temporary_stay"]),
                "channel": one_of(&mut seed, ["egov_portal", "tson_operator", "tson_self_service"]),
                "filed_by": "applicant",
                "stay_through": arrived + Days::new(one_of(&mut seed, [20, 200, 400])),
                "renewal": false,
            },
            "applicant": {
                "birth_date": one_of(&mut seed, ["1990-05-20", "1990-05-20", "2013-01-01", "2009-01-01"]),
                "capacity": null, "citizenship": one_of(&mut seed, ["citizen", "citizen", "stateless", "immigrant"]),
                "parent_confirmed": null, "guardian_confirmed": null, "power_notarised": null,
                "kinship": one_of(&mut seed, [json!("none"), json!("child"), json!(null), json!({ "unavailable": "timeout" })]),
                "kinship_to_tenant": "none", "ward_of_owner": null, "named_in_lease": null,
                "school_full_time": null, "university_full_time": null, "place_of_study": null,
                "registered_here_since": null, "prior_offence": one_of(&mut seed, [false, true]),
            },
            "owners": [
                {
                    "id": "A", "is_applicant": false, "class": "person", "birth_date": "1970-03-01", "capacity": null,
                    "married": true, "deceased": null, "lives_here": true, "consent": consent, "consent_date": filed,
                    "consent_form": "electronic", "consent_by": null, "prior_fictitious": null,
                },
                {
                    "id": "B", "is_applicant": false, "class": "person",
                    "birth_date": one_of(&mut seed, ["1971-03-01", "1971-03-01", "2015-01-01"]), "capacity": null,
                    "married": false, "deceased": null, "lives_here": true, "consent": "given", "consent_date": filed,
                    "consent_form": "electronic", "consent_by": "representative", "prior_fictitious": null,
                },
            ],
            "tenant": { "is_applicant": null, "consent": null, "consent_date": null, "consent_form": null },
            "dwelling": {
                "kind": "flat", "title_registered": true, "commissioned": true, "tenure": null,
                "usable_area": one_of(&mut seed, [45, 29]), "total_area": 52.4, "balcony_area": 3.2,
                "registered": [{ "birth_date": "1970-03-01", "kind": "residence", "exempt": false, "is_applicant": null }],
                "fictitious_registration": one_of(&mut seed, [false, false, true]),
            },
        });
        Self { filed, decided, arrived, reading, facts }
    }

    fn assumed(&self, name: &str) -> Option<&'static str> {
        READINGS[self.reading].iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice)
    }

    fn decide(&self, policy: &Loaded) -> Decision {
        let choices = policy.0.assume(READINGS[self.reading].iter().copied()).unwrap();
        let options = DecideOptions { choices: Some(choices), ..DecideOptions::default() };
        policy.decide_quickly(&policy.facts(&self.facts), &options)
    }

    /// What is wrong with the letter of this application.
    fn wrong(&self, decision: &Decision) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                wrong.push(what.to_owned());
            }
        };
        let given = |code: &str| decision.notices.iter().any(|notice| notice.code == code);
        let is_elsewhere = matches!(decision.outcome.as_str(), "redirect_online" | "route_to_operator");
        let is_decided = !matches!(decision.outcome.as_str(), "undetermined" | "not_in_force");

        // An application can still be filed only where this one is sent elsewhere, and before the last day.
        let counted = if self.assumed("tenth_day_counts").is_some() { 9 } else { 10 };
        let deadline = self.arrived + Days::new(counted);
        must(given("FILE_BY") == (is_elsewhere && self.decided < deadline), "FILE_BY");
        if given("LIABILITY_WARNING") || given("LIABILITY_FINE") || given("LIABILITY_FINE_IN_MRP") {
            must(self.filed > deadline, "liable in time");
            must(decision.outcome != "not_subject", "liable though nothing has to be filed");
        }

        // The pilot project ends once, and is spoken of as long as it lasts.
        let governing = if self.assumed("governing_event").is_some() { self.decided } else { self.filed };
        let last = day(self.assumed("pilot_last_day").unwrap_or("2026-06-30"));
        let extended = self.assumed("pilot_extended").is_some();
        let ends = is_elsewhere && !extended && governing >= day("2026-06-01") && self.decided <= last;
        must(given("PILOT_ENDS") == ends, "PILOT_ENDS");
        if is_decided {
            let in_pilot = governing >= day("2025-11-11") && (governing <= last || extended);
            let applied = decision.outputs.get("applied_rules").and_then(Value::as_str);
            must(applied == Some(if in_pilot { "pilot" } else { "general" }), "the rules that were applied");
        }

        let mut told = BTreeSet::new();
        for reason in decision.reasons.iter().chain(&decision.notices) {
            let message = reason.message["ru"].as_str().unwrap();
            must(told.insert(message), &format!("{} twice", reason.code));
            must(!message.contains("(—)"), &format!("{} without an amount: {message}", reason.code));
        }
        must(decision.faults.is_empty(), "a fault");
        wrong
    }
}

/// No notice is false on its day, none is missing where it is true, and nothing is told twice.
#[test]
fn notices_are_true_on_their_day() {
    let policy = Loaded::read("policies/kz");
    let check = |number: u64| {
        let application = Application::of(number);
        let decision = application.decide(&policy);
        let wrong = application.wrong(&decision);
        let said = || format!("{wrong:?}: reading {}, {}", application.reading, application.facts);
        let codes: Vec<_> = decision.notices.iter().map(|notice| notice.code.clone()).collect();
        ((!wrong.is_empty()).then(said), decision.outcome.clone(), codes)
    };
    let results: Vec<_> = (0..4_000).into_par_iter().map(check).collect();
    let wrong: Vec<_> = results.iter().filter_map(|(wrong, ..)| wrong.as_ref()).collect();
    assert!(wrong.is_empty(), "{} of {}, the first: {}", wrong.len(), results.len(), wrong[0]);
    // The generator reaches what the test is about.
    let outcomes: BTreeSet<_> = results.iter().map(|(_, outcome, _)| outcome.as_str()).collect();
    for outcome in
        ["not_subject", "retry", "route_to_operator", "redirect_online", "refuse", "needs_consent", "approve"]
    {
        assert!(outcomes.contains(outcome), "no {outcome} among {outcomes:?}");
    }
    let codes: BTreeSet<_> = results.iter().flat_map(|(.., codes)| codes).map(String::as_str).collect();
    for code in ["FILE_BY", "PILOT_ENDS", "LIABILITY_FINE", "LIABILITY_FINE_IN_MRP", "LIABILITY_WARNING", "STAY_ENDS"] {
        assert!(codes.contains(code), "no {code} among {codes:?}");
    }
}

/// The lines of a list in a letter, each with its code.
fn coded(letter: &str) -> impl Iterator<Item = &str> {
    letter.lines().filter(|line| {
        let code = line.trim_start().split("  ").next().unwrap_or("");
        code.len() > 2 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

/// No reason and no notice stands in a letter twice, in any language.
#[test]
fn nothing_is_told_twice() {
    for folder in ["policies/kz", "policies/vn"] {
        let policy = Loaded::read(folder);
        for path in case_files(folder) {
            policy.trials(&path).par_iter().for_each(|trial| {
                let decision = policy.decide_quickly(&trial.facts, &trial.options);
                for language in &policy.0.model().languages {
                    let letter = policy.0.text(&decision, language);
                    let mut told = BTreeSet::new();
                    let twice: Vec<_> = coded(&letter).filter(|line| !told.insert(*line)).collect();
                    assert!(twice.is_empty(), "{}: `{}` in {language}: {twice:?}", path.display(), trial.name);
                }
            });
        }
    }
}

/// Where a registry does not answer, the letter says which one, in every language.
#[test]
fn a_registry_that_is_down_is_named() {
    for folder in ["policies/kz", "policies/vn"] {
        let policy = Loaded::read(folder);
        let model = policy.0.model();
        let mut told = BTreeSet::new();
        for trial in case_files(folder).into_iter().flat_map(|path| policy.trials(&path)) {
            let decision = policy.decide_quickly(&trial.facts, &trial.options);
            for reason in decision.reasons.iter().filter(|_| decision.outcome == "retry") {
                assert!(decision.provisional, "{}", trial.name);
                told.insert(reason.code.clone());
                for (language, message) in &reason.message {
                    // The message holds all long words of the registry's label, whatever their order.
                    let named = model.registries.iter().any(|registry| {
                        let label = registry.labels.iter().find(|(known, _)| known == language);
                        label.is_some_and(|(_, label)| {
                            let message = message.as_str().unwrap().to_lowercase();
                            let label = label.to_lowercase();
                            label.split([' ', ',']).filter(|w| w.chars().count() > 3).all(|w| message.contains(w))
                        })
                    });
                    assert!(named, "{}: {language}: {message}", reason.code);
                }
            }
        }
        let handled =
            model.registries.iter().filter(|r| !r.handlers.of(ereje::syntax::ast::State::Unavailable).is_empty());
        assert_eq!(
            told.len(),
            handled.count(),
            "{folder}: each registry that may be down has a code of its own: {told:?}"
        );
    }
}

/// What only the maker of a policy says, in small letters.
const NOTES: [(&str, &[&str]); 3] = [
    (
        "en",
        &["not found", "was not read", "not said", "do not say", "not seen", "from memory", "session", "no extension"],
    ),
    ("ru", &["не найден", "не прочитан", "не сказано", "не говорят", "не установлено", "по памяти", "сесси"]),
    ("kk", &["табылмады", "оқылған жоқ", "айтылмаған", "аталмаған", "анықталмады", "жадтан"]),
];

/// A short explanation has at most twelve lines, and no word of the policy's text stands in it: whatever is written in Latin letters
/// is a code, stands in a label of the language, or is a text of the facts.
#[test]
fn letters_and_short_explanations_are_for_those_who_read_them() {
    let policy = Loaded::read("policies/kz");
    let model = policy.0.model();
    let latin = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
        words
            .map(|w| w.trim_matches('.').to_owned())
            .filter(|w| w.contains(|c: char| c.is_ascii_alphabetic()))
            .collect()
    };
    for path in case_files("policies/kz") {
        policy.trials(&path).par_iter().for_each(|trial| {
            let options = DecideOptions { explain: true, ..trial.options.clone() };
            let decision = policy.0.decide_with(&trial.facts, &options).unwrap();
            for language in ["ru", "kk"] {
                let short = policy.0.short_text(&decision, language);
                let lines = short.lines().count();
                assert!((3..=12).contains(&lines), "{}: {lines} lines\n{short}", trial.name);
                let labels = model.enums.iter().flat_map(|e| &e.values).flat_map(|(_, labels)| labels);
                let sources = model.sources.iter().flat_map(|source| &source.labels);
                let labels = labels.chain(sources).filter(|(known, _)| known == language);
                let mut known: BTreeSet<String> = labels.flat_map(|(_, label)| latin(label)).collect();
                known.extend(model.reasons.iter().map(|reason| reason.code.clone()));
                // The owners of the cases are called so.
                known.extend(["A", "B", "C", "D"].map(str::to_owned));
                let strange: Vec<_> = latin(&short).difference(&known).cloned().collect();
                assert!(strange.is_empty(), "{}: {strange:?} in\n{short}", trial.name);
            }
            // A note for the maker of a policy is no sentence in a letter.
            for (language, notes) in NOTES {
                let letter = ereje::explain::letter(policy.0.engine(), &decision, language).to_lowercase();
                let noted: Vec<_> = notes.iter().filter(|note| letter.contains(**note)).collect();
                assert!(noted.is_empty(), "{}: {noted:?} in\n{letter}", trial.name);
                let days = latin(&letter).into_iter().chain(letter.split_whitespace().map(str::to_owned));
                let iso = days.filter(|word| word.trim_matches(['(', ')', ',', '.']).parse::<NaiveDate>().is_ok());
                // The message of a fault is for who writes policies.
                let in_words = iso.count() == 0 || !decision.faults.is_empty();
                assert!(in_words, "{}: a date in digits in\n{letter}", trial.name);
            }
        });
    }
}
