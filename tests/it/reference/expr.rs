//! Expressions.

use super::dates::{anniversary, elapsed};
use super::whole::{divided, power};
use super::{Bound, Case, Cause, Env, Res, and, not, or};
use chrono::{Datelike, Days, NaiveDate};
use ereje::ids::{FieldId, RecordId};
use ereje::model::{Aggregate, Builtin, DurationKind, Expr, ExprKind, Type};
use ereje::source::Span;
use ereje::syntax::ast::{AggregateFunc, ArithOp, CompareOp, RoundMode, State};
use ereje::value::{
    Duration, FactCell, FactPath, FaultKind, LeapBirthday, ListValue, MonthEnd, Number, RecordValue, Step, Value,
    add_months,
};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An element of a list, so that it can be bound to a variable.
pub type Element = Bound;

impl<'m> Case<'m> {
    /// ⟦e⟧
    pub fn eval(&self, e: &Expr, env: &Env) -> Res {
        match &e.kind {
            ExprKind::Literal(value) => Res::Known(value.clone()),
            ExprKind::Fact(id) => self.read(&FactPath::of(*id), self.facts.get(*id)),
            ExprKind::Local(id) => self.bound(&env.locals[id]),
            ExprKind::Field(record, field) => match self.eval(record, env) {
                Res::Known(value) => match self.of_computed(&value, *field) {
                    Some(FactCell::Known(value)) => Res::Known(value),
                    Some(_) => Res::fault(e.span, FaultKind::OpenEnd),
                    None => {
                        let (place, cell) = self.field(&value, *field);
                        self.read(&place, cell)
                    }
                },
                unknown @ Res::Unknown(_) => unknown,
            },
            ExprKind::OverTime(list, value) => self.bound(&self.on_its_day(list, *value, env)),
            ExprKind::Assumption(id) => Res::Known(self.choices.value(self.model, *id).unwrap().clone()),
            ExprKind::Norm(id) => self.norm(*id, e.span, env),
            ExprKind::Define(id, args) => {
                let args = args.iter().map(|a| self.argument(a, env)).collect();
                self.definition(*id, args, env)
            }
            ExprKind::GoverningDate => Res::Known(Value::Date(env.date)),
            ExprKind::GoverningRegion => Res::Known(Value::Region(self.place.expect("a policy that knows places"))),
            ExprKind::At(what, date) => match self.eval(date, env) {
                Res::Known(Value::Date(date)) => self.eval(what, &Env { date, locals: env.locals.clone() }),
                Res::Known(other) => panic!("`at` {other:?}"),
                unknown @ Res::Unknown(_) => unknown,
            },
            ExprKind::Not(e) => not(self.eval(e, env)),
            ExprKind::And(list) => and(list.iter().map(|e| self.eval(e, env))),
            ExprKind::Or(list) => or(list.iter().map(|e| self.eval(e, env))),
            ExprKind::IsState(what, state) => self.state_of(what, *state, env),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b, env),
            ExprKind::In(what, list) => {
                let what = self.eval(what, env);
                let among = |one| strict([what.clone(), self.eval(one, env)], |v| Res::bool(alike(v[0], v[1])));
                or(list.iter().map(among))
            }
            ExprKind::InRegions(what, regions) => strict([self.eval(what, env)], |v| match v[0] {
                Value::Region(region) => Res::bool(regions.contains(region)),
                other => panic!("{other:?} is no region"),
            }),
            ExprKind::Arith(op, a, b) => {
                strict([self.eval(a, env), self.eval(b, env)], |v| self.arith(*op, v[0], v[1], (&a.ty, &b.ty), e.span))
            }
            ExprKind::Neg(a) => strict([self.eval(a, env)], |v| match v[0] {
                Value::Number(n) => Res::Known(Value::Number(n.negated())),
                Value::Duration(d) => Res::Known(Value::Duration(scale_duration(*d, -1).unwrap())),
                other => panic!("`-` of {other:?}"),
            }),
            ExprKind::Round(mode, a, step) => {
                strict([self.eval(a, env), self.eval(step, env)], |v| match (v[0], v[1]) {
                    (Value::Number(n), Value::Number(step)) => number(rounded(*mode, *n, *step), e.span),
                    other => panic!("rounding {other:?}"),
                })
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, &e.ty, e.span, env),
            ExprKind::Call(builtin, args) if builtin.is_of_periods() => self.of_periods(*builtin, args, e.span, env),
            ExprKind::Call(builtin, args) => {
                let args: Vec<Res> = args.iter().map(|a| self.eval(a, env)).collect();
                if *builtin == Builtin::Contains {
                    return self.contains(&args[0], &args[1]);
                }
                if let Builtin::SameRecord(record) = builtin {
                    return strict(args, |v| self.same_record(*record, v[0], v[1]));
                }
                strict(args, |v| self.call(*builtin, v, e.span))
            }
            ExprKind::Table(table) => self.table(table, e, env),
            // «If the condition is unknown, it is the value of both where they are known and equal.»
            ExprKind::Conditional(conditional) => {
                let (value, otherwise) = (self.eval(&conditional.value, env), self.eval(&conditional.otherwise, env));
                match (self.eval(&conditional.condition, env), value, otherwise) {
                    (condition, value, _) if condition.is_true() => value,
                    (condition, _, otherwise) if condition.is_false() => otherwise,
                    (_, Res::Known(a), Res::Known(b)) if alike(&a, &b) => Res::Known(a),
                    (condition, value, otherwise) => strict([condition, value, otherwise], |_| unreachable!("unknown")),
                }
            }
            ExprKind::Scale(amount, bands) => {
                let mut operands = vec![self.eval(amount, env)];
                for (upto, rate) in bands {
                    operands.extend(upto.as_ref().map(|u| self.eval(u, env)));
                    operands.push(self.eval(rate, env));
                }
                strict(operands, |v| scale(v, bands.iter().map(|(upto, _)| upto.is_some()), e.span))
            }
            // «A record of which every part is known; an age in it is its completed months.»
            ExprKind::Record(id, parts) => strict(self.within_bounds(*id, parts, e.span, env), |v| {
                let part = |v: &Value| match v {
                    Value::Duration(length) => FactCell::Known(Value::Duration(length.completed())),
                    value => FactCell::Known(value.clone()),
                };
                let fields = v.iter().map(|v| part(v)).collect();
                Res::Known(Value::Record(Arc::new(RecordValue { place: None, fields })))
            }),
            ExprKind::List(items) => strict(items.iter().map(|i| self.eval(i, env)).collect::<Vec<_>>(), |v| {
                let items = v.iter().map(|v| FactCell::Known((*v).clone())).collect();
                Res::Known(Value::List(Arc::new(ListValue { place: None, items })))
            }),
        }
    }

    /// The parts of a record: «a value outside the bounds of its field is a fault».
    fn within_bounds(&self, id: ereje::ids::RecordId, parts: &[Expr], span: Span, env: &Env) -> Vec<Res> {
        let fields = &self.model.records[id].fields;
        let within = |(part, field): (&Expr, &ereje::ids::FieldId)| {
            let datum = &self.model.fields[*field].datum;
            match self.eval(part, env) {
                Res::Known(Value::List(list)) if list.items.len() < datum.at_least as usize => {
                    Res::fault(span, FaultKind::OutOfBounds { field: *field })
                }
                Res::Known(value) if datum.bounds.broken_by(&value).is_some() => {
                    Res::fault(span, FaultKind::OutOfBounds { field: *field })
                }
                res => res,
            }
        };
        parts.iter().zip(fields).map(within).collect()
    }

    /// The binding of a parameter: a fact and a field keep their state, and so does a parameter that is passed on.
    pub fn argument(&self, e: &Expr, env: &Env) -> Bound {
        match &e.kind {
            ExprKind::Local(id) => env.locals[id].clone(),
            ExprKind::Fact(id) => Bound::Cell(FactPath::of(*id), self.facts.get(*id).clone()),
            ExprKind::Field(record, field) => match self.eval(record, env) {
                Res::Known(value) => match self.of_computed(&value, *field) {
                    Some(FactCell::Known(value)) => Bound::Result(Res::Known(value)),
                    Some(_) => Bound::Result(Res::fault(e.span, FaultKind::OpenEnd)),
                    None => {
                        let (place, cell) = self.field(&value, *field);
                        Bound::Cell(place, cell.clone())
                    }
                },
                Res::Unknown(causes) => Bound::OfNoRecord(causes),
            },
            ExprKind::OverTime(list, value) => self.on_its_day(list, *value, env),
            _ => Bound::Result(self.eval(e, env)),
        }
    }

    /// «Two records are equal if all their parts are.»
    fn same_record(&self, record: RecordId, a: &Value, b: &Value) -> Res {
        let part = |of: &Value, field: FieldId| match self.of_computed(of, field) {
            Some(FactCell::Known(value)) => Res::Known(value),
            Some(cell) => panic!("a part of a computed record that is {cell:?}"),
            None => {
                let (place, cell) = self.field(of, field);
                self.read(&place, cell)
            }
        };
        and(self.model.records[record].fields.iter().map(|field| {
            let ty = &self.model.fields[*field].datum.ty;
            strict([part(a, *field), part(b, *field)], |v| match ty {
                Type::Record(inner) => self.same_record(*inner, v[0], v[1]),
                _ => Res::bool(alike(v[0], v[1])),
            })
        }))
    }

    /// Whether a fact, a field or a variable is in a state.
    fn state_of(&self, what: &Expr, state: State, env: &Env) -> Res {
        if let ExprKind::Field(record, field) = &what.kind
            && let Res::Known(record) = self.eval(record, env)
            && let Some(FactCell::Absent) = self.of_computed(&record, *field)
        {
            return Res::bool(state == State::Absent);
        }
        match self.argument(what, env) {
            Bound::Cell(place, cell) => self.is_state(&place, &cell, state),
            // The fields of an absent record are absent, and those of an unavailable one unavailable.
            Bound::OfNoRecord(causes) => match (causes.len(), causes.first(), state) {
                (1, Some(Cause::Absent(_)), State::Absent) => Res::bool(true),
                (1, Some(Cause::Absent(_)), State::Unavailable) => Res::bool(false),
                (1, Some(Cause::Unavailable(_)), State::Unavailable) => Res::bool(true),
                _ => Res::Unknown(causes),
            },
            Bound::Result(Res::Known(_)) => Res::bool(false),
            Bound::Result(unknown) => unknown,
        }
    }

    /// The value of a variable.
    pub fn bound(&self, bound: &Bound) -> Res {
        match bound {
            Bound::Cell(place, cell) => self.read(place, cell),
            Bound::OfNoRecord(causes) => Res::Unknown(causes.clone()),
            Bound::Result(res) => res.clone(),
        }
    }

    /// The elements of a list, to be bound one by one.
    pub fn elements(&self, list: &Value) -> Vec<Element> {
        let Value::List(list) = list else { panic!("the elements of {list:?}") };
        list.items
            .iter()
            .enumerate()
            .map(|(i, cell)| match (&list.place, cell) {
                (Some(place), cell) => Bound::Cell(place.step(Step::Item(i as u32)), cell.clone()),
                (None, FactCell::Known(value)) => Bound::Result(Res::Known(value.clone())),
                (None, other) => panic!("{other:?} in a computed list"),
            })
            .collect()
    }

    /// «`count(x in L where C)` compared with a known number uses the interval [number true, number true or unknown].»
    fn compare(&self, op: CompareOp, a: &Expr, b: &Expr, env: &Env) -> Res {
        let (left, right) = (self.eval(a, env), self.eval(b, env));
        let decided = match (&left, &right) {
            (Res::Unknown(_), Res::Known(Value::Number(n))) => {
                self.interval(a, env).and_then(|(low, high)| between(op, low, high, *n))
            }
            (Res::Known(Value::Number(n)), Res::Unknown(_)) => {
                self.interval(b, env).and_then(|(low, high)| between(turned(op), low, high, *n))
            }
            _ => None,
        };
        match decided {
            Some(answer) => Res::bool(answer),
            None => strict([left, right], |v| Res::bool(holds(op, v[0], v[1]))),
        }
    }

    /// The interval of a count with a filter over a known list.
    fn interval(&self, e: &Expr, env: &Env) -> Option<(i64, i64)> {
        let ExprKind::Aggregate(aggregate) = &e.kind else { return None };
        if aggregate.func != AggregateFunc::Count {
            return None;
        }
        let filter = aggregate.filter.as_ref()?;
        let Res::Known(list) = self.eval(&aggregate.list, env) else { return None };
        let all: Vec<Res> =
            self.elements(&list).into_iter().map(|x| self.eval(filter, &env.with(aggregate.local, x))).collect();
        let low = all.iter().filter(|r| r.is_true()).count();
        let high = all.iter().filter(|r| !r.is_false()).count();
        Some((low as i64, high as i64))
    }

    fn aggregate(&self, a: &Aggregate, ty: &Type, span: Span, env: &Env) -> Res {
        let list = match self.eval(&a.list, env) {
            Res::Known(list) => list,
            unknown @ Res::Unknown(_) => return unknown,
        };
        let elements = self.elements(&list);
        if a.func == AggregateFunc::Count && a.filter.is_none() {
            return Res::Known(Value::Number(Number::integer(elements.len() as i64)));
        }
        // For each element: whether the filter holds, and the value.
        let each: Vec<(Res, Box<dyn Fn() -> Res + '_>)> = elements
            .into_iter()
            .map(|x| {
                let env = env.with(a.local, x.clone());
                let wanted = a.filter.as_ref().map_or(Res::bool(true), |f| self.eval(f, &env));
                let gives: Box<dyn Fn() -> Res + '_> = Box::new(move || match &a.body {
                    Some(body) => self.eval(body, &env),
                    None => self.bound(&x),
                });
                (wanted, gives)
            })
            .collect();
        match a.func {
            AggregateFunc::Any => return or(each.iter().map(|(wanted, gives)| and([wanted.clone(), gives()]))),
            AggregateFunc::All => return and(each.iter().map(|(wanted, gives)| or([not(wanted.clone()), gives()]))),
            AggregateFunc::Count => {
                return strict(each.iter().map(|(wanted, _)| wanted.clone()).collect::<Vec<_>>(), |v| {
                    let count = v.iter().filter(|v| ***v == Value::Bool(true)).count();
                    Res::Known(Value::Number(Number::integer(count as i64)))
                });
            }
            AggregateFunc::Sum
            | AggregateFunc::Min
            | AggregateFunc::Max
            | AggregateFunc::First
            | AggregateFunc::List => {}
        }
        let mut operands = Vec::new();
        for (wanted, gives) in &each {
            if wanted.is_false() {
                continue;
            }
            let gives = gives();
            if matches!(wanted, Res::Unknown(_)) {
                operands.push(wanted.clone());
            }
            let found = wanted.is_true() && a.func == AggregateFunc::First;
            operands.push(gives);
            if found {
                break;
            }
        }
        let empty = operands.is_empty();
        // The list may be empty: then `otherwise` is an operand, too.
        let perhaps_empty = !each.iter().any(|(wanted, _)| wanted.is_true());
        if let (false, true, Some(otherwise)) = (empty, perhaps_empty, &a.otherwise) {
            operands.push(self.eval(otherwise, env));
        }
        let over = |v: &[&Value]| match a.func {
            AggregateFunc::Sum => sum(v, ty, span),
            AggregateFunc::List => Res::Known(Value::List(Arc::new(ListValue {
                place: None,
                items: v.iter().map(|v| FactCell::Known((*v).clone())).collect(),
            }))),
            AggregateFunc::Min => Res::Known((*v.iter().min_by(|a, b| order(a, b)).unwrap()).clone()),
            AggregateFunc::Max => Res::Known((*v.iter().max_by(|a, b| order(a, b)).unwrap()).clone()),
            AggregateFunc::First => Res::Known(v[0].clone()),
            AggregateFunc::Any | AggregateFunc::All | AggregateFunc::Count => unreachable!("answered above"),
        };
        if empty && matches!(a.func, AggregateFunc::Min | AggregateFunc::Max | AggregateFunc::First) {
            return match &a.otherwise {
                Some(otherwise) => self.eval(otherwise, env),
                None => Res::fault(span, FaultKind::EmptyAggregate),
            };
        }
        strict(operands, over)
    }

    /// Both operands have to be known; then it is «or» over the elements.
    fn contains(&self, list: &Res, value: &Res) -> Res {
        strict([list.clone(), value.clone()], |v| {
            let elements = self.elements(v[0]);
            or(elements.iter().map(|x| strict([self.bound(x)], |element| Res::bool(alike(element[0], v[1])))))
        })
    }

    fn call(&self, builtin: Builtin, v: &[&Value], span: Span) -> Res {
        let date = |i: usize| match v[i] {
            Value::Date(date) => *date,
            other => panic!("{other:?} is no date"),
        };
        let whole = |n: i64| Res::Known(Value::Number(Number::integer(n)));
        let duration = |d| Res::Known(Value::Duration(d));
        let calendar = |id: ereje::ids::CalendarId| &self.model.calendars[id].1;
        match builtin {
            Builtin::Age => {
                let (leap, end) = (self.leap_birthday(), self.month_end());
                let (months, days) = elapsed(date(0), date(1), &|birth, months| anniversary(birth, months, leap, end));
                duration(Duration::age(months, days))
            }
            Builtin::YearsBetween => {
                let end = self.month_end();
                let (months, _) = elapsed(date(0), date(1), &|from, months| add_months(from, months, end));
                duration(Duration::Months(months / 12 * 12))
            }
            Builtin::MonthsBetween => {
                let end = self.month_end();
                let (months, _) = elapsed(date(0), date(1), &|from, months| add_months(from, months, end));
                duration(Duration::Months(months))
            }
            Builtin::DaysBetween => duration(Duration::Days((date(1) - date(0)).num_days())),
            Builtin::WorkingDaysBetween(id) => match calendar(id).working_days_between(date(0), date(1)) {
                Ok(days) => duration(Duration::WorkingDays(days)),
                Err(kind) => Res::fault(span, kind),
            },
            Builtin::IsWorkingDay(id) => match calendar(id).is_working_day(date(0)) {
                Ok(worked) => Res::bool(worked),
                Err(kind) => Res::fault(span, kind),
            },
            Builtin::NextWorkingDay(id) => {
                // «The first day from this one on that is worked; where the calendar ends before it, a fault.»
                let days = date(0).iter_days().map(|day| (day, calendar(id).is_working_day(day)));
                match days.into_iter().find(|(_, worked)| *worked != Ok(false)) {
                    Some((day, Ok(_))) => Res::Known(Value::Date(day)),
                    Some((_, Err(kind))) => Res::fault(span, kind),
                    None => panic!("a calendar without an end"),
                }
            }
            Builtin::Weekday(id) => {
                // 1 January of the year 1 was a Monday.
                let since = (date(0) - NaiveDate::from_ymd_opt(1, 1, 1).unwrap()).num_days();
                Res::Known(Value::Enum(id, u32::try_from(since.rem_euclid(7)).unwrap()))
            }
            Builtin::Date => {
                let parts: Vec<Option<i64>> = v
                    .iter()
                    .map(|part| match part {
                        Value::Number(n) => n.to_i64(),
                        other => panic!("{other:?} in a date"),
                    })
                    .collect();
                let [Some(year), Some(month), Some(day)] = parts[..] else {
                    return Res::fault(span, FaultKind::Overflow);
                };
                // «A date of the years 1 to 9999 that is written so.»
                let written = format!("{year:04}-{month:02}-{day:02}");
                match (1..=9999).contains(&year).then(|| NaiveDate::parse_from_str(&written, "%Y-%m-%d")) {
                    Some(Ok(date)) => Res::Known(Value::Date(date)),
                    _ => Res::fault(span, FaultKind::NoSuchDate { year, month, day }),
                }
            }
            Builtin::FirstDayOfYear => Res::Known(Value::Date(NaiveDate::from_ymd_opt(date(0).year(), 1, 1).unwrap())),
            Builtin::Year => whole(i64::from(date(0).year())),
            Builtin::Month => whole(i64::from(date(0).month())),
            Builtin::Day => whole(i64::from(date(0).day())),
            Builtin::FirstDayOfMonth => Res::Known(Value::Date(date(0).with_day(1).unwrap())),
            Builtin::LastDayOfMonth => {
                let last = (28..=31).rev().find_map(|day| date(0).with_day(day)).unwrap();
                Res::Known(Value::Date(last))
            }
            Builtin::Abs => match v[0] {
                Value::Number(n) => Res::Known(Value::Number(n.abs())),
                Value::Duration(Duration::Months(n) | Duration::Age { months: n, .. }) => {
                    duration(Duration::Months(n.abs()))
                }
                Value::Duration(Duration::Days(n)) => duration(Duration::Days(n.abs())),
                Value::Duration(Duration::WorkingDays(n)) => duration(Duration::WorkingDays(n.abs())),
                other => panic!("the size of {other:?}"),
            },
            Builtin::Min => Res::Known((*v.iter().min_by(|a, b| order(a, b)).unwrap()).clone()),
            Builtin::Max => Res::Known((*v.iter().max_by(|a, b| order(a, b)).unwrap()).clone()),
            Builtin::Contains
            | Builtin::SameRecord(_)
            | Builtin::Period(_)
            | Builtin::Covers
            | Builtin::Overlap
            | Builtin::Meets
            | Builtin::Days
            | Builtin::Months
            | Builtin::MonthsOf
            | Builtin::DaysCovered
            | Builtin::LongestRun
            | Builtin::Gaps => unreachable!("answered above"),
            Builtin::StartsWith => match (v[0], v[1]) {
                (Value::Text(text), Value::Text(beginning)) => {
                    let mut rest = text.chars();
                    Res::bool(beginning.chars().all(|c| rest.next() == Some(c)))
                }
                other => panic!("the beginning of {other:?}"),
            },
            Builtin::Power => match (v[0], v[1], v[2]) {
                (Value::Number(base), Value::Number(exponent), Value::Number(step)) => {
                    number(power(*base, *exponent, *step), span)
                }
                other => panic!("a power of {other:?}"),
            },
            Builtin::Quotient | Builtin::Remainder => match (v[0], v[1]) {
                (Value::Number(a), Value::Number(b)) => {
                    let parts = divided(*a, *b);
                    number(parts.map(|(q, rest)| if builtin == Builtin::Quotient { q } else { rest }), span)
                }
                other => panic!("a division of {other:?}"),
            },
        }
    }

    fn arith(&self, op: ArithOp, a: &Value, b: &Value, types: (&Type, &Type), span: Span) -> Res {
        let days = |r: Result<NaiveDate, FaultKind>| match r {
            Ok(date) => Res::Known(Value::Date(date)),
            Err(kind) => Res::fault(span, kind),
        };
        let duration = |d: Option<Duration>| match d {
            Some(d) => Res::Known(Value::Duration(d)),
            None => Res::fault(span, FaultKind::Overflow),
        };
        match (op, a, b) {
            (ArithOp::Add, Value::Number(a), Value::Number(b)) => number(a.add(*b), span),
            (ArithOp::Sub, Value::Number(a), Value::Number(b)) => number(a.sub(*b), span),
            (ArithOp::Mul, Value::Number(a), Value::Number(b)) => number(a.mul(*b), span),
            (ArithOp::Div, Value::Number(a), Value::Number(b)) => number(a.div(*b), span),
            (ArithOp::Add, Value::Date(d), Value::Duration(n)) => days(self.moved(*d, *n, types.1)),
            (ArithOp::Add, Value::Duration(n), Value::Date(d)) => days(self.moved(*d, *n, types.0)),
            (ArithOp::Sub, Value::Date(d), Value::Duration(n)) => {
                days(scale_duration(*n, -1).ok_or(FaultKind::Overflow).and_then(|n| self.moved(*d, n, types.1)))
            }
            (ArithOp::Sub, Value::Date(a), Value::Date(b)) => duration(Some(Duration::Days((*a - *b).num_days()))),
            (ArithOp::Add, Value::Duration(a), Value::Duration(b)) => duration(add_durations(*a, *b)),
            (ArithOp::Sub, Value::Duration(a), Value::Duration(b)) => {
                duration(scale_duration(*b, -1).and_then(|b| add_durations(*a, b)))
            }
            (ArithOp::Mul, Value::Duration(d), Value::Number(n))
            | (ArithOp::Mul, Value::Number(n), Value::Duration(d)) => match times(*d, *n) {
                Ok(product) => duration(product),
                Err(kind) => Res::fault(span, kind),
            },
            other => panic!("arithmetic {other:?}"),
        }
    }

    /// The word that an assumption chooses for a setting of dates.
    fn chosen(&self, id: ereje::ids::AssumptionId) -> &str {
        let assumption = &self.model.assumptions[id];
        match &assumption.choices[self.choices.index(id) as usize] {
            Value::Enum(of, index) => &self.model.enums[*of].values[*index as usize].0,
            other => panic!("a setting that is {other:?}"),
        }
    }

    fn leap_birthday(&self) -> LeapBirthday {
        let assumed = self.model.assumed_dates.leap_birthday;
        assumed.map_or(self.model.leap_birthday, |id| LeapBirthday::of_keyword(self.chosen(id)).unwrap())
    }

    pub fn month_end(&self) -> MonthEnd {
        let assumed = self.model.assumed_dates.month_end;
        assumed.map_or(self.model.month_end, |id| MonthEnd::of_keyword(self.chosen(id)).unwrap())
    }

    /// A date plus a duration.
    fn moved(&self, date: NaiveDate, by: Duration, ty: &Type) -> Result<NaiveDate, FaultKind> {
        match by {
            Duration::Months(n) | Duration::Age { months: n, .. } => add_months(date, n, self.month_end()),
            Duration::Days(n) => {
                let size = Days::new(n.unsigned_abs());
                let moved = if n < 0 { date.checked_sub_days(size) } else { date.checked_add_days(size) };
                moved.filter(|d| (1..=9999).contains(&d.year())).ok_or(FaultKind::Overflow)
            }
            Duration::WorkingDays(n) => match ty {
                Type::Duration(DurationKind::WorkingDays(id)) => self.model.calendars[*id].1.add_working_days(date, n),
                other => panic!("working days of type {other:?}"),
            },
        }
    }
}

