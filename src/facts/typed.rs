//! Facts in a program's own types: the four states of a fact, for `serde`.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// The state of one fact, as a field of a program's own type.
///
/// ```
/// use ereje::FactState;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Reader {
///     born: FactState<&'static str>,
///     #[serde(skip_serializing_if = "FactState::is_unasked")]
///     debt: FactState<u32>,
/// }
///
/// let reader = Reader { born: FactState::Absent, debt: FactState::Unasked };
/// assert_eq!(serde_json::to_string(&reader)?, r#"{"born":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A plain `Option` cannot express all states: `None` is written as `null`, which means that the registry was asked and
/// has no record. Leave out a fact that nobody has asked yet, as `skip_serializing_if` does above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FactState<T> {
    /// A value.
    Known(T),
    /// The registry was asked and has no record.
    Absent,
    /// The registry was asked and could not answer, for this reason.
    Unavailable(String),
    /// Nobody has asked yet. A field in this state must be left out: serializing it is an error.
    #[default]
    Unasked,
}

impl<T> FactState<T> {
    /// True if nobody has asked yet: for `#[serde(skip_serializing_if = "FactState::is_unasked")]`.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        matches!(self, Self::Unasked)
    }
}

impl<T> From<T> for FactState<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: Serialize> Serialize for FactState<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Absent => serializer.serialize_none(),
            Self::Unavailable(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(super::UNAVAILABLE, why)?;
                map.end()
            }
            Self::Unasked => Err(serde::ser::Error::custom(
                "a fact that nobody has asked is left out: add `skip_serializing_if = \"FactState::is_unasked\"`",
            )),
        }
    }
}
