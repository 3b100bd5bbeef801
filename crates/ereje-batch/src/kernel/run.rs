//! Runs code over a row.
//!
//! Comes in: [`Code`] and a row. Goes out: a value or an unknown in every register. An unknown has its causes, as far
//! as the outcome depends on them. Every operation does what the evaluator does with the same node.

use super::cause_set::CauseSet;
use super::code::*;
use super::months::{completed, elapsed, months_register, of_register};
use crate::row::{Cell, Row};
use ereje::eval::{builtin, compute, marginal};
use ereje::ids::RegionId;
use ereje::model::Model;
use ereje::syntax::ast::{AggregateFunc, CompareOp, HitPolicy, State};
use ereje::value::{Duration, FaultKind, Number, Value};
use std::cmp::Ordering;

/// Code, a row, and the registers.
pub(super) struct Run<'r> {
    pub(super) model: &'r Model,
    pub(super) code: &'r Code,
    pub(super) row: &'r Row,
    pub(super) regs: &'r mut [RegisterValue],
    pub(super) wide: &'r mut [Number],
}

impl Run<'_> {
    pub(super) fn get(&self, reg: Reg) -> RegisterValue {
        self.regs.get(reg as usize).copied().unwrap_or(RegisterValue::unknown(CauseSet::BAIL))
    }

    pub(super) fn set(&mut self, reg: Reg, val: RegisterValue) {
        if let Some(slot) = self.regs.get_mut(reg as usize) {
            *slot = val;
        }
    }

    fn number(&self, reg: Reg) -> Number {
        self.wide.get(reg as usize).copied().unwrap_or(Number::ZERO)
    }

    fn set_number(&mut self, reg: Reg, number: Result<Number, FaultKind>) {
        match number {
            Ok(number) => {
                if let Some(slot) = self.wide.get_mut(reg as usize) {
                    *slot = number;
                }
                self.set(reg, RegisterValue::known(0));
            }
            Err(_) => self.set(reg, RegisterValue::unknown(CauseSet::FAULT)),
        }
    }

    /// Sets the governing date and place.
    pub(super) fn govern(&mut self, day: RegisterValue, place: Option<RegionId>) {
        self.set(DATE, day);
        self.set(
            REGION,
            place.map_or(RegisterValue::unknown(CauseSet::FAULT), |place| RegisterValue::known(i64::from(place.0))),
        );
    }

    /// Runs the operations of the program, without those of loops.
    pub(super) fn all(&mut self) {
        let code = self.code;
        self.block(&code.ops);
    }

    pub(super) fn block(&mut self, ops: &[Op]) {
        for op in ops {
            self.op(op);
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Unknown(to, why) => self.set(*to, RegisterValue::unknown(*why)),
            Op::Const(to, value) => self.set(*to, RegisterValue::known(*value)),
            Op::WideConst(to, number) => self.set_number(*to, Ok(*number)),
            Op::Load { to, at, base, of, silent } => {
                let val = self.load(*at, *base, *of, silent);
                self.set(*to, val);
            }
            Op::Not(to, of) => {
                let of = self.get(*of);
                self.set(*to, RegisterValue { value: 1 - of.value, ..of });
            }
            Op::And(to, parts) => self.junction(*to, parts, false),
            Op::Or(to, parts) => self.junction(*to, parts, true),
            Op::IsState(to, of, state) => {
                let val = is_state(self.get(*of).why, *state);
                self.set(*to, val);
            }
            Op::NoState(to, of) => {
                let why = self.get(*of).why;
                self.set(*to, RegisterValue { value: 0, why });
            }
            Op::Compare { to, op, a, b, text } => {
                let (a, b) = (self.get(*a), self.get(*b));
                let val = self.both(a, b, |a, b| {
                    // Texts that the policy does not name all look alike here, and their order is not known.
                    let ordered = !matches!(op, CompareOp::Eq | CompareOp::Ne);
                    let vague = *text && if ordered { a < 0 || b < 0 } else { a < 0 && b < 0 };
                    if vague { RegisterValue::unknown(CauseSet::BAIL) } else { truth(op.holds(a.cmp(&b))) }
                });
                self.set(*to, val);
            }
            Op::CompareWide { to, op, a, b } => {
                let order = self.number(*a).cmp(&self.number(*b));
                let val = self.both(self.get(*a), self.get(*b), |_, _| truth(op.holds(order)));
                self.set(*to, val);
            }
            Op::CompareCounts { to, op, a, b } => {
                let val = self.counts(*op, *a, *b);
                self.set(*to, val);
            }
            Op::InConsts(to, what, set) => {
                let what = self.get(*what);
                let val = if what.why.is_none() { truth(set.binary_search(&what.value).is_ok()) } else { what };
                self.set(*to, val);
            }
            Op::In { to, what, list, text, wide } => {
                let val = self.is_in(*what, list, *text, *wide);
                self.set(*to, val);
            }
            Op::Add(to, a, b) => self.checked(*to, *a, *b, i64::checked_add),
            Op::Sub(to, a, b) => self.checked(*to, *a, *b, i64::checked_sub),
            Op::Mul(to, a, b) => self.checked(*to, *a, *b, i64::checked_mul),
            Op::Neg(to, of) => self.checked(*to, *of, *of, |a, _| a.checked_neg()),
            Op::Rescale(to, of, factor) => self.checked(*to, *of, *of, |a, _| a.checked_mul(*factor)),
            Op::Widen(to, of, places) => {
                let of = self.get(*of);
                if of.why.is_none() {
                    self.set_number(*to, Number::integer(of.value).div(Number::integer(10_i64.pow(*places))));
                } else {
                    self.set(*to, of);
                }
            }
            Op::Arith { to, op, a, b, calendar } => {
                let calendar = calendar.map(|id| &self.model.calendars.at(id).1);
                let end = self.model.month_end;
                self.values(*to, &[*a, *b], |values| match values {
                    [a, b] => compute(*op, a, b, calendar, end),
                    _ => Err(FaultKind::NoCase),
                });
            }
            Op::Round { to, mode, what, step } => {
                let rounded = self.number(*what).round(*mode, self.number(*step));
                self.wide_of(*to, &[*what, *step], rounded);
            }
            Op::Scale(to, amount, bands) => {
                let numbers: Vec<Number> = bands.iter().map(|band| self.number(*band)).collect();
                let parts: Vec<Reg> = std::iter::once(*amount).chain(bands.iter().copied()).collect();
                let total = marginal(self.number(*amount), &numbers);
                self.wide_of(*to, &parts, total);
            }
            Op::Elapsed { to, from, through, counted } => {
                let val = self.both(self.get(*from), self.get(*through), |from, through| {
                    RegisterValue::known(elapsed(from, through, *counted))
                });
                self.set(*to, val);
            }
            Op::Completed(to, of) => {
                let of = self.get(*of);
                self.set(*to, RegisterValue { value: completed(of.value), ..of });
            }
            Op::Call { to, builtin: which, args } => {
                let model = self.model;
                self.values(*to, args, |values| builtin(model, *which, values));
            }
            Op::Least(to, list) => self.extreme(*to, list, Ordering::Less),
            Op::Greatest(to, list) => self.extreme(*to, list, Ordering::Greater),
            Op::Cases { to, cases } => self.cases(*to, cases),
            Op::Table { to, hit, rows, otherwise } => self.table(*to, *hit, rows, *otherwise),
            Op::Loop(to, high, each) => self.aggregate(*to, *high, each),
        }
    }

    fn load(&self, at: u32, base: Option<Reg>, of: Option<Reg>, silent: &SilenceHandling) -> RegisterValue {
        if let Some(why) = of.map(|record| self.get(record).why).filter(|why| !why.is_none()) {
            return RegisterValue::unknown(why);
        }
        let cell = match base {
            None => self.row.get(at),
            Some(base) => {
                let place = usize::try_from(self.get(base).value).unwrap_or(usize::MAX).checked_add(at as usize);
                place.and_then(|place| self.row.items().get(place)).copied().unwrap_or(Cell::UNHELD)
            }
        };
        match cell.get() {
            Some(value) => RegisterValue::known(value),
            None if cell == Cell::ABSENT => silent.absent,
            None if cell == Cell::UNAVAILABLE => RegisterValue::unknown(silent.unavailable),
            None if cell == Cell::UNASKED => RegisterValue::unknown(CauseSet::UNASKED),
            None => RegisterValue::unknown(CauseSet::UNHELD),
        }
    }

    fn both(&self, a: RegisterValue, b: RegisterValue, of: impl FnOnce(i64, i64) -> RegisterValue) -> RegisterValue {
        let why = a.why.and(b.why);
        if why.is_none() { of(a.value, b.value) } else { RegisterValue::unknown(why) }
    }

    /// Settled as soon as one part is `decides`, whatever the others are.
    fn junction(&mut self, to: Reg, parts: &[Reg], decides: bool) {
        let (mut settled, mut why) = (false, CauseSet::NONE);
        for part in parts {
            let part = self.get(*part);
            settled |= part.why.is_none() && (part.value != 0) == decides;
            why = why.and(part.why);
        }
        self.set(to, if settled || why.is_none() { truth(settled == decides) } else { RegisterValue::unknown(why) });
    }

    /// Arithmetic that may overflow 64 bits; the evaluator has more.
    fn checked(&mut self, to: Reg, a: Reg, b: Reg, of: impl FnOnce(i64, i64) -> Option<i64>) {
        let val = self.both(self.get(a), self.get(b), |a, b| {
            of(a, b).map_or(RegisterValue::unknown(CauseSet::BAIL), RegisterValue::known)
        });
        self.set(to, val);
    }

    fn wide_of(&mut self, to: Reg, of: &[Reg], number: Result<Number, FaultKind>) {
        let why = of.iter().fold(CauseSet::NONE, |all, reg| all.and(self.get(*reg).why));
        if why.is_none() {
            self.set_number(to, number);
        } else {
            self.set(to, RegisterValue::unknown(why));
        }
    }

    /// An operation of the evaluator on values.
    fn values(&mut self, to: Arg, args: &[Arg], of: impl FnOnce(&[Value]) -> Result<Value, FaultKind>) {
        let why = args.iter().fold(CauseSet::NONE, |all, arg| all.and(self.get(arg.reg).why));
        if !why.is_none() {
            return self.set(to.reg, RegisterValue::unknown(why));
        }
        let values: Option<Vec<Value>> = args.iter().map(|arg| self.value(*arg)).collect();
        let Some(values) = values else { return self.set(to.reg, RegisterValue::unknown(CauseSet::BAIL)) };
        match of(&values) {
            Ok(value) => self.put(to, &value),
            Err(_) => self.set(to.reg, RegisterValue::unknown(CauseSet::FAULT)),
        }
    }

    fn value(&self, arg: Arg) -> Option<Value> {
        let value = self.get(arg.reg).value;
        Some(match arg.ty {
            RegisterType::Bool => Value::Bool(value != 0),
            RegisterType::Scaled(places) => {
                Value::Number(Number::integer(value).div(Number::integer(10_i64.pow(places))).ok()?)
            }
            RegisterType::Wide => Value::Number(self.number(arg.reg)),
            RegisterType::Date => Value::Date(Cell::day(value)?),
            RegisterType::Months => Value::Duration(of_register(value)),
            RegisterType::Days => Value::Duration(Duration::Days(value)),
            RegisterType::WorkingDays => Value::Duration(Duration::WorkingDays(value)),
            RegisterType::Text | RegisterType::Enum(_) | RegisterType::Region => return None,
        })
    }

    fn put(&mut self, to: Arg, value: &Value) {
        let plain = match (to.ty, value) {
            (RegisterType::Wide, Value::Number(number)) => return self.set_number(to.reg, Ok(*number)),
            (RegisterType::Scaled(places), Value::Number(number)) => {
                Number::integer(10_i64.pow(places)).mul(*number).ok().and_then(Number::to_i64)
            }
            (RegisterType::Bool, Value::Bool(value)) => Some(i64::from(*value)),
            (RegisterType::Date, Value::Date(day)) => Cell::date(*day).get(),
            (RegisterType::Enum(of), Value::Enum(id, index)) if of == id.0 => Some(i64::from(*index)),
            (RegisterType::Months, Value::Duration(length)) => months_register(*length),
            (RegisterType::Days, Value::Duration(Duration::Days(n)))
            | (RegisterType::WorkingDays, Value::Duration(Duration::WorkingDays(n))) => Some(*n),
            _ => None,
        };
        self.set(to.reg, plain.map_or(RegisterValue::unknown(CauseSet::BAIL), RegisterValue::known));
    }

    fn extreme(&mut self, to: Reg, list: &[Reg], wanted: Ordering) {
        let why = list.iter().fold(CauseSet::NONE, |all, reg| all.and(self.get(*reg).why));
        let values = list.iter().map(|reg| self.get(*reg).value);
        let best = values.reduce(|best, value| if value.cmp(&best) == wanted { value } else { best });
        let known = best.map_or(RegisterValue::unknown(CauseSet::FAULT), RegisterValue::known);
        self.set(to, if why.is_none() { known } else { RegisterValue::unknown(why) });
    }

    fn is_in(&self, what: Reg, list: &[Reg], text: bool, wide: bool) -> RegisterValue {
        let what_val = self.get(what);
        if !what_val.why.is_none() {
            return what_val;
        }
        let mut why = CauseSet::NONE;
        for item in list {
            let val = self.get(*item);
            if !val.why.is_none() {
                why = why.and(val.why);
            } else if text && val.value < 0 && what_val.value < 0 {
                why = why.and(CauseSet::BAIL);
            } else if if wide { self.number(*item) == self.number(what) } else { val.value == what_val.value } {
                return truth(true);
            }
        }
        if why.is_none() { truth(false) } else { RegisterValue::unknown(why) }
    }

    /// True if two known registers of one type hold the same; `None` if that is not known.
    fn same(&self, ty: RegisterType, a: Reg, b: Reg) -> Option<bool> {
        match ty {
            RegisterType::Wide => Some(self.number(a) == self.number(b)),
            RegisterType::Text if self.get(a).value < 0 && self.get(b).value < 0 => None,
            RegisterType::Bool
            | RegisterType::Scaled(_)
            | RegisterType::Date
            | RegisterType::Months
            | RegisterType::Days
            | RegisterType::WorkingDays
            | RegisterType::Text
            | RegisterType::Enum(_)
            | RegisterType::Region => Some(self.get(a).value == self.get(b).value),
        }
    }

    fn copy(&mut self, to: Reg, from: Reg, ty: RegisterType) {
        if ty == RegisterType::Wide {
            let number = self.number(from);
            if let Some(slot) = self.wide.get_mut(to as usize) {
                *slot = number;
            }
        }
        self.set(to, self.get(from));
    }

    /// The value on which all cases agree that hold or may hold.
    fn cases(&mut self, to: Arg, cases: &[Case]) {
        let mut selection = CaseSelection::default();
        for case in cases {
            let live = self.get(case.live);
            if live.why.is_none() {
                if live.value != 0 {
                    self.add_case(&mut selection, to.ty, true, case.value);
                }
            } else {
                selection.why = selection.why.and(live.why);
                let guard = self.get(case.guard);
                selection.certain |= guard.why.is_none() && guard.value != 0;
                self.add_case(&mut selection, to.ty, false, case.value);
            }
        }
        self.settle(to, &selection);
    }

    fn add_case(&self, selection: &mut CaseSelection, ty: RegisterType, sure: bool, value: Reg) {
        selection.certain |= sure;
        let why = self.get(value).why;
        if !why.is_none() {
            selection.why = selection.why.and(why);
            selection.split = true;
            return;
        }
        let differs = |other: Reg| self.same(ty, other, value).map(|same| !same);
        match selection.maybe {
            Some(other) => match differs(other) {
                Some(differs) => selection.split |= differs,
                None => selection.vague = true,
            },
            None => selection.maybe = Some(value),
        }
        if sure {
            match selection.sure {
                Some(other) => match differs(other) {
                    Some(differs) => selection.conflict |= differs,
                    None => selection.vague = true,
                },
                None => selection.sure = Some(value),
            }
        }
    }

    fn settle(&mut self, to: Arg, selection: &CaseSelection) {
        match selection.maybe {
            _ if selection.vague => self.set(to.reg, RegisterValue::unknown(CauseSet::BAIL)),
            _ if selection.conflict => self.set(to.reg, RegisterValue::unknown(CauseSet::FAULT)),
            Some(value) if selection.certain && !selection.split => self.copy(to.reg, value, to.ty),
            _ if !selection.why.is_none() => self.set(to.reg, RegisterValue::unknown(selection.why)),
            _ => self.set(to.reg, RegisterValue::unknown(CauseSet::FAULT)),
        }
    }

    fn table(&mut self, to: Arg, hit: HitPolicy, rows: &[Case], otherwise: Option<Reg>) {
        match hit {
            HitPolicy::Unique | HitPolicy::First => self.one_row(to, hit == HitPolicy::First, rows, otherwise),
            HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max | HitPolicy::Count | HitPolicy::List => {
                self.all_rows(to, hit, rows, otherwise)
            }
        }
    }

    fn one_row(&mut self, to: Arg, first: bool, rows: &[Case], otherwise: Option<Reg>) {
        let mut selection = CaseSelection::default();
        let (mut perhaps, mut applied) = (false, false);
        for row in rows {
            let live = self.get(row.live);
            if !live.why.is_none() {
                perhaps = true;
                selection.why = selection.why.and(live.why);
                self.add_case(&mut selection, to.ty, false, row.value);
            } else if live.value != 0 {
                applied = true;
                self.add_case(&mut selection, to.ty, !first || !perhaps, row.value);
                if first {
                    break;
                }
            }
        }
        if let (false, Some(otherwise)) = (applied, otherwise) {
            self.add_case(&mut selection, to.ty, !perhaps, otherwise);
        }
        self.settle(to, &selection);
    }

    fn all_rows(&mut self, to: Arg, hit: HitPolicy, rows: &[Case], otherwise: Option<Reg>) {
        let (mut why, mut applied, mut total) = (CauseSet::NONE, false, Accumulator::default());
        for row in rows {
            let live = self.get(row.live);
            let known = live.why.is_none();
            why = why.and(live.why);
            applied |= known && live.value != 0;
            if known && live.value == 0 {
                continue;
            }
            if hit == HitPolicy::Count {
                total.count += 1;
                continue;
            }
            let value = self.get(row.value);
            why = why.and(value.why);
            if value.why.is_none() {
                let func = match hit {
                    HitPolicy::Min => AggregateFunc::Min,
                    HitPolicy::Max => AggregateFunc::Max,
                    HitPolicy::Sum | HitPolicy::Count | HitPolicy::List | HitPolicy::Unique | HitPolicy::First => {
                        AggregateFunc::Sum
                    }
                };
                self.take(&mut total, func, to, row.value);
            }
        }
        if let (false, false, Some(otherwise)) = (applied, why.is_none(), otherwise) {
            why = why.and(self.get(otherwise).why);
        }
        if !why.is_none() {
            return self.set(to.reg, RegisterValue::unknown(why));
        }
        match otherwise {
            Some(otherwise) if total.count == 0 => self.copy(to.reg, otherwise, to.ty),
            _ if hit == HitPolicy::Count => {
                let scale = if let RegisterType::Scaled(places) = to.ty { 10_i64.pow(places) } else { 1 };
                self.set(to.reg, RegisterValue::known(total.count * scale));
            }
            _ => self.total(to, total),
        }
    }

    /// Adds a known value to a sum, or keeps the better of two.
    fn take(&self, total: &mut Accumulator, func: AggregateFunc, to: Arg, value: Reg) {
        let val = match (func, to.ty) {
            // Ages add up as their completed months.
            (AggregateFunc::Sum, RegisterType::Months) => completed(self.get(value).value),
            _ => self.get(value).value,
        };
        total.count += 1;
        if total.count == 1 {
            (total.value, total.number) =
                (val, if to.ty == RegisterType::Wide { self.number(value) } else { Number::ZERO });
            return;
        }
        match (func, to.ty) {
            (AggregateFunc::Sum, RegisterType::Wide) => match total.number.add(self.number(value)) {
                Ok(sum) => total.number = sum,
                Err(_) => total.fault = true,
            },
            (AggregateFunc::Sum, _) => match total.value.checked_add(val) {
                Some(sum) => total.value = sum,
                None => total.overflow = true,
            },
            (AggregateFunc::Min, RegisterType::Wide) => total.number = total.number.min(self.number(value)),
            (AggregateFunc::Max, RegisterType::Wide) => total.number = total.number.max(self.number(value)),
            (AggregateFunc::Min, _) => total.value = total.value.min(val),
            (AggregateFunc::Max, _) => total.value = total.value.max(val),
            // The first value stays.
            (
                AggregateFunc::First
                | AggregateFunc::Any
                | AggregateFunc::All
                | AggregateFunc::Count
                | AggregateFunc::List,
                _,
            ) => {}
        }
    }

    fn total(&mut self, to: Arg, total: Accumulator) {
        match (to.ty, total) {
            (_, Accumulator { overflow: true, .. }) => self.set(to.reg, RegisterValue::unknown(CauseSet::BAIL)),
            (_, Accumulator { fault: true, .. } | Accumulator { count: 0, .. }) => {
                self.set(to.reg, RegisterValue::unknown(CauseSet::FAULT))
            }
            (RegisterType::Wide, total) => self.set_number(to.reg, Ok(total.number)),
            (_, total) => self.set(to.reg, RegisterValue::known(total.value)),
        }
    }

    /// The place of the first element of a known list and the number of elements; or the causes why they are not known.
    pub(super) fn elements(&self, list: Reg) -> Result<(i64, i64), CauseSet> {
        let list = self.get(list);
        if !list.why.is_none() {
            return Err(list.why);
        }
        let (start, len) = Cell::elements(list.value);
        match (i64::try_from(start), i64::try_from(len)) {
            (Ok(start), Ok(len)) if len <= self.code.longest => Ok((start, len)),
            _ => Err(CauseSet::BAIL),
        }
    }

    /// Runs a loop's block for an element.
    pub(super) fn turn(&mut self, block: u32, element: Reg, first: i64) {
        let code = self.code;
        self.set(element, RegisterValue::known(first));
        if let Some(ops) = code.blocks.get(block as usize) {
            self.block(ops);
        }
    }

    fn aggregate(&mut self, to: Reg, high: Reg, each: &Loop) {
        let (start, len) = match self.elements(each.list) {
            Ok(elements) => elements,
            Err(why) => {
                self.set(high, RegisterValue::unknown(why));
                return self.set(to, RegisterValue::unknown(why));
            }
        };
        let places = (0..len).map(|index| start + index * i64::from(each.stride));
        match each.func {
            AggregateFunc::Any => self.quantified(to, each, places, true),
            AggregateFunc::All => self.quantified(to, each, places, false),
            AggregateFunc::Count => self.count(to, high, each, places, len),
            AggregateFunc::Sum | AggregateFunc::Min | AggregateFunc::Max | AggregateFunc::First => {
                self.gather(Arg { reg: to, ty: each.ty }, each, places);
            }
            AggregateFunc::List => self.set(to, RegisterValue::unknown(CauseSet::BAIL)),
        }
    }

    fn quantified(&mut self, to: Reg, each: &Loop, places: impl Iterator<Item = i64>, decides: bool) {
        let mut why = CauseSet::NONE;
        for place in places {
            self.turn(each.block, each.element, place);
            let filter = each.filter.map_or(RegisterValue::known(1), |filter| self.get(filter));
            if filter.why.is_none() && filter.value == 0 {
                continue;
            }
            let body = each.body.map_or(RegisterValue::unknown(CauseSet::BAIL), |body| self.get(body));
            if body.why.is_none() && (body.value != 0) != decides {
                continue;
            }
            let own = filter.why.and(body.why);
            if own.is_none() {
                return self.set(to, truth(decides));
            }
            why = why.and(own);
        }
        self.set(to, if why.is_none() { truth(!decides) } else { RegisterValue::unknown(why) });
    }

    fn count(&mut self, to: Reg, high: Reg, each: &Loop, places: impl Iterator<Item = i64>, len: i64) {
        let Some(filter) = each.filter else { return self.set(to, RegisterValue::known(len)) };
        let (mut surely, mut maybe, mut why) = (0, 0, CauseSet::NONE);
        for place in places {
            self.turn(each.block, each.element, place);
            let passes = self.get(filter);
            let unknown = !passes.why.is_none();
            surely += i64::from(!unknown && passes.value != 0);
            maybe += i64::from(unknown || passes.value != 0);
            why = why.and(passes.why);
        }
        self.set(to, RegisterValue { value: surely, why });
        self.set(high, RegisterValue::known(maybe));
    }

    fn gather(&mut self, to: Arg, each: &Loop, places: impl Iterator<Item = i64>) {
        let (mut why, mut certain, mut total) = (CauseSet::NONE, false, Accumulator::default());
        for place in places {
            self.turn(each.block, each.element, place);
            let filter = each.filter.map_or(RegisterValue::known(1), |filter| self.get(filter));
            if filter.why.is_none() && filter.value == 0 {
                continue;
            }
            let Some(body) = each.body else { return self.set(to.reg, RegisterValue::unknown(CauseSet::BAIL)) };
            let value = self.get(body);
            let passes = filter.why.is_none();
            certain |= passes;
            why = why.and(filter.why).and(value.why);
            if passes && value.why.is_none() {
                self.take(&mut total, each.func, to, body);
            }
            if passes && each.func == AggregateFunc::First {
                break;
            }
        }
        if let (false, false, Some(otherwise)) = (certain, why.is_none(), each.otherwise) {
            why = why.and(self.get(otherwise).why);
        }
        match each.otherwise {
            _ if !why.is_none() => self.set(to.reg, RegisterValue::unknown(why)),
            Some(otherwise) if total.count == 0 => self.copy(to.reg, otherwise, to.ty),
            _ => self.total(to, total),
        }
    }

    /// A comparison with a count. While some elements are unknown, the count is an interval, which may be enough to
    /// decide.
    fn counts(&self, op: CompareOp, a: (Arg, Option<Reg>), b: (Arg, Option<Reg>)) -> RegisterValue {
        let why = self.get(a.0.reg).why.and(self.get(b.0.reg).why);
        let (Some((low_a, high_a)), Some((low_b, high_b))) = (self.interval(a), self.interval(b)) else {
            return RegisterValue::unknown(why);
        };
        let always = |low: bool, high: bool| (low == high).then_some(low);
        let decided = match op {
            CompareOp::Lt => always(high_a < low_b, low_a < high_b),
            CompareOp::Le => always(high_a <= low_b, low_a <= high_b),
            CompareOp::Gt => always(low_a > high_b, high_a > low_b),
            CompareOp::Ge => always(low_a >= high_b, high_a >= low_b),
            CompareOp::Eq | CompareOp::Ne => {
                // A count is whole, so it never equals a number that is not.
                let whole = |low: Number, high: Number| low != high || low.is_integer();
                let equal = if high_a < low_b || high_b < low_a || !whole(low_a, high_a) || !whole(low_b, high_b) {
                    Some(false)
                } else {
                    (low_a == high_a && low_b == high_b).then_some(true)
                };
                equal.map(|equal| equal == (op == CompareOp::Eq))
            }
        };
        match decided.filter(|_| low_a == high_a || low_b == high_b) {
            Some(decided) => truth(decided),
            None if why.is_none() => RegisterValue::unknown(CauseSet::BAIL),
            None => RegisterValue::unknown(why),
        }
    }

    /// The least and the greatest number that a side of a comparison can be; `None` if nothing is known of it.
    fn interval(&self, (side, high): (Arg, Option<Reg>)) -> Option<(Number, Number)> {
        let val = self.get(side.reg);
        match high.map(|high| self.get(high)) {
            Some(high) => high.why.is_none().then(|| (Number::integer(val.value), Number::integer(high.value))),
            None if !val.why.is_none() => None,
            None => {
                let Value::Number(number) = self.value(side)? else { return None };
                Some((number, number))
            }
        }
    }
}