/// «The union of its unknown operands' causes, else its value.»
pub fn strict(operands: impl IntoIterator<Item = Res>, value: impl FnOnce(&[&Value]) -> Res) -> Res {
    let operands: Vec<Res> = operands.into_iter().collect();
    let causes: BTreeSet<Cause> = operands.iter().flat_map(Res::causes).collect();
    if !causes.is_empty() {
        return Res::Unknown(causes);
    }
    let values: Vec<&Value> =
        operands.iter().map(|r| if let Res::Known(v) = r { v } else { unreachable!("no causes") }).collect();
    value(&values)
}

fn number(result: Result<Number, FaultKind>, span: Span) -> Res {
    match result {
        Ok(n) => Res::Known(Value::Number(n)),
        Err(kind) => Res::fault(span, kind),
    }
}

/// «To the nearest step, and a half to the even multiple»; the other ways are the number's own.
fn rounded(mode: RoundMode, n: Number, step: Number) -> Result<Number, FaultKind> {
    match mode {
        RoundMode::Nearest | RoundMode::Up | RoundMode::Down => n.round(mode, step),
        RoundMode::Even if step <= Number::ZERO => Err(FaultKind::RoundingStep),
        RoundMode::Even => {
            let steps = n.div(step)?;
            let below = steps.round(RoundMode::Down, Number::ONE)?;
            let half = Number::ONE.div(Number::integer(2))?;
            let is_odd = !below.mul(half)?.is_integer();
            let up = match steps.sub(below)?.cmp(&half) {
                Ordering::Less => false,
                Ordering::Equal => is_odd,
                Ordering::Greater => true,
            };
            if up { below.add(Number::ONE)?.mul(step) } else { below.mul(step) }
        }
    }
}

