//! Rows from CSV: the fast reader gives what the strict decoder gives, or declines.

use super::facts::csv::{in_quotes, with_records, written};
use super::facts::form;
use super::facts::round_trip::fact_set;
use ereje::facts::csv::{Columns, CsvRules, Null};
use ereje::facts::{FactNames, to_json};
use ereje::ids::FactId;
use ereje::model::{Fact, Model, Type};
use ereje::value::FactCell;
use ereje_batch::row::{CsvReader, Layout, Row};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value as Json;
use std::sync::Arc;

/// Names of columns: every fact, or, for a record of records, its fields; and one that the policy does not know.
fn names(model: &Model, fields: bool) -> Vec<String> {
    let mut names: Vec<String> = model.facts.iter().map(Fact::path).collect();
    if fields && let Some(place) = names.iter().position(|name| name == "dwelling.address") {
        names.splice(place..=place, ["dwelling.address.street.flat", "dwelling.address.region"].map(String::from));
    }
    names.push("nobody.knows".into());
    names
}

/// The value of a name in a fact set, as a cell.
fn cell(json: &Json, name: &str) -> String {
    written(name.split('.').try_fold(json, |json, word| json.get(word)).unwrap_or(&Json::Null))
}

/// Compares both ways to read a record; true if the fast reader took it.
fn agree(form: &FactNames<'_>, model: &Model, columns: &Columns, record: &str) -> Result<bool, TestCaseError> {
    let layout = Layout::new(model);
    let (mut read, mut expected) = (Row::new(&layout), Row::new(&layout));
    // The state after an earlier record makes no difference.
    let mut reader = CsvReader::new(form, &layout, columns);
    reader.read(&record.replace(['1', 'e'], "2"), &mut read);
    let taken = reader.read(record, &mut read);
    let strict = form.record_of(columns, record);
    match &strict {
        Ok(facts) if taken => expected.take(&layout, facts),
        Ok(_) => {}
        Err(found) => prop_assert!(!taken, "{record}: {found:#?}"),
    }
    prop_assert_eq!(&read, &expected, "{}", record);
    Ok(taken)
}

const PIECES: &[&str] = &[
    ",",
    "\"",
    "\"\"",
    "\n",
    "\r",
    "0",
    "-",
    ".",
    "1.50",
    "2026-02-29",
    "true",
    "TRUE",
    "Astana",
    "egov_portal",
    "{",
    "\0",
    "\t",
    "ә",
    "и\u{306}",
    " ",
    "3 months",
    "null",
    "[]",
    "'",
    "'=",
    "{\"absent\":true}",
    "\"{\"\"unasked\"\":true}\"",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn the_quick_reader_says_what_the_strict_one_says(
        ((model, facts), fields) in prop_oneof![Just(form::model()), Just(with_records())]
            .prop_flat_map(|model| { let model = Arc::new(model); (Just(Arc::clone(&model)), fact_set(&model)) })
            .prop_flat_map(|both| (Just(both), any::<bool>())),
        (always, lists, guarded) in (any::<bool>(), proptest::bool::weighted(0.2), any::<bool>()),
        null in select(&[None, Some(Null::Absent), Some(Null::Unasked)][..]),
        separator in select(&[",", ";", "\t"][..]),
        order in any::<u64>(),
        changes in proptest::collection::vec((any::<Index>(), any::<bool>(), select(PIECES)), 0..3),
    ) {
        let form = FactNames::new(&model);
        let mut names = names(&model, fields);
        let first = usize::try_from(order % names.len() as u64).unwrap();
        names.rotate_left(first);
        let mut facts = facts;
        // Values that the fast reader declines are not in every record.
        for (index, fact) in model.facts.iter().enumerate().filter(|_| !lists) {
            let id = FactId::new(index);
            let parts = matches!(fact.datum.ty, Type::List(_)) || (!fields && matches!(fact.datum.ty, Type::Record(_)));
            if parts || matches!(facts.get(id), FactCell::Unavailable(_)) {
                facts.set(id, FactCell::Unasked);
            }
        }
        let json = to_json(&model, &facts);
        let quoted = |text: String| in_quotes(&text, always || text.contains([';', '\t']));
        let cells: Vec<String> = names.iter().map(|name| quoted(cell(&json, name))).collect();
        let mut record = cells.join(separator);
        for (place, instead, piece) in changes {
            let places: Vec<usize> = record.char_indices().map(|(at, _)| at).collect();
            if places.is_empty() { continue; }
            let at = *place.get(&places);
            let end = if instead { at + record[at..].chars().next().unwrap().len_utf8() } else { at };
            record.replace_range(at..end, piece);
        }
        let columns = Columns::new(&form, &names.join(separator), CsvRules { null, skip_unknown: true, guarded });
        agree(&form, &model, &columns.unwrap(), &record)?;
    }
}

#[test]
fn ordinary_records_are_read_quickly() {
    let model = with_records();
    let form = FactNames::new(&model);
    let names = [
        "application.date",
        "application.region",
        "application.kind",
        "application.channel",
        "application.note",
        "application.stay",
        "dwelling.usable_area",
        "dwelling.plot",
        "dwelling.rooms",
        "dwelling.commissioned",
        "dwelling.address.street.flat",
        "owners",
    ];
    let rules = CsvRules { null: Some(Null::Absent), skip_unknown: false, guarded: false };
    let columns = Columns::new(&form, &names.join(","), rules).unwrap();
    for record in [
        "2026-01-15,Astana,residence,tson,x,3,44.10,0.06,2,true,5,",
        "\"2026-01-15\",\"Astana\",\"residence\",\"tson\",\"x, \"\"y\"\"\",\"3 months\",\"44.10\",\"1\",\"2\",\"true\",\"5\",\"\"",
        "2024-02-29,,,,Полезная площадь,,-0.5,,-7,False,,",
        ",,,,,,,,,,,",
    ] {
        assert!(agree(&form, &model, &columns, record).unwrap(), "{record}");
    }
    for record in
        ["2026-01-15", "2026-02-29,,,,,,,,,,,", ",,,,,,,,,,,,", ",,,,,,,1e3,,,,", ",,,,,,,,,,,[]", ",,,,5\" x,,,,,,,"]
    {
        assert!(!agree(&form, &model, &columns, record).unwrap(), "{record}");
    }
    let none = Columns::new(&form, &names.join(","), CsvRules::default()).unwrap();
    assert!(!agree(&form, &model, &none, "2026-01-15,Astana,residence,tson,x,3,44.10,0.06,2,true,5,").unwrap());
}
