//! Functions as they are called elsewhere, and what is written here.

/// Functions of spreadsheets and databases, in small letters, with what is written here.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (&["and", "и"], "write `and` between the conditions: `a and b`"),
    (&["or", "или"], "write `or` between the conditions: `a or b`"),
    (&["not", "не"], "write `not` before the condition: `not a`"),
    (
        &["if", "ifs", "iif", "switch", "если"],
        "a value that depends on conditions is a definition with cases: \
         `define NAME case A = VALUE when CONDITION otherwise VALUE`",
    ),
    (&["isblank", "isnull", "exists", "isempty", "ifnull", "nvl", "coalesce"], "ask for the state: `FACT is absent`"),
    (
        &["today", "now", "сегодня"],
        "there is no clock: the day is a fact, and the one that `as of` names is `governing_date`",
    ),
    (&["datedif", "yearfrac"], "write `years_between(A, B)`, `months_between(A, B)` or `days_between(A, B)`"),
    (&["networkdays", "workday"], "write `working_days_between(A, B)`"),
    (&["roundup", "ceil", "ceiling", "округлвверх"], "write `round up(VALUE, STEP)`"),
    (&["rounddown", "floor", "int", "trunc", "округлвниз"], "write `round down(VALUE, STEP)`"),
    (&["округл"], "write `round(VALUE, STEP)`"),
    (&["mod", "rem", "modulo", "остат"], "write `remainder(A, B)`"),
    (&["pow", "степень"], "write `power(BASE, EXPONENT, STEP)`"),
    (&["startswith", "begins_with", "left", "левсимв"], "write `starts_with(TEXT, \"…\")`"),
    (&["div", "intdiv", "частное"], "write `quotient(A, B)`"),
    (&["sumif", "sumifs"], "write `sum(x in LIST where CONDITION: VALUE)`"),
    (&["countif", "countifs"], "write `count(x in LIST where CONDITION)`"),
    (
        &["vlookup", "hlookup", "xlookup", "lookup", "впр"],
        "write a `table NAME: TYPE by VALUE` with a row for each value",
    ),
    (&["average", "avg", "mean"], "write `sum(LIST) / count(LIST)`"),
    (&["сумм"], "write `sum(LIST)`"),
];

/// The help for a function that is known elsewhere.
pub(super) fn function_elsewhere(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    FUNCTIONS.iter().find(|(names, _)| names.contains(&lower.as_str())).map(|(_, help)| *help)
}
