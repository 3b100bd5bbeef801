//! The JSON Schema of a policy's facts accepts what the decoder accepts, and the example is a valid fact file.

use super::facts::form::model;
use ereje::Policy;
use ereje::facts::{FactNames, Format, decode};
use ereje::model::Model;
use ereje::schema::{example, form, schema};
use ereje::source::Sources;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A validator for a schema, which is not ours; it knows formats, and the schema is one.
pub(crate) fn validator(schema: &Value) -> Validator {
    if let Err(error) = jsonschema::meta::validate(schema) {
        panic!("{error} at {}: {schema:#}", error.instance_path());
    }
    jsonschema::options().should_validate_formats(true).build(schema).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether the schema and the decoder accept a fact set.
fn verdicts(model: &Model, value: &Value) -> (bool, bool) {
    (validator(&schema(model)).is_valid(value), FactNames::new(model).line(&value.to_string()).is_ok())
}

#[test]
fn the_schema_of_facts_of_every_type() {
    insta::assert_snapshot!(format!("{:#}", schema(&model())));
}

#[test]
fn an_example_of_facts_of_every_type() {
    insta::assert_snapshot!(example(&model()));
}

#[test]
fn a_form_for_facts_of_every_type() {
    insta::assert_snapshot!(form(&model()));
}

/// A form that nobody has filled in says nothing, and filled in it says what was filled in.
#[test]
fn a_form_is_not_mistaken_for_answers() {
    let real = ["policies/kz", "policies/vn", "benches/residence"].map(|folder| {
        Policy::load(crate::it::root().join(folder)).unwrap_or_else(|error| panic!("{error}")).model().clone()
    });
    for model in real.into_iter().chain([model()]) {
        let read = |text: &str| {
            let mut sources = Sources::new();
            let file = sources.add("form.yaml", text);
            let mut documents = decode(&model, &sources, file, Format::Yaml);
            assert_eq!((documents.len(), documents[0].findings.as_slice()), (1, [].as_slice()), "{text}");
            documents.remove(0).facts.unwrap()
        };
        let text = form(&model);
        let nothing = read("{}");
        assert_eq!(read(&text), nothing, "{text}");
        // The lines differ in what is behind the key alone, so each can be filled in from the example.
        let body = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect()
        };
        let (blanks, values) = (body(&text), body(&example(&model)));
        assert_eq!(blanks.len(), values.len());
        let is_blank = |index: &usize| blanks[*index].contains('…');
        let filled: Vec<usize> = (0..blanks.len()).filter(is_blank).collect();
        let with = |filled: &[usize]| {
            let line = |index: usize| if filled.contains(&index) { &values[index] } else { &blanks[index] };
            read(&(0..blanks.len()).map(|index| format!("{}\n", line(index))).collect::<String>())
        };
        assert_eq!(with(&filled), read(&values.join("\n")));
        for index in filled {
            assert_ne!(with(&[index]), nothing, "{}", blanks[index]);
        }
    }
}

#[test]
fn only_a_form_has_blanks() {
    let model = model();
    let read = |name: &str, text: &str| {
        let mut sources = Sources::new();
        let file = sources.add(name, text);
        let format = Format::of_name(name).unwrap();
        decode(&model, &sources, file, format).remove(0)
    };
    // In quotes it is a text, and no date; a name that is none is told in a form as well.
    for (name, text) in [
        ("a.yaml", "application: { date: \"…\" }"),
        ("a.json", "{\"application\": {\"date\": \"…\"}}"),
        ("a.csv", "application.date\n…\n"),
        ("a.yaml", "application: { dat: … }"),
        ("a.yaml", "owners: [{ consentt: … }]"),
    ] {
        assert_eq!(read(name, text).findings.len(), 1, "{text}");
    }
    let one = read("a.yaml", "owners: [{ consent: … }, { consent: null }]").facts.unwrap();
    assert_eq!(ereje::facts::to_json(&model, &one), json!({ "owners": [{}, { "consent": null }] }));
}

#[test]
fn the_example_is_read_and_fits_the_schema() {
    let model = model();
    let mut sources = Sources::new();
    let file = sources.add("example.yaml", example(&model));
    let documents = decode(&model, &sources, file, Format::Yaml);
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].findings, []);
    let value = ereje::facts::to_json(&model, documents[0].facts.as_ref().unwrap());
    assert_eq!(verdicts(&model, &value), (true, true), "{value:#}");
}

/// YAML reads a name of more than 1,024 characters only where it has a line of its own.
#[test]
fn an_example_with_very_long_names_is_read() {
    let name = "n".repeat(1_500);
    let text = format!(
        "policy long\nrecord R {{ {name}: date, b: bool }}\nfacts {name} {{ {name}: date, b: list of R at least 2 }}\n\
         facts r: R\nfacts l: list of R\nas of {name}.{name}\ncalculation c\n  output o = r.b and any(x in l: x.b)\n"
    );
    let policy = Policy::from_texts([("long.ereje", text.as_str())]).unwrap_or_else(|error| panic!("{error}"));
    let written = example(policy.model());
    let sets = policy.facts(&written, Format::Yaml).unwrap_or_else(|error| panic!("{error}\n{written}"));
    let again = ereje::facts::to_yaml(policy.model(), &sets[0]);
    assert_eq!(policy.facts(&again, Format::Yaml).unwrap_or_else(|error| panic!("{error}\n{again}")), sets);
}

