//! Built-in functions. All of them need all their arguments, but for those of periods.

use super::causes::*;
use super::logic::{equal, order};
use super::machine::Machine;
use crate::ids::{CalendarId, RecordId};
use crate::model::{Builtin, Model, Type};
use crate::plan::NodeId;
use crate::value::{
    Duration, FactCell, FaultKind, Number, RecordValue, Value, age, calendar_date, in_range, months_between,
};
use chrono::{Datelike, NaiveDate};
use std::cmp::Ordering;

impl<'p> Machine<'p> {
    pub(crate) fn call(&mut self, id: NodeId, builtin: Builtin, args: &'p [NodeId]) -> Answer {
        if builtin.is_of_periods() {
            return self.period_call(id, builtin, args);
        }
        let mut unknown = Gather::default();
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.extend(unknown.take(self.eval(*arg)));
        }
        if let Some(causes) = unknown.finish() {
            return Err(causes);
        }
        if let (Builtin::Contains, [Value::List(list), wanted]) = (builtin, values.as_slice()) {
            return self.contains(id, list, wanted).map(Value::Bool);
        }
        if let (Builtin::SameRecord(record), [Value::Record(a), Value::Record(b)]) = (builtin, values.as_slice()) {
            return self.same_record(id, record, a, b).map(Value::Bool);
        }
        if let (Builtin::Power, [_, Value::Number(exponent), _]) = (builtin, values.as_slice()) {
            self.pay_for_power(id, *exponent)?;
        }
        apply_builtin(self.model, builtin, &values).map_err(|kind| self.fault(id, kind))
    }

    /// True if all parts of two records of a type are equal. As soon as two that are known differ, it is false.
    fn same_record(&mut self, id: NodeId, record: RecordId, a: &RecordValue, b: &RecordValue) -> Truth {
        let model = self.model;
        let mut unknown = Gather::default();
        for field in &model.records.at(record).fields {
            self.step(id)?;
            let parts = [a, b].map(|of| unknown.take(self.record_part(id, of, *field)));
            let same = match (&model.fields.at(*field).datum.ty, &parts) {
                (Type::Record(inner), [Some(Value::Record(a)), Some(Value::Record(b))]) => {
                    unknown.take(self.same_record(id, *inner, a, b))
                }
                (_, [Some(a), Some(b)]) => unknown.take(equal(a, b)),
                (_, [None, _] | [_, None]) => None,
            };
            if same == Some(false) {
                return Ok(false);
            }
        }
        unknown.finish().map_or(Ok(true), Err)
    }

    fn contains(&mut self, id: NodeId, list: &crate::value::ListValue, wanted: &Value) -> Truth {
        let mut unknown = Gather::default();
        for (index, cell) in list.items.iter().enumerate() {
            let element = self.element(list, index, cell);
            self.pay_for(id, wanted)?;
            if unknown.take(element.and_then(|element| equal(&element, wanted))) == Some(true) {
                return Ok(true);
            }
        }
        unknown.finish().map_or(Ok(false), Err)
    }
}

