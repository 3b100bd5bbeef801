//! Facts over time.

use super::{Bound, Case, Env, Res, and, not};
use chrono::NaiveDate;
use ereje::ids::FieldId;
use ereje::model::{Expr, RecordKind};
use ereje::value::{FactCell, FactPath, RecordValue, Step, Value};
use std::collections::BTreeSet;

impl Case<'_> {
    /// True if a field belongs to the values of a fact over time.
    pub fn is_dated(&self, field: FieldId) -> bool {
        self.model.records[self.model.fields[field].record].kind == RecordKind::DatedValue
    }

    /// «The value whose days include the day at hand; where it is not known which that is, what is asked are the days.
    /// A day without a value is unasked; a state of all values is a state on each day.»
    pub fn on_its_day(&self, list: &Expr, value: FieldId, env: &Env) -> Bound {
        let (place, values) = match self.argument(list, env) {
            Bound::Cell(place, FactCell::Known(Value::List(values))) => (place, values),
            Bound::Cell(place, FactCell::Unasked) => {
                return Bound::Cell(place.step(Step::Day(env.date)), FactCell::Unasked);
            }
            silent => return silent,
        };
        let mut doubtful = BTreeSet::new();
        for (index, cell) in values.items.iter().enumerate() {
            let at = place.step(Step::Item(u32::try_from(index).unwrap()));
            let FactCell::Known(Value::Record(one)) = cell else {
                doubtful.extend(self.read(&at, cell).causes());
                continue;
            };
            let one: &RecordValue = one;
            let ends = self.model.records[self.model.fields[value].record].fields[..2].to_vec();
            let begun = self.end(&at.step(Step::Field(ends[0])), one, 0, |from| from <= env.date);
            let over = self.end(&at.step(Step::Field(ends[1])), one, 1, |through| env.date <= through);
            let holds = and([begun, over]);
            if holds.is_true() {
                return Bound::Cell(at.step(Step::Field(value)), one.fields[2].clone());
            }
            if !not(holds.clone()).is_true() {
                doubtful.extend(holds.causes());
            }
        }
        if doubtful.is_empty() {
            return Bound::Cell(place.step(Step::Day(env.date)), FactCell::Unasked);
        }
        Bound::Result(Res::Unknown(doubtful))
    }

    /// A test of an end of the days of a value; «an end that is absent is open».
    fn end(&self, place: &FactPath, of: &RecordValue, index: usize, test: impl Fn(NaiveDate) -> bool) -> Res {
        match &of.fields[index] {
            FactCell::Absent => Res::bool(true),
            cell => match self.read(place, cell) {
                Res::Known(Value::Date(day)) => Res::bool(test(day)),
                Res::Known(other) => panic!("{other:?} is no day"),
                unknown @ Res::Unknown(_) => unknown,
            },
        }
    }
}
