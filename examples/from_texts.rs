//! A policy from texts, without a file system: decide, read the reasons in Russian, change a date in the text, decide again.
//!
//! `cargo run --example from_texts`

use ereje::{Error, Format, Policy};

const POLICY: &str = r#"
policy library.cards
  from 2025-01-01
  languages en, ru
  en "Library cards"
  ru "Читательские билеты"

facts reader {
  asked_on: date en "Day of asking" ru "День обращения"
  born: date if absent means 2000-01-01 en "Date of birth" ru "Дата рождения"
}

as of reader.asked_on

decision card
  en "Card" ru "Билет"
  refuse > issue
  otherwise issue
  outcome refuse en "Refused" ru "Отказ"
  outcome issue  en "Issued" ru "Выдать"

rule too_young
  refuse TOO_YOUNG
  when age(reader.born) < 7 years
  from 2026-01-01

reason TOO_YOUNG
  en "A reader is at least seven years old."
  ru "Читателю должно быть не менее семи лет."
"#;

const FACTS: &str = "reader: { asked_on: 2025-12-31, born: 2020-01-31 }";

fn decide(text: &str) -> Result<(), Error> {
    let policy = Policy::from_texts([("library.ereje", text)])?;
    for facts in policy.facts(FACTS, Format::Yaml)? {
        let decision = policy.decide(&facts);
        println!("{}", decision.outcome);
        for reason in &decision.reasons {
            println!("  {}: {}", reason.code, reason.message.get("ru").and_then(|m| m.as_str()).unwrap_or_default());
        }
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    decide(POLICY)?;
    // The rule is to hold a month earlier. Nothing is compiled again: the text is the policy.
    decide(&POLICY.replace("from 2026-01-01", "from 2025-12-01"))
}
