//! Words of messages: what was expected and what was found.

use super::tree::{Tree, TreeEntry, TreeNode};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Model, NumberKind, Quantity, Type};
use crate::source::{FileId, Span};
use crate::value::respelt_number;

/// The most characters of a file's text that a message quotes.
const MAX_QUOTED: usize = 40;
/// The most names that a message lists.
const MAX_LISTED: usize = 12;

/// A piece of the file in backticks, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    let mut out: String = text.chars().take(MAX_QUOTED).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    format!("`{out}`")
}

/// Names in backticks, with commas; the first few of many.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut text: Vec<String> = names.by_ref().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
    let rest = names.count();
    if rest > 0 {
        text.push(format!("and {rest} more"));
    }
    text.join(", ")
}

/// The kind of a fact, with the article: «a date», «a number in m2».
pub(super) fn kind(ty: &Type, unit: Option<&Quantity>) -> String {
    match ty {
        Type::Bool => "`true` or `false`".into(),
        Type::Number(_, kind) => {
            let number = match kind {
                NumberKind::Integer => "a whole number",
                NumberKind::Decimal | NumberKind::Ratio => "a number",
            };
            unit.map_or_else(|| number.into(), |unit| format!("{number} in {}", unit.text))
        }
        Type::Date => "a date".into(),
        Type::Duration(_) => unit.map_or_else(|| "a length of time".into(), |u| format!("a number of {}", u.text)),
        Type::Text => "a text".into(),
        Type::Enum(_) => "a value of its list".into(),
        Type::Region => "a region".into(),
        Type::Record(_) => "a record".into(),
        Type::List(_) => "a list".into(),
        Type::Error => "a value".into(),
    }
}

/// The form of a value of a type, with an example.
pub(super) fn example(model: &Model, ty: &Type, unit: Option<&Quantity>) -> String {
    match ty {
        Type::Bool | Type::Number(_, NumberKind::Integer) => kind(ty, unit),
        Type::Number(..) => format!("{}, such as `44.5`", kind(ty, unit)),
        Type::Date => "a date, such as `2026-01-15`".into(),
        Type::Duration(_) => {
            let word = unit.map_or("days", |u| u.text.as_str());
            format!("a whole number of {word}, or a text such as `3 {word}`")
        }
        Type::Text => "a text".into(),
        Type::Enum(id) => {
            format!("one of {}", listed(model.enums.at(*id).values.iter().map(|(name, _)| name.as_str())))
        }
        Type::Region => "the name of a region".into(),
        Type::Record(id) => {
            let fields = model.records.at(*id).fields.iter().map(|field| model.fields.at(*field).datum.name.as_str());
            format!("a record with {}", listed(fields))
        }
        Type::List(inner) => format!("a list; each element {}", kind(inner, unit)),
        Type::Error => "a value".into(),
    }
}

/// The kind of value in the file.
pub(super) fn found(node: &TreeNode<'_>) -> String {
    match &node.tree {
        Tree::Empty => "nothing".into(),
        Tree::Null => "`null`".into(),
        Tree::Bool(value) => format!("`{value}`"),
        Tree::Plain(text) if super::scalar::is_number(text) => format!("the number {}", quoted(text)),
        Tree::Plain(text) | Tree::Quoted(text) => format!("the text {}", quoted(text)),
        Tree::List(_) => "a list".into(),
        Tree::Map(_) => "names with values".into(),
    }
}

/// True of words that people write where there is nothing to say.
pub(super) fn says_nothing(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "null",
        "none",
        "nil",
        "na",
        "n/a",
        "nan",
        "-",
        "--",
        "?",
        "unknown",
        "нет",
        "нет данных",
        "неизвестно",
        "жоқ",
        "không có",
    ];
    text.len() < 40 && WORDS.contains(&text.trim().to_lowercase().as_str())
}

/// The finding about `4,8` in braces, which YAML reads as the number 4 and a key `8` without a value.
pub(super) fn decimal_comma(file: FileId, number: &TreeEntry<'_>, decimals: &TreeEntry<'_>) -> Option<Diagnostic> {
    let (Tree::Plain(whole), Tree::Empty) = (&number.value.tree, &decimals.value.tree) else { return None };
    if decimals.start != number.value.end + 1 {
        return None;
    }
    // A unit may stand behind the decimals.
    let digits = decimals.key.split(' ').next()?;
    let respelt = respelt_number(&format!("{whole},{digits}"))?;
    let at = Span::new(file, number.value.start, decimals.end);
    let message = format!("{} is not a number", quoted(&format!("{whole},{digits}")));
    let label = "the decimal sign is a point; a comma ends the fact";
    Some(Diagnostic::new(Code::E0606, message, at, label).help(respelt.help("")))
}
