//! The message of a reason: its text in one language with the values in it.

use super::format::{ValueFormatter, numbers};
use crate::eval::GivenReason;
use crate::model::{MessagePiece, Model};
use crate::value::Number;

/// The most bytes of one message.
pub const MAX_MESSAGE: usize = 1 << 20;

/// The message of a reason in one language, for a program: texts of facts to the character. `None` if it has none in
/// that language. One that is too long is cut.
pub fn message(model: &Model, given: &GivenReason, language: &str) -> Option<String> {
    message_within(model, given, language, MAX_MESSAGE).map(|(text, _)| text)
}

/// The same for people: a text of a fact stays on its line, and nothing in it hides. Only the policy itself breaks lines.
pub(crate) fn message_for_people(given: &GivenReason, formatter: ValueFormatter<'_>) -> Option<String> {
    worded(given, formatter, MAX_MESSAGE).map(|(text, _)| text)
}

/// The message for a program with another limit; and true if it was cut.
pub(super) fn message_within(
    model: &Model,
    given: &GivenReason,
    language: &str,
    most: usize,
) -> Option<(String, bool)> {
    worded(given, ValueFormatter::new(model, language).exact(), most)
}

fn worded(given: &GivenReason, formatter: ValueFormatter<'_>, most: usize) -> Option<(String, bool)> {
    let (model, language) = (formatter.model, formatter.language);
    let (index, pieces) = model.reasons.at(given.reason).message(language)?;
    let pieces: Vec<MessagePiece<'_>> = pieces.collect();
    let mut values = given.values.get(index).into_iter().flatten();
    let formatter = formatter.telling_apart(&numbers_in(given, index, &pieces));
    let mut text = String::new();
    for piece in pieces {
        match piece {
            MessagePiece::Text(words) => text.push_str(words),
            MessagePiece::Value(ty, unit) => match values.next() {
                Some(value) => text.push_str(&formatter.answer(value, unit, ty)),
                None => text.push('—'),
            },
        }
        // A value can stand in a message many times, so the text is measured after each.
        if text.len() > most {
            let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
            return Some((text, true));
        }
    }
    Some((text, false))
}

/// The numbers of a message, as it shows them.
pub(super) fn numbers_in(given: &GivenReason, index: usize, pieces: &[MessagePiece<'_>]) -> Vec<Number> {
    let mut found = Vec::new();
    let units = pieces.iter().filter_map(|piece| match piece {
        MessagePiece::Value(_, unit) => Some(*unit),
        MessagePiece::Text(_) => None,
    });
    for (unit, answer) in units.zip(given.values.get(index).into_iter().flatten()) {
        answer.iter().for_each(|value| numbers(value, unit, &mut found));
    }
    found
}
