//! Decisions and explanations for people and programs.

use ereje::engine::DecideOptions;
use ereje::{Format, Policy};

const LAND: &str = r#"
policy land.fees
  in Land
  from 2024-01-01 through 2026-12-31
  languages en, ru
  source act
  en "Fees of the land registry" ru "Сборы земельного реестра"

region Land ru "Край" { City ru "Город", Village }
source act = "Act No. 7 on fees" ru "Закон № 7 о сборах"
source ruling = "Ruling of the court of 3 May 2025"
registry TAX en "tax office" ru "налоговая служба"
  if unavailable then retry TAX_DOWN
registry CIVIL ru "загс"

unit crown en "crowns" ru "крон"
enum Kind { sale en "a sale" ru "продажа", gift en "a gift" ru "дарение" }
record Party { name: text, born: date from CIVIL, agrees: bool }

facts deal {
  date: date
  region: region
  kind: Kind
  value: crown from TAX en "price of the deal" ru "цена сделки"
  debt: crown from TAX
    if absent means 0 crown
  exempt: bool from CIVIL
    if absent then refuse NO_EXEMPTION_RECORD
}
facts parties: list of Party at least 1

as of deal.date in deal.region

assumption minor_age: duration in years = 18 years one of { 16 years, 18 years }
  en "The act does not say when one comes of age." ru "Закон не говорит, когда наступает совершеннолетие."

norm threshold: crown = 1000 crown from 2024-01-01 = 2500 crown in City from 2025-01-01

define fee: crown
  case small = 10 crown when deal.value < threshold source act "s. 1"
  otherwise deal.value / 3
exception of_gifts to fee = 5 crown when deal.kind is gift source ruling
exception of_the_exempt to fee = (year(deal.date) - 2025) * 1 crown when deal.exempt

define share = deal.value / 7

decision registration en "Registration" ru "Регистрация"
  retry > refuse > approve
  otherwise approve
  outcome refuse en "Refused" ru "Отказ"
  outcome approve en "Registered" ru "Зарегистрировано"
  output fee: crown = round down(fee, 0.01 crown) en "Fee" ru "Сбор"

reason TAX_DOWN en "The tax office is not answering." ru "Налоговая служба не отвечает."
reason NO_EXEMPTION_RECORD en "There is no record of an exemption." ru "Сведений об освобождении нет."
reason MINOR (name: text, age: duration in months)
  en "{name} is {age} old." ru "{name}: возраст {age}."
reason TOO_DEAR (price: crown)
  en "A share of {share} of {price} is above {threshold}." ru "Доля {share} от {price} больше {threshold}."
reason PAY_BY (day: date) en "Pay by {day}." ru "Оплатить до {day}."

rule minors for each p in parties where not p.agrees
  refuse MINOR(p.name, age(p.born))
  when age(p.born) < minor_age
  source act "s. 4"

rule too_dear
  refuse TOO_DEAR(deal.value)
  when share > threshold and deal.debt < 1 crown
  unless deal.exempt

exception of_the_court to too_dear
  when deal.kind is gift
  source ruling "para. 12"

notice PAY_BY(deal.date + 10 days) on approve
"#;

const CITY: &str = r#"
amendment land.city_2026 to land.fees
  in City
  from 2026-01-01
  source city_order "City order 12"

suspend exception of_the_court

replace rule minors for each p in parties
  refuse MINOR(p.name, age(p.born))
  when age(p.born) < 21 years
  afresh
"#;

fn land() -> Policy {
    Policy::from_texts([("land.ereje", LAND), ("city.ereje", CITY)]).unwrap_or_else(|error| panic!("{error}"))
}

const FACTS: &str = "
deal: { date: 2025-06-01, region: City, kind: sale, value: 21000.5, debt: null, exempt: false }
parties:
- { name: Ann, born: 2008-02-29, agrees: false }
- { name: Bob, born: 1980-01-01, agrees: false }
";

fn set(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(FACTS.to_string(), |facts, (from, to)| {
        assert!(facts.contains(from), "`{from}` in the facts");
        facts.replace(from, to)
    })
}

