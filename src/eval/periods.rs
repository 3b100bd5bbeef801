//! Functions of periods, whose ends have states of their own.
//!
//! An end that is absent is open. Such a look at it triggers no handler, as a test for a state triggers none. An end that is not
//! known leaves unknown only what turns on it: `covers(p, d)` is false once `d` is before the first day.

use super::causes::*;
use super::machine::Machine;
use crate::model::{Builtin, PeriodEnds};
use crate::plan::NodeId;
use crate::value::{Duration, FactCell, FaultKind, ListValue, Period, RecordValue, Step, Value, day_after};
use chrono::NaiveDate;
use std::sync::Arc;

/// One end of a period: a day, or `None` if it is open.
type End = Result<Option<NaiveDate>, Causes>;

/// The two ends of a period; of a day, twice that day.
struct BothEnds {
    from: End,
    through: End,
}

impl<'p> Machine<'p> {
    /// The value of a function of periods.
    pub(crate) fn period_call(&mut self, id: NodeId, builtin: Builtin, args: &'p [NodeId]) -> Answer {
        match (builtin, args) {
            (Builtin::Period(ends), _) => self.period(id, ends, args),
            (Builtin::Covers, [a, b]) => {
                let [a, b] = [self.ends_at(id, *a), self.ends_at(id, *b)];
                let begins = reaches(&a.from, &b.from, |day, other| day <= other);
                let ends = reaches(&a.through, &b.through, |day, other| day >= other);
                self.all_hold(id, [a, b], &[begins, ends])
            }
            (Builtin::Overlap, [a, b]) => {
                let [a, b] = [self.ends_at(id, *a), self.ends_at(id, *b)];
                let tests = [begins_before_end(&a.from, &b.through), begins_before_end(&b.from, &a.through)];
                self.all_hold(id, [a, b], &tests)
            }
            (Builtin::Meets, [a, b]) => {
                let [a, b] = [self.ends_at(id, *a), self.ends_at(id, *b)];
                let meets = next_to(&a.through, &b.from);
                self.all_hold(id, [a, b], &[meets])
            }
            (Builtin::Days, [period]) => {
                let days = self.period_at(id, *period)?.days();
                days.map(|days| Value::Duration(Duration::Days(days))).map_err(|kind| self.fault(id, kind))
            }
            (Builtin::Months, [period]) => {
                let months = self.period_at(id, *period)?.months(self.model.month_end);
                months.map(|months| Value::Duration(Duration::Months(months))).map_err(|kind| self.fault(id, kind))
            }
            (Builtin::MonthsOf, [period]) => {
                let months = self.period_at(id, *period)?.calendar_months().map_err(|kind| self.fault(id, kind))?;
                self.list_of(id, months.map(|month| FactCell::Known(month.value())).collect())
            }
            (Builtin::DaysCovered, [list, within]) => {
                let (list, within) = self.list_within(id, *list, *within)?;
                self.counted_days(id, &within.covered_by(list), |runs| runs.sum())
            }
            (Builtin::LongestRun, [list, within]) => {
                let (list, within) = self.list_within(id, *list, *within)?;
                self.counted_days(id, &within.covered_by(list), |runs| runs.copied().max().unwrap_or_default())
            }
            (Builtin::Gaps, [list, within]) => {
                let (list, within) = self.list_within(id, *list, *within)?;
                let gaps = within.gaps_between(list).into_iter().map(|gap| FactCell::Known(gap.value()));
                self.list_of(id, gaps.collect())
            }
            // The checker admits no other arguments.
            _ => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    fn period(&mut self, id: NodeId, ends: PeriodEnds, args: &'p [NodeId]) -> Answer {
        let mut unknown = Gather::default();
        let mut days = Vec::with_capacity(args.len());
        for arg in args {
            if let Some(Value::Date(day)) = unknown.take(self.eval(*arg)) {
                days.push(day);
            }
        }
        if let Some(causes) = unknown.finish() {
            return Err(causes);
        }
        let period = match (ends, days.as_slice()) {
            (PeriodEnds::Both, [from, through]) => Period { from: Some(*from), through: Some(*through) },
            (PeriodEnds::From, [from]) => Period { from: Some(*from), through: None },
            (PeriodEnds::Through, [through]) => Period { from: None, through: Some(*through) },
            _ => return Err(self.fault(id, FaultKind::NoCase)),
        };
        period.checked().map(Period::value).map_err(|kind| self.fault(id, kind))
    }

    /// A duration in days from the number of days of each of several periods.
    fn counted_days(
        &self,
        id: NodeId,
        runs: &[Period],
        count: impl FnOnce(std::slice::Iter<'_, i64>) -> i64,
    ) -> Answer {
        let days: Result<Vec<i64>, FaultKind> = runs.iter().map(|run| run.days()).collect();
        days.map(|days| Value::Duration(Duration::Days(count(days.iter())))).map_err(|kind| self.fault(id, kind))
    }

    /// The period that a node gives, with both its ends.
    fn period_at(&mut self, id: NodeId, node: NodeId) -> Result<Period, Causes> {
        let value = self.eval(node)?;
        self.known_period(id, &value)
    }

    /// The periods of a list, and the one in which they are looked at.
    fn list_within(&mut self, id: NodeId, list: NodeId, within: NodeId) -> Result<(Vec<Period>, Period), Causes> {
        let mut unknown = Gather::default();
        let list = self.eval(list).and_then(|list| self.known_periods(id, &list));
        let list = unknown.take(list).unwrap_or_default();
        let within = self.period_at(id, within);
        let within = unknown.take(within).unwrap_or_default();
        unknown.finish().map_or(Ok((list, within)), Err)
    }

    /// The ends of the period, or of the day, that a node gives.
    fn ends_at(&mut self, id: NodeId, node: NodeId) -> BothEnds {
        match self.eval(node) {
            Ok(Value::Date(day)) => BothEnds { from: Ok(Some(day)), through: Ok(Some(day)) },
            Ok(Value::Record(record)) => self.ends(id, &record),
            Ok(_) => {
                let fault = self.fault(id, FaultKind::NoCase);
                BothEnds { from: Err(fault.clone()), through: Err(fault) }
            }
            Err(causes) => BothEnds { from: Err(causes.clone()), through: Err(causes) },
        }
    }

    fn ends(&mut self, id: NodeId, record: &RecordValue) -> BothEnds {
        let model = self.model;
        let fields = model.period.map_or(&[][..], |period| &model.records.at(period).fields);
        let mut end = |index: usize| {
            let (Some(cell), Some(field)) = (record.fields.get(index), fields.get(index)) else {
                return Err(self.fault(id, FaultKind::NoCase));
            };
            let place = || match &record.place {
                Some(place) => place.step(Step::Field(*field)),
                None => crate::value::FactPath::of(crate::ids::FactId(0)),
            };
            match cell {
                FactCell::Absent if record.place.is_none() => Ok(None),
                FactCell::Known(Value::Date(day)) if record.place.is_none() => Ok(Some(*day)),
                FactCell::Absent => {
                    self.look(cell, &place);
                    Ok(None)
                }
                FactCell::Known(_) | FactCell::Unavailable(_) | FactCell::Unasked => {
                    let Value::Date(day) = self.read(cell, &place)? else {
                        return Err(self.fault(id, FaultKind::NoCase));
                    };
                    Ok(Some(day))
                }
            }
        };
        BothEnds { from: end(0), through: end(1) }
    }

    /// A period of which both ends are known.
    fn known_period(&mut self, id: NodeId, value: &Value) -> Result<Period, Causes> {
        let Value::Record(record) = value else { return Err(self.fault(id, FaultKind::NoCase)) };
        let ends = self.ends(id, record);
        let mut unknown = Gather::default();
        match (unknown.take(ends.from), unknown.take(ends.through)) {
            (Some(from), Some(through)) => Period { from, through }.checked().map_err(|kind| self.fault(id, kind)),
            _ => unknown.finish().map_or_else(|| Err(self.fault(id, FaultKind::NoCase)), Err),
        }
    }

    fn known_periods(&mut self, id: NodeId, list: &Value) -> Result<Vec<Period>, Causes> {
        let Value::List(list) = list else { return Err(self.fault(id, FaultKind::NoCase)) };
        let list: Arc<ListValue> = Arc::clone(list);
        let mut unknown = Gather::default();
        let mut periods = Vec::with_capacity(list.items.len());
        for (index, cell) in list.items.iter().enumerate() {
            self.step(id)?;
            let element = self.element(&list, index, cell);
            periods.extend(unknown.take(element.and_then(|element| self.known_period(id, &element))));
        }
        unknown.finish().map_or(Ok(periods), Err)
    }

    /// The conjunction of tests of two periods, each of which has to have a day. What is surely false is false whatever
    /// else there is to know.
    fn all_hold(&mut self, id: NodeId, periods: [BothEnds; 2], tests: &[Truth]) -> Answer {
        let mut unknown = Gather::default();
        for test in tests {
            if unknown.take(test.clone()) == Some(false) {
                return Ok(Value::Bool(false));
            }
        }
        for BothEnds { from, through } in periods {
            if let (Some(from), Some(through)) = (unknown.take(from), unknown.take(through)) {
                let period = Period { from, through }.checked();
                unknown.take(period.map_err(|kind| self.fault(id, kind)));
            }
        }
        unknown.finish().map_or(Ok(Value::Bool(true)), Err)
    }
}

/// True if an end of a period reaches as far as that of another, by `order` of two days. What is open reaches furthest.
fn reaches(end: &End, other: &End, order: impl Fn(NaiveDate, NaiveDate) -> bool) -> Truth {
    match (end, other) {
        (Ok(None), _) => Ok(true),
        (Ok(Some(_)), Ok(None)) => Ok(false),
        (Ok(Some(day)), Ok(Some(other))) => Ok(order(*day, *other)),
        (Err(_), _) | (_, Err(_)) => unknown_ends(end, other),
    }
}

/// The union of the causes of two ends that are not both known.
fn unknown_ends(a: &End, b: &End) -> Truth {
    let mut unknown = Gather::default();
    for end in [a, b] {
        unknown.take(end.clone());
    }
    unknown.finish().map_or(Ok(false), Err)
}

/// True if a first day is not after a last day; what is open is before, and after, every day.
fn begins_before_end(from: &End, through: &End) -> Truth {
    match (from, through) {
        (Ok(None), _) | (_, Ok(None)) => Ok(true),
        (Ok(Some(from)), Ok(Some(through))) => Ok(from <= through),
        (Err(_), _) | (_, Err(_)) => unknown_ends(from, through),
    }
}

/// True if a first day is the day after a last day; an open end is next to nothing.
fn next_to(through: &End, from: &End) -> Truth {
    match (through, from) {
        (Ok(None), _) | (_, Ok(None)) => Ok(false),
        (Ok(Some(through)), Ok(Some(from))) => Ok(day_after(*through) == Some(*from)),
        (Err(_), _) | (_, Err(_)) => unknown_ends(through, from),
    }
}