fn scale_duration(d: Duration, by: i64) -> Option<Duration> {
    Some(match d {
        Duration::Months(n) | Duration::Age { months: n, .. } => Duration::Months(n.checked_mul(by)?),
        Duration::Days(n) => Duration::Days(n.checked_mul(by)?),
        Duration::WorkingDays(n) => Duration::WorkingDays(n.checked_mul(by)?),
    })
}

/// A duration times a number, which may be beyond 64 bits: zero times any number is zero.
fn times(d: Duration, by: Number) -> Result<Option<Duration>, FaultKind> {
    let length = |n: i64| Ok(Number::integer(n).mul(by)?.to_i64());
    Ok(match d {
        Duration::Months(n) | Duration::Age { months: n, .. } => length(n)?.map(Duration::Months),
        Duration::Days(n) => length(n)?.map(Duration::Days),
        Duration::WorkingDays(n) => length(n)?.map(Duration::WorkingDays),
    })
}

fn add_durations(a: Duration, b: Duration) -> Option<Duration> {
    Some(match (a.completed(), b.completed()) {
        (Duration::Months(a), Duration::Months(b)) => Duration::Months(a.checked_add(b)?),
        (Duration::Days(a), Duration::Days(b)) => Duration::Days(a.checked_add(b)?),
        (Duration::WorkingDays(a), Duration::WorkingDays(b)) => Duration::WorkingDays(a.checked_add(b)?),
        other => panic!("durations of two kinds: {other:?}"),
    })
}

