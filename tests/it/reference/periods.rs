//! Functions of periods. Days are whole numbers here, and an open end lies beyond all of them.

use super::expr::strict;
use super::{Case, Cause, Env, Res, and};
use chrono::{Datelike, NaiveDate};
use ereje::model::{Builtin, Expr, PeriodEnds};
use ereje::source::Span;
use ereje::value::{Duration, FactCell, FaultKind, ListValue, RecordValue, Value, add_months};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Before the first day, which has the number 1.
const BEFORE: i64 = 0;
/// The same at the other side.
const AFTER: i64 = 10_000_000;

/// An end: the number of its day, or why it is not known.
type End = Result<i64, BTreeSet<Cause>>;

/// A first and a last day.
type Days = (i64, i64);

fn number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

fn date(number: i64) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).unwrap()).unwrap()
}

fn period_value((from, through): Days) -> Value {
    let end = |n: i64, open: i64| if n == open { FactCell::Absent } else { FactCell::Known(Value::Date(date(n))) };
    Value::Record(Arc::new(RecordValue { place: None, fields: vec![end(from, BEFORE), end(through, AFTER)] }))
}

fn list(periods: impl IntoIterator<Item = Days>) -> Value {
    let items = periods.into_iter().map(|period| FactCell::Known(period_value(period))).collect();
    Value::List(Arc::new(ListValue { place: None, items }))
}

impl Case<'_> {
    pub fn of_periods(&self, builtin: Builtin, args: &[Expr], span: Span, env: &Env) -> Res {
        let args: Vec<Res> = args.iter().map(|a| self.eval(a, env)).collect();
        match builtin {
            Builtin::Period(ends) => strict(args, |v| {
                let day = |v: &Value| match v {
                    Value::Date(day) => number(*day),
                    other => panic!("{other:?} is no day"),
                };
                let period = match ends {
                    PeriodEnds::Both => (day(v[0]), day(v[1])),
                    PeriodEnds::From => (day(v[0]), AFTER),
                    PeriodEnds::Through => (BEFORE, day(v[0])),
                };
                match backwards(period) {
                    Some(kind) => Res::fault(span, kind),
                    None => Res::Known(period_value(period)),
                }
            }),
            // «False as soon as the ends that are known decide it; true needs both ends of both.»
            Builtin::Covers | Builtin::Overlap | Builtin::Meets => {
                let [a, b] = [self.ends(&args[0]), self.ends(&args[1])];
                let valid = [&args[0], &args[1]].map(|period| match self.known(period, span) {
                    Ok(_) => Res::bool(true),
                    Err(causes) => Res::Unknown(causes),
                });
                let tests = match builtin {
                    Builtin::Covers => vec![
                        compared(&a.0, &b.0, BEFORE, None, |x, y| x <= y),
                        compared(&a.1, &b.1, AFTER, None, |x, y| x >= y),
                    ],
                    Builtin::Overlap => vec![
                        compared(&a.0, &b.1, BEFORE, Some(AFTER), |x, y| x <= y),
                        compared(&b.0, &a.1, BEFORE, Some(AFTER), |x, y| x <= y),
                    ],
                    _ if a.1 == Ok(AFTER) || b.0 == Ok(BEFORE) => vec![Res::bool(false)],
                    _ => vec![compared(&a.1, &b.0, AFTER + 1, None, |x, y| x + 1 == y)],
                };
                and(tests.into_iter().chain(valid))
            }
            Builtin::Days | Builtin::Months | Builtin::MonthsOf => match self.known(&args[0], span) {
                Err(causes) => Res::Unknown(causes),
                Ok((from, through)) if from == BEFORE || through == AFTER => Res::fault(span, FaultKind::OpenEnd),
                Ok((from, through)) => self.of_one(builtin, from, through, span),
            },
            _ => {
                let periods = self.known_list(&args[0], span);
                let within = self.known(&args[1], span);
                match (periods, within) {
                    (Ok(periods), Ok(within)) => over(builtin, &periods, within, span),
                    (periods, within) => {
                        Res::Unknown(periods.err().into_iter().chain(within.err()).flatten().collect())
                    }
                }
            }
        }
    }

    fn of_one(&self, builtin: Builtin, from: i64, through: i64, span: Span) -> Res {
        let (first, last) = (date(from), date(through));
        match builtin {
            Builtin::Days => Res::Known(Value::Duration(Duration::Days(through - from + 1))),
            Builtin::Months if last == NaiveDate::from_ymd_opt(9999, 12, 31).unwrap() => {
                Res::fault(span, FaultKind::Overflow)
            }
            // «The most months that can be added to the first day without passing the day after the last.»
            Builtin::Months => {
                let fits =
                    |n: &i64| add_months(first, *n, self.month_end()).is_ok_and(|day| number(day) <= through + 1);
                let months = (0..).take_while(fits).last().unwrap();
                Res::Known(Value::Duration(Duration::Months(months)))
            }
            _ => {
                let days = (from..=through).map(date);
                let months: BTreeSet<(i32, u32)> = days.map(|day| (day.year(), day.month())).collect();
                Res::Known(list(months.into_iter().map(|(year, month)| {
                    let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
                    let last = (28..=31).rev().find_map(|day| first.with_day(day)).unwrap();
                    (number(first), number(last))
                })))
            }
        }
    }

    /// The ends of a period, or of a day.
    fn ends(&self, value: &Res) -> (End, End) {
        match value {
            Res::Unknown(causes) => (Err(causes.clone()), Err(causes.clone())),
            Res::Known(Value::Date(day)) => (Ok(number(*day)), Ok(number(*day))),
            Res::Known(record) => {
                let fields = &self.model.records[self.model.period.unwrap()].fields;
                let end = |index: usize, open: i64| {
                    let Value::Record(value) = record else { panic!("{record:?} is no period") };
                    let read = match (&value.fields[index], &value.place) {
                        (FactCell::Absent, _) => return Ok(open),
                        (FactCell::Known(value), None) => Res::Known(value.clone()),
                        (_, None) => panic!("a computed period with an end that is not known"),
                        (cell, Some(_)) => self.read(&self.field(record, fields[index]).0, cell),
                    };
                    match read {
                        Res::Known(Value::Date(day)) => Ok(number(day)),
                        Res::Known(other) => panic!("{other:?} is no day"),
                        Res::Unknown(causes) => Err(causes),
                    }
                };
                (end(0, BEFORE), end(1, AFTER))
            }
        }
    }

    /// A period of which both ends are known.
    fn known(&self, value: &Res, span: Span) -> Result<Days, BTreeSet<Cause>> {
        match self.ends(value) {
            (Ok(from), Ok(through)) => match backwards((from, through)) {
                Some(kind) => Err(Res::fault(span, kind).causes().into_iter().collect()),
                None => Ok((from, through)),
            },
            (from, through) => Err(from.err().into_iter().chain(through.err()).flatten().collect()),
        }
    }

    fn known_list(&self, value: &Res, span: Span) -> Result<Vec<Days>, BTreeSet<Cause>> {
        let value = match value {
            Res::Known(value) => value,
            Res::Unknown(causes) => return Err(causes.clone()),
        };
        let all: Vec<_> = self.elements(value).iter().map(|x| self.known(&self.bound(x), span)).collect();
        let causes: BTreeSet<Cause> =
            all.iter().filter_map(|period| period.as_ref().err()).flatten().cloned().collect();
        if causes.is_empty() { Ok(all.into_iter().flatten().collect()) } else { Err(causes) }
    }
}

