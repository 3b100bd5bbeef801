//! The Unicode form in which names and texts are compared.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A text in NFC.
pub(super) fn nfc(text: &str) -> String {
    if text.is_ascii() || is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}