/// «`sum` of nothing is 0 with its unit.»
pub fn sum(v: &[&Value], ty: &Type, span: Span) -> Res {
    let mut total = match ty {
        Type::Duration(DurationKind::Months) => Value::Duration(Duration::Months(0)),
        Type::Duration(DurationKind::Days) => Value::Duration(Duration::Days(0)),
        Type::Duration(DurationKind::WorkingDays(_)) => Value::Duration(Duration::WorkingDays(0)),
        _ => Value::Number(Number::ZERO),
    };
    for one in v {
        total = match (&total, one) {
            (Value::Number(a), Value::Number(b)) => match a.add(*b) {
                Ok(n) => Value::Number(n),
                Err(kind) => return Res::fault(span, kind),
            },
            (Value::Duration(a), Value::Duration(b)) => match add_durations(*a, *b) {
                Some(d) => Value::Duration(d),
                None => return Res::fault(span, FaultKind::Overflow),
            },
            other => panic!("a sum of {other:?}"),
        };
    }
    Res::Known(total)
}

/// The amount is cut into bands; each is taken at its own rate.
fn scale(v: &[&Value], bounded: impl Iterator<Item = bool>, span: Span) -> Res {
    let n = |v: &Value| match v {
        Value::Number(n) => *n,
        other => panic!("a scale of {other:?}"),
    };
    let amount = n(v[0]);
    let mut rest = v[1..].iter().map(|v| n(v));
    // «Each bound has to be greater than the one before», whatever the amount.
    let (bounded, mut bounds) = (bounded.collect::<Vec<_>>(), Vec::new());
    for (index, _) in bounded.iter().enumerate().filter(|(_, bounded)| **bounded) {
        bounds.push(n(v[1 + 2 * index]));
        if index > 0 && bounds[index] <= bounds[index - 1] {
            return Res::fault(span, FaultKind::BandNotAbove { band: index + 1 });
        }
    }
    let (mut total, mut below) = (Number::ZERO, Number::ZERO);
    for bounded in bounded {
        let upto = if bounded { rest.next() } else { None };
        let rate = rest.next().unwrap();
        let top = upto.map_or(amount, |u| u.min(amount));
        if top > below {
            let part = top.sub(below).and_then(|part| part.mul(rate)).and_then(|part| total.add(part));
            match part {
                Ok(sum) => total = sum,
                Err(kind) => return Res::fault(span, kind),
            }
        }
        // «The first band begins at zero»: one that ends below it holds nothing.
        below = upto.map_or(below, |u| u.max(below));
    }
    Res::Known(Value::Number(total))
}