/// The result of a built-in function on known values; the types were checked.
pub fn apply_builtin(model: &Model, builtin: Builtin, values: &[Value]) -> Result<Value, FaultKind> {
    let calendar = |id: CalendarId| &model.calendars.at(id).1;
    let number = |n: i64| Ok(Value::Number(Number::integer(n)));
    let duration = |d: Duration| Ok(Value::Duration(d));
    match (builtin, values) {
        (Builtin::Age, [Value::Date(birth), Value::Date(on)]) => {
            duration(age(*birth, *on, model.leap_birthday, model.month_end))
        }
        (Builtin::YearsBetween, [Value::Date(a), Value::Date(b)]) => {
            duration(Duration::Months(months_between(*a, *b, model.month_end) / 12 * 12))
        }
        (Builtin::MonthsBetween, [Value::Date(a), Value::Date(b)]) => {
            duration(Duration::Months(months_between(*a, *b, model.month_end)))
        }
        (Builtin::DaysBetween, [Value::Date(a), Value::Date(b)]) => {
            duration(Duration::Days(b.signed_duration_since(*a).num_days()))
        }
        (Builtin::WorkingDaysBetween(id), [Value::Date(a), Value::Date(b)]) => {
            duration(Duration::WorkingDays(calendar(id).working_days_between(*a, *b)?))
        }
        (Builtin::IsWorkingDay(id), [Value::Date(day)]) => calendar(id).is_working_day(*day).map(Value::Bool),
        (Builtin::NextWorkingDay(id), [Value::Date(day)]) => calendar(id).next_working_day(*day).map(Value::Date),
        (Builtin::Weekday(id), [Value::Date(day)]) => Ok(Value::Enum(id, day.weekday().num_days_from_monday())),
        (Builtin::Date, [Value::Number(year), Value::Number(month), Value::Number(day)]) => {
            date_of(*year, *month, *day).map(Value::Date)
        }
        (Builtin::Year, [Value::Date(day)]) => number(i64::from(day.year())),
        (Builtin::Month, [Value::Date(day)]) => number(i64::from(day.month())),
        (Builtin::Day, [Value::Date(day)]) => number(i64::from(day.day())),
        (Builtin::FirstDayOfMonth, [Value::Date(day)]) => in_range(day.with_day(1)).map(Value::Date),
        (Builtin::FirstDayOfYear, [Value::Date(day)]) => in_range(day.with_ordinal(1)).map(Value::Date),
        (Builtin::LastDayOfMonth, [Value::Date(day)]) => last_of_month(*day).map(Value::Date),
        (Builtin::Abs, [Value::Number(number)]) => Ok(Value::Number(number.abs())),
        (Builtin::Abs, [Value::Duration(length)]) => {
            duration(length.try_map(|n| n.checked_abs().ok_or(FaultKind::Overflow))?)
        }
        (Builtin::Quotient, [Value::Number(a), Value::Number(b)]) => a.quotient(*b).map(Value::Number),
        (Builtin::Remainder, [Value::Number(a), Value::Number(b)]) => a.remainder(*b).map(Value::Number),
        (Builtin::Power, [Value::Number(base), Value::Number(exponent), Value::Number(step)]) => {
            base.power(*exponent, *step).map(Value::Number)
        }
        (Builtin::StartsWith, [Value::Text(text), Value::Text(beginning)]) => {
            Ok(Value::Bool(text.starts_with(&**beginning)))
        }
        (Builtin::Min, values) => best(values, Ordering::Less),
        (Builtin::Max, values) => best(values, Ordering::Greater),
        (Builtin::Contains, [Value::List(list), wanted]) => {
            let known = |cell: &FactCell| matches!(cell, FactCell::Known(value) if equal(value, wanted) == Ok(true));
            Ok(Value::Bool(list.items.iter().any(known)))
        }
        // The checker admits no other arguments.
        _ => Err(FaultKind::NoCase),
    }
}

fn best(values: &[Value], wanted: Ordering) -> Result<Value, FaultKind> {
    let best = values.iter().reduce(|best, value| if order(value, best) == Some(wanted) { value } else { best });
    best.cloned().ok_or(FaultKind::EmptyAggregate)
}

fn date_of(year: Number, month: Number, day: Number) -> Result<NaiveDate, FaultKind> {
    let (Some(year), Some(month), Some(day)) = (year.to_i64(), month.to_i64(), day.to_i64()) else {
        return Err(FaultKind::Overflow);
    };
    calendar_date(year, month, day).ok_or(FaultKind::NoSuchDate { year, month, day })
}

fn last_of_month(day: NaiveDate) -> Result<NaiveDate, FaultKind> {
    let first = day.with_day(1);
    let next = first.and_then(|f| f.checked_add_months(chrono::Months::new(1)));
    in_range(next.and_then(|n| n.pred_opt()).or_else(|| NaiveDate::from_ymd_opt(day.year(), day.month(), 31)))
}
