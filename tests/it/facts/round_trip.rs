//! Facts written and read again are the same facts.

use super::form::model;
use chrono::NaiveDate;
use ereje::facts::{FactSet, Format, decode, decode_line, to_json, to_yaml};
use ereje::ids::FactId;
use ereje::model::{Datum, DurationKind, Model, NumberKind, Quantity, Type};
use ereje::source::Sources;
use ereje::value::{Duration, FactCell, FactPath, ListValue, Number, RecordValue, Step, Value};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

/// A cell of a type in any state; `unasked` if its key can be left out.
fn cell(
    model: &Arc<Model>,
    ty: &Type,
    unit: Option<&Quantity>,
    at_least: u32,
    place: &FactPath,
    unasked: bool,
) -> BoxedStrategy<FactCell> {
    let known = value(model, ty, unit, at_least, place).prop_map(FactCell::Known);
    let silent = if unasked { FactCell::Unasked } else { FactCell::Absent };
    prop_oneof![
        6 => known,
        1 => Just(FactCell::Absent),
        1 => text().prop_map(FactCell::Unavailable),
        1 => Just(silent),
    ]
    .boxed()
}

/// The cell of a fact or field: values within its bounds.
fn datum_cell(model: &Arc<Model>, datum: &Datum, place: &FactPath) -> BoxedStrategy<FactCell> {
    let bounds = datum.bounds.clone();
    let within = move |cell| match cell {
        FactCell::Known(value) => FactCell::Known(bounds.nearest(value)),
        silent => silent,
    };
    cell(model, &datum.ty, datum.unit.as_ref(), datum.at_least, place, true).prop_map(within).boxed()
}

/// Texts in NFC, especially those that look like something else.
fn text() -> BoxedStrategy<Arc<str>> {
    const TRICKY: &[&str] = &[
        "",
        " ",
        "null",
        "~",
        "true",
        "NO",
        "0123",
        "1e5",
        "-",
        "---",
        "a: b",
        "# x",
        "'",
        "\"",
        "\\",
        "a\nb\n",
        "\t",
        "*a",
        "&a",
        "!t",
        "[",
        "{}",
        "unavailable",
        ".inf",
        "0x1F",
        "- a",
        "?",
        "|",
        ">",
        "%",
        "@",
        "`",
        "\u{85}",
        "\u{2028}",
        "\u{FEFF}",
        "\u{200E}",
        "=",
        "<<",
    ];
    let any = "\\PC{0,12}".prop_map(|s: String| {
        use unicode_normalization::UnicodeNormalization;
        s.nfc().collect::<String>()
    });
    prop_oneof![proptest::sample::select(TRICKY).prop_map(Arc::from), any.prop_map(Arc::from)].boxed()
}

