//! From fact sets to rows.

use super::{Cell, CellType, Layout, ListShape, Row, Slot, SlotShape};
use ereje::facts::FactSet;
use ereje::ids::FactId;
use ereje::value::{Duration, FactCell, Value};

impl Row {
    /// Replaces the row by the facts of a set of the same Model.
    pub fn take(&mut self, layout: &Layout, facts: &FactSet) {
        self.clear();
        for index in 0..layout.slots().len() {
            let fact = FactId::new(index);
            if let Some(slot) = layout.slot(fact) {
                let mut cells = std::mem::take(&mut self.cells);
                fill(layout, slot, facts.get(fact), &mut cells, &mut self.items);
                self.cells = cells;
            }
        }
    }
}

/// Puts a fact, field or element into its cells; `slot` counts in `cells`.
fn fill(layout: &Layout, slot: &Slot, cell: &FactCell, cells: &mut [Cell], items: &mut Vec<Cell>) {
    let value = match cell {
        FactCell::Known(value) => Ok(value),
        FactCell::Absent => Err(Cell::ABSENT),
        FactCell::Unavailable(_) => Err(Cell::UNAVAILABLE),
        FactCell::Unasked => Err(Cell::UNASKED),
    };
    let held = match (value, &slot.shape) {
        (Err(silent), _) => silent,
        (Ok(value), SlotShape::One(ty)) => one(layout, *ty, value),
        (Ok(Value::Record(record)), SlotShape::Record(_, fields)) => {
            let inside = cells.get_mut(slot.at as usize..).unwrap_or_default();
            for ((_, slot), cell) in fields.iter().zip(&record.fields) {
                fill(layout, slot, cell, inside, items);
            }
            Cell::RECORD
        }
        (Ok(Value::List(list)), SlotShape::List(shape)) => elements(layout, shape, &list.items, items),
        (Ok(_), SlotShape::Record(..) | SlotShape::List(_) | SlotShape::Unheld) => Cell::UNHELD,
    };
    if let Some(place) = cells.get_mut(slot.at as usize) {
        *place = held;
    }
}

fn elements(layout: &Layout, shape: &ListShape, list: &[FactCell], items: &mut Vec<Cell>) -> Cell {
    let (start, stride) = (items.len(), shape.stride as usize);
    items.resize(start + stride * list.len(), Cell::UNASKED);
    let slot = Slot { at: 0, shape: shape.element.clone() };
    // No list inside an element has cells, so nothing is added to `items` here.
    let mut none = Vec::new();
    for (cells, cell) in items.get_mut(start..).unwrap_or_default().chunks_mut(stride.max(1)).zip(list) {
        fill(layout, &slot, cell, cells, &mut none);
    }
    Cell::list(start, list.len())
}

fn one(layout: &Layout, ty: CellType, value: &Value) -> Cell {
    match (ty, value) {
        (CellType::Bool, Value::Bool(value)) => Cell::bool(*value),
        (CellType::Whole, Value::Number(number)) => Cell::whole(*number),
        (CellType::Decimal, Value::Number(number)) => Cell::decimal(*number),
        (CellType::Date, Value::Date(day)) => Cell::date(*day),
        // A cell has no days of an age.
        (CellType::Duration(_), Value::Duration(Duration::Age { .. })) => Cell::UNHELD,
        (CellType::Duration(_), Value::Duration(length)) => Cell::value(length.count()),
        (CellType::Text, Value::Text(text)) => layout.text(text),
        (CellType::Enum(_), Value::Enum(_, index)) => Cell::value(i64::from(*index)),
        (CellType::Region, Value::Region(region)) => Cell::value(i64::from(region.0)),
        // The types were checked when the facts were read.
        _ => Cell::UNHELD,
    }
}
