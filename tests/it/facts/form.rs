//! A policy's facts of every type, built by hand, so that these tests depend only on the Model.

use ereje::ids::*;
use ereje::model::*;
use ereje::source::{FileId, Span};
use ereje::value::{Duration, LeapBirthday, MonthEnd, Number, Value};

const HERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// A number type; `units` as in `m2`.
fn number(kind: NumberKind, unit: Option<u32>) -> Type {
    Type::Number(unit.map(|u| (UnitId(u), 1)).into_iter().collect(), kind)
}

fn quantity(text: &str, scale: i64) -> Option<Quantity> {
    Some(Quantity { text: text.into(), scale: Number::integer(scale) })
}

/// A datum with bounds.
fn within(datum: Datum, at_least: Option<Value>, at_most: Option<Value>) -> Datum {
    Datum { bounds: Bounds { at_least, at_most }, ..datum }
}

fn datum(name: &str, ty: Type, unit: Option<Quantity>) -> Datum {
    Datum {
        name: name.into(),
        ty,
        masked: None,
        unit,
        at_least: 0,
        bounds: Bounds::default(),
        registries: Vec::new(),
        handlers: Handlers::default(),
        labels: Vec::new(),
        span: HERE,
    }
}

/// Facts in groups and alone, of every type.
pub(crate) fn model() -> Model {
    let decimal = |unit| number(NumberKind::Decimal, unit);
    let integer = number(NumberKind::Integer, None);
    let labels = |en: &str, ru: &str| vec![("en".into(), en.into()), ("ru".into(), ru.into())];
    let names = |values: &[&str]| values.iter().map(|v| ((*v).into(), Vec::new())).collect();
    let enums = vec![
        Enum { name: "Channel".into(), values: names(&["egov_portal", "egov_mobile", "tson"]), span: HERE },
        Enum { name: "application.kind".into(), values: names(&["residence", "temporary_stay"]), span: HERE },
    ];
    let owner = vec![
        datum("birth_date", Type::Date, None),
        datum("consent", Type::Bool, None),
        datum("share", decimal(None), Some(Quantity { text: "percent".into(), scale: Number::parse("0.01").unwrap() })),
    ];
    let person = vec![Datum { masked: Some(HERE), ..datum("birth_date", Type::Date, None) }];
    let room = vec![within(datum("size", decimal(Some(0)), quantity("m2", 1)), Some(num("4")), None)];
    let mut fields = Vec::new();
    let mut records = Vec::new();
    for (name, data) in [("Owner", owner), ("dwelling.registered", person), ("rooms", room)] {
        let record = RecordId::new(records.len());
        let first = fields.len();
        for (index, datum) in data.into_iter().enumerate() {
            fields.push(Field { record, index: u32::try_from(index).unwrap(), datum });
        }
        records.push(Record {
            name: name.into(),
            fields: (first..fields.len()).map(FieldId::new).collect(),
            kind: ereje::model::RecordKind::Declared,
            span: HERE,
        });
    }
    let list = |ty: Type| Type::List(Box::new(ty));
    let in_group = |group: &str, data: Vec<Datum>| {
        let group = Some(group.to_owned());
        data.into_iter().map(move |datum| Fact { group: group.clone(), datum }).collect::<Vec<_>>()
    };
    let mut owners = datum("owners", list(Type::Record(RecordId(0))), None);
    owners.at_least = 1;
    owners.registries = vec![RegistryId(1)];
    let mut area = datum("usable_area", decimal(Some(0)), quantity("m2", 1));
    area.registries = vec![RegistryId(1), RegistryId(0)];
    area.labels = labels("Usable area", "Полезная площадь");
    let mut facts = in_group(
        "application",
        vec![
            datum("date", Type::Date, None),
            datum("region", Type::Region, None),
            datum("kind", Type::Enum(EnumId(1)), None),
            datum("channel", Type::Enum(EnumId(0)), None),
            datum("note", Type::Text, None),
            datum("stay", Type::Duration(DurationKind::Months), quantity("months", 1)),
            datum("away", Type::Duration(DurationKind::Days), quantity("weeks", 7)),
        ],
    );
    facts.push(Fact { group: None, datum: owners });
    facts.extend(in_group(
        "dwelling",
        vec![
            area,
            datum("plot", decimal(Some(0)), quantity("hectare", 10_000)),
            datum("rooms", integer.clone(), None),
            datum("registered", list(Type::Record(RecordId(1))), None),
            datum("rents", list(decimal(Some(1))), quantity("KZT", 1)),
            datum("commissioned", Type::Bool, None),
        ],
    ));
    facts.push(Fact { group: None, datum: datum("өтініш_нөмірі", integer.clone(), None) });
    let date = |text: &str| Some(Value::Date(text.parse().unwrap()));
    let months = |count| Some(Value::Duration(Duration::Months(count)));
    let years = datum("term", Type::Duration(DurationKind::Months), quantity("years", 12));
    facts.extend(in_group(
        "limits",
        vec![
            within(datum("share", decimal(None), None), Some(num("0")), Some(num("1"))),
            within(datum("from_day", Type::Date, None), date("2000-01-01"), date("2100-01-01")),
            within(years, months(1), months(12)),
            within(datum("floor", integer, None), Some(num("-5")), Some(num("163"))),
            within(datum("plot", decimal(Some(0)), quantity("hectare", 10_000)), Some(num("100")), Some(num("10000"))),
        ],
    ));
    facts.push(Fact { group: None, datum: datum("rooms", list(Type::Record(RecordId(2))), None) });
    let region = |name: &str, parent| Region { name: name.into(), labels: Vec::new(), parent, span: HERE };
    let expr = |kind, ty| Expr { kind, ty, span: HERE };
    Model {
        sections: IndexVec::from_iter([Section::new(
            "kz.registration".into(),
            labels("Registration", "Регистрация"),
            HERE,
        )]),
        language: 1,
        languages: vec!["en".into(), "ru".into()],
        leap_birthday: LeapBirthday::default(),
        month_end: MonthEnd::default(),
        assumed_dates: ereje::model::AssumedDates::default(),
        sources: IndexVec::new(),
        handlers: Handlers::default(),
        registries: ["GBD_FL", "CADASTRE"]
            .map(|name| Registry {
                name: name.into(),
                labels: labels(name, name),
                handlers: Handlers::default(),
                span: HERE,
            })
            .into_iter()
            .collect(),
        regions: IndexVec::from_iter([
            region("Kazakhstan", None),
            region("Astana", Some(RegionId(0))),
            region("Almaty", Some(RegionId(0))),
        ]),
        units: ["m2", "KZT"].map(|name| BaseUnit { name: name.into(), labels: Vec::new() }).into_iter().collect(),
        enums: enums.into_iter().collect(),
        records: records.into_iter().collect(),
        fields: fields.into_iter().collect(),
        period: None,
        as_of: AsOf::new(expr(ExprKind::Fact(FactId(0)), Type::Date), None, HERE),
        facts: facts.into_iter().collect(),
        calendars: IndexVec::new(),
        assumptions: IndexVec::new(),
        norms: IndexVec::new(),
        definitions: IndexVec::new(),
        reasons: IndexVec::new(),
        decisions: IndexVec::new(),
        provisions: IndexVec::new(),
        exceptions: IndexVec::new(),
        locals: IndexVec::new(),
    }
}

/// The fact of a path.
pub(crate) fn fact(model: &Model, path: &str) -> FactId {
    FactId::new(model.facts.iter().position(|f| f.path() == path).unwrap())
}

/// A number as a value.
pub(crate) fn num(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}