fn text(policy: &Policy, facts: &str, language: &str, explain: bool) -> String {
    let sets = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    let options = DecideOptions { explain, ..DecideOptions::default() };
    let decision = policy.decide_with(&sets[0], &options).unwrap_or_else(|error| panic!("{error}"));
    policy.text(&decision, language)
}

fn json(policy: &Policy, facts: &str, explain: bool) -> String {
    let sets = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    let options = DecideOptions { explain, ..DecideOptions::default() };
    let mut decision = policy.decide_with(&sets[0], &options).unwrap_or_else(|error| panic!("{error}"));
    decision.policy.digest = "sha256:…".into();
    serde_json::to_string_pretty(&decision).unwrap()
}

#[test]
fn a_refusal_for_machines() {
    insta::assert_snapshot!(json(&land(), FACTS, false));
}

#[test]
fn a_refusal_in_two_languages() {
    let policy = land();
    insta::assert_snapshot!(format!("{}\n{}", text(&policy, FACTS, "en", false), text(&policy, FACTS, "ru", false)));
}

#[test]
fn a_refusal_explained() {
    insta::assert_snapshot!(text(&land(), FACTS, "en", true));
}

fn short(policy: &Policy, facts: &str, language: &str) -> String {
    let sets = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    let decision = policy.request().explained().decide(&sets[0]).unwrap_or_else(|error| panic!("{error}"));
    policy.short_text(&decision, language)
}

#[test]
fn a_refusal_in_short() {
    let policy = land();
    insta::assert_snapshot!(format!("{}\n{}", short(&policy, FACTS, "en"), short(&policy, FACTS, "ru")));
}

/// What fired stands first in a trace, then what may still fire, then the rest.
#[test]
fn a_trace_begins_with_what_fired() {
    let mark = |line: &str| line.chars().next().unwrap();
    for facts in [FACTS.to_owned(), set(&[(", exempt: false", "")]), set(&[("agrees: false", "agrees: true")])] {
        let text = text(&land(), &facts, "ru", true);
        let marks: String = text.lines().filter(|l| l.starts_with(['✓', '?', '!', '✗', '·'])).map(mark).collect();
        let kept = marks.trim_start_matches('✓').trim_start_matches(['?', '!']);
        assert!(!marks.is_empty() && !kept.contains(['✓', '?', '!']), "{marks}\n{text}");
    }
}

const SHOP: &str = r#"policy shop
  languages en, kk, ru, vi

region Land en "Land" ru "Край" kk "Өлке" vi "Xứ" { City en "City" ru "Город" kk "Қала" vi "Thành phố", Village en "Village" ru "Деревня" kk "Ауыл" vi "Làng" }
enum Kind { food en "food" ru "еда" kk "тамақ" vi "thực phẩm", tools en "tools" ru "инструменты" kk "құралдар" vi "dụng cụ" }
record Clerk { born: date en "Date of birth" ru "Дата рождения" kk "Туған күні" vi "Ngày sinh", present: bool en "Present" ru "На месте" kk "Орнында" vi "Có mặt" }
facts day: date en "Day" ru "День" kk "Күн" vi "Ngày"
facts opened: date en "Day of opening" ru "День открытия" kk "Ашылған күн" vi "Ngày mở cửa"
facts region: region en "Place" ru "Место" kk "Жер" vi "Nơi"
facts kind: Kind en "Goods" ru "Товар" kk "Тауар" vi "Hàng"
facts area: integer en "Area" ru "Площадь" kk "Алаң" vi "Diện tích"
facts licence: integer en "Number of the licence" ru "Номер лицензии" kk "Лицензия нөмірі" vi "Số giấy phép"
facts nameless: bool
facts clerks: list of Clerk en "Clerks" ru "Продавцы" kk "Сатушылар" vi "Người bán"
as of day in region
norm least: integer = 20 en "Least area" ru "Наименьшая площадь" kk "Ең аз алаң" vi "Diện tích tối thiểu"
decision d  refuse > approve  otherwise approve
reason R en "R" ru "R" kk "R" vi "R"
rule r
  refuse R
  when CONDITION
"#;

