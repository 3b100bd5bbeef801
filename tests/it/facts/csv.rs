//! Facts in CSV: they equal those in JSON and YAML; errors in a record and in the header; where records end.

use super::form::{fact, model, num};
use super::round_trip::fact_set;
use ereje::diagnostic::Code;
use ereje::facts::csv::{Columns, CsvRules, Cutter, Null, record_end};
use ereje::facts::{FactNames, FactSet, Format, decode, to_json};
use ereje::ids::{FactId, FieldId, RecordId};
use ereje::model::{Datum, Fact, Model, Type};
use ereje::source::Sources;
use ereje::value::{FactCell, Value};
use proptest::prelude::*;
use std::sync::Arc;

const ABSENT: CsvRules = CsvRules { null: Some(Null::Absent), skip_unknown: false, guarded: false };
const UNASKED: CsvRules = CsvRules { null: Some(Null::Unasked), skip_unknown: false, guarded: false };

/// The facts of records under a header.
fn records(model: &Model, text: &str, rules: CsvRules) -> Vec<Result<FactSet, Vec<Code>>> {
    let form = FactNames::new(model);
    let (header, mut rest) = text.split_at(text.find('\n').unwrap() + 1);
    let columns = Columns::new(&form, header, rules).unwrap_or_else(|found| panic!("{found:#?}"));
    let mut read = Vec::new();
    while !rest.is_empty() {
        let length = record_end(rest.as_bytes(), columns.separator()).unwrap_or(rest.len());
        let facts = form.record_of(&columns, &rest[..length]);
        read.push(facts.map_err(|found| found.iter().map(|f| f.code).collect()));
        rest = &rest[length..];
    }
    read
}

/// The codes of the errors in a header.
fn refused(header: &str) -> Vec<Code> {
    let model = model();
    let found = Columns::new(&FactNames::new(&model), header, ABSENT).unwrap_err();
    found.iter().map(|f| f.code).collect()
}

#[test]
fn a_csv_file_says_the_same_as_json() {
    let model = model();
    let text = include_str!("../../cases/facts/good/everything.csv");
    let mut sources = Sources::new();
    let file = sources.add("everything.csv", text);
    let documents = decode(&model, &sources, file, Format::of_name("everything.CSV").unwrap());
    let found: Vec<String> = documents
        .iter()
        .map(|d| to_json(&model, d.facts.as_ref().unwrap_or_else(|| panic!("{:#?}", d.findings))).to_string())
        .collect();
    insta::assert_snapshot!(found.join("\n"));
    assert_eq!(
        found,
        records(&model, text, ABSENT)
            .iter()
            .map(|f| to_json(&model, f.as_ref().unwrap()).to_string())
            .collect::<Vec<_>>()
    );
    // The places are those of the file.
    let second = documents[1].span;
    assert!(text[second.start as usize..second.end as usize].starts_with("\"2026-01-15\",\"{"));
    assert!(text[second.start as usize..second.end as usize].ends_with(",FALSE,0"));
}

#[test]
fn separators_marks_and_line_ends_make_no_difference() {
    let model = model();
    let text = "application.date,application.note,dwelling.rooms\n2026-01-15,x,2\n2026-01-16,\"a\nb\",3\n";
    let plain = records(&model, text, UNASKED);
    assert!(plain.iter().all(Result::is_ok));
    for same in [
        text.replace(',', ";"),
        text.replace(',', "\t"),
        format!("\u{FEFF}{text}"),
        text.trim_end().to_owned(),
        text.replace("2\n", "2\r\n").replace("3\n", "3\r\n").replace("rooms\n", "rooms\r\n"),
        text.replace("2026-01-15", "\"2026-01-15\"").replace("dwelling.rooms", "\"dwelling.rooms\""),
    ] {
        assert_eq!(records(&model, &same, UNASKED), plain, "{same}");
    }
    // The columns in another order.
    let turned = "dwelling.rooms,application.date,application.note\n2,2026-01-15,x\n3,2026-01-16,\"a\nb\"";
    assert_eq!(records(&model, turned, UNASKED), plain);
}

#[test]
fn an_empty_cell_means_what_is_said() {
    let model = model();
    let text = "application.note,dwelling.rooms,owners\n,2,\n\"\",\"\",\"\"\n";
    let cells = |rules| -> Vec<_> {
        let get = |facts: &FactSet, path| facts.get(fact(&model, path)).clone();
        let of = |facts: FactSet| ["application.note", "dwelling.rooms", "owners"].map(|path| get(&facts, path));
        records(&model, text, rules).into_iter().map(|facts| facts.map(of)).collect()
    };
    let two = FactCell::Known(num("2"));
    let (absent, unasked) = (FactCell::Absent, FactCell::Unasked);
    let all = |cell: &FactCell| [cell.clone(), cell.clone(), cell.clone()];
    assert_eq!(cells(ABSENT), [Ok([absent.clone(), two.clone(), absent.clone()]), Ok(all(&absent))]);
    assert_eq!(cells(UNASKED), [Ok([unasked.clone(), two, unasked.clone()]), Ok(all(&unasked))]);
    assert_eq!(cells(CsvRules::default()), [Err(vec![Code::E0610; 2]), Err(vec![Code::E0610; 3])]);
}

