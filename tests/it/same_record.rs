//! Records that are compared as a whole: what is known of them, what is asked, and what is masked.

use crate::it::cli::ereje;
use ereje::{Format, Policy};
use std::fs;
use tempfile::TempDir;

const MOVES: &str = "policy moves
facts today: date
record Place { name: text, inside: Inside }
record Inside { flat: integer if absent means 0, since: date }
facts lease: Place
facts registered: Place
as of today
decision move
  refuse > register
  otherwise register
  output same = (lease = registered)
  output other = (lease.inside != registered.inside)
rule same
  refuse SAME
  when lease = registered
reason SAME en \"The same.\"
";

fn policy(text: &str) -> Policy {
    Policy::from_texts([("moves.ereje", text)]).unwrap_or_else(|error| panic!("{error}"))
}

/// The outcome, the needs and the outputs for two places.
fn decided(text: &str, lease: &str, registered: &str) -> String {
    let policy = policy(text);
    let facts = format!("{{ today: 2026-01-01, lease: {lease}, registered: {registered} }}");
    let decision = policy.decide(&policy.facts(&facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"))[0]);
    let needs: Vec<&str> = decision.needs.iter().map(|need| need.fact.as_str()).collect();
    format!("{} {needs:?} {}", decision.outcome, serde_json::to_string(&decision.outputs).unwrap())
}

/// What is known of two parts decides, however deep they lie; an absent part means what is declared for it.
#[test]
fn they_differ_as_soon_as_two_parts_do() {
    let place = |flat: &str| format!("{{ name: Abai, inside: {{ flat: {flat}, since: 2020-01-01 }} }}");
    let on = |lease: &str, registered: &str| decided(MOVES, lease, registered);
    assert_eq!(on(&place("null"), &place("0")), r#"refuse [] {"same":true,"other":false}"#);
    assert_eq!(on(&place("1"), &place("0")), r#"register [] {"same":false,"other":true}"#);
    let other = r#"register [] {"same":false}"#;
    assert_eq!(on("{ name: Abai }", "{ name: Satpaev }"), other, "where they lie does not matter");
    assert_eq!(on(&place("1"), "{ name: Satpaev }"), other);
    let unknown = "{ name: Abai, inside: { flat: 0 } }";
    assert_eq!(on(&place("0"), unknown), r#"undetermined ["registered.inside.since"] {}"#);
    assert_eq!(on(&place("1"), unknown), r#"register [] {"same":false,"other":true}"#);
    assert_eq!(on(&place("1"), "null"), "undetermined [] {}", "there is no record to compare with");
}

/// A record is looked for in a list as it is compared with one: by its parts, each asked for by its own name.
#[test]
fn a_list_holds_a_record_that_is_equal() {
    let text = "policy places
facts today: date
record Place { name: text, flat: integer if absent means 0 }
facts lease: Place
facts known: list of Place
as of today
decision move
  refuse > register
  otherwise register
rule is_known
  refuse KNOWN
  when contains(known, lease)
reason KNOWN en \"Known.\"
";
    let policy = policy(text);
    let on = |known: &str| {
        let facts = format!("{{ today: 2026-01-01, lease: {{ name: Abai, flat: null }}, known: {known} }}");
        let decision = policy.decide(&policy.facts(&facts, Format::Yaml).unwrap_or_else(|error| panic!("{error}"))[0]);
        let needs: Vec<&str> = decision.needs.iter().map(|need| need.fact.as_str()).collect();
        format!("{} {needs:?}", decision.outcome)
    };
    assert_eq!(on("[{ name: Satpaev }, { name: Abai, flat: 0 }]"), "refuse []");
    assert_eq!(on("[{ name: Satpaev }, { name: Abai }]"), r#"undetermined ["known[1].flat"]"#);
    assert_eq!(on("[{ name: Satpaev }, { name: Abai, flat: 2 }]"), "register []");
    assert_eq!(on("[]"), "register []");
}

/// A message shows no more of a masked part through the whole than through the part itself; the outcome stays.
#[test]
fn a_masked_part_masks_what_is_said_of_the_whole() {
    let place = "{ name: Abai, inside: { flat: 1, since: 2020-01-01 } }";
    let text = MOVES.replace("since: date }", "since: date masked }").replace("The same.", "{whole}, {part}, {rest}.");
    let text = text
        + "define whole = (lease = registered)
define part = (lease.inside.since = registered.inside.since)
define rest = (lease.name = registered.name)
";
    let policy = policy(&text);
    let facts = format!("{{ today: 2026-01-01, lease: {place}, registered: {place} }}");
    let decision = policy.decide(&policy.facts(&facts, Format::Yaml).unwrap()[0]);
    assert_eq!(decision.outcome, "refuse");
    assert_eq!(decision.reasons[0].message["en"], "•••, •••, yes.");
}

/// The check finds that a part has nothing declared for its silence.
#[test]
fn a_silent_part_that_nothing_answers_for_is_warned_of() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("moves.ereje"), MOVES).unwrap();
    let said = ereje(folder.path(), &["check", "."]).out;
    assert!(said.contains("`lease.inside.since`") && said.contains("is absent"), "{said}");
}