fn backwards((from, through): Days) -> Option<FaultKind> {
    (from > through).then(|| FaultKind::Backwards { from: date(from), through: date(through) })
}

/// A comparison of two ends that is true if the first is open, or, where an open second has a value too, if that is.
fn compared(a: &End, b: &End, open: i64, other: Option<i64>, test: impl Fn(i64, i64) -> bool) -> Res {
    match (a, b) {
        (Ok(a), _) if *a == open => Res::bool(true),
        (_, Ok(b)) if Some(*b) == other => Res::bool(true),
        (Ok(a), Ok(b)) => Res::bool(test(*a, *b)),
        (a, b) => Res::Unknown([a, b].into_iter().filter_map(|end| end.as_ref().err()).flatten().cloned().collect()),
    }
}

/// What the periods cover of `within`: cut where one of them begins or ends, each piece is covered as a whole or not at all.
fn over(builtin: Builtin, periods: &[Days], within: Days, span: Span) -> Res {
    let cuts = periods.iter().flat_map(|(from, through)| [*from, through.saturating_add(1)]);
    let inside = cuts.filter(|cut| (within.0 + 1..=within.1).contains(cut));
    let starts: BTreeSet<i64> = inside.chain([within.0]).collect();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([within.1]);
    // Pieces that follow one another and are alike are one.
    let mut runs: Vec<(bool, Days)> = Vec::new();
    for (from, through) in starts.iter().copied().zip(ends) {
        let covered = periods.iter().any(|period| period.0 <= from && through <= period.1);
        match runs.last_mut() {
            Some((before, (_, last))) if *before == covered => *last = through,
            _ => runs.push((covered, (from, through))),
        }
    }
    let wanted = builtin != Builtin::Gaps;
    let runs: Vec<Days> = runs.into_iter().filter(|(covered, _)| *covered == wanted).map(|(_, run)| run).collect();
    if builtin == Builtin::Gaps {
        // There is nothing before the first day and after the last one.
        let first = number(NaiveDate::from_ymd_opt(1, 1, 1).unwrap());
        let last = number(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap());
        return Res::Known(list(runs.into_iter().filter(|(from, through)| *through >= first && *from <= last)));
    }
    if runs.iter().any(|(from, through)| *from == BEFORE || *through == AFTER) {
        return Res::fault(span, FaultKind::OpenEnd);
    }
    let lengths = runs.iter().map(|(from, through)| through - from + 1);
    let days = if builtin == Builtin::LongestRun { lengths.max().unwrap_or(0) } else { lengths.sum() };
    Res::Known(Value::Duration(Duration::Days(days)))
}
