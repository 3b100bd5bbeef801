//! Facts over time: their value on the governing date, which inside an `at` is the day that it names.

use super::causes::*;
use super::machine::Machine;
use crate::ids::FieldId;
use crate::model::{Expr, PERIOD_ENDS};
use crate::plan::{Node, NodeId, address};
use crate::value::{FactCell, FactPath, FaultKind, RecordValue, Step, Value};
use chrono::NaiveDate;

impl<'p> Machine<'p> {
    /// The value of a fact over time; `list` gives all its values, and `field` is the field that holds one.
    pub(crate) fn over_time(&mut self, id: NodeId, list: NodeId, field: FieldId) -> Answer {
        let Some(day) = self.date else { return Err(self.fault(id, FaultKind::NoCase)) };
        let (cell, place) = self.value_on_day(id, list, field, day)?;
        self.read(&cell, &|| place.clone())
    }

    /// Nothing, if it is known which value holds, or if there are none at all.
    pub(super) fn known_value(&mut self, id: NodeId, list: NodeId, field: FieldId) -> Result<(), Causes> {
        match (self.date, self.all_values(id, list)) {
            (Some(day), Ok(_)) => self.value_on_day(id, list, field, day).map(|_| ()),
            (_, Err(_)) | (None, _) => Ok(()),
        }
    }

    /// The place of the value that an expression has on a day; `None` if it is no fact over time, or if it is not known which
    /// of its values holds.
    pub(super) fn place_of_value(&mut self, expr: &Expr, day: NaiveDate) -> Option<FactPath> {
        let id = *self.program.places.get(&address(expr))?;
        let Node::OverTime(list, field) = self.program.node(id).0 else { return None };
        Some(self.value_on_day(id, list, field, day).ok()?.1)
    }

    /// The cell that holds the value, with its place. What is said of all values together, such as that there is no record,
    /// is said of each day. A day for which there is no value has not been asked for.
    fn value_on_day(
        &mut self,
        id: NodeId,
        list: NodeId,
        field: FieldId,
        day: NaiveDate,
    ) -> Result<(FactCell, FactPath), Causes> {
        let (cell, place) = self.all_values(id, list)?;
        let values = match cell {
            FactCell::Known(Value::List(values)) => values,
            FactCell::Unasked => return Ok((FactCell::Unasked, place.step(Step::Day(day)))),
            FactCell::Absent | FactCell::Unavailable(_) => return Ok((cell, place)),
            FactCell::Known(_) => return Err(self.fault(id, FaultKind::NoCase)),
        };
        let mut unknown = Gather::default();
        for (index, cell) in values.items.iter().enumerate() {
            self.step(id)?;
            let value = match self.element(&values, index, cell) {
                Ok(Value::Record(value)) => value,
                Ok(_) => return Err(self.fault(id, FaultKind::NoCase)),
                Err(causes) => {
                    unknown.add(causes);
                    continue;
                }
            };
            let place = place.step(Step::Item(u32::try_from(index).unwrap_or(u32::MAX)));
            if unknown.take(self.holds_on(&value, &place, field, day)) == Some(true) {
                return Ok((self.cell_of(&value, field).clone(), place.step(Step::Field(field))));
            }
        }
        unknown.finish().map_or_else(|| Ok((FactCell::Unasked, place.step(Step::Day(day)))), Err)
    }

    /// The cell that holds all values, with its place.
    fn all_values(&mut self, id: NodeId, list: NodeId) -> Result<(FactCell, FactPath), Causes> {
        let node = self.program.node(list).0;
        if let Node::Fact(fact) = node {
            Ok((self.facts.get(fact).clone(), FactPath::of(fact)))
        } else if let Node::Field(record, field) = node
            && let Value::Record(record) = self.eval(record)?
            && let Some(place) = &record.place
        {
            Ok((self.cell_of(&record, field).clone(), place.step(Step::Field(field))))
        } else {
            // The checker admits nothing else.
            Err(self.fault(id, FaultKind::NoCase))
        }
    }

    /// True if a value holds on a day. An end that is absent is open, and one that is not known matters only where the other
    /// does not decide.
    fn holds_on(&mut self, value: &RecordValue, place: &FactPath, field: FieldId, day: NaiveDate) -> Truth {
        let model = self.model;
        let ends = &model.records.at(model.fields.at(field).record).fields;
        let mut unknown = Gather::default();
        for (index, end) in ends.iter().take(PERIOD_ENDS.len()).enumerate() {
            match self.cell_of(value, *end) {
                FactCell::Absent => {}
                FactCell::Known(Value::Date(date)) => {
                    let is_outside = if index == 0 { day < *date } else { *date < day };
                    if is_outside {
                        return Ok(false);
                    }
                }
                cell @ (FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked) => {
                    unknown.take(self.read(cell, &|| place.step(Step::Field(*end))));
                }
            }
        }
        unknown.finish().map_or(Ok(true), Err)
    }
}