/// How each kind of condition is said, in all languages of the engine.
#[test]
fn conditions_in_words() {
    let facts =
        "{ day: 2026-05-01, opened: 2026-01-01, region: City, kind: food, area: 18, licence: null, nameless: true,
        clerks: [{ born: 2010-02-01, present: true }, { born: 1980-01-01, present: false }] }";
    let conditions = [
        "area < least",
        "not (area >= 2 * 20)",
        "opened < day",
        "opened + 3 months <= day",
        "kind is food",
        "kind is not tools",
        "kind in { food, tools }",
        "region in { City, Village }",
        "licence is absent",
        "area is not absent",
        "nameless",
        "area > 100 or nameless",
        "any(c in clerks: age(c.born) < 18 years)",
        "not all(c in clerks: c.present)",
        "count(c in clerks where c.present) = 1",
        "governing_date > opened",
    ];
    let mut said = String::new();
    for condition in conditions {
        let policy = Policy::from_texts([("shop.ereje", SHOP.replace("CONDITION", condition))]);
        let policy = policy.unwrap_or_else(|error| panic!("{condition}: {error}"));
        said += &format!("{condition}\n");
        for language in ["en", "ru", "kk", "vi"] {
            let full = text(&policy, facts, language, true);
            let question = full.lines().find(|line| line.contains("[shop.ereje:")).unwrap_or("nothing");
            let question = question.trim().split("  [").next().unwrap();
            let short = short(&policy, facts, language);
            let because = short.lines().find(|line| line.starts_with("  ")).unwrap_or("nothing").trim();
            said += &format!("  {language}  {question}\n      {because}\n");
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_refusal_explained_to_machines() {
    let decision: serde_json::Value = serde_json::from_str(&json(&land(), FACTS, true)).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&decision["trace"]["rules"][0]).unwrap());
}

#[test]
fn what_an_amendment_suspends_and_replaces() {
    insta::assert_snapshot!(text(
        &land(),
        &set(&[("2025-06-01", "2026-06-01"), ("kind: sale", "kind: gift")]),
        "ru",
        true
    ));
}

#[test]
fn what_is_still_needed() {
    let facts = set(&[(", exempt: false", ""), ("value: 21000.5, ", ""), (", born: 2008-02-29", "")]);
    insta::assert_snapshot!(format!("{}\n{}", json(&land(), &facts, false), text(&land(), &facts, "en", true)));
}

#[test]
fn a_registry_that_is_down() {
    let facts = set(&[("value: 21000.5", "value: { unavailable: timeout }"), ("agrees: false", "agrees: true")]);
    insta::assert_snapshot!(format!("{}\n{}", json(&land(), &facts, false), text(&land(), &facts, "en", true)));
}

#[test]
fn an_absent_fact_with_nothing_declared() {
    let facts = set(&[("kind: sale", "kind: null"), ("2008-02-29", "1998-02-28")]);
    insta::assert_snapshot!(format!("{}\n{}", json(&land(), &facts, false), text(&land(), &facts, "en", false)));
}

#[test]
fn an_absent_fact_whose_absence_refuses() {
    let facts = set(&[("exempt: false", "exempt: null"), ("2008-02-29", "1998-02-28")]);
    insta::assert_snapshot!(format!("{}\n{}", json(&land(), &facts, false), text(&land(), &facts, "ru", false)));
}

#[test]
fn two_cases_in_conflict() {
    let facts =
        set(&[("exempt: false", "exempt: true"), ("kind: sale", "kind: gift"), ("agrees: false", "agrees: true")]);
    insta::assert_snapshot!(format!("{}\n{}", json(&land(), &facts, false), text(&land(), &facts, "en", false)));
}

