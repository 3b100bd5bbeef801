//! The truth of each kind of expression for facts in every state: a table with a line for each.
//!
//! The condition of a single rule is evaluated; the rule fires (`true`), does not fire (`false`), waits (`?` and the
//! needs) or cannot be known (what blocks it, or the fault).

use ereje::{Format, Policy};

const POLICY: &str = r#"
policy kleene.table
  from 2020-01-01
unit m2
unit KZT
enum Colour { red, green, blue }
region Land { Town, Village }
calendar work from 2026-01-01 through 2026-12-31 weekend saturday, sunday
record Item { name: Colour, size: integer, ok: bool }
record Bounded { share: decimal at least 0 at most 1, parts: list of integer at least 1 }
registry R
facts p: bool
facts q: bool
facts n: integer
facts k: integer
facts area: m2
facts c: Colour
facts d: date
facts stay: period
facts e: date
facts place: region
facts items: list of Item
facts numbers: list of integer
facts none_is_three: integer
  if absent means 3
facts today: date
define twice(x: integer) = x * 2
define blind(x: decimal) = p
define missing(x: Colour) = x is absent
define fee: integer
  case base = 100
  case half = year(governing_date) - 1976 when p
define graded: integer
  case high = 2 when p
  case higher = 2 when q
  otherwise 1
define unread: bool open "the text is cut"
scale levy(x: decimal): decimal of x
  up to n rate 10%
  up to k rate 20%
  above rate 50%
as of today
decision result refuse > approve otherwise approve
reason R en "r"
rule it refuse R when CONDITION
"#;

