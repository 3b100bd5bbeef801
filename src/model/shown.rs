//! What a person sees: the message of a reason in a language, and the type of an output.

use super::{MessagePart, Output, Quantity, ReasonDeclaration, Type};

/// A piece of a message, without its value.
#[derive(Clone, Copy, Debug)]
pub enum MessagePiece<'m> {
    /// Text as it is.
    Text(&'m str),
    /// A value of this type, in this unit if there is one.
    Value(&'m Type, Option<&'m Quantity>),
}

impl ReasonDeclaration {
    /// The languages of its messages, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(|(language, _)| language.as_str())
    }

    /// The index of a language in [`ReasonDeclaration::languages`], and the pieces of the message; `None` if the reason
    /// has no message in this language.
    #[must_use]
    pub fn message(&self, language: &str) -> Option<(usize, impl Iterator<Item = MessagePiece<'_>>)> {
        let index = self.messages.iter().position(|(known, _)| known == language)?;
        let (_, parts) = self.messages.get(index)?;
        Some((index, parts.iter().map(MessagePiece::of)))
    }
}

impl<'m> MessagePiece<'m> {
    fn of(part: &'m MessagePart) -> Self {
        match part {
            MessagePart::Text(text) => Self::Text(text),
            MessagePart::Value(value, unit) => Self::Value(&value.ty, unit.as_ref()),
        }
    }
}

impl Output {
    /// The type of its value.
    #[must_use]
    pub fn ty(&self) -> &Type {
        &self.value.ty
    }
}
