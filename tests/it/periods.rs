//! Periods: what is said of them in each language, and what is said of those that cannot be.

use crate::it::cli::ereje;
use ereje::facts::csv::{Columns, CsvRules};
use ereje::{DecideOptions, Format, Policy};
use ereje_batch::row::{CsvReader, JsonReader, Layout, Row};
use std::fs;
use std::sync::Arc;

const LEASE: &str = r#"policy lease
  languages en, kk, ru, vi
  en "Lease" kk "Жалдау" ru "Наём" vi "Thuê nhà"

facts today: date en "Day" kk "Күн" ru "День" vi "Ngày"
facts lease: period en "Lease" kk "Жалдау мерзімі" ru "Срок найма" vi "Thời hạn thuê"
facts leave: period en "Leave" kk "Демалыс" ru "Отпуск" vi "Nghỉ phép"

as of today

decision lease
  en "Lease" kk "Жалдау" ru "Наём" vi "Thuê nhà"
  refused > granted
  otherwise granted
  outcome granted en "Granted" kk "Берілді" ru "Назначено" vi "Được cấp"
  outcome refused en "Refused" kk "Бас тартылды" ru "Отказано" vi "Từ chối"
  output leave: period = leave en "Leave" kk "Демалыс" ru "Отпуск" vi "Nghỉ phép"

rule not_leased
  refused NOT_LEASED
  when not covers(lease, today)

rule on_leave
  refused ON_LEAVE
  when overlap(lease, leave) and days(leave) > 10 days

rule at_once
  refused AT_ONCE
  when meets(period(through today), leave) and days_covered([leave], period(from today - 1 year through today)) = 0 days

reason NOT_LEASED en "Not leased." kk "Жалданбаған." ru "Не нанято." vi "Không thuê."
reason ON_LEAVE en "On leave." kk "Демалыста." ru "В отпуске." vi "Nghỉ phép."
reason AT_ONCE en "At once." kk "Бірден." ru "Сразу." vi "Ngay."
"#;

fn lease() -> Policy {
    Policy::from_texts([("lease.ereje", LEASE)]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn it_is_told_in_each_language() {
    let policy = lease();
    let facts = "{ today: 2026-03-01, lease: { from: 2026-03-02, through: null }, leave: { from: 2026-03-02, through: 2026-03-31 } }";
    let facts = policy.facts(facts, Format::Yaml).unwrap();
    let options = DecideOptions { explain: true, ..DecideOptions::default() };
    let decision = policy.decide_with(&facts[0], &options).unwrap();
    let told: Vec<String> = ["en", "ru", "kk", "vi"].map(|language| policy.text(&decision, language)).into();
    insta::assert_snapshot!(told.join("\n\n"));
    let json = serde_json::to_string(&decision.outputs).unwrap();
    assert_eq!(json, r#"{"leave":{"from":"2026-03-02","through":"2026-03-31"}}"#);
}

/// An end that is not there is `null`; one that nobody has asked makes the output unknown, and is asked for.
#[test]
fn an_output_with_an_unasked_end_is_not_known() {
    let policy = lease();
    let decided = |facts: &str| policy.decide(&policy.facts(facts, Format::Yaml).unwrap()[0]);
    let open = decided("{ today: 2026-03-01, leave: { from: 2026-03-02, through: null } }");
    assert_eq!(serde_json::to_string(&open.outputs).unwrap(), r#"{"leave":{"from":"2026-03-02","through":null}}"#);
    let unasked = decided("{ today: 2026-03-01, leave: { from: 2026-03-02 } }");
    assert_eq!(serde_json::to_string(&unasked.outputs).unwrap(), "{}");
    let json = serde_json::to_value(&unasked).unwrap();
    assert_eq!(json["unknown_outputs"][0]["needs"][0]["fact"], "leave.through", "{json}");
}

/// A period that ends before it begins is a mistake of the data in every form of file.
#[test]
fn what_ends_before_it_begins_is_refused_where_it_is_read() {
    let policy = lease();
    let yaml = "today: 2026-03-01\nlease: { from: 2026-03-02, through: 2026-03-01 }\n";
    let json = r#"{ "today": "2026-03-01", "lease": { "through": "2026-03-01", "from": "2026-03-02" } }"#;
    let csv = "today,lease.through,lease.from\n2026-03-01,2026-03-01,2026-03-02\n";
    let whole = "today,lease\n2026-03-01,\"{\"\"from\"\":\"\"2026-03-02\"\",\"\"through\"\":\"\"2026-03-01\"\"}\"\n";
    let refused = [(yaml, Format::Yaml), (json, Format::Json), (csv, Format::Csv), (whole, Format::Csv)]
        .map(|(text, format)| policy.facts(text, format).unwrap_err().to_string());
    insta::assert_snapshot!(refused.join("\n"));
}

/// The quick readers of rows leave a period to the reader that looks at both its ends.
#[test]
fn rows_with_a_period_are_read_with_care() {
    let policy = lease();
    let form = policy.form();
    let layout = Arc::new(Layout::new(policy.model()));
    let mut row = Row::new(&layout);
    let mut reader = JsonReader::new(&form, Arc::clone(&layout));
    assert!(reader.read(r#"{"today":"2026-03-01"}"#, &mut row));
    assert!(reader.read(r#"{"today":"2026-03-01","lease":null}"#, &mut row));
    assert!(!reader.read(r#"{"today":"2026-03-01","lease":{"from":"2026-03-02","through":"2026-03-01"}}"#, &mut row));
    let columns = Columns::new(
        &form,
        "today,lease.from,lease.through",
        CsvRules { null: None, skip_unknown: false, guarded: false },
    )
    .unwrap();
    let mut reader = CsvReader::new(&form, &layout, &columns);
    assert!(!reader.read("2026-03-01,2026-03-02,2026-03-01", &mut row));
}

/// What is proposed can be read again: of a period whose first day is moved behind its last, the last is moved along.
#[test]
fn no_period_is_proposed_that_ends_before_it_begins() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("lease.ereje"), LEASE).unwrap();
    let run = ereje(dir.path(), &["suggest", ".", "-o", "new.test.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(dir.path().join("new.test.yaml")).unwrap();
    assert!(text.contains("lease.from: 2026-01-16, lease.through: 2026-01-16"), "{text}");
    let run = ereje(dir.path(), &["test", "."]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}