fn value(
    model: &Arc<Model>,
    ty: &Type,
    unit: Option<&Quantity>,
    at_least: u32,
    place: &FactPath,
) -> BoxedStrategy<Value> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number(_, kind) => {
            let scale = unit.map_or(Number::ONE, |u| u.scale);
            let whole =
                prop_oneof![any::<i64>().prop_map(|n| n.to_string()), (-100..100_i32).prop_map(|n| n.to_string())];
            let text = match kind {
                NumberKind::Integer => whole.boxed(),
                _ => prop_oneof![whole, "-?(0|[1-9][0-9]{0,11})\\.[0-9]{1,12}".boxed()].boxed(),
            };
            text.prop_map(move |t| Value::Number(Number::parse(&t).unwrap().mul(scale).unwrap())).boxed()
        }
        Type::Date => (1..=9999_i32, 1..=366_u32)
            .prop_map(|(year, day)| {
                Value::Date(NaiveDate::from_yo_opt(year, day).unwrap_or(NaiveDate::from_ymd_opt(year, 1, 1).unwrap()))
            })
            .boxed(),
        Type::Duration(kind) => {
            let kind = *kind;
            prop_oneof![any::<i64>(), -40..40_i64]
                .prop_map(move |n| {
                    Value::Duration(match kind {
                        DurationKind::Months => Duration::Months(n),
                        DurationKind::Days => Duration::Days(n),
                        DurationKind::WorkingDays(_) => Duration::WorkingDays(n),
                    })
                })
                .boxed()
        }
        Type::Text => text().prop_map(Value::Text).boxed(),
        Type::Enum(id) => {
            let (id, count) = (*id, u32::try_from(model.enums[*id].values.len()).unwrap());
            (0..count).prop_map(move |i| Value::Enum(id, i)).boxed()
        }
        Type::Region => (0..u32::try_from(model.regions.len()).unwrap())
            .prop_map(|i| Value::Region(ereje::ids::RegionId(i)))
            .boxed(),
        Type::Record(id) => {
            let place = place.clone();
            let fields = &model.records[*id].fields;
            let cells: Vec<_> = fields
                .iter()
                .map(|id| datum_cell(model, &model.fields[*id].datum, &place.step(Step::Field(*id))))
                .collect();
            cells
                .prop_map(move |fields| Value::Record(Arc::new(RecordValue { place: Some(place.clone()), fields })))
                .boxed()
        }
        Type::List(inner) => {
            let place = place.clone();
            let items: Vec<_> =
                (0..3).map(|i| cell(model, inner, unit, 0, &place.step(Step::Item(i)), false)).collect();
            let count = at_least as usize..=3;
            (items, count)
                .prop_map(move |(mut items, count)| {
                    items.truncate(count);
                    Value::List(Arc::new(ListValue { place: Some(place.clone()), items }))
                })
                .boxed()
        }
        Type::Error => unreachable!("not in a Model without errors"),
    }
}

/// Any fact set of a Model.
pub(crate) fn fact_set(model: &Arc<Model>) -> BoxedStrategy<FactSet> {
    let cells: Vec<_> = model
        .facts
        .iter()
        .enumerate()
        .map(|(i, f)| datum_cell(model, &f.datum, &FactPath::of(FactId::new(i))))
        .collect();
    cells
        .prop_map(|cells| {
            let mut facts = FactSet::unasked(cells.len());
            for (index, cell) in cells.into_iter().enumerate() {
                facts.set(FactId::new(index), cell);
            }
            facts
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_written_is_read_again(facts in fact_set(&Arc::new(model()))) {
        let model = model();
        let json = to_json(&model, &facts).to_string();
        let line = decode_line(&model, &json);
        prop_assert_eq!(line.as_ref(), Ok(&facts), "{}", json);
        let yaml = to_yaml(&model, &facts);
        // YAML of another program is read as well, except that it takes three more characters for line ends, as YAML
        // 1.1 did.
        let other = Some(serde_yaml::to_string(&to_json(&model, &facts)).unwrap());
        let other = other.filter(|_| !json.contains(['\u{85}', '\u{2028}', '\u{2029}']));
        let written = [(json, Format::Json), (yaml, Format::Yaml)];
        for (text, format) in written.into_iter().chain(other.map(|text| (text, Format::Yaml))) {
            let mut sources = Sources::new();
            let file = sources.add("facts", text.clone());
            let mut documents = decode(&model, &sources, file, format);
            prop_assert_eq!(documents.len(), 1);
            let document = documents.remove(0);
            prop_assert_eq!(document.facts.as_ref(), Some(&facts), "{}\n{:#?}", text, document.findings);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_written_fits_the_schema(facts in fact_set(&Arc::new(model()))) {
        static VALIDATOR: LazyLock<jsonschema::Validator> =
            LazyLock::new(|| super::super::schema::validator(&ereje::schema::schema(&model())));
        let json = to_json(&model(), &facts);
        prop_assert!(VALIDATOR.is_valid(&json), "{}", json);
    }
}
