//! Periods of facts and of computed values: a record type that need not be declared, with the labels of its two ends.

use super::{Bounds, Datum, Field, Handlers, Labels, Type};
use crate::ids::RecordId;
use crate::source::Span;

/// The name of the type.
pub const PERIOD_TYPE: &str = "period";

/// The names of its fields: the first and the last day. One that is absent is open.
pub const PERIOD_ENDS: [&str; 2] = ["from", "through"];

const LANGUAGES: [&str; 4] = ["en", "kk", "ru", "vi"];

/// The labels of both, in the order of [`LANGUAGES`].
const LABELS: [[&str; 4]; 2] = [
    ["first day", "бірінші күні", "первый день", "ngày đầu"],
    ["last day", "соңғы күні", "последний день", "ngày cuối"],
];

impl Field {
    /// The two ends of a period. `span` is the place where a policy needs them.
    pub(crate) fn ends_of_period(record: RecordId, span: Span) -> [Self; 2] {
        let labels = |texts: [&str; 4]| -> Labels {
            LANGUAGES.iter().zip(texts).map(|(language, text)| ((*language).to_owned(), text.to_owned())).collect()
        };
        let end = |index: u32, name: &str, texts: [&str; 4]| Self {
            record,
            index,
            datum: Datum {
                name: name.to_owned(),
                ty: Type::Date,
                masked: None,
                unit: None,
                at_least: 0,
                bounds: Bounds::default(),
                registries: Vec::new(),
                handlers: Handlers::default(),
                labels: labels(texts),
                span,
            },
        };
        let ([from, through], [first, last]) = (PERIOD_ENDS, LABELS);
        [end(0, from, first), end(1, through, last)]
    }
}
