//! From a row back to the facts that it was made of.

use ereje::facts::FactSet;
use ereje::ids::FactId;
use ereje::model::{DurationKind, Model};
use ereje::value::{Duration, FactCell, FactPath, ListValue, Number, RecordValue, Step, Value};
use ereje_batch::row::{Cell, CellType, Layout, Row, Slot, SlotShape};
use std::sync::Arc;

/// Checks that a row has these facts, as far as cells can hold them.
pub fn same(model: &Model, layout: &Layout, row: &Row, facts: &FactSet) -> Result<(), String> {
    for (index, slot) in layout.slots().iter().enumerate() {
        let fact = FactId::new(index);
        let reader = RowReader { layout, items: row.items() };
        let silent = |cell: &FactCell| without_words(cell);
        let expected = silent(facts.get(fact));
        let got = reader.cell(slot, row.cells(), &FactPath::of(fact), &expected)?;
        if got != expected {
            return Err(format!("{} is {expected:?} and becomes {got:?}", model.facts[FactId::new(index)].path()));
        }
    }
    Ok(())
}

/// The cell without the message of a registry that could not answer.
fn without_words(cell: &FactCell) -> FactCell {
    match cell {
        FactCell::Unavailable(_) => FactCell::Unavailable("".into()),
        FactCell::Known(Value::Record(record)) => FactCell::Known(Value::Record(Arc::new(RecordValue {
            place: record.place.clone(),
            fields: record.fields.iter().map(without_words).collect(),
        }))),
        FactCell::Known(Value::List(list)) => FactCell::Known(Value::List(Arc::new(ListValue {
            place: list.place.clone(),
            items: list.items.iter().map(without_words).collect(),
        }))),
        FactCell::Known(_) | FactCell::Absent | FactCell::Unasked => cell.clone(),
    }
}

struct RowReader<'r> {
    layout: &'r Layout,
    items: &'r [Cell],
}

impl RowReader<'_> {
    /// The cell of a slot as a fact. A value that cells cannot hold is taken from `expected`, after a check that they
    /// cannot.
    fn cell(&self, slot: &Slot, cells: &[Cell], place: &FactPath, expected: &FactCell) -> Result<FactCell, String> {
        let cell = cells[slot.at as usize];
        let value = match cell {
            Cell::UNASKED => return Ok(FactCell::Unasked),
            Cell::ABSENT => return Ok(FactCell::Absent),
            Cell::UNAVAILABLE => return Ok(FactCell::Unavailable("".into())),
            Cell::UNHELD => {
                return match expected {
                    FactCell::Known(value) if !holdable(&slot.shape, value) => Ok(expected.clone()),
                    _ => Err(format!("{expected:?} at {place:?} could be held")),
                };
            }
            cell => cell.get().ok_or("a cell of no kind")?,
        };
        let known = match &slot.shape {
            SlotShape::One(kind) => self.one(*kind, value, expected)?,
            SlotShape::Record(_, fields) => {
                let (FactCell::Known(Value::Record(record)), 1) = (expected, value) else {
                    return Err(format!("a record for {expected:?}"));
                };
                let inside = &cells[slot.at as usize..];
                let cells = fields.iter().zip(&record.fields).map(|((field, slot), expected)| {
                    self.cell(slot, inside, &place.step(Step::Field(*field)), expected)
                });
                Value::Record(Arc::new(RecordValue {
                    place: Some(place.clone()),
                    fields: cells.collect::<Result<_, _>>()?,
                }))
            }
            SlotShape::List(shape) => {
                let FactCell::Known(Value::List(list)) = expected else {
                    return Err(format!("a list for {expected:?}"));
                };
                let (start, len) = Cell::elements(value);
                if len != list.items.len() {
                    return Err(format!("{len} elements of {}", list.items.len()));
                }
                let slot = Slot { at: 0, shape: shape.element.clone() };
                let stride = shape.stride as usize;
                let items = list.items.iter().enumerate().map(|(i, expected)| {
                    let cells = &self.items[start + i * stride..start + (i + 1) * stride];
                    self.cell(&slot, cells, &place.step(Step::Item(i as u32)), expected)
                });
                Value::List(Arc::new(ListValue { place: Some(place.clone()), items: items.collect::<Result<_, _>>()? }))
            }
            SlotShape::Unheld => return Err(format!("a value at {place:?}, where none is held")),
        };
        Ok(FactCell::Known(known))
    }

    fn one(&self, kind: CellType, value: i64, expected: &FactCell) -> Result<Value, String> {
        Ok(match (kind, value) {
            (CellType::Bool, 0 | 1) => Value::Bool(value == 1),
            (CellType::Bool, other) => return Err(format!("{other} for a truth")),
            (CellType::Whole, n) => Value::Number(Number::integer(n)),
            (CellType::Decimal, n) => Value::Number(Number::integer(n).div(Number::integer(10_000)).unwrap()),
            (CellType::Date, n) => Value::Date(Cell::day(n).ok_or_else(|| format!("{n} for a day"))?),
            (CellType::Duration(DurationKind::Months), n) => Value::Duration(Duration::Months(n)),
            (CellType::Duration(DurationKind::Days), n) => Value::Duration(Duration::Days(n)),
            (CellType::Duration(DurationKind::WorkingDays(_)), n) => Value::Duration(Duration::WorkingDays(n)),
            (CellType::Text, -1) => match expected {
                // The text itself is not in the row, only that the policy does not name it.
                FactCell::Known(Value::Text(text)) if self.layout.texts().binary_search(text).is_err() => {
                    Value::Text(Arc::clone(text))
                }
                other => return Err(format!("some other text for {other:?}")),
            },
            (CellType::Text, n) => Value::Text(self.layout.texts()[n as usize].clone()),
            (CellType::Enum(id), n) => Value::Enum(id, n as u32),
            (CellType::Region, n) => Value::Region(ereje::ids::RegionId::new(n as usize)),
        })
    }
}

/// True if cells can hold a value of a shape.
fn holdable(shape: &SlotShape, value: &Value) -> bool {
    let near = |n: i128| n.unsigned_abs() <= 1 << 62;
    match (shape, value) {
        (SlotShape::Unheld, _) => false,
        (SlotShape::One(CellType::Whole), Value::Number(n)) => near(n.parts().0),
        (SlotShape::One(CellType::Decimal), Value::Number(n)) => {
            let (numer, denom) = n.parts();
            10_000 % denom == 0 && numer.checked_mul(10_000 / denom).is_some_and(near)
        }
        (SlotShape::One(_), Value::Duration(Duration::Months(n) | Duration::Days(n) | Duration::WorkingDays(n))) => {
            near(i128::from(*n))
        }
        (SlotShape::One(_) | SlotShape::Record(..) | SlotShape::List(_), _) => true,
    }
}