#[test]
fn a_header_is_wrong_as_a_whole() {
    assert_eq!(refused(""), [Code::E0601]);
    assert_eq!(refused("\u{FEFF}\r\n"), [Code::E0601]);
    assert_eq!(refused("\"application.date,x\n"), [Code::E0601]);
    assert_eq!(refused("application.date,application.dat,x"), [Code::E0602; 2]);
    assert_eq!(refused("application.date;dwelling.rooms;application.date"), [Code::E0607]);
    assert_eq!(refused(&"application.date,".repeat(20_000)), [Code::E0609]);
    let model = model();
    let form = FactNames::new(&model);
    let skipping = CsvRules { skip_unknown: true, ..ABSENT };
    let columns = Columns::new(&form, ",name,dwelling.rooms,x.y", skipping).unwrap();
    assert_eq!(columns.skipped().iter().map(|s| s.place.as_str()).collect::<Vec<_>>(), ["", "name", "x.y"]);
    let facts = form.record_of(&columns, "1,\"Ivanov, I.\",2,").unwrap();
    assert_eq!(to_json(&model, &facts).to_string(), r#"{"dwelling":{"rooms":2}}"#);
    // If no column is left, the file is of another kind.
    let found = Columns::new(&form, "name,surname", skipping).unwrap_err();
    assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::E0602]);
}

/// The Model with a record that contains a record.
pub(crate) fn with_records() -> Model {
    let mut model = model();
    let datum = |name: &str, ty: Type| Datum { name: name.into(), ty, ..model.facts[FactId(0)].datum.clone() };
    let (flat, region) = (datum("flat", Type::Text), datum("region", Type::Region));
    let (street, address) = (datum("street", Type::Record(RecordId(3))), datum("address", Type::Record(RecordId(4))));
    let span = model.records[RecordId(0)].span;
    for (name, data) in [("Street", vec![flat]), ("Address", vec![region, street])] {
        let record = RecordId::new(model.records.len());
        let first = model.fields.len();
        for (index, datum) in data.into_iter().enumerate() {
            model.fields.push(ereje::model::Field { record, index: u32::try_from(index).unwrap(), datum });
        }
        let fields = (first..model.fields.len()).map(FieldId::new).collect();
        model.records.push(ereje::model::Record {
            name: name.into(),
            fields,
            kind: ereje::model::RecordKind::Declared,
            span,
        });
    }
    model.facts.push(Fact { group: Some("dwelling".into()), datum: address });
    model
}