#[test]
fn examples_of_real_policies_are_read_and_decided() {
    for folder in ["policies/kz", "policies/vn", "benches/residence"] {
        let policy = Policy::load(crate::it::root().join(folder)).unwrap_or_else(|e| panic!("{e}"));
        let text = example(policy.model());
        let facts = policy.facts(&text, Format::Yaml).unwrap_or_else(|e| panic!("{folder}: {e}"));
        let value = ereje::facts::to_json(policy.model(), &facts[0]);
        assert_eq!(verdicts(policy.model(), &value), (true, true), "{folder}: {value:#}");
        let outcome = policy.codes(&facts[0]).outcome;
        assert_ne!(outcome, "not_in_force", "{folder}:\n{text}");
    }
}

#[test]
fn the_schema_refuses_what_the_decoder_does() {
    let model = model();
    let dwelling = |name: &str, value: Value| json!({ "dwelling": { name: value } });
    let application = |name: &str, value: Value| json!({ "application": { name: value } });
    let down = json!({ "unavailable": "timeout" });
    for good in [
        json!({}),
        json!({ "application": null, "dwelling": down, "owners": down }),
        dwelling("rooms", json!(2)),
        dwelling("rooms", json!("2.0")),
        dwelling("rooms", json!(2.0)),
        dwelling("rooms", Value::Null),
        dwelling("rooms", down.clone()),
        dwelling("usable_area", json!("44.10")),
        dwelling("usable_area", json!(-0.5)),
        dwelling("usable_area", json!("-1234567890123456789012345678")),
        dwelling("usable_area", json!("0.000000000000000000000000001")),
        dwelling("rooms", json!("1234567890123456789012345678")),
        dwelling("registered", json!([])),
        dwelling("rents", json!([1, "2.50", null, down])),
        application("date", json!("2024-02-29")),
        application("date", json!("0001-01-01")),
        application("stay", json!("2 years")),
        application("stay", json!(-3)),
        application("stay", json!("2.0000000000 years")),
        application("stay", json!("0.0000000000000000000000000000")),
        application("away", json!("1 week")),
        application("region", json!("Astana")),
        application("kind", json!("residence")),
        json!({ "owners": [{ "birth_date": null, "consent": down, "share": 50 }, null, {}] }),
        json!({ "өтініш_нөмірі": "0" }),
        json!({ "limits": { "share": "-0.0", "from_day": "2000-01-01", "term": "12 months", "floor": -5, "plot": 0.01 } }),
        json!({ "limits": { "share": 1, "from_day": "2100-01-01", "term": 1, "floor": "163.0", "plot": "1.00" } }),
    ] {
        assert_eq!(verdicts(&model, &good), (true, true), "{good}");
    }
    for bad in [
        json!([]),
        json!({ "aplication": {} }),
        json!({ "application": [] }),
        json!({ "dwelling": { "unavailable": 503 } }),
        json!({ "dwelling": { "unavailable": "x", "rooms": 1 } }),
        dwelling("flor", json!(1)),
        dwelling("rooms", json!(2.5)),
        dwelling("rooms", json!("two")),
        dwelling("rooms", json!("02")),
        dwelling("rooms", json!(true)),
        dwelling("rooms", json!([])),
        dwelling("rooms", json!({})),
        dwelling("usable_area", json!("44,10")),
        dwelling("usable_area", json!("1e5")),
        dwelling("usable_area", json!(".5")),
        // More digits than are kept exactly.
        dwelling("usable_area", json!("12345678901234567890123456789")),
        dwelling("usable_area", json!("1.2345678901234567890123456789")),
        dwelling("usable_area", json!("0.00000000000000000000000000001")),
        dwelling("usable_area", json!(-1e30)),
        dwelling("rooms", json!("12345678901234567890123456789")),
        dwelling("rooms", json!("1.0000000000000000000000000000")),
        dwelling("rooms", json!(1e30)),
        application("stay", json!("12345678901234567890 years")),
        application("stay", json!(1e20)),
        dwelling("commissioned", json!("true")),
        dwelling("registered", json!({ "birth_date": "2000-01-01" })),
        application("date", json!("2024-13-01")),
        application("date", json!("2024-2-1")),
        application("date", json!("0000-01-01")),
        application("date", json!(20_240_201)),
        application("note", json!(12)),
        application("stay", json!("10 days")),
        application("stay", json!(1.5)),
        application("stay", json!("2  years")),
        application("region", json!("Karaganda")),
        application("kind", json!("Residence")),
        json!({ "owners": [] }),
        json!({ "owners": [{ "concent": true }] }),
        json!({ "owners": [[]] }),
        json!({ "limits": { "share": 1.01 } }),
        json!({ "limits": { "share": "-0.01" } }),
        json!({ "limits": { "from_day": "1999-12-31" } }),
        json!({ "limits": { "term": "13 months" } }),
        json!({ "limits": { "term": 0 } }),
        json!({ "limits": { "floor": "-6" } }),
        json!({ "limits": { "plot": "0.0099" } }),
    ] {
        assert_eq!(verdicts(&model, &bad), (false, false), "{bad}");
    }
}

