//! The JSON Schema of a policy's facts accepts what the decoder accepts, and the example is a valid fact file.

use super::facts::form::model;
use ereje::Policy;
use ereje::facts::{FactNames, Format, decode};
use ereje::model::Model;
use ereje::schema::{example, form, schema};
use ereje::source::Sources;
use proptest::prelude::*;
use serde_json::{Value, json};

/// True if a value fits a schema; only the keywords that `ereje schema` writes are supported.
pub(crate) fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
    let Value::Object(keywords) = schema else { return schema == &Value::Bool(true) };
    keywords.iter().all(|(keyword, rule)| match keyword.as_str() {
        "$ref" => {
            let target = rule.as_str().unwrap().strip_prefix('#').unwrap();
            fits(
                value,
                root.pointer(&percent_decoded(target)).unwrap_or_else(|| panic!("{target} leads nowhere")),
                root,
            )
        }
        "allOf" => rule.as_array().unwrap().iter().all(|one| fits(value, one, root)),
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
        "anyOf" => rule.as_array().unwrap().iter().any(|one| fits(value, one, root)),
        "type" => match rule {
            Value::Array(kinds) => kinds.iter().any(|kind| is_a(value, kind.as_str().unwrap())),
            kind => is_a(value, kind.as_str().unwrap()),
        },
        "enum" => rule.as_array().unwrap().contains(value),
        "pattern" => value.as_str().is_none_or(|text| matches(text, rule.as_str().unwrap())),
        "properties" => value.as_object().is_none_or(|object| {
            object.iter().all(|(key, value)| rule.get(key).is_none_or(|schema| fits(value, schema, root)))
        }),
        "additionalProperties" => {
            assert_eq!(rule, &json!(false));
            let known = schema["properties"].as_object().unwrap();
            value.as_object().is_none_or(|object| object.keys().all(|key| known.contains_key(key)))
        }
        "required" => value
            .as_object()
            .is_none_or(|object| rule.as_array().unwrap().iter().all(|key| object.contains_key(key.as_str().unwrap()))),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(item, rule, root))),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
        "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
        "$schema" | "$defs" | "title" | "description" | "format" | "x-registry" | "x-unit" | "x-labels" => true,
        other => panic!("what does `{other}` mean?"),
    })
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match first {
            b'%' => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
                rest = &after[2..];
            }
            byte => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        other => panic!("what is `{other}`?"),
    }
}

/// True if a text matches a pattern of `ereje schema`: groups, alternatives, classes, counts.
fn matches(text: &str, pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap();
    rests(text, pattern).contains(&"")
}

/// The possible rests of a text after a pattern of alternatives.
fn rests<'t>(text: &'t str, pattern: &str) -> Vec<&'t str> {
    let mut all = Vec::new();
    for choice in split(pattern) {
        let mut left = vec![text];
        let mut pattern = choice;
        while !pattern.is_empty() {
            let (atom, after) = atom(pattern);
            let (least, most, after) = match after.chars().next() {
                Some('?') => (0, 1, &after[1..]),
                Some('*') => (0, 40, &after[1..]),
                Some('+') => (1, 40, &after[1..]),
                Some('{') => {
                    let close = after.find('}').unwrap();
                    let count = after[1..close].parse().unwrap();
                    (count, count, &after[close + 1..])
                }
                _ => (1, 1, after),
            };
            let mut reached = if least == 0 { left.clone() } else { Vec::new() };
            for round in 1..=most {
                left = left.iter().flat_map(|text| one(text, atom)).collect();
                if round >= least {
                    reached.extend(&left);
                }
            }
            left = reached;
            pattern = after;
        }
        all.extend(left);
    }
    all
}

/// The alternatives of a pattern, at its top level.
fn split(pattern: &str) -> Vec<&str> {
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (at, c) in pattern.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '|' if depth == 0 => {
                all.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(&pattern[start..]);
    all
}

/// The first part of a pattern, and the rest.
fn atom(pattern: &str) -> (&str, &str) {
    let end = match pattern.as_bytes()[0] {
        b'\\' => 2,
        b'[' => pattern.find(']').unwrap() + 1,
        b'(' => {
            let mut depth = 0;
            let close = pattern.char_indices().find(|(_, c)| {
                depth += i32::from(*c == '(') - i32::from(*c == ')');
                depth == 0
            });
            close.unwrap().0 + 1
        }
        _ => 1,
    };
    pattern.split_at(end)
}

/// The possible rests of a text after one atom.
fn one<'t>(text: &'t str, atom: &str) -> Vec<&'t str> {
    if let Some(group) = atom.strip_prefix('(') {
        return rests(text, group.strip_suffix(')').unwrap());
    }
    let Some(first) = text.chars().next() else { return Vec::new() };
    let fits = match atom.strip_prefix('[') {
        Some(class) => {
            let class: Vec<char> = class.strip_suffix(']').unwrap().chars().collect();
            let range = |w: &[char]| w[1] == '-' && w[0] <= first && first <= w[2];
            class.windows(3).any(range) || (!class.contains(&'-') && class.contains(&first))
        }
        None => atom.strip_prefix('\\').unwrap_or(atom) == first.to_string(),
    };
    if fits { vec![&text[first.len_utf8()..]] } else { Vec::new() }
}

/// Whether the schema and the decoder accept a fact set.
fn verdicts(model: &Model, value: &Value) -> (bool, bool) {
    let schema = schema(model);
    (fits(value, &schema, &schema), FactNames::new(model).line(&value.to_string()).is_ok())
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
        dwelling("registered", json!([])),
        dwelling("rents", json!([1, "2.50", null, down])),
        application("date", json!("2024-02-29")),
        application("date", json!("0001-01-01")),
        application("stay", json!("2 years")),
        application("stay", json!(-3)),
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
        for (name, values) in values {
            for value in values {
                let facts = json!({ name: value });
                let (fits, reads) = verdicts(policy.model(), &facts);
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
