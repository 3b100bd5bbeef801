//! Values in words. A number that ends is told in full. A ratio without end is truncated and never rounded, so that it never
//! crosses a bound that it was compared with; and it is told to so many places that it differs from those beside it.

use super::words::{DateStyle, NumberStyle, Words, words};
use crate::eval::Answer;
use crate::ids::FieldId;
use crate::model::{Labels, Model, PERIOD_ENDS, Quantity, Type};
use crate::value::{Duration, FactCell, Number, TimeUnit, Value};
use crate::visible::visible;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The decimal places of a ratio without end, and at least as many digits that are not zeros before them.
pub(crate) const SHOWN_PLACES: usize = 2;

/// The most decimal places to which ratios without end are told apart. Ratios of facts and norms part long before.
const MOST_PLACES: usize = 40;

/// A label in a language, or the English one. Without either, the policy's own word serves a reader better.
pub fn label<'l>(labels: &'l Labels, language: &str) -> Option<&'l str> {
    let of = |wanted: &str| labels.iter().find(|(l, _)| l == wanted).map(|(_, text)| text.as_str());
    of(language).or_else(|| of("en"))
}

/// Puts values into words in one language. It is the one door through which texts of facts come to people.
#[derive(Clone, Copy)]
pub(crate) struct ValueFormatter<'m> {
    pub(crate) model: &'m Model,
    pub(crate) language: &'m str,
    pub(crate) words: &'static Words,
    /// True for people, who see texts of facts on one line and with nothing hidden; programs get every character.
    for_people: bool,
    /// The decimal places of a ratio without end.
    places: usize,
    /// True if a ratio without end is followed by the ratio itself.
    with_ratios: bool,
}

/// The digits of a number to some places, to more if all of these are zeros; and true if more follow.
pub(crate) fn digits_to(number: Number, places: usize) -> (String, bool) {
    let whole = number.digits(crate::value::MAX_DIGITS);
    if !whole.1 {
        return whole;
    }
    let first = (0..MOST_PLACES).find(|places| number.digits(*places).0.contains(|c| matches!(c, '1'..='9')));
    number.digits(places.max(first.unwrap_or(0) + SHOWN_PLACES - 1))
}

impl<'m> ValueFormatter<'m> {
    pub(crate) fn new(model: &'m Model, language: &'m str) -> Self {
        Self { model, language, words: words(language), for_people: true, places: SHOWN_PLACES, with_ratios: false }
    }

    /// The same for a program that reads the result.
    pub(crate) fn exact(self) -> Self {
        Self { for_people: false, ..self }
    }

    /// The same with the ratio itself behind each that has no end.
    pub(crate) fn with_ratios(self) -> Self {
        Self { with_ratios: true, ..self }
    }

    /// The same to so many places that none of these numbers, which stand side by side, looks like another.
    pub(crate) fn telling_apart(self, numbers: &[Number]) -> Self {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        // A cut number looks like one that begins with its digits. In their order, such a one would come next.
        let differ = |places: &usize| {
            let mut told: Vec<(String, bool)> = numbers.iter().map(|number| digits_to(*number, *places)).collect();
            told.sort_unstable();
            !told.windows(2).any(|pair| matches!(pair, [(a, cut), (b, _)] if a == b || (*cut && b.starts_with(a))))
        };
        Self { places: (SHOWN_PLACES..MOST_PLACES).find(differ).unwrap_or(MOST_PLACES), ..self }
    }