/// A policy whose facts have random bounds, and one value of each fact as a fact file may write it.
fn bounded_facts() -> impl Strategy<Value = (String, Vec<(&'static str, Vec<Value>)>)> {
    let number = || (-1200_i32..1200, 0_u32..3).prop_map(|(digits, places)| decimal(digits, places));
    let day = || (1995_i32..2015, 1_u32..13, 1_u32..29).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    let count = || -30_i32..30;
    ([number(), number(), number()], [day(), day(), day()], [count(), count(), count()]).prop_map(
        |(numbers, days, counts)| {
            let [low, high, size] = numbers;
            let (low, high) =
                if low.parse::<f64>().unwrap() > high.parse().unwrap() { (high, low) } else { (low, high) };
            let [first, last, on] = days;
            let (first, last) = if first > last { (last, first) } else { (first, last) };
            let [short, long, away] = counts;
            let (short, long) = (short.min(long), short.max(long));
            let text = format!(
                "policy p\nfacts date: date\nfacts size: decimal at least {low} at most {high}\n\
             facts plot: ha at least {low} ha\nfacts on: date at least {first} at most {last}\n\
             facts away: duration in weeks at least {short} days at most {long} days\n\
             facts stay: duration in years at most {long} months\nas of date\ndecision d\n  no > yes\n  otherwise yes\n"
            );
            let number: Value = serde_json::from_str(&size).unwrap();
            let texts = |words: &[&str]| words.iter().map(|word| json!(format!("{away}{word}"))).collect::<Vec<_>>();
            let values = vec![
                ("size", vec![number.clone(), json!(size), json!(low), json!(high), json!("-0"), json!("0.0")]),
                ("plot", vec![number, json!(size), json!(low)]),
                ("on", vec![json!(on), json!(first), json!(last)]),
                ("away", [vec![json!(away)], texts(&["", " days", " weeks"])].concat()),
                ("stay", [vec![json!(away)], texts(&["", " months", " years"])].concat()),
            ];
            (text, values)
        },
    )
}

/// `digits` with the point before the last places.
fn decimal(digits: i32, places: u32) -> String {
    let scale = 10_i32.pow(places);
    let sign = if digits < 0 { "-" } else { "" };
    let (whole, rest) = (digits.abs() / scale, digits.abs() % scale);
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest:0width$}", width = places as usize)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What lies within the bounds of a fact, however it is written: the schema and the decoder agree.
    #[test]
    fn the_schema_keeps_the_bounds_of_facts((text, values) in bounded_facts()) {
        let policy = Policy::from_texts([("p.ereje", text.clone())]).unwrap_or_else(|error| panic!("{text}{error}"));
        let validator = validator(&schema(policy.model()));
        for (name, values) in values {
            for value in values {
                let facts = json!({ name: value });
                let fits = validator.is_valid(&facts);
                let reads = FactNames::new(policy.model()).line(&facts.to_string()).is_ok();
                prop_assert_eq!(fits, reads, "{}{}", text, facts);
            }
        }
        let example = example(policy.model());
        prop_assert!(policy.facts(&example, Format::Yaml).is_ok(), "{}{}", text, example);
    }
}

/// The text of a policy with a fact `reader.born`, and an item that reads it.
fn with_reader(asks: &str) -> String {
    format!(
        "policy library\nlanguages en\n\nfacts reader {{\n  date: date\n  born: date\n  name: text\n}}\n\
         as of reader.date\n\ndecision lend refuse > approve otherwise approve\n{asks}\n"
    )
}

#[test]
fn a_date_whose_age_anything_asks_for_is_a_date_of_birth() {
    let asks = [
        ("a condition", "rule r refuse R when age(reader.born) < 18 years\nreason R en \"Too young.\""),
        (
            "a message",
            "rule r refuse R when reader.name = \"x\"\nreason R en \"This reader is {age(reader.born)} old.\"",
        ),
        (
            "a parameter of a message",
            "rule r refuse R(reader.born) when reader.name = \"x\"\nreason R(b: date) en \"This reader is {age(b)} old.\"",
        ),
        (
            "the cohort of an amendment",
            "rule r refuse R when reader.name = \"x\"\nreason R en \"No.\"\n\namendment young to library for age(reader.born) < 18 years\n\
             suspend rule r",
        ),
        (
            "what silence means to some",
            "facts seen: bool if absent means false for age(reader.born) < 18 years\nrule r refuse R when seen\nreason R en \"No.\"",
        ),
    ];
    for (what, text) in asks {
        let policy =
            Policy::from_texts([("library.ereje", with_reader(text))]).unwrap_or_else(|e| panic!("{what}: {e}"));
        let example = example(policy.model());
        assert!(example.contains("born: 1990-05-17"), "{what}:\n{example}");
        assert!(example.contains("  date: 2026-01-15"), "{what}:\n{example}");
    }
}
