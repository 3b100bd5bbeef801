//! The weight of a value: how much there is to write where it is written out.
//!
//! A computed list shares the values that it holds, so that a list of a list of a list takes little memory. Written out it
//! takes its full size, and comparing it takes the time.

use super::{FactCell, Value};

/// The bytes of a text that count as a value.
const TEXT: usize = 64;

impl Value {
    /// Takes the weight of this value from what is left; `None` if too little is.
    #[must_use]
    pub fn weigh(&self, left: usize) -> Option<usize> {
        let left = left.checked_sub(1)?;
        match self {
            Self::Bool(_) | Self::Number(_) | Self::Date(_) | Self::Duration(_) | Self::Enum(..) | Self::Region(_) => {
                Some(left)
            }
            Self::Text(text) => left.checked_sub(text.len() / TEXT),
            Self::Record(record) => weigh_all(&record.fields, left),
            Self::List(list) => weigh_all(&list.items, left),
        }
    }
}

/// The same for several cells.
#[must_use]
pub fn weigh_all(cells: &[FactCell], left: usize) -> Option<usize> {
    cells.iter().try_fold(left, |left, cell| match cell {
        FactCell::Known(value) => value.weigh(left),
        FactCell::Unavailable(why) => left.checked_sub(1 + why.len() / TEXT),
        FactCell::Absent | FactCell::Unasked => left.checked_sub(1),
    })
}
