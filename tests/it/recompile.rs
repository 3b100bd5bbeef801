//! Changing a decision takes only an edit of the policy's folder: within one run of one program, a policy is copied,
//! decided, edited, and decided again.

use ereje::{Error, Format, Policy};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn root() -> &'static Path {
    crate::it::root()
}

/// A copy of the policy that can be edited.
fn copy() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("policies/kz")).unwrap() {
        let path = entry.unwrap().path();
        // The accepted snapshots are in a subfolder.
        if path.is_dir() {
            continue;
        }
        fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    dir
}

/// The facts of an example, with some of its text replaced.
fn example(name: &str, changes: &[(&str, &str)]) -> String {
    let mut text = fs::read_to_string(root().join("examples/kz").join(name)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} does not say `{from}`");
        text = text.replace(from, to);
    }
    text
}

/// The outcome and codes under the present policy in the folder.
fn decide(folder: &TempDir, facts: &str) -> Result<String, Error> {
    let policy = Policy::load(folder.path())?;
    let facts = policy.facts(facts, Format::Yaml)?;
    let codes = policy.codes(&facts[0]);
    Ok(format!("{} {:?}", codes.outcome, codes.reasons))
}

/// The same; it fails if there is an error.
fn decided(folder: &TempDir, facts: &str) -> String {
    decide(folder, facts).unwrap_or_else(|error| panic!("{error}"))
}

fn edit(folder: &TempDir, file: &str, from: &str, to: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{file} says `{from}` once");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn editing_a_date_changes_a_decision() {
    let folder = copy();
    let facts = example("astana_area_below_norm.yaml", &[]);
    assert_eq!(decided(&folder, &facts), r#"refuse ["AREA_BELOW_NORM"]"#);
    let norm_from = |day: &str| format!("date = {day} one of {{ 2025-12-26, {day} }}");
    edit(&folder, "astana_2026.ereje", &norm_from("2026-01-01"), &norm_from("2026-08-01"));
    assert_eq!(decided(&folder, &facts), "approve []");
}

#[test]
fn adding_a_region_changes_a_decision() {
    let folder = copy();
    let facts = example("astana_area_below_norm.yaml", &[("region: Astana", "region: Saryarka")]);
    let unknown = decide(&folder, &facts).unwrap_err().to_string();
    assert!(unknown.contains("Saryarka"), "{unknown}");
    // A district of the capital: rules of the capital hold in it.
    fs::write(
        folder.path().join("districts.ereje"),
        "region Astana { Saryarka en \"Saryarka district\" ru \"район Сарыарка\" kk \"Сарыарқа ауданы\" }\n",
    )
    .unwrap();
    assert_eq!(decided(&folder, &facts), r#"refuse ["AREA_BELOW_NORM"]"#);
}

#[test]
fn dropping_in_a_pilot_changes_decisions_on_its_days() {
    let folder = copy();
    let on = |day: &str| {
        example(
            "almaty_flat.yaml",
            &[("region: Almaty", "region: Shymkent"), ("  date: 2025-10-15", &format!("  date: {day}"))],
        )
    };
    let days = ["2026-08-31", "2026-09-01", "2026-12-31", "2027-01-01"];
    let all = |folder: &TempDir| days.map(|day| decided(folder, &on(day)));
    let before = all(&folder);
    assert!(before.iter().all(|decision| !decision.contains("SHYMKENT")), "{before:?}");
    fs::write(
        folder.path().join("shymkent_2026.ereje"),
        r#"amendment kz.shymkent_2026 to kz.registration
  in Shymkent
  from 2026-09-01 through 2026-12-31
  en "Shymkent: a pilot that nobody has ordered"
  ru "Шымкент: пилот, которого никто не вводил"
  kk "Шымкент: ешкім енгізбеген пилот"

norm shymkent_area: m2 = 100 m2
  en "Area norm" ru "Норматив площади" kk "Аудан нормативі"

rule shymkent_area_below_norm
  refuse SHYMKENT_AREA
  when area_per_person < shymkent_area

reason SHYMKENT_AREA
  en "Usable area per person is {area_per_person}; the norm is {shymkent_area}."
  ru "Полезная площадь на человека — {area_per_person}; норматив — {shymkent_area}."
  kk "Бір адамға шаққандағы пайдалы алаң — {area_per_person}; норматив — {shymkent_area}."
"#,
    )
    .unwrap();
    let after = all(&folder);
    assert_eq!((&after[0], &after[3]), (&before[0], &before[3]), "outside its days nothing has changed");
    for decision in &after[1..3] {
        assert!(decision.starts_with("refuse [") && decision.contains("SHYMKENT_AREA"), "{decision}");
    }
    fs::remove_file(folder.path().join("shymkent_2026.ereje")).unwrap();
    assert_eq!(all(&folder), before, "taken out again, all is as it was");
}
