//! Facts over time: what is said of them in each language, where they are refused, and what is asked.

use ereje::{DecideOptions, Format, Policy};
use ereje_batch::row::{JsonReader, Layout, Row};
use std::sync::Arc;

const SUPPLEMENT: &str = r#"policy supplement
  languages en, kk, ru, vi
  en "Supplement" kk "Үстемеақы" ru "Надбавка" vi "Phụ cấp"

registry TAX en "tax authority" kk "салық органы" ru "налоговый орган" vi "cơ quan thuế"
  if absent then refused NO_WAGE
  if unavailable then refused NO_WAGE

facts today: date en "Day" kk "Күн" ru "День" vi "Ngày"
facts wage: EUR over time at least 0 EUR from TAX en "Wage" kk "Жалақы" ru "Заработок" vi "Tiền lương"
facts people: list of { school: { state, private, none } over time if absent means none }

as of today

define pupils = count(p in people where p.school is not none)

decision supplement
  en "Supplement" kk "Үстемеақы" ru "Надбавка" vi "Phụ cấp"
  refused > granted
  otherwise granted
  outcome granted en "Granted" kk "Берілді" ru "Назначено" vi "Được cấp"
  outcome refused en "Refused" kk "Бас тартылды" ru "Отказано" vi "Từ chối"
  output pupils = pupils en "Pupils" kk "Оқушылар" ru "Ученики" vi "Học sinh"
  output pupils_then = pupils at 2025-12-31 en "Then" kk "Сонда" ru "Тогда" vi "Khi đó"

rule too_much
  refused TOO_MUCH
  when wage > 2_000 EUR and wage at 2025-12-31 > 1_000 EUR

reason TOO_MUCH en "{wage} is too much." kk "{wage} тым көп." ru "{wage}: слишком много." vi "{wage} là quá nhiều."
reason NO_WAGE en "No wage." kk "Жалақы жоқ." ru "Нет заработка." vi "Không có lương."
"#;

fn supplement() -> Policy {
    Policy::from_texts([("supplement.ereje", SUPPLEMENT)]).unwrap_or_else(|error| panic!("{error}"))
}

/// The outcome, the needs and the outputs on facts in YAML.
fn decided(facts: &str) -> String {
    let policy = supplement();
    let facts = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    let decision = policy.decide(&facts[0]);
    let needs: Vec<&str> = decision.needs.iter().map(|need| need.fact.as_str()).collect();
    let outputs = serde_json::to_string(&decision.outputs).unwrap();
    format!("{} {needs:?} {outputs}", decision.outcome)
}

