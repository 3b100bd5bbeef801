//! `(A when C otherwise B)`: how it is told, laid out, covered and made wrong.

use ereje::source::Sources;
use ereje::{DecideOptions, Format, Policy};
use ereje_review::cases::{CaseFile, Trial};
use ereje_review::coverage::{Detail, MeasuredCase, measure};

const AID: &str = r#"policy aid
  languages en, kk, ru, vi
  en "Aid" kk "Жәрдемақы" ru "Пособие" vi "Trợ cấp"

facts today: date en "Day" kk "Күн" ru "День" vi "Ngày"
facts partner: bool en "Partner" kk "Серіктес" ru "Партнёр" vi "Bạn đời"
facts student: bool en "Student" kk "Студент" ru "Студент" vi "Sinh viên"
facts income: EUR en "Income" kk "Табыс" ru "Доход" vi "Thu nhập"

as of today

decision aid
  en "Aid" kk "Жәрдемақы" ru "Пособие" vi "Trợ cấp"
  granted > refused
  otherwise refused
  outcome granted en "Granted" kk "Берілді" ru "Назначено" vi "Được cấp"
  outcome refused en "Refused" kk "Бас тартылды" ru "Отказано" vi "Từ chối"

rule low_income
  granted LOW_INCOME
  when income <= (54_000 EUR when partner or student otherwise 44_000 EUR)
    and (student when partner otherwise not student)

reason LOW_INCOME
  en "Income is at most {(54_000 EUR when partner or student otherwise 44_000 EUR)}."
  kk "Табыс {(54_000 EUR when partner or student otherwise 44_000 EUR)} аспайды."
  ru "Доход не больше {(54_000 EUR when partner or student otherwise 44_000 EUR)}."
  vi "Thu nhập không quá {(54_000 EUR when partner or student otherwise 44_000 EUR)}."
"#;

fn aid() -> Policy {
    Policy::from_texts([("aid.ereje", AID)]).unwrap_or_else(|error| panic!("{error}"))
}

fn explained(facts: &str, language: &str) -> String {
    let policy = aid();
    let sets = policy.facts(facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"));
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let decision = policy.decide_with(&sets[0], &options).unwrap_or_else(|error| panic!("{error}"));
    policy.text(&decision, language)
}

/// The trace tells the condition and the value that it chose, and nothing of the other one.
#[test]
fn what_was_chosen_is_explained() {
    let facts = "{ today: 2026-01-01, partner: true, student: true, income: 50000 }";
    let told = ["en", "ru", "kk", "vi"].map(|language| explained(facts, language));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_needed_for_the_choice_is_asked() {
    insta::assert_snapshot!(explained("{ today: 2026-01-01, partner: false, income: 50000 }", "en"));
}

const CASES: &str = "policy: .
cases:
- name: a couple
  change: { today: 2026-01-01, partner: true, student: true, income: 50000 }
  expect: { outcome: granted }
- name: alone
  change: { today: 2026-01-01, partner: false, student: false, income: 50000 }
  expect: { outcome: refused }
";

fn tried(trial: &Trial) -> MeasuredCase<'_> {
    MeasuredCase { name: &trial.name, facts: &trial.facts, options: &trial.options }
}

/// The clauses of the condition have to be exercised on both sides, and so have those of values that are conditions.
#[test]
fn its_clauses_are_covered() {
    let policy = aid();
    let mut sources = Sources::new();
    let file = sources.add("aid.test.yaml", CASES);
    let (read, findings) = CaseFile::read(&mut sources, file, &mut |name| Err(name.to_owned()));
    assert!(findings.is_empty(), "{findings:?}");
    let (trials, findings) = read.unwrap().bind(&policy);
    assert!(findings.is_empty(), "{findings:?}");
    let coverage = measure(&policy, &trials.iter().map(tried).collect::<Vec<_>>());
    let text = coverage.text(policy.sources(), Detail::Gaps, "en", &str::to_owned);
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

/// One that is too long for its line has a line for each part, and the layout is read as the same again.
#[test]
fn a_long_one_has_a_line_for_each_part() {
    let long = "define allowance = (the_allowance_of_a_household_of_two_persons when applicant.lives_with_a_partner and \
                household.members > 1 otherwise (the_allowance_of_a_child when applicant.minor otherwise the_allowance_of_one))\n";
    let mut sources = Sources::new();
    let file = sources.add("a.ereje", long);
    let laid = ereje::fmt::format(&sources, file).unwrap();
    let again = sources.add("b.ereje", laid.clone());
    assert_eq!(ereje::fmt::format(&sources, again).unwrap(), laid);
    insta::assert_snapshot!(laid);
}