    /// A text of a fact.
    fn foreign<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.for_people { visible(text) } else { Cow::Borrowed(text) }
    }

    /// A value; a dash if it is unknown.
    pub(crate) fn answer(&self, answer: &Answer, unit: Option<&Quantity>, ty: &Type) -> String {
        match answer {
            Ok(value) => self.value(value, unit, ty),
            Err(_) => "—".into(),
        }
    }

    pub(crate) fn value(&self, value: &Value, unit: Option<&Quantity>, ty: &Type) -> String {
        match value {
            Value::Bool(true) => self.words.truth.0.into(),
            Value::Bool(false) => self.words.truth.1.into(),
            Value::Number(number) => self.quantity(*number, unit, ty),
            Value::Date(date) => self.date(*date),
            Value::Duration(duration) => self.duration(*duration, unit),
            Value::Text(text) => self.foreign(text).into_owned(),
            Value::Enum(id, index) => {
                let known = self.model.enums.at(*id).values.get(*index as usize);
                known.map_or("—".into(), |(name, labels)| label(labels, self.language).unwrap_or(name).into())
            }
            Value::Region(id) => {
                let region = self.model.regions.at(*id);
                label(&region.labels, self.language).unwrap_or(&region.name).into()
            }
            Value::Record(record) if matches!(ty, Type::Record(id) if self.model.has_ends(*id)) => {
                // An open end is a gap, as a person writes it.
                let end = |cell: &FactCell| match cell {
                    FactCell::Absent => String::from("\u{2026}"),
                    FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked => {
                        self.cell(cell, None, &Type::Date)
                    }
                };
                let fields = if let Type::Record(id) = ty { &self.model.records.at(*id).fields[..] } else { &[] };
                let (ends, held) = record.fields.split_at(PERIOD_ENDS.len().min(record.fields.len()));
                let days = ends.iter().map(end).collect::<Vec<_>>().join(" \u{2013} ");
                match (held, fields.last()) {
                    ([value], Some(field)) => format!("{days}: {}", self.field(*field, value)),
                    _ => days,
                }
            }
            Value::Record(record) => {
                let fields = if let Type::Record(id) = ty { &self.model.records.at(*id).fields[..] } else { &[] };
                let parts = fields.iter().zip(&record.fields).map(|(id, cell)| {
                    let datum = &self.model.fields.at(*id).datum;
                    let name = label(&datum.labels, self.language).unwrap_or(&datum.name);
                    format!("{name}: {}", self.field(*id, cell))
                });
                format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
            }
            Value::List(list) => {
                let inner = if let Type::List(inner) = ty { inner } else { &Type::Error };
                let parts: Vec<String> = list.items.iter().map(|cell| self.cell(cell, unit, inner)).collect();
                parts.join(", ")
            }
        }
    }

    /// A field of a record: its value or its state. An end of a period that is absent is open.
    pub(crate) fn field(&self, id: FieldId, cell: &FactCell) -> String {
        let field = self.model.fields.at(id);
        if *cell == FactCell::Absent && self.model.is_end(id) {
            return self.words.open_end.into();
        }
        self.cell(cell, field.datum.unit.as_ref(), &field.datum.ty)
    }

    /// A cell of a fact: its value or its state.
    pub(crate) fn cell(&self, cell: &FactCell, unit: Option<&Quantity>, ty: &Type) -> String {
        match cell {
            FactCell::Known(value) => self.value(value, unit, ty),
            FactCell::Absent => self.words.absent.into(),
            FactCell::Unavailable(why) if why.is_empty() => self.words.unavailable.into(),
            FactCell::Unavailable(why) => format!("{} ({})", self.words.unavailable, self.foreign(why)),
            FactCell::Unasked => self.words.unasked.into(),
        }
    }

    /// The value of `if absent means`.
    pub(crate) fn means(&self, value: &Value, unit: Option<&Quantity>, ty: &Type) -> String {
        let empty = matches!(value, Value::List(list) if list.items.is_empty());
        let meaning = if empty { "[]".into() } else { self.value(value, unit, ty) };
        format!("{} {meaning}", self.words.means)
    }

    fn quantity(&self, number: Number, unit: Option<&Quantity>, ty: &Type) -> String {
        let shown = in_unit(number, unit);
        let (digits, cut) = digits_to(shown, self.places);
        let mut text = self.digits(&digits);
        if cut {
            text.push('…');
        }
        let name = match (unit, ty) {
            (Some(unit), _) => self.unit(&unit.text),
            (None, Type::Number(dimension, _)) => self.dimension(dimension),
            (None, _) => String::new(),
        };
        let mut text = match name.as_str() {
            "" => text,
            "percent" | "%" => format!("{text}%"),
            name => format!("{text}\u{a0}{name}"),
        };
        if cut && self.with_ratios {
            let _ = write!(text, " ({shown})");
        }
        text
    }

    /// A unit as written, its parts by their labels: `KZT per m2`.
    fn unit(&self, text: &str) -> String {
        let words = text.split(' ').map(|word| {
            let base = self.model.units.iter().find(|u| u.name == word);
            base.and_then(|u| label(&u.labels, self.language)).unwrap_or(word)
        });
        words.map(|word| if word == "per" { "/" } else { word }).collect::<Vec<_>>().join(" ").replace(" / ", "/")
    }

    fn dimension(&self, dimension: &crate::model::Dimension) -> String {
        let name = |id: crate::ids::UnitId| {
            let base = self.model.units.at(id);
            label(&base.labels, self.language).unwrap_or(&base.name).to_owned()
        };
        let power = |(id, exponent): &(crate::ids::UnitId, i8)| match exponent.unsigned_abs() {
            1 => name(*id),
            2 => format!("{}²", name(*id)),
            3 => format!("{}³", name(*id)),
            n => format!("{}^{n}", name(*id)),
        };
        let over: Vec<String> = dimension.iter().filter(|(_, e)| *e > 0).map(power).collect();
        let under: Vec<String> = dimension.iter().filter(|(_, e)| *e < 0).map(power).collect();
        match (over.is_empty(), under.is_empty()) {
            (_, true) => over.join("·"),
            (true, false) => format!("1/{}", under.join("/")),
            (false, false) => format!("{}/{}", over.join("·"), under.join("/")),
        }
    }

    fn duration(&self, duration: Duration, unit: Option<&Quantity>) -> String {
        let one = |count: i64, unit: TimeUnit| {
            let forms = match unit {
                TimeUnit::Year => self.words.years,
                TimeUnit::Month => self.words.months,
                TimeUnit::Week => self.words.weeks,
                TimeUnit::Day => self.words.days,
                TimeUnit::WorkingDay => self.words.working_days,
            };
            format!("{}\u{a0}{}", self.digits(&count.to_string()), plural(count, forms))
        };
        let parts = duration.in_units(unit.and_then(|u| u.scale.to_i64()));
        parts.into_iter().map(|(count, unit)| one(count, unit)).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn date(&self, date: NaiveDate) -> String {
        let (year, day) = (date.year(), date.day());
        match self.words.dates {
            DateStyle::Iso => date.format("%Y-%m-%d").to_string(),
            DateStyle::En => format!("{day} {} {year}", month(date, &MONTHS_EN)),
            DateStyle::Ru => format!("{day} {} {year} года", month(date, &MONTHS_RU)),
            DateStyle::Kk => format!("{year} жылғы {day} {}", month(date, &MONTHS_KK)),
            DateStyle::Vi => format!("{day} tháng {} năm {year}", date.month()),
        }
    }

    /// From when to when something holds, as a sentence without its period.
    pub(crate) fn in_force(&self, from: Option<NaiveDate>, through: Option<NaiveDate>) -> String {
        let words = self.words;
        let mut parts = Vec::new();
        match words.dates {
            DateStyle::Iso | DateStyle::En | DateStyle::Ru | DateStyle::Vi => {
                parts.push(words.in_force.to_owned());
                parts.extend(from.map(|day| format!("{} {}", words.from, self.date(day))));
                parts.extend(through.map(|day| format!("{} {}", words.through, self.date(day))));
            }
            // In kk the word stands behind the date, and the verb last.
            DateStyle::Kk => {
                parts.extend(from.map(|day| format!("{}{} {}", self.date(day), from_ending(day), words.from)));
                parts.extend(through.map(|day| format!("{}{} {}", self.date(day), to_ending(day), words.through)));
                parts.push(words.in_force.to_owned());
            }
        }
        parts.join(" ")
    }

    fn digits(&self, plain: &str) -> String {
        grouped(plain, self.words.numbers)
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// As they stand behind the day.
const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

const MONTHS_KK: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
];

/// The endings of the months in kk that mean «from» and «to», in their order.
const ENDINGS_KK: [(&str, &str); 12] = [
    ("дан", "ға"),
    ("нан", "ға"),
    ("дан", "ға"),
    ("ден", "ге"),
    ("дан", "ға"),
    ("нан", "ға"),
    ("ден", "ге"),
    ("дан", "ға"),
    ("тен", "ке"),
    ("нан", "ға"),
    ("дан", "ға"),
    ("нан", "ға"),
];

fn month(date: NaiveDate, names: &[&'static str; 12]) -> &'static str {
    names.get(date.month0() as usize).copied().unwrap_or_default()
}

fn from_ending(date: NaiveDate) -> &'static str {
    ENDINGS_KK.get(date.month0() as usize).map_or("", |endings| endings.0)
}

fn to_ending(date: NaiveDate) -> &'static str {
    ENDINGS_KK.get(date.month0() as usize).map_or("", |endings| endings.1)
}

/// A number in the unit in which it is shown.
fn in_unit(number: Number, unit: Option<&Quantity>) -> Number {
    unit.and_then(|unit| number.div(unit.scale).ok()).unwrap_or(number)
}

/// The numbers of a value, in the unit in which they are shown. Those in records and lists of them are left out: no two of these
/// are compared.
pub(crate) fn numbers(value: &Value, unit: Option<&Quantity>, out: &mut Vec<Number>) {
    if let Value::Number(number) = value {
        out.push(in_unit(*number, unit));
    } else if let Value::List(list) = value {
        for cell in &list.items {
            if let FactCell::Known(value) = cell {
                numbers(value, unit, out);
            }
        }
    }
}

/// Plain digits with the language's point, and a separator every three digits of a whole part of five or more.
fn grouped(plain: &str, style: NumberStyle) -> String {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 && (whole.len() > 4 || style.group == ",") {
            text.push_str(style.group);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push(style.point);
        text.push_str(fraction);
    }
    text
}

/// The plural form of a noun for a number: three forms as in Russian, two as in English, or one.
fn plural(count: i64, forms: &'static [&'static str]) -> &'static str {
    let n = count.unsigned_abs();
    match forms {
        [one, few, many] => match (n % 10, n % 100) {
            (_, 11..=14) => many,
            (1, _) => one,
            (2..=4, _) => few,
            _ => many,
        },
        [one, many] => {
            if n == 1 {
                one
            } else {
                many
            }
        }
        [only, ..] => only,
        [] => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        assert_eq!(grouped("4325", words("ru").numbers), "4325");
        assert_eq!(grouped("-1234567.5", words("ru").numbers), "−1\u{a0}234\u{a0}567,5");
        assert_eq!(grouped("4325", words("en").numbers), "4,325");
        assert_eq!(grouped("1234567.5", words("vi").numbers), "1.234.567,5");
        assert_eq!(grouped("1234567.5", words("xx").numbers), "1234567.5");
    }

    #[test]
    fn nouns_agree_with_their_numbers() {
        let years = words("ru").years;
        let forms = [1, 2, 5, 11, 12, 21, 22, 25, 111].map(|n| plural(n, years));
        assert_eq!(forms, ["год", "года", "лет", "лет", "лет", "год", "года", "лет", "лет"]);
        assert_eq!([1, 2].map(|n| plural(n, words("en").years)), ["year", "years"]);
        assert_eq!(plural(5, words("kk").years), "жыл");
    }

    #[test]
    fn dates_stand_in_words_in_every_language() {
        let model = Model::empty();
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let said = |language: &str| ValueFormatter::new(&model, language).date(day("2025-11-03"));
        assert_eq!(said("en"), "3 November 2025");
        assert_eq!(said("ru"), "3 ноября 2025 года");
        assert_eq!(said("kk"), "2025 жылғы 3 қараша");
        assert_eq!(said("vi"), "3 tháng 11 năm 2025");
        assert_eq!(said("xx"), "2025-11-03");
        let (from, through) = (Some(day("2024-09-24")), Some(day("2026-06-30")));
        let holds = |language: &str| ValueFormatter::new(&model, language).in_force(from, through);
        assert_eq!(holds("ru"), "Действует с 24 сентября 2024 года по 30 июня 2026 года");
        let in_kk = "2024 жылғы 24 қыркүйектен бастап 2026 жылғы 30 маусымға дейін (соңғы күнді қоса) қолданылады";
        assert_eq!(holds("kk"), in_kk);
        assert_eq!(
            ValueFormatter::new(&model, "kk").in_force(from, None),
            "2024 жылғы 24 қыркүйектен бастап қолданылады"
        );
    }

    fn ratio(above: i64, below: i64) -> Number {
        Number::integer(above).div(Number::integer(below)).unwrap()
    }

    #[test]
    fn what_ends_is_told_in_full_and_the_rest_is_cut() {
        for (above, below, told) in [
            (9, 2_000, ("0.0045", false)),
            (1, 1 << 20, ("0.00000095367431640625", false)),
            (89, 6, ("14.83", true)),
            (-89, 6, ("-14.83", true)),
            (1, 3_000, ("0.00033", true)),
            (1, 30, ("0.033", true)),
            (1, 3, ("0.33", true)),
            (0, 7, ("0", false)),
        ] {
            assert_eq!(digits_to(ratio(above, below), SHOWN_PLACES), (told.0.to_owned(), told.1), "{above}/{below}");
        }
    }

    proptest! {
        #[test]
        fn numbers_side_by_side_never_look_alike(parts in prop::collection::vec((-99_999_i64..99_999, 1_i64..9_999), 1..6)) {
            let model = Model::empty();
            let numbers: Vec<Number> = parts.into_iter().map(|(above, below)| ratio(above, below)).collect();
            let formatter = ValueFormatter::new(&model, "en").telling_apart(&numbers);
            for a in &numbers {
                for b in &numbers {
                    let told = |number: &Number| formatter.quantity(*number, None, &Type::Error).replace('…', "");
                    prop_assert_eq!(a == b, told(a) == told(b), "{} {}", a, b);
                }
            }
        }
    }
}
