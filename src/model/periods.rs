//! Record types that need not be declared: periods, and the values of facts over time, each with the period in which it
//! holds.

use super::{Bounds, Datum, Field, Handlers, Labels, Model, RecordKind, Type};
use crate::ids::{FieldId, RecordId};
use crate::source::Span;

/// The name of the type.
pub const PERIOD_TYPE: &str = "period";

/// The names of its fields: the first and the last day. One that is absent is open.
pub const PERIOD_ENDS: [&str; 2] = ["from", "through"];

/// The field of a value of a fact over time, behind the [ends](PERIOD_ENDS) of the period in which it holds.
pub const DATED_VALUE: &str = "value";

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

impl Model {
    /// True if a record type has the ends of a period: one that is absent is open.
    #[must_use]
    pub fn has_ends(&self, record: RecordId) -> bool {
        self.records.at(record).kind.has_ends()
    }

    /// True if a field is an end of a period.
    #[must_use]
    pub fn is_end(&self, field: FieldId) -> bool {
        let Field { record, index, .. } = *self.fields.at(field);
        self.has_ends(record) && (index as usize) < PERIOD_ENDS.len()
    }

    /// The field that holds one value of a fact over time; `None` if values of this type are no list of such.
    #[must_use]
    pub fn dated_value(&self, ty: &Type) -> Option<FieldId> {
        let Type::List(inner) = ty else { return None };
        let Type::Record(id) = **inner else { return None };
        let record = self.records.get(id).filter(|record| record.kind == RecordKind::DatedValue)?;
        record.fields.get(PERIOD_ENDS.len()).copied()
    }

    /// True if a field belongs to the values of a fact over time.
    #[must_use]
    pub fn is_of_dated_value(&self, field: FieldId) -> bool {
        self.records.at(self.fields.at(field).record).kind == RecordKind::DatedValue
    }

    /// What is declared of one value of a datum: of a fact over time, of its value on a day.
    #[must_use]
    pub fn value_datum<'a>(&'a self, datum: &'a Datum) -> &'a Datum {
        self.dated_value(&datum.ty).map_or(datum, |field| &self.fields.at(field).datum)
    }
}
