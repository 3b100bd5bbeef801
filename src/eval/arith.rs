//! Arithmetic on numbers, dates and durations, rounding, and marginal scales. Every operator needs all its operands.

use super::causes::*;
use super::coverage_points::CoveragePoint;
use super::machine::Machine;
use crate::ids::CalendarId;
use crate::plan::NodeId;
use crate::syntax::ast::{ArithOp, RoundMode};
use crate::value::{Calendar, Duration, FaultKind, MonthEnd, Number, Value, add_months, in_range};
use chrono::{Days, NaiveDate};

impl<'p> Machine<'p> {
    /// Both values, or the union of their causes.
    pub(crate) fn both(&mut self, id: NodeId, a: NodeId, b: NodeId) -> Result<(Value, Value), Causes> {
        let mut unknown = Gather::default();
        let (a, b) = (unknown.take(self.eval(a)), unknown.take(self.eval(b)));
        match (a, b, unknown.finish()) {
            (Some(a), Some(b), None) => Ok((a, b)),
            (_, _, Some(causes)) => Err(causes),
            (_, _, None) => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    pub(crate) fn arith(
        &mut self,
        id: NodeId,
        op: ArithOp,
        a: NodeId,
        b: NodeId,
        calendar: Option<CalendarId>,
    ) -> Answer {
        let (a, b) = self.both(id, a, b)?;
        let calendar = calendar.map(|c| self.calendar(c));
        compute(op, &a, &b, calendar, self.model.month_end).map_err(|kind| self.fault(id, kind))
    }

    pub(crate) fn calendar(&self, id: CalendarId) -> &'p Calendar {
        &self.model.calendars.at(id).1
    }

    pub(crate) fn negate(&mut self, id: NodeId, inner: NodeId) -> Answer {
        match self.eval(inner)? {
            Value::Number(number) => Ok(Value::Number(number.negated())),
            Value::Duration(duration) => {
                scaled(duration, Number::integer(-1)).map(Value::Duration).map_err(|kind| self.fault(id, kind))
            }
            Value::Bool(_)
            | Value::Date(_)
            | Value::Text(_)
            | Value::Enum(..)
            | Value::Region(_)
            | Value::Record(_)
            | Value::List(_) => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    pub(crate) fn round(&mut self, id: NodeId, mode: RoundMode, what: NodeId, step: NodeId) -> Answer {
        match self.both(id, what, step)? {
            (Value::Number(what), Value::Number(step)) => {
                what.round(mode, step).map(Value::Number).map_err(|kind| self.fault(id, kind))
            }
            _ => Err(self.fault(id, FaultKind::NoCase)),
        }
    }

    /// A marginal scale: each band's rate on the part of the amount that lies in the band, from zero upwards.
    pub(crate) fn scale(&mut self, id: NodeId, amount: NodeId, bands: &'p [NodeId]) -> Answer {
        let mut unknown = Gather::default();
        let amount = unknown.take(self.eval(amount));
        let mut numbers = Vec::with_capacity(bands.len());
        for part in bands {
            if let Some(Value::Number(number)) = unknown.take(self.eval(*part)) {
                numbers.push(number);
            }
        }
        if let Some(causes) = unknown.finish() {
            return Err(causes);
        }
        let Some(Value::Number(amount)) = amount else { return Err(self.fault(id, FaultKind::NoCase)) };
        let total = marginal(amount, &numbers).map_err(|kind| self.fault(id, kind))?;
        self.note_bands(id, amount, &numbers);
        Ok(Value::Number(total))
    }
}

impl Machine<'_> {
    /// Notes the bands that an amount reaches: those whose lower bound it exceeds.
    fn note_bands(&mut self, id: NodeId, amount: Number, numbers: &[Number]) {
        if self.recorder.is_none() {
            return;
        }
        let rates = self.program.bands.get(&id).map_or(&[][..], Vec::as_slice);
        let lowers = std::iter::once(Number::ZERO).chain(numbers.chunks(2).filter_map(|band| band.first().copied()));
        for (rate, lower) in rates.iter().zip(lowers) {
            if amount > lower {
                self.note(CoveragePoint::Band(*rate));
            }
        }
    }
}

/// `numbers`: upper bound and rate of each band, then the rate above the last bound.
///
/// # Errors
///
/// [`FaultKind::BandNotAbove`] where a bound is not above the one before it, whatever the amount; [`FaultKind::Overflow`].
pub fn marginal(amount: Number, numbers: &[Number]) -> Result<Number, FaultKind> {
    rising(numbers)?;
    let (mut total, mut lower) = (Number::ZERO, Number::ZERO);
    let mut rest = numbers;
    loop {
        let (upper, rate) = match rest {
            [] => return Ok(total),
            [rate] => (amount, *rate),
            [upper, rate, ..] => (amount.min(*upper), *rate),
        };
        if upper > lower {
            total = total.add(upper.sub(lower)?.mul(rate)?)?;
            lower = upper;
        }
        rest = rest.get(2..).unwrap_or(&[]);
    }
}

/// Each band ends above the one before it.
fn rising(numbers: &[Number]) -> Result<(), FaultKind> {
    let bounds = numbers.chunks_exact(2).filter_map(|band| band.first());
    for ((before, bound), band) in bounds.clone().zip(bounds.skip(1)).zip(2..) {
        if bound <= before {
            return Err(FaultKind::BandNotAbove { band });
        }
    }
    Ok(())
}

/// The result of an operation on two known values; the types were checked.
pub fn compute(
    op: ArithOp,
    a: &Value,
    b: &Value,
    calendar: Option<&Calendar>,
    end: MonthEnd,
) -> Result<Value, FaultKind> {
    match (op, a, b) {
        (ArithOp::Add, Value::Number(a), Value::Number(b)) => a.add(*b).map(Value::Number),
        (ArithOp::Sub, Value::Number(a), Value::Number(b)) => a.sub(*b).map(Value::Number),
        (ArithOp::Mul, Value::Number(a), Value::Number(b)) => a.mul(*b).map(Value::Number),
        (ArithOp::Div, Value::Number(a), Value::Number(b)) => a.div(*b).map(Value::Number),
        (ArithOp::Add, Value::Date(date), Value::Duration(by))
        | (ArithOp::Add, Value::Duration(by), Value::Date(date)) => moved(*date, *by, calendar, end).map(Value::Date),
        (ArithOp::Sub, Value::Date(date), Value::Duration(by)) => {
            let back = scaled(*by, Number::integer(-1))?;
            moved(*date, back, calendar, end).map(Value::Date)
        }
        (ArithOp::Sub, Value::Date(later), Value::Date(earlier)) => {
            Ok(Value::Duration(Duration::Days(later.signed_duration_since(*earlier).num_days())))
        }
        (ArithOp::Add, Value::Duration(a), Value::Duration(b)) => added(*a, *b, 1).map(Value::Duration),
        (ArithOp::Sub, Value::Duration(a), Value::Duration(b)) => added(*a, *b, -1).map(Value::Duration),
        (ArithOp::Mul, Value::Duration(duration), Value::Number(by))
        | (ArithOp::Mul, Value::Number(by), Value::Duration(duration)) => scaled(*duration, *by).map(Value::Duration),
        (ArithOp::Div, Value::Duration(duration), Value::Number(by)) => {
            scaled(*duration, Number::ONE.div(*by)?).map(Value::Duration)
        }
        (ArithOp::Div, Value::Duration(a), Value::Duration(b)) => {
            Number::integer(a.count()).div(Number::integer(b.count())).map(Value::Number)
        }
        // The checker admits no other types.
        _ => Err(FaultKind::NoCase),
    }
}

fn moved(date: NaiveDate, by: Duration, calendar: Option<&Calendar>, end: MonthEnd) -> Result<NaiveDate, FaultKind> {
    match by {
        Duration::Months(months) | Duration::Age { months, .. } => add_months(date, months, end),
        Duration::Days(days) => {
            let size = Days::new(days.unsigned_abs());
            in_range(if days < 0 { date.checked_sub_days(size) } else { date.checked_add_days(size) })
        }
        Duration::WorkingDays(days) => calendar.ok_or(FaultKind::OutsideCalendar(date))?.add_working_days(date, days),
    }
}

fn added(a: Duration, b: Duration, sign: i64) -> Result<Duration, FaultKind> {
    let sum = |a: i64, b: i64| b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or(FaultKind::Overflow);
    match (a.completed(), b.completed()) {
        (Duration::Months(a), Duration::Months(b)) => sum(a, b).map(Duration::Months),
        (Duration::Days(a), Duration::Days(b)) => sum(a, b).map(Duration::Days),
        (Duration::WorkingDays(a), Duration::WorkingDays(b)) => sum(a, b).map(Duration::WorkingDays),
        (Duration::Months(_) | Duration::Age { .. } | Duration::Days(_) | Duration::WorkingDays(_), _) => {
            Err(FaultKind::NoCase)
        }
    }
}

/// A duration times a number; a fault if the result is not a whole number of days or months.
fn scaled(duration: Duration, by: Number) -> Result<Duration, FaultKind> {
    duration.try_map(|n| Number::integer(n).mul(by)?.to_i64().ok_or(FaultKind::Overflow))
}

/// The sum of two numbers, or of two durations of one kind.
pub(crate) fn plus(a: &Value, b: &Value) -> Result<Value, FaultKind> {
    compute(ArithOp::Add, a, b, None, MonthEnd::Clamp)
}