#[test]
fn fields_of_a_record_have_columns_of_their_own() {
    let model = with_records();
    let header = "dwelling.address.region,dwelling.rooms,dwelling.address.street.flat\n";
    let read = |record: &str, rules| {
        let facts = records(&model, &format!("{header}{record}\n"), rules).remove(0).unwrap();
        to_json(&model, &facts)["dwelling"]["address"].to_string()
    };
    assert_eq!(read("Astana,1,5", ABSENT), r#"{"region":"Astana","street":{"flat":"5"}}"#);
    assert_eq!(read("Astana,1,", UNASKED), r#"{"region":"Astana"}"#);
    assert_eq!(read(",1,5", ABSENT), r#"{"region":null,"street":{"flat":"5"}}"#);
    // If nobody has asked for a field of a record, nobody has asked for the record.
    assert_eq!(read(",1,", UNASKED), "null");
    assert_eq!(read(",1,", ABSENT), r#"{"region":null,"street":{"flat":null}}"#);
    // The same in one cell.
    let whole = "dwelling.address,dwelling.rooms\n\"{\"\"region\"\":\"\"Astana\"\",\"\"street\"\":{\"\"flat\"\":\"\"5\"\"}}\",1\n";
    assert_eq!(records(&model, whole, ABSENT), records(&model, &format!("{header}Astana,1,5\n"), ABSENT));
    let form = FactNames::new(&model);
    for twice in ["dwelling.address,dwelling.address.region", "dwelling.address.street.flat,dwelling.address.street"] {
        let found = Columns::new(&form, twice, ABSENT).unwrap_err();
        assert_eq!(found[0].code, Code::E0607, "{found:#?}");
    }
    let found = form.record_of(&Columns::new(&form, header, ABSENT).unwrap(), "Asatna,1,5").unwrap_err();
    assert_eq!(found[0].message, "`dwelling.address.region` cannot be `Asatna`");
}

#[test]
fn a_finding_stands_in_its_cell() {
    let model = model();
    let form = FactNames::new(&model);
    let columns = Columns::new(&form, "dwelling.rooms,owners", ABSENT).unwrap();
    let record = r#"2,"[{""consent"": true, ""consnt"": ""да""}]""#;
    let found = form.record_of(&columns, record).unwrap_err();
    let span = found[0].primary.span;
    assert_eq!(&record[span.start as usize..span.end as usize], r#"""consnt"""#);
}

/// A cell in quotes, if it needs them or if `always`.
pub(crate) fn in_quotes(text: &str, always: bool) -> String {
    match always || text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// The cell for a fact's JSON.
pub(crate) fn written(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_record_says_the_same_as_an_object(facts in fact_set(&Arc::new(model())), always in any::<bool>(), absent in any::<bool>()) {
        let model = model();
        let form = FactNames::new(&model);
        let (null, rules) = if absent { (FactCell::Absent, ABSENT) } else { (FactCell::Unasked, UNASKED) };
        // What a cell cannot express: an empty text, an absent text, and the difference between the silent states.
        let mut facts = facts;
        for index in 0..model.facts.len() {
            let id = FactId::new(index);
            let is_text = matches!(model.facts[FactId::new(index)].datum.ty, Type::Text);
            match facts.get(id) {
                FactCell::Absent | FactCell::Unasked => facts.set(id, null.clone()),
                FactCell::Unavailable(_) if is_text => facts.set(id, null.clone()),
                FactCell::Known(Value::Text(text)) if text.is_empty() => facts.set(id, null.clone()),
                FactCell::Known(_) | FactCell::Unavailable(_) => {}
            }
        }
        let json = to_json(&model, &facts);
        let cell = |fact: &Fact| match &fact.group {
            Some(group) => written(&json[group][&fact.datum.name]),
            None => written(&json[&fact.datum.name]),
        };
        let header = model.facts.iter().map(Fact::path).collect::<Vec<_>>().join(",");
        let record = model.facts.iter().map(|fact| in_quotes(&cell(fact), always)).collect::<Vec<_>>().join(",");
        let columns = Columns::new(&form, &header, rules).unwrap();
        let read = form.record_of(&columns, &record);
        prop_assert_eq!(read.as_ref(), Ok(&facts), "{}", record);
    }
}

const PIECES: &[&str] = &[
    ",",
    ",",
    ";",
    "\"",
    "\"",
    "\"\"",
    "\n",
    "\r\n",
    "\r",
    "x",
    "2026-01-15",
    "2",
    " ",
    "ә",
    "{",
    "[1]",
    "null",
    "true",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    /// Records end where the csv crate ends them, and have the same cells, if they are valid.
    #[test]
    fn what_is_csv_is_what_the_csv_crate_says(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
        let text = pieces.concat();
        let mut model = model();
        // As many columns of texts as there can be.
        let wide = 15;
        let note = model.facts[fact(&model, "application.note")].clone();
        model.facts = (0..wide).map(|n| Fact { group: None, datum: Datum { name: format!("t{n}"), ..note.datum.clone() } }).collect();
        let form = FactNames::new(&model);
        let mut ours = Vec::new();
        let mut rest = text.as_str();
        let mut good = true;
        while !rest.is_empty() {
            let length = record_end(rest.as_bytes(), b',').unwrap_or(rest.len());
            let record = &rest[..length];
            rest = &rest[length..];
            let read = (1..=wide).find_map(|count| {
                let header: Vec<String> = (0..count).map(|n| format!("t{n}")).collect();
                let columns = Columns::new(&form, &header.join(","), ABSENT).unwrap();
                let facts = form.record_of(&columns, record).ok()?;
                Some((0..count).map(|n| match facts.get(FactId::new(n)) {
                    FactCell::Known(Value::Text(text)) => text.to_string(),
                    _ => String::new(),
                }).collect::<Vec<_>>())
            });
            // The csv crate skips blank lines.
            match read {
                Some(cells) if cells == [""] => {}
                Some(cells) => ours.push(cells),
                None => good = false,
            }
        }
        if good {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            let theirs: Vec<Vec<String>> = theirs.into_iter().filter(|cells| *cells != [""]).collect();
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }
        // Cut piece by piece, the text gives the same records.
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(length) = record_end(&text.as_bytes()[at..], b',') {
            at += length;
            ends.push(at);
        }
        for size in 1..4 {
            let (mut cutter, mut found) = (Cutter::new(b','), Vec::new());
            for (index, piece) in text.as_bytes().chunks(size).enumerate() {
                cutter.cut(piece, |end| {
                    found.push(index * size + end);
                    true
                });
            }
            prop_assert_eq!(&found, &ends, "{:?}", text);
        }
    }
}