/// What is known of the cases so far.
#[derive(Default)]
struct CaseSelection {
    /// A case that surely holds, with a known value.
    sure: Option<Reg>,
    /// A case that holds or may hold, with a known value.
    maybe: Option<Reg>,
    /// True if some case surely holds, though it may not be known which.
    certain: bool,
    /// True if some value is unknown, or if two cases that may both hold differ.
    split: bool,
    /// True if two cases that surely hold differ.
    conflict: bool,
    /// True if it is not known whether two values are equal.
    vague: bool,
    why: CauseSet,
}

/// A sum, or the best so far.
#[derive(Clone, Copy, Debug)]
struct Accumulator {
    count: i64,
    value: i64,
    number: Number,
    fault: bool,
    overflow: bool,
}

impl Default for Accumulator {
    fn default() -> Self {
        Self { count: 0, value: 0, number: Number::ZERO, fault: false, overflow: false }
    }
}

fn truth(value: bool) -> RegisterValue {
    RegisterValue::known(i64::from(value))
}

/// Whether a datum is in a state. No expression tests for unasked, and a registry that is down may or may not have a
/// record.
fn is_state(why: CauseSet, state: State) -> RegisterValue {
    if why.is_bail() || why.is_unasked() || why.is_fault() || why.is_open() {
        return RegisterValue::unknown(why);
    }
    if why.is_none() || why.is_unheld() {
        return truth(false);
    }
    match state {
        State::Unavailable => truth(why.is_down()),
        State::Absent if why.is_down() => RegisterValue::unknown(why),
        State::Absent => truth(true),
    }
}