/// What only the facts can bring about: a day on which a definition does not hold, rows and cases that nobody could
/// compare. Each fault is told once, with its name and with who needs it.
#[test]
fn a_fault_says_of_what_and_who_needs_it() {
    let policy = r#"
policy law.faults in Land from 2024-01-01 en "Faults"
region Land
facts today: date
facts place: region
facts since: date
facts n: integer
facts m: integer
as of today in place
decision d
  refuse > approve
  otherwise approve
  output price: integer = price
  output both: integer = price + price
  output rest: integer = rest
reason NO en "No."
rule early
  refuse NO
  when (limit at since) < n
rule early_too
  refuse NO
  when (limit at since) < m
table price: integer by n
  | < m  | 1 |
  | <= m | 2 |
table rest: integer by n
  | < m | 1 |
amendment law.later to law.faults
  from 2025-01-01
define limit = n + 1
"#;
    let policy = Policy::from_texts([("faults.ereje", policy)]).unwrap();
    let equal = "{ today: 2025-06-01, place: Land, since: 2024-06-01, n: 3, m: 3 }";
    let less = "{ today: 2025-06-01, place: Land, since: 2025-06-01, n: 2, m: 3 }";
    let shown = |facts: &str| format!("{}\n{}", json(&policy, facts, false), text(&policy, facts, "en", true));
    insta::assert_snapshot!(format!("{}\n{}", shown(equal), shown(less)));
}

#[test]
fn a_law_that_does_not_hold() {
    let policy = land();
    let early = text(&policy, &set(&[("2025-06-01", "2023-12-31")]), "en", true);
    let late = text(&policy, &set(&[("2025-06-01", "2027-01-01")]), "ru", false);
    insta::assert_snapshot!(format!("{early}\n{late}"));
}

#[test]
fn a_place_that_nobody_has_asked() {
    let facts = set(&[("region: City, ", "")]);
    insta::assert_snapshot!(text(&land(), &facts, "en", true));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let (one, other) = (land(), land());
    assert_eq!(json(&one, FACTS, true), json(&other, FACTS, true));
    assert_eq!(json(&one, FACTS, true), json(&one, FACTS, true));
}

#[test]
fn options_say_when_and_where() {
    let policy = land();
    let sets = policy.facts(FACTS, Format::Yaml).unwrap();
    let options = DecideOptions {
        as_of: "2026-03-01".parse().ok(),
        region: policy.engine().region("Village"),
        ..DecideOptions::default()
    };
    let decision = policy.decide_with(&sets[0], &options).unwrap();
    assert_eq!((decision.as_of.as_deref(), decision.region.as_deref()), (Some("2026-03-01"), Some("Village")));
    // On that day the first owner is of age, and outside the city the amendment does not hold.
    let rules: Vec<_> = decision.reasons.iter().map(|r| r.rule.as_str()).collect();
    assert_eq!(rules, ["land.fees.too_dear"]);
    let by_codes = policy.engine().codes(&sets[0], &options).unwrap();
    assert_eq!((by_codes.outcome, by_codes.reasons), ("refuse", vec!["TOO_DEAR"]));
}

/// A handler that speaks for an amount answers for a fact that no rule has read; its state and why are told all the same.
#[test]
fn the_silence_behind_an_amount_is_told_as_it_is() {
    let policy = Policy::from_texts([(
        "pay.ereje",
        "policy t.pay
facts today: date
facts entitled: bool
facts income: EUR from TAX
registry TAX
  if unavailable then refuse DOWN
  if absent then refuse UNKNOWN
as of today
decision d
  refuse > pay > none
  otherwise none
  output amount: EUR = income * 2
    tied to pay
rule entitled
  pay YES
  when entitled
reason YES en \"Yes.\"
reason DOWN en \"Down.\"
reason UNKNOWN en \"Unknown.\"
",
    )])
    .unwrap();
    let said =
        |income: &str| text(&policy, &format!("today: 2026-01-01\nentitled: true\nincome: {income}\n"), "en", true);
    assert!(said("{ unavailable: timeout }").contains("income = the registry could not answer (timeout)  (TAX)"));
    assert!(said("null").contains("income = no record  (TAX)"));
}

/// What the law leaves open is told in the words of the policy's own label; without one in the language, by name, with the maker's note.
#[test]
fn what_is_open_is_told_in_the_readers_language() {
    let policy = "policy p languages en, ru
facts day: date
as of day
decision d  refuse > approve  otherwise approve
reason R en \"R\" ru \"R\"
rule r
  refuse R
  when proviso
define proviso: bool open \"cut in the copy\" LABELS";
    let said = |labels: &str, language: &str| {
        let policy = Policy::from_texts([("p.ereje", policy.replace("LABELS", labels))]).unwrap();
        text(&policy, "day: 2026-01-01", language, false).lines().last().unwrap().to_owned()
    };
    assert_eq!(said("ru \"Оговорка уточняется\"", "ru"), "  Оговорка уточняется");
    assert_eq!(
        said("ru \"Оговорка уточняется\"", "en"),
        "  p.proviso: the text of the law is not known: cut in the copy"
    );
    assert_eq!(said("", "ru"), "  p.proviso: текст нормы неизвестен: cut in the copy");
}

