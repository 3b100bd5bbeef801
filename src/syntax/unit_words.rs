//! Units and types as they are called elsewhere, and what is written here.

/// What the name of a unit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeantUnit {
    /// A unit that needs no declaration, or a part of one: `m2`, `KZT`.
    Known(&'static str),
    /// A unit of time.
    Time(&'static str),
    /// A unit that a policy can declare, by its size: `unit cm = 0.01 m`.
    Sized(&'static str, &'static str),
    /// A part of a hundred.
    Percent,
}

use MeantUnit::{Known, Percent, Sized, Time};

/// Names of units, in small letters.
const UNITS: &[(&[&str], MeantUnit)] = &[
    (&["м", "метр", "метра", "метров", "метрів", "metre", "metres", "meter", "meters", "mét"], Known("m")),
    (
        &["км", "километр", "километра", "километров", "шақырым", "kilometre", "kilometres", "kilometer", "kilometers"],
        Known("km"),
    ),
    (&["м2", "м²", "кв", "квм", "кв_м", "шм", "sqm", "qm", "m²"], Known("m2")),
    (&["км2", "км²", "km²"], Known("km2")),
    (&["м3", "м³", "куб", "кубм", "cbm", "m³"], Known("m3")),
    (&["га", "гектар", "гектара", "гектаров", "hectare", "hectares", "héc"], Known("ha")),
    (&["кг", "килограмм", "килограмма", "килограммов", "kilo", "kilos", "kilogram", "kilograms", "kgs"], Known("kg")),
    (&["т", "тонна", "тонны", "тонн", "tonne", "tonnes", "ton", "tons", "tấn"], Known("t")),
    (&["тенге", "теңге", "тг", "tenge"], Known("KZT")),
    (&["рубль", "рубля", "рублей", "руб", "рб", "rouble", "roubles", "ruble", "rubles"], Known("RUB")),
    (&["евро", "еуро", "euro", "euros"], Known("EUR")),
    (&["доллар", "доллара", "долларов", "dollar", "dollars"], Known("USD")),
    (&["сом", "сома", "сомов"], Known("KGS")),
    (&["сум", "сўм", "сумов"], Known("UZS")),
    (&["pound", "pounds"], Known("GBP")),
    (&["đồng", "dong", "vnđ", "đ"], Known("VND")),
    (&["год", "года", "лет", "жыл", "жас", "жаста", "năm", "tuổi", "yr", "yrs"], Time("years")),
    (&["месяц", "месяца", "месяцев", "мес", "ай", "tháng", "mth", "mths", "mo"], Time("months")),
    (&["неделя", "недели", "недель", "апта", "tuần", "wk", "wks"], Time("weeks")),
    (&["день", "дня", "дней", "сутки", "суток", "күн", "ngày"], Time("days")),
    (&["workdays", "workday", "business"], Time("working days")),
    (&["percent", "percents", "pct", "процент", "процента", "процентов", "пайыз"], Percent),
    (&["cm", "см", "сантиметр", "сантиметра", "сантиметров", "centimetre", "centimetres"], Sized("cm", "0.01 m")),
    (&["mm", "мм", "миллиметр", "миллиметров", "millimetre", "millimetres"], Sized("mm", "0.001 m")),
    (&["dm", "дм"], Sized("dm", "0.1 m")),
    (&["mi", "mile", "miles", "миля", "миль"], Sized("mile", "1609.344 m")),
    (&["ft", "foot", "feet"], Sized("ft", "0.3048 m")),
    (&["yd", "yard", "yards"], Sized("yd", "0.9144 m")),
    (&["inch", "inches"], Sized("inch", "0.0254 m")),
    (&["cm2", "см2"], Sized("cm2", "0.0001 m2")),
    (&["acre", "acres"], Sized("acre", "4046.8564224 m2")),
    (&["сотка", "соток", "sotka"], Sized("sotka", "100 m2")),
    (&["l", "л", "litre", "litres", "liter", "liters", "литр", "литра", "литров"], Sized("l", "0.001 m3")),
    (&["cm3", "см3", "cc", "куб_см"], Sized("cm3", "0.000001 m3")),
    (&["g", "г", "gram", "grams", "грамм", "граммов"], Sized("g", "0.001 kg")),
    (&["mg", "мг"], Sized("mg", "0.000001 kg")),
    (&["ц", "центнер", "центнеров"], Sized("centner", "100 kg")),
    (&["lb", "lbs"], Sized("lb", "0.45359237 kg")),
];

/// Names of types, in small letters, with what stands for them here.
const TYPES: &[(&[&str], &str)] = &[
    (&["string", "str", "varchar", "char", "nvarchar", "строка", "текст", "мәтін", "chữ"], "text"),
    (&["int", "int32", "int64", "bigint", "smallint", "long", "count", "целое", "число", "сан", "số"], "integer"),
    (
        &[
            "number",
            "num",
            "float",
            "float64",
            "double",
            "real",
            "numeric",
            "fraction",
            "ratio",
            "percent",
            "percentage",
        ],
        "decimal",
    ),
    (&["boolean", "logical", "flag", "yesno", "yes_no", "логический"], "bool"),
    (&["datetime", "timestamp", "time", "day", "дата", "күн", "ngày"], "date"),
    (&["money", "currency", "amount", "сумма"], "EUR"),
    (&["age", "years", "year"], "duration in years"),
    (&["months", "month"], "duration in months"),
    (&["days", "weeks"], "duration in days"),
    (&["array", "set", "vector", "collection", "список"], "list of TYPE"),
    (&["enum", "enumeration", "choice", "option"], "{ one, other }"),
    (&["record", "object", "struct", "dict", "map"], "{ name: text, born: date }"),
];

/// What a name of a unit means; `None` for any other.
pub(crate) fn meant_unit(name: &str) -> Option<MeantUnit> {
    let lower = name.to_lowercase();
    UNITS.iter().find(|(names, _)| names.contains(&lower.as_str())).map(|(_, meant)| *meant)
}

/// What is written here for the name of a type; `None` for any other.
pub(crate) fn meant_type(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    TYPES.iter().find(|(names, _)| names.contains(&lower.as_str())).map(|(_, meant)| *meant)
}

#[cfg(test)]
mod tests {
    use super::{TYPES, UNITS, meant_unit};
    use std::collections::BTreeSet;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn each_name_stands_once_in_small_letters() {
        for names in [UNITS.iter().map(|(n, _)| *n).collect::<Vec<_>>(), TYPES.iter().map(|(n, _)| *n).collect()] {
            let mut seen = BTreeSet::new();
            for name in names.into_iter().flatten() {
                assert!(seen.insert(*name), "{name}");
                assert_eq!(*name, name.to_lowercase().nfc().collect::<String>());
            }
        }
        assert!(meant_unit("Метр").is_some());
        assert_eq!(meant_unit("m"), None);
    }
}