#[test]
fn they_are_told_in_each_language() {
    let policy = supplement();
    let whole = "
        { today: 2026-03-01, people: [],
          wage: [{ from: null, through: 2025-12-31, value: 1800 }, { from: 2026-01-01, through: null, value: 2200 }] }";
    let half = "{ today: 2026-03-01, people: [], wage: [{ from: 2026-01-01, through: null, value: 2200 }] }";
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let mut told = Vec::new();
    for facts in [whole, half] {
        let facts = policy.facts(facts, Format::Yaml).unwrap();
        let decision = policy.decide_with(&facts[0], &options).unwrap();
        told.extend(["en", "ru", "kk", "vi"].map(|language| policy.text(&decision, language)));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

/// A state of the whole list is one of each day, and what `if absent means` holds of each.
#[test]
fn what_is_said_of_the_whole_list_is_said_of_each_day() {
    let on = |wage: &str, school: &str| {
        decided(&format!("{{ today: 2026-03-01, wage: {wage}, people: [{{ school: {school} }}] }}"))
    };
    let open = |value: &str| format!("[{{ from: null, through: null, value: {value} }}]");
    let none = r#"refused [] {"pupils":"0","pupils_then":"0"}"#;
    for silent in ["null", "{ unavailable: down }"] {
        assert_eq!(on(silent, "null"), none);
        assert_eq!(on(&open(silent), &open("null")), none);
    }
    let later = "[{ from: 2026-02-01, through: null, value: state }, { from: null, through: 2026-01-31, value: null }]";
    assert_eq!(on(&open("1"), later), r#"granted [] {"pupils":"1","pupils_then":"0"}"#);
}

/// What is asked for is the day, or the end that nobody has told; what is known beside it counts.
#[test]
fn a_day_without_a_value_is_asked_for() {
    let on = |wage: &str| decided(&format!("{{ today: 2026-03-01, {wage} people: [] }}"));
    let outputs = r#"{"pupils":"0","pupils_then":"0"}"#;
    assert_eq!(on(""), format!(r#"undetermined ["wage at 2025-12-31", "wage at 2026-03-01"] {outputs}"#));
    assert_eq!(on("wage: [],"), on(""));
    let ended = "wage: [{ from: 2026-01-01, through: 2026-02-28, value: 2500 }],";
    assert_eq!(on(ended), on(""));
    let open = "wage: [{ from: 2026-01-01, value: 2500 }],";
    assert_eq!(on(open), format!(r#"undetermined ["wage[0].through", "wage at 2025-12-31"] {outputs}"#));
    let low = "wage: [{ from: null, through: 2025-12-31, value: 900 }],";
    assert_eq!(on(low), format!("granted [] {outputs}"), "the value of today does not matter");
    let sure = "wage: [{ through: 2025-12-30, value: 10 }, { from: 2025-12-31, through: null, value: 20 }],";
    assert_eq!(on(sure), format!("granted [] {outputs}"), "the one that surely holds is read");
}

/// Two values of one day, a value without its days, and a value alone are mistakes of the data in every form of file.
#[test]
fn what_has_no_one_value_on_a_day_is_refused_where_it_is_read() {
    let policy = supplement();
    let lists = [
        r#"[{ "from": null, "through": "2026-01-01", "value": 1 }, { "from": "2026-01-01", "through": null, "value": 2 }]"#,
        r#"[{ "from": "2026-01-02", "through": "2026-01-01", "value": 1 }]"#,
        r#"[{ "from": null, "through": null, "value": -1 }]"#,
        "[null]",
        r#"[{ "unavailable": "down" }]"#,
        "1800",
    ];
    let form = policy.form();
    let layout = Arc::new(Layout::new(policy.model()));
    let mut row = Row::new(&layout);
    let mut reader = JsonReader::new(&form, Arc::clone(&layout));
    let mut said = Vec::new();
    for list in lists {
        let json = format!(r#"{{ "today": "2026-03-01", "wage": {list}, "people": [] }}"#);
        let yaml = format!("today: 2026-03-01\nwage: {list}\npeople: []\n");
        let csv = format!("today,people,wage\n2026-03-01,[],\"{}\"\n", list.replace('"', "\"\""));
        said.push(policy.facts(&yaml, Format::Yaml).unwrap_err().to_string());
        policy.facts(&json, Format::Json).unwrap_err();
        policy.facts(&csv, Format::Csv).unwrap_err();
        assert!(!reader.read(&json, &mut row), "it is left to the reader of fact sets: {json}");
    }
    insta::assert_snapshot!(said.join("\n"));
}

/// What is masked shows no value of any day, and no day is a value.
#[test]
fn a_masked_fact_over_time_shows_no_value() {
    let text = SUPPLEMENT.replace("EUR over time at least", "EUR over time masked at least");
    let policy = Policy::from_texts([("supplement.ereje", text.as_str())]).unwrap_or_else(|error| panic!("{error}"));
    let facts = "
        { today: 2026-03-01, people: [],
          wage: [{ from: null, through: 2025-12-31, value: 1817 }, { from: 2026-01-01, through: null, value: 2219 }] }";
    let facts = policy.facts(facts, Format::Yaml).unwrap();
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let decision = policy.decide_with(&facts[0], &options).unwrap();
    let told = policy.text(&decision, "en") + &serde_json::to_string(&decision).unwrap();
    assert!(told.contains("•••"), "{told}");
    assert!(!["1817", "1,817", "2219", "2,219"].iter().any(|value| told.contains(value)), "{told}");
}

/// A day that is made of a masked fact is told nowhere: what is asked for is the fact.
#[test]
fn a_day_that_depends_on_masked_facts_is_not_told() {
    let text = "policy p
facts today: date
facts born: date masked
facts wage: EUR over time
as of today
decision d
  refuse > grant
  otherwise grant
  output then: EUR = wage at (born + 18 years)
rule low
  refuse LOW
  when wage at (born + 18 years) < 10 EUR
reason LOW en \"Low.\"
";
    let policy = Policy::from_texts([("p.ereje", text)]).unwrap_or_else(|error| panic!("{error}"));
    let facts = policy.facts("{ today: 2026-03-01, born: 1987-03-04 }", Format::Yaml).unwrap();
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let decision = policy.decide_with(&facts[0], &options).unwrap();
    let told = policy.text(&decision, "en") + &serde_json::to_string(&decision).unwrap();
    assert!(!["1987", "2005"].iter().any(|year| told.contains(year)), "{told}");
    assert_eq!(decision.needs.iter().map(|need| need.fact.as_str()).collect::<Vec<_>>(), ["wage"]);
}