/// The label of an assumption is for makers; a letter tells what it has a `letter` for, with the choice in words, and else nothing.
#[test]
fn an_assumption_is_told_to_makers_and_in_letters() {
    let policy = "policy p languages en, ru
facts day: date
as of day
decision d  refuse > approve  otherwise approve
reason R en \"R\" ru \"R\"
assumption first: date = 2026-01-01 one of { 2026-01-01, 2026-02-01 }
  en \"Not found.\" ru \"Не найдено.\"
  LETTER
rule r
  refuse R
  when day >= first";
    let load = |letter: &str| Policy::from_texts([("p.ereje", policy.replace("LETTER", letter))]);
    let last = |text: &str, lines: usize| text.lines().rev().take(lines).map(str::to_owned).collect::<Vec<_>>();
    let with = load("letter en \"First day\" ru \"Первый день\"").unwrap();
    let facts = "day: 2026-01-15";
    assert_eq!(
        last(&text(&with, facts, "ru", false), 2),
        ["  Первый день: 1 января 2026 года", "Порядок применения правил"]
    );
    assert!(!text(&with, facts, "ru", false).contains("Не найдено"));
    let explained = text(&with, facts, "ru", true);
    assert!(explained.contains("first = 2026-01-01\n    Не найдено."), "{explained}");
    assert!(!explained.contains("Первый день"), "{explained}");
    // Without the clause a letter says nothing; JSON is the same with and without it.
    let without = load("").unwrap();
    assert_eq!(text(&without, facts, "ru", false).lines().count(), 5);
    assert_eq!(json(&without, facts, false), json(&with, facts, false));
    // A language that lacks is told.
    let found =
        load("letter en \"First day\"").unwrap().warnings().iter().map(|w| w.message.clone()).collect::<Vec<_>>();
    assert_eq!(found, ["the letter of `first` is missing in `ru`"]);
    // A unit may be called so.
    let unit = "policy p\nunit letter\nfacts n: letter\nfacts day: date\nas of day
assumption least: letter = 5 letter one of { 5 letter, 6 letter } letter en \"Fewest\"
decision d refuse > approve otherwise approve\nreason R en \"R\"\nrule r refuse R when n < least";
    let unit = Policy::from_texts([("p.ereje", unit)]).unwrap_or_else(|error| panic!("{error}"));
    assert!(text(&unit, "{ day: 2026-01-01, n: 5 }", "en", false).ends_with("  Fewest: 5\u{a0}letter\n"));
}

/// Numbers that are close to each other, with an end and without one.
const CLOSE: &str = "policy t.close
  en \"Close\"
facts today: date
facts a: m2
facts b: m2
facts r: decimal
as of today
norm least: m2 = 44.505 m2
norm rate: decimal = 0.005
decision d
  no > yes
  otherwise yes
rule s
  no SMALL
  when a < least
rule q
  no RATE
  when r > rate
rule t
  no RATIO
  when a / 3 < b / 3
rule u
  no TINY
  when r / 7_000 < 1
reason SMALL en \"Area {a} is under {least}.\"
reason RATE en \"Rate {r} is over {rate}.\"
reason RATIO en \"Ratio {a / 3} is under {b / 3}.\"
reason TINY en \"{r / 7_000} is small.\"
";

#[test]
fn numbers_that_are_close() {
    let policy = Policy::from_texts([("close.ereje", CLOSE)]).unwrap();
    let facts = "{ today: 2026-01-01, a: 44.504, b: 44.50401, r: 0.0051 }";
    insta::assert_snapshot!(format!("{}\n{}", text(&policy, facts, "en", true), short(&policy, facts, "en")));
}