/// The order of two values of one type.
pub fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => {
            // An age is older than another one of as many months if more days have passed since.
            (a.count(), a.further_days()).cmp(&(b.count(), b.further_days()))
        }
        other => panic!("the order of {other:?}"),
    }
}

fn holds(op: CompareOp, a: &Value, b: &Value) -> bool {
    match op {
        CompareOp::Eq => alike(a, b),
        CompareOp::Ne => !alike(a, b),
        CompareOp::Lt => order(a, b).is_lt(),
        CompareOp::Le => order(a, b).is_le(),
        CompareOp::Gt => order(a, b).is_gt(),
        CompareOp::Ge => order(a, b).is_ge(),
    }
}

/// «`=` compares the completed months of an age.»
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => a.completed() == b.completed(),
        (Value::List(a), Value::List(b)) => {
            a.items.len() == b.items.len()
                && a.items.iter().zip(&b.items).all(|pair| match pair {
                    (FactCell::Known(a), FactCell::Known(b)) => alike(a, b),
                    (a, b) => a == b,
                })
        }
        _ => a == b,
    }
}

/// `a op b` seen from `b`.
fn turned(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq | CompareOp::Ne => op,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
    }
}

/// The comparison if it is the same for every whole number of an interval.
fn between(op: CompareOp, low: i64, high: i64, n: Number) -> Option<bool> {
    let answers: BTreeSet<bool> =
        (low..=high).map(|c| holds(op, &Value::Number(Number::integer(c)), &Value::Number(n))).collect();
    if answers.len() == 1 { answers.first().copied() } else { None }
}
