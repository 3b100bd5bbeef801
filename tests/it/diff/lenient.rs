//! Reading for another version: facts that a policy does not know are left out; and a policy in a folder with other
//! texts.

use ereje::Policy;
use ereje::facts::Format;
use ereje::load::{Bundle, LoadError};

const POLICY: &str = r#"
policy town.homes
  from 2026-01-01
  en "Homes"
region Town { North }
record Person { name: text, born: date, kin: { child, parent } }
facts day: date
facts home { place: region, rooms: integer, people: list of Person at least 1 }
as of day
decision d refuse > approve otherwise approve
rule r
  refuse NO
  when home.rooms < 1 or any(p in home.people: p.kin is child)
reason NO en "No."
"#;

/// What is left out of facts, and what is read.
fn read(facts: &str, format: Format) -> Result<(Vec<String>, String), Vec<String>> {
    let policy = Policy::from_texts([("policy.ereje", POLICY)]).unwrap();
    let form = policy.form();
    let read = form.leniently(facts, format);
    let (facts, left) = read.map_err(|found| found.into_iter().map(|f| f.message).collect::<Vec<_>>())?;
    let places = left.into_iter().map(|left| left.place).collect();
    Ok((places, ereje::facts::to_json(policy.model(), &facts).to_string()))
}

#[test]
fn what_a_version_does_not_know_is_left_out_and_named() {
    let (left, facts) = read(
        "day: 2026-02-01\ncolour: red\nhome:\n  place: South\n  floor: 3\n  rooms: two\n  people:\n  - { name: A, born: \
         2000-01-01, kin: uncle, height: 2 }\n  - 7\n",
        Format::Yaml,
    )
    .unwrap();
    // In the order of the decoder, which is that of the names in the text.
    assert_eq!(
        left,
        [
            "colour",
            "home.floor",
            "home.place",
            "home.rooms",
            "home.people[0].height",
            "home.people[0].kin",
            "home.people[1]"
        ]
    );
    assert_eq!(
        facts, r#"{"day":"2026-02-01","home":{"people":[{"name":"A","born":"2000-01-01"},null]}}"#,
        "an element that cannot be read keeps its place, as one that nobody asked about"
    );
    assert_eq!(read(r#"{"home": {"people": []}}"#, Format::Json).unwrap().0, ["home.people"]);
    assert_eq!(read(r#"{"home": 3}"#, Format::Json).unwrap().0, ["home"]);
}

#[test]
fn what_is_wrong_in_every_version_is_an_error() {
    for (text, format) in [
        ("[]", Format::Json),
        ("", Format::Json),
        ("day: 2026-02-01\nday: 2026-02-02\n", Format::Yaml),
        ("a: [", Format::Yaml),
    ] {
        assert!(!read(text, format).unwrap_err().is_empty(), "{text}");
    }
}

#[test]
fn a_policy_may_lie_in_a_folder_among_other_texts() {
    let import = format!("import \"../common\"\n{}", POLICY.replace("< 1", "< least"));
    let texts = [
        ("law/homes/policy.ereje", import.as_str()),
        ("law/common/norms.ereje", "norm least: integer = 2 en \"Least\""),
        ("law/homes/more/empty.ereje", ""),
        ("law/other/policy.ereje", "nonsense"),
    ];
    let load = |path: &str| Bundle::from_texts_in(texts, path);
    for (path, files) in [("law/homes", 3), ("law/homes/", 3), ("law/homes/policy.ereje", 2)] {
        let bundle = load(path).unwrap();
        assert_eq!((bundle.policy_files.len(), bundle.diagnostics.len()), (files, 0), "{path}");
        let names: Vec<&str> = bundle.sources.iter().map(|(_, source)| source.name.as_str()).collect();
        assert!(names.contains(&"policy.ereje") && names.contains(&"../common/norms.ereje"), "{names:?}");
        assert_eq!(Policy::from_bundle(bundle).unwrap().name(), "town.homes");
    }
    assert!(matches!(load("law/nothing"), Err(LoadError::Empty(_))));
    assert!(matches!(load(""), Ok(bundle) if bundle.policy_files.len() == 4));
}
