//! Bounds of facts, as cells: what a row that is read without a tree still has to keep.

use super::Cell;
use ereje::model::{Datum, LimitKind, NumberKind, Type};
use ereje::value::{Duration, Value};

/// The least and the greatest value of a cell. An open end is the end of all values.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellBounds {
    least: i64,
    most: i64,
}

impl CellBounds {
    /// The bounds of a fact or field; `None` if a cell cannot hold one of them exactly.
    pub(super) fn of(datum: &Datum) -> Option<Self> {
        let mut bounds = Self { least: i64::MIN, most: i64::MAX };
        for (kind, value) in datum.bounds.each() {
            let value = bound(&datum.ty, value)?.get()?;
            match kind {
                LimitKind::AtLeast => bounds.least = value,
                LimitKind::AtMost => bounds.most = value,
            }
        }
        Some(bounds)
    }

    /// True if a cell of the datum is silent or within the bounds. False if it cannot hold the value: then only the fact
    /// set says.
    pub(super) fn admits(self, cell: Cell) -> bool {
        match cell.get() {
            Some(value) => (self.least..=self.most).contains(&value),
            None => cell != Cell::UNHELD,
        }
    }
}

fn bound(ty: &Type, value: &Value) -> Option<Cell> {
    match (ty, value) {
        (Type::Number(_, NumberKind::Integer), Value::Number(number)) => Some(Cell::whole(*number)),
        (Type::Number(_, NumberKind::Decimal | NumberKind::Ratio), Value::Number(number)) => {
            Some(Cell::decimal(*number))
        }
        (Type::Date, Value::Date(day)) => Some(Cell::date(*day)),
        (Type::Duration(_), Value::Duration(Duration::Months(n) | Duration::Days(n) | Duration::WorkingDays(n))) => {
            Some(Cell::value(*n))
        }
        _ => None,
    }
}
