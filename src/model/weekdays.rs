//! The days of the week: the enum that `weekday(DATE)` gives, with its labels.

use super::{Enum, Labels};
use crate::source::Span;

/// The name of the type.
pub const WEEKDAY_TYPE: &str = "weekday";

const LANGUAGES: [&str; 4] = ["en", "kk", "ru", "vi"];

/// The days as a policy writes them, from Monday.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The labels of each day, in the order of [`LANGUAGES`].
const LABELS: [[&str; 4]; 7] = [
    ["Monday", "дүйсенбі", "понедельник", "thứ hai"],
    ["Tuesday", "сейсенбі", "вторник", "thứ ba"],
    ["Wednesday", "сәрсенбі", "среда", "thứ tư"],
    ["Thursday", "бейсенбі", "четверг", "thứ năm"],
    ["Friday", "жұма", "пятница", "thứ sáu"],
    ["Saturday", "сенбі", "суббота", "thứ bảy"],
    ["Sunday", "жексенбі", "воскресенье", "chủ nhật"],
];

impl Enum {
    /// The enum of the days of the week, from Monday. `span` is the place where a policy needs it.
    pub(crate) fn weekdays(span: Span) -> Self {
        let labels = |texts: [&str; 4]| -> Labels {
            LANGUAGES.iter().zip(texts).map(|(language, text)| ((*language).to_owned(), text.to_owned())).collect()
        };
        let values = WEEKDAYS.iter().zip(LABELS).map(|(name, texts)| ((*name).to_owned(), labels(texts)));
        Self { name: WEEKDAY_TYPE.to_owned(), values: values.collect(), span }
    }
}
