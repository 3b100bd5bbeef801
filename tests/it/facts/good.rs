//! The content of good fact files: exact values, the four states at every level, one document or many.

use super::form::{fact, model, num};
use ereje::facts::{Document, FactNames, FactSet, Format, decode, decode_line, to_json};
use ereje::ids::{EnumId, FieldId, RegionId};
use ereje::source::Sources;
use ereje::value::{Duration, FactCell, FactPath, Step, Value};

fn read(text: &str, format: Format) -> Vec<Document> {
    let mut sources = Sources::new();
    let file = sources.add("facts", text);
    decode(&model(), &sources, file, format)
}

/// The fact sets of a text without mistakes.
fn facts(text: &str, format: Format) -> Vec<FactSet> {
    let documents = read(text, format);
    documents.into_iter().map(|d| d.facts.unwrap_or_else(|| panic!("{text}: {:#?}", d.findings))).collect()
}

fn yaml(text: &str) -> FactSet {
    facts(text, Format::Yaml).remove(0)
}

fn json(text: &str) -> FactSet {
    facts(text, Format::Json).remove(0)
}

fn known(value: Value) -> FactCell {
    FactCell::Known(value)
}

#[test]
fn facts_of_every_type_in_every_state() {
    let model = model();
    let documents = facts(include_str!("../../cases/facts/good/everything.yaml"), Format::Yaml);
    assert_eq!(documents.len(), 3);
    let first = &documents[0];
    let get = |path: &str| first.get(fact(&model, path)).clone();
    assert_eq!(get("application.date"), known(Value::Date("2026-01-15".parse().unwrap())));
    assert_eq!(get("application.region"), known(Value::Region(RegionId(1))));
    assert_eq!(get("application.kind"), known(Value::Enum(EnumId(1), 1)));
    assert_eq!(get("application.note"), known(Value::Text("NO".into())));
    assert_eq!(get("application.stay"), known(Value::Duration(Duration::Months(3))));
    assert_eq!(get("application.away"), known(Value::Duration(Duration::Days(10))));
    assert_eq!(get("dwelling.usable_area"), known(num("44.1")));
    assert_eq!(get("dwelling.plot"), known(num("600")));
    assert_eq!(get("dwelling.rooms"), known(num("2")));
    assert_eq!(get("dwelling.commissioned"), FactCell::Absent);
    assert_eq!(get("өтініш_нөмірі"), known(num("9007199254740993")));
    let FactCell::Known(Value::List(rents)) = get("dwelling.rents") else { panic!() };
    assert_eq!(rents.items, [known(num("120000")), known(num("0.1")), FactCell::Absent]);
    let FactCell::Known(Value::List(owners)) = get("owners") else { panic!() };
    assert_eq!(owners.place, Some(FactPath::of(fact(&model, "owners"))));
    assert_eq!(owners.items[2..], [FactCell::Absent, FactCell::Unavailable("registry is down".into())]);
    let FactCell::Known(Value::Record(second)) = &owners.items[1] else { panic!() };
    let place = FactPath::of(fact(&model, "owners")).step(Step::Item(1));
    assert_eq!(second.place.as_ref(), Some(&place));
    assert_eq!(second.fields, [FactCell::Unavailable("timeout".into()), FactCell::Absent, FactCell::Unasked]);
    assert_eq!(model.place_name(&place.step(Step::Field(FieldId(1)))), "owners[1].consent");
    let FactCell::Known(Value::Record(first_owner)) = &owners.items[0] else { panic!() };
    assert_eq!(first_owner.fields[2], known(num("0.333")));

    // The state of a group is the state of each of its facts.
    let second = &documents[1];
    assert_eq!(second.get(fact(&model, "application.note")), &FactCell::Absent);
    assert_eq!(second.get(fact(&model, "dwelling.rooms")), &FactCell::Unavailable("maintenance until 18:00".into()));
    assert_eq!(second.get(fact(&model, "owners")), &FactCell::Unasked);
    assert_eq!(documents[2], FactSet::unasked(model.facts.len()));
}

#[test]
fn json_says_the_same_as_yaml() {
    let model = model();
    for facts in facts(include_str!("../../cases/facts/good/everything.yaml"), Format::Yaml) {
        let line = to_json(&model, &facts).to_string();
        assert_eq!(json(&line), facts);
        assert_eq!(decode_line(&model, &line).unwrap(), facts);
    }
}

#[test]
fn a_file_holds_one_object_or_many() {
    let rooms = |n: u32| yaml(&format!("dwelling: {{ rooms: {n} }}"));
    let three = [rooms(1), rooms(2), rooms(3)];
    let object = |n: u32| format!("{{\"dwelling\": {{\"rooms\": {n}}}}}");
    let (a, b, c) = (object(1), object(2), object(3));
    assert_eq!(facts(&a, Format::Json), three[..1]);
    for text in [format!("{a}\n{b}\r\n{c}\n"), format!("[{a},\n{b} , {c}]"), format!("{a}{b} {c}")] {
        assert_eq!(facts(&text, Format::Json), three, "{text}");
    }
    assert!(read("[]", Format::Json)[0].facts.is_none());
    let block = |n: u32| format!("dwelling:\n  rooms: {n}\n");
    let (a, b, c) = (block(1), block(2), block(3));
    for text in [
        format!("{a}---\n{b}---\n{c}"),
        format!("%YAML 1.2\n---\n{a}---\n{b}...\n{c}"),
        format!("# first\n---\n{a}...\n---\n{b}--- # third\n{c}...\n# end\n"),
        format!("{a}---\n{b}---\n{c}").replace('\n', "\r\n"),
    ] {
        assert_eq!(facts(&text, Format::Yaml), three, "{text}");
    }
}