/// The truth of the condition for facts, which are given as a YAML flow mapping.
fn truth(condition: &str, facts: &str) -> String {
    let policy = POLICY.replace("CONDITION", condition);
    let policy = match Policy::from_texts([("table.ereje", policy)]) {
        Ok(policy) => policy,
        Err(error) => return error.to_string(),
    };
    let facts = format!("{{ today: 2026-01-15{}{facts} }}", if facts.is_empty() { "" } else { ", " });
    let sets = policy.facts(&facts, Format::Yaml).unwrap_or_else(|error| panic!("{condition}: {facts}: {error}"));
    let decision = policy.decide(&sets[0]);
    match decision.outcome.as_str() {
        "refuse" => "true".into(),
        "approve" => "false".into(),
        _ if !decision.needs.is_empty() => {
            format!("? {}", decision.needs.iter().map(|n| n.fact.as_str()).collect::<Vec<_>>().join(", "))
        }
        _ => {
            let blocked = serde_json::to_value(&decision.blocked).unwrap();
            let blocked = blocked.as_array().unwrap().iter().map(|b| match b.get("fact") {
                Some(fact) => format!("{} {}", fact.as_str().unwrap(), b["state"].as_str().unwrap()),
                None => format!("{} open", b["definition"].as_str().unwrap()),
            });
            let faults = decision.faults.iter().map(|f| f.message.clone());
            blocked.chain(faults).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Checks lines of `condition | facts | truth`.
fn check(table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [condition, facts, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}")
        };
        let found = truth(condition, facts);
        if found != expected {
            wrong.push(format!("{condition} over {{{facts}}}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const DOWN: &str = "{ unavailable: down }";

#[test]
fn facts_and_logic() {
    check(
        &r"
        p                           | p: true                         | true
        p                           | p: false                        | false
        p                           |                                 | ? p
        p                           | p: null                         | p absent
        p                           | p: DOWN                         | p unavailable
        not p                       | p: false                        | true
        not p                       | p: null                         | p absent
        p and q                     | p: false                        | false
        p and q                     | q: false, p: null               | false
        p and q                     | p: true                         | ? q
        p and q                     | p: null, q: DOWN                | p absent, q unavailable
        p or q                      | p: true                         | true
        p or q                      | p: DOWN, q: true                | true
        p or q                      | p: false                        | ? q
        p or q                      | p: null                         | ? q
        p is absent                 | p: null                         | true
        p is absent                 | p: true                         | false
        p is absent                 | p: DOWN                         | p unavailable
        p is absent                 |                                 | ? p
        p is not absent             | p: null                         | false
        p is unavailable            | p: DOWN                         | true
        p is unavailable            | p: null                         | false
        p is unavailable            | p: false                        | false
        p is unavailable            |                                 | ? p
        none_is_three = 3           | none_is_three: null             | true
        none_is_three is absent     | none_is_three: null             | false
        none_is_three = 3           | none_is_three: DOWN             | none_is_three unavailable
        c is red                    | c: red                          | true
        c is not red                | c: null                         | c absent
        not c is red                | c: green                        | true
        c in { red, blue }          | c: blue                         | true
        c in { red, blue }          | c: green                        | false
        c not in { red, blue }      |                                 | ? c
        place in { Land }           | place: Town                     | true
        place is Land               | place: Town                     | false
        missing(c)                  | c: null                         | true
        missing(c)                  | c: red                          | false
        unread                      |                                 | kleene.table.unread open
        unread and p                | p: false                        | false
    "
        .replace("DOWN", DOWN),
    );
}

#[test]
fn numbers_and_dates() {
    check(&r#"
        n + k > 5                              | n: 3, k: 3                 | true
        n + k > 5                              | n: 3                       | ? k
        n + k > 5                              | n: null, k: DOWN           | n absent, k unavailable
        n / k * k = n                          | n: 1, k: 3                 | true
        n / k > 5                              | n: 1, k: 0                 | division by zero
        k > 0 and n / k > 5                    | n: 1, k: 0                 | false
        n / k > 5 and k > 0                    | n: 1, k: 0                 | false
        k = 0 or n / k > 5                     | n: 1, k: 0                 | true
        twice(n) = 4                           | n: 2                       | true
        blind(n)                               | p: true                    | true
        blind(round(n / k, 1))                      | p: true, n: 1, k: 0        | true
        area / 3 < 15 m2                       | area: 44.5                 | true
        area / 3 < 15 m2                       | area: 45                   | false
        round(area, 1 m2) = 45 m2              | area: 44.5                 | true
        round down(area, 1 m2) = 44 m2         | area: 44.5                 | true
        round even(area, 1 m2) = 44 m2         | area: 44.5                 | true
        round even(area, 1 m2) = 46 m2         | area: 45.5                 | true
        round even(area, 1 m2 - 1 m2) = 44 m2  | area: 44.5                 | the rounding step is not above zero
        round(area, 1 m2 - 1 m2) = 44 m2       | area: 44.5                 | the rounding step is not above zero
        quotient(n, k) = -4 and remainder(n, k) = 1 | n: -7, k: 2           | true
        quotient(n, k) = -4 and remainder(n, k) = -1 | n: 7, k: -2          | true
        quotient(area, 15 m2) = 2 and remainder(area, 15 m2) = 14.5 m2 | area: 44.5 | true
        remainder(n, k) = 1                    | n: 7                       | ? k
        remainder(n, k) = 1                    | n: 7, k: 0                 | division by zero
        quotient(n, k) = 1                     | n: 7, k: 0                 | division by zero
        power(1 + n / 100, k, 0.0001) = 1.0609 | n: 3, k: 2                 | true
        power(n, k, 1) = 1                     | n: 0, k: 0                 | true
        power(n, k, 1) = 1                     | n: 2                       | ? k
        power(n, k, 1) = 1                     | n: 2, k: -1                | the exponent is not a whole number from 0 to 1000
        power(n, k, 1) = 1                     | n: 2, k: 1001              | the exponent is not a whole number from 0 to 1000
        power(n, k, 1) = 1                     | n: 2, k: 127               | the result is too large to be kept exactly
        power(1 / n, k, 0.5) = 1               | n: 2, k: 1000              | false
        power(n, 2, k) = 4                     | n: 2, k: 0                 | the rounding step is not above zero
        min(n, k) = 2                          | n: 2, k: 3                 | true
        max(n, k) = 3                          | n: 2                       | ? k
        abs(n) = 2                             | n: -2                      | true
        age(d, e) >= 18 years                  | d: 2004-02-29, e: 2022-02-28 | false
        age(d, e) >= 18 years                  | d: 2004-02-29, e: 2022-03-01 | true
        d + 1 month + 1 month = 2026-03-28     | d: 2026-01-31              | true
        d + 3 working days of work = 2026-01-20 | d: 2026-01-15             | true
        d + 3 working days of work = 2026-01-20 | d: 2027-01-15             | the calendar does not cover 2027-01-16
        is_working_day(d, work)                | d: 2026-01-17              | false
        days_between(d, e) = 31 days           | d: 2026-01-01, e: 2026-02-01 | true
        Item { name: red, size: n, ok: p }.size = 2 | n: 2, p: true         | true
        Bounded { share: n / 10, parts: [n] }.share = 0.5 | n: 5            | true
        Bounded { share: round(n / k, 1), parts: [n] }.share = 0.5 | n: 3, k: 2 | the value of `share` in a `Bounded` is outside of its bounds
        Bounded { share: 1, parts: list(m in [n] where m > 1: m) }.share = 1 | n: 1 | the value of `parts` in a `Bounded` is outside of its bounds
        p and Bounded { share: n, parts: [n] }.share = 1 | n: 2, p: false   | false
        Item { name: red, size: n, ok: p }.size = 2 | n: 2                  | ? p
        Item { ok: p, size: n, name: c }.ok    | n: null, p: DOWN, c: red   | p unavailable, n absent
        first(i in [Item { name: c, size: n, ok: true }]: i).name is red | n: 2, c: red | true
        covers(period(from d through e), 2026-01-31) | d: 2026-01-01, e: 2026-01-31 | true
        covers(period(from d through e), 2026-02-01) | d: 2026-01-01, e: 2026-01-31 | false
        covers(period(from d through e), 2026-02-01) | d: 2026-03-01             | ? e
        covers(period(from d), e)              | d: 2026-03-01, e: 2026-02-28 | false
        covers(period(through d), e)           | d: 2026-03-01, e: 2026-03-01 | true
        covers(period(from d), period(from e)) | d: 2026-03-01, e: 2026-03-01 | true
        covers(period(from d through e), period(from d)) | d: 2026-03-01, e: 2026-03-02 | false
        covers(stay, d)                        | stay: { from: 2026-01-01, through: null }, d: 2026-05-01 | true
        covers(stay, d)                        | stay: { from: 2026-01-01 }, d: 2025-12-31 | false
        covers(stay, d)                        | stay: { from: 2026-01-01 }, d: 2026-01-01 | ? stay.through
        covers(stay, d)                        | stay: { from: 2026-01-01, through: DOWN }, d: 2026-01-01 | stay.through unavailable
        covers(stay, d)                        | stay: { from: null, through: null } | ? d
        days(period(from d through e)) = 1 day | d: 2026-01-02, e: 2026-01-01 | a period from 2026-01-02 through 2026-01-01 ends before it begins
        covers(stay, period(from d through e)) | stay: { from: 2026-01-02, through: null }, d: 2026-01-02, e: 2026-01-01 | a period from 2026-01-02 through 2026-01-01 ends before it begins
        covers(stay, d)                        | stay: null, d: 2026-01-01  | stay absent
        overlap(stay, period(from d through e)) | stay: { from: 2026-01-31, through: null }, d: 2026-01-01, e: 2026-01-31 | true
        overlap(stay, period(from d through e)) | stay: { from: 2026-02-01 }, d: 2026-01-01, e: 2026-01-31 | false
        overlap(stay, period(from d))          | stay: { through: null }    | ? d, stay.from
        meets(stay, period(from d))            | stay: { through: 2026-02-28 }, d: 2026-03-01 | ? stay.from
        meets(stay, period(from d))            | stay: { through: 2026-02-28 }, d: 2026-03-02 | false
        meets(stay, period(from d))            | stay: { from: 2026-02-01, through: 2026-02-28 }, d: 2026-03-01 | true
        meets(stay, period(from d))            | stay: { from: 2026-02-01, through: null } | false
        days(stay) = 28 days                   | stay: { from: 2026-02-01, through: 2026-02-28 } | true
        days(stay) = 28 days                   | stay: { from: 2026-02-01, through: null } | the period has no first or no last day
        months(stay) = 1 month                 | stay: { from: 2026-01-15, through: 2026-02-14 } | true
        months(stay) = 0 months                | stay: { from: 2026-01-15, through: 2026-02-13 } | true
        count(months_of(stay)) = 3             | stay: { from: 2026-01-31, through: 2026-03-01 } | true
        days_covered([stay, period(from d through d)], stay) = 2 days | stay: { from: 2026-01-01, through: 2026-01-02 }, d: 2026-01-02 | true
        days_covered([stay], stay) = 2 days    | stay: { from: 2026-01-01 } | ? stay.through
        longest_run([stay, period(from d)], period(from 2026-01-01 through 2026-01-31)) = 30 days | stay: { from: null, through: 2026-01-01 }, d: 2026-01-03 | false
        longest_run([stay, period(from d)], period(from 2026-01-01 through 2026-01-31)) = 31 days | stay: { from: null, through: 2026-01-01 }, d: 2026-01-02 | true
        any(g in gaps([stay], period(from d)): g.through is absent and g.from = 2026-02-01) | stay: { from: null, through: 2026-01-31 }, d: 2026-01-10 | true
        any(g in gaps([stay], period(from d)): g.through > d) | stay: { from: null, through: 2026-01-31 }, d: 2026-01-10 | the period has no first or no last day
        count(gaps([stay], period(from d through e))) = 0 | stay: { from: null, through: null }, d: 2026-01-10, e: 2026-01-11 | true
        days_covered([period(from d)], period(from d)) = 1 day | d: 2026-01-01 | the period has no first or no last day
        d + 9000 years > e                     | d: 2026-01-01, e: 2026-02-01 | the result is too large to be kept exactly
        year(d) = 2026 and day(last_day_of_month(d)) = 28 | d: 2026-02-03    | true
        fee = 100                              | p: false                   | true
        fee = 100                              | p: true                    | two cases of `fee` apply and differ
        fee = 100                              |                            | ? p
        graded = 2                             | p: true, q: true           | true
        graded = 2                             | p: true                    | true
        graded = 1                             | p: false, q: null          | q absent
        levy(10) = 3                           | n: 2, k: 6                 | true
        levy(1) = 0.1                          | n: 2                       | ? k
        levy(1) = 0.1                          | n: 2, k: null              | k absent
        levy(1) = 0.1                          | n: 2, k: 2                 | in the scale `levy` band 2 does not end above band 1
        levy(0) = 0                            | n: 2, k: 1                 | in the scale `levy` band 2 does not end above band 1
        k > n and levy(1) = 0.1                | n: 2, k: 2                 | false
        levy(10) = 2.5                         | n: -1, k: 9                | false
        levy(10) = 2.3                         | n: -1, k: 9                | true
    "#
    .replace("DOWN", DOWN));
}

#[test]
fn lists() {
    let items = "items: [{ name: red, size: 1, ok: true }, { name: green, size: 5 }]";
    check(&r"
        any(x in items: x.ok)                       | ITEMS                          | true
        all(x in items: x.ok)                       | ITEMS                          | ? items[1].ok
        any(x in items where x.size > 2: x.ok)      | ITEMS                          | ? items[1].ok
        any(x in items: x.ok)                       | items: []                      | false
        all(x in items: x.ok)                       | items: []                      | true
        any(x in items: x.ok)                       |                                | ? items
        any(x in items: x.ok)                       | items: null                    | items absent
        any(x in items: x.ok is absent)             | items: [{ ok: null }]          | true
        count(items) = 2                            | ITEMS                          | true
        count(x in items where x.ok) >= 1           | ITEMS                          | true
        count(x in items where x.ok) >= 2           | ITEMS                          | ? items[1].ok
        count(x in items where x.ok) > 2            | ITEMS                          | false
        count(x in items where x.ok) = 0            | ITEMS                          | false
        3 > count(x in items where x.ok)            | ITEMS                          | true
        count(x in items where x.ok) > n            | ITEMS, n: 2                    | false
        count(x in items where x.ok) > n            | ITEMS                          | ? n, items[1].ok
        sum(x in items: x.size) = 6                 | ITEMS                          | true
        sum(x in items: x.size) = 0                 | items: []                      | true
        sum(x in items where x.ok: x.size) = 1      | ITEMS                          | ? items[1].ok
        min(x in items: x.size) = 1                 | ITEMS                          | true
        max(numbers) = 7                            | numbers: [3, 7]                | true
        min(numbers) = 7                            | numbers: []                    | nothing to choose from, and no `otherwise`
        min(numbers otherwise 9) = 9                | numbers: []                    | true
        first(x in items where x.size > 2: x.name) is green | ITEMS                  | true
        first(x in items where x.ok: x.size) = 1    | ITEMS                          | true
        first(x in items where not x.ok: x.size) = 5 | ITEMS                         | ? items[1].ok
        contains(numbers, 3)                        | numbers: [1, 3]                | true
        contains([n, k], 3)                         | n: 3                           | ? k
        count(list(x in items where x.size > 2: x.size)) = 1 | ITEMS                 | true
    "
    .replace("ITEMS", items));
}