#[test]
fn a_bad_document_hides_no_other() {
    let text =
        "dwelling: { rooms: 1 }\n---\ndwelling: { rooms: \n---\nrooms: 2\nfloors: 3\n---\ndwelling: { rooms: 4 }\n";
    let documents = read(text, Format::Yaml);
    let rooms = |n: u32| Some(yaml(&format!("dwelling: {{ rooms: {n} }}")));
    let found: Vec<_> = documents.iter().map(|d| (d.index, d.facts.clone(), d.findings.len())).collect();
    assert_eq!(found, [(0, rooms(1), 0), (1, None, 1), (2, None, 2), (3, rooms(4), 0)]);
    for text in [
        "{\"dwelling\":{\"rooms\":1}}\n{\"dwelling\":{\"rooms\":\n{\"rooms\":2,\"floors\":3}\n{\"dwelling\":{\"rooms\":4}}",
        "[{\"dwelling\":{\"rooms\":1}},\n{\"dwelling\":{\"rooms\":},\n{\"rooms\":2,\"floors\":3},\n{\"dwelling\":{\"rooms\":4}}]",
    ] {
        let documents = read(text, Format::Json);
        let found: Vec<_> = documents.iter().map(|d| (d.index, d.facts.clone(), d.findings.len())).collect();
        assert_eq!(found, [(0, rooms(1), 0), (1, None, 1), (2, None, 2), (3, rooms(4), 0)], "{documents:#?}");
    }
}

#[test]
fn words_of_yaml_1_1_are_texts() {
    for word in ["NO", "no", "yes", "on", "off", "y", "2026-01-15", "12:30:45", "1_000", "0b11"] {
        let facts = yaml(&format!("application: {{ note: {word} }}"));
        assert_eq!(facts.get(fact(&model(), "application.note")), &known(Value::Text(word.into())), "{word}");
    }
}

#[test]
fn texts_and_names_are_compared_in_their_composed_form() {
    let model = model();
    // й is written as и with a breve, here in a value, below in a key.
    let facts = yaml("application: { note: \"и\u{306}\" }");
    assert_eq!(facts.get(fact(&model, "application.note")), &known(Value::Text("й".into())));
    let mut other = model;
    let plot = fact(&other, "dwelling.plot");
    other.facts.at_mut(plot).datum.name = "улица\u{439}".into();
    let line = "{\"dwelling\": {\"улица\u{438}\u{306}\": 1}}";
    assert_eq!(FactNames::new(&other).line(line).unwrap().get(plot), &known(num("10000")));
}

#[test]
fn escapes_of_json_are_read() {
    let facts = json(r#"{"\u0061pplication": {"note": "\"\\\/\b\f\n\r\t\u04d9 \ud83d\ude00"}}"#);
    let text = "\"\\/\u{8}\u{c}\n\r\tә 😀";
    assert_eq!(facts.get(fact(&model(), "application.note")), &known(Value::Text(text.into())));
    for bad in [
        r#""\ud83d""#,
        r#""\ud83dx""#,
        r#""\ud83d\u0041""#,
        r#""\ude00""#,
        r#""\u12""#,
        r#""\u+123""#,
        r#""\'""#,
        "\"\\",
    ] {
        let line = format!("{{\"application\": {{\"note\": {bad}}}}}");
        assert!(decode_line(&model(), &line).is_err(), "{line}");
    }
}

#[test]
fn a_line_holds_one_object() {
    let model = model();
    for line in ["", "   ", "[]", "[{}]", "{} {}", "{}]", "null", "{", "\u{FEFF}{}"] {
        assert!(decode_line(&model, line).is_err(), "{line}");
    }
    assert_eq!(decode_line(&model, " {}\r\n").unwrap(), FactSet::unasked(model.facts.len()));
    let findings = decode_line(&model, "{\"dwelling\": {\"rooms\": 1.5, \"flor\": 1}}").unwrap_err();
    let places: Vec<_> = findings.iter().map(|f| (f.code.name(), f.primary.span.start, f.primary.span.end)).collect();
    assert_eq!(places, [("E0606", 23, 26), ("E0602", 28, 34)]);
}

#[test]
fn a_text_without_a_name_is_json_where_it_begins_so() {
    for json in ["{}", " {\n \"a\": 1", "[{\"a\": x", "[ { }", "{\"a\": }\n{\"b\": 1}"] {
        assert_eq!(Format::of_text(json), Format::Json, "{json}");
    }
    for yaml in ["", "a: 1", "{ a: 1 }", "---\n{}", "- a", "[1]", "# {}"] {
        assert_eq!(Format::of_text(yaml), Format::Yaml, "{yaml}");
    }
}

#[test]
fn a_length_of_time_in_two_units() {
    let stay = |text: &str| {
        let documents = read(&format!("application:\n  stay: {text}\n"), Format::Yaml);
        documents.into_iter().next()?.facts.map(|facts| facts.get(fact(&model(), "application.stay")).clone())
    };
    let months = |n| Some(known(Value::Duration(Duration::Months(n))));
    assert_eq!(stay("1 year 8 months"), months(20));
    assert_eq!(stay("2 years 0 months"), months(24));
    assert_eq!(stay("20 months"), months(20));
    // The smaller unit goes up to the larger, neither is negative, and the units are of one kind and in their order.
    for wrong in
        ["1 year 12 months", "-1 year 8 months", "1 year -8 months", "1 year 3 days", "8 months 1 year", "1 year 8"]
    {
        assert_eq!(stay(wrong), None, "{wrong}");
    }
}
